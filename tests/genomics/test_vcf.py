"""VCF in and out."""

import gzip
import math

import numpy as np
import pandas as pd
import pysam
import pytest

from biolabkit.errors import FormatError, InputError, UnknownNameError
from biolabkit.genomics import CALL_COLUMNS, call_variants, read_vcf, write_vcf

HEADER = "##fileformat=VCFv4.2\n##contig=<ID=1,length=1000>\n##contig=<ID=2,length=500>\n"
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\tmother\tchild\n"
RECORDS = (
    "1\t11\trs1\ta\tG\t50.5\tPASS\tX=1\tGT:GQ:DP:AD\t0/1:30:12:6,6\t1|1:40:9:0,9\n"
    "1\t20\t.\tCAT\tC,CATAT\t.\t.\t.\tGT\t1/2\t0/0\n"
    "2\t5\t.\tG\t.\t3\tLowQual\t.\tGT:DP\t./.:.\t0:7\n"
)


@pytest.fixture
def vcf(tmp_path):
    path = tmp_path / "a.vcf"
    path.write_text(HEADER + COLUMNS + RECORDS)
    return path


def test_records_become_rows(vcf):
    table = read_vcf(vcf)
    assert tuple(table.columns) == CALL_COLUMNS
    assert table[["chrom", "start", "end", "pos", "ref", "alt"]].to_numpy().tolist() == [
        ["1", 10, 11, 11, "A", "G"],
        ["1", 19, 22, 20, "CAT", "C,CATAT"],
        ["2", 4, 5, 5, "G", "."],
    ]
    assert table["allele1"].tolist() == [0, 1, -1]
    assert table["allele2"].tolist() == [1, 2, -1]
    assert table["allele1"].dtype == np.int8
    assert table["qual"].tolist()[::2] == [50.5, 3.0]
    assert math.isnan(table["qual"][1])
    assert table["filter"].tolist() == ["PASS", ".", "LowQual"]
    assert table.loc[0, ["gq", "dp", "ad"]].tolist() == [30, 12, "6,6"]
    assert table["gq"].isna().tolist() == [False, True, True]


def test_a_sample_by_name(vcf):
    child = read_vcf(vcf, sample="child")
    assert child[["allele1", "allele2"]].to_numpy().tolist() == [[1, 1], [0, 0], [0, -1]]
    with pytest.raises(UnknownNameError, match="did you mean 'child'"):
        read_vcf(vcf, sample="chid")


def test_regions(vcf):
    assert read_vcf(vcf, "1:12-21")["pos"].tolist() == [20]
    assert read_vcf(vcf, ("1", 21, 30))["pos"].tolist() == [20]
    assert read_vcf(vcf, "2")["pos"].tolist() == [5]
    with pytest.raises(InputError, match="off the contig"):
        read_vcf(vcf, "2:1-501")


def test_gzipped_without_samples_and_without_records(tmp_path):
    path = tmp_path / "a.vcf.gz"
    head = HEADER + "\t".join(COLUMNS.rstrip("\n").split("\t")[:8]) + "\n"
    path.write_bytes(gzip.compress((head + "1\t3\t.\tA\tC\t9\tPASS\t.\n").encode()))
    assert read_vcf(path)[["pos", "allele1"]].to_numpy().tolist() == [[3, -1]]
    path.write_bytes(gzip.compress(head.encode()))
    assert len(read_vcf(path)) == 0


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("no header at all\n", "expected a VCF header"),
        (HEADER, "expected a VCF header"),
        (HEADER + "#CHROM\tPOSITION\n", r"a\.vcf:4: expected the columns"),
        (HEADER + COLUMNS + "1\tten\t.\tA\tC\t9\tPASS\t.\n", r"a\.vcf:5: not a VCF record"),
        (HEADER + COLUMNS + RECORDS + "1\t3\n", r"a\.vcf:8: not a VCF record"),
    ],
)
def test_files_that_are_no_vcf(tmp_path, text, said):
    path = tmp_path / "a.vcf"
    path.write_text(text)
    with pytest.raises(FormatError, match=said):
        read_vcf(path)


def test_missing_and_broken_files(tmp_path):
    with pytest.raises(InputError, match="no such VCF"):
        read_vcf(tmp_path / "a.vcf")
    (tmp_path / "a.vcf.gz").write_bytes(gzip.compress((HEADER + COLUMNS + RECORDS).encode())[:60])
    with pytest.raises(FormatError, match="cannot be read as VCF"):
        read_vcf(tmp_path / "a.vcf.gz")
    (tmp_path / "a.vcf.gz").write_bytes(gzip.compress(HEADER.encode())[:10] + b"\xff" * 40)
    with pytest.raises(FormatError, match="cannot be read as VCF: Error -3"):
        read_vcf(tmp_path / "a.vcf.gz")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (HEADER, ": #CHROM 줄로 끝나는 VCF 헤더가 있어야 하는데 없습니다"),
        (
            HEADER + COLUMNS + "1\tten\t.\tA\tC\n",
            ":5: VCF 레코드가 아닙니다: '1\\tten\\t.\\tA\\tC'(열이 모자랍니다)",
        ),
        (
            HEADER + COLUMNS + "1\tten\t.\tA\tC\t9\t.\n",
            ":5: VCF 레코드가 아닙니다: '1\\tten\\t.\\tA\\tC\\t9\\t.'(정수가 아닙니다: 'ten')",
        ),
    ],
)
def test_files_that_are_no_vcf_are_told_in_korean(tmp_path, monkeypatch, text, said):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    path = tmp_path / "a.vcf"
    path.write_text(text)
    with pytest.raises(FormatError) as error:
        read_vcf(path)
    assert str(error.value) == f"{path}{said}"


