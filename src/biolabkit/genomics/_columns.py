"""Tables of calls as plain arrays, so that calling needs no pandas: a name and an array for each column."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from biolabkit.genomics._filters import STRAND_COLUMNS
from biolabkit.genomics._vcf_text import CALL_COLUMNS

__all__ = ["Columns", "columns_of", "joined_columns", "records_of"]

Columns = dict[str, npt.NDArray[Any]]

# Rows that become Python objects at one time: a whole genome's calls would fill the memory.
AT_A_TIME = 10_000

# Of the columns that a caller gives: all but the filter, which is decided later.
_CALLED = (*(name for name in CALL_COLUMNS if name != "filter"), *STRAND_COLUMNS)
_TYPES = dict.fromkeys(("chrom", "ref", "alt", "ad"), object) | {"qual": np.float64}
_TYPES |= dict.fromkeys(("allele1", "allele2"), np.int8)


def columns_of(records: list[dict[str, Any]]) -> Columns:
    """Records as columns, of the right types even when there are none."""
    return {
        name: np.array([record[name] for record in records], dtype=_TYPES.get(name, np.int64))
        for name in _CALLED
    }


def joined_columns(parts: list[Columns]) -> Columns:
    """The rows of several tables, one behind the other."""
    parts = parts or [columns_of([])]
    return {name: np.concatenate([part[name] for part in parts]) for name in _CALLED}


def records_of(columns: Columns) -> Iterator[dict[str, Any]]:
    """The rows of a table, one after the other."""
    for low in range(0, len(columns["start"]), AT_A_TIME):
        rows = zip(*(values[low : low + AT_A_TIME].tolist() for values in columns.values()), strict=True)
        yield from (dict(zip(columns, row, strict=True)) for row in rows)
