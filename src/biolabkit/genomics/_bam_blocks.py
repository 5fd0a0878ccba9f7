"""BAM records in blocks: found, cut up and joined without a Python object for each (SAM specification, 4.2).

pysam makes an object of every read, which costs more than all that is done with its bases. Here a Python loop
only follows the chain of record sizes; fields, CIGARs, sequences and qualities of thousands of records are
NumPy arrays. What is not plain (damage, a CIGAR kept in a tag, no BAI index) is refused as `Unusual`, so that
pysam can read it or say what is wrong with it.
"""

import contextlib
import struct
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt

from biolabkit.genomics._bam_index import first_offset
from biolabkit.genomics._pieces import joined, pieces
from biolabkit.genomics.cigar import ON_READ, ON_REFERENCE, OPERATIONS, SOFT_CLIP

if TYPE_CHECKING:
    from pysam.libcbgzf import BGZFile

__all__ = ["BamBlocks", "Reads", "Records", "Unusual"]

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]
Bools = npt.NDArray[np.bool_]

# Uncompressed bytes that are read at a time; a window of 25,000 bases at 30x has some 1.5 million.
STEP = 1 << 19
# A record of more bytes is damage; a read of ten million bases has some 15 million.
LARGEST = 1 << 26

_SIZE = struct.Struct("<I")
_FIXED = np.dtype(
    [
        ("size", "<u4"),
        ("contig", "<i4"),
        ("start", "<i4"),
        ("name_length", "u1"),
        ("mapping_quality", "u1"),
        ("bin", "<u2"),
        ("operations", "<u2"),
        ("flag", "<u2"),
        ("length", "<i4"),
        ("mate", "V12"),
    ]
)

_LETTERS = np.frombuffer(b"=ACMGRSVTWYHKDBN", dtype=np.uint8).astype("<u2")
# The two bases of each packed byte, as one number of two letters.
_TWO_BASES = (_LETTERS[:, None] | _LETTERS << 8).ravel()

# The tag with a CIGAR of more operations than the fixed fields can count.
_LONG_CIGAR = b"CGBI"
# Which of a CIGAR's operations move along the read, and along the reference, by their codes.
_ALONG_READ = np.array([int(name in ON_READ) for name in OPERATIONS])
_ALONG_REFERENCE = np.array([int(name in ON_REFERENCE) for name in OPERATIONS])


class Unusual(Exception):  # noqa: N818  # a signal between two ways of reading; nobody else sees it
    """Records that are not plain: damaged, or of a rare form that pysam knows how to read."""


@dataclass(frozen=True)
class Reads:
    """Reads of one block, as parallel arrays.

    Attributes
    ----------
    start, flag, mapping_quality, length : arrays, one per read
        0-based reference position, SAM flag, Phred, number of bases.
    names : list of bytes, one per read
    bases, quality : uint8 arrays, one per base of all reads
        ASCII letters, Phred.
    read, operation, size, on_read, on_reference : int64 arrays, one per CIGAR operation of all reads
        Which read; 0–8 for M, I, D, N, S, H, P, =, X; how long; how far into the read and behind the read's
        start on the reference it begins.
    """

    start: Ints
    flag: Ints
    mapping_quality: Bytes
    length: Ints
    names: list[bytes]
    bases: Bytes
    quality: Bytes
    read: Ints
    operation: Ints
    size: Ints
    on_read: Ints
    on_reference: Ints


