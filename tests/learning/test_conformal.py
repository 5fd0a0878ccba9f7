"""Conformal sets: the promise is kept, by class too, and the cutoff is the one of the papers."""

import numpy as np
import pytest

from biolabkit import learning
from biolabkit.errors import InputError


def patients(n, seed, shift=0.0):
    rng = np.random.default_rng(seed)
    y = (rng.random(n) < 0.2).astype(int)
    x = y * 1.2 + rng.normal(0, 1, n) + shift
    return y, 1 / (1 + np.exp(-(x - 1.5)))


def test_cutoff_by_hand():
    # nine rows, 80 %: the ceil(10 * 0.8) = 8th smallest of the nonconformities 0.1 … 0.9
    p = 1 - np.arange(1, 10) / 10
    assert learning.conformal(np.ones(9, int), p, coverage=0.8).cutoffs == pytest.approx([0.8, 0.8])
    # 95 % needs 19 rows at least; with nine the whole label set is all that keeps the promise
    sets = learning.conformal(np.ones(9, int), p, coverage=0.95)
    assert np.isinf(sets.cutoffs).all()
    assert sets([0.01, 0.99]).to_numpy().all()
    assert np.isfinite(learning.conformal([1] * 19, [0.5] * 19, coverage=0.95).cutoffs).all()


def test_mean_coverage_over_draws_is_as_promised():
    """n = 60, 80 %: the mean is ceil(61 * 0.8) / 61 = 0.8033 exactly, for any model."""
    found = []
    for seed in range(400):
        sets = learning.conformal(*patients(60, 2 * seed), coverage=0.8)
        y, p = patients(200, 2 * seed + 1)
        found.append(learning.set_coverage(y, sets(p)).loc["all", "coverage"])
    assert np.mean(found) == pytest.approx(0.8033, abs=3.5 * np.std(found) / 20)


def test_by_class_keeps_the_promise_for_the_rare_class():
    calibration, new = patients(4000, 1), patients(20_000, 2)
    plain = learning.conformal(*calibration, coverage=0.9)
    fair = learning.conformal(*calibration, coverage=0.9, by_class=True)
    of_plain = learning.set_coverage(new[0], plain(new[1]), by=new[0])
    of_fair = learning.set_coverage(new[0], fair(new[1]), by=new[0])
    assert of_plain.loc["all", "coverage"] == pytest.approx(0.9, abs=0.02)
    assert of_plain.loc[1, "coverage"] < 0.75
    assert of_fair.loc[[0, 1], "coverage"].to_numpy() == pytest.approx([0.9, 0.9], abs=0.03)
    assert of_fair.loc["all", "mean_size"] > of_plain.loc["all", "mean_size"]


def test_the_promise_ends_with_a_shift():
    sets = learning.conformal(*patients(2000, 3), coverage=0.9)
    y, p = patients(5000, 4, shift=2.0)
    assert learning.set_coverage(y, sets(p)).loc["all", "high"] < 0.8


def test_three_classes():
    rng = np.random.default_rng(5)
    p = rng.dirichlet([1, 1, 1], 3000)
    y = np.array([rng.choice(3, p=row) for row in p])
    sets = learning.conformal(y[:1500], p[:1500], coverage=0.85)(p[1500:])
    assert list(sets.columns) == [0, 1, 2]
    assert learning.set_coverage(y[1500:], sets).loc["all", "coverage"] == pytest.approx(0.85, abs=0.03)


def test_coverage_table():
    import pandas as pd

    sets = pd.DataFrame({0: [True, True, False, False], 1: [True, False, True, False]})
    table = learning.set_coverage([1, 1, 1, 0], sets, by=["a", "a", "b", "b"])
    assert table["coverage"].tolist() == [0.5, 0.5, 0.5]
    assert table.loc["all", ["mean_size", "certain", "empty", "rows"]].tolist() == [1.0, 0.5, 0.25, 4]
    assert table.loc["a", "mean_size"] == 1.5


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: learning.conformal([0, 1], [0.1, 0.2], coverage=90), "coverage: a share"),
        (lambda: learning.conformal([0, 2], [0.1, 0.2]), "classes 0 to 1 expected as labels, found"),
        (lambda: learning.conformal(["no", "yes"], [0.1, 0.2]), "classes 0 to 1 expected"),
        (lambda: learning.conformal([0, 1, 1], [0.1, 0.2]), "2 rows of probabilities"),
        (lambda: learning.conformal([0, 1], [0.1, np.nan]), "no NaN"),
        (lambda: learning.conformal([0, 1], [[0.1, 0.2], [0.3, 0.7]]), "adding up to 1"),
        (lambda: learning.conformal([0, 0], [0.1, 0.2], by_class=True), r"none of \[1\]"),
        (lambda: learning.conformal([], []), "at least one calibration row"),
        (lambda: learning.conformal([0, 1], [0.1, 0.2])([[0.1, 0.2, 0.7]]), "calibrated with 2 classes"),
        (lambda: learning.conformal([0, 1], ["a", "b"]), "no numbers"),
    ],
)
def test_bad_input_says_what_to_do(call, message):
    with pytest.raises(InputError, match=message):
        call()
