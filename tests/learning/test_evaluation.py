"""evaluate and its bootstrap: scikit-learn's numbers, honest resampling, subgroups, bad input."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, brier_score_loss, confusion_matrix, roc_auc_score

from biolabkit import learning
from biolabkit.errors import InputError
from biolabkit.learning.bootstrap import bootstrap_metrics
from biolabkit.learning.calibration import bin_numbers


def direct_ece(y, s, bins):
    """Bin by bin, the share of rows times the gap of observed and predicted."""
    gaps = [abs(y[bins == b].mean() - s[bins == b].mean()) * (bins == b).mean() for b in np.unique(bins)]
    return sum(gaps)


def direct_metrics(y, s, threshold, bins=None):
    """The same metrics by scikit-learn; NaN where one is not defined."""
    tn, fp, fn, tp = confusion_matrix(y, s >= threshold, labels=[0, 1]).ravel()
    both = 0 < y.sum() < len(y)
    with np.errstate(invalid="ignore", divide="ignore"):
        shares = np.array([tp, tn, tp, tn], dtype=float) / np.array([tp + fn, tn + fp, tp + fp, tn + fn])
    return {
        "auroc": roc_auc_score(y, s) if both else np.nan,
        "auprc": average_precision_score(y, s) if y.sum() else np.nan,
        "brier": brier_score_loss(y, s) if both else np.mean((s - y) ** 2),
        "ece": direct_ece(y, s, np.zeros(len(y), int) if bins is None else bins),
        **dict(zip(["sensitivity", "specificity", "ppv", "npv"], shares, strict=True)),
    }


ROWS = st.lists(st.tuples(st.integers(0, 1), st.integers(0, 20)), min_size=2, max_size=50)


@given(ROWS.filter(lambda rows: len({y for y, _ in rows}) == 2), st.sampled_from([0.0, 0.35, 0.5, 1.0]))
@settings(max_examples=60, deadline=None)
def test_values_are_those_of_scikit_learn(rows, threshold):
    y, s = np.array(rows).T
    s = s / 20
    table = learning.evaluate(y, s, threshold=threshold, resamples=100).loc["all"]
    for metric, value in direct_metrics(y, s, threshold, bin_numbers(s, 10)).items():
        assert table.loc[metric, "value"] == pytest.approx(value, nan_ok=True), metric


def test_each_resample_is_what_scikit_learn_gives_for_the_rows_drawn():
    rng = np.random.default_rng(3)
    y = rng.integers(0, 2, 30)
    s = np.round(rng.random(30), 1)  # ties
    patient = np.repeat(np.arange(10), 3)
    bins = bin_numbers(s, 4)
    for codes in (None, patient):
        drawn = bootstrap_metrics(y, s, 0.4, codes, 25, np.random.default_rng(7), bins)
        units = 30 if codes is None else 10
        draws = np.random.default_rng(7).integers(0, units, (25, units))
        for i, draw in enumerate(draws):
            rows = draw if codes is None else np.concatenate([np.flatnonzero(patient == p) for p in draw])
            for metric, value in direct_metrics(y[rows], s[rows], 0.4, bins[rows]).items():
                assert drawn[metric][i] == pytest.approx(value, rel=1e-5, nan_ok=True), metric


def test_blocks_do_not_change_the_resamples(monkeypatch):
    rng = np.random.default_rng(4)
    y, s, bins = rng.integers(0, 2, 200), rng.random(200), rng.integers(0, 5, 200)
    whole = bootstrap_metrics(y, s, 0.5, None, 60, np.random.default_rng(1), bins)
    monkeypatch.setattr("biolabkit.learning.bootstrap._BLOCK_CELLS", 1500)
    parts = bootstrap_metrics(y, s, 0.5, None, 60, np.random.default_rng(1), bins)
    for metric, values in whole.items():
        np.testing.assert_allclose(values, parts[metric], rtol=1e-6)


def test_intervals_by_kind():
    rng = np.random.default_rng(5)
    y = rng.integers(0, 2, 300)
    s = np.clip(0.3 * y + 0.7 * rng.random(300), 0, 1)
    auto = learning.evaluate(y, s, resamples=300).loc["all"]
    assert auto["interval"].to_dict() == {
        "auroc": "delong",
        **dict.fromkeys(("auprc", "brier"), "bootstrap"),
        "ece": "basic bootstrap",
        **dict.fromkeys(("sensitivity", "specificity", "ppv", "npv"), "wilson"),
    }
    assert tuple(auto.loc["auroc", ["value", "low", "high"]]) == pytest.approx(learning.auroc(y, s))
    drawn = learning.evaluate(y, s, interval="bootstrap", resamples=2000).loc["all"]
    assert set(drawn["interval"].drop("ece")) == {"bootstrap"}
    # two sound methods on 300 rows agree to about a tenth of the interval
    widths = auto["high"] - auto["low"]
    assert ((auto["low"] - drawn["low"]).abs() < 0.15 * widths).all()
    assert ((auto["high"] - drawn["high"]).abs() < 0.15 * widths).all()
    assert (auto["low"] <= auto["value"]).all()
    assert (auto["value"] <= auto["high"]).all()


def test_copies_of_a_patients_rows_are_no_evidence():
    rng = np.random.default_rng(6)
    y = rng.integers(0, 2, 120)
    s = np.clip(0.5 + 0.2 * (y - 0.5) + rng.normal(0, 0.2, 120), 0, 1)
    once = learning.evaluate(y, s, cluster=np.arange(120), resamples=2000).loc[("all", "auroc")]
    nine = np.repeat(np.arange(120), 9)
    copied = learning.evaluate(y[nine], s[nine], cluster=nine, resamples=2000).loc[("all", "auroc")]
    naive = learning.evaluate(y[nine], s[nine], interval="bootstrap", resamples=2000).loc[("all", "auroc")]
    width = once["high"] - once["low"]
    assert copied["high"] - copied["low"] == pytest.approx(width, rel=0.1)
    assert naive["high"] - naive["low"] == pytest.approx(width / 3, rel=0.15)


def test_subgroups_stand_on_their_own():
    rng = np.random.default_rng(8)
    y, s = rng.integers(0, 2, 200), rng.random(200)
    site = np.where(np.arange(200) < 120, "a", "b")
    table = learning.evaluate(y, s, by=site, resamples=200)
    assert table.index.get_level_values("group").unique().tolist() == ["all", "a", "b"]
    assert table.loc[("a", "auroc"), "value"] == pytest.approx(roc_auc_score(y[:120], s[:120]))
    assert (table.loc["b", "rows"] == 80).all()
    assert (table.loc["b", "cases"] == y[120:].sum()).all()
    # the interval of b does not depend on who else is there
    site[0] = "c"
    again = learning.evaluate(y, s, by=site, resamples=200)
    pd.testing.assert_frame_equal(table.loc["b"], again.loc["b"])


def test_several_kinds_of_groups_at_once():
    rng = np.random.default_rng(8)
    y, s = rng.integers(0, 2, 60), rng.random(60)
    kinds = {"site": np.repeat(["a", "b"], 30), "old": np.tile([True, False], 30)}
    table = learning.evaluate(y, s, by=kinds, resamples=100)
    names = ["all", "site=a", "site=b", "old=False", "old=True"]
    assert table.index.get_level_values("group").unique().tolist() == names
    alone = learning.evaluate(y, s, by=kinds["site"], resamples=100)
    assert (table.loc["site=b", "value"] == alone.loc["b", "value"]).all()
    pd.testing.assert_frame_equal(learning.evaluate(y, s, by=pd.DataFrame(kinds), resamples=100), table)
    with pytest.raises(InputError, match="site: one value for each"):
        learning.evaluate(y, s, by={"site": ["a"]})


def test_a_group_of_one_class_has_no_auroc_but_keeps_the_rest():
    y, s = [0, 1, 1, 1, 1], [0.2, 0.7, 0.8, 0.4, 0.9]
    table = learning.evaluate(y, s, by=["x", "x", "z", "z", "z"], resamples=200).loc["z"]
    assert np.isnan(table.loc["auroc", ["value", "low", "high"]].astype(float)).all()
    assert table.loc["auroc", "interval"] == "none"
    assert table.loc["sensitivity", "value"] == pytest.approx(2 / 3)
    assert np.isnan(table.loc["specificity", "value"])


def test_the_seed_decides_the_intervals():
    rng = np.random.default_rng(9)
    y, s = rng.integers(0, 2, 100), rng.random(100)
    first, second, other = (learning.evaluate(y, s, resamples=200, seed=seed) for seed in (1, 1, 2))
    pd.testing.assert_frame_equal(first, second)
    assert (
        first.loc[("all", "auprc"), ["low", "high"]] != other.loc[("all", "auprc"), ["low", "high"]]
    ).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"y_true": [0, 0, 0]}, "both classes expected"),
        ({"y_true": ["a", "b", "a"]}, "labels 0 and 1 expected"),
        ({"score": [0.1, np.nan, 0.2]}, "NaN or infinite"),
        ({"score": [0.1, 3.0, 0.2]}, "needs probabilities"),
        ({"score": [0.1, 0.2]}, "y_true has 3 values and score has 2"),
        ({"by": ["a", "b"]}, "by: one value for each of the 3 rows"),
        ({"by": ["a", None, "b"]}, "by: missing values"),
        ({"cluster": [1, 2]}, "cluster: one value"),
        ({"interval": "delong"}, "'auto' or 'bootstrap'"),
        ({"resamples": 10}, "at least 100"),
        ({"confidence": 95}, "confidence: a share"),
        ({"bins": 1}, "at least 2"),
    ],
)
def test_bad_input_says_what_to_do(change, message):
    good = {"y_true": [0, 1, 0], "score": [0.2, 0.6, 0.3]}
    with pytest.raises(InputError, match=message):
        learning.evaluate(**{**good, **change})
