"""Evidence, grades by hand and ``course.toml`` → the cohort's report in ``report/``."""

from __future__ import annotations

import zoneinfo
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from biolabkit._files import atomic_write
from biolabkit.errors import CourseError
from biolabkit_autograder.report import ExerciseInfo, build_report, load_evidence
from biolabkit_autograder.store import current_gradebook

from .assignment import read_notebook

if TYPE_CHECKING:
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
    manual, penalties = _by_hand(course)
    text = build_report(
        course.spec.title.ko if course.language == "ko" else course.spec.title.en,
        course.language,
        [exercise_info(course, name) for name in course.exercise_names],
        evidence,
        {learner.id: learner.name for learner in course.roster.values()},
        manual,
        penalties=penalties,
        made_at=datetime.now(zoneinfo.ZoneInfo(course.spec.timezone)),
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


def _by_hand(course: Course) -> tuple[dict[tuple[str, str, str], float], dict[tuple[str, str], float]]:
    """Points that a person gave and nothing has changed since, and points taken off for lateness."""
    manual: dict[tuple[str, str, str], float] = {}
    penalties: dict[tuple[str, str], float] = {}
    with current_gradebook(course) as gradebook:
        for exercise in course.exercise_names:
            for submission in gradebook.assignment_submissions(exercise):
                for notebook in submission.notebooks:
                    if notebook.late_submission_penalty:
                        penalties[exercise, submission.student.id] = notebook.late_submission_penalty
                    for grade in notebook.grades:
                        if grade.manual_score is not None and not grade.needs_manual_grade:
                            manual[exercise, submission.student.id, grade.name] = grade.score
    return manual, penalties
