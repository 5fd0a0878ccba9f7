"""What the report says of learners: hints they got over, signs of being stuck, due dates, trends."""

from datetime import datetime, timedelta

import numpy as np
import pytest

from biolabkit_autograder.report import ExerciseInfo, Gradings
from biolabkit_autograder.report.deadlines import NEAR, deadlines, repeated
from biolabkit_autograder.report.hints import hint_statistics
from biolabkit_autograder.report.records import results_of
from biolabkit_autograder.report.stuck import signs
from biolabkit_autograder.report.trends import cohort_trend, learner_trends

NOW = datetime(2026, 11, 22, 9, 0)
NAMES = ("one", "two", "three", "four", "five")
EXERCISES = [ExerciseInfo(name, name.title()) for name in NAMES]


def mark(check, points, hint=None, worth=2):
    return {"check": check, "points": points, "max_points": worth, "hint": hint, "hint_en": hint}


def record(learner, *marks, exercise="one", earlier=(), **more):
    worth = sum(one["max_points"] for one in marks)
    old = [{"points": p, "max_points": worth, "hints": hints, "submission": "s"} for p, hints in earlier]
    return {
        "exercise": exercise,
        "learner": learner,
        "marks": list(marks),
        "max_points": worth,
        "earlier": old,
    } | more


def results(*evidence, exercises=EXERCISES, roster=(), **more):
    return results_of(exercises, dict.fromkeys(roster, ""), Gradings(evidence, **more))


# Hints ---------------------------------------------------------------------------------------------------


def hints_of(*evidence):
    return {one.code: one for one in hint_statistics(results(*evidence)["one"].values(), "en")}


def test_who_drew_a_hint_before_and_passes_now_has_recovered():
    found = hints_of(
        record("kim", mark("check-a", 2), earlier=[(0, {"check-a": "h"})]),
        record("lee", mark("check-a", 0, "h"), earlier=[(0, {"check-a": "h"})]),
        record("fox", mark("check-a", 0, "other"), earlier=[(0, {"check-a": "h"}), (2, {})]),
        record("may", mark("check-a", 0, "h")),
        record("ida", mark("check-a", 2)),
    )
    assert found["h"].learners == ("lee", "may")
    assert (found["h"].before, found["h"].recovered) == (("fox", "kim", "lee"), ("kim",))
    assert (found["other"].before, found["other"].recovered) == ((), ())


def test_all_checks_that_drew_the_hint_must_be_passed():
    drawn = {"check-a": "h", "check-b": "h"}
    found = hints_of(
        record("kim", mark("check-a", 2), mark("check-b", 0), earlier=[(0, drawn)]),
        record("lee", mark("check-a", 2), mark("check-b", 2), earlier=[(0, drawn)]),
    )
    assert found["h"].recovered == ("lee",)
    assert (found["h"].learners, found["h"].text) == ((), "")


def test_a_check_that_the_exercise_lost_says_nothing():
    found = hints_of(record("kim", mark("check-a", 2), earlier=[(0, {"check-gone": "h"})]))
    assert (found["h"].before, found["h"].recovered) == ((), ())


def test_records_without_a_history_have_no_recovery():
    old = record("kim", mark("check-a", 0, "h"))
    del old["earlier"]
    assert hints_of(old)["h"].before == ()


# Stuck ---------------------------------------------------------------------------------------------------


def signs_of(*evidence):
    found = signs(EXERCISES, results(*evidence))
    return {
        learner: [(one.kind, one.submissions, one.hints) for one in those] for learner, those in found.items()
    }


@pytest.mark.parametrize(
    ("before", "now", "expected"),
    [
        ([0, 0], 0, [("no_gain", 3, ())]),
        ([1, 0, 1], 0, [("no_gain", 4, ())]),
        ([0, 1, 1], 1, [("no_gain", 3, ())]),
        ([0, 0], 1, None),
        ([0], 0, None),
        ([2, 2], 2, None),
    ],
)
def test_submissions_without_gain_are_a_sign(before, now, expected):
    record_of_kim = record("kim", mark("check-a", now), earlier=[(points, {}) for points in before])
    assert signs_of(record_of_kim).get("kim") == expected


def test_an_essay_that_waits_or_was_graded_is_no_gain():
    marks = mark("check-a", 0), mark("essay-why", None)
    evidence = record("kim", *marks, earlier=[(0, {}), (0, {})])
    found = signs(EXERCISES, results(evidence, by_hand={("one", "kim", "essay-why"): 2.0}))
    assert [one.kind for one in found["kim"]] == ["no_gain"]


def test_the_same_hint_twice_is_a_sign():
    found = signs_of(
        record("kim", mark("check-a", 0, "h"), earlier=[(0, {"check-a": "h"}), (0.5, {"check-b": "h"})]),
        record(
            "lee",
            mark("check-a", 0, "other"),
            earlier=[(0, {"check-a": "h"}), (0, {"check-a": "h"}), (1, {})],
        ),
        record("fox", mark("check-a", 0, "h"), mark("check-b", 0, "h")),
    )
    assert found == {"kim": [("same_hint", 3, ("h",))]}


