"""Pairs of submissions that are more alike than those of the cohort are by nature.

Each text is cut into all runs of a few words (see `fingerprints`). A run counts the more, the fewer learners
wrote it, as in information retrieval (inverse document frequency); what the exercise gave, what the model
answer has, and what a tenth of the cohort wrote count nothing. Two texts are as alike as the share of the
shorter one's unusual runs that are in the other. What is too alike is a matter of the cohort: a pair stands
out when it is far above the highest similarity that its members usually have.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property, partial

import numpy as np
from numpy.typing import NDArray
from scipy import sparse

from biolabkit_autograder.report.answers import Material
from biolabkit_autograder.report.fingerprints import (
    Vocabulary,
    Words,
    code_words,
    given_names,
    prose_words,
    sequence_hashes,
)

__all__ = ["LEAST_LEARNERS", "RUN", "Pair", "Similarity", "similarities"]

#: With fewer texts there is no telling what is usual.
LEAST_LEARNERS = 10
#: Words in a run: of code (``for V in V :`` is five), of prose.
RUN = {"code": 12, "prose": 3}
#: As many unusual runs must a typical text have, and a pair share.
_LEAST_RUNS = {"code": 24, "prose": 15}
#: What more than this share of the learners wrote is common, and what more than so many wrote in any case.
_COMMON_SHARE = 0.1
_COMMON_LEAST = 4
#: A pair stands out when it is this many robust standard deviations above the median of all highest
#: similarities; in no case below the floor, and always above the ceiling.
_DEVIATIONS = 5.0
_FLOOR, _CEILING = 0.5, 0.95
#: Where the highest similarity is usually above this, answers are alike by nature, and nothing stands out.
_ALIKE = 0.75


@dataclass(frozen=True)
class Pair:
    """Two texts that stand out.

    Attributes
    ----------
    learners : tuple of two str
        Whose.
    share : float
        The share of the shorter one's unusual runs that are in the other.
    lines : tuple of two mappings
        Of each: by cell, the lines (0-based) that hold what both have and few others.
    """

    learners: tuple[str, str]
    share: float
    lines: tuple[Mapping[str, frozenset[int]], Mapping[str, frozenset[int]]]


@dataclass(frozen=True)
class Similarity:
    """What was found in the code or the prose of one exercise.

    Attributes
    ----------
    kind : {"code", "prose"}
        What was compared.
    learners : int
        How many texts.
    verdict : {"compared", "few", "short", "alike"}
        Too `few` learners, texts too `short`, or too much `alike` by nature, to say anything.
    highest : tuple of float
        Every learner's highest similarity.
    threshold : float
        From which a pair stands out.
    pairs : tuple of Pair
        Those, the most alike first.
    """

    kind: str
    learners: int
    verdict: str
    highest: tuple[float, ...] = ()
    threshold: float = 0.0
    pairs: tuple[Pair, ...] = ()

    @property
    def typical(self) -> float:
        """The median of the highest similarities."""
        return float(np.median(self.highest)) if self.highest else 0.0


@dataclass(frozen=True)
class _Document:
    """One learner's text by cell: the line of every word, and a hash of every run."""

    learner: str
    lines: Mapping[str, NDArray[np.intp]]
    hashes: Mapping[str, NDArray[np.uint64]]

    @cached_property
    def all_hashes(self) -> NDArray[np.uint64]:
        return np.unique(np.concatenate([*self.hashes.values(), np.empty(0, dtype=np.uint64)]))


def similarities(material: Material) -> list[Similarity]:
    """Compare the learners' code, and what they wrote in words, where the exercise asks for either."""
    given, learners = material.given, material.learners
    code = {learner: texts.code for learner, texts in learners.items() if texts.code}
    prose = {learner: texts.prose for learner, texts in learners.items() if texts.prose}
    found = []
    if code:
        split = partial(code_words, vocabulary=Vocabulary(given_names(given.code.values())))
        found.append(_compare("code", split, given.code.values(), code))
    if prose:
        split = partial(prose_words, vocabulary=Vocabulary())
        found.append(_compare("prose", split, given.prose.values(), prose))
    return found


