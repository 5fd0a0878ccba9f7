"""Splits and folds: no group on both sides, whatever the table looks like."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biolabkit import learning
from biolabkit.errors import InputError, UnknownNameError

GROUPS = st.lists(st.sampled_from("abcdefghij"), min_size=2, max_size=60).filter(lambda g: len(set(g)) > 1)


@given(GROUPS, st.floats(0.05, 0.95), st.integers(0, 1000))
@settings(max_examples=100, deadline=None)
def test_every_row_on_one_side_and_no_group_on_both(groups, test_size, seed):
    table = pd.DataFrame({"patient": groups, "x": range(len(groups))})
    train, test = learning.split(table, by="patient", test_size=test_size, seed=seed)
    assert not set(train["patient"]) & set(test["patient"])
    assert sorted([*train["x"], *test["x"]]) == list(range(len(groups)))
    assert train["x"].is_monotonic_increasing
    number = table["patient"].nunique()
    assert test["patient"].nunique() == min(max(round(number * test_size), 1), number - 1)


@given(GROUPS, st.integers(2, 6), st.integers(0, 1000))
@settings(max_examples=100, deadline=None)
def test_folds_keep_groups_whole_and_equal(groups, k, seed):
    table = pd.DataFrame({"patient": groups})
    if table["patient"].nunique() < k:
        with pytest.raises(InputError, match="k from 2 to"):
            learning.folds(table, by="patient", k=k)
        return
    fold = learning.folds(table, by="patient", k=k, seed=seed)
    assert set(fold) == set(range(k))
    assert pd.Series(fold).groupby(table["patient"]).nunique().max() == 1
    sizes = table["patient"].groupby(fold).nunique()
    assert sizes.max() - sizes.min() <= 1


def test_seeds():
    table = pd.DataFrame({"x": range(50)})
    same = [learning.split(table, seed=4).test.index.tolist() for _ in range(2)]
    assert same[0] == same[1] != learning.split(table, seed=5).test.index.tolist()
    assert (learning.folds(table, seed=4) == learning.folds(table, seed=4)).all()
    assert (learning.folds(table, seed=4) != learning.folds(table, seed=5)).any()


def test_stratified_by_the_groups_most_frequent_class():
    table = pd.DataFrame({"patient": np.repeat(np.arange(40), 3), "y": np.repeat([0, 0, 0, 1], 30)})
    train, test = learning.split(table, by="patient", test_size=0.25, stratify="y", seed=1)
    assert test["y"].mean() == pytest.approx(table["y"].mean(), abs=0.05)
    assert train["y"].mean() == pytest.approx(table["y"].mean(), abs=0.05)
    fold = learning.folds(table, by="patient", k=5, stratify="y", seed=1)
    assert (table["y"].groupby(fold).mean() == 0.25).all()


def test_ties_of_a_groups_classes_go_to_the_rarer_one():
    # each patient has one visit of each class: all of them count as the rare class
    table = pd.DataFrame({"patient": [1, 1, 2, 2, 3, 4], "y": [0, 1, 0, 1, 0, 0]})
    _, test = learning.split(table, by="patient", test_size=0.5, stratify="y", seed=0)
    assert test.groupby("patient")["y"].max().sum() == 1


def test_groups_of_two_columns():
    table = pd.DataFrame({"site": list("aabb"), "patient": [1, 1, 1, 2]})
    fold = learning.folds(table, by=["site", "patient"], k=3)
    assert fold[0] == fold[1]
    assert len(set(fold)) == 3


def test_split_by_time_takes_new_patients_only_and_no_row_from_the_future():
    table = pd.DataFrame(
        {"patient": ["a", "a", "b", "b", "c", "d"], "day": [0, 90, 10, 20, 50, 60], "x": range(6)}
    )
    train, test = learning.split(table, by="patient", time="day", test_size=0.5)
    assert set(test["patient"]) == {"c", "d"}
    assert train["x"].tolist() == [0, 2, 3]  # the visit of patient a on day 90 comes from the future
    assert train["day"].max() < test["day"].min()


def test_named_groups_are_the_test():
    table = pd.DataFrame({"site": list("aabbc"), "chromosome": [1, 2, 3, 1, 2]})
    train, test = learning.split(table, by="site", groups="b")
    assert test.index.tolist() == [2, 3]
    assert train.index.tolist() == [0, 1, 4]
    assert learning.split(table, by="chromosome", groups=[1, 3]).test.index.tolist() == [0, 2, 3]


def test_split_by_time_with_dates():
    table = pd.DataFrame({"day": pd.to_datetime(["2024-03-01", "2024-01-01", "2024-02-01", "2024-04-01"])})
    train, test = learning.split(table, time="day", test_size=0.25)
    assert test.index.tolist() == [3]
    assert len(train) == 3


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"by": "patiant"}, "did you mean 'patient'"),
        ({"by": "ward"}, "column 'ward' has 1 missing"),
        ({"test_size": 1.5}, "test_size: a share between 0 and 1"),
        ({"by": "site"}, "at least two groups"),
        ({"stratify": "rare"}, "stratify by a coarser class"),
        ({"time": "site"}, "begin at the same"),
        ({"time": "day", "stratify": "rare"}, "either time or stratify"),
        ({"by": "patient", "groups": 7}, "no group in column 'patient' '7'"),
        ({"by": "patient", "groups": [1, 2, 3]}, "some, but not all"),
        ({"by": ["patient", "day"], "groups": 1}, "give that column as by"),
        ({"groups": 1}, "give that column as by"),
        ({"by": "patient", "groups": 1, "time": "day"}, "groups decides the sides, so time cannot"),
    ],
)
def test_bad_input_says_what_to_do(arguments, message):
    table = pd.DataFrame(
        {
            "patient": [1, 2, 3],
            "ward": ["x", None, "y"],
            "site": ["s"] * 3,
            "rare": [0, 0, 1],
            "day": [1, 2, 3],
        }
    )
    with pytest.raises(InputError, match=message):
        learning.split(table, **arguments)


def test_folds_with_too_few_cases():
    table = pd.DataFrame({"y": [0] * 8 + [1] * 2})
    with pytest.raises(InputError, match="has 2 groups, fewer than k=5"):
        learning.folds(table, k=5, stratify="y")
    with pytest.raises(UnknownNameError, match="z"):
        learning.folds(table, by="z")
    with pytest.raises(InputError, match="DataFrame expected, found list"):
        learning.folds([1, 2])
