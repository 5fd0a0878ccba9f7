"""Are predicted risks right? Error, slope and intercept of calibration, and recalibration."""

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.learning._inputs import (
    FloatArray,
    IntArray,
    labels_and_scores,
    probabilities,
    scores_only,
    share,
)
from biolabkit.learning.metrics import Estimate, wilson_interval

__all__ = ["CalibrationLine", "Calibrator", "calibrate", "calibration_line", "ece", "reliability"]

_EDGE = 1e-6  # a predicted risk of 0 or 1 has no log-odds: it counts as this, or 1 minus this
_PRECISE = 1e-10


class CalibrationLine(NamedTuple):
    """Cox's recalibration: observed log-odds as a line over the predicted ones.

    Attributes
    ----------
    slope : Estimate
        1 when right; below 1 the risks are too extreme (overfitting), above 1 too timid.
    intercept : Estimate
        Of the same line; hard to read alone when the slope is not 1.
    in_the_large : Estimate
        The shift of the log-odds that makes the mean right with the slope held at 1: 0 when right, below 0
        when the risks are too high on average.
    """

    slope: Estimate
    intercept: Estimate
    in_the_large: Estimate


def bin_numbers(scores: FloatArray, bins: int, binning: str = "quantile") -> IntArray:
    """Number of each score's bin, from 0; empty bins keep their number.

    ``quantile``: bins of about equal size, equal scores always together; ``uniform``: equal widths of [0, 1],
    each bin open below and closed above, the first closed on both sides (Guo et al. 2017).
    """
    if bins < 2:
        raise InputError(
            told(f"bins: at least 2 expected, found {bins}", f"bins: 2 이상이어야 하는데 {bins}입니다")
        )
    if binning == "quantile":
        edges = np.unique(np.quantile(scores, np.linspace(0, 1, bins + 1)[1:-1]))
        return np.asarray(np.searchsorted(edges, scores, side="right"), dtype=np.int64)
    if binning == "uniform":
        return np.asarray(
            np.searchsorted(np.linspace(0, 1, bins + 1)[1:-1], scores, side="left"), dtype=np.int64
        )
    raise InputError(
        told(
            f"binning: 'quantile' or 'uniform' expected, found {binning!r}",
            f"binning: 'quantile' 또는 'uniform'이어야 하는데 {binning!r}입니다",
        )
    )


def _checked(y_true: npt.ArrayLike, score: npt.ArrayLike, what: str) -> tuple[IntArray, FloatArray]:
    labels, scores = labels_and_scores(y_true, score, both_classes=False)
    if not len(labels):
        raise InputError(
            told(
                f"{what}: at least one row expected, found none",
                f"{what}: 행이 하나 이상 있어야 하는데 하나도 없습니다",
            )
        )
    probabilities(scores, what)
    return labels, scores


def ece(y_true: npt.ArrayLike, score: npt.ArrayLike, *, bins: int = 10, binning: str = "quantile") -> float:
    """Expected calibration error: mean over rows of |observed share - mean risk| of the row's bin.

    It depends on the binning and is biased upwards: even perfect risks have an error above 0, the more bins
    and the fewer rows the larger. Compare it only at the same binning and number of rows.

    Parameters
    ----------
    y_true : array-like of 0 and 1, shape (rows,)
        The labels; one class is enough.
    score : array-like of float in [0, 1], shape (rows,)
        Predicted probability of 1.
    bins : int
        At least 2.
    binning : {"quantile", "uniform"}
        Bins of about equal size (equal scores stay together), or of equal width.

    Returns
    -------
    float
        From 0 to 1.

    Raises
    ------
    InputError
        No rows, labels other than 0 and 1, NaN scores, scores outside [0, 1], unequal lengths, bad bins.

    References
    ----------
    Naeini, Cooper, Hauskrecht (2015) AAAI 29:2901; Guo et al. (2017) ICML, formula 3.

    Examples
    --------
    >>> round(ece([0, 1, 1, 1], [0.1, 0.1, 0.9, 0.9], bins=2), 3)
    0.25
    """
    labels, scores = _checked(y_true, score, "ece")
    gaps = np.bincount(bin_numbers(scores, bins, binning), weights=labels - scores)
    return float(np.abs(gaps).sum() / len(labels))


