# %% [markdown] lang="en"
# # Alignments and coverage
#
# **Why this matters.** A woman whose mother had breast cancer early gets a letter: *no pathogenic variant
# found*, mean depth 118. The laboratory had read her genes more than a hundred times over, on average. One
# exon of BRCA1 had not been read at all, because the probes that fish it out of her DNA had failed, and
# nobody had looked. "Nothing found" means something only where one has looked, and the file that says where
# one has looked is the alignment. A company that makes a therapeutic protein asks the same of its cell
# bank: is every base of the inserted gene covered, in every lot?
#
# **What you will be able to do**
#
# 1. read the FLAG of an alignment, and know which records stand for a molecule of DNA and which do not,
# 2. read a CIGAR and say which bases of the reference a read lies over,
# 3. place reads on a genome with an index, as aligners do, and compare yourself with minimap2,
# 4. compute depth and breadth by stated rules, on real data (HG002 of Genome in a Bottle),
# 5. find in a sample of your own what its mean depth hides.
#
# You need Python functions, strings and a little pandas. You write the core of each step yourself; then the
# library's version does the same for whole files.

# %% [markdown] lang="ko"
# # 정렬과 커버리지
#
# **왜 중요합니까?** 어머니가 젊은 나이에 유방암을 앓은 여성이 결과지를 받습니다. *병원성 변이가 발견되지
# 않았습니다. 평균 깊이 118.* 검사실은 그 여성의 유전자들을 평균 백 번 넘게 읽었습니다. 그런데 BRCA1의 엑손
# 하나는 한 번도 읽지 못했습니다. 그 부분의 DNA를 건져 내는 탐침이 제대로 작동하지 않았고, 아무도 확인하지
# 않았습니다. "발견되지 않았다"는 말은 살펴본 곳에서만 뜻이 있으며, 어디를 살펴보았는지 알려 주는 파일이 바로
# 정렬입니다. 치료용 단백질을 만드는 기업도 세포 은행에 대해 같은 질문을 합니다. 삽입한 유전자의 모든 염기가
# 모든 로트에서 읽혔습니까?
#
# **이 실습을 마치면 할 수 있는 일**
#
# 1. 정렬의 FLAG를 읽고, 어떤 레코드가 DNA 분자를 대표하고 어떤 것은 그렇지 않은지 구별합니다.
# 2. CIGAR를 읽고 리드가 참조 서열의 어느 염기 위에 놓이는지 말합니다.
# 3. 정렬 프로그램처럼 색인을 이용하여 리드를 유전체에 놓고, minimap2와 비교합니다.
# 4. 실제 데이터(Genome in a Bottle의 HG002)에서 정해진 규칙에 따라 깊이와 폭을 계산합니다.
# 5. 자신만의 표본에서 평균 깊이가 감추고 있는 것을 찾아냅니다.
#
# 파이썬 함수와 문자열, 약간의 pandas가 필요합니다. 각 단계의 핵심은 직접 작성하고, 그다음 라이브러리의 같은
# 기능으로 파일 전체를 처리합니다.

# %% setup
import importlib.util
import math
import tempfile
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pysam

from biolabkit import datasets, genomics, simulate
from biolabkit.check import expect, hint, lab
from biolabkit.plot import style

me = lab.start("genome-03-alignments-and-coverage")


def simulated_sample(folder):
    """Reads with the same files as the real ones, for a room without network."""
    donor = simulate.diploid_sample(
        simulate.genome(20_000, seed=2031, name="sim20"), seed=2032, snv_rate=0.002, indel_rate=0.002
    )
    return simulate.reads(donor, folder, seed=2033, duplicates=0.05)


def simulated_bacterium(folder):
    """A bacterium's reference and reads, for a room without network."""
    isolate = simulate.haploid_sample(
        simulate.genome(10_000, seed=2034, name="simcoli", gc=0.51, repeats_per_kb=0),
        seed=2035,
        snv_rate=0,
        indel_rate=0,
    )
    return simulate.reads(isolate, folder, seed=2036, depth=20, read_length=100, fastq=True)


data = datasets.fetch("giab-hg002-illumina-chr20-100kb", fallback=simulated_sample)
region = ("sim20", 8_000, 12_000) if data.simulated else ("20", 10_005_000, 10_009_000)
records = genomics.read_alignments(data.path("reads"), region)

bacterium = datasets.fetch("ecoli-mg1655-10kb-reads", fallback=simulated_bacterium)
with pysam.FastxFile(str(bacterium.path("reference"))) as _stream:
    chromosome = next(iter(_stream)).sequence.upper()
with pysam.FastxFile(str(bacterium.path("reads_1"))) as _stream:
    reads = [_record.sequence.upper() for _record, _ in zip(_stream, range(300), strict=False)]

FLAGS = dict(genomics.FLAGS)
data

# %% [markdown] lang="en"
# ## 1 · Twelve yes-or-no questions in one number
#
# An aligner writes one line per alignment into a SAM file; BAM is the same, compressed. Here are the first
# records over a stretch of HG002's chromosome 20 (without a network, of a simulated sample; the line above
# says which one you have). Two copies of the chromosome, thirty-odd witnesses over each base, and in between
# records that are no witnesses at all.

# %% [markdown] lang="ko"
# ## 1 · 수 하나에 담긴 열두 가지 예/아니요
#
# 정렬 프로그램은 정렬 하나를 SAM 파일의 한 줄로 적습니다. BAM은 그것을 압축한 것입니다. 아래는 HG002의 20번
# 염색체 한 구간에 놓인 첫 레코드들입니다(네트워크가 없으면 모의 표본입니다. 어느 쪽인지는 위의 줄에 나와
# 있습니다). 염색체 두 개를 염기마다 서른 남짓한 증인이 지켜보고 있으며, 그 사이에는 증인이 될 수 없는
# 레코드도 섞여 있습니다.

# %%
records[["name", "flag", "chrom", "start", "mapping_quality", "cigar", "template_length"]].head()

# %% [markdown] lang="en"
# The FLAG answers twelve questions at once, one bit each, so that 99 means "paired (1), in a proper pair
# (2), its mate is on the reverse strand (32), first read of the pair (64)":
#
# | bit | name | the record… |
# |---|---|---|
# | 1, 2 | `paired`, `proper_pair` | is one of two mates; they lie as a fragment should |
# | 4, 8 | `unmapped`, `mate_unmapped` | (or its mate) lies nowhere |
# | 16, 32 | `reverse`, `mate_reverse` | (or its mate) lies on the reverse strand |
# | 64, 128 | `read1`, `read2` | is the first or second read of the pair |
# | 256 | `secondary` | is another place where the *same* bases fit too |
# | 512 | `qc_fail` | failed the instrument's own check |
# | 1024 | `duplicate` | is a copy: PCR made it from a molecule that another record stands for |
# | 2048 | `supplementary` | is *another piece* of a read that had to be cut in two |
#
# A bit is set if `flag & bit` is not 0. `FLAGS` is a dictionary from name to bit, in this order.
#
# **Task 1.** Write `flag_names`.

# %% [markdown] lang="ko"
# FLAG는 비트 하나에 질문 하나씩, 열두 질문에 한꺼번에 답합니다. 예를 들어 99는 "쌍을 이루고(1), 제대로 된
# 쌍이며(2), 짝이 역방향 가닥에 있고(32), 쌍의 첫째 리드(64)"라는 뜻입니다.
#
# | 비트 | 이름 | 이 레코드는… |
# |---|---|---|
# | 1, 2 | `paired`, `proper_pair` | 두 짝 가운데 하나입니다 / 두 짝이 한 조각답게 놓여 있습니다 |
# | 4, 8 | `unmapped`, `mate_unmapped` | 자신이(또는 짝이) 어디에도 놓이지 않았습니다 |
# | 16, 32 | `reverse`, `mate_reverse` | 자신이(또는 짝이) 역방향 가닥에 놓였습니다 |
# | 64, 128 | `read1`, `read2` | 쌍의 첫째 리드입니다 / 둘째 리드입니다 |
# | 256 | `secondary` | *같은* 염기가 들어맞는 또 다른 자리입니다 |
# | 512 | `qc_fail` | 장비의 자체 검사를 통과하지 못했습니다 |
# | 1024 | `duplicate` | 복사본입니다. 다른 레코드가 대표하는 분자를 PCR이 복제한 것입니다 |
# | 2048 | `supplementary` | 둘로 나뉘어 놓인 리드의 *다른 조각*입니다 |
#
# `flag & bit`가 0이 아니면 그 비트가 켜져 있는 것입니다. `FLAGS`는 이름에서 비트를 찾는 사전이며, 순서는 위와
# 같습니다.
#
# **과제 1.** `flag_names` 함수를 작성하십시오.


