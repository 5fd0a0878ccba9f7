"""What all pictures of the report have in common: SVG that needs no font and no network."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from biolabkit import plot

if TYPE_CHECKING:
    from matplotlib.figure import Figure

__all__ = [
    "AMBER",
    "BLANK",
    "BLUE",
    "GREEN",
    "INK",
    "PALE",
    "QUIET",
    "VERMILION",
    "canvas",
    "picture",
    "shortened",
]

BLUE, VERMILION, GREEN, AMBER = plot.PALETTE[0], plot.PALETTE[1], plot.PALETTE[2], plot.PALETTE[5]
#: Behind a number, so that a line that runs through it does not.
BLANK = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 0.8}
INK, QUIET, PALE = "#24292f", "#5c6670", "#d8dde2"


@contextmanager
def canvas(width: float, height: float, language: str) -> Iterator[Figure]:
    """Make a figure of its own in the house style; matplotlib's settings are left as they were."""
    import matplotlib as mpl
    from matplotlib.figure import Figure

    with mpl.rc_context(), plot.style():
        settings: dict[Any, Any] = {"font.size": 9.5, "svg.hashsalt": "biolabkit"}
        # learners of an English course have Korean names too
        if (language == "ko" or plot.korean_font() is not None) and plot.use_korean_fonts() is None:
            settings["svg.fonttype"] = "none"  # the reader's browser may have the font that is missing here
        mpl.rcParams.update(settings)
        yield Figure(figsize=(width, height), layout="constrained")


def picture(figure: Figure) -> str:
    """The figure as a ``data:`` address for an ``img``."""
    buffer = io.BytesIO()
    figure.savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    return "data:image/svg+xml;base64," + base64.b64encode(buffer.getvalue()).decode("ascii")


def shortened(title: str, limit: int = 46) -> str:
    """A title that fits beside a plot."""
    return title if len(title) <= limit else title[: limit - 1] + "…"
