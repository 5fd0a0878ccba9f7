"""Files as learners handed them in → ``submitted/``.

They come from the inbox (``inbox/<exercise>/<learner>.ipynb``, ``inbox/<learner>/<exercise>.ipynb``,
``inbox/<learner>+<exercise>.ipynb``, or zip files of such files) and from the exchange. A file replaces an
earlier one only if it is newer and can be read.
"""

from __future__ import annotations

import hashlib
import os
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from biolabkit._files import atomic_write
from biolabkit.errors import BiolabkitError, GradingError
from biolabkit_autograder.grading import RefusedError, one_line
from biolabkit_autograder.staged import StagedFile
from biolabkit_autograder.submitted_file import MAX_BYTES, parse_notebook, read_file

from .collect_words import refused, say, told
from .exchange_inbound import Refusal, read_inbound
from .submission_names import name_of_file, named
from .submission_record import SubmissionRecord, read_record, write_record

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["Collected", "collect", "last_collection", "read_timestamp"]

_MAX_MEMBERS = 20_000
_MAX_ZIP_BYTES = 4 * 2**30
_TIMESTAMP_BYTES = 200
_THE_FILE = "the file"


@dataclass(frozen=True)
class Collected:
    """What became of one file that was handed in.

    Attributes
    ----------
    origin : str
        The file, as a person would name it.
    outcome : {"new", "replaced", "same", "older", "refused"}
        What was done.
    learner, exercise : str or None
        None where the names are unknown.
    problem : str or None
        Why it was refused, or what is wrong with what was taken. One line, in the course's language.
    """

    origin: str
    outcome: str
    learner: str | None = None
    exercise: str | None = None
    problem: str | None = None


@dataclass(frozen=True)
class _Candidate:
    origin: str
    learner: str
    exercise: str
    data: bytes
    at: datetime
    token: str | None = None
    secret: str | None = None
    replaces: frozenset[str] = frozenset()
    note: str | None = None


def collect(course: Course) -> list[Collected]:
    """Take what is in the inbox and the exchange into ``submitted/``, each learner's newest file.

    Returns
    -------
    list of Collected
        One for each file; a file that cannot be used never stops the others.
    """
    mark = StagedFile(_mark(course), f"{datetime.now(UTC)}\n".encode())  # its time is that of the beginning
    try:
        results = _collect(course)
        mark.publish()
    finally:
        mark.discard()
    return sorted(map(_printable, results), key=lambda one: one.origin)


def last_collection(course: Course) -> float:
    """When the last collection began that came to its end, as the file system tells it; 0 before the first.

    What came earlier was looked at then, whatever became of it.
    """
    try:
        return os.lstat(_mark(course)).st_mtime
    except OSError:
        return 0.0


def _mark(course: Course) -> Path:
    return course.folder / "submitted" / ".collected"


def _collect(course: Course) -> list[Collected]:
    results: list[Collected] = []
    newest: dict[tuple[str, str], _Candidate] = {}
    for found in _candidates(course):
        if isinstance(found, Collected):
            results.append(found)
            continue
        key = found.learner, found.exercise
        current = newest.get(key)
        passed_over: _Candidate | None = found
        if current is None or _better(found, current):
            newest[key], passed_over = found, current
        if passed_over is not None:
            results.append(Collected(passed_over.origin, "older", *key))
    return results + [_take(course, candidate) for candidate in newest.values()]


def read_timestamp(notebook: Path) -> datetime | None:
    """When a submitted notebook was handed in, from ``timestamp.txt`` beside it, in UTC."""
    try:  # the learner owns this file as much as the notebook
        text = read_file(notebook.with_name("timestamp.txt"), _TIMESTAMP_BYTES).decode().strip()
        at = datetime.fromisoformat(text.removesuffix(" UTC"))
        return at.replace(tzinfo=UTC) if at.tzinfo is None else at.astimezone(UTC)
    except (GradingError, ValueError, OverflowError):
        return None


def _printable(one: Collected) -> Collected:
    """File names are the learners' choice, and messages quote them."""
    return replace(one, origin=one_line(one.origin), problem=one.problem and one_line(one.problem))


def _better(new: _Candidate, old: _Candidate) -> bool:
    """A whole notebook beats a damaged one, then what came after the other by its own word, then by time."""
    whole, was_whole = _damage(new, "en") is None, _damage(old, "en") is None
    if whole != was_whole:
        return whole
    if old.token in new.replaces or new.token in old.replaces:
        return old.token in new.replaces
    return new.at > old.at


def _damage(candidate: _Candidate, language: str) -> str | None:
    try:
        parse_notebook(candidate.data, _THE_FILE)
    except RefusedError as error:
        return error.in_language(language).removeprefix(f"{_THE_FILE}: ")  # the Korean one begins so
    return None


