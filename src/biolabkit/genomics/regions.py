"""Regions of a reference: ``chrom, start, end`` tables, 0-based and half-open."""

from os import PathLike
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import FormatError
from biolabkit.genomics._region_text import Region, parse_region
from biolabkit.genomics.sequences_files import open_text

__all__ = ["Region", "inside", "merge_regions", "parse_region", "read_bed"]


def read_bed(path: str | PathLike[str]) -> pd.DataFrame:
    """Read the first three columns of a BED file.

    Parameters
    ----------
    path : path-like
        Plain or gzipped, whatever its name.

    Returns
    -------
    DataFrame
        chrom (str), start, end (int64), 0-based and half-open, in the file's order.

    Raises
    ------
    FormatError
        Naming the line that is not a region; or the file is damaged.
    InputError
        When the file does not exist.
    """
    source = Path(path)
    rows: list[tuple[str, int, int]] = []
    with open_text(source, "BED") as stream:
        for number, line in enumerate(stream, start=1):
            if not line.strip() or line.startswith(("#", "track", "browser")):
                continue
            rows.append(_bed_row(source, number, line))
    table = pd.DataFrame(rows, columns=["chrom", "start", "end"])
    return table.astype({"chrom": str, "start": np.int64, "end": np.int64})


def _bed_row(source: Path, number: int, line: str) -> tuple[str, int, int]:
    fields = line.rstrip("\n").split("\t")
    if len(fields) < 3 or not (fields[1].isdigit() and fields[2].isdigit()):
        found = repr(line.strip()[:60])
        raise FormatError(
            told(
                f"{source}:{number}: expected chrom, start and end separated by tabs; found {found}",
                f"{source}:{number}: chrom, start, end가 탭으로 구분되어 있어야 합니다. 읽은 줄: {found}",
            )
        )
    if int(fields[1]) > int(fields[2]):
        raise FormatError(
            told(
                f"{source}:{number}: the region starts at {fields[1]}, behind its end {fields[2]}",
                f"{source}:{number}: 영역의 시작({fields[1]})이 끝({fields[2]})보다 뒤에 있습니다",
            )
        )
    return fields[0], int(fields[1]), int(fields[2])


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
