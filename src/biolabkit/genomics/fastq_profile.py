"""What the qualities of a run say: the profile over its cycles, and a summary of its reads."""

import math
from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.genomics.fastq import Reads
from biolabkit.genomics.fastq_quality import ERROR, mean_quality

__all__ = ["quality_profile", "summarise_reads"]


def quality_profile(reads: Reads) -> pd.DataFrame:
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
        raise InputError(
            told("quality_profile: the reads have no base", "quality_profile: 리드에 염기가 하나도 없습니다")
        )
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


def summarise_reads(reads: Reads | Mapping[str, Reads]) -> pd.DataFrame:
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


def _summary(reads: Reads) -> dict[str, float]:
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
