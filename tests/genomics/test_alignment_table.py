"""FLAG, CIGAR and the table of records, against the SAM specification and pysam."""

import sys

import pysam
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biolabkit.errors import FormatError, InputError, MissingExtraError, UnknownNameError
from biolabkit.genomics import (
    FLAGS,
    align,
    aligned_blocks,
    decode_flag,
    encode_flag,
    parse_cigar,
    query_span,
    read_alignments,
    reference_span,
)

inner = st.lists(st.tuples(st.sampled_from("MIDN=X"), st.integers(1, 90)), min_size=1, max_size=7)
clip = st.integers(0, 40)


@st.composite
def cigars(draw):
    """CIGARs whose operations differ from their neighbours and that begin and end with an aligned base."""
    middle = draw(inner)
    parts = [("M", 3), *middle, ("M", 2)]
    kept = [parts[0]]
    for part in parts[1:]:
        if part[0] != kept[-1][0]:
            kept.append(part)
    for name, where in (("S", 0), ("S", len(kept) + 1), ("H", 0), ("H", len(kept) + 3)):
        length = draw(clip)
        if length:
            kept.insert(min(where, len(kept)), (name, length))
    return "".join(f"{length}{name}" for name, length in kept)


def test_every_flag_is_its_properties():
    for flag in range(0x1000):
        names = decode_flag(flag)
        assert encode_flag(names) == flag
        assert names == [name for name, bit in FLAGS.items() if flag & bit]


@pytest.mark.parametrize("name", FLAGS)
def test_flags_are_those_of_samtools(name):
    ours = pysam.samtools.flags(str(FLAGS[name])).split()[2].lower()
    other = {"unmapped": "unmap", "mate_unmapped": "munmap", "mate_reverse": "mreverse", "duplicate": "dup"}
    assert ours == other.get(name, name.replace("proper_pair", "proper_pair").replace("qc_fail", "qcfail"))


def test_flags_that_do_not_exist():
    with pytest.raises(InputError, match="flag 4096: expected a whole number from 0 to 4095"):
        decode_flag(4096)
    with pytest.raises(UnknownNameError, match="did you mean 'duplicate'"):
        encode_flag(["duplicates"])


@given(cigars())
def test_cigar_agrees_with_pysam(cigar):
    header = pysam.AlignmentHeader.from_dict({"SQ": [{"SN": "x", "LN": 10_000}]})
    read = pysam.AlignedSegment(header)
    read.reference_id, read.reference_start, read.cigarstring = 0, 100, cigar
    assert "".join(f"{length}{name}" for name, length in parse_cigar(cigar)) == cigar
    assert reference_span(cigar) == read.reference_length
    assert query_span(cigar) == read.infer_query_length()
    assert query_span(cigar, hard_clips=True) == read.infer_read_length()
    assert [base for block in aligned_blocks(cigar, 100) for base in range(block.start, block.end)] == [
        base for start, end in read.get_blocks() for base in range(start, end)
    ]


def test_blocks_say_where_they_begin_in_the_read():
    assert aligned_blocks("5S4=1X3I2M6N1M2H", 10) == [(10, 15, 5), (15, 17, 13), (23, 24, 15)]
    assert aligned_blocks("*", 0) == []
    assert aligned_blocks([("M", 4)], 7) == [(7, 11, 0)]


@pytest.mark.parametrize(
    ("cigar", "message"),
    [
        ("10", "expected numbers, each followed by one of"),
        ("M10", "expected numbers"),
        ("10Z", "expected numbers"),
        ("5M0I5M", "length 0"),
        ("5M3S5M", "a clip"),
        ("3S2H5M", "H outside of S"),
    ],
)
def test_no_cigar(cigar, message):
    with pytest.raises(InputError, match=message):
        parse_cigar(cigar)


def test_the_table_holds_every_record(toy):
    files = toy(
        [
            ("a", 10, "4S6M", "TTTTGCAACA", 30, 0x1 | 0x2 | 0x40, 60),
            ("b", 12, "3M2D4M", "CAAAACG", None, 0x400, 7),
            ("c", 300 - 10, "10M", "ACGTTGCAAC", 20, 0x100, 0),
        ]
    )
    table = read_alignments(files.reads)
    assert table["name"].tolist() == ["a", "b", "c"]
    assert table["flag"].tolist() == [0x43, 0x400, 0x100]
    assert table[["start", "end"]].to_numpy().tolist() == [[10, 16], [12, 21], [290, 300]]
    assert table["cigar"].tolist() == ["4S6M", "3M2D4M", "10M"]
    assert table["sequence"][0] == "TTTTGCAACA"
    assert table["quality"].tolist() == ["?" * 10, "*", "5" * 10]
    assert table["mate_chrom"].tolist() == ["*"] * 3
    assert table["edit_distance"].tolist() == [-1] * 3
    assert read_alignments(files.reads, ("toy", 16, 40))["name"].tolist() == ["b"]
    assert list(read_alignments(files.reads, ("toy", 50, 60)).columns) == list(table.columns)


def test_files_that_cannot_be_read(toy, tmp_path):
    with pytest.raises(InputError, match="no such file"):
        read_alignments(tmp_path / "none.bam")
    with pytest.raises(InputError, match="has no index beside it; make one with: samtools index"):
        read_alignments(toy([("a", 0, "4M", "ACGT", 30)], index=False).reads)
    text = tmp_path / "text.bam"
    text.write_text("no BAM")
    with pytest.raises(FormatError, match="cannot be read as BAM"):
        read_alignments(text)
    sam = tmp_path / "reads.sam"
    sam.write_text("@SQ\tSN:toy\tLN:300\na\t0\ttoy\t1\t60\t4M\t*\t0\t0\tACGT\tIIII\n")
    with pytest.raises(FormatError, match="it is text \\(SAM\\); sort, compress and index it"):
        read_alignments(sam)


def test_without_mappy(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "mappy", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'biolabkit\[align\]'"):
        align([], tmp_path / "x.fa", tmp_path / "x.bam")
