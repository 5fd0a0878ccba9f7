# %% [markdown] lang="en"
# # Diploid genotypes and the benchmark
#
# **Why this matters.** A newborn is screened for a metabolic disease. If the pathogenic variant sits on one
# of the two copies of the gene, the child is a healthy carrier; if it sits on both, treatment starts this
# week. Both answers come from the same thirty reads. The same question is asked when a company validates a
# sequencing assay: before the first patient's sample, it must show on a reference material how many
# variants it finds and how many it invents.
#
# **What you will be able to do**
#
# 1. turn bases and their qualities into the likelihood of a diploid genotype,
# 2. combine it with a prior and say how sure the call is (GQ, QUAL),
# 3. write a variant in its one normalised form,
# 4. compare calls with a truth set, inside the regions where the truth is known,
# 5. judge a caller on real data (HG002 of Genome in a Bottle) and on a donor of your own, whose truth is
#    known exactly.
#
# You need Python functions, NumPy and a little probability. You write the core of each step yourself; then
# the library's version does the same for a whole region.

# %% [markdown] lang="ko"
# # 이배체 유전자형과 벤치마크
#
# **왜 중요합니까?** 신생아가 대사 질환 선별 검사를 받는다고 하겠습니다. 병원성 변이가 유전자 두 사본 중
# 하나에만 있으면 아기는 건강한 보인자이고, 두 사본 모두에 있으면 이번 주에 치료를 시작해야 합니다. 두 답은
# 모두 같은 서른 개 남짓한 리드에서 나옵니다. 기업이 시퀀싱 검사를 검증할 때도 같은 질문을 받습니다. 첫 환자
# 검체를 다루기 전에, 표준 물질에서 변이를 얼마나 찾아내고 얼마나 잘못 만들어 내는지 보여야 합니다.
#
# **이 실습을 마치면 할 수 있는 일**
#
# 1. 염기와 품질값으로부터 이배체 유전자형의 우도를 계산합니다.
# 2. 우도를 사전 확률과 결합하고, 판정을 얼마나 믿을 수 있는지(GQ, QUAL) 나타냅니다.
# 3. 변이를 정규화된 단 하나의 형태로 적습니다.
# 4. 정답이 알려진 영역 안에서 판정 결과를 정답 집합과 비교합니다.
# 5. 실제 데이터(Genome in a Bottle의 HG002)와, 정답을 정확히 아는 자신만의 기증자로 변이 판정 프로그램을
#    평가합니다.
#
# 파이썬 함수, NumPy, 그리고 약간의 확률 지식이 필요합니다. 각 단계의 핵심은 직접 작성하고, 그다음
# 라이브러리의 같은 기능으로 영역 전체를 처리합니다.

# %% setup
import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from biolabkit import datasets, genomics, simulate
from biolabkit.check import expect, hint, lab
from biolabkit.plot import style

me = lab.start("genome-05-diploid-genotypes")


def simulated_benchmark(folder):
    """A sample with the same files as the real one, for a room without network."""
    donor = simulate.diploid_sample(
        simulate.genome(50_000, seed=2026, name="sim20"), seed=2027, snv_rate=0.002, confident_fraction=0.9
    )
    return simulate.reads(donor, folder, seed=2028)


data = datasets.fetch("giab-hg002-illumina-chr20-100kb", fallback=simulated_benchmark)
truth = genomics.read_vcf(data.path("truth"))
confident = genomics.read_bed(data.path("confident"))
window = (confident["chrom"][0], int(confident["start"].min()), int(confident["end"].max()))

# One heterozygous site of the truth, and the bases of the reads over it and around it
is_snv = (truth["ref"].str.len() == 1) & (truth["alt"].str.len() == 1)
is_het = truth["allele1"] != truth["allele2"]
site = int(truth[is_snv & is_het & genomics.inside(truth, confident)].iloc[1]["start"])
around = genomics.pileup(data.path("reads"), data.path("reference"), (window[0], site - 20, site + 21))

GENOTYPES = ["AA", "AC", "AG", "AT", "CC", "CG", "CT", "GG", "GT", "TT"]
data

# %% [markdown] lang="en"
# ## 1 · One site, thirty witnesses
#
# **HG002** is the son of an Ashkenazi family whose genome the Genome in a Bottle consortium (GIAB) knows
# better than almost any other. You have 100,000 bases of his chromosome 20, read about thirty times over by
# Illumina's short reads, with the reference, the *truth* (a VCF of his variants) and the *confident
# regions* (a BED of where that truth can be relied on). Without a network a simulated sample stands in for
# him; the line above says which one you have.
#
# Below are the reads over one of his heterozygous sites. Each row is a fragment; a base that equals the
# reference is grey, any other is coloured, and a paler cell is a base of lower quality.

# %% [markdown] lang="ko"
# ## 1 · 한 자리, 서른 명의 증인
#
# **HG002**는 아슈케나지 유대인 가족의 아들로, Genome in a Bottle 컨소시엄(GIAB)이 세상에서 가장 잘 아는
# 유전체 가운데 하나를 가진 사람입니다. 여러분에게는 그의 20번 염색체 100,000염기가 있습니다. Illumina 짧은
# 리드로 약 30번씩 읽은 것이며, 참조 서열, *정답*(그의 변이를 담은 VCF), 그리고 그 정답을 믿을 수 있는 곳을
# 적은 *신뢰 영역*(BED)이 함께 있습니다. 네트워크가 없으면 모의 표본이 그를 대신합니다. 어느 쪽을 쓰고
# 있는지는 위의 줄에 나와 있습니다.
#
# 아래 그림은 이형접합 자리 하나를 덮는 리드들입니다. 한 줄이 DNA 조각 하나이고, 참조와 같은 염기는 회색,
# 다른 염기는 색으로 나타냅니다. 칸이 옅을수록 품질이 낮은 염기입니다.

# %%
with style():
    _, axes = plt.subplots(figsize=(9, 6.5), layout="constrained")
genomics.plot_pileup(around, site, ax=axes)
axes.set_xlabel(me.text("position (counted from 1)", "위치(1부터 셈)"))
axes.set_title(me.text(f"Reads over {window[0]}:{site + 1:,}", f"{window[0]}:{site + 1:,} 자리를 덮는 리드"))
plt.show()

# %% [markdown] lang="en"
# ### The error model
#
# A base of Phred quality $Q$ is wrong with probability
#
# $$e = 10^{-Q/10}$$
#
# so $Q = 20$ means 1 error in 100 and $Q = 30$ means 1 in 1000. A wrong base can be any of three others, so
# if the chromosome carries allele $a$, a read shows base $b$ with
#
# $$P(b \mid a) = \begin{cases} 1 - e & b = a \\ e/3 & b \ne a \end{cases}$$
#
# A diploid cell has two chromosomes, and a read comes from either with probability one half. For the
# genotype $G = a_1a_2$
#
# $$P(b \mid G) = \tfrac12 P(b \mid a_1) + \tfrac12 P(b \mid a_2)$$
#
# Reads are independent witnesses, so their probabilities multiply. The product of hundreds of small numbers
# is too small for a computer, so everybody adds logarithms, in genetics to base 10:
#
# $$\log_{10} L(G) = \sum_i \log_{10} P(b_i \mid G)$$
#
# **Task 1.** Write `genotype_log_likelihood`.

# %% [markdown] lang="ko"
# ### 오류 모형
#
# Phred 품질 $Q$인 염기가 틀릴 확률은 다음과 같습니다.
#
# $$e = 10^{-Q/10}$$
#
# 따라서 $Q = 20$이면 100번에 한 번, $Q = 30$이면 1000번에 한 번 틀립니다. 틀린 염기는 나머지 세 염기 중
# 하나이므로, 염색체에 대립유전자 $a$가 있을 때 리드가 염기 $b$를 보일 확률은 다음과 같습니다.
#
# $$P(b \mid a) = \begin{cases} 1 - e & b = a \\ e/3 & b \ne a \end{cases}$$
#
# 이배체 세포에는 염색체가 두 개 있고, 리드는 각 염색체에서 2분의 1의 확률로 나옵니다. 유전자형
# $G = a_1a_2$에 대하여
#
# $$P(b \mid G) = \tfrac12 P(b \mid a_1) + \tfrac12 P(b \mid a_2)$$
#
# 리드는 서로 독립인 증인이므로 확률을 곱합니다. 그런데 작은 수 수백 개의 곱은 컴퓨터가 나타내기에 너무
# 작습니다. 그래서 로그를 더하며, 유전학에서는 밑이 10인 로그를 씁니다.
#
# $$\log_{10} L(G) = \sum_i \log_{10} P(b_i \mid G)$$
#
# **과제 1.** `genotype_log_likelihood` 함수를 작성하십시오.


