"""Figures: each function draws on the Axes it is given, or on those of a new figure, and returns them."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from biolabkit import plot
from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.genomics.compare import Comparison
from biolabkit.genomics.plots._axes import open_frame

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_genotypes", "plot_pileup", "plot_pr_curve"]

BASE_COLOURS = {"A": "#2e8b57", "C": "#2b6cb0", "G": "#d97706", "T": "#c53030"}
"""Colours of the bases as genome browsers use them."""

MATCH_COLOUR = "#d5dae1"


def plot_pileup(pileup: pd.DataFrame, start: int, *, flank: int = 20, ax: "Axes | None" = None) -> "Axes":
    """Draw the reads over a site as a genome browser does.

    A base equal to the reference is grey, any other is a coloured letter; the paler, the lower its quality.

    Parameters
    ----------
    pileup : DataFrame
        From `biolabkit.genomics.pileup`, of the site and its surroundings on one contig.
    start : int
        0-based position of the site.
    flank : int
        Bases to show on either side.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        When no read of the pileup covers the window.
    """
    window = pileup[pileup["start"].between(start - flank, start + flank)]
    if window.empty:
        raise InputError(
            told(
                f"plot_pileup: the table has no base within {flank} of position {start}",
                f"plot_pileup: 위치 {start}에서 {flank}염기 안에 있는 염기가 표에 없습니다",
            )
        )
    from matplotlib.colors import to_rgba_array

    axes = plot.axes(ax)
    first = window.groupby("fragment", observed=True)["start"].min().sort_values(kind="stable")
    rows = {fragment: index for index, fragment in enumerate(first.index)}
    row = window["fragment"].map(rows).to_numpy()
    column = (window["start"] - (start - flank)).to_numpy()
    same = (window["base"].astype(str) == window["ref"].astype(str)).to_numpy()
    colours = [
        MATCH_COLOUR if equal else BASE_COLOURS[base]
        for equal, base in zip(same, window["base"], strict=True)
    ]
    image = np.ones((len(rows), 2 * flank + 1, 4))
    strength = np.clip(window["quality"].to_numpy(dtype=float) / 35, 0.2, 1.0)
    image[row, column] = to_rgba_array(colours, strength)
    edges = (start - flank - 0.5, start + flank + 0.5, len(rows) - 0.5, -0.5)
    axes.imshow(image, extent=edges, aspect="auto", interpolation="nearest")
    axes.hlines(np.arange(len(rows)) - 0.5, *edges[:2], color="white", linewidth=0.6)
    for x, y, base in zip(window["start"][~same], row[~same], window["base"][~same], strict=True):
        axes.text(x, y, base, color="white", weight="bold", ha="center", va="center", size=7)
    letters = window.drop_duplicates("start").set_index("start")["ref"]
    for x, base in zip(letters.index.to_numpy(), letters, strict=True):
        axes.text(
            x, -1.6, base, color=BASE_COLOURS[base], ha="center", va="center", size=8, family="monospace"
        )
    axes.axvspan(start - 0.5, start + 0.5, color="#facc15", alpha=0.18, linewidth=0)
    axes.set_xlim(start - flank - 0.7, start + flank + 0.7)
    axes.set_ylim(len(rows) - 0.3, -2.6)
    axes.set_yticks([])
    axes.grid(visible=False)
    ticks = [start - flank, start, start + flank]
    axes.set_xticks(ticks, [f"{tick + 1:,}" for tick in ticks])
    return open_frame(axes, "left")


def plot_genotypes(values: Mapping[str, float] | pd.Series, *, ax: "Axes | None" = None) -> "Axes":
    """Draw a bar for each genotype; the tallest stands out.

    Parameters
    ----------
    values : mapping of str to float
        Genotype to log10 likelihood (bars hang from 0) or posterior probability.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
    """
    axes = plot.axes(ax)
    series = pd.Series(dict(values), dtype=float)
    best = series.idxmax()
    colours = ["#2b6cb0" if name == best else "#a3b1c2" for name in series.index]
    axes.bar([str(name) for name in series.index], series.to_numpy(), color=colours)
    axes.axhline(0, color="#4a5568", linewidth=0.8)
    return open_frame(axes)


def plot_pr_curve(
    comparisons: Comparison | Mapping[str, Comparison], *, kind: str = "all", ax: "Axes | None" = None
) -> "Axes":
    """Draw precision over recall as the QUAL threshold rises.

    Parameters
    ----------
    comparisons : Comparison or mapping of label to Comparison
        One curve each; the dot is where every call counts.
    kind : {"all", "snv", "indel"}
        Which variants.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
    """
    axes = plot.axes(ax)
    named = {"": comparisons} if isinstance(comparisons, Comparison) else comparisons
    for index, (label, comparison) in enumerate(named.items()):
        curve = comparison.pr_curve(kind)
        colour = plot.PALETTE[index % len(plot.PALETTE)]
        axes.plot(curve["recall"], curve["precision"], color=colour, linewidth=2, label=label or None)
        if len(curve):
            axes.plot(curve["recall"].iloc[0], curve["precision"].iloc[0], "o", color=colour)
    axes.set_xlabel("recall")
    axes.set_ylabel("precision")
    axes.grid(color="#e2e8f0", linewidth=0.8)
    axes.set_axisbelow(True)
    if "" not in named:
        axes.legend(frameon=False, loc="lower left")
    return open_frame(axes)
