# health-01-records-to-cohort: one row per patient, ages, exclusions, look-back, outcome, FHIR.
#
# Expected values are worked out in the checks from the tables at hand, so the exercise also runs on simulated
# tables. Hidden checks use the learner's own simulated hospital, whose truth is known, and small literal
# tables.

# %% [markdown] lang="en"
# # From records to a cohort
#
# **Why this matters.** Twenty-eight published studies predicted death in intensive care from the same public
# database. When Johnson, Pollard and Mark (2017) rebuilt their cohorts from the methods sections, in half of
# the experiments the number of patients was off by more than a quarter. Nobody had cheated. "Adult patients,
# first admission, first 24 hours" can be computed in a dozen ways, and each way is another population with
# another death rate. A model inherits all of it. So does the startup that has to explain to a regulator on
# which patients its alarm was tested.
#
# You will build a cohort step by step from real, de-identified records, write down who was left out, and keep
# the future out of the features. In the second half you do the same in **your own** simulated intensive-care
# unit, where you can see what a small mistake in time does to a result.
#
# | Part | You write | Points |
# |---|---|---|
# | 1. Who is in? | `first_admissions`, `age_at_admission`, `rows_left` | 5 |
# | 2. What was known, what happened? | `last_known`, `outcome` | 4 |
# | 3. Records from another system | `fhir_values` | 2 |
# | 4. Reading it | two choices, one short essay | 5 |

# %% [markdown] lang="ko"
# # 의무기록에서 코호트까지
#
# **왜 중요합니까?** 같은 공개 데이터베이스로 중환자실 사망을 예측한 논문이 스물여덟 편 있었습니다. Johnson,
# Pollard, Mark(2017)가 논문의 방법 절만 보고 코호트를 다시 만들어 보니, 실험의 절반에서 환자 수가 4분의 1
# 넘게 달랐습니다. 아무도 속이지 않았습니다. "성인 환자의 첫 입원, 첫 24시간"을 계산하는 방법은 열 가지가
# 넘고, 방법마다 사망률이 다른 서로 다른 집단이 됩니다. 모형은 그 차이를 그대로 물려받습니다. 자사의 경보를
# 어떤 환자에게 시험했는지 규제 기관에 설명해야 하는 기업도 마찬가지입니다.
#
# 비식별화된 실제 기록으로 코호트를 한 단계씩 만들고, 누가 빠졌는지 적어 두며, 미래의 정보가 변수에 들어오지
# 못하게 막습니다. 후반부에는 **여러분만의** 모의 중환자실에서 같은 일을 하면서, 시간에 대한 작은 실수가
# 결과를 어떻게 바꾸는지 눈으로 확인합니다.
#
# | 단계 | 작성할 내용 | 점수 |
# |---|---|---|
# | 1. 누가 들어갑니까? | `first_admissions`, `age_at_admission`, `rows_left` | 5 |
# | 2. 무엇을 알고 있었고, 무슨 일이 일어났습니까? | `last_known`, `outcome` | 4 |
# | 3. 다른 시스템에서 온 기록 | `fhir_values` | 2 |
# | 4. 결과 읽기 | 선택 두 가지, 짧은 서술 한 편 | 5 |

# %% setup
from biolabkit.check import expect, hint, lab

me = lab.start("health-01-records-to-cohort")

import json

import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from IPython.display import display

from biolabkit import datasets, health, learning
from biolabkit.plot import PALETTE, style
from biolabkit.simulate.records import admission_tables, fhir_bundle, fhir_files, unit_stays

# Part 1: MIMIC-III demo, a hospital in Boston
_other = admission_tables(100, 2026)
ADMISSION = ["subject_id", "hadm_id", "admittime", "dischtime", "deathtime", "admission_type"]
admissions = datasets.load("mimic3-demo-tables", "admissions", fallback=lambda: _other.admissions)
simulated = admissions.attrs["simulated"]
admissions = admissions[ADMISSION].astype({"admission_type": str})
patients = datasets.load("mimic3-demo-tables", "patients", fallback=lambda: _other.patients)
patients = patients[["subject_id", "gender", "dob"]].astype({"gender": str})

# Part 2: eICU demo, 79 hospitals. Times are minutes from the admission to the unit.
_unit = unit_stays(150, 2026)
STAY = ["patientunitstayid", "uniquepid", "unitvisitnumber", "unitdischargeoffset"]
STAY += ["hospitaldischargeoffset", "hospitaldischargestatus"]
LAB = ["patientunitstayid", "labname", "labresult", "labresultoffset", "labresultrevisedoffset"]
NAMES = {
    "patientunitstayid": "stay",
    "uniquepid": "patient",
    "unitvisitnumber": "unit_visit",
    "unitdischargeoffset": "unit_end",
    "hospitaldischargeoffset": "hospital_end",
    "hospitaldischargestatus": "status",
    "labname": "item",
    "labresult": "value",
    "labresultoffset": "drawn",
    "labresultrevisedoffset": "reported",
}


def tidy(stays, lab):
    """Short names, plain text, three laboratory values, one value per time."""
    stays = stays[STAY].astype({"uniquepid": str, "hospitaldischargestatus": object}).rename(columns=NAMES)
    lab = lab[LAB].astype({"labname": str}).rename(columns=NAMES)
    lab = lab[lab["item"].isin(["creatinine", "lactate", "potassium"])].dropna()
    lab = lab.drop_duplicates(["stay", "item", "drawn"]).reset_index(drop=True)
    return stays.reset_index(drop=True), lab


stays, labs = tidy(
    datasets.load("eicu-demo-subset", "patient", fallback=lambda: _unit.patient),
    datasets.load("eicu-demo-subset", "lab", fallback=lambda: _unit.lab),
)

# Part 3: FHIR bundles. And your own unit and hospital, drawn from your seed.
ROLES = ("bob", "cecelia", "jeremiah", "levi")
fhir = datasets.fetch(
    "fhir-r4-synthea-bundles",
    fallback=lambda folder: fhir_files(folder, {role: 2026 + place for place, role in enumerate(ROLES)}),
)
_mine = unit_stays(400, me.seed)
my_stays, my_labs = tidy(_mine.patient, _mine.lab)
mine = my_stays.loc[my_stays["unit_end"] > 1440, "stay"].tolist()  # still in the unit after 24 h

# %% [markdown] lang="en"
# ## 1. Who is in?
#
# `admissions` and `patients` are tables of the MIMIC-III demo: 100 patients of a hospital in Boston, all
# intensive care, de-identified. Dates were shifted into the future, the same way for all dates of a patient,
# so only differences mean anything.
#
# | column | meaning |
# |---|---|
# | `subject_id`, `hadm_id` | patient; hospital admission |
# | `admittime`, `dischtime`, `deathtime` | admission, discharge, death in hospital |
# | `dob` | date of birth |

# %% [markdown] lang="ko"
# ## 1. 누가 들어갑니까?
#
# `admissions`와 `patients`는 MIMIC-III 데모의 표입니다. 보스턴의 한 병원에서 중환자실을 거친 환자 100명의
# 비식별화된 기록입니다. 날짜는 환자마다 일정하게 미래로 옮겨져 있으므로 날짜의 차이만 의미가 있습니다.
#
# | 열 | 의미 |
# |---|---|
# | `subject_id`, `hadm_id` | 환자, 입원 |
# | `admittime`, `dischtime`, `deathtime` | 입원, 퇴원, 병원 내 사망 시각 |
# | `dob` | 생년월일 |

# %%
if simulated:
    print(me.text("simulated stand-in: no real patients", "모의 자료입니다. 실제 환자가 아닙니다."))
several = admissions.groupby("subject_id").filter(lambda rows: len(rows) > 1)
display(several.head(6))
display(patients.head(3))

# %% [markdown] lang="en"
# ### Task 1: `first_admissions` (2 points)
#
# A row of `admissions` is an admission, not a patient: in Boston one patient stands there fifteen times and
# would count as fifteen witnesses. Return **one row per patient: the admission with the earliest
# `admittime`**, with all its columns. The order of the rows of the result does not matter. Do not rely on the
# order of the input, and not on `hadm_id`, which is random.

# %% [markdown] lang="ko"
# ### 과제 1: `first_admissions` (2점)
#
# `admissions`의 한 행은 환자가 아니라 한 번의 입원입니다. 보스턴의 어떤 환자는 열다섯 번 나오며, 그대로 두면
# 증인 열다섯 명으로 세게 됩니다. **환자마다 한 행, 곧 `admittime`이 가장 이른 입원**을 모든 열과 함께
# 반환하십시오. 결과의 행 순서는 상관없습니다. 입력의 행 순서나 무작위로 매긴 `hadm_id`에 기대지 마십시오.


