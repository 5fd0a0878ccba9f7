"""One fresh kernel that runs cells within limits of time and memory."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty
from typing import Any

from biolabkit.bench.causes import reason
from biolabkit.check import MIME_TYPE
from biolabkit.check.record import SWITCH
from biolabkit.check.words import Words
from biolabkit.errors import BiolabkitError

__all__ = ["Kernel", "Limits", "NoKernelError", "Reply"]

_TICK = 0.1  # seconds between two looks at time and memory
_GRACE = 3.0  # seconds in which an interrupt must show an effect
_START_SECONDS = 60.0

#: Nothing is shown to anybody, nothing recorded, and no figure drawn.
_QUIET = {SWITCH: "off", "BIOLAB_SHOW": "off", "MPLBACKEND": "agg", "PYDEVD_DISABLE_FILE_VALIDATION": "1"}


class NoKernelError(BiolabkitError):
    """A kernel does not come up; `why` says it in both languages."""

    def __init__(self, why: Words) -> None:
        self.why = why
        super().__init__(why.en)


@dataclass(frozen=True)
class Limits:
    """What one cell may use: seconds of wall time, and megabytes of the kernel with all its processes."""

    seconds: float
    megabytes: int


@dataclass
class Reply:
    """How a cell ended.

    Attributes
    ----------
    status : {"ok", "error", "timed out", "memory", "died"}
    alive : bool
        Whether the kernel, with all its names, can go on.
    error : str
        Type and message of an exception.
    ename : str
        The type alone.
    card : dict or None
        The card that a check showed.
    seconds : float
    """

    status: str = "ok"
    alive: bool = True
    error: str = ""
    ename: str = ""
    card: dict[str, Any] | None = None
    seconds: float = 0.0
    began: float = field(default_factory=time.monotonic)


class Kernel:
    """A kernel of this Python in a notebook's folder.

    Parameters
    ----------
    notebook : Path
        The saved notebook, which the kernel cannot write.
    environment : mapping
        Of the kernel, besides what keeps it quiet.
    """

    def __init__(self, notebook: Path, environment: Mapping[str, str]) -> None:
        self._notebook = notebook.resolve()
        self._environment = {**environment, **_QUIET}
        self._manager: Any = None
        self._client: Any = None
        self._folder: tempfile.TemporaryDirectory[str] | None = None

    def start(self) -> None:
        """Start it and wait until it is ready.

        Raises
        ------
        NoKernelError
            When it does not come up.
        """
        try:
            self._start()
        except (RuntimeError, OSError) as error:
            self.stop()
            told = reason(error) if isinstance(error, OSError) else Words(str(error), str(error))
            raise NoKernelError(told) from error

    def _start(self) -> None:
        from jupyter_client.kernelspec import KernelSpec
        from jupyter_client.manager import KernelManager

        self._folder = tempfile.TemporaryDirectory(prefix="biolab-check-", ignore_cleanup_errors=True)
        connection = str(Path(self._folder.name, "kernel.json"))
        self._manager = KernelManager(connection_file=connection, transport=_transport())
        command = [sys.executable, "-m", "ipykernel_launcher", "-f", "{connection_file}"]
        self._manager._kernel_spec = KernelSpec(argv=[*command, "--HistoryManager.hist_file=:memory:"])
        self._manager.start_kernel(
            cwd=str(self._notebook.parent),
            env=self._environment,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        self._client = self._manager.blocking_client()
        self._client.start_channels(hb=False)
        self._client.wait_for_ready(timeout=_START_SECONDS)
        self._guard()

    def _guard(self) -> None:
        call = (
            f"__import__('biolabkit.bench.checking_guard', fromlist=['*']).protect({str(self._notebook)!r})"
        )
        reply = self._execute(call, Limits(_START_SECONDS, sys.maxsize), silent=True)
        if reply.status != "ok":
            raise RuntimeError(reply.error or reply.status)

    def run(self, source: str, limits: Limits) -> Reply:
        """Run a cell; one that takes too long is interrupted, and if that has no effect the kernel ends."""
        reply = self._execute(source, limits)
        reply.seconds = time.monotonic() - reply.began
        if not reply.alive:
            self.stop()
        return reply

    def _execute(self, source: str, limits: Limits, *, silent: bool = False) -> Reply:
        request = self._client.execute(source, silent=silent, allow_stdin=False, stop_on_error=False)
        reply = Reply()
        limit, looked = reply.began + limits.seconds, 0.0
        while True:
            try:
                if self._is_last(self._client.get_iopub_msg(timeout=_TICK), request, reply):
                    return reply
            except Empty:
                pass
            now = time.monotonic()
            if now - looked < _TICK:
                continue
            looked = now
            if not self._manager.is_alive():
                reply.status, reply.alive = "died", False
                return reply
            if self._megabytes() > limits.megabytes:
                reply.status, reply.alive = "memory", False
                return reply
            if now > limit and reply.status == "timed out":  # the interrupt had no effect
                reply.alive = False
                return reply
            if now > limit:
                reply.status, limit = "timed out", now + _GRACE
                self._manager.interrupt_kernel()

    def _is_last(self, message: dict[str, Any], request: str, reply: Reply) -> bool:
        """Take what a message says about the cell; whether it was the cell's last."""
        if message["parent_header"].get("msg_id") != request:
            return False
        kind, content = message["msg_type"], message["content"]
        if kind == "display_data" and isinstance(card := content["data"].get(MIME_TYPE), dict):
            reply.card = card
        elif kind == "error" and reply.status == "ok":
            reply.status, reply.ename = "error", str(content["ename"])
            reply.error = f"{content['ename']}: {content['evalue']}".strip().rstrip(":")
        return bool(kind == "status" and content["execution_state"] == "idle")

    def _megabytes(self) -> float:
        import psutil

        total = 0
        with suppress(psutil.Error):
            kernel = psutil.Process(self._manager.provisioner.pid)
            for process in (kernel, *kernel.children(recursive=True)):
                with suppress(psutil.Error):
                    total += process.memory_info().rss
        return total / 1e6

    def stop(self) -> None:
        """End the kernel and every process that its cells have started."""
        if self._client is not None:
            self._client.stop_channels()
        if self._manager is not None and self._manager.has_kernel:
            self._kill_children()
            with suppress(RuntimeError, OSError):
                self._manager.shutdown_kernel(now=True)
        if self._folder is not None:
            self._folder.cleanup()
        self._client = self._manager = self._folder = None

    def _kill_children(self) -> None:
        import psutil

        with suppress(psutil.Error):
            for process in psutil.Process(self._manager.provisioner.pid).children(recursive=True):
                with suppress(psutil.Error):
                    process.kill()


def _transport() -> str:
    """Sockets in a private folder; Windows has only ports."""
    return "tcp" if os.name == "nt" else "ipc"
