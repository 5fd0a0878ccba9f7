"""Values as tagged JSON and raw bytes, decoded to plain values only; never pickle.

What is decoded is one of the kinds below and nothing else: no class, no function and no subclass of a
learner's can come out of it. Anything else is handed to a hook that may put a reference in its place.

===============  =====================================================================================
JSON             value
===============  =====================================================================================
null, true, "s"  None, bool, str
1, 1.5           int up to 64 bits, finite float
[...]            list
{"t": tag, ...}  everything else; ``tag`` is looked up among the decoders of :mod:`.plain`,
                 :mod:`.arrays`, :mod:`.tables`, :mod:`.tensors`, then given to the hook
===============  =====================================================================================

A message is four bytes of length, a JSON text ``[tree, [sizes of the raw parts]]`` in ASCII, the raw parts.
Numbers, texts and whole lists of them that are long travel as raw parts.
"""

import array
import json
import math
import struct
from collections.abc import Callable
from typing import Any

from .wire import WireError

__all__ = [
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_JSON",
    "MAX_NODES",
    "SUBCLASSES",
    "DecodeError",
    "Decoder",
    "Encoder",
    "Node",
    "TooLargeError",
    "decodes",
    "encodes",
    "library",
]

MAX_DEPTH = 48
MAX_NODES = 1_000_000
MAX_JSON = 8 * 2**20
MAX_BYTES = 40 * 2**20
MAX_INTEGER_BITS = 2**20
_PACK_FROM = 32  # lists at least this long are looked at for packing
_RAW_TEXT_FROM = 4096
_LENGTH = struct.Struct("<I")

Node = Any
EncodeFunction = Callable[["Encoder", Any, int], Node]
DecodeFunction = Callable[["Decoder", dict[str, Any], int], Any]

#: How subclasses of a kind are sent, mostly as the kind itself. Without an entry they are not plain.
SUBCLASSES: dict[type, EncodeFunction] = {}

_LIBRARIES: list[Callable[[], None]] = []
_ENCODERS: dict[type, EncodeFunction] = {}
_DECODERS: dict[str, DecodeFunction] = {}


class TooLargeError(WireError):
    """A value is nested too deeply, has too many parts or too many bytes to be sent by value."""


class DecodeError(WireError):
    """A message is not a value in this encoding."""


def encodes(*types: type) -> Callable[[EncodeFunction], EncodeFunction]:
    """Register the encoder of exact types."""

    def register(function: EncodeFunction) -> EncodeFunction:
        for kind in types:
            _ENCODERS[kind] = function
        return function

    return register


def decodes(tag: str) -> Callable[[DecodeFunction], DecodeFunction]:
    """Register the decoder of a tag."""

    def register(function: DecodeFunction) -> DecodeFunction:
        _DECODERS[tag] = function
        return function

    return register


def library(register: Callable[[], None]) -> Callable[[], None]:
    """Have a function called when an unknown type is met: it registers a library's types once loaded."""
    _LIBRARIES.append(register)
    return register


class Encoder:
    """Turns values into messages.

    Parameters
    ----------
    other : callable
        Gets a value that is not plain and this encoder's current depth; returns a tagged node in its place,
        or raises.
    """

    def __init__(self, other: Callable[["Encoder", Any, int], Node]) -> None:
        self._other = other
        self._parts: list[bytes] = []
        self._nodes = self._size = 0

    def encode(self, value: Any) -> bytes:
        """Encode one value.

        Raises
        ------
        TooLargeError
            When the value goes over a cap.
        """
        self._parts, self._nodes, self._size = [], 0, 0
        tree = self.node(value, 0)
        text = json.dumps([tree, [len(part) for part in self._parts]], separators=(",", ":")).encode("ascii")
        if len(text) > MAX_JSON:
            raise TooLargeError(f"a value of {len(text)} bytes of JSON")
        return b"".join([_LENGTH.pack(len(text)), text, *self._parts])

    def node(self, value: Any, depth: int) -> Node:
        """Encode a value that is part of the message at a depth."""
        kind = type(value)
        if value is None or kind is bool:
            return value
        if kind is str:
            return value if len(value) < _RAW_TEXT_FROM else self._raw_text(value)
        if kind is int:
            return value if -(2**63) <= value < 2**64 else long_integer(value)
        if kind is float:
            return value if math.isfinite(value) else {"t": "float", "v": repr(value)}
        self.count(1, depth)
        if kind is list:
            return self.items(value, depth)
        function = _ENCODERS.get(kind) or _encoder_of(value)
        return function(self, value, depth) if function else self.other(value, depth)

    def other(self, value: Any, depth: int) -> Node:
        """Have the hook put a reference in the place of a value that is not plain."""
        return self._other(self, value, depth)

    def items(self, values: list[Any], depth: int) -> Node:
        """Encode a list, packed where its items are all numbers or all texts."""
        if len(values) >= _PACK_FROM:
            packed = self._packed(values)
            if packed is not None:
                return packed
        self.count(len(values), depth)
        return [self.node(value, depth + 1) for value in values]

    def refer(self, value: Any, depth: int) -> Node:
        """Encode a value of a plain kind that must not travel by value."""
        return self.other(value, depth)

    def raw(self, data: Any) -> int:
        """Add a raw part; returns its number.

        Raises
        ------
        TooLargeError
            When the parts together are too long.
        """
        part = bytes(data)
        self._size += len(part)
        if self._size > MAX_BYTES:
            raise TooLargeError("a value of too many bytes")
        self._parts.append(part)
        return len(self._parts) - 1

    def count(self, nodes: int, depth: int) -> None:
        """Note that so many nodes more stand at this depth.

        Raises
        ------
        TooLargeError
            When there are too many, or the depth is too great.
        """
        self._nodes += nodes
        if depth >= MAX_DEPTH or self._nodes > MAX_NODES:
            raise TooLargeError("the value is nested too deeply or has too many parts")

    def _packed(self, values: list[Any]) -> Node | None:
        kinds = set(map(type, values))
        if kinds == {float}:
            return {"t": "floats", "b": self.raw(array.array("d", values).tobytes())}
        if kinds == {int}:
            try:
                return {"t": "ints", "b": self.raw(array.array("q", values).tobytes())}
            except OverflowError:
                return None
        if kinds == {str}:
            lengths = array.array("I", map(len, values)).tobytes()
            return {"t": "texts", "n": self.raw(lengths), "b": self.raw(utf8("".join(values)))}
        return None

    def _raw_text(self, text: str) -> Node:
        return {"t": "str", "b": self.raw(utf8(text))}