def reliability(
    y_true: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    bins: int = 10,
    binning: str = "quantile",
    confidence: float = 0.95,
) -> pd.DataFrame:
    """Observed share against mean predicted risk, bin by bin.

    Parameters
    ----------
    y_true, score, bins, binning
        As in `ece`.
    confidence : float
        Coverage of the intervals.

    Returns
    -------
    DataFrame
        One row per bin that is not empty: ``predicted, observed, low, high`` (Wilson), ``rows, cases``.

    Raises
    ------
    InputError
        As `ece`.
    """
    labels, scores = _checked(y_true, score, "reliability")
    share(confidence, "confidence")
    table = pd.DataFrame({"bin": bin_numbers(scores, bins, binning), "y": labels, "p": scores})
    found = table.groupby("bin").agg(predicted=("p", "mean"), rows=("y", "size"), cases=("y", "sum"))
    observed = [
        wilson_interval(int(cases), int(rows), confidence=confidence)
        for cases, rows in zip(found["cases"], found["rows"], strict=True)
    ]
    intervals = pd.DataFrame(observed, columns=["observed", "low", "high"], index=found.index)
    return pd.concat([found["predicted"], intervals, found[["rows", "cases"]]], axis=1).reset_index(drop=True)


def log_odds(scores: FloatArray) -> FloatArray:
    clipped = np.clip(scores, _EDGE, 1 - _EDGE)
    return np.asarray(np.log(clipped / (1 - clipped)))


def calibration_line(
    y_true: npt.ArrayLike, score: npt.ArrayLike, *, confidence: float = 0.95
) -> CalibrationLine:
    """Slope and intercept of calibration with Wald intervals.

    Fits ``log-odds(y) = intercept + slope * log-odds(score)`` by maximum likelihood, and the intercept again
    with the slope held at 1. A score of 0 or 1 counts as one millionth from it.

    Parameters
    ----------
    y_true : array-like of 0 and 1, shape (rows,)
        The labels, both classes.
    score : array-like of float in [0, 1], shape (rows,)
        Predicted probability of 1.
    confidence : float
        Coverage of the intervals.

    Returns
    -------
    CalibrationLine
        Slope and intercept are NaN where the likelihood has no maximum: all scores equal, or scores that
        separate the classes perfectly.

    Raises
    ------
    InputError
        As `learning.evaluate`.

    References
    ----------
    Cox (1958) Biometrika 45:562-565; Van Calster et al. (2019) BMC Med 17:230.
    """
    share(confidence, "confidence")
    labels, scores = labels_and_scores(y_true, score)
    probabilities(scores, "calibration_line")
    x = log_odds(scores)
    shift, shift_variance = _newton(np.ones((len(x), 1)), labels, x)
    in_the_large = _wald(shift[0], shift_variance[0, 0], confidence)
    low, high = x[labels == 0], x[labels == 1]
    if np.ptp(x) == 0 or low.max() <= high.min() or high.max() <= low.min():
        nothing = Estimate(np.nan, np.nan, np.nan)
        return CalibrationLine(nothing, nothing, in_the_large)
    both, variance = _newton(np.column_stack([np.ones(len(x)), x]), labels, np.zeros(len(x)))
    return CalibrationLine(
        slope=_wald(both[1], variance[1, 1], confidence),
        intercept=_wald(both[0], variance[0, 0], confidence),
        in_the_large=in_the_large,
    )


def _newton(design: FloatArray, labels: IntArray, offset: FloatArray) -> tuple[FloatArray, FloatArray]:
    """Coefficients of a logistic regression with an offset, which scikit-learn has not, and their covariance.

    Newton's steps are halved while they lower the likelihood, so it converges from 0.
    """
    beta = np.zeros(design.shape[1])
    for _ in range(100):
        linear = design @ beta + offset
        risk = _expit(linear)
        information = (design * (risk * (1 - risk))[:, np.newaxis]).T @ design
        step = np.linalg.solve(information, design.T @ (labels - risk))
        before = _log_likelihood(linear, labels)
        while _log_likelihood(design @ (beta + step) + offset, labels) < before - _PRECISE:
            step = step / 2
        beta = beta + step
        if np.abs(step).max() < _PRECISE:
            break
    return beta, np.asarray(np.linalg.inv(information))


