"""The zygote's watch over the boxes it made: deadlines, memory, disk space, owners that went away."""

import os
import select
import signal
import time
from contextlib import suppress
from dataclasses import dataclass, field

from biolabkit_autograder.sandbox import scratch, watch
from biolabkit_autograder.sandbox.messages import Connection
from biolabkit_autograder.sandbox.policy import Policy, Reason

__all__ = ["Running", "Warden"]

_MIB = 1 << 20
# Without a size-limited file system, deleted files are seen only by what was ever written.
_REWRITES = 8
_REPORT_BYTES = 4096
# A folder of thousands of files takes long to look through, and so do pages that many processes share; all
# boxes wait meanwhile.
_PATIENCE = 20
# Beyond so many times the limit it is not asked how much of it processes share.
_SHARED_TIMES = 4
# A process that ends by itself this near to its limit had no memory left to go on with.
_OUT_OF_MEMORY = 0.9


@dataclass
class Running:
    """One box, as the zygote knows it."""

    pid: int
    pidfd: int | None
    connection: Connection
    report: int
    policy: Policy
    inherited: int
    scratch: str
    started: float = field(default_factory=time.monotonic)
    reason: Reason | None = None
    peak: int = 0
    disk_due: float = 0.0
    memory_due: float = 0.0

    @classmethod
    def begin(
        cls, pid: int, connection: Connection, report: int, policy: Policy, inherited: int, scratch: str
    ) -> "Running":
        """Take charge of a process just forked, and tell the client about it."""
        pidfd = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else None
        running = cls(pid, pidfd, connection, report, policy, inherited, scratch)
        for descriptor in connection.descriptors:
            os.close(descriptor)
        connection.descriptors = []
        with suppress(OSError):  # a client that has gone already is noticed by the watch
            connection.send({"event": "started", "pid": pid}, [] if pidfd is None else [pidfd])
        return running

    @property
    def visible_pid(self) -> int:
        """Its process id as the /proc of the zygote shows it."""
        return self.pid if self.pidfd is None else watch.host_pid(self.pidfd)

    def kill(self, reason: Reason) -> None:
        """End all its processes."""
        if self.reason is None:
            self.reason = reason
        with suppress(ProcessLookupError):
            os.kill(self.pid, signal.SIGKILL)
        if self.policy.isolation == "none":
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)

    def check(self) -> None:
        """Kill it when it is over a limit."""
        limits = self.policy.limits
        if time.monotonic() - self.started > limits.seconds:
            self.kill("timeout")
        elif self._memory_exceeded(limits.memory_mb * _MIB):
            self.kill("memory")
        elif self.scratch and self._disk_exceeded(limits.disk_mb * _MIB):
            self.kill("disk")

    def _memory_exceeded(self, allowed: int) -> bool:
        pid = self.visible_pid
        if pid <= 0:
            return False
        sockets = watch.socket_bytes(pid) if self.policy.isolation == "namespaces" else 0
        held = watch.tree_bytes(pid, self.inherited) + sockets
        self.peak = max(self.peak, held)
        if held <= allowed or held > _SHARED_TIMES * allowed:
            return held > allowed
        # several processes may share what each of them seems to hold
        began = time.monotonic()
        if began < self.memory_due:
            return False
        full = watch.proportional_bytes(pid, self.inherited) + sockets > allowed
        self.memory_due = began + _PATIENCE * (time.monotonic() - began)
        return full

    def _disk_exceeded(self, allowed: int) -> bool:
        if watch.written_bytes(self.visible_pid) > _REWRITES * allowed:
            return True
        began = time.monotonic()
        if began < self.disk_due:
            return False
        full = watch.disk_bytes(self.scratch) > allowed
        self.disk_due = began + _PATIENCE * (time.monotonic() - began)
        return full

    def finish(self) -> bool:
        """Collect its end, tell the client and clean up; False while it still runs."""
        pid, status, usage = os.wait4(self.pid, os.WNOHANG)
        if pid == 0:
            return False
        reason, detail = _explain(status)
        detail = detail or self._last_words()
        if self.reason is not None:
            reason = self.reason
        elif reason in ("error", "signal") and self._ran_out_of_memory(detail):
            reason = "memory"
        with suppress(OSError):
            self.connection.send(
                {
                    "event": "exit",
                    "reason": reason,
                    "seconds": time.monotonic() - self.started,
                    "max_rss": usage.ru_maxrss << 10,
                    "cpu_seconds": usage.ru_utime + usage.ru_stime,
                    "detail": detail,
                }
            )
        self.release()
        return True

    def _ran_out_of_memory(self, detail: str) -> bool:
        told = detail.strip().rpartition("\n")[2].startswith("MemoryError")
        return told or self.peak > _OUT_OF_MEMORY * self.policy.limits.memory_mb * _MIB

    def _last_words(self) -> str:
        try:
            return os.read(self.report, _REPORT_BYTES).decode(errors="replace")
        except OSError:
            return ""

    def release(self) -> None:
        """Close and remove all that belonged to it."""
        self.connection.close()
        os.close(self.report)
        if self.pidfd is not None:
            os.close(self.pidfd)
        if self.scratch:
            scratch.remove_soon(self.scratch)


def _explain(status: int) -> tuple[Reason, str]:
    code = os.waitstatus_to_exitcode(status)
    if code < 0:
        return "signal", signal.Signals(-code).name
    return ("error" if code else "ok"), ""


class Warden:
    """All running boxes."""

    def __init__(self) -> None:
        self._running: list[Running] = []

    @property
    def busy(self) -> bool:
        """Whether a box runs."""
        return bool(self._running)

    def add(self, running: Running) -> None:
        """Watch one more box."""
        self._running.append(running)

    def register(self, poll: select.poll) -> None:
        """Have `poll` wake up when a box ends or its owner goes away."""
        for running in self._running:
            poll.register(running.connection.stream, select.POLLIN)
            if running.pidfd is not None:
                poll.register(running.pidfd, select.POLLIN)

    def look(self, ready: set[int], poll: select.poll) -> None:
        """Check every box, and let go of those that ended."""
        for running in list(self._running):
            stream = running.connection.stream.fileno()
            if stream in ready:
                running.kill("killed")  # a client says nothing more: this is its end
            else:
                running.check()
            if running.pidfd is None or running.pidfd in ready or running.reason is not None:
                self._collect(running, stream, poll)

    def _collect(self, running: Running, stream: int, poll: select.poll) -> None:
        pidfd = running.pidfd
        if running.finish():
            self._running.remove(running)
            poll.unregister(stream)
            if pidfd is not None:
                poll.unregister(pidfd)

    def kill_all(self) -> None:
        """End every box and wait for it."""
        for running in self._running:
            running.kill("killed")
        for running in self._running:
            with suppress(ChildProcessError):
                os.waitpid(running.pid, 0)
            running.release()
        self._running = []

    def forget(self) -> None:
        """In a new box: drop the others, without touching descriptors whose numbers are used anew."""
        for running in self._running:
            running.connection.stream.detach()
        self._running = []
