# health-03-metrics-that-matter: predictive values, precision-recall, threshold by cost, net benefit.
#
# The district's people are drawn from the learner's seed with all controls and few cases of one population,
# so sensitivity and specificity are those of the clinic and only the prevalence differs. Fixed small inputs
# carry most checks; where a threshold is asked for, its cost is compared, so that any cheapest one is right.

# %% [markdown] lang="en"
# # Metrics that matter
#
# **Why this matters.** One woman in a hundred who comes to screening has breast cancer. Mammography finds
# nine cancers in ten, and raises a false alarm for nine healthy women in a hundred. A woman's test is
# positive: how likely is cancer? When 160 gynaecologists were asked, most answered *eight or nine in ten*.
# Only about one in five knew that it is roughly *one in ten* (Gigerenzer et al. 2007). Most were off by a
# factor of eight or nine, and so was what they told their patients. A model that "is 95 % accurate" invites
# the same mistake, with every alarm.
#
# You take one risk model from the specialist clinic where it was built to **your own district**, where far
# fewer people fall ill. The model does not change at all. What you can say about it does. At the end you
# choose a threshold whose costs you can name, and you find out whether using the model beats doing without
# it.
#
# | Part | You write | Points |
# |---|---|---|
# | 1. Four numbers | `rates`, `at_prevalence` | 4 |
# | 2. Two curves | `average_precision` | 2 |
# | 3. What a threshold costs | `cheapest_threshold`, `report` | 3 |
# | 4. Is it worth it? | `net_benefit`, two readings, one short essay | 7 |

# %% [markdown] lang="ko"
# # 중요한 평가 지표
#
# **왜 중요합니까?** 검진에 온 여성 100명 가운데 1명이 유방암입니다. 유방촬영술은 암 10건 가운데 9건을
# 찾아내고, 건강한 여성 100명 가운데 9명에게 거짓 경보를 울립니다. 어떤 여성의 검사가 양성으로 나왔습니다.
# 암일 확률은 얼마입니까? 산부인과 의사 160명에게 물었더니 대부분이 *열에 여덟아홉*이라고 답했습니다. 실제로는
# *열에 하나*쯤이라고 아는 사람은 다섯 명 가운데 한 명 정도였습니다(Gigerenzer et al. 2007). 대부분은 여덟아홉
# 배나 틀렸고, 환자에게 한 설명도 그만큼 틀렸습니다. "정확도 95 %"라는 모형은 경보가 울릴 때마다 같은 실수를
# 부릅니다.
#
# 전문 외래에서 만든 위험도 예측 모형 하나를 **여러분의 지역**으로 옮깁니다. 이곳에서는 입원하는 사람이 훨씬
# 적습니다. 모형은 전혀 바뀌지 않습니다. 바뀌는 것은 모형에 대해 할 수 있는 말입니다. 마지막에는 비용이
# 얼마인지 말할 수 있는 기준값을 고르고, 모형을 쓰는 것이 쓰지 않는 것보다 나은지 확인합니다.
#
# | 단계 | 작성할 내용 | 점수 |
# |---|---|---|
# | 1. 네 가지 숫자 | `rates`, `at_prevalence` | 4 |
# | 2. 두 곡선 | `average_precision` | 2 |
# | 3. 기준값의 비용 | `cheapest_threshold`, `report` | 3 |
# | 4. 쓸 가치가 있습니까? | `net_benefit`, 해석 두 가지, 짧은 서술 한 편 | 7 |

# %% setup
from biolabkit.check import expect, hint, lab

me = lab.start("health-03-metrics-that-matter")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import auc, average_precision_score, precision_recall_curve, roc_auc_score, roc_curve
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from biolabkit import learning
from biolabkit.plot import PALETTE, style
from biolabkit.simulate.cohorts import cohort

FEATURES = ["age", "male", "log_nt_probnp", "creatinine_mg_per_dl", "nyha_class"]
ALARM = 0.4  # the clinic calls patients whose risk is at least this


def prepare(visits):
    return visits.assign(
        male=(visits["sex"] == "male").astype(float), log_nt_probnp=np.log(visits["nt_probnp_pg_per_ml"] + 1)
    )


# The specialist clinic: three patients in ten are admitted within 180 days. Half of them made the model.
train, others = learning.split(
    prepare(cohort(2400, me.seed, visits=(1, 1), prevalence=0.3).visits), test_size=0.5, seed=1
)
model = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), LogisticRegression())
run = learning.fit(model, train, label="admitted_180d", features=FEATURES)


def scored(visits):
    """One row per person: y, 1 if admitted within 180 days, and the model's score."""
    return pd.DataFrame({"y": visits["admitted_180d"].to_numpy(), "score": run.predict(visits)})


clinic = scored(others)


def mean_cost(y, score, threshold, cost_fp, cost_fn):
    y, called = np.asarray(y), np.asarray(score) >= threshold
    return float(cost_fp * (called & (y == 0)).mean() + cost_fn * (~called & (y == 1)).mean())


# Your district: the same kinds of ill and of well people, but far fewer of the ill ones.
PREVALENCE = round(float(me.rng().uniform(0.03, 0.08)), 3)
people = scored(prepare(cohort(4400, me.seed + 1, visits=(1, 1), prevalence=0.3).visits))
wells, ills = people[people["y"] == 0], people[people["y"] == 1]
admitted = ills.head(round(len(wells) * PREVALENCE / (1 - PREVALENCE)))
district = pd.concat([wells, admitted]).sample(frac=1, random_state=me.seed).reset_index(drop=True)
district_valid, district_test = learning.split(district, stratify="y", test_size=0.5, seed=2)

# %% [markdown] lang="en"
# ## 1. Four numbers
#
# A heart-failure clinic uses a model of the risk of an admission within 180 days. A patient whose `score` is
# **at least** 0.4 (`ALARM`) gets a call from a nurse. `clinic` holds patients that the model has never seen:
# `y` (1 = admitted) and `score`. `district` holds people of **your** district, drawn from your seed.
#
# | | admitted | not admitted |
# |---|---|---|
# | **called** | true positive (TP) | false positive (FP) |
# | **not called** | false negative (FN) | true negative (TN) |
#
# Sensitivity = TP / (TP + FN), specificity = TN / (TN + FP), PPV = TP / (TP + FP), NPV = TN / (TN + FN),
# accuracy = (TP + TN) / all. Look at what is divided by what: two of them start from the truth, two from
# the alarm.

# %% [markdown] lang="ko"
# ## 1. 네 가지 숫자
#
# 어느 심부전 외래에서 180일 안에 입원할 위험을 예측하는 모형을 사용합니다. `score`가 0.4(`ALARM`) **이상**인
# 환자에게는 간호사가 전화합니다. `clinic`에는 모형이 한 번도 본 적 없는 환자가 들어 있습니다. `y`는 입원
# 여부(1 = 입원), `score`는 모형의 점수입니다. `district`에는 **여러분의** 시드로 뽑은 여러분 지역의 사람들이
# 들어 있습니다.
#
# | | 입원함 | 입원하지 않음 |
# |---|---|---|
# | **전화함** | 진양성(TP) | 위양성(FP) |
# | **전화하지 않음** | 위음성(FN) | 진음성(TN) |
#
# 민감도 = TP / (TP + FN), 특이도 = TN / (TN + FP), 양성예측도(PPV) = TP / (TP + FP), 음성예측도(NPV) =
# TN / (TN + FN), 정확도 = (TP + TN) / 전체입니다. 무엇을 무엇으로 나누는지 보십시오. 둘은 실제 결과에서
# 출발하고, 둘은 경보에서 출발합니다.