def _take(course: Course, candidate: _Candidate) -> Collected:
    """Put a file in its place unless what is there is as new, or whole while this one is damaged."""
    target = course.notebook("submitted", candidate.exercise, candidate.learner)
    names = candidate.learner, candidate.exercise
    language = course.language
    damage = _damage(candidate, language)
    earlier = _earlier(target)
    before = read_timestamp(target)
    record = read_record(target)
    if earlier is not None:
        if hashlib.sha256(earlier).digest() == hashlib.sha256(candidate.data).digest() and before:
            _note_tokens(target, record, candidate)
            return Collected(candidate.origin, "same", *names, damage)
        if before and before > candidate.at and record.token not in candidate.replaces:
            return Collected(candidate.origin, "older", *names)
        if damage:
            return Collected(candidate.origin, "refused", *names, say(language, "kept", damage=damage))
    with atomic_write(target, "wb") as stream:
        stream.write(candidate.data)
    with atomic_write(target.with_name("timestamp.txt")) as stream:
        stream.write(candidate.at.strftime("%Y-%m-%d %H:%M:%S.%f UTC"))
    _note_tokens(target, record, candidate)
    problem = damage or candidate.note
    if damage and candidate.note:
        problem = say(language, "and", one=damage, other=candidate.note)
    return Collected(candidate.origin, "new" if earlier is None else "replaced", *names, problem)


def _note_tokens(target: Path, record: SubmissionRecord, candidate: _Candidate) -> None:
    """Keep what the feedback on a submission is found by."""
    sha256 = hashlib.sha256(candidate.data).hexdigest()
    collected = record.collected(sha256, candidate.token, candidate.secret)
    if collected != record:
        write_record(target, collected)


def _earlier(target: Path) -> bytes | None:
    try:
        return read_file(target)
    except GradingError:
        return None


def _candidates(course: Course) -> Iterator[_Candidate | Collected]:
    if course.inbox.is_dir():
        for path in sorted(course.inbox.rglob("*")):
            relative = path.relative_to(course.inbox)
            if any(part.startswith(".") for part in relative.parts) or (
                path.is_dir() and not path.is_symlink()
            ):
                continue
            if path.suffix.lower() == ".zip":
                yield from _from_zip(course, path, str(relative))
            else:
                yield _from_file(course, path, relative.parts, str(relative))
    if course.exchange:
        yield from _from_exchange(course)


def _from_file(course: Course, path: Path, parts: tuple[str, ...], origin: str) -> _Candidate | Collected:
    try:
        whose = named(name_of_file(course, parts), course)
        data = read_file(path)
        when = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    except BiolabkitError as error:
        return Collected(origin, "refused", problem=told(error, course.language))
    return _Candidate(origin, whose.learner, whose.exercise, data, when)


def _from_zip(course: Course, path: Path, origin: str) -> Iterator[_Candidate | Collected]:
    """Members are read one by one and never unpacked; of none is more read than it claims to hold."""
    at = datetime.fromtimestamp(path.lstat().st_mtime, UTC)
    try:
        with zipfile.ZipFile(os.fdopen(_open(path), "rb")) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
            if len(members) > _MAX_MEMBERS:
                raise refused("zip-files", n=len(members), limit=_MAX_MEMBERS)
            left = _MAX_ZIP_BYTES
            for member in members:
                name = f"{origin}/{member.filename}"
                pure = PurePosixPath(_member_name(member))
                if pure.suffix.lower() != ".ipynb" or "__MACOSX" in pure.parts or pure.name.startswith("."):
                    continue
                if ".." in pure.parts or pure.is_absolute():
                    yield Collected(name, "refused", problem=say(course.language, "zip-outside"))
                    continue
                left -= min(member.file_size, MAX_BYTES)
                if left < 0:
                    raise refused("zip-size")
                yield _from_member(course, archive, member, pure, name, at)
    except RefusedError as error:
        yield Collected(origin, "refused", problem=told(error, course.language))
    except (zipfile.BadZipFile, OSError):
        yield Collected(origin, "refused", problem=say(course.language, "bad-zip"))


def _open(path: Path) -> int:
    if not path.is_file() or path.is_symlink():
        raise refused("no-file")
    return os.open(path, os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_BINARY", 0))


def _member_name(member: zipfile.ZipInfo) -> str:
    """Korean Windows writes CP949 names without saying so; zipfile then reads them as CP437."""
    if member.flag_bits & 0x800:
        return member.filename
    try:
        return member.filename.encode("cp437").decode("cp949")
    except UnicodeError:
        return member.filename


def _from_member(
    course: Course,
    archive: zipfile.ZipFile,
    member: zipfile.ZipInfo,
    pure: PurePosixPath,
    origin: str,
    at: datetime,
) -> _Candidate | Collected:
    try:
        # a folder around all of them is usual: the last two names count
        whose = named(name_of_file(course, pure.parts[-2:]), course)
        with archive.open(member) as stream:
            data = stream.read(MAX_BYTES + 1)
        if len(data) > MAX_BYTES:
            raise refused("big-member", limit=MAX_BYTES // 2**20)
    except BiolabkitError as error:
        return Collected(origin, "refused", problem=told(error, course.language))
    except (zipfile.BadZipFile, RuntimeError, NotImplementedError, EOFError, OSError):
        return Collected(origin, "refused", problem=say(course.language, "bad-member"))
    return _Candidate(origin, whose.learner, whose.exercise, data, at)


def _from_exchange(course: Course) -> Iterator[_Candidate | Collected]:
    """Read nbgrader's exchange: ``<course>/inbound/<learner>+<exercise>+<time stamp>[+<random>]/``."""
    for one in read_inbound(course):
        if isinstance(one, Refusal):
            yield Collected(one.origin, "refused", problem=one.problem)
        elif one.data is None:
            yield Collected(one.origin, "older", one.learner, one.exercise)
        else:
            names = one.origin, one.learner, one.exercise
            yield _Candidate(*names, one.data, one.at, one.token, one.secret, one.replaces, one.note)
