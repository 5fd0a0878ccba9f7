"""Rows of dots below one another, one for each exercise or competency; of curves for a large cohort."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from biolabkit_autograder.report.canvas import BLUE, GREEN, INK, PALE, canvas, picture, wrapped
from biolabkit_autograder.report.phrases import phrase
from biolabkit_autograder.report.statistics import CompetencyStatistics

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["competency_picture", "overview_picture"]

#: With more learners, dots would cover one another, and the page would be too large.
_MOST_DOTS = 120
#: Of a label, in letters as wide as those of this line.
_COLUMNS = 42


def overview_picture(rows: Sequence[tuple[str, Sequence[float]]], language: str) -> str:
    """Draw all exercises below one another: a dot for each learner, the middle half, the median.

    Parameters
    ----------
    rows : sequence of (str, sequence of float)
        Titles and shares of the points.
    language : str
        Of the labels.
    """
    titles = [wrapped(title, _COLUMNS) for title, _ in rows]
    return _dot_rows(titles, [shares for _, shares in rows], language, BLUE)


def competency_picture(
    competencies: Sequence[CompetencyStatistics], names: Sequence[str], language: str
) -> str:
    """Draw the shares of the points by competency in the same way."""
    titles = [wrapped(f"{one.code} {name}", _COLUMNS) for one, name in zip(competencies, names, strict=True)]
    return _dot_rows(titles, [list(one.shares.values()) for one in competencies], language, GREEN)


def _dot_rows(titles: Sequence[str], rows: Sequence[Sequence[float]], language: str, colour: str) -> str:
    with canvas(10.4, 0.75 + 0.42 * len(rows), language) as figure:
        ax = figure.subplots()
        for position, shares in enumerate(rows):
            _dot_row(ax, position, 100 * np.asarray(shares, dtype=float), colour)
        ax.set_yticks(range(len(rows)), list(titles), color=INK)
        ax.set(xlim=(-2, 109), xticks=range(0, 101, 20), ylim=(len(rows) - 0.45, -0.55))
        ax.set_xlabel(phrase("points_percent", language))
        ax.tick_params(axis="y", length=0, pad=8)
        ax.spines["left"].set_visible(False)
        ax.grid(axis="y", visible=False)
        return picture(figure)


def _dot_row(ax: Axes, position: int, percent: np.ndarray, colour: str) -> None:
    ax.hlines(position, 0, 100, color=PALE, linewidth=0.8, zorder=1)
    if not len(percent):
        return
    low, median, high = np.percentile(percent, [25, 50, 75])
    ax.hlines(position, low, high, color=colour, linewidth=9, alpha=0.22, zorder=2)
    if len(percent) > _MOST_DOTS:
        _curve(ax, position, percent, colour)
    else:
        dots: dict[str, Any] = {
            "s": 15,
            "color": colour,
            "alpha": 0.6,
            "linewidth": 0,
            "zorder": 3,
            "clip_on": False,
        }
        ax.scatter(percent, position + _spread(percent), **dots)
    ax.vlines(median, position - 0.27, position + 0.27, color=INK, linewidth=2, zorder=4)
    ax.annotate(
        f"{median:.0f} %",
        (109, position),
        ha="right",
        va="center",
        color=INK,
        fontweight="bold",
        annotation_clip=False,
    )


def _curve(ax: Axes, position: int, percent: np.ndarray, colour: str) -> None:
    """How many learners are where: a histogram in steps of 2 per cent, its neighbours averaged, mirrored."""
    counts, edges = np.histogram(percent, bins=np.arange(0, 102.1, 2))
    smooth = np.convolve(np.pad(counts, 2, mode="edge"), np.array([1, 2, 3, 2, 1]) / 9, mode="valid")
    half = 0.4 * smooth / smooth.max()
    ax.fill_between(
        edges[:-1], position - half, position + half, color=colour, alpha=0.45, linewidth=0, zorder=3
    )


def _spread(percent: np.ndarray) -> np.ndarray:
    """Offsets that set dots of nearly the same value beside one another; always the same ones."""
    offsets = np.zeros(len(percent))
    order = np.argsort(percent, kind="stable")
    run, last = 0, -np.inf
    for index in order:
        run = run + 1 if percent[index] - last < 1.0 else 0
        last = percent[index]
        offsets[index] = 0.3 * (((run + 1) // 2) % 6) / 5 * (-1 if run % 2 else 1)
    return offsets
