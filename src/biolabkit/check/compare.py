"""What differs between a learner's value and the expected one, in words that help."""

import math
from collections.abc import Callable, Iterable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from biolabkit.check.display import one_line, shown
from biolabkit.check.kinds import CONTAINERS, is_missing, kind_of, name_of, plain
from biolabkit.check.mismatch import EXACT, Mismatch, Tolerance
from biolabkit.check.words import Words, count, differ

if TYPE_CHECKING:
    import pandas as pd

    from biolabkit.check.tables import TableRules

__all__ = ["compare", "compare_as_tables", "wrong_kind"]


def compare(got: Any, want: Any, tolerance: Tolerance = EXACT) -> Mismatch | None:
    """Compare two values of any kind.

    Lists, tuples and arrays are compared by their contents, so a list may stand where an array is expected.
    True is never the number 1. NaN agrees with NaN. Numbers agree within `tolerance`.

    Returns
    -------
    Mismatch or None
        None when the values agree.
    """
    return _explained(lambda: _compare(plain(got), plain(want), tolerance))


def compare_as_tables(got: "pd.DataFrame", want: "pd.DataFrame", rules: "TableRules") -> Mismatch | None:
    """Compare two DataFrames by rules of their own."""
    from biolabkit.check.tables import compare_tables

    return _explained(lambda: compare_tables(got, want, rules, compare))


def _explained(comparison: Callable[[], Mismatch | None]) -> Mismatch | None:
    """What a comparison finds; a value that raises an error when it is looked at is a difference too."""
    try:
        return comparison()
    except RecursionError:
        return _beyond_comparison()
    except Exception as error:
        return Mismatch.plain(
            f"The value cannot be compared ({type(error).__name__}).",
            f"값을 비교할 수 없습니다({type(error).__name__}).",
        )


def _compare(got: Any, want: Any, tolerance: Tolerance) -> Mismatch | None:
    got, want = _meet(got, want)
    if kind_of(got) != kind_of(want):
        return wrong_kind(got, want)
    comparers: dict[str, Callable[[Any, Any, Tolerance], Mismatch | None]] = {
        "number": _numbers,
        "text": _texts,
        "sequence": _sequences,
        "dict": _dicts,
        "set": _sets,
        "array": _arrays,
        "table": _tables,
        "column": _columns,
    }
    return comparers.get(kind_of(want), _others)(got, want, tolerance)


def _meet(got: Any, want: Any) -> tuple[Any, Any]:
    """Bring a list, an array and a Series to one form when the contents are what counts."""
    kinds = kind_of(got), kind_of(want)
    if kinds[0] == "column" and kinds[1] in {"array", "sequence"}:
        got = got.to_numpy()
        kinds = "array", kinds[1]
    if kinds == ("array", "sequence"):
        return got.tolist(), want
    if kinds == ("sequence", "array"):
        return got, want.tolist()
    return got, want


def wrong_kind(got: Any, want: Any) -> Mismatch:
    """Say that a value is of another kind than expected."""
    if got is None:
        return Mismatch.plain(
            "There is no value (None). Does the function end without `return`?",
            "값이 없습니다(None). 함수에 `return`이 빠지지 않았습니까?",
        )
    got_name, want_name = name_of(got), name_of(want)
    if got_name.en == want_name.en:  # at grading, a value that could not be taken apart
        return _beyond_comparison()
    text = Words(
        f"This is {got_name.en}, but {want_name.en} is expected.",
        f"값의 종류가 다릅니다. 받은 값: {got_name.ko}, 필요한 값: {want_name.ko}.",
    )
    tip = _tip(got, want)
    return Mismatch.plain(f"{text.en} {tip.en}".rstrip(), f"{text.ko} {tip.ko}".rstrip())


def _tip(got: Any, want: Any) -> Words:
    """What is often forgotten where a value is of the wrong kind."""
    kinds = kind_of(got), kind_of(want)
    if kinds[0] == "function":
        return Words("Is the call, `()`, missing?", "호출 괄호 `()`가 빠지지 않았습니까?")
    if kinds == ("other", "sequence") and isinstance(got, Iterable) and not hasattr(got, "__array__"):
        return Words("`list(...)` makes a list of it.", "`list(...)`로 리스트를 만들 수 있습니다.")
    return Words("", "")


