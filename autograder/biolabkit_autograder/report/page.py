"""The page itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from biolabkit_autograder.report.records import ExerciseInfo

__all__ = ["build_report"]


def build_report(
    course_title: str,
    language: str,
    exercises: Sequence[ExerciseInfo],
    evidence: Iterable[Mapping[str, Any]],
    roster: Mapping[str, str],
    manual_scores: Mapping[tuple[str, str, str], float] | None = None,
    *,
    penalties: Mapping[tuple[str, str], float] | None = None,
    made_at: datetime | None = None,
) -> str:
    """Write the report of a course.

    Parameters
    ----------
    course_title : str
        In the course's language.
    language : {"en", "ko"}
        The language of the page.
    exercises : sequence of ExerciseInfo
        In the course's order.
    evidence : iterable of mapping
        The records that the store wrote, see `load_evidence`.
    roster : mapping of str to str
        Learner's id to name, in the order of the roster; learners who submitted without being in it are added.
    manual_scores : mapping, optional
        ``(exercise, learner, grade_id)`` to the points given by hand. Leave out what waits for a (new) look.
    penalties : mapping, optional
        ``(exercise, learner)`` to the points taken off for lateness.
    made_at : datetime, optional
        Stands on the page; in the course's time zone. Now, when it is left out.

    Returns
    -------
    str
        An HTML document without scripts, in which nothing is loaded from elsewhere.
    """
    raise NotImplementedError
