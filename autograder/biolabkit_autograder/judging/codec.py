"""Values as tagged JSON and raw bytes, decoded to plain values only; never pickle.

What is decoded is one of the kinds below and nothing else: no class, no function and no subclass of a
learner's can come out of it. Anything else is handed to a hook that may put a reference in its place.

===============  =====================================================================================
JSON             value
===============  =====================================================================================
null, true, "s"  None, bool, str
1, 1.5           int up to 64 bits, finite float
[...]            list
{"t": tag, ...}  everything else; ``tag`` is looked up among the decoders of this module, of
                 :mod:`.arrays`, :mod:`.tables` and :mod:`.tensors`, then given to the hook
===============  =====================================================================================

A message is four bytes of length, a JSON text ``[tree, [sizes of the raw parts]]`` in ASCII, the raw parts.
Numbers, texts and whole lists of them that are long travel as raw parts.
"""

import array
import collections
import datetime
import decimal
import fractions
import json
import math
import pathlib
import re
import struct
from collections.abc import Callable, Iterable
from typing import Any

from .wire import WireError

__all__ = [
    "BASES",
    "MAX_BYTES",
    "MAX_DEPTH",
    "MAX_JSON",
    "MAX_NODES",
    "DecodeError",
    "Decoder",
    "Encoder",
    "NamedRow",
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
MAX_RANGE = 10_000_000
MAX_EQUAL_HASHES = 64
_PACK_FROM = 32  # lists at least this long are looked at for packing
_RAW_TEXT_FROM = 4096
_LENGTH = struct.Struct("<I")

Node = Any
EncodeFunction = Callable[["Encoder", Any, int], Node]
DecodeFunction = Callable[["Decoder", dict[str, Any], int], Any]

#: A subclass of one of these is sent as the base; libraries add theirs.
BASES: set[type] = set()

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
            return value if -(2**63) <= value < 2**64 else _long_integer(value)
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
            return {"t": "texts", "n": self.raw(lengths), "b": self.raw(_utf8("".join(values)))}
        return None

    def _raw_text(self, text: str) -> Node:
        return {"t": "str", "b": self.raw(_utf8(text))}


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


class NamedRow(tuple[Any, ...]):
    """A named tuple of the learner's: its values, and the names by which they can be read.

    Only names that a tuple does not have already give a value, so that none changes how a tuple behaves.
    """

    _fields: tuple[str, ...]

    def __new__(cls, fields: Iterable[str], values: Iterable[Any]) -> "NamedRow":
        """Make a row; `fields` and `values` have the same length."""
        row = super().__new__(cls, values)
        row._fields = tuple(fields)
        return row

    def __getattr__(self, name: str) -> Any:
        if _is_field_name(name) and name in self._fields:
            return self[self._fields.index(name)]
        raise AttributeError(name)

    def _asdict(self) -> dict[str, Any]:
        return dict(zip(self._fields, self, strict=True))


def unique_enough(keys: list[Any]) -> list[Any]:
    """Refuse keys that were made to share one hash, which would make a dict or set very slow.

    Raises
    ------
    DecodeError
        When many keys have the same hash or one cannot be hashed.
    """
    if len(keys) > MAX_EQUAL_HASHES:
        hashes = sorted(map(hash, keys))
        step = MAX_EQUAL_HASHES
        if any(low == high for low, high in zip(hashes, hashes[step:], strict=False)):
            raise DecodeError("too many keys with one hash")
    return keys


def _encoder_of(value: Any) -> EncodeFunction | None:
    """Find the encoder of a kind that a library brings, or of the plain kind that a subclass is made of."""
    for register in _LIBRARIES:
        register()
    mro = type.__dict__["__mro__"].__get__(type(value))
    if mro[0] in _ENCODERS:
        return _ENCODERS[mro[0]]
    if tuple in mro and _field_names(value) is not None:
        return _encode_named_row
    for kind in mro[1:]:
        if kind in _SCALARS:
            return _SCALARS[kind]
        if kind in BASES or kind in _PATHS:
            return _ENCODERS[kind]
    return None


def _field_names(value: Any) -> tuple[str, ...] | None:
    names = getattr(type(value), "_fields", None)
    if type(names) is not tuple or len(names) != tuple.__len__(value):
        return None
    return names if all(type(name) is str and _is_field_name(name) for name in names) else None


def _is_field_name(name: str) -> bool:
    """Whether it may be a field; NumPy and others trust attributes whose names begin with an underscore."""
    return name.isidentifier() and not name.startswith("_")


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "surrogatepass")