def test_far_below_the_cohort_in_both_of_the_last_two_is_a_sign():
    evidence = [
        record(learner, mark("check-a", points), exercise=name)
        for name, scores in {
            "one": (2, 2, 2, 2, 0, 0),
            "two": (2, 2, 2, 2, 0, 2),
            "three": (1, 2, 2, 2, 0.5, 0),
        }.items()
        for learner, points in zip("abcdef", scores, strict=True)
    ]
    assert signs_of(*evidence) == {"e": [("far_below", 0, ())]}
    few = [one for one in evidence if one["learner"] in "abce"]
    assert signs_of(*few) == {}


def test_signs_are_looked_for_in_the_last_two_exercises():
    old = record("kim", mark("check-a", 0), earlier=[(0, {}), (0, {})])
    later = [record("kim", mark("check-a", 2), exercise=name) for name in ("two", "three")]
    assert "kim" in signs_of(old, later[0])
    assert signs_of(old, *later) == {}


# Due dates -----------------------------------------------------------------------------------------------

DUE = [
    ExerciseInfo("one", "One", due=NOW - timedelta(days=9)),
    ExerciseInfo("two", "Two", due=NOW + timedelta(days=2)),
    ExerciseInfo("three", "Three", due=NOW + timedelta(days=9)),
    ExerciseInfo("four", "Four"),
]


def test_due_dates_that_are_past_or_near_are_looked_at():
    given = results(
        record("kim", mark("check-a", 2), late_seconds=60.0),
        exercises=DUE,
        roster=("kim", "lee", "fox", "may"),
        handed_in={("one", "fox"), ("two", "kim")},
    )
    extended = {("one", "may"): NOW + timedelta(hours=1), ("two", "may"): NOW + 2 * NEAR}
    past, near = deadlines(DUE, given, extended, NOW)
    assert (past.exercise.name, past.is_past, past.handed_in, past.learners) == ("one", True, 2, 4)
    assert (past.missing, past.extended, past.late) == (("lee",), ("may",), {"kim": 60.0})
    assert (near.exercise.name, near.is_past, near.handed_in) == ("two", False, 1)
    assert (near.missing, near.extended, near.late) == (("lee", "fox"), ("may",), {})
    assert given["one"]["fox"].status == "ungraded"


def test_who_is_missing_or_late_more_than_once_is_named():
    exercises = [ExerciseInfo(name, name.title(), due=NOW - timedelta(days=1)) for name in NAMES[:3]]
    exercises.append(ExerciseInfo("four", "Four", due=NOW + timedelta(days=1)))
    given = results(
        record("kim", mark("check-a", 2), late_seconds=60.0),
        record("kim", mark("check-a", 2), exercise="two", late_seconds=60.0),
        record("kim", mark("check-a", 2), exercise="three"),
        record("lee", mark("check-a", 2)),
        record("lee", mark("check-a", 2), exercise="two"),
        exercises=exercises,
        roster=("kim", "lee", "fox"),
    )
    fox, kim = repeated(deadlines(exercises, given, {}, NOW))
    assert (fox.learner, fox.missing, fox.late) == ("fox", ("One", "Two", "Three"), ())
    assert (kim.learner, kim.missing, kim.late) == ("kim", (), ("One", "Two"))


# Trends --------------------------------------------------------------------------------------------------


def trends_of(shares):
    """Trends of learners whose shares of the points are given by exercise; None is not handed in."""
    evidence = [
        record(learner, mark("check-a", share, worth=1), exercise=name)
        for learner, row in shares.items()
        for name, share in zip(NAMES, row, strict=False)
        if share is not None
    ]
    found = results(*evidence, roster=shares)
    steps = cohort_trend(EXERCISES, found)
    return steps, learner_trends(steps, found)


def test_the_cohort_has_quartiles_and_what_was_handed_in():
    shares = {f"l{i}": [i / 8, None if i % 2 else 1.0] for i in range(9)}
    (first, second, third, *_), _ = trends_of(shares)
    assert (first.low, first.median, first.high) == pytest.approx(
        np.percentile(np.arange(9) / 8, [25, 50, 75])
    )
    assert (second.learners, second.handed_in) == (5, pytest.approx(5 / 9))
    assert (third.median, third.handed_in, third.late) == (None, 0, 0)


def test_a_change_is_against_the_cohort():
    steady = {f"l{i}": [1.0, 1.0, 0.5, 0.5, None] for i in range(5)}
    _, found = trends_of(steady | {"kim": [1.0, 0.9, 0.2, 0.1, None], "lee": [0.5, 0.5, None, 0.5, 0.9]})
    assert found["l0"].change == 0
    assert found["l0"].direction == "steady"
    assert found["kim"].change == pytest.approx((-0.3 - 0.4) / 2 - (0 - 0.1) / 2)
    assert found["kim"].direction == "falls"
    assert found["lee"].direction == "rises"
    assert found["lee"].shares == (0.5, 0.5, None, 0.5, 0.9)


def test_three_exercises_are_no_trend():
    _, found = trends_of({"kim": [1.0, 0.5, 0.0]})
    assert (found["kim"].change, found["kim"].direction) == (None, "")
