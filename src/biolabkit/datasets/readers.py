"""File formats that hold tables: each reader gives text columns, `tables` gives them their dtypes."""

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from biolabkit.datasets.model import Table
from biolabkit.errors import DatasetError

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["READERS"]


def read_csv(path: Path, table: Table) -> "pd.DataFrame":
    """Delimited text; only the card's markers and empty cells are missing values ("NA" may be a name)."""
    import pandas as pd

    constants = {key for part in table.parts for key in part if key != "file"}
    names = [column.source or column.name for column in table.columns if column.name not in constants]
    return pd.read_csv(
        path,
        sep=table.delimiter,
        header=0 if table.header else None,
        names=None if table.header else [*names, *table.ignore],
        dtype=str,
        keep_default_na=False,
        na_values=["", *table.missing],
        comment=table.comment,
        skipinitialspace=True,
        encoding="utf-8-sig",
        index_col=False,
    )


def read_splice_arff(path: Path, _table: Table) -> "pd.DataFrame":
    """UCI splice junctions in ARFF: one nominal attribute per base, joined to one sequence."""
    import pandas as pd

    rows = []
    data = re.split(r"^@data\s*$", path.read_text(encoding="ascii"), flags=re.MULTILINE | re.IGNORECASE)[1]
    for line in data.splitlines():
        fields = [field.strip().strip("'") for field in line.split(",")]
        if not line.strip() or line.startswith("%"):
            continue
        if len(fields) != 62:
            raise DatasetError(f"{path}: expected 62 fields, found {len(fields)}: {line[:60]!r}")
        rows.append({"name": fields[0], "sequence": "".join(fields[1:61]), "junction": fields[61]})
    return pd.DataFrame(rows)


def read_spans_json(path: Path, _table: Table) -> "pd.DataFrame":
    """Texts with labelled character spans: one row per span."""
    import pandas as pd

    rows = [
        {"text_id": number, **span}
        for number, text in enumerate(json.loads(path.read_text(encoding="utf-8")))
        for span in text["spans"]
    ]
    return pd.DataFrame(rows)


def read_texts_json(path: Path, _table: Table) -> "pd.DataFrame":
    """Texts with labelled character spans: one row per text."""
    import pandas as pd

    texts = json.loads(path.read_text(encoding="utf-8"))
    frame = pd.DataFrame(texts)[["full_text", "masked", "template_id"]]
    frame.insert(0, "text_id", range(len(texts)))
    return frame


def read_gff(path: Path, _table: Table) -> "pd.DataFrame":
    """GFF with its 1-based inclusive coordinates turned into 0-based half-open ones."""
    import pandas as pd

    names = ["chrom", "source", "feature", "start", "end", "score", "strand", "phase", "attributes"]
    frame = pd.read_csv(
        path, sep="\t", names=names, dtype=str, comment="#", na_values=["."], skipinitialspace=True
    )
    frame["start"] = frame["start"].astype(int) - 1
    return frame


def read_letters(path: Path, _table: Table) -> "pd.DataFrame":
    """UCI promoters, recoded: row number, one letter per field, ``+`` or ``-``; the letters are joined."""
    import pandas as pd

    rows = [line.split(",") for line in path.read_text(encoding="ascii").split()]
    return pd.DataFrame(
        {"sequence": ["".join(r[1:-1]).upper() for r in rows], "promoter": [r[-1] for r in rows]}
    )


READERS: dict[str, Callable[[Path, Table], "pd.DataFrame"]] = {
    "csv": read_csv,
    "gff": read_gff,
    "letters": read_letters,
    "spans-json": read_spans_json,
    "splice-arff": read_splice_arff,
    "texts-json": read_texts_json,
}
