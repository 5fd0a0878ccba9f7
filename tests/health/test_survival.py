"""Survival: numbers of R's survival package and of textbooks, direct formulas, bad input."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

from biolabkit import health, learning
from biolabkit.errors import InputError, MissingExtraError

mpl.use("Agg")
import matplotlib.pyplot as plt  # after the backend

needs_lifelines = pytest.mark.usefixtures("lifelines")


@pytest.fixture
def lifelines():
    return pytest.importorskip("lifelines")


def freireich_1963():
    """Weeks of remission of 42 children with leukaemia, 6-MP or placebo; negative: censored."""
    drug = [6, 6, 6, -6, 7, -9, 10, -10, -11, 13, 16, -17, -19, -20, 22, 23, -25, -32, -32, -34, -35]
    placebo = [1, 1, 2, 2, 3, 4, 4, 5, 5, 8, 8, 8, 8, 11, 11, 12, 12, 15, 17, 22, 23]
    weeks = np.array([*drug, *placebo])
    return np.abs(weeks), (weeks > 0).astype(int), np.repeat(["6-MP", "placebo"], 21)


@needs_lifelines
def test_kaplan_meier_of_the_textbook():
    # Klein and Moeschberger (2003), table 4.1; Greenwood errors give the log-log ends, as R prints them
    curve = health.kaplan_meier(*freireich_1963()[:2], group=freireich_1963()[2])
    drug = curve.loc["6-MP"]
    published = {6: 0.857, 7: 0.807, 10: 0.753, 13: 0.690, 16: 0.627, 22: 0.538, 23: 0.448}
    for week, survival in published.items():
        assert drug.loc[week, "survival"] == pytest.approx(survival, abs=5e-4)
    assert drug.loc[[6, 10, 23], "at_risk"].tolist() == [21, 15, 6]
    assert drug.loc[6, ["events", "censored"]].tolist() == [3, 1]
    # survfit(…, conf.type = "log-log") of R's survival
    assert drug.loc[6, ["low", "high"]].tolist() == pytest.approx([0.620, 0.952], abs=5e-4)
    assert drug.loc[23, ["low", "high"]].tolist() == pytest.approx([0.188, 0.680], abs=5e-4)
    medians = health.median_survival(curve)
    assert medians["median"].to_dict() == {"6-MP": 23.0, "placebo": 8.0}
    assert medians.loc["6-MP", ["low", "high"]].tolist() == [13.0, np.inf]
    assert medians.loc["placebo", ["low", "high"]].tolist() == [4.0, 11.0]


@needs_lifelines
def test_log_rank_and_cox_of_the_textbook():
    weeks, event, group = freireich_1963()
    found = health.log_rank(weeks, event, group)
    assert (round(found.statistic, 1), found.df) == (16.8, 1)  # survdiff of R's survival
    assert found.p_value == pytest.approx(4e-5, abs=1e-5)
    table = pd.DataFrame({"weeks": weeks, "event": event, "placebo": (group == "placebo").astype(int)})
    model = health.cox(table, time="weeks", event="event", columns=["placebo"])
    # coxph of R's survival, Efron: 1.572 (0.412), 4.82, 2.15 to 10.8
    line = model.table.loc["placebo"]
    assert line["coefficient"] == pytest.approx(1.572, abs=5e-4)
    assert line["error"] == pytest.approx(0.412, abs=5e-4)
    assert line["hazard_ratio"] == pytest.approx(4.82, abs=5e-3)
    assert line[["low", "high"]].tolist() == pytest.approx([2.147, 10.81], abs=6e-3)
    assert (model.patients, model.events) == (42, 30)
    assert model.concordance == pytest.approx(0.69, abs=5e-3)
    assert model.proportional.loc["placebo", "p_value"] > 0.5
    assert model.risk(table)[-1] / model.risk(table)[0] == pytest.approx(line["hazard_ratio"])
    predicted = model.survival(table.iloc[[0, 41]], at=[10, 20])
    assert predicted.shape == (2, 2)
    assert (predicted.loc[0] > predicted.loc[41]).all()


@needs_lifelines
@pytest.mark.mirror
def test_lung_as_in_rs_survival():
    from biolabkit import datasets

    lung = datasets.load("survival-tables-lifelines", "lung")
    assert health.log_rank(lung["time"], lung["status"], lung["sex"]).statistic == pytest.approx(
        10.3, abs=0.05
    )
    columns = ["age", "sex", "ph.ecog"]
    model = health.cox(lung.dropna(subset=columns), time="time", event="status", columns=columns)
    assert (model.patients, model.events) == (227, 164)
    assert model.table["hazard_ratio"].tolist() == pytest.approx([1.0111, 0.5754, 1.5900], abs=6e-5)
    assert model.table["low"].tolist() == pytest.approx([0.9929, 0.4142, 1.2727], abs=6e-5)
    assert model.table["high"].tolist() == pytest.approx([1.0297, 0.7994, 1.9864], abs=6e-5)
    assert model.concordance == pytest.approx(0.637, abs=1e-3)
    with pytest.raises(InputError, match=r"'ph\.ecog' has 1 gaps"):
        health.cox(lung, time="time", event="status", columns=columns)


@needs_lifelines
def test_changing_hazards_are_noticed():
    rng = np.random.default_rng(1)
    x = rng.integers(0, 2, 600)
    time = np.where(x == 1, rng.weibull(0.5, 600), rng.weibull(2.5, 600)) + 1e-3
    table = pd.DataFrame({"x": x, "z": rng.normal(0, 1, 600), "time": time, "event": 1})
    found = health.cox(table, time="time", event="event", columns=["x", "z"]).proportional["p_value"]
    assert found["x"] < 1e-6
    assert found["z"] > 0.01


def pairs_in_order(time, event, score):
    """Harrell's C over all pairs, one by one; a patient censored at the time of an event outlives it."""
    right = known = 0.0
    for i in range(len(time)):
        for j in range(len(time)):
            if event[i] and (time[i] < time[j] or (time[i] == time[j] and not event[j])):
                known += 1
                right += (score[i] > score[j]) + 0.5 * (score[i] == score[j])
    return right / known


