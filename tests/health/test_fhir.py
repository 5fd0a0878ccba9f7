"""FHIR bundles: small literal bundles in the form of the specification, and those that Synthea made."""

import copy
import json

import pandas as pd
import pytest

from biolabkit import datasets, health
from biolabkit.errors import FormatError, InputError

LOINC = "http://loinc.org"


def coded(code, display=None):
    return {"coding": [{"system": LOINC, "code": code, "display": display}]}


BUNDLE = {
    "resourceType": "Bundle",
    "type": "transaction",
    "entry": [
        {
            "fullUrl": "urn:uuid:p-1",
            "resource": {"resourceType": "Patient", "id": "p-1", "gender": "female", "birthDate": "1950-03"},
        },
        {
            "fullUrl": "urn:uuid:e-1",
            "resource": {
                "resourceType": "Encounter",
                "id": "e-1",
                "status": "finished",
                "class": {"code": "IMP"},
                "type": [coded("185345009", "visit")],
                "subject": {"reference": "urn:uuid:p-1"},
                "period": {"start": "2024-03-01T08:30:00+09:00", "end": "2024-03-02T10:00:00Z"},
            },
        },
        # the blood pressure of the specification's own example: two components, no value of its own
        {
            "resource": {
                "resourceType": "Observation",
                "id": "bp",
                "status": "final",
                "code": coded("85354-9", "Blood pressure panel"),
                "subject": {"reference": "Patient/p-1"},
                "encounter": {"reference": "http://hospital.example/fhir/Encounter/e-1/_history/2"},
                "effectiveDateTime": "2024-03-01",
                "component": [
                    {
                        "code": coded("8480-6", "Systolic"),
                        "valueQuantity": {"value": 107, "unit": "mmHg", "code": "mm[Hg]"},
                    },
                    {"code": coded("8462-4", "Diastolic"), "dataAbsentReason": coded("not-performed")},
                ],
            }
        },
        {
            "resource": {
                "resourceType": "Observation",
                "id": "crp",
                "status": "final",
                "code": coded("1988-5", "CRP"),
                "subject": {"reference": "Patient/p-1"},
                "effectiveDateTime": "2024-03-01T23:59:00-05:00",
                "valueQuantity": {"value": 0.5, "comparator": "<", "code": "mg/L"},
            }
        },
        {
            "resource": {
                "resourceType": "Observation",
                "id": "smoking",
                "code": {"text": "Smoking"},
                "valueCodeableConcept": coded("266919005", "Never smoked"),
            }
        },
        {
            "resource": {
                "resourceType": "Condition",
                "id": "c",
                "clinicalStatus": coded("active"),
                "code": coded("38341003", "Hypertension"),
                "subject": {"reference": "Patient/p-2"},
                "onsetPeriod": {"start": "2019"},
            }
        },
        {
            "resource": {
                "resourceType": "MedicationRequest",
                "id": "m",
                "status": "active",
                "contained": [
                    {"resourceType": "Medication", "id": "drug", "code": coded("197361", "Amlodipine")}
                ],
                "medicationReference": {"reference": "#drug"},
                "subject": {"reference": "Patient/p-1"},
                "authoredOn": "2024-03-01T01:00:00.250Z",
            }
        },
        {
            "resource": {
                "resourceType": "Procedure",
                "id": "s",
                "status": "completed",
                "code": coded("80146002", "Appendectomy"),
                "subject": {"reference": "Patient/p-1"},
                "performedPeriod": {"start": "2024-03-01T09:00:00+09:00", "end": "2024-03-01T10:00:00+09:00"},
            }
        },
        {"resource": {"resourceType": "Starship", "id": "x"}},
        {"request": {"method": "DELETE", "url": "Patient/9"}},
    ],
}


def changed(position, path, value):
    """A copy of the bundle with one field of one resource changed."""
    bundle = copy.deepcopy(BUNDLE)
    place = bundle["entry"][position]["resource"]
    *way, last = path
    for name in way:
        place = place[name]
    place[last] = value
    return bundle


