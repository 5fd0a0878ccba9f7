"""Evidence, grades by hand and ``course.toml`` → the cohort's report in ``report/``."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biolabkit._files import atomic_write
from biolabkit.errors import CourseError
from biolabkit_autograder.report import (
    ExerciseInfo,
    Gradings,
    Material,
    build_report,
    load_evidence,
    read_material,
)
from biolabkit_autograder.store import current_gradebook

from .assignment import read_notebook

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

    from biolabkit_autograder.course import Course

__all__ = ["exercise_info", "write_report"]


def write_report(course: Course) -> Path:
    """Write ``report/index.html``.

    Raises
    ------
    CourseError
        When nothing is graded yet.
    """
    evidence = load_evidence(course.folder / "evidence")
    if not evidence:
        raise CourseError("nothing is graded yet; run: biolab course grade")
    zone = zoneinfo.ZoneInfo(course.spec.timezone)
    with current_gradebook(course) as gradebook:
        gradings = Gradings(
            evidence,
            by_hand=_by_hand(gradebook),
            penalties=_penalties(gradebook),
            extended=_extended(gradebook, zone),
            handed_in=_handed_in(course),
        )
    text = build_report(
        course.spec.title.ko if course.language == "ko" else course.spec.title.en,
        course.language,
        [exercise_info(course, name) for name in course.exercise_names],
        {learner.id: learner.name for learner in course.roster.values()},
        gradings,
        _materials(course, evidence),
        made_at=datetime.now(zone),
    )
    path = course.folder / "report" / "index.html"
    with atomic_write(path) as stream:
        stream.write(text)
    return path


def exercise_info(course: Course, name: str) -> ExerciseInfo:
    """What the built notebook of an exercise says of it, and ``course.toml``."""
    spec = course.exercise(name)
    path = course.notebook("source", name)
    metadata = read_notebook(path).metadata if path.is_file() else {}
    return ExerciseInfo(
        name,
        title=str(metadata.get("title", name)),
        competencies=tuple(metadata.get("biolabkit", {}).get("competencies", ())),
        due=spec.due,
        weight=spec.weight,
    )


def _by_hand(gradebook: Gradebook) -> dict[tuple[str, str, str], float]:
    """Points that a person gave and nothing has changed since."""
    from nbgrader import api

    grade, submission = api.Grade, api.SubmittedAssignment
    rows = (
        gradebook.db.query(api.Assignment.name, submission.student_id, api.BaseCell.name, grade.score)
        .select_from(grade)
        .join(api.BaseCell, api.BaseCell.id == grade.cell_id)
        .join(api.SubmittedNotebook, api.SubmittedNotebook.id == grade.notebook_id)
        .join(submission, submission.id == api.SubmittedNotebook.assignment_id)
        .join(api.Assignment, api.Assignment.id == submission.assignment_id)
        .filter(grade.manual_score.is_not(None), ~grade.needs_manual_grade)
    )
    return {(exercise, learner, cell): score for exercise, learner, cell, score in rows}


def _penalties(gradebook: Gradebook) -> dict[tuple[str, str], float]:
    """Points taken off for lateness."""
    from nbgrader import api

    submission, penalty = api.SubmittedAssignment, api.SubmittedNotebook.late_submission_penalty
    rows = (
        gradebook.db.query(api.Assignment.name, submission.student_id, penalty)
        .select_from(api.SubmittedNotebook)
        .join(submission, submission.id == api.SubmittedNotebook.assignment_id)
        .join(api.Assignment, api.Assignment.id == submission.assignment_id)
        .filter(penalty > 0)
    )
    return {(exercise, learner): points for exercise, learner, points in rows}


def _extended(gradebook: Gradebook, zone: zoneinfo.ZoneInfo) -> dict[tuple[str, str], datetime]:
    """Due dates of learners who were given more time, as the course's clock shows them."""
    from nbgrader import api

    submission = api.SubmittedAssignment
    rows = (
        gradebook.db.query(
            api.Assignment.name, submission.student_id, api.Assignment.duedate, submission.extension
        )
        .select_from(submission)
        .join(api.Assignment, api.Assignment.id == submission.assignment_id)
        .filter(submission.extension.is_not(None), api.Assignment.duedate.is_not(None))
    )
    return {
        (exercise, learner): (due + more).replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)
        for exercise, learner, due, more in rows
    }


def _handed_in(course: Course) -> set[tuple[str, str]]:
    return {
        (exercise, learner)
        for exercise in course.exercise_names
        for learner in course.roster
        if course.notebook("submitted", exercise, learner).is_file()
    }


def _materials(course: Course, evidence: list[dict[str, Any]]) -> dict[str, Material]:
    """What learners wrote, of every exercise whose own notebooks are there."""
    found = {}
    for name in course.exercise_names:
        graded = [one["learner"] for one in evidence if one["exercise"] == name and one["marks"]]
        material = read_material(
            course.notebook("release", name),
            course.notebook("source", name),
            {learner: course.notebook("autograded", name, learner) for learner in graded},
        )
        if material is not None:
            found[name] = material
    return found
