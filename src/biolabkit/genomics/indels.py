"""Insertions and deletions: candidates from the reads' gaps, then reads against haplotypes.

A gap may sit anywhere in a repeat, and near its end a read shows mismatches or a clipped tail instead of a
gap. So gaps are only used to propose alleles. Each read is then laid without gaps along the reference and
along each proposed haplotype, from the base where it is safely anchored, and its likelihood under each is
compared. A read that fits a called indel but was aligned without it has its bases beyond the indel at wrong
positions: they are reported as misplaced, so that they are not taken for SNVs.

How often a length differs between people, and how often a read shows a wrong length, both grow with the
number of copies in a repeat. The prior follows the default parameters of DRAGstr (Illumina; ``DragstrParams``
of GATK 4.2), rounded to straight lines on the Phred scale. So does the chance of a wrong length up to ten
copies; beyond, where DRAGstr stays level, it keeps growing as in libraries made with PCR (Fungtammasan et al.
2015, doi:10.1101/gr.185892.114).
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import numpy.typing as npt

from biolabkit.genomics._genotypes import MAX_GQ, MOST_ERROR, phred
from biolabkit.genomics._reads import Bools, Bytes, Ints, ReadBlock, letters
from biolabkit.genomics.left_alignment import left_align

__all__ = ["Misplaced", "indel_calls"]

Floats = npt.NDArray[np.float64]
Allele = tuple[int, str, str]

# Copies of the repeated unit and the Phred quality there, by the unit's length (1, 2, 3 or more bases):
# prior probability of a heterozygous indel, and of a read whose length is wrong.
PRIOR = {
    1: ((3, 5, 8, 11, 20), (38, 32, 16, 8, 4)),
    2: ((3, 7, 11), (29, 11, 4)),
    3: ((2, 4, 11), (27, 15, 3)),
}
WRONG_LENGTH = {
    1: ((6, 8, 10, 14, 20), (45, 36, 27, 18, 11)),
    2: ((4, 8, 15), (39, 28, 19)),
    3: ((4, 10), (40, 29)),
}
# Outside repeats; the default of GATK HaplotypeCaller, 1.25 in 10,000.
PRIOR_OUTSIDE = 39.0

FEWEST_READS = 1
SMALLEST_FRACTION = 0.1
MOST_ALLELES = 3
# Bases behind a repeat that a read is compared over: a shifted read soon shows mismatches there.
REACH = 40
# A read votes for an allele in AD when it fits ten times better than the next.
VOTE = 1.0

_UNKNOWN = ord("N")
_ERROR = np.minimum(10 ** (np.arange(256) / -10.0), MOST_ERROR)
# Log10 of how much likelier a base is if it should be there than if it is an error.
_LOSS = np.log10(1 - _ERROR) - np.log10(_ERROR / 3)


@dataclass(frozen=True)
class Misplaced:
    """Aligned bases whose position is wrong: of one gapless piece, those within ``[start, end)``."""

    segment: int
    start: int
    end: int


@dataclass(frozen=True)
class Locus:
    """Alternative alleles that share one stretch ``[start, end)`` of the reference; `start` is the anchor
    base.

    Attributes
    ----------
    prior : tuple of float
        Probability that a person is heterozygous for each allele.
    wrong_length : float
        Probability that a read shows another length than its chromosome has.
    """

    start: int
    end: int
    alleles: tuple[Allele, ...]
    prior: tuple[float, ...]
    wrong_length: float


@dataclass(frozen=True)
class Fits:
    """How well reads fit the haplotypes of a locus.

    Attributes
    ----------
    read, segment : int64 arrays
        Reads that touch the locus, and the gapless piece that anchors each.
    scores : float64 array, reads × haplotypes
        Log10 likelihoods; the first haplotype is the reference.
    leftward : bool array
        Anchored behind the locus, not in front of it.
    """

    read: Ints
    segment: Ints
    scores: Floats
    leftward: Bools

    def at(self, rows: Ints) -> "Fits":
        """Some of the reads."""
        return Fits(self.read[rows], self.segment[rows], self.scores[rows], self.leftward[rows])

    def votes(self) -> Ints:
        """The haplotype that each read tells from all others, or -1."""
        ordered = np.sort(self.scores, axis=1)
        return np.where(ordered[:, -1] - ordered[:, -2] >= VOTE, self.scores.argmax(axis=1), -1)


def indel_calls(block: ReadBlock) -> tuple[list[dict[str, Any]], list[Misplaced]]:
    """Call the indels that the reads of a block show.

    Returns
    -------
    list of dict
        One record per locus inside the block's window whose best genotype is not homozygous for the
        reference, with the columns of `biolabkit.genomics.posterior` up to alt_reverse.
    list of Misplaced
        Bases that these indels, or those just outside the window, show to be at wrong positions.
    """
    records: list[dict[str, Any]] = []
    misplaced: list[Misplaced] = []
    if not block.gaps:
        return records, misplaced
    text = block.reference.tobytes().decode("ascii")
    segments = _Segments(block)
    for locus in _loci(block, text, _candidates(block, text)):
        record, wrong = _call(block, text, locus, segments)
        misplaced += wrong
        if record is not None and block.start <= locus.start < block.end:
            records.append(record)
    return records, misplaced


class _Segments:
    """The gapless pieces of the reads, sorted by where they start, to find those over one position."""

    def __init__(self, block: ReadBlock) -> None:
        self.block = block
        self.order: Ints = np.argsort(block.segment_start, kind="stable")
        self.start: Ints = block.segment_start[self.order]
        self.end: Ints = block.segment_ends()[self.order]
        self.longest = int(block.segment_length.max(initial=0))

    def over(self, position: int) -> Ints:
        """Pieces with an aligned base at `position`."""
        low = int(np.searchsorted(self.start, position - self.longest, side="right"))
        high = int(np.searchsorted(self.start, position, side="right"))
        return self.order[low:high][self.end[low:high] > position]


def _candidates(block: ReadBlock, text: str) -> dict[Allele, int]:
    """Left-aligned alleles that the reads' gaps propose, and how many fragments show each."""
    spelled: dict[tuple[int, str, int], Allele | None] = {}
    witnesses: dict[Allele, set[int]] = defaultdict(set)
    for gap in block.gaps:
        key = (gap.anchor, gap.inserted, gap.deleted)
        if key not in spelled:
            spelled[key] = _spell(block, text, *key)
        allele = spelled[key]
        if allele is not None:
            witnesses[allele].add(int(block.fragment[gap.read]))
    return {allele: len(names) for allele, names in witnesses.items() if len(names) >= FEWEST_READS}