@needs_lifelines
def test_concordance_over_all_pairs():
    rng = np.random.default_rng(2)
    time = rng.permutation(np.arange(60)) / 3
    event, score = rng.integers(0, 2, 60), rng.integers(0, 9, 60)
    assert health.concordance(time, event, score) == pytest.approx(pairs_in_order(time, event, score))
    assert health.concordance([1, 2, 3], [1, 1, 0], [3, 2, 1]) == 1.0


@needs_lifelines
def test_auc_without_censoring_is_auroc():
    rng = np.random.default_rng(3)
    score = rng.normal(0, 1, 200)
    time = rng.exponential(np.exp(-score))
    table = health.auc_at(time, np.ones(200), score, [0.5, 1.0])
    for moment in (0.5, 1.0):
        assert table.loc[moment, "auroc"] == pytest.approx(learning.auroc(time <= moment, score).value)
    assert (table["cases"] + table["controls"] == 200).all()


@needs_lifelines
def test_auc_under_censoring_finds_that_of_the_uncensored_patients():
    rng = np.random.default_rng(4)
    score = rng.normal(0, 1, 6000)
    time = rng.exponential(np.exp(-score))
    lost = rng.exponential(0.8, 6000)
    seen, event = np.minimum(time, lost), (time <= lost).astype(int)
    weighted = health.auc_at(seen, event, score, [1.0]).loc[1.0, "auroc"]
    truth = learning.auroc(time <= 1.0, score).value
    as_event_free = learning.auroc((seen <= 1.0) & (event == 1), score).value
    assert weighted == pytest.approx(truth, abs=0.012)
    assert abs(as_event_free - truth) > 0.02
    line = health.auc_at([1, 2, 3], [1, 0, 1], [3, 2, 1], [2, 5])
    assert line["lost"].tolist() == [1, 1]
    assert np.isnan(line.loc[5, "auroc"])


@needs_lifelines
def test_reading_a_curve():
    curve = health.kaplan_meier([1, 2, 3, 4], [1, 0, 1, 0])
    read = health.survival_at(curve, [0, 1, 2.5, 3, 4, 9]).loc["all", "survival"]
    assert read.tolist()[:5] == pytest.approx([1.0, 0.75, 0.75, 0.375, 0.375])
    assert np.isnan(read.iloc[5])
    assert health.survival_at(health.kaplan_meier([1, 2], [1, 1]), [9])["survival"].tolist() == [0.0]
    assert health.median_survival(health.kaplan_meier([1, 2], [0, 0]))["median"].tolist() == [np.inf]


def test_numbers_at_risk_count_who_is_still_there():
    table = health.numbers_at_risk([5, 5, 8, 2], [0, 5, 6], group=["a", "a", "b", "b"])
    assert table.loc["a"].tolist() == [2, 2, 0]
    assert table.loc["b"].tolist() == [2, 1, 1]
    assert health.numbers_at_risk([1.0, 3.0], [2]).loc["all", 2] == 1