# %%
pd.DataFrame(
    {
        name: {"people": len(table), "admitted": table["y"].sum(), "share admitted": table["y"].mean()}
        for name, table in (("clinic", clinic), ("your district", district))
    }
).round(3)

# %% [markdown] lang="en"
# ### Task 1: `rates` (2 points)
#
# Return a dictionary with `sensitivity`, `specificity`, `ppv`, `npv` and `accuracy` at a threshold. Positive
# means a score of *at least* the threshold. Where there is nothing to divide by (nobody is called, say), the
# value is `float("nan")`: it is unknown, neither 0 nor 1.

# %% [markdown] lang="ko"
# ### 과제 1: `rates` (2점)
#
# 주어진 기준값에서 `sensitivity`, `specificity`, `ppv`, `npv`, `accuracy`를 담은 딕셔너리를 반환하십시오.
# 점수가 기준값 *이상*이면 양성입니다. 나눌 수가 0일 때(예를 들어 아무에게도 전화하지 않을 때)의 값은
# `float("nan")`입니다. 0도 1도 아니고 알 수 없는 값이기 때문입니다.


# %% task="rates"
def rates(y, score, threshold):
    """Sensitivity, specificity, ppv, npv and accuracy at a threshold.

    y: labels 0 and 1; score: numbers of the same length; positive is score >= threshold.
    Returns a dictionary of floats, NaN where there is nothing to divide by.
    """
    ### BEGIN SOLUTION
    case, called = np.asarray(y) == 1, np.asarray(score) >= threshold

    def part(wanted, among):
        return float(wanted[among].mean()) if among.any() else float("nan")

    return {
        "sensitivity": part(called, case),
        "specificity": part(~called, ~case),
        "ppv": part(case, called),
        "npv": part(~case, ~called),
        "accuracy": float((case == called).mean()),
    }
    ### END SOLUTION


# %% check="rates" points=2
y = [1, 1, 1, 1, 0, 0, 0, 0, 0, 0]
score = [0.9, 0.8, 0.5, 0.2, 0.7, 0.5, 0.3, 0.2, 0.1, 0.1]
got = rates(y, score, 0.5)
expect(sorted(got), "names in the dictionary", "딕셔너리의 이름").equals(
    ["accuracy", "npv", "ppv", "sensitivity", "specificity"]
)
rate_hints = [
    hint(
        "threshold-excluded",
        lambda got: abs(got["sensitivity"] - 2 / 4) < 1e-6,
        en="A score equal to the threshold is positive: at least, not above.",
        ko="점수가 기준값과 같으면 양성입니다. '초과'가 아니라 '이상'입니다.",
    ),
    hint(
        "ppv-for-sensitivity",
        lambda got: abs(got["sensitivity"] - 3 / 5) < 1e-6,
        en="You divided by those called. Sensitivity looks at the admitted: how many of them were called?",
        ko="전화한 사람 수로 나누었습니다. 민감도는 입원한 사람을 봅니다. 그 가운데 몇 명에게 전화했습니까?",
    ),
    hint(
        "false-alarm-rate",
        lambda got: abs(got["specificity"] - 2 / 6) < 1e-6,
        en="That is the share of well people with a false alarm. Specificity is the share left in peace.",
        ko="그것은 입원하지 않은 사람 가운데 거짓 경보를 받은 비율입니다. 특이도는 경보를 받지 않은 "
        "비율입니다.",
    ),
]
expect(got, "five rates of ten people", "열 사람의 다섯 가지 지표").close_to(
    {"sensitivity": 3 / 4, "specificity": 4 / 6, "ppv": 3 / 5, "npv": 4 / 5, "accuracy": 7 / 10},
    hints=rate_hints,
)
### BEGIN HIDDEN TESTS
empty = hint(
    "unknown-as-zero",
    lambda got: got == 0 or got == 1,
    en="Nobody was called, so nothing is known about the called: NaN. A 0 would count as a bad result.",
    ko="아무에게도 전화하지 않았으므로 전화한 사람에 대해서는 알 수 없습니다. NaN이어야 합니다. 0이라고 하면 "
    "나쁜 성적으로 셈에 들어갑니다.",
)
got = rates(np.array([0, 1, 0]), np.array([0.2, 0.3, 0.1]), 0.9)
expect(got["ppv"], "PPV when nobody is called", "아무에게도 전화하지 않을 때의 PPV").equals(
    float("nan"), hints=[empty]
)
expect(got["npv"], "NPV when nobody is called", "아무에게도 전화하지 않을 때의 NPV").close_to(2 / 3)
got = rates([0, 0, 0], [0.2, 0.3, 0.1], 0.25)
expect(got["sensitivity"], "sensitivity without any case", "입원한 사람이 없을 때의 민감도").equals(
    float("nan"), hints=[empty]
)
table = learning.evaluate(district["y"], district["score"], threshold=0.3, resamples=100)["value"]["all"]
got = rates(district["y"].to_numpy(), district["score"].to_numpy(), 0.3)
for name in ("sensitivity", "specificity", "ppv", "npv"):
    expect(got[name], f"{name} in your district", f"나의 지역에서의 {name}").close_to(table[name])
### END HIDDEN TESTS

# %% [markdown] lang="en"
# From here on the library does the counting, and adds what a number needs: an interval. The same model, the
# same threshold, clinic and district side by side. Which rows agree, and which do not?

# %% [markdown] lang="ko"
# 이제부터 세는 일은 라이브러리가 맡고, 숫자에 꼭 필요한 신뢰구간도 붙여 줍니다. 같은 모형과 같은 기준값으로
# 외래와 지역을 나란히 놓았습니다. 어느 줄이 일치하고 어느 줄이 다릅니까?


# %%
def show_both():
    own = {
        name: rates(table["y"].to_numpy(), table["score"].to_numpy(), ALARM)["accuracy"]
        for name, table in {"clinic": clinic, "district": district}.items()
    }
    columns = {}
    for name, table in {"clinic": clinic, "district": district}.items():
        found = learning.evaluate(table["y"], table["score"], threshold=ALARM, resamples=200).loc["all"]
        ends = found[["value", "low", "high"]].to_numpy()
        columns[name] = [f"{value:.2f} ({low:.2f}–{high:.2f})" for value, low, high in ends]
    shown = pd.DataFrame(columns, index=found.index)
    shown.loc["accuracy"] = {name: f"{value:.2f}" for name, value in own.items()}
    display(shown.drop(index="ece"))


lab.show(show_both)

# %% [markdown] lang="en"
# ### Task 2: `at_prevalence` (2 points)
#
# Before anyone in a new place has been followed up, you can already work out the predictive values there.
# Imagine N people, of whom a share `prevalence` is ill, and count:
#
# $$\mathrm{PPV} = \frac{\text{sens} \cdot \pi}{\text{sens} \cdot \pi + (1 - \text{spec})(1 - \pi)} \qquad
# \mathrm{NPV} = \frac{\text{spec}\,(1 - \pi)}{\text{spec}\,(1 - \pi) + (1 - \text{sens})\,\pi}$$
#
# This holds as long as the ill and the well of the new place look like those of the old one.

# %% [markdown] lang="ko"
# ### 과제 2: `at_prevalence` (2점)
#
# 새로운 곳에서 아직 아무도 추적 관찰하지 않았더라도 그곳의 예측도를 미리 계산할 수 있습니다. N명 가운데
# `prevalence`의 비율만큼 질환이 있다고 생각하고 세어 보면 됩니다.
#
# $$\mathrm{PPV} = \frac{\text{sens} \cdot \pi}{\text{sens} \cdot \pi + (1 - \text{spec})(1 - \pi)} \qquad
# \mathrm{NPV} = \frac{\text{spec}\,(1 - \pi)}{\text{spec}\,(1 - \pi) + (1 - \text{sens})\,\pi}$$
#
# 새로운 곳의 환자와 건강한 사람이 원래 있던 곳의 사람들과 비슷할 때 성립합니다.


