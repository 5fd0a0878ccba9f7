"""Read pairs in memory and as FASTQ; adapters, duplicates and haploid donors, against their truth."""

import gzip
import zlib

import numpy as np
import pandas as pd
import pysam
import pytest
from Bio import SeqIO
from Bio.Seq import reverse_complement

from biolabkit import simulate
from biolabkit.errors import InputError
from biolabkit.genomics import read_vcf

QUIET = {"snv_rate": 0.0, "indel_rate": 0.0}


@pytest.fixture(scope="module")
def isolate():
    genome = simulate.genome(20_000, seed=21, name="bact", genes=10)
    return simulate.haploid_sample(genome, seed=22, snv_rate=0.005, indel_rate=0.002)


def fastq(path):
    with gzip.open(path, "rt") as stream:
        return [
            (record.description, str(record.seq), record.letter_annotations["phred_quality"])
            for record in SeqIO.parse(stream, "fastq")
        ]


def test_a_haploid_donor_is_the_reference_with_its_variants(isolate):
    spelled = isolate.genome.sequence
    for row in isolate.truth[::-1].itertuples():
        spelled = spelled[: row.start] + row.alt + spelled[row.end :]
    (chromosome,) = isolate.haplotypes
    assert "".join("ACGT"[code] for code in chromosome.codes) == spelled
    assert len(isolate.truth) > 80
    assert set(map(tuple, isolate.truth[["allele1", "allele2"]].to_numpy())) == {(1, -1)}


def test_haploid_truth_reads_back_from_the_vcf(isolate, tmp_path):
    files = simulate.reads(isolate, tmp_path, seed=23, depth=5)
    columns = ["chrom", "start", "end", "pos", "ref", "alt", "allele1", "allele2"]
    pd.testing.assert_frame_equal(read_vcf(files["truth"])[columns], isolate.truth[columns])
    with gzip.open(files["truth"], "rt") as stream:
        assert {line.split("\t")[9] for line in stream if not line.startswith("#")} == {"1\n"}


def test_reads_of_a_haploid_donor_carry_every_variant(isolate, tmp_path):
    """At a homozygous site of a haploid every good base is the alternative."""
    files = simulate.reads(isolate, tmp_path, seed=24, depth=20)
    snvs = isolate.truth[(isolate.truth["ref"].str.len() == 1) & (isolate.truth["alt"].str.len() == 1)]
    with pysam.AlignmentFile(str(files["reads"])) as bam:
        shares = []
        for row in snvs.itertuples():
            counts = np.array(bam.count_coverage(row.chrom, row.start, row.end, quality_threshold=30)).ravel()
            if counts.sum():
                shares.append(counts["ACGT".index(row.alt)] / counts.sum())
    assert np.mean(shares) > 0.99


def test_fastq_holds_the_reads_of_the_bam(isolate, tmp_path):
    files = simulate.reads(isolate, tmp_path, seed=25, depth=4, fastq=True, duplicates=0.1)
    aligned = {1: {}, 2: {}}
    with pysam.AlignmentFile(str(files["reads"])) as bam:
        for read in bam.fetch(until_eof=True):
            aligned[1 if read.is_read1 else 2][read.query_name] = (
                read.get_forward_sequence(),
                list(read.get_forward_qualities()),
            )
    for which in (1, 2):
        records = fastq(files[f"reads_{which}"])
        assert [name.split()[1] for name, *_ in records] == [f"{which}:N:0:"] * len(records)
        assert {name.split()[0]: (bases, qualities) for name, bases, qualities in records} == aligned[which]
    names = [[name.split()[0] for name, *_ in fastq(files[f"reads_{which}"])] for which in (1, 2)]
    assert names[0] == names[1] == sorted(names[0])


def test_bam_in_memory_and_fastq_come_from_one_seed(isolate, tmp_path):
    pairs = simulate.read_pairs(isolate, seed=26, depth=3)
    alone = pairs.write_fastq(tmp_path / "alone")
    files = simulate.reads(isolate, tmp_path / "all", seed=26, depth=3, fastq=True)
    for role, path in alone.items():
        assert path.read_bytes() == files[role].read_bytes()
    written = pd.read_csv(files["fragments"], sep="\t", keep_default_na=False)
    pd.testing.assert_frame_equal(written, pairs.fragments)


def test_fastq_bytes_hold_no_time_and_no_name(isolate, tmp_path):
    first = simulate.read_pairs(isolate, seed=27, depth=1).write_fastq(tmp_path / "one")["reads_1"]
    raw = first.read_bytes()
    assert raw[:4] == b"\x1f\x8b\x08\x00"  # no name, no comment
    assert raw[4:8] == bytes(4)  # no time
    assert zlib.decompress(raw, wbits=31).startswith(b"@pair0000000 1:N:0:\n")


def test_fragments_say_where_the_reads_lie(tmp_path):
    donor = simulate.diploid_sample(simulate.genome(20_000, seed=31), seed=32, indel_rate=0.01)
    files = simulate.reads(donor, tmp_path, seed=33, depth=5, fastq=True)
    truth = simulate.read_pairs(donor, seed=33, depth=5).fragments.set_index("name")
    assert set(truth["haplotype"]) == {0, 1}
    with pysam.AlignmentFile(str(files["reads"])) as bam:
        for read in bam.fetch(until_eof=True):
            if read.cigartuples != [(0, 150)]:
                continue
            place = truth.loc[read.query_name]
            edge = (
                place["end"] - read.reference_end
                if read.is_reverse
                else read.reference_start - place["start"]
            )
            assert edge == 0
            assert (place["strand"] == "+") == (read.is_read1 != read.is_reverse)