# %% task="first_admissions"
def first_admissions(admissions):
    """The earliest admission of each patient.

    admissions: DataFrame with subject_id, hadm_id, admittime and other columns.
    Returns a DataFrame with the same columns, one row per subject_id.
    """
    ### BEGIN SOLUTION
    return admissions.sort_values("admittime").drop_duplicates("subject_id")
    ### END SOLUTION


# %% check="first_admissions" points=2
def admission_hints(everything, last, smallest, first_row, only_once):
    """Hints from the sorted numbers of the admissions that wrong rules keep."""
    return [
        hint(
            "visits-as-patients",
            everything,
            en="All admissions are still there. Patients who come back often would count many times.",
            ko="모든 입원이 그대로 있습니다. 자주 입원한 환자를 여러 번 세게 됩니다.",
        ),
        hint(
            "last-admission",
            last,
            en="This is the last admission. At the time of an admission nobody knows that it is the last.",
            ko="마지막 입원입니다. 입원하는 시점에는 그것이 마지막인지 아무도 모릅니다.",
        ),
        hint(
            "number-taken-for-time",
            smallest,
            en="The smallest hadm_id is not the earliest admission: the numbers are random. Use admittime.",
            ko="hadm_id가 가장 작다고 첫 입원은 아닙니다. 번호는 무작위입니다. admittime을 쓰십시오.",
        ),
        hint(
            "row-order-taken-for-time",
            first_row,
            en="You took the first row of each patient. The table is in no order of time: sort by admittime.",
            ko="환자마다 첫 행을 골랐습니다. 표는 시간 순서가 아니므로 admittime으로 정렬하십시오.",
        ),
        hint(
            "patients-with-one-visit",
            only_once,
            en="Patients with several admissions disappeared. They are often the most ill: keep their first.",
            ko="여러 번 입원한 환자가 사라졌습니다. 대개 가장 아픈 환자들입니다. 첫 입원을 남기십시오.",
        ),
    ]


mixed_rows = hint(
    "rows-mixed",
    lambda got: got > 0,
    en="A row holds a later admission's time of death. groupby().first() takes the first value that is not "
    "missing, column by column, and so makes up admissions that never were.",
    ko="한 행에 나중 입원의 사망 시각이 들어 있습니다. groupby().first()는 열마다 결측이 아닌 첫 값을 가져와 "
    "실제로 없었던 입원을 만들어 냅니다.",
)


def mixed_deaths(got, table):
    """Rows whose time of death is not that of their own admission."""
    own = table.set_index("hadm_id")["deathtime"].reindex(list(got["hadm_id"]))
    found = pd.to_datetime(pd.Series(list(got["deathtime"])), errors="coerce")
    return int((found.isna().to_numpy() != own.isna().to_numpy()).sum())


# Four patients with eight admissions, in no order of time.
four = pd.DataFrame(
    [
        (3, 63, "2120-04-04 09:10", "2120-04-11 02:30"),
        (1, 41, "2103-02-01 17:45", None),
        (4, 90, "2105-03-03 11:00", None),
        (1, 55, "2101-06-10 08:20", None),
        (2, 12, "2110-01-05 23:15", None),
        (4, 95, "2105-03-20 04:40", None),
        (1, 38, "2104-07-07 13:05", "2104-07-19 21:50"),
        (3, 27, "2119-11-30 06:35", None),
    ],
    columns=["subject_id", "hadm_id", "admittime", "deathtime"],
)
four = four.assign(admittime=pd.to_datetime(four["admittime"]), deathtime=pd.to_datetime(four["deathtime"]))
got = first_admissions(four.copy())
expect(
    sorted(got["hadm_id"].tolist()), "the admissions kept of four patients", "환자 네 명에서 남긴 입원"
).equals(
    [12, 27, 55, 90],
    hints=admission_hints(
        [12, 27, 38, 41, 55, 63, 90, 95], [12, 38, 63, 95], [12, 27, 38, 90], [12, 41, 63, 90], [12]
    ),
)
expect(
    mixed_deaths(got, four), "rows with the death of another admission", "다른 입원의 사망 시각이 든 행"
).equals(0, hints=[mixed_rows])
expect(
    len(first_admissions(admissions.copy())),
    "admissions kept of the Boston patients",
    "보스턴 환자에서 남긴 입원의 수",
).equals(admissions["subject_id"].nunique())


### BEGIN HIDDEN TESTS
def by_time(table, pick):
    """The numbers of the admissions that a rule picks, one per patient."""
    return sorted(table.loc[getattr(table.groupby("subject_id")["admittime"], pick)(), "hadm_id"].tolist())


def hints_for(table):
    return admission_hints(
        sorted(table["hadm_id"].tolist()),
        by_time(table, "idxmax"),
        sorted(table.groupby("subject_id")["hadm_id"].min().tolist()),
        sorted(table.drop_duplicates("subject_id")["hadm_id"].tolist()),
        sorted(table[~table["subject_id"].duplicated(keep=False)]["hadm_id"].tolist()),
    )


shuffled = admissions.sample(frac=1, random_state=7).reset_index(drop=True)
for table in (admissions, shuffled, admission_tables(60, me.seed).admissions[ADMISSION]):
    got = first_admissions(table.copy())
    expect(
        sorted(got["hadm_id"].tolist()), "the admissions kept, other tables", "다른 표에서 남긴 입원"
    ).equals(by_time(table, "idxmin"), hints=hints_for(table))
    expect(
        mixed_deaths(got, table), "rows with the death of another admission", "다른 입원의 사망 시각이 든 행"
    ).equals(0, hints=[mixed_rows])
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Task 2: `age_at_admission` (2 points)
#
# Return the age in **completed years** at admission, one number per row of `first` and in its order, as a
# list or an array. You are 40 until the day before your 41st birthday.
#
# Two traps of real tables wait here:
#
# - `first` and `patients` are sorted differently; join them by `subject_id`, and let nobody multiply
#   or vanish;
# - privacy law treats ages of 90 and over as identifying. MIMIC hides them: the birth date is set **300
#   years** before the first admission. Such an age is **missing**: return `NaN`.
#
# (Subtracting the dates ends in an `OverflowError`: 300 years do not fit into nanoseconds of 64 bits. Compare
# `.dt.year`, `.dt.month` and `.dt.day`.)

# %% [markdown] lang="ko"
# ### 과제 2: `age_at_admission` (2점)
#
# 입원 시점의 **만 나이**를 `first`의 행마다 하나씩, 그 순서대로 리스트나 배열로 반환하십시오. 41번째 생일
# 전날까지는 만 40세입니다.
#
# 실제 표에는 함정이 두 가지 있습니다.
#
# - `first`와 `patients`는 정렬 순서가 다릅니다. `subject_id`로 결합하되, 행이 늘거나 사라지지 않게 하십시오.
# - 개인정보 규정은 90세 이상의 나이를 식별 정보로 봅니다. MIMIC은 이를 숨기려고 생년월일을 첫 입원의
#   **300년** 전으로 적었습니다. 이런 나이는 **결측**이므로 `NaN`을 반환하십시오.
#
# (날짜끼리 빼면 `OverflowError`가 납니다. 300년은 64비트 나노초에 들어가지 않습니다. `.dt.year`, `.dt.month`,
# `.dt.day`를 비교하십시오.)


# %% task="age_at_admission"
def age_at_admission(first, patients):
    """Completed years at admission, NaN where the birth date is hidden.

    first: DataFrame with subject_id and admittime; patients: DataFrame with subject_id and dob.
    Returns one number per row of first, in its order.
    """
    ### BEGIN SOLUTION
    born = pd.to_datetime(first["subject_id"].map(patients.set_index("subject_id")["dob"]))
    at = first["admittime"]
    had_birthday = (at.dt.month > born.dt.month) | (
        (at.dt.month == born.dt.month) & (at.dt.day >= born.dt.day)
    )
    age = (at.dt.year - born.dt.year - (~had_birthday).astype(int)).astype(float)
    return age.where(age < 200).to_numpy()
    ### END SOLUTION


