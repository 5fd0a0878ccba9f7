"""Trees: distances by hand, additive distances give the tree back, published topology; wrong input."""

import re

import matplotlib as mpl
import numpy as np
import pandas as pd
import pytest

mpl.use("Agg")

import matplotlib.pyplot as plt
from hypothesis import given, settings
from hypothesis import strategies as st

from biolabkit import datasets
from biolabkit.errors import FormatError, InputError, UnknownNameError
from biolabkit.genomics import (
    allele_distances,
    bootstrap_tree,
    neighbour_joining,
    plot_tree,
    read_genotypes,
    read_newick,
    root_tree,
    sequence_distances,
    write_newick,
)

ALIGNED = {"a": "ACGTACGT", "b": "ACGTACGA", "c": "TCGTNCG-", "d": "tcguacgt"}


def test_distances_by_hand():
    found = sequence_distances(ALIGNED)
    assert found.loc["a", "b"] == 1
    assert found.loc["a", "c"] == 1  # the N and the gap are no differences
    assert found.loc["a", "d"] == 1  # case and U are none either
    assert found.loc["b", "d"] == 2
    assert (found.to_numpy() == found.to_numpy().T).all()
    assert (np.diag(found) == 0).all()
    fractions = sequence_distances(ALIGNED, model="p")
    assert fractions.loc["a", "c"] == pytest.approx(1 / 6)
    corrected = sequence_distances(ALIGNED, model="jc69")
    assert corrected.loc["a", "c"] == pytest.approx(-0.75 * np.log(1 - 4 / 3 / 6))
    table = pd.DataFrame({"name": list(ALIGNED), "sequence": list(ALIGNED.values())})
    assert sequence_distances(table).equals(found)


@settings(max_examples=50)
@given(st.lists(st.text("ACGTN-", min_size=9, max_size=9), min_size=2, max_size=6))
def test_distances_of_any_alignment(texts):
    names = [f"s{i}" for i in range(len(texts))]
    sequences = {name: "A" + text for name, text in zip(names, texts, strict=True)}
    found = sequence_distances(sequences)
    for one in names:
        for two in names:
            pairs = zip(sequences[one], sequences[two], strict=True)
            assert found.loc[one, two] == sum(x != y for x, y in pairs if x in "ACGT" and y in "ACGT")


@pytest.mark.parametrize(
    ("sequences", "options", "match"),
    [
        ({"a": "ACGT"}, {}, "two sequences or more"),
        ({"a": "ACGT", "b": "ACG"}, {}, "from 3 to 4 columns"),
        ({"a": "AC--", "b": "--GT"}, {}, "a and b have 0 columns in common"),
        ({"a": "ACGT", "b": "ACGN"}, {"min_shared": 4}, "expected at least 4"),
        ({"a": "AAAA", "b": "CCCC"}, {"model": "jc69"}, "a and b differ in 100%"),
        ({"a": "A", "b": "A"}, {"model": "kimura"}, "no model of distance 'kimura'"),
        (pd.DataFrame({"name": ["a", "a"], "sequence": ["A", "A"]}), {}, "names occur twice: a"),
        (pd.DataFrame({"name": ["a", "b"]}), {}, "it lacks sequence"),
    ],
)
def test_alignments_that_cannot_be_compared(sequences, options, match):
    with pytest.raises(InputError, match=match):
        sequence_distances(sequences, **options)


