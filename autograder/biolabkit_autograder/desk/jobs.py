"""The runs of a course: one at a time, each a process of its own whose events are kept in a file.

A run goes on when the server that started it ends; the next server finds it by its file and lock.
"""

from __future__ import annotations

import json
import os
import secrets
import signal
import subprocess
import sys
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path
from threading import Lock, Timer
from typing import Any

from filelock import FileLock, Timeout

from biolabkit._files import atomic_write
from biolabkit.errors import CourseError, InputError, UnknownNameError

from .room import answer_file, lock_file, make_room, runs_folder
from .run import ACTIONS, Options

__all__ = ["BusyError", "Jobs", "Run"]

_KEPT = 20
#: After this long without an end a run that was told to stop is killed, with all its processes.
_GRACE_SECONDS = 10.0


class BusyError(CourseError):
    """A run of this course is going on already."""

    def __init__(self, run: str) -> None:
        self.run = run
        super().__init__("a run of this course is going on; wait for its end or stop it")


@dataclass(frozen=True)
class Run:
    """One run.

    Attributes
    ----------
    id : str
        Sorts by time.
    action : str
        A key of `ACTIONS`.
    exercise : str or None
        Only this one.
    again : bool
        Grades also what is unchanged.
    started : float
        When, in seconds since 1970.
    pid : int
        Of its process.
    """

    id: str
    action: str
    exercise: str | None
    again: bool
    started: float
    pid: int


