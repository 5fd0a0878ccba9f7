"""R peaks: finding them, and counting how well they were found."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.health.ecg import (
    BoolArray,
    FloatArray,
    IntArray,
    _need_one_channel,
    _need_rate,
    _positions,
    bandpass,
)

__all__ = ["BeatMatch", "match_beats", "r_peaks"]

_BAND = (5.0, 15.0)  # Hz, where a QRS complex stands out from P and T waves and from noise
_INTEGRATION = 0.150  # s, about as wide as the widest QRS complex
_REFRACTORY = 0.200  # s, no ventricle beats again so soon
_T_WAVE = 0.360  # s, a less steep wave so soon after a beat is its T wave
_SEARCH_BACK = 1.66  # times the usual interval without a beat: look again with a lower threshold
_REFINE = 0.080  # s, where the maximum is looked for, on either side of the wave
_SHORTEST = 2.0  # s, less cannot teach the thresholds


def r_peaks(signal: npt.ArrayLike, hz: float) -> IntArray:
    """Find the R peaks of one ECG channel.

    After Pan and Tompkins (1985): band-pass (5 to 15 Hz), slope, square, moving mean over 150 ms, peaks at
    least 200 ms apart, and two adaptive thresholds (a quarter of the way from the running noise peak to the
    running signal peak, half of that when a beat is overdue). A wave within 360 ms of a beat with less than
    half of its slope is taken for a T wave. What differs from the paper: the filters run forward and
    backward, so nothing is delayed; the thresholds start from the median of the greatest peaks of the first
    10 s; and each beat is put on the largest deflection, up or down, of the band-passed signal within 80 ms.

    Parameters
    ----------
    signal : array-like of float, shape (samples,)
        One channel, at least 2 s. Gaps (NaN) divide it: beats are looked for in every stretch of at least 2
        s, and none is reported inside a gap or in a shorter stretch.
    hz : float
        Sampling rate, above 30 Hz. A wrong rate cannot be seen in the samples: it scales all times.

    Returns
    -------
    ndarray of int, shape (beats,)
        Samples, in ascending order.

    Raises
    ------
    InputError
        When the signal is not one channel, is shorter than 2 s, has no stretch of 2 s without a gap, or is
        flat (an electrode is off, or the heart stands still: there is nothing to detect).

    Notes
    -----
    Sensitivity and positive predictive value are 1.000 on MIT-BIH record 100 (tolerance 150 ms). Noise in the
    QRS's own band makes beats: at a signal-to-noise ratio of 0 dB expect a third of them to be false.

    References
    ----------
    Pan J, Tompkins WJ (1985) A real-time QRS detection algorithm. IEEE Trans Biomed Eng 32:230-236.
    """
    values = np.asarray(signal, dtype=float)
    _need_one_channel(values, "r_peaks")
    _need_rate(hz, _BAND[1])
    return np.concatenate([a + _detect(values[a:b], hz) for a, b in _usable(values, hz)])


def _usable(values: FloatArray, hz: float) -> list[tuple[int, int]]:
    """Start and end of each stretch that is long enough, without gaps and not flat; at least one."""
    shortest = int(np.ceil(_SHORTEST * hz))
    if len(values) < shortest:
        raise InputError(
            told(
                f"r_peaks: at least {_SHORTEST:g} s expected ({shortest} samples at {hz:g} Hz), "
                f"found {len(values)} samples",
                f"r_peaks: {_SHORTEST:g}초 이상({hz:g} Hz에서 표본 {shortest}개)이어야 하는데 표본이 "
                f"{len(values)}개입니다",
            )
        )
    stretches = [(a, b) for a, b in _stretches(np.isfinite(values)) if b - a >= shortest]
    if not stretches:
        raise InputError(
            told(
                f"r_peaks: no stretch of {_SHORTEST:g} s without a gap (NaN); choose another channel",
                f"r_peaks: 빈 곳(NaN) 없이 {_SHORTEST:g}초 동안 이어지는 구간이 없습니다. 다른 채널을 "
                "고르십시오",
            )
        )
    stretches = [(a, b) for a, b in stretches if np.ptp(values[a:b]) > 0]
    if not stretches:
        raise InputError(
            told(
                "r_peaks: the signal is flat; is the electrode off, or the channel empty?",
                "r_peaks: 신호가 평평합니다. 전극이 떨어졌거나 빈 채널이 아닌지 확인하십시오",
            )
        )
    return stretches


def _stretches(good: BoolArray) -> list[tuple[int, int]]:
    """Start and end of each run of good samples."""
    edges = np.flatnonzero(np.diff(np.concatenate(([0], good.astype(np.int8), [0]))))
    return list(zip(edges[::2].tolist(), edges[1::2].tolist(), strict=True))


def _detect(values: FloatArray, hz: float) -> IntArray:
    from scipy.ndimage import uniform_filter1d
    from scipy.signal import find_peaks

    narrow = bandpass(values, hz, low=_BAND[0], high=_BAND[1])
    slope = np.gradient(narrow)
    energy = uniform_filter1d(slope**2, max(1, round(_INTEGRATION * hz)))
    candidates, _ = find_peaks(energy, distance=max(1, round(_REFRACTORY * hz)))
    if len(candidates) == 0:
        return np.zeros(0, dtype=np.int64)
    steepness = _largest_near(np.abs(slope), candidates, round(_INTEGRATION / 2 * hz))
    chosen = _adaptive(candidates, energy[candidates], steepness, hz)
    return _refined(np.abs(narrow), chosen, round(_REFINE * hz), round(_REFRACTORY * hz))


def _largest_near(values: FloatArray, positions: IntArray, reach: int) -> FloatArray:
    from scipy.ndimage import maximum_filter1d

    return np.asarray(maximum_filter1d(values, 2 * reach + 1)[positions], dtype=float)


def _adaptive(candidates: IntArray, heights: FloatArray, steepness: FloatArray, hz: float) -> IntArray:
    """Choose the beats among the candidates by thresholds that follow the signal and the noise."""
    early = heights[candidates < 10 * hz]
    first = early if len(early) else heights
    signal_peak = float(np.median(np.sort(first)[-max(1, len(first) // 3) :]))
    noise_peak = float(np.median(first)) / 4
    beats: list[int] = []  # positions in `candidates`
    skipped: list[int] = []  # candidates since the last beat that were too low
    for place in range(len(candidates)):
        threshold = noise_peak + 0.25 * (signal_peak - noise_peak)
        height = float(heights[place])
        if beats and skipped and _overdue(candidates, beats, int(candidates[place])):
            best = max(skipped, key=lambda other: heights[other])
            if heights[best] > threshold / 2:
                beats.append(best)
                skipped = [other for other in skipped if other > best]
                signal_peak += 0.25 * (float(heights[best]) - signal_peak)
        if height > threshold and not _is_t_wave(candidates, steepness, beats, place, hz):
            beats.append(place)
            skipped = []
            # one artefact must not raise the threshold above all later beats
            signal_peak += 0.125 * (min(height, 4 * signal_peak) - signal_peak)
        else:
            if not _is_t_wave(candidates, steepness, beats, place, hz):
                skipped.append(place)
            noise_peak += 0.125 * (min(height, signal_peak) - noise_peak)
    return candidates[np.asarray(beats, dtype=np.int64)]


def _overdue(candidates: IntArray, beats: list[int], now: int) -> bool:
    if len(beats) < 3:
        return False
    usual = float(np.median(np.diff(candidates[beats[-9:]])))
    return now - int(candidates[beats[-1]]) > _SEARCH_BACK * usual


def _is_t_wave(candidates: IntArray, steepness: FloatArray, beats: list[int], place: int, hz: float) -> bool:
    if not beats:
        return False
    soon = candidates[place] - candidates[beats[-1]] < _T_WAVE * hz
    return bool(soon and steepness[place] < 0.5 * steepness[beats[-1]])


def _refined(height: FloatArray, beats: IntArray, reach: int, apart: int) -> IntArray:
    """Move each beat to the largest deflection near it; of two that meet, one remains."""
    moved = []
    for beat in beats:
        left = max(0, beat - reach)
        moved.append(left + int(np.argmax(height[left : beat + reach + 1])))
    kept: list[int] = []
    for beat in sorted(moved):
        if kept and beat - kept[-1] < apart:
            if height[beat] > height[kept[-1]]:
                kept[-1] = beat
        else:
            kept.append(beat)
    return np.asarray(kept, dtype=np.int64)


@dataclass(frozen=True)
class BeatMatch:
    """Detected beats against the reference, matched one to one.

    Attributes
    ----------
    matched : ndarray of int, shape (matches, 2)
        Places in `detected` and in `reference` that belong together.
    detected, reference : int
        How many there are of each.
    offset : ndarray of float, shape (matches,)
        Detected minus reference, in the unit of the beats.
    """

    matched: IntArray
    detected: int
    reference: int
    offset: FloatArray

    @property
    def sensitivity(self) -> float:
        """Share of the reference beats that were found; NaN when there is none."""
        return len(self.matched) / self.reference if self.reference else float("nan")

    @property
    def ppv(self) -> float:
        """Positive predictive value: share of the detected beats that are true; NaN when there is none."""
        return len(self.matched) / self.detected if self.detected else float("nan")

    def __str__(self) -> str:
        return told(
            f"sensitivity {self.sensitivity:.4f} ({len(self.matched)} of {self.reference}), "
            f"PPV {self.ppv:.4f} ({len(self.matched)} of {self.detected})",
            f"민감도 {self.sensitivity:.4f} ({self.reference}개 가운데 {len(self.matched)}개), "
            f"양성예측도 {self.ppv:.4f} ({self.detected}개 가운데 {len(self.matched)}개)",
        )


def match_beats(detected: npt.ArrayLike, reference: npt.ArrayLike, tolerance: float) -> BeatMatch:
    """Match detected beats with reference beats, each at most once.

    Parameters
    ----------
    detected, reference : array-like of int, shape (beats,)
        Samples in ascending order.
    tolerance : float
        Largest distance of a match, in samples; ANSI/AAMI EC57 asks for 150 ms, that is ``0.150 * hz``.

    Returns
    -------
    BeatMatch
        With as many matches as are possible.

    Raises
    ------
    InputError
        When the beats are no ascending whole numbers, or the tolerance is negative.

    Examples
    --------
    >>> match_beats([100, 105, 400], [102, 398, 700], 10).ppv
    0.6666666666666666
    """
    found, wanted = _positions(detected, "detected"), _positions(reference, "reference")
    if not tolerance >= 0:
        raise InputError(
            told(
                f"tolerance: 0 samples or more expected, found {tolerance}",
                f"tolerance: 표본 수로 0 이상이어야 합니다. 받은 값: {tolerance}",
            )
        )
    pairs = []
    i = j = 0
    while i < len(found) and j < len(wanted):
        distance = int(found[i]) - int(wanted[j])
        if abs(distance) <= tolerance:
            pairs.append((i, j))
            i, j = i + 1, j + 1
        elif distance < 0:
            i += 1
        else:
            j += 1
    matched = np.asarray(pairs, dtype=np.int64).reshape(-1, 2)
    offset = (found[matched[:, 0]] - wanted[matched[:, 1]]).astype(float)
    return BeatMatch(matched, len(found), len(wanted), offset)