# %% check="age_at_admission" points=2
def age_hints(ages, years):
    """Hints from the ages and the differences of the calendar years, NaN where the birth date is hidden."""
    return [
        hint(
            "hidden-age-kept",
            lambda got: np.nanmax(got) >= 200,
            en="Nobody is 300 years old. The birth date of the oldest patients is hidden: their age is "
            "missing (NaN), not 300.",
            ko="300세인 사람은 없습니다. 최고령 환자의 생년월일은 숨겨져 있으므로 나이는 300이 아니라 "
            "결측(NaN)입니다.",
        ),
        hint(
            "hidden-age-zero",
            np.nan_to_num(ages),
            en="A hidden age became 0: a newborn instead of a very old patient. Missing is NaN, not 0.",
            ko="숨겨진 나이가 0이 되었습니다. 초고령 환자가 신생아가 된 셈입니다. 결측은 0이 아니라 "
            "NaN입니다.",
        ),
        hint(
            "hidden-age-guessed",
            lambda got: np.isnan(got).sum() < np.isnan(ages).sum(),
            en="A hidden age was replaced by a guess, such as 90. Here it is missing: NaN. What an analysis "
            "then does about it is a step of its own, for all to see.",
            ko="숨겨진 나이를 90 같은 추측으로 바꾸었습니다. 여기서는 결측, 곧 NaN입니다. 결측을 어떻게 "
            "다룰지는 분석에서 모두가 볼 수 있는 별도의 단계로 정해야 합니다.",
        ),
        hint(
            "difference-of-years",
            years,
            en="This is the difference of the calendar years. Who has not had the birthday yet is a year "
            "younger.",
            ko="연도의 차이입니다. 아직 생일이 지나지 않은 사람은 한 살 적습니다.",
        ),
        hint(
            "fractions-of-years",
            lambda got: np.nanmax(np.abs(np.asarray(got) - np.floor(got))) > 0,
            en="Completed years are whole numbers: the age changes on the birthday.",
            ko="만 나이는 정수입니다. 나이는 생일에 바뀝니다.",
        ),
        hint(
            "rows-in-another-order",
            lambda got: np.array_equal(np.sort(got), np.sort(ages), equal_nan=True),
            en="The right ages, but not in the order of first: after a join the rows may be sorted anew.",
            ko="나이는 맞지만 first의 행 순서가 아닙니다. 결합한 뒤에는 행 순서가 바뀔 수 있습니다.",
        ),
    ]


ages_not_per_row = hint(
    "rows-lost-or-multiplied",
    lambda got: got is not None,
    en="One age per row of first is needed, NaN included: no row may vanish, none may be doubled by the "
    "join.",
    ko="first의 행마다 나이가 하나씩 필요합니다(NaN 포함). 결합하면서 행이 사라지거나 늘면 안 됩니다.",
)


def expect_ages(table, patients, ages, years, what, ko):
    got = np.asarray(age_at_admission(table.copy(), patients.copy()), dtype=float)
    expect(len(got), f"{what}: how many", f"{ko}: 개수").equals(len(table), hints=[ages_not_per_row])
    expect(got, what, ko).close_to(ages, abs=1e-6, hints=age_hints(ages, years))


born = pd.to_datetime(["1950-03-15", "1950-03-16", "1950-03-14", "1722-05-01", "1940-12-31"])
people = pd.DataFrame({"subject_id": [5, 3, 4, 1, 2], "dob": born, "gender": "F"})
visits = pd.DataFrame(
    {
        "subject_id": [4, 1, 3, 5, 2, 4],
        "hadm_id": range(6),
        "admittime": pd.to_datetime(["2020-03-15 06:30"] * 4 + ["2021-01-01 00:00", "2021-03-13 23:59"]),
    },
    index=[7, 3, 4, 9, 1, 0],
)
expect_ages(
    visits,
    people,
    np.array([70, np.nan, 69, 70, 80, 70]),
    np.array([70, np.nan, 70, 70, 81, 71]),
    "ages around a birthday",
    "생일 전후의 나이",
)


### BEGIN HIDDEN TESTS
def ages_and_years(table, patients):
    """Completed years, one by one with plain Python dates, and differences of the calendar years."""
    births = dict(zip(patients["subject_id"], patients["dob"], strict=True))
    lines = []
    for number, at in zip(table["subject_id"], table["admittime"], strict=True):
        born, years = births[number], float(at.year - births[number].year)
        age = years - ((at.month, at.day) < (born.month, born.day))
        lines.append((age, years) if age < 200 else (np.nan, np.nan))
    return np.array(lines).T


seven = admissions.sort_values(["admittime", "hadm_id"]).drop_duplicates("subject_id")
expect_ages(
    seven, patients, *ages_and_years(seven, patients), "ages of the Boston patients", "보스턴 환자의 나이"
)
clinic = admission_tables(60, me.seed)
own = clinic.admissions, clinic.patients
expect_ages(*own, *ages_and_years(*own), "ages in your hospital", "나의 병원 환자의 나이")
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Task 3: `rows_left` (1 point)
#
# A reader must be able to follow how the cohort came about. Each exclusion rule is applied to those who are
# **still there**; a row that two rules would exclude is lost once, to the first of them. `flags` has one
# column of booleans per rule, in the order of application; `True` means the rule excludes the row. Return how
# many rows there are at the start and after each rule: one number more than there are rules.

# %% [markdown] lang="ko"
# ### 과제 3: `rows_left` (1점)
#
# 코호트가 어떻게 만들어졌는지 읽는 사람이 따라갈 수 있어야 합니다. 제외 기준은 차례로, **아직 남아 있는**
# 행에만 적용합니다. 두 기준에 모두 걸리는 행은 먼저 적용한 기준에서 한 번만 빠집니다. `flags`에는 기준마다
# 참·거짓의 열이 적용 순서대로 하나씩 있으며, `True`는 그 기준이 그 행을 제외한다는 뜻입니다. 처음의 행 수와
# 각 기준을 적용한 뒤의 행 수를 반환하십시오. 기준 수보다 하나 많은 개수의 숫자가 됩니다.


# %% task="rows_left"
def rows_left(flags):
    """Number of rows at the start and after each rule, applied one after the other.

    flags: DataFrame of bool, one column per rule; True excludes the row.
    Returns a list of integers, one more than there are columns.
    """
    ### BEGIN SOLUTION
    out = flags.to_numpy(dtype=bool)
    gone = np.logical_or.accumulate(out, axis=1).sum(axis=0)
    return [len(flags), *(len(flags) - gone).tolist()]
    ### END SOLUTION


# %% check="rows_left" points=1
def flow_hints(left, single):
    """Hints from the rows left and from how many rows each rule alone excludes."""
    n = left[0]
    return [
        hint(
            "rules-counted-alone",
            lambda got: (
                list(got) == [n, *(n - count for count in single)]
                or list(got) == [n, *(n - np.cumsum(single)).tolist()]
            ),
            en="Each rule was counted on all rows. A row that meets two rules is lost only once, to the "
            "first: count on what is still there.",
            ko="기준마다 전체 행에서 세었습니다. 두 기준에 걸리는 행은 먼저 적용한 기준에서 한 번만 "
            "빠집니다. 남은 행에서 세십시오.",
        ),
        hint(
            "excluded-instead-of-left",
            [n, *(-np.diff(left)).tolist()],
            en="These are the numbers excluded at each step. Asked for is how many are left.",
            ko="단계마다 제외된 수입니다. 남은 수를 반환하십시오.",
        ),
        hint(
            "start-forgotten",
            left[1:],
            en="The number at the start is missing. Without it nobody can tell how many were lost.",
            ko="처음의 행 수가 없습니다. 그 수가 없으면 몇 명이 빠졌는지 알 수 없습니다.",
        ),
        hint(
            "flags-read-as-kept",
            lambda got: len(got) == len(left) and list(got)[1] == single[0],
            en="True means excluded here, not kept.",
            ko="여기서 True는 남긴다는 뜻이 아니라 제외한다는 뜻입니다.",
        ),
    ]


flags = pd.DataFrame(
    {
        "not the first": [False, True, False, True, False, False],
        "no age": [True, True, False, False, False, False],
        "died early": [False, True, True, False, False, False],
    }
)
expect(list(rows_left(flags)), "rows at the start and after three rules", "처음과 세 기준 뒤의 행 수").equals(
    [6, 4, 3, 2], hints=flow_hints([6, 4, 3, 2], [2, 2, 2])
)


### BEGIN HIDDEN TESTS
def left_after(flags):
    kept, left = np.ones(len(flags), dtype=bool), [len(flags)]
    for column in flags:
        kept &= ~flags[column].to_numpy()
        left.append(int(kept.sum()))
    return left


for seed in (1, 2):
    flags = pd.DataFrame(np.random.default_rng(seed).random((40, 4)) < 0.3, columns=list("abcd"))
    expect(list(rows_left(flags)), "rows left in another table", "다른 표에서 남은 행 수").equals(
        left_after(flags), hints=flow_hints(left_after(flags), flags.sum().tolist())
    )
expect(list(rows_left(flags[[]])), "rows when there is no rule", "기준이 없을 때의 행 수").equals([40])
### END HIDDEN TESTS

# %% [markdown] lang="en"
# The library applies rules in the same way, keeps the reason of every exclusion, and draws the flow diagram
# that a paper prints (`health.exclude`, `health.plot_flow`). Here it works with *your* first two functions.

