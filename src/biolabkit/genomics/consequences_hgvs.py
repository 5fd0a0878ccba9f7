"""Names of variants after the recommendations of the Human Genome Variation Society (HGVS, v21).

Coding names (``c.``) count from the A of the start codon; indels are placed as far 3' in the transcript as
they go, within their exon or intron. Protein names (``p.``) are predicted, so strictly they would stand in
brackets; they are written without, as ClinVar and virologists do.
"""

from bisect import bisect_right
from dataclasses import dataclass
from functools import lru_cache

from biolabkit.genomics.consequences_genes import GeneModel, Part, Transcript
from biolabkit.genomics.sequences import reverse_complement

__all__ = ["Edit", "coding_name", "protein_name", "shift_edit", "short_name", "step_edit", "three_letters"]

#: Gaps between parts shorter than this are corrections of the reading frame, not introns.
SHORTEST_INTRON = 10


@dataclass(frozen=True)
class Edit:
    """Replace ``[start, end)`` of a contig by `insert`, on the plus strand, without shared ends."""

    chrom: str
    start: int
    end: int
    insert: str

    @classmethod
    def from_alleles(cls, chrom: str, start: int, ref: str, alt: str) -> "Edit":
        """Take the bases away that both alleles share at their ends."""
        while ref and alt and ref[-1] == alt[-1]:
            ref, alt = ref[:-1], alt[:-1]
        while ref and alt and ref[0] == alt[0]:
            ref, alt, start = ref[1:], alt[1:], start + 1
        return cls(chrom, start, start + len(ref), alt)

    @property
    def grows_by(self) -> int:
        """Bases added (positive) or removed."""
        return len(self.insert) - (self.end - self.start)

    @property
    def is_substitution(self) -> bool:
        """As many bases as before, and at least one."""
        return self.grows_by == 0 and self.end > self.start


def introns(transcript: Transcript) -> list[Part]:
    """Introns in transcript order: gaps between neighbouring exons on one strand."""
    found = []
    for one, two in zip(transcript.exons, transcript.exons[1:], strict=False):
        start, end = (one.end, two.start) if one.strand > 0 else (two.end, one.start)
        if one.strand == two.strand and end - start >= SHORTEST_INTRON:
            found.append(Part(start, end, one.strand))
    return found


def shift_edit(edit: Edit, transcript: Transcript, model: GeneModel, *, inside: bool = False) -> Edit:
    """Move a pure insertion or deletion as far 3' as its exon or intron lets it.

    Parameters
    ----------
    edit : Edit
        Anything but a pure insertion or deletion stays as it is.
    transcript : Transcript
        Gives exons, introns and the direction.
    model : GeneModel
        Holds the sequence.
    inside : bool
        Keep an insertion between two bases of its exon, and not at the edge, where it only repeats the last.

    Sources
    -------
    HGVS recommendations, "3' rule"; moving over an exon's end is excepted there too.
    """
    if bool(edit.insert) == (edit.end > edit.start):
        return edit
    sequence = model.sequences[edit.chrom]
    edit = _into_exon(edit, transcript, sequence)
    home = _home(edit, transcript)
    if home is None:
        return edit
    kept = int(inside and edit.start == edit.end)
    if home.strand > 0:
        while edit.end + kept < home.end and (step := step_edit(edit, sequence, +1)):
            edit = step
    else:
        while edit.start - kept > home.start and (step := step_edit(edit, sequence, -1)):
            edit = step
    return edit


def step_edit(edit: Edit, sequence: str, way: int) -> Edit | None:
    """The same change written one base further right or left; None when it is another change there."""
    leaving = edit.end if way > 0 else edit.start - 1
    if not 0 <= leaving < len(sequence):
        return None
    insert = edit.insert
    if insert:
        entering = insert[0] if way > 0 else insert[-1]
        insert = insert[1:] + insert[:1] if way > 0 else insert[-1:] + insert[:-1]
    else:
        entering = sequence[edit.start if way > 0 else edit.end - 1]
    if entering != sequence[leaving]:
        return None
    return Edit(edit.chrom, edit.start + way, edit.end + way, insert)


