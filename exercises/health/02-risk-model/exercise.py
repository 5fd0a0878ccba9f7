# health-02-risk-model: pipeline, patient-level folds, AUROC with an interval, other hospitals.
#
# Every expected value is worked out from the data at hand, so the exercise also runs on simulated data.
# fit_and_predict is checked by properties that any correct pipeline has (its mean prediction on the training
# patients, what a missing value does, what another patient in the room does), not against a reference model.

# %% [markdown] lang="en"
# # A risk model without leaks
#
# **Why this matters.** A hospital in Michigan bought a sepsis alarm that its vendor reported with an AUROC
# of 0.76 to 0.83. Tested on the hospital's own 38,455 stays, it reached 0.63 and missed two thirds of the
# patients with sepsis (Wong et al. 2021). A survey of machine-learning papers found *leakage*, information
# in the training that the model will not have on the ward, in 294 papers of 17 fields (Kapoor and Narayanan
# 2023). A leak does not crash. It makes the number on your slide better than the model is, and the
# difference is paid for at the bedside, or in the audit room when a regulator asks how your company got the
# number.
#
# You will build one risk model twice. First on real patients of four hospitals, where you write the
# pipeline and the AUROC. Then in **your own** simulated clinic, in which patients come back several times
# and two columns know the future. At the end you hold a number with an interval that you can defend, and
# you look at what happens to it in another country.
#
# | Part | You write | Points |
# |---|---|---|
# | 1. Four hospitals | `fit_and_predict`, `auroc` | 5 |
# | 2. Your clinic | `usable_columns`, `patient_folds`, `choose_c` | 4 |
# | 3. How sure are we? | `patient_interval` | 2 |
# | 4. Other hospitals | two readings, one short essay | 5 |

# %% [markdown] lang="ko"
# # 정보 누출 없는 위험도 예측 모형
#
# **왜 중요합니까?** 미국 미시간의 한 병원은 공급사가 AUROC 0.76–0.83으로 보고한 패혈증 경보 시스템을
# 도입했습니다. 그러나 그 병원의 입원 38,455건으로 검증해 보니 AUROC는 0.63이었고, 패혈증 환자 세 명 중 두
# 명을 놓쳤습니다(Wong et al. 2021). 기계학습 논문을 조사한 연구에서는 17개 분야의 논문 294편에서 *정보
# 누출*, 즉 병동에서는 쓸 수 없는 정보가 학습에 섞여 들어간 사례를 찾았습니다(Kapoor and Narayanan 2023).
# 정보 누출이 있어도 프로그램은 멈추지 않습니다. 다만 발표 자료의 숫자가 모형의 실제 실력보다 좋아지고, 그
# 차이는 환자의 병상에서, 또는 규제 기관이 그 숫자의 근거를 묻는 심사 자리에서 대가를 치르게 됩니다.
#
# 위험도 예측 모형을 두 번 만듭니다. 먼저 네 병원의 실제 환자 자료로 파이프라인과 AUROC를 직접 작성합니다.
# 다음으로 **여러분만의** 모의 외래 자료를 다룹니다. 이 자료에서는 같은 환자가 여러 번 방문하며, 두 개의
# 열은 미래를 알고 있습니다. 마지막에는 근거를 댈 수 있는 신뢰구간과 함께 숫자를 제시하고, 다른 나라의
# 병원에서 그 숫자가 어떻게 달라지는지 살펴봅니다.
#
# | 단계 | 작성할 내용 | 점수 |
# |---|---|---|
# | 1. 네 병원 | `fit_and_predict`, `auroc` | 5 |
# | 2. 나의 외래 | `usable_columns`, `patient_folds`, `choose_c` | 4 |
# | 3. 얼마나 확실합니까? | `patient_interval` | 2 |
# | 4. 다른 병원 | 해석 두 가지, 짧은 서술 한 편 | 5 |

# %% setup
from biolabkit.check import expect, hint, lab

me = lab.start("health-02-risk-model")

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from biolabkit import datasets, learning
from biolabkit.plot import PALETTE, style
from biolabkit.simulate.cohorts import cohort, heart_disease_sites

# Part 1: four hospitals. Codes become words; the ten columns are those that all four hospitals recorded.
NUMBERS = ["age", "trestbps", "chol", "thalach", "oldpeak"]
WORDS = ["sex", "cp", "fbs", "restecg", "exang"]
CODES = {
    "sex": {0: "female", 1: "male"},
    "cp": {1: "typical angina", 2: "atypical angina", 3: "non-anginal pain", 4: "no pain"},
    "fbs": {0: "no", 1: "yes"},
    "restecg": {0: "normal", 1: "ST-T abnormality", 2: "hypertrophy"},
    "exang": {0: "no", 1: "yes"},
}
heart = datasets.load("uci-heart-disease-4-sites", fallback=heart_disease_sites)
simulated = heart.attrs["simulated"]
heart = heart[["site", *NUMBERS, *WORDS, "num"]].astype(
    {"site": str, **dict.fromkeys([*NUMBERS, *WORDS, "num"], float)}
)
heart = heart.assign(**{column: heart[column].map(words) for column, words in CODES.items()})
by_site = {site: rows.drop(columns="site").reset_index(drop=True) for site, rows in heart.groupby("site")}
cleveland = by_site["cleveland"]

# Part 2: your own clinic, drawn from your seed.
clinic = cohort(200, me.seed, visits=(2, 6), prevalence=0.3, markers=60, frailty=2.5)
visits, dictionary = clinic.visits, clinic.dictionary
PROTEINS = [column for column in visits if column.startswith("marker_")]

# %% [markdown] lang="en"
# ## 1. Four hospitals
#
# Between 1981 and 1987, patients who came for coronary angiography at the Cleveland Clinic, in Budapest, in
# Zurich and Basel, and at the Veterans Affairs hospital in Long Beach were recorded in the same form
# (Detrano et al. 1989). In the data they are called `cleveland`, `hungarian`, `switzerland` and `va`. We want
# to know *before* the catheter who has a narrowed coronary artery.
#
# | column | meaning |
# |---|---|
# | `age`, `sex` | years; female or male |
# | `cp` | type of chest pain |
# | `trestbps`, `chol`, `fbs` | blood pressure (mmHg), cholesterol (mg/dL), fasting glucose > 120 mg/dL |
# | `restecg` | resting ECG |
# | `thalach`, `exang`, `oldpeak` | exercise test: highest heart rate (1/min), angina, ST depression (mm) |
# | `num` | result of the angiography: 0 = no narrowing above 50 %, 1 to 4 = disease, by extent |
#
# **Disease is `num > 0`.** Budapest recorded only 0 and 1, so a stricter cut could not even be computed
# there. Look at the figure before you model anything. Which hospital will be hardest for a model that grew
# up in Cleveland?

# %% [markdown] lang="ko"
# ## 1. 네 병원
#
# 1981년부터 1987년까지 클리블랜드 클리닉, 부다페스트, 취리히와 바젤, 롱비치 보훈병원에서 관상동맥
# 조영술을 받으러 온 환자를 같은 서식으로 기록했습니다(Detrano et al. 1989). 자료에서는 이 네 곳을 차례로
# `cleveland`, `hungarian`, `switzerland`, `va`라고 부릅니다. 우리는 카테터를 넣기 *전에* 관상동맥이 좁아진
# 환자를 알고 싶습니다.
#
# | 열 | 의미 |
# |---|---|
# | `age`, `sex` | 나이(세), 성별 |
# | `cp` | 흉통의 종류 |
# | `trestbps`, `chol`, `fbs` | 안정 시 수축기 혈압(mmHg), 콜레스테롤(mg/dL), 공복 혈당 > 120 mg/dL 여부 |
# | `restecg` | 안정 시 심전도 |
# | `thalach`, `exang`, `oldpeak` | 운동부하검사: 최고 심박수(분당), 협심증 유발, ST 하강(mm) |
# | `num` | 조영술 결과: 0 = 50 %를 넘는 협착 없음, 1–4 = 질환 있음(범위에 따라) |
#
# **질환은 `num > 0`으로 정의합니다.** 부다페스트는 0과 1만 기록했으므로 더 엄격한 기준은 그곳에서 계산조차
# 할 수 없습니다. 모형을 만들기 전에 그림부터 살펴보십시오. 클리블랜드에서 학습한 모형에게 어느 병원이 가장
# 어렵겠습니까?


# %%
def show_hospitals():
    with style():
        figure, (left, right) = plt.subplots(1, 2, figsize=(10, 3.2), width_ratios=[1, 1.8])
    if simulated:
        figure.suptitle(
            me.text("simulated stand-in: no real patients", "모의 자료입니다. 실제 환자가 아닙니다.")
        )
    for y, rows in enumerate(by_site.values()):
        share, low, high = learning.wilson_interval(int((rows["num"] > 0).sum()), len(rows))
        left.barh(y, share, color=PALETTE[0], alpha=0.75)
        left.hlines(y, low, high, color="black", lw=1.2)
        left.text(0.02, y, f"n = {len(rows)}", va="center", color="white", fontsize=9)
    left.set_yticks(range(len(by_site)), by_site)
    left.set(xlim=(0, 1), xlabel=me.text("share with disease (num > 0)", "질환이 있는 비율 (num > 0)"))
    left.invert_yaxis()
    missing = pd.DataFrame({site: rows[NUMBERS + WORDS].isna().mean() for site, rows in by_site.items()}).T
    right.grid(visible=False)
    right.imshow(missing, cmap="Blues", vmin=0, vmax=1, aspect="auto")
    for (row, column), value in np.ndenumerate(missing.to_numpy()):
        if value > 0:
            color = "white" if value > 0.5 else "black"
            share = f"{100 * value:.0f}" if value >= 0.005 else "<1"
            right.text(column, row, share, ha="center", va="center", fontsize=9, color=color)
    right.set_xticks(range(missing.shape[1]), missing.columns, rotation=45, ha="right")
    right.set_yticks([])
    right.set_title(me.text("missing values, %", "결측값 비율(%)"), fontsize=10)
    figure.tight_layout()


