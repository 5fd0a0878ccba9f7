"""What callers do with files as they come: CRAM, masked and ambiguous references, and bad input."""

import shutil

import numpy as np
import pandas as pd
import pysam
import pysam.samtools
import pytest

from biolabkit import simulate
from biolabkit.errors import FormatError, InputError
from biolabkit.genomics import call_variants
from biolabkit.simulate.genomes import Genome

BOTH = pytest.mark.parametrize("method", ["bayes", "bcftools"])
REGION = ("sim", 5_000, 15_000)


@pytest.fixture(scope="module")
def calls(sample):
    return call_variants(sample.reads, sample.reference, REGION)


@pytest.fixture(scope="module")
def cram(sample, tmp_path_factory):
    path = tmp_path_factory.mktemp("cram") / "reads.cram"
    pysam.samtools.view(
        "-C", "-T", str(sample.reference), "-o", str(path), str(sample.reads), catch_stdout=False
    )
    pysam.samtools.index(str(path))
    return path


# ---------------------------------------------------------------- CRAM


def test_a_cram_gives_the_calls_of_the_bam(sample, cram, calls):
    pd.testing.assert_frame_equal(call_variants(cram, sample.reference, REGION), calls)


@BOTH
def test_all_contigs_of_a_cram(sample, cram, method):
    ours = call_variants(cram, sample.reference, method=method)
    pd.testing.assert_frame_equal(ours, call_variants(sample.reads, sample.reference, method=method))


@BOTH
def test_a_cram_needs_its_own_reference(sample, cram, tmp_path, method):
    with pytest.raises(InputError, match=r"no such file: .*gone\.fa"):
        call_variants(cram, tmp_path / "gone.fa", REGION, method=method)
    sequence = sample.donor.genome.sequence
    other = Genome("sim", sequence[:6_000] + ("C" if sequence[6_000] != "C" else "G") + sequence[6_001:])
    path = other.write_fasta(tmp_path / "one-base.fa")
    with pytest.raises(
        FormatError, match=r"one-base\.fa is not the reference .* MD5 .* header of the CRAM says"
    ):
        call_variants(cram, path, REGION, method=method)


def test_a_cram_without_index(sample, cram, tmp_path):
    alone = tmp_path / "alone.cram"
    shutil.copy(cram, alone)
    with pytest.raises(InputError, match=r"no index beside it; make one with: samtools index .*alone\.cram"):
        call_variants(alone, sample.reference)


def test_sam_text_is_refused_with_what_to_do(sample, tmp_path):
    path = tmp_path / "reads.sam"
    path.write_text("@SQ\tSN:sim\tLN:40000\n")
    with pytest.raises(FormatError, match=r"it is text .* samtools sort"):
        call_variants(path, sample.reference)


# ---------------------------------------------------------------- the reference


def test_lower_case_is_masked_sequence_and_means_the_same(sample, calls, tmp_path):
    sequence = sample.donor.genome.sequence
    masked = sequence[:8_000] + sequence[8_000:12_000].lower() + sequence[12_000:]
    path = Genome("sim", masked).write_fasta(tmp_path / "masked.fa")
    pd.testing.assert_frame_equal(call_variants(sample.reads, path, REGION), calls)


@pytest.mark.parametrize("letter", ["N", "R", "y"])
def test_nothing_is_called_where_the_reference_is_ambiguous(sample, calls, tmp_path, letter):
    sequence = sample.donor.genome.sequence
    unknown = calls["start"].iloc[3]
    low, high = unknown - 30, unknown + 30
    path = Genome("sim", sequence[:low] + letter * (high - low) + sequence[high:]).write_fasta(
        tmp_path / "n.fa"
    )
    ours = call_variants(sample.reads, path, REGION)
    assert not ours["start"].between(low, high - 1).any()
    outside = ~calls["start"].between(low - 100, high + 100)
    kept = ~ours["start"].between(low - 100, high + 100)
    pd.testing.assert_frame_equal(ours[kept].reset_index(drop=True), calls[outside].reset_index(drop=True))


def test_a_reference_of_n_only_gives_no_calls(sample, tmp_path):
    path = Genome("sim", "N" * 40_000).write_fasta(tmp_path / "n.fa")
    assert len(call_variants(sample.reads, path, REGION)) == 0


@BOTH
def test_one_wrong_contig_is_found_by_its_checksum(sample, tmp_path, method):
    """A header that states M5, as GATK's pipelines write it."""
    header = pysam.AlignmentFile(str(sample.reads)).header.to_dict()
    header["SQ"][0]["M5"] = "0" * 32
    path = tmp_path / "m5.bam"
    with pysam.AlignmentFile(str(path), "wb", header=header):
        pass
    pysam.index(str(path))
    with pytest.raises(FormatError, match="header of the BAM says 00000"):
        call_variants(path, sample.reference, REGION, method=method)


@BOTH
def test_another_individuals_genome_far_away_is_refused_wherever_it_is_wrong(sample, tmp_path, method):
    """The right reference but for its last quarter; each region that touches the wrong part is refused."""
    sequence = sample.donor.genome.sequence
    mixed = sequence[:30_000] + simulate.genome(10_000, seed=5).sequence
    path = Genome("sim", mixed).write_fasta(tmp_path / "mixed.fa")
    with pytest.raises(FormatError, match="is not the reference"):
        call_variants(sample.reads, path, method=method)


