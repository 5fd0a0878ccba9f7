"""The judge's role: runs the setup and check cells of the course, and never a learner's code.

A name that a check uses and a task or free cell of the course's notebook makes is the learner's: the
workbench is asked for it. All other names are the judge's own, whatever the learner does with them.
"""

import ast
import builtins
import json
import linecache
import os
import socket
import sys
import time
import weakref
from collections.abc import Callable
from typing import Any

from biolabkit.check import CheckContext, CheckFailed, card_from_exception, pass_card
from biolabkit.check import context as check_context
from biolabkit.check.cards import MIME_TYPE, Card

from .clock import TimeIsUpError, alarm_held, alarm_let_through, time_limit
from .codec import DecodeError, Decoder, Encoder, Node
from .outputs import Outputs, OutputStream
from .pictures import JudgeDisplay
from .plan import without_magics
from .records import decode_record
from .references import NotSendableError, outward
from .remote import Remote, RemoteError, make_exception_class, make_remote, remote_id
from .strictness import compare_strictly
from .wire import Channel, Kind, PeerGoneError, WireError

__all__ = ["CheckNames", "Line", "TimeLimitError", "WorkbenchEndedError", "main"]

_MOST_TYPE_NAME = 80
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
        self._released, self._cache = [], {}
        self._remotes.clear()
        self._exceptions.clear()

    def released(self, handle: int) -> None:
        """Note that nobody holds this handle any more."""
        self._released.append(handle)

    def name(self, name: str) -> Any:
        """The learner's value of a name; it stays the same until something else is asked."""
        if name not in self._cache:
            found = self._exchange("name", (name,))
            self._cache[name] = found
        return self._cache[name]

    def ask(self, question: str, *arguments: Any) -> Any:
        """Ask the workbench; what a learner's object does may change any name."""
        self._cache.clear()
        return self._exchange(question, arguments)

    def batch(self, iterator: Remote, size: int) -> tuple[list[Any], Exception | None]:
        """Take the next items of an iterator, and what it raised after them."""
        items, account = self.ask("batch", iterator, size)
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
        if type(message) is not list or len(message) != 3:
            raise WireError("not an answer")
        outcome, value, printed = message
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
            self.broken = TimeLimitError(_TIME[_language()])
            raise self.broken
        kind = account.get("class")
        if not (isinstance(kind, type) and issubclass(kind, RemoteError)):
            kind = RemoteError
        error = kind(account.get("message") if type(account.get("message")) is str else "")
        for ours, theirs in (("learner_line", "line"), ("learner_place", "place")):
            if type(account.get(theirs)) is str:
                setattr(error, ours, account[theirs][:500])
        if isinstance(error, NameError) and type(account.get("name")) is str:
            error.name = account["name"]
        error.origin = account.get("origin") if isinstance(account.get("origin"), Remote) else None
        return error

    # ------------------------------------------------------------------------------------------ values

    def _encode(self, value: Any) -> bytes:
        return Encoder(self._reference).encode(value)

    def _reference(self, encoder: Encoder, value: Any, depth: int) -> Node:
        if isinstance(value, Remote):
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


def _language() -> str:
    running = check_context.current()
    return running.language if running is not None else "en"


class CheckNames(dict[str, Any]):
    """The globals of setup and check cells; a missing name that is the learner's is asked for."""

    def __init__(self, line: Line, own: dict[str, Any]) -> None:
        super().__init__(own)
        self._line = line
        self._learners: set[str] = set()

    def hand_over(self, names: list[str]) -> None:
        """From here on these names are the learner's, until a check or setup cell binds them again."""
        for name in names:
            self.pop(name, None)
        self._learners.update(names)

    def __missing__(self, name: str) -> Any:
        if name in self._learners:
            return self._line.name(name)
        raise KeyError(name)

    def __contains__(self, name: object) -> bool:
        if super().__contains__(name):
            return True
        return name in self._learners and bool(self._line.ask("has", name))

    def get(self, name: str, default: Any = None) -> Any:
        """The value of a name, as ``globals().get(name)`` asks for it."""
        return self[name] if name in self else default  # noqa: SIM401  (it is this very method)


class _NoShell:
    """Stands for IPython's shell where setup cells use magics such as ``%matplotlib inline``."""

    def run_line_magic(self, *_arguments: Any, **_options: Any) -> None:
        """Leave it out: display is the workbench's."""

    run_cell_magic = system = getoutput = run_line_magic


def check_isinstance(value: Any, kinds: Any) -> bool:
    """Tell whether a value is an instance; for a learner's object the workbench says so."""
    if isinstance(value, kinds):
        return True
    if not isinstance(value, Remote):
        return False
    try:
        return bool(value._remote_line.ask("isinstance", value, kinds))
    except NotSendableError:
        return False


def check_issubclass(value: Any, kinds: Any) -> bool:
    """Tell whether a class is a subclass; for a learner's class the workbench says so."""
    if not isinstance(value, Remote):
        return issubclass(value, kinds)
    return bool(value._remote_line.ask("issubclass", value, kinds))


