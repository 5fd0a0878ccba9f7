"""Figures of cohorts: drawn on the Axes given, from the numbers given."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from biolabkit.errors import InputError
from biolabkit.genomics import plot_manhattan, plot_pca, plot_qq


@pytest.fixture
def axes():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def points(axes):
    return np.concatenate(
        [c.get_offsets() for c in axes.collections if hasattr(c, "get_sizes") and len(c.get_offsets())]
    )


def test_components_in_groups(axes):
    table = np.arange(12.0).reshape(4, 3)
    assert (
        plot_pca(table, ["b", "a", "b", "a"], components=(3, 1), explained=[0.5, 0.25, 0.125], ax=axes)
        is axes
    )
    assert sorted(map(tuple, points(axes))) == [(2, 0), (5, 3), (8, 6), (11, 9)]
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["a", "b"]
    assert (axes.get_xlabel(), axes.get_ylabel()) == ("PC3 (12.5%)", "PC1 (50.0%)")
    for wrong in ({"components": (1, 4)}, {"groups": ["a"]}):
        with pytest.raises(InputError, match="plot_pca"):
            plot_pca(table, ax=axes, **wrong)


def test_no_groups_no_legend(axes):
    assert plot_pca(np.eye(3), ax=axes).get_legend() is None


def test_manhattan(axes):
    variants = pd.DataFrame({"chrom": ["1", "1", "2"], "pos": [100, 200, 50]})
    assert plot_manhattan(variants, [0.1, 0.001, 0.0], q=[0.2, 0.01, 0.0], highlight=[1], ax=axes) is axes
    grey, found, ring = (c.get_offsets() for c in axes.collections)
    assert grey[:, 1].tolist() == pytest.approx([1])
    assert found[:, 1].tolist() == pytest.approx([3, 307.65], abs=0.01)
    assert ring[:, 1].tolist() == pytest.approx([3])
    assert found[1, 0] > found[0, 0]  # the second contig lies behind the first
    assert [label.get_text() for label in axes.get_xticklabels()] == ["1", "2"]
    with pytest.raises(InputError, match="2 p values for 3 variants"):
        plot_manhattan(variants, [0.1, 0.2], ax=axes)
    with pytest.raises(InputError, match="lacks pos"):
        plot_manhattan(variants[["chrom"]], [0.1] * 3, ax=axes)


def test_qq_of_chance_lies_on_the_line(axes):
    p = (np.arange(100) + 0.5) / 100
    assert plot_qq({"chance": p[::-1], "none": [np.nan]}, ax=axes) is axes
    drawn = axes.collections[0].get_offsets()
    assert np.allclose(drawn[:, 0], drawn[:, 1])
    assert len(axes.get_legend().get_texts()) == 2
