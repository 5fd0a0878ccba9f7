"""What sort of value something is, so that a wrong type is explained before anything is compared.

NumPy, pandas and torch are looked up among the modules that are loaded already: a value of theirs can
only exist when they are, and `biolabkit.check` stays quick to import.
"""

import math
import numbers
import sys
from collections.abc import Callable
from typing import Any

from biolabkit.check.words import Words

__all__ = ["CONTAINERS", "is_missing", "kind_of", "name_of", "plain"]

CONTAINERS = frozenset({"sequence", "dict", "set", "array", "table", "column"})

_NAMES = {
    "nothing": Words("nothing (None)", "없음(None)"),
    "bool": Words("True or False", "참/거짓(True/False)"),
    "number": Words("a number", "숫자"),
    "text": Words("a text", "문자열"),
    "bytes": Words("bytes", "바이트열"),
    "sequence": Words("a list", "리스트"),
    "dict": Words("a dictionary", "딕셔너리"),
    "set": Words("a set", "집합"),
    "array": Words("a NumPy array", "NumPy 배열"),
    "table": Words("a pandas DataFrame", "pandas DataFrame"),
    "column": Words("a pandas Series", "pandas Series"),
    "function": Words("a function", "함수"),
}


def plain(value: Any) -> Any:
    """Take the wrapping off a value: NumPy scalars, 0-d arrays, tensors, pandas' NA and categories.

    What grading in two processes cannot hand over by value is left as it is here too, so that a check says
    the same in a notebook: masked and structured arrays, sparse tensors, other arrays of pandas.

    Returns
    -------
    object
        A Python ``bool``, number or ``str`` where `value` holds just that; an ndarray for a dense tensor, a
        pandas Index or Categorical; NaN for ``pandas.NA``; otherwise `value` itself.
    """
    numpy, pandas, torch = (sys.modules.get(name) for name in ("numpy", "pandas", "torch"))
    if torch is not None and isinstance(value, torch.Tensor):
        value = _tensor(value, torch)
    if pandas is not None:
        if value is pandas.NA:
            return math.nan
        if isinstance(value, pandas.Index | pandas.Categorical):
            value = sys.modules["numpy"].asarray(value)
    if numpy is not None:
        if _is_array(value) and value.ndim == 0:
            value = value[()]
        if isinstance(value, numpy.generic) and value.dtype.kind in "biufcSU":
            return value.item()
    for base, unwrapped in _BARE:
        if isinstance(value, base) and type(value) not in (base, bool):
            return unwrapped(value)  # a subclass decides what it equals; its value does not
    return value


#: How the value inside a subclass of a plain type is taken out.
_BARE: tuple[tuple[type, Callable[[Any], Any]], ...] = (
    (float, float.__float__),
    (int, int.__int__),
    (str, str.__str__),
)


def _tensor(value: Any, torch: Any) -> Any:
    """A dense tensor's values as an ndarray; one that has none to show stays as it is."""
    try:
        return (value.float() if value.dtype == torch.bfloat16 else value).numpy(force=True)
    except (NotImplementedError, RuntimeError, TypeError):
        return value


def _is_array(value: Any) -> bool:
    """Whether a value is an array of plain values; what is masked would agree with everything."""
    numpy = sys.modules["numpy"]
    return (
        isinstance(value, numpy.ndarray)
        and not isinstance(value, numpy.ma.MaskedArray)
        and value.dtype.names is None
    )


def kind_of(value: Any) -> str:
    """Name the kind of a value that went through `plain`; one of the keys of the messages, or ``"other"``."""
    if value is None:
        return "nothing"
    for kind, types in (
        ("bool", bool),
        ("number", numbers.Number),
        ("text", str),
        ("bytes", bytes | bytearray),
        ("sequence", list | tuple),
        ("dict", dict),
        ("set", set | frozenset),
    ):
        if isinstance(value, types):
            return kind
    return _scientific_kind(value) or ("function" if callable(value) else "other")


def _scientific_kind(value: Any) -> str | None:
    pandas, numpy = sys.modules.get("pandas"), sys.modules.get("numpy")
    if pandas is not None and isinstance(value, pandas.DataFrame):
        return "table"
    if pandas is not None and isinstance(value, pandas.Series):
        return "column"
    if numpy is not None and _is_array(value):
        return "array"
    return None


def name_of(value: Any) -> Words:
    """What to call the value's kind in a sentence, for example ``a number`` / ``숫자``."""
    kind = kind_of(value)
    if kind == "sequence" and isinstance(value, tuple):
        return Words("a tuple", "튜플")
    if isinstance(value, complex):
        return Words("a complex number", "복소수")
    if kind == "other":
        name = type(value).__name__
        article = "an" if name[:1].lower() in "aeiou" else "a"
        return Words(f"{article} {name}", name)
    return _NAMES[kind]


def is_missing(value: Any) -> bool:
    """Whether a plain value stands for "not known": None, NaN or NaT."""
    if value is None:
        return True
    try:
        return bool(value != value)  # NaN and NaT are the values unequal to themselves
    except Exception:
        return False
