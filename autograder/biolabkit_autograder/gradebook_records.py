"""What is written to a gradebook and read from it, as plain records; importing them imports no gradebook."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from .grading import Mark

__all__ = ["Assignment", "Student", "Work"]


@dataclass(frozen=True)
class Student:
    """A learner as the gradebook has them."""

    id: str
    first_name: str | None = None
    last_name: str | None = None
    email: str | None = None


@dataclass(frozen=True)
class Assignment:
    """A released exercise; its only notebook has its name.

    Attributes
    ----------
    id, notebook : str
        nbgrader's keys of both.
    due : datetime or None
        UTC; without a time zone, as all times in a gradebook.
    grades, comments : mapping of str to str
        Keys of the cells that have points and of those that have an answer, by ``grade_id``.
    points : mapping of str to float
        What check cells and essays are worth.
    """

    id: str
    notebook: str
    due: datetime | None
    grades: Mapping[str, str]
    comments: Mapping[str, str]
    points: Mapping[str, float]


@dataclass(frozen=True)
class Work:
    """What one grading found out, for the gradebook.

    Attributes
    ----------
    learner : str
        Whose submission it is.
    submitted_at : datetime or None
        UTC, without a time zone, as all times in a gradebook.
    marks : tuple of Mark
        One for each cell that has points.
    unanswered : collection of str
        ``grade_id`` of answers that are missing or still as released.
    changed : collection of str
        ``grade_id`` of answers, graded by hand, that are not those of the last grading.
    """

    learner: str
    submitted_at: datetime | None
    marks: tuple[Mark, ...]
    unanswered: Collection[str]
    changed: Collection[str]
