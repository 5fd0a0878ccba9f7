"""Cohort tables: small literal tables and direct computations."""

import numpy as np
import pandas as pd
import pytest

from biolabkit import health
from biolabkit.errors import InputError, UnknownNameError
from biolabkit.simulate.cohorts import cohort

TABLE = pd.DataFrame(
    {
        "site": ["a", "a", "a", "b", "b"],
        "age": [50.0, 60.0, 70.0, 40.0, np.nan],
        "sex": ["f", "m", "f", "m", None],
        "smoker": [0, 1, 1, 0, 0],
    }
)


def test_known_at():
    dictionary = cohort(5, 1).dictionary
    now = health.known_at(dictionary)
    assert now[0] == "age"
    assert "iv_diuretic_days" not in now
    assert "iv_diuretic_days" in health.known_at(dictionary, day=180)
    assert health.known_at(dictionary, day=180, role="outcome") == ["admitted_180d"]
    unknown = dictionary.assign(known_days=np.nan)
    assert health.known_at(unknown) == []
    with pytest.raises(InputError, match="patient_id listed more than once"):
        health.known_at(pd.concat([dictionary, dictionary.head(1)]))
    with pytest.raises(UnknownNameError, match="'known_days'"):
        health.known_at(dictionary.drop(columns="known_days"))


def test_first_rows_keep_the_earliest_visit():
    visits = pd.DataFrame({"patient": list("abab"), "day": [5, 2, 1, 2], "x": range(4)})
    assert health.first_rows(visits, by="patient", time="day")["x"].tolist() == [1, 2]
    with pytest.raises(InputError, match="1 missing values in column 'day'"):
        health.first_rows(visits.assign(day=[1, None, 2, 3]), by="patient", time="day")


def test_times_as_text_have_no_order():
    visits = pd.DataFrame({"patient": [1, 1], "day": ["10", "9"]})
    with pytest.raises(InputError, match="column 'day' holds text, dates or numbers expected"):
        health.first_rows(visits, by="patient", time="day")


def test_errors_in_korean(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    visits = pd.DataFrame({"patient": [1, 1], "day": [1, None]})
    with pytest.raises(InputError) as caught:
        health.first_rows(visits, by="patient", time="day")
    assert str(caught.value) == (
        "first_rows: 'day' 열에 결측값이 1개 있습니다. 값을 채우거나 그 행을 빼십시오"
    )


def test_missingness_by_group():
    found = health.missingness(TABLE, by="site")
    assert found.loc["all", "age"] == pytest.approx(0.2)
    assert found.loc["b"].to_dict() == {"age": 0.5, "sex": 0.5, "smoker": 0.0}
    assert health.missingness(TABLE).index.tolist() == ["all"]
    with pytest.raises(InputError, match="at least one row"):
        health.missingness(TABLE[:0])


def test_table_one():
    one = health.table_one(TABLE, by="site")
    assert one.loc[("rows", "n"), ["all", "a", "b"]].tolist() == [5, 3, 2]
    assert one.loc[("age", "mean"), "a"] == 60
    assert one.loc[("age", "sd"), "a"] == 10
    assert one.loc[("age", "missing"), "b"] == 0.5
    assert one.loc[("sex", "f"), "all"] == 0.5
    assert one.loc[("smoker", "1"), ["a", "b"]].tolist() == pytest.approx([2 / 3, 0])
    # shares 2/3 and 0: difference over the root of the mean of p (1 - p)
    assert one.loc[("smoker", "1"), "smd"] == pytest.approx((2 / 3) / np.sqrt((2 / 9 + 0) / 2))


def test_standardised_difference_of_means():
    table = pd.DataFrame({"group": [0] * 4 + [1] * 4, "x": [1.0, 2, 3, 4, 3, 4, 5, 8]})
    first, second = table["x"][:4], table["x"][4:]
    expected = (second.mean() - first.mean()) / np.sqrt((first.var() + second.var()) / 2)
    assert health.table_one(table, by="group").loc[("x", "mean"), "smd"] == pytest.approx(expected)


def test_groups_without_variance():
    table = pd.DataFrame({"group": list("aabb"), "x": [0, 0, 1, 1], "same": 1, "one": [1.0, 2.0, 3.0, None]})
    smd = health.table_one(table, by="group")["smd"]
    assert smd["x", "1"] == np.inf  # as different as can be, and not to be passed over
    assert smd["same", "1"] == 0
    assert np.isnan(smd["one", "mean"])  # the variance of a single patient is not known


def test_a_level_that_is_called_missing_is_no_gap():
    table = pd.DataFrame({"smoker": ["missing", "yes", None, "yes"]})
    shares = health.table_one(table)["all"]
    assert shares["smoker", "'missing'"] == pytest.approx(1 / 3)
    assert shares["smoker", "missing"] == 0.25


def test_without_groups_and_with_chosen_columns():
    one = health.table_one(TABLE, columns=["age"])
    assert one.columns[0] == "all"
    assert set(one.index.get_level_values("variable")) == {"rows", "age"}
    with pytest.raises(UnknownNameError, match="did you mean 'age'"):
        health.table_one(TABLE, columns=["agee"])
    with pytest.raises(InputError, match="DataFrame expected, found dict"):
        health.table_one({"age": [1]})
