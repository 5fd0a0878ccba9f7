"""Calling variants: the public steps, put together for a whole region."""

from functools import partial
from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit.errors import InputError
from biolabkit.genomics._alignment import open_alignment
from biolabkit.genomics._bcftools import bcftools_stretch
from biolabkit.genomics._parallel import run_stretches
from biolabkit.genomics._stretch import STRAND_COLUMNS, Options, call_stretch, concatenate
from biolabkit.genomics._tables import need_columns
from biolabkit.genomics.genotypes import phred
from biolabkit.genomics.pileup import MIN_BASE_QUALITY, MIN_MAPPING_QUALITY
from biolabkit.genomics.regions import Region
from biolabkit.genomics.vcf import CALL_COLUMNS

__all__ = ["call_variants", "filter_calls"]

# One piece of work: what a worker does before it hands back its calls.
STRETCH = 200_000


def filter_calls(
    calls: pd.DataFrame,
    *,
    min_qual: float = 13,
    min_gq: float = 3,
    min_qual_by_depth: float = 1.0,
    min_depth: int = 3,
    max_depth: float | None = None,
    min_balance: float = 0.15,
    max_imbalance: float = 40,
    max_strand_bias: float = 45,
) -> pd.DataFrame:
    """Name what is suspicious about each call.

    Parameters
    ----------
    calls : DataFrame
        From `posterior` or `call_variants`.
    min_qual, min_gq : float
        Phred; below them LowQual, LowGQ.
    min_qual_by_depth : float
        Least QUAL for each read of the depth; below it QualByDepth. A true heterozygote gains some 5 to 15
        with each read, an error that recurs in a few of many reads does not.
    min_depth, max_depth : number of reads
        Outside them LowDepth, HighDepth (collapsed repeats); no upper limit by default.
    min_balance : float
        Least fraction of alternative reads in a heterozygote; below it AlleleBalance.
    max_imbalance : float
        Phred probability that so few alternative reads, or fewer, come from a heterozygote by chance
        (binomial, one half); above it AlleleBalance. Errors that recur at a position look like this.
    max_strand_bias : float
        Phred p-value of Fisher's exact test on reads by allele and strand, plus the imbalance of a
        heterozygote; above it StrandBias. An error that recurs mostly does so on one strand.

    Returns
    -------
    DataFrame
        The same rows with the column filter: ``"PASS"`` or the names, joined by ``;``.

    Raises
    ------
    InputError
        When a column is missing.

    Notes
    -----
    The defaults are those of the fewest errors on simulated samples of 10x to 30x, most of them with errors
    that recur at a position (``benchmarks/variants_repeats.py``); where several did equally well, the most
    lenient. QUAL 13 is a variant with a probability of 0.95, GQ 3 a genotype as likely right as wrong. Ask
    for more (20 and 20) where a false call costs more than a missed one.
    """
    needed = ["qual", "gq", "dp", "allele1", "allele2", *STRAND_COLUMNS]
    need_columns(calls, needed, "filter_calls")
    alternative = (calls["alt_forward"] + calls["alt_reverse"]).to_numpy(dtype=np.int64)
    every = alternative + (calls["ref_forward"] + calls["ref_reverse"]).to_numpy(dtype=np.int64)
    heterozygous = ((calls["allele1"] == 0) & (calls["allele2"] > 0)).to_numpy()
    depth = calls["dp"].to_numpy()
    imbalance = _imbalance(alternative, every)
    failed = {
        "LowQual": calls["qual"].to_numpy() < min_qual,
        "LowGQ": calls["gq"].to_numpy() < min_gq,
        "QualByDepth": calls["qual"].to_numpy() < min_qual_by_depth * depth,
        "LowDepth": depth < min_depth,
        "HighDepth": depth > (np.inf if max_depth is None else max_depth),
        "AlleleBalance": heterozygous & ((alternative < min_balance * every) | (imbalance > max_imbalance)),
        "StrandBias": _strand_bias(calls) + heterozygous * imbalance > max_strand_bias,
    }
    names = np.full(len(calls), "", dtype=object)
    for name, rows in failed.items():
        names[rows] += f"{name};"
    return calls.assign(filter=[text.rstrip(";") or "PASS" for text in names])


