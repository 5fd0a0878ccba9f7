"""Regions: what a user may write, and what lies inside what."""

import gzip

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biolabkit.errors import FormatError, InputError
from biolabkit.genomics import inside, merge_regions, parse_region, read_bed

LENGTHS = {"20": 1_000, "HLA:A*01:01": 500}


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("20", ("20", 0, 1000)),
        ("20:101-200", ("20", 100, 200)),
        ("20:1-1,000", ("20", 0, 1000)),
        (("20", 100, 200), ("20", 100, 200)),
        ("HLA:A*01:01", ("HLA:A*01:01", 0, 500)),
        ("HLA:A*01:01:1-10", ("HLA:A*01:01", 0, 10)),
    ],
)
def test_regions_that_are_understood(written, meant):
    assert parse_region(written, LENGTHS) == meant


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("chr20", "no contig 'chr20'; did you mean '20'"),
        ("chr20:1-10", "no contig 'chr20'"),
        ("20:200-101", "is empty"),
        (("20", 5, 5), "is empty"),
        ("20:900-1001", "off the contig: 20 has 1,000 bases"),
        (("20", -1, 5), "off the contig"),
        ("20:a-b", "whole numbers"),
        (("20", 5), r"expected 'chrom:start-end'"),
    ],
)
def test_regions_that_are_not(written, said):
    with pytest.raises(InputError, match=said):
        parse_region(written, LENGTHS)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("chr20:1-10", "영역 'chr20:1-10': 그런 컨티그가 없습니다: 'chr20'. '20'입니까?"),
        ("20:200-101", "영역 '20:200-101': 비어 있습니다. 끝이 시작보다 뒤에 있어야 합니다"),
        ("20:900-1001", "영역 '20:900-1001': 컨티그를 벗어납니다. 20의 길이는 1,000염기입니다"),
        ("20:a-b", "영역 '20:a-b': 'chrom:start-end'처럼 정수로 적으십시오. 예: '20:1-1000'"),
    ],
)
def test_regions_that_are_not_in_korean(written, said, monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    with pytest.raises(InputError) as raised:
        parse_region(written, LENGTHS)
    assert str(raised.value) == said


def test_bed_plain_and_gzipped(tmp_path):
    text = "# a comment\ntrack name=x\n20\t5\t10\tname\t0\n\n20\t20\t30\n"
    (tmp_path / "a.bed").write_text(text)
    (tmp_path / "a.bed.gz").write_bytes(gzip.compress(text.encode()))
    for name in ("a.bed", "a.bed.gz"):
        assert read_bed(tmp_path / name).to_numpy().tolist() == [["20", 5, 10], ["20", 20, 30]]


@pytest.mark.parametrize(
    ("text", "said"),
    [("20\t5\n", "bed:1: expected chrom"), ("20\t1\t2\n20\t9\t3\n", "bed:2: the region starts at 9")],
)
def test_bed_that_is_none(tmp_path, text, said):
    (tmp_path / "a.bed").write_text(text)
    with pytest.raises(FormatError, match=said):
        read_bed(tmp_path / "a.bed")


def test_bed_that_is_missing(tmp_path):
    with pytest.raises(InputError, match="no such BED file"):
        read_bed(tmp_path / "a.bed")


def test_merge_joins_what_overlaps_or_touches():
    table = pd.DataFrame({"chrom": ["b", "a", "a", "a"], "start": [0, 5, 0, 20], "end": [4, 9, 5, 25]})
    assert merge_regions(table).to_numpy().tolist() == [["a", 0, 9], ["a", 20, 25], ["b", 0, 4]]


@given(
    st.lists(st.tuples(st.integers(0, 40), st.integers(1, 10)), max_size=6),
    st.lists(st.tuples(st.integers(0, 45), st.integers(1, 4)), min_size=1, max_size=8),
)
def test_inside_agrees_with_painting_each_base(regions, spans):
    painted = np.zeros(60, dtype=bool)
    for start, length in regions:
        painted[start : start + length] = True
    beds = pd.DataFrame([("1", s, s + n) for s, n in regions], columns=["chrom", "start", "end"])
    table = pd.DataFrame([("1", s, s + n) for s, n in spans], columns=["chrom", "start", "end"])
    assert inside(table, beds).tolist() == [bool(painted[s : s + n].all()) for s, n in spans]
