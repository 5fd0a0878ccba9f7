"""Records read in blocks against the same records read one by one through pysam."""

import array
import contextlib
import shutil
import tempfile
from pathlib import Path

import numpy as np
import pandas as pd
import pysam
import pysam.samtools
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from biolabkit.errors import FormatError
from biolabkit.genomics import _bam_blocks, _load, call_variants
from biolabkit.genomics._alignment import open_alignment
from biolabkit.genomics._bam_blocks import Unusual
from biolabkit.genomics._bam_index import first_offset
from biolabkit.genomics._load import in_blocks, one_by_one

LENGTHS = {"a": 3_000, "b": 70_000}


def assert_same_reads(blocks, single):
    for name in ("bases", "quality", "length", "mapping_quality", "flag", "fragment", "segments"):
        np.testing.assert_array_equal(getattr(blocks, name), getattr(single, name), err_msg=name)
    assert blocks.gaps == single.gaps


def assert_same_over(alignment, windows, min_mapping_quality=0):
    for window in windows:
        single = one_by_one(alignment, window, min_mapping_quality)
        assert_same_reads(in_blocks(alignment, window, min_mapping_quality), single)


def windows_of(chrom, start, end, step, overhang):
    return [(chrom, max(low - overhang, 0), low + step + overhang) for low in range(start, end, step)]


# ---------------------------------------------------------------- files as they come


@pytest.mark.parametrize("step", [700, 40_000, 1 << 19])
def test_a_simulated_sample(sample, monkeypatch, step):
    monkeypatch.setattr(_bam_blocks, "STEP", step)
    with open_alignment(sample.reads, sample.reference) as alignment:
        assert_same_over(alignment, windows_of("sim", 0, 40_000, 3_000, 300), 20)
        assert len(in_blocks(alignment, ("sim", 0, 40_000), 20).length) > 5_000


def test_windows_in_any_order(sample):
    rng = np.random.default_rng(1)
    starts = rng.integers(0, 39_000, 30).tolist()
    with open_alignment(sample.reads, sample.reference) as alignment:
        assert_same_over(alignment, [("sim", start, start + 1 + start % 900) for start in starts])


@pytest.mark.mirror
def test_real_reads(hg002):
    """Reads of several lengths, clipped and trimmed, with duplicates and supplementary alignments."""
    with open_alignment(hg002.reads, hg002.reference) as alignment:
        for quality in (0, 20):
            assert_same_over(alignment, windows_of(*hg002.window, 25_000, 300), quality)


def test_calls_are_those_of_reads_taken_one_by_one(sample, monkeypatch):
    usual = call_variants(sample.reads, sample.reference)

    def refuse(*_):
        raise Unusual

    monkeypatch.setattr(_load, "in_blocks", refuse)
    pd.testing.assert_frame_equal(call_variants(sample.reads, sample.reference), usual, check_exact=True)


@pytest.mark.mirror
def test_real_calls_are_those_of_reads_taken_one_by_one(hg002, monkeypatch):
    usual = call_variants(hg002.reads, hg002.reference, hg002.window)
    monkeypatch.setattr(_load, "in_blocks", _load.one_by_one)
    single = call_variants(hg002.reads, hg002.reference, hg002.window)
    pd.testing.assert_frame_equal(single, usual, check_exact=True)


# ---------------------------------------------------------------- anything that BAM can hold


@st.composite
def cigars(draw):
    """Operations as SAM allows them, and how many bases of the read they take."""
    inner = draw(st.lists(st.tuples(st.sampled_from([0, 1, 2, 3, 6, 7, 8]), st.integers(1, 40)), min_size=1))
    clips = [[(4, draw(st.integers(1, 9)))] if draw(st.booleans()) else [] for _ in range(2)]
    hard = [[(5, draw(st.integers(1, 9)))] if draw(st.booleans()) else [] for _ in range(2)]
    operations = hard[0] + clips[0] + inner + clips[1] + hard[1]
    return operations, sum(size for operation, size in operations if operation in (0, 1, 4, 7, 8))


