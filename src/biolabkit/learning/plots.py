"""Figures of a model's performance. Every function takes and returns matplotlib Axes."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit import plot
from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.learning._inputs import (
    FloatArray,
    IntArray,
    columns_present,
    labels_and_scores,
    resample_count,
    same_length,
    share,
)
from biolabkit.learning.bootstrap import resampled_ranks
from biolabkit.learning.calibration import reliability
from biolabkit.learning.metrics import auroc

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.lines import Line2D

    from biolabkit.learning.runs import Run

__all__ = [
    "plot_decision_curve",
    "plot_forest",
    "plot_history",
    "plot_precision_recall",
    "plot_reliability",
    "plot_roc",
]

_GRID = np.linspace(0, 1, 101)

# Lower and upper edge of the band around a curve, or nothing to draw.
_Band = tuple[npt.ArrayLike, npt.ArrayLike] | None


def plot_roc(
    y_true: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    cluster: Any = None,
    resamples: int = 500,
    confidence: float = 0.95,
    seed: int = 0,
    label: str | None = None,
    color: str | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """ROC curve with a pointwise bootstrap band.

    Parameters
    ----------
    y_true, score : array-like, shape (rows,)
        As in `learning.auroc`.
    cluster : array-like, shape (rows,), optional
        Patients are resampled instead of rows.
    resamples, confidence, seed
        Of the band; ``resamples=0`` draws none.
    label : str, optional
        Name in the legend; the AUROC is added to it.
    color : str, optional
        Of the line and the band.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        As `learning.auroc`.
    """
    from sklearn.metrics import roc_curve

    labels, scores = labels_and_scores(y_true, score)
    band = _band(labels, scores, cluster, resamples, confidence, seed, _sensitivity_on_grid)
    ax = plot.axes(ax)
    false_positive, true_positive, _ = roc_curve(labels, scores)
    name = _with_area(label, "AUROC", auroc(labels, scores).value)
    (line,) = ax.plot(false_positive, true_positive, label=name, color=color, lw=1.8)
    _shade(ax, _GRID, band, line)
    ax.plot([0, 1], [0, 1], color="0.6", lw=0.8, ls="--", zorder=0)
    ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    ax.set(xlabel="1 − specificity", ylabel="sensitivity")
    ax.legend(loc="lower right", frameon=False)
    return ax


def _with_area(label: str | None, metric: str, area: float) -> str:
    return f"{label}, {metric} {area:.2f}" if label else f"{metric} {area:.2f}"


def _shade(ax: "Axes", x: npt.ArrayLike, band: _Band, line: "Line2D") -> None:
    """Draw the band of a line in its colour, where there is one."""
    if band is not None:
        ax.fill_between(x, *band, color=line.get_color(), alpha=0.15, lw=0)


def _band(
    labels: IntArray,
    scores: FloatArray,
    cluster: Any,
    resamples: int,
    confidence: float,
    seed: int,
    curve: Callable[[FloatArray, FloatArray], FloatArray],
) -> _Band:
    """Pointwise bootstrap band of a curve; none without resamples.

    `curve` gets the cumulated cases and controls of one resample by falling score, equal scores as one step,
    and gives the curve's height at `_GRID`.
    """
    share(confidence, "confidence")
    resample_count(resamples, "the band of a curve", "곡선의 신뢰대")
    if not resamples:
        return None
    codes = None if cluster is None else pd.factorize(same_length(cluster, len(labels), "cluster"))[0]
    last_of_step = np.flatnonzero(np.r_[np.diff(np.sort(scores)[::-1]) != 0, True])
    heights = []
    for cases, controls in resampled_ranks(labels, scores, codes, resamples, np.random.default_rng(seed)):
        true_positive = np.cumsum(cases, axis=1)[:, last_of_step]
        false_positive = np.cumsum(controls, axis=1)[:, last_of_step]
        for tp, fp in zip(true_positive, false_positive, strict=True):
            if tp[-1] and fp[-1]:
                heights.append(curve(tp, fp))
    if not heights:
        raise InputError(
            told(
                f"the band of a curve: none of {resamples} resamples holds both classes; draw more, or give "
                "resamples=0 for no band",
                f"곡선의 신뢰대: 재표본 {resamples}개 가운데 두 클래스가 모두 들어 있는 것이 없습니다. "
                "재표본 수를 늘리거나, 신뢰대가 필요 없으면 resamples=0으로 하십시오",
            )
        )
    low, high = np.quantile(heights, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return low, high


def _sensitivity_on_grid(tp: FloatArray, fp: FloatArray) -> FloatArray:
    return np.interp(_GRID, np.r_[0, fp / fp[-1]], np.r_[0, tp / tp[-1]])


def _precision_on_grid(tp: FloatArray, fp: FloatArray) -> FloatArray:
    """Precision of the first threshold that reaches each sensitivity."""
    reached = np.searchsorted(tp / tp[-1], _GRID - 1e-9)
    called = tp + fp
    first = np.argmax(called > 0)  # rows that were not drawn at the top make empty steps
    reached = np.maximum(np.minimum(reached, len(tp) - 1), first)
    return np.asarray(tp[reached] / called[reached])


def plot_precision_recall(
    y_true: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    cluster: Any = None,
    resamples: int = 500,
    confidence: float = 0.95,
    seed: int = 0,
    label: str | None = None,
    color: str | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Precision (PPV) over recall (sensitivity) with a pointwise bootstrap band.

    The dashed line is the prevalence, the precision of a score that knows nothing; so curves of two
    populations cannot be compared unless their prevalences are equal.

    Parameters
    ----------
    y_true, score, cluster, resamples, confidence, seed, label, color, ax
        As in `plot_roc`; the average precision (AUPRC) is added to the label.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        As `learning.auroc`.
    """
    from sklearn.metrics import average_precision_score, precision_recall_curve

    labels, scores = labels_and_scores(y_true, score)
    band = _band(labels, scores, cluster, resamples, confidence, seed, _precision_on_grid)
    ax = plot.axes(ax)
    precision, recall, _ = precision_recall_curve(labels, scores)
    name = _with_area(label, "AUPRC", average_precision_score(labels, scores))
    (line,) = ax.plot(recall, precision, drawstyle="steps-post", label=name, color=color, lw=1.8)
    _shade(ax, _GRID, band, line)
    ax.axhline(labels.mean(), color="0.6", lw=0.8, ls="--", zorder=0)
    ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    ax.set(xlabel="recall (sensitivity)", ylabel="precision (PPV)")
    ax.legend(loc="lower left", frameon=False)
    return ax