def _refuse_constant(word: str) -> Any:
    raise DecodeError(f"{word} is not JSON")


# ---------------------------------------------------------------------------------------------- numbers


def _long_integer(value: int) -> Node:
    if value.bit_length() > MAX_INTEGER_BITS:
        raise TooLargeError("an integer of more than a million bits")
    return {"t": "int", "v": hex(value)}


@decodes("int")
def _decode_long_integer(_: Decoder, node: dict[str, Any], __: int) -> int:
    text = node["v"]
    if (
        type(text) is not str
        or len(text) > MAX_INTEGER_BITS // 4 + 4
        or not re.fullmatch(r"-?0x[0-9a-f]+", text)
    ):
        raise DecodeError("not a long integer")
    return int(text, 16)


@decodes("float")
def _decode_float(_: Decoder, node: dict[str, Any], __: int) -> float:
    return {"nan": math.nan, "inf": math.inf, "-inf": -math.inf}[node["v"]]


@encodes(complex)
def _encode_complex(_: Encoder, value: complex, __: int) -> Node:
    return {"t": "complex", "v": struct.pack("<dd", value.real, value.imag).hex()}


@decodes("complex")
def _decode_complex(decoder: Decoder, node: dict[str, Any], _: int) -> complex:
    return complex(*struct.unpack("<dd", bytes.fromhex(decoder.text(node["v"]))))


@encodes(decimal.Decimal)
def _encode_decimal(_: Encoder, value: decimal.Decimal, __: int) -> Node:
    return {"t": "decimal", "v": str(value)}


@decodes("decimal")
def _decode_decimal(decoder: Decoder, node: dict[str, Any], _: int) -> decimal.Decimal:
    value = decimal.Decimal(decoder.text(node["v"]))
    if value.is_finite() and abs(value.adjusted()) > 10_000:  # int() of it would fill the memory
        raise DecodeError("a decimal with a huge exponent")
    return value


@encodes(fractions.Fraction)
def _encode_fraction(encoder: Encoder, value: fractions.Fraction, depth: int) -> Node:
    return {
        "t": "fraction",
        "v": [encoder.node(value.numerator, depth + 1), encoder.node(value.denominator, depth + 1)],
    }


@decodes("fraction")
def _decode_fraction(decoder: Decoder, node: dict[str, Any], depth: int) -> fractions.Fraction:
    numerator, denominator = decoder.listed(node["v"], depth + 1)
    if type(numerator) is not int or type(denominator) is not int:
        raise DecodeError("not a fraction")
    return fractions.Fraction(numerator, denominator)


@decodes("floats")
def _decode_floats(decoder: Decoder, node: dict[str, Any], _: int) -> list[float]:
    return _unpacked("d", decoder, node)


@decodes("ints")
def _decode_ints(decoder: Decoder, node: dict[str, Any], _: int) -> list[int]:
    return _unpacked("q", decoder, node)


def _unpacked(code: str, decoder: Decoder, node: dict[str, Any]) -> list[Any]:
    values = array.array(code)
    values.frombytes(decoder.raw(node["b"]))
    return values.tolist()


# ------------------------------------------------------------------------------------------------ texts


@decodes("str")
def _decode_text(decoder: Decoder, node: dict[str, Any], _: int) -> str:
    return str(decoder.raw(node["b"]), "utf-8", "surrogatepass")


@decodes("texts")
def _decode_texts(decoder: Decoder, node: dict[str, Any], _: int) -> list[str]:
    lengths = array.array("I")
    lengths.frombytes(decoder.raw(node["n"]))
    joined = str(decoder.raw(node["b"]), "utf-8", "surrogatepass")
    if sum(lengths) != len(joined):
        raise DecodeError("the lengths do not fit the text")
    found, at = [], 0
    for length in lengths:
        found.append(joined[at : at + length])
        at += length
    return found


@encodes(bytes)
def _encode_bytes(encoder: Encoder, value: bytes, _: int) -> Node:
    return {"t": "bytes", "b": encoder.raw(value)}


@decodes("bytes")
def _decode_bytes(decoder: Decoder, node: dict[str, Any], _: int) -> bytes:
    return bytes(decoder.raw(node["b"]))


@encodes(bytearray)
def _encode_bytearray(encoder: Encoder, value: bytearray, _: int) -> Node:
    return {"t": "bytearray", "b": encoder.raw(value)}


@decodes("bytearray")
def _decode_bytearray(decoder: Decoder, node: dict[str, Any], _: int) -> bytearray:
    return bytearray(decoder.raw(node["b"]))


