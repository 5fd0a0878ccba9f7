# %% [markdown] lang="en"
# # Sequences
#
# **Why this matters.** A company makes a therapeutic protein in bacteria. Its gene was ordered as a circle
# of DNA, a plasmid, from a supplier; before a fermenter is filled, somebody has to open the sequence file
# and answer: is the gene there, whole, in the right direction and in the right frame? One base too many and
# every amino acid behind it is another one. The same few operations, done a million times, stand at the
# beginning of every pipeline that reads a patient's genome.
#
# **What you will be able to do**
#
# 1. measure the composition of a sequence, and say what an unknown base does to it,
# 2. spell the other strand,
# 3. translate a gene,
# 4. turn the coordinates of a GenBank file into those of a program, without being off by one,
# 5. find all open reading frames on both strands, also where a circle is cut open,
# 6. tell a gene from an open reading frame that is there by chance.
#
# You need strings, loops and functions in Python. Each core is yours; the library's version follows.

# %% [markdown] lang="ko"
# # 서열 다루기
#
# **왜 중요합니까?** 어느 기업이 치료용 단백질을 세균에서 생산합니다. 유전자는 공급사에 주문하여 플라스미드,
# 곧 원형 DNA로 받았습니다. 발효조를 채우기 전에 누군가는 서열 파일을 열고 답해야 합니다. 유전자가 온전히,
# 올바른 방향과 올바른 해독틀로 들어 있습니까? 염기가 하나만 더 있어도 그 뒤의 아미노산이 모두 달라집니다.
# 이 몇 가지 기본 연산을 백만 번 되풀이하는 것이 환자의 유전체를 읽는 모든 파이프라인의 첫걸음입니다.
#
# **이 실습을 마치면 할 수 있는 일**
#
# 1. 서열의 조성을 재고, 알 수 없는 염기가 어떤 영향을 주는지 말합니다.
# 2. 반대쪽 가닥의 서열을 적습니다.
# 3. 유전자를 번역합니다.
# 4. GenBank 파일의 좌표를 한 염기도 틀리지 않게 프로그램의 좌표로 바꿉니다.
# 5. 두 가닥의 열린 해독틀을 모두 찾고, 원형 서열이 잘린 자리에 걸친 것도 찾습니다.
# 6. 진짜 유전자와 우연히 생긴 열린 해독틀을 구별합니다.
#
# 파이썬의 문자열, 반복문, 함수를 알면 됩니다. 핵심은 직접 작성하고, 그다음 라이브러리의 같은 기능을
# 사용합니다.

# %% setup
import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from Bio.Data import CodonTable

from biolabkit import datasets, genomics, simulate
from biolabkit.check import expect, hint, lab
from biolabkit.plot import style

me = lab.start("genome-01-sequences")


def simulated_genomes(folder):
    """Two circles with genes, one of them over the cut, for a room without network."""
    paths = {}
    for role, seed in (("phix", 2026), ("plasmid", 2027)):
        made = simulate.genome(6_000, seed=seed, name=f"sim-{role}", gc=0.45, genes=8, codons=(60, 200))
        record = genomics.read_genbank(made.write_genbank(folder / f"{role}-linear.gb"))
        coding = record.features[record.features["type"] == "CDS"].copy()
        cut = coding.loc[coding["strand"] == "+", ["start", "end"]].mean(axis=1).astype(int).iloc[-1]
        size = len(record)

        def turned(start, end, strand, cut=cut, size=size):
            start, end = (start - cut) % size, (end - cut - 1) % size + 1
            return ((start, end, strand),) if start < end else ((start, size, strand), (0, end, strand))

        coding["parts"] = [
            turned(*place) for place in zip(coding["start"], coding["end"], coding["strand"], strict=True)
        ]
        circle = record.sequence[cut:] + record.sequence[:cut]
        turned_record = genomics.GenBank(record.name, "simulated circle", "", True, circle, coding)
        paths[role] = genomics.write_genbank(turned_record, folder / f"{role}.gb")
    return paths


data = datasets.fetch("genbank-teaching-genomes", fallback=simulated_genomes)
phage = genomics.read_genbank(data.path("phix"))
plasmid = genomics.read_genbank(data.path("plasmid"))
phage_genes = phage.features[phage.features["type"] == "CDS"].reset_index(drop=True)
plasmid_genes = plasmid.features[plasmid.features["type"] == "CDS"].reset_index(drop=True)

# The genetic code of bacteria: codon -> amino acid, "*" for a stop
_table = CodonTable.unambiguous_dna_by_id[11]
CODE = _table.forward_table | dict.fromkeys(_table.stop_codons, "*")
data

# %% [markdown] lang="en"
# ## 1 · What is it made of?
#
# **phiX174** is a virus of bacteria. In 1977 Fred Sanger's group read its genome, the first of DNA ever:
# 5,386 bases. Today it runs along as a control in most Illumina sequencing runs. You also have **pPCP1**,
# the plasmid of the plague bacterium whose gene *pla* is what many plague tests look for. (Without a
# network, two simulated circles stand in for them; the line above says which you have.)
#
# The first number of every report is the **GC content**, the fraction of G and C. Two things make it less
# trivial than it looks. A base that could not be read is written **N**: it is neither GC nor AT, so it
# belongs to neither side of the fraction. And many files write repeats in **lower case**.
#
# **Task 1.** Write `gc_content`.

# %% [markdown] lang="ko"
# ## 1 · 무엇으로 이루어져 있습니까?
#
# **phiX174**는 세균을 감염시키는 바이러스입니다. 1977년 프레더릭 생어의 연구진이 이 바이러스의 유전체를
# 읽었으며, 5,386염기로 된 이것이 최초로 서열이 결정된 DNA 유전체입니다. 오늘날에는 대부분의 Illumina
# 시퀀싱에 대조군으로 함께 들어갑니다. 또 하나는 페스트균의 플라스미드 **pPCP1**로, 여기 있는 *pla* 유전자를
# 여러 페스트 검사가 표적으로 삼습니다. (네트워크가 없으면 모의 원형 서열 두 개가 대신합니다. 어느 쪽을 쓰고
# 있는지는 위의 줄에 나와 있습니다.)
#
# 모든 보고서에 가장 먼저 적는 수는 **GC 함량**, 곧 G와 C의 비율입니다. 보기보다 까다로운 점이 두 가지
# 있습니다. 읽지 못한 염기는 **N**으로 적습니다. GC도 AT도 아니므로 분자에도 분모에도 들어가지 않습니다.
# 그리고 많은 파일이 반복 서열을 **소문자**로 적습니다.
#
# **과제 1.** `gc_content` 함수를 작성하십시오.


