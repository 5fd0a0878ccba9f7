# %% [markdown] lang="en"
# # Calling variants in a haploid genome
#
# **Why this matters.** Four patients of one ward carry the same resistant bacterium. Did one infect the
# next, or did each bring it from home? Two isolates of one outbreak differ in a handful of the five million
# positions of their genome; two strangers differ in hundreds. One position called wrongly in a hundred
# thousand, and the outbreak disappears in fifty false differences. A company that grows a protein in *E.
# coli* asks the same of its cell bank: is the strain in the fermenter still the strain that was approved?
#
# **What you will be able to do**
#
# 1. count alleles in a pileup, and say what a base-quality cut does,
# 2. turn bases and qualities into the likelihood of each allele of a haploid genome, and into a call with a
#    quality,
# 3. name what is suspicious about a call, in filters,
# 4. compare calls with a truth (precision, recall, F1), in a genome of your own,
# 5. read the mutations of a real experiment: what 50,000 generations did to a bacterium.
#
# You need Python functions, NumPy, pandas and a little probability.

# %% [markdown] lang="ko"
# # 반수체 유전체의 변이 판정
#
# **왜 중요합니까?** 한 병동의 환자 네 명에게서 같은 내성균이 나왔습니다. 한 환자가 다음 환자에게 옮겼습니까,
# 아니면 저마다 밖에서 가져왔습니까? 같은 집단 감염에서 나온 두 균주는 유전체의 오백만 자리 가운데 몇 자리만
# 다르고, 관계없는 두 균주는 수백 자리가 다릅니다. 십만 자리에 한 번만 잘못 판정해도 가짜 차이가 쉰 개 생겨
# 집단 감염이 보이지 않게 됩니다. *대장균*으로 단백질을 생산하는 기업도 세포 은행에 대해 같은 질문을 합니다.
# 발효조의 균주가 지금도 승인받은 그 균주입니까?
#
# **이 실습을 마치면 할 수 있는 일**
#
# 1. 파일업에서 대립유전자를 세고, 염기 품질 기준이 무엇을 바꾸는지 말합니다.
# 2. 염기와 품질값으로부터 반수체 유전체의 대립유전자별 우도를 구하고, 품질이 붙은 판정을 내립니다.
# 3. 판정에서 의심스러운 점을 필터 이름으로 적습니다.
# 4. 자신만의 유전체에서 판정을 정답과 비교합니다(정밀도, 재현율, F1).
# 5. 실제 실험의 돌연변이를 읽고, 5만 세대가 세균에게 무엇을 했는지 말합니다.
#
# 파이썬 함수, NumPy, pandas, 그리고 약간의 확률 지식이 필요합니다.

# %% setup
import math
import tempfile

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd

from biolabkit import datasets, genomics, simulate
from biolabkit.check import expect, hint, lab
from biolabkit.plot import style

me = lab.start("genome-04-haploid-variants")
BASES = "ACGT"


