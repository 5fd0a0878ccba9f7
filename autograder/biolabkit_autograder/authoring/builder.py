"""Exercise → the instructor's notebook in one language, with nbgrader's metadata written from scratch."""

import json
from collections import Counter

from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from biolabkit.errors import UnknownNameError
from biolabkit_autograder.authoring.exercise import Exercise
from biolabkit_autograder.authoring.regions import BEGIN_HIDDEN
from biolabkit_autograder.authoring.source import LANGUAGES, Cell

__all__ = ["build_notebook", "notebook_bytes", "trusted_source"]

# Version of nbgrader's cell metadata, nbgrader.nbgraderformat.SCHEMA_VERSION; a test compares them.
_SCHEMA_VERSION = 3

# JupyterLab's "Run All" goes on behind a cell with this tag: an open task or a failed check stops nothing.
_GO_ON = "raises-exception"

# (grade, solution, locked) of nbgrader's cell kinds: autograded answer, autograder tests, manually graded
# answer, read-only.
_ROLES = {
    "task": (False, True, False),
    "check": (True, False, True),
    "essay": (True, True, False),
    "setup": (False, False, True),
}


def build_notebook(exercise: Exercise, language: str) -> NotebookNode:
    """Build the instructor's notebook, with solutions and hidden tests.

    Parameters
    ----------
    exercise : Exercise
        A source without lint problems.
    language : {"en", "ko"}
        Which text cells to keep; code is the same in both.

    Returns
    -------
    NotebookNode
        nbformat 4.5 without outputs. Cells that mean the same have the same id in both languages.

    Raises
    ------
    biolabkit.errors.UnknownNameError
        For another language.
    """
    if language not in LANGUAGES:
        raise UnknownNameError("course language", language, LANGUAGES)
    kept = [cell for cell in exercise.cells if cell.kind != "text" or cell.language == language]
    cells = [_notebook_cell(cell, cell_id) for cell, cell_id in zip(kept, _cell_ids(kept), strict=True)]
    metadata = {
        "biolabkit": {"exercise": exercise.name, "language": language},
        "kernelspec": {"display_name": "Python 3 (ipykernel)", "language": "python", "name": "python3"},
        "language_info": {"name": "python"},
        "title": exercise.meta.title[language],
    }
    notebook = new_notebook(cells=cells, metadata=metadata)
    notebook.nbformat_minor = 5
    return notebook


def notebook_bytes(notebook: NotebookNode) -> bytes:
    """Write a notebook as bytes that depend on nothing but its content."""
    text = json.dumps(notebook, sort_keys=True, indent=1, ensure_ascii=False, separators=(",", ": "))
    return f"{text}\n".encode()


def trusted_source(cell: Cell) -> str:
    """The source of a check cell with the two calls that tell `lab` what is being checked.

    The first line names the check and its points; the line after ``### BEGIN HIDDEN TESTS`` keeps what was
    expected out of the card from there on.
    """
    lines = [f'lab.check("{cell.name}", points={cell.points:g})']
    for line in cell.source.splitlines():
        lines.append(line)
        if line.strip() == BEGIN_HIDDEN:
            lines.append(line[: len(line) - len(line.lstrip())] + "lab.hidden()")
    return "\n".join(lines)


def _notebook_cell(cell: Cell, cell_id: str) -> NotebookNode:
    metadata: dict[str, object] = {}
    if cell.kind not in ("text", "free"):
        metadata["nbgrader"] = _nbgrader(cell)
    if cell.kind == "text":
        metadata["editable"] = False
    if cell.kind in ("task", "check"):
        metadata["tags"] = [_GO_ON]
    if cell.kind == "check":
        metadata["jupyter"] = {"source_hidden": True}  # folded: its hints are for those who need them
    new_cell = new_markdown_cell if cell.kind in ("text", "essay") else new_code_cell
    source = trusted_source(cell) if cell.kind == "check" else cell.source
    return new_cell(source, id=cell_id, metadata=metadata)


def _nbgrader(cell: Cell) -> dict[str, object]:
    grade, solution, locked = _ROLES[cell.kind]
    metadata: dict[str, object] = {
        "grade": grade,
        "grade_id": cell.grade_id,
        "locked": locked,
        "schema_version": _SCHEMA_VERSION,
        "solution": solution,
        "task": False,
    }
    if grade:
        metadata["points"] = int(cell.points) if cell.points.is_integer() else cell.points
    return metadata


def _cell_ids(cells: list[Cell]) -> list[str]:
    """Name cells after themselves or after the named cell before them, so that an edit changes few ids."""
    ids = []
    anchor, seen = "top", Counter[str]()
    for cell in cells:
        if cell.grade_id:
            anchor = cell.grade_id
            ids.append(anchor)
            continue
        stem = f"{cell.kind}-{anchor}"
        seen[stem] += 1
        ids.append(f"{stem}-{seen[stem]}")
    return ids
