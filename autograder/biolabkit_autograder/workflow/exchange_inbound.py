"""Submissions in an exchange's ``inbound/``, a folder that anybody on the server may write into.

Whatever lies there was put there by somebody else, and may change while it is read. So a submission is opened
once, without following links, and everything is read through that descriptor; folder and files must belong
to the learner's account, and a file with a second name (a hard link) is refused.
"""

from __future__ import annotations

import os
import re
import stat
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import islice
from typing import TYPE_CHECKING

from biolabkit.errors import GradingError
from biolabkit_autograder.submitted_file import MAX_BYTES, read_open

from .collect_words import refused, say, told
from .submission_names import name_of_folder, named
from .submission_record import TOKEN, read_replaces

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["Arrival", "Refusal", "read_inbound", "uid_of"]

_SMALL_BYTES = 2000
_MOST_FILES = 100
#: Of one learner and exercise; a damaged newest one is no reason to look at all of them.
_MOST_READ = 5
#: The submission says when it was handed in, and the file system when it was written.
_CLOCKS_DIFFER = timedelta(minutes=2)
_TIDY_AFTER = timedelta(days=1)
_STAMP = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?")


@dataclass(frozen=True)
class Refusal:
    """What is not a submission, and why; one line, in the course's language."""

    origin: str
    problem: str


@dataclass(frozen=True)
class Arrival:
    """A submission as it lies in the exchange.

    Attributes
    ----------
    origin : str
        The folder's name without its random part.
    learner, exercise : str
        The learner's id in the roster, and an exercise of the course.
    data : bytes or None
        The notebook; None of one that was not read, as newer ones are there.
    at : datetime
        When it was handed in, UTC.
    token, secret : str or None
        What its feedback is found by; `secret` is nbgrader's.
    replaces : frozenset of str
        Tokens of those that it was handed in after.
    note : str or None
        What the instructor should know.
    """

    origin: str
    learner: str
    exercise: str
    data: bytes | None
    at: datetime
    token: str | None = None
    secret: str | None = None
    replaces: frozenset[str] = frozenset()
    note: str | None = None


@dataclass
class _Entry:
    """A folder by its name alone; nothing of it is read yet."""

    name: str
    learner: str
    exercise: str
    stamp: str
    token: str | None
    note: str | None = None
    at: datetime = field(default=datetime.min.replace(tzinfo=UTC))
    replaces: str | None = None


def uid_of(account: str) -> int | None:
    """The number of an account, by its name or by the number itself; None where there is no such account."""
    import pwd

    try:
        return pwd.getpwnam(account).pw_uid
    except KeyError:
        return int(account) if account.isdecimal() and account.isascii() else None


def read_inbound(course: Course) -> Iterator[Arrival | Refusal]:
    """Read the submissions in a course's exchange, of each learner and exercise the newest first.

    Yields
    ------
    Arrival or Refusal
        What cannot be used never stops the others.
    """
    assert course.exchange is not None
    inbound = course.exchange / "inbound"
    if not hasattr(os, "geteuid"):
        yield Refusal(str(inbound), say(course.language, "windows"))
        return
    try:
        opened = os.open(inbound, os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC)
    except OSError as error:
        yield Refusal(str(inbound), say(course.language, "no-inbound", why=error.strerror))
        return
    try:
        yield from _read(course, opened)
    finally:
        os.close(opened)


def _read(course: Course, inbound: int) -> Iterator[Arrival | Refusal]:
    groups: dict[tuple[str, str], list[_Entry]] = defaultdict(list)
    refusals: Counter[Refusal] = Counter()
    strange: list[str] = []
    for name in sorted(os.listdir(inbound)):
        if name.startswith("."):
            _tidy(inbound, name)
            continue
        parts = name.split("+")
        if len(parts) not in (3, 4):
            strange.append(name)
            continue
        try:
            entry = _entry(course, name, parts)
            _look(course, inbound, entry)
        except GradingError as error:
            refusals[Refusal("+".join(parts[:2]), told(error, course.language))] += 1
        else:
            groups[entry.learner, entry.exercise].append(entry)
    for refusal, n in refusals.items():  # one line, however often somebody tries
        often = say(course.language, "times", problem=refusal.problem, n=n)
        yield Refusal(refusal.origin, often) if n > 1 else refusal
    if strange:
        yield Refusal(strange[0], say(course.language, "strange", n=len(strange)))
    for group in groups.values():
        yield from _read_group(course, inbound, group)


def _entry(course: Course, name: str, parts: list[str]) -> _Entry:
    """Who handed in what, as the folder's name says; nothing is believed before the owner is known."""
    whose = named(name_of_folder(course, parts), course)
    token = parts[3] if len(parts) == 4 and TOKEN.fullmatch(parts[3]) else None
    note = None
    if token and whose.account:
        note = say(course.language, "as-account", account=whose.account, learner=whose.learner)
    return _Entry(name, whose.learner, whose.exercise, parts[2], token, note)


