# %% [markdown] lang="en"
# # What does the variant do?
#
# **Why this matters.** A newborn's screening report has one line: chromosome 11, position 5,227,002, T to A.
# Is it harmless, or is it sickle-cell disease, which kills untreated children and which a gene therapy can
# now cure? The file does not say. Somebody, or some program, has to find the gene, its strand, the codon and
# the amino acid. From 2020 on the same work, done thousands of times a day, told the world how a virus was
# changing: "D614G", "N501Y" and "S371L" are answers to the question in the title. A company that designs a
# vaccine, an antibody or a diagnostic primer reads such names every morning.
#
# **What you will be able to do**
#
# 1. join the coding parts of a gene on either strand into its coding sequence,
# 2. say which codon a position of the genome belongs to, and where in it,
# 3. name the consequence of a substitution, and of an insertion or deletion,
# 4. let the library do the same for a whole gene model, and read what it flags,
# 5. read ClinVar's verdicts without believing more than they say.
#
# You need Python strings and dictionaries. The programs of the trade (Ensembl VEP, SnpEff, bcftools csq)
# do what you write here, for every transcript at once.

# %% [markdown] lang="ko"
# # 이 변이는 무슨 일을 합니까?
#
# **왜 중요합니까?** 신생아 선별 검사 결과지에 한 줄이 적혀 있습니다. 11번 염색체 5,227,002번 자리, T에서
# A로. 아무 문제가 없는 변이입니까, 아니면 치료하지 않으면 아이의 생명을 앗아 가지만 이제는 유전자 치료로
# 고칠 수 있는 낫 모양 적혈구병입니까? 파일에는 답이 적혀 있지 않습니다. 누군가, 또는 어떤 프로그램이
# 유전자와 가닥, 코돈, 아미노산을 찾아야 합니다. 2020년부터는 같은 작업을 하루에 수천 번 반복하여 바이러스가
# 어떻게 변하는지 세상에 알렸습니다. "D614G", "N501Y", "S371L"이 바로 이 제목의 질문에 대한 답입니다. 백신,
# 항체, 진단용 프라이머를 설계하는 기업은 매일 아침 이런 이름을 읽습니다.
#
# **이 실습을 마치면 할 수 있는 일**
#
# 1. 어느 가닥에 있는 유전자든 암호화 부분을 이어 암호화 서열을 만듭니다.
# 2. 유전체의 한 자리가 어느 코돈의 몇 번째 염기인지 말합니다.
# 3. 치환, 그리고 삽입과 결실의 결과에 이름을 붙입니다.
# 4. 같은 일을 라이브러리로 유전자 모형 전체에 적용하고, 라이브러리가 알려 주는 주의 사항을 읽습니다.
# 5. ClinVar의 판정을, 판정이 말하는 만큼만 믿으며 읽습니다.
#
# 파이썬 문자열과 사전을 다룰 줄 알면 됩니다. 현장의 프로그램(Ensembl VEP, SnpEff, bcftools csq)도 여기서
# 작성하는 것과 같은 일을 모든 전사체에 대하여 한꺼번에 합니다.

# %% setup
import re
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from Bio.Data import CodonTable
from Bio.Seq import Seq

from biolabkit import datasets, genomics
from biolabkit.check import expect, hint, lab
from biolabkit.plot import PALETTE, style

me = lab.start("genome-06-variant-consequences")

# The gene of beta-globin as the cell transcribes it: GRCh38 11:5,225,464-5,227,071, minus strand
_HBB = (
    "ACATTTGCTTCTGACACAACTGTGTTCACTAGCAACCTCAAACAGACACCATGGTGCATCTGACTCCTGAGGAGAAGTCTGCCGTTACTGCCCTGTGGGG"
    "CAAGGTGAACGTGGATGAAGTTGGTGGTGAGGCCCTGGGCAGGTTGGTATCAAGGTTACAAGACAGGTTTAAGGAGACCAATAGAAACTGGGCATGTGGA"
    "GACAGAGAAGACTCTTGGGTTTCTGATAGGCACTGACTCTCTCTGCCTATTGGTCTATTTTCCCACCCTTAGGCTGCTGGTGGTCTACCCTTGGACCCAG"
    "AGGTTCTTTGAGTCCTTTGGGGATCTGTCCACTCCTGATGCTGTTATGGGCAACCCTAAGGTGAAGGCTCATGGCAAGAAAGTGCTCGGTGCCTTTAGTG"
    "ATGGCCTGGCTCACCTGGACAACCTCAAGGGCACCTTTGCCACACTGAGTGAGCTGCACTGTGACAAGCTGCACGTGGATCCTGAGAACTTCAGGGTGAG"
    "TCTATGGGACCCTTGATGTTTTCTTTCCCCTTCTTTTCTATGGTTAAGTTCATGTCATAGGAAGGGGATAAGTAACAGGGTACAGTTTAGAATGGGAAAC"
    "AGACGAATGATTGCATCAGTGTGGAAGTCTCAGGATCGTTTTAGTTTCTTTTATTTGCTGTTCATAACAATTGTTTTCTTTTGTTTAATTCTTGCTTTCT"
    "TTTTTTTTCTTCTCCGCAATTTTTACTATTATACTTAATGCCTTAACATTGTGTATAACAAAAGGAAATATCTCTGAGATACATTAAGTAACTTAAAAAA"
    "AAACTTTACACAGTCTGCCTAGTACATTACTATTTGGAATATATGTGTGCTTATTTGCATATTCATAATCTCCCTACTTTATTTTCTTTTATTTTTAATT"
    "GATACATAATCATTATACATATTTATGGGTTAAAGTGTAATGTTTTAATATGTGTACACATATTGACCAAATCAGGGTAATTTTGCATTTGTAATTTTAA"
    "AAAATGCTTTCTTCTTTTAATATACTTTTTTGTTTATCTTATTTCTAATACTTTCCCTAATCTCTTTCTTTCAGGGCAATAATGATACAATGTATCATGC"
    "CTCTTTGCACCATTCTAAAGAATAACAGTGATAATTTCTGGGTTAAGGCAATAGCAATATTTCTGCATATAAATATTTCTGCATATAAATTGTAACTGAT"
    "GTAAGAGGTTTCATATTGCTAATAGCAGCTACAATCCAGCTACCATTCTGCTTTTATTTTATGGTTGGGATAAGGCTGGATTATTCTGAGTCCAAGCTAG"
    "GCCCTTTTGCTAATCATGTTCATACCTCTTATCTTCCTCCCACAGCTCCTGGGCAACGTGCTGGTCTGTGTGCTGGCCCATCACTTTGGCAAAGAATTCA"
    "CCCCACCAGTGCAGGCTGCCTATCAGAAAGTGGTGGCTGGTGTGGCTAATGCCCTGGCCCACAAGTATCACTAAGCTCGCTTTCTTGCTGTCCAATTTCT"
    "ATTAAAGGTTCCTTTGTTCCCTAAGTCCAACTACTAAACTGGGGGATATTATGAAGGGCCTTGAGCATCTGGATTCTGCCTAATAAAAAACATTTATTTT"
    "CATTGCAA"
)
REGION_START = 5_225_464  # the 1-based position of the first base of `region`
region = str(Seq(_HBB).reverse_complement())  # the plus strand, as a reference genome is written
_size = len(region)
hbb_parts = sorted((_size - end, _size - start) for start, end in [(50, 142), (272, 495), (1345, 1474)])

_table = CodonTable.unambiguous_dna_by_id[1]
GENETIC_CODE = _table.forward_table | dict.fromkeys(_table.stop_codons, "*")

# Five reports of haemoglobin laboratories
reports = pd.DataFrame(
    [
        ("sickle cell", 5_227_002, "T", "A"),
        ("haemoglobin C", 5_227_003, "C", "T"),
        ("haemoglobin E", 5_226_943, "C", "T"),
        ("codon 39, Sardinia", 5_226_774, "G", "A"),
        ("IVS I-1, Mediterranean", 5_226_929, "C", "T"),
    ],
    columns=["called", "pos", "ref", "alt"],
)
reports

# %% [markdown] lang="en"
# ## 1 · From the map to the message
#
# You have the region of the beta-globin gene, *HBB*, as the reference genome (GRCh38) is written: the plus
# strand, left to right. The gene lies on the **minus** strand, so the cell reads it from right to left, and
# reads the complement: A for T, C for G. The message is also cut: only the coding parts of three exons are
# translated, and the introns between them are taken out.
#
# `hbb_parts` lists these coding parts in the order of the map, from left to right, as `(start, end)`. They
# are 0-based and half-open, so `region[start:end]` is exactly the part. The *coding sequence* (CDS) begins
# with the start codon ATG and ends with a stop codon, in the direction in which it is read.
#
# **Task 1.** Write `coding_sequence`.

