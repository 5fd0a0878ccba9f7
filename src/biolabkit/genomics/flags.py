"""The FLAG field of an alignment: twelve yes-or-no properties in one number."""

from collections.abc import Iterable
from types import MappingProxyType

from biolabkit._words import told, unknown
from biolabkit.errors import InputError

__all__ = ["FLAGS", "decode_flag", "encode_flag"]

FLAGS = MappingProxyType(
    {
        "paired": 0x1,
        "proper_pair": 0x2,
        "unmapped": 0x4,
        "mate_unmapped": 0x8,
        "reverse": 0x10,
        "mate_reverse": 0x20,
        "read1": 0x40,
        "read2": 0x80,
        "secondary": 0x100,
        "qc_fail": 0x200,
        "duplicate": 0x400,
        "supplementary": 0x800,
    }
)
"""Property → bit, in the order of the SAM specification (section 1.4)."""

_ALL = sum(FLAGS.values())


def decode_flag(flag: int) -> list[str]:
    """Name the properties that a FLAG states.

    Parameters
    ----------
    flag : int
        0 to 4095.

    Returns
    -------
    list of str
        Keys of `FLAGS`, lowest bit first.

    Raises
    ------
    InputError
        For a number outside 0–4095.

    Examples
    --------
    >>> decode_flag(147)
    ['paired', 'proper_pair', 'reverse', 'read2']
    """
    if not 0 <= flag <= _ALL:
        raise InputError(
            told(
                f"flag {flag}: expected a whole number from 0 to {_ALL}",
                f"flag {flag}: 0부터 {_ALL}까지의 정수여야 합니다",
            )
        )
    return [name for name, bit in FLAGS.items() if flag & bit]


def encode_flag(names: Iterable[str]) -> int:
    """Put properties together to a FLAG; the inverse of `decode_flag`.

    Parameters
    ----------
    names : iterable of str
        Keys of `FLAGS`; a name that stands twice counts once.

    Returns
    -------
    int

    Raises
    ------
    UnknownNameError
        For a name that is no property.

    Examples
    --------
    >>> encode_flag(["secondary", "duplicate"])
    1280
    """
    flag = 0
    for name in names:
        if name not in FLAGS:
            raise unknown("alignment flag", "그런 FLAG 이름이 없습니다", name, FLAGS)
        flag |= FLAGS[name]
    return flag
