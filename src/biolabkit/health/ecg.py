"""Electrocardiograms: reading records, filtering, cutting out beats.

Detection of beats is in `biolabkit.health.ecg_peaks`, rhythm in `biolabkit.health.ecg_rhythm`. Signals are
arrays of float in time order, a sampling rate in Hz goes with each, and beats are numbers of samples counted
from 0: divide by the sampling rate to have seconds.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import missing_extra, told, unknown
from biolabkit.errors import FormatError, InputError

__all__ = ["AAMI_CLASSES", "Ecg", "bandpass", "beat_windows", "read_annotations", "read_ecg"]

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
IntArray = np.ndarray[Any, np.dtype[np.int64]]
BoolArray = np.ndarray[Any, np.dtype[np.bool_]]

#: Beat symbols of the WFDB format and their class in ANSI/AAMI EC57: normal and bundle branch block (N),
#: supraventricular ectopic (S), ventricular ectopic (V), fusion (F), unclassifiable and paced (Q).
AAMI_CLASSES = {
    **dict.fromkeys("NLRBej", "N"),
    **dict.fromkeys("AaJSn", "S"),
    **dict.fromkeys("VrE", "V"),
    "F": "F",
    **dict.fromkeys("/fQ?", "Q"),
}


@dataclass(frozen=True)
class Ecg:
    """A stretch of a recording.

    Attributes
    ----------
    signals : ndarray of float, shape (samples, channels)
        In the physical units of the record; NaN where the recording has a gap.
    hz : float
        Sampling rate.
    channels, units : tuple of str
        Name and unit of each channel, such as ``MLII`` and ``mV``.
    start : int
        Number of the first sample in the whole record.
    comments : tuple of str
        The lines of the header's comments: age, diagnosis, alarm.
    """

    signals: FloatArray
    hz: float
    channels: tuple[str, ...]
    units: tuple[str, ...]
    start: int = 0
    comments: tuple[str, ...] = ()

    @property
    def seconds(self) -> float:
        """Length in seconds."""
        return len(self.signals) / self.hz

    def channel(self, name: str) -> FloatArray:
        """One channel by its name, in any case of letters.

        Raises
        ------
        UnknownNameError
            When there is no such channel; the near one is suggested.
        """
        known = [channel.casefold() for channel in self.channels]
        if name.casefold() not in known:
            raise unknown("channel", "그런 채널이 없습니다", name, self.channels)
        return self.signals[:, known.index(name.casefold())]


def read_ecg(path: str | Path, *, start: float = 0.0, seconds: float | None = None) -> Ecg:
    """Read a WFDB record (PhysioNet), or a part of it: only that part is read from the disk.

    Parameters
    ----------
    path : str or Path
        Any file of the record (``.hea``, ``.dat``), or its path without ending.
    start : float
        First second to read.
    seconds : float, optional
        How many seconds; by default to the end.

    Returns
    -------
    Ecg

    Raises
    ------
    MissingExtraError
        When wfdb is not installed.
    InputError
        When the header is missing or the part lies outside the record.
    FormatError
        When the files are damaged.
    """
    wfdb, name = _wfdb(), _record_name(path)
    length, hz = _length_and_rate(name)
    first = round(start * hz)
    last = length if seconds is None else min(length, round((start + seconds) * hz))
    if not 0 <= first < last:
        raise InputError(
            told(
                f"{name}: start={start}, seconds={seconds} lie outside the record of {length / hz:g} s",
                f"{name}: start={start}, seconds={seconds} 구간이 {length / hz:g}초 길이의 기록을 벗어납니다",
            )
        )
    try:
        record = wfdb.rdrecord(name, sampfrom=first, sampto=last)
    except (OSError, ValueError, IndexError) as error:
        raise FormatError(
            told(
                f"{name}: the signals cannot be read ({error}); are all files of the header there?",
                f"{name}: 신호를 읽을 수 없습니다({error}). 헤더에 적힌 파일이 모두 있는지 확인하십시오",
            )
        ) from None
    signals = np.asarray(record.p_signal, dtype=float)
    comments = tuple(record.comments or ())
    return Ecg(signals, hz, tuple(record.sig_name), tuple(record.units), first, comments)


def read_annotations(
    path: str | Path, *, extension: str = "atr", start: float = 0.0, seconds: float | None = None
) -> pd.DataFrame:
    """Read the annotations of a WFDB record.

    Parameters
    ----------
    path : str or Path
        As in `read_ecg`.
    extension : str
        Ending of the annotation file.
    start, seconds : float
        As in `read_ecg`; samples are then counted from `start`, as those of the signal are.

    Returns
    -------
    DataFrame
        ``sample, seconds, symbol, aami``; `aami` is missing for annotations that are no beats, such as
        changes of rhythm. For the beats alone: ``table.dropna(subset=["aami"])``.

    Raises
    ------
    MissingExtraError, InputError, FormatError
        As `read_ecg`.
    """
    wfdb, name = _wfdb(), _record_name(path)
    _, hz = _length_and_rate(name)
    if not Path(f"{name}.{extension}").is_file():
        raise InputError(
            told(
                f"{name}.{extension}: no such annotation file; is it beside the header?",
                f"{name}.{extension}: 그런 주석 파일이 없습니다. 헤더와 같은 폴더에 있는지 확인하십시오",
            )
        )
    try:
        found = wfdb.rdann(name, extension)
    except (OSError, ValueError, IndexError) as error:
        raise FormatError(
            told(
                f"{name}.{extension}: the annotations cannot be read ({error})",
                f"{name}.{extension}: 주석을 읽을 수 없습니다({error})",
            )
        ) from None
    first = round(start * hz)
    last = np.inf if seconds is None else round((start + seconds) * hz)
    table = pd.DataFrame({"sample": np.asarray(found.sample, dtype=int), "symbol": list(found.symbol)})
    table = table[(table["sample"] >= first) & (table["sample"] < last)].reset_index(drop=True)
    table["sample"] -= first
    table.insert(1, "seconds", table["sample"] / hz)
    return table.assign(aami=table["symbol"].map(AAMI_CLASSES))


def _wfdb() -> Any:
    try:
        import wfdb
    except ModuleNotFoundError:
        raise missing_extra("wfdb", "health") from None
    return wfdb


def _length_and_rate(name: str) -> tuple[int, float]:
    """Samples and sampling rate of a record, from its header."""
    try:
        header = _wfdb().rdheader(name)
        return int(header.sig_len), float(header.fs)
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        raise FormatError(
            told(
                f"{name}.hea: no WFDB header ({error}); is the file complete?",
                f"{name}.hea: WFDB 헤더가 아닙니다({error}). 파일이 중간에 잘리지 않았는지 확인하십시오",
            )
        ) from None


def _record_name(path: str | Path) -> str:
    given = Path(path)
    name = given if given.with_name(given.name + ".hea").is_file() else given.with_suffix("")
    if not name.with_name(name.name + ".hea").is_file():
        raise InputError(
            told(
                f"{name}.hea: no such header; give a file of the record, or its path without ending",
                f"{name}.hea: 그런 헤더 파일이 없습니다. 기록에 속한 파일이나 확장자를 뺀 경로를 "
                "지정하십시오",
            )
        )
    return str(name)


def bandpass(
    signal: npt.ArrayLike, hz: float, *, low: float = 0.5, high: float = 40.0, order: int = 2
) -> FloatArray:
    """Band-pass a signal without moving its peaks.

    A filter that works forward in time answers late: its output is delayed by its group delay, which for
    sharp filters is tens of milliseconds and differs between frequencies, so that R peaks move and QT
    changes. Here a Butterworth filter runs forward and then backward (`scipy.signal.sosfiltfilt`): the delays
    cancel, the order doubles. This needs the whole signal, so a monitor at the bedside cannot do it.

    Parameters
    ----------
    signal : array-like of float, shape (samples,) or (samples, channels)
        Without gaps.
    hz : float
        Sampling rate.
    low, high : float
        Corner frequencies in Hz, where the amplitude is halved (both passes together). 0.5 to 40 Hz is a
        monitor's view; 5 to 15 Hz keeps what is steep, the QRS complex.
    order : int
        Of the filter in one direction.

    Returns
    -------
    ndarray of float, same shape

    Raises
    ------
    InputError
        When the sampling rate is too low for `high`, the signal is too short, or it has gaps (NaN).
    """
    from scipy.signal import butter, sosfiltfilt

    values = np.asarray(signal, dtype=float)
    _need_rate(hz, high)
    if not 0 < low < high:
        raise InputError(
            told(
                f"bandpass: 0 < low < high expected, found low={low}, high={high}",
                f"bandpass: 0 < low < high여야 합니다. 받은 값: low={low}, high={high}",
            )
        )
    _need_no_gaps(values)
    sections = butter(order, (low, high), btype="bandpass", fs=hz, output="sos")
    shortest = 3 * (2 * len(sections) + 1) + 1
    if len(values) < shortest:
        raise InputError(
            told(
                f"bandpass: at least {shortest} samples expected, found {len(values)}",
                f"bandpass: 표본이 {shortest}개 이상 있어야 하는데 {len(values)}개입니다",
            )
        )
    return np.asarray(sosfiltfilt(sections, values, axis=0), dtype=float)


def _need_no_gaps(values: FloatArray) -> None:
    gaps = int((~np.isfinite(values)).sum())
    if gaps:
        raise InputError(
            told(
                f"bandpass: {gaps} samples are NaN or infinite; fill the gaps, or filter the stretches "
                "between them",
                f"bandpass: 표본 {gaps}개가 NaN이거나 무한대입니다. 빈 곳을 채우거나 빈 곳 사이의 구간마다 "
                "따로 필터를 적용하십시오",
            )
        )


def _need_rate(hz: float, high: float) -> None:
    if not np.isfinite(hz) or hz <= 2 * high:
        raise InputError(
            told(
                f"hz: more than {2 * high:g} Hz expected for frequencies up to {high:g} Hz, found {hz}; "
                "is it the sampling rate in Hz, not the interval in ms?",
                f"hz: {high:g} Hz까지 다루려면 {2 * high:g} Hz보다 커야 합니다. 받은 값: {hz}. 표본 사이의 "
                "간격(ms)이 아니라 표본화 주파수(Hz)가 맞는지 확인하십시오",
            )
        )


def beat_windows(
    signal: npt.ArrayLike,
    hz: float,
    beats: npt.ArrayLike,
    *,
    before: float = 0.25,
    after: float = 0.45,
) -> tuple[FloatArray, BoolArray]:
    """Cut a window around each beat, for averaging or for a classifier.

    Windows of one patient look alike: split by patient, not by beat (``learning.split(table,
    by="patient")``).

    Parameters
    ----------
    signal : array-like of float, shape (samples,)
        One channel.
    hz : float
        Sampling rate.
    beats : array-like of int, shape (beats,)
        Sample of each R peak.
    before, after : float
        Seconds before and after the R peak.

    Returns
    -------
    windows : ndarray of float, shape (kept beats, samples of a window)
    kept : ndarray of bool, shape (beats,)
        False for beats whose window reaches over an end of the signal or into a gap.

    Raises
    ------
    InputError
        When the signal is not one channel, a window has no length, or a beat lies outside the signal.
    """
    values, positions = np.asarray(signal, dtype=float), _positions(beats, "beats")
    _need_one_channel(values, "beat_windows")
    left, right = round(before * hz), round(after * hz)
    if left < 0 or right < 0 or left + right < 1:
        raise InputError(
            told(
                f"beat_windows: before={before} s and after={after} s at {hz} Hz hold no sample",
                f"beat_windows: {hz} Hz에서는 before={before}초, after={after}초인 구간에 표본이 하나도 "
                "없습니다",
            )
        )
    if len(positions) and positions.max() >= len(values):
        raise InputError(
            told(
                f"beat_windows: beat at sample {positions.max()} lies outside the signal of {len(values)} "
                "samples; are the beats counted from its first sample, in samples and not in ms?",
                f"beat_windows: 표본 번호 {positions.max()}의 박동이 표본 {len(values)}개인 신호를 "
                "벗어납니다. 신호의 첫 표본부터 센 번호인지, ms가 아니라 표본 번호인지 확인하십시오",
            )
        )
    kept = (positions >= left) & (positions + right < len(values))
    grid = positions[kept][:, None] + np.arange(-left, right + 1)
    windows = values[grid]
    whole = np.isfinite(windows).all(axis=1)
    kept[np.flatnonzero(kept)[~whole]] = False
    return windows[whole], kept


def _need_one_channel(values: FloatArray, where: str) -> None:
    if values.ndim != 1:
        raise InputError(
            told(
                f"{where}: one channel expected, found shape {values.shape}; choose a column",
                f"{where}: 한 채널의 신호여야 합니다. 받은 모양: {values.shape}. 열 하나를 고르십시오",
            )
        )


def _positions(beats: npt.ArrayLike, name: str) -> IntArray:
    """Samples of beats as integers in ascending order, or an error."""
    values = np.asarray(beats)
    if values.ndim != 1:
        raise InputError(
            told(
                f"{name}: a list of samples expected, found shape {values.shape}",
                f"{name}: 표본 번호의 리스트여야 합니다. 받은 모양: {values.shape}",
            )
        )
    if len(values) == 0:
        return np.zeros(0, dtype=np.int64)
    numbers = np.asarray(values, dtype=float)
    if not np.isfinite(numbers).all() or (numbers != np.round(numbers)).any():
        raise InputError(
            told(
                f"{name}: whole numbers of samples expected; seconds must be multiplied by hz first",
                f"{name}: 표본 번호는 정수여야 합니다. 초로 되어 있다면 먼저 hz를 곱하십시오",
            )
        )
    if (numbers < 0).any() or (np.diff(numbers) < 0).any():
        raise InputError(
            told(
                f"{name}: samples from 0 in ascending order expected",
                f"{name}: 표본 번호는 0 이상이고 오름차순이어야 합니다",
            )
        )
    return numbers.astype(np.int64)