# %% [markdown] lang="ko"
# ## 1 · 지도에서 전령으로
#
# 베타글로빈 유전자 *HBB*가 있는 영역을 참조 유전체(GRCh38)에 적힌 그대로, 곧 플러스 가닥을 왼쪽에서
# 오른쪽으로 읽은 서열로 가지고 있습니다. 그런데 이 유전자는 **마이너스** 가닥에 있습니다. 세포는 이것을
# 오른쪽에서 왼쪽으로, 그리고 상보적인 염기로 읽습니다. T 대신 A, G 대신 C로 읽는 것입니다. 전령은 잘리기도
# 합니다. 엑손 세 개의 암호화 부분만 번역되고 그 사이의 인트론은 제거됩니다.
#
# `hbb_parts`는 암호화 부분을 지도의 순서대로, 왼쪽에서 오른쪽으로 `(start, end)`로 적은 목록입니다. 0부터
# 세는 반열린 구간이므로 `region[start:end]`가 바로 그 부분입니다. *암호화 서열*(CDS)은 읽는 방향으로 시작
# 코돈 ATG에서 시작하여 종결 코돈으로 끝납니다.
#
# **과제 1.** `coding_sequence` 함수를 작성하십시오.


# %% task="coding_sequence"
def coding_sequence(sequence, parts, strand):
    """Coding sequence of a gene, in the direction in which it is translated.

    sequence  text of the plus strand, in capitals
    parts     list of (start, end), 0-based and half-open, in the order of the map (left to right)
    strand    "+" or "-"

    Returns text that begins with the start codon.
    """
    ### BEGIN SOLUTION
    joined = "".join(sequence[start:end] for start, end in parts)
    if strand == "+":
        return joined
    return joined.translate(str.maketrans("ACGT", "TGCA"))[::-1]
    ### END SOLUTION


