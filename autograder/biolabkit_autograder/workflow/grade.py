"""Submissions → points: find them, run them through an engine several at a time, store them one by one."""

from __future__ import annotations

import gc
import os
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from biolabkit.errors import BiolabkitError, CourseError
from biolabkit_autograder.engines import DEFAULT_ENGINE, cluster_factory, engine_factory
from biolabkit_autograder.grading import Engine, EngineFactory, Settings, one_line
from biolabkit_autograder.store import Store, read_evidence

from .assignment import built_imports, load_assignment
from .batch import Batch, Job, Result, unforeseen
from .requirements import require_imports
from .submissions import find_submissions, strangers

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = [
    "Change",
    "Outcome",
    "Request",
    "default_workers",
    "grade",
    "pending",
]


@dataclass(frozen=True)
class Request:
    """What to grade and how.

    Attributes
    ----------
    exercise, learner : str, optional
        Only these.
    engine : str
        A key of `biolabkit_autograder.engines.ENGINES`.
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
    engine: str = DEFAULT_ENGINE
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


def default_workers() -> int:
    """As many as this process may use cores."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def pending(course: Course, request: Request) -> int:
    """How many submissions there are to look at."""
    return sum(
        len(find_submissions(course, name, request.learner)) for name in course.chosen(request.exercise)
    )


