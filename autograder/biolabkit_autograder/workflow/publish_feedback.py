"""Feedback pages → where learners find them: each under a name that only its learner and the course know.

In an exchange it is the token that the learner's own side made up when handing in; nbgrader's name for the
same page is there too, for who handed in with nbgrader. In an inbox it is a hash of the very file that was
handed in, as a single file carries no token.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biolabkit.errors import CourseError

from .exchange import make_exchange, publish_files
from .feedback_page import Score
from .submission_record import read_record

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["feedback_record", "publish_feedback"]


def feedback_record(
    record: Mapping[str, Any], scores: list[Score], penalty: float, page: bytes
) -> dict[str, Any]:
    """What a page says in numbers, as the learner's panel shows it.

    Parameters
    ----------
    record : mapping
        The evidence of the grading.
    scores : list of Score
        Empty when the submission could not be graded: it then has no points, and not 0.
    penalty : float
        Points taken off for lateness.
    page : bytes
        The page itself, so that a copy is known to be an old one.
    """
    points = max(sum(score.points for score in scores) - penalty, 0.0)
    return {
        "format": 1,
        "exercise": record["exercise"],
        "learner": record["learner"],
        "points": points if scores else None,
        "max_points": sum(score.max_points for score in scores) if scores else None,
        "graded_at": record["graded_at"],
        "submission_sha256": record.get("hashes", {}).get("submission", ""),
        "waiting": sum(score.waiting for score in scores),
        "page_sha256": hashlib.sha256(page).hexdigest(),
    }


def publish_feedback(course: Course, about: dict[str, Any], page: bytes) -> None:
    """Publish one page and its numbers.

    Raises
    ------
    CourseError
        When the exchange or the inbox cannot be written.
    """
    submitted = course.notebook("submitted", about["exercise"], about["learner"])
    about = {**about, "submission_sha256": about["submission_sha256"] or _sha256(submitted)}
    try:
        folder = _folder(course)
        for name in _names(course, submitted, about):
            publish_files(folder, {f"{name}.html": page, f"{name}.json": _json(about)})
        if course.exchange and (theirs := _nbgrader_name(submitted, about)):
            publish_files(folder, {f"{theirs}.html": page})
    except OSError as error:
        raise CourseError(
            f"cannot publish feedback in {error.filename or course.exchange or course.inbox} "
            f"({error.strerror}); mend that and run: biolab course feedback"
        ) from error


def _folder(course: Course) -> Path:
    if course.exchange:
        return make_exchange(course) / "feedback"
    folder = course.inbox / ".feedback"
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(0o711)  # found by name only
    return folder


def _names(course: Course, submitted: Path, about: Mapping[str, Any]) -> Iterator[str]:
    sha256 = about["submission_sha256"]
    if course.exchange:
        yield from read_record(submitted).tokens_of(sha256)
    else:
        parts = "\n".join((about["learner"], about["exercise"], sha256))
        yield hashlib.sha256(parts.encode()).hexdigest()


def _nbgrader_name(submitted: Path, about: Mapping[str, Any]) -> str | None:
    """The name under which nbgrader's own `fetch_feedback` looks, for who handed in with nbgrader."""
    record = read_record(submitted)
    if not record.secret or record.token or _sha256(submitted) != about["submission_sha256"]:
        return None
    name = f"{record.secret}{about['exercise']}".encode()
    return hashlib.md5(name, usedforsecurity=False).hexdigest()  # nbgrader.utils.notebook_hash


def _sha256(path: Path) -> str:
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""


def _json(about: Mapping[str, Any]) -> bytes:
    return (json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