def call_variants(
    bam: str | PathLike[str],
    reference: str | PathLike[str],
    region: Region | None = None,
    *,
    workers: int = 1,
    method: str = "bayes",
    theta: float = 0.001,
    min_base_quality: int = MIN_BASE_QUALITY,
    min_mapping_quality: int = MIN_MAPPING_QUALITY,
    progress: bool | None = None,
    **filters: Any,
) -> pd.DataFrame:
    """Call SNVs and indels of one diploid sample.

    Parameters
    ----------
    bam, reference, region, min_base_quality, min_mapping_quality
        As for `pileup`.
    workers : int
        Processes that share the work, stretch by stretch; the calls are the same for any number. Where
        processes are spawned (macOS), a script needs ``if __name__ == "__main__":`` around the call.
    method : {"bayes", "bcftools"}
        ``"bayes"`` is `pileup` → `genotype_likelihoods` → `posterior` → `filter_calls` on the sites where
        reads differ from the reference, and the haplotype comparison of `biolabkit.genomics.indels`.
        ``"bcftools"`` runs mpileup and call as bundled with pysam; its filter column is LowQual or PASS, by
        `min_qual` alone.
    theta : float
        Prior heterozygosity of SNVs (``"bayes"`` only).
    progress : bool, optional
        Show a progress bar; by default in a terminal or notebook when it takes longer than a second.
    **filters
        Handed to `filter_calls`.

    Returns
    -------
    DataFrame
        One row per variant site, sorted: `CALL_COLUMNS` (chrom, start, end, pos, ref, alt, qual, filter,
        allele1, allele2, gq, dp, ad), then ref_forward, ref_reverse, alt_forward, alt_reverse (``"bayes"``).

    Raises
    ------
    InputError
        A missing file or index, an unknown method or filter, fewer than one worker, a region that is empty,
        off the contig or on an unknown one.
    FormatError
        A damaged file, reads without qualities, or a FASTA that the reads were not aligned to.

    Notes
    -----
    Reads are loaded by windows of 25,000 bases, so memory follows the depth, not the region's length.

    Examples
    --------
    >>> calls = call_variants("reads.bam", "reference.fa", "20:10,000,001-10,100,000")  # doctest: +SKIP
    >>> calls[calls["filter"] == "PASS"]  # doctest: +SKIP
    """
    if method not in ("bayes", "bcftools"):
        raise InputError(f"call_variants: method is {method!r}; expected 'bayes' or 'bcftools'")
    if isinstance(workers, bool) or not isinstance(workers, int) or workers < 1:
        raise InputError(f"call_variants: workers is {workers!r}; expected a whole number of at least 1")
    if method == "bcftools":
        _only_min_qual(filters)
    with open_alignment(bam, reference) as alignment:
        regions = alignment.regions(region)
    options = Options(theta, min_base_quality, min_mapping_quality)
    stretches = [
        (chrom, low, min(low + STRETCH, end))
        for chrom, start, end in regions
        for low in range(start, end, STRETCH)
    ]
    work = call_stretch if method == "bayes" else bcftools_stretch
    parts = run_stretches(
        partial(work, str(bam), str(reference), options),
        stretches,
        workers=workers,
        progress=progress,
        own_process=method == "bcftools",
    )
    calls = concatenate([part for part in parts if len(part)])
    if method == "bcftools":
        low = calls["qual"] < filters.get("min_qual", 20)
        return calls.assign(filter=np.where(low, "LowQual", "PASS"))[list(CALL_COLUMNS)]
    return filter_calls(calls, **filters)[[*CALL_COLUMNS, *STRAND_COLUMNS]]


def _only_min_qual(filters: dict[str, Any]) -> None:
    unknown = sorted(set(filters) - {"min_qual"})
    if unknown:
        raise InputError(
            f"call_variants: method 'bcftools' takes only min_qual as a filter, not {', '.join(unknown)}"
        )


def _strand_bias(calls: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Phred p-value of Fisher's exact test, two-sided, on the 2 × 2 table of allele and strand."""
    tables = calls[list(STRAND_COLUMNS)].to_numpy(dtype=np.int64).reshape(-1, 4)
    scores = np.zeros(len(tables))
    # One allele alone cannot be biased: p is 1.
    both = (tables[:, :2].sum(axis=1) > 0) & (tables[:, 2:].sum(axis=1) > 0)
    scores[both] = phred(fisher_exact(tables[both]), most=990)
    return scores


def _imbalance(alternative: npt.NDArray[np.int64], every: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Phred probability of at most this many heads in so many tosses of a fair coin."""
    log_factorial = _log_factorials(int(every.max(initial=0)))
    heads = np.arange(int(every.max(initial=0)) + 1)
    n = every[:, None]
    log_weight = log_factorial[n] - log_factorial[heads] - log_factorial[np.maximum(n - heads, 0)]
    weight = np.where(heads <= alternative[:, None], np.exp(log_weight - n * np.log(2)), 0.0)
    return phred(np.minimum(weight.sum(axis=1), 1), most=990)


def _log_factorials(largest: int) -> npt.NDArray[np.float64]:
    # SciPy's would take longer to import than all of this to compute.
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, largest + 1)))])


def fisher_exact(tables: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Two-sided p-values of 2 × 2 tables, one a row of `tables`: a, b, c, d.

    As R and SciPy do: the sum over all tables of the same margins that are not more probable.
    """
    log_factorial = _log_factorials(int(tables.sum(axis=1).max(initial=0)))
    a, b, c, d = tables.T[..., None]
    first, second, forward = a + b, c + d, a + c
    cell = np.arange(int(first.max(initial=0)) + 1)
    possible = (cell <= first) & (cell <= forward) & (forward - cell <= second)
    cells = (cell, first - cell, forward - cell, second - forward + cell)
    log_weight = -sum(log_factorial[np.clip(part, 0, len(log_factorial) - 1)] for part in cells)
    log_weight = np.where(possible, log_weight, -np.inf)
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    seen = np.take_along_axis(weight, a, axis=1)
    return np.asarray((weight * (weight <= seen * (1 + 1e-7))).sum(axis=1) / weight.sum(axis=1))
