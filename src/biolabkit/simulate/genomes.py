"""A seeded genome, a diploid donor with known variants, and the donor's sequencing reads.

The three steps are three functions: `genome` → `diploid_sample` → `reads`. Every random number comes from the
``seed`` that is given, so the same seed gives the same bytes. Coordinates are 0-based and half-open; a
1-based VCF position is called ``pos``.
"""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._files import atomic_write
from biolabkit.errors import InputError

if TYPE_CHECKING:
    import pysam

__all__ = ["Genome", "Sample", "diploid_sample", "genome", "reads"]

Seed = int | np.random.Generator
Codes = npt.NDArray[np.uint8]

LETTERS = np.frombuffer(b"ACGT", dtype=np.uint8)
# A>G, C>T, G>A, T>C in the code A, C, G, T = 0, 1, 2, 3
TRANSITION = np.array([2, 3, 0, 1], dtype=np.uint8)
MAPPING_QUALITY = 60
# An aligner clips the end of a read rather than open a gap for so few bases.
SHORTEST_ANCHOR = 6
# CIGAR operations in their BAM code
MATCH, INSERTION, DELETION, SOFT_CLIP = 0, 1, 2, 4


@dataclass(frozen=True)
class Genome:
    """A reference sequence of one contig."""

    name: str
    sequence: str = field(repr=False)

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


@dataclass(frozen=True)
class Sample:
    """A diploid donor whose variants are known exactly.

    Attributes
    ----------
    genome : Genome
        The reference that the variants are written against.
    truth : DataFrame
        One row per variant, sorted, left-aligned: chrom, start, end, pos, ref, alt (comma-separated when the
        two haplotypes carry different alternatives), allele1, allele2 (int8, the two haplotypes in order).
    confident : DataFrame
        chrom, start, end of the regions where the benchmark is known; elsewhere a truth file says nothing.
    haplotypes : tuple of Haplotype
        The donor's two chromosomes.
    """

    genome: Genome
    truth: pd.DataFrame = field(repr=False)
    confident: pd.DataFrame = field(repr=False)
    haplotypes: tuple["Haplotype", "Haplotype"] = field(repr=False)


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


def genome(
    length: int = 20_000, *, seed: Seed, name: str = "sim1", gc: float = 0.41, repeats_per_kb: float = 2.0
) -> Genome:
    """Draw a reference sequence with short tandem repeats in it.

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
        insertions and deletions are hard to place.

    Returns
    -------
    Genome

    Raises
    ------
    InputError
        For a length below 1,000 or a fraction outside [0, 1].
    """
    if length < 1_000:
        raise InputError(f"genome: length is {length}; expected at least 1,000 bases")
    if not 0 <= gc <= 1:
        raise InputError(f"genome: gc is {gc}; expected a fraction between 0 and 1")
    rng = np.random.default_rng(seed)
    weights = np.array([1 - gc, gc, gc, 1 - gc]) / 2
    codes = rng.choice(4, size=length, p=weights).astype(np.uint8)
    for start in np.sort(rng.integers(0, length - 40, size=int(length / 1_000 * repeats_per_kb))):
        unit_length = int(rng.choice([1, 1, 2, 2, 3, 4]))
        unit = rng.integers(0, 4, size=unit_length)
        total = int(rng.integers(6, 15)) if unit_length == 1 else int(rng.integers(8, 31))
        codes[start : start + total] = np.resize(unit, total)
    return Genome(name, LETTERS[codes].tobytes().decode("ascii"))


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
        {"snv_rate": snv_rate, "indel_rate": indel_rate, "ts_tv": ts_tv},
        {"homozygous": homozygous, "multiallelic": multiallelic, "confident_fraction": confident_fraction},
    )
    rng = np.random.default_rng(seed)
    taken = np.zeros(len(reference), dtype=bool)
    rows = [
        *_indels(reference, rng, taken, indel_rate, homozygous),
        *_snvs(reference, rng, taken, snv_rate, ts_tv, homozygous, multiallelic),
    ]
    names = ["start", "ref", "alt", "allele1", "allele2"]
    truth = pd.DataFrame(rows, columns=names).sort_values("start", kind="stable", ignore_index=True)
    truth = truth.astype({"start": np.int64, "allele1": np.int8, "allele2": np.int8})
    truth.insert(0, "chrom", reference.name)
    truth.insert(2, "end", truth["start"] + truth["ref"].str.len().astype(np.int64))
    truth.insert(3, "pos", truth["start"] + 1)
    haplotypes = (_haplotype(reference, truth, "allele1"), _haplotype(reference, truth, "allele2"))
    return Sample(reference, truth, _confident(reference, rng, confident_fraction), haplotypes)


