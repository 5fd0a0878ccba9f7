"""A harder simulation than `biolabkit.simulate`: repeats whose lengths vary, and reads that get them wrong.

`simulate.reads` puts reads where they come from, without errors of length. Here reads are aligned by the
minimap2 program, so that their ends near indels are mismatched or clipped as in real data, and polymerase
slippage changes the length of repeats in single fragments. The parameters of the caller were chosen on these
simulations, never on HG002.

What is imitated, and after whom:

- about half of the indels lie in the few percent of the genome that are repeats, the more the longer the
  repeat, and most change it by one unit (Montgomery et al. 2013, doi:10.1101/gr.148718.112);
- one indel to about seven SNVs, lengths falling geometrically outside repeats (the same);
- some positions are read wrongly again and again, to the same base, on one strand and with middling quality:
  one in 1,000 positions or so (Meacham et al. 2011, doi:10.1186/1471-2105-12-451); one in 2,000 here, in
  5 to 35 % of the reads of that strand, most often near 5 %;
- the two chromosomes are not read equally often everywhere: the share of one varies more than a coin's would
  (Heinrich et al. 2012, doi:10.1093/nar/gkr1073), here by a standard deviation of 5 points on top;
- slippage in sequencing grows with the number of copies, by a factor of about ten from 8 to 14 copies of one
  base, and is worse with PCR (Fungtammasan et al. 2015, doi:10.1101/gr.185892.114). Deletions are twice as
  frequent as insertions here.
"""

import re
import shutil
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit import genomics, simulate

Ints = npt.NDArray[np.int64]
Taken = npt.NDArray[np.bool_]
Row = tuple[int, str, str, int, int]
REPEAT = re.compile(r"([ACGT])\1{5,}|([ACGT]{2})\2{4,}|([ACGT]{3})\3{3,}|([ACGT]{4})\4{3,}")
READ, FRAGMENT, SPREAD = 150, 400.0, 80.0
SPOT_EVERY = 2_000
# By stretches of this many bases a chromosome gives more or fewer fragments, at most this many times as many.
STRETCH, UNEVEN, MOST = 200, 0.2, 1.5
COMPLEMENT = str.maketrans("ACGT", "TGCA")
# Copies of a unit, and the Phred probability that a fragment shows another number of them.
SLIPPAGE = {
    1: ((6, 8, 10, 14, 20), (45, 34, 26, 17, 10)),
    2: ((5, 8, 15), (38, 28, 18)),
    3: ((4, 10), (40, 28)),
}


@dataclass(frozen=True)
class Tract:
    """A repeat in a sequence: where, and its unit."""

    start: int
    end: int
    unit: str

    @property
    def copies(self) -> int:
        return (self.end - self.start) // len(self.unit)

    def slippage(self) -> float:
        """Probability that a fragment has another number of copies."""
        return float(10 ** (-np.interp(self.copies, *SLIPPAGE[min(len(self.unit), 3)]) / 10))


def tracts(sequence: str) -> list[Tract]:
    """The repeats of a sequence: one base six times, two bases five times, three or four four times."""
    return [Tract(m.start(), m.end(), next(filter(None, m.groups()))) for m in REPEAT.finditer(sequence)]


