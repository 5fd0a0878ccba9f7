"""Insertions and deletions: candidates from the reads' gaps, then reads against haplotypes.

A gap may sit anywhere in a repeat, and near its end a read shows mismatches or a clipped tail instead of a
gap. So gaps are only used to propose alleles. Each read is then laid without gaps along the reference and
along each proposed haplotype, from the base where it is safely anchored, and its likelihood under each is
compared.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import numpy.typing as npt

from biolabkit.genomics._reads import BASES, Bytes, Ints, N, ReadBlock, encode
from biolabkit.genomics.genotypes import MAX_GQ, MOST_ERROR, phred
from biolabkit.genomics.normalize import left_align

__all__ = ["INDEL_THETA", "indel_calls"]

Floats = npt.NDArray[np.float64]

INDEL_THETA = 1.25e-4
"""Prior heterozygosity of indels in humans (the default of GATK HaplotypeCaller)."""

FEWEST_READS = 2
SMALLEST_FRACTION = 0.1
MOST_ALLELES = 3
# Bases behind a repeat that a read is compared over: a shifted read soon shows mismatches there.
REACH = 40
# A read votes for an allele in AD when it fits ten times better than the next.
VOTE = 1.0


@dataclass(frozen=True)
class Locus:
    """Alternative alleles that share one stretch ``[start, end)`` of the reference; `start` is the anchor
    base.
    """

    start: int
    end: int
    alleles: tuple[tuple[int, str, str], ...]
    repeats: int


def indel_calls(block: ReadBlock, *, theta: float = INDEL_THETA) -> list[dict[str, Any]]:
    """Call the indels whose anchor base lies inside a block's stretch.

    Returns
    -------
    list of dict
        One record per locus whose best genotype is not homozygous for the reference, with the columns of
        `biolabkit.genomics.posterior` up to alt_reverse.
    """
    text = "".join(np.array([*BASES, "N"])[block.reference].tolist())
    found = _candidates(block, text)
    if not found:
        return []
    ordered = _Segments(block)
    records = []
    for locus in _loci(block, text, found, ordered):
        record = _call(block, text, locus, ordered, theta)
        if record is not None:
            records.append(record)
    return records


class _Segments:
    """The gapless pieces of the reads, sorted by where they start, to find those over one position."""

    def __init__(self, block: ReadBlock) -> None:
        order = np.argsort(block.segment_start, kind="stable")
        self.read: Ints = block.segment_read[order]
        self.query: Ints = block.segment_query[order]
        self.start: Ints = block.segment_start[order]
        self.length: Ints = block.segment_length[order]
        self.longest = int(self.length.max(initial=0))

    def over(self, position: int) -> tuple[Ints, Ints]:
        """Reads with an aligned base at `position`, and the index of that base."""
        low = np.searchsorted(self.start, position - self.longest, side="right")
        part = slice(low, np.searchsorted(self.start, position, side="right"))
        hit = self.start[part] + self.length[part] > position
        return self.read[part][hit], (self.query[part] + position - self.start[part])[hit]


def _candidates(block: ReadBlock, text: str) -> dict[tuple[int, str, str], int]:
    """Left-aligned alleles that the reads' gaps propose, and how many fragments show each."""
    spelled: dict[tuple[int, str, int], tuple[int, str, str] | None] = {}
    witnesses: dict[tuple[int, str, str], set[int]] = defaultdict(set)
    for gap in block.gaps:
        key = (gap.anchor, gap.inserted, gap.deleted)
        if key not in spelled:
            spelled[key] = _spell(block, text, *key)
        allele = spelled[key]
        if allele is not None:
            witnesses[allele].add(int(block.fragment[gap.read]))
    enough = {allele: len(names) for allele, names in witnesses.items() if len(names) >= FEWEST_READS}
    return {allele: count for allele, count in enough.items() if block.start <= allele[0] < block.end}


def _spell(
    block: ReadBlock, text: str, anchor: int, inserted: str, deleted: int
) -> tuple[int, str, str] | None:
    at = anchor - block.reference_start
    if at < 1 or at + deleted + 1 >= len(text):
        return None
    ref = text[at : at + 1 + deleted]
    alt = text[at] + inserted
    if "N" in ref + alt or ref == alt:
        return None
    start, ref, alt = left_align(text, at, ref, alt)
    return start + block.reference_start, ref, alt


