"""The page itself: what is shown is gathered here, how it looks is in ``templates/``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import numpy as np

from biolabkit.check.html import with_code
from biolabkit.errors import InputError
from biolabkit_autograder.report import stuck
from biolabkit_autograder.report.answers import Material
from biolabkit_autograder.report.attention import attention, learners_attention, likeness_attention
from biolabkit_autograder.report.cohort_section import (
    competency_section,
    overview_section,
    standing_rows,
    trend_section,
)
from biolabkit_autograder.report.deadlines import deadlines
from biolabkit_autograder.report.discrimination import FEW, LEAST
from biolabkit_autograder.report.exercise_section import STATUSES, exercise_section, strip
from biolabkit_autograder.report.help_section import repeated_rows, stuck_rows
from biolabkit_autograder.report.phrases import phrase
from biolabkit_autograder.report.records import ExerciseInfo, Gradings, Result, check_name, results_of
from biolabkit_autograder.report.similarity import RUN
from biolabkit_autograder.report.similarity_section import similarity_blocks
from biolabkit_autograder.report.statistics import handed_in_shares, total_shares
from biolabkit_autograder.report.trends import CHANGE, cohort_trend, learner_trends
from biolabkit_autograder.report.wording import late, number, people, signed, when
from biolabkit_autograder.roster import told_apart

__all__ = ["build_report"]

#: Numbers that the page's explanations quote, and how many learners a table has that stands open.
_RULES = {
    "few": FEW,
    "least": LEAST,
    "last": stuck.LAST,
    "submissions": stuck.SUBMISSIONS,
    "enough": stuck.ENOUGH,
    "change": f"{100 * CHANGE:.0f}",
    "run": RUN,
    "unfolded": 30,
}


def build_report(
    course_title: str,
    language: str,
    exercises: Sequence[ExerciseInfo],
    roster: Mapping[str, str],
    gradings: Gradings,
    materials: Mapping[str, Material] | None = None,
    *,
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
    roster : mapping of str to str
        Learner's id to name, in the order of the roster; whoever submitted without being in it is added.
    gradings : Gradings
        What is known of the submissions.
    materials : mapping, optional
        Exercise to what was written in it; compared among the learners.
    made_at : datetime, optional
        Stands on the page, and decides what is due; in the course's time zone. Now, when it is left out.

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
    now = made_at or datetime.now().astimezone()
    results = results_of(exercises, roster, gradings)
    learners = dict.fromkeys(learner for exercise in results.values() for learner in exercise)
    names = {learner: roster.get(learner) or learner for learner in (*roster, *learners)}
    called = told_apart(names)
    due = deadlines(exercises, results, gradings.extended, now.replace(tzinfo=None))
    signs = stuck.signs(exercises, results)
    steps = cohort_trend(exercises, results)
    trends = learner_trends(steps, results)
    sections = [exercise_section(one, results[one.name], language) for one in exercises]
    likeness = {
        exercise.name: similarity_blocks((materials or {})[exercise.name], called, language)
        for exercise in exercises
        if exercise.name in (materials or {})
    }
    falling = sum(trend.direction == "falls" for trend in trends.values())
    others = learners_attention(due, len(signs), falling, len(names), language)
    others += likeness_attention(likeness, language)
    totals = total_shares(exercises, results)
    return _render(
        language,
        title=course_title,
        made_at=when(now),
        names=names,
        called=called,
        people=lambda learners: people([called[learner] for learner in learners], language),
        tiles=_tiles(names, results, language),
        attention=attention(sections, others, called, language),
        sections=sections,
        overview=overview_section(sections, handed_in_shares(exercises, results), language),
        trend=trend_section(steps, trends, called, language),
        trends=trends,
        stuck=stuck_rows(signs, exercises, results, language),
        all_stuck=len(signs),
        deadlines=due,
        repeated=repeated_rows(due),
        competencies=competency_section(exercises, results, names, language),
        likeness=likeness,
        standing=standing_rows(exercises, results, names, trends, totals),
        statuses=STATUSES,
        rules=_RULES,
    )


def _render(language: str, **values: Any) -> str:
    from jinja2 import Environment, PackageLoader

    environment = Environment(
        loader=PackageLoader("biolabkit_autograder.report"),
        autoescape=True,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["with_code"] = with_code  # it escapes the rest
    environment.globals.update(
        language=language,
        say=partial(_say, language),
        late=partial(late, language),
        check_name=check_name,
        number=number,
        signed=signed,
        strip=strip,
        when=when,
    )
    return environment.get_template("page.html.j2").render(values)


def _say(language: str, key: str, *values: object) -> str:
    return phrase(key, language, *values)


def _tiles(
    names: Mapping[str, str], results: Mapping[str, Mapping[str, Result]], language: str
) -> list[dict[str, str]]:
    everything = [result for exercise in results.values() for result in exercise.values()]
    counted = [result for result in everything if result.counted]
    essays = sum(mark.points is None for result in counted for mark in result.marks)
    refused = sum(result.status == "refused" for result in everything)
    return [
        {"value": f"{len(names):,}", "label": phrase("learners", language)},
        {
            "value": f"{len(counted):,}",
            "label": phrase("submissions", language),
            "more": phrase("of", language, f"{len(everything):,}"),
        },
        {"value": _median(counted), "label": phrase("median_total", language)},
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


def _median(results: Iterable[Result]) -> str:
    shares = [result.understanding for result in results if result.understanding is not None]
    return f"{100 * float(np.median(shares)):.0f} %" if shares else "–"
