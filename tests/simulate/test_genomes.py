"""Simulated genomes, donors and reads: reproducible, and true to what they say."""

import hashlib

import numpy as np
import pysam
import pysam.bcftools
import pysam.samtools
import pytest

from biolabkit import simulate
from biolabkit.errors import InputError
from biolabkit.genomics import inside, read_bed, read_vcf

KNOWN = "GTATCCTCGATGCTCCACAATACTTTGAATGAGTGTAGCA"
KNOWN_READS = "db98772346f5e6aa2cb84cf8d86e23ba925fd8ae9a092b5cb9047ef400c5c854"


@pytest.fixture(scope="module")
def donor():
    return simulate.diploid_sample(
        simulate.genome(30_000, seed=1, name="chrS"),
        seed=2,
        snv_rate=0.003,
        indel_rate=0.001,
        multiallelic=0.05,
        confident_fraction=0.8,
    )


@pytest.fixture(scope="module")
def files(donor, tmp_path_factory):
    return simulate.reads(donor, tmp_path_factory.mktemp("reads"), seed=3, depth=30, duplicates=0.05)


def apply_truth(sequence, truth, column):
    """One haplotype, spelled from the records by plain string surgery, from the right."""
    for record in truth[::-1].itertuples():
        allele = getattr(record, column)
        if allele:
            alt = record.alt.split(",")[allele - 1]
            sequence = sequence[: record.start] + alt + sequence[record.start + len(record.ref) :]
    return sequence


def text(haplotype):
    return "".join("ACGT"[code] for code in haplotype.codes)


def test_genome_has_its_length_letters_and_gc():
    genome = simulate.genome(100_000, seed=5, gc=0.6, repeats_per_kb=0)
    assert len(genome) == len(genome.sequence) == 100_000
    assert set(genome.sequence) == set("ACGT")
    gc = sum(genome.sequence.count(base) for base in "GC") / 100_000
    assert gc == pytest.approx(0.6, abs=0.01)


def test_repeats_are_there_when_asked_for():
    def longest(genome):
        return max(len(run) for base in "ACGT" for run in genome.sequence.split(base) if not run.strip(base))

    plain = simulate.genome(20_000, seed=5, repeats_per_kb=0).sequence
    repeated = simulate.genome(20_000, seed=5, repeats_per_kb=5).sequence
    assert sum(base * 10 in repeated for base in "ACGT") > sum(base * 10 in plain for base in "ACGT")


def test_haplotypes_are_the_reference_with_the_truth_applied(donor):
    for column, haplotype in zip(("allele1", "allele2"), donor.haplotypes, strict=True):
        assert text(haplotype) == apply_truth(donor.genome.sequence, donor.truth, column)


def test_truth_is_sorted_left_aligned_and_clear_of_each_other(donor):
    truth, sequence = donor.truth, donor.genome.sequence
    assert truth["start"].is_monotonic_increasing
    assert (truth["end"].to_numpy()[:-1] <= truth["start"].to_numpy()[1:]).all()
    for record in truth.itertuples():
        assert sequence[record.start : record.end] == record.ref
        for alt in record.alt.split(","):
            assert alt != record.ref
            if len(alt) != len(record.ref):
                assert alt[0] == record.ref[0]
                assert alt[-1] != record.ref[-1] or min(len(alt), len(record.ref)) > 1


def test_bcftools_norm_leaves_the_truth_as_it_is(files, tmp_path):
    out = tmp_path / "norm.vcf"
    pysam.bcftools.norm(
        "-f", str(files["reference"]), "-Ov", "-o", str(out), str(files["truth"]), catch_stdout=False
    )

    def records(path):
        return [line.split("\t")[:5] for line in path.read_text().splitlines() if not line.startswith("#")]

    with pysam.BGZFile(str(files["truth"])) as stream:
        (tmp_path / "truth.vcf").write_bytes(stream.read())
    assert records(out) == records(tmp_path / "truth.vcf")


def test_rates_and_genotypes_are_as_asked_for():
    genome = simulate.genome(500_000, seed=1)
    truth = simulate.diploid_sample(genome, seed=2, snv_rate=0.002, indel_rate=0, homozygous=0.4).truth
    single = truth[~truth["alt"].str.contains(",")]
    transitions = (single["ref"] + single["alt"]).isin(["AG", "GA", "CT", "TC"]).sum()
    assert len(truth) == pytest.approx(1000, abs=130)
    assert transitions / (len(single) - transitions) == pytest.approx(2.1, abs=0.6)
    assert (single["allele1"] == single["allele2"]).mean() == pytest.approx(0.4, abs=0.07)
    assert set(map(tuple, truth[truth["alt"].str.contains(",")][["allele1", "allele2"]].to_numpy())) == {
        (1, 2)
    }


def test_every_read_lies_where_its_bases_come_from(tmp_path):
    """Column by column, a read's CIGAR places its bases where one of the two haplotypes has them."""
    donor = simulate.diploid_sample(simulate.genome(20_000, seed=4), seed=5, indel_rate=0.02, snv_rate=0)
    files = simulate.reads(donor, tmp_path, seed=6, depth=10)
    indels = 0
    with pysam.AlignmentFile(str(files["reads"])) as bam:
        for read in bam.fetch(until_eof=True):
            clipped = read.query_alignment_start
            placed = read.get_reference_positions(full_length=True)[clipped : read.query_alignment_end]
            wanted = [-1 if position is None else position for position in placed]
            fits = []
            for haplotype in donor.haplotypes:
                start = int(np.searchsorted(np.maximum.accumulate(haplotype.reference), wanted[0]))
                fits.append(haplotype.reference[start : start + len(wanted)].tolist() == wanted)
            assert any(fits)
            indels += len(read.cigartuples) > 1
    assert indels > 500


