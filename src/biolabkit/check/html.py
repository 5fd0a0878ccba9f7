"""The card as HTML.

Colours are chosen to be read on white and on black: text inherits the page's colour, surfaces are
translucent, and the state is told by symbol and words as well. Only the tags and style properties listed here
are used, so that a sanitiser with this allow-list leaves a card as it is.
"""

from html import escape
from typing import NamedTuple

__all__ = ["STYLE_PROPERTIES", "TAGS", "Face", "card_html", "note_html", "with_code"]

TAGS = frozenset({"code", "div", "pre", "span", "strong"})

STYLE_PROPERTIES = frozenset(
    {
        "align-items",
        "background-color",
        "border-bottom",
        "border-left",
        "border-radius",
        "color",
        "display",
        "flex-wrap",
        "font-family",
        "font-size",
        "font-weight",
        "gap",
        "grid-template-columns",
        "line-height",
        "margin",
        "max-height",
        "max-width",
        "min-width",
        "opacity",
        "overflow",
        "overflow-wrap",
        "padding",
        "text-align",
        "white-space",
        "word-break",
    }
)

# bluish green and vermilion of Okabe and Ito, darkened until white text on them has a contrast above 4.5
_COLOURS = {
    "passed": ("#00775a", "rgba(0, 158, 115, 0.09)"),
    "failed": ("#b84a00", "rgba(213, 94, 0, 0.08)"),
    "error": ("#b84a00", "rgba(213, 94, 0, 0.08)"),
    "unanswered": ("#5c6670", "rgba(128, 138, 148, 0.10)"),
}
_MONO = "Menlo, Consolas, 'DejaVu Sans Mono', 'NanumGothicCoding', monospace"


class Face(NamedTuple):
    """What a card says, in one language.

    Attributes
    ----------
    kind : {"passed", "failed", "error", "unanswered"}
        Decides the colours.
    status : str
        Symbol and label of the kind.
    check, points, what, detail : str
        The check's name, its worth, what was checked and what differs; empty where there is nothing to say.
    rows : list of (str, str)
        Labelled values.
    hint : (str, str) or None
        The hint's label and text.
    """

    kind: str
    status: str
    check: str
    points: str
    what: str
    rows: list[tuple[str, str]]
    detail: str
    hint: tuple[str, str] | None


def card_html(face: Face) -> str:
    """Write a card as one self-contained ``div``."""
    accent, surface = _COLOURS.get(face.kind, _COLOURS["failed"])
    body = [_head(face, accent), _what(face), _rows(face), _detail(face), _hint(face)]
    style = (
        f"border-left: 5px solid {accent}; border-radius: 6px; background-color: {surface}; "
        "padding: 12px 16px; margin: 6px 0; max-width: 860px; line-height: 1.5; font-size: 14px; "
        "word-break: keep-all; overflow-wrap: anywhere"  # Korean words stay whole at line ends
    )
    return f'<div style="{style}">{"".join(body)}</div>'


def _head(face: Face, accent: str) -> str:
    badge = (
        f"background-color: {accent}; color: #ffffff; border-radius: 4px; padding: 2px 9px; "
        "font-size: 13px; font-weight: 600; white-space: nowrap"
    )
    parts = [f'<span style="{badge}">{escape(face.status)}</span>']
    if face.check:
        name = escape(face.check).replace(".", " · ")
        parts.append(f'<strong style="font-family: {_MONO}; font-size: 14px">{name}</strong>')
    if face.points:
        points = escape(face.points)
        parts.append(f'<span style="opacity: 0.75; font-size: 13px; white-space: nowrap">{points}</span>')
    style = "display: flex; align-items: center; flex-wrap: wrap; gap: 10px"
    return f'<div style="{style}">{"".join(parts)}</div>'


def _what(face: Face) -> str:
    if not face.what:
        return ""
    weight = "400" if face.kind in {"passed", "unanswered"} else "600"
    style = f"margin: 8px 0 0 0; font-size: 15px; font-weight: {weight}"
    return f'<div style="{style}">{with_code(face.what)}</div>'


def _rows(face: Face) -> str:
    if not face.rows:
        return ""
    style = (
        "display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 6px 14px; margin: 10px 0 0 0"
    )
    return f'<div style="{style}">{"".join(_row(label, text) for label, text in face.rows)}</div>'


def _row(label: str, text: str) -> str:
    label_style = "opacity: 0.75; font-size: 13px; padding: 4px 0; text-align: left"
    value_style = (
        f"font-family: {_MONO}; font-size: 13px; line-height: 1.45; color: inherit; text-align: left; "
        "background-color: rgba(128, 128, 128, 0.13); border-radius: 4px; padding: 4px 9px; margin: 0; "
        "white-space: pre-wrap; overflow-wrap: anywhere; overflow: auto; max-height: 260px"
    )
    return f'<div style="{label_style}">{escape(label)}</div><pre style="{value_style}">{escape(text)}</pre>'


def _detail(face: Face) -> str:
    if not face.detail:
        return ""
    return f'<div style="margin: 8px 0 0 0">{with_code(face.detail)}</div>'


def _hint(face: Face) -> str:
    if face.hint is None:
        return ""
    style = (
        "border-left: 3px solid #c98a00; border-radius: 4px; background-color: rgba(230, 159, 0, 0.14); "
        "padding: 8px 12px; margin: 10px 0 0 0"
    )
    label, text = face.hint
    strong = f'<strong style="white-space: nowrap">{escape(label)}</strong>'
    return f'<div style="{style}">{strong}&ensp;{with_code(text)}</div>'


def with_code(text: str) -> str:
    """Escape a sentence and set what stands between back-ticks as code."""
    parts = escape(text).split("`")
    if len(parts) % 2 == 0:  # a lone back-tick is just that
        return "`".join(parts)
    style = f"font-family: {_MONO}; font-size: 13px"
    return "".join(
        f'<code style="{style}">{part}</code>' if position % 2 else part
        for position, part in enumerate(parts)
    )


def note_html(text: str) -> str:
    """Write a one-line remark that is no check's outcome: a warning, a hint about practice data."""
    style = (
        "border-left: 3px solid #808a94; border-radius: 4px; background-color: rgba(128, 138, 148, 0.10); "
        "padding: 4px 12px; margin: 4px 0; max-width: 870px; font-size: 13px; overflow-wrap: anywhere; "
        "white-space: pre-wrap"
    )
    return f'<div style="{style}">{with_code(text)}</div>'