def _into_exon(edit: Edit, transcript: Transcript, sequence: str) -> Edit:
    """An insertion at the edge of an exon that repeats the exon's bases is written inside it."""
    if edit.end > edit.start or any(e.start < edit.start < e.end for e in transcript.exons):
        return edit
    for way in (-1, +1):
        step = step_edit(edit, sequence, way)
        if step and any(exon.start < step.start < exon.end for exon in transcript.exons):
            return step
    return edit


def _home(edit: Edit, transcript: Transcript) -> Part | None:
    """The exon or intron that holds the edit; between two, the one further 3'."""
    for part in [*transcript.exons, *introns(transcript)]:
        if edit.end > edit.start:
            inside = part.start <= edit.start and edit.end <= part.end
        elif part.strand > 0:
            inside = part.start <= edit.start < part.end
        else:
            inside = part.start < edit.start <= part.end
        if inside:
            return part
    return None


class _Ruler:
    """Names of positions along one transcript: 12, -3 (5' UTR), *5 (3' UTR), 92+1, 93-2 (introns)."""

    def __init__(self, transcript: Transcript) -> None:
        self.transcript = transcript
        labels = [f"-{len(transcript.leader) - i}" for i in range(len(transcript.leader))]
        labels += [str(i + 1) for i in range(len(transcript.coding))]
        labels += [f"*{i + 1}" for i in range(len(transcript.trailer))]
        places = [*transcript.leader, *transcript.coding, *transcript.trailer]
        # a base that is read twice keeps its first name
        self.labels = dict(zip(map(int, reversed(places)), reversed(labels), strict=True))

    def name(self, place: int) -> str | None:
        """HGVS position of a base of the contig; None when it is outside the transcript."""
        if place in self.labels:
            return self.labels[place]
        for intron in introns(self.transcript):
            if intron.start <= place < intron.end:
                left, right = place - intron.start + 1, intron.end - place
                after, before = (left, right) if intron.strand > 0 else (right, left)
                last, first = intron.start - 1, intron.end
                if intron.strand < 0:
                    last, first = first, last
                if after <= before:
                    return f"{self.labels[last]}+{after}" if last in self.labels else None
                return f"{self.labels[first]}-{before}" if first in self.labels else None
        return None


_ruler = lru_cache(maxsize=64)(_Ruler)


def coding_name(edit: Edit, transcript: Transcript, model: GeneModel) -> str | None:
    """HGVS name on the coding sequence, such as ``c.20A>T``, ``c.126_129del`` or ``c.27dup``.

    Parameters
    ----------
    edit : Edit
        Already shifted by `shift_edit`.
    transcript : Transcript
        What it is named on.
    model : GeneModel
        Holds the sequence.

    Returns
    -------
    str or None
        None when the edit lies or reaches outside the transcript.
    """
    ruler = _ruler(transcript)
    forward = _strand_at(edit, transcript) > 0
    insert = edit.insert if forward else reverse_complement(edit.insert)
    old = model.fetch(edit.chrom, edit.start, edit.end)
    old = old if forward else reverse_complement(old)

    def span(start: int, end: int) -> str | None:
        names = [ruler.name(start), ruler.name(end - 1)]
        if None in names:
            return None
        names = names if forward else names[::-1]
        return str(names[0]) if end - start == 1 else f"{names[0]}_{names[1]}"

    if edit.end == edit.start:
        length = len(insert)
        copied = (edit.start - length, edit.start) if forward else (edit.start, edit.start + length)
        if copied[0] >= 0 and model.fetch(edit.chrom, *copied) == edit.insert:
            place = span(*copied)
            if place:
                return f"c.{place}dup"
        place = span(edit.start - 1, edit.start + 1)
        return f"c.{place}ins{insert}" if place else None
    place = span(edit.start, edit.end)
    if place is None:
        return None
    if len(old) == len(insert) == 1:
        return f"c.{place}{old}>{insert}"
    return f"c.{place}del" if not insert else f"c.{place}delins{insert}"


