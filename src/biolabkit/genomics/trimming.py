"""Trimming: where low quality begins, where an adapter begins, and pairs that stay pairs.

Quality trimming is the algorithm of BWA (Li and Durbin 2009, Bioinformatics 25:1754). Adapter trimming
follows cutadapt (Martin 2011, EMBnet.journal 17:10, and the section "Algorithm details" of its
documentation).
"""

from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.genomics.fastq import Reads, check_mates
from biolabkit.genomics.trimming_adapters import find_adapter

__all__ = ["ADAPTERS", "TrimmedPairs", "quality_cut", "trim", "trim_pairs"]

ADAPTERS = {
    "truseq": ("AGATCGGAAGAGCACACGTCTGAACTCCAGTCA", "AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGT"),
    "nextera": ("CTGTCTCTTATACACATCT", "CTGTCTCTTATACACATCT"),
    "small_rna": ("TGGAATTCTCGGGTGCCAAGG", "GATCGTCGGACTGTAGAACTCTGAACGTGTAGATCTC"),
}
"""Illumina's adapters behind the insert of the first and of the second read, by library kit."""


def quality_cut(reads: Reads, threshold: float) -> npt.NDArray[np.int64]:
    """Length that each read keeps when its 3' end is trimmed by quality.

    The threshold is subtracted from every score and the differences are summed from the end; the read is cut
    where the sum is lowest. Summing stops as soon as the sum is above 0, so a good end protects what lies
    before.

    Parameters
    ----------
    reads : Reads
        Of any lengths.
    threshold : float
        Phred score; 20 cuts where an error in 100 bases is exceeded.

    Returns
    -------
    int64 array, (reads,)

    Examples
    --------
    cutadapt's documentation: 42, 40, 26, 27, 8, 7, 11, 4, 2, 3 with threshold 10 keeps four bases.
    """
    gain = np.where(reads.inside, threshold - reads.qualities.astype(np.float32), np.float32(0))[:, ::-1]
    sums = np.cumsum(gain, axis=1)
    stopped = np.logical_or.accumulate(sums < 0, axis=1)
    sums[stopped] = -np.inf
    width = reads.bases.shape[1]
    if not width:
        return reads.lengths.copy()
    best = np.argmax(sums, axis=1)  # the first of equals: the fewest bases lost
    gained = sums[np.arange(len(reads)), best] > 0
    return np.where(gained, np.minimum(width - 1 - best, reads.lengths), reads.lengths)


def trim(
    reads: Reads,
    *,
    adapter: str | None = None,
    quality: float = 0,
    error_rate: float = 0.1,
    min_overlap: int = 3,
) -> Reads:
    """Trim the 3' ends: first by quality, then the adapter and all behind it, as cutadapt does.

    Parameters
    ----------
    reads : Reads
        Of any lengths.
    adapter : str, optional
        Sequence that follows a short insert, 5' to 3'; IUPAC letters match what they stand for. See
        `find_adapter`.
    quality : float
        Threshold of `quality_cut`; 0 trims nothing.
    error_rate, min_overlap
        As in `find_adapter`.

    Returns
    -------
    Reads
        In the same order and number; some may have no base left.

    Raises
    ------
    InputError
        For an adapter, rate or overlap that cannot be used.
    """
    kept = reads.cut(quality_cut(reads, quality)) if quality else reads
    if adapter is None:
        return kept
    found = find_adapter(kept, adapter, error_rate=error_rate, min_overlap=min_overlap)
    return kept.cut(np.where(found["start"] >= 0, found["start"], kept.lengths))


@dataclass(frozen=True)
class TrimmedPairs:
    """Pairs after trimming.

    Attributes
    ----------
    first, second : Reads
        The mates that were kept; row i of both is one pair.
    kept : bool array, (pairs before trimming,)
        Which pairs were kept.
    summary : DataFrame
        One row per mate (``first``, ``second``): reads_in, bases_in, quality_trimmed (reads), quality_bases
        (lost), with_adapter (reads), adapter_bases (lost), too_short (reads), reads_out, bases_out.
    """

    first: Reads
    second: Reads
    kept: npt.NDArray[np.bool_] = field(repr=False)
    summary: pd.DataFrame = field(repr=False)


def trim_pairs(
    first: Reads,
    second: Reads,
    *,
    adapters: tuple[str | None, str | None] = (None, None),
    quality: float = 0,
    min_length: int = 20,
    error_rate: float = 0.1,
    min_overlap: int = 3,
) -> TrimmedPairs:
    """Trim the mates of a paired-end run and drop the pairs of which a mate becomes too short.

    A pair goes as a whole: were only the short mate dropped, every pair behind it would be out of step.

    Parameters
    ----------
    first, second : Reads
        From `read_fastq_pair`; their names are checked again.
    adapters : (str or None, str or None)
        For the first and for the second mates, such as ``ADAPTERS["truseq"]``.
    quality, error_rate, min_overlap
        As in `trim`.
    min_length : int
        Bases that either mate must keep.

    Returns
    -------
    TrimmedPairs

    Raises
    ------
    InputError
        When the mates are out of step, or an argument cannot be used.
    """
    check_mates(first, second)
    if min_length < 0:
        raise InputError(
            told(
                f"trim_pairs: min_length is {min_length}; expected 0 or more",
                f"trim_pairs: min_length가 {min_length}입니다. 0 이상이어야 합니다",
            )
        )
    stages = [
        _stages(reads, adapter, quality, error_rate, min_overlap)
        for reads, adapter in zip((first, second), adapters, strict=True)
    ]
    kept = np.logical_and.reduce([trimmed.lengths >= min_length for *_, trimmed in stages])
    rows = [_count(*stage, kept, min_length) for stage in stages]
    summary = pd.DataFrame(rows, index=["first", "second"])
    return TrimmedPairs(stages[0][-1].select(kept), stages[1][-1].select(kept), kept, summary)


def _stages(
    reads: Reads, adapter: str | None, quality: float, error_rate: float, min_overlap: int
) -> tuple[Reads, Reads, Reads]:
    by_quality = trim(reads, quality=quality)
    trimmed = trim(by_quality, adapter=adapter, error_rate=error_rate, min_overlap=min_overlap)
    return reads, by_quality, trimmed


def _count(
    reads: Reads, by_quality: Reads, trimmed: Reads, kept: npt.NDArray[np.bool_], min_length: int
) -> dict[str, int]:
    lost_quality = reads.lengths - by_quality.lengths
    lost_adapter = by_quality.lengths - trimmed.lengths
    return {
        "reads_in": len(reads),
        "bases_in": int(reads.lengths.sum()),
        "quality_trimmed": int((lost_quality > 0).sum()),
        "quality_bases": int(lost_quality.sum()),
        "with_adapter": int((lost_adapter > 0).sum()),
        "adapter_bases": int(lost_adapter.sum()),
        "too_short": int((trimmed.lengths < min_length).sum()),
        "reads_out": int(kept.sum()),
        "bases_out": int(trimmed.lengths[kept].sum()),
    }
