"""Figures of alignments: the reads themselves, and how deep they lie."""

from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit import plot
from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.genomics.cigar import parse_cigar
from biolabkit.genomics.plots._axes import open_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_alignments", "plot_coverage", "plot_depths"]

FORWARD, REVERSE, ASIDE, CLIP, GAP = "#90b4de", "#e9b384", "#d5dae1", "#c53030", "#1a202c"
_NOT_USED = 0x100 | 0x200 | 0x400 | 0x800


def plot_coverage(depth: pd.DataFrame, *, window: int = 500, ax: "Axes | None" = None) -> "Axes":
    """Draw the mean depth along a contig in windows, with the mean as a line.

    Parameters
    ----------
    depth : DataFrame
        From `biolabkit.genomics.depth` or `read_depth`: start, depth of one contig.
    window : int
        Bases per step.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
    """
    axes = plot.axes(ax)
    steps = depth.groupby(depth["start"] // window)["depth"].mean()
    axes.fill_between(
        steps.index * window, steps.to_numpy(), step="post", color="#90b4de", alpha=0.8, linewidth=0
    )
    axes.axhline(depth["depth"].mean(), color="#2b6cb0", linewidth=1)
    axes.set_ylim(bottom=0)
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
    return open_frame(axes)


def plot_depths(
    depth: pd.DataFrame | npt.ArrayLike, *, poisson: bool = True, ax: "Axes | None" = None
) -> "Axes":
    """Draw how many positions have which depth, beside what chance alone would give.

    Parameters
    ----------
    depth : DataFrame or array of int
        A table with a column depth, or the depths, one for every position.
    poisson : bool
        Draw the Poisson distribution of the same mean as dots: reads that fall independently and evenly
        (Lander and Waterman 1988).
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        Its y axis is the fraction of positions.

    Raises
    ------
    InputError
        When there is no position.
    """
    values = np.asarray(depth["depth"] if isinstance(depth, pd.DataFrame) else depth, dtype=np.int64)
    if not values.size:
        raise InputError(told("plot_depths: there is no position", "plot_depths: 위치가 하나도 없습니다"))
    axes = plot.axes(ax)
    levels = np.arange(int(values.max()) + 2)
    seen = np.bincount(values, minlength=len(levels)) / len(values)
    axes.bar(levels, seen, width=1, color="#90b4de")
    if poisson and values.mean() > 0:
        logs = levels * np.log(values.mean()) - values.mean()
        logs -= np.concatenate([[0.0], np.cumsum(np.log(levels[1:]))])
        axes.plot(levels, np.exp(logs), ".", color="#2b6cb0", markersize=4)
    axes.set_xlim(-0.7, levels[-1] + 0.7)
    return open_frame(axes)


def plot_alignments(
    table: pd.DataFrame, start: int, end: int, *, rows: int = 60, ax: "Axes | None" = None
) -> "Axes":
    """Draw reads as bars over a stretch of the reference, as a genome browser does.

    Forward reads are blue and reverse ones orange; secondary, supplementary, duplicate and failed ones are
    grey. Soft-clipped ends are red, deletions thin lines, insertions dark ticks.

    Parameters
    ----------
    table : DataFrame
        From `biolabkit.genomics.read_alignments`: start, end, flag, cigar, of one contig.
    start, end : int
        0-based, half-open.
    rows : int
        At most so many rows of reads.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        When no read of the table overlaps the stretch.
    """
    shown = table[(table["start"] < end) & (table["end"] > start)].sort_values("start", kind="stable")
    if shown.empty:
        raise InputError(
            told(
                f"plot_alignments: the table has no read over {start:,}–{end:,}",
                f"plot_alignments: {start:,}–{end:,} 구간에 놓인 리드가 표에 없습니다",
            )
        )
    axes = plot.axes(ax)
    reached: list[int] = []
    for first, last, flag, cigar in shown[["start", "end", "flag", "cigar"]].itertuples(index=False):
        before, behind = _clipped(cigar)
        row = next((i for i, edge in enumerate(reached) if edge + 3 <= first - before), len(reached))
        if row == len(reached):
            if row == rows:
                continue
            reached.append(0)
        reached[row] = last + behind
        _draw_read(axes, row, first, flag, cigar)
    axes.set_xlim(start, end)
    axes.set_ylim(len(reached) - 0.3, -0.7)
    axes.set_yticks([])
    axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
    return open_frame(axes, "left")


def _clipped(cigar: str) -> tuple[int, int]:
    """Soft-clipped bases at the left and right end."""
    operations = [part for part in parse_cigar(cigar) if part[0] != "H"]
    ends = (operations[:1], operations[-1:])
    before, behind = (end[0][1] if end and end[0][0] == "S" else 0 for end in ends)
    return before, behind


def _draw_read(axes: "Axes", row: int, position: int, flag: int, cigar: str) -> None:
    colour = ASIDE if flag & _NOT_USED else REVERSE if flag & 0x10 else FORWARD
    begun = False
    for name, length in parse_cigar(cigar):
        if name in "M=X":
            axes.barh(row, length, left=position, height=0.75, color=colour, linewidth=0)
            begun = True
        elif name == "S":
            left = position if begun else position - length
            axes.barh(row, length, left=left, height=0.75, color=CLIP, alpha=0.45, linewidth=0)
        elif name in "DN":
            axes.plot([position, position + length], [row, row], color=GAP, linewidth=1)
        elif name == "I":
            axes.plot([position, position], [row - 0.42, row + 0.42], color=GAP, linewidth=1.6)
        position += length if name in "MDN=X" else 0
