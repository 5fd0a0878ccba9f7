"""Markdown → HTML for pages that work offline: formulas become pictures, and all of it is sanitised."""

from __future__ import annotations

import base64
import io
from functools import cache
from html import escape

import mistune

from .sanitise import clean

__all__ = ["formula", "markdown"]

_DPI = 200


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
    stream = io.BytesIO()
    try:
        if not text.isascii():  # the fonts of formulas have few other letters
            raise ValueError(text)
        depth = math_to_image(f"${text}$", stream, prop=FontProperties(size=11), dpi=_DPI, format="png")
    except (ValueError, RuntimeError):
        return f"<code>{escape(text)}</code>"
    data = stream.getvalue()
    width = int.from_bytes(data[16:20], "big")  # of the PNG's header
    style = f"vertical-align: {-depth * 96 / 72:.1f}px; max-width: {width * 96 / _DPI:.0f}px"
    picture = base64.b64encode(data).decode("ascii")
    return f'<img alt="{escape(text, quote=True)}" src="data:image/png;base64,{picture}" style="{style}">'