class Jobs:
    """The runs of one course.

    Parameters
    ----------
    folder : Path
        The course folder.
    unsafe, workers
        For every run, as for `biolab course grade`.
    """

    def __init__(self, folder: Path, *, unsafe: bool = False, workers: int | None = None) -> None:
        self._folder, self._unsafe, self._workers = folder, unsafe, workers
        self._runs = runs_folder(folder)
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = Lock()

    def start(self, action: str, exercise: str | None = None, *, again: bool = False) -> Run:
        """Start a run.

        Raises
        ------
        BusyError
            When one is going on.
        UnknownNameError
            When there is no such action.
        OSError
            When its record cannot be written.
        """
        if action not in ACTIONS:
            raise UnknownNameError("action", action, ACTIONS)
        if again and "grade" not in ACTIONS[action]:
            raise InputError(f"{action} cannot be done again in this way; only grading can")
        with self._lock:
            busy = self._running()
            if busy is not None:
                raise BusyError(busy.id)
            if not (self._folder / "course.toml").is_file():
                raise CourseError(
                    f"{self._folder} is no course folder any more; was it moved? "
                    "Start biolab desk in its new place"
                )
            make_room(self._folder)
            self._runs.mkdir(exist_ok=True)
            self._forget()
            run = self._launch(action, Options(exercise, again, self._unsafe, self._workers))
            try:
                with atomic_write(self._runs / f"{run.id}.json") as stream:
                    json.dump(asdict(run), stream)
            except OSError:  # a run that nobody could find again is none
                self._kill_group(run)
                raise
            return run

    def _launch(self, action: str, options: Options) -> Run:
        started = time.time()
        identity = f"{int(started * 1000):015d}-{secrets.token_hex(3)}"
        command = [sys.executable, "-m", "biolabkit_autograder.desk.run", str(self._folder), action]
        command += ["--exercise", options.exercise] if options.exercise else []
        command += ["--workers", str(options.workers)] if options.workers else []
        command += [f"--{name}" for name in ("again", "unsafe") if getattr(options, name)]
        with self._events(identity).open("wb") as events, self._errors(identity).open("wb") as errors:
            self._process = subprocess.Popen(  # noqa: S603  (our own interpreter and module)
                command,
                stdin=subprocess.DEVNULL,
                stdout=events,
                stderr=errors,
                start_new_session=True,  # Ctrl-C at the server's terminal is not meant for it
            )
        return Run(identity, action, options.exercise, options.again, started, self._process.pid)

    def running(self) -> Run | None:
        """The run that is going on, whoever started it."""
        with self._lock:
            return self._running()

    def _running(self) -> Run | None:
        last = next(iter(self._recent(1)), None)
        if self._process is not None:
            if self._process.poll() is None:
                return last
            self._process = None
        if last is None or not lock_file(self._folder).exists():
            return None
        try:
            with FileLock(lock_file(self._folder), timeout=0):
                return None
        except Timeout:
            return last

    def recent(self, count: int = _KEPT) -> list[dict[str, Any]]:
        """The last runs, the newest first, each with how it ended and how many problems it met."""
        running = self.running()
        found = []
        for run in self._recent(count):
            events, _ = self._read(run.id, 0)
            found.append(self._summary(run, events, running))
        return found

    def follow(self, identity: str, after: int) -> dict[str, Any]:
        """Read what a run told since a place in its record.

        Parameters
        ----------
        identity : str
            The run's id.
        after : int
            0, or ``next`` of an earlier answer.

        Returns
        -------
        dict
            ``run``, ``state`` (``running``, ``done``, ``failed``, ``cancelled``, ``died``), ``events`` and
            ``next``.

        Raises
        ------
        UnknownNameError
            When no record of the run is left.
        """
        run = self._find(identity)
        running = self.running()  # before its record is read, so that its last word is not missed
        events, position = self._read(run.id, after)
        state = "running"
        if running is None or running.id != run.id:
            whole = events if after == 0 else self._read(run.id, 0)[0]
            state = self._end(run.id, whole)
        return {"run": asdict(run), "state": state, "events": events, "next": position}

    def cancel(self, identity: str) -> None:
        """Have a run end: politely, and after some seconds by force. What it wrote stays and is whole."""
        run = self._find(identity)
        with self._lock:
            running = self._running()
            if running is None or running.id != run.id:
                return
            self._stopped(run.id).touch()  # so that one that has to be killed is known to have been stopped
            with suppress(OSError):
                os.kill(run.pid, signal.SIGINT)
        timer = Timer(_GRACE_SECONDS, self._kill, (run,))
        timer.daemon = True
        timer.start()

    def answer(self, identity: str, *, write: bool) -> None:
        """Tell a run that asks whether to write."""
        self._find(identity)
        with atomic_write(answer_file(self._folder)) as stream:
            json.dump({"write": write}, stream)

    def _kill(self, run: Run) -> None:
        with self._lock:
            running = self._running()
            if running is not None and running.id == run.id:
                self._kill_group(run)

    def _kill_group(self, run: Run) -> None:
        with suppress(OSError):
            if hasattr(os, "killpg"):
                os.killpg(run.pid, signal.SIGKILL)
            else:
                os.kill(run.pid, signal.SIGTERM)

    def _find(self, identity: str) -> Run:
        runs = {run.id: run for run in self._recent(_KEPT)}
        if identity not in runs:
            raise UnknownNameError("run", identity, runs)
        return runs[identity]

    def _recent(self, count: int) -> list[Run]:
        found = []
        for path in sorted(self._runs.glob("*.json"), reverse=True)[:count]:
            with suppress(OSError, ValueError, TypeError):
                found.append(Run(**json.loads(path.read_text(encoding="utf-8"))))
        return found

    def _summary(self, run: Run, events: list[dict[str, Any]], running: Run | None) -> dict[str, Any]:
        is_running = running is not None and running.id == run.id
        last = events[-1] if events else {}
        return {
            **asdict(run),
            "state": "running" if is_running else self._end(run.id, events),
            "message": last.get("message", ""),
            "seconds": last.get("seconds"),
            "problems": sum(one["event"] == "problem" for one in events),
            "results": {one["step"]: _plain(one) for one in events if one["event"] == "result"},
        }

    def _events(self, identity: str) -> Path:
        return self._runs / f"{identity}.jsonl"

    def _errors(self, identity: str) -> Path:
        return self._runs / f"{identity}.txt"

    def _stopped(self, identity: str) -> Path:
        return self._runs / f"{identity}.stopped"

    def _end(self, identity: str, events: list[dict[str, Any]]) -> str:
        last = events[-1] if events else {}
        if last.get("event") == "end":
            return str(last["outcome"])
        return "cancelled" if self._stopped(identity).exists() else "died"

    def _read(self, identity: str, after: int) -> tuple[list[dict[str, Any]], int]:
        """Whole lines from a place on; one that is being written is left for the next time."""
        try:
            with self._events(identity).open("rb") as stream:
                stream.seek(max(after, 0))
                data = stream.read()
        except OSError:
            return [], after
        whole = data[: data.rfind(b"\n") + 1]
        events = []
        for line in whole.splitlines():
            with suppress(ValueError):
                events.append(json.loads(line))
        return events, after + len(whole)

    def _forget(self) -> None:
        """Remove the records of runs of long ago."""
        for path in sorted(self._runs.glob("*.json"), reverse=True)[_KEPT - 1 :]:
            for one in self._runs.glob(f"{path.stem}.*"):
                one.unlink(missing_ok=True)


def _plain(event: dict[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in event.items() if key not in ("event", "step")}
