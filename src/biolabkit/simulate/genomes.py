"""A seeded reference genome: bases, short tandem repeats and, when asked for, genes.

`genome` is the first of three steps, ``genome`` → ``diploid_sample`` or ``haploid_sample`` → ``reads``. Every
random number comes from the ``seed`` that is given, so the same seed gives the same bytes. Coordinates are
0-based and half-open; a 1-based VCF position is called ``pos``.
"""

from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

import numpy as np
import pandas as pd

from biolabkit._files import atomic_write
from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.simulate._bases import Codes, Seed, to_text
from biolabkit.simulate.genes import draw_genes, no_genes, write_genbank, write_gff

__all__ = ["Genome", "genome"]


@dataclass(frozen=True)
class Genome:
    """A reference sequence of one linear contig.

    Attributes
    ----------
    name : str
        Name of the contig.
    sequence : str
        Its bases, upper case A, C, G and T.
    genes : DataFrame
        One row per gene, sorted: chrom, start, end (0-based, half-open; start and stop codon included),
        strand (``"+"`` or ``"-"``), gene, product. A gene has no intron and its phase is 0.
    """

    name: str
    sequence: str = field(repr=False)
    genes: pd.DataFrame = field(default_factory=no_genes, repr=False, compare=False)

    def __len__(self) -> int:
        return len(self.sequence)

    def write_fasta(self, path: str | PathLike[str]) -> Path:
        """Write FASTA (60 bases a line) with its ``.fai`` index beside it."""
        target = Path(path)
        lines = [self.sequence[i : i + 60] for i in range(0, len(self), 60)]
        header = f">{self.name}\n"
        with atomic_write(target) as stream:
            stream.write(header + "\n".join(lines) + "\n")
        with atomic_write(f"{target}.fai") as stream:
            stream.write(f"{self.name}\t{len(self)}\t{len(header)}\t60\t61\n")
        return target

    def write_genbank(self, path: str | PathLike[str]) -> Path:
        """Write a GenBank record: the sequence, and a gene and a CDS feature (table 11) for each gene."""
        return write_genbank(self.name, self.sequence, self.genes, Path(path))

    def write_gff(self, path: str | PathLike[str]) -> Path:
        """Write the genes as GFF3, a gene and a CDS line each (1-based, both ends included, as GFF is)."""
        return write_gff(self.name, len(self), self.genes, Path(path))


def genome(
    length: int = 20_000,
    *,
    seed: Seed,
    name: str = "sim1",
    gc: float = 0.41,
    repeats_per_kb: float = 2.0,
    genes: int = 0,
    codons: tuple[int, int] = (60, 400),
) -> Genome:
    """Draw a reference sequence with short tandem repeats and, when asked for, protein-coding genes in it.

    Parameters
    ----------
    length : int
        Bases, at least 1,000.
    seed : int or Generator
        Same seed, same sequence.
    name : str
        Name of the contig.
    gc : float
        Fraction of G and C outside the repeats; 0.41 is the human genome's.
    repeats_per_kb : float
        Homopolymers (6–14 bases) and repeats of 2–4 bases (8–30 bases long) per 1,000 bases; they are where
        insertions and deletions are hard to place. Genes are written over them.
    genes : int
        Number of protein-coding genes, on either strand with equal chance, at least 30 bases apart. Each is
        one open reading frame: ATG, codons whose amino acids are as frequent as in known proteins and whose
        synonyms follow `gc`, one stop codon; none inside.
    codons : (int, int)
        Shortest and longest gene, in codons with start and stop.

    Returns
    -------
    Genome

    Raises
    ------
    InputError
        For a length below 1,000, a fraction outside [0, 1], a name with a blank, or genes that do not fit
        (room is asked for as if all of them were of the longest kind).
    """
    _check(length, gc, name)
    rng = np.random.default_rng(seed)
    codes = _bases_and_repeats(rng, length, gc, repeats_per_kb)
    table = draw_genes(rng, codes, name, genes, codons, gc)
    return Genome(name, to_text(codes), table)


def _check(length: int, gc: float, name: str) -> None:
    if length < 1_000:
        raise InputError(
            told(
                f"genome: length is {length}; expected at least 1,000 bases",
                f"genome: length는 1,000염기 이상이어야 하는데 {length}입니다",
            )
        )
    if not 0 <= gc <= 1:
        raise InputError(
            told(
                f"genome: gc is {gc}; expected a fraction between 0 and 1",
                f"genome: gc는 0 이상 1 이하의 비율이어야 하는데 {gc}입니다",
            )
        )
    if name.split() != [name]:
        raise InputError(
            told(
                f"genome: {name!r} is no name of one word, as FASTA and BAM need it",
                f"genome: FASTA와 BAM에 쓸 이름은 빈칸이 없는 한 단어여야 하는데 {name!r}입니다",
            )
        )


def _bases_and_repeats(rng: np.random.Generator, length: int, gc: float, repeats_per_kb: float) -> Codes:
    weights = np.array([1 - gc, gc, gc, 1 - gc]) / 2
    codes = rng.choice(4, size=length, p=weights).astype(np.uint8)
    for start in np.sort(rng.integers(0, length - 40, size=int(length / 1_000 * repeats_per_kb))):
        unit_length = int(rng.choice([1, 1, 2, 2, 3, 4]))
        unit = rng.integers(0, 4, size=unit_length)
        total = int(rng.integers(6, 15)) if unit_length == 1 else int(rng.integers(8, 31))
        codes[start : start + total] = np.resize(unit, total)
    return codes
