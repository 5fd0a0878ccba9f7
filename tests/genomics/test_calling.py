"""Callers against a known truth, against bcftools, and against the wrong reference."""

import os
import tracemalloc

import numpy as np
import pandas as pd
import pysam
import pytest

from biolabkit import simulate
from biolabkit.errors import BiolabkitError, FormatError, InputError
from biolabkit.genomics import (
    CALL_COLUMNS,
    call_to_vcf,
    call_variants,
    compare_calls,
    read_bed,
    read_vcf,
    write_vcf,
)
from biolabkit.genomics._alignment import open_alignment
from biolabkit.genomics._calling import stretches_of
from biolabkit.genomics._parallel import progress_bar, run_stretches
from biolabkit.genomics._stretch import Options, call_window
from biolabkit.simulate.genomes import Genome

from .conftest import TOY


def compared(calls, sample, regions=None):
    return compare_calls(calls, read_vcf(sample.truth), regions, reference=sample.reference)


@pytest.mark.parametrize("method", ["bayes", "bcftools"])
def test_a_simulated_donor_is_found(sample, method):
    result = compared(call_variants(sample.reads, sample.reference, method=method), sample)
    assert result.summary.loc["snv", "f1"] > 0.98
    assert result.summary.loc["indel", "f1"] > 0.9
    assert result.tp > 100


def test_our_genotypes_are_those_of_bcftools(sample):
    ours = call_variants(sample.reads, sample.reference)
    theirs = call_variants(sample.reads, sample.reference, method="bcftools")
    assert compare_calls(ours, theirs, reference=sample.reference).f1 > 0.97
    both = ours.merge(theirs, on=["pos", "ref", "alt"], suffixes=("", "_bcftools"))
    depths = both[["dp", "dp_bcftools"]].astype(float)
    assert np.corrcoef(depths.T)[0, 1] > 0.9


def test_the_table_is_as_documented(sample):
    calls = call_variants(sample.reads, sample.reference)
    assert tuple(calls.columns[: len(CALL_COLUMNS)]) == CALL_COLUMNS
    assert calls["start"].is_monotonic_increasing
    assert (calls["pos"] == calls["start"] + 1).all()
    assert (calls["end"] == calls["start"] + calls["ref"].str.len()).all()
    assert calls["allele1"].dtype == calls["allele2"].dtype == np.int8
    sequence = sample.donor.genome.sequence
    assert all(sequence[row.start : row.end] == row.ref for row in calls.itertuples())
    assert calls["alt"].str.contains(",").any()
    deepest = calls["ad"].str.split(",").map(lambda depths: sum(map(int, depths)))
    assert (deepest <= calls["dp"]).all()


def test_a_region_gives_the_calls_of_that_region(sample):
    every = call_variants(sample.reads, sample.reference)
    some = call_variants(sample.reads, sample.reference, ("sim", 10_000, 20_000))
    wanted = every[every["start"].between(10_000, 19_999)].reset_index(drop=True)
    pd.testing.assert_frame_equal(some, wanted)


def test_chunks_leave_no_seam(sample, monkeypatch):
    whole = call_variants(sample.reads, sample.reference)
    monkeypatch.setattr("biolabkit.genomics._stretch.WINDOW", 1_700)
    monkeypatch.setattr("biolabkit.genomics._calling.STRETCH", 8_500)
    pd.testing.assert_frame_equal(call_variants(sample.reads, sample.reference), whole)


@pytest.mark.parametrize("method", ["bayes", "bcftools"])
def test_the_number_of_workers_does_not_matter(sample, monkeypatch, method):
    monkeypatch.setattr("biolabkit.genomics._calling.STRETCH", 9_000)
    one, three = (
        call_variants(sample.reads, sample.reference, method=method, workers=workers) for workers in (1, 3)
    )
    assert len(one) > 100
    pd.testing.assert_frame_equal(one, three)


def test_several_contigs_in_the_order_of_the_header(sample, tmp_path):
    """Two copies of the sample's reads, on contigs that are not in alphabetical order."""
    sequence = sample.donor.genome.sequence
    (tmp_path / "two.fa").write_text(f">z\n{sequence}\n>a\n{sequence}\n")
    with pysam.AlignmentFile(str(sample.reads)) as bam:
        reads = list(bam.fetch())
    header = pysam.AlignmentHeader.from_references(["z", "a"], [len(sequence)] * 2)
    with pysam.AlignmentFile(str(tmp_path / "two.bam"), "wb", header=header) as bam:
        for contig in (0, 1):
            for read in reads:
                copy = pysam.AlignedSegment.from_dict(
                    read.to_dict() | {"ref_name": "z", "next_ref_name": "="}, header
                )
                copy.reference_id = copy.next_reference_id = contig
                bam.write(copy)
    pysam.index(str(tmp_path / "two.bam"))
    calls = call_variants(tmp_path / "two.bam", tmp_path / "two.fa")
    one = call_variants(sample.reads, sample.reference)
    assert calls["chrom"].tolist() == ["z"] * len(one) + ["a"] * len(one)
    assert calls["pos"].tolist() == one["pos"].tolist() * 2