def test_tables_of_a_bundle():
    tables = health.read_fhir(BUNDLE)
    assert tables.patients.to_dict("records")[0] | {"death_time": None} == {
        "patient": "p-1",
        "sex": "female",
        "birth_date": "1950-03",
        "deceased": None,
        "death_time": None,
    }
    encounter = tables.encounters.iloc[0]
    assert encounter[["encounter", "patient", "kind", "display"]].tolist() == ["e-1", "p-1", "IMP", "visit"]
    assert encounter["start"] == pd.Timestamp("2024-02-29 23:30", tz="UTC")  # 08:30 in Seoul on 1 March
    assert encounter["end"] == pd.Timestamp("2024-03-02 10:00", tz="UTC")
    assert tables.medications[["patient", "code", "display"]].to_numpy().tolist() == [
        ["p-1", "197361", "Amlodipine"]
    ]
    assert tables.medications["time"][0] == pd.Timestamp("2024-03-01 01:00:00.250", tz="UTC")
    assert (tables.procedures["end"] - tables.procedures["start"])[0] == pd.Timedelta("1h")
    assert tables.conditions["onset"][0] == pd.Timestamp("2019-01-01", tz="UTC")
    assert tables.conditions["status"][0] == "active"


def test_observations_one_row_per_value():
    values = health.read_fhir(BUNDLE).observations.set_index("code", drop=False)
    assert values["observation"].tolist() == ["bp", "bp", "crp", "smoking"]
    systolic = values.loc["8480-6"]
    assert systolic[["panel", "value", "unit", "encounter", "precision"]].tolist() == [
        "85354-9", 107.0, "mmHg", "e-1", "day",
    ]  # fmt: skip
    assert pd.isna(values.loc["8462-4", "value"])
    assert values.loc["8462-4", "absent"] == "not-performed"
    assert values.loc["1988-5", ["value", "unit", "comparator"]].tolist() == [0.5, "mg/L", "<"]
    assert values.loc["1988-5", "time"] == pd.Timestamp("2024-03-02 04:59", tz="UTC")
    assert values["text"].iloc[3] == "Never smoked"
    assert values["display"].iloc[3] == "Smoking"


def test_what_is_not_read_is_counted():
    tables = health.read_fhir(BUNDLE)
    assert tables.counts.loc["Starship"].tolist() == [1, False, 0]
    assert tables.counts["resources"].sum() == 9
    assert "1 Starship" in str(tables)
    assert tables.unresolved.to_dict("records") == [
        {
            "resource": "Condition/c",
            "path": "entry[5].resource.subject.reference",
            "reference": "Patient/p-2",
            "file": "bundle 1",
        }
    ]
    assert tables.conditions["patient"].isna().all()


def test_references_across_bundles_and_repeats():
    second = {
        "resourceType": "Bundle",
        "entry": [
            {"resource": {"resourceType": "Patient", "id": "p-2", "gender": "male"}},
            {
                "resource": {
                    "resourceType": "Patient",
                    "id": "p-1",
                    "gender": "unknown",
                    "meta": {"lastUpdated": "1969-01-01T00:00:00Z"},
                }
            },
        ],
    }
    tables = health.read_fhir(BUNDLE, second)
    assert tables.unresolved.empty
    assert tables.conditions["patient"].tolist() == ["p-2"]
    assert tables.counts.loc["Patient"].tolist() == [3, True, 1]
    assert tables.patients["sex"].tolist() == ["female", "male"]  # the repeat was updated earlier
    newer = copy.deepcopy(second)
    newer["entry"][1]["resource"]["meta"]["lastUpdated"] = "2024-01-01T00:00:00+09:00"
    assert health.read_fhir(BUNDLE, newer).patients["sex"].tolist() == ["unknown", "male"]


def bundle_of(*resources):
    return {"resourceType": "Bundle", "entry": [{"resource": resource} for resource in resources]}


@pytest.mark.parametrize(
    ("fields", "deceased"),
    [({}, pd.NA), ({"deceasedBoolean": True}, True), ({"deceasedBoolean": False}, False)],
)
def test_a_death_without_its_time_is_no_life(fields, deceased):
    patients = health.read_fhir(bundle_of({"resourceType": "Patient", "id": "p", **fields})).patients
    assert patients["deceased"].tolist() == [deceased]
    assert patients["death_time"].isna().all()
    dated = bundle_of({"resourceType": "Patient", "id": "p", "deceasedDateTime": "2024-03-01"})
    assert health.read_fhir(dated).patients["deceased"].tolist() == [True]


