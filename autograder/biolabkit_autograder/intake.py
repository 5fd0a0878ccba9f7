"""From a submitted file's cells to answers in the course's own notebook: nothing else of it is used.

Out of a submission come only the source texts of answer cells, of the course's free code cells and of cells
that the learner added. Checks, points, metadata, tags, outputs, attachments and the kernel are the course's
own, so that what a submission says about them cannot matter. What is missing, repeated, split or renamed is
repaired, with a sentence that says so. Nothing here parses or runs the learner's code.
"""

from __future__ import annotations

import copy
import hashlib
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from .grading import Submission
from .submitted_file import SubmittedCell, parse_notebook, read_file

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

__all__ = ["merge", "read_submission"]

#: Stands in an answer cell that a submission lacks; the names of the task then do not exist.
MISSING = "# This answer cell is not in the submission. / 제출물에 이 답안 셀이 없습니다.\n"

_DEFINITION = re.compile(r"^(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.MULTILINE)

_SENTENCES = {
    "missing": (
        "the answer cell {cell!r} is missing; its task counts as unanswered",
        "답안 셀이 없어 해당 과제를 답하지 않은 것으로 처리했습니다: {cell!r}",
    ),
    "repeated": (
        "the answer cell {cell!r} is there {n} times; all of them were run, in their order",
        "같은 답안 셀이 {n}번 있어 순서대로 모두 실행했습니다: {cell!r}",
    ),
    "joined": (
        "the answer {cell!r} is there {n} times; the parts were joined in their order",
        "같은 서술형 답안이 {n}번 있어 순서대로 이어 붙였습니다: {cell!r}",
    ),
    "renamed": (
        "a cell without its name was taken as the answer cell {cell!r}, as it defines the same function",
        "이름이 없는 셀이 같은 함수를 정의하므로 답안 셀로 보았습니다: {cell!r}",
    ),
    "check-repeated": (
        "the check cell {cell!r} is there {n} times; the course's own was used once",
        "같은 검사 셀이 {n}번 있어 과정의 원본을 한 번만 사용했습니다: {cell!r}",
    ),
}


def read_submission(
    path: str | os.PathLike[str],
    learner: str,
    assignment: NotebookNode,
    *,
    exercise: str | None = None,
    language: str = "en",
) -> Submission:
    """Read a submitted notebook and put its answers into the course's own.

    Parameters
    ----------
    path : path-like
        The submitted file. It may have any name.
    learner : str
        The learner's id.
    assignment : NotebookNode
        The instructor's notebook. ``metadata["biolabkit"]["stubs"]`` may hold the text that each answer cell
        was released with (``grade_id`` to source); an answer equal to it counts as unanswered.
    exercise : str, optional
        The exercise's name; if not given, the one that the course's notebook names itself.
    language : {"en", "ko"}
        Language of the sentences in ``problems``.

    Returns
    -------
    Submission

    Raises
    ------
    RefusedError
        When the file is not a regular file of at most 20 MiB that holds a notebook of format 4. One line.
    """
    where = Path(path)
    data = read_file(where)
    cells = parse_notebook(data, where.name)
    notebook, problems, unanswered = merge(cells, assignment, language)
    named = assignment.metadata.get("biolabkit", {}).get("exercise")
    return Submission(
        learner=learner,
        exercise=exercise or named or where.stem,
        notebook=notebook,
        problems=tuple(problems),
        unanswered=tuple(unanswered),
        digest=hashlib.sha256(data).hexdigest(),
    )


def merge(
    cells: Sequence[SubmittedCell], assignment: NotebookNode, language: str = "en"
) -> tuple[NotebookNode, list[str], list[str]]:
    """Put the answers among submitted cells into a copy of the course's notebook.

    Returns
    -------
    notebook : NotebookNode
        The course's cells in their order; each answer cell and free code cell has the learner's source. Cells
        that the learner added follow the course's cell that they followed in the submission.
    problems : list of str
        What was repaired.
    unanswered : list of str
        ``grade_id`` of the answer cells that are missing or as released.
    """
    stubs = _stubs(assignment)
    course = [_CourseCell(cell, stubs) for cell in assignment.cells]
    targets, renamed = _match(cells, course)
    answers: dict[int, list[str]] = {}
    added: dict[int, list[SubmittedCell]] = {}
    copies: dict[int, int] = {}
    anchor = -1
    for cell, target in zip(cells, targets, strict=True):
        if target is None:
            added.setdefault(anchor, []).append(cell)
            continue
        copies[target] = copies.get(target, 0) + 1
        role = course[target].role
        if copies[target] == 1:
            anchor = target
            if role in ("answer", "essay", "free"):
                answers[target] = [cell.source]
        elif role == "essay":
            answers[target].append(cell.source)
        elif role in ("answer", "free"):
            added.setdefault(anchor, []).append(cell)
    notebook = _assemble(assignment, answers, added, stubs)
    problems = _problems(course, copies, renamed, language)
    unanswered = [
        cell.grade_id
        for index, cell in enumerate(course)
        if cell.role in ("answer", "essay")
        and cell.grade_id
        and _is_unanswered(answers.get(index), stubs.get(cell.grade_id))
    ]
    return notebook, problems, unanswered


class _CourseCell:
    """What the merge needs to know of one of the course's own cells."""

    def __init__(self, cell: NotebookNode, stubs: Mapping[str, str]) -> None:
        marks = cell.metadata.get("nbgrader", {})
        self.grade_id: str | None = marks.get("grade_id")
        self.cell_id: str | None = cell.get("id")
        self.kind: str = cell.cell_type
        self.source: str = cell.source
        self.released: str = stubs.get(self.grade_id or "", cell.source)
        if marks.get("solution"):
            self.role = "answer" if cell.cell_type == "code" else "essay"
        elif marks.get("grade"):
            self.role = "check"
        elif not marks and cell.cell_type == "code":
            self.role = "free"
        else:
            self.role = "text"  # prose and locked cells: always the course's

    @property
    def function(self) -> str | None:
        """The function or class by which an answer without a name can be known."""
        return _first_definition(self.source) if self.role == "answer" else None


def _match(
    cells: Sequence[SubmittedCell], course: Sequence[_CourseCell]
) -> tuple[list[int | None], list[int]]:
    """For each submitted cell the course's cell that it is: by name, id, text, or the function it defines."""
    by_grade_id = {cell.grade_id: index for index, cell in enumerate(course) if cell.grade_id}
    by_cell_id = {cell.cell_id: index for index, cell in enumerate(course) if cell.cell_id}
    by_text = {(cell.kind, cell.released.strip()): index for index, cell in enumerate(course)}
    # a released check cell lacks the hidden part, but begins as the course's own does
    by_first_line = {_first_line(cell.source): i for i, cell in enumerate(course) if cell.role == "check"}
    targets: list[int | None] = []
    for cell in cells:
        target = by_grade_id.get(cell.grade_id) if cell.grade_id else None
        if target is None and cell.cell_id:
            target = by_cell_id.get(cell.cell_id)
        if target is None:
            target = by_text.get((cell.kind, cell.source.strip()))
        if target is None and _first_line(cell.source).startswith("lab.check("):
            target = by_first_line.get(_first_line(cell.source))
        targets.append(target)
    return targets, _match_functions(cells, course, targets)


def _match_functions(
    cells: Sequence[SubmittedCell], course: Sequence[_CourseCell], targets: list[int | None]
) -> list[int]:
    """Find answers that lost their names, as copies through other tools do; fills `targets` in."""
    found = set(targets)
    wanted = {c.function: i for i, c in enumerate(course) if c.function and i not in found}
    renamed: list[int] = []
    for position, cell in enumerate(cells):
        if not wanted:
            break
        if targets[position] is None and cell.kind == "code":
            name = _first_definition(cell.source)
            if name is not None and name in wanted:
                target = wanted.pop(name)
                targets[position] = target
                renamed.append(target)
    return renamed


def _first_definition(source: str) -> str | None:
    found = _DEFINITION.search(source)
    return found.group(1) if found else None


def _first_line(source: str) -> str:
    return source.strip().partition("\n")[0].strip()


def _stubs(assignment: NotebookNode) -> dict[str, str]:
    return dict(assignment.metadata.get("biolabkit", {}).get("stubs", {}))


def _is_unanswered(sources: list[str] | None, stub: str | None) -> bool:
    if sources is None:
        return True
    text = "\n\n".join(sources).strip()
    return not text or (stub is not None and text == stub.strip())


def _assemble(
    assignment: NotebookNode,
    answers: dict[int, list[str]],
    added: dict[int, list[SubmittedCell]],
    stubs: dict[str, str],
) -> NotebookNode:
    from nbformat.v4 import new_code_cell, new_markdown_cell

    notebook = copy.deepcopy(assignment)
    notebook.metadata.get("biolabkit", {}).pop("stubs", None)
    cells = []
    number = 0

    def append_added(anchor: int) -> None:
        nonlocal number
        for extra in added.get(anchor, []):
            if extra.kind == "raw" or not extra.source.strip():
                continue
            number += 1
            make = new_code_cell if extra.kind == "code" else new_markdown_cell
            cells.append(make(extra.source, id=f"added-{number}"))

    append_added(-1)
    for index, cell in enumerate(notebook.cells):
        nbgrader = cell.metadata.get("nbgrader", {})
        if index in answers:
            cell.source = "\n\n".join(answers[index])
        elif nbgrader.get("solution"):  # never the course's own answer
            # a stub would define the task's function again, which the learner may have in another cell
            cell.source = stubs.get(nbgrader["grade_id"], "") if cell.cell_type == "markdown" else MISSING
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
        cells.append(cell)
        append_added(index)
    notebook.cells = cells
    return notebook


def _problems(
    course: Sequence[_CourseCell], copies: dict[int, int], renamed: Sequence[int], language: str
) -> list[str]:
    problems = []
    for index, cell in enumerate(course):
        count = copies.get(index, 0)
        if index in renamed:
            problems.append(_sentence("renamed", language, cell=cell.grade_id))
        if count == 0 and cell.role in ("answer", "essay"):
            problems.append(_sentence("missing", language, cell=cell.grade_id))
        if count > 1 and cell.role in ("answer", "essay", "check"):
            kind = {"answer": "repeated", "essay": "joined", "check": "check-repeated"}[cell.role]
            problems.append(_sentence(kind, language, cell=cell.grade_id, n=count))
    return problems


def _sentence(kind: str, language: str, **values: Any) -> str:
    return _SENTENCES[kind][language == "ko"].format(**values)
