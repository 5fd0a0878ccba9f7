"""Find a 3' adapter in many reads at once: a semi-global alignment, one column of all reads at a time."""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import joined, told
from biolabkit.errors import InputError
from biolabkit.genomics.fastq import Reads
from biolabkit.genomics.sequences import check_nucleotides

__all__ = ["find_adapter"]

Bits = npt.NDArray[np.uint8]
Numbers = npt.NDArray[np.int32]

# Bases that a letter stands for, one bit each.
_BITS = {"A": 1, "C": 2, "G": 4, "T": 8, "U": 8, "R": 5, "Y": 10, "S": 6, "W": 9, "K": 12, "M": 3}
_BITS |= {"B": 14, "D": 13, "H": 11, "V": 7, "N": 15}
_READ_BITS = np.zeros(256, dtype=np.uint8)
_READ_BITS[[ord(letter) for letter in "ACGT"]] = [1, 2, 4, 8]

MATCH, MISMATCH, INDEL = 1, -1, -2
"""cutadapt's scores, which choose among the overlaps that have few enough errors."""


def find_adapter(
    reads: Reads, adapter: str, *, error_rate: float = 0.1, min_overlap: int = 3
) -> pd.DataFrame:
    """Find where a 3' adapter begins in each read.

    The adapter may lie anywhere in the read, or only begin in it: its end may hang over the read's end. Over
    the part of it that is inside, at most ``floor(length × error_rate)`` bases may be wrong, missing or too
    many (an N of the adapter is not counted in the length). Of several such places the best score wins (match
    +1, mismatch −1, indel −2), an earlier one before a later one.

    Parameters
    ----------
    reads : Reads
        Of any lengths.
    adapter : str
        5' to 3', as it appears in the read. IUPAC letters match what they stand for; an N in a read matches
        nothing.
    error_rate : float
        Errors per base of the adapter's part in the read, below 1.
    min_overlap : int
        Shortest part of the adapter; 3 is cutadapt's default, at which one read in 64 loses three bases by
        chance.

    Returns
    -------
    DataFrame
        One row per read: start (0-based, first base of the adapter; -1: none found), end (half-open), overlap
        (bases of the adapter inside the read), errors.

    Raises
    ------
    InputError
        When the adapter is empty, all N or has a letter that is no nucleotide, or a number is out of range.

    Notes
    -----
    Source: the section "Algorithm details" of cutadapt's documentation, version 4 and later.
    """
    _check(adapter, error_rate, min_overlap)
    query = _Query.of(adapter.upper(), error_rate, min_overlap)
    bits = _READ_BITS[reads.bases]
    found = np.full((4, len(reads)), -1, dtype=np.int64)
    found[2:] = 0
    whole = query.may_lie_inside(bits) | (reads.lengths < query.reach)
    for rows, width in ((np.flatnonzero(whole), None), (np.flatnonzero(~whole), query.reach)):
        lengths = reads.lengths[rows]
        if width is None:
            skipped, seen = np.zeros(len(rows), dtype=np.int64), bits[rows]
        else:  # only a part of the adapter can be there, at the end
            skipped = lengths - width
            seen = np.take_along_axis(bits[rows], skipped[:, None] + np.arange(width), axis=1)
        best = _Search(seen, lengths - skipped, query).run()
        hit = best.overlap > 0
        place = (best.start + skipped, best.end + skipped, best.overlap, best.cost)
        found[:, rows[hit]] = np.array(place)[:, hit]
    return pd.DataFrame(dict(zip(("start", "end", "overlap", "errors"), found, strict=True)))


def _check(adapter: str, error_rate: float, min_overlap: int) -> None:
    check_nucleotides(adapter, "the adapter", "어댑터")
    problems = []
    if not adapter.upper().replace("N", ""):
        problems.append(
            told(
                f"the adapter is {adapter!r}; expected at least one base that is not N",
                f"어댑터가 {adapter!r}입니다. N이 아닌 염기가 하나라도 있어야 합니다",
            )
        )
    if not 0 <= error_rate < 1:
        problems.append(
            told(
                f"error_rate is {error_rate}; expected 0 to below 1",
                f"error_rate가 {error_rate}입니다. 0 이상 1 미만이어야 합니다",
            )
        )
    if min_overlap < 1:
        problems.append(
            told(
                f"min_overlap is {min_overlap}; expected at least 1",
                f"min_overlap이 {min_overlap}입니다. 1 이상이어야 합니다",
            )
        )
    if problems:
        raise InputError("find_adapter: " + joined(problems))