@needs_lifelines
def test_plot_has_curves_and_the_numbers_at_risk():
    figure, ax = plt.subplots()
    weeks, event, group = freireich_1963()
    assert health.plot_kaplan_meier(weeks, event, group=group, at=[0, 10, 20], ax=ax) is ax
    steps = [line for line in ax.lines if line.get_drawstyle() == "steps-post"]
    assert [line.get_label() for line in steps] == ["6-MP", "placebo"]
    assert steps[0].get_ydata()[-1] == pytest.approx(0.448, abs=5e-4)
    assert [text.get_text() for text in ax.texts] == [
        *("at risk", "6-MP", "21", "15", "8", "placebo", "21", "8", "2"),
    ]
    plt.close(figure)


@needs_lifelines
@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: health.kaplan_meier([-1, 2], [1, 2]), "0 or more expected, found -1.*found 2"),
        (lambda: health.kaplan_meier([1, np.nan], [1, 0]), "1 of 2 values are NaN"),
        (lambda: health.kaplan_meier(["a", "b"], [1, 0]), "time: numbers expected"),
        (lambda: health.kaplan_meier([1, 2, 3], [1, 0]), "time 3, event 2"),
        (lambda: health.kaplan_meier([[1, 2]], [1, 0]), "shape"),
        (lambda: health.kaplan_meier([], []), "at least one patient"),
        (lambda: health.kaplan_meier([1, 2], [1, 0], group=["a", None]), "group: missing"),
        (lambda: health.kaplan_meier([1, 2], [1, 0], confidence=95), "confidence"),
        (lambda: health.log_rank([1, 2], [1, 0], ["a", "a"]), "at least two groups"),
        (lambda: health.log_rank([1, 2], [0, 0], ["a", "b"]), "no event"),
        (lambda: health.concordance([1, 2], [0, 0], [1, 2]), "no pair"),
        (lambda: health.concordance([1, 2], [1, 0], [1, np.nan]), "score: 1 of 2"),
    ],
)
def test_bad_input_says_what_to_do(call, message):
    with pytest.raises(InputError, match=message):
        call()


@needs_lifelines
def test_errors_in_korean(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    with pytest.raises(InputError) as error:
        health.kaplan_meier([1, 2], [1, 2])
    assert str(error.value) == "event: 1(사건) 또는 0(중도절단)이어야 합니다. 받은 값: 2"
    table = pd.DataFrame({"t": [1, 2], "e": [1, 0], "gap": [1, None]})
    with pytest.raises(InputError) as error:
        health.cox(table, time="t", event="e", columns=["gap"])
    assert str(error.value) == ("cox: 'gap' 열에 결측값이 1개 있습니다. 값을 채우거나 그 환자를 빼십시오")


@needs_lifelines
def test_cox_names_all_columns_that_cannot_be_used():
    table = pd.DataFrame(
        {
            "t": [1, 2, 3, 4],
            "e": [1, 0, 1, 1],
            "sex": list("fmfm"),
            "gap": [1, None, 2, 3],
            "none": [np.nan] * 4,
        }
    )
    with pytest.raises(InputError) as error:
        health.cox(table, time="t", event="e", columns=["sex", "gap", "none"])
    for part in ("'sex' holds object", "get_dummies", "'gap' has 1 gaps", "'none' is missing for everybody"):
        assert part in str(error.value)
    with pytest.raises(InputError, match="did you mean 'sex'"):
        health.cox(table, time="t", event="e", columns=["sexx"])
    with pytest.raises(InputError, match="no column in table 'time'"):
        health.cox(table.assign(x=range(4)), time="time", event="e", columns=["x"])
    with pytest.raises(InputError, match="at least one column"):
        health.cox(table, time="t", event="e", columns=[])
    with pytest.raises(InputError, match="x constant"):
        health.cox(table.assign(x=1), time="t", event="e", columns=["x"])
    with pytest.raises(InputError, match="no event"):
        health.cox(table.assign(x=range(4), e=0), time="t", event="e", columns=["x"])
    twice = table.assign(x=[1.0, 5.0, 2.0, 2.0], y=[2.0, 10.0, 4.0, 4.0])
    with pytest.raises(InputError, match="does not converge"):
        health.cox(twice, time="t", event="e", columns=["x", "y"])


def test_without_lifelines_the_extra_is_named(monkeypatch):
    import sys

    monkeypatch.setitem(sys.modules, "lifelines", None)
    with pytest.raises(MissingExtraError, match=r"biolabkit\[health\]"):
        health.kaplan_meier([1, 2], [1, 0])
