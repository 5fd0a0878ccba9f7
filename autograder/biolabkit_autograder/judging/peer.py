"""One box as the supervisor speaks with it: its channel, held to deadlines, and how it was lost."""

from typing import TYPE_CHECKING, Any, Protocol

from .wire import Channel, Kind, PeerGoneError, PeerLateError, WireError

if TYPE_CHECKING:
    import socket

__all__ = ["BoxLike", "LostError", "Peer"]

_END_SECONDS = 5.0


class BoxLike(Protocol):
    """A process with a role in it."""

    channel: "socket.socket"

    def kill(self, reason: Any = ...) -> None:
        """End it at once."""

    def wait(self, timeout: float | None = ...) -> Any:
        """Wait for its end; the report has a ``reason``."""

    def close(self) -> None:
        """End it if it still runs, and close what belongs to it."""


class LostError(Exception):
    """A box was lost while a step ran.

    Attributes
    ----------
    kind : str
        How: a kind of `sentence`.
    """

    def __init__(self, kind: str) -> None:
        self.kind = kind
        super().__init__(kind)


class Peer:
    """A box and its channel. What it does wrong ends it, and is a `LostError`."""

    def __init__(self, box: BoxLike) -> None:
        self.box = box
        self._channel = Channel(box.channel)

    @property
    def closed(self) -> bool:
        """Whether it was lost."""
        return self.box.channel.fileno() < 0

    def send(self, kind: Kind, payload: bytes | bytearray, deadline: float) -> None:
        """Send a frame."""
        self._held_to(lambda: self._channel.send(kind, payload, deadline=deadline))

    def expect(self, *kinds: Kind, deadline: float) -> tuple[Kind, bytearray]:
        """Wait for a frame of one of these kinds."""
        found: tuple[Kind, bytearray] = self._held_to(lambda: self._channel.expect(*kinds, deadline=deadline))
        return found

    def _held_to(self, action: Any) -> Any:
        try:
            return action()
        except PeerLateError:
            self.box.kill("timeout")
            kind = "stuck"
        except PeerGoneError:
            kind = self._reason()
        except WireError:
            self.box.kill()
            kind = "protocol"
        self.box.close()
        raise LostError(kind)

    def _reason(self) -> str:
        try:
            reason = self.box.wait(_END_SECONDS).reason
        except TimeoutError:  # it only closed its channel
            return "protocol"
        return reason if reason in ("memory", "disk") else "stuck" if reason == "timeout" else "ended"
