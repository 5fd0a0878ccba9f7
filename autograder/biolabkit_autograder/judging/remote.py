"""What the judge holds of a learner's object that is not a plain value.

A `Remote` asks the workbench about its object, and every answer is a plain value or another `Remote`. It must
never decide a check by itself, so

- ``remote == plain`` compares on the judge's side, with the object's plain value, or is False without one;
- arithmetic with a plain value is refused: an object could answer ``abs(got - want)`` with 0;
- ``want in remote`` looks at the items on the judge's side;
- only harmless special attributes are read, none by which NumPy would trust a pointer of the learner's.

Between two objects of the learner's own, operators run in the workbench; ``Class.__eq__(a, b)`` calls the
learner's own method where that is what is to be checked.
"""

import inspect
import operator
from collections.abc import Callable, Iterator
from typing import Any, Protocol

__all__ = [
    "Asks",
    "Remote",
    "RemoteError",
    "ask",
    "belongs_to",
    "lose",
    "make_exception_class",
    "make_remote",
    "remote_id",
    "remote_type",
]

# fmt: off
_READABLE = frozenset({
    "__all__", "__annotations__", "__bases__", "__dataclass_fields__", "__defaults__", "__dict__", "__file__",
    "__func__", "__kwdefaults__", "__match_args__", "__mro__", "__name__", "__qualname__", "__self__",
    "__slots__", "__version__", "__wrapped__",
})
# fmt: on
_DISPLAY = ("_repr_", "_ipython_")
_MOST_ITEMS = 1_000_000
_LARGEST_BATCH = 256


class Asks(Protocol):
    """The line to the workbench."""

    def ask(self, question: str, *arguments: Any) -> Any:
        """Ask the workbench; learner's exceptions are raised."""

    def batch(self, iterator: "Remote", size: int) -> tuple[list[Any], Exception | None]:
        """Take the next items of an iterator, and what it raised after them."""

    def released(self, handle: int) -> None:
        """Note that nobody holds this handle any more."""


class RemoteError(Exception):
    """An exception of the learner's code, told by the workbench. A subclass stands for each built-in type.

    Attributes
    ----------
    type_name : str
        Name of the exception's own class.
    learner_line, learner_place : str or None
        The line of the learner's code and its place, as `biolabkit.check.card_from_exception` reads them.
    """

    def __init__(self, *arguments: Any) -> None:
        # the init of a built-in base wants arguments of its own kind; none of them is called
        self.args = arguments
        self.type_name = type(self).__name__
        self.learner_line: str | None = None
        self.learner_place: str | None = None
        self.origin: Any = None

    def __str__(self) -> str:
        return str(self.args[0]) if self.args else ""

    def __getattr__(self, name: str) -> Any:
        origin = self.__dict__.get("origin")
        if origin is None or name.startswith("__"):
            raise AttributeError(name)
        return getattr(origin, name)


def make_exception_class(name: str, base: type[Exception]) -> type[RemoteError]:
    """Make the judge's class for a learner's exception class, so that ``except`` and ``raises`` know it."""
    bases = (RemoteError,) if base is Exception else (RemoteError, base)
    return type(name, bases, {})


