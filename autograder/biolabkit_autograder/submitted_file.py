"""A file that somebody handed in: read with care, and taken apart into cells.

It may be anything: a link, a pipe, a gigabyte, half a notebook. Nothing of it is believed, and what cannot be
used is refused in one line that says what to do.
"""

from __future__ import annotations

import errno
import json
import os
import stat
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn

from .grading import RefusedError

__all__ = [
    "MAX_BYTES",
    "MAX_CELLS",
    "SubmittedCell",
    "parse_notebook",
    "read_file",
    "read_open",
]

MAX_BYTES = 20 * 2**20
MAX_CELLS = 5000

#: What is wrong with a file that is not JSON, as Python's own sentences are English.
_NOT_JSON = {
    "deep": ("nested too deeply", "너무 깊이 중첩됨"),
    "cut": ("it ends inside a character", "글자 중간에서 끝남"),
    "not-utf8": ("not UTF-8 text", "UTF-8 텍스트가 아님"),
    "at": ("line {line}, column {column}: {message}", "{line}번째 줄 {column}번째 글자"),
    "constant": ("{word} is not JSON", "JSON에 없는 값 {word}"),
    "number": ("a number is too long", "너무 긴 숫자가 있음"),
}

_REFUSALS = {
    "link": (
        "is a symbolic link; submit the notebook itself",
        "심볼릭 링크입니다. 노트북 파일 자체를 제출하십시오",
    ),
    "unreadable": ("cannot be read ({why})", "파일을 읽을 수 없습니다({why})"),
    "not-regular": (
        "is not a regular file; submit a notebook (.ipynb)",
        "일반 파일이 아닙니다. 노트북(.ipynb)을 제출하십시오",
    ),
    "too-big": (
        "has {size:.0f} MB, the limit is {limit:.0f} MB; clear its outputs and submit it again",
        "크기가 {size:.0f} MB로 한도 {limit:.0f} MB를 넘습니다. 출력을 지우고 다시 제출하십시오",
    ),
    "not-json": (
        "is not JSON ({why}); it may be cut off: save it in JupyterLab and submit it again",
        "JSON이 아닙니다({why}). 파일이 잘렸을 수 있으니 JupyterLab에서 저장한 뒤 다시 제출하십시오",
    ),
    "no-notebook": (
        "is not a Jupyter notebook (it has no 'nbformat'); submit the .ipynb file",
        "Jupyter 노트북이 아닙니다('nbformat'이 없음). .ipynb 파일을 제출하십시오",
    ),
    "version": (
        "has notebook format {version}, expected 4; open it in JupyterLab, save it and submit it again",
        "노트북 형식이 {version}입니다(4 필요). JupyterLab에서 열어 저장한 뒤 다시 제출하십시오",
    ),
    "no-cells": (
        "has no list of cells; open it in JupyterLab, save it and submit it again",
        "셀 목록이 없습니다. JupyterLab에서 열어 저장한 뒤 다시 제출하십시오",
    ),
    "too-many-cells": (
        "has {n} cells, the limit is {limit}",
        "셀이 {n}개로 한도 {limit}개를 넘습니다",
    ),
    "bad-cell": (
        "is damaged: cell {n} is no code, markdown or raw cell with text; save it in JupyterLab and submit "
        "it again",
        "파일이 손상되었습니다. {n}번 셀이 올바른 셀이 아닙니다. JupyterLab에서 저장한 뒤 다시 제출하십시오",
    ),
}


@dataclass(frozen=True)
class SubmittedCell:
    """All that is read of a submitted cell: its kind, its text, and two names it may be found by."""

    kind: str
    source: str
    cell_id: str | None
    grade_id: str | None


def read_file(path: Path, max_bytes: int = MAX_BYTES) -> bytes:
    """Read a regular file without following a link, waiting on a pipe, or reading more than a limit.

    Raises
    ------
    RefusedError
        When it is anything but a readable regular file of at most `max_bytes` bytes.
    """
    flags = os.O_RDONLY
    for name in ("O_NOFOLLOW", "O_NONBLOCK", "O_CLOEXEC", "O_BINARY"):  # not all exist on every system
        flags |= getattr(os, name, 0)
    try:
        descriptor = os.open(path, flags)
    except OSError as error:
        if error.errno == errno.ELOOP:
            _refuse("link", path.name)
        _refuse("unreadable", path.name, why=error.strerror)
    return read_open(descriptor, path.name, max_bytes)