def _look(course: Course, inbound: int, entry: _Entry) -> None:
    """Check whose it is and when it came, without reading the notebook.

    Raises
    ------
    GradingError
        When it is not the learner's own folder.
    """
    with _opened(course, inbound, entry) as (folder, uid):
        notebook = _notebook_name(folder, entry.exercise)
        status = os.stat(notebook, dir_fd=folder, follow_symlinks=False)
        written = datetime.fromtimestamp(status.st_ctime, UTC)
        said = _said(folder, uid, entry.stamp)
        entry.at = said or written
        if said is None or abs(said - written) > _CLOCKS_DIFFER:
            # ctime is the file system's own; nobody but root can set it
            entry.at = written
            if said is not None and entry.note is None:
                entry.note = say(course.language, "clock", said=said, written=written)
        if entry.token:
            entry.replaces = read_replaces(_small(folder, uid, "submission.json"))


def _read_group(course: Course, inbound: int, group: list[_Entry]) -> Iterator[Arrival | Refusal]:
    """One learner's submissions to one exercise: those handed in last are read, until one is whole."""
    earlier = {entry.token: entry.replaces for entry in group if entry.token}
    replaced = {entry.replaces for entry in group if entry.replaces}
    newest_first = sorted(group, key=lambda one: (one.token not in replaced, one.at, one.name), reverse=True)
    for number, entry in enumerate(newest_first):
        origin = "+".join(entry.name.split("+")[:3])
        data = secret = None
        if number < _MOST_READ:
            try:
                with _opened(course, inbound, entry) as (folder, uid):
                    data = _file(folder, uid, _notebook_name(folder, entry.exercise), MAX_BYTES)
                    secret = (_small(folder, uid, "submission_secret.txt") or b"").decode("ascii", "replace")
            except GradingError as error:
                yield Refusal(origin, told(error, course.language))
                continue
        yield Arrival(
            origin=origin,
            learner=entry.learner,
            exercise=entry.exercise,
            data=data,
            at=entry.at,
            token=entry.token,
            secret=secret or None,
            replaces=_ancestors(entry, earlier),
            note=entry.note,
        )


def _ancestors(entry: _Entry, earlier: dict[str, str | None]) -> frozenset[str]:
    """All that a submission comes after, by what each says of the one before it."""
    found: set[str] = set()
    token = entry.replaces
    while token and token not in found and token != entry.token:
        found.add(token)
        token = earlier.get(token)
    return frozenset(found)


@contextmanager
def _opened(course: Course, inbound: int, entry: _Entry) -> Iterator[tuple[int, int]]:
    """A submission's folder and the number of its learner's account, which must own it."""
    account = course.account(entry.learner)
    uid = uid_of(account)
    if uid is None:
        raise refused("no-account", account=account, learner=entry.learner)
    try:
        flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
        folder = os.open(entry.name, flags, dir_fd=inbound)
    except OSError as error:
        raise refused("no-folder", why=error.strerror) from error
    try:
        owner = os.fstat(folder).st_uid
        if owner != uid:
            raise refused("other-owner", learner=entry.learner, account=account, owner=_account_of(owner))
        yield folder, uid
    except OSError as error:
        raise refused("unreadable", why=error.strerror) from error
    finally:
        os.close(folder)


def _account_of(uid: int) -> str:
    import pwd

    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return str(uid)


def _notebook_name(folder: int, exercise: str) -> str:
    with os.scandir(folder) as files:
        names = sorted(file.name for file in islice(files, _MOST_FILES))
    notebooks = [name for name in names if name.lower().endswith(".ipynb") and not name.startswith(".")]
    if not notebooks:
        raise refused("no-notebook")
    return f"{exercise}.ipynb" if f"{exercise}.ipynb" in notebooks else notebooks[0]


def _file(folder: int, uid: int, name: str, most: int) -> bytes:
    """Read a regular file of the learner's own that has no other name."""
    flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
    try:
        descriptor = os.open(name, flags, dir_fd=folder)
    except OSError as error:
        raise refused("unreadable-file", name=name, why=error.strerror) from error
    status = os.fstat(descriptor)
    if stat.S_ISREG(status.st_mode) and (status.st_uid != uid or status.st_nlink > 1):
        os.close(descriptor)
        raise refused("other-owner-file" if status.st_uid != uid else "hard-link", name=name)
    return read_open(descriptor, name, most)


def _small(folder: int, uid: int, name: str) -> bytes | None:
    try:
        return _file(folder, uid, name, _SMALL_BYTES)
    except GradingError:
        return None


def _said(folder: int, uid: int, stamp: str) -> datetime | None:
    """When the learner's side says that it handed in: timestamp.txt, else the folder's name."""
    for text in ((_small(folder, uid, "timestamp.txt") or b"").decode("ascii", "replace"), stamp):
        if found := _STAMP.match(text.strip()):
            with suppress(ValueError):
                zone = text.strip()[found.end() :].strip()
                at = datetime.fromisoformat(found.group())
                if zone in ("", "UTC"):
                    return at.replace(tzinfo=UTC)
    return None


def _tidy(inbound: int, name: str) -> None:
    """Remove what a hand-in that was cut off left long ago, as far as this account may."""
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC
    with suppress(OSError):
        status = os.stat(name, dir_fd=inbound, follow_symlinks=False)
        age = datetime.now(UTC) - datetime.fromtimestamp(status.st_ctime, UTC)
        if not name.endswith(".part") or age < _TIDY_AFTER:
            return
        folder = os.open(name, flags, dir_fd=inbound)
        try:
            with os.scandir(folder) as files:
                for file in files:
                    os.unlink(file.name, dir_fd=folder)
        finally:
            os.close(folder)
        os.rmdir(name, dir_fd=inbound)
