"""Plain Python values on the wire: numbers, texts, dates, containers."""

import array
import collections
import datetime
import decimal
import fractions
import math
import pathlib
import re
import struct
from collections.abc import Iterable
from typing import Any

from .codec import (
    MAX_INTEGER_BITS,
    SUBCLASSES,
    DecodeError,
    Decoder,
    Encoder,
    Node,
    TooLargeError,
    decodes,
    encodes,
    long_integer,
)

__all__ = ["NamedRow"]

MAX_RANGE = 10_000_000
MAX_EQUAL_HASHES = 64


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


def _unique_enough(keys: list[Any]) -> list[Any]:
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


def _field_names(value: Any) -> tuple[str, ...] | None:
    names = getattr(type(value), "_fields", None)
    if type(names) is not tuple or len(names) != tuple.__len__(value):
        return None
    return names if all(type(name) is str and _is_field_name(name) for name in names) else None


def _is_field_name(name: str) -> bool:
    """Whether it may be a field; NumPy and others trust attributes whose names begin with an underscore."""
    return name.isidentifier() and not name.startswith("_")


# ---------------------------------------------------------------------------------------------- numbers


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


@encodes(pathlib.PurePath, pathlib.PosixPath, pathlib.PurePosixPath)
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


def _encode_tuple_subclass(encoder: Encoder, value: tuple[Any, ...], depth: int) -> Node:
    if _field_names(value) is None:
        return encoder.other(value, depth)
    return _encode_named_row(encoder, value, depth)


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
    return set(_unique_enough(decoder.listed(node["v"], depth + 1)))


@encodes(frozenset)
def _encode_frozenset(encoder: Encoder, value: frozenset[Any], depth: int) -> Node:
    return {"t": "frozenset", "v": encoder.items(list(value), depth + 1)}


@decodes("frozenset")
def _decode_frozenset(decoder: Decoder, node: dict[str, Any], depth: int) -> frozenset[Any]:
    return frozenset(_unique_enough(decoder.listed(node["v"], depth + 1)))


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
    keys = _unique_enough(decoder.listed(node["k"], depth + 1))
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
    return plain if -(2**63) <= plain < 2**64 else long_integer(plain)


def _base_float(encoder: Encoder, value: float, depth: int) -> Node:
    return encoder.node(float.__add__(value, 0.0), depth)


def _base_text(encoder: Encoder, value: str, depth: int) -> Node:
    return encoder.node(str.__add__("", value), depth)


SUBCLASSES.update({int: _base_integer, float: _base_float, str: _base_text, tuple: _encode_tuple_subclass})
SUBCLASSES[pathlib.PurePath] = _encode_path
