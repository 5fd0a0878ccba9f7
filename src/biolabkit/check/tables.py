"""Differences between pandas tables: columns, rows, index, then cells, named so that they can be found."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from biolabkit.check.arrays import differing
from biolabkit.check.display import one_line, shown
from biolabkit.check.mismatch import EXACT, Mismatch, Tolerance
from biolabkit.check.words import Words, count, differ

__all__ = ["TableRules", "compare_columns", "compare_tables"]

_CONTENTS = {
    "bool": Words("True/False", "참/거짓(True/False)"),
    "number": Words("numbers", "숫자"),
    "time": Words("dates or times", "날짜·시간"),
    "other": Words("text or objects", "문자열·객체"),
}
_MOST_COLUMNS = 3

#: Compares two values of any kind, as cells may hold: `biolabkit.check.compare.compare`.
Compare = Callable[[Any, Any, Tolerance], Mismatch | None]


@dataclass(frozen=True)
class TableRules:
    """What counts as the same table.

    Attributes
    ----------
    tolerance : Tolerance
        For columns of numbers.
    columns : sequence of str, optional
        Look at these only; other columns may be there or not.
    by : sequence of str, optional
        Key columns; both tables are sorted by them first, so that the order of rows does not matter.
    index, column_order, extra_columns : bool
        Whether the index must agree, whether the columns must stand in the expected order, and whether
        columns that were not asked for are allowed.
    """

    tolerance: Tolerance = EXACT
    columns: Sequence[str] | None = None
    by: Sequence[str] = field(default_factory=tuple)
    index: bool = False
    column_order: bool = False
    extra_columns: bool = False


def compare_tables(
    got: pd.DataFrame, want: pd.DataFrame, rules: TableRules, compare: Compare
) -> Mismatch | None:
    """Compare two DataFrames; the message names the columns and the first cells that differ.

    `compare` is asked about cells that hold any kind of value.
    """
    if rules.columns is not None:
        want = want.loc[:, list(dict.fromkeys([*rules.columns, *rules.by]))]
    problems = _columns_problems(got, want, rules)
    if all(name in got.columns for name in want.columns):
        problems += _Rows(rules, compare).problems(got.loc[:, ~got.columns.duplicated()], want)
    return Mismatch.all_of(problems) if problems else None


def compare_columns(
    got: pd.Series, want: pd.Series, tolerance: Tolerance, compare: Compare
) -> Mismatch | None:
    """Compare two Series, values and index; their names do not matter."""
    rules = TableRules(tolerance=tolerance, index=True)
    return compare_tables(got.to_frame("values"), want.to_frame("values"), rules, compare)


def _columns_problems(got: pd.DataFrame, want: pd.DataFrame, rules: TableRules) -> list[Mismatch]:
    problems = []
    have, need = list(got.columns), list(want.columns)
    missing = [name for name in need if name not in have]
    extra = [name for name in have if name not in need]
    if missing:
        problems.append(
            Mismatch.plain(f"Missing columns: {_names(missing)}.", f"빠진 열: {_names(missing)}.")
        )
    if extra and not rules.extra_columns and rules.columns is None:
        problems.append(
            Mismatch.plain(f"Columns not expected: {_names(extra)}.", f"있으면 안 되는 열: {_names(extra)}.")
        )
    repeated = sorted({str(name) for name in have if have.count(name) > 1})
    if repeated:
        problems.append(
            Mismatch.plain(f"Repeated columns: {_names(repeated)}.", f"중복된 열: {_names(repeated)}.")
        )
    if rules.column_order and not (missing or extra or repeated) and have != need:
        problems.append(
            Mismatch.plain(
                f"The columns must be in the order {_names(need)}.",
                f"열의 순서는 {_names(need)}이어야 합니다.",
            )
        )
    return problems


@dataclass(frozen=True)
class _Rows:
    """Compares the rows of two tables that have the same columns."""

    rules: TableRules
    compare: Compare

    def problems(self, got: pd.DataFrame, want: pd.DataFrame) -> list[Mismatch]:
        """The differences in index and cells; of many columns the first few are described."""
        if len(got) != len(want):
            return [_other_length(len(got), len(want))]
        if self.rules.by:
            got, want = _sorted(got, self.rules.by), _sorted(want, self.rules.by)
        cells = [
            problem
            for name in want.columns
            if (problem := self._cells(str(name), got[name], want[name])) is not None
        ]
        index = self._index(got, want) if self.rules.index and not self.rules.by else []
        return index + cells[:_MOST_COLUMNS] + _more_columns(cells)

    def _index(self, got: pd.DataFrame, want: pd.DataFrame) -> list[Mismatch]:
        have = pd.Series(list(got.index), dtype=object)
        need = pd.Series(list(want.index), dtype=object)
        wrong = self._objects_differ(have, need, EXACT)
        if not wrong.any():
            return []
        row = int(np.argmax(wrong))
        where = Words(
            f"The index differs in {int(wrong.sum()):,} of {count(len(need), 'row')}; first at row {row}",
            f"인덱스가 {len(need):,}개 행 중 {int(wrong.sum()):,}개에서 다릅니다. "
            f"처음 다른 곳은 행 {row}입니다",
        )
        return [Mismatch.of_values(where, _cell(have.iloc[row]), _cell(need.iloc[row]))]

    def _cells(self, name: str, got: pd.Series, want: pd.Series) -> Mismatch | None:
        have, need = _simplified(got), _simplified(want)
        contents = _group(have), _group(need)
        if contents[0] != contents[1] and not (have.isna().all() or need.isna().all()):
            return _other_contents(name, *contents)
        wrong = self._wrong(have, need, contents)
        if not wrong.any():
            return None
        row = int(np.argmax(wrong))
        key = self._row_name(row)
        where = Words(
            f"Column {name!r}: {differ(int(wrong.sum()), len(wrong), 'value')}; first at {key.en}",
            f"열 {name!r}: 값 {len(wrong):,}개 중 {int(wrong.sum()):,}개가 다릅니다. "
            f"처음 다른 곳은 {key.ko}입니다",
        )
        return Mismatch.of_values(where, _cell(got.iloc[row]), _cell(want.iloc[row]))

    def _wrong(self, got: pd.Series, want: pd.Series, contents: tuple[str, str]) -> Any:
        tolerance = self.rules.tolerance
        if contents[0] != contents[1]:  # one of the two is all missing
            return np.asarray(got.isna().to_numpy() != want.isna().to_numpy())
        if contents[0] == "number" and (_has_fractions(got) or _has_fractions(want)):
            floats = [column.to_numpy(dtype=float, na_value=np.nan) for column in (got, want)]
            return differing(floats[0], floats[1], tolerance)
        if contents[0] in {"number", "time"} and not (got.isna().any() or want.isna().any()):
            return differing(got.to_numpy(), want.to_numpy(), tolerance)
        return self._objects_differ(got, want, tolerance)

    def _objects_differ(self, got: pd.Series, want: pd.Series, tolerance: Tolerance) -> Any:
        pairs = zip(got.astype(object), want.astype(object), strict=True)
        return np.array([self._differs(have, need, tolerance) for have, need in pairs], dtype=bool)

    def _differs(self, got: Any, want: Any, tolerance: Tolerance) -> bool:
        missing = _missing_cell(got), _missing_cell(want)
        if any(missing):
            return missing[0] != missing[1]
        return self.compare(got, want, tolerance) is not None

    def _row_name(self, row: int) -> Words:
        if self.rules.by:
            keys = _names(self.rules.by)
            return Words(f"row {row} (sorted by {keys})", f"행 {row}({keys} 순으로 정렬)")
        return Words(f"row {row}", f"행 {row}")


def _other_length(got: int, want: int) -> Mismatch:
    says = Words(
        f"There {'is' if got == 1 else 'are'} {count(got, 'row')}, "
        f"but {want:,} {'is' if want == 1 else 'are'} expected.",
        f"행이 {got:,}개이지만 {want:,}개여야 합니다.",
    )
    return Mismatch(says, Words("The number of rows differs.", "행의 개수가 다릅니다."))


def _other_contents(name: str, got: str, want: str) -> Mismatch:
    found, asked = _CONTENTS[got], _CONTENTS[want]
    return Mismatch.plain(
        f"Column {name!r} holds {found.en}, but {asked.en} are expected.",
        f"열 {name!r}에 담긴 값의 종류가 다릅니다. 받은 값: {found.ko}, 필요한 값: {asked.ko}.",
    )


def _more_columns(cells: list[Mismatch]) -> list[Mismatch]:
    more = len(cells) - _MOST_COLUMNS
    if more <= 0:
        return []
    return [
        Mismatch.plain(
            f"{count(more, 'more column')} {'differs' if more == 1 else 'differ'} too.",
            f"그 밖에 {more}개 열도 다릅니다.",
        )
    ]


def _has_fractions(column: pd.Series) -> bool:
    return pd.api.types.is_float_dtype(column.dtype)


def _missing_cell(value: Any) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _simplified(column: pd.Series) -> pd.Series:
    """Categories as their values, time zones as UTC, objects that are all numbers as numbers."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(object)
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return column.dt.tz_convert("UTC").dt.tz_localize(None)
    return column.infer_objects()


def _group(column: pd.Series) -> str:
    types = pd.api.types
    if types.is_bool_dtype(column.dtype):
        return "bool"
    if types.is_numeric_dtype(column.dtype):
        return "number"
    return "time" if types.is_datetime64_any_dtype(column.dtype) else "other"


def _sorted(table: pd.DataFrame, by: Sequence[str]) -> pd.DataFrame:
    try:
        return table.sort_values(list(by), kind="stable")
    except TypeError:  # keys of mixed types have an order as text only
        return table.sort_values(list(by), kind="stable", key=lambda column: column.astype(str))


def _cell(value: Any) -> str:
    return one_line(shown(value), 60)


def _names(names: Sequence[Any], most: int = 12) -> str:
    listed = ", ".join(one_line(str(name), 40) for name in names[:most])
    return listed + (", …" if len(names) > most else "")
