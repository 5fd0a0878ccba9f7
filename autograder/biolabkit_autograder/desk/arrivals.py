"""What learners have handed in and nobody has collected yet: a look that takes nothing and reads no notebook.

The rules are those of collecting: a file is new when its learner has no submission, or an older one and the
last collection has not passed it over.
"""

from __future__ import annotations

import os
import stat
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from biolabkit_autograder.submitted_file import MAX_BYTES
from biolabkit_autograder.workflow.collect import last_collection, read_timestamp
from biolabkit_autograder.workflow.exchange_inbound import uid_of
from biolabkit_autograder.workflow.submission_names import Named, name_of_file, name_of_folder

from .file_times import time_of

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
    for parts, status in _files(inbox):
        path = "/".join((inbox, *parts))
        if parts[-1].lower().endswith(".zip"):
            if _is_archive(Path(path)):
                archives += status.st_mtime > collected.last
            else:
                others += 1
            continue
        whose = name_of_file(course, parts)
        if not isinstance(whose, Named) or not _is_readable(status):
            others += 1
        elif collected.is_news(whose, status, path):
            fresh.add((whose.learner, whose.exercise))
    for found, at in _exchanged(course, exchange):
        if found is None:
            others += 1
        elif at > collected.looked_at(found):
            fresh.add((found.learner, found.exercise))
    new = {name: sum(exercise == name for _, exercise in fresh) for name in course.exercise_names}
    return Arrivals(new, archives, others)


class _Collected:
    """What was collected so far."""

    def __init__(self, course: Course) -> None:
        self._course = course
        self.last = last_collection(course)

    def is_news(self, whose: Named, status: os.stat_result, path: str) -> bool:
        """Whether a file of the inbox is newer than what was collected, and another."""
        folder = self._folder(whose)
        before = _timestamp(folder)
        if before is None:
            return True
        # time stamps are kept to the microsecond, and a file's time is finer
        if status.st_mtime <= before + 2e-6 or _came(status) <= self.last:
            return False
        return not _same(Path(path), Path(folder, f"{whose.exercise}.ipynb"))

    def looked_at(self, whose: Named) -> float:
        """When the exchange was looked at last for something of this learner."""
        folder = self._folder(whose)
        files = (f"{whose.exercise}.ipynb", "submission.json")
        return max(self.last, *(time_of(f"{folder}/{name}") or 0.0 for name in files))

    def _folder(self, whose: Named) -> str:
        return f"{self._course.folder}/submitted/{whose.learner}/{whose.exercise}"


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


def _files(root: str) -> Iterator[tuple[list[str], os.stat_result]]:
    """Files of the inbox by the parts of their paths in it."""
    for folder, folders, files in os.walk(root):
        folders[:] = [name for name in folders if not name.startswith(".")]
        above = list(Path(folder).relative_to(root).parts)
        for name in files:
            if name.startswith("."):
                continue
            try:
                yield [*above, name], os.lstat(f"{folder}/{name}")
            except OSError:  # taken away meanwhile
                continue


def _came(status: os.stat_result) -> float:
    """When a file was put where it is or changed, whatever time it was given; Windows does not keep that."""
    return max(status.st_ctime, status.st_mtime) if os.name == "nt" else status.st_ctime


def _is_readable(status: os.stat_result) -> bool:
    return stat.S_ISREG(status.st_mode) and status.st_size <= MAX_BYTES


def _is_archive(path: Path) -> bool:
    """Whether collecting can read it; a look at its end, where a zip file has its list."""
    return path.is_file() and not path.is_symlink() and zipfile.is_zipfile(path)


def _exchanged(course: Course, exchange: Exchange | None) -> Iterator[tuple[Named | None, float]]:
    """Whose each submission in the exchange is by its folder's name, and when it came.

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


def _owned(course: Course, name: str, owner: int) -> Named | None:
    parts = name.split("+")
    whose = name_of_folder(course, parts) if len(parts) in (3, 4) else None
    return whose if isinstance(whose, Named) and _uid(course.account(whose.learner)) == owner else None


@lru_cache(maxsize=2000)
def _uid(account: str) -> int | None:
    return uid_of(account)