_PATHS = {pathlib.PurePath, pathlib.PosixPath, pathlib.PurePosixPath}


@encodes(*_PATHS)
def _encode_path(_: Encoder, value: pathlib.PurePath, __: int) -> Node:
    return {"t": "path", "v": str(value)}


@decodes("path")
def _decode_path(decoder: Decoder, node: dict[str, Any], _: int) -> pathlib.Path:
    return pathlib.Path(decoder.text(node["v"]))


# ----------------------------------------------------------------------------------------------- dates


@encodes(datetime.date)
def _encode_date(_: Encoder, value: datetime.date, __: int) -> Node:
    return {"t": "date", "v": value.isoformat()}


@decodes("date")
def _decode_date(decoder: Decoder, node: dict[str, Any], _: int) -> datetime.date:
    return datetime.date.fromisoformat(decoder.text(node["v"]))


@encodes(datetime.time)
def _encode_time(_: Encoder, value: datetime.time, __: int) -> Node:
    return {"t": "time", "v": value.isoformat()}


@decodes("time")
def _decode_time(decoder: Decoder, node: dict[str, Any], _: int) -> datetime.time:
    return datetime.time.fromisoformat(decoder.text(node["v"]))


@encodes(datetime.datetime)
def _encode_datetime(_: Encoder, value: datetime.datetime, __: int) -> Node:
    return {"t": "datetime", "v": value.isoformat()}  # a named zone becomes its offset


@decodes("datetime")
def _decode_datetime(decoder: Decoder, node: dict[str, Any], _: int) -> datetime.datetime:
    return datetime.datetime.fromisoformat(decoder.text(node["v"]))


@encodes(datetime.timedelta)
def _encode_timedelta(_: Encoder, value: datetime.timedelta, __: int) -> Node:
    return {"t": "timedelta", "v": [value.days, value.seconds, value.microseconds]}


@decodes("timedelta")
def _decode_timedelta(decoder: Decoder, node: dict[str, Any], _: int) -> datetime.timedelta:
    days, seconds, microseconds = (decoder.integer(part) for part in node["v"])
    return datetime.timedelta(days, seconds, microseconds)


# ------------------------------------------------------------------------------------------- containers


@encodes(tuple)
def _encode_tuple(encoder: Encoder, value: tuple[Any, ...], depth: int) -> Node:
    return {"t": "tuple", "v": encoder.items(list(value), depth + 1)}


@decodes("tuple")
def _decode_tuple(decoder: Decoder, node: dict[str, Any], depth: int) -> tuple[Any, ...]:
    return tuple(decoder.listed(node["v"], depth + 1))


def _encode_named_row(encoder: Encoder, value: tuple[Any, ...], depth: int) -> Node:
    return {
        "t": "row",
        "n": list(_field_names(value) or ()),
        "v": encoder.items(list(tuple.__iter__(value)), depth + 1),
    }


@decodes("row")
def _decode_named_row(decoder: Decoder, node: dict[str, Any], depth: int) -> NamedRow:
    fields = [decoder.text(name) for name in node["n"]]
    values = decoder.listed(node["v"], depth + 1)
    if len(fields) != len(values) or not all(_is_field_name(name) for name in fields):
        raise DecodeError("not a named tuple")
    return NamedRow(fields, values)


@encodes(set)
def _encode_set(encoder: Encoder, value: set[Any], depth: int) -> Node:
    return {"t": "set", "v": encoder.items(list(value), depth + 1)}


@decodes("set")
def _decode_set(decoder: Decoder, node: dict[str, Any], depth: int) -> set[Any]:
    return set(unique_enough(decoder.listed(node["v"], depth + 1)))


@encodes(frozenset)
def _encode_frozenset(encoder: Encoder, value: frozenset[Any], depth: int) -> Node:
    return {"t": "frozenset", "v": encoder.items(list(value), depth + 1)}


@decodes("frozenset")
def _decode_frozenset(decoder: Decoder, node: dict[str, Any], depth: int) -> frozenset[Any]:
    return frozenset(unique_enough(decoder.listed(node["v"], depth + 1)))


@encodes(collections.deque)
def _encode_deque(encoder: Encoder, value: collections.deque[Any], depth: int) -> Node:
    return {"t": "deque", "v": encoder.items(list(value), depth + 1), "m": value.maxlen}


@decodes("deque")
def _decode_deque(decoder: Decoder, node: dict[str, Any], depth: int) -> collections.deque[Any]:
    most = node["m"]
    return collections.deque(
        decoder.listed(node["v"], depth + 1), None if most is None else decoder.integer(most, 0)
    )


