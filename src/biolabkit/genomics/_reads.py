"""Aligned reads as flat NumPy arrays, read next to the reference they were aligned to.

A Python loop touches each read once; everything per base is vectorised. One `ReadBlock` holds the reads over
one stretch of the reference, and its memory follows the stretch, not the file.
"""

import contextlib
from collections.abc import Iterator
from dataclasses import dataclass
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from biolabkit.errors import FormatError, InputError
from biolabkit.genomics.regions import Region, parse_region, suggest_contig

if TYPE_CHECKING:
    import pysam

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

BASES = "ACGT"
N = 4
# Unmapped, secondary, failed the platform's quality check, duplicate, supplementary.
EXCLUDED_FLAGS = 0x4 | 0x100 | 0x200 | 0x400 | 0x800
# Reads may reach this far over the edge of the stretch that is asked for.
FLANK = 1_000
# Real reads differ from their own reference in at most a few percent of their bases, random sequence in 75 %.
MOST_MISMATCHES = 0.25
FEWEST_COMPARED = 100
WINDOW = 1_000

_MATCH, _INSERTION, _DELETION, _SKIP, _SOFT_CLIP, _EQUAL, _DIFFERENT = 0, 1, 2, 3, 4, 7, 8
_CODE = np.full(256, N, dtype=np.uint8)
for _index, _letter in enumerate(BASES):
    _CODE[ord(_letter)] = _CODE[ord(_letter.lower())] = _index


def encode(text: str | bytes) -> Bytes:
    """Bases as 0–3 for A, C, G, T (either case) and 4 for anything else."""
    raw = text.encode("ascii") if isinstance(text, str) else text
    return _CODE[np.frombuffer(raw, dtype=np.uint8)]


@dataclass(frozen=True)
class Gap:
    """An insertion or deletion in one read, behind reference position `anchor`."""

    read: int
    anchor: int
    inserted: str
    deleted: int


@dataclass(frozen=True)
class ReadBlock:
    """Reads over a stretch ``[start, end)`` of one contig.

    Attributes
    ----------
    chrom, start, end
        The stretch that was asked for.
    reference : uint8 array
        Bases of the contig from `reference_start` on; it reaches `FLANK` over both ends of the stretch.
    codes, quality : uint8 arrays, one per sequenced base of all reads
        Bases (0–4) and Phred qualities.
    offset : int64 array, reads + 1
        Where each read begins in `codes`.
    mapping_quality, reverse, fragment : arrays, one per read
        `fragment` is the same number for two mates.
    segment_read, segment_query, segment_start, segment_length : int64 arrays
        Gapless aligned pieces: which read, where in `codes`, where on the reference, how long.
    gaps : list of Gap
    """

    chrom: str
    start: int
    end: int
    reference: Bytes
    reference_start: int
    codes: Bytes
    quality: Bytes
    offset: Ints
    mapping_quality: Bytes
    reverse: Bools
    fragment: Ints
    segment_read: Ints
    segment_query: Ints
    segment_start: Ints
    segment_length: Ints
    gaps: list[Gap]

    def aligned(self) -> tuple[Ints, Ints, npt.NDArray[np.int32]]:
        """Index into `codes`, reference position and read of every aligned base."""
        before = np.cumsum(self.segment_length) - self.segment_length
        step = np.arange(int(self.segment_length.sum()))
        query = np.repeat(self.segment_query - before, self.segment_length) + step
        position = np.repeat(self.segment_start - before, self.segment_length) + step
        return query, position, np.repeat(self.segment_read.astype(np.int32), self.segment_length)


