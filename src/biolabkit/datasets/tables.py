"""Tables as their cards describe them: column names, dtypes, missing values."""

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biolabkit.datasets.model import Card, Column, Table
from biolabkit.datasets.readers import READERS
from biolabkit.errors import DatasetError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["read_table"]


def read_table(card: Card, table: Table, paths: Mapping[str, Path]) -> "pd.DataFrame":
    """Read one table.

    Parameters
    ----------
    card, table
        What to read and how.
    paths : mapping of str to Path
        The files by role.

    Returns
    -------
    DataFrame
        Columns in the card's order; ``int`` columns are int64, ``float`` float64 with NaN, ``string`` text,
        ``category`` categorical, ``bool`` bool, ``date`` datetime64.

    Raises
    ------
    DatasetError
        When the file is not as the card says; every column that differs is told.
    """
    import pandas as pd

    frames = []
    for part in table.parts:
        frame = READERS[table.reader](paths[part["file"]], table)
        constants = {key: value for key, value in part.items() if key != "file"}
        for position, (key, value) in enumerate(constants.items()):
            frame.insert(position, key, value)
        frames.append(frame)
    whole = pd.concat(frames, ignore_index=True) if len(frames) > 1 else frames[0]
    return _typed(whole, card, table)


def _typed(frame: "pd.DataFrame", card: Card, table: Table) -> "pd.DataFrame":
    frame = frame.drop(columns=list(table.ignore))
    frame = frame.rename(columns={column.source: column.name for column in table.columns if column.source})
    columns = _columns(frame, card, table)
    problems, typed = [], {}
    for column in columns:
        try:
            typed[column.name] = _convert(frame[column.name], column)
        except (ValueError, TypeError) as error:
            problems.append(f"{column.name}: {error}")
    if problems:
        raise DatasetError(f"{card.name}, table {table.name}: " + "; ".join(problems))
    import pandas as pd

    return pd.DataFrame(typed)


def _columns(frame: "pd.DataFrame", card: Card, table: Table) -> list[Column]:
    """The card's columns, then those that it describes together as others."""
    described = {column.name: column for column in table.columns}
    absent = [name for name in described if name not in frame.columns]
    extra = [str(name) for name in frame.columns if name not in described]
    if absent or (extra and table.others is None):
        raise DatasetError(
            f"{card.name}, table {table.name}: the card and the file name different columns; "
            f"only in the card: {', '.join(absent) or 'none'}; only in the file: {', '.join(extra) or 'none'}"
        )
    return [*table.columns, *(Column(name, table.others or "string") for name in extra)]


def _convert(values: "pd.Series[Any]", column: Column) -> "pd.Series[Any]":
    """Give a column of text (or of constants) the card's dtype.

    Raises
    ------
    ValueError
        When a value does not fit.
    """
    import pandas as pd

    if column.dtype in {"int", "float"}:
        numbers = pd.to_numeric(values)
        if column.missing:
            numbers = numbers.mask(numbers.isin(list(column.missing)))
        return _whole(numbers) if column.dtype == "int" else numbers.astype("float64")
    if column.missing:
        values = values.mask(values.isin([str(value) for value in column.missing]))
    if column.dtype == "date":
        return pd.to_datetime(values, format=column.date_format or "ISO8601")
    if column.dtype == "bool":
        return _booleans(values, column)
    return values.astype("category" if column.dtype == "category" else values.dtype)


def _whole(numbers: "pd.Series[Any]") -> "pd.Series[Any]":
    """The numbers as int64, which would cut a fraction off without a word."""
    broken = numbers[numbers.notna() & (numbers % 1 != 0)]
    if len(broken):
        raise ValueError(f"not a whole number: {broken.iloc[0]}")
    return numbers.astype("int64")


def _booleans(values: "pd.Series[Any]", column: Column) -> "pd.Series[Any]":
    meaning = dict.fromkeys(column.true or ("1", "True", "true", "TRUE"), True)
    meaning |= dict.fromkeys(column.false or ("0", "False", "false", "FALSE"), False)
    found = values.map(meaning)
    if found.isna().any():
        odd = sorted({str(value) for value in values[found.isna()]})
        raise ValueError(f"neither true nor false: {', '.join(odd[:5])}")
    return found.astype(bool)
