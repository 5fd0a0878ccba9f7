"""Similar submissions side by side: what is shown of two texts that stand out."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from biolabkit_autograder.report.answers import Material, Texts
from biolabkit_autograder.report.figures import likeness_picture
from biolabkit_autograder.report.fingerprints import sentences
from biolabkit_autograder.report.phrases import phrase
from biolabkit_autograder.report.similarity import Pair, Similarity, similarities
from biolabkit_autograder.report.wording import percent

__all__ = ["similarity_blocks", "visible"]

#: More questions than these at one time are put to nobody; the rest is counted.
_MOST_PAIRS = 8
#: Of one cell so many lines and of one line so many characters are shown.
_MOST_LINES = 90
_MOST_CHARACTERS = 400
#: What is invisible, moves the cursor, or turns the direction of what follows.
_HIDDEN = re.compile(
    r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff]"
)


def similarity_blocks(material: Material, names: Mapping[str, str], language: str) -> list[dict[str, Any]]:
    """What the page says of one exercise: a block for the code, and one for what was written in words."""
    return [_block(one, material, names, language) for one in similarities(material)]


def _block(found: Similarity, material: Material, names: Mapping[str, str], language: str) -> dict[str, Any]:
    shown = found.pairs[:_MOST_PAIRS]
    return {
        "found": found,
        "kind": phrase(f"kind_{found.kind}", language),
        "summary": _summary(found, language),
        "picture": likeness_picture(found.highest, found.threshold, language) if found.pairs else None,
        "pairs": [_pair(pair, found.kind, material, names, language) for pair in shown],
        "more": len(found.pairs) - len(shown),
    }


def _summary(found: Similarity, language: str) -> str:
    if found.verdict != "compared":
        return phrase(f"likeness_{found.verdict}", language, found.learners)
    values = (found.learners, percent(found.typical), percent(found.threshold))
    return phrase("likeness_pairs" if found.pairs else "likeness_none", language, *values)


def _pair(
    pair: Pair, kind: str, material: Material, names: Mapping[str, str], language: str
) -> dict[str, Any]:
    first, second = pair.learners
    return {
        "question": phrase("likeness_question", language, names[first], names[second], percent(pair.share)),
        "sides": [
            {"learner": learner, "cells": _cells(material.learners[learner], kind, lines)}
            for learner, lines in zip(pair.learners, pair.lines, strict=True)
        ],
    }


def _cells(texts: Texts, kind: str, shared: Mapping[str, frozenset[int]]) -> list[dict[str, Any]]:
    """The cells with something shared, as lines that are marked or not."""
    if kind == "code":
        split = {name: texts.code[name].split("\n") for name in shared}
    else:
        split = {name: sentences(texts.prose[name]) for name in shared}
    return [{"name": name, **_lines(split[name], lines)} for name, lines in shared.items()]


def _lines(lines: list[str], shared: frozenset[int]) -> dict[str, Any]:
    shown = [(_cut(visible(line)), number in shared) for number, line in enumerate(lines[:_MOST_LINES])]
    return {"lines": shown, "left_out": max(len(lines) - _MOST_LINES, 0)}


def _cut(line: str) -> str:
    return line if len(line) <= _MOST_CHARACTERS else line[: _MOST_CHARACTERS - 1] + "…"


def visible(text: str) -> str:
    """Show characters that a reader would not see, or that change what is seen, by their numbers."""
    return _HIDDEN.sub(lambda found: f"⟨{ord(found[0]):X}⟩", text.encode("utf-8", "replace").decode())