# %% [markdown] lang="ko"
# 라이브러리도 같은 방식으로 기준을 적용하고, 제외된 까닭을 모두 기록하며, 논문에 싣는 흐름도를 그려
# 줍니다(`health.exclude`, `health.plot_flow`). 여기서는 *여러분이* 작성한 두 함수를 사용합니다.


# %%
def show_flow():
    firsts = set(first_admissions(admissions)["hadm_id"])
    table = admissions.assign(age=np.asarray(age_at_admission(admissions, patients), dtype=float))
    day = pd.Timedelta("24h")
    chosen = health.exclude(
        table,
        {
            me.text("not the first admission", "첫 입원이 아님"): lambda rows: ~rows["hadm_id"].isin(firsts),
            me.text("age hidden (90 and over)", "나이가 숨겨짐(90세 이상)"): lambda rows: rows["age"].isna(),
            me.text("not an emergency", "응급 입원이 아님"): lambda rows: (
                rows["admission_type"] != "EMERGENCY"
            ),
            me.text("died or left within 24 h", "24시간 안에 사망 또는 퇴원"): lambda rows: (
                rows["dischtime"] - rows["admittime"] < day
            ),
        },
        patient="subject_id",
        start=me.text("all of the demo", "데모 전체"),
    )
    health.plot_flow(
        chosen.flow,
        rows=me.text("{} admissions", "입원 {}건"),
        patients=me.text("{} patients", "환자 {}명"),
        end=me.text("cohort", "코호트"),
    )
    died = table["deathtime"].notna().groupby(table["age"].isna()).mean()
    print(
        me.text("death in hospital, age hidden:", "병원 내 사망, 나이가 숨겨진 입원:"),
        f"{died.get(True, 0):.0%}",
    )
    print(
        me.text("death in hospital, age known:", "병원 내 사망, 나이를 아는 입원:"),
        f"{died.get(False, 0):.0%}",
    )


lab.show(show_flow)

# %% [markdown] lang="en"
# ## 2. What was known, what happened?
#
# The second database, eICU, counts time in **minutes from the admission to the unit**: −60 is an hour before
# it. Suppose our alarm speaks once per stay, at the **index time** `index = 1440` (24 hours). Then
#
# - a feature may use only what was **known** at the index time: the *look-back* `(index − window, index]`;
# - the outcome is what happens **after** it: the *label window* `(index, index + horizon]`.
#
# Both windows hold their end and not their start, so nothing is counted twice. `labs` has two times per
# value: `drawn`, when the blood left the vein, and `reported`, when the result reached the ward.

# %% [markdown] lang="ko"
# ## 2. 무엇을 알고 있었고, 무슨 일이 일어났습니까?
#
# 두 번째 데이터베이스인 eICU는 시간을 **중환자실 입실부터의 분**으로 셉니다. −60은 입실 한 시간 전입니다.
# 우리의 경보는 재원마다 한 번, **기준 시점(index time)** `index = 1440`(24시간)에 판단한다고 하겠습니다.
# 그러면
#
# - 변수에는 기준 시점에 이미 **알고 있던** 것만 쓸 수 있습니다. 이것이 *관찰 구간(look-back)*
#   `(index − window, index]`입니다.
# - 결과는 기준 시점 **이후에** 일어난 일입니다. 이것이 *결과 구간(label window)* `(index, index +
#   horizon]`입니다.
#
# 두 구간 모두 끝은 포함하고 시작은 포함하지 않으므로 아무것도 두 번 세지 않습니다. `labs`에는 값마다 시각이
# 두 개 있습니다. `drawn`은 피를 뽑은 시각, `reported`는 결과가 병동에 도착한 시각입니다.

# %%
display(stays.head(4))
display(labs.head(4))

# %% [markdown] lang="en"
# ### Task 4: `last_known` (2 points)
#
# Return for each stay of the list `stays`, in its order, the **last value** of `item` that the alarm could
# have seen: drawn in `(index − window, index]` **and** reported no later than `index`. Last means drawn last.
# No value: `NaN`. Think of the ward: a lactate that was never measured is not 0, and a sample still in the
# laboratory is not known.

# %% [markdown] lang="ko"
# ### 과제 4: `last_known` (2점)
#
# 리스트 `stays`의 재원마다, 그 순서대로, 경보가 볼 수 있었던 `item`의 **마지막 값**을 반환하십시오. 곧
# `(index − window, index]`에 채혈했고 **또한** 늦어도 `index`까지 보고된 값입니다. 마지막이란 가장 늦게
# 채혈한 것을 뜻합니다. 값이 없으면 `NaN`입니다. 병동을 떠올려 보십시오. 재지 않은 젖산은 0이 아니고, 아직
# 검사실에 있는 검체의 값은 아무도 모릅니다.


# %% task="last_known"
def last_known(stays, labs, item, index, window):
    """The last value of an item known at the index time, one per stay.

    stays: list of stay numbers; labs: DataFrame with stay, item, value, drawn and reported (minutes);
    item: name; index, window: minutes.
    Returns an array of floats, NaN where there is no such value.
    """
    ### BEGIN SOLUTION
    known = labs[
        (labs["item"] == item)
        & (labs["drawn"] > index - window)
        & (labs["drawn"] <= index)
        & (labs["reported"] <= index)
    ]
    last = known.sort_values("drawn").groupby("stay")["value"].last()
    return pd.Series(stays).map(last).to_numpy(dtype=float)
    ### END SOLUTION


# %% check="last_known" points=2
def look_back_hints(want, wrong):
    """Hints from the right values and those of each wrong rule: a list of possible answers by its name."""

    def by_rule(name):
        return lambda got: any(np.array_equal(got, values, equal_nan=True) for values in wrong[name])

    return [
        hint(
            "look-ahead",
            by_rule("later"),
            en="A value drawn after the index time was used. The alarm cannot see the future: drawn <= "
            "index.",
            ko="기준 시점보다 늦게 채혈한 값을 썼습니다. 경보는 미래를 볼 수 없습니다. drawn <= index여야 "
            "합니다.",
        ),
        hint(
            "not-yet-reported",
            by_rule("unreported"),
            en="Drawn in time, but not reported in time: at the index time the sample was still in the "
            "laboratory.",
            ko="채혈은 제때 했지만 보고가 늦었습니다. 기준 시점에 그 검체는 아직 검사실에 있었습니다.",
        ),
        hint(
            "window-ignored",
            by_rule("older"),
            en="A value older than the window was used: drawn must be later than index - window.",
            ko="관찰 구간보다 오래된 값을 썼습니다. drawn은 index - window보다 늦어야 합니다.",
        ),
        hint(
            "window-edges",
            by_rule("edges"),
            en="A value stands exactly on an edge. The window holds its end, not its start: later than index "
            "- window, and no later than index.",
            ko="구간의 경계에 정확히 놓인 값이 있습니다. 구간은 끝을 포함하고 시작은 포함하지 않습니다. "
            "index − window보다 늦고, index보다 늦지 않아야 합니다.",
        ),
        hint(
            "missing-as-zero",
            np.nan_to_num(want),
            en="Not measured became 0. No living patient has that value, and a model would learn from it who "
            "was watched closely. Leave NaN.",
            ko="재지 않은 값이 0이 되었습니다. 살아 있는 환자에게는 없는 값이며, 모형은 누구를 자세히 "
            "살폈는지를 그 값에서 배우게 됩니다. NaN으로 두십시오.",
        ),
        hint(
            "last-row-taken",
            by_rule("row"),
            en="The last row is not the last value: the table is in no order of time. Sort by drawn.",
            ko="마지막 행이 마지막 값은 아닙니다. 표는 시간 순서가 아니므로 drawn으로 정렬하십시오.",
        ),
        hint(
            "worst-for-last",
            by_rule("worst"),
            en="This is the largest or the mean value of the window. Asked for is the one drawn last.",
            ko="관찰 구간의 최댓값이나 평균입니다. 가장 늦게 채혈한 값을 반환하십시오.",
        ),
    ]


stays_lost = hint(
    "stays-lost",
    lambda got: got is not None,
    en="One value per stay is needed, NaN included. A stay without a measurement is still a patient.",
    ko="재원마다 값이 하나씩 필요합니다(NaN 포함). 측정값이 없는 재원도 환자입니다.",
)


def expect_last_known(given, want, wrong, what, ko):
    stays, labs, *rest = given
    got = np.asarray(last_known(list(stays), labs.copy(), *rest), dtype=float)
    expect(len(got), f"{what}: how many values", f"{ko}: 값의 개수").equals(len(stays), hints=[stays_lost])
    expect(got, what, ko).close_to(want, abs=1e-9, hints=look_back_hints(want, wrong))