def test_base_errors_are_as_frequent_as_the_qualities_say(tmp_path):
    donor = simulate.diploid_sample(simulate.genome(20_000, seed=7), seed=8, snv_rate=0, indel_rate=0)
    files = simulate.reads(donor, tmp_path, seed=9, depth=60)
    seen, wrong = np.zeros(64), np.zeros(64)
    with pysam.AlignmentFile(str(files["reads"])) as bam:
        for read in bam.fetch(until_eof=True):
            reference = donor.genome.sequence[read.reference_start : read.reference_end]
            quality = np.array(read.query_qualities)
            differs = np.array(list(read.query_sequence)) != np.array(list(reference))
            seen += np.bincount(quality, minlength=64)
            wrong += np.bincount(quality[differs], minlength=64)
    for quality in (10, 15, 20, 25, 30):
        expected = seen[quality] * 10 ** (-quality / 10)
        assert wrong[quality] == pytest.approx(expected, abs=4 * np.sqrt(expected) + 1)


def test_pairs_duplicates_and_depth(files):
    with pysam.AlignmentFile(str(files["reads"])) as bam:
        reads = list(bam.fetch(until_eof=True))
    assert [read.reference_start for read in reads] == sorted(read.reference_start for read in reads)
    assert all(read.is_proper_pair and read.is_read1 != read.is_read2 for read in reads)
    assert sum(read.template_length for read in reads) == 0
    duplicates = sum(read.is_duplicate for read in reads)
    assert duplicates == pytest.approx(0.05 * 6000, abs=100)
    assert len(reads) == 6000 + duplicates
    assert pysam.samtools.quickcheck(str(files["reads"])) == ""


def test_the_written_truth_lies_inside_the_confident_regions(donor, files):
    truth, confident = read_vcf(files["truth"]), read_bed(files["confident"])
    wanted = donor.truth[inside(donor.truth, confident)]
    assert 0 < len(wanted) < len(donor.truth)
    assert (
        truth[["pos", "ref", "alt"]].to_numpy().tolist() == wanted[["pos", "ref", "alt"]].to_numpy().tolist()
    )
    assert (confident["end"] - confident["start"]).sum() == 0.8 * 30_000


def test_same_seed_same_bytes_other_seed_other_bytes(donor, files, tmp_path):
    again = simulate.reads(donor, tmp_path / "again", seed=3, depth=30, duplicates=0.05)
    assert {role: path.read_bytes() for role, path in again.items()} == {
        role: path.read_bytes() for role, path in files.items()
    }
    other = simulate.reads(donor, tmp_path / "other", seed=4, depth=30, duplicates=0.05)
    assert other["reads"].read_bytes() != files["reads"].read_bytes()
    assert simulate.genome(2_000, seed=1) == simulate.genome(2_000, seed=1)
    assert simulate.genome(2_000, seed=1) != simulate.genome(2_000, seed=2)


def test_a_known_seed_gives_known_bases():
    """The stream of random numbers is part of what a seed promises."""
    assert simulate.genome(1_000, seed=1).sequence[:40] == KNOWN


def test_a_known_seed_gives_known_reads(tmp_path):
    """What is new is asked for by name: it may not move the reads of those who do not ask."""
    genome = simulate.genome(5_000, seed=1, name="chrS")
    donor = simulate.diploid_sample(genome, seed=2, snv_rate=0.005, indel_rate=0.003)
    files = simulate.reads(donor, tmp_path, seed=3, depth=5, duplicates=0.1)
    with pysam.AlignmentFile(str(files["reads"])) as bam:
        lines = "\n".join(read.to_string() for read in bam.fetch(until_eof=True))
    assert hashlib.sha256(lines.encode()).hexdigest() == KNOWN_READS


def test_nothing_half_written_stays(files):
    assert not list(files["reads"].parent.glob(".*"))


@pytest.mark.parametrize(
    ("make", "said"),
    [
        (lambda: simulate.genome(10, seed=1), "at least 1,000"),
        (lambda: simulate.genome(2_000, seed=1, gc=1.2), "between 0 and 1"),
        (lambda: simulate.genome(2_000, seed=1, name="chr 1"), "'chr 1' is no name of one word"),
    ],
)
def test_bad_genomes_are_refused(make, said):
    with pytest.raises(InputError, match=said):
        make()


def test_all_problems_of_a_donor_at_once():
    genome = simulate.genome(2_000, seed=1)
    with pytest.raises(InputError, match=r"snv_rate is -1.*homozygous is 2"):
        simulate.diploid_sample(genome, seed=1, snv_rate=-1, homozygous=2)


def test_reads_that_cannot_be_drawn_are_refused(donor, tmp_path):
    with pytest.raises(InputError, match="depth is 0"):
        simulate.reads(donor, tmp_path, seed=1, depth=0)
    with pytest.raises(InputError, match="at least two reads"):
        simulate.reads(donor, tmp_path, seed=1, fragment=(200, 10))
    assert not list(tmp_path.iterdir())
