"""``submitted/`` → points: submissions run side by side in an engine, results are stored one by one."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor, as_completed
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from biolabkit.errors import CourseError, GradingError, UnknownNameError
from biolabkit_autograder.grading import Engine, EngineFactory, Graded, RefusedError, Settings, Submission
from biolabkit_autograder.intake import read_submission
from biolabkit_autograder.store import Provenance, Store, read_evidence

from .assignment import Assignment, load_assignment
from .build import chosen
from .submissions import Submitted, find_submissions, strangers

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["ENGINES", "Change", "Outcome", "Request", "default_workers", "engine_factory", "grade", "pending"]

#: ``--engine`` → the module and function that opens it.
ENGINES = {
    "judge": "biolabkit_autograder.judging.engine:open_engine",
    "nbgrader": "biolabkit_autograder.reference:open_engine",
}


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
    scheduler : str, optional
        Address of a ``dask.distributed`` scheduler whose workers run the engine, in place of this machine.
    """

    exercise: str | None = None
    learner: str | None = None
    engine: str = "nbgrader"
    workers: int = 1
    again: bool = False
    unsafe: bool = False
    scheduler: str | None = None


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
    file: Submitted
    assignment: Assignment


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
    return sum(
        len(find_submissions(course, name, request.learner)) for name in chosen(course, request.exercise)
    )


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
    on_outcome : callable, optional
        Told of each submission as it is done.
    on_changes : callable, optional
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
    factory = _factory(request)
    outcomes: list[Outcome] = []

    def done(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if on_outcome is not None:
            on_outcome(outcome)

    with Store(course) as store:
        store.sync()
        jobs = _jobs(store, request)
        if request.learner and not jobs:
            _nothing_from(course, request.learner)
        with factory(_together(jobs, request)) as engine:
            to_do = []
            for job in jobs:
                before = None if request.again else _unchanged(store, job, _provenance(job, engine))
                if before is None:
                    to_do.append(job)
                else:
                    done(_outcome(job, "unchanged", before))
            results = _run(engine, to_do, getattr(engine, "slots", request.workers))
            if request.again and on_changes is not None:  # look before writing
                kept = list(results)
                on_changes(_changes(course, kept))
                results = iter(kept)
            for result in results:
                done(_save(store, result, _provenance(result.job, engine)))
    if not request.exercise and not request.learner:
        outcomes += [Outcome(who, name, "refused", problems=(why,)) for who, name, why in strangers(course)]
    return sorted(outcomes, key=lambda outcome: (outcome.exercise, outcome.learner))


def _factory(request: Request) -> EngineFactory:
    """Open the engine here, or on the workers of a cluster."""
    if request.scheduler is None:
        return engine_factory(request.engine)
    from biolabkit_autograder.cluster import open_cluster

    engine_factory(request.engine)  # an unknown name is an error here already
    return partial(open_cluster, request.scheduler, request.engine)


def _jobs(store: Store, request: Request) -> list[_Job]:
    course, jobs = store.course, []
    for name in chosen(course, request.exercise):
        files = find_submissions(course, name, request.learner)
        if files:
            assignment = load_assignment(course, name, workers=request.workers, unsafe=request.unsafe)
            _check_released(store, assignment)
            jobs += [_Job(file, assignment) for file in files]
    return jobs


def _together(jobs: list[_Job], request: Request) -> Settings:
    """What an engine may prepare for all submissions: every module and dataset of their exercises."""
    settings = {job.assignment.name: job.assignment.settings for job in jobs}.values()
    first = next(iter(settings), Settings(workers=request.workers, unsafe=request.unsafe))
    imports = dict.fromkeys(module for one in settings for module in one.imports)
    datasets = dict.fromkeys(name for one in settings for name in one.datasets)
    return replace(first, imports=tuple(imports), datasets=tuple(datasets))


def _run(engine: Engine, jobs: list[_Job], workers: int) -> Iterator[_Result]:
    """Give results as they are done; the engine is asked from as many threads as there are workers."""
    with ThreadPoolExecutor(max_workers=max(workers, 1)) as pool:
        futures: list[Future[_Result]] = [pool.submit(_one, engine, job) for job in jobs]
        try:
            for future in as_completed(futures):
                yield future.result()
        finally:
            for future in futures:
                future.cancel()


def _one(engine: Engine, job: _Job) -> _Result:
    """The whole way of one submission, from its file to its points."""
    assignment, file = job.assignment, job.file
    language = assignment.settings.language
    try:
        submission = read_submission(
            file.path, file.learner, assignment.notebook, exercise=assignment.name, language=language
        )
        graded = engine.grade(submission, assignment.notebook, assignment.settings)
    except RefusedError as error:
        return _Result(job, refusal=str(error), sentence=error.in_language(language))
    except GradingError as error:
        return _Result(job, refusal=str(error), sentence=str(error))
    return _Result(job, submission, graded)


def _save(store: Store, result: _Result, provenance: Provenance) -> Outcome:
    learner, assignment = result.job.file.learner, result.job.assignment
    if result.graded is not None and result.submission is not None:
        return _outcome(result.job, "graded", store.save(result.graded, result.submission, provenance))
    store.save_refusal(assignment.name, learner, result.sentence, assignment.max_points, provenance)
    problems = (result.refusal or "",)
    return Outcome(learner, assignment.name, "refused", 0.0, assignment.max_points, problems)


def _outcome(job: _Job, status: str, record: dict[str, Any]) -> Outcome:
    problems = tuple(record["problems"]) if status == "graded" else ()
    return Outcome(
        job.file.learner, job.assignment.name, status, record["points"], record["max_points"], problems
    )


def _provenance(job: _Job, engine: Engine) -> Provenance:
    version = f"{engine.name}: {engine.version}"
    return Provenance(job.file.digest, job.assignment.digest, version, job.file.submitted_at)


def _unchanged(store: Store, job: _Job, provenance: Provenance) -> dict[str, Any] | None:
    """The evidence of an earlier grading, if all that came of it is still there."""
    exercise, learner = job.assignment.name, job.file.learner
    record = read_evidence(store.course, exercise, learner)
    if record is None or record.get("hashes") != provenance.hashes:
        return None
    is_there = store.course.notebook("autograded", exercise, learner).is_file()
    return record if is_there and store.has_submission(exercise, learner) else None


def _changes(course: Course, results: list[_Result]) -> list[Change]:
    changes = []
    for result in results:
        exercise, learner = result.job.assignment.name, result.job.file.learner
        before = read_evidence(course, exercise, learner)
        if before and before.get("marks") and result.graded and before["points"] != result.graded.points:
            changes.append(Change(learner, exercise, before["points"], result.graded.points))
    return sorted(changes, key=lambda change: (change.exercise, change.learner))


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