# %% task="gc"
def gc_content(sequence):
    """Fraction of G and C among the known bases.

    sequence  text of A, C, G, T and N, in upper or lower case

    Returns a float between 0 and 1; math.nan when no base is known.
    """
    ### BEGIN SOLUTION
    sequence = sequence.upper()
    gc = sequence.count("G") + sequence.count("C")
    known = gc + sequence.count("A") + sequence.count("T")
    return gc / known if known else math.nan
    ### END SOLUTION


# %% check="gc" points=2
def _gc_hints(with_n):
    """What goes wrong; `with_n` is the value of a text whose N are in the length."""
    return [
        hint(
            "n-counted",
            with_n,
            en="An N is no known base: neither G or C, nor anything else. Does it belong in the length?",
            ko="N은 알려진 염기가 아닙니다. G나 C도 아니고 다른 무엇도 아닙니다. 길이에 넣어야 합니까?",
        ),
        hint(
            "gc-in-percent",
            lambda got: got > 1,
            en="The value is a fraction between 0 and 1, not a percentage.",
            ko="값은 백분율이 아니라 0과 1 사이의 비율입니다.",
        ),
    ]


expect(gc_content("GCGCANNN"), "GC content of GCGCANNN", "GCGCANNN의 GC 함량").close_to(
    0.8, hints=_gc_hints(0.5)
)
expect(gc_content("TTGATTNN"), "GC content of TTGATTNN", "TTGATTNN의 GC 함량").close_to(
    1 / 6, hints=_gc_hints(1 / 8)
)
expect(
    gc_content("ggcATtnN"), "GC content when some letters are lower case", "소문자가 섞인 서열의 GC 함량"
).close_to(
    0.5,
    hints=[
        *_gc_hints(3 / 8),
        hint(
            "lower-case-missed",
            lambda got: 0 <= got <= 1,
            en="Lower case letters are bases too. Make the text upper case first.",
            ko="소문자도 염기입니다. 먼저 대문자로 바꾸십시오.",
        ),
    ],
)
_swapped = phage.sequence.translate(str.maketrans("ACGT", "CATG"))
expect(
    gc_content(phage.sequence) + gc_content(_swapped),
    "GC content of the phage, plus that of the phage with A for C, C for A, T for G and G for T",
    "파지의 GC 함량과, 파지에서 A와 C, G와 T를 맞바꾼 서열의 GC 함량의 합",
).close_to(1.0)
### BEGIN HIDDEN TESTS
_known = [base for base in phage.sequence if base in "ACGT"]
expect(gc_content(phage.sequence), "GC content of the phage", "파지의 GC 함량").close_to(
    sum(base in "GC" for base in _known) / len(_known)
)
expect(gc_content("ATATTA"), "GC content without G and C", "G와 C가 없는 서열의 GC 함량").close_to(0.0)
expect(gc_content("CCNNNNNNNNG"), "GC content of C and G among many N", "N이 많은 서열의 GC 함량").close_to(
    1.0, hints=_gc_hints(3 / 11)
)
try:
    _got = gc_content("NNNN")
except ZeroDivisionError:
    _got = "ZeroDivisionError"
