"""Expression: size factors and tests against PyDESeq2 and against a truth that was put in; wrong tables."""

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt

from biolabkit import datasets
from biolabkit.errors import InputError, UnknownNameError
from biolabkit.genomics import (
    check_counts,
    differential_expression,
    expression_pca,
    log_normalise,
    plot_volcano,
    size_factors,
)


def simulated(seed=1, genes=300, each=4, changed=30, dispersion=0.05):
    """Negative binomial counts of two groups; the first `changed` genes are fourfold in the second."""
    rng = np.random.default_rng(seed)
    mean = np.exp(rng.uniform(2, 7, genes))[:, None] * np.ones(2 * each)
    mean[:changed, each:] *= 4
    mean *= rng.uniform(0.5, 2, 2 * each)
    size = 1 / dispersion
    counts = rng.negative_binomial(size, size / (size + mean))
    names = [f"s{i}" for i in range(2 * each)]
    table = pd.DataFrame(counts, index=[f"g{i}" for i in range(genes)], columns=names)
    return table, pd.DataFrame({"group": ["a"] * each + ["b"] * each}, index=names)


def test_twice_the_depth_is_twice_the_factor():
    counts = pd.DataFrame({"one": [10, 100, 7, 0], "two": [20, 200, 14, 50]}, index=list("abcd"))
    factors = size_factors(counts)
    assert factors["two"] / factors["one"] == pytest.approx(2)
    assert factors.to_numpy().tolist() == pytest.approx([2**-0.5, 2**0.5])


def test_one_strong_gene_does_not_move_the_factors():
    counts, _ = simulated(changed=0)
    before = size_factors(counts)
    counts.loc["g0", "s0"] = 10_000_000
    assert size_factors(counts)["s0"] == pytest.approx(before["s0"], rel=0.02)


def test_factors_are_those_of_pydeseq2():
    preprocessing = pytest.importorskip("pydeseq2.preprocessing")
    counts, _ = simulated()
    _, wanted = preprocessing.deseq2_norm(counts.T)
    assert size_factors(counts).to_numpy() == pytest.approx(np.asarray(wanted))


def test_data_full_of_zeros():
    counts, _ = simulated(changed=0)
    counts = counts.mask(np.random.default_rng(0).random(counts.shape) < 0.4, 0)
    holes = counts.copy()
    holes.iloc[::2, 0] = holes.iloc[1::2, 1] = 0
    with pytest.raises(InputError, match="zeros='positive'"):
        size_factors(holes)
    factors = size_factors(counts, zeros="positive")
    full, _ = simulated(changed=0)
    assert np.corrcoef(np.log(factors), np.log(size_factors(full)))[0, 1] > 0.9
    with pytest.raises(UnknownNameError, match="did you mean 'positive'"):
        size_factors(counts, zeros="positiv")


def test_logarithms_by_hand():
    counts = pd.DataFrame({"a": [0, 3], "b": [1, 7]})
    assert log_normalise(counts, pd.Series({"a": 1.0, "b": 1.0})).to_numpy().tolist() == [[0, 1], [2, 3]]
    assert log_normalise(counts, pd.Series({"a": 1.0, "b": 7.0}))["b"][1] == 1
    with pytest.raises(InputError, match="positive size factor"):
        log_normalise(counts, pd.Series({"a": 1.0}))
    with pytest.raises(InputError, match="above 0"):
        log_normalise(counts, pd.Series({"a": 1.0, "b": 1.0}), pseudocount=0)


def test_the_first_component_parts_the_groups():
    counts, samples = simulated()
    result = expression_pca(log_normalise(counts), 3, top=100)
    first = result.coordinates["PC1"]
    a, b = first[samples["group"] == "a"], first[samples["group"] == "b"]
    assert a.max() < b.min() or b.max() < a.min()
    assert len(result.genes) == 100
    assert len({f"g{i}" for i in range(30)} & set(result.genes)) == 30
    assert (np.diff(result.explained) <= 0).all()
    with pytest.raises(InputError, match="fewer components than samples"):
        expression_pca(log_normalise(counts), 8)


@pytest.mark.parametrize(
    ("change", "match"),
    [
        (lambda t: t.assign(s0=-1), r"300 values are negative, the first at gene 'g0', sample 's0'"),
        (lambda t: t.assign(s1=0.5), "300 values are not whole"),
        (lambda t: t.assign(s1=np.nan), "300 values are missing"),
        (lambda t: t.assign(s1=0), "no reads at all in s1"),
        (lambda t: t.rename(index={"g1": "g0"}), "1 genes occur twice, such as 'g0'"),
        (lambda t: t.rename(columns={"s1": "s0"}), "1 samples occur twice"),
        (lambda t: t.assign(name="x"), "the columns name are not numbers"),
        (lambda t: t[:0], "as a DataFrame"),
        (lambda t: t.assign(s0=-1, s1=0), "negative.*no reads at all in s1"),
    ],
)
def test_tables_that_are_no_counts(change, match):
    with pytest.raises(InputError, match=match):
        check_counts(change(simulated()[0]))


