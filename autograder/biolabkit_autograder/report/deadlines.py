"""Who was late, who has handed in nothing, and who has little time left."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from biolabkit_autograder.report.records import ExerciseInfo, Result

__all__ = ["NEAR", "Deadline", "Repeated", "deadlines", "repeated"]

#: What is due within this time and not handed in is said.
NEAR = timedelta(days=3)
#: As many late or missing exercises of one learner are said.
_OFTEN = 2


@dataclass(frozen=True)
class Deadline:
    """One exercise that is due soon, or was.

    Attributes
    ----------
    exercise : ExerciseInfo
        Which.
    is_past : bool
        Whether it is after the due date.
    handed_in, learners : int
        How many of how many.
    missing : tuple of str
        Learners of whom nothing is there: their own due date is past, or near.
    extended : tuple of str
        Learners of whom nothing is there who have more time than that.
    late : mapping of str to float
        Seconds by learner.
    """

    exercise: ExerciseInfo
    is_past: bool
    handed_in: int
    learners: int
    missing: tuple[str, ...]
    extended: tuple[str, ...]
    late: Mapping[str, float]


@dataclass(frozen=True)
class Repeated:
    """A learner who is late or missing more than once."""

    learner: str
    missing: tuple[str, ...]
    late: tuple[str, ...]


def deadlines(
    exercises: Sequence[ExerciseInfo],
    results: Mapping[str, Mapping[str, Result]],
    extended: Mapping[tuple[str, str], datetime],
    now: datetime,
) -> list[Deadline]:
    """Look at every exercise whose due date is past or near.

    Parameters
    ----------
    exercises, results
        See `results_of`.
    extended : mapping
        ``(exercise, learner)`` to a later due date of their own.
    now : datetime
        All three kinds of time as the clock of the course's time zone shows them, without a zone.
    """
    return [
        _deadline(exercise, results[exercise.name], extended, now)
        for exercise in exercises
        if exercise.due is not None and exercise.due <= now + NEAR
    ]


def _deadline(
    exercise: ExerciseInfo,
    results: Mapping[str, Result],
    extended: Mapping[tuple[str, str], datetime],
    now: datetime,
) -> Deadline:
    assert exercise.due is not None
    is_past = exercise.due <= now
    nothing = [learner for learner, result in results.items() if result.status == "missing"]
    limit = now if is_past else now + NEAR
    missing = [
        learner for learner in nothing if extended.get((exercise.name, learner), exercise.due) <= limit
    ]
    return Deadline(
        exercise,
        is_past,
        handed_in=len(results) - len(nothing),
        learners=len(results),
        missing=tuple(missing),
        extended=tuple(learner for learner in nothing if learner not in missing),
        late={learner: result.late_seconds for learner, result in results.items() if result.late_seconds > 0},
    )


def repeated(found: Sequence[Deadline]) -> list[Repeated]:
    """Find the learners with at least two exercises missing after the due date, or late; most first."""
    missing: dict[str, list[str]] = {}
    late: dict[str, list[str]] = {}
    for deadline in found:
        for learner in deadline.missing if deadline.is_past else ():
            missing.setdefault(learner, []).append(deadline.exercise.title)
        for learner in deadline.late:
            late.setdefault(learner, []).append(deadline.exercise.title)
    everybody = [
        Repeated(learner, tuple(missing.get(learner, ())), tuple(late.get(learner, ())))
        for learner in dict.fromkeys([*missing, *late])
    ]
    often = [one for one in everybody if len(one.missing) + len(one.late) >= _OFTEN]
    return sorted(often, key=lambda one: (-len(one.missing), -len(one.late)))
