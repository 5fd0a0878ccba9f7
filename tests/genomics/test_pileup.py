"""The pileup, against columns written out by hand and against pysam's own."""

import numpy as np
import pysam
import pysam.samtools
import pytest

from biolabkit.errors import FormatError, InputError
from biolabkit.genomics import depth, pileup

from .conftest import TOY

GOOD = [30, 31, 32, 33, 34, 35, 36, 37, 38, 39]


def column(table, start):
    rows = table[table["start"] == start]
    return sorted(
        zip(rows["base"].astype(str), rows["quality"].tolist(), rows["reverse"].tolist(), strict=True)
    )


def test_columns_of_two_reads(toy):
    files = toy([("a", 0, "10M", "ACGTTGCAAC", GOOD), ("b", 5, "10M", "GCAAGACGTT", 20, 16)])
    table = pileup(files.reads, files.reference, ("toy", 0, 300))
    assert len(table) == 20
    assert column(table, 9) == [("C", 39, False), ("G", 20, True)]
    assert table.dtypes.astype(str).to_dict() == {
        "chrom": "category",
        "start": "int64",
        "ref": "category",
        "base": "category",
        "quality": "uint8",
        "mapping_quality": "uint8",
        "reverse": "bool",
        "fragment": "int64",
    }
    assert (table["ref"].astype(str) == [TOY[p] for p in table["start"]]).all()
    assert table["start"].is_monotonic_increasing


def test_cigar_moves_bases_to_their_positions(toy):
    # 2 clipped, 4 aligned, 1 inserted, 2 aligned, 3 deleted, 2 aligned
    files = toy([("a", 10, "2S4M1I2M3D2M", "TTACGTATGAC", 30)])
    table = pileup(files.reads, files.reference)
    placed = list(zip(table["start"], table["base"].astype(str), strict=True))
    assert placed == [(10, "A"), (11, "C"), (12, "G"), (13, "T"), (14, "T"), (15, "G"), (19, "A"), (20, "C")]


def test_reads_and_bases_that_do_not_count(toy):
    flags = {"unmapped": 4, "secondary": 256, "failed": 512, "duplicate": 1024, "supplementary": 2048}
    reads = [(name, 0, "10M", "ACGTTGCAAC", 30, flag) for name, flag in flags.items()]
    reads += [("badly_mapped", 0, "10M", "ACGTTGCAAC", 30, 0, 5), ("n", 0, "3M", "ANG", 30)]
    reads += [("weak", 0, "4M", "ACGT", [30, 5, 30, 30])]
    files = toy(reads)
    table = pileup(files.reads, files.reference)
    assert table["start"].tolist() == [0, 0, 2, 2, 3]
    assert len(pileup(files.reads, files.reference, min_base_quality=0)) == 6
    assert len(pileup(files.reads, files.reference, min_mapping_quality=0)) == 15


def test_mates_are_one_witness(toy):
    files = toy(
        [
            ("pair", 0, "10M", "ACGTTGCAAC", 30, 99),
            ("pair", 5, "10M", "GCATCACGTT", 35, 147),
            ("other", 5, "3M", "GCA", 30),
        ]
    )
    table = pileup(files.reads, files.reference)
    assert column(table, 6) == [("C", 30, False), ("C", 35, True)]
    # They disagree at 8: the better one stays, its quality lowered by the other's, and then it is too weak.
    assert column(table, 8) == []
    assert column(pileup(files.reads, files.reference, min_base_quality=0), 8) == [("T", 5, True)]


def test_sites_and_regions_select_positions(toy):
    files = toy([("a", 0, "20M", TOY[:20], 30)])
    assert pileup(files.reads, files.reference, sites=[3, 17, 250])["start"].tolist() == [3, 17]
    assert pileup(files.reads, files.reference, "toy:4-6")["start"].tolist() == [3, 4, 5]
    assert len(pileup(files.reads, files.reference, "toy:100-200")) == 0


def test_reference_n_is_no_site_and_lower_case_is_fine(toy):
    reference = TOY[:4].lower() + "N" + TOY[5:]
    files = toy([("a", 0, "10M", TOY[:10], 30)], reference=reference)
    assert 4 not in pileup(files.reads, files.reference)["start"].tolist()
    assert len(pileup(files.reads, files.reference)) == 9


