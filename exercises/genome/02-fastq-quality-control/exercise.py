# %% [markdown] lang="en"
# # FASTQ quality control
#
# **Why this matters.** A hospital sequences RNA from a patient's cells. Many fragments are shorter than the
# reads, so the sequencer reads on into the adapter, a piece of synthetic DNA. Nobody looks. Weeks later the
# report lists a "mutation" at the same place in every sample, an assembly joins viruses that have nothing in
# common, and a vaccine company searches its cell line for a contamination that was never there. Ten minutes
# with the raw files would have told. Quality control comes first because nothing that follows can repair
# what it misses.
#
# **What you will be able to do**
#
# 1. decode base qualities, and say what they mean in errors,
# 2. average qualities without fooling yourself,
# 3. draw the quality of a run by cycle,
# 4. trim a bad end with the algorithm that everybody uses,
# 5. find an adapter, whole or in part, with errors in it,
# 6. filter pairs and keep the mates in step,
# 7. measure what trimming gains and costs, where the truth is known.
#
# You need lists, loops and functions in Python. Each core is yours; the library's version follows.

# %% [markdown] lang="ko"
# # FASTQ 품질 관리
#
# **왜 중요합니까?** 어느 병원이 환자 세포의 RNA를 시퀀싱합니다. 많은 조각이 리드보다 짧아서, 시퀀서는
# 조각이 끝난 뒤 어댑터(합성한 짧은 DNA)까지 이어서 읽습니다. 아무도 확인하지 않습니다. 몇 주 뒤 보고서에는
# 모든 검체의 같은 자리에 "변이"가 나타나고, 서로 관계없는 바이러스가 하나로 조립되며, 백신 기업은 있지도
# 않은 오염을 찾아 세포주를 뒤집니다. 원본 파일을 십 분만 살펴보았다면 알 수 있었던 일입니다. 품질 관리가 맨
# 앞에 오는 것은, 여기서 놓친 것을 뒤의 어떤 단계도 고칠 수 없기 때문입니다.
#
# **이 실습을 마치면 할 수 있는 일**
#
# 1. 염기 품질값을 해독하고, 그것이 오류로는 얼마인지 말합니다.
# 2. 품질값을 올바르게 평균합니다.
# 3. 시퀀싱 결과의 품질을 사이클별로 그립니다.
# 4. 널리 쓰이는 알고리즘으로 나쁜 끝을 잘라 냅니다.
# 5. 일부만 있거나 오류가 섞인 어댑터를 찾습니다.
# 6. 짝이 어긋나지 않게 리드 쌍을 거릅니다.
# 7. 정답을 아는 자료에서, 다듬기(트리밍)로 얻는 것과 잃는 것을 잽니다.
#
# 파이썬의 리스트, 반복문, 함수를 알면 됩니다. 핵심은 직접 작성하고, 그다음 라이브러리의 같은 기능을
# 사용합니다.

# %% setup
import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from biolabkit import datasets, genomics, simulate
from biolabkit.check import expect, hint, lab
from biolabkit.plot import style

me = lab.start("genome-02-fastq-quality-control")

ADAPTER = "AGATCGGAAGAGC"
TEACHING_ADAPTER = "GCCTAACTTCTTAGACTGCCTTAAGGACGT"


def simulated_run(folder):
    """Pairs with adapters, for a room without network."""
    virus = simulate.haploid_sample(simulate.genome(15_000, seed=2026, name="sim"), seed=2027)
    return simulate.read_pairs(
        virus, seed=2028, depth=10, read_length=101, fragment=(170.0, 60.0), adapters=simulate.TRUSEQ
    ).write_fastq(folder)


def simulated_reads(folder):
    """100 reads that say in their names where their adapter begins."""
    virus = simulate.haploid_sample(simulate.genome(5_000, seed=2029, name="sim"), seed=2030)
    pairs = simulate.read_pairs(
        virus,
        seed=2031,
        depth=4.04,
        read_length=101,
        fragment=(101.0, 60.0),
        adapters=(TEACHING_ADAPTER,) * 2,
    )
    reads = genomics.read_fastq(pairs.write_fastq(folder)["reads_1"])
    names = [
        name.split()[0] + (f" adapter start: {size}" if size < 101 else "")
        for name, size in zip(reads.names, pairs.size, strict=True)
    ]
    named = genomics.Reads(np.array(names, dtype=object), reads.bases, reads.qualities, reads.lengths)
    return {"reads": genomics.write_fastq(named, folder / "reads.fastq.gz")}


run = datasets.fetch("measles-rnaseq-fastq-with-adapters", fallback=simulated_run)
first, second = genomics.read_fastq_pair(run.path("reads_1"), run.path("reads_2"))
teaching = genomics.read_fastq(
    datasets.fetch("cutadapt-illumina-adapter-fastq", fallback=simulated_reads).path("reads")
)
run

# %% [markdown] lang="en"
# ## 1 · Four lines a read
#
# You have 1,499 pairs of reads, two times 101 bases, from human cells infected with **measles virus**.
# (Without a network, a simulated run stands in; the line above says which you have.) A FASTQ file holds four
# lines for each read: a name, the bases, a plus sign, and one character of quality for every base.
#
# ```
# @HISEQ:426:C5T65ACXX:5:2301:5633:7203 1:N:0:GTGAAA
# TTGCTTAATTCTATACTCATCCTC...
# +
# CCCFFFFFHHHHHJJJIIHIHIJJ...
# ```
#
# A character stands for a number: its ASCII code less an **offset**. Since 2011 the offset is 33, so `"I"`,
# code 73, is 40. Older Illumina files used 64; archives still hold them. The number is a **Phred score**,
#
# $$Q = -10 \log_{10} e \qquad\text{so}\qquad e = 10^{-Q/10}$$
#
# where $e$ is the probability that the base is wrong: $Q = 20$ is one error in 100, $Q = 30$ one in 1000.
#
# **Task 1.** Write `phred_scores` and `error_probability`. (`ord` gives a character's code.)

# %% [markdown] lang="ko"
# ## 1 · 리드 하나에 네 줄
#
# 여러분에게는 **홍역 바이러스**에 감염된 사람 세포에서 얻은 리드 쌍 1,499개가 있습니다. 각 리드는
# 101염기입니다. (네트워크가 없으면 모의 자료가 대신합니다. 어느 쪽을 쓰고 있는지는 위의 줄에 나와
# 있습니다.) FASTQ 파일은 리드마다 네 줄로 되어 있습니다. 이름, 염기, 더하기 기호, 그리고 염기마다 한
# 글자씩인 품질입니다.
#
# ```
# @HISEQ:426:C5T65ACXX:5:2301:5633:7203 1:N:0:GTGAAA
# TTGCTTAATTCTATACTCATCCTC...
# +
# CCCFFFFFHHHHHJJJIIHIHIJJ...
# ```
#
# 글자는 수를 나타냅니다. ASCII 코드에서 **오프셋**을 뺀 값입니다. 2011년부터 오프셋은 33이므로 코드가 73인
# `"I"`는 40입니다. 그 전의 Illumina 파일은 64를 썼으며 보관소에 아직 남아 있습니다. 이 수가 **Phred
# 점수**입니다.
#
# $$Q = -10 \log_{10} e \qquad\text{따라서}\qquad e = 10^{-Q/10}$$
#
# 여기서 $e$는 그 염기가 틀렸을 확률입니다. $Q = 20$이면 100번에 한 번, $Q = 30$이면 1000번에 한 번 틀립니다.
#
# **과제 1.** `phred_scores`와 `error_probability` 함수를 작성하십시오. (`ord`가 글자의 코드를 알려 줍니다.)


