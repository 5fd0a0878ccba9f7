"""Bases as small numbers, which is how the simulated worlds hold them: A, C, G, T = 0, 1, 2, 3."""

import numpy as np
import numpy.typing as npt

Seed = int | np.random.Generator
Codes = npt.NDArray[np.uint8]

LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)


def to_codes(text: str) -> Codes:
    """Codes of a text of A, C, G and T; any other letter becomes A."""
    table = np.zeros(256, dtype=np.uint8)
    table[LETTERS] = np.arange(4, dtype=np.uint8)
    return table[np.frombuffer(text.encode("ascii"), dtype=np.uint8)]


def to_text(codes: Codes) -> str:
    """The letters of some codes."""
    return LETTERS[codes].tobytes().decode("ascii")


def reverse_complement(codes: Codes) -> Codes:
    """The other strand, along the last axis."""
    return np.asarray(3 - codes[..., ::-1], dtype=np.uint8)
