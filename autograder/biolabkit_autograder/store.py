"""The only writer of a course's results: gradebook, autograded notebook and evidence.

One submission is one transaction. The evidence is put in place last and holds the hashes of what it was made
of, so that a run that was killed at any moment goes on where it stopped: what has no evidence is done again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import sys
import tempfile
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import nbformat

from biolabkit._files import atomic_write
from biolabkit.errors import CourseError

from .grading import Graded, Mark, RefusedError, Submission
from .intake import read_file

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode
    from nbgrader.api import Gradebook

    from .course import Course

__all__ = [
    "Provenance",
    "Store",
    "create_gradebook",
    "current_gradebook",
    "open_gradebook",
    "package_versions",
    "read_evidence",
    "transaction",
]

#: Packages whose version may change points.
_PACKAGES = ("biolabkit", "nbgrader", "nbformat", "ipykernel", "numpy", "pandas", "scipy", "scikit-learn")


@dataclass(frozen=True)
class Provenance:
    """What a grading was made of.

    Attributes
    ----------
    submission, assignment, engine : str
        Hashes of the submitted file, of the assignment with its learner-independent settings, of the engine.
    submitted_at : datetime or None
        When it was handed in, UTC.
    """

    submission: str
    assignment: str
    engine: str
    submitted_at: datetime | None

    @property
    def hashes(self) -> dict[str, str]:
        """The hashes as the evidence holds them."""
        return {"submission": self.submission, "assignment": self.assignment, "engine": self.engine}


def read_evidence(course: Course, exercise: str, learner: str) -> dict[str, Any] | None:
    """Read the record of one grading; None when there is none that can be read."""
    try:
        record = json.loads(course.evidence(exercise, learner).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def open_gradebook(course: Course) -> Gradebook:
    """Open a course's gradebook, made when it is missing.

    Raises
    ------
    CourseError
        When the file is not a gradebook.
    """
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import DatabaseError

    path = course.folder / "gradebook.db"
    if not path.exists():
        create_gradebook(path)
    try:
        return Gradebook(course.gradebook_url, course.spec.id)
    except DatabaseError as error:
        raise CourseError(
            f"{path} cannot be used as a gradebook ({error.orig}); restore a copy of it, or move it away and "
            "run: biolab course release"
        ) from error


@contextmanager
def current_gradebook(course: Course) -> Iterator[Gradebook]:
    """Open a gradebook to read results from; first, what lateness costs is worked out anew.

    Grades by hand, extensions and the roster may have changed since the last grading.
    """
    with Store(course) as store:
        store.sync()
        yield store.gradebook


def create_gradebook(path: Path) -> None:
    """Make an empty gradebook with nbgrader's own tables.

    nbgrader would run the ``alembic`` command to learn the version of its tables, which takes seconds and
    needs the command on the search path; here its library reads the same scripts.
    """
    import nbgrader
    from alembic.config import Config
    from alembic.script import ScriptDirectory
    from nbgrader.api import Base
    from sqlalchemy import create_engine, text

    config = Config()
    scripts = Path(nbgrader.__file__).parent / "alembic"
    config.set_main_option("script_location", str(scripts).replace("%", "%%"))
    head = ScriptDirectory.from_config(config).get_current_head()
    with tempfile.TemporaryDirectory(prefix=".gradebook-", dir=path.parent) as folder:
        made = Path(folder) / path.name
        engine = create_engine(f"sqlite:///{made}")
        with engine.begin() as connection:
            Base.metadata.create_all(bind=connection)
            connection.execute(text("CREATE TABLE alembic_version (version_num VARCHAR(32) NOT NULL)"))
            connection.execute(text("INSERT INTO alembic_version VALUES (:head)"), {"head": head})
        engine.dispose()
        made.replace(path)


@contextmanager
def transaction(gradebook: Gradebook) -> Iterator[Gradebook]:
    """Make one transaction of whatever nbgrader's API does in the block, its own commits included.

    nbgrader's methods commit after each row. Here the session joins a transaction of ours that leaves only
    rollbacks to it: at the end of the block everything is written at once, or nothing if the block raised.

    Raises
    ------
    CourseError
        When the gradebook is locked by another program, or the disk is full; nothing is written then.
    """
    from nbgrader.api import InvalidEntry
    from sqlalchemy.exc import OperationalError, SAWarning
    from sqlalchemy.orm import scoped_session, sessionmaker

    usual = gradebook.db
    log = logging.getLogger("tornado.application")  # where nbgrader prints tracebacks of what it raises
    level = log.level
    log.setLevel(logging.CRITICAL)
    try:
        with gradebook.engine.connect() as connection, connection.begin():
            gradebook.db = scoped_session(
                # nbgrader commits after each row; rows that stayed ours need not be read again each time
                sessionmaker(
                    bind=connection,
                    future=True,
                    join_transaction_mode="rollback_only",
                    expire_on_commit=False,
                )
            )
            try:
                with warnings.catch_warnings():
                    # nbgrader's rows are put together before they are added; they are written all the same
                    warnings.filterwarnings("ignore", "Object of type <Submitted", SAWarning)
                    yield gradebook
                    gradebook.db.flush()
            finally:
                gradebook.db.remove()
    except (OperationalError, InvalidEntry) as error:  # nbgrader turns the one into the other
        reason = getattr(error, "orig", None) or error
        raise CourseError(
            f"the gradebook cannot be written ({reason}); close other programs that use it, see that the "
            "disk is not full, and run the command again"
        ) from error
    finally:
        gradebook.db = usual
        log.setLevel(level)


class Store:
    """A course's results, open for writing by this process alone.

    Parameters
    ----------
    course : Course
        The course whose gradebook is opened.
    """

    def __init__(self, course: Course) -> None:
        self.course = course
        self.gradebook = open_gradebook(course)

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        self.gradebook.close()

    def sync(self, learner: str | None = None) -> None:
        """Bring learners and due dates of the gradebook to what roster and ``course.toml`` say.

        Parameters
        ----------
        learner : str, optional
            Only this one, where no other is looked at.
        """
        from nbgrader.api import MissingEntry

        with transaction(self.gradebook) as gradebook:
            self._sync_learners(learner)
            for name in self.course.exercise_names:
                try:
                    assignment = gradebook.find_assignment(name)
                except MissingEntry:  # not released yet
                    continue
                due = self.course.due(name)
                duedate = due.replace(tzinfo=None) if due else None
                is_moved = assignment.duedate != duedate
                assignment.duedate = duedate
                if self.course.spec.late is not None and (is_moved or learner is None):
                    for submission in assignment.submissions:
                        self._apply_late_policy(submission)
            if self.course.spec.late is None:
                self._forget_penalties()

    def _forget_penalties(self) -> None:
        from nbgrader.api import SubmittedNotebook

        penalty = SubmittedNotebook.late_submission_penalty
        for notebook in self.gradebook.db.query(SubmittedNotebook).filter(penalty.isnot(None)):
            notebook.late_submission_penalty = None

    def _sync_learners(self, only: str | None) -> None:
        known = {student.id: student for student in self.gradebook.students}
        for learner in self.course.roster.values():
            # one field holds the whole name: in Korean the family name comes first, without a comma
            wanted = {"first_name": learner.name, "last_name": None, "email": learner.email or None}
            student = known.get(learner.id)
            is_same = student and all(getattr(student, name) == value for name, value in wanted.items())
            if not is_same and only in (None, learner.id):
                self.gradebook.update_or_create_student(learner.id, **wanted)

    def has_submission(self, exercise: str, learner: str) -> bool:
        """Whether a learner's submission to an exercise is in the gradebook."""
        from nbgrader.api import MissingEntry

        try:
            self.gradebook.find_submission(exercise, learner)
        except MissingEntry:
            return False
        return True

    def save(self, graded: Graded, submission: Submission, provenance: Provenance) -> dict[str, Any]:
        """Write the result of one submission everywhere, or nowhere.

        Returns
        -------
        dict
            The evidence.
        """
        before = read_evidence(self.course, graded.exercise, graded.learner) or {}
        answers = _answer_hashes(graded.notebook)
        path = self.course.notebook("autograded", graded.exercise, graded.learner)
        # left in the opposite order: the notebook is renamed, the gradebook committed, the evidence renamed
        with (
            atomic_write(self.course.evidence(graded.exercise, graded.learner)) as evidence,
            transaction(self.gradebook) as gradebook,
            atomic_write(path) as stream,
        ):
            rows = _submission_rows(gradebook, graded, provenance)
            _write_grades(rows, graded, submission, before.get("answers", {}), answers)
            gradebook.db.flush()
            self._apply_late_policy(rows)
            stream.write(_writable(nbformat.v4.writes(graded.notebook)) + "\n")
            _copy_timestamp(self.course, graded)
            late = rows.total_seconds_late if rows.duedate and rows.timestamp else None
            record = _record(graded, provenance, answers, late)
            _write_json(record, evidence)
        return record

    def save_refusal(
        self, exercise: str, learner: str, sentence: str, max_points: float, provenance: Provenance
    ) -> None:
        """Record why a submission could not be graded; grades that it had before stay as they are.

        The hashes stay those of the last grading, so that the submission is tried again.
        """
        before = read_evidence(self.course, exercise, learner) or {}
        problems = [problem for problem in before.get("problems", []) if problem != sentence]
        record = {
            "exercise": exercise,
            "learner": learner,
            "points": 0.0,
            "max_points": max_points,
            "marks": [],
            "hashes": {},
            "answers": {},
            "versions": package_versions(),
            "engine": None,
            "isolation": None,
            **_times(provenance, self.course.seconds_late(exercise, provenance.submitted_at)),
            **before,
            "problems": [*problems, sentence],
        }
        with atomic_write(self.course.evidence(exercise, learner)) as evidence:
            _write_json(record, evidence)

    def _apply_late_policy(self, rows: Any) -> None:
        """Set what lateness costs, an extension granted in the gradebook taken into account."""
        policy = self.course.spec.late
        late = rows.total_seconds_late if rows.duedate else 0
        for notebook in rows.notebooks:
            self.gradebook.db.refresh(notebook)  # its score is summed by the database
            penalty = policy.penalty(notebook.score, late) if policy else 0.0
            notebook.late_submission_penalty = penalty or None