def reads(
    sample: Sample,
    folder: str | PathLike[str],
    *,
    seed: Seed,
    depth: float = 30.0,
    read_length: int = 150,
    fragment: tuple[float, float] = (400.0, 60.0),
    duplicates: float = 0.0,
) -> dict[str, Path]:
    """Sequence a donor in read pairs and write what a benchmark has: reads, reference, truth and regions.

    Base qualities fall towards the end of a read; a base is wrong with exactly the probability that its
    quality states, so the error model of the textbooks holds. Reads lie where they come from, with gaps
    left-aligned; an end of fewer than six bases beyond a gap is soft-clipped, as aligners do.

    Parameters
    ----------
    sample : Sample
        From `diploid_sample`.
    folder : path-like
        Made when missing.
    seed : int or Generator
        Same seed, same bytes (of one htslib version).
    depth : float
        Mean number of reads over a base.
    read_length : int
        Bases per read.
    fragment : (float, float)
        Mean and standard deviation of the fragment length, bases.
    duplicates : float
        Fraction of fragments that appear a second time, flagged as duplicate.

    Returns
    -------
    dict of str to Path
        ``reads`` (BAM), ``reads_index``, ``reference`` (FASTA), ``reference_index``, ``truth`` (bgzipped VCF
        of the variants inside the confident regions), ``truth_index``, ``confident`` (BED).

    Raises
    ------
    InputError
        When a depth or length is not positive, or the fragments do not fit the genome.
    """
    if depth <= 0 or read_length <= 0:
        raise InputError(f"reads: depth is {depth}, read_length is {read_length}; expected both above 0")
    if not 2 * read_length <= fragment[0] <= len(sample.genome) / 2:
        raise InputError(
            f"reads: the mean fragment is {fragment[0]:g} bases; "
            f"expected at least two reads ({2 * read_length}) "
            f"and at most half of the genome ({len(sample.genome) // 2})"
        )
    rng = np.random.default_rng(seed)
    target = Path(folder)
    pairs = _draw_pairs(sample, rng, depth, read_length, fragment, duplicates)
    sample.genome.write_fasta(target / "reference.fa")
    _write_truth(sample, target / "truth.vcf")
    with atomic_write(target / "confident.bed") as stream:
        sample.confident.to_csv(stream, sep="\t", header=False, index=False, lineterminator="\n")
    _write_bam(sample, pairs, target / "reads.bam")
    return {
        "reads": target / "reads.bam",
        "reads_index": target / "reads.bam.bai",
        "reference": target / "reference.fa",
        "reference_index": target / "reference.fa.fai",
        "truth": target / "truth.vcf.gz",
        "truth_index": target / "truth.vcf.gz.tbi",
        "confident": target / "confident.bed",
    }


# ---------------------------------------------------------------- variants


def _check_rates(rates: dict[str, float], fractions: dict[str, float]) -> None:
    problems = [f"{name} is {value}; expected 0 or more" for name, value in rates.items() if value < 0]
    problems += [
        f"{name} is {value}; expected a fraction between 0 and 1"
        for name, value in fractions.items()
        if not 0 <= value <= 1
    ]
    if problems:
        raise InputError("diploid_sample: " + "; ".join(problems))


def _genotype(rng: np.random.Generator, homozygous: float) -> tuple[int, int]:
    if rng.random() < homozygous:
        return 1, 1
    return (0, 1) if rng.random() < 0.5 else (1, 0)


def _snvs(
    reference: Genome,
    rng: np.random.Generator,
    taken: npt.NDArray[np.bool_],
    rate: float,
    ts_tv: float,
    homozygous: float,
    multiallelic: float,
) -> Iterator[tuple[int, str, str, int, int]]:
    codes = _codes(reference.sequence)
    number = rng.poisson(rate * len(codes))
    for start in rng.permutation(np.flatnonzero(~taken))[:number]:
        code = codes[start]
        others = [int(x) for x in rng.permutation(4) if x not in (code, TRANSITION[code])]
        transition = rng.random() < ts_tv / (1 + ts_tv)
        first = int(TRANSITION[code]) if transition else others[0]
        alleles = _genotype(rng, homozygous)
        alternatives = [first]
        if rng.random() < multiallelic:
            alternatives, alleles = [first, others[1]], (1, 2)
        yield int(start), "ACGT"[code], ",".join("ACGT"[a] for a in alternatives), *alleles


