"""minimap2's hits through mappy, put right for read pairs.

mappy maps read 2 of a pair as its reverse complement, as minimap2 does inside, and turns the strand back, but
not the coordinates on the read: ``q_st`` and ``q_en`` count from the wrong end, and the MD and cs that mappy
makes of them are wrong too. `Mapper` turns them back; whether the installed mappy needs that is found out by
aligning one made-up pair. mappy also leaves out which hit of a read is the primary one and whether a pair is
proper; both follow minimap2's own rules (``mm_pair`` in pe.c, ``mm_set_sam_pri`` in hit.c).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from biolabkit._words import missing_extra, told
from biolabkit.errors import FormatError
from biolabkit.genomics.cigar import ALIGNED_CODES, DELETION, INSERTION, SKIP

PRESETS = ("sr", "map-ont", "map-hifi", "map-pb", "asm5", "asm10", "asm20", "splice")
# Of minimap2's preset "sr": the longest fragment, the gap allowed whatever the reads' lengths, and
# what it is worth, in points of alignment score, that two mates lie as a fragment does.
LONGEST_FRAGMENT = 800
SHORTEST_GAP = 100
PAIR_BONUS = 33
_COMPLEMENT = str.maketrans("ACGTUNacgtun", "TGCAANtgcaan")


class Read(NamedTuple):
    """A read as it was sequenced; `quality` is Phred+33 text, or None as in FASTA."""

    name: str
    sequence: str
    quality: str | None


@dataclass(frozen=True)
class Hit:
    """One alignment of one read.

    Attributes
    ----------
    contig, start, end
        On the reference, 0-based and half-open.
    reverse : bool
        Whether the read lies on the reverse strand.
    clipped : (int, int)
        Bases left out at the left and right end, in the direction of the reference.
    cigar : tuple of (int, int)
        (length, BAM operation) of the aligned part.
    mapping_quality, edit_distance, matches : int
    mismatches : str
        The MD tag: how to get the reference from the read.
    chained : bool
        Not a secondary alignment.
    """

    contig: str
    start: int
    end: int
    reverse: bool
    clipped: tuple[int, int]
    cigar: tuple[tuple[int, int], ...]
    mapping_quality: int
    edit_distance: int
    matches: int
    mismatches: str
    chained: bool


@dataclass(frozen=True)
class Placed:
    """Where a read lies: its primary hit (or None), the others, and whether it is in a proper pair."""

    read: Read
    primary: Hit | None
    others: tuple[Hit, ...] = ()
    proper: bool = False


def load_mappy() -> Any:
    """The module mappy; `MissingExtraError` without it."""
    try:
        import mappy
    except ImportError as error:
        raise missing_extra("mappy", "align") from error
    return mappy


@cache
def _mates_are_reversed() -> bool:
    """Whether the installed mappy counts read 2's coordinates from its other end."""
    mappy = load_mappy()
    text = "".join(np.random.default_rng(0).choice(list("ACGT"), 900))
    read2 = "A" * 30 + reverse_complement(text[400:500])
    hits = mappy.Aligner(seq=text, preset="sr").map(text[200:300], read2)
    return any(hit.read_num == 2 and hit.q_st < 15 for hit in hits)


def reverse_complement(sequence: str) -> str:
    """The other strand of a read; a letter that is no base stays."""
    return sequence.translate(_COMPLEMENT)[::-1]