def _beyond_comparison() -> Mismatch:
    return Mismatch.plain(
        "The value is too large, or nested too deeply, to be compared.",
        "값이 너무 크거나 너무 깊이 중첩되어 있어 비교할 수 없습니다.",
    )


def _numbers(got: Any, want: Any, tolerance: Tolerance) -> Mismatch | None:
    got, want = _of_one_type(got, want)
    if _numbers_agree(got, want, tolerance):
        return None
    if is_missing(got):
        return Mismatch.plain("The value is NaN (not a number).", "값이 NaN(숫자가 아님)입니다.")
    if _is_infinite(got):
        return Mismatch.plain("The value is infinite.", "값이 무한대입니다.")
    where = Words("The value differs.", "값이 다릅니다.")
    if is_missing(want) or _is_infinite(want):
        return Mismatch(where, where)
    try:
        difference, room = f"{got - want:+.6g}", f"{tolerance.room(float(abs(want))):.3g}"
    except (TypeError, ValueError, ArithmeticError):  # numbers too large for a float
        return Mismatch(where, where)
    if tolerance.exact:
        return Mismatch(Words(f"The difference is {difference}.", f"차이는 {difference}입니다."), where)
    says = Words(
        f"The difference is {difference}; at most {room} is allowed.",
        f"차이는 {difference}이며, {room}까지 허용됩니다.",
    )
    return Mismatch(says, where)


def _of_one_type(got: Any, want: Any) -> tuple[Any, Any]:
    """A Decimal beside another number as a float: Python does not reckon with the two together."""
    if isinstance(got, Decimal) == isinstance(want, Decimal):
        return got, want
    return (float(got), want) if isinstance(got, Decimal) else (got, float(want))


def _numbers_agree(got: Any, want: Any, tolerance: Tolerance) -> bool:
    """Whether two numbers agree; NaN agrees with NaN, an infinity only with itself."""
    if got == want or (is_missing(got) and is_missing(want)):
        return True
    if tolerance.exact or is_missing(got) or is_missing(want):
        return False
    try:
        distance = abs(got - want)
        return bool(distance <= tolerance.room(float(abs(want))) and distance != math.inf)
    except (TypeError, ArithmeticError):  # an integer too large for a float
        return False


def _is_infinite(number: Any) -> bool:
    return isinstance(number, float) and math.isinf(number)


def _texts(got: str, want: str, _: Tolerance) -> Mismatch | None:
    if got == want:
        return None
    if got.strip() == want.strip():
        return Mismatch.plain("Only white space at the ends differs.", "앞뒤 공백만 다릅니다.")
    if got.casefold() == want.casefold():
        return Mismatch.plain("Only upper and lower case differ.", "대소문자만 다릅니다.")
    at = next(
        (i for i, (a, b) in enumerate(zip(got, want, strict=False)) if a != b), min(len(got), len(want))
    )
    where = Words(f"The first difference is at index {at}.", f"처음 다른 위치는 인덱스 {at}입니다.")
    if len(got) == len(want):
        return Mismatch(where, where)
    lengths = Words(
        f"The lengths are {len(got):,} and {len(want):,} (expected).",
        f"길이는 {len(got):,}이고, 기대한 길이는 {len(want):,}입니다.",
    )
    return Mismatch(Words(f"{lengths.en} {where.en}", f"{lengths.ko} {where.ko}"), where)


def _sequences(got: Any, want: Any, tolerance: Tolerance) -> Mismatch | None:
    if len(got) != len(want):
        return Mismatch(
            Words(
                f"There {'is' if len(got) == 1 else 'are'} {count(len(got), 'item')}, "
                f"but {len(want):,} {'is' if len(want) == 1 else 'are'} expected.",
                f"항목이 {len(got):,}개이지만 {len(want):,}개여야 합니다.",
            ),
            Words("The number of items differs.", "항목의 개수가 다릅니다."),
        )
    wrong = [i for i, pair in enumerate(zip(got, want, strict=True)) if _compare_plain(*pair, tolerance)]
    return _items_differ(wrong, len(want), got, want, tolerance) if wrong else None


