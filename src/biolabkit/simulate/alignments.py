"""Simulated reads as a BAM file, laid where they come from."""

from array import array
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from biolabkit._pysam import import_pysam
from biolabkit.simulate._bases import to_text
from biolabkit.simulate.fragments import ReadPairs

if TYPE_CHECKING:
    import pysam

Placement = tuple[int, list[tuple[int, int]]]
"""Reference start and CIGAR."""

MAPPING_QUALITY = 60
# An aligner clips the end of a read rather than open a gap for so few bases.
SHORTEST_ANCHOR = 6
# CIGAR operations in their BAM code
MATCH, INSERTION, DELETION, SOFT_CLIP = 0, 1, 2, 4


def write_bam(pairs: ReadPairs, path: Path, *, flag_duplicates: bool) -> None:
    """Write a coordinate-sorted BAM and its index; nothing is left when that fails."""
    pysam = import_pysam()
    genome = pairs.sample.genome
    header = pysam.AlignmentHeader.from_dict(
        {
            "HD": {"VN": "1.6", "SO": "coordinate"},
            "SQ": [{"SN": genome.name, "LN": len(genome)}],
            "RG": [{"ID": "simulated", "SM": "simulated", "PL": "ILLUMINA"}],
        }
    )
    placed = _placements(pairs)
    flagged = pairs.duplicate & flag_duplicates
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with pysam.AlignmentFile(str(temporary), "wb", header=header) as bam:
            for row in sorted(range(len(placed)), key=lambda i: (placed[i][0], i)):
                bam.write(_segment(header, pairs, placed, row, duplicate=bool(flagged[row // 2])))
        pysam.index(str(temporary), f"{path}.bai")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _placements(pairs: ReadPairs) -> list[Placement]:
    """Where every read lies; the part of it that lies in an adapter is soft-clipped."""
    length = pairs.read_length
    placed = []
    for which, start, size in zip(pairs.haplotype, pairs.start, pairs.size, strict=True):
        reference = pairs.sample.haplotypes[which].reference
        inside = min(length, int(size))
        left = cigar(reference[start : start + inside])
        right = cigar(reference[start + size - inside : start + size])
        placed += [_clip(left, 0, length - inside), _clip(right, length - inside, 0)]
    return placed


def _clip(placement: Placement, before: int, behind: int) -> Placement:
    """Add soft-clipped bases on either side."""
    start, operations = placement
    if before:
        clipped = operations[0][1] if operations[0][0] == SOFT_CLIP else 0
        operations = [(SOFT_CLIP, before + clipped), *operations[1 if clipped else 0 :]]
    if behind:
        clipped = operations[-1][1] if operations[-1][0] == SOFT_CLIP else 0
        operations = [*operations[: -1 if clipped else None], (SOFT_CLIP, behind + clipped)]
    return start, operations


def cigar(positions: npt.NDArray[np.int64]) -> Placement:
    """Reference start and CIGAR of a read whose bases lie at `positions` (-1: inserted)."""
    length = len(positions)
    if positions.min() >= 0 and positions[-1] - positions[0] == length - 1:
        return int(positions[0]), [(MATCH, length)]
    inserted = positions < 0
    breaks = np.flatnonzero((np.diff(positions) != 1) & ~(inserted[1:] & inserted[:-1])) + 1
    edges = [0, *breaks.tolist(), length]
    runs = list(pairwise(edges))
    while len(runs) > 1 and (inserted[runs[0][0]] or runs[0][1] - runs[0][0] < SHORTEST_ANCHOR):
        runs.pop(0)
    while len(runs) > 1 and (inserted[runs[-1][0]] or runs[-1][1] - runs[-1][0] < SHORTEST_ANCHOR):
        runs.pop()
    first, last = runs[0][0], runs[-1][1]
    operations = [(SOFT_CLIP, first)] if first else []
    reached = int(positions[first])
    for begin, end in runs:
        if inserted[begin]:
            operations.append((INSERTION, end - begin))
            continue
        if positions[begin] > reached:
            operations.append((DELETION, int(positions[begin]) - reached))
        operations.append((MATCH, end - begin))
        reached = int(positions[end - 1]) + 1
    if last < length:
        operations.append((SOFT_CLIP, length - last))
    return int(positions[first]), operations


def _segment(
    header: "pysam.AlignmentHeader",
    pairs: ReadPairs,
    placed: list[Placement],
    row: int,
    *,
    duplicate: bool,
) -> "pysam.AlignedSegment":
    import pysam  # `write_bam` made sure that it is there

    mate = row ^ 1
    reverse = bool(row % 2)
    start, operations = placed[row]
    left, right = placed[row - row % 2], placed[row | 1]
    span = right[0] + sum(n for op, n in right[1] if op in (MATCH, DELETION)) - left[0]
    read = pysam.AlignedSegment(header)
    read.query_name = pairs.name(row // 2)
    first_in_pair = bool(pairs.first_forward[row // 2]) != reverse
    read.flag = 0x1 | 0x2 | (0x10 if reverse else 0x20) | (0x40 if first_in_pair else 0x80)
    read.flag |= 0x400 if duplicate else 0
    read.reference_id = read.next_reference_id = 0
    read.reference_start, read.next_reference_start = start, placed[mate][0]
    read.mapping_quality = MAPPING_QUALITY
    read.cigartuples = operations
    read.template_length = -span if reverse else span
    read.query_sequence = to_text(pairs.bases[row])
    read.query_qualities = array("B", pairs.qualities[row].tobytes())
    read.set_tag("RG", "simulated")
    return read
