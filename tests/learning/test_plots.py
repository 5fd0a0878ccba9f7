"""Figures take and return Axes and show the numbers they should."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import auc, average_precision_score

from biolabkit import learning
from biolabkit.errors import InputError

mpl.use("Agg")
import matplotlib.pyplot as plt  # after the backend

RNG = np.random.default_rng(1)
Y = RNG.integers(0, 2, 200)
SCORE = np.clip(0.3 * Y + 0.7 * RNG.random(200), 0, 1)


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_roc_curve_has_the_area_it_says(ax):
    assert learning.plot_roc(Y, SCORE, label="model", resamples=50, ax=ax) is ax
    x, y = ax.lines[0].get_data()
    assert auc(x, y) == pytest.approx(learning.auroc(Y, SCORE).value)
    assert ax.get_legend().get_texts()[0].get_text().startswith("model, AUROC 0.")
    assert len(ax.collections) == 1


def test_roc_band_of_patients_is_wider_than_of_rows(ax):
    nine = np.repeat(np.arange(200), 9)
    areas = []
    for cluster in (None, nine):
        learning.plot_roc(Y[nine], SCORE[nine], cluster=cluster, resamples=100, ax=ax)
        outline = ax.collections[-1].get_paths()[0].vertices
        x, y = outline.T
        areas.append(abs(np.sum(x * np.roll(y, 1) - y * np.roll(x, 1))) / 2)
    assert areas[1] > 1.5 * areas[0]


def test_roc_band_is_that_of_scikit_learns_curves(ax):
    from sklearn.metrics import roc_curve

    y, score = Y[:80], np.round(SCORE[:80], 1)
    learning.plot_roc(y, score, resamples=800, ax=ax)
    upper = outline_at(ax.collections[0], 0.3)
    rng = np.random.default_rng(5)
    heights = []
    for _ in range(800):
        rows = rng.integers(0, 80, 80)
        fpr, tpr, _ = roc_curve(y[rows], score[rows])
        heights.append(np.interp(0.3, fpr, tpr))
    assert upper == pytest.approx(np.quantile(heights, [0.025, 0.975]), abs=0.04)


def outline_at(band, x):
    """Lower and upper edge of a band at a place of its grid."""
    vertices = band.get_paths()[0].vertices
    heights = vertices[np.isclose(vertices[:, 0], x), 1]
    return heights.min(), heights.max()


def test_precision_recall_has_the_area_and_the_prevalence(ax):
    assert learning.plot_precision_recall(Y, SCORE, label="model", resamples=100, ax=ax) is ax
    recall, precision = ax.lines[0].get_data()
    assert -np.sum(np.diff(recall) * precision[:-1]) == pytest.approx(average_precision_score(Y, SCORE))
    assert ax.lines[1].get_ydata()[0] == pytest.approx(Y.mean())
    low, high = outline_at(ax.collections[0], 0.5)
    reached = np.flatnonzero(recall >= 0.5)
    assert low < precision[reached].max() < high


def test_precision_band_when_the_top_row_is_often_not_drawn(ax):
    learning.plot_precision_recall([1, 0, 0, 1, 0, 1], [0.9, 0.8, 0.7, 0.6, 0.5, 0.4], resamples=60, ax=ax)
    assert np.isfinite(ax.collections[0].get_paths()[0].vertices).all()


def test_decision_curve_draws_its_references_once(ax):
    curve = learning.decision_curve(Y, SCORE, resamples=60)
    assert learning.plot_decision_curve(curve, label="a", ax=ax) is ax
    learning.plot_decision_curve(curve.assign(model=0.1), label="b", ax=ax)
    assert [line.get_label() for line in ax.lines] == ["treat all", "treat none", "a", "b"]
    assert ax.lines[2].get_ydata() == pytest.approx(curve["model"].to_numpy())
    assert len(ax.collections) == 2


def test_reliability_of_groups_of_equal_size(ax):
    learning.plot_reliability(Y, SCORE, bins=4, ax=ax)
    x, y = ax.lines[1].get_data()
    order = np.argsort(SCORE)
    assert x == pytest.approx([part.mean() for part in np.split(SCORE[order], 4)])
    assert y == pytest.approx([part.mean() for part in np.split(Y[order], 4)])


def test_reliability_of_a_constant_score(ax):
    learning.plot_reliability([0, 1, 1], [0.5, 0.5, 0.5], ax=ax)
    assert ax.lines[1].get_data()[1] == pytest.approx([2 / 3])


def test_forest_lists_groups_from_above(ax):
    result = learning.evaluate(Y, SCORE, by=np.where(np.arange(200) < 90, "a", "b"), resamples=100)
    assert learning.plot_forest(result, ax=ax) is ax
    labels = [text.get_text() for text in ax.get_yticklabels()]
    assert labels[1] == f"a  ({Y[:90].sum()}/90)"
    points = np.asarray(ax.collections[-1].get_offsets())
    assert points[:, 0] == pytest.approx(result.xs("auroc", level="metric")["value"].to_numpy())
    assert points[0, 1] > points[1, 1]


def test_a_new_figure_by_default(ax):
    made = learning.plot_roc(Y, SCORE, resamples=0)
    assert made.figure is not ax.figure
    plt.close(made.figure)


def test_bad_input(ax):
    result = learning.evaluate(Y, SCORE, resamples=100)
    with pytest.raises(InputError, match="no metric 'auc'"):
        learning.plot_forest(result, metric="auc", ax=ax)
    with pytest.raises(InputError, match="at least 2 expected"):
        learning.plot_reliability(Y, SCORE, bins=1, ax=ax)
    with pytest.raises(InputError, match="needs probabilities"):
        learning.plot_reliability(Y, SCORE * 9, ax=ax)
    table = pd.DataFrame({"x": [0.0, 1.0], "y": [0, 1]})
    from sklearn.linear_model import LogisticRegression

    with pytest.raises(InputError, match="no epochs"):
        learning.plot_history(learning.fit(LogisticRegression(), table, label="y"), ax=ax)


@pytest.mark.parametrize("draw", [learning.plot_roc, learning.plot_precision_recall, learning.decision_curve])
def test_a_number_of_resamples_is_checked(draw):
    with pytest.raises(InputError, match="at least 0 resamples expected, found -1"):
        draw(Y, SCORE, resamples=-1)


def test_a_band_needs_both_classes_in_a_resample(ax):
    # of two rows, this resample draws one twice
    with pytest.raises(InputError, match="none of 1 resamples holds both classes"):
        learning.plot_roc([0, 1], [0.1, 0.9], resamples=1, seed=0, ax=ax)


def test_a_forest_is_drawn_of_an_evaluation_only(ax):
    with pytest.raises(InputError, match="plot_forest: a table of"):
        learning.plot_forest(pd.DataFrame({"value": [0.7]}), ax=ax)
