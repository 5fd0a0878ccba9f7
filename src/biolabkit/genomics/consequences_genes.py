"""Gene models: where the coding parts of each transcript lie, read from GenBank or GFF3.

A transcript's parts are kept in the order in which the ribosome reads them, each with its own strand. That
one rule covers joined exons, the minus strand, genes over the origin of a circle, trans-splicing,
and a ribosome that slips back (the base it reads twice is in two parts).
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from os import PathLike
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import told, unknown
from biolabkit.errors import FormatError, InputError
from biolabkit.genomics._region_text import suggest_contig
from biolabkit.genomics._sentences import unreadable
from biolabkit.genomics.sequences import reverse_complement
from biolabkit.genomics.sequences_coding import translate_coding
from biolabkit.genomics.sequences_files import open_text

__all__ = ["GeneModel", "Part", "Transcript", "read_gene_model"]


@dataclass(frozen=True, order=True)
class Part:
    """A stretch of a contig, 0-based and half-open, read in the direction of `strand` (+1 or -1)."""

    start: int
    end: int
    strand: int = 1

    def places(self) -> npt.NDArray[np.int64]:
        """Position of each base in the order of reading."""
        forward = np.arange(self.start, self.end, dtype=np.int64)
        return forward if self.strand > 0 else forward[::-1]


@dataclass(frozen=True)
class Transcript:
    """One coding transcript.

    Attributes
    ----------
    name, gene, chrom : str
        Name of the transcript (protein id or GFF3 id), of its gene, and of its contig.
    cds, exons : tuple of Part
        Coding parts and exons in the order of translation. Without annotated exons both are the same.
    codon_table : int
        NCBI number of the genetic code.
    frame : int
        Bases before the first whole codon (GFF3 phase, GenBank codon_start - 1).
    complete_start, complete_end : bool
        False where the annotation says that the coding sequence goes on (``<1..200``).
    """

    name: str
    gene: str
    chrom: str
    cds: tuple[Part, ...]
    exons: tuple[Part, ...]
    codon_table: int = 1
    frame: int = 0
    complete_start: bool = True
    complete_end: bool = True

    @property
    def strand(self) -> int:
        """+1 or -1; 0 when the parts lie on both strands (trans-splicing)."""
        strands = {part.strand for part in self.cds}
        return strands.pop() if len(strands) == 1 else 0

    @property
    def start(self) -> int:
        """Leftmost position of the exons."""
        return min(part.start for part in self.exons)

    @property
    def end(self) -> int:
        """Position after the rightmost base of the exons."""
        return max(part.end for part in self.exons)

    @cached_property
    def coding(self) -> npt.NDArray[np.int64]:
        """Contig position of each coding base, from the first whole codon on; a slipped base occurs twice."""
        return np.concatenate([part.places() for part in self.cds])[self.frame :]

    @cached_property
    def leader(self) -> npt.NDArray[np.int64]:
        """Contig positions of the 5' untranslated bases in transcript order."""
        return self._untranslated[0]

    @cached_property
    def trailer(self) -> npt.NDArray[np.int64]:
        """Contig positions of the 3' untranslated bases in transcript order."""
        return self._untranslated[1]

    @cached_property
    def _untranslated(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        places = np.concatenate([part.places() for part in self.exons])
        (coding,) = np.nonzero(np.isin(places, self.coding))
        if not len(coding):
            raise FormatError(
                told(
                    f"transcript {self.name}: its exons do not cover its coding sequence",
                    f"전사체 {self.name}: 암호화 서열이 엑손 안에 들어 있지 않습니다",
                )
            )
        return places[: coding[0]], places[coding[-1] + 1 :]


@dataclass(frozen=True)
class GeneModel:
    """Transcripts and the sequences that they lie on.

    Attributes
    ----------
    transcripts : tuple of Transcript
    sequences : mapping of str to str
        Upper-case sequence of each contig.
    """

    transcripts: tuple[Transcript, ...]
    sequences: Mapping[str, str] = field(repr=False)

    def __getitem__(self, name: str) -> Transcript:
        """The transcript, or the first transcript of the gene, of that name."""
        for key in ("name", "gene"):
            for transcript in self.transcripts:
                if getattr(transcript, key) == name:
                    return transcript
        known = {t.name for t in self.transcripts} | {t.gene for t in self.transcripts}
        raise unknown("gene or transcript", "그런 유전자나 전사체가 없습니다", name, known)

    @property
    def table(self) -> pd.DataFrame:
        """One row per transcript: gene, transcript, chrom, start, end, strand, parts, codons."""
        rows = [
            (t.gene, t.name, t.chrom, t.start, t.end, t.strand, len(t.cds), len(t.coding) // 3)
            for t in self.transcripts
        ]
        names = ["gene", "transcript", "chrom", "start", "end", "strand", "parts", "codons"]
        return pd.DataFrame(rows, columns=names)

    def fetch(self, chrom: str, start: int, end: int) -> str:
        """Sequence of a stretch, cut off at the ends of the contig."""
        if chrom not in self.sequences:
            near = suggest_contig(chrom, self.sequences)
            raise InputError(
                told(
                    f"the gene model has no contig {chrom!r}{near}; "
                    "variants and genes must be on the same reference",
                    "유전자 모델에 그런 컨티그가 없습니다(변이와 유전자의 참조 서열이 같아야 합니다): "
                    f"{chrom!r}{near}",
                )
            )
        return self.sequences[chrom][max(start, 0) : end]

    def read(self, chrom: str, parts: Iterable[Part]) -> str:
        """Sequence of parts, each on its own strand, joined in order."""
        pieces = []
        for part in parts:
            piece = self.fetch(chrom, part.start, part.end)
            pieces.append(piece if part.strand > 0 else reverse_complement(piece))
        return "".join(pieces)

    def cds(self, name: str) -> str:
        """Coding sequence of a transcript (or of a gene's first), from the first whole codon on."""
        transcript = self[name]
        return self.read(transcript.chrom, transcript.cds)[transcript.frame :]

    def protein(self, name: str) -> str:
        """Translation of `cds` codon by codon, the stop as ``*``; a start codon is ``M``."""
        transcript = self[name]
        return translate_coding(self.cds(name), transcript.codon_table, start=transcript.complete_start)


def read_gene_model(
    path: str | PathLike[str], reference: str | PathLike[str] | None = None, *, codon_table: int | None = None
) -> GeneModel:
    """Read the coding transcripts of a GenBank or GFF3 file.

    Parameters
    ----------
    path : path-like
        GenBank (``.gb``, ``.gbk``, ``.gbff``, ``.genbank``) or GFF3 (``.gff``, ``.gff3``); may be gzipped.
    reference : path-like, optional
        FASTA of the contigs; needed for GFF3 without a ``##FASTA`` part, and not used for GenBank.
    codon_table : int, optional
        NCBI genetic code for transcripts that name none; 1, the standard code, by default.

    Returns
    -------
    GeneModel
        Pseudogenes and features without CDS are left out. GenBank exons come from the mRNA feature of the
        same gene that has the CDS's introns, and from 5'UTR and 3'UTR features that touch the CDS.

    Raises
    ------
    InputError
        When a file does not exist or is of neither kind, or the reference lacks a contig.
    FormatError
        When a file is damaged or has no coding sequence.

    Notes
    -----
    Translation exceptions (selenocysteine and the like) are not applied: they show as stops in the protein.
    """
    source = Path(path)
    if not source.is_file():
        raise InputError(
            told(f"{source}: there is no such file of genes", f"{source}: 그런 유전자 파일이 없습니다")
        )
    kind = source.with_suffix("").suffix if source.suffix == ".gz" else source.suffix
    if kind.lower() in {".gb", ".gbk", ".gbff", ".genbank"}:
        return _from_genbank(source, codon_table or 1)
    if kind.lower() in {".gff", ".gff3"}:
        return _from_gff(source, reference, codon_table or 1)
    raise InputError(
        told(
            f"{source}: expected GenBank (.gb, .gbk, .gbff) or GFF3 (.gff, .gff3), also with .gz; "
            f"found {source.suffix or 'no ending'}",
            f"{source}: GenBank(.gb, .gbk, .gbff)나 GFF3(.gff, .gff3) 파일이어야 하며 .gz로 압축해도 됩니다. "
            f"이 파일의 확장자: {source.suffix or '없음'}",
        )
    )


def _from_genbank(source: Path, codon_table: int) -> GeneModel:
    from Bio import SeqIO
    from Bio.Seq import UndefinedSequenceError

    transcripts: list[Transcript] = []
    sequences: dict[str, str] = {}
    try:
        with open_text(source, "GenBank") as stream:
            for record in SeqIO.parse(stream, "genbank"):
                sequences[record.id] = str(record.seq).upper()
                transcripts += _record_transcripts(record, codon_table)
    except UndefinedSequenceError as error:
        raise FormatError(
            told(
                f"{source}: the record has no sequence (ORIGIN); download the full record",
                f"{source}: 레코드에 서열(ORIGIN)이 없습니다. 서열까지 있는 전체 레코드를 내려받으십시오",
            )
        ) from error
    except FormatError:
        raise
    except ValueError as error:
        raise unreadable(source, "GenBank", error) from error
    return _model(source, transcripts, sequences)


def _record_transcripts(record: Any, codon_table: int) -> Iterator[Transcript]:
    from Bio.SeqFeature import AfterPosition, BeforePosition

    messages = [_gene_parts(feature) for feature in record.features if feature.type == "mRNA"]
    untranslated = [_parts(feature)[0] for feature in record.features if feature.type in {"5'UTR", "3'UTR"}]
    for feature in record.features:
        if feature.type != "CDS" or "pseudo" in feature.qualifiers:
            continue
        cds = _parts(feature)
        gene = _gene_name(feature)
        exons = next(
            (parts for name, parts in messages if name == gene and _carries(parts, cds)),
            _with_untranslated(cds, untranslated),
        )
        location = feature.location
        cut = [isinstance(location.start, BeforePosition), isinstance(location.end, AfterPosition)]
        if location.strand == -1:
            cut.reverse()
        yield Transcript(
            name=feature.qualifiers.get("protein_id", [gene])[0],
            gene=gene,
            chrom=record.id,
            cds=cds,
            exons=exons,
            codon_table=int(feature.qualifiers.get("transl_table", [codon_table])[0]),
            frame=int(feature.qualifiers.get("codon_start", [1])[0]) - 1,
            complete_start=not cut[0],
            complete_end=not cut[1],
        )


def _parts(feature: Any) -> tuple[Part, ...]:
    """Biopython gives the parts of a location in the order of translation, on both strands."""
    return tuple(Part(int(p.start), int(p.end), p.strand or 1) for p in feature.location.parts)


def _gene_name(feature: Any) -> str:
    for key in ("gene", "locus_tag", "protein_id", "product"):
        if key in feature.qualifiers:
            return str(feature.qualifiers[key][0])
    return f"CDS_{int(feature.location.start) + 1}"


def _gene_parts(feature: Any) -> tuple[str, tuple[Part, ...]]:
    return _gene_name(feature), _parts(feature)


def _carries(exons: tuple[Part, ...], cds: tuple[Part, ...]) -> bool:
    """Whether the coding parts lie in these exons with the same introns between them."""
    homes = [
        next((i for i, exon in enumerate(exons) if exon.start <= p.start and p.end <= exon.end), -1)
        for p in cds
    ]
    return -1 not in homes and homes == list(range(homes[0], homes[0] + len(cds)))


def _with_untranslated(cds: tuple[Part, ...], untranslated: list[Part]) -> tuple[Part, ...]:
    """Lengthen the first and last coding part by UTR features that touch them."""
    exons = list(cds)
    for index in (0, -1):
        for utr in untranslated:
            part = exons[index]
            before, after = utr.end == part.start, utr.start == part.end
            if before and (index == 0) == (part.strand > 0):
                exons[index] = replace(part, start=utr.start)
            elif after and (index == -1) == (part.strand > 0):
                exons[index] = replace(part, end=utr.end)
    return tuple(exons)


def _from_gff(source: Path, reference: str | PathLike[str] | None, codon_table: int) -> GeneModel:
    rows, fasta = _gff_rows(source)
    parents = {row["ID"]: row for row in rows if row.get("ID") and row["type"] not in {"CDS", "exon"}}
    groups: dict[str, list[dict[str, Any]]] = {}
    exons: dict[str, list[dict[str, Any]]] = {}
    for row in rows:
        if row["type"] == "CDS" and row.get("pseudo") != "true":
            groups.setdefault(row.get("ID") or row.get("Parent") or f"CDS_{row['start'] + 1}", []).append(row)
        elif row["type"] == "exon":
            for parent in (row.get("Parent") or "").split(","):
                exons.setdefault(parent, []).append(row)
    transcripts = [_gff_transcript(k, v, parents, exons, codon_table) for k, v in groups.items()]
    if not transcripts:
        raise FormatError(
            told(
                f"{source}: expected CDS features; found none of them among {len(rows)} features",
                f"{source}: CDS 특징이 있어야 하는데, 적힌 특징 {len(rows)}개 가운데 하나도 없습니다",
            )
        )
    sequences = dict(fasta) if fasta else _fasta(reference, source)
    lacking = sorted({t.chrom for t in transcripts} - set(sequences))
    if lacking:
        contigs, near = ", ".join(lacking[:5]), suggest_contig(lacking[0], sequences)
        raise InputError(
            told(
                f"{source}: its genes lie on {contigs}, which the reference lacks{near}",
                f"{source}: 유전자가 있는 다음 컨티그가 참조 서열에 없습니다: {contigs}{near}",
            )
        )
    return _model(source, transcripts, {t.chrom: sequences[t.chrom] for t in transcripts})


def _gff_rows(source: Path) -> tuple[list[dict[str, Any]], dict[str, str]]:
    from Bio.SeqIO.FastaIO import SimpleFastaParser

    rows: list[dict[str, Any]] = []
    with open_text(source, "GFF3") as stream:
        for number, line in enumerate(iter(stream.readline, ""), start=1):
            if line.startswith("##FASTA"):
                return rows, {name.split()[0]: seq.upper() for name, seq in SimpleFastaParser(stream)}
            if line.strip() and not line.startswith("#"):
                rows.append(_gff_row(source, number, line))
    return rows, {}


def _gff_row(source: Path, number: int, line: str) -> dict[str, Any]:
    fields = line.rstrip("\n").split("\t")
    if len(fields) != 9 or not (fields[3].isdigit() and fields[4].isdigit()):
        found = repr(line.strip()[:60])
        raise FormatError(
            told(
                f"{source}:{number}: expected nine tab-separated GFF3 columns; found {found}",
                f"{source}:{number}: 탭으로 구분된 GFF3 열 아홉 개가 있어야 합니다. 읽은 줄: {found}",
            )
        )
    pairs = [pair.partition("=") for pair in fields[8].strip().split(";") if pair.strip()]
    if any(not equals for _, equals, _ in pairs) and '"' in fields[8]:
        raise FormatError(
            told(
                f"{source}:{number}: these are GTF attributes; expected GFF3 (ID=…;Parent=…)",
                f"{source}:{number}: 속성이 GTF 형식입니다. GFF3 형식(ID=…;Parent=…)이어야 합니다",
            )
        )
    row: dict[str, Any] = {key.strip(): unquote(value) for key, _, value in pairs}
    return row | {
        "chrom": fields[0],
        "type": fields[2],
        "start": int(fields[3]) - 1,
        "end": int(fields[4]),
        "strand": -1 if fields[6] == "-" else 1,
        "phase": int(fields[7]) if fields[7].isdigit() else 0,
    }


def _gff_transcript(
    name: str,
    rows: list[dict[str, Any]],
    parents: dict[str, dict[str, Any]],
    exons: dict[str, list[dict[str, Any]]],
    codon_table: int,
) -> Transcript:
    chain = [rows[0]]
    while (parent := (chain[-1].get("Parent") or "").split(",")[0]) in parents:
        chain.append(parents[parent])
    named = [row.get(key) for row in reversed(chain) for key in ("gene", "gene_name", "Name", "locus_tag")]
    cds = _in_order(rows)
    around = _in_order(exons.get((rows[0].get("Parent") or "").split(",")[0], []))
    strand_first = min(rows, key=lambda row: row["start"] * row["strand"])
    return Transcript(
        name=rows[0].get("protein_id") or rows[0].get("Parent", name).split(",")[0],
        gene=next((text for text in named if text), name),
        chrom=rows[0]["chrom"],
        cds=cds,
        exons=around if _carries(around, cds) else cds,
        codon_table=int(rows[0].get("transl_table", codon_table)),
        frame=int(strand_first["phase"]),
        complete_start="start_range" not in rows[0],
        complete_end="end_range" not in rows[0],
    )


def _in_order(rows: list[dict[str, Any]]) -> tuple[Part, ...]:
    """Parts in the order of translation; a file's own order where both strands take part."""
    if len({row["strand"] for row in rows}) == 1:
        rows = sorted(rows, key=lambda row: row["start"] * row["strand"])
    return tuple(Part(row["start"], row["end"], row["strand"]) for row in rows)


def _fasta(reference: str | PathLike[str] | None, source: Path) -> dict[str, str]:
    from Bio.SeqIO.FastaIO import SimpleFastaParser

    if reference is None:
        raise InputError(
            told(
                f"{source}: GFF3 has no sequence; give the FASTA of its contigs as reference=",
                f"{source}: GFF3에 서열이 없습니다. 컨티그의 FASTA 파일을 reference 인수에 지정하십시오",
            )
        )
    with open_text(reference, "FASTA") as stream:
        return {name.split()[0]: sequence.upper() for name, sequence in SimpleFastaParser(stream)}


def _model(source: Path, transcripts: list[Transcript], sequences: dict[str, str]) -> GeneModel:
    if not transcripts:
        raise FormatError(
            told(
                f"{source}: expected at least one CDS feature; found none",
                f"{source}: CDS 특징이 하나 이상 있어야 하는데 없습니다",
            )
        )
    off = [t.name for t in transcripts if t.start < 0 or t.end > len(sequences[t.chrom])]
    if off:
        names = ", ".join(off[:5])
        raise FormatError(
            told(
                f"{source}: {names} runs over the end of its contig; is this another reference?",
                f"{source}: 컨티그의 끝을 넘어가는 전사체가 있습니다: {names}. 다른 참조 서열의 파일입니까?",
            )
        )
    return GeneModel(tuple(transcripts), sequences)
