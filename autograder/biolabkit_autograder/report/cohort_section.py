"""What the page says of the cohort as a whole: exercises, trends, competencies, and everybody's standing."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from biolabkit_autograder.report.competencies import competency_name
from biolabkit_autograder.report.dot_rows import competency_picture, overview_picture
from biolabkit_autograder.report.figures import score_picture
from biolabkit_autograder.report.records import ExerciseInfo, Result
from biolabkit_autograder.report.statistics import competency_statistics
from biolabkit_autograder.report.trend_picture import trend_picture
from biolabkit_autograder.report.trends import CohortStep, LearnerTrend

__all__ = ["competency_section", "overview_section", "standing_rows", "trend_section"]

#: So many learners whose results change are listed; the list of all learners shows everybody's trend.
_MOST_FALLING, _MOST_RISING = 15, 5


def overview_section(
    sections: Sequence[Mapping[str, Any]], totals: Mapping[str, float], language: str
) -> dict[str, Any]:
    """The exercises below one another, and the distribution of all points."""
    rows = [(section["exercise"].title, section["shares"]) for section in sections]
    has_results = any(shares for _, shares in rows)
    return {
        "picture": overview_picture(rows, language) if has_results else None,
        "totals": score_picture(list(totals.values()), language) if has_results else None,
    }


def trend_section(
    steps: Sequence[CohortStep],
    trends: Mapping[str, LearnerTrend],
    names: Mapping[str, str],
    language: str,
) -> dict[str, Any] | None:
    """The way through the exercises; None with fewer than two that have results."""
    places = [place for place, step in enumerate(steps) if step.learners]
    if len(places) < 2:
        return None
    there = [steps[place] for place in places]
    lines = {
        learner: LearnerTrend(tuple(trend.shares[place] for place in places), trend.change)
        for learner, trend in trends.items()
    }
    falls, rises = (_most_changed(trends, direction) for direction in ("falls", "rises"))
    return {
        "picture": trend_picture(there, lines, names, language),
        "changed": [*falls[:_MOST_FALLING], *reversed(rises[:_MOST_RISING])],
        "more": max(len(falls) - _MOST_FALLING, 0) + max(len(rises) - _MOST_RISING, 0),
        "compared": sum(trend.change is not None for trend in trends.values()),
    }


def _most_changed(trends: Mapping[str, LearnerTrend], direction: str) -> list[str]:
    found = [learner for learner, trend in trends.items() if trend.direction == direction]
    return sorted(found, key=lambda learner: -abs(trends[learner].change or 0.0))


def competency_section(
    exercises: Sequence[ExerciseInfo],
    results: Mapping[str, Mapping[str, Result]],
    names: Mapping[str, str],
    language: str,
) -> dict[str, Any] | None:
    """The cohort by competency, and a map of the learners; None when the exercises list none."""
    found = competency_statistics(exercises, results)
    if not found:
        return None
    titles = {exercise.name: exercise.title for exercise in exercises}
    texts = [competency_name(one.code, language) for one in found]
    rows = [
        {"one": one, "name": text, "exercises": [titles[exercise] for exercise in one.exercises]}
        for one, text in zip(found, texts, strict=True)
    ]
    learners = [
        {"learner": learner, "shares": [one.shares.get(learner) for one in found]}
        for learner in names
        if any(learner in one.shares for one in found)
    ]
    return {"picture": competency_picture(found, texts, language), "rows": rows, "learners": learners}


def standing_rows(
    exercises: Sequence[ExerciseInfo],
    results: Mapping[str, Mapping[str, Result]],
    names: Mapping[str, str],
    trends: Mapping[str, LearnerTrend],
    totals: Mapping[str, float],
) -> list[dict[str, Any]]:
    """Everybody's points, course total and way through the exercises."""
    return [
        {
            "learner": learner,
            "results": [results[exercise.name][learner] for exercise in exercises],
            "trend": trends.get(learner),
            "total": totals.get(learner, 0.0),
        }
        for learner in names
    ]
