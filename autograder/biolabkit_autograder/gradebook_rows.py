"""nbgrader's own tables, read and written with as few statements as a course needs.

nbgrader's API reads and commits row by row, which takes longer than running a small notebook. Here SQLAlchemy
Core writes the same tables: the same rows, defaults and meaning of each column, one transaction for what
belongs together, and only rows that change. What a person wrote (points, extra credit, comments) is never
written here.

Importing this module imports nbgrader's gradebook, a quarter of a second.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import asdict, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from nbgrader import api
from sqlalchemy import and_, create_engine, func, insert, select, update
from sqlalchemy.exc import DatabaseError, OperationalError

from biolabkit.errors import CourseError

from .gradebook_file import unusable
from .gradebook_records import Assignment, Student

if TYPE_CHECKING:
    from sqlalchemy import Connection, Row, Table

    from .gradebook_records import Work
    from .grading import Mark

__all__ = ["GradebookRows", "Policy"]

_STUDENTS: Table = api.Student.__table__
_COURSES: Table = api.Course.__table__
_ASSIGNMENTS: Table = api.Assignment.__table__
_NOTEBOOKS: Table = api.Notebook.__table__
_CELLS: Table = api.BaseCell.__table__
_GRADE_CELLS: Table = api.GradeCell.__table__
_SOLUTION_CELLS: Table = api.SolutionCell.__table__
_TASK_CELLS: Table = api.TaskCell.__table__
_SUBMISSIONS: Table = api.SubmittedAssignment.__table__
_SUBMITTED: Table = api.SubmittedNotebook.__table__
_GRADES: Table = api.Grade.__table__
_COMMENTS: Table = api.Comment.__table__

_WHEN = (_SUBMISSIONS.c.timestamp, _SUBMISSIONS.c.extension)
#: What nbgrader writes beside an answer that is missing or still as released.
_NO_RESPONSE = "No response."


class Policy(Protocol):
    """What lateness costs."""

    def penalty(self, points: float, seconds_late: float) -> float:
        """Points to take off."""


class GradebookRows:
    """The rows of a gradebook, for one thread.

    Parameters
    ----------
    path : Path
        A gradebook that nbgrader could have made.
    course : str
        The course's id.

    Raises
    ------
    CourseError
        When the file is not a gradebook.
    """

    def __init__(self, path: Path, course: str) -> None:
        self._engine = create_engine(f"sqlite:///{path}")
        self._connection: Connection | None = None
        try:
            if not self._read(select(_COURSES.c.id).where(_COURSES.c.id == course)):
                self._add(_COURSES, id=course)
        except DatabaseError as error:
            self.close()
            raise unusable(path, error.orig) from error

    def close(self) -> None:
        """Close the file."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None
        self._engine.dispose()

    @contextmanager
    def transaction(self, *, at_once: bool = True) -> Iterator[None]:
        """Make one transaction of what the block writes: all of it, or nothing if the block raised.

        Parameters
        ----------
        at_once : bool
            Keep others from writing from the start, where what is written rests on what is read; else from
            the first row that is written.

        Raises
        ------
        CourseError
            When another program holds the gradebook, or the disk is full; nothing is written then.
        """
        connection = self._open()
        try:
            with connection.begin():
                if at_once:
                    connection.exec_driver_sql("BEGIN IMMEDIATE")
                yield
        except OperationalError as error:
            raise CourseError(
                f"the gradebook cannot be written ({error.orig}); close other programs that use it, see that "
                "the disk is not full, and run the command again"
            ) from error

    # -------------------------------------------------------------------------- learners and exercises

    def assignment(self, name: str) -> Assignment | None:
        """Find an exercise; None when it was not released."""
        found = self._read(
            select(_ASSIGNMENTS.c.id, _NOTEBOOKS.c.id.label("notebook"), _ASSIGNMENTS.c.duedate)
            .join(_NOTEBOOKS, _NOTEBOOKS.c.assignment_id == _ASSIGNMENTS.c.id)
            .where(_ASSIGNMENTS.c.name == name, _NOTEBOOKS.c.name == name)
        )
        if not found:
            return None
        (row,) = found
        checks = self._cells(row.notebook, _GRADE_CELLS, _GRADE_CELLS.c.max_score)
        answers, tasks = (self._cells(row.notebook, kind) for kind in (_SOLUTION_CELLS, _TASK_CELLS))
        return Assignment(
            row.id,
            row.notebook,
            row.duedate,
            grades={cell.name: cell.id for cell in (*checks, *tasks)},
            comments={cell.name: cell.id for cell in (*answers, *tasks)},
            points={cell.name: cell.max_score for cell in checks},
        )

    def _cells(self, notebook: str, kind: Table, *columns: Any) -> list[Row[Any]]:
        wanted = select(_CELLS.c.id, _CELLS.c.name, *columns).join(kind, kind.c.id == _CELLS.c.id)
        return self._read(wanted.where(_CELLS.c.notebook_id == notebook))

    def learners(self, assignment: Assignment) -> set[str]:
        """Give the learners who have a submission to an exercise."""
        wanted = select(_SUBMISSIONS.c.student_id).where(_SUBMISSIONS.c.assignment_id == assignment.id)
        return {row.student_id for row in self._read(wanted)}

    def set_students(self, students: Iterable[Student]) -> None:
        """Add learners who are missing, and mend names and addresses; others stay."""
        columns = [_STUDENTS.c[name] for name in Student.__dataclass_fields__]
        known = {row.id: Student(*row) for row in self._read(select(*columns))}
        wanted = [student for student in students if known.get(student.id) != student]
        new = [asdict(student) for student in wanted if student.id not in known]
        if new:
            self._execute(insert(_STUDENTS), new)
        for student in wanted:
            if student.id in known:
                self._change(_STUDENTS, student.id, **asdict(student))

    def set_due(self, assignment: Assignment, due: datetime | None) -> Assignment:
        """Set when an exercise is due, UTC without a time zone; gives the exercise as it is then."""
        if assignment.due != due:
            self._change(_ASSIGNMENTS, assignment.id, duedate=due)
        return replace(assignment, due=due)

    # --------------------------------------------------------------------------------- what lateness costs

    def set_penalties(self, assignment: Assignment, policy: Policy, learner: str | None = None) -> None:
        """Set what lateness costs the submissions to an exercise, or only one learner's.

        That depends on extensions that were granted, and on points that were given by hand.
        """
        penalty = _SUBMITTED.c.late_submission_penalty
        score = func.coalesce(func.sum(api.Grade.score), 0.0)  # nbgrader's own rule for which points count
        wanted = (
            select(_SUBMITTED.c.id, penalty, score.label("score"), *_WHEN)
            .join(_SUBMISSIONS, _SUBMISSIONS.c.id == _SUBMITTED.c.assignment_id)
            .outerjoin(_GRADES, _GRADES.c.notebook_id == _SUBMITTED.c.id)
            .where(_SUBMISSIONS.c.assignment_id == assignment.id)
            .group_by(_SUBMITTED.c.id)
        )
        for row in self._read(wanted.where(_SUBMISSIONS.c.student_id == learner) if learner else wanted):
            late = _seconds_late(assignment, row.extension, row.timestamp) or 0.0
            found = policy.penalty(row.score, late) or None
            if found != row.late_submission_penalty:
                self._change(_SUBMITTED, row.id, late_submission_penalty=found)

    def forget_penalties(self) -> None:
        """Take back what lateness costs, everywhere."""
        penalty = _SUBMITTED.c.late_submission_penalty
        for row in self._read(select(_SUBMITTED.c.id).where(penalty.is_not(None))):
            self._change(_SUBMITTED, row.id, late_submission_penalty=None)

    # --------------------------------------------------------------------------------------- submissions

    def write(self, assignment: Assignment, work: Work) -> float | None:
        """Write what was found out about a submission, which is added where it is not there yet.

        Returns
        -------
        float or None
            Seconds after the due date and an extension that was granted; None without a due date or a time
            stamp.

        Raises
        ------
        KeyError
            When a mark is of no cell of the exercise.
        """
        notebook, extension = self._submission(assignment, work)
        known = self._by_cell(_GRADES, notebook)
        grades = {}
        for mark in work.marks:
            cell = assignment.grades[mark.check]
            grades[cell] = _grade(mark, known.get(cell), is_changed=mark.check in work.changed)
        self._write_by_cell(_GRADES, notebook, known, grades)
        comments = {
            cell: {"auto_comment": _NO_RESPONSE if name in work.unanswered else None}
            for name, cell in assignment.comments.items()
        }
        self._write_by_cell(_COMMENTS, notebook, self._by_cell(_COMMENTS, notebook), comments)
        return _seconds_late(assignment, extension, work.submitted_at)

    def _submission(self, assignment: Assignment, work: Work) -> tuple[str, timedelta | None]:
        """Find or add a submission: the key of its notebook, and the extension that was granted."""
        its = and_(
            _SUBMITTED.c.assignment_id == _SUBMISSIONS.c.id, _SUBMITTED.c.notebook_id == assignment.notebook
        )
        found = self._read(
            select(_SUBMISSIONS.c.id, *_WHEN, _SUBMITTED.c.id.label("notebook"))
            .outerjoin(_SUBMITTED, its)
            .where(_SUBMISSIONS.c.assignment_id == assignment.id, _SUBMISSIONS.c.student_id == work.learner)
        )
        if not found:
            return self._add_submission(assignment, work), None
        (row,) = found
        if row.timestamp != work.submitted_at:
            self._change(_SUBMISSIONS, row.id, timestamp=work.submitted_at)
        # nbgrader's own autograde takes the notebook away when it finds none in the learner's folder
        return row.notebook or self._add_notebook(assignment, row.id), row.extension

    def _add_submission(self, assignment: Assignment, work: Work) -> str:
        if not self._read(select(_STUDENTS.c.id).where(_STUDENTS.c.id == work.learner)):
            self._add(_STUDENTS, id=work.learner)  # the course has no roster
        keys = {"assignment_id": assignment.id, "student_id": work.learner}
        return self._add_notebook(assignment, self._add(_SUBMISSIONS, timestamp=work.submitted_at, **keys))

    def _add_notebook(self, assignment: Assignment, submission: str) -> str:
        return self._add(_SUBMITTED, assignment_id=submission, notebook_id=assignment.notebook)

    def _by_cell(self, table: Table, notebook: str) -> dict[str, Row[Any]]:
        return {row.cell_id: row for row in self._read(select(table).where(table.c.notebook_id == notebook))}

    def _write_by_cell(
        self,
        table: Table,
        notebook: str,
        known: Mapping[str, Row[Any]],
        found: Mapping[str, Mapping[str, Any]],
    ) -> None:
        """Add the rows of cells that have none, and change those that are not as found."""
        new = [
            {"cell_id": cell, "notebook_id": notebook, **found[cell]} for cell in found if cell not in known
        ]
        if new:
            self._execute(insert(table), new)
        for cell, row in known.items():
            values = found.get(cell, {})
            if any(getattr(row, name) != value for name, value in values.items()):
                self._change(table, row.id, **values)

    # ---------------------------------------------------------------------------------------- statements

    def _open(self) -> Connection:
        if self._connection is None:
            self._connection = self._engine.connect()
        return self._connection

    @contextmanager
    def _begun(self) -> Iterator[Connection]:
        connection = self._open()
        with nullcontext() if connection.in_transaction() else connection.begin():
            yield connection

    def _execute(self, statement: Any, rows: Sequence[Mapping[str, Any]] | None = None) -> Any:
        with self._begun() as connection:
            return connection.execute(statement, rows)

    def _read(self, statement: Any) -> list[Row[Any]]:
        with self._begun() as connection:
            return list(connection.execute(statement))

    def _add(self, table: Table, **values: Any) -> str:
        """Add a row with the defaults that nbgrader has for its columns, a random key among them."""
        (key,) = self._execute(insert(table).values(**values)).inserted_primary_key
        return str(key)

    def _change(self, table: Table, key: str, **values: Any) -> None:
        self._execute(update(table).where(table.c.id == key).values(**values))


def _grade(mark: Mark, known: Row[Any] | None, *, is_changed: bool) -> dict[str, Any]:
    """What the engine found; points given by hand wait for another look only if something changed."""
    if known is None or known.manual_score is None:
        waits = mark.points is None
    else:
        waits = known.needs_manual_grade or is_changed or known.auto_score != mark.points
    return {"auto_score": mark.points, "needs_manual_grade": waits}


def _seconds_late(assignment: Assignment, extension: timedelta | None, at: datetime | None) -> float | None:
    if assignment.due is None or at is None:
        return None
    return max((at - assignment.due - (extension or timedelta())).total_seconds(), 0.0)