def reference(length: int, seed: int) -> simulate.Genome:
    """A genome with long repeats besides the short ones of `simulate.genome`: one in 3,000 bases."""
    rng = np.random.default_rng(seed)
    bases = list(simulate.genome(length, seed=rng, name="hard", repeats_per_kb=1.0).sequence)
    for start in rng.integers(100, length - 200, size=length // 3_000):
        unit = "".join(
            rng.choice(list("ACGT"), p=[0.4, 0.1, 0.1, 0.4], size=int(rng.choice([1, 1, 1, 2, 2, 4])))
        )
        copies = int(rng.integers(8, 22 if len(unit) == 1 else 16))
        bases[start : start + copies * len(unit)] = unit * copies
    return simulate.Genome("hard", "".join(bases[:length]))


def donor(genome: simulate.Genome, seed: int) -> tuple[pd.DataFrame, tuple[str, str]]:
    """Variants as a table (sorted, left-aligned) and the two chromosomes."""
    rng = np.random.default_rng(seed)
    sequence = genome.sequence
    taken = np.zeros(len(sequence), dtype=bool)
    rows = [*_repeat_variants(sequence, rng, taken), *_other_variants(sequence, rng, taken)]
    table = pd.DataFrame(rows, columns=["start", "ref", "alt", "allele1", "allele2"])
    table = table.sort_values("start", ignore_index=True).astype({"allele1": np.int8, "allele2": np.int8})
    table.insert(0, "chrom", genome.name)
    table.insert(2, "pos", table["start"] + 1)
    return table, (_chromosome(sequence, table, "allele1"), _chromosome(sequence, table, "allele2"))


def _genotype(rng: np.random.Generator) -> tuple[int, int]:
    if rng.random() < 0.35:
        return 1, 1
    return (0, 1) if rng.random() < 0.5 else (1, 0)


def _repeat_variants(sequence: str, rng: np.random.Generator, taken: Taken) -> Iterator[Row]:
    """Repeats that have another number of copies: half of all indels."""
    every = tracts(sequence)
    weight = np.array([min(10 ** (tract.copies * len(tract.unit) / 8), 100.0) for tract in every])
    number = rng.poisson(0.00007 * len(sequence))
    for index in rng.choice(len(every), size=min(number, len(every)), replace=False, p=weight / weight.sum()):
        tract = every[index]
        anchor = tract.start - 1
        area = slice(anchor - 5, tract.end + 6)
        if anchor < 100 or tract.end > len(sequence) - 300 or taken[area].any():
            continue
        sizes = rng.permutation([-1, 1])[: 2 if rng.random() < 0.1 else 1] * min(int(rng.geometric(0.7)), 4)
        sizes = [max(int(size), 1 - tract.copies) for size in sizes]
        longest = max(0, -min(sizes)) * len(tract.unit)
        ref = sequence[anchor : anchor + 1 + longest]
        alts = [
            sequence[anchor]
            + (tract.unit * size + ref[1:] if size > 0 else ref[1 + -size * len(tract.unit) :])
            for size in sizes
        ]
        start, spelled_ref, spelled = _left(sequence, anchor, ref, alts)
        taken[min(area.start, start - 5) : area.stop] = True
        yield start, spelled_ref, ",".join(spelled), *((1, 2) if len(alts) == 2 else _genotype(rng))


def _left(sequence: str, anchor: int, ref: str, alts: list[str]) -> tuple[int, str, list[str]]:
    if len(alts) > 1:
        return anchor, ref, alts
    start, ref, alt = genomics.left_align(sequence, anchor, ref, alts[0])
    return start, ref, [alt]


def _other_variants(sequence: str, rng: np.random.Generator, taken: Taken) -> Iterator[Row]:
    for _ in range(rng.poisson(0.00007 * len(sequence))):
        anchor, size = int(rng.integers(100, len(sequence) - 300)), int(min(rng.geometric(0.35), 40))
        if rng.random() < 0.5:
            ref, alt = sequence[anchor : anchor + 1 + size], sequence[anchor]
        else:
            copied = rng.random() < 0.5
            new = (
                sequence[anchor + 1 : anchor + 1 + size]
                if copied
                else "".join(rng.choice(list("ACGT"), size=size))
            )
            ref, alt = sequence[anchor], sequence[anchor] + new
        start, ref, alt = genomics.left_align(sequence, anchor, ref, alt)
        area = slice(start - 5, start + len(ref) + 45)
        if not taken[area].any():
            taken[area] = True
            yield start, ref, alt, *_genotype(rng)
    free = rng.permutation(np.flatnonzero(~taken[:-300]))
    transition = dict(zip("ACGT", "GTAC", strict=True))
    for start in free[: rng.poisson(0.001 * len(sequence))].tolist():
        ref = sequence[start]
        others = [base for base in "ACGT" if base not in (ref, transition[ref])]
        alt = transition[ref] if rng.random() < 0.68 else str(rng.choice(others))
        yield start, ref, alt, *_genotype(rng)


def _chromosome(sequence: str, table: pd.DataFrame, column: str) -> str:
    pieces, done = [], 0
    for start, ref, alt, allele in table[["start", "ref", "alt", column]].itertuples(index=False):
        if allele:
            pieces += [sequence[done:start], alt.split(",")[allele - 1]]
            done = start + len(ref)
    return "".join([*pieces, sequence[done:]])


def write_reads(chromosomes: tuple[str, str], folder: Path, *, depth: float, seed: int) -> tuple[Path, Path]:
    """FASTQ files of both mates; slippage belongs to the fragment, so overlapping mates agree on it."""
    rng = np.random.default_rng(seed)
    paths = folder / "1.fq", folder / "2.fq"
    with paths[0].open("w") as first, paths[1].open("w") as second:
        for which, chromosome in enumerate(chromosomes):
            machine = Machine(chromosome, rng)
            share = np.clip(np.exp(rng.normal(0, UNEVEN, len(chromosome) // STRETCH + 1)), 0, MOST)
            for index in range(round(depth * MOST * len(chromosome) / (4 * READ))):
                size = int(np.clip(rng.normal(FRAGMENT, SPREAD), READ + 20, 900))
                start = int(rng.integers(0, len(chromosome) - size - 20))
                if rng.random() > share[start // STRETCH] / MOST:
                    continue
                mates = machine.pair(start, size)
                streams = (first, second) if rng.random() < 0.5 else (second, first)
                for stream, (bases, quality) in zip(streams, mates, strict=True):
                    stream.write(f"@f{which}_{index}\n{bases}\n+\n{quality}\n")
    return paths


def bad_spots(sequence: str) -> tuple[Ints, Ints]:
    """Positions that are read wrongly again and again, and a number for each that says how. Both follow from
    the twelve bases in front, so they are the same on both chromosomes.
    """
    codes = np.searchsorted(
        np.frombuffer(b"ACGT", dtype=np.uint8), np.frombuffer(sequence.encode(), dtype=np.uint8)
    )
    context = np.zeros(len(codes), dtype=np.int64)
    for back in range(1, 13):
        context[back:] += codes[:-back].astype(np.int64) << (2 * back)
    # Mixed so that no kind of context, such as a run of A, is a spot more often than others (SplitMix64).
    mixed = (context + 1).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    mixed = (mixed ^ (mixed >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    noise = (mixed >> np.uint64(32)).astype(np.int64)
    spots = np.flatnonzero(noise % SPOT_EVERY == 0)
    return spots, noise[spots] // SPOT_EVERY


class Machine:
    """Sequences fragments of one chromosome, with errors of length, of position and at random."""

    def __init__(self, chromosome: str, rng: np.random.Generator) -> None:
        self.chromosome, self.rng = chromosome, rng
        self.tracts = tracts(chromosome)
        self.starts = np.array([tract.start for tract in self.tracts])
        self.chance = np.array([tract.slippage() for tract in self.tracts])
        self.spots, noise = bad_spots(chromosome)
        self.spot_reverse = noise % 2 == 0
        self.spot_chance = np.minimum(0.05 - 0.06 * np.log((1 + noise // 2 % 64) / 65), 0.35)
        self.spot_shift = 1 + noise // 128 % 3

    def pair(self, start: int, size: int) -> list[tuple[str, str]]:
        """Bases and qualities of the two mates, the left one first."""
        low, high = np.searchsorted(self.starts, [start, start + size])
        slipped = low + np.flatnonzero(self.rng.random(high - low) < self.chance[low:high])
        fragment = self._slip(start, start + size + 20, [self.tracts[i] for i in slipped])[:size]
        left = self._sequence(fragment[:READ], start, reverse=False)
        right = self._sequence(fragment[-READ:], start + size - READ, reverse=True)
        return [left, (right[0].translate(COMPLEMENT)[::-1], right[1][::-1])]

    def _slip(self, start: int, end: int, slipped: list[Tract]) -> str:
        pieces, done = [], start
        for tract in slipped:
            pieces.append(self.chromosome[done : tract.start])
            shorter = self.rng.random() < 2 / 3
            pieces.append("" if shorter else tract.unit)
            done = tract.start + (len(tract.unit) if shorter else 0)
        return "".join([*pieces, self.chromosome[done:end]])

    def _sequence(self, bases: str, start: int, *, reverse: bool) -> tuple[str, str]:
        """Errors as the qualities say: high ones first, a weak tail in some reads, weak cycles anywhere."""
        rng, size = self.rng, len(bases)
        cycle = np.arange(size)[:: -1 if reverse else 1] / READ
        quality = 37 - rng.gamma(1.2, 2.5) * np.clip((cycle - rng.random()) / 0.4, 0, 2) ** 1.5 * 4
        weak = rng.random(size) < 0.02
        quality = np.where(weak, rng.integers(6, 22, size), quality).round().clip(2, 40).astype(int)
        shift = np.where(rng.random(size) < 10 ** (-quality / 10), rng.integers(1, 4, size), 0)
        low, high = np.searchsorted(self.spots, [start, start + size])
        for spot in range(low, high):
            if self.spot_reverse[spot] == reverse and rng.random() < self.spot_chance[spot]:
                shift[self.spots[spot] - start] = self.spot_shift[spot]
                quality[self.spots[spot] - start] = rng.integers(12, 33)
        letters = list(bases)
        for index in np.flatnonzero(shift).tolist():
            letters[index] = "ACGT"[("ACGT".index(letters[index]) + int(shift[index])) % 4]
        return "".join(letters), "".join(map(chr, quality + 33))


def simulate_hard(folder: Path, *, length: int, depth: float, seed: int) -> Path:
    """Reference, truth and aligned reads in `folder`; needs the minimap2 and samtools programs."""
    for program in ("minimap2", "samtools"):
        if shutil.which(program) is None:
            raise SystemExit(f"the hard simulation needs {program} on PATH")
    folder.mkdir(parents=True, exist_ok=True)
    genome = reference(length, seed)
    genome.write_fasta(folder / "reference.fa")
    truth, chromosomes = donor(genome, seed + 1)
    genomics.write_vcf(truth.assign(filter="PASS"), folder / "truth.vcf.gz", contigs={genome.name: length})
    paths = write_reads(chromosomes, folder, depth=depth, seed=seed + 2)
    command = f"minimap2 -ax sr -t 1 -R '@RG\\tID:hard\\tSM:hard' {folder}/reference.fa {paths[0]} {paths[1]}"
    subprocess.run(
        f"{command} 2> {folder}/minimap2.log | samtools sort -o {folder}/reads.bam -", shell=True, check=True
    )
    subprocess.run(["samtools", "index", f"{folder}/reads.bam"], check=True)
    for path in paths:
        path.unlink()
    return folder
