"""The only writer of a course's results: gradebook, autograded notebook and evidence.

One submission is one transaction. Whoever graded it writes its files under temporary names; the writer adds
the rows to the gradebook and gives the files their names. The evidence gets its name last, and holds hashes
of what it was made of: what has no evidence, because a run was killed at any moment, is done again by the
next.
"""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biolabkit.errors import CourseError

from .evidence import (
    Provenance,
    encode_evidence,
    make_evidence,
    make_refusal,
    package_versions,
    read_evidence,
    writable,
)
from .gradebook_records import Assignment, Student, Work
from .grading import Graded, RefusedError, Submission
from .staged import StagedFile, sweep
from .submitted_file import read_file

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode
    from nbgrader.api import Gradebook

    from .course import Course

__all__ = [
    "Prepared",
    "Provenance",
    "Store",
    "create_gradebook",
    "current_gradebook",
    "open_gradebook",
    "package_versions",
    "prepare",
    "read_evidence",
]

_TIMESTAMP_BYTES = 200


@dataclass(frozen=True)
class Prepared:
    """A grading whose files lie ready under temporary names.

    Attributes
    ----------
    exercise : str
        The exercise's name.
    work : Work
        What the gradebook gets.
    record : dict
        The evidence.
    results : tuple of StagedFile
        What gets its name before the gradebook's transaction ends.
    evidence : StagedFile
        What gets its name after that.
    """

    exercise: str
    work: Work
    record: dict[str, Any]
    results: tuple[StagedFile, ...]
    evidence: StagedFile

    def discard(self) -> None:
        """Remove the files that have not got their names."""
        for file in (*self.results, self.evidence):
            file.discard()


def prepare(course: Course, graded: Graded, submission: Submission, provenance: Provenance) -> Prepared:
    """Write the files of a grading under temporary names; any thread may do so.

    Raises
    ------
    OSError
        When the disk is full; nothing is left behind then.
    """
    exercise, learner, at = graded.exercise, graded.learner, provenance.submitted_at
    answers = _answer_hashes(graded.notebook)
    before = read_evidence(course, exercise, learner) or {}
    known = before.get("answers", {})
    changed = {name for name, answer in answers.items() if answer != known.get(name)}
    work = Work(
        learner, at.replace(tzinfo=None) if at else None, graded.marks, submission.unanswered, changed
    )
    # an extension, which only the gradebook knows, is looked at when it is written
    record = make_evidence(graded, provenance, answers, course.seconds_late(exercise, at), before)
    with ExitStack() as undo:

        def stage(path: Path, data: bytes) -> StagedFile:
            file = StagedFile(path, data)
            undo.callback(file.discard)
            return file

        notebook = course.notebook("autograded", exercise, learner)
        results = [stage(notebook, _notebook_bytes(graded.notebook))]
        stamp = course.notebook("submitted", exercise, learner).with_name("timestamp.txt")
        with suppress(RefusedError):  # nbgrader's own commands compare the time stamps of both folders
            results.append(stage(notebook.with_name(stamp.name), read_file(stamp, _TIMESTAMP_BYTES)))
        evidence = stage(course.evidence(exercise, learner), encode_evidence(record))
        undo.pop_all()
    return Prepared(exercise, work, record, tuple(results), evidence)


def _notebook_bytes(notebook: NotebookNode) -> bytes:
    import nbformat

    return (writable(nbformat.v4.writes(notebook)) + "\n").encode()


def _answer_hashes(notebook: NotebookNode) -> dict[str, str]:
    """Hashes of the answers that are graded by hand: a changed one needs a new look."""
    return {
        cell.metadata.nbgrader.grade_id: hashlib.sha256(cell.source.encode()).hexdigest()
        for cell in notebook.cells
        if cell.metadata.get("nbgrader", {}).get("grade") and cell.metadata.nbgrader.get("solution")
    }


def _gradebook_path(course: Course) -> Path:
    """The gradebook's file, made when it is missing."""
    path = course.folder / "gradebook.db"
    if not path.exists() or not path.stat().st_size:
        create_gradebook(path)
    return path


def open_gradebook(course: Course) -> Gradebook:
    """Open a course's gradebook with nbgrader's API; it is made when it is missing.

    Raises
    ------
    CourseError
        When the file is not a gradebook.
    """
    from nbgrader.api import Gradebook
    from sqlalchemy.exc import DatabaseError

    from .gradebook_file import unusable

    path = _gradebook_path(course)
    try:
        return Gradebook(course.gradebook_url, course.spec.id)
    except DatabaseError as error:
        raise unusable(path, error.orig) from error


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


