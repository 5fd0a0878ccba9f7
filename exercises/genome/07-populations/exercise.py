# %% [markdown] lang="en"
# # Populations
#
# **Why this matters.** Is a variant rare? The answer decides whether a physician suspects it and whether a
# company builds a drug on it, and it depends on *whom* you ask: a variant of the gene *APOL1* that raises the
# risk of kidney failure is common in West Africa and almost absent in Europe and Asia. Between 2005 and
# today, thousands of studies compared the genomes of cases and controls. Many early ones found "disease
# genes" that were only the trace of where the cases' grandparents had lived. Drug programmes with support
# from human genetics reach the market about 2.6 times as often as others (Minikel et al. 2024), but only if
# the genetics is right: a confounded study points at the wrong gene.
#
# **What you will be able to do**
#
# 1. count alleles, and not people, with genotypes missing,
# 2. say what Hardy and Weinberg expect, and what it means when their expectation fails,
# 3. scale genotypes and see a population's structure in their principal components,
# 4. measure an association, and tell many tests from one,
# 5. find the one causal variant of **your own** disease study under a heap of false ones.
#
# You need NumPy and the idea of a p value.

# %% [markdown] lang="ko"
# # 집단
#
# **왜 중요합니까?** 이 변이는 드뭅니까? 그 답에 따라 의사는 변이를 의심하거나 넘어가고, 기업은 그것을
# 바탕으로 약을 만들거나 포기합니다. 그런데 답은 *누구에게* 묻는가에 달려 있습니다. 신부전 위험을 높이는
# *APOL1* 유전자의 변이는 서아프리카에서는 흔하지만 유럽과 아시아에는 거의 없습니다. 2005년부터 지금까지 수천
# 건의 연구가 환자군과 대조군의 유전체를 비교했습니다. 초기에 발견된 "질병 유전자" 가운데에는 환자들의 조상이
# 살던 곳의 흔적에 지나지 않은 것이 많았습니다. 인간 유전학의 뒷받침이 있는 신약 개발은 시판에 이르는 비율이
# 약 2.6배 높습니다(Minikel 등 2024). 다만 유전학이 옳을 때의 이야기입니다. 교란된 연구는 엉뚱한 유전자를
# 가리킵니다.
#
# **이 실습을 마치면 할 수 있는 일**
#
# 1. 결측이 있는 유전자형에서 사람이 아니라 대립유전자를 셉니다.
# 2. 하디와 바인베르크가 기대한 값을 구하고, 기대가 어긋날 때 그것이 무엇을 뜻하는지 말합니다.
# 3. 유전자형의 척도를 맞추고 주성분에서 집단의 구조를 봅니다.
# 4. 연관을 측정하고, 검정 하나와 검정 여러 개를 구별합니다.
# 5. **여러분만의** 질병 연구에서, 수많은 가짜 사이에 있는 원인 변이 하나를 찾습니다.
#
# NumPy와 p값의 개념을 알면 됩니다.

# %% setup
import math

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from scipy import stats

from biolabkit import datasets, genomics
from biolabkit.check import expect, hint, lab
from biolabkit.plot import style
from biolabkit.simulate import population_sample

me = lab.start("genome-07-populations")


def _simulated_cohort():
    return population_sample(420, 60, seed=22)


def _simulated_vcf(folder):
    """A cohort in which every twelfth variant is read from two places of the genome at once."""
    cohort = _simulated_cohort()
    twice = np.random.default_rng(23).random(cohort.alleles[::12].shape[:2]) < 0.8
    cohort.alleles[::12, :, 0], cohort.alleles[::12, :, 1] = 0, twice
    return {"genotypes": cohort.write_vcf(folder / "cohort.vcf")}


_data = datasets.fetch("1000g-chr22-500kb", fallback=_simulated_vcf)
_labels = datasets.load("1000g-population-labels", fallback=lambda: _simulated_cohort().people)
cohort = genomics.read_genotypes(_data.path("genotypes"), min_maf=0.05)
people = _labels.set_index("sample").loc[list(cohort.samples), ["population", "superpop"]].astype(str)

# Common variants with one base for one other, and of those in strong linkage only one
_dosage = cohort.dosage()
_common = cohort.biallelic_snv
_common[_common] = genomics.ld_prune(_dosage[_common], r2=0.5)
variants = cohort.variants.loc[_common, ["chrom", "pos", "ref", "alt"]].reset_index(drop=True)
dosage = _dosage[_common]  # int8 (variants, people): copies of the alternative allele, -1 missing
_data

# %% [markdown] lang="en"
# ## 1 · Count alleles, not people
#
# The **1000 Genomes Project** sequenced 2,504 unrelated people from 26 populations. You have their genotypes
# in 450 kb of chromosome 22. (Without a network, simulated people stand in; the line above says so.) `people`
# says who they are: 26 populations in five continental groups (`superpop`): AFR Africa, AMR the Americas, EAS
# East Asia, EUR Europe, SAS South Asia. `dosage` holds one row per common variant and one column per person:
# 0, 1 or 2 copies of the alternative allele, −1 where the genotype is missing.
#
# A person has two alleles. The frequency of the alternative is its copies over **all alleles that were
# called**; a missing genotype is neither reference nor alternative.
#
# **Task 1.** Write `allele_frequency`.

# %% [markdown] lang="ko"
# ## 1 · 사람이 아니라 대립유전자를 세십시오
#
# **1000 게놈 프로젝트**는 26개 집단에서 친족이 아닌 2,504명의 유전체를 시퀀싱했습니다. 여러분에게는 22번
# 염색체 450 kb에서의 유전자형이 있습니다. (네트워크가 없으면 모의 사람들이 대신합니다. 위의 줄에 나와
# 있습니다.) `people`은 이들이 누구인지 알려 줍니다. 26개 집단이 다섯 대집단(`superpop`), 곧 AFR 아프리카, AMR
# 아메리카, EAS 동아시아, EUR 유럽, SAS 남아시아로 묶여 있습니다. `dosage`는 흔한 변이마다 한 행, 사람마다 한
# 열이며, 비참조 대립유전자의 수 0, 1, 2가 들어 있고 유전자형이 결측이면 −1입니다.
#
# 한 사람은 대립유전자를 두 개 가집니다. 비참조 대립유전자의 빈도는 그 개수를 **유전자형이 결정된 모든
# 대립유전자** 수로 나눈 값입니다. 결측인 유전자형은 참조도 비참조도 아닙니다.
#
# **과제 1.** `allele_frequency` 함수를 작성하십시오.

# %%
people.groupby("superpop")["population"].agg(["nunique", "size"])


# %% task="allele_frequency"
def allele_frequency(dosage):
    """Frequency of the alternative allele of each variant.

    dosage  array (variants, people) of 0, 1, 2 and -1 (missing)

    Returns an array (variants,); NaN where no genotype is known.
    """
    ### BEGIN SOLUTION
    dosage = np.asarray(dosage)
    called = dosage >= 0
    copies = np.where(called, dosage, 0).sum(axis=1)
    alleles = 2 * called.sum(axis=1)
    return np.where(alleles > 0, copies / np.maximum(alleles, 1), np.nan)
    ### END SOLUTION


