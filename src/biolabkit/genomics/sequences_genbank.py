"""GenBank records in and out, plain or gzipped, with their features as a table."""

import io
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from biolabkit._words import told, unknown
from biolabkit.errors import FormatError, InputError
from biolabkit.genomics._sentences import unreadable
from biolabkit.genomics._tables import need_columns
from biolabkit.genomics.sequences import reverse_complement
from biolabkit.genomics.sequences_files import create_text, open_text

__all__ = ["FEATURE_COLUMNS", "GenBank", "read_genbank", "write_genbank"]

FEATURE_COLUMNS = (
    "chrom",
    "start",
    "end",
    "strand",
    "type",
    "gene",
    "locus_tag",
    "product",
    "protein_id",
    "codon_start",
    "transl_table",
    "translation",
    "partial",
    "parts",
)
"""Columns of the table of features of a GenBank record."""

STRANDS = {1: "+", -1: "-"}
SIGNS = {strand: sign for sign, strand in STRANDS.items()}


@dataclass(frozen=True)
class GenBank:
    """One annotated record.

    Attributes
    ----------
    name : str
        Accession with version, such as ``NC_001422.1``.
    description : str
        The record's definition line.
    organism : str
        Empty when the record does not say.
    circular : bool
        Whether the end of the sequence is joined to its beginning.
    sequence : str
        Upper case.
    features : DataFrame
        One row per feature in the record's order: chrom, start, end (int64, 0-based and half-open, the whole
        stretch; a feature over the origin of a circle has ``end > len(sequence)``), strand (``"+"``, ``"-"``,
        or ``"."`` where there is none or both), type (``"CDS"``, ``"gene"``, …), gene, locus_tag, product,
        protein_id, translation (empty when missing), codon_start (1, 2 or 3: first base of the first whole
        codon), transl_table, partial (bool: an end lies outside the sequence), parts (tuple of ``(start, end,
        strand)`` in the order in which they are read, such as exons).
    """

    name: str
    description: str
    organism: str
    circular: bool
    sequence: str = field(repr=False)
    features: pd.DataFrame = field(repr=False)

    def __len__(self) -> int:
        return len(self.sequence)

    def extract(self, feature: Any) -> str:
        """Spell a feature as it is read: its parts joined, on its own strand.

        Parameters
        ----------
        feature : row of `features`
            From ``itertuples()`` or ``features.loc[…]``; its ``parts`` are used.

        Returns
        -------
        str
        """
        return "".join(
            reverse_complement(self.sequence[start:end]) if strand == "-" else self.sequence[start:end]
            for start, end, strand in feature.parts
        )


def read_genbank(path: str | PathLike[str], name: str | None = None) -> GenBank:
    """Read one record of a GenBank file.

    Parameters
    ----------
    path : path-like
        Plain or gzipped, whatever its name.
    name : str, optional
        Which record, when the file has several: its accession with or without the version.

    Returns
    -------
    GenBank

    Raises
    ------
    InputError
        When the file does not exist, or has several records and `name` is not given.
    UnknownNameError
        When it has no record of this name.
    FormatError
        When it is no GenBank file, is cut off, or has no sequence.
    """
    from Bio import SeqIO

    text = _whole_text(path)
    try:
        records = list(SeqIO.parse(io.StringIO(text), "genbank"))
        record = _choose(path, records, name)
        sequence = str(record.seq).upper()
    except (ValueError, AttributeError, TypeError) as error:
        if isinstance(error, InputError):
            raise
        raise unreadable(path, "GenBank", error) from error
    circular = record.annotations.get("topology") == "circular"
    features = feature_table(record, circular=circular)
    organism = record.annotations.get("organism", "")
    return GenBank(
        record.id, record.description, "" if organism == "." else organism, circular, sequence, features
    )


def _whole_text(path: str | PathLike[str]) -> str:
    """The text of a GenBank file that has both its beginning and its end."""
    with open_text(path, "GenBank") as stream:
        text = stream.read()
    if not text.lstrip().startswith("LOCUS"):
        begin = text.strip()[:40]
        raise FormatError(
            told(
                f"{path}: expected GenBank, which begins with LOCUS; found {begin!r}",
                f"{path}: LOCUS로 시작하는 GenBank 파일이어야 하는데 다음과 같이 시작합니다: {begin!r}",
            )
        )
    if not text.rstrip().endswith("//"):
        raise FormatError(
            told(
                f"{path}: expected the last line to be //; the file is cut off",
                f"{path}: 마지막 줄이 //여야 합니다. 파일이 중간에서 잘렸습니다",
            )
        )
    return text


