"""What runs on a worker of the cluster: an engine with a zygote of its own, and the task that uses it.

Both the engine's settings and the exercises come as worker plugins: the scheduler keeps them and gives them
to each worker that joins, so that none of them is lost with a worker.
"""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any, TypeVar

from distributed import Worker, WorkerPlugin, get_worker

from biolabkit.errors import BiolabkitError, GradingError
from biolabkit_autograder.engines import engine_factory
from biolabkit_autograder.grading import RefusedError, Settings
from biolabkit_autograder.sandbox import SandboxError
from biolabkit_autograder.store import package_versions
from biolabkit_autograder.workflow.requirements import require_imports

from .records import decode_assignment, decode_settings, decode_submission, dump, encode_graded

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

    from biolabkit_autograder.grading import Engine, Graded, Submission

__all__ = ["Exercise", "Station", "differences", "grade_submission", "introduce"]

P = TypeVar("P", bound=WorkerPlugin)

#: A command that was killed cannot say that its engine is not needed any more.
_IDLE_SECONDS = 600.0
#: Where data lie differs between machines.
_OWN_PLACES = ("BIOLABKIT_MIRROR", "BIOLABKIT_CACHE")


class Exercise(WorkerPlugin):
    """An exercise's own notebook and settings, sent to each worker once.

    Parameters
    ----------
    data : bytes
        From `encode_assignment`.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data

    def setup(self, worker: Worker) -> None:  # noqa: ARG002  the base class has it
        """Read it, on the worker."""
        self.notebook: NotebookNode
        self.notebook, settings = decode_assignment(self._data)
        self.settings: Settings = _at_home(settings)


class Station(WorkerPlugin):
    """A worker's engine for one command: opened at its first use, closed at the command's end or when idle.

    Parameters
    ----------
    engine : str
        The word after ``--engine``.
    settings : bytes
        From `encode_settings`: what the engine prepares for all submissions.
    """

    def __init__(self, engine: str, settings: bytes) -> None:
        self._name, self._settings = engine, settings

    def setup(self, worker: Worker) -> None:  # noqa: ARG002  the base class has it
        """Begin, on the worker."""
        self._lock = threading.Lock()
        self._stack = ExitStack()
        self._engine: Engine | None = None
        self._users = 0
        self._timer: threading.Timer | None = None
        self._report: bytes | None = None

    async def teardown(self, worker: Worker) -> None:  # noqa: ARG002  the base class has it
        """End the engine with all its processes, without holding the worker up."""
        await asyncio.to_thread(self._close)

    def report(self) -> bytes:
        """Tell what points depend on here: engine, package versions, datasets that cannot be had.

        Raises
        ------
        GradingError
            When the engine cannot be opened here.
        """
        if self._report is None:
            settings = _at_home(decode_settings(self._settings))
            with self._opened() as engine:
                found = {
                    "engine": engine.name,
                    "engine version": engine.version,
                    **package_versions(),
                    "simulated datasets": ", ".join(_missing(settings)) or "none",
                }
            self._report = dump(found)
        return self._report

    def grade(self, submission: Submission, exercise: Exercise) -> Graded:
        """Run one submission; once more in a new engine when the engine itself failed.

        Raises
        ------
        GradingError
            When this submission cannot be graded.
        SandboxError
            When this worker cannot grade.
        """
        with self._opened() as engine:
            try:
                return engine.grade(submission, exercise.notebook, exercise.settings)
            except SandboxError:  # its zygote has ended, perhaps
                self._give_up(engine)
        with self._opened() as engine:
            return engine.grade(submission, exercise.notebook, exercise.settings)

    @contextmanager
    def _opened(self) -> Iterator[Engine]:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
                self._timer = None
            if self._engine is None:
                factory = engine_factory(self._name)
                settings = _at_home(decode_settings(self._settings))
                self._engine = self._stack.enter_context(factory(settings))
            self._users += 1
            engine = self._engine
        try:
            yield engine
        finally:
            with self._lock:
                self._users -= 1
                if not self._users:
                    self._timer = threading.Timer(_IDLE_SECONDS, self._close_if_idle)
                    self._timer.daemon = True
                    self._timer.start()

    def _close_if_idle(self) -> None:
        with self._lock:
            if not self._users:
                self._end()

    def _give_up(self, engine: Engine) -> None:
        """Close an engine that failed, unless another thread has done so."""
        with self._lock:
            if self._engine is engine:
                self._end()

    def _close(self) -> None:
        with self._lock:
            if self._timer is not None:
                self._timer.cancel()
            self._end()

    def _end(self) -> None:
        self._engine = None
        self._stack.close()


def grade_submission(station: str, exercise: str, agreed: bytes, submission: bytes) -> bytes:
    """Grade one submission on this worker: the task.

    Parameters
    ----------
    station, exercise : str
        Names of the plugins.
    agreed : bytes
        The report that the other workers gave; a worker that would give other points does not begin.
    submission : bytes
        From `encode_submission`.

    Returns
    -------
    bytes
        From `encode_graded`; or JSON with ``refused`` (the two sentences of a `RefusedError`), ``failed``
        (why this submission cannot be graded) or ``unfit`` (why this worker cannot grade).
    """
    worker = get_worker()
    try:
        here = _find(worker, station, Station)
        differing = differences(json.loads(agreed), json.loads(here.report()))
        task = _find(worker, exercise, Exercise)
        require_imports("the exercise", task.settings.imports)
    except BiolabkitError as error:
        return dump({"unfit": f"worker {worker.address}: {error}"})
    if differing:
        return dump({"unfit": f"worker {worker.address} has {differing}"})
    try:
        return encode_graded(here.grade(decode_submission(submission), task))
    except RefusedError as error:
        return dump({"refused": [error.en, error.ko]})
    except GradingError as error:
        return dump({"failed": str(error)})
    except BiolabkitError as error:
        return dump({"unfit": f"worker {worker.address}: {error}"})


async def introduce(station: str, dask_worker: Worker) -> bytes:
    """Open the engine and tell what points depend on; run on every worker before the first task.

    Returns
    -------
    bytes
        The station's report, or JSON with ``unfit``.
    """
    try:
        return await asyncio.to_thread(_find(dask_worker, station, Station).report)
    except BiolabkitError as error:
        return dump({"unfit": str(error)})


def differences(expected: Mapping[str, str], found: Mapping[str, str]) -> str:
    """Say what differs between two reports; an empty string when nothing does."""
    names = [name for name in {**expected, **found} if expected.get(name) != found.get(name)]
    return ", ".join(
        f"{name} {found.get(name, 'missing')} instead of {expected.get(name, 'none')}" for name in names
    )


def _find(worker: Worker, name: str, kind: type[P]) -> P:
    plugin = worker.plugins.get(name)
    if not isinstance(plugin, kind):
        raise GradingError(f"it was not given {kind.__name__.lower()} {name}")
    return plugin


def _at_home(settings: Settings) -> Settings:
    """Settings as this machine needs them: datasets are where this machine has them."""
    from biolabkit_autograder.workflow.assignment import learner_environment

    here = learner_environment(settings.language)
    sent = {name: value for name, value in settings.environment.items() if name not in _OWN_PLACES}
    own = {name: here[name] for name in _OWN_PLACES if name in here}
    return replace(settings, environment={**sent, **own})


def _missing(settings: Settings) -> list[str]:
    """The datasets that are simulated here."""
    from biolabkit_autograder.workflow.build import prefetch

    if settings.environment.get("BIOLABKIT_DATA") == "simulated":
        return sorted(settings.datasets)
    return sorted(prefetch(settings.datasets, _silent))


def _silent(_: Any) -> None:
    """Nobody looks at a worker's terminal."""