def test_conditions_that_are_none_can_be_told_apart():
    bundle = changed(5, ["verificationStatus"], coded("refuted"))
    bundle["entry"].append({"resource": {"resourceType": "Condition", "id": "d"}})
    conditions = health.read_fhir(bundle).conditions
    assert conditions["verification"].tolist() == ["refuted", None]


def test_references_to_a_repeat_that_was_not_kept():
    """Two systems may give the same patient other addresses: what points at either still leads to it."""
    first, second = (
        {
            "resourceType": "Bundle",
            "entry": [
                {"fullUrl": f"urn:uuid:{name}", "resource": {"resourceType": "Patient", "id": "p"}},
                {
                    "resource": {
                        "resourceType": "Condition",
                        "id": name,
                        "subject": {"reference": f"urn:uuid:{name}"},
                    }
                },
            ],
        }
        for name in ("one", "two")
    )
    tables = health.read_fhir(first, second)
    assert tables.conditions["patient"].tolist() == ["p", "p"]
    assert tables.unresolved.empty


def test_patients_named_by_an_identifier_alone_are_listed():
    subject = {"identifier": {"value": "8001"}, "display": "홍길동"}
    tables = health.read_fhir(bundle_of({"resourceType": "Condition", "id": "c", "subject": subject}))
    assert tables.unresolved[["resource", "path"]].to_numpy().tolist() == [
        ["Condition/c", "entry[0].resource.subject"]
    ]
    assert json.loads(tables.unresolved["reference"][0]) == subject


def test_repeats_whose_update_nobody_can_date_and_values_of_null():
    patient = {"resourceType": "Patient", "id": "p"}
    undated = {**patient, "gender": "male", "meta": {"lastUpdated": "2023-02-30T00:00:00Z"}}
    assert health.read_fhir(bundle_of(undated, patient)).counts.loc["Patient", "repeated"] == 1
    nameless = {"entry": [{"fullUrl": None, "resource": {"resourceType": "Patient"}}] * 2}
    assert len(health.read_fhir({"resourceType": "Bundle", **nameless}).patients) == 2
    empty = {"resourceType": "Observation", "id": "o", "valueString": None}
    assert health.read_fhir(bundle_of(empty)).observations["text"].isna().all()


@pytest.mark.parametrize(
    ("bundle", "message"),
    [
        (changed(0, ["gender"], 7), r"bundle 1: entry\[0\].resource.gender: text expected, found a number"),
        (changed(1, ["period"], "2024"), r"entry\[1\].resource.period: an object expected, found text"),
        (changed(1, ["period", "start"], "1 March"), r"period.start: a FHIR date, .* found '1 March'"),
        (changed(1, ["period", "start"], "2024-03-01T08:30:00"), "a time with its zone, expected"),
        (changed(2, ["effectiveDateTime"], "2023-02-29"), r"effectiveDateTime: .* found '2023-02-29'"),
        (changed(1, ["period", "end"], "9999-12-31"), "a time in the years 1678 to 2261 .* '9999-12-31'"),
        (changed(2, ["component"], {}), r"resource.component: a list expected, found an object"),
        (
            changed(2, ["component", 0, "valueQuantity", "value"], "107"),
            r"entry\[2\].resource.component\[0\].valueQuantity.value: a number expected, found text '107'",
        ),
        (changed(0, ["id"], ["p-1"]), r"^bundle 1: entry\[0\].resource.id: text expected, found a list$"),
        (changed(3, ["code", "coding", 0], None), r"code.coding\[0\]: a Coding expected, found null"),
        (changed(3, ["code"], "CRP"), r"entry\[3\].resource.code: a CodeableConcept expected, found text"),
        (changed(3, ["valueQuantity"], 3), r"valueQuantity: a Quantity expected, found a number"),
        ({"resourceType": "Patient"}, "'Bundle' expected, found 'Patient'"),
        ({"resourceType": "Bundle", "entry": {}}, "entry: a list expected, found an object"),
        ({"resourceType": "Bundle", "entry": [{"resource": {}}]}, r"entry\[0\].resource.resourceType"),
        ({"resourceType": "Bundle", "entry": ["x"]}, r"entry\[0\]: an object expected, found text"),
    ],
)
def test_malformed_bundles_name_the_path(bundle, message):
    with pytest.raises(FormatError, match=message):
        health.read_fhir(bundle)


