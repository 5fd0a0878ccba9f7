"""What base qualities say: their offset, errors to expect, and the profile over the cycles."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit.errors import FormatError, InputError

if TYPE_CHECKING:
    from biolabkit.genomics.fastq import Reads

__all__ = [
    "PhredOffset",
    "detect_phred_offset",
    "expected_errors",
    "mean_quality",
    "quality_profile",
    "summarise_reads",
]

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
        raise InputError("detect_phred_offset: there is no quality to judge by")
    low, high = int(values.min()), int(values.max())
    if low < 33 or high > 126:
        raise FormatError(f"qualities have codes from {low} to {high}; expected 33 ('!') to 126 ('~')")
    seen = f"codes go from {low} ({chr(low)!r}) to {high} ({chr(high)!r})"
    if low < LOWEST_64:
        return PhredOffset(33, low, high, f"{seen}; no scale with offset 64 goes below {LOWEST_64}")
    if high > 64 + HIGHEST_64:
        return PhredOffset(
            33, low, high, f"{seen}; with offset 64 that would be Q{high - 64}, which none wrote"
        )
    if low >= 64 and high > 33 + HIGHEST_ILLUMINA:
        reason = (
            f"{seen}; with offset 33 that would be Q{low - 33} to Q{high - 33}, better than Illumina gives"
        )
        return PhredOffset(64, low, high, reason)
    reason = f"{seen}, which fits Q{low - 33} to Q{high - 33} (+33) and Q{low - 64} to Q{high - 64} (+64)"
    return PhredOffset(None, low, high, reason)


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


def expected_errors(reads: "Reads") -> npt.NDArray[np.float64]:
    """Expected number of wrong bases in each read: the sum of its error probabilities.

    Parameters
    ----------
    reads : Reads
        Of any lengths.

    Returns
    -------
    float array, (reads,)
        0 for a read without bases.

    Notes
    -----
    Source: Edgar and Flyvbjerg (2015), Bioinformatics 31:3476, section 2.2.
    """
    return np.where(reads.inside, ERROR[reads.qualities], 0.0).sum(axis=1)


def quality_profile(reads: "Reads") -> pd.DataFrame:
    """Qualities and bases by cycle, over the reads that reach it.

    Parameters
    ----------
    reads : Reads
        Of any lengths.

    Returns
    -------
    DataFrame
        One row per cycle: cycle (from 1), reads (how many reach it), mean_error (mean error probability),
        mean_quality (its Phred score), q10, q25, median, q75, q90 (quantiles of the scores: an observed score
        each, the lowest that at least this fraction do not exceed), a, c, g, t, n (fractions; n is every
        other letter).

    Raises
    ------
    InputError
        When there is no base at all.
    """
    if not reads.lengths.sum():
        raise InputError("quality_profile: the reads have no base")
    rows = []
    for cycle in range(int(reads.lengths.max())):
        reached = reads.lengths > cycle
        scores = np.bincount(reads.qualities[reached, cycle], minlength=1)
        letters = np.bincount(reads.bases[reached, cycle], minlength=128)
        rows.append((cycle + 1, *_spread(scores), *_shares(letters)))
    columns = ["cycle", "reads", "mean_error", "mean_quality", "q10", "q25", "median", "q75", "q90"]
    return pd.DataFrame(rows, columns=[*columns, *"acgtn"])


def _spread(scores: npt.NDArray[np.int64]) -> tuple[int, float, float, int, int, int, int, int]:
    number = int(scores.sum())
    error = float((scores * ERROR[: len(scores)]).sum() / number)
    reached = np.cumsum(scores)
    low, lower, middle, upper, high = (
        int(np.searchsorted(reached, share * number - 1e-9)) for share in (0.1, 0.25, 0.5, 0.75, 0.9)
    )
    return number, error, -10 * math.log10(error), low, lower, middle, upper, high


def _shares(letters: npt.NDArray[np.int64]) -> list[float]:
    shares = [float(letters[ord(letter)] / letters.sum()) for letter in "ACGT"]
    return [*shares, max(0.0, 1.0 - sum(shares))]


def summarise_reads(reads: "Reads | Mapping[str, Reads]") -> pd.DataFrame:
    """One line per set of reads.

    Parameters
    ----------
    reads : Reads or mapping of str to Reads
        One set, or several by name.

    Returns
    -------
    DataFrame
        Indexed by name: reads, bases, shortest, mean_length, longest, gc (of the known bases), n (fraction of
        other letters), mean_quality (that of the mean error probability), q20, q30 (fraction of bases of at
        least this quality), expected_errors (mean per read). NaN where there is no base.
    """
    named = reads if isinstance(reads, Mapping) else {"reads": reads}
    return pd.DataFrame({name: _summary(part) for name, part in named.items()}).T.astype(
        {"reads": np.int64, "bases": np.int64, "shortest": np.int64, "longest": np.int64}
    )


def _summary(reads: "Reads") -> dict[str, float]:
    inside = reads.inside
    scores, letters = reads.qualities[inside], np.bincount(reads.bases[inside], minlength=128)
    known = int(sum(letters[ord(letter)] for letter in "ACGT"))
    bases = int(reads.lengths.sum())

    def share(part: float, whole: float) -> float:
        return part / whole if whole else math.nan

    return {
        "reads": len(reads),
        "bases": bases,
        "shortest": int(reads.lengths.min(initial=2**62)) if len(reads) else 0,
        "mean_length": share(bases, len(reads)),
        "longest": int(reads.lengths.max(initial=0)),
        "gc": share(int(letters[ord("G")] + letters[ord("C")]), known),
        "n": share(bases - known, bases),
        "mean_quality": mean_quality(scores),
        "q20": share(int((scores >= 20).sum()), bases),
        "q30": share(int((scores >= 30).sum()), bases),
        "expected_errors": share(float(ERROR[scores].sum()), len(reads)),
    }
