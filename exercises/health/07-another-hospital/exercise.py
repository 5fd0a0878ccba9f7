# health-07-another-hospital: leave-one-site-out, pooled and within-site AUROC, subgroup audit, blind models.
#
# Expected values are worked out from the data at hand, so the exercise also runs on simulated data. The
# learner's own network of hospitals is simulated: its pulse oximeters read too high in dark skin, by an
# amount that only the seed knows.

# %% [markdown] lang="en"
# # Another hospital
#
# **Why this matters.** A neural network learned to see pneumonia on chest films of two hospital systems and
# reached an AUROC of 0.93 on films it had not seen. On films of a third hospital it was 0.82. What had
# happened? Pneumonia was 28 times as frequent in one of the two as in the other, and the network could tell
# which system a film came from in more than 99 of 100 cases. A "model" that reads nothing on the film and
# just answers with the pneumonia rate of its hospital reaches 0.86 on the pooled films (Zech et al. 2018).
# The pooled number had measured, for the most part, *where the patients were*.
#
# You take a model to hospitals it was not trained in, find the one that the pooled number hides, and ask for
# whom it works, with intervals that admit how little is known about small groups. At the end you try the
# obvious cure for unfairness, taking the attribute out of the model, and measure what it does.
#
# | Part | You write | Points |
# |---|---|---|
# | 1. Out of the house | `leave_one_site_out` | 2 |
# | 2. What pooling hides | `within_site_auroc` | 2 |
# | 3. For whom? | `wilson`, `audit` | 3 |
# | 4. Blind is not fair | `sensitivity_gap`, two readings, one short essay | 7 |

# %% [markdown] lang="ko"
# # 다른 병원에서
#
# **왜 중요합니까?** 어떤 신경망이 두 병원 그룹의 흉부 사진에서 폐렴을 보는 법을 배워, 보지 않은 사진에서
# AUROC 0.93을 기록했습니다. 그런데 세 번째 병원의 사진에서는 0.82였습니다. 무슨 일이 있었던 것입니까? 두
# 그룹 가운데 한쪽의 폐렴 빈도가 다른 쪽의 28배였고, 신경망은 사진이 어느 그룹에서 왔는지를 100번 가운데
# 99번 넘게 알아맞힐 수 있었습니다. 사진은 전혀 보지 않고 그 병원의 폐렴 비율만 답하는 "모형"도 통합한
# 사진에서는 0.86에 이릅니다(Zech et al. 2018). 통합한 숫자는 주로 *환자가 어디에 있었는지*를 재고
# 있었습니다.
#
# 모형을 학습하지 않은 병원으로 데려가서, 통합한 숫자가 가리고 있는 병원을 찾습니다. 그리고 이 모형이 누구에게
# 통하는지를, 작은 집단에 대해서는 아는 것이 적다고 솔직하게 말하는 신뢰구간과 함께 묻습니다. 마지막으로
# 불공정에 대한 뻔한 처방, 곧 그 속성을 모형에서 빼는 방법을 써 보고 어떤 일이 생기는지 측정합니다.
#
# | 단계 | 작성할 내용 | 점수 |
# |---|---|---|
# | 1. 병원 밖으로 | `leave_one_site_out` | 2 |
# | 2. 통합이 가리는 것 | `within_site_auroc` | 2 |
# | 3. 누구에게 잘 맞습니까? | `wilson`, `audit` | 3 |
# | 4. 보지 않으면 공정합니까? | `sensitivity_gap`, 해석 두 가지, 짧은 서술 한 편 | 7 |

# %% setup
from biolabkit.check import expect, hint, lab

me = lab.start("health-07-another-hospital")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from biolabkit import datasets, health, learning
from biolabkit.plot import PALETTE, style
from biolabkit.simulate.cohorts import heart_disease_sites

FEATURES = ["age", "sex", "no_pain", "trestbps", "chol", "fbs", "thalach", "exang", "oldpeak"]
heart = datasets.load("uci-heart-disease-4-sites", fallback=heart_disease_sites)
simulated = heart.attrs["simulated"]
heart = heart.assign(
    site=heart["site"].astype(str), y=(heart["num"] > 0).astype(int), no_pain=(heart["cp"] == 4).astype(float)
)[["site", *FEATURES, "y"]]
heart["who"] = heart["sex"].map({0: "women", 1: "men"})


def new_model():
    """A fresh, untrained model: fill with the median, standardise, logistic regression."""
    return make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression())


# Your own network of three hospitals, drawn from your seed. y: the patient needed oxygen within a day.
rng = me.rng()
rows = 4000
hospital = rng.integers(0, 3, rows)
severity = rng.normal(0, 1, rows)
dark = rng.random(rows) < 0.3
level = np.array([-2.2, -0.8, 0.7])[hospital] + rng.uniform(-0.2, 0.2)
# the oximeters read about two points too high in dark skin
reading = 94 - 2 * severity + rng.uniform(1.7, 2.4) * dark + rng.normal(0, 0.8, rows)
network = pd.DataFrame(
    {
        "hospital": np.array(["north", "south", "west"])[hospital],
        "dark_skin": dark.astype(int),
        "age": (60 + 3 * severity + rng.normal(0, 12, rows)).round(),
        "saturation": np.minimum(reading, 100).round(1),
        "y": (rng.random(rows) < 1 / (1 + np.exp(-level - 1.6 * severity))).astype(int),
        "vendor": 1 / (1 + np.exp(-level - 0.06 * severity - rng.normal(0, 0.3, rows))),
    }
)
network_train, network_test = learning.split(network, stratify="y", test_size=0.5, seed=3)

# %% [markdown] lang="en"
# ## 1. Out of the house
#
# Four hospitals, the same form, the same question: is a coronary artery narrowed (`y`)? The library's table
# describes who came to each. The column `smd` is the largest standardised difference between two hospitals;
# above 0.1 one speaks of imbalance. Before you go on: in which columns is the **shift** largest?

# %% [markdown] lang="ko"
# ## 1. 병원 밖으로
#
# 네 병원이 같은 서식으로 같은 것을 물었습니다. 관상동맥이 좁아져 있습니까(`y`)? 라이브러리의 표는 각 병원에
# 누가 왔는지 보여 줍니다. `smd` 열은 두 병원 사이의 표준화 차이 가운데 가장 큰 값이며, 0.1을 넘으면
# 불균형하다고 합니다. 다음으로 가기 전에 **분포 이동**(shift)이 가장 큰 열을 찾아보십시오.

# %%
health.table_one(heart.drop(columns="who"), by="site").round(2)

