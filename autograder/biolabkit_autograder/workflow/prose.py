"""Markdown → HTML for pages that work offline: formulas become pictures, and all of it is sanitised."""

from __future__ import annotations

import base64
import io
import re
from functools import cache
from html import escape

import mistune

from .sanitise import clean

__all__ = ["formula", "markdown"]

_DPI = 200

#: TeX that teaching notebooks use and matplotlib spells in another way.
_SPELLINGS = [
    (re.compile(r"\\[tc]frac(?![a-zA-Z])"), r"\\frac"),
    (re.compile(r"\\(d?frac) ?(\d) ?(\d)"), r"\\\1{\2}{\3}"),
    (re.compile(r"\\[bB]igg?[lrm]?(?![a-zA-Z])"), ""),
    (re.compile(r"\\begin\{cases\}(.*?)\\end\{cases\}"), r"\\left\\{ \\substack{\1} \\right."),
    (re.compile(r"\\begin\{(?:aligned|align\*?)\}(.*?)\\end\{(?:aligned|align\*?)\}"), r"\\substack{\1}"),
    (re.compile(r"(?<!\\)&"), r"\\quad "),
]


def markdown(text: str) -> str:
    """Render a cell's Markdown as safe HTML.

    Parameters
    ----------
    text : str
        Markdown with tables and ``$…$`` or ``$$…$$`` formulas; HTML in it is sanitised.
    """
    return clean(str(_renderer()(text)))


@cache
def _renderer() -> mistune.Markdown:
    render = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "url", "math"])
    assert render.renderer is not None
    render.renderer.register("inline_math", lambda _, text: formula(text))
    render.renderer.register("block_math", lambda _, text: f"<p>{formula(text)}</p>\n")
    return render


@cache
def formula(tex: str) -> str:
    """Draw a formula, with its TeX as the alternative text; it is shown as code where it cannot be drawn."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.mathtext import math_to_image

    text = " ".join(tex.split())
    drawn = text
    for spelling, other in _SPELLINGS:
        drawn = spelling.sub(other, drawn)
    stream = io.BytesIO()
    try:
        if not text.isascii():  # the fonts of formulas have few other letters
            raise ValueError(text)
        depth = math_to_image(f"${drawn}$", stream, prop=FontProperties(size=11), dpi=_DPI, format="png")
    except (ValueError, RuntimeError):
        return f"<code>{escape(text)}</code>"
    data = stream.getvalue()
    width = int.from_bytes(data[16:20], "big")  # of the PNG's header
    style = f"vertical-align: {-depth * 96 / 72:.1f}px; max-width: {width * 96 / _DPI:.0f}px"
    picture = base64.b64encode(data).decode("ascii")
    return f'<img alt="{escape(text, quote=True)}" src="data:image/png;base64,{picture}" style="{style}">'
