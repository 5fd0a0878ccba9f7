"""The flow of a cohort: who was there, who was excluded and why, who is left."""

from typing import TYPE_CHECKING

import pandas as pd

from biolabkit import plot
from biolabkit._words import told, unknown
from biolabkit.errors import InputError

if TYPE_CHECKING:
    from matplotlib.axes import Axes

__all__ = ["plot_flow"]

_BOX = {"boxstyle": "round,pad=0.5,rounding_size=0.15", "facecolor": "white", "linewidth": 1.2}


def plot_flow(
    flow: pd.DataFrame,
    *,
    rows: str = "{} records",
    patients: str = "{} patients",
    end: str = "cohort",
    ax: "Axes | None" = None,
) -> "Axes":
    """Draw a flow table as boxes: what remains down the left, what was excluded to the right.

    Parameters
    ----------
    flow : DataFrame
        ``step, excluded, rows, patients``, as `health.exclude` gives it.
    rows, patients : str
        How rows and patients are counted in the boxes; ``{}`` stands for the number.
    end : str
        Name of the last box.
    ax : Axes, optional
        Where to draw; by default a new figure, higher with more steps.

    Returns
    -------
    Axes

    Raises
    ------
    InputError
        When a column is missing or there is no step.

    References
    ----------
    Schulz KF et al. (2010) CONSORT 2010 statement. BMJ 340:c332, for the form of the diagram.
    """
    for name in ("step", "excluded", "rows", "patients"):
        if name not in flow.columns:
            raise unknown("column in flow", "flow에 없는 열입니다", name, map(str, flow.columns))
    if flow.empty:
        raise InputError(
            told(
                "flow: at least the line of the start expected, found none",
                "flow: 시작 단계의 행이 있어야 하는데 행이 하나도 없습니다",
            )
        )
    last = len(flow) - 1
    ax = plot.axes(ax, figsize=(7, 0.5 + 0.85 * len(flow)))
    left, right = 0.24, 0.55
    for position, line in enumerate(flow.itertuples(index=False)):
        y = -position
        if position:
            ax.annotate(
                "", (left, y + 0.27), (left, y + 0.73), arrowprops={"arrowstyle": "-|>", "color": "0.35"}
            )
            ax.annotate(
                "", (right, y + 0.5), (left, y + 0.5), arrowprops={"arrowstyle": "-|>", "color": "0.35"}
            )
            ax.text(
                right + 0.02, y + 0.5, f"{line.step}\nn = {line.excluded:,}",
                va="center", fontsize=9, bbox={**_BOX, "edgecolor": plot.PALETTE[1]},
            )  # fmt: skip
        name = str(line.step) if position == 0 else (end if position == last else "")
        counts = ", ".join((rows.format(f"{line.rows:,}"), patients.format(f"{line.patients:,}")))
        text = f"{name}\n{counts}" if name else counts
        weight = "bold" if position in (0, last) else "normal"
        ax.text(
            left, y, text, ha="center", va="center", fontsize=9.5, weight=weight,
            bbox={**_BOX, "edgecolor": plot.PALETTE[0]},
        )  # fmt: skip
    ax.set(xlim=(0, 1), ylim=(-last - 0.45, 0.45))
    ax.axis("off")
    return ax