# %% [markdown] lang="en"
# ### Task 1: `leave_one_site_out` (2 points)
#
# Score every patient with a model that has **never seen the patient's hospital**: for each site, train
# `new_model()` on all *other* sites and predict the probability of 1 for the patients of this one. Return the
# scores in the order of the rows.
#
# Everything that is learned, medians and scales included, comes from the other sites: the pipeline does that
# if you fit it on them alone.

# %% [markdown] lang="ko"
# ### 과제 1: `leave_one_site_out` (2점)
#
# **그 환자의 병원을 한 번도 본 적 없는** 모형으로 모든 환자에게 점수를 매기십시오. 병원마다 *나머지* 병원
# 전체로 `new_model()`을 학습하고, 그 병원 환자의 레이블이 1일 확률을 예측합니다. 점수는 행 순서대로
# 반환합니다.
#
# 중앙값과 척도를 포함하여 배우는 것은 모두 나머지 병원에서 와야 합니다. 파이프라인을 그 병원들에만 적합하면
# 저절로 그렇게 됩니다.


# %% task="leave_one_site_out"
def leave_one_site_out(table, features, label, site):
    """Score each row with a model trained on all other sites.

    table: DataFrame; features: list of columns; label: column of 0 and 1; site: column of the site.
    Returns an array of probabilities, one per row, in the order of the table.
    """
    ### BEGIN SOLUTION
    score = np.zeros(len(table))
    for name in table[site].unique():
        here = (table[site] == name).to_numpy()
        model = new_model().fit(table.loc[~here, features], table.loc[~here, label])
        score[here] = model.predict_proba(table.loc[here, features])[:, 1]
    return score
    ### END SOLUTION


# %% check="leave_one_site_out" points=2
got = leave_one_site_out(heart, FEATURES, "y", "site")
expect(np.shape(got), "shape of the result", "결과의 모양").equals(
    (len(heart),),
    hints=[
        hint(
            "both-columns",
            lambda got: len(got) == 2,
            en="predict_proba gives two columns. Return the one of disease.",
            ko="predict_proba는 두 열을 줍니다. 질환이 있을 확률의 열을 반환하십시오.",
        ),
    ],
)
expect(len(np.unique(got)), "number of different scores", "서로 다른 점수의 수").between(
    100,
    None,
    hints=[
        hint(
            "hard-labels",
            lambda got: got <= 2,
            en="These are classes. A score is a probability: predict_proba, not predict.",
            ko="분류 결과입니다. 점수는 확률이므로 predict가 아니라 predict_proba를 쓰십시오.",
        ),
    ],
)
expect(got, "scores from the other hospitals", "나머지 병원에서 배운 점수").between(0, 1)
# Everybody twice, in the same hospital: nothing is learned from the one about the other.
twice = np.asarray(
    leave_one_site_out(heart.loc[heart.index.repeat(2)].reset_index(drop=True), FEATURES, "y", "site")
)
patients_shuffled = hint(
    "patients-shuffled",
    lambda got: got is not None,
    en="These look like folds of shuffled patients: some of each hospital were in the training. One "
    "hospital is one fold.",
    ko="환자를 섞어 나눈 폴드로 보입니다. 병원마다 일부 환자가 학습에 들어갔습니다. 병원 하나가 폴드 "
    "하나입니다.",
)
expect(twice[1::2], "scores of copies of the patients", "환자 사본의 점수").close_to(
    twice[::2], abs=1e-3, hints=[patients_shuffled]
)
# The outcomes of a hospital turned round: its own scores come from elsewhere and stay.
here = (heart["site"] == "cleveland").to_numpy()
turned = heart.assign(y=np.where(here, 1 - heart["y"], heart["y"]))
trained_at_home = hint(
    "trained-at-home",
    lambda after: np.allclose(after, 1 - np.asarray(got)[here], atol=1e-3),
    en="The wrong way round: you trained on the hospital itself. Train on the others.",
    ko="반대로 했습니다. 그 병원 자체로 학습했습니다. 나머지 병원으로 학습하십시오.",
)
hospital_was_seen = hint(
    "hospital-was-seen",
    lambda got: got is not None,
    en="The model was trained on all patients, also on those it is tested on. Leave the hospital out.",
    ko="모형을 모든 환자로, 곧 평가할 환자까지 포함하여 학습했습니다. 그 병원을 빼십시오.",
)
expect(
    np.asarray(leave_one_site_out(turned, FEATURES, "y", "site"))[here],
    "scores of Cleveland when its outcomes are turned round",
    "클리블랜드의 결과를 뒤집었을 때 클리블랜드의 점수",
).close_to(np.asarray(got)[here], abs=1e-3, hints=[trained_at_home, hospital_was_seen])
# Other values of a hospital's complete patients: the gaps of its other patients are filled from elsewhere.
here, complete = (heart["site"] == "va").to_numpy(), heart[FEATURES].notna().all(axis=1).to_numpy()
changed = heart.copy()
changed.loc[here & complete, ["trestbps", "thalach"]] += 100
filled_by_all = hint(
    "filled-by-all",
    lambda got: got is not None,
    en="Missing values were filled with medians of all hospitals, this one included. The pipeline fills: "
    "fit it on the others only.",
    ko="결측값을 그 병원까지 포함한 전체 병원의 중앙값으로 채웠습니다. 채우는 일은 파이프라인이 합니다. "
    "나머지 병원에만 적합하십시오.",
)
expect(
    np.asarray(leave_one_site_out(changed, FEATURES, "y", "site"))[here & ~complete],
    "scores of patients with gaps when other patients of their hospital change",
    "같은 병원의 다른 환자가 바뀌었을 때 결측이 있는 환자의 점수",
).close_to(np.asarray(got)[here & ~complete], abs=1e-3, hints=[filled_by_all])
# The rows in another order.
order = np.random.default_rng(1).permutation(len(heart))
out_of_order = hint(
    "rows-out-of-order",
    lambda after: np.allclose(np.sort(after), np.sort(got), atol=1e-3),
    en="The right scores, hospital after hospital. They must stand in the order of the rows: put those of "
    "each hospital back at their places.",
    ko="점수는 맞지만 병원 순서대로 놓였습니다. 행 순서대로 놓여야 하므로 병원마다 점수를 제자리에 "
    "넣으십시오.",
)
expect(
    leave_one_site_out(heart.iloc[order], FEATURES, "y", "site"),
    "scores with the rows in another order",
    "행 순서를 바꾸었을 때의 점수",
).close_to(np.asarray(got)[order], abs=1e-3, hints=[out_of_order])


### BEGIN HIDDEN TESTS
def wanted_scores(table, features, label, site):
    score = pd.Series(0.0, index=range(len(table)))
    numbered = table.reset_index(drop=True)
    for name in numbered[site].unique():
        others, one = learning.split(numbered, by=site, groups=name)
        model = new_model().fit(others[features], others[label])
        score[one.index] = model.predict_proba(one[features])[:, 1]
    return score.to_numpy()


