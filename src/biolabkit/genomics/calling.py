"""Calling variants: the public steps, put together for a whole region."""

from functools import partial
from os import PathLike
from typing import Any

import numpy as np
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.genomics._alignment import open_alignment
from biolabkit.genomics._calling import call_columns, check_workers, stretches_of
from biolabkit.genomics._filters import FILTER_COLUMNS, STRAND_COLUMNS, Thresholds, name_failed
from biolabkit.genomics._observations import MIN_BASE_QUALITY, MIN_MAPPING_QUALITY
from biolabkit.genomics._parallel import run_stretches
from biolabkit.genomics._region_text import Region
from biolabkit.genomics._stretch import Options
from biolabkit.genomics._tables import need_columns
from biolabkit.genomics._vcf_text import CALL_COLUMNS

__all__ = ["call_variants", "filter_calls"]


def filter_calls(
    calls: pd.DataFrame,
    *,
    min_qual: float = Thresholds.min_qual,
    min_gq: float = Thresholds.min_gq,
    min_qual_by_depth: float = Thresholds.min_qual_by_depth,
    min_depth: int = Thresholds.min_depth,
    max_depth: float | None = Thresholds.max_depth,
    min_balance: float = Thresholds.min_balance,
    max_imbalance: float = Thresholds.max_imbalance,
    max_strand_bias: float = Thresholds.max_strand_bias,
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
    need_columns(calls, FILTER_COLUMNS, "filter_calls")
    thresholds = Thresholds(
        min_qual,
        min_gq,
        min_qual_by_depth,
        min_depth,
        max_depth,
        min_balance,
        max_imbalance,
        max_strand_bias,
    )
    columns = {name: calls[name].to_numpy() for name in FILTER_COLUMNS}
    return calls.assign(filter=name_failed(columns, thresholds))


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
    _check_method(method, filters)
    check_workers(workers, "call_variants")
    with open_alignment(bam, reference) as alignment:
        regions = alignment.regions(region)
    options = Options(theta, min_base_quality, min_mapping_quality)
    if method == "bcftools":
        calls = _by_bcftools(str(bam), str(reference), options, regions, workers, progress)
        low = calls["qual"] < filters.get("min_qual", 20)
        return calls.assign(filter=np.where(low, "LowQual", "PASS"))[list(CALL_COLUMNS)]
    columns = call_columns(bam, reference, regions, options, filters, workers=workers, progress=progress)
    return pd.DataFrame({name: columns[name] for name in (*CALL_COLUMNS, *STRAND_COLUMNS)})


def _by_bcftools(
    bam: str,
    reference: str,
    options: Options,
    regions: list[tuple[str, int, int]],
    workers: int,
    progress: bool | None,
) -> pd.DataFrame:
    from biolabkit.genomics._bcftools import bcftools_stretch

    parts = run_stretches(
        partial(bcftools_stretch, bam, reference, options),
        stretches_of(regions, workers),
        workers=workers,
        progress=progress,
        own_process=True,
    )
    calls = [part for part in parts if len(part)]
    table = pd.concat(calls, ignore_index=True) if calls else pd.DataFrame(columns=list(CALL_COLUMNS))
    return table.astype({"chrom": object, "allele1": np.int8, "allele2": np.int8})


def _check_method(method: str, filters: dict[str, Any]) -> None:
    """Refuse an unknown method, and filters that bcftools does not have."""
    if method not in ("bayes", "bcftools"):
        raise InputError(
            told(
                f"call_variants: method is {method!r}; expected 'bayes' or 'bcftools'",
                f"call_variants: method가 {method!r}입니다. 'bayes'나 'bcftools'여야 합니다",
            )
        )
    unknown = ", ".join(sorted(set(filters) - {"min_qual"}))
    if method == "bcftools" and unknown:
        raise InputError(
            told(
                f"call_variants: method 'bcftools' takes only min_qual as a filter, not {unknown}",
                f"call_variants: method='bcftools'에 쓸 수 있는 필터는 min_qual뿐입니다. 쓸 수 없는 필터: "
                f"{unknown}",
            )
        )
