"""What the page says of one exercise."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

from biolabkit_autograder.report.discrimination import FEW
from biolabkit_autograder.report.figures import item_picture, score_picture
from biolabkit_autograder.report.hints import hint_statistics
from biolabkit_autograder.report.records import CheckMark, ExerciseInfo, Result
from biolabkit_autograder.report.statistics import check_statistics

__all__ = ["STATUSES", "exercise_section", "strip"]

STATUSES = ("graded", "waiting", "ungraded", "refused", "missing")


def exercise_section(exercise: ExerciseInfo, results: Mapping[str, Result], language: str) -> dict[str, Any]:
    """Everything that is shown of one exercise."""
    everyone = list(results.values())
    shares = _shares(everyone)
    checks = check_statistics(everyone, language)
    return {
        "exercise": exercise,
        "results": results,
        "shares": shares,
        "max_points": max((result.max_points for result in everyone), default=0.0),
        "counts": {status: sum(result.status == status for result in everyone) for status in STATUSES},
        "missing": [learner for learner, result in results.items() if result.status == "missing"],
        "late": sum(result.late_seconds > 0 for result in everyone),
        "few": 0 < len(shares) < FEW,
        "checks": checks,
        "hints": hint_statistics(everyone, language),
        "score_picture": score_picture(shares, language) if shares else None,
        "item_picture": item_picture(checks, language),
        "essays": [
            (learner, mark)
            for learner, result in results.items()
            for mark in result.marks
            if mark.points is None
        ],
    }


def _shares(results: Iterable[Result]) -> list[float]:
    return [result.understanding for result in results if result.understanding is not None]


def strip(result: Result) -> list[tuple[str, str]]:
    """A learner's checks in order as symbols, and what runs of the same symbol mean."""
    symbols = (_symbol(mark) for mark in result.marks)
    return [
        ("".join(symbol for symbol, _ in run), meaning)
        for meaning, run in groupby(symbols, lambda one: one[1])
    ]


def _symbol(mark: CheckMark) -> tuple[str, str]:
    if mark.points is None:
        return "…", "mark_waiting"
    if mark.passed:
        return "✓", "mark_full"
    return ("◐", "mark_part") if mark.points > 0 else ("✗", "mark_none")
