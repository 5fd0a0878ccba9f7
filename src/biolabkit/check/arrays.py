"""Differences between NumPy arrays: kind of content, shape, then values."""

from typing import Any

import numpy as np

from biolabkit.check.display import one_line, shown
from biolabkit.check.mismatch import Mismatch, Tolerance
from biolabkit.check.words import Words, differ

__all__ = ["compare_arrays", "differing", "holds_objects"]

_CONTENTS = {
    "bool": Words("True/False", "참/거짓(True/False)"),
    "number": Words("numbers", "숫자"),
    "text": Words("text", "문자열"),
    "time": Words("dates or times", "날짜·시간"),
    "object": Words("mixed objects", "여러 종류의 객체"),
}
_GROUPS = {"b": "bool", "S": "text", "U": "text", "m": "time", "M": "time", "O": "object"}


def compare_arrays(got: np.ndarray, want: np.ndarray, tolerance: Tolerance) -> Mismatch | None:
    """Compare two arrays of any shape; whole and floating-point numbers are the same kind of content."""
    contents = _group(got), _group(want)
    if contents[0] != contents[1]:
        return _other_contents(*contents)
    if got.shape != want.shape:
        return _other_shape(got, want)
    wrong = differing(got, want, tolerance)
    return _values_differ(got, want, wrong) if wrong.any() else None


def holds_objects(values: np.ndarray) -> bool:
    """Whether an array holds Python objects, which are compared one by one."""
    return _group(values) == "object"


def differing(got: Any, want: Any, tolerance: Tolerance) -> Any:
    """Mark where two arrays of one shape and kind of content differ; NaN agrees with NaN.

    Returns
    -------
    numpy.ndarray of bool
        The shape of the inputs, True where they differ.
    """
    missing = _missing(got) & _missing(want)
    with np.errstate(all="ignore"):
        agree = (got == want) | missing
        if _group(want) == "number" and not tolerance.exact:
            wide = np.result_type(got, want, np.float64)
            distance = np.abs(got.astype(wide) - want.astype(wide))
            room = np.maximum(tolerance.rel * np.abs(want.astype(wide)), tolerance.abs)
            agree |= (distance <= room) & np.isfinite(distance)
    return ~agree


def _missing(values: Any) -> Any:
    if values.dtype.kind in "fc":
        return np.isnan(values)
    if values.dtype.kind in "mM":
        return np.isnat(values)
    return np.zeros(values.shape, dtype=bool)


def _group(values: Any) -> str:
    return _GROUPS.get(values.dtype.kind, "number")


def _other_contents(got: str, want: str) -> Mismatch:
    got_words, want_words = _CONTENTS[got], _CONTENTS[want]
    return Mismatch.plain(
        f"The array holds {got_words.en}, but {want_words.en} are expected.",
        f"배열에 담긴 값의 종류가 다릅니다. 받은 값: {got_words.ko}, 필요한 값: {want_words.ko}.",
    )


def _other_shape(got: Any, want: Any) -> Mismatch:
    says = Words(
        f"The shape is {got.shape}, but {want.shape} is expected.",
        f"배열의 모양이 {got.shape}이지만 {want.shape}이어야 합니다.",
    )
    where = Words(f"The shape {got.shape} is not right.", f"배열의 모양 {got.shape}이 맞지 않습니다.")
    if got.ndim == want.ndim == 2 and got.T.shape == want.shape:
        tip = Words("Are rows and columns swapped?", "행과 열이 바뀌지 않았습니까?")
        says = Words(f"{says.en} {tip.en}", f"{says.ko} {tip.ko}")
        where = Words(f"{where.en} {tip.en}", f"{where.ko} {tip.ko}")
    return Mismatch(says, where)


def _values_differ(got: Any, want: Any, wrong: Any) -> Mismatch:
    first = tuple(int(i) for i in np.argwhere(wrong)[0])
    place = str(first[0]) if len(first) == 1 else str(first)
    where = Words(
        f"{differ(int(wrong.sum()), wrong.size, 'value')}; first at index {place}",
        f"값 {wrong.size:,}개 중 {int(wrong.sum()):,}개가 다릅니다. 처음 다른 곳은 인덱스 {place}입니다",
    )
    return Mismatch.of_values(where, one_line(shown(got[first]), 60), one_line(shown(want[first]), 60))
