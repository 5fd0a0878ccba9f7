"""Figures of a model's performance. Every function takes and returns matplotlib Axes."""

from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit import plot
from biolabkit.errors import InputError
from biolabkit.learning._inputs import FloatArray, IntArray, labels_and_scores, probabilities, share
from biolabkit.learning.metrics import auroc, wilson_interval

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from biolabkit.learning.training import Run

__all__ = ["plot_forest", "plot_history", "plot_reliability", "plot_roc"]

_GRID = np.linspace(0, 1, 101)


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
    labels, scores = labels_and_scores(y_true, score)
    ax = plot.axes(ax)
    false_positive, true_positive = _roc_points(labels, scores)
    area = auroc(labels, scores).value
    name = f"{label}, AUROC {area:.2f}" if label else f"AUROC {area:.2f}"
    (line,) = ax.plot(false_positive, true_positive, label=name, color=color, lw=1.8)
    if resamples:
        low, high = _roc_band(labels, scores, cluster, resamples, confidence, seed)
        ax.fill_between(_GRID, low, high, color=line.get_color(), alpha=0.15, lw=0)
    ax.plot([0, 1], [0, 1], color="0.6", lw=0.8, ls="--", zorder=0)
    ax.set(xlim=(-0.01, 1.01), ylim=(-0.01, 1.01), aspect="equal")
    ax.set(xlabel="1 − specificity", ylabel="sensitivity")
    ax.legend(loc="lower right", frameon=False)
    return ax


def _roc_points(labels: IntArray, scores: FloatArray) -> tuple[FloatArray, FloatArray]:
    from sklearn.metrics import roc_curve

    false_positive, true_positive, _ = roc_curve(labels, scores)
    return false_positive, true_positive


def _roc_band(
    labels: IntArray, scores: FloatArray, cluster: Any, resamples: int, confidence: float, seed: int
) -> tuple[FloatArray, FloatArray]:
    share(confidence, "confidence")
    rng = np.random.default_rng(seed)
    rows = np.arange(len(labels))
    codes = rows if cluster is None else pd.factorize(np.asarray(cluster))[0]
    order = np.argsort(codes, kind="stable")
    members = np.split(order, np.cumsum(np.bincount(codes))[:-1])
    curves = []
    for _ in range(resamples):
        drawn = np.concatenate([members[i] for i in rng.integers(0, len(members), len(members))])
        if 0 < labels[drawn].sum() < len(drawn):
            curves.append(np.interp(_GRID, *_roc_points(labels[drawn], scores[drawn])))
    low, high = np.quantile(curves, [(1 - confidence) / 2, (1 + confidence) / 2], axis=0)
    return low, high


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
    labels, scores = labels_and_scores(y_true, score, both_classes=False)
    probabilities(scores, "plot_reliability")
    if bins < 2:
        raise InputError(f"plot_reliability: at least 2 bins expected, found {bins}")
    ax = plot.axes(ax)
    edges = np.unique(np.quantile(scores, np.linspace(0, 1, bins + 1)[1:-1]))
    bin_of_row = np.searchsorted(edges, scores, side="right")
    used = np.unique(bin_of_row)
    predicted = np.array([scores[bin_of_row == b].mean() for b in used])
    observed = np.array(
        [wilson_interval(int(labels[bin_of_row == b].sum()), int((bin_of_row == b).sum())) for b in used]
    )
    errors = np.abs(observed[:, 1:].T - observed[:, 0])
    ax.plot([0, 1], [0, 1], color="0.6", lw=0.8, ls="--", zorder=0)
    ax.errorbar(predicted, observed[:, 0], yerr=errors, fmt="o-", ms=4, lw=1.4, label=label, color=color)
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
        The table has no such metric.
    """
    known = sorted(set(result.index.get_level_values("metric")))
    if metric not in known:
        raise InputError(f"plot_forest: no metric {metric!r} in the table; it has {', '.join(known)}")
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
        raise InputError("plot_history: the run has no epochs; only torch models are trained in epochs")
    ax = plot.axes(ax)
    ax.plot(run.history["epoch"], run.history["train_loss"], label="training")
    if run.history["valid_loss"].notna().any():
        ax.plot(run.history["epoch"], run.history["valid_loss"], label="validation")
    if run.best_epoch is not None:
        ax.axvline(run.best_epoch, color="0.6", lw=0.8, ls="--")
    ax.set(xlabel="epoch", ylabel="loss")
    ax.legend(frameon=False)
    return ax
