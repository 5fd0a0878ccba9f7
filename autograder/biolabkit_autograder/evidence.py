"""The record of one grading: per check the points, the hint, and the versions and hashes behind them."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from .course import Course
    from .grading import Graded, Mark

__all__ = [
    "Provenance",
    "encode_evidence",
    "make_evidence",
    "make_refusal",
    "package_versions",
    "read_evidence",
    "writable",
]

#: Packages whose version may change points: the engine's own, and what learners and checks compute with.
_PACKAGES = (
    "biolabkit",
    "nbgrader",
    "nbformat",
    "ipykernel",
    "ipython",
    "numpy",
    "pandas",
    "scipy",
    "scikit-learn",
    "matplotlib",
    "biopython",
    "pysam",
    "torch",
)

#: Earlier submissions that a record keeps: the newest of them.
_MOST_EARLIER = 20


@dataclass(frozen=True)
class Provenance:
    """What a grading was made of.

    Attributes
    ----------
    submission, assignment, engine : str
        Hashes of the submitted file, of the assignment with its learner-independent settings, of the engine.
    submitted_at : datetime or None
        When it was handed in, UTC.
    """

    submission: str
    assignment: str
    engine: str
    submitted_at: datetime | None

    @property
    def hashes(self) -> dict[str, str]:
        """The hashes as the evidence holds them."""
        return {"submission": self.submission, "assignment": self.assignment, "engine": self.engine}


def read_evidence(course: Course, exercise: str, learner: str) -> dict[str, Any] | None:
    """Read the record of one grading; None when there is none that can be read."""
    try:
        record = json.loads(course.evidence(exercise, learner).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return record if isinstance(record, dict) else None


def encode_evidence(record: Mapping[str, Any]) -> bytes:
    """The bytes of the record's file, which people read too."""
    return (writable(json.dumps(record, ensure_ascii=False, indent=1, sort_keys=True)) + "\n").encode()


def writable(text: str) -> str:
    """Replace half a character, which a learner's string may hold and UTF-8 cannot write."""
    return text.encode("utf-8", "replace").decode("utf-8")


def make_evidence(
    graded: Graded,
    provenance: Provenance,
    answers: Mapping[str, str],
    late_seconds: float | None,
    before: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """Make the record of a grading.

    Parameters
    ----------
    graded : Graded
        What the engine found.
    provenance : Provenance
        What it was made of.
    answers : mapping of str to str
        Hashes of the answers that are graded by hand.
    late_seconds : float or None
        After the due date, an extension taken into account.
    before : mapping, optional
        The record that this one replaces. What it says of another submission is kept in short.
    """
    return {
        "exercise": graded.exercise,
        "learner": graded.learner,
        "points": graded.points,
        "max_points": graded.max_points,
        "marks": [_mark(mark) for mark in graded.marks],
        "problems": list(graded.problems),
        "hashes": provenance.hashes,
        "answers": dict(answers),
        "earlier": _earlier(before or {}, provenance.submission),
        "versions": package_versions(),
        "engine": graded.engine,
        "isolation": graded.isolation,
        **_times(provenance.submitted_at, late_seconds),
    }


def make_refusal(
    course: Course,
    exercise: str,
    learner: str,
    sentence: str,
    max_points: float,
    submitted_at: datetime | None,
) -> dict[str, Any]:
    """Make the record of a submission that could not be graded; an earlier grading's stays in it.

    The hashes stay those of the last grading, so that the submission is tried again.
    """
    before = read_evidence(course, exercise, learner) or {}
    problems = [problem for problem in before.get("problems", []) if problem != sentence]
    return {
        "exercise": exercise,
        "learner": learner,
        "points": 0.0,
        "max_points": max_points,
        "marks": [],
        "hashes": {},
        "answers": {},
        "earlier": [],
        "versions": package_versions(),
        "engine": None,
        "isolation": None,
        **_times(submitted_at, course.seconds_late(exercise, submitted_at)),
        **before,
        "problems": [*problems, sentence],
    }


def _earlier(before: Mapping[str, Any], submission: str) -> list[dict[str, Any]]:
    """What earlier submissions came to, the oldest first.

    Grading one submission twice adds nothing. A record from before there was a history begins one.
    """
    earlier = list(before.get("earlier") or ())
    graded = (before.get("hashes") or {}).get("submission")
    if not before.get("marks") or graded in (None, submission):
        return earlier
    return [*earlier, _in_short(before, graded)][-_MOST_EARLIER:]


def _in_short(record: Mapping[str, Any], submission: str) -> dict[str, Any]:
    kept = ("graded_at", "max_points", "points", "submitted_at")
    return {
        "submission": submission,
        **{key: record.get(key) for key in kept},
        "hints": {mark["check"]: mark["hint"] for mark in record["marks"] if mark.get("hint")},
    }


def _times(submitted_at: datetime | None, late_seconds: float | None) -> dict[str, Any]:
    return {
        "submitted_at": submitted_at.isoformat() if submitted_at else None,
        "late_seconds": late_seconds,
        "graded_at": datetime.now(UTC).isoformat(timespec="seconds"),
    }


def _mark(mark: Mark) -> dict[str, Any]:
    card = mark.card or {}
    hint = card.get("hint") or {}
    return {
        "check": mark.check,
        # grade_ids are essay-<task>, check-<task> and check-<task>-<part>
        "task": card.get("task") or mark.check.split("-")[min(1, mark.check.count("-"))],
        "points": mark.points,
        "max_points": mark.max_points,
        "hint": mark.hint,
        "seconds": round(mark.seconds, 3),
        "what_en": card.get("what_en"),
        "what_ko": card.get("what_ko"),
        "hint_en": hint.get("en") if mark.hint else None,
        "hint_ko": hint.get("ko") if mark.hint else None,
    }


@cache
def package_versions() -> dict[str, str]:
    """Versions of Python and of the packages that may change points; of those that are installed."""
    found = {"python": ".".join(str(part) for part in sys.version_info[:3])}
    for package in _PACKAGES:
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            continue
    return found
