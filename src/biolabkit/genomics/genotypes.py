"""From bases and their qualities to diploid genotypes: likelihood, prior, posterior.

The model is that of Li (2011, doi:10.1093/bioinformatics/btr509) for independent errors: a read comes from
either chromosome with probability one half, and a base with Phred quality Q is wrong with e = 10^(-Q/10),
then being each of the three other bases with e/3.
"""

from itertools import combinations_with_replacement

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit.errors import InputError

__all__ = ["GENOTYPES", "genotype_likelihoods", "phred", "posterior"]

Floats = npt.NDArray[np.float64]

BASES = "ACGT"
PAIRS = list(combinations_with_replacement(range(4), 2))
GENOTYPES = tuple(BASES[a] + BASES[b] for a, b in PAIRS)
"""The ten unordered diploid genotypes: AA, AC, … TT."""

MAX_GQ = 99
# A base tells no less than a random one would, whatever its quality says.
MOST_ERROR = 0.75


def phred(probability: npt.ArrayLike, most: float = np.inf) -> Floats:
    """Phred scale: −10 log10 of a probability, at most `most`.

    Examples
    --------
    >>> phred(0.001).item()
    30.0
    """
    with np.errstate(divide="ignore"):
        return np.minimum(-10 * np.log10(np.asarray(probability, dtype=np.float64)) + 0.0, most)


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
    _need(
        pileup,
        ["chrom", "start", "ref", "base", "quality", "mapping_quality", "reverse"],
        "genotype_likelihoods",
    )
    keys = pileup["start"].to_numpy()
    chrom = pileup["chrom"].astype("category").cat
    order = np.lexsort((keys, chrom.codes))
    new = np.ones(len(pileup), dtype=bool)
    new[1:] = (np.diff(keys[order]) != 0) | (np.diff(chrom.codes.to_numpy()[order]) != 0)
    site = np.empty(len(pileup), dtype=np.int64)
    site[order] = np.cumsum(new) - 1
    first = order[new]
    sites = len(first)
    cell = site * 4 + _base_codes(pileup["base"])
    quality = np.minimum(pileup["quality"].to_numpy(), pileup["mapping_quality"].to_numpy())
    counts = np.bincount(cell, minlength=4 * sites).reshape(sites, 4)
    reverse = np.bincount(cell[pileup["reverse"].to_numpy(dtype=bool)], minlength=4 * sites).reshape(sites, 4)
    table = pileup.iloc[first][["chrom", "start", "ref"]].reset_index(drop=True)
    table["depth"] = counts.sum(axis=1)
    table[list(BASES)] = counts
    table[[f"{base}_reverse" for base in BASES]] = reverse
    table[list(GENOTYPES)] = _log_likelihoods(cell, quality, sites)
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
    _need(likelihoods, ["chrom", "start", "ref", "depth", *BASES, *GENOTYPES], "posterior")
    if not 0 < theta < 0.5:
        raise InputError(
            f"posterior: theta is {theta}; expected a heterozygosity between 0 and 0.5, such as 0.001"
        )
    ref = _base_codes(likelihoods["ref"])
    log_joint = likelihoods[list(GENOTYPES)].to_numpy() + _log_prior(theta)[ref]
    probability = 10 ** (log_joint - log_joint.max(axis=1, keepdims=True))
    probability /= probability.sum(axis=1, keepdims=True)
    best = probability.argmax(axis=1)
    rows = np.arange(len(best))
    others = probability.copy()
    others[rows, best] = 0
    hom_ref = np.array([PAIRS.index((code, code)) for code in range(4)])[ref]
    table = pd.DataFrame(
        {
            "chrom": likelihoods["chrom"].astype(str),
            "start": likelihoods["start"],
            "end": likelihoods["start"] + 1,
            "pos": likelihoods["start"] + 1,
            "ref": likelihoods["ref"].astype(str),
        }
    )
    alt, alleles = _name_alleles(ref, best)
    table["alt"] = alt
    # Written through the likelihoods, so that a strong site does not run out of floating point at 10^-308.
    table["qual"] = _log_qual(log_joint, hom_ref)
    table["allele1"], table["allele2"] = alleles[:, 0], alleles[:, 1]
    table["gq"] = phred(others.sum(axis=1), MAX_GQ).round().astype(np.int64)
    table["dp"] = likelihoods["depth"]
    _add_depths(table, likelihoods, ref)
    table[list(GENOTYPES)] = probability
    return table


