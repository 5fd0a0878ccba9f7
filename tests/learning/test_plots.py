"""Figures take and return Axes and show the numbers they should."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import auc

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
    with pytest.raises(InputError, match="at least 2 bins"):
        learning.plot_reliability(Y, SCORE, bins=1, ax=ax)
    with pytest.raises(InputError, match="needs probabilities"):
        learning.plot_reliability(Y, SCORE * 9, ax=ax)
    table = pd.DataFrame({"x": [0.0, 1.0], "y": [0, 1]})
    from sklearn.linear_model import LogisticRegression

    with pytest.raises(InputError, match="no epochs"):
        learning.plot_history(learning.fit(LogisticRegression(), table, label="y"), ax=ax)
