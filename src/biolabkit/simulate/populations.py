"""Genotypes of people from several populations whose history is known.

Allele frequencies drift apart along a small tree (Balding and Nichols 1995), neighbouring variants are linked
in blocks, and everything comes from one seed.
"""

from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._files import atomic_write
from biolabkit._words import told
from biolabkit.errors import InputError

__all__ = ["DRIFT", "PopulationSample", "population_sample"]

Seed = int | np.random.Generator

#: Drift (F_ST) of each continental group since it parted from its source, and that source.
DRIFT = {
    "AFR": ("root", 0.02),
    "out": ("root", 0.09),
    "EAS": ("out", 0.06),
    "EUR": ("out", 0.04),
    "SAS": ("out", 0.03),
    "AMR": ("out", 0.05),
}
GROUPS = ("AFR", "AMR", "EAS", "EUR", "SAS")


@dataclass(frozen=True)
class PopulationSample:
    """A simulated cohort.

    Attributes
    ----------
    variants : DataFrame
        chrom, pos (1-based), ref, alt.
    people : DataFrame
        sample, population, superpop; one row per column of `alleles`.
    alleles : int8 array, (variants, samples, 2)
        Phased alleles, 0 or 1.
    frequencies : DataFrame
        True frequency of the alternative in each superpop, one row per variant, before linkage.
    """

    variants: pd.DataFrame
    people: pd.DataFrame
    alleles: npt.NDArray[np.int8] = field(repr=False)
    frequencies: pd.DataFrame = field(repr=False)

    def write_vcf(self, path: str | PathLike[str]) -> Path:
        """Write the genotypes as plain, phased VCF 4.2."""
        target = Path(path)
        last = int(self.variants["pos"].max()) if len(self.variants) else 1
        words = np.array(["0|0", "0|1", "1|0", "1|1"])
        genotypes = words[2 * self.alleles[:, :, 0] + self.alleles[:, :, 1]]
        with atomic_write(target) as stream:
            stream.write("##fileformat=VCFv4.2\n##source=biolabkit\n")
            for chrom in dict.fromkeys(self.variants["chrom"]):
                stream.write(f"##contig=<ID={chrom},length={last}>\n")
            stream.write('##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">\n')
            names = "\t".join(self.people["sample"])
            stream.write(f"#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\t{names}\n")
            rows = self.variants[["chrom", "pos", "ref", "alt"]].itertuples(index=False, name=None)
            for (chrom, pos, ref, alt), row in zip(rows, genotypes, strict=True):
                stream.write(f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\tPASS\t.\tGT\t" + "\t".join(row) + "\n")
        return target


def population_sample(
    variants: int = 400,
    each: int = 50,
    *,
    seed: Seed,
    chrom: str = "sim22",
    block: int = 4,
    linkage: float = 0.6,
) -> PopulationSample:
    """Simulate people of ten populations in five continental groups.

    Parameters
    ----------
    variants : int
        Biallelic SNVs.
    each : int
        People in each population; each group has two populations.
    seed : int or Generator
        Same seed, same cohort.
    chrom : str
        Name of the contig.
    block : int
        Neighbouring variants that are linked with each other.
    linkage : float
        Chance that a chromosome carries the allele of its block's first variant; 0 is linkage equilibrium.

    Returns
    -------
    PopulationSample

    Raises
    ------
    InputError
        When a number is below 1, or the linkage is outside [0, 1].

    Notes
    -----
    Groups are named as in the 1000 Genomes Project and part in the same order (`DRIFT`), but nothing else is
    taken from it: frequencies are drawn, mating is random within populations, and nobody is related.

    Sources
    -------
    Balding and Nichols (1995), Genetica 96:3.
    """
    if variants < 1 or each < 1 or block < 1 or not 0 <= linkage <= 1:
        raise InputError(
            told(
                f"population_sample: variants={variants}, each={each}, block={block}, linkage={linkage}; "
                "expected whole numbers from 1 and a linkage between 0 and 1",
                "population_sample: variants, each, block은 1 이상의 정수, linkage는 0 이상 1 이하여야 "
                f"하는데 variants={variants}, each={each}, block={block}, linkage={linkage}입니다",
            )
        )
    rng = np.random.default_rng(seed)
    known = {"root": rng.uniform(0.05, 0.95, variants)}
    for name, (source, drift) in DRIFT.items():
        known[name] = _drift(rng, known[source], drift)
    people = pd.DataFrame(
        [
            (f"{group}{population}{number:04d}", f"{group}{population}", group)
            for group in GROUPS
            for population in (1, 2)
            for number in range(1, each + 1)
        ],
        columns=["sample", "population", "superpop"],
    )
    alleles = [
        _chromosomes(rng, _drift(rng, known[group], 0.003), each, block, linkage)
        for group in GROUPS
        for _ in (1, 2)
    ]
    positions = np.cumsum(rng.integers(20, 2_000, variants))
    ref = rng.integers(0, 4, variants)
    alt = (ref + rng.integers(1, 4, variants)) % 4
    letters = np.array(list("ACGT"), dtype=object)
    table = pd.DataFrame({"chrom": chrom, "pos": positions, "ref": letters[ref], "alt": letters[alt]})
    frequencies = pd.DataFrame({group: known[group] for group in GROUPS})
    return PopulationSample(table, people, np.concatenate(alleles, axis=1), frequencies)


def _drift(
    rng: np.random.Generator, frequency: npt.NDArray[np.float64], fst: float
) -> npt.NDArray[np.float64]:
    scale = (1 - fst) / fst
    return rng.beta(np.maximum(frequency * scale, 1e-6), np.maximum((1 - frequency) * scale, 1e-6))


def _chromosomes(
    rng: np.random.Generator, frequency: npt.NDArray[np.float64], people: int, block: int, linkage: float
) -> npt.NDArray[np.int8]:
    shape = (len(frequency), people, 2)
    alleles = (rng.random(shape) < frequency[:, None, None]).astype(np.int8)
    first = np.arange(len(frequency)) // block * block
    copied = rng.random(shape) < linkage
    return np.where(copied, alleles[first], alleles)
