"""expect(...) and its hints, outside a notebook."""

import math

import numpy as np
import pandas as pd
import pytest

from biolabkit.check import CheckFailed, card_from_exception, expect, hint, lab
from biolabkit.errors import InputError


def card_of(check):
    with pytest.raises(CheckFailed) as caught:
        check()
    return caught.value.card


def test_what_is_as_it_should_be_returns_nothing():
    assert expect(3, "three").equals(3) is None
    assert expect(3.0000001, "about three").close_to(3) is None
    assert expect(0.5, "a share").between(0, 1) is None
    assert expect([0.5, np.float64(1)], "shares").between(0, 1) is None
    assert expect(int, "parsing").raises(ValueError, "x") is None
    assert expect("A", "a base").one_of("ACGT") is None


def test_a_card_says_what_got_and_expected():
    card = card_of(lambda: expect(np.float64(2.0), "mean depth", "평균 깊이").close_to(1.5, rel=0.01))
    assert (card.what_en, card.what_ko) == ("mean depth", "평균 깊이")
    assert (card.got, card.expected) == ("2.0", "1.5  (± 0.015)")
    assert card.detail_en == "The difference is +0.5; at most 0.015 is allowed."
    assert not card.passed


def test_english_stands_in_for_korean_that_is_left_out():
    assert card_of(lambda: expect(1, "depth").equals(2)).what_ko == "depth"


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (-1, "too small"),
        (11, "too large"),
        (math.nan, "NaN"),
        ("5", "This is a text, but a number is expected."),
        (True, "This is True or False, but a number is expected."),
        ([1, 99, 100], "2 of 3 values are outside; first at index 1: 99."),
        (np.array([[1, 2], [3, -4]]), "1 of 4 values are outside; first at index 3: -4."),
        (1j, "This is a complex number, but a number is expected."),
    ],
)
def test_between_explains_what_is_outside(value, said):
    assert said in card_of(lambda: expect(value, "a depth").between(0, 10)).detail_en


@pytest.mark.parametrize("value", [[], (), np.array([]), np.zeros((2, 0)), pd.Series([], dtype=float)])
def test_nothing_is_not_between(value):
    with pytest.raises(CheckFailed) as failed:
        expect(value, "shares").between(0, 1)
    assert failed.value.card.detail_en == "There are no values: it is empty."


def test_between_may_be_open_on_one_side():
    expect(1e9, "a count").between(0, None)
    assert card_of(lambda: expect(-1, "a count").between(0, None)).expected == "0 to ∞"


def test_raises_tells_another_error_from_none():
    other = card_of(lambda: expect(int, "parsing").raises(KeyError, "x"))
    assert other.detail_en == "It raised ValueError instead."
    none = card_of(lambda: expect(int, "parsing").raises(ValueError, "7"))
    assert (none.got, none.expected) == ("7", "an error of type ValueError")


def test_what_cannot_be_called_raises_nothing():
    card = card_of(lambda: expect(None, "refusing").raises(TypeError))
    assert (card.got, card.detail_en) == ("None", "This is not a function, so it cannot be called.")


def test_raises_lets_an_unsolved_task_say_so():
    def unsolved():
        raise NotImplementedError

    with pytest.raises(NotImplementedError):
        expect(unsolved, "refusing").raises(ValueError)


def test_a_tolerance_below_zero_is_the_authors_mistake():
    with pytest.raises(InputError, match="0 or more"):
        expect(1.0, "x").close_to(1.0, rel=-1)


# Hints ---------------------------------------------------------------------------------------------------

TOO_MANY = hint("too-many", lambda got: got > 10, en="Counted twice?", ko="두 번 세었습니까?")
DOUBLED = hint("doubled", 12, en="Divide by two.", ko="둘로 나누십시오.")
BROKEN = hint("broken", lambda got: got.no_such_attribute, en="never", ko="결코")


def test_the_first_hint_that_matches_is_drawn():
    assert (
        card_of(lambda: expect(12, "n").equals(6, hints=[BROKEN, TOO_MANY, DOUBLED])).hint.code == "too-many"
    )
    assert card_of(lambda: expect(12, "n").equals(6, hints=[DOUBLED, TOO_MANY])).hint.code == "doubled"
    assert card_of(lambda: expect(7, "n").equals(6, hints=[DOUBLED, TOO_MANY])).hint is None


def test_a_typical_value_is_recognised_with_the_closeness_of_the_expectation():
    near = hint("near", 2.0, en="e", ko="k")
    assert card_of(lambda: expect(2.01, "n").close_to(1.0, rel=0.1, hints=[near])).hint == near
    assert card_of(lambda: expect(2.01, "n").close_to(1.0, hints=[near])).hint is None
    whole = hint("whole", np.array([2.0, 2.0]), en="e", ko="k")
    assert card_of(lambda: expect([2, 2], "n").equals([1, 1], hints=[whole])).hint == whole


