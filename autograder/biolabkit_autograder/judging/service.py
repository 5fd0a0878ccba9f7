"""The workbench answers the judge's questions about what the learner's code has made.

Every question names a method of `Service`. An answer is sent by value where it is a plain value, else as a
handle: a number, the name of the object's class, and letters that say what the object can do.
"""

import builtins
import copy
import inspect
import itertools
import operator
import threading
import traceback
from collections.abc import Callable, MutableMapping
from typing import Any

from .clock import TimeIsUpError, alarm_held, alarm_let_through, time_limit
from .codec import DecodeError, Decoder, Encoder, Node, TooLargeError
from .records import encode_record
from .references import resolve_import, resolve_object, shared_name
from .wire import Channel, Kind

__all__ = ["Service"]

_MOST_HANDLES = 400_000
_MOST_NEW_HANDLES = 20_000  # in one answer; room is left for those of other tasks
_MOST_TEXT = 1_000_000
_ABILITIES = {
    "l": "__len__",
    "i": "__iter__",
    "n": "__next__",
    "g": "__getitem__",
    "s": "__setitem__",
    "e": "__enter__",
    "f": "__float__",
    "d": "__int__",
    "x": "__index__",
}
_PLAIN_BASES: tuple[Any, ...] = (list, tuple, dict, set, frozenset, bytes, bytearray)


