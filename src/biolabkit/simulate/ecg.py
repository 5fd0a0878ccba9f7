"""Simulated ECGs whose beats are known: a dynamical model with arrhythmias, noise and wander."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from biolabkit._words import joined, missing_extra, told, unknown
from biolabkit.errors import InputError

__all__ = ["SimulatedEcg", "ecg_signal", "write_ecg"]

FloatArray = np.ndarray[Any, np.dtype[np.float64]]
IntArray = np.ndarray[Any, np.dtype[np.int64]]

# The five waves P, Q, R, S, T of McSharry et al. (2003), table I: angle (rad), height, width (rad)
_ANGLE = np.array([-np.pi / 3, -np.pi / 12, 0.0, np.pi / 12, np.pi / 2])
_HEIGHT = np.array([1.2, -5.0, 30.0, -7.5, 0.75])
_WIDTH = np.array([0.25, 0.1, 0.1, 0.1, 0.4])
_SCALE = 3.6  # mV per unit of the model, so that R is about 1 mV
_RELAXATION = 1.0  # 1/s, how fast the model returns to its baseline

_RHYTHMS = ("sinus", "fibrillation")
_LF, _HF = (0.1, 0.01), (0.25, 0.01)  # Hz: centre and width of the two bands of the RR spectrum


@dataclass(frozen=True)
class SimulatedEcg:
    """One channel and its truth.

    Attributes
    ----------
    signal : ndarray of float, shape (samples,)
        In mV, with noise.
    clean : ndarray of float, shape (samples,)
        The same without noise and wander.
    hz : float
        Sampling rate.
    beats : DataFrame
        One row per beat: ``sample`` of the R peak (largest deflection of the clean signal), ``seconds``,
        ``symbol``: N normal, A atrial premature, V ventricular premature.
    """

    signal: FloatArray
    clean: FloatArray
    hz: float
    beats: pd.DataFrame


def ecg_signal(
    seconds: float = 60.0,
    seed: int | np.random.Generator = 0,
    *,
    hz: float = 360.0,
    heart_rate: float = 70.0,
    rate_sd: float = 2.0,
    lf_hf: float = 0.5,
    rhythm: str = "sinus",
    ventricular: float = 0.0,
    atrial: float = 0.0,
    pauses: int = 0,
    shape: float = 0.0,
    noise_mv: float = 0.02,
    wander_mv: float = 0.1,
    mains_mv: float = 0.0,
    mains_hz: float = 60.0,
) -> SimulatedEcg:
    """Simulate one channel of an ECG.

    The dynamical model of McSharry et al.: a point runs around a circle once per beat; at five angles it is
    pulled up or down by Gaussian bumps, which draws P, Q, R, S and T. The length of each turn comes from a
    spectrum with a low band (0.1 Hz) and a respiratory band (0.25 Hz). On the limit cycle the angle is known
    for every time, so the one equation left, that of the voltage, is linear and is solved for all samples at
    once.

    Parameters
    ----------
    seconds : float
        Length, at least 2.
    seed : int or numpy.random.Generator
        Same seed, same signal.
    hz : float
        Sampling rate, at least 100.
    heart_rate, rate_sd : float
        Mean and standard deviation of the heart rate in beats per minute; the mean is 20 to 200.
    lf_hf : float
        Power of the low band over that of the respiratory band.
    rhythm : {"sinus", "fibrillation"}
        In atrial fibrillation the intervals follow each other without pattern, P waves are missing and small
        waves of 4 to 9 Hz take their place.
    ventricular, atrial : float
        Share of beats that come early, 0 to 0.5 together: ventricular ones are wide, without P, with an
        opposite T wave and a pause after them; atrial ones look normal.
    pauses : int
        How many intervals are lengthened by 2.5 s, as far as the time allows.
    shape : float
        How much this person's waves differ from the textbook: standard deviation of the logarithm of their
        heights.
    noise_mv, wander_mv, mains_mv : float
        Standard deviation of white noise, amplitude of the baseline's wander with breathing, amplitude of the
        mains.
    mains_hz : float
        60 in Korea, 50 in Europe.

    Returns
    -------
    SimulatedEcg

    Raises
    ------
    InputError
        When an argument is outside its range; all that are wrong are named at once.

    References
    ----------
    McSharry PE, Clifford GD, Tarassenko L, Smith LA (2003) A dynamical model for generating synthetic
    electrocardiogram signals. IEEE Trans Biomed Eng 50:289-294.

    Examples
    --------
    >>> ecg_signal(10, seed=1).signal.shape
    (3600,)
    """
    _check_arguments(seconds, hz, heart_rate, rate_sd, lf_hf, rhythm, ventricular, atrial, pauses)
    rng = np.random.default_rng(seed)
    rr = _intervals(rng, seconds, heart_rate, rate_sd, lf_hf, rhythm)
    symbols = _symbols(rng, len(rr), ventricular, atrial)
    rr = _with_ectopy(rr, symbols)
    inside = np.flatnonzero(np.cumsum(rr) < seconds - 2.5 * pauses - 1)[2:]
    rr[rng.permutation(inside)[:pauses]] += 2.5
    person = np.exp(rng.normal(0, shape, len(_HEIGHT))) if shape else np.ones(len(_HEIGHT))
    time = np.arange(round(seconds * hz)) / hz
    clean, centre = _voltage(time, hz, rr, symbols, person, rhythm)
    if rhythm == "fibrillation":
        clean = clean + _fibrillation(rng, time)
    beats = _truth(clean, hz, centre, symbols)
    noise = rng.normal(0, noise_mv, len(time)) if noise_mv else 0.0
    breath = wander_mv * np.sin(2 * np.pi * (0.25 * time + rng.random()))
    drift = wander_mv * np.sin(2 * np.pi * (0.05 * time + rng.random()))
    mains = mains_mv * np.sin(2 * np.pi * (mains_hz * time + rng.random()))
    return SimulatedEcg(clean + noise + breath + drift + mains, clean, hz, beats)


def _check_arguments(
    seconds: float,
    hz: float,
    heart_rate: float,
    rate_sd: float,
    lf_hf: float,
    rhythm: str,
    ventricular: float,
    atrial: float,
    pauses: int,
) -> None:
    if rhythm not in _RHYTHMS:
        raise unknown("rhythm", "그런 리듬이 없습니다", rhythm, _RHYTHMS)
    demands: list[tuple[bool, list[float], str, str]] = [
        (
            seconds >= 2,
            [seconds],
            "seconds must be 2 or more, found {}",
            "seconds: 2 이상이어야 하는데 {}입니다",
        ),
        (hz >= 100, [hz], "hz must be 100 or more, found {}", "hz: 100 이상이어야 하는데 {}입니다"),
        (
            20 <= heart_rate <= 200,
            [heart_rate],
            "heart_rate must be 20 to 200 per minute, found {}",
            "heart_rate: 분당 20회 이상 200회 이하여야 하는데 {}입니다",
        ),
        (
            rate_sd >= 0,
            [rate_sd],
            "rate_sd must not be negative, found {}",
            "rate_sd: 0 이상이어야 하는데 {}입니다",
        ),
        (lf_hf > 0, [lf_hf], "lf_hf must be positive, found {}", "lf_hf: 0보다 커야 하는데 {}입니다"),
        (
            ventricular >= 0 and atrial >= 0 and ventricular + atrial <= 0.5,
            [ventricular, atrial],
            "ventricular and atrial must be shares of 0.5 together at most, found {}, {}",
            "ventricular, atrial: 0 이상인 비율이고 합이 0.5 이하여야 하는데 {}, {}입니다",
        ),
        (
            pauses >= 0,
            [pauses],
            "pauses must not be negative, found {}",
            "pauses: 0 이상이어야 하는데 {}입니다",
        ),
    ]
    problems = [told(en, ko).format(*found) for holds, found, en, ko in demands if not holds]
    if problems:
        raise InputError("ecg_signal: " + joined(problems))


def _intervals(
    rng: np.random.Generator, seconds: float, heart_rate: float, rate_sd: float, lf_hf: float, rhythm: str
) -> FloatArray:
    """RR intervals in seconds, enough to fill the time."""
    mean = 60 / heart_rate
    count = int(seconds / mean * 1.3) + 12
    if rhythm == "fibrillation":
        return np.clip(rng.lognormal(np.log(mean), 0.22, count), 0.3, 2.0)
    spread = mean * rate_sd / heart_rate
    series = _spectral(rng, count, 1 / mean, lf_hf)
    return np.clip(mean + spread * series, 0.3, None)


def _spectral(rng: np.random.Generator, count: int, rate: float, lf_hf: float) -> FloatArray:
    """Standardised series, one value per beat, whose spectrum has two bands (equation 5 of the paper)."""
    frequency = np.fft.rfftfreq(count, 1 / rate)
    power = sum(
        weight * np.exp(-((frequency - centre) ** 2) / (2 * width**2)) / width
        for weight, (centre, width) in ((lf_hf, _LF), (1.0, _HF))
    )
    phase = rng.uniform(0, 2 * np.pi, len(frequency))
    series = np.fft.irfft(np.sqrt(power) * np.exp(1j * phase), count)
    spread = series.std()
    return np.asarray((series - series.mean()) / spread if spread > 0 else series)


def _symbols(
    rng: np.random.Generator, count: int, ventricular: float, atrial: float
) -> "np.ndarray[Any, Any]":
    symbols = rng.choice(["N", "V", "A"], count, p=[1 - ventricular - atrial, ventricular, atrial])
    symbols[:2] = "N"
    early = np.flatnonzero(symbols != "N")
    for beat in early:  # two early beats never follow each other
        if symbols[beat - 1] != "N":
            symbols[beat] = "N"
    return symbols


def _with_ectopy(rr: FloatArray, symbols: "np.ndarray[Any, Any]") -> FloatArray:
    """Shorten the interval before an early beat; after a ventricular one the sinus beat keeps its time."""
    changed = rr.copy()
    for beat in np.flatnonzero(symbols != "N"):
        usual = rr[beat]
        changed[beat] = (0.62 if symbols[beat] == "V" else 0.7) * usual
        if beat + 1 < len(rr):
            changed[beat + 1] = 2 * usual - changed[beat] if symbols[beat] == "V" else usual * 1.05
    return changed


def _voltage(
    time: FloatArray,
    hz: float,
    rr: FloatArray,
    symbols: "np.ndarray[Any, Any]",
    person: FloatArray,
    rhythm: str,
) -> tuple[FloatArray, FloatArray]:
    """Solve dz/dt = -sum a w dθ exp(-dθ²/2b²) - z on the limit cycle; also the time of each R wave."""
    from scipy.signal import lfilter

    centre = np.cumsum(rr) - rr[0] / 2
    # A turn is never slower than 1 s nor quicker than 0.6 s: QRS keeps its width at any heart rate
    border = (centre[1:] + centre[:-1]) / 2
    beat = np.searchsorted(border, time)
    length = np.minimum(np.diff(np.concatenate(([centre[0] - rr[0]], centre))), 1.0)[beat]
    angle = 2 * np.pi * (time - centre[beat]) / np.maximum(length, 0.6)
    heights, widths, angles = _waves(symbols, person, rhythm)
    pull = np.zeros(len(time))
    for wave in range(len(_ANGLE)):
        away = angle - angles[beat, wave]
        width = widths[beat, wave]
        pull -= heights[beat, wave] * away * np.exp(-(away**2) / (2 * width**2))
    turn = 2 * np.pi / np.maximum(length, 0.6)  # rad/s, the angular velocity
    decay = np.exp(-_RELAXATION / hz)
    z = lfilter([_SCALE / hz], [1, -decay], pull * turn)
    return np.asarray(z, dtype=float), centre


def _waves(
    symbols: "np.ndarray[Any, Any]", person: FloatArray, rhythm: str
) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Height, width and angle of the five waves of each beat."""
    count = len(symbols)
    heights = np.tile(_HEIGHT * person, (count, 1))
    widths, angles = np.tile(_WIDTH, (count, 1)), np.tile(_ANGLE, (count, 1))
    if rhythm == "fibrillation":
        heights[:, 0] = 0
    wide = symbols == "V"
    # no P, no Q; R and S twice as wide and apart, T against them
    heights[wide] *= [0.0, 0.2, 0.42, 0.9, -2.4]
    widths[wide] *= [1.0, 1.5, 2.0, 2.2, 1.0]
    angles[wide] += [0.0, -0.1, 0.0, 0.25, 0.1]
    return heights, widths, angles


