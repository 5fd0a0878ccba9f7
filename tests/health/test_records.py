"""Cohorts from relational tables: literal tables whose counts are known by hand, properties, real tables."""

from datetime import timedelta

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from biolabkit import datasets, health
from biolabkit.errors import InputError, UnknownNameError
from biolabkit.health.records import STATISTICS

STAYS = pd.DataFrame(
    {
        "stay": [10, 11, 12, 13, 14],
        "patient": ["a", "a", "b", "c", "c"],
        "age": [70.0, 71.0, 15.0, np.nan, 40.0],
        "admitted": pd.to_datetime(["2024-01-02", "2024-03-01", "2024-01-05", "2024-02-02", "2024-02-01"]),
    },
    index=list("vwxyz"),
)
LABS = pd.DataFrame(
    {
        "stay": [1, 1, 1, 1, 2, 2, 9],
        "minute": [-60, -30, 0, 30, -61, -5, -5],
        "reported": [-20, 10, 0, 60, -30, -1, -1],
        "lab": ["lactate", "lactate", "lactate", "lactate", "lactate", "sodium", "sodium"],
        "value": [1.0, 2.0, 3.0, 9.0, 5.0, np.nan, 140.0],
        "unit": ["mmol/L"] * 4 + ["mg/dL", "mmol/L", "mmol/L"],
    }
)
COHORT = pd.DataFrame({"stay": [2, 1, 3], "t0": [0, 0, 0], "until": [100, 100, 20]}, index=[7, 8, 9])
KEYS = {"by": "stay", "index_time": "t0", "time": "minute"}


def test_exclusions_are_counted_step_by_step():
    chosen = health.exclude(
        STAYS,
        {
            "no age": lambda rows: rows["age"].isna(),
            "younger than 18": lambda rows: rows["age"] < 18,
            "not the first stay": lambda rows: rows["admitted"].rank() > 1,
        },
        patient="patient",
        start="stays",
    )
    assert chosen.flow["step"].tolist() == ["stays", "no age", "younger than 18", "not the first stay"]
    assert chosen.flow["excluded"].tolist() == [0, 1, 1, 2]
    assert chosen.flow["rows"].tolist() == [5, 4, 3, 1]
    assert chosen.flow["patients"].tolist() == [3, 3, 2, 1]
    assert chosen.kept.index.tolist() == ["v"]
    assert chosen.reason.to_dict() == {
        "w": "not the first stay",
        "x": "younger than 18",
        "y": "no age",
        "z": "not the first stay",
    }


@given(st.lists(st.lists(st.booleans(), min_size=6, max_size=6), max_size=4))
def test_every_row_is_kept_or_excluded_once(answers):
    table = pd.DataFrame({"patient": list("aabbcc"), "row": range(6)})
    rules = {f"rule {i}": (lambda rows, a=a: np.array(a)[rows["row"]]) for i, a in enumerate(answers)}
    chosen = health.exclude(table, rules, patient="patient")
    assert len(chosen.kept) + chosen.flow["excluded"].sum() == len(table)
    assert set(chosen.kept["row"]) == {row for row in range(6) if not any(a[row] for a in answers)}
    assert sorted([*chosen.kept.index, *chosen.reason.index]) == list(range(6))


def test_rules_that_do_not_answer():
    with pytest.raises(InputError, match="rule 'old': 5 answers expected"):
        health.exclude(STAYS, {"old": lambda _: [True]}, patient="patient")
    with pytest.raises(InputError, match="found an answer of shape"):
        health.exclude(STAYS, {"old": lambda _: True}, patient="patient")
    with pytest.raises(InputError, match="True or False per row expected, found 70"):
        health.exclude(STAYS.dropna(), {"old": lambda rows: rows["age"]}, patient="patient")
    with pytest.raises(InputError, match="rule 'old': 1 rows have no answer"):
        health.exclude(STAYS, {"old": lambda rows: rows["age"].astype("Float64") > 65}, patient="patient")
    with pytest.raises(InputError, match="its index is not that of the rows"):
        health.exclude(STAYS, {"old": lambda _: pd.Series([True] * 5)}, patient="patient")
    with pytest.raises(UnknownNameError, match="did you mean 'patient'"):
        health.exclude(STAYS, {}, patient="patients")
    with pytest.raises(InputError, match="missing values \\(1 in 'age'\\)"):
        health.exclude(STAYS, {}, patient="age")


