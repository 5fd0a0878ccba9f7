"""Figures of sequences and what is annotated on them."""

from typing import TYPE_CHECKING, Any

import pandas as pd

from biolabkit import plot
from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.genomics._tables import need_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_frames"]

ROWS = (("+", 0), ("+", 1), ("+", 2), ("-", 0), ("-", 1), ("-", 2))
COLOURS = {"+": "#56B4E9", "-": "#E69F00"}


def plot_frames(
    frames: pd.DataFrame, length: int, *, genes: pd.DataFrame | None = None, ax: "Axes | None" = None
) -> "Axes":
    """Draw open reading frames in the six frames of a sequence, with known genes as black lines.

    Parameters
    ----------
    frames : DataFrame
        From `find_orfs`. Those over the end of a circle go on at its beginning.
    length : int
        Bases of the sequence.
    genes : DataFrame, optional
        start, end and strand, such as the rows of a GenBank record's table of features; drawn in the row of
        the open reading frame with the same stop codon, and left out where there is none.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        When a table lacks a column or `length` is not positive.
    """
    for name, table in (("frames", frames), ("genes", genes)):
        need = ["start", "end", "strand", *(["frame"] if name == "frames" else [])]
        if table is not None:
            need_columns(table, need, "plot_frames", name, name)
    if length < 1:
        raise InputError(
            told(
                f"plot_frames: length is {length}; expected the bases of the sequence",
                f"plot_frames: length가 {length}입니다. 서열의 염기 수여야 합니다",
            )
        )
    axes = plot.axes(ax, figsize=(9, 3.5))
    row_of = {}
    for orf, frame in zip(frames.itertuples(), frames["frame"].tolist(), strict=True):
        row = ROWS.index((str(orf.strand), frame))
        row_of[_stop(orf, length)] = row
        axes.broken_barh(_pieces(orf, length), (row - 0.32, 0.64), color=COLOURS[str(orf.strand)])
    for gene in genes.itertuples() if genes is not None else ():
        if (row_found := row_of.get(_stop(gene, length))) is not None:
            axes.broken_barh(_pieces(gene, length), (row_found - 0.07, 0.14), color="black")
    axes.set_yticks(range(6), [f"{strand}{frame + 1}" for strand, frame in ROWS])
    axes.set(xlim=(0, length), ylim=(5.6, -0.6), xlabel="base", ylabel="strand and frame")
    axes.grid(visible=False)
    return axes


def _stop(row: Any, length: int) -> tuple[str, int]:
    """Strand and place of the stop codon, which frame and gene share."""
    strand = str(row.strand)
    place = row.end if strand == "+" else row.start
    return strand, int(place) % length


def _pieces(row: Any, length: int) -> list[tuple[int, int]]:
    """(start, width) of what is drawn: two pieces over the end of a circle."""
    start, end = int(row.start), int(row.end)
    if end <= length:
        return [(start, end - start)]
    return [(start, length - start), (0, end - length)]
