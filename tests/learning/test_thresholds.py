"""Predictive values, thresholds by cost, net benefit: published numbers and direct counts."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biolabkit import learning
from biolabkit.errors import InputError

ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 20)), min_size=2, max_size=50).filter(
    lambda rows: len({y for y, _ in rows}) == 2
)
SHARE = st.floats(0.01, 0.99)


def test_published_predictive_values():
    # Altman and Bland (1994) BMJ 309:102, liver scans: 231 of 258 abnormal and 54 of 86 normal patients were
    # classified rightly, of 263 positive and 81 negative scans
    ppv, npv = learning.predictive_values(231 / 258, 54 / 86, 258 / 344)
    assert (round(ppv, 2), round(npv, 2)) == (0.88, 0.67)
    # the same tests at a prevalence of 0.25, as the note works out
    ppv, npv = learning.predictive_values(231 / 258, 54 / 86, 0.25)
    assert (round(ppv, 2), round(npv, 2)) == (0.45, 0.95)


@given(SHARE, SHARE, SHARE)
@settings(max_examples=50)
def test_predictive_values_are_those_of_a_table_of_counts(sensitivity, specificity, prevalence):
    ppv, npv = learning.predictive_values([sensitivity], [specificity], [prevalence])
    n = 1e6
    tp, fp = sensitivity * prevalence * n, (1 - specificity) * (1 - prevalence) * n
    fn, tn = (1 - sensitivity) * prevalence * n, specificity * (1 - prevalence) * n
    assert ppv[0] == pytest.approx(tp / (tp + fp))
    assert npv[0] == pytest.approx(tn / (tn + fn))


def test_nobody_called():
    assert np.isnan(learning.predictive_values(0.0, 1.0, 0.2).ppv)
    assert np.isnan(learning.predictive_values(1.0, 0.0, 0.2).npv)


@given(ROWS, st.floats(0.1, 20), st.floats(0.1, 20), st.none() | SHARE)
@settings(max_examples=100, deadline=None)
def test_no_threshold_costs_less(rows, false_positive, false_negative, prevalence):
    y, s = np.array(rows).T
    chosen = learning.choose_threshold(
        y, s, false_positive=false_positive, false_negative=false_negative, prevalence=prevalence
    )
    cases = y.mean() if prevalence is None else prevalence

    def cost(cut):
        called = s >= cut
        missed, alarmed = (~called[y == 1]).mean(), called[y == 0].mean()
        return false_negative * cases * missed + false_positive * (1 - cases) * alarmed

    assert chosen.cost == pytest.approx(cost(chosen.threshold))
    assert chosen.cost <= min(cost(cut) for cut in [*s, np.inf]) + 1e-9
    assert chosen.sensitivity == pytest.approx((s >= chosen.threshold)[y == 1].mean())


def test_calibrated_risks_need_no_search():
    rng = np.random.default_rng(1)
    p = rng.beta(1, 3, 200_000)
    y = (rng.random(200_000) < p).astype(int)
    assert learning.cost_threshold(1, 4) == 0.2
    found = learning.choose_threshold(y, p, false_positive=1, false_negative=4)
    assert found.threshold == pytest.approx(0.2, abs=0.02)


@given(ROWS)
@settings(max_examples=60, deadline=None)
def test_net_benefit_by_its_definition(rows):
    y, s = np.array(rows).T
    s = s / 20
    cuts = [0.05, 0.3, 0.5, 0.95]
    curve = learning.decision_curve(y, s, thresholds=cuts, resamples=0)
    for cut, got in zip(cuts, curve["model"], strict=True):
        tp, fp = ((s >= cut) & (y == 1)).sum(), ((s >= cut) & (y == 0)).sum()
        assert got == pytest.approx(tp / len(y) - fp / len(y) * cut / (1 - cut))
    assert curve["low"].isna().all()
    assert (curve["treat_none"] == 0).all()


def test_treating_everybody_is_the_model_that_says_one():
    y = np.array([0, 1, 0, 1, 1, 0, 0])
    curve = learning.decision_curve(y, np.ones(7), resamples=0)
    assert curve["model"].to_numpy() == pytest.approx(curve["treat_all"].to_numpy())
    # it is worth nothing where the threshold is the prevalence
    assert learning.decision_curve(y, np.ones(7), thresholds=[3 / 7])["treat_all"][0] == pytest.approx(0)


def test_band_is_that_of_rows_drawn_one_by_one():
    rng = np.random.default_rng(2)
    y = rng.integers(0, 2, 150)
    s = np.round(np.clip(0.3 * y + 0.7 * rng.random(150), 0, 1), 1)
    cuts = np.array([0.2, 0.5, 0.7])
    curve = learning.decision_curve(y, s, thresholds=cuts, resamples=400, seed=3)
    drawn = []
    for _ in range(2000):
        rows = rng.integers(0, 150, 150)
        drawn.append(learning.decision_curve(y[rows], s[rows], thresholds=cuts, resamples=0)["model"])
    low, high = np.quantile(drawn, [0.025, 0.975], axis=0)
    width = high - low
    assert np.abs(curve["low"] - low).max() < 0.25 * width.max()
    assert np.abs(curve["high"] - high).max() < 0.25 * width.max()
    nine = np.repeat(np.arange(150), 9)
    copied = learning.decision_curve(y[nine], s[nine], thresholds=cuts, cluster=nine, resamples=400)
    assert (copied["high"] - copied["low"]).to_numpy() == pytest.approx(width, rel=0.25)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: learning.predictive_values(90, 0.9, 1.2), "sensitivity: a share.*prevalence: a share"),
        (lambda: learning.predictive_values("high", 0.9, 0.2), "numbers expected"),
        (lambda: learning.predictive_values(np.nan, 0.9, 0.2), "sensitivity: a share"),
        (lambda: learning.cost_threshold(0, 1), "costs above 0"),
        (
            lambda: learning.choose_threshold([0, 1], [0.1, 0.2], false_positive=1, false_negative=-1),
            "costs above 0",
        ),
        (
            lambda: learning.choose_threshold([1, 1], [0.1, 0.2], false_positive=1, false_negative=1),
            "both classes",
        ),
        (lambda: learning.decision_curve([0, 1], [0.1, 2.0]), "needs probabilities"),
        (lambda: learning.decision_curve([0, 1], [0.1, 0.2], thresholds=[0.5, 1.0]), "between 0 and 1"),
        (lambda: learning.decision_curve([0, 1], [0.1, 0.2], cluster=[1]), "cluster: one value"),
        (
            lambda: learning.plot_decision_curve(pd.DataFrame({"threshold": [0.1]})),
            "no column in curve 'model'",
        ),
    ],
)
def test_bad_input_says_what_to_do(call, message):
    with pytest.raises(InputError, match=message):
        call()
