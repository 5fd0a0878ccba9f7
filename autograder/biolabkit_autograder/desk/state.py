"""Where a course stands: read from its files and its gradebook in a moment, and nothing is written.

File times tell most of it. A submission is *new* until its record is younger than its file, and again when
the exercise was built differently since. A feedback page is *old* once the record is younger than the page,
or the points in the gradebook are not those of the page (a grade by hand came since).
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import TYPE_CHECKING

from biolabkit.errors import BiolabkitError, CourseError
from biolabkit_autograder.authoring import exercise_folders

from .arrivals import Arrivals, Exchange, exchange_of, look_for_arrivals
from .build_of_record import Build
from .feedback_record import FeedbackRecord
from .file_times import time_of
from .points import Points, maximum_points, read_points
from .titles import title_of

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["STATUSES", "CourseState", "ExerciseState", "Work", "read_state", "work_on"]

#: Where a learner is with an exercise, from nothing to all done.
STATUSES = ("missing", "new", "refused", "waiting", "graded")


@dataclass(frozen=True, slots=True)
class Work:
    """One learner's work on one exercise.

    Attributes
    ----------
    learner : str
        The learner's id.
    status : str
        One of `STATUSES`: nothing handed in; handed in and not graded as it is now; could not be graded;
        graded but for answers that wait for a grade by hand; graded.
    points : Points or None
        What the gradebook has.
    feedback : {"none", "old", "written"}
        The page for the learner.
    """

    learner: str
    status: str
    points: Points | None
    feedback: str


@dataclass(frozen=True)
class ExerciseState:
    """An exercise of the course.

    Attributes
    ----------
    name : str
        Its name.
    title : mapping of str to str
        By language.
    due : datetime or None
        UTC.
    built, released : {"no", "old", "yes"}
        Old when what it is made of has changed since.
    arrived : int
        Learners with a file that is not collected yet.
    counts : mapping of str to int
        Learners by `STATUSES`.
    answers_waiting : int
        Answers that wait for a grade by hand.
    feedback : mapping of str to int
        Submissions with a record by the state of their page: ``none``, ``old``, ``written``.
    median, max_points : float or None
        Points of those who are graded.
    """

    name: str
    title: Mapping[str, str]
    due: datetime | None
    built: str
    released: str
    arrived: int
    counts: Mapping[str, int]
    answers_waiting: int
    feedback: Mapping[str, int]
    median: float | None
    max_points: float | None


@dataclass(frozen=True)
class CourseState:
    """A course at a glance.

    Attributes
    ----------
    course : Course
        The course as it was opened.
    learners : int
        In the roster; 0 without one.
    exercises : tuple of ExerciseState
        In the course's order.
    arrivals : Arrivals
        What waits to be collected.
    exchange : Exchange or None
        Through which learners hand in.
    strangers : tuple of str
        Ids with a submission who are not in the roster.
    results : mapping of str to float
        When report, export and completion were written last, by their folder; only those that were.
    problems : tuple of str
        What keeps the rest from being known, such as a locked gradebook.
    """

    course: Course
    learners: int
    exercises: tuple[ExerciseState, ...]
    arrivals: Arrivals
    exchange: Exchange | None
    strangers: tuple[str, ...]
    results: Mapping[str, float]
    problems: tuple[str, ...]


def read_state(course: Course) -> CourseState:
    """Look at a course."""
    problems: list[str] = []
    points: dict[tuple[str, str], Points] = {}
    maxima: dict[str, float] = {}
    try:
        points, maxima = read_points(course), maximum_points(course)
    except CourseError as error:
        problems.append(str(error))
    exchange = exchange_of(course)
    arrivals = look_for_arrivals(course, exchange)
    sources = _sources(course, problems)
    submitted = _submitted(course)
    record = FeedbackRecord.read(course)
    exercises = []
    for name in course.exercise_names:
        work = _work(course, name, submitted.get(name, {}), points, record)
        exercises.append(_exercise(course, name, work, arrivals, sources.get(name), maxima.get(name)))
    ids = {learner for found in submitted.values() for learner in found}
    strangers = tuple(sorted(ids - set(course.roster))) if course.roster else ()
    return CourseState(
        course,
        len(course.roster),
        tuple(exercises),
        arrivals,
        exchange,
        strangers,
        _results(course),
        tuple(problems),
    )


def work_on(course: Course, exercise: str) -> list[Work]:
    """Where each learner is with an exercise: those of the roster, else those who handed something in.

    Raises
    ------
    CourseError
        When the gradebook cannot be read.
    UnknownNameError
        When the course has no such exercise.
    """
    name = course.exercise(exercise).name
    submitted = _submitted(course).get(name, {})
    return _work(course, name, submitted, read_points(course), FeedbackRecord.read(course))


def _work(
    course: Course,
    exercise: str,
    submitted: Mapping[str, float],
    points: Mapping[tuple[str, str], Points],
    record: FeedbackRecord,
) -> list[Work]:
    pages, records = course.folder / "feedback", course.folder / "evidence" / exercise
    evidence = _times(records, ".json")
    build = Build(course, exercise)
    result = []
    for learner in course.roster or sorted({*submitted, *evidence}):
        have = points.get((exercise, learner))
        handed, graded = submitted.get(learner), evidence.get(learner)
        is_other = graded is not None and build.is_other(f"{records}/{learner}.json", graded)
        status = "new" if handed is not None and is_other else _status(handed, graded, have)
        feedback = "none"
        if graded is not None:
            page = time_of(f"{pages}/{learner}/{exercise}/{exercise}.html")
            if page is not None:
                is_old = page < graded or record.differs(exercise, learner, have, page)
                feedback = "old" if is_old else "written"
        result.append(Work(learner, status, have, feedback))
    return result


def _status(handed: float | None, graded: float | None, points: Points | None) -> str:
    if handed is None and graded is None:
        return "missing"
    if graded is None or (handed is not None and handed > graded):
        return "new"
    if points is None:
        return "refused"
    return "waiting" if points.waiting else "graded"


def _exercise(
    course: Course,
    name: str,
    work: list[Work],
    arrivals: Arrivals,
    source: Path | None,
    maximum: float | None,
) -> ExerciseState:
    counts = Counter(one.status for one in work)
    have = [one.points.points for one in work if one.status in ("graded", "waiting") and one.points]
    built = time_of(course.notebook("source", name))
    released = time_of(course.notebook("release", name))
    changed = max((time_of(path) or 0.0 for path in source.iterdir()), default=0.0) if source else 0.0
    return ExerciseState(
        name,
        title_of(name, source, course.notebook("source", name)),
        course.due(name),
        _freshness(built, changed),
        _freshness(released, built or 0.0),
        arrivals.new.get(name, 0),
        {status: counts[status] for status in STATUSES},
        sum(one.points.waiting for one in work if one.status == "waiting" and one.points),
        dict(Counter(one.feedback for one in work if one.status in ("graded", "waiting", "refused"))),
        median(have) if have else None,
        maximum,
    )


def _freshness(made: float | None, changed: float) -> str:
    if made is None:
        return "no"
    return "old" if made < changed else "yes"


def _sources(course: Course, problems: list[str]) -> dict[str, Path]:
    """Folders of the course's exercises; one that is gone matters only when they are built again."""
    try:
        known = exercise_folders(*course.source_roots)
    except BiolabkitError as error:
        problems.append(str(error))
        return {}
    return {name: known[name] for name in course.exercise_names if name in known}