def _indels(
    reference: Genome, rng: np.random.Generator, taken: npt.NDArray[np.bool_], rate: float, homozygous: float
) -> Iterator[tuple[int, str, str, int, int]]:
    text = reference.sequence
    for _ in range(rng.poisson(rate * len(text))):
        anchor = int(rng.integers(50, len(text) - 100))
        size = int(min(rng.geometric(0.4), 20))
        insertion = rng.random() < 0.5
        # Half of the insertions repeat what follows, as replication slippage makes them.
        copied = rng.random() < 0.5
        random_bases = LETTERS[rng.integers(0, 4, size=size)].tobytes().decode("ascii")
        following = text[anchor + 1 : anchor + 1 + size]
        change = random_bases if insertion and not copied else following
        anchor, change = _shift_left(text, anchor, change)
        last = _tract_end(text, anchor, change) if insertion else _tract_end(text, anchor + size, change)
        footprint = slice(max(anchor - 5, 0), last + 6)
        alleles = _genotype(rng, homozygous)
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
    codes = _codes(reference.sequence)
    bases: list[Codes] = []
    where: list[npt.NDArray[np.int64]] = []
    done = 0
    for start, ref, alt, allele in truth[["start", "ref", "alt", column]].itertuples(index=False):
        if allele == 0:
            continue
        new = _codes(alt.split(",")[allele - 1])
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


def _codes(text: str) -> Codes:
    table = np.zeros(256, dtype=np.uint8)
    table[LETTERS] = np.arange(4, dtype=np.uint8)
    return table[np.frombuffer(text.encode("ascii"), dtype=np.uint8)]


# ---------------------------------------------------------------- reads


@dataclass(frozen=True)
class _Pairs:
    """Reads in reference order of bases, one row per read; rows 2i and 2i + 1 are mates."""

    bases: Codes
    qualities: npt.NDArray[np.uint8]
    haplotype: npt.NDArray[np.int64]
    start: npt.NDArray[np.int64]
    first_forward: npt.NDArray[np.bool_]
    duplicate: npt.NDArray[np.bool_]


def _draw_pairs(
    sample: Sample,
    rng: np.random.Generator,
    depth: float,
    read_length: int,
    fragment: tuple[float, float],
    duplicates: float,
) -> _Pairs:
    number = max(round(depth * len(sample.genome) / (2 * read_length)), 1)
    lengths = np.array([len(h.codes) for h in sample.haplotypes])
    haplotype = rng.integers(0, 2, size=number)
    size = np.clip(rng.normal(*fragment, size=number).round(), read_length, len(sample.genome) / 2).astype(
        np.int64
    )
    start = (rng.random(number) * (lengths[haplotype] - size + 1)).astype(np.int64)
    first_forward = rng.random(number) < 0.5
    again = np.flatnonzero(rng.random(number) < duplicates)
    source = np.concatenate([np.arange(number), again])
    haplotype, size, start, first_forward = (
        haplotype[source],
        size[source],
        start[source],
        first_forward[source],
    )
    left_right = np.stack([start, start + size - read_length], axis=1).ravel()
    rows = np.repeat(haplotype, 2)
    bases = np.empty((len(rows), read_length), dtype=np.uint8)
    window = np.arange(read_length)
    for index, chromosome in enumerate(sample.haplotypes):
        mine = rows == index
        bases[mine] = chromosome.codes[left_right[mine, None] + window]
    qualities = _qualities(rng, len(rows), read_length)
    # The right mate was read from its other end.
    qualities[1::2] = qualities[1::2, ::-1]
    wrong = (
        rng.random(bases.shape, dtype=np.float32)
        < (10 ** (-np.arange(64) / 10)).astype(np.float32)[qualities]
    )
    bases[wrong] = (bases[wrong] + rng.integers(1, 4, size=int(wrong.sum()), dtype=np.uint8)) % 4
    duplicate = np.repeat(np.arange(len(source)) >= number, 2)
    return _Pairs(bases, qualities, rows, left_right, np.repeat(first_forward, 2), duplicate)


def _qualities(rng: np.random.Generator, number: int, read_length: int) -> npt.NDArray[np.uint8]:
    """Phred qualities by cycle: a plateau near 37, a fall over the last third, some weak cycles anywhere."""
    cycle = np.linspace(0, 1, read_length)
    profile = 37 - 12 * np.clip((cycle - 0.65) / 0.35, 0, 1) ** 1.5
    of_read = rng.normal(0, 2.5, size=number)
    noise = rng.integers(-3, 4, size=(number, read_length), dtype=np.int8)
    quality = profile[None, :] + of_read[:, None] + noise
    weak = rng.random((number, read_length), dtype=np.float32) < 0.02
    quality[weak] = rng.integers(8, 20, size=int(weak.sum()))
    return np.clip(quality.round(), 2, 41).astype(np.uint8)