def test_sequences_of_several_lengths_in_korean(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    with pytest.raises(InputError) as raised:
        sequence_distances({"a": "ACGT", "b": "ACG"})
    assert str(raised.value) == (
        "서열의 길이가 서로 다릅니다(3~4). 모두 같은 길이로 정렬된 서열이어야 합니다"
    )


def test_distances_from_haploid_genotypes(tmp_path):
    path = tmp_path / "x.vcf"
    path.write_text(
        "##fileformat=VCFv4.2\n#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\tc\n"
        "1\t5\t.\tA\tG\t.\t.\t.\tGT\t0\t1\t.\n1\t9\t.\tA\tG,T\t.\t.\t.\tGT\t0\t2\t1\n"
    )
    genotypes = read_genotypes(path, ploidy=1)
    found = allele_distances(genotypes)
    assert found.to_numpy().tolist() == [[0, 2, 1], [2, 0, 1], [1, 1, 0]]
    assert allele_distances(genotypes, model="p").loc["a", "c"] == 1
    with pytest.raises(InputError, match="columns in common"):
        allele_distances(genotypes, min_shared=2)
    path.write_text(
        path.read_text().replace("\t0\t1\t.\n", "\t0|0\t1|0\t.\n").replace("\t0\t2\t1\n", "\t0|0\t2|2\t1|1\n")
    )
    with pytest.raises(InputError, match=r"ploidy 2; expected 1\. For haploid"):
        allele_distances(read_genotypes(path))


# Wikipedia's worked example of neighbour joining, after Saitou and Nei
FIVE = pd.DataFrame(
    [[0, 5, 9, 9, 8], [5, 0, 10, 10, 9], [9, 10, 0, 8, 7], [9, 10, 8, 0, 3], [8, 9, 7, 3, 0]],
    index=list("abcde"),
    columns=list("abcde"),
)


def test_additive_distances_come_back():
    tree = neighbour_joining(FIVE)
    for one in FIVE:
        for two in FIVE:
            assert tree.distance(one, two) == pytest.approx(FIVE.loc[one, two])
    lengths = {leaf.name: leaf.branch_length for leaf in tree.get_terminals()}
    assert lengths == pytest.approx({"a": 2, "b": 3, "c": 4, "d": 2, "e": 1})
    assert not tree.rooted


@pytest.mark.parametrize(
    ("table", "match"),
    [
        (FIVE.iloc[:2, :2], "three or more"),
        (FIVE.iloc[:3, 1:4], "same names"),
        (FIVE.replace(3, np.nan), "numbers from 0"),
        (FIVE.where(np.triu(FIVE) > 0, 1), "same in both directions"),
    ],
)
def test_tables_that_are_no_distances(table, match):
    with pytest.raises(InputError, match=match):
        neighbour_joining(table)


def test_rooting():
    tree = neighbour_joining(FIVE)
    rooted = root_tree(tree, "c")
    assert rooted.rooted
    assert not tree.rooted  # the tree given is as it was
    ends = [sorted(leaf.name for leaf in clade.get_terminals()) for clade in rooted.root.clades]
    assert ["c"] in ends
    assert rooted.distance("a", "e") == pytest.approx(8)
    middle = root_tree(tree)
    assert max(middle.distance(leaf) for leaf in middle.get_terminals()) == pytest.approx(5, abs=1e-6)
    with pytest.raises(UnknownNameError, match="'z'"):
        root_tree(tree, "z")


def test_newick_there_and_back(tmp_path):
    tree = neighbour_joining(FIVE)
    text = write_newick(tree, tmp_path / "t.nwk")
    assert text.endswith(";")
    assert text.count("(") == text.count(")") == 3
    again = read_newick(tmp_path / "t.nwk")
    for one in FIVE:
        assert again.distance(one, "a") == pytest.approx(FIVE.loc[one, "a"], abs=1e-4)
    for wrong in ("((a,b);", ""):
        (tmp_path / "bad.nwk").write_text(wrong)
        with pytest.raises(FormatError, match=r"cannot be read as Newick|expected a tree"):
            read_newick(tmp_path / "bad.nwk")
    with pytest.raises(InputError, match="no such tree"):
        read_newick(tmp_path / "none.nwk")


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("((a,b);", "괄호의 짝이 맞지 않습니다(여는 괄호 2개, 닫는 괄호 1개)"),
        ("(a,b));", "괄호의 짝이 맞지 않습니다"),
        ("(a,b);c", "세미콜론 뒤에 내용이 더 있습니다: c"),
    ],
)
def test_what_is_wrong_with_a_newick_file_is_told_in_korean(monkeypatch, tmp_path, text, words):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    (tmp_path / "bad.nwk").write_text(text)
    with pytest.raises(FormatError, match=re.escape(words)):
        read_newick(tmp_path / "bad.nwk")