def _compare(
    kind: str, split: Callable[[str], Words], given: Iterable[str], texts: Mapping[str, Mapping[str, str]]
) -> Similarity:
    length = RUN[kind]
    known = [sequence_hashes(split(text).numbers, length) for text in given]
    documents = [_document(learner, cells, split, length) for learner, cells in texts.items()]
    documents = [one for one in documents if len(one.all_hashes)]
    if len(documents) < LEAST_LEARNERS:
        return Similarity(kind, len(documents), "few")
    unusual, weights, runs = _unusual(documents, np.concatenate([*known, np.empty(0, dtype=np.uint64)]))
    counts = np.diff(runs.indptr)
    if np.median(counts) < _LEAST_RUNS[kind]:
        return Similarity(kind, len(documents), "short")
    first, second, shares, enough = _shares(runs, weights, _LEAST_RUNS[kind])
    highest = np.zeros(len(documents))
    np.maximum.at(highest, first, shares)
    np.maximum.at(highest, second, shares)
    if np.median(highest) > _ALIKE:
        return Similarity(kind, len(documents), "alike", tuple(highest.tolist()))
    threshold = _threshold(highest)
    standing_out = np.flatnonzero((shares >= threshold) & enough)
    order = standing_out[np.argsort(-shares[standing_out], kind="stable")]
    pairs = tuple(
        _pair(documents[first[place]], documents[second[place]], float(shares[place]), unusual, length)
        for place in order
    )
    return Similarity(kind, len(documents), "compared", tuple(highest.tolist()), threshold, pairs)


def _document(
    learner: str, cells: Mapping[str, str], split: Callable[[str], Words], length: int
) -> _Document:
    words = [split(text) for text in cells.values()]
    ends = np.cumsum([len(one.numbers) for one in words])
    together = sequence_hashes(np.concatenate([one.numbers for one in words]), length)
    hashes = [  # runs from one cell into the next are none
        together[end - len(one.numbers) : max(end - length + 1, 0)]
        for one, end in zip(words, ends, strict=True)
    ]
    return _Document(
        learner,
        {name: one.lines for name, one in zip(cells, words, strict=True)},
        dict(zip(cells, hashes, strict=True)),
    )


def _unusual(
    documents: Sequence[_Document], known: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], NDArray[np.float64], sparse.csr_matrix]:
    """The runs that count, in bits of surprise, and which text has which."""
    per_document = [one.all_hashes for one in documents]
    vocabulary, columns = np.unique(np.concatenate(per_document), return_inverse=True)
    frequency = np.bincount(columns, minlength=len(vocabulary))
    most = max(_COMMON_LEAST, _COMMON_SHARE * len(documents))
    counts = (frequency <= most) & ~np.isin(vocabulary, known)
    weights = np.where(counts, np.log2(len(documents) / frequency), 0.0)
    rows = np.repeat(np.arange(len(documents)), [len(one) for one in per_document])
    kept = counts[columns]
    shape = (len(documents), len(vocabulary))
    runs = sparse.csr_matrix((np.ones(int(kept.sum())), (rows[kept], columns[kept])), shape=shape)
    return vocabulary[counts], weights, runs


def _shares(
    runs: sparse.csr_matrix, weights: NDArray[np.float64], least: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], NDArray[np.float64], NDArray[np.bool_]]:
    """Every pair that shares enough: its two places, and the share of the shorter text's unusual runs.

    A text with little that is unusual counts as if it had half as much as the typical one.
    """
    own = np.asarray(runs @ weights).ravel()
    surprise = sparse.triu(sparse.csr_matrix(runs.multiply(weights)) @ runs.T, k=1).tocoo()
    first, second = surprise.row, surprise.col
    counts = np.asarray((runs @ runs.T).tocsr()[first, second]).ravel()
    shorter = np.maximum(np.minimum(own[first], own[second]), np.median(own) / 2)
    return first, second, np.minimum(surprise.data / shorter, 1.0), counts >= least


def _threshold(highest: NDArray[np.float64]) -> float:
    """Where the cohort's own similarities end: robust, so that those who stand out do not move it.

    The logarithm of what two texts differ in is what is looked at: natural likeness comes near 1 and never
    reaches it.
    """
    apart = np.log(np.maximum(1 - highest, 0.01))
    median = np.median(apart)
    deviation = 1.4826 * np.median(np.abs(apart - median))
    return float(np.clip(1 - np.exp(median - _DEVIATIONS * deviation), _FLOOR, _CEILING))


def _pair(
    first: _Document, second: _Document, share: float, unusual: NDArray[np.uint64], length: int
) -> Pair:
    shared = np.intersect1d(np.intersect1d(first.all_hashes, second.all_hashes), unusual)
    return Pair(
        (first.learner, second.learner),
        min(share, 1.0),
        (_shared_lines(first, shared, length), _shared_lines(second, shared, length)),
    )


def _shared_lines(document: _Document, shared: NDArray[np.uint64], length: int) -> dict[str, frozenset[int]]:
    found = {}
    for name, hashes in document.hashes.items():
        places = np.flatnonzero(np.isin(hashes, shared))
        marked = frozenset(document.lines[name][places[:, None] + np.arange(length)].ravel().tolist())
        if marked:
            found[name] = marked
    return found