def plot_decision_curve(
    curve: pd.DataFrame,
    *,
    label: str | None = None,
    color: str | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Net benefit over thresholds, beside treating all and treating none.

    Parameters
    ----------
    curve : DataFrame
        What `learning.decision_curve` returns. Drawn again on the same Axes, the second model is added
        without a second pair of reference lines.
    label : str, optional
        Name in the legend.
    color : str, optional
        Of the line and the band.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    UnknownNameError
        A column is missing.
    """
    columns_present(curve, ["threshold", "model", "low", "high", "treat_all"], "curve")
    ax = plot.axes(ax)
    if "treat-all" not in {line.get_gid() for line in ax.lines}:
        ax.plot(
            curve["threshold"], curve["treat_all"], color="0.45", lw=1.2, label="treat all", gid="treat-all"
        )
        ax.axhline(0, color="0.45", lw=1.2, ls="--", label="treat none")
    (line,) = ax.plot(curve["threshold"], curve["model"], label=label or "model", color=color, lw=1.8)
    _shade(
        ax, curve["threshold"], (curve["low"], curve["high"]) if curve["low"].notna().any() else None, line
    )
    # what lies far below zero is of no interest: nobody would use it
    top = max(float(np.max(drawn.get_ydata())) for drawn in ax.lines)
    ax.set(xlabel="threshold", ylabel="net benefit", ylim=(-0.25 * max(top, 0.01), 1.2 * max(top, 0.01)))
    ax.legend(frameon=False)
    return ax


def plot_reliability(
    y_true: npt.ArrayLike,
    score: npt.ArrayLike,
    *,
    bins: int = 10,
    label: str | None = None,
    color: str | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Observed against predicted risk in groups of equal size, with Wilson intervals.

    Parameters
    ----------
    y_true : array-like of 0 and 1, shape (rows,)
        The labels.
    score : array-like of float in [0, 1], shape (rows,)
        Predicted probability of 1.
    bins : int
        Number of groups, at least 2; rows with equal scores stay together.
    label, color, ax
        As in `plot_roc`.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        As `learning.evaluate`, or fewer than two bins.
    """
    table = reliability(y_true, score, bins=bins)
    ax = plot.axes(ax)
    predicted, observed = table["predicted"].to_numpy(), table["observed"].to_numpy()
    errors = np.abs(table[["low", "high"]].to_numpy().T - observed)
    ax.plot([0, 1], [0, 1], color="0.6", lw=0.8, ls="--", zorder=0)
    ax.errorbar(predicted, observed, yerr=errors, fmt="o-", ms=4, lw=1.4, label=label, color=color)
    ax.set(xlim=(-0.02, 1.02), ylim=(-0.02, 1.02), aspect="equal")
    ax.set(xlabel="predicted risk", ylabel="observed share")
    if label:
        ax.legend(loc="upper left", frameon=False)
    return ax


def plot_forest(
    result: pd.DataFrame,
    *,
    metric: str = "auroc",
    reference: float | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """One line per group: estimate, interval, rows and cases.

    Parameters
    ----------
    result : DataFrame
        What `learning.evaluate` returns (or several of them, concatenated).
    metric : str
        The metric to draw.
    reference : float, optional
        Where to draw a vertical line; for AUROC 0.5 by default.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        No table of `learning.evaluate`, or one without such a metric.
    """
    _has_metric(result, metric)
    ax = plot.axes(ax)
    lines = pd.DataFrame(result.xs(metric, level="metric"))
    y = np.arange(len(lines))[::-1]
    value, low, high = (lines[name].to_numpy(dtype=float) for name in ("value", "low", "high"))
    ax.hlines(y, low, high, color=plot.PALETTE[0], lw=2)
    ax.scatter(value, y, color=plot.PALETTE[0], zorder=3, s=28)
    reference = 0.5 if reference is None and metric == "auroc" else reference
    if reference is not None:
        ax.axvline(reference, color="0.6", lw=0.8, ls="--", zorder=0)
    ax.set_yticks(y, [f"{group}  ({cases}/{rows})" for group, cases, rows in _counts_of(lines)])
    ax.set_ylim(-0.6, len(lines) - 0.4)
    ax.set_xlabel(metric.upper() if metric in ("auroc", "auprc", "ppv", "npv") else metric)
    for side in ("top", "right", "left"):
        ax.spines[side].set_visible(False)
    ax.tick_params(axis="y", length=0)
    return ax


def _has_metric(result: Any, metric: str) -> None:
    """Refuse what `learning.evaluate` did not make, or a table without the metric to draw."""
    if not isinstance(result, pd.DataFrame) or result.index.names[-1] != "metric":
        raise InputError(
            told(
                "plot_forest: a table of learning.evaluate expected, with its index (group, metric)",
                "plot_forest: learning.evaluate가 반환한 표를 인덱스 (group, metric) 그대로 넘기십시오",
            )
        )
    known = sorted(set(result.index.get_level_values("metric")))
    if metric not in known:
        listed = ", ".join(known)
        raise InputError(
            told(
                f"plot_forest: no metric {metric!r} in the table; it has {listed}",
                f"plot_forest: 표에 없는 지표입니다: {metric!r}. 다음이 있습니다: {listed}",
            )
        )


def _counts_of(lines: pd.DataFrame) -> list[tuple[str, int, int]]:
    """Group, cases and rows of each line of a forest plot."""
    return [(str(group), int(row["cases"]), int(row["rows"])) for group, row in lines.iterrows()]


def plot_history(run: "Run", *, ax: "Axes | None" = None) -> "Axes":
    """Training and validation loss by epoch, the epoch that was kept marked.

    Parameters
    ----------
    run : Run
        What `learning.fit` returns for a torch model.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        The run has no history, as a scikit-learn model's has none.
    """
    if run.history.empty:
        raise InputError(
            told(
                "plot_history: the run has no epochs; only torch models are trained in epochs",
                "plot_history: 이 학습에는 에폭이 없습니다. 에폭을 거듭하며 학습하는 것은 torch 모형뿐입니다",
            )
        )
    ax = plot.axes(ax)
    ax.plot(run.history["epoch"], run.history["train_loss"], label="training")
    if run.history["valid_loss"].notna().any():
        ax.plot(run.history["epoch"], run.history["valid_loss"], label="validation")
    if run.best_epoch is not None:
        ax.axvline(run.best_epoch, color="0.6", lw=0.8, ls="--")
    ax.set(xlabel="epoch", ylabel="loss")
    ax.legend(frameon=False)
    return ax
