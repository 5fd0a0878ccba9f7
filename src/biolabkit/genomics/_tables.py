"""What functions demand of the tables they are given."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from biolabkit._words import told
from biolabkit.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["need_columns"]


def need_columns(
    table: "pd.DataFrame", columns: Iterable[str], where: str, what: str = "the table", ko: str = "표"
) -> None:
    """Refuse a table that lacks columns; all of them are named.

    Parameters
    ----------
    table : DataFrame
        What a function was given.
    columns : iterable of str
        The names that it must have.
    where : str
        The function that was called.
    what, ko : str
        What the table is, in English and in Korean.
    """
    missing = [name for name in columns if name not in table]
    if missing:
        names = ", ".join(missing)
        raise InputError(
            told(f"{where}: {what} lacks the columns {names}", f"{where}: {ko}에 다음 열이 없습니다: {names}")
        )
