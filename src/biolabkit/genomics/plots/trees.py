"""Figures of trees."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from biolabkit import plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_tree"]


def plot_tree(
    tree: Any,
    groups: Mapping[str, Any] | None = None,
    *,
    support: float = 50.0,
    names: bool = True,
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw a tree from left to right, branches to scale.

    Parameters
    ----------
    tree : Bio.Phylo.BaseTree.Tree
        Such as from `neighbour_joining` or `root_tree`.
    groups : mapping of leaf name to group, optional
        Leaves get a dot in their group's colour, and a legend.
    support : float
        Bootstrap support, in percent, from which it is written at a branch.
    names : bool
        Whether to write the leaves' names.
    ax : Axes, optional
        Where to draw; by default a new figure as tall as the tree needs.

    Returns
    -------
    Axes
    """
    leaves = tree.get_terminals()
    with plot.style():
        axes = plot.axes(ax, figsize=(7, min(max(2.5, 0.24 * len(leaves)), 14)))
    across = tree.depths()
    up: dict[Any, float] = {leaf: float(index) for index, leaf in enumerate(leaves)}
    for clade in tree.get_nonterminals(order="postorder"):
        children = [up[child] for child in clade.clades]
        up[clade] = (min(children) + max(children)) / 2
        axes.vlines(across[clade], min(children), max(children), color="#4d4d4d", linewidth=1)
        for child in clade.clades:
            axes.hlines(up[child], across[clade], across[child], color="#4d4d4d", linewidth=1)
        if clade.confidence is not None and clade.confidence >= support:
            axes.annotate(
                f"{clade.confidence:.0f}",
                (across[clade], up[clade]),
                xytext=(-3, 3),
                textcoords="offset points",
                ha="right",
                fontsize=7,
                color="#5c6670",
            )
    known = {} if groups is None else {str(name): str(group) for name, group in groups.items()}
    kinds = sorted({known[leaf.name] for leaf in leaves if leaf.name in known})
    for index, kind in enumerate(kinds):
        mine = [leaf for leaf in leaves if known.get(leaf.name) == kind]
        axes.scatter(
            [across[leaf] for leaf in mine],
            [up[leaf] for leaf in mine],
            s=26,
            color=plot.PALETTE[index % len(plot.PALETTE)],
            marker="osD^v"[index // len(plot.PALETTE) % 5],
            zorder=3,
            label=kind,
        )
    if names:
        for leaf in leaves:
            axes.annotate(
                str(leaf.name),
                (across[leaf], up[leaf]),
                xytext=(6, 0),
                textcoords="offset points",
                va="center",
                fontsize=8,
                annotation_clip=False,
            )
        axes.margins(x=0.02 + 0.018 * max(len(str(leaf.name)) for leaf in leaves))
        axes.set_xlim(left=-0.02 * max(across.values()))
    axes.set_yticks([])
    axes.grid(visible=False)
    axes.spines["left"].set_visible(False)
    axes.set_ylim(len(leaves) - 0.4, -0.6)
    if kinds:
        axes.legend(frameon=False, fontsize=8, loc="upper left", bbox_to_anchor=(1.0, 1.0))
    return axes
