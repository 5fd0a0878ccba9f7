"""Calling variants: the public steps, put together for a whole region."""

from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit.errors import InputError
from biolabkit.genomics._bcftools import call_with_bcftools
from biolabkit.genomics._reads import Alignment, ReadBlock, open_alignment, read_block
from biolabkit.genomics.genotypes import GENOTYPES, genotype_likelihoods, phred, posterior
from biolabkit.genomics.indels import indel_calls
from biolabkit.genomics.pileup import (
    CHUNK,
    MIN_BASE_QUALITY,
    MIN_MAPPING_QUALITY,
    Observations,
    observation_table,
)
from biolabkit.genomics.regions import Region
from biolabkit.genomics.vcf import CALL_COLUMNS

__all__ = ["call_variants", "filter_calls"]

STRAND_COLUMNS = ("ref_forward", "ref_reverse", "alt_forward", "alt_reverse")
# A site is looked at when this many reads, and this fraction of them, differ from the reference.
FEWEST_ALTERNATIVE = 2
SMALLEST_FRACTION = 0.1


def filter_calls(
    calls: pd.DataFrame,
    *,
    min_qual: float = 20,
    min_gq: float = 10,
    min_depth: int = 3,
    max_depth: float | None = None,
    min_balance: float = 0.2,
    max_strand_bias: float = 60,
) -> pd.DataFrame:
    """Name what is suspicious about each call.

    Parameters
    ----------
    calls : DataFrame
        From `posterior` or `call_variants`.
    min_qual, min_gq : float
        Phred; below them LowQual, LowGQ.
    min_depth, max_depth : number of reads
        Outside them LowDepth, HighDepth (collapsed repeats); no upper limit by default.
    min_balance : float
        Least fraction of alternative reads in a heterozygote; below it AlleleBalance.
    max_strand_bias : float
        Phred p-value of Fisher's exact test on reads by allele and strand; above it StrandBias.

    Returns
    -------
    DataFrame
        The same rows with the column filter: ``"PASS"`` or the names, joined by ``;``.

    Raises
    ------
    InputError
        When a column is missing.
    """
    needed = ["qual", "gq", "dp", "allele1", "allele2", *STRAND_COLUMNS]
    missing = [name for name in needed if name not in calls]
    if missing:
        raise InputError(f"filter_calls: the table lacks the columns {', '.join(missing)}")
    alternative = (calls["alt_forward"] + calls["alt_reverse"]).to_numpy()
    every = alternative + (calls["ref_forward"] + calls["ref_reverse"]).to_numpy()
    heterozygous = ((calls["allele1"] == 0) & (calls["allele2"] > 0)).to_numpy()
    depth = calls["dp"].to_numpy()
    failed = {
        "LowQual": calls["qual"].to_numpy() < min_qual,
        "LowGQ": calls["gq"].to_numpy() < min_gq,
        "LowDepth": depth < min_depth,
        "HighDepth": depth > (np.inf if max_depth is None else max_depth),
        "AlleleBalance": heterozygous & (alternative < min_balance * every),
        "StrandBias": _strand_bias(calls) > max_strand_bias,
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
    method: str = "bayes",
    theta: float = 0.001,
    min_base_quality: int = MIN_BASE_QUALITY,
    min_mapping_quality: int = MIN_MAPPING_QUALITY,
    **filters: Any,
) -> pd.DataFrame:
    """Call SNVs and indels of one diploid sample.

    Parameters
    ----------
    bam, reference, region, min_base_quality, min_mapping_quality
        As for `pileup`.
    method : {"bayes", "bcftools"}
        ``"bayes"`` is `pileup` → `genotype_likelihoods` → `posterior` → `filter_calls` on the sites where
        reads differ from the reference, and the haplotype comparison of `biolabkit.genomics.indels`.
        ``"bcftools"`` runs mpileup and call as bundled with pysam; its filter column is LowQual or PASS, by
        `min_qual` alone.
    theta : float
        Prior heterozygosity of SNVs (``"bayes"`` only).
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
        A missing file or index, an unknown method, a region that is empty, off the contig or on an unknown
        one.
    FormatError
        A damaged file, reads without qualities, or a FASTA that the reads were not aligned to.

    Examples
    --------
    >>> calls = call_variants("reads.bam", "reference.fa", "20:10,000,001-10,100,000")  # doctest: +SKIP
    >>> calls[calls["filter"] == "PASS"]  # doctest: +SKIP
    """
    if method not in ("bayes", "bcftools"):
        raise InputError(f"call_variants: method is {method!r}; expected 'bayes' or 'bcftools'")
    with open_alignment(bam, reference) as alignment:
        regions = alignment.regions(region)
        if method == "bcftools":
            for chrom, start, end in regions:
                _check_sample_of_reads(alignment, chrom, start, end, min_mapping_quality)
            return _bcftools_calls(bam, reference, regions, min_base_quality, min_mapping_quality, filters)
        parts = [
            part
            for chrom, start, end in regions
            for low in range(start, end, CHUNK)
            for part in _call_chunk(
                alignment, (chrom, low, min(low + CHUNK, end)), theta, min_base_quality, min_mapping_quality
            )
        ]
    columns = [*(name for name in CALL_COLUMNS if name != "filter"), *STRAND_COLUMNS]
    calls = pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)
    order = {chrom: index for index, (chrom, _, _) in enumerate(regions)}
    calls = calls.astype({"chrom": object, "allele1": np.int8, "allele2": np.int8})
    calls = filter_calls(calls, **filters)
    calls["_contig"] = calls["chrom"].map(order)
    calls = calls.sort_values(["_contig", "start", "ref"], kind="stable", ignore_index=True)
    return calls[[*CALL_COLUMNS, *STRAND_COLUMNS]]


