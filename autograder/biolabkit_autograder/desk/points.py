"""What the gradebook says of every submission, read in two statements and never written.

nbgrader's own summaries read row by row; a page that looks every few seconds needs thousands of rows at once.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from biolabkit.errors import CourseError
from biolabkit_autograder.gradebook_file import forbidden, unusable

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["Points", "maximum_points", "read_points", "select"]

#: A reader waits this long while a writer ends its transaction.
_SECONDS = 2.0

_SUBMISSIONS = """
SELECT assignment.name, submitted_assignment.student_id, submitted_notebook.id,
       submitted_notebook.late_submission_penalty
FROM submitted_notebook
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
JOIN assignment ON assignment.id = submitted_assignment.assignment_id
"""
# nbgrader's own rule for which points count: those given by hand, else those of the checks
_GRADES = """
SELECT notebook_id, SUM(COALESCE(manual_score, auto_score, 0) + COALESCE(extra_credit, 0)),
       SUM(needs_manual_grade)
FROM grade GROUP BY notebook_id
"""
_MAXIMA = """
SELECT assignment.name, SUM(grade_cells.max_score)
FROM grade_cells
JOIN base_cell ON base_cell.id = grade_cells.id
JOIN notebook ON notebook.id = base_cell.notebook_id
JOIN assignment ON assignment.id = notebook.assignment_id
GROUP BY assignment.name
"""


@dataclass(frozen=True, slots=True)
class Points:
    """One submission in the gradebook.

    Attributes
    ----------
    points : float
        After the penalty for lateness; what waits counts as it is so far.
    waiting : int
        Answers that wait for a grade by hand.
    """

    points: float
    waiting: int


def read_points(course: Course) -> dict[tuple[str, str], Points]:
    """Read the points of all submissions.

    Returns
    -------
    dict of (exercise, learner) to Points
        Empty while there is no gradebook.

    Raises
    ------
    CourseError
        When another program keeps the gradebook locked, or it is damaged or may not be read.
    """
    found = select(course, _SUBMISSIONS)
    grades = {key: (points, waiting) for key, points, waiting in select(course, _GRADES)}
    result = {}
    for exercise, learner, notebook, penalty in found:
        points, waiting = grades.get(notebook, (0.0, 0))
        result[exercise, learner] = Points(max(points - (penalty or 0.0), 0.0), int(waiting))
    return result


def maximum_points(course: Course) -> dict[str, float]:
    """Points that could be had, by released exercise.

    Raises
    ------
    CourseError
        As `read_points`.
    """
    return dict(select(course, _MAXIMA))


def select(course: Course, statement: str, *values: str) -> list[tuple[Any, ...]]:
    """Read rows of the gradebook; none while there is no gradebook.

    Raises
    ------
    CourseError
        When another program keeps the gradebook locked, or it is damaged or may not be read.
    """
    path = course.folder / "gradebook.db"
    if not path.is_file() or not path.stat().st_size:
        return []
    try:
        # read only: looking at a course never makes or changes a file
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True, timeout=_SECONDS)) as base:
            return base.execute(statement, values).fetchall()
    except sqlite3.OperationalError as error:
        busy = CourseError(f"{path} cannot be read now ({error}); close other programs that use it")
        raise forbidden(path) or busy from error
    except sqlite3.DatabaseError as error:
        raise unusable(path, error) from error
