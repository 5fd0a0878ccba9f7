"""Figures of reads before alignment."""

from typing import TYPE_CHECKING

import pandas as pd

from biolabkit import plot
from biolabkit.genomics._tables import need_columns

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_base_composition", "plot_quality_profile"]

BASE_COLOURS = {"a": "#2e8b57", "c": "#2b6cb0", "g": "#d97706", "t": "#c53030", "n": "#8b949e"}
"""Colours of the bases as genome browsers use them."""


def plot_quality_profile(
    profile: pd.DataFrame, *, ax: "Axes | None" = None, colour: str | None = None, label: str | None = None
) -> "Axes":
    """Draw base quality by cycle: the 10–90 % band, the quartiles in it, the median and the mean error's
    score.

    Parameters
    ----------
    profile : DataFrame
        From `quality_profile`.
    ax : Axes, optional
        Where to draw; by default a new figure. Several profiles may share it.
    colour : str, optional
        By default the next one of the palette.
    label : str, optional
        For a legend.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        When the table lacks a column.

    Notes
    -----
    The dashed line is the Phred score of the mean error probability. It lies below the median wherever some
    reads are bad, as one error in ten outweighs many in ten thousand.
    """
    need_columns(
        profile,
        ["cycle", "mean_quality", "q10", "q25", "median", "q75", "q90"],
        "plot_quality_profile",
        "the profile",
        "profile",
    )
    axes = plot.axes(ax, figsize=(8, 3.5))
    shown = colour or plot.PALETTE[len(axes.lines) // 2 % len(plot.PALETTE)]
    cycle = profile["cycle"]
    axes.fill_between(cycle, profile["q10"], profile["q90"], color=shown, alpha=0.15, linewidth=0, step="mid")
    axes.fill_between(cycle, profile["q25"], profile["q75"], color=shown, alpha=0.3, linewidth=0, step="mid")
    axes.plot(cycle, profile["median"], color=shown, drawstyle="steps-mid", label=label)
    axes.plot(cycle, profile["mean_quality"], color=shown, linestyle=(0, (4, 2)), linewidth=1.4)
    axes.set(xlabel="cycle", ylabel="Phred quality", xlim=(0.5, cycle.max() + 0.5))
    axes.set_ylim(0, max(42, axes.get_ylim()[1]))
    return axes


def plot_base_composition(profile: pd.DataFrame, *, ax: "Axes | None" = None) -> "Axes":
    """Draw the fraction of each base by cycle; lines that part towards the end speak of an adapter.

    Parameters
    ----------
    profile : DataFrame
        From `quality_profile`.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        When the table lacks a column.
    """
    need_columns(profile, ["cycle", *BASE_COLOURS], "plot_base_composition", "the profile", "profile")
    axes = plot.axes(ax, figsize=(8, 3))
    for base, colour in BASE_COLOURS.items():
        axes.plot(profile["cycle"], profile[base], color=colour, linewidth=1.4, label=base.upper())
    axes.set(xlabel="cycle", ylabel="fraction of reads", xlim=(0.5, profile["cycle"].max() + 0.5))
    axes.set_ylim(bottom=0)
    axes.legend(ncols=5, loc="upper center")
    return axes
