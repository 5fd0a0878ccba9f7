"""TeX → MathML, which browsers draw without scripts or fonts from elsewhere.

The converter writes a submission's TeX into its result as it is, tags and attributes too. So its tree is
written out anew here: known elements, known attributes, all text escaped.
"""

from __future__ import annotations

import re
from functools import lru_cache
from html import escape, unescape
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from xml.etree.ElementTree import Element

__all__ = ["formula"]

_LONGEST = 2000
#: What defines other commands, so that few letters can become very many.
_MACROS = re.compile(r"\\(re|provide)?(newcommand|def|gdef|edef|let)(?![a-zA-Z])")
#: An environment that the converter knows by another name only.
_ALIGNED = re.compile(r"\\(begin|end)\{(aligned|split|gathered)\}")
_LENGTH = frozenset({"width", "height", "depth", "lspace", "rspace", "minsize", "maxsize", "linethickness"})
_ATTRIBUTES = {
    "math": frozenset({"display"}),
    "mrow": frozenset(),
    "mi": frozenset({"mathvariant"}),
    "mn": frozenset({"mathvariant"}),
    "mo": _LENGTH | {"stretchy", "fence", "form", "separator", "largeop", "movablelimits", "accent"},
    "mtext": frozenset({"mathvariant"}),
    "mspace": _LENGTH,
    "mpadded": _LENGTH,
    "mphantom": frozenset(),
    "mstyle": frozenset({"displaystyle", "scriptlevel"}),
    "mfrac": frozenset({"linethickness"}),
    "msqrt": frozenset(),
    "mroot": frozenset(),
    "msub": frozenset(),
    "msup": frozenset(),
    "msubsup": frozenset(),
    "mmultiscripts": frozenset(),
    "mover": frozenset({"accent"}),
    "munder": frozenset({"accentunder"}),
    "munderover": frozenset({"accent", "accentunder"}),
    "menclose": frozenset({"notation"}),
    "mtable": frozenset({"displaystyle"}),
    "mtr": frozenset(),
    "mtd": frozenset(),
}
_VALUE = re.compile(r"[A-Za-z0-9.+\- ]{1,40}")
_REFERENCE = re.compile(r"&#x[0-9A-Fa-f]{1,6};")


@lru_cache(maxsize=4096)
def formula(tex: str, display: str = "inline") -> str:
    """Write a formula as MathML; it is shown as code where that cannot be done.

    Parameters
    ----------
    tex : str
        TeX without its dollars.
    display : {"inline", "block"}
        How it stands in the text.
    """
    from latex2mathml.converter import convert_to_element

    text = " ".join(tex.split())
    try:
        if len(text) > _LONGEST or _MACROS.search(text):
            raise ValueError(text)
        return _written(convert_to_element(_ALIGNED.sub(r"\\\1{align*}", text), display=display))
    except Exception:  # the converter has an error for each mistake, and runs into others
        return f"<code>{escape(text[:_LONGEST])}</code>"


def _written(element: Element) -> str:
    inside = _text(element.text) + "".join(_written(child) + _text(child.tail) for child in element)
    known = _ATTRIBUTES.get(element.tag)
    if known is None:
        return inside
    given = [(name, value) for name, value in element.attrib.items() if name in known]
    attributes = "".join(f' {name}="{value}"' for name, value in given if _VALUE.fullmatch(value))
    side = element.attrib.get("columnalign")
    if element.tag == "mtd" and side in ("left", "right"):  # which browsers no longer know in MathML
        attributes += f' style="text-align: {side}"'
    return f"<{element.tag}{attributes}>{inside}</{element.tag}>"


def _text(text: str | None) -> str:
    """The converter writes characters as references; nothing else of HTML means anything in a text."""
    return escape(_REFERENCE.sub(lambda found: unescape(found[0]), text or ""))
