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

from biolabkit.errors import FormatError, InputError, MissingExtraError, UnknownNameError

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
            raise UnknownNameError("channel", name, self.channels)
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
            f"{name}: start={start}, seconds={seconds} lie outside the record of {length / hz:g} s"
        )
    try:
        record = wfdb.rdrecord(name, sampfrom=first, sampto=last)
    except (OSError, ValueError, IndexError) as error:
        raise FormatError(
            f"{name}: the signals cannot be read ({error}); are all files of the header there?"
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
        raise InputError(f"{name}.{extension}: no such annotation file; is it beside the header?")
    try:
        found = wfdb.rdann(name, extension)
    except (OSError, ValueError, IndexError) as error:
        raise FormatError(f"{name}.{extension}: the annotations cannot be read ({error})") from None
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
        raise MissingExtraError("wfdb", "health") from None
    return wfdb


def _length_and_rate(name: str) -> tuple[int, float]:
    """Samples and sampling rate of a record, from its header."""
    try:
        header = _wfdb().rdheader(name)
        return int(header.sig_len), float(header.fs)
    except (ValueError, TypeError, IndexError, AttributeError) as error:
        raise FormatError(f"{name}.hea: no WFDB header ({error}); is the file complete?") from None


def _record_name(path: str | Path) -> str:
    given = Path(path)
    name = given if given.with_name(given.name + ".hea").is_file() else given.with_suffix("")
    if not name.with_name(name.name + ".hea").is_file():
        raise InputError(f"{name}.hea: no such header; give a file of the record, or its path without ending")
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
        raise InputError(f"bandpass: 0 < low < high expected, found low={low}, high={high}")
    gaps = int((~np.isfinite(values)).sum())
    if gaps:
        raise InputError(
            f"bandpass: {gaps} samples are NaN or infinite; fill the gaps, or filter the stretches between "
            f"them"
        )
    sections = butter(order, (low, high), btype="bandpass", fs=hz, output="sos")
    shortest = 3 * (2 * len(sections) + 1) + 1
    if len(values) < shortest:
        raise InputError(f"bandpass: at least {shortest} samples expected, found {len(values)}")
    return np.asarray(sosfiltfilt(sections, values, axis=0), dtype=float)


def _need_rate(hz: float, high: float) -> None:
    if not np.isfinite(hz) or hz <= 2 * high:
        raise InputError(
            f"hz: more than {2 * high:g} Hz expected for frequencies up to {high:g} Hz, found {hz}; "
            "is it the sampling rate in Hz, not the interval in ms?"
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
        When a window has no length, or a beat lies outside the signal.
    """
    values, positions = np.asarray(signal, dtype=float), _positions(beats, "beats")
    left, right = round(before * hz), round(after * hz)
    if left < 0 or right < 0 or left + right < 1:
        raise InputError(f"beat_windows: before={before} s and after={after} s at {hz} Hz hold no sample")
    if len(positions) and positions.max() >= len(values):
        raise InputError(
            f"beat_windows: beat at sample {positions.max()} lies outside the signal of {len(values)} "
            f"samples; are the beats counted from its first sample, in samples and not in ms?"
        )
    kept = (positions >= left) & (positions + right < len(values))
    grid = positions[kept][:, None] + np.arange(-left, right + 1)
    windows = values[grid]
    whole = np.isfinite(windows).all(axis=1)
    kept[np.flatnonzero(kept)[~whole]] = False
    return windows[whole], kept


def _positions(beats: npt.ArrayLike, name: str) -> IntArray:
    """Samples of beats as integers in ascending order, or an error."""
    values = np.asarray(beats)
    if values.ndim != 1:
        raise InputError(f"{name}: a list of samples expected, found shape {values.shape}")
    if len(values) == 0:
        return np.zeros(0, dtype=np.int64)
    numbers = np.asarray(values, dtype=float)
    if not np.isfinite(numbers).all() or (numbers != np.round(numbers)).any():
        raise InputError(f"{name}: whole numbers of samples expected; seconds must be multiplied by hz first")
    if (numbers < 0).any() or (np.diff(numbers) < 0).any():
        raise InputError(f"{name}: samples from 0 in ascending order expected")
    return numbers.astype(np.int64)
