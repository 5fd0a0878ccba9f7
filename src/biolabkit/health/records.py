"""From relational tables to a cohort: index time, look-back, label window, exclusions.

Every patient has one *index time*, the moment at which a prediction would be made. Windows are counted from
it and hold their end but not their start: the look-back of 24 hours is ``(index - 24 h, index]``, the label
window of 7 days is ``(index, index + 7 d]``. A value of the index time itself is known, an event of that time
is no outcome, and windows side by side count nothing twice. Features are taken from the look-back only, so
that they cannot look ahead.

Times are either dates (then windows are time deltas, such as ``"24h"``) or numbers, such as minutes since the
admission to a unit (then windows are numbers).
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import numpy as np
import pandas as pd

from biolabkit._words import told, unknown
from biolabkit.errors import InputError
from biolabkit.health.cohorts import first_rows, need_no_text
from biolabkit.learning._inputs import columns_present

__all__ = [
    "STATISTICS",
    "Selection",
    "exclude",
    "label",
    "look_ahead",
    "look_back",
    "one_per_patient",
    "summarize",
]

#: What `summarize` can say about the values of a look-back.
STATISTICS = ("last", "first", "mean", "min", "max", "count")

Window = float | str | timedelta | np.timedelta64
Rule = Callable[[pd.DataFrame], Any]


@dataclass(frozen=True)
class Selection:
    """A cohort, and how it came about.

    Attributes
    ----------
    kept : DataFrame
        The rows that no rule excluded, with their index.
    flow : DataFrame
        One row per step, the start first: ``step, excluded, rows, patients``. `excluded` counts the rows that
        this rule removed from those that the rules before it had left; `rows` and `patients` are what
        remains.
    reason : Series of str
        The first rule that met each excluded row, by the index of the table.
    """

    kept: pd.DataFrame
    flow: pd.DataFrame
    reason: "pd.Series[str]"


def exclude(
    table: pd.DataFrame, rules: Mapping[str, Rule], *, patient: str, start: str = "records"
) -> Selection:
    """Exclude rows by named rules, one after the other, and count at each step.

    Parameters
    ----------
    table : DataFrame
        One row per record: a patient, an admission, a stay.
    rules : mapping of str to callable
        Reason of exclusion to a function that takes the rows still there and returns True where a row is to
        be *excluded*. A rule sees what the rules before it left, so the order is part of the definition: "not
        the first admission" means another thing before than after "younger than 18".
    patient : str
        Column of the patient, for the count of patients.
    start : str
        What the rows are, the name of the first line of the flow.

    Returns
    -------
    Selection

    Raises
    ------
    UnknownNameError
        When the column of the patient does not exist.
    InputError
        When patients are missing, or a rule returns anything but one True or False per row.

    Examples
    --------
    >>> stays = pd.DataFrame({"patient": [1, 1, 2], "age": [70, 70, 9]})
    >>> chosen = exclude(stays, {"younger than 18": lambda rows: rows["age"] < 18}, patient="patient")
    >>> chosen.flow["rows"].tolist()
    [3, 2]
    """
    columns_present(table, [patient], "table")
    _need_complete(table, [patient], "table")
    lines: list[tuple[str, int, int, int]] = [(start, 0, len(table), table[patient].nunique())]
    reason = pd.Series(pd.NA, index=table.index, dtype="object")
    place = np.arange(len(table))
    for name, rule in rules.items():
        rows = table.iloc[place]
        out = _verdict(rule(rows), rows, name)
        reason.iloc[place[out]] = name
        place = place[~out]
        lines.append((name, int(out.sum()), len(place), table[patient].iloc[place].nunique()))
    flow = pd.DataFrame(lines, columns=["step", "excluded", "rows", "patients"])
    return Selection(table.iloc[place], flow, reason.dropna())


def _verdict(answer: Any, rows: pd.DataFrame, name: str) -> "np.ndarray[Any, np.dtype[np.bool_]]":
    """The answer of a rule as booleans: a missing answer is an error, as it would keep or drop silently."""
    if isinstance(answer, pd.Series) and not answer.index.equals(rows.index):
        raise InputError(
            told(
                f"rule {name!r}: its index is not that of the rows it was given; return one per row",
                f"제외 기준 {name!r}: 결과의 인덱스가 넘겨받은 행의 인덱스와 다릅니다. 행마다 값을 하나씩 "
                "반환하십시오",
            )
        )
    values = np.asarray(answer, dtype=object)
    if values.shape != (len(rows),):
        shape = told(f"an answer of shape {values.shape}", f"모양이 {values.shape}인 값")
        found = len(values) if values.ndim == 1 else shape
        raise InputError(
            told(
                f"rule {name!r}: {len(rows)} answers expected, one per row, found {found}",
                f"제외 기준 {name!r}: 답이 행마다 하나씩 {len(rows)}개여야 합니다. 받은 답: {found}",
            )
        )
    missing = int(pd.isna(values).sum())
    if missing:
        raise InputError(
            told(
                f"rule {name!r}: {missing} rows have no answer (a missing value was compared); say what "
                "happens to them, for example with .isna() or .fillna(False)",
                f"제외 기준 {name!r}: 답이 없는 행이 {missing}개 있습니다(결측값을 비교했습니다). 그 행을 "
                "어떻게 할지 .isna()나 .fillna(False) 등으로 정하십시오",
            )
        )
    if not all(isinstance(value, bool | np.bool_) for value in values):
        other = next(value for value in values if not isinstance(value, bool | np.bool_))
        raise InputError(
            told(
                f"rule {name!r}: True or False per row expected, found {other!r}",
                f"제외 기준 {name!r}: 행마다 True나 False여야 합니다. 받은 값: {other!r}",
            )
        )
    return values.astype(bool)


def one_per_patient(
    table: pd.DataFrame, *, by: str, time: str, choose: str = "first", seed: int = 0
) -> pd.DataFrame:
    """Choose one row of each patient, by a rule that is said aloud.

    Parameters
    ----------
    table : DataFrame
        One row per record.
    by, time : str
        Columns of the patient and of the time.
    choose : {"first", "last", "random"}
        Which row. ``"last"`` knows the future: at the time of a record nobody knows that no other will
        follow. ``"random"`` gives patients with many records their chance to be seen late.
    seed : int
        Of ``"random"``; the same rows are drawn whatever the order of the table's patients.

    Returns
    -------
    DataFrame
        One row per patient, in the order of `table`, with its index. Of rows at the same time the first in
        the table counts as earlier.

    Raises
    ------
    UnknownNameError
        When a column or `choose` is unknown.
    InputError
        When a column has missing values, or the times are text.
    """
    if choose not in ("first", "last", "random"):
        raise unknown("choice", "choose에 쓸 수 없는 값입니다", choose, ("first", "last", "random"))
    if choose == "first":
        return first_rows(table, by=by, time=time)
    columns_present(table, [by, time], "table")
    _need_complete(table, [by, time], "table")
    need_no_text(table, time, "table")
    rank = table.groupby(by, observed=True)[time].rank(method="first")
    size = table.groupby(by, observed=True)[time].transform("size")
    if choose == "last":
        return table[rank == size]
    patients = np.sort(table[by].unique())
    draw = pd.Series(np.random.default_rng(seed).random(len(patients)), index=patients)
    return table[rank == np.floor(table[by].map(draw).astype(float) * size) + 1]


def look_back(
    cohort: pd.DataFrame,
    events: pd.DataFrame,
    *,
    by: str,
    index_time: str,
    time: str,
    window: Window,
    known: str | None = None,
) -> pd.DataFrame:
    """The events that are known at the index time and not older than a window.

    Parameters
    ----------
    cohort : DataFrame
        One row per `by`, with the index time.
    events : DataFrame
        Measurements, prescriptions, diagnoses: any number of rows per `by`.
    by : str
        Column of both tables that joins them, such as the stay.
    index_time : str
        Column of `cohort`.
    time : str
        Column of `events`: when it happened. Rows without a time are left out, as nobody can date them.
    window : number, str or timedelta
        Length of the look-back, positive: ``"24h"`` where times are dates, a number where they are numbers.
    known : str, optional
        Column of `events` with the time at which the value became *known*, such as the time of a laboratory's
        report. Values known only after the index time are left out, even if the blood was drawn before it.

    Returns
    -------
    DataFrame
        The rows of `events` with ``index - window < time <= index``, in their order and with their index, and
        a column ``since_index``, zero or negative.

    Raises
    ------
    InputError
        When a column is unknown, an index time is missing, a patient stands twice in the cohort, the window
        is not positive, times are text, or dates meet numbers or dates of another kind (with a time zone and
        without).
    """
    span = _positive(window, "look_back")
    since = _since_index(cohort, events, by, index_time, time)
    _need_kind(span, since, "window")
    kept = (since > -span) & (since <= _zero(span))
    if known is not None:
        columns_present(events, [known], "events")
        kept &= _since_index(cohort, events, by, index_time, known) <= _zero(span)
    return events[kept].assign(since_index=since[kept])


def summarize(
    cohort: pd.DataFrame,
    events: pd.DataFrame,
    *,
    by: str,
    index_time: str,
    time: str,
    window: Window,
    item: str,
    value: str,
    statistics: Sequence[str] = ("last", "count"),
    known: str | None = None,
    unit: str | None = None,
) -> pd.DataFrame:
    """One row of features per row of the cohort, from the look-back only.

    Parameters
    ----------
    cohort, events, by, index_time, time, window, known
        As in `look_back`.
    item : str
        Column of `events` that names what was measured.
    value : str
        Column of `events` with the number; rows without one are left out.
    statistics : sequence of str
        Of `STATISTICS`. ``last`` and ``first`` go by time; of several values at one time they take the last
        and the first in the table.
    unit : str, optional
        Column of `events` with the unit: an item that comes in two units is an error, since its mean would be
        meaningless. Convert first.

    Returns
    -------
    DataFrame
        Index of `cohort`, in its order; columns ``<item>_<statistic>``, items sorted. Where nothing was
        measured a value is missing, never 0, and the count is 0.

    Raises
    ------
    InputError
        As `look_back`; also when an item comes in several units, or a value is no number (``"<5"``).
    UnknownNameError
        When a statistic does not exist.

    Examples
    --------
    >>> stays = pd.DataFrame({"stay": [1, 2], "t0": [0, 0]})
    >>> labs = pd.DataFrame({"stay": [1, 1], "t": [-5, 5], "lab": "lactate", "x": [2.0, 9.0]})
    >>> table = summarize(stays, labs, by="stay", index_time="t0", time="t", window=60, item="lab", value="x")
    >>> table["lactate_last"].tolist()
    [2.0, nan]
    """
    _need_statistics(statistics)
    columns_present(events, [item, value, *([unit] if unit else [])], "events")
    events = events.assign(**{value: _numbers(events, value)})
    seen = look_back(
        cohort, events, by=by, index_time=index_time, time=time, window=window, known=known
    ).dropna(subset=[value])
    if unit is not None:
        _need_one_unit(seen, item, unit)
    items = sorted(events[item].dropna().astype(str).unique())
    seen = seen.assign(**{item: seen[item].astype(str)}).sort_values("since_index", kind="stable")
    several: Any = list(statistics)
    found = seen.pivot_table(index=by, columns=item, values=value, aggfunc=several, observed=True, sort=False)
    columns: dict[str, pd.Series[Any]] = {}
    for name in items:
        for statistic in statistics:
            column = found.get((statistic, name), pd.Series(dtype=float))
            values = cohort[by].map(column).astype(float)
            columns[f"{name}_{statistic}"] = values.fillna(0).astype(int) if statistic == "count" else values
    return pd.DataFrame(columns, index=cohort.index)


def label(
    cohort: pd.DataFrame,
    events: pd.DataFrame,
    *,
    by: str,
    index_time: str,
    time: str,
    window: Window,
    follow_up: str | None = None,
) -> "pd.Series[Any]":
    """Whether an event falls into the label window after the index time.

    Parameters
    ----------
    cohort, events, by, index_time, time
        As in `look_back`.
    window : number, str or Timedelta
        Length of the label window, positive.
    follow_up : str, optional
        Column of `cohort`: until when the patient was observed. A patient without an event whose follow-up
        ends before the window does is neither 1 nor 0: the label is missing.

    Returns
    -------
    Series of boolean (nullable), by the index of `cohort`
        True when an event has ``index < time <= index + window``.

    Raises
    ------
    InputError
        As `look_back`.
    """
    span = _positive(window, "label")
    since = _since_index(cohort, events, by, index_time, time)
    _need_kind(span, since, "window")
    inside = (since > _zero(span)) & (since <= span)
    result = cohort[by].isin(events.loc[inside, by]).astype("boolean")
    if follow_up is not None:
        columns_present(cohort, [follow_up], "cohort")
        _need_alike(("cohort", cohort, index_time), ("cohort", cohort, follow_up))
        watched = cohort[follow_up] - cohort[index_time]
        result = result.mask(~result & ~(watched >= span))
    return result.rename("label")


def look_ahead(
    cohort: pd.DataFrame, events: pd.DataFrame, *, by: str, index_time: str, time: str, item: str
) -> pd.DataFrame:
    """Report what a table of events knows after the index time: what a model must not see.

    Parameters
    ----------
    cohort, events, by, index_time, time
        As in `look_back`.
    item : str
        Column of `events` that names what was measured.

    Returns
    -------
    DataFrame
        One row per item with such events, the most first: ``item, events, after_index, share, latest``, where
        `latest` is the largest distance from the index time. Empty when nothing looks ahead.

    Raises
    ------
    InputError
        As `look_back`.
    """
    columns_present(events, [item], "events")
    since = _since_index(cohort, events, by, index_time, time)
    after = since > (pd.Timedelta(0) if pd.api.types.is_timedelta64_dtype(since) else 0)
    whole = since[since.notna()].groupby(events[item].astype(str)).size()
    late = since[after].groupby(events[item].astype(str)).agg(["size", "max"])
    report = pd.DataFrame(
        {
            "item": late.index,
            "events": whole.reindex(late.index).to_numpy(dtype=int),
            "after_index": late["size"].to_numpy(dtype=int),
            "latest": late["max"].to_numpy(),
        }
    )
    report.insert(3, "share", report["after_index"] / report["events"])
    return report.sort_values("after_index", ascending=False, kind="stable", ignore_index=True)


def _since_index(
    cohort: pd.DataFrame, events: pd.DataFrame, by: str, index_time: str, time: str
) -> "pd.Series[Any]":
    """Time of each event counted from its patient's index time; missing for patients not in the cohort."""
    columns_present(cohort, [by, index_time], "cohort")
    columns_present(events, [by, time], "events")
    _need_complete(cohort, [by, index_time], "cohort")
    _need_one_row(cohort, by)
    _need_alike(("cohort", cohort, index_time), ("events", events, time))
    return events[time] - events[by].map(cohort.set_index(by)[index_time])


