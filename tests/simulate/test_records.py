"""Simulated records: the same seed gives the same tables, and the truth is that of the tables."""

import numpy as np
import pandas as pd
import pytest

from biolabkit import health, learning
from biolabkit.errors import InputError
from biolabkit.simulate.records import admission_tables, fhir_bundle, fhir_files, unit_stays


def test_same_seed_same_tables():
    for make in (admission_tables, unit_stays):
        one, two, other = make(30, 4), make(30, np.random.default_rng(4)), make(30, 5)
        for name in vars(one):
            pd.testing.assert_frame_equal(getattr(one, name), getattr(two, name))
        assert not one.truth.equals(other.truth)
    assert fhir_bundle(4) == fhir_bundle(4) != fhir_bundle(5)


def test_admissions_hide_the_oldest_and_know_the_truth():
    world = admission_tables(300, 11)
    table = world.admissions.merge(world.patients, on="subject_id", validate="many_to_one")
    truth = world.truth.loc[table["hadm_id"]]
    first = health.one_per_patient(table, by="subject_id", time="admittime")
    assert len(first) == 300 < len(table)
    assert (world.truth.loc[first["hadm_id"], "visit"] == 1).all()
    shown = [
        at.year - born.year - ((at.month, at.day) < (born.month, born.day))
        for at, born in zip(table["admittime"], table["dob"], strict=True)
    ]
    hidden = np.array(shown) >= 200
    assert hidden.any()
    assert (truth["age"].to_numpy()[~hidden] == np.array(shown)[~hidden]).all()
    oldest_at_first = table.assign(age=truth["age"].to_numpy()).groupby("subject_id")["age"].min()
    assert set(table.loc[hidden, "subject_id"]) == set(oldest_at_first[oldest_at_first >= 90].index)
    assert (table["deathtime"].notna() == (table["hospital_expire_flag"] == 1)).all()


def test_late_lactate_knows_the_outcome():
    unit = unit_stays(800, 3)
    stays, lactate = unit.patient, unit.lab[unit.lab["labname"] == "lactate"]
    died = (stays["hospitaldischargestatus"] == "Expired").astype(int)
    risk = unit.truth.loc[stays["patientunitstayid"], "risk"].to_numpy()
    assert abs(died.mean() - risk.mean()) < 0.05
    assert (unit.lab["labresultrevisedoffset"] >= unit.lab["labresultoffset"] + 20).all()
    last = lactate.sort_values("labresultoffset").groupby("patientunitstayid")["labresult"].last()
    early = lactate[lactate["labresultoffset"] < 720].groupby("patientunitstayid")["labresult"].max()

    def area(values):
        found = stays["patientunitstayid"].map(values)
        return learning.auroc(died[found.notna()], found.dropna().to_numpy()).value

    assert area(last) > area(early) + 0.05 > 0.6


def test_bundles_are_read(tmp_path):
    paths = fhir_files(tmp_path, {"one": 1, "two": 2})
    tables = health.read_fhir(*paths.values())
    assert len(tables.patients) == 2
    assert len(tables.encounters) == 6
    assert tables.unresolved.empty
    assert tables.observations.groupby("code").size().to_dict() == {
        "29463-7": 6,
        "8462-4": 6,
        "8480-6": 6,
        "8867-4": 6,
    }
    assert not tables.counts.loc["Immunization", "read"]


def test_numbers_out_of_range():
    for make in (admission_tables, unit_stays):
        with pytest.raises(InputError, match="at least 1 patient"):
            make(0)
    with pytest.raises(InputError, match="visits must be at least 1"):
        fhir_bundle(visits=0)