# %% task="decode"
def phred_scores(quality, offset=33):
    """Phred scores of a FASTQ quality line.

    quality  text, one character per base
    offset   33, or 64 for files from before 2011

    Returns a list of ints.
    """
    ### BEGIN SOLUTION
    return [ord(character) - offset for character in quality]
    ### END SOLUTION


def error_probability(score):
    """Probability that a base of this Phred score is wrong.

    Returns a float.
    """
    ### BEGIN SOLUTION
    return 10 ** (-score / 10)
    ### END SOLUTION


# %% check="decode" points=2
expect(list(phred_scores("I5#!")), "Phred scores of I5#!", "I5#!의 Phred 점수").equals(
    [40, 20, 2, 0],
    hints=[
        hint(
            "phred-64",
            [9, -11, -29, -31],
            en="Negative scores do not exist. This file is newer than 2011: which offset does it have?",
            ko="음수 점수는 없습니다. 2011년 이후의 파일입니다. 오프셋이 얼마입니까?",
        ),
        hint(
            "offset-forgotten",
            [73, 53, 35, 33],
            en="These are the ASCII codes. A score is the code less the offset.",
            ko="이것은 ASCII 코드입니다. 점수는 코드에서 오프셋을 뺀 값입니다.",
        ),
    ],
)
expect(
    list(phred_scores("hTB", 64)), "Phred scores of hTB with offset 64", "오프셋이 64일 때 hTB의 점수"
).equals(
    [40, 20, 2],
    hints=[
        hint(
            "offset-ignored",
            [71, 51, 33],
            en="An old file has the offset 64, and it was given. Does the function use it?",
            ko="오래된 파일이라 오프셋 64를 주었습니다. 함수가 그 값을 사용합니까?",
        )
    ],
)
expect(error_probability(20), "probability of an error at Phred 20", "Phred 20의 오류 확률").close_to(
    0.01,
    hints=[
        hint(
            "phred-as-percent",
            lambda got: any(math.isclose(got, wrong) for wrong in (0.2, 0.8, 20, 80)),
            en=(
                "Phred 20 is not 20 percent. The scale is logarithmic: every 10 points divide the error "
                "by ten."
            ),
            ko="Phred 20은 20퍼센트가 아닙니다. 로그 눈금이므로 10점마다 오류 확률이 10분의 1이 됩니다.",
        ),
        hint(
            "phred-natural-exp",
            math.exp(-2),
            en="The error of a Phred quality is a power of 10, not of Euler's number.",
            ko="Phred 품질의 오류 확률은 자연상수가 아니라 10의 거듭제곱입니다.",
        ),
        hint(
            "right-for-wrong",
            0.99,
            en="This is the probability that the base is right. The error is what remains.",
            ko="이것은 염기가 맞을 확률입니다. 오류 확률은 그 나머지입니다.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
expect(list(phred_scores("")), "Phred scores of an empty line", "빈 줄의 Phred 점수").equals([])
expect(list(phred_scores("JF:,")), "Phred scores of JF:,", "JF:,의 Phred 점수").equals([41, 37, 25, 11])
expect(error_probability(0), "probability of an error at Phred 0", "Phred 0의 오류 확률").close_to(1.0)
expect(error_probability(37), "probability of an error at Phred 37", "Phred 37의 오류 확률").close_to(
    10**-3.7
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 2 · Averages that lie
#
# A read has ten bases of Q40 and ten of Q10. Is it a read of Q25? The ten bad bases alone bring one
# expected error, the ten good ones a thousandth. **Errors add up; scores do not.** So
#
# - the **expected number of errors** of a read is the sum of its error probabilities,
# - its **mean quality** is the Phred score of the *mean error probability*.
#
# Many programs average scores all the same, and call a read Q25 that errs like Q13.
#
# **Task 2.** Write `expected_errors` and `mean_quality`.

# %% [markdown] lang="ko"
# ## 2 · 거짓말하는 평균
#
# 어떤 리드에 Q40인 염기가 열 개, Q10인 염기가 열 개 있습니다. 이 리드는 Q25입니까? 나쁜 염기 열 개만으로
# 오류가 하나 기대되고, 좋은 염기 열 개에서는 천분의 일입니다. **더할 수 있는 것은 오류이지 점수가
# 아닙니다.** 따라서
#
# - 리드의 **기대 오류 수**는 오류 확률의 합이고,
# - **평균 품질**은 *오류 확률의 평균*을 Phred 점수로 나타낸 것입니다.
#
# 그런데도 많은 프로그램이 점수를 그대로 평균하여, Q13만큼 틀리는 리드를 Q25라고 부릅니다.
#
# **과제 2.** `expected_errors`와 `mean_quality` 함수를 작성하십시오.


# %% task="average"
def expected_errors(scores):
    """Expected number of wrong bases in a read.

    scores  Phred scores, one per base

    Returns a float; 0 for a read without bases.
    """
    ### BEGIN SOLUTION
    return float(sum(10 ** (-score / 10) for score in scores))
    ### END SOLUTION


def mean_quality(scores):
    """Phred score of the mean error probability of a read (of at least one base).

    Returns a float.
    """
    ### BEGIN SOLUTION
    return -10 * math.log10(sum(10 ** (-score / 10) for score in scores) / len(scores))
    ### END SOLUTION


# %% check="average" points=2
_mixed = [40] * 10 + [10] * 10
_averaged = hint(
    "scores-averaged",
    lambda got: math.isclose(float(np.ravel(got)[0]), 25.0),
    en="The mean of the scores hides the bad bases. Average the error probabilities, then go back to Phred.",
    ko="점수의 평균은 나쁜 염기를 감춥니다. 오류 확률을 평균한 다음 Phred로 되돌리십시오.",
)
expect(
    expected_errors(_mixed), "errors expected in ten Q40 and ten Q10", "Q40 열 개와 Q10 열 개의 기대 오류 수"
).close_to(
    1.001,
    hints=[
        hint(
            "errors-averaged",
            1.001 / 20,
            en="This is the error of one base on average. How many errors are expected in the whole read?",
            ko="이것은 염기 하나의 평균 오류입니다. 리드 전체에서는 오류가 몇 개 기대됩니까?",
        ),
        hint(
            "errors-of-the-mean-score",
            20 * 10**-2.5,
            en="This is the error of the mean score. Turn each score into its probability first, then add.",
            ko="점수의 평균으로 오류를 구하셨습니다. 먼저 점수마다 확률로 바꾸고 그다음 더하십시오.",
        ),
    ],
)
expect(
    mean_quality(_mixed), "mean quality of ten Q40 and ten Q10", "Q40 열 개와 Q10 열 개의 평균 품질"
).close_to(-10 * math.log10(1.001 / 20), hints=[_averaged])
_read = first.quality(0).tolist()
expect(
    mean_quality(_read + _read),
    "mean quality of the run's first read, written twice in a row: that of the read itself",
    "첫 리드를 두 번 이어 쓴 것의 평균 품질: 리드 자체의 평균 품질",
).close_to(mean_quality(_read))
### BEGIN HIDDEN TESTS
expect(mean_quality(_read), "mean quality of the run's first read", "첫 리드의 평균 품질").close_to(
    genomics.mean_quality(_read)
)
expect(expected_errors([]), "errors expected in an empty read", "빈 리드의 기대 오류 수").close_to(0.0)
expect(mean_quality([2]), "mean quality of one bad base", "나쁜 염기 하나의 평균 품질").close_to(2.0)
_read = second.quality(len(second) - 1).tolist()
expect(
    expected_errors(_read), "errors expected in the last second mate", "마지막 둘째 리드의 기대 오류 수"
).close_to(sum(10 ** (-q / 10) for q in _read))
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 3 · Where the run goes bad
#
# A sequencer reads one base of all fragments in each **cycle**. Chemistry tires, so quality falls from cycle
# to cycle; a sudden dip points at a bubble, a bad tile, a camera. That is why the first figure of every
# report shows quality **by cycle**, over all reads that still have a base there.
#
# **Task 3.** Write `cycle_quality`. Reads may differ in length: a read that has ended says nothing about
# later cycles, and does not count as quality 0.

# %% [markdown] lang="ko"
# ## 3 · 어디서부터 나빠집니까?
#
# 시퀀서는 한 **사이클**마다 모든 조각의 염기를 하나씩 읽습니다. 화학 반응이 지치면서 품질은 사이클이 갈수록
# 떨어집니다. 갑자기 꺼진 곳이 있으면 기포, 불량 타일, 카메라를 의심합니다. 그래서 모든 보고서의 첫 그림은
# **사이클별** 품질이며, 그 사이클에 아직 염기가 있는 리드만 셉니다.
#
# **과제 3.** `cycle_quality` 함수를 작성하십시오. 리드의 길이는 서로 다를 수 있습니다. 이미 끝난 리드는 뒤
# 사이클에 대해 아무것도 말하지 않으며, 품질 0으로 세지 않습니다.


# %% task="cycles"
def cycle_quality(reads):
    """Mean quality in each cycle: the Phred score of the mean error probability.

    reads  list of reads; each is a list of Phred scores, and lengths may differ

    Returns a list of floats, as long as the longest read.
    """
    ### BEGIN SOLUTION
    result = []
    for cycle in range(max(len(scores) for scores in reads)):
        errors = [10 ** (-scores[cycle] / 10) for scores in reads if len(scores) > cycle]
        result.append(-10 * math.log10(sum(errors) / len(errors)))
    return result
    ### END SOLUTION


# %% check="cycles" points=3
_three = [[40, 40, 30], [10, 40], [40]]
_wanted = [-10 * math.log10((0.1 + 2e-4) / 3), 40.0, 30.0]
expect(
    [float(q) for q in cycle_quality(_three)], "quality by cycle of three reads", "세 리드의 사이클별 품질"
).close_to(
    _wanted,
    hints=[
        hint(
            "cycle-scores-averaged",
            lambda got: math.isclose(got[0], 30),
            en="In the first cycle one read in three errs in one of ten. Average probabilities, not scores.",
            ko="첫 사이클에서는 셋 중 한 리드가 열 번에 한 번 틀립니다. 점수가 아니라 확률을 평균하십시오.",
        ),
        hint(
            "short-reads-counted",
            lambda got: len(got) == 3 and got[2] < 29,
            en="Two reads have ended before the third cycle. Do they still count there?",
            ko="세 번째 사이클 전에 두 리드가 끝났습니다. 거기서도 세고 있지 않습니까?",
        ),
        hint(
            "short-reads-help",
            lambda got: len(got) == 3 and got[2] > 31,
            en="The sum was divided by all reads. Divide by those that reach the cycle.",
            ko="합을 전체 리드 수로 나누셨습니다. 그 사이클에 이른 리드의 수로 나누십시오.",
        ),
        hint(
            "cut-to-the-shortest",
            lambda got: len(got) < 3,
            en="The longest read has three cycles. Where are the later ones?",
            ko="가장 긴 리드는 세 사이클입니다. 뒤 사이클은 어디로 갔습니까?",
        ),
    ],
)
_some = [first.quality(row).tolist() for row in range(0, len(first), 10)]
_profile = genomics.quality_profile(first.select(range(0, len(first), 10)))
expect(
    [float(q) for q in cycle_quality(_some)],
    "quality by cycle of every tenth first mate",
    "첫째 리드의 10분의 1에 대한 사이클별 품질",
).close_to(_profile["mean_quality"].tolist())
### BEGIN HIDDEN TESTS
expect(
    [float(q) for q in cycle_quality([[20, 20], [30, 30, 30, 30]])],
    "quality by cycle of two reads",
    "두 리드의 사이클별 품질",
).close_to([-10 * math.log10((0.01 + 0.001) / 2)] * 2 + [30.0, 30.0])
expect(
    [float(q) for q in cycle_quality([[7]])], "quality by cycle of one base", "염기 하나의 사이클별 품질"
).close_to([7.0])
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Both mates of the run with the library's `genomics.quality_profile`. Bands hold the middle half and the
# middle 80 % of the scores, the solid line is the median; the dashed line is what you have just computed.
# Why is it so far below the median?

# %% [markdown] lang="ko"
# 라이브러리의 `genomics.quality_profile`로 그린 두 짝입니다. 띠는 점수의 가운데 절반과 가운데 80 %이고 실선은
# 중앙값이며, 점선이 여러분이 방금 계산한 값입니다. 왜 중앙값보다 그렇게 낮습니까?


# %%
def show_profiles():
    with style():
        _, panels = plt.subplots(1, 2, figsize=(10, 3.4), sharey=True, layout="constrained")
    names = [me.text("first mates", "첫째 리드"), me.text("second mates", "둘째 리드")]
    for axes, reads, name, colour in zip(panels, (first, second), names, ("#0072B2", "#D55E00"), strict=True):
        genomics.plot_quality_profile(genomics.quality_profile(reads), ax=axes, colour=colour)
        axes.set_title(name)
        axes.set_xlabel(me.text("cycle", "사이클"))
        axes.set_ylabel("")
    panels[0].set_ylabel(me.text("Phred quality", "Phred 품질"))
    plt.show()


lab.show(show_profiles)

# %% [markdown] lang="en"
# ## 4 · Cut the bad end
#
# The end of a read is where it is worst. But a single good base among bad ones should not stop the
# scissors, nor a single bad one among good ones start them. The algorithm of BWA and cutadapt does both:
#
# 1. subtract the threshold from every score,
# 2. add up the differences from the **end** of the read towards its beginning,
# 3. stop as soon as the sum is **above 0**,
# 4. cut where the sum was **lowest** (nowhere, if it was never below 0).
#
# With threshold 10 and the scores 42, 40, 26, 27, 8, 7, 11, 4, 2, 3 the sums from the end are −7, −15, −21,
# −20, −23, **−25**, −8, 8: four bases stay.
#
# **Task 4.** Write `quality_cut`. If the lowest sum occurs twice, the cut that keeps more bases counts.

# %% [markdown] lang="ko"
# ## 4 · 나쁜 끝을 자릅니다
#
# 리드는 끝이 가장 나쁩니다. 그러나 나쁜 염기 사이에 좋은 염기 하나가 있다고 자르기를 멈추어서도, 좋은 염기
# 사이에 나쁜 염기 하나가 있다고 자르기 시작해서도 안 됩니다. BWA와 cutadapt의 알고리즘은 둘 다 해냅니다.
#
# 1. 모든 점수에서 기준값을 뺍니다.
# 2. 그 차이를 리드의 **끝**에서 앞쪽으로 더해 갑니다.
# 3. 합이 **0보다 커지면** 바로 멈춥니다.
# 4. 합이 **가장 낮았던** 자리에서 자릅니다. (한 번도 0보다 낮지 않았다면 자르지 않습니다.)
#
# 기준값이 10이고 점수가 42, 40, 26, 27, 8, 7, 11, 4, 2, 3이면 끝에서부터의 합은 −7, −15, −21, −20, −23,
# **−25**, −8, 8이므로 네 염기가 남습니다.
#
# **과제 4.** `quality_cut` 함수를 작성하십시오. 가장 낮은 합이 두 번 나오면 염기를 더 많이 남기는 쪽을
# 택합니다.


# %% task="quality_trim"
def quality_cut(scores, threshold):
    """How many bases a read keeps when its end is trimmed by quality.

    scores     Phred scores, one per base
    threshold  Phred score

    Returns an int from 0 to the length of the read.
    """
    ### BEGIN SOLUTION
    total = lowest = 0
    keep = len(scores)
    for place in reversed(range(len(scores))):
        total += scores[place] - threshold
        if total > 0:
            break
        if total < lowest:
            lowest, keep = total, place
    return keep
    ### END SOLUTION


# %% check="quality_trim" points=3
expect(
    quality_cut([42, 40, 26, 27, 8, 7, 11, 4, 2, 3], 10),
    "bases kept in the example, threshold 10",
    "본문 예제에서 남는 염기 수(기준값 10)",
).equals(
    4,
    hints=[
        hint(
            "one-good-base-stops",
            7,
            en="The 11 stopped the cut, though what lies before it is bad too. Where is the sum lowest?",
            ko="11에서 멈추셨지만 그 앞도 나쁩니다. 합을 구하여 가장 낮은 곳을 찾으십시오.",
        ),
        hint(
            "bases-cut-not-kept",
            6,
            en="Six bases are cut off. How many are kept?",
            ko="여섯 염기가 잘립니다. 남는 것은 몇 개입니까?",
        ),
        hint(
            "cut-one-too-late",
            5,
            en="The base at which the sum is lowest is cut off as well.",
            ko="합이 가장 낮은 자리의 염기도 잘립니다.",
        ),
    ],
)
expect(
    quality_cut([40, 40, 5, 40, 40, 40, 40, 8, 12, 3, 2], 20),
    "bases kept with one bad base in the middle",
    "가운데에 나쁜 염기가 하나 있을 때 남는 염기 수",
).equals(
    7,
    hints=[
        hint(
            "first-bad-base-cuts",
            2,
            en="One bad base in the middle of good ones took the rest with it. Begin at the end of the read.",
            ko="좋은 염기 사이의 나쁜 염기 하나가 나머지를 모두 잘라 버렸습니다. 리드의 끝에서 시작하십시오.",
        )
    ],
)
### BEGIN HIDDEN TESTS
expect(
    quality_cut([2, 2, 2, 40, 40, 2], 20),
    "bases kept when good ones protect",
    "좋은 염기가 지켜 줄 때 남는 염기 수",
).equals(
    5,
    hints=[
        hint(
            "did-not-stop",
            0,
            en="The sum rose above 0 at the good bases: there the algorithm stops, whatever lies before.",
            ko="좋은 염기에서 합이 0보다 커졌습니다. 앞에 무엇이 있든 거기서 멈춥니다.",
        )
    ],
)
expect(quality_cut([30, 30, 30], 20), "bases kept of a good read", "좋은 리드에서 남는 염기 수").equals(3)
expect(quality_cut([2, 2, 2], 20), "bases kept of a bad read", "나쁜 리드에서 남는 염기 수").equals(0)
expect(quality_cut([], 20), "bases kept of an empty read", "빈 리드에서 남는 염기 수").equals(0)
expect(
    quality_cut([30, 20, 20, 20], 20),
    "bases kept when the end is just good enough",
    "끝이 딱 기준값일 때 남는 염기 수",
).equals(4)
_rows = range(3, len(second), 37)
_library = genomics.quality_cut(second, 30)
for _row in _rows:
    expect(
        quality_cut(second.quality(_row).tolist(), 30),
        f"bases kept of second mate {_row}, threshold 30",
        f"둘째 리드 {_row}번에서 남는 염기 수(기준값 30)",
    ).equals(int(_library[_row]))
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 5 · Where the adapter begins
#
# If the fragment is shorter than the read, the read goes on into the adapter:
#
# ```
# read      ACGTGGATTCAGATCGGAAG      the fragment is 10 bases long
# adapter             AGATCGGAAGAGC   its last three bases are no longer in the read
# ```
#
# So the adapter may lie **anywhere** in the read, and near its end only a **part** of it is inside. The part
# inside is the *overlap*. Sequencers err in adapters too: allow `floor(overlap × error_rate)` wrong bases, so
# at 10 % one in an overlap of 10 to 19, none in a shorter one. A very short overlap happens by chance, so it
# needs a least length. (cutadapt allows missing and additional bases as well; the library does so too. Here
# only wrong ones.)
#
# **Task 5.** Write `adapter_start`: the leftmost place at which the adapter fits.

# %% [markdown] lang="ko"
# ## 5 · 어댑터는 어디서 시작합니까?
#
# 조각이 리드보다 짧으면 리드는 어댑터까지 이어집니다.
#
# ```
# 리드      ACGTGGATTCAGATCGGAAG      조각의 길이는 10염기
# 어댑터              AGATCGGAAGAGC   마지막 세 염기는 리드에 들어오지 못함
# ```
#
# 따라서 어댑터는 리드의 **어디에나** 있을 수 있고, 끝 가까이에서는 **일부**만 들어 있습니다. 리드 안에 들어
# 있는 부분이 *겹침*입니다. 어댑터를 읽을 때에도 오류가 나므로 `floor(겹침 × error_rate)`개까지 틀린 염기를
# 허용합니다. 10 %라면 겹침이 10–19일 때 하나, 그보다 짧으면 없습니다. 아주 짧은 겹침은 우연히도 생기므로
# 최소 길이가 필요합니다. (cutadapt는 빠지거나 더 들어간 염기도 허용하며 라이브러리도 그렇습니다. 여기서는
# 틀린 염기만 허용합니다.)
#
# **과제 5.** 어댑터가 들어맞는 가장 왼쪽 자리를 찾는 `adapter_start` 함수를 작성하십시오.


# %% task="adapter"
def adapter_start(read, adapter, min_overlap=3, error_rate=0.1):
    """Where the adapter begins in a read.

    read, adapter  texts
    min_overlap    least number of bases of the adapter inside the read
    error_rate     wrong bases allowed per base of the overlap

    Returns the 0-based place of the adapter's first base; the length of the read if there is
    no adapter.
    """
    ### BEGIN SOLUTION
    for start in range(len(read) - min_overlap + 1):
        overlap = min(len(adapter), len(read) - start)
        if overlap < min_overlap:
            continue
        part = read[start : start + overlap]
        wrong = sum(a != b for a, b in zip(part, adapter, strict=False))
        if wrong <= math.floor(overlap * error_rate):
            return start
    return len(read)
    ### END SOLUTION


# %% check="adapter.one" points=2
expect(
    adapter_start("ACGTGGATTCAGATCGGAAGAGCTT", "AGATCGGAAGAGC"), "a whole adapter", "온전한 어댑터"
).equals(10)
expect(
    adapter_start("ACGTGGATTCAGATCGGAAG", "AGATCGGAAGAGC"),
    "an adapter at the end, in part",
    "끝에 일부만 있는 어댑터",
).equals(
    10,
    hints=[
        hint(
            "only-the-whole-adapter",
            20,
            en="The read ends before the adapter does. Its beginning is there all the same.",
            ko="어댑터가 끝나기 전에 리드가 끝났습니다. 그래도 어댑터의 앞부분은 들어 있습니다.",
        )
    ],
)
expect(
    adapter_start("ACGTGGATTCAGATCGGTAGAGCTT", "AGATCGGAAGAGC"),
    "an adapter with a wrong base",
    "염기 하나가 틀린 어댑터",
).equals(
    10,
    hints=[
        hint(
            "no-error-allowed",
            25,
            en="One base in 13 is wrong, and at 10 % one may be. Count the differences.",
            ko="13염기 중 하나가 틀렸고, 10 %라면 하나는 허용됩니다. 다른 염기의 수를 세십시오.",
        )
    ],
)
expect(
    adapter_start("ACGTGGATTCAG", "AGATCGGAAGAGC"),
    "two bases in common at the end",
    "끝의 두 염기만 같은 경우",
).equals(
    12,
    hints=[
        hint(
            "chance-overlap",
            10,
            en="Two bases match by chance in one read of 16. Is the overlap long enough?",
            ko="두 염기는 리드 16개 중 하나에서 우연히 일치합니다. 겹침이 충분히 깁니까?",
        )
    ],
)
### BEGIN HIDDEN TESTS
expect(
    adapter_start("ACGTGGATTCAGTTC", "AGATCGGAAGAGC"),
    "five bases, one of them wrong",
    "다섯 염기 중 하나가 틀린 경우",
).equals(
    15,
    hints=[
        hint(
            "errors-of-the-whole-adapter",
            10,
            en="An error in five bases is 20 %. The rate applies to the overlap, not to the whole adapter.",
            ko="다섯 염기 중 하나면 20 %입니다. 비율은 어댑터 전체가 아니라 겹침에 적용합니다.",
        )
    ],
)
expect(
    adapter_start("TTAGATCGGAAGAGCTTTAGATCGGAAGAGC", "AGATCGGAAGAGC"),
    "two adapters in one read",
    "어댑터가 두 번 있는 리드",
).equals(
    2,
    hints=[
        hint(
            "last-adapter-taken",
            18,
            en="All behind the first adapter is artificial. Take the leftmost place.",
            ko="첫 어댑터 뒤는 모두 인공 서열입니다. 가장 왼쪽 자리를 택하십시오.",
        )
    ],
)
expect(adapter_start("AGATCGG", "AGATCGGAAGAGC"), "nothing but adapter", "어댑터만 있는 리드").equals(0)
expect(adapter_start("ACGTACGTAC", "GGGGGG"), "no adapter", "어댑터가 없는 리드").equals(10)
expect(
    adapter_start("TTTTTTAGA", "AGATC", min_overlap=4),
    "three bases where four are asked for",
    "네 염기가 필요할 때 세 염기",
).equals(9)
expect(
    adapter_start("TTTTTTAGTTC", "AGATC", error_rate=0.2),
    "one error in five at 20 %",
    "20 %에서 다섯 중 하나의 오류",
).equals(6)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# The **100 reads** in `teaching` come with cutadapt. The names of its reads say where their adapter,
# `TEACHING_ADAPTER`, begins: a truth for your function.

# %% [markdown] lang="ko"
# `teaching`에 있는 **리드 100개**는 cutadapt와 함께 배포된 것입니다. 리드의 이름에 어댑터
# `TEACHING_ADAPTER`가 시작하는 자리가 적혀 있으므로, 여러분의 함수를 시험할 정답이 됩니다.

# %%
teaching.to_frame().head(4)

# %% check="adapter.all" points=1
_stated = [
    int(name.rsplit(" ", 1)[1]) if "adapter start" in name else int(length)
    for name, length in zip(teaching.names, teaching.lengths, strict=True)
]
_tested = [row for row in range(len(teaching)) if not 98 < _stated[row] < 101][:40]
_got = [adapter_start(teaching.sequence(row), TEACHING_ADAPTER, 8) for row in _tested]
_right = sum(
    got == want or (want > 93 and got == 101)
    for got, want in zip(_got, (_stated[row] for row in _tested), strict=True)
)
expect(
    _right,
    "of 40 reads, those with the adapter where their names say",
    "40개 중 이름에 적힌 자리에서 찾은 리드 수",
).between(
    37,
    40,
    hints=[
        hint(
            "partial-adapters-missed",
            lambda got: got >= 15,
            en="Most are right. Where the adapter runs over the end of the read, is it found?",
            ko="대부분 맞습니다. 어댑터가 리드의 끝을 넘어갈 때에도 찾습니까?",
        )
    ],
)

# %% [markdown] lang="en"
# For a whole file the library has `genomics.find_adapter`, which looks at all reads at once. The measles run
# was made with Illumina's TruSeq adapters, whose first 13 bases, `ADAPTER`, are the same for both mates. When
# a fragment is short, **both** mates run into it after the same number of bases: two independent
# measurements of one length, on the diagonal below. A heap at 0, 0 has another cause: **adapter dimers**, two
# adapters that were joined with no fragment between them. They cost sequencing and tell nothing. (Larger
# points are more pairs; heaps of five and more are numbered.) Which of the two does your run have?

# %% [markdown] lang="ko"
# 파일 전체에는 모든 리드를 한꺼번에 살펴보는 `genomics.find_adapter`를 씁니다. 홍역 자료는 Illumina의
# TruSeq 어댑터로 만들었으며, 그 첫 13염기인 `ADAPTER`는 두 짝에서 같습니다. 조각이 짧으면 **두** 짝이 모두
# 같은 수의 염기 뒤에 어댑터에 이릅니다. 한 길이를 두 번 독립적으로 잰 셈이며, 아래 그림에서 대각선에
# 놓입니다. 0, 0에 쌓인 점은 원인이 다릅니다. 사이에 조각이 없이 두 어댑터가 그대로 이어진 **어댑터
# 이량체**입니다. 시퀀싱 비용만 쓰고 아무것도 알려 주지 않습니다. (점이 클수록 쌍이 많으며, 다섯 쌍 이상이면
# 수를 적었습니다.) 여러분의 자료는 둘 중 어느 쪽입니까?


# %%
def show_starts():
    starts = [
        genomics.find_adapter(reads, ADAPTER, min_overlap=5)["start"].to_numpy() for reads in (first, second)
    ]
    one, two = (np.where(start < 0, 106, start) for start in starts)
    either = (starts[0] >= 0) | (starts[1] >= 0)
    pairs, counts = np.unique(np.stack([one[either], two[either]]), axis=1, return_counts=True)
    with style():
        _, axes = plt.subplots(figsize=(5.4, 4.8), layout="constrained")
    axes.axvspan(102, 112, color="#e8ebee", zorder=0)
    axes.axhspan(102, 112, color="#e8ebee", zorder=0)
    axes.plot([0, 101], [0, 101], color="#8b949e", linewidth=0.8, zorder=1)
    axes.scatter(*pairs, s=14 * np.sqrt(counts), alpha=0.6)
    for x, y, count in zip(*pairs, counts, strict=True):
        if count >= 5:
            axes.annotate(f"{count}", (x, y), (8, 8), textcoords="offset points")
    axes.set_xlim(-6, 112)
    axes.set_ylim(-6, 112)
    axes.set_xlabel(
        me.text("adapter begins, first mate (grey: none)", "첫째 리드의 어댑터 시작 (회색: 없음)")
    )
    axes.set_ylabel(me.text("adapter begins, second mate", "둘째 리드의 어댑터 시작"))
    axes.set_aspect("equal")
    plt.show()


lab.show(show_starts)

# %% [markdown] lang="en"
# ## 6 · Mates in step
#
# In the two files of a paired run, **the n-th read of one is the mate of the n-th read of the other**.
# Aligners rely on that and do not check. Drop a short read from one file only, and every pair behind it is a
# pair of strangers: the mapping looks terrible, or worse, just a little bad.
#
# So a pair goes or stays as a whole, and the names are checked. Mates have the same name up to the first
# blank, apart from a final `/1` or `/2`.
#
# **Task 6.** Write `pairs_to_keep`: a pair stays if **both** mates have at least `min_length` bases.

# %% [markdown] lang="ko"
# ## 6 · 짝 맞추기
#
# 페어드 시퀀싱의 두 파일에서는 **한 파일의 n번째 리드가 다른 파일의 n번째 리드와 짝입니다.** 정렬 프로그램은
# 이것을 믿고 확인하지 않습니다. 한 파일에서만 짧은 리드를 버리면 그 뒤의 모든 쌍이 서로 모르는 사이가 됩니다.
# 정렬 결과가 형편없어 보이거나, 더 나쁘게는 조금만 나빠 보입니다.
#
# 그러므로 쌍은 통째로 남거나 통째로 버려야 하며, 이름을 확인해야 합니다. 짝은 첫 빈칸까지의 이름이 같고, 끝에
# `/1`이나 `/2`만 다를 수 있습니다.
#
# **과제 6.** `pairs_to_keep` 함수를 작성하십시오. **두** 리드가 모두 `min_length`염기 이상일 때에만 쌍을
# 남깁니다.


# %% task="pairs"
def pairs_to_keep(names_1, names_2, lengths_1, lengths_2, min_length):
    """Which pairs stay.

    names_1, names_2      names of the first and of the second mates, in the files' order
    lengths_1, lengths_2  their numbers of bases after trimming
    min_length            least number of bases of either mate

    Returns the list of the row numbers (from 0) that stay. Raises ValueError if the two files
    are not in step.
    """
    ### BEGIN SOLUTION

    def pair(name):
        return name.split(" ")[0].removesuffix("/1").removesuffix("/2")

    if [pair(name) for name in names_1] != [pair(name) for name in names_2]:
        raise ValueError("the mates are not in step")
    return [
        row
        for row, lengths in enumerate(zip(lengths_1, lengths_2, strict=True))
        if min(lengths) >= min_length
    ]
    ### END SOLUTION


# %% check="pairs" points=3
_ones, _twos = ["a/1", "b/1", "c/1", "d/1"], ["a/2", "b/2", "c/2", "d/2"]


def _kept(*arguments):
    try:
        return [int(row) for row in pairs_to_keep(*arguments)]
    except ValueError:
        return "ValueError"


_suffix = hint(
    "suffix-compared",
    "ValueError",
    en="These are mates: their names differ only in /1 and /2, or behind a blank.",
    ko="이 리드들은 짝입니다. 이름은 /1과 /2, 또는 빈칸 뒤만 다릅니다.",
)
expect(
    _kept(_ones, _twos, [100, 30, 100, 20], [100, 100, 50, 20], 50),
    "pairs of which both mates have 50 bases",
    "두 짝이 모두 50염기 이상인 쌍",
).equals(
    [0, 2],
    hints=[
        _suffix,
        hint(
            "one-mate-only",
            [0, 1, 2],
            en="In pair 1 the first mate has 30 bases only. One good mate is not enough.",
            ko="1번 쌍은 첫째 리드가 30염기뿐입니다. 한쪽만 길어서는 안 됩니다.",
        ),
        hint(
            "more-than-least",
            [0],
            en="A mate of exactly 50 bases has at least 50.",
            ko="정확히 50염기인 리드도 50염기 이상입니다.",
        ),
    ],
)
expect(
    _kept(["x 1:N:0:AC", "y 1:N:0:AC"], ["x 2:N:0:AC", "y 2:N:0:AC"], [60, 60], [60, 60], 50),
    "pairs with names as Illumina writes them",
    "Illumina 방식의 이름을 가진 쌍",
).equals([0, 1], hints=[_suffix])
expect(
    _kept(_ones, ["a/2", "c/2", "d/2", "b/2"], [100] * 4, [100] * 4, 50),
    "files whose mates are out of step",
    "짝이 어긋난 두 파일",
).equals(
    "ValueError",
    hints=[
        hint(
            "mates-not-checked",
            lambda got: isinstance(got, list),
            en="Read b stands beside read c. Compare the names before you trust the order.",
            ko="리드 b가 리드 c와 나란히 있습니다. 순서를 믿기 전에 이름을 비교하십시오.",
        )
    ],
)
### BEGIN HIDDEN TESTS
expect(
    _kept(_ones, _twos, [100, 60, 20, 70], [20, 60, 100, 70], 50),
    "pairs of which the second mate may be the short one",
    "둘째 리드가 짧을 수도 있는 쌍",
).equals(
    [1, 3],
    hints=[
        hint(
            "second-mate-ignored",
            [0, 1, 3],
            en="In pair 0 the second mate is too short. Both mates are to be looked at.",
            ko="0번 쌍은 둘째 리드가 너무 짧습니다. 두 리드를 모두 보아야 합니다.",
        ),
        hint(
            "one-mate-only",
            [0, 1, 2, 3],
            en="In pair 1 the first mate has 30 bases only. One good mate is not enough.",
            ko="1번 쌍은 첫째 리드가 30염기뿐입니다. 한쪽만 길어서는 안 됩니다.",
        ),
    ],
)
expect(_kept([], [], [], [], 50), "no pair at all", "쌍이 하나도 없을 때").equals([])
expect(
    _kept(["a/1", "b/1"], ["a/2"], [60, 60], [60], 50), "a file with a read less", "리드가 하나 모자란 파일"
).equals("ValueError")
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 7 · What trimming gains, and what it costs
#
# `my_first` and `my_second` are a library of your own, simulated from your seed: reads of 100 bases from
# fragments that are often shorter. `my_truth` says for every pair how long its fragment really was
# (`insert_size`), so for once you can count what trimming does right and wrong.
#
# **Task 7.** Use `genomics.find_adapter(reads, adapter, min_overlap=...)` with `ADAPTER` on
# `my_first`, and `genomics.trim_pairs`, and assign
#
# - `found_fraction`: among the pairs whose fragment has 90 to 99 bases, so that one to ten bases of the
#   adapter are in the read, the fraction in which it is found in the first mate (`min_overlap=3`),
# - `cut_for_nothing`: among the pairs whose fragment has 100 bases or more, so that there is **no** adapter
#   in the read, the fraction in which one is "found" all the same (`min_overlap=3`),
# - `chance_of_three`: the probability that the last three bases of a random read are just the first three of
#   the adapter (all four bases equally frequent),
# - `pairs_left`: how many pairs `genomics.trim_pairs(my_first, my_second, adapters=(ADAPTER, ADAPTER),
#   quality=25, min_length=80)` keeps (`len` of its `first`),
# - `hidden_errors`: a report calls a run "Q30 on average", having averaged scores. Half of its bases have
#   Q10, the other half Q50. How many errors are to be expected in a read of 150 bases?

# %% [markdown] lang="ko"
# ## 7 · 다듬기로 얻는 것과 잃는 것
#
# `my_first`와 `my_second`는 여러분의 시드로 만든 자신만의 라이브러리로, 100염기 리드이지만 조각이 그보다
# 짧은 경우가 많습니다. `my_truth`에는 쌍마다 조각의 실제 길이(`insert_size`)가 있으므로, 이번만큼은
# 다듬기가 맞게 한 것과 틀리게 한 것을 셀 수 있습니다.
#
# **과제 7.** `my_first`에 `ADAPTER`로 `genomics.find_adapter(reads, adapter, min_overlap=...)`를,
# 그리고 `genomics.trim_pairs`를 사용하여 다음을 구하십시오.
#
# - `found_fraction`: 조각이 90–99염기여서 어댑터가 한 염기에서 열 염기까지 리드에 들어 있는 쌍 가운데, 첫째
#   리드에서 어댑터를 찾은 비율(`min_overlap=3`)
# - `cut_for_nothing`: 조각이 100염기 이상이어서 리드에 어댑터가 **없는** 쌍 가운데, 그런데도 어댑터를 "찾은"
#   비율(`min_overlap=3`)
# - `chance_of_three`: 무작위 리드의 마지막 세 염기가 우연히 어댑터의 첫 세 염기와 같을 확률(네 염기의
#   빈도가 같다고 가정)
# - `pairs_left`: `genomics.trim_pairs(my_first, my_second, adapters=(ADAPTER, ADAPTER), quality=25,
#   min_length=80)`이 남기는 쌍의 수(결과의 `first`에 대한 `len`)
# - `hidden_errors`: 어느 보고서가 점수를 그대로 평균하여 "평균 Q30"이라고 적었습니다. 염기의 절반은 Q10이고
#   나머지 절반은 Q50입니다. 150염기 리드 하나에서 오류가 몇 개 기대됩니까?

# %% setup
import tempfile

_my_folder = tempfile.TemporaryDirectory(prefix="biolabkit-reads-")
_my_sample = simulate.haploid_sample(simulate.genome(12_000, seed=me.seed, name="mine"), seed=me.seed + 1)
_my_pairs = simulate.read_pairs(
    _my_sample,
    seed=me.seed + 2,
    depth=20,
    read_length=100,
    fragment=(115.0, 40.0),
    adapters=simulate.TRUSEQ,
    end_quality=18,
)
my_first, my_second = genomics.read_fastq_pair(*_my_pairs.write_fastq(_my_folder.name).values())
my_truth = _my_pairs.fragments[["name", "insert_size"]]
my_truth.head()

# %% task="mine"
found_fraction = None
cut_for_nothing = None
chance_of_three = None
pairs_left = None
hidden_errors = None
### BEGIN SOLUTION
my_starts = genomics.find_adapter(my_first, ADAPTER, min_overlap=3)["start"]
short, long = my_truth["insert_size"].between(90, 99), my_truth["insert_size"] >= 100
found_fraction = float((my_starts[short] >= 0).mean())
cut_for_nothing = float((my_starts[long] >= 0).mean())
chance_of_three = (1 / 4) ** 3
pairs_left = len(
    genomics.trim_pairs(my_first, my_second, adapters=(ADAPTER, ADAPTER), quality=25, min_length=80).first
)
hidden_errors = 75 * 10 ** (-10 / 10) + 75 * 10 ** (-50 / 10)
### END SOLUTION

# %% check="mine.counts" points=2
if found_fraction is None or cut_for_nothing is None or pairs_left is None:
    raise NotImplementedError
_percent = hint(
    "fraction-in-percent",
    lambda got: got > 1,
    en="A fraction lies between 0 and 1.",
    ko="비율은 0과 1 사이의 값입니다.",
)
expect(
    found_fraction,
    "fraction of the fragments of 90 to 99 bases with an adapter found",
    "90–99염기 조각 중 어댑터를 찾은 비율",
).between(0, 1, hints=[_percent])
expect(
    cut_for_nothing, "fraction of the long fragments that are cut all the same", "긴 조각 중 공연히 잘린 비율"
).between(0, 1, hints=[_percent])
expect(pairs_left, "pairs that are left", "남은 쌍의 수").between(0, len(my_first))
### BEGIN HIDDEN TESTS
_starts = genomics.find_adapter(my_first, ADAPTER, min_overlap=3)["start"]
_short, _long = my_truth["insert_size"].between(90, 99), my_truth["insert_size"] >= 100
_lost = genomics.trim_pairs(my_first, my_second, adapters=(ADAPTER, ADAPTER), quality=25, min_length=80)
_alone = genomics.trim(my_first, adapter=ADAPTER, quality=25)
expect(
    found_fraction,
    "fraction of the fragments of 90 to 99 bases with an adapter found",
    "90–99염기 조각 중 어댑터를 찾은 비율",
).close_to(
    float((_starts[_short] >= 0).mean()),
    hints=[
        hint(
            "all-pairs-divided",
            lambda got: math.isclose(got, float(((_starts >= 0) & _short).mean())),
            en="Divided by all pairs. The question is about those with a fragment of 90 to 99 bases.",
            ko="전체 쌍의 수로 나누셨습니다. 질문은 조각이 90–99염기인 쌍에 관한 것입니다.",
        ),
        hint(
            "start-zero-or-less-than",
            lambda got: math.isclose(got, float((_starts[_short] < 0).mean())),
            en="A start of -1 means that no adapter was found. This counts the misses.",
            ko="start가 -1이면 어댑터를 찾지 못했다는 뜻입니다. 놓친 것을 세셨습니다.",
        ),
    ],
)
expect(
    cut_for_nothing, "fraction of the long fragments that are cut all the same", "긴 조각 중 공연히 잘린 비율"
).close_to(
    float((_starts[_long] >= 0).mean()),
    hints=[
        hint(
            "whole-library-cut",
            lambda got: math.isclose(got, float((_starts >= 0).mean())),
            en="This is the fraction of all reads that are cut. Most of those do have an adapter.",
            ko="이것은 전체 리드 중 잘린 비율입니다. 그 대부분에는 실제로 어댑터가 있습니다.",
        )
    ],
)
expect(pairs_left, "pairs that are left", "남은 쌍의 수").equals(
    len(_lost.first),
    hints=[
        hint(
            "mates-trimmed-alone",
            int((_alone.lengths >= 80).sum()),
            en="So many first mates are long enough. A pair needs both of its mates.",
            ko="이것은 충분히 긴 첫째 리드의 수입니다. 쌍이 남으려면 두 짝이 모두 필요합니다.",
        ),
        hint(
            "lost-for-left",
            len(my_first) - len(_lost.first),
            en="This is the number of pairs that are lost.",
            ko="이것은 버려진 쌍의 수입니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% check="mine.reading" points=2
if chance_of_three is None:
    raise NotImplementedError
expect(chance_of_three, "probability of three equal bases", "세 염기가 우연히 같을 확률").between(0, 1)
expect(hidden_errors, "errors expected in 150 bases", "150염기의 기대 오류 수").between(0, 150)
### BEGIN HIDDEN TESTS
expect(chance_of_three, "probability of three equal bases", "세 염기가 우연히 같을 확률").close_to(
    1 / 64,
    hints=[
        hint(
            "probabilities-added",
            lambda got: any(math.isclose(got, wrong) for wrong in (3 / 4, 1 / 12)),
            en="Three independent things must all happen. Their probabilities multiply.",
            ko="서로 독립인 세 가지가 모두 일어나야 합니다. 확률을 곱하십시오.",
        )
    ],
)
expect(hidden_errors, "errors expected in 150 bases", "150염기의 기대 오류 수").close_to(
    75 * 0.1 + 75 * 1e-5,
    rel=1e-3,
    hints=[
        hint(
            "report-believed",
            lambda got: math.isclose(got, 150 * 0.001),
            en="This is what Q30 would mean if every base had it. Half of these bases err once in ten.",
            ko="모든 염기가 Q30일 때의 값입니다. 여기서는 절반의 염기가 열 번에 한 번 틀립니다.",
        ),
        hint(
            "all-bases-bad",
            lambda got: math.isclose(got, 15, rel_tol=1e-2),
            en="Only half of the bases have Q10.",
            ko="Q10인 염기는 절반뿐입니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Your library: how long the fragments are, and how long the trimmed first mates. On the diagonal trimming
# was right. The points just below the top are clean reads that lost three bases or four by chance; to the
# right of 97 the adapter in the read is too short to be told from chance.

# %% [markdown] lang="ko"
# 내 라이브러리입니다. 가로축은 조각의 실제 길이, 세로축은 다듬은 첫째 리드의 길이입니다. 대각선 위에서는
# 다듬기가 정확했습니다. 맨 위 바로 아래의 점들은 우연히 서너 염기를 잃은 깨끗한 리드이고, 97 오른쪽에서는
# 리드에 든 어댑터가 너무 짧아 우연과 구별되지 않습니다.


# %%
def show_lengths():
    trimmed = genomics.trim(my_first, adapter=ADAPTER)
    with style():
        _, axes = plt.subplots(figsize=(6, 4), layout="constrained")
    size = my_truth["insert_size"].to_numpy()
    axes.plot([30, 100, 220], [30, 100, 100], color="#8b949e", linewidth=1)
    axes.scatter(size, trimmed.lengths, s=8, alpha=0.4)
    axes.set_xlim(25, 220)
    axes.set_xlabel(me.text("true length of the fragment", "조각의 실제 길이"))
    axes.set_ylabel(me.text("bases kept of the first mate", "첫째 리드에서 남은 염기 수"))
    plt.show()


if found_fraction is not None:
    lab.show(show_lengths)

# %% [markdown] lang="en"
# ## 8 · To be on the safe side?
#
# A colleague prepares reads for variant calling in a diagnostic laboratory: *"To be on the safe side I trim
# at quality 35 and take every adapter overlap of one base or more. We lose 30 % of the bases, but what
# remains is clean."*
#
# **Task 8.** Answer in five to eight sentences: what this gains, what it costs (name at least two things),
# and which settings and which figures in the report you propose instead. (Graded by hand.)

# %% [markdown] lang="ko"
# ## 8 · 안전을 위해서라면?
#
# 진단 검사실의 동료가 변이 판정에 쓸 리드를 준비하며 말합니다. *"안전하게 하려고 품질 35에서 자르고,
# 어댑터는 한 염기만 겹쳐도 잘라 냅니다. 염기의 30 %를 잃지만 남은 것은 깨끗합니다."*
#
# **과제 8.** 다섯 문장에서 여덟 문장으로 답하십시오. 이렇게 해서 얻는 것, 잃는 것 두 가지 이상, 그리고 대신
# 제안할 설정과 보고서에 적을 수치를 적으십시오. (사람이 채점합니다.)

# %% [markdown] essay="safe_side" points=3
# **Mark scheme**
#
# 1 point — what is gained is small: adapter remains of one or two bases are soft-clipped by aligners or cost
# one mismatch; callers weigh every base by its quality, so a Q25 base (one error in 300) still informs. Real
# adapter read-through must go, and a threshold of about 20 removes the ends that are mostly noise.
#
# 1 point — at least two costs, for example: one read in four loses its last base by chance and one in 16 two,
# always where the sequence resembles the adapter, so the loss is not random but falls on certain places of
# the genome and of certain alleles; depth falls by 30 %, and with it the sensitivity for heterozygous
# variants; shorter reads align less uniquely, repeats and indels suffer most; pairs are dropped; money.
#
# 1 point — a proposal with figures, for example: quality 15 to 20, overlap of 3 with 10 % errors (or the
# mates' own overlap), least length 30 to 50, pairs kept together; report reads and bases before and after,
# fraction with adapter, error rate by cycle, depth over the panel's target; validate on a reference sample
# (such as HG002) with and without trimming before changing a diagnostic pipeline.
#
# **채점 기준**
#
# 1점 — 얻는 것은 작습니다. 한두 염기의 어댑터 찌꺼기는 정렬 프로그램이 소프트 클리핑하거나 불일치 하나에
# 그칩니다. 변이 판정 프로그램은 염기마다 품질로 가중하므로 Q25 염기(300번에 한 번 오류)도 정보가 됩니다. 실제
# 어댑터는 반드시 제거해야 하며, 기준값은 20 정도면 대부분 잡음인 끝을 없앱니다.
#
# 1점 — 잃는 것 두 가지 이상. 예: 리드 넷 중 하나는 우연히 마지막 염기를, 열여섯 중 하나는 두 염기를
# 잃습니다. 어댑터와 닮은 서열에서만 잃으므로 무작위가 아니라 유전체의 특정 자리와 특정 대립유전자에
# 몰립니다. 깊이가 30 % 줄어 이형접합 변이의 민감도가 떨어집니다. 짧은 리드는 덜 고유하게 정렬되며 반복
# 서열과 삽입·결실이 가장 큰 영향을 받습니다. 쌍이 버려집니다. 비용이 듭니다.
#
# 1점 — 수치가 있는 제안. 예: 품질 15–20, 최소 겹침 3과 오류율 10 %(또는 두 짝의 겹침을 이용), 최소 길이
# 30–50, 쌍은 함께 유지. 보고서에는 전후의 리드 수와 염기 수, 어댑터가 있는 비율, 사이클별 오류율, 패널
# 표적의 깊이를 적습니다. 진단 파이프라인을 바꾸기 전에 표준 물질(예: HG002)로 다듬은 경우와 그렇지 않은
# 경우를 검증합니다.

# %% [markdown] lang="en"
# ## What to read next
#
# - B. Ewing, P. Green (1998), *Base-calling of automated sequencer traces using Phred. II*, Genome Research
#   8:186: where the scores come from.
# - P. J. A. Cock et al. (2010), *The Sanger FASTQ file format…*, Nucleic Acids Research 38:1767: the three
#   encodings.
# - M. Martin (2011), *Cutadapt removes adapter sequences…*, EMBnet.journal 17:10, and the section "Algorithm
#   details" of its documentation.
# - R. C. Edgar, H. Flyvbjerg (2015), *Error filtering, pair assembly and error correction…*, Bioinformatics
#   31:3476: why expected errors.
# - C. Del Fabbro et al. (2013), *An extensive evaluation of read trimming effects…*, PLoS ONE 8:e85024.
#
# In the library: `genomics.read_fastq_pair`, `genomics.detect_phred_offset` (which also says when it cannot
# know), `genomics.summarise_reads`, `genomics.trim_pairs`, `genomics.plot_base_composition`. Next exercise:
# where the reads lie on a genome.

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - B. Ewing, P. Green (1998), *Base-calling of automated sequencer traces using Phred. II*, Genome Research
#   8:186. 점수가 어디서 왔는지 설명합니다.
# - P. J. A. Cock 등 (2010), *The Sanger FASTQ file format…*, Nucleic Acids Research 38:1767. 세 가지 부호화
#   방식을 다룹니다.
# - M. Martin (2011), *Cutadapt removes adapter sequences…*, EMBnet.journal 17:10. 그리고 cutadapt 문서의
#   "Algorithm details" 장.
# - R. C. Edgar, H. Flyvbjerg (2015), *Error filtering, pair assembly and error correction…*, Bioinformatics
#   31:3476. 왜 기대 오류 수를 쓰는지 설명합니다.
# - C. Del Fabbro 등 (2013), *An extensive evaluation of read trimming effects…*, PLoS ONE 8:e85024.
#
# 라이브러리에서는 `genomics.read_fastq_pair`, `genomics.detect_phred_offset`(알 수 없을 때는 알 수 없다고
# 말합니다), `genomics.summarise_reads`, `genomics.trim_pairs`, `genomics.plot_base_composition`을
# 살펴보십시오. 다음 실습에서는 리드가 유전체의 어디에 놓이는지 알아봅니다.
