"""Outputs that a box gave, made harmless and well-formed: whatever it says, a valid notebook comes out."""

import base64
import binascii
import json
import re
from dataclasses import dataclass
from typing import Any

from biolabkit.check.cards import MIME_TYPE

from .outputs import MOST_OUTPUTS

__all__ = ["OutputBudget", "clean_card", "clean_outputs", "clean_text", "without_addresses"]

_MOST_OUTPUTS = MOST_OUTPUTS + 1  # the error that ends a cell
_MOST_LINES = 1000  # of a traceback
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
# what a notebook file spends on an output's keys and line ends, and on each line of a text
_OUTPUT_BYTES, _LINE_BYTES = 300, 12
# of a text on a card; what was checked also stands in the evidence, once for each check
_LONGEST_ON_CARD, _LONGEST_WHAT = 2000, 500


@dataclass
class OutputBudget:
    """What is still kept of a submission's outputs.

    Attributes
    ----------
    size : int
        Bytes in the notebook's file, which all cells share: however many cells there are, and whatever each
        of them may print, the file has a bound.
    tags : int
        Tags of HTML that are cleaned. A parser's work grows with the square of how deep tags are nested;
        10,000 take a fifth of a second.
    """

    size: int
    tags: int = 50_000

    @property
    def is_used_up(self) -> bool:
        """Whether something was left out because of the size."""
        return self.size < 0


def clean_outputs(
    outputs: Any, limit: int, budget: OutputBudget, *, cards: bool = False
) -> tuple[list[dict[str, Any]], bool]:
    """Keep what may stand in a notebook.

    Parameters
    ----------
    outputs : object
        What a box sent as the outputs of a cell; it may be anything that JSON can say.
    limit : int
        Bytes of text and data that are kept.
    budget : OutputBudget
        Of the submission; what is kept is taken from it.
    cards : bool
        Whether a check's card and the error below it may be among them: from the judge only. Both are kept
        even where the budget is used up.

    Returns
    -------
    list of dict
        Outputs of nbformat 4.
    bool
        Whether something was left out because of the limit or of the budget.
    """
    kept: list[dict[str, Any]] = []
    left, cut = limit, False
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
        if not (cards and _is_verdict(output)):
            budget.size -= _file_size(output)
            if budget.is_used_up:
                cut = True
                continue
        kept.append(output)
    return kept, cut or len(given) > _MOST_OUTPUTS


def _is_verdict(output: dict[str, Any]) -> bool:
    """Whether it is a card, or the line of an error below it."""
    return output["output_type"] == "error" or MIME_TYPE in output.get("data", {})


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
            "traceback": [_text(line) for line in lines[:_MOST_LINES]] if isinstance(lines, list) else [],
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


def clean_card(value: Any, longest: int = _LONGEST_ON_CARD) -> Any:
    """Clean and cut every text of a card's data; what a learner's code raised or returned stands in it."""
    if isinstance(value, dict):
        return {clean_text(str(key)): clean_card(part, _longest(key)) for key, part in value.items()}
    if isinstance(value, list):
        return [clean_card(part) for part in value]
    return clean_text(_cut(value, longest)) if isinstance(value, str) else value


def _longest(key: Any) -> int:
    return _LONGEST_WHAT if key in ("what_en", "what_ko") else _LONGEST_ON_CARD


def _cut(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def _picture(value: Any, magic: bytes) -> str | None:
    """Base64 of a picture that begins as its kind does, and is not too large to be shown."""
    from biolabkit_autograder.workflow.pictures import pixels

    try:
        data = base64.b64decode("".join(_text(value).split()), validate=True)
    except (binascii.Error, ValueError):
        return None
    if not data.startswith(magic) or pixels(data) is None:
        return None
    return base64.b64encode(data).decode("ascii")


def _size(output: dict[str, Any]) -> int:
    parts = [*output.get("data", {}).values(), output.get("text", ""), output.get("evalue", "")]
    return 100 + sum(len(str(part)) for part in [*parts, *output.get("traceback", [])])


def _file_size(output: dict[str, Any]) -> int:
    """At most so many bytes of the notebook's file, in which each line of a text is an item of a list."""
    texts = json.dumps(output, ensure_ascii=False, default=str)
    lines = texts.count("\\n") + len(output.get("traceback", []))
    return _OUTPUT_BYTES + len(texts.encode("utf-8", "replace")) + _LINE_BYTES * lines