def _need_one_row(cohort: pd.DataFrame, by: str) -> None:
    twice = cohort.loc[cohort[by].duplicated(), by].drop_duplicates().tolist()
    if twice:
        raise InputError(
            told(
                f"cohort: {len(twice)} values of {by!r} stand in several rows (for example {twice[0]!r}), so "
                "an event has no single index time; choose one row each (one_per_patient) or join by another "
                "column",
                f"cohort: {by!r} 열의 값 {len(twice)}개가 여러 행에 나와서(예: {twice[0]!r}) 사건의 기준 "
                "시점이 하나로 정해지지 않습니다. 한 행씩 고르거나(one_per_patient) 다른 열로 결합하십시오",
            )
        )


_Place = tuple[str, pd.DataFrame, str]  # name of a table, the table, a column of times


def _need_alike(first: _Place, second: _Place) -> None:
    """Refuse times that cannot be subtracted from each other: text, dates and numbers, other time zones."""
    for what, table, name in (first, second):
        need_no_text(table, name, what)
    kinds = [_kind_of_time(table[name]) for _, table, name in (first, second)]
    if kinds[0] != kinds[1]:
        raise InputError(
            told(
                f"{first[0]} column {first[2]!r} holds {kinds[0]}, {second[0]} column {second[2]!r} holds "
                f"{kinds[1]}; convert one (pandas.to_datetime)",
                f"종류가 다른 시각은 서로 뺄 수 없습니다. {first[0]}의 {first[2]!r} 열: {kinds[0]}, "
                f"{second[0]}의 {second[2]!r} 열: {kinds[1]}. 한쪽을 변환하십시오(pandas.to_datetime)",
            )
        )


