"""Depth and breadth, against samtools and by hand."""

import numpy as np
import pandas as pd
import pysam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biolabkit.errors import FormatError, InputError, UnknownNameError
from biolabkit.genomics import breadth, coverage, read_depth, window_depth

RULES = [
    ({}, ()),
    ({"deletions": True}, ("-J",)),
    ({"min_mapping_quality": 20}, ("-Q", "20")),
    ({"min_base_quality": 20}, ("-q", "20")),
    ({"mates_once": True}, ("-s",)),
    ({"exclude": ()}, ("-g", "0x704")),
    (
        {"exclude": ("secondary", "duplicate", "qc_fail", "supplementary")},
        ("-G", "0x800"),
    ),
]


def samtools_depth(bam, region, *options):
    text = pysam.samtools.depth("-a", "-r", region, *options, str(bam))
    return [int(line.split("\t")[2]) for line in text.splitlines()]


@pytest.fixture
def mixed(toy):
    """Reads of every kind over one stretch."""
    return toy(
        [
            ("plain", 10, "10M", "A" * 10, 30),
            ("clipped", 14, "5S5M", "A" * 10, 30),
            ("inserted", 12, "4M3I4M", "A" * 11, 30),
            ("deleted", 12, "4M4D4M", "A" * 8, 30),
            ("spliced", 8, "3M6N3M", "A" * 6, 30),
            ("weak", 10, "6M", "A" * 6, [30, 30, 5, 5, 30, 30]),
            ("lost", 10, "8M", "A" * 8, 30, 0, 3),
            ("secondary", 10, "8M", "A" * 8, 30, 0x100),
            ("copy", 10, "8M", "A" * 8, 30, 0x400),
            ("failed", 10, "8M", "A" * 8, 30, 0x200),
            ("piece", 10, "8M", "A" * 8, 30, 0x800),
            ("pair", 10, "6M", "A" * 6, 30, 0x1 | 0x2 | 0x40),
            ("pair", 13, "6M", "A" * 6, 30, 0x1 | 0x2 | 0x80 | 0x10),
            ("unaligned", 15, None, "A" * 6, 30, 0x4),
        ]
    )


@pytest.mark.parametrize(("rule", "options"), RULES)
def test_depth_is_that_of_samtools(mixed, rule, options):
    ours = read_depth(mixed.reads, "toy:1-40", **rule)
    if rule.get("exclude") == ():  # samtools takes the flags one by one, and never an unmapped read
        options = ("-g", "0x700")
    assert ours["depth"].tolist() == samtools_depth(mixed.reads, "toy:1-40", *options)
    assert ours["start"].tolist() == list(range(40))


def test_what_lies_over_a_position_by_hand(mixed):
    depth = read_depth(mixed.reads, ("toy", 0, 300)).set_index("start")["depth"]
    # plain, inserted, deleted, weak, lost, piece, the two mates, clipped
    assert depth[15] == 9
    # the deletion of "deleted" lies over 16 to 19; "weak" ends at 16, the left mate too
    assert depth[16] == 6
    assert depth[9] == 1
    assert depth[25:].sum() == 0


@pytest.mark.mirror
@pytest.mark.parametrize(("rule", "options"), RULES)
def test_depth_of_a_real_sample_is_that_of_samtools(hg002, rule, options):
    if rule.get("exclude") == ():
        options = ("-g", "0x700")
    region = "20:10,000,001-10,070,000"  # two stretches of counting
    ours = read_depth(hg002.reads, region, **rule)["depth"].tolist()
    assert ours == samtools_depth(hg002.reads, region, *options)


@pytest.mark.mirror
def test_coverage_of_a_real_sample_is_that_of_samtools(hg002):
    regions = pd.DataFrame(
        {
            "chrom": "20",
            "start": [10_000_000, 10_049_000],
            "end": [10_060_000, 10_051_000],
            "name": ["a", "b"],
        }
    )
    table = coverage(hg002.reads, regions, min_mapping_quality=20)
    assert table["name"].tolist() == ["a", "b"]
    for row in table.itertuples():
        text = pysam.samtools.coverage(
            "-H", "-q", "20", "-r", f"20:{row.start + 1}-{row.end}", str(hg002.reads)
        )
        _, _, _, number, covered, fraction, depth, _, quality = text.split()
        assert row.reads == int(number)
        assert row.breadth_1 * (row.end - row.start) == pytest.approx(int(covered))
        assert row.breadth_1 == pytest.approx(float(fraction) / 100, rel=1e-4)
        assert row.mean_depth == pytest.approx(float(depth), rel=1e-4)
        assert row.mean_mapping_quality == pytest.approx(float(quality), abs=0.06)


def test_coverage_by_region_is_that_of_the_depths(sample):
    regions = pd.DataFrame({"chrom": "sim", "start": [0, 39_000, 500], "end": [40_000, 40_000, 501]})
    table = coverage(sample.reads, regions, thresholds=[5, 30])
    depth = read_depth(sample.reads, "sim")["depth"].to_numpy()
    for row in table.itertuples():
        part = depth[row.start : row.end]
        assert row.mean_depth == pytest.approx(part.mean())
        assert row.min_depth == part.min()
        assert row.breadth_5 == pytest.approx((part >= 5).mean())
        assert row.breadth_30 == pytest.approx((part >= 30).mean())
    whole = coverage(sample.reads).iloc[0]
    assert whole["mean_depth"] == pytest.approx(depth.mean())
    assert whole["reads"] == pysam.AlignmentFile(str(sample.reads)).count()