# %% task="flags"
def flag_names(flag):
    """Names of the properties that a FLAG states.

    flag  int, such as 99

    Returns a list of names of FLAGS, lowest bit first, such as ["paired", "proper_pair", …].
    """
    ### BEGIN SOLUTION
    return [name for name, bit in FLAGS.items() if flag & bit]
    ### END SOLUTION


# %% check="flags" points=2
_flag_hints = [
    hint(
        "flag-compared-whole",
        lambda got: list(got) == [],
        en="The FLAG is a sum of bits. It seldom equals one of them: ask whether the bit is in it.",
        ko="FLAG는 비트들의 합입니다. 비트 하나와 같은 경우는 드뭅니다. 그 비트가 들어 있는지 물어보십시오.",
    ),
    hint(
        "flag-greater-than-bit",
        lambda got: {"unmapped", "mate_unmapped"} <= set(got),
        en="A larger number need not hold a smaller bit: 99 is above 4, but 4 is not in it. Use `&`.",
        ko=(
            "수가 더 크다고 해서 작은 비트가 들어 있는 것은 아닙니다. 99는 4보다 크지만 4는 들어 있지 "
            "않습니다. `&`를 쓰십시오."
        ),
    ),
]
expect(sorted(flag_names(99)), "properties that flag 99 states", "FLAG 99가 말하는 속성").equals(
    sorted(["paired", "proper_pair", "mate_reverse", "read1"]), hints=_flag_hints
)
expect(sorted(flag_names(1024 + 16)), "properties that flag 1040 states", "FLAG 1040이 말하는 속성").equals(
    ["duplicate", "reverse"], hints=_flag_hints
)
### BEGIN HIDDEN TESTS
expect(list(flag_names(0)), "properties that flag 0 states", "FLAG 0이 말하는 속성").equals([])
for _flag in (4, 147, 325, 2179, 3840, 4095):
    expect(sorted(flag_names(_flag)), f"properties that flag {_flag} states", f"FLAG {_flag}의 속성").equals(
        sorted(genomics.decode_flag(_flag)), hints=_flag_hints
    )
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 2 · How a read lies: CIGAR
#
# A read does not always fit base by base. Its CIGAR says how it lies, from left to right:
#
# | | operation | bases of the read | bases of the reference |
# |---|---|---|---|
# | `M` `=` `X` | aligned (the same base or another) | yes | yes |
# | `I` | insertion: the read has more | yes | – |
# | `D` | deletion: the read lacks some | – | yes |
# | `N` | skipped, as an intron in RNA | – | yes |
# | `S` | soft clip: does not fit here, kept in the file | yes | – |
# | `H` | hard clip: does not fit here, cut off and gone | – | – |
#
# Clips are the ends that the aligner gave up on: adapters, the other side of a breakpoint, or a poor tail.
# They lie over *nothing*. Below, a stretch of the reads that you loaded: blue is forward, orange reverse,
# grey are records that do not count; red ends are soft clips, black lines deletions, black ticks
# insertions.

# %% [markdown] lang="ko"
# ## 2 · 리드가 놓이는 방식: CIGAR
#
# 리드가 언제나 염기 대 염기로 들어맞지는 않습니다. CIGAR는 리드가 왼쪽에서 오른쪽으로 어떻게 놓이는지
# 적습니다.
#
# | | 연산 | 리드의 염기 | 참조의 염기 |
# |---|---|---|---|
# | `M` `=` `X` | 정렬(같은 염기이든 다른 염기이든) | 있음 | 있음 |
# | `I` | 삽입: 리드에 더 있음 | 있음 | – |
# | `D` | 결실: 리드에 없음 | – | 있음 |
# | `N` | 건너뜀. RNA의 인트론 등 | – | 있음 |
# | `S` | 소프트 클립: 들어맞지 않지만 파일에 남아 있음 | 있음 | – |
# | `H` | 하드 클립: 들어맞지 않아 잘라 내어 파일에 없음 | – | – |
#
# 클립은 정렬 프로그램이 포기한 끝부분입니다. 어댑터이거나, 절단점 너머의 서열이거나, 품질이 낮은 꼬리입니다.
# 이 염기들은 참조의 *어디에도* 놓이지 않습니다. 아래는 불러온 리드의 일부입니다. 파란색은 정방향, 주황색은
# 역방향, 회색은 세지 않는 레코드입니다. 빨간 끝은 소프트 클립, 검은 선은 결실, 검은 눈금은 삽입입니다.

# %%
with style():
    _, axes = plt.subplots(figsize=(9, 4.5), layout="constrained")
_busy = records[records["cigar"].str.contains("[SD]") & (records["start"] > region[1])]
_middle = int(_busy["start"].median())
genomics.plot_alignments(records, _middle - 250, _middle + 250, ax=axes)
axes.set_title(
    me.text(
        f"Reads over {region[0]}:{_middle - 249:,}–{_middle + 250:,}",
        f"{region[0]}:{_middle - 249:,}–{_middle + 250:,} 구간의 리드",
    )
)
plt.show()

# %% [markdown] lang="en"
# `genomics.parse_cigar("5S90M2D5M")` splits the text: `[("S", 5), ("M", 90), ("D", 2), ("M", 5)]`.
#
# **Task 2.** Write `spans`: how many bases of the read the file holds, and how many bases of the reference
# lie between the first and the last aligned one, both included.

# %% [markdown] lang="ko"
# `genomics.parse_cigar("5S90M2D5M")`는 문자열을 `[("S", 5), ("M", 90), ("D", 2), ("M", 5)]`로 나눕니다.
#
# **과제 2.** `spans` 함수를 작성하십시오. 파일에 들어 있는 리드의 염기가 몇 개인지, 그리고 처음 정렬된
# 염기부터 마지막 정렬된 염기까지(둘 다 포함하여) 참조의 염기가 몇 개인지 구합니다.


# %% task="spans"
def spans(cigar):
    """Bases of the read in the file, and bases of the reference that the alignment spans.

    cigar  text, such as "5S90M2D5M"

    Returns two ints: (bases of the read, bases of the reference).
    """
    ### BEGIN SOLUTION
    operations = genomics.parse_cigar(cigar)
    on_read = sum(length for name, length in operations if name in "MIS=X")
    on_reference = sum(length for name, length in operations if name in "MDN=X")
    return on_read, on_reference
    ### END SOLUTION


