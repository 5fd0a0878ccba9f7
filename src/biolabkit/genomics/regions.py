"""Regions of a reference: ``chrom, start, end`` tables, 0-based and half-open."""

import gzip
from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit.errors import FormatError, InputError, suggest

__all__ = ["Region", "inside", "merge_regions", "parse_region", "read_bed"]

Region = str | tuple[str, int, int]


def parse_region(region: Region, lengths: Mapping[str, int]) -> tuple[str, int, int]:
    """Turn what a user writes into 0-based half-open ``(chrom, start, end)``.

    Parameters
    ----------
    region : str or (str, int, int)
        ``"20"`` (the whole contig), ``"20:10,000,001-10,100,000"`` (1-based, both ends included, as samtools
        writes it) or a tuple ``("20", 10_000_000, 10_100_000)`` that is 0-based and half-open already.
    lengths : mapping of str to int
        The contigs that exist and their lengths.

    Returns
    -------
    (str, int, int)

    Raises
    ------
    InputError
        When the text is no region, the contig does not exist, or the region is empty or off the contig.

    Examples
    --------
    >>> parse_region("20:101-200", {"20": 1_000})
    ('20', 100, 200)
    """
    if isinstance(region, str):
        chrom, start, end = _parse_text(region, lengths)
    elif len(region) == 3:
        chrom, start, end = str(region[0]), int(region[1]), int(region[2])
    else:
        raise InputError(f"region {region!r}: expected 'chrom:start-end' or (chrom, start, end)")
    if chrom not in lengths:
        raise InputError(f"region {region!r}: there is no contig {chrom!r}{suggest_contig(chrom, lengths)}")
    if start >= end:
        raise InputError(f"region {region!r} is empty: its end must lie behind its start")
    if start < 0 or end > lengths[chrom]:
        raise InputError(f"region {region!r} is off the contig: {chrom} has {lengths[chrom]:,} bases")
    return chrom, start, end


def suggest_contig(name: str, known: Iterable[str]) -> str:
    """Say which contig is meant: first of all the same one with or without ``chr``."""
    names = list(known)
    other = name.removeprefix("chr") if name.startswith("chr") else f"chr{name}"
    return f"; did you mean {other!r}?" if other in names else suggest(name, names)


def _parse_text(region: str, lengths: Mapping[str, int]) -> tuple[str, int, int]:
    if region in lengths:
        return region, 0, lengths[region]
    chrom, colon, interval = region.rpartition(":")
    if not colon:
        raise InputError(f"region {region!r}: there is no contig {region!r}{suggest_contig(region, lengths)}")
    first, dash, last = interval.replace(",", "").partition("-")
    if not (dash and first.isdigit() and last.isdigit()):
        raise InputError(
            f"region {region!r}: expected 'chrom:start-end' with whole numbers, such as '20:1-1000'"
        )
    return chrom, int(first) - 1, int(last)


def read_bed(path: str | PathLike[str]) -> pd.DataFrame:
    """Read the first three columns of a BED file, plain or gzipped.

    Parameters
    ----------
    path : path-like
        A name that ends in ``.gz`` is read as gzip.

    Returns
    -------
    DataFrame
        chrom (str), start, end (int64), 0-based and half-open, in the file's order.

    Raises
    ------
    FormatError
        Naming the line that is not a region.
    InputError
        When the file does not exist.
    """
    source = Path(path)
    if not source.is_file():
        raise InputError(f"{source}: there is no such BED file")
    rows: list[tuple[str, int, int]] = []
    with gzip.open(source, "rt") if source.suffix == ".gz" else source.open() as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip() or line.startswith(("#", "track", "browser")):
                continue
            fields = line.rstrip("\n").split("\t")
            if len(fields) < 3 or not (fields[1].isdigit() and fields[2].isdigit()):
                raise FormatError(
                    f"{source}:{number}: expected chrom, start and end separated by tabs; "
                    f"found {line.strip()[:60]!r}"
                )
            if int(fields[1]) > int(fields[2]):
                raise FormatError(
                    f"{source}:{number}: the region starts at {fields[1]}, behind its end {fields[2]}"
                )
            rows.append((fields[0], int(fields[1]), int(fields[2])))
    table = pd.DataFrame(rows, columns=["chrom", "start", "end"])
    return table.astype({"chrom": str, "start": np.int64, "end": np.int64})


def merge_regions(regions: pd.DataFrame) -> pd.DataFrame:
    """Sort regions and join those that overlap or touch.

    Parameters
    ----------
    regions : DataFrame
        chrom, start, end.

    Returns
    -------
    DataFrame
        chrom, start, end; sorted, disjoint and not touching.
    """
    merged: list[tuple[str, int, int]] = []
    ordered = regions.sort_values(["chrom", "start", "end"])
    for chrom, start, end in ordered[["chrom", "start", "end"]].itertuples(index=False):
        if merged and merged[-1][0] == chrom and start <= merged[-1][2]:
            merged[-1] = (chrom, merged[-1][1], max(merged[-1][2], end))
        else:
            merged.append((chrom, start, end))
    return pd.DataFrame(merged, columns=["chrom", "start", "end"])


def inside(table: pd.DataFrame, regions: pd.DataFrame) -> npt.NDArray[np.bool_]:
    """Which rows of a table lie wholly inside the regions.

    Parameters
    ----------
    table : DataFrame
        chrom, start, end.
    regions : DataFrame
        chrom, start, end; any order, may overlap.

    Returns
    -------
    bool array, one per row of `table`

    Examples
    --------
    >>> calls = pd.DataFrame({"chrom": "1", "start": [5, 9], "end": [6, 11]})
    >>> inside(calls, pd.DataFrame({"chrom": ["1"], "start": [0], "end": [10]})).tolist()
    [True, False]
    """
    result = np.zeros(len(table), dtype=bool)
    for chrom, part in merge_regions(regions).groupby("chrom", sort=False):
        rows = (table["chrom"] == chrom).to_numpy()
        starts, ends = part["start"].to_numpy(), part["end"].to_numpy()
        index = np.searchsorted(starts, table["start"].to_numpy()[rows], side="right") - 1
        result[rows] = (index >= 0) & (table["end"].to_numpy()[rows] <= ends[np.maximum(index, 0)])
    return result
