"""Distribution of points, and difficulty against discrimination."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from biolabkit_autograder.report.canvas import BLANK, BLUE, INK, QUIET, VERMILION, canvas, picture
from biolabkit_autograder.report.phrases import phrase
from biolabkit_autograder.report.statistics import CheckStatistics

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["item_picture", "likeness_picture", "score_picture"]


def score_picture(shares: Sequence[float], language: str) -> str:
    """Draw how the shares of the points are distributed: a histogram in steps of ten per cent."""
    from matplotlib.ticker import MaxNLocator

    with canvas(5.2, 3.0, language) as figure:
        ax = figure.subplots()
        percent = 100 * np.clip(np.asarray(shares, dtype=float), 0, 1)
        counts, _ = np.histogram(percent, bins=np.arange(0, 101, 10))
        ax.bar(np.arange(5, 100, 10), counts, width=8.6, color=BLUE, alpha=0.85)
        for left, count in zip(np.arange(5, 100, 10), counts, strict=True):
            if count:
                ax.annotate(
                    str(count),
                    (left, count),
                    (0, 3),
                    textcoords="offset points",
                    ha="center",
                    color=INK,
                    bbox=BLANK,
                )
        _median_line(ax, float(np.median(percent)), language)
        ax.set(xlim=(0, 100), ylim=(0, counts.max() * 1.28 + 0.2), xticks=range(0, 101, 20))
        ax.set_xlabel(phrase("points_percent", language))
        ax.set_ylabel(phrase("learners", language))
        ax.yaxis.set_major_locator(MaxNLocator(nbins=5, integer=True))
        ax.grid(axis="x", visible=False)
        return picture(figure)


def _median_line(ax: Axes, median: float, language: str) -> None:
    ax.axvline(median, color=VERMILION, linewidth=1.4, linestyle=(0, (4, 2)))
    right = median < 75
    ax.annotate(
        f"{phrase('median', language)} {median:.0f} %",
        (median, 1),
        (5 if right else -5, -3),
        xycoords=("data", "axes fraction"),
        textcoords="offset points",
        ha="left" if right else "right",
        va="top",
        color=VERMILION,
        fontweight="bold",
    )


def item_picture(checks: Sequence[CheckStatistics], language: str) -> str | None:
    """Draw difficulty against discrimination: a dot for each automatic check, numbered as in the table.

    Returns
    -------
    str or None
        None when no check has a discrimination.
    """
    numbered = [
        (number, check)
        for number, check in enumerate(checks, start=1)
        if check.discrimination.value is not None and not check.by_hand
    ]
    if not numbered:
        return None
    with canvas(5.2, 3.0, language) as figure:
        ax = figure.subplots()
        ax.axhspan(-1.15, 0, color=VERMILION, alpha=0.06, linewidth=0)
        ax.axhline(0, color=QUIET, linewidth=0.9)
        x = [100 * (check.passed_share or 0.0) for _, check in numbered]
        y = [check.discrimination.value or 0.0 for _, check in numbered]
        x, y = _apart(x, y)
        colours = [VERMILION if check.hard or check.misleading else BLUE for _, check in numbered]
        ax.scatter(x, y, s=190, c=colours, alpha=0.92, linewidth=0.8, edgecolor="white", zorder=3)
        for (number, _), across, up in zip(numbered, x, y, strict=True):
            ax.annotate(
                str(number),
                (across, up),
                ha="center",
                va="center",
                color="white",
                fontweight="bold",
                fontsize=8,
            )
        ax.set(xlim=(-4, 104), ylim=(-1.15, 1.15), xticks=range(0, 101, 20), yticks=(-1, -0.5, 0, 0.5, 1))
        ax.set_xlabel(phrase("passed_percent", language))
        ax.set_ylabel(phrase("discrimination", language))
        return picture(figure)


def _apart(x: Sequence[float], y: Sequence[float]) -> tuple[list[float], list[float]]:
    """Move dots that would cover one another sideways, so that every number can be read."""
    placed: list[tuple[float, float]] = []
    for across, up in zip(x, y, strict=True):
        steps = (0, 5, -5, 10, -10, 15, -15, 20, -20, 25, -25)
        free = (across + step for step in steps if 0 <= across + step <= 100)
        spot = next(
            (s for s in free if all(abs(s - a) >= 5 or abs(up - b) >= 0.19 for a, b in placed)), across
        )
        placed.append((spot, up))
    return [across for across, _ in placed], [up for _, up in placed]


def likeness_picture(highest: Sequence[float], threshold: float, language: str) -> str:
    """Draw every submission's highest similarity to another, and where a pair begins to stand out."""
    from matplotlib.ticker import MaxNLocator

    with canvas(5.2, 2.1, language) as figure:
        ax = figure.subplots()
        percent = 100 * np.asarray(highest, dtype=float)
        edges = np.arange(0, 102.5, 2.5)
        counts, _ = np.histogram(percent, bins=edges)
        colours = [VERMILION if left >= 100 * threshold - 2.5 else BLUE for left in edges[:-1]]
        ax.bar(edges[:-1] + 1.25, counts, width=2.2, color=colours, alpha=0.85)
        ax.axvline(100 * threshold, color=VERMILION, linewidth=1.4, linestyle=(0, (4, 2)))
        ax.set(xlim=(0, 101), xticks=range(0, 101, 20), ylim=(0, counts.max() * 1.15 + 0.2))
        ax.set_xlabel(phrase("highest_likeness", language))
        ax.set_ylabel(phrase("learners", language))
        ax.yaxis.set_major_locator(MaxNLocator(nbins=4, integer=True))
        ax.grid(axis="x", visible=False)
        return picture(figure)