class _Judge:
    """Runs one submission's setup and check cells as it is told."""

    def __init__(self, channel: Channel, config: dict[str, Any]) -> None:
        self._channel = channel
        self._outputs = Outputs(int(config["output_bytes"]))
        self._display = JudgeDisplay(self._outputs)
        self._shared: dict[str, Any] = {}
        self._line = Line(channel, self._shared)
        own_builtins = {**vars(builtins), "isinstance": check_isinstance, "issubclass": check_issubclass}
        self._names = CheckNames(
            self._line,
            {
                "__name__": "__main__",
                "__builtins__": own_builtins,
                "display": self._display.display,
                "get_ipython": _NoShell,
            },
        )
        self._language = config["language"]
        sys.stdout = sys.stderr = OutputStream(self._outputs, "stdout")

    def run(self) -> None:
        """Do as the supervisor says until it closes the channel."""
        while True:
            try:
                kind, payload = self._channel.expect(Kind.RUN_SETUP, Kind.RUN_CHECK)
            except PeerGoneError:
                return
            order = json.loads(payload)
            if order["renew"]:
                self._line.renew()
            self._hand_over(order["before"])
            if kind is Kind.RUN_SETUP:
                self._channel.send(Kind.SETUP_DONE, _json(self._setup(order)))
            else:
                self._channel.send(Kind.CHECK_DONE, _json(self._check(order)))

    def _hand_over(self, cells: list[dict[str, Any]]) -> None:
        """Note what the task and free cells before this one bind; the judge imports what they import."""
        for cell in cells:
            self._names.hand_over(cell["names"])
            for line in cell["imports"]:
                try:
                    exec(line, self._names)  # noqa: S102  (an import of the course's own notebook)
                except Exception:  # noqa: S112  (a check that uses it will say so)
                    continue

    def _setup(self, order: dict[str, Any]) -> dict[str, Any]:
        problem = None
        self._line.begin(order["seconds"])
        before = dict(self._names)
        try:
            with time_limit(order["seconds"]):
                exec(_compiled(order["source"], order["filename"]), self._names)  # noqa: S102
        except BaseException as error:  # checks that need it will fail and say so
            problem = " ".join(f"{type(error).__name__}: {error}"[:200].split())
        for name, value in dict.items(self._names):
            if not name.startswith("_") and (name not in before or before[name] is not value):
                self._shared[name] = value
        self._display.close_figures()
        self._outputs.take()
        return {"problem": problem}

    def _check(self, order: dict[str, Any]) -> dict[str, Any]:
        began = time.monotonic()
        self._line.begin(order["seconds"])
        check_context.enter(
            CheckContext(order["check"], order["points"], False, self._language, order["filename"])
        )
        failure: BaseException | None = None
        try:
            with time_limit(order["seconds"] + 0.5):  # the workbench's own limit comes first
                exec(_compiled(order["source"], order["filename"]), self._names)  # noqa: S102
        except TimeIsUpError:
            failure = TimeLimitError(_TIME[_language()])
        except BaseException as error:  # whatever ends a check early is its outcome
            failure = error
        failure = self._line.broken or failure
        seconds = time.monotonic() - began
        return {**self._outcome(failure), "seconds": seconds}

    def _outcome(self, failure: BaseException | None) -> dict[str, Any]:
        """Make the card; nothing but a check that came to its end has passed."""
        running = check_context.current() or CheckContext()
        try:
            card = pass_card(running) if failure is None else card_from_exception(failure, running)
        except Exception as error:  # a value that cannot be shown must not cost the other checks
            failure = failure or error
            card = Card(check=running.check, task=running.task, points=running.points, kind="error")
        self._display.flush_figures()
        self._show(card, running.language, failed=failure is not None)
        check_context.leave()
        return {
            "passed": failure is None,
            "late": isinstance(failure, TimeLimitError),
            "ended": isinstance(failure, WorkbenchEndedError),
            "card": card.to_dict(),
            "outputs": self._outputs.take(),
        }

    def _show(self, card: Card, language: str, *, failed: bool) -> None:
        self._outputs.cut = False
        self._outputs.limit += 100_000  # a card is shown after however much was printed
        self._outputs.display(
            {
                "text/plain": card.to_text(language),
                "text/html": card.to_html(language),
                MIME_TYPE: card.to_dict(),
            },
            {},
        )
        if failed:
            line = str(CheckFailed(card))
            self._outputs.error("CheckFailed", line, [line])
        self._outputs.limit -= 100_000


def _compiled(source: str, filename: str) -> Any:
    """Compile a cell so that messages can show its lines."""
    text = without_magics(source)
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    return compile(ast.parse(text, filename), filename, "exec")


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, default=str).encode("ascii")


def main(channel: socket.socket, config: dict[str, Any]) -> None:
    """Be the judge of one submission.

    Parameters
    ----------
    channel : socket.socket
        To the supervisor.
    config : dict
        ``environment`` (added to the process's), ``language``, ``output_bytes``.
    """
    os.environ.update(config["environment"])
    compare_strictly()
    _Judge(Channel(channel), config).run()
