"""Survival curves. The function takes and returns matplotlib Axes."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
import numpy.typing as npt

from biolabkit import plot
from biolabkit.health.survival import kaplan_meier, numbers_at_risk

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_kaplan_meier"]

_FIRST, _LINE = -46, 14  # points from the axis to the table's heading, and from line to line


def plot_kaplan_meier(
    time: npt.ArrayLike,
    event: npt.ArrayLike,
    *,
    group: Any = None,
    at: Sequence[float] | None = None,
    confidence: float = 0.95,
    title: str = "at risk",
    ax: "Axes | None" = None,
) -> "Axes":
    """Kaplan-Meier curves with bands, ticks where patients were censored, and the numbers at risk below.

    Where the numbers at risk are small the curve tells little, whatever it looks like: read both together.

    Parameters
    ----------
    time, event, group, confidence
        As in `health.kaplan_meier`.
    at : sequence of float, optional
        Times of the table; by default the ticks of the axis.
    title : str
        Heading of the table.
    ax : Axes, optional
        Where to draw; by default a new figure. The table stands under the Axes, one line per group; leave
        room for it (a constrained layout does).

    Returns
    -------
    Axes

    Raises
    ------
    InputError, MissingExtraError
        As `health.kaplan_meier`.
    """
    curves = kaplan_meier(time, event, group=group, confidence=confidence)
    names = curves.index.get_level_values("group").unique().tolist()
    ax = plot.axes(ax)
    for number, name in enumerate(names):
        rows = curves.loc[name]
        moments, color = rows.index.to_numpy(dtype=float), plot.PALETTE[number % len(plot.PALETTE)]
        ax.step(moments, rows["survival"], where="post", color=color, label=str(name), lw=1.8)
        ax.fill_between(moments, rows["low"], rows["high"], step="post", color=color, alpha=0.13, lw=0)
        left = rows["censored"] > 0
        ax.plot(moments[left], rows["survival"][left], "|", color=color, ms=6, mew=1)
    ax.set(ylim=(-0.02, 1.02), xlabel="time", ylabel="survival")
    ax.set_xlim(left=0)
    if len(names) > 1:
        ax.legend(frameon=False)
    end = float(np.max(np.asarray(time, dtype=float)))
    moments = [tick for tick in ax.get_xticks() if 0 <= tick <= end] if at is None else list(at)
    _add_table(ax, numbers_at_risk(time, moments, group=group), title)
    return ax


def _add_table(ax: "Axes", table: Any, title: str) -> None:
    """Numbers under their times, below the label of the axis, groups in their colours."""
    style: dict[str, Any] = {"textcoords": "offset points", "va": "center", "fontsize": 9}
    side = {**style, "xycoords": "axes fraction", "ha": "right"}
    under = {**style, "xycoords": ax.get_xaxis_transform(), "ha": "center"}
    ax.annotate(title, (0, 0), (-14, _FIRST), fontweight="bold", **side)
    for line, (name, counts) in enumerate(table.iterrows(), 1):
        color, y = plot.PALETTE[(line - 1) % len(plot.PALETTE)], _FIRST - line * _LINE
        if len(table) > 1:
            ax.annotate(str(name), (0, 0), (-14, y), color=color, **side)
        for moment, count in counts.items():
            ax.annotate(str(count), (moment, 0), (0, y), color=color, **under)
