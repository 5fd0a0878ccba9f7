# health-04-calibration-and-uncertainty: ECE, Brier, recalibration without the test, conformal sets.
#
# Expected values are worked out from the data at hand, so the exercise also runs on simulated data. The
# learner's own hospital is simulated with a known distortion of the risks: too extreme for some learners, too
# timid for others.

# %% [markdown] lang="en"
# # Calibration and uncertainty
#
# **Why this matters.** Two models predict who will have a heart attack or a stroke within ten years. Tested
# on two million British patients, they ranked people equally well: AUROC 0.771 and 0.776. But one of them
# said risks that were too high. At the threshold for treatment it would have put 206 of 1,000 men on a
# statin, the other 110 (Collins and Altman 2012; Van Calster et al. 2019). Nearly half of those men would
# have been treated because of a number that is simply wrong, and no AUROC would have told.
#
# *Calibration* asks whether, of the patients with a predicted risk of 20 %, about 20 % fall ill. You measure
# it, find a model that ranks superbly and lies about its risks, and mend it, **without** looking at the
# patients you test on. Then you let the model say how sure it is: instead of one answer it gives a **set**
# of answers, with a promise that you can prove, and that you will see broken.
#
# | Part | You write | Points |
# |---|---|---|
# | 1. Are the risks right? | `ece`, `brier` | 3 |
# | 2. Mending | `recalibrate`, `honest_ece` | 4 |
# | 3. Your hospital | one reading | 1 |
# | 4. Sets with a promise | `conformal_sets`, two readings, one short essay | 8 |

# %% [markdown] lang="ko"
# # 보정과 불확실성
#
# **왜 중요합니까?** 10년 안에 심근경색이나 뇌졸중을 겪을 사람을 예측하는 두 모형이 있습니다. 영국 환자
# 200만 명으로 검증했더니 순위를 매기는 능력은 같았습니다. AUROC가 0.771과 0.776이었습니다. 그러나 한 모형은
# 위험도를 너무 높게 말했습니다. 치료 기준값을 적용하면 이 모형은 남성 1,000명 가운데 206명에게, 다른 모형은
# 110명에게 스타틴을 처방하게 됩니다(Collins and Altman 2012; Van Calster et al. 2019). 그 가운데 절반
# 가까이는 그저 틀린 숫자 때문에 치료를 받는 셈이고, AUROC로는 이를 알 수 없습니다.
#
# *보정*(calibration)이란 예측 위험도가 20 %인 환자 가운데 실제로 20 %쯤이 병에 걸리는지를 묻는 것입니다.
# 보정을 측정하고, 순위는 아주 잘 매기지만 위험도는 틀리게 말하는 모형을 찾아, 평가할 환자를 **보지 않고**
# 바로잡습니다. 이어서 모형이 스스로 얼마나 확신하는지 말하게 합니다. 하나의 답 대신 답의 **집합**을 내놓게
# 하고, 증명할 수 있는 약속을 붙인 뒤, 그 약속이 깨지는 곳까지 확인합니다.
#
# | 단계 | 작성할 내용 | 점수 |
# |---|---|---|
# | 1. 위험도가 맞습니까? | `ece`, `brier` | 3 |
# | 2. 바로잡기 | `recalibrate`, `honest_ece` | 4 |
# | 3. 나의 병원 | 해석 한 가지 | 1 |
# | 4. 약속이 있는 집합 | `conformal_sets`, 해석 두 가지, 짧은 서술 한 편 | 8 |

# %% setup
from biolabkit.check import expect, hint, lab

me = lab.start("health-04-calibration-and-uncertainty")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display
from sklearn.impute import SimpleImputer
from sklearn.isotonic import IsotonicRegression
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import brier_score_loss, roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline

from biolabkit import datasets, learning
from biolabkit.plot import PALETTE, style
from biolabkit.simulate.cohorts import heart_disease_sites

FEATURES = ["age", "sex", "no_pain", "trestbps", "chol", "fbs", "thalach", "exang", "oldpeak"]
heart = datasets.load("uci-heart-disease-4-sites", fallback=heart_disease_sites)
simulated = heart.attrs["simulated"]
heart = heart.assign(
    site=heart["site"].astype(str), y=(heart["num"] > 0).astype(int), no_pain=(heart["cp"] == 4).astype(float)
)
model = make_pipeline(SimpleImputer(strategy="median"), GaussianNB())
run = learning.fit(model, heart[heart["site"] == "cleveland"], label="y", features=FEATURES)


def scored(site):
    """y, 1 for disease, and p, the risk that the Cleveland model gives; one row per patient."""
    rows = heart[heart["site"] == site]
    return pd.DataFrame({"y": rows["y"].to_numpy(), "p": run.predict(rows)})


budapest, long_beach = scored("hungarian"), scored("va")
# Fold 0 of Budapest may be used for mending, fold 1 is for testing only.
budapest["fold"] = learning.folds(budapest, k=2, stratify="y", seed=4)
mending, testing = (budapest[budapest["fold"] == fold].reset_index(drop=True) for fold in (0, 1))

# Your own hospital, drawn from your seed: true risks, outcomes, and a vendor's model that distorts the risks.
rng = me.rng()
true_log_odds = rng.normal(-0.8, 1.2, 1500)
STRETCH = float(rng.choice([rng.uniform(0.4, 0.55), rng.uniform(1.9, 2.6)]))
mine = pd.DataFrame(
    {
        "y": (rng.random(1500) < 1 / (1 + np.exp(-true_log_odds))).astype(int),
        "p": 1 / (1 + np.exp(-STRETCH * (true_log_odds + 0.8) + 0.8)),
    }
)

# %% [markdown] lang="en"
# ## 1. Are the risks right?
#
# The model is a naive Bayes classifier of nine columns, trained in Cleveland to predict a narrowed coronary
# artery. `budapest` holds the Hungarian patients: `y` (1 = disease) and `p`, the predicted risk. Its AUROC
# there is excellent. Now group the patients by predicted risk and look at how many of each group were ill.

# %% [markdown] lang="ko"
# ## 1. 위험도가 맞습니까?
#
# 모형은 클리블랜드에서 학습한, 아홉 개 열을 쓰는 단순 베이즈(naive Bayes) 분류기이며 관상동맥이 좁아졌는지
# 예측합니다. `budapest`에는 헝가리 환자가 들어 있습니다. `y`는 질환 여부(1 = 질환), `p`는 예측 위험도입니다.
# 이곳에서 AUROC는 아주 좋습니다. 이제 환자를 예측 위험도에 따라 묶고, 묶음마다 실제로 질환이 있던 사람이
# 얼마나 되는지 보십시오.