small_labs = pd.DataFrame(
    [
        (1, "lactate", 4.0, 1300, 1350),
        (1, "lactate", 2.0, 900, 930),
        (1, "creatinine", 1.1, 1400, 1420),
        (2, "lactate", 1.5, 700, 720),
        (2, "lactate", 6.0, 1430, 1475),
        (3, "lactate", 9.0, 1600, 1630),
        (5, "lactate", 3.0, -400, -350),
        (5, "lactate", 8.0, 1500, 1520),
        (4, "lactate", 2.5, 1440, 1440),
        (6, "lactate", 7.0, 0, 30),
        (7, "lactate", 3.0, 500, 530),
        (7, "lactate", 2.2, 1000, 1030),
    ],
    columns=["stay", "item", "value", "drawn", "reported"],
)
none = np.nan
expect_last_known(
    ([2, 1, 3, 4, 7, 5, 6], small_labs, "lactate", 1440, 1440),
    np.array([1.5, 4.0, none, 2.5, 2.2, none, none]),
    {
        "later": [[6.0, 4.0, 9.0, 2.5, 2.2, 8.0, none], [6.0, 4.0, 9.0, 2.5, 2.2, 8.0, 7.0]],
        "unreported": [[6.0, 4.0, none, 2.5, 2.2, none, none]],
        "older": [[1.5, 4.0, none, 2.5, 2.2, 3.0, 7.0]],
        "edges": [[1.5, 4.0, none, 2.5, 2.2, none, 7.0], [1.5, 4.0, none, none, 2.2, none, none]],
        "row": [[1.5, 2.0, none, 2.5, 2.2, none, none]],
        "worst": [[1.5, 4.0, none, 2.5, 3.0, none, none], [1.5, 3.0, none, 2.5, 2.6, none, none]],
    },
    "lactate of seven stays",
    "일곱 재원의 젖산",
)
got = np.asarray(last_known(list(mine), my_labs.copy(), "lactate", 1440, 1440), dtype=float)
expect(len(got), "lactate in your unit: how many values", "나의 중환자실의 젖산: 값의 개수").equals(
    len(mine), hints=[stays_lost]
)


### BEGIN HIDDEN TESTS
def by_hand(stays, labs, item, index, window, *, known="reported", until=None, since=None, pick="last"):
    """Stay by stay; the options give the wrong answers that are recognised."""
    rows = labs[(labs["item"] == item) & (labs["drawn"] > (index - window if since is None else since))]
    rows = rows[(rows["drawn"] <= (index if until is None else until))]
    if known is not None:
        rows = rows[rows[known] <= index]
    ordered = rows.sort_values("drawn", kind="stable") if pick == "last" else rows
    groups = ordered.groupby("stay")["value"]
    values = groups.last() if pick in ("last", "row") else getattr(groups, pick)()
    return pd.Series(list(stays)).map(values).to_numpy(dtype=float)


def expect_last(*given, what, ko):
    *_, index, window = given
    wrong = {
        "later": [by_hand(*given, known=None, until=np.inf, since=since) for since in (None, -np.inf)],
        "unreported": [by_hand(*given, known=None)],
        "older": [by_hand(*given, since=-np.inf)],
        "edges": [by_hand(*given, since=index - window - 1), by_hand(*given, until=index - 1)],
        "row": [by_hand(*given, pick="row")],
        "worst": [by_hand(*given, pick=pick) for pick in ("max", "mean")],
    }
    expect_last_known(given, by_hand(*given), wrong, what, ko)


expect_last(mine, my_labs, "lactate", 1440, 1440, what="lactate in your unit", ko="나의 중환자실의 젖산")
chosen = stays.loc[stays["unit_end"] > 1440, "stay"].tolist()
for item, index, window in (("lactate", 1440, 1440), ("creatinine", 720, 360), ("potassium", 2880, 600)):
    given = chosen, labs, item, index, window
    expect_last(*given, what=f"{item} at {index} min", ko=f"{index}분의 {item}")
given = mine[::-1], my_labs, "creatinine", 600, 900
expect_last(*given, what="creatinine in your unit", ko="나의 크레아티닌")
### END HIDDEN TESTS

# %% [markdown] lang="en"
# One patient of your unit who died there, on a time line: what the alarm may see (green) and what it may
# not (orange). The library does the same for all items at once (`health.summarize`), and
# `health.look_ahead` reports what a table knows after the index time.

# %% [markdown] lang="ko"
# 여러분의 중환자실에서 사망한 환자 한 명을 시간선에 그려 봅니다. 초록은 경보가 볼 수 있는 값, 주황은 볼 수
# 없는 값입니다. 라이브러리는 모든 항목에 대해 같은 일을 한 번에 하며(`health.summarize`),
# `health.look_ahead`는 표에 기준 시점 이후의 정보가 얼마나 있는지 알려 줍니다.


# %%
def show_timeline():
    last = pd.Series(np.asarray(last_known(mine, my_labs, "lactate", 1440, 1440), dtype=float), index=mine)
    lactate = my_labs[my_labs["item"] == "lactate"]
    dying = my_stays[(my_stays["status"] == "Expired") & (my_stays["unit_end"] < 6 * 1440)]["stay"]
    stay = (
        lactate[lactate["stay"].isin(last.dropna().index.intersection(dying))].groupby("stay").size().idxmax()
    )
    rows = lactate[lactate["stay"] == stay]
    seen = (rows["reported"] <= 1440) & (rows["drawn"] > 0)
    with style():
        figure, ax = plt.subplots(figsize=(9, 2.9))
    ax.axvspan(0, 24, color=PALETTE[2], alpha=0.12, lw=0)
    ax.axvline(24, color="black", lw=1.2)
    ax.text(24, 1.01, me.text(" index time", " 기준 시점"), transform=ax.get_xaxis_transform(), va="bottom")
    for mask, color, name in (
        (seen, PALETTE[2], me.text("known at the index time", "기준 시점에 아는 값")),
        (~seen, PALETTE[1], me.text("not known, or too old", "모르는 값 또는 오래된 값")),
    ):
        part = rows[mask]
        ax.hlines(part["value"], part["drawn"] / 60, part["reported"] / 60, color=color, lw=2)
        ax.scatter(part["drawn"] / 60, part["value"], color=color, s=36, zorder=3, label=name)
    ax.scatter([23.6], [last[stay]], marker="<", color="black", s=50, zorder=4, label="last_known")
    ax.set(
        xlabel=me.text("hours from the admission to the unit", "중환자실 입실부터의 시간(시)"),
        ylabel=me.text("lactate, mmol/L", "젖산, mmol/L"),
        ylim=(0, None),
    )
    ax.legend(loc="center left", bbox_to_anchor=(1, 0.5), frameon=False)
    figure.tight_layout()
    cohort = my_stays.assign(index_time=1440)
    known = {"by": "stay", "index_time": "index_time", "time": "drawn", "item": "item"}
    display(health.look_ahead(cohort, my_labs, **known).round(2))


lab.show(show_timeline)

# %% [markdown] lang="en"
# ### Task 5: `outcome` (2 points)
#
# Did the patient die in hospital within `horizon` minutes after the index time? Return one number per row of
# `stays`, in its order (`hospital_end` is when the patient left the hospital, `status` how: `"Expired"` or
# `"Alive"`):
#
# | what happened | label |
# |---|---|
# | died in `(index, index + horizon]` | 1 |
# | was still in hospital when the window ended (whatever came later) | 0 |
# | left the hospital **alive** in the window: nobody watched the rest of it | `NaN` |
# | had died or left by the index time: no longer at risk | `NaN` |
# | left in the window, `status` missing | `NaN` |

# %% [markdown] lang="ko"
# ### 과제 5: `outcome` (2점)
#
# 환자가 기준 시점 이후 `horizon`분 안에 병원에서 사망했습니까? `stays`의 행마다 숫자를 하나씩, 그 순서대로
# 반환하십시오(`hospital_end`는 병원을 떠난 시각, `status`는 떠난 상태로 `"Expired"`(사망) 또는
# `"Alive"`(생존)입니다).
#
# | 일어난 일 | 레이블 |
# |---|---|
# | `(index, index + horizon]`에 사망 | 1 |
# | 결과 구간이 끝날 때 아직 병원에 있었음(그 뒤의 일과 상관없음) | 0 |
# | 결과 구간 안에 **살아서** 퇴원: 나머지 기간은 아무도 보지 못했음 | `NaN` |
# | 기준 시점까지 이미 사망했거나 떠남: 더는 위험에 놓인 환자가 아님 | `NaN` |
# | 결과 구간 안에 떠났으나 `status`가 결측 | `NaN` |


