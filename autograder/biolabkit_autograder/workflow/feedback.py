"""Graded submissions → one HTML page per learner and exercise in ``feedback/``."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biolabkit._files import atomic_write
from biolabkit.errors import BiolabkitError, CourseError
from biolabkit_autograder.store import current_gradebook

from .assignment import read_notebook
from .feedback_page import Feedback, Score, page
from .graded_records import graded_records
from .publish_feedback import feedback_record, publish_feedback

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

    from biolabkit_autograder.course import Course

__all__ = ["write_feedback"]


def write_feedback(
    course: Course,
    exercise: str | None = None,
    learner: str | None = None,
    *,
    on_page: Callable[[Path], None] | None = None,
) -> list[Path]:
    """Write the feedback pages of all graded submissions, where nbgrader's own would be, and publish them.

    Parameters
    ----------
    course : Course
        An opened course.
    exercise, learner : str, optional
        Only these.
    on_page : callable, optional
        Told of each page as it is written.

    Returns
    -------
    list of Path
        One page per learner and exercise.

    Raises
    ------
    CourseError
        When nothing of the one learner is graded, or the gradebook lacks points of learners who were graded.
    """
    pages = []
    with current_gradebook(course) as gradebook:
        records = graded_records(course, gradebook, course.chosen(exercise), learner)
        if learner is not None and not records:
            raise _nothing_of(course, learner)
        for record in records:
            pages.append(_write(course, gradebook, record))
            if on_page is not None:
                on_page(pages[-1])
    return pages


def _nothing_of(course: Course, learner: str) -> BiolabkitError:
    if course.roster and learner not in course.roster:
        return course.unknown_learner(learner)
    return CourseError(f"nothing of {learner} is graded yet; run: biolab course grade")


def _write(course: Course, gradebook: Gradebook, record: dict[str, Any]) -> Path:
    exercise, learner = record["exercise"], record["learner"]
    name = course.roster[learner].name if learner in course.roster else learner
    path = course.notebook("feedback", exercise, learner).with_suffix(".html")
    shown: dict[str, Any] = {"learner": learner, "name": name, "language": course.language}
    if record.get("marks"):
        notebook = read_notebook(course.notebook("autograded", exercise, learner))
        shown |= {"title": notebook.metadata.get("title", exercise), "notebook": notebook}
        shown |= _grades(gradebook, exercise, learner, [mark["check"] for mark in record["marks"]])
    else:
        shown["title"] = read_notebook(course.notebook("source", exercise)).metadata.get("title", exercise)
    content = page(Feedback(problems=record.get("problems", ()), **shown)).encode()
    with atomic_write(path, "wb") as stream:
        stream.write(content)
    scores, penalty = shown.get("scores", []), shown.get("penalty", 0.0)
    publish_feedback(course, feedback_record(record, scores, penalty, content), content)
    return path


def _grades(gradebook: Gradebook, exercise: str, learner: str, checks: list[str]) -> dict[str, Any]:
    """Points as the gradebook holds them now: grades by hand may have come since."""
    notebook = gradebook.find_submission_notebook(exercise, exercise, learner)
    grades = {grade.name: grade for grade in notebook.grades}
    scores = [
        Score(check, grades[check].score, grades[check].max_score, grades[check].needs_manual_grade)
        for check in checks
    ]
    comments = {one.name: one.manual_comment for one in notebook.comments if one.manual_comment}
    return {"scores": scores, "comments": comments, "penalty": notebook.late_submission_penalty or 0.0}