expect(got, "scores from the other hospitals", "나머지 병원에서 배운 점수").close_to(
    wanted_scores(heart, FEATURES, "y", "site"), abs=1e-3
)
few = network.sample(400, random_state=1)
got = leave_one_site_out(few, ["age", "saturation"], "y", "hospital")
wanted = wanted_scores(few, ["age", "saturation"], "y", "hospital")
expect(
    got, "scores in another network, rows in another order", "다른 병원 네트워크, 다른 행 순서의 점수"
).close_to(wanted, abs=1e-3)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# The same model tested twice: with patients shuffled into folds, so that every hospital was in the training,
# and with each hospital left out. Behind each name: ill patients / all.

# %% [markdown] lang="ko"
# 같은 모형을 두 번 평가했습니다. 한 번은 환자를 섞어 폴드로 나누어 모든 병원이 학습에 들어갔고, 한 번은
# 병원을 하나씩 뺐습니다. 이름 옆의 숫자는 질환이 있는 환자 수 / 전체 환자 수입니다.


# %%
def show_sites():
    shuffled = heart.assign(fold=learning.folds(heart, k=4, stratify="y", seed=1))
    scores = {
        me.text("patients shuffled", "환자를 섞음"): leave_one_site_out(shuffled, FEATURES, "y", "fold"),
        me.text("hospital left out", "병원을 뺌"): leave_one_site_out(heart, FEATURES, "y", "site"),
    }
    with style():
        figure, axes = plt.subplots(1, 2, figsize=(10, 3), sharex=True, layout="constrained")
    for ax, (name, score) in zip(axes, scores.items(), strict=True):
        found = learning.evaluate(heart["y"], score, by=heart["site"], resamples=100)
        learning.plot_forest(found, ax=ax)
        ax.axvline(found.loc[("all", "auroc"), "value"], color=PALETTE[1], lw=1)
        ax.set(title=name, xlabel=me.text("AUROC, 95 % interval", "AUROC, 95 % 신뢰구간"), xlim=(0.45, 1))
    if simulated:
        figure.suptitle(
            me.text("simulated stand-in: no real patients", "모의 자료입니다. 실제 환자가 아닙니다.")
        )
    display(found.xs("auroc", level="metric")[["value", "low", "high", "cases", "rows"]].round(3))


lab.show(show_sites)

# %% [markdown] lang="en"
# ## 2. What pooling hides
#
# `network` holds 4,000 patients of **your** three hospitals, drawn from your seed. `y`: needed oxygen within
# a day. A vendor's score (`vendor`) was validated on all of them together.
#
# ### Task 2: `within_site_auroc` (2 points)
#
# The pooled AUROC compares each ill patient with each well one, also across hospitals, and a hospital where
# many are ill gives points for its address. Compare **only pairs of the same hospital**: over all hospitals,
# the share of such pairs in which the ill patient scores higher (ties one half). So a hospital counts by its
# number of pairs, (ill × well); one with only ill or only well patients has no pair.

# %% [markdown] lang="ko"
# ## 2. 통합이 가리는 것
#
# `network`에는 **여러분의** 시드로 뽑은 세 병원 환자 4,000명이 들어 있습니다. `y`는 하루 안에 산소가
# 필요했는지입니다. 공급사의 점수(`vendor`)는 이들을 모두 합친 자료로 검증되었습니다.
#
# ### 과제 2: `within_site_auroc` (2점)
#
# 통합 AUROC는 질환이 있는 환자와 없는 환자를 병원을 넘나들며 하나하나 비교하므로, 환자가 많은 병원은
# 주소만으로 점수를 얻습니다. **같은 병원 안의 쌍만** 비교하십시오. 모든 병원을 통틀어 그런 쌍 가운데 질환이
# 있는 환자의 점수가 더 높은 비율입니다(동점은 2분의 1). 따라서 병원은 쌍의 수(질환 있음 × 없음)만큼
# 반영되고, 한쪽 환자만 있는 병원에는 쌍이 없습니다.


# %% task="within_site_auroc"
def within_site_auroc(y, score, site):
    """Share of the pairs of ill and well patients of one site that are ranked rightly, over all sites.

    y: labels 0 and 1; score, site: one value each per patient.
    """
    ### BEGIN SOLUTION
    y, score, site = np.asarray(y), np.asarray(score), np.asarray(site)
    right = pairs = 0.0
    for name in np.unique(site):
        cases, controls = score[(site == name) & (y == 1)], score[(site == name) & (y == 0)]
        number = len(cases) * len(controls)
        if number:
            right += number * roc_auc_score(y[site == name], score[site == name])
            pairs += number
    return right / pairs
    ### END SOLUTION


# %% check="within_site_auroc" points=2
# In the first hospital 2 of 4 pairs are right, in the second, where the scores are higher, 5 of 6.
y = [1, 1, 0, 0, 1, 1, 1, 0, 0]
score = [0.1, 0.3, 0.2, 0.25, 0.6, 0.8, 0.9, 0.7, 0.5]
site = ["a"] * 4 + ["b"] * 5
pair_hints = [
    hint(
        "pooled-auroc",
        float(roc_auc_score(y, score)),
        en="This is the pooled AUROC: it also compares patients of different hospitals.",
        ko="이것은 통합 AUROC입니다. 서로 다른 병원의 환자까지 비교합니다.",
    ),
    hint(
        "mean-of-sites",
        (2 / 4 + 5 / 6) / 2,
        en="The plain mean of the hospitals. Weigh each by its number of pairs.",
        ko="병원별 값의 단순 평균입니다. 각 병원을 쌍의 수로 가중하십시오.",
    ),
    hint(
        "weighted-by-patients",
        (4 * 2 / 4 + 5 * 5 / 6) / 9,
        en="Weighted by patients. A hospital of 1,000 with 10 ill has fewer pairs than one of 300 with 150.",
        ko="환자 수로 가중했습니다. 환자 1,000명에 질환 10명인 병원은 300명에 150명인 병원보다 쌍이 "
        "적습니다.",
    ),
]
expect(within_site_auroc(y, score, site), "AUROC within two hospitals", "두 병원 안에서의 AUROC").close_to(
    7 / 10, hints=pair_hints
)
### BEGIN HIDDEN TESTS
one_kind = hint(
    "hospital-of-one-kind",
    lambda got: not abs(got - 0.5) < 1e-9,
    en="A hospital where everybody is ill has no pair: leave it out of both sums.",
    ko="모두가 질환이 있는 병원에는 쌍이 없습니다. 두 합에서 모두 빼십시오.",
)
expect(
    within_site_auroc([1, 0, 1, 1], [0.4, 0.4, 0.9, 0.1], [1, 1, 2, 2]),
    "AUROC when one hospital has ill patients only",
    "한 병원에 질환이 있는 환자만 있을 때의 AUROC",
).close_to(0.5, hints=[one_kind])
parts = [
    (learning.auroc(group["y"], group["vendor"]).value, group["y"].sum() * (group["y"] == 0).sum())
    for _, group in network.groupby("hospital")
]
expect(
    within_site_auroc(network["y"].tolist(), network["vendor"].tolist(), network["hospital"].tolist()),
    "AUROC of the vendor's score within your hospitals",
    "나의 병원들 안에서 공급사 점수의 AUROC",
).close_to(np.average([value for value, _ in parts], weights=[pairs for _, pairs in parts]))
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Your vendor's score, hospital by hospital. Blue patients were well, orange ones needed oxygen. The two
# numbers above: pooled, and yours.