@st.composite
def records(draw):
    """One read, as the arguments of `written`."""
    operations, size = draw(cigars())
    contig = draw(st.sampled_from(["a", "b"]))
    has_bases = draw(st.integers(0, 9)) > 0 and size > 0
    return {
        "name": draw(st.text(st.sampled_from("ab:/1"), min_size=1, max_size=3))
        * draw(st.sampled_from([1, 80])),
        "contig": contig,
        "start": draw(st.integers(0, LENGTHS[contig] - 1)),
        "flag": draw(st.sampled_from([0, 16, 99, 147, 4, 256, 512, 1024, 2048, 1 | 4 | 64])),
        "mapping_quality": draw(st.sampled_from([0, 19, 20, 60, 255])),
        "cigar": operations if draw(st.integers(0, 9)) else None,
        "bases": "".join(draw(st.lists(st.sampled_from("ACGTNRYMKSWBDHV="), min_size=size, max_size=size)))
        if has_bases
        else None,
        "quality": draw(st.lists(st.integers(0, 93), min_size=size, max_size=size)),
        "tags": draw(st.lists(st.sampled_from(TAGS), unique_by=lambda tag: tag[0])),
    }


TAGS = [
    ("NM", 3),
    ("XS", "some text"),
    ("XF", 0.5),
    ("ZB", array.array("H", range(50))),
    ("ZI", array.array("i", [-1])),
]


@contextlib.contextmanager
def written(reads):
    """The reads and a reference as files."""
    with tempfile.TemporaryDirectory() as folder:
        fasta, bam = Path(folder) / "two.fa", Path(folder) / "two.bam"
        fasta.write_text("".join(f">{name}\n{'ACGT' * (size // 4)}\n" for name, size in LENGTHS.items()))
        header = pysam.AlignmentHeader.from_references(list(LENGTHS), list(LENGTHS.values()))
        with pysam.AlignmentFile(str(bam), "wb", header=header) as out:
            for read in sorted(reads, key=lambda read: (read["contig"], read["start"])):
                out.write(record(read, header))
            unplaced = pysam.AlignedSegment(header)
            unplaced.query_name, unplaced.flag, unplaced.query_sequence = "nowhere", 4, "ACG"
            out.write(unplaced)
        pysam.index(str(bam))
        with open_alignment(bam, fasta) as alignment:
            yield alignment


def record(read, header):
    made = pysam.AlignedSegment(header)
    made.query_name, made.flag = read["name"], read["flag"]
    made.reference_name, made.reference_start = read["contig"], read["start"]
    made.mapping_quality, made.cigartuples = read["mapping_quality"], read["cigar"]
    made.query_sequence = read["bases"]
    if read["bases"] is not None and read["quality"] is not None:
        made.query_qualities = array.array("B", read["quality"])
    for tag, value in read["tags"]:
        made.set_tag(tag, value)
    return made


def simple(**changes):
    read = {"name": "r", "contig": "b", "start": 20_000, "flag": 0, "mapping_quality": 60, "tags": []}
    return read | {"cigar": [(0, 4)], "bases": "ACGT", "quality": [30, 31, 32, 33]} | changes


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    st.lists(records(), max_size=25),
    st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 2_900), st.integers(1, 3_000)), min_size=1),
    st.sampled_from([40, 333, 1 << 19]),
)
def test_whatever_a_bam_holds(reads, windows, step):
    wanted = [(chrom, start, min(start + size, LENGTHS[chrom])) for chrom, start, size in windows]
    wanted += [("b", low, low + 20_000) for low in (0, 20_000, 50_000)]
    with pytest.MonkeyPatch.context() as patch, written(reads) as alignment:
        patch.setattr(_bam_blocks, "STEP", step)
        assert_same_over(alignment, wanted, 20)


def test_a_read_longer_than_a_step(monkeypatch):
    monkeypatch.setattr(_bam_blocks, "STEP", 100)
    long = simple(cigar=[(0, 999), (2, 5), (0, 2_000)], bases="ACG" * 999 + "NN", quality=[20] * 2_999)
    with written([simple(), long, simple(start=20_500)]) as alignment:
        assert_same_over(alignment, [("b", 0, 70_000), ("b", 20_700, 20_900)])
        assert len(in_blocks(alignment, ("b", 20_700, 20_900), 0).length) == 1