# %% task="outcome"
def outcome(stays, index, horizon):
    """Death in hospital in the label window: 1, 0, or NaN where it was not observed.

    stays: DataFrame with hospital_end (minutes) and status ("Expired", "Alive" or missing);
    index, horizon: minutes.
    Returns one number per row.
    """
    ### BEGIN SOLUTION
    end = stays["hospital_end"].to_numpy()
    died = (stays["status"] == "Expired").to_numpy()
    label = np.full(len(stays), np.nan)
    label[end > index + horizon] = 0
    label[(end > index) & (end <= index + horizon) & died] = 1
    return label
    ### END SOLUTION


# %% check="outcome" points=2
def outcome_hints(want, died_later, died_before, left):
    """Hints from the labels and the rows of those who died after the window, before it, or left within it."""

    def instead(rows, value):
        labels = want.copy()
        labels[rows] = value
        return labels

    return [
        hint(
            "any-death",
            lambda got: np.nansum(np.asarray(got)[died_later]) > 0,
            en="A death after the end of the window was counted. The window says within which time.",
            ko="결과 구간이 끝난 뒤의 사망을 세었습니다. 결과 구간은 언제까지인지를 정합니다.",
        ),
        hint(
            "death-before-index",
            lambda got: np.nansum(np.asarray(got)[died_before]) > 0,
            en="A patient who had died before the index time became a case. Nobody can be warned about the "
            "past.",
            ko="기준 시점 전에 이미 사망한 환자를 사례로 세었습니다. 지난 일을 경고할 수는 없습니다.",
        ),
        hint(
            "unobserved-as-zero",
            lambda got: not np.isnan(got).any(),
            en="Patients who left alive, or were gone by the index time, count as survivors of the window. "
            "Nobody saw what became of them: NaN.",
            ko="살아서 퇴원했거나 기준 시점에 이미 없던 환자를 생존으로 세었습니다. 그 뒤를 본 사람이 "
            "없으므로 NaN입니다.",
        ),
        hint(
            "discharged-as-survivor",
            instead(left, 0.0),
            en="Who leaves alive within the window was not watched to its end: no 0, but NaN. People are "
            "also sent home to die.",
            ko="결과 구간 안에 살아서 퇴원한 환자는 끝까지 관찰되지 않았으므로 0이 아니라 NaN입니다. 임종을 "
            "위해 퇴원하는 환자도 있습니다.",
        ),
        hint(
            "later-deaths-missing",
            instead(died_later, np.nan),
            en="Who died after the window was alive when it ended: the label is 0.",
            ko="결과 구간 뒤에 사망한 환자는 구간이 끝날 때 살아 있었습니다. 레이블은 0입니다.",
        ),
    ]


def expect_outcome(stays, index, horizon, want, groups, what, ko):
    got = np.asarray(outcome(stays.copy(), index, horizon), dtype=float)
    expect(len(got), f"{what}: how many", f"{ko}: 개수").equals(len(stays))
    expect(got, what, ko).close_to(want, hints=outcome_hints(want, *groups))


eight = pd.DataFrame(
    {
        "stay": range(1, 9),
        "hospital_end": [2000, 2000, 9000, 9000, 1200, 1200, 1440, 4320],
        "status": ["Expired", "Alive", "Expired", "Alive", "Expired", "Alive", "Expired", "Expired"],
    }
)
expect_outcome(
    eight,
    1440,
    2880,
    np.array([1, np.nan, 0, 0, np.nan, np.nan, np.nan, 1]),
    ([2], [4, 6], [1]),
    "labels of eight stays",
    "여덟 재원의 레이블",
)


### BEGIN HIDDEN TESTS
def outcome_by_hand(stays, index, horizon):
    labels = []
    for end, status in zip(stays["hospital_end"], stays["status"], strict=True):
        if end > index + horizon:
            labels.append(0.0)
        elif end > index and status == "Expired":
            labels.append(1.0)
        else:
            labels.append(np.nan)
    return np.array(labels)


def expect_labels(*given, what, ko):
    stays, index, horizon = given
    want = outcome_by_hand(*given)
    end, died = stays["hospital_end"].to_numpy(), (stays["status"] == "Expired").to_numpy()
    left = (end > index) & ~died & np.isnan(want)
    expect_outcome(*given, want, (died & (end > index + horizon), died & ~(end > index), left), what, ko)


gap = eight.assign(status=["Expired", None, None, "Alive", None, "Alive", "Alive", "Expired"]).iloc[::-1]
expect_labels(gap, 1440, 2880, what="labels where a status is missing", ko="상태가 결측인 경우의 레이블")
expect_labels(stays, 1440, 7200, what="labels in eICU", ko="eICU의 레이블")
expect_labels(my_stays, 720, 4320, what="labels in your unit", ko="나의 중환자실의 레이블")
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### The same patients, the same lactate, three numbers
#
# Your unit: one feature, lactate, and death within 5 days after the index time. Only the *time* of the
# feature differs between the lines. In each, a missing lactate is replaced by the median.

# %% [markdown] lang="ko"
# ### 같은 환자, 같은 젖산, 세 개의 숫자
#
# 여러분의 중환자실에서 변수는 젖산 하나, 결과는 기준 시점 이후 5일 안의 사망입니다. 줄마다 다른 것은 변수의
# *시간*뿐입니다. 결측인 젖산은 모두 중앙값으로 채웠습니다.


# %%
def show_times():
    label = np.asarray(outcome(my_stays, 1440, 5 * 1440), dtype=float)
    watched = my_stays[~np.isnan(label)]
    y = label[~np.isnan(label)].astype(int)
    keys = watched["stay"].tolist()
    lactate = my_labs[my_labs["item"] == "lactate"]
    known = np.asarray(last_known(keys, my_labs, "lactate", 1440, 1440), dtype=float)
    whole = lactate.sort_values("drawn").groupby("stay")["value"]
    features = {
        me.text("last value known\nat the index time", "기준 시점에\n알던 마지막 값"): known,
        me.text("largest value\nof the whole stay", "전체 재원의\n최댓값"): watched["stay"].map(whole.max()),
        me.text("last value\nof the whole stay", "전체 재원의\n마지막 값"): watched["stay"].map(whole.last()),
    }
    with style():
        figure, ax = plt.subplots(figsize=(8, 2.8))
    for line, values in enumerate(features.values()):
        feature = pd.Series(np.asarray(values, dtype=float))
        area = learning.auroc(y, feature.fillna(feature.median()).to_numpy())
        color = PALETTE[2] if line == 0 else PALETTE[1]
        ax.hlines(line, area.low, area.high, color=color, lw=3)
        ax.scatter(area.value, line, color=color, s=50, zorder=3)
        ax.annotate(f"{area.value:.2f}", (area.value, line), (0, 8), textcoords="offset points", ha="center")
    ax.set_yticks(range(3), features)
    ax.set(
        ylim=(2.6, -0.6), xlim=(0.45, 1.02), xlabel=me.text("AUROC, 95 % interval", "AUROC, 95 % 신뢰구간")
    )
    figure.tight_layout()
    print(me.text(f"{len(y)} stays, {y.sum()} deaths", f"재원 {len(y)}건, 사망 {y.sum()}건"))


lab.show(show_times)

# %% [markdown] lang="en"
# ## 3. Records from another system
#
# Hospitals exchange records as **FHIR** resources: JSON objects that refer to each other. A *bundle* holds
# many of them. Here is one patient in three resources: look at how the observation names its patient, at the
# zone of its time, and at where the two blood pressures stand.

# %% [markdown] lang="ko"
# ## 3. 다른 시스템에서 온 기록
#
# 병원들은 기록을 **FHIR** 리소스, 곧 서로를 참조하는 JSON 객체로 주고받습니다. *번들*(bundle)에는 리소스가
# 여럿 들어 있습니다. 다음은 환자 한 명의 리소스 세 개입니다. 관찰(Observation)이 환자를 어떻게 가리키는지,
# 시각에 어떤 시간대가 붙어 있는지, 혈압 두 개가 어디에 있는지 살펴보십시오.

# %%
small = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [
        {
            "fullUrl": "urn:uuid:3f6fd0bb-0001",
            "resource": {"resourceType": "Patient", "id": "kim-7", "gender": "female"},
        },
        {
            "fullUrl": "urn:uuid:3f6fd0bb-0002",
            "resource": {
                "resourceType": "Observation",
                "id": "bp-1",
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": "85354-9"}]},
                "subject": {"reference": "urn:uuid:3f6fd0bb-0001"},
                "effectiveDateTime": "2024-03-01T08:30:00+09:00",
                "component": [
                    {
                        "code": {"coding": [{"system": "http://loinc.org", "code": "8480-6"}]},
                        "valueQuantity": {"value": 151, "unit": "mmHg"},
                    },
                    {
                        "code": {"coding": [{"system": "http://loinc.org", "code": "8462-4"}]},
                        "valueQuantity": {"value": 92, "unit": "mmHg"},
                    },
                ],
            },
        },
        {
            "fullUrl": "urn:uuid:3f6fd0bb-0003",
            "resource": {
                "resourceType": "Observation",
                "id": "weight-1",
                "status": "final",
                "code": {"coding": [{"system": "http://loinc.org", "code": "29463-7"}]},
                "subject": {"reference": "urn:uuid:3f6fd0bb-0001"},
                "effectiveDateTime": "2024-03-01T00:05:00Z",
                "valueQuantity": {"value": 61.5, "unit": "kg"},
            },
        },
    ],
}
print(json.dumps(small["entry"][1], indent=1)[:900])

