"""Who may need help: signs that an instructor would act upon, each with a rule that the page states."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from biolabkit_autograder.report.records import ExerciseInfo, Result

__all__ = ["BELOW", "ENOUGH", "LAST", "SUBMISSIONS", "Sign", "signs"]

#: Signs are looked for in as many exercises: the last that a learner handed in.
LAST = 2
#: As many submissions in a row without more points are a sign.
SUBMISSIONS = 3
#: Less than this share of the median, in each of the last two exercises, is a sign ...
BELOW = 0.5
#: ... when as many learners have points.
ENOUGH = 5


@dataclass(frozen=True)
class Sign:
    """One reason to look at a learner's work.

    Attributes
    ----------
    kind : {"no_gain", "same_hint", "far_below"}
        Which rule.
    learner : str
        Whom it is about.
    exercises : tuple of str
        Where.
    submissions : int
        How many brought no gain, or drew the hint that was drawn most often; 0 for `far_below`.
    hints : tuple of str
        Codes of the hints that were drawn more than once.
    """

    kind: str
    learner: str
    exercises: tuple[str, ...]
    submissions: int = 0
    hints: tuple[str, ...] = ()


def signs(
    exercises: Sequence[ExerciseInfo], results: Mapping[str, Mapping[str, Result]]
) -> dict[str, list[Sign]]:
    """Find the learners who may be stuck.

    Returns
    -------
    dict
        ``{learner: signs}``, those with most signs first.
    """
    medians = {exercise.name: _median(results[exercise.name]) for exercise in exercises}
    learners = dict.fromkeys(learner for exercise in exercises for learner in results[exercise.name])
    found = {learner: _signs_of(_last(learner, exercises, results), medians) for learner in learners}
    return dict(sorted(((who, one) for who, one in found.items() if one), key=lambda item: -len(item[1])))


def _last(
    learner: str, exercises: Sequence[ExerciseInfo], results: Mapping[str, Mapping[str, Result]]
) -> list[Result]:
    counted = [results[exercise.name][learner] for exercise in exercises]
    return [result for result in counted if result.counted][-LAST:]


def _signs_of(last: Sequence[Result], medians: Mapping[str, float | None]) -> list[Sign]:
    found = [sign for result in last for sign in (*_no_gain(result), *_same_hint(result))]
    if len(last) == LAST and all(_is_below(result, medians[result.exercise]) for result in last):
        found.append(Sign("far_below", last[0].learner, tuple(result.exercise for result in last)))
    return found


def _no_gain(result: Result) -> list[Sign]:
    """Points of the checks that have not risen over the last submissions, and are not all."""
    points = [attempt.points for attempt in result.attempts]
    since_the_best = len(points) - points.index(max(points))
    if since_the_best < SUBMISSIONS or _has_all(result):
        return []
    return [Sign("no_gain", result.learner, (result.exercise,), since_the_best)]


def _has_all(result: Result) -> bool:
    return all(mark.passed for mark in result.marks if not mark.by_hand)


def _same_hint(result: Result) -> list[Sign]:
    """Hints of the newest submission that an earlier one drew too."""
    now = dict.fromkeys(mark.hint for mark in result.marks if mark.hint)
    drawn = {code: sum(code in attempt.hints.values() for attempt in result.attempts) for code in now}
    often = {code: times for code, times in drawn.items() if times > 1}
    if not often:
        return []
    return [Sign("same_hint", result.learner, (result.exercise,), max(often.values()), tuple(often))]


def _median(results: Mapping[str, Result]) -> float | None:
    shares = [one.understanding for one in results.values() if one.understanding is not None]
    return float(np.median(shares)) if len(shares) >= ENOUGH else None


def _is_below(result: Result, median: float | None) -> bool:
    share = result.understanding
    return share is not None and median is not None and share < BELOW * median
