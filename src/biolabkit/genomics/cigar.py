"""CIGAR strings: how the bases of a read lie along the reference.

=========  ==========================  ===========  ===============
operation  meaning                     read bases   reference bases
=========  ==========================  ===========  ===============
M = X      aligned (match or not)      yes          yes
I          insertion                   yes          no
D          deletion                    no           yes
N          skipped (an intron)         no           yes
S          soft clip, in the sequence  yes          no
H          hard clip, cut off          no           no
P          padding                     no           no
=========  ==========================  ===========  ===============

(SAM specification, section 1.4.)
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from biolabkit._words import told
from biolabkit.errors import InputError

__all__ = ["Block", "aligned_blocks", "parse_cigar", "query_span", "reference_span"]

Cigar = str | Sequence[tuple[str, int]]

ALIGNED = frozenset("M=X")
ON_READ = frozenset("MIS=X")
ON_REFERENCE = frozenset("MDN=X")

OPERATIONS = "MIDNSHP=X"
"""The operations in the order of the codes that stand for them in a BAM file."""

INSERTION, DELETION, SKIP, SOFT_CLIP = map(OPERATIONS.index, "IDNS")
ALIGNED_CODES, ON_READ_CODES, ON_REFERENCE_CODES = (
    tuple(sorted(map(OPERATIONS.index, names))) for names in (ALIGNED, ON_READ, ON_REFERENCE)
)

_OPERATION = re.compile(r"(\d+)([MIDNSHP=X])")


class Block(NamedTuple):
    """A gapless piece of an alignment.

    Attributes
    ----------
    start, end : int
        On the reference, 0-based and half-open.
    query_start : int
        Where the piece begins in the sequence as the BAM stores it.
    """

    start: int
    end: int
    query_start: int


def parse_cigar(cigar: Cigar) -> list[tuple[str, int]]:
    """Split a CIGAR string into its operations.

    Parameters
    ----------
    cigar : str or sequence of (str, int)
        ``"*"`` (no alignment) and an empty text have no operations. What is split already is only checked.

    Returns
    -------
    list of (str, int)
        Operation and length.

    Raises
    ------
    InputError
        When the text is no CIGAR, a length is 0, or a clip stands inside.

    Examples
    --------
    >>> parse_cigar("5S90M2D5M")
    [('S', 5), ('M', 90), ('D', 2), ('M', 5)]
    """
    text = cigar if isinstance(cigar, str) else "".join(f"{length}{name}" for name, length in cigar)
    if text in ("", "*"):
        return []
    if not re.fullmatch(f"({_OPERATION.pattern})+", text):
        raise InputError(
            told(
                f"CIGAR {text!r}: expected numbers, each followed by one of MIDNSHP=X, such as '5S95M'",
                f"CIGAR {text!r}: 숫자마다 그 뒤에 MIDNSHP=X 가운데 한 글자가 와야 합니다. 예: '5S95M'",
            )
        )
    operations = [(name, int(length)) for length, name in _OPERATION.findall(text)]
    if not all(length for _, length in operations):
        raise InputError(
            told(
                f"CIGAR {text!r}: an operation has length 0",
                f"CIGAR {text!r}: 길이가 0인 연산이 있습니다",
            )
        )
    inner = re.sub(r"^H?S?|S?H?$", "", "".join(name for name, _ in operations))
    if "S" in inner or "H" in inner:
        raise InputError(
            told(
                f"CIGAR {text!r}: a clip (S, H) may stand at the ends only, H outside of S",
                f"CIGAR {text!r}: 클립(S, H)은 양 끝에만 올 수 있고, H는 S보다 바깥에 있어야 합니다",
            )
        )
    return operations


def reference_span(cigar: Cigar) -> int:
    """Bases of the reference from the first aligned one to the last (M, D, N, =, X).

    Parameters
    ----------
    cigar : str or sequence of (str, int)
        As text, or split by `parse_cigar`.

    Returns
    -------
    int

    Raises
    ------
    InputError
        As `parse_cigar`.

    Examples
    --------
    >>> reference_span("5S90M2D5M")
    97
    """
    return sum(length for name, length in parse_cigar(cigar) if name in ON_REFERENCE)


def query_span(cigar: Cigar, *, hard_clips: bool = False) -> int:
    """Bases of the read that the BAM stores (M, I, S, =, X).

    Parameters
    ----------
    cigar : str or sequence of (str, int)
        As text, or split by `parse_cigar`.
    hard_clips : bool
        Count what was cut off too: the length of the read as it was sequenced.

    Returns
    -------
    int

    Raises
    ------
    InputError
        As `parse_cigar`.

    Examples
    --------
    >>> query_span("5H90M2D5M"), query_span("5H90M2D5M", hard_clips=True)
    (95, 100)
    """
    counted = ON_READ | {"H"} if hard_clips else ON_READ
    return sum(length for name, length in parse_cigar(cigar) if name in counted)


def aligned_blocks(cigar: Cigar, start: int) -> list[Block]:
    """The gapless pieces of an alignment, from left to right.

    Parameters
    ----------
    cigar : str or sequence of (str, int)
        As text, or split by `parse_cigar`.
    start : int
        0-based reference position of the first aligned base (POS − 1).

    Returns
    -------
    list of Block
        Neighbouring M, = and X are one piece; an insertion, deletion or skip ends one.

    Raises
    ------
    InputError
        As `parse_cigar`.

    Examples
    --------
    >>> aligned_blocks("2S3M1D4M", 100)
    [Block(start=100, end=103, query_start=2), Block(start=104, end=108, query_start=5)]
    """
    blocks: list[Block] = []
    query, joined = 0, False
    for name, length in parse_cigar(cigar):
        if name in ALIGNED:
            if joined:
                blocks[-1] = blocks[-1]._replace(end=start + length)
            else:
                blocks.append(Block(start, start + length, query))
        joined = name in ALIGNED
        query += length if name in ON_READ else 0
        start += length if name in ON_REFERENCE else 0
    return blocks
