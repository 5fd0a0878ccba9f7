"""What a variant does to the genes it lies in.

`predict_consequences` puts each variant into each transcript, translates the coding sequence that results,
and compares the proteins. The terms are those of the Sequence Ontology, as in Ensembl VEP and SnpEff.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.genomics._tables import need_columns
from biolabkit.genomics.consequences_genes import GeneModel, Part, Transcript
from biolabkit.genomics.consequences_hgvs import (
    Edit,
    coding_name,
    introns,
    protein_name,
    shift_edit,
    short_name,
    step_edit,
)
from biolabkit.genomics.sequences import reverse_complement
from biolabkit.genomics.sequences_coding import translate_coding

__all__ = ["CONSEQUENCES", "predict_consequences"]

CONSEQUENCES = {
    "transcript_ablation": "high",
    "splice_acceptor_variant": "high",
    "splice_donor_variant": "high",
    "stop_gained": "high",
    "frameshift_variant": "high",
    "stop_lost": "high",
    "start_lost": "high",
    "inframe_insertion": "moderate",
    "inframe_deletion": "moderate",
    "missense_variant": "moderate",
    "protein_altering_variant": "moderate",
    "splice_region_variant": "low",
    "stop_retained_variant": "low",
    "synonymous_variant": "low",
    "coding_sequence_variant": "modifier",
    "5_prime_UTR_variant": "modifier",
    "3_prime_UTR_variant": "modifier",
    "intron_variant": "modifier",
    "intergenic_variant": "modifier",
    "sequence_variant": "modifier",
}
"""Sequence Ontology terms, the most severe first, with their impact as Ensembl VEP classes it."""

_COLUMNS: dict[str, Any] = {
    "chrom": object,
    "start": np.int64,
    "end": np.int64,
    "pos": np.int64,
    "ref": object,
    "alt": object,
    "gene": object,
    "transcript": object,
    "strand": "Int8",
    "consequence": object,
    "impact": object,
    "splice_region": bool,
    "cds_position": "Int64",
    "protein_position": "Int64",
    "ref_codon": object,
    "alt_codon": object,
    "aa_change": object,
    "hgvs_c": object,
    "hgvs_p": object,
    "same_codon": object,
}

#: Bases after the stop that are read on into where no 3' UTR is annotated.
_READ_ON = 900


def predict_consequences(
    variants: pd.DataFrame, model: GeneModel, *, haplotype: bool = False
) -> pd.DataFrame:
    """Predict what each variant does in each transcript that it touches.

    Parameters
    ----------
    variants : DataFrame
        chrom, pos (1-based), ref, alt (comma-separated alternatives are taken apart), as `read_vcf`,
        `call_variants` and the simulations give them. ``"."`` is no variant and gives no row.
    model : GeneModel
        From `read_gene_model`, on the same reference.
    haplotype : bool
        The variants lie on one chromosome (a virus, a bacterium, a phased haplotype): substitutions that
        share a codon are then judged together. By default each is judged alone, and `same_codon` warns.

    Returns
    -------
    DataFrame
        One row per alternative and transcript, in the order of the variants; one row without a gene for an
        intergenic one. chrom, start, end, pos, ref, alt, gene, transcript, strand, and

        - consequence: the most severe Sequence Ontology term (`CONSEQUENCES`), impact: its class;
        - splice_region: 1–3 bases into an exon or 3–8 into an intron (the two bases of an intron at its ends
          are splice_donor_variant and splice_acceptor_variant);
        - cds_position, protein_position: 1-based, of the first base changed; ref_codon, alt_codon (for
          substitutions in one codon);
        - aa_change: one-letter name of a substitution, such as ``D614G``;
        - hgvs_c, hgvs_p: HGVS names after the 3' rule; missing where there is none;
        - same_codon: positions (`pos`) of other substitutions in the same codon, comma-separated.

    Raises
    ------
    InputError
        When columns are missing, a contig is not the model's, or reference alleles are not those of the
        model's sequence (the first five are named): then it is another assembly.

    Notes
    -----
    An indel is judged where the 3' rule places it. Symbolic alleles (``<DEL>``, ``*``) give
    ``sequence_variant``. Effects on splicing beyond the splice sites, regulation, and decay of messages with
    an early stop are not predicted.
    """
    edits = _edits(variants, model)
    rows: list[dict[str, Any]] = []
    sites = {transcript: _Site(transcript, model) for transcript in model.transcripts}
    shared = _substitutions_by_codon([edit for _, edit in edits if edit is not None], sites)
    for labels, edit in edits:
        if edit is None:
            rows.append(labels | {"consequence": "sequence_variant"})
            continue
        effects = []
        for transcript, site in sites.items():
            placed = shift_edit(edit, transcript, model, inside=True)
            if site.touched_by(placed):
                effects.append(labels | site.effect(placed, shared, together=haplotype))
        rows += effects or [labels | {"consequence": "intergenic_variant"}]
    return _table(rows)


def _edits(variants: pd.DataFrame, model: GeneModel) -> list[tuple[dict[str, Any], Edit | None]]:
    need_columns(variants, ("chrom", "pos", "ref", "alt"), "predict_consequences")
    found: list[tuple[dict[str, Any], Edit | None]] = []
    wrong: list[tuple[str, int, str, str]] = []
    for chrom, pos, ref, alts in variants[["chrom", "pos", "ref", "alt"]].itertuples(index=False, name=None):
        chrom, start, ref = str(chrom), int(pos) - 1, str(ref).upper()
        there = model.fetch(chrom, start, start + len(ref))
        if there != ref:
            wrong.append((chrom, int(pos), ref, there))
        for alt in str(alts).upper().split(","):
            if alt == ".":
                continue
            labels = {"chrom": chrom, "start": start, "end": start + len(ref), "pos": start + 1}
            plain = set(alt) <= set("ACGTRYKMSWBDHVN")
            edit = Edit.from_alleles(chrom, start, ref, alt) if plain else None
            found.append((labels | {"ref": ref, "alt": alt}, edit))
    if wrong:
        raise _other_assembly(wrong)
    return found


def _other_assembly(wrong: list[tuple[str, int, str, str]]) -> InputError:
    """Name the first five places where the variants' reference allele and the sequence there differ."""
    places = [(f"{chrom}:{pos}", ref[:20], there[:20]) for chrom, pos, ref, there in wrong[:5]]
    english = "; ".join(f"{at} has {ref}, the reference {there or 'nothing'}" for at, ref, there in places)
    korean = ", ".join(f"{at} {ref}(참조 서열: {there or '없음'})" for at, ref, there in places)
    if len(wrong) > 5:
        english, korean = f"{english} and {len(wrong) - 5} more", f"{korean} 외 {len(wrong) - 5}개"
    return InputError(
        told(
            f"predict_consequences: {len(wrong)} reference alleles are not in the gene model's sequence: "
            f"{english}; are the variants on another assembly?",
            f"predict_consequences: 참조 대립유전자 {len(wrong)}개가 유전자 모델의 서열과 다릅니다: "
            f"{korean}. 변이의 참조 유전체 버전이 다릅니까?",
        )
    )