class Mapper:
    """A minimap2 index of one FASTA.

    Parameters
    ----------
    reference : Path
        FASTA, plain or gzipped; checked to exist.
    preset : str
        One of `PRESETS`.
    """

    def __init__(self, reference: Path, preset: str) -> None:
        self._mappy = load_mappy()
        self._index = self._mappy.Aligner(str(reference), preset=preset)
        if not self._index or not self._index.seq_names:
            raise FormatError(
                told(
                    f"{reference} cannot be read as FASTA: minimap2 finds no sequence in it",
                    f"{reference}: FASTA로 읽을 수 없습니다. minimap2가 서열을 하나도 찾지 못했습니다",
                )
            )

    def buffer(self) -> Any:
        """Working memory for one thread."""
        return self._mappy.ThreadBuffer()

    def place(self, read: Read, buffer: Any) -> Placed:
        """Align one single read."""
        hits = [self._hit(read, found, False) for found in self._map(read, None, buffer)]
        return _choose(read, hits, 0, proper=False)

    def place_pair(self, pair: Sequence[Read], buffer: Any) -> tuple[Placed, Placed]:
        """Align two mates together."""
        first, second = pair
        hits: tuple[list[Hit], list[Hit]] = ([], [])
        turned = _mates_are_reversed()
        for found in self._map(first, second, buffer):
            index = found.read_num - 1
            hits[index].append(self._hit(pair[index], found, turned and index == 1))
        gap = max(LONGEST_FRAGMENT - len(first.sequence) - len(second.sequence), SHORTEST_GAP)
        leads, proper = _lead_pair(*hits, gap)
        return (
            _choose(first, hits[0], leads[0], proper=proper),
            _choose(second, hits[1], leads[1], proper=proper),
        )

    def _map(self, read: Read, mate: Read | None, buffer: Any) -> Any:
        # The name decides between equally good places, as in minimap2.
        other = mate.sequence if mate else None
        return self._index.map(read.sequence, other, buf=buffer, name=read.name)

    def _hit(self, read: Read, found: Any, turned: bool) -> Hit:
        length, reverse = len(read.sequence), found.strand < 0
        before, behind = found.q_st, length - found.q_en
        if turned != reverse:
            before, behind = behind, before
        cigar = tuple((int(many), int(operation)) for many, operation in found.cigar)
        if found.NM == 0 and len(cigar) == 1:
            mismatches = str(cigar[0][0])
        else:
            oriented = reverse_complement(read.sequence) if reverse else read.sequence
            reference = self._index.seq(found.ctg, found.r_st, found.r_en)
            mismatches = md_tag(oriented[before:], reference, cigar)
        return Hit(
            contig=found.ctg,
            start=found.r_st,
            end=found.r_en,
            reverse=reverse,
            clipped=(before, behind),
            cigar=cigar,
            mapping_quality=found.mapq,
            edit_distance=found.NM,
            matches=found.mlen,
            mismatches=mismatches,
            chained=bool(found.is_primary),
        )


def md_tag(read: str, reference: str, cigar: Sequence[tuple[int, int]]) -> str:
    """The MD tag of an alignment (SAM optional fields, "MD").

    Parameters
    ----------
    read : str
        Bases in the direction of the reference, from the first aligned one on.
    reference : str
        Bases of the reference, from the first aligned one on.
    cigar : sequence of (int, int)
        (length, BAM operation) without clips.
    """
    parts: list[str] = []
    same = query = position = 0
    read, reference = read.upper(), reference.upper()
    for length, operation in cigar:
        if operation in ALIGNED_CODES:
            for mine, its in zip(
                read[query : query + length], reference[position : position + length], strict=True
            ):
                if mine == its:
                    same += 1
                else:
                    parts.append(f"{same}{its}")
                    same = 0
            query, position = query + length, position + length
        elif operation == INSERTION:
            query += length
        elif operation == DELETION:
            parts.append(f"{same}^{reference[position : position + length]}")
            same = 0
            position += length
        elif operation == SKIP:
            position += length
    return "".join(parts) + str(same)


def _lead_pair(first: list[Hit], second: list[Hit], gap: int) -> tuple[tuple[int, int], bool]:
    """Which hit of each mate is the primary one, and whether the two are a proper pair.

    A pair that lies as a fragment does is preferred to the best hits of each mate, unless it scores too much
    less than they do.
    """
    if not first or not second:
        return (0, 0), False
    worth = max(map(_score, first)) + max(map(_score, second)) - PAIR_BONUS
    pairs = [
        (_score(mine) + _score(its), -i - j, (i, j))
        for i, mine in enumerate(first)
        for j, its in enumerate(second)
        if mine.chained and its.chained and _is_proper(mine, its, gap)
    ]
    score, _, lead = max(pairs, default=(worth - 1, 0, (0, 0)))
    return (lead, True) if score >= worth else ((0, 0), False)


def _score(hit: Hit) -> int:
    """Alignment score with the short-read preset's values: match 2, mismatch 8, gap 12 + 2n or 24 + n."""
    gaps = [many for many, operation in hit.cigar if operation in (INSERTION, DELETION)]
    mismatches = hit.edit_distance - sum(gaps)
    return 2 * hit.matches - 8 * mismatches - sum(min(12 + 2 * many, 24 + many) for many in gaps)


def _is_proper(mine: Hit, its: Hit, gap: int) -> bool:
    """Mates that face each other, near enough, on one contig."""
    if mine.contig != its.contig or mine.reverse == its.reverse:
        return False
    forward, backward = (its, mine) if mine.reverse else (mine, its)
    return forward.start <= backward.start and backward.start - forward.end <= gap


def _choose(read: Read, hits: list[Hit], lead: int, *, proper: bool) -> Placed:
    if not hits:
        return Placed(read, None)
    return Placed(read, hits[lead], tuple(hits[:lead] + hits[lead + 1 :]), proper)