def test_no_reads_no_rows(toy):
    files = toy([])
    table = pileup(files.reads, files.reference)
    assert len(table) == 0
    assert "quality" in table


def test_agrees_with_pysam_column_by_column(sample):
    ours = pileup(sample.reads, sample.reference, ("sim", 5_000, 7_000), min_base_quality=0)
    letters = np.where(ours["reverse"], ours["base"].astype(str).str.lower(), ours["base"].astype(str))
    mine = ours.assign(letter=letters).groupby("start")["letter"].apply(sorted).to_dict()
    compared = 0
    with pysam.AlignmentFile(str(sample.reads)) as bam:
        options = {"truncate": True, "min_base_quality": 0, "ignore_overlaps": False, "stepper": "all"}
        for column in bam.pileup("sim", 5_000, 7_000, **options):
            names = column.get_query_names()
            if len(set(names)) == len(names):  # pysam treats overlapping mates in another way
                assert mine[column.reference_pos] == sorted(b for b in column.get_query_sequences() if b)
                compared += 1
    assert compared > 1_000


def test_depth_counts_covered_and_uncovered_positions(toy):
    files = toy([("a", 2, "3M", TOY[2:5], 30), ("b", 3, "4M", TOY[3:7], 2)])
    table = depth(files.reads, files.reference, ("toy", 0, 8))
    assert table["depth"].tolist() == [0, 0, 1, 2, 2, 1, 1, 0]
    assert depth(files.reads, files.reference, ("toy", 0, 8), min_base_quality=10)["depth"].sum() == 3


def test_depth_agrees_with_samtools(sample):
    text = pysam.samtools.depth("-aa", "-s", "-r", "sim:1-3000", str(sample.reads))
    theirs = [int(line.split("\t")[2]) for line in text.splitlines()]
    assert depth(sample.reads, sample.reference, "sim:1-3000")["depth"].tolist() == theirs


# ---------------------------------------------------------------- bad input

READ = [("a", 0, "10M", "ACGTTGCAAC", 30)]


def test_missing_files_are_all_named(tmp_path):
    with pytest.raises(InputError, match=r"no\.bam.*no\.fa"):
        pileup(tmp_path / "no.bam", tmp_path / "no.fa")


def test_bam_without_index(toy):
    files = toy(READ, index=False)
    with pytest.raises(InputError, match="no index beside it; make one with: samtools index"):
        pileup(files.reads, files.reference)


def test_files_that_are_no_bam_and_no_fasta(toy, tmp_path):
    files = toy(READ)
    (tmp_path / "text.bam").write_text("this is no BAM file at all")
    with pytest.raises(FormatError, match="cannot be read as BAM"):
        pileup(tmp_path / "text.bam", files.reference)
    (tmp_path / "text.fa").write_text("no header\n")
    with pytest.raises(FormatError, match="cannot be read as FASTA"):
        pileup(files.reads, tmp_path / "text.fa")


def test_truncated_bam(sample, tmp_path):
    cut = tmp_path / "cut.bam"
    whole = sample.reads.read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    (tmp_path / "cut.bam.bai").write_bytes(sample.reads_index.read_bytes())
    with pytest.raises(FormatError, match=r"cut\.bam .*(damaged|cannot be read)"):
        pileup(cut, sample.reference)


def test_reads_without_qualities(toy):
    files = toy([("bare", 0, "10M", "ACGTTGCAAC", None)])
    with pytest.raises(FormatError, match="read bare has no base qualities"):
        pileup(files.reads, files.reference)


def test_contig_of_another_name(toy):
    files = toy(READ, contig="chr20", bam_contig="20")
    with pytest.raises(FormatError, match=r"not the reference of .*'20', which the FASTA does not have"):
        pileup(files.reads, files.reference)


def test_contig_of_another_length(toy):
    files = toy(READ, bam_length=400)
    with pytest.raises(FormatError, match="has 400 bases in the BAM, 300 in the FASTA"):
        pileup(files.reads, files.reference)


@pytest.mark.parametrize("region", ["toy:0-10", "toy:295-301", "toy:9-3", "other"])
def test_regions_that_are_none_of_the_bam(toy, region):
    files = toy(READ)
    with pytest.raises(InputError, match="region"):
        pileup(files.reads, files.reference, region)