def _call_chunk(
    alignment: Alignment,
    chunk: tuple[str, int, int],
    theta: float,
    min_base_quality: int,
    min_mapping_quality: int,
) -> list[pd.DataFrame]:
    block = read_block(alignment, *chunk, min_mapping_quality)
    if not len(block.codes):
        return []
    seen = Observations(alignment, block, min_base_quality)
    wanted = _candidate_sites(block, seen)
    parts = []
    if wanted.any():
        table = posterior(
            genotype_likelihoods(observation_table(block, seen.at(wanted[seen.position - block.start]))),
            theta=theta,
        )
        snvs = table[table["alt"] != "."].drop(columns=list(GENOTYPES))
        parts.append(snvs.astype({"chrom": object}))
    indels = indel_calls(block)
    if indels:
        parts.append(pd.DataFrame(indels))
    return [part for part in parts if len(part)]


def _candidate_sites(block: ReadBlock, seen: Observations) -> npt.NDArray[np.bool_]:
    size = block.end - block.start
    differs = seen.code != seen.reference
    alternative = np.bincount(seen.position[differs] - block.start, minlength=size)
    depth = np.bincount(seen.position - block.start, minlength=size)
    return (alternative >= FEWEST_ALTERNATIVE) & (alternative >= SMALLEST_FRACTION * depth)


def _strand_bias(calls: pd.DataFrame) -> npt.NDArray[np.float64]:
    """Phred p-value of Fisher's exact test, two-sided, on the 2 × 2 table of allele and strand."""
    tables = calls[list(STRAND_COLUMNS)].to_numpy(dtype=np.int64).reshape(-1, 4)
    scores = np.zeros(len(tables))
    # One allele alone cannot be biased: p is 1.
    both = (tables[:, :2].sum(axis=1) > 0) & (tables[:, 2:].sum(axis=1) > 0)
    scores[both] = phred(fisher_exact(tables[both]), most=990)
    return scores


def fisher_exact(tables: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Two-sided p-values of 2 × 2 tables, one a row of `tables`: a, b, c, d.

    As R and SciPy do: the sum over all tables of the same margins that are not more probable.
    """
    from scipy.special import gammaln

    a, b, c, d = tables.T[..., None]
    first, second, forward = a + b, c + d, a + c
    cell = np.arange(int(first.max(initial=0)) + 1)
    possible = (cell <= first) & (cell <= forward) & (forward - cell <= second)
    cells = (cell, first - cell, forward - cell, second - forward + cell)
    log_weight = -sum(gammaln(np.maximum(part, 0) + 1) for part in cells)
    log_weight = np.where(possible, log_weight, -np.inf)
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    seen = np.take_along_axis(weight, a, axis=1)
    return np.asarray((weight * (weight <= seen * (1 + 1e-7))).sum(axis=1) / weight.sum(axis=1))


def _check_sample_of_reads(
    alignment: Alignment, chrom: str, start: int, end: int, min_mapping_quality: int
) -> None:
    """The bundled bcftools would call against any FASTA: compare the first reads with it ourselves."""
    for low in range(start, end, CHUNK):
        block = read_block(alignment, chrom, low, min(low + CHUNK, end), min_mapping_quality)
        if len(block.codes):
            Observations(alignment, block, MIN_BASE_QUALITY)
            return


def _bcftools_calls(
    bam: str | PathLike[str],
    reference: str | PathLike[str],
    regions: list[tuple[str, int, int]],
    min_base_quality: int,
    min_mapping_quality: int,
    filters: dict[str, Any],
) -> pd.DataFrame:
    unknown = sorted(set(filters) - {"min_qual"})
    if unknown:
        raise InputError(
            f"call_variants: method 'bcftools' takes only min_qual as a filter, not {', '.join(unknown)}"
        )
    calls = call_with_bcftools(bam, reference, regions, min_base_quality, min_mapping_quality)
    calls["filter"] = np.where(calls["qual"] < filters.get("min_qual", 20), "LowQual", "PASS")
    return calls
