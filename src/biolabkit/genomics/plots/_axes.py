"""What the plots of genomics share."""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.axes import Axes


def open_frame(axes: "Axes", *sides: str) -> "Axes":
    """Take away the box around a plot: the right and upper side, and others by name."""
    for side in ("right", "top", *sides):
        axes.spines[side].set_visible(False)
    return axes