def _fibrillation(rng: np.random.Generator, time: FloatArray) -> FloatArray:
    waves = np.zeros(len(time))
    for _ in range(4):
        frequency, phase = rng.uniform(4, 9), rng.random()
        waves += 0.02 * np.sin(2 * np.pi * (frequency * time + phase))
    return waves


def _truth(clean: FloatArray, hz: float, centre: FloatArray, symbols: "np.ndarray[Any, Any]") -> pd.DataFrame:
    """Put each beat on the largest deflection near its angle 0."""
    reach = round(0.06 * hz)
    places = np.round(centre * hz).astype(int)
    whole = (places >= 0) & (places < len(clean))
    around = np.clip(places[whole, None] + np.arange(-reach, reach + 1), 0, len(clean) - 1)
    rows = np.arange(len(around))
    sample = around[rows, np.abs(clean)[around].argmax(axis=1)]
    return pd.DataFrame({"sample": sample, "seconds": sample / hz, "symbol": symbols[whole].astype(object)})


def write_ecg(
    folder: str | Path,
    name: str,
    signals: Mapping[str, "FloatArray"],
    hz: float,
    *,
    units: str = "mV",
    beats: pd.DataFrame | None = None,
    comments: tuple[str, ...] = (),
) -> dict[str, Path]:
    """Write channels as a WFDB record, as PhysioNet's are.

    Parameters
    ----------
    folder, name : str
        Where to, and the record's name.
    signals : mapping of str to ndarray
        Channels of equal length.
    hz : float
        Sampling rate.
    units : str
        Unit of all channels.
    beats : DataFrame, optional
        ``sample, symbol``, written as annotations ``.atr``.
    comments : tuple of str
        Lines of the header's comments.

    Returns
    -------
    dict of str to Path
        ``header``, ``signal`` and, with beats, ``annotations``.

    Raises
    ------
    MissingExtraError
        When wfdb is not installed.
    """
    try:
        import wfdb
    except ModuleNotFoundError:
        raise missing_extra("wfdb", "health") from None
    place = Path(folder)
    channels = np.column_stack(list(signals.values()))
    wfdb.wrsamp(
        name,
        fs=hz,
        units=[units] * channels.shape[1],
        sig_name=list(signals),
        p_signal=channels,
        fmt=["16"] * channels.shape[1],
        comments=list(comments),
        write_dir=str(place),
    )
    paths = {"header": place / f"{name}.hea", "signal": place / f"{name}.dat"}
    if beats is not None:
        wfdb.wrann(
            name, "atr", beats["sample"].to_numpy(), symbol=beats["symbol"].tolist(), write_dir=str(place)
        )
        paths["annotations"] = place / f"{name}.atr"
    return paths
