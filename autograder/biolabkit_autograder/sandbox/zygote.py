"""The supervisor's side of the zygote: start it, reach one that is warm already, have it make boxes."""

import functools
import json
import os
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from pathlib import Path
from types import TracebackType
from typing import Any

from biolabkit_autograder.sandbox import isolation, paths, runtime, warm
from biolabkit_autograder.sandbox.box import Box
from biolabkit_autograder.sandbox.messages import Connection, peer_uid
from biolabkit_autograder.sandbox.policy import Level, Policy, SandboxError

__all__ = ["Zygote"]

_BACKLOG = 64
_START_SECONDS = 120.0
_END_SECONDS = 10.0
_KEPT = (
    "HOME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "LD_LIBRARY_PATH",
    "PATH",
    "PYTHONPATH",
    "PYTHONUSERBASE",
    "TMPDIR",
)


class Zygote:
    """A warm process that has imported what a course needs, and forks boxes.

    Used as a context manager it starts its process and ends it, with every box, at the end; the process also
    ends when the one that started it dies. `connect_or_start` reaches a process that outlives the command.
    A `Zygote` can be pickled and used in worker processes, which then share the same warm process.

    Parameters
    ----------
    imports : iterable of str
        Modules to load before the first box; the module of each role is best among them.
    isolation : {"namespaces", "landlock", "none"}, optional
        The level of its boxes; what `detect` finds when not given.

    Examples
    --------
    >>> with Zygote(["numpy"]) as zygote:
    ...     box = zygote.spawn("package.module:main", {"lang": "en"}, Policy(zygote.isolation))
    ...     report = box.wait()
    """

    def __init__(self, imports: Iterable[str] = (), *, isolation: Level | None = None) -> None:
        self.imports = sorted(set(imports))
        self.isolation: Level = isolation or _detected()
        self.address = ""
        self._process: subprocess.Popen[bytes] | None = None
        self._folder: str | None = None

    @classmethod
    def connect(cls, address: str, imports: Iterable[str], isolation: Level) -> "Zygote":
        """Use a zygote that runs already, without owning it."""
        zygote = cls(imports, isolation=isolation)
        zygote.address = address
        return zygote

    @classmethod
    def connect_or_start(
        cls,
        course_folder: str | os.PathLike[str],
        imports: Iterable[str],
        *,
        isolation: Level | None = None,
        idle_seconds: float = 600.0,
    ) -> "Zygote":
        """Reach the course's warm zygote, or start it; it stays for the next command.

        One process serves as long as course, imports, isolation, interpreter, packages and the engine's own
        code are the same; after `idle_seconds` without a box it ends by itself. Only the same user can reach
        it: its socket lies in a folder with mode 0700, and both sides ask the kernel who the other is.

        Raises
        ------
        SandboxError
            When the runtime folder is somebody else's, or the process does not start.
        """
        zygote = cls(imports, isolation=isolation)
        folder = runtime.folder()
        name = runtime.fingerprint(Path(course_folder).resolve(), zygote.imports, zygote.isolation)
        zygote.address = str(folder / f"{name}.sock")
        if zygote.alive():
            return zygote
        with runtime.locked(folder / f"{name}.lock"):
            if not zygote.alive():
                Path(zygote.address).unlink(missing_ok=True)
                zygote._launch(folder / f"{name}.log", {"idle_seconds": idle_seconds}, owner=None)
        zygote.status()
        return zygote

    def start(self) -> None:
        """Start the process and wait until it is warm.

        Raises
        ------
        SandboxError
            When it cannot be started; the message ends with its last words.
        """
        self._folder = tempfile.mkdtemp(prefix="biolab-")
        self.address = str(Path(self._folder, "zygote.sock"))
        owner = os.pidfd_open(os.getpid()) if hasattr(os, "pidfd_open") else None
        try:
            self._process = self._launch(Path(self._folder, "log"), {}, owner)
        finally:
            if owner is not None:
                os.close(owner)
        self.status()

    def _launch(self, log: Path, settings: Mapping[str, Any], owner: int | None) -> "subprocess.Popen[bytes]":
        listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        with listener, log.open("wb") as errors:
            listener.bind(self.address)
            listener.listen(_BACKLOG)
            passed = [listener.fileno(), *([] if owner is None else [owner])]
            settings = {
                "listener": listener.fileno(),
                "address": self.address,
                "imports": self.imports,
                "isolation": self.isolation,
                "owner": owner,
                **settings,
            }
            return subprocess.Popen(  # noqa: S603  (our own module, in our own interpreter)
                [
                    sys.executable,
                    "-P",
                    "-B",
                    "-m",
                    "biolabkit_autograder.sandbox.server",
                    json.dumps(settings),
                ],
                stdin=subprocess.DEVNULL,
                stdout=errors,
                stderr=errors,
                env={name: os.environ[name] for name in _KEPT if name in os.environ} | warm.ENVIRONMENT,
                pass_fds=passed,
                start_new_session=True,
            )

    def alive(self) -> bool:
        """Whether the process answers; one that is still importing does."""
        try:
            self._connected().close()
        except OSError:
            return False
        return True

    def status(self, timeout: float = _START_SECONDS) -> dict[str, Any]:
        """Wait until the process is warm, and ask how it is.

        Returns
        -------
        dict
            ``missing`` (modules that could not be imported, with the reason), ``threads`` (more than one
            makes forks unsafe), ``pid``.

        Raises
        ------
        SandboxError
            When it has ended or does not answer.
        """
        try:
            connection = self._connected()
            connection.send({"ask": "status"})
            answer = connection.receive(timeout)
        except OSError:
            answer = None
        else:
            connection.close()
        if answer is None or "missing" not in answer:
            raise SandboxError(f"the zygote has ended{self._last_words()}")
        return answer

    def spawn(self, role: str, config: Mapping[str, Any], policy: Policy) -> Box:
        """Fork a box, put up its walls, and start a role in it.

        Parameters
        ----------
        role : str
            ``"package.module:function"``; it is called as ``function(channel, config)`` in the box.
        config : mapping
            Plain JSON values; they go to the box directly, the zygote never sees them.
        policy : Policy
            What the box may see and use.

        Raises
        ------
        SandboxError
            When the zygote has ended, or a wall of the policy could not be put up; no code has run then.
        """
        box = self.begin(role, config, policy)
        box.ready()
        return box

    def begin(self, role: str, config: Mapping[str, Any], policy: Policy) -> Box:
        """Do as `spawn`, but do not wait for the walls: `Box.ready` does, and several can go up at a time.

        Raises
        ------
        SandboxError
            When the zygote has ended.
        """
        links, real = _resolved(policy.paths)
        request = {"ask": "box", "role": role, "policy": policy.to_dict(), "links": links, "paths": real}
        ours, theirs = socket.socketpair()
        with theirs:
            try:
                connection = self._connected()
                connection.send(request, [theirs.fileno()])
            except OSError as error:
                ours.close()
                raise SandboxError(f"the zygote has ended ({error}){self._last_words()}") from None
        return Box(ours, connection, json.dumps(config).encode())

    def _connected(self) -> Connection:
        stream = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            stream.connect(self.address)
        except OSError:
            stream.close()
            raise
        if peer_uid(stream) not in (None, os.getuid()):
            stream.close()
            raise SandboxError(f"{self.address}: another user listens there")
        return Connection(stream)

    def _last_words(self) -> str:
        if self._folder is None:
            return ""
        with suppress(OSError):
            lines = Path(self._folder, "log").read_text(errors="replace").strip().splitlines()
            return f": {lines[-1]}" if lines else ""
        return ""

    def restart(self) -> None:
        """End the process if it still runs and start a new one."""
        self.close()
        self.start()

    def close(self) -> None:
        """End the process with all its boxes, if this object started it."""
        if self._process is not None:
            self._process.terminate()
            try:
                self._process.wait(_END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()  # the kernel then ends the zygote behind it, and its pid namespace
                self._process.wait()
            self._process = None
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None

    def __enter__(self) -> "Zygote":
        self.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __reduce__(self) -> tuple[Callable[..., "Zygote"], tuple[Any, ...]]:
        return Zygote.connect, (self.address, self.imports, self.isolation)


def _detected() -> Level:
    return isolation.detect().level


@functools.lru_cache(maxsize=100)
def _resolved(policy_paths: tuple[Path, ...]) -> tuple[dict[str, str], list[str]]:
    """`paths.resolve`, once for the boxes of an exercise: what a policy names is made ready before."""
    return paths.resolve(map(str, policy_paths))