# %% check="spans" points=2
_span_hints = [
    hint(
        "soft-clip-on-reference",
        lambda got: got[1] - got[0] in (2, -1) and got[1] >= 100,
        en="Soft-clipped bases were counted on the reference. They fit nowhere here: they lie over nothing.",
        ko="소프트 클립된 염기를 참조에서 세셨습니다. 그 염기들은 들어맞지 않아 어디에도 놓이지 않습니다.",
    ),
    hint(
        "deletion-forgotten",
        lambda got: got[1] == 95,
        en="The read lacks these bases, but the reference has them: a deletion widens the span.",
        ko="리드에는 없지만 참조에는 있는 염기입니다. 결실이 있으면 참조 위의 범위가 그만큼 넓어집니다.",
    ),
    hint(
        "soft-clip-not-stored",
        lambda got: got[0] == 95,
        en="Soft-clipped bases are still in the file, in the read's sequence.",
        ko="소프트 클립된 염기는 파일 속 리드 서열에 그대로 남아 있습니다.",
    ),
]
expect(
    [int(n) for n in spans("5S90M2D5M")],
    "bases of the read and of the reference of 5S90M2D5M",
    "5S90M2D5M의 리드 염기 수와 참조 염기 수",
).equals([100, 97], hints=_span_hints)
expect(
    [int(n) for n in spans("40M3I57M")],
    "bases of the read and of the reference of 40M3I57M",
    "40M3I57M의 리드 염기 수와 참조 염기 수",
).equals(
    [100, 97],
    hints=[
        hint(
            "insertion-on-reference",
            lambda got: got[1] == 100,
            en="Inserted bases stand between two bases of the reference; they span none of it.",
            ko="삽입된 염기는 참조의 두 염기 사이에 있으므로 참조의 염기를 차지하지 않습니다.",
        )
    ],
)
### BEGIN HIDDEN TESTS
expect(
    [int(n) for n in spans("30H70M")],
    "bases of the read and of the reference of 30H70M",
    "30H70M의 리드 염기 수와 참조 염기 수",
).equals(
    [70, 70],
    hints=[
        hint(
            "hard-clip-counted",
            lambda got: 100 in tuple(got),
            en="Hard-clipped bases are cut off: the file does not have them.",
            ko="하드 클립된 염기는 잘려 나가 파일에 없습니다.",
        )
    ],
)
for _cigar in ("3S20=1X40N30M6S", "100M", "10M1D10M1I10M2D5M"):
    expect(
        [int(n) for n in spans(_cigar)],
        f"bases of the read and of the reference of {_cigar}",
        f"{_cigar}의 리드 염기 수와 참조 염기 수",
    ).equals([genomics.query_span(_cigar), genomics.reference_span(_cigar)])
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Where exactly
#
# SAM writes POS, the position of the first *aligned* base, counting from **1**. Python, BED and this
# library count from **0**: POS 101 is position 100. Half of all bugs in genomics live in this one.
#
# **Task 3.** Write `covered_positions`: the 0-based reference positions that a base of the read lies over.
# A deleted or skipped position has no base over it, and an inserted or clipped base lies over none.

# %% [markdown] lang="ko"
# ### 정확히 어디입니까
#
# SAM은 첫 번째 *정렬된* 염기의 위치를 POS에 **1**부터 세어 적습니다. 파이썬, BED, 그리고 이 라이브러리는
# **0**부터 셉니다. POS 101은 위치 100입니다. 유전체 분석에서 생기는 오류의 절반이 여기에 있습니다.
#
# **과제 3.** `covered_positions` 함수를 작성하십시오. 리드의 염기가 놓인 참조 위치를 0부터 세어 구합니다.
# 결실되거나 건너뛴 위치에는 염기가 없고, 삽입되거나 클립된 염기는 어느 위치에도 놓이지 않습니다.


# %% task="positions"
def covered_positions(pos, cigar):
    """Reference positions that a base of the read lies over.

    pos    POS of the SAM line: 1-based position of the first aligned base
    cigar  text, such as "2S3M1D2M"

    Returns a list of 0-based positions, ascending.
    """
    ### BEGIN SOLUTION
    covered, position = [], pos - 1
    for name, length in genomics.parse_cigar(cigar):
        if name in "M=X":
            covered += range(position, position + length)
        if name in "MDN=X":
            position += length
    return covered
    ### END SOLUTION


# %% check="positions" points=3
_position_hints = [
    hint(
        "one-based-kept",
        [11, 12, 13, 15, 16],
        en="All positions are one too high: POS counts from 1, the answer from 0.",
        ko="모든 위치가 하나씩 큽니다. POS는 1부터 세고 답은 0부터 셉니다.",
    ),
    hint(
        "soft-clip-shifts",
        lambda got: list(got)[:1] in ([8], [12]),
        en="POS is the first aligned base. What was clipped before it does not move it.",
        ko="POS는 첫 번째로 정렬된 염기의 위치입니다. 그 앞에서 클립된 염기는 위치를 옮기지 않습니다.",
    ),
    hint(
        "deletion-covered",
        lambda got: 13 in list(got),
        en="Position 13 is deleted in this read: no base lies over it.",
        ko="이 리드에서는 위치 13이 결실되어 그 위에 염기가 없습니다.",
    ),
    hint(
        "deletion-not-stepped-over",
        [10, 11, 12, 13, 14],
        en="Behind a deletion the read goes on further right on the reference.",
        ko="결실 다음에는 참조의 더 오른쪽에서 리드가 이어집니다.",
    ),
]


def _sorted_ints(values):
    return sorted(int(value) for value in values)


expect(
    _sorted_ints(covered_positions(11, "2S3M1D2M")),
    "positions that POS 11, 2S3M1D2M lies over",
    "POS 11, 2S3M1D2M이 놓인 위치",
).equals([10, 11, 12, 14, 15], hints=_position_hints)
### BEGIN HIDDEN TESTS
expect(
    _sorted_ints(covered_positions(101, "3M2I2M4S")),
    "positions that POS 101, 3M2I2M4S lies over",
    "POS 101, 3M2I2M4S가 놓인 위치",
).equals(
    [100, 101, 102, 103, 104],
    hints=[
        hint(
            "insertion-shifts",
            [100, 101, 102, 105, 106],
            en="Inserted bases use up none of the reference: the read goes on at the very next position.",
            ko="삽입된 염기는 참조를 차지하지 않습니다. 리드는 바로 다음 위치에서 이어집니다.",
        )
    ],
)
for _pos, _cigar in ((1, "4H2=1X3N2M"), (500, "5S1M1D1M1I1M2D3M")):
    expect(
        _sorted_ints(covered_positions(_pos, _cigar)),
        f"positions that POS {_pos}, {_cigar} lies over",
        f"POS {_pos}, {_cigar}의 위치",
    ).equals(
        [p for block in genomics.aligned_blocks(_cigar, _pos - 1) for p in range(block.start, block.end)]
    )
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 3 · How an aligner finds the place
#
# Now a bacterium: the first 10,000 bases of *E. coli* K-12 (`chromosome`), and 300 reads of it (`reads`), of
# either strand. To compare each read with each position would take forever on a real genome. Aligners look
# up short exact words instead:
#
# 1. **index** the reference: for each word of $k$ letters, the list of positions where it begins;
# 2. **seed**: look up each word of the read. A word that begins at offset $i$ of the read and is found at
#    reference position $p$ *votes* that the read begins at $p - i$;
# 3. do the same for the **reverse complement** of the read: half of all reads come from the other strand;
# 4. the start and strand with the most votes win. (Aligners then compare base by base, with gaps, around
#    the winner; that gives the CIGAR, and how much better the winner is than the runner-up gives the
#    mapping quality.)
#
# A sequencing error spoils the $k$ words over it; a word that occurs in two places votes for both. Counting
# votes survives either. As SAM does, report the *leftmost* position on the forward strand.
#
# **Task 4.** Write `place_reads`. `genomics.reverse_complement` is at hand.

# %% [markdown] lang="ko"
# ## 3 · 정렬 프로그램은 자리를 어떻게 찾습니까
#
# 이제 세균입니다. *대장균* K-12의 첫 10,000염기(`chromosome`)와, 그 리드 300개(`reads`)가 있습니다. 리드는
# 두 가닥 모두에서 옵니다. 리드 하나하나를 모든 위치와 비교한다면 실제 유전체에서는 끝이 없을 것입니다.
# 그래서 정렬 프로그램은 짧은 단어를 정확히 찾아봅니다.
#
# 1. **색인**: 참조 서열에서 길이 $k$인 단어마다 그 단어가 시작하는 위치의 목록을 만듭니다.
# 2. **시드**: 리드의 단어를 하나씩 찾아봅니다. 리드의 $i$번째 자리에서 시작하는 단어가 참조 위치 $p$에서
#    발견되면, 리드가 $p - i$에서 시작한다는 쪽에 *한 표*를 줍니다.
# 3. 리드의 **역상보 서열**로도 똑같이 합니다. 리드의 절반은 반대편 가닥에서 오기 때문입니다.
# 4. 표를 가장 많이 얻은 시작 위치와 가닥이 이깁니다. (정렬 프로그램은 그다음 그 주변을 간격까지 고려하여
#    염기 단위로 비교합니다. 여기서 CIGAR가 나오고, 이긴 자리가 다음 자리보다 얼마나 나은지에서 매핑 품질이
#    나옵니다.)
#
# 시퀀싱 오류 하나는 그 위의 단어 $k$개를 망가뜨리고, 두 곳에 있는 단어는 두 곳 모두에 표를 줍니다. 표를 세면
# 두 경우 모두 견딜 수 있습니다. SAM과 같이 정방향 가닥에서 *가장 왼쪽* 위치를 답하십시오.
#
# **과제 4.** `place_reads` 함수를 작성하십시오. `genomics.reverse_complement`를 쓸 수 있습니다.


