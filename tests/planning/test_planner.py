"""The planner against a search through every choice, and the sentences it gives."""

from itertools import chain, combinations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biolabkit.errors import InputError, UnknownNameError
from biolabkit_autograder.planning.planner import Candidate, make_plan

A = Candidate("a-01-first", "a", 60, ("C",))
B = Candidate("a-02-second", "a", 90, ("E",), (A.name,))
C = Candidate("b-01-third", "b", 60, ("R3",))


@st.composite
def curricula(draw):
    """Up to seven exercises of two tracks; prerequisites go backwards, and some are not there."""
    made = []
    for number in range(draw(st.integers(1, 7))):
        names = [one.name for one in made] + ["a-99-gone"]
        track = draw(st.sampled_from("ab"))
        made.append(
            Candidate(
                f"{track}-{number:02}-x",
                track,
                draw(st.sampled_from((30, 45, 60, 90))),
                tuple(draw(st.sets(st.sampled_from(("C", "E", "R1", "R2")), min_size=1, max_size=2))),
                tuple(draw(st.lists(st.sampled_from(names), max_size=2, unique=True))),
            )
        )
    return made


def choices(candidates):
    """Every set of exercises that holds its own prerequisites."""
    for chosen in chain.from_iterable(combinations(candidates, size) for size in range(len(candidates) + 1)):
        names = {one.name for one in chosen}
        if all(names.issuperset(one.prerequisites) for one in chosen):
            yield chosen


def worth(chosen, wanted):
    """What `make_plan` promises to make as great as can be, in its order."""
    covered = {code for one in chosen for code in one.competencies} & set(wanted)
    often = sum(len(set(one.competencies) & set(wanted)) for one in chosen)
    return len(covered), often, -sum(one.minutes for one in chosen)


@settings(max_examples=25)
@given(curricula(), st.integers(20, 300), st.sets(st.sampled_from(("C", "E", "R1", "R2", "R6"))))
def test_no_other_choice_is_better(candidates, minutes, wanted):
    plan = make_plan(candidates, minutes, sorted(wanted))
    possible = list(choices(candidates))
    fitting = [chosen for chosen in possible if sum(one.minutes for one in chosen) <= minutes]
    chosen = tuple(step.exercise for step in plan.steps)
    assert worth(chosen, plan.wanted) == max(worth(other, plan.wanted) for other in fitting)
    most = max(worth(other, plan.wanted)[0] for other in possible)
    assert plan.needed == min(
        sum(one.minutes for one in other) for other in possible if worth(other, plan.wanted)[0] == most
    )
    assert bool([note for note in plan.notes if "too few" in note]) == (plan.needed > minutes)


@settings(max_examples=25)
@given(curricula(), st.integers(20, 300), st.randoms(use_true_random=False))
def test_a_plan_keeps_its_rules_whatever_the_order(candidates, minutes, random):
    plan = make_plan(candidates, minutes)
    assert plan.used <= minutes
    assert sorted([*plan.names, *(one.exercise.name for one in plan.left_out)]) == sorted(
        one.name for one in candidates
    )
    for place, step in enumerate(plan.steps):
        assert set(step.exercise.prerequisites) <= set(plan.names[:place])
    random.shuffle(candidates)
    assert make_plan(candidates, minutes) == plan


def reasons(plan):
    return {one.exercise.name: one.reason for one in plan.left_out}


def test_a_prerequisite_comes_along_and_says_for_what():
    plan = make_plan([C, B, A], 150, ["E"])
    assert plan.names == [A.name, B.name]
    assert [(step.teaches, step.prepares) for step in plan.steps] == [((), (B.name,)), (("E",), ())]
    assert reasons(plan) == {C.name: "teaches none of E"}
    assert plan.notes == []


def test_too_few_hours_say_how_many_it_takes():
    plan = make_plan([A, B, C], 120, ["E", "R3"])
    assert plan.names == [C.name]
    assert reasons(plan)[B.name] == "takes 150 min with a-01-first before it; 60 min are left"
    assert plan.notes == ["2 hours are too few for E: all that was asked for takes at least 3.5 hours"]


def test_what_nobody_teaches_is_no_matter_of_hours():
    plan = make_plan([A, B, C], 600, ["R6", "R3"])
    assert plan.notes == ["no exercise here teaches R6"]
    assert plan.covered == ("R3",)


def test_the_first_of_equal_ones_by_the_order_of_tracks():
    same = [Candidate("a-01-x", "a", 60, ("C",)), Candidate("b-01-x", "b", 60, ("C",))]
    assert make_plan(same, 60).names == ["a-01-x"]
    assert make_plan(same, 60, tracks=["b", "a"]).names == ["b-01-x"]


def test_a_track_takes_prerequisites_from_another_but_nothing_else():
    other = Candidate("b-02-x", "b", 30, ("R1",), (A.name,))
    plan = make_plan([A, B, other], 600, tracks=["b"])
    assert plan.names == [A.name, "b-02-x"]
    assert reasons(plan)[B.name] == "is of the track a, which was not asked for"


def test_a_prerequisite_that_is_not_there():
    lost = Candidate("a-03-lost", "a", 30, ("C",), ("a-99-gone",))
    plan = make_plan([lost, A], 600)
    assert plan.names == [A.name]
    assert reasons(plan)[lost.name] == "needs what is not among the exercises: a-99-gone"


@pytest.mark.parametrize(
    ("candidates", "minutes", "tracks", "error", "words"),
    [
        ([A], 0, (), InputError, "expected some hours"),
        ([A], 60, ["aa"], UnknownNameError, "did you mean 'a'"),
        (
            [Candidate("a", "a", 1, (), ("b",)), Candidate("b", "a", 1, (), ("a",))],
            60,
            (),
            InputError,
            "go in a circle: a, b",
        ),
    ],
)
def test_what_cannot_be_planned(candidates, minutes, tracks, error, words):
    with pytest.raises(error, match=words):
        make_plan(candidates, minutes, tracks=tracks)


def test_nothing_to_choose_from():
    plan = make_plan([], 60, ["C"])
    assert (plan.names, plan.untaught) == ([], ("C",))
