"""Outputs that a box gave, made harmless and well-formed: whatever it says, a valid notebook comes out."""

import base64
import binascii
import re
from dataclasses import dataclass
from typing import Any

from biolabkit.check.cards import MIME_TYPE

__all__ = ["HtmlBudget", "clean_card", "clean_outputs", "clean_text", "without_addresses"]

_MOST_OUTPUTS = 2000
_TEXT_TYPES = ("text/plain",)
_PICTURES = {"image/png": b"\x89PNG\r\n\x1a\n", "image/jpeg": b"\xff\xd8\xff"}
# what MathJax would turn into links, styles or extensions
_LATEX_REFUSED = re.compile(
    r"\\(href|url|html|class|style|cssid|require|unicode|def|let|newcommand)|<", re.IGNORECASE
)
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1a\x1c-\x1f\x7f]")
# a card is shown on terminals as well, and has no use for colours
_NO_TEXT = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff]")
_ADDRESS = re.compile(r"(?<= at )0x[0-9a-fA-F]{6,16}\b")
_MOST_TAGS = 10_000
_TAG = re.compile(r"<[A-Za-z]")
_NAME = re.compile(r"[^\w.]")


@dataclass
class HtmlBudget:
    """How many tags of HTML are still cleaned for a submission.

    A parser's work grows with the square of how deep tags are nested; 10,000 take a fifth of a second.
    """

    tags: int = 50_000


def clean_outputs(
    outputs: Any, limit: int, *, cards: bool = False, budget: HtmlBudget | None = None
) -> tuple[list[dict[str, Any]], bool]:
    """Keep what may stand in a notebook.

    Parameters
    ----------
    outputs : object
        What a box sent as the outputs of a cell; it may be anything that JSON can say.
    limit : int
        Bytes that are kept.
    cards : bool
        Whether a check's card may be among them: from the judge only.
    budget : HtmlBudget, optional
        Of the submission.

    Returns
    -------
    list of dict
        Outputs of nbformat 4.
    bool
        Whether something was left out because of the limit.
    """
    kept: list[dict[str, Any]] = []
    left, budget = limit, budget or HtmlBudget()
    given = outputs if isinstance(outputs, list) else []
    for raw in given[:_MOST_OUTPUTS]:
        output = _output(raw, cards=cards) if isinstance(raw, dict) else None
        if output is None:
            continue
        budget.tags -= _clean_html(output, min(budget.tags, _MOST_TAGS))
        if output.get("data") == {}:
            continue
        left -= _size(output)
        if left < 0:
            return kept, True
        kept.append(output)
    return kept, len(given) > _MOST_OUTPUTS


def _output(raw: dict[str, Any], *, cards: bool) -> dict[str, Any] | None:
    kind = raw.get("output_type")
    if kind == "stream":
        name = "stderr" if raw.get("name") == "stderr" else "stdout"
        return {"output_type": "stream", "name": name, "text": _text(raw.get("text"))}
    if kind == "error":
        lines = raw.get("traceback")
        return {
            "output_type": "error",
            "ename": _NAME.sub("", _text(raw.get("ename")))[:100],
            "evalue": _text(raw.get("evalue")),
            "traceback": [_text(line) for line in lines] if isinstance(lines, list) else [],
        }
    if kind in ("display_data", "execute_result"):
        data = _data(raw.get("data"), cards=cards)
        if not data:
            return None
        output = {"output_type": kind, "data": data, "metadata": _metadata(raw.get("metadata"))}
        if kind == "execute_result":
            count = raw.get("execution_count")
            output["execution_count"] = count if type(count) is int and 0 <= count < 2**31 else None
        return output
    return None


def _data(raw: Any, *, cards: bool) -> dict[str, Any]:
    if not isinstance(raw, dict):
        return {}
    data: dict[str, Any] = {}
    for mime, value in raw.items():
        if mime in _TEXT_TYPES:
            data[mime] = _text(value)
        elif mime == "text/html":
            data[mime] = _text(value)  # cleaned at the end
        elif mime == "text/latex" and not _LATEX_REFUSED.search(_text(value)):
            data[mime] = _text(value)
        elif mime in _PICTURES:
            picture = _picture(value, _PICTURES[mime])
            if picture is not None:
                data[mime] = picture
        elif mime == MIME_TYPE and cards and isinstance(value, dict):
            data[mime] = clean_card(value)
    if "text/markdown" in raw and "text/html" not in data:
        data["text/plain"] = _text(raw["text/markdown"])  # its source: nbgrader's pages do not clean Markdown
    return data


def _metadata(raw: Any) -> dict[str, Any]:
    background = raw.get("needs_background") if isinstance(raw, dict) else None
    return {"needs_background": background} if background in ("light", "dark") else {}


def _text(value: Any) -> str:
    if isinstance(value, list):
        value = "".join(part for part in value if isinstance(part, str))
    if not isinstance(value, str):
        return ""
    return without_addresses(_CONTROL.sub("", value)).encode("utf-8", "replace").decode("utf-8")


def _clean_html(output: dict[str, Any], most_tags: int) -> int:
    """Clean an output's HTML, or leave it out when it has too many tags; returns how many it had."""
    from biolabkit_autograder.workflow.sanitise import clean

    html = output.get("data", {}).pop("text/html", None)
    if html is None:
        return 0
    tags = len(_TAG.findall(html))
    if tags > most_tags:
        return 0
    output["data"]["text/html"] = clean(html)
    return tags


def without_addresses(text: str) -> str:
    """Take out where objects lie in memory, which differs from run to run."""
    return _ADDRESS.sub("0x0", text)


def clean_text(text: str) -> str:
    """Put U+FFFD in the place of control characters and half characters, which no file or terminal takes."""
    return _NO_TEXT.sub("\ufffd", text)


def clean_card(value: Any) -> Any:
    """Clean every text of a card's data; what a learner's code raised or returned stands in it."""
    if isinstance(value, dict):
        return {clean_text(str(key)): clean_card(part) for key, part in value.items()}
    if isinstance(value, list):
        return [clean_card(part) for part in value]
    return clean_text(value) if isinstance(value, str) else value


def _picture(value: Any, magic: bytes) -> str | None:
    """Base64 of a picture that begins as its kind does."""
    try:
        data = base64.b64decode("".join(_text(value).split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    return base64.b64encode(data).decode("ascii") if data.startswith(magic) else None


def _size(output: dict[str, Any]) -> int:
    parts = [*output.get("data", {}).values(), output.get("text", ""), output.get("evalue", "")]
    return 100 + sum(len(str(part)) for part in [*parts, *output.get("traceback", [])])
