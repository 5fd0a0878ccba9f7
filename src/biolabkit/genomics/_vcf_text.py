"""VCF as text, from records that are plain dictionaries."""

from collections.abc import Iterable, Mapping
from os import PathLike
from pathlib import Path
from typing import Any

from biolabkit._files import atomic_write
from biolabkit._pysam import import_pysam

__all__ = ["CALL_COLUMNS", "FIXED", "write_records"]

CALL_COLUMNS = (
    "chrom",
    "start",
    "end",
    "pos",
    "ref",
    "alt",
    "qual",
    "filter",
    "allele1",
    "allele2",
    "gq",
    "dp",
    "ad",
)
"""Columns of every table of variants, whether called, read or simulated."""

FIXED = ["#CHROM", "POS", "ID", "REF", "ALT", "QUAL", "FILTER", "INFO"]
_FILTERS = {
    "PASS": "All filters passed",
    "LowQual": "QUAL below the threshold",
    "QualByDepth": "QUAL for each read of the depth below the threshold",
    "LowGQ": "Genotype quality below the threshold",
    "LowDepth": "Depth below the threshold",
    "HighDepth": "Depth above the threshold",
    "StrandBias": "The alternative allele keeps to one strand, and is scarce in a heterozygote",
    "AlleleBalance": "Heterozygous with too small a fraction of alternative reads",
    "Mixed": "Too few of the reads of a haploid genome agree",
}


def write_records(
    records: Iterable[dict[str, Any]],
    path: str | PathLike[str],
    *,
    filters: Iterable[Any],
    contigs: Mapping[str, int | None],
    sample: str,
) -> Path:
    """Write records in their order.

    Parameters
    ----------
    records : iterable of dict
        With the names of `CALL_COLUMNS`; those of QUAL, FILTER, GQ, DP and AD may be missing. None or NaN is
        a missing value.
    path : path-like
        A name that ends in ``.gz`` is written bgzipped, with a tabix index beside it.
    filters : iterable of str
        The FILTER of every record, for the header.
    contigs : mapping of str to int or None
        Names and, where they are known, lengths.
    sample : str
        Name of the sample's column.
    """
    target = Path(path)
    plain = target.with_suffix("") if target.suffix == ".gz" else target
    with atomic_write(plain) as stream:
        stream.write(_header(filters, contigs, sample))
        stream.writelines(map(_record, records))
    if target.suffix == ".gz":
        pysam = import_pysam()
        pysam.tabix_index(str(plain), preset="vcf", force=True)
    return target


def _header(filters: Iterable[Any], contigs: Mapping[str, int | None], sample: str) -> str:
    used = sorted({name for text in set(filters) for name in str(text).split(";")} - {"."})
    lines = ["##fileformat=VCFv4.2", "##source=biolabkit"]
    lines += [f'##FILTER=<ID={name},Description="{_FILTERS.get(name, name)}">' for name in used]
    lines += [f"##contig=<ID={name}" + (f",length={n}>" if n else ">") for name, n in contigs.items()]
    lines += [
        '##FORMAT=<ID=GT,Number=1,Type=String,Description="Genotype">',
        '##FORMAT=<ID=GQ,Number=1,Type=Integer,Description="Phred probability that the genotype is wrong">',
        '##FORMAT=<ID=DP,Number=1,Type=Integer,Description="Usable reads">',
        '##FORMAT=<ID=AD,Number=R,Type=Integer,Description="Reads of each allele, the reference first">',
        "\t".join([*FIXED, "FORMAT", sample]),
    ]
    return "\n".join(lines) + "\n"


def _record(row: dict[str, Any]) -> str:
    is_haploid = row["allele1"] >= 0 > row["allele2"]  # as `read_vcf` reads a genotype of one allele
    names = ("allele1",) if is_haploid else ("allele1", "allele2")
    values = {"GT": "/".join("." if row[name] < 0 else str(row[name]) for name in names)}
    values |= {name.upper(): f"{row[name]:.0f}" for name in ("gq", "dp") if _known(row.get(name))}
    if row.get("ad"):
        values["AD"] = str(row["ad"])
    qual = row.get("qual")
    fields = [row["chrom"], row["pos"], ".", row["ref"], row["alt"], f"{qual:.2f}" if _known(qual) else "."]
    fields += [row.get("filter") or ".", ".", ":".join(values), ":".join(values.values())]
    return "\t".join(str(field) for field in fields) + "\n"


def _known(value: Any) -> bool:
    return value is not None and value == value  # NaN is not itself
