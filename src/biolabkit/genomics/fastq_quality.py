"""The Phred scale of base qualities: what a score says, and by which offset a file writes it."""

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from biolabkit._words import told
from biolabkit.errors import FormatError, InputError

__all__ = ["PhredOffset", "detect_phred_offset", "mean_quality"]

# Lowest code of any scale with offset 64: Solexa's -5.
LOWEST_64 = 59
# Illumina's scores end at Q41 in either encoding, and at Q45 in its newest; only consensus reads go higher.
HIGHEST_ILLUMINA = 45
HIGHEST_64 = 41
ERROR = 10.0 ** (-np.arange(256) / 10)
"""Probability of an error by Phred score."""


@dataclass(frozen=True)
class PhredOffset:
    """What the codes of the qualities tell about their offset.

    Attributes
    ----------
    offset : int or None
        33 or 64; None when the codes fit both.
    lowest, highest : int
        Range of the ASCII codes.
    reason : str
        One sentence.
    """

    offset: int | None
    lowest: int
    highest: int
    reason: str


def detect_phred_offset(codes: bytes | str | npt.NDArray[np.uint8]) -> PhredOffset:
    """Find out whether quality codes are Phred+33 or the old Phred+64, or say that they could be both.

    Parameters
    ----------
    codes : bytes, str or uint8 array
        The codes as in the file, of as many reads as there are.

    Returns
    -------
    PhredOffset

    Raises
    ------
    InputError
        When there is no code.
    FormatError
        When a code is none of the printable ASCII characters ``!`` to ``~``.

    Notes
    -----
    Codes below 59 (``;``) exist only in Phred+33. Codes from 64 up to 105 (``i``, Q41), some of them above 78
    (``N``), which would be beyond Q45 in Phred+33, are Phred+64. Codes above 105 are long-read or consensus
    qualities in Phred+33. Anything else fits both, such as a file of which all reads are excellent: then look
    at the date (since Illumina's software 1.8 of 2011 all is Phred+33).

    Source: Cock et al. (2010), Nucleic Acids Research 38:1767, table 1.

    Examples
    --------
    >>> [detect_phred_offset(codes).offset for codes in ("IIII#", "hhhgB", "IIII")]
    [33, 64, None]
    """
    if isinstance(codes, str):
        codes = codes.encode("latin-1", errors="replace")
    values = (
        np.frombuffer(codes, dtype=np.uint8)
        if isinstance(codes, bytes)
        else np.asarray(codes, dtype=np.uint8)
    )
    if not len(values):
        raise InputError(
            told(
                "detect_phred_offset: there is no quality to judge by",
                "detect_phred_offset: 판단할 품질값이 없습니다",
            )
        )
    low, high = int(values.min()), int(values.max())
    if low < 33 or high > 126:
        raise FormatError(
            told(
                f"qualities have codes from {low} to {high}; expected 33 ('!') to 126 ('~')",
                f"품질값의 ASCII 코드가 {low}부터 {high}까지입니다. 33('!')부터 126('~')까지여야 합니다",
            )
        )
    return _judge(low, high)


def _judge(low: int, high: int) -> PhredOffset:
    """What codes from `low` to `high` tell about their offset."""
    seen = told(
        f"codes go from {low} ({chr(low)!r}) to {high} ({chr(high)!r})",
        f"ASCII 코드가 {low}({chr(low)!r})부터 {high}({chr(high)!r})까지입니다",
    )
    if low < LOWEST_64:
        offset = 33
        why = told(
            f"{seen}; no scale with offset 64 goes below {LOWEST_64}",
            f"{seen}. 오프셋이 64이면 {LOWEST_64}보다 작은 코드가 없습니다",
        )
    elif high > 64 + HIGHEST_64:
        offset = 33
        why = told(
            f"{seen}; with offset 64 that would be Q{high - 64}, which none wrote",
            f"{seen}. 오프셋이 64이면 Q{high - 64}까지인데, 그런 값을 쓴 장비는 없습니다",
        )
    elif low >= 64 and high > 33 + HIGHEST_ILLUMINA:
        offset = 64
        why = told(
            f"{seen}; with offset 33 that would be Q{low - 33} to Q{high - 33}, better than Illumina gives",
            f"{seen}. 오프셋이 33이면 Q{low - 33}부터 Q{high - 33}까지인데, Illumina의 품질값은 그렇게 높지 "
            "않습니다",
        )
    else:
        offset = None
        why = told(
            f"{seen}, which fits Q{low - 33} to Q{high - 33} (+33) and Q{low - 64} to Q{high - 64} (+64)",
            f"{seen}. 오프셋이 33이면 Q{low - 33}부터 Q{high - 33}까지, 64이면 Q{low - 64}부터 "
            f"Q{high - 64}까지로, 둘 다 가능합니다",
        )
    return PhredOffset(offset, low, high, why)


def mean_quality(qualities: npt.ArrayLike) -> float:
    """Phred score of the mean error probability, which the mean of the scores is not.

    Parameters
    ----------
    qualities : array-like of numbers
        Phred scores.

    Returns
    -------
    float
        NaN without any score. Always at most the mean of the scores.

    Examples
    --------
    >>> round(mean_quality([10, 40]), 2)
    13.01
    """
    scores = np.asarray(qualities, dtype=float).ravel()
    return float(-10 * np.log10(np.mean(10 ** (-scores / 10)))) if len(scores) else math.nan
