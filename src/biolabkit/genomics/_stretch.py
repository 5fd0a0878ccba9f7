"""Calling one stretch of a contig, window by window; this is what a worker process does."""

from dataclasses import dataclass
from typing import Any

import numpy as np
import pandas as pd

from biolabkit.genomics._alignment import Alignment, open_alignment
from biolabkit.genomics._load import read_block
from biolabkit.genomics._reads import Ints, Mismatches, ReadBlock, encode, find_mismatches
from biolabkit.genomics.genotypes import GENOTYPES, genotype_likelihoods, posterior
from biolabkit.genomics.indels import Misplaced, indel_calls
from biolabkit.genomics.pileup import observation_table, observe
from biolabkit.genomics.vcf import CALL_COLUMNS

__all__ = ["STRAND_COLUMNS", "Options", "call_stretch", "call_window", "concatenate"]

STRAND_COLUMNS = ("ref_forward", "ref_reverse", "alt_forward", "alt_reverse")
CALLED = (*(name for name in CALL_COLUMNS if name != "filter"), *STRAND_COLUMNS)

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


def call_stretch(bam: str, reference: str, options: Options, stretch: tuple[str, int, int]) -> pd.DataFrame:
    """Unfiltered calls of one stretch ``(chrom, start, end)``, sorted.

    Raises
    ------
    FormatError
        As `biolabkit.genomics.call_variants`.
    """
    chrom, start, end = stretch
    piles: list[pd.DataFrame] = []
    parts: list[pd.DataFrame] = []
    with open_alignment(bam, reference) as alignment:
        for low in range(start, end, WINDOW):
            pile, indels = call_window(alignment, (chrom, low, min(low + WINDOW, end)), options)
            piles.append(pile)
            parts.append(indels)
    pile = pd.concat(piles, ignore_index=True)
    if len(pile):
        sites = posterior(genotype_likelihoods(pile), theta=options.theta)
        parts.append(sites[sites["alt"] != "."].drop(columns=list(GENOTYPES)))
    calls = concatenate([part for part in parts if len(part)])
    return calls.sort_values(["start", "ref"], kind="stable", ignore_index=True)


def concatenate(parts: list[pd.DataFrame]) -> pd.DataFrame:
    """One table of calls, of the right types even when there are none."""
    table = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=list(CALLED))
    return table.astype({"chrom": object, "allele1": np.int8, "allele2": np.int8})


def call_window(
    alignment: Alignment, window: tuple[str, int, int], options: Options
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The bases at the sites that may be SNVs, and the indels."""
    block = read_block(alignment, *window, options.min_mapping_quality, overhang=OVERHANG)
    found = find_mismatches(alignment, block)
    indels, misplaced = indel_calls(block)
    if misplaced:
        _leave_out(block, misplaced)
        found = _still_aligned(block, found)
    sites = _candidate_sites(block, found, options.min_base_quality)
    sites = sites[~np.isin(sites, _deleted_from_both(indels))]
    pile = observation_table(block, observe(block, options.min_base_quality, sites))
    return pile, pd.DataFrame(indels, columns=list(CALLED))


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
    return np.unique(sites[alternative >= SMALLEST_FRACTION * depth])
