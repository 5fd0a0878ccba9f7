"""Bringing what an instructor published into a trainee's folder: never over a notebook that was worked in."""

import errno
import hashlib
import os
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Literal, Protocol

from biolabkit._files import atomic_write
from biolabkit.errors import FormatError, InputError

from .causes import reason
from .course import COURSE_FILE, BadCourseError, Published, PublishedAssignment, parse_course
from .notebooks import digest, notebooks_by_exercise, parse_notebook, read_notebook
from .phrases import explain, quote, say

__all__ = ["Fetched", "Source", "bring", "open_source"]

SETTINGS_FILE = "biolab.toml"
_LARGEST_BYTES = 500_000_000
_MOST_FILES = 2000


@dataclass(frozen=True)
class Fetched:
    """What became of one exercise.

    Attributes
    ----------
    name : str
    outcome : {"new", "updated", "kept", "same"}
        ``"kept"``: the trainee's notebook was worked in, so the newly released one lies beside it.
    path : Path
        The notebook that was written, or is there.
    """

    name: str
    outcome: Literal["new", "updated", "kept", "same"]
    path: Path


class Source(Protocol):
    """A published course that can be read."""

    is_exchange: bool

    def read(self, path: str) -> bytes | None:
        """Bytes of a file by its path with slashes; None where there is none."""

    def files(self, exercise: str) -> list[str]:
        """Paths of an exercise's files."""


class _UnreadableError(Exception):
    """What is published cannot be read; told apart from a trainee's folder that cannot be written."""

    def __init__(self, error: OSError) -> None:
        self.error = error
        super().__init__(str(error))


