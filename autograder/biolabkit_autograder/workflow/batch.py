"""Submissions on their way through an engine: each in a thread, results taken by the one writer."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import contextmanager
from dataclasses import dataclass
from threading import BoundedSemaphore
from typing import TYPE_CHECKING, Any

from biolabkit.errors import BiolabkitError, GradingError
from biolabkit_autograder.grading import Engine, Graded, RefusedError, Submission, one_line
from biolabkit_autograder.intake import read_submission
from biolabkit_autograder.store import Prepared, Provenance, prepare, read_evidence

from .assignment import Assignment
from .submissions import Submitted

if TYPE_CHECKING:
    from types import TracebackType

    from biolabkit_autograder.course import Course

__all__ = ["Batch", "Job", "Result", "unforeseen"]

#: Submissions in hand for each that runs, so that no engine waits for a file or for the writer.
_IN_HAND = 2


@dataclass(frozen=True)
class Job:
    """A submitted file and what it answers."""

    file: Submitted
    assignment: Assignment


@dataclass(frozen=True)
class Result:
    """What became of a job: a grading that is ready to be written, or the reason why there is none.

    Attributes
    ----------
    job : Job
        What was to be graded.
    prepared : Prepared or None
        The grading.
    refusal, sentence : str
        The reason in one line, in English and in the course's language.
    """

    job: Job
    prepared: Prepared | None = None
    refusal: str = ""
    sentence: str = ""

    def discard(self) -> None:
        """Remove the grading's files, unless they were written."""
        if self.prepared is not None:
            self.prepared.discard()


class Batch:
    """Grades submissions as soon as it is made; iterating gives the results as they are done.

    Used as a context manager it ends, at the end of the block, what still runs, and removes the files of
    results that nobody took.

    Parameters
    ----------
    course : Course
        Where the files are.
    engine : Engine
        What runs submissions.
    jobs : iterable of Job
        What is to be graded.
    workers : int
        Submissions that the engine runs at one time.
    again : bool
        Grade also what is graded and unchanged.
    on_running : callable, optional
        Told of a job when the engine begins to run it (True) and when it is done with it (False), from
        several threads.

    Attributes
    ----------
    unchanged : list of (Job, dict)
        What was left out, with its evidence: as far as files tell it is graded and unchanged.
    """

    def __init__(
        self,
        course: Course,
        engine: Engine,
        jobs: Iterable[Job],
        workers: int,
        *,
        again: bool = False,
        on_running: Callable[[Job, bool], None] | None = None,
    ) -> None:
        self._course, self._engine, self._on_running = course, engine, on_running
        self._is_left = False
        self.unchanged: list[tuple[Job, dict[str, Any]]] = []
        self._waiting: deque[Job] = deque()
        for job in jobs:
            record = None if again else self._earlier(job)
            if record is None:
                self._waiting.append(job)
            else:
                self.unchanged.append((job, record))
        self._running: set[Future[Result]] = set()
        self._slots = BoundedSemaphore(workers)
        self._most = _IN_HAND * workers
        self._pool = ThreadPoolExecutor(max_workers=self._most)
        self._start()

    def __enter__(self) -> Batch:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._is_left = True
        self._pool.shutdown(cancel_futures=True)
        for future in self._running:
            if not future.cancelled() and future.exception() is None:
                future.result().discard()

    def __iter__(self) -> Iterator[Result]:
        while self._running:
            done, _ = wait(self._running, return_when=FIRST_COMPLETED)
            for future in done:
                self._running.remove(future)
                self._start()
                yield future.result()

    def add(self, job: Job) -> None:
        """Grade one more."""
        self._waiting.append(job)
        self._start()

    def _earlier(self, job: Job) -> dict[str, Any] | None:
        """The evidence of an earlier grading, if it was of the same file by the same engine."""
        exercise, learner = job.assignment.name, job.file.learner
        record = read_evidence(self._course, exercise, learner)
        if record is None or record.get("hashes") != self._provenance(job, job.file.digest).hashes:
            return None
        return record if self._course.notebook("autograded", exercise, learner).is_file() else None

    def _provenance(self, job: Job, digest: str) -> Provenance:
        version = f"{self._engine.name}: {self._engine.version}"
        return Provenance(digest, job.assignment.digest, version, job.file.submitted_at)

    def _start(self) -> None:
        while self._waiting and len(self._running) < self._most:
            self._running.add(self._pool.submit(self._grade, self._waiting.popleft()))

    def _grade(self, job: Job) -> Result:
        """The whole way of one submission, from its file to what is to be written."""
        try:
            submission, graded = self._run(job)
        except RefusedError as error:
            return Result(job, refusal=str(error), sentence=error.in_language(_language(job)))
        except GradingError as error:
            return Result(job, refusal=one_line(error), sentence=one_line(error))
        except BiolabkitError:
            raise  # about the course or the machine: every other submission would meet it too
        except Exception as error:  # whatever it is, it costs this submission only
            return unforeseen(job, error)
        try:
            made_of = self._provenance(job, submission.digest)
            return Result(job, prepare(self._course, graded, submission, made_of))
        except (BiolabkitError, OSError):  # the disk
            raise
        except Exception as error:  # something that cannot be written
            return unforeseen(job, error)

    def _run(self, job: Job) -> tuple[Submission, Graded]:
        assignment, file = job.assignment, job.file
        submission = read_submission(
            file.path,
            file.learner,
            assignment.notebook,
            exercise=assignment.name,
            language=_language(job),
        )
        with self._slots, self._running_now(job):
            return submission, self._engine.grade(submission, assignment.notebook, assignment.settings)

    @contextmanager
    def _running_now(self, job: Job) -> Iterator[None]:
        if self._is_left:  # nobody will take the result
            raise GradingError("was not run: the run was stopped")
        if self._on_running is not None:
            self._on_running(job, True)
        try:
            yield
        finally:
            if self._on_running is not None:
                self._on_running(job, False)


def unforeseen(job: Job, error: Exception) -> Result:
    """A submission that met an error which nobody foresaw."""
    what = f"{type(error).__name__}: {error}"
    refusal = RefusedError(f"could not be graded ({what})", f"채점하지 못했습니다({what})")
    return Result(job, refusal=refusal.en, sentence=refusal.in_language(_language(job)))


def _language(job: Job) -> str:
    return job.assignment.settings.language