def grade(
    course: Course,
    request: Request,
    *,
    on_outcome: Callable[[Outcome], None] | None = None,
    on_changes: Callable[[list[Change]], None] | None = None,
    on_engine: Callable[[Engine], None] | None = None,
    on_running: Callable[[str, str, bool], None] | None = None,
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
    on_engine : callable, optional
        Told of the engine before it runs anything, to say what it isolates.
    on_running : callable, optional
        Told learner and exercise of a submission when it begins to run (True) and when it has (False), from
        several threads.

    Returns
    -------
    list of Outcome
        By exercise and learner. One that cannot be graded never stops the others.

    Raises
    ------
    CourseError
        When an exercise is not built or released, or the learner asked for has submitted nothing.
    """
    factory = _factory(course, request)
    jobs = _jobs(course, request)
    if request.learner and not jobs:
        _nothing_from(course, request.learner)
    outcomes: list[Outcome] = []

    def done(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if on_outcome is not None:
            on_outcome(outcome)

    def begin(opening: Future[Engine]) -> Batch:
        engine = opening.result()
        if on_engine is not None:
            on_engine(engine)
        workers = getattr(engine, "slots", request.workers)
        return Batch(course, engine, jobs, workers, again=request.again, on_running=running)

    def running(job: Job, is_running: bool) -> None:
        if on_running is not None:
            on_running(job.file.learner, job.assignment.name, is_running)

    with _Background() as background, _fewer_collections():
        # opening an engine takes as long as importing the gradebook: both at one time
        opening = background.enter(lambda: factory(_together(course, jobs, request)))
        early = background.enter(lambda: begin(opening)) if request.learner else None
        with Store(course) as store:
            store.sync(request.learner)
            if request.learner is None:
                store.sweep()
            _check_released(store, jobs)
            batch = (early or background.enter(lambda: begin(opening))).result()
            for job, record in batch.unchanged:
                if store.has_submission(job.assignment.name, job.file.learner):
                    done(_outcome(job, "unchanged", record))
                else:
                    batch.add(job)
            results: Iterable[Result] = batch
            if request.again and on_changes is not None:
                results = _look_before_writing(course, batch, on_changes)
            for result in results:
                done(_save(store, result))
    if not request.exercise and not request.learner:
        outcomes += [_stranger(*found) for found in strangers(course)]
    return sorted(outcomes, key=lambda outcome: (outcome.exercise, outcome.learner))


T = TypeVar("T")


class _Background:
    """A thread that enters contexts while this one does something else, and leaves them at the end."""

    def __init__(self) -> None:
        self._thread, self._contexts = ThreadPoolExecutor(max_workers=1), ExitStack()

    def __enter__(self) -> _Background:
        return self

    def __exit__(self, *_: object) -> None:
        self._thread.submit(self._contexts.close).result()
        self._thread.shutdown()

    def enter(self, make: Callable[[], AbstractContextManager[T]]) -> Future[T]:
        """Make a context and enter it, after those that were asked for before."""
        return self._thread.submit(lambda: self._contexts.enter_context(make()))


@contextmanager
def _fewer_collections() -> Iterator[None]:
    """Have Python look less often for garbage: what a batch keeps is looked through each time."""
    usual = gc.get_threshold()
    gc.set_threshold(50_000, *usual[1:])
    try:
        yield
    finally:
        gc.set_threshold(*usual)


def _factory(course: Course, request: Request) -> EngineFactory:
    """Open the engine here, or on the workers of a cluster.

    Somebody who grades one learner will soon do so again: the engine's warm process stays for a while then.
    """
    if request.scheduler is not None:
        return cluster_factory(request.scheduler, request.engine)
    factory: Any = engine_factory(request.engine)
    is_kept = request.learner is not None and request.engine == DEFAULT_ENGINE
    return partial(factory, course_folder=course.folder) if is_kept else factory


def _jobs(course: Course, request: Request) -> list[Job]:
    jobs = []
    for name in course.chosen(request.exercise):
        files = find_submissions(course, name, request.learner)
        if files:
            assignment = load_assignment(course, name, workers=request.workers, unsafe=request.unsafe)
            if request.scheduler is None:  # else each worker looks for itself
                require_imports(name, assignment.settings.imports)
            jobs += [Job(file, assignment) for file in files]
    return jobs


def _together(course: Course, jobs: list[Job], request: Request) -> Settings:
    """What an engine may prepare for all submissions: every module and dataset of their exercises.

    For one learner these are the modules of the whole course, so that one warm process serves each command.
    """
    settings = {job.assignment.name: job.assignment.settings for job in jobs}.values()
    first = next(iter(settings), Settings(workers=request.workers, unsafe=request.unsafe))
    modules = (module for one in settings for module in one.imports)
    imports = dict.fromkeys(built_imports(course) if request.learner else modules)
    datasets = dict.fromkeys(name for one in settings for name in one.datasets)
    return replace(first, imports=tuple(imports), datasets=tuple(datasets))


def _save(store: Store, result: Result) -> Outcome:
    job = result.job
    if result.prepared is not None:
        try:
            return _outcome(job, "graded", store.write(result.prepared))
        except (BiolabkitError, OSError):  # the gradebook or the disk
            raise
        except Exception as error:  # something that cannot be written; the store is as it was
            result = unforeseen(job, error)
    learner, assignment = job.file.learner, job.assignment
    store.save_refusal(
        assignment.name, learner, result.sentence, assignment.max_points, job.file.submitted_at
    )
    problems = (result.refusal,)
    return Outcome(learner, assignment.name, "refused", 0.0, assignment.max_points, problems)


def _outcome(job: Job, status: str, record: dict[str, Any]) -> Outcome:
    problems = tuple(map(one_line, record["problems"])) if status == "graded" else ()
    return Outcome(
        job.file.learner, job.assignment.name, status, record["points"], record["max_points"], problems
    )


def _look_before_writing(
    course: Course, batch: Batch, on_changes: Callable[[list[Change]], None]
) -> Iterator[Result]:
    """Tell what changes before the first result is given; until then all lie ready to be written."""
    with ExitStack() as stack:
        changes: list[Change] = []
        results: list[Result] = []
        for result in batch:
            stack.callback(result.discard)
            changes += _changes(course, result)
            results.append(result)
        on_changes(sorted(changes, key=lambda change: (change.exercise, change.learner)))
        yield from results


def _changes(course: Course, result: Result) -> list[Change]:
    exercise, learner = result.job.assignment.name, result.job.file.learner
    before = read_evidence(course, exercise, learner)
    if not (before and before.get("marks") and result.prepared):
        return []
    points = result.prepared.record["points"]
    return [] if before["points"] == points else [Change(learner, exercise, before["points"], points)]


def _stranger(learner: str, exercise: str, problem: str) -> Outcome:
    return Outcome(one_line(learner), one_line(exercise), "refused", problems=(one_line(problem),))


def _check_released(store: Store, jobs: list[Job]) -> None:
    """The gradebook must hold the cells that were built: a released notebook may be older."""
    for assignment in {job.assignment.name: job.assignment for job in jobs}.values():
        if store.points(assignment.name) != assignment.points:
            raise CourseError(
                f"{assignment.name} was built again since its release; run: biolab course release"
            )


def _nothing_from(course: Course, learner: str) -> None:
    if course.roster and learner not in course.roster:
        raise course.unknown_learner(learner)
    raise CourseError(f"{learner} has submitted nothing yet; run: biolab course collect")
