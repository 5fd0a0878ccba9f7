"""Aligned reads as flat NumPy arrays, and where they differ from the reference.

One `ReadBlock` holds the reads over one window of the reference: its memory follows the window and the depth,
not the file.
"""

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biolabkit._words import told
from biolabkit.errors import FormatError
from biolabkit.genomics._alignment import Alignment
from biolabkit.genomics._pieces import pieces

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

BASES = "ACGT"
N = 4
# Gapless pieces are compared with the reference in rows of at most this many bases.
ROW = 256
# Real reads differ from their own reference in at most a few percent of their bases, random sequence in 75 %.
MOST_MISMATCHES = 0.25
FEWEST_COMPARED = 100
WINDOW = 1_000

_CODE = np.full(256, N, dtype=np.uint8)
# Lower case is masked sequence and means the same bases; any other letter (IUPAC codes) is N.
_PLAIN = bytearray(b"N" * 256)
for _index, _letter in enumerate(BASES):
    _CODE[ord(_letter)] = _index
    _PLAIN[ord(_letter)] = _PLAIN[ord(_letter.lower())] = ord(_letter)


def encode(letters: Bytes) -> Bytes:
    """Letters as 0–3 for A, C, G, T and 4 for anything else."""
    return _CODE[letters]


def letters(text: str) -> Bytes:
    """A sequence as ASCII letters, upper case, everything but A, C, G, T as N."""
    return np.frombuffer(text.encode("ascii").translate(bytes(_PLAIN)), dtype=np.uint8)


@dataclass(frozen=True)
class Gap:
    """An insertion or deletion in one read, behind reference position `anchor`."""

    read: int
    anchor: int
    inserted: str
    deleted: int


@dataclass
class ReadBlock:
    """Reads over a window ``[start, end)`` of one contig.

    Attributes
    ----------
    chrom, start, end
        The window that was asked for.
    reference : uint8 array
        ASCII letters A, C, G, T, N of the contig from `reference_start` on; it reaches `FLANK` beyond every
        read where the contig does.
    bases, quality : uint8 arrays, one per sequenced base of all reads
        ASCII letters and Phred qualities.
    offset : int64 array, reads + 1
        Where each read begins in `bases`.
    mapping_quality, reverse, fragment : arrays, one per read
        `fragment` is the same number for two mates.
    segment_read, segment_query, segment_start, segment_length : int64 arrays
        Gapless aligned pieces: which read, where in `bases`, where on the reference, how long.
    gaps : list of Gap
    """

    chrom: str
    start: int
    end: int
    reference: Bytes
    reference_start: int
    bases: Bytes
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

    def __len__(self) -> int:
        return len(self.mapping_quality)

    def segment_ends(self) -> Ints:
        """Reference position behind each gapless piece."""
        return self.segment_start + self.segment_length

    def coverage(self, start: int, end: int) -> Ints:
        """Aligned bases of any quality over each position of ``[start, end)``."""
        size = end - start
        begun = np.bincount(np.clip(self.segment_start - start, 0, size), minlength=size + 1)
        ended = np.bincount(np.clip(self.segment_ends() - start, 0, size), minlength=size + 1)
        return np.cumsum((begun - ended)[:-1])

    def aligned(self) -> tuple[Ints, Ints, Ints]:
        """Index into `bases`, reference position and segment of every aligned base."""
        segment = np.repeat(np.arange(len(self.segment_length)), self.segment_length)
        before = np.cumsum(self.segment_length) - self.segment_length
        step = np.arange(len(segment)) - before[segment]
        return self.segment_query[segment] + step, self.segment_start[segment] + step, segment

    def over(self, sites: Ints) -> tuple[Ints, Ints, Ints]:
        """The same, of the bases over given positions only, which are sorted."""
        first = np.searchsorted(sites, self.segment_start)
        number = np.searchsorted(sites, self.segment_ends()) - first
        segment = np.repeat(np.arange(len(number)), number)
        position = sites[np.arange(len(segment)) + (first - (np.cumsum(number) - number))[segment]]
        return self.segment_query[segment] + position - self.segment_start[segment], position, segment