# %% [markdown] lang="ko"
# 여러분의 공급사 점수를 병원별로 나타냈습니다. 파란색은 괜찮았던 환자, 주황색은 산소가 필요했던 환자입니다.
# 위의 두 숫자는 통합 AUROC와 여러분이 작성한 값입니다.


# %%
def show_vendor():
    pooled = learning.auroc(network["y"], network["vendor"]).value
    within = within_site_auroc(*(network[column].to_numpy() for column in ("y", "vendor", "hospital")))
    with style():
        figure, axes = plt.subplots(1, 3, figsize=(10, 2.8), sharex=True, layout="constrained")
    for ax, (name, group) in zip(axes, network.groupby("hospital"), strict=True):
        for kind in (0, 1):
            ax.hist(
                group["vendor"][group["y"] == kind], np.linspace(0, 1, 31), color=PALETTE[kind], alpha=0.6
            )
        area = learning.auroc(group["y"], group["vendor"]).value
        ax.set(title=f"{name}: {area:.2f}", xlabel=me.text("vendor's score", "공급사의 점수"))
    axes[0].set_ylabel(me.text("patients", "환자 수"))
    figure.suptitle(
        me.text(
            f"pooled {pooled:.2f}, within hospitals {within:.2f}", f"통합 {pooled:.2f}, 병원 안 {within:.2f}"
        )
    )


lab.show(show_vendor)

# %% [markdown] lang="en"
# ## 3. For whom?
#
# ### Task 3: `wilson` (1 point)
#
# Three of three women were found: is the sensitivity 100 %? **Wilson's** interval answers for few patients,
# too, where the textbook's $p \pm 1.96 \sqrt{p(1-p)/n}$ would say 100 % to 100 %. With $z = 1.96$:
#
# $$\frac{p + \frac{z^2}{2n} \pm z \sqrt{\frac{p(1-p)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}$$
#
# Return `(low, high)`; without any trial both are NaN.

# %% [markdown] lang="ko"
# ## 3. 누구에게 잘 맞습니까?
#
# ### 과제 3: `wilson` (1점)
#
# 여성 환자 세 명 가운데 세 명을 찾아냈다면 민감도는 100 %입니까? 교과서의 $p \pm 1.96 \sqrt{p(1-p)/n}$은 100
# %에서 100 %라고 답하지만, **윌슨**(Wilson) 구간은 환자가 적을 때에도 제대로 답합니다. $z = 1.96$입니다.
#
# $$\frac{p + \frac{z^2}{2n} \pm z \sqrt{\frac{p(1-p)}{n} + \frac{z^2}{4n^2}}}{1 + \frac{z^2}{n}}$$
#
# `(low, high)`를 반환하십시오. 시행이 하나도 없으면 둘 다 NaN입니다.


# %% task="wilson"
def wilson(successes, trials):
    """95 % interval of a proportion. Returns (low, high), both NaN without trials."""
    ### BEGIN SOLUTION
    if trials == 0:
        return float("nan"), float("nan")
    z, p = 1.96, successes / trials
    middle = p + z**2 / (2 * trials)
    half = z * np.sqrt(p * (1 - p) / trials + z**2 / (4 * trials**2))
    scale = 1 + z**2 / trials
    return (middle - half) / scale, (middle + half) / scale
    ### END SOLUTION


