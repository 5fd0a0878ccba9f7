"""Derived files: exact, reproducible, whole, and made again when they are not."""

import errno

import pysam
import pysam.bcftools
import pytest

from biolabkit import datasets
from biolabkit.datasets.recipes import giab
from biolabkit.errors import DatasetError

NAME = "giab-hg002-illumina-chr20-100kb"


@pytest.fixture
def slice_():
    return datasets.fetch(NAME)


def test_a_record_that_does_not_fit_the_reference_is_refused():
    fields = ["chr20", str(10_019_353), ".", "ACG", "A"]
    giab._compare_reference(fields, 10_000_000, "ACGT")
    with pytest.raises(DatasetError, match="REF ACG, GRCh37 has CGT at 20:10000002"):
        giab._compare_reference(fields, 10_000_001, "ACGT")


def test_the_phase_set_is_blanked_as_it_is_a_grch38_position():
    fields = [*"12345678", "GT:PS:DP", "0|1:10019469:30"]
    assert giab._without_phase_set(fields)[9] == "0|1:.:30"
    assert giab._without_phase_set([*"12345678", "GT", "0/1"])[9] == "0/1"


@pytest.mark.mirror
def test_truth_and_regions_have_the_numbers_of_the_benchmark(slice_):
    with pysam.VariantFile(str(slice_.path("truth"))) as truth:
        assert list(truth.header.contigs) == ["20"]
        starts = [record.start for record in truth.fetch("20", 10_000_000, 10_100_000)]
    regions = [
        tuple(map(int, line.split()[1:])) for line in slice_.path("confident").read_text().splitlines()
    ]
    assert len(starts) == 245
    assert sum(any(s <= start < e for s, e in regions) for start in starts) == 234
    assert (len(regions), sum(end - start for start, end in regions)) == (16, 96_285)
    assert min(regions)[0] == 10_000_000
    assert max(regions)[1] == 10_100_000


@pytest.mark.mirror
def test_bcftools_finds_no_reference_mismatch(slice_):
    checked = pysam.bcftools.norm("-c", "e", "-f", str(slice_.path("reference")), str(slice_.path("truth")))
    assert sum(not line.startswith("#") for line in checked.splitlines()) == 245


@pytest.mark.mirror
def test_the_reference_agrees_with_the_reads(slice_):
    with (
        pysam.FastaFile(str(slice_.path("reference"))) as reference,
        pysam.AlignmentFile(str(slice_.path("reads"))) as reads,
    ):
        assert reference.references == ["20"]
        assert reference.lengths == [reads.get_reference_length("20")]
        piece = reference.fetch("20", 10_050_000, 10_051_000).upper()
        counts = reads.count_coverage("20", 10_050_000, 10_051_000)
    majority = ["ACGT"[max(range(4), key=lambda base: counts[base][i])] for i in range(1000)]
    assert sum(a == b for a, b in zip(majority, piece, strict=True)) > 990


@pytest.mark.mirror
def test_deriving_again_gives_the_same_bytes_and_mends_damage(slice_):
    truth = slice_.path("truth")
    before = truth.read_bytes()
    truth.write_bytes(before[:-100])
    assert datasets.fetch(NAME).path("truth").read_bytes() == before
    assert not list(truth.parent.parent.glob(".making-*"))


@pytest.mark.mirror
def test_what_a_killed_process_left_half_made_is_removed(monkeypatch, tmp_path):
    monkeypatch.setenv("BIOLABKIT_CACHE", str(tmp_path))
    left = tmp_path / "derived" / NAME / ".making-abc"
    left.mkdir(parents=True)
    (left / "half.vcf").write_text("half")
    datasets.fetch(NAME)
    assert not left.exists()


@pytest.mark.mirror
def test_a_recipe_that_fails_leaves_nothing(monkeypatch, tmp_path):
    monkeypatch.setenv("BIOLABKIT_CACHE", str(tmp_path))
    monkeypatch.setattr(giab, "GRCH37_MINUS_GRCH38", -19_353)
    with pytest.raises(DatasetError, match="no exact shift"):
        datasets.fetch(NAME)
    derived = tmp_path / "derived" / NAME
    assert {path.name.split("-v")[0] for path in derived.iterdir()} == {"giab-reference-grch37"}


@pytest.mark.mirror
def test_a_full_disk_while_deriving_is_one_sentence(monkeypatch, tmp_path):
    monkeypatch.setenv("BIOLABKIT_CACHE", str(tmp_path))

    def full(*_arguments, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    reference = datasets.fetch(NAME).path("reference")
    reference.unlink()
    monkeypatch.setattr(giab.shutil, "copyfileobj", full)
    with pytest.raises(DatasetError, match=r"no space left in .* for what giab-reference-grch37 derives"):
        datasets.fetch(NAME)
    assert not reference.exists()
    assert not list((tmp_path / "derived" / NAME).glob(".making-*"))
