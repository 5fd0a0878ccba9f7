"""Trimming against cutadapt's documented numbers, brute force and simulated truth."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biolabkit import datasets, simulate
from biolabkit.errors import InputError
from biolabkit.genomics import (
    ADAPTERS,
    Reads,
    find_adapter,
    quality_cut,
    read_fastq,
    read_fastq_pair,
    trim,
    trim_pairs,
)


def make(sequences, qualities=None):
    """Reads of these bases; quality 40 when not given."""
    lengths = np.array([len(s) for s in sequences], dtype=np.int64)
    width = int(lengths.max(initial=0))
    bases, scores = np.zeros((len(sequences), width), np.uint8), np.zeros((len(sequences), width), np.uint8)
    for row, sequence in enumerate(sequences):
        bases[row, : len(sequence)] = np.frombuffer(sequence.encode(), np.uint8)
        scores[row, : len(sequence)] = 40 if qualities is None else qualities[row]
    return Reads(np.array([f"r{i}" for i in range(len(sequences))], dtype=object), bases, scores, lengths)


def spell(reads):
    return [reads.sequence(index) for index in range(len(reads))]


# ---------------------------------------------------------------- quality


def test_the_example_of_cutadapts_documentation():
    qualities = [42, 40, 26, 27, 8, 7, 11, 4, 2, 3]
    assert quality_cut(make(["ACGTACGTAC"], [qualities]), 10).tolist() == [4]


def test_quality_trimming_case_by_case():
    reads = make(["ACGT", "ACGT", "ACGT", "", "AC"], [[40] * 4, [2] * 4, [2, 2, 2, 40], [], [40, 2]])
    assert quality_cut(reads, 20).tolist() == [4, 0, 4, 0, 1]
    assert quality_cut(reads.select([3]), 20).tolist() == [0]


def slow_cut(qualities, threshold):
    """The documentation's words: where the partial sum from the end is lowest; stop above 0."""
    total, lowest, keep = 0, 0, len(qualities)
    for index in range(len(qualities) - 1, -1, -1):
        total += qualities[index] - threshold
        if total > 0:
            break
        if total < lowest:
            lowest, keep = total, index
    return keep


@given(st.lists(st.lists(st.integers(0, 41), max_size=25), min_size=1, max_size=6), st.integers(1, 35))
def test_quality_trimming_is_that_of_a_loop(scores, threshold):
    reads = make(["A" * len(row) for row in scores], scores)
    assert quality_cut(reads, threshold).tolist() == [slow_cut(row, threshold) for row in scores]


# ---------------------------------------------------------------- adapters


@pytest.mark.parametrize(
    ("read", "kept"),
    [
        ("MYSEQUENCEADAPTER", "MYSEQUENCE"),
        ("MYSEQUENCEADAP", "MYSEQUENCE"),
        ("MYSEQUENCEADAPTERSOMETHINGELSE", "MYSEQUENCE"),
        ("ADAPTERSOMETHING", ""),
        ("MYSEQUENCE", "MYSEQUENCE"),
    ],
)
def test_the_examples_of_cutadapts_guide(read, kept):
    """Its words of letters, spelled in bases: the table of regular 3' adapters."""
    bases = {"MYSEQUENCE": "GGTTGGTTGG", "ADAPTER": "ACACTCA", "SOMETHING": "GTGTGTTGT", "ELSE": "TTGG"}
    for word, spelled in bases.items():
        read, kept = read.replace(word, spelled), kept.replace(word, spelled)
    read = read.replace("ADAP", bases["ADAPTER"][:4])
    assert spell(trim(make([read]), adapter=bases["ADAPTER"])) == [kept]


def distance(read, adapter):
    """Edit distance by the textbook's table."""
    row = list(range(len(adapter) + 1))
    for i, base in enumerate(read, start=1):
        new = [i]
        for j, letter in enumerate(adapter, start=1):
            new.append(min(row[j] + 1, new[-1] + 1, row[j - 1] + (base != letter)))
        row = new
    return row[-1]


def places(read, adapter, rate, least):
    """Every (start, end, overlap) with few enough errors."""
    for overlap in range(least, len(adapter) + 1):
        ends = range(len(read) + 1) if overlap == len(adapter) else [len(read)]
        for end in ends:
            for start in range(end + 1):
                if distance(read[start:end], adapter[:overlap]) <= int(overlap * rate + 1e-9):
                    yield start, end, overlap


