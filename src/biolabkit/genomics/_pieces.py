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

    Pieces of one length are copied together, and sequencers give reads of few lengths.
    """
    result = np.empty(int(length.sum()), dtype=np.uint8)
    target = np.cumsum(length) - length
    # With counts, though nobody needs them: without, NumPy first loads its masked arrays.
    widths, _ = np.unique(length[length > 0], return_counts=True)
    for width in widths.tolist():
        rows = np.flatnonzero(length == width)
        pieces(result, width)[target[rows]] = pieces(data, width)[begin[rows]]
    return result
