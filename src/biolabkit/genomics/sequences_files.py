"""Text files of sequences, gzipped or not: opened with clear errors, written whole or not at all."""

import gzip
import io
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from os import PathLike
from pathlib import Path
from typing import IO

from biolabkit._files import atomic_write
from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.genomics._sentences import unreadable

__all__ = ["create_text", "open_text"]


@contextmanager
def open_text(path: str | PathLike[str], kind: str) -> Iterator[IO[str]]:
    """Open a file for reading, gzipped or not, whatever its name; what is wrong with it is a FormatError."""
    source = Path(path)
    if not source.is_file():
        raise InputError(
            told(f"{source}: there is no such {kind} file", f"{source}: 그런 {kind} 파일이 없습니다")
        )
    with source.open("rb") as raw:
        zipped = raw.read(2) == b"\x1f\x8b"
    try:
        with gzip.open(source, "rt", encoding="utf-8") if zipped else source.open(encoding="utf-8") as stream:
            yield stream
    except (OSError, EOFError, UnicodeDecodeError, zlib.error) as error:
        raise unreadable(source, kind, error) from error


@contextmanager
def create_text(path: str | PathLike[str]) -> Iterator[IO[str]]:
    """Open a file for writing that is whole or not there; gzipped when its name ends in ``.gz``."""
    if Path(path).suffix != ".gz":
        with atomic_write(path) as stream:
            yield stream
        return
    # No file name and no time in the header: same text, same bytes.
    with (
        atomic_write(path, "wb") as raw,
        gzip.GzipFile("", "wb", compresslevel=5, fileobj=raw, mtime=0) as zipped,
        io.TextIOWrapper(zipped, encoding="utf-8", newline="\n") as stream,
    ):
        yield stream