def _loci(
    block: ReadBlock, text: str, found: dict[tuple[int, str, str], int], segments: _Segments
) -> list[Locus]:
    """Join candidates whose repeat tracts overlap; keep the best supported alleles of each."""
    groups: list[list[tuple[int, str, str]]] = []
    ends: list[int] = []
    for allele in sorted(found):
        depth = len(segments.over(allele[0])[0])
        if found[allele] < SMALLEST_FRACTION * depth:
            continue
        end = _tract_end(block, text, allele)
        if groups and allele[0] < ends[-1]:
            groups[-1].append(allele)
            ends[-1] = max(ends[-1], end)
        else:
            groups.append([allele])
            ends.append(end)
    loci = []
    for group, end in zip(groups, ends, strict=True):
        best = sorted(sorted(group, key=lambda allele: -found[allele])[:MOST_ALLELES])
        loci.append(Locus(best[0][0], end, tuple(best), max(_repeats(allele, end) for allele in best)))
    return loci


def _tract_end(block: ReadBlock, text: str, allele: tuple[int, str, str]) -> int:
    """End of the stretch within which the change can be moved."""
    start, ref, alt = allele
    change = ref[1:] or alt[1:]
    at = start - block.reference_start + 1
    offset = len(ref) - 1
    while at + offset < len(text) and text[at + offset] == change[offset % len(change)]:
        offset += 1
    return start + 1 + offset


def _repeats(allele: tuple[int, str, str], end: int) -> int:
    """How many copies of its unit the tract of an allele has."""
    change = allele[1][1:] or allele[2][1:]
    period = next(p for p in range(1, len(change) + 1) if change == (change[:p] * len(change))[: len(change)])
    return (end - allele[0] - 1) // period


def _call(
    block: ReadBlock, text: str, locus: Locus, segments: _Segments, theta: float
) -> dict[str, Any] | None:
    changed = [_apply(block, text, locus, allele) for allele in (None, *locus.alleles)]
    reads, scores = _score_reads(block, text, locus, changed, segments)
    if not len(reads):
        return None
    scores = _allow_errors(scores, block.mapping_quality[reads], locus.repeats)
    pairs = list(combinations_with_replacement(range(len(changed)), 2))
    joint = np.array([_log_diploid(scores, a, b) + _log_prior(a, b, theta) for a, b in pairs])
    probability = 10 ** (joint - joint.max())
    probability /= probability.sum()
    best = int(joint.argmax())
    if pairs[best] == (0, 0):
        return None
    return _record(block, text, locus, pairs[best], joint, probability, reads, scores)


def _apply(block: ReadBlock, text: str, locus: Locus, allele: tuple[int, str, str] | None) -> str:
    """The bases of a haplotype over the locus."""
    low, high = locus.start - block.reference_start, locus.end - block.reference_start
    if allele is None:
        return text[low:high]
    start = allele[0] - block.reference_start
    return text[low:start] + allele[2] + text[start + len(allele[1]) : high]


def _score_reads(
    block: ReadBlock, text: str, locus: Locus, changed: list[str], segments: _Segments
) -> tuple[Ints, Floats]:
    """Log10 likelihood of each read that touches the locus under each haplotype."""
    low, high = locus.start - block.reference_start, locus.end - block.reference_start
    longest = max(len(bases) for bases in changed)
    width = longest + REACH
    rightward = [(bases + text[high : high + width]).ljust(width, "N")[:width] for bases in changed]
    leftward = [
        (bases[::-1] + text[max(low - width, 0) : low][::-1]).ljust(width, "N")[:width] for bases in changed
    ]
    reads, query = segments.over(locus.start)
    scores = _score(block, reads, query, +1, np.stack([encode(bases) for bases in rightward]))
    others, other_query = segments.over(locus.end)
    new = ~np.isin(others, reads)
    others, other_query = others[new], other_query[new] - 1
    inner = other_query >= block.offset[others]
    others, other_query = others[inner], other_query[inner]
    more = _score(block, others, other_query, -1, np.stack([encode(bases) for bases in leftward]))
    return _one_per_fragment(block, np.concatenate([reads, others]), np.concatenate([scores, more]))


