"""Simulated hospital records and their truth: admissions, unit stays with laboratory values, FHIR bundles."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from biolabkit._files import atomic_write
from biolabkit._words import told
from biolabkit.errors import InputError

__all__ = ["Admissions", "UnitStays", "admission_tables", "fhir_bundle", "fhir_files", "unit_stays"]

FloatArray = np.ndarray[Any, np.dtype[np.float64]]

# Name, unit, typical value, its log-spread, and how strongly severity shifts its logarithm
_ITEMS: tuple[tuple[str, str, float, float, float], ...] = (
    ("creatinine", "mg/dL", 1.0, 0.15, 0.25),
    ("lactate", "mmol/L", 1.5, 0.20, 0.30),
    ("potassium", "mmol/L", 4.1, 0.08, 0.0),
)
_OLD_AGE = 90  # from this age on, the birth date is hidden, as HIPAA's safe harbour asks


@dataclass(frozen=True)
class Admissions:
    """Hospital admissions in the form of MIMIC-III.

    Attributes
    ----------
    patients : DataFrame
        ``subject_id, gender, dob``: the birth date of patients aged 90 and over stands 300 years before their
        first admission.
    admissions : DataFrame
        ``subject_id, hadm_id, admittime, dischtime, deathtime, admission_type, hospital_expire_flag``, in no
        order of time.
    truth : DataFrame
        By ``hadm_id``: ``age`` in completed years at admission, never hidden, and ``visit``, 1 for the first.
    """

    patients: pd.DataFrame
    admissions: pd.DataFrame
    truth: pd.DataFrame


@dataclass(frozen=True)
class UnitStays:
    """Intensive-care stays in the form of eICU: times are minutes from the admission to the unit.

    Attributes
    ----------
    patient : DataFrame
        One row per unit stay: ``patientunitstayid, uniquepid, unitvisitnumber, age, hospitalid,
        unitdischargeoffset, hospitaldischargeoffset, hospitaldischargestatus``.
    lab : DataFrame
        One row per value: ``patientunitstayid, labname, labresult, labmeasurenamesystem, labresultoffset``
        (drawn) and ``labresultrevisedoffset`` (reported), in no order of time.
    truth : DataFrame
        By ``patientunitstayid``: ``severity`` and ``risk``, the true probability of death in hospital.
    """

    patient: pd.DataFrame
    lab: pd.DataFrame
    truth: pd.DataFrame


def admission_tables(n: int = 100, seed: int | np.random.Generator = 0) -> Admissions:
    """Simulate patients with one or several hospital admissions.

    About a quarter of the patients come back within some years; admission numbers say nothing about time.

    Parameters
    ----------
    n : int
        Number of patients.
    seed : int or numpy.random.Generator
        Same seed, same tables.

    Returns
    -------
    Admissions

    Raises
    ------
    InputError
        When `n` is below 1.

    Examples
    --------
    >>> len(admission_tables(20, seed=1).patients)
    20
    """
    _need_patients(n)
    rng = np.random.default_rng(seed)
    visits = rng.geometric(0.75, n)
    patient = np.repeat(np.arange(n), visits)
    number = np.arange(len(patient)) - np.repeat(np.cumsum(visits) - visits, visits)
    first_day = rng.integers(0, 90 * 365, n)  # dates are shifted into the future, patient by patient
    gap = np.where(number == 0, 0, rng.integers(20, 500, len(patient)))
    later = pd.Series(gap).groupby(patient).cumsum().to_numpy()
    minute = rng.integers(0, 24 * 60, len(patient))
    start = pd.Timestamp("2100-01-01")
    admitted = start + pd.to_timedelta(first_day[patient] + later, "D") + pd.to_timedelta(minute, "min")
    stay = pd.to_timedelta((rng.lognormal(1.6, 0.8, len(patient)) * 1440).astype(int), "min")
    age = np.clip(rng.normal(66, 16, n), 16, 100)
    born = admitted[number == 0] - pd.to_timedelta((age * 365.25).astype(int), "D")
    born = born.normalize()
    completed = _completed_years(admitted, born[patient])
    hidden = completed[number == 0] >= _OLD_AGE
    shown = pd.Series(born).mask(
        hidden, pd.Series(admitted[number == 0].normalize() - pd.DateOffset(years=300))
    )
    died = (rng.random(len(patient)) < 0.2) & (number == visits[patient] - 1)
    left = admitted + stay
    hadm = 100_000 + rng.permutation(10 * len(patient))[: len(patient)]
    admissions = pd.DataFrame(
        {
            "subject_id": 10_000 + patient,
            "hadm_id": hadm,
            "admittime": admitted,
            "dischtime": left,
            "deathtime": pd.Series(left).where(died),
            "admission_type": rng.choice(
                ["EMERGENCY", "ELECTIVE", "URGENT"], len(patient), p=[0.8, 0.14, 0.06]
            ),
            "hospital_expire_flag": died.astype(int),
        }
    )
    patients = pd.DataFrame(
        {"subject_id": 10_000 + np.arange(n), "gender": rng.choice(["F", "M"], n), "dob": shown}
    )
    truth = pd.DataFrame({"hadm_id": hadm, "age": completed, "visit": number + 1})
    mixed = admissions.iloc[rng.permutation(len(admissions))].reset_index(drop=True)
    return Admissions(patients, mixed, truth.set_index("hadm_id"))


def _completed_years(at: pd.DatetimeIndex, born: pd.DatetimeIndex) -> "np.ndarray[Any, np.dtype[np.int64]]":
    before = (at.month < born.month) | ((at.month == born.month) & (at.day < born.day))
    return np.asarray(at.year - born.year - before.astype(int), dtype=np.int64)


def unit_stays(n: int = 150, seed: int | np.random.Generator = 0) -> UnitStays:
    """Simulate intensive-care stays whose risk of death in hospital is known.

    Severity raises creatinine and lactate, how often blood is drawn, and the risk. In patients who die,
    lactate climbs in their last day: a value from late in the stay knows the outcome. Values are reported 20
    minutes to some hours after the blood was drawn. Some patients come back to the unit.

    Parameters
    ----------
    n : int
        Number of patients.
    seed : int or numpy.random.Generator
        Same seed, same tables.

    Returns
    -------
    UnitStays

    Raises
    ------
    InputError
        When `n` is below 1.
    """
    _need_patients(n)
    rng = np.random.default_rng(seed)
    visits = 1 + (rng.random(n) < 0.2).astype(int)
    patient = np.repeat(np.arange(n), visits)
    number = np.arange(len(patient)) - np.repeat(np.cumsum(visits) - visits, visits) + 1
    severity = rng.normal(0, 1, n)[patient] + rng.normal(0, 0.4, len(patient))
    risk = 1 / (1 + np.exp(2.2 - 1.3 * severity))
    last = number == visits[patient]
    died = last & (rng.random(len(patient)) < risk)
    unit_end = (np.exp(rng.normal(8.0, 0.7, len(patient)) + 0.15 * severity)).astype(int) + 300
    hospital_end = unit_end + np.where(died, 0, rng.integers(2000, 24000, len(patient)))
    age = np.clip(rng.normal(64, 16, n), 18, 99).astype(int)[patient]
    key = 200_000 + rng.permutation(9 * len(patient))[: len(patient)]
    stays = pd.DataFrame(
        {
            "patientunitstayid": key,
            "uniquepid": [
                f"{place:03d}-{number:05d}" for place, number in zip(patient % 7, patient, strict=True)
            ],
            "unitvisitnumber": number,
            "age": ["> 89" if years > 89 else str(years) for years in age],
            "hospitalid": 50 + patient % 7,
            "unitdischargeoffset": unit_end,
            "hospitaldischargeoffset": hospital_end,
            "hospitaldischargestatus": np.where(died, "Expired", "Alive"),
        }
    )
    lab = _laboratory(rng, stays, severity, died)
    truth = pd.DataFrame({"patientunitstayid": key, "severity": severity, "risk": risk})
    order = rng.permutation(len(stays))
    return UnitStays(
        stays.iloc[order].reset_index(drop=True), lab, truth.set_index("patientunitstayid").loc[key[order]]
    )


def _laboratory(
    rng: np.random.Generator, stays: pd.DataFrame, severity: FloatArray, died: "np.ndarray[Any, Any]"
) -> pd.DataFrame:
    end = stays["unitdischargeoffset"].to_numpy()
    parts = []
    for name, unit, typical, spread, effect in _ITEMS:
        often = 1.0 if name != "lactate" else 0.5 / (1 + np.exp(-severity - 0.5))  # lactate only when worried
        count = rng.poisson(np.clip((end + 720) / 480 * often, 0, 60))
        row = np.repeat(np.arange(len(stays)), count)
        drawn = (rng.random(len(row)) * (end[row] + 720) - 720).astype(int)
        log = np.log(typical) + effect * severity[row] + rng.normal(0, spread, len(row))
        if name == "lactate":
            log = log + np.where(died[row], 1.2 * np.clip(1 - (end[row] - drawn) / 1440, 0, 1), 0)
        parts.append(
            pd.DataFrame(
                {
                    "patientunitstayid": stays["patientunitstayid"].to_numpy()[row],
                    "labname": name,
                    "labresult": np.round(np.exp(log), 2),
                    "labmeasurenamesystem": unit,
                    "labresultoffset": drawn,
                    "labresultrevisedoffset": drawn + 20 + rng.exponential(40, len(row)).astype(int),
                }
            )
        )
    lab = pd.concat(parts, ignore_index=True)
    return lab.iloc[rng.permutation(len(lab))].reset_index(drop=True)


def fhir_bundle(seed: int | np.random.Generator = 0, *, visits: int = 3) -> dict[str, Any]:
    """Simulate a FHIR R4 transaction bundle of one patient.

    Each visit has an encounter, a blood pressure with two components, a heart rate and a weight; times stand
    in the zone of Seoul, so some of them belong to another day in UTC. References are ``urn:uuid:`` of the
    bundle. One provenance resource and one immunization per visit stand for what a reader does not know.

    Parameters
    ----------
    seed : int or numpy.random.Generator
        Same seed, same bundle.
    visits : int
        Number of encounters.

    Returns
    -------
    dict
        The bundle, as `json.load` would give it.

    Raises
    ------
    InputError
        When `visits` is below 1.
    """
    if visits < 1:
        raise InputError(
            told(
                f"fhir_bundle: visits must be at least 1, found {visits}",
                f"fhir_bundle: visits는 1 이상이어야 하는데 {visits}입니다",
            )
        )
    rng = np.random.default_rng(seed)
    patient = _uuid(rng)
    born = pd.Timestamp("1940-01-01") + pd.Timedelta(days=int(rng.integers(0, 22_000)))
    entries = [
        _entry(
            patient,
            "Patient",
            gender=str(rng.choice(["female", "male"])),
            birthDate=born.strftime("%Y-%m-%d"),
        )
    ]
    when = pd.Timestamp("2023-01-05", tz="Asia/Seoul") + pd.Timedelta(minutes=int(rng.integers(0, 40_000)))
    for _ in range(visits):
        entries += _visit(rng, patient, when)
        when += pd.Timedelta(minutes=int(rng.integers(20_000, 90_000)))
    entries.append(_entry(_uuid(rng), "Provenance", recorded=when.isoformat()))
    return {"resourceType": "Bundle", "type": "transaction", "entry": entries}


def _visit(rng: np.random.Generator, patient: str, when: pd.Timestamp) -> list[dict[str, Any]]:
    encounter = _uuid(rng)
    subject = {"reference": f"urn:uuid:{patient}"}
    links = {"subject": subject, "encounter": {"reference": f"urn:uuid:{encounter}"}, "status": "final"}
    time = when.isoformat()

    def measured(code: str, name: str, value: float, unit: str) -> dict[str, Any]:
        return {"code": _code(code, name), "valueQuantity": {"value": value, "unit": unit}}

    systolic = int(rng.normal(135, 15))
    pressure = [
        measured("8480-6", "Systolic blood pressure", systolic, "mmHg"),
        measured("8462-4", "Diastolic blood pressure", systolic - int(rng.normal(50, 6)), "mmHg"),
    ]
    rate = measured("8867-4", "Heart rate", int(rng.normal(76, 9)), "/min")
    weight = measured("29463-7", "Body weight", round(float(rng.normal(68, 11)), 1), "kg")
    panel = {"code": _code("85354-9", "Blood pressure panel"), "component": pressure}
    return [
        _entry(
            encounter,
            "Encounter",
            status="finished",
            subject=subject,
            period={"start": time, "end": (when + pd.Timedelta(minutes=25)).isoformat()},
            **{"class": {"code": "AMB"}},
        ),
        *(
            _entry(_uuid(rng), "Observation", **links, effectiveDateTime=time, **content)
            for content in (panel, rate, weight)
        ),
        _entry(_uuid(rng), "Immunization", status="completed", patient=subject, occurrenceDateTime=time),
    ]


def _code(code: str, display: str) -> dict[str, Any]:
    return {"coding": [{"system": "http://loinc.org", "code": code, "display": display}], "text": display}


def _entry(identifier: str, kind: str, **content: Any) -> dict[str, Any]:
    resource = {"resourceType": kind, "id": identifier, **content}
    return {"fullUrl": f"urn:uuid:{identifier}", "resource": resource}


def _uuid(rng: np.random.Generator) -> str:
    digits = rng.bytes(16).hex()
    return "-".join(digits[start:end] for start, end in ((0, 8), (8, 12), (12, 16), (16, 20), (20, 32)))


def fhir_files(folder: Path, roles: Mapping[str, int]) -> dict[str, Path]:
    """Write simulated bundles.

    Parameters
    ----------
    folder : Path
        Where to.
    roles : mapping of str to int
        Name of each file, without ending, to its seed.

    Returns
    -------
    dict of str to Path
    """
    paths = {}
    for role, seed in roles.items():
        paths[role] = folder / f"{role}.json"
        with atomic_write(paths[role]) as file:
            json.dump(fhir_bundle(seed), file)
    return paths


def _need_patients(n: int) -> None:
    if n < 1:
        raise InputError(
            told(
                f"n: at least 1 patient expected, found {n}",
                f"n: 환자가 1명 이상이어야 하는데 {n}명입니다",
            )
        )
