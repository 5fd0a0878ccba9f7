"""pandas tables, columns, indexes and scalars on the wire."""

import re
import sys
from typing import Any

from .arrays import encode_array
from .codec import SUBCLASSES, DecodeError, Decoder, Encoder, Node, decodes, encodes, library

__all__ = ["register"]

MAX_ROWS = 50_000_000
_MASKED = re.compile(r"U?Int(8|16|32|64)|Float(32|64)|boolean")
_STRINGS = ("string", "str")
_ZONE = re.compile(r"[A-Za-z0-9_+:/-]{1,64}")
_FREQUENCY = re.compile(r"-?[A-Za-z0-9-]{1,16}")
_UNITS = ("s", "ms", "us", "ns")


@library
def register() -> None:
    """Take pandas' types in, once something has loaded it."""
    pandas = sys.modules.get("pandas")
    if (
        pandas is None
        or pandas.__dict__.get("DataFrame") in SUBCLASSES
        or not hasattr(pandas, "DataFrame")
        or not hasattr(pandas, "NA")
    ):
        return
    SUBCLASSES.update(
        {pandas.DataFrame: _encode_table, pandas.Series: _encode_column, pandas.Index: _encode_index}
    )
    encodes(pandas.DataFrame)(_encode_table)
    encodes(pandas.Series)(_encode_column)
    encodes(pandas.Index, pandas.RangeIndex, pandas.MultiIndex)(_encode_index)
    encodes(pandas.DatetimeIndex, pandas.TimedeltaIndex, pandas.PeriodIndex)(_encode_index)
    encodes(pandas.CategoricalIndex, pandas.IntervalIndex)(_encode_index)
    encodes(pandas.Categorical)(_encode_elements)
    encodes(pandas.Timestamp)(_encode_timestamp)
    encodes(pandas.Timedelta)(_encode_timedelta)
    encodes(pandas.Period)(_encode_period)
    encodes(pandas.Interval)(_encode_interval)
    encodes(type(pandas.NaT), type(pandas.NA))(_encode_missing)
    encodes(pandas.CategoricalDtype)(_encode_categorical_dtype)


# --------------------------------------------------------------------------------------------- elements


def _encode_elements(encoder: Encoder, value: Any, depth: int) -> Node:
    """The elements of a column or index: an ndarray, or one of pandas' own arrays."""
    pd = _pandas()
    dtype = value.dtype
    if isinstance(dtype, pd.CategoricalDtype):
        return {
            "t": "categories",
            "c": encode_array(encoder, value.codes, depth + 1),
            "d": _encode_categorical_dtype(encoder, dtype, depth + 1),
        }
    if isinstance(dtype, pd.DatetimeTZDtype):
        ticks = encode_array(encoder, value.asi8, depth + 1)
        return {"t": "zoned", "v": ticks, "u": dtype.unit, "z": str(dtype.tz)}
    if isinstance(dtype, pd.PeriodDtype):
        return {
            "t": "periods",
            "v": encode_array(encoder, value.asi8, depth + 1),
            "f": dtype.name[len("period[") : -1],
        }
    if isinstance(dtype, pd.IntervalDtype):
        sides = [encode_array(encoder, side.to_numpy(), depth + 1) for side in (value.left, value.right)]
        return {"t": "intervals", "v": sides, "c": dtype.closed}
    if _MASKED.fullmatch(str(dtype)):
        mask = value.isna()
        plain = value.to_numpy(dtype=dtype.numpy_dtype, na_value=dtype.numpy_dtype.type(0))
        parts = encode_array(encoder, plain, depth + 1), encode_array(encoder, mask, depth + 1)
        return {"t": "nullable", "d": str(dtype), "v": parts[0], "m": parts[1]}
    if str(dtype) in _STRINGS:
        return {"t": "strings", "d": str(dtype), "v": encoder.items(list(value), depth + 1)}
    return encode_array(encoder, value.to_numpy(), depth)


def _decode_elements(decoder: Decoder, node: Node, depth: int) -> Any:
    import numpy as np

    pd = _pandas()
    found = decoder.value(node, depth)
    if isinstance(found, np.ndarray) and found.ndim == 1 and found.dtype.kind not in "SU":
        return np.asarray(found)
    if isinstance(found, pd.api.extensions.ExtensionArray):
        return found
    raise DecodeError("not the elements of a column")


def _array(decoder: Decoder, node: Node, depth: int, kinds: str) -> Any:
    import numpy as np

    found = decoder.value(node, depth)
    if not isinstance(found, np.ndarray) or found.ndim != 1 or found.dtype.kind not in kinds:
        raise DecodeError("not an array of the kind that is needed here")
    return np.asarray(found)


