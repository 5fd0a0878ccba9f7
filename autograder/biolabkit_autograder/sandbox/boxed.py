"""From the zygote's fork to the role's main: what happens inside a new box."""

import fcntl
import importlib
import json
import os
import socket
import struct
import sys
import tempfile
import traceback
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NoReturn

from biolabkit_autograder.sandbox import (
    enter,
    kernel,
    limits,
    namespaces,
    paths,
    scratch,
    seccomp,
    warm,
    watch,
)
from biolabkit_autograder.sandbox.messages import Connection
from biolabkit_autograder.sandbox.policy import Level, Policy, SandboxError
from biolabkit_autograder.sandbox.warden import Running

__all__ = ["Workshop"]

_LARGEST_CONFIG = 256 << 20
_REPORT_BYTES = 4096
_FAILED = 70  # EX_SOFTWARE: a wall could not be put up


@dataclass
class Workshop:
    """Makes boxes out of the zygote.

    Attributes
    ----------
    level : str
        The isolation that this zygote gives.
    paths, links : as `paths.resolve` returns them
        Interpreter, packages and system, readable in every box.
    scratch : str
        Where boxes without a file tree of their own get their folders.
    mapped, inherited : int
        Memory of the zygote, which every box begins with, as `limits` and `watch` count it.
    filter : bytes
        The system call filter of boxes with namespaces.
    """

    level: Level
    paths: tuple[str, ...]
    links: Mapping[str, str]
    scratch: str
    mapped: int = field(default_factory=limits.data_size)
    inherited: int = field(default_factory=lambda: watch.private_bytes("self"))
    filter: bytes = field(default_factory=lambda: seccomp.program(kernel.MACHINE))
    _count: int = 0

    def make(
        self, connection: Connection, request: Mapping[str, Any], before_role: Callable[[], None]
    ) -> Running:
        """Fork a box as a client asked for; its channel came along as a descriptor.

        Raises
        ------
        SandboxError
            When another isolation is asked for.
        OSError
            When the machine has no more processes or memory.
        """
        policy = Policy.from_dict(request["policy"])
        if policy.isolation != self.level:
            raise SandboxError(f"this zygote gives {self.level}, not {policy.isolation}")
        self._count += 1
        site = self._site(policy, request)
        report, report_end = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK) if hasattr(os, "pipe2") else os.pipe()
        warm.reseed()
        fork = namespaces.fork_into_pid_namespace if policy.isolation == "namespaces" else os.fork
        pid = fork()
        if pid == 0:
            before_role()
            _become(connection, report_end, request["role"], policy, site)
        os.close(report_end)
        return Running.begin(pid, connection, report, policy, self.inherited, site.scratch)

    def _site(self, policy: Policy, request: Mapping[str, Any]) -> enter.Site:
        other = policy.isolation != "none" and namespaces.may_change_user()
        uid = namespaces.box_uid(os.getpid() * 256 + self._count) if other else None
        if uid is not None and policy.isolation == "landlock" and (problem := paths.unreachable(uid)):
            raise SandboxError(problem)
        folder = "" if policy.isolation == "namespaces" else scratch.make(self.scratch, uid)
        return enter.Site(
            paths=tuple(paths.outermost([*self.paths, *request["paths"]])),
            links={**self.links, **request["links"]},
            parent=os.getpid(),
            mapped=self.mapped,
            uid=uid,
            filter=self.filter,
            scratch=folder,
        )


def _become(connection: Connection, report: int, role: str, policy: Policy, site: enter.Site) -> NoReturn:
    """Turn this forked process into a box, run the role, and end."""
    status = 0
    try:
        channel, connection = _arrange_descriptors(connection, report)
        with suppress(OSError):  # the first to go when the machine's memory ends
            Path("/proc/self/oom_score_adj").write_text("1000")
        try:
            enter.close_in(policy, site)
        except Exception as error:  # whatever failed, no code may run here
            connection.send({"event": "failed", "reason": f"{policy.isolation}: {error}"})
            os._exit(_FAILED)
        connection.send({"event": "ready"})
        connection.close()
        tempfile.tempdir = None  # the zygote's, perhaps
        _run(role, channel)
    except SystemExit as leaving:
        status = leaving.code if isinstance(leaving.code, int) else int(leaving.code is not None)
    except BaseException:  # reported to the supervisor
        status = 1
        with suppress(OSError):
            os.write(enter.REPORT, traceback.format_exc()[-_REPORT_BYTES:].encode()[-_REPORT_BYTES:])
    with suppress(Exception):
        sys.stdout.flush()
        sys.stderr.flush()
    os._exit(status & 0xFF)


def _arrange_descriptors(connection: Connection, report: int) -> tuple[socket.socket, Connection]:
    """Keep three descriptors, at known numbers, and lead 0, 1 and 2 to nowhere."""
    nowhere = os.open(os.devnull, os.O_RDWR)
    wanted = [nowhere, nowhere, nowhere, connection.descriptors[0], report, connection.stream.fileno()]
    # first out of the way, so that no copy overwrites one still needed
    moved = [fcntl.fcntl(descriptor, fcntl.F_DUPFD, 64) for descriptor in wanted]
    connection.stream.detach()
    for number, descriptor in enumerate(moved):
        os.dup2(descriptor, number, inheritable=False)
    kernel.close_descriptors(len(moved))
    for number in (0, 1, 2):
        os.set_inheritable(number, True)
    return socket.socket(fileno=enter.CHANNEL), Connection(socket.socket(fileno=enter.STATUS))


def _run(role: str, channel: socket.socket) -> None:
    """Read the configuration, which the zygote never sees, and call the role's main."""
    config = json.loads(_exactly(channel, struct.unpack("<I", _exactly(channel, 4))[0]))
    module, _, function = role.partition(":")
    getattr(importlib.import_module(module), function)(channel, config)


def _exactly(channel: socket.socket, count: int) -> bytes:
    if count > _LARGEST_CONFIG:
        raise ValueError(f"a configuration of {count} bytes")
    parts = bytearray()
    while len(parts) < count:
        part = channel.recv(min(count - len(parts), 1 << 20))
        if not part:
            raise EOFError("the supervisor closed the channel before the configuration was whole")
        parts += part
    return bytes(parts)