def _choose(path: str | PathLike[str], records: list[Any], name: str | None) -> Any:
    names = [record.id for record in records]
    if not records:
        raise FormatError(
            told(
                f"{path} cannot be read as GenBank: it has no record",
                f"{path}: GenBank로 읽을 수 없습니다. 레코드가 하나도 없습니다",
            )
        )
    if name is None:
        if len(records) != 1:
            raise InputError(
                told(
                    f"{path} has {len(records)} records; name one of them: {', '.join(names[:5])}",
                    f"{path}: 레코드가 {len(records)}개 있습니다. name으로 하나를 고르십시오: "
                    f"{', '.join(names[:5])}",
                )
            )
        return records[0]
    for record in records:
        if name in (record.id, record.name, record.id.partition(".")[0]):
            return record
    raise unknown(f"record in {path}", f"{path}에 없는 레코드입니다", name, names)


def feature_table(record: Any, *, circular: bool) -> pd.DataFrame:
    """Features of a Biopython record as a table; see `GenBank`."""
    rows = [_row(feature, record.id, len(record.seq), circular) for feature in record.features]
    table = pd.DataFrame(rows, columns=FEATURE_COLUMNS)
    integers = dict.fromkeys(("start", "end", "codon_start", "transl_table"), np.int64)
    return table.astype(integers | {"partial": bool})


def _row(feature: Any, chrom: str, length: int, circular: bool) -> tuple[Any, ...]:
    from Bio.SeqFeature import ExactPosition

    place = feature.location
    parts = tuple((int(part.start), int(part.end), STRANDS.get(part.strand, ".")) for part in place.parts)
    start, end = int(place.start), int(place.end)
    along = parts if place.strand == 1 else parts[::-1]
    over = [i for i in range(1, len(along)) if along[i - 1][1] == length and along[i][0] == 0]
    if circular and over:  # read on from the end of the sequence at its beginning
        start, end = along[0][0], along[-1][1] + length

    def say(key: str, missing: str = "") -> str:
        return str(feature.qualifiers.get(key, [missing])[0])

    exact = isinstance(place.start, ExactPosition) and isinstance(place.end, ExactPosition)
    strand = STRANDS.get(place.strand, ".")
    text = [say(key) for key in ("gene", "locus_tag", "product", "protein_id")]
    code = [int(say("codon_start", "1")), int(say("transl_table", "1"))]
    return (chrom, start, end, strand, feature.type, *text, *code, say("translation"), not exact, parts)


def write_genbank(record: GenBank, path: str | PathLike[str]) -> Path:
    """Write a record with the columns of its table of features; what the table does not hold is not written.

    Parameters
    ----------
    record : GenBank
        From `read_genbank`, or made by hand.
    path : path-like
        A name that ends in ``.gz`` is written gzipped.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    InputError
        When the table of features lacks a column.
    """
    from Bio import SeqIO
    from Bio.Seq import Seq
    from Bio.SeqRecord import SeqRecord

    need_columns(
        record.features, ("strand", "type", "parts"), "write_genbank", "the table of features", "특징 표"
    )
    bare = record.name.partition(".")[0][:16]  # the room in the LOCUS line; VERSION holds the whole name
    made = SeqRecord(Seq(record.sequence), id=record.name, name=bare, description=record.description)
    made.annotations |= {"molecule_type": "DNA", "topology": "circular" if record.circular else "linear"}
    if record.organism:
        made.annotations["organism"] = record.organism
    made.features = [_feature(row) for row in record.features.to_dict("records")]
    with create_text(path) as stream:
        SeqIO.write(made, stream, "genbank")
    return Path(path)


def _feature(row: Mapping[Any, Any]) -> Any:
    from Bio.SeqFeature import AfterPosition, BeforePosition, CompoundLocation, SeqFeature, SimpleLocation

    places = [SimpleLocation(int(a), int(b), SIGNS.get(strand)) for a, b, strand in row["parts"]]
    if row.get("partial") and len(places) == 1:  # which end is open is not in the table: both are marked
        (start, end, strand) = row["parts"][0]
        places = [SimpleLocation(BeforePosition(int(start)), AfterPosition(int(end)), SIGNS.get(strand))]
    qualifiers = {
        key: [row[key]]
        for key in ("gene", "locus_tag", "product", "protein_id", "translation")
        if row.get(key)
    }
    if row["type"] == "CDS":
        qualifiers |= {key: [int(row.get(key) or 1)] for key in ("codon_start", "transl_table")}
    place = places[0] if len(places) == 1 else CompoundLocation(places)
    return SeqFeature(place, type=row["type"], qualifiers=qualifiers)