# %% task="at_prevalence"
def at_prevalence(sensitivity, specificity, prevalence):
    """PPV and NPV of a test at a prevalence.

    Three numbers from 0 to 1. Returns (ppv, npv).
    """
    ### BEGIN SOLUTION
    true_positive = sensitivity * prevalence
    false_positive = (1 - specificity) * (1 - prevalence)
    true_negative = specificity * (1 - prevalence)
    false_negative = (1 - sensitivity) * prevalence
    ppv = true_positive / (true_positive + false_positive)
    npv = true_negative / (true_negative + false_negative)
    return ppv, npv
    ### END SOLUTION


# %% check="at_prevalence" points=2
value_hints = [
    hint(
        "sensitivity-as-ppv",
        lambda got: abs(got[0] - 0.9) < 1e-6,
        en="0.9 is the sensitivity: how often the ill test positive. Asked is how often the positive are "
        "ill.",
        ko="0.9는 민감도, 곧 환자가 양성으로 나오는 비율입니다. 물은 것은 양성인 사람이 환자일 확률입니다.",
    ),
    hint(
        "prevalence-ignored",
        lambda got: abs(got[0] - 0.9 / (0.9 + 0.09)) < 1e-4,
        en="That would be right if half of the women were ill. One in a hundred is: weigh both sides by how "
        "many there are.",
        ko="여성의 절반이 환자라면 맞는 값입니다. 실제로는 100명 가운데 1명입니다. 양쪽에 사람 수를 곱해 "
        "주십시오.",
    ),
    hint(
        "specificity-as-npv",
        lambda got: abs(got[1] - 0.91) < 1e-6,
        en="0.91 is the specificity. The NPV asks how many of those who tested negative are really well.",
        ko="0.91은 특이도입니다. NPV는 음성으로 나온 사람 가운데 실제로 건강한 사람의 비율입니다.",
    ),
    hint(
        "values-swapped",
        lambda got: got[0] > 0.99 and got[1] < 0.5,
        en="The order is (ppv, npv).",
        ko="반환 순서는 (ppv, npv)입니다.",
    ),
]
got = at_prevalence(0.9, 0.91, 0.01)
expect(list(got), "PPV and NPV of mammography", "유방촬영술의 PPV와 NPV").close_to(
    [0.009 / (0.009 + 0.0891), 0.9009 / (0.9009 + 0.001)], hints=value_hints
)
### BEGIN HIDDEN TESTS
for case in [(0.7, 0.8, PREVALENCE), (0.5, 0.99, 0.001), (0.95, 0.4, 0.5)]:
    expect(
        list(at_prevalence(*case)),
        "PPV and NPV of another test at another prevalence",
        "다른 검사, 다른 유병률에서의 PPV와 NPV",
    ).close_to(list(learning.predictive_values(*case)))
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Left, the PPV of the clinic's alarm over the prevalence: the dots are the clinic and **your** district.
# Right, one thousand people of your district. Count the alarms that are right.

# %% [markdown] lang="ko"
# 왼쪽은 유병률에 따른 외래 경보의 PPV입니다. 점은 외래와 **여러분의** 지역입니다. 오른쪽은 여러분 지역 주민
# 1,000명입니다. 맞는 경보를 세어 보십시오.


# %%
def show_alarms():
    found = rates(clinic["y"].to_numpy(), clinic["score"].to_numpy(), ALARM)
    sensitivity, specificity = found["sensitivity"], found["specificity"]
    with style():
        _, (left, right) = plt.subplots(1, 2, figsize=(10, 3.8), width_ratios=[1, 1.3], layout="constrained")
    grid = np.linspace(0.002, 0.6, 150)
    left.plot(grid, [at_prevalence(sensitivity, specificity, one)[0] for one in grid], color=PALETTE[0])
    places = ((clinic, me.text("clinic", "외래")), (district, me.text("your district", "나의 지역")))
    for number, (table, name) in enumerate(places, 1):
        x = table["y"].mean()
        height = at_prevalence(sensitivity, specificity, x)[0]
        left.scatter(x, height, color=PALETTE[number], s=50, zorder=3)
        left.annotate(f"{name}: {height:.2f}", (x, height), (10, -10), textcoords="offset points")
    left.set(xlim=(0, 0.6), ylim=(0, 1), xlabel=me.text("prevalence", "유병률"), ylabel="PPV")
    ill = round(1000 * PREVALENCE)
    counts = [round(ill * sensitivity), round((1000 - ill) * (1 - specificity))]
    counts += [ill - counts[0], 1000 - ill - counts[1]]
    names = [
        me.text("called, admitted", "전화함, 입원"),
        me.text("called for nothing", "전화함, 입원 없음"),
        me.text("missed", "놓침"),
        me.text("left in peace", "전화 안 함, 입원 없음"),
    ]
    kind = np.repeat(np.arange(4), counts)
    x, y = np.arange(1000) // 20, np.arange(1000) % 20
    for code, color in enumerate((PALETTE[2], PALETTE[1], "black", "0.85")):
        here = kind == code
        right.scatter(x[here], y[here], s=13, marker="s", color=color, label=f"{names[code]}: {counts[code]}")
    right.set_axis_off()
    right.legend(loc="upper center", bbox_to_anchor=(0.5, 0), ncols=2, frameon=False)


lab.show(show_alarms)

# %% [markdown] lang="en"
# ## 2. Two curves
#
# ### Task 3: `average_precision` (2 points)
#
# Precision is another word for PPV, recall for sensitivity. Lower the threshold step by step through the
# scores. The **average precision** (AUPRC) adds up the precision of each step, weighted by the recall it
# gains:
#
# $$\mathrm{AP} = \sum_k (R_k - R_{k-1})\, P_k, \qquad R_0 = 0$$
#
# People with equal scores are called together: they are **one** step. Do not join the steps by straight
# lines; between two thresholds there is no mixture to be had, and the lines would flatter. Write it from
# the formula, without `average_precision_score`.

# %% [markdown] lang="ko"
# ## 2. 두 곡선
#
# ### 과제 3: `average_precision` (2점)
#
# 정밀도(precision)는 PPV의, 재현율(recall)은 민감도의 다른 이름입니다. 기준값을 점수를 따라 한 단계씩
# 낮추어 갑니다. **평균 정밀도**(AUPRC)는 각 단계의 정밀도에 그 단계에서 늘어난 재현율을 곱해 더한 값입니다.
#
# $$\mathrm{AP} = \sum_k (R_k - R_{k-1})\, P_k, \qquad R_0 = 0$$
#
# 점수가 같은 사람들은 함께 양성이 되므로 **한** 단계입니다. 단계 사이를 직선으로 잇지 마십시오. 두 기준값
# 사이의 중간은 실제로 얻을 수 없는 값이어서 직선으로 이으면 성적이 부풀려집니다. `average_precision_score`를
# 쓰지 말고 식에서 바로 작성하십시오.


# %% task="average_precision"
def average_precision(y, score):
    """Average precision: sum of the recall gained at each distinct score times the precision there.

    y: labels 0 and 1, at least one 1; score: numbers of the same length.
    """
    ### BEGIN SOLUTION
    y, score = np.asarray(y), np.asarray(score)
    total, recall_before = 0.0, 0.0
    for threshold in np.unique(score)[::-1]:
        called = score >= threshold
        precision = y[called].mean()
        recall = y[called].sum() / y.sum()
        total += (recall - recall_before) * precision
        recall_before = recall
    return total
    ### END SOLUTION


