"""What differs between a learner's value and the expected one, in words that help."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from biolabkit.check.display import one_line, shown
from biolabkit.check.kinds import CONTAINERS, is_missing, kind_of, name_of, plain
from biolabkit.check.words import Words, count

__all__ = ["EXACT", "Mismatch", "Tolerance", "compare", "numbers_agree", "wrong_kind"]


@dataclass(frozen=True)
class Tolerance:
    """How far a number may be from the expected one: ``max(rel * |expected|, abs)``."""

    rel: float = 0.0
    abs: float = 0.0

    @property
    def exact(self) -> bool:
        """Whether only the very same number will do."""
        return self.rel == 0 and self.abs == 0


EXACT = Tolerance()


@dataclass(frozen=True)
class Mismatch:
    """A difference in words.

    Attributes
    ----------
    says : Words
        Everything that helps, expected values included.
    where : Words
        The same without anything of the expected value, for hidden checks.
    """

    says: Words
    where: Words

    def inside(self, place: Words) -> "Mismatch":
        """The same difference, found at a place inside a container."""
        return Mismatch(
            Words(f"{place.en}: {self.says.en}", f"{place.ko}: {self.says.ko}"),
            Words(f"{place.en}: {self.where.en}", f"{place.ko}: {self.where.ko}"),
        )


def compare(got: Any, want: Any, tolerance: Tolerance = EXACT) -> Mismatch | None:
    """Compare two values of any kind.

    Lists, tuples and arrays are compared by their contents, so a list may stand where an array is expected.
    True is never the number 1. NaN agrees with NaN. Numbers agree within `tolerance`.

    Returns
    -------
    Mismatch or None
        None when the values agree.
    """
    try:
        return _compare(plain(got), plain(want), tolerance)
    except RecursionError:
        text = Words(
            "The value is nested too deeply to be compared.",
            "값이 너무 깊이 중첩되어 있어 비교할 수 없습니다.",
        )
        return Mismatch(text, text)


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
        "column": _tables,
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
    got_name, want_name = name_of(got), name_of(want)
    if got is None:
        text = Words(
            "There is no value (None). Does the function end without `return`?",
            "값이 없습니다(None). 함수에 `return`이 빠지지 않았습니까?",
        )
        return Mismatch(text, text)
    text = Words(
        f"This is {got_name.en}, but {want_name.en} is expected.",
        f"값의 종류가 다릅니다. 받은 값: {got_name.ko}, 필요한 값: {want_name.ko}.",
    )
    if kind_of(got) == "function":
        text = Words(
            f"{text.en} Is the call, `()`, missing?", f"{text.ko} 호출 괄호 `()`가 빠지지 않았습니까?"
        )
    return Mismatch(text, text)


def numbers_agree(got: Any, want: Any, tolerance: Tolerance) -> bool:
    """Whether two numbers agree; NaN agrees with NaN, an infinity only with itself."""
    if got == want or (is_missing(got) and is_missing(want)):
        return True
    if tolerance.exact or is_missing(got) or is_missing(want):
        return False
    try:
        distance, room = abs(got - want), max(tolerance.rel * abs(want), tolerance.abs)
        return bool(distance <= room and distance != float("inf"))
    except (TypeError, ArithmeticError):  # Decimal with float, an integer too large for a float
        return False


def _numbers(got: Any, want: Any, tolerance: Tolerance) -> Mismatch | None:
    if numbers_agree(got, want, tolerance):
        return None
    if is_missing(got):
        text = Words("The value is NaN (not a number).", "값이 NaN(숫자가 아님)입니다.")
        return Mismatch(text, text)
    where = Words("The value differs.", "값이 다릅니다.")
    try:
        difference = f"{got - want:+.6g}"
    except (TypeError, ValueError, ArithmeticError):
        return Mismatch(where, where)
    if tolerance.exact:
        return Mismatch(Words(f"The difference is {difference}.", f"차이는 {difference}입니다."), where)
    room = f"{max(tolerance.rel * abs(want), tolerance.abs):.3g}"
    return Mismatch(
        Words(
            f"The difference is {difference}; at most {room} is allowed.",
            f"차이는 {difference}이며, {room}까지 허용됩니다.",
        ),
        where,
    )


def _texts(got: str, want: str, _: Tolerance) -> Mismatch | None:
    if got == want:
        return None
    if got.strip() == want.strip():
        text = Words("Only white space at the ends differs.", "앞뒤 공백만 다릅니다.")
        return Mismatch(text, text)
    if got.casefold() == want.casefold():
        text = Words("Only upper and lower case differ.", "대소문자만 다릅니다.")
        return Mismatch(text, text)
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
                f"There are {count(len(got), 'item')}, but {len(want):,} are expected.",
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
        f"{len(wrong):,} of {count(total, 'item')} differ; first at index {first}",
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
    got_text, want_text = one_line(shown(got), 60), one_line(shown(want), 60)
    return Mismatch(
        Words(
            f"{place.en}: got {got_text}, expected {want_text}.",
            f"{place.ko}: 받은 값 {got_text}, 기대한 값 {want_text}.",
        ),
        Words(f"{place.en}: got {got_text}.", f"{place.ko}: 받은 값 {got_text}."),
    )


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
    says, where = [], []
    if missing:
        listed = _listed(missing)
        plural = count(len(missing), noun.en)
        says.append(Words(f"Missing: {listed}.", f"빠진 {noun.ko}: {listed}."))
        where.append(Words(f"{plural} missing.", f"{noun.ko} {len(missing):,}개가 빠졌습니다."))
    if extra:
        listed = _listed(extra)
        text = Words(f"Not expected: {listed}.", f"있으면 안 되는 {noun.ko}: {listed}.")
        says.append(text)
        where.append(text)
    return Mismatch(
        *(Words(" ".join(t.en for t in texts), " ".join(t.ko for t in texts)) for texts in (says, where))
    )


def _listed(items: list[Any], most: int = 6) -> str:
    try:
        items = sorted(items)
    except Exception:
        items = list(items)  # members that have no order keep the one they came in
    rest = f", … (+{len(items) - most})" if len(items) > most else ""
    return ", ".join(one_line(shown(item), 40) for item in items[:most]) + rest


def _arrays(got: Any, want: Any, tolerance: Tolerance) -> Mismatch | None:
    from biolabkit.check.arrays import compare_arrays

    return compare_arrays(got, want, tolerance)


def _tables(got: Any, want: Any, tolerance: Tolerance) -> Mismatch | None:
    from biolabkit.check.tables import TableRules, compare_columns, compare_tables

    if kind_of(want) == "column":
        return compare_columns(got, want, tolerance)
    return compare_tables(got, want, TableRules(tolerance=tolerance, index=True, column_order=True))


def _others(got: Any, want: Any, _: Tolerance) -> Mismatch | None:
    try:
        if bool(got == want) or (is_missing(got) and is_missing(want)):
            return None
    except Exception as error:
        text = Words(
            f"The value cannot be compared ({type(error).__name__}).",
            f"값을 비교할 수 없습니다({type(error).__name__}).",
        )
        return Mismatch(text, text)
    where = Words("The value differs.", "값이 다릅니다.")
    return Mismatch(where, where)
