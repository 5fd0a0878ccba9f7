"""What the cohort has and has not understood, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from biolabkit_autograder.report.competencies import competency_order
from biolabkit_autograder.report.discrimination import FEW, LEAST, Discrimination, discrimination
from biolabkit_autograder.report.records import CheckMark, ExerciseInfo, Result

__all__ = [
    "CheckStatistics",
    "CompetencyStatistics",
    "check_statistics",
    "competency_statistics",
    "handed_in_shares",
    "total_shares",
]


@dataclass(frozen=True)
class CheckStatistics:
    """One check over all learners whose work on it has points.

    Attributes
    ----------
    check : str
        grade_id.
    max_points : float
        What it is worth.
    learners : int
        How many have points for it.
    passed : int
        How many have all of them.
    mean_share : float or None
        Mean share of the points, None without learners.
    discrimination : Discrimination
        Against the other automatic checks.
    fails_at : str
        What failed most often, in the language asked for; empty when nothing failed.
    by_hand : bool
        Whether it is graded by hand.
    waiting : int
        How many answers wait for that.
    """

    check: str
    max_points: float
    learners: int
    passed: int
    mean_share: float | None
    discrimination: Discrimination
    fails_at: str
    by_hand: bool
    waiting: int

    @property
    def passed_share(self) -> float | None:
        """Share of learners who have all points."""
        return self.passed / self.learners if self.learners else None

    @property
    def hard(self) -> bool:
        """An automatic check in which fewer than four in ten of at least three learners have all points."""
        return not self.by_hand and self.learners >= LEAST and self.passed < 0.4 * self.learners

    @property
    def misleading(self) -> bool:
        """Learners who know the rest tend to lose it: the check or its task deserves a look.

        Where only one or two pass it, or do not, they are no reason.
        """
        value = self.discrimination.value
        divided = min(self.passed, self.learners - self.passed) >= LEAST
        return self.learners >= FEW and divided and value is not None and value < -0.05


@dataclass(frozen=True)
class CompetencyStatistics:
    """One competency: each learner's share of the points of the exercises that list it."""

    code: str
    exercises: tuple[str, ...]
    shares: Mapping[str, float]

    @property
    def median(self) -> float:
        """The median learner's share."""
        return float(np.median(list(self.shares.values())))


def check_statistics(results: Iterable[Result], language: str) -> list[CheckStatistics]:
    """Difficulty and discrimination of every check of one exercise, in the order of the notebook."""
    counted = [result for result in results if result.counted]
    order = list(dict.fromkeys(mark.check for result in counted for mark in result.marks))
    return [_one_check(check, counted, language) for check in order]


def _one_check(check: str, results: Sequence[Result], language: str) -> CheckStatistics:
    pairs = [(mark, result) for result in results for mark in result.marks if mark.check == check]
    scored = [(mark, result) for mark, result in pairs if mark.points is not None]
    shares = [_share(mark) for mark, _ in scored]
    rests = [_rest(result, check) for _, result in scored]
    marks = [mark for mark, _ in pairs]
    return CheckStatistics(
        check=check,
        max_points=max(mark.max_points for mark in marks),
        learners=len(scored),
        passed=sum(mark.passed for mark, _ in scored),
        mean_share=float(np.mean(shares)) if shares else None,
        discrimination=discrimination(shares, rests),
        fails_at=_fails_at(marks, language),
        by_hand=any(mark.by_hand for mark in marks),
        waiting=sum(mark.points is None for mark in marks),
    )


def _share(mark: CheckMark) -> float:
    share = mark.share
    assert share is not None, "only called for marks that have points"
    return share


def _rest(result: Result, check: str) -> float:
    """Points of the other automatic checks; essays would compare graded with waiting learners."""
    return sum(mark.points or 0.0 for mark in result.marks if mark.check != check and not mark.by_hand)


def _fails_at(marks: Sequence[CheckMark], language: str) -> str:
    failed = [mark for mark in marks if mark.points is not None and not mark.passed]
    texts = Counter(text for mark in failed if (text := mark.what_ko if language == "ko" else mark.what_en))
    return texts.most_common(1)[0][0] if texts else ""


def competency_statistics(
    exercises: Sequence[ExerciseInfo], results: Mapping[str, Mapping[str, Result]]
) -> list[CompetencyStatistics]:
    """Shares of the points by competency, over the learners with graded work in it.

    An exercise lists competencies as a whole, so its points count for each of them.
    """
    codes = {code for exercise in exercises for code in exercise.competencies}
    found = []
    for code in sorted(codes, key=competency_order):
        names = tuple(exercise.name for exercise in exercises if code in exercise.competencies)
        shares = _learner_shares([results[name] for name in names])
        if shares:
            found.append(CompetencyStatistics(code, names, shares))
    return found


def _learner_shares(results: Sequence[Mapping[str, Result]]) -> dict[str, float]:
    """Each learner's share of the points that have been decided, over the exercises handed in."""
    got: dict[str, float] = {}
    worth: dict[str, float] = {}
    for exercise in results:
        for learner, result in exercise.items():
            for mark in result.marks:
                if mark.points is not None:
                    got[learner] = got.get(learner, 0.0) + mark.points
                    worth[learner] = worth.get(learner, 0.0) + mark.max_points
    return {learner: got[learner] / worth[learner] for learner in worth if worth[learner]}


def handed_in_shares(
    exercises: Sequence[ExerciseInfo], results: Mapping[str, Mapping[str, Result]]
) -> dict[str, float]:
    """Each learner's weighted share of the decided points of what they have handed in."""
    got: dict[str, float] = {}
    weights: dict[str, float] = {}
    for exercise in exercises:
        for learner, result in results[exercise.name].items():
            if result.understanding is not None and exercise.weight:
                got[learner] = got.get(learner, 0.0) + exercise.weight * result.understanding
                weights[learner] = weights.get(learner, 0.0) + exercise.weight
    return {learner: got[learner] / weights[learner] for learner in weights}


def total_shares(
    exercises: Sequence[ExerciseInfo], results: Mapping[str, Mapping[str, Result]]
) -> dict[str, float]:
    """Each learner's weighted share of all the course's points; what is missing counts as 0."""
    weights = {exercise.name: exercise.weight for exercise in exercises}
    everything = sum(weights.values())
    learners = dict.fromkeys(learner for exercise in results.values() for learner in exercise)
    if not everything:
        return dict.fromkeys(learners, 0.0)
    return {
        learner: sum(weights[name] * results[name][learner].share for name in results) / everything
        for learner in learners
    }
