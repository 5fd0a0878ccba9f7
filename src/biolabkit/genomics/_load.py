"""Loading the reads over a window: blocks of BAM records at once, or read by read through pysam."""

from array import array
from dataclasses import dataclass
from itertools import chain

import numpy as np

from biolabkit._words import told
from biolabkit.errors import FormatError
from biolabkit.genomics._alignment import Alignment
from biolabkit.genomics._bam_blocks import Reads, Unusual
from biolabkit.genomics._reads import Bytes, Gap, Ints, ReadBlock, letters
from biolabkit.genomics._sentences import reason
from biolabkit.genomics.cigar import ALIGNED_CODES, DELETION, INSERTION, SKIP, SOFT_CLIP

__all__ = ["read_block"]

# Unmapped, secondary, failed the platform's quality check, duplicate, supplementary.
EXCLUDED_FLAGS = 0x4 | 0x100 | 0x200 | 0x400 | 0x800
REVERSE_FLAG = 0x10
# The reference is loaded this far over both ends of what the reads cover, so that indels can be shifted.
FLANK = 1_000

# The first quality of a read that has none.
NO_QUALITY = 0xFF

Window = tuple[str, int, int]


@dataclass(frozen=True)
class Loaded:
    """The reads' part of a `ReadBlock`; rows of `segments` are read, query, start and length."""

    bases: Bytes
    quality: Bytes
    length: Ints
    mapping_quality: Bytes
    flag: Ints
    fragment: Ints
    segments: Ints
    gaps: list[Gap]


_NO_NUMBERS, _NO_BYTES = np.empty(0, dtype=np.int64), np.empty(0, dtype=np.uint8)
NOTHING = Loaded(
    bases=_NO_BYTES,
    quality=_NO_BYTES,
    length=_NO_NUMBERS,
    mapping_quality=_NO_BYTES,
    flag=_NO_NUMBERS,
    fragment=_NO_NUMBERS,
    segments=np.empty((4, 0), dtype=np.int64),
    gaps=[],
)


def read_block(
    alignment: Alignment, chrom: str, start: int, end: int, min_mapping_quality: int, *, overhang: int = 0
) -> ReadBlock:
    """Load the usable reads that come within `overhang` bases of ``chrom:[start, end)``.

    Duplicates, secondary and supplementary alignments, reads that failed the platform's check and reads below
    `min_mapping_quality` are left out.

    Raises
    ------
    FormatError
        When reads have no base qualities or the file is damaged.
    """
    low = max(start - overhang, 0)
    high = min(end + overhang, alignment.reads.get_reference_length(chrom))
    try:
        loaded = in_blocks(alignment, (chrom, low, high), min_mapping_quality)
    except Unusual:
        loaded = one_by_one(alignment, (chrom, low, high), min_mapping_quality)
    read, query, begin, length = loaded.segments.copy()  # `call_window` cuts pieces shorter
    covered = (int(begin.min()), int((begin + length).max())) if len(begin) else (start, end)
    reference_start = max(min(start, covered[0]) - FLANK, 0)
    return ReadBlock(
        chrom=chrom,
        start=start,
        end=end,
        reference=letters(alignment.fasta.fetch(chrom, reference_start, max(end, covered[1]) + FLANK)),
        reference_start=reference_start,
        bases=loaded.bases,
        quality=loaded.quality,
        offset=np.concatenate([[0], np.cumsum(loaded.length)]),
        mapping_quality=loaded.mapping_quality,
        reverse=(loaded.flag & REVERSE_FLAG) > 0,
        fragment=loaded.fragment,
        segment_read=read,
        segment_query=query,
        segment_start=begin,
        segment_length=length,
        gaps=loaded.gaps,
    )


def in_blocks(alignment: Alignment, region: Window, min_mapping_quality: int) -> Loaded:
    """The usable reads over a region of a BAM, by blocks of records.

    Raises
    ------
    Unusual
        When `one_by_one` has to do it, be it only to say what is wrong.
    """
    if alignment.blocks is None:
        raise Unusual
    chrom, low, high = region
    contig = alignment.reads.get_tid(chrom)
    parts = []
    for records in alignment.blocks.over(contig, low, high):
        fixed = records.fixed
        usable = records.over(contig, low, high)
        usable &= (fixed["flag"] & EXCLUDED_FLAGS == 0) & (fixed["mapping_quality"] >= min_mapping_quality)
        usable &= (fixed["length"] > 0) & (fixed["operations"] > 0)
        if usable.any():
            parts.append(records.reads(usable))
    return _assembled(parts) if parts else NOTHING