@dataclass(frozen=True)
class Alignment:
    """An open, indexed BAM and the FASTA it was aligned to, checked against each other."""

    bam: "pysam.AlignmentFile"
    fasta: "pysam.FastaFile"
    bam_path: Path
    fasta_path: Path

    @property
    def lengths(self) -> dict[str, int]:
        """Contigs of the BAM and their lengths."""
        return dict(zip(self.bam.references, self.bam.lengths, strict=True))

    def regions(self, region: Region | None) -> list[tuple[str, int, int]]:
        """The region that is asked for, or every contig that has reads; each is in the FASTA with the same
        length.
        """
        if region is not None:
            wanted = [parse_region(region, self.lengths)]
        else:
            mapped = [row.contig for row in self.bam.get_index_statistics() if row.mapped]
            wanted = [(name, 0, self.lengths[name]) for name in mapped]
        self._check_contigs([chrom for chrom, _, _ in wanted])
        return wanted

    def _check_contigs(self, names: list[str]) -> None:
        known = dict(zip(self.fasta.references, self.fasta.lengths, strict=True))
        problems = []
        for name in names:
            if name not in known:
                near = suggest_contig(name, known)
                problems.append(f"the reads lie on contig {name!r}, which the FASTA does not have{near}")
            elif known[name] != self.lengths[name]:
                problems.append(
                    f"contig {name!r} has {self.lengths[name]:,} bases in the BAM, "
                    f"{known[name]:,} in the FASTA"
                )
        if problems:
            raise FormatError(
                f"{self.fasta_path} is not the reference of {self.bam_path}: "
                + "; ".join(problems)
                + "; give the FASTA that the reads were aligned to"
            )


@contextlib.contextmanager
def open_alignment(bam: str | PathLike[str], reference: str | PathLike[str]) -> Iterator[Alignment]:
    """Open a sorted, indexed BAM together with its reference FASTA.

    Raises
    ------
    InputError
        When a file is missing, or the BAM has no index (the message says how to make one).
    FormatError
        When a file is not BAM or FASTA.
    """
    import pysam

    bam_path, fasta_path = Path(bam), Path(reference)
    missing = [str(path) for path in (bam_path, fasta_path) if not path.is_file()]
    if missing:
        raise InputError("there is no such file: " + ", ".join(missing))
    with contextlib.ExitStack() as stack:
        try:
            reads = stack.enter_context(pysam.AlignmentFile(str(bam_path), "rb"))
        except (OSError, ValueError) as error:
            raise FormatError(f"{bam_path} cannot be read as BAM: {error}") from error
        if not reads.has_index():
            raise InputError(f"{bam_path} has no index beside it; make one with: samtools index {bam_path}")
        try:
            fasta = stack.enter_context(pysam.FastaFile(str(fasta_path)))
        except (OSError, ValueError) as error:
            raise FormatError(f"{fasta_path} cannot be read as FASTA: {error}") from error
        yield Alignment(reads, fasta, bam_path, fasta_path)


