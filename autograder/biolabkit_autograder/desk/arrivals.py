"""What learners have handed in and nobody has collected yet: a look that takes nothing and reads no notebook.

The rule is that of collecting: a file is new when its learner has no submission, or an older one.
"""

from __future__ import annotations

import os
import unicodedata
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from biolabkit_autograder.workflow.collect import read_timestamp
from biolabkit_autograder.workflow.exchange_inbound import uid_of

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["Arrivals", "Exchange", "exchange_of", "look_for_arrivals"]


@dataclass(frozen=True)
class Exchange:
    """The folder of a shared server through which learners hand in.

    Attributes
    ----------
    folder : Path
        The course's folder in the exchange.
    problem : str or None
        Why nothing can be collected from it.
    """

    folder: Path
    problem: str | None


@dataclass(frozen=True)
class Arrivals:
    """What waits to be collected.

    Attributes
    ----------
    new : dict of str to int
        Learners with a new file, by exercise.
    archives : int
        Zip files that came after the last collection; what is in them is not looked at.
    others : int
        Files that are of no exercise or learner of the course, and zip files that cannot be read.
    """

    new: dict[str, int]
    archives: int
    others: int

    @property
    def total(self) -> int:
        """All that collecting would look at anew."""
        return sum(self.new.values()) + self.archives


def exchange_of(course: Course) -> Exchange | None:
    """Find the course's exchange and whether it can be read; None where the course has none."""
    folder = course.exchange
    if folder is None:
        return None
    inbound = folder / "inbound"
    try:
        os.listdir(inbound)  # noqa: PTH208  (the call that fails where it cannot be listed)
    except OSError as error:
        return Exchange(folder, f"{inbound} cannot be read ({error.strerror})")
    return Exchange(folder, None)


def look_for_arrivals(course: Course, exchange: Exchange | None) -> Arrivals:
    """Count what is new in the inbox and the exchange."""
    fresh: set[tuple[str, str]] = set()
    archives = others = 0
    collected = _Collected(course)
    inbox = str(course.inbox)
    for parts, at in _files(inbox):
        if parts[-1].lower().endswith(".zip"):
            if _is_archive(Path(inbox, *parts)):
                archives += at > collected.last()
            else:
                others += 1
            continue
        names = _names(course, parts)
        if names is None:
            others += 1
        elif names not in fresh and collected.is_news(*names, at, f"{inbox}/{parts[0]}/{parts[1]}"):
            fresh.add(names)
    for names, at in _exchanged(course, exchange):
        if names is None:
            others += 1
        elif names not in fresh and at > collected.when(*names):
            fresh.add(names)
    new = {name: sum(exercise == name for _, exercise in fresh) for name in course.exercise_names}
    return Arrivals(new, archives, others)


class _Collected:
    """What was collected so far."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self._last: float | None = None

    def is_news(self, learner: str, exercise: str, at: float, path: str) -> bool:
        """Whether a file of the inbox is newer than what was collected, and another."""
        folder = f"{self._course.folder}/submitted/{learner}/{exercise}"
        before = _timestamp(folder)
        if before is None:
            return True
        # time stamps are kept to the microsecond, and a file's time is finer
        if at <= before + 2e-6:
            return False
        return not _same(Path(path), Path(folder, f"{exercise}.ipynb"))

    def when(self, learner: str, exercise: str) -> float:
        """When something of this learner was taken last; what lay in the exchange then was looked at."""
        folder = f"{self._course.folder}/submitted/{learner}/{exercise}"
        return max(_written(f"{folder}/{name}") for name in (f"{exercise}.ipynb", "submission.json"))

    def last(self) -> float:
        """When something was collected last."""
        if self._last is None:
            folder = self._course.folder / "submitted"
            times = [one.stat().st_mtime for one in folder.glob("*/*/timestamp.txt")]
            self._last = max(times, default=0.0)
        return self._last


#: Time stamps that were read, by their files' paths, with the files' times: they hardly ever change.
_stamps: dict[str, tuple[int, float | None]] = {}


def _timestamp(folder: str) -> float | None:
    """When what is in a folder of ``submitted/`` was handed in; None where nothing is."""
    path = f"{folder}/timestamp.txt"
    try:
        written = os.lstat(path).st_mtime_ns
    except OSError:
        return None
    known = _stamps.get(path)
    if known is None or known[0] != written:
        at = read_timestamp(Path(path))
        known = _stamps[path] = written, at.timestamp() if at else None
    return known[1]


def _same(one: Path, other: Path) -> bool:
    try:
        return one.stat().st_size == other.stat().st_size and one.read_bytes() == other.read_bytes()
    except OSError:
        return False


def _files(root: str) -> Iterator[tuple[list[str], float]]:
    """Files of the inbox by the parts of their paths in it, with the time that collecting takes for each."""
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        above = list(Path(folder).relative_to(root).parts)
        for name in files:
            if name.startswith("."):
                continue
            try:
                yield [*above, name], os.lstat(f"{folder}/{name}").st_mtime
            except OSError:  # taken away meanwhile
                continue


def _is_archive(path: Path) -> bool:
    """Whether collecting can read it; a look at its end, where a zip file has its list."""
    return path.is_file() and not path.is_symlink() and zipfile.is_zipfile(path)


def _names(course: Course, parts: list[str]) -> tuple[str, str] | None:
    """Learner and exercise of a file, where they are as they should be."""
    if len(parts) != 2 or not parts[1].lower().endswith(".ipynb"):
        return None
    folder, stem = (unicodedata.normalize("NFC", part) for part in (parts[0], parts[1][: -len(".ipynb")]))
    learner, exercise = (stem, folder) if folder in course.exercise_names else (folder, stem)
    if exercise not in course.exercise_names or (course.roster and learner not in course.roster):
        return None
    return learner, exercise


def _exchanged(course: Course, exchange: Exchange | None) -> Iterator[tuple[tuple[str, str] | None, float]]:
    """Learner and exercise of each submission in the exchange by its folder's name, and when it came.

    None where it is of no learner or exercise, or belongs to another account than the learner's.
    """
    if exchange is None or exchange.problem:
        return
    for entry in os.scandir(exchange.folder / "inbound"):
        if entry.name.startswith("."):
            continue
        try:
            status = entry.stat(follow_symlinks=False)
        except OSError:  # taken away meanwhile
            continue
        yield _owned(course, entry.name, status.st_uid), status.st_ctime


def _owned(course: Course, name: str, owner: int) -> tuple[str, str] | None:
    parts = [unicodedata.normalize("NFC", part) for part in name.split("+")]
    if len(parts) not in (3, 4) or parts[1] not in course.exercise_names:
        return None
    learner = parts[0]
    if course.roster and learner not in course.roster:
        accounts = [one.id for one in course.roster.values() if one.account == learner]
        if len(accounts) != 1:
            return None
        learner = accounts[0]
    return (learner, parts[1]) if _uid(course.account(learner)) == owner else None


@lru_cache(maxsize=2000)
def _uid(account: str) -> int | None:
    return uid_of(account)


def _written(path: str) -> float:
    try:
        return os.lstat(path).st_mtime
    except OSError:
        return 0.0
