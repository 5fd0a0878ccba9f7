"""The records of what is graded, as far as the gradebook has their points.

Both can part: nbgrader's ``db student remove`` takes a learner out of the gradebook alone, and a damaged
gradebook is moved away.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from biolabkit.errors import CourseError
from biolabkit_autograder.store import read_evidence

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

    from biolabkit_autograder.course import Course

__all__ = ["evidence_of", "graded_records"]

_NAMED = 5


def evidence_of(course: Course, exercise: str) -> list[str]:
    """The learners of whom there is a record for an exercise."""
    return sorted(path.stem for path in (course.folder / "evidence" / exercise).glob("*.json"))


def graded_records(
    course: Course, gradebook: Gradebook, exercises: Iterable[str], learner: str | None = None
) -> list[dict[str, Any]]:
    """Read the records of some exercises, or only one learner's.

    Returns
    -------
    list of dict
        In the order of exercises and learners. Who is in neither roster nor gradebook has left.

    Raises
    ------
    CourseError
        When the gradebook lacks points of learners of the roster.
    """
    found, lost = [], []
    for name in exercises:
        known = _in_gradebook(gradebook, name)
        for one in evidence_of(course, name):
            record = read_evidence(course, name, one) if learner in (None, one) else None
            if record is None:
                continue
            if one in known or not record.get("marks"):
                found.append(record)
            elif one in course.roster or not course.roster:
                lost.append(f"{one} ({name})")
    if lost:
        more = f" and {len(lost) - _NAMED} more" if len(lost) > _NAMED else ""
        raise CourseError(
            f"the gradebook has no points of {', '.join(lost[:_NAMED])}{more}, who were graded; run: "
            "biolab course grade"
        )
    return found


def _in_gradebook(gradebook: Gradebook, exercise: str) -> set[str]:
    from nbgrader.api import Assignment, SubmittedAssignment, SubmittedNotebook

    rows = (
        gradebook.db.query(SubmittedAssignment.student_id)
        .join(Assignment, Assignment.id == SubmittedAssignment.assignment_id)
        .join(SubmittedNotebook, SubmittedNotebook.assignment_id == SubmittedAssignment.id)
        .filter(Assignment.name == exercise)
    )
    return {learner for (learner,) in rows}
