"""One spelling for one variant: split, atomise, left-align.

The same change of sequence can be written in many ways. A comparison is only fair after every record is split
into one alternative each, complex records into their single changes, and each indel is moved as far left as
the reference lets it (Tan, Abecasis & Kang 2015, doi:10.1093/bioinformatics/btv112).
"""

from os import PathLike

import numpy as np
import pandas as pd

from biolabkit._pysam import import_pysam
from biolabkit._words import told
from biolabkit.errors import FormatError
from biolabkit.genomics._tables import need_columns
from biolabkit.genomics.left_alignment import left_align

__all__ = ["normalize"]

# Reference is read in steps of this many bases while an indel moves left.
STEP = 200


def normalize(calls: pd.DataFrame, reference: str | PathLike[str] | None = None) -> pd.DataFrame:
    """Split, atomise and left-align the variants of a table.

    Parameters
    ----------
    calls : DataFrame
        chrom, start, ref, alt (comma-separated), allele1, allele2; qual and filter are carried along.
    reference : path-like, optional
        FASTA. Without it indels are trimmed but stay where they are written.

    Returns
    -------
    DataFrame
        One row per single change, sorted and unique: chrom, start, end, pos, ref, alt (one), kind (``"snv"``
        or ``"indel"``), dosage (int8: on how many of the two chromosomes), qual, filter, row (index label of
        the record it comes from). Changes that the genotype does not carry, symbolic and ``*`` alleles are
        left out.

    Raises
    ------
    InputError
        When a column is missing.
    FormatError
        When the REF of a record is not what the reference has there: the FASTA is of another assembly.
    """
    need_columns(calls, ("chrom", "start", "ref", "alt", "allele1", "allele2"), "normalize")
    rows = []
    for label, record in zip(calls.index, calls.to_dict("records"), strict=True):
        alternatives = str(record["alt"]).split(",")
        for number, alt in enumerate(alternatives, start=1):
            dosage = int(record["allele1"] == number) + int(record["allele2"] == number)
            if dosage == 0 or not set(alt) <= set("ACGTN") or not alt:
                continue
            for start, ref, single in _atomise(int(record["start"]), record["ref"], alt):
                extra = (record.get("qual", np.nan), record.get("filter", "."))
                rows.append((str(record["chrom"]), start, ref, single, dosage, *extra, label))
    columns = ["chrom", "start", "ref", "alt", "dosage", "qual", "filter", "row"]
    table = pd.DataFrame(rows, columns=columns)
    if reference is not None and len(table):
        table = _left_align_all(table, reference)
    return _tidy(table)


def _atomise(start: int, ref: str, alt: str) -> list[tuple[int, str, str]]:
    """Single-base changes and at most one indel that together turn `ref` into `alt`."""
    while len(ref) > 1 and len(alt) > 1 and ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
    while len(ref) > 1 and len(alt) > 1 and ref[0] == alt[0]:
        ref, alt, start = ref[1:], alt[1:], start + 1
    shared = min(len(ref), len(alt))
    changes = [(start + i, ref[i], alt[i]) for i in range(shared) if ref[i] != alt[i]]
    if len(ref) != len(alt):
        anchor = shared - 1
        base = ref[anchor]
        changes.append((start + anchor, base + ref[shared:], base + alt[shared:]))
    return changes


def _left_align_all(table: pd.DataFrame, reference: str | PathLike[str]) -> pd.DataFrame:
    pysam = import_pysam()
    rows = []
    with pysam.FastaFile(str(reference)) as fasta:
        unknown = ", ".join(sorted(set(table["chrom"]) - set(fasta.references)))
        if unknown:
            raise FormatError(
                told(
                    f"{reference} does not have the contigs of the variants: {unknown}",
                    f"{reference}: 변이가 있는 컨티그가 이 파일에 없습니다: {unknown}",
                )
            )
        for record in table.to_dict("records"):
            chrom, start, ref = record["chrom"], record["start"], record["ref"]
            reach = STEP
            while True:
                low = max(start - reach, 0)
                text = fasta.fetch(chrom, low, start + len(ref) + 1).upper()
                there = text[start - low : start - low + len(ref)]
                if there != ref:
                    raise _other_reference(reference, f"{chrom}:{start + 1}", ref, there)
                moved, record["ref"], record["alt"] = left_align(text, start - low, ref, record["alt"])
                if moved > 0 or low == 0:
                    break
                reach *= 4
            rows.append(record | {"start": low + moved})
    return pd.DataFrame(rows)


def _other_reference(reference: str | PathLike[str], where: str, ref: str, there: str) -> FormatError:
    return FormatError(
        told(
            f"{reference} is not the reference of these variants: "
            f"{where} says REF {ref}, the FASTA has {there or 'nothing'}",
            f"{reference}: 이 변이들의 참조 서열이 아닙니다. {where} 위치의 REF는 {ref}, FASTA의 염기는 "
            f"{there or '없음'}입니다",
        )
    )


def _tidy(table: pd.DataFrame) -> pd.DataFrame:
    table = table.astype({"start": np.int64, "dosage": np.int64, "qual": float})
    key = ["chrom", "start", "ref", "alt"]
    # Two records may say the same change, one for each chromosome.
    merged = table.groupby(key, sort=False, as_index=False).agg(
        dosage=("dosage", "sum"), qual=("qual", "max"), filter=("filter", "first"), row=("row", "first")
    )
    merged["dosage"] = merged["dosage"].clip(upper=2).astype(np.int8)
    merged["end"] = merged["start"] + merged["ref"].str.len().astype(np.int64)
    merged["pos"] = merged["start"] + 1
    merged["kind"] = np.where((merged["ref"].str.len() == 1) & (merged["alt"].str.len() == 1), "snv", "indel")
    order = ["chrom", "start", "end", "pos", "ref", "alt", "kind", "dosage", "qual", "filter", "row"]
    return merged.sort_values(key, kind="stable", ignore_index=True)[order]
