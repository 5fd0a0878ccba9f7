"""Values compared: who agrees, and what is said about those that do not."""

import math
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biolabkit.check.compare import EXACT, Tolerance, compare

CLOSE = Tolerance(rel=1e-6, abs=1e-9)


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (3, 3.0),
        (np.int8(3), 3),
        (np.array(3), 3),
        (math.nan, np.float32("nan")),
        (pd.NA, math.nan),
        (np.True_, True),
        (np.str_("ACGT"), "ACGT"),
        ((1, 2), [1, 2]),
        (np.array([1, 2]), [1.0, 2.0]),
        ([1, 2], np.array([1, 2])),
        (pd.Series([1, 2]), np.array([1, 2])),
        (pd.Index(["a", "b"]), ["a", "b"]),
        ({"a": [1, {"x"}]}, {"a": (1, {"x"})}),
        (frozenset({1}), {1}),
        (np.array([np.nan, 1]), np.array([np.nan, 1])),
        (np.array(["2026-01-01"], dtype="M8[D]"), np.array(["2026-01-01"], dtype="M8[s]")),
        (np.array([1, "a", None], dtype=object), [1, "a", None]),
        (b"AC", bytearray(b"AC")),
        (None, None),
        (math.inf, math.inf),
        (np.zeros((0, 3)), np.zeros((0, 3))),
    ],
)
def test_equal_contents_agree(got, want):
    assert compare(got, want, EXACT) is None


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (1, True),
        (np.True_, 1),
        (False, 0.0),
        ([True], [1]),
        (np.array([True, False]), np.array([1, 0])),
        ("3", 3),
        (np.array(["1"]), np.array([1])),
        (None, 0),
        (math.nan, 0.0),
        (0.0, math.nan),
        (math.inf, -math.inf),
        ({1, 2}, [1, 2]),
        ({}, []),
        (np.array([1, 2, 3]), np.array([1, 2])),
        (np.array([2**63], dtype=np.uint64), np.array([-(2**63)], dtype=np.int64)),
        ([1, [2, 3]], [1, [2, 4]]),
        ({"a": 1}, {"a": 1, "b": 2}),
        (pd.DataFrame({"a": [1]}), [[1]]),
    ],
)
def test_different_values_do_not_agree(got, want):
    assert compare(got, want, EXACT) is not None


@pytest.mark.parametrize(
    ("got", "want", "english"),
    [
        (1, True, "This is a number, but True or False is expected."),
        (None, 3, "There is no value (None). Does the function end without `return`?"),
        (len, 3, "This is a function, but a number is expected. Is the call, `()`, missing?"),
        (math.nan, 3, "The value is NaN (not a number)."),
        (5, 3, "The difference is +2."),
        ("acgt", "ACGT", "Only upper and lower case differ."),
        ("ACGT\n", "ACGT", "Only white space at the ends differs."),
        ("ACG", "ACCT", "The lengths are 3 and 4 (expected). The first difference is at index 2."),
        ([1, 2], [1, 2, 3], "There are 2 items, but 3 are expected."),
        ([1, 9, 9], [1, 2, 3], "2 of 3 items differ; first at index 1: got 9, expected 2."),
        ({"a": 1, "z": 1}, {"a": 1, "b": 2}, "Missing: 'b'. Not expected: 'z'."),
        ({1, 4}, {1, 2, 3}, "Missing: 2, 3. Not expected: 4."),
        ({"a": {"b": 1}}, {"a": {"b": 2}}, "At key 'a': At key 'b': got 1, expected 2."),
        (np.zeros((2, 3)), np.zeros((3, 2)), "Are rows and columns swapped?"),
        (np.zeros(3), np.zeros(4), "The shape is (3,), but (4,) is expected."),
        (np.array([True]), np.array([1]), "The array holds True/False, but numbers are expected."),
        (
            np.array([1.0, 2, 3]),
            np.array([1.0, 5, 6]),
            "2 of 3 values differ; first at index 1: got 2.0, expected 5.0.",
        ),
        (np.eye(2), np.ones((2, 2)), "2 of 4 values differ; first at index (0, 1): got 0.0, expected 1.0."),
    ],
)
def test_a_difference_is_explained(got, want, english):
    assert english in compare(got, want, EXACT).says.en


