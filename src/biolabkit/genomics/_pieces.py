"""Many short pieces of one long array, copied without a loop over them."""

import numpy as np
import numpy.typing as npt

__all__ = ["joined", "pieces"]

Ints = npt.NDArray[np.int64]
Bytes = npt.NDArray[np.uint8]


def pieces(data: bytes | Bytes, width: int) -> npt.NDArray[np.void]:
    """All pieces of `width` bytes of `data`, overlapping, without a copy: rows to pick from."""
    return np.ndarray((max(len(data) - width + 1, 0),), dtype=f"V{width}", buffer=data, strides=(1,))


def joined(data: bytes | Bytes, begin: Ints, length: Ints) -> Bytes:
    """``data[begin : begin + length]`` of each, one behind the other.

    Pieces of one length are copied together. Others are copied by powers of two, as their lengths are written
    in binary: first the 128 bytes of all that have so many, then 64 more of those that need them, and so on.
    """
    result = np.empty(int(length.sum()), dtype=np.uint8)
    target = np.cumsum(length) - length
    longest = int(length.max(initial=0))
    if longest and int(length.min()) == longest:
        pieces(result, longest)[target] = pieces(data, longest)[begin]
        return result
    for bit in reversed(range(longest.bit_length())):
        rows = np.flatnonzero(length & (1 << bit))
        copied = length[rows] >> (bit + 1) << (bit + 1)
        pieces(result, 1 << bit)[target[rows] + copied] = pieces(data, 1 << bit)[begin[rows] + copied]
    return result