class Decoder:
    """Turns messages into plain values; safe against any bytes.

    Parameters
    ----------
    other : callable, optional
        Gets a node whose tag is not one of a plain value, this decoder, and the depth; returns the value it
        stands for or raises. Without it such a node is an error.
    """

    def __init__(self, other: Callable[["Decoder", dict[str, Any], int], Any] | None = None) -> None:
        self._other = other
        self._parts: list[memoryview] = []
        self._nodes = 0

    def decode(self, message: bytes | bytearray) -> Any:
        """Decode one message.

        Raises
        ------
        DecodeError
            Whatever is wrong with it.
        """
        self._nodes = 0
        try:
            tree = self._split(memoryview(message))
            return self.value(tree, 0)
        except WireError:
            raise
        except Exception as error:
            # a library that refuses forged parts, deep JSON, a number out of range, no memory
            raise DecodeError(f"not a value: {type(error).__name__}") from None

    def _split(self, message: memoryview) -> Node:
        (length,) = _LENGTH.unpack(message[:4])
        if length > MAX_JSON or length > len(message) - 4:
            raise DecodeError("the JSON part is too long")
        text = str(message[4 : 4 + length], "ascii")
        tree, sizes = json.loads(text, parse_constant=_refuse_constant)
        self._parts, at = [], 4 + length
        for size in sizes:
            if type(size) is not int or not 0 <= size <= len(message) - at:
                raise DecodeError("a raw part is longer than the message")
            self._parts.append(message[at : at + size])
            at += size
        if at != len(message):
            raise DecodeError("there are bytes behind the message")
        return tree

    def value(self, node: Node, depth: int) -> Any:
        """Decode a node at a depth."""
        kind = type(node)
        if kind is list:
            self.count(len(node), depth)
            return [self.value(item, depth + 1) for item in node]
        if kind is not dict:
            if kind is int and not -(2**63) <= node < 2**64:
                raise DecodeError("a long integer without its tag")
            return node
        self.count(1, depth)
        tag = node.get("t")
        function = _DECODERS.get(tag) if type(tag) is str else None
        if function is not None:
            return function(self, node, depth)
        if self._other is not None:
            return self._other(self, node, depth)
        raise DecodeError("an unknown tag")

    def listed(self, node: Node, depth: int) -> list[Any]:
        """Decode a node that must be a list."""
        found = self.value(node, depth)
        if type(found) is not list:
            raise DecodeError("expected a list")
        return found

    def text(self, node: Node) -> str:
        """Check that a node is a short text."""
        if type(node) is not str or len(node) > _RAW_TEXT_FROM:
            raise DecodeError("expected a short text")
        return node

    def integer(self, node: Node, least: int = -(2**63), most: int = 2**63 - 1) -> int:
        """Check that a node is an integer in a range."""
        if type(node) is not int or not least <= node <= most:
            raise DecodeError("expected an integer in range")
        return node

    def raw(self, number: Node) -> memoryview:
        """Give the raw part with this number."""
        return self._parts[self.integer(number, 0, len(self._parts) - 1)]

    def count(self, nodes: int, depth: int) -> None:
        """Note that so many nodes more stand at this depth; the same caps as the encoder's."""
        self._nodes += nodes
        if depth >= MAX_DEPTH or self._nodes > MAX_NODES:
            raise DecodeError("nested too deeply or too many parts")


def _encoder_of(value: Any) -> EncodeFunction | None:
    """Find the encoder of a kind that a library brings, or of the plain kind that a subclass is made of."""
    for register in _LIBRARIES:
        register()
    mro = type.__dict__["__mro__"].__get__(type(value))
    if mro[0] in _ENCODERS:
        return _ENCODERS[mro[0]]
    return next((SUBCLASSES[kind] for kind in mro[1:] if kind in SUBCLASSES), None)


def utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _refuse_constant(word: str) -> Any:
    raise DecodeError(f"{word} is not JSON")


def long_integer(value: int) -> Node:
    if value.bit_length() > MAX_INTEGER_BITS:
        raise TooLargeError("an integer of more than a million bits")
    return {"t": "int", "v": hex(value)}
