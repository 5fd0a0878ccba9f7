"""Calls against a truth, counted by hand."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biolabkit.errors import InputError
from biolabkit.genomics import compare_calls


def variants(*rows):
    """Rows of (start, ref, alt, allele1, allele2[, qual[, filter]]) on contig 1."""
    columns = ["start", "ref", "alt", "allele1", "allele2", "qual", "filter"]
    full = [(*row, *(50.0, "PASS")[len(row) - 5 :]) for row in rows]
    table = pd.DataFrame(full, columns=columns)
    table.insert(0, "chrom", "1")
    return table


TRUTH = variants((10, "A", "G", 0, 1), (20, "C", "T", 1, 1), (30, "G", "GA", 1, 1), (50, "A", "C", 0, 1))
CALLS = variants(
    (10, "A", "G", 0, 1, 90.0),
    (20, "C", "T", 0, 1, 70.0),
    (30, "G", "GA", 1, 1, 50.0),
    (40, "T", "C", 0, 1, 10.0),
)


def counts(comparison, kind="all"):
    return comparison.summary.loc[kind, ["tp", "fp", "fn"]].tolist()


def test_counts_by_hand():
    result = compare_calls(CALLS, TRUTH)
    assert counts(result) == [2, 2, 2]
    assert counts(result, "snv") == [1, 2, 2]
    assert counts(result, "indel") == [1, 0, 0]
    assert (result.tp, result.fp, result.fn) == (2, 2, 2)
    assert (result.precision, result.recall, result.f1) == (0.5, 0.5, 0.5)
    assert result.table["status"].tolist() == ["tp", "genotype", "tp", "fp", "fn"]
    assert result.false_positives["start"].tolist() == [20, 40]
    assert result.false_negatives["start"].tolist() == [20, 50]


def test_allele_mode_forgives_the_genotype():
    result = compare_calls(CALLS, TRUTH, match="allele")
    assert counts(result) == [3, 1, 1]
    assert result.false_positives["start"].tolist() == [40]


def test_only_what_lies_wholly_inside_the_regions_counts():
    regions = pd.DataFrame({"chrom": ["1", "1"], "start": [10, 30], "end": [20, 41]})
    assert counts(compare_calls(CALLS, TRUTH, regions)) == [2, 1, 0]
    deletion = variants((15, "AAAAAA", "A", 0, 1))
    assert counts(compare_calls(deletion, deletion, regions)) == [0, 0, 0]


def test_only_passing_calls_of_enough_quality_count():
    failing = CALLS.assign(filter=["LowQual", "PASS", ".", "PASS"])
    assert counts(compare_calls(failing, TRUTH)) == [1, 2, 3]
    assert counts(compare_calls(failing, TRUTH, passing=False)) == [2, 2, 2]
    assert counts(compare_calls(CALLS, TRUTH, min_qual=50)) == [2, 1, 2]


def test_spelling_does_not_matter_with_a_reference(tmp_path):
    (tmp_path / "r.fa").write_text(">1\nGGGCACACACAGGGTTTT\n")
    ours = variants((5, "CAC", "C", 0, 1), (14, "TT", "AC", 1, 1))
    theirs = variants((2, "GCA", "G", 0, 1), (14, "T", "A", 1, 1), (15, "T", "C", 1, 1))
    assert counts(compare_calls(ours, theirs, reference=tmp_path / "r.fa")) == [3, 0, 0]
    assert counts(compare_calls(ours, theirs)) == [2, 1, 1]


def test_sites_with_two_alternatives_are_compared_one_by_one():
    ours, theirs = variants((10, "A", "C,G", 1, 2)), variants((10, "A", "G,T", 1, 2))
    assert counts(compare_calls(ours, theirs)) == [1, 1, 1]
    assert counts(compare_calls(ours, variants((10, "A", "G,C", 1, 2)))) == [2, 0, 0]


def test_the_curve_by_hand():
    curve = compare_calls(CALLS, TRUTH).pr_curve()
    assert curve["qual"].tolist() == [10, 50, 70, 90]
    assert curve["tp"].tolist() == [2, 2, 1, 1]
    assert curve["fp"].tolist() == [2, 1, 1, 0]
    assert curve["fn"].tolist() == [2, 2, 3, 3]
    assert compare_calls(CALLS, TRUTH).pr_curve("indel")["recall"].tolist() == [1.0]
    with pytest.raises(InputError, match="kind is 'cnv'"):
        compare_calls(CALLS, TRUTH).pr_curve("cnv")


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 9), st.integers(0, 4)), max_size=12, unique_by=lambda row: row[0]),
    st.sets(st.integers(0, 9), max_size=10),
)
def test_each_point_of_the_curve_is_a_comparison_of_its_own(called, true):
    calls = variants(*((start, "A", "C", 0, 1, float(qual)) for start, qual in called))
    truth = variants(*((start, "A", "C", 0, 1) for start in sorted(true)))
    curve = compare_calls(calls, truth).pr_curve()
    assert curve["qual"].tolist() == sorted({float(qual) for _, qual in called})
    for point in curve.itertuples():
        alone = compare_calls(calls, truth, min_qual=point.qual)
        assert [point.tp, point.fp, point.fn] == [alone.tp, alone.fp, alone.fn]
        ratios = [alone.precision, alone.recall, alone.f1]
        assert [point.precision, point.recall, point.f1] == pytest.approx(ratios, nan_ok=True)


def test_what_is_printed_says_what_was_counted_and_what_cannot_be_seen():
    text = str(compare_calls(CALLS, TRUTH))
    assert "precision" in text
    assert "Compared by alleles and genotypes." in text
    assert "haplotype-aware" in text.lower()
    assert "whatever the genotype" in compare_calls(CALLS, TRUTH, match="allele")._repr_html_()


def test_what_is_printed_in_korean(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    assert str(compare_calls(CALLS, TRUTH)).endswith(
        "대립유전자와 유전자형을 비교했습니다. 정규화한 뒤에 레코드를 하나씩 비교하므로, 여러 레코드가 모여 "
        "같은 서열을 다르게 적은 경우에는 오류로 셉니다. 일배체형을 고려하는 도구(vcfeval, hap.py)는 이를 "
        "맞다고 인정하여 수치가 조금 더 높으므로, 그 수치와 나란히 놓고 비교할 수 없습니다."
    )
    with pytest.raises(InputError) as raised:
        compare_calls(CALLS, TRUTH.assign(chrom="chr1"))
    assert str(raised.value) == (
        "compare_calls: 양쪽에 모두 있는 컨티그가 없습니다. 판정의 컨티그는 1, 정답의 컨티그는 chr1입니다. "
        "참조 유전체의 버전과 컨티그 이름을 적는 방식이 서로 같습니까?"
    )


def test_wrong_genotypes_have_a_table_of_their_own():
    wrong = compare_calls(CALLS, TRUTH).wrong_genotypes
    assert wrong[["start", "dosage_call", "dosage_truth"]].to_numpy().tolist() == [[20, 1, 2]]


def test_the_same_haplotypes_in_other_records_are_errors_here():
    """CA>C behind an A, or A>C and CA>C beside it: the limit that the docstring states."""
    ours = variants((10, "A", "T", 1, 1), (11, "CA", "C", 1, 1))
    theirs = variants((10, "ACA", "TC", 1, 1))
    also = variants((10, "AC", "A", 1, 1), (12, "A", "C", 1, 1))
    assert counts(compare_calls(ours, theirs)) == [2, 0, 0]
    assert counts(compare_calls(ours, also)) == [0, 2, 2]


def test_the_order_of_records_does_not_matter():
    shuffled = CALLS.iloc[[3, 1, 0, 2]]
    assert counts(compare_calls(shuffled, TRUTH.iloc[::-1])) == counts(compare_calls(CALLS, TRUTH))


def test_nothing_of_nothing():
    nothing = variants()
    result = compare_calls(nothing, nothing)
    assert math.isnan(result.precision)
    assert math.isnan(result.recall)
    assert counts(compare_calls(nothing, TRUTH)) == [0, 0, 4]
    assert compare_calls(nothing, TRUTH).recall == 0
    assert len(result.pr_curve()) == 0


@settings(max_examples=50)
@given(
    st.lists(st.tuples(st.integers(0, 15), st.sampled_from(["C", "G"]), st.integers(1, 2)), max_size=12),
    st.lists(st.tuples(st.integers(0, 15), st.sampled_from(["C", "G"]), st.integers(1, 2)), max_size=12),
)
def test_genotype_mode_is_a_comparison_of_sets(ours, theirs):
    def side(rows):
        unique = {(start, alt): dosage for start, alt, dosage in rows}
        full = [(start, "A", alt, int(dosage == 2), 1) for (start, alt), dosage in unique.items()]
        return {(*key, dosage) for key, dosage in unique.items()}, variants(*full)

    (called, calls), (true, truth) = side(ours), side(theirs)
    result = compare_calls(calls, truth)
    assert [result.tp, result.fp, result.fn] == [len(called & true), len(called - true), len(true - called)]


def test_comparisons_that_make_no_sense():
    with pytest.raises(InputError, match="match is 'exact'"):
        compare_calls(CALLS, TRUTH, match="exact")
    with pytest.raises(InputError, match=r"no contig in common: the calls lie on 1, the truth on chr1"):
        compare_calls(CALLS, TRUTH.assign(chrom="chr1"))
    with pytest.raises(InputError, match="lacks the columns"):
        compare_calls(CALLS, pd.DataFrame({"chrom": np.array(["1"])}))