@dataclass(frozen=True)
class Mismatches:
    """Aligned bases that are not the reference's, where both are A, C, G or T: parallel arrays.

    Attributes
    ----------
    query, position, segment : int64 arrays
        Index into the block's `bases`, reference position, gapless piece.
    """

    query: Ints
    position: Ints
    segment: Ints


def find_mismatches(alignment: Alignment, block: ReadBlock) -> Mismatches:
    """Compare every aligned base with the reference.

    Raises
    ------
    FormatError
        When the reads do not fit the reference; see `check_reference`.
    """
    segment, shift = _rows_of_segments(block.segment_length)
    query, start = block.segment_query[segment] + shift, block.segment_start[segment] + shift
    length = np.minimum(block.segment_length[segment] - shift, ROW)
    width = int(length.max(initial=1))
    differs = _rows(block.bases, query, width) != _rows(block.reference, start - block.reference_start, width)
    if len(length) and int(length.min()) < width:
        differs &= np.arange(width) < length[:, None]
    row, column = np.divmod(np.flatnonzero(differs), width)
    found = Mismatches(query[row] + column, start[row] + column, segment[row])
    comparable = (block.bases[found.query] != ord("N")) & (
        block.reference[found.position - block.reference_start] != ord("N")
    )
    found = Mismatches(found.query[comparable], found.position[comparable], found.segment[comparable])
    check_reference(alignment, block, found)
    return found


def _rows_of_segments(length: Ints) -> tuple[Ints, Ints]:
    """Cut long pieces into rows of at most `ROW` bases: which segment, how far into it."""
    rows = -(-length // ROW)
    segment = np.repeat(np.arange(len(length)), rows)
    first = np.cumsum(rows) - rows
    return segment, (np.arange(len(segment)) - first[segment]) * ROW


def _rows(values: Bytes, start: Ints, width: int) -> Bytes:
    """``values[start : start + width]`` of each start, as rows of one array."""
    padded = np.concatenate([values, np.zeros(width, dtype=np.uint8)])
    return pieces(padded, width)[start].view(np.uint8).reshape(-1, width)


def check_reference(alignment: Alignment, block: ReadBlock, found: Mismatches) -> None:
    """Refuse a FASTA that the reads were not aligned to.

    Parameters
    ----------
    alignment : Alignment
        Says which files they are.
    block : ReadBlock
        The reads that were compared.
    found : Mismatches
        Where they differ from the reference.

    Raises
    ------
    FormatError
        When more than a quarter of the bases (if at least 100) differ from the reference, in all or in any
        stretch of 1,000 positions: the FASTA may be wrong in one part only.
    """
    if not len(block):
        return
    low = block.reference_start
    windows = -(-len(block.reference) // WINDOW)
    depth = block.coverage(low, low + len(block.reference)) * (block.reference != ord("N"))
    compared = np.add.reduceat(depth, np.arange(windows) * WINDOW)
    wrong = np.bincount((found.position - low) // WINDOW, minlength=windows)
    somewhere = bool(((compared >= FEWEST_COMPARED) & (wrong > MOST_MISMATCHES * compared)).any())
    overall = compared.sum() >= FEWEST_COMPARED and wrong.sum() > MOST_MISMATCHES * compared.sum()
    if somewhere or overall:
        worst = int((wrong / np.maximum(compared, FEWEST_COMPARED)).argmax())
        near = f"{block.chrom}:{low + worst * WINDOW + 1:,}"
        raise _other_reference(alignment, near, wrong[worst] / compared[worst])


def _other_reference(alignment: Alignment, near: str, wrong: float) -> FormatError:
    return FormatError(
        told(
            f"{alignment.fasta_path} is not the reference of {alignment.reads_path}: "
            f"{wrong:.0%} of the aligned bases near {near} differ from it "
            "(expected: at most a few percent); give the FASTA that the reads were aligned to",
            f"{alignment.fasta_path}: {alignment.reads_path} 파일의 참조 서열이 아닙니다. {near} 부근에서 "
            f"정렬된 염기의 {wrong:.0%}가 이 서열과 다릅니다(보통 많아야 몇 퍼센트입니다). 리드를 "
            "정렬할 때 쓴 FASTA를 주십시오",
        )
    )
