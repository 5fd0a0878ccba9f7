"""``course.json`` beside the released exercises: titles, due dates and the checks a learner can see.

It holds no answer, no hidden check and no roster: it is made of the released notebooks and ``course.toml``.
Hashes of cells are SHA-256 of their stripped text, so that a learner's side can say which cell was changed.
"""

from __future__ import annotations

import hashlib
import json
import zoneinfo
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biolabkit._files import atomic_write
from biolabkit_autograder.completion.rules import track_of

from .assignment import read_notebook

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

    from biolabkit_autograder.course import Course

__all__ = ["COURSE_FILE", "course_record", "write_course_file"]

COURSE_FILE = "course.json"


def write_course_file(course: Course) -> Path:
    """Write ``release/course.json`` about the exercises that are released.

    Returns
    -------
    Path
        The file.
    """
    path = course.folder / "release" / COURSE_FILE
    with atomic_write(path) as stream:
        stream.write(json.dumps(course_record(course), ensure_ascii=False, indent=1) + "\n")
    return path


def course_record(course: Course) -> dict[str, Any]:
    """What is published of a course, of its released exercises in its order."""
    released = [name for name in course.exercise_names if course.notebook("release", name).is_file()]
    return {
        "format": 1,
        "course": course.spec.id,
        "title": course.spec.title.model_dump(),
        "language": course.language,
        "timezone": course.spec.timezone,
        "assignments": [_assignment(course, name) for name in released],
    }


def _assignment(course: Course, name: str) -> dict[str, Any]:
    path = course.notebook("release", name)
    notebook = read_notebook(path)
    about = notebook.metadata.get("biolabkit", {})
    title = notebook.metadata.get("title", name)
    due = course.due(name)
    zone = zoneinfo.ZoneInfo(course.spec.timezone)
    return {
        "name": name,
        "title": about.get("title") or {"en": title, "ko": title},  # built by an earlier version
        "track": about.get("track") or track_of(name),
        "minutes": about.get("minutes"),
        "due": due.astimezone(zone).isoformat() if due else None,
        "tasks": _tasks(notebook),
        "essays": [
            {"id": cell.metadata.nbgrader.grade_id, "points": cell.metadata.nbgrader.points, **_hash(cell)}
            for cell in _cells(notebook, grade=True, solution=True)
        ],
        "seconds_per_cell": course.limits(about.get("limits", {})).seconds_per_cell,
        "notebook": f"{name}/{name}.ipynb",
        "sha256": _sha256(path),
        "files": {
            f"{name}/{file.relative_to(path.parent).as_posix()}": _sha256(file)
            for file in sorted(path.parent.rglob("*"))
            if file.is_file() and file != path
        },
    }


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _tasks(notebook: NotebookNode) -> list[dict[str, Any]]:
    """The tasks in the order of the notebook, each with its checks."""
    tasks: dict[str, dict[str, Any]] = {}
    for cell in _cells(notebook, grade=False, solution=True):
        name = cell.metadata.nbgrader.grade_id
        tasks[name] = {"name": name, **_hash(cell), "checks": []}
    for cell in _cells(notebook, grade=True, solution=False):
        check = cell.metadata.nbgrader.grade_id
        task = check.split("-")[min(1, check.count("-"))]  # check-<task> or check-<task>-<part>
        about = {"id": check, "points": cell.metadata.nbgrader.points, **_hash(cell)}
        tasks.setdefault(task, {"name": task, "checks": []})["checks"].append(about)
    return list(tasks.values())


def _cells(notebook: NotebookNode, *, grade: bool, solution: bool) -> list[NotebookNode]:
    found = []
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if marks.get("grade_id") and (marks.get("grade"), marks.get("solution")) == (grade, solution):
            found.append(cell)
    return found


def _hash(cell: NotebookNode) -> dict[str, str]:
    return {"sha256": hashlib.sha256(cell.source.strip().encode()).hexdigest()}