def evolved(seed, length=600):
    """Six leaves in two clear groups and one pair that only two columns hold together."""
    rng = np.random.default_rng(seed)
    root = rng.choice(list("ACGT"), length)

    def change(parent, count):
        child = parent.copy()
        for place in rng.choice(length, count, replace=False):
            child[place] = rng.choice([base for base in "ACGT" if base != child[place]])
        return child

    one, two = change(root, 40), change(root, 40)
    leaves = {"a": change(one, 10), "b": change(one, 10), "c": change(one, 10)}
    leaves |= {"d": change(two, 10), "e": change(two, 10), "f": change(two, 10)}
    return {name: "".join(text) for name, text in leaves.items()}


def test_support_is_high_where_the_data_are_clear():
    sequences = evolved(3)
    tree = bootstrap_tree(sequences, replicates=40, seed=7)
    again = bootstrap_tree(sequences, replicates=40, seed=7)
    assert write_newick(tree) == write_newick(again)
    supports = {}
    for clade in tree.get_nonterminals():
        below = frozenset(leaf.name for leaf in clade.get_terminals())
        if clade.confidence is not None:
            supports[below] = clade.confidence
    clear = [value for group, value in supports.items() if group in (frozenset("abc"), frozenset("def"))]
    assert clear
    assert min(clear) == 100
    others = [value for group, value in supports.items() if group not in (frozenset("abc"), frozenset("def"))]
    assert min(others) < 90  # the star inside a group is resolved by chance
    with pytest.raises(InputError, match="replicates is 0"):
        bootstrap_tree(sequences, replicates=0, seed=1)


@pytest.mark.mirror
def test_zika_against_columns_counted_one_by_one():
    from Bio import AlignIO

    path = datasets.fetch("zika-aligned-augur").path("alignment")
    records = list(AlignIO.read(path, "fasta"))
    sequences = {record.id: str(record.seq) for record in records}
    found = sequence_distances(sequences)
    one, two = records[0], records[7]
    counted = sum(
        x != y
        for x, y in zip(str(one.seq).upper(), str(two.seq).upper(), strict=True)
        if x in "ACGT" and y in "ACGT"
    )
    assert found.loc[one.id, two.id] == counted
    naive = sum(x != y for x, y in zip(str(one.seq), str(two.seq), strict=True))
    assert counted <= naive
    tree = root_tree(neighbour_joining(sequence_distances(sequences, model="jc69")))
    assert {leaf.name for leaf in tree.get_terminals()} == set(sequences)


@pytest.mark.mirror
def test_isolates_of_one_outbreak_are_near():
    """Lee et al. 2015: within the clusters of the Nunavik outbreak isolates differ by a few SNPs."""
    genotypes = read_genotypes(
        datasets.fetch("tb-outbreak-vcf-lee2015").path("variants")
    )  # called as diploid
    with pytest.raises(InputError, match=r"take genotypes\.haploid"):
        allele_distances(genotypes)
    genotypes = genotypes.haploid()
    distances = allele_distances(genotypes)
    assert distances.shape == (150, 150)
    isolates = datasets.load("tb-outbreak-vcf-lee2015", "isolates").set_index("strain")
    cluster = isolates["cluster"].reindex(distances.index).astype(str).to_numpy()
    same = (cluster[:, None] == cluster[None, :]) & ~np.eye(150, dtype=bool)
    values = distances.to_numpy()
    assert np.median(values[same]) < np.median(values[cluster[:, None] != cluster[None, :]])


def test_a_tree_is_drawn():
    tree = root_tree(bootstrap_tree(evolved(3), replicates=10, seed=1), "f")
    figure, axes = plt.subplots()
    assert plot_tree(tree, {"a": "x", "b": "x", "d": "y"}, support=99, ax=axes) is axes
    written = [text.get_text() for text in axes.texts]
    assert set("abcdef") <= set(written)
    assert "100" in written
    assert [text.get_text() for text in axes.get_legend().get_texts()] == ["x", "y"]
    heights = sorted(round(y) for c in axes.collections[-2:] for _, y in c.get_offsets())
    assert len(heights) == 3
    plt.close(figure)