# %% check="wilson" points=1
expect(list(wilson(15, 148)), "interval of 15 of 148", "148명 가운데 15명의 신뢰구간").close_to(
    [0.0624, 0.1605],  # Newcombe (1998), Table I
    abs=2e-4,
    hints=[
        hint(
            "normal-interval",
            [15 / 148 - 0.0486, 15 / 148 + 0.0486],
            en="The textbook's interval. For small groups and near 0 and 1 it promises too much: Wilson's.",
            ko="교과서의 구간입니다. 작은 집단이나 0과 1 근처에서는 지나친 약속을 합니다. 윌슨 구간을 "
            "쓰십시오.",
        ),
        hint(
            "ninety-per-cent",
            [0.0674, 0.1496],
            en="That is a 90 % interval: z is 1.96.",
            ko="그것은 90 % 신뢰구간입니다. z는 1.96입니다.",
        ),
        hint(
            "scale-forgotten",
            [0.0640, 0.1647],
            en="Divide everything by 1 + z²/n.",
            ko="전체를 1 + z²/n으로 나누십시오.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
for successes, trials in ((3, 3), (0, 20), (81, 263)):
    expect(
        list(wilson(successes, trials)), "interval of another proportion", "다른 비율의 신뢰구간"
    ).close_to(list(learning.wilson_interval(successes, trials)[1:]), abs=2e-4)
no_trials = hint(
    "no-trials",
    lambda got: not np.isnan(got).all(),
    en="Nobody was there: nothing is known, so both ends are NaN.",
    ko="아무도 없었습니다. 아는 것이 없으므로 양 끝 모두 NaN입니다.",
)
expect(list(wilson(0, 0)), "interval without trials", "시행이 없을 때의 신뢰구간").equals(
    [float("nan")] * 2, hints=[no_trials]
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Task 4: `audit` (2 points)
#
# The sensitivity of each subgroup, as a table that does not pretend. One row per group (the index, **every**
# group), columns:
#
# - `cases`: how many ill patients the group has;
# - `sensitivity`: the share of them with a score of at least `threshold`; NaN when there are fewer than
#   `smallest` cases, since then any number invites a wrong conclusion;
# - `low`, `high`: the library's `learning.wilson_interval(found, cases)`, which gives `(value, low, high)`;
#   show them for small groups too: that they are wide *is* the finding.

# %% [markdown] lang="ko"
# ### 과제 4: `audit` (2점)
#
# 하위 집단마다 민감도를 구하되, 모르는 것을 아는 척하지 않는 표를 만드십시오. 집단마다 한 행이며(인덱스,
# **모든** 집단) 열은 다음과 같습니다.
#
# - `cases`: 그 집단에서 질환이 있는 환자 수.
# - `sensitivity`: 그 가운데 점수가 `threshold` 이상인 비율. `cases`가 `smallest`보다 적으면 NaN입니다. 그런
#   숫자는 잘못된 결론을 부르기 때문입니다.
# - `low`, `high`: 라이브러리의 `learning.wilson_interval(found, cases)`는 `(value, low, high)`를 줍니다. 작은
#   집단에서도 보여 주십시오. 구간이 넓다는 것이 *바로* 결과입니다.


# %% task="audit"
def audit(y, score, group, threshold, smallest):
    """Sensitivity of each group with Wilson's interval.

    y: labels 0 and 1; score, group: one value each per patient; threshold: positive is score >= threshold;
    smallest: fewest cases for which a sensitivity is given.
    Returns a DataFrame with the groups as index and columns cases, sensitivity, low, high.
    """
    ### BEGIN SOLUTION
    y, score, group = np.asarray(y), np.asarray(score), np.asarray(group)
    lines = {}
    for name in np.unique(group):
        case = (group == name) & (y == 1)
        found, cases = int((score[case] >= threshold).sum()), int(case.sum())
        value, low, high = learning.wilson_interval(found, cases)
        lines[name] = {
            "cases": cases,
            "sensitivity": value if cases >= smallest else np.nan,
            "low": low,
            "high": high,
        }
    return pd.DataFrame.from_dict(lines, orient="index")
    ### END SOLUTION


# %% check="audit" points=2
y = [1] * 6 + [0] * 6 + [1, 1] + [0] * 10 + [1] * 5
score = [0.9, 0.8, 0.5, 0.4, 0.3, 0.2] + [0.6, 0.1, 0.2, 0.1, 0.3, 0.7] + [0.9, 0.2] + [0.1] * 10
score += [0.9, 0.1, 0.1, 0.9, 0.7]
group = ["a"] * 12 + ["b"] * 12 + ["c"] * 5
table = audit(y, score, group, 0.5, 5)
expect(
    sorted(map(str, table.index)),
    "groups in the table",
    "표에 있는 집단",
).equals(
    ["a", "b", "c"],
    hints=[
        hint(
            "group-dropped",
            lambda got: len(got) < 3,
            en="A small group has vanished from the table. Nobody will miss it, that is the danger: keep it.",
            ko="작은 집단이 표에서 사라졌습니다. 없어진 줄도 모르게 되는 것이 위험합니다. 남겨 두십시오.",
        )
    ],
)
expect(table.loc[["a", "b", "c"], "cases"].tolist(), "cases of each group", "집단별 질환 환자 수").equals(
    [6, 2, 5],
    hints=[
        hint(
            "rows-for-cases",
            [12, 12, 5],
            en="You counted patients. A sensitivity knows the ill ones only.",
            ko="전체 환자를 셌습니다. 민감도는 질환이 있는 환자만 봅니다.",
        )
    ],
)
expect(
    table.loc[["a", "b", "c"], "sensitivity"].tolist(), "sensitivity of each group", "집단별 민감도"
).close_to(
    [3 / 6, np.nan, 3 / 5],
    hints=[
        hint(
            "tiny-group-reported",
            lambda got: np.isfinite(got[1]),
            en="Group b has two cases, and you report 50 %. It might be 10 or 90: below `smallest` cases, "
            "NaN.",
            ko="집단 b에는 질환이 있는 환자가 두 명뿐인데 50 %라고 보고했습니다. 10 %일 수도 90 %일 수도 "
            "있습니다. "
            "`smallest`보다 적으면 NaN입니다.",
        ),
        hint(
            "ppv-for-sensitivity",
            lambda got: abs(got[0] - 3 / 5) < 1e-9,
            en="You divided by the alarms. Sensitivity divides by the ill.",
            ko="경보 수로 나누었습니다. 민감도는 질환이 있는 환자 수로 나눕니다.",
        ),
        hint(
            "enough-cases-hidden",
            lambda got: np.isnan(got[2]),
            en="Group c has exactly `smallest` cases: that is enough.",
            ko="집단 c의 환자 수는 정확히 `smallest`입니다. 그 정도면 충분합니다.",
        ),
    ],
)
interval_of_b = hint(
    "interval-hidden",
    lambda got: np.isnan(got).all(),
    en="Show the interval of small groups, too: how wide it is says how little is known.",
    ko="작은 집단의 구간도 보여 주십시오. 구간이 얼마나 넓은지가 얼마나 모르는지를 말해 줍니다.",
)
expect(
    table.loc["b", ["low", "high"]].tolist(), "interval of a small group", "작은 집단의 신뢰구간"
).close_to(list(learning.wilson_interval(1, 2)[1:]), hints=[interval_of_b])
### BEGIN HIDDEN TESTS
risk = new_model().fit(heart[FEATURES], heart["y"]).predict_proba(heart[FEATURES])[:, 1]
group = (heart["site"] + ", " + heart["who"]).tolist()
table = audit(heart["y"].tolist(), risk.tolist(), group, 0.5, 20)
for name in sorted(set(group)):
    case = (np.array(group) == name) & (heart["y"] == 1)
    value, low, high = learning.wilson_interval(int((risk[case] >= 0.5).sum()), int(case.sum()))
    line = [int(case.sum()), value if case.sum() >= 20 else np.nan, low, high]
    got = table.loc[name, ["cases", "sensitivity", "low", "high"]].astype(float).tolist()
    expect(got, "one line of the audit by hospital and sex", "병원·성별 점검표의 한 줄").close_to(
        line, abs=1e-9
    )
expect(
    audit([1, 0], [0.5, 0.1], ["x", "y"], 0.5, 1).loc["y", "cases"],
    "cases of a group without any",
    "질환이 없는 집단의 환자 수",
).equals(0)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Your audit of the four hospitals by sex, every patient scored by a model of the *other* hospitals. Grey: too
# few cases to judge. For whom do you know that the model works, for whom that it works less well, and about
# whom do you know nothing?

# %% [markdown] lang="ko"
# 네 병원을 성별로 나눈 여러분의 점검표입니다. 모든 환자는 *다른* 병원들의 모형으로 점수를 받았습니다.
# 회색은 판단하기에 환자가 너무 적은 집단입니다. 모형이 잘 통한다고 아는 집단, 덜 통한다고 아는 집단,
# 아무것도 모르는 집단은 각각 누구입니까?


# %%
def show_audit():
    risk = leave_one_site_out(heart, FEATURES, "y", "site")
    group = (heart["site"] + ", " + heart["who"]).to_numpy()
    found = audit(heart["y"].to_numpy(), risk, group, 0.5, 20)
    with style():
        _, ax = plt.subplots(figsize=(8, 3.6), layout="constrained")
    for y, (name, line) in enumerate(found.iterrows()):
        known = np.isfinite(line["sensitivity"])
        color = ("0.75", PALETTE[1] if "women" in str(name) else PALETTE[0])[int(known)]
        ax.hlines(y, line["low"], line["high"], color=color, lw=3)
        if known:
            ax.scatter(line["sensitivity"], y, color=color, s=45, zorder=3)
    ax.set_yticks(range(len(found)), [f"{name}  ({line['cases']:.0f})" for name, line in found.iterrows()])
    ax.invert_yaxis()
    ax.set(
        xlim=(0, 1),
        xlabel=me.text("sensitivity at 0.5 (cases in brackets)", "0.5에서의 민감도 (괄호 안은 질환 환자 수)"),
    )


lab.show(show_audit)

# %% [markdown] lang="en"
# ## 4. Blind is not fair
#
# Pulse oximeters shine light through the finger and read too high in dark skin: among patients with a
# reassuring reading of 92 to 96 %, the blood held less than 88 % in 12 % of the Black and 4 % of the White
# patients (Sjoding et al. 2020). The oximeters of your network have that fault (`dark_skin`: 0 or 1). A
# committee proposes: *"The model must not see skin colour. Then it treats everybody alike."*
#
# ### Task 5: `sensitivity_gap` (2 points)
#
# Train `new_model()` on `train[columns]` for `y`; take a risk of **at least** `threshold` as an alarm in
# `test`; return the sensitivity among `dark_skin == 0` **minus** that among `dark_skin == 1`. `test` is never
# used for training.

# %% [markdown] lang="ko"
# ## 4. 보지 않으면 공정합니까?
#
# 맥박산소측정기는 손가락에 빛을 비추어 산소포화도를 재는데, 피부색이 어두우면 실제보다 높게 나옵니다.
# 측정값이 92–96 %여서 안심했던 환자 가운데 실제 혈액의 산소포화도가 88 %보다 낮았던 비율이 흑인 환자에서는
# 12 %, 백인 환자에서는 4 %였습니다(Sjoding et al. 2020). 여러분 네트워크의 측정기에도 이 결함이
# 있습니다(`dark_skin`: 0 또는 1). 위원회가 제안합니다. *"모형이 피부색을 보지 못하게 해야 합니다. 그러면
# 모두를 똑같이 대합니다."*
#
# ### 과제 5: `sensitivity_gap` (2점)
#
# `train[columns]`와 `y`로 `new_model()`을 학습하고, `test`에서 위험도가 `threshold` **이상**이면 경보로
# 봅니다. `dark_skin == 0`인 환자의 민감도에서 `dark_skin == 1`인 환자의 민감도를 **뺀** 값을 반환하십시오.
# `test`는 절대 학습에 쓰지 않습니다.


# %% task="sensitivity_gap"
def sensitivity_gap(train, test, columns, threshold):
    """Sensitivity of patients with light skin minus that of patients with dark skin.

    train, test: DataFrames with y, dark_skin and the columns; columns: list of features.
    """
    ### BEGIN SOLUTION
    risk = new_model().fit(train[columns], train["y"]).predict_proba(test[columns])[:, 1]
    called = risk >= threshold
    ill, dark = test["y"].to_numpy() == 1, test["dark_skin"].to_numpy() == 1
    return called[ill & ~dark].mean() - called[ill & dark].mean()
    ### END SOLUTION


# %% check="sensitivity_gap" points=2
def gap_hints(want, of_alarms, of_accuracy, of_own_model):
    """Hints from the gap and from three gaps that were not asked for."""
    return [
        hint(
            "alarms-for-sensitivity",
            of_alarms,
            en="You compared the shares of alarms among all patients. Sensitivity is about the ill ones.",
            ko="전체 환자의 경보 비율을 비교했습니다. 민감도는 질환이 있는 환자에 대한 것입니다.",
        ),
        hint(
            "accuracy-gap",
            of_accuracy,
            en="That is the gap in accuracy. It weighs a missed patient like a false alarm.",
            ko="정확도의 차이입니다. 놓친 환자와 헛된 경보를 같은 무게로 셉니다.",
        ),
        hint(
            "gap-reversed",
            -want,
            en="Light minus dark was asked.",
            ko="밝은 피부에서 어두운 피부를 빼야 합니다.",
        ),
        hint(
            "trained-on-test",
            of_own_model,
            en="The model was trained on the patients it is tested on.",
            ko="평가할 환자로 모형을 학습했습니다.",
        ),
    ]


# Of the ill, 3 of 4 with light skin have a low reading, and 1 of 3 with dark skin.
few_train = pd.DataFrame(
    {
        "saturation": [80, 82, 83, 84, 85, 86, 87, 88, 92, 89, 91, 93, 94, 95, 96, 97, 98, 99],
        "dark_skin": [0, 1] * 9,
        "y": [1] * 9 + [0] * 9,
    }
)
few_test = pd.DataFrame(
    {
        "saturation": [85, 84, 86, 97, 96, 95, 86, 98, 97, 85, 97, 98, 99, 96, 84],
        "dark_skin": [0] * 4 + [1] * 3 + [0] * 3 + [1] * 5,
        "y": [1] * 7 + [0] * 8,
    }
)
expect(
    sensitivity_gap(few_train.copy(), few_test.copy(), ["saturation"], 0.36),
    "gap among 15 patients",
    "환자 15명의 민감도 차이",
).close_to(5 / 12, abs=1e-6, hints=gap_hints(5 / 12, 9 / 28, 5 / 56, -1 / 4))
expect(
    sensitivity_gap(network_train, network_test, ["age", "saturation", "dark_skin"], 0.3),
    "gap of a model that sees skin colour",
    "피부색을 보는 모형의 민감도 차이",
).between(-1, 1)


### BEGIN HIDDEN TESTS
def gap_of(risk, test, threshold, among=None):
    called, dark = risk >= threshold, test["dark_skin"].to_numpy() == 1
    ill = test["y"].to_numpy() == 1 if among is None else among
    return called[ill & ~dark].mean() - called[ill & dark].mean()


seeing = ["age", "saturation", "dark_skin"]
for columns, threshold in ((["saturation"], 0.25), (seeing, 0.3), (seeing, 0.5)):
    risk, own = (
        new_model().fit(rows[columns], rows["y"]).predict_proba(network_test[columns])[:, 1]
        for rows in (network_train, network_test)
    )
    right = (risk >= threshold) == (network_test["y"].to_numpy() == 1)
    dark = network_test["dark_skin"].to_numpy() == 1
    want = gap_of(risk, network_test, threshold)
    expect(
        sensitivity_gap(network_train, network_test, columns, threshold),
        "gap of another model at another threshold",
        "다른 모형, 다른 기준값에서의 민감도 차이",
    ).close_to(
        want,
        abs=1e-6,
        hints=gap_hints(
            want,
            gap_of(risk, network_test, threshold, np.ones(len(network_test), dtype=bool)),
            right[~dark].mean() - right[dark].mean(),
            gap_of(own, network_test, threshold),
        ),
    )
### END HIDDEN TESTS

# %% [markdown] lang="en"
# The committee's proposal in your network. Left: the reading of patients who needed oxygen. Right: the
# sensitivity of two models, one that sees skin colour and one that does not.

# %% [markdown] lang="ko"
# 위원회의 제안을 여러분의 네트워크에 적용해 보았습니다. 왼쪽은 산소가 필요했던 환자의 측정값입니다.
# 오른쪽은 피부색을 보는 모형과 보지 않는 모형의 민감도입니다.


# %%
def show_blind():
    names = me.text("light skin|dark skin", "밝은 피부|어두운 피부").split("|")
    with style():
        _, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.4), layout="constrained")
    ill = network_test[network_test["y"] == 1]
    for skin in (0, 1):
        readings = ill["saturation"][ill["dark_skin"] == skin]
        left.hist(
            readings, np.arange(84, 104), density=True, alpha=0.6, color=PALETTE[skin], label=names[skin]
        )
    left.set(
        xlabel=me.text("oximeter reading of patients in need, %", "산소가 필요했던 환자의 측정값, %"),
        yticks=[],
    )
    left.legend()
    models = {
        me.text("sees skin colour", "피부색을 봄"): ["age", "saturation", "dark_skin"],
        me.text("blind", "보지 않음"): ["age", "saturation"],
    }
    for place, columns in enumerate(models.values()):
        gap = sensitivity_gap(network_train, network_test, columns, 0.3)
        fitted = new_model().fit(network_train[columns], network_train["y"])
        found = learning.evaluate(
            network_test["y"], fitted.predict_proba(network_test[columns])[:, 1], threshold=0.3,
            by=network_test["dark_skin"], resamples=100,
        ).xs("sensitivity", level="metric")  # fmt: skip
        for skin in (0, 1):
            value, low, high = found.loc[skin, ["value", "low", "high"]]
            right.errorbar(
                place + 0.2 * skin - 0.1, value, [[value - low], [high - value]], fmt="o", ms=7,
                color=PALETTE[skin],
            )  # fmt: skip
        right.text(place, 0.06, me.text(f"gap {gap:+.2f}", f"차이 {gap:+.2f}"), ha="center")
    right.set_xticks(range(2), models)
    right.set(xlim=(-0.5, 1.5), ylim=(0, 1), ylabel=me.text("sensitivity", "민감도"))


lab.show(show_blind)

# %% [markdown] lang="en"
# ### Task 6: `reading` (2 points)
#
# Set two values.
#
# 1. `hidden_site`: which hospital of the forest plot with **hospitals left out** is surely worse off than
#    the pooled AUROC tells? Its name, as in `heart["site"]`: the one whose *whole interval* lies below the
#    pooled value.
# 2. `blind_model`: what did taking out skin colour do in your network? `"a"`, `"b"`, `"c"` or `"d"`:
#    - **a** It made the model fair: what it does not see it cannot use.
#    - **b** It made the gap larger: the reading means something else in dark skin, and the blind model cannot
#      correct for it.
#    - **c** Nothing: skin colour is no cause of the lack of oxygen, so the model does not use it.
#    - **d** It cannot be told: the groups are too small.

# %% [markdown] lang="ko"
# ### 과제 6: `reading` (2점)
#
# 두 값을 정하십시오.
#
# 1. `hidden_site`: **병원을 뺀** 그림에서 통합 AUROC가 말하는 것보다 확실히 성적이 나쁜 병원은 어디입니까?
#    `heart["site"]`에 있는 이름으로 답하십시오. *신뢰구간 전체*가 통합 값보다 아래에 있는 병원입니다.
# 2. `blind_model`: 여러분의 네트워크에서 피부색을 뺐더니 어떻게 되었습니까? `"a"`, `"b"`, `"c"`, `"d"`
#    가운데 하나를 고르십시오.
#    - **a** 모형이 공정해졌습니다. 보지 못하는 것은 쓸 수 없기 때문입니다.
#    - **b** 차이가 더 커졌습니다. 어두운 피부에서는 측정값의 의미가 다른데, 보지 않는 모형은 이를 바로잡을 수
#      없습니다.
#    - **c** 달라지지 않았습니다. 피부색은 저산소증의 원인이 아니므로 모형이 쓰지 않습니다.
#    - **d** 알 수 없습니다. 집단이 너무 작습니다.

# %% task="reading"
### BEGIN SOLUTION
hidden_site = "va"
blind_model = "b"
### END SOLUTION

# %% check="reading.site" points=1
expect(hidden_site, "one of the four hospitals", "네 병원 가운데 하나").one_of(sorted(heart["site"].unique()))
### BEGIN HIDDEN TESTS
abroad = np.zeros(len(heart))
for name in heart["site"].unique():
    here = (heart["site"] == name).to_numpy()
    model = new_model().fit(heart.loc[~here, FEATURES], heart.loc[~here, "y"])
    abroad[here] = model.predict_proba(heart.loc[here, FEATURES])[:, 1]
found = learning.evaluate(heart["y"], abroad, by=heart["site"], resamples=100)
found = found.xs("auroc", level="metric")
surely = found.index[found["high"] < found.loc["all", "value"]].tolist()
widest = (found["high"] - found["low"]).idxmax()
expect(hidden_site, "the hospital that the pooled number hides", "통합한 숫자가 가리는 병원").one_of(
    surely,
    hints=[
        hint(
            "tiny-group-judged",
            widest,
            en="Its interval is so wide that it may be as good as the others: eight well patients. Which "
            "interval lies wholly below the line?",
            ko="이 병원의 구간은 매우 넓어서 다른 병원만큼 좋을 수도 있습니다. 질환이 없는 환자가 여덟 "
            "명뿐입니다. "
            "구간 전체가 선 아래에 있는 병원은 어디입니까?",
        ),
        hint(
            "pooled-is-everywhere",
            lambda got: found.loc[got, "high"] >= found.loc["all", "value"],
            en="This hospital's interval reaches the pooled value. Look for the one whose interval does not.",
            ko="이 병원의 구간은 통합 값에 닿습니다. 닿지 않는 병원을 찾으십시오.",
        ),
    ],
)
### END HIDDEN TESTS

# %% check="reading.blind" points=1
expect(blind_model, "one of the four letters", "네 글자 가운데 하나").one_of(["a", "b", "c", "d"])
### BEGIN HIDDEN TESTS
expect(blind_model, "what taking out skin colour did", "피부색을 뺀 결과").equals(
    "b",
    hints=[
        hint(
            "blind-is-fair",
            "a",
            en="Look at the gap of the blind model. It treats equal readings alike, and equal readings are "
            "not "
            "equal need.",
            ko="보지 않는 모형의 차이를 보십시오. 같은 측정값을 똑같이 대하지만, 측정값이 같다고 필요가 "
            "같지는 "
            "않습니다.",
        ),
        hint(
            "no-cause-no-use",
            "c",
            en="It is no cause of the illness, but it changes the instrument. Compare the two models.",
            ko="병의 원인은 아니지만 측정 기기를 바꾸어 놓습니다. 두 모형을 비교하십시오.",
        ),
        hint(
            "intervals-not-read",
            "d",
            en="Hundreds of patients are in each group. Do the intervals of the blind model overlap?",
            ko="집단마다 환자가 수백 명입니다. 보지 않는 모형의 두 신뢰구간이 겹칩니까?",
        ),
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Essay (3 points, read by your instructor)
#
# You may publish **one paragraph and one table** about the heart model of part 1 before a fifth hospital, a
# women's clinic, adopts it. Write the paragraph (six to ten sentences) and say what the table holds: what is
# known from the four hospitals and what is not, in numbers with intervals; what the women's clinic must find
# out first, with how many patients of which kind; and whether you would put `sex` into the model, and why.

# %% [markdown] lang="ko"
# ### 서술 (3점, 강사가 직접 채점합니다)
#
# 다섯 번째 병원인 여성 전문 병원이 1단계의 심장 모형을 도입하기 전에, 여러분은 이 모형에 대해 **한 단락과
# 표 하나**를 공개할 수 있습니다. 단락을 쓰고(여섯에서 열 문장) 표에 무엇을 담을지 말하십시오. 네 병원에서
# 알게 된 것과 모르는 것을 신뢰구간이 있는 숫자로, 여성 전문 병원이 먼저 확인해야 할 것을 어떤 환자 몇
# 명인지와 함께, 그리고 `sex`를 모형에 넣을지와 그 까닭을 쓰십시오.

# %% [markdown] essay="paragraph" points=3
# **1 point: known and unknown.** External (leave-one-hospital-out) AUROC per hospital with intervals, not
# only pooled; the VA is worse, Switzerland cannot be judged (eight well patients). By sex: for the 25 ill
# women of Cleveland no difference can be seen, in an interval that is wide; in Budapest and Switzerland the
# intervals of women lie low, with 12 and 10 ill women; the VA has three. So worse performance in women is
# possible and not excluded anywhere. The table has cases and rows, and says "too few" instead of a number.
# Data of the 1980s, all referred for angiography.
#
# **1 point: first in the clinic.** Consecutive women of the clinic, outcome determined the same way;
# discrimination, calibration and sensitivity at the threshold, with about 100 ill *and* 100 well women at
# least; missing values as they occur; recalibration before use, tested on others; a plan for watching.
#
# **1 point: sex in the model.** An argument, either way, that goes by what happens and not by what the model
# sees: without `sex` other columns carry it and the gap need not shrink (oximeter example); with it the
# baseline risk is right for women; in any case measure the gap, and consider a threshold chosen for women.
# "Left out, hence fair" gets no point.
#
# **1점: 아는 것과 모르는 것.** 통합 값만이 아니라 병원별 외부 검증(병원을 하나씩 뺀) AUROC를 신뢰구간과
# 함께 제시합니다. VA는 더 나쁘고, 스위스는 질환이 없는 환자가 여덟 명뿐이어서 판단할 수 없습니다. 성별로
# 보면 클리블랜드의 질환 여성 25명에서는 차이가 보이지 않지만 구간이 넓습니다. 부다페스트와 스위스에서는
# 여성의 구간이 낮은 쪽에 있으나 질환 여성이 12명과 10명뿐이고, VA에는 3명입니다. 따라서 여성에서 성적이
# 나쁠 가능성은 어디에서도 배제되지 않습니다. 표에는 질환 환자 수와 전체 수를 싣고 숫자 대신 "너무
# 적음"이라고 적습니다. 1980년대 자료이며 모두 조영술에 의뢰된 환자라는 점도 밝힙니다.
#
# **1점: 병원에서 먼저 할 일.** 그 병원의 연속된 여성 환자에서 같은 방법으로 결과를 확인합니다. 질환이 있는
# 여성과 *없는* 여성이 각각 100명 정도 이상 있어야 하며, 판별력, 보정, 기준값에서의 민감도를 실제 결측
# 그대로 측정합니다. 사용 전에 보정하고 다른 환자로 확인하며, 지켜볼 계획을 세웁니다.
#
# **1점: 모형의 성별.** 어느 쪽이든 모형이 무엇을 보느냐가 아니라 어떤 결과가 생기느냐로 논증합니다. `sex`를
# 빼도 다른 열이 그 정보를 담고 있어 차이가 줄지 않을 수 있고(측정기의 예), 넣으면 여성의 기저 위험도가
# 맞습니다. 어느 경우든 차이를 측정하고 여성에게 맞는 기준값도 검토합니다. "뺐으므로 공정하다"는 점수가
# 없습니다.

# %% [markdown] lang="en"
# ## What to read next
#
# - Zech JR et al. (2018) *Variable generalization performance of a deep learning model to detect pneumonia in
#   chest radiographs.* PLoS Med 15:e1002683.
# - Sjoding MW et al. (2020) *Racial bias in pulse oximetry measurement.* N Engl J Med 383:2477.
# - Obermeyer Z et al. (2019) *Dissecting racial bias in an algorithm used to manage the health of
#   populations.* Science 366:447.
# - Van Calster B et al. (2023) *There is no such thing as a validated prediction model.* BMC Med 21:70.
# - In the library: `learning.split(…, groups=…)`, `learning.evaluate(…, by=…)`, `learning.wilson_interval`,
#   `health.table_one`.

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - Zech JR et al. (2018) *Variable generalization performance of a deep learning model to detect pneumonia in
#   chest radiographs.* PLoS Med 15:e1002683.
# - Sjoding MW et al. (2020) *Racial bias in pulse oximetry measurement.* N Engl J Med 383:2477.
# - Obermeyer Z et al. (2019) *Dissecting racial bias in an algorithm used to manage the health of
#   populations.* Science 366:447.
# - Van Calster B et al. (2023) *There is no such thing as a validated prediction model.* BMC Med 21:70.
# - 라이브러리에서는 `learning.split(…, groups=…)`, `learning.evaluate(…, by=…)`, `learning.wilson_interval`,
#   `health.table_one`을 살펴보십시오.
