"""Long work of Jupyter's server: each job in a thread of its own, told apart by kind and exercise.

Threads are daemons, and what a job starts ends when the server's end of its pipe closes: no job keeps the
server from ending, and none outlives it.
"""

import asyncio
import logging
import queue
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, TypeVar

from biolabkit.errors import BiolabkitError

__all__ = ["Job", "Jobs", "Workers"]

_KEPT = 100
_log = logging.getLogger(__name__)
T = TypeVar("T")


@dataclass
class Job:
    """One piece of work.

    Attributes
    ----------
    kind, exercise : str
        Only one job of a kind runs for an exercise.
    state : {"running", "done", "failed"}
    done, total : int
        How far it is; `total` is 0 while that is not known.
    message : str
        Why it failed, in the learner's language.
    result : dict or None
    """

    kind: str
    exercise: str
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    state: str = "running"
    done: int = 0
    total: int = 0
    message: str = ""
    result: dict[str, Any] | None = None
    _stop: Callable[[], None] | None = None
    _stopping: bool = False
    _lock: Any = field(default_factory=threading.Lock)

    def to_dict(self) -> dict[str, Any]:
        """What who asks for the job is told."""
        return {name: getattr(self, name) for name in ("state", "done", "total", "message", "result")}

    def stopped_by(self, stop: Callable[[], None]) -> None:
        """Say how the work can be stopped; at once when somebody has asked for that already."""
        with self._lock:
            self._stop, at_once = stop, self._stopping
        if at_once:
            stop()

    def stop(self) -> None:
        """Ask the work to stop; one that cannot be stopped goes on to its end."""
        with self._lock:
            self._stopping, stop = True, self._stop
        if stop is not None and self.state == "running":
            stop()


class Jobs:
    """The jobs of one server, running and ended; the oldest that have ended are forgotten."""

    def __init__(self) -> None:
        self._jobs: dict[str, Job] = {}
        self._lock = threading.Lock()

    def find(self, identifier: str) -> Job | None:
        """The job of an id."""
        return self._jobs.get(identifier)

    def running(self, kind: str, exercise: str) -> Job | None:
        """The job of a kind that runs for an exercise."""
        with self._lock:
            return self._running(kind, exercise)

    def _running(self, kind: str, exercise: str) -> Job | None:
        of_it = (job for job in self._jobs.values() if (job.kind, job.exercise) == (kind, exercise))
        return next((job for job in of_it if job.state == "running"), None)

    def start(
        self, kind: str, exercise: str, work: Callable[[Job], dict[str, Any]], unexpected: Callable[[], str]
    ) -> Job:
        """Begin a job, or join the one that runs already.

        Parameters
        ----------
        kind : str
            Such as ``"check"``.
        exercise : str
            What it works on.
        work : callable
            Runs in a thread and returns the result; a BiolabkitError ends it with its message.
        unexpected : callable
            Gives the message for any other error, which is logged.
        """
        with self._lock:
            if (job := self._running(kind, exercise)) is not None:
                return job
            job = Job(kind, exercise)
            self._jobs[job.id] = job
            self._forget()
        threading.Thread(target=self._run, args=(job, work, unexpected), daemon=True).start()
        return job

    def _forget(self) -> None:
        ended = [job.id for job in self._jobs.values() if job.state != "running"]
        for identifier in ended[: max(0, len(self._jobs) - _KEPT)]:
            del self._jobs[identifier]

    def _run(self, job: Job, work: Callable[[Job], dict[str, Any]], unexpected: Callable[[], str]) -> None:
        try:
            job.result = work(job)
            job.state = "done"
        except BiolabkitError as error:
            job.message, job.state = str(error), "failed"
        except Exception:
            _log.exception("%s of %s broke off", job.kind, job.exercise)
            job.message, job.state = unexpected(), "failed"


class Workers:
    """Threads for functions that block for moments, such as reading files.

    They are there from the start, as starting one makes who starts it wait, and they are daemons: one that
    waits for a network disk forever keeps the server from nothing, not even from ending.
    """

    def __init__(self, count: int = 6) -> None:
        self._waiting: queue.SimpleQueue[Callable[[], None]] = queue.SimpleQueue()
        for _ in range(count):
            threading.Thread(target=self._work, daemon=True).start()

    def _work(self) -> None:
        while True:
            self._waiting.get()()

    async def run(self, function: Callable[..., T], *arguments: Any) -> T:
        """Await what a function returns or raises."""
        loop = asyncio.get_running_loop()
        future: asyncio.Future[T] = loop.create_future()

        def run() -> None:
            try:
                settle: Callable[[], None] = partial(_give, future, function(*arguments))
            except Exception as error:
                settle = partial(_fail, future, error)
            try:
                loop.call_soon_threadsafe(settle)
            except RuntimeError:  # the server has ended meanwhile
                _log.debug("nobody waits for %s any more", function)

        self._waiting.put(run)
        return await future


def _give(future: "asyncio.Future[T]", result: T) -> None:
    if not future.cancelled():
        future.set_result(result)


def _fail(future: "asyncio.Future[T]", error: Exception) -> None:
    if not future.cancelled():
        future.set_exception(error)
