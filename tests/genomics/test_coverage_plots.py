"""Figures of alignments and depth: drawn on the Axes given, from the numbers given."""

import matplotlib as mpl
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt
import numpy as np
from scipy.stats import poisson

from biolabkit.errors import InputError
from biolabkit.genomics import plot_alignments, plot_coverage, plot_depths, read_alignments, read_depth


@pytest.fixture
def axes():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_coverage_is_drawn_from_either_depth(sample, axes):
    table = read_depth(sample.reads, ("sim", 0, 5_000))
    assert plot_coverage(table, ax=axes) is axes
    assert axes.lines[0].get_ydata()[0] == pytest.approx(table["depth"].mean())


def test_depths_stand_beside_what_chance_gives(axes):
    depths = np.random.default_rng(1).poisson(12, size=20_000)
    assert plot_depths(depths, ax=axes) is axes
    heights = np.array([bar.get_height() for bar in axes.patches])
    assert heights.sum() == pytest.approx(1)
    dots = axes.lines[0].get_ydata()
    assert dots == pytest.approx(poisson.pmf(np.arange(len(dots)), depths.mean()), rel=1e-9)
    assert np.abs(heights - dots).max() < 0.01


def test_depths_without_the_dots(axes):
    plot_depths([0, 0, 3], poisson=False, ax=axes)
    assert [bar.get_height() for bar in axes.patches] == pytest.approx([2 / 3, 0, 0, 1 / 3, 0])
    assert not axes.lines
    with pytest.raises(InputError, match="no position"):
        plot_depths([])


def test_reads_are_drawn_with_their_clips_and_gaps(toy, axes):
    files = toy(
        [
            ("a", 10, "4S6M", "A" * 10, 30),
            ("b", 12, "4M2D3M2I3M", "A" * 12, 30, 0x10),
            ("c", 30, "5M3S", "A" * 8, 30, 0x400),
        ]
    )
    table = read_alignments(files.reads)
    assert plot_alignments(table, 0, 50, ax=axes) is axes
    bars = [(bar.get_x(), bar.get_width(), round(bar.get_y() + 0.375)) for bar in axes.patches]
    assert bars == [(6, 4, 0), (10, 6, 0), (12, 4, 1), (18, 3, 1), (21, 3, 1), (30, 5, 0), (35, 3, 0)]
    assert [list(line.get_xdata()) for line in axes.lines] == [[16, 18], [21, 21]]
    colours = [bar.get_facecolor()[:3] for bar in axes.patches]
    assert colours[1] != colours[2] != colours[5]
    assert colours[0] == colours[6]
    with pytest.raises(InputError, match="no read over 100–200"):
        plot_alignments(table, 100, 200, ax=axes)


def test_rows_are_limited(toy, axes):
    files = toy([(f"r{i}", 10, "10M", "A" * 10, 30) for i in range(9)])
    plot_alignments(read_alignments(files.reads), 0, 30, rows=4, ax=axes)
    assert len(axes.patches) == 4
