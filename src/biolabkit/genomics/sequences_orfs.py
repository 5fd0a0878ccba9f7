"""Open reading frames on both strands."""

from collections.abc import Iterator, Sequence

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.genomics.sequences import check_nucleotides, check_table, reverse_complement, translate

__all__ = ["find_orfs"]

_COLUMNS = ["start", "end", "strand", "frame", "start_codon", "stop_codon", "protein"]


def find_orfs(
    sequence: str,
    *,
    table: int = 1,
    start_codons: Sequence[str] | None = ("ATG",),
    min_codons: int = 30,
    circular: bool = False,
) -> pd.DataFrame:
    """Find open reading frames, from a start codon to the next stop codon in its frame, in all six frames.

    Of several start codons before the same stop, the first gives the frame: the longest one is reported. A
    frame that runs off a linear sequence without a stop is not. A codon with an ambiguous letter is neither a
    start nor a stop.

    Parameters
    ----------
    sequence : str
        IUPAC nucleotide letters of the forward strand, DNA.
    table : int
        NCBI's number of the genetic code, whose stop codons end a frame.
    start_codons : sequence of str or None
        What begins a frame; None takes all start codons of the table.
    min_codons : int
        Shortest frame, in codons with its start and without its stop: residues of the protein.
    circular : bool
        Whether the end is joined to the beginning, as in plasmids, plastids and phages. A frame over the end
        then has ``end > len(sequence)``: it goes on at 0 and reaches ``end - len(sequence)``.

    Returns
    -------
    DataFrame
        One row per frame, sorted by start and strand: start, end (int64, 0-based and half-open on the forward
        strand, stop codon included, whatever the strand), strand (``"+"`` or ``"-"``), frame (0, 1, 2: bases
        before the first whole codon, counted from the 5' end of the strand), start_codon, stop_codon, protein
        (one-letter, M for the start codon, no stop).

    Raises
    ------
    InputError
        For a letter that is no nucleotide, an unknown table, a codon that is none, or `min_codons` below 1.

    Examples
    --------
    >>> find_orfs("CCATGAAATAGCC", min_codons=2)[["start", "end", "strand", "protein"]].values.tolist()
    [[2, 11, '+', 'MK']]
    """
    check_nucleotides(sequence)
    check_table(table)
    if min_codons < 1:
        raise InputError(
            told(
                f"find_orfs: min_codons is {min_codons}; expected at least 1",
                f"find_orfs: min_codons가 {min_codons}입니다. 1 이상이어야 합니다",
            )
        )
    starts, stops = _codons(table, start_codons)
    forward = sequence.upper().replace("U", "T")
    rows = [
        row
        for strand, text in (("+", forward), ("-", reverse_complement(forward)))
        for row in _one_strand(text, strand, starts, stops, min_codons, circular, table)
    ]
    orfs = pd.DataFrame(rows, columns=_COLUMNS).astype(
        {"start": np.int64, "end": np.int64, "frame": np.int64}
    )
    return orfs.sort_values(["start", "strand"], kind="stable", ignore_index=True)


def _codons(table: int, start_codons: Sequence[str] | None) -> tuple[set[str], set[str]]:
    from Bio.Data import CodonTable

    code = CodonTable.unambiguous_dna_by_id[table]
    starts = {codon.upper().replace("U", "T") for codon in (start_codons or code.start_codons)}
    wrong = ", ".join(sorted(codon for codon in starts if len(codon) != 3 or set(codon) - set("ACGT")))
    if wrong:
        raise InputError(
            told(
                f"find_orfs: {wrong}: expected start codons of three letters A, C, G, T",
                f"find_orfs: 시작 코돈은 A, C, G, T로 된 세 글자여야 합니다: {wrong}",
            )
        )
    return starts, set(code.stop_codons)


def _one_strand(
    text: str, strand: str, starts: set[str], stops: set[str], min_codons: int, circular: bool, table: int
) -> Iterator[tuple[int, int, str, int, str, str, str]]:
    length = len(text)
    for begin, end in _frames(text, starts, stops, circular):
        if (end - begin) // 3 - 1 < min_codons:
            continue
        spelled = (text + text)[begin:end] if circular else text[begin:end]
        protein = "M" + translate(spelled[3:-3], table=table)
        low, high = (begin, end) if strand == "+" else (length - end, length - begin)
        if low < 0:
            low, high = low + length, high + length
        yield low, high, strand, begin % 3, spelled[:3], spelled[-3:], protein


def _frames(text: str, starts: set[str], stops: set[str], circular: bool) -> list[tuple[int, int]]:
    """Begin and end of the longest frame before each stop, on the strand that `text` spells."""
    length = len(text)
    if length < 3:
        return []
    # On a circle, each stop is looked at on the second turn, when all that comes before it is known.
    codons = _codon_numbers(text + text if circular else text)
    is_start, is_stop = _is_one_of(codons, starts), _is_one_of(codons, stops)
    found: list[tuple[int, int]] = []
    for frame in range(3):
        start, stop = np.flatnonzero(is_start[frame::3]), np.flatnonzero(is_stop[frame::3])
        end = 3 * stop + frame + 3
        # The first start behind the stop before, and not more than one turn away
        lowest = np.maximum(
            np.concatenate([[-1], stop[:-1]])[: len(stop)] + 1, -((frame + length - end) // 3)
        )
        which = np.searchsorted(start, lowest)
        begin = 3 * np.append(start, len(codons))[which] + frame
        kept = (begin < end) & (end > length if circular else True)
        turn = np.where(begin[kept] >= length, length, 0)
        found += zip((begin[kept] - turn).tolist(), (end[kept] - turn).tolist(), strict=True)
    return found


def _codon_numbers(text: str) -> npt.NDArray[np.int16]:
    """16a + 4b + c of the codon that begins at each base; -1 where a letter is ambiguous."""
    table = np.full(256, -64, dtype=np.int16)
    for code, letter in enumerate(b"ACGT"):
        table[letter] = code
    bases = table[np.frombuffer(text.encode("ascii"), dtype=np.uint8)]
    numbers = 16 * bases[:-2] + 4 * bases[1:-1] + bases[2:]
    return np.maximum(numbers, -1).astype(np.int16)


def _is_one_of(numbers: npt.NDArray[np.int16], codons: set[str]) -> npt.NDArray[np.bool_]:
    return np.isin(numbers, [_codon_numbers(codon)[0] for codon in codons])