class Remote:
    """A learner's object; see the module. Made by `make_remote` only."""

    __slots__ = ("__weakref__", "_remote_id", "_remote_line", "_remote_type")
    __array_ufunc__ = None
    __array_priority__ = 1e6

    def __del__(self) -> None:
        self._remote_line.released(self._remote_id)

    def __hash__(self) -> int:
        return hash((Remote, self._remote_id))

    def __repr__(self) -> str:
        return _text(ask(self, "repr"))

    def __str__(self) -> str:
        return _text(ask(self, "str"))

    def __format__(self, spec: str) -> str:
        return _text(ask(self, "format", spec))

    def __bool__(self) -> bool:
        return bool(ask(self, "bool"))

    def __dir__(self) -> list[str]:
        return [str(name) for name in ask(self, "dir")]

    @property
    def __doc__(self) -> Any:  # type: ignore[override]
        return ask(self, "getattr", "__doc__")

    @property
    def __module__(self) -> Any:  # type: ignore[override]
        return ask(self, "getattr", "__module__")

    @property
    def __signature__(self) -> inspect.Signature:
        parameters = [
            inspect.Parameter(name, kind, default=default if has_default else inspect.Parameter.empty)
            for name, kind, has_default, default in ask(self, "signature")
        ]
        return inspect.Signature(parameters)

    def __getattr__(self, name: str) -> Any:
        special = name.startswith("__") and name.endswith("__")
        if (special and name not in _READABLE) or name.startswith(_DISPLAY):
            raise AttributeError(name)
        return ask(self, "getattr", name)

    def __setattr__(self, name: str, value: Any) -> None:
        ask(self, "setattr", name, value)

    def __delattr__(self, name: str) -> None:
        ask(self, "delattr", name)

    def __eq__(self, other: object, *explicit: Any) -> Any:
        if explicit:
            return ask(self, "method", "__eq__", other, *explicit)
        if self is other:
            return True
        mine, value = _by_value(self)
        if not mine:
            return False
        if isinstance(other, Remote):
            theirs, other = _by_value(other)
            return theirs and value == other
        return value == other

    def __ne__(self, other: object, *explicit: Any) -> Any:
        if explicit:
            return ask(self, "method", "__ne__", other, *explicit)
        same = self.__eq__(other)
        return not same if isinstance(same, bool) else ~same

    def __array__(self, dtype: Any = None, copy: bool | None = None) -> Any:
        import numpy as np

        found = ask(self, "array")
        if not isinstance(found, np.ndarray):
            raise TypeError(f"this {self._remote_type} is not an array")
        return found if dtype is None else found.astype(dtype)

    def __instancecheck__(self, instance: Any) -> bool:
        return isinstance(instance, Remote) and bool(ask(instance, "isinstance", self))

    def __subclasscheck__(self, subclass: Any) -> bool:
        return isinstance(subclass, Remote) and bool(ask(subclass, "issubclass", self))

    def __copy__(self) -> Any:
        return ask(self, "copy", False)

    def __deepcopy__(self, memo: Any) -> Any:
        return ask(self, "copy", True)

    def __reduce_ex__(self, protocol: Any) -> Any:
        raise TypeError("a learner's object stays in the workbench: it cannot be pickled by a check")


class _Lost:
    """Stands for the line to a workbench that has ended."""

    def ask(self, *_: Any) -> Any:
        raise RuntimeError("this object was lost, as the process of the learner's code was started again")

    batch = ask

    def released(self, _: int) -> None:
        """Nobody holds it there any more."""


def lose(remote: Remote) -> None:
    """Cut a remote off from a workbench that has ended: in the next one its number is another object's."""
    object.__setattr__(remote, "_remote_line", _Lost())


def belongs_to(remote: Remote, line: Asks) -> bool:
    """Whether a remote's object is at the other end of this line."""
    return _line(remote) is line


def remote_id(remote: Remote) -> int:
    """The number of the handle that a remote stands for."""
    return object.__getattribute__(remote, "_remote_id")


def remote_type(remote: Remote) -> str:
    """The name of the class of a remote's object, as the workbench says."""
    return object.__getattribute__(remote, "_remote_type")


def _line(remote: Remote) -> Asks:
    return object.__getattribute__(remote, "_remote_line")


def ask(remote: Remote, question: str, *arguments: Any) -> Any:
    """Ask the workbench about a remote's object."""
    return _line(remote).ask(question, remote, *arguments)


def _by_value(remote: Remote) -> tuple[bool, Any]:
    answer = ask(remote, "value")
    if isinstance(answer, Remote):  # too large to be sent
        return False, None
    found, value = answer
    return bool(found) and not isinstance(value, Remote), value


def _text(found: Any) -> str:
    if type(found) is not str:
        raise TypeError("a learner's object that should have been written as a text was not")
    return found


# ------------------------------------------------------------------------------- what only some objects can


def _call(self: Remote, /, *args: Any, **kwargs: Any) -> Any:
    return ask(self, "call", args, kwargs)


def _length(self: Remote) -> int:
    return operator.index(ask(self, "len"))


def _iterate(self: Remote) -> Iterator[Any]:
    return _items(ask(self, "iter"))


def _items(iterator: Any) -> Iterator[Any]:
    if not isinstance(iterator, Remote):  # a plain value came instead of an iterator
        yield from iterator
        return
    size, given = 1, 0
    while True:
        items, error = _line(iterator).batch(iterator, size)
        yield from items
        given += len(items)
        if error is not None:
            raise error
        if len(items) < size:
            return
        if given > _MOST_ITEMS:
            raise RuntimeError(f"more than {_MOST_ITEMS} items: does this iteration ever end?")
        size = min(2 * size, _LARGEST_BATCH)


def _next(self: Remote) -> Any:
    items, error = _line(self).batch(self, 1)
    if error is not None:
        raise error
    if not items:
        raise StopIteration
    return items[0]


def _itself(self: Remote) -> Remote:
    return self


def _get_item(self: Remote, key: Any) -> Any:
    return ask(self, "getitem", key)


def _set_item(self: Remote, key: Any, value: Any) -> None:
    ask(self, "setitem", key, value)