def _need(table: pd.DataFrame, columns: list[str], where: str) -> None:
    missing = [name for name in columns if name not in table]
    if missing:
        raise InputError(
            f"{where}: the table lacks the columns {', '.join(missing)}; it has {', '.join(table.columns)}"
        )


def _base_codes(letters: pd.Series) -> npt.NDArray[np.int64]:
    return letters.astype(pd.CategoricalDtype(list(BASES))).cat.codes.to_numpy().astype(np.int64)


def _log_likelihoods(cell: npt.NDArray[np.int64], quality: npt.NDArray[np.uint8], sites: int) -> Floats:
    """Sum log10 P(base | genotype) over the bases of each site; `cell` is ``4 · site + base``."""
    level = np.arange(256)
    error = np.minimum(10 ** (-level / 10), MOST_ERROR)
    scores = {
        "same": np.log10(1 - error),
        "half": np.log10((1 - error) / 2 + error / 6),
        "other": np.log10(error / 3),
    }
    summed = {
        name: np.bincount(cell, weights=score[quality], minlength=4 * sites).reshape(sites, 4)
        for name, score in scores.items()
    }
    none = summed["other"].sum(axis=1)
    result = np.empty((sites, len(PAIRS)))
    for column, (a, b) in enumerate(PAIRS):
        gain = summed["same"][:, a] if a == b else summed["half"][:, a] + summed["half"][:, b]
        loss = summed["other"][:, a] if a == b else summed["other"][:, a] + summed["other"][:, b]
        result[:, column] = none - loss + gain
    return result


def _log_prior(theta: float) -> Floats:
    """Log10 prior, one row per reference base, one column per genotype; each row sums to 1."""
    prior = np.empty((4, len(PAIRS)))
    for ref in range(4):
        for column, (a, b) in enumerate(PAIRS):
            if a == b == ref:
                prior[ref, column] = 1 - 1.5 * theta - theta**2
            elif ref in (a, b):
                prior[ref, column] = theta / 3
            else:
                prior[ref, column] = theta / 6 if a == b else theta**2 / 3
    return np.log10(prior)


def _log_qual(log_joint: Floats, hom_ref: npt.NDArray[np.int64]) -> Floats:
    top = log_joint.max(axis=1)
    total = top + np.log10((10 ** (log_joint - top[:, None])).sum(axis=1))
    return np.maximum(-10 * (log_joint[np.arange(len(top)), hom_ref] - total), 0.0)


def _name_alleles(
    ref: npt.NDArray[np.int64], best: npt.NDArray[np.int64]
) -> tuple[list[str], npt.NDArray[np.int8]]:
    """ALT text and allele numbers of the best genotype at each site."""
    known: dict[tuple[int, int], tuple[str, int, int]] = {}
    for code in range(4):
        for column, pair in enumerate(PAIRS):
            others = sorted(set(pair) - {code})
            numbers = sorted(0 if base == code else others.index(base) + 1 for base in pair)
            known[code, column] = (",".join(BASES[base] for base in others) or ".", numbers[0], numbers[1])
    named = [known[code, column] for code, column in zip(ref.tolist(), best.tolist(), strict=True)]
    return [name for name, _, _ in named], np.array([n[1:] for n in named], dtype=np.int8).reshape(-1, 2)


def _add_depths(table: pd.DataFrame, likelihoods: pd.DataFrame, ref: npt.NDArray[np.int64]) -> None:
    counts = likelihoods[list(BASES)].to_numpy()
    reverse = likelihoods[[f"{base}_reverse" for base in BASES]].to_numpy()
    rows = np.arange(len(table))
    alts = table["alt"].tolist()
    depths = list(map(str, counts[rows, ref].tolist()))
    is_alt = np.zeros(counts.shape, dtype=bool)
    for row in np.flatnonzero(table["alt"].to_numpy() != ".").tolist():
        codes = [BASES.index(base) for base in alts[row].split(",")]
        is_alt[row, codes] = True
        depths[row] = ",".join([depths[row], *(str(counts[row, code]) for code in codes)])
    table["ad"] = depths
    table["ref_forward"] = (counts - reverse)[rows, ref]
    table["ref_reverse"] = reverse[rows, ref]
    table["alt_forward"] = ((counts - reverse) * is_alt).sum(axis=1)
    table["alt_reverse"] = (reverse * is_alt).sum(axis=1)