def test_contigs_without_reads(tmp_path):
    header = {"SQ": [{"SN": "a", "LN": 50}, {"SN": "b", "LN": 3_000_000_000 % 2**31}]}
    path = tmp_path / "empty.bam"
    with pysam.AlignmentFile(str(path), "wb", header=header):
        pass
    pysam.index(str(path))
    table = coverage(path, thresholds=[0, 1])
    assert table["chrom"].tolist() == ["a", "b"]
    assert table["reads"].tolist() == [0, 0]
    assert table["mean_depth"].tolist() == [0, 0]
    assert table["breadth_0"].tolist() == [1, 1]
    assert table["breadth_1"].tolist() == [0, 0]
    assert table["mean_mapping_quality"].isna().all()
    assert read_depth(path, "a")["depth"].tolist() == [0] * 50


@given(st.lists(st.integers(0, 60), min_size=1, max_size=80), st.integers(1, 30))
def test_breadth_and_windows_by_definition(depths, window):
    found = breadth(depths, [0, 1, 20])
    assert found.to_dict() == {
        level: pytest.approx(sum(d >= level for d in depths) / len(depths)) for level in (0, 1, 20)
    }
    table = pd.DataFrame({"chrom": "x", "start": np.arange(len(depths)) + 7, "depth": depths})
    assert breadth(table, [1]).equals(breadth(depths, [1]))
    steps = window_depth(table, window)
    assert steps["start"].tolist()[0] == 7
    assert steps["end"].tolist()[-1] == 7 + len(depths)
    assert (steps["start"].iloc[1:] % window == 0).all()
    for row in steps.itertuples():
        assert row.depth == pytest.approx(np.mean(depths[row.start - 7 : row.end - 7]))


def test_what_cannot_be_counted(mixed):
    with pytest.raises(InputError, match="region 'toy:290-310' is off the contig: toy has 300 bases"):
        read_depth(mixed.reads, "toy:290-310")
    with pytest.raises(InputError, match="there is no contig 'chrtoy'; did you mean 'toy'"):
        read_depth(mixed.reads, "chrtoy:1-10")
    with pytest.raises(UnknownNameError, match="did you mean 'duplicate'"):
        read_depth(mixed.reads, "toy", exclude=["dup"])
    with pytest.raises(InputError, match="min_base_quality is -1"):
        read_depth(mixed.reads, "toy", min_base_quality=-1)
    with pytest.raises(InputError, match="thresholds are \\[-5\\]"):
        coverage(mixed.reads, thresholds=[-5])
    with pytest.raises(InputError, match="no position"):
        breadth([])
    with pytest.raises(InputError, match="window is 0"):
        window_depth(read_depth(mixed.reads, "toy"), 0)
    with pytest.raises(InputError, match="no column end"):
        coverage(mixed.reads, pd.DataFrame({"chrom": ["toy"], "start": [0]}))
    bad = pd.DataFrame({"chrom": ["toy", "toy", "Y"], "start": [0, 5, 1], "end": [400, 5, 2]})
    with pytest.raises(InputError, match=r"off the contig.*is empty.*no contig 'Y'"):
        coverage(mixed.reads, bad)


def test_every_region_that_does_not_fit_is_told_in_korean(mixed, monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    bad = pd.DataFrame({"chrom": ["toy", "toy", "Y"], "start": [0, 5, 1], "end": [400, 5, 2]})
    with pytest.raises(InputError) as raised:
        coverage(mixed.reads, bad)
    assert str(raised.value) == (
        "영역 ('toy', 0, 400): 컨티그를 벗어납니다. toy의 길이는 300염기입니다. "
        "영역 ('toy', 5, 5): 비어 있습니다. 끝이 시작보다 뒤에 있어야 합니다. "
        "영역 ('Y', 1, 2): 그런 컨티그가 없습니다: 'Y'. 다음이 있습니다: toy"
    )


def test_files_that_cannot_be_counted(toy, sample, tmp_path):
    with pytest.raises(InputError, match="no such file"):
        coverage(tmp_path / "none.bam")
    bare = toy([("a", 0, "4M", "ACGT", None)])
    assert read_depth(bare.reads, "toy:1-5")["depth"].tolist() == [1, 1, 1, 1, 0]
    with pytest.raises(FormatError, match="read a has no base qualities"):
        read_depth(bare.reads, "toy", min_base_quality=10)
    bare.reads.with_name("toy.bam.bai").unlink()
    with pytest.raises(InputError, match="has no index beside it; make one with: samtools index"):
        read_depth(bare.reads, "toy")
    short = tmp_path / "short.bam"
    whole = sample.reads.read_bytes()
    short.write_bytes(whole[: len(whole) // 2])
    (tmp_path / "short.bam.bai").write_bytes(sample.reads_index.read_bytes())
    with pytest.raises(FormatError, match="truncated"):
        read_depth(short, "sim")
    with pytest.raises(FormatError, match="truncated"):
        coverage(short)


def test_cram_is_refused_with_a_way_out(sample, tmp_path):
    cram = tmp_path / "reads.cram"
    pysam.samtools.view(
        "-C", "-T", str(sample.reference), "-o", str(cram), str(sample.reads), catch_stdout=False
    )
    pysam.index(str(cram))
    with pytest.raises(
        FormatError, match="is CRAM, which cannot be decoded without its reference; make a BAM"
    ):
        coverage(cram)
