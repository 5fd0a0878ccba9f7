"""Figures: drawn on the Axes given, from the numbers given."""

import matplotlib as mpl
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from biolabkit.errors import InputError
from biolabkit.genomics import (
    call_variants,
    compare_calls,
    depth,
    genotype_likelihoods,
    pileup,
    plot_coverage,
    plot_genotypes,
    plot_pileup,
    plot_pr_curve,
    read_vcf,
)


@pytest.fixture
def axes():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_pileup_writes_every_mismatch(toy, axes):
    files = toy([("a", 0, "10M", "ACGTTGCAAC", 30), ("b", 0, "10M", "ACGTAGCAAC", 20)])
    table = pileup(files.reads, files.reference)
    assert plot_pileup(table, 4, flank=3, ax=axes) is axes
    assert [text.get_text() for text in axes.texts] == ["A", *"CGTTGCA"]
    (image,) = axes.images
    assert image.get_array().shape == (2, 7, 4)
    with pytest.raises(InputError, match="no base within 3 of position 100"):
        plot_pileup(table, 100, flank=3, ax=axes)


def test_the_likeliest_genotype_stands_out(toy, axes):
    files = toy([("a", 0, "1M", "A", 30), ("b", 0, "1M", "C", 30)])
    row = genotype_likelihoods(pileup(files.reads, files.reference)).iloc[0]
    assert plot_genotypes({name: row[name] for name in ("AA", "AC", "CC")}, ax=axes) is axes
    colours = [bar.get_facecolor() for bar in axes.patches]
    assert colours[0] == colours[2] != colours[1]
    assert [bar.get_height() for bar in axes.patches] == row[["AA", "AC", "CC"]].tolist()


def test_coverage_is_drawn_in_windows(sample, axes):
    table = depth(sample.reads, sample.reference, ("sim", 0, 5_000))
    assert plot_coverage(table, ax=axes) is axes
    assert axes.lines[0].get_ydata()[0] == pytest.approx(table["depth"].mean())


def test_curves_by_name(sample, axes):
    truth = read_vcf(sample.truth)
    results = {
        method: compare_calls(
            call_variants(sample.reads, sample.reference, method=method), truth, reference=sample.reference
        )
        for method in ("bayes", "bcftools")
    }
    assert plot_pr_curve(results, kind="snv", ax=axes) is axes
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["bayes", "bcftools"]
    curve = results["bayes"].pr_curve("snv")
    assert axes.lines[0].get_xdata().tolist() == curve["recall"].tolist()
    assert axes.lines[0].get_ydata().tolist() == curve["precision"].tolist()


def test_a_new_figure_by_default(sample, axes):
    plt.sca(axes)
    result = compare_calls(call_variants(sample.reads, sample.reference), read_vcf(sample.truth))
    drawn = plot_pr_curve(result)
    assert drawn.figure is not axes.figure
    assert drawn.get_legend() is None
    plt.close(drawn.figure)
