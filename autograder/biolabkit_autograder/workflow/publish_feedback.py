"""Feedback pages → where learners find them: each under a name that only its learner and the course know.

In an exchange it is the token that the learner's own side made up when handing in; nbgrader's name for the
same page is there too, for who handed in with nbgrader. In an inbox it is a hash of the very file that was
handed in, as a single file carries no token.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biolabkit.errors import CourseError
from biolabkit_autograder.grading import RefusedError
from biolabkit_autograder.submitted_file import read_file

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
        if course.exchange:
            _publish_in_exchange(make_exchange(course) / "feedback", submitted, about, page)
        else:
            for inbox in _inboxes(course):
                _publish_in_inbox(inbox, about, page)
    except OSError as error:
        raise CourseError(
            f"cannot publish feedback in {error.filename or course.exchange or course.inbox} "
            f"({error.strerror}); mend that and run: biolab course feedback"
        ) from error


def _publish_in_exchange(folder: Path, submitted: Path, about: Mapping[str, Any], page: bytes) -> None:
    for token in read_record(submitted).tokens_of(about["submission_sha256"]):
        publish_files(folder, {f"{token}.html": page, f"{token}.json": _json(about)})
    if theirs := _nbgrader_name(submitted, about):
        publish_files(folder, {f"{theirs}.html": page})


def _inboxes(course: Course) -> list[Path]:
    """The course's own inbox, and the folder that learners know, where this machine has it."""
    named = Path(course.spec.submit_to or "").expanduser()
    return [course.inbox, *([named] if named.is_absolute() and named.is_dir() else [])]


def _publish_in_inbox(inbox: Path, about: Mapping[str, Any], page: bytes) -> None:
    folder = inbox / ".feedback"
    if not folder.is_dir():
        folder.mkdir(parents=True)
        folder.chmod(0o711)  # found by name only
    parts = "\n".join((about["learner"], about["exercise"], about["submission_sha256"]))
    name = hashlib.sha256(parts.encode()).hexdigest()
    publish_files(folder, {f"{name}.html": page, f"{name}.json": _json(about)})


def _nbgrader_name(submitted: Path, about: Mapping[str, Any]) -> str | None:
    """The name under which nbgrader's own `fetch_feedback` looks, for who handed in with nbgrader."""
    record = read_record(submitted)
    if not record.secret or record.token or _sha256(submitted) != about["submission_sha256"]:
        return None
    name = f"{record.secret}{about['exercise']}".encode()
    return hashlib.md5(name, usedforsecurity=False).hexdigest()  # nbgrader.utils.notebook_hash


def _sha256(path: Path) -> str:
    """The hash of a submitted file; empty for what the intake refuses: a link, a file of gigabytes."""
    try:
        return hashlib.sha256(read_file(path)).hexdigest()
    except RefusedError:
        return ""


def _json(about: Mapping[str, Any]) -> bytes:
    return (json.dumps(about, ensure_ascii=False, indent=1, sort_keys=True) + "\n").encode()