def simulated_evolution():
    """Variants of three clones, one of them with a broken mismatch repair, for a room without network."""
    rng = np.random.default_rng(2041)
    rows = []
    for sample, number, transitions in (("clone-A", 8, 0.4), ("clone-B", 420, 0.92), ("clone-C", 20, 0.4)):
        for pos in np.sort(rng.choice(4_600_000, size=number, replace=False)):
            ref = str(rng.choice(list(BASES)))
            swap = "GTAC"[BASES.index(ref)]
            others = [base for base in BASES if base not in ref + swap]
            alt = swap if rng.random() < transitions else str(rng.choice(others))
            indel = bool(rng.random() < 0.1)
            alt += "AA" if indel else ""
            mixed = bool(rng.random() < 0.05)
            depth = int(rng.poisson(30 if mixed else 10)) + 2
            shown = round(depth * (0.5 if mixed else 1))
            counts = [(depth - shown + 1) // 2, (depth - shown) // 2, (shown + 1) // 2, shown // 2]
            dp4 = ",".join(map(str, counts))
            qual = float(rng.integers(30, 228))
            rows.append((sample, int(pos), ref, alt, qual, indel, depth, dp4, 15 if mixed else 60))
    return pd.DataFrame(rows, columns=["sample_id", "pos", "ref", "alt", "qual", "indel", "DP", "DP4", "MQ"])


evolution = datasets.load("ecoli-ltee-variants", "variants", fallback=simulated_evolution)

# Your own isolate: nobody else has it, and its truth is known exactly.
_rng = np.random.default_rng(me.seed)
_genome = simulate.genome(20_000, seed=_rng, name="mine", gc=0.51, repeats_per_kb=0)
_isolate = simulate.haploid_sample(_genome, seed=_rng, snv_rate=0.002, indel_rate=0)
with tempfile.TemporaryDirectory(prefix="biolabkit-isolate-") as _folder:
    _files = simulate.reads(
        _isolate, _folder, seed=_rng, depth=20, read_length=100, fragment=(300, 40), end_quality=12
    )
    _pileup = genomics.pileup(_files["reads"], _files["reference"], min_base_quality=0)
my_truth = _isolate.truth[["chrom", "start", "end", "pos", "ref", "alt", "allele1", "allele2"]]


def _another_base(position):
    return str(_rng.choice([base for base in BASES if base != _genome.sequence[position]]))


# The isolate has one stretch three times, where the reference has it once; some errors recur on one strand.
_first = int(_rng.integers(2_000, 17_000))
_quiet = np.setdiff1d(np.arange(300, 19_700), my_truth["start"])
_inside = _rng.choice(_quiet[(_quiet >= _first) & (_quiet < _first + 500)], 10, replace=False)
_outside = _rng.choice(_quiet[(_quiet < _first) | (_quiet >= _first + 500)], 12, replace=False)
_other = {int(position): _another_base(position) for position in [*_inside, *_outside]}
_copy = _pileup[_pileup["start"].between(_first, _first + 499)]
_copies = [
    _copy.assign(fragment=_copy["fragment"] + number * 1_000_000)[_rng.random(len(_copy)) < 0.95]
    for number in (1, 2)
]
my_pileup = pd.concat([_pileup, *_copies], ignore_index=True)
_elsewhere = my_pileup["start"].isin(_inside) & (my_pileup["fragment"] >= 1_000_000)
_recurs = my_pileup["start"].isin(_outside) & my_pileup["reverse"]
_letters = my_pileup["base"].astype(str)
_wrong = _elsewhere | _recurs
_letters[_wrong] = my_pileup["start"][_wrong].map(_other)
my_pileup["base"] = pd.Categorical(_letters, categories=list(BASES))

# One position of your isolate that differs from the reference, and one where reads merely err.
_errors = my_pileup[(my_pileup["base"] != my_pileup["ref"]) & ~my_pileup["start"].isin(_other)]
_sites = _errors[~_errors["start"].isin(my_truth["start"])]["start"].value_counts()
variant_site = int(my_truth["start"].iloc[len(my_truth) // 2])
error_site = int(_sites.sort_index(kind="stable").idxmax())
my_pileup.head()

# %% [markdown] lang="en"
# ## 1 · Counting witnesses
#
# `my_pileup` holds every base that the reads of *your* isolate show at each position of its reference: a
# simulated genome of 20,000 bases, drawn from your own seed. Below, two of its positions. At one the isolate
# differs from the reference; at the other a few reads err. Paler cells are bases of lower quality.

# %% [markdown] lang="ko"
# ## 1 · 증인 세기
#
# `my_pileup`에는 *여러분의* 균주를 읽은 리드가 참조의 각 위치에서 보인 모든 염기가 들어 있습니다. 여러분의
# 시드로 만든 20,000염기의 모의 유전체입니다. 아래는 그 가운데 두 자리입니다. 한 자리에서는 균주가 참조와
# 다르고, 다른 자리에서는 리드 몇 개가 틀렸을 뿐입니다. 칸이 옅을수록 품질이 낮은 염기입니다.

# %%
with style():
    _, (left, right) = plt.subplots(1, 2, figsize=(10, 4), layout="constrained")
for _axes, _site in ((left, variant_site), (right, error_site)):
    genomics.plot_pileup(my_pileup[my_pileup["fragment"] < 1_000_000], _site, flank=10, ax=_axes)
    _axes.set_title(me.text(f"Position {_site + 1:,}", f"{_site + 1:,} 자리"))
plt.show()

# %% [markdown] lang="en"
# The simplest caller counts the alleles and takes the most frequent one. But not every base deserves a vote:
# a base of Phred quality $Q$ is wrong with probability $e = 10^{-Q/10}$, so at $Q = 5$ one in three is wrong.
# Callers therefore ignore bases below a **base-quality cut**.
#
# **Task 1.** Write `allele_counts`.

# %% [markdown] lang="ko"
# 가장 단순한 판정 방법은 대립유전자를 세어 가장 많은 것을 고르는 것입니다. 그러나 모든 염기가 한 표를 받을
# 자격이 있는 것은 아닙니다. Phred 품질이 $Q$인 염기가 틀릴 확률은 $e = 10^{-Q/10}$이므로, $Q = 5$이면 셋
# 가운데 하나가 틀립니다. 그래서 판정 프로그램은 **염기 품질 기준**보다 낮은 염기를 무시합니다.
#
# **과제 1.** `allele_counts` 함수를 작성하십시오.


# %% task="counts"
def allele_counts(bases, qualities, min_quality):
    """Count the alleles of one position.

    bases        text, one letter per read; letters other than A, C, G, T do not count
    qualities    Phred quality of each base
    min_quality  bases below it do not count

    Returns a dict with the keys "A", "C", "G", "T" and whole numbers.
    """
    ### BEGIN SOLUTION
    counts = dict.fromkeys(BASES, 0)
    for base, quality in zip(bases, qualities, strict=True):
        if base in counts and quality >= min_quality:
            counts[base] += 1
    return counts
    ### END SOLUTION


# %% check="counts" points=2
def _as_ints(counts):
    return {str(base): int(number) for base, number in dict(counts).items()}


expect(
    _as_ints(allele_counts("AAGAC", [30, 20, 5, 40, 19], 20)),
    "allele counts with a cut at 20",
    "품질 기준이 20일 때의 대립유전자 수",
).equals(
    {"A": 3, "C": 0, "G": 0, "T": 0},
    hints=[
        hint(
            "no-quality-cut",
            {"A": 3, "C": 1, "G": 1, "T": 0},
            en="Every base got a vote. Those below the cut are too likely to be wrong.",
            ko="모든 염기에 한 표를 주셨습니다. 기준보다 낮은 염기는 틀릴 가능성이 너무 큽니다.",
        ),
        hint(
            "cut-itself-left-out",
            {"A": 2, "C": 0, "G": 0, "T": 0},
            en="A base of quality 20 is not *below* 20.",
            ko="품질이 20인 염기는 20보다 *낮지* 않습니다.",
        ),
        hint(
            "unseen-alleles-missing",
            {"A": 3},
            en="The four keys are always there, with 0 where nothing was seen.",
            ko="본 적이 없는 대립유전자도 0으로 넣어, 키 네 개가 언제나 있어야 합니다.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
expect(
    _as_ints(allele_counts("TTNGT", [10, 11, 40, 12, 9], 10)),
    "allele counts with an N",
    "N이 있을 때의 대립유전자 수",
).equals({"A": 0, "C": 0, "G": 1, "T": 2})
expect(
    _as_ints(allele_counts("", [], 20)), "allele counts without a read", "리드가 없을 때의 대립유전자 수"
).equals({"A": 0, "C": 0, "G": 0, "T": 0})
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 2 · Weighing witnesses
#
# A cut throws away half of the information: a base of quality 19 counts nothing, one of 21 as much as one of
# 40. Better to weigh. A bacterium has **one** chromosome, so every read comes from the same allele $a$, and
# shows base $b$ of error probability $e$ with
#
# $$P(b \mid a) = \begin{cases} 1 - e & b = a \\ e/3 & b \ne a \end{cases}$$
#
# (a wrong base is one of three others). Reads are independent, so probabilities multiply and logarithms add:
#
# $$\log_{10} L(a) = \sum_i \log_{10} P(b_i \mid a)$$
#
# There is no "half from either chromosome" here: that is the *diploid* model of the next exercise. Applied to
# a bacterium it would find heterozygotes where there can be none.
#
# **Task 2.** Write `log_likelihoods`.

# %% [markdown] lang="ko"
# ## 2 · 증인의 무게 재기
#
# 기준으로 자르면 정보의 절반을 버리게 됩니다. 품질 19인 염기는 아무것도 아니고, 21인 염기는 40인 염기와
# 똑같이 셉니다. 무게를 다는 편이 낫습니다. 세균에는 염색체가 **하나** 있으므로 모든 리드가 같은 대립유전자
# $a$에서 나오며, 틀릴 확률이 $e$인 염기 $b$를 보일 확률은 다음과 같습니다.
#
# $$P(b \mid a) = \begin{cases} 1 - e & b = a \\ e/3 & b \ne a \end{cases}$$
#
# (틀린 염기는 나머지 셋 가운데 하나입니다.) 리드는 서로 독립이므로 확률은 곱하고 로그는 더합니다.
#
# $$\log_{10} L(a) = \sum_i \log_{10} P(b_i \mid a)$$
#
# 여기에는 "두 염색체에서 절반씩"이 없습니다. 그것은 다음 실습에서 다루는 *이배체* 모형입니다. 이배체 모형을
# 세균에 쓰면 있을 수 없는 이형접합을 찾아내게 됩니다.
#
# **과제 2.** `log_likelihoods` 함수를 작성하십시오.


# %% task="model"
def log_likelihoods(bases, qualities):
    """Log10 likelihood of each allele at one position of a haploid genome.

    bases      text of A, C, G and T, one letter per read
    qualities  Phred quality of each base

    Returns a dict: "A", "C", "G", "T" to a float; 0.0 for all when there is no read.
    """
    ### BEGIN SOLUTION
    result = {}
    for allele in BASES:
        total = 0.0
        for base, quality in zip(bases, qualities, strict=True):
            error = 10 ** (-quality / 10)
            total += math.log10(1 - error if base == allele else error / 3)
        result[allele] = total
    return result
    ### END SOLUTION


# %% check="model" points=3
def _diploid_hint(when):
    return hint(
        "diploid-model",
        when,
        en=(
            "Here each read may come from either of two chromosomes. A bacterium has one: if it carries A, "
            "each other base is an error."
        ),
        ko=(
            "리드가 두 염색체 중 하나에서 나온다고 보셨습니다. 세균에는 염색체가 하나이므로, 대립유전자가 "
            "A라면 다른 염기는 모두 오류입니다."
        ),
    )


expect(
    log_likelihoods("A", [20]), "log10 likelihoods of one A of quality 20", "품질 20인 A 하나에 대한 로그우도"
).close_to(
    {"A": math.log10(0.99), "C": -2.4771213, "G": -2.4771213, "T": -2.4771213},
    abs=1e-7,
    hints=[
        hint(
            "error-not-shared",
            lambda got: math.isclose(got["C"], -2),
            en="An error gives one of three other bases. With what probability is it just this one?",
            ko="오류가 나면 나머지 세 염기 중 하나가 됩니다. 그것이 바로 이 염기일 확률은 얼마입니까?",
        ),
        hint(
            "ln-for-log10",
            lambda got: math.isclose(got["A"], math.log(0.99)),
            en="This is a natural logarithm. Phred and VCF use base 10.",
            ko="자연로그를 쓰셨습니다. Phred와 VCF는 밑이 10인 로그를 씁니다.",
        ),
        hint(
            "phred-as-percent",
            lambda got: math.isclose(got["A"], math.log10(0.8)),
            en="Phred 20 is not 20 percent. Every 10 points divide the error by ten.",
            ko="Phred 20은 20퍼센트가 아닙니다. 10점마다 오류 확률이 10분의 1이 됩니다.",
        ),
        hint(
            "quality-ignored",
            lambda got: got["A"] in (0, 1) or got["C"] in (0, -1),
            en="Bases were counted, not weighed. How sure is each of them?",
            ko="염기의 무게를 재지 않고 세기만 하셨습니다. 각 염기는 얼마나 확실합니까?",
        ),
        _diploid_hint(lambda got: -1 < got["C"] < -0.2),
    ],
)
_mixed = {"A": -7.4444582, "C": -14.8627275, "G": -7.4444582, "T": -14.8627275}
expect(
    log_likelihoods("AAAGGG", [20] * 6),
    "log10 likelihoods of three A and three G of quality 20",
    "품질 20인 A 셋과 G 셋에 대한 로그우도",
).close_to(
    _mixed,
    abs=1e-6,
    hints=[_diploid_hint(lambda got: got["A"] > _mixed["A"] / 2)],
)
_column = my_pileup[my_pileup["start"] == error_site]
_bases, _qualities = "".join(_column["base"].astype(str)), [int(q) for q in _column["quality"]]
_halves = [log_likelihoods(_bases[:9], _qualities[:9]), log_likelihoods(_bases[9:], _qualities[9:])]
expect(
    log_likelihoods(_bases, _qualities),
    "log10 likelihoods of all reads at the position drawn on the right: those of the first nine reads plus "
    "those of the others",
    "오른쪽에 그린 자리에서 모든 리드의 로그우도: 처음 아홉 리드의 로그우도와 나머지 리드의 로그우도의 합",
).close_to({base: _halves[0][base] + _halves[1][base] for base in BASES})


### BEGIN HIDDEN TESTS
_library = genomics.genotype_likelihoods(_column.assign(mapping_quality=_column["quality"])).iloc[0]
expect(
    log_likelihoods(_bases, _qualities),
    "log10 likelihoods at the position drawn on the right",
    "오른쪽에 그린 자리의 로그우도",
).close_to({base: float(_library[2 * base]) for base in BASES})


def _model(bases, qualities):
    error = 10 ** (-np.asarray(qualities, dtype=float) / 10)
    same = np.array([[base == allele for base in bases] for allele in BASES]).reshape(4, -1)
    return dict(zip(BASES, np.log10(np.where(same, 1 - error, error / 3)).sum(axis=1).tolist(), strict=True))


expect(log_likelihoods("", []), "log10 likelihoods without a read", "리드가 없을 때의 로그우도").close_to(
    dict.fromkeys(BASES, 0.0)
)
_deep_bases, _deep_qualities = "T" * 400 + "C" * 400, [40] * 800
try:
    _got = log_likelihoods(_deep_bases, _deep_qualities)
except ValueError:  # the logarithm of 0 is an error for math and -inf for NumPy: one misconception
    _got = dict.fromkeys(BASES, -math.inf)
expect(_got, "log10 likelihoods at a depth of 800", "깊이 800에서의 로그우도").close_to(
    _model(_deep_bases, _deep_qualities),
    hints=[
        hint(
            "product-underflows",
            lambda got: any(not math.isfinite(value) for value in got.values()),
            en="The product of many probabilities underflowed to 0. Add logarithms, read by read.",
            ko="확률을 여러 번 곱해 0으로 사라졌습니다. 리드마다 로그를 더하십시오.",
        )
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### From likelihood to a call
#
# Before any read you know that an isolate differs from its reference at about one position in a thousand
# (`rate`). The prior is $1 - \text{rate}$ for the reference base and $\text{rate}/3$ for each other one.
# Bayes' rule gives the posterior,
#
# $$P(a \mid D) = \frac{P(a)\,L(a)}{\sum_{x \in \{A,C,G,T\}} P(x)\,L(x)}$$
#
# and the call is the most probable allele. Its **QUAL** answers: how probable is it that *there is no variant
# here*? $\mathrm{QUAL} = -10 \log_{10} P(\text{reference} \mid D)$, at most 999. A depth is no quality: two
# hundred reads that disagree say less than ten that agree.
#
# $10^{-400}$ is 0 for a computer: subtract the largest logarithm from all before you raise 10 to their power.
#
# **Task 3.** Write `call_site`. (You get the likelihoods, so that this task does not depend on Task 2.)

# %% [markdown] lang="ko"
# ### 우도에서 판정으로
#
# 리드를 보기 전에도, 균주가 참조와 약 천 자리에 한 번(`rate`) 다르다는 것은 알고 있습니다. 사전 확률은 참조
# 염기가 $1 - \text{rate}$, 다른 염기가 각각 $\text{rate}/3$입니다. 베이즈 규칙으로 사후 확률을 얻습니다.
#
# $$P(a \mid D) = \frac{P(a)\,L(a)}{\sum_{x \in \{A,C,G,T\}} P(x)\,L(x)}$$
#
# 가장 그럴듯한 대립유전자가 판정 결과입니다. **QUAL**은 다음 질문에 답합니다. *여기에 변이가 없을* 확률은
# 얼마입니까? $\mathrm{QUAL} = -10 \log_{10} P(\text{참조} \mid D)$이며 999를 넘지 않게 합니다. 깊이는 품질이
# 아닙니다. 서로 어긋나는 리드 이백 개는 일치하는 리드 열 개보다 말해 주는 것이 적습니다.
#
# 컴퓨터에서 $10^{-400}$은 0이 되므로, 10의 거듭제곱을 구하기 전에 가장 큰 로그값을 모두에서 빼십시오.
#
# **과제 3.** `call_site` 함수를 작성하십시오. (과제 2에 영향을 받지 않도록 우도를 인수로 받습니다.)


# %% task="call"
def call_site(likelihoods, ref, rate=0.001):
    """Call one position of a haploid genome.

    likelihoods  dict: "A", "C", "G", "T" to the log10 likelihood
    ref          reference base, such as "A"
    rate         prior probability that the position differs from the reference

    Returns a dict: allele (the most probable base) and qual (float, 0 to 999).
    """
    ### BEGIN SOLUTION
    joint = {
        allele: value + math.log10(1 - rate if allele == ref else rate / 3)
        for allele, value in likelihoods.items()
    }
    top = max(joint.values())
    log_total = top + math.log10(sum(10 ** (value - top) for value in joint.values()))
    return {
        "allele": max(joint, key=joint.get),
        "qual": min(max(-10 * (joint[ref] - log_total), 0.0), 999.0),
    }
    ### END SOLUTION


# %% check="call" points=3
# Two reads G of quality 20 on reference A: a variant, or two errors?
_two = {"A": -4.9542425, "C": -4.9542425, "G": -0.0087296, "T": -4.9542425}
_got = call_site(_two, "A", 0.001)
expect(_got["allele"], "allele called from two G of quality 20", "품질 20인 G 둘로 판정한 대립유전자").equals(
    "G"
)


def _depth_hint(when):
    return hint(
        "depth-for-quality",
        when,
        en=(
            "This number only grows with every read, whatever the reads say. How much likelier is the "
            "reference than the *other* alleles? Depth is how often one looked, not how sure one is."
        ),
        ko=(
            "이 값은 리드가 무엇을 말하든 리드가 늘수록 커지기만 합니다. *다른* 대립유전자에 견주어 참조는 "
            "얼마나 그럴듯합니까? 깊이는 몇 번 보았는지일 뿐, 얼마나 확실한지가 아닙니다."
        ),
    )


_qual_hints = [
    _depth_hint(lambda got: got > -10 * _two["A"] - 0.02),
    hint(
        "prior-ignored",
        lambda got: math.isclose(got, 49.4553, rel_tol=1e-3),
        en=(
            "All alleles were taken as equally likely beforehand. How rare is a variant before any read is "
            "seen?"
        ),
        ko="모든 대립유전자를 미리 똑같이 가능하다고 보셨습니다. 리드를 보기 전에 변이는 얼마나 드뭅니까?",
    ),
    hint(
        "qual-of-the-call",
        lambda got: got < 2,
        en="QUAL is about the reference: how probable is it that there is *no* variant?",
        ko="QUAL은 참조에 대한 것입니다. 변이가 *없을* 확률은 얼마입니까?",
    ),
]
expect(_got["qual"], "QUAL of two G of quality 20", "품질 20인 G 둘의 QUAL").close_to(
    14.8335, rel=1e-3, abs=1e-3, hints=_qual_hints
)
# A hundred reads that disagree, and ten that agree
_torn = {"A": -166.9244148, "C": -347.7121255, "G": -180.8311618, "T": -347.7121255}
_agreed = {"A": -34.7712125, "C": -34.7712125, "G": -0.0043451, "T": -34.7712125}
_got = [call_site(_torn, "A", 0.001)["qual"], call_site(_agreed, "A", 0.001)["qual"]]
expect(
    _got,
    "QUAL of 100 reads that disagree (52 show the reference), and of 10 that agree",
    "서로 어긋나는 리드 100개(52개가 참조)의 QUAL과 일치하는 리드 10개의 QUAL",
).close_to(
    [0.0, 312.9018],
    rel=1e-3,
    abs=1e-3,
    hints=[_depth_hint(lambda got: got[0] > got[1])],
)


### BEGIN HIDDEN TESTS
def _call(likelihoods, ref, rate):
    logs = np.array([likelihoods[b] + math.log10(1 - rate if b == ref else rate / 3) for b in BASES])
    total = logs.max() + np.log10((10 ** (logs - logs.max())).sum())
    return BASES[int(logs.argmax())], float(np.clip(-10 * (logs[BASES.index(ref)] - total), 0, 999))


_none = dict.fromkeys(BASES, 0.0)
_got = call_site(_none, "T", 0.01)
expect(_got["allele"], "allele called without a read", "리드가 없을 때 판정한 대립유전자").equals("T")
expect(_got["qual"], "QUAL without a read", "리드가 없을 때의 QUAL").close_to(
    -10 * math.log10(0.99), rel=1e-3, abs=1e-4
)
_deep = {"A": -2000.0, "C": -640.0, "G": -1500.0, "T": -700.0}
try:
    _got = call_site(_deep, "T", 0.001)
except (ZeroDivisionError, ValueError):  # 0 / 0 and log 0 are errors for Python's numbers, nan for NumPy's
    _got = {"allele": "", "qual": math.nan}
expect(_got["qual"], "QUAL at a very deep site", "깊이가 매우 큰 자리의 QUAL").close_to(
    _call(_deep, "T", 0.001)[1],
    rel=1e-3,
    hints=[
        hint(
            "posterior-underflows",
            lambda got: not math.isfinite(got),
            en="10 to the power of -600 is 0 for a computer. Subtract the largest logarithm first.",
            ko="컴퓨터에서 10의 -600제곱은 0입니다. 먼저 가장 큰 로그값을 빼십시오.",
        )
    ],
)
expect(
    call_site({"A": -2000.0, "C": -5.0, "G": -1500.0, "T": -900.0}, "T", 0.001)["qual"],
    "QUAL beyond all doubt",
    "의심의 여지가 없을 때의 QUAL",
).equals(999)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 3 · What is suspicious: filters
#
# The model believes that errors are independent. Real trouble is not: a call can have QUAL 900 and be wrong.
# Good callers don't delete what is suspicious; they name it, so that a person can look:
#
# | filter | when |
# |---|---|
# | `LowQual` | `qual` is below 30 |
# | `LowDepth` | `depth` is below 5 |
# | `Mixed` | `fraction` is below 0.8 |
# | `StrandBias` | 8 or more reads show the allele, all of one strand (`forward` or `reverse` is 0) |
#
# `Mixed` is the one that matters most here: with one chromosome the reads must agree. If they don't, there
# are two strains in the tube, or the isolate has a stretch twice that the reference has once. `StrandBias`
# marks errors that recur in one direction of reading.
#
# **Task 4.** Write `failed_filters`.

# %% [markdown] lang="ko"
# ## 3 · 의심스러운 점: 필터
#
# 모형은 오류가 서로 독립이라고 믿습니다. 실제 문제는 그렇지 않습니다. QUAL이 900인 판정도 틀릴 수 있습니다.
# 좋은 판정 프로그램은 의심스러운 것을 지우지 않고 이름을 붙여, 사람이 살펴볼 수 있게 합니다.
#
# | 필터 | 조건 |
# |---|---|
# | `LowQual` | `qual`이 30보다 작음 |
# | `LowDepth` | `depth`가 5보다 작음 |
# | `Mixed` | `fraction`이 0.8보다 작음 |
# | `StrandBias` | 대립유전자를 보인 리드가 8개 이상인데 모두 한 가닥임(`forward`나 `reverse`가 0) |
#
# 여기서 가장 중요한 것은 `Mixed`입니다. 염색체가 하나이면 리드는 서로 일치해야 합니다. 그렇지 않다면
# 시험관에 두 균주가 있거나, 참조에 한 번 있는 서열이 균주에는 두 번 있는 것입니다. `StrandBias`는 읽는
# 방향에 따라 되풀이되는 오류를 나타냅니다.
#
# **과제 4.** `failed_filters` 함수를 작성하십시오.


# %% task="filters"
def failed_filters(site):
    """Name what is suspicious about a called variant.

    site  dict: qual, depth, fraction (of the reads that show the called allele), forward, reverse (numbers of
          reads that show it, by strand)

    Returns a list of the filters that it fails, in the order of the table; empty if it passes.
    """
    ### BEGIN SOLUTION
    failed = []
    if site["qual"] < 30:
        failed.append("LowQual")
    if site["depth"] < 5:
        failed.append("LowDepth")
    if site["fraction"] < 0.8:
        failed.append("Mixed")
    if site["forward"] + site["reverse"] >= 8 and min(site["forward"], site["reverse"]) == 0:
        failed.append("StrandBias")
    return failed
    ### END SOLUTION


# %% check="filters" points=2
def _filters(qual, depth, fraction, forward, reverse):
    site = {"qual": qual, "depth": depth, "fraction": fraction, "forward": forward, "reverse": reverse}
    return [str(name) for name in failed_filters(site)]


expect(_filters(250.0, 20, 1.0, 11, 9), "filters of a good variant", "문제없는 변이가 걸리는 필터").equals([])
expect(
    _filters(900.0, 60, 0.55, 16, 17),
    "filters of a deep site whose reads disagree",
    "깊지만 리드가 서로 어긋나는 자리가 걸리는 필터",
).equals(
    ["Mixed"],
    hints=[
        hint(
            "mixed-taken-for-heterozygous",
            [],
            en="Half of the reads, and it passes? One chromosome has no heterozygotes.",
            ko="리드의 절반뿐인데 통과합니까? 염색체가 하나이면 이형접합은 없습니다.",
        )
    ],
)
expect(
    _filters(12.0, 2, 1.0, 1, 1),
    "filters of a site that two reads show",
    "리드 두 개가 보인 자리가 걸리는 필터",
).equals(
    ["LowQual", "LowDepth"],
    hints=[
        hint(
            "first-filter-only",
            ["LowQual"],
            en="The first problem ended the list. A person wants to know all of them.",
            ko="첫 번째 문제에서 끝났습니다. 살펴볼 사람은 모든 문제를 알고 싶어 합니다.",
        )
    ],
)
### BEGIN HIDDEN TESTS
expect(
    _filters(30, 5, 0.8, 4, 4), "filters of a site at every limit", "모든 기준에 딱 걸친 자리가 걸리는 필터"
).equals(
    [],
    hints=[
        hint(
            "limit-itself-fails",
            lambda got: len(got) > 0,
            en="The table says *below*: a value at the limit passes.",
            ko="표에는 '~보다 작음'이라고 되어 있습니다. 기준과 같은 값은 통과합니다.",
        )
    ],
)
expect(
    _filters(300.0, 9, 0.9, 0, 8), "filters of a variant of one strand", "한 가닥에만 있는 변이가 걸리는 필터"
).equals(["StrandBias"])
expect(
    _filters(200.0, 8, 0.9, 7, 0),
    "filters of a variant that seven reads of one strand show",
    "한 가닥의 리드 일곱 개가 보인 변이가 걸리는 필터",
).equals(
    [],
    hints=[
        hint(
            "few-reads-strand-bias",
            ["StrandBias"],
            en="Seven reads are of one strand by chance once in 64 times. The table asks for eight or more.",
            ko="리드 일곱 개가 우연히 모두 한 가닥일 확률은 64분의 1이나 됩니다. 표의 조건은 8개 이상입니다.",
        )
    ],
)
expect(_filters(5.0, 4, 0.5, 0, 2), "filters of a hopeless site", "가망 없는 자리가 걸리는 필터").equals(
    ["LowQual", "LowDepth", "Mixed"]
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 4 · Right or wrong: F1
#
# With a truth at hand, calls are counted: **TP** is in both, **FP** called only, **FN** in the truth only.
# The same position with another allele is wrong twice.
#
# $$\text{precision} = \frac{TP}{TP + FP} \qquad \text{recall} = \frac{TP}{TP + FN} \qquad
# F_1 = \frac{2\,TP}{2\,TP + FP + FN}$$
#
# F1 is the harmonic mean of the two: it is low when *either* is low. If nothing is right, it is 0.
#
# **Task 5.** Write `score`.

# %% [markdown] lang="ko"
# ## 4 · 맞았습니까, 틀렸습니까: F1
#
# 정답이 있으면 판정을 셀 수 있습니다. **TP**는 양쪽에 있는 것, **FP**는 판정에만 있는 것, **FN**은 정답에만
# 있는 것입니다. 위치는 같고 대립유전자가 다르면 두 번 틀린 것입니다.
#
# $$\text{정밀도} = \frac{TP}{TP + FP} \qquad \text{재현율} = \frac{TP}{TP + FN} \qquad
# F_1 = \frac{2\,TP}{2\,TP + FP + FN}$$
#
# F1은 두 값의 조화 평균이어서 *어느 한쪽*만 낮아도 낮아집니다. 맞은 것이 하나도 없으면 0입니다.
#
# **과제 5.** `score` 함수를 작성하십시오.


# %% task="score"
def score(calls, truth):
    """Compare calls with a truth.

    calls, truth  lists of (pos, ref, alt)

    Returns a dict: tp, fp, fn (int), precision, recall, f1 (float; 0.0 where it would be 0 / 0).
    """
    ### BEGIN SOLUTION
    called = {tuple(call) for call in calls}
    true = {tuple(variant) for variant in truth}
    tp, fp, fn = len(called & true), len(called - true), len(true - called)
    return {
        "tp": tp,
        "fp": fp,
        "fn": fn,
        "precision": tp / (tp + fp) if called else 0.0,
        "recall": tp / (tp + fn) if true else 0.0,
        "f1": 2 * tp / (2 * tp + fp + fn) if called or true else 0.0,
    }
    ### END SOLUTION


# %% check="score" points=2
_got = score(
    [(10, "A", "G"), (20, "C", "T"), (30, "G", "A"), (40, "T", "C"), (50, "A", "T")],
    [(10, "A", "G"), (20, "C", "T"), (30, "G", "C"), (60, "C", "G")],
)
expect([_got["tp"], _got["fp"], _got["fn"]], "TP, FP, FN of five calls", "판정 5개의 TP, FP, FN").equals(
    [2, 3, 2],
    hints=[
        hint(
            "position-alone-compared",
            [3, 2, 1],
            en="At position 30 another allele was called. Position alone is not enough.",
            ko="30 자리에서는 다른 대립유전자로 판정했습니다. 위치만 같다고 맞은 것이 아닙니다.",
        )
    ],
)
expect(
    [_got["precision"], _got["recall"], _got["f1"]],
    "precision, recall and F1 of these calls",
    "이 판정의 정밀도, 재현율, F1",
).close_to(
    [0.4, 0.5, 4 / 9],
    hints=[
        hint(
            "arithmetic-mean-for-f1",
            [0.4, 0.5, 0.45],
            en="This is the arithmetic mean. F1 is the harmonic one: see the formula.",
            ko="산술 평균을 구하셨습니다. F1은 조화 평균입니다. 식을 다시 보십시오.",
        ),
        hint(
            "precision-recall-swapped",
            lambda got: list(got)[:2] == [0.5, 0.4],
            en="Precision is about what was called, recall about what is true. They are swapped.",
            ko="정밀도는 판정한 것에 대한 비율이고 재현율은 정답에 대한 비율입니다. 둘이 바뀌었습니다.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
_got = score([], [(10, "A", "G")])
expect(
    [_got[name] for name in ("tp", "fp", "fn", "precision", "recall", "f1")],
    "score when nothing was called",
    "아무것도 판정하지 않았을 때의 점수",
).close_to([0, 0, 1, 0.0, 0.0, 0.0])
_got = score([(1, "A", "G"), (2, "A", "G")], [(2, "A", "G"), (1, "A", "G")])
expect(_got["f1"], "F1 of perfect calls in another order", "순서만 다르고 모두 맞은 판정의 F1").close_to(1.0)
_got = score([(5, "CA", "C")], [(5, "CAA", "C")])
expect(
    [_got["tp"], _got["fp"], _got["fn"]], "TP, FP, FN of another deletion", "다른 결실의 TP, FP, FN"
).equals([0, 1, 1])
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 5 · Your own isolate
#
# Now your whole isolate, with the library: `genomics.genotype_likelihoods(my_pileup)` weighs every position
# (its columns `AA`, `CC`, `GG`, `TT` are your Task 2), and `genomics.haploid_calls` does Tasks 3 and 4: one
# row per position, with `alt` (`"."` where the reference is called), `qual`, `dp` (depth), `fraction` and
# `filter`.
#
# **Task 6.** Find:
#
# - `my_calls`: the rows of `haploid_calls` that are variants and `PASS`;
# - `my_f1`: the F1 of these calls against `my_truth` (position, ref and alt);
# - `my_deep`: take depth for quality, as many do: of *all* variants (`alt` is not `"."`, whatever the filter
#   says) at positions at least twice as deep as the median position, which fraction is in `my_truth`?
# - `my_stretch`: `(start, end)`: the first and the last 0-based position of a variant that is `Mixed` and at
#   least twice as deep as the median;
# - `my_cause`: what made that stretch: `"heterozygous"`, `"extra copies"` (the isolate has it more than once,
#   the reference once) or `"low quality"`.

# %% [markdown] lang="ko"
# ## 5 · 나만의 균주
#
# 이제 라이브러리로 균주 전체를 처리합니다. `genomics.genotype_likelihoods(my_pileup)`는 모든 위치의 무게를
# 잽니다(`AA`, `CC`, `GG`, `TT` 열이 과제 2의 결과입니다). `genomics.haploid_calls`는 과제 3과 4를 수행하여
# 위치마다 한 행을 돌려줍니다. `alt`(참조로 판정하면 `"."`), `qual`, `dp`(깊이), `fraction`, `filter` 열이
# 있습니다.
#
# **과제 6.** 다음을 구하십시오.
#
# - `my_calls`: `haploid_calls`의 행 가운데 변이이면서 `PASS`인 것
# - `my_f1`: 그 판정을 `my_truth`와 비교한 F1(위치, ref, alt)
# - `my_deep`: 많은 사람이 그러듯 깊이를 품질로 여겨 봅니다. 깊이가 중앙값의 두 배 이상인 위치의 *모든*
#   변이(필터와 상관없이 `alt`가 `"."`이 아닌 것) 가운데 `my_truth`에 있는 것의 비율
# - `my_stretch`: `(start, end)`. `Mixed`이면서 깊이가 중앙값의 두 배 이상인 변이의, 0부터 센 첫 위치와
#   마지막 위치
# - `my_cause`: 그 구간이 생긴 원인. `"heterozygous"`(이형접합), `"extra copies"`(참조에는 한 번 있지만
#   균주에는 여러 번 있음), `"low quality"`(낮은 품질) 가운데 하나

# %% task="mine"
my_calls = None
my_f1 = None
my_deep = None
my_stretch = None
my_cause = None
### BEGIN SOLUTION
my_sites = genomics.haploid_calls(genomics.genotype_likelihoods(my_pileup))
my_variants = my_sites[my_sites["alt"] != "."]
my_calls = my_variants[my_variants["filter"] == "PASS"]

key = ["pos", "ref", "alt"]
tp = len(my_calls.merge(my_truth, on=key))
my_f1 = 2 * tp / (len(my_calls) + len(my_truth))

deep = my_variants[my_variants["dp"] >= 2 * my_sites["dp"].median()]
my_deep = len(deep.merge(my_truth, on=key)) / len(deep)

mixed = deep[deep["filter"].str.contains("Mixed")]
my_stretch = (mixed["start"].min(), mixed["start"].max())
my_cause = "extra copies"
### END SOLUTION

# %% check="mine.calls" points=2
if my_calls is None or my_f1 is None:
    raise NotImplementedError
expect(isinstance(my_calls, pd.DataFrame), "my_calls is a DataFrame", "my_calls가 DataFrame인지").equals(True)
_columns = ["pos", "ref", "alt", "filter"]
expect(
    [name for name in _columns if name not in my_calls.columns],
    "columns that my_calls lacks",
    "my_calls에 없는 열",
).equals([])
expect(
    int((my_calls["alt"].astype(str) == ".").sum()),
    "rows of my_calls that are like the reference",
    "my_calls에서 참조와 같은 행의 수",
).equals(
    0,
    hints=[
        hint(
            "not-a-variant",
            lambda got: got > 0,
            en="The alt of these rows is '.': they are like the reference, so they are no variants.",
            ko="이 행들은 alt가 '.'입니다. 참조와 같으므로 변이가 아닙니다.",
        )
    ],
)
expect(
    int((my_calls["filter"].astype(str) != "PASS").sum()),
    "rows of my_calls that fail a filter",
    "my_calls에서 필터를 통과하지 못한 행의 수",
).equals(
    0,
    hints=[
        hint(
            "pass-not-kept",
            lambda got: got > 0,
            en="Some of these calls failed a filter. What does their filter column say?",
            ko="이 가운데 일부는 필터를 통과하지 못한 판정입니다. filter 열에 무엇이라고 적혀 있습니까?",
        )
    ],
)
expect(my_f1, "F1 of your calls", "여러분의 판정의 F1").between(0, 1)
### BEGIN HIDDEN TESTS
_all_sites = genomics.haploid_calls(genomics.genotype_likelihoods(my_pileup))
_passing = _all_sites[(_all_sites["alt"] != ".") & (_all_sites["filter"] == "PASS")]
_key = ["pos", "ref", "alt"]
_truth_keys = my_truth[_key].astype({"ref": str, "alt": str})
expect(my_calls[_key], "your variants", "여러분의 변이").table(_passing[_key], by="pos")
_tp = len(_passing.merge(_truth_keys, on=_key))
expect(my_f1, "value of the F1 of your calls", "여러분의 판정의 F1 값").close_to(
    2 * _tp / (len(_passing) + len(_truth_keys)), rel=1e-4
)
### END HIDDEN TESTS

# %% check="mine.reading" points=3
if my_deep is None or my_stretch is None or my_cause is None:
    raise NotImplementedError
expect(
    float(my_deep), "fraction of the deepest variants that are true", "깊은 변이 가운데 참인 비율"
).between(0, 1)
expect(str(my_cause), "cause of the stretch", "구간이 생긴 원인").one_of(
    ["heterozygous", "extra copies", "low quality"]
)
### BEGIN HIDDEN TESTS
_all_sites = genomics.haploid_calls(genomics.genotype_likelihoods(my_pileup))
_deep = _all_sites[(_all_sites["alt"] != ".") & (_all_sites["dp"] >= 2 * _all_sites["dp"].median())]
_mixed = _deep[_deep["filter"].str.contains("Mixed")]
_key = ["pos", "ref", "alt"]
_truth_keys = my_truth[_key].astype({"ref": str, "alt": str})
expect(
    float(my_deep),
    "value of the fraction of the deepest variants that are true",
    "깊은 변이 가운데 참인 비율의 값",
).close_to(
    len(_deep.merge(_truth_keys, on=_key)) / len(_deep),
    rel=1e-4,
    hints=[
        hint(
            "only-passing-deep",
            lambda got: got == 1,
            en="Only calls that pass were looked at. The question is what depth alone would have kept.",
            ko="필터를 통과한 판정만 보셨습니다. 질문은 깊이만 보았다면 무엇을 남겼을지입니다.",
        )
    ],
)
expect([int(place) for place in my_stretch], "the stretch", "구간").equals(
    [int(_mixed["start"].min()), int(_mixed["start"].max())],
    hints=[
        hint(
            "stretch-one-based",
            lambda got: list(got) == [int(_mixed["pos"].min()), int(_mixed["pos"].max())],
            en="These are VCF positions, from 1. The answer counts from 0: the column `start`.",
            ko="1부터 세는 VCF 위치입니다. 답은 0부터 세는 `start` 열입니다.",
        )
    ],
)
expect(str(my_cause), "what made the stretch", "그 구간이 생긴 원인").equals(
    "extra copies",
    hints=[
        hint(
            "heterozygous-bacterium",
            "heterozygous",
            en="One chromosome has no heterozygotes. And why would the stretch be so deep?",
            ko="염색체가 하나이면 이형접합은 없습니다. 게다가 왜 그 구간만 그렇게 깊습니까?",
        ),
        hint(
            "errors-are-not-deep",
            "low quality",
            en="Bad bases do not make a stretch deeper. Where do three times as many reads come from?",
            ko="품질이 낮다고 해서 구간이 깊어지지는 않습니다. 세 배나 되는 리드는 어디에서 왔습니까?",
        ),
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Every variant of your isolate: how deep it lies and how many of its reads show it. True ones sit at the top;
# what the filters caught, below. The deep cloud to the right would have passed any threshold on depth, and on
# QUAL as well.

# %% [markdown] lang="ko"
# 여러분 균주의 모든 변이를, 깊이와 변이를 보인 리드의 비율에 따라 그린 것입니다. 참인 것은 위쪽에 있고,
# 필터가 걸러 낸 것은 아래에 있습니다. 오른쪽의 깊은 무리는 깊이로는 물론 QUAL로도 걸러지지 않았을 것입니다.


# %%
def show_mine():
    sites = genomics.haploid_calls(genomics.genotype_likelihoods(my_pileup))
    variants = sites[sites["alt"] != "."]
    true = variants["pos"].isin(my_truth["pos"])
    with style():
        _, axes = plt.subplots(figsize=(7, 3.6), layout="constrained")
    for wanted, colour, label in (
        (true, "#2b6cb0", me.text("true", "참")),
        (~true, "#d97706", me.text("false", "거짓")),
    ):
        part = variants[wanted]
        sizes = 10 + part["qual"] / 15
        axes.scatter(part["dp"], part["fraction"], sizes, colour, alpha=0.7, label=label, linewidths=0)
    axes.axhline(0.8, color="#a3b1c2", linewidth=1)
    axes.set_xlabel(me.text("depth", "깊이"))
    axes.set_ylabel(me.text("fraction of reads", "리드의 비율"))
    axes.set_title(
        me.text("Your variants; larger dots have a higher QUAL", "여러분의 변이. 점이 클수록 QUAL이 높음")
    )
    axes.legend(frameon=False, loc="center right")
    plt.show()


if isinstance(my_calls, pd.DataFrame):
    lab.show(show_mine)

# %% [markdown] lang="en"
# ## 6 · Fifty thousand generations
#
# In 1988 Richard Lenski put twelve flasks of one *E. coli* strain on a shaker. Every day since, but for a
# few breaks, one percent of each has gone into fresh medium: more than 75,000 generations so far.
# `evolution` holds the variants of three clones of one of these flasks against their ancestor, called with
# bcftools as haploid (without a network, three simulated clones). One of the three is a **mutator**: in one
# of its ancestors a repair enzyme broke.
#
# Which one broke can be read off the mutations. **Transitions** exchange A with G or C with T; the other
# changes are **transversions**, of which there are twice as many kinds. When *mismatch repair* (mutS, mutL,
# mutH) breaks, the polymerase's own slips stay: nearly all of them transitions. When *mutT* breaks, oxidised
# guanine is built in opposite A: transversions from A to C and T to G. More generations alone change the
# number, not the mixture.
#
# `DP4` is text with four numbers of reads: reference forward, reference reverse, alternative forward,
# alternative reverse.
#
# **Task 7.** Find:
#
# - `mutator`: the `sample_id` of the clone with most variants;
# - `transitions`: the fraction of the mutator's single-base variants (`indel` is False) that are transitions;
# - `doubtful`: how many variants of `evolution`, of all clones, would be `Mixed` by the rule of section 3:
#   the alternative's share of the reads in `DP4` is below 0.8;
# - `broken`: `"mismatch repair"`, `"mutT"` or `"nothing"` (just more generations).

# %% [markdown] lang="ko"
# ## 6 · 5만 세대
#
# 1988년에 리처드 렌스키는 한 *대장균* 균주를 플라스크 열두 개에 나누어 배양하기 시작했습니다. 몇 차례 쉰
# 것을 빼면 그때부터 날마다 각 플라스크의 1 %를 새 배지로 옮겨, 지금까지 7만 5천 세대가 넘었습니다.
# `evolution`에는 그 플라스크 하나에서 나온 클론 세 개를 조상과 비교하여 bcftools로 반수체로 판정한 변이가
# 들어 있습니다(네트워크가 없으면 모의 클론 세 개입니다). 셋 가운데 하나는 **돌연변이 유발 균주**입니다. 이
# 클론의 조상에서 복구 효소 하나가 망가졌습니다.
#
# 무엇이 망가졌는지는 돌연변이를 보면 알 수 있습니다. **전이**(transition)는 A와 G, 또는 C와 T가 서로 바뀌는
# 것이고, 나머지 변화는 **전환**(transversion)이며 전환의 종류가 두 배 많습니다. *불일치 복구*(mutS, mutL,
# mutH)가 망가지면 중합 효소의 실수가 그대로 남는데, 거의 모두 전이입니다. *mutT*가 망가지면 산화된 구아닌이
# A 맞은편에 끼어들어 A에서 C로, T에서 G로 바뀌는 전환이 생깁니다. 세대 수만 많아지면 개수가 달라질 뿐 구성은
# 달라지지 않습니다.
#
# `DP4`는 리드 수 네 개를 적은 문자열입니다. 참조 정방향, 참조 역방향, 대체 정방향, 대체 역방향 순서입니다.
#
# **과제 7.** 다음을 구하십시오.
#
# - `mutator`: 변이가 가장 많은 클론의 `sample_id`
# - `transitions`: 그 클론의 단일 염기 변이(`indel`이 False) 가운데 전이의 비율
# - `doubtful`: `evolution`의 모든 클론에서, 3절의 규칙으로 `Mixed`가 될 변이의 수. 곧 `DP4`의 리드 가운데
#   대체 대립유전자의 비율이 0.8보다 작은 것
# - `broken`: `"mismatch repair"`(불일치 복구), `"mutT"`, `"nothing"`(세대 수가 많을 뿐) 가운데 하나

# %%
evolution[["sample_id", "pos", "ref", "alt", "qual", "indel", "DP", "DP4", "MQ"]].head(8)

# %% task="evolution"
mutator = None
transitions = None
doubtful = None
broken = None
### BEGIN SOLUTION
mutator = evolution["sample_id"].value_counts().idxmax()

snvs = evolution[(evolution["sample_id"] == mutator) & ~evolution["indel"]]
transitions = (snvs["ref"] + snvs["alt"]).isin(["AG", "GA", "CT", "TC"]).mean()

depths = evolution["DP4"].str.split(",", expand=True).astype(int)
doubtful = int(((depths[2] + depths[3]) / depths.sum(axis=1) < 0.8).sum())

broken = "mismatch repair"
### END SOLUTION

# %% check="evolution.numbers" points=2
if mutator is None or transitions is None:
    raise NotImplementedError
expect(str(mutator), "the mutator", "돌연변이 유발 균주").one_of(
    sorted(evolution["sample_id"].astype(str).unique())
)
expect(float(transitions), "fraction of transitions among its single-base variants", "전이의 비율").between(
    0,
    1,
    hints=[
        hint(
            "ratio-for-fraction",
            lambda got: got > 1,
            en="This is transitions per transversion. The fraction is of all single-base variants.",
            ko="전환 하나당 전이의 수입니다. 구할 것은 모든 단일 염기 변이 가운데의 비율입니다.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
_most = str(evolution["sample_id"].value_counts().idxmax())
_own = evolution[evolution["sample_id"].astype(str) == _most]
_pairs = _own["ref"].astype(str) + _own["alt"].astype(str)
_is_transition = _pairs.isin(["AG", "GA", "CT", "TC"])
_single = ~_own["indel"].to_numpy(dtype=bool)
_rate = float(_is_transition[_single].mean())
expect(str(mutator), "the mutator", "돌연변이 유발 균주").equals(_most)
expect(float(transitions), "fraction of transitions among its single-base variants", "전이의 비율").close_to(
    _rate,
    rel=1e-4,
    hints=[
        hint(
            "ratio-for-fraction",
            lambda got: math.isclose(got, _rate / (1 - _rate), rel_tol=1e-3),
            en="This is transitions per transversion. The fraction is of all single-base variants.",
            ko="전환 하나당 전이의 수입니다. 구할 것은 모든 단일 염기 변이 가운데의 비율입니다.",
        ),
        hint(
            "indels-among-the-bases",
            lambda got: math.isclose(got, float(_is_transition.mean()), rel_tol=1e-3),
            en="Insertions and deletions are in the denominator. They are neither of the two.",
            ko="분모에 삽입과 결실이 들어 있습니다. 그것들은 전이도 전환도 아닙니다.",
        ),
        hint(
            "all-clones-together",
            lambda got: math.isclose(
                got,
                float(
                    (evolution["ref"].astype(str) + evolution["alt"].astype(str))[~evolution["indel"]]
                    .isin(["AG", "GA", "CT", "TC"])
                    .mean()
                ),
                rel_tol=1e-3,
            ),
            en="All three clones are in it. The question is about the mutator.",
            ko="클론 세 개가 모두 들어 있습니다. 질문은 돌연변이 유발 균주에 대한 것입니다.",
        ),
        hint(
            "transversions-counted",
            lambda got: math.isclose(got, 1 - _rate, rel_tol=1e-3),
            en="These are the transversions. A transition stays among A and G, or among C and T.",
            ko="전환의 비율입니다. 전이는 A와 G 사이, 또는 C와 T 사이의 변화입니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% check="evolution.reading" points=2
if doubtful is None or broken is None:
    raise NotImplementedError
expect(int(doubtful), "number of doubtful variants", "의심스러운 변이의 수").between(0, len(evolution))
expect(str(broken), "what broke", "망가진 것").one_of(["mismatch repair", "mutT", "nothing"])
### BEGIN HIDDEN TESTS
_depths = evolution["DP4"].astype(str).str.split(",", expand=True).astype(int).to_numpy()
_alternative = _depths[:, 2:].sum(axis=1)
_share = _alternative / _depths.sum(axis=1)
expect(int(doubtful), "number of variants that would be Mixed", "Mixed가 될 변이의 수").equals(
    int((_share < 0.8).sum()),
    hints=[
        hint(
            "one-strand-of-dp4",
            int((_depths[:, 3] / _depths.sum(axis=1) < 0.8).sum()),
            en="The alternative has two of the four numbers: forward and reverse.",
            ko="대체 대립유전자의 수는 넷 가운데 둘, 곧 정방향과 역방향입니다.",
        ),
        hint(
            "raw-depth-as-total",
            int((_alternative / evolution["DP"].to_numpy() < 0.8).sum()),
            en="DP counts poor bases as well. The four numbers of DP4 are the reads that were used.",
            ko="DP에는 품질이 낮은 염기까지 들어 있습니다. 판정에 쓴 리드는 DP4의 네 수입니다.",
        ),
    ],
)
expect(str(broken), "what broke in the mutator", "돌연변이 유발 균주에서 망가진 것").equals(
    "mismatch repair",
    hints=[
        hint(
            "spectrum-not-read",
            lambda got: got in ("mutT", "nothing"),
            en="Nearly all of the mutator's changes are transitions. Which defect leaves those behind?",
            ko="이 균주의 변화는 거의 모두 전이입니다. 어떤 결함이 전이를 남깁니까?",
        )
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# The kinds of change in the mutator. And a look at QUAL against the share of reads: some variants have a
# QUAL near the top although most of their reads show the reference, or hardly more than half show the
# variant. Their mapping quality is poor: the reads fit in several places of the genome. It is the picture of
# your own isolate once more, in real data.

# %% [markdown] lang="ko"
# 돌연변이 유발 균주에 생긴 변화의 종류입니다. 오른쪽은 QUAL과 리드 비율을 견준 것입니다. 리드 대부분이
# 참조를 보이거나 절반을 겨우 넘겨 변이를 보이는데도 QUAL이 거의 최댓값인 변이가 있습니다. 이들은 매핑 품질이
# 낮습니다. 리드가 유전체의 여러 곳에 들어맞는다는 뜻입니다. 여러분의 균주에서 본 그림이 실제 데이터에서
# 되풀이됩니다.


# %%
def show_evolution():
    mine = evolution[(evolution["sample_id"] == mutator) & ~evolution["indel"]]
    kinds = (mine["ref"].astype(str) + ">" + mine["alt"].astype(str)).value_counts().sort_index()
    colours = ["#2b6cb0" if kind in ("A>G", "G>A", "C>T", "T>C") else "#d97706" for kind in kinds.index]
    with style():
        _, (left, right) = plt.subplots(1, 2, figsize=(10, 3.4), layout="constrained")
    left.bar(kinds.index, kinds.to_numpy(), color=colours)
    left.set_title(me.text(f"Changes of {mutator}: transitions blue", f"{mutator}의 변화(전이는 파란색)"))
    left.tick_params(axis="x", rotation=60)
    depths = evolution["DP4"].astype(str).str.split(",", expand=True).astype(int)
    share = (depths[2] + depths[3]) / depths.sum(axis=1)
    dots = right.scatter(
        share, evolution["qual"], 14, evolution["MQ"], cmap="viridis", alpha=0.8, linewidths=0
    )
    right.figure.colorbar(dots, label=me.text("mapping quality", "매핑 품질"))
    right.axvline(0.8, color="#a3b1c2", linewidth=1)
    right.set_xlabel(me.text("share of reads with the variant", "변이를 보인 리드의 비율"))
    right.set_ylabel("QUAL")
    plt.show()


if mutator is not None:
    lab.show(show_evolution)

# %% [markdown] lang="en"
# ## 7 · One outbreak or two?
#
# Two patients' isolates differ at 17 positions when every call is counted, and at 3 when only `PASS` calls
# are. Eleven of the 14 others are `Mixed` and lie within 400 bases. The laboratory's rule says: up to 12
# differences is one outbreak. The hospital's epidemiologist asks you: *"Well, is it 3 or 17? May I close the
# ward?"*
#
# **Task 8.** Answer in five to eight sentences: which number you report and why, what the 11 positions most
# likely are and how you would check it, and what the number can and cannot say about who infected whom.
# (Graded by hand.)

# %% [markdown] lang="ko"
# ## 7 · 집단 감염은 하나입니까, 둘입니까?
#
# 두 환자에게서 나온 균주는 모든 판정을 세면 17자리에서 다르고, `PASS`인 판정만 세면 3자리에서 다릅니다.
# 나머지 14자리 가운데 11자리는 `Mixed`이며 400염기 안에 모여 있습니다. 검사실의 규칙은 12자리까지 다르면
# 같은 집단 감염으로 보는 것입니다. 병원의 감염 관리 담당자가 묻습니다. *"그래서 3입니까, 17입니까? 병동을
# 폐쇄해도 됩니까?"*
#
# **과제 8.** 다섯 문장에서 여덟 문장으로 답하십시오. 어느 수를 왜 보고하는지, 11자리는 무엇일 가능성이 가장
# 높으며 어떻게 확인할지, 그리고 이 수가 누가 누구에게 옮겼는지에 대하여 무엇을 말할 수 있고 무엇을 말할 수
# 없는지 적으십시오. (사람이 채점합니다.)

# %% [markdown] essay="outbreak" points=3
# **Mark scheme**
#
# 1 point — reports 3 (with the filters and the fraction of the genome in which calls were possible), because
# the rule must be applied to calls of the kind it was set up with; says that the filtered positions are
# unknown, neither equal nor different, and keeps them in an appendix rather than deleting them.
#
# 1 point — the 11 positions: most likely a stretch that one isolate has in more copies than the reference
# (or a phage, plasmid or repeat), so that reads of several copies pile up; a mixed culture would be mixed
# all over the genome, not within 400 bases. Checks: depth of the stretch against the rest, mapping quality,
# the annotation (repeat, insertion sequence), long reads or a new culture from one colony.
#
# 1 point — what it can say: 3 differences are compatible with recent transmission or with a common source,
# and a mutator strain or a long stay changes what is expected; the threshold is a convention for one species
# and one pipeline. What it cannot: the direction, a patient in between who was not sampled, or that the ward
# was the place. Epidemiological data (times, beds) decide, and infection control may start before certainty.
#
# **채점 기준**
#
# 1점 — 3을 보고합니다(필터와, 판정이 가능했던 유전체의 비율을 함께). 규칙은 그 규칙을 만들 때와 같은 종류의
# 판정에 적용해야 하기 때문입니다. 걸러진 자리는 같은 것도 다른 것도 아니고 알 수 없는 것이므로 지우지 않고
# 부록에 남긴다고 적습니다.
#
# 1점 — 11자리: 한 균주가 참조보다 더 많은 사본을 가진 구간(또는 파지, 플라스미드, 반복 서열)이어서 여러
# 사본의 리드가 한곳에 쌓였을 가능성이 가장 높습니다. 섞인 배양이라면 400염기 안이 아니라 유전체 전체에서
# 섞여 보입니다. 확인 방법: 그 구간의 깊이를 나머지와 비교, 매핑 품질, 주석(반복 서열, 삽입 서열), 긴 리드,
# 단일 집락에서 다시 배양.
#
# 1점 — 말할 수 있는 것: 3자리 차이는 최근의 전파나 공통 감염원과 모순되지 않습니다. 돌연변이 유발 균주이거나
# 오래 머물렀다면 기대값이 달라집니다. 기준 12는 한 종과 한 분석 절차에 대한 약속입니다. 말할 수 없는 것:
# 전파의 방향, 채취하지 않은 중간 환자, 병동이 감염 장소라는 것. 역학 자료(시간, 병상)와 함께 판단하며, 감염
# 관리는 확실해지기 전에도 시작할 수 있습니다.

# %% [markdown] lang="en"
# ## What to read next
#
# - H. Li (2014), *Toward better understanding of artifacts in variant calling from high-coverage samples*,
#   Bioinformatics 30:2843: what is behind the filters.
# - O. Tenaillon et al. (2016), *Tempo and mode of genome evolution in a 50,000-generation experiment*, Nature
#   536:165: the data of section 6.
# - P. D. Sniegowski, P. J. Gerrish, R. E. Lenski (1997), *Evolution of high mutation rates in experimental
#   populations of E. coli*, Nature 387:703: how the mutators were found.
# - N. D. Olson et al. (2015), *Best practices for evaluating single nucleotide variant calling methods for
#   microbial genomics*, Frontiers in Genetics 6:235.
#
# In the library: `genomics.haploid_calls`, `genomics.compare_calls` and `simulate.haploid_sample`, to see how
# depth and error change your F1. The next exercise takes the step to two chromosomes.

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - H. Li (2014), *Toward better understanding of artifacts in variant calling from high-coverage samples*,
#   Bioinformatics 30:2843. 필터 뒤에 무엇이 있는지 설명합니다.
# - O. Tenaillon 등 (2016), *Tempo and mode of genome evolution in a 50,000-generation experiment*, Nature
#   536:165. 6절의 데이터입니다.
# - P. D. Sniegowski, P. J. Gerrish, R. E. Lenski (1997), *Evolution of high mutation rates in experimental
#   populations of E. coli*, Nature 387:703. 돌연변이 유발 균주를 찾아낸 이야기입니다.
# - N. D. Olson 등 (2015), *Best practices for evaluating single nucleotide variant calling methods for
#   microbial genomics*, Frontiers in Genetics 6:235.
#
# 라이브러리에서는 `genomics.haploid_calls`, `genomics.compare_calls`, 그리고 깊이와 오류에 따라 F1이 어떻게
# 달라지는지 보려면 `simulate.haploid_sample`을 살펴보십시오. 다음 실습에서는 염색체가 두 개인 유전체로
# 나아갑니다.
