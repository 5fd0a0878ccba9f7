"""The cohort's way through the exercises in one picture."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np

from biolabkit_autograder.report.canvas import (
    AMBER,
    BLANK,
    BLUE,
    GREEN,
    INK,
    PALE,
    QUIET,
    VERMILION,
    canvas,
    picture,
    wrapped,
)
from biolabkit_autograder.report.phrases import phrase
from biolabkit_autograder.report.trends import CohortStep, LearnerTrend

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["trend_picture"]

#: With more learners, the lines of those who neither rise nor fall are left out ...
_MOST_LINES = 60
#: ... and of those who do, only so many are drawn, the steepest.
_MOST_STEEP = 6
#: The space for their names.
_NAME_COLUMNS = 24


def trend_picture(
    steps: Sequence[CohortStep], trends: Mapping[str, LearnerTrend], names: Mapping[str, str], language: str
) -> str:
    """Draw quartiles and learners above, and what was handed in below.

    Parameters
    ----------
    steps : sequence of CohortStep
        Exercises with results.
    trends, names : mapping
        By learner.
    language : str
        Of the labels.
    """
    with canvas(10.4, 4.6, language) as figure:
        above, below = figure.subplots(2, 1, sharex=True, height_ratios=[3.4, 1])
        _learners(above, trends, names)
        _cohort(above, steps, language)
        _handed_in(below, steps, language)
        titles = [wrapped(step.exercise.title, max(90 // len(steps), 10), 3) for step in steps]
        below.set_xticks(range(len(steps)), titles, color=INK, fontsize=8.5)
        below.set_xlim(-0.45, len(steps) - 0.4 + (0.35 if _steep(trends) else 0))
        return picture(figure)


def _cohort(ax: Axes, steps: Sequence[CohortStep], language: str) -> None:
    at = np.arange(len(steps))
    low, median, high = (
        100 * np.array([getattr(step, name) for step in steps], dtype=float)
        for name in ("low", "median", "high")
    )
    ax.fill_between(at, low, high, color=BLUE, alpha=0.16, linewidth=0, label=phrase("middle_half", language))
    ax.plot(at, median, color=BLUE, linewidth=2.4, marker="o", markersize=6, label=phrase("median", language))
    for place, value in zip(at, median, strict=True):
        ax.annotate(
            f"{value:.0f}", (place, value), (0, 9), textcoords="offset points", ha="center",
            color=BLUE, fontweight="bold",
        )  # fmt: skip
    ax.set(ylim=(0, 106), yticks=(0, 25, 50, 75, 100), ylabel=phrase("points_percent", language))
    ax.grid(axis="x", visible=False)
    _legend(ax)


def _steep(trends: Mapping[str, LearnerTrend]) -> list[str]:
    """Learners who rise or fall, the steepest of each direction."""
    found: list[str] = []
    for direction in ("falls", "rises"):
        those = [learner for learner, trend in trends.items() if trend.direction == direction]
        those.sort(key=lambda learner: -abs(trends[learner].change or 0.0))
        found += those[: _MOST_STEEP // 2]
    return found


def _learners(ax: Axes, trends: Mapping[str, LearnerTrend], names: Mapping[str, str]) -> None:
    steep = _steep(trends)
    for learner, trend in trends.items():
        if learner not in steep and len(trends) <= _MOST_LINES:
            _line(ax, trend, color=PALE, linewidth=0.8, zorder=1)
    labels = []
    for learner in steep:
        trend = trends[learner]
        colour = VERMILION if trend.direction == "falls" else GREEN
        _line(ax, trend, color=colour, linewidth=1.3, alpha=0.9, zorder=2)
        place = max(index for index, share in enumerate(trend.shares) if share is not None)
        labels.append((100 * (trend.shares[place] or 0.0), place, names[learner], colour))
    last = -100.0
    for value, place, name, colour in sorted(labels):
        last = max(value, last + 7)  # names below one another
        ax.annotate(
            wrapped(name, _NAME_COLUMNS, 1), (place, last), (7, 0), textcoords="offset points", va="center",
            color=colour, fontsize=8.5, bbox=BLANK, zorder=6,
        )  # fmt: skip


def _line(ax: Axes, trend: LearnerTrend, **style: object) -> None:
    there = [(place, 100 * share) for place, share in enumerate(trend.shares) if share is not None]
    if there:
        ax.plot(*zip(*there, strict=True), **style)  # type: ignore[arg-type]


def _handed_in(ax: Axes, steps: Sequence[CohortStep], language: str) -> None:
    at = np.arange(len(steps))
    handed_in = 100 * np.array([step.handed_in for step in steps])
    late = 100 * np.array([step.late for step in steps])
    ax.bar(at, handed_in - late, width=0.5, color=QUIET, alpha=0.45, label=phrase("in_time", language))
    ax.bar(at, late, bottom=handed_in - late, width=0.5, color=AMBER, label=phrase("late", language))
    for place, value in zip(at, handed_in, strict=True):
        ax.annotate(
            f"{value:.0f}", (place, value), (0, 2), textcoords="offset points", ha="center", fontsize=8.5
        )
    ax.set(ylim=(0, 125), yticks=(0, 50, 100), ylabel=phrase("handed_in_percent", language))
    ax.grid(axis="x", visible=False)
    _legend(ax)


def _legend(ax: Axes) -> None:
    """Above the plot, where no line runs."""
    ax.legend(
        loc="lower left", bbox_to_anchor=(0, 1.02), ncols=4, frameon=False, fontsize=8.5, borderaxespad=0
    )