def _assembled(parts: list[Reads]) -> Loaded:
    """The reads of several blocks, one behind the other."""
    start, flag, mapping_quality, length, bases, quality, operation, size, on_read, on_reference = (
        np.concatenate([getattr(part, name) for part in parts])
        for name in (
            *("start", "flag", "mapping_quality", "length", "bases", "quality"),
            *("operation", "size", "on_read", "on_reference"),
        )
    )
    before = np.cumsum([0, *(len(part.start) for part in parts)])
    read = np.concatenate([part.read + first for part, first in zip(parts, before, strict=False)])
    offset = np.cumsum(length) - length
    if (quality[offset] == NO_QUALITY).any():
        raise Unusual
    query, position = offset[read] + on_read, start[read] + on_reference
    pieces = np.isin(operation, ALIGNED_CODES)

    def inserted(i: int) -> str:
        return bases[query[i] : query[i] + size[i]].tobytes().decode() if operation[i] == INSERTION else ""

    def deleted(i: int) -> int:
        return int(size[i]) if operation[i] == DELETION else 0

    first_of: dict[bytes, int] = {}
    names = chain.from_iterable(part.names for part in parts)
    return Loaded(
        bases=bases,
        quality=quality,
        length=length,
        mapping_quality=mapping_quality,
        flag=flag,
        fragment=np.array([first_of.setdefault(name, index) for index, name in enumerate(names)]),
        segments=np.stack([read[pieces], query[pieces], position[pieces], size[pieces]]),
        gaps=[
            Gap(int(read[i]), int(position[i]) - 1, inserted(i), deleted(i))
            for i in np.flatnonzero((operation == INSERTION) | (operation == DELETION)).tolist()
        ],
    )


def one_by_one(alignment: Alignment, region: Window, min_mapping_quality: int) -> Loaded:
    """The usable reads over a region of a BAM or CRAM, through pysam.

    Raises
    ------
    FormatError
        When reads have no base qualities or the file is damaged.
    """
    bases, qualities = bytearray(), bytearray()
    per_read, segments = array("q"), array("q")
    fragments: dict[str | None, int] = {}
    gaps: list[Gap] = []
    index, total = 0, 0
    try:
        for read in alignment.reads.fetch(*region):
            flag, mapped = read.flag, read.mapping_quality
            if flag & EXCLUDED_FLAGS or mapped < min_mapping_quality:
                continue
            sequence, cigar = read.query_sequence, read.cigartuples
            if sequence is None or not cigar:
                continue
            # Not query_qualities_str: of one base, pysam 0.24 writes it into a byte that Python shares.
            quality = read.query_qualities
            if quality is None:
                raise _no_qualities(alignment, read.query_name)
            _walk(cigar, sequence, index, total, read.reference_start, segments, gaps)
            bases += sequence.encode()
            qualities += quality
            per_read.extend((len(sequence), mapped, flag, fragments.setdefault(read.query_name, index)))
            index += 1
            total += len(sequence)
    except OSError as error:
        raise _damaged(alignment, region, error) from error
    length, mapping_quality, flags, fragment = np.array(per_read, dtype=np.int64).reshape(-1, 4).T
    return Loaded(
        bases=np.frombuffer(bases, dtype=np.uint8),
        quality=np.frombuffer(qualities, dtype=np.uint8),
        length=length,
        mapping_quality=mapping_quality.astype(np.uint8),
        flag=flags,
        fragment=fragment,
        segments=np.array(segments, dtype=np.int64).reshape(-1, 4).T,
        gaps=gaps,
    )


def _no_qualities(alignment: Alignment, name: str | None) -> FormatError:
    return FormatError(
        told(
            f"{alignment.reads_path}: read {name} has no base qualities, "
            "which genotype likelihoods need; align reads that have them (FASTQ, not FASTA)",
            f"{alignment.reads_path}: 품질값이 없는 리드가 있습니다({name}). 유전자형의 우도는 품질값이 "
            "있어야 구할 수 있으므로, FASTA가 아니라 FASTQ의 리드를 정렬하십시오",
        )
    )


def _damaged(alignment: Alignment, region: Window, error: OSError) -> FormatError:
    near = f"{region[0]}:{region[1]:,}"
    return FormatError(
        told(
            f"{alignment.reads_path} is damaged or truncated near {near}, "
            f"or cannot be decoded with {alignment.fasta_path}: {error}",
            f"{alignment.reads_path}: {near} 부근에서 파일이 손상되었거나 잘렸습니다. 아니면 "
            f"{alignment.fasta_path} 파일의 참조 서열로는 풀어 읽을 수 없습니다. 원인: {reason(error)}",
        )
    )


def _walk(
    cigar: list[tuple[int, int]],
    sequence: str,
    index: int,
    offset: int,
    position: int,
    segments: "array[int]",
    gaps: list[Gap],
) -> None:
    """Add the gapless pieces and the gaps of one read."""
    query = 0
    for operation, length in cigar:
        if operation in ALIGNED_CODES:
            segments.extend((index, offset + query, position, length))
            query += length
            position += length
        elif operation == INSERTION:
            gaps.append(Gap(index, position - 1, sequence[query : query + length], 0))
            query += length
        elif operation == DELETION:
            gaps.append(Gap(index, position - 1, "", length))
            position += length
        elif operation == SOFT_CLIP:
            query += length
        elif operation == SKIP:
            position += length