def test_one_per_patient():
    def chosen(table, **how):
        return sorted(health.one_per_patient(table, by="patient", time="admitted", **how)["stay"])

    assert chosen(STAYS) == [10, 12, 14]
    assert chosen(STAYS, choose="last") == [11, 12, 13]
    shuffled = STAYS.sample(frac=1, random_state=1)
    assert chosen(STAYS, choose="random", seed=3) == chosen(shuffled, choose="random", seed=3)
    draws = [chosen(STAYS, choose="random", seed=seed) for seed in range(20)]
    assert {tuple(draw) for draw in draws} == {(10, 12, 13), (10, 12, 14), (11, 12, 13), (11, 12, 14)}
    with pytest.raises(UnknownNameError, match="did you mean 'first'"):
        chosen(STAYS, choose="frist")


def test_look_back_ends_at_the_index_time():
    seen = health.look_back(COHORT, LABS, window=60, **KEYS)
    assert seen.index.tolist() == [1, 2, 5]  # exactly 60 minutes before is outside, the index time inside
    assert seen["since_index"].tolist() == [-30, 0, -5]
    reported = health.look_back(COHORT, LABS, window=60, known="reported", **KEYS)
    assert reported.index.tolist() == [2, 5]  # drawn in time, reported too late
    for window in (0, -60):
        with pytest.raises(InputError, match="cannot look ahead"):
            health.look_back(COHORT, LABS, window=window, **KEYS)


def test_summaries_are_missing_where_nothing_was_measured():
    table = health.summarize(
        COHORT, LABS, window=61, item="lab", value="value", statistics=STATISTICS, **KEYS
    )
    assert table.index.tolist() == [7, 8, 9]
    assert table.loc[8, [f"lactate_{name}" for name in STATISTICS]].tolist() == [3, 1, 2, 1, 3, 3]
    assert table["lactate_count"].tolist() == [0, 3, 0]
    assert table["sodium_last"].isna().all()
    assert table["sodium_count"].tolist() == [0, 0, 0]
    with pytest.raises(UnknownNameError, match="did you mean 'mean'"):
        health.summarize(COHORT, LABS, window=60, item="lab", value="value", statistics=["meen"], **KEYS)
    with pytest.raises(InputError, match=r"several units \(lactate: mg/dL, mmol/L\)"):
        health.summarize(COHORT, LABS, window=99, item="lab", value="value", unit="unit", **KEYS)


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(-50, 50)), max_size=30), st.integers(1, 60))
def test_nothing_after_the_index_time_changes_a_feature(events, window):
    table = pd.DataFrame(events, columns=["stay", "minute"]).assign(lab="x")
    table["value"] = np.arange(len(table), dtype=float)
    past = table[table["minute"] <= 0]
    options = {"window": window, "item": "lab", "value": "value", "statistics": STATISTICS}
    whole = health.summarize(COHORT, table, **options, **KEYS)
    alone = health.summarize(COHORT, past, **options, **KEYS)
    pd.testing.assert_frame_equal(whole[alone.columns], alone, check_column_type=False)
    labels = health.label(COHORT, table, window=window, **KEYS)
    after = {stay for stay, minute in events if 0 < minute <= window}
    assert labels.tolist() == [stay in after for stay in COHORT["stay"]]