# %% check="average_precision" points=2
y, score = [1, 0, 1, 0, 0, 1], [0.9, 0.8, 0.7, 0.6, 0.5, 0.4]
precision_hints = [
    hint(
        "trapezoid",
        61 / 90,
        en="You joined the points by straight lines. Take the precision of each step as it is: width times "
        "height.",
        ko="점들을 직선으로 이었습니다. 각 단계의 정밀도를 그대로 쓰십시오. 가로 길이 × 높이입니다.",
    ),
    hint(
        "auroc-for-ap",
        5 / 9,
        en="This is the AUROC. It compares pairs and does not see how many alarms are false.",
        ko="이것은 AUROC입니다. 쌍을 비교할 뿐이어서 경보 가운데 거짓이 얼마나 되는지는 보지 못합니다.",
    ),
    hint(
        "mean-over-ranks",
        float(np.mean([1, 1 / 2, 2 / 3, 2 / 4, 2 / 5, 3 / 6])),
        en="The mean over all steps. Only steps that gain recall count: weigh each by its gain.",
        ko="모든 단계의 평균입니다. 재현율이 늘어나는 단계만 셈에 들어갑니다. 늘어난 만큼 가중하십시오.",
    ),
]
expect(average_precision(y, score), "average precision of six people", "여섯 사람의 평균 정밀도").close_to(
    (1 + 2 / 3 + 3 / 6) / 3, hints=precision_hints
)
ties_split = hint(
    "ties-split",
    lambda got: abs(got - 5 / 12) > 1e-6,
    en="Three people share a score. No threshold can part them: call them in one step, whatever their order.",
    ko="세 사람의 점수가 같습니다. 어떤 기준값으로도 이들을 가를 수 없으므로 순서와 관계없이 한 단계로 "
    "다루십시오.",
)
expect(
    average_precision([1, 0, 0, 1], [0.5, 0.5, 0.5, 0.2]),
    "average precision when three scores are equal",
    "세 점수가 같을 때의 평균 정밀도",
).close_to(0.5 * 1 / 3 + 0.5 * 2 / 4, hints=[ties_split])
### BEGIN HIDDEN TESTS
rounded = clinic.head(300).round({"score": 1})
expect(
    average_precision(rounded["y"].tolist(), rounded["score"].tolist()),
    "average precision of 300 people with many ties",
    "동점이 많은 300명의 평균 정밀도",
).close_to(average_precision_score(rounded["y"], rounded["score"]), hints=[ties_split])
expect(
    average_precision(np.array([0, 1, 0, 0]), np.array([-3.0, 2.0, 2.0, -3.0])),
    "average precision of negative scores",
    "음수 점수의 평균 정밀도",
).close_to(0.5)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# The same model in both places. The dashed lines on the right are the prevalences: the precision of a score
# that knows nothing.

# %% [markdown] lang="ko"
# 두 곳에서 같은 모형을 사용했습니다. 오른쪽의 파선은 유병률, 곧 아무것도 모르는 점수의 정밀도입니다.


# %%
def show_curves():
    with style():
        _, (left, right) = plt.subplots(1, 2, figsize=(9, 4), layout="constrained")
    names = {me.text("clinic", "외래"): clinic, me.text("your district", "나의 지역"): district}
    for color, (name, table) in zip(PALETTE[1:], names.items(), strict=False):
        line = {"label": name, "color": color, "resamples": 60}
        learning.plot_roc(table["y"], table["score"], ax=left, **line)
        learning.plot_precision_recall(table["y"], table["score"], ax=right, **line)
    left.set(xlabel=me.text("1 − specificity", "1 − 특이도"), ylabel=me.text("sensitivity", "민감도"))
    right.set(
        xlabel=me.text("recall (sensitivity)", "재현율 (민감도)"),
        ylabel=me.text("precision (PPV)", "정밀도 (PPV)"),
    )
    right.legend(loc="upper right", frameon=False)
    mine = average_precision(district["y"].to_numpy(), district["score"].to_numpy())
    right.set_title(me.text(f"yours, district: {mine:.3f}", f"작성한 값, 지역: {mine:.3f}"), fontsize=10)


lab.show(show_curves)

# %% [markdown] lang="en"
# ## 3. What a threshold costs
#
# ### Task 4: `cheapest_threshold` (2 points)
#
# 0.5 is no law of nature. A call for nothing costs a nurse's half hour; an admission that a call might have
# prevented costs far more. With a cost for each error, the best threshold is the one with the lowest **mean
# cost per person**:
#
# $$\text{cost}(t) = \frac{c_{FP}\,FP(t) + c_{FN}\,FN(t)}{n}$$
#
# Try every score that occurs as a threshold, and also **calling nobody** (`float("inf")`). Return the
# cheapest; with equal costs any of them will do.

# %% [markdown] lang="ko"
# ## 3. 기준값의 비용
#
# ### 과제 4: `cheapest_threshold` (2점)
#
# 0.5는 자연법칙이 아닙니다. 쓸데없는 전화 한 통에는 간호사의 30분이 들고, 전화로 막을 수도 있었던 입원에는
# 훨씬 큰 비용이 듭니다. 두 가지 오류에 각각 비용을 매기면, **1인당 평균 비용**이 가장 낮은 기준값이 가장 좋은
# 기준값입니다.
#
# $$\text{cost}(t) = \frac{c_{FP}\,FP(t) + c_{FN}\,FN(t)}{n}$$
#
# 자료에 나오는 모든 점수를 기준값으로 시험해 보고, **아무에게도 전화하지 않는 것**(`float("inf")`)도 함께
# 시험하십시오. 가장 비용이 낮은 기준값을 반환합니다. 비용이 같으면 어느 것이든 됩니다.


# %% task="cheapest_threshold"
def cheapest_threshold(y, score, cost_fp, cost_fn):
    """The threshold with the lowest mean cost per person.

    y: labels 0 and 1; score: numbers of the same length; cost_fp, cost_fn: cost of a false positive and of
    a false negative. Returns one of the scores, or float("inf") when it is cheapest to call nobody.
    """
    ### BEGIN SOLUTION
    y, score = np.asarray(y), np.asarray(score)
    best, lowest = float("inf"), cost_fn * (y == 1).mean()
    for threshold in np.unique(score):
        called = score >= threshold
        cost = cost_fp * (called & (y == 0)).mean() + cost_fn * (~called & (y == 1)).mean()
        if cost < lowest:
            best, lowest = float(threshold), cost
    return best
    ### END SOLUTION


