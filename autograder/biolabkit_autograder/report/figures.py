"""The plots of the report, as SVG pictures that need no font and no network."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import numpy as np

from biolabkit import plot
from biolabkit_autograder.report.phrases import phrase
from biolabkit_autograder.report.statistics import CheckStatistics, CompetencyStatistics

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

__all__ = ["competency_picture", "item_picture", "overview_picture", "score_picture"]

BLUE, VERMILION, GREEN = plot.PALETTE[0], plot.PALETTE[1], plot.PALETTE[2]
#: Behind a number, so that a line that runs through it does not.
BLANK = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.8}
INK, QUIET, PALE = "#24292f", "#5c6670", "#d8dde2"


def score_picture(shares: Sequence[float], language: str) -> str:
    """Draw how the shares of the points are distributed: a histogram in steps of ten per cent."""
    from matplotlib.ticker import MaxNLocator

    with _figure(5.2, 3.0, language) as figure:
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
        return _picture(figure)


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
        if check.discrimination is not None and not check.by_hand
    ]
    if not numbered:
        return None
    with _figure(5.2, 3.0, language) as figure:
        ax = figure.subplots()
        ax.axhspan(-1.15, 0, color=VERMILION, alpha=0.06, linewidth=0)
        ax.axhline(0, color=QUIET, linewidth=0.9)
        x = [100 * (check.passed_share or 0.0) for _, check in numbered]
        y = [check.discrimination or 0.0 for _, check in numbered]
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
        return _picture(figure)


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


def overview_picture(rows: Sequence[tuple[str, Sequence[float]]], language: str) -> str:
    """Draw all exercises below one another: a dot for each learner, the middle half, the median.

    Parameters
    ----------
    rows : sequence of (str, sequence of float)
        Titles and shares of the points.
    language : str
        Of the labels.
    """
    return _dot_rows([_short(title) for title, _ in rows], [shares for _, shares in rows], language, BLUE)


def competency_picture(
    competencies: Sequence[CompetencyStatistics], names: Sequence[str], language: str
) -> str:
    """Draw the shares of the points by competency in the same way."""
    titles = [f"{_short(name)}  {one.code}" for one, name in zip(competencies, names, strict=True)]
    return _dot_rows(titles, [one.shares for one in competencies], language, GREEN)


def _dot_rows(titles: Sequence[str], rows: Sequence[Sequence[float]], language: str, colour: str) -> str:
    with _figure(10.4, 0.75 + 0.42 * len(rows), language) as figure:
        ax = figure.subplots()
        for position, shares in enumerate(rows):
            _dot_row(ax, position, 100 * np.asarray(shares, dtype=float), colour)
        ax.set_yticks(range(len(rows)), list(titles), color=INK)
        ax.set(xlim=(-2, 109), xticks=range(0, 101, 20), ylim=(len(rows) - 0.45, -0.55))
        ax.set_xlabel(phrase("points_percent", language))
        ax.tick_params(axis="y", length=0, pad=8)
        ax.spines["left"].set_visible(False)
        ax.grid(axis="y", visible=False)
        return _picture(figure)


def _dot_row(ax: Axes, position: int, percent: np.ndarray, colour: str) -> None:
    ax.hlines(position, 0, 100, color=PALE, linewidth=0.8, zorder=1)
    if not len(percent):
        return
    low, median, high = np.percentile(percent, [25, 50, 75])
    ax.hlines(position, low, high, color=colour, linewidth=9, alpha=0.22, zorder=2)
    ax.scatter(
        percent,
        position + _spread(percent),
        s=15,
        color=colour,
        alpha=0.6,
        linewidth=0,
        zorder=3,
        clip_on=False,
    )
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


def _short(title: str, limit: int = 46) -> str:
    return title if len(title) <= limit else title[: limit - 1] + "…"


@contextmanager
def _figure(width: float, height: float, language: str) -> Iterator[Figure]:
    """Make a figure of its own in the house style; matplotlib's settings are left as they were."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(), plot.style():
        settings: dict[Any, Any] = {"font.size": 9.5, "svg.hashsalt": "biolabkit"}
        if language == "ko" and plot.use_korean_fonts() is None:
            settings["svg.fonttype"] = "none"  # the reader's browser may have the font that is missing here
        mpl.rcParams.update(settings)
        yield Figure(figsize=(width, height), layout="constrained")


def _picture(figure: Figure) -> str:
    """The figure as a ``data:`` address for an ``img``."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")