lab.show(show_hospitals)

# %% [markdown] lang="en"
# ### Task 1: `fit_and_predict` (3 points)
#
# Write one function that learns from `train` and returns the risk of every row of `test`:
#
# 1. columns in `numbers`: fill missing values with the **median**, then scale to mean 0 and standard
#    deviation 1;
# 2. columns in `words`: fill missing values with the **most frequent** word, then one column of 0 and 1 per
#    word; a word that training never saw gets only zeros;
# 3. logistic regression with `C=c` (and `max_iter=1000`);
# 4. return the **probability** of disease, one number per row of `test`, in its order. `test` may come
#    without a label.
#
# Every median, mean, most frequent word and coefficient comes from `train` alone. A scikit-learn `Pipeline`
# does that for you if everything is inside it. Think of the clinic: the risk of a patient must not change
# because of who else is in the waiting room.

# %% [markdown] lang="ko"
# ### 과제 1: `fit_and_predict` (3점)
#
# `train`에서 학습하고 `test`의 모든 행에 대해 위험도를 반환하는 함수를 작성하십시오.
#
# 1. `numbers`의 열: 결측값을 **중앙값**으로 채운 다음, 평균 0, 표준편차 1로 표준화합니다.
# 2. `words`의 열: 결측값을 **최빈값**으로 채운 다음, 단어마다 0과 1의 열을 하나씩 만듭니다. 학습에 없던
#    단어는 모두 0이 됩니다.
# 3. `C=c`(그리고 `max_iter=1000`)인 로지스틱 회귀를 적합합니다.
# 4. 질환의 **확률**을 `test`의 행마다 하나씩, 행 순서대로 반환합니다. `test`에는 레이블이 없을 수도
#    있습니다.
#
# 중앙값, 평균, 최빈값, 회귀계수는 모두 `train`에서만 계산해야 합니다. 모든 단계를 scikit-learn `Pipeline`
# 안에 넣으면 저절로 그렇게 됩니다. 외래를 떠올려 보십시오. 대기실에 누가 함께 앉아 있느냐에 따라 한 환자의
# 위험도가 달라져서는 안 됩니다.


# %% task="fit_and_predict"
def fit_and_predict(train, test, label, numbers, words, c=1.0):
    """Learn from train, return the risk of each row of test.

    train, test: DataFrames; label: column of train, a case is a value above 0;
    numbers, words: lists of columns; c: inverse strength of the penalty.
    Returns an array of probabilities, one per row of test.
    """
    ### BEGIN SOLUTION
    prepare = ColumnTransformer(
        [
            ("numbers", make_pipeline(SimpleImputer(strategy="median"), StandardScaler()), numbers),
            (
                "words",
                make_pipeline(
                    SimpleImputer(strategy="most_frequent"), OneHotEncoder(handle_unknown="ignore")
                ),
                words,
            ),
        ]
    )
    model = make_pipeline(prepare, LogisticRegression(C=c, max_iter=1000))
    model.fit(train[numbers + words], train[label] > 0)
    return model.predict_proba(test[numbers + words])[:, 1]
    ### END SOLUTION


# %% check="fit_and_predict.recipe" points=2
risk = fit_and_predict(cleveland, cleveland, "num", NUMBERS, WORDS)
expect(np.shape(risk), "shape of the result", "결과의 모양").equals(
    (len(cleveland),),
    hints=[
        hint(
            "both-columns",
            lambda got: len(got) == 2,
            en="predict_proba gives two columns: the probability of no disease, then of disease. Return one.",
            ko="predict_proba는 질환이 없을 확률과 있을 확률, 두 열을 줍니다. 하나만 반환하십시오.",
        ),
    ],
)
expect(risk, "risks are probabilities", "위험도는 확률").between(0, 1)
expect(
    len(np.unique(risk)), "number of different risks in Cleveland", "클리블랜드의 서로 다른 위험도 개수"
).between(
    100,
    None,
    hints=[
        hint(
            "hard-labels",
            lambda got: got <= 2,
            en="You return the class, yes or no. A risk is a probability: predict decides, predict_proba "
            "tells.",
            ko="예·아니요의 분류 결과를 반환했습니다. 위험도는 확률입니다. predict는 판정을, "
            "predict_proba는 확률을 줍니다.",
        ),
    ],
)
# A fitted logistic regression is right on average about the patients it was fitted on.
expect(
    np.mean(risk), "mean risk of the patients the model was fitted on", "모형을 적합한 환자들의 평균 위험도"
).close_to(
    (cleveland["num"] > 0).mean(),
    abs=0.01,
    hints=[
        hint(
            "label-threshold",
            (cleveland["num"] > 1).mean(),
            en="You learned to predict num > 1. A patient with num 1 has a narrowed artery: disease is "
            "num > 0.",
            ko="num > 1을 예측하도록 학습했습니다. num이 1인 환자도 동맥이 좁아져 있습니다. 질환은 num > "
            "0입니다.",
        ),
        hint(
            "wrong-column",
            (cleveland["num"] == 0).mean(),
            en="This is the probability of being well. Look at model.classes_: which column belongs to "
            "disease?",
            ko="이것은 질환이 없을 확률입니다. model.classes_를 보십시오. 어느 열이 질환에 해당합니까?",
        ),
        hint(
            "classes-weighted",
            lambda got: (cleveland["num"] > 0).mean() + 0.01 < got < 0.55,
            en="On average the risks lie closer to one half than to the share who are ill. Weights of the "
            "classes (class_weight) do that: what comes out ranks patients, but is no risk any more.",
            ko="평균 위험도가 실제 질환 비율보다 2분의 1에 가깝습니다. 클래스 가중치(class_weight)를 쓰면 "
            "이렇게 됩니다. 환자의 순위는 매길 수 있지만 더는 위험도가 아닙니다.",
        ),
    ],
)
# The same patient four times: cholesterol missing, at the median, at the mean, at zero.
four = pd.concat([cleveland.head(1)] * 4, ignore_index=True).drop(columns="num")
four["chol"] = [np.nan, cleveland["chol"].median(), cleveland["chol"].mean(), 0.0]
risk = fit_and_predict(cleveland, four, "num", NUMBERS, WORDS)
rows_dropped = hint(
    "rows-dropped",
    lambda got: got < 4,
    en="A patient with a missing value disappeared. On the ward every patient needs a risk: fill, don't "
    "drop.",
    ko="결측값이 있는 환자가 사라졌습니다. 병동에서는 모든 환자에게 위험도가 필요합니다. 버리지 말고 "
    "채우십시오.",
)
expect(
    len(risk), "risks for four patients, one with a gap", "결측이 있는 환자를 포함한 네 환자의 위험도 개수"
).equals(4, hints=[rows_dropped])
missing_as_zero = hint(
    "missing-as-zero",
    risk[3],
    en="A missing cholesterol was taken as 0 mg/dL, which no living patient has. Fill with the training "
    "median.",
    ko="결측 콜레스테롤을 0 mg/dL로 다루었습니다. 살아 있는 환자에게는 없는 값입니다. 학습 자료의 "
    "중앙값으로 채우십시오.",
)
mean_imputed = hint(
    "mean-imputed",
    risk[2],
    en="Filled with the mean. One extreme cholesterol pulls the mean, not the median: use the median.",
    ko="평균으로 채웠습니다. 극단값 하나가 평균은 끌어당기지만 중앙값은 그대로입니다. 중앙값을 쓰십시오.",
)
expect(risk[0], "risk when cholesterol is missing", "콜레스테롤이 결측일 때의 위험도").close_to(
    risk[1], abs=1e-6, hints=[missing_as_zero, mean_imputed]
)
### BEGIN HIDDEN TESTS
budapest = by_site["hungarian"]
# Units are a habit of the laboratory: g/L or µg/L of cholesterol must not change a risk.
coarse = budapest.assign(chol=budapest["chol"] / 1000)
fine = budapest.assign(chol=budapest["chol"] * 1000)
not_scaled = hint(
    "not-scaled",
    lambda got: got is not None,
    en="The risk depends on the unit of a column. The penalty only treats columns alike after scaling.",
    ko="열의 단위에 따라 위험도가 달라집니다. 표준화를 해야 규제가 모든 열에 같은 기준으로 적용됩니다.",
)
expect(
    fit_and_predict(coarse, coarse, "num", NUMBERS, WORDS, 0.01),
    "risks with cholesterol in another unit",
    "콜레스테롤의 단위를 바꾸었을 때의 위험도",
).close_to(fit_and_predict(fine, fine, "num", NUMBERS, WORDS, 0.01), abs=2e-3, hints=[not_scaled])
# Words count: chest pain and angina in exercise are the strongest predictors there are.
two = pd.concat([budapest.head(1)] * 2, ignore_index=True).drop(columns="num")
two["exang"] = ["no", "yes"]
words_unused = hint(
    "words-unused",
    lambda got: got < 1e-6,
    en="Angina in the exercise test changes nothing: the columns in words never reach the model.",
    ko="운동 중 협심증이 있어도 위험도가 그대로입니다. words의 열이 모형에 들어가지 않았습니다.",
)
gap = abs(np.diff(fit_and_predict(budapest, two, "num", NUMBERS, WORDS))[0])
expect(gap, "difference that angina in exercise makes", "운동 중 협심증 유무에 따른 위험도의 차이").between(
    0.001, 1, hints=[words_unused]
)
# A strong penalty tells how large a column was made: heart rate scaled to [0, 1] would hardly be used.
one = by_site["hungarian"].dropna(subset=["thalach", "sex"])
risk = fit_and_predict(one, one, "num", ["thalach"], ["sex"], 0.01)
design = np.column_stack(
    [
        (one["thalach"] - one["thalach"].mean()) / one["thalach"].std(ddof=0),
        one["sex"] == "female",
        one["sex"] == "male",
    ]
)
wanted = LogisticRegression(C=0.01).fit(design, one["num"] > 0).predict_proba(design)[:, 1]
other_scale = hint(
    "scaled-otherwise",
    lambda got: got < 0.9 or got > 1.1,
    en="Scaled, but not to mean 0 and standard deviation 1: after scaling to [0, 1] the penalty holds a "
    "column down that has one extreme value.",
    ko="척도를 바꾸기는 했지만 평균 0, 표준편차 1이 아닙니다. [0, 1]로 바꾸면 극단값 하나가 있는 열을 규제가 "
    "눌러 버립니다.",
)
expect(
    np.ptp(risk) / np.ptp(wanted),
    "spread of the risks under a strong penalty, relative to standardised columns",
    "강한 규제에서 위험도의 범위(표준화한 열 대비)",
).between(0.9, 1.1, hints=[other_scale])
# Words have no order: other names for the types of pain must not change a risk. The first renaming leaves the
# first word of the alphabet where it is, the second does not.
as_numbers = hint(
    "words-as-numbers",
    lambda got: got is not None,
    en="The risk depends on how the words are spelt. Numbering them invents an order: one column per word.",
    ko="단어의 철자에 따라 위험도가 달라집니다. 번호를 매기면 없던 순서가 생깁니다. 단어마다 열을 하나씩 "
    "만드십시오.",
)
word_dropped = hint(
    "word-dropped",
    lambda got: got is not None,
    en="One word got no column of its own (drop='first'). Under a penalty the risk then depends on which "
    "word that was, and a word never seen looks like it: one column per word.",
    ko="열이 만들어지지 않은 단어가 하나 있습니다(drop='first'). 규제가 있으면 어느 단어를 뺐는지에 따라 "
    "위험도가 달라지고, 학습에 없던 단어도 그 단어처럼 보입니다. 단어마다 열을 하나씩 만드십시오.",
)
plain = fit_and_predict(budapest, budapest, "num", NUMBERS, WORDS)
swapped = {"no pain": "typical angina", "typical angina": "no pain"}
for names, wrong_columns in (
    ({word: swapped.get(word, word) for word in CODES["cp"].values()}, as_numbers),
    ({word: word[::-1] for word in CODES["cp"].values()}, word_dropped),
):
    renamed = budapest.assign(cp=budapest["cp"].map(names))
    expect(
        fit_and_predict(renamed, renamed, "num", NUMBERS, WORDS),
        "risks with the types of pain renamed",
        "흉통의 이름을 바꾸었을 때의 위험도",
    ).close_to(plain, abs=2e-3, hints=[wrong_columns])