def _spell(block: ReadBlock, text: str, anchor: int, inserted: str, deleted: int) -> Allele | None:
    at = anchor - block.reference_start
    if at < 1 or at + deleted + 1 >= len(text):
        return None
    ref = text[at : at + 1 + deleted]
    alt = text[at] + inserted
    if "N" in ref + alt or ref == alt:
        return None
    start, ref, alt = left_align(text, at, ref, alt)
    return start + block.reference_start, ref, alt


def _loci(block: ReadBlock, text: str, found: dict[Allele, int]) -> list[Locus]:
    """Join candidates whose repeat tracts overlap; keep the best supported alleles of each."""
    if not found:
        return []
    low = min(found)[0]
    depth = block.coverage(low, max(found)[0] + 1)
    groups: list[list[Allele]] = []
    ends: list[int] = []
    for allele in sorted(found):
        if found[allele] < SMALLEST_FRACTION * depth[allele[0] - low]:
            continue
        end = _tract_end(block, text, allele)
        if groups and allele[0] < ends[-1]:
            groups[-1].append(allele)
            ends[-1] = max(ends[-1], end)
        else:
            groups.append([allele])
            ends.append(end)
    return [_locus(block, text, group, end, found) for group, end in zip(groups, ends, strict=True)]


def _locus(block: ReadBlock, text: str, group: list[Allele], end: int, found: dict[Allele, int]) -> Locus:
    best = sorted(sorted(group, key=lambda allele: -found[allele])[:MOST_ALLELES])
    repeats = [_repeats(allele, _tract_end(block, text, allele)) for allele in best]
    return Locus(
        start=best[0][0],
        end=end,
        alleles=tuple(best),
        prior=tuple(_probability(PRIOR, *repeat, outside=PRIOR_OUTSIDE) for repeat in repeats),
        wrong_length=max(_probability(WRONG_LENGTH, *repeat, outside=45.0) for repeat in repeats),
    )


