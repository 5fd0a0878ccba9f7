"""A notebook file as it lies on the disk: its cells, and which exercise it says it is."""

import hashlib
import json
import os
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

from biolabkit.errors import FormatError, InputError

from .causes import json_damage, reason
from .phrases import say

__all__ = [
    "LARGEST_BYTES",
    "Cell",
    "Notebook",
    "digest",
    "exercise_in",
    "find_notebooks",
    "notebooks_by_exercise",
    "parse_notebook",
    "read_notebook",
]

LARGEST_BYTES = 20_000_000
_START = re.compile(r"""\blab\.start\(\s*["']([^"']+)["']""")
_START_IN_JSON = re.compile(rb"""\blab\.start\(\s*(?:\\"|')([^"'\\]+)(?:\\"|')""")
#: A notebook that cannot be read whole still says its exercise near its beginning.
_HEAD_BYTES = 1_000_000
_DEEPEST = 3
_MOST_FILES = 5000


class Cell(NamedTuple):
    """What matters of a cell: its kind, its text, its names, and nbgrader's points for it."""

    kind: str
    source: str
    id: str | None = None
    grade_id: str | None = None
    points: float | None = None
    answer: bool = False


@dataclass(frozen=True)
class Notebook:
    """A notebook of format 4 with the very bytes it was read from."""

    path: Path
    content: bytes
    saved: float
    title: str | None
    cells: tuple[Cell, ...]
    language: str | None = None

    @property
    def texts(self) -> list[tuple[str, str]]:
        """Kind and text of each cell."""
        return [(cell.kind, cell.source) for cell in self.cells]

    @property
    def exercise(self) -> str | None:
        """The exercise that ``lab.start("…")`` names, whatever the file is called."""
        for cell in self.cells:
            if cell.kind == "code" and (found := _START.search(cell.source)):
                return found.group(1)
        return None


def read_notebook(path: Path, language: str = "en") -> Notebook:
    """Read a notebook file.

    Raises
    ------
    InputError
        When there is no such file, or it is too large.
    FormatError
        When it is not a notebook of format 4.
    """
    if not path.is_file():
        raise InputError(say(language, "no-notebook", path=path))
    try:
        with path.open("rb") as stream:
            status = os.fstat(stream.fileno())
            content = stream.read(LARGEST_BYTES + 1)
    except OSError as error:
        raise InputError(say(language, "unreadable", path=path, why=reason(error).to(language))) from error
    size = max(status.st_size, len(content))
    if size > LARGEST_BYTES:
        raise InputError(say(language, "too-big", path=path, size=size / 1e6, limit=LARGEST_BYTES / 1e6))
    return parse_notebook(path, content, language, saved=status.st_mtime)


def parse_notebook(path: Path, content: bytes, language: str = "en", *, saved: float = 0.0) -> Notebook:
    """Read the bytes of a notebook.

    Raises
    ------
    FormatError
        When it is not a notebook of format 4; `path` is named.
    """
    document = _document(path, content, language)
    metadata = _table(document, "metadata")
    return Notebook(
        path=path,
        content=content,
        saved=saved,
        title=_text(metadata, "title"),
        cells=tuple(_cells(document["cells"])),
        language=_text(_table(metadata, "biolabkit"), "language"),
    )


def exercise_in(path: Path) -> str | None:
    """The exercise that a notebook file says it is; None when it says none or cannot be read."""
    try:
        status = path.stat()
    except OSError:
        return None
    return _exercise_in(path, status.st_mtime_ns, status.st_size)


def find_notebooks(root: Path, deepest: int = _DEEPEST) -> Iterator[Path]:
    """Find the notebooks below a folder, hidden folders such as JupyterLab's checkpoints aside."""
    seen = 0
    for folder, folders, files in os.walk(root):
        here = Path(folder)
        if len(here.relative_to(root).parts) >= deepest:
            folders.clear()
        folders[:] = sorted(name for name in folders if not name.startswith("."))
        for name in sorted(files):
            seen += 1
            if name.lower().endswith(".ipynb") and not name.startswith("."):
                yield here / name
        if seen > _MOST_FILES:
            return


def notebooks_by_exercise(root: Path) -> dict[str, list[Path]]:
    """The notebooks below a folder by the exercise that each says it is, else by the file's name."""
    found: dict[str, list[Path]] = {}
    for path in find_notebooks(root):
        found.setdefault(exercise_in(path) or path.stem, []).append(path)
    return found


def digest(path: Path) -> str:
    """SHA-256 of a file; empty when it cannot be read."""
    try:
        status = path.stat()
        return _digest_of(path, status.st_mtime_ns, status.st_size)
    except OSError:
        return ""


@lru_cache(maxsize=512)
def _digest_of(path: Path, _modified: int, _size: int) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@lru_cache(maxsize=512)
def _exercise_in(path: Path, _modified: int, _size: int) -> str | None:
    """Remember the answer while the file is unchanged: the panel asks often."""
    try:
        return read_notebook(path).exercise
    except InputError:
        return _exercise_in_damaged(path)


def _exercise_in_damaged(path: Path) -> str | None:
    try:
        with path.open("rb") as stream:
            found = _START_IN_JSON.search(stream.read(_HEAD_BYTES))
    except OSError:
        return None
    return found.group(1).decode("utf-8", "replace") if found else None


def _document(path: Path, content: bytes, language: str) -> dict[str, Any]:
    try:
        document = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise FormatError(say(language, "not-json", path=path, why=json_damage(error).to(language))) from None
    if (
        not isinstance(document, dict)
        or document.get("nbformat") != 4
        or not isinstance(document.get("cells"), list)
    ):
        raise FormatError(say(language, "not-a-notebook", path=path))
    return document


def _table(values: dict[str, Any], key: str) -> dict[str, Any]:
    value = values.get(key)
    return value if isinstance(value, dict) else {}


def _text(values: dict[str, Any], key: str) -> str | None:
    value = values.get(key)
    return value if isinstance(value, str) else None


def _cells(raw: list[Any]) -> Iterator[Cell]:
    for cell in raw:
        if not isinstance(cell, dict):
            continue
        source = cell.get("source", "")
        text = "".join(map(str, source)) if isinstance(source, list) else str(source)
        metadata = cell.get("metadata")
        marks = metadata.get("nbgrader") if isinstance(metadata, dict) else None
        marks = marks if isinstance(marks, dict) else {}
        cell_id, grade_id, points = cell.get("id"), marks.get("grade_id"), marks.get("points")
        yield Cell(
            kind=str(cell.get("cell_type")),
            source=text,
            id=cell_id if isinstance(cell_id, str) else None,
            grade_id=grade_id if isinstance(grade_id, str) else None,
            points=float(points) if marks.get("grade") and isinstance(points, int | float) else None,
            answer=bool(marks.get("solution")),
        )
