"""Figures of cohorts: principal components, Manhattan and QQ plots."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit import plot
from biolabkit._words import told
from biolabkit.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_manhattan", "plot_pca", "plot_qq"]

_QUIET = "#a3b1c2"


def plot_pca(
    coordinates: npt.ArrayLike,
    groups: Sequence[Any] | pd.Series | None = None,
    *,
    components: tuple[int, int] = (1, 2),
    explained: npt.ArrayLike | None = None,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw samples on two principal components, in a colour for each group.

    Parameters
    ----------
    coordinates : array, (samples, components)
        Such as `GenotypePCA.coordinates`.
    groups : sequence, (samples,), optional
        What to colour by, and to name in the legend.
    components : (int, int)
        Which, counted from 1.
    explained : array, (components,), optional
        Fractions of variance, for the labels of the axes.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        When there is no such component, or groups and samples differ in number.
    """
    table = np.asarray(coordinates, dtype=float)
    if table.ndim != 2 or not all(1 <= number <= table.shape[1] for number in components):
        raise InputError(
            told(
                f"plot_pca: components {components} of coordinates of shape {table.shape}",
                f"plot_pca: components가 {components}인데 coordinates의 모양은 {table.shape}입니다",
            )
        )
    labels = np.array(
        ["" if groups is None else str(group) for group in (groups if groups is not None else table)]
    )
    if len(labels) != len(table):
        raise InputError(
            told(
                f"plot_pca: {len(labels)} groups; expected one for each of {len(table)} samples",
                f"plot_pca: groups가 {len(labels)}개입니다. 표본 {len(table)}개에 하나씩 있어야 합니다",
            )
        )
    with plot.style():
        axes = plot.axes(ax)
    across, up = (table[:, number - 1] for number in components)
    names = sorted(set(labels))
    size = 16 if len(table) > 200 else 36
    for index, name in enumerate(names):
        mine = labels == name
        colour = plot.PALETTE[index % len(plot.PALETTE)]
        marker = "osD^v"[index // len(plot.PALETTE) % 5]
        axes.scatter(
            across[mine],
            up[mine],
            s=size,
            color=colour,
            marker=marker,
            alpha=0.7,
            linewidths=0,
            label=name or None,
        )
    shares = None if explained is None else np.asarray(explained, dtype=float)
    for setter, number in ((axes.set_xlabel, components[0]), (axes.set_ylabel, components[1])):
        share = "" if shares is None else f" ({shares[number - 1]:.1%})"
        setter(f"PC{number}{share}")
    if names != [""]:
        axes.legend(frameon=False, fontsize=9, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return axes


def plot_manhattan(
    variants: pd.DataFrame,
    p: npt.ArrayLike,
    *,
    q: npt.ArrayLike | None = None,
    level: float = 0.05,
    highlight: Sequence[int] = (),
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw -log10 p along the genome.

    Parameters
    ----------
    variants : DataFrame
        chrom, pos; contigs are drawn one behind the other in their order.
    p : array, (variants,)
        NaN is left out; 0 is drawn at the smallest positive float.
    q : array, (variants,), optional
        Adjusted p values; variants at or below `level` are coloured.
    level : float
        False discovery rate for the colour.
    highlight : sequence of int
        Rows to ring.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        When columns are missing or the lengths differ.
    """
    lacking = [name for name in ("chrom", "pos") if name not in variants]
    if lacking:
        names = ", ".join(lacking)
        raise InputError(
            told(
                f"plot_manhattan: the table lacks {names}",
                f"plot_manhattan: 표에 다음 열이 없습니다: {names}",
            )
        )
    height = _minus_log10(p)
    if len(height) != len(variants):
        raise InputError(
            told(
                f"plot_manhattan: {len(height)} p values for {len(variants)} variants",
                f"plot_manhattan: 변이는 {len(variants)}개인데 p값은 {len(height)}개입니다",
            )
        )
    with plot.style():
        axes = plot.axes(ax, figsize=(8, 3))
    place = variants["pos"].to_numpy(dtype=float)
    contigs = list(dict.fromkeys(variants["chrom"].astype(str)))
    ticks, offset = [], 0.0
    for name in contigs:
        mine = (variants["chrom"].astype(str) == name).to_numpy()
        first, last = place[mine].min(), place[mine].max()
        if len(contigs) > 1:
            place[mine] += offset - first
            ticks.append(offset + (last - first) / 2)
            offset += (last - first) * 1.02 + 1
    found = np.zeros(len(height), dtype=bool) if q is None else np.asarray(q, dtype=float) <= level
    axes.scatter(place[~found], height[~found], s=14, color=_QUIET, linewidths=0)
    axes.scatter(place[found], height[found], s=20, color=plot.PALETTE[1], linewidths=0)
    rows = list(highlight)
    axes.scatter(
        place[rows], height[rows], s=110, facecolors="none", edgecolors=plot.PALETTE[6], linewidths=1.5
    )
    if len(contigs) > 1:
        axes.set_xticks(ticks, contigs)
    else:
        axes.xaxis.set_major_formatter(lambda x, _: f"{x:,.0f}")
        axes.set_xlabel(contigs[0] if contigs else "")
    axes.set_ylabel("−log₁₀ p")
    axes.set_ylim(bottom=0)
    return axes


def plot_qq(p: npt.ArrayLike | Mapping[str, npt.ArrayLike], *, ax: "Axes | None" = None) -> "Axes":
    """Draw sorted -log10 p over what chance alone would give.

    Parameters
    ----------
    p : array or mapping of label to array
        One set of points each; NaN is left out.
    ax : Axes, optional
        Where to draw; by default a new figure.

    Returns
    -------
    Axes
        The band holds 95 % of each point's range without any effect, for independent tests.
    """
    from scipy import stats

    named: Mapping[str, Any] = p if isinstance(p, Mapping) else {"": p}
    with plot.style():
        axes = plot.axes(ax, figsize=(4.2, 4))
    widest = 0
    for index, (label, values) in enumerate(named.items()):
        seen = np.sort(_minus_log10(values))[::-1]
        seen = seen[~np.isnan(seen)]
        ranks = np.arange(1, len(seen) + 1)
        chance = -np.log10((ranks - 0.5) / max(len(seen), 1))
        axes.scatter(
            chance,
            seen,
            s=16,
            color=plot.PALETTE[index % len(plot.PALETTE)],
            linewidths=0,
            label=label or None,
        )
        widest = max(widest, len(seen))
    if widest:
        ranks = np.arange(1, widest + 1)
        chance = -np.log10((ranks - 0.5) / widest)
        low, high = (-np.log10(stats.beta.ppf(x, ranks, widest - ranks + 1)) for x in (0.975, 0.025))
        axes.fill_between(chance, low, high, color="#d5dae1", alpha=0.6, linewidth=0, zorder=0)
        axes.plot(chance, chance, color="#5c6670", linewidth=1, zorder=1)
    axes.set_xlabel("−log₁₀ p, expected")
    axes.set_ylabel("−log₁₀ p, observed")
    if "" not in named:
        axes.legend(frameon=False, loc="upper left")
    return axes


def _minus_log10(p: npt.ArrayLike) -> npt.NDArray[np.float64]:
    values = np.asarray(p, dtype=float)
    return np.asarray(-np.log10(np.maximum(values, np.finfo(float).tiny)))
