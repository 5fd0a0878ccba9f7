"""Genotypes of many samples, as one small-integer array."""

import gzip
import re
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import told, unknown
from biolabkit.errors import FormatError, InputError
from biolabkit.genomics._region_text import Region, parse_region
from biolabkit.genomics._sentences import unreadable

__all__ = ["Genotypes", "read_genotypes"]

_FIXED = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]

# One byte of a genotype to one small number: alleles to themselves, separators and all else above them
_PHASED, _UNPHASED, _TAB, _OTHER = 100, 101, 102, 127
_MEANING = {ord("|"): _PHASED, ord("/"): _UNPHASED, ord("\t"): _TAB, ord("."): 255}
_MEANING |= {ord(str(allele)): allele for allele in range(10)}
_CODES = bytes(_MEANING.get(byte, _OTHER) for byte in range(256))

_SNV = re.compile(r"[ACGT]")


@dataclass(frozen=True)
class Genotypes:
    """Genotypes of a cohort.

    Attributes
    ----------
    variants : DataFrame
        chrom, start, end (0-based, half-open), pos (1-based), id, ref, alt (comma-separated); one row each.
    samples : tuple of str
        Names in the file's order.
    alleles : int8 array, (variants, samples, ploidy)
        0 the reference, 1 the first alternative, -1 missing.
    phased : bool array, (variants,)
        Whether every genotype of the record is phased.
    """

    variants: pd.DataFrame
    samples: tuple[str, ...]
    alleles: npt.NDArray[np.int8] = field(repr=False)
    phased: npt.NDArray[np.bool_] = field(repr=False)

    def __len__(self) -> int:
        return len(self.variants)

    @property
    def ploidy(self) -> int:
        """Chromosome copies per sample."""
        return int(self.alleles.shape[2])

    @property
    def biallelic_snv(self) -> npt.NDArray[np.bool_]:
        """Which records have one base for one other."""
        columns = zip(self.variants["ref"], self.variants["alt"], strict=True)
        return np.array([bool(_SNV.fullmatch(r) and _SNV.fullmatch(a)) for r, a in columns], dtype=bool)

    def dosage(self) -> npt.NDArray[np.int8]:
        """Copies of any alternative allele: int8 (variants, samples), -1 where an allele is missing."""
        copies = (self.alleles > 0).sum(axis=2, dtype=np.int8)
        copies[(self.alleles < 0).any(axis=2)] = -1
        return copies

    def haploid(self) -> "Genotypes":
        """One allele per sample, for bacteria that a diploid caller has called.

        Returns
        -------
        Genotypes
            Of ploidy 1: the allele of each homozygous genotype; a heterozygous one, which in a haploid means
            mixed or misplaced reads, is missing.
        """
        first = self.alleles[:, :, :1]
        alleles = np.where((self.alleles == first).all(axis=2, keepdims=True), first, np.int8(-1))
        return Genotypes(self.variants, self.samples, alleles, self.phased)

    def select(self, variants: Any = None, samples: Any = None) -> "Genotypes":
        """A part of the cohort.

        Parameters
        ----------
        variants : bool or int array, optional
            Mask or places of the records to keep.
        samples : bool or int array, or names, optional
            Samples to keep, in this order when places or names are given.

        Raises
        ------
        InputError
            When a mask has the wrong length.
        UnknownNameError
            When there is no such sample.
        """
        rows = _places("variants", variants, len(self.variants))
        if samples is not None and not isinstance(samples, np.ndarray):
            samples = list(samples)
            if samples and isinstance(samples[0], str):
                samples = [self._column(str(name)) for name in samples]
        columns = _places("samples", samples, len(self.samples))
        return Genotypes(
            self.variants.iloc[rows].reset_index(drop=True),
            tuple(self.samples[i] for i in columns),
            self.alleles[np.ix_(rows, columns)],
            self.phased[rows],
        )

    def _column(self, name: str) -> int:
        if name not in self.samples:
            raise unknown("sample", "그런 표본이 없습니다", name, self.samples)
        return self.samples.index(name)