def _submitted(course: Course) -> dict[str, dict[str, float]]:
    """When each learner's file was put into its place, by exercise and learner."""
    known = course.exercise_names
    found: dict[str, dict[str, float]] = {name: {} for name in known}
    for learner in _folders(course.folder / "submitted"):
        for entry in _folders(learner.path):
            if entry.name not in found:
                continue
            time = time_of(f"{entry.path}/{entry.name}.ipynb") or _renamed(Path(entry.path))
            if time is not None:
                found[entry.name][learner.name] = time
    return found


def _renamed(folder: Path) -> float | None:
    """The only notebook that is there, as grading takes it."""
    others = list(folder.glob("*.ipynb"))
    return time_of(others[0]) if len(others) == 1 else None


def _folders(path: Path | str) -> Iterable[os.DirEntry[str]]:
    try:
        entries = list(os.scandir(path))
    except OSError:
        return []
    return [entry for entry in entries if not entry.name.startswith(".") and entry.is_dir()]


def _times(folder: Path, suffix: str) -> dict[str, float]:
    """When the files of a folder were written, by their names without the suffix."""
    try:
        entries = list(os.scandir(folder))
    except OSError:
        return {}
    return {
        entry.name[: -len(suffix)]: entry.stat().st_mtime
        for entry in entries
        if entry.name.endswith(suffix) and not entry.name.startswith(".")
    }


def _results(course: Course) -> dict[str, float]:
    files = {
        "report": "report/index.html",
        "export": "export/grades.csv",
        "completion": "completion/completion.csv",
    }
    times = {name: time_of(course.folder / path) for name, path in files.items()}
    return {name: time for name, time in times.items() if time is not None}


def utc(time: float) -> datetime:
    """A file's time as a date."""
    return datetime.fromtimestamp(time, UTC)
