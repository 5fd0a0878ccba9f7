"""Calibration: against scikit-learn, statsmodels, direct formulas and known truths."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.calibration import calibration_curve
from sklearn.isotonic import IsotonicRegression

from biolabkit import learning
from biolabkit.errors import InputError

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 20)), min_size=1, max_size=60)


def distorted(n, intercept, slope, seed):
    """Outcomes of known risks, and scores whose calibration line is known."""
    rng = np.random.default_rng(seed)
    x = rng.normal(-0.5, 1.0, n)
    y = (rng.random(n) < 1 / (1 + np.exp(-(intercept + slope * x)))).astype(int)
    return y, 1 / (1 + np.exp(-x))


@given(ROWS, st.integers(2, 12), st.sampled_from(["quantile", "uniform"]))
@settings(max_examples=100, deadline=None)
def test_ece_is_the_mean_gap_of_scikit_learns_bins(rows, bins, binning):
    y, s = np.array(rows).T
    s = s / 20
    table = learning.reliability(y, s, bins=bins, binning=binning)
    assert table["rows"].sum() == len(y)
    assert table["cases"].sum() == y.sum()
    gaps = (table["observed"] - table["predicted"]).abs() * table["rows"]
    assert learning.ece(y, s, bins=bins, binning=binning) == pytest.approx(gaps.sum() / len(y))
    if binning == "uniform":
        observed, predicted = calibration_curve(y, s, n_bins=bins, strategy="uniform")
        assert table["observed"].to_numpy() == pytest.approx(observed)
        assert table["predicted"].to_numpy() == pytest.approx(predicted)


def test_quantile_bins_have_equal_sizes_and_keep_ties_together():
    s = np.linspace(0.01, 0.99, 40)
    assert learning.reliability([0, 1] * 20, s, bins=4)["rows"].tolist() == [10, 10, 10, 10]
    assert learning.reliability([0, 1] * 20, [0.3] * 40)["rows"].tolist() == [40]
    assert learning.ece([0, 1] * 20, [0.3] * 40) == pytest.approx(0.2)


def test_ece_in_evaluate_and_its_interval():
    y, s = distorted(4000, 0.0, 0.4, 1)
    found = learning.evaluate(y, s, resamples=300).loc[("all", "ece")]
    assert found["value"] == pytest.approx(learning.ece(y, s))
    assert found["interval"] == "basic bootstrap"
    truth_y, truth_s = distorted(400_000, 0.0, 0.4, 2)
    assert found["low"] < learning.ece(truth_y, truth_s) < found["high"]


def test_interval_of_ece_covers_nine_times_in_ten():
    truth = learning.ece(*distorted(400_000, 0.0, 0.5, 3))
    hits = 0
    for seed in range(100):
        found = learning.evaluate(*distorted(500, 0.0, 0.5, 100 + seed), resamples=200).loc[("all", "ece")]
        hits += found["low"] <= truth <= found["high"]
    assert hits >= 82


@pytest.mark.parametrize(("intercept", "slope"), [(0.0, 1.0), (-0.4, 0.6), (0.5, 1.8)])
def test_line_against_statsmodels(intercept, slope):
    sm = pytest.importorskip("statsmodels.api")
    y, s = distorted(800, intercept, slope, 4)
    x = np.log(s / (1 - s))
    line = learning.calibration_line(y, s)
    fit = sm.GLM(y, sm.add_constant(x), family=sm.families.Binomial()).fit()
    ends = fit.conf_int()
    assert line.intercept == pytest.approx((fit.params[0], *ends[0]), abs=1e-5)
    assert line.slope == pytest.approx((fit.params[1], *ends[1]), abs=1e-5)
    shift = sm.GLM(y, np.ones(800), family=sm.families.Binomial(), offset=x).fit()
    assert line.in_the_large == pytest.approx((shift.params[0], *shift.conf_int()[0]), abs=1e-5)


def test_line_finds_the_truth():
    line = learning.calibration_line(*distorted(20_000, -0.4, 0.6, 5))
    assert line.slope.low < 0.6 < line.slope.high
    assert line.intercept.low < -0.4 < line.intercept.high


def test_line_without_a_maximum_is_nan_and_the_shift_stays():
    for y, s in (([0, 1, 0, 1], [0.3] * 4), ([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])):
        line = learning.calibration_line(y, s)
        assert np.isnan([*line.slope, *line.intercept]).all()
        assert np.isfinite(line.in_the_large).all()
    assert learning.calibration_line([0, 1, 0, 1], [0.0, 1.0, 1.0, 0.0]).slope.value == pytest.approx(
        0, abs=1e-6
    )


@pytest.mark.parametrize("method", ["platt", "isotonic"])
def test_recalibration_mends_what_it_promises(method):
    y, s = distorted(6000, -0.6, 0.5, 6)
    fresh_y, fresh_s = distorted(6000, -0.6, 0.5, 7)
    mended = learning.calibrate(y, s, method=method)(fresh_s)
    assert learning.ece(fresh_y, fresh_s) > 0.1
    assert learning.ece(fresh_y, mended) < 0.035
    assert learning.auroc(fresh_y, mended).value == pytest.approx(
        learning.auroc(fresh_y, fresh_s).value, abs=0.01
    )


def test_platt_is_the_calibration_line_and_isotonic_is_scikit_learns():
    y, s = distorted(2000, -0.6, 0.5, 8)
    line = learning.calibration_line(y, s)
    x = np.log(s / (1 - s))
    wanted = 1 / (1 + np.exp(-(line.intercept.value + line.slope.value * x)))
    assert learning.calibrate(y, s)(s) == pytest.approx(wanted, abs=1e-4)
    steps = IsotonicRegression(out_of_bounds="clip").fit(s, y)
    assert learning.calibrate(y, s, method="isotonic")([0.0, 0.2, 0.9, 1.0]) == pytest.approx(
        steps.predict([0.0, 0.2, 0.9, 1.0])
    )


def test_separated_rows_can_be_calibrated():
    assert learning.calibrate([0, 0, 1, 1], [0.1, 0.2, 0.8, 0.9])([0.1, 0.9]) == pytest.approx(
        [0, 1], abs=0.05
    )


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: learning.ece([], []), "at least one row"),
        (lambda: learning.ece([0, 1], [0.1, 0.2], bins=1), "at least 2"),
        (lambda: learning.ece([0, 1], [0.1, 0.2], binning="width"), "'quantile' or 'uniform'"),
        (lambda: learning.ece(["a", "b"], [0.1, 0.2]), "labels 0 and 1"),
        (lambda: learning.ece([0, 1], [0.1, np.nan]), "NaN"),
        (lambda: learning.reliability([0, 1], [0.1, 1.2]), "needs probabilities"),
        (lambda: learning.calibration_line([1, 1], [0.1, 0.2]), "both classes"),
        (lambda: learning.calibrate([0, 1, 1], [0.1, 0.2]), "y_true has 3 values"),
        (lambda: learning.calibrate([0, 1], [0.1, 0.2], method="beta"), "'platt' or 'isotonic'"),
        (lambda: learning.calibrate([0, 1], [0.1, 0.2])([np.nan]), "NaN"),
        (lambda: learning.calibrate([0, 1], [0.1, 0.2])([3.0]), "needs probabilities"),
    ],
)
def test_bad_input_says_what_to_do(call, message):
    with pytest.raises(InputError, match=message):
        call()
