"""Regions as a user writes them."""

from collections.abc import Iterable, Mapping

from biolabkit.errors import InputError, suggest

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
