"""Reverse complement, composition and translation against Biopython and small literal cases."""

import math

import pytest
from Bio.Seq import Seq
from Bio.SeqUtils import gc_fraction
from hypothesis import given
from hypothesis import strategies as st

from biolabkit.errors import InputError, UnknownNameError
from biolabkit.genomics import gc_content, reverse_complement, translate

IUPAC = st.text("ACGTRYSWKMBDHVNacgtryswkmbdhvn", max_size=60)


@given(IUPAC)
def test_reverse_complement_is_biopythons_and_its_own_inverse(text):
    assert reverse_complement(text) == str(Seq(text).reverse_complement())
    assert reverse_complement(reverse_complement(text)) == text


def test_rna_stays_rna_and_case_stays():
    assert reverse_complement("AAUGc") == "gCAUU"
    with pytest.raises(InputError, match="both T and U"):
        reverse_complement("ATU")


@pytest.mark.parametrize("function", [reverse_complement, gc_content, translate])
def test_a_letter_that_is_no_nucleotide_is_named_with_its_place(function):
    with pytest.raises(InputError, match="'E' at index 3"):
        function("ACGEZ")


@given(IUPAC)
def test_gc_is_biopythons_in_each_of_its_ways(text):
    for ours, theirs in {"leave out": "remove", "count": "ignore", "share": "weighted"}.items():
        got = gc_content(text, ambiguous=ours)
        if math.isnan(got):
            assert not text or (ours == "leave out" and not set(text.upper()) & set("ACGTSW"))
        else:
            assert got == pytest.approx(gc_fraction(text, ambiguous=theirs), abs=1e-3)  # B: 0.67 for 2/3


def test_what_n_does_to_gc():
    assert gc_content("GCNN") == 1
    assert gc_content("GCNN", ambiguous="count") == 0.5
    assert gc_content("GCNN", ambiguous="share") == 0.75
    assert gc_content("gcat") == 0.5
    assert math.isnan(gc_content("NNN"))
    with pytest.raises(UnknownNameError, match="leave out"):
        gc_content("ACGT", ambiguous="leaveout")


def test_translation_frames_tables_and_ends():
    assert translate("ATGGCCTAAGG") == "MA*"
    assert translate("ATGGCCTAAGG", to_stop=True) == "MA"
    assert translate("CATGGCCTAA", frame=1) == "MA*"
    assert translate("augugauaa") == "M**"
    assert translate("ATGTGATAA", table=4) == "MW*"
    assert translate("CTNNNN") == "LX"
    assert translate("A") == ""


def test_a_complete_coding_sequence_begins_with_methionine():
    assert translate("GTGGCCTAA", table=11, complete=True) == "MA"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("GCCGCCTAA", "not a start codon"),
        ("ATGGCCGC", "multiple of three"),
        ("ATGGCCGCC", "not a stop codon"),
        ("ATGTAAGCCTAA", "[Ee]xtra in frame stop"),
    ],
)
def test_why_a_coding_sequence_is_not_complete_is_said(text, said):
    with pytest.raises(InputError, match=said):
        translate(text, table=11, complete=True)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("GCCGCCTAA", "첫 코돈이 시작 코돈이 아닙니다: 'GCC'"),
        ("ATGGCCGC", "서열의 길이가 8염기로, 3의 배수가 아닙니다"),
        ("ATGGCCGCC", "마지막 코돈이 종결 코돈이 아닙니다: 'GCC'"),
        ("ATGTAAGCCTAA", "서열 중간에 종결 코돈이 있습니다: 'TAA'"),
    ],
)
def test_why_a_coding_sequence_is_not_complete_is_said_in_korean(monkeypatch, text, said):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    with pytest.raises(InputError) as error:
        translate(text, table=11, complete=True)
    assert str(error.value) == f"translate: 유전 부호 11번으로 볼 때 온전한 암호화 서열이 아닙니다. {said}"


def test_a_wrong_letter_is_told_in_korean(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    with pytest.raises(InputError) as error:
        gc_content("ACXG")
    said = (
        "서열의 인덱스 2 자리에 'X' 문자가 있습니다. 뉴클레오타이드의 IUPAC 문자(ABCDGHKMNRSTUVWY)여야 하며"
    )
    assert str(error.value) == f"{said} 대소문자는 가리지 않습니다"


def test_unknown_tables_and_frames_are_refused():
    with pytest.raises(UnknownNameError, match="genetic code '7'"):
        translate("ATG", table=7)
    with pytest.raises(InputError, match="frame is 3"):
        translate("ATG", frame=3)
