"""What functions demand of the tables they are given."""

from collections.abc import Iterable
from typing import TYPE_CHECKING

from biolabkit.errors import InputError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["need_columns"]


def need_columns(table: "pd.DataFrame", columns: Iterable[str], where: str, what: str = "the table") -> None:
    """Refuse a table that lacks columns; all of them are named."""
    missing = [name for name in columns if name not in table]
    if missing:
        raise InputError(f"{where}: {what} lacks the columns {', '.join(missing)}")