def _kind_of_time(column: "pd.Series[Any]") -> str:
    if isinstance(column.dtype, pd.DatetimeTZDtype):
        return told("dates with a time zone", "시간대가 있는 날짜")
    if pd.api.types.is_datetime64_any_dtype(column):
        return told("dates", "날짜")
    return told("no dates", "날짜가 아닌 값")


def _numbers(events: pd.DataFrame, value: str) -> "pd.Series[Any]":
    """The values as numbers; what is none, such as a bound, is an error, as dropping it would bias a mean."""
    numbers = pd.to_numeric(events[value], errors="coerce")
    wrong = events.loc[numbers.isna() & events[value].notna(), value]
    if len(wrong):
        raise InputError(
            told(
                f"events: column {value!r}: numbers expected, found {wrong.iloc[0]!r} ({len(wrong)} rows); "
                "say what such values count as, or leave them out",
                f"events: {value!r} 열은 숫자여야 합니다. 숫자가 아닌 값: {wrong.iloc[0]!r}(모두 "
                f"{len(wrong)}행). 이런 값을 얼마로 볼지 정하거나 그 행을 빼십시오",
            )
        )
    return numbers


def _positive(window: Window, where: str) -> Any:
    try:
        span: Any = pd.Timedelta(window) if isinstance(window, str | timedelta | np.timedelta64) else window
        if not isinstance(span, pd.Timedelta | float | int | np.number):
            raise ValueError
    except ValueError:
        raise InputError(
            told(
                f"{where}: window {window!r} is no length of time; write '24h' or '7d'",
                f"{where}: window에 쓸 수 없는 길이입니다: {window!r}. '24h'나 '7d'처럼 쓰십시오",
            )
        ) from None
    zero = _zero(span)
    if not span > zero:
        raise InputError(
            told(
                f"{where}: window must be positive, found {window!r}; a look-back ends and a label window "
                "starts at the index time, so that features cannot look ahead",
                f"{where}: window는 0보다 커야 합니다. 받은 값: {window!r}. 변수가 미래를 보지 못하도록 관찰 "
                "구간은 기준 시점에서 끝나고 결과 구간은 기준 시점에서 시작합니다",
            )
        )
    return span