@given(
    st.lists(st.text("ACGT", max_size=16), min_size=1, max_size=3),
    st.text("ACGT", min_size=1, max_size=7),
    st.sampled_from([0.0, 0.15, 0.3, 0.5]),
    st.integers(1, 4),
)
@settings(max_examples=150, deadline=None)
def test_an_adapter_is_found_where_there_is_one_and_nowhere_else(sequences, adapter, rate, least):
    found = find_adapter(make(sequences), adapter, error_rate=rate, min_overlap=least)
    for read, row in zip(sequences, found.itertuples(), strict=True):
        possible = set(places(read, adapter, rate, least))
        if row.start < 0:
            assert not possible
        else:
            assert (row.start, row.end, row.overlap) in possible
            assert distance(read[row.start : row.end], adapter[: row.overlap]) == row.errors


def test_errors_insertions_and_deletions_within_the_rate():
    adapter = "AGATCGGAAGAGCACACGTC"  # 20 bases: two errors at 10 %
    head = "TTTTTTTTTT"
    wrong = head + adapter[:5] + "T" + adapter[6:12] + "T" + adapter[13:]
    inserted = head + adapter[:8] + "T" + adapter[8:]
    deleted = head + adapter[:8] + adapter[9:] + "CC"
    found = find_adapter(make([wrong, inserted, deleted, head + adapter[:8] + "T"]), adapter)
    assert found["start"].tolist() == [10, 10, 10, -1]
    assert found["errors"].tolist() == [2, 1, 1, 0]


def test_the_earlier_of_two_adapters_is_taken():
    adapter = "AGATCGGAAGAGC"
    assert find_adapter(make(["TTTT" + adapter + "GG" + adapter]), adapter)["start"].tolist() == [4]


def test_wildcards_match_in_the_adapter_not_in_the_read():
    assert find_adapter(make(["TTTTACGTAC", "TTTTANGTAC"]), "ANNNAC")["start"].tolist() == [4, -1]
    assert find_adapter(make(["TTTTACGTAC", "TTTTANGTAC"]), "ACGTAC", error_rate=0)["start"].tolist() == [
        4,
        -1,
    ]
    assert find_adapter(make(["TTTTACRTAC"]), "acrtac", error_rate=0)["start"].tolist() == [-1]
    assert find_adapter(make(["TTTTACGTAC"]), "acrtac", error_rate=0)["start"].tolist() == [4]


def test_short_overlaps_count_from_the_least_on():
    read = make(["TTTTTTAGA"])
    starts = [int(find_adapter(read, "AGATCGGAAGAGC", min_overlap=least)["start"][0]) for least in (1, 3, 4)]
    assert starts == [6, 6, -1]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"adapter": "AC GT"}, "the adapter has ' ' at index 2"),
        ({"adapter": ""}, "at least one base"),
        ({"adapter": "NNN", "error_rate": 1, "min_overlap": 0}, "not N; error_rate is 1.*min_overlap is 0"),
    ],
)
def test_adapters_that_cannot_be_used_are_refused(asked, said):
    with pytest.raises(InputError, match=said):
        find_adapter(make(["ACGT"]), **asked)


def test_no_reads_and_empty_reads():
    assert find_adapter(make([]), "ACGT").empty
    assert find_adapter(make(["", "ACGT"]), "ACGT")["start"].tolist() == [-1, 0]


@pytest.mark.mirror
def test_the_adapter_of_cutadapts_reads_begins_where_their_names_say():
    reads = read_fastq(datasets.fetch("cutadapt-illumina-adapter-fastq").path("reads"))
    stated = [int(n.rsplit(" ", 1)[1]) if "adapter start" in n else 101 for n in reads.names]
    got = trim(reads, adapter="GCCTAACTTCTTAGACTGCCTTAAGGACGT").lengths.tolist()
    # A part of fewer than three bases is not looked for.
    assert got == [start if start <= 98 else 101 for start in stated]
    assert sum(start <= 98 for start in stated) == 57


@pytest.mark.mirror
def test_cutadapts_own_test_with_a_wrong_fourth_base():
    """Its test_info_file trims 56 reads with this adapter: at 10 % one error needs an overlap of ten."""
    reads = read_fastq(datasets.fetch("cutadapt-illumina-adapter-fastq").path("reads"))
    stated = [int(n.rsplit(" ", 1)[1]) if "adapter start" in n else 101 for n in reads.names]
    found = find_adapter(reads, "GCCGAACTTCTTAGACTGCCTTAAGGACGT")
    assert (found["start"] >= 0).sum() == 56
    assert found["start"].tolist() == [start if start <= 91 else -1 for start in stated]
    assert set(found.loc[found["start"] >= 0, "errors"]) == {1}


