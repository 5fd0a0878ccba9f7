"""Results as files for other programs: CSV for Excel, Canvas and Moodle, and JSON."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biolabkit._files import atomic_write
from biolabkit_autograder.store import current_gradebook

from .graded_records import graded_records
from .learning_systems import Results, canvas_rows, moodle_rows

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

    from biolabkit_autograder.course import Course

__all__ = ["csv_text", "export", "learners_of", "percent_of", "results", "status_of"]

_CHECK_COLUMNS = (
    "learner",
    "name",
    "exercise",
    "task",
    "check",
    "points",
    "max_points",
    "by_hand",
    "waiting",
    "hint",
    "hint_text",
    "seconds",
)


def export(course: Course, folder: Path | None = None) -> list[Path]:
    """Write ``grades.csv`` (a line per learner), ``checks.csv`` (a line per check) and ``grades.json``.

    ``canvas.csv`` and ``moodle.csv`` are as these systems import grades.

    Parameters
    ----------
    course : Course
        An opened course.
    folder : Path, optional
        Where to; ``export`` in the course folder if not given.

    Returns
    -------
    list of Path
        The files. The first two are UTF-8 with a byte-order mark, as Excel wants it; the last two without.
    """
    folder = folder or course.folder / "export"
    found = results(course)
    checks = [_check_row(record, mark, course.language) for record in found for mark in record["marks"]]
    by_learner = learners_of(course, found)
    files = {
        folder / "grades.csv": csv_text(_grade_columns(course), _grade_rows(course, by_learner)),
        folder / "checks.csv": csv_text(_CHECK_COLUMNS, checks),
        folder / "grades.json": json.dumps(
            {"course": course.spec.id, "results": found}, ensure_ascii=False, indent=1
        )
        + "\n",
        folder / "canvas.csv": csv_text(*canvas_rows(course, by_learner), mark=False),
        folder / "moodle.csv": csv_text(*moodle_rows(course, by_learner), mark=False),
    }
    for path, text in files.items():
        with atomic_write(path) as stream:
            stream.write(text)
    return list(files)


def results(course: Course) -> list[dict[str, Any]]:
    """Give the evidence of every graded submission with grades by hand and late penalties put in.

    Raises
    ------
    CourseError
        When the gradebook lacks points of learners who were graded.
    """
    with current_gradebook(course) as gradebook:
        records = graded_records(course, gradebook, course.exercise_names)
        return [_with_gradebook(course, gradebook, record) for record in records]


def _with_gradebook(course: Course, gradebook: Gradebook, record: dict[str, Any]) -> dict[str, Any]:
    learner = record["learner"]
    name = course.roster[learner].name if learner in course.roster else learner
    record = {**record, "name": name, "late_penalty": 0.0}
    if not record["marks"]:
        return record
    notebook = gradebook.find_submission_notebook(record["exercise"], record["exercise"], learner)
    grades = {grade.name: grade for grade in notebook.grades}
    for mark in record["marks"]:
        grade = grades[mark["check"]]
        mark["points"] = None if grade.needs_manual_grade and grade.manual_score is None else grade.score
        mark["by_hand"] = grade.manual_score is not None
        mark["waiting"] = bool(grade.needs_manual_grade)
    record["late_penalty"] = notebook.late_submission_penalty or 0.0
    record["points"] = max(
        sum(mark["points"] or 0.0 for mark in record["marks"]) - record["late_penalty"], 0.0
    )
    return record


def _check_row(record: Mapping[str, Any], mark: Mapping[str, Any], language: str) -> dict[str, Any]:
    hint = mark.get(f"hint_{language}") or mark.get("hint_en") or mark.get("hint_ko")
    return {**mark, "hint_text": hint, **{key: record[key] for key in ("learner", "name", "exercise")}}


def _grade_columns(course: Course) -> list[str]:
    columns = ["learner", "name", "email"]
    for exercise in course.exercise_names:
        columns += [
            exercise,
            *(f"{exercise} {what}" for what in ("status", "max", "late penalty", "waiting")),
        ]
    return [*columns, "percent"]


def _grade_rows(course: Course, results: Results) -> list[dict[str, Any]]:
    """A line for each learner of the roster and each other one with a result; weights make the percentage.

    What was not handed in counts as 0. What could not be graded has neither points nor a percentage: whether
    that is a 0 is the instructor's to decide.
    """
    rows = []
    for learner, records in results.items():
        known = course.roster.get(learner)
        row: dict[str, Any] = {"learner": learner, "name": known.name if known else learner}
        row["email"] = known.email if known else ""
        for name in course.exercise_names:
            row |= {f"{name} {what}".rstrip(): value for what, value in _grade_cells(records[name]).items()}
        row["percent"] = percent_of(course, records, course.exercise_names)
        rows.append(row)
    return rows


def learners_of(
    course: Course, found: Sequence[Mapping[str, Any]]
) -> dict[str, dict[str, Mapping[str, Any] | None]]:
    """Sort results by learner and exercise: None for what was not handed in.

    The learners of the roster come first, then each other one with a result.
    """
    by_key = {(record["learner"], record["exercise"]): record for record in found}
    learners = [*course.roster, *sorted({record["learner"] for record in found} - set(course.roster))]
    return {
        learner: {name: by_key.get((learner, name)) for name in course.exercise_names} for learner in learners
    }


def percent_of(
    course: Course, records: Mapping[str, Mapping[str, Any] | None], exercises: Sequence[str]
) -> float | None:
    """One learner's points of some exercises in per cent, by the exercises' weights.

    Returns
    -------
    float or None
        What was not handed in counts as 0, what waits as it is so far; None when something could not be
        graded, or no exercise has a weight.
    """
    if any(status_of(records[name]) == "not gradable" for name in exercises):
        return None
    share = weight = 0.0
    for name in exercises:
        spec, record = course.exercise(name), records[name]
        weight += spec.weight
        if record is not None:
            share += spec.weight * record["points"] / (record["max_points"] or 1)
    return round(100 * share / weight, 2) if weight else None


def status_of(record: Mapping[str, Any] | None) -> str:
    """``missing``, ``not gradable``, ``waiting`` (for a grade by hand) or ``graded``."""
    if record is None:
        return "missing"
    if not record["marks"]:
        return "not gradable"
    return "waiting" if any(mark.get("waiting") for mark in record["marks"]) else "graded"


def _grade_cells(record: Mapping[str, Any] | None) -> dict[str, Any]:
    """The cells of one exercise, by the end of their column's name; the points have none."""
    status = status_of(record)
    if record is None:
        return {"status": status}
    if not record["marks"]:
        return {"status": status, "max": record["max_points"]}
    return {
        "": record["points"],
        "status": status,
        "max": record["max_points"],
        "late penalty": record["late_penalty"],
        "waiting": sum(bool(mark.get("waiting")) for mark in record["marks"]),
    }


def csv_text(columns: Sequence[str], rows: Sequence[Mapping[str, Any]], *, mark: bool = True) -> str:
    """A CSV file's text, with a byte-order mark unless `mark` is False; no cell is a formula."""
    stream = io.StringIO(newline="")
    writer = csv.DictWriter(stream, columns, restval="", extrasaction="ignore")
    writer.writeheader()
    writer.writerows({key: _cell(value) for key, value in row.items()} for row in rows)
    return ("\ufeff" if mark else "") + stream.getvalue()


def _cell(value: Any) -> Any:
    """A text that a spreadsheet would take for a formula gets an apostrophe, as OWASP advises."""
    if value is None:
        return ""
    return f"'{value}" if isinstance(value, str) and value[:1] in "=+-@\t\r" and value else value
