"""The writer's side of a cluster: an engine that hands submissions out and waits for their results."""

from __future__ import annotations

import asyncio
import json
import logging
import re
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import CancelledError, wait
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any

from biolabkit.errors import BiolabkitError, GradingError, MissingExtraError
from biolabkit_autograder.grading import Graded, RefusedError, Settings, Submission

from .records import decode_graded, encode_assignment, encode_settings, encode_submission

if TYPE_CHECKING:
    from distributed import Client, Future
    from nbformat.notebooknode import NotebookNode

__all__ = ["ClusterEngine", "ClusterError", "open_cluster"]

_ADDRESS = re.compile(r"(?:(?:tcp|tls)://)?(?:\[[0-9a-fA-F:.]+\]|[^\s/:\[\]]+):[0-9]{1,5}")
_CONNECT_SECONDS = 5.0
_LOOK_SECONDS = 2.0
#: Long enough for a nanny to start its worker again.
_NOBODY_SECONDS = 30.0
#: Submissions in hand for each thread of the cluster, so that none waits for the writer.
_IN_HAND = 2


class ClusterError(BiolabkitError):
    """The cluster cannot be used, or not any more; what is graded and stored stays so."""


@contextmanager
def open_cluster(address: str, engine: str, settings: Settings) -> Iterator[ClusterEngine]:
    """Open an engine whose submissions run on a cluster.

    Parameters
    ----------
    address : str
        Of the scheduler, such as ``tcp://host:8786``; with ``tls://`` dask's own configuration is used.
    engine : str
        The engine that runs on each worker: the word after ``--engine``.
    settings : Settings
        What the engine prepares for all submissions.

    Raises
    ------
    ClusterError
        When the scheduler cannot be reached, has no worker, or a worker would give other points. One line.
    MissingExtraError
        When `distributed` is not installed.
    """
    with _quiet(), _connected(address) as client:
        opened = ClusterEngine(client, address, engine, settings)
        try:
            yield opened
        finally:
            opened.close()