class Service:
    """Answers questions about the learner's names.

    Parameters
    ----------
    channel : Channel
        To the supervisor, which passes frames on to the judge.
    names : mutable mapping
        The learner's namespace.
    printed : callable
        Gives what was printed since it was last asked, as pairs of stream and text.
    where : callable
        Gives the innermost line of the learner's code of an exception, and its place, or None.
    """

    def __init__(
        self,
        channel: Channel,
        names: MutableMapping[str, Any],
        printed: Callable[[], list[tuple[str, str]]],
        where: Callable[[BaseException], tuple[str, str] | None],
    ) -> None:
        self._channel, self._names = channel, names
        self._printed, self._where = printed, where
        self._thread = threading.get_ident()
        self._shared: dict[str, Any] = {}
        self._asked: dict[str, Any] = {}
        self._handles: dict[int, Any] = {}
        self._numbers: dict[int, int] = {}
        self._last_number = self._last_sent = 0

    def remember_setup(self, names: list[str]) -> None:
        """Keep what setup cells made under these names: the judge may refer to it."""
        self._shared.update({name: self._names[name] for name in names if name in self._names})

    def serve(self, payload: bytes | bytearray) -> None:
        """Answer one question."""
        try:
            message = self._answer(payload)
        except BaseException as error:  # a class that lies about itself; time that is up here
            message = Encoder(self._reference).encode(["broken", type(error).__name__, [], []])
        self._channel.send(Kind.REPLY, message)

    def _answer(self, payload: bytes | bytearray) -> bytes:
        try:
            question, seconds, released, arguments = Decoder(self._resolve).decode(payload)
            for number in released:
                self._release(number)
            with time_limit(seconds):
                found = getattr(self, f"ask_{question}")(*arguments)
                message = self._encode("value", found)
        except BaseException as error:  # learner code may raise anything
            message = self._encode("error", self._explain(error))
        return message

    def _encode(self, kind: str, value: Any) -> bytes:
        printed = [(stream, text[:_MOST_TEXT]) for stream, text in self._printed()]
        self._last_sent = self._last_number
        try:
            return Encoder(self._reference).encode([kind, value, printed, self._rebound()])
        except TooLargeError:
            for number in range(self._last_sent + 1, self._last_number + 1):
                self._release(number)  # the judge never hears of these
            self._last_sent = self._last_number
            return Encoder(self._reference).encode([kind, _Handle(value), printed, self._rebound()])

    def _rebound(self) -> list[str]:
        """Names that were bound again since they were asked for; the judge asks again for them."""
        changed = [name for name, value in self._asked.items() if self._names.get(name) is not value]
        for name in changed:
            del self._asked[name]
        return changed

    # ------------------------------------------------------------------------------------------ handles

    def _reference(self, encoder: Encoder, value: Any, depth: int) -> Node:
        if type(value) is _Callback:
            return {"t": "callback", "id": value.number}
        if type(value) is _Handle:
            return self._handle(value.value)
        return encode_record(encoder, value, depth, self._shared) or self._handle(value)

    def _handle(self, value: Any) -> Node:
        number = self._numbers.get(id(value))
        if number is None:
            new = self._last_number - self._last_sent
            if new >= _MOST_NEW_HANDLES or len(self._handles) >= _MOST_HANDLES:
                raise TooLargeError("too many objects that are not plain values")
            self._last_number += 1
            number = self._last_number
            self._handles[number], self._numbers[id(value)] = value, number
        kind = type(value)
        letters = "".join(letter for letter, name in _ABILITIES.items() if hasattr(kind, name))
        node = {"t": "handle", "id": number, "n": kind.__name__, "a": letters + "c" * callable(value)}
        if isinstance(value, type) and issubclass(value, BaseException):
            node["e"] = [value.__name__, _bases(value)]
        return node

    def _release(self, number: int) -> None:
        if number in self._handles:
            self._numbers.pop(id(self._handles.pop(number)), None)

    def _resolve(self, decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
        tag = node["t"]
        if tag == "handle":
            return self._handles[decoder.integer(node["id"])]
        if tag == "shared":
            return shared_name(decoder, node, self._shared)
        if tag == "import":
            return resolve_import(decoder, node, depth)
        if tag == "object":
            return resolve_object(decoder, node, depth)
        if tag == "callback":
            return _Callback(self, decoder.integer(node["id"]))
        raise DecodeError(f"an unknown tag {tag}")

    def _explain(self, error: BaseException) -> dict[str, Any]:
        kind = type(error)
        try:
            message = str(error)[:_MOST_TEXT]
        except BaseException:  # a learner's __str__
            message = ""
        found = self._where(error)
        name = getattr(error, "name", None) if isinstance(error, NameError) else None
        return {
            "class": _Handle(kind),
            "name": name if type(name) is str else None,
            "message": "" if type(message) is not str else message,
            "line": found[0] if found else None,
            "place": found[1] if found else None,
            "origin": None if isinstance(error, TimeIsUpError) else _Handle(error),
            "late": isinstance(error, TimeIsUpError),
        }

    # -------------------------------------------------------------------------------------- callbacks

    def call_back(self, number: int, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call a function that a check handed over; it runs in the judge.

        Raises
        ------
        RuntimeError
            From another thread than the one that runs the cells, or when the function raised.
        """
        if threading.get_ident() != self._thread:
            raise RuntimeError("a function that a check hands over can only be called in the main thread")
        message = Encoder(self._reference).encode([number, args, kwargs])
        with alarm_held():
            payload = self._conversation(message)
        outcome, value = Decoder(self._resolve).decode(payload)
        if outcome == "value":
            return value
        name, text = value
        raised = getattr(builtins, name, None)
        fits = isinstance(raised, type) and issubclass(raised, Exception)
        raise (raised if fits else RuntimeError)(text)  # type: ignore[misc]

    def _conversation(self, message: bytes) -> bytearray:
        """Send a callback and wait for its answer; until then the judge may ask about objects."""
        self._channel.send(Kind.CALLBACK, message)
        while True:
            kind, payload = self._channel.expect(Kind.ANSWER, Kind.REQUEST)
            if kind is Kind.ANSWER:
                return payload
            with alarm_let_through():
                self.serve(payload)

    # -------------------------------------------------------------------------------------- questions

    def ask_name(self, name: str) -> Any:
        """The value of a name."""
        if name not in self._names:
            raise NameError(f"name {name!r} is not defined", name=name)
        self._asked[name] = self._names[name]
        return self._names[name]

    def ask_has(self, name: str) -> bool:
        """Whether a name is defined."""
        return name in self._names

    def ask_call(self, target: Any, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        """Call it."""
        return target(*args, **kwargs)

    def ask_method(self, target: Any, name: str, *arguments: Any) -> Any:
        """Call a special method as its class has it; on a class, the class's own."""
        if isinstance(target, type):
            return getattr(target, name)(*arguments)
        return getattr(type(target), name)(*arguments)

    def ask_getattr(self, target: Any, name: str) -> Any:
        """An attribute; a `__dict__` as a dict, a class's methods as handles."""
        found = getattr(target, name)
        return dict(found) if name == "__dict__" else found

    def ask_setattr(self, target: Any, name: str, value: Any) -> None:
        """Set an attribute."""
        setattr(target, name, value)

    def ask_delattr(self, target: Any, name: str) -> None:
        """Delete an attribute."""
        delattr(target, name)

    def ask_getitem(self, target: Any, key: Any) -> Any:
        """An item."""
        return target[key]

    def ask_setitem(self, target: Any, key: Any, value: Any) -> None:
        """Set an item."""
        target[key] = value

    def ask_delitem(self, target: Any, key: Any) -> None:
        """Delete an item."""
        del target[key]

    def ask_len(self, target: Any) -> int:
        """Its length."""
        return len(target)

    def ask_bool(self, target: Any) -> bool:
        """Its truth."""
        return bool(target)

    def ask_str(self, target: Any) -> str:
        """Its text."""
        return str(target)[:_MOST_TEXT]

    def ask_repr(self, target: Any) -> str:
        """Its representation."""
        return repr(target)[:_MOST_TEXT]

    def ask_format(self, target: Any, spec: str) -> str:
        """Its text in a format."""
        return format(target, spec)[:_MOST_TEXT]

    def ask_number(self, target: Any, kind: str) -> Any:
        """The number that it says it is."""
        numbers: dict[str, Callable[[Any], Any]] = {"float": float, "int": int, "index": operator.index}
        return numbers[kind](target)

    def ask_dir(self, target: Any) -> list[str]:
        """The names of its attributes."""
        return [name for name in dir(target) if type(name) is str]

    def ask_iter(self, target: Any) -> Any:
        """An iterator over it, which stays here."""
        return _Handle(iter(target))

    def ask_batch(self, iterator: Any, size: int) -> tuple[list[Any], Any]:
        """The next items, at most so many, and an account of what was raised after them."""
        items: list[Any] = []
        try:
            items.extend(itertools.islice(iterator, size))
        except Exception as error:
            return items, self._explain(error)
        return items, None

    def ask_isinstance(self, target: Any, kinds: Any) -> bool:
        """Whether it is an instance."""
        return bool(isinstance(target, kinds))

    def ask_issubclass(self, target: Any, kinds: Any) -> bool:
        """Whether it is a subclass."""
        return bool(issubclass(target, kinds))

    def ask_type(self, target: Any) -> Any:
        """Its class."""
        return _Handle(type(target))

    def ask_same(self, target: Any, other: Any) -> bool:
        """Whether both are one object."""
        return target is other

    def ask_array(self, target: Any) -> Any:
        """Its elements as a NumPy array."""
        import numpy as np

        return np.asarray(target)

    def ask_value(self, target: Any) -> tuple[bool, Any]:
        """The plain container that it is made of, if it is made of one."""
        for base in _PLAIN_BASES:
            if isinstance(target, base):
                return True, dict(dict.items(target)) if base is dict else base(base.__iter__(target))
        return False, None

    def ask_copy(self, target: Any, deep: bool) -> Any:
        """A copy of it."""
        return copy.deepcopy(target) if deep else copy.copy(target)

    def ask_operator(self, target: Any, name: str, other: Any) -> Any:
        """An operator between two of the learner's objects."""
        return divmod(target, other) if name == "divmod" else getattr(operator, f"__{name}__")(target, other)

    def ask_unary(self, target: Any, name: str) -> Any:
        """An operator on one object."""
        return getattr(operator, f"__{name}__")(target)

    def ask_inspect(self, target: Any, name: str) -> Any:
        """What a function of `inspect` says about it."""
        return getattr(inspect, name)(target)

    def ask_signature(self, target: Any) -> list[tuple[str, int, bool, Any]]:
        """Names, kinds and defaults of its parameters."""
        return [
            (
                each.name,
                int(each.kind),
                each.default is not each.empty,
                None if each.default is each.empty else each.default,
            )
            for each in inspect.signature(target).parameters.values()
        ]


class _Handle:
    """Marks a value to be sent as a handle, even if it is plain."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class _Callback:
    """A function of the judge's, as learner code sees it."""

    def __init__(self, service: Service, number: int) -> None:
        self._service, self.number = service, number

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        return self._service.call_back(self.number, args, kwargs)


def _bases(kind: type[BaseException]) -> list[tuple[str, str]]:
    return [(str(base.__module__), base.__name__) for base in kind.__mro__]


def innermost_line(error: BaseException, filenames: Callable[[str], str | None]) -> tuple[str, str] | None:
    """Find the innermost line of notebook cells that an exception came through.

    Parameters
    ----------
    error : BaseException
        With its traceback.
    filenames : callable
        Gives the text of a cell by the file name that it was compiled with, None for other files.
    """
    for frame in reversed(traceback.extract_tb(error.__traceback__)):
        source = filenames(frame.filename)
        if source is not None and frame.lineno is not None:
            lines = source.splitlines()
            line = lines[frame.lineno - 1].strip() if frame.lineno <= len(lines) else ""
            return line, f"{frame.name}:{frame.lineno}"
    return None