def _items_of(encoder: Encoder, value: dict[Any, Any], depth: int) -> dict[str, Node]:
    keys = encoder.items(list(dict.keys(value)), depth + 1)
    return {"k": keys, "v": encoder.items(list(dict.values(value)), depth + 1)}


def _pairs_of(decoder: Decoder, node: dict[str, Any], depth: int) -> Iterable[tuple[Any, Any]]:
    keys = unique_enough(decoder.listed(node["k"], depth + 1))
    return zip(keys, decoder.listed(node["v"], depth + 1), strict=True)


@encodes(dict)
def _encode_dict(encoder: Encoder, value: dict[Any, Any], depth: int) -> Node:
    return {"t": "dict", **_items_of(encoder, value, depth)}


@decodes("dict")
def _decode_dict(decoder: Decoder, node: dict[str, Any], depth: int) -> dict[Any, Any]:
    return dict(_pairs_of(decoder, node, depth))


@encodes(collections.OrderedDict)
def _encode_ordered(encoder: Encoder, value: collections.OrderedDict[Any, Any], depth: int) -> Node:
    plain = dict(collections.OrderedDict.items(value))
    return {"t": "ordered", **_items_of(encoder, plain, depth)}


@decodes("ordered")
def _decode_ordered(decoder: Decoder, node: dict[str, Any], depth: int) -> dict[Any, Any]:
    return collections.OrderedDict(_pairs_of(decoder, node, depth))


@encodes(collections.Counter)
def _encode_counter(encoder: Encoder, value: collections.Counter[Any], depth: int) -> Node:
    return {"t": "counter", **_items_of(encoder, value, depth)}


@decodes("counter")
def _decode_counter(decoder: Decoder, node: dict[str, Any], depth: int) -> collections.Counter[Any]:
    counter: collections.Counter[Any] = collections.Counter()
    dict.update(counter, _pairs_of(decoder, node, depth))
    return counter


@encodes(collections.defaultdict)
def _encode_defaultdict(encoder: Encoder, value: collections.defaultdict[Any, Any], depth: int) -> Node:
    # without its factory, which is a function: a missing key is a KeyError for the check
    return {"t": "defaultdict", **_items_of(encoder, value, depth)}


@decodes("defaultdict")
def _decode_defaultdict(decoder: Decoder, node: dict[str, Any], depth: int) -> dict[Any, Any]:
    return collections.defaultdict(None, _pairs_of(decoder, node, depth))


@encodes(range)
def _encode_range(encoder: Encoder, value: range, depth: int) -> Node:
    if value and (value[-1] - value[0]) // value.step >= MAX_RANGE:
        raise TooLargeError("a range of more than ten million numbers")
    return {
        "t": "range",
        "v": [encoder.node(part, depth + 1) for part in (value.start, value.stop, value.step)],
    }


@decodes("range")
def _decode_range(decoder: Decoder, node: dict[str, Any], depth: int) -> range:
    start, stop, step = decoder.listed(node["v"], depth + 1)
    found = range(start, stop, step)
    if abs((stop - start) // step) > MAX_RANGE:  # list() of it would fill the memory
        raise DecodeError("a range of more than ten million numbers")
    return found


@encodes(slice)
def _encode_slice(encoder: Encoder, value: slice, depth: int) -> Node:
    return {
        "t": "slice",
        "v": [encoder.node(part, depth + 1) for part in (value.start, value.stop, value.step)],
    }


@decodes("slice")
def _decode_slice(decoder: Decoder, node: dict[str, Any], depth: int) -> slice:
    start, stop, step = decoder.listed(node["v"], depth + 1)
    return slice(start, stop, step)


@encodes(type(Ellipsis))
def _encode_ellipsis(_: Encoder, __: Any, ___: int) -> Node:
    return {"t": "ellipsis"}


@decodes("ellipsis")
def _decode_ellipsis(_: Decoder, __: dict[str, Any], ___: int) -> Any:
    return Ellipsis


def _base_integer(_: Encoder, value: int, __: int) -> Node:
    plain = int.__add__(value, 0)
    return plain if -(2**63) <= plain < 2**64 else _long_integer(plain)


def _base_float(encoder: Encoder, value: float, depth: int) -> Node:
    return encoder.node(float.__add__(value, 0.0), depth)


def _base_text(encoder: Encoder, value: str, depth: int) -> Node:
    return encoder.node(str.__add__("", value), depth)


#: Subclasses of these are sent as what they are made of; subclasses of containers become references.
_SCALARS: dict[type, EncodeFunction] = {int: _base_integer, float: _base_float, str: _base_text}
