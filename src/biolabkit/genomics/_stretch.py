"""Calling one stretch of a contig, window by window; this is what a worker process does."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from biolabkit.genomics._alignment import Alignment, open_alignment
from biolabkit.genomics._columns import Columns, columns_of
from biolabkit.genomics._filters import STRAND_COLUMNS
from biolabkit.genomics._genotypes import BASES, call_sites, sum_likelihoods
from biolabkit.genomics._load import read_block
from biolabkit.genomics._observations import observe
from biolabkit.genomics._reads import Bools, Bytes, Ints, Mismatches, ReadBlock, encode, find_mismatches
from biolabkit.genomics.indels import Misplaced, indel_calls

__all__ = ["Options", "call_stretch", "call_window"]

# Reads are loaded this many reference bases at a time; at 30x that takes some 10 MB.
WINDOW = 25_000
# Reads this far outside a window are looked at too: an indel there may misplace bases inside.
OVERHANG = 300
# A site is looked at when this many reads, and this fraction of them, show one other base.
FEWEST_ALTERNATIVE = 2
SMALLEST_FRACTION = 0.1


@dataclass(frozen=True)
class Options:
    """What a caller needs to know besides the files and the region."""

    theta: float
    min_base_quality: int
    min_mapping_quality: int


@dataclass(frozen=True)
class Pile:
    """The bases over sites that may be SNVs, sorted by position, as parallel arrays.

    Attributes
    ----------
    position : int64 array
    code, reference : uint8 arrays
        0–3 for A, C, G, T.
    quality : uint8 array
        The worse of base and mapping quality.
    reverse : bool array
    """

    position: Ints
    code: Bytes
    reference: Bytes
    quality: Bytes
    reverse: Bools


def call_stretch(bam: str, reference: str, options: Options, stretch: tuple[str, int, int]) -> Columns:
    """Unfiltered calls of one stretch ``(chrom, start, end)``, sorted.

    Raises
    ------
    FormatError
        As `biolabkit.genomics.call_variants`.
    """
    chrom, start, end = stretch
    piles: list[Pile] = []
    records: list[dict[str, Any]] = []
    with open_alignment(bam, reference) as alignment:
        for low in range(start, end, WINDOW):
            pile, indels = call_window(alignment, (chrom, low, min(low + WINDOW, end)), options)
            piles.append(pile)
            records += indels
    records += _snvs(chrom, piles, options.theta)
    return columns_of(sorted(records, key=lambda record: (record["start"], record["ref"])))


def call_window(
    alignment: Alignment, window: tuple[str, int, int], options: Options
) -> tuple[Pile, list[dict[str, Any]]]:
    """The bases at the sites that may be SNVs, and the indels."""
    block = read_block(alignment, *window, options.min_mapping_quality, overhang=OVERHANG)
    found = find_mismatches(alignment, block)
    indels, misplaced = indel_calls(block)
    if misplaced:
        _leave_out(block, misplaced)
        found = _still_aligned(block, found)
    sites = _candidate_sites(block, found, options.min_base_quality)
    sites = sites[~np.isin(sites, _deleted_from_both(indels))]
    return _pile(block, sites, options.min_base_quality), indels


def _pile(block: ReadBlock, sites: Ints, min_base_quality: int) -> Pile:
    seen = observe(block, min_base_quality, sites)
    seen = seen.at(np.argsort(seen.position, kind="stable"))
    quality = np.minimum(seen.quality, block.mapping_quality[seen.read])
    return Pile(seen.position, seen.code, seen.reference, quality, block.reverse[seen.read])


def _snvs(chrom: str, piles: Sequence[Pile], theta: float) -> list[dict[str, Any]]:
    """Sites whose best genotype is not homozygous for the reference, one record each."""
    position, code, reference, quality, reverse = (
        np.concatenate([getattr(pile, name) for pile in piles])
        for name in ("position", "code", "reference", "quality", "reverse")
    )
    new = np.ones(len(position), dtype=bool)
    new[1:] = np.diff(position) != 0
    site = np.cumsum(new) - 1
    start, ref = position[new], reference[new].astype(np.int64)
    sites = sum_likelihoods(site, len(start), code.astype(np.int64), quality, reverse)
    called, _ = call_sites(ref, sites, theta)
    alt = called["alt"]
    depth = sites.counts.sum(axis=1)
    names = ("qual", "allele1", "allele2", "gq", "ad", *STRAND_COLUMNS)
    return [
        {
            "chrom": chrom,
            "start": int(start[row]),
            "end": int(start[row]) + 1,
            "pos": int(start[row]) + 1,
            "ref": BASES[ref[row]],
            "alt": alt[row],
            "dp": depth[row],
            **{name: called[name][row] for name in names},
        }
        for row, text in enumerate(alt)
        if text != "."
    ]


def _deleted_from_both(indels: list[dict[str, Any]]) -> list[int]:
    """Positions that neither chromosome has any more: bases over them are misplaced, whatever they show."""
    gone: list[int] = []
    for record in indels:
        lengths = [len(record["ref"]), *map(len, record["alt"].split(","))]
        longest = max(lengths[record["allele1"]], lengths[record["allele2"]])
        gone += range(record["start"] + longest, record["end"])
    return gone


def _leave_out(block: ReadBlock, misplaced: list[Misplaced]) -> None:
    """Cut misplaced bases off the ends of their gapless pieces."""
    for bases in misplaced:
        start, length = block.segment_start[bases.segment], block.segment_length[bases.segment]
        if bases.start <= start:
            cut = int(np.clip(bases.end - start, 0, length))
            block.segment_start[bases.segment] += cut
            block.segment_query[bases.segment] += cut
            block.segment_length[bases.segment] -= cut
        else:
            block.segment_length[bases.segment] = min(length, bases.start - start)


def _still_aligned(block: ReadBlock, found: Mismatches) -> Mismatches:
    first = block.segment_start[found.segment]
    kept = (found.position >= first) & (found.position < first + block.segment_length[found.segment])
    return Mismatches(found.query[kept], found.position[kept], found.segment[kept])


def _candidate_sites(block: ReadBlock, found: Mismatches, min_base_quality: int) -> Ints:
    """Positions of the window where enough reads agree on another base than the reference's."""
    counted = (found.position >= block.start) & (found.position < block.end)
    counted &= block.quality[found.query] >= min_base_quality
    cell = found.position[counted] * 4 + encode(block.bases[found.query[counted]])
    cells, alternative = np.unique(cell, return_counts=True)
    several = alternative >= FEWEST_ALTERNATIVE
    sites, alternative = cells[several] // 4, alternative[several]
    depth = block.coverage(block.start, block.end)[sites - block.start]
    sites = sites[alternative >= SMALLEST_FRACTION * depth]
    return sites[np.diff(sites, prepend=-1) > 0]