@pytest.mark.parametrize("workers", [1, 2])
def test_errors_of_workers_arrive_as_they_are(sample, tmp_path, monkeypatch, workers):
    monkeypatch.setattr("biolabkit.genomics._calling.STRETCH", 9_000)
    other = simulate.genome(40_000, seed=999, name="sim").write_fasta(tmp_path / "other.fa")
    with pytest.raises(FormatError, match="is not the reference"):
        call_variants(sample.reads, other, workers=workers)


def test_a_worker_that_is_killed_is_one_sentence():
    with pytest.raises(BiolabkitError, match="a worker process of call_variants was killed"):
        run_stretches(_killed, [("a", 0, 1), ("a", 1, 2)], workers=2, progress=False)


def test_written_straight_into_a_file_they_are_the_same(sample, tmp_path):
    lengths = {"sim": 40_000}
    calls = call_variants(sample.reads, sample.reference, min_qual=300)
    write_vcf(calls, tmp_path / "by-table.vcf", contigs=lengths, sample="donor")
    call_to_vcf(sample.reads, sample.reference, tmp_path / "straight.vcf", sample="donor", min_qual=300)
    text = (tmp_path / "straight.vcf").read_text()
    assert text == (tmp_path / "by-table.vcf").read_text()
    assert text.count("\tLowQual") > 3
    packed = call_to_vcf(sample.reads, sample.reference, tmp_path / "few.vcf.gz", ("sim", 9_000, 12_000))
    few = read_vcf(packed)
    assert packed.with_name("few.vcf.gz.tbi").is_file()
    assert few["pos"].tolist() == calls["pos"][calls["start"].between(9_000, 11_999)].tolist()


def test_stretches_are_whole_windows_enough_for_all_workers():
    regions = [("a", 1_000, 2_001_000), ("b", 0, 10)]
    for workers in (1, 2, 4, 7):
        stretches = stretches_of(regions, workers)
        assert stretches[-1] == ("b", 0, 10)
        assert all((low - 1_000) % 25_000 == 0 for _, low, _ in stretches[:-1])
        assert [high for _, _, high in stretches[:-2]] == [low for _, low, _ in stretches[1:-1]]
        assert workers == 1 or len(stretches) >= 3 * workers


def test_where_no_process_may_be_started_the_calls_are_the_same(sample, monkeypatch):
    """As in a sandbox: fork gives EPERM."""

    def refuse():
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr("biolabkit.genomics._calling.STRETCH", 20_000)
    usual = call_variants(sample.reads, sample.reference)
    monkeypatch.setattr(os, "fork", refuse)
    pd.testing.assert_frame_equal(call_variants(sample.reads, sample.reference, workers=3), usual)
    assert len(call_variants(sample.reads, sample.reference, method="bcftools")) > 100


def _killed(stretch):
    os._exit(stretch[1] + 1)


def test_progress_is_quiet_unless_it_is_asked_for(sample, capsys):
    call_variants(sample.reads, sample.reference, ("sim", 0, 10_000))
    assert capsys.readouterr().err == ""
    with progress_bar([("sim", 0, 600), ("sim", 600, 1_000)], wanted=True) as advance:
        advance(600)
        advance(400)
    with progress_bar([("sim", 0, 600)], wanted=False) as advance:
        advance(600)
    assert capsys.readouterr().out == ""


def test_memory_follows_the_window_not_the_region(sample, monkeypatch):
    """Peak of Python's own allocations while windows are called, over one window and over many."""
    monkeypatch.setattr("biolabkit.genomics._bam_blocks.STEP", 20_000)
    options = Options(0.001, 13, 20)

    def peak(end):
        tracemalloc.start()
        with open_alignment(sample.reads, sample.reference) as alignment:
            for low in range(0, end, 2_000):
                call_window(alignment, ("sim", low, low + 2_000), options)
        top = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return top

    peak(2_000)  # imports
    assert peak(40_000) < 1.5 * peak(4_000)


def test_mates_that_show_the_same_indel_are_one_witness(toy):
    rng = np.random.default_rng(8)
    sequence = "".join("ACGT"[code] for code in rng.integers(0, 4, 300))
    donor = sequence[:150] + sequence[153:]
    pairs = [
        (f"p{i}", 100 + i + shift, f"{50 - i - shift}M3D50M", donor[100 + i + shift : 200], 35, flag)
        for i in range(6)
        for shift, flag in ((0, 99), (4, 147))
    ]
    files = toy(pairs, reference=sequence)
    calls = call_variants(files.reads, files.reference)
    assert calls[["ref", "dp", "ad"]].to_numpy().tolist() == [[sequence[149:153], 6, "0,6"]]


