"""Text → words that outlast changes of names, comments and layout, and hashes of their sequences."""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = ["Vocabulary", "Words", "code_words", "given_names", "prose_words", "sentences", "sequence_hashes"]

#: Of one answer so much is compared; nobody writes more by hand.
_MOST_CHARACTERS = 20_000
_CODE = re.compile(
    r"""(?P<line>\n)
    |(?P<comment>\#[^\n]*)
    |(?P<string>[rbfu]{0,2}(?:'{3}.*?'{3}|"{3}.*?"{3}|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))
    |(?P<name>[^\W\d]\w*)
    |(?P<number>\d[\w.]*)
    |(?P<operator>[-+*/%@&|^=<>!:]{2,3}|[^\s\w])""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"\n|(?<=[.!?。])\s+")
_KEPT = frozenset(keyword.kwlist) | frozenset(dir(builtins))


@dataclass(frozen=True)
class Words:
    """A text's words and the line (0-based) on which each of them begins."""

    words: Sequence[str]
    lines: Sequence[int]


def code_words(source: str, given: Collection[str]) -> Words:
    """Split Python into words: names of the learner's own become ``V``, texts ``S``, comments go.

    Nothing is run or compiled; what is no Python has words too.

    Parameters
    ----------
    source : str
        Code.
    given : collection of str
        Names that the exercise gives; these, keywords, builtins and attributes stay.
    """
    words: list[str] = []
    lines: list[int] = []
    line = 0
    for found in _CODE.finditer(source[:_MOST_CHARACTERS]):
        kind, text = found.lastgroup, found[0]
        if kind == "line":
            line += 1
        elif kind != "comment":
            if kind == "name":
                is_attribute = bool(words) and words[-1] == "."
                text = text if is_attribute or text in _KEPT or text in given else "V"
            elif kind == "string":
                text = "S"
            words.append(text)
            lines.append(line)
            line += found[0].count("\n")
    return Words(words, lines)


def prose_words(source: str) -> Words:
    """Split prose into words in small letters, without punctuation; a line is a sentence."""
    words: list[str] = []
    lines: list[int] = []
    for line, text in enumerate(sentences(source[:_MOST_CHARACTERS])):
        found = _WORD.findall(unicodedata.normalize("NFKC", text).casefold())
        words += found
        lines += [line] * len(found)
    return Words(words, lines)


def sentences(text: str) -> list[str]:
    """Split prose at the ends of its sentences and lines."""
    return _SENTENCE_END.split(text)


def given_names(sources: Iterable[str]) -> frozenset[str]:
    """Names that the exercise's own cells import or define, at the level of the notebook."""
    names: set[str] = set()
    for source in sources:
        try:
            body = ast.parse(source).body
        except SyntaxError:  # a line of IPython's own
            continue
        for statement in body:
            names |= _bound(statement)
    return frozenset(names)


def _bound(statement: ast.stmt) -> set[str]:
    if isinstance(statement, ast.Import | ast.ImportFrom):
        return {(one.asname or one.name).split(".")[0] for one in statement.names}
    if isinstance(statement, ast.FunctionDef | ast.ClassDef):
        return {statement.name}
    return {
        node.id
        for node in ast.walk(statement)
        if isinstance(node, ast.Name) and isinstance(node.ctx, ast.Store)
    }


class Vocabulary:
    """Numbers for words, in the order in which they are first seen."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}

    def numbers(self, words: Iterable[str]) -> NDArray[np.uint64]:
        """A number for each word."""
        known = self._numbers
        return np.fromiter((known.setdefault(word, len(known) + 1) for word in words), dtype=np.uint64)


def sequence_hashes(numbers: NDArray[np.uint64], length: int) -> NDArray[np.uint64]:
    """Hash every run of `length` words; shorter texts have none.

    Returns
    -------
    numpy.ndarray
        uint64, one for each place at which a run begins.
    """
    count = max(len(numbers) - length + 1, 0)
    hashes = np.zeros(count, dtype=np.uint64)
    with np.errstate(over="ignore"):
        for place in range(length):
            hashes = hashes * np.uint64(6364136223846793005) + numbers[place : place + count]
            hashes ^= hashes >> np.uint64(29)
    return hashes