# Missing words and words never seen.
most_frequent = budapest["exang"].mode()[0]
three = pd.concat([budapest.head(1)] * 3, ignore_index=True).drop(columns="num")
three["exang"] = [np.nan, most_frequent, "unknown"]
risk = fit_and_predict(budapest, three, "num", NUMBERS, WORDS)
expect(len(risk), "risks for three patients", "세 환자의 위험도 개수").equals(3, hints=[rows_dropped])
gap_as_word = hint(
    "missing-word-as-category",
    risk[2],
    en="A missing word became a word of its own, or none. Fill it with the most frequent word of train.",
    ko="결측인 단어를 별도의 단어로 다루거나 비워 두었습니다. train의 최빈값으로 채우십시오.",
)
expect(risk[0], "risk when a word is missing", "단어가 결측일 때의 위험도").close_to(
    risk[1], abs=1e-6, hints=[gap_as_word]
)
# All of the other hospital, where some columns are missing altogether.
zurich = by_site["switzerland"].drop(columns="num")
risk = fit_and_predict(cleveland, zurich, "num", NUMBERS, WORDS)
expect(np.shape(risk), "shape of the result in another hospital", "다른 병원에서 결과의 모양").equals(
    (len(zurich),)
)
expect(risk, "risks in another hospital", "다른 병원의 위험도").between(0, 1)
# The penalty is used: with a very strong one all patients look alike.
spread = np.ptp(fit_and_predict(cleveland, cleveland, "num", NUMBERS, WORDS, 1e-6))
c_ignored = hint(
    "penalty-ignored",
    lambda got: got > 0.05,
    en="With a tiny C all patients should look alike. Does c reach LogisticRegression?",
    ko="C가 아주 작으면 모든 환자의 위험도가 비슷해야 합니다. c를 LogisticRegression에 전달했습니까?",
)
expect(spread, "spread of the risks when C is tiny", "C가 아주 작을 때 위험도의 범위").between(
    0, 0.05, hints=[c_ignored]
)
### END HIDDEN TESTS