def _tract_end(block: ReadBlock, text: str, allele: Allele) -> int:
    """End of the stretch within which the change can be moved."""
    start, ref, alt = allele
    change = ref[1:] or alt[1:]
    at = start - block.reference_start + 1
    offset = len(ref) - 1
    while at + offset < len(text) and text[at + offset] == change[offset % len(change)]:
        offset += 1
    return start + 1 + offset


def _repeats(allele: Allele, end: int) -> tuple[int, int]:
    """Length of the unit that an allele adds or takes away, and how many copies of it the reference has."""
    change = allele[1][1:] or allele[2][1:]
    unit = next(p for p in range(1, len(change) + 1) if change == (change[:p] * len(change))[: len(change)])
    return unit, (end - allele[0] - 1) // unit


def _probability(
    curves: dict[int, tuple[tuple[int, ...], tuple[int, ...]]], unit: int, copies: int, *, outside: float
) -> float:
    if copies <= 1:
        return float(10 ** (-outside / 10))
    return float(10 ** (-np.interp(copies, *curves[min(unit, 3)]) / 10))


def _call(
    block: ReadBlock, text: str, locus: Locus, segments: _Segments
) -> tuple[dict[str, Any] | None, list[Misplaced]]:
    fits = _fit(block, text, locus, segments)
    if not len(fits.read):
        return None, []
    single = _one_per_fragment(block, fits)
    likelihood = 10**single.scores
    pairs = list(combinations_with_replacement(range(len(locus.alleles) + 1), 2))
    first, second = np.array(pairs).T
    joint = np.log10((likelihood[:, first] + likelihood[:, second]) / 2).sum(axis=0)
    joint += [_log_prior(a, b, locus.prior) for a, b in pairs]
    best = int(joint.argmax())
    if pairs[best] == (0, 0):
        return None, []
    return (
        _record(block, text, locus, pairs[best], joint, single),
        _misplaced(block, locus, set(pairs[best]) - {0}, fits),
    )


def _fit(block: ReadBlock, text: str, locus: Locus, segments: _Segments) -> Fits:
    """Lay the reads that touch a locus along its haplotypes."""
    low, high = locus.start - block.reference_start, locus.end - block.reference_start
    haplotypes = [text[low:high], *(_apply(text[low:high], locus, allele) for allele in locus.alleles)]
    width = max(map(len, haplotypes)) + REACH
    after, before = text[high : high + width], text[max(low - width, 0) : low][::-1]
    rightward = [(bases + after).ljust(width, "N")[:width] for bases in haplotypes]
    leftward = [(bases[::-1] + before).ljust(width, "N")[:width] for bases in haplotypes]
    front, back = segments.over(locus.start), segments.over(locus.end)
    back = back[~np.isin(block.segment_read[back], block.segment_read[front])]
    # The base in front of the first one behind the locus must have been sequenced.
    back = back[block.segment_query[back] + locus.end - block.segment_start[back] > _read_start(block, back)]
    scores = np.concatenate(
        [
            _score(block, front, locus.start, +1, rightward),
            _score(block, back, locus.end, -1, leftward),
        ]
    )
    segment = np.concatenate([front, back])
    read = block.segment_read[segment]
    allowed = _allow_errors(scores, block.mapping_quality[read], locus.wrong_length)
    return Fits(read, segment, allowed, np.arange(len(segment)) >= len(front))


def _read_start(block: ReadBlock, segment: Ints) -> Ints:
    return block.offset[block.segment_read[segment]]


def _apply(bases: str, locus: Locus, allele: Allele) -> str:
    """The bases of a haplotype over the locus, from those of the reference."""
    start = allele[0] - locus.start
    return bases[:start] + allele[2] + bases[start + len(allele[1]) :]