class _Folder:
    """A release folder, or a course in an exchange, whose exercises lie in ``outbound/``."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.is_exchange = (root / "outbound").is_dir()

    def read(self, path: str) -> bytes | None:
        try:
            return self._place(path).read_bytes()
        except FileNotFoundError:
            return None
        except OSError as error:
            raise _UnreadableError(error) from error

    def files(self, exercise: str) -> list[str]:
        top = self._place(exercise)
        found = sorted(path for path in top.rglob("*") if path.is_file() and not path.is_symlink())
        names = [f"{exercise}/{path.relative_to(top).as_posix()}" for path in found[:_MOST_FILES]]
        return [name for name in names if _is_plain(name)]

    def _place(self, path: str) -> Path:
        return self.root / "outbound" / path if self.is_exchange and path != COURSE_FILE else self.root / path


class _Zip:
    """A zip file of a release folder, with or without a folder around it."""

    is_exchange = False

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self.archive = archive
        names = [name for name in archive.namelist() if PurePosixPath(name).name == COURSE_FILE]
        self.top = min(names, key=len, default=COURSE_FILE).removesuffix(COURSE_FILE)

    def read(self, path: str) -> bytes | None:
        try:
            with self.archive.open(self.top + path) as stream:
                return stream.read(_LARGEST_BYTES)
        except KeyError:
            return None
        except OSError as error:
            raise _UnreadableError(error) from error

    def files(self, exercise: str) -> list[str]:
        start = f"{self.top}{exercise}/"
        names = [name for name in self.archive.namelist() if name.startswith(start) and name[-1] != "/"]
        return [name for one in sorted(names)[:_MOST_FILES] if _is_plain(name := one.removeprefix(self.top))]


@contextmanager
def open_source(source: Path, language: str, root: Path | None) -> Iterator[tuple[Source, Published]]:
    """Open a published course: an exchange's course folder, a release folder, or a zip file of one.

    Parameters
    ----------
    source : Path
        Where it is.
    language : {"en", "ko"}
        Of messages.
    root : Path or None
        The trainee's folder, where one was named.

    Raises
    ------
    InputError
        When there is no course.
    FormatError
        When its ``course.json`` or the zip file is damaged.
    """
    try:
        if source.is_dir():
            opened: Source = _Folder(source)
            yield opened, _published(opened, source, language)
        else:
            with _zip(source) as archive:
                opened = _Zip(archive)
                yield opened, _published(opened, source, language)
    except _UnreadableError as unreadable:
        raise InputError(_why_unreadable(unreadable.error, source, language, root)) from unreadable
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise FormatError(say(language, "bad-zip", source=source, why=error)) from None


def _zip(source: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(source)
    except OSError as error:
        raise _UnreadableError(error) from error


def _why_unreadable(error: OSError, source: Path, language: str, root: Path | None) -> str:
    where = error.filename or source
    if isinstance(error, PermissionError):
        return say(language, "source-forbidden", source=where)
    if isinstance(error, FileNotFoundError) or error.errno == getattr(errno, "ESTALE", None):
        folder = quote(root) if root else ""
        return say(language, "no-source-there", source=source, folder=folder).rstrip()
    return say(language, "unreadable", path=where, why=reason(error).to(language))


def bring(
    source: Source, published: Published, root: Path, language: str, before: Published | None
) -> list[Fetched]:
    """Bring every exercise into the trainee's folder, ``course.json`` last.

    Parameters
    ----------
    source, published
        From `open_source`.
    root : Path
        The trainee's folder.
    language : {"en", "ko"}
        Of messages.
    before : Published or None
        What was brought the last time: it says which files are as they were given.

    Raises
    ------
    InputError
        When the folder cannot be written; what was written is whole, and fetching again goes on.
    """
    given = {one.name: one for one in before.assignments} if before else {}
    try:
        found = notebooks_by_exercise(root)
        fetched = [
            _bring(source, one, root, given.get(one.name), found.get(one.name, []))
            for one in published.assignments
        ]
        for one in published.assignments:
            if content := source.read(one.notebook):
                _write(_given(root, one.name), content)
        content = source.read(COURSE_FILE) or b""
        if content != _content(root / COURSE_FILE):
            _write(root / COURSE_FILE, content)
    except OSError as error:
        raise InputError(explain(language, error, root, root)) from error
    return fetched


def _published(source: Source, where: Path, language: str) -> Published:
    content = source.read(COURSE_FILE)
    if content is None:
        raise InputError(say(language, "no-course-in-source", source=where))
    try:
        return parse_course(content)
    except BadCourseError as error:
        raise FormatError(say(language, "bad-source", source=where, why=error.why.to(language))) from None


def _bring(
    source: Source,
    one: PublishedAssignment,
    root: Path,
    before: PublishedAssignment | None,
    found: list[Path],
) -> Fetched:
    for name in source.files(one.name):
        if name != one.notebook:
            _bring_file(source, name, root / name, before.files.get(name) if before else None)
    usual = root / one.notebook
    content = source.read(one.notebook)
    if content is None:  # told by course.json, but not there (yet)
        return Fetched(one.name, "same", found[0] if found else usual)
    if not found:
        path = usual if not os.path.lexists(usual) else _beside(usual, content)
        _write(path, content)
        return Fetched(one.name, "new", path)
    old = before.sha256 if before else None
    new = hashlib.sha256(content).hexdigest()
    if new == old or any(digest(path) == new for path in found):
        return Fetched(one.name, "same", found[0])
    given = _content(_given(root, one.name))
    for path in found:
        if (old and digest(path) == old) or (given and _only_opened(path, given)):
            _write(path, content)
            return Fetched(one.name, "updated", path)
    path = _beside(usual, content)
    _write(path, content)
    return Fetched(one.name, "kept", path)


def _given(root: Path, exercise: str) -> Path:
    """Where the newest notebook that was handed out is kept."""
    return root / ".biolab" / exercise / "released.ipynb"


def _only_opened(path: Path, given: bytes) -> bool:
    """Whether the cells are as handed out: JupyterLab writes a notebook anew when it is only opened."""
    with suppress(InputError, ValueError):
        return read_notebook(path).texts == parse_notebook(path, given).texts
    return False


def _bring_file(source: Source, name: str, target: Path, old: str | None) -> None:
    """A file beside a notebook: brought, brought up to date, or put beside one that was changed."""
    content = source.read(name)
    there = _content(target)
    if content is None or there == content:
        return
    untouched = there is None or hashlib.sha256(there).hexdigest() == old
    if target.name == SETTINGS_FILE:
        untouched = untouched or b"\nlearner" not in b"\n" + (there or b"")
        if not untouched:  # the trainee's own name stands in it
            return
    _write(target if untouched else _beside(target, content), content)


def _beside(path: Path, content: bytes) -> Path:
    """``x (new).ipynb``, or the first such name that is free or has the same content already."""
    for number in range(1, 100):
        addition = " (new)" if number == 1 else f" (new {number})"
        candidate = path.with_name(f"{path.stem}{addition}{path.suffix}")
        if not os.path.lexists(candidate) or _content(candidate) == content:
            return candidate
    return candidate


def _content(path: Path) -> bytes | None:
    with suppress(OSError):
        return path.read_bytes()
    return None


def _write(path: Path, content: bytes) -> None:
    if _content(path) == content:
        return
    with atomic_write(path, "wb") as stream:
        stream.write(content)


def _is_plain(name: str) -> bool:
    """Whether a path stays where it belongs on every system."""
    parts = PurePosixPath(name).parts
    return not any(part == ".." or part.startswith(".") or set(part) & set('\\:*?"<>|') for part in parts)


def settings_of(source: Source, published: Published) -> Mapping[str, str]:
    """The text of the released ``biolab.toml`` of each exercise."""
    texts = {one.name: source.read(f"{one.name}/{SETTINGS_FILE}") for one in published.assignments}
    return {name: text.decode("utf-8", "replace") for name, text in texts.items() if text is not None}