def _cigar(positions: npt.NDArray[np.int64]) -> tuple[int, list[tuple[int, int]]]:
    """Reference start and CIGAR of a read whose bases lie at `positions` (-1: inserted)."""
    length = len(positions)
    if positions.min() >= 0 and positions[-1] - positions[0] == length - 1:
        return int(positions[0]), [(MATCH, length)]
    inserted = positions < 0
    breaks = np.flatnonzero((np.diff(positions) != 1) & ~(inserted[1:] & inserted[:-1])) + 1
    edges = [0, *breaks.tolist(), length]
    runs = list(pairwise(edges))
    while len(runs) > 1 and (inserted[runs[0][0]] or runs[0][1] - runs[0][0] < SHORTEST_ANCHOR):
        runs.pop(0)
    while len(runs) > 1 and (inserted[runs[-1][0]] or runs[-1][1] - runs[-1][0] < SHORTEST_ANCHOR):
        runs.pop()
    first, last = runs[0][0], runs[-1][1]
    cigar = [(SOFT_CLIP, first)] if first else []
    reached = int(positions[first])
    for begin, end in runs:
        if inserted[begin]:
            cigar.append((INSERTION, end - begin))
            continue
        if positions[begin] > reached:
            cigar.append((DELETION, int(positions[begin]) - reached))
        cigar.append((MATCH, end - begin))
        reached = int(positions[end - 1]) + 1
    if last < length:
        cigar.append((SOFT_CLIP, length - last))
    return int(positions[first]), cigar


def _write_bam(sample: Sample, pairs: _Pairs, path: Path) -> None:
    import pysam

    header = pysam.AlignmentHeader.from_dict(
        {
            "HD": {"VN": "1.6", "SO": "coordinate"},
            "SQ": [{"SN": sample.genome.name, "LN": len(sample.genome)}],
            "RG": [{"ID": "simulated", "SM": "simulated", "PL": "ILLUMINA"}],
        }
    )
    length = pairs.bases.shape[1]
    placed = [
        _cigar(sample.haplotypes[which].reference[start : start + length])
        for which, start in zip(pairs.haplotype, pairs.start, strict=True)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        with pysam.AlignmentFile(str(temporary), "wb", header=header) as bam:
            for index in sorted(range(len(placed)), key=lambda i: (placed[i][0], i)):
                bam.write(_segment(header, pairs, placed, index))
        pysam.index(str(temporary), f"{path}.bai")
        temporary.replace(path)
    finally:
        temporary.unlink(missing_ok=True)


def _segment(
    header: "pysam.AlignmentHeader",
    pairs: _Pairs,
    placed: list[tuple[int, list[tuple[int, int]]]],
    index: int,
) -> "pysam.AlignedSegment":
    import pysam

    mate = index ^ 1
    reverse = bool(index % 2)
    start, cigar = placed[index]
    left, right = placed[index - index % 2], placed[index | 1]
    span = right[0] + sum(n for op, n in right[1] if op in (MATCH, DELETION)) - left[0]
    read = pysam.AlignedSegment(header)
    read.query_name = f"pair{index // 2:07d}"
    first_in_pair = bool(pairs.first_forward[index]) != reverse
    read.flag = 0x1 | 0x2 | (0x10 if reverse else 0x20) | (0x40 if first_in_pair else 0x80)
    read.flag |= 0x400 if pairs.duplicate[index] else 0
    read.reference_id = read.next_reference_id = 0
    read.reference_start, read.next_reference_start = start, placed[mate][0]
    read.mapping_quality = MAPPING_QUALITY
    read.cigartuples = cigar
    read.template_length = -span if reverse else span
    read.query_sequence = LETTERS[pairs.bases[index]].tobytes().decode("ascii")
    read.query_qualities = array("B", pairs.qualities[index].tobytes())
    read.set_tag("RG", "simulated")
    return read


def _write_truth(sample: Sample, path: Path) -> None:
    """A bgzipped, indexed VCF at ``path + ".gz"`` of the variants that lie inside the confident regions."""
    import pysam

    inside = np.zeros(len(sample.truth), dtype=bool)
    for start, end in sample.confident[["start", "end"]].itertuples(index=False):
        inside |= (sample.truth["start"] >= start).to_numpy() & (sample.truth["end"] <= end).to_numpy()
    with atomic_write(path) as stream:
        stream.write(
            "##fileformat=VCFv4.2\n"
            f"##contig=<ID={sample.genome.name},length={len(sample.genome)}>\n"
            '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype, haplotypes in order">\n'
            "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tsimulated\n"
        )
        for row in sample.truth[inside].itertuples(index=False):
            genotype = f"{row.allele1}|{row.allele2}"
            stream.write(f"{row.chrom}\t{row.pos}\t.\t{row.ref}\t{row.alt}\t.\tPASS\t.\tGT\t{genotype}\n")
    pysam.tabix_index(str(path), preset="vcf", force=True)
