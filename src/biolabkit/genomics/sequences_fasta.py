"""FASTA in and out, plain or gzipped."""

from collections.abc import Iterator, Mapping
from itertools import islice
from os import PathLike
from pathlib import Path
from typing import Literal

import pandas as pd

from biolabkit._words import joined, told, unknown
from biolabkit.errors import FormatError, InputError
from biolabkit.genomics._tables import need_columns
from biolabkit.genomics.sequences import NUCLEOTIDES
from biolabkit.genomics.sequences_files import create_text, open_text

__all__ = ["read_fasta", "write_fasta"]

_LETTERS = {"dna": NUCLEOTIDES | {"-"}, "protein": frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZ*-")}

# So many of a file's problems are told; there may be as many as records.
MOST_PROBLEMS = 5


def read_fasta(
    path: str | PathLike[str], *, letters: Literal["dna", "protein", "any"] = "dna"
) -> pd.DataFrame:
    """Read FASTA.

    Parameters
    ----------
    path : path-like
        Plain or gzipped, whatever its name.
    letters : {"dna", "protein", "any"}
        What sequences may consist of: IUPAC nucleotides (T or U) and gaps, amino acids with ``*`` and gaps,
        or anything.

    Returns
    -------
    DataFrame
        One row per record in the file's order: name (up to the first blank), description (what follows it),
        sequence (str, case as in the file: lower case marks repeats in many genomes).

    Raises
    ------
    InputError
        When the file does not exist.
    FormatError
        When it has no record, text before the first ``>``, a record without a name or without a sequence, two
        records of one name, or a letter that `letters` does not allow; it names the line or the record.
    """
    if letters not in (*_LETTERS, "any"):
        raise unknown("alphabet", "letters에 쓸 수 없는 값입니다", letters, [*_LETTERS, "any"])
    names: list[str] = []
    descriptions: list[str] = []
    sequences: list[list[str]] = []
    with open_text(path, "FASTA") as stream:
        for number, line in enumerate(stream, start=1):
            text = line.rstrip()
            if text.startswith(">"):
                name, _, description = text[1:].partition(" ")
                names.append(name)
                descriptions.append(description.strip())
                sequences.append([])
            elif text and not names:
                raise FormatError(
                    told(
                        f"{path}:{number}: expected a line that begins with '>'; found {text[:40]!r}",
                        f"{path}:{number}: '>' 기호로 시작하는 줄이어야 하는데 다음 줄이 있습니다: "
                        f"{text[:40]!r}",
                    )
                )
            elif text:
                _check_letters(text, letters, f"{path}:{number}")
                sequences[-1].append(text)
    _check_records(path, names, sequences)
    whole = ["".join(lines) for lines in sequences]
    return pd.DataFrame({"name": names, "description": descriptions, "sequence": whole}, dtype=object)


def _check_letters(text: str, letters: str, where: str) -> None:
    wrong = set(text.upper()) - _LETTERS[letters] if letters != "any" else set()
    if wrong:
        what, ko = {
            "dna": ("nucleotides in IUPAC letters", "뉴클레오타이드의 IUPAC 문자"),
            "protein": ("amino acids", "아미노산 문자"),
        }[letters]
        shown = "".join(sorted(wrong))
        raise FormatError(
            told(
                f"{where}: {shown!r} is no letter of {what}; is the file another kind of sequence? "
                "letters='protein' and 'any' read other ones",
                f"{where}: {ko}가 아닌 것이 있습니다: {shown!r}. 다른 종류의 서열이면 letters='protein'이나 "
                "'any'로 읽으십시오",
            )
        )


def _check_records(path: str | PathLike[str], names: list[str], sequences: list[list[str]]) -> None:
    if not names:
        raise FormatError(
            told(
                f"{path}: expected FASTA; found no line that begins with '>'",
                f"{path}: FASTA여야 하는데 '>' 기호로 시작하는 줄이 없습니다",
            )
        )
    problems = list(islice(_problems(names, sequences), MOST_PROBLEMS + 1))
    if problems:
        more = ["…"] if len(problems) > MOST_PROBLEMS else []
        raise FormatError(f"{path}: " + joined(problems[:MOST_PROBLEMS] + more))


def _problems(names: list[str], sequences: list[list[str]]) -> Iterator[str]:
    for index, name in enumerate(names, start=1):
        if not name:
            yield told(f"record {index} has no name", f"{index}번째 레코드에 이름이 없습니다")
    for name, lines in zip(names, sequences, strict=True):
        if not lines:
            yield told(f"{name} has no sequence", f"{name} 레코드에 서열이 없습니다")
    for name in _repeated(names):
        times = names.count(name)
        yield told(f"{name} occurs {times} times", f"{name} 레코드가 {times}번 나옵니다")


def _check_writable(table: pd.DataFrame, width: int) -> None:
    """Refuse lines without letters, and names that would not be read again as they are."""
    if width < 1:
        raise InputError(
            told(
                f"write_fasta: width is {width}; expected at least 1",
                f"write_fasta: width가 {width}입니다. 1 이상이어야 합니다",
            )
        )
    bad = [str(name) for name in table["name"] if not str(name) or str(name).split() != [str(name)]]
    if bad:
        raise InputError(
            told(
                f"write_fasta: {bad[0]!r} is no name of one word",
                f"write_fasta: 이름은 빈칸 없는 한 단어여야 합니다: {bad[0]!r}",
            )
        )


def _repeated(names: list[str]) -> list[str]:
    seen: set[str] = set()
    return sorted({name for name in names if name in seen or seen.add(name)})  # type: ignore[func-returns-value]


def write_fasta(
    sequences: Mapping[str, str] | pd.DataFrame, path: str | PathLike[str], *, width: int = 60
) -> Path:
    """Write FASTA.

    Parameters
    ----------
    sequences : mapping of name to sequence, or DataFrame
        A table as `read_fasta` gives it; its description may be missing.
    path : path-like
        A name that ends in ``.gz`` is written gzipped.
    width : int
        Letters per line.

    Returns
    -------
    Path
        The file that was written.

    Raises
    ------
    InputError
        When a column is missing, a name is empty or has a blank, or `width` is below 1.
    """
    table = sequences
    if not isinstance(table, pd.DataFrame):
        table = pd.DataFrame({"name": list(table), "sequence": list(table.values())}, dtype=object)
    need_columns(table, ("name", "sequence"), "write_fasta")
    _check_writable(table, width)
    descriptions = table["description"] if "description" in table else [""] * len(table)
    with create_text(path) as stream:
        for name, description, sequence in zip(table["name"], descriptions, table["sequence"], strict=True):
            stream.write(f">{name} {description}".rstrip() + "\n")
            stream.writelines(sequence[i : i + width] + "\n" for i in range(0, len(sequence), width))
    return Path(path)