# %% check="cheapest_threshold" points=2
def cost_hints(ignored, half, swapped, rates_added, theory, youden):
    """Typical wrong thresholds, recognised by what they cost."""
    return [
        hint(
            "costs-ignored",
            ignored,
            en="This threshold makes the fewest errors. They do not cost the same: weigh each kind by its "
            "cost.",
            ko="오류의 개수가 가장 적은 기준값입니다. 오류마다 비용이 다르므로 종류별로 비용을 곱해 "
            "주십시오.",
        ),
        hint(
            "default-threshold",
            half,
            en="Is it the threshold 0.5? It is cheapest only if both errors cost the same and the scores are "
            "calibrated.",
            ko="기준값 0.5입니까? 두 오류의 비용이 같고 점수가 잘 보정되어 있을 때만 가장 저렴합니다.",
        ),
        hint(
            "costs-swapped",
            swapped,
            en="The costs are the wrong way round: cost_fp is for a call for nothing, cost_fn for a missed "
            "patient.",
            ko="두 비용이 서로 바뀌었습니다. cost_fp는 쓸데없는 전화, cost_fn은 놓친 환자의 비용입니다.",
        ),
        hint(
            "prevalence-left-out",
            rates_added,
            en="You added the two error rates. Each is a share of its own group: count people, and divide by "
            "all.",
            ko="두 오류율을 더했습니다. 각각 자기 집단 안의 비율입니다. 사람 수를 세어 전체 인원으로 "
            "나누십시오.",
        ),
        hint(
            "theory-for-data",
            theory,
            en="cost_fp / (cost_fp + cost_fn) is the best threshold for risks that are right. Nobody has "
            "shown that these scores are: count what each threshold costs here.",
            ko="cost_fp / (cost_fp + cost_fn)은 위험도가 맞을 때의 최적 기준값입니다. 이 점수가 맞는지는 "
            "아직 아무도 확인하지 않았습니다. 기준값마다 여기서 드는 비용을 세십시오.",
        ),
        hint(
            "youden",
            youden,
            en="That is the point farthest from the diagonal (Youden). It knows neither costs nor "
            "prevalence.",
            ko="대각선에서 가장 먼 점(유든 지수)입니다. 비용도 유병률도 모르는 기준입니다.",
        ),
    ]


y = [0] * 14 + [1] * 5
score = [0.28, 0.33, 0.39, 0.41, 0.48, 0.40, 0.50, 0.09, 0.30, 0.31, 0.86, 0.04, 0.27, 0.22]
score += [0.36, 0.16, 0.45, 0.62, 0.52]
threshold = cheapest_threshold(y, score, 1, 4)
expect(
    mean_cost(y, score, threshold, 1, 4),
    "mean cost at your threshold, 1 per false and 4 per missed alarm",
    "작성한 기준값에서의 평균 비용(거짓 경보 1, 놓친 환자 4)",
).close_to(10 / 19, hints=cost_hints(13 / 19, 14 / 19, 20 / 19, 12 / 19, 16 / 19, 11 / 19))


### BEGIN HIDDEN TESTS
def wrong_costs(y, score, cost_fp, cost_fn):
    """What the typical wrong thresholds cost, in the order of `cost_hints`."""
    fpr, tpr, cuts = roc_curve(y, score, drop_intermediate=False)
    thresholds = [
        learning.choose_threshold(y, score, false_positive=1, false_negative=1).threshold,
        0.5,
        learning.choose_threshold(y, score, false_positive=cost_fn, false_negative=cost_fp).threshold,
        cuts[np.argmin(cost_fp * fpr + cost_fn * (1 - tpr))],
        cost_fp / (cost_fp + cost_fn),
        cuts[np.argmax(tpr - fpr)],
    ]
    return [mean_cost(y, score, threshold, cost_fp, cost_fn) for threshold in thresholds]


some = district.iloc[:400]
for data, cost_fp, cost_fn in ((clinic, 1, 10), (some, 1, 12), (clinic.round({"score": 1}), 3, 2)):
    y, score = data["y"], data["score"]
    best = learning.choose_threshold(y, score, false_positive=cost_fp, false_negative=cost_fn).cost
    threshold = cheapest_threshold(y.tolist(), score.tolist(), cost_fp, cost_fn)
    expect(
        mean_cost(y, score, threshold, cost_fp, cost_fn),
        "mean cost at your threshold, many people",
        "많은 사람에서 작성한 기준값의 평균 비용",
    ).close_to(best, hints=cost_hints(*wrong_costs(y, score, cost_fp, cost_fn)))
y, score = [0, 0, 0, 1, 0, 1], [0.9, 0.6, 0.5, 0.4, 0.3, 0.2]
nobody = hint(
    "nobody-option",
    lambda got: got > 2 / 6,
    en="Here every call costs more than it saves: the cheapest is to call nobody, float('inf').",
    ko="여기서는 전화할수록 손해입니다. 아무에게도 전화하지 않는 것, 곧 float('inf')가 가장 저렴합니다.",
)
expect(
    mean_cost(y, score, cheapest_threshold(y, score, 5, 1), 5, 1),
    "mean cost when calling hardly helps",
    "전화가 거의 도움이 되지 않을 때의 평균 비용",
).close_to(2 / 6, hints=[nobody])
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Your district: a call costs 1, a missed admission 12. The lines are the mean cost over all thresholds among
# the people you may choose with (validation) and among those you only test on. The dot is your choice: does
# it lie as low as the validation line gets? And why is the basin so flat?

# %% [markdown] lang="ko"
# 여러분의 지역입니다. 전화 한 통의 비용은 1, 놓친 입원의 비용은 12입니다. 두 선은 기준값을 고를 때 쓰는
# 사람들(검증)과 평가에만 쓰는 사람들에서 기준값에 따른 평균 비용입니다. 점은 여러분이 고른 기준값입니다.
# 검증 선에서 가장 낮은 곳에 있습니까? 골짜기는 왜 이렇게 평평합니까?


# %%
def show_costs():
    grid = np.linspace(0.02, 0.98, 97)
    with style():
        _, ax = plt.subplots(figsize=(8, 3.4), layout="constrained")
    names = (
        (district_valid, me.text("validation", "검증"), PALETTE[0]),
        (district_test, me.text("test", "평가"), PALETTE[1]),
    )
    for table, name, color in names:
        y, score = table["y"].to_numpy(), table["score"].to_numpy()
        ax.plot(grid, [mean_cost(y, score, one, 1, 12) for one in grid], color=color, label=name)
    y, score = district_valid["y"].to_numpy(), district_valid["score"].to_numpy()
    mine = cheapest_threshold(y, score, 1, 12)
    ax.plot(
        mine,
        mean_cost(y, score, mine, 1, 12),
        "o",
        color="black",
        ms=8,
        label=me.text("your choice", "나의 선택"),
    )
    ax.axvline(0.5, color="0.6", ls="--", lw=1)
    ax.set(xlabel=me.text("threshold", "기준값"), ylabel=me.text("mean cost per person", "1인당 평균 비용"))
    ax.set_ylim(0, 1.05)
    ax.legend()


lab.show(show_costs)

# %% [markdown] lang="en"
# ### Task 5: `report` (1 point)
#
# `table` has one row per candidate threshold: `threshold`, and its mean cost among validation people
# (`valid_cost`) and among test people (`test_cost`). You must tell the director which threshold you take and
# **what it will cost next year**. Return both: `(threshold, cost)`.

# %% [markdown] lang="ko"
# ### 과제 5: `report` (1점)
#
# `table`에는 후보 기준값마다 한 행이 있습니다. `threshold`는 기준값, `valid_cost`는 검증용 사람들에서의
# 평균 비용, `test_cost`는 평가용 사람들에서의 평균 비용입니다. 어떤 기준값을 쓸지, 그리고 **내년에 비용이
# 얼마나 들지** 센터장에게 보고해야 합니다. 두 값을 `(threshold, cost)`로 반환하십시오.


# %% task="report"
def report(table):
    """The threshold to use and the cost per person to expect.

    table: DataFrame with columns threshold, valid_cost and test_cost, one row per candidate.
    Returns (threshold, cost).
    """
    ### BEGIN SOLUTION
    chosen = table.loc[table["valid_cost"].idxmin()]
    return chosen["threshold"], chosen["test_cost"]
    ### END SOLUTION