def _compare_plain(got: Any, want: Any, tolerance: Tolerance) -> Mismatch | None:
    return _compare(plain(got), plain(want), tolerance)


def _items_differ(wrong: list[int], total: int, got: Any, want: Any, tolerance: Tolerance) -> Mismatch:
    first = wrong[0]
    how_many = Words(
        f"{differ(len(wrong), total, 'item')}; first at index {first}",
        f"{total:,}개 항목 중 {len(wrong):,}개가 다릅니다. 처음 다른 곳은 인덱스 {first}입니다",
    )
    return _leaf_or_nested(how_many, got[first], want[first], tolerance)


def _leaf_or_nested(place: Words, got: Any, want: Any, tolerance: Tolerance) -> Mismatch:
    """Say what stands at a place: the two values, or what differs further inside."""
    got, want = plain(got), plain(want)
    if kind_of(got) == kind_of(want) and kind_of(want) in CONTAINERS:
        nested = _compare(got, want, tolerance)
        assert nested is not None, "only called where a difference was found"
        return nested.inside(place)
    return Mismatch.of_values(place, one_line(shown(got), 60), one_line(shown(want), 60))


def _dicts(got: dict[Any, Any], want: dict[Any, Any], tolerance: Tolerance) -> Mismatch | None:
    missing = [key for key in want if key not in got]
    extra = [key for key in got if key not in want]
    if missing or extra:
        return _members(missing, extra, Words("key", "키"))
    for key, value in want.items():
        if _compare_plain(got[key], value, tolerance):
            name = one_line(shown(key), 60)
            place = Words(f"At key {name}", f"키 {name}에서 다릅니다")
            return _leaf_or_nested(place, got[key], value, tolerance)
    return None


def _sets(got: Any, want: Any, _: Tolerance) -> Mismatch | None:
    missing, extra = list(want - got), list(got - want)
    return _members(missing, extra, Words("member", "원소")) if missing or extra else None


def _members(missing: list[Any], extra: list[Any], noun: Words) -> Mismatch:
    """Which keys or members are missing, which are too many."""
    problems = []
    if missing:
        says = Words(f"Missing: {_listed(missing)}.", f"빠진 {noun.ko}: {_listed(missing)}.")
        plural = count(len(missing), noun.en)
        problems.append(
            Mismatch(says, Words(f"{plural} missing.", f"{noun.ko} {len(missing):,}개가 빠졌습니다."))
        )
    if extra:
        listed = _listed(extra)
        problems.append(Mismatch.plain(f"Not expected: {listed}.", f"있으면 안 되는 {noun.ko}: {listed}."))
    return Mismatch.all_of(problems)


def _listed(items: list[Any], most: int = 6) -> str:
    try:
        items = sorted(items)
    except Exception:
        items = list(items)  # members that have no order keep the one they came in
    rest = f", … (+{len(items) - most})" if len(items) > most else ""
    return ", ".join(one_line(shown(item), 40) for item in items[:most]) + rest


def _arrays(got: Any, want: Any, tolerance: Tolerance) -> Mismatch | None:
    from biolabkit.check.arrays import compare_arrays, holds_objects

    if (holds_objects(got) or holds_objects(want)) and got.shape == want.shape:
        return _compare(got.tolist(), want.tolist(), tolerance)
    return compare_arrays(got, want, tolerance)


def _tables(got: Any, want: Any, tolerance: Tolerance) -> Mismatch | None:
    from biolabkit.check.tables import TableRules

    return compare_as_tables(got, want, TableRules(tolerance=tolerance, index=True, column_order=True))


def _columns(got: Any, want: Any, tolerance: Tolerance) -> Mismatch | None:
    from biolabkit.check.tables import compare_columns

    return compare_columns(got, want, tolerance, compare)


def _others(got: Any, want: Any, _: Tolerance) -> Mismatch | None:
    if bool(got == want) or (is_missing(got) and is_missing(want)):
        return None
    if is_missing(got):  # NaT
        return Mismatch.plain(f"The value is missing ({got}).", f"값이 없습니다({got}).")
    if name_of(got) != name_of(want):
        return wrong_kind(got, want)
    return Mismatch.plain("The value differs.", "값이 다릅니다.")