def _strand_at(edit: Edit, transcript: Transcript) -> int:
    home = _home(edit, transcript)
    return home.strand if home is not None else transcript.exons[0].strand


def three_letters(protein: str) -> str:
    """``"MV*"`` to ``"MetValTer"``."""
    from Bio.SeqUtils import seq3

    return str(seq3(protein, custom_map={"*": "Ter"}, undef_code="Xaa"))


def protein_name(old: str, new: str, *, shifted: bool, first: int) -> str:
    """HGVS name of the change from one protein to another.

    Parameters
    ----------
    old, new : str
        One-letter proteins up to and with the stop ``*`` (which may be missing).
    shifted : bool
        Whether the reading frame is shifted.
    first : int
        0-based codon of the change; it names a change that leaves the protein as it was.

    Returns
    -------
    str
        Such as ``p.Glu7Val``, ``p.Phe42LeufsTer19``, ``p.Lys2_Met3del``, ``p.Ter110GlnextTer17``.
    """
    if old == new:
        return f"p.{three_letters(old[first])}{first + 1}=" if first < len(old) else "p.="
    same = _shared(old, new)
    if same == 0 and old[:1] == "M":
        return "p.Met1?"
    before = f"{three_letters(old[same : same + 1]) or 'Ter'}{same + 1}"
    if new[same : same + 1] == "*":
        return f"p.{before}Ter"
    if old[same : same + 1] == "*":
        stop = new.find("*")
        added = str(stop - same) if stop >= 0 else "?"
        return f"p.{before}{three_letters(new[same])}extTer{added}"
    if shifted:
        stop = new.find("*", same)
        return f"p.{before}{three_letters(new[same : same + 1])}fsTer{stop - same + 1 if stop >= 0 else '?'}"
    return _in_frame_name(old, new, same)


def _in_frame_name(old: str, new: str, same: int) -> str:
    tail = min(_shared(old[::-1], new[::-1]), len(old) - same, len(new) - same)
    removed, added = old[same : len(old) - tail], new[same : len(new) - tail]
    if "*" in added:  # a stop within the change: what follows is not made
        added = added[: added.index("*") + 1]
    first, last = same + 1, same + len(removed)
    if not removed:
        copied = old[same - len(added) : same]
        if copied == added:
            return f"p.{_range(old, same - len(added) + 1, same)}dup"
        if same == len(old):  # behind the last residue of a protein whose end is not known
            return "p.?"
        return f"p.{_range(old, same, same + 1)}ins{three_letters(added)}"
    if not added:
        return f"p.{_range(old, first, last)}del"
    if len(removed) == len(added) == 1:
        return f"p.{three_letters(removed)}{first}{three_letters(added)}"
    return f"p.{_range(old, first, last)}delins{three_letters(added)}"


def _range(protein: str, first: int, last: int) -> str:
    """``Lys2`` or ``Lys2_Met3``, 1-based and inclusive."""
    ends = [f"{three_letters(protein[place - 1])}{place}" for place in dict.fromkeys((first, last))]
    return "_".join(ends)


def _shared(one: str, two: str) -> int:
    """Length of the common beginning."""
    low = range(min(len(one), len(two)) + 1)
    return bisect_right(low, 0, key=lambda n: int(one[:n] != two[:n])) - 1


def short_name(old: str, new: str, first: int) -> str:
    """The virologists' one-letter name of a substitution: ``D614G``, ``Q27*``; empty for no change."""
    if old == new:
        return ""
    changes = [f"{a}{first + i + 1}{b}" for i, (a, b) in enumerate(zip(old, new, strict=True)) if a != b]
    return ",".join(changes)
