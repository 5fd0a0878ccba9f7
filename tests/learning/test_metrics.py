"""AUROC with DeLong's interval, Wilson's interval: published numbers and direct implementations."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from biolabkit import learning
from biolabkit.errors import InputError


def direct_delong(y, scores):
    """Formulas 4 to 6 of DeLong et al. (1988), all pairs one by one."""
    y, scores = np.asarray(y), np.atleast_2d(scores)
    cases, controls = scores[:, y == 1], scores[:, y == 0]
    wins = (cases[:, :, None] > controls[:, None, :]) + 0.5 * (cases[:, :, None] == controls[:, None, :])
    v10, v01 = wins.mean(axis=2), wins.mean(axis=1)
    covariance = np.cov(v10) / v10.shape[1] + np.cov(v01) / v01.shape[1]
    return wins.mean(axis=(1, 2)), np.atleast_2d(covariance)


def hanley_mcneil_1982():
    """109 computed tomographic images rated 1 to 5: Table I of Hanley and McNeil (1982) Radiology 143:29."""
    normal, abnormal = [33, 6, 6, 11, 2], [3, 2, 2, 11, 33]
    ratings = np.r_[np.repeat(range(1, 6), normal), np.repeat(range(1, 6), abnormal)]
    return np.repeat([0, 1], [58, 51]), ratings


def test_published_area_and_delong_interval():
    # Stata 18 Base Reference Manual, [R] roctab, example 1: 0.8932 (0.0307), 0.83295 to 0.95339
    value, low, high = learning.auroc(*hanley_mcneil_1982())
    assert value == pytest.approx(0.8932, abs=5e-5)
    assert (low, high) == (pytest.approx(0.83295, abs=5e-6), pytest.approx(0.95339, abs=5e-6))


SCORES = st.lists(
    st.tuples(st.integers(0, 1), st.integers(-3, 3), st.integers(-3, 3)), min_size=6, max_size=40
)


@given(SCORES)
@settings(max_examples=200, deadline=None)
def test_against_all_pairs(rows):
    y, a, b = np.array(rows).T
    if min(y.sum(), (1 - y).sum()) < 2:
        return
    areas, covariance = direct_delong(y, np.vstack([a, b]))
    value, low, high = learning.auroc(y, a)
    assert value == pytest.approx(areas[0])
    assert value == pytest.approx(roc_auc_score(y, a))
    half = 1.959963984540054 * np.sqrt(covariance[0, 0])
    assert low == pytest.approx(max(areas[0] - half, 0), abs=1e-9)
    assert high == pytest.approx(min(areas[0] + half, 1), abs=1e-9)
    test = learning.compare_auroc(y, a, b)
    variance = covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1]
    assert test.difference == pytest.approx(areas[0] - areas[1], abs=1e-12)
    assert test.high - test.low == pytest.approx(2 * 1.959963984540054 * np.sqrt(max(variance, 0)), abs=1e-6)
    assert 0 <= test.p_value <= 1


def test_p_value_of_two_markers():
    rng = np.random.default_rng(1)
    y = rng.integers(0, 2, 200)
    a, b = y + rng.normal(0, 1, 200), 0.3 * y + rng.normal(0, 1, 200)
    areas, covariance = direct_delong(y, np.vstack([a, b]))
    z = (areas[0] - areas[1]) / np.sqrt(covariance[0, 0] + covariance[1, 1] - 2 * covariance[0, 1])
    from scipy.stats import norm

    assert learning.compare_auroc(y, a, b).p_value == pytest.approx(2 * norm.sf(abs(z)))
    assert learning.compare_auroc(y, a, 3 * a + 1) == (0.0, 0.0, 0.0, 1.0)


def test_coverage_of_delong_is_near_95_per_cent():
    rng = np.random.default_rng(2)
    truth, hits = 0.7602499389065234, 0  # Phi(1 / sqrt(2)): two normals one standard deviation apart
    for _ in range(400):
        y = np.repeat([0, 1], 60)
        _, low, high = learning.auroc(y, y + rng.normal(0, 1, 120))
        hits += low <= truth <= high
    assert 0.91 <= hits / 400 <= 0.98


@given(st.integers(0, 50), st.integers(1, 50))
def test_wilson_against_the_roots_of_its_equation(successes, more):
    trials = successes + more
    p, low, high = learning.wilson_interval(successes, trials)
    z2 = 1.959963984540054**2
    # the ends solve (p - x)^2 = z^2 x (1 - x) / n
    roots = np.roots([1 + z2 / trials, -(2 * p + z2 / trials), p * p])
    assert sorted(roots.real) == pytest.approx([low, high], abs=1e-7)


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    # Newcombe (1998), Table I, method 3
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_published(successes, trials, low, high):
    estimate = learning.wilson_interval(successes, trials)
    assert estimate[1:] == (pytest.approx(low, abs=5e-5), pytest.approx(high, abs=5e-5))
    mirrored = learning.wilson_interval(trials - successes, trials)
    assert mirrored.low == pytest.approx(1 - estimate.high)


def test_wilson_edges():
    assert np.isnan(learning.wilson_interval(0, 0)).all()
    with pytest.raises(InputError, match="found 5 of 3"):
        learning.wilson_interval(5, 3)


@pytest.mark.parametrize(
    ("y", "score", "message"),
    [
        ([1, 1, 1], [0.1, 0.2, 0.3], "both classes expected, found only 1"),
        ([], [], "both classes expected, found no label at all"),
        (["no", "yes"], [0.1, 0.2], r"found 'no', 'yes'; make them with \(y == 'yes'\)"),
        (["0", "1"], [0.1, 0.2], "labels 0 and 1 expected, found '0', '1'"),
        ([0, 2], [0.1, 0.2], "labels 0 and 1 expected, found 0, 2"),
        ([0, None], [0.1, 0.2], "1 of 2 labels are missing, the first at position 1"),
        ([0, 1], [0.1, np.nan], "1 of 2 values are NaN or infinite, the first at position 1"),
        ([0, 1], ["a", "b"], "score: numbers expected"),
        ([0, 1], [[0.9, 0.1], [0.2, 0.8]], r"pass model.predict_proba\(X\)\[:, 1\]"),
        ([0, 1, 1], [0.1, 0.2], "y_true has 3 values and score has 2"),
        ([[0], [1]], [0.1, 0.2], r"shape \(2, 1\)"),
    ],
)
def test_bad_input_says_what_to_do(y, score, message):
    with pytest.raises(InputError, match=message):
        learning.auroc(y, score)


def test_two_problems_in_one_message():
    with pytest.raises(InputError) as error:
        learning.auroc(["a", "b"], [np.nan, 1])
    assert "y_true" in str(error.value)
    assert "NaN" in str(error.value)


def test_booleans_and_floats_are_labels():
    assert learning.auroc([True, False], [0.9, 0.1]).value == 1.0
    assert learning.auroc([1.0, 0.0, 0.0], [0.9, 0.1, 0.9]).value == 0.75
