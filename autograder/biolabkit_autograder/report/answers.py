"""What learners wrote, out of graded notebooks, and what the exercise gave them to start with."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pydantic_core import from_json  # a cohort's notebooks hold a gigabyte of pictures: half of json's time

__all__ = ["Material", "Texts", "read_material"]


@dataclass(frozen=True)
class Texts:
    """The texts of one notebook by the names of their cells.

    Attributes
    ----------
    code, prose : mapping of str to str
        Code cells, and answers in words.
    """

    code: Mapping[str, str] = field(default_factory=dict)
    prose: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Material:
    """The texts of one exercise.

    Attributes
    ----------
    given : Texts
        What nobody wrote themselves: the notebook as released, and the model answers.
    learners : mapping of str to Texts
        What each learner wrote; cells that are as released are left out.
    """

    given: Texts
    learners: Mapping[str, Texts]


def read_material(release: Path, source: Path, notebooks: Mapping[str, Path]) -> Material | None:
    """Read the texts of one exercise.

    Parameters
    ----------
    release, source : Path
        The notebook that learners got, and the instructor's.
    notebooks : mapping of str to Path
        Each learner's graded notebook; one that cannot be read is left out.

    Returns
    -------
    Material or None
        None when the exercise's own notebooks cannot be read.
    """
    released, solved = _cells(release), _cells(source)
    if not released or not solved:
        return None
    given = Texts(_of_kind("code", (*released, *solved)), _of_kind("markdown", (*released, *solved)))
    stubs = {_source(cell) for cell in released}
    return Material(given, {learner: _own(_cells(path), stubs) for learner, path in notebooks.items()})


def _cells(path: Path) -> list[dict[str, Any]]:
    try:
        cells = from_json(path.read_bytes())["cells"]
    except (OSError, ValueError, TypeError, KeyError):
        return []
    return [cell for cell in cells if isinstance(cell, dict)] if isinstance(cells, list) else []


def _source(cell: Mapping[str, Any]) -> str:
    source = cell.get("source", "")
    return "".join(map(str, source)) if isinstance(source, list) else str(source)


def _of_kind(kind: str, cells: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    return {str(place): _source(cell) for place, cell in enumerate(cells) if cell.get("cell_type") == kind}


def _own(cells: list[dict[str, Any]], stubs: set[str]) -> Texts:
    """Answers and cells that the learner added; a learner may have changed given cells, so these too."""
    code: dict[str, str] = {}
    prose: dict[str, str] = {}
    for number, cell in enumerate(cells):
        nbgrader = _nbgrader(cell)
        text = _source(cell)
        if text in stubs or (nbgrader and not nbgrader.get("solution")):
            continue
        name = str(nbgrader.get("grade_id") or f"+{number + 1}")
        if cell.get("cell_type") == "code":
            code[name] = text
        elif nbgrader:
            prose[name] = text
    return Texts(code, prose)


def _nbgrader(cell: Mapping[str, Any]) -> dict[str, Any]:
    metadata = cell.get("metadata")
    found = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    return found if isinstance(found, dict) else {}