# %% task="model"
def genotype_log_likelihood(bases, qualities, genotype):
    """Log10 likelihood of a diploid genotype.

    bases      text of the bases seen, one letter per read, such as "AACA"
    qualities  Phred quality of each base, such as [30, 32, 20, 37]
    genotype   two letters, such as "AC"

    Returns a float; 0.0 when there is no read, because no evidence favours no genotype.
    """
    ### BEGIN SOLUTION
    total = 0.0
    for base, quality in zip(bases, qualities, strict=True):
        error = 10 ** (-quality / 10)
        chances = [1 - error if base == allele else error / 3 for allele in genotype]
        total += math.log10(sum(chances) / 2)
    return total
    ### END SOLUTION


# %% check="model.one" points=1
_log_hints = [
    hint(
        "phred-as-percent",
        lambda got: math.isclose(got, math.log10(0.8)) or got in (200, 800),
        en="Phred 20 is not 20 percent. The scale is logarithmic: every 10 points divide the error by ten.",
        ko="Phred 20은 20퍼센트가 아닙니다. 로그 눈금이므로 10점마다 오류 확률이 10분의 1이 됩니다.",
    ),
    hint(
        "ln-for-log10",
        lambda got: math.isclose(got, math.log(0.99)) or math.isclose(got, math.log(0.01 / 3)),
        en="This is a natural logarithm. Phred, GQ and VCF all use base 10: which function of math is that?",
        ko="자연로그를 쓰셨습니다. Phred, GQ, VCF는 모두 밑이 10인 로그를 씁니다. math의 어느 함수입니까?",
    ),
    hint(
        "phred-natural-exp",
        lambda got: math.isclose(got, math.log10(1 - math.exp(-2))),
        en="The error of a Phred quality is a power of 10, not of Euler's number.",
        ko="Phred 품질의 오류 확률은 자연상수가 아니라 10의 거듭제곱입니다.",
    ),
]
expect(
    genotype_log_likelihood("A", [20], "AA"),
    "log10 likelihood of AA from one A of quality 20",
    "품질 20인 A 하나에 대한 AA의 로그우도",
).close_to(math.log10(0.99), hints=_log_hints)
expect(
    genotype_log_likelihood("C", [20], "AA"),
    "log10 likelihood of AA from one C of quality 20",
    "품질 20인 C 하나에 대한 AA의 로그우도",
).close_to(
    math.log10(0.01 / 3),
    hints=[
        hint(
            "error-not-shared",
            lambda got: math.isclose(got, -2),
            en="An error gives one of three other bases. With what probability is it just this one?",
            ko="오류가 나면 나머지 세 염기 중 하나가 됩니다. 그것이 바로 이 염기일 확률은 얼마입니까?",
        ),
        *_log_hints,
    ],
)
### BEGIN HIDDEN TESTS
expect(
    genotype_log_likelihood("T", [37], "TT"),
    "log10 likelihood of TT from one good T",
    "좋은 T 하나에 대한 TT의 로그우도",
).close_to(math.log10(1 - 10**-3.7))
expect(
    genotype_log_likelihood("", [], "AC"),
    "log10 likelihood without any read",
    "리드가 하나도 없을 때의 로그우도",
).close_to(0.0)
### END HIDDEN TESTS

# %% check="model.all" points=2
_a, _c = math.log10(0.99), math.log10(0.01 / 3)
expect(
    genotype_log_likelihood("AAC", [20, 20, 20], "AC"),
    "log10 likelihood of AC from two A and one C of quality 20",
    "품질 20인 A 둘과 C 하나에 대한 AC의 로그우도",
).close_to(
    3 * math.log10((0.99 + 0.01 / 3) / 2),
    hints=[
        hint(
            "haploid-model",
            lambda got: -2.8 < got < -2.4,
            en=(
                "Here all reads come from one chromosome. In a diploid, each read by itself comes from "
                "either."
            ),
            ko=(
                "모든 리드가 염색체 하나에서 나온다고 보셨습니다. 이배체에서는 리드마다 두 염색체 중 "
                "하나에서 나옵니다."
            ),
        ),
        hint(
            "logs-averaged",
            lambda got: math.isclose(got, 3 * (_a + _c) / 2),
            en=(
                "You averaged logarithms. It is the probabilities of the two chromosomes that are mixed "
                "half and half."
            ),
            ko="로그를 평균하셨습니다. 절반씩 섞는 것은 두 염색체에 대한 확률입니다.",
        ),
        hint(
            "half-forgotten",
            lambda got: got > -0.5,
            en="A read comes from each chromosome with probability one half. Where is the half?",
            ko="리드가 각 염색체에서 나올 확률은 2분의 1입니다. 2분의 1은 어디에 있습니까?",
        ),
    ],
)
_column = around[around["start"] == site]
_bases, _qualities = "".join(_column["base"].astype(str)), [int(q) for q in _column["quality"]]
for _genotype in ("AA", "AG", "CT", "TT"):
    expect(
        genotype_log_likelihood(_bases, _qualities, _genotype),
        f"log10 likelihood of {_genotype} from all reads at the site drawn above: that of the first nine "
        "plus that of the others",
        f"위에 그린 자리에서 모든 리드에 대한 {_genotype}의 로그우도: 처음 아홉 개와 나머지의 값을 더한 것",
    ).close_to(
        genotype_log_likelihood(_bases[:9], _qualities[:9], _genotype)
        + genotype_log_likelihood(_bases[9:], _qualities[9:], _genotype)
    )
### BEGIN HIDDEN TESTS
_library = genomics.genotype_likelihoods(_column.assign(mapping_quality=_column["quality"])).iloc[0]
for _genotype in GENOTYPES:
    expect(
        genotype_log_likelihood(_bases, _qualities, _genotype),
        f"log10 likelihood of {_genotype} at the site drawn above",
        f"위에 그린 자리에서 {_genotype}의 로그우도",
    ).close_to(float(_library[_genotype]))
expect(
    genotype_log_likelihood("GGT", [10, 25, 40], "GT"),
    "log10 likelihood of GT from G, G and T of other qualities",
    "품질이 다른 G, G, T에 대한 GT의 로그우도",
).close_to(sum(math.log10((1 - e + e / 3) / 2) for e in (0.1, 10**-2.5, 1e-4)))
expect(
    genotype_log_likelihood("ACGT", [30] * 4, "CG"),
    "log10 likelihood of CG when all four bases are seen",
    "네 염기가 모두 보일 때 CG의 로그우도",
).close_to(2 * math.log10(0.999 / 2 + 0.001 / 6) + 2 * math.log10(0.001 / 3))
try:
    _got = genotype_log_likelihood("A" * 500 + "C" * 500, [40] * 1000, "CC")
except ValueError:  # the logarithm of 0 is an error for math and -inf for NumPy: one misconception
    _got = -math.inf
