"""What the cohort has and has not understood, in numbers."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from biolabkit_autograder.report.records import CheckMark, ExerciseInfo, Result

__all__ = [
    "FEW",
    "CheckStatistics",
    "CompetencyStatistics",
    "HintStatistics",
    "check_statistics",
    "competency_statistics",
    "discrimination",
    "hint_statistics",
    "total_shares",
]

#: With fewer learners than this a discrimination is too uncertain to act upon.
FEW = 10


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
    discrimination : float or None
        See `discrimination`.
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
    discrimination: float | None
    fails_at: str
    by_hand: bool
    waiting: int

    @property
    def passed_share(self) -> float | None:
        """Share of learners who have all points."""
        return self.passed / self.learners if self.learners else None

    @property
    def hard(self) -> bool:
        """An automatic check in which fewer than four in ten have all points."""
        return not self.by_hand and self.passed_share is not None and self.passed_share < 0.4

    @property
    def misleading(self) -> bool:
        """Learners who know the rest tend to lose it: the check or its task deserves a look."""
        return self.learners >= FEW and self.discrimination is not None and self.discrimination < -0.05


@dataclass(frozen=True)
class HintStatistics:
    """One hint: its text and the learners who drew it."""

    code: str
    text: str
    learners: tuple[str, ...]
    checks: tuple[str, ...]


@dataclass(frozen=True)
class CompetencyStatistics:
    """One competency: each learner's share of the points of the exercises that list it."""

    code: str
    exercises: tuple[str, ...]
    shares: tuple[float, ...]

    @property
    def median(self) -> float:
        """The median learner's share."""
        return float(np.median(self.shares))


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


def discrimination(scores: Sequence[float], rests: Sequence[float]) -> float | None:
    """Correlate a check with the rest of the exercise.

    The corrected point-biserial correlation: Pearson's r between the score of the check (0 or 1, or a share)
    and the points of all other checks. Near 1, learners who know the rest pass it; near 0 it tells nothing
    about them; below 0 the better ones fail it.

    Returns
    -------
    float or None
        None with fewer than three learners, or when one of the two is the same for all.
    """
    if len(scores) < 3 or np.ptp(scores) == 0 or np.ptp(rests) == 0:
        return None
    return float(np.corrcoef(scores, rests)[0, 1])


def hint_statistics(results: Iterable[Result], language: str) -> list[HintStatistics]:
    """Hints drawn in one exercise, the most frequent first."""
    learners: dict[str, list[str]] = {}
    checks: dict[str, list[str]] = {}
    texts: dict[str, str] = {}
    for result in results:
        for mark in result.marks:
            if mark.hint:
                learners.setdefault(mark.hint, []).append(result.learner)
                checks.setdefault(mark.hint, []).append(mark.check)
                texts[mark.hint] = texts.get(mark.hint) or (
                    mark.hint_ko if language == "ko" else mark.hint_en
                )
    drawn = [
        HintStatistics(code, texts[code], tuple(dict.fromkeys(who)), tuple(dict.fromkeys(checks[code])))
        for code, who in learners.items()
    ]
    return sorted(drawn, key=lambda hint: (-len(hint.learners), hint.code))


def competency_statistics(
    exercises: Sequence[ExerciseInfo], results: Mapping[str, Mapping[str, Result]]
) -> list[CompetencyStatistics]:
    """Shares of the points by competency, over the learners with graded work in it.

    An exercise lists competencies as a whole, so its points count for each of them.
    """
    from biolabkit_autograder.report.competencies import competency_order

    codes = {code for exercise in exercises for code in exercise.competencies}
    found = []
    for code in sorted(codes, key=competency_order):
        names = tuple(exercise.name for exercise in exercises if code in exercise.competencies)
        shares = _learner_shares([results[name] for name in names])
        if shares:
            found.append(CompetencyStatistics(code, names, tuple(shares)))
    return found


def _learner_shares(results: Sequence[Mapping[str, Result]]) -> list[float]:
    """Each learner's share of the points that have been decided, over the exercises handed in."""
    got: Counter[str] = Counter()
    worth: Counter[str] = Counter()
    for exercise in results:
        for learner, result in exercise.items():
            for mark in result.marks:
                if mark.points is not None:
                    got[learner] += mark.points  # type: ignore[assignment]  # counters of floats add up too
                    worth[learner] += mark.max_points  # type: ignore[assignment]
    return [got[learner] / worth[learner] for learner in worth if worth[learner]]


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