class Store:
    """A course's results, open for writing by this process and thread alone.

    Parameters
    ----------
    course : Course
        The course whose gradebook is opened.

    Raises
    ------
    CourseError
        When the gradebook cannot be used.
    """

    def __init__(self, course: Course) -> None:
        from .gradebook_rows import GradebookRows

        self.course = course
        self._rows = GradebookRows(_gradebook_path(course), course.spec.id)
        self._assignments: dict[str, Assignment | None] = {}
        self._learners: dict[str, set[str]] = {}

    def __enter__(self) -> Store:
        return self

    def __exit__(self, *_: object) -> None:
        if "gradebook" in vars(self):
            self.gradebook.close()
        self._rows.close()

    @cached_property
    def gradebook(self) -> Gradebook:
        """The same gradebook through nbgrader's API, for reading."""
        return open_gradebook(self.course)

    def sync(self, learner: str | None = None) -> None:
        """Bring learners and due dates of the gradebook to what roster and ``course.toml`` say.

        Parameters
        ----------
        learner : str, optional
            Only this one, where no other is looked at.
        """
        policy = self.course.spec.late
        roster = [one for one in self.course.roster.values() if learner in (None, one.id)]
        with self._rows.transaction(at_once=False):
            # One field holds the whole name: in Korean the family name comes first, without a comma.
            # Formgrader sorts by the last name, and writes "None" where a field is not even empty.
            self._rows.set_students(Student(one.id, "", one.name, one.email or None) for one in roster)
            for name in self.course.exercise_names:
                before = self._rows.assignment(name)
                if before is None:  # not released yet
                    continue
                due = self.course.due(name)
                now = self._rows.set_due(before, due.replace(tzinfo=None) if due else None)
                self._assignments[name] = now
                if policy is not None and (learner is None or now != before):
                    self._rows.set_penalties(now, policy)
            if policy is None:
                self._rows.forget_penalties()

    def points(self, exercise: str) -> dict[str, float]:
        """What the checks and essays of an exercise are worth as it was released; empty when it was not."""
        assignment = self._assignment(exercise)
        return dict(assignment.points) if assignment else {}

    def has_submission(self, exercise: str, learner: str) -> bool:
        """Whether a learner's submission to an exercise is in the gradebook."""
        if exercise not in self._learners:
            assignment = self._assignment(exercise)
            self._learners[exercise] = self._rows.learners(assignment) if assignment else set()
        return learner in self._learners[exercise]

    def save(self, graded: Graded, submission: Submission, provenance: Provenance) -> dict[str, Any]:
        """Write the result of one submission everywhere, or nowhere.

        Returns
        -------
        dict
            The evidence.
        """
        return self.write(prepare(self.course, graded, submission, provenance))

    def write(self, prepared: Prepared) -> dict[str, Any]:
        """Write a grading that was prepared everywhere, or nowhere.

        Returns
        -------
        dict
            The evidence.

        Raises
        ------
        CourseError
            When the gradebook is locked by another program, or the disk is full.
        KeyError
            When a mark is of no cell of the exercise.
        """
        learner, record, evidence = prepared.work.learner, prepared.record, prepared.evidence
        with ExitStack() as undo:
            undo.callback(prepared.discard)
            with self._rows.transaction():
                assignment = self._released(prepared.exercise)
                late = self._rows.write(assignment, prepared.work)
                if self.course.spec.late is not None:
                    self._rows.set_penalties(assignment, self.course.spec.late, learner)
                if late != record["late_seconds"]:  # an extension
                    record = {**record, "late_seconds": late}
                    path = self.course.evidence(prepared.exercise, learner)
                    evidence = StagedFile(path, encode_evidence(record))
                    undo.callback(evidence.discard)
                for file in prepared.results:
                    file.publish()
            evidence.publish()
        self._learners.get(prepared.exercise, set()).add(learner)
        return record

    def save_refusal(
        self, exercise: str, learner: str, sentence: str, max_points: float, submitted_at: datetime | None
    ) -> None:
        """Record why a submission could not be graded; grades that it had before stay as they are."""
        record = make_refusal(self.course, exercise, learner, sentence, max_points, submitted_at)
        StagedFile(self.course.evidence(exercise, learner), encode_evidence(record)).publish()

    def sweep(self) -> None:
        """Remove temporary files that runs left behind which were killed long ago."""
        folder = self.course.folder
        places = ("evidence/*", "autograded/*/*", "submitted", "submitted/*/*")
        sweep(path for place in places for path in folder.glob(place))

    def _assignment(self, exercise: str) -> Assignment | None:
        if exercise not in self._assignments:
            self._assignments[exercise] = self._rows.assignment(exercise)
        return self._assignments[exercise]

    def _released(self, exercise: str) -> Assignment:
        assignment = self._assignment(exercise)
        if assignment is None:
            raise CourseError(f"{exercise} is not released yet; run: biolab course release")
        return assignment
