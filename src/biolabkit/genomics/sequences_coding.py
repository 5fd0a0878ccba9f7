"""Coding sequences that a variant may have damaged, translated codon by codon.

`biolabkit.genomics.translate` takes whole or ambiguous sequences; here a stop, a lost start and an unknown
codon are what one is looking for.
"""

from biolabkit._words import told
from biolabkit.errors import InputError

__all__ = ["translate_coding"]


def translate_coding(cds: str, codon_table: int = 1, *, start: bool = True) -> str:
    """Translate codon by codon to the end, stops as ``*`` and unknown codons as ``X``.

    Parameters
    ----------
    cds : str
        Upper-case DNA from the first codon on; one or two bases left over at the end are not translated.
    codon_table : int
        NCBI number of the genetic code.
    start : bool
        Whether the first codon is a start: a start codon of the table (GTG in bacteria) is then ``M``.

    Raises
    ------
    InputError
        When there is no such genetic code.
    """
    amino_acids, starts = _code(codon_table)
    protein = "".join(amino_acids.get(cds[i : i + 3], "X") for i in range(0, len(cds) - 2, 3))
    return "M" + protein[1:] if start and cds[:3] in starts else protein


def _code(codon_table: int) -> tuple[dict[str, str], frozenset[str]]:
    from Bio.Data.CodonTable import unambiguous_dna_by_id

    if codon_table not in unambiguous_dna_by_id:
        known = ", ".join(map(str, sorted(unambiguous_dna_by_id)))
        raise InputError(
            told(
                f"there is no genetic code {codon_table}; NCBI's are {known}",
                f"그런 유전 부호가 없습니다: {codon_table}. NCBI의 번호는 다음과 같습니다: {known}",
            )
        )
    table = unambiguous_dna_by_id[codon_table]
    # NCBI lists rare starts of the standard code; a human start codon that becomes CTG is lost all the same
    starts = {"ATG"} if codon_table == 1 else set(table.start_codons)
    return {**table.forward_table, **dict.fromkeys(table.stop_codons, "*")}, frozenset(starts)