# %% check="report" points=1
def report_hints(best_by_test, valid_cost):
    """Hints from the threshold that does best on the test and from the validation cost of the right one."""
    return [
        hint(
            "tuned-on-test",
            lambda got: abs(got[0] - best_by_test) < 1e-9,
            en="The test people chose the threshold and then judged it: the cost is the best of several "
            "tries. "
            "Choose with the validation people.",
            ko="평가용 사람들로 기준값을 고르고 그 사람들로 다시 평가했습니다. 여러 번 시도한 것 중 가장 "
            "좋은 "
            "값이 됩니다. 검증용 사람들로 고르십시오.",
        ),
        hint(
            "validation-cost-reported",
            lambda got: abs(got[1] - valid_cost) < 1e-9,
            en="The right threshold, but its cost among the people who chose it is too good. Next year's "
            "people "
            "are new: what do the test people say?",
            ko="기준값은 맞습니다. 그러나 그 기준값을 고른 사람들에서의 비용은 실제보다 좋게 나옵니다. "
            "내년에는 "
            "새로운 사람들이 옵니다. 평가용 사람들에서는 얼마입니까?",
        ),
    ]


table = pd.DataFrame(
    {
        "threshold": [0.1, 0.2, 0.3, 0.4],
        "valid_cost": [0.52, 0.41, 0.39, 0.47],
        "test_cost": [0.50, 0.40, 0.44, 0.46],
    }
)
expect(list(report(table)), "threshold and cost to report", "보고할 기준값과 비용").close_to(
    [0.3, 0.44], hints=report_hints(0.2, 0.39)
)
### BEGIN HIDDEN TESTS
table = pd.DataFrame(
    {"threshold": [0.5, 0.15, 0.7], "valid_cost": [1.9, 1.4, 1.8], "test_cost": [1.6, 1.7, 2.0]},
    index=[4, 9, 2],
)
expect(list(report(table)), "threshold and cost of another table", "다른 표의 기준값과 비용").close_to(
    [0.15, 1.7], hints=report_hints(0.5, 1.4)
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 4. Is it worth it?
#
# ### Task 6: `net_benefit` (2 points)
#
# A threshold of 10 % says: *I would make nine calls for nothing to reach one patient in need.* That is an
# exchange rate of 1 to 9, in general $t / (1 - t)$. The **net benefit** of a model counts true positives and
# takes off false positives at that rate, per person:
#
# $$\mathrm{NB}(t) = \frac{TP}{n} - \frac{FP}{n} \cdot \frac{t}{1 - t}$$
#
# Calling nobody has net benefit 0. Calling everybody has one, too. A model is worth using at a threshold
# where its net benefit is above **both**.

# %% [markdown] lang="ko"
# ## 4. 쓸 가치가 있습니까?
#
# ### 과제 6: `net_benefit` (2점)
#
# 기준값 10 %는 이런 뜻입니다. *도움이 필요한 환자 한 명을 찾기 위해서라면 쓸데없는 전화 아홉 통까지는
# 감수하겠다.* 교환 비율이 1 대 9라는 말이고, 일반적으로는 $t / (1 - t)$입니다. **순이득**(net benefit)은
# 진양성을 세고, 위양성을 이 비율로 빼서 1인당으로 나타낸 값입니다.
#
# $$\mathrm{NB}(t) = \frac{TP}{n} - \frac{FP}{n} \cdot \frac{t}{1 - t}$$
#
# 아무에게도 전화하지 않으면 순이득은 0입니다. 모두에게 전화해도 순이득이 있습니다. 모형의 순이득이 **둘
# 모두보다** 높은 기준값에서 모형을 쓸 가치가 있습니다.


# %% task="net_benefit"
def net_benefit(y, score, threshold):
    """Net benefit per person of calling everybody whose score is at least the threshold.

    y: labels 0 and 1; score: calibrated risks of the same length; threshold: above 0 and below 1.
    """
    ### BEGIN SOLUTION
    y, called = np.asarray(y), np.asarray(score) >= threshold
    true_positive = (called & (y == 1)).sum()
    false_positive = (called & (y == 0)).sum()
    return (true_positive - false_positive * threshold / (1 - threshold)) / len(y)
    ### END SOLUTION


# %% check="net_benefit" points=2
y = [1] * 4 + [0] * 16
score = [0.9, 0.6, 0.3, 0.1] + [0.7, 0.4, 0.35, 0.3, 0.25] + [0.1] * 11
benefit_hints = [
    hint(
        "odds-forgotten",
        (3 - 5) / 20,
        en="A false positive counted as much as a true one. At a threshold of 0.2 it weighs a quarter.",
        ko="위양성을 진양성과 같은 무게로 세었습니다. 기준값 0.2에서 위양성의 무게는 4분의 1입니다.",
    ),
    hint(
        "threshold-for-odds",
        (3 - 5 * 0.2) / 20,
        en="You weighed false positives by t. The exchange rate is t / (1 - t).",
        ko="위양성에 t를 곱했습니다. 교환 비율은 t / (1 − t)입니다.",
    ),
    hint(
        "odds-inverted",
        (3 - 5 * 4) / 20,
        en="The exchange rate is upside down: a low threshold means that false positives weigh little.",
        ko="교환 비율이 뒤집혔습니다. 기준값이 낮다는 것은 위양성을 가볍게 본다는 뜻입니다.",
    ),
    hint(
        "rates-for-counts",
        3 / 4 - 5 / 16 * 0.25,
        en="You took sensitivity and the false positive rate. Net benefit counts people and divides by all "
        "of "
        "them; so it knows the prevalence.",
        ko="민감도와 위양성률을 썼습니다. 순이득은 사람 수를 세어 전체 인원으로 나눕니다. 그래서 유병률이 "
        "반영됩니다.",
    ),
]
expect(net_benefit(y, score, 0.2), "net benefit at a threshold of 0.2", "기준값 0.2에서의 순이득").close_to(
    (3 - 5 * 0.25) / 20, hints=benefit_hints
)
### BEGIN HIDDEN TESTS
cuts = [0.05, 0.3, 0.45, 0.7]
curve = learning.decision_curve(clinic["y"], clinic["score"], thresholds=cuts, resamples=0)
expect(
    [net_benefit(clinic["y"].tolist(), clinic["score"].tolist(), one) for one in cuts],
    "net benefit in the clinic at four thresholds",
    "외래에서 네 기준값의 순이득",
).close_to(curve["model"].tolist())
at_threshold = hint(
    "threshold-excluded",
    lambda got: abs(got - 1 / 4) < 1e-6,
    en="A score equal to the threshold is positive: at least, not above.",
    ko="점수가 기준값과 같으면 양성입니다. '초과'가 아니라 '이상'입니다.",
)
expect(
    net_benefit([1, 0, 0, 1], [0.2, 0.2, 0.1, 0.9], 0.2),
    "net benefit when scores equal the threshold",
    "점수가 기준값과 같을 때의 순이득",
).close_to((2 - 0.25) / 4, hints=[at_threshold])
everybody = net_benefit(np.array([0, 1, 0, 0, 1]), np.ones(5), 0.4)
expect(
    everybody,
    "net benefit of calling everybody at the prevalence",
    "유병률을 기준값으로 모두에게 전화할 때의 순이득",
).close_to(0, abs=1e-9)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Your district. The model learned in a clinic where 30 % were admitted, so here its risks are far too high.
# The second line shifts every log-odds by the difference of the two prevalences and leaves the order alone:
# same AUROC, same sensitivity to be had, another decision. (How to notice and mend this is the next
# exercise.) Where is using the clinic's risks *worse than having no model at all*?

# %% [markdown] lang="ko"
# 여러분의 지역입니다. 모형은 30 %가 입원하는 외래에서 학습했으므로 이곳에서는 위험도가 지나치게 높게
# 나옵니다. 두 번째 선은 모든 로그 오즈를 두 유병률의 차이만큼 옮긴 것으로, 순서는 그대로입니다. AUROC도,
# 얻을 수 있는 민감도도 같지만 결정은 달라집니다. (이를 알아차리고 바로잡는 방법은 다음 실습에서 다룹니다.)
# 외래의 위험도를 그대로 쓰는 것이 *모형이 없는 것보다 나쁜* 구간은 어디입니까?


# %%
def show_benefit():
    odds = np.log(district["score"] / (1 - district["score"]))
    here, there = district["y"].mean(), train["admitted_180d"].mean()
    shift = np.log(here / (1 - here)) - np.log(there / (1 - there))
    cuts = np.linspace(0.01, 0.3, 59)
    with style():
        _, ax = plt.subplots(figsize=(8, 3.6), layout="constrained")
    risks = {
        me.text("the clinic's risks", "외래의 위험도"): district["score"],
        me.text("shifted to your prevalence", "나의 유병률로 옮긴 위험도"): 1 / (1 + np.exp(-(odds + shift))),
    }
    for color, (name, risk) in zip(PALETTE[1:], risks.items(), strict=False):
        curve = learning.decision_curve(district["y"], risk, thresholds=cuts, resamples=60)
        learning.plot_decision_curve(curve, label=name, color=color, ax=ax)
        mine = [net_benefit(district["y"].to_numpy(), np.asarray(risk), one) for one in (0.05, 0.1, 0.2)]
        ax.plot([0.05, 0.1, 0.2], mine, "o", color=color, ms=5)
    lines = dict(
        zip(("treat all", "treat none"), me.text("all|none", "모두 전화|전화 안 함").split("|"), strict=True)
    )
    for line in ax.lines:
        line.set_label(lines.get(line.get_label(), line.get_label()))
    ax.set(xlabel=me.text("threshold", "기준값"), ylabel=me.text("net benefit per person", "1인당 순이득"))
    ax.legend()


lab.show(show_benefit)

# %% [markdown] lang="en"
# ### Task 7: `reading` (2 points)
#
# Set three values.
#
# 1. A competitor's model for your district is silent: it **never calls anybody**. `silent_accuracy`: its
#    accuracy among the people in `district`, a number between 0 and 1.
# 2. `false_alarms`: of **100 alarms** in your district at the threshold `ALARM`, how many will be for
#    nothing? Work it out *before* the district is followed up: sensitivity and specificity from `clinic`,
#    prevalence `PREVALENCE`.
# 3. `why_lower`: AUROC is the same in both places, yet AUPRC is far lower in your district. Why? `"a"`,
#    `"b"`, `"c"` or `"d"`:
#    - **a** The model tells the ill from the well less well there.
#    - **b** The same errors per well person, but many more well people: most alarms are false.
#    - **c** AUPRC needs another threshold there; with the right one it would be as high.
#    - **d** The district has too few people for a precise estimate.

# %% [markdown] lang="ko"
# ### 과제 7: `reading` (2점)
#
# 세 값을 정하십시오.
#
# 1. 경쟁사가 여러분의 지역에 내놓은 모형은 조용합니다. **아무에게도 전화하지 않습니다.** `silent_accuracy`:
#    `district`의 사람들에서 이 모형의 정확도(0과 1 사이의 수)입니다.
# 2. `false_alarms`: 여러분의 지역에서 기준값 `ALARM`으로 경보가 **100번** 울리면 몇 번이 헛된 경보이겠습니까?
#    지역을 추적 관찰하기 *전에* 계산하십시오. 민감도와 특이도는 `clinic`에서 구하고, 유병률은 `PREVALENCE`를
#    씁니다.
# 3. `why_lower`: 두 곳의 AUROC는 같은데 AUPRC는 여러분의 지역에서 훨씬 낮습니다. 까닭은 무엇입니까? `"a"`,
#    `"b"`, `"c"`, `"d"` 가운데 하나를 고르십시오.
#    - **a** 그곳에서는 모형이 입원할 사람과 그렇지 않은 사람을 잘 가려내지 못합니다.
#    - **b** 건강한 사람 한 명당 오류는 같지만 건강한 사람이 훨씬 많아서 경보의 대부분이 거짓이 됩니다.
#    - **c** 그곳에서는 AUPRC에 다른 기준값이 필요하며, 알맞은 기준값을 쓰면 똑같이 높아집니다.
#    - **d** 지역의 사람 수가 적어 정밀하게 추정할 수 없습니다.

# %% task="reading"
### BEGIN SOLUTION
silent_accuracy = float((district["y"] == 0).mean())
in_clinic = learning.evaluate(clinic["y"], clinic["score"], threshold=ALARM)["value"]["all"]
here = learning.predictive_values(in_clinic["sensitivity"], in_clinic["specificity"], PREVALENCE)
false_alarms = 100 * (1 - here.ppv)
why_lower = "b"
### END SOLUTION

# %% check="reading.numbers" points=1
expect(silent_accuracy, "accuracy of never calling anybody", "아무에게도 전화하지 않을 때의 정확도").between(
    0.8,
    1,
    hints=[
        hint(
            "nobody-is-right",
            lambda got: got in (0, 0.5),
            en="Somebody who is not called and not admitted was judged rightly. How many are not admitted?",
            ko="전화하지 않았고 입원도 하지 않은 사람은 옳게 판정한 것입니다. 입원하지 않은 사람은 몇 "
            "명입니까?",
        ),
        hint(
            "accuracy-in-percent",
            lambda got: got > 1,
            en="That is a percentage. An accuracy lies between 0 and 1.",
            ko="그것은 백분율입니다. 정확도는 0과 1 사이의 수입니다.",
        ),
        hint(
            "admitted-for-well",
            lambda got: 0 < got < 0.2,
            en="So few? The silent model is wrong about the admitted alone, and right about all others.",
            ko="너무 적지 않습니까? 조용한 모형은 입원한 사람만 틀리고 나머지 사람은 모두 맞힙니다.",
        ),
        hint(
            "clinic-for-district",
            lambda got: 0.6 < got < 0.8,
            en="Is that the clinic? Take the people of your district.",
            ko="외래의 값이 아닙니까? 여러분 지역의 사람들로 계산하십시오.",
        ),
    ],
)
expect(
    false_alarms, "false alarms among 100 in your district", "나의 지역에서 경보 100번 가운데 헛된 경보"
).between(
    50,
    100,
    hints=[
        hint(
            "share-for-count",
            lambda got: 0 <= got < 1,
            en="That is a share. Of 100 alarms, how many?",
            ko="그것은 비율입니다. 경보 100번 가운데 몇 번입니까?",
        ),
        hint(
            "ppv-carried-over",
            lambda got: abs(got - 100 * (1 - clinic.loc[clinic["score"] >= ALARM, "y"].mean())) < 0.6,
            en="You carried the clinic's PPV over. It belongs to the clinic's prevalence: use yours.",
            ko="외래의 PPV를 그대로 가져왔습니다. 그 값은 외래의 유병률에서 나온 것입니다. 여러분 지역의 "
            "유병률을 쓰십시오.",
        ),
        hint(
            "rate-of-the-well",
            lambda got: abs(got - 100 * (clinic.loc[clinic["y"] == 0, "score"] >= ALARM).mean()) < 0.6,
            en="That many of 100 *well people* get an alarm. Asked is how many of 100 *alarms* are for "
            "nothing.",
            ko="그것은 *건강한 사람* 100명 가운데 경보를 받는 사람의 수입니다. 물은 것은 *경보* 100번 가운데 "
            "헛된 경보의 수입니다.",
        ),
        hint(
            "right-alarms-counted",
            lambda got: 1 <= got < 50,
            en="So few? Where hardly anybody falls ill, most alarms are for nothing. Is that the number of "
            "alarms that are right?",
            ko="너무 적지 않습니까? 입원하는 사람이 드문 곳에서는 경보의 대부분이 헛된 경보입니다. 맞는 "
            "경보를 센 것은 아닙니까?",
        ),
    ],
)
### BEGIN HIDDEN TESTS
expect(silent_accuracy, "accuracy of never calling anybody", "아무에게도 전화하지 않을 때의 정확도").close_to(
    float((district["y"] == 0).mean()),
    abs=0.002,
)
counts = learning.evaluate(clinic["y"], clinic["score"], threshold=ALARM, resamples=100)["value"]["all"]
alarms_wrong = 100 * (
    1 - learning.predictive_values(counts["sensitivity"], counts["specificity"], PREVALENCE).ppv
)
expect(
    false_alarms, "false alarms among 100 in your district", "나의 지역에서 경보 100번 가운데 헛된 경보"
).close_to(
    alarms_wrong,
    abs=0.6,
)
### END HIDDEN TESTS

# %% check="reading.curves" points=1
expect(why_lower, "one of the four letters", "네 글자 가운데 하나").one_of(["a", "b", "c", "d"])
### BEGIN HIDDEN TESTS
expect(why_lower, "why AUPRC is lower in the district", "지역에서 AUPRC가 낮은 까닭").equals(
    "b",
    hints=[
        hint(
            "auprc-compared-across-prevalence",
            "a",
            en="If that were so, the AUROC would be lower too. What does a precision divide by?",
            ko="그렇다면 AUROC도 낮아야 합니다. 정밀도는 무엇으로 나눈 값입니까?",
        ),
        hint(
            "curve-has-no-threshold",
            "c",
            en="The curve already runs through all thresholds.",
            ko="곡선은 이미 모든 기준값을 지나갑니다.",
        ),
        hint(
            "width-taken-for-level",
            "d",
            en="Few people make an estimate uncertain, not low. Look at the bands.",
            ko="사람이 적으면 추정이 불확실해질 뿐 낮아지지는 않습니다. 신뢰대를 보십시오.",
        ),
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Essay (3 points, read by your instructor)
#
# A vendor offers your district's health authority this alarm: *"AUROC 0.8, accuracy 95 %, proven in a
# leading heart clinic."* The two nurses of the district can call about 60 people a month, out of 5,000 on
# the list. Advise the director in six to ten sentences: which numbers you would put in place of the two in
# the brochure, and for whom they hold; how you would set the threshold, and **who** should say what a missed
# admission is worth; and what you would watch after the start that would make you stop.

# %% [markdown] lang="ko"
# ### 서술 (3점, 강사가 직접 채점합니다)
#
# 한 공급사가 여러분 지역의 보건소에 이 경보를 제안합니다. *"AUROC 0.8, 정확도 95 %, 유명 심장 전문 외래에서
# 입증."* 지역의 간호사 두 명은 명단의 5,000명 가운데 한 달에 60명쯤에게 전화할 수 있습니다. 여섯에서 열
# 문장으로 보건소장에게 조언하십시오. 안내 책자의 두 숫자 대신 어떤 숫자를 제시하겠으며 그 숫자는 누구에게
# 해당합니까? 기준값은 어떻게 정하고, 놓친 입원의 가치는 **누가** 정해야 합니까? 시작한 뒤 무엇을 지켜보다가
# 어떤 경우에 중단하겠습니까?

# %% [markdown] essay="advice" points=3
# **1 point: the numbers.** Accuracy is about what a silent model reaches at this prevalence, so it says
# nothing; AUROC says nothing about alarms. Instead: PPV (or alarms per admission found) and sensitivity at
# the threshold to be used, at the *district's* prevalence, with intervals, ideally in natural frequencies
# ("of 60 people called, about 10 …"), and measured on people of the district, as the clinic's patients may
# be sicker (spectrum) and the risks are not calibrated here.
#
# **1 point: the threshold and who decides.** From capacity (the 60 highest risks per month are a threshold,
# too) or from costs and net benefit; chosen on one part of the data, reported on another. What a missed
# admission or a needless call is worth is a judgement of those who bear it: patients, nurses, the authority;
# neither the vendor nor the analyst alone. It is written down.
#
# **1 point: watching.** For example: PPV and the share of admissions that were called, month by month, with
# a bound agreed in advance; who is never called (an age group, a village); what the calls displace; whether
# admissions really fall. A named stopping rule and a named person.
#
# **1점: 숫자.** 이 유병률에서 정확도는 조용한 모형도 도달하는 수준이므로 아무 말도 해 주지 않으며, AUROC는
# 경보에 대해 말해 주지 않습니다. 대신 사용할 기준값에서의 PPV(또는 입원 한 건을 찾는 데 필요한 경보 수)와
# 민감도를 *지역의* 유병률에서 신뢰구간과 함께, 가능하면 자연 빈도("전화한 60명 가운데 약 10명…")로
# 제시합니다. 외래 환자는 더 중할 수 있고(스펙트럼) 이곳에서는 위험도가 보정되어 있지 않으므로 지역
# 주민에게서 측정해야 합니다.
#
# **1점: 기준값과 결정하는 사람.** 처리 능력(매달 위험도가 높은 60명도 하나의 기준값입니다)이나 비용과
# 순이득에서 정합니다. 자료의 한 부분으로 고르고 다른 부분으로 보고합니다. 놓친 입원이나 쓸데없는 전화의
# 가치는 그것을 감당하는 환자, 간호사, 보건소가 판단할 일이며 공급사나 분석가가 홀로 정할 일이 아닙니다. 그
# 판단을 문서로 남깁니다.
#
# **1점: 지켜볼 것.** 예: 미리 정한 한계값과 함께 달마다 보는 PPV와 입원 가운데 전화했던 비율, 한 번도
# 전화를 받지 못하는 집단(연령대, 마을), 전화 때문에 밀려난 다른 업무, 입원이 실제로 줄었는지 여부. 중단
# 기준과 책임자를 밝힙니다.

# %% [markdown] lang="en"
# ## What to read next
#
# - Gigerenzer G et al. (2007) *Helping doctors and patients make sense of health statistics.* Psychol Sci
#   Public Interest 8:53.
# - Altman DG, Bland JM (1994) *Diagnostic tests 2: predictive values.* BMJ 309:102. One page.
# - Saito T, Rehmsmeier M (2015) *The precision-recall plot is more informative than the ROC plot …* PLoS ONE
#   10:e0118432.
# - Vickers AJ, van Calster B, Steyerberg EW (2019) *A simple, step-by-step guide to interpreting decision
#   curve analysis.* Diagn Progn Res 3:18.
# - In the library: `learning.evaluate`, `learning.predictive_values`, `learning.choose_threshold`,
#   `learning.decision_curve`. The next exercise, *Calibration and uncertainty*, mends the risks themselves.

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - Gigerenzer G et al. (2007) *Helping doctors and patients make sense of health statistics.* Psychol Sci
#   Public Interest 8:53.
# - Altman DG, Bland JM (1994) *Diagnostic tests 2: predictive values.* BMJ 309:102. 한 쪽짜리 글입니다.
# - Saito T, Rehmsmeier M (2015) *The precision-recall plot is more informative than the ROC plot …* PLoS ONE
#   10:e0118432.
# - Vickers AJ, van Calster B, Steyerberg EW (2019) *A simple, step-by-step guide to interpreting decision
#   curve analysis.* Diagn Progn Res 3:18.
# - 라이브러리에서는 `learning.evaluate`, `learning.predictive_values`, `learning.choose_threshold`,
#   `learning.decision_curve`를 살펴보십시오. 다음 실습 *보정과 불확실성*에서는 위험도 자체를 바로잡습니다.