def test_bases_behind_an_indel_that_reads_do_not_show_are_no_snvs(toy):
    """Reads that end a little behind a deletion are aligned straight through it: their last bases mismatch,
    always in the same way.
    """
    rng = np.random.default_rng(4)
    sequence = "".join("ACGT"[code] for code in rng.integers(0, 4, 300))
    donor = sequence[:150] + sequence[154:]
    spanning = [(f"s{i}", 100 + i, f"{50 - i}M4D40M", donor[100 + i : 190], 35) for i in range(3)]
    ending = [(f"e{i}", 70 + i, f"{86 - i}M", donor[70 + i : 156], 35) for i in range(8)]
    files = toy(spanning + ending, reference=sequence)
    calls = call_variants(files.reads, files.reference)
    assert calls["ref"].str.len().tolist() == [5]
    mismatches = sum(a != b for a, b in zip(donor[150:156], sequence[150:156], strict=True))
    assert mismatches > 2


def test_there_is_no_snv_where_both_chromosomes_have_no_base(toy):
    """Three reads put the gap one base too far right, and a mismatch on a base that is deleted."""
    rng = np.random.default_rng(5)
    sequence = "".join("ACGT"[code] for code in rng.integers(0, 4, 300))
    assert sequence[150] != sequence[154]
    assert sequence[149] != sequence[153]
    donor = sequence[:150] + sequence[154:]
    right = [(f"s{i}", 100 + i, f"{50 - i}M4D40M", donor[100 + i : 190], 35) for i in range(8)]
    shifted = [(f"e{i}", 110 + i, f"{41 - i}M4D39M", donor[110 + i : 190], 35) for i in range(3)]
    files = toy(right + shifted, reference=sequence)
    calls = call_variants(files.reads, files.reference)
    assert calls[["start", "end", "allele1", "allele2"]].to_numpy().tolist() == [[149, 154, 1, 1]]


@pytest.mark.parametrize(("copies", "low", "high"), [(4, 50, 100), (16, 5, 25)])
def test_the_same_reads_say_less_in_a_longer_repeat(toy, copies, low, high):
    """Three of ten reads lack one base: a heterozygote in a short repeat, perhaps slippage in a long one."""
    rng = np.random.default_rng(6)
    left, right = ("".join("ACGT"[c] for c in rng.integers(0, 4, 120)) + "C" for _ in range(2))
    sequence = left + "A" * copies + "G" + right
    shorter = left + "A" * (copies - 1) + "G" + right
    size = 100 + copies
    reads = [(f"r{i}", 60 + i, f"{size}M", sequence[60 + i : 60 + i + size], 35) for i in range(7)]
    reads += [
        (f"d{i}", 60 + i, f"{61 - i}M1D{size - 61 + i}M", shorter[60 + i : 60 + i + size], 35)
        for i in range(3)
    ]
    files = toy(reads, reference=sequence)
    calls = call_variants(files.reads, files.reference)
    assert calls["ad"].tolist() == ["7,3"]
    assert low < calls["qual"][0] < high


def test_an_indel_that_some_reads_show_as_mismatches(toy):
    """Reads that end just behind a deletion carry mismatches instead of a gap; they count for it all the
    same.
    """
    rng = np.random.default_rng(3)
    sequence = "".join("ACGT"[code] for code in rng.integers(0, 4, 300))
    donor = sequence[:150] + sequence[153:]
    spanning = [(f"s{i}", 100 + i, f"{50 - i}M3D50M", donor[100 + i : 200], 35) for i in range(6)]
    ending = [(f"e{i}", 70 + i, f"{84 - i}M", donor[70 + i : 154], 35, 16) for i in range(6)]
    files = toy(spanning + ending, reference=sequence)
    calls = call_variants(files.reads, files.reference)
    indel = calls[calls["ref"].str.len() == 4]
    assert indel[["allele1", "allele2", "dp"]].to_numpy().tolist() == [[1, 1, 12]]


def test_one_read_with_a_gap_is_no_indel(toy):
    reads = [(f"r{i}", 50, "100M", TOY[50:150], 35) for i in range(10)]
    files = toy([*reads, ("gap", 50, "50M2D48M", TOY[50:100] + TOY[102:150], 35)])
    assert len(call_variants(files.reads, files.reference)) == 0


def test_homozygous_reference_gives_no_calls(toy):
    files = toy([(f"r{i}", i, "100M", TOY[i : i + 100], 35) for i in range(40)])
    calls = call_variants(files.reads, files.reference)
    assert len(calls) == 0
    assert tuple(calls.columns[: len(CALL_COLUMNS)]) == CALL_COLUMNS


