"""One call from labels and scores to a table of metrics with intervals, over all and by subgroup."""

from collections.abc import Iterator, Mapping
from typing import Any

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
    resample_count,
    same_length,
    share,
)
from biolabkit.learning.bootstrap import AT_THRESHOLD, RANKING, bootstrap_metrics, point_metrics
from biolabkit.learning.calibration import bin_numbers
from biolabkit.learning.metrics import auroc, wilson_interval

__all__ = ["evaluate"]

_ENOUGH = 0.9  # share of the resamples that must define a metric before its interval is given


def evaluate(
    y_true: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    threshold: float = 0.5,
    by: Any = None,
    cluster: Any = None,
    bins: int = 10,
    interval: str = "auto",
    resamples: int = 1000,
    confidence: float = 0.95,
    seed: int = 0,
) -> pd.DataFrame:
    """Discrimination, error and decisions at a threshold, each with a confidence interval.

    Parameters
    ----------
    y_true : array-like of 0 and 1, shape (rows,)
        The labels.
    score : array-like of float in [0, 1], shape (rows,)
        Predicted probability of 1.
    threshold : float
        A row is called positive when its score is at least this.
    by : array-like, shape (rows,), or mapping or DataFrame of them, optional
        Subgroup or site of each row; each gets its own rows of the result after ``"all"``. With several, as
        in ``{"site": sites, "sex": sexes}``, a group is called ``"site=va"``.
    cluster : array-like, shape (rows,), optional
        What was sampled (the patient of each visit). Patients are then resampled, not rows, and every
        interval is a bootstrap one: rows of one patient are no independent evidence.
    bins : int
        For ECE: bins of about equal size of each group's own scores, equal scores together; see
        `learning.ece`. Every resample keeps them.
    interval : {"auto", "bootstrap"}
        ``"auto"``: DeLong for AUROC, Wilson for proportions, percentile bootstrap for the rest. ECE always
        has the basic (reflected) bootstrap, cut at 0, as resampling adds to its upward bias: it covers near
        90 % instead of 95 %, and less still where the true error is near 0, where only its upper end tells
        something.
    resamples : int
        Number of bootstrap resamples, at least 100.
    confidence : float
        Coverage of the intervals, in (0, 1).
    seed : int
        Same seed, same intervals.

    Returns
    -------
    DataFrame
        Index ``(group, metric)``; metrics auroc, auprc (average precision), brier, ece, sensitivity,
        specificity, ppv and npv; columns ``value, low, high`` (float), ``rows, cases`` (int) and ``interval``
        (delong, wilson, bootstrap, basic bootstrap or none). A group with one class has NaN where a metric
        needs both, and an interval is NaN when fewer than 90 % of the resamples define the metric.

    Raises
    ------
    InputError
        One class only, labels other than 0 and 1, NaN scores, scores outside [0, 1], unequal lengths.

    Examples
    --------
    >>> table = evaluate([0, 0, 1, 1], [0.1, 0.4, 0.35, 0.8])
    >>> float(table.loc[("all", "auroc"), "value"])
    0.75
    """
    labels, scores = labels_and_scores(y_true, score)
    probabilities(scores, "evaluate")
    share(confidence, "confidence")
    if interval not in ("auto", "bootstrap"):
        raise InputError(
            told(
                f"evaluate: interval 'auto' or 'bootstrap' expected, found {interval!r}",
                f"evaluate: interval은 'auto' 또는 'bootstrap'이어야 하는데 {interval!r}입니다",
            )
        )
    resample_count(resamples, "evaluate", least=100)
    codes = None if cluster is None else pd.factorize(same_length(cluster, len(labels), "cluster"))[0]
    analytic = interval == "auto" and codes is None
    rows = []
    for group, members in _groups(by, len(labels)):
        y, s = labels[members], scores[members]
        c = None if codes is None else pd.factorize(codes[members])[0]
        # every group has its own stream, so a group's interval does not depend on the other groups
        rng = np.random.default_rng([seed, *str(group).encode()])
        bin_of_row = bin_numbers(s, bins)
        drawn = bootstrap_metrics(y, s, threshold, c, resamples, rng, bin_of_row)
        values = point_metrics(y, s, threshold, bin_of_row)
        for metric in (*RANKING, *AT_THRESHOLD):
            if metric == "ece":
                low, high, kind = _reflected(values[metric], drawn[metric], confidence)
            else:
                low, high, kind = _interval(metric, y, s, threshold, drawn, analytic, confidence)
            rows.append((group, metric, values[metric], low, high, len(y), int(y.sum()), kind))
    columns = ["group", "metric", "value", "low", "high", "rows", "cases", "interval"]
    return pd.DataFrame(rows, columns=columns).set_index(["group", "metric"])


def _groups(by: Any, rows: int) -> Iterator[tuple[Any, npt.NDArray[np.bool_]]]:
    yield "all", np.ones(rows, dtype=bool)
    if by is None:
        return
    several = isinstance(by, Mapping | pd.DataFrame)
    for name, column in by.items() if several else [("by", by)]:
        groups = same_length(column, rows, str(name))
        for group in sorted(set(groups.tolist()), key=lambda one: (str(type(one)), one)):
            yield f"{name}={group}" if several else group, groups == group


def _interval(
    metric: str,
    labels: IntArray,
    scores: FloatArray,
    threshold: float,
    drawn: Mapping[str, FloatArray],
    analytic: bool,
    confidence: float,
) -> tuple[float, float, str]:
    if analytic and metric == "auroc" and 0 < labels.sum() < len(labels):
        _, low, high = auroc(labels, scores, confidence=confidence)
        return low, high, "delong" if np.isfinite(low) else "none"
    if analytic and metric in AT_THRESHOLD:
        _, low, high = wilson_interval(*_counts(metric, labels, scores >= threshold), confidence=confidence)
        return low, high, "wilson" if np.isfinite(low) else "none"
    defined = drawn[metric][np.isfinite(drawn[metric])]
    if len(defined) < _ENOUGH * len(drawn[metric]):
        return np.nan, np.nan, "none"
    low, high = np.quantile(defined, [(1 - confidence) / 2, (1 + confidence) / 2])
    return float(low), float(high), "bootstrap"


def _reflected(value: float, drawn: FloatArray, confidence: float) -> tuple[float, float, str]:
    """The basic bootstrap: what resampling adds to the value is taken off it."""
    low, high = np.quantile(drawn, [(1 - confidence) / 2, (1 + confidence) / 2])
    return max(2 * value - float(high), 0.0), max(2 * value - float(low), value), "basic bootstrap"


def _counts(metric: str, labels: IntArray, called: npt.NDArray[np.bool_]) -> tuple[int, int]:
    """Successes and trials behind a proportion."""
    case = labels == 1
    success, trial = {
        "sensitivity": (case & called, case),
        "specificity": (~case & ~called, ~case),
        "ppv": (case & called, called),
        "npv": (~case & ~called, ~called),
    }[metric]
    return int(success.sum()), int(trial.sum())