# %%
def show_reliability():
    with style():
        _, (left, right) = plt.subplots(1, 2, figsize=(9.5, 4), layout="constrained")
    learning.plot_roc(budapest["y"], budapest["p"], resamples=100, color=PALETTE[0], ax=left)
    left.set(xlabel=me.text("1 − specificity", "1 − 특이도"), ylabel=me.text("sensitivity", "민감도"))
    learning.plot_reliability(budapest["y"], budapest["p"], bins=8, color=PALETTE[1], ax=right)
    right.hist(
        budapest["p"], np.linspace(0, 1, 26), weights=np.full(len(budapest), 0.2 / 60), color="0.8", zorder=0,
        label=me.text("where the patients are", "환자의 분포"),
    )  # fmt: skip
    right.legend(loc="upper left", frameon=False)
    right.set(
        xlabel=me.text("predicted risk", "예측 위험도"), ylabel=me.text("observed share", "관찰된 비율")
    )
    where = me.text("Budapest", "부다페스트")
    left.set_title(where + (me.text(" (simulated stand-in)", " (모의 자료)") if simulated else ""))


lab.show(show_reliability)

# %% [markdown] lang="en"
# ### Task 1: `ece` (2 points)
#
# The **expected calibration error** puts a number on the figure. Cut [0, 1] into `bins` intervals of equal
# width; in each interval that has patients, take the gap between the *share who are ill* and the *mean
# predicted risk* of its patients; average the gaps **weighted by the number of patients**:
#
# $$\mathrm{ECE} = \sum_b \frac{n_b}{n} \left| \bar y_b - \bar p_b \right|$$
#
# A risk of exactly 1 belongs to the last interval. No check has a risk on any other edge.

# %% [markdown] lang="ko"
# ### 과제 1: `ece` (2점)
#
# **기대 보정 오차**(ECE)는 위 그림을 하나의 숫자로 나타냅니다. [0, 1]을 너비가 같은 `bins`개의 구간으로
# 나눕니다. 환자가 있는 구간마다 *실제 질환 비율*과 그 환자들의 *평균 예측 위험도*의 차이를 구한 다음,
# **환자 수로 가중하여** 평균합니다.
#
# $$\mathrm{ECE} = \sum_b \frac{n_b}{n} \left| \bar y_b - \bar p_b \right|$$
#
# 위험도가 정확히 1이면 마지막 구간에 넣습니다. 그 밖의 구간 경계에 놓인 위험도는 검사에 나오지 않습니다.


# %% task="ece"
def ece(y, p, bins):
    """Expected calibration error with bins of equal width.

    y: labels 0 and 1; p: risks from 0 to 1 of the same length; bins: number of intervals.
    """
    ### BEGIN SOLUTION
    y, p = np.asarray(y), np.asarray(p)
    number = np.minimum((p * bins).astype(int), bins - 1)
    total = 0.0
    for b in np.unique(number):
        here = number == b
        total += abs(y[here].mean() - p[here].mean()) * here.mean()
    return total
    ### END SOLUTION