class ClusterEngine:
    """Has submissions graded by a cluster's workers; `grade` may be called from several threads.

    Attributes
    ----------
    name, version, isolation : str
        Those of the engine on the workers: who is graded here and who is graded there are graded alike.
    slots : int
        Submissions to have in hand at one time.
    """

    def __init__(self, client: Client, address: str, engine: str, settings: Settings) -> None:
        self._client, self._address = client, address
        self._id = f"biolabkit-{uuid.uuid4().hex}"
        self._lock = threading.Lock()
        self._exercises: dict[str, str] = {}
        self._seen = time.monotonic()
        self._station = self._send("station", _station(engine, settings))
        self._agreed = self._introduced()
        self.name: str = json.loads(self._agreed)["engine"]
        self.version: str = json.loads(self._agreed)["engine version"]
        self.isolation = "as each worker gives it"
        self.slots = _IN_HAND * max(sum(client.nthreads().values()), 1)

    def grade(self, submission: Submission, assignment: NotebookNode, settings: Settings) -> Graded:
        """Have one submission graded.

        Raises
        ------
        GradingError
            When this submission cannot be graded.
        ClusterError
            When the cluster is lost, or a worker that joined would give other points.
        """
        from .worker import grade_submission

        future = self._client.submit(
            grade_submission,
            self._station,
            self._exercise(submission.exercise, assignment, settings),
            self._agreed,
            encode_submission(submission),
            key=f"{self._id}-{submission.exercise}-{submission.learner}",
            pure=False,
        )
        try:
            return self._read(self._result(future))
        finally:
            future.release()

    def close(self) -> None:
        """End the engines on the workers."""
        for name in [*self._exercises.values(), self._station]:
            with suppress(Exception):  # a cluster that is gone has no engines either
                self._client.unregister_worker_plugin(name)

    def _send(self, what: str, plugin: Any) -> str:
        """Give a plugin to every worker there is and will be."""
        name = f"{self._id}-{what}"
        try:
            self._client.register_plugin(plugin, name=name)
        except ModuleNotFoundError as error:
            raise ClusterError(
                f"{self._address}: a worker has no {error.name}; install biolabkit[instructor,cluster] there"
            ) from error
        return name

    def _exercise(self, name: str, assignment: NotebookNode, settings: Settings) -> str:
        from .worker import Exercise

        with self._lock:
            if name not in self._exercises:
                self._exercises[name] = self._send(name, Exercise(encode_assignment(assignment, settings)))
            return self._exercises[name]

    def _introduced(self) -> bytes:
        """What all workers report alike."""
        from biolabkit_autograder.store import package_versions

        from .worker import differences, introduce

        reports: dict[str, bytes] = self._client.run(introduce, self._station, on_error="ignore")
        if not reports:
            raise ClusterError(f"{self._address}: every worker was lost while it prepared itself")
        first = next(iter(reports.values()))
        for worker, report in reports.items():
            found = json.loads(report)
            if "unfit" in found:
                raise ClusterError(f"worker {worker}: {found['unfit']}")
            differing = differences({**json.loads(first), **package_versions()}, found)
            if differing:
                raise ClusterError(f"worker {worker} has {differing}; set all machines up alike")
        return first

    def _result(self, future: Future) -> bytes:
        from distributed import KilledWorker

        # `Future.result(timeout=...)` cancels what it waits for, and what other threads fetch in the same
        # message with it; here only this thread stops waiting.
        loop: Any = self._client.loop
        coming = asyncio.run_coroutine_threadsafe(
            self._client.gather(future, asynchronous=True), loop.asyncio_loop
        )
        while True:
            try:
                wait([coming], timeout=_LOOK_SECONDS)
                if not coming.done():
                    self._look()
                    continue
                answer: bytes = coming.result()
            except KilledWorker as error:
                raise RefusedError(
                    "the worker that graded it ended, several times over",
                    "채점하던 작업 프로세스가 여러 번 종료되었습니다",
                ) from error
            except (CancelledError, OSError) as error:
                raise self._lost("the connection was lost") from error
            else:
                return answer

    def _look(self) -> None:
        """See whether there is still anybody to wait for."""
        if self._client.status in ("closed", "closing"):
            raise self._lost("the connection was lost")
        with self._lock:
            if time.monotonic() - self._seen > _LOOK_SECONDS:
                workers = self._client.scheduler_info().get("workers")
                if workers:
                    self._seen = time.monotonic()
            nobody = time.monotonic() - self._seen
        if nobody > _NOBODY_SECONDS:
            raise self._lost("no worker is left")

    def _lost(self, why: str) -> ClusterError:
        return ClusterError(f"{self._address}: {why}; what is graded is stored, run the command again")

    def _read(self, answer: bytes) -> Graded:
        if answer.startswith(b'{"learner"'):
            return decode_graded(answer)
        found = json.loads(answer)
        if "refused" in found:
            raise RefusedError(*found["refused"])
        if "failed" in found:
            raise GradingError(found["failed"])
        raise self._lost(found["unfit"])


def _station(engine: str, settings: Settings) -> Any:
    from .worker import Station

    return Station(engine, encode_settings(settings))


@contextmanager
def _connected(address: str) -> Iterator[Client]:
    if not _ADDRESS.fullmatch(address):
        raise ClusterError(f"expected a scheduler's address such as tcp://host:8786, found {address!r}")
    try:
        import dask
        from distributed import Client
    except ModuleNotFoundError as error:
        raise MissingExtraError("distributed", "cluster") from error

    # a submission of the largest size that is accepted is no reason for a warning
    settings = {
        "distributed.comm.timeouts.connect": f"{_CONNECT_SECONDS}s",
        "distributed.admin.large-graph-warning-threshold": "100MB",
    }
    with dask.config.set(settings):
        try:
            client = Client(address, timeout=_CONNECT_SECONDS, set_as_default=False)
        except OSError as error:
            reason = " ".join(str(error).split())
            raise ClusterError(
                f"no scheduler can be reached at {address} ({reason}); start one: dask scheduler"
            ) from error
        with client:
            try:
                client.wait_for_workers(1, timeout=_CONNECT_SECONDS)
            except TimeoutError as error:
                raise ClusterError(
                    f"the scheduler at {address} has no worker; start one: dask worker {address}"
                ) from error
            yield client


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what distributed logs about lost connections off the terminal: we say it in one line."""
    root = logging.getLogger("distributed")
    with suppress(ModuleNotFoundError):
        import distributed  # noqa: F401  sets the levels of its loggers when it is imported
    loggers = [root, *(logging.getLogger(name) for name in logging.root.manager.loggerDict)]
    chosen = [one for one in loggers if one.name.split(".")[0] in ("distributed", "tornado", "asyncio")]
    before = [(one, one.level) for one in chosen]
    for one in chosen:
        one.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        for one, level in before:
            one.setLevel(level)
