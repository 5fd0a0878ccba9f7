"""From bases and their qualities to diploid genotypes: likelihood, prior, posterior.

The model is that of Li (2011, doi:10.1093/bioinformatics/btr509) for independent errors: a read comes from
either chromosome with probability one half, and a base with Phred quality Q is wrong with e = 10^(-Q/10),
then being each of the three other bases with e/3.
"""

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit.genomics._genotypes import BASES, GENOTYPES, Sites, call_sites, phred, sum_likelihoods
from biolabkit.genomics._tables import need_columns

__all__ = ["GENOTYPES", "genotype_likelihoods", "phred", "posterior"]

REVERSE = tuple(f"{base}_reverse" for base in BASES)


def genotype_likelihoods(pileup: pd.DataFrame) -> pd.DataFrame:
    """Log10 likelihood of each of the ten diploid genotypes at each site of a pileup.

    Parameters
    ----------
    pileup : DataFrame
        From `biolabkit.genomics.pileup`: chrom, start, ref, base, quality, mapping_quality, reverse. A base's
        error probability is that of its base or its mapping quality, whichever is worse.

    Returns
    -------
    DataFrame
        One row per site that has a base: chrom, start, ref, depth; counts A, C, G, T; counts on the reverse
        strand A_reverse … T_reverse; log10 likelihoods AA, AC, … TT (float64, all 0 or less).

    Raises
    ------
    InputError
        When a column is missing.
    """
    needed = ["chrom", "start", "ref", "base", "quality", "mapping_quality", "reverse"]
    need_columns(pileup, needed, "genotype_likelihoods")
    keys = pileup["start"].to_numpy()
    chrom = pileup["chrom"].astype("category").cat
    order = np.lexsort((keys, chrom.codes))
    new = np.ones(len(pileup), dtype=bool)
    new[1:] = (np.diff(keys[order]) != 0) | (np.diff(chrom.codes.to_numpy()[order]) != 0)
    site = np.empty(len(pileup), dtype=np.int64)
    site[order] = np.cumsum(new) - 1
    first = order[new]
    sites = sum_likelihoods(
        site,
        len(first),
        _base_codes(pileup["base"]),
        np.minimum(pileup["quality"].to_numpy(), pileup["mapping_quality"].to_numpy()),
        pileup["reverse"].to_numpy(dtype=bool),
    )
    table = pileup.iloc[first][["chrom", "start", "ref"]].reset_index(drop=True)
    table["depth"] = sites.counts.sum(axis=1)
    table[list(BASES)] = sites.counts
    table[list(REVERSE)] = sites.reverse
    table[list(GENOTYPES)] = sites.likelihoods
    return table


def posterior(likelihoods: pd.DataFrame, *, theta: float = 0.001) -> pd.DataFrame:
    """Posterior probability of each genotype, and the call that follows from it.

    The prior of a site is that of a diploid in a population of heterozygosity `theta`: heterozygous with the
    reference θ (a third for each alternative), homozygous for an alternative θ/2, two different alternatives
    θ², homozygous for the reference the rest.

    Parameters
    ----------
    likelihoods : DataFrame
        From `genotype_likelihoods`.
    theta : float
        Heterozygosity; 0.001 for humans.

    Returns
    -------
    DataFrame
        One row per site: chrom, start, end, pos, ref, alt (``"."``: none; comma-separated: two), qual (Phred
        probability that the site is homozygous for the reference), allele1, allele2 (int8, 0 is the
        reference), gq (Phred probability that the genotype is wrong, at most 99), dp, ad (depths of ref and
        each alt, comma-separated), alt_forward, alt_reverse, ref_forward, ref_reverse; posterior
        probabilities AA, AC, … TT.

    Raises
    ------
    InputError
        When a column is missing or theta is outside (0, 0.5).
    """
    needed = ["chrom", "start", "ref", "depth", *BASES, *REVERSE, *GENOTYPES]
    need_columns(likelihoods, needed, "posterior")
    columns, probability = call_sites(
        _base_codes(likelihoods["ref"]),
        Sites(*(likelihoods[list(names)].to_numpy() for names in (BASES, REVERSE, GENOTYPES))),
        theta,
    )
    table = pd.DataFrame(
        {
            "chrom": likelihoods["chrom"].astype(str),
            "start": likelihoods["start"],
            "end": likelihoods["start"] + 1,
            "pos": likelihoods["start"] + 1,
            "ref": likelihoods["ref"].astype(str),
        }
    )
    for name, values in columns.items():
        if name == "ad":
            table["dp"] = likelihoods["depth"]
        table[name] = values
    table[list(GENOTYPES)] = probability
    return table


def _base_codes(letters: pd.Series) -> npt.NDArray[np.int64]:
    return letters.astype(pd.CategoricalDtype(list(BASES))).cat.codes.to_numpy().astype(np.int64)