def test_no_reads_no_calls(toy):
    files = toy([])
    for method in ("bayes", "bcftools"):
        assert len(call_variants(files.reads, files.reference, "toy", method=method)) == 0


# ---------------------------------------------------------------- the wrong reference and other bad input


@pytest.mark.parametrize("method", ["bayes", "bcftools"])
def test_the_wrong_fasta_never_gives_calls(sample, tmp_path, method):
    other = simulate.genome(40_000, seed=999, name="sim").write_fasta(tmp_path / "other.fa")
    with pytest.raises(FormatError, match=r"other\.fa is not the reference of .*% of the aligned bases"):
        call_variants(sample.reads, other, method=method)


@pytest.mark.parametrize("method", ["bayes", "bcftools"])
def test_a_fasta_that_is_shifted_by_one_base_is_wrong(sample, tmp_path, method):
    sequence = sample.donor.genome.sequence
    moved = Genome("sim", sequence[1:] + "A").write_fasta(tmp_path / "moved.fa")
    with pytest.raises(FormatError, match="is not the reference"):
        call_variants(sample.reads, moved, ("sim", 5_000, 6_000), method=method)


def test_a_fasta_that_is_wrong_in_one_part_only(sample, tmp_path):
    sequence = sample.donor.genome.sequence
    mixed = sequence[:30_000] + simulate.genome(10_000, seed=5).sequence
    path = Genome("sim", mixed).write_fasta(tmp_path / "mixed.fa")
    assert len(call_variants(sample.reads, path, ("sim", 1_000, 20_000)))
    for region in (("sim", 31_000, 40_000), ("sim", 20_000, 40_000), None):
        with pytest.raises(FormatError, match=r"is not the reference .* near sim:3\d,"):
            call_variants(sample.reads, path, region)


@pytest.mark.parametrize("method", ["bayes", "bcftools"])
def test_contigs_and_regions_are_checked_for_both_methods(toy, method):
    files = toy([("a", 0, "10M", "ACGTTGCAAC", 30)], contig="chr20", bam_contig="20")
    with pytest.raises(FormatError, match="did you mean 'chr20'"):
        call_variants(files.reads, files.reference, method=method)
    with pytest.raises(InputError, match="off the contig"):
        call_variants(files.reads, files.reference, "20:290-310", method=method)


def test_options_that_do_not_exist(sample):
    for workers in (0, -1, 1.5, True, "4"):
        with pytest.raises(InputError, match="expected a whole number of at least 1"):
            call_variants(sample.reads, sample.reference, workers=workers)
    for call, last in ((call_variants, ()), (call_to_vcf, ("calls.vcf",))):
        with pytest.raises(
            InputError, match="there is no filter of call_variants 'min_quall'; did you mean 'min_qual'"
        ):
            call(sample.reads, sample.reference, *last, min_quall=3)
    with pytest.raises(InputError, match="method is 'gatk'"):
        call_variants(sample.reads, sample.reference, method="gatk")
    with pytest.raises(InputError, match="takes only min_qual as a filter, not min_gq"):
        call_variants(sample.reads, sample.reference, method="bcftools", min_gq=3)


# ---------------------------------------------------------------- real reads


@pytest.mark.mirror
def test_hg002_at_genotype_level(hg002):
    """Genome in a Bottle v4.2.1 on 100 kb of chromosome 20 at 30x: no worse than bcftools on the same
    reads.
    """
    regions = read_bed(hg002.confident)
    ours, theirs = (
        compared(
            call_variants(hg002.reads, hg002.reference, hg002.window, method=method), hg002, regions
        ).summary
        for method in ("bayes", "bcftools")
    )
    # The counts of baselines: 207 SNV and 31 indel alleles; bcftools 0.995 and 0.936.
    assert (ours["tp"] + ours["fn"]).tolist() == [207, 31, 238]
    assert theirs["f1"].round(3).tolist()[:2] == pytest.approx([0.995, 0.936], abs=0.02)
    assert ours.loc["snv", "f1"] >= max(theirs.loc["snv", "f1"], 0.998)
    assert ours.loc["indel", "f1"] >= max(theirs.loc["indel", "f1"], 0.95)


@pytest.mark.mirror
def test_hg002_with_the_unmoved_benchmark_is_refused(hg002):
    """GRCh38 positions against the GRCh37 reference: the REF alleles do not fit."""
    calls = call_variants(hg002.reads, hg002.reference, ("20", 10_000_000, 10_010_000))
    truth = read_vcf(hg002.truth)
    moved = truth.assign(start=truth["start"] + 19_352, pos=truth["pos"] + 19_352)
    with pytest.raises(FormatError, match="is not the reference of these variants"):
        compare_calls(calls, moved, reference=hg002.reference)