def _places(what: str, chosen: Any, size: int) -> npt.NDArray[np.int64]:
    if chosen is None:
        return np.arange(size)
    places = np.asarray(chosen)
    if places.dtype == bool:
        if places.shape != (size,):
            raise InputError(
                told(
                    f"select: the mask of {what} has shape {places.shape}; "
                    f"expected one value for each of {size}",
                    f"select: {what} 마스크의 모양이 {places.shape}입니다. "
                    f"{size}개에 값이 하나씩 있어야 합니다",
                )
            )
        return np.flatnonzero(places)
    places = places.astype(np.int64)
    if places.size and (places.min() < -size or places.max() >= size):
        raise InputError(
            told(
                f"select: {what} goes up to {places.max()}; there are {size}",
                f"select: {what}의 번호가 {places.min()}부터 {places.max()}까지인데 모두 {size}개뿐입니다",
            )
        )
    return places


def read_genotypes(
    path: str | PathLike[str],
    region: Region | None = None,
    *,
    samples: Iterable[str] | None = None,
    ploidy: int = 2,
    min_maf: float = 0.0,
) -> Genotypes:
    """Read the genotypes of all samples of a VCF file.

    Parameters
    ----------
    path : path-like
        Plain or (b)gzipped VCF, sorted by position within each contig.
    region : str or (chrom, start, end), optional
        Only records that overlap it; see `parse_region`.
    samples : iterable of str, optional
        Names of the samples to keep, in this order; by default all.
    ploidy : int
        Alleles of each genotype: 2 for people, 1 for bacteria and viruses.
    min_maf : float
        Records with a smaller frequency of the rarer of reference and alternatives, in all samples of the
        file, are left out while reading, which saves memory: most variants of a large cohort are rare.

    Returns
    -------
    Genotypes
        A wholly missing genotype (``.``) is missing at any ploidy.

    Raises
    ------
    InputError
        When the file does not exist, is BCF, has no samples, or has no such contig.
    UnknownNameError
        When there is no such sample.
    FormatError
        When there is no header, a record is damaged or out of order, has no GT, or a genotype has another
        ploidy; it names the line (and the sample).
    """
    source = Path(path)
    _check_arguments(source, ploidy, min_maf)
    try:
        with gzip.open(source, "rb") if source.suffix in {".gz", ".bgz"} else source.open("rb") as stream:
            return _read(source, iter(stream), region, samples, ploidy, min_maf)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise unreadable(source, "VCF", error) from error


def _check_arguments(source: Path, ploidy: int, min_maf: float) -> None:
    if not source.is_file():
        raise InputError(told(f"{source}: there is no such VCF file", f"{source}: 그런 VCF 파일이 없습니다"))
    if source.suffix == ".bcf":
        raise InputError(
            told(
                f"{source}: expected VCF, found BCF; convert it with: bcftools view -Oz",
                f"{source}: VCF가 아니라 BCF입니다. 다음 명령으로 변환하십시오: bcftools view -Oz",
            )
        )
    if not 0 <= min_maf <= 0.5:
        raise InputError(
            told(
                f"read_genotypes: min_maf is {min_maf}; expected a fraction from 0 to 0.5",
                f"read_genotypes: min_maf가 {min_maf}입니다. 0 이상 0.5 이하의 비율이어야 합니다",
            )
        )
    if ploidy < 1:
        raise InputError(
            told(
                f"read_genotypes: ploidy is {ploidy}; expected 1 or more",
                f"read_genotypes: ploidy가 {ploidy}입니다. 1 이상이어야 합니다",
            )
        )


