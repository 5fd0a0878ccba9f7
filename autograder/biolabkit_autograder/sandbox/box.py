"""The supervisor's side of one box: its channel, its end, and the power to bring it about."""

import os
import signal
import socket
import struct
import time
from contextlib import suppress
from types import TracebackType
from typing import Any

from biolabkit_autograder.sandbox.messages import Connection
from biolabkit_autograder.sandbox.policy import ExitReport, Reason, SandboxError

__all__ = ["Box"]


class Box:
    """A running role in its sandbox; made by `Zygote.spawn`, ended at the latest by ``with`` or `close`.

    The zygote holds the box to the wall-clock, memory and disk limits of its policy; it also ends the box
    when this object's connection closes, so a supervisor that dies leaves nothing behind.

    Attributes
    ----------
    channel : socket.socket
        The supervisor's end of the stream to the role's main.
    pid : int
        The box's first process, as the zygote sees it; for messages only.
    """

    def __init__(self, channel: socket.socket, connection: Connection, config: bytes) -> None:
        self.channel = channel
        self._config = config
        self.pid = -1
        self._connection = connection
        self._pidfd: int | None = None
        self._started = time.monotonic()
        self._kill_reason: Reason | None = None
        self._report: ExitReport | None = None

    def ready(self, timeout: float = 60.0) -> None:
        """Wait until every wall is up, and hand the role its configuration, which the zygote never sees.

        Raises
        ------
        SandboxError
            When a wall could not be put up; no code has run then.
        """
        outstanding = {"started", "ready"}  # from the zygote and from the box, in either order
        try:
            while outstanding:
                message = self._connection.receive(timeout)
                event = "ended" if message is None else message["event"]
                if message is None or event not in outstanding:
                    reason = "the zygote ended" if message is None else message.get("reason", event)
                    raise SandboxError(f"no box could be made: {reason}")
                outstanding.remove(event)
                if event == "started":
                    self._take(message)
        except TimeoutError:
            self.close()
            raise SandboxError(f"the zygote made no box within {timeout:g} s") from None
        except SandboxError:
            self.close()
            raise
        self._configure()

    def _configure(self) -> None:
        try:
            self.channel.sendall(struct.pack("<I", len(self._config)) + self._config)
        except OSError as error:
            self.close()
            raise SandboxError(f"the box ended before it had its configuration: {error}") from None

    def _take(self, started: dict[str, Any]) -> None:
        self.pid = started["pid"]
        if self._connection.descriptors:
            self._pidfd = self._connection.descriptors.pop()

    def fileno(self) -> int:
        """Descriptor that becomes readable when the box has ended, for `select`."""
        return self._connection.stream.fileno()

    def kill(self, reason: Reason = "killed") -> None:
        """End every process of the box at once; `wait` tells the reason given here.

        A box that has ended already keeps its own report.
        """
        if self._report is None and self._kill_reason is None:
            self._kill_reason = reason
        with suppress(ProcessLookupError):
            if self._pidfd is not None:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            elif self.pid > 0 and self._report is None:
                os.killpg(self.pid, signal.SIGKILL)

    def poll(self) -> ExitReport | None:
        """Tell how the box ended, or None while it runs."""
        try:
            return self.wait(timeout=0.0)
        except TimeoutError:
            return None

    def wait(self, timeout: float | None = None) -> ExitReport:
        """Wait for the end of the box.

        Raises
        ------
        TimeoutError
            When it still runs after `timeout` seconds.
        """
        if self._report is None:
            try:
                message = self._connection.receive(timeout)
            except BlockingIOError:
                raise TimeoutError(f"box {self.pid} still runs") from None
            self._report = self._read(message)
        return self._report

    def _read(self, message: dict[str, Any] | None) -> ExitReport:
        if message is None:
            reason: Reason = self._kill_reason or "lost"
            return ExitReport(reason, time.monotonic() - self._started, detail="the zygote ended")
        del message["event"]
        report = ExitReport(**message)
        if report.reason == "signal" and report.detail == "SIGKILL" and self._kill_reason:
            return ExitReport(self._kill_reason, report.seconds, report.max_rss, report.cpu_seconds)
        return report

    def close(self) -> None:
        """Kill the box if it still runs and close everything that belongs to it."""
        self.kill()
        self.channel.close()
        self._connection.close()
        if self._pidfd is not None:
            os.close(self._pidfd)
            self._pidfd = None

    def __enter__(self) -> "Box":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
