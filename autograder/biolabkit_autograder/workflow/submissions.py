"""What is in ``submitted/``: whose, to which exercise, and what does not belong there."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from biolabkit_autograder.grading import RefusedError
from biolabkit_autograder.submitted_file import read_file

from .collect import read_timestamp
from .collect_words import told, unknown_exercise

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["Submitted", "find_submissions", "strangers"]


@dataclass(frozen=True)
class Submitted:
    """A file in ``submitted/``.

    Attributes
    ----------
    learner, exercise : str
        Whose it is, and to which exercise.
    path : Path
        The notebook, or a symbolic link that stands in its way, which the intake refuses.
    submitted_at : datetime or None
        UTC.
    """

    learner: str
    exercise: str
    path: Path
    submitted_at: datetime | None

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the file; empty where the intake refuses it as no regular file, or as too big."""
        try:
            return hashlib.sha256(read_file(self.path)).hexdigest()
        except RefusedError:
            return ""


def find_submissions(course: Course, exercise: str, learner: str | None = None) -> list[Submitted]:
    """Find the submissions to an exercise, of learners who are in the roster if there is one."""
    learners = [learner] if learner else _folders(course)
    found = []
    for one in learners:
        path = _notebook(course, exercise, one)
        if path is not None and (not course.roster or one in course.roster):
            found.append(Submitted(one, exercise, path, read_timestamp(path)))
    return found


def strangers(course: Course) -> list[tuple[str, str, str]]:
    """Find what belongs to nobody in the roster or to no exercise.

    Returns
    -------
    list of (learner, exercise, problem)
        The problem in one line, in the course's language.
    """
    found = []
    for learner in _folders(course):
        for path in sorted((course.folder / "submitted" / learner).iterdir()):
            if not path.is_dir():
                continue
            if course.roster and learner not in course.roster:
                error = course.unknown_learner(learner)
            elif path.name not in course.exercise_names:
                error = unknown_exercise(path.name, course.exercise_names)
            else:
                continue
            found.append((learner, path.name, told(error, course.language)))
    return found


def _folders(course: Course) -> list[str]:
    found = (course.folder / "submitted").glob("*")
    return sorted(path.name for path in found if path.is_dir() and not path.name.startswith("."))


def _notebook(course: Course, exercise: str, learner: str) -> Path | None:
    """The notebook of the exercise's name, else the only one there is: a renamed one is no reason for 0."""
    usual = course.notebook("submitted", exercise, learner)
    for folder in (usual.parent.parent, usual.parent):
        if folder.is_symlink():  # it may lead to another learner's work
            return folder
    if usual.exists() or usual.is_symlink():
        return usual
    others = sorted(usual.parent.glob("*.ipynb"))
    return others[0] if len(others) == 1 else None