def test_labels_without_follow_up_are_missing():
    deaths = pd.DataFrame({"stay": [1, 3], "minute": [60, 10]})
    assert health.label(COHORT, deaths, window=60, **KEYS).tolist() == [False, True, True]
    none = deaths.iloc[:0]
    short = health.label(COHORT, none, window=60, follow_up="until", **KEYS)
    assert short.tolist() == [False, False, pd.NA]
    died = health.label(COHORT, deaths, window=60, follow_up="until", **KEYS)
    assert died.tolist() == [False, True, True]


def test_dates():
    cohort = pd.DataFrame({"p": [1], "t0": pd.to_datetime(["2024-02-28 12:00"])})
    events = pd.DataFrame({"p": 1, "t": pd.to_datetime(["2024-02-28 11:00", "2024-02-29 12:00", None])})
    keys = {"by": "p", "index_time": "t0", "time": "t"}
    assert len(health.look_back(cohort, events, window="2h", **keys)) == 1
    assert health.label(cohort, events, window="24h", **keys).tolist() == [True]
    assert health.label(cohort, events, window="23h", **keys).tolist() == [False]
    with pytest.raises(InputError, match="a length of time such as '24h' expected, found 24"):
        health.look_back(cohort, events, window=24, **keys)
    with pytest.raises(InputError, match="'2 fortnights' is no length of time"):
        health.look_back(cohort, events, window="2 fortnights", **keys)
    with pytest.raises(InputError, match="'t0' holds dates, events column 'n' holds no dates"):
        health.look_back(cohort, events.assign(n=1), by="p", index_time="t0", time="n", window="2h")
    with pytest.raises(InputError, match=r"for example 1\), so an event"):
        health.look_back(pd.concat([cohort, cohort]), events, window="2h", **keys)
    for length in (timedelta(hours=2), np.timedelta64(2, "h"), pd.Timedelta("2h")):
        assert len(health.look_back(cohort, events, window=length, **keys)) == 1
    with pytest.raises(InputError, match="window None is no length of time"):
        health.look_back(cohort, events, window=None, **keys)


def test_times_that_cannot_be_subtracted():
    cohort = pd.DataFrame({"p": [1], "t0": pd.to_datetime(["2024-02-28 12:00"])})
    events = pd.DataFrame({"p": [1], "t": pd.to_datetime(["2024-02-28 11:00"])})
    keys = {"by": "p", "index_time": "t0", "time": "t", "window": "2h"}
    utc = events.assign(t=events["t"].dt.tz_localize("UTC"))  # as read_fhir gives them
    with pytest.raises(InputError, match="'t0' holds dates, events column 't' holds dates with a time zone"):
        health.look_back(cohort, utc, **keys)
    with pytest.raises(InputError, match="events: column 't' holds text"):
        health.look_back(cohort, events.astype({"t": str}), **keys)
    late = cohort.assign(until=cohort["t0"].dt.tz_localize("Asia/Seoul"))
    with pytest.raises(InputError, match="cohort column 'until' holds dates with a time zone"):
        health.label(late, events, follow_up="until", **keys)
    text = events.assign(t=["2024-2-28 9:00"])
    for choose in ("first", "last"):
        with pytest.raises(InputError, match="column 't' holds text"):
            health.one_per_patient(text, by="p", time="t", choose=choose)


def test_values_that_are_no_numbers():
    labs = LABS.assign(value=LABS["value"].astype(object))
    plain = {**KEYS, "window": 60, "item": "lab", "value": "value"}
    expected = health.summarize(COHORT, LABS, statistics=["mean"], **plain)
    pd.testing.assert_frame_equal(health.summarize(COHORT, labs, statistics=["mean"], **plain), expected)
    labs.loc[labs.index[0], "value"] = "<5"
    with pytest.raises(InputError, match=r"'value': numbers expected, found '<5' \(1 rows\)"):
        health.summarize(COHORT, labs, **plain)
    with pytest.raises(InputError, match="at least one statistic"):
        health.summarize(COHORT, LABS, statistics=[], **plain)


