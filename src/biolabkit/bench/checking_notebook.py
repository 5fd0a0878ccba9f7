"""What *check all* reads from a saved notebook: its code cells, its checks, and what is wrong with them."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from biolabkit._progress import check_id
from biolabkit.bench import checking_words as words
from biolabkit.bench.notebooks import read_notebook
from biolabkit.check.words import Words

__all__ = ["Cell", "Notebook", "read"]

_CHECK = re.compile(
    r"""^\s*lab\.check\(\s*["']([\w.]+)["']\s*(?:,\s*(?:points\s*=\s*)?([\d.]+))?""", re.MULTILINE
)


@dataclass(frozen=True)
class Cell:
    """A code cell.

    Attributes
    ----------
    number : int
        Its place among all cells, from 1.
    source : str
    grade_id : str
        Its name in the exercise; empty for the learner's own cells and those of the text.
    check : str
        Of a check cell, the check's id; else empty.
    points : float
        What the check is worth.
    locked : bool
        Whether it was handed out to be run as it is.
    edited : bool
        Whether it is locked and not as it was handed out.
    """

    number: int
    source: str
    grade_id: str = ""
    check: str = ""
    points: float = 0.0
    locked: bool = False
    edited: bool = False

    @property
    def task(self) -> str:
        """Of a check, its task; of a task's cell, its name; else empty."""
        return self.check.split("-")[1] if "-" in self.check else self.grade_id

    @property
    def first_line(self) -> str:
        """The first line that says something, to name the cell by."""
        lines = (line.strip() for line in self.source.splitlines())
        return next((line for line in lines if line and not line.startswith("#")), "")[:60]


@dataclass(frozen=True)
class Notebook:
    """The code cells of a notebook, and the exercise that it is."""

    path: Path
    exercise: str
    cells: tuple[Cell, ...]

    @cached_property
    def checks(self) -> dict[str, Cell]:
        """The first cell of each check, by its id."""
        found: dict[str, Cell] = {}
        for cell in self.cells:
            if cell.check:
                found.setdefault(cell.check, cell)
        return found

    def problems(self, missing: Collection[str]) -> Iterator[Words]:
        """Say which checks are missing, there twice, or edited.

        Parameters
        ----------
        missing : collection of str
            The ids of checks that were handed out and are not there.
        """
        if missing:
            yield words.fill(words.MISSING, checks=", ".join(missing))
        seen = Counter(cell.check for cell in self.cells if cell.check)
        if twice := [check for check, times in seen.items() if times > 1]:
            yield words.fill(words.TWICE, checks=", ".join(twice))
        if edited := [cell.check or cell.grade_id for cell in self.cells if cell.edited]:
            yield words.fill(words.EDITED, cells=", ".join(edited))
        if not self.checks and not missing:
            yield words.NO_CHECKS


def read(path: Path, language: str = "en") -> Notebook:
    """Read the saved notebook.

    Raises
    ------
    InputError
        When there is no such file, or it is too large.
    FormatError
        When it is not a notebook of format 4.
    """
    saved = read_notebook(path, language)
    code = tuple(_code_cells(json.loads(saved.content)["cells"]))
    return Notebook(path, saved.exercise or path.stem, code)


def _code_cells(cells: list[Any]) -> Iterator[Cell]:
    for number, cell in enumerate(cells, 1):
        if not isinstance(cell, dict) or cell.get("cell_type") != "code":
            continue
        source = cell.get("source", "")
        text = "".join(map(str, source)) if isinstance(source, list) else str(source)
        if text.strip():
            yield _cell(number, text, _marks(cell))


def _marks(cell: Mapping[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata")
    marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return marks if isinstance(marks, dict) else {}


def _cell(number: int, source: str, marks: dict[str, Any]) -> Cell:
    """A cell with its marks; where a program lost them, the check cell itself says which check it is."""
    called = _CHECK.search(source)
    grade_id = str(marks.get("grade_id", ""))
    check = grade_id if marks.get("grade") else ""
    if called and not marks:
        check = check_id(called[1])
    points = marks.get("points", called[2] if called else None)
    return Cell(
        number=number,
        source=source,
        grade_id=grade_id,
        check=check,
        points=_number(points),
        locked=_is_locked(marks),
        edited=_is_locked(marks) and marks.get("checksum") not in (None, _checksum(source, marks)),
    )


def _is_locked(marks: dict[str, Any]) -> bool:
    return not marks.get("solution") and bool(marks.get("grade") or marks.get("locked"))


def _number(value: Any) -> float:
    try:
        return float(value)
    except (TypeError, ValueError):
        return 0.0


def _checksum(source: str, marks: dict[str, Any]) -> str:
    """Nbgrader's checksum of a code cell (`nbgrader.utils.compute_checksum`, schema version 3)."""
    grade = bool(marks.get("grade"))
    parts = [source, "code", str(grade), str(bool(marks.get("solution"))), str(_is_locked(marks))]
    parts.append(str(marks.get("grade_id", "")))
    if grade:
        parts.append(str(_number(marks.get("points"))))
    return hashlib.md5("".join(parts).encode(), usedforsecurity=False).hexdigest()
