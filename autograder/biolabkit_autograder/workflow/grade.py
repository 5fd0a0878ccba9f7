"""``submitted/`` → points: submissions run side by side in an engine, results are stored one by one."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biolabkit.errors import CourseError, GradingError, UnknownNameError
from biolabkit_autograder.grading import Engine, EngineFactory, Graded, RefusedError, Submission
from biolabkit_autograder.intake import read_submission
from biolabkit_autograder.store import Provenance, Store, read_evidence

from .assignment import Assignment, load_assignment
from .build import chosen
from .collect import read_timestamp

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["ENGINES", "Change", "Outcome", "Request", "default_workers", "engine_factory", "grade", "pending"]

#: ``--engine`` → the module and function that opens it.
ENGINES = {"nbgrader": "biolabkit_autograder.reference:open_engine"}


@dataclass(frozen=True)
class Request:
    """What to grade and how.

    Attributes
    ----------
    exercise, learner : str, optional
        Only these.
    engine : str
        A key of `ENGINES`.
    workers : int
        Submissions at one time.
    again : bool
        Grade also what is graded and unchanged.
    unsafe : bool
        Accept an engine without isolation where it asks.
    """

    exercise: str | None = None
    learner: str | None = None
    engine: str = "nbgrader"
    workers: int = 1
    again: bool = False
    unsafe: bool = False


@dataclass(frozen=True)
class Outcome:
    """What became of one submission: graded, unchanged since it was graded, or refused with a reason."""

    learner: str
    exercise: str
    status: str
    points: float = 0.0
    max_points: float = 0.0
    problems: tuple[str, ...] = ()


@dataclass(frozen=True)
class Change:
    """Points of a learner that a regrade changes."""

    learner: str
    exercise: str
    before: float
    after: float


@dataclass(frozen=True)
class _Job:
    learner: str
    path: Path
    submitted_at: datetime | None
    digest: str


@dataclass(frozen=True)
class _Result:
    job: _Job
    submission: Submission | None = None
    graded: Graded | None = None
    refusal: str | None = None
    sentence: str = ""


def default_workers() -> int:
    """As many as this process may use cores."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def engine_factory(name: str) -> EngineFactory:
    """Find an engine by its name.

    Raises
    ------
    UnknownNameError
        When there is none of that name.
    """
    if name not in ENGINES:
        raise UnknownNameError("grading engine", name, ENGINES)
    module, _, function = ENGINES[name].partition(":")
    factory: EngineFactory = getattr(import_module(module), function)
    return factory


def pending(course: Course, request: Request) -> int:
    """How many submissions there are to look at."""
    return sum(len(_jobs(course, name, request.learner)) for name in chosen(course, request.exercise))


def grade(
    course: Course,
    request: Request,
    *,
    on_outcome: Callable[[Outcome], None] | None = None,
    on_changes: Callable[[list[Change]], None] | None = None,
) -> list[Outcome]:
    """Grade the submissions of a course.

    Parameters
    ----------
    course : Course
        An opened course.
    request : Request
        What to grade and how.
    on_outcome : callable
        Told of each submission as it is done.
    on_changes : callable
        With ``again``: told which learners' points change, before anything is written.

    Returns
    -------
    list of Outcome
        By exercise and learner. One that cannot be graded never stops the others.

    Raises
    ------
    CourseError
        When an exercise is not built or released, or the learner asked for has submitted nothing.
    """
    factory = engine_factory(request.engine)
    outcomes: list[Outcome] = []
    found = 0
    with Store(course) as store:
        store.sync()
        for name in chosen(course, request.exercise):
            jobs, strangers = _known(course, name, _jobs(course, name, request.learner))
            found += len(jobs)
            outcomes += strangers
            if jobs:
                assignment = load_assignment(course, name, workers=request.workers, unsafe=request.unsafe)
                _check_released(store, assignment)
                outcomes += _grade_exercise(
                    store, assignment, jobs, request, factory, on_outcome=on_outcome, on_changes=on_changes
                )
    outcomes += [] if request.exercise or request.learner else _unknown_exercises(course)
    if request.learner and not found:
        _nothing_from(course, request.learner)
    return outcomes


