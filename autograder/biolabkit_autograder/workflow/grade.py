"""``submitted/`` → points: submissions run side by side in an engine, results are stored one by one."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from dataclasses import dataclass, replace
from functools import partial
from importlib import import_module
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biolabkit.errors import BiolabkitError, CourseError, GradingError, UnknownNameError
from biolabkit_autograder.grading import (
    Engine,
    EngineFactory,
    Graded,
    RefusedError,
    Settings,
    Submission,
    one_line,
)
from biolabkit_autograder.intake import read_submission
from biolabkit_autograder.store import Provenance, Store, read_evidence

from .assignment import Assignment, built_imports, load_assignment
from .build import chosen
from .submissions import Submitted, find_submissions, strangers

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = [
    "DEFAULT_ENGINE",
    "ENGINES",
    "Change",
    "Outcome",
    "Request",
    "default_workers",
    "engine_factory",
    "grade",
    "pending",
]

DEFAULT_ENGINE = "judge"
#: ``--engine`` → the module and function that opens it.
ENGINES = {
    DEFAULT_ENGINE: "biolabkit_autograder.judging.engine:open_engine",
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
    on_engine: Callable[[Engine], None] | None = None,
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
    outcomes: list[Outcome] = []

    def done(outcome: Outcome) -> None:
        outcomes.append(outcome)
        if on_outcome is not None:
            on_outcome(outcome)

    with Store(course) as store:
        store.sync(request.learner)
        jobs = _jobs(store, request)
        if request.learner and not jobs:
            _nothing_from(course, request.learner)
        with factory(_together(course, jobs, request)) as engine:
            if on_engine is not None:
                on_engine(engine)
            to_do = []
            for job in jobs:
                before = None if request.again else _unchanged(store, job, _provenance(job, engine))
                if before is None:
                    to_do.append(job)
                else:
                    done(_outcome(job, "unchanged", before))
            results = _run(engine, to_do, getattr(engine, "slots", request.workers))
            if request.again and on_changes is not None:
                results = _look_before_writing(course, results, on_changes)
            for result in results:
                done(_save(store, result, _provenance(result.job, engine)))
    if not request.exercise and not request.learner:
        outcomes += [_stranger(*found) for found in strangers(course)]
    return sorted(outcomes, key=lambda outcome: (outcome.exercise, outcome.learner))


def _factory(course: Course, request: Request) -> EngineFactory:
    """Open the engine here, or on the workers of a cluster.

    Somebody who grades one learner will soon do so again: the engine's warm process stays for a while then.
    """
    if request.scheduler is None:
        factory: Any = engine_factory(request.engine)
        is_kept = request.learner is not None and request.engine == DEFAULT_ENGINE
        return partial(factory, course_folder=course.folder) if is_kept else factory
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


def _together(course: Course, jobs: list[_Job], request: Request) -> Settings:
    """What an engine may prepare for all submissions: every module and dataset of their exercises.

    For one learner these are the modules of the whole course, so that one warm process serves each command.
    """
    settings = {job.assignment.name: job.assignment.settings for job in jobs}.values()
    first = next(iter(settings), Settings(workers=request.workers, unsafe=request.unsafe))
    modules = (module for one in settings for module in one.imports)
    imports = dict.fromkeys(built_imports(course) if request.learner else modules)
    datasets = dict.fromkeys(name for one in settings for name in one.datasets)
    return replace(first, imports=tuple(imports), datasets=tuple(datasets))


def _run(engine: Engine, jobs: list[_Job], workers: int) -> Iterator[_Result]:
    """Give results as they are done; the engine is asked from as many threads as there are workers.

    Twice as many submissions are in hand, so that no worker waits for the writer; a result is held only until
    it is given.
    """
    workers = max(workers, 1)
    waiting = iter(jobs)
    running: set[Future[_Result]] = set()
    with ThreadPoolExecutor(max_workers=workers) as pool:
        try:
            running |= {pool.submit(_one, engine, job) for job in islice(waiting, 2 * workers)}
            while running:
                done, running = wait(running, return_when=FIRST_COMPLETED)
                while done:
                    running |= {pool.submit(_one, engine, job) for job in islice(waiting, 1)}
                    yield done.pop().result()
        finally:
            for future in running:
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
        return _Result(job, refusal=one_line(error), sentence=one_line(error))
    except BiolabkitError:
        raise  # about the course or the machine: every other submission would meet it too
    except Exception as error:  # whatever it is, it costs this submission only
        return _unforeseen(job, error)
    return _Result(job, submission, graded)


def _unforeseen(job: _Job, error: Exception) -> _Result:
    what = f"{type(error).__name__}: {error}"
    refusal = RefusedError(f"could not be graded ({what})", f"채점하지 못했습니다({what})")
    return _Result(job, refusal=refusal.en, sentence=refusal.in_language(job.assignment.settings.language))


def _save(store: Store, result: _Result, provenance: Provenance) -> Outcome:
    learner, assignment = result.job.file.learner, result.job.assignment
    if result.graded is not None and result.submission is not None:
        try:
            return _outcome(result.job, "graded", store.save(result.graded, result.submission, provenance))
        except (BiolabkitError, OSError):  # the gradebook or the disk
            raise
        except Exception as error:  # something that cannot be written; the store is as it was
            result = _unforeseen(result.job, error)
    store.save_refusal(assignment.name, learner, result.sentence, assignment.max_points, provenance)
    problems = (result.refusal or "",)
    return Outcome(learner, assignment.name, "refused", 0.0, assignment.max_points, problems)


def _outcome(job: _Job, status: str, record: dict[str, Any]) -> Outcome:
    problems = tuple(map(one_line, record["problems"])) if status == "graded" else ()
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


def _look_before_writing(
    course: Course, results: Iterator[_Result], on_changes: Callable[[list[Change]], None]
) -> Iterator[_Result]:
    """Tell what changes before the first result is given; until then the results lie in a folder."""
    with tempfile.TemporaryDirectory(prefix="biolab-grade-") as folder:
        changes: list[Change] = []
        aside: list[Callable[[], _Result]] = []
        for result in results:
            changes += _changes(course, result)
            aside.append(_put_aside(result, Path(folder, str(len(aside)))))
        on_changes(sorted(changes, key=lambda change: (change.exercise, change.learner)))
        for take in aside:
            yield take()


def _put_aside(result: _Result, path: Path) -> Callable[[], _Result]:
    """Write the notebooks of a result to a file; gives what reads it back."""
    from biolabkit_autograder.cluster import records

    if result.graded is None or result.submission is None:
        return lambda: result
    job, other = result.job, path.with_suffix(".submission")
    path.write_bytes(records.encode_graded(result.graded))
    other.write_bytes(records.encode_submission(result.submission))
    return lambda: _Result(
        job, records.decode_submission(other.read_bytes()), records.decode_graded(path.read_bytes())
    )


def _changes(course: Course, result: _Result) -> list[Change]:
    exercise, learner = result.job.assignment.name, result.job.file.learner
    before = read_evidence(course, exercise, learner)
    if not (before and before.get("marks") and result.graded) or before["points"] == result.graded.points:
        return []
    return [Change(learner, exercise, before["points"], result.graded.points)]


def _stranger(learner: str, exercise: str, problem: str) -> Outcome:
    return Outcome(one_line(learner), one_line(exercise), "refused", problems=(one_line(problem),))


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
