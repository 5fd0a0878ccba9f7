"""Which misconceptions the cohort has, and who got over theirs."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from biolabkit_autograder.report.records import Result

__all__ = ["HintStatistics", "hint_statistics"]


@dataclass(frozen=True)
class HintStatistics:
    """One hint.

    Attributes
    ----------
    code, text : str
        The text is empty where nobody draws it any more.
    learners : tuple of str
        Who draws it in their newest graded submission.
    checks : tuple of str
        Where.
    before : tuple of str
        Who drew it in a submission that they have replaced since.
    recovered : tuple of str
        Those of them who now pass every check at which they drew it.
    """

    code: str
    text: str
    learners: tuple[str, ...]
    checks: tuple[str, ...]
    before: tuple[str, ...]
    recovered: tuple[str, ...]


def hint_statistics(results: Iterable[Result], language: str) -> list[HintStatistics]:
    """Hints drawn in one exercise, those that most learners draw now first."""
    counted = [result for result in results if result.counted]
    texts = {
        mark.hint: mark.hint_ko if language == "ko" else mark.hint_en
        for result in counted
        for mark in result.marks
        if mark.hint
    }
    codes = dict.fromkeys([*texts, *(code for result in counted for code in _drawn_before(result))])
    found = [_one_hint(code, texts.get(code, ""), counted) for code in codes]
    return sorted(found, key=lambda hint: (-len(hint.learners), -len(hint.before), hint.code))


def _one_hint(code: str, text: str, results: list[Result]) -> HintStatistics:
    now = [(result.learner, mark.check) for result in results for mark in result.marks if mark.hint == code]
    before = {
        result.learner: result
        for result in results
        if _drawn_before(result).get(code, set()) & _checks(result)
    }
    return HintStatistics(
        code,
        text,
        learners=tuple(dict.fromkeys(learner for learner, _ in now)),
        checks=tuple(dict.fromkeys(check for _, check in now)),
        before=tuple(before),
        recovered=tuple(learner for learner, result in before.items() if _has_recovered(result, code)),
    )


def _drawn_before(result: Result) -> dict[str, set[str]]:
    """The checks at which each hint was drawn in earlier submissions, by the hint's code."""
    drawn: dict[str, set[str]] = {}
    for attempt in result.earlier:
        for check, code in attempt.hints.items():
            drawn.setdefault(code, set()).add(check)
    return drawn


def _checks(result: Result) -> set[str]:
    return {mark.check for mark in result.marks}


def _has_recovered(result: Result, code: str) -> bool:
    """Whether all checks at which a hint was drawn are passed; those that the exercise lost do not count."""
    passed = {mark.check for mark in result.marks if mark.passed}
    return _drawn_before(result)[code] & _checks(result) <= passed
