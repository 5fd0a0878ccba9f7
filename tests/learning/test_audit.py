"""audit_split: each kind of leak is found, and a clean split is clean."""

import numpy as np
import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler

from biolabkit import learning
from biolabkit.errors import InputError
from biolabkit.simulate.cohorts import cohort

CLINIC = cohort(120, 1, markers=2)
USABLE = ["age", "bmi", "sbp_mmhg", "creatinine_mg_per_dl", "nt_probnp_pg_per_ml", "marker_01"]
KEYS = {"by": "patient_id", "label": "admitted_180d"}


def problems(train, test, **arguments):
    found = learning.audit_split(train, test, **arguments)
    return set(found["problem"])


def test_a_split_by_patient_is_clean():
    train, test = learning.split(CLINIC.visits, by="patient_id", seed=1)
    found = learning.audit_split(train, test, features=USABLE, dictionary=CLINIC.dictionary, **KEYS)
    assert found.empty
    assert list(found.columns) == ["problem", "column", "rows", "detail"]


def test_patients_on_both_sides_are_counted():
    train, test = learning.split(CLINIC.visits, seed=1)
    found = learning.audit_split(train, test, features=USABLE, **KEYS)
    line = found[found["problem"] == "group on both sides"].iloc[0]
    shared = set(train["patient_id"]) & set(test["patient_id"])
    assert line["rows"] == test["patient_id"].isin(shared).sum()
    assert f"{len(shared)} of the {test['patient_id'].nunique()} groups" in line["detail"]


def test_groups_of_two_columns():
    train = pd.DataFrame({"site": ["a", "b"], "patient": [1, 2], "x": [0.1, 0.2]})
    test = pd.DataFrame({"site": ["a", "b"], "patient": [2, 2], "x": [0.3, 0.4]})
    assert learning.audit_split(train, test, by=["site", "patient"])["rows"].tolist() == [1]
    assert learning.audit_split(train, test, by="patient")["rows"].tolist() == [2]


def test_duplicate_rows():
    train = pd.DataFrame({"x": [1.0, 2.0, np.nan], "w": ["a", "b", "c"]})
    test = pd.DataFrame({"x": [2.0, np.nan, 5.0], "w": ["b", "c", "c"]})
    assert learning.audit_split(train, test)["rows"].tolist() == [2]


def test_post_outcome_columns_by_dictionary_and_by_data():
    train, test = learning.split(CLINIC.visits, by="patient_id", seed=1)
    every = [*USABLE, "iv_diuretic_days", "discharge_weight_kg"]
    told = learning.audit_split(
        train, test, by="patient_id", features=pd.Series(every), dictionary=CLINIC.dictionary
    )
    assert told["column"].tolist() == ["iv_diuretic_days", "discharge_weight_kg"]
    seen = learning.audit_split(train, test, features=every, **KEYS)
    assert set(seen["column"]) == {"iv_diuretic_days", "discharge_weight_kg"}
    assert seen["detail"].str.contains("where it is missing").any()


def test_a_day_that_nobody_knows_counts_as_later():
    dictionary = pd.DataFrame({"column": ["x"], "known_days": [np.nan]})
    table = pd.DataFrame({"x": [1.0, 2.0]})
    found = learning.audit_split(table, table + 5, dictionary=dictionary)
    assert "on an unknown day" in found["detail"].iloc[0]


def test_scaling_before_the_split_is_seen_in_the_data():
    rng = np.random.default_rng(1)
    raw = pd.DataFrame({"x": rng.normal(10, 3, 50), "z": rng.normal(0, 1, 50)})
    scaled = raw.assign(x=StandardScaler().fit_transform(raw[["x"]]))
    found = learning.audit_split(*learning.split(scaled, seed=1))
    assert found[["problem", "column"]].values.tolist() == [["prepared on everything", "x"]]
    train, test = learning.split(raw, seed=1)
    honest = StandardScaler().fit(train[["x"]])
    sides = [side.assign(x=honest.transform(side[["x"]])) for side in (train, test)]
    assert learning.audit_split(*sides).empty


def test_a_pipeline_fitted_on_everything_is_recognised():
    train, test = learning.split(CLINIC.visits, by="patient_id", seed=1)
    numbers = make_pipeline(SimpleImputer(strategy="median"), StandardScaler())
    prepare = ColumnTransformer([("numbers", numbers, USABLE), ("words", OneHotEncoder(), ["sex"])])
    model = make_pipeline(prepare, LogisticRegression(max_iter=1000))
    used = [*USABLE, "sex"]

    def findings(fitted_on):
        model.fit(fitted_on[used], fitted_on["admitted_180d"])
        return learning.audit_split(train, test, features=used, model=model, **KEYS)

    assert findings(train).empty
    leaked = findings(CLINIC.visits)
    assert set(leaked["problem"]) == {"prepared on everything"}
    assert leaked["detail"].str.contains("StandardScaler").any()
    assert leaked["detail"].str.contains("SimpleImputer").any()


def test_test_rows_before_training_rows():
    train, test = pd.DataFrame({"day": [1, 5]}), pd.DataFrame({"day": [4, 6]})
    assert learning.audit_split(train, test, time="day")["problem"].tolist() == ["test before train"]
    assert learning.audit_split(train, test[1:], time="day").empty


def test_columns_without_information_in_the_training():
    train = pd.DataFrame({"chol": [np.nan] * 3, "sex": [1, 1, 1], "age": [50, 60, 70], "none": [np.nan] * 3})
    test = pd.DataFrame({"chol": [200.0, 240.0], "sex": [0, 1], "age": [40, 41], "none": [np.nan] * 2})
    found = learning.audit_split(train, test)
    assert set(found["problem"]) == {"nothing to learn"}
    assert found["column"].tolist() == ["chol", "sex"]
    assert [text.split(" in ")[0] for text in found["detail"]] == ["all missing", "constant"]


def test_bad_input():
    table = pd.DataFrame({"patient": [1], "y": ["sick"]})
    with pytest.raises(InputError, match="did you mean 'patient'"):
        learning.audit_split(table, table, by="patients")
    with pytest.raises(InputError, match="labels 0 and 1 expected, found 'sick'"):
        learning.audit_split(table, table, label="y")
    with pytest.raises(InputError, match="suspicious"):
        learning.audit_split(table, table, suspicious=2)


@pytest.mark.parametrize(
    ("columns", "days", "said"),
    [
        (["bmi", "bmi"], [0, 1], "bmi listed more than once"),
        (["bmi"], ["later"], "found 'later' for column 'bmi'"),
    ],
)
def test_a_dictionary_that_cannot_be_used_is_refused(columns, days, said):
    dictionary = pd.DataFrame({"column": columns, "known_days": days})
    train, test = learning.split(CLINIC.visits, by="patient_id", seed=1)
    with pytest.raises(InputError, match=said):
        learning.audit_split(train, test, features=USABLE, dictionary=dictionary)