# %% check="coding_sequence" points=2
# The message as the cell writes it, and its coding parts
_exons = [(50, 142), (272, 495), (1345, 1474)]
_cds = "".join(_HBB[start:end] for start, end in _exons)
expect(coding_sequence(region, hbb_parts, "-"), "coding sequence of HBB", "HBB의 암호화 서열").equals(
    _cds,
    hints=[
        hint(
            "complement-not-reversed",
            _cds[::-1],
            en=(
                "These are the right bases in the wrong direction: the other strand is read from its "
                "other end."
            ),
            ko="염기는 맞지만 방향이 반대입니다. 상보 가닥은 반대쪽 끝에서부터 읽습니다.",
        ),
        hint(
            "reversed-not-complemented",
            lambda got: len(got) == len(_cds) and got.startswith("TACCAC") and got.endswith("GTGATT"),
            en=(
                "You turned the strand round. On the other strand there is also another base: A stands "
                "opposite T."
            ),
            ko="방향은 뒤집으셨습니다. 상대 가닥에는 염기도 다릅니다. A의 맞은편에는 T가 있습니다.",
        ),
        hint(
            "strand-ignored",
            lambda got: len(got) == len(_cds) and got.startswith("TTAGTG") and got.endswith("CACCAT"),
            en="This is the plus strand. The gene lies on the minus strand; what does the cell read there?",
            ko=(
                "이것은 플러스 가닥입니다. 유전자는 마이너스 가닥에 있습니다. 세포는 그곳에서 무엇을 "
                "읽습니까?"
            ),
        ),
        hint(
            "parts-in-map-order",
            "".join(_HBB[start:end] for start, end in reversed(_exons)),
            en="Each part is right, their order is not: which part of the map is translated first?",
            ko="각 부분은 맞지만 순서가 다릅니다. 지도에서 어느 부분이 가장 먼저 번역됩니까?",
        ),
        hint(
            "parts-one-based",
            lambda got: any(
                got == "".join(_HBB[start + more : end + behind] for start, end in _exons)
                for more, behind in ((0, 1), (-1, 0), (1, 1))
            ),
            en="A part is off by one base. Starts count from 0, and the end is no longer part of it.",
            ko="한 염기가 어긋났습니다. 시작은 0부터 세며, 끝 위치는 그 부분에 들어가지 않습니다.",
        ),
        hint(
            "introns-kept",
            lambda got: len(got) > len(_cds) + 50,
            en="This is longer than the coding parts together: introns are cut out before translation.",
            ko="암호화 부분을 모두 합한 것보다 깁니다. 인트론은 번역되기 전에 잘려 나갑니다.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(6)
_text = "".join(_rng.choice(list("ACGT"), 300))
for _parts in ([(10, 40)], [(0, 31), (100, 150), (290, 300)]):
    for _strand in "+-":
        _want = "".join(_text[start:end] for start, end in _parts)
        expect(
            coding_sequence(_text, _parts, _strand),
            f"coding sequence of {len(_parts)} part(s) on the {_strand} strand",
            f"{_strand} 가닥에 있는 {len(_parts)}개 부분의 암호화 서열",
        ).equals(_want if _strand == "+" else genomics.reverse_complement(_want))
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 2 · Which codon?
#
# Biologists count from **1**: base 1 of the CDS is the A of the start codon, and amino acid 1 is its
# methionine. The name `c.20A>T` says: base 20 of the coding sequence. A codon has three bases, so bases 1 to
# 3 are codon 1, bases 4 to 6 codon 2.
#
# (Textbooks call the sickle-cell variant Glu6Val, because the first methionine is cut off the finished
# protein and used not to be counted. Today's rule counts it: Glu7Val.)
#
# **Task 2.** Write `locate`: from a 0-based index of the plus strand to base, codon and place in the codon.
# Introns and the sequence outside the gene have no codon.

# %% [markdown] lang="ko"
# ## 2 · 어느 코돈입니까?
#
# 생물학자는 **1**부터 셉니다. CDS의 1번 염기는 시작 코돈의 A이고, 1번 아미노산은 그 메티오닌입니다.
# `c.20A>T`라는 이름은 암호화 서열의 20번 염기라는 뜻입니다. 코돈은 염기 세 개이므로 1–3번 염기가 1번
# 코돈, 4–6번 염기가 2번 코돈입니다.
#
# (교과서에서는 낫 모양 적혈구 변이를 Glu6Val이라고 부릅니다. 완성된 단백질에서는 첫 메티오닌이 잘려 나가므로
# 예전에는 세지 않았기 때문입니다. 지금의 규칙은 이것도 셉니다. 따라서 Glu7Val입니다.)
#
# **과제 2.** `locate` 함수를 작성하십시오. 플러스 가닥의 0부터 세는 위치에서 염기, 코돈, 코돈 안의 자리를
# 구합니다. 인트론과 유전자 바깥에는 코돈이 없습니다.


# %% task="locate"
def locate(index, parts, strand):
    """Where a position of the plus strand lies in the coding sequence.

    index   0-based position on the plus strand
    parts   list of (start, end), 0-based and half-open, in the order of the map
    strand  "+" or "-"

    Returns (base of the CDS, codon, place in the codon), all counted from 1; None when it is not coding.
    """
    ### BEGIN SOLUTION
    coding = [place for start, end in parts for place in range(start, end)]
    if strand == "-":
        coding.reverse()
    if index not in coding:
        return None
    offset = coding.index(index)
    return offset + 1, offset // 3 + 1, offset % 3 + 1
    ### END SOLUTION


# %% check="locate" points=2
def _place_hints(index, at):
    """What goes wrong at an index of the region whose base of the coding sequence is `at`."""
    left = len(_cds) + 1 - at
    spanned = hbb_parts[-1][1] - index

    def number(got, place):
        return got[place] if isinstance(got, (list, tuple)) and len(got) == 3 else None

    return [
        hint(
            "counted-from-the-left",
            lambda got: number(got, 0) == left,
            en="You counted from the left of the map. On the minus strand the first codon is on the right.",
            ko="지도의 왼쪽에서부터 세셨습니다. 마이너스 가닥에서는 첫 코돈이 오른쪽에 있습니다.",
        ),
        hint(
            "introns-counted",
            lambda got: number(got, 0) == spanned and spanned != at,
            en="Between the exons you also counted the intron. It is not part of the coding sequence.",
            ko="엑손 사이의 인트론까지 세셨습니다. 인트론은 암호화 서열에 들어가지 않습니다.",
        ),
        hint(
            "counted-from-zero",
            lambda got: number(got, 0) == at - 1,
            en="Names of variants count from 1: the A of the start codon is base 1.",
            ko="변이의 이름은 1부터 셉니다. 시작 코돈의 A가 1번 염기입니다.",
        ),
        hint(
            "codon-from-zero",
            lambda got: number(got, 0) == at and number(got, 1) == (at - 1) // 3,
            en="The first codon, methionine, is number 1 and not 0.",
            ko="첫 코돈인 메티오닌은 0번이 아니라 1번입니다.",
        ),
        hint(
            "codon-phase",
            lambda got: number(got, 0) == at and (number(got, 1) == at // 3 + 1 or number(got, 2) == at % 3),
            en=(
                "Base 3 is still in codon 1, at its third place. Divide what lies before the base, not "
                "its number."
            ),
            ko=(
                "3번 염기는 아직 1번 코돈의 셋째 자리입니다. 염기 번호가 아니라 그 앞에 있는 염기 수를 "
                "나누십시오."
            ),
        ),
    ]


for _position, _what, _ko, _wanted in (
    (5_227_002, "the sickle-cell variant", "낫 모양 적혈구 변이", (20, 7, 2)),
    (5_227_019, "the last base of the start codon", "시작 코돈의 마지막 염기", (3, 1, 3)),
    (5_226_774, "codon 39 of the Sardinian variant", "사르데냐 변이의 코돈", (118, 40, 1)),
):
    _index = _position - REGION_START
    expect(
        locate(_index, hbb_parts, "-"), f"base, codon and place of {_what}", f"{_ko}의 염기, 코돈, 자리"
    ).equals(_wanted, hints=_place_hints(_index, _wanted[0]))
expect(
    locate(5_226_929 - REGION_START, hbb_parts, "-"),
    "place of the first base of intron 1",
    "인트론 1의 첫 염기",
).equals(
    None,
    hints=[
        hint(
            "intron-has-no-codon",
            lambda got: got is not None,
            en="This base lies in an intron: it has no codon.",
            ko="이 염기는 인트론에 있으므로 코돈이 없습니다.",
        )
    ],
)
### BEGIN HIDDEN TESTS
_coding = [place for start, end in reversed(hbb_parts) for place in range(end - 1, start - 1, -1)]
for _index in (_coding[0], _coding[92], _coding[314], _coding[315], _coding[-1]):
    _at = _coding.index(_index)
    expect(locate(_index, hbb_parts, "-"), "place of another base of HBB", "HBB의 다른 염기의 자리").equals(
        (_at + 1, _at // 3 + 1, _at % 3 + 1), hints=_place_hints(_index, _at + 1)
    )
expect(
    [locate(index, [(5, 9), (20, 25)], "+") for index in (5, 8, 20, 24, 4, 9, 25)],
    "places in a gene of two parts on the plus strand",
    "플러스 가닥의 두 부분짜리 유전자에서의 자리",
).equals([(1, 1, 1), (4, 2, 1), (5, 2, 2), (9, 3, 3), None, None, None])
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 3 · One base for another
#
# Put the new base into the codon and look both codons up in `GENETIC_CODE` (a stop is `"*"`). The terms are
# those of the Sequence Ontology, which every annotation program uses:
#
# | term | when |
# |---|---|
# | `start_lost` | codon 1 no longer says M |
# | `stop_gained` | an amino acid becomes a stop ("nonsense") |
# | `stop_lost` | the stop becomes an amino acid |
# | `synonymous_variant` | the same amino acid, or still a stop |
# | `missense_variant` | another amino acid |
#
# The VCF always writes `alt` on the **plus** strand.
#
# **Task 3.** Write `substitution`. The change is written as old amino acid, codon, new amino acid: `"E7V"`.

# %% [markdown] lang="ko"
# ## 3 · 염기 하나가 바뀔 때
#
# 새 염기를 코돈에 넣고 두 코돈을 `GENETIC_CODE`에서 찾으십시오(종결은 `"*"`입니다). 용어는 모든 주석
# 프로그램이 쓰는 Sequence Ontology의 것입니다.
#
# | 용어 | 언제 |
# |---|---|
# | `start_lost` | 1번 코돈이 더 이상 M이 아닐 때 |
# | `stop_gained` | 아미노산이 종결로 바뀔 때(넌센스) |
# | `stop_lost` | 종결이 아미노산으로 바뀔 때 |
# | `synonymous_variant` | 같은 아미노산이거나 여전히 종결일 때(동의) |
# | `missense_variant` | 다른 아미노산으로 바뀔 때(미스센스) |
#
# VCF는 `alt`를 언제나 **플러스** 가닥으로 적습니다.
#
# **과제 3.** `substitution` 함수를 작성하십시오. 변화는 `"E7V"`처럼 원래 아미노산, 코돈 번호, 새 아미노산
# 순서로 적습니다.


# %% task="substitution"
def substitution(cds, base, alt, strand):
    """Consequence of one base for another.

    cds     coding sequence in the direction of translation
    base    the base of the CDS that changes, counted from 1
    alt     the new base as the VCF writes it, on the plus strand
    strand  strand of the gene, "+" or "-"

    Returns (term, change), such as ("missense_variant", "E7V").
    """
    ### BEGIN SOLUTION
    new = alt if strand == "+" else {"A": "T", "C": "G", "G": "C", "T": "A"}[alt]
    changed = cds[: base - 1] + new + cds[base:]
    first = (base - 1) // 3 * 3
    before, after = (GENETIC_CODE[text[first : first + 3]] for text in (cds, changed))
    codon = first // 3 + 1
    if before == after:
        term = "synonymous_variant"
    elif codon == 1:
        term = "start_lost"
    elif after == "*":
        term = "stop_gained"
    elif before == "*":
        term = "stop_lost"
    else:
        term = "missense_variant"
    return term, f"{before}{codon}{after}"
    ### END SOLUTION


# %% check="substitution.strand" points=1
for _called, _base, _alt, _change, _uncomplemented in (
    ("sickle cell", 20, "A", "E7V", "E7E"),
    ("haemoglobin C", 19, "T", "E7K", "E7*"),
    ("haemoglobin E", 79, "T", "E27K", "E27*"),
):
    expect(
        substitution(_cds, _base, _alt, "-"), f"consequence of {_called}", f"{_called} 변이의 결과"
    ).equals(
        ("missense_variant", _change),
        hints=[
            hint(
                "alt-not-complemented",
                lambda got, wrong=_uncomplemented: wrong in got,
                en="The VCF writes the plus strand, the codon is on the minus strand: turn the new base too.",
                ko="VCF는 플러스 가닥으로 적고 코돈은 마이너스 가닥에 있습니다. 새 염기도 바꾸어야 합니다.",
            ),
            hint(
                "change-from-zero",
                f"{_change[0]}{int(_change[1:-1]) - 1}{_change[-1]}",
                en="Amino acids are counted from 1, beginning with the methionine of the start codon.",
                ko="아미노산은 시작 코돈의 메티오닌부터 1로 셉니다.",
            ),
            hint(
                "change-number",
                lambda got, right=_change: (
                    isinstance(got, (list, tuple))
                    and len(got) == 2
                    and str(got[1])[:1] + str(got[1])[-1:] == right[0] + right[-1]
                ),
                en="The amino acids are right; the number of the codon is not.",
                ko="아미노산은 맞지만 코돈 번호가 다릅니다.",
            ),
        ],
    )

# %% check="substitution.terms" points=2
_toy = "ATGAAAGCTCAGTGGTGA"
for _base, _alt, _term, _change, _hints in (
    (
        6,
        "G",
        "synonymous_variant",
        "K2K",
        [
            hint(
                "same-amino-acid",
                lambda got: "missense_variant" in got,
                en=(
                    "The codon changed, the amino acid did not: compare what they mean, not how they "
                    "are spelt."
                ),
                ko="코돈은 바뀌었지만 아미노산은 그대로입니다. 철자가 아니라 뜻을 비교하십시오.",
            )
        ],
    ),
    (6, "C", "missense_variant", "K2N", []),
    (
        10,
        "T",
        "stop_gained",
        "Q4*",
        [
            hint(
                "nonsense-is-not-missense",
                lambda got: "missense_variant" in got,
                en="The new codon is a stop: the protein ends here. That has a term of its own.",
                ko="새 코돈은 종결 코돈이므로 단백질이 여기서 끝납니다. 이것에는 별도의 용어가 있습니다.",
            )
        ],
    ),
    (
        16,
        "C",
        "stop_lost",
        "*6R",
        [
            hint(
                "stop-lost-forgotten",
                lambda got: "missense_variant" in got or "stop_gained" in got,
                en="Here the stop itself is gone, and the ribosome reads on.",
                ko="여기서는 종결 코돈 자체가 사라져 리보솜이 계속 읽어 나갑니다.",
            )
        ],
    ),
    (
        1,
        "G",
        "start_lost",
        "M1V",
        [
            hint(
                "start-lost-forgotten",
                lambda got: "missense_variant" in got,
                en=(
                    "Codon 1 tells the ribosome where to begin. Without ATG this protein is not "
                    "started at all."
                ),
                ko=(
                    "1번 코돈은 리보솜에게 시작할 곳을 알려 줍니다. ATG가 없으면 이 단백질은 시작되지 "
                    "않습니다."
                ),
            )
        ],
    ),
):
    expect(
        substitution(_toy, _base, _alt, "+"),
        f"consequence of c.{_base}{_toy[_base - 1]}>{_alt} in {_toy}",
        f"{_toy}에서 c.{_base}{_toy[_base - 1]}>{_alt}의 결과",
    ).equals((_term, _change), hints=_hints)
### BEGIN HIDDEN TESTS
for _base, _alt, _want in (
    (14, "A", ("stop_gained", "W5*")),
    (15, "A", ("stop_gained", "W5*")),
    (2, "C", ("start_lost", "M1T")),
    (17, "A", ("synonymous_variant", "*6*")),
    (9, "G", ("synonymous_variant", "A3A")),
    (18, "G", ("stop_lost", "*6W")),
    (13, "C", ("missense_variant", "W5R")),
):
    expect(
        substitution(_toy, _base, _alt, "+"), "consequence of another substitution", "다른 치환의 결과"
    ).equals(_want)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# All substitutions that are possible in beta-globin, 1,332 of them, sorted by the place in the codon. Why is
# the third place so different, and what does that say about a gene in which you find mostly changes there?

# %% [markdown] lang="ko"
# 베타글로빈에서 일어날 수 있는 모든 치환 1,332가지를 코돈 안의 자리별로 나눈 그림입니다. 셋째 자리는 왜
# 이렇게 다릅니까? 어떤 유전자에서 주로 셋째 자리의 변화만 발견된다면 그것은 무엇을 뜻합니까?


# %%
def show_every_substitution():
    cds = coding_sequence(region, hbb_parts, "-")
    rows = [
        ((base - 1) % 3 + 1, substitution(cds, base, alt, "+")[0])
        for base in range(1, len(cds) + 1)
        for alt in "ACGT"
        if alt != cds[base - 1]
    ]
    table = pd.DataFrame(rows, columns=["place", "term"])
    counts = pd.crosstab(table["place"], table["term"])
    order = ["synonymous_variant", "missense_variant", "stop_gained", "stop_lost", "start_lost"]
    counts = counts.reindex(columns=order, fill_value=0)
    with style():
        _, axes = plt.subplots(figsize=(7.5, 3), layout="constrained")
    left = np.zeros(len(counts))
    for term, colour in zip(order, (PALETTE[0], PALETTE[5], PALETTE[1], PALETTE[3], PALETTE[6]), strict=True):
        axes.barh(counts.index, counts[term], left=left, color=colour, label=term)
        left += counts[term].to_numpy()
    axes.set_yticks([1, 2, 3])
    axes.invert_yaxis()
    axes.set_xlabel(me.text("possible substitutions", "가능한 치환의 수"))
    axes.set_ylabel(me.text("place in the codon", "코돈 안의 자리"))
    axes.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.5, 1.22), ncols=3)
    plt.show()


lab.show(show_every_substitution)

# %% [markdown] lang="en"
# ## 4 · Bases lost and gained
#
# A ribosome reads in threes and does not look back. When the number of bases changes by anything but a
# multiple of three, every codon behind the change is another one: a **frameshift**. It usually runs into a
# stop soon; in beta-globin the deletion of four bases in codons 41 and 42, common in East Asia, puts the stop
# at codon 60 instead of codon 148, and so causes beta-thalassaemia.
#
# **Task 4.** Write `indel`: which term, and at which codon the new protein has its stop (counted from the
# start codon, from 1; `None` if the reading frame has no stop up to the end of the CDS).

# %% [markdown] lang="ko"
# ## 4 · 염기가 사라지거나 생길 때
#
# 리보솜은 세 염기씩 읽으며 뒤를 돌아보지 않습니다. 염기 수가 3의 배수가 아닌 만큼 변하면, 그 뒤의 모든 코돈이
# 다른 코돈이 됩니다. 이것이 **틀이동**입니다. 틀이동이 일어나면 대개 곧 종결 코돈을 만납니다. 동아시아에 흔한
# 베타글로빈 41·42번 코돈의 네 염기 결실에서는 종결이 148번이 아니라 60번 코돈에 와서 베타 지중해빈혈이
# 생깁니다.
#
# **과제 4.** `indel` 함수를 작성하십시오. 어느 용어에 해당하는지, 그리고 새 단백질의 종결이 몇 번 코돈인지
# 구하십시오(시작 코돈부터 1로 셉니다. CDS 끝까지 종결이 없으면 `None`입니다).


# %% task="indel"
def indel(cds, base, deleted, inserted):
    """Consequence of an insertion or deletion.

    cds       coding sequence in the direction of translation
    base      base of the CDS where it happens, counted from 1
    deleted   how many bases are deleted, beginning with `base`
    inserted  text that is inserted in their place (in front of `base` when nothing is deleted)

    Returns (term, stop): "frameshift_variant", "inframe_deletion" or "inframe_insertion", and the codon of
    the first stop of the new reading frame, or None.
    """
    ### BEGIN SOLUTION
    changed = cds[: base - 1] + inserted + cds[base - 1 + deleted :]
    codons = [changed[i : i + 3] for i in range(0, len(changed) - 2, 3)]
    stop = next((n for n, codon in enumerate(codons, start=1) if GENETIC_CODE[codon] == "*"), None)
    change = len(inserted) - deleted
    if change % 3:
        return "frameshift_variant", stop
    return ("inframe_insertion" if change > 0 else "inframe_deletion"), stop
    ### END SOLUTION


# %% check="indel" points=2
def _indel_hints(base, term, stop, anywhere):
    """What goes wrong; `anywhere` is the codon of the first stop in whatever frame."""

    def said(got, place):
        return got[place] if isinstance(got, (list, tuple)) and len(got) == 2 else None

    first = (base - 1) // 3 + 1
    return [
        hint(
            "frame-from-the-difference",
            lambda got: said(got, 0) not in (None, term),
            en=(
                "What counts for the frame is by how many bases the sequence grew or shrank, divided "
                "by three."
            ),
            ko="해독틀을 결정하는 것은 서열의 길이가 몇 염기 늘거나 줄었는가를 3으로 나눈 나머지입니다.",
        ),
        hint(
            "old-stop-kept",
            lambda got: said(got, 0) == term == "frameshift_variant" and said(got, 1) == len(_cds) // 3,
            en=(
                "That is where the old protein ends. Behind a frameshift the codons are others: "
                "translate anew."
            ),
            ko="그곳은 원래 단백질의 끝입니다. 틀이동 뒤에는 코돈이 모두 달라지므로 새로 번역하십시오.",
        ),
        hint(
            "stop-from-zero",
            lambda got: stop is not None and said(got, 1) == stop - 1,
            en="The start codon is codon 1.",
            ko="시작 코돈이 1번 코돈입니다.",
        ),
        hint(
            "stop-from-the-change",
            lambda got: stop is not None and said(got, 1) in (stop - first, stop - first + 1),
            en=(
                "You counted from the change, as HGVS does behind 'fs'. Here the count begins at the "
                "start codon."
            ),
            ko="HGVS가 'fs' 뒤에 적듯이 변화한 곳부터 세셨습니다. 여기서는 시작 코돈부터 셉니다.",
        ),
        hint(
            "stop-out-of-frame",
            lambda got: said(got, 1) == anywhere and anywhere != stop,
            en="These three letters are no codon of this frame. Go in steps of three from the start codon.",
            ko="그 세 글자는 이 해독틀의 코돈이 아닙니다. 시작 코돈부터 세 염기씩 나아가십시오.",
        ),
    ]


for _case, _what, _ko, _term, _stop, _anywhere in (
    (
        (126, 4, ""),
        "the deletion of four bases in codons 41/42",
        "41·42번 코돈의 네 염기 결실",
        "frameshift_variant",
        60,
        51,
    ),
    (
        (27, 0, "G"),
        "the insertion of G between codons 8 and 9",
        "8·9번 코돈 사이의 G 삽입",
        "frameshift_variant",
        23,
        19,
    ),
    ((127, 3, ""), "the deletion of TTT at codon 43", "43번 코돈의 TTT 결실", "inframe_deletion", 147, 51),
    (
        (94, 1, "ACGT"),
        "one base replaced by four",
        "한 염기가 네 염기로 바뀐 변이",
        "inframe_insertion",
        149,
        44,
    ),
):
    expect(indel(_cds, *_case), f"consequence of {_what}", f"{_ko}의 결과").equals(
        (_term, _stop), hints=_indel_hints(_case[0], _term, _stop, _anywhere)
    )


### BEGIN HIDDEN TESTS
def _indel(cds, base, deleted, inserted):
    """Term, codon of the stop, and codon of the first stop in whatever frame."""
    changed = cds[: base - 1] + inserted + cds[base - 1 + deleted :]
    protein = "".join(GENETIC_CODE[changed[i : i + 3]] for i in range(0, len(changed) - 2, 3))
    change = len(inserted) - deleted
    term = "frameshift_variant" if change % 3 else "inframe_insertion" if change > 0 else "inframe_deletion"
    places = [changed.find(codon, base) for codon in ("TAA", "TAG", "TGA")]
    anywhere = min([place for place in places if place >= 0], default=-1) // 3 + 1
    return term, (protein.index("*") + 1 if "*" in protein else None), anywhere


for _case in (
    (17, 2, ""),
    (20, 1, ""),
    (51, 1, ""),
    (100, 6, ""),
    (61, 0, "GCT"),
    (40, 5, "AA"),
    (64, 2, "TAGAC"),
):
    _term, _stop, _anywhere = _indel(_cds, *_case)
    expect(
        indel(_cds, *_case), "consequence of another change of length", "길이가 변하는 다른 변이의 결과"
    ).equals((_term, _stop), hints=_indel_hints(_case[0], _term, _stop, _anywhere))
expect(indel("ATGAAACCCGGGTGA", 4, 1, ""), "a frame without a stop", "종결이 없는 해독틀").equals(
    ("frameshift_variant", None)
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 5 · The library, on a gene of your own
#
# `genomics.read_gene_model(genes, reference)` reads GFF3 or GenBank, and
# `genomics.predict_consequences(variants, model)` does what you did, for every variant and transcript: terms,
# their `impact`, HGVS names, splice sites. A splice donor or acceptor is one of the two bases at either
# end of an intron: change one, and the intron may stay in the message.
#
# It also knows a trap. Two variants in **one codon**, on the same chromosome, make *one* new amino acid, and
# judging each by itself gives two wrong answers. The column `same_codon` names the neighbours.
#
# Nobody else has this gene: `my_genes` (GFF3), `my_reference` (FASTA) and the table `my_variants` come from
# your own seed.
#
# **Task 5.** Find
#
# - `my_high`: the sorted list of the positions (`pos`) of your variants whose impact is `"high"`;
# - `my_neighbours`: the sorted list of the positions of your variants that share a codon with another one.

# %% [markdown] lang="ko"
# ## 5 · 라이브러리로, 나만의 유전자를
#
# `genomics.read_gene_model(genes, reference)`는 GFF3나 GenBank를 읽고,
# `genomics.predict_consequences(variants, model)`는 여러분이 한 일을 모든 변이와 전사체에 대하여 합니다.
# 용어와 `impact`, HGVS 이름, 스플라이싱 부위까지 알려 줍니다. 스플라이싱 공여 부위와 수용 부위는 인트론
# 양 끝의 두 염기입니다. 이것이 바뀌면 인트론이 전령에 남을 수 있습니다.
#
# 라이브러리는 함정도 하나 알고 있습니다. 같은 염색체의 **한 코돈**에 변이가 두 개 있으면 새 아미노산은
# *하나*이며, 따로따로 판정하면 둘 다 틀린 답이 됩니다. `same_codon` 열이 그 이웃을 알려 줍니다.
#
# 이 유전자는 여러분만의 것입니다. `my_genes`(GFF3), `my_reference`(FASTA), `my_variants` 표는 모두 여러분의
# 시드에서 만들어졌습니다.
#
# **과제 5.** 다음을 구하십시오.
#
# - `my_high`: 여러분의 변이 가운데 impact가 `"high"`인 것의 위치(`pos`)를 정렬한 목록
# - `my_neighbours`: 다른 변이와 같은 코돈에 있는 변이의 위치를 정렬한 목록

# %% setup
_folder = tempfile.TemporaryDirectory(prefix="biolabkit-gene-")
my_genes, my_reference = Path(_folder.name) / "mine.gff3", Path(_folder.name) / "mine.fa"


def _my_gene(rng):
    """A gene of three exons on the minus strand, and variants in it."""
    sense = list(_table.forward_table)
    codons = ["ATG", *rng.choice(sense, 148), "TAA"]
    codons[40], codons[41] = "CAG", "TCC"
    cds, (one, two) = "".join(codons), sorted(int(x) for x in rng.integers(150, 300, 2))
    introns = ["GT" + "".join(rng.choice(list("ACGT"), 60)) + "AG" for _ in range(2)]
    flanks = ["".join(rng.choice(list("ACGT"), 80)) for _ in range(2)]
    exons = [cds[:one], cds[one : two + 40], cds[two + 40 :]]
    message = flanks[0] + exons[0] + introns[0] + exons[1] + introns[1] + exons[2] + flanks[1]
    size, place, parts = len(message), 80, []
    for exon, gap in zip(exons, [*introns, ""], strict=True):
        parts.append((size - place - len(exon), size - place))
        place += len(exon) + len(gap)
    return message, size, parts


def _my_variants(rng, message, size, parts):
    coding = [place for start, end in parts for place in range(end - 1, start - 1, -1)]
    plus = str(Seq(message).reverse_complement())
    rows = {}

    def put(index, new=None):
        others = [base for base in "ACGT" if base != plus[index]]
        rows[index] = (plus[index], new or str(rng.choice(others)))

    for offset in rng.choice([3 * n + int(rng.integers(3)) for n in range(45, 148)], 24, replace=False):
        put(coding[offset])
    for offset in rng.choice(np.arange(2, 38), 6, replace=False) * 3:  # a pair in one codon now and then
        put(coding[offset])
        if rng.random() < 0.5:
            put(coding[offset + 1])
    put(coding[3 * 41], "G")  # TCC > CCC alone; the next base with it
    put(coding[3 * 41 + 1], "A")
    put(coding[3 * 40], "A")  # CAG > TAG
    put(parts[0][0] - 1 - int(rng.integers(2)))  # splice donor of intron 1
    put(parts[1][0] - int(rng.integers(20, 40)))  # deep in intron 2
    gone = coding[3 * 43 + 1]
    rows[gone - 1] = (plus[gone - 1 : gone + 1], plus[gone - 1])  # one base deleted
    table = pd.DataFrame(
        [(i + 1, *alleles) for i, alleles in sorted(rows.items())], columns=["pos", "ref", "alt"]
    )
    return plus, table.assign(chrom="mine")[["chrom", "pos", "ref", "alt"]]


_rng = me.rng()
_message, _length, _parts = _my_gene(_rng)
_plus, my_variants = _my_variants(_rng, _message, _length, _parts)
_lines = [f"mine\tlab\tmRNA\t{_parts[-1][0] + 1 - 20}\t{_parts[0][1] + 20}\t.\t-\t.\tID=t1;gene=MINE"]
_read = 0
for _n, (_start, _end) in enumerate(_parts):
    _left, _right = _start - 20 * (_n == 2), _end + 20 * (_n == 0)
    _lines.append(f"mine\tlab\texon\t{_left + 1}\t{_right}\t.\t-\t.\tParent=t1")
    _lines.append(f"mine\tlab\tCDS\t{_start + 1}\t{_end}\t.\t-\t{-_read % 3}\tID=p1;Parent=t1")
    _read += _end - _start
my_genes.write_text("##gff-version 3\n" + "\n".join(_lines) + "\n")
my_reference.write_text(f">mine\n{_plus}\n")
my_variants.head()

# %% task="my_gene"
my_high = None
my_neighbours = None
### BEGIN SOLUTION
my_model = genomics.read_gene_model(my_genes, my_reference)
my_effects = genomics.predict_consequences(my_variants, my_model)
my_high = sorted(my_effects.loc[my_effects["impact"] == "high", "pos"])
my_neighbours = sorted(my_effects.loc[my_effects["same_codon"] != "", "pos"])
### END SOLUTION

# %% check="my_gene" points=2
if my_high is None or my_neighbours is None:
    raise NotImplementedError
for _positions, _what, _ko in (
    (my_high, "entries of my_high that are no pos of your variants", "my_high에서 변이의 pos가 아닌 값"),
    (
        my_neighbours,
        "entries of my_neighbours that are no pos of your variants",
        "my_neighbours에서 변이의 pos가 아닌 값",
    ),
):
    expect(sorted({int(pos) for pos in _positions} - set(my_variants["pos"])), _what, _ko).equals(
        [],
        hints=[
            hint(
                "positions-not-pos",
                lambda got: {pos + 1 for pos in got} <= set(my_variants["pos"]),
                en="These are 0-based starts. The question asks for pos, as the VCF counts.",
                ko="이것은 0부터 센 시작 위치입니다. 질문은 VCF처럼 세는 pos입니다.",
            )
        ],
    )
### BEGIN HIDDEN TESTS
_effects = genomics.predict_consequences(my_variants, genomics.read_gene_model(my_genes, my_reference))
_serious = _effects[_effects["impact"] == "high"]
_middling = _effects[_effects["impact"].isin(["high", "moderate"])]
expect(
    sorted(int(pos) for pos in my_high),
    "positions of your variants of high impact",
    "impact가 high인 변이의 위치",
).equals(
    sorted(_serious["pos"]),
    hints=[
        hint(
            "missense-taken-for-high",
            sorted(_middling["pos"]),
            en="Missense changes are of moderate impact: many proteins bear them well.",
            ko="미스센스 변화의 impact는 moderate입니다. 많은 단백질이 그런 변화를 잘 견딥니다.",
        ),
        hint(
            "splice-sites-forgotten",
            lambda got: set(got) < set(_serious["pos"]),
            en="One is missing. Look at all terms of high impact: not all of them lie in a codon.",
            ko="빠진 것이 있습니다. impact가 high인 용어를 모두 보십시오. 모두 코돈 안에 있지는 않습니다.",
        ),
    ],
)
expect(
    sorted(int(pos) for pos in my_neighbours), "positions that share a codon", "코돈을 공유하는 변이의 위치"
).equals(
    sorted(_effects.loc[_effects["same_codon"] != "", "pos"]),
    hints=[
        hint(
            "neighbours-are-not-codons",
            lambda got: len(got) > 0,
            en=(
                "Being close on the map is not being in one codon: where the codons begin depends on "
                "the gene."
            ),
            ko="지도에서 가깝다고 한 코돈은 아닙니다. 코돈이 어디서 시작하는지는 유전자가 정합니다.",
        )
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 6 · A virus that changed
#
# Nextstrain names the clades of SARS-CoV-2 by nucleotide changes against the first genome, Wuhan-Hu-1. Each
# learner gets another clade: `my_lineage` holds all substitutions on its way from Wuhan-Hu-1. The gene model
# is the GenBank record `virus`. (Without a network, a simulated virus with other mutations stands in.)
#
# In the winter of 2021 two sister lineages of Omicron, BA.1 and BA.2, spread over the world. `ba1` holds two
# neighbouring substitutions that BA.1 carries on one genome. What they do together makes many antibodies bind
# less well (Liu et al. 2022).
#
# **Task 6.** With the library, find
#
# - `my_spike`: the list of amino-acid changes (`aa_change`, such as `"D614G"`) of the missense variants of
#   your lineage in the gene `"S"`, the spike;
# - `ba1_change`: the one amino-acid change that both substitutions of `ba1` make together. The variants of a
#   virus lie on one molecule: `haplotype=True`.

# %% [markdown] lang="ko"
# ## 6 · 변해 버린 바이러스
#
# Nextstrain은 SARS-CoV-2의 계통군을 첫 유전체 Wuhan-Hu-1과 비교한 염기 변화로 정의합니다. 학습자마다 다른
# 계통군을 받습니다. `my_lineage`에는 Wuhan-Hu-1에서 그 계통군에 이르는 모든 치환이 들어 있습니다. 유전자
# 모형은 GenBank 레코드 `virus`입니다. (네트워크가 없으면 다른 변이를 가진 모의 바이러스가 대신합니다.)
#
# 2021년 겨울에 오미크론의 두 자매 계통 BA.1과 BA.2가 전 세계로 퍼졌습니다. `ba1`에는 BA.1의 한 유전체에 함께
# 있는, 이웃한 치환 두 개가 들어 있습니다. 이 둘이 함께 만드는 변화 때문에 여러 항체가 잘 결합하지 못하게
# 되었습니다(Liu 등 2022).
#
# **과제 6.** 라이브러리로 다음을 구하십시오.
#
# - `my_spike`: 여러분의 계통이 스파이크 유전자 `"S"`에 가진 미스센스 변이의 아미노산 변화(`aa_change`, 예:
#   `"D614G"`) 목록
# - `ba1_change`: `ba1`의 두 치환이 함께 만드는 하나의 아미노산 변화. 바이러스의 변이는 한 분자 위에
#   있습니다(`haplotype=True`).

# %% setup
_GENES = {"S": (21562, 25384), "M": (26522, 27191), "ORF8": (27893, 28259), "N": (28273, 29533)}


def _simulated_virus(folder):
    """A virus of the same size with its own mutations, for a room without network."""
    rng = np.random.default_rng(2020)
    bases = rng.choice(list("ACGT"), 29903)
    sense = list(_table.forward_table)
    for start, end in _GENES.values():
        codons = ["ATG", *rng.choice(sense, (end - start) // 3 - 2), "TAA"]
        bases[start:end] = list("".join(codons))
    bases[22672:22675] = list("TCC")
    sequence = "".join(bases).lower()
    features = "".join(
        f'     CDS             {start + 1}..{end}\n                     /gene="{gene}"\n'
        for gene, (start, end) in _GENES.items()
    )
    body = "\n".join(
        f"{i + 1:>9} " + " ".join(sequence[i + j : i + j + 10] for j in range(0, 60, 10))
        for i in range(0, len(sequence), 60)
    )
    virus = folder / "virus.gb"
    virus.write_text(
        "LOCUS       MN908947               29903 bp    RNA     linear   VRL 01-JAN-2020\n"
        "DEFINITION  simulated.\n"
        f"ACCESSION   MN908947\nVERSION     MN908947\nFEATURES             Location/Qualifiers\n{features}"
        f"ORIGIN\n{body}\n//\n"
    )
    clades = ["clade\tgene\tsite\talt"]
    for number in range(12):
        if number:
            clades.append(f"sim{number}\tclade\tsim{int(rng.integers(number))}")
        for start, end in (*[_GENES["S"]] * 6, _GENES["N"], _GENES["M"]):
            place = start + 3 * int(rng.integers(1, (end - start) // 3 - 1)) + 1  # never synonymous
            new = rng.choice([base for base in "ACGT" if base != bases[place]])
            clades.append(f"sim{number}\tnuc\t{place + 1}\t{new}")
    table = folder / "clades.tsv"
    table.write_text("\n".join(clades) + "\n")
    return {"reference_genbank": virus, "clades": table}


_virus_data = datasets.fetch("sarscov2-genomes-nextstrain", fallback=_simulated_virus)
virus = _virus_data.path("reference_genbank")
_virus_model = genomics.read_gene_model(virus)
_wuhan = _virus_model.sequences["MN908947"]
_clades = pd.read_csv(_virus_data.path("clades"), sep="\t", comment="#", dtype=str).dropna(subset=["clade"])


def _substitutions(clade):
    """Substitutions of a clade and its ancestors against Wuhan-Hu-1, by position."""
    own = _clades[_clades["clade"] == clade]
    found = {}
    for parent in own.loc[own["gene"] == "clade", "site"]:
        found |= _substitutions(parent)
    found |= {int(s): a for s, a in own.loc[own["gene"] == "nuc", ["site", "alt"]].itertuples(index=False)}
    return {pos: alt for pos, alt in found.items() if _wuhan[pos - 1] != alt}


def _as_variants(changes):
    rows = [("MN908947", pos, _wuhan[pos - 1], alt) for pos, alt in sorted(changes.items())]
    return pd.DataFrame(rows, columns=["chrom", "pos", "ref", "alt"])


_lineages = {clade: _substitutions(clade) for clade in _clades["clade"].unique()}
_rich = sorted(c for c, changes in _lineages.items() if sum(21562 < pos <= 25384 for pos in changes) >= 3)
my_clade = _rich[int(me.rng().integers(len(_rich)))]
my_lineage = _as_variants(_lineages[my_clade])
ba1 = _as_variants({22673: "C", 22674: "T"})
_virus_data

# %% task="virus"
my_spike = None
ba1_change = None
### BEGIN SOLUTION
virus_model = genomics.read_gene_model(virus)
effects = genomics.predict_consequences(my_lineage, virus_model, haplotype=True)
spike = effects[(effects["gene"] == "S") & (effects["consequence"] == "missense_variant")]
my_spike = list(dict.fromkeys(spike["aa_change"]))
ba1_change = genomics.predict_consequences(ba1, virus_model, haplotype=True)["aa_change"].iloc[0]
### END SOLUTION

# %% check="virus" points=2
if my_spike is None or ba1_change is None:
    raise NotImplementedError


def _no_names(changes):
    """Those that are not written as old amino acid, codon, new amino acid."""
    return sorted({str(change) for change in changes if not re.fullmatch(r"[A-Z]\d+[A-Z]", str(change))})


expect(
    _no_names(my_spike),
    "entries of my_spike that are no missense change such as D614G",
    "my_spike에서 D614G와 같은 미스센스 변화가 아닌 항목",
).equals(
    [],
    hints=[
        hint(
            "synonymous-kept",
            lambda got: "" in got,
            en="A synonymous variant changes no amino acid: it has no name here.",
            ko="동의 변이는 아미노산을 바꾸지 않으므로 여기에는 이름이 없습니다.",
        ),
    ],
)
expect(
    _no_names([ba1_change]),
    "what in ba1_change is no single change such as D614G",
    "ba1_change에서 D614G와 같은 변화 하나로 볼 수 없는 것",
).equals([])
### BEGIN HIDDEN TESTS
_changes = genomics.predict_consequences(my_lineage, _virus_model, haplotype=True)
_missense = _changes[_changes["consequence"] == "missense_variant"]
_spike = sorted(set(_missense.loc[_missense["gene"] == "S", "aa_change"]))
expect(sorted(set(my_spike)), f"spike changes of {my_clade}", f"{my_clade}의 스파이크 변화").equals(
    _spike,
    hints=[
        hint(
            "not-only-spike",
            lambda got: set(got) > set(_spike),
            en="Some of these are changes of other genes. The spike is the gene 'S'.",
            ko="다른 유전자의 변화가 섞여 있습니다. 스파이크는 유전자 'S'입니다.",
        ),
    ],
)
_together = genomics.predict_consequences(ba1, _virus_model, haplotype=True)["aa_change"].iloc[0]
_apart = genomics.predict_consequences(ba1, _virus_model)["aa_change"].tolist()
expect(ba1_change, "what both substitutions of ba1 make together", "ba1의 두 치환이 함께 만드는 변화").equals(
    _together,
    hints=[
        hint(
            "variants-judged-alone",
            lambda got: got in _apart or list(got) == _apart,
            en=(
                "Each substitution was judged as if the other were not there. Both are in one codon of "
                "one genome."
            ),
            ko="치환마다 다른 하나가 없는 것처럼 판정하셨습니다. 둘은 한 유전체의 한 코돈에 있습니다.",
        )
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 7 · What ClinVar says, and what it does not
#
# A consequence is not yet a disease. **ClinVar** collects what laboratories concluded about a variant. The
# table `clinvar` holds alleles of chromosome 1 with the consequence (`term`), the verdict (`significance`),
# the review stars and the frequency in gnomAD's exomes (`AF`). An allele that was not seen in gnomAD has *no*
# frequency there: it may be rare, or the place may be badly covered.
#
# **Task 7.** Write `verdict`: `"pathogenic"` for Pathogenic and Likely pathogenic, `"benign"` for Benign and
# Likely benign (joined forms with a slash too), and `None` for everything else: uncertain, conflicting, not
# provided, risk factor.
#
# Then find, among alleles with a verdict,
#
# - `truncating`: the fraction of those with the term `"nonsense"` or `"frameshift variant"` that are
#   pathogenic, and `missense`: the same for `"missense variant"`;
# - `rare_benign`: of the benign alleles **with a known frequency**, the fraction with `AF` below 0.001.

# %% [markdown] lang="ko"
# ## 7 · ClinVar가 말하는 것과 말하지 않는 것
#
# 결과를 안다고 해서 질병을 아는 것은 아닙니다. **ClinVar**는 여러 검사실이 변이에 대하여 내린 결론을
# 모읍니다. `clinvar` 표에는 1번 염색체의 대립유전자가 있으며, 결과(`term`), 판정(`significance`), 검토 별점,
# gnomAD 엑솜에서의 빈도(`AF`)가 들어 있습니다. gnomAD에서 관찰되지 않은 대립유전자는 빈도가 *없습니다*.
# 드물어서일 수도 있고, 그 자리가 잘 시퀀싱되지 않아서일 수도 있습니다.
#
# **과제 7.** `verdict` 함수를 작성하십시오. Pathogenic과 Likely pathogenic이면 `"pathogenic"`, Benign과
# Likely benign이면 `"benign"`을 반환합니다(빗금으로 이은 형태도 같습니다). 그 밖의 것, 곧 불확실(uncertain),
# 상충(conflicting), 미제공(not provided), 위험 인자(risk factor)이면 `None`을 반환합니다.
#
# 그다음 판정이 있는 대립유전자 가운데에서 다음을 구하십시오.
#
# - `truncating`: 용어가 `"nonsense"`이거나 `"frameshift variant"`인 것 중 병원성의 비율, 그리고 `missense`:
#   `"missense variant"`에 대한 같은 비율
# - `rare_benign`: **빈도가 알려진** 양성 대립유전자 가운데 `AF`가 0.001보다 작은 비율


# %% setup
def _simulated_clinvar():
    """Alleles with the columns of the real table, for a room without network."""
    rng = np.random.default_rng(2016)
    terms = {
        "missense variant": (340, 0.10, 0.25, 0.55),
        "synonymous variant": (220, 0.00, 0.75, 0.20),
        "intron variant": (90, 0.02, 0.60, 0.25),
        "frameshift variant": (28, 0.90, 0.00, 0.10),
        "nonsense": (14, 0.85, 0.00, 0.15),
    }
    rows = []
    for term, (count, bad, good, unclear) in terms.items():
        words = {
            "Pathogenic": 0.8 * bad,
            "Likely pathogenic": 0.15 * bad,
            "Pathogenic/Likely pathogenic": 0.05 * bad,
            "Benign": 0.4 * good,
            "Likely benign": 0.4 * good,
            "Benign/Likely benign": 0.2 * good,
            "Uncertain significance": unclear,
            "Conflicting interpretations of pathogenicity": 0.6 * (1 - bad - good - unclear),
            "not provided": 0.4 * (1 - bad - good - unclear),
        }
        p = np.array(list(words.values())).clip(0)
        for said in rng.choice(list(words), count, p=p / p.sum()):
            seen = rng.random() < (0.2 if said.endswith("athogenic") else 0.85)
            af = 10 ** rng.uniform(-5, -0.5 if "enign" in said else -3) if seen else np.nan
            rows.append(("SIM1", f"NM_0:c.1:{term}", said, int(rng.integers(0, 3)), af))
    names = ["symbol", "molecular_consequence", "clinical_significance", "gold_stars", "AF"]
    return pd.DataFrame(rows, columns=names)


_alleles = datasets.load("clinvar-gnomad-750", fallback=_simulated_clinvar)
clinvar = pd.DataFrame(
    {
        "gene": _alleles["symbol"].astype(str),
        "term": _alleles["molecular_consequence"].str.split(";").str[0].str.split(":").str[2].fillna("none"),
        "significance": _alleles["clinical_significance"].astype(str),
        "stars": _alleles["gold_stars"],
        "AF": _alleles["AF"].astype(float),
    }
)
clinvar["significance"].value_counts()


# %% task="verdict"
def verdict(significance):
    """What ClinVar's summary comes to: "pathogenic", "benign" or None.

    significance  text such as "Likely benign" or "Uncertain significance"
    """
    ### BEGIN SOLUTION
    grades = set(significance.lower().split("/"))
    if grades <= {"pathogenic", "likely pathogenic"}:
        return "pathogenic"
    if grades <= {"benign", "likely benign"}:
        return "benign"
    return None
    ### END SOLUTION


# %% check="verdict" points=2
_VERDICTS = {
    "Pathogenic": "pathogenic",
    "Likely pathogenic": "pathogenic",
    "Pathogenic/Likely pathogenic": "pathogenic",
    "Benign": "benign",
    "Likely benign": "benign",
    "Benign/Likely benign": "benign",
}
_verdict_hints = {
    "Conflicting interpretations of pathogenicity": hint(
        "conflict-is-no-verdict",
        "pathogenic",
        en=(
            "'Conflicting interpretations of pathogenicity' contains the word, but says that "
            "laboratories disagree."
        ),
        ko=(
            "'Conflicting interpretations of pathogenicity'에 그 단어가 있지만, 뜻은 검사실의 의견이 "
            "갈린다는 것입니다."
        ),
    ),
    "Uncertain significance": hint(
        "uncertain-is-not-benign",
        "benign",
        en=(
            "Uncertain is not benign: nobody knows yet. Such a variant must not decide a treatment "
            "either way."
        ),
        ko=(
            "불확실은 양성이 아닙니다. 아직 아무도 모른다는 뜻입니다. 어느 쪽으로도 치료를 결정해서는 "
            "안 됩니다."
        ),
    ),
}
for _said in (*_VERDICTS, *_verdict_hints, "not provided"):
    expect(verdict(_said), f"verdict of '{_said}'", f"'{_said}'의 판정").equals(
        _VERDICTS.get(_said), hints=list(_verdict_hints.values()) if _said in _verdict_hints else []
    )
### BEGIN HIDDEN TESTS
for _said in ("risk factor", "drug response", "other", "Affects"):
    expect(verdict(_said), f"verdict of '{_said}'", f"'{_said}'의 판정").equals(None)
expect(verdict("Likely pathogenic"), "verdict of 'Likely pathogenic'", "'Likely pathogenic'의 판정").equals(
    "pathogenic"
)
### END HIDDEN TESTS

# %% task="reading"
truncating = None
missense = None
rare_benign = None
### BEGIN SOLUTION
judged = clinvar.assign(verdict=clinvar["significance"].map(verdict)).dropna(subset=["verdict"])
bad = judged["verdict"] == "pathogenic"
truncating = float(bad[judged["term"].isin(["nonsense", "frameshift variant"])].mean())
missense = float(bad[judged["term"] == "missense variant"].mean())
frequency = judged.loc[~bad, "AF"].dropna()
rare_benign = float((frequency < 0.001).mean())
### END SOLUTION

# %% check="reading" points=2
if truncating is None or missense is None or rare_benign is None:
    raise NotImplementedError
for _value, _what, _ko in (
    (missense, "share of pathogenic missense alleles", "미스센스 대립유전자 중 병원성의 비율"),
    (truncating, "share of pathogenic truncating alleles", "절단형 대립유전자 중 병원성의 비율"),
    (rare_benign, "share of benign alleles that are rare", "양성 중 드문 것의 비율"),
):
    expect(_value, _what, _ko).between(0, 1)
### BEGIN HIDDEN TESTS
_judged = clinvar.assign(verdict=clinvar["significance"].map(_VERDICTS)).dropna(subset=["verdict"])
_bad = _judged["verdict"] == "pathogenic"
_cut = _judged["term"].isin(["nonsense", "frameshift variant"])
_missense_all = clinvar["term"] == "missense variant"
expect(missense, "share of pathogenic missense alleles", "미스센스 대립유전자 중 병원성의 비율").close_to(
    float(_bad[_judged["term"] == "missense variant"].mean()),
    abs=1e-4,
    hints=[
        hint(
            "without-verdict-counted",
            lambda got: (
                abs(got - clinvar.loc[_missense_all, "significance"].map(_VERDICTS).eq("pathogenic").mean())
                < 1e-4
            ),
            en=(
                "You divided by all alleles. Those without a verdict are neither pathogenic nor "
                "benign: leave them out."
            ),
            ko="모든 대립유전자로 나누셨습니다. 판정이 없는 것은 병원성도 양성도 아니므로 빼십시오.",
        )
    ],
)
expect(truncating, "share of pathogenic truncating alleles", "절단형 대립유전자 중 병원성의 비율").close_to(
    float(_bad[_cut].mean()), abs=1e-4
)
_frequency = _judged.loc[~_bad, "AF"]
expect(
    rare_benign,
    "share of benign alleles of known frequency that are rare",
    "빈도가 알려진 양성 중 드문 것의 비율",
).close_to(
    float((_frequency.dropna() < 0.001).mean()),
    abs=1e-4,
    hints=[
        hint(
            "missing-frequency-as-zero",
            lambda got: abs(got - (_frequency.fillna(0) < 0.001).mean()) < 1e-4,
            en="An allele that gnomAD has not seen has no frequency; you counted it as frequency 0.",
            ko="gnomAD에 없는 대립유전자는 빈도를 모르는 것인데, 빈도 0으로 세셨습니다.",
        ),
        hint(
            "missing-frequency-as-common",
            lambda got: abs(got - (_frequency < 0.001).mean()) < 1e-4,
            en="Alleles without a known frequency are still in the denominator.",
            ko="빈도를 모르는 대립유전자가 분모에 남아 있습니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Verdicts by consequence, and the frequencies of both verdicts. Truncating a protein is usually bad for the
# disease genes that ClinVar is full of, and rare is the rule for *both* verdicts: frequency can acquit a
# variant, but being rare proves nothing.

# %% [markdown] lang="ko"
# 결과별 판정과, 두 판정의 빈도입니다. ClinVar에 많은 질병 유전자에서는 단백질이 잘리는 것이 대개 해롭습니다.
# 그리고 드문 것은 *두 판정 모두*에서 흔한 일입니다. 빈도가 높으면 혐의를 벗길 수 있지만, 드물다는 것은
# 아무것도 증명하지 않습니다.


# %%
def show_clinvar():
    table = clinvar.assign(verdict=clinvar["significance"].map(verdict).fillna("none"))
    order = ["synonymous variant", "intron variant", "missense variant", "frameshift variant", "nonsense"]
    kinds = {"benign": PALETTE[0], "none": "#c3cad3", "pathogenic": PALETTE[1]}
    names = {
        "benign": me.text("benign", "양성"),
        "none": me.text("no verdict", "판정 없음"),
        "pathogenic": me.text("pathogenic", "병원성"),
    }
    with style():
        _, (left, right) = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
    shares = pd.crosstab(table["term"], table["verdict"], normalize="index").reindex(
        index=order, columns=list(kinds), fill_value=0
    )
    start = np.zeros(len(order))
    for kind, colour in kinds.items():
        left.barh(order, shares[kind], left=start, color=colour, label=names[kind])
        start += shares[kind].to_numpy()
    left.set_xlabel(me.text("share of alleles", "대립유전자의 비율"))
    left.legend(frameon=False, fontsize=8, loc="upper center", bbox_to_anchor=(0.4, 1.16), ncols=3)
    edges = np.logspace(-6, 0, 25)
    for kind in ("benign", "pathogenic"):
        known = table.loc[table["verdict"] == kind, "AF"].dropna().clip(lower=1e-6)
        right.hist(known, edges, color=kinds[kind], alpha=0.75, label=names[kind])
    right.set_xscale("log")
    right.axvline(0.001, color="#4d4d4d", linewidth=1, linestyle="--")
    right.set_xlabel(me.text("allele frequency in gnomAD", "gnomAD의 대립유전자 빈도"))
    right.set_ylabel(me.text("alleles", "대립유전자의 수"))
    right.legend(frameon=False, fontsize=8)
    plt.show()


lab.show(show_clinvar)

# %% [markdown] lang="en"
# ## 8 · A letter to a physician
#
# A physician writes: *"My patient has a missense variant in a gene for cardiomyopathy. It is in no database,
# your program calls it 'missense, moderate impact', and ClinVar says 'uncertain significance'. Moderate is
# not harmless: should the sister be tested, and should we implant a defibrillator?"*
#
# **Task 8.** Answer in five to eight sentences: what the three statements mean and do not mean, what must
# not be decided on them, and two things that could bring more certainty. (Graded by hand.)

# %% [markdown] lang="ko"
# ## 8 · 의사에게 보내는 편지
#
# 한 의사가 이렇게 물었습니다. *"제 환자가 심근병증 유전자에 미스센스 변이를 가지고 있습니다. 어느
# 데이터베이스에도 없고, 귀하의 프로그램은 '미스센스, moderate impact'라고 하며, ClinVar는 '임상적 의의
# 불확실'이라고 합니다. moderate라면 무해하지는 않다는 뜻일 텐데, 여동생도 검사해야 합니까? 제세동기를
# 삽입해야 합니까?"*
#
# **과제 8.** 다섯 문장에서 여덟 문장으로 답하십시오. 세 가지 진술이 뜻하는 것과 뜻하지 않는 것, 이것만으로
# 결정해서는 안 되는 것, 그리고 더 확실히 알아낼 수 있는 방법 두 가지를 적으십시오. (사람이 채점합니다.)

# %% [markdown] essay="letter" points=3
# **Mark scheme**
#
# 1 point — what the statements mean: "moderate impact" is the class of a term (an amino acid is replaced) and
# no estimate of disease; absence from databases means not seen there, which is expected for most variants and
# may be bad coverage or a population that was not sampled; "uncertain significance" means that the evidence
# does not suffice in either direction.
#
# 1 point — what must not be decided: no treatment, no predictive test of healthy relatives and no
# reassurance on this variant; decisions follow the clinical findings (and the family history). Testing the
# sister for this variant would not tell her risk; cardiological examination would.
#
# 1 point — two ways to more certainty, for example: segregation in affected relatives; test of the parents
# (new in the patient?); functional studies; other patients with the same variant or another change of the
# same codon; frequency in a population that matches the patient's; predictions and protein structure as
# supporting evidence only; re-evaluation after some time.
#
# **채점 기준**
#
# 1점 — 진술의 뜻: "moderate impact"는 용어의 등급(아미노산 하나가 바뀜)이지 질병의 추정이 아닙니다.
# 데이터베이스에 없다는 것은 관찰되지 않았다는 뜻일 뿐이며, 대부분의 변이가 그렇고, 그 자리가 잘 읽히지
# 않았거나 해당 인구 집단이 조사되지 않았을 수도 있습니다. "임상적 의의 불확실"은 어느 쪽으로도 증거가
# 충분하지 않다는 뜻입니다.
#
# 1점 — 결정해서는 안 되는 것: 이 변이를 근거로 한 치료, 건강한 가족의 예측 검사, 안심시키는 말. 결정은 임상
# 소견(과 가족력)에 따릅니다. 여동생에게 이 변이를 검사해도 위험은 알 수 없으며, 심장 검사가 필요합니다.
#
# 1점 — 더 확실히 알아내는 방법 두 가지. 예: 증상이 있는 가족에서 함께 유전되는지 확인, 부모 검사(환자에게
# 새로 생긴 변이인지), 기능 연구, 같은 변이나 같은 코돈의 다른 변화를 가진 환자, 환자와 같은 인구 집단에서의
# 빈도, 예측 프로그램과 단백질 구조(보조 증거로만), 일정 기간 뒤의 재평가.

# %% [markdown] lang="en"
# ## What to read next
#
# - W. McLaren et al. (2016), *The Ensembl Variant Effect Predictor*, Genome Biology 17:122.
# - P. Danecek, S. McCarthy (2017), *BCFtools/csq: haplotype-aware variant consequences*, Bioinformatics
#   33:2037: the trap of task 6, for whole genomes.
# - J. den Dunnen et al. (2016), *HGVS recommendations for the description of sequence variants*, Human
#   Mutation 37:564, and hgvs-nomenclature.org.
# - S. Richards et al. (2015), *Standards and guidelines for the interpretation of sequence variants*
#   (ACMG/AMP), Genetics in Medicine 17:405: how a verdict is reached.
# - L. Liu et al. (2022), *Striking antibody evasion manifested by the Omicron variant*, Nature 602:676.
# - M. Landrum et al. (2016), *ClinVar*, Nucleic Acids Research 44:D862.
#
# In the library: `genomics.predict_consequences` also takes the calls of `genomics.call_variants` and the
# table of `genomics.read_vcf` as they are.

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - W. McLaren 등 (2016), *The Ensembl Variant Effect Predictor*, Genome Biology 17:122.
# - P. Danecek, S. McCarthy (2017), *BCFtools/csq: haplotype-aware variant consequences*, Bioinformatics
#   33:2037. 과제 6의 함정을 유전체 전체에서 다룹니다.
# - J. den Dunnen 등 (2016), *HGVS recommendations for the description of sequence variants*, Human Mutation
#   37:564, 그리고 hgvs-nomenclature.org.
# - S. Richards 등 (2015), *Standards and guidelines for the interpretation of sequence variants* (ACMG/AMP),
#   Genetics in Medicine 17:405. 판정을 내리는 방법입니다.
# - L. Liu 등 (2022), *Striking antibody evasion manifested by the Omicron variant*, Nature 602:676.
# - M. Landrum 등 (2016), *ClinVar*, Nucleic Acids Research 44:D862.
#
# 라이브러리의 `genomics.predict_consequences`에는 `genomics.call_variants`의 판정 결과와
# `genomics.read_vcf`의 표를 그대로 넣을 수 있습니다.
