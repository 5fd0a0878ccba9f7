"""Pieces of a long array against slices."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from biolabkit.genomics._pieces import joined, pieces

SLICES = st.lists(st.tuples(st.integers(0, 200), st.integers(0, 300)))


@given(st.binary(min_size=500, max_size=500), SLICES)
def test_joined_is_what_slices_give(data, slices):
    begin, length = np.array(slices, dtype=np.int64).reshape(-1, 2).T
    expected = b"".join(data[low : low + size] for low, size in slices)
    assert joined(data, begin, length).tobytes() == expected


@given(st.binary(min_size=90, max_size=90), st.integers(0, 40), st.lists(st.integers(0, 50)))
def test_pieces_of_one_length(data, size, begin):
    at, length = np.array(begin, dtype=np.int64), np.full(len(begin), size)
    assert joined(data, at, length).tobytes() == b"".join(data[low : low + size] for low in begin)


def test_pieces_are_views():
    data = np.arange(10, dtype=np.uint8)
    pieces(data, 3)[4] = np.frombuffer(b"abc", dtype="V3")[0]
    assert data[3:8].tobytes() == b"\x03abc\x07"
    assert len(pieces(b"ab", 3)) == 0
