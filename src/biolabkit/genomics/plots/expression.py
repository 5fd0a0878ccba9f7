"""Figures of expression."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from biolabkit import plot
from biolabkit._words import told
from biolabkit.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_volcano"]


def plot_volcano(
    table: pd.DataFrame,
    *,
    level: float = 0.05,
    fold: float = 2.0,
    names: int = 10,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw significance over the size of the effect, one point per gene.

    Parameters
    ----------
    table : DataFrame
        From `differential_expression`: log2_fold_change, p, q, and gene for the names.
    level : float
        False discovery rate: genes with q at or below it and `fold` or more in either direction stand out.
    fold : float
        Fold change; 2 is one unit of log2.
    names : int
        How many of the coloured genes to name, those with the smallest p.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        When columns are missing or fold is not above 0.
    """
    lacking = [name for name in ("log2_fold_change", "p", "q") if name not in table]
    if lacking or (names and "gene" not in table):
        missing = ", ".join(lacking or ["gene"])
        raise InputError(
            told(
                f"plot_volcano: the table lacks {missing}",
                f"plot_volcano: 표에 다음 열이 없습니다: {missing}",
            )
        )
    if fold <= 0:
        raise InputError(
            told(
                f"plot_volcano: fold is {fold}; expected a number above 0",
                f"plot_volcano: fold가 {fold}입니다. 0보다 커야 합니다",
            )
        )
    with plot.style():
        axes = plot.axes(ax, figsize=(6, 4.5))
    known = table.dropna(subset=["p", "log2_fold_change"])
    change = known["log2_fold_change"].to_numpy(dtype=float)
    height = -np.log10(np.maximum(known["p"].to_numpy(dtype=float), np.finfo(float).tiny))
    found = (known["q"] <= level).to_numpy() & (np.abs(change) >= abs(np.log2(fold)))
    for mask, colour in (
        (~found, "#c3cad3"),
        (found & (change > 0), plot.PALETTE[1]),
        (found & (change < 0), plot.PALETTE[0]),
    ):
        axes.scatter(change[mask], height[mask], s=10, color=colour, linewidths=0)
    named = known.assign(_height=height, _change=change)[found].nsmallest(names, "p") if names else known[:0]
    for gene, x, y in zip(
        named.get("gene", []), named.get("_change", []), named.get("_height", []), strict=True
    ):
        axes.annotate(str(gene), (x, y), xytext=(3, 2), textcoords="offset points", fontsize=8)
    axes.axvline(0, color="#5c6670", linewidth=0.8)
    axes.set_xlabel("log₂ fold change")
    axes.set_ylabel("−log₁₀ p")
    axes.set_ylim(bottom=0)
    return axes
