"""What the page says of those who may be stuck, and of due dates."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from biolabkit_autograder.report.deadlines import Deadline, repeated
from biolabkit_autograder.report.phrases import phrase
from biolabkit_autograder.report.records import ExerciseInfo, Result
from biolabkit_autograder.report.stuck import Sign

__all__ = ["repeated_rows", "stuck_rows"]

_MOST_STUCK = 60


def stuck_rows(
    signs: Mapping[str, Sequence[Sign]],
    exercises: Sequence[ExerciseInfo],
    results: Mapping[str, Mapping[str, Result]],
    language: str,
) -> list[dict[str, Any]]:
    """A row for each learner who may be stuck: the reasons, each with the place that says more.

    In a large cohort, those with most reasons.
    """
    titles = {exercise.name: exercise.title for exercise in exercises}
    return [
        {
            "learner": learner,
            "reasons": [
                {"text": _reason(sign, results, titles, language), "exercise": sign.exercises[-1]}
                for sign in found
            ],
        }
        for learner, found in list(signs.items())[:_MOST_STUCK]
    ]


def _reason(
    sign: Sign, results: Mapping[str, Mapping[str, Result]], titles: Mapping[str, str], language: str
) -> str:
    title = titles[sign.exercises[0]]
    if sign.kind == "no_gain":
        return phrase("sign_no_gain", language, title, sign.submissions)
    if sign.kind == "same_hint":
        return phrase("sign_same_hint", language, title, sign.submissions, ", ".join(sign.hints))
    shares = [results[name][sign.learner].understanding or 0.0 for name in sign.exercises]
    parts = [
        f"{titles[name]} {100 * share:.0f} %" for name, share in zip(sign.exercises, shares, strict=True)
    ]
    return phrase("sign_far_below", language, ", ".join(parts))


def repeated_rows(deadlines: Sequence[Deadline]) -> list[dict[str, Any]]:
    """A row for each learner who is missing or late more than once."""
    return [
        {"learner": one.learner, "missing": ", ".join(one.missing), "late": ", ".join(one.late)}
        for one in repeated(deadlines)
    ]