@decodes("categories")
def _decode_categories(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    pd = _pandas()
    dtype = decoder.value(node["d"], depth + 1)
    if not isinstance(dtype, pd.CategoricalDtype):
        raise DecodeError("not categories")
    return pd.Categorical.from_codes(_array(decoder, node["c"], depth + 1, "i"), dtype=dtype)


@decodes("zoned")
def _decode_zoned(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    pd = _pandas()
    ticks, unit = _array(decoder, node["v"], depth + 1, "i"), _word(node["u"], _UNITS)
    return pd.DatetimeIndex(ticks.view(f"M8[{unit}]")).tz_localize("UTC").tz_convert(_zone(node["z"])).array


@decodes("periods")
def _decode_periods(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    pd = _pandas()
    ordinals = _array(decoder, node["v"], depth + 1, "i")
    return pd.PeriodIndex.from_ordinals(ordinals, freq=_frequency(node["f"])).array


@decodes("intervals")
def _decode_intervals(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    pd = _pandas()
    left, right = (_array(decoder, side, depth + 1, "iufMm") for side in node["v"])
    closed = _word(node["c"], ("left", "right", "both", "neither"))
    return pd.arrays.IntervalArray.from_arrays(left, right, closed=closed)


@decodes("nullable")
def _decode_nullable(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    pd = _pandas()
    name = decoder.text(node["d"])
    if not _MASKED.fullmatch(name):
        raise DecodeError("not a nullable dtype")
    dtype: Any = pd.api.types.pandas_dtype(name)
    data, mask = _array(decoder, node["v"], depth + 1, "biuf"), _array(decoder, node["m"], depth + 1, "b")
    if data.dtype != dtype.numpy_dtype or len(data) != len(mask):
        raise DecodeError("not the parts of a nullable column")
    return dtype.construct_array_type()(data, mask)


@decodes("strings")
def _decode_strings(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    pd = _pandas()
    return pd.array(decoder.listed(node["v"], depth + 1), dtype=_word(node["d"], _STRINGS))


def _encode_categorical_dtype(encoder: Encoder, value: Any, depth: int) -> Node:
    return {
        "t": "category-dtype",
        "c": None if value.categories is None else _encode_index(encoder, value.categories, depth + 1),
        "o": bool(value.ordered),
    }


@decodes("category-dtype")
def _decode_categorical_dtype(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    pd = _pandas()
    return pd.CategoricalDtype(decoder.value(node["c"], depth + 1), ordered=node["o"] is True)


# ------------------------------------------------------------------------------------ indexes and tables


def _encode_index(encoder: Encoder, value: Any, depth: int) -> Node:
    pd = _pandas()
    encoder.count(1, depth)
    names = [encoder.node(name, depth + 1) for name in value.names]
    if isinstance(value, pd.RangeIndex):
        return {"t": "index", "n": names, "r": [value.start, value.stop, value.step]}
    if isinstance(value, pd.MultiIndex):
        return {
            "t": "index",
            "n": names,
            "l": [_encode_index(encoder, level, depth + 1) for level in value.levels],
            "c": [encode_array(encoder, codes, depth + 1) for codes in value.codes],
        }
    frequency = getattr(value, "freqstr", None) if value.dtype.kind in "Mm" else None
    node = {"t": "index", "n": names, "v": _encode_elements(encoder, value.array, depth + 1)}
    return {**node, "f": frequency} if type(frequency) is str else node


@decodes("index")
def _decode_index(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    pd = _pandas()
    names = [decoder.value(name, depth + 1) for name in node["n"]]
    if "l" in node:
        levels = [_index(decoder, level, depth + 1) for level in node["l"]]
        codes = [_array(decoder, part, depth + 1, "i") for part in node["c"]]
        return pd.MultiIndex(levels=levels, codes=codes, names=names, verify_integrity=True)
    (name,) = names
    if "r" in node:
        start, stop, step = (decoder.integer(part) for part in node["r"])
        if len(range(start, stop, step)) > MAX_ROWS:
            raise DecodeError("an index of too many rows")
        return pd.RangeIndex(start, stop, step, name=name)
    elements = _decode_elements(decoder, node["v"], depth + 1)
    index = pd.Index(elements, dtype=elements.dtype, name=name)
    if "f" in node and isinstance(index, pd.DatetimeIndex | pd.TimedeltaIndex):
        index.freq = _frequency(node["f"])
    return index


def _index(decoder: Decoder, node: Node, depth: int) -> Any:
    pd = _pandas()
    found = decoder.value(node, depth)
    if not isinstance(found, pd.Index):
        raise DecodeError("not an index")
    return found


def _encode_column(encoder: Encoder, value: Any, depth: int) -> Node:
    return {
        "t": "column",
        "i": _encode_index(encoder, value.index, depth + 1),
        "n": encoder.node(value.name, depth + 1),
        "v": _encode_elements(encoder, value.array, depth + 1),
    }


@decodes("column")
def _decode_column(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    pd = _pandas()
    elements = _decode_elements(decoder, node["v"], depth + 1)
    index = _index(decoder, node["i"], depth + 1)
    return pd.Series(elements, index=index, name=decoder.value(node["n"], depth + 1), dtype=elements.dtype)


def _encode_table(encoder: Encoder, value: Any, depth: int) -> Node:
    encoder.count(value.shape[1], depth)
    return {
        "t": "table",
        "i": _encode_index(encoder, value.index, depth + 1),
        "c": _encode_index(encoder, value.columns, depth + 1),
        "v": [_encode_elements(encoder, value.iloc[:, i].array, depth + 1) for i in range(value.shape[1])],
    }


@decodes("table")
def _decode_table(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    pd = _pandas()
    rows, names = _index(decoder, node["i"], depth + 1), _index(decoder, node["c"], depth + 1)
    columns = {i: _decode_elements(decoder, part, depth + 1) for i, part in enumerate(node["v"])}
    if len(columns) != len(names) or any(len(column) != len(rows) for column in columns.values()):
        raise DecodeError("not the columns of one table")
    table = pd.DataFrame(columns, index=rows)
    table.columns = names
    return table


# ---------------------------------------------------------------------------------------------- scalars


def _encode_missing(_: Encoder, value: Any, __: int) -> Node:
    pd = _pandas()
    return {"t": "missing", "v": "NaT" if value is pd.NaT else "NA"}


@decodes("missing")
def _decode_missing(_: Decoder, node: dict[str, Any], __: int) -> Any:
    pd = _pandas()
    return {"NaT": pd.NaT, "NA": pd.NA}[node["v"]]


def _encode_timestamp(_: Encoder, value: Any, __: int) -> Node:
    ticks = int(value.asm8.view("i8"))
    return {"t": "timestamp", "v": ticks, "u": value.unit, "z": None if value.tz is None else str(value.tz)}


@decodes("timestamp")
def _decode_timestamp(decoder: Decoder, node: dict[str, Any], _: int) -> Any:
    import numpy as np

    pd = _pandas()
    moment = pd.Timestamp(np.datetime64(decoder.integer(node["v"]), _word(node["u"], _UNITS)))
    return moment if node["z"] is None else moment.tz_localize("UTC").tz_convert(_zone(node["z"]))


def _encode_timedelta(_: Encoder, value: Any, __: int) -> Node:
    return {"t": "pandas-timedelta", "v": int(value.asm8.view("i8")), "u": value.unit}


@decodes("pandas-timedelta")
def _decode_timedelta(decoder: Decoder, node: dict[str, Any], _: int) -> Any:
    import numpy as np

    pd = _pandas()
    return pd.Timedelta(np.timedelta64(decoder.integer(node["v"]), _word(node["u"], _UNITS)))


def _encode_period(_: Encoder, value: Any, __: int) -> Node:
    return {"t": "period", "v": value.ordinal, "f": value.freqstr}


@decodes("period")
def _decode_period(decoder: Decoder, node: dict[str, Any], _: int) -> Any:
    pd = _pandas()
    return pd.PeriodIndex.from_ordinals([decoder.integer(node["v"])], freq=_frequency(node["f"]))[0]


def _encode_interval(encoder: Encoder, value: Any, depth: int) -> Node:
    sides = [encoder.node(side, depth + 1) for side in (value.left, value.right)]
    return {"t": "interval", "v": sides, "c": value.closed}


@decodes("interval")
def _decode_interval(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    pd = _pandas()
    left, right = (decoder.value(side, depth + 1) for side in node["v"])
    return pd.Interval(left, right, closed=_word(node["c"], ("left", "right", "both", "neither")))


def _pandas() -> Any:
    """The module; its stubs do not know all of its public names."""
    import pandas

    return pandas


def _word(node: Node, known: tuple[str, ...]) -> Any:
    if node not in known:
        raise DecodeError("an unknown word")
    return node


def _zone(node: Node) -> str:
    if type(node) is not str or not _ZONE.fullmatch(node) or ".." in node:
        raise DecodeError("not a time zone")
    return node


def _frequency(node: Node) -> str:
    if type(node) is not str or not _FREQUENCY.fullmatch(node):
        raise DecodeError("not a frequency")
    return node