# %% check="allele_frequency" points=2
_small = np.array([[0, 1, 2, 1], [0, 0, 1, -1], [2, 2, -1, -1]])
expect(
    allele_frequency(_small),
    "frequencies in four people, some genotypes missing",
    "일부 유전자형이 결측인 네 사람에서의 빈도",
).close_to(
    [0.5, 1 / 6, 1.0],
    hints=[
        hint(
            "people-for-alleles",
            lambda got: np.allclose(got, [1.0, 1 / 3, 2.0]),
            en="You divided by people. Each person carries two alleles.",
            ko="사람 수로 나누셨습니다. 한 사람은 대립유전자를 두 개 가집니다.",
        ),
        hint(
            "carriers-counted",
            lambda got: np.allclose(got, [0.75, 1 / 3, 1.0]) or np.allclose(got, [0.75, 0.25, 0.5]),
            en=(
                "This is the fraction of carriers. A person with two copies counts twice, one with one "
                "copy once."
            ),
            ko="이것은 보인자의 비율입니다. 두 개를 가진 사람은 두 번, 하나를 가진 사람은 한 번 세야 합니다.",
        ),
        hint(
            "missing-as-reference",
            lambda got: np.allclose(got, [0.5, 1 / 8, 0.5]),
            en=(
                "Missing genotypes were counted as homozygous reference. Nothing is known of them: "
                "leave them out."
            ),
            ko="결측을 참조 동형접합으로 세셨습니다. 아무것도 알 수 없는 유전자형이므로 빼야 합니다.",
        ),
        hint(
            "missing-summed",
            lambda got: np.allclose(got, [0.5, 0.0, 0.25]) or np.allclose(got, [0.5, 0.0, 0.5]),
            en="The −1 of a missing genotype went into your sum. It is a mark, not a number of copies.",
            ko="결측을 나타내는 −1이 합계에 들어갔습니다. −1은 개수가 아니라 표시입니다.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
_rng = np.random.default_rng(7)
_block = _rng.integers(-1, 3, (40, 25)).astype(np.int8)
_want = [(row[row >= 0].sum() / (2 * (row >= 0).sum())) for row in _block.astype(int)]
expect(allele_frequency(_block), "frequencies in another 25 people", "다른 25명에서의 빈도").close_to(_want)
expect(
    allele_frequency(np.array([[-1, -1], [1, 1]])),
    "frequencies when nothing is known",
    "아무것도 모를 때의 빈도",
).close_to([np.nan, 0.5])
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 2 · What Hardy and Weinberg expect
#
# When people choose their partners without looking at this locus, the two alleles of a child are two
# independent draws. With $p$ the frequency of the reference and $q = 1 - p$ that of the alternative, among
# $n$ people we expect
#
# $$n p^2 \text{ homozygous reference},\quad 2 n p q \text{ heterozygous},\quad n q^2 \text{ homozygous
# alternative.}$$
#
# $p$ comes from counting alleles in the observed genotypes. The difference is measured by
# $\chi^2 = \sum (\text{observed} - \text{expected})^2 / \text{expected}$, with **one** degree of freedom:
# three classes, minus one for the total, minus one for $p$, which was estimated from the same people.
#
# **Task 2.** Write `hardy_weinberg`.

# %% [markdown] lang="ko"
# ## 2 · 하디와 바인베르크의 기대
#
# 사람들이 이 자리와 상관없이 배우자를 고른다면, 아이의 두 대립유전자는 서로 독립인 두 번의 추출입니다. 참조
# 대립유전자의 빈도를 $p$, 비참조의 빈도를 $q = 1 - p$라 하면 $n$명 가운데 다음과 같이 기대합니다.
#
# $$\text{참조 동형접합 } n p^2,\quad \text{이형접합 } 2 n p q,\quad \text{비참조 동형접합 } n q^2$$
#
# $p$는 관찰한 유전자형에서 대립유전자를 세어 구합니다. 차이는
# $\chi^2 = \sum (\text{관찰} - \text{기대})^2 / \text{기대}$로 재며 자유도는 **1**입니다. 유전자형 세
# 가지에서 합계 때문에 하나, 같은 사람들에게서 추정한 $p$ 때문에 하나를 뺍니다.
#
# **과제 2.** `hardy_weinberg` 함수를 작성하십시오.


# %% task="hardy_weinberg"
def hardy_weinberg(hom_ref, het, hom_alt):
    """Hardy-Weinberg expectation and test of one variant in which both alleles were seen.

    hom_ref, het, hom_alt  numbers of people with each genotype

    Returns (expected, p): the three expected numbers, in the same order, and the p value of the chi-square
    test.
    """
    ### BEGIN SOLUTION
    n = hom_ref + het + hom_alt
    p = (2 * hom_ref + het) / (2 * n)
    q = 1 - p
    expected = [n * p**2, 2 * n * p * q, n * q**2]
    chi2 = sum((o - e) ** 2 / e for o, e in zip((hom_ref, het, hom_alt), expected, strict=True))
    return expected, float(stats.chi2.sf(chi2, 1))
    ### END SOLUTION


# %% check="hardy_weinberg" points=2
def _hw_hints(counts, shares, chi2):
    """What goes wrong, beside the right numbers of people and the right chi-square."""
    n = sum(counts)
    root = (counts[0] / n) ** 0.5
    return [
        hint(
            "frequency-from-homozygotes",
            lambda got: np.allclose(got[0], [counts[0], 2 * n * root * (1 - root), n * (1 - root) ** 2]),
            en="You took p from the homozygotes, which assumes what is to be tested. Count alleles instead.",
            ko="동형접합에서 p를 구하셨는데, 이는 검정하려는 것을 가정한 셈입니다. 대립유전자를 세십시오.",
        ),
        hint(
            "heterozygotes-twice",
            lambda got: np.allclose(got[0], [shares[0], shares[1] / 2, shares[2]]),
            en="A heterozygote comes about in two ways: from mother or from father. Where is the 2?",
            ko="이형접합이 생기는 길은 두 가지, 어머니에게서 또는 아버지에게서입니다. 2는 어디에 있습니까?",
        ),
        hint(
            "fractions-for-counts",
            lambda got: np.allclose(got[0], np.array(shares) / n),
            en=(
                "These are fractions. The test compares numbers of people; a thousand people weigh "
                "more than ten."
            ),
            ko="이것은 비율입니다. 검정은 사람 수를 비교합니다. 천 명은 열 명보다 무게가 큽니다.",
        ),
        hint(
            "two-degrees-of-freedom",
            lambda got: np.allclose(got[0], shares) and np.isclose(got[1], np.exp(-chi2 / 2)),
            en=(
                "Two degrees of freedom would be right if p were known beforehand. It was estimated: "
                "one is left."
            ),
            ko="p를 미리 알았다면 자유도 2가 맞습니다. p를 추정했으므로 하나만 남습니다.",
        ),
        hint(
            "statistic-for-p",
            lambda got: np.allclose(got[0], shares) and np.isclose(got[1], chi2),
            en="This is the chi-square statistic. The p value is the probability of one at least as large.",
            ko="이것은 카이제곱 통계량입니다. p값은 그 이상의 값이 나올 확률입니다.",
        ),
    ]


for _counts, _shares, _chi2_of, _p in (
    ((40, 40, 20), [36.0, 48.0, 16.0], 2.7777778, 0.0955807),
    ((298, 489, 213), [294.30625, 496.3875, 209.30625], 0.2214896, 0.6379073),
):
    expect(
        hardy_weinberg(*_counts), f"Hardy-Weinberg for {_counts}", f"{_counts}에 대한 하디-바인베르크"
    ).close_to((_shares, _p), abs=1e-6, hints=_hw_hints(_counts, _shares, _chi2_of))


### BEGIN HIDDEN TESTS
def _expected(a, h, b):
    n, p = a + h + b, (2 * a + h) / (2 * (a + h + b))
    return [n * p**2, 2 * n * p * (1 - p), n * (1 - p) ** 2]


def _chi2(*counts):
    return sum((o - e) ** 2 / e for o, e in zip(counts, _expected(*counts), strict=True))


for _counts in ((10, 0, 10), (90, 9, 1), (33, 50, 17)):
    expect(
        hardy_weinberg(*_counts), f"Hardy-Weinberg for {_counts}", f"{_counts}에 대한 하디-바인베르크"
    ).close_to(
        (_expected(*_counts), float(stats.chi2.sf(_chi2(*_counts), 1))),
        abs=1e-12,
        hints=_hw_hints(_counts, _expected(*_counts), _chi2(*_counts)),
    )
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### All people, or one population?
#
# For small counts the chi-square is a bad approximation, so everybody uses the exact test:
# `genomics.hwe_exact(het, hom_ref, hom_alt)` takes whole columns at once. The counts come from
# `genomics.allele_frequencies(dosage)`, with the columns `hom_ref`, `het` and `hom_alt`.
#
# **Task 3.** A variant *fails* when its exact p is below 0.001. Find
#
# - `failing_all`: the fraction of the variants in `dosage` that fail, all people together;
# - `failing_mine`: the fraction that fail among the people of `my_population` alone (columns of `dosage`);
# - `excess_mine`: of the variants that fail in `my_population`, the fraction that have **more** heterozygotes
#   than expected there;
# - `heterozygotes`: over all people and the variants of `dosage[clean]` together, are there `"fewer"` or
#   `"more"` heterozygotes than Hardy and Weinberg expect? (`clean` leaves out variants with an excess of
#   heterozygotes within a continental group; why, you will see below.)

# %% [markdown] lang="ko"
# ### 모든 사람입니까, 한 집단입니까?
#
# 수가 적으면 카이제곱은 좋은 근사가 아니므로 실제로는 정확 검정을 씁니다. `genomics.hwe_exact(het, hom_ref,
# hom_alt)`는 열 전체를 한꺼번에 받습니다. 개수는 `genomics.allele_frequencies(dosage)`의 `hom_ref`, `het`,
# `hom_alt` 열에 있습니다.
#
# **과제 3.** 정확 p값이 0.001보다 작은 변이를 *어긋난다*고 하겠습니다. 다음을 구하십시오.
#
# - `failing_all`: 모든 사람을 합쳤을 때 `dosage`의 변이 중 어긋나는 것의 비율
# - `failing_mine`: `my_population`의 사람들(`dosage`의 열)만으로 구한 어긋나는 변이의 비율
# - `excess_mine`: `my_population`에서 어긋나는 변이 중 이형접합이 기대보다 **많은** 것의 비율
# - `heterozygotes`: 모든 사람과 `dosage[clean]`의 모든 변이를 통틀어, 이형접합이 기대보다 적으면 `"fewer"`,
#   많으면 `"more"` (`clean`은 대집단 안에서 이형접합이 지나치게 많은 변이를 뺀 것입니다. 이유는 아래에서
#   설명합니다.)

# %% setup
_sizes = people["population"].value_counts()
_large = sorted(_sizes[_sizes >= 60].index)
my_population = _large[int(me.rng().integers(len(_large)))]


clean = np.ones(len(dosage), dtype=bool)
for _group in people["superpop"].unique():
    _c = genomics.allele_frequencies(dosage[:, (people["superpop"] == _group).to_numpy()])
    _p = genomics.hwe_exact(_c["het"], _c["hom_ref"], _c["hom_alt"])
    # The square of the heterozygotes is above four times the product of both homozygotes: an excess
    clean &= ~((_p < 0.001) & (_c["het"] ** 2 > 4 * _c["hom_ref"] * _c["hom_alt"]).to_numpy())
print(me.text(f"Your population: {my_population}", f"여러분의 집단: {my_population}"))

# %% task="equilibrium"
failing_all = None
failing_mine = None
excess_mine = None
heterozygotes = None
### BEGIN SOLUTION
counts = genomics.allele_frequencies(dosage)
failing_all = float((genomics.hwe_exact(counts["het"], counts["hom_ref"], counts["hom_alt"]) < 0.001).mean())
mine = genomics.allele_frequencies(dosage[:, (people["population"] == my_population).to_numpy()])
fails = genomics.hwe_exact(mine["het"], mine["hom_ref"], mine["hom_alt"]) < 0.001
failing_mine = float(fails.mean())
excess = mine["het"] > mine["allele_number"] * mine["af"] * (1 - mine["af"])
excess_mine = float(excess[fails].mean())
good_counts = counts[clean]
expected_het = (good_counts["allele_number"] * good_counts["af"] * (1 - good_counts["af"])).sum()
heterozygotes = "fewer" if good_counts["het"].sum() < expected_het else "more"
### END SOLUTION

# %% check="equilibrium" points=2
if failing_all is None or failing_mine is None or excess_mine is None or heterozygotes is None:
    raise NotImplementedError
for _got, _what, _ko in (
    (failing_all, "fraction of variants that fail in all people", "모든 사람에서 어긋나는 변이의 비율"),
    (
        failing_mine,
        f"fraction of variants that fail in {my_population}",
        f"{my_population}에서 어긋나는 변이의 비율",
    ),
    (excess_mine, "fraction of them with too many heterozygotes", "그 가운데 이형접합이 지나치게 많은 비율"),
):
    expect(_got, _what, _ko).between(
        0,
        1,
        hints=[
            hint(
                "count-for-fraction",
                lambda got: got > 1,
                en="A fraction lies between 0 and 1.",
                ko="비율은 0과 1 사이입니다.",
            )
        ],
    )
expect(
    bool(np.isclose(failing_mine, failing_all)),
    f"whether as many variants fail in {my_population} as in all people",
    f"{my_population}에서 어긋나는 비율이 모든 사람에서의 비율과 같은지",
).equals(
    False,
    hints=[
        hint(
            "population-not-chosen",
            True,
            en="This is the fraction in all people. Choose the columns of your population first.",
            ko="이것은 모든 사람에서의 비율입니다. 먼저 여러분의 집단에 해당하는 열을 고르십시오.",
        )
    ],
)
expect(
    str(heterozygotes).strip().lower(),
    "heterozygotes compared with the expectation",
    "기대와 비교한 이형접합의 수",
).one_of(["fewer", "more"])


### BEGIN HIDDEN TESTS
def _equilibrium(table):
    """Exact p values, and the heterozygotes above what is expected."""
    c = genomics.allele_frequencies(table)
    p = genomics.hwe_exact(c["het"], c["hom_ref"], c["hom_alt"])
    return p, (c["het"] - c["allele_number"] * c["af"] * (1 - c["af"])).to_numpy()


_p_all, _more_all = _equilibrium(dosage)
_p_mine, _more_mine = _equilibrium(dosage[:, (people["population"] == my_population).to_numpy()])
_failing_all, _failing_mine = float((_p_all < 0.001).mean()), float((_p_mine < 0.001).mean())
_excess = float((_more_mine[_p_mine < 0.001] > 0).mean())
expect(
    failing_all, "fraction of variants that fail in all people", "모든 사람에서 어긋나는 변이의 비율"
).close_to(
    _failing_all,
    abs=1e-6,
    hints=[
        hint(
            "genotypes-swapped",
            lambda got: got > _failing_all,
            en="hwe_exact takes the heterozygotes first.",
            ko="hwe_exact의 첫 인수는 이형접합의 수입니다.",
        ),
    ],
)
expect(
    failing_mine,
    f"fraction of variants that fail in {my_population}",
    f"{my_population}에서 어긋나는 변이의 비율",
).close_to(_failing_mine, abs=1e-6)
expect(
    excess_mine, "fraction of them with too many heterozygotes", "그 가운데 이형접합이 지나치게 많은 비율"
).close_to(
    _excess,
    abs=1e-6,
    hints=[
        hint(
            "excess-of-all-variants",
            lambda got: np.isclose(got, (_more_mine[_p_mine < 0.001] > 0).sum() / len(dosage)),
            en="The question is about the variants that fail: divide by their number.",
            ko="질문은 어긋나는 변이에 관한 것입니다. 그 수로 나누십시오.",
        ),
        hint(
            "excess-reversed",
            lambda got: np.isclose(got, 1 - _excess),
            en="This is the fraction with too few heterozygotes.",
            ko="이것은 이형접합이 지나치게 적은 것의 비율입니다.",
        ),
    ],
)
expect(
    str(heterozygotes).strip().lower(),
    "heterozygotes compared with the expectation",
    "기대와 비교한 이형접합의 수",
).equals(
    "fewer" if _more_all[clean].sum() < 0 else "more",
    hints=[
        hint(
            "wahlund-reversed",
            "more",
            en=(
                "Compare the sum of het with the sum of 2npq. People marry within their population, so the "
                "pooled sample has too many of both homozygotes (Wahlund's effect)."
            ),
            ko=(
                "het의 합을 2npq의 합과 비교하십시오. 사람들은 자기 집단 안에서 결혼하므로, 합친 표본에는 두 "
                "동형접합이 모두 지나치게 많습니다(왈룬드 효과)."
            ),
        )
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Two reasons to fail
#
# **Too few** heterozygotes in the pooled sample: that is *structure*. People marry within their population,
# so a mixture of populations has too many of both homozygotes (Wahlund's effect). Nothing is wrong with the
# data.
#
# **Too many** heterozygotes within one population: no way of marrying makes that. This stretch of chromosome
# 22 lies near the centromere and has copies elsewhere in the genome. Reads of two places are piled up on one,
# each place has its own base, and nearly everybody *looks* heterozygous. Every laboratory therefore drops
# such variants before anything else, and so do we: `good` and `good_variants` hold the clean ones.

# %% [markdown] lang="ko"
# ### 어긋나는 두 가지 이유
#
# 합친 표본에서 이형접합이 **너무 적은** 것은 *구조* 때문입니다. 사람들은 자기 집단 안에서 결혼하므로, 여러
# 집단을 섞으면 두 동형접합이 모두 지나치게 많아집니다(왈룬드 효과). 데이터에는 아무 잘못이 없습니다.
#
# 한 집단 안에서 이형접합이 **너무 많은** 것은 어떤 결혼 방식으로도 생기지 않습니다. 22번 염색체의 이 부분은
# 동원체 근처에 있고 유전체의 다른 곳에 사본이 있습니다. 두 곳의 리드가 한 곳에 쌓이는데 각 곳의 염기가
# 다르므로, 거의 모든 사람이 이형접합*처럼 보입니다*. 그래서 모든 연구실은 이런 변이를 가장 먼저 제거하며,
# 우리도 그렇게 합니다. `good`과 `good_variants`에 깨끗한 변이만 담았습니다.

# %% setup
good = dosage[clean]
good_variants = variants[clean].reset_index(drop=True)
print(
    me.text(
        f"{len(good)} of {len(dosage)} variants are clean",
        f"변이 {len(dosage)}개 중 {len(good)}개가 깨끗합니다",
    )
)

# %% [markdown] lang="en"
# ## 3 · Structure you can see
#
# The structure that Hardy and Weinberg felt, principal components show. Rare and common variants are first
# brought to one scale (Patterson, Price and Reich 2006): from each variant its mean is subtracted, and the
# rest divided by
#
# $$\sqrt{2 p (1 - p)},$$
#
# the standard deviation that a dosage has in Hardy-Weinberg equilibrium. A missing genotype is put at the
# mean, which after centring is 0. A variant that does not vary says nothing: its row is all 0.
#
# **Task 4.** Write `scaled`.

# %% [markdown] lang="ko"
# ## 3 · 눈에 보이는 구조
#
# 하디와 바인베르크의 법칙으로 짐작한 구조를 주성분은 눈으로 보여 줍니다. 먼저 드문 변이와 흔한 변이의 척도를
# 맞춥니다(Patterson, Price, Reich 2006). 변이마다 평균을 빼고, 나머지를
#
# $$\sqrt{2 p (1 - p)}$$
#
# 로 나눕니다. 이것은 하디-바인베르크 평형에서 dosage가 갖는 표준편차입니다. 결측인 유전자형은 평균에
# 놓습니다. 평균을 뺀 뒤에는 0입니다. 변하지 않는 변이는 아무것도 말해 주지 않으므로 그 행은 모두 0입니다.
#
# **과제 4.** `scaled` 함수를 작성하십시오.


# %% task="scaled"
def scaled(dosage):
    """Genotypes centred and scaled for principal components.

    dosage  array (variants, people) of 0, 1, 2 and -1 (missing)

    Returns a float array of the same shape.
    """
    ### BEGIN SOLUTION
    dosage = np.asarray(dosage)
    known = dosage >= 0
    p = np.where(known, dosage, 0).sum(axis=1) / np.maximum(2 * known.sum(axis=1), 1)
    spread = np.sqrt(2 * p * (1 - p))
    centred = np.where(known, dosage - 2 * p[:, None], 0.0)
    return np.divide(centred, spread[:, None], out=np.zeros(dosage.shape), where=spread[:, None] > 0)
    ### END SOLUTION


# %% check="scaled" points=2
_plain = np.array([[0, 1, 2, 1], [0, 0, 1, 0]])
_scale_hints = [
    hint(
        "not-centred",
        lambda got: np.isclose(got[1][2], 2.13809),
        en="The mean of each variant, 2p, is still in it: the first component would only show that.",
        ko="변이마다의 평균 2p가 남아 있습니다. 그러면 첫 주성분은 그것만 보여 줍니다.",
    ),
    hint(
        "centred-at-p",
        lambda got: np.isclose(got[1][2], 1.870829),
        en="A dosage counts two alleles: its mean is 2p, not p.",
        ko="dosage는 대립유전자 두 개를 셉니다. 평균은 p가 아니라 2p입니다.",
    ),
    hint(
        "one-allele-variance",
        lambda got: np.isclose(got[1][2], 2.267787),
        en="p(1−p) is the variance of one allele. A dosage is the sum of two.",
        ko="p(1−p)는 대립유전자 하나의 분산입니다. dosage는 둘의 합입니다.",
    ),
    hint(
        "variance-for-deviation",
        lambda got: np.isclose(got[1][2], 3.428571),
        en="You divided by the variance. Where is the square root?",
        ko="분산으로 나누셨습니다. 제곱근은 어디에 있습니까?",
    ),
    hint(
        "people-scaled",
        lambda got: np.allclose(np.asarray(got).mean(axis=0), 0) and not np.allclose(np.mean(got, axis=1), 0),
        en="You centred people. It is each variant, each row, that is centred and scaled.",
        ko="사람을 중심으로 맞추셨습니다. 중심과 척도를 맞출 것은 변이, 곧 행입니다.",
    ),
]
expect(scaled(_plain), "two variants of four people, scaled", "네 사람의 변이 두 개를 맞춘 값").close_to(
    [[-1.414214, 0, 1.414214, 0], [-0.534522, -0.534522, 1.603567, -0.534522]], abs=1e-5, hints=_scale_hints
)
_gaps = np.array([[0, -1, 2, 1], [0, 0, 1, -1], [1, 2, 2, -1]])
expect(scaled(_gaps), "variants with missing genotypes, scaled", "결측이 있는 변이를 맞춘 값").close_to(
    [
        [-1.414214, 0, 1.414214, 0],
        [-0.632456, -0.632456, 1.264911, 0],
        [-1.264911, 0.632456, 0.632456, 0],
    ],
    abs=1e-5,
    hints=[
        hint(
            "missing-not-at-mean",
            lambda got: np.shape(got) == (3, 4) and not np.isclose(got[0][1], 0),
            en="A missing genotype belongs at the mean of its variant, which is 0 after centring.",
            ko="결측인 유전자형은 그 변이의 평균, 곧 중심을 맞춘 뒤의 0에 놓여야 합니다.",
        )
    ],
)


### BEGIN HIDDEN TESTS
def _scaled(table):
    known = table >= 0
    p = np.where(known, table, 0).sum(axis=1) / (2 * known.sum(axis=1))
    spread = np.sqrt(2 * p * (1 - p))
    spread[spread == 0] = 1
    return np.where(known, table - 2 * p[:, None], 0) / spread[:, None]


expect(
    scaled(np.array([[2, 2, 2], [0, 0, 0], [0, 1, 1]])),
    "variants that do not vary, scaled",
    "변하지 않는 변이를 맞춘 값",
).close_to(
    _scaled(np.array([[2, 2, 2], [0, 0, 0], [0, 1, 1]])),
    hints=[
        hint(
            "constant-divided-by-zero",
            lambda got: not np.isfinite(np.asarray(got, dtype=float)).all(),
            en="A variant that does not vary has p(1−p) = 0, and you divided by it.",
            ko="변하지 않는 변이는 p(1−p) = 0이며, 그것으로 나누셨습니다.",
        )
    ],
)
expect(
    scaled(good[:20, :50]), "twenty variants of fifty people, scaled", "50명의 변이 20개를 맞춘 값"
).close_to(_scaled(good[:20, :50].astype(int)), abs=1e-6)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# `genomics.genotype_pca(good, 4)` does the rest. Each point is a person; the colours were added afterwards,
# the components knew nothing of continents. They come from 450 kb only: with the whole genome the clouds part
# completely, and inside Europe a map of Europe appears (Novembre et al. 2008).
#
# Which group does the first component set apart? Look at the horizontal axis only.

# %% [markdown] lang="ko"
# 나머지는 `genomics.genotype_pca(good, 4)`가 합니다. 점 하나가 한 사람입니다. 색은 나중에 칠한 것이며,
# 주성분은 대륙에 대하여 아무것도 몰랐습니다. 이 그림은 450 kb만으로 그린 것입니다. 유전체 전체를 쓰면 구름이
# 완전히 갈라지고, 유럽 안에서는 유럽 지도가 나타납니다(Novembre 등 2008).
#
# 첫째 주성분은 어느 대집단을 갈라놓습니까? 가로축만 보십시오.

# %%
components = genomics.genotype_pca(good, 4)
with style():
    _, axes = plt.subplots(figsize=(7, 4.2), layout="constrained")
genomics.plot_pca(components.coordinates, people["superpop"], explained=components.explained, ax=axes)
axes.set_title(
    me.text(f"{good.shape[1]:,} people, {len(good)} variants", f"{good.shape[1]:,}명, 변이 {len(good)}개")
)
plt.show()

# %% [markdown] lang="en"
# ## 4 · Your own disease study
#
# `case` says who in **your** study has a disease: 1 or 0 for each person of `people`. It was drawn from your
# seed with a rule that is hidden: **one** variant truly raises the risk, and the environment, which differs
# between continents, does so too. No other variant has any effect.
#
# The simplest measure counts alleles in cases and controls. With the alternative $a$ times and the reference
# $b$ times in cases, and $c$ and $d$ times in controls, the odds ratio is
#
# $$\mathrm{OR} = \frac{a / b}{c / d}.$$
#
# **Task 5.** Write `odds_ratio`.

# %% [markdown] lang="ko"
# ## 4 · 나만의 질병 연구
#
# `case`는 **여러분의** 연구에서 누가 병에 걸렸는지 알려 줍니다. `people`의 사람마다 1 또는 0입니다. 여러분의
# 시드와 숨은 규칙으로 만들어졌습니다. 위험을 실제로 높이는 변이는 **하나**이며, 대륙마다 다른 환경도 위험에
# 영향을 줍니다. 다른 변이는 아무 영향이 없습니다.
#
# 가장 간단한 척도는 환자군과 대조군의 대립유전자를 세는 것입니다. 환자군에서 비참조가 $a$번, 참조가 $b$번,
# 대조군에서 각각 $c$번, $d$번이면 오즈비는 다음과 같습니다.
#
# $$\mathrm{OR} = \frac{a / b}{c / d}$$
#
# **과제 5.** `odds_ratio` 함수를 작성하십시오.


# %% setup
ancestry = pd.get_dummies(people["superpop"], drop_first=True).astype(float).to_numpy()


def _draw_study(rng):
    """A disease with one cause among the variants and another in the environment."""
    groups = people["superpop"].to_numpy()
    risk = dict(zip(("AFR", "AMR", "EUR", "SAS", "EAS"), (-1.2, -0.3, 0.0, 0.3, 1.0), strict=True))
    sign = 1 if rng.random() < 0.5 else -1
    risk = {group: sign * value + rng.normal(0, 0.15) for group, value in risk.items()}
    cause = int(rng.choice(np.flatnonzero(genomics.allele_frequencies(good)["maf"] >= 0.25)))
    effect = np.log(1.6) if good.shape[1] > 2000 else np.log(2.2)
    carried = np.maximum(good[cause], 0)
    logit = np.array([risk[group] for group in groups]) + effect * (carried - carried.mean()) - 0.3
    return (rng.random(len(groups)) < 1 / (1 + np.exp(-logit))).astype(int), cause


def _my_study(rng):
    """A study in which every misreading shows: draw until the corrections differ and the cause leads."""
    for attempt in range(40):
        case, cause = _draw_study(rng)
        naive, adjusted = (genomics.associate(good, case, x)["p"] for x in (None, ancestry))
        found = {int((p <= 0.05).sum()) for p in (naive, genomics.fdr(naive), naive * len(good))}
        misled = naive.idxmin() != cause
        if len(found) == 3 and adjusted.idxmin() == cause and (misled or attempt >= 8):
            break
    return case, cause


case, _cause = _my_study(me.rng())
pd.crosstab(people["superpop"], pd.Series(case, index=people.index, name="case"))


# %% task="odds_ratio"
def odds_ratio(dosage, case):
    """Allelic odds ratio of one variant.

    dosage  array (people,) of 0, 1, 2 and -1 (missing)
    case    array (people,) of 1 (case) and 0 (control)
    """
    ### BEGIN SOLUTION
    dosage, case = np.asarray(dosage), np.asarray(case)
    odds = []
    for group in (1, 0):
        known = dosage[(case == group) & (dosage >= 0)]
        copies = known.sum()
        odds.append(copies / (2 * len(known) - copies))
    return float(odds[0] / odds[1])
    ### END SOLUTION


# %% check="odds_ratio" points=2
# Six alternatives of ten alleles in cases, three of ten in controls
_g = np.array([0, 1, 2, 2, 1, 0, 0, 1, 0, 2, -1, -1])
_y = np.array([1, 1, 1, 1, 1, 0, 0, 0, 0, 0, 1, 0])
expect(odds_ratio(_g, _y), "odds ratio in twelve people", "열두 사람에서의 오즈비").close_to(
    3.5,
    hints=[
        hint(
            "carriers-for-alleles",
            6.0,
            en="You counted carriers, people with at least one copy. The allelic odds ratio counts alleles.",
            ko="하나 이상 가진 사람, 곧 보인자를 세셨습니다. 대립유전자 오즈비는 대립유전자를 셉니다.",
        ),
        hint(
            "ratio-of-frequencies",
            2.0,
            en="This is a ratio of frequencies. Odds divide by the other allele, not by all.",
            ko="이것은 빈도의 비입니다. 오즈는 전체가 아니라 다른 대립유전자의 수로 나눕니다.",
        ),
        hint(
            "odds-upside-down",
            lambda got: np.isclose(got, 1 / 3.5),
            en="Cases and controls changed places.",
            ko="환자군과 대조군이 바뀌었습니다.",
        ),
        hint(
            "missing-in-the-odds",
            lambda got: 0 < got < 100,
            en=(
                "Are the missing genotypes (−1) left out on both sides, in the copies and in the "
                "number of alleles?"
            ),
            ko="결측(−1)을 개수와 대립유전자 수 양쪽에서 모두 뺐습니까?",
        ),
    ],
)


### BEGIN HIDDEN TESTS
def _odds_ratio(g, y):
    odds = []
    for group in (1, 0):
        known = g[(y == group) & (g >= 0)].astype(int)
        odds.append(known.sum() / (2 * len(known) - known.sum()))
    return odds[0] / odds[1]


for _row in (0, len(good) // 2):
    expect(
        odds_ratio(good[_row], case), "odds ratio of a variant of your study", "내 연구 변이의 오즈비"
    ).close_to(_odds_ratio(good[_row], case), rel=1e-6)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 5 · Many tests
#
# One test at $p < 0.05$ is wrong once in twenty when nothing is there. A scan of `len(good)` variants makes
# as many tests. **Benjamini and Hochberg** (1995) bound the *false discovery rate*, the share of false ones
# among what you report. With the $m$ p values sorted from the smallest, the adjusted value of the $k$-th is
#
# $$q_{(k)} = \min_{j \ge k} \frac{m}{j}\, p_{(j)},$$
#
# never above 1. The minimum over what lies behind makes sure that a smaller p never gets a larger q.
#
# **Task 6.** Write `benjamini_hochberg`.

# %% [markdown] lang="ko"
# ## 5 · 많은 검정
#
# 아무것도 없을 때 $p < 0.05$인 검정 하나는 스무 번에 한 번 틀립니다. 변이 `len(good)`개를 훑으면 그만큼
# 많은 검정을 하게 됩니다. **벤저미니와 호흐베르크**(1995)는 *거짓 발견율*(FDR), 곧 보고한 것 가운데 거짓의
# 비율을 제한합니다. $m$개의 p값을 작은 것부터 정렬하면 $k$번째의 보정값은 다음과 같으며 1을 넘지 않습니다.
#
# $$q_{(k)} = \min_{j \ge k} \frac{m}{j}\, p_{(j)}$$
#
# 뒤에 있는 것들과의 최솟값을 취하므로, 더 작은 p가 더 큰 q를 얻는 일은 없습니다.
#
# **과제 6.** `benjamini_hochberg` 함수를 작성하십시오.


# %% task="benjamini_hochberg"
def benjamini_hochberg(p):
    """Adjusted p values, in the order of the input.

    p  array (tests,) of p values
    """
    ### BEGIN SOLUTION
    p = np.asarray(p, dtype=float)
    order = np.argsort(p)
    ranked = p[order] * len(p) / np.arange(1, len(p) + 1)
    smallest = np.minimum.accumulate(ranked[::-1])[::-1]
    q = np.empty(len(p))
    q[order] = np.minimum(smallest, 1)
    return q
    ### END SOLUTION


# %% check="benjamini_hochberg" points=2
_p = np.array([0.04, 0.001, 0.03, 0.9, 0.012, 0.035])
_bh_hints = [
    hint(
        "no-correction",
        lambda got: np.allclose(got, _p),
        en="These are the p values themselves: six tests were made, and nothing accounts for that.",
        ko="p값 그대로입니다. 검정을 여섯 번 했는데 아무것도 그것을 고려하지 않았습니다.",
    ),
    hint(
        "bonferroni",
        lambda got: np.allclose(got, np.minimum(_p * 6, 1)) or np.allclose(got, _p * 6),
        en="This is Bonferroni's correction, against even one false finding. It does not use the ranks.",
        ko="이것은 거짓 발견이 하나라도 나올 확률을 막는 본페로니 보정입니다. 순위를 쓰지 않습니다.",
    ),
    hint(
        "not-monotone",
        lambda got: np.allclose(got, [0.048, 0.006, 0.06, 0.9, 0.036, 0.0525]),
        en="Here a smaller p has a larger q. Take the minimum over the values behind it.",
        ko="더 작은 p가 더 큰 q를 얻은 곳이 있습니다. 뒤에 있는 값들과의 최솟값을 취하십시오.",
    ),
    hint(
        "ranks-from-the-wrong-end",
        lambda got: np.asarray(got).shape == (6,) and got[3] > 0.95 and got[1] < 0.0015,
        en="Rank 1 is the smallest p value: it is multiplied by the most.",
        ko="순위 1은 가장 작은 p값이며, 가장 큰 수를 곱합니다.",
    ),
    hint(
        "order-of-input-lost",
        lambda got: np.allclose(got, [0.006, 0.036, 0.048, 0.048, 0.048, 0.9]),
        en="The values are right but sorted. Put them back into the order of the input.",
        ko="값은 맞지만 정렬되어 있습니다. 입력의 순서로 되돌리십시오.",
    ),
]
expect(benjamini_hochberg(_p), "adjusted values of six tests", "검정 여섯 개의 보정값").close_to(
    [0.048, 0.006, 0.048, 0.9, 0.036, 0.048], hints=_bh_hints
)
### BEGIN HIDDEN TESTS
_many = np.random.default_rng(11).uniform(size=200) ** 3
expect(benjamini_hochberg(_many), "adjusted values of 200 tests", "검정 200개의 보정값").close_to(
    stats.false_discovery_control(_many)
)
expect(
    benjamini_hochberg(np.array([0.5, 0.9])), "adjusted values of two tests", "검정 두 개의 보정값"
).close_to([0.9, 0.9])
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 6 · Find the cause
#
# `genomics.associate(good, case, covariates)` tests every variant by logistic regression. Covariates are
# what else may explain the disease; `ancestry` holds the continental groups as columns of 0 and 1. The
# library's Benjamini and Hochberg is `genomics.fdr(p)`.
#
# When nothing but a few variants has an effect, the test statistics follow the chi-square distribution of
# chance; `genomics.genomic_inflation(p)`, **lambda**, is how much too large their median is. A lambda far
# above 1 says: something moves *all* variants.
#
# **Task 7.** Find
#
# - `lambda_naive`: lambda of a scan without covariates;
# - `hits_naive`: how many variants have an adjusted p (FDR) of at most 0.05 in it;
# - `lambda_adjusted`: lambda of the scan with `ancestry`;
# - `my_top`: the position (`pos` of `good_variants`) with the smallest p in the adjusted scan;
# - `by_chance`: how many variants you expect below p = 0.05 if *none* had an effect and all was accounted
#   for.

# %% [markdown] lang="ko"
# ## 6 · 원인을 찾으십시오
#
# `genomics.associate(good, case, covariates)`는 모든 변이를 로지스틱 회귀로 검정합니다. 공변량은 병을
# 설명할 수 있는 다른 요인입니다. `ancestry`에는 대집단이 0과 1의 열로 들어 있습니다. 벤저미니와 호흐베르크의
# 방법은 라이브러리에서 `genomics.fdr(p)`입니다.
#
# 몇몇 변이 말고는 아무 영향이 없다면 검정 통계량은 우연의 카이제곱 분포를 따릅니다.
# `genomics.genomic_inflation(p)`, 곧 **람다**는 그 중앙값이 얼마나 지나치게 큰지를 나타냅니다. 람다가 1보다
# 훨씬 크면 무언가가 *모든* 변이를 움직이고 있다는 뜻입니다.
#
# **과제 7.** 다음을 구하십시오.
#
# - `lambda_naive`: 공변량 없이 훑었을 때의 람다
# - `hits_naive`: 그때 보정된 p(FDR)가 0.05 이하인 변이의 수
# - `lambda_adjusted`: `ancestry`를 넣어 훑었을 때의 람다
# - `my_top`: 보정한 검정에서 p가 가장 작은 변이의 위치(`good_variants`의 `pos`)
# - `by_chance`: 어떤 변이도 영향이 *없고* 모든 것이 보정되었을 때 p = 0.05 아래로 기대되는 변이의 수

# %% task="scan"
lambda_naive = None
hits_naive = None
lambda_adjusted = None
my_top = None
by_chance = None
### BEGIN SOLUTION
naive = genomics.associate(good, case)
adjusted = genomics.associate(good, case, ancestry)
lambda_naive = genomics.genomic_inflation(naive["p"])
hits_naive = int((genomics.fdr(naive["p"]) <= 0.05).sum())
lambda_adjusted = genomics.genomic_inflation(adjusted["p"])
my_top = int(good_variants["pos"][adjusted["p"].idxmin()])
by_chance = 0.05 * len(good)
### END SOLUTION

# %% check="scan.naive" points=2
if lambda_naive is None or hits_naive is None or by_chance is None:
    raise NotImplementedError
expect(lambda_naive, "lambda without covariates", "공변량이 없을 때의 람다").between(0, math.inf)
expect(
    hits_naive, "variants at an FDR of 0.05 without covariates", "공변량 없이 FDR 0.05인 변이의 수"
).between(0, len(good))
expect(by_chance, "variants below 0.05 by chance", "우연히 0.05 아래로 떨어지는 변이의 수").between(
    0,
    len(good),
    hints=[
        hint(
            "chance-in-percent",
            lambda got: np.isclose(got, 5 * len(good)),
            en="0.05 is five in a hundred, not five.",
            ko="0.05는 5가 아니라 백 가운데 다섯입니다.",
        )
    ],
)
### BEGIN HIDDEN TESTS
_naive = genomics.associate(good, case)
_adjusted = genomics.associate(good, case, ancestry)
_lambdas = [genomics.genomic_inflation(table["p"]) for table in (_naive, _adjusted)]
_hits = int((genomics.fdr(_naive["p"]) <= 0.05).sum())
expect(lambda_naive, "lambda without covariates", "공변량이 없을 때의 람다").close_to(
    _lambdas[0],
    rel=1e-4,
    hints=[
        hint(
            "lambdas-swapped",
            lambda got: np.isclose(got, _lambdas[1], rtol=1e-3),
            en="This is the lambda of the scan with ancestry.",
            ko="이것은 ancestry를 넣은 검정의 람다입니다.",
        )
    ],
)
expect(
    hits_naive, "variants at an FDR of 0.05 without covariates", "공변량 없이 FDR 0.05인 변이의 수"
).equals(
    _hits,
    hints=[
        hint(
            "p-without-fdr",
            int((_naive["p"] <= 0.05).sum()),
            en="These are variants with p ≤ 0.05. Adjust for the number of tests first.",
            ko="p ≤ 0.05인 변이의 수입니다. 먼저 검정의 수를 보정하십시오.",
        ),
        hint(
            "bonferroni-for-fdr",
            int((_naive["p"] * len(good) <= 0.05).sum()),
            en="This is Bonferroni's threshold. The question is about the false discovery rate.",
            ko="이것은 본페로니 기준입니다. 질문은 거짓 발견율에 관한 것입니다.",
        ),
    ],
)
expect(
    by_chance, "number of variants below 0.05 by chance", "우연히 0.05 아래가 되는 변이의 기대값"
).close_to(
    0.05 * len(good),
    abs=0.51,
    hints=[
        hint(
            "none-by-chance",
            lambda got: got < 1,
            en="With no effect anywhere p values are uniform: one in twenty lies below 0.05 all the same.",
            ko="아무 영향이 없어도 p값은 고르게 퍼지므로, 스무 개에 하나는 0.05 아래에 있습니다.",
        )
    ],
)
### END HIDDEN TESTS

# %% check="scan.adjusted" points=2
if lambda_adjusted is None or my_top is None:
    raise NotImplementedError
expect(
    lambda_naive is not None and bool(np.isclose(lambda_adjusted, lambda_naive, rtol=1e-3)),
    "whether lambda with ancestry is the same as without",
    "ancestry를 넣었을 때의 람다가 넣지 않았을 때와 같은지",
).equals(
    False,
    hints=[
        hint(
            "ancestry-left-out",
            True,
            en="Ancestry is still not in the model: pass it as the covariates.",
            ko="아직 조상 집단이 모형에 들어 있지 않습니다. 공변량으로 넣으십시오.",
        )
    ],
)
expect(my_top, "a position of the scan", "훑은 변이의 위치").one_of(good_variants["pos"].tolist())
### BEGIN HIDDEN TESTS
_naive = genomics.associate(good, case)
_adjusted = genomics.associate(good, case, ancestry)
_lambdas = [genomics.genomic_inflation(table["p"]) for table in (_naive, _adjusted)]
expect(lambda_adjusted, "lambda with ancestry", "ancestry를 넣었을 때의 람다").close_to(
    _lambdas[1],
    rel=1e-4,
    hints=[
        hint(
            "ancestry-left-out",
            lambda got: np.isclose(got, _lambdas[0], rtol=1e-3),
            en="Ancestry is still not in the model: pass it as the covariates.",
            ko="아직 조상 집단이 모형에 들어 있지 않습니다. 공변량으로 넣으십시오.",
        )
    ],
)
_best = int(good_variants["pos"][_adjusted["p"].idxmin()])
expect(my_top, "position of the strongest variant after adjustment", "보정 뒤 가장 강한 변이의 위치").equals(
    _best,
    hints=[
        hint(
            "top-of-the-naive-scan",
            lambda got: got == int(good_variants["pos"][_naive["p"].idxmin()]),
            en=(
                "This one leads the scan without covariates: it is where your cases come from, not "
                "what makes them ill."
            ),
            ko=(
                "공변량 없는 검정의 1위입니다. 병의 원인이 아니라 환자들이 어디 출신인지를 보여 주는 "
                "변이입니다."
            ),
        ),
        hint(
            "largest-effect-for-smallest-p",
            lambda got: (
                got
                in (
                    int(good_variants["pos"][_adjusted["beta"].abs().idxmax()]),
                    int(good_variants["pos"][_adjusted["p"].idxmax()]),
                )
            ),
            en="Take the smallest p: a large effect of a rare variant may be no more than chance.",
            ko="가장 작은 p를 고르십시오. 드문 변이의 큰 효과는 우연일 수 있습니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Both scans of your study. Orange is what an FDR of 0.05 would report, the ring is the variant that truly
# raises the risk: in your notebook the rule is known, in life it never is. What is still orange after the
# adjustment is *linked* to the ring, as neighbours on a chromosome are inherited together. That is also why
# lambda does not fall to 1 here: in a stretch of 450 kb many variants know the causal one, over a whole
# genome hardly any.

# %% [markdown] lang="ko"
# 여러분 연구의 두 검정 결과입니다. 주황색은 FDR 0.05에서 보고될 변이이고, 동그라미는 위험을 실제로 높이는
# 변이입니다. 이 노트북에서는 규칙을 알지만 현실에서는 결코 알 수 없습니다. 보정한 뒤에도 남아 있는
# 주황색은 동그라미와 *연관*된 변이입니다. 염색체에서 가까운 것끼리 함께 유전되기 때문입니다. 람다가 여기서
# 1까지 내려가지 않는 것도 같은 이유입니다. 450 kb 안에서는 많은 변이가 원인 변이와 연관되어 있지만, 유전체
# 전체에서는 그런 변이가 거의 없습니다.


# %%
def show_scans():
    scans = {
        me.text("without covariates", "공변량 없음"): genomics.associate(good, case)["p"],
        me.text("with ancestry", "조상 집단 보정"): genomics.associate(good, case, ancestry)["p"],
    }
    if lambda_adjusted is None:
        raise NotImplementedError
    with style():
        _, panels = plt.subplots(1, 3, figsize=(12, 3.4), layout="constrained", width_ratios=[1.5, 1.5, 1.1])
    for axes, (label, p) in zip(panels, scans.items(), strict=False):
        genomics.plot_manhattan(good_variants, p, q=genomics.fdr(p), highlight=[_cause], ax=axes)
        axes.set_title(f"{label} (λ = {genomics.genomic_inflation(p):.2f})")
        axes.tick_params(axis="x", labelsize=7)
        axes.set_xlabel(me.text("position on the chromosome", "염색체에서의 위치"))
    genomics.plot_qq(scans, ax=panels[2])
    panels[2].set_xlabel(me.text("−log₁₀ p, expected", "−log₁₀ p, 기대"))
    panels[2].set_ylabel(me.text("−log₁₀ p, observed", "−log₁₀ p, 관찰"))
    plt.show()


lab.show(show_scans)

# %% [markdown] lang="en"
# ## 7 · A score for everybody?
#
# A company in Seoul wants to sell a *polygenic risk score* for this disease: the sum of a person's risk
# alleles, each weighted by its effect. The weights come from a study of 400,000 people of European ancestry,
# in which the score separated cases from controls well. "Genes are genes," says the sales team.
#
# **Task 8.** Write five to eight sentences to the company: two reasons why the score may do worse for Korean
# customers even if the study was done without an error, one way in which confounding could have entered the
# weights themselves, and what they should measure before they sell it. (Graded by hand.)

# %% [markdown] lang="ko"
# ## 7 · 모두를 위한 점수?
#
# 서울의 한 기업이 이 병의 *다유전자 위험 점수*를 팔려고 합니다. 개인이 가진 위험 대립유전자를 효과로 가중하여
# 더한 값입니다. 가중치는 유럽계 40만 명의 연구에서 얻었으며, 그 연구에서 점수는 환자와 대조군을 잘
# 구별했습니다. 영업 팀은 "유전자는 어디서나 유전자"라고 말합니다.
#
# **과제 8.** 다섯 문장에서 여덟 문장으로 기업에 답하십시오. 연구에 오류가 없더라도 한국인 고객에게서 점수의
# 성능이 떨어질 수 있는 이유 두 가지, 가중치 자체에 교란이 들어갔을 수 있는 경로 한 가지, 그리고 판매 전에
# 측정해야 할 것을 적으십시오. (사람이 채점합니다.)

# %% [markdown] essay="score" points=3
# **Mark scheme**
#
# 1 point — two reasons without error, for example: linkage differs, so a variant that tags the cause in
# Europe may not tag it in Korea; allele frequencies differ, some causes of the Korean population are rare or
# absent in Europe and so have no weight, and the mean and spread of the score shift; effects depend on
# environment, age structure and diagnosis.
#
# 1 point — confounding in the weights: population structure within the study (cases and controls from other
# regions, incomplete adjustment by principal components) adds small errors to thousands of weights that all
# point along ancestry, so that the score measures ancestry too; also sampling by clinic or participation.
#
# 1 point — what to measure: discrimination (AUROC) and calibration in an independent Korean cohort with
# intervals, and against age, sex and family history alone; whether the distribution of the score has to be
# recentred; better, weights from an East Asian or multi-ancestry study. To drop the percentile or say that it
# is not validated is honest until then.
#
# **채점 기준**
#
# 1점 — 오류가 없어도 생기는 이유 두 가지. 예: 연관 불평형이 달라서 유럽에서 원인을 표지하던 변이가 한국에서는
# 그렇지 않을 수 있음. 대립유전자 빈도가 달라서, 한국인 집단의 원인 변이 중 유럽에서 드물거나 없는 것은
# 가중치가 없고 점수의 평균과 퍼짐도 달라짐. 효과가 환경, 연령 구조, 진단 방식에 따라 달라짐.
#
# 1점 — 가중치 속의 교란: 연구 안의 집단 구조(환자와 대조군의 출신 지역 차이, 주성분 보정의 불완전함)가 수천
# 개 가중치에 조상 집단 방향의 작은 오차를 더하므로 점수가 조상 집단까지 재게 됨. 병원이나 참여에 따른 표본
# 추출도 가능.
#
# 1점 — 측정할 것: 독립된 한국인 코호트에서의 판별력(AUROC)과 보정(calibration)을 구간과 함께, 그리고 나이,
# 성별, 가족력만 쓴 경우와 비교하여 측정. 점수 분포의 중심을 다시 맞추어야 하는지 확인. 더 나은 것은 동아시아
# 또는 여러 조상 집단의 연구에서 얻은 가중치. 그때까지는 검증되지 않았다고 밝히는 것이 정직함.

# %% [markdown] lang="en"
# ## What to read next
#
# - 1000 Genomes Project Consortium (2015), *A global reference for human genetic variation*, Nature 526:68.
# - J. Wigginton, D. Cutler, G. Abecasis (2005), *A note on exact tests of Hardy-Weinberg equilibrium*,
#   American Journal of Human Genetics 76:887.
# - N. Patterson, A. Price, D. Reich (2006), *Population structure and eigenanalysis*, PLoS Genetics 2:e190.
# - J. Novembre et al. (2008), *Genes mirror geography within Europe*, Nature 456:98.
# - Y. Benjamini, Y. Hochberg (1995), Journal of the Royal Statistical Society B 57:289.
# - E. Minikel et al. (2024), *Refining the impact of genetic evidence on clinical success*, Nature 629:624.
# - A. Martin et al. (2019), *Clinical use of current polygenic risk scores may exacerbate health
#   disparities*, Nature Genetics 51:584.
#
# In the library: `genomics.associate` also takes numbers as a trait; `genomics.genotype_pca` gives components
# to use as covariates when nobody wrote down where people come from. Try them in place of `ancestry`: how far
# do 450 kb get you?

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - 1000 Genomes Project Consortium (2015), *A global reference for human genetic variation*, Nature 526:68.
# - J. Wigginton, D. Cutler, G. Abecasis (2005), *A note on exact tests of Hardy-Weinberg equilibrium*,
#   American Journal of Human Genetics 76:887.
# - N. Patterson, A. Price, D. Reich (2006), *Population structure and eigenanalysis*, PLoS Genetics 2:e190.
# - J. Novembre 등 (2008), *Genes mirror geography within Europe*, Nature 456:98.
# - Y. Benjamini, Y. Hochberg (1995), Journal of the Royal Statistical Society B 57:289.
# - E. Minikel 등 (2024), *Refining the impact of genetic evidence on clinical success*, Nature 629:624.
# - A. Martin 등 (2019), *Clinical use of current polygenic risk scores may exacerbate health disparities*,
#   Nature Genetics 51:584.
#
# 라이브러리의 `genomics.associate`는 숫자로 된 형질도 받습니다. 사람들의 출신을 적어 두지 않은 연구라면
# `genomics.genotype_pca`의 주성분을 공변량으로 쓸 수 있습니다. `ancestry` 대신 넣어 보십시오. 450 kb로
# 어디까지 갈 수 있습니까?
