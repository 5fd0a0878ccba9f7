"""HTML that a submission may put into a page: an allow-list of tags, attributes and styles."""

from __future__ import annotations

import re
from html import escape

import nh3

from biolabkit.check.html import STYLE_PROPERTIES, TAGS

from .pictures import pixels

__all__ = ["CONTENT_POLICY", "MARK", "clean", "count_tags", "fits"]

#: Said in each page too, so that whatever got through could neither run nor load anything.
CONTENT_POLICY = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; base-uri 'none'; form-action 'none'"
)

# fmt: off
_TEXT_TAGS = frozenset({
    "a", "abbr", "b", "blockquote", "br", "caption", "col", "colgroup", "dd", "del", "details", "div", "dl",
    "dt", "em", "figcaption", "figure", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "i", "img", "ins", "kbd",
    "li", "mark", "ol", "p", "q", "s", "samp", "small", "sub", "summary", "sup", "table", "tbody", "td",
    "tfoot", "th", "thead", "tr", "u", "ul", "var",
})
# fmt: on
_ATTRIBUTES = {
    "*": {"style", "title", "dir", "lang"},
    "a": {"href"},
    "img": {"alt", "src"},
    "ol": {"start", "type"},
    "span": {"class"},
    "td": {"colspan", "rowspan"},
    "th": {"colspan", "rowspan", "scope"},
}
_STYLES = STYLE_PROPERTIES | {"border", "font-style", "text-decoration", "vertical-align"}
#: Pictures are part of the page: nothing is fetched, and none is a document of its own as SVG is.
_PICTURE = re.compile(r"data:image/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=\s]*")
#: Stands around what is put in after the sanitising; never in an attribute.
MARK = "\ue000"
_LONGEST = 200_000
_MOST_TAGS = 10_000
_TAG = re.compile(r"<[A-Za-z]")
# opened and not closed, these are opened anew in every paragraph that follows: three of a kind, but any
# number of those whose attributes differ
_FORMAT = re.compile(r"<(?:b|big|code|em|font|i|s|small|strike|strong|tt|u)[\s/]", re.IGNORECASE)
_MOST_REOPENED = 500_000
_DATA = re.compile(r"data:image/\w{1,10};base64,[A-Za-z0-9+/=]+")
_LINK = re.compile(r"(https?://|mailto:)", re.IGNORECASE)


def clean(html: str) -> str:
    """Reduce HTML to what may be shown to an instructor or a learner.

    Parameters
    ----------
    html : str
        From a submission, or made of its Markdown.

    Returns
    -------
    str
        Without scripts, style sheets, forms, frames, event handlers, and anything loaded from elsewhere. The
        beginning of it as plain text, where it does not `fit <fits>`.
    """
    if not fits(html):
        return f"<pre>{escape(html[:2000])} …</pre>"
    return nh3.clean(
        html,
        tags=set(_TEXT_TAGS | TAGS),
        attributes={tag: set(names) for tag, names in _ATTRIBUTES.items()},
        attribute_filter=_attribute,
        clean_content_tags={"script", "style"},
        filter_style_properties=set(_STYLES),
        url_schemes={"http", "https", "mailto", "data"},
        link_rel="noopener noreferrer",
    )


def fits(html: str) -> bool:
    """Whether it can be sanitised in a moment: the work grows with the square of nested tags and attributes.

    Embedded pictures do not count.
    """
    if len(_DATA.sub("", html)) > _LONGEST:
        return False
    tags = count_tags(html)
    return tags <= _MOST_TAGS and tags * len(_FORMAT.findall(html)) <= _MOST_REOPENED


def count_tags(html: str) -> int:
    """How many tags begin in it."""
    return len(_TAG.findall(html))


def _attribute(tag: str, name: str, value: str) -> str | None:
    if MARK in value:
        return None
    if (tag, name) == ("img", "src"):
        return value if _PICTURE.fullmatch(value) and pixels(value.partition(",")[2]) else None
    if (tag, name) == ("a", "href"):
        return value if _LINK.match(value) else None
    return value