def _delete_item(self: Remote, key: Any) -> None:
    ask(self, "delitem", key)


def _enter(self: Remote) -> Any:
    return ask(self, "method", "__enter__", self)


def _exit(self: Remote, _kind: Any, error: Any, _traceback: Any) -> bool:
    # without its text, which may hold the expected value; and what a check raises is not the learner's to end
    shown = () if error is None else (RuntimeError, RuntimeError("the block ended with an error"), None)
    answer = bool(ask(self, "method", "__exit__", self, *(shown or (None, None, None))))
    return answer and error is None


#: A letter that a handle carries to the special methods that its object then has.
ABILITIES: dict[str, dict[str, Callable[..., Any]]] = {
    "c": {"__call__": _call},
    "l": {"__len__": _length},
    "i": {"__iter__": _iterate},
    "n": {"__iter__": _itself, "__next__": _next},
    "g": {"__getitem__": _get_item},
    "s": {"__setitem__": _set_item, "__delitem__": _delete_item},
    "e": {"__enter__": _enter, "__exit__": _exit},
    "f": {"__float__": lambda self: float(ask(self, "number", "float"))},
    "d": {"__int__": lambda self: int(ask(self, "number", "int"))},
    "x": {"__index__": lambda self: operator.index(ask(self, "number", "index"))},
}

_ARITHMETIC = "add sub mul truediv floordiv mod divmod pow matmul and or xor lshift rshift".split()  # noqa: SIM905
_ORDER = ("lt", "le", "gt", "ge")
_UNARY = ("neg", "pos", "abs", "invert")


def _arithmetic(name: str) -> tuple[Callable[..., Any], Callable[..., Any]]:
    special = f"__{name}__"

    def forward(self: Remote, other: Any, *explicit: Any) -> Any:
        if explicit:
            return ask(self, "method", special, other, *explicit)
        if isinstance(other, Remote):
            return ask(self, "operator", name, other)
        raise TypeError(
            f"a check cannot use an operator between a learner's {remote_type(self)} and a "
            f"{type(other).__name__}: the object would answer for itself"
        )

    def backward(self: Remote, other: Any) -> Any:
        raise TypeError(
            f"a check cannot use an operator between a {type(other).__name__} and a learner's "
            f"{remote_type(self)}: the object would answer for itself"
        )

    return forward, backward


def _comparison(name: str) -> Callable[..., Any]:
    compare = getattr(operator, name)

    def method(self: Remote, other: Any, *explicit: Any) -> Any:
        if explicit:
            return ask(self, "method", f"__{name}__", other, *explicit)
        if isinstance(other, Remote):
            return bool(ask(self, "operator", name, other))
        found, value = _by_value(self)
        if not found:
            raise TypeError(f"a learner's {remote_type(self)} has no order with a {type(other).__name__}")
        return compare(value, other)

    return method


def _unary(name: str) -> Callable[[Remote], Any]:
    return lambda self: ask(self, "unary", name)


def _add_operators() -> None:
    for name in _ARITHMETIC:
        forward, backward = _arithmetic(name)
        setattr(Remote, f"__{name}__", forward)
        setattr(Remote, f"__r{name}__", backward)
    for name in _ORDER:
        setattr(Remote, f"__{name}__", _comparison(name))
    for name in _UNARY:
        setattr(Remote, f"__{name}__", _unary(name))


_add_operators()
_CLASSES: dict[tuple[str, str], type[Remote]] = {}
_MOST_CLASSES = 1000


def make_remote(line: Asks, handle: int, type_name: str, abilities: str) -> Remote:
    """Make the judge's side of a handle.

    Parameters
    ----------
    line : Asks
        Whom it asks.
    handle : int
        The handle's number.
    type_name : str
        Name of the object's class.
    abilities : str
        Letters of `ABILITIES`; letters that are not known mean nothing.
    """
    letters = "".join(letter for letter in ABILITIES if letter in abilities)
    key = (letters, type_name)
    if key not in _CLASSES:
        if len(_CLASSES) >= _MOST_CLASSES:
            _CLASSES.clear()
        methods = {name: method for letter in letters for name, method in ABILITIES[letter].items()}
        # named after the learner's class, as `type(x).__name__` is often looked at; `type` would give a class
        # its own __doc__ and __module__, which hide the learner's
        inherited = {name: vars(Remote)[name] for name in ("__doc__", "__module__")}
        _CLASSES[key] = type(type_name, (Remote,), {"__slots__": (), **inherited, **methods})
    made = object.__new__(_CLASSES[key])
    for name, value in (("_remote_line", line), ("_remote_id", handle), ("_remote_type", type_name)):
        object.__setattr__(made, name, value)
    return made