def _one_per_fragment(block: ReadBlock, reads: Ints, scores: Floats) -> tuple[Ints, Floats]:
    """Of two mates over the same locus, keep the one that tells the haplotypes better apart."""
    order = np.lexsort((reads, scores.min(axis=1) - scores.max(axis=1), block.fragment[reads]))
    _, first = np.unique(block.fragment[reads][order], return_index=True)
    kept = np.sort(order[first])
    return reads[kept], scores[kept]


def _score(block: ReadBlock, reads: Ints, query: Ints, step: int, haplotypes: Bytes) -> Floats:
    """Lay reads along haplotypes without gaps, from `query` on in direction `step`."""
    width = haplotypes.shape[1]
    index = query[:, None] + step * np.arange(width)
    valid = (index >= block.offset[reads][:, None]) & (index < block.offset[reads + 1][:, None])
    index = np.where(valid, index, 0)
    codes, quality = block.codes[index], block.quality[index]
    valid &= codes < N
    error = np.minimum(10 ** (quality / -10.0), MOST_ERROR)
    match, mismatch = np.log10(1 - error), np.log10(error / 3)
    scores = np.zeros((len(reads), len(haplotypes)))
    for column, bases in enumerate(haplotypes):
        same = (codes == bases) | (bases == N)
        scores[:, column] = np.where(valid, np.where(same, match, mismatch), 0.0).sum(axis=1)
    return scores


def _allow_errors(scores: Floats, mapping_quality: Bytes, repeats: int) -> Floats:
    """Mix in the chance that polymerase slippage or a wrong mapping made the read what it is.

    The slippage quality is GATK's "conservative" PCR indel model: 41 − exp(repeats / 3π), at least 10.
    """
    slippage = max(41 - np.exp(min(repeats, 40) / (3 * np.pi)), 10)
    error = np.minimum(10 ** (-slippage / 10) + 10 ** (mapping_quality / -10.0), 0.5)[:, None]
    top = scores.max(axis=1, keepdims=True)
    return np.log10((1 - error) * 10 ** (scores - top) + error)


def _log_diploid(scores: Floats, a: int, b: int) -> float:
    return float(np.log10((10 ** scores[:, a] + 10 ** scores[:, b]) / 2).sum())


def _log_prior(a: int, b: int, theta: float) -> float:
    if a == b == 0:
        return float(np.log10(1 - 1.5 * theta - theta**2))
    if a == 0:
        return float(np.log10(theta))
    return float(np.log10(theta / 2 if a == b else theta**2))


def _record(
    block: ReadBlock,
    text: str,
    locus: Locus,
    pair: tuple[int, int],
    joint: Floats,
    probability: Floats,
    reads: Ints,
    scores: Floats,
) -> dict[str, Any]:
    used = sorted(set(pair) - {0})
    alleles = [locus.alleles[index - 1] for index in used]
    start = min(allele[0] for allele in alleles)
    end = max(allele[0] + len(allele[1]) for allele in alleles)
    ref = text[start - block.reference_start : end - block.reference_start]
    alt = [ref[: a[0] - start] + a[2] + ref[a[0] - start + len(a[1]) :] for a in alleles]
    votes = np.where(
        np.sort(scores, axis=1)[:, -1] - np.sort(scores, axis=1)[:, -2] >= VOTE, scores.argmax(axis=1), -1
    )
    reverse = block.reverse[reads]
    is_alt, is_ref = np.isin(votes, used), votes == 0
    depths = [int((votes == index).sum()) for index in (0, *used)]
    total = joint.max() + np.log10((10 ** (joint - joint.max())).sum())
    numbers = sorted(0 if index == 0 else used.index(index) + 1 for index in pair)
    wrong = probability.sum() - probability.max()
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
        "ad": ",".join(map(str, depths)),
        "ref_forward": int((is_ref & ~reverse).sum()),
        "ref_reverse": int((is_ref & reverse).sum()),
        "alt_forward": int((is_alt & ~reverse).sum()),
        "alt_reverse": int((is_alt & reverse).sum()),
    }
