"""Text → words that outlast changes of names, comments and layout, and hashes of their sequences.

A cohort's answers have millions of words: what is done for each word is done by `re` and NumPy.
"""

from __future__ import annotations

import ast
import builtins
import keyword
import re
import unicodedata
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

__all__ = [
    "Vocabulary",
    "Words",
    "code_words",
    "given_names",
    "prose_words",
    "sentences",
    "sequence_hashes",
]

#: Of one answer so much is compared; nobody writes more by hand.
_MOST_CHARACTERS = 20_000
_TEXT_OR_COMMENT = re.compile(
    r"""\#[^\n]*
    |(?P<text>(?<!\w)[rbfu]{0,2}('{3}.*?'{3}|"{3}.*?"{3}|'(?:\\.|[^'\\\n])*'|"(?:\\.|[^"\\\n])*"))""",
    re.VERBOSE | re.DOTALL | re.IGNORECASE,
)
_CODE_WORD = re.compile(r"\n|\.?[^\W\d]\w*|\d[\w.]*|[-+*/%@&|^=<>!:]{2,3}|[^\s\w]")
_PROSE_WORD = re.compile(r"\w+")
_SENTENCE_END = re.compile(r"\n|(?<=[.!?。])\s+")
_KEPT = frozenset(keyword.kwlist) | frozenset(dir(builtins))
_LINE_END, _OWN_NAME = "\n", "own name"


@dataclass(frozen=True)
class Words:
    """A text's words as numbers of a vocabulary, and the line (0-based) on which each of them begins."""

    numbers: NDArray[np.uint64]
    lines: NDArray[np.intp]


class Vocabulary(dict[str, int]):
    """Numbers for words, in the order in which they are first seen; the same one for all own names.

    Parameters
    ----------
    given : collection of str, optional
        Names that an exercise gives. These, keywords, builtins and attributes have their own number. Without
        it, every word has.
    """

    def __init__(self, given: Collection[str] | None = None) -> None:
        super().__init__({_LINE_END: 0, _OWN_NAME: 1})
        self._kept = None if given is None else _KEPT.union(given)

    def __missing__(self, word: str) -> int:
        is_own = self._kept is not None and word.isidentifier() and word not in self._kept
        self[word] = number = self[_OWN_NAME] if is_own else len(self)
        return number


def code_words(source: str, vocabulary: Vocabulary) -> Words:
    """Split Python into words; comments go, and all texts are the same word.

    Nothing is compiled or run; what is no Python has words too.
    """
    plain = _TEXT_OR_COMMENT.sub(_placeholder, source[:_MOST_CHARACTERS])
    words = _CODE_WORD.findall(plain)
    numbers = np.array([vocabulary[word] for word in words], dtype=np.uint64)
    is_word = numbers != vocabulary[_LINE_END]
    return Words(numbers[is_word], np.cumsum(~is_word)[is_word])


def _placeholder(found: re.Match[str]) -> str:
    return '"' + "\n" * found[0].count("\n") if found["text"] else ""


def prose_words(source: str, vocabulary: Vocabulary) -> Words:
    """Split prose into words in small letters, without punctuation; a line is a sentence."""
    numbers: list[int] = []
    lines: list[int] = []
    for line, text in enumerate(sentences(source[:_MOST_CHARACTERS])):
        words = _PROSE_WORD.findall(unicodedata.normalize("NFKC", text).casefold())
        numbers += [vocabulary[word] for word in words]
        lines += [line] * len(words)
    return Words(np.array(numbers, dtype=np.uint64), np.array(lines, dtype=np.intp))


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


def sequence_hashes(numbers: NDArray[np.uint64], length: int) -> NDArray[np.uint64]:
    """Hash every run of `length` words; shorter texts have none.

    Returns
    -------
    numpy.ndarray
        uint64, one for each place at which a run begins.
    """
    count = max(len(numbers) - length + 1, 0)
    hashes = np.zeros(count, dtype=np.uint64)
    for place in range(length):
        hashes = hashes * np.uint64(6364136223846793005) + numbers[place : place + count]
        hashes ^= hashes >> np.uint64(29)
    return hashes
