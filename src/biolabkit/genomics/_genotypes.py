"""The model behind `genotype_likelihoods` and `posterior`, on plain arrays."""

from dataclasses import dataclass
from itertools import combinations_with_replacement
from typing import Any

import numpy as np
import numpy.typing as npt

from biolabkit._words import told
from biolabkit.errors import InputError

__all__ = ["BASES", "GENOTYPES", "MAX_GQ", "MOST_ERROR", "Sites", "call_sites", "phred", "sum_likelihoods"]

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]

BASES = "ACGT"
PAIRS = list(combinations_with_replacement(range(4), 2))
GENOTYPES = tuple(BASES[a] + BASES[b] for a, b in PAIRS)
"""The ten unordered diploid genotypes: AA, AC, … TT."""

MAX_GQ = 99
# A base tells no less than a random one would, whatever its quality says.
MOST_ERROR = 0.75


@dataclass(frozen=True)
class Sites:
    """What the reads say about each site.

    Attributes
    ----------
    counts, reverse : int64 arrays, sites × 4
        Reads that show A, C, G, T; those of them on the reverse strand.
    likelihoods : float64 array, sites × 10
        Log10, in the order of `GENOTYPES`.
    """

    counts: Ints
    reverse: Ints
    likelihoods: Floats


def phred(probability: npt.ArrayLike, most: float = np.inf) -> Floats:
    """Phred scale: −10 log10 of a probability, at most `most`.

    Examples
    --------
    >>> phred(0.001).item()
    30.0
    """
    with np.errstate(divide="ignore"):
        return np.minimum(-10 * np.log10(np.asarray(probability, dtype=np.float64)) + 0.0, most)


def sum_likelihoods(
    site: Ints,
    sites: int,
    code: Ints,
    quality: npt.NDArray[np.uint8],
    reverse: npt.NDArray[np.bool_],
) -> Sites:
    """Sum over the bases of each site.

    Parameters
    ----------
    site, code, quality, reverse : arrays, one per base
        The site's number, 0–3 for A, C, G, T, the worse of base and mapping quality, the strand.
    sites : int
        How many there are.
    """
    cell = site * 4 + code
    return Sites(
        counts=np.bincount(cell, minlength=4 * sites).reshape(sites, 4),
        reverse=np.bincount(cell[reverse], minlength=4 * sites).reshape(sites, 4),
        likelihoods=_log_likelihoods(cell, quality, sites),
    )


def call_sites(ref: Ints, sites: Sites, theta: float) -> tuple[dict[str, Any], Floats]:
    """The most probable genotype of each site.

    Parameters
    ----------
    ref : int64 array
        The reference's base at each site, 0–3.
    sites : Sites
        From `sum_likelihoods`.
    theta : float
        Heterozygosity.

    Returns
    -------
    dict of str to array or list
        alt, qual, allele1, allele2, gq, ad, ref_forward, ref_reverse, alt_forward, alt_reverse, as
        `posterior` has them.
    float64 array, sites × 10
        Posterior probabilities.

    Raises
    ------
    InputError
        When theta is outside (0, 0.5).
    """
    if not 0 < theta < 0.5:
        raise InputError(
            told(
                f"posterior: theta is {theta}; expected a heterozygosity between 0 and 0.5, such as 0.001",
                f"posterior: theta가 {theta}입니다. 0보다 크고 0.5보다 작은 이형접합도(예: 0.001)여야 합니다",
            )
        )
    log_joint = sites.likelihoods + _log_prior(theta)[ref]
    probability = 10 ** (log_joint - log_joint.max(axis=1, keepdims=True))
    probability /= probability.sum(axis=1, keepdims=True)
    best = probability.argmax(axis=1)
    others = probability.copy()
    others[np.arange(len(best)), best] = 0
    hom_ref = np.array([PAIRS.index((code, code)) for code in range(4)])[ref]
    alt, alleles = _name_alleles(ref, best)
    columns: dict[str, Any] = {
        "alt": alt,
        # Through the likelihoods, so that a strong site does not run out of floating point at 10^-308.
        "qual": _log_qual(log_joint, hom_ref),
        "allele1": alleles[:, 0],
        "allele2": alleles[:, 1],
        "gq": phred(others.sum(axis=1), MAX_GQ).round().astype(np.int64),
    }
    return columns | _depths(ref, alt, sites), probability


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


def _depths(ref: Ints, alt: list[str], sites: Sites) -> dict[str, Any]:
    counts, reverse = sites.counts, sites.reverse
    rows = np.arange(len(ref))
    depths = list(map(str, counts[rows, ref].tolist()))
    is_alt = np.zeros(counts.shape, dtype=bool)
    for row in (row for row, text in enumerate(alt) if text != "."):
        codes = [BASES.index(base) for base in alt[row].split(",")]
        is_alt[row, codes] = True
        depths[row] = ",".join([depths[row], *(str(counts[row, code]) for code in codes)])
    return {
        "ad": depths,
        "ref_forward": (counts - reverse)[rows, ref],
        "ref_reverse": reverse[rows, ref],
        "alt_forward": ((counts - reverse) * is_alt).sum(axis=1),
        "alt_reverse": (reverse * is_alt).sum(axis=1),
    }
