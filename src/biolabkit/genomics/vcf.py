"""Variant tables in and out of VCF."""

import gzip
import io
import zlib
from collections.abc import Iterator, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from biolabkit._words import told, unknown
from biolabkit.errors import FormatError, InputError
from biolabkit.genomics._region_text import Region, parse_region
from biolabkit.genomics._sentences import reason, unreadable
from biolabkit.genomics._tables import need_columns
from biolabkit.genomics._vcf_text import CALL_COLUMNS, FIXED, write_records

__all__ = ["CALL_COLUMNS", "read_vcf", "write_vcf"]


def read_vcf(
    path: str | PathLike[str], region: Region | None = None, *, sample: str | None = None
) -> pd.DataFrame:
    """Read the variants and one sample's genotypes of a VCF file.

    Parameters
    ----------
    path : path-like
        Plain or (b)gzipped.
    region : str or (chrom, start, end), optional
        Only the records that overlap it; see `parse_region`. The file need not be sorted or indexed, as it is
        read whole.
    sample : str, optional
        Name of the sample; by default the first, if there is any.

    Returns
    -------
    DataFrame
        One row per record in the file's order, sorted or not: chrom, start (int64, 0-based), end, pos
        (1-based), ref, alt (comma-separated; ``"."``: none), qual (float, NaN when missing), filter
        (``"PASS"``, names, or ``"."``), allele1, allele2 (int8; -1: missing or, for allele2, haploid), gq, dp
        (float, NaN when missing), ad (text). Alleles are upper case.

    Raises
    ------
    InputError
        When the file does not exist or the region is no region of it.
    FormatError
        When there is no ``#CHROM`` line, or a line that is no record; it names the line.
    UnknownNameError
        When there is no such sample.
    """
    source = Path(path)
    if not source.is_file():
        raise InputError(told(f"{source}: there is no such VCF file", f"{source}: 그런 VCF 파일이 없습니다"))
    try:
        header, lengths, lines, first = _read_header(source)
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise unreadable(source, "VCF", error) from error
    column = _sample_column(source, header, sample)
    rows = list(_records(source, lines, first, column))
    columns = ["chrom", "pos", "ref", "alt", "qual", "filter", "allele1", "allele2", "gq", "dp", "ad"]
    table = pd.DataFrame(rows, columns=columns)
    table = table.astype(
        {"pos": np.int64, "qual": float, "allele1": np.int8, "allele2": np.int8, "gq": float}
    )
    table = table.astype({"dp": float, "chrom": object, "ref": object, "alt": object})
    table["start"] = table["pos"] - 1
    table["end"] = table["start"] + table["ref"].str.len().astype(np.int64)
    if region is not None:
        known = lengths or {str(c): int(e) for c, e in table.groupby("chrom")["end"].max().items()}
        chrom, start, end = parse_region(region, known)
        table = table[(table["chrom"] == chrom) & (table["start"] < end) & (table["end"] > start)]
    return table[list(CALL_COLUMNS)].reset_index(drop=True)


def _read_header(source: Path) -> tuple[list[str], dict[str, int], str, int]:
    """Column names, contig lengths, the text of the records, the line number of the first record."""
    lengths: dict[str, int] = {}
    with gzip.open(source, "rt") if source.suffix == ".gz" else source.open() as stream:
        for number, line in enumerate(stream, start=1):
            if line.startswith("##contig=<"):
                fields = dict(part.split("=", 1) for part in line.strip()[10:-1].split(",") if "=" in part)
                if fields.get("length", "").isdigit():
                    lengths[fields["ID"]] = int(fields["length"])
            elif line.startswith("#CHROM"):
                names = line.rstrip("\n").split("\t")
                if names[:8] != FIXED:
                    columns = " ".join(FIXED)
                    raise FormatError(
                        told(
                            f"{source}:{number}: expected the columns {columns}, tab-separated",
                            f"{source}:{number}: 탭으로 나뉜 다음 열이 있어야 합니다: {columns}",
                        )
                    )
                return names, lengths, stream.read(), number + 1
            elif not line.startswith("##"):
                break
    raise FormatError(
        told(
            f"{source}: expected a VCF header that ends in a #CHROM line; found none",
            f"{source}: #CHROM 줄로 끝나는 VCF 헤더가 있어야 하는데 없습니다",
        )
    )


