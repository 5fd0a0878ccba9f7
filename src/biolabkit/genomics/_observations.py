"""The bases of a block of reads that count at each position."""

from dataclasses import dataclass, fields

import numpy as np

from biolabkit.genomics._reads import Bools, Bytes, Ints, N, ReadBlock, encode

__all__ = ["MIN_BASE_QUALITY", "MIN_MAPPING_QUALITY", "Observations", "observe"]

MIN_BASE_QUALITY = 13
MIN_MAPPING_QUALITY = 20


@dataclass(frozen=True)
class Observations:
    """Aligned bases of one block that count, as parallel arrays.

    Attributes
    ----------
    position : int64 array
        Reference position.
    code, reference, quality : uint8 arrays
        Base seen, base of the reference (0–3 for A, C, G, T), Phred quality.
    read : int64 array
        Index into the block's per-read arrays.
    """

    position: Ints
    code: Bytes
    reference: Bytes
    quality: Bytes
    read: Ints

    def at(self, wanted: Bools | Ints) -> "Observations":
        """The observations where `wanted` is true, or those of its indices."""
        return Observations(*(getattr(self, field.name)[wanted] for field in fields(self)))


def observe(block: ReadBlock, min_base_quality: int, sites: Ints | None = None) -> Observations:
    """The bases over the block's window, or over given positions of it (sorted).

    Where two mates overlap, only the better base counts; if they disagree, its quality is lowered by the
    other's.
    """
    query, position, segment = block.aligned() if sites is None else block.over(sites)
    inside = (position >= block.start) & (position < block.end)
    query, position, segment = query[inside], position[inside], segment[inside]
    code = encode(block.bases[query])
    reference = encode(block.reference[position - block.reference_start])
    read = block.segment_read[segment]
    seen = Observations(position, code, reference, block.quality[query], read)
    seen = seen.at((code < N) & (reference < N))
    lost = _mate_overlap(block, seen)
    return seen.at((seen.quality >= min_base_quality) & ~lost)


def _mate_overlap(block: ReadBlock, seen: Observations) -> Bools:
    """Mark the worse base where two mates overlap; lower the better one's quality in place if they
    disagree.
    """
    lost = np.zeros(len(seen.position), dtype=bool)
    rows = np.flatnonzero(_mates_overlap(block)[seen.read])
    if not len(rows):
        return lost
    quality = seen.quality[rows]
    keys = block.fragment[seen.read[rows]] * (block.end - block.start) + seen.position[rows] - block.start
    # Worst first: the last of each key is kept.
    order = np.lexsort((quality, keys))
    twice = np.flatnonzero(keys[order][1:] == keys[order][:-1])
    worse, better = rows[order[twice]], rows[order[twice + 1]]
    lost[worse] = True
    differ = seen.code[worse] != seen.code[better]
    seen.quality[better[differ]] -= seen.quality[worse[differ]]
    return lost


def _mates_overlap(block: ReadBlock) -> Bools:
    """Which reads share reference positions with their mate."""
    begin = np.full(len(block), np.iinfo(np.int64).max)
    finish = np.full(len(block), -1)
    np.minimum.at(begin, block.segment_read, block.segment_start)
    np.maximum.at(finish, block.segment_read, block.segment_ends())
    order = np.lexsort((begin, block.fragment))
    same = block.fragment[order][1:] == block.fragment[order][:-1]
    pairs = np.flatnonzero(same & (begin[order][1:] < finish[order][:-1]))
    result = np.zeros(len(block), dtype=bool)
    result[order[pairs]] = result[order[pairs + 1]] = True
    return result