def test_all_problems_at_once():
    bundle = changed(0, ["gender"], 7)
    bundle["entry"][1]["resource"]["status"] = []
    with pytest.raises(FormatError) as caught:
        health.read_fhir(bundle)
    assert len(str(caught.value).splitlines()) == 2
    with pytest.raises(FormatError) as caught:
        health.read_fhir(changed(1, ["period"], "2024"))  # asked for its start and for its end
    assert len(str(caught.value).splitlines()) == 1


def test_problems_in_korean(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    with pytest.raises(FormatError) as caught:
        health.read_fhir(changed(2, ["component", 0, "valueQuantity", "value"], "107"))
    assert str(caught.value) == (
        "bundle 1: entry[2].resource.component[0].valueQuantity.value: 필요한 값: 숫자, 받은 값: 문자열 '107'"
    )
    with pytest.raises(FormatError) as caught:
        health.read_fhir(changed(1, ["period", "start"], "2024-03-01T08:30:00"))
    assert str(caught.value) == (
        "bundle 1: entry[1].resource.period.start: FHIR 날짜, 또는 시간대가 붙은 시각이어야 합니다. "
        "받은 값: '2024-03-01T08:30:00'"
    )
    assert str(health.read_fhir(BUNDLE)) == (
        "환자 1명, 진료 1건, 진단 1건, 값 4개, 처방 1건, 시술 1건. 읽지 않은 리소스: Starship 1개. "
        "대상을 찾지 못한 참조: 1개"
    )


def test_files(tmp_path):
    path = tmp_path / "one.json"
    path.write_text(json.dumps(BUNDLE), encoding="utf-8")
    assert len(health.read_fhir(path).observations) == 4
    path.write_text('{"resourceType": "Bundle",\n "entry": [', encoding="utf-8")
    with pytest.raises(FormatError, match=r"one.json: line 2, column 12: no valid JSON"):
        health.read_fhir(path)
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(FormatError, match="UTF-8 text expected"):
        health.read_fhir(path)
    with pytest.raises(InputError, match="cannot be read"):
        health.read_fhir(tmp_path / "absent.json")
    with pytest.raises(InputError, match="at least one bundle"):
        health.read_fhir()
    with pytest.raises(InputError, match=r"found list; write read_fhir\(\*bundles\)"):
        health.read_fhir([BUNDLE])
    path.write_text(json.dumps(BUNDLE), encoding="utf-8-sig")
    assert len(health.read_fhir(path).observations) == 4
    empty = health.read_fhir({"resourceType": "Bundle"})
    assert empty.observations.empty
    assert str(empty.observations["time"].dtype) == "datetime64[ns, UTC]"


@pytest.mark.mirror
def test_synthea_bundles():
    data = datasets.fetch("fhir-r4-synthea-bundles")
    roles = ("bob", "cecelia", "jeremiah", "levi")
    tables = health.read_fhir(*[data.path(role) for role in roles])
    assert tables.counts["resources"].sum() == 980
    assert tables.unresolved.empty
    assert tables.patients["sex"].tolist() == ["male", "female", "male", "male"]
    # counted independently of the reader
    entries = [
        entry["resource"] for role in roles for entry in json.loads(data.path(role).read_bytes())["entry"]
    ]
    weights = [
        entry["valueQuantity"]["value"]
        for entry in entries
        if entry["resourceType"] == "Observation" and entry["code"]["text"] == "Weight"
    ]
    found = tables.observations.query("display == 'Weight'")
    assert sorted(found["value"]) == sorted(weights)
    assert set(found["unit"]) == {"kg"}
