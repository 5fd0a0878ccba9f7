"""The zygote's own process: imports once, then forks a box for every request until its owner is gone.

Run as ``python -m biolabkit_autograder.sandbox.server SETTINGS`` by `Zygote`; SETTINGS is JSON. It has one
thread, never sees a submission or a check, and watches the limits of the boxes it made.
"""

import gc
import json
import os
import select
import signal
import socket
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from biolabkit_autograder.sandbox import boxed, kernel, namespaces, paths, waiter, warm
from biolabkit_autograder.sandbox.messages import Connection, peer_uid
from biolabkit_autograder.sandbox.policy import Level, SandboxError
from biolabkit_autograder.sandbox.warden import Warden

__all__ = ["Settings", "main"]

_WATCH_EVERY = 0.02
_ORPHAN_EVERY = 0.5
_GREETING_SECONDS = 5.0


@dataclass(frozen=True)
class Settings:
    """What the starter of a zygote tells it.

    Attributes
    ----------
    listener : int
        Descriptor of the listening socket.
    address : str
        Path of its socket.
    imports : list of str
        Modules to load before the first fork.
    isolation : str
        The level of its boxes.
    owner : int or None
        pidfd of the process at whose end the zygote ends as well.
    idle_seconds : float or None
        Without boxes for so long, it ends.
    """

    listener: int
    address: str
    imports: list[str]
    isolation: Level
    owner: int | None = None
    idle_seconds: float | None = None


def main() -> int:
    """Become the zygote that the command line describes; return the exit status."""
    settings = Settings(**json.loads(sys.argv[1]))
    scratch = ""
    if settings.isolation == "namespaces":
        namespaces.separate()
    else:
        scratch = tempfile.mkdtemp(prefix="biolab-boxes-")
        Path(scratch).chmod(0o711)  # boxes of root are other users
    waiter.adopt_orphans()
    pid = os.fork()
    if pid == 0:
        return _serve(settings, scratch)
    os.close(settings.listener)
    return waiter.wait(pid, settings.owner, scratch, Path(settings.address))


def _serve(settings: Settings, scratch: str) -> int:
    """Load everything, then make boxes until the end."""
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_PDEATHSIG, signal.SIGKILL)
    if settings.isolation == "namespaces":
        namespaces.keep_mounts_private()
    missing = warm.load(settings.imports)
    links, real = paths.resolve([*paths.system_paths(), *(known := paths.interpreter_paths())])
    more_links, packages = paths.resolve(paths.package_paths(known))
    warm.settle()
    gc.collect()
    gc.freeze()
    workshop = boxed.Workshop(
        level=settings.isolation,
        paths=tuple(paths.outermost([*real, *packages])),
        links={**links, **more_links},
        scratch=scratch,
    )
    if sys.platform == "linux" and settings.isolation != "namespaces":
        kernel.prctl(kernel.PR_SET_DUMPABLE, 0)
    return Server(settings, workshop, missing).run()


class Server:
    """Accepts requests, hands each to the workshop, and lets the warden watch what came of it."""

    def __init__(self, settings: Settings, workshop: "boxed.Workshop", missing: dict[str, str]) -> None:
        self._settings = settings
        self._workshop = workshop
        self._missing = missing
        self._warden = Warden()
        self._listener = socket.socket(fileno=settings.listener)
        self._idle_since = time.monotonic()

    def run(self) -> int:
        """Serve until the owner is gone or nobody asked for long."""
        watched = select.poll()
        watched.register(self._listener, select.POLLIN)
        if self._settings.owner is not None:
            watched.register(self._settings.owner, select.POLLIN)
        while True:
            self._warden.register(watched)
            ready = {descriptor for descriptor, _ in watched.poll(self._patience())}
            if self._settings.owner in ready or self._orphaned() or self._expired():
                self._warden.kill_all()
                return 0
            self._warden.look(ready, watched)
            if self._listener.fileno() in ready:
                self._accept()

    def _patience(self) -> float | None:
        """How long to sleep, in milliseconds; None means until something happens."""
        if self._warden.busy:
            self._idle_since = time.monotonic()
            return _WATCH_EVERY * 1000
        if self._settings.idle_seconds is not None:
            rest = self._settings.idle_seconds - (time.monotonic() - self._idle_since)
            return max(0.0, rest) * 1000 + 1
        return None if self._settings.owner is not None else _ORPHAN_EVERY * 1000

    def _orphaned(self) -> bool:
        """Whether the waiter is gone; where the kernel cannot tell, as on macOS, by asking."""
        return sys.platform != "linux" and os.getppid() == 1

    def _expired(self) -> bool:
        idle = self._settings.idle_seconds
        return idle is not None and not self._warden.busy and time.monotonic() - self._idle_since >= idle

    def _accept(self) -> None:
        stream, _ = self._listener.accept()
        self._idle_since = time.monotonic()
        connection = Connection(stream)
        if peer_uid(stream) not in (None, os.getuid()):
            connection.close()
            return
        try:
            self._answer(connection, connection.receive(_GREETING_SECONDS))
        except (OSError, SandboxError, ValueError, KeyError, TypeError) as error:
            with suppress(OSError):
                connection.send({"event": "failed", "reason": str(error)})
            connection.close()

    def _answer(self, connection: Connection, request: dict[str, Any] | None) -> None:
        if request is None:
            connection.close()
        elif request["ask"] == "status":
            connection.send({"missing": self._missing, "threads": warm.threads(), "pid": os.getpid()})
            connection.close()
        else:
            self._warden.add(self._workshop.make(connection, request, before_role=self._forget))

    def _forget(self) -> None:
        """In a new box: let go of everything of the zygote's, whose descriptors are closed already."""
        self._warden.forget()
        self._listener.detach()


if __name__ == "__main__":
    sys.exit(main())