def _submission_rows(gradebook: Gradebook, graded: Graded, provenance: Provenance) -> Any:
    at = provenance.submitted_at
    return gradebook.update_or_create_submission(
        graded.exercise, graded.learner, timestamp=at.replace(tzinfo=None) if at else None
    )


def _write_grades(
    rows: Any,
    graded: Graded,
    submission: Submission,
    old_answers: Mapping[str, str],
    answers: Mapping[str, str],
) -> None:
    (notebook,) = rows.notebooks
    grades = {grade.name: grade for grade in notebook.grades}
    for mark in graded.marks:
        same = mark.check not in answers or answers[mark.check] == old_answers.get(mark.check)
        _write_grade(grades[mark.check], mark, same_answer=same)
    for comment in notebook.comments:
        comment.auto_comment = "No response." if comment.name in submission.unanswered else None


def _write_grade(grade: Any, mark: Mark, *, same_answer: bool) -> None:
    """Set what the engine found; a grade by hand stays, and waits for review only if something changed."""
    reviewed = grade.manual_score is not None and not grade.needs_manual_grade
    unchanged = same_answer and grade.auto_score == mark.points
    grade.auto_score = mark.points
    if grade.manual_score is not None:
        grade.needs_manual_grade = not (reviewed and unchanged)
    else:
        grade.needs_manual_grade = mark.points is None