def _sample_column(source: Path, header: list[str], sample: str | None) -> int | None:
    samples = header[9:]
    if sample is not None and sample not in samples:
        raise unknown(f"sample in {source}", f"{source}에 없는 표본입니다", sample, samples)
    if not samples:
        return None
    return 9 + (samples.index(sample) if sample else 0)


def _records(source: Path, text: str, first: int, column: int | None) -> Iterator[tuple[Any, ...]]:
    places: dict[str, list[int]] = {}
    for number, line in enumerate(io.StringIO(text), start=first):
        fields = line.rstrip("\n").split("\t")
        if fields == [""]:
            continue
        try:
            genotype: tuple[Any, ...] = (-1, -1, np.nan, np.nan, "")
            if column is not None and len(fields) > 8:
                keys = places.setdefault(fields[8], [_place(fields[8], k) for k in ("GT", "GQ", "DP", "AD")])
                genotype = _genotype(keys, fields[column].split(":"))
            qual = np.nan if fields[5] == "." else float(fields[5])
            yield (
                fields[0],
                int(fields[1]),
                fields[3].upper(),
                fields[4].upper(),
                qual,
                fields[6],
                *genotype,
            )
        except (IndexError, ValueError) as error:
            shown = line.strip()[:60]
            raise FormatError(
                told(
                    f"{source}:{number}: not a VCF record: {shown!r} ({error})",
                    f"{source}:{number}: VCF 레코드가 아닙니다: {shown!r}({reason(error)})",
                )
            ) from error


def _place(format_: str, key: str) -> int:
    keys = format_.split(":")
    return keys.index(key) if key in keys else -1


def _genotype(places: list[int], values: list[str]) -> tuple[int, int, float, float, str]:
    gt, gq, dp, ad = ("." if not 0 <= place < len(values) else values[place] for place in places)
    alleles = [-1 if allele == "." else int(allele) for allele in gt.replace("|", "/").split("/")]
    second = alleles[1] if len(alleles) > 1 else -1
    return alleles[0], second, _number(gq), _number(dp), "" if ad == "." else ad


def _number(text: str) -> float:
    return np.nan if text == "." else float(text)


def write_vcf(
    calls: pd.DataFrame,
    path: str | PathLike[str],
    *,
    contigs: Mapping[str, int] | None = None,
    sample: str = "sample",
) -> Path:
    """Write a table of variants as VCF 4.2.

    Parameters
    ----------
    calls : DataFrame
        At least chrom, pos, ref, alt, allele1, allele2; qual, filter, gq, dp and ad are written where there
        are any. Rows are sorted by contig (in the order of `contigs`, else by first appearance) and position.
    path : path-like
        A name that ends in ``.gz`` is written bgzipped, with a tabix index beside it.
    contigs : mapping of str to int, optional
        Names and lengths for the header.
    sample : str
        Name of the sample's column.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    InputError
        When a column is missing or a row lies on a contig that `contigs` does not have.
    """
    need_columns(calls, ("chrom", "pos", "ref", "alt", "allele1", "allele2"), "write_vcf")
    present = list(dict.fromkeys(calls["chrom"].astype(str)))
    names = list(contigs) if contigs else present
    lacking = ", ".join(sorted(set(present) - set(names)))
    if lacking:
        raise InputError(
            told(
                f"write_vcf: the calls lie on contigs that `contigs` lacks: {lacking}",
                f"write_vcf: `contigs`에 없는 컨티그에 변이가 있습니다: {lacking}",
            )
        )
    rank = calls["chrom"].astype(str).map({name: index for index, name in enumerate(names)})
    ordered = calls.assign(_rank=rank).sort_values(["_rank", "pos"], kind="stable")
    columns = [str(name) for name in ordered.columns]
    records = (
        {name: None if pd.isna(value) else value for name, value in zip(columns, row, strict=True)}
        for row in ordered.itertuples(index=False, name=None)
    )
    return write_records(
        records,
        path,
        filters=ordered["filter"].dropna() if "filter" in ordered else (),
        contigs={name: (contigs or {}).get(name) for name in names},
        sample=sample,
    )