def test_a_read_that_is_clipped_away():
    with written([simple(cigar=[(4, 4), (3, 90)]), simple()]) as alignment:
        assert_same_over(alignment, [("b", 0, 70_000), ("b", 20_050, 20_060)])


def test_no_reads_at_all():
    with written([]) as alignment:
        assert_same_over(alignment, [("a", 0, 3_000), ("b", 5, 6)])


# ---------------------------------------------------------------- what is left to pysam


def test_a_cigar_of_more_operations_than_bam_can_count():
    """It is kept in a tag, and a placeholder in its place."""
    cigar = [(0, 1), (1, 1)] * 33_000
    many = simple(start=100, cigar=cigar, bases="AC" * 33_000, quality=[30] * 66_000)
    with written([many]) as alignment:
        with pytest.raises(Unusual):
            in_blocks(alignment, ("b", 0, 30_000), 0)
        block = _load.read_block(alignment, "b", 0, 30_000, 0)
    assert len(block.segment_read) == len(block.gaps) == 33_000


def test_reads_without_qualities_are_named():
    with written([simple(name="bare", quality=None)]) as alignment:
        with pytest.raises(Unusual):
            in_blocks(alignment, ("b", 0, 30_000), 0)
        with pytest.raises(FormatError, match="read bare has no base qualities"):
            _load.read_block(alignment, "b", 0, 30_000, 0)
        # where nobody looks at it, it is no trouble
        assert len(_load.read_block(alignment, "b", 30_000, 40_000, 0)) == 0


def test_another_kind_of_index(sample, tmp_path):
    shutil.copy(sample.reads, tmp_path / "reads.bam")
    pysam.samtools.index("-c", str(tmp_path / "reads.bam"))
    with open_alignment(tmp_path / "reads.bam", sample.reference) as alignment:
        with pytest.raises(Unusual):
            in_blocks(alignment, ("sim", 0, 100), 0)
        assert len(_load.read_block(alignment, "sim", 0, 100, 0)) > 0


def test_an_index_of_either_name(sample, tmp_path):
    shutil.copy(sample.reads, tmp_path / "reads.bam")
    shutil.copy(sample.reads_index, tmp_path / "reads.bai")
    with open_alignment(tmp_path / "reads.bam", sample.reference) as alignment:
        assert_same_over(alignment, [("sim", 20_000, 30_000)])


def test_an_index_finds_the_first_read_over_a_tile():
    reads = [simple(start=start) for start in (20_000, 40_000)]
    with written(reads) as alignment:
        offsets = [first_offset(alignment.reads_path, 1, start) for start in (0, 20_002, 32_768, 49_152)]
    assert offsets[0] == offsets[1] < offsets[2]
    assert offsets[3] is None


@pytest.mark.parametrize("part", ["flipped bits", "cut in a block", "cut between blocks"])
def test_damage_is_found(sample, tmp_path, part):
    data = bytearray(sample.reads.read_bytes())
    middle = len(data) // 2
    boundary = data.index(b"\x1f\x8b\x08\x04", middle)
    if part == "flipped bits":
        data[middle : middle + 50] = bytes(byte ^ 255 for byte in data[middle : middle + 50])
    else:
        del data[boundary + (100 if part == "cut in a block" else 0) :]
    (tmp_path / "reads.bam").write_bytes(data)
    shutil.copy(sample.reads_index, tmp_path / "reads.bam.bai")
    with pytest.raises(FormatError, match=r"reads\.bam .*(damaged|cannot be read)"):
        call_variants(tmp_path / "reads.bam", sample.reference)


def test_sizes_that_cannot_be():
    """Records whose parts do not fit: found in a file that is otherwise whole."""
    with written([simple(), simple()]) as alignment:
        (whole,) = alignment.blocks.over(1, 0, 70_000)
    begin = np.array([0, 4 + int.from_bytes(whole.data[:4], "little")])
    for at, value in ((0, 0), (0, 3), (12, 0), (20, 255), (16, 200), (23, 128), (41, 9)):
        broken = bytearray(whole.data)
        broken[at] = value
        with pytest.raises(Unusual):
            _bam_blocks.Records(bytes(broken), begin[: 1 if at == 0 else 2])