def test_errors_in_korean(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    stays = pd.DataFrame({"patient": [1, 2], "age": [70, None]})
    with pytest.raises(InputError) as caught:
        health.exclude(
            stays, {"18세 미만": lambda rows: rows["age"].astype("Float64") < 18}, patient="patient"
        )
    assert str(caught.value) == (
        "제외 기준 '18세 미만': 답이 없는 행이 1개 있습니다(결측값을 비교했습니다). 그 행을 어떻게 할지 "
        ".isna()나 .fillna(False) 등으로 정하십시오"
    )
    with pytest.raises(InputError) as caught:
        health.look_back(COHORT, LABS, window=-1, **KEYS)
    assert str(caught.value) == (
        "look_back: window는 0보다 커야 합니다. 받은 값: -1. 변수가 미래를 보지 못하도록 관찰 구간은 기준 "
        "시점에서 끝나고 결과 구간은 기준 시점에서 시작합니다"
    )


def test_look_ahead_names_what_knows_the_future():
    report = health.look_ahead(COHORT, LABS, item="lab", **KEYS)
    assert report.to_dict("records") == [
        {"item": "lactate", "events": 5, "after_index": 1, "share": 0.2, "latest": 30}
    ]
    assert health.look_ahead(COHORT, LABS[LABS["minute"] <= 0], item="lab", **KEYS).empty


def test_flow_is_drawn():
    chosen = health.exclude(STAYS, {"no age": lambda rows: rows["age"].isna()}, patient="patient")
    ax = health.plot_flow(chosen.flow, end="adults")
    shown = [text.get_text() for text in ax.texts if text.get_text()]
    assert "no age\nn = 1" in shown
    assert "adults\n4 records, 3 patients" in shown
    with pytest.raises(UnknownNameError, match="'excluded'"):
        health.plot_flow(chosen.flow.drop(columns="excluded"))


@pytest.mark.mirror
def test_mimic_demo():
    admissions = datasets.load("mimic3-demo-tables", "admissions")
    first = health.one_per_patient(admissions, by="subject_id", time="admittime")
    assert len(first) == 100
    drugs = datasets.load("mimic3-demo-tables", "prescriptions").rename(columns={"startdate": "time"})
    # the cohort is one row per admission: drugs are joined by hadm_id, not by patient
    window = health.look_back(
        admissions, drugs, by="hadm_id", index_time="admittime", time="time", window="30d"
    )
    assert (window["since_index"] <= pd.Timedelta(0)).all()
    deaths = admissions.dropna(subset=["deathtime"]).rename(columns={"deathtime": "time"})
    died = health.label(admissions, deaths, by="hadm_id", index_time="admittime", time="time", window="3650d")
    assert died.sum() == (admissions["hospital_expire_flag"] == 1).sum() == 40


@pytest.mark.mirror
def test_eicu_demo_against_a_direct_computation():
    patient = datasets.load("eicu-demo-subset", "patient").assign(t0=60)
    labs = datasets.load("eicu-demo-subset", "lab")
    table = health.summarize(
        patient, labs, by="patientunitstayid", index_time="t0", time="labresultoffset", window=1440,
        item="labname", value="labresult", statistics=["max", "count"], unit="labmeasurenamesystem",
    )  # fmt: skip
    inside = labs[labs["labresultoffset"].between(60 - 1440 + 1, 60) & (labs["labname"] == "creatinine")]
    expected = inside.groupby("patientunitstayid")["labresult"].max()
    found = pd.Series(table["creatinine_max"].to_numpy(), index=patient["patientunitstayid"]).dropna()
    pd.testing.assert_series_equal(found.sort_index(), expected, check_names=False)
    report = health.look_ahead(
        patient, labs, by="patientunitstayid", index_time="t0", time="labresultoffset", item="labname"
    )
    assert report["item"][0] == "bedside glucose"
