"""Donors: a reference genome with known variants in one chromosome or in two."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import joined, told
from biolabkit.errors import InputError
from biolabkit.simulate._bases import Codes, Seed, to_codes, to_text
from biolabkit.simulate.genomes import Genome

__all__ = ["Haplotype", "Sample", "diploid_sample", "haploid_sample"]

# A>G, C>T, G>A, T>C in the code A, C, G, T = 0, 1, 2, 3
TRANSITION = np.array([2, 3, 0, 1], dtype=np.uint8)

Alleles = Callable[[], tuple[int, int]]
"""Draws which chromosomes carry a variant."""


@dataclass(frozen=True)
class Haplotype:
    """One chromosome of a donor and where each of its bases lies on the reference.

    Attributes
    ----------
    codes : uint8 array
        Bases as 0–3 for A, C, G, T.
    reference : int64 array
        Reference position of each base; -1 for an inserted one.
    """

    codes: Codes
    reference: npt.NDArray[np.int64]


@dataclass(frozen=True)
class Sample:
    """A donor whose variants are known exactly.

    Attributes
    ----------
    genome : Genome
        The reference that the variants are written against.
    truth : DataFrame
        One row per variant, sorted, left-aligned: chrom, start, end, pos, ref, alt (comma-separated when the
        two haplotypes carry different alternatives), allele1, allele2 (int8, the two haplotypes in order;
        allele2 is -1 in a haploid donor, as `biolabkit.genomics.read_vcf` gives it).
    confident : DataFrame
        chrom, start, end of the regions where the benchmark is known; elsewhere a truth file says nothing.
    haplotypes : tuple of Haplotype
        The donor's chromosomes, two or one.
    """

    genome: Genome
    truth: pd.DataFrame = field(repr=False)
    confident: pd.DataFrame = field(repr=False)
    haplotypes: tuple[Haplotype, ...] = field(repr=False)


def diploid_sample(
    reference: Genome,
    *,
    seed: Seed,
    snv_rate: float = 0.001,
    indel_rate: float = 0.00015,
    ts_tv: float = 2.1,
    homozygous: float = 0.35,
    multiallelic: float = 0.01,
    confident_fraction: float = 1.0,
) -> Sample:
    """Put variants into the two chromosomes of a donor.

    Parameters
    ----------
    reference : Genome
        From `genome`.
    seed : int or Generator
        Same seed, same donor.
    snv_rate, indel_rate : float
        Variant sites per reference base; human-like by default.
    ts_tv : float
        Transitions per transversion among the SNVs.
    homozygous : float
        Fraction of variants on both chromosomes.
    multiallelic : float
        Fraction of SNV sites whose two chromosomes carry different alternatives (genotype 1/2).
    confident_fraction : float
        Fraction of the contig in the confident regions. Below 1, stretches of about 500 bases are left out of
        `Sample.confident`, as benchmarks do where their sources disagree.

    Returns
    -------
    Sample

    Raises
    ------
    InputError
        For a negative rate or a fraction outside [0, 1]; all problems at once.

    Notes
    -----
    Variants keep clear of each other and of each other's repeat tract, so the left-aligned representation of
    every indel is unique and exact allele matching is a fair comparison.
    """
    _check_rates(
        "diploid_sample",
        {"snv_rate": snv_rate, "indel_rate": indel_rate, "ts_tv": ts_tv},
        {"homozygous": homozygous, "multiallelic": multiallelic, "confident_fraction": confident_fraction},
    )
    rng = np.random.default_rng(seed)

    def alleles() -> tuple[int, int]:
        if rng.random() < homozygous:
            return 1, 1
        return (0, 1) if rng.random() < 0.5 else (1, 0)

    truth = _truth(reference, rng, alleles, snv_rate, indel_rate, ts_tv, multiallelic)
    haplotypes = (_haplotype(reference, truth, "allele1"), _haplotype(reference, truth, "allele2"))
    return Sample(reference, truth, _confident(reference, rng, confident_fraction), haplotypes)


def haploid_sample(
    reference: Genome,
    *,
    seed: Seed,
    snv_rate: float = 0.001,
    indel_rate: float = 0.0001,
    ts_tv: float = 2.1,
    confident_fraction: float = 1.0,
) -> Sample:
    """Put variants into the one chromosome of a donor, such as a bacterial isolate or a virus.

    Parameters
    ----------
    reference : Genome
        From `genome`.
    seed : int or Generator
        Same seed, same donor.
    snv_rate, indel_rate : float
        Variant sites per reference base.
    ts_tv : float
        Transitions per transversion among the SNVs.
    confident_fraction : float
        As in `diploid_sample`.

    Returns
    -------
    Sample
        With one haplotype; its truth has allele1 = 1 and allele2 = -1 everywhere.

    Raises
    ------
    InputError
        For a negative rate or a fraction outside [0, 1]; all problems at once.
    """
    _check_rates(
        "haploid_sample",
        {"snv_rate": snv_rate, "indel_rate": indel_rate, "ts_tv": ts_tv},
        {"confident_fraction": confident_fraction},
    )
    rng = np.random.default_rng(seed)
    truth = _truth(reference, rng, lambda: (1, -1), snv_rate, indel_rate, ts_tv, multiallelic=0.0)
    haplotypes = (_haplotype(reference, truth, "allele1"),)
    return Sample(reference, truth, _confident(reference, rng, confident_fraction), haplotypes)


def _check_rates(function: str, rates: dict[str, float], fractions: dict[str, float]) -> None:
    problems = [
        told(f"{name} is {value}; expected 0 or more", f"{name}: 0 이상이어야 하는데 {value}입니다")
        for name, value in rates.items()
        if value < 0
    ]
    problems += [
        told(
            f"{name} is {value}; expected a fraction between 0 and 1",
            f"{name}: 0 이상 1 이하의 비율이어야 하는데 {value}입니다",
        )
        for name, value in fractions.items()
        if not 0 <= value <= 1
    ]
    if problems:
        raise InputError(f"{function}: " + joined(problems))


def _truth(
    reference: Genome,
    rng: np.random.Generator,
    alleles: Alleles,
    snv_rate: float,
    indel_rate: float,
    ts_tv: float,
    multiallelic: float,
) -> pd.DataFrame:
    taken = np.zeros(len(reference), dtype=bool)
    rows = [
        *_indels(reference, rng, taken, indel_rate, alleles),
        *_snvs(reference, rng, taken, snv_rate, ts_tv, alleles, multiallelic),
    ]
    names = ["start", "ref", "alt", "allele1", "allele2"]
    truth = pd.DataFrame(rows, columns=names).sort_values("start", kind="stable", ignore_index=True)
    truth = truth.astype({"start": np.int64, "allele1": np.int8, "allele2": np.int8})
    truth.insert(0, "chrom", reference.name)
    truth.insert(2, "end", truth["start"] + truth["ref"].str.len().astype(np.int64))
    truth.insert(3, "pos", truth["start"] + 1)
    return truth


def _snvs(
    reference: Genome,
    rng: np.random.Generator,
    taken: npt.NDArray[np.bool_],
    rate: float,
    ts_tv: float,
    draw_alleles: Alleles,
    multiallelic: float,
) -> Iterator[tuple[int, str, str, int, int]]:
    codes = to_codes(reference.sequence)
    number = rng.poisson(rate * len(codes))
    for start in rng.permutation(np.flatnonzero(~taken))[:number]:
        code = codes[start]
        others = [int(x) for x in rng.permutation(4) if x not in (code, TRANSITION[code])]
        transition = rng.random() < ts_tv / (1 + ts_tv)
        first = int(TRANSITION[code]) if transition else others[0]
        alleles = draw_alleles()
        alternatives = [first]
        if rng.random() < multiallelic:
            alternatives, alleles = [first, others[1]], (1, 2)
        yield int(start), "ACGT"[code], ",".join("ACGT"[a] for a in alternatives), *alleles


def _indels(
    reference: Genome,
    rng: np.random.Generator,
    taken: npt.NDArray[np.bool_],
    rate: float,
    draw_alleles: Alleles,
) -> Iterator[tuple[int, str, str, int, int]]:
    text = reference.sequence
    for _ in range(rng.poisson(rate * len(text))):
        anchor = int(rng.integers(50, len(text) - 100))
        size = int(min(rng.geometric(0.4), 20))
        insertion = rng.random() < 0.5
        # Half of the insertions repeat what follows, as replication slippage makes them.
        copied = rng.random() < 0.5
        random_bases = to_text(rng.integers(0, 4, size=size).astype(np.uint8))
        following = text[anchor + 1 : anchor + 1 + size]
        change = random_bases if insertion and not copied else following
        anchor, change = _shift_left(text, anchor, change)
        last = _tract_end(text, anchor, change) if insertion else _tract_end(text, anchor + size, change)
        footprint = slice(max(anchor - 5, 0), last + 6)
        alleles = draw_alleles()
        if anchor < 20 or taken[footprint].any():
            continue
        taken[footprint] = True
        base = text[anchor]
        yield (
            (anchor, base, base + change, *alleles) if insertion else (anchor, base + change, base, *alleles)
        )


def _shift_left(text: str, anchor: int, change: str) -> tuple[int, str]:
    """Move an indel, written behind its anchor base, as far left as the sequence lets it."""
    while anchor > 0 and text[anchor] == change[-1]:
        change = text[anchor] + change[:-1]
        anchor -= 1
    return anchor, change


def _tract_end(text: str, before: int, change: str) -> int:
    """Last reference base that repeats `change` behind position `before`."""
    offset = 0
    while before + 1 + offset < len(text) and text[before + 1 + offset] == change[offset % len(change)]:
        offset += 1
    return before + offset


def _haplotype(reference: Genome, truth: pd.DataFrame, column: str) -> Haplotype:
    codes = to_codes(reference.sequence)
    bases: list[Codes] = []
    where: list[npt.NDArray[np.int64]] = []
    done = 0
    for start, ref, alt, allele in truth[["start", "ref", "alt", column]].itertuples(index=False):
        if allele == 0:
            continue
        new = to_codes(alt.split(",")[allele - 1])
        shared = min(len(ref), len(new))
        bases += [codes[done:start], new]
        where += [np.arange(done, start + shared), np.full(len(new) - shared, -1)]
        done = start + len(ref)
    bases.append(codes[done:])
    where.append(np.arange(done, len(codes)))
    return Haplotype(np.concatenate(bases), np.concatenate(where).astype(np.int64))


def _confident(reference: Genome, rng: np.random.Generator, fraction: float) -> pd.DataFrame:
    tile = 500
    tiles = np.ones(-(-len(reference) // tile), dtype=bool)
    tiles[rng.permutation(len(tiles))[: round((1 - fraction) * len(tiles))]] = False
    edges = np.flatnonzero(np.diff(np.concatenate([[0], tiles.astype(np.int8), [0]])))
    start, end = edges[::2] * tile, np.minimum(edges[1::2] * tile, len(reference))
    return pd.DataFrame({"chrom": reference.name, "start": start, "end": end})
