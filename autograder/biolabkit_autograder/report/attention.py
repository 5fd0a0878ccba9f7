"""What an instructor should look at first, worked out of the numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from biolabkit_autograder.report.deadlines import Deadline
from biolabkit_autograder.report.hints import HintStatistics
from biolabkit_autograder.report.phrases import phrase
from biolabkit_autograder.report.records import check_name
from biolabkit_autograder.report.statistics import CheckStatistics
from biolabkit_autograder.report.wording import when

__all__ = ["Attention", "attention", "learners_attention", "likeness_attention"]

#: A hint drawn by this share of the learners is a matter for the whole class.
_COMMON_HINT = 0.3
_MOST_HINTS = 2
#: More would be read by nobody; every section says the rest.
_MOST = 14


@dataclass(frozen=True)
class Attention:
    """One sentence and the place of the page that says more; ``act`` needs doing, ``look`` needs thought."""

    level: str
    text: str
    anchor: str


def attention(
    sections: Sequence[Mapping[str, Any]],
    others: Sequence[Attention],
    names: Mapping[str, str],
    language: str,
) -> list[Attention]:
    """Collect what calls for attention: first what needs doing, then people, then checks and hints.

    Parameters
    ----------
    sections : sequence of mapping
        See `exercise_section`.
    others : sequence of Attention
        What concerns learners and pairs of them.
    names : mapping of str to str
        Of the learners.
    language : {"en", "ko"}
        Of the sentences.
    """
    found = [one for section in sections for one in _refused(section, names, language)]
    found += [*_essays(sections, language), *others]
    found += [one for section in sections for one in _to_think(section, language)]
    found.sort(key=lambda one: one.level != "act")
    more = len(found) - _MOST
    if more <= 0:
        return found
    return [*found[:_MOST], Attention("look", phrase("todo_more", language, more), "exercises")]


def learners_attention(
    deadlines: Sequence[Deadline], stuck: int, falling: int, learners: int, language: str
) -> list[Attention]:
    """What concerns learners: who has handed in nothing, who may be stuck, whose results fall."""
    found = []
    past = [one for one in deadlines if one.is_past]
    near = [one for one in deadlines if not one.is_past]
    for one in (*past[-1:], *near):  # the table of due dates has the older ones
        if one.missing:
            key = "todo_missing" if one.is_past else "todo_near"
            values = (len(one.missing), one.learners, when(one.exercise.due), one.exercise.title)
            found.append(Attention("look", phrase(key, language, *values), "dates"))
    if stuck:
        found.append(Attention("look", phrase("todo_stuck", language, stuck, learners), "help"))
    if falling:
        found.append(Attention("look", phrase("todo_falls", language, falling, learners), "trend"))
    return found


def likeness_attention(likeness: Mapping[str, Sequence[Mapping[str, Any]]], language: str) -> list[Attention]:
    """What concerns pairs of submissions, of all exercises together."""
    pairs = sum(len(block["found"].pairs) for blocks in likeness.values() for block in blocks)
    return [Attention("look", phrase("todo_likeness", language, pairs), "likeness")] if pairs else []


def _refused(section: Mapping[str, Any], names: Mapping[str, str], language: str) -> list[Attention]:
    exercise = section["exercise"]
    refused = [names[learner] for learner, one in section["results"].items() if one.status == "refused"]
    if not refused:
        return []
    text = (
        phrase("todo_refused", language, refused[0], exercise.title)
        if len(refused) == 1
        else phrase("todo_refused_many", language, len(refused), exercise.title)
    )
    return [Attention("act", text, f"learners-{exercise.name}")]


def _essays(sections: Sequence[Mapping[str, Any]], language: str) -> list[Attention]:
    """One line for all that wait: they are graded in one go, and listed together."""
    waiting = {section["exercise"].title: len(section["essays"]) for section in sections if section["essays"]}
    if not waiting:
        return []
    essays = sum(waiting.values())
    where = next(iter(waiting)) if len(waiting) == 1 else phrase("exercise_count", language, len(waiting))
    text = (
        phrase("todo_essays_one", language, where)
        if essays == 1
        else phrase("todo_essays", language, essays, where)
    )
    return [Attention("act", text, "essays")]


def _to_think(section: Mapping[str, Any], language: str) -> list[Attention]:
    exercise = section["exercise"]
    place = f"checks-{exercise.name}"
    found = [_check(check, exercise.title, place, language) for check in section["checks"]]
    learners = len(section["shares"])
    common = [hint for hint in section["hints"] if len(hint.learners) >= max(_COMMON_HINT * learners, 2)]
    hints = [_hint(hint, learners, exercise.title, exercise.name, language) for hint in common[:_MOST_HINTS]]
    return [one for one in found if one is not None] + hints


def _check(check: CheckStatistics, title: str, place: str, language: str) -> Attention | None:
    if check.misleading:
        return Attention("look", phrase("todo_misleading", language, check_name(check.check), title), place)
    if check.hard and not check.by_hand:
        values = (check_name(check.check), check.passed, check.learners, title)
        return Attention("look", phrase("todo_hard", language, *values), place)
    return None


def _hint(hint: HintStatistics, learners: int, title: str, name: str, language: str) -> Attention:
    values = (len(hint.learners), learners, hint.code, title)
    return Attention("look", phrase("todo_hint", language, *values), f"hints-{name}")