Shared = dict[tuple[Transcript, int], list[Edit]]


def _substitutions_by_codon(edits: list[Edit], sites: dict[Transcript, "_Site"]) -> Shared:
    shared: Shared = {}
    for edit in dict.fromkeys(edits):
        if edit.is_substitution:
            for transcript, site in sites.items():
                if site.touched_by(edit):
                    for codon in site.codons(edit):
                        shared.setdefault((transcript, codon), []).append(edit)
    return shared


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(_COLUMNS))
    table["impact"] = table["consequence"].map(CONSEQUENCES)
    table["splice_region"] = table["splice_region"].eq(True)
    table["same_codon"] = table["same_codon"].fillna("")
    return table.astype(_COLUMNS)


@dataclass(frozen=True)
class _Site:
    """One transcript with its sequences, ready to be edited."""

    transcript: Transcript
    model: GeneModel

    @cached_property
    def cds(self) -> str:
        return self.model.read(self.transcript.chrom, self.transcript.cds)[self.transcript.frame :]

    @cached_property
    def gaps(self) -> list[Part]:
        return introns(self.transcript)

    @cached_property
    def protein(self) -> str:
        return self._translate(self.cds)

    @cached_property
    def _read_on(self) -> str:
        """Bases behind the coding sequence: the 3' UTR, or the contig where none is annotated."""
        transcript = self.transcript
        last = transcript.exons[-1]
        if len(transcript.trailer):
            parts = [Part(int(p), int(p) + 1, last.strand) for p in transcript.trailer]
        elif last.strand > 0:
            parts = [Part(last.end, last.end + _READ_ON)]
        else:
            parts = [Part(max(last.start - _READ_ON, 0), last.start, -1)]
        return self.model.read(transcript.chrom, parts)

    def _translate(self, cds: str) -> str:
        return translate_coding(cds, self.transcript.codon_table, start=self.transcript.complete_start)

    def touched_by(self, edit: Edit) -> bool:
        """Whether the edit changes a base of an exon or intron, or inserts between two of them."""
        parts = [*self.transcript.exons, *self.gaps]
        if edit.chrom != self.transcript.chrom:
            return False
        if edit.end > edit.start:
            return any(part.start < edit.end and edit.start < part.end for part in parts)
        sides = (edit.start - 1, edit.start)
        return all(any(part.start <= side < part.end for part in parts) for side in sides)

    def offsets(self, edit: Edit) -> npt.NDArray[np.int64]:
        """0-based places in the coding sequence of the bases that are replaced."""
        coding = self.transcript.coding
        return np.flatnonzero((coding >= edit.start) & (coding < edit.end))

    def codons(self, edit: Edit) -> list[int]:
        return sorted({int(offset) // 3 for offset in self.offsets(edit)})

    def effect(self, edit: Edit, shared: Shared, *, together: bool) -> dict[str, Any]:
        """The row of one edit that `shift_edit` has placed and that touches the transcript."""
        found: dict[str, Any] = {
            "gene": self.transcript.gene,
            "transcript": self.transcript.name,
            "strand": self.transcript.strand or pd.NA,
            "hgvs_c": coding_name(shift_edit(edit, self.transcript, self.model), self.transcript, self.model),
        }
        edit = self._off_the_edge(edit)
        terms = set(self._places(edit))
        found["splice_region"] = "splice_region_variant" in terms
        if self._inside_coding(edit):
            companions = [edit]
            if edit.is_substitution:
                near = [other for codon in self.codons(edit) for other in shared[self.transcript, codon]]
                others = sorted({other.start + 1 for other in near if other.start != edit.start})
                found["same_codon"] = ",".join(map(str, others))
                if together:
                    companions += [other for other in dict.fromkeys(near) if other.start != edit.start]
            change = self._coding_change(edit, companions)
            terms.add(change.pop("consequence"))
            found |= change
        elif self.offsets(edit).size or not terms:
            terms |= {"coding_sequence_variant", *self._cut_coding(edit)}
        found["consequence"] = min(terms, key=list(CONSEQUENCES).index)
        return found

    def _places(self, edit: Edit) -> Iterator[str]:
        """Terms that follow from where the edit lies, coding or not."""
        transcript = self.transcript
        if edit.start <= transcript.start and transcript.end <= edit.end:
            yield "transcript_ablation"
        # an insertion changes no base: what it parts are the bases on either side of it
        first, last = (edit.start, edit.end) if edit.end > edit.start else (edit.start, edit.start)
        for gap in self.gaps:
            for at_start in (True, False):
                donor = at_start == (gap.strand > 0)
                edge = gap.start if at_start else gap.end
                inward = 1 if at_start else -1
                if _overlaps(first, last, edge, edge + 2 * inward):
                    yield "splice_donor_variant" if donor else "splice_acceptor_variant"
                elif _overlaps(first, last, edge - 3 * inward, edge + 8 * inward):
                    yield "splice_region_variant"
            if _overlaps(first, last, gap.start, gap.end):
                yield "intron_variant"
        for places, term in (
            (transcript.leader, "5_prime_UTR_variant"),
            (transcript.trailer, "3_prime_UTR_variant"),
        ):
            near = (places >= first - (first == last)) & (places < last + (first == last))
            if near.any():
                yield term

    def _off_the_edge(self, edit: Edit) -> Edit:
        """A deletion over the start or stop of translation, written on one side of it if it can be."""
        in_exon = any(e.start <= edit.start and edit.end <= e.end for e in self.transcript.exons)
        if edit.insert or not in_exon or not self.offsets(edit).size or self._inside_coding(edit):
            return edit
        sequence = self.model.sequences[edit.chrom]
        back = -1 if self.transcript.exons[0].strand > 0 else 1
        other = step_edit(edit, sequence, back)
        while other is not None and abs(other.start - edit.start) <= edit.end - edit.start:
            if self._inside_coding(other) or not self.offsets(other).size:
                return other
            other = step_edit(other, sequence, back)
        return edit

    def _inside_coding(self, edit: Edit) -> bool:
        """Whether every base that is replaced is coding, or an insertion parts two coding bases."""
        if edit.end > edit.start:
            return any(p.start <= edit.start and edit.end <= p.end for p in self.transcript.cds) and bool(
                self.offsets(edit).size
            )
        return (
            any(p.start < edit.start < p.end for p in self.transcript.cds)
            and self._insertion_point(edit) >= 0
        )

    def _insertion_point(self, edit: Edit) -> int:
        """0-based codon that an insertion lies in; -1 in front of the first whole codon."""
        coding = self.transcript.coding
        first = np.flatnonzero((coding == edit.start) | (coding == edit.start - 1))
        return int(first.max()) // 3 if len(first) > 1 else -1

    def _edited(self, edits: list[Edit]) -> str:
        """Coding sequence with the edits made in every part that they lie in."""
        pieces = []
        for part in self.transcript.cds:
            sequence = self.model.fetch(self.transcript.chrom, part.start, part.end)
            for edit in sorted(edits, key=lambda e: e.start, reverse=True):
                inside = part.start <= edit.start and edit.end <= part.end
                if inside and (edit.end > edit.start or part.start < edit.start < part.end):
                    left, right = edit.start - part.start, edit.end - part.start
                    sequence = sequence[:left] + edit.insert + sequence[right:]
            pieces.append(sequence if part.strand > 0 else reverse_complement(sequence))
        return "".join(pieces)[self.transcript.frame :]

    def _coding_change(self, edit: Edit, companions: list[Edit]) -> dict[str, Any]:
        cds = self._edited(companions)
        codons = self.codons(edit) if edit.end > edit.start else [self._insertion_point(edit)]
        first = codons[0]
        found: dict[str, Any] = {"protein_position": first + 1}
        found["cds_position"] = int(self.offsets(edit)[0]) + 1 if edit.end > edit.start else pd.NA
        if edit.is_substitution:
            return found | self._substitution(cds, codons)
        if cds.endswith(self.cds):  # an insertion that leaves the start codon whole behind it
            return {"consequence": "5_prime_UTR_variant"}
        old = _up_to_stop(self.protein)
        new = _up_to_stop(self._translate(cds + (self._read_on if "*" in old else "")))
        shifted = edit.grows_by % 3 != 0
        found["hgvs_p"] = protein_name(old, new, shifted=shifted, first=first)
        if "X" in new[first:]:
            found["hgvs_p"] = "p.?"
        return found | {"consequence": self._indel_term(edit, old, new, first)}

    def _substitution(self, cds: str, codons: list[int]) -> dict[str, Any]:
        first, last = codons[0], codons[-1] + 1
        starts = first == 0 and self.transcript.complete_start
        old = self.protein[first:last]
        new = translate_coding(cds[3 * first : 3 * last], self.transcript.codon_table, start=starts)
        found: dict[str, Any] = {"aa_change": short_name(old, new, first)}
        if last - first == 1:
            found |= {
                "ref_codon": self.cds[3 * first : 3 * last],
                "alt_codon": cds[3 * first : 3 * last],
            }
        if "X" in new or not new:
            return found | {"consequence": "coding_sequence_variant", "hgvs_p": "p.?", "aa_change": None}
        after = self.protein[:first] + new + self.protein[last:]
        if "*" in old and "*" not in new and self.protein.index("*") >= first:
            after = _up_to_stop(self._translate(cds + self._read_on))
        found["hgvs_p"] = protein_name(self.protein, after, shifted=False, first=first)
        return found | {"consequence": self._substitution_term(old, new, first, last)}

    def _substitution_term(self, old: str, new: str, first: int, last: int) -> str:
        at_end = last == len(self.cds) // 3
        if old == new:
            return "stop_retained_variant" if "*" in new and at_end else "synonymous_variant"
        if first == 0 and old[0] == "M" and new[0] != "M" and self.transcript.complete_start:
            return "start_lost"
        if "*" in new and "*" not in old:
            return "stop_gained"
        return "stop_lost" if "*" in old and "*" not in new else "missense_variant"

    def _indel_term(self, edit: Edit, old: str, new: str, first: int) -> str:
        if old[:1] == "M" and new[:1] != "M" and self.transcript.complete_start:
            return "start_lost"
        if old == new:
            return "stop_retained_variant" if first == len(self.cds) // 3 - 1 else "synonymous_variant"
        if edit.grows_by % 3:
            return "frameshift_variant"
        if len(new) < len(old) + edit.grows_by // 3:
            return "stop_gained"
        if "*" in old and len(new) > len(old) + edit.grows_by // 3:
            return "stop_lost"
        if edit.insert and edit.end > edit.start and not _keeps(old, new):
            return "protein_altering_variant"
        return "inframe_insertion" if edit.grows_by > 0 else "inframe_deletion"

    def _cut_coding(self, edit: Edit) -> Iterator[str]:
        """Terms of an edit that reaches over an end of the coding sequence."""
        offsets = self.offsets(edit)
        if not offsets.size:
            return
        if offsets[0] == 0 and self.transcript.complete_start:
            yield "start_lost"
        if offsets[-1] == len(self.transcript.coding) - 1 and self.transcript.complete_end:
            yield "stop_lost"


def _overlaps(first: int, last: int, one: int, two: int) -> bool:
    """Whether ``[first, last)``, or the gap before `first` when empty, meets what two edges enclose."""
    low, high = min(one, two), max(one, two)
    return low < first < high if first == last else first < high and low < last


def _up_to_stop(protein: str) -> str:
    stop = protein.find("*")
    return protein if stop < 0 else protein[: stop + 1]


def _keeps(old: str, new: str) -> bool:
    """Whether the shorter protein is the longer one with a stretch taken out."""
    short, long = sorted((old, new), key=len)
    head = next((i for i, (a, b) in enumerate(zip(short, long, strict=False)) if a != b), len(short))
    return long.endswith(short[head:])
