"""Differences between pandas tables: columns, rows, index, then cells, named so that they can be found."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd

from biolabkit.check.arrays import differing
from biolabkit.check.compare import EXACT, Mismatch, Tolerance, compare
from biolabkit.check.display import one_line, shown
from biolabkit.check.kinds import plain
from biolabkit.check.words import Words, count, join

__all__ = ["TableRules", "compare_columns", "compare_tables"]

_CONTENTS = {
    "bool": Words("True/False", "참/거짓(True/False)"),
    "number": Words("numbers", "숫자"),
    "time": Words("dates or times", "날짜·시간"),
    "other": Words("text or objects", "문자열·객체"),
}
_MOST_COLUMNS = 3


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


def compare_tables(got: pd.DataFrame, want: pd.DataFrame, rules: TableRules) -> Mismatch | None:
    """Compare two DataFrames; the message names the columns and the first cells that differ."""
    if rules.columns is not None:
        want = want.loc[:, list(rules.columns)]
    problems = _columns_problems(got, want, rules)
    missing = [name for name in want.columns if name not in got.columns]
    if not missing:
        problems += _rows_problems(got, want, rules)
    if not problems:
        return None
    return Mismatch(join(problem.says for problem in problems), join(problem.where for problem in problems))


def compare_columns(got: pd.Series, want: pd.Series, tolerance: Tolerance) -> Mismatch | None:
    """Compare two Series, values and index; their names do not matter."""
    rules = TableRules(tolerance=tolerance, index=True)
    return compare_tables(got.to_frame("values"), want.to_frame("values"), rules)


def _columns_problems(got: pd.DataFrame, want: pd.DataFrame, rules: TableRules) -> list[Mismatch]:
    problems = []
    have, need = list(got.columns), list(want.columns)
    missing = [name for name in need if name not in have]
    extra = [name for name in have if name not in need]
    if missing:
        problems.append(_same(f"Missing columns: {_names(missing)}.", f"빠진 열: {_names(missing)}."))
    if extra and not rules.extra_columns and rules.columns is None:
        problems.append(
            _same(f"Columns not expected: {_names(extra)}.", f"있으면 안 되는 열: {_names(extra)}.")
        )
    repeated = sorted({str(name) for name in have if have.count(name) > 1})
    if repeated:
        problems.append(_same(f"Repeated columns: {_names(repeated)}.", f"중복된 열: {_names(repeated)}."))
    if rules.column_order and not (missing or extra or repeated) and have != need:
        problems.append(
            _same(
                f"The columns must be in the order {_names(need)}.",
                f"열의 순서는 {_names(need)}이어야 합니다.",
            )
        )
    return problems


def _rows_problems(got: pd.DataFrame, want: pd.DataFrame, rules: TableRules) -> list[Mismatch]:
    if len(got) != len(want):
        says = Words(
            f"There are {count(len(got), 'row')}, but {len(want):,} are expected.",
            f"행이 {len(got):,}개이지만 {len(want):,}개여야 합니다.",
        )
        return [Mismatch(says, Words("The number of rows differs.", "행의 개수가 다릅니다."))]
    got = got.loc[:, ~got.columns.duplicated()]
    if rules.by:
        got, want = _sorted(got, rules.by), _sorted(want, rules.by)
    problems = _index_problem(got, want) if rules.index and not rules.by else []
    cells = [
        problem
        for name in want.columns
        if (problem := _cells_problem(str(name), got[name], want[name], rules)) is not None
    ]
    return problems + cells[:_MOST_COLUMNS] + _more_columns(cells)


def _more_columns(cells: list[Mismatch]) -> list[Mismatch]:
    more = len(cells) - _MOST_COLUMNS
    if more <= 0:
        return []
    return [_same(f"{count(more, 'more column')} differ too.", f"그 밖에 {more}개 열도 다릅니다.")]


def _index_problem(got: pd.DataFrame, want: pd.DataFrame) -> list[Mismatch]:
    have = pd.Series(list(got.index), dtype=object)
    need = pd.Series(list(want.index), dtype=object)
    wrong = _objects_differ(have, need, EXACT)
    if not wrong.any():
        return []
    row = int(np.argmax(wrong))
    got_text, want_text = _cell(have.iloc[row]), _cell(need.iloc[row])
    where = Words(
        f"The index differs in {int(wrong.sum()):,} of {count(len(need), 'row')}; "
        f"first at row {row}: got {got_text}",
        f"인덱스가 {len(need):,}개 행 중 {int(wrong.sum()):,}개에서 다릅니다. "
        f"처음 다른 곳은 행 {row}입니다: 받은 값 {got_text}",
    )
    return [_with_expected(where, want_text)]


def _cells_problem(name: str, got: pd.Series, want: pd.Series, rules: TableRules) -> Mismatch | None:
    got, want = _simplified(got), _simplified(want)
    contents = _group(got), _group(want)
    if contents[0] != contents[1] and not (got.isna().all() or want.isna().all()):
        have, need = _CONTENTS[contents[0]], _CONTENTS[contents[1]]
        return _same(
            f"Column {name!r} holds {have.en}, but {need.en} are expected.",
            f"열 {name!r}에 담긴 값의 종류가 다릅니다. 받은 값: {have.ko}, 필요한 값: {need.ko}.",
        )
    wrong = _wrong_cells(got, want, contents, rules.tolerance)
    if not wrong.any():
        return None
    row = int(np.argmax(wrong))
    key = _row_name(row, rules)
    got_text, want_text = _cell(got.iloc[row]), _cell(want.iloc[row])
    where = Words(
        f"Column {name!r}: {int(wrong.sum()):,} of {count(len(wrong), 'value')} differ; "
        f"first at {key.en}: got {got_text}",
        f"열 {name!r}: 값 {len(wrong):,}개 중 {int(wrong.sum()):,}개가 다릅니다. "
        f"처음 다른 곳은 {key.ko}입니다: 받은 값 {got_text}",
    )
    return _with_expected(where, want_text)


def _wrong_cells(got: pd.Series, want: pd.Series, contents: tuple[str, str], tolerance: Tolerance) -> Any:
    if contents[0] != contents[1]:  # one of the two is all missing
        return np.asarray(got.isna().to_numpy() != want.isna().to_numpy())
    if contents[0] == "number" and (_has_fractions(got) or _has_fractions(want)):
        floats = [column.to_numpy(dtype=float, na_value=np.nan) for column in (got, want)]
        return differing(floats[0], floats[1], tolerance)
    if contents[0] in {"number", "time"} and not (got.isna().any() or want.isna().any()):
        return differing(got.to_numpy(), want.to_numpy(), tolerance)
    return _objects_differ(got, want, tolerance)


def _has_fractions(column: pd.Series) -> bool:
    return pd.api.types.is_float_dtype(column.dtype)


def _objects_differ(got: pd.Series, want: pd.Series, tolerance: Tolerance) -> Any:
    pairs = zip(got.astype(object), want.astype(object), strict=True)
    return np.array([_cells_differ(plain(a), plain(b), tolerance) for a, b in pairs], dtype=bool)


def _cells_differ(got: Any, want: Any, tolerance: Tolerance) -> bool:
    missing = _missing_cell(got), _missing_cell(want)
    if any(missing):
        return missing[0] != missing[1]
    return compare(got, want, tolerance) is not None


def _missing_cell(value: Any) -> bool:
    return bool(pd.api.types.is_scalar(value) and pd.isna(value))


def _simplified(column: pd.Series) -> pd.Series:
    """Categories as their values, time zones as UTC, objects that are all numbers as numbers."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        column = column.astype(column.cat.categories.dtype)
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


def _row_name(row: int, rules: TableRules) -> Words:
    if rules.by:
        keys = _names(rules.by)
        return Words(f"row {row} (sorted by {keys})", f"행 {row}({keys} 순으로 정렬)")
    return Words(f"row {row}", f"행 {row}")


def _cell(value: Any) -> str:
    return one_line(shown(value), 60)


def _names(names: Sequence[Any], most: int = 12) -> str:
    listed = ", ".join(one_line(str(name), 40) for name in names[:most])
    return listed + (", …" if len(names) > most else "")


def _same(en: str, ko: str) -> Mismatch:
    """A difference whose description gives no expected value away."""
    return Mismatch(Words(en, ko), Words(en, ko))


def _with_expected(where: Words, expected: str) -> Mismatch:
    return Mismatch(
        Words(f"{where.en}, expected {expected}.", f"{where.ko}, 기대한 값 {expected}."),
        Words(f"{where.en}.", f"{where.ko}."),
    )
