"""*Check all*: the visible checks of a saved notebook, on a fresh kernel in a process of its own.

``python -m biolabkit.bench.checking NOTEBOOK`` prints what happens as lines of JSON; `check_all` starts that
and collects it. Nothing is written: neither the notebook nor, by its cells, over it.
"""

import _thread
import argparse
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from biolabkit.bench import checking_words as words
from biolabkit.bench.progress import CheckState
from biolabkit.check.words import Words
from biolabkit.errors import BiolabkitError

__all__ = ["SECONDS_PER_CELL", "CheckRun", "Checking", "Stopped", "check_all"]

SECONDS_PER_CELL = 60.0
_MEGABYTES = 4000  # more than any exercise needs
_PATIENCE = 5.0  # seconds in which a process that was told to end cleans up after itself


class Stopped(BiolabkitError):  # noqa: N818  (nothing went wrong)
    """Somebody stopped the checks before their end."""


@dataclass
class CheckRun:
    """What *check all* found.

    Attributes
    ----------
    exercise : str
        As the notebook says it.
    checks : dict of str to CheckState
        By the checks' ids, in the order of the notebook.
    tasks : dict of str to list of str
        The ids of the checks of each task.
    missing : list of str
        The ids of checks that were handed out and are not in the notebook.
    problems : list of Words
        What else a learner should know: missing and edited cells, cells that stopped, a kernel that died.
    seconds : float
    """

    exercise: str = ""
    checks: dict[str, CheckState] = field(default_factory=dict)
    tasks: dict[str, list[str]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    problems: list[Words] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def earned(self) -> float:
        """Points of the checks that passed."""
        return sum(state.points for state in self.checks.values())

    @property
    def max(self) -> float:
        """Points of all checks that were run."""
        return sum(state.max_points for state in self.checks.values())

    @property
    def passed(self) -> bool:
        """Whether every check was there and passed."""
        outcomes = {state.outcome for state in self.checks.values()}
        return outcomes == {"passed"} and not self.missing

    def take(self, event: Mapping[str, Any]) -> None:
        """Add what an event says."""
        match event["event"]:
            case "start":
                self.exercise = str(event["exercise"])
                self.missing = list(event["missing"])
            case "check":
                self.checks[event["id"]] = CheckState.from_dict(event)
                self.tasks.setdefault(event["task"], []).append(event["id"])
            case "problem":
                self.problems.append(Words(**event["message"]))
            case "end":
                self.seconds = float(event["seconds"])


class Checking:
    """A process that checks a notebook; it ends with whoever started it.

    Parameters
    ----------
    notebook : Path
    language : {"en", "ko"}
        Of what is said about a file that is no notebook.
    seconds_per_cell : float
        After which a cell is stopped.
    megabytes : int, optional
        Of memory; by default 4000, or half of what a smaller machine has.
    expected : iterable of str
        The ids of the checks that were handed out, to tell which are missing.
    """

    def __init__(
        self,
        notebook: Path,
        *,
        language: str = "en",
        seconds_per_cell: float = SECONDS_PER_CELL,
        megabytes: int | None = None,
        expected: Iterable[str] = (),
    ) -> None:
        self._language, self._stopped = language, False
        command = [sys.executable, "-P", "-m", "biolabkit.bench.checking", str(notebook.absolute()), "--tied"]
        command += ["--language", language, "--seconds", str(seconds_per_cell)]
        command += [f"--megabytes={megabytes}"] if megabytes else []
        command += [f"--expect={check}" for check in expected]
        self._errors = tempfile.TemporaryFile()  # noqa: SIM115  (closed when the process has ended)
        self._process = subprocess.Popen(  # noqa: S603  (our own interpreter)
            command,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=self._errors,
            start_new_session=True,
            creationflags=getattr(subprocess, "CREATE_NEW_PROCESS_GROUP", 0),
        )

    def events(self) -> Iterator[dict[str, Any]]:
        """What happens, until the end.

        Raises
        ------
        Stopped
            When `stop` was called.
        BiolabkitError
            When the notebook cannot be read, or the process broke off.
        """
        ended = False
        try:
            assert self._process.stdout is not None, "it was opened as a pipe"
            for line in self._process.stdout:
                event = json.loads(line)
                ended = event["event"] == "end"
                yield event
        finally:
            self._close()
        if self._stopped:
            raise Stopped(words.CANCELLED.to(self._language))
        if not ended:
            raise BiolabkitError(self._why)

    def stop(self) -> None:
        """End it, from any thread; its kernel and whatever that has started end too."""
        self._stopped = True
        self._hang_up()

    def _hang_up(self) -> None:
        """A process whose input closes cleans up; one that does not is killed with all its children."""
        assert self._process.stdin is not None, "it was opened as a pipe"
        with suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(_PATIENCE)
        except subprocess.TimeoutExpired:
            kill_with_children(self._process.pid)
            self._process.wait()

    def _close(self) -> None:
        self._hang_up()
        assert self._process.stdout is not None, "it was opened as a pipe"
        self._process.stdout.close()
        self._errors.seek(0)
        told = self._errors.read().decode("utf-8", "replace").strip().splitlines()
        self._errors.close()
        self._why = told[-1] if told and self._process.returncode == 2 else self._broke_off(told)

    def _broke_off(self, told: list[str]) -> str:
        why = told[-1] if told else str(self._process.returncode)
        return words.fill(words.BROKE_OFF, why=why).to(self._language)


def check_all(
    notebook: Path, *, on_event: Callable[[dict[str, Any]], None] | None = None, **options: Any
) -> CheckRun:
    """Run the visible checks of a saved notebook and wait for them.

    Parameters
    ----------
    notebook : Path
        It is read as it lies on the disk, and not changed.
    on_event : callable, optional
        Gets each event as it happens.
    **options
        Of `Checking`.

    Raises
    ------
    BiolabkitError
        When the notebook cannot be read, or the process broke off.

    Examples
    --------
    >>> run = check_all(Path("genome-01-sequences.ipynb"), seconds_per_cell=20)
    >>> f"{run.earned:g} of {run.max:g}"
    """
    run = CheckRun()
    checking = Checking(notebook, **options)
    try:
        for event in checking.events():
            run.take(event)
            if on_event is not None:
                on_event(event)
    finally:
        checking.stop()
    return run


def kill_with_children(pid: int, *, itself: bool = True) -> None:
    """Kill the processes that a process has started, and the process."""
    import psutil

    with suppress(psutil.Error):
        process = psutil.Process(pid)
        for one in [*process.children(recursive=True), *([process] if itself else [])]:
            with suppress(psutil.Error):
                one.kill()


def main(arguments: list[str] | None = None) -> int:
    """Check one notebook and print what happens as lines of JSON.

    Returns
    -------
    int
        0 at the end of the notebook, 2 when it cannot be read (one line on stderr).
    """
    from biolabkit.bench.checking_kernel import Limits
    from biolabkit.bench.checking_notebook import read
    from biolabkit.bench.checking_run import Run

    asked = _arguments(arguments)
    try:
        notebook = read(asked.notebook, asked.language)
    except BiolabkitError as error:
        print(error, file=sys.stderr)
        return 2
    if asked.tied:
        threading.Thread(target=_end_with_stdin, daemon=True).start()
    limits = Limits(asked.seconds, asked.megabytes or _memory())
    with suppress(KeyboardInterrupt):
        Run(notebook, limits, _print).everything(asked.expect)
    return 0


def _arguments(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="biolabkit.bench.checking", description=__doc__)
    parser.add_argument("notebook", type=Path)
    parser.add_argument("--language", choices=("en", "ko"), default="en")
    parser.add_argument("--seconds", type=float, default=SECONDS_PER_CELL, help="a cell may take")
    parser.add_argument("--megabytes", type=int, help="of memory the cells may use")
    parser.add_argument(
        "--expect", action="append", default=[], help="the id of a check that should be there"
    )
    parser.add_argument("--tied", action="store_true", help="end when standard input closes")
    return parser.parse_args(arguments)


def _print(event: dict[str, Any]) -> None:
    print(json.dumps(event), flush=True)


def _end_with_stdin() -> None:
    """Whoever started this has gone or wants it to end: nothing may stay behind."""
    sys.stdin.buffer.read()
    kill_with_children(os.getpid(), itself=False)
    _thread.interrupt_main()
    time.sleep(_PATIENCE / 2)
    os._exit(1)


def _memory() -> int:
    import psutil

    return min(_MEGABYTES, int(psutil.virtual_memory().total / 2e6))


if __name__ == "__main__":
    sys.exit(main())