class Records:
    """Whole records, and where the parts of each lie.

    Parameters
    ----------
    data : bytes
    begin : int64 array, not empty
        Where in `data` the records begin.

    Attributes
    ----------
    fixed : structured array, one per record
        contig, start, mapping_quality, flag, length (bases), operations (of the CIGAR), …
    end : int64 array
        Reference position behind each record; one behind its start where it covers nothing.

    Raises
    ------
    Unusual
        When the parts of a record do not fit into it or each other, or a CIGAR may be kept in a tag.
    """

    def __init__(self, data: bytes, begin: Ints) -> None:
        if begin[-1] + _FIXED.itemsize > len(data):
            raise Unusual
        self.data = data
        self.fixed = fixed = pieces(data, _FIXED.itemsize)[begin].view(_FIXED)
        self.length: Ints = fixed["length"].astype(np.int64)
        self._name: Ints = begin + _FIXED.itemsize
        self._cigar: Ints = self._name + fixed["name_length"]
        self._sequence: Ints = self._cigar + 4 * fixed["operations"].astype(np.int64)
        self._quality: Ints = self._sequence + (self.length + 1) // 2
        self._end: Ints = begin + _SIZE.size + fixed["size"]
        fits = self._quality + self.length <= self._end
        if not (fits.all() and fixed["name_length"].all() and int(self.length.min()) >= 0):
            raise Unusual
        self._read_cigars()

    def _read_cigars(self) -> None:
        many = self.fixed["operations"].astype(np.int64)
        behind = np.cumsum(many)
        before = behind - many
        self._record: Ints = np.repeat(np.arange(len(many)), many)
        place = (self._cigar - 4 * before)[self._record] + 4 * np.arange(len(self._record))
        words = pieces(self.data, 4)[place].view("<u4").astype(np.int64)
        self._operation, self._size = words & 15, words >> 4
        if int(self._operation.max(initial=0)) >= len(_ALONG_READ):
            raise Unusual
        along = [
            np.concatenate([[0], np.cumsum(self._size * moves[self._operation])])
            for moves in (_ALONG_READ, _ALONG_REFERENCE)
        ]
        self._on_read, self._on_reference = (walked[:-1] - walked[before][self._record] for walked in along)
        sequenced, covered = (walked[behind] - walked[before] for walked in along)
        self._check_lengths(sequenced, before)
        self.end: Ints = self.fixed["start"] + np.maximum(covered, 1)

    def _check_lengths(self, sequenced: Ints, before: Ints) -> None:
        """CIGAR and sequence are of one length; a soft clip of all bases may stand for a CIGAR in a tag."""
        aligned = np.flatnonzero((self.fixed["operations"] > 0) & (self.length > 0))
        first, length = before[aligned], self.length[aligned]
        clipped = (self._operation[first] == SOFT_CLIP) & (self._size[first] == length)
        behind = self._quality + self.length
        tags = (self.data[behind[row] : self._end[row]] for row in aligned[clipped])
        if (sequenced[aligned] != length).any() or any(_LONG_CIGAR in text for text in tags):
            raise Unusual

    def over(self, contig: int, start: int, end: int) -> Bools:
        """Which records overlap ``[start, end)`` of a contig."""
        fixed = self.fixed
        return np.asarray((fixed["contig"] == contig) & (fixed["start"] < end) & (self.end > start))

    def reads(self, chosen: Bools) -> Reads:
        """The reads of the chosen records."""
        rows = np.flatnonzero(chosen)
        fixed, length = self.fixed[rows], self.length[rows]
        number = np.cumsum(chosen) - 1
        operations = np.flatnonzero(chosen[self._record])
        return Reads(
            start=fixed["start"].astype(np.int64),
            flag=fixed["flag"].astype(np.int64),
            mapping_quality=fixed["mapping_quality"],
            length=length,
            names=self._names(rows),
            bases=_letters(joined(self.data, self._sequence[rows], (length + 1) // 2), length),
            quality=joined(self.data, self._quality[rows], length),
            read=number[self._record[operations]],
            operation=self._operation[operations],
            size=self._size[operations],
            on_read=self._on_read[operations],
            on_reference=self._on_reference[operations],
        )

    def _names(self, rows: Ints) -> list[bytes]:
        begin, end = self._name[rows].tolist(), (self._cigar[rows] - 1).tolist()
        data = self.data
        return [data[low:high] for low, high in zip(begin, end, strict=True)]


class BamBlocks:
    """The records of a sorted, indexed BAM, by windows of the reference.

    Windows that follow each other are read on from where the last one ended; what both need is kept.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: BGZFile | None = None
        self._forget()

    def _forget(self) -> None:
        self._held: list[Records] = []
        self._rest = b""
        self._at_end = False
        self._contig, self._start, self._end = -1, 0, 0

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            with contextlib.suppress(OSError):  # htslib repeats here that the file is damaged
                self._file.close()

    def over(self, contig: int, start: int, end: int) -> list[Records]:
        """Blocks that hold all mapped records over ``[start, end)`` of a contig, in the file's order; they
        hold others, too.

        Raises
        ------
        Unusual
            Ask pysam instead.
        """
        try:
            if contig != self._contig or not self._start <= start <= self._end:
                self._seek(contig, start)
            self._held = [records for records in self._held if int(records.end.max()) > start]
            while not self._at_end and not self._is_behind(contig, end):
                self._read_on()
        except (Unusual, OSError, ValueError, struct.error) as error:
            self._forget()
            raise Unusual from error
        self._contig, self._start, self._end = contig, start, end
        return list(self._held)

    def _seek(self, contig: int, start: int) -> None:
        from pysam.libcbgzf import BGZFile

        self._forget()
        offset = first_offset(self._path, contig, start)
        if offset is None:
            self._at_end = True
            return
        if self._file is None:
            self._file = BGZFile(str(self._path), "rb", None)
        self._file.seek(offset)

    def _is_behind(self, contig: int, end: int) -> bool:
        """Whether what is held reaches behind a position."""
        if not self._held:
            return False
        last = self._held[-1].fixed[-1]
        return bool(last["contig"] != contig or last["start"] >= end)

    def _read_on(self) -> None:
        """Hold one more block of whole records, if there are any."""
        assert self._file is not None
        need = _SIZE.unpack_from(self._rest)[0] if len(self._rest) >= _SIZE.size else 0
        if need > LARGEST:
            raise Unusual
        more = self._file.read(max(STEP, need))
        self._at_end = not more
        if self._at_end and self._rest:
            raise Unusual
        data = self._rest + more
        begin, end = _whole_records(data)
        self._rest = data[end:]
        if begin:
            self._held.append(Records(data, np.array(begin)))


def _whole_records(data: bytes) -> tuple[list[int], int]:
    """Where the whole records of `data` begin, and where the last of them ends."""
    begin: list[int] = []
    at, last = 0, len(data) - _SIZE.size
    size_at, add = _SIZE.unpack_from, begin.append
    while at <= last:
        add(at)
        at += _SIZE.size + size_at(data, at)[0]
    if at > len(data):
        at = begin.pop()
    return begin, at


def _letters(packed: Bytes, length: Ints) -> Bytes:
    """ASCII letters of sequences that are packed by two bases a byte."""
    bases = _TWO_BASES[packed].view(np.uint8)
    odd = length & 1
    if not odd.any():
        return bases
    return joined(bases, np.cumsum(length + odd) - (length + odd), length)