def test_all_problems_of_counts_in_korean(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    table = pd.DataFrame({"s1": [1.5, np.nan, -1], "s2": [0, 0, 0]}, index=["g1", "g1", "g2"])
    with pytest.raises(InputError) as raised:
        check_counts(table)
    assert str(raised.value) == (
        "counts: 결측값이 1개 있습니다(처음 나오는 곳: 유전자 'g1', 표본 's1'). "
        "음수가 1개 있습니다(처음 나오는 곳: 유전자 'g2', 표본 's1'). "
        "정규화하지 않은 리드 수여야 하는데 정수가 아닌 값이 1개 있습니다"
        "(처음 나오는 곳: 유전자 'g1', 표본 's1'). "
        "유전자 이름 1개가 중복됩니다(예: 'g1'). 리드가 하나도 없는 표본이 있습니다: s2"
    )


def test_genes_may_be_a_column():
    counts, _ = simulated()
    table = counts.rename_axis("gene").reset_index()
    assert check_counts(table).equals(counts.rename_axis("gene"))
    assert "gene" in table


def test_changed_genes_are_found():
    pytest.importorskip("pydeseq2")
    counts, samples = simulated()
    found = differential_expression(counts, samples, design="~ group", contrast=("group", "b", "a"))
    assert list(found) == ["gene", "base_mean", "log2_fold_change", "se", "stat", "p", "q"]
    assert found["p"].is_monotonic_increasing
    truth = {f"g{i}" for i in range(30)}
    hits = set(found.loc[found["q"] < 0.05, "gene"])
    assert len(hits & truth) >= 27
    assert len(hits - truth) <= 5
    changed = found[found["gene"].isin(truth)]
    assert changed["log2_fold_change"].median() == pytest.approx(2, abs=0.3)
    back = differential_expression(counts, samples, design="~ group", contrast=("group", "a", "b"))
    assert back.set_index("gene")["log2_fold_change"].loc[found["gene"]].to_numpy() == pytest.approx(
        -found["log2_fold_change"].to_numpy(), abs=1e-6
    )


def test_genes_with_hardly_a_read_are_left_out():
    pytest.importorskip("pydeseq2")
    counts, samples = simulated()
    counts.loc["quiet"] = [1, 0, 0, 0, 0, 0, 0, 1]
    found = differential_expression(counts, samples, design="~ group", contrast=("group", "b", "a"))
    assert "quiet" not in set(found["gene"])
    with pytest.raises(InputError, match="no gene has"):
        differential_expression(
            counts, samples, design="~ group", contrast=("group", "b", "a"), min_total=10**9
        )


@pytest.mark.parametrize(
    ("samples", "contrast", "design", "error", "match"),
    [
        (lambda t: t[1:], ("group", "b", "a"), "~ group", InputError, "no row for s0"),
        (lambda t: t, ("groups", "b", "a"), "~ group", UnknownNameError, "did you mean 'group'"),
        (lambda t: t, ("group", "c", "a"), "~ group", UnknownNameError, "group of 'group' 'c'"),
        (lambda t: t, ("group", "b"), "~ group", InputError, "compared with"),
        (lambda t: t.assign(sex=1), ("group", "b", "a"), "~ sex", InputError, "not in the design"),
        (
            lambda t: t.assign(group=["a"] * 7 + ["b"]),
            ("group", "b", "a"),
            "~ group",
            InputError,
            "'b' has one sample",
        ),
    ],
)
def test_designs_that_cannot_be_tested(samples, contrast, design, error, match):
    counts, table = simulated()
    with pytest.raises(error, match=match):
        differential_expression(counts, samples(table), design=design, contrast=contrast)


@pytest.mark.mirror
def test_sex_of_real_mice_shows_in_their_sex_genes():
    pytest.importorskip("pydeseq2")
    counts = check_counts(datasets.load("rnaseq-gse96870-cerebellum", "counts"))
    samples = datasets.load("rnaseq-gse96870-cerebellum", "samples").set_index("sample")
    factors = size_factors(counts)
    total = counts.sum() / counts.sum().mean()
    assert np.corrcoef(factors, total)[0, 1] > 0.8
    rows = counts.sum(axis=1).nlargest(1_500).index.union(["Xist", "Ddx3y", "Eif2s3y", "Kdm5d", "Uty"])
    found = differential_expression(
        counts.loc[rows], samples, design="~ sex + time", contrast=("sex", "Male", "Female")
    )
    top = found.head(5).set_index("gene")["log2_fold_change"]
    assert set(top.index) == {"Xist", "Ddx3y", "Eif2s3y", "Kdm5d", "Uty"}
    assert top["Xist"] < -5
    assert (top.drop("Xist") > 5).all()


def test_volcano_names_the_strongest():
    table = pd.DataFrame(
        {
            "gene": ["up", "down", "weak", "small", "none"],
            "log2_fold_change": [3.0, -2.0, 4.0, 0.2, np.nan],
            "p": [1e-8, 1e-4, 0.3, 1e-9, np.nan],
            "q": [1e-7, 1e-3, 0.5, 1e-8, np.nan],
        }
    )
    figure, axes = plt.subplots()
    assert plot_volcano(table, names=5, ax=axes) is axes
    assert [text.get_text() for text in axes.texts] == ["up", "down"]
    grey, up, down = (collection.get_offsets() for collection in axes.collections)
    assert [len(points) for points in (grey, up, down)] == [2, 1, 1]
    assert up[0].tolist() == pytest.approx([3, 8])
    with pytest.raises(InputError, match="lacks q"):
        plot_volcano(table.drop(columns="q"), ax=axes)
    with pytest.raises(InputError, match="lacks gene"):
        plot_volcano(table.drop(columns="gene"), ax=axes)
    plt.close(figure)