# %% check="ece" points=2
y = [0, 1, 1, 1, 1, 1, 1, 0, 0, 0]
p = [0.32, 0.39, 0.65, 0.69, 0.74, 0.81, 0.83, 0.84, 0.86, 0.96]
expect(ece(y, p, 4), "ECE of ten patients, four intervals", "환자 열 명, 네 구간의 ECE").close_to(
    0.351,
    hints=[
        hint(
            "bins-not-weighted",
            np.mean([0.145, 0.92 / 3, 0.46]),
            en="Every interval counted the same. One with five patients must weigh more than one with two.",
            ko="모든 구간을 똑같이 셌습니다. 환자가 다섯 명인 구간은 두 명인 구간보다 무게가 커야 합니다.",
        ),
        hint(
            "middle-of-the-bin",
            0.375,
            en="You took the middle of the interval for the predicted risk. Take the mean of its patients' "
            "risks.",
            ko="구간의 한가운데를 예측 위험도로 썼습니다. 그 구간에 있는 환자들의 위험도를 평균하십시오.",
        ),
        hint(
            "bins-of-equal-size",
            0.423,
            en="These intervals hold about as many patients each. Asked for are intervals of equal width.",
            ko="환자 수가 비슷하도록 나눈 구간입니다. 너비가 같은 구간으로 나누십시오.",
        ),
        hint(
            "errors-cancel",
            0.109,
            en="Over- and underestimation cancelled each other. Take the absolute gap in each interval "
            "first.",
            ko="과대평가와 과소평가가 서로 상쇄되었습니다. 구간마다 차이의 절댓값을 먼저 구하십시오.",
        ),
        hint(
            "confidence-of-the-class",
            0.293,
            en="You compared the accuracy with the probability of the predicted class. A risk is about "
            "disease: how many of those with this risk are ill?",
            ko="예측한 클래스의 확률과 정확도를 비교했습니다. 위험도는 질환에 관한 것입니다. 그 위험도를 "
            "받은 "
            "환자 가운데 몇 명이 실제로 질환이 있습니까?",
        ),
        hint(
            "gap-per-patient",
            0.487,
            en="You averaged the gaps of single patients. Nobody is 20 % ill: compare groups.",
            ko="환자 한 명 한 명의 차이를 평균했습니다. 20 %만 아픈 사람은 없습니다. 묶음끼리 비교하십시오.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
shaken = np.random.default_rng(3).uniform(0.001, 0.999, 400)
cases = (np.random.default_rng(4).random(400) < shaken**2).astype(int)
expect(ece(cases.tolist(), shaken.tolist(), 7), "ECE of 400 patients", "환자 400명의 ECE").close_to(
    learning.ece(cases, shaken, bins=7, binning="uniform")
)
edge = hint(
    "risk-of-one-lost",
    lambda got: abs(got - 0.4) > 1e-6,
    en="A patient with risk 1 is in the last interval; an interval without patients counts nothing.",
    ko="위험도가 1인 환자는 마지막 구간에 들어갑니다. 환자가 없는 구간은 셈에 넣지 않습니다.",
)
expect(
    ece(np.array([1, 0, 0, 1]), np.array([1.0, 1.0, 0.3, 0.7]), 5),
    "ECE with risks of 1",
    "위험도 1이 있을 때의 ECE",
).close_to(0.4, hints=[edge])
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Task 2: `brier` (1 point)
#
# ECE depends on how one cuts. The **Brier score** needs no cutting: the mean squared difference between risk
# and outcome. It is small only if the risks are calibrated *and* tell patients apart.

# %% [markdown] lang="ko"
# ### 과제 2: `brier` (1점)
#
# ECE는 구간을 나누는 방법에 따라 달라집니다. **브라이어 점수**는 나눌 필요가 없습니다. 위험도와 결과의 차이를
# 제곱하여 평균한 값입니다. 위험도가 잘 보정되어 있고 *또한* 환자들을 잘 구별할 때만 작아집니다.


# %% task="brier"
def brier(y, p):
    """Mean squared difference between risk and outcome.

    y: labels 0 and 1; p: risks of the same length.
    """
    ### BEGIN SOLUTION
    return np.mean((np.asarray(p) - np.asarray(y)) ** 2)
    ### END SOLUTION


# %% check="brier" points=1
expect(
    brier([1, 0, 0, 1], [0.8, 0.4, 0.1, 0.3]), "Brier score of four patients", "환자 네 명의 브라이어 점수"
).close_to(
    (0.04 + 0.16 + 0.01 + 0.49) / 4,
    hints=[
        hint(
            "absolute-difference",
            (0.2 + 0.4 + 0.1 + 0.7) / 4,
            en="You averaged the absolute differences. They reward saying 0 or 1 when in doubt: square them.",
            ko="차이의 절댓값을 평균했습니다. 그러면 애매할 때도 0이나 1이라고 말하는 편이 유리해집니다. "
            "제곱하십시오.",
        ),
        hint(
            "classes-compared",
            1 / 4,
            en="You compared classes, that is, risks cut at 0.5. Compare the risks themselves.",
            ko="0.5에서 자른 분류를 비교했습니다. 위험도 자체를 비교하십시오.",
        ),
        hint(
            "root-taken",
            np.sqrt(0.175),
            en="No root: the Brier score is the mean square itself.",
            ko="제곱근은 취하지 않습니다. 브라이어 점수는 제곱 평균 그 자체입니다.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
expect(
    brier(budapest["y"].tolist(), budapest["p"].tolist()),
    "Brier score in Budapest",
    "부다페스트의 브라이어 점수",
).close_to(brier_score_loss(budapest["y"], budapest["p"]))
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 2. Mending
#
# ### Task 3: `recalibrate` (2 points)
#
# **Platt's** way takes the log-odds of the risk, $\log \frac{p}{1-p}$, and fits a logistic regression of `y`
# on that one column, **without penalty** (scikit-learn: `C=1e6`). Two numbers are learned, a shift and a
# slope. Clip risks to between 0.000001 and 0.999999 first: 0 and 1 have no log-odds.
#
# Learn from `y` and `p`; return the mended risks of the patients in `new`.

# %% [markdown] lang="ko"
# ## 2. 바로잡기
#
# ### 과제 3: `recalibrate` (2점)
#
# **플랫**(Platt)의 방법은 위험도의 로그 오즈 $\log \frac{p}{1-p}$ 한 열에 대해 `y`의 로지스틱 회귀를 **규제
# 없이** 적합합니다(scikit-learn에서는 `C=1e6`). 이동과 기울기, 두 개의 수를 배웁니다. 0과 1은 로그 오즈가
# 없으므로 먼저 위험도를 0.000001과 0.999999 사이로 자르십시오.
#
# `y`와 `p`에서 배우고, `new`에 있는 환자들의 바로잡은 위험도를 반환합니다.


# %% task="recalibrate"
def recalibrate(y, p, new):
    """Platt scaling: learn from y and p, return the mended risks of new.

    y: labels 0 and 1; p: risks of the same patients; new: risks of other patients.
    Returns an array of risks, one per value of new.
    """
    ### BEGIN SOLUTION

    def column(risks):
        clipped = np.clip(np.asarray(risks, dtype=float), 1e-6, 1 - 1e-6)
        return np.log(clipped / (1 - clipped)).reshape(-1, 1)

    line = LogisticRegression(C=1e6, max_iter=1000).fit(column(p), y)
    return line.predict_proba(column(new))[:, 1]
    ### END SOLUTION


# %% check="recalibrate" points=2
few = np.random.default_rng(6)
x = few.normal(0, 1.0, 60)
y = (few.random(60) < 1 / (1 + np.exp(-0.8 - 2 * x))).astype(int)
p = 1 / (1 + np.exp(-x))
new = [0.1, 0.3, 0.5, 0.8]


def only_shifted(risks):
    """Whether the log-odds kept their distances."""
    with np.errstate(all="ignore"):
        distances = [np.diff(np.log(np.divide(one, np.subtract(1, one)))) for one in (risks, new)]
    return np.allclose(*distances, atol=0.01)


got = recalibrate(y.tolist(), p.tolist(), new)
expect(np.shape(got), "shape of the result", "결과의 모양").equals((4,))
expect(got, "mended risks of four new patients", "새 환자 네 명의 바로잡은 위험도").close_to(
    [0.080873, 0.302554, 0.541454, 0.858704],
    abs=0.004,
    hints=[
        hint(
            "nothing-mended",
            new,
            en="These are the old risks.",
            ko="원래의 위험도 그대로입니다.",
        ),
        hint(
            "risk-for-log-odds",
            lambda got: np.allclose(got, [0.127444, 0.29312, 0.540709, 0.849208], atol=0.004),
            en="You regressed on the risk itself. On the log-odds the line can be exactly right; on risks it "
            "cannot.",
            ko="위험도 자체로 회귀했습니다. 로그 오즈에서는 직선이 정확히 맞을 수 있지만 위험도에서는 그럴 "
            "수 "
            "없습니다.",
        ),
        hint(
            "penalty-left-on",
            lambda got: np.allclose(got, [0.106678, 0.329121, 0.543565, 0.835585], atol=0.004),
            en="scikit-learn's penalty pulls the slope to 0. Two numbers need none: C=1e6.",
            ko="scikit-learn의 규제가 기울기를 0 쪽으로 끌어당깁니다. 수 두 개에는 규제가 필요 없습니다. "
            "C=1e6으로 "
            "하십시오.",
        ),
        hint(
            "mean-only",
            only_shifted,
            en="You only shifted the risks. Overconfidence is a matter of the slope: learn it, too.",
            ko="위험도를 옮기기만 했습니다. 과신은 기울기의 문제입니다. 기울기도 배우십시오.",
        ),
        hint(
            "isotonic-for-platt",
            lambda got: np.allclose(got, [0.0, 1 / 3, 0.6, 0.86051], atol=0.01),
            en="This is isotonic regression. With 60 patients its steps follow the noise; here Platt is "
            "asked.",
            ko="이것은 단조 회귀(isotonic)입니다. 환자가 60명이면 계단이 잡음을 따라갑니다. 여기서는 "
            "플랫의 방법을 "
            "물었습니다.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
expect(
    recalibrate(mending["y"].to_numpy(), mending["p"].to_numpy(), testing["p"].to_numpy()),
    "mended risks in Budapest",
    "부다페스트의 바로잡은 위험도",
).close_to(learning.calibrate(mending["y"], mending["p"])(testing["p"]), abs=0.01)
ends = recalibrate([0, 1, 0, 1, 0, 1], [0.2, 0.3, 0.4, 0.5, 0.6, 0.7], [0.0, 1.0])
no_log_odds = hint(
    "zero-has-no-log-odds",
    lambda got: not np.isfinite(got).all(),
    en="A risk of 0 or 1 has no log-odds: clip first, also in new.",
    ko="위험도 0과 1에는 로그 오즈가 없습니다. new에서도 먼저 자르십시오.",
)
expect(ends, "mended risks of 0 and 1", "위험도 0과 1을 바로잡은 값").between(0, 1, hints=[no_log_odds])
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Task 4: `honest_ece` (2 points)
#
# **Isotonic** regression may learn any rising steps. It is so free that on the patients it learned from the
# calibration error always becomes 0. So it must be judged on others.
#
# `table` has `y`, `p` and `fold`. Learn `IsotonicRegression(out_of_bounds="clip")` on fold 0 **only**, and
# return the calibration error of the patients of fold 1 `(before, after)` mending, with the library's
# `learning.ece(y, risk)`.

# %% [markdown] lang="ko"
# ### 과제 4: `honest_ece` (2점)
#
# **단조 회귀**(isotonic regression)는 올라가기만 하면 어떤 계단이든 배울 수 있습니다. 매우 자유로워서 배운
# 환자들에서는 보정 오차가 언제나 0이 됩니다. 그러므로 다른 환자들로 평가해야 합니다.
#
# `table`에는 `y`, `p`, `fold`가 있습니다. `IsotonicRegression(out_of_bounds="clip")`을 폴드 0**에서만**
# 배우고, 폴드 1 환자들의 보정 오차를 바로잡기 전과 후의 순서로 `(before, after)`로 반환하십시오. 오차는
# 라이브러리의 `learning.ece(y, risk)`로 계산합니다.


# %% task="honest_ece"
def honest_ece(table):
    """Calibration error of fold 1 before and after isotonic recalibration learned on fold 0.

    table: DataFrame with columns y, p and fold (0 or 1). Returns (before, after).
    """
    ### BEGIN SOLUTION
    learn, test = table[table["fold"] == 0], table[table["fold"] == 1]
    steps = IsotonicRegression(out_of_bounds="clip").fit(learn["p"], learn["y"])
    return learning.ece(test["y"], test["p"]), learning.ece(test["y"], steps.predict(test["p"]))
    ### END SOLUTION


# %% check="honest_ece" points=2
def ece_hints(want, of_learners, from_everybody):
    """Hints from the two errors, the error of fold 0 before, and that after learning from both folds."""
    return [
        hint(
            "reported-on-calibration",
            lambda got: abs(got[0] - of_learners) < 1e-6,
            en="You report on fold 0, where it learned: there isotonic regression always looks perfect.",
            ko="배운 자료인 폴드 0에서 보고했습니다. 그곳에서 단조 회귀는 언제나 완벽해 보입니다.",
        ),
        hint(
            "recalibrated-on-test",
            lambda got: got[1] < 1e-9,
            en="An error of 0: it learned from the very patients it is tested on. On the next patients it "
            "will not be 0.",
            ko="오차가 0입니다. 평가할 바로 그 환자들에서 배웠기 때문입니다. 다음 환자들에서는 0이 되지 "
            "않습니다.",
        ),
        hint(
            "after-before-swapped",
            want[::-1],
            en="Swapped: first the error as the risks came, then after mending.",
            ko="순서가 바뀌었습니다. 바로잡기 전의 오차가 먼저, 바로잡은 뒤의 오차가 나중입니다.",
        ),
        hint(
            "fitted-on-everything",
            [want[0], from_everybody],
            en="It learned from both folds, so it has seen the outcomes of those it is tested on.",
            ko="두 폴드 모두에서 배웠으므로 평가할 환자들의 결과를 이미 보았습니다.",
        ),
    ]


table = pd.DataFrame(
    {
        "y": [0, 0, 1, 0, 1, 0, 1, 1, 0, 1, 1, 1] * 2,
        "p": [
            *(0.05, 0.12, 0.2, 0.3, 0.35, 0.45, 0.5, 0.6, 0.7, 0.75, 0.85, 0.95),
            *(0.08, 0.15, 0.25, 0.33, 0.4, 0.42, 0.55, 0.58, 0.65, 0.8, 0.9, 0.93),
        ],
        "fold": [0, 1] * 12,
    }
)
want = [0.79 / 3, 0.2864583333]
expect(list(honest_ece(table)), "error before and after, 24 patients", "환자 24명의 전후 오차").close_to(
    want, hints=ece_hints(want, 1.37 / 3, 2 / 9)
)


### BEGIN HIDDEN TESTS
def isotonic(learn, test):
    return IsotonicRegression(out_of_bounds="clip").fit(learn["p"], learn["y"]).predict(test["p"])


def both_errors(table):
    learn, test = table[table["fold"] == 0], table[table["fold"] == 1]
    return [learning.ece(test["y"], test["p"]), learning.ece(test["y"], isotonic(learn, test))]


budapest_table = budapest[["y", "p", "fold"]]
mine_table = mine.assign(fold=np.arange(1500) % 3 // 2).iloc[::-1]
for table, where, ko in (
    (budapest_table, "Budapest", "부다페스트의 전후 오차"),
    (mine_table, "your hospital", "나의 병원의 전후 오차"),
):
    learn, test = table[table["fold"] == 0], table[table["fold"] == 1]
    everybody = learning.ece(test["y"], isotonic(table, test))
    want = both_errors(table)
    expect(list(honest_ece(table)), f"error before and after, {where}", ko).close_to(
        want, hints=ece_hints(want, learning.ece(learn["y"], learn["p"]), everybody)
    )
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Both ways of mending, learned on one half of Budapest and drawn on the other. Each line of the table: what
# changed, and what did not?

# %% [markdown] lang="ko"
# 부다페스트 환자의 절반에서 배우고 나머지 절반에 그린 두 가지 바로잡기입니다. 표의 각 줄에서 무엇이 달라졌고
# 무엇이 그대로입니까?


# %%
def show_mended():
    learn = mending["y"].to_numpy(), mending["p"].to_numpy()
    steps = learning.calibrate(*learn, method="isotonic")
    versions = {
        me.text("as it came", "원래 위험도"): testing["p"],
        me.text("yours (Platt)", "작성한 것 (플랫)"): recalibrate(*learn, testing["p"].to_numpy()),
        me.text("isotonic", "단조 회귀"): steps(testing["p"]),
    }
    with style():
        _, axes = plt.subplots(1, 3, figsize=(10.5, 3.7), layout="constrained", sharey=True)
    for ax, color, (name, risk) in zip(
        axes, (PALETTE[1], PALETTE[0], PALETTE[2]), versions.items(), strict=True
    ):
        learning.plot_reliability(testing["y"], risk, bins=6, color=color, ax=ax)
        ax.set(title=name, xlabel=me.text("predicted risk", "예측 위험도"), ylabel="")
    axes[0].set_ylabel(me.text("observed share", "관찰된 비율"))
    rows = {}
    for name, risk in versions.items():
        found = learning.evaluate(testing["y"], risk, resamples=200).loc["all"]
        slope = learning.calibration_line(testing["y"], risk).slope
        rows[name] = {
            metric: "{:.3f} ({:.3f}–{:.3f})".format(*found.loc[metric, ["value", "low", "high"]])
            for metric in ("auroc", "brier", "ece")
        } | {"slope": "{:.2f} ({:.2f}–{:.2f})".format(*slope)}
    display(pd.DataFrame(rows).T)


lab.show(show_mended)

# %% [markdown] lang="en"
# ## 3. Your hospital
#
# `mine` holds 1,500 patients of **your** hospital with a vendor's risks `p` and the outcomes `y`. They are
# simulated from your seed: the vendor's log-odds are the true ones with their spread multiplied by a factor
# that only your seed knows. The library's `learning.calibration_line` fits the log-odds of the outcome as a
# line over those of the risk. Its **slope** is 1 when right; below 1 the risks are *too extreme* (the high
# ones too high, the low ones too low), above 1 *too timid*. The intercept **in the large** is 0 when the
# mean risk is right.

# %% [markdown] lang="ko"
# ## 3. 나의 병원
#
# `mine`에는 **여러분의** 병원 환자 1,500명의 공급사 위험도 `p`와 결과 `y`가 들어 있습니다. 여러분의 시드로
# 만든 모의 자료이며, 공급사의 로그 오즈는 참 로그 오즈의 퍼짐에 여러분의 시드만 아는 배수를 곱한 것입니다.
# 라이브러리의 `learning.calibration_line`은 결과의 로그 오즈를 위험도의 로그 오즈에 대한 직선으로
# 적합합니다. **기울기**(slope)는 맞으면 1입니다. 1보다 작으면 위험도가 *너무 극단적*이고(높은 것은 너무
# 높고 낮은 것은 너무 낮음), 1보다 크면 *너무 소극적*입니다. **평균 보정 절편**(`in_the_large`)은 평균
# 위험도가 맞으면 0입니다.


# %%
def show_mine():
    with style():
        _, (left, right) = plt.subplots(1, 2, figsize=(9.5, 3.9), layout="constrained")
    learning.plot_reliability(mine["y"], mine["p"], color=PALETTE[1], ax=left)
    left.set(xlabel=me.text("predicted risk", "예측 위험도"), ylabel=me.text("observed share", "관찰된 비율"))
    names = [
        me.text("vendor's risks", "공급사의 위험도"),
        me.text("mended", "바로잡은 위험도"),
        me.text("true risks", "참 위험도"),
    ]
    learn, test = mine[:750], mine[750:]
    truth = 1 / (1 + np.exp(-true_log_odds[750:]))
    mended = recalibrate(learn["y"].to_numpy(), learn["p"].to_numpy(), test["p"].to_numpy())
    heights = [brier(test["y"].to_numpy(), risk) for risk in (test["p"].to_numpy(), mended, truth)]
    right.barh(names, heights, color=[PALETTE[1], PALETTE[0], "0.6"])
    right.invert_yaxis()
    right.locator_params(axis="x", nbins=5)
    right.set(xlabel=me.text("Brier score (smaller is better)", "브라이어 점수 (작을수록 좋음)"))
    display(
        pd.DataFrame(
            learning.calibration_line(mine["y"], mine["p"])._asdict(), index=["value", "low", "high"]
        ).T.round(2)
    )


lab.show(show_mine)

# %% [markdown] lang="en"
# ### Task 5: `verdict` (1 point)
#
# Set two values. `verdict`: are your vendor's risks `"too extreme"` or `"too timid"`? `auroc_gain`: by how
# much does the AUROC in your hospital rise when you replace every risk by its Platt-mended one (learned on
# the same patients, for once)? A number.

# %% [markdown] lang="ko"
# ### 과제 5: `verdict` (1점)
#
# 두 값을 정하십시오. `verdict`: 공급사의 위험도는 `"too extreme"`(너무 극단적)입니까, `"too timid"`(너무
# 소극적)입니까? `auroc_gain`: 모든 위험도를 플랫 방법으로 바로잡은 값으로 바꾸면(이번만은 같은 환자에서
# 배워도 됩니다) 여러분의 병원에서 AUROC가 얼마나 올라갑니까? 숫자로 답하십시오.

# %% task="verdict"
### BEGIN SOLUTION
verdict = "too extreme" if learning.calibration_line(mine["y"], mine["p"]).slope.value < 1 else "too timid"
mended = learning.calibrate(mine["y"], mine["p"])(mine["p"])
auroc_gain = float(roc_auc_score(mine["y"], mended) - roc_auc_score(mine["y"], mine["p"]))
### END SOLUTION

# %% check="verdict" points=1
expect(verdict, "one of the two verdicts", "두 판정 가운데 하나").one_of(["too extreme", "too timid"])
expect(auroc_gain, "gain in AUROC by recalibration", "보정에 따른 AUROC의 증가").between(
    -0.1,
    0.1,
    hints=[
        hint(
            "auroc-for-gain",
            lambda got: 0.5 <= got <= 1,
            en="That looks like an AUROC itself. Asked is how much it rises: after mending minus before.",
            ko="AUROC 자체로 보입니다. 물은 것은 얼마나 올라가는지, 곧 바로잡은 뒤에서 앞을 뺀 값입니다.",
        ),
        hint(
            "gain-too-large",
            lambda got: abs(got) > 0.1,
            en="So much? Platt's line rises. Which patients change places, and what does the AUROC look at?",
            ko="그렇게 많이 달라집니까? 플랫의 직선은 올라가기만 합니다. 어떤 환자들의 순서가 바뀌며, "
            "AUROC는 무엇을 봅니까?",
        ),
    ],
)
### BEGIN HIDDEN TESTS
expect(auroc_gain, "gain in AUROC by recalibration", "보정에 따른 AUROC의 증가").close_to(
    0,
    abs=1e-4,
    hints=[
        hint(
            "auroc-taken-for-calibration",
            lambda got: abs(got) > 1e-4,
            en="Platt's line rises, so no two patients change places. What does the AUROC look at?",
            ko="플랫의 직선은 올라가기만 하므로 어떤 두 환자의 순서도 바뀌지 않습니다. AUROC는 무엇을 "
            "봅니까?",
        ),
    ],
)
slope = learning.calibration_line(mine["y"], mine["p"]).slope.value
expect(verdict, "verdict on your vendor's risks", "공급사 위험도에 대한 판정").equals(
    "too extreme" if slope < 1 else "too timid",
    hints=[
        hint(
            "slope-upside-down",
            lambda got: got in ("too extreme", "too timid"),
            en="Upside down. A slope below 1 says that the risks must be pulled together to be right.",
            ko="반대로 읽었습니다. 기울기가 1보다 작다는 것은 위험도를 가운데로 당겨야 맞는다는 뜻입니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 4. Sets with a promise
#
# Calibrated risks are right on average. For the patient in front of you the model could say: *ill*, *well*,
# *either*, or *I have never seen anything like it*. **Conformal prediction** turns any model's risks into
# such sets, with a promise that needs no assumption about the model.
#
# ### Task 6: `conformal_sets` (3 points)
#
# Let $p_i$ be the risks of the *n* calibration patients (`y`, `p`).
#
# 1. How strange is each patient's *true* answer? $s_i = 1 - p_i$ if ill, $s_i = p_i$ if well.
# 2. The cutoff $q$ is the $\lceil (n+1) \cdot \text{coverage} \rceil$-th smallest of the $s_i$. If there are
#    not that many, $q = \infty$. (Hint: `np.ceil(round((n + 1) * coverage, 9))` avoids rounding trouble.)
# 3. For each risk in `new`, keep every answer that is no stranger than $q$: *well* if $p \le q$, *ill* if
#    $1 - p \le q$. Both, one or none may stay.
#
# Return an array of True and False with two columns: well, ill.

# %% [markdown] lang="ko"
# ## 4. 약속이 있는 집합
#
# 보정된 위험도는 평균적으로 맞습니다. 눈앞의 환자에 대해서라면 모형은 *질환 있음*, *질환 없음*, *둘 다 가능*,
# *이런 경우는 본 적 없음*이라고 말할 수 있습니다. **등각 예측**(conformal prediction)은 어떤 모형의
# 위험도든 이런 집합으로 바꾸어 주며, 모형에 대한 가정이 필요 없는 약속을 붙여 줍니다.
#
# ### 과제 6: `conformal_sets` (3점)
#
# 보정용 환자 *n*명(`y`, `p`)의 위험도를 $p_i$라 합시다.
#
# 1. 각 환자의 *실제* 답은 얼마나 뜻밖입니까? 질환이 있으면 $s_i = 1 - p_i$, 없으면 $s_i = p_i$입니다.
# 2. 경계 $q$는 $s_i$ 가운데 $\lceil (n+1) \cdot \text{coverage} \rceil$번째로 작은 값입니다. 그만큼 많지
#    않으면 $q = \infty$입니다. (힌트: `np.ceil(round((n + 1) * coverage, 9))`로 하면 반올림 문제가 생기지
#    않습니다.)
# 3. `new`의 위험도마다 $q$보다 더 뜻밖이지 않은 답을 모두 남깁니다. $p \le q$이면 *질환 없음*,
#    $1 - p \le q$이면 *질환 있음*입니다. 둘 다, 하나만, 또는 아무것도 남지 않을 수 있습니다.
#
# 참·거짓으로 된 두 열(질환 없음, 질환 있음)의 배열을 반환하십시오.


# %% task="conformal_sets"
def conformal_sets(y, p, new, coverage):
    """Split conformal prediction sets.

    y, p: labels and risks of the calibration patients; new: risks of other patients; coverage: e.g. 0.9.
    Returns an array of bool, shape (len(new), 2): well in the set, ill in the set.
    """
    ### BEGIN SOLUTION
    y, p, new = np.asarray(y), np.asarray(p), np.asarray(new)
    strange = np.sort(np.where(y == 1, 1 - p, p))
    rank = int(np.ceil(round((len(y) + 1) * coverage, 9)))
    q = strange[rank - 1] if rank <= len(y) else np.inf
    return np.column_stack([new <= q, 1 - new <= q])
    ### END SOLUTION


# %% check="conformal_sets" points=3
# Nine patients whose strangeness is 0.05, 0.1, …, 0.45; 80 % takes the eighth of them: q = 0.4.
y = [1, 0, 1, 0, 1, 0, 1, 0, 1]
p = [0.95, 0.1, 0.85, 0.2, 0.75, 0.3, 0.65, 0.4, 0.55]
new = [0.02, 0.2, 0.385, 0.42, 0.5, 0.615, 0.97]
set_hints = [
    hint(
        "columns-swapped",
        lambda got: (np.asarray(got)[[0, 6]] == [[False, True], [True, False]]).all(),
        en="The first column is well, the second ill.",
        ko="첫째 열은 질환 없음, 둘째 열은 질환 있음입니다.",
    ),
    hint(
        "alpha-for-coverage",
        lambda got: not np.asarray(got)[1].any(),
        en="The sets are far too small. 0.8 is the coverage, not the share that may be missed.",
        ko="집합이 지나치게 작습니다. 0.8은 놓쳐도 되는 비율이 아니라 포함되어야 하는 비율입니다.",
    ),
    hint(
        "plus-one-forgotten",
        lambda got: not np.asarray(got)[2].any(),
        en="q is a little too small. A plain quantile of n values forgets that the new patient is one more: "
        "take the ceil((n + 1) · coverage)-th.",
        ko="q가 조금 작습니다. 값 n개의 단순 분위수는 새 환자까지 한 명이 더 있다는 것을 잊은 값입니다. "
        "⌈(n + 1) · "
        "coverage⌉번째 값을 쓰십시오.",
    ),
    hint(
        "always-an-answer",
        lambda got: np.asarray(got)[4].any(),
        en="At a risk of 0.5 both answers are stranger than q, so the set is empty. That is an answer, too: "
        "I do not know such patients.",
        ko="위험도 0.5에서는 두 답 모두 q보다 뜻밖이므로 집합이 비어 있습니다. 그런 환자를 모른다는 것도 "
        "하나의 "
        "답입니다.",
    ),
]
got = conformal_sets(y, p, new, 0.8)
expect(np.shape(got), "shape of the result", "결과의 모양").equals((7, 2))
expect(np.asarray(got).astype(bool), "sets of seven new patients", "새 환자 일곱 명의 집합").equals(
    np.array([[True, False]] * 3 + [[False, False]] * 2 + [[False, True]] * 2),
    hints=set_hints,
)
### BEGIN HIDDEN TESTS
too_few = hint(
    "too-few-for-the-promise",
    lambda got: not np.asarray(got).all(),
    en="Nine patients cannot promise 95 %: the tenth smallest of nine does not exist. Then every answer "
    "stays.",
    ko="아홉 명으로는 95 %를 약속할 수 없습니다. 아홉 개 가운데 열 번째로 작은 값은 없습니다. 이럴 때는 "
    "모든 답이 "
    "남습니다.",
)
expect(
    np.asarray(conformal_sets(np.array(y), np.array(p), new, 0.95)).astype(bool),
    "sets that nine patients can promise at 95 %",
    "아홉 명으로 95 %를 약속할 때의 집합",
).equals(np.ones((7, 2), dtype=bool), hints=[too_few])
# All 19 are well, and the model is wrong about half of them.
nineteen = np.linspace(0.05, 0.95, 19)
own_answer = hint(
    "truth-not-used",
    lambda got: not np.asarray(got)[1].any() or not np.asarray(got)[1, 0],
    en="Strangeness is about the true answer of each calibration patient, also where the model is wrong: "
    "1 - p if ill, p if well.",
    ko="뜻밖의 정도는 모형이 틀렸을 때에도 보정용 환자의 실제 답에 대해 계산합니다. 질환이 있으면 1 − p, "
    "없으면 "
    "p입니다.",
)
got = np.asarray(conformal_sets([0] * 19, nineteen, [0.89, 0.7, 0.02], 0.9)).astype(bool)
expect(got, "sets at 90 % from 19 patients", "환자 19명에서 90 %일 때의 집합").equals(
    np.array([[True, True], [True, True], [True, False]]), hints=[own_answer]
)
for coverage in (0.8, 0.9):
    wanted = learning.conformal(mending["y"], mending["p"], coverage=coverage)(testing["p"]).to_numpy()
    got = conformal_sets(mending["y"].tolist(), mending["p"].tolist(), testing["p"].tolist(), coverage)
    expect(np.asarray(got).astype(bool), "sets in Budapest", "부다페스트의 집합").equals(wanted)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# The promise was 90 %. The bars are the shares of sets that contain the truth: among all test patients of
# Budapest, among the ill and the well, and among the patients in Long Beach, for sets calibrated in Budapest
# in two ways: once for everybody, once within each class (`by_class=True`). Which promises are kept?

# %% [markdown] lang="ko"
# 약속은 90 %였습니다. 막대는 참값을 포함한 집합의 비율입니다. 부다페스트의 평가 환자 전체, 질환이 있는
# 환자와 없는 환자, 그리고 롱비치의 환자입니다. 집합은 부다페스트에서 두 가지로 보정했습니다. 한 번은 모두에
# 대해, 한 번은 클래스마다(`by_class=True`) 보정했습니다. 어떤 약속이 지켜졌습니까?


# %%
def show_promises():
    learn = mending["y"].to_numpy(), mending["p"].to_numpy()
    plain = conformal_sets(*learn, testing["p"].to_numpy(), 0.9)
    far = conformal_sets(*learn, long_beach["p"].to_numpy(), 0.9)
    fair = learning.conformal(mending["y"], mending["p"], coverage=0.9, by_class=True)
    kinds = {
        me.text("for everybody", "모두에 대해"): (pd.DataFrame(plain), pd.DataFrame(far)),
        me.text("within each class", "클래스마다"): (fair(testing["p"]), fair(long_beach["p"])),
    }
    names = me.text(
        "Budapest, all|Budapest, well|Budapest, ill|Long Beach, all",
        "부다페스트, 전체|부다페스트, 질환 없음|부다페스트, 질환 있음|롱비치, 전체",
    ).split("|")
    with style():
        _, ax = plt.subplots(figsize=(8.5, 3.6), layout="constrained")
    for number, (kind, (near, elsewhere)) in enumerate(kinds.items()):
        here = learning.set_coverage(testing["y"], near, by=testing["y"])
        there = learning.set_coverage(long_beach["y"], elsewhere)
        found = pd.concat([here.loc[["all", 0, 1]], there])
        y = np.arange(4) + 0.36 * number
        ax.barh(y, found["coverage"], 0.34, color=PALETTE[number], alpha=0.8, label=kind)
        ax.hlines(y, found["low"], found["high"], color="black", lw=1.2)
        for place, size in zip(y, found["mean_size"], strict=True):
            ax.text(
                0.02,
                place,
                me.text(f"{size:.2f} answers", f"답 {size:.2f}개"),
                va="center",
                color="white",
                fontsize=8,
            )
    ax.axvline(0.9, color="black", ls="--", lw=1)
    ax.set_yticks(np.arange(4) + 0.18, names)
    ax.invert_yaxis()
    ax.set(xlim=(0, 1), xlabel=me.text("share of sets that contain the truth", "참값을 포함한 집합의 비율"))
    ax.legend(loc="upper left", bbox_to_anchor=(1, 1))


lab.show(show_promises)

# %% [markdown] lang="en"
# ### Task 7: `promise` (2 points)
#
# `promise`: what do sets calibrated for everybody with coverage 90 % promise? `"a"`, `"b"`, `"c"` or `"d"`:
# - **a** Each single patient's set contains the truth with probability at least 90 %.
# - **b** At least 90 % of the ill patients' sets contain *ill*, and at least 90 % of the well patients'
#   *well*.
# - **c** In any hospital that uses the same model, at least 90 % of the sets contain the truth.
# - **d** On average over new patients like the calibration patients, at least 90 % contain the truth.
#
# `patients_needed`: the smallest number of calibration patients with which a finite cutoff exists at a
# coverage of **95 %**.

# %% [markdown] lang="ko"
# ### 과제 7: `promise` (2점)
#
# `promise`: 모두에 대해 포함률 90 %로 보정한 집합은 무엇을 약속합니까? `"a"`, `"b"`, `"c"`, `"d"` 가운데
# 하나를 고르십시오.
# - **a** 환자 한 명 한 명의 집합이 90 % 이상의 확률로 참값을 포함합니다.
# - **b** 질환이 있는 환자의 집합 가운데 90 % 이상이 *질환 있음*을, 질환이 없는 환자의 집합 가운데 90 % 이상이
#   *질환 없음*을 포함합니다.
# - **c** 같은 모형을 쓰는 모든 병원에서 집합의 90 % 이상이 참값을 포함합니다.
# - **d** 보정용 환자와 같은 종류의 새 환자들에 대해 평균적으로 90 % 이상이 참값을 포함합니다.
#
# `patients_needed`: **95 %의 포함률**에서 유한한 경계가 존재하려면 보정용 환자가 적어도 몇 명 필요합니까?

# %% task="promise"
### BEGIN SOLUTION
promise = "d"
patients_needed = 19
### END SOLUTION

# %% check="promise" points=2
expect(promise, "one of the four letters", "네 글자 가운데 하나").one_of(["a", "b", "c", "d"])
expect(patients_needed, "a number of patients", "환자 수").between(1, 1000)
expect(
    int(np.ceil(round((patients_needed + 1) * 0.95, 9))) - patients_needed,
    "rank of the cutoff at 95 % minus your number of patients",
    "95 %에서 경계의 순위에서 환자 수를 뺀 값",
).between(
    None,
    0,
    hints=[
        hint(
            "cutoff-not-reached",
            lambda got: got > 0,
            en="With so few patients the cutoff is infinite: at 95 %, is the ⌈(n + 1) · coverage⌉-th "
            "smallest among n values?",
            ko="환자가 그만큼이면 경계가 무한대입니다. 95 %에서 ⌈(n + 1) · coverage⌉번째로 작은 값이 n개 "
            "가운데 있습니까?",
        ),
    ],
)
### BEGIN HIDDEN TESTS
expect(promise, "what the sets promise", "집합이 약속하는 것").equals(
    "d",
    hints=[
        hint(
            "coverage-for-each-patient",
            "a",
            en="Patients who are hard to judge are covered less often, the easy ones more: the promise is an "
            "average.",
            ko="판단하기 어려운 환자는 덜 포함되고 쉬운 환자는 더 포함됩니다. 약속은 평균에 대한 것입니다.",
        ),
        hint(
            "coverage-by-class-assumed",
            "b",
            en="Look at the bars of the ill and the well: that needs a calibration within each class.",
            ko="질환이 있는 환자와 없는 환자의 막대를 보십시오. 그러려면 클래스마다 보정해야 합니다.",
        ),
        hint(
            "coverage-under-shift",
            "c",
            en="Look at Long Beach. The promise needs patients who could have been swapped with the "
            "calibration patients.",
            ko="롱비치를 보십시오. 이 약속은 보정용 환자와 서로 바꾸어도 되는 환자에게만 성립합니다.",
        ),
    ],
)
expect(patients_needed, "calibration patients needed at 95 %", "95 %에 필요한 보정용 환자 수").equals(
    19,
    hints=[
        hint(
            "new-patient-forgotten",
            20,
            en="Nearly: with 19 patients and the new one there are twenty, and the nineteenth is there.",
            ko="거의 맞았습니다. 19명과 새 환자를 합하면 스무 명이고, 열아홉 번째 값은 있습니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Essay (3 points, read by your instructor)
#
# The hospital in Long Beach wants the Cleveland model in its clinic next month and asks for "the version
# with 90 % guaranteed". Answer in six to ten sentences: what may be promised there and what not, judged by
# your figures; what you would measure and mend first, **with how many of their patients**, and on whom you
# would check it; and what the doctor should see and do when a set contains both answers, or none.

# %% [markdown] lang="ko"
# ### 서술 (3점, 강사가 직접 채점합니다)
#
# 롱비치의 병원이 다음 달부터 클리블랜드 모형을 외래에서 쓰고 싶다며 "90 %가 보장되는 판"을 요청합니다.
# 여섯에서 열 문장으로 답하십시오. 여러분의 그림에 비추어 그곳에서 약속할 수 있는 것과 없는 것은 무엇입니까?
# 먼저 무엇을 측정하고 바로잡겠으며 **그 병원 환자 몇 명으로**, 누구에게서 확인하겠습니까? 집합에 두 답이
# 모두 들어 있거나 하나도 없을 때 의사는 무엇을 보고 어떻게 해야 합니까?

# %% [markdown] essay="guarantee" points=3
# **1 point: the promise.** The 90 % hold on average for patients exchangeable with those of the calibration:
# here Budapest. Long Beach has other patients (older, mostly men, three quarters ill, other gaps in the
# data); the figure shows lower coverage, so nothing may be promised there yet; nothing ever for single
# patients or subgroups; class-conditional sets promise per class, again for exchangeable patients only.
#
# **1 point: measure and mend.** Calibration (curve, slope, in the large, ECE with its interval) on
# consecutive patients of Long Beach; recalibrate with Platt (a hundred or two patients; isotonic needs about
# a thousand), calibrate the sets on further patients of theirs (19 at least for 95 %, in practice 100 or
# more *per class*), and check on patients used for neither. Repeat after some months.
#
# **1 point: at the bedside.** Both answers: the model cannot decide, so go on as without it (angiography,
# another test), do not read the larger risk as an answer. None: the patient is unlike those seen; look for
# missing or mistaken inputs, do not use the model. The share of such sets is watched; somebody is named who
# acts on a drift.
#
# **1점: 약속.** 90 %는 보정에 쓴 환자, 여기서는 부다페스트의 환자와 교환 가능한 환자에 대해 평균적으로
# 성립합니다. 롱비치의 환자는 다르며(나이가 더 많고 대부분 남성이며 4분의 3에 질환이 있고 결측도 다름)
# 그림에서도 포함률이 낮으므로 아직 아무것도 약속할 수 없습니다. 개별 환자나 하위 집단에 대해서는 애초에
# 약속이 없습니다. 클래스별 집합은 클래스마다 약속하지만 역시 교환 가능한 환자에게만 해당합니다.
#
# **1점: 측정하고 바로잡기.** 롱비치의 연속 환자에서 보정(곡선, 기울기, 평균 보정 절편, 신뢰구간을 갖춘
# ECE)을 측정합니다. 플랫 방법으로 바로잡고(100–200명, 단조 회귀는 1,000명 정도), 그 병원의 다른 환자로
# 집합을 보정하며(95 %라면 적어도 19명, 실제로는 *클래스마다* 100명 이상), 둘 다에 쓰지 않은 환자로
# 확인합니다. 몇 달 뒤 되풀이합니다.
#
# **1점: 진료실에서.** 두 답이 모두 있으면 모형은 판단하지 못한 것이므로 모형이 없을 때처럼
# 진료합니다(조영술, 다른 검사). 더 큰 위험도를 답으로 읽지 않습니다. 하나도 없으면 지금까지 본 적 없는
# 환자이므로 빠졌거나 잘못된 입력을 찾아보고 모형을 쓰지 않습니다. 이런 집합의 비율을 지켜보고, 변화가 있을
# 때 조치할 사람을 정해 둡니다.

# %% [markdown] lang="en"
# ## What to read next
#
# - Van Calster B et al. (2019) *Calibration: the Achilles heel of predictive analytics.* BMC Med 17:230.
# - Collins GS, Altman DG (2012) *Predicting the 10 year risk of cardiovascular disease in the United
#   Kingdom.* BMJ 344:e4181.
# - Guo C et al. (2017) *On calibration of modern neural networks.* ICML.
# - Angelopoulos AN, Bates S (2023) *Conformal prediction: a gentle introduction.* Found Trends Mach Learn
#   16:494.
# - In the library: `learning.reliability`, `learning.calibration_line`, `learning.calibrate`,
#   `learning.conformal`, `learning.set_coverage`.

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - Van Calster B et al. (2019) *Calibration: the Achilles heel of predictive analytics.* BMC Med 17:230.
# - Collins GS, Altman DG (2012) *Predicting the 10 year risk of cardiovascular disease in the United
#   Kingdom.* BMJ 344:e4181.
# - Guo C et al. (2017) *On calibration of modern neural networks.* ICML.
# - Angelopoulos AN, Bates S (2023) *Conformal prediction: a gentle introduction.* Found Trends Mach Learn
#   16:494.
# - 라이브러리에서는 `learning.reliability`, `learning.calibration_line`, `learning.calibrate`,
#   `learning.conformal`, `learning.set_coverage`를 살펴보십시오.