# %% [markdown] lang="en"
# ### Task 6: `fhir_values` (2 points)
#
# Return a DataFrame with one row per **number** in the bundle's `Observation` resources and the columns
#
# - `patient`: the **`id`** of the Patient resource whose `fullUrl` the reference names,
# - `time`: the moment in **UTC** (text such as `"2024-02-29T23:30:00Z"` or a pandas time),
# - `code`: of the first coding, for a component the *component's* code,
# - `value`, `unit`.
#
# A number stands in `valueQuantity` of the observation itself or of each of its `component`s. Observations
# without a number, and all other resources, give no row. The order of the rows does not matter.

# %% [markdown] lang="ko"
# ### 과제 6: `fhir_values` (2점)
#
# 번들의 `Observation` 리소스에 들어 있는 **숫자**마다 한 행인 DataFrame을 반환하십시오. 열은 다음과 같습니다.
#
# - `patient`: 참조가 가리키는 `fullUrl`을 가진 Patient 리소스의 **`id`**
# - `time`: **UTC** 시각(`"2024-02-29T23:30:00Z"` 같은 문자열 또는 pandas 시각)
# - `code`: 첫 번째 coding의 코드. component라면 *component의* 코드
# - `value`, `unit`
#
# 숫자는 관찰 자체의 `valueQuantity`나 각 `component`의 `valueQuantity`에 있습니다. 숫자가 없는 관찰과 다른
# 리소스는 행을 만들지 않습니다. 행의 순서는 상관없습니다.


# %% task="fhir_values"
def fhir_values(bundle):
    """One row per number of the bundle's observations.

    bundle: dict, as json.load gives it.
    Returns a DataFrame with patient, time, code, value and unit.
    """
    ### BEGIN SOLUTION
    resources = {entry["fullUrl"]: entry["resource"] for entry in bundle["entry"]}
    rows = []
    for resource in resources.values():
        if resource["resourceType"] != "Observation":
            continue
        for part in [resource, *resource.get("component", [])]:
            if "valueQuantity" in part:
                rows.append(
                    {
                        "patient": resources[resource["subject"]["reference"]]["id"],
                        "time": pd.Timestamp(resource["effectiveDateTime"]).tz_convert("UTC"),
                        "code": part["code"]["coding"][0]["code"],
                        "value": part["valueQuantity"]["value"],
                        "unit": part["valueQuantity"]["unit"],
                    }
                )
    return pd.DataFrame(rows, columns=["patient", "time", "code", "value", "unit"])
    ### END SOLUTION


# %% check="fhir_values" points=2
components_lost = hint(
    "components-lost",
    lambda got: "8480-6" not in got,
    en="The blood pressures are missing: they are no value of the observation but of its components.",
    ko="혈압이 없습니다. 혈압은 관찰 자체의 값이 아니라 그 component들의 값입니다.",
)
panel_code = hint(
    "panel-code",
    lambda got: "85354-9" in got,
    en="85354-9 is the code of the panel. Systolic and diastolic pressure have codes of their own.",
    ko="85354-9는 묶음의 코드입니다. 수축기와 이완기 혈압에는 각자의 코드가 있습니다.",
)
no_number = hint(
    "rows-without-number",
    lambda got: len(got) > len(set(got)) or any(code in got for code in ("72166-2", "none")),
    en="An observation without a number gave a row.",
    ko="숫자가 없는 관찰이 행을 만들었습니다.",
)
urn_for_patient = hint(
    "reference-taken-for-id",
    lambda got: any(str(name).startswith(("urn", "3f6f", "aaaa")) for name in got),
    en="This is the text of the reference, a name inside this bundle. Follow it to the resource with that "
    "fullUrl and take its id.",
    ko="참조의 문자열이며 이 번들 안에서만 통하는 이름입니다. 그 fullUrl을 가진 리소스를 찾아 id를 쓰십시오.",
)
one_patient = hint(
    "one-patient-for-all",
    lambda got: len(set(got)) == 1,
    en="All numbers went to one patient, but this bundle holds two: follow each observation's reference.",
    ko="모든 숫자가 한 환자에게 붙었지만 이 번들에는 환자가 두 명 있습니다. 관찰마다 그 참조를 따라가십시오.",
)
zone_dropped = hint(
    "zone-dropped",
    lambda got: "2024-03-01 08:30" in got,
    en="08:30 in Seoul (+09:00) is 23:30 of the day before in UTC. Convert; do not cut the zone off.",
    ko="서울(+09:00)의 08:30은 UTC로 전날 23:30입니다. 시간대를 잘라 내지 말고 변환하십시오.",
)


def expect_values(bundle, want, what, ko):
    got = fhir_values(bundle)
    expect(sorted(map(str, got["code"])), f"{what}: codes", f"{ko}: 코드").equals(
        sorted(want["code"]), hints=[panel_code, components_lost, no_number]
    )
    got = got.assign(
        code=got["code"].astype(str),
        time=[f"{moment:%Y-%m-%d %H:%M}" for moment in pd.to_datetime(got["time"], utc=True)],
    )
    want = want.assign(time=[f"{moment:%Y-%m-%d %H:%M}" for moment in want["time"]])
    order = ["code", "time", "value"]
    got, want = got.sort_values(order), want.sort_values(order)
    expect(got["patient"].tolist(), f"{what}: patients", f"{ko}: 환자").equals(
        want["patient"].tolist(), hints=[urn_for_patient, one_patient]
    )
    expect(got["time"].tolist(), f"{what}: times in UTC", f"{ko}: UTC 시각").equals(
        want["time"].tolist(), hints=[zone_dropped]
    )
    expect(got["value"].tolist(), f"{what}: values", f"{ko}: 값").close_to(want["value"].tolist())
    expect(got["unit"].tolist(), f"{what}: units", f"{ko}: 단위").equals(want["unit"].tolist())


expect_values(
    small,
    pd.DataFrame(
        {
            "patient": "kim-7",
            "time": pd.to_datetime(["2024-02-29 23:30", "2024-02-29 23:30", "2024-03-01 00:05"]),
            "code": ["8480-6", "8462-4", "29463-7"],
            "value": [151, 92, 61.5],
            "unit": ["mmHg", "mmHg", "kg"],
        }
    ),
    "three numbers",
    "숫자 세 개",
)
### BEGIN HIDDEN TESTS
other = fhir_bundle(me.seed, visits=4)
text_only = {
    "resourceType": "Observation",
    "id": "smoking",
    "code": {"coding": [{"code": "72166-2"}]},
    "subject": {"reference": other["entry"][0]["fullUrl"]},
    "effectiveDateTime": "2024-03-01T00:05:00Z",
    "valueCodeableConcept": {"text": "Never smoker"},
}
second = {"fullUrl": "urn:uuid:aaaa-1", "resource": {"resourceType": "Patient", "id": "lee-2"}}
pulse = {
    **small["entry"][2]["resource"],
    "subject": {"reference": "urn:uuid:aaaa-1"},
    "effectiveDateTime": "2024-12-31T20:00:00-05:00",
    "code": {"coding": [{"code": "8867-4"}]},
    "valueQuantity": {"value": 88, "unit": "/min"},
}
other["entry"] += [
    {"fullUrl": "urn:uuid:aaaa-9", "resource": text_only},
    {"fullUrl": "urn:uuid:aaaa-3", "resource": pulse},
    second,
]
want = health.read_fhir(other).observations.dropna(subset=["value"])
expect_values(other, want, "your patient and another", "나의 환자와 다른 환자")
### END HIDDEN TESTS

# %% [markdown] lang="en"
# The library reads whole bundles (`health.read_fhir`): all six kinds of table, references across bundles, and
# a count of everything it did not read. Four synthetic patients made by Synthea:

# %% [markdown] lang="ko"
# 라이브러리의 `health.read_fhir`는 번들 전체를 읽습니다. 여섯 종류의 표를 만들고, 번들 사이의 참조를 풀고,
# 읽지 않은 리소스가 몇 개인지도 알려 줍니다. 다음은 Synthea로 만든 합성 환자 네 명입니다.

# %%
tables = health.read_fhir(*[fhir.path(role) for role in ROLES])
display(tables.counts)
display(tables.observations.dropna(subset=["value"])[["patient", "time", "display", "value", "unit"]].head(6))