def _expit(x: FloatArray) -> FloatArray:
    from scipy.special import expit

    return np.asarray(expit(x))


def _log_likelihood(linear: FloatArray, labels: IntArray) -> float:
    return float((labels * linear - np.logaddexp(0, linear)).sum())


def _wald(value: float, variance: float, confidence: float) -> Estimate:
    from scipy.special import ndtri

    half = float(ndtri(0.5 + confidence / 2) * np.sqrt(variance))
    return Estimate(float(value), float(value) - half, float(value) + half)


class Calibrator:
    """What `calibrate` returns: call it with scores to get calibrated risks.

    Attributes
    ----------
    method : str
        ``"platt"`` or ``"isotonic"``.
    rows : int
        How many labels it was fitted on.
    """

    def __init__(self, method: str, rows: int, model: Any) -> None:
        self.method, self.rows, self._model = method, rows, model

    def __repr__(self) -> str:
        return f"<Calibrator: {self.method}, fitted on {self.rows} rows>"

    def __call__(self, score: npt.ArrayLike) -> FloatArray:
        """Calibrated risks of scores, shape (rows,)."""
        scores = scores_only(score)
        probabilities(scores, "a calibrator", "보정 함수")
        if self.method == "isotonic":
            return np.asarray(self._model.predict(scores), dtype=np.float64)
        return np.asarray(self._model.predict_proba(log_odds(scores).reshape(-1, 1))[:, 1])


def calibrate(y_true: npt.ArrayLike, score: npt.ArrayLike, *, method: str = "platt") -> Calibrator:
    """Learn a map from predicted to calibrated risks.

    The rows must be neither those that the model was fitted on (its risks are too good there) nor those that
    it is tested on.

    Parameters
    ----------
    y_true : array-like of 0 and 1, shape (rows,)
        The labels, both classes.
    score : array-like of float in [0, 1], shape (rows,)
        Predicted probability of 1.
    method : {"platt", "isotonic"}
        ``"platt"``: a logistic regression on the log-odds of the score, two numbers, for few rows.
        ``"isotonic"``: any rising steps, for about 1,000 rows or more; it makes ties, so it can lower AUROC
        a little. scikit-learn's LogisticRegression and IsotonicRegression underneath.

    Returns
    -------
    Calibrator
        Call it with scores.

    Raises
    ------
    InputError
        As `learning.evaluate`, or an unknown method.

    References
    ----------
    Platt (1999) Advances in Large Margin Classifiers; Zadrozny, Elkan (2002) KDD, 694-699.

    Examples
    --------
    >>> twice = calibrate([0, 0, 0, 1], [0.5, 0.5, 0.5, 0.5])
    >>> twice([0.5]).round(3).tolist()
    [0.25]
    """
    labels, scores = labels_and_scores(y_true, score)
    probabilities(scores, "calibrate")
    if method == "isotonic":
        from sklearn.isotonic import IsotonicRegression

        steps = IsotonicRegression(y_min=0, y_max=1, out_of_bounds="clip").fit(scores, labels)
        return Calibrator(method, len(labels), steps)
    if method == "platt":
        from sklearn.linear_model import LogisticRegression

        # a penalty so weak that it matters only where the classes are separated
        line = LogisticRegression(C=1e6, tol=1e-8, max_iter=1000)
        return Calibrator(method, len(labels), line.fit(log_odds(scores).reshape(-1, 1), labels))
    raise InputError(
        told(
            f"calibrate: method 'platt' or 'isotonic' expected, found {method!r}",
            f"calibrate: method는 'platt' 또는 'isotonic'이어야 하는데 {method!r}입니다",
        )
    )
