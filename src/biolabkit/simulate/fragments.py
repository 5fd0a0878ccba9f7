"""Read pairs drawn from a donor: where each fragment lies, what the sequencer says of it, and FASTQ."""

import gzip
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._files import atomic_write
from biolabkit._words import joined, told
from biolabkit.errors import InputError
from biolabkit.simulate._bases import LETTERS, Codes, Seed, reverse_complement, to_codes
from biolabkit.simulate.donors import Sample

__all__ = ["TRUSEQ", "ReadPairs", "read_pairs"]

TRUSEQ = ("AGATCGGAAGAGCACACGTCTGAACTCCAGTCA", "AGATCGGAAGAGCGTCGTGTAGGGAAAGAGTGT")
"""Illumina's TruSeq adapters as they appear behind a short insert, in the first and in the second read."""

SHORTEST_INSERT = 30
PHRED_OFFSET = 33


@dataclass(frozen=True)
class ReadPairs:
    """Simulated read pairs and where they come from.

    Bases and qualities are in the order of the reference's forward strand, as a BAM file holds them. Row 2i
    is the left mate of pair i, which is read forward; row 2i + 1 the right mate, read backward.

    Attributes
    ----------
    sample : Sample
        The donor.
    bases : uint8 array, (2 × pairs, read length)
        0–3 for A, C, G, T.
    qualities : uint8 array, (2 × pairs, read length)
        Phred scores.
    haplotype, start, size : int64 arrays, (pairs,)
        Which chromosome of the donor a fragment comes from, its first base there and its length.
    first_forward : bool array, (pairs,)
        Whether the left mate is the first read of the pair.
    source : int64 array, (pairs,)
        The pair whose PCR copy a pair is; its own number when it is an original.
    """

    sample: Sample = field(repr=False)
    bases: Codes = field(repr=False)
    qualities: npt.NDArray[np.uint8] = field(repr=False)
    haplotype: npt.NDArray[np.int64] = field(repr=False)
    start: npt.NDArray[np.int64] = field(repr=False)
    size: npt.NDArray[np.int64] = field(repr=False)
    first_forward: npt.NDArray[np.bool_] = field(repr=False)
    source: npt.NDArray[np.int64] = field(repr=False)

    def __len__(self) -> int:
        """Return the number of pairs."""
        return len(self.start)

    @property
    def read_length(self) -> int:
        """Bases per read."""
        return int(self.bases.shape[1])

    @property
    def duplicate(self) -> npt.NDArray[np.bool_]:
        """Which pairs are copies, (pairs,)."""
        return self.source != np.arange(len(self))

    def name(self, pair: int) -> str:
        """Return the name of a pair in FASTQ and BAM."""
        return f"pair{pair:07d}"

    @property
    def fragments(self) -> pd.DataFrame:
        """The truth of every pair, one row each.

        name; haplotype (0 or 1); chrom, start, end: where the fragment lies on the reference, 0-based and
        half-open; insert_size: its length in bases, which is less than the read length where the reads run
        into the adapter; strand: ``"+"`` when the first read is the forward one; duplicate_of: the name of
        the pair that this one is a PCR copy of, or an empty text.
        """
        first, last = np.empty(len(self), dtype=np.int64), np.empty(len(self), dtype=np.int64)
        for index, chromosome in enumerate(self.sample.haplotypes):
            mine = self.haplotype == index
            # An inserted base counts as lying where the last base before it does.
            place = np.maximum.accumulate(chromosome.reference)
            first[mine] = place[self.start[mine]]
            last[mine] = place[self.start[mine] + self.size[mine] - 1]
        return pd.DataFrame(
            {
                "name": [self.name(pair) for pair in range(len(self))],
                "haplotype": self.haplotype,
                "chrom": self.sample.genome.name,
                "start": first,
                "end": last + 1,
                "insert_size": self.size,
                "strand": np.where(self.first_forward, "+", "-").astype(object),
                "duplicate_of": [
                    self.name(source) if copy else ""
                    for source, copy in zip(self.source, self.duplicate, strict=True)
                ],
            }
        )

    def mates(self, which: int) -> tuple[Codes, npt.NDArray[np.uint8]]:
        """Bases and qualities of the first (1) or second (2) reads, as the sequencer gives them.

        Returns
        -------
        (uint8 array, uint8 array)
            Both (pairs, read length), in the order of the cycles.
        """
        forward = self.first_forward if which == 1 else ~self.first_forward
        left, right = slice(0, None, 2), slice(1, None, 2)
        bases = np.where(forward[:, None], self.bases[left], reverse_complement(self.bases[right]))
        qualities = np.where(forward[:, None], self.qualities[left], self.qualities[right, ::-1])
        return bases, qualities

    def write_fastq(self, folder: str | PathLike[str]) -> dict[str, Path]:
        """Write the reads as ``reads_1.fastq.gz`` and ``reads_2.fastq.gz``, mates in the same order.

        Qualities are Phred+33. A header reads ``@pair0000012 1:N:0:``, as Illumina's have it since 2011.

        Returns
        -------
        dict of str to Path
            ``reads_1`` and ``reads_2``.
        """
        paths = {f"reads_{which}": Path(folder) / f"reads_{which}.fastq.gz" for which in (1, 2)}
        for which, path in enumerate(paths.values(), start=1):
            # No file name and no time in the gzip header: same seed, same bytes.
            with (
                atomic_write(path, "wb") as raw,
                gzip.GzipFile("", "wb", compresslevel=3, fileobj=raw, mtime=0) as stream,
            ):
                stream.write(self._fastq(which))
        return paths

    def _fastq(self, which: int) -> bytes:
        bases, qualities = self.mates(which)
        width = max(7, len(str(max(len(self) - 1, 0))))
        header = np.frombuffer(f"@pair{'0' * width} {which}:N:0:\n".encode(), dtype=np.uint8)
        names = np.tile(header, (len(self), 1))
        powers = 10 ** np.arange(width - 1, -1, -1)
        names[:, 5 : 5 + width] += ((np.arange(len(self))[:, None] // powers) % 10).astype(np.uint8)
        between = np.tile(np.frombuffer(b"\n+\n", dtype=np.uint8), (len(self), 1))
        last = np.full((len(self), 1), ord("\n"), dtype=np.uint8)
        return np.hstack([names, LETTERS[bases], between, qualities + PHRED_OFFSET, last]).tobytes()


def read_pairs(
    sample: Sample,
    *,
    seed: Seed,
    depth: float = 30.0,
    read_length: int = 150,
    fragment: tuple[float, float] = (400.0, 60.0),
    duplicates: float = 0.0,
    adapters: tuple[str, str] | None = None,
    end_quality: float = 25.0,
) -> ReadPairs:
    """Sequence a donor in read pairs, in memory.

    Base qualities fall towards the end of a read; a base is wrong with exactly the probability that its
    quality states, so the error model of the textbooks holds.

    Parameters
    ----------
    sample : Sample
        From `diploid_sample` or `haploid_sample`.
    seed : int or Generator
        Same seed, same reads.
    depth : float
        Mean number of reads over a base, duplicates not counted.
    read_length : int
        Bases per read.
    fragment : (float, float)
        Mean and standard deviation of the fragment length, bases.
    duplicates : float
        Fraction of fragments that are sequenced a second time, as a PCR copy is: same ends, same strand,
        own sequencing errors.
    adapters : (str, str), optional
        What the first and the second read run into behind a fragment shorter than the read, such as
        `TRUSEQ`; the cycles behind the adapter are A. Fragments then are at least 30 bases long; without
        adapters none is shorter than a read.
    end_quality : float
        Mean Phred quality in the last cycle; it is near 37 over the first two thirds.

    Returns
    -------
    ReadPairs

    Raises
    ------
    InputError
        When a depth or length is not positive, an adapter has other letters than A, C, G and T, or the
        fragments do not fit the reads or the genome.
    """
    _check(sample, depth, read_length, fragment, duplicates, adapters, end_quality)
    rng = np.random.default_rng(seed)
    number = max(round(depth * len(sample.genome) / (2 * read_length)), 1)
    lengths = np.array([len(h.codes) for h in sample.haplotypes])
    haplotype = rng.integers(0, len(lengths), size=number)
    shortest = SHORTEST_INSERT if adapters else read_length
    size = rng.normal(*fragment, size=number).round()
    size = np.clip(size, shortest, len(sample.genome) / 2).astype(np.int64)
    start = (rng.random(number) * (lengths[haplotype] - size + 1)).astype(np.int64)
    first_forward = rng.random(number) < 0.5
    again = np.flatnonzero(rng.random(number) < duplicates)
    source = np.concatenate([np.arange(number), again])
    haplotype, size, start, first_forward = (
        column[source] for column in (haplotype, size, start, first_forward)
    )
    bases = _bases(sample, haplotype, start, size, read_length)
    if adapters:
        _run_into_adapters(bases, size, first_forward, adapters)
    qualities = _qualities(rng, len(bases), read_length, end_quality)
    # The right mate was read from its other end.
    qualities[1::2] = qualities[1::2, ::-1]
    error = (10 ** (-np.arange(64) / 10)).astype(np.float32)
    wrong = rng.random(bases.shape, dtype=np.float32) < error[qualities]
    bases[wrong] = (bases[wrong] + rng.integers(1, 4, size=int(wrong.sum()), dtype=np.uint8)) % 4
    return ReadPairs(sample, bases, qualities, haplotype, start, size, first_forward, source)


def _check(
    sample: Sample,
    depth: float,
    read_length: int,
    fragment: tuple[float, float],
    duplicates: float,
    adapters: tuple[str, str] | None,
    end_quality: float,
) -> None:
    problems = []
    if depth <= 0 or read_length <= 0:
        problems.append(
            told(
                f"depth is {depth}, read_length is {read_length}; expected both above 0",
                f"depth, read_length: 모두 0보다 커야 하는데 depth={depth}, read_length={read_length}입니다",
            )
        )
    if not 0 <= duplicates <= 1:
        problems.append(
            told(
                f"duplicates is {duplicates}; expected a fraction between 0 and 1",
                f"duplicates: 0 이상 1 이하의 비율이어야 하는데 {duplicates}입니다",
            )
        )
    if not 2 <= end_quality <= 41:
        problems.append(
            told(
                f"end_quality is {end_quality}; expected a Phred score from 2 to 41",
                f"end_quality: 2 이상 41 이하의 품질값(Phred)이어야 하는데 {end_quality}입니다",
            )
        )
    if adapters and not all(adapter and set(adapter) <= set("ACGT") for adapter in adapters):
        problems.append(
            told(
                f"adapters are {adapters}; expected two texts of A, C, G and T",
                f"adapters: A, C, G, T로 된 서열 두 개여야 하는데 {adapters}입니다",
            )
        )
    if read_length > 0:
        problems += _fragment_problems(fragment[0], read_length, len(sample.genome), bool(adapters))
    if problems:
        raise InputError("reads: " + joined(problems))


def _fragment_problems(mean: float, read_length: int, genome_length: int, has_adapters: bool) -> list[str]:
    least, most = SHORTEST_INSERT if has_adapters else 2 * read_length, genome_length // 2
    if least <= mean <= genome_length / 2:
        return []
    if has_adapters:
        return [
            told(
                f"the mean fragment is {mean:g} bases; expected at least {least} bases and at most half of "
                f"the genome ({most})",
                f"조각의 평균 길이는 {least}염기 이상, 유전체의 절반({most}염기) 이하여야 하는데 "
                f"{mean:g}염기입니다",
            )
        ]
    return [
        told(
            f"the mean fragment is {mean:g} bases; expected at least two reads ({least}; shorter ones need "
            f"adapters) and at most half of the genome ({most})",
            f"조각의 평균 길이는 리드 두 개의 길이({least}염기, 더 짧으면 adapters가 필요합니다) 이상이고 "
            f"유전체의 절반({most}염기) 이하여야 하는데 {mean:g}염기입니다",
        )
    ]


def _bases(
    sample: Sample,
    haplotype: npt.NDArray[np.int64],
    start: npt.NDArray[np.int64],
    size: npt.NDArray[np.int64],
    read_length: int,
) -> Codes:
    """Bases of the donor from each read's leftmost base on, also beyond its fragment; A off the contig."""
    bases = np.empty((2 * len(start), read_length), dtype=np.uint8)
    for index, chromosome in enumerate(sample.haplotypes):
        padded = np.pad(chromosome.codes, read_length)
        windows = np.lib.stride_tricks.sliding_window_view(padded, read_length)
        mine = np.flatnonzero(haplotype == index)
        bases[2 * mine] = windows[start[mine] + read_length]
        bases[2 * mine + 1] = windows[start[mine] + size[mine]]
    return bases


def _run_into_adapters(
    bases: Codes,
    size: npt.NDArray[np.int64],
    first_forward: npt.NDArray[np.bool_],
    adapters: tuple[str, str],
) -> None:
    """Overwrite, in place, what lies behind the end of a short fragment."""
    read_length = bases.shape[1]
    cycle = np.arange(read_length)
    tails = np.zeros((2, read_length), dtype=np.uint8)  # A behind the adapter's end
    for row, adapter in zip(tails, adapters, strict=True):
        codes = to_codes(adapter)[:read_length]
        row[: len(codes)] = codes
    for pair in np.flatnonzero(size < read_length):
        beyond = cycle[: read_length - size[pair]]
        left, right = (0, 1) if first_forward[pair] else (1, 0)
        bases[2 * pair, size[pair] :] = tails[left][beyond]
        bases[2 * pair + 1, : len(beyond)] = reverse_complement(tails[right][beyond])


def _qualities(
    rng: np.random.Generator, number: int, read_length: int, end_quality: float
) -> npt.NDArray[np.uint8]:
    """Phred qualities by cycle: a plateau near 37, a fall over the last third, some weak cycles anywhere."""
    cycle = np.linspace(0, 1, read_length)
    profile = 37 - (37 - end_quality) * np.clip((cycle - 0.65) / 0.35, 0, 1) ** 1.5
    of_read = rng.normal(0, 2.5, size=number)
    noise = rng.integers(-3, 4, size=(number, read_length), dtype=np.int8)
    quality = profile[None, :] + of_read[:, None] + noise
    weak = rng.random((number, read_length), dtype=np.float32) < 0.02
    quality[weak] = rng.integers(8, 20, size=int(weak.sum()))
    return np.clip(quality.round(), 2, 41).astype(np.uint8)