expect(_got, "GC content when no base is known", "아는 염기가 하나도 없을 때의 GC 함량").close_to(
    math.nan,
    hints=[
        hint(
            "nothing-known-is-not-zero",
            lambda got: got == 0 or got == "ZeroDivisionError",
            en="With no known base there is nothing to divide: the answer is 'not a number', not 0.",
            ko="아는 염기가 없으면 나눌 것이 없습니다. 답은 0이 아니라 '수가 아님'(nan)입니다.",
        )
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 2 · The other strand
#
# DNA has two strands that run in opposite directions: A pairs with T, C with G. A file stores one of them,
# from its 5' end to its 3' end. To read a gene on the other, you need the **reverse complement**: the
# partner of every base, in reverse order, so that it too runs from 5' to 3'. The other strand of an N is an
# N.
#
# ```
# 5' A A C G T N 3'   the strand in the file
#    | | | | | |
# 3' T T G C A N 5'   the other one: read from its 5' end it is NACGTT
# ```
#
# **Task 2.** Write `reverse_complement`.

# %% [markdown] lang="ko"
# ## 2 · 반대쪽 가닥
#
# DNA는 서로 반대 방향으로 뻗은 두 가닥으로 이루어지며, A는 T와, C는 G와 짝을 이룹니다. 파일에는 그중 한
# 가닥을 5' 끝에서 3' 끝으로 적습니다. 반대쪽 가닥에 있는 유전자를 읽으려면 **역상보 서열**이 필요합니다.
# 모든 염기를 짝으로 바꾸고 순서를 뒤집어, 역시 5'에서 3'으로 읽히게 한 서열입니다. N의 짝은 N입니다.
#
# ```
# 5' A A C G T N 3'   파일에 적힌 가닥
#    | | | | | |
# 3' T T G C A N 5'   반대쪽 가닥. 5' 끝부터 읽으면 NACGTT
# ```
#
# **과제 2.** `reverse_complement` 함수를 작성하십시오.


# %% task="reverse"
def reverse_complement(sequence):
    """The other strand, from its 5' end.

    sequence  text of A, C, G, T and N, in upper case

    Returns a text of the same length.
    """
    ### BEGIN SOLUTION
    partner = {"A": "T", "C": "G", "G": "C", "T": "A", "N": "N"}
    return "".join(partner[base] for base in reversed(sequence))
    ### END SOLUTION


# %% check="reverse" points=2
_reverse_hints = [
    hint(
        "complement-not-reversed",
        "TTGCAN",
        en="Each base has its partner, but the strand is spelled from its 3' end. Turn it round.",
        ko="염기는 모두 짝으로 바뀌었지만 3' 끝부터 적혀 있습니다. 순서를 뒤집으십시오.",
    ),
    hint(
        "reversed-not-complemented",
        "NTGCAA",
        en="The order is reversed, but the bases are those of the first strand. What pairs with A?",
        ko="순서는 뒤집혔지만 염기가 처음 가닥의 것 그대로입니다. A와 짝을 이루는 염기는 무엇입니까?",
    ),
    hint(
        "replaced-twice",
        lambda got: len(set(got) - {"N"}) == 2,
        en="After A has become T, the next step turns that T back. Replace all bases at the same time.",
        ko="A를 T로 바꾼 뒤 다음 단계에서 그 T가 다시 A로 바뀝니다. 모든 염기를 한꺼번에 바꾸십시오.",
    ),
]
expect(reverse_complement("AACGTN"), "the other strand of AACGTN", "AACGTN의 반대쪽 가닥").equals(
    "NACGTT", hints=_reverse_hints
)
_start = phage.sequence[:300]
expect(
    reverse_complement(reverse_complement(_start)),
    "the other strand of the other strand of the phage's first 300 bases",
    "파지 처음 300염기의 반대쪽 가닥의 반대쪽 가닥",
).equals(_start)
### BEGIN HIDDEN TESTS
expect(reverse_complement(""), "the other strand of nothing", "빈 서열의 반대쪽 가닥").equals("")
expect(reverse_complement("GATTACA"), "the other strand of GATTACA", "GATTACA의 반대쪽 가닥").equals(
    "TGTAATC"
)
_some = plasmid.sequence[1000:1400]
expect(
    reverse_complement(_some),
    "the other strand of 400 bases of the plasmid",
    "플라스미드 400염기의 반대쪽 가닥",
).equals(genomics.reverse_complement(_some))
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 3 · From codons to amino acids
#
# The ribosome reads three bases at a time, a **codon**, from where it begins and without a gap. So the same
# bases give three quite different proteins in their three **frames**. It ends at the first **stop** codon,
# which is no amino acid.
#
# `CODE` is a dictionary from codon to amino acid; stops are `"*"`. A codon with an N has no entry: write
# `"X"`, the letter for an unknown amino acid.
#
# **Task 3.** Write `protein`: translate from the first base of the text (the caller chooses the frame).

# %% [markdown] lang="ko"
# ## 3 · 코돈에서 아미노산으로
#
# 리보솜은 시작한 자리에서부터 빈틈없이 염기를 세 개씩, 곧 **코돈** 단위로 읽습니다. 따라서 같은 염기라도 세
# 가지 **해독틀**에서 전혀 다른 단백질이 됩니다. 첫 **종결 코돈**에서 끝나며, 종결 코돈은 아미노산이
# 아닙니다.
#
# `CODE`는 코돈에서 아미노산을 찾는 사전이며 종결 코돈은 `"*"`입니다. N이 들어 있는 코돈은 사전에 없으므로,
# 알 수 없는 아미노산을 뜻하는 `"X"`를 적으십시오.
#
# **과제 3.** `protein` 함수를 작성하십시오. 주어진 텍스트의 첫 염기부터 번역합니다. (해독틀은 함수를 부르는
# 쪽에서 정합니다.)


# %% task="protein"
def protein(sequence):
    """Translate from the first base to the first stop codon, or to the end.

    sequence  text of A, C, G, T and N, in upper case

    Returns one-letter amino acids without the stop; "X" for a codon with an N. One or two
    bases left over at the end are no codon.
    """
    ### BEGIN SOLUTION
    amino_acids = []
    for start in range(0, len(sequence) - 2, 3):
        amino_acid = CODE.get(sequence[start : start + 3], "X")
        if amino_acid == "*":
            break
        amino_acids.append(amino_acid)
    return "".join(amino_acids)
    ### END SOLUTION


# %% check="protein" points=2
_protein_hints = [
    hint(
        "stop-is-no-amino-acid",
        "MKW*",
        en="The stop codon ends the protein and is no part of it.",
        ko="종결 코돈은 단백질을 끝낼 뿐 단백질의 일부가 아닙니다.",
    ),
    hint(
        "read-through-the-stop",
        lambda got: got.startswith("MKW") and len(got) > 4,
        en="The ribosome lets go at the first stop codon. What lies behind it is not translated.",
        ko="리보솜은 첫 종결 코돈에서 떨어져 나갑니다. 그 뒤는 번역되지 않습니다.",
    ),
    hint(
        "codons-overlap",
        "M",
        en="The next codon begins three bases further on, not one.",
        ko="다음 코돈은 한 염기 뒤가 아니라 세 염기 뒤에서 시작합니다.",
    ),
]
_leftover = hint(
    "leftover-translated",
    lambda got: got in ("HEMX", "LX"),
    en="One or two bases left over at the end are no codon. What happens to them?",
    ko="끝에 남은 한두 염기는 코돈이 아닙니다. 어떻게 처리해야 합니까?",
)
expect(protein("ATGAAATGGTAACCC"), "protein of ATGAAATGGTAACCC", "ATGAAATGGTAACCC의 단백질").equals(
    "MKW", hints=_protein_hints
)
expect(protein("CATGAAATGG"), "CATGAAATGG, in its first frame", "CATGAAATGG, 첫째 해독틀").equals(
    "HEM",
    hints=[
        hint(
            "wrong-frame",
            lambda got: got.startswith("M"),
            en="This looks for ATG and shifts the frame. Here the caller has chosen it: begin at base 0.",
            ko="ATG를 찾아 해독틀을 옮기셨습니다. 해독틀은 이미 정해졌으므로 0번 염기부터 시작하십시오.",
        ),
        _leftover,
    ],
)
_gene = next(row for row in plasmid_genes.itertuples() if row.strand == "+" and len(row.parts) == 1)
expect(
    protein(plasmid.sequence[_gene.start : _gene.end]),
    f"protein of the plasmid's gene at {_gene.start}",
    f"플라스미드의 {_gene.start}번 자리에서 시작하는 유전자의 단백질",
).equals(_gene.translation)
### BEGIN HIDDEN TESTS
expect(protein("ATGNNNTGG"), "protein with an unknown codon", "알 수 없는 코돈이 있는 단백질").equals("MXW")
expect(protein("TTGCC"), "protein of five bases", "다섯 염기의 단백질").equals(
    "L",
    hints=[
        _leftover,
    ],
)
expect(protein("TAAATG"), "protein that stops at once", "바로 끝나는 단백질").equals("")
expect(protein("GCTGCTTAGGCT"), "protein that ends with TAG", "TAG에서 끝나는 단백질").equals("AA")
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 4 · Where is the gene?
#
# A GenBank file says `51..221` or `complement(4815..5888)`. It counts **from 1, and both ends belong to the
# gene**. Python, BED files and this course count **from 0, and the end is the first base that no longer
# belongs** (half-open). So the two numbers change differently:
#
# ```
# base               G   A   T   T   A   C   A
# GenBank            1   2   3   4   5   6   7       2..4 is ATT
# between bases    0   1   2   3   4   5   6   7     [1:4] is ATT, and its length is 4 - 1
# ```
#
# A gene on the other strand has its coordinates on the strand in the file all the same; `complement` says
# that it is read on the other one. On a circle, a gene may run over the place where the file cuts it open.
# We then let `end` be greater than the length: on a circle of 100 bases, `(90, 112)` goes on to base 99 and
# then from 0 up to 11.
#
# **Task 4.** Write `interval` and `spell`. In `spell`, use `genomics.reverse_complement`.

# %% [markdown] lang="ko"
# ## 4 · 유전자는 어디에 있습니까?
#
# GenBank 파일에는 `51..221` 또는 `complement(4815..5888)`이라고 적혀 있습니다. **1부터 세며 양 끝이 모두
# 유전자에 들어갑니다.** 파이썬과 BED 파일, 그리고 이 과정에서는 **0부터 세며, 끝은 더 이상 들어가지 않는 첫
# 염기입니다**(반열린 구간). 따라서 두 수는 서로 다르게 바뀝니다.
#
# ```
# 염기               G   A   T   T   A   C   A
# GenBank            1   2   3   4   5   6   7       2..4는 ATT
# 염기 사이        0   1   2   3   4   5   6   7     [1:4]가 ATT이며 길이는 4 - 1
# ```
#
# 반대쪽 가닥의 유전자도 좌표는 파일에 적힌 가닥을 기준으로 합니다. `complement`는 반대쪽 가닥에서 읽는다는
# 뜻입니다. 원형 서열에서는 파일이 원을 자른 자리를 유전자가 넘어갈 수 있습니다. 그때는 `end`를 길이보다 크게
# 적습니다. 100염기 원에서 `(90, 112)`는 99번 염기까지 간 다음 0번부터 11번까지 이어집니다.
#
# **과제 4.** `interval`과 `spell` 함수를 작성하십시오. `spell`에서는 `genomics.reverse_complement`를
# 사용하십시오.


# %% task="place"
def interval(text):
    """Turn a GenBank place into 0-based half-open coordinates.

    text  such as "51..221" or "complement(4815..5888)"

    Returns (start, end, strand): two ints, and "+" or "-".
    """
    ### BEGIN SOLUTION
    strand = "-" if text.startswith("complement") else "+"
    first, last = text.removeprefix("complement(").removesuffix(")").split("..")
    return int(first) - 1, int(last), strand
    ### END SOLUTION


def spell(circle, start, end, strand):
    """Spell a gene of a circular sequence as it is read, 5' to 3'.

    circle      the whole sequence as text
    start, end  0-based, half-open; end is greater than len(circle) when the gene runs over the cut
    strand      "+" or "-"

    Returns the text of the gene.
    """
    ### BEGIN SOLUTION
    forward = (circle + circle)[start:end]
    return genomics.reverse_complement(forward) if strand == "-" else forward
    ### END SOLUTION


# %% check="place.interval" points=2
_interval_hints = [
    hint(
        "start-off-by-one",
        lambda got: tuple(got)[:2] == (51, 221),
        en="GenBank's first base is 1, Python's is 0. What becomes of 51?",
        ko="GenBank의 첫 염기는 1이고 파이썬의 첫 염기는 0입니다. 51은 무엇이 됩니까?",
    ),
    hint(
        "end-off-by-one",
        lambda got: tuple(got)[:2] == (50, 220),
        en=(
            "The last base, 221, is number 220 for Python; but a half-open end is the one behind it. The "
            "length must stay 171."
        ),
        ko=(
            "마지막 염기 221은 파이썬에서 220번이지만, 반열린 구간의 끝은 그다음 번호입니다. 길이가 171로 "
            "유지되어야 합니다."
        ),
    ),
    hint(
        "coordinates-are-text",
        lambda got: isinstance(got[0], str),
        en="These are still texts. Turn them into numbers with int.",
        ko="아직 문자열입니다. int로 수로 바꾸십시오.",
    ),
]
expect(tuple(interval("51..221")), "51..221 in Python's way", "51..221을 파이썬 방식으로").equals(
    (50, 221, "+"), hints=_interval_hints
)
expect(
    tuple(interval("complement(4815..5888)")),
    "complement(4815..5888) in Python's way",
    "complement(4815..5888)을 파이썬 방식으로",
).equals(
    (4814, 5888, "-"),
    hints=[
        hint(
            "strand-forgotten",
            lambda got: got[2] == "+",
            en="complement says that the gene is read on the other strand: '-'.",
            ko="complement는 반대쪽 가닥에서 읽는다는 뜻이므로 '-'입니다.",
        )
    ],
)
### BEGIN HIDDEN TESTS
expect(tuple(interval("1..3")), "1..3 in Python's way", "1..3을 파이썬 방식으로").equals((0, 3, "+"))
expect(
    tuple(interval("complement(7..7)")),
    "complement(7..7) in Python's way",
    "complement(7..7)을 파이썬 방식으로",
).equals((6, 7, "-"))
### END HIDDEN TESTS

# %% check="place.spell" points=2
expect(spell("GATTACA", 1, 4, "+"), "bases 1 to 4 of GATTACA", "GATTACA의 1에서 4까지").equals("ATT")
expect(spell("GATTACA", 1, 4, "-"), "the same on the other strand", "같은 자리를 반대쪽 가닥에서").equals(
    "AAT",
    hints=[
        hint(
            "strand-not-turned",
            "ATT",
            en="This gene is read on the other strand. Which of your functions spells it?",
            ko="이 유전자는 반대쪽 가닥에서 읽습니다. 어느 함수가 그 서열을 적어 줍니까?",
        ),
        hint(
            "coordinates-of-the-other-strand",
            lambda got: got == genomics.reverse_complement("GATTACA")[1:4],
            en="Cut first, then turn: start and end are those of the strand in the file.",
            ko="먼저 자르고 나서 뒤집으십시오. 시작과 끝은 파일에 적힌 가닥의 좌표입니다.",
        ),
    ],
)
expect(
    spell("GATTACA", 5, 9, "+"), "a gene over the cut of the circle", "원이 잘린 자리를 넘는 유전자"
).equals(
    "CAGA",
    hints=[
        hint(
            "circle-not-closed",
            "CA",
            en="The circle goes on at base 0. What is behind the last base?",
            ko="원은 0번 염기로 이어집니다. 마지막 염기 다음에는 무엇이 있습니까?",
        )
    ],
)
### BEGIN HIDDEN TESTS
expect(spell("GATTACA", 5, 9, "-"), "the same on the other strand", "같은 자리를 반대쪽 가닥에서").equals(
    "TCTG"
)
for _record, _rows in ((plasmid, plasmid_genes), (phage, phage_genes)):
    for _row in _rows.itertuples():
        expect(
            spell(_record.sequence, _row.start, _row.end, _row.strand),
            f"the gene of {_record.name} at {_row.start}",
            f"{_record.name}의 {_row.start}번 자리 유전자",
        ).equals(_record.extract(_row))
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 5 · Open reading frames
#
# How does one find genes in a sequence that nobody has annotated? An **open reading frame** (ORF) begins
# with the start codon ATG and goes on, three bases at a time, to the first stop codon in the same frame.
# There are six frames: three on each strand.
#
# - If several ATG stand before the same stop, the ORF begins at the **first** of them.
# - `end` includes the stop codon.
# - An ORF that never meets a stop is none.
# - `min_codons` counts the ATG and all codons up to the stop, but not the stop: the amino acids of the
#   protein.
# - `start` and `end` are always those of the **strand in the file**, 0-based and half-open. If an ORF lies
#   at `[a, b)` on the reverse complement of a sequence of length $L$, it lies at $[L - b,\ L - a)$ in the
#   file.
#
# **Task 5.** Write `open_frames` for a linear sequence. `genomics.reverse_complement` is allowed. (Stops are
# TAA, TAG and TGA.)

# %% [markdown] lang="ko"
# ## 5 · 열린 해독틀
#
# 아무도 주석을 달지 않은 서열에서 유전자를 어떻게 찾습니까? **열린 해독틀**(ORF)은 개시 코돈 ATG에서 시작하여
# 같은 해독틀의 첫 종결 코돈까지 세 염기씩 이어집니다. 해독틀은 가닥마다 셋, 모두 여섯입니다.
#
# - 같은 종결 코돈 앞에 ATG가 여러 개 있으면 ORF는 그중 **첫째**에서 시작합니다.
# - `end`는 종결 코돈을 포함합니다.
# - 종결 코돈을 만나지 못하면 ORF가 아닙니다.
# - `min_codons`는 ATG부터 종결 코돈 앞까지의 코돈 수입니다. 종결 코돈은 세지 않으므로 단백질의 아미노산 수와
#   같습니다.
# - `start`와 `end`는 언제나 **파일에 적힌 가닥**의 좌표이며 0부터 세는 반열린 구간입니다. 길이가 $L$인
#   서열의 역상보 서열에서 ORF가 $[a, b)$에 있으면, 파일에서는 $[L - b,\ L - a)$에 있습니다.
#
# **과제 5.** 선형 서열에 대한 `open_frames` 함수를 작성하십시오. `genomics.reverse_complement`를 사용해도
# 됩니다. (종결 코돈은 TAA, TAG, TGA입니다.)


# %% task="orfs"
def open_frames(sequence, min_codons):
    """All open reading frames of a linear sequence, on both strands.

    sequence    text of A, C, G and T
    min_codons  least number of codons, with the ATG and without the stop

    Returns a sorted list of (start, end, strand).
    """
    ### BEGIN SOLUTION
    found = []
    for strand, text in (("+", sequence), ("-", genomics.reverse_complement(sequence))):
        for frame in range(3):
            begin = None
            for place in range(frame, len(text) - 2, 3):
                codon = text[place : place + 3]
                if codon == "ATG" and begin is None:
                    begin = place
                elif codon in ("TAA", "TAG", "TGA") and begin is not None:
                    if (place - begin) // 3 >= min_codons:
                        start, end = begin, place + 3
                        if strand == "-":
                            start, end = len(text) - end, len(text) - start
                        found.append((start, end, strand))
                    begin = None
    return sorted(found)
    ### END SOLUTION


# %% check="orfs" points=3
def _frames(rows):
    return sorted((int(start), int(end), str(strand)) for start, end, strand in rows)


_orf_hints = [
    hint(
        "inner-start-counted",
        lambda got: (8, 17, "+") in got,
        en="Both ATG end at the same stop. The frame begins at the first of them; the other is a methionine.",
        ko="두 ATG가 같은 종결 코돈에서 끝납니다. 첫째에서 시작하고, 둘째는 그냥 메티오닌입니다.",
    ),
    hint(
        "stop-not-included",
        lambda got: (2, 14, "+") in got,
        en="The end lies behind the stop codon here: add its three bases.",
        ko="여기서 끝은 종결 코돈 뒤입니다. 종결 코돈의 세 염기를 더하십시오.",
    ),
    hint(
        "only-the-first-frame",
        lambda got: got == [],
        en="No frame at all: does the search begin at bases 0, 1 and 2?",
        ko="하나도 찾지 못했습니다. 0번, 1번, 2번 염기에서 각각 찾기 시작합니까?",
    ),
]
# CC ATG AAA ATG CCC TAA G: one frame on the forward strand, from base 2
expect(
    _frames(open_frames("CCATGAAAATGCCCTAAG", 2)),
    "frames of CCATGAAAATGCCCTAAG with 2 codons or more",
    "CCATGAAAATGCCCTAAG에서 2코돈 이상인 해독틀",
).equals([(2, 17, "+")], hints=_orf_hints)
_other_strand = "GG" + genomics.reverse_complement("ATGAAACCCTAG") + "CCCCC"
expect(
    _frames(open_frames(_other_strand, 2)),
    f"frames of {_other_strand}",
    f"{_other_strand}의 해독틀",
).equals(
    [(2, 14, "-")],
    hints=[
        hint(
            "reverse-strand-forgotten",
            [],
            en="This frame lies on the other strand. There are six frames, three on each strand.",
            ko="이 해독틀은 반대쪽 가닥에 있습니다. 해독틀은 가닥마다 셋, 모두 여섯입니다.",
        ),
        hint(
            "reverse-coordinates-not-turned",
            [(5, 17, "-")],
            en="These are places on the reverse complement. Turn them back: L - end and L - start.",
            ko="역상보 서열에서의 좌표입니다. L - end와 L - start로 되돌리십시오.",
        ),
    ],
)
expect(
    _frames(open_frames("ATGAAAAAATAA", 3)), "a frame of exactly 3 codons", "정확히 3코돈인 해독틀"
).equals(
    [(0, 12, "+")],
    hints=[
        hint(
            "least-length-missed",
            [],
            en="ATG AAA AAA are three codons, and three is enough: at least, not more than.",
            ko="ATG AAA AAA는 세 코돈이며 셋이면 충분합니다. 초과가 아니라 이상입니다.",
        )
    ],
)
### BEGIN HIDDEN TESTS
expect(
    _frames(open_frames("ATGAAAAAATAA", 4)), "no frame is long enough", "충분히 긴 해독틀이 없는 경우"
).equals(
    [],
    hints=[
        hint(
            "stop-counted-as-codon",
            [(0, 12, "+")],
            en="The stop codon is no amino acid: it does not count in min_codons.",
            ko="종결 코돈은 아미노산이 아니므로 min_codons에 세지 않습니다.",
        )
    ],
)
expect(
    _frames(open_frames("CATGAAACCCAAA", 1)), "a frame that meets no stop", "종결 코돈을 만나지 못하는 해독틀"
).equals(
    [],
    hints=[
        hint(
            "open-end-counted",
            lambda got: len(got) > 0,
            en="This frame runs off the sequence without a stop. It does not count here.",
            ko="이 해독틀은 종결 코돈 없이 서열의 끝을 벗어납니다. 여기서는 세지 않습니다.",
        )
    ],
)
expect(
    _frames(open_frames("ATGCCCTAAATGGGGTGA", 2)), "two frames behind each other", "앞뒤로 놓인 두 해독틀"
).equals([(0, 9, "+"), (9, 18, "+")])
for _text in (phage.sequence, plasmid.sequence[:4000]):
    _table = genomics.find_orfs(_text, table=11, min_codons=40)
    expect(
        _frames(open_frames(_text, 40)),
        f"frames of 40 codons or more in {len(_text)} bases",
        f"{len(_text)}염기에서 40코돈 이상인 해독틀",
    ).equals(_frames(zip(_table["start"], _table["end"], _table["strand"], strict=True)))
### END HIDDEN TESTS

# %% [markdown] lang="en"
# The library does the same with `genomics.find_orfs`; with `circular=True` it follows frames over the cut.
# Below, the phage in its six frames: coloured bars are open reading frames of 30 codons or more, black
# lines mark the genes that virologists have confirmed. Note how genes overlap, in different frames, on the
# same bases: a genome of 5,386 bases wastes hardly any.

# %% [markdown] lang="ko"
# 라이브러리에서는 `genomics.find_orfs`가 같은 일을 하며, `circular=True`이면 잘린 자리를 넘는 해독틀도
# 따라갑니다. 아래는 파지를 여섯 해독틀로 그린 것입니다. 색 막대는 30코돈 이상인 열린 해독틀이고, 검은 선은
# 바이러스학자들이 확인한 유전자입니다. 유전자들이 같은 염기 위에서 서로 다른 해독틀로 겹치는 것을 보십시오.
# 5,386염기의 유전체에는 낭비되는 염기가 거의 없습니다.


# %%
def show_frames():
    frames = genomics.find_orfs(phage.sequence, table=11, min_codons=30, circular=True)
    with style():
        _, axes = plt.subplots(figsize=(9, 3.6), layout="constrained")
    genomics.plot_frames(frames, len(phage), genes=phage_genes, ax=axes)
    axes.set_xlabel(me.text("base", "염기"))
    axes.set_ylabel(me.text("strand and frame", "가닥과 해독틀"))
    axes.set_title(me.text(f"Open reading frames of {phage.name}", f"{phage.name}의 열린 해독틀"))
    plt.show()


lab.show(show_frames)

# %% [markdown] lang="en"
# ## 6 · A gene, or chance?
#
# An open reading frame is a hypothesis, not a gene. In random DNA with equal bases, 3 of 64 codons are
# stops, so a frame stays open over $n$ codons with probability $(61/64)^n$.
#
# `my_genome` is 30,000 bases of your own, simulated from your seed, with genes whose places are known
# exactly (`my_genome.genes`, with start, end and strand). `stop_places(table)` gives the set of stop codons
# of any table with these columns.
#
# **Task 6.** Use `genomics.find_orfs(..., table=11, min_codons=30)`, and assign
#
# - `missed_genes`: how many of the phage's genes (`phage_genes`) a search of the phage as a **linear**
#   sequence misses. A gene counts as found when an ORF has the same strand and the same stop codon: the same
#   `end` on `"+"`, the same `start` on `"-"` (the true start may be a later ATG),
# - `chance_frames`: how many ORFs of at least 30 codons in `my_genome.sequence` (linear) are none of its
#   genes, by the same rule,
# - `codons_needed`: the smallest number of codons $n$ for which $(61/64)^n$ is below 1 in 100.

# %% [markdown] lang="ko"
# ## 6 · 유전자입니까, 우연입니까?
#
# 열린 해독틀은 유전자가 아니라 가설입니다. 네 염기가 같은 비율인 무작위 DNA에서는 64개 코돈 중 3개가 종결
# 코돈이므로, 해독틀이 $n$코돈 동안 열려 있을 확률은 $(61/64)^n$입니다.
#
# `my_genome`은 여러분의 시드로 만든 30,000염기의 모의 유전체로, 유전자의 위치가 정확히 알려져
# 있습니다(`my_genome.genes`의 start, end, strand). `stop_places(table)`은 이런 열이 있는 표에서 종결 코돈의
# 자리를 집합으로 돌려줍니다.
#
# **과제 6.** `genomics.find_orfs(..., table=11, min_codons=30)`을 사용하여 다음을 구하십시오.
#
# - `missed_genes`: 파지를 **선형** 서열로 보고 찾을 때 놓치는 파지 유전자(`phage_genes`)의 수. 가닥과 종결
#   코돈이 같은 ORF가 있으면 찾은 것으로 봅니다. `"+"` 가닥에서는 `end`가, `"-"` 가닥에서는 `start`가 같으면
#   됩니다. (실제 시작은 더 뒤의 ATG일 수 있습니다.)
# - `chance_frames`: `my_genome.sequence`(선형)에 있는 30코돈 이상의 ORF 가운데, 같은 기준으로 볼 때 유전자가
#   아닌 것의 수
# - `codons_needed`: $(61/64)^n$이 100분의 1보다 작아지는 최소 코돈 수 $n$

# %% setup
my_genome = simulate.genome(30_000, seed=me.seed, name="mine", gc=0.5, genes=16, codons=(80, 300))


def stop_places(table):
    """Strand and place of the stop codon in each row of a table of genes or frames."""
    return {
        (row.strand, row.end if row.strand == "+" else row.start) for row in table.itertuples(index=False)
    }


my_genome.genes.head()

# %% task="mine"
missed_genes = None
chance_frames = None
codons_needed = None
### BEGIN SOLUTION

linear = genomics.find_orfs(phage.sequence, table=11, min_codons=30)
missed_genes = len(stop_places(phage_genes) - stop_places(linear))
my_frames = genomics.find_orfs(my_genome.sequence, table=11, min_codons=30)
chance_frames = len(stop_places(my_frames) - stop_places(my_genome.genes))
codons_needed = next(n for n in range(1, 1000) if (61 / 64) ** n < 0.01)
### END SOLUTION


# %% check="mine" points=3
if missed_genes is None:
    raise NotImplementedError
_mine = genomics.find_orfs(my_genome.sequence, table=11, min_codons=30)
expect(missed_genes, "genes that a linear search misses", "선형 검색이 놓치는 유전자의 수").between(
    0, len(phage_genes)
)
expect(
    chance_frames, "frames in your genome that are no genes", "내 유전체에서 유전자가 아닌 해독틀의 수"
).between(
    0,
    len(_mine) - 1,
    hints=[
        hint(
            "genes-not-taken-away",
            len(_mine),
            en="These are all frames. Which of them are the genes of your genome?",
            ko="이것은 모든 해독틀의 수입니다. 그 가운데 유전자인 것은 어느 것입니까?",
        )
    ],
)
expect(
    codons_needed, "codons that chance leaves open in 1 of 100", "우연히 열려 있을 확률이 100분의 1인 코돈 수"
).between(1, 1000)
### BEGIN HIDDEN TESTS
_on_circle = stop_places(genomics.find_orfs(phage.sequence, table=11, min_codons=30, circular=True))
_on_line = stop_places(genomics.find_orfs(phage.sequence, table=11, min_codons=30))
_genes = stop_places(phage_genes)
_places = set(zip(_mine["start"], _mine["end"], _mine["strand"], strict=True))
_true_places = set(zip(*(my_genome.genes[c] for c in ("start", "end", "strand")), strict=True))
expect(missed_genes, "genes that a linear search misses", "선형 검색이 놓치는 유전자의 수").equals(
    len(_genes - _on_line),
    hints=[
        hint(
            "searched-as-a-circle",
            len(_genes - _on_circle),
            en="On the circle nothing is missed. The question is about the sequence as a straight line.",
            ko="원형으로 찾으면 놓치지 않습니다. 질문은 서열을 선형으로 볼 때에 관한 것입니다.",
        ),
        hint(
            "found-for-missed",
            len(_genes & _on_line),
            en="This is the number of genes that are found. How many are missed?",
            ko="이것은 찾은 유전자의 수입니다. 놓친 것은 몇 개입니까?",
        ),
        hint(
            "exact-start-asked-for",
            lambda got: len(_genes - _on_line) < got,
            en="A gene may begin at a later ATG than its longest frame. Compare strand and stop codon only.",
            ko="유전자는 더 뒤의 ATG에서 시작할 수 있습니다. 가닥과 종결 코돈만 비교하십시오.",
        ),
    ],
)
expect(
    chance_frames, "frames in your genome that are no genes", "내 유전체에서 유전자가 아닌 해독틀의 수"
).equals(
    len(stop_places(_mine) - stop_places(my_genome.genes)),
    hints=[
        hint(
            "exact-start-asked-for",
            len(_places - _true_places),
            en="A gene may begin at a later ATG than its longest frame. Compare strand and stop codon only.",
            ko="유전자는 더 뒤의 ATG에서 시작할 수 있습니다. 가닥과 종결 코돈만 비교하십시오.",
        ),
        hint(
            "one-strand-only",
            lambda got: got < len(stop_places(_mine) - stop_places(my_genome.genes)),
            en="Some frames are missing. Did you count both strands?",
            ko="빠진 해독틀이 있습니다. 두 가닥을 모두 세었습니까?",
        ),
    ],
)
expect(
    codons_needed, "codons that chance leaves open in 1 of 100", "우연히 열려 있을 확률이 100분의 1인 코돈 수"
).equals(
    math.ceil(math.log(0.01) / math.log(61 / 64)),
    hints=[
        hint(
            "mean-for-tail",
            lambda got: round(got) in (20, 21, 22),
            en="A stop comes every 64/3 = 21 codons on average. How long must one wait to be 99 % sure?",
            ko="종결 코돈은 평균 64/3 = 21코돈마다 나옵니다. 99 % 확신하려면 얼마나 기다려야 합니까?",
        ),
        hint(
            "bases-for-codons",
            lambda got: got in range(285, 292),
            en="This is a number of bases. The question asks for codons.",
            ko="이것은 염기 수입니다. 질문은 코돈 수를 묻습니다.",
        ),
        hint(
            "not-yet-below",
            lambda got: got == math.ceil(math.log(0.01) / math.log(61 / 64)) - 1,
            en="Almost: at this number the probability is still a little above 1 in 100.",
            ko="거의 맞았습니다. 이 수에서는 확률이 아직 100분의 1보다 조금 큽니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# The lengths of the frames in your genome. Chance gives many short ones and no long ones; the genes stand
# apart. Between them lies the zone where length alone does not decide.

# %% [markdown] lang="ko"
# 내 유전체에 있는 해독틀의 길이입니다. 우연은 짧은 것을 많이 만들고 긴 것은 만들지 않으며, 유전자는 따로
# 떨어져 있습니다. 그 사이에는 길이만으로 판단할 수 없는 구간이 있습니다.


# %%
def show_lengths():
    frames = genomics.find_orfs(my_genome.sequence, table=11, min_codons=10)
    known = stop_places(my_genome.genes)
    is_gene = np.array(
        [(row.strand, row.end if row.strand == "+" else row.start) in known for row in frames.itertuples()]
    )
    codons = frames["protein"].str.len().to_numpy()
    with style():
        _, axes = plt.subplots(figsize=(8, 3), layout="constrained")
    axes.hist(
        [codons[~is_gene], codons[is_gene]],
        np.arange(10, codons.max() + 10, 10),
        stacked=True,
        color=["#b8c0c8", "#0072B2"],
        label=[me.text("chance", "우연"), me.text("gene", "유전자")],
    )
    axes.axvline(
        codons_needed,
        color="#D55E00",
        linestyle="--",
        label=me.text(
            "codons_needed: open by chance in 1 of 100", "codons_needed: 우연히 열려 있을 확률 100분의 1"
        ),
    )
    axes.set_yscale("symlog", linthresh=10)
    axes.set_xlabel(me.text("codons", "코돈 수"))
    axes.set_ylabel(me.text("open reading frames", "열린 해독틀의 수"))
    axes.legend(frameon=False)
    plt.show()


if codons_needed is not None:
    lab.show(show_lengths)

# %% [markdown] lang="en"
# ## 7 · May we call it a gene?
#
# A colleague has looked through the company's new 9,000-base expression plasmid and reports: *"On the
# reverse strand, inside our antibiotic-resistance gene, there is an open reading frame of 62 codons. We have
# found an unknown gene; it may make a toxic peptide. We must redesign the plasmid."*
#
# **Task 7.** Answer in five to eight sentences: how surprising such a frame is, what would make you take it
# seriously or drop it (name at least two kinds of evidence), and what you propose to do now. (Graded by
# hand.)

# %% [markdown] lang="ko"
# ## 7 · 유전자라고 불러도 됩니까?
#
# 한 동료가 회사의 새 발현 플라스미드(9,000염기)를 살펴보고 이렇게 보고했습니다. *"항생제 내성 유전자 안쪽,
# 반대쪽 가닥에 62코돈짜리 열린 해독틀이 있습니다. 알려지지 않은 유전자를 찾았습니다. 독성 펩타이드를 만들지도
# 모르니 플라스미드를 다시 설계해야 합니다."*
#
# **과제 7.** 다섯 문장에서 여덟 문장으로 답하십시오. 이런 해독틀이 얼마나 놀라운 것인지, 어떤 증거가 있으면
# 진지하게 받아들이거나 접어 둘 것인지(두 가지 이상), 그리고 지금 무엇을 하자고 제안할 것인지 적으십시오.
# (사람이 채점합니다.)

# %% [markdown] essay="gene_or_chance" points=3
# **Mark scheme**
#
# 1 point — how surprising it is: (61/64)^62 is about 5 %, for one given start; a 9,000-base plasmid has six
# frames and hundreds of ATG codons, so several such frames are expected by chance. Coding sequence biases
# its own other strand, too: the antisense frame of a gene is open more often than random DNA. Length alone
# does not make a gene.
#
# 1 point — at least two kinds of evidence, for example: a ribosome binding site and a promoter in front of
# it; homology to known proteins (BLAST) and conservation, with synonymous changes outnumbering the others;
# codon usage like that of the host's genes; transcription (RNA-seq) or translation (ribosome profiling,
# mass spectrometry, an antibody to a tag); a knock-out of its start codon without effect.
#
# 1 point — a proportionate proposal, for example: keep the design; search databases today; if the frame
# matters for safety, break its ATG by a synonymous change in the resistance gene, which is cheap, and
# measure growth and the peptide in the host. Redesign only on evidence.
#
# **채점 기준**
#
# 1점 — 얼마나 놀라운가: 정해진 시작 코돈 하나에 대해 (61/64)^62는 약 5 %입니다. 9,000염기 플라스미드에는
# 해독틀이 여섯이고 ATG가 수백 개이므로 우연만으로도 이런 해독틀이 몇 개는 나옵니다. 또한 암호화 서열의 반대쪽
# 가닥은 무작위 DNA보다 열린 해독틀이 흔합니다. 길이만으로는 유전자라고 할 수 없습니다.
#
# 1점 — 증거 두 가지 이상. 예: 앞쪽의 리보솜 결합 부위와 프로모터. 알려진 단백질과의 상동성(BLAST)과 보존성,
# 특히 동의 변이가 더 많은 경향. 숙주 유전자와 비슷한 코돈 사용. 전사(RNA-seq)나 번역(리보솜 프로파일링, 질량
# 분석, 표지에 대한 항체)의 관찰. 개시 코돈을 없애도 아무 변화가 없다는 결과.
#
# 1점 — 알맞은 제안. 예: 설계를 유지하고 오늘 데이터베이스를 검색합니다. 안전에 중요하다면 내성 유전자의 동의
# 변이로 ATG를 없애는 값싼 방법을 쓰고, 숙주에서 생장과 펩타이드를 측정합니다. 재설계는 증거가 있을 때에만
# 합니다.

# %% [markdown] lang="en"
# ## What to read next
#
# - F. Sanger et al. (1977), *Nucleotide sequence of bacteriophage φX174 DNA*, Nature 265:687: the nine genes
#   known then, in 5,375 bases; the next year's revision gave the 5,386 of today's file.
# - P. J. A. Cock et al. (2009), *Biopython*, Bioinformatics 25:1422, and its tutorial, chapters 3 to 5.
# - D. Hyatt et al. (2010), *Prodigal*, BMC Bioinformatics 11:119: what a real gene finder adds to open
#   reading frames.
# - The INSDC feature table, <https://www.insdc.org/submitting-standards/feature-table/>: what `join`, `<`
#   and `complement` mean in a GenBank file.
#
# In the library: `genomics.read_genbank`, `genomics.read_fasta`, `genomics.translate` (all genetic codes),
# `genomics.find_orfs`. Next exercise: what a sequencer really gives you, with an error probability for
# every base.

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - F. Sanger 등 (1977), *Nucleotide sequence of bacteriophage φX174 DNA*, Nature 265:687. 당시
#   알려진 유전자 아홉 개를 5,375염기에서 보여 줍니다. 지금 파일의 5,386염기는 이듬해에 고친 서열입니다.
# - P. J. A. Cock 등 (2009), *Biopython*, Bioinformatics 25:1422. 그리고 Biopython 안내서의 3–5장.
# - D. Hyatt 등 (2010), *Prodigal*, BMC Bioinformatics 11:119. 실제 유전자 탐색 프로그램이 열린 해독틀에
#   무엇을 더하는지 설명합니다.
# - INSDC 특징 표, <https://www.insdc.org/submitting-standards/feature-table/>. GenBank 파일의 `join`, `<`,
#   `complement`가 무슨 뜻인지 설명합니다.
#
# 라이브러리에서는 `genomics.read_genbank`, `genomics.read_fasta`, `genomics.translate`(모든 유전 부호),
# `genomics.find_orfs`를 살펴보십시오. 다음 실습에서는 시퀀서가 실제로 내놓는 것, 곧 염기마다 오류 확률이 붙은
# 리드를 다룹니다.
