"""Sequences as text: the other strand, composition and translation.

Every function takes a plain ``str`` of IUPAC nucleotide letters in either case, with T or U. Case is kept
where letters come out, and never matters where they are counted or translated.
"""

import math
from typing import Literal

from biolabkit._words import told, unknown
from biolabkit.errors import InputError
from biolabkit.genomics._sentences import reason

__all__ = ["CODON_TABLES", "gc_content", "reverse_complement", "translate"]

CODON_TABLES = {
    1: "standard",
    2: "vertebrate mitochondrial",
    4: "mould mitochondrial, Mycoplasma",
    11: "bacterial",
}
"""The genetic codes met most often, by their NCBI number; `translate` takes the others too."""

NUCLEOTIDES = frozenset("ACGTURYSWKMBDHVN")
_COMPLEMENT = str.maketrans("ACGTRYSWKMBDHVNacgtryswkmbdhvn", "TGCAYRSWMKVHDBNtgcayrswmkvhdbn")
# Share of G and C among the bases that an IUPAC letter stands for.
_GC_SHARE = dict.fromkeys("GCS", 1.0) | dict.fromkeys("ATUW", 0.0) | dict.fromkeys("RYKMN", 0.5)
_GC_SHARE |= {"B": 2 / 3, "V": 2 / 3, "D": 1 / 3, "H": 1 / 3}


def reverse_complement(sequence: str) -> str:
    """Spell the other strand from its 5' end.

    Parameters
    ----------
    sequence : str
        IUPAC nucleotide letters; ``R`` becomes ``Y``, ``N`` stays ``N``, lower case stays lower case. RNA,
        that is text with U and without T, gives RNA.

    Returns
    -------
    str

    Raises
    ------
    InputError
        For a letter that is no nucleotide, with its position, or for T and U in one text.

    Examples
    --------
    >>> reverse_complement("AACGn")
    'nCGTT'
    """
    check_nucleotides(sequence)
    if "U" in sequence.upper():
        if "T" in sequence.upper():
            raise InputError(
                told(
                    "reverse_complement: the sequence has both T and U; expected DNA or RNA",
                    "reverse_complement: 서열에 T와 U가 함께 있습니다. DNA나 RNA 가운데 하나여야 합니다",
                )
            )
        dna = sequence.replace("U", "T").replace("u", "t")
        return dna.translate(_COMPLEMENT)[::-1].replace("T", "U").replace("t", "u")
    return sequence.translate(_COMPLEMENT)[::-1]


def gc_content(sequence: str, *, ambiguous: Literal["leave out", "count", "share"] = "leave out") -> float:
    """Fraction of G and C.

    Parameters
    ----------
    sequence : str
        IUPAC nucleotide letters.
    ambiguous : {"leave out", "count", "share"}
        What a letter does that leaves G or C open (N, R, Y, K, M, B, D, H, V; S and W do not): it is left out
        of the length; or it counts in the length as not G or C; or it gives the share of G and C among the
        bases that it stands for (0.5 for N).

    Returns
    -------
    float
        NaN when no base is left to judge by.

    Raises
    ------
    InputError
        For a letter that is no nucleotide, or an unknown `ambiguous`.

    Examples
    --------
    >>> gc_content("GCNN"), gc_content("GCNN", ambiguous="count"), gc_content("GCNN", ambiguous="share")
    (1.0, 0.5, 0.75)
    """
    if ambiguous not in ("leave out", "count", "share"):
        raise unknown(
            "way to treat ambiguous letters",
            "ambiguous에 쓸 수 없는 값입니다",
            ambiguous,
            ("leave out", "count", "share"),
        )
    check_nucleotides(sequence)
    upper = sequence.upper()
    counts = {letter: upper.count(letter) for letter in _GC_SHARE}
    if ambiguous == "share":
        gc = math.fsum(_GC_SHARE[letter] * count for letter, count in counts.items())
        length = len(upper)
    else:
        gc = counts["G"] + counts["C"] + counts["S"]
        known = gc + counts["A"] + counts["T"] + counts["U"] + counts["W"]
        length = known if ambiguous == "leave out" else len(upper)
    return gc / length if length else math.nan


def translate(
    sequence: str, *, table: int = 1, frame: int = 0, to_stop: bool = False, complete: bool = False
) -> str:
    """Translate nucleotides to amino acids.

    Parameters
    ----------
    sequence : str
        IUPAC nucleotide letters, 5' to 3'. A codon whose ambiguity leaves the amino acid open gives ``X`` (or
        ``B``, ``Z``, ``J`` where that is exact); one or two bases left over at the end are not translated.
    table : int
        NCBI's number of the genetic code: 1 is the standard code, 11 that of bacteria and plastids.
    frame : {0, 1, 2}
        Bases to skip first.
    to_stop : bool
        End before the first stop codon; otherwise a stop is ``*``.
    complete : bool
        The sequence is one whole coding sequence: a start codon of the table, which gives M whatever it is
        inside a gene, and one stop codon, at the end, which is left out.

    Returns
    -------
    str
        Upper case.

    Raises
    ------
    InputError
        For a letter that is no nucleotide, an unknown table or frame, or, with `complete`, a sequence that is
        not a whole coding sequence; the message says why.

    Examples
    --------
    >>> translate("GTGGCCTAA"), translate("GTGGCCTAA", table=11, complete=True)
    ('VA*', 'MA')
    """
    from Bio.Data.CodonTable import TranslationError
    from Bio.Seq import Seq

    check_nucleotides(sequence)
    check_table(table)
    if frame not in (0, 1, 2):
        raise InputError(
            told(
                f"translate: frame is {frame}; expected 0, 1 or 2 bases to skip",
                f"translate: frame이 {frame}입니다. 건너뛸 염기의 수인 0, 1, 2 가운데 하나여야 합니다",
            )
        )
    text = sequence.upper()[frame:]
    if not complete:
        return str(Seq(text[: len(text) // 3 * 3]).translate(table=table, to_stop=to_stop))
    try:
        return str(Seq(text).translate(table=table, cds=True))
    except TranslationError as error:
        raise InputError(
            told(
                f"translate: not a complete coding sequence in table {table}: {error}",
                f"translate: 유전 부호 {table}번으로 볼 때 온전한 암호화 서열이 아닙니다. {reason(error)}",
            )
        ) from error


def check_nucleotides(sequence: str, where: str = "the sequence", ko: str = "서열") -> None:
    """Raise InputError, with the place, for the first letter that is no IUPAC nucleotide.

    Parameters
    ----------
    sequence : str
        Letters in either case.
    where, ko : str
        What the sequence is, in English and in Korean.
    """
    wrong = set(sequence.upper()) - NUCLEOTIDES
    if wrong:
        place = min(sequence.upper().index(letter) for letter in wrong)
        letters = "".join(sorted(NUCLEOTIDES))
        raise InputError(
            told(
                f"{where} has {sequence[place]!r} at index {place}; expected the IUPAC letters of "
                f"nucleotides ({letters}) in either case",
                f"{ko}의 인덱스 {place} 자리에 {sequence[place]!r} 문자가 있습니다. 뉴클레오타이드의 IUPAC "
                f"문자({letters})여야 하며 대소문자는 가리지 않습니다",
            )
        )


def check_table(table: int) -> None:
    """Raise UnknownNameError for a genetic code that NCBI does not number."""
    from Bio.Data import CodonTable

    if table not in CodonTable.unambiguous_dna_by_id:
        known = [str(number) for number in CodonTable.unambiguous_dna_by_id]
        raise unknown("genetic code", "NCBI에 없는 유전 부호 번호입니다", str(table), known)
