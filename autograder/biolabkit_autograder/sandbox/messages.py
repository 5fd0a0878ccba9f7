"""What the zygote and its clients say to each other: lines of JSON, with descriptors attached to some."""

import contextlib
import json
import os
import socket
import struct
from collections.abc import Sequence
from typing import Any

__all__ = ["Connection", "peer_uid"]

_LARGEST = 1 << 20
_MOST_DESCRIPTORS = 2
_CLOSE_ON_EXEC = getattr(socket, "MSG_CMSG_CLOEXEC", 0)  # macOS has none


class Connection:
    """One end of a connected AF_UNIX stream; each message is a line."""

    def __init__(self, stream: socket.socket) -> None:
        self.stream = stream
        self._pending = b""
        self.descriptors: list[int] = []

    def send(self, message: dict[str, Any], descriptors: Sequence[int] = ()) -> None:
        """Send a message; descriptors are copied to the other side.

        Raises
        ------
        OSError
            When the other side is gone.
        """
        line = json.dumps(message).encode() + b"\n"
        sent = socket.send_fds(self.stream, [line], list(descriptors)) if descriptors else 0
        if sent < len(line):  # the other side may have answered and gone by now
            self.stream.sendall(line[sent:])

    def receive(self, timeout: float | None = None) -> dict[str, Any] | None:
        """Wait for the next message; descriptors that came with it join `descriptors`.

        Returns
        -------
        dict or None
            None when the other side is gone.

        Raises
        ------
        TimeoutError
            When nothing came in time.
        """
        self.stream.settimeout(timeout)
        while b"\n" not in self._pending:
            try:
                chunk, descriptors, _, _ = socket.recv_fds(
                    self.stream, 65536, _MOST_DESCRIPTORS, _CLOSE_ON_EXEC
                )
            except (ConnectionResetError, BrokenPipeError):
                return None
            self.descriptors += descriptors
            if not chunk or len(self._pending) > _LARGEST:
                return None
            self._pending += chunk
        line, self._pending = self._pending.split(b"\n", 1)
        return json.loads(line)

    def close(self) -> None:
        """Close the stream and every descriptor that nobody took out of `descriptors`."""
        self.stream.close()
        for descriptor in self.descriptors:
            with contextlib.suppress(OSError):
                os.close(descriptor)
        self.descriptors = []


def peer_uid(stream: socket.socket) -> int | None:
    """Tell which user is on the other side; None where the system cannot say."""
    if not hasattr(socket, "SO_PEERCRED"):
        return None
    credentials = stream.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, struct.calcsize("3i"))
    return struct.unpack("3i", credentials)[1]
