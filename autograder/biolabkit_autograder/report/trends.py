"""How the cohort and each learner do from one exercise to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from biolabkit_autograder.report.records import ExerciseInfo, Result

__all__ = ["CHANGE", "CohortStep", "LearnerTrend", "cohort_trend", "learner_trends"]

#: A learner whose distance to the median changes by this share of the points rises or falls.
CHANGE = 0.15
#: In as many exercises must a learner have points: two to compare with two.
_LEAST = 4


@dataclass(frozen=True)
class CohortStep:
    """The cohort in one exercise.

    Attributes
    ----------
    exercise : ExerciseInfo
        Which.
    learners : int
        How many have points.
    low, median, high : float or None
        Quartiles of their shares of the points; None without learners.
    handed_in, late : float
        Shares of all learners.
    """

    exercise: ExerciseInfo
    learners: int
    low: float | None
    median: float | None
    high: float | None
    handed_in: float
    late: float


@dataclass(frozen=True)
class LearnerTrend:
    """One learner over the exercises.

    Attributes
    ----------
    shares : tuple of float or None
        Of the points, by exercise; None where there are none.
    change : float or None
        The mean distance to the cohort's median in the later half of the exercises handed in, less that in
        the earlier half: what an exercise is harder than another does not count. None with fewer than four.
    """

    shares: tuple[float | None, ...]
    change: float | None

    @property
    def direction(self) -> str:
        """``rises``, ``falls``, ``steady``, or empty where it cannot be told."""
        if self.change is None:
            return ""
        if abs(self.change) < CHANGE:
            return "steady"
        return "rises" if self.change > 0 else "falls"


def cohort_trend(
    exercises: Sequence[ExerciseInfo], results: Mapping[str, Mapping[str, Result]]
) -> list[CohortStep]:
    """The cohort's quartiles, and what was handed in, in the order of the course."""
    return [_step(exercise, list(results[exercise.name].values())) for exercise in exercises]


def _step(exercise: ExerciseInfo, results: Sequence[Result]) -> CohortStep:
    shares = [one.understanding for one in results if one.understanding is not None]
    low, median, high = map(float, np.percentile(shares, [25, 50, 75])) if shares else (None, None, None)
    everybody = max(len(results), 1)
    return CohortStep(
        exercise,
        len(shares),
        low,
        median,
        high,
        handed_in=sum(one.status != "missing" for one in results) / everybody,
        late=sum(one.late_seconds > 0 for one in results) / everybody,
    )


def learner_trends(
    steps: Sequence[CohortStep], results: Mapping[str, Mapping[str, Result]]
) -> dict[str, LearnerTrend]:
    """Every learner's way through the exercises.

    Parameters
    ----------
    steps : sequence of CohortStep
        The cohort's, see `cohort_trend`.
    results : mapping
        See `results_of`.
    """
    learners = dict.fromkeys(learner for exercise in results.values() for learner in exercise)
    return {learner: _trend(learner, steps, results) for learner in learners}


def _trend(
    learner: str, steps: Sequence[CohortStep], results: Mapping[str, Mapping[str, Result]]
) -> LearnerTrend:
    shares = tuple(results[step.exercise.name][learner].understanding for step in steps)
    apart = [
        share - step.median
        for share, step in zip(shares, steps, strict=True)
        if share is not None and step.median is not None
    ]
    if len(apart) < _LEAST:
        return LearnerTrend(shares, None)
    half = len(apart) // 2
    return LearnerTrend(shares, float(np.mean(apart[-half:]) - np.mean(apart[:half])))