expect(
    _got,
    "log10 likelihood at a depth of 1,000",
    "깊이 1,000에서의 로그우도",
).close_to(
    500 * math.log10(1 - 1e-4) + 500 * math.log10(1e-4 / 3),
    hints=[
        hint(
            "product-underflows",
            lambda got: not math.isfinite(got),
            en="The product of many probabilities underflowed to 0. Add logarithms, read by read.",
            ko="확률을 여러 번 곱해 0으로 사라졌습니다. 리드마다 로그를 더하십시오.",
        )
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Your function at that site, for all ten genotypes: the bar nearest to zero is the most likely one. By how
# many powers of ten does it beat the next?

# %% [markdown] lang="ko"
# 위의 자리에서 여러분의 함수로 열 가지 유전자형을 모두 계산한 것입니다. 0에 가장 가까운 막대가 가장
# 그럴듯한 유전자형입니다. 다음 것보다 10의 몇 거듭제곱 배만큼 더 그럴듯합니까?


# %%
def show_likelihoods():
    column = around[around["start"] == site]
    bases, qualities = "".join(column["base"].astype(str)), column["quality"].tolist()
    values = {genotype: genotype_log_likelihood(bases, qualities, genotype) for genotype in GENOTYPES}
    with style():
        _, axes = plt.subplots(figsize=(7, 3), layout="constrained")
    genomics.plot_genotypes(values, ax=axes)
    axes.set_ylabel(me.text("log10 likelihood", "로그우도 (밑 10)"))
    axes.set_title(me.text(f"{len(bases)} reads: {bases}", f"리드 {len(bases)}개: {bases}"), fontsize=9)
    plt.show()


lab.show(show_likelihoods)

# %% [markdown] lang="en"
# ## 2 · What you knew before: the prior
#
# Likelihood alone is a bad judge. Over three billion positions, two or three errors fall on the same
# position somewhere, and then AG looks likelier than AA. But before any read you know that two human
# chromosomes differ at about one position in a thousand ($\theta = 0.001$). For a site with reference base
# $r$ the prior is
#
# | genotype | prior | how many |
# |---|---|---|
# | $rr$, homozygous reference | $1 - \tfrac32\theta - \theta^2$ | 1 |
# | $ra$, heterozygous with the reference | $\theta/3$ each | 3 |
# | $aa$, homozygous for another base | $\theta/6$ each | 3 |
# | $ab$, two different other bases | $\theta^2/3$ each | 3 |
#
# Together they are 1. Bayes' rule gives the posterior:
#
# $$P(G \mid D) = \frac{P(G)\,L(G)}{\sum_{H} P(H)\,L(H)}$$
#
# The sum runs over **all ten** genotypes; that nothing is there is one of the hypotheses. A likelihood of
# $10^{-400}$ is 0 for a computer: subtract the largest logarithm from all of them before you raise 10 to
# their power; the factor cancels.
#
# **Task 2.** Write `genotype_posterior`.

# %% [markdown] lang="ko"
# ## 2 · 미리 알고 있던 것: 사전 확률
#
# 우도만으로는 올바르게 판정할 수 없습니다. 30억 자리를 보다 보면 어딘가에서는 오류 두세 개가 같은 자리에
# 떨어지고, 그러면 AG가 AA보다 그럴듯해 보입니다. 그러나 리드를 보기 전에도, 사람의 두 염색체가 약 천 자리에
# 한 번 다르다는 것($\theta = 0.001$)은 알고 있습니다. 참조 염기가 $r$인 자리의 사전 확률은 다음과 같습니다.
#
# | 유전자형 | 사전 확률 | 개수 |
# |---|---|---|
# | $rr$, 참조 동형접합 | $1 - \tfrac32\theta - \theta^2$ | 1 |
# | $ra$, 참조와의 이형접합 | 각각 $\theta/3$ | 3 |
# | $aa$, 다른 염기의 동형접합 | 각각 $\theta/6$ | 3 |
# | $ab$, 서로 다른 두 비참조 염기 | 각각 $\theta^2/3$ | 3 |
#
# 모두 더하면 1입니다. 베이즈 규칙으로 사후 확률을 얻습니다.
#
# $$P(G \mid D) = \frac{P(G)\,L(G)}{\sum_{H} P(H)\,L(H)}$$
#
# 합은 **열 가지** 유전자형 전체에 대한 것입니다. "변이가 없다"도 가설의 하나입니다. 컴퓨터에서
# $10^{-400}$은 0이 되므로, 10의 거듭제곱을 구하기 전에 가장 큰 로그값을 모두에서 빼십시오. 그 인수는
# 약분됩니다.
#
# **과제 2.** `genotype_posterior` 함수를 작성하십시오.


# %% task="posterior"
def genotype_posterior(log_likelihoods, ref, theta=0.001):
    """Posterior probability of each genotype at one site.

    log_likelihoods  dict: each of the ten genotypes to its log10 likelihood
    ref              reference base, such as "A"
    theta            heterozygosity

    Returns a dict with the same ten keys; its values are probabilities that sum to 1.
    """
    ### BEGIN SOLUTION
    joint = {}
    for genotype, log_likelihood in log_likelihoods.items():
        alleles = set(genotype)
        if alleles == {ref}:
            prior = 1 - 1.5 * theta - theta**2
        elif ref in alleles:
            prior = theta / 3
        elif len(alleles) == 1:
            prior = theta / 6
        else:
            prior = theta**2 / 3
        joint[genotype] = log_likelihood + math.log10(prior)
    top = max(joint.values())
    weights = {genotype: 10 ** (value - top) for genotype, value in joint.items()}
    total = sum(weights.values())
    return {genotype: weight / total for genotype, weight in weights.items()}
    ### END SOLUTION


# %% check="posterior" points=3
# Ten reads A of quality 30, and two reads G of quality 20: a variant, or two errors?
_two_errors = dict.fromkeys(GENOTYPES, -30.0) | {
    "AA": -4.96,
    "AG": -3.62,
    "GG": -34.8,
    "AC": -7.97,
    "AT": -7.97,
}
_posterior_hints = [
    hint(
        "hom-ref-forgotten",
        lambda got: got.get("AA", 0) == 0,
        en="That there is no variant is a hypothesis too. Is the homozygous reference among your genotypes?",
        ko="변이가 없다는 것도 하나의 가설입니다. 참조 동형접합이 여러분의 유전자형 목록에 들어 있습니까?",
    ),
    hint(
        "posterior-not-normalised",
        lambda got: abs(sum(got.values()) - 1) > 1e-6,
        en="Probabilities of all genotypes together are 1. What does Bayes' rule divide by?",
        ko="모든 유전자형의 확률을 더하면 1이어야 합니다. 베이즈 규칙에서는 무엇으로 나눕니까?",
    ),
    hint(
        "prior-ignored",
        lambda got: math.isclose(got["AG"], 0.956207, abs_tol=1e-5),
        en=(
            "All genotypes were taken as equally likely beforehand. How rare is a variant before any "
            "read is seen?"
        ),
        ko="모든 유전자형을 미리 똑같이 가능하다고 보셨습니다. 리드를 보기 전에 변이는 얼마나 드뭅니까?",
    ),
    hint(
        "prior-not-shared",
        lambda got: math.isclose(got["AC"], 9.57e-7, rel_tol=1e-2),
        en=(
            "Each of three genotypes got the whole prior of its row. The three share it: see the column "
            "that says how many."
        ),
        ko=(
            "세 유전자형이 각각 그 줄의 사전 확률을 통째로 받았습니다. 셋이 나누어 가져야 합니다. 표의 "
            "개수 열을 보십시오."
        ),
    ),
]
expect(
    genotype_posterior(_two_errors, "A", 0.001),
    "posterior of a site with two doubtful bases",
    "의심스러운 염기가 두 개 있는 자리의 사후 확률",
).close_to(
    dict.fromkeys(GENOTYPES, 0.0)
    | {"AA": 0.99274881, "AC": 3.238698e-07, "AG": 0.00725054223, "AT": 3.238698e-07},
    abs=1e-8,
    hints=_posterior_hints,
)


### BEGIN HIDDEN TESTS
def _expected_posterior(likelihoods, ref, theta):
    prior = {
        g: (1 - 1.5 * theta - theta**2 if g == ref * 2 else theta / 3 if ref in g else theta / 6)
        if ref in g or g[0] == g[1]
        else theta**2 / 3
        for g in GENOTYPES
    }
    values = np.array([likelihoods[g] + math.log10(prior[g]) for g in GENOTYPES])
    weights = 10 ** (values - values.max())
    return dict(zip(GENOTYPES, (weights / weights.sum()).tolist(), strict=True))


_nothing = dict.fromkeys(GENOTYPES, 0.0)
expect(
    genotype_posterior(_nothing, "C", 0.001),
    "posterior of a site without any read: the prior",
    "리드가 없는 자리의 사후 확률, 곧 사전 확률",
).close_to(_expected_posterior(_nothing, "C", 0.001))
expect(
    genotype_posterior(_nothing, "T", 0.01),
    "posterior without reads when heterozygosity is 0.01",
    "이형접합도가 0.01이고 리드가 없을 때의 사후 확률",
).close_to(_expected_posterior(_nothing, "T", 0.01))
_two_alternatives = dict.fromkeys(GENOTYPES, -60.0) | {
    "CG": -9.0,
    "CC": -40.0,
    "GG": -38.0,
    "AC": -41.0,
    "AG": -39.0,
}
expect(
    genotype_posterior(_two_alternatives, "A", 0.001),
    "posterior of a site with two different alternative bases",
    "서로 다른 비참조 염기가 두 개 있는 자리의 사후 확률",
).close_to(_expected_posterior(_two_alternatives, "A", 0.001))
_deep = dict.fromkeys(GENOTYPES, -2000.0) | {"GT": -600.0, "GG": -605.0}
try:
    _got = genotype_posterior(_deep, "G", 0.001)
except ZeroDivisionError:  # 0 / 0 is an error for Python's numbers and nan for NumPy's: one misconception
    _got = dict.fromkeys(GENOTYPES, math.nan)
expect(
    _got,
    "posterior at a very deep site",
    "깊이가 매우 큰 자리의 사후 확률",
).close_to(
    _expected_posterior(_deep, "G", 0.001),
    hints=[
        hint(
            "posterior-underflows",
            lambda got: any(not math.isfinite(p) for p in got.values()) or sum(got.values()) == 0,
            en="10 to the power of -600 is 0 for a computer. Subtract the largest logarithm first.",
            ko="컴퓨터에서 10의 -600제곱은 0입니다. 먼저 가장 큰 로그값을 빼십시오.",
        )
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 3 · How sure? GQ and QUAL
#
# A caller reports the genotype with the highest posterior, and two qualities on the Phred scale. They
# answer different questions:
#
# - **GQ**, genotype quality: how probable is it that *this genotype* is wrong?
#   $\mathrm{GQ} = -10\log_{10}\bigl(1 - P(\text{best} \mid D)\bigr)$, where $1 - P(\text{best})$ is what
#   all the other genotypes have left, mostly the second best. It is rounded and capped at 99.
# - **QUAL**: how probable is it that there is *no variant here at all*?
#   $\mathrm{QUAL} = -10\log_{10} P(rr \mid D)$. Cap it at 999.
#
# A site can have QUAL 500 and GQ 3: surely a variant, but on one chromosome or on both? For the newborn of
# the introduction, that is the question. (Programs differ in detail: GATK's GQ is the gap to the
# second-best genotype, and bcftools reports GQ up to 127.)
#
# **Task 3.** Write `call_genotype`.

# %% [markdown] lang="ko"
# ## 3 · 얼마나 확실합니까? GQ와 QUAL
#
# 변이 판정 프로그램은 사후 확률이 가장 높은 유전자형과 함께, Phred 눈금의 품질값 두 가지를 보고합니다. 두
# 값은 서로 다른 질문에 답합니다.
#
# - **GQ**(유전자형 품질): *이 유전자형*이 틀렸을 확률은 얼마입니까?
#   $\mathrm{GQ} = -10\log_{10}\bigl(1 - P(\text{best} \mid D)\bigr)$ 이며, $1 - P(\text{best})$는 나머지
#   모든 유전자형, 주로 두 번째로 좋은 유전자형의 몫입니다. 반올림하고 99를 넘지 않게 합니다.
# - **QUAL**: *이 자리에 변이가 아예 없을* 확률은 얼마입니까? $\mathrm{QUAL} = -10\log_{10} P(rr \mid D)$.
#   999를 넘지 않게 합니다.
#
# QUAL이 500인데 GQ가 3인 자리도 있습니다. 변이인 것은 분명하지만 염색체 하나에 있는지 둘 다에 있는지 모르는
# 경우입니다. 앞서 말씀드린 신생아에게는 바로 그것이 문제입니다. (프로그램마다 조금씩 다릅니다. GATK의 GQ는
# 두 번째로 좋은 유전자형과의 차이이고, bcftools의 GQ는 127까지 나옵니다.)
#
# **과제 3.** `call_genotype` 함수를 작성하십시오.


# %% task="call"
def call_genotype(posterior, ref):
    """Call the best genotype of one site.

    posterior  dict: genotype to posterior probability (they sum to 1)
    ref        reference base, such as "A"

    Returns a dict with
      genotype  the most probable one; the first in the dict if several are equally probable
      gq        int, 0 to 99
      qual      float, 0 to 999
    """
    ### BEGIN SOLUTION
    best = max(posterior, key=posterior.get)
    wrong = sum(value for genotype, value in posterior.items() if genotype != best)
    no_variant = posterior[ref + ref]
    gq = min(-10 * math.log10(wrong), 99) if wrong > 0 else 99
    qual = min(-10 * math.log10(no_variant), 999) if no_variant > 0 else 999
    return {"genotype": best, "gq": round(gq), "qual": float(qual)}
    ### END SOLUTION


# %% check="call" points=2
_sure_variant = dict.fromkeys(GENOTYPES, 0.0) | {"AA": 1e-12, "AG": 0.3 - 1e-12, "GG": 0.7}
_call = call_genotype(_sure_variant, "A")
expect(_call["genotype"], "genotype of the most probable hypothesis", "가장 그럴듯한 유전자형").equals("GG")
expect(_call["gq"], "GQ when the best genotype has 0.7", "가장 좋은 유전자형의 확률이 0.7일 때의 GQ").equals(
    5,
    hints=[
        hint(
            "gq-from-best",
            lambda got: 0 <= got < 3,
            en=(
                "This measures how probable the best genotype is. GQ is about its being wrong: what do "
                "the others have left?"
            ),
            ko=(
                "가장 좋은 유전자형이 맞을 확률로 계산하셨습니다. GQ는 그것이 틀릴 확률입니다. 나머지의 "
                "몫은 얼마입니까?"
            ),
        ),
        hint(
            "gq-not-rounded",
            lambda got: math.isclose(got, -10 * math.log10(0.3), abs_tol=1e-3),
            en="The value is right; GQ is written as a whole number.",
            ko="값은 맞습니다. 다만 GQ는 정수로 적습니다.",
        ),
        hint(
            "gq-second-best-only",
            lambda got: got == round(10 * math.log10(0.7 / 0.3)),
            en=(
                "This is the gap between the best and the second-best genotype. Here GQ is the probability "
                "that all the others have left."
            ),
            ko=(
                "이것은 가장 좋은 유전자형과 두 번째 유전자형의 차이입니다. 여기서 GQ는 나머지 모든 "
                "유전자형의 몫으로 계산합니다."
            ),
        ),
    ],
)
expect(
    _call["qual"], "QUAL when no variant has probability 1e-12", "변이가 없을 확률이 1e-12일 때의 QUAL"
).close_to(
    120.0,
    rel=1e-4,
    hints=[
        hint(
            "qual-is-about-the-site",
            lambda got: got < 6,
            en="This is the doubt about the genotype. QUAL asks whether there is a variant at all.",
            ko="이것은 유전자형에 대한 의심입니다. QUAL은 변이가 있기는 한지를 묻습니다.",
        )
    ],
)
### BEGIN HIDDEN TESTS
_reference = dict.fromkeys(GENOTYPES, 0.0) | {"CC": 0.998, "CT": 0.002}
_call = call_genotype(_reference, "C")
expect(
    [_call["genotype"], _call["gq"]], "genotype and GQ of a reference site", "참조 자리의 유전자형과 GQ"
).equals(
    ["CC", 27],
    hints=[
        hint(
            "gq-truncated",
            ["CC", 26],
            en="The decimals were cut off. GQ is rounded to the nearest whole number.",
            ko="소수점 아래를 버리셨습니다. GQ는 가장 가까운 정수로 반올림합니다.",
        )
    ],
)
expect(_call["qual"], "QUAL of a reference site", "참조 자리의 QUAL").close_to(
    -10 * math.log10(0.998), rel=1e-4
)
_certain = dict.fromkeys(GENOTYPES, 0.0) | {"TT": 1.0}
_call = call_genotype(_certain, "G")
expect(
    [_call["gq"], _call["qual"]],
    "GQ and QUAL when nothing is left to doubt",
    "의심의 여지가 없을 때의 GQ와 QUAL",
).equals([99, 999])
_tie = dict.fromkeys(GENOTYPES, 0.0) | {"AC": 0.5, "CC": 0.5}
_call = call_genotype(_tie, "A")
expect(
    [_call["genotype"], _call["gq"]], "genotype and GQ of a tie", "확률이 같은 두 유전자형의 판정과 GQ"
).equals(["AC", 3])
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 4 · One spelling for one variant
#
# The reference reads `GCACACAT` and a donor lacks one `CA`. Which one? Any of the three deletions gives the
# same sequence, so a caller may write `GCA>G` at the first base, or `ACA>A` further right, and be equally
# right. A comparison that looks at the letters calls one of them false and the other one missed. So every
# variant is written in its **normal form** (Tan et al. 2015):
#
# 1. while both alleles end in the same base, remove it; if an allele became empty, put the reference base
#    to the left in front of both, and go on;
# 2. then, while both have at least two bases and begin with the same one, remove it.
#
# The result is *parsimonious* (no letter too many) and *left-aligned*. An insertion or deletion keeps one
# base in front, its anchor: VCF has no empty alleles.
#
# **Task 4.** Write `left_align`. Positions are 0-based here, as everywhere inside the library; VCF's `POS`
# is `start + 1`.

# %% [markdown] lang="ko"
# ## 4 · 변이 하나에는 표기 하나
#
# 참조 서열이 `GCACACAT`인데 기증자에게는 `CA` 하나가 없습니다. 어느 `CA`입니까? 셋 중 무엇을 지워도 결과
# 서열은 같습니다. 그래서 어떤 프로그램은 첫 염기 자리에 `GCA>G`라고 적고, 다른 프로그램은 더 오른쪽에
# `ACA>A`라고 적으며, 둘 다 옳습니다. 글자만 비교하면 하나는 거짓, 다른 하나는 누락으로 셉니다. 그래서 모든
# 변이를 **정규형**으로 적습니다(Tan 등 2015).
#
# 1. 두 대립유전자가 같은 염기로 끝나는 동안 그 염기를 지웁니다. 어느 한쪽이 비면 왼쪽 참조 염기를 양쪽 앞에
#    붙이고 계속합니다.
# 2. 그다음, 둘 다 두 염기 이상이고 같은 염기로 시작하는 동안 그 염기를 지웁니다.
#
# 결과는 *간결하고*(남는 글자가 없고) *왼쪽 정렬*되어 있습니다. 삽입과 결실은 앞에 기준 염기 하나를
# 남깁니다. VCF에는 빈 대립유전자가 없기 때문입니다.
#
# **과제 4.** `left_align` 함수를 작성하십시오. 여기서 위치는 라이브러리 내부와 같이 0부터 셉니다. VCF의
# `POS`는 `start + 1`입니다.


# %% task="left_align"
def left_align(sequence, start, ref, alt):
    """Normal form of one variant.

    sequence  reference sequence as text; no variant here reaches its first base
    start     0-based position of the first base of ref
    ref, alt  alleles, different from each other

    Returns (start, ref, alt).
    """
    ### BEGIN SOLUTION
    while ref[-1] == alt[-1]:
        ref, alt = ref[:-1], alt[:-1]
        if not ref or not alt:
            start -= 1
            ref, alt = sequence[start] + ref, sequence[start] + alt
    while len(ref) > 1 and len(alt) > 1 and ref[0] == alt[0]:
        ref, alt, start = ref[1:], alt[1:], start + 1
    return start, ref, alt
    ### END SOLUTION


# %% check="left_align" points=2
_not_normalised = hint(
    "alleles-not-normalised",
    lambda got: tuple(got) == (5, "ACA", "A"),
    en="Nothing moved. Both alleles end in the same base: what do the two rules say about that?",
    ko="아무것도 바뀌지 않았습니다. 두 대립유전자가 같은 염기로 끝납니다. 두 규칙은 이때 무엇이라고 합니까?",
)
_anchor_lost = hint(
    "anchor-base-lost",
    lambda got: "" in tuple(got)[1:],
    en="An allele became empty. VCF has no empty alleles: an indel keeps one base in front.",
    ko="대립유전자가 비었습니다. VCF에는 빈 대립유전자가 없으므로, 삽입과 결실은 앞의 염기 하나를 남깁니다.",
)
expect(
    left_align("TGCACACATG", 5, "ACA", "A"),
    "normal form of a deletion in a repeat",
    "반복 서열 속 결실의 정규형",
).equals((1, "GCA", "G"), hints=[_not_normalised, _anchor_lost])
expect(
    left_align("TGCACACATG", 4, "CA", "CG"), "normal form of a padded SNV", "여분의 글자가 붙은 SNV의 정규형"
).equals(
    (5, "A", "G"),
    hints=[
        hint(
            "alleles-not-trimmed",
            lambda got: tuple(got) == (4, "CA", "CG"),
            en="The first letter is the same in both alleles and says nothing.",
            ko="첫 글자가 두 대립유전자에서 같으므로 아무 정보도 없습니다.",
        )
    ],
)
### BEGIN HIDDEN TESTS
expect(
    left_align("GATTTTTC", 6, "T", "TT"),
    "normal form of an insertion in a run of T",
    "T 연속 구간 속 삽입의 정규형",
).equals(
    (1, "A", "AT"),
    hints=[
        hint(
            "trimmed-not-shifted",
            lambda got: got[0] > 1,
            en="Trimmed, but not moved: the same insertion can stand further left in the repeat.",
            ko="다듬었지만 옮기지 않았습니다. 같은 삽입을 반복 서열의 더 왼쪽에 적을 수 있습니다.",
        ),
        _anchor_lost,
    ],
)
expect(
    left_align("ACGTACGT", 2, "GT", "CA"), "normal form of two bases changed", "두 염기가 바뀐 변이의 정규형"
).equals((2, "GT", "CA"))
expect(
    left_align("ACGTACGT", 2, "GTAC", "GAC"),
    "normal form of a deletion with context",
    "앞뒤 글자가 붙은 결실의 정규형",
).equals((2, "GT", "G"))
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 5 · The benchmark
#
# The library does for the whole region what you have written: `genomics.call_variants` runs `pileup` →
# `genotype_likelihoods` → `posterior` → `filter_calls`. For insertions and deletions it lays reads along
# both spellings of the sequence, and knows that a long repeat is easily read with a wrong length. A call
# that fails a filter stays in the table, with the filter's name (`LowQual`, `StrandBias`, …); only `PASS`
# counts. `genomics.normalize` splits sites with two alternatives, trims and left-aligns, and
# says on how many of the two chromosomes each variant is (`dosage`).

# %% [markdown] lang="ko"
# ## 5 · 벤치마크
#
# 여러분이 작성한 일을 라이브러리가 영역 전체에 대해 수행합니다. `genomics.call_variants`는 `pileup` →
# `genotype_likelihoods` → `posterior` → `filter_calls`를 차례로 실행합니다. 삽입과 결실은 리드를 두 가지
# 서열 표기에 나란히 놓아 보며, 긴 반복 서열은 길이가 잘못 읽히기 쉽다는 점도 고려합니다. 필터를 통과하지
# 못한 판정도 필터 이름(`LowQual`, `StrandBias` 등)과 함께 표에 남으며, `PASS`만 셉니다.
# `genomics.normalize`는 대립유전자가 둘인 자리를 나누고, 다듬고, 왼쪽으로 정렬하며, 각 변이가 염색체 두 개
# 중 몇 개에 있는지(`dosage`) 알려 줍니다.

# %% setup
calls = genomics.call_variants(data.path("reads"), data.path("reference"), window)
sample_calls = genomics.normalize(calls[calls["filter"] == "PASS"], data.path("reference"))
sample_truth = genomics.normalize(truth, data.path("reference"))
_columns = ["chrom", "start", "end", "ref", "alt", "dosage"]
sample_calls, sample_truth = sample_calls[_columns], sample_truth[_columns]
sample_calls.head()

# %% [markdown] lang="en"
# Compare the calls with the truth, variant by variant:
#
# - **TP**: same place, same alleles, same dosage on both sides;
# - **FP**: called, but not so in the truth; **FN**: in the truth, but not so called. A heterozygous call of
#   a homozygous variant is wrong twice: one FP and one FN. For the newborn it would be.
#
# $$\text{precision} = \frac{TP}{TP + FP} \qquad \text{recall} = \frac{TP}{TP + FN}$$
#
# Count only variants that lie wholly inside a **confident region**: `start >= region start` and
# `end <= region end`, as both are 0-based and half-open. Outside, GIAB does not say "nothing is there"; it
# says nothing. A call there is neither true nor false, so it must not be counted on either side.
#
# **Task 5.** Write `benchmark`.

# %% [markdown] lang="ko"
# 판정 결과를 정답과 변이 단위로 비교합니다.
#
# - **TP**: 위치, 대립유전자, dosage가 양쪽에서 모두 같습니다.
# - **FP**: 판정했지만 정답에는 그렇게 나와 있지 않습니다. **FN**: 정답에 있지만 그렇게 판정하지 못했습니다.
#   동형접합 변이를 이형접합으로 판정하면 두 번 틀린 것으로 보아 FP 하나와 FN 하나로 셉니다. 앞의
#   신생아에게는 실제로 그렇습니다.
#
# $$\text{정밀도} = \frac{TP}{TP + FP} \qquad \text{재현율} = \frac{TP}{TP + FN}$$
#
# **신뢰 영역** 안에 온전히 들어 있는 변이만 셉니다. 둘 다 0부터 세는 반열린 구간이므로 조건은
# `start >= 영역의 start` 그리고 `end <= 영역의 end`입니다. 영역 바깥에 대하여 GIAB는 "변이가 없다"고 하지
# 않습니다. 아무 말도 하지 않을 뿐입니다. 그곳의 판정은 참도 거짓도 아니므로 양쪽 어디에서도 세면 안 됩니다.
#
# **과제 5.** `benchmark` 함수를 작성하십시오.


# %% task="benchmark"
def benchmark(calls, truth, regions):
    """Compare normalised calls with a normalised truth inside confident regions.

    calls, truth  DataFrames: chrom, start, end, ref, alt, dosage; one row per variant
    regions       DataFrame: chrom, start, end; they do not overlap

    Returns a dict: tp, fp, fn (int), precision, recall (float; nan if it would be 0 / 0).
    """
    ### BEGIN SOLUTION
    sides = []
    for table in (calls, truth):
        pairs = table.merge(regions, on="chrom", suffixes=("", "_region"))
        kept = pairs[(pairs["start"] >= pairs["start_region"]) & (pairs["end"] <= pairs["end_region"])]
        sides.append(set(kept[["chrom", "start", "ref", "alt", "dosage"]].itertuples(index=False, name=None)))
    called, true = sides
    tp, fp, fn = len(called & true), len(called - true), len(true - called)
    return {
        "tp": tp,
        "fp": fp,
        "fn": fn,
        "precision": tp / (tp + fp) if called else math.nan,
        "recall": tp / (tp + fn) if true else math.nan,
    }
    ### END SOLUTION


# %% check="benchmark.counts" points=2
def _table(text):
    rows = [line.split() for line in text.split(",")]
    frame = pd.DataFrame(rows, columns=["chrom", "start", "ref", "alt", "dosage"])
    frame = frame.astype({"start": np.int64, "dosage": np.int8})
    frame.insert(2, "end", frame["start"] + frame["ref"].str.len())
    return frame


_anywhere = pd.DataFrame({"chrom": ["1"], "start": [0], "end": [1000]})
_got = benchmark(
    _table("1 10 A G 1, 1 20 C T 1, 1 30 G GA 2, 1 40 T C 1"),
    _table("1 10 A G 1, 1 20 C T 2, 1 30 G GA 2, 1 50 A C 1, 1 60 A C 1"),
    _anywhere,
)
expect(
    [_got["tp"], _got["fp"], _got["fn"]],
    "TP, FP, FN of four calls against five true variants",
    "판정 4개와 정답 5개를 비교한 TP, FP, FN",
).equals(
    [2, 2, 3],
    hints=[
        hint(
            "genotype-ignored",
            [3, 1, 2],
            en=(
                "A heterozygous call of a homozygous variant was counted as right. Is the genotype part "
                "of your comparison?"
            ),
            ko="동형접합 변이를 이형접합으로 판정한 것을 맞다고 세셨습니다. 비교에 유전자형이 들어 있습니까?",
        )
    ],
)
expect(
    [_got["precision"], _got["recall"]], "precision and recall of these calls", "이 판정의 정밀도와 재현율"
).close_to(
    [0.5, 0.4],
    hints=[
        hint(
            "precision-recall-swapped",
            [0.4, 0.5],
            en="Precision is about what was called, recall about what is true. They are swapped.",
            ko="정밀도는 판정한 것에 대한 비율이고 재현율은 정답에 대한 비율입니다. 둘이 바뀌었습니다.",
        )
    ],
)
### BEGIN HIDDEN TESTS
_got = benchmark(
    _table("1 10 A G 1, 2 10 A G 1, 1 70 C A 1, 1 70 C T 1"),
    _table("1 10 A C 1, 2 10 A G 1, 1 70 C A 1, 1 70 C T 1"),
    pd.DataFrame({"chrom": ["1", "2"], "start": [0, 0], "end": [1000, 1000]}),
)
expect(
    [_got["tp"], _got["fp"], _got["fn"]],
    "TP, FP, FN with two contigs and a site with two alternatives",
    "두 염색체와 대립유전자가 둘인 자리가 있을 때의 TP, FP, FN",
).equals([3, 1, 1])
# Two deletions at one place that leave the same base: only ref tells them apart.
_got = benchmark(_table("1 10 GC G 1"), _table("1 10 GCA G 1"), _anywhere)
expect(
    [_got["tp"], _got["fp"], _got["fn"]],
    "TP, FP, FN of two different deletions at one place",
    "같은 자리의 서로 다른 두 결실에 대한 TP, FP, FN",
).equals(
    [0, 1, 1],
    hints=[
        hint(
            "ref-allele-ignored",
            [1, 0, 0],
            en="Position and alt agree, but different bases were deleted. Is ref part of your comparison?",
            ko="위치와 alt는 같지만 지워진 염기가 다릅니다. 비교에 ref가 들어 있습니까?",
        )
    ],
)
_got = benchmark(_table("1 10 A G 1").iloc[:0], _table("1 10 A G 1"), _anywhere)
expect(
    [_got["tp"], _got["fp"], _got["fn"], _got["recall"]],
    "TP, FP, FN and recall when nothing was called",
    "아무것도 판정하지 않았을 때의 TP, FP, FN과 재현율",
).equals([0, 0, 1, 0.0])
expect(_got["precision"], "precision when nothing was called", "아무것도 판정하지 않았을 때의 정밀도").equals(
    math.nan
)
### END HIDDEN TESTS


# %% check="benchmark.confident" points=2
def _by_the_library(regions):
    """TP, FP and FN of the library's own comparison."""
    compared = genomics.compare_calls(calls, truth, regions, reference=data.path("reference"))
    return [int(n) for n in compared.summary.loc["all", ["tp", "fp", "fn"]]]


_got = benchmark(sample_calls, sample_truth, confident)
expect(
    [_got["tp"], _got["fp"], _got["fn"]],
    "TP, FP, FN of the sample's calls in the confident regions",
    "신뢰 영역 안에서 표본의 판정에 대한 TP, FP, FN",
).equals(
    _by_the_library(confident),
    hints=[
        hint(
            "outside-confident",
            _by_the_library(None),
            en=(
                "Variants outside the confident regions were counted. What does the truth say about "
                "those places?"
            ),
            ko="신뢰 영역 바깥의 변이까지 세셨습니다. 정답은 그곳에 대하여 무엇이라고 합니까?",
        )
    ],
)
### BEGIN HIDDEN TESTS
_edges = pd.DataFrame({"chrom": ["1", "1"], "start": [100, 300], "end": [200, 400]})
_edge_calls = _table(
    "1 99 A G 1, 1 100 A G 1, 1 199 C T 1, 1 200 C T 1, 1 198 CTT C 1, 1 250 A C 1, 1 399 A C 1"
)
_got = benchmark(_edge_calls, _edge_calls, _edges)
expect(
    [_got["tp"], _got["fp"], _got["fn"]],
    "variants counted at the edges of two regions",
    "두 영역의 가장자리에서 센 변이",
).equals(
    [3, 0, 0],
    hints=[
        hint(
            "bed-off-by-one",
            lambda got: list(got) in ([4, 0, 0], [5, 0, 0], [2, 0, 0], [1, 0, 0]),
            en=(
                "One base too many or too few: BED and these tables are 0-based and half-open, `end` is "
                "outside."
            ),
            ko=(
                "한 염기가 많거나 적습니다. BED와 이 표는 0부터 세는 반열린 구간이며 `end`는 포함하지 "
                "않습니다."
            ),
        )
    ],
)
_got = benchmark(_table("1 150 A G 1, 1 250 A G 1"), _table("1 150 A G 1, 1 260 C G 2"), _edges)
expect(
    [_got["tp"], _got["fp"], _got["fn"]],
    "TP, FP, FN when both sides have a variant between the regions",
    "양쪽 모두 영역 사이에 변이가 있을 때의 TP, FP, FN",
).equals(
    [1, 0, 0],
    hints=[
        hint(
            "truth-outside-counted",
            lambda got: got[2] == 1,
            en="The regions cut the calls, but not the truth: what was never expected now counts as missed.",
            ko=(
                "신뢰 영역으로 판정만 거르고 정답은 거르지 않으셨습니다. 찾을 필요가 없던 것이 누락으로 "
                "세어집니다."
            ),
        )
    ],
)
_other = _table("1 150 A G 1, 2 150 A G 1")
_got = benchmark(_other, _other, _edges)
expect(
    [_got["tp"], _got["fp"], _got["fn"]],
    "variants counted when another contig has no confident region",
    "다른 염색체에는 신뢰 영역이 없을 때 센 변이",
).equals(
    [1, 0, 0],
    hints=[
        hint(
            "region-of-any-contig",
            [2, 0, 0],
            en="A region holds on its own contig only: compare `chrom` too, not just the numbers.",
            ko="신뢰 영역은 자기 염색체에서만 유효합니다. 숫자만이 아니라 `chrom`도 비교하십시오.",
        )
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Against bcftools
#
# `method="bcftools"` runs the program that most pipelines use, on the same reads; here on the first 50,000
# bases, as it takes several times as long. The table gives F1, the harmonic mean of precision and recall,
# of what passes; the curve shows what happens when the QUAL threshold rises from "keep every call" (the
# dot) to "keep only the best" (the left end). Three things to remember when you read such tables. Fifty
# kilobases hold some hundred variants: one more missed variant moves F1 by half a percentage point, one
# more wrong genotype by one. The two programs' QUAL are not on the same scale, so compare curves, not
# thresholds. And exact matching after normalisation still calls two records different if only their
# *combination* spells the same sequence; haplotype-aware tools (vcfeval, hap.py) forgive that, so figures
# from the two kinds of tools can't be compared.
#
# `genomics.compare_calls` is your `benchmark` for tables as callers write them: it normalises both sides
# and keeps a table of every error. On a whole chromosome, give `genomics.call_variants` more processes with
# `workers=4`: the calls stay the same.

# %% [markdown] lang="ko"
# ### bcftools와 비교
#
# `method="bcftools"`는 대부분의 분석 파이프라인이 쓰는 프로그램을 같은 리드에 실행합니다. 시간이 몇 배 더
# 걸리므로 여기서는 처음 50,000염기에만 실행합니다. 표는 필터를 통과한 판정의 F1, 곧 정밀도와 재현율의 조화
# 평균을 보여 줍니다. 곡선은 QUAL 기준을 "모두 남긴다"(점)에서 "가장 확실한 것만 남긴다"(왼쪽 끝)까지 올릴
# 때의 변화입니다. 이런 표를 읽을 때 세 가지를 기억하십시오. 50킬로베이스에는 변이가 백 개 남짓뿐이어서,
# 변이 하나를 더 놓치면 F1이 0.5퍼센트포인트, 유전자형 하나를 더 틀리면 1퍼센트포인트 내려갑니다. 두
# 프로그램의 QUAL은 눈금이 서로 다르므로, 기준값이 아니라 곡선을 비교해야 합니다. 또한 정규화한 뒤에 정확히
# 일치하는지만 보면, 여러 레코드를 *함께* 적용해야 같은 서열이 되는 경우를 서로 다르다고 판정합니다.
# 일배체형을 고려하는 도구(vcfeval, hap.py)는 이를 맞다고 인정하므로, 두 부류의 도구에서 나온 수치는 서로
# 비교할 수 없습니다.
#
# `genomics.compare_calls`는 판정 프로그램이 적은 표를 그대로 받는 `benchmark`입니다. 양쪽을 정규화하고 모든
# 오류를 표로 남깁니다. 염색체 전체를 분석할 때는 `genomics.call_variants`에 `workers=4`처럼 프로세스 수를
# 주십시오. 판정 결과는 달라지지 않습니다.

# %%
part = (window[0], window[1], min(window[1] + 50_000, window[2]))
by_bcftools = genomics.call_variants(data.path("reads"), data.path("reference"), part, method="bcftools")
both = {"biolabkit": calls, "bcftools": by_bcftools}
confident_part = confident.assign(end=confident["end"].clip(upper=part[2]))
confident_part = confident_part[confident_part["start"] < confident_part["end"]]
compared = {
    name: genomics.compare_calls(table, truth, confident_part, reference=data.path("reference"))
    for name, table in both.items()
}
unfiltered = {
    name: genomics.compare_calls(
        table, truth, confident_part, reference=data.path("reference"), passing=False
    )
    for name, table in both.items()
}
with style():
    _, axes = plt.subplots(figsize=(6, 4), layout="constrained")
genomics.plot_pr_curve(unfiltered, ax=axes)
axes.set_xlabel(me.text("recall", "재현율"))
axes.set_ylabel(me.text("precision", "정밀도"))
axes.set_title(me.text("Every call, by QUAL", "QUAL에 따른 모든 판정"))
plt.show()
pd.concat({name: result.summary for name, result in compared.items()}).round(4)

# %% [markdown] lang="en"
# ## 6 · Your own donor
#
# Nobody else has this donor: a genome of 40,000 bases drawn from your own seed, with SNVs only, sequenced
# to a depth of just 10. Its truth is known exactly, everywhere. Shallow sequencing is cheap, and many
# biobanks do it; what does it cost?
#
# **Task 6.** With the library's functions, on `my_reads` and `my_reference`:
#
# - `my_calls`: the rows of `filter_calls(posterior(genotype_likelihoods(pileup(...))), min_gq=20)` that are
#   variants (`alt` is not `"."`) and pass;
# - `my_het_recall`: the fraction of the donor's heterozygous variants (in `my_truth`) that are in
#   `my_calls` with the same position and alternative, and heterozygous;
# - `depth_needed`: the smallest number of error-free reads at which a heterozygous site shows only one of
#   its two alleles with a probability below 1 in 1000 (think of coins: all heads *or* all tails);
# - `wrong_per_thousand`: of 1000 genotypes that have GQ 20 exactly, how many do you expect to be wrong?

# %% [markdown] lang="ko"
# ## 6 · 나만의 기증자
#
# 이 기증자는 여러분만의 것입니다. 여러분의 시드로 만든 40,000염기 유전체이며, SNV만 있고, 깊이 10으로만
# 시퀀싱했습니다. 정답은 모든 곳에서 정확히 알려져 있습니다. 얕은 시퀀싱은 값이 싸서 많은 바이오뱅크가
# 사용합니다. 그 대가는 무엇입니까?
#
# **과제 6.** `my_reads`와 `my_reference`에 라이브러리 함수를 사용하여 다음을 구하십시오.
#
# - `my_calls`: `filter_calls(posterior(genotype_likelihoods(pileup(...))), min_gq=20)`의 행 가운데
#   변이이면서(`alt`가 `"."`이 아니면서) 필터를 통과한 것
# - `my_het_recall`: 기증자의 이형접합 변이(`my_truth`) 가운데, `my_calls`에 같은 위치와 같은 대립유전자로
#   있고 이형접합으로 판정된 비율
# - `depth_needed`: 오류가 없을 때, 이형접합 자리에서 두 대립유전자 중 하나만 보일 확률이 1000분의 1보다
#   작아지는 최소 리드 수 (동전을 생각해 보십시오. 모두 앞면이거나 *또는* 모두 뒷면입니다.)
# - `wrong_per_thousand`: GQ가 정확히 20인 유전자형 1000개 가운데 틀린 것은 몇 개라고 기대합니까?

# %% setup
import tempfile

_my_folder = tempfile.TemporaryDirectory(prefix="biolabkit-donor-")
_my_genome = simulate.genome(40_000, seed=me.seed, name="mine")
_my_donor = simulate.diploid_sample(
    _my_genome, seed=me.seed + 1, snv_rate=0.003, indel_rate=0, multiallelic=0
)
_my_files = simulate.reads(_my_donor, _my_folder.name, seed=me.seed + 2, depth=10)
my_reads, my_reference = _my_files["reads"], _my_files["reference"]
my_truth = genomics.read_vcf(_my_files["truth"])
my_truth.head()

# %% task="my_donor"
my_calls = None
my_het_recall = None
depth_needed = None
wrong_per_thousand = None
### BEGIN SOLUTION
my_sites = genomics.posterior(genomics.genotype_likelihoods(genomics.pileup(my_reads, my_reference)))
my_sites = genomics.filter_calls(my_sites, min_gq=20)
my_calls = my_sites[(my_sites["alt"] != ".") & (my_sites["filter"] == "PASS")]

my_hets = my_truth[my_truth["allele1"] != my_truth["allele2"]]
called_het = my_calls[my_calls["allele1"] != my_calls["allele2"]]
my_het_recall = len(my_hets.merge(called_het, on=["pos", "alt"])) / len(my_hets)

depth_needed = next(n for n in range(1, 100) if 2 * 0.5**n < 0.001)
wrong_per_thousand = 1000 * 10 ** (-20 / 10)
### END SOLUTION


# %% check="my_donor.calls" points=2
if my_calls is None:
    raise NotImplementedError
expect(isinstance(my_calls, pd.DataFrame), "my_calls is a DataFrame", "my_calls가 DataFrame인지").equals(True)
expect(
    int((my_calls["alt"] == ".").sum()),
    "rows of my_calls without a variant",
    "my_calls에서 변이가 아닌 행의 수",
).equals(
    0,
    hints=[
        hint(
            "not-a-variant",
            lambda got: got > 0,
            en="These rows are homozygous for the reference: their alt is '.', so they are no variants.",
            ko="이 행들은 참조 동형접합입니다. alt가 '.'이므로 변이가 아닙니다.",
        ),
    ],
)
expect(
    int((my_calls["filter"] != "PASS").sum()),
    "rows of my_calls that failed a filter",
    "my_calls에서 필터를 통과하지 못한 행의 수",
).equals(
    0,
    hints=[
        hint(
            "pass-not-kept",
            lambda got: got > 0,
            en="Some of these calls failed a filter. What does their filter column say?",
            ko="이 가운데 일부는 필터를 통과하지 못한 판정입니다. filter 열에 무엇이라고 적혀 있습니까?",
        ),
    ],
)
expect(float(my_calls["gq"].min()), "lowest GQ of your calls", "여러분의 판정에서 가장 낮은 GQ").between(
    20,
    99,
    hints=[
        hint(
            "gq-not-asked-for",
            lambda got: got < 20,
            en="Genotypes of a lower GQ than 20 are among them. Which argument of filter_calls asks for it?",
            ko="GQ가 20보다 낮은 유전자형이 있습니다. filter_calls의 어느 인수가 이를 요구합니까?",
        )
    ],
)
### BEGIN HIDDEN TESTS
_sites = genomics.posterior(genomics.genotype_likelihoods(genomics.pileup(my_reads, my_reference)))
_sites = genomics.filter_calls(_sites, min_gq=20)
_wanted = _sites[(_sites["alt"] != ".") & (_sites["filter"] == "PASS")]
_key = ["chrom", "pos", "ref", "alt", "allele1", "allele2"]
expect(
    len(my_calls), "number of variants that pass in your donor", "기증자에서 필터를 통과한 변이의 수"
).equals(len(_wanted))
expect(
    my_calls[_key].astype({"chrom": str}), "your variants and their genotypes", "여러분의 변이와 유전자형"
).table(_wanted[_key].astype({"chrom": str}), by="pos")
### END HIDDEN TESTS

# %% check="my_donor.reading" points=2
if my_het_recall is None:
    raise NotImplementedError
expect(
    my_het_recall, "recall of your donor's heterozygous variants", "기증자의 이형접합 변이에 대한 재현율"
).between(
    0.5,
    1,
    hints=[
        hint(
            "recall-in-percent",
            lambda got: got > 1,
            en="A recall is a fraction between 0 and 1.",
            ko="재현율은 0과 1 사이의 비율입니다.",
        )
    ],
)
expect(
    depth_needed, "reads needed to see both alleles", "두 대립유전자를 모두 보는 데 필요한 리드 수"
).between(2, 100)
expect(
    wrong_per_thousand,
    "wrong genotypes expected among 1000 of GQ 20",
    "GQ 20인 1000개 중 틀릴 것으로 기대되는 수",
).between(0, 1000)
### BEGIN HIDDEN TESTS
_sites = genomics.posterior(genomics.genotype_likelihoods(genomics.pileup(my_reads, my_reference)))
_sites = genomics.filter_calls(_sites, min_gq=20)
_wanted = _sites[(_sites["alt"] != ".") & (_sites["filter"] == "PASS")]
_hets = my_truth[my_truth["allele1"] != my_truth["allele2"]]
_found = _wanted[_wanted["allele1"] != _wanted["allele2"]]
expect(
    my_het_recall,
    "value of the recall of your donor's heterozygous variants",
    "기증자의 이형접합 변이에 대한 재현율의 값",
).close_to(
    len(_hets.merge(_found, on=["pos", "alt"])) / len(_hets),
    hints=[
        hint(
            "recall-of-all-variants",
            lambda got: math.isclose(got, len(my_truth.merge(_wanted, on=["pos", "alt"])) / len(my_truth)),
            en="This is the recall of all variants. The question is about the heterozygous ones only.",
            ko="이것은 모든 변이에 대한 재현율입니다. 질문은 이형접합 변이에 대한 것입니다.",
        )
    ],
)
expect(
    depth_needed, "reads needed to see both alleles", "두 대립유전자를 모두 보는 데 필요한 리드 수"
).equals(
    11,
    hints=[
        hint(
            "either-allele-can-be-missed",
            10,
            en="All reads may show the first allele, or all the second: that is two ways to miss one.",
            ko=(
                "모든 리드가 첫째 대립유전자만 보일 수도, 둘째만 보일 수도 있습니다. 하나를 놓치는 길은 "
                "두 가지입니다."
            ),
        )
    ],
)
expect(
    wrong_per_thousand,
    "wrong genotypes expected among 1000 of GQ 20",
    "GQ 20인 1000개 중 틀릴 것으로 기대되는 수",
).close_to(
    10,
    hints=[
        hint(
            "phred-as-percent",
            lambda got: math.isclose(got, math.log10(0.8)) or got in (200, 800),
            en=(
                "Phred 20 is not 20 percent. The scale is logarithmic: every 10 points divide the error "
                "by ten."
            ),
            ko="Phred 20은 20퍼센트가 아닙니다. 로그 눈금이므로 10점마다 오류 확률이 10분의 1이 됩니다.",
        )
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# The fraction of reads that show the alternative allele, at your donor's true heterozygous sites. At a
# depth of 10 it wanders far from one half by chance alone; the sites at the edges are those that a caller
# misses or takes for homozygous.

# %% [markdown] lang="ko"
# 기증자의 실제 이형접합 자리에서 비참조 대립유전자를 보이는 리드의 비율입니다. 깊이가 10이면 우연만으로도
# 2분의 1에서 크게 벗어납니다. 가장자리에 있는 자리가 바로 프로그램이 놓치거나 동형접합으로 잘못 보는
# 자리입니다.


# %%
def show_balance():
    hets = my_truth[my_truth["allele1"] != my_truth["allele2"]]
    seen = genomics.pileup(my_reads, my_reference, sites=hets["start"].tolist()).merge(
        hets[["start", "alt"]], on="start"
    )
    fraction = (seen["base"].astype(str) == seen["alt"]).groupby(seen["start"]).mean()
    called = my_calls.loc[my_calls["allele1"] != my_calls["allele2"], "start"]
    right = fraction.index.isin(called)
    with style():
        _, axes = plt.subplots(figsize=(7, 3), layout="constrained")
    edges = np.linspace(0, 1, 21)
    labels = [
        me.text("called heterozygous", "이형접합으로 판정"),
        me.text("missed, filtered or called homozygous", "누락, 필터, 또는 동형접합으로 판정"),
    ]
    axes.hist(
        [fraction[right], fraction[~right]],
        edges,
        stacked=True,
        color=["#2b6cb0", "#d97706"],
        label=labels,
    )
    axes.set_xlabel(me.text("fraction of alternative reads", "비참조 리드의 비율"))
    axes.set_ylabel(me.text("heterozygous sites", "이형접합 자리의 수"))
    axes.legend(frameon=False, bbox_to_anchor=(0.5, 1.0), loc="lower center", ncols=2)
    plt.show()


if isinstance(my_calls, pd.DataFrame):
    lab.show(show_balance)

# %% [markdown] lang="en"
# ## 7 · What the figure does not say
#
# A laboratory has measured its SNV recall on HG002, as you did, and found 0.999. Its director wants to write
# on the website: *"Our test finds 99.9 % of all variants in your genome."*
#
# **Task 7.** Write to the director in five to eight sentences: what the figure covers, at least three
# things that it does not cover, and a sentence that the website could honestly print. (Graded by hand.)

# %% [markdown] lang="ko"
# ## 7 · 수치가 말해 주지 않는 것
#
# 어느 검사실이 여러분처럼 HG002에서 SNV 재현율을 재어 0.999를 얻었습니다. 검사실장은 누리집에 이렇게
# 쓰려고 합니다. *"저희 검사는 고객님 유전체에 있는 모든 변이의 99.9 %를 찾아냅니다."*
#
# **과제 7.** 검사실장에게 다섯 문장에서 여덟 문장으로 답장을 쓰십시오. 이 수치가 무엇을 포함하는지,
# 포함하지 않는 것 세 가지 이상, 그리고 누리집에 정직하게 쓸 수 있는 문장 하나를 적으십시오. (사람이
# 채점합니다.)

# %% [markdown] essay="honest_figure" points=3
# **Mark scheme**
#
# 1 point — what the figure covers: SNVs of one sample, HG002, inside the GIAB confident regions, at the
# depth, chemistry and pipeline that were measured, at genotype level.
#
# 1 point — at least three things that it does not cover, for example: regions outside the confident BED
# (segmental duplications, low-complexity sequence, many medically relevant genes), which are the hard ones,
# so that the figure is optimistic; indels, structural variants and copy numbers; other samples, DNA
# qualities, depths and ancestries; genes with pseudogenes; precision, as recall alone says nothing of false
# positives; sampling error (with about 2,000 variants, 0.999 has a 95 % interval of about 0.996 to 1.000);
# tuning on HG002 itself, which makes it a training sample.
#
# 1 point — an honest sentence, for example: "On the reference sample HG002, at 30x, our test found 99.9 %
# of the single-nucleotide variants in the regions where the truth is known; insertions, deletions and
# difficult regions are found less often, see our validation report."
#
# **채점 기준**
#
# 1점 — 수치가 포함하는 것: 표본 HG002 하나의 SNV, GIAB 신뢰 영역 안, 측정한 깊이와 시약과 파이프라인,
# 유전자형 수준의 일치.
#
# 1점 — 포함하지 않는 것 세 가지 이상. 예: 신뢰 영역 바깥(분절 중복, 저복잡도 서열, 의학적으로 중요한 여러
# 유전자)은 가장 어려운 곳이므로 수치가 낙관적입니다. 삽입·결실, 구조 변이, 복제수 변이. 다른 표본, DNA
# 품질, 깊이, 인구 집단. 위유전자가 있는 유전자. 재현율만으로는 위양성을 알 수 없으므로 정밀도. 표본
# 오차(변이 약 2,000개라면 0.999의 95 % 구간은 약 0.996–1.000). HG002로 조정한 프로그램이라면 HG002는 시험
# 표본이 아니라 훈련 표본입니다.
#
# 1점 — 정직한 문장. 예: "표준 표본 HG002를 30배 깊이로 검사했을 때, 정답이 알려진 영역의 단일 염기 변이
# 가운데 99.9 %를 찾았습니다. 삽입·결실과 분석이 어려운 영역에서는 이보다 낮으며, 자세한 내용은 검증
# 보고서에 있습니다."

# %% [markdown] lang="en"
# ## What to read next
#
# - H. Li (2011), *A statistical framework for SNP calling…*, Bioinformatics 27:2987: the model of this
#   notebook and its relatives.
# - A. Tan, G. Abecasis, H. M. Kang (2015), *Unified representation of genetic variants*, Bioinformatics
#   31:2202.
# - P. Krusche et al. (2019), *Best practices for benchmarking germline small-variant calls…*, Nature
#   Biotechnology 37:555.
# - J. Wagner et al. (2022), *Benchmarking challenging small variants…*, Cell Genomics 2:100128: GIAB
#   v4.2.1, and why the truth ends where it does.
# - R. Poplin et al. (2018), *A universal SNP and small-indel variant caller…*, Nature Biotechnology 36:983:
#   what replaced the hand-made error model (DeepVariant).
#
# In the library: `genomics.call_variants`, `genomics.compare_calls` (with `match="allele"` for the question
# "was the allele found?") and `simulate.diploid_sample`, to see how your results change with depth.

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - H. Li (2011), *A statistical framework for SNP calling…*, Bioinformatics 27:2987. 이 실습의 모형과 그
#   친척들입니다.
# - A. Tan, G. Abecasis, H. M. Kang (2015), *Unified representation of genetic variants*, Bioinformatics
#   31:2202.
# - P. Krusche 등 (2019), *Best practices for benchmarking germline small-variant calls…*, Nature
#   Biotechnology 37:555.
# - J. Wagner 등 (2022), *Benchmarking challenging small variants…*, Cell Genomics 2:100128. GIAB v4.2.1,
#   그리고 정답이 왜 그곳에서 끝나는지를 설명합니다.
# - R. Poplin 등 (2018), *A universal SNP and small-indel variant caller…*, Nature Biotechnology 36:983.
#   손으로 만든 오류 모형을 대신한 방법(DeepVariant)입니다.
#
# 라이브러리에서는 `genomics.call_variants`, `genomics.compare_calls`(`match="allele"`이면 "대립유전자를
# 찾았는가"만 묻습니다), 그리고 깊이에 따라 결과가 어떻게 달라지는지 보려면 `simulate.diploid_sample`을
# 살펴보십시오.