def _record(
    graded: Graded, provenance: Provenance, answers: Mapping[str, str], late_seconds: float | None
) -> dict[str, Any]:
    return {
        "exercise": graded.exercise,
        "learner": graded.learner,
        "points": graded.points,
        "max_points": graded.max_points,
        "marks": [_mark(mark) for mark in graded.marks],
        "problems": list(graded.problems),
        "hashes": provenance.hashes,
        "answers": dict(answers),
        "versions": package_versions(),
        "engine": graded.engine,
        "isolation": graded.isolation,
        **_times(provenance, late_seconds),
    }


def _times(provenance: Provenance, late_seconds: float | None) -> dict[str, Any]:
    at = provenance.submitted_at
    return {
        "submitted_at": at.isoformat() if at else None,
        "late_seconds": late_seconds,
        "graded_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _write_json(record: Mapping[str, Any], stream: IO[str]) -> None:
    stream.write(_writable(json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)) + "\n")


def _writable(text: str) -> str:
    """Half a character, which a learner's string may hold, cannot be written as UTF-8."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _mark(mark: Mark) -> dict[str, Any]:
    card = mark.card or {}
    hint = card.get("hint") or {}
    return {
        "check": mark.check,
        # grade_ids are essay-<task>, check-<task> and check-<task>-<part>
        "task": card.get("task") or mark.check.split("-")[min(1, mark.check.count("-"))],
        "points": mark.points,
        "max_points": mark.max_points,
        "hint": mark.hint,
        "seconds": round(mark.seconds, 3),
        "what_en": card.get("what_en"),
        "what_ko": card.get("what_ko"),
        "hint_en": hint.get("en") if mark.hint else None,
        "hint_ko": hint.get("ko") if mark.hint else None,
    }


def _answer_hashes(notebook: NotebookNode) -> dict[str, str]:
    """Hashes of the answers that are graded by hand: a changed one needs a new look."""
    return {
        cell.metadata.nbgrader.grade_id: hashlib.sha256(cell.source.encode()).hexdigest()
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.metadata.nbgrader.get("solution")
    }


def _copy_timestamp(course: Course, graded: Graded) -> None:
    """Let nbgrader's own commands compare the time stamps of submitted and autograded folders."""
    stamp = course.notebook("submitted", graded.exercise, graded.learner).with_name("timestamp.txt")
    with suppress(RefusedError):
        data = read_file(stamp, 200)
        target = course.notebook("autograded", graded.exercise, graded.learner).with_name("timestamp.txt")
        if target.is_file() and target.read_bytes() == data:
            return
        with atomic_write(target, "wb") as stream:
            stream.write(data)


@cache
def package_versions() -> dict[str, str]:
    """Versions of Python and of the packages that may change points."""
    found = {"python": ".".join(str(part) for part in sys.version_info[:3])}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
