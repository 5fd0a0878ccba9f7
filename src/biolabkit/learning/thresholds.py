"""What a threshold costs: predictive values at another prevalence, cost, net benefit."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import joined, told
from biolabkit.errors import InputError
from biolabkit.learning._inputs import (
    FloatArray,
    labels_and_scores,
    probabilities,
    resample_count,
    same_length,
    share,
)
from biolabkit.learning.bootstrap import called_counts

__all__ = [
    "PredictiveValues",
    "Threshold",
    "choose_threshold",
    "cost_threshold",
    "decision_curve",
    "predictive_values",
]


class PredictiveValues(NamedTuple):
    """Chance of disease after a positive test, and of none after a negative one."""

    ppv: Any
    npv: Any


class Threshold(NamedTuple):
    """A threshold, its cost per row, and the sensitivity and specificity it has on the rows at hand."""

    threshold: float
    cost: float
    sensitivity: float
    specificity: float


def predictive_values(
    sensitivity: npt.ArrayLike, specificity: npt.ArrayLike, prevalence: npt.ArrayLike
) -> PredictiveValues:
    """PPV and NPV at a prevalence, by Bayes' theorem.

    Sensitivity and specificity are taken as they are: that holds only where the same kind of patients is ill
    and well (no change of spectrum).

    Parameters
    ----------
    sensitivity, specificity, prevalence : float or array-like in [0, 1]
        Shapes must broadcast.

    Returns
    -------
    PredictiveValues
        ``(ppv, npv)``, floats or arrays; NaN where nobody is called positive (negative).

    Raises
    ------
    InputError
        A value is missing or outside [0, 1].

    Examples
    --------
    >>> round(predictive_values(0.9, 0.9, 0.01).ppv, 3)
    0.083
    """
    given = {"sensitivity": sensitivity, "specificity": specificity, "prevalence": prevalence}
    values, problems = {}, []
    for name, value in given.items():
        try:
            values[name] = np.asarray(value, dtype=np.float64)
        except (TypeError, ValueError):
            problems.append(
                told(
                    f"{name}: numbers expected, found {value!r}",
                    f"{name}: 숫자여야 하는데 {value!r}입니다",
                )
            )
            continue
        if not ((values[name] >= 0) & (values[name] <= 1)).all():
            problems.append(
                told(
                    f"{name}: a share from 0 to 1 expected (0.9, not 90 %), found {value!r}",
                    f"{name}: 0 이상 1 이하의 비율(90 %가 아니라 0.9)이어야 하는데 {value!r}입니다",
                )
            )
    if problems:
        raise InputError("predictive_values: " + joined(problems))
    sens, spec, prev = values.values()
    with np.errstate(invalid="ignore", divide="ignore"):
        ppv = sens * prev / (sens * prev + (1 - spec) * (1 - prev))
        npv = spec * (1 - prev) / (spec * (1 - prev) + (1 - sens) * prev)
    return PredictiveValues(*(float(one) if one.ndim == 0 else one for one in (ppv, npv)))


def _costs(false_positive: float, false_negative: float) -> None:
    if not (false_positive > 0 and false_negative > 0):
        raise InputError(
            told(
                "costs above 0 expected in the same unit, found "
                f"false_positive={false_positive} and false_negative={false_negative}",
                "두 비용은 같은 단위이고 0보다 커야 하는데 "
                f"false_positive={false_positive}, false_negative={false_negative}입니다",
            )
        )


def cost_threshold(false_positive: float, false_negative: float) -> float:
    """The risk above which acting costs less than waiting, for *calibrated* risks.

    Acting on a well patient costs `false_positive`, waiting for an ill one `false_negative`; at a risk of
    ``false_positive / (false_positive + false_negative)`` the two are equal. It depends on no data.

    Raises
    ------
    InputError
        A cost is not above 0.

    References
    ----------
    Pauker, Kassirer (1975) N Engl J Med 293:229-234; Elkan (2001) IJCAI, 973-978.

    Examples
    --------
    >>> cost_threshold(1, 9)
    0.1
    """
    _costs(false_positive, false_negative)
    return false_positive / (false_positive + false_negative)


def choose_threshold(
    y_true: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    false_positive: float,
    false_negative: float,
    prevalence: float | None = None,
) -> Threshold:
    """The threshold with the least mean cost on these rows; for scores that are not calibrated.

    Choose on validation rows and report on others: on the rows it was chosen on, its cost is too good.

    Parameters
    ----------
    y_true : array-like of 0 and 1, shape (rows,)
        The labels, both classes.
    score : array-like of float, shape (rows,)
        Any number that rises with the probability of 1.
    false_positive, false_negative : float
        Cost of each kind of error, in one unit.
    prevalence : float, optional
        Where the threshold will be used; by default that of the rows.

    Returns
    -------
    Threshold
        ``(threshold, cost, sensitivity, specificity)``; positive is a score of at least the threshold, and
        infinity (nobody is positive) is possible. Of equal costs the highest threshold.

    Raises
    ------
    InputError
        As `learning.auroc`; a cost that is not above 0; a prevalence outside (0, 1).
    """
    _costs(false_positive, false_negative)
    labels, scores = labels_and_scores(y_true, score)
    if prevalence is not None:
        share(prevalence, "prevalence")
    cases = labels.mean() if prevalence is None else prevalence
    from sklearn.metrics import roc_curve

    false_rate, true_rate, cuts = roc_curve(labels, scores, drop_intermediate=False)
    cost = false_negative * cases * (1 - true_rate) + false_positive * (1 - cases) * false_rate
    best = int(np.argmin(cost))
    return Threshold(
        float(cuts[best]), float(cost[best]), float(true_rate[best]), float(1 - false_rate[best])
    )


def decision_curve(
    y_true: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    thresholds: Sequence[float] | None = None,
    cluster: Any = None,
    resamples: int = 500,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Net benefit over thresholds: of the model, of treating all, of treating none.

    ``TP / n - FP / n * t / (1 - t)``: true positives per patient, less false positives at the exchange rate
    that the threshold states. It reads in units of true positives and needs calibrated risks to be fair.

    Parameters
    ----------
    y_true : array-like of 0 and 1, shape (rows,)
        The labels, both classes.
    score : array-like of float in [0, 1], shape (rows,)
        Predicted probability of 1; a row is treated when it is at least the threshold.
    thresholds : sequence of float, optional
        In (0, 1); by default 0.01 to 0.99.
    cluster : array-like, shape (rows,), optional
        Patients are resampled instead of rows.
    resamples, confidence, seed
        Of the percentile bootstrap; ``resamples=0`` leaves the intervals out (NaN).

    Returns
    -------
    DataFrame
        ``threshold, model, low, high, treat_all, treat_none``, one row per threshold. The interval is
        pointwise and of the model's net benefit.

    Raises
    ------
    InputError
        As `learning.evaluate`, a threshold outside (0, 1), or a negative number of resamples.

    References
    ----------
    Vickers, Elkin (2006) Med Decis Making 26:565-574.
    """
    share(confidence, "confidence")
    resample_count(resamples, "decision_curve")
    labels, scores = labels_and_scores(y_true, score)
    probabilities(scores, "decision_curve")
    cuts = np.linspace(0.01, 0.99, 99) if thresholds is None else np.asarray(thresholds, dtype=np.float64)
    if cuts.ndim != 1 or not len(cuts) or not ((cuts > 0) & (cuts < 1)).all():
        raise InputError(
            told(
                "decision_curve: thresholds between 0 and 1 expected, without 0 and 1 themselves",
                "decision_curve: thresholds는 0보다 크고 1보다 작은 기준값이어야 합니다",
            )
        )
    odds = cuts / (1 - cuts)
    codes = None if cluster is None else pd.factorize(same_length(cluster, len(labels), "cluster"))[0]
    called = scores[:, np.newaxis] >= cuts
    cases = labels[:, np.newaxis] == 1
    model = ((called & cases).mean(axis=0)) - (called & ~cases).mean(axis=0) * odds
    low = high = np.full(len(cuts), np.nan)
    if resamples:
        drawn = _resampled_benefit(called_counts(labels, scores, cuts, codes, resamples, seed), odds)
        low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    share_of_cases = labels.mean()
    everybody = share_of_cases - (1 - share_of_cases) * odds
    columns = {"threshold": cuts, "model": model, "low": low, "high": high}
    return pd.DataFrame({**columns, "treat_all": everybody, "treat_none": 0.0})


def _resampled_benefit(counts: tuple[FloatArray, FloatArray, FloatArray], odds: FloatArray) -> FloatArray:
    true_positive, false_positive, rows = counts
    return np.asarray((true_positive - false_positive * odds) / rows[:, np.newaxis])
