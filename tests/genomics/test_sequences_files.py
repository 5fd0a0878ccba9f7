"""FASTA and GenBank in and out, read back with Biopython; damaged files say where."""

import gzip

import pandas as pd
import pytest
from Bio import SeqIO
from hypothesis import given, settings
from hypothesis import strategies as st

from biolabkit import datasets, simulate
from biolabkit.errors import FormatError, InputError, UnknownNameError
from biolabkit.genomics import (
    FEATURE_COLUMNS,
    GenBank,
    read_bed,
    read_fasta,
    read_genbank,
    read_gene_model,
    read_genotypes,
    read_vcf,
    translate,
    write_fasta,
    write_genbank,
)

FASTA = ">one first record\nACGTN\nacgt\n\n>two\nRYSWKMBDHV-\n"


@pytest.fixture
def fasta(tmp_path):
    path = tmp_path / "some.fa"
    path.write_text(FASTA)
    return path


def test_fasta_keeps_case_iupac_codes_and_descriptions(fasta):
    table = read_fasta(fasta)
    assert table.to_numpy().tolist() == [
        ["one", "first record", "ACGTNacgt"],
        ["two", "", "RYSWKMBDHV-"],
    ]


def test_fasta_is_read_zipped_whatever_its_name_and_with_any_line_end(fasta, tmp_path):
    zipped, dos = tmp_path / "zipped.fa", tmp_path / "dos.fa"
    zipped.write_bytes(gzip.compress(FASTA.encode()))
    dos.write_bytes(FASTA.replace("\n", "\r\n").encode())
    for path in (zipped, dos):
        pd.testing.assert_frame_equal(read_fasta(path), read_fasta(fasta))


@given(
    st.dictionaries(
        st.text("abcXYZ019|_.", min_size=1, max_size=8),
        st.text("ACGTNacgtn", min_size=1, max_size=200),
        min_size=1,
    )
)
@settings(max_examples=30)
def test_what_is_written_reads_back_here_and_in_biopython(tmp_path_factory, sequences):
    for name in ("some.fa", "some.fa.gz"):
        path = write_fasta(sequences, tmp_path_factory.mktemp("fasta") / name)
        table = read_fasta(path)
        assert dict(zip(table["name"], table["sequence"], strict=True)) == sequences
        with gzip.open(path, "rt") if name.endswith("gz") else path.open() as stream:
            assert {r.id: str(r.seq) for r in SeqIO.parse(stream, "fasta")} == sequences


def test_zipped_output_is_the_same_every_time(fasta, tmp_path):
    first, second = (write_fasta(read_fasta(fasta), tmp_path / name) for name in ("a.fa.gz", "b.fa.gz"))
    assert first.read_bytes() == second.read_bytes()


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "found no line that begins with '>'"),
        ("ACGT\n>one\nACGT\n", ":1: expected a line that begins with '>'; found 'ACGT'"),
        (">one\nAC1T\n", ":2: '1' is no letter of nucleotides"),
        (">one\nMKLV\n", "letters='protein'"),
        (">\nACGT\n>two\n", "record 1 has no name; two has no sequence"),
        (">one\nAC\n>one\nGT\n", "one occurs 2 times"),
    ],
)
def test_damaged_fasta_says_where(tmp_path, text, said):
    path = tmp_path / "bad.fa"
    path.write_text(text)
    with pytest.raises(FormatError, match=said):
        read_fasta(path)


