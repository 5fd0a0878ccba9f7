"""The judge's end of the conversation with the workbench: questions out, plain values and remotes back."""

import sys
import time
import weakref
from collections.abc import Callable
from typing import Any

from biolabkit.check import context as check_context

from .clock import alarm_held, alarm_let_through
from .codec import DecodeError, Decoder, Encoder, Node
from .records import decode_record
from .references import NotSendableError, outward
from .remote import Remote, RemoteError, belongs_to, lose, make_exception_class, make_remote, remote_id
from .wire import Channel, Kind, WireError

__all__ = ["Line", "TimeLimitError", "WorkbenchEndedError", "time_limit_reached"]

_MOST_TYPE_NAME = 80
_MOST_NAME = 200
_MOST_MESSAGE = 100_000
_NEVER_RAISED = {"StopIteration", "StopAsyncIteration", "BaseExceptionGroup", "ExceptionGroup", "SkipTest"}
_TIME = {"en": "the time limit of this check was reached", "ko": "이 검사의 시간 제한에 도달했습니다"}


class TimeLimitError(BaseException):
    """The check, or the learner's code that it called, took too long."""


class WorkbenchEndedError(BaseException):
    """The learner's process ended while a check used it."""


class Line:
    """The judge's end of the conversation with the workbench.

    Parameters
    ----------
    channel : Channel
        To the supervisor, which passes frames on.
    shared : dict
        What the setup cells made, by name.
    """

    def __init__(self, channel: Channel, shared: dict[str, Any]) -> None:
        self._channel, self._shared = channel, shared
        self._released: list[int] = []
        self._remotes: weakref.WeakValueDictionary[int, Remote] = weakref.WeakValueDictionary()
        self._exceptions: dict[tuple[int, str], type[RemoteError]] = {}
        self._callbacks: list[Callable[..., Any]] = []
        self._cache: dict[str, Any] = {}
        self._deadline = 0.0
        self.broken: BaseException | None = None

    def begin(self, seconds: float) -> None:
        """Begin a check that has so much time."""
        self._callbacks, self._cache, self.broken = [], {}, None
        self._deadline = time.monotonic() + seconds

    def renew(self) -> None:
        """Forget a workbench that has ended: its handles mean nothing to the next one."""
        for remote in list(self._remotes.values()):
            lose(remote)
        self._released, self._cache = [], {}
        self._remotes.clear()
        self._exceptions.clear()

    def released(self, handle: int) -> None:
        """Note that nobody holds this handle any more."""
        self._released.append(handle)

    def name(self, name: str) -> Any:
        """The learner's value of a name.

        A plain value is asked for again when learner code may have changed it; a function or another object
        only when the workbench says that the name stands for something else.
        """
        if name not in self._cache:
            found = self._exchange("name", (name,))
            self._cache[name] = found
        return self._cache[name]

    def ask(self, question: str, *arguments: Any) -> Any:
        """Ask the workbench; what a learner's object does may change any plain value."""
        self._cache = {name: value for name, value in self._cache.items() if isinstance(value, Remote)}
        return self._exchange(question, arguments)

    def batch(self, iterator: Remote, size: int) -> tuple[list[Any], Exception | None]:
        """Take the next items of an iterator, and what it raised after them."""
        answer = self.ask("batch", iterator, size)
        if isinstance(answer, Remote):
            raise WireError("items that are too large to be sent")
        items, account = answer
        if type(items) is not list or len(items) > size:
            raise WireError("not a batch of items")
        return items, None if account is None else self._exception(account)

    def _exchange(self, question: str, arguments: tuple[Any, ...]) -> Any:
        if self.broken is not None:
            raise self.broken
        message = self._encode([question, self._left(), self._released, arguments])
        self._released = []
        with alarm_held():
            reply = self._conversation(message)
        if self.broken is not None:
            raise self.broken
        return self._outcome(question, reply)

    def _left(self) -> float:
        return max(self._deadline - time.monotonic(), 0.001)

    def _conversation(self, message: bytes) -> bytearray:
        """Send a question and wait for its answer; until then functions that the check gave may be called."""
        self._channel.send(Kind.REQUEST, message)
        while True:
            kind, payload = self._channel.expect(Kind.REPLY, Kind.CALLBACK, Kind.GONE)
            if kind is Kind.GONE:
                self.broken = WorkbenchEndedError(str(payload, "utf-8", "replace"))
            if kind is not Kind.CALLBACK:
                return payload
            self._channel.send(Kind.ANSWER, self._run_callback(payload))

    def _outcome(self, question: str, payload: bytearray) -> Any:
        message = Decoder(self._resolve).decode(payload)
        if type(message) is not list or len(message) != 4:
            raise WireError("not an answer")
        outcome, value, printed, rebound = message
        for name in rebound:
            self._cache.pop(name, None)
        for stream, text in printed:
            if type(text) is str:
                print(text, end="", file=sys.stderr if stream == "stderr" else sys.stdout)
        if outcome == "value":
            return value
        if outcome == "error":
            error = self._exception(value)
            if isinstance(error, StopIteration) and question != "batch":
                raise RuntimeError("StopIteration")
            raise error
        raise RuntimeError(f"the learner's object could not be sent ({value})")

    def _exception(self, account: Any) -> Exception:
        """Make the exception that an account of a learner's exception tells about."""
        if type(account) is not dict:
            raise WireError("not an account of an exception")
        if account.get("late") is True:
            self.broken = time_limit_reached()
            raise self.broken
        kind = account.get("class")
        if not (isinstance(kind, type) and issubclass(kind, RemoteError)):
            kind = RemoteError
        message = account.get("message")
        error = kind(message[:_MOST_MESSAGE] if type(message) is str else "")
        for ours, theirs in (("learner_line", "line"), ("learner_place", "place")):
            if type(account.get(theirs)) is str:
                setattr(error, ours, account[theirs][:500])
        if isinstance(error, NameError) and type(account.get("name")) is str:
            error.name = account["name"][:_MOST_NAME]
        error.origin = account.get("origin") if isinstance(account.get("origin"), Remote) else None
        return error

    # ------------------------------------------------------------------------------------------ values

    def _encode(self, value: Any) -> bytes:
        return Encoder(self._reference).encode(value)

    def _reference(self, encoder: Encoder, value: Any, depth: int) -> Node:
        if isinstance(value, Remote):
            if not belongs_to(value, self):
                raise NotSendableError("an object of a process that has ended")
            return {"t": "handle", "id": remote_id(value)}
        for (number, _), kind in self._exceptions.items():
            if value is kind:
                return {"t": "handle", "id": number}
        return outward(encoder, value, depth, self._shared, self._register_callback)

    def _register_callback(self, function: Callable[..., Any]) -> int:
        self._callbacks.append(function)
        return len(self._callbacks) - 1

    def _resolve(self, decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
        tag = node["t"]
        if tag == "handle":
            return self._handle(decoder, node)
        if tag == "callback":
            return self._callbacks[decoder.integer(node["id"], 0)]
        if tag == "record":
            return decode_record(decoder, node, depth, self._shared)
        raise DecodeError("an unknown tag")

    def _handle(self, decoder: Decoder, node: dict[str, Any]) -> Any:
        number, name = decoder.integer(node["id"], 0), decoder.text(node["n"])
        name = name[:_MOST_TYPE_NAME]
        if "e" in node:
            return self._exception_class(decoder, number, node["e"])
        found = self._remotes.get(number)
        if found is None:
            found = self._remotes[number] = make_remote(self, number, name, decoder.text(node["a"]))
        return found

    def _exception_class(self, decoder: Decoder, number: int, node: Node) -> type[RemoteError]:
        name, bases = decoder.text(node[0])[:_MOST_TYPE_NAME], node[1]
        key = (number, name)
        if key not in self._exceptions:
            pairs = [(decoder.text(module), decoder.text(base)) for module, base in bases[:40]]
            self._exceptions[key] = _judges_class(name, pairs)
        return self._exceptions[key]

    def _run_callback(self, payload: bytearray) -> bytes:
        try:
            with alarm_let_through():
                number, args, kwargs = Decoder(self._resolve).decode(payload)
                if type(number) is not int or not 0 <= number < len(self._callbacks):
                    raise WireError("a callback that was never handed over")
                return self._encode(["value", self._callbacks[number](*args, **kwargs)])
        except AssertionError:  # its text may hold the expected value
            return self._encode(["error", ["AssertionError", ""]])
        except Exception as error:
            return self._encode(["error", [type(error).__name__, str(error)]])
        except BaseException as error:  # time is up, or the workbench is gone: the check ends so
            self.broken = self.broken or error
            return self._encode(["error", ["RuntimeError", "the check was stopped"]])


def _judges_class(name: str, bases: list[tuple[str, str]]) -> type[RemoteError]:
    """The judge's class for a learner's: under the nearest known base that an ``except`` may name."""
    for module, base_name in bases:
        root = module.partition(".")[0]
        if base_name in _NEVER_RAISED or root in ("__main__", "biolabkit_autograder"):
            continue
        if module.startswith("biolabkit.check") or module not in sys.modules:
            continue
        base = vars(sys.modules[module]).get(base_name)
        if isinstance(base, type) and issubclass(base, Exception):
            try:
                return make_exception_class(name, base)
            except TypeError:
                continue  # a layout that cannot be combined
    return make_exception_class(name, Exception)


def time_limit_reached() -> TimeLimitError:
    """Make the exception for a check whose time is up, in the language of the check."""
    running = check_context.current()
    return TimeLimitError(_TIME[running.language if running is not None else "en"])