@pytest.mark.parametrize("rate", [0.1, 0.25])
def test_looking_only_where_an_adapter_can_be_loses_none(library, monkeypatch, rate):
    _, files = library
    reads = read_fastq(files["reads_1"])
    quick = find_adapter(reads, ADAPTERS["truseq"][0], error_rate=rate)
    monkeypatch.setattr(
        "biolabkit.genomics.trimming_adapters._Query.may_lie_inside",
        lambda _, bits: np.ones(len(bits), dtype=bool),
    )
    pd.testing.assert_frame_equal(quick, find_adapter(reads, ADAPTERS["truseq"][0], error_rate=rate))


# ---------------------------------------------------------------- pairs


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    donor = simulate.haploid_sample(simulate.genome(20_000, seed=1, repeats_per_kb=0), seed=2)
    pairs = simulate.read_pairs(
        donor,
        seed=3,
        depth=10,
        read_length=100,
        fragment=(120.0, 40.0),
        adapters=simulate.TRUSEQ,
        end_quality=20.0,
    )
    return pairs, pairs.write_fastq(tmp_path_factory.mktemp("pairs"))


def test_simulated_read_through_is_cut_at_the_insert(library):
    pairs, files = library
    first, second = read_fastq_pair(files["reads_1"], files["reads_2"])
    for reads, adapter in zip((first, second), ADAPTERS["truseq"], strict=True):
        trimmed = trim(reads, adapter=adapter)
        sizes = np.minimum(pairs.fragments["insert_size"], 100)
        clear = (sizes <= 85).to_numpy()
        assert (trimmed.lengths == sizes)[clear].mean() > 0.98
        assert (trimmed.lengths == 100)[sizes == 100].mean() > 0.97


def test_pairs_stay_pairs(library):
    _, files = library
    first, second = read_fastq_pair(files["reads_1"], files["reads_2"])
    result = trim_pairs(first, second, adapters=ADAPTERS["truseq"], quality=20, min_length=60)
    assert [n.split()[0] for n in result.first.names] == [n.split()[0] for n in result.second.names]
    assert len(result.first) == len(result.second) == result.kept.sum() < len(first)
    assert min(result.first.lengths.min(), result.second.lengths.min()) >= 60
    alone = [
        trim(reads, adapter=adapter, quality=20)
        for reads, adapter in zip((first, second), ADAPTERS["truseq"], strict=True)
    ]
    assert (result.kept == ((alone[0].lengths >= 60) & (alone[1].lengths >= 60))).all()
    assert (result.first.bases == alone[0].select(result.kept).bases[:, : result.first.bases.shape[1]]).all()
    row = result.summary.loc["first"]
    assert row["bases_in"] == row["quality_bases"] + row["adapter_bases"] + alone[0].lengths.sum()
    assert row["reads_in"] == len(first)
    assert row["bases_out"] == result.first.lengths.sum()
    assert row["too_short"] == (alone[0].lengths < 60).sum()


def test_quality_comes_before_the_adapter():
    adapter = "AGATCGGAAGAGC"
    read = make(["TTTTTTTT" + adapter], [[40] * 8 + [40] * 6 + [2] * 7])
    assert trim(read, adapter=adapter, quality=20).lengths.tolist() == [8]
    assert trim(read, quality=20).lengths.tolist() == [14]
    assert trim(read).lengths.tolist() == [21]


def test_mates_out_of_step_are_refused():
    reads = make(["ACGT", "ACGT"])
    with pytest.raises(InputError, match="2 first mates, but 1"):
        trim_pairs(reads, reads.select([0]))
    with pytest.raises(InputError, match="min_length is -1"):
        trim_pairs(reads, reads, min_length=-1)


@pytest.mark.mirror
def test_the_adapters_of_the_measles_run_are_dimers():
    """Both mates begin with the adapter; in the one pair with an insert both end it at the same length."""
    data = datasets.fetch("measles-rnaseq-fastq-with-adapters")
    pair = read_fastq_pair(data.path("reads_1"), data.path("reads_2"))
    starts = [find_adapter(reads, "AGATCGGAAGAGC", min_overlap=10)["start"] for reads in pair]
    both = (starts[0] >= 0) & (starts[1] >= 0)
    assert (starts[0] == starts[1])[both].all()
    assert starts[0][both].value_counts().to_dict() == {0: 142, 56: 1}
