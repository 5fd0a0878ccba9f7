"""The card as HTML.

Colours are chosen to be read on white and on black: text inherits the page's colour, surfaces are
translucent, and the state is told by symbol and words as well. Only the tags and style properties listed here
are used, so that a sanitiser with this allow-list leaves a card as it is.
"""

from html import escape

from biolabkit.check.cards import HINT, Card
from biolabkit.check.words import Words, points_text

__all__ = ["STYLE_PROPERTIES", "TAGS", "card_html", "note_html", "with_code"]

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


def card_html(card: Card, language: str) -> str:
    """Write a card as one self-contained ``div``."""
    accent, surface = _COLOURS.get(card.kind, _COLOURS["failed"])
    body = [
        _head(card, language, accent),
        _what(card, language),
        _rows(card, language),
        _detail(card, language),
        _hint(card, language),
    ]
    style = (
        f"border-left: 5px solid {accent}; border-radius: 6px; background-color: {surface}; "
        "padding: 12px 16px; margin: 6px 0; max-width: 860px; line-height: 1.5; font-size: 14px"
    )
    return f'<div style="{style}">{"".join(body)}</div>'


def _head(card: Card, language: str, accent: str) -> str:
    symbol, label = card.status
    badge = (
        f"background-color: {accent}; color: #ffffff; border-radius: 4px; padding: 2px 9px; "
        "font-size: 13px; font-weight: 600; white-space: nowrap"
    )
    parts = [f'<span style="{badge}">{symbol} {escape(label.to(language))}</span>']
    if card.check:
        name = escape(card.check).replace(".", " · ")
        parts.append(f'<strong style="font-family: {_MONO}; font-size: 14px">{name}</strong>')
    if card.points is not None:
        points = escape(points_text(card.points).to(language))
        parts.append(f'<span style="opacity: 0.75; font-size: 13px; white-space: nowrap">{points}</span>')
    style = "display: flex; align-items: center; flex-wrap: wrap; gap: 10px"
    return f'<div style="{style}">{"".join(parts)}</div>'


def _what(card: Card, language: str) -> str:
    text = card.what.to(language)
    if not text:
        return ""
    weight = "400" if card.kind in {"passed", "unanswered"} else "600"
    return f'<div style="margin: 8px 0 0 0; font-size: 15px; font-weight: {weight}">{with_code(text)}</div>'


def _rows(card: Card, language: str) -> str:
    rows = "".join(_row(label.to(language), text) for label, text in card.rows())
    if not rows:
        return ""
    style = (
        "display: grid; grid-template-columns: max-content minmax(0, 1fr); gap: 6px 14px; margin: 10px 0 0 0"
    )
    return f'<div style="{style}">{rows}</div>'


def _row(label: str, text: str) -> str:
    label_style = "opacity: 0.75; font-size: 13px; padding: 4px 0; text-align: left"
    value_style = (
        f"font-family: {_MONO}; font-size: 13px; line-height: 1.45; color: inherit; text-align: left; "
        "background-color: rgba(128, 128, 128, 0.13); border-radius: 4px; padding: 4px 9px; margin: 0; "
        "white-space: pre-wrap; overflow-wrap: anywhere; overflow: auto; max-height: 260px"
    )
    return f'<div style="{label_style}">{escape(label)}</div><pre style="{value_style}">{escape(text)}</pre>'


def _detail(card: Card, language: str) -> str:
    text = card.detail.to(language)
    return f'<div style="margin: 8px 0 0 0; overflow-wrap: anywhere">{with_code(text)}</div>' if text else ""


def _hint(card: Card, language: str) -> str:
    if card.hint is None:
        return ""
    text = Words(card.hint.en, card.hint.ko).to(language)
    style = (
        "border-left: 3px solid #c98a00; border-radius: 4px; background-color: rgba(230, 159, 0, 0.14); "
        "padding: 8px 12px; margin: 10px 0 0 0"
    )
    label = f'<strong style="white-space: nowrap">{escape(HINT.to(language))}</strong>'
    return f'<div style="{style}">{label}&ensp;{with_code(text)}</div>'


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