def test_true_is_no_typical_value_one():
    one = hint("one", 1, en="e", ko="k")
    assert card_of(lambda: expect(True, "n").equals(0, hints=[one])).hint is None


def test_a_predicate_that_answers_with_an_array_does_not_match():
    every = hint("every", lambda got: got == got, en="e", ko="k")
    assert card_of(lambda: expect(np.zeros(3), "n").equals(np.ones(3), hints=[every])).hint is None


def test_a_type_explains_the_values_of_it():
    text = hint("text", str, en="e", ko="k")
    assert card_of(lambda: expect("5", "n").equals(5, hints=[text])).hint == text
    assert card_of(lambda: expect(4, "n").equals(5, hints=[text])).hint is None
    type_error = hint("type-error", TypeError, en="e", ko="k")
    assert card_of(lambda: expect(int, "n").raises(KeyError, "x", hints=[type_error])).hint is None
    assert card_of(lambda: expect(int, "n").raises(KeyError, [], hints=[type_error])).hint == type_error


def test_a_hint_that_is_tried_in_vain_warns_nobody(recwarn):
    negative = hint("negative", lambda got: np.log(-got) > 0, en="e", ko="k")
    assert card_of(lambda: expect(np.float64(3), "n").equals(4, hints=[negative])).hint is None
    assert not recwarn.list


def test_hints_work_for_every_method():
    always = hint("always", lambda _: True, en="e", ko="k")
    import pandas as pd

    table = pd.DataFrame({"a": [1]})
    for check in (
        lambda: expect(5, "n").between(0, 1, hints=[always]),
        lambda: expect(int, "n").raises(KeyError, "x", hints=[always]),
        lambda: expect(5, "n").one_of([1], hints=[always]),
        lambda: expect(table + 1, "n").table(table, hints=[always]),
        lambda: expect("no table", "n").table(table, hints=[always]),
    ):
        assert card_of(check).hint == always


def test_the_hint_of_raises_sees_the_error_or_the_value():
    wrong_type = hint("wrong-type", lambda got: isinstance(got, ValueError), en="e", ko="k")
    assert card_of(lambda: expect(int, "n").raises(KeyError, "x", hints=[wrong_type])).hint == wrong_type
    assert card_of(lambda: expect(int, "n").raises(KeyError, "7", hints=[wrong_type])).hint is None


@pytest.mark.parametrize("code", ["Hom Ref", "hom_ref", "", "-a", "ko-힌트"])
def test_a_hint_needs_a_slug(code):
    with pytest.raises(InputError, match="kebab-case"):
        hint(code, 1, en="e", ko="k")


def test_a_hint_needs_both_languages():
    with pytest.raises(InputError, match="English and Korean"):
        hint("a", 1, en="e", ko=" ")


# Hidden checks -------------------------------------------------------------------------------------------


def test_a_hidden_check_shows_no_expected_value(monkeypatch):
    monkeypatch.setenv("BIOLAB_LEARNER", "kim")
    lab.start("genome-01-sequences").check("gc", points=2)
    lab.hidden()
    card = card_of(lambda: expect(0.5, "hidden GC").close_to(0.777))
    assert card.hidden
    assert card.expected is None
    assert "0.777" not in card.to_text("en") + card.to_html("ko") + str(card.to_dict())
    assert (card.check, card.points) == ("gc", 2)


def test_the_first_of_two_failures_is_the_one_reported():
    def check():
        expect(1, "first").equals(2)
        expect(1, "second").equals(3)

    assert card_of(check).what_en == "first"


def test_the_card_of_a_failed_check_is_its_own():
    with pytest.raises(CheckFailed) as caught:
        expect(1, "n").equals(2)
    assert card_from_exception(caught.value) is caught.value.card


class HostileRepr:
    def __repr__(self):
        raise RuntimeError("no repr for you")


class EndlessRepr:
    def __repr__(self):
        return "x" * 10_000_000


@pytest.mark.parametrize("value", [HostileRepr(), EndlessRepr(), [HostileRepr()], {"k": EndlessRepr()}])
def test_a_hostile_repr_neither_breaks_nor_floods_a_card(value):
    card = card_of(lambda: expect(value, "n").equals(1))
    assert len(card.got) <= 600


def test_long_values_are_shortened():
    for value in (list(range(100_000)), "A" * 100_000, np.zeros((1000, 1000)), {i: i for i in range(10_000)}):
        card = card_of(lambda value=value: expect(value, "n").equals(None))
        assert len(card.got) <= 600
        assert card.got.count("\n") < 12