# ---------------------------------------------------------------- the reads


@BOTH
def test_a_bam_without_index(toy, method):
    files = toy([("a", 0, "10M", "ACGTTGCAAC", 30)], index=False)
    with pytest.raises(InputError, match="no index beside it; make one with: samtools index"):
        call_variants(files.reads, files.reference, method=method)


def test_what_is_wrong_with_reads_is_told_in_korean(toy, monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    files = toy([("a", 0, "10M", "ACGTTGCAAC", 30)], index=False)
    with pytest.raises(InputError) as error:
        call_variants(files.reads, files.reference)
    said = "파일 옆에 색인이 없습니다. 다음 명령으로 만드십시오: samtools index"
    assert str(error.value) == f"{files.reads}: {said} {files.reads}"
    with pytest.raises(InputError) as error:
        call_variants(files.reads, "gone.fa")
    assert str(error.value) == "그런 파일이 없습니다: gone.fa"


def test_a_reference_with_other_names_is_told_in_korean(toy, monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    files = toy([("a", 0, "10M", "ACGTTGCAAC", 30)], contig="chr20", bam_contig="20")
    with pytest.raises(FormatError) as error:
        call_variants(files.reads, files.reference)
    assert str(error.value) == (
        f"{files.reference}: {files.reads} 파일의 참조 서열이 아니므로 리드를 정렬할 때 쓴 FASTA를 주십시오. "
        "리드가 정렬된 컨티그가 FASTA에 없습니다: '20'. 'chr20'입니까?"
    )


def test_a_reference_with_other_bases_is_told_in_korean(toy, monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    files = toy([(f"a{i}", i, "100M", "T" * 100, 30) for i in range(9)], contig="20")
    with pytest.raises(FormatError) as error:
        call_variants(files.reads, files.reference)
    assert str(error.value) == (
        f"{files.reference}: {files.reads} 파일의 참조 서열이 아닙니다. 20:1 부근에서 정렬된 염기의 80%가 이 "
        "서열과 다릅니다(보통 많아야 몇 퍼센트입니다). 리드를 정렬할 때 쓴 FASTA를 주십시오"
    )


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"method": "gatk"}, "call_variants: method가 'gatk'입니다. 'bayes'나 'bcftools'여야 합니다"),
        ({"workers": 0}, "call_variants: workers가 0입니다. 1 이상의 정수여야 합니다"),
        ({"min_depht": 3}, "call_variants에 없는 필터입니다: 'min_depht'. 'min_depth'입니까?"),
    ],
)
def test_options_that_cannot_be_used_are_told_in_korean(toy, monkeypatch, options, said):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    files = toy([("a", 0, "10M", "ACGTTGCAAC", 30)])
    with pytest.raises(InputError) as error:
        call_variants(files.reads, files.reference, **options)
    assert str(error.value) == said


@BOTH
def test_a_truncated_bam(sample, tmp_path, method):
    cut = tmp_path / "cut.bam"
    whole = sample.reads.read_bytes()
    cut.write_bytes(whole[: len(whole) // 2])
    shutil.copy(sample.reads_index, tmp_path / "cut.bam.bai")
    with pytest.raises(FormatError, match=r"cut\.bam .*(damaged|cannot be read)"):
        call_variants(cut, sample.reference, method=method)


@BOTH
def test_reads_without_qualities(toy, method):
    files = toy([("bare", 0, "10M", "ACGTTGCAAC", None)])
    with pytest.raises(FormatError, match=r"read bare has no base qualities.*FASTQ"):
        call_variants(files.reads, files.reference, method=method)


@BOTH
@pytest.mark.parametrize(
    ("region", "said"),
    [
        (("toy", 9, 9), "is empty"),
        ("toy:9-3", "is empty"),
        ("toy:290-310", "off the contig: toy has 300 bases"),
        ("toi:1-9", "did you mean 'toy'"),
    ],
)
def test_regions_that_are_none(toy, method, region, said):
    files = toy([("a", 0, "10M", "ACGTTGCAAC", 30)])
    with pytest.raises(InputError, match=said):
        call_variants(files.reads, files.reference, region, method=method)


def test_odd_reads_are_no_trouble(toy):
    """Reads that are clipped away, inserted only, spliced, one base long, or longer than a row."""
    rng = np.random.default_rng(2)
    sequence = "".join("ACGT"[code] for code in rng.integers(0, 4, 2_000))
    snv = {"A": "C", "C": "G", "G": "T", "T": "A"}[sequence[700]]
    donor = sequence[:700] + snv + sequence[701:]
    long_reads = [(f"long{i}", 100 + i, "1500M", donor[100 + i : 1_600 + i], 30) for i in range(10)]
    odd = [
        ("clipped", 690, "30S1M", "A" * 30 + donor[690], 30),
        ("inserted", 695, "5M20I", donor[695:700] + "ACGTT" * 4, 30),
        ("spliced", 650, "20M500N20M", donor[650:670] + donor[1170:1190], 30),
        ("tiny", 700, "1M", snv, 30),
        ("equal", 690, "10=1X9=", donor[690:710], 30),
    ]
    files = toy(long_reads + odd, reference=sequence)
    found = call_variants(files.reads, files.reference)
    assert found[["start", "alt", "allele1", "allele2", "dp"]].to_numpy().tolist() == [[700, snv, 1, 1, 12]]
