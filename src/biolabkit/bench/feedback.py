"""Feedback: what was published about a hand-in, found by its receipt, and the copy that is kept."""

import hashlib
import json
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from biolabkit._files import atomic_write

from . import receipts
from .folder import CourseFolder
from .receipts import Receipt

__all__ = ["Feedback", "find"]

_LARGEST_BYTES = 50_000_000


@dataclass(frozen=True)
class Feedback:
    """What came back about an exercise.

    Attributes
    ----------
    points, max_points : float or None
        None where the submission could not be graded; the page says why.
    graded_at : datetime
        With its offset.
    page : Path
        The trainee's own copy of the page.
    waiting : int
        Answers that wait for a grade by hand.
    submission_sha256 : str
        Of the file that it is about: a later hand-in may not be graded yet.
    """

    points: float | None
    max_points: float | None
    graded_at: datetime
    page: Path
    waiting: int
    submission_sha256: str


def find(course: CourseFolder, exercise: str) -> Feedback | None:
    """Look for feedback on the newest hand-in that has any, and keep a copy of it.

    Where the course's folder cannot be reached or the copy not be written, it is what was kept before.

    Returns
    -------
    Feedback or None
        None when there is none yet.
    """
    page, record = course.state(exercise) / "feedback.html", course.state(exercise) / "feedback.json"
    for published in _published(course, exercise):
        with suppress(OSError):
            about = _read(published)
            if _feedback(about, page) is None:
                continue
            if about != _kept(record) or not page.is_file():
                _copy(published.with_suffix(".html"), page)
                _copy(published, record)
            break
    return _feedback(_kept(record), page) if page.is_file() else None


def _published(course: CourseFolder, exercise: str) -> Iterator[Path]:
    """Where feedback on each hand-in would be, that on the newest first."""
    for receipt in receipts.all_of(course, exercise):
        if course.exchange:
            yield course.exchange / "feedback" / f"{receipt.token}.json"
        if course.inbox:
            yield course.inbox / ".feedback" / f"{_name_in_inbox(receipt)}.json"


def _name_in_inbox(receipt: Receipt) -> str:
    """Who has the file that was handed in knows the name; a single file in an inbox carries no token."""
    parts = "\n".join((receipt.learner, receipt.exercise, receipt.sha256))
    return hashlib.sha256(parts.encode()).hexdigest()


def _read(path: Path) -> Any:
    with path.open("rb") as stream:
        content = stream.read(_LARGEST_BYTES)
    try:
        return json.loads(content)
    except ValueError:
        return None


def _kept(record: Path) -> Any:
    try:
        return _read(record)
    except OSError:
        return None


def _copy(source: Path, target: Path) -> None:
    with source.open("rb") as stream:
        content = stream.read(_LARGEST_BYTES)
    with atomic_write(target, "wb", permissions=0o600) as copy:
        copy.write(content)


def _feedback(about: Any, page: Path) -> Feedback | None:
    if not isinstance(about, dict) or about.get("format") != 1:
        return None
    try:
        points, most = (None if about[key] is None else float(about[key]) for key in ("points", "max_points"))
        return Feedback(
            points=points,
            max_points=most,
            graded_at=datetime.fromisoformat(about["graded_at"]),
            page=page,
            waiting=int(about["waiting"]),
            submission_sha256=str(about["submission_sha256"]),
        )
    except (KeyError, TypeError, ValueError):
        return None