def read_open(descriptor: int, name: str, max_bytes: int = MAX_BYTES) -> bytes:
    """Read a file that was opened, and close it.

    Raises
    ------
    RefusedError
        When it is no regular file of at most `max_bytes` bytes, or cannot be read.
    """
    status = os.fstat(descriptor)
    if not stat.S_ISREG(status.st_mode):
        os.close(descriptor)
        _refuse("not-regular", name)
    with os.fdopen(descriptor, "rb") as stream:
        try:
            data = stream.read(max_bytes + 1) if status.st_size <= max_bytes else b""
        except OSError as error:
            _refuse("unreadable", name, why=error.strerror)
    if status.st_size > max_bytes or len(data) > max_bytes:
        size = max(status.st_size, len(data)) / 2**20
        _refuse("too-big", name, size=size, limit=max_bytes / 2**20)
    return data


def parse_notebook(data: bytes, name: str) -> list[SubmittedCell]:
    """Read the cells of a notebook of format 4 from strict JSON.

    Parameters
    ----------
    data : bytes
        The file.
    name : str
        The file's name, for messages.

    Raises
    ------
    RefusedError
        When it is not JSON, not a notebook, of another format, or a cell is not as the format says. One line.
    """
    document = _strict_json(data, name)
    if not isinstance(document, dict) or "nbformat" not in document:
        _refuse("no-notebook", name)
    version = document["nbformat"]
    if version != 4 or isinstance(version, bool):
        _refuse("version", name, version=_short(version))
    cells = document.get("cells")
    if not isinstance(cells, list):
        _refuse("no-cells", name)
    if len(cells) > MAX_CELLS:
        _refuse("too-many-cells", name, n=len(cells), limit=MAX_CELLS)
    return [_cell(cell, number, name) for number, cell in enumerate(cells, start=1)]


def _strict_json(data: bytes, name: str) -> Any:
    def constant(word: str) -> NoReturn:
        _not_json("constant", name, word=word)

    try:
        return json.loads(data.decode("utf-8-sig"), parse_constant=constant)
    except RecursionError:
        _not_json("deep", name)
    except UnicodeDecodeError as error:
        _not_json("cut" if error.reason == "unexpected end of data" else "not-utf8", name)
    except json.JSONDecodeError as error:
        _not_json("at", name, line=error.lineno, column=error.colno, message=error.msg)
    except ValueError:  # the only other one: more digits than int() takes
        _not_json("number", name)


def _cell(cell: Any, number: int, name: str) -> SubmittedCell:
    if not isinstance(cell, dict):
        _refuse("bad-cell", name, n=number)
    kind = cell.get("cell_type")
    source = cell.get("source")
    if isinstance(source, list) and all(isinstance(line, str) for line in source):
        source = "".join(source)
    if kind not in ("code", "markdown", "raw") or not isinstance(source, str):
        _refuse("bad-cell", name, n=number)
    metadata = cell.get("metadata")
    nbgrader = metadata.get("nbgrader") if isinstance(metadata, dict) else None
    grade_id = nbgrader.get("grade_id") if isinstance(nbgrader, dict) else None
    cell_id = cell.get("id")
    return SubmittedCell(
        kind=kind,
        # a lone surrogate is valid JSON but cannot be written as UTF-8
        source=source.encode("utf-8", "replace").decode("utf-8"),
        cell_id=cell_id if isinstance(cell_id, str) else None,
        grade_id=grade_id if isinstance(grade_id, str) else None,
    )


def _short(value: object) -> str:
    text = str(value)
    return text if len(text) <= 60 else text[:57] + "…"


def _not_json(cause: str, name: str, **values: Any) -> NoReturn:
    (before_en, before_ko), (en, ko) = _REFUSALS["not-json"], _NOT_JSON[cause]
    raise RefusedError(
        f"{name} {before_en.format(why=en.format(**values))}",
        f"{name}: {before_ko.format(why=ko.format(**values))}",
    )


def _refuse(kind: str, name: str, **values: Any) -> NoReturn:
    en, ko = _REFUSALS[kind]
    raise RefusedError(f"{name} {en.format(**values)}", f"{name}: {ko.format(**values)}")