# %% check="fit_and_predict.alone" points=1
peeked = hint(
    "prepared-on-test",
    lambda got: got is not None,
    en="A patient's risk changed with the other patients of the test. Medians, means or words were learned "
    "from test rows: fit every step on train only.",
    ko="함께 평가한 다른 환자에 따라 한 환자의 위험도가 달라졌습니다. 중앙값, 평균, 단어를 test에서도 "
    "배웠다는 뜻입니다. 모든 단계를 train에만 적합하십시오.",
)
# A solver that draws at random may differ in the fifth digit; what test rows change is far larger.
together = fit_and_predict(by_site["hungarian"], cleveland, "num", NUMBERS, WORDS)
expect(np.shape(together), "shape of the risks from Budapest", "부다페스트에서 배운 위험도의 모양").equals(
    (len(cleveland),)
)
expect(np.ptp(together), "largest minus smallest risk", "가장 큰 위험도와 가장 작은 위험도의 차이").between(
    0.1, 1
)
alone = fit_and_predict(by_site["hungarian"], cleveland.head(3), "num", NUMBERS, WORDS)
expect(
    alone, "risks of three patients, predicted without the others", "다른 환자 없이 예측한 세 환자의 위험도"
).close_to(together[:3], abs=5e-5, hints=[peeked])
### BEGIN HIDDEN TESTS
half = visits["patient_id"] <= "P0100"
own, other = visits[half], visits[~half].drop(columns="admitted_180d")
measured = ["age", "sbp_mmhg", "creatinine_mg_per_dl", "nt_probnp_pg_per_ml", "nyha_class"]
other = other.dropna(subset=measured)
together = fit_and_predict(own, other, "admitted_180d", measured, ["sex"])
expect(np.shape(together), "shape of the risks of visits", "방문의 위험도의 모양").equals((len(other),))
alone = fit_and_predict(own, other.tail(1), "admitted_180d", measured, ["sex"])
expect(alone, "risk of a single visit", "한 건의 방문에 대한 위험도").close_to(
    together[-1:], abs=5e-5, hints=[peeked]
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Task 2: `auroc` (2 points)
#
# Take a random patient with disease and a random patient without. The **AUROC** is the probability that the
# first has the higher score:
#
# $$\mathrm{AUROC} = \frac{1}{n_1 n_0} \sum_{i:\,y_i=1} \; \sum_{j:\,y_j=0}
# \Big( [s_i > s_j] + \tfrac{1}{2}[s_i = s_j] \Big)$$
#
# A tie counts one half. No threshold is needed, and only the order of the scores matters. Write it from the
# formula, without `roc_auc_score` (NumPy compares all pairs at once: `cases[:, None] > controls`). After
# this task you use the library's version.

# %% [markdown] lang="ko"
# ### 과제 2: `auroc` (2점)
#
# 질환이 있는 환자와 없는 환자를 무작위로 한 명씩 고릅니다. **AUROC**는 질환이 있는 환자의 점수가 더 높을
# 확률입니다.
#
# $$\mathrm{AUROC} = \frac{1}{n_1 n_0} \sum_{i:\,y_i=1} \; \sum_{j:\,y_j=0}
# \Big( [s_i > s_j] + \tfrac{1}{2}[s_i = s_j] \Big)$$
#
# 동점은 2분의 1로 셉니다. 기준값(threshold)은 필요하지 않으며 점수의 순서만 중요합니다. `roc_auc_score`를
# 쓰지 말고 식에서 바로 작성하십시오(NumPy는 `cases[:, None] > controls`로 모든 쌍을 한 번에 비교합니다). 이
# 과제를 마치면 라이브러리의 함수를 사용합니다.


# %% task="auroc"
def auroc(y, score):
    """Probability that a random case scores higher than a random control, ties counted half.

    y: labels 0 and 1; score: numbers of the same length, higher means more likely 1.
    """
    ### BEGIN SOLUTION
    y, score = np.asarray(y), np.asarray(score)
    cases, controls = score[y == 1], score[y == 0]
    wins = cases[:, None] > controls
    ties = cases[:, None] == controls
    return (wins + 0.5 * ties).mean()
    ### END SOLUTION


# %% check="auroc" points=2
y, score = [0, 0, 1, 1, 1], [0.30, 0.45, 0.40, 0.48, 0.90]
expect(auroc(y, score), "AUROC of five patients", "환자 다섯 명의 AUROC").close_to(
    5 / 6,
    hints=[
        hint(
            "hard-predictions",
            4 / 6,
            en="You cut the scores at 0.5 first. That throws the order away: compare the scores themselves.",
            ko="점수를 먼저 0.5에서 잘랐습니다. 그러면 순서가 사라집니다. 점수 자체를 비교하십시오.",
        ),
        hint(
            "accuracy-instead-of-auroc",
            3 / 5,
            en="This is the accuracy at a threshold of 0.5. AUROC asks for the order of pairs, without a "
            "threshold.",
            ko="이것은 기준값 0.5에서의 정확도입니다. AUROC는 기준값 없이 쌍의 순서를 묻습니다.",
        ),
        hint(
            "reversed-pairs",
            1 / 6,
            en="You counted the pairs in which the control scores higher.",
            ko="질환이 없는 환자의 점수가 더 높은 쌍을 세었습니다.",
        ),
    ],
)
ties_not_halved = [
    hint(
        "ties-not-halved",
        wrong,
        en="A tie is neither won nor lost: count it one half. A score that is the same for all has AUROC "
        "0.5.",
        ko="동점은 이긴 것도 진 것도 아니므로 2분의 1로 셉니다. 모두에게 같은 점수를 주면 AUROC는 0.5입니다.",
    )
    for wrong in (1.0, 0.75)
]
expect(auroc([0, 1, 0, 1], [0.5, 0.5, 0.2, 0.7]), "AUROC with a tie", "동점이 있을 때의 AUROC").close_to(
    0.875, hints=ties_not_halved
)
### BEGIN HIDDEN TESTS
expect(
    auroc([1, 0, 1, 0, 0], [3, 3, 3, 3, 3]), "AUROC of a constant score", "점수가 모두 같을 때의 AUROC"
).close_to(0.5)
rng = np.random.default_rng(20)
y = rng.integers(0, 2, 80).tolist()
score = np.round(rng.normal(0, 2, 80) + y, 1).tolist()
expect(auroc(y, score), "AUROC of 80 scores, some negative", "음수가 섞인 점수 80개의 AUROC").close_to(
    roc_auc_score(y, score)
)
expect(auroc(np.array(y), np.exp(score)), "AUROC after exp(score)", "exp(score)의 AUROC").close_to(
    roc_auc_score(y, score)
)
turned_round = hint(
    "turned-round",
    lambda got: abs(got - roc_auc_score(y, score)) < 1e-6,
    en="An AUROC below one half was turned round. It is a finding: the score ranks the ill lowest, and "
    "whoever uses it must learn that.",
    ko="2분의 1보다 작은 AUROC를 뒤집었습니다. 작은 값 자체가 발견입니다. 점수가 질환이 있는 환자를 가장 "
    "낮은 순위에 놓는다는 사실을 쓰는 사람이 알아야 합니다.",
)
expect(auroc(y, [-one for one in score]), "AUROC of a score upside down", "뒤집힌 점수의 AUROC").close_to(
    1 - roc_auc_score(y, score), hints=[turned_round]
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# Your pipeline and your AUROC at work: two thirds of the Cleveland patients train, one third is scored.
# Left, what the model sees; right, the curve with a 95 % band.

# %% [markdown] lang="ko"
# 이제 여러분의 파이프라인과 AUROC를 사용해 봅니다. 클리블랜드 환자의 3분의 2로 학습하고 나머지에 점수를
# 매깁니다. 왼쪽은 점수의 분포, 오른쪽은 95 % 신뢰대를 그린 ROC 곡선입니다.


# %%
def show_cleveland():
    labelled = cleveland.assign(disease=(cleveland["num"] > 0).astype(int))
    train, test = learning.split(labelled, stratify="disease", test_size=1 / 3, seed=2)
    score = np.asarray(fit_and_predict(train, test, "num", NUMBERS, WORDS))
    value = auroc(test["disease"].tolist(), score)
    with style():
        figure, (left, right) = plt.subplots(1, 2, figsize=(9, 3.8))
    bins = np.linspace(0, 1, 16)
    for disease, name in ((0, me.text("no disease", "질환 없음")), (1, me.text("disease", "질환 있음"))):
        left.hist(score[test["disease"] == disease], bins, alpha=0.6, label=name, color=PALETTE[disease])
    left.set(xlabel=me.text("predicted risk", "예측 위험도"), ylabel=me.text("patients", "환자 수"))
    left.legend(frameon=False)
    learning.plot_roc(test["disease"], score, ax=right, resamples=100, color=PALETTE[0])
    right.set(xlabel=me.text("1 − specificity", "1 − 특이도"), ylabel=me.text("sensitivity", "민감도"))
    left.set_title(me.text(f"your AUROC: {value:.3f}", f"작성한 AUROC: {value:.3f}"), fontsize=11)
    figure.tight_layout()


lab.show(show_cleveland)

# %% [markdown] lang="en"
# ## 2. Your clinic
#
# You now run a heart-failure clinic: 200 patients, each with two to six visits. At every visit you want the
# risk of an admission within 180 days (`admitted_180d`). A panel of 60 proteins was measured once, at
# enrolment, so it is the same at every visit of a patient. The patients are simulated from **your** seed;
# nobody else has them, and the truth behind them is known.
#
# `dictionary` tells what each column is and **when its value is known**, in days after the visit.

# %% [markdown] lang="ko"
# ## 2. 나의 외래
#
# 이제 여러분은 심부전 외래를 운영합니다. 환자는 200명이고 각자 두 번에서 여섯 번 방문합니다. 방문할 때마다
# 180일 안에 입원할 위험(`admitted_180d`)을 알고자 합니다. 단백질 60종은 등록할 때 한 번만 측정했으므로 한
# 환자의 모든 방문에서 값이 같습니다. 환자 자료는 **여러분의** 시드로 만든 모의 자료이므로 다른 사람과
# 겹치지 않으며, 그 뒤에 있는 참값을 알고 있습니다.
#
# `dictionary`에는 각 열의 의미와 **그 값을 언제 알 수 있는지**가 방문 후 일수(`known_days`)로 적혀
# 있습니다.

# %%
visits[[column for column in visits if column not in PROTEINS[2:]]].head(8)

# %%
dictionary[~dictionary["column"].isin(PROTEINS[2:])]

# %% [markdown] lang="en"
# ### Task 3: `usable_columns` (1 point)
#
# Return the names of the columns that a model may use **at the visit**, in the order of the dictionary:
# those with role `predictor` whose value is known no later than the visit. Where nobody knows when a value
# is known (`NaN`), leave the column out.

# %% [markdown] lang="ko"
# ### 과제 3: `usable_columns` (1점)
#
# **방문 시점에** 모형이 사용할 수 있는 열의 이름을 사전에 적힌 순서대로 반환하십시오. 역할(`role`)이
# `predictor`이고, 늦어도 방문 시점에는 값을 알 수 있는 열입니다. 언제 알 수 있는지 모르는 열(`NaN`)은
# 제외합니다.


# %% task="usable_columns"
def usable_columns(dictionary):
    """Columns known at the visit.

    dictionary: DataFrame with column, role and known_days (days after the visit; 0 = at the visit).
    Returns a list of column names.
    """
    ### BEGIN SOLUTION
    usable = (dictionary["role"] == "predictor") & (dictionary["known_days"] <= 0)
    return dictionary.loc[usable, "column"].tolist()
    ### END SOLUTION


# %% check="usable_columns" points=1
column_hints = [
    hint(
        "outcome-as-feature",
        lambda got: "admitted_180d" in list(got),
        en="The outcome itself is among the columns: the model would be given the answer.",
        ko="결과 변수 자체가 포함되었습니다. 모형에게 정답을 알려 주는 셈입니다.",
    ),
    hint(
        "post-outcome-feature",
        lambda got: (
            {"iv_diuretic_days", "discharge_weight_kg", "days_in_hospital", "discharge_code"} & set(got)
        ),
        en="A column is filled in only after the visit, because of the admission. On the day of the visit "
        "it does not exist yet: look at known_days.",
        ko="입원한 뒤에야 채워지는 열이 포함되었습니다. 방문 당일에는 아직 없는 값입니다. known_days를 "
        "보십시오.",
    ),
    hint(
        "identifier-as-feature",
        lambda got: {"patient_id", "site", "visit", "day", "ward"} & set(got),
        en="Identifiers and times say who and when, not how ill: a model learns patients by heart from them.",
        ko="식별자와 시점은 누구이고 언제인지를 말할 뿐 얼마나 아픈지를 말하지 않습니다. 모형이 환자를 "
        "외우게 됩니다.",
    ),
    hint(
        "unknown-time-kept",
        lambda got: "outside_report" in list(got),
        en="Nobody knows when this column is known (NaN). What cannot be dated cannot be trusted: leave it "
        "out.",
        ko="언제 알 수 있는지 모르는 열(NaN)이 포함되었습니다. 시점을 모르는 값은 믿을 수 없으므로 "
        "제외하십시오.",
    ),
    hint(
        "history-left-out",
        lambda got: "heart_rate" in list(got) and "smoking" not in list(got),
        en="What was known a year before the visit is known at the visit too: known_days may be negative.",
        ko="방문 1년 전에 알던 것은 방문 시점에도 압니다. known_days는 음수일 수 있습니다.",
    ),
]
measured = ["age", "sex", "bmi", "sbp_mmhg", "creatinine_mg_per_dl", "nt_probnp_pg_per_ml", "nyha_class"]
expect(usable_columns(dictionary), "usable columns of your clinic", "나의 외래에서 쓸 수 있는 열").equals(
    measured + PROTEINS, hints=column_hints
)
### BEGIN HIDDEN TESTS
other = pd.DataFrame(
    [
        ("ward", "identifier", 0.0),
        ("discharge_code", "predictor", 9.0),
        ("heart_rate", "predictor", 0.0),
        ("days_in_hospital", "predictor", 1.0),
        ("smoking", "predictor", -365.0),
        ("outside_report", "predictor", np.nan),
        ("troponin", "predictor", 0.0),
        ("died_30d", "outcome", 30.0),
    ],
    columns=["column", "role", "known_days"],
)
expect(usable_columns(other), "usable columns of another hospital", "다른 병원에서 쓸 수 있는 열").equals(
    ["heart_rate", "smoking", "troponin"], hints=column_hints
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Task 4: `patient_folds` (2 points)
#
# Cross-validation scores every row with a model that has not seen it. But a row is a *visit*, and the same
# patient's next visit looks nearly the same. If one visit trains and the other tests, the model only needs
# to recognise the patient. So **all visits of a patient go into one fold**.
#
# Deal the patients (not the rows) to `k` folds at random: shuffle them with `np.random.default_rng(seed)`,
# then give them numbers 0, 1, …, k − 1, 0, 1, … in turn. Return the fold of every row.

# %% [markdown] lang="ko"
# ### 과제 4: `patient_folds` (2점)
#
# 교차검증에서는 각 행을 그 행을 본 적 없는 모형으로 채점합니다. 그런데 한 행은 한 번의 *방문*이고, 같은
# 환자의 다음 방문은 거의 똑같이 생겼습니다. 한 방문으로 학습하고 다른 방문으로 평가하면 모형은 환자를
# 알아보기만 하면 됩니다. 그러므로 **한 환자의 모든 방문은 같은 폴드에 들어가야 합니다**.
#
# (행이 아니라) 환자를 `k`개의 폴드에 무작위로 나누십시오. `np.random.default_rng(seed)`로 환자를 섞은 다음
# 차례로 0, 1, …, k − 1, 0, 1, … 번호를 붙입니다. 각 행의 폴드 번호를 반환합니다.


# %% task="patient_folds"
def patient_folds(patient, k, seed):
    """Fold number of each row, all rows of a patient in one fold.

    patient: list of patient identifiers, one per row; k: number of folds; seed: int.
    Returns an array of integers 0 to k-1. The numbers of patients per fold differ by one at most.
    """
    ### BEGIN SOLUTION
    shuffled = np.random.default_rng(seed).permutation(np.unique(patient))
    fold_of = {name: position % k for position, name in enumerate(shuffled)}
    return np.array([fold_of[name] for name in patient])
    ### END SOLUTION


# %% check="patient_folds" points=2
patient = visits["patient_id"].tolist()
fold = patient_folds(patient, 5, 1)
expect(np.shape(fold), "one fold number per visit", "방문마다 폴드 번호 하나").equals((len(patient),))
expect(sorted(set(np.asarray(fold).tolist())), "the fold numbers", "폴드 번호").equals([0, 1, 2, 3, 4])
both_sides = hint(
    "patient-on-both-sides",
    lambda got: got > 1,
    en="Visits of one patient stand in several folds: the model trains on one and is tested on the other. "
    "Deal patients, not rows.",
    ko="한 환자의 방문이 여러 폴드에 나뉘어 있습니다. 한 방문으로 학습하고 다른 방문으로 평가하게 "
    "됩니다. 행이 아니라 환자를 나누십시오.",
)
per_patient = pd.Series(np.asarray(fold)).groupby(patient).nunique().max()
expect(per_patient, "most folds that one patient is in", "한 환자가 속한 폴드의 최대 개수").equals(
    1, hints=[both_sides]
)
unequal = hint(
    "folds-unequal",
    lambda got: got > 1,
    en="Some folds have more patients than others: deal the shuffled patients in turn, like cards.",
    ko="폴드마다 환자 수가 다릅니다. 섞은 환자를 카드처럼 차례로 나누어 주십시오.",
)
sizes = pd.Series(patient).groupby(np.asarray(fold)).nunique()
expect(
    sizes.max() - sizes.min(), "largest minus smallest fold, in patients", "폴드별 환자 수의 최대와 최소 차이"
).between(0, 1, hints=[unequal])
expect(patient_folds(patient, 5, 1), "folds of the same seed", "같은 시드의 폴드").equals(np.asarray(fold))
seed_ignored = hint(
    "seed-ignored",
    lambda got: got,
    en="Another seed gives the same folds: shuffle the patients with np.random.default_rng(seed).",
    ko="시드를 바꾸어도 폴드가 같습니다. np.random.default_rng(seed)로 환자를 섞으십시오.",
)
same = bool(np.array_equal(patient_folds(patient, 5, 2), fold))
expect(same, "another seed gives the same folds", "다른 시드에서도 폴드가 같음").equals(
    False, hints=[seed_ignored]
)
### BEGIN HIDDEN TESTS
# numbers as identifiers, not sorted, very different numbers of visits
patient = [
    int(p) for p in np.random.default_rng(5).permutation(np.repeat(np.arange(40, 63), np.arange(1, 24)))
]
fold = np.asarray(patient_folds(patient, 4, 7))
expect(sorted(set(fold.tolist())), "the fold numbers", "폴드 번호").equals([0, 1, 2, 3])
per_patient = pd.Series(fold).groupby(patient).nunique().max()
expect(per_patient, "most folds that one patient is in", "한 환자가 속한 폴드의 최대 개수").equals(
    1, hints=[both_sides]
)
sizes = pd.Series(patient).groupby(fold).nunique()
expect(
    sizes.max() - sizes.min(), "largest minus smallest fold, in patients", "폴드별 환자 수의 최대와 최소 차이"
).between(0, 1, hints=[unequal])
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### The same model, three numbers
#
# Nothing but the bookkeeping differs between the lines of the next figure: the columns used and the folds.
# The dashed line is the best that *any* model could do with everything known about your patients, since we
# know their true risks. Which line would you sign?

# %% [markdown] lang="ko"
# ### 같은 모형, 세 개의 숫자
#
# 다음 그림에서 각 줄의 차이는 사용한 열과 폴드뿐입니다. 점선은 환자에 대해 모든 것을 알 때 *어떤* 모형이든
# 낼 수 있는 최고 성적입니다. 모의 자료이므로 참 위험도를 알고 있습니다. 여러분이라면 어느 줄에
# 서명하겠습니까?


# %%
def out_of_fold(columns, fold, c=0.1):
    """Score every visit with a model fitted on the other folds."""
    numbers, words = [name for name in columns if name != "sex"], ["sex"]
    score = np.zeros(len(visits))
    for k in np.unique(fold):
        rest, tested = visits[fold != k], visits[fold == k]
        score[fold == k] = fit_and_predict(rest, tested, "admitted_180d", numbers, words, c)
    return score


def show_leaks():
    usable = usable_columns(dictionary)
    by_patient = np.asarray(patient_folds(visits["patient_id"].tolist(), 3, 1))
    by_row = learning.folds(visits, k=3, seed=1)
    designs = {
        me.text("future columns,\nvisits shuffled", "미래의 열 포함,\n방문 단위"): (
            [*usable, "iv_diuretic_days", "discharge_weight_kg"],
            by_row,
        ),
        me.text("usable columns,\nvisits shuffled", "쓸 수 있는 열,\n방문 단위"): (usable, by_row),
        me.text("usable columns,\nfolds by patient", "쓸 수 있는 열,\n환자 단위"): (usable, by_patient),
    }
    y, ceiling = visits["admitted_180d"], roc_auc_score(visits["admitted_180d"], clinic.truth.risk)
    with style():
        figure, ax = plt.subplots(figsize=(8, 2.8))
    for line, (columns, fold) in enumerate(designs.values()):
        table = learning.evaluate(y, out_of_fold(columns, fold), cluster=visits["patient_id"], resamples=100)
        value, low, high = table.loc[("all", "auroc"), ["value", "low", "high"]]
        color = (PALETTE[1], PALETTE[5], PALETTE[2])[line]
        ax.hlines(line, low, high, color=color, lw=3)
        ax.scatter(value, line, color=color, s=50, zorder=3)
        ax.annotate(f"{value:.2f}", (value, line), (0, 9), textcoords="offset points", ha="center")
    ax.axvline(ceiling, color="0.4", ls="--", lw=1)
    ax.text(
        ceiling, 2.5, me.text("true risks ", "참 위험도 "), ha="right", va="bottom", fontsize=9, color="0.4"
    )
    ax.set_yticks(range(3), designs)
    ax.set(
        ylim=(2.6, -0.6), xlabel=me.text("AUROC, 95 % interval by patient", "AUROC, 환자 단위 95 % 신뢰구간")
    )
    figure.tight_layout()


lab.show(show_leaks)

# %% [markdown] lang="en"
# The library looks for the same leaks. Here is what it says about your visits split row by row, and about a
# split by patient with the usable columns. An empty list is no proof, but a list is a warning.

# %% [markdown] lang="ko"
# 라이브러리도 같은 누출을 찾아 줍니다. 방문을 행 단위로 나누었을 때와, 쓸 수 있는 열만으로 환자 단위로
# 나누었을 때의 점검 결과입니다. 목록이 비어 있다고 안전이 증명되지는 않지만, 목록이 나오면 경고로
# 받아들여야 합니다.


# %%
def show_audit():
    known = {"by": "patient_id", "label": "admitted_180d", "dictionary": dictionary}
    predictors = dictionary.loc[dictionary["role"] == "predictor", "column"]
    rows, patients = learning.split(visits, seed=1), learning.split(visits, by="patient_id", seed=1)
    with pd.option_context("display.max_colwidth", None):
        display(learning.audit_split(*rows, features=predictors, **known))
        display(learning.audit_split(*patients, features=usable_columns(dictionary), **known))


lab.show(show_audit)

# %% [markdown] lang="en"
# ### Task 5: `choose_c` (1 point)
#
# How strong should the penalty be? For each candidate `c` the table `curve` holds the AUROC on the training
# patients (`train`), in cross-validation by patient within the training patients (`cv`), and on the test
# patients (`test`). Return the `c` that an honest analyst chooses. What is the test set for, and what is it
# worth after it has been used to choose?

# %% [markdown] lang="ko"
# ### 과제 5: `choose_c` (1점)
#
# 규제(penalty)는 얼마나 강해야 합니까? 표 `curve`에는 후보 `c`마다 학습 환자에서의 AUROC(`train`), 학습
# 환자 안에서 환자 단위로 교차검증한 AUROC(`cv`), 평가 환자에서의 AUROC(`test`)가 들어 있습니다. 정직한
# 분석가가 고를 `c`를 반환하십시오. 평가 자료는 무엇을 위해 있습니까? 선택에 써 버린 평가 자료는 어떤 가치가
# 남습니까?


# %% task="choose_c"
def choose_c(curve):
    """The penalty to use.

    curve: DataFrame with columns c, train, cv and test, one row per candidate.
    Returns one value of the column c.
    """
    ### BEGIN SOLUTION
    return curve.loc[curve["cv"].idxmax(), "c"]
    ### END SOLUTION


# %% check="choose_c" points=1
def choice_hints(by_test, by_train, by_gap):
    return [
        hint(
            "tuned-on-test",
            by_test,
            en="You chose by the test set. Its AUROC is now the best of several tries and no longer an "
            "honest estimate: choose by cross-validation, test once.",
            ko="평가 자료를 보고 골랐습니다. 그 AUROC는 여러 번 시도한 것 중 가장 좋은 값이 되어 더는 "
            "정직한 추정치가 아닙니다. 교차검증으로 고르고 평가는 한 번만 하십시오.",
        ),
        hint(
            "tuned-on-train",
            by_train,
            en="On the training patients the weakest penalty always wins: it remembers them best.",
            ko="학습 환자에서는 언제나 가장 약한 규제가 이깁니다. 환자를 가장 잘 외우기 때문입니다.",
        ),
        hint(
            "smallest-gap",
            by_gap,
            en="The smallest gap between train and cv is no goal: a model that knows nothing has none. Take "
            "the best cv.",
            ko="train과 cv의 차이가 가장 작은 것이 목표는 아닙니다. 아무것도 모르는 모형은 차이도 없습니다. "
            "cv가 가장 높은 것을 고르십시오.",
        ),
    ]


curve = pd.DataFrame(
    {
        "c": [0.001, 0.01, 0.1, 1.0, 10.0],
        "train": [0.70, 0.78, 0.85, 0.93, 0.97],
        "cv": [0.68, 0.74, 0.73, 0.69, 0.66],
        "test": [0.66, 0.70, 0.76, 0.72, 0.65],
    }
)
expect(choose_c(curve), "the penalty chosen", "고른 규제").close_to(
    0.01, hints=choice_hints(0.1, 10.0, 0.001)
)
### BEGIN HIDDEN TESTS
curve = pd.DataFrame(
    {
        "c": [0.1, 1.0, 10.0, 100.0],
        "train": [0.70, 0.80, 0.86, 0.90],
        "cv": [0.61, 0.72, 0.74, 0.70],
        "test": [0.77, 0.72, 0.71, 0.69],
    }
)
expect(choose_c(curve), "the penalty chosen from another table", "다른 표에서 고른 규제").close_to(
    10.0, hints=choice_hints(0.1, 100.0, 1.0)
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# In your clinic: on the training patients every weaker penalty looks better, shuffled visits hide what goes
# wrong, and folds by patient show it. The star is your choice, tested once, on patients that were put aside
# at the start.

# %% [markdown] lang="ko"
# 여러분의 외래에서 그려 봅니다. 학습 환자에서는 규제가 약할수록 좋아 보이고, 방문을 섞은 교차검증은 문제를
# 가리며, 환자 단위 교차검증은 그 문제를 드러냅니다. 별표는 여러분이 고른 값을, 처음부터 떼어 둔 환자에서 한
# 번만 평가한 결과입니다.


# %%
def show_penalties():
    columns, label = usable_columns(dictionary), "admitted_180d"
    numbers = [name for name in columns if name != "sex"]
    train, test = learning.split(visits, by="patient_id", test_size=0.3, seed=3)
    kinds = {
        "rows": learning.folds(train, k=2, seed=1),
        "cv": np.asarray(patient_folds(train["patient_id"].tolist(), 2, 1)),
    }

    def area(rows, tested, c):
        score = fit_and_predict(rows, tested, label, numbers, ["sex"], c)
        return learning.auroc(tested[label], score).value

    lines = []
    for c in (0.001, 0.03, 1.0):
        line = {"c": c, "train": area(train, train, c)}
        for kind, fold in kinds.items():
            line[kind] = np.mean([area(train[fold != k], train[fold == k], c) for k in (0, 1)])
        lines.append(line)
    curve = pd.DataFrame(lines).assign(test=np.nan)
    chosen = choose_c(curve.assign(test=curve["cv"]))
    curve.loc[curve["c"] == chosen, "test"] = area(train, test, chosen)
    with style():
        figure, ax = plt.subplots(figsize=(9, 3.2))
    names = {
        "train": me.text("training patients", "학습 환자"),
        "rows": me.text("cross-validation, visits shuffled", "교차검증, 방문 단위"),
        "cv": me.text("cross-validation by patient", "교차검증, 환자 단위"),
    }
    for kind, color in (("train", "0.5"), ("rows", PALETTE[5]), ("cv", PALETTE[2])):
        ax.plot(curve["c"], curve[kind], "o-", color=color, label=names[kind])
    star = curve.loc[curve["c"] == chosen, "test"]
    star_name = me.text("test patients, once", "평가 환자, 한 번")
    ax.plot([chosen], star, "*", ms=16, color="black", label=star_name)
    ax.set(xscale="log", xlabel="C", ylabel="AUROC")
    ax.legend(frameon=False, loc="center left", bbox_to_anchor=(1, 0.5))
    figure.tight_layout()


lab.show(show_penalties)

# %% [markdown] lang="en"
# ## 3. How sure are we?
#
# ### Task 6: `patient_interval` (2 points)
#
# An AUROC without an interval is half a result. The **bootstrap** asks what other clinics of the same size
# might have looked like: draw patients **with replacement**, as many as there are, take all visits of each
# patient drawn (twice if drawn twice), compute the AUROC, repeat. The 2.5 % and 97.5 % quantiles of the
# results are the 95 % interval.
#
# Draw *patients*: six visits of one person are not six independent witnesses. Skip a resample that has one
# class only. For the AUROC use the library's `learning.auroc(y, score).value`; you know what it does.
#
# `confidence` is the share of resamples between the two ends: 0.95 leaves 2.5 % on *each* side, 0.5 leaves
# 25 %.

# %% [markdown] lang="ko"
# ## 3. 얼마나 확실합니까?
#
# ### 과제 6: `patient_interval` (2점)
#
# 신뢰구간이 없는 AUROC는 절반의 결과입니다. **부트스트랩**은 같은 규모의 다른 외래라면 결과가 어땠을지를
# 묻습니다. 환자를 원래 환자 수만큼 **복원 추출**하고, 뽑힌 환자의 모든 방문을 가져와(두 번 뽑히면 두 번)
# AUROC를 계산하는 일을 되풀이합니다. 그 결과의 2.5 %와 97.5 % 분위수가 95 % 신뢰구간입니다.
#
# *환자*를 뽑아야 합니다. 한 사람의 여섯 번 방문은 서로 독립인 여섯 명의 증인이 아닙니다. 한 가지 클래스만
# 들어 있는 표본은 건너뛰십시오. AUROC의 원리는 이미 알고 있으므로 라이브러리의 `learning.auroc(y,
# score).value`를 사용합니다.
#
# `confidence`는 양 끝 사이에 들어가는 표본의 비율입니다. 0.95이면 *양쪽에* 2.5 %씩, 0.5이면 25 %씩 남습니다.


# %% task="patient_interval"
def patient_interval(y, score, patient, resamples, seed, confidence=0.95):
    """Percentile bootstrap interval of the AUROC, patients resampled with replacement.

    y, score, patient: lists of labels (0, 1), scores and patient identifiers, one per visit;
    resamples: how many; seed: int for np.random.default_rng; confidence: e.g. 0.95.
    Returns (low, high).
    """
    ### BEGIN SOLUTION
    y, score, patient = np.asarray(y), np.asarray(score), np.asarray(patient)
    rng = np.random.default_rng(seed)
    rows_of = [np.flatnonzero(patient == name) for name in np.unique(patient)]
    values = []
    for _ in range(resamples):
        drawn = rng.integers(0, len(rows_of), len(rows_of))
        rows = np.concatenate([rows_of[i] for i in drawn])
        if 0 < y[rows].sum() < len(rows):
            values.append(learning.auroc(y[rows], score[rows]).value)
    low, high = np.quantile(values, [(1 - confidence) / 2, (1 + confidence) / 2])
    return low, high
    ### END SOLUTION


# %% check="patient_interval" points=2
# Twenty-four patients, one visit each, ranked almost perfectly.
y = [0, 1] * 12
score = [(0.6 if case else 0.1) + 0.01 * position for position, case in enumerate(y)]
score[3] = 0.11
ends = patient_interval(y, score, list(range(24)), 100, 1)
expect(len(ends), "low and high", "하한과 상한").equals(2)
over_folds = hint(
    "normal-interval",
    lambda got: max(got) > 1,
    en="An AUROC above 1 does not exist. A mean ± 1.96 errors (over folds or resamples) does not know the "
    "end of the scale: take quantiles of resampled AUROCs.",
    ko="1보다 큰 AUROC는 없습니다. 폴드나 재표본의 평균 ± 1.96 오차는 척도의 끝을 알지 못합니다. 재표본 "
    "AUROC의 분위수를 쓰십시오.",
)
expect(list(ends), "interval near the end of the scale", "척도 끝 근처의 신뢰구간").between(
    0, 1, hints=[over_folds]
)

# Your patients' first visits, scored by NT-proBNP alone; then the same with every line copied four times.
first = visits[(visits["visit"] == 1) & visits["nt_probnp_pg_per_ml"].notna()]
y, score = first["admitted_180d"].tolist(), first["nt_probnp_pg_per_ml"].tolist()
patient = first["patient_id"].tolist()
once, four_times = (patient_interval(y * n, score * n, patient * n, 150, 1) for n in (1, 4))
width = (four_times[1] - four_times[0]) / max(once[1] - once[0], 1e-9)
width_hints = [
    hint(
        "without-replacement",
        lambda got: abs(got) < 1e-6,
        en="Every resample is the same clinic. Draw with replacement: some patients twice, some never.",
        ko="모든 재표본이 같은 외래입니다. 복원 추출을 하십시오. 어떤 환자는 두 번, 어떤 환자는 한 번도 "
        "뽑히지 않아야 합니다.",
    ),
    hint(
        "error-of-the-mean",
        lambda got: 0 < got < 0.2,
        en="Divided by the square root of the number of resamples? More resamples make the interval "
        "smoother, not narrower: it measures patients, not computing time.",
        ko="재표본 수의 제곱근으로 나누었습니까? 재표본을 늘리면 구간이 매끄러워질 뿐 좁아지지 않습니다. "
        "구간은 계산량이 아니라 환자 수를 반영합니다.",
    ),
    hint(
        "rows-resampled",
        lambda got: 0.2 <= got < 0.7,
        en="Copying every line made you surer, though no patient was added. Resample patients and take all "
        "their visits, not single rows.",
        ko="환자가 늘지 않았는데 줄을 복사했을 뿐인데도 더 확실해졌습니다. 개별 행이 아니라 환자를 뽑아 "
        "그 환자의 모든 방문을 가져오십시오.",
    ),
]
expect(
    width,
    "width with every line copied four times, relative to that with every line once",
    "모든 줄을 네 번 복사했을 때의 너비(복사하지 않았을 때 대비)",
).between(0.7, 1.4, hints=width_hints)
### BEGIN HIDDEN TESTS
# All visits of the learner's clinic against the library.
some = visits[visits["nt_probnp_pg_per_ml"].notna()]
y, patient = some["admitted_180d"].tolist(), some["patient_id"].tolist()
score = some["nt_probnp_pg_per_ml"].rank(pct=True).tolist()
library = learning.evaluate(y, score, cluster=patient, resamples=2000)
low, high = library.loc[("all", "auroc"), ["low", "high"]]
ends = patient_interval(y, score, patient, 150, 5)
expect((ends[1] - ends[0]) / (high - low), "width relative to the library's", "라이브러리 대비 너비").between(
    0.65, 1.5, hints=width_hints
)
expect(ends[0], "low end", "하한").between(low - (high - low) / 4, low + (high - low) / 4)
expect(ends[1], "high end", "상한").between(high - (high - low) / 4, high + (high - low) / 4)
first, again = (patient_interval(y[:90], score[:90], patient[:90], 20, 5) for _ in range(2))
expect(list(again), "interval of the same seed", "같은 시드의 신뢰구간").close_to(list(first))
# The middle half of the resamples: a quarter is left on each side.
ends95, ends50 = (
    patient_interval(y[:200], score[:200], patient[:200], 120, 5, share) for share in (0.95, 0.5)
)
expect(
    (ends50[1] - ends50[0]) / (ends95[1] - ends95[0]),
    "width of the 50 % interval relative to the 95 % interval",
    "95 % 신뢰구간 대비 50 % 신뢰구간의 너비",
).between(
    0.1,
    0.85,
    hints=[
        hint(
            "tails-not-halved",
            lambda got: got < 0.1,
            en="All that is left out was left out on each side: a 95 % interval with 5 % below and 5 % above "
            "holds 90 %. Halve it.",
            ko="남기는 몫을 양쪽에서 각각 통째로 뺐습니다. 95 % 신뢰구간에서 아래 5 %와 위 5 %를 빼면 90 %만 "
            "남습니다. 절반씩 나누십시오.",
        ),
        hint(
            "confidence-ignored",
            lambda got: got > 0.95,
            en="The interval does not depend on `confidence`.",
            ko="신뢰구간이 `confidence`에 따라 달라지지 않습니다.",
        ),
    ],
)
# One patient has half of the case rows. Drawn three times, as happens in 8 % of resamples, it counts thrice.
heavy = ["often"] * 30 + [f"case {i}" for i in range(30)] + [f"control {i}" for i in range(10)]
ends = patient_interval([1] * 60 + [0] * 10, [0.9] * 30 + [0.1] * 30 + [0.5] * 10, heavy, 300, 3)
counted_once = hint(
    "draws-counted-once",
    lambda got: got < 0.71,
    en="A patient drawn three times counted once. Take the visits of a patient as often as it was drawn.",
    ko="세 번 뽑힌 환자를 한 번만 세었습니다. 뽑힌 횟수만큼 그 환자의 방문을 가져오십시오.",
)
expect(
    ends[1], "high end when one patient has half of the case visits", "한 환자가 질환 방문의 절반일 때의 상한"
).between(0.71, 1, hints=[counted_once])
# Three cases only: some resamples have none of them.
y = [1, 1, 1] + [0] * 17
ends = patient_interval(y, [0.9, 0.4, 0.8, *np.linspace(0.1, 0.7, 17)], [f"p{i}" for i in range(20)], 60, 2)
one_class = hint(
    "single-class-resample",
    lambda got: not np.isfinite(list(got)).all(),
    en="A resample without any case has no AUROC: leave it out before taking quantiles.",
    ko="질환이 있는 환자가 하나도 없는 재표본에서는 AUROC를 계산할 수 없습니다. 분위수를 구하기 전에 "
    "빼십시오.",
)
expect(list(ends), "interval with three cases", "질환 환자가 세 명일 때의 신뢰구간").between(
    0, 1, hints=[one_class]
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ## 4. Other hospitals
#
# Back to real patients: the model learns from all of Cleveland and is then used, unchanged, in the three
# other hospitals. For comparison there is a line with 123 Cleveland patients, as many as in Switzerland.
# Behind each name: patients with disease / all patients.

# %% [markdown] lang="ko"
# ## 4. 다른 병원
#
# 다시 실제 환자로 돌아옵니다. 모형은 클리블랜드 전체에서 학습한 뒤 바꾸지 않은 채 다른 세 병원에서
# 사용됩니다. 비교를 위해 스위스와 같은 수인 클리블랜드 환자 123명의 줄도 있습니다. 이름 옆의 숫자는 질환이
# 있는 환자 수 / 전체 환자 수입니다.


# %%
def show_sites():
    score = np.zeros(len(cleveland))
    fold = learning.folds(cleveland, k=5, seed=1)
    for k in range(5):
        tested = cleveland[fold == k]
        score[fold == k] = fit_and_predict(cleveland[fold != k], tested, "num", NUMBERS, WORDS)
    ill = (cleveland["num"] > 0).astype(int)
    some = np.random.default_rng(1).permutation(len(cleveland))[: len(by_site["switzerland"])]
    results = {
        me.text("cleveland, cross-validated", "cleveland, 교차검증"): learning.evaluate(
            ill, score, resamples=100
        ),
        me.text("cleveland, 123 patients", "cleveland, 환자 123명"): learning.evaluate(
            ill[some], score[some], resamples=100
        ),
    }
    for site in ("hungarian", "switzerland", "va"):
        rows = by_site[site]
        risk = fit_and_predict(cleveland, rows, "num", NUMBERS, WORDS)
        results[site] = learning.evaluate((rows["num"] > 0).astype(int), risk, resamples=100)
    table = pd.concat(
        {name: result.loc["all"] for name, result in results.items()}, names=["group", "metric"]
    )
    with style():
        figure, ax = plt.subplots(figsize=(8, 2.8))
    learning.plot_forest(table, ax=ax)
    ax.set_xlabel(me.text("AUROC, 95 % interval (DeLong)", "AUROC, 95 % 신뢰구간 (DeLong)"))
    figure.tight_layout()
    display(table.xs("auroc", level="metric")[["value", "low", "high", "cases", "rows"]].round(3))


lab.show(show_sites)

# %% [markdown] lang="en"
# ### Task 7: `reading` (2 points)
#
# Set three values.
#
# 1. A colleague proposes a "model" for Switzerland that calls **everybody ill**. `always_ill_accuracy`: its
#    accuracy there, a number between 0 and 1 (`by_site["switzerland"]` has the patients).
# 2. `always_ill_auroc`: the AUROC of that model, which gives all patients the same score.
# 3. `why_wide`: why is the Swiss interval by far the widest? `"a"`, `"b"`, `"c"` or `"d"`:
#    - **a** Switzerland has the fewest patients, and an interval depends on the number of patients.
#    - **b** The model was overfitted to Cleveland.
#    - **c** Very few Swiss patients have no disease, and AUROC compares each ill patient with each healthy
#      one.
#    - **d** Cholesterol is missing for all Swiss patients.

# %% [markdown] lang="ko"
# ### 과제 7: `reading` (2점)
#
# 세 값을 정하십시오.
#
# 1. 한 동료가 스위스에서 **모든 사람을 환자로** 판정하는 "모형"을 제안합니다. `always_ill_accuracy`:
#    그곳에서 이 모형의 정확도(0과 1 사이의 수)입니다(`by_site["switzerland"]`에 환자 자료가 있습니다).
# 2. `always_ill_auroc`: 모든 환자에게 같은 점수를 주는 이 모형의 AUROC입니다.
# 3. `why_wide`: 스위스의 신뢰구간이 유독 넓은 까닭은 무엇입니까? `"a"`, `"b"`, `"c"`, `"d"` 가운데 하나를
#    고르십시오.
#    - **a** 스위스의 환자 수가 가장 적고, 신뢰구간은 환자 수에 따라 정해지기 때문입니다.
#    - **b** 모형이 클리블랜드에 과적합되었기 때문입니다.
#    - **c** 스위스에는 질환이 없는 환자가 아주 적은데, AUROC는 질환이 있는 환자와 없는 환자를 하나하나
#      비교하기 때문입니다.
#    - **d** 스위스의 모든 환자에서 콜레스테롤이 결측이기 때문입니다.

# %% task="reading"
### BEGIN SOLUTION
always_ill_accuracy = float((by_site["switzerland"]["num"] > 0).mean())
always_ill_auroc = 0.5
why_wide = "c"
### END SOLUTION

# %% check="reading.accuracy" points=1
percent = hint(
    "percent-for-share",
    lambda got: got > 1,
    en="A number between 0 and 1 was asked for, not per cent.",
    ko="퍼센트가 아니라 0과 1 사이의 수로 답하십시오.",
)
expect(always_ill_accuracy, "accuracy of calling everybody ill", "모두를 환자로 판정할 때의 정확도").between(
    0.8,
    1,
    hints=[
        percent,
        hint(
            "well-for-ill",
            lambda got: 0 <= got < 0.3,
            en="So few? In the first figure most Swiss patients are ill, and this model is right about all "
            "of them.",
            ko="너무 낮지 않습니까? 첫 그림에서 스위스 환자는 대부분 질환이 있고, 이 모형은 그들을 모두 "
            "맞힙니다.",
        ),
        hint(
            "severe-disease-only",
            lambda got: 0.5 < got < 0.7,
            en="Is that the share with num > 1? Disease is num > 0.",
            ko="num > 1인 비율이 아닙니까? 질환은 num > 0입니다.",
        ),
    ],
)
expect(always_ill_auroc, "AUROC of calling everybody ill", "모두를 환자로 판정할 때의 AUROC").between(
    0, 1, hints=[percent]
)
expect(
    abs(always_ill_auroc - always_ill_accuracy) < 0.005,
    "whether the AUROC is the accuracy once more",
    "AUROC에 정확도를 그대로 적었는지",
).equals(
    False,
    hints=[
        hint(
            "accuracy-taken-for-auroc",
            True,
            en="That is its accuracy. A score that is the same for all wins no pair: every pair is a tie.",
            ko="그것은 정확도입니다. 모두에게 같은 점수를 주면 이기는 쌍이 없고 모든 쌍이 동점입니다.",
        ),
    ],
)
### BEGIN HIDDEN TESTS
swiss = by_site["switzerland"]["num"]
nobody_is_well = np.ones(len(swiss))
expect(always_ill_accuracy, "accuracy of calling everybody ill", "모두를 환자로 판정할 때의 정확도").close_to(
    accuracy_score(swiss > 0, nobody_is_well),
    abs=0.005,
)
expect(always_ill_auroc, "AUROC of calling everybody ill", "모두를 환자로 판정할 때의 AUROC").close_to(
    roc_auc_score(swiss > 0, nobody_is_well),
    abs=1e-6,
)
### END HIDDEN TESTS

# %% check="reading.width" points=1
expect(why_wide, "one of the four letters", "네 글자 가운데 하나").one_of(["a", "b", "c", "d"])
### BEGIN HIDDEN TESTS
expect(why_wide, "why the Swiss interval is the widest", "스위스의 신뢰구간이 가장 넓은 까닭").equals(
    "c",
    hints=[
        hint(
            "interval-by-total-n",
            "a",
            en="Compare with the line of 123 Cleveland patients: as many patients, a much narrower "
            "interval. What differs?",
            ko="클리블랜드 환자 123명의 줄과 비교하십시오. 환자 수는 같은데 신뢰구간은 훨씬 좁습니다. "
            "무엇이 다릅니까?",
        ),
        hint(
            "bias-taken-for-width",
            lambda got: got in ("b", "d"),
            en="That may move the AUROC. The width says how well it is known: how many pairs is it "
            "counted from?",
            ko="그것은 AUROC의 값을 바꿀 수는 있습니다. 너비는 그 값을 얼마나 잘 아는지를 말합니다. 몇 "
            "쌍에서 계산한 값입니까?",
        ),
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Essay (3 points, read by your instructor)
#
# A hospital in Busan reads "AUROC 0.87 in Cleveland" in your brochure and asks: *may we use it to decide
# who needs angiography?* Answer in six to ten sentences: what the number says and does not say, what you
# would check with their own patients before anyone relies on it (which patients, which numbers, how many),
# and one harm that a wrong answer could do.

# %% [markdown] lang="ko"
# ### 서술 (3점, 강사가 직접 채점합니다)
#
# 부산의 한 병원이 여러분의 안내 책자에서 "클리블랜드에서 AUROC 0.87"이라는 문구를 읽고 묻습니다. *이 모형으로
# 누가 조영술을 받아야 할지 정해도 됩니까?* 여섯에서 열 문장으로 답하십시오. 그 숫자가 말해 주는 것과 말해
# 주지 않는 것, 누군가 이 모형에 의지하기 전에 그 병원의 환자로 확인할 사항(어떤 환자, 어떤 지표, 몇 명),
# 그리고 잘못된 답이 끼칠 수 있는 해 한 가지를 쓰십시오.

# %% [markdown] essay="other_hospital" points=3
# **1 point: what the number says.** AUROC is the chance that an ill patient ranks above a well one *among
# patients like those of Cleveland in the 1980s*, all of them already referred for angiography. It is no
# accuracy and no risk; it says nothing about calibration or about a threshold, and it comes with an
# interval.
#
# **1 point: what to check in Busan.** Consecutive patients of the intended use, outcome defined the same
# way (num > 0), the same columns measured before the decision, missing values as they really occur; AUROC
# with an interval, calibration, sensitivity and negative predictive value at the threshold to be used, by
# sex and age; enough patients of *both* kinds (about 100 of the rarer one at least); no tuning on these
# patients.
#
# **1 point: a harm.** For example: a patient whose risk is too low (missing cholesterol, another mix of
# chest pain) is sent home without angiography and has an infarction; or needless catheters with bleeding
# and contrast kidney injury. The person who answers for it is named.
#
# **1점: 숫자의 의미.** AUROC는 이미 조영술에 의뢰된 1980년대 클리블랜드 환자와 같은 집단에서 질환이 있는
# 환자가 없는 환자보다 높은 순위를 받을 확률입니다. 정확도도 아니고 위험도도 아니며, 보정(calibration)이나
# 기준값에 대해서는 말해 주지 않고, 신뢰구간과 함께 읽어야 합니다.
#
# **1점: 부산에서 확인할 것.** 실제로 사용할 대상인 연속 환자, 같은 결과 정의(num > 0), 결정 전에 측정한
# 같은 변수, 실제로 발생하는 결측. 신뢰구간을 갖춘 AUROC, 보정, 사용할 기준값에서의 민감도와 음성예측도를
# 성별·연령별로 확인합니다. *두* 집단의 환자가 모두 충분해야 하며(드문 쪽이 적어도 100명 정도), 이 환자들로
# 모형을 조정하지 않습니다.
#
# **1점: 해.** 예: 콜레스테롤 결측이나 흉통 구성의 차이로 위험도가 낮게 나온 환자가 조영술 없이 귀가하여
# 심근경색을 겪는 경우, 또는 불필요한 시술로 출혈이나 조영제 신손상을 입는 경우입니다. 책임지는 사람도
# 밝힙니다.

# %% [markdown] lang="en"
# ## What to read next
#
# - Kapoor S, Narayanan A (2023) *Leakage and the reproducibility crisis in machine-learning-based science.*
#   Patterns 4:100804. Eight kinds of leak and a check list.
# - Wong A et al. (2021) *External validation of a widely implemented proprietary sepsis prediction model.*
#   JAMA Intern Med 181:1065.
# - Collins GS et al. (2024) *TRIPOD+AI.* BMJ 385:e078378. What a paper about a prediction model must
#   report.
# - Detrano R et al. (1989) *International application of a new probability algorithm for the diagnosis of
#   coronary artery disease.* Am J Cardiol 64:304.
# - In the library: `learning.split`, `learning.audit_split`, `learning.fit`, `learning.evaluate`. The next
#   exercise, *Metrics that matter*, asks what a threshold costs.

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - Kapoor S, Narayanan A (2023) *Leakage and the reproducibility crisis in machine-learning-based science.*
#   Patterns 4:100804. 정보 누출의 여덟 유형과 점검표입니다.
# - Wong A et al. (2021) *External validation of a widely implemented proprietary sepsis prediction model.*
#   JAMA Intern Med 181:1065.
# - Collins GS et al. (2024) *TRIPOD+AI.* BMJ 385:e078378. 예측 모형 논문이 보고해야 할 사항입니다.
# - Detrano R et al. (1989) *International application of a new probability algorithm for the diagnosis of
#   coronary artery disease.* Am J Cardiol 64:304.
# - 라이브러리에서는 `learning.split`, `learning.audit_split`, `learning.fit`, `learning.evaluate`를
#   살펴보십시오. 다음 실습 *중요한 평가 지표*에서는 기준값의 비용을 따져 봅니다.
