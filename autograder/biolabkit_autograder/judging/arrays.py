"""NumPy arrays, scalars and dtypes on the wire."""

import re
import sys
from typing import Any

from .codec import SUBCLASSES, DecodeError, Decoder, Encoder, Node, decodes, encodes, library

__all__ = ["decode_array", "encode_array", "register"]

MAX_DIMENSIONS = 32
MAX_EMPTY_LENGTH = 1_000_000
_DTYPE = re.compile(r"[<>|=][biufcSUMm]\d{1,9}(\[\d{0,9}[A-Za-z]{1,2}\])?")
_HIGHEST_CHARACTER = 0x10FFFF


@library
def register() -> None:
    """Take NumPy's types in, once something has loaded it."""
    numpy = sys.modules.get("numpy")
    if numpy is None or numpy.__dict__.get("ndarray") in SUBCLASSES or not hasattr(numpy, "generic"):
        return
    SUBCLASSES[numpy.ndarray] = encode_array
    encodes(numpy.ndarray)(encode_array)
    # a masked element agrees with everything in numpy.testing: such arrays stay the learner's objects
    encodes(numpy.ma.MaskedArray)(Encoder.refer)
    encodes(type(numpy.ma.masked))(Encoder.refer)
    for scalar in set(numpy.sctypeDict.values()):
        if scalar not in (numpy.object_, numpy.void):
            encodes(scalar)(_encode_scalar)
    encodes(*{type(numpy.dtype(name)) for name in "?bhilqBHILQefdgFDGSUMmO"})(_encode_dtype)


def encode_array(encoder: Encoder, value: Any, depth: int) -> Node:
    """Encode the elements, dtype and shape of an array."""
    import numpy as np

    data = np.asarray(value).view(np.ndarray)
    shape = list(data.shape)
    if data.dtype.kind == "O":
        items = encoder.items(data.ravel().tolist(), depth + 1)
        return {"t": "array", "d": "O", "s": shape, "v": items}
    if data.dtype.kind in "SU" and data.dtype.itemsize == 0:
        data = data.astype(data.dtype.kind + "1")
    if not _DTYPE.fullmatch(data.dtype.str):
        return encoder.other(value, depth)  # records: nothing plain stands for them
    return {"t": "array", "d": data.dtype.str, "s": shape, "b": encoder.raw(data.tobytes())}


@decodes("array")
def decode_array(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    """Make a new array; its memory is never more than the bytes that came."""
    import numpy as np

    shape = tuple(decoder.integer(length, 0) for length in node["s"])
    if len(shape) > MAX_DIMENSIONS or (0 in shape and max(shape) > MAX_EMPTY_LENGTH):
        raise DecodeError("not the shape of an array")
    if node["d"] == "O":
        items = decoder.listed(node["v"], depth + 1)
        flat = np.empty(len(items), dtype=object)
        for index, item in enumerate(items):
            flat[index] = item
        return flat.reshape(shape)
    return _elements(decoder, node["d"], node["b"]).reshape(shape)


def _elements(decoder: Decoder, name: Node, part: Node) -> Any:
    import numpy as np

    dtype = _dtype(decoder, name)
    flat = np.frombuffer(decoder.raw(part), dtype=dtype)
    if dtype.kind == "b":
        return flat.view(np.uint8) != 0  # a bool of 2 is neither True nor False
    if dtype.kind == "U" and flat.size and flat.view(dtype.str[0] + "u4").max() > _HIGHEST_CHARACTER:
        raise DecodeError("characters that do not exist")
    return flat.copy()


def _dtype(decoder: Decoder, name: Node) -> Any:
    import numpy as np

    if not _DTYPE.fullmatch(decoder.text(name)):
        raise DecodeError("not a dtype of plain elements")
    dtype = np.dtype(name)
    if dtype.itemsize == 0:
        raise DecodeError("elements without a size")
    return dtype


def _encode_scalar(encoder: Encoder, value: Any, depth: int) -> Node:
    import numpy as np

    if value.dtype.kind in "SU":
        plain = str.__add__("", value) if value.dtype.kind == "U" else bytes(value)
        return {"t": "scalar", "d": value.dtype.kind, "v": encoder.node(plain, depth + 1)}
    return {"t": "scalar", "d": value.dtype.str, "v": np.asarray(value).tobytes().hex()}


@decodes("scalar")
def _decode_scalar(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    import numpy as np

    if node["d"] in ("S", "U"):
        plain = decoder.value(node["v"], depth + 1)
        if type(plain) is not (str if node["d"] == "U" else bytes):
            raise DecodeError("not a scalar")
        return np.str_(plain) if node["d"] == "U" else np.bytes_(plain)
    dtype = _dtype(decoder, node["d"])
    data = bytes.fromhex(decoder.text(node["v"]))
    if len(data) != dtype.itemsize or dtype.kind in "SU":
        raise DecodeError("not a scalar")
    return np.bool_(data != b"\0") if dtype.kind == "b" else np.frombuffer(data, dtype)[0]


def _encode_dtype(encoder: Encoder, value: Any, depth: int) -> Node:
    if value.kind != "O" and not _DTYPE.fullmatch(value.str) and value.str[1:] not in ("S0", "U0"):
        return encoder.other(value, depth)
    return {"t": "dtype", "d": "O" if value.kind == "O" else value.str}


@decodes("dtype")
def _decode_dtype(decoder: Decoder, node: dict[str, Any], _: int) -> Any:
    import numpy as np

    name = decoder.text(node["d"])
    if name != "O" and not _DTYPE.fullmatch(name):
        raise DecodeError("not a dtype")
    return np.dtype(name)
