"""Grades as learning management systems import them.

A grade that may still change (it waits for a person) or that is none (nothing was handed in, or it could not
be graded) is an empty cell and not a 0: whether it is one is decided there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["canvas_rows", "moodle_rows"]

Rows = tuple[list[str], list[dict[str, Any]]]
Results = Mapping[str, Mapping[str, Mapping[str, Any] | None]]

#: Canvas knows its own file by these headings, and the row of maximum points by its indented name.
_CANVAS = ("Student", "ID", "SIS User ID", "SIS Login ID", "Section")
_CANVAS_MAXIMUM = "    Points Possible"


def canvas_rows(course: Course, results: Results) -> Rows:
    """Columns and rows of a file for *Grades → Import* in Canvas, whose ``SIS User ID`` is the learner's id.

    Canvas makes an assignment of each column whose name it does not know.
    """
    worth = _worth(course, results)
    rows: list[dict[str, Any]] = [{"Student": _CANVAS_MAXIMUM, **worth}]
    for learner, records in results.items():
        known = course.roster.get(learner)
        row = {
            "Student": known.name if known else learner,
            "SIS User ID": learner,
            "SIS Login ID": (known.email if known else "") or learner,
        }
        rows.append(row | _points(course.exercise_names, records))
    return [*_CANVAS, *course.exercise_names], rows


def moodle_rows(course: Course, results: Results) -> Rows:
    """Columns and rows of a file for *Grades → Import → CSV file* in Moodle, which asks what a column is.

    Learners are found by ``ID number`` or ``Email address``, whichever the site has.
    """
    rows = []
    for learner, records in results.items():
        known = course.roster.get(learner)
        row = {
            "ID number": learner,
            "Full name": known.name if known else learner,
            "Email address": known.email if known else "",
        }
        rows.append(row | _points(course.exercise_names, records))
    return ["ID number", "Full name", "Email address", *course.exercise_names], rows


def _points(exercises: Sequence[str], records: Mapping[str, Mapping[str, Any] | None]) -> dict[str, Any]:
    found = {name: records[name] for name in exercises}
    return {
        name: record["points"]
        for name, record in found.items()
        if record and record["marks"] and not any(mark.get("waiting") for mark in record["marks"])
    }


def _worth(course: Course, results: Results) -> dict[str, float]:
    """What each exercise is worth, as far as anybody has handed it in."""
    worth: dict[str, float] = {}
    for records in results.values():
        for name in course.exercise_names:
            record = records[name]
            if record is not None:
                worth[name] = max(worth.get(name, 0.0), record["max_points"])
    return worth
