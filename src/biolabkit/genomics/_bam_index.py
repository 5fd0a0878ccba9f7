"""Where in a BAM the reads over a position begin: the linear part of its BAI index (SAM format, 5.2)."""

import struct
from functools import lru_cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

__all__ = ["first_offset"]

# The index knows the first read over each tile of 2^14 bases.
TILE_BITS = 14

_NUMBER = struct.Struct("<i")
_BIN = struct.Struct("<Ii")
_CHUNK_BYTES = 16


def first_offset(bam: Path, contig: int, start: int) -> int | None:
    """Virtual offset from which on to read for mapped reads that end behind `start`.

    Parameters
    ----------
    bam : Path
        Its index is ``reads.bam.bai`` or ``reads.bai``.
    contig : int
        Its number in the header.
    start : int
        0-based position.

    Returns
    -------
    int or None
        None when there is no such read on the contig.

    Raises
    ------
    OSError, ValueError, struct.error
        When there is no BAI index, or it is damaged.
    """
    beside = (bam.with_name(f"{bam.name}.bai"), bam.with_suffix(".bai"))
    path = next((path for path in beside if path.is_file()), None)
    if path is None:
        raise FileNotFoundError(f"{bam} has no BAI index")
    state = path.stat()
    offsets = _linear(path, contig, state.st_size, state.st_mtime_ns)[start >> TILE_BITS :]
    # A tile without reads may have 0.
    present = offsets[offsets > 0]
    return int(present[0]) if len(present) else None


@lru_cache(maxsize=256)
def _linear(path: Path, contig: int, size: int, changed: int) -> npt.NDArray[np.uint64]:  # noqa: ARG001  # part of the key
    """The smallest virtual offset for each tile of a contig."""
    index = path.read_bytes()
    if index[:4] != b"BAI\1":
        raise ValueError(f"{path} is no BAI index")
    at = 8
    for number in range(contig + 1):
        (bins,) = _NUMBER.unpack_from(index, at)
        at += _NUMBER.size
        for _ in range(bins):
            _, chunks = _BIN.unpack_from(index, at)
            at += _BIN.size + chunks * _CHUNK_BYTES
        (tiles,) = _NUMBER.unpack_from(index, at)
        at += _NUMBER.size
        if number < contig:
            at += 8 * tiles
    return np.frombuffer(index, dtype="<u8", count=tiles, offset=at)