def test_columns_that_are_missing_are_told_in_korean(tmp_path, monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    with pytest.raises(InputError) as error:
        write_vcf(calls().drop(columns=["ref", "alt"]), tmp_path / "a.vcf")
    assert str(error.value) == "write_vcf: 표에 다음 열이 없습니다: ref, alt"


def calls():
    return pd.DataFrame(
        {
            "chrom": ["2", "1", "1"],
            "pos": [5, 20, 11],
            "ref": ["G", "CAT", "A"],
            "alt": ["T", "C,CATAT", "G"],
            "qual": [30.0, np.nan, 50.5],
            "filter": ["LowGQ", "PASS", "PASS"],
            "allele1": np.array([-1, 1, 0], dtype=np.int8),
            "allele2": np.array([-1, 2, 1], dtype=np.int8),
            "gq": [3, 50, 99],
            "dp": [4, 20, 30],
            "ad": ["2,2", "0,10,10", "15,15"],
        }
    )


@pytest.mark.parametrize("name", ["out.vcf", "out.vcf.gz"])
def test_what_is_written_is_read_back(tmp_path, name):
    path = write_vcf(calls(), tmp_path / name, contigs={"1": 1000, "2": 500}, sample="me")
    back = read_vcf(path)
    wanted = calls().iloc[[2, 1, 0]].reset_index(drop=True)
    assert sorted(p.name for p in tmp_path.iterdir()) == (
        [name, name + ".tbi"] if name.endswith("gz") else [name]
    )
    pd.testing.assert_frame_equal(back[list(wanted.columns)], wanted, check_dtype=False)


def test_an_unsorted_file_is_read_as_it_stands_and_written_sorted(tmp_path):
    path = tmp_path / "unsorted.vcf"
    path.write_text(HEADER + COLUMNS + "".join(RECORDS.splitlines(keepends=True)[::-1]))
    table = read_vcf(path)
    assert table["pos"].tolist() == [5, 20, 11]
    assert read_vcf(path, "1:12-21")["pos"].tolist() == [20]
    again = read_vcf(write_vcf(table, tmp_path / "sorted.vcf.gz", contigs={"1": 1000, "2": 500}))
    assert again[["chrom", "pos"]].to_numpy().tolist() == [["1", 11], ["1", 20], ["2", 5]]


def test_a_haploid_genotype_is_one_allele(tmp_path):
    table = calls().head(2).assign(allele1=[-1, 1], allele2=[-1, -1])
    path = write_vcf(table, tmp_path / "haploid.vcf", contigs={"1": 1000, "2": 500})
    records = [line.split("\t") for line in path.read_text().splitlines() if not line.startswith("#")]
    assert [record[9].split(":")[0] for record in records] == ["1", "./."]
    assert read_vcf(path)[["allele1", "allele2"]].to_numpy().tolist() == [[1, -1], [-1, -1]]


def test_calls_survive_the_round_trip(sample, tmp_path):
    called = call_variants(sample.reads, sample.reference)
    back = read_vcf(write_vcf(called, tmp_path / "calls.vcf.gz", contigs={"sim": 40_000}))
    assert back["qual"].tolist() == pytest.approx(called["qual"].tolist(), abs=0.006)
    columns = [name for name in CALL_COLUMNS if name != "qual"]
    pd.testing.assert_frame_equal(back[columns], called[columns], check_dtype=False)
    # A second time nothing changes any more.
    again = read_vcf(write_vcf(back, tmp_path / "again.vcf"))
    pd.testing.assert_frame_equal(again, back)


def test_pysam_reads_what_is_written(tmp_path):
    path = write_vcf(calls(), tmp_path / "out.vcf.gz", contigs={"1": 1000, "2": 500}, sample="me")
    with pysam.VariantFile(str(path)) as vcf:
        assert dict(vcf.header.contigs)["1"].length == 1000
        records = list(vcf.fetch("1"))
    assert [(r.pos, r.ref, r.alts, r.samples["me"]["GT"]) for r in records] == [
        (11, "A", ("G",), (0, 1)),
        (20, "CAT", ("C", "CATAT"), (1, 2)),
    ]
    assert records[0].samples["me"]["AD"] == (15, 15)
    assert list(records[0].filter) == ["PASS"]


def test_tables_that_cannot_be_written(tmp_path):
    with pytest.raises(InputError, match="lacks the columns pos"):
        write_vcf(calls().drop(columns="pos"), tmp_path / "a.vcf")
    with pytest.raises(InputError, match="lacks: 2"):
        write_vcf(calls(), tmp_path / "a.vcf", contigs={"1": 1000})
    assert not list(tmp_path.iterdir())