def test_duplicates_are_copies_with_errors_of_their_own():
    donor = simulate.diploid_sample(simulate.genome(20_000, seed=41), seed=42)
    pairs = simulate.read_pairs(donor, seed=43, depth=20, duplicates=0.25)
    truth = pairs.fragments.set_index("name")
    copies = truth[truth["duplicate_of"] != ""]
    assert len(copies) == pytest.approx(0.25 * (len(truth) - len(copies)), abs=4 * np.sqrt(250))
    place = ["haplotype", "chrom", "start", "end", "insert_size", "strand"]
    originals = truth.loc[copies["duplicate_of"]]
    assert (originals["duplicate_of"] == "").all()
    assert (copies[place].to_numpy() == originals[place].to_numpy()).all()
    rows = np.flatnonzero(pairs.duplicate)
    same = pairs.bases[2 * rows] == pairs.bases[2 * pairs.source[rows]]
    assert 0.98 < same.mean() < 1


@pytest.mark.parametrize("flagged", [True, False])
def test_duplicates_are_flagged_only_when_asked(tmp_path, flagged):
    donor = simulate.diploid_sample(simulate.genome(20_000, seed=41), seed=42)
    files = simulate.reads(donor, tmp_path, seed=43, depth=5, duplicates=0.3, flag_duplicates=flagged)
    truth = simulate.read_pairs(donor, seed=43, depth=5, duplicates=0.3).fragments
    copies = set(truth.loc[truth["duplicate_of"] != "", "name"])
    with pysam.AlignmentFile(str(files["reads"])) as bam:
        marked = {read.query_name for read in bam.fetch(until_eof=True) if read.is_duplicate}
    assert marked == (copies if flagged else set())


@pytest.fixture(scope="module")
def short_library():
    donor = simulate.haploid_sample(simulate.genome(20_000, seed=51, repeats_per_kb=0), seed=52, **QUIET)
    options = {"depth": 10, "read_length": 100, "fragment": (120.0, 40.0), "adapters": simulate.TRUSEQ}
    return donor, options


def test_reads_run_into_the_adapter_where_the_insert_is_short(short_library):
    donor, options = short_library
    pairs = simulate.read_pairs(donor, seed=53, **options)
    assert pairs.size.min() >= 30
    assert 0.2 < (pairs.size < 100).mean() < 0.5
    for which, adapter in zip((1, 2), simulate.TRUSEQ, strict=True):
        bases, qualities = pairs.mates(which)
        for row, fragment in enumerate(pairs.fragments.itertuples()):
            insert = donor.genome.sequence[fragment.start : fragment.end]
            if (fragment.strand == "+") == (which == 2):
                insert = reverse_complement(insert)
            wanted = (insert + adapter + "A" * 100)[:100]
            differs = np.array(["ACGT"[code] for code in bases[row]]) != np.array(list(wanted))
            assert differs.sum() <= 1 + 6 * (10 ** (-qualities[row] / 10)).sum()


def test_adapters_are_soft_clipped_and_mates_end_where_the_fragment_ends(short_library, tmp_path):
    donor, options = short_library
    files = simulate.reads(donor, tmp_path, seed=53, fastq=True, **options)
    truth = pd.read_csv(files["fragments"], sep="\t", index_col="name")
    clipped = 0
    with pysam.AlignmentFile(str(files["reads"])) as bam:
        for read in bam.fetch(until_eof=True):
            fragment = truth.loc[read.query_name]
            assert abs(read.template_length) == fragment["insert_size"]
            if fragment["insert_size"] < 100:
                clipped += 1
                beyond = 100 - fragment["insert_size"]
                side = 0 if read.is_reverse else -1
                assert read.cigartuples[side] == (4, beyond)
                assert (read.reference_start, read.reference_end) == (fragment["start"], fragment["end"])
    assert clipped > 400


def test_the_last_cycles_are_as_good_as_asked_for():
    donor = simulate.haploid_sample(simulate.genome(20_000, seed=61), seed=62)
    for wanted in (12.0, 25.0, 36.0):
        _, qualities = simulate.read_pairs(donor, seed=63, end_quality=wanted).mates(2)
        assert qualities[:, -1].mean() == pytest.approx(wanted, abs=1.0)
        assert qualities[:, :60].mean() == pytest.approx(36.5, abs=0.5)


def test_all_problems_of_a_run_at_once(isolate):
    with pytest.raises(InputError, match=r"depth is 0.*duplicates is 3.*end_quality is 50.*adapters are"):
        simulate.read_pairs(isolate, seed=1, depth=0, duplicates=3, end_quality=50, adapters=("ACGT", "acgt"))
    with pytest.raises(InputError, match="at least 30 bases"):
        simulate.read_pairs(isolate, seed=1, fragment=(20, 1), adapters=simulate.TRUSEQ)
    with pytest.raises(InputError, match="shorter ones need adapters"):
        simulate.read_pairs(isolate, seed=1, fragment=(200, 1))