def _read(
    source: Path,
    stream: Iterator[bytes],
    region: Region | None,
    samples: Iterable[str] | None,
    ploidy: int,
    min_maf: float,
) -> Genotypes:
    names, lengths, skipped = _header(source, stream)
    parser = _Parser(source, names, ploidy)
    found = parser.records(stream, skipped + 1)
    records = [record for record in found if not min_maf or _maf(record[5]) >= min_maf]
    columns = ["chrom", "pos", "id", "ref", "alt"]
    variants = pd.DataFrame([record[:5] for record in records], columns=columns)
    variants = variants.astype({"pos": np.int64} | {n: object for n in columns if n != "pos"})
    variants.insert(1, "start", variants["pos"] - 1)
    variants.insert(2, "end", variants["start"] + variants["ref"].str.len().astype(np.int64))
    shape = (len(records), len(names), ploidy)
    alleles = np.stack([r[5] for r in records]) if records else np.empty(shape, dtype=np.int8)
    phased = np.array([record[6] for record in records], dtype=bool)
    cohort = Genotypes(variants, tuple(names), alleles, phased)
    if region is not None:
        known = lengths or {str(c): int(e) for c, e in variants.groupby("chrom")["end"].max().items()}
        chrom, start, end = parse_region(region, known)
        inside = (variants["chrom"] == chrom) & (variants["start"] < end) & (variants["end"] > start)
        cohort = cohort.select(variants=inside.to_numpy())
    return cohort if samples is None else cohort.select(samples=list(samples))


def _maf(alleles: npt.NDArray[np.int8]) -> float:
    """Frequency of the rarer of reference and alternatives; 0 when nothing is known."""
    known = np.count_nonzero(alleles >= 0)
    copies = np.count_nonzero(alleles > 0)
    return min(copies, known - copies) / known if known else 0.0


def _header(source: Path, stream: Iterator[bytes]) -> tuple[list[str], dict[str, int], int]:
    """Sample names, contig lengths, lines read."""
    lengths: dict[str, int] = {}
    for number, raw in enumerate(stream, start=1):
        line = raw.decode().rstrip("\r\n")
        if line.startswith("##contig=<"):
            found = re.search(r"ID=([^,>]+)", line), re.search(r"length=(\d+)", line)
            if found[0] and found[1]:
                lengths[found[0][1]] = int(found[1][1])
        elif line.startswith("#CHROM"):
            return _sample_names(source, number, line.split("\t")), lengths, number
        elif not line.startswith("##"):
            break
    raise FormatError(
        told(
            f"{source}: expected a VCF header that ends in a #CHROM line; found none",
            f"{source}: #CHROM 줄로 끝나는 VCF 헤더가 있어야 하는데 없습니다",
        )
    )


def _sample_names(source: Path, number: int, columns: list[str]) -> list[str]:
    if columns[:8] != _FIXED:
        raise FormatError(
            told(
                f"{source}:{number}: expected the columns {' '.join(_FIXED)}, tab-separated",
                f"{source}:{number}: 탭으로 구분된 다음 열이 있어야 합니다: {' '.join(_FIXED)}",
            )
        )
    names = columns[9:]
    if not names:
        raise InputError(
            told(
                f"{source}: there are no samples; expected FORMAT and at least one sample",
                f"{source}: 표본이 없습니다. FORMAT 열과 표본의 열이 하나 이상 있어야 합니다",
            )
        )
    if twice := ", ".join(sorted({name for name in names if names.count(name) > 1})[:3]):
        raise FormatError(
            told(
                f"{source}:{number}: sample names occur twice: {twice}",
                f"{source}:{number}: 표본 이름이 중복됩니다: {twice}",
            )
        )
    return names


