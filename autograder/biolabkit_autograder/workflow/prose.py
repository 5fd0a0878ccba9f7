"""Markdown → HTML for pages that work offline: formulas become MathML, and all of it is sanitised."""

from __future__ import annotations

import re
from functools import cache

import mistune

from .mathml import formula
from .sanitise import MARK, clean

__all__ = ["formula", "markdown"]

#: A formula's TeX on its way through the sanitiser, which need not know MathML; a forged one is a formula.
_MARKED = re.compile(f"{MARK}((?:[0-9a-f]{{2}})*)-(inline|block){MARK}")


def markdown(text: str) -> str:
    """Render a cell's Markdown as safe HTML.

    Parameters
    ----------
    text : str
        Markdown with tables and ``$…$`` or ``$$…$$`` formulas; HTML in it is sanitised.
    """
    html = clean(str(_renderer()(text)))
    return _MARKED.sub(
        lambda found: formula(bytes.fromhex(found[1]).decode("utf-8", "replace"), found[2]), html
    )


def _marked(tex: str, display: str) -> str:
    return f"{MARK}{tex.encode('utf-8', 'replace').hex()}-{display}{MARK}"


@cache
def _renderer() -> mistune.Markdown:
    render = mistune.create_markdown(escape=False, plugins=["table", "strikethrough", "url", "math"])
    assert render.renderer is not None
    render.renderer.register("inline_math", lambda _, text: _marked(text, "inline"))
    render.renderer.register("block_math", lambda _, text: f"<p>{_marked(text, 'block')}</p>\n")
    return render
