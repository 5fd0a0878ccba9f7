"""Frames on a stream socket: four bytes of length, one byte of kind, the payload.

Nothing here looks into a payload. A frame that is too long, of a kind that is not expected, or late is an
error of the sender: the reader never allocates more than the cap and never waits beyond its deadline.
"""

import enum
import socket
import struct
import time

__all__ = ["MAX_PAYLOAD", "Channel", "Kind", "PeerGoneError", "PeerLateError", "WireError"]

MAX_PAYLOAD = 56 * 2**20
_HEADER = struct.Struct("<IB")


class WireError(Exception):
    """What came over the wire is not what the protocol says."""


class PeerGoneError(WireError):
    """The other side closed the channel: its process has ended."""


class PeerLateError(WireError):
    """The other side did not send or read a frame before the deadline."""


class Kind(enum.IntEnum):
    """What a frame is. The first word says who sends it to whom."""

    SETUP_DONE = 1  # judge to supervisor: a setup cell has run
    RUN_CELL = 2  # supervisor to workbench: run a cell
    CELL_DONE = 3  # workbench to supervisor: the cell's outputs
    RUN_SETUP = 4  # supervisor to judge: run a setup cell
    RUN_CHECK = 5  # supervisor to judge: run a check cell
    CHECK_DONE = 6  # judge to supervisor: card, outputs
    REQUEST = 7  # judge to workbench, relayed: a question about a learner's value
    REPLY = 8  # workbench to judge, relayed: its answer
    CALLBACK = 9  # workbench to judge, relayed: learner code calls a function that a check gave it
    ANSWER = 10  # judge to workbench, relayed: what that function returned
    GONE = 11  # supervisor to judge: the workbench was lost, and why


class Channel:
    """One end of a framed connection; blocking, with an optional deadline per frame.

    Parameters
    ----------
    sock : socket.socket
        A connected stream socket; the channel owns it.
    max_payload : int
        Longest payload in bytes that is sent or accepted.
    """

    def __init__(self, sock: socket.socket, max_payload: int = MAX_PAYLOAD) -> None:
        self._socket = sock
        self.max_payload = max_payload

    def send(self, kind: Kind, payload: bytes | bytearray = b"", *, deadline: float | None = None) -> None:
        """Send one frame.

        Parameters
        ----------
        kind : Kind
            What the frame is.
        payload : bytes
            Its content.
        deadline : float, optional
            On the clock of ``time.monotonic()``.

        Raises
        ------
        WireError
            When the payload is longer than the cap.
        PeerGoneError, PeerLateError
            When the other side has closed the channel or does not read it.
        """
        if len(payload) > self.max_payload:
            raise WireError(f"a frame of {len(payload)} bytes is over the limit of {self.max_payload}")
        header = _HEADER.pack(len(payload), kind)
        try:
            self._wait_until(deadline)
            if len(payload) < 65536:
                self._socket.sendall(header + payload)
            else:
                self._socket.sendall(header)
                self._wait_until(deadline)
                self._socket.sendall(payload)
        except TimeoutError:
            raise PeerLateError("the other side does not read") from None
        except OSError as error:
            raise PeerGoneError(f"the channel is closed ({error.strerror})") from None

    def receive(self, *, deadline: float | None = None) -> tuple[int, bytearray]:
        """Wait for one frame.

        Returns
        -------
        kind : int
            Not checked: compare it with the :class:`Kind` that is expected.
        payload : bytearray

        Raises
        ------
        WireError
            When the announced length is over the cap.
        PeerGoneError, PeerLateError
            When the other side has closed the channel or is late.
        """
        length, kind = _HEADER.unpack(self._read(_HEADER.size, deadline))
        if length > self.max_payload:
            raise WireError(f"a frame of {length} bytes is over the limit of {self.max_payload}")
        return kind, self._read(length, deadline)

    def expect(self, *kinds: Kind, deadline: float | None = None) -> tuple[Kind, bytearray]:
        """Wait for one frame that is of one of these kinds.

        Raises
        ------
        WireError
            When it is of another kind.
        """
        kind, payload = self.receive(deadline=deadline)
        if kind not in kinds:
            raise WireError(f"a frame of kind {kind} came, expected {' or '.join(k.name for k in kinds)}")
        return Kind(kind), payload

    def close(self) -> None:
        """Close this end."""
        self._socket.close()

    def _read(self, size: int, deadline: float | None) -> bytearray:
        # grown as it arrives, so that an announced length alone allocates nothing
        data = bytearray()
        while len(data) < size:
            try:
                self._wait_until(deadline)
                part = self._socket.recv(min(size - len(data), 2**20))
            except TimeoutError:
                raise PeerLateError("the other side is late") from None
            except OSError as error:
                raise PeerGoneError(f"the channel is closed ({error.strerror})") from None
            if not part:
                raise PeerGoneError("the channel is closed")
            data += part
        return data

    def _wait_until(self, deadline: float | None) -> None:
        if deadline is None:
            self._socket.settimeout(None)
            return
        left = deadline - time.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