@dataclass(frozen=True)
class _Query:
    """What is looked for."""

    bits: list[int]
    allowed: list[int]
    min_overlap: int

    @classmethod
    def of(cls, adapter: str, error_rate: float, min_overlap: int) -> "_Query":
        # An N matches anything, so it earns no error.
        known = [len(adapter[:length].replace("N", "")) for length in range(len(adapter) + 1)]
        allowed = [int(length * error_rate + 1e-9) for length in known]
        return cls([_BITS[letter] for letter in adapter], allowed, min_overlap)

    @property
    def reach(self) -> int:
        """Bases of the read that the adapter can lie over."""
        return len(self.bits) + self.allowed[-1]

    def may_lie_inside(self, bits: Bits) -> npt.NDArray[np.bool_]:
        """Which reads have a piece of the adapter without an error.

        Of n errors + 1 pieces at least one has none, so a read without any piece cannot have the whole
        adapter.
        """
        pieces = np.array_split(np.arange(len(self.bits)), self.allowed[-1] + 1)
        found = np.zeros(len(bits), dtype=bool)
        for piece in pieces:
            width = bits.shape[1] - len(piece) + 1
            if width < 1:
                continue
            here = np.ones((len(bits), width), dtype=bool)
            for shift, place in enumerate(piece):
                here &= (bits[:, shift : shift + width] & self.bits[place]) != 0
            found |= here.any(axis=1)
        return found


@dataclass
class _Best:
    """The best place so far in each read."""

    score: Numbers
    start: Numbers
    end: Numbers
    overlap: Numbers
    cost: Numbers


class _Search:
    """Edit distance of every prefix of the adapter to what ends at the current cycle, in all reads."""

    def __init__(self, bits: Bits, lengths: npt.NDArray[np.int64], query: _Query) -> None:
        self.lengths, self.query = lengths, query
        self.cycles = np.ascontiguousarray(bits.T)
        rows, reads = len(query.bits) + 1, len(bits)
        cost = np.repeat(np.arange(rows, dtype=np.int32)[:, None], reads, axis=1)
        # cost, score and start of the best alignment that ends here; the column before and this one
        self.before = [cost, INDEL * cost, np.zeros_like(cost)]
        self.now = [part.copy() for part in self.before]
        none = np.zeros(reads, dtype=np.int32)
        self.best = _Best(none - 2**30, none.copy(), none.copy(), none.copy(), none.copy())

    def run(self) -> _Best:
        whole, shortest = len(self.query.bits), self.query.min_overlap
        for cycle, seen in enumerate(self.cycles, start=1):
            self._column(cycle, seen)
            if whole >= shortest:
                self._offer(whole, cycle, self.lengths >= cycle)
            ends = self.lengths == cycle
            if ends.any():
                for length in range(whole - 1, shortest - 1, -1):
                    self._offer(length, cycle, ends)
            self.before, self.now = self.now, self.before
        return self.best

    def _column(self, cycle: int, seen: Bits) -> None:
        """From the cells of the cycle before to those of this one."""
        for part in range(3):
            self.now[part][0] = (0, 0, cycle)[part]
        for row, wanted in enumerate(self.query.bits, start=1):
            equal = (seen & wanted) != 0
            cells = [part[row - 1] for part in self.before]
            cost = cells[0] + ~equal
            score = cells[1] + np.where(equal, MATCH, MISMATCH)
            start = cells[2]
            # A base too few in the read, then one too many: only where that is cheaper than a mismatch.
            for others in ([part[row - 1] for part in self.now], [part[row] for part in self.before]):
                cheaper = ~equal & (others[0] + 1 < cost)
                if cheaper.any():
                    cost = np.where(cheaper, others[0] + 1, cost)
                    score = np.where(cheaper, others[1] + INDEL, score)
                    start = np.where(cheaper, others[2], start)
            self.now[0][row], self.now[1][row], self.now[2][row] = cost, score, start

    def _offer(self, length: int, end: int, which: npt.NDArray[np.bool_]) -> None:
        """Take a place where it is good enough and better than the best so far."""
        best, whole = self.best, len(self.query.bits)
        cost, score, start = (part[length] for part in self.now)
        good = which & (cost <= self.query.allowed[length]) & (score > best.score)
        if not good.any():
            return
        # A later place wins over an earlier one only where they overlap or it covers more of the adapter.
        good &= (best.overlap == 0) | (start <= best.start + whole // 2) | (length > best.overlap)
        best.score[good], best.start[good], best.cost[good] = score[good], start[good], cost[good]
        best.end[good], best.overlap[good] = end, length