class _Parser:
    """Turns lines into records; genotype texts are met again and again, so each is parsed once."""

    def __init__(self, source: Path, samples: list[str], ploidy: int) -> None:
        self.source, self.samples, self.ploidy = source, samples, ploidy
        self._known: dict[bytes, tuple[int, ...]] = {}

    def records(self, stream: Iterator[bytes], first: int) -> Iterator[tuple[Any, ...]]:
        done: set[bytes] = set()
        chrom, last = b"", -1
        for number, raw in enumerate(stream, start=first):
            line = raw.rstrip(b"\r\n")
            if not line:
                continue
            fields = line.split(b"\t", 9)
            if len(fields) < 10 or not fields[1].isdigit():
                raise FormatError(
                    told(
                        f"{self.source}:{number}: not a VCF record with genotypes: {line[:60]!r}",
                        f"{self.source}:{number}: 유전자형이 있는 VCF 레코드가 아닙니다: {line[:60]!r}",
                    )
                )
            pos = int(fields[1])
            if fields[0] != chrom:
                done.add(chrom)
                chrom, last = fields[0], -1
            if chrom in done or pos < last:
                raise FormatError(
                    told(
                        f"{self.source}:{number}: {chrom.decode()}:{pos} comes after a later record; "
                        "sort the file with: bcftools sort",
                        f"{self.source}:{number}: {chrom.decode()}:{pos} 레코드가 위치 순서에 어긋납니다. "
                        "다음 명령으로 파일을 정렬하십시오: bcftools sort",
                    )
                )
            last = pos
            alleles, phased = self._genotypes(number, fields[8], fields[9])
            text = [part.decode() for part in fields[:5]]
            yield text[0], pos, text[2], text[3].upper(), text[4].upper(), alleles, phased

    def _genotypes(self, number: int, format_: bytes, texts: bytes) -> tuple[npt.NDArray[np.int8], bool]:
        count, width = len(self.samples), 2 * self.ploidy
        if format_ == b"GT" and len(texts) == count * width - 1:
            codes = np.frombuffer((texts + b"\t").translate(_CODES), dtype=np.int8).reshape(count, width)
            alleles, marks = codes[:, ::2], codes[:, 1:-1:2]
            plain = alleles.max() <= 9 and (codes[:, -1] == _TAB).all()
            if plain and (marks.size == 0 or (marks.min() >= _PHASED and marks.max() <= _UNPHASED)):
                return alleles.copy(), bool((marks == _PHASED).all())
        return self._slowly(number, format_, texts)

    def _slowly(self, number: int, format_: bytes, texts: bytes) -> tuple[npt.NDArray[np.int8], bool]:
        keys, cells = format_.split(b":"), texts.split(b"\t")
        if b"GT" not in keys:
            raise FormatError(
                told(
                    f"{self.source}:{number}: the record has no GT; FORMAT is {format_.decode()}",
                    f"{self.source}:{number}: 레코드에 GT가 없습니다. FORMAT: {format_.decode()}",
                )
            )
        if len(cells) != len(self.samples):
            raise FormatError(
                told(
                    f"{self.source}:{number}: {len(cells)} genotypes; expected one for each of the "
                    f"{len(self.samples)} samples",
                    f"{self.source}:{number}: 유전자형이 {len(cells)}개입니다. "
                    f"표본 {len(self.samples)}개에 하나씩 있어야 합니다",
                )
            )
        place = keys.index(b"GT")
        found, phased = [], True
        for sample, cell in zip(self.samples, cells, strict=True):
            parts = cell.split(b":", place + 1)
            text = parts[place] if place < len(parts) else b"."
            phased &= b"/" not in text
            if text not in self._known:
                self._known[text] = self._parse(number, sample, text)
            found.append(self._known[text])
        return np.array(found, dtype=np.int8), phased

    def _parse(self, number: int, sample: str, text: bytes) -> tuple[int, ...]:
        parts = text.replace(b"|", b"/").split(b"/")
        if parts == [b"."]:
            return (-1,) * self.ploidy
        if not all(part == b"." or part.isdigit() for part in parts):
            raise FormatError(
                told(
                    f"{self.source}:{number}: {sample} has the genotype {text.decode(errors='replace')!r}",
                    f"{self.source}:{number}: {sample}의 유전자형이 {text.decode(errors='replace')!r}입니다. "
                    "대립유전자의 번호와 / 또는 |로 적혀 있어야 합니다",
                )
            )
        if len(parts) != self.ploidy:
            raise FormatError(
                told(
                    f"{self.source}:{number}: {sample} has the genotype {text.decode()!r}, of ploidy "
                    f"{len(parts)}; expected {self.ploidy}. Give ploidy={len(parts)} if all are such, or "
                    "leave the sex chromosomes out",
                    f"{self.source}:{number}: {sample}의 유전자형 {text.decode()!r}에는 대립유전자가 "
                    f"{len(parts)}개 있습니다. {self.ploidy}개여야 합니다. 모든 유전자형이 그렇다면 "
                    f"ploidy={len(parts)} 인수로 읽고, 그렇지 않다면 성염색체를 빼십시오",
                )
            )
        return tuple(-1 if part == b"." else int(part) for part in parts)