def _zero(span: Any) -> Any:
    return pd.Timedelta(0) if isinstance(span, pd.Timedelta) else 0


def _need_kind(span: Any, since: "pd.Series[Any]", name: str) -> None:
    is_date = pd.api.types.is_timedelta64_dtype(since)
    if is_date != isinstance(span, pd.Timedelta):
        length = told("a length of time such as '24h' expected", "'24h' 같은 시간의 길이여야 합니다")
        number = told("a number in the unit of the times expected", "시각과 단위가 같은 숫자여야 합니다")
        wanted = length if is_date else number
        raise InputError(told(f"{name}: {wanted}, found {span!r}", f"{name}: {wanted}. 받은 값: {span!r}"))


def _need_statistics(statistics: Sequence[str]) -> None:
    for name in statistics:
        if name not in STATISTICS:
            raise unknown("statistic", "그런 통계량이 없습니다", name, STATISTICS)
    if not len(statistics):
        raise InputError(
            told(
                "summarize: at least one statistic expected, found none",
                "summarize: 통계량이 하나 이상 있어야 하는데 없습니다",
            )
        )


def _need_one_unit(events: pd.DataFrame, item: str, unit: str) -> None:
    units = events.groupby(item, observed=True)[unit].unique()
    mixed = {name: sorted(map(str, found)) for name, found in units.items() if len(found) > 1}
    if mixed:
        listed = "; ".join(f"{name}: {', '.join(found)}" for name, found in mixed.items())
        raise InputError(
            told(
                f"items in several units ({listed}); convert to one unit before summarizing",
                f"단위가 여럿인 항목이 있습니다({listed}). 요약하기 전에 한 단위로 환산하십시오",
            )
        )


def _need_complete(table: pd.DataFrame, names: Sequence[str], what: str) -> None:
    gaps = {name: int(table[name].isna().sum()) for name in names}
    found = [
        told(f"{count} in {name!r}", f"{name!r} 열에 {count}개") for name, count in gaps.items() if count
    ]
    if found:
        raise InputError(
            told(
                f"{what}: missing values ({', '.join(found)}); fill or exclude these rows first",
                f"{what}: 결측값이 있습니다({', '.join(found)}). 먼저 값을 채우거나 그 행을 제외하십시오",
            )
        )
