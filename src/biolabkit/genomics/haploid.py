"""Calls in a haploid genome: a bacterium, a virus, a mitochondrion.

One chromosome, so one allele: a site whose reads disagree is no heterozygote but a warning, of two genomes in
the tube, of two copies of a repeat that the reference has once, or of an error that recurs.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.genomics._genotypes import MAX_GQ, phred
from biolabkit.genomics._tables import need_columns

__all__ = ["haploid_calls"]

BASES = "ACGT"
HOMOZYGOUS = [base * 2 for base in BASES]
MAX_QUAL = 999

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]


def haploid_calls(
    likelihoods: pd.DataFrame,
    *,
    rate: float = 0.001,
    min_qual: float = 30,
    min_depth: int = 5,
    min_fraction: float = 0.8,
    min_reads_for_strand: int = 8,
) -> pd.DataFrame:
    """Call the one allele of each site, and name what is suspicious about it.

    Parameters
    ----------
    likelihoods : DataFrame
        From `genotype_likelihoods`; the likelihood of a haploid genotype A is that of the diploid AA.
    rate : float
        Prior probability that a position differs from the reference; a third for each other base.
    min_qual : float
        Phred; a variant below it is LowQual.
    min_depth : int
        A site of fewer reads is LowDepth.
    min_fraction : float
        A site is Mixed when a smaller fraction of its reads shows the called allele.
    min_reads_for_strand : int
        A variant that at least so many reads show, all of one strand, is StrandBias.

    Returns
    -------
    DataFrame
        One row per site: chrom, start, end, pos, ref, alt (``"."`` when the reference is called), qual (Phred
        probability that the site is the reference, at most 999), filter (``"PASS"`` or names joined by
        ``;``), allele1 (int8: 0 or 1), allele2 (int8: -1), gq (Phred probability that the call is wrong, at
        most 99), dp, ad (reads of ref and alt), fraction (reads that show the called allele), alt_forward,
        alt_reverse.

    Raises
    ------
    InputError
        When a column is missing, or `rate` is outside (0, 0.5).

    Examples
    --------
    >>> sites = genotype_likelihoods(pileup("reads.bam", "genome.fa"))  # doctest: +SKIP
    >>> haploid_calls(sites).query("alt != '.' and filter == 'PASS'")  # doctest: +SKIP
    """
    reverse_names = [f"{base}_reverse" for base in BASES]
    needed = ["chrom", "start", "ref", "depth", *BASES, *reverse_names, *HOMOZYGOUS]
    need_columns(likelihoods, needed, "haploid_calls")
    _check_rate(rate)
    ref = likelihoods["ref"].astype(pd.CategoricalDtype(list(BASES))).cat.codes.to_numpy().astype(np.int64)
    rows = np.arange(len(ref))
    joint = likelihoods[HOMOZYGOUS].to_numpy() + np.log10(rate / 3)
    joint[rows, ref] += np.log10(1 - rate) - np.log10(rate / 3)
    best = joint.argmax(axis=1)
    counts = likelihoods[list(BASES)].to_numpy()
    reverse = likelihoods[reverse_names].to_numpy()
    variant = best != ref
    depth = likelihoods["depth"].to_numpy()
    shown = counts[rows, best]
    table = pd.DataFrame(
        {
            "chrom": likelihoods["chrom"].astype(str).to_numpy(),
            "start": likelihoods["start"].to_numpy(),
            "end": likelihoods["start"].to_numpy() + 1,
            "pos": likelihoods["start"].to_numpy() + 1,
            "ref": np.array(list(BASES), dtype=object)[ref],
            "alt": np.where(variant, np.array(list(BASES), dtype=object)[best], "."),
            "qual": _site_quality(joint, ref),
            "allele1": variant.astype(np.int8),
            "allele2": np.full(len(ref), -1, dtype=np.int8),
            "gq": _genotype_quality(joint, best),
            "dp": depth,
            "ad": [
                f"{r},{a}" if v else f"{r}" for r, a, v in zip(counts[rows, ref], shown, variant, strict=True)
            ],
            "fraction": shown / np.maximum(depth, 1),
            "alt_forward": np.where(variant, shown - reverse[rows, best], 0),
            "alt_reverse": np.where(variant, reverse[rows, best], 0),
        }
    )
    one_strand = (table["alt_forward"] == 0) | (table["alt_reverse"] == 0)
    failed = {
        "LowQual": variant & (table["qual"] < min_qual),
        "LowDepth": table["dp"] < min_depth,
        "Mixed": table["fraction"] < min_fraction,
        "StrandBias": variant & one_strand & (shown >= min_reads_for_strand),
    }
    names = np.full(len(table), "", dtype=object)
    for name, where in failed.items():
        names[np.asarray(where)] += f"{name};"
    table.insert(7, "filter", [text.rstrip(";") or "PASS" for text in names])
    return table


def _check_rate(rate: float) -> None:
    if not 0 < rate < 0.5:
        raise InputError(
            told(
                f"haploid_calls: rate is {rate}; expected a probability between 0 and 0.5",
                f"haploid_calls: rate가 {rate}입니다. 0보다 크고 0.5보다 작은 확률이어야 합니다",
            )
        )


def _site_quality(joint: Floats, ref: Ints) -> Floats:
    """Phred posterior probability of the reference, through logarithms, so that it does not underflow."""
    top = joint.max(axis=1)
    logs = joint[np.arange(len(ref)), ref] - top - np.log10((10 ** (joint - top[:, None])).sum(axis=1))
    return np.clip(-10 * logs, 0, MAX_QUAL)


def _genotype_quality(joint: Floats, best: Ints) -> Ints:
    """Phred posterior probability of every allele but the best."""
    scaled = 10 ** (joint - joint.max(axis=1, keepdims=True))
    total = scaled.sum(axis=1)
    scaled[np.arange(len(best)), best] = 0
    return phred(scaled.sum(axis=1) / total, MAX_GQ).round().astype(np.int64)
