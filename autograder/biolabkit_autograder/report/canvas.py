"""What all pictures of the report have in common: SVG that needs no font and no network."""

from __future__ import annotations

import base64
import io
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.cells import cell_len

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
    "wrapped",
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


def wrapped(text: str, columns: int, lines: int = 2) -> str:
    """A label that fits beside a plot; an ellipsis tells that something is left out.

    It has at most so many lines of so many columns, of which a Hangul syllable takes two.
    """
    done, rest = [""], text.split()
    while rest:
        longer = f"{done[-1]} {rest[0]}".lstrip()
        if cell_len(longer) <= columns:
            done[-1] = longer
            del rest[0]
        elif not done[-1]:  # a word that is longer than a line
            done[-1] = _fitting(rest[0], columns)
            rest[0] = rest[0][len(done[-1]) :]
        elif len(done) < lines:
            done.append("")
        else:
            return "\n".join([*done[:-1], _fitting(done[-1], columns - 1) + "…"])
    return "\n".join(done)


def _fitting(text: str, columns: int) -> str:
    while cell_len(text) > columns:
        text = text[:-1]
    return text
