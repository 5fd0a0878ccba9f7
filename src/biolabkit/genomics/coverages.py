"""How deep and how broad a region is covered by reads, and what exactly was counted.

The counts are those of ``samtools depth`` and ``samtools coverage``: aligned bases (M, =, X) of reads that
are not unmapped, secondary, failed by the platform's quality check or marked as duplicates. Soft-clipped and
inserted bases lie over no position and never count. `biolabkit.genomics.depth` is stricter: it counts
fragments with a good mapping quality, as variant calling does.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import joined, told
from biolabkit.errors import FormatError, InputError
from biolabkit.genomics._bam import open_reads
from biolabkit.genomics._region_text import Region, parse_region
from biolabkit.genomics._sentences import reason
from biolabkit.genomics.cigar import ALIGNED_CODES, DELETION, ON_READ_CODES, ON_REFERENCE_CODES
from biolabkit.genomics.flags import encode_flag

if TYPE_CHECKING:
    import pysam

__all__ = ["NOT_COUNTED", "breadth", "coverage", "read_depth", "window_depth"]

Ints = npt.NDArray[np.int64]

NOT_COUNTED = ("unmapped", "secondary", "qc_fail", "duplicate")
"""Flags whose reads are left out of a depth by default, as samtools does; supplementary ones count."""

THRESHOLDS = (1, 10, 20, 30)
# Reads are counted this many reference bases at a time.
CHUNK = 50_000


@dataclass(frozen=True)
class _Rule:
    """What counts."""

    excluded: int
    min_mapping_quality: int
    min_base_quality: int
    deletions: bool
    mates_once: bool


def read_depth(
    bam: str | PathLike[str],
    region: Region,
    *,
    exclude: Sequence[str] = NOT_COUNTED,
    min_mapping_quality: int = 0,
    min_base_quality: int = 0,
    deletions: bool = False,
    mates_once: bool = False,
) -> pd.DataFrame:
    """Count the reads over each position of a region, as ``samtools depth -a`` does.

    Parameters
    ----------
    bam : path-like
        Sorted, with an index beside it.
    region : str or (chrom, start, end)
        See `parse_region`.
    exclude : sequence of str
        Names of `FLAGS`; a read with any of them is left out. Add ``"supplementary"`` to count each read in
        one piece only; unmapped reads never count.
    min_mapping_quality, min_base_quality : int
        Phred; a read or a base below does not count.
    deletions : bool
        A position that a read deletes counts as covered (``samtools depth -J``). It has no quality of its own
        and counts whatever `min_base_quality` is.
    mates_once : bool
        Where the two mates of a fragment overlap they count once (``samtools depth -s``), if one of the two
        bases is good enough.

    Returns
    -------
    DataFrame
        One row per position, covered or not: chrom, start, depth (int64).

    Raises
    ------
    InputError
        A missing file or index; a region that is empty, off the contig or on an unknown one; a negative
        quality.
    UnknownNameError
        For a flag that does not exist.
    FormatError
        A damaged or truncated file; reads without qualities when `min_base_quality` is above 0.

    Examples
    --------
    >>> table = read_depth("reads.bam", "20:10,000,001-10,100,000")  # doctest: +SKIP
    >>> breadth(table, [20])  # doctest: +SKIP
    """
    rule = _rule(exclude, min_mapping_quality, min_base_quality, deletions, mates_once)
    with open_reads(bam) as reads:
        lengths = dict(zip(reads.references, reads.lengths, strict=True))
        chrom, start, end = parse_region(region, lengths)
        counts = np.concatenate([part for part, _, _ in _chunks(reads, chrom, start, end, rule)])
    return pd.DataFrame({"chrom": chrom, "start": np.arange(start, end), "depth": counts})


def coverage(
    bam: str | PathLike[str],
    regions: pd.DataFrame | None = None,
    *,
    thresholds: Sequence[int] = THRESHOLDS,
    exclude: Sequence[str] = NOT_COUNTED,
    min_mapping_quality: int = 0,
    min_base_quality: int = 0,
    deletions: bool = False,
    mates_once: bool = False,
) -> pd.DataFrame:
    """Summarise depth and breadth by region, as ``samtools coverage`` does by contig.

    Parameters
    ----------
    bam : path-like
        Sorted, with an index beside it.
    regions : DataFrame, optional
        chrom, start, end (0-based, half-open; see `read_bed`) and any other columns, which are kept; by
        default every contig of the BAM.
    thresholds : sequence of int
        Depths whose breadth is wanted.
    exclude, min_mapping_quality, min_base_quality, deletions, mates_once
        What counts; as for `read_depth`.

    Returns
    -------
    DataFrame
        The rows of `regions` with reads (int64; those that overlap the region), mean_depth (float, over all
        positions, covered or not), min_depth (int64), mean_mapping_quality (float, nan without reads), and
        for each threshold ``breadth_<threshold>``, the fraction of positions at least that deep.

    Raises
    ------
    InputError, FormatError
        As `read_depth`; all regions that do not fit the BAM are named at once.
    """
    rule = _rule(exclude, min_mapping_quality, min_base_quality, deletions, mates_once)
    levels = _thresholds(thresholds)
    with open_reads(bam) as reads:
        lengths = dict(zip(reads.references, reads.lengths, strict=True))
        if regions is None:
            regions = pd.DataFrame({"chrom": list(lengths), "start": 0, "end": list(lengths.values())})
        empty = _empty_contigs(reads)
        rows = [
            [0, 0.0, 0, np.nan, *(float(level <= 0) for level in levels)]
            if place[0] in empty
            else _summary(reads, *place, rule, levels)
            for place in _places(regions, lengths)
        ]
    names = ["reads", "mean_depth", "min_depth", "mean_mapping_quality"]
    names += [f"breadth_{level}" for level in levels]
    summary = pd.DataFrame(rows, columns=names, index=regions.index)
    return pd.concat([regions, summary.astype({"reads": np.int64, "min_depth": np.int64})], axis=1)


def breadth(
    depth: pd.DataFrame | npt.ArrayLike, thresholds: Sequence[int] = THRESHOLDS
) -> "pd.Series[float]":
    """Fraction of positions that are at least so deep.

    Parameters
    ----------
    depth : DataFrame or array of numbers
        A table with a column depth (`read_depth`), or the depths; one for every position, covered or not.
    thresholds : sequence of int
        Depths whose breadth is wanted.

    Returns
    -------
    Series of float
        By threshold; between 0 and 1.

    Raises
    ------
    InputError
        For no position, or a negative threshold.

    Examples
    --------
    >>> breadth([0, 10, 25, 30], [1, 20]).tolist()
    [0.75, 0.5]
    """
    levels = _thresholds(thresholds)
    values = np.asarray(depth["depth"] if isinstance(depth, pd.DataFrame) else depth)
    if not values.size:
        raise InputError(told("breadth: there is no position", "breadth: 위치가 하나도 없습니다"))
    found = [float((values >= level).mean()) for level in levels]
    return pd.Series(found, index=pd.Index(levels, name="threshold"), name="breadth", dtype=float)


def window_depth(depth: pd.DataFrame, window: int = 1_000) -> pd.DataFrame:
    """Mean depth in windows of equal length.

    Parameters
    ----------
    depth : DataFrame
        chrom, start, depth, one row per position, as from `read_depth`; contigs may follow one another.
    window : int
        Bases; windows begin at multiples of it, so the first and the last may be shorter.

    Returns
    -------
    DataFrame
        chrom, start, end (int64, of the positions that are there), depth (float, their mean).

    Raises
    ------
    InputError
        When the window has no length.
    """
    if window < 1:
        raise InputError(
            told(
                f"window_depth: window is {window}; expected at least 1 base",
                f"window_depth: window가 {window}입니다. 1염기 이상이어야 합니다",
            )
        )
    step = depth["start"].rename("step") // window
    groups = depth.groupby([depth["chrom"], step], sort=False, observed=True)
    table = groups.agg(start=("start", "min"), end=("start", "max"), depth=("depth", "mean")).reset_index()
    table["end"] += 1
    return table[["chrom", "start", "end", "depth"]]


# ---------------------------------------------------------------- counting


def _rule(
    exclude: Sequence[str],
    min_mapping_quality: int,
    min_base_quality: int,
    deletions: bool,
    mates_once: bool,
) -> _Rule:
    for name, value in (
        ("min_mapping_quality", min_mapping_quality),
        ("min_base_quality", min_base_quality),
    ):
        if value < 0:
            raise InputError(
                told(
                    f"{name} is {value}; expected 0 or more",
                    f"{name} 값이 {value}입니다. 0 이상이어야 합니다",
                )
            )
    excluded = encode_flag([*exclude, "unmapped"])
    return _Rule(excluded, min_mapping_quality, min_base_quality, deletions, mates_once)


def _thresholds(thresholds: Sequence[int]) -> list[int]:
    levels = [int(level) for level in thresholds]
    if min(levels, default=0) < 0:
        raise InputError(
            told(
                f"thresholds are {levels}; expected depths of 0 or more",
                f"thresholds가 {levels}입니다. 0 이상의 깊이여야 합니다",
            )
        )
    return levels


def _places(regions: pd.DataFrame, lengths: dict[str, int]) -> list[tuple[str, int, int]]:
    missing = {"chrom", "start", "end"} - set(regions.columns)
    if missing:
        names = ", ".join(sorted(missing))
        raise InputError(
            told(f"the table of regions has no column {names}", f"영역의 표에 다음 열이 없습니다: {names}")
        )
    places, problems = [], []
    for chrom, start, end in regions[["chrom", "start", "end"]].itertuples(index=False, name=None):
        try:
            places.append(parse_region((chrom, start, end), lengths))
        except InputError as error:
            problems.append(str(error))
    if problems:
        raise InputError(joined(problems))
    return places


def _empty_contigs(reads: "pysam.AlignmentFile") -> set[str]:
    """Contigs that the index says no read lies on, so that they need not be walked through."""
    return {row.contig for row in reads.get_index_statistics() if not row.mapped}


def _summary(
    reads: "pysam.AlignmentFile", chrom: str, start: int, end: int, rule: _Rule, levels: list[int]
) -> list[float]:
    total, lowest, number, quality = 0, np.inf, 0, 0
    deep = np.zeros(len(levels))
    for counts, begun, qualities in _chunks(reads, chrom, start, end, rule):
        total += int(counts.sum())
        lowest = min(lowest, int(counts.min()))
        number += begun
        quality += qualities
        deep += [(counts >= level).sum() for level in levels]
    length = end - start
    return [number, total / length, lowest, quality / number if number else np.nan, *(deep / length)]


def _chunks(
    reads: "pysam.AlignmentFile", chrom: str, start: int, end: int, rule: _Rule
) -> Iterator[tuple[Ints, int, int]]:
    """Depths of one stretch after the other, with the number of reads not seen before and the sum of their
    mapping qualities.
    """
    for low in range(start, end, CHUNK):
        high = min(low + CHUNK, end)
        try:
            yield _count(reads, chrom, low, high, rule, first=low == start)
        except OSError as error:
            name = reads.filename.decode()
            raise FormatError(
                told(
                    f"{name} is damaged or truncated near {chrom}:{low + 1:,}: {error}",
                    f"{name}: 파일이 {chrom}:{low + 1:,} 근처에서 손상되었거나 잘렸습니다({reason(error)})",
                )
            ) from error


def _count(
    reads: "pysam.AlignmentFile", chrom: str, low: int, high: int, rule: _Rule, *, first: bool
) -> tuple[Ints, int, int]:
    pieces: list[tuple[int, int]] = []
    owners: list[int] = []
    fragments: dict[str, int] = {}
    number = quality = 0
    for read in reads.fetch(chrom, low, high):
        if read.flag & rule.excluded or read.mapping_quality < rule.min_mapping_quality:
            continue
        if first or read.reference_start >= low:
            number += 1
            quality += read.mapping_quality
        found = _pieces(read, rule)
        if rule.min_base_quality:
            found = _good_pieces(read, found, rule)
        pieces += [(begin, finish) for begin, finish, _ in found]
        if rule.mates_once:
            owner = fragments.setdefault(read.query_name or "", len(fragments))
            owners += [owner] * len(found)
    table = np.clip(np.array(pieces, dtype=np.int64).reshape(-1, 2) - low, 0, high - low)
    if rule.mates_once:
        table = _united(table, np.array(owners, dtype=np.int64), high - low)
    steps = np.bincount(table[:, 0], minlength=high - low + 1)
    steps -= np.bincount(table[:, 1], minlength=high - low + 1)
    return np.cumsum(steps)[:-1].astype(np.int64), number, quality


def _pieces(read: "pysam.AlignedSegment", rule: _Rule) -> list[tuple[int, int, int]]:
    """Stretches that a read covers: start, end and where they begin in its sequence (-1: a deletion)."""
    found: list[tuple[int, int, int]] = []
    position, query = read.reference_start, 0
    for operation, length in read.cigartuples or ():
        if operation in ALIGNED_CODES:
            found.append((position, position + length, query))
        elif operation == DELETION and rule.deletions:
            found.append((position, position + length, -1))
        position += length if operation in ON_REFERENCE_CODES else 0
        query += length if operation in ON_READ_CODES else 0
    return found


def _good_pieces(
    read: "pysam.AlignedSegment", pieces: list[tuple[int, int, int]], rule: _Rule
) -> list[tuple[int, int, int]]:
    """The parts of the stretches whose bases are good enough."""
    if read.query_qualities is None:
        raise FormatError(
            told(
                f"read {read.query_name} has no base qualities, which "
                f"min_base_quality={rule.min_base_quality} needs; count with min_base_quality=0",
                f"리드 {read.query_name}: 염기 품질값이 없어 min_base_quality={rule.min_base_quality} "
                "기준으로 셀 수 없습니다. min_base_quality=0으로 세십시오",
            )
        )
    good = np.frombuffer(read.query_qualities, dtype=np.uint8) >= rule.min_base_quality
    if good.all():
        return pieces
    kept: list[tuple[int, int, int]] = []
    for begin, finish, query in pieces:
        if query < 0:
            kept.append((begin, finish, query))
            continue
        marks = np.concatenate([[False], good[query : query + finish - begin], [False]])
        edges = np.flatnonzero(marks[1:] != marks[:-1])
        kept += [
            (begin + int(left), begin + int(right), query + int(left))
            for left, right in zip(edges[::2], edges[1::2], strict=True)
        ]
    return kept


def _united(pieces: Ints, owners: Ints, length: int) -> Ints:
    """Join the stretches of one fragment that overlap or touch."""
    shift = owners[:, None] * (length + 1)
    shifted = pieces + shift
    order = np.argsort(shifted[:, 0], kind="stable")
    begin, finish = shifted[order, 0], np.maximum.accumulate(shifted[order, 1])
    new = np.concatenate([[True], begin[1:] > finish[:-1]]) if len(begin) else np.zeros(0, dtype=bool)
    firsts = np.flatnonzero(new)
    lasts = np.concatenate([firsts[1:] - 1, [len(begin) - 1]]) if len(firsts) else firsts
    joined = np.stack([begin[firsts], finish[lasts]], axis=1)
    return joined - (joined[:, :1] // (length + 1)) * (length + 1)