# %% [markdown] lang="en"
# ## 4. Reading it
#
# ### Task 7: `reading` (2 points)
#
# 1. `who_vanished`: the flow diagram of part 1 excludes rows whose age is hidden. What does that do to the
#    cohort?
#    - **a** It removes data errors, so the cohort becomes cleaner and stays representative.
#    - **b** It removes the oldest patients, so the model has not been tested on them.
#    - **c** It removes patients at random, so only the intervals get wider.
# 2. `why_higher`: in your unit, the values of the *whole stay* predict death much better than the value known
#    at the index time. Why?
#    - **a** They use more measurements, and an average over more values is more precise.
#    - **b** Fewer patients have a missing lactate, and filling with the median had hidden the effect.
#    - **c** They contain values from the last hours before death, which no alarm at 24 hours can see.
#    - **d** Lactate in the first 24 hours has nothing to do with death.

# %% [markdown] lang="ko"
# ## 4. 결과 읽기
#
# ### 과제 7: `reading` (2점)
#
# 1. `who_vanished`: 1부의 흐름도는 나이가 숨겨진 행을 제외합니다. 그러면 코호트는 어떻게 됩니까?
#    - **a** 자료의 오류가 제거되어 더 깨끗해지고 대표성은 그대로입니다.
#    - **b** 최고령 환자가 빠지므로 모형은 그 환자들에게서 시험된 적이 없게 됩니다.
#    - **c** 환자가 무작위로 빠지므로 신뢰구간만 넓어집니다.
# 2. `why_higher`: 여러분의 중환자실에서 *전체 재원*의 값은 기준 시점에 알던 값보다 사망을 훨씬 잘 예측합니다.
#    까닭은 무엇입니까?
#    - **a** 측정값을 더 많이 쓰고, 더 많은 값의 평균은 더 정밀하기 때문입니다.
#    - **b** 젖산이 결측인 환자가 줄었고, 중앙값으로 채우느라 효과가 가려져 있었기 때문입니다.
#    - **c** 사망 직전 몇 시간의 값이 들어 있는데, 24시간 시점의 경보는 그 값을 볼 수 없기 때문입니다.
#    - **d** 처음 24시간의 젖산은 사망과 관련이 없기 때문입니다.

# %% task="reading"
### BEGIN SOLUTION
who_vanished = "b"
why_higher = "c"
### END SOLUTION

# %% check="reading.flow" points=1
expect(who_vanished, "one of the three letters", "세 글자 가운데 하나").one_of(["a", "b", "c"])
### BEGIN HIDDEN TESTS
expect(who_vanished, "who is excluded with a hidden age", "나이가 숨겨져 제외된 환자").equals(
    "b",
    hints=[
        hint(
            "exclusion-taken-for-cleaning",
            "a",
            en="A birth date 300 years back is no error but a way to hide one kind of patient. Which kind?",
            ko="300년 전의 생년월일은 오류가 아니라 어떤 환자들을 숨기는 방법입니다. 어떤 환자들입니까?",
        ),
        hint(
            "exclusion-taken-for-chance",
            "c",
            en="Not by chance: the ages are hidden because of what they are.",
            ko="무작위가 아닙니다. 나이가 많다는 바로 그 까닭으로 숨겨진 것입니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% check="reading.time" points=1
expect(why_higher, "one of the four letters", "네 글자 가운데 하나").one_of(["a", "b", "c", "d"])
### BEGIN HIDDEN TESTS
expect(why_higher, "why the whole stay predicts better", "전체 재원이 더 잘 예측하는 까닭").equals(
    "c",
    hints=[
        hint(
            "look-ahead-taken-for-precision",
            lambda got: got in ("a", "b"),
            en="Then the gain would be the same for all patients. Look at the time line: when were the "
            "highest values of those who died drawn?",
            ko="그렇다면 모든 환자에서 똑같이 좋아져야 합니다. 시간선을 보십시오. 사망한 환자의 가장 높은 "
            "값은 언제 채혈했습니까?",
        ),
        hint(
            "early-values-useless",
            "d",
            en="The honest line lies above 0.5: early lactate does carry information, only less than the "
            "future does.",
            ko="정직한 줄도 0.5보다 위에 있습니다. 초기 젖산에도 정보가 있지만 미래의 값보다 적을 뿐입니다.",
        ),
    ],
)
### END HIDDEN TESTS

# %% [markdown] lang="en"
# ### Essay (3 points, read by your instructor)
#
# A colleague writes in a methods section: *"We included all patients with a lactate measurement and predicted
# in-hospital death from the worst laboratory values of the stay."* Rewrite the sentence as a short protocol
# (five to eight sentences): who is in and who is left out and why, the index time, the look-back and when a
# value counts as known, the outcome and its window, what is done with those who are not observed to the end.
# Say which patients your cohort no longer represents.

# %% [markdown] lang="ko"
# ### 서술 (3점, 강사가 직접 채점합니다)
#
# 동료가 방법 절에 이렇게 썼습니다. *"젖산을 측정한 모든 환자를 포함하고, 재원 중 가장 나쁜 검사 값으로 병원
# 내 사망을 예측하였다."* 이 문장을 짧은 계획서(다섯에서 여덟 문장)로 고쳐 쓰십시오. 누구를 포함하고 누구를 왜
# 제외하는지, 기준 시점, 관찰 구간과 값을 언제 알게 된 것으로 보는지, 결과와 결과 구간, 끝까지 관찰되지 않은
# 환자를 어떻게 다루는지 적으십시오. 여러분의 코호트가 더는 대표하지 못하는 환자가 누구인지도 밝히십시오.

# %% [markdown] essay="protocol" points=3
# **1 point: who.** Unit of analysis (patient or stay, the first one), age and how hidden ages are treated, no
# selection by having a lactate (it is measured when somebody worries: such a cohort is more ill than the
# ward); counts at each step. Names a group no longer represented (the oldest, early deaths, transfers).
#
# **1 point: time.** One index time; look-back ends there; values count from the time they were reported;
# "worst of the stay" is recognised as look-ahead; what a missing value becomes.
#
# **1 point: outcome.** A window after the index time; deaths before it excluded; patients discharged alive or
# transferred within it are unobserved, with a stated way to deal with them (follow-up, censoring, sensitivity
# analysis).
#
# **1점: 대상.** 분석 단위(환자인지 재원인지, 첫 번째인지), 나이와 숨겨진 나이의 처리, 젖산 측정 여부로 고르지
# 않을 것(걱정될 때 재는 검사이므로 그렇게 고른 코호트는 병동보다 더 아픈 집단입니다), 단계별 수. 더는
# 대표하지 못하는 집단(최고령, 초기 사망, 전원)을 밝힙니다.
#
# **1점: 시간.** 하나의 기준 시점, 거기서 끝나는 관찰 구간, 보고된 시각부터 안다고 볼 것, "재원 중 가장 나쁜
# 값"이 미래 정보임을 알아볼 것, 결측값의 처리.
#
# **1점: 결과.** 기준 시점 이후의 결과 구간, 그 전의 사망 제외, 구간 안에 살아서 퇴원하거나 전원한 환자는
# 관찰되지 않은 것으로 보고 처리 방법(추적 조사, 중도절단, 민감도 분석)을 밝힙니다.

# %% [markdown] lang="en"
# ## What to read next
#
# - Johnson AEW, Pollard TJ, Mark RG (2017) *Reproducibility in critical care: a mortality prediction case
#   study.* Proceedings of Machine Learning Research 68:361.
# - Benchimol EI et al. (2015) *The RECORD statement.* PLoS Med 12:e1001885. What to report about routinely
#   collected records.
# - HL7 FHIR R4, https://hl7.org/fhir/R4: Bundle, Observation, references.
# - In the library: `health.exclude`, `health.look_back`, `health.summarize`, `health.label`,
#   `health.look_ahead`, `health.read_fhir`. The next exercise builds *A risk model without leaks*.

# %% [markdown] lang="ko"
# ## 더 읽을거리
#
# - Johnson AEW, Pollard TJ, Mark RG (2017) *Reproducibility in critical care: a mortality prediction case
#   study.* Proceedings of Machine Learning Research 68:361.
# - Benchimol EI et al. (2015) *The RECORD statement.* PLoS Med 12:e1001885. 일상 진료 기록을 쓴 연구가
#   보고해야 할 사항입니다.
# - HL7 FHIR R4, https://hl7.org/fhir/R4: Bundle, Observation, 참조.
# - 라이브러리에서는 `health.exclude`, `health.look_back`, `health.summarize`, `health.label`,
#   `health.look_ahead`, `health.read_fhir`를 살펴보십시오. 다음 실습에서는 *정보 누출 없는 위험도 예측
#   모형*을 만듭니다.
