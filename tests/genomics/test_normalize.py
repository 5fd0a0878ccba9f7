"""One spelling per variant: known cases, properties, and bcftools norm."""

import pandas as pd
import pysam
import pysam.bcftools
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biolabkit.errors import FormatError, InputError
from biolabkit.genomics import left_align, normalize


def records(*rows):
    table = pd.DataFrame(rows, columns=["chrom", "start", "ref", "alt", "allele1", "allele2"])
    return table.assign(qual=30.0, filter="PASS")


def changes(table):
    return table[["start", "ref", "alt", "kind", "dosage"]].to_numpy().tolist()


@pytest.mark.parametrize(
    ("given_", "normal"),
    [
        # Figure 1 of Tan et al. 2015: five spellings of one deletion in GGGCACACACAGGG
        (("GGGCACACACAGGG", 5, "CAC", "C"), (2, "GCA", "G")),
        (("GGGCACACACAGGG", 2, "GCACA", "GCA"), (2, "GCA", "G")),
        (("GGGCACACACAGGG", 1, "GGCA", "GG"), (2, "GCA", "G")),
        (("GGGCACACACAGGG", 4, "ACA", "A"), (2, "GCA", "G")),
        (("GGGCACACACAGGG", 6, "ACA", "A"), (2, "GCA", "G")),
        (("ACGT", 1, "C", "T"), (1, "C", "T")),
        (("ACGT", 0, "ACGT", "ACTT"), (2, "G", "T")),
        (("GATTTTTC", 6, "T", "TT"), (1, "A", "AT")),
        # nothing to the left of the contig: the base behind is the anchor
        (("AAAC", 2, "AA", "A"), (0, "AA", "A")),
        (("ACGTACGT", 2, "GT", "CA"), (2, "GT", "CA")),
    ],
)
def test_known_cases(given_, normal):
    assert left_align(*given_) == normal


@settings(max_examples=200)
@given(st.data())
def test_all_spellings_of_a_change_become_one(data):
    sequence = data.draw(st.text("AC", min_size=8, max_size=20))
    start = data.draw(st.integers(1, len(sequence) - 3))
    end = data.draw(st.integers(start, min(start + 4, len(sequence) - 1)))
    new = data.draw(st.text("AC", max_size=4))
    donor = sequence[:start] + new + sequence[end:]
    if donor == sequence:
        return
    spellings = set()
    for low in range(len(sequence)):
        for high in range(low + 1, len(sequence) + 1):
            middle = donor[low : len(donor) - (len(sequence) - high)]
            same = sequence[:low] + middle + sequence[high:] == donor
            if same and low + len(sequence) - high <= len(donor) and middle and sequence[low:high] != middle:
                spellings.add(left_align(sequence, low, sequence[low:high], middle))
    assert len(spellings) == 1
    ((position, ref, alt),) = spellings
    assert sequence[position : position + len(ref)] == ref
    assert sequence[:position] + alt + sequence[position + len(ref) :] == donor


def test_splitting_atomising_and_dosage():
    table = normalize(
        records(
            ("1", 10, "A", "C,G", 1, 2),
            ("1", 20, "ACG", "TCT", 0, 1),
            ("1", 30, "ACG", "TC", 1, 1),
            ("1", 40, "CTT", "C,CT", 1, 2),
            ("1", 50, "A", "*,T", 1, 2),
            ("1", 60, "A", "<DEL>", 0, 1),
            ("1", 70, "A", "G", 0, 0),
            ("1", 80, "A", "G", -1, 1),
            ("1", 90, "A", ".", 0, 0),
        )
    )
    assert changes(table) == [
        [10, "A", "C", "snv", 1],
        [10, "A", "G", "snv", 1],
        [20, "A", "T", "snv", 1],
        [22, "G", "T", "snv", 1],
        [30, "A", "T", "snv", 2],
        [31, "CG", "C", "indel", 2],
        [40, "CT", "C", "indel", 1],
        [40, "CTT", "C", "indel", 1],
        [50, "A", "T", "snv", 1],
        [80, "A", "G", "snv", 1],
    ]


def test_one_change_in_two_records_is_on_both_chromosomes(tmp_path):
    (tmp_path / "r.fa").write_text(">1\nGGGCACACACAGGG\n")
    table = normalize(records(("1", 5, "CAC", "C", 0, 1), ("1", 2, "GCA", "G", 1, 0)), tmp_path / "r.fa")
    assert changes(table) == [[2, "GCA", "G", "indel", 2]]


def test_indels_travel_far_through_long_repeats(tmp_path):
    (tmp_path / "r.fa").write_text(f">1\n{'C' * 900}G{'AT' * 1000}CC\n")
    table = normalize(records(("1", 2800, "T", "TAT", 0, 1)), tmp_path / "r.fa")
    assert changes(table) == [[900, "G", "GAT", "indel", 1]]


def test_the_wrong_reference_is_refused(tmp_path):
    (tmp_path / "r.fa").write_text(">1\nGGGCACACACAGGG\n")
    with pytest.raises(FormatError, match="1:6 says REF T, the FASTA has C"):
        normalize(records(("1", 5, "T", "G", 0, 1)), tmp_path / "r.fa")
    with pytest.raises(FormatError, match="contigs of the variants: chr1"):
        normalize(records(("chr1", 5, "C", "G", 0, 1)), tmp_path / "r.fa")
    with pytest.raises(InputError, match="lacks the columns allele1, allele2"):
        normalize(records(("1", 5, "C", "G", 0, 1)).drop(columns=["allele1", "allele2"]))


def test_empty_table():
    assert len(normalize(records())) == 0


def test_agrees_with_bcftools_norm(sample, tmp_path):
    """Every indel of the donor, written as far right as it goes, comes back where bcftools norm puts it."""
    sequence = sample.donor.genome.sequence
    shifted = []
    for row in sample.donor.truth.itertuples():
        start, ref, alt = row.start, row.ref, row.alt
        if "," in alt or len(ref) == len(alt):
            continue
        while sequence[start + len(ref)] == (ref + alt)[1]:
            base = sequence[start + len(ref)]
            start, ref, alt = start + 1, (ref + base)[1:], (alt + base)[1:]
        shifted.append(("sim", start, ref, alt, row.allele1, row.allele2))
    table = records(*shifted)
    header = f"##fileformat=VCFv4.2\n##contig=<ID=sim,length={len(sequence)}>\n"
    header += "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\n"
    lines = [
        f"sim\t{r.start + 1}\t.\t{r.ref}\t{r.alt}\t.\t.\t.\n" for r in table.sort_values("start").itertuples()
    ]
    (tmp_path / "in.vcf").write_text(header + "".join(lines))
    out = tmp_path / "out.vcf"
    pysam.bcftools.norm(
        "-f", str(sample.reference), "-Ov", "-o", str(out), str(tmp_path / "in.vcf"), catch_stdout=False
    )
    theirs = [line.split("\t") for line in out.read_text().splitlines() if not line.startswith("#")]
    ours = normalize(table, sample.reference)
    assert len(ours) > 10
    assert (table["start"].to_numpy() != ours["start"].to_numpy()).sum() > 3
    assert sorted((int(f[1]), f[3], f[4]) for f in theirs) == sorted(
        ours[["pos", "ref", "alt"]].itertuples(index=False, name=None)
    )
