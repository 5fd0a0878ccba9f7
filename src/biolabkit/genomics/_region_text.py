"""Regions as a user writes them."""

from collections.abc import Iterable, Mapping

from biolabkit._words import suggestion, told
from biolabkit.errors import InputError

__all__ = ["Region", "parse_region", "suggest_contig"]

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
        raise InputError(
            told(
                f"region {region!r}: expected 'chrom:start-end' or (chrom, start, end)",
                f"영역 {region!r}: 'chrom:start-end'나 (chrom, start, end)로 적으십시오",
            )
        )
    _check_place(region, chrom, start, end, lengths)
    return chrom, start, end


def _check_place(region: Region, chrom: str, start: int, end: int, lengths: Mapping[str, int]) -> None:
    if chrom not in lengths:
        raise _no_contig(region, chrom, lengths)
    if start >= end:
        raise InputError(
            told(
                f"region {region!r} is empty: its end must lie behind its start",
                f"영역 {region!r}: 비어 있습니다. 끝이 시작보다 뒤에 있어야 합니다",
            )
        )
    if start < 0 or end > lengths[chrom]:
        raise InputError(
            told(
                f"region {region!r} is off the contig: {chrom} has {lengths[chrom]:,} bases",
                f"영역 {region!r}: 컨티그를 벗어납니다. {chrom}의 길이는 {lengths[chrom]:,}염기입니다",
            )
        )


def _no_contig(region: Region, chrom: str, lengths: Mapping[str, int]) -> InputError:
    near = suggest_contig(chrom, lengths)
    return InputError(
        told(
            f"region {region!r}: there is no contig {chrom!r}{near}",
            f"영역 {region!r}: 그런 컨티그가 없습니다: {chrom!r}{near}",
        )
    )


def suggest_contig(name: str, known: Iterable[str]) -> str:
    """Say which contig is meant: first of all the same one with or without ``chr``."""
    names = list(known)
    other = name.removeprefix("chr") if name.startswith("chr") else f"chr{name}"
    if other in names:
        return told(f"; did you mean {other!r}?", f". {other!r}입니까?")
    return suggestion(name, names)


def _parse_text(region: str, lengths: Mapping[str, int]) -> tuple[str, int, int]:
    if region in lengths:
        return region, 0, lengths[region]
    chrom, colon, interval = region.rpartition(":")
    if not colon:
        raise _no_contig(region, region, lengths)
    first, dash, last = interval.replace(",", "").partition("-")
    if not (dash and first.isdigit() and last.isdigit()):
        raise InputError(
            told(
                f"region {region!r}: expected 'chrom:start-end' with whole numbers, such as '20:1-1000'",
                f"영역 {region!r}: 'chrom:start-end'처럼 정수로 적으십시오. 예: '20:1-1000'",
            )
        )
    return chrom, int(first) - 1, int(last)
