"""The page itself: what is shown is worked out here, how it looks is in ``report.html.j2``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from importlib.resources import files
from typing import Any

import numpy as np

from biolabkit.errors import InputError
from biolabkit_autograder.report.attention import attention
from biolabkit_autograder.report.competencies import competency_name
from biolabkit_autograder.report.figures import (
    competency_picture,
    item_picture,
    overview_picture,
    score_picture,
)
from biolabkit_autograder.report.phrases import phrase
from biolabkit_autograder.report.records import CheckMark, ExerciseInfo, Result, check_name, results_of
from biolabkit_autograder.report.statistics import (
    FEW,
    check_statistics,
    competency_statistics,
    hint_statistics,
    total_shares,
)

__all__ = ["build_report"]

_STATUSES = ("graded", "waiting", "refused", "missing")


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
        Learner's id to name, in the order of the roster; whoever submitted without being in it is added.
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

    Raises
    ------
    InputError
        When the language is neither English nor Korean.
    """
    if language not in {"en", "ko"}:
        raise InputError(f"build_report: expected the language 'en' or 'ko', found {language!r}")
    results = results_of(exercises, evidence, roster, manual_scores or {}, penalties or {})
    learners = dict.fromkeys(learner for exercise in results.values() for learner in exercise)
    names = {learner: roster.get(learner) or learner for learner in (*roster, *learners)}
    say = partial(_say, language)
    sections = [_section(one, results[one.name], language) for one in exercises]
    return _template().render(
        language=language,
        say=say,
        title=course_title,
        made_at=(made_at or datetime.now().astimezone()).strftime("%Y-%m-%d %H:%M"),
        names=names,
        tiles=_tiles(names, results, language),
        attention=attention(sections, names, language),
        sections=sections,
        overview=_overview(sections, language),
        competencies=_competencies(exercises, results, language),
        standing=_standing(exercises, results, names),
        strip=_strip,
        late=partial(_late, language),
        check_name=check_name,
        number=_number,
        statuses=_STATUSES,
    )


def _say(language: str, key: str, *values: object) -> str:
    return phrase(key, language, *values)


def _template() -> Any:
    from jinja2 import Environment

    environment = Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
    source = files("biolabkit_autograder.report").joinpath("report.html.j2").read_text(encoding="utf-8")
    return environment.from_string(source)


def _tiles(
    names: Mapping[str, str], results: Mapping[str, Mapping[str, Result]], language: str
) -> list[dict[str, str]]:
    everything = [result for exercise in results.values() for result in exercise.values()]
    counted = [result for result in everything if result.counted]
    essays = sum(mark.points is None for result in counted for mark in result.marks)
    refused = sum(result.status == "refused" for result in everything)
    shares = _shares(counted)
    median = f"{100 * float(np.median(shares)):.0f} %" if shares else "–"
    return [
        {"value": f"{len(names):,}", "label": phrase("learners", language)},
        {
            "value": f"{len(counted):,}",
            "label": phrase("submissions", language),
            "more": phrase("of", language, f"{len(everything):,}"),
        },
        {"value": median, "label": phrase("median_total", language)},
        {
            "value": f"{essays:,}",
            "label": phrase("essays_waiting", language),
            "alert": "look" if essays else "",
        },
        {
            "value": f"{refused:,}",
            "label": phrase("not_gradable", language),
            "alert": "act" if refused else "",
        },
    ]


def _section(exercise: ExerciseInfo, results: Mapping[str, Result], language: str) -> dict[str, Any]:
    """Everything that the page says about one exercise."""
    everyone = list(results.values())
    shares = _shares(everyone)
    checks = check_statistics(everyone, language)
    return {
        "exercise": exercise,
        "results": results,
        "shares": shares,
        "max_points": max((result.max_points for result in everyone), default=0.0),
        "counts": {status: sum(result.status == status for result in everyone) for status in _STATUSES},
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


def _overview(sections: Sequence[Mapping[str, Any]], language: str) -> str | None:
    rows = [(section["exercise"].title, section["shares"]) for section in sections]
    return overview_picture(rows, language) if any(shares for _, shares in rows) else None


def _competencies(
    exercises: Sequence[ExerciseInfo], results: Mapping[str, Mapping[str, Result]], language: str
) -> dict[str, Any] | None:
    found = competency_statistics(exercises, results)
    if not found:
        return None
    titles = {exercise.name: exercise.title for exercise in exercises}
    names = [competency_name(one.code, language) for one in found]
    rows = [
        {"one": one, "name": name, "exercises": [titles[exercise] for exercise in one.exercises]}
        for one, name in zip(found, names, strict=True)
    ]
    return {"picture": competency_picture(found, names, language), "rows": rows}


def _standing(
    exercises: Sequence[ExerciseInfo], results: Mapping[str, Mapping[str, Result]], names: Mapping[str, str]
) -> list[dict[str, Any]]:
    totals = total_shares(exercises, results)
    return [
        {
            "learner": learner,
            "results": [results[exercise.name][learner] for exercise in exercises],
            "total": totals.get(learner, 0.0),
        }
        for learner in names
    ]


def _strip(mark: CheckMark) -> tuple[str, str]:
    """The symbol of a check in a learner's row, and the key of what it means."""
    if mark.points is None:
        return "…", "mark_waiting"
    if mark.passed:
        return "✓", "mark_full"
    return ("◐", "mark_part") if mark.points > 0 else ("✗", "mark_none")


def _late(language: str, seconds: float) -> str:
    """How late, in the largest unit that is not zero."""
    for unit, length in (("days", 86400), ("hours", 3600)):
        if seconds >= length:
            return phrase("late_by", language, phrase(unit, language, int(seconds // length)))
    return phrase("late_by", language, phrase("minutes", language, max(int(seconds // 60), 1)))


def _number(value: float) -> str:
    """Points as people write them: 2, 2.5, 2.33."""
    return f"{round(value, 2):g}"