def _grade_exercise(
    store: Store,
    assignment: Assignment,
    jobs: list[_Job],
    request: Request,
    factory: EngineFactory,
    *,
    on_outcome: Callable[[Outcome], None] | None,
    on_changes: Callable[[list[Change]], None] | None,
) -> list[Outcome]:
    outcomes: list[Outcome] = []

    def done(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if on_outcome is not None:
            on_outcome(outcome)

    in_gradebook = store.graded_learners(assignment.name)
    with factory(assignment.settings) as engine:
        provenance = partial(_provenance, assignment=assignment, engine=engine)
        to_do = []
        for job in jobs:
            before = _unchanged(store.course, assignment.name, job, provenance(job))
            if before is None or request.again or job.learner not in in_gradebook:
                to_do.append(job)
            else:
                done(_outcome(assignment, job.learner, "unchanged", before))
        results = _run(engine, assignment, to_do, request.workers)
        if request.again and on_changes is not None:  # look before writing
            kept = list(results)
            on_changes(_changes(store.course, assignment.name, kept))
            results = iter(kept)
        for result in results:
            done(_save(store, assignment, result, provenance(result.job)))
    return sorted(outcomes, key=lambda outcome: outcome.learner)


def _run(engine: Engine, assignment: Assignment, jobs: list[_Job], workers: int) -> Iterator[_Result]:
    """Give results as they are done; the engine is asked from as many threads as there are workers."""
    with ThreadPoolExecutor(max_workers=max(workers, 1)) as pool:
        futures: list[Future[_Result]] = [pool.submit(_one, engine, assignment, job) for job in jobs]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            for future in futures:
                future.cancel()


def _one(engine: Engine, assignment: Assignment, job: _Job) -> _Result:
    """The whole way of one submission, from its file to its points."""
    language = assignment.settings.language
    try:
        submission = read_submission(
            job.path, job.learner, assignment.notebook, exercise=assignment.name, language=language
        )
        graded = engine.grade(submission, assignment.notebook, assignment.settings)
    except RefusedError as error:
        return _Result(job, refusal=str(error), sentence=error.in_language(language))
    except GradingError as error:
        return _Result(job, refusal=str(error), sentence=str(error))
    return _Result(job, submission, graded)


def _save(store: Store, assignment: Assignment, result: _Result, provenance: Provenance) -> Outcome:
    learner = result.job.learner
    if result.graded is None or result.submission is None:
        store.save_refusal(assignment.name, learner, result.sentence, assignment.max_points, provenance)
        return Outcome(
            learner, assignment.name, "refused", 0.0, assignment.max_points, (result.refusal or "",)
        )
    record = store.save(result.graded, result.submission, provenance)
    return _outcome(assignment, learner, "graded", record)


def _outcome(assignment: Assignment, learner: str, status: str, record: dict[str, Any]) -> Outcome:
    return Outcome(
        learner,
        assignment.name,
        status,
        record["points"],
        record["max_points"],
        tuple(record["problems"]) if status == "graded" else (),
    )


def _jobs(course: Course, exercise: str, learner: str | None) -> list[_Job]:
    """The submissions to an exercise; nbgrader's own `collect` may have put them there too."""
    submitted = course.folder / "submitted"
    learners = [learner] if learner else sorted(path.name for path in submitted.glob("*") if path.is_dir())
    jobs = []
    for one in learners:
        path = _submitted_notebook(course, exercise, one)
        if path is not None:
            jobs.append(_Job(one, path, read_timestamp(path), _digest(path)))
    return jobs


def _known(course: Course, exercise: str, jobs: list[_Job]) -> tuple[list[_Job], list[Outcome]]:
    """Leave out the submissions of learners who are not in the roster, each with a line that says so."""
    strangers = [job for job in jobs if course.roster and job.learner not in course.roster]
    refused = []
    for job in strangers:
        problem = UnknownNameError("learner in the roster", job.learner, course.roster)
        refused.append(Outcome(job.learner, exercise, "refused", problems=(str(problem),)))
    return [job for job in jobs if job not in strangers], refused


def _unknown_exercises(course: Course) -> list[Outcome]:
    """Say which folders of ``submitted/`` belong to no exercise of the course."""
    names = course.exercise_names
    folders = sorted(path for path in (course.folder / "submitted").glob("*/*") if path.is_dir())
    return [
        Outcome(
            path.parent.name,
            path.name,
            "refused",
            problems=(str(UnknownNameError("exercise in this course", path.name, names)),),
        )
        for path in folders
        if path.name not in names
    ]


def _submitted_notebook(course: Course, exercise: str, learner: str) -> Path | None:
    """The notebook of the exercise's name, else the only one there is: a renamed one is no reason for 0."""
    usual = course.notebook("submitted", exercise, learner)
    if usual.exists() or usual.is_symlink():
        return usual
    others = sorted(usual.parent.glob("*.ipynb"))
    return others[0] if len(others) == 1 else None


def _digest(path: Path) -> str:
    """SHA-256 of a submitted file; of nothing where it is no regular file, which the intake refuses."""
    if path.is_symlink() or not path.is_file():
        return ""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _provenance(job: _Job, *, assignment: Assignment, engine: Engine) -> Provenance:
    version = f"{engine.name}: {engine.version}"
    return Provenance(job.digest, assignment.digest, version, job.submitted_at)


def _unchanged(course: Course, exercise: str, job: _Job, provenance: Provenance) -> dict[str, Any] | None:
    """The evidence of an earlier grading that is still good."""
    record = read_evidence(course, exercise, job.learner)
    if record is None or record.get("hashes") != provenance.hashes:
        return None
    return record if course.notebook("autograded", exercise, job.learner).is_file() else None


def _changes(course: Course, exercise: str, results: list[_Result]) -> list[Change]:
    changes = []
    for result in sorted(results, key=lambda result: result.job.learner):
        before = read_evidence(course, exercise, result.job.learner)
        if before and before.get("marks") and result.graded and before["points"] != result.graded.points:
            changes.append(Change(result.job.learner, exercise, before["points"], result.graded.points))
    return changes


def _check_released(store: Store, assignment: Assignment) -> None:
    """The gradebook must hold the cells that were built: a released notebook may be older."""
    from nbgrader.api import MissingEntry

    try:
        notebook = store.gradebook.find_notebook(assignment.name, assignment.name)
        released = {cell.name: cell.max_score for cell in notebook.grade_cells}
    except MissingEntry:
        released = {}
    if released != assignment.points:
        raise CourseError(f"{assignment.name} was built again since its release; run: biolab course release")


def _nothing_from(course: Course, learner: str) -> None:
    if course.roster and learner not in course.roster:
        raise UnknownNameError("learner in the roster", learner, course.roster)
    raise CourseError(f"{learner} has submitted nothing yet; run: biolab course collect")