def test_damaged_fasta_is_told_in_korean(tmp_path, monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    path = tmp_path / "bad.fa"
    path.write_text(">\nACGT\n>two\n")
    with pytest.raises(FormatError) as error:
        read_fasta(path)
    assert str(error.value) == f"{path}: 1번째 레코드에 이름이 없습니다. two 레코드에 서열이 없습니다"


def test_absent_cut_and_binary_files_are_refused(tmp_path):
    with pytest.raises(InputError, match="there is no such FASTA file"):
        read_fasta(tmp_path / "none.fa")
    cut = tmp_path / "cut.fa.gz"
    cut.write_bytes(gzip.compress(FASTA.encode() * 50)[:-20])
    with pytest.raises(FormatError, match="cannot be read as FASTA"):
        read_fasta(cut)
    cut.write_bytes(b"\xff\xfe\x00\x81")
    with pytest.raises(FormatError, match="cannot be read as FASTA"):
        read_fasta(cut)


@pytest.mark.parametrize(
    ("name", "read"),
    [
        ("a.fa.gz", read_fasta),
        ("a.gb.gz", read_genbank),
        ("a.bed.gz", read_bed),
        ("a.vcf.gz", read_vcf),
        ("a.vcf.gz", read_genotypes),
        ("a.gb.gz", read_gene_model),
        ("a.gff3.gz", read_gene_model),
    ],
)
@pytest.mark.parametrize("damage", [b"\xff" * 40, b""], ids=["inside", "at the end"])
def test_every_reader_says_that_a_gzip_file_is_damaged(tmp_path, name, read, damage):
    (tmp_path / name).write_bytes(gzip.compress(b"text", mtime=0)[:10] + damage)
    with pytest.raises(FormatError, match=f"{name} cannot be read as"):
        read(tmp_path / name)


def test_proteins_and_other_letters_on_request(tmp_path):
    path = write_fasta({"p": "MKLV*"}, tmp_path / "p.faa")
    assert read_fasta(path, letters="protein")["sequence"].tolist() == ["MKLV*"]
    with pytest.raises(UnknownNameError, match="did you mean 'protein'"):
        read_fasta(path, letters="proteins")


def test_names_that_would_not_read_back_are_refused(tmp_path):
    for sequences in ({"a b": "A"}, {"": "A"}):
        with pytest.raises(InputError, match="no name of one word"):
            write_fasta(sequences, tmp_path / "x.fa")
    with pytest.raises(InputError, match="lacks the columns name"):
        write_fasta(pd.DataFrame({"sequence": ["A"]}), tmp_path / "x.fa")
    assert not list(tmp_path.iterdir())


# ---------------------------------------------------------------- GenBank


@pytest.fixture(scope="module")
def simulated(tmp_path_factory):
    genome = simulate.genome(12_000, seed=3, name="sim", genes=6)
    return genome, genome.write_genbank(tmp_path_factory.mktemp("gb") / "sim.gb")


def test_genes_of_a_record_are_those_that_were_written(simulated):
    genome, path = simulated
    record = read_genbank(path)
    assert (record.name, record.circular, record.sequence) == ("sim", False, genome.sequence)
    assert tuple(record.features) == FEATURE_COLUMNS
    coding = record.features[record.features["type"] == "CDS"].reset_index(drop=True)
    columns = ["chrom", "start", "end", "strand", "gene", "product"]
    pd.testing.assert_frame_equal(coding[columns], genome.genes[columns])
    for feature in coding.itertuples():
        assert translate(record.extract(feature), table=11, complete=True) == feature.translation


def handmade():
    sequence = "ATGAAACCCGGGTAACATGCATGCAT"
    features = pd.DataFrame(
        {
            "strand": ["+", "-", "+"],
            "type": ["CDS", "exon", "gene"],
            "gene": ["a", "b", "c"],
            "parts": [((20, 26, "+"), (0, 3, "+")), ((10, 12, "-"), (4, 6, "-")), ((3, 9, "+"),)],
            "partial": [False, False, True],
        }
    )
    return GenBank("HAND.1", "made by hand", "none", True, sequence, features)


def test_features_over_the_origin_in_parts_and_partial_ones_survive(tmp_path):
    record = read_genbank(write_genbank(handmade(), tmp_path / "hand.gb.gz"))
    assert (record.name, record.description, record.organism) == ("HAND.1", "made by hand", "none")
    assert record.circular
    table = record.features
    assert table["parts"].tolist() == handmade().features["parts"].tolist()
    assert table[["start", "end", "strand"]].to_numpy().tolist() == [[20, 29, "+"], [4, 12, "-"], [3, 9, "+"]]
    assert table["partial"].tolist() == [False, False, True]
    spelled = [record.extract(feature) for feature in table.itertuples()]
    assert spelled == ["ATGCATATG", "CCTT", "AAACCC"]


def test_an_empty_feature_table_is_fine(tmp_path):
    bare = GenBank("BARE", "bare", "", False, "ACGTACGT", handmade().features[:0])
    assert read_genbank(write_genbank(bare, tmp_path / "bare.gb")).features.empty


@pytest.mark.filterwarnings("error")
def test_long_names_survive(tmp_path):
    name = "a_rather_long_name_of_a_contig.2"
    path = simulate.genome(5_000, seed=1, name=name).write_genbank(tmp_path / "long.gb")
    record = read_genbank(path)
    assert record.name == name
    assert read_genbank(write_genbank(record, tmp_path / "again.gb")).name == name


def test_one_of_several_records_by_name(simulated, tmp_path):
    other = write_genbank(handmade(), tmp_path / "hand.gb")
    both = tmp_path / "both.gb"
    both.write_text(simulated[1].read_text() + other.read_text())
    assert read_genbank(both, "HAND").name == read_genbank(both, "HAND.1").name == "HAND.1"
    with pytest.raises(InputError, match=r"has 2 records; name one of them: sim, HAND\.1"):
        read_genbank(both)
    with pytest.raises(UnknownNameError, match=r"did you mean 'HAND\.1'"):
        read_genbank(both, "HAND.2")


@pytest.mark.parametrize(
    ("damage", "said"),
    [
        (lambda _: ">one\nACGT\n", "expected GenBank, which begins with LOCUS; found '>one"),
        (lambda text: text[: len(text) // 2], "the file is cut off"),
        (lambda text: text[: text.index("ORIGIN")] + "ORIGIN\n//\n", "content is undefined"),
        (lambda _: "", "expected GenBank"),
        (lambda _: "LOCUS x\n//\n", "cannot be read as GenBank: it has no record"),
    ],
)
@pytest.mark.filterwarnings("ignore::Bio.BiopythonParserWarning")
def test_damaged_genbank_says_what_is_wrong(simulated, tmp_path, damage, said):
    path = tmp_path / "bad.gb"
    path.write_text(damage(simulated[1].read_text()))
    with pytest.raises(FormatError, match=said):
        read_genbank(path)


@pytest.mark.mirror
def test_real_coding_sequences_give_the_proteins_that_the_record_states():
    data = datasets.fetch("genbank-teaching-genomes")
    edited = []
    for role in ("phix", "plasmid", "chloroplast"):
        record = read_genbank(data.path(role))
        assert record.circular
        for feature in record.features[record.features["type"] == "CDS"].itertuples():
            spelled = record.extract(feature)
            try:
                protein = translate(spelled, table=feature.transl_table, complete=True)
            except InputError:
                edited.append(feature.gene)
                continue
            assert protein == feature.translation
    assert edited == ["ndhD"]  # its start codon ACG is edited to AUG in the RNA


@pytest.mark.mirror
def test_the_plasmid_is_the_same_in_all_its_files():
    data = datasets.fetch("genbank-teaching-genomes")
    record = read_genbank(data.path("plasmid"))
    assert read_fasta(data.path("plasmid_sequence"))["sequence"].tolist() == [record.sequence]
    coding = record.features[record.features["type"] == "CDS"]
    genes = read_fasta(data.path("plasmid_genes"))["sequence"]
    assert sorted(genes) == sorted(record.extract(feature) for feature in coding.itertuples())
    proteins = read_fasta(data.path("plasmid_proteins"), letters="protein")["sequence"]
    assert sorted(proteins) == sorted(coding["translation"])
    phix = read_genbank(data.path("phix")).features
    over = phix[(phix["type"] == "CDS") & (phix["end"] > 5386)]
    assert over[["start", "end"]].to_numpy().tolist() == [[3980, 5522], [4496, 5522], [5074, 5437]]
