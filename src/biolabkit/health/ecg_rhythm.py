"""From beats to rhythm: RR intervals, heart rate, heart rate variability."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.health.ecg import FloatArray, IntArray, _positions

__all__ = ["hrv", "hrv_bands", "rr_intervals"]

_BANDS = {"vlf": (0.003, 0.04), "lf": (0.04, 0.15), "hf": (0.15, 0.40)}  # Hz, Task Force 1996
_RESAMPLED = 4.0  # Hz, of the evenly spaced tachogram


def rr_intervals(beats: npt.ArrayLike, hz: float, *, symbols: Any = None) -> pd.DataFrame:
    """Intervals between beats.

    Parameters
    ----------
    beats : array-like of int, shape (beats,)
        Sample of each R peak, ascending.
    hz : float
        Sampling rate.
    symbols : sequence of str, shape (beats,), optional
        Kind of each beat (``N`` is normal); without it all beats count as normal.

    Returns
    -------
    DataFrame
        One row per interval: ``seconds`` (of the beat that ends it), ``rr_ms``, ``bpm``, ``normal`` (whether
        both beats are normal: an ectopic beat spoils the interval before it and the one after it).

    Raises
    ------
    InputError
        When there are fewer than two beats, two beats at one sample, or another number of symbols than beats.
    """
    positions = _positions(beats, "beats")
    _need_beats(positions, hz)
    kinds = np.full(len(positions), "N") if symbols is None else np.asarray(list(symbols))
    if len(kinds) != len(positions):
        raise InputError(
            told(
                f"rr_intervals: {len(positions)} symbols expected, one per beat, found {len(kinds)}",
                f"rr_intervals: 기호가 박동마다 하나씩 {len(positions)}개여야 하는데 {len(kinds)}개입니다",
            )
        )
    normal = kinds == "N"
    rr_ms = np.diff(positions) / hz * 1000
    return pd.DataFrame(
        {
            "seconds": positions[1:] / hz,
            "rr_ms": rr_ms,
            "bpm": 60_000 / rr_ms,
            "normal": normal[1:] & normal[:-1],
        }
    )


def _need_beats(positions: IntArray, hz: float) -> None:
    if not (np.isfinite(hz) and hz > 0):
        raise InputError(
            told(
                f"hz: a positive sampling rate expected, found {hz}",
                f"hz: 표본화 주파수는 0보다 커야 합니다. 받은 값: {hz}",
            )
        )
    if len(positions) < 2:
        raise InputError(
            told(
                f"rr_intervals: at least two beats expected, found {len(positions)}",
                f"rr_intervals: 박동이 두 개 이상 있어야 하는데 {len(positions)}개입니다",
            )
        )
    if (np.diff(positions) == 0).any():
        raise InputError(
            told(
                "rr_intervals: two beats at the same sample; remove the duplicate",
                "rr_intervals: 같은 표본에 박동이 두 개 있습니다. 중복된 박동을 빼십시오",
            )
        )


def hrv(rr_ms: npt.ArrayLike) -> "pd.Series[float]":
    """Heart rate variability in the time domain.

    Parameters
    ----------
    rr_ms : array-like of float, shape (intervals,)
        Normal-to-normal intervals in ms, in order of time. Put NaN where an interval was taken out
        (``rr_ms.where( normal)``): differences are then taken only between intervals that follow each other.

    Returns
    -------
    Series
        ``intervals`` (how many), ``mean_rr_ms``, ``bpm`` (60000 over the mean), ``sdnn_ms`` (standard
        deviation, n - 1), ``rmssd_ms`` (root mean square of successive differences), ``pnn50`` (share of
        successive differences above 50 ms, from 0 to 1). What cannot be computed is NaN.

    Raises
    ------
    InputError
        When fewer than two intervals are there, or values are no plausible intervals (200 to 3000 ms at the
        median): seconds or samples instead of milliseconds.

    References
    ----------
    Task Force of the ESC and NASPE (1996) Heart rate variability. Circulation 93:1043-1065.
    """
    intervals = np.asarray(rr_ms, dtype=float)
    known = intervals[np.isfinite(intervals)]
    if len(known) < 2:
        raise InputError(
            told(
                f"hrv: at least two intervals expected, found {len(known)}",
                f"hrv: 간격이 두 개 이상 있어야 하는데 {len(known)}개입니다",
            )
        )
    middle = float(np.median(known))
    if not 200 <= middle <= 3000:
        raise InputError(
            told(
                f"hrv: intervals in ms expected, found a median of {middle:g}; samples must be divided by hz "
                "and seconds multiplied by 1000",
                f"hrv: 간격의 단위는 ms여야 하는데 중앙값이 {middle:g}입니다. 표본 수는 hz로 나누어 초로 "
                "바꾸고, 초에는 1000을 곱하십시오",
            )
        )
    steps = np.diff(intervals)
    steps = steps[np.isfinite(steps)]
    return pd.Series(
        {
            "intervals": float(len(known)),
            "mean_rr_ms": float(known.mean()),
            "bpm": 60_000 / float(known.mean()),
            "sdnn_ms": float(known.std(ddof=1)),
            "rmssd_ms": float(np.sqrt(np.mean(steps**2))) if len(steps) else float("nan"),
            "pnn50": float(np.mean(np.abs(steps) > 50)) if len(steps) else float("nan"),
        }
    )


def hrv_bands(seconds: npt.ArrayLike, rr_ms: npt.ArrayLike) -> "pd.Series[float]":
    """Power of the heart rate variability in the classical frequency bands.

    The tachogram is interpolated by a cubic spline to 4 Hz, its mean is taken off, and Welch's method
    averages windows of 256 s (or the whole length when it is shorter).

    Parameters
    ----------
    seconds, rr_ms : array-like of float, shape (intervals,)
        Time of each interval and its length; missing intervals (NaN) are interpolated.

    Returns
    -------
    Series
        ``vlf``, ``lf`` and ``hf`` in ms² (0.003, 0.04, 0.15 and 0.40 Hz divide them), and ``lf_hf``.

    Raises
    ------
    InputError
        When the recording is shorter than 120 s: the low band needs ten of its periods, about 2 to 4 minutes.
    """
    from scipy.interpolate import CubicSpline
    from scipy.signal import welch

    times, intervals = np.asarray(seconds, dtype=float), np.asarray(rr_ms, dtype=float)
    if times.shape != intervals.shape or times.ndim != 1:
        raise InputError(
            told(
                f"hrv_bands: as many times as intervals expected, found {times.shape}, {intervals.shape}",
                f"hrv_bands: 시각과 간격의 수가 같아야 합니다. 받은 모양: {times.shape}, {intervals.shape}",
            )
        )
    known = np.isfinite(intervals)
    length = float(np.ptp(times[known])) if known.any() else 0.0
    if length < 120:
        raise InputError(
            told(
                f"hrv_bands: at least 120 s of intervals expected, found {length:.0f} s",
                f"hrv_bands: 간격이 120초 분량 이상 있어야 하는데 {length:.0f}초입니다",
            )
        )
    grid = np.arange(times[known][0], times[known][-1], 1 / _RESAMPLED)
    even: FloatArray = CubicSpline(times[known], intervals[known])(grid)
    frequency, density = welch(even - even.mean(), _RESAMPLED, nperseg=min(len(even), int(256 * _RESAMPLED)))
    step = float(frequency[1])
    power = {
        name: float(density[(frequency >= low) & (frequency < high)].sum() * step)
        for name, (low, high) in _BANDS.items()
    }
    return pd.Series({**power, "lf_hf": power["lf"] / power["hf"] if power["hf"] else float("nan")})