def read_block(alignment: Alignment, chrom: str, start: int, end: int, min_mapping_quality: int) -> ReadBlock:
    """Load the usable reads that overlap ``chrom:[start, end)``.

    Duplicates, secondary and supplementary alignments, reads that failed the platform's check and reads below
    `min_mapping_quality` are left out.

    Raises
    ------
    FormatError
        When reads have no base qualities, the file is truncated, or the reads do not fit the reference.
    """
    sequences: list[str] = []
    qualities: list[bytes] = []
    mapq: list[int] = []
    reverse: list[bool] = []
    fragment: list[int] = []
    fragments: dict[str, int] = {}
    segments: list[tuple[int, int, int, int]] = []
    gaps: list[Gap] = []
    total = 0
    try:
        for read in alignment.bam.fetch(chrom, start, end):
            if read.flag & EXCLUDED_FLAGS or read.mapping_quality < min_mapping_quality:
                continue
            sequence, quality = read.query_sequence, read.query_qualities
            if sequence is None or read.cigartuples is None:
                continue
            if quality is None:
                raise FormatError(
                    f"{alignment.bam_path}: read {read.query_name} has no base qualities, "
                    "which genotype likelihoods need"
                )
            index = len(sequences)
            _walk(read.cigartuples, sequence, index, total, read.reference_start, segments, gaps)
            sequences.append(sequence)
            qualities.append(quality.tobytes())
            mapq.append(read.mapping_quality)
            reverse.append(read.is_reverse)
            fragment.append(fragments.setdefault(str(read.query_name), len(fragments)))
            total += len(sequence)
    except OSError as error:
        raise FormatError(
            f"{alignment.bam_path} is damaged or truncated near {chrom}:{start:,}: {error}"
        ) from error
    reference_start = max(start - FLANK, 0)
    lengths = np.array([len(s) for s in sequences], dtype=np.int64)
    table = np.array(segments, dtype=np.int64).reshape(-1, 4)
    return ReadBlock(
        chrom=chrom,
        start=start,
        end=end,
        reference=encode(alignment.fasta.fetch(chrom, reference_start, end + FLANK))
        if sequences
        else encode(""),
        reference_start=reference_start,
        codes=encode("".join(sequences)),
        quality=np.frombuffer(b"".join(qualities), dtype=np.uint8),
        offset=np.concatenate([[0], np.cumsum(lengths)]).astype(np.int64),
        mapping_quality=np.array(mapq, dtype=np.uint8),
        reverse=np.array(reverse, dtype=bool),
        fragment=np.array(fragment, dtype=np.int64),
        segment_read=table[:, 0],
        segment_query=table[:, 1],
        segment_start=table[:, 2],
        segment_length=table[:, 3],
        gaps=gaps,
    )


def _walk(
    cigar: list[tuple[int, int]],
    sequence: str,
    index: int,
    offset: int,
    position: int,
    segments: list[tuple[int, int, int, int]],
    gaps: list[Gap],
) -> None:
    """Add the gapless pieces and the gaps of one read."""
    query = 0
    for operation, length in cigar:
        if operation in (_MATCH, _EQUAL, _DIFFERENT):
            segments.append((index, offset + query, position, length))
            query += length
            position += length
        elif operation == _INSERTION:
            gaps.append(Gap(index, position - 1, sequence[query : query + length].upper(), 0))
            query += length
        elif operation == _DELETION:
            gaps.append(Gap(index, position - 1, "", length))
            position += length
        elif operation == _SOFT_CLIP:
            query += length
        elif operation == _SKIP:
            position += length


def check_reference(alignment: Alignment, block: ReadBlock, position: Ints, differs: Bools) -> None:
    """Refuse a FASTA that the reads were not aligned to.

    Parameters
    ----------
    alignment : Alignment
        Says which files they are.
    block : ReadBlock
        The reads that were compared.
    position : int64 array
        Reference positions of bases that could be compared.
    differs : bool array
        Which of these bases are not the reference's.

    Raises
    ------
    FormatError
        When more than a quarter of the bases (if at least 100) differ from the reference, in all or in any
        stretch of 1,000 positions: the FASTA may be wrong in one part only.
    """
    low = block.reference_start
    windows = (position - low) // WINDOW if len(position) else position
    compared = np.bincount(windows)
    wrong = np.bincount(windows[differs], minlength=len(compared))
    somewhere = bool(((compared >= FEWEST_COMPARED) & (wrong > MOST_MISMATCHES * compared)).any())
    overall = len(position) >= FEWEST_COMPARED and differs.sum() > MOST_MISMATCHES * len(position)
    if somewhere or overall:
        worst = int((wrong / np.maximum(compared, FEWEST_COMPARED)).argmax())
        raise FormatError(
            f"{alignment.fasta_path} is not the reference of {alignment.bam_path}: "
            f"{wrong[worst] / compared[worst]:.0%} of the aligned bases near "
            f"{block.chrom}:{low + worst * WINDOW + 1:,} differ from it "
            "(expected: at most a few percent); give the FASTA that the reads were aligned to"
        )
