"""Values compared: who agrees, and what is said about those that do not."""

import math
from datetime import date
from decimal import Decimal

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biolabkit.check.compare import compare
from biolabkit.check.mismatch import EXACT, Tolerance

RECORDS = np.array([(1, 2.0), (2, 3.0)], dtype=[("a", int), ("b", float)])
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
        ([1], [1, 2], "There is 1 item, but 2 are expected."),
        ([1, 9, 3], [1, 2, 3], "1 of 3 items differs; first at index 1: got 9, expected 2."),
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
    ("got", "want", "english"),
    [
        (math.inf, 3, "The value is infinite."),
        (-math.inf, math.inf, "The value is infinite."),
        (3, math.nan, "The value differs."),
        (Decimal("0.2"), 0.1, "The difference is +0.1."),
        (Decimal("0.3"), Decimal("0.1"), "The difference is +0.2."),
        (pd.NaT, pd.Timestamp("2026-01-01"), "The value is missing (NaT)."),
        (date(2026, 1, 1), pd.Timestamp("2026-01-01"), "This is a date, but a Timestamp is expected."),
        (range(2), [0, 1], "This is a range, but a list is expected. `list(...)` makes a list of it."),
        ((i for i in [1]), [1], "This is a generator, but a list is expected. `list(...)`"),
        (np.ma.array([1.0, 9.0], mask=[0, 1]), np.array([1.0, 2.0]), "This is a MaskedArray, but"),
        (np.ma.masked, 1.0, "This is a MaskedConstant, but a number is expected."),
        (RECORDS[0], RECORDS[1], "The value differs."),
        (RECORDS, [(1, 2.0)], "ndarray, but a list is expected."),
        (pd.array([1, None]), [1, math.nan], "This is an IntegerArray, but a list is expected."),
        (pd.Series(["a", None], dtype="category"), pd.Series(["b", None]), "got 'a', expected 'b'"),
    ],
)
@pytest.mark.parametrize("tolerance", [EXACT, CLOSE])
def test_unusual_values_are_explained_too(got, want, english, tolerance):
    says = compare(got, want, tolerance).says.en
    assert english in says.replace("; at most 1e-07 is allowed", "")


def test_a_value_of_its_kind_that_cannot_be_taken_apart_is_said_to_be_that():
    ours, theirs = [1], [1]
    ours.append(ours)
    theirs.append(theirs)
    assert "too large, or nested too deeply" in compare(ours, theirs).says.en


def test_a_subclass_does_not_decide_what_it_equals():
    class Always(float):
        def __eq__(self, other):
            return True

        __hash__ = float.__hash__

    class Constant(str):
        def __eq__(self, other):
            return True

        __hash__ = str.__hash__

    assert compare(Always(3), 4) is not None
    assert compare([Always(3)], [4.0], CLOSE) is not None
    assert compare(Constant("A"), "C") is not None


@pytest.mark.parametrize(
    ("got", "want"),
    [
        (Decimal("0.1"), 0.1),
        (0.1, Decimal("0.1")),
        (Decimal("0.10000000001"), Decimal("0.1")),
        (pd.Categorical(["a", "b"]), ["a", "b"]),
        (pd.Series(pd.Categorical([1, 2, None])), pd.Series([1, 2, math.nan])),
    ],
)
def test_contents_count_whatever_holds_them(got, want):
    assert compare(got, want, CLOSE) is None


def test_a_learner_who_raises_floating_point_errors_loses_nothing():
    with np.errstate(all="raise"):
        assert compare(np.array([1e-320]), np.array([1e-310]), CLOSE) is None


def test_dense_tensors_are_compared_by_their_values():
    torch = pytest.importorskip("torch")
    for tensor, want in (
        (torch.tensor([1.0, 2.0], dtype=torch.bfloat16), [1, 2]),
        (torch.tensor([1.0, 2.0], requires_grad=True), [1, 2]),
        (torch.tensor([1 + 1j]).conj(), [1 - 1j]),
    ):
        assert compare(tensor, want) is None
    for tensor in (torch.empty(2, device="meta"), torch.tensor([1.0, 2.0]).to_sparse()):
        assert compare(tensor, [1, 2]).says.en == "This is a Tensor, but a list is expected."


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
