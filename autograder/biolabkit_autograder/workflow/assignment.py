"""An assignment as grading needs it: the instructor's notebook, how it was released, and its settings."""

from __future__ import annotations

import hashlib
import json
import os
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biolabkit.errors import CourseError
from biolabkit_autograder.grading import Settings

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

    from biolabkit_autograder.course import Course

__all__ = ["Assignment", "built_imports", "load_assignment", "read_notebook"]

#: Settings of this process that a learner's code needs too, to find the datasets.
_PASSED_ON = ("BIOLABKIT_MIRROR", "BIOLABKIT_CACHE", "BIOLABKIT_DATA")
#: One thread for each submission: several at one time would fight for the cores with their linear algebra.
_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


@dataclass(frozen=True)
class Assignment:
    """A released exercise.

    Attributes
    ----------
    name : str
        The exercise's name.
    notebook : NotebookNode
        The instructor's notebook; ``metadata.biolabkit.stubs`` holds the answer cells as released.
    settings : Settings
        How its submissions are graded.
    digest : str
        Hash of the notebook, and so of its checks and points.
    """

    name: str
    notebook: NotebookNode
    settings: Settings
    digest: str

    @property
    def points(self) -> dict[str, float]:
        """Points by ``grade_id`` of the gradable cells."""
        return {
            cell.metadata.nbgrader.grade_id: float(cell.metadata.nbgrader.points)
            for cell in self.notebook.cells
            if cell.metadata.get("nbgrader", {}).get("grade")
        }

    @property
    def max_points(self) -> float:
        """Points that could be had."""
        return sum(self.points.values())


def load_assignment(course: Course, name: str, *, workers: int = 1, unsafe: bool = False) -> Assignment:
    """Read an exercise as it was built and released.

    Raises
    ------
    UnknownNameError
        When the course has no such exercise.
    CourseError
        When it was not built or not released.
    """
    course.exercise(name)
    source = course.notebook("source", name)
    release = course.notebook("release", name)
    if not source.is_file():
        raise CourseError(f"{name} is not built yet; run: biolab course build")
    if not release.is_file():
        raise CourseError(f"{name} is not released yet; run: biolab course release")
    notebook = read_notebook(source)
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    built = dict(notebook.metadata.get("biolabkit", {}))
    notebook.metadata["biolabkit"] = {**built, "stubs": _stubs(read_notebook(release))}
    settings = Settings(
        language=course.language,
        limits=course.limits(built.get("limits", {})),
        imports=tuple(built.get("imports", ())),
        datasets=tuple(built.get("datasets", ())),
        environment=learner_environment(course.language),
        workers=workers,
        unsafe=unsafe,
    )
    return Assignment(name, notebook, settings, digest)


def built_imports(course: Course) -> list[str]:
    """Modules that the course's built exercises import."""
    found = []
    for name in course.exercise_names:
        path = course.notebook("source", name)
        with suppress(OSError, ValueError):
            metadata = json.loads(path.read_text(encoding="utf-8")).get("metadata", {})
            found += metadata.get("biolabkit", {}).get("imports", [])
    return sorted(set(found))


def learner_environment(language: str) -> dict[str, str]:
    """Variables for learners' code: our datasets, the course's language, no network, one thread."""
    passed_on = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**_ONE_THREAD, **passed_on, "BIOLAB_LANGUAGE": language, "BIOLABKIT_OFFLINE": "1"}


def read_notebook(path: Path) -> Any:
    """Read one of the course's own notebooks.

    Raises
    ------
    CourseError
        When it is not a notebook.
    """
    import nbformat

    try:
        return nbformat.read(path, as_version=4)
    except (OSError, ValueError) as error:
        raise CourseError(
            f"{path} is not a notebook ({error}); run: biolab course build && biolab course release"
        ) from error


def _stubs(release: Any) -> dict[str, str]:
    return {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in release.cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