def _score(block: ReadBlock, segment: Ints, position: int, step: int, haplotypes: list[str]) -> Floats:
    """Log10 likelihood of reads laid without gaps along haplotypes, from `position` on in direction `step`,
    up to a term that is the same for all haplotypes.
    """
    query = block.segment_query[segment] + position - block.segment_start[segment] - (step < 0)
    read = block.segment_read[segment]
    table = letters("".join(haplotypes)).reshape(len(haplotypes), 1, -1)
    index = query[:, None] + step * np.arange(table.shape[2])
    valid = (index >= block.offset[read][:, None]) & (index < block.offset[read + 1][:, None])
    index = np.where(valid, index, 0)
    bases = block.bases[index]
    loss = np.where(valid & (bases != _UNKNOWN), _LOSS[block.quality[index]], 0.0)
    differs = (bases != table) & (table != _UNKNOWN)
    return np.asarray(-(differs * loss).sum(axis=2).T)


def _allow_errors(scores: Floats, mapping_quality: Bytes, wrong_length: float) -> Floats:
    """Mix in the chance that polymerase slippage or a wrong mapping made the read what it is."""
    error = np.minimum(wrong_length + 10 ** (mapping_quality / -10.0), 0.5)[:, None]
    top = scores.max(axis=1, keepdims=True)
    return np.asarray(np.log10((1 - error) * 10 ** (scores - top) + error))


def _one_per_fragment(block: ReadBlock, fits: Fits) -> Fits:
    """Of two mates over the same locus, keep the one that tells the haplotypes better apart."""
    spread = fits.scores.min(axis=1) - fits.scores.max(axis=1)
    fragment = block.fragment[fits.read]
    order = np.lexsort((fits.read, spread, fragment))
    new = np.ones(len(order), dtype=bool)
    new[1:] = np.diff(fragment[order]) != 0
    return fits.at(np.sort(order[new]))


def _log_prior(a: int, b: int, prior: tuple[float, ...]) -> float:
    if a == b == 0:
        return float(np.log10(max(1 - 1.5 * sum(prior), 0.1)))
    if a == 0:
        return float(np.log10(prior[b - 1]))
    if a == b:
        return float(np.log10(prior[a - 1] / 2))
    return float(np.log10(prior[a - 1] * prior[b - 1]))


def _misplaced(block: ReadBlock, locus: Locus, called: set[int], fits: Fits) -> list[Misplaced]:
    """Bases beyond the locus of reads that fit a called allele but were aligned straight across it."""
    votes = fits.votes()
    wrong = []
    for row in np.flatnonzero(np.isin(votes, list(called))).tolist():
        segment = int(fits.segment[row])
        start, end = int(block.segment_start[segment]), int(block.segment_ends()[segment])
        if fits.leftward[row]:
            wrong.append(Misplaced(segment, start, locus.end))
        elif end > locus.end:
            wrong.append(Misplaced(segment, locus.start + 1, end))
    return wrong


def _record(
    block: ReadBlock, text: str, locus: Locus, pair: tuple[int, int], joint: Floats, fits: Fits
) -> dict[str, Any]:
    used = sorted(set(pair) - {0})
    alleles = [locus.alleles[index - 1] for index in used]
    start = min(allele[0] for allele in alleles)
    end = max(allele[0] + len(allele[1]) for allele in alleles)
    ref = text[start - block.reference_start : end - block.reference_start]
    alt = [ref[: a[0] - start] + a[2] + ref[a[0] - start + len(a[1]) :] for a in alleles]
    votes, reverse = fits.votes(), block.reverse[fits.read]
    is_alt, is_ref = np.isin(votes, used), votes == 0
    probability = 10 ** (joint - joint.max())
    wrong = 1 - probability.max() / probability.sum()
    total = joint.max() + np.log10(probability.sum())
    numbers = sorted(0 if index == 0 else used.index(index) + 1 for index in pair)
    return {
        "chrom": block.chrom,
        "start": start,
        "end": end,
        "pos": start + 1,
        "ref": ref,
        "alt": ",".join(alt),
        "qual": max(-10 * float(joint[0] - total), 0.0),
        "allele1": numbers[0],
        "allele2": numbers[1],
        "gq": round(float(phred(max(wrong, 0.0), MAX_GQ))),
        "dp": int((votes >= 0).sum()),
        "ad": ",".join(str(int((votes == index).sum())) for index in (0, *used)),
        "ref_forward": int((is_ref & ~reverse).sum()),
        "ref_reverse": int((is_ref & reverse).sum()),
        "alt_forward": int((is_alt & ~reverse).sum()),
        "alt_reverse": int((is_alt & reverse).sum()),
    }