# %% task="place"
def place_reads(reads, reference, k=21):
    """Place reads on a reference by votes of exact words.

    reads      list of texts, each at least k letters
    reference  text
    k          length of a word

    Returns a list with, for each read, (start, strand): the 0-based leftmost position on the reference and
    "+" or "-"; None if no word of the read is in the reference.
    """
    ### BEGIN SOLUTION
    index = {}
    for position in range(len(reference) - k + 1):
        index.setdefault(reference[position : position + k], []).append(position)
    placed = []
    for read in reads:
        votes = {}
        for strand, text in (("+", read), ("-", genomics.reverse_complement(read))):
            for offset in range(len(text) - k + 1):
                for position in index.get(text[offset : offset + k], ()):
                    key = (position - offset, strand)
                    votes[key] = votes.get(key, 0) + 1
        placed.append(max(votes, key=votes.get) if votes else None)
    return placed
    ### END SOLUTION


# %% check="place.small" points=2
def _places(got):
    return [None if place is None else [int(place[0]), str(place[1])] for place in got]


_toy = "GGATCACAGTCTACACTGCTCACTCCAACCCCGGCCCCTGAG"
_reversed = genomics.reverse_complement(_toy[20:34])
expect(
    _places(place_reads([_toy[5:17], _reversed, "T" * 12], _toy, 6)),
    "places of a forward read, a reverse read and a stranger",
    "정방향 리드, 역방향 리드, 낯선 리드의 자리",
).equals(
    [[5, "+"], [20, "-"], None],
    hints=[
        hint(
            "other-strand-forgotten",
            lambda got: got[1] is None,
            en="The second read comes from the other strand: look up its reverse complement too.",
            ko="두 번째 리드는 반대편 가닥에서 왔습니다. 역상보 서열도 찾아보십시오.",
        ),
        hint(
            "seed-taken-for-start",
            lambda got: got[0] is not None and got[0][0] > 5,
            en="This is where a word was found. The read begins `offset` bases before it.",
            ko="이것은 단어가 발견된 위치입니다. 리드는 그보다 `offset`염기 앞에서 시작합니다.",
        ),
        hint(
            "right-end-of-reverse",
            lambda got: got[1] is not None and got[1][0] > 20,
            en="A reverse read is reported by its leftmost position on the forward strand as well.",
            ko="역방향 리드도 정방향 가닥에서 가장 왼쪽 위치로 답합니다.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
_word, _unique = "GATTACAG", "CCTGTCAACTTGGCAT"
_twice = _word + "TTTTCCCC" + _word + _unique
expect(
    _places(place_reads([_word + _unique], _twice, 8)),
    "place of a read whose first word occurs twice",
    "첫 단어가 두 곳에 있는 리드의 자리",
).equals(
    [[16, "+"]],
    hints=[
        hint(
            "first-seed-wins",
            lambda got: got[0] is not None and got[0][0] == 0,
            en="The first word that was found decided. It occurs twice; let all words of the read vote.",
            ko=(
                "처음 발견된 단어로 결정하셨습니다. 그 단어는 두 곳에 있습니다. 리드의 모든 단어가 "
                "투표하게 하십시오."
            ),
        )
    ],
)
_damaged = _toy[10:24] + "A" + _toy[25:40]
expect(
    _places(place_reads([_damaged, genomics.reverse_complement(_damaged)], _toy, 6)),
    "places of a read with an error, and of its reverse complement",
    "오류가 하나 있는 리드와 그 역상보 서열의 자리",
).equals([[10, "+"], [10, "-"]])
### END HIDDEN TESTS


# %% check="place.real" points=2
def _agreement(read, place):
    """Share of a read's letters that the chromosome has too where the read was placed."""
    if place is None:
        return 0.0
    start, strand = place
    text = read if strand == "+" else genomics.reverse_complement(read)
    return sum(a == b for a, b in zip(text, chromosome[max(start, 0) :], strict=False)) / len(text)


_long = [read for read in reads if len(read) >= 21 and set(read) <= set("ACGT")]
_got = _places(place_reads(_long, chromosome, 21))
expect(len(_got), "number of places", "자리의 수").equals(len(_long))
expect(
    float(np.mean([_agreement(read, place) > 0.8 for read, place in zip(_long, _got, strict=True)])),
    "share of the bacterium's reads that agree with the chromosome where you placed them",
    "세균 리드 가운데 여러분이 놓은 자리에서 염색체와 일치하는 것의 비율",
).between(0.9, 1)


### BEGIN HIDDEN TESTS
def _place(read, index, k):
    votes = {}
    for strand, text in (("+", read), ("-", genomics.reverse_complement(read))):
        for offset in range(len(text) - k + 1):
            for position in index.get(text[offset : offset + k], ()):
                votes[position - offset, strand] = votes.get((position - offset, strand), 0) + 1
    ranked = sorted(votes.items(), key=lambda item: -item[1])
    tied = len(ranked) > 1 and ranked[0][1] == ranked[1][1]
    return "tied" if tied else list(ranked[0][0]) if ranked else None


_index = {}
for _position in range(len(chromosome) - 20):
    _index.setdefault(chromosome[_position : _position + 21], []).append(_position)
_wanted = [_place(read, _index, 21) for read in _long]
_clear = [i for i, place in enumerate(_wanted) if place != "tied"]
expect([_got[i] for i in _clear], "places of the bacterium's reads", "세균 리드의 자리").equals(
    [_wanted[i] for i in _clear]
)
_other = _long[150:]
expect(
    _places(place_reads([genomics.reverse_complement(read) for read in _other], chromosome, 21))[:20],
    "places of reads that were turned around",
    "뒤집은 리드의 자리",
).equals(
    [
        None if place is None else [place[0], "+" if place[1] == "-" else "-"]
        for place in _places(place_reads(_other, chromosome, 21))[:20]
    ]
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# `genomics.align(reads, reference, output)` does all of it with **minimap2**, for pairs, gaps and clips, and
# writes a sorted, indexed BAM. If mappy (minimap2 for Python) is installed here, this cell lays your places
# beside minimap2's; nothing else in this notebook needs it.

# %% [markdown] lang="ko"
# `genomics.align(reads, reference, output)`는 이 모든 일을 쌍, 간격, 클립까지 고려하여 **minimap2**로
# 수행하고, 정렬하고 색인한 BAM을 만듭니다. mappy(파이썬용 minimap2)가 설치되어 있으면 아래 셀이 여러분의
# 결과를 minimap2의 결과와 나란히 비교합니다. 이 노트북의 다른 부분에는 필요하지 않습니다.


# %%
def compare_with_minimap2():
    mine = place_reads(reads, chromosome)
    if importlib.util.find_spec("mappy") is None:
        print(
            me.text(
                "mappy is not installed here (pip install 'biolabkit[align]'): nothing to compare with.",
                "mappy가 설치되어 있지 않아(pip install 'biolabkit[align]') 비교하지 않습니다.",
            )
        )
        return
    with tempfile.TemporaryDirectory(prefix="biolabkit-align-") as folder:
        fasta = Path(folder) / "reference.fa"
        fasta.write_text(f">chromosome\n{chromosome}\n")
        named = [(str(number), read, None) for number, read in enumerate(reads)]
        table = genomics.read_alignments(genomics.align(named, fasta, Path(folder) / "reads.bam"))
    table = table[table["flag"] & (FLAGS["unmapped"] | FLAGS["supplementary"]) == 0]
    same = 0
    for name, flag, start, cigar in table[["name", "flag", "start", "cigar"]].itertuples(index=False):
        operation, clipped = genomics.parse_cigar(cigar)[0]
        begin = start - (clipped if operation == "S" else 0)
        same += mine[int(name)] == (begin, "-" if flag & FLAGS["reverse"] else "+")
    print(
        me.text(
            f"minimap2 places {len(table)} of {len(reads)} reads; {same} of them lie where yours do.",
            f"minimap2는 리드 {len(reads)}개 가운데 {len(table)}개를 놓았고, "
            f"그중 {same}개가 여러분과 같은 자리입니다.",
        )
    )


lab.show(compare_with_minimap2)

# %% [markdown] lang="en"
# ## 4 · Depth: who counts as a witness
#
# The **depth** of a position is the number of reads with a base over it. Which reads? Two laboratories with
# other rules get other depths from one file, so the rules belong in every report. Ours are those of
# `samtools depth`:
#
# - leave out records that are `unmapped` (they may still bear their mate's position), `secondary` (the same
#   bases once more), `qc_fail` or `duplicate` (the same molecule once more);
# - `supplementary` records **count**: they are another piece of the read, over other bases;
# - clipped, inserted and deleted bases do not count (Task 3).
#
# **Task 5.** Write `depth_over`. `genomics.aligned_blocks(cigar, start)` gives the pieces that Task 3 was
# about, as `(start, end, query_start)`; here `start` is 0-based already.

# %% [markdown] lang="ko"
# ## 4 · 깊이: 누가 증인입니까
#
# 어떤 위치의 **깊이**는 그 위에 염기가 있는 리드의 수입니다. 어떤 리드입니까? 규칙이 다른 두 검사실은 같은
# 파일에서 다른 깊이를 얻습니다. 그래서 모든 보고서에는 규칙을 적어야 합니다. 여기서는 `samtools depth`의
# 규칙을 따릅니다.
#
# - `unmapped`(짝의 위치가 적혀 있을 수 있습니다), `secondary`(같은 염기가 한 번 더), `qc_fail`,
#   `duplicate`(같은 분자가 한 번 더)인 레코드는 세지 않습니다.
# - `supplementary` 레코드는 **셉니다**. 같은 리드의 다른 조각이며, 다른 염기 위에 놓이기 때문입니다.
# - 클립되거나 삽입되거나 결실된 염기는 세지 않습니다(과제 3).
#
# **과제 5.** `depth_over` 함수를 작성하십시오. `genomics.aligned_blocks(cigar, start)`는 과제 3에서 다룬
# 조각을 `(start, end, query_start)`로 돌려줍니다. 여기서 `start`는 이미 0부터 셉니다.


# %% task="depth"
def depth_over(records, start, end):
    """Depth of each position of a stretch.

    records     DataFrame: flag, start (0-based), cigar; all of one contig
    start, end  the stretch, 0-based and half-open

    Returns an array or list of end - start whole numbers.
    """
    ### BEGIN SOLUTION
    left_out = FLAGS["unmapped"] | FLAGS["secondary"] | FLAGS["qc_fail"] | FLAGS["duplicate"]
    depth = np.zeros(end - start, dtype=int)
    for flag, first, cigar in records[["flag", "start", "cigar"]].itertuples(index=False):
        if flag & left_out:
            continue
        for block in genomics.aligned_blocks(cigar, first):
            depth[max(block.start - start, 0) : max(block.end - start, 0)] += 1
    return depth
    ### END SOLUTION


# %% check="depth.rules" points=2
def _depths(*rows, start=0, end=10):
    table = pd.DataFrame(list(rows), columns=["flag", "start", "cigar"])
    return [int(n) for n in depth_over(table, start, end)]


expect(
    _depths((0, 2, "4M"), (16, 4, "1S3M1D2M")),
    "depth of two plain reads over positions 0 to 9",
    "위치 0부터 9까지 평범한 두 리드의 깊이",
).equals(
    [0, 0, 1, 1, 2, 2, 1, 0, 1, 1],
    hints=[
        hint(
            "soft-clip-counted",
            lambda got: list(got)[3] == 2 or sum(got) > 9,
            en="A clipped or deleted base was counted as if it lay over the reference.",
            ko="클립되거나 결실된 염기를 참조 위에 놓인 것처럼 세셨습니다.",
        ),
        hint(
            "depth-off-by-one",
            lambda got: list(got)[1] == 1 or list(got)[2] == 0,
            en="The reads lie one position off: `start` in this table is 0-based already.",
            ko="리드가 한 자리 어긋나 있습니다. 이 표의 `start`는 이미 0부터 셉니다.",
        ),
    ],
)
expect(
    _depths((0, 2, "4M"), (1024, 2, "4M"), (1024 + 16, 2, "4M")),
    "depth of a read and two duplicates of it",
    "리드 하나와 그 복사본 두 개의 깊이",
).equals(
    [0, 0, 1, 1, 1, 1, 0, 0, 0, 0],
    hints=[
        hint(
            "duplicates-counted",
            lambda got: max(got) >= 2,
            en="Copies of one molecule were counted as further witnesses.",
            ko="같은 분자의 복사본을 또 다른 증인으로 세셨습니다.",
        )
    ],
)
### BEGIN HIDDEN TESTS
expect(
    _depths((0, 2, "4M"), (256, 2, "4M"), (256 + 16, 3, "4M")),
    "depth of a read and two secondary alignments",
    "리드 하나와 이차 정렬 두 개의 깊이",
).equals(
    [0, 0, 1, 1, 1, 1, 0, 0, 0, 0],
    hints=[
        hint(
            "secondary-counted",
            lambda got: max(got) >= 2,
            en="A secondary alignment shows the same bases once more at another place: no new witness.",
            ko="이차 정렬은 같은 염기를 다른 자리에 한 번 더 보인 것입니다. 새로운 증인이 아닙니다.",
        )
    ],
)
expect(
    _depths((0, 0, "3M5S"), (2048, 5, "3H5M")),
    "depth of a read in two pieces",
    "두 조각으로 나뉜 리드의 깊이",
).equals(
    [1, 1, 1, 0, 0, 1, 1, 1, 1, 1],
    hints=[
        hint(
            "supplementary-left-out",
            [1, 1, 1, 0, 0, 0, 0, 0, 0, 0],
            en="The supplementary record is the other piece of the read, over other bases: it counts.",
            ko="보조 레코드는 같은 리드의 다른 조각으로, 다른 염기 위에 놓입니다. 세어야 합니다.",
        )
    ],
)
expect(
    _depths((4, 2, "4M"), (512, 2, "4M"), (99, 1, "2M"), (0, 3, "*")),
    "depth with an unmapped and a failed read",
    "정렬되지 않은 리드와 검사에 실패한 리드가 있을 때의 깊이",
).equals([0, 1, 1, 0, 0, 0, 0, 0, 0, 0])
expect(
    _depths((0, 90, "20M"), (0, 105, "20M"), (0, 120, "5M"), start=100, end=112),
    "depth of a stretch that reads reach into",
    "리드가 걸쳐 있는 구간의 깊이",
).equals([1] * 5 + [2] * 5 + [1] * 2)
### END HIDDEN TESTS

# %% check="depth.real" points=2
_columns = records[["flag", "start", "cigar"]]
_truth = genomics.read_depth(data.path("reads"), region)["depth"].to_numpy()
_everything = genomics.read_depth(data.path("reads"), region, exclude=["unmapped"])["depth"].to_numpy()
_got = np.asarray(depth_over(_columns, region[1], region[2]))
expect(len(_got), "number of positions", "위치의 수").equals(region[2] - region[1])
expect(_got, "depth of the sample over the stretch", "구간에서 표본의 깊이").close_to(
    _truth,
    hints=[
        hint(
            "nothing-left-out",
            lambda got: np.array_equal(got, _everything),
            en="Every record was counted: also the copies and the secondary alignments.",
            ko="모든 레코드를 세셨습니다. 복사본과 이차 정렬까지 들어 있습니다.",
        )
    ],
)
# The same records 5,000 positions further on: the depth has to come from the table, not from the file
_moved = np.asarray(
    depth_over(_columns.assign(start=_columns["start"] + 5_000), region[1] + 5_000, region[2] + 5_000)
)
expect(
    np.array_equal(_moved, _got),
    "whether the depth moves with the records, when all of them begin 5,000 positions further on",
    "모든 레코드를 5,000자리 뒤로 옮기면 깊이도 그대로 따라 옮겨지는지",
).equals(True)
### BEGIN HIDDEN TESTS
_from, _to = region[1] + 1_234, region[1] + 1_634
_part = np.asarray(depth_over(_columns, _from, _to))
expect(_part, "depth of the sample over a part of the stretch", "구간 일부에서 표본의 깊이").close_to(
    genomics.read_depth(data.path("reads"), (region[0], _from, _to))["depth"].to_numpy()
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# From here on the library counts: `genomics.read_depth` for positions, `genomics.coverage` for regions. Left:
# depth along the stretch. Right: how many positions have which depth (bars), beside what chance alone would
# give if reads fell evenly (dots, the Poisson distribution). Real data are always wider than chance: probes,
# GC content and repeats make reads fall unevenly.

# %% [markdown] lang="ko"
# 이제부터는 라이브러리가 셉니다. 위치별로는 `genomics.read_depth`, 영역별로는 `genomics.coverage`입니다.
# 왼쪽은 구간을 따라 그린 깊이입니다. 오른쪽은 각 깊이를 가진 위치의 비율(막대)과, 리드가 고르게 떨어질 때
# 우연만으로 기대되는 비율(점, 푸아송 분포)입니다. 실제 데이터는 언제나 우연보다 넓게 퍼집니다. 탐침, GC
# 함량, 반복 서열 때문에 리드가 고르지 않게 떨어지기 때문입니다.

# %%
_along = genomics.read_depth(data.path("reads"), region)
with style():
    _, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2), layout="constrained", width_ratios=[2, 1])
genomics.plot_coverage(_along, window=20, ax=left)
left.set_title(me.text("Depth along the stretch", "구간을 따라 본 깊이"))
left.set_xlabel(me.text("position", "위치"))
left.locator_params(axis="x", nbins=5)
left.set_ylabel(me.text("depth", "깊이"))
genomics.plot_depths(_along, ax=right)
right.set_title(me.text("Positions by depth", "깊이별 위치의 비율"))
right.set_xlabel(me.text("depth", "깊이"))
right.set_ylabel(me.text("fraction of positions", "위치의 비율"))
plt.show()

# %% [markdown] lang="en"
# ## 5 · One number is not enough
#
# The **mean depth** says how much was sequenced; the **breadth** at a threshold, which fraction of the
# positions is *at least* that deep, says where one can look. Laboratories promise, say, "at least 99 % of
# the target at 20x or more". Positions without a read belong to both: they are the point.
#
# **Task 6.** Write `summarise`.

# %% [markdown] lang="ko"
# ## 5 · 수 하나로는 부족합니다
#
# **평균 깊이**는 얼마나 많이 읽었는지를 말합니다. 어떤 기준에서의 **폭**은 깊이가 그 기준 *이상*인 위치의
# 비율로, 어디를 살펴볼 수 있는지를 말합니다. 검사실은 이를테면 "표적의 99 % 이상을 20배 이상으로 읽는다"고
# 약속합니다. 리드가 없는 위치도 두 값 모두에 들어갑니다. 바로 그 위치가 중요하기 때문입니다.
#
# **과제 6.** `summarise` 함수를 작성하십시오.


# %% task="summary"
def summarise(depth, threshold):
    """Mean depth and breadth of a stretch.

    depth      list or array: the depth of every position, 0 where there is no read
    threshold  int, such as 20

    Returns a dict: mean (float) and breadth (float from 0 to 1: positions of at least this depth).
    """
    ### BEGIN SOLUTION
    values = np.asarray(depth)
    return {"mean": float(values.mean()), "breadth": float((values >= threshold).mean())}
    ### END SOLUTION


# %% check="summary" points=2
_got = summarise([0, 0, 10, 20, 30], 20)
expect(_got["mean"], "mean depth of 0, 0, 10, 20, 30", "0, 0, 10, 20, 30의 평균 깊이").close_to(
    12.0,
    hints=[
        hint(
            "mean-of-covered-only",
            20.0,
            en="This is the mean of the covered positions. The two without a read belong to it as well.",
            ko="리드가 있는 위치만의 평균입니다. 리드가 없는 두 위치도 들어가야 합니다.",
        )
    ],
)
expect(_got["breadth"], "breadth at 20 of 0, 0, 10, 20, 30", "0, 0, 10, 20, 30의 20배 이상 폭").close_to(
    0.4,
    hints=[
        hint(
            "threshold-itself-left-out",
            0.2,
            en="A position of depth 20 is *at least* 20 deep.",
            ko="깊이가 20인 위치는 20 *이상*입니다.",
        ),
        hint(
            "breadth-of-covered-only",
            2 / 3,
            en="Divide by all positions, also those without a read.",
            ko="리드가 없는 위치까지 포함하여 모든 위치의 수로 나누십시오.",
        ),
        hint(
            "breadth-in-percent",
            lambda got: got > 1,
            en="Breadth is a fraction between 0 and 1 here.",
            ko="여기서 폭은 0과 1 사이의 비율입니다.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
_got = summarise(np.array([5, 7, 7, 0]), 7)
expect([_got["mean"], _got["breadth"]], "mean depth and breadth at 7", "평균 깊이와 7배 이상 폭").close_to(
    [4.75, 0.5]
)
_got = summarise([0] * 8, 1)
expect(
    [_got["mean"], _got["breadth"]],
    "mean depth and breadth without a read",
    "리드가 없을 때의 평균 깊이와 폭",
).close_to([0.0, 0.0])
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 6 · Your own sample
#
# Nobody else has this sample: a genome of 30,000 bases with ten genes, drawn from your seed, sequenced in
# pairs of 2 × 150 bases. Its duplicates are flagged. Its report will say "mean depth about 25", and it has a
# hole.
#
# **Task 7.** With the library, on `my_bam` and `my_genes` (the rules of section 4, the library's default):
#
# - `my_mean`: the mean depth of the whole genome (contig `"mine"`);
# - `my_duplicates`: the fraction of all records of `my_bam` that are flagged as duplicates;
# - `my_hole`: the name of the gene with the smallest breadth at 20;
# - `my_breadth`: the fraction of all gene bases, the ten genes together, that are at least 20 deep;
# - `my_uncovered`: the number of positions of the genome without a read;
# - `by_chance`: how many such positions you would expect if reads fell evenly. At mean depth $c$ a position
#   is missed with probability $e^{-c}$ (Lander and Waterman 1988);
# - `pairs_needed`: the number of read pairs (2 × 150 bases) to order for a panel of 2,000,000 bases, so that
#   its mean depth is 30 *by the rules of section 4*, if 60 % of the reads fall on the panel and 20 % of
#   those are duplicates. Round up.

# %% [markdown] lang="ko"
# ## 6 · 나만의 표본
#
# 이 표본은 여러분만의 것입니다. 여러분의 시드로 만든 30,000염기 유전체에 유전자가 열 개 있으며, 2 × 150염기
# 쌍으로 시퀀싱했습니다. 복사본에는 표시가 되어 있습니다. 보고서에는 "평균 깊이 약 25"라고 적히겠지만, 이
# 표본에는 구멍이 하나 있습니다.
#
# **과제 7.** 라이브러리로 `my_bam`과 `my_genes`에서 다음을 구하십시오(4절의 규칙, 곧 라이브러리의 기본값).
#
# - `my_mean`: 유전체 전체(컨티그 `"mine"`)의 평균 깊이
# - `my_duplicates`: `my_bam`의 모든 레코드 가운데 복사본으로 표시된 것의 비율
# - `my_hole`: 20배 이상 폭이 가장 작은 유전자의 이름
# - `my_breadth`: 유전자 열 개를 합친 모든 염기 가운데 깊이가 20 이상인 염기의 비율
# - `my_uncovered`: 유전체에서 리드가 하나도 없는 위치의 수
# - `by_chance`: 리드가 고르게 떨어진다면 기대되는 그러한 위치의 수. 평균 깊이가 $c$이면 한 위치를 놓칠 확률은
#   $e^{-c}$입니다(Lander와 Waterman 1988).
# - `pairs_needed`: 2,000,000염기 패널의 평균 깊이가 *4절의 규칙으로* 30이 되도록 주문할 리드 쌍(2 ×
#   150염기)의 수. 리드의 60 %가 패널에 놓이고 그중 20 %가 복사본입니다. 올림하십시오.

# %% setup
_my_folder = tempfile.TemporaryDirectory(prefix="biolabkit-mine-")
_my_rng = np.random.default_rng(me.seed)
_my_genome = simulate.genome(30_000, seed=_my_rng, name="mine", genes=10, codons=(150, 400))
my_genes = _my_genome.genes[["chrom", "start", "end", "gene"]]
_my_files = simulate.reads(
    simulate.haploid_sample(_my_genome, seed=_my_rng),
    _my_folder.name,
    seed=_my_rng,
    depth=float(_my_rng.uniform(25, 29)),
    duplicates=float(_my_rng.uniform(0.1, 0.2)),
)
_lost = my_genes.iloc[int(_my_rng.integers(len(my_genes)))]


def _sequenced(read):
    """Whether a fragment was fished out; those over the middle of one gene were not."""
    first = min(read.reference_start, read.next_reference_start)
    return first + abs(read.template_length) <= _lost["start"] + 60 or first >= _lost["end"] - 60


my_bam = Path(_my_folder.name) / "mine.bam"
with (
    pysam.AlignmentFile(str(_my_files["reads"])) as _all,
    pysam.AlignmentFile(str(my_bam), "wb", template=_all) as _kept,
):
    for _read in _all:
        if _sequenced(_read):
            _kept.write(_read)
pysam.index(str(my_bam))
my_genes

# %% task="mine"
my_mean = None
my_duplicates = None
my_hole = None
my_breadth = None
my_uncovered = None
by_chance = None
pairs_needed = None
### BEGIN SOLUTION
my_depth = genomics.read_depth(my_bam, "mine")
my_mean = my_depth["depth"].mean()

my_records = genomics.read_alignments(my_bam)
my_duplicates = (my_records["flag"] & FLAGS["duplicate"] > 0).mean()

by_gene = genomics.coverage(my_bam, my_genes, thresholds=[20])
my_hole = by_gene.loc[by_gene["breadth_20"].idxmin(), "gene"]
lengths = by_gene["end"] - by_gene["start"]
my_breadth = (by_gene["breadth_20"] * lengths).sum() / lengths.sum()

my_uncovered = (my_depth["depth"] == 0).sum()
by_chance = len(my_depth) * math.exp(-my_mean)
pairs_needed = math.ceil(30 * 2_000_000 / (2 * 150 * 0.6 * (1 - 0.2)))
### END SOLUTION


# %% check="mine.numbers" points=3
if my_mean is None or my_duplicates is None or my_breadth is None:
    raise NotImplementedError
_in_percent = hint(
    "own-fraction-in-percent",
    lambda got: got > 1,
    en="This is a percentage. The task asks for a fraction between 0 and 1.",
    ko="이것은 백분율입니다. 과제는 0과 1 사이의 비율을 묻습니다.",
)
expect(my_mean, "mean depth of your sample", "여러분 표본의 평균 깊이").between(1, 100)
expect(my_duplicates, "fraction of duplicates among your records", "레코드 가운데 복사본의 비율").between(
    0, 1, hints=[_in_percent]
)
expect(my_breadth, "fraction of gene bases at least 20 deep", "깊이가 20 이상인 유전자 염기의 비율").between(
    0, 1, hints=[_in_percent]
)
### BEGIN HIDDEN TESTS
_depth = genomics.read_depth(my_bam, "mine")["depth"].to_numpy()
_records = genomics.read_alignments(my_bam)
_by_gene = genomics.coverage(my_bam, my_genes, thresholds=[20])
_lengths = (_by_gene["end"] - _by_gene["start"]).to_numpy()
expect(my_mean, "mean depth of your sample", "여러분 표본의 평균 깊이").close_to(
    _depth.mean(),
    rel=1e-4,
    hints=[
        hint(
            "own-duplicates-counted",
            lambda got: abs(got - genomics.read_depth(my_bam, "mine", exclude=[])["depth"].mean()) < 1e-3,
            en="The copies of one molecule were counted as further witnesses.",
            ko="같은 분자의 복사본을 또 다른 증인으로 세셨습니다.",
        ),
        hint(
            "own-hole-left-out",
            lambda got: abs(got - _depth[_depth > 0].mean()) < 1e-3,
            en="This is the mean of the covered positions only. The hole belongs to it.",
            ko="리드가 있는 위치만의 평균입니다. 구멍도 들어가야 합니다.",
        ),
    ],
)
expect(my_duplicates, "fraction of duplicates among your records", "레코드 가운데 복사본의 비율").close_to(
    (_records["flag"] & 0x400 > 0).mean(),
    rel=1e-4,
    hints=[
        hint(
            "duplicates-per-original",
            lambda got: (
                abs(got - (_records["flag"] & 0x400 > 0).sum() / (_records["flag"] & 0x400 == 0).sum()) < 1e-4
            ),
            en="This is copies per original. Divide by all records.",
            ko="원본 수로 나눈 값입니다. 모든 레코드의 수로 나누십시오.",
        )
    ],
)
expect(my_breadth, "fraction of gene bases at least 20 deep", "깊이가 20 이상인 유전자 염기의 비율").close_to(
    float((_by_gene["breadth_20"] * _lengths).sum() / _lengths.sum()),
    rel=1e-4,
    hints=[
        hint(
            "genes-weighted-alike",
            lambda got: abs(got - _by_gene["breadth_20"].mean()) < 1e-6,
            en="This is the mean over genes, whatever their length. The question is about bases.",
            ko="길이와 상관없이 유전자별 값을 평균하셨습니다. 질문은 염기에 대한 것입니다.",
        ),
        hint(
            "breadth-of-genome",
            lambda got: abs(got - (_depth >= 20).mean()) < 1e-6,
            en="This is the breadth of the whole genome. The question is about the bases of genes.",
            ko="유전체 전체의 폭입니다. 질문은 유전자 안의 염기에 대한 것입니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% check="mine.reading" points=3
if my_hole is None or my_uncovered is None or by_chance is None or pairs_needed is None:
    raise NotImplementedError
expect(str(my_hole), "gene with the hole", "구멍이 있는 유전자").one_of(list(my_genes["gene"]))
expect(float(pairs_needed), "read pairs to order", "주문할 리드 쌍의 수").between(10_000, 10_000_000)
### BEGIN HIDDEN TESTS
_by_gene = genomics.coverage(my_bam, my_genes, thresholds=[20])
_depth = genomics.read_depth(my_bam, "mine")["depth"].to_numpy()
expect(str(my_hole), "gene with the smallest breadth at 20", "20배 이상 폭이 가장 작은 유전자").equals(
    str(_by_gene.loc[_by_gene["breadth_20"].idxmin(), "gene"])
)
expect(my_uncovered, "positions of your sample without a read", "리드가 하나도 없는 위치의 수").close_to(
    int((_depth == 0).sum())
)
expect(
    float(by_chance), "uncovered positions that chance would give", "우연히 생길 것으로 기대되는 빈 위치의 수"
).close_to(
    len(_depth) * math.exp(-_depth.mean()),
    rel=0.01,
    hints=[
        hint(
            "probability-for-number",
            lambda got: abs(got / math.exp(-_depth.mean()) - 1) < 0.01,
            en="This is the probability for one position. How many positions has the genome?",
            ko="이것은 위치 하나에 대한 확률입니다. 유전체에는 위치가 몇 개 있습니까?",
        )
    ],
)
expect(round(float(pairs_needed)), "read pairs to order", "주문할 리드 쌍의 수").equals(
    416_667,
    hints=[
        hint(
            "reads-for-pairs",
            lambda got: got in (833_333, 833_334),
            en="A pair brings 2 × 150 bases.",
            ko="한 쌍이 2 × 150염기를 가져옵니다.",
        ),
        hint(
            "losses-forgotten",
            lambda got: got in (200_000, 250_000, 333_333, 333_334),
            en="Reads off the panel and duplicates are paid for and do not count. Are both losses in it?",
            ko=("패널 밖에 놓인 리드와 복사본은 값을 치르지만 세지 않습니다. 두 손실이 모두 들어 있습니까?"),
        ),
        hint(
            "losses-added",
            lambda got: got in (1_000_000, 360_000),
            en="One loss comes after the other: of the 60 % on the panel, 80 % are no duplicates.",
            ko="손실은 차례로 일어납니다. 패널에 놓인 60 % 가운데 80 %가 복사본이 아닙니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Your genome, and in red the genes. The mean does not show the hole; the picture and the table by gene do.
# You expect far less than one uncovered position by chance, so this one has a cause: a deletion in the DNA,
# or, as for the woman of the introduction, DNA that was never fished out. The alignment alone cannot tell
# which.

# %% [markdown] lang="ko"
# 여러분의 유전체이며, 유전자는 빨간색으로 표시했습니다. 평균에는 구멍이 보이지 않지만 그림과 유전자별 표에는
# 보입니다. 우연이라면 빈 위치가 하나도 없을 것으로 기대되므로, 이 구멍에는 원인이 있습니다. DNA가
# 결실되었거나, 맨 앞의 여성처럼 DNA를 건져 내지 못한 것입니다. 어느 쪽인지는 정렬만으로 알 수 없습니다.


# %%
def show_mine():
    depth = genomics.read_depth(my_bam, "mine")
    with style():
        _, axes = plt.subplots(figsize=(9, 3), layout="constrained")
    genomics.plot_coverage(depth, window=100, ax=axes)
    for start, end in my_genes[["start", "end"]].itertuples(index=False):
        axes.plot([start, end], [-1.5, -1.5], color="#c53030", linewidth=4, solid_capstyle="butt")
    axes.set_ylim(-3, None)
    axes.set_title(
        me.text(f"Mean depth {my_mean:.1f}, hole in {my_hole}", f"평균 깊이 {my_mean:.1f}, 구멍은 {my_hole}")
    )
    axes.set_xlabel(me.text("position", "위치"))
    axes.set_ylabel(me.text("depth", "깊이"))
    plt.show()


if my_mean is not None and my_hole is not None:
    lab.show(show_mine)

# %% [markdown] lang="en"
# ## 7 · What the letter should have said
#
# The laboratory of the introduction wrote: *"BRCA1 and BRCA2 sequenced, mean depth 118. No pathogenic variant
# found."*
#
# **Task 8.** Write to the laboratory's director in five to eight sentences: why this statement is not enough,
# which figures on coverage the report must have (at least three, with the rules behind them), and what should
# happen with the exon that was not covered before the letter leaves the house. (Graded by hand.)

# %% [markdown] lang="ko"
# ## 7 · 결과지에 적었어야 할 것
#
# 맨 앞에 나온 검사실은 이렇게 적었습니다. *"BRCA1과 BRCA2를 시퀀싱하였습니다. 평균 깊이 118. 병원성 변이가
# 발견되지 않았습니다."*
#
# **과제 8.** 검사실장에게 다섯 문장에서 여덟 문장으로 편지를 쓰십시오. 이 문장이 왜 충분하지 않은지, 결과지에
# 커버리지에 관한 어떤 수치가 들어가야 하는지(그 수치의 규칙과 함께 세 가지 이상), 그리고 결과지를 보내기 전에
# 읽히지 않은 엑손을 어떻게 해야 하는지 적으십시오. (사람이 채점합니다.)

# %% [markdown] essay="the_letter" points=3
# **Mark scheme**
#
# 1 point — why it is not enough: a mean hides holes (a few very deep exons make up for one that is missing);
# "not found" is no statement about bases that were not read; 118 may include duplicates, off-target or badly
# mapped reads, as the rule is not stated.
#
# 1 point — at least three figures, with rules: breadth at the depth that the laboratory validated for
# calling (for example, percent of the target at 20x or 30x and more); a list of exons or positions below it,
# by name; what was counted (duplicates, secondary alignments, mapping and base quality); the fraction of
# duplicates and on-target; the minimum by exon rather than the mean.
#
# 1 point — what to do: cover the exon by another method (Sanger, other probes) or sequence again; look
# whether it is a deletion (depth compared with other samples, MLPA), which could be the answer itself; if it
# stays uncovered, say in the report that this exon was not tested.
#
# **채점 기준**
#
# 1점 — 충분하지 않은 이유: 평균은 구멍을 감춥니다(아주 깊은 엑손 몇 개가 빠진 엑손 하나를 메웁니다). 읽지
# 않은 염기에 대하여 "발견되지 않았다"고 말할 수 없습니다. 규칙이 적혀 있지 않으므로 118에 복사본, 표적 밖의
# 리드, 잘못 놓인 리드가 들어 있을 수 있습니다.
#
# 1점 — 규칙이 있는 수치 세 가지 이상: 변이 판정에 대하여 검증한 깊이에서의 폭(예: 20배 또는 30배 이상인
# 표적의 비율), 그에 미치지 못하는 엑손이나 위치의 목록, 무엇을 세었는지(복사본, 이차 정렬, 매핑 품질과 염기
# 품질), 복사본 비율과 표적 비율, 평균이 아닌 엑손별 최솟값.
#
# 1점 — 할 일: 다른 방법(생어 시퀀싱, 다른 탐침)으로 그 엑손을 읽거나 다시 시퀀싱합니다. 결실이 아닌지
# 확인합니다(다른 표본과 깊이 비교, MLPA). 결실 자체가 답일 수 있습니다. 끝내 읽지 못하면 그 엑손은 검사하지
# 못했다고 결과지에 적습니다.

# %% [markdown] lang="en"
# ## What to read next
#
# - The SAM/BAM format specification, sections 1.4 and 1.5 (samtools.github.io/hts-specs): everything about
#   FLAG and CIGAR, in ten pages.
# - H. Li (2018), *Minimap2: pairwise alignment for nucleotide sequences*, Bioinformatics 34:3094: seeds,
#   chains and what comes after the vote.
# - E. Lander, M. Waterman (1988), *Genomic mapping by fingerprinting random clones*, Genomics 2:231: what
#   chance leaves uncovered.
# - D. Sims et al. (2014), *Sequencing depth and coverage: key considerations in genomic analyses*, Nature
#   Reviews Genetics 15:121.
#
# In the library: `genomics.align`, `genomics.mark_duplicates`, `genomics.coverage` with a BED file from
# `genomics.read_bed`, and the next exercise, which calls variants in what you have covered.

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - SAM/BAM 형식 명세 1.4절과 1.5절(samtools.github.io/hts-specs). FLAG와 CIGAR의 모든 것이 열 쪽에 담겨
#   있습니다.
# - H. Li (2018), *Minimap2: pairwise alignment for nucleotide sequences*, Bioinformatics 34:3094. 시드와
#   사슬, 그리고 투표 다음에 일어나는 일을 설명합니다.
# - E. Lander, M. Waterman (1988), *Genomic mapping by fingerprinting random clones*, Genomics 2:231. 우연히
#   빈 채로 남는 것을 설명합니다.
# - D. Sims 등 (2014), *Sequencing depth and coverage: key considerations in genomic analyses*, Nature
#   Reviews Genetics 15:121.
#
# 라이브러리에서는 `genomics.align`, `genomics.mark_duplicates`, `genomics.read_bed`로 읽은 BED를 쓰는
# `genomics.coverage`를 살펴보십시오. 다음 실습에서는 읽은 곳에서 변이를 판정합니다.