@pytest.mark.parametrize(
    ("got", "want", "secret"),
    [
        (5, 12345, "12340"),
        ("ACGTA", "ACGTTTTT", "8"),
        ([1, 2], [1, 2, 3, 4, 5, 6, 7], "7"),
        ([1, 2], [1, 777], "777"),
        ({"a": 1}, {"a": 1, "secret": 1}, "secret"),
        ({"a": 1}, {"a": 777}, "777"),
        ({1}, {1, 777}, "777"),
        (np.zeros(3), np.full(3, 777.0), "777"),
        (np.zeros(3), np.zeros(777), "777"),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [777]}), "777"),
        (pd.DataFrame({"a": [1]}), pd.DataFrame({"a": [1] * 777}), "777"),
    ],
)
def test_what_a_hidden_check_says_holds_no_expected_value(got, want, secret):
    where = compare(got, want, EXACT).where
    assert secret not in where.en
    assert secret not in where.ko
    assert secret in compare(got, want, EXACT).says.en


def test_every_difference_exists_in_korean():
    cases = [(1, True), (None, 3), ([1], [2]), ({1}, {2}), (np.zeros(2), np.ones(2)), ("a", "b"), (1, 2)]
    for got, want in cases:
        mismatch = compare(got, want, EXACT)
        assert any("가" <= letter <= "힣" for letter in mismatch.says.ko)
        assert any("가" <= letter <= "힣" for letter in mismatch.where.ko)


numbers = st.floats(allow_nan=True, allow_infinity=True, width=64)


@given(got=numbers, want=numbers)
def test_numbers_agree_exactly_when_pytest_approx_says_so(got, want):
    ours = compare(got, want, CLOSE) is None
    assert ours == (got == pytest.approx(want, rel=1e-6, abs=1e-9, nan_ok=True))


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=8))
def test_an_array_agrees_when_all_its_numbers_do(pairs):
    got, want = np.array([pair[0] for pair in pairs]), np.array([pair[1] for pair in pairs])
    each = [compare(a, b, CLOSE) is None for a, b in pairs]
    assert (compare(got, want, CLOSE) is None) == all(each)


json_like = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


@given(json_like)
def test_everything_agrees_with_itself(value):
    assert compare(value, value, EXACT) is None
    assert compare(value, value, CLOSE) is None


def test_numbers_of_any_size_and_sort_are_compared():
    assert compare(10**400, 10**400, CLOSE) is None
    assert compare(10**400, 1.0, CLOSE) is not None
    assert compare(Decimal("0.5"), 0.5, CLOSE) is None
    assert compare(1 + 2j, 1 + 2j, EXACT) is None
    assert compare(1 + 2j, 1.0, CLOSE) is not None


def test_unsigned_numbers_do_not_wrap_around():
    assert compare(np.array([0], dtype=np.uint8), np.array([255.0]), Tolerance(abs=2)) is not None
    assert compare(np.array([1], dtype=np.uint8), np.array([2], dtype=np.uint8), Tolerance(abs=1)) is None


def test_a_value_whose_comparison_raises_gives_a_difference():
    class Stubborn:
        def __eq__(self, other):
            raise RuntimeError("no")

        __hash__ = None

    assert "cannot be compared (RuntimeError)" in compare(Stubborn(), Stubborn(), EXACT).says.en


def test_a_list_that_holds_itself_gives_a_difference_and_no_crash():
    endless = []
    endless.append(endless)
    other = []
    other.append(other)
    assert "nested too deeply" in compare(endless, other, EXACT).says.en


def test_a_torch_tensor_is_compared_as_an_array():
    torch = pytest.importorskip("torch")
    assert compare(torch.tensor([1.0, 2.0]), np.array([1.0, 2.0]), CLOSE) is None
    assert compare(torch.tensor(1.0, requires_grad=True), 1.0, CLOSE) is None
