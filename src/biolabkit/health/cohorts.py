"""Cohorts as tables: who is in them, what is missing, which columns exist at the time of prediction."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.learning._inputs import columns_present, known_days

__all__ = ["first_rows", "known_at", "missingness", "table_one"]


def known_at(dictionary: pd.DataFrame, *, day: float = 0, role: str = "predictor") -> list[str]:
    """Columns whose value is known by a day.

    Parameters
    ----------
    dictionary : DataFrame
        One row per column of a cohort: ``column, role, known_days``, where `known_days` counts from the index
        time (the visit). Columns with a missing day are not known.
    day : float
        The day of the prediction, counted from the index time.
    role : str
        Role to keep.

    Returns
    -------
    list of str
        In the order of the dictionary.

    Raises
    ------
    InputError
        The dictionary lacks a column, lists one twice, or holds days that are no numbers.
    """
    columns_present(dictionary, ["column", "role"], "dictionary")
    days = known_days(dictionary).to_numpy()
    return dictionary.loc[(dictionary["role"] == role).to_numpy() & (days <= day), "column"].tolist()


def first_rows(table: pd.DataFrame, *, by: str, time: str) -> pd.DataFrame:
    """Keep the earliest row of each patient.

    Parameters
    ----------
    table : DataFrame
        One row per visit.
    by : str
        Column of the patient.
    time : str
        Column of numbers or dates; of rows at the same time the first in the table is kept.

    Returns
    -------
    DataFrame
        One row per patient, in the order of `table`, with its index.

    Raises
    ------
    InputError
        A column is unknown or has missing values, or the times are text: ``"10"`` stands before ``"9"``.
    """
    columns_present(table, [by, time], "table")
    need_no_text(table, time, "table")
    for name in (by, time):
        missing = int(table[name].isna().sum())
        if missing:
            raise InputError(
                told(
                    f"first_rows: {missing} missing values in column {name!r}; fill or drop the rows",
                    f"first_rows: {name!r} 열에 결측값이 {missing}개 있습니다. 값을 채우거나 그 행을 "
                    "빼십시오",
                )
            )
    rank = table.groupby(by, observed=True)[time].rank(method="first")
    return table[rank == 1]


def missingness(table: pd.DataFrame, *, by: str | None = None) -> pd.DataFrame:
    """Share of missing values per column.

    Parameters
    ----------
    table : DataFrame
        The cohort.
    by : str, optional
        Column of a group, such as the site.

    Returns
    -------
    DataFrame
        One row per group (``"all"`` first), one column per column of `table` without `by`; shares from 0 to
        1. Rows without a group count in ``"all"`` only.

    Raises
    ------
    InputError
        The column `by` is unknown, or the table has no rows.
    """
    columns_present(table, [by] if by else [], "table")
    _need_rows(table)
    gaps = table.drop(columns=[by] if by else []).isna()
    shares = pd.DataFrame({"all": gaps.mean()}).T
    if by is None:
        return shares
    return pd.concat([shares, gaps.groupby(table[by], observed=True).mean()])


def table_one(
    table: pd.DataFrame, *, by: str | None = None, columns: Sequence[str] | None = None
) -> pd.DataFrame:
    """Describe a cohort, as the first table of a paper does.

    Parameters
    ----------
    table : DataFrame
        One row per patient (see `first_rows`).
    by : str, optional
        Column of a group: each gets a column of the result.
    columns : sequence of str, optional
        What to describe; by default all columns but `by`.

    Returns
    -------
    DataFrame
        Index ``(variable, level)``: first the number of rows, then ``mean``, ``sd`` and ``missing`` of each
        numeric column with more than two values, or ``share`` per level and ``missing`` of every other
        column; a level that is itself called "missing" is written ``'missing'``, in quotes. Columns: ``all``,
        then the groups, then ``smd``, the largest standardised mean difference between two groups (difference
        over the root of the mean variance; missing with fewer than two groups, infinite where groups without
        any variance differ). Above 0.1 groups are usually called unbalanced. Rows without a group count in
        ``all`` only.

    Raises
    ------
    InputError
        A column is unknown, or the table has no rows.

    References
    ----------
    Austin PC (2009) Stat Med 28:3083-3107, for the standardised difference.
    """
    columns_present(table, [*([by] if by else []), *([] if columns is None else columns)], "table")
    _need_rows(table)
    names = list(columns) if columns is not None else [name for name in table.columns if name != by]
    groups = {"all": table}
    if by is not None:
        groups |= {str(name): rows for name, rows in table.groupby(by, observed=True)}
    lines: dict[tuple[str, str], dict[str, float]] = {
        ("rows", "n"): {group: float(len(rows)) for group, rows in groups.items()}
    }
    for name in names:
        lines |= _describe(name, groups)
    result = pd.DataFrame.from_dict(lines, orient="index")
    result.index = pd.MultiIndex.from_tuples(list(lines), names=["variable", "level"])
    return result


def _describe(name: str, groups: dict[str, pd.DataFrame]) -> dict[tuple[str, str], dict[str, float]]:
    whole = groups["all"][name]
    lines: dict[tuple[str, str], dict[str, float]] = {}
    if pd.api.types.is_numeric_dtype(whole) and whole.nunique() > 2:
        values = {group: rows[name].astype(float) for group, rows in groups.items()}
        lines[name, "mean"] = {group: float(column.mean()) for group, column in values.items()}
        lines[name, "mean"]["smd"] = _largest_difference(values)
        lines[name, "sd"] = {group: float(column.std()) for group, column in values.items()}
    else:
        for level in sorted(whole.dropna().unique(), key=str):
            values = {group: _is_level(rows[name], level) for group, rows in groups.items()}
            shares = {group: float(column.mean()) for group, column in values.items()}
            written = repr(level) if level == "missing" else str(level)
            lines[name, written] = {**shares, "smd": _largest_difference(values, binary=True)}
    lines[name, "missing"] = {group: float(rows[name].isna().mean()) for group, rows in groups.items()}
    return lines


def _is_level(column: "pd.Series[Any]", level: Any) -> "pd.Series[float]":
    """1 where a column has the level, 0 where it has another, NaN where it is missing."""
    return (column == level).astype(float).where(column.notna())


def _largest_difference(values: dict[str, "pd.Series[float]"], *, binary: bool = False) -> float:
    groups = [column.dropna() for group, column in values.items() if group != "all"]
    means = np.array([column.mean() for column in groups if len(column)])
    variances = np.array([column.var(ddof=0 if binary else 1) for column in groups if len(column)])
    if len(means) < 2:
        return float("nan")
    spread = np.sqrt((variances[:, None] + variances) / 2)
    apart = np.abs(means[:, None] - means)
    with np.errstate(invalid="ignore", divide="ignore"):
        # everybody alike in both groups: no difference, not an unknown one
        differences = np.where((apart == 0) & (spread == 0), 0.0, apart / spread)
    differences = differences[np.triu_indices(len(means), 1)]
    defined = differences[~np.isnan(differences)]
    return float(defined.max()) if len(defined) else float("nan")


def need_no_text(table: pd.DataFrame, name: str, what: str) -> None:
    """Refuse a column of text where dates or numbers are put in order or subtracted."""
    if pd.api.types.infer_dtype(table[name], skipna=True) == "string":
        raise InputError(
            told(
                f"{what}: column {name!r} holds text, dates or numbers expected; convert it "
                "(pandas.to_datetime, pandas.to_numeric)",
                f"{what}: {name!r} 열의 값이 텍스트입니다. 날짜나 숫자로 변환하십시오(pandas.to_datetime, "
                "pandas.to_numeric)",
            )
        )


def _need_rows(table: pd.DataFrame) -> None:
    if table.empty:
        raise InputError(
            told(
                "table: at least one row expected, found none", "table: 행이 하나 이상 있어야 하는데 없습니다"
            )
        )
