"""Point estimates with analytic intervals: AUROC after DeLong, proportions after Wilson."""

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.learning._inputs import FloatArray, IntArray, labels_and_scores, share

__all__ = ["Estimate", "auroc", "compare_auroc", "wilson_interval"]


class Estimate(NamedTuple):
    """A number with its confidence interval."""

    value: float
    low: float
    high: float


class Comparison(NamedTuple):
    """Difference of two AUROCs on the same rows, its interval, and the two-sided p value."""

    difference: float
    low: float
    high: float
    p_value: float


def auroc(y_true: npt.ArrayLike, score: npt.ArrayLike, *, confidence: float = 0.95) -> Estimate:
    """Area under the ROC curve with DeLong's interval.

    The probability that a random case scores higher than a random control, ties counted half. The interval is
    normal with DeLong's variance, cut at 0 and 1; with fewer than about 10 rows in a class or an area near 1
    it is too optimistic: take the bootstrap of `evaluate`. Rows must be independent.

    Parameters
    ----------
    y_true : array-like of 0 and 1, shape (rows,)
        The labels.
    score : array-like of float, shape (rows,)
        Any number that rises with the probability of 1; not a predicted class.
    confidence : float
        Coverage of the interval.

    Returns
    -------
    Estimate
        ``(value, low, high)``.

    Raises
    ------
    InputError
        One class only, missing or non-numeric values, unequal lengths.

    References
    ----------
    DeLong, DeLong, Clarke-Pearson (1988) Biometrics 44:837-845; in O(n log n) after Sun and Xu (2014) IEEE
    Signal Process Lett 21:1389-1393, formulas 5 to 8.
    """
    share(confidence, "confidence")
    labels, scores = labels_and_scores(y_true, score)
    areas, covariance = delong(labels, scores[np.newaxis, :])
    return _normal_estimate(float(areas[0]), float(covariance[0, 0]), confidence)


def compare_auroc(
    y_true: npt.ArrayLike, score_a: npt.ArrayLike, score_b: npt.ArrayLike, *, confidence: float = 0.95
) -> Comparison:
    """DeLong's test of two scores of the same rows.

    Parameters
    ----------
    y_true : array-like of 0 and 1, shape (rows,)
        The labels.
    score_a : array-like of float, shape (rows,)
        Scores of the first model.
    score_b : array-like of float, shape (rows,)
        Scores of the second model.
    confidence : float
        Coverage of the interval of the difference.

    Returns
    -------
    Comparison
        ``(difference, low, high, p_value)``; the difference is a minus b. Two scores that rank all pairs
        alike give difference 0 and p value 1.

    Raises
    ------
    InputError
        As `auroc`.
    """
    from scipy.special import ndtr, ndtri

    share(confidence, "confidence")
    labels, first = labels_and_scores(y_true, score_a, score_name="score_a")
    _, second = labels_and_scores(y_true, score_b, score_name="score_b")
    areas, covariance = delong(labels, np.vstack([first, second]))
    difference = float(areas[0] - areas[1])
    variance = float(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    error = np.sqrt(max(variance, 0.0))
    z = ndtri(0.5 + confidence / 2)
    if error < 1e-12:
        p_value = 1.0 if abs(difference) < 1e-12 else 0.0
    else:
        p_value = float(2 * ndtr(-abs(difference) / error))
    return Comparison(difference, difference - z * error, difference + z * error, p_value)


def delong(labels: IntArray, scores: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Areas and their covariance for several scores of the same rows.

    Parameters
    ----------
    labels : ndarray of int, shape (rows,)
        0 and 1.
    scores : ndarray of float, shape (models, rows)
        One row per model.

    Returns
    -------
    areas : ndarray, shape (models,)
    covariance : ndarray, shape (models, models)
        NaN where a class has one row only.
    """
    from scipy.stats import rankdata

    cases, controls = scores[:, labels == 1], scores[:, labels == 0]
    m, n = cases.shape[1], controls.shape[1]
    pooled = rankdata(np.hstack([cases, controls]), axis=1)
    # V10, V01: the share of the other class that each case beats, and by which each control is beaten
    of_cases = (pooled[:, :m] - rankdata(cases, axis=1)) / n
    of_controls = 1.0 - (pooled[:, m:] - rankdata(controls, axis=1)) / m
    with np.errstate(invalid="ignore", divide="ignore"):
        covariance = _covariance(of_cases) / m + _covariance(of_controls) / n
    return of_cases.mean(axis=1), covariance


def _covariance(components: FloatArray) -> FloatArray:
    centred = components - components.mean(axis=1, keepdims=True)
    return np.asarray(centred @ centred.T / np.float64(components.shape[1] - 1))


def _normal_estimate(value: float, variance: float, confidence: float) -> Estimate:
    from scipy.special import ndtri

    half = ndtri(0.5 + confidence / 2) * np.sqrt(variance)
    return Estimate(value, float(np.maximum(value - half, 0.0)), float(np.minimum(value + half, 1.0)))


def wilson_interval(successes: int, trials: int, *, confidence: float = 0.95) -> Estimate:
    """A proportion with Wilson's score interval, which also holds for few trials and near 0 and 1.

    Parameters
    ----------
    successes, trials : int
        ``0 <= successes <= trials``; without trials everything is NaN.
    confidence : float
        Coverage of the interval.

    Returns
    -------
    Estimate

    Raises
    ------
    InputError
        When the counts are impossible.

    References
    ----------
    Newcombe (1998) Stat Med 17:857-872, method 3.
    """
    from scipy.special import ndtri

    share(confidence, "confidence")
    if not 0 <= successes <= trials:
        raise InputError(
            told(
                f"wilson_interval: 0 <= successes <= trials expected, found {successes} of {trials}",
                f"wilson_interval: 0 <= successes <= trials여야 하는데 successes={successes}, "
                f"trials={trials}입니다",
            )
        )
    if trials == 0:
        return Estimate(np.nan, np.nan, np.nan)
    z, p = float(ndtri(0.5 + confidence / 2)), successes / trials
    middle = p + z * z / (2 * trials)
    half = z * np.sqrt(p * (1 - p) / trials + z * z / (4 * trials * trials))
    scale = 1 + z * z / trials
    # rounding must not push the ends of 0 of n and n of n past the estimate
    return Estimate(p, min(float((middle - half) / scale), p), max(float((middle + half) / scale), p))
