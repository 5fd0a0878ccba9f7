"""Simulated patients: a cohort whose causal model is known, and a stand-in for a heart-disease table."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from biolabkit._words import joined, told
from biolabkit.errors import InputError

__all__ = ["Cohort", "Truth", "cohort", "heart_disease_sites"]

FloatArray = np.ndarray[Any, np.dtype[np.float64]]

# Effects on the log-odds of admission, per unit in which each cause is written here.
_EFFECTS: Mapping[str, float] = {
    "age_decades": 0.35,
    "male": 0.20,
    "log_nt_probnp": 0.55,
    "creatinine_mg_per_dl": 0.40,
    "nyha_class": 0.45,
    "frailty": 1.0,
}
_SITE_EFFECT = 0.8  # log-odds between the middle site and the last one, at site_shift=1
_MARKER_EFFECT = 0.25  # log-odds per standard deviation of an informative marker
_LABS = ("bmi", "sbp_mmhg", "creatinine_mg_per_dl", "nt_probnp_pg_per_ml")


@dataclass(frozen=True)
class Truth:
    """What nobody knows in a hospital: the model that made a cohort.

    Attributes
    ----------
    risk : Series of float
        True probability of the outcome per visit, before label noise; the index is that of the visits.
    frailty : Series of float
        The unobserved cause, per patient identifier.
    effects : dict
        Log-odds ratios by cause, ``intercept`` included.
    """

    risk: "pd.Series[float]"
    frailty: "pd.Series[float]"
    effects: dict[str, float]


@dataclass(frozen=True)
class Cohort:
    """A simulated cohort.

    Attributes
    ----------
    visits : DataFrame
        One row per visit; see `dictionary` for the columns.
    dictionary : DataFrame
        One row per column of `visits`: ``column, role, unit, known_days, meaning``. `role` is identifier,
        time, predictor or outcome; `known_days` is the day, counted from the visit, on which the value is
        known.
    truth : Truth
        The causal model behind the visits.
    """

    visits: pd.DataFrame
    dictionary: pd.DataFrame
    truth: Truth


def cohort(
    n: int = 500,
    seed: int | np.random.Generator = 0,
    *,
    visits: tuple[int, int] = (1, 5),
    prevalence: float = 0.2,
    sites: int = 1,
    site_shift: float = 0.0,
    missing: float = 0.05,
    markers: int = 0,
    frailty: float = 1.0,
    label_noise: float = 0.0,
) -> Cohort:
    """Simulate visits to heart-failure clinics, each followed for 180 days.

    The causal model: age raises creatinine; an unobserved frailty raises NT-proBNP and the NYHA class; all of
    them, sex and frailty itself raise the log-odds of an admission for heart failure within 180 days of the
    visit. Body mass index raises blood pressure; neither is a cause of the outcome. What is measured at
    enrolment (sex, markers) is the same at every visit of a patient. Two columns are consequences of the
    outcome: ``iv_diuretic_days``, and ``discharge_weight_kg``, which exists only after an admission.

    Parameters
    ----------
    n : int
        Number of patients, at least 1.
    seed : int or numpy.random.Generator
        Same seed, same cohort.
    visits : (int, int)
        Fewest and most visits of a patient; the number is uniform between them.
    prevalence : float
        Mean true risk over all visits, in (0, 1).
    sites : int
        Number of clinics, named ``site_1``, ``site_2``, …, of about equal size.
    site_shift : float
        0: the clinics are alike. 1: from the first to the last, patients are 16 years older, NT-proBNP rises
        by 1 natural log unit, and the log-odds rise by a further 1.6 that no predictor explains.
    missing : float
        Mean share of missing laboratory and bedside values, in [0, 0.9). Missing at random given age: the
        younger a patient, the less is measured.
    markers : int
        Number of proteins ``marker_01`` …, standard normal; every tenth (the first, the eleventh, …) is a
        weak cause of the outcome, the others are noise.
    frailty : float
        Standard deviation of the unobserved cause, log-odds units; it makes visits of one patient alike.
    label_noise : float
        Share of outcomes recorded wrongly, in [0, 0.5).

    Returns
    -------
    Cohort

    Raises
    ------
    InputError
        When an argument is outside its range; all that are wrong are named at once.

    Examples
    --------
    >>> clinic = cohort(n=3, seed=1, visits=(2, 2))
    >>> clinic.visits["patient_id"].tolist()
    ['P0001', 'P0001', 'P0002', 'P0002', 'P0003', 'P0003']
    """
    _check_arguments(n, visits, prevalence, sites, missing, markers, frailty, label_noise)
    rng = np.random.default_rng(seed)
    patients = _patients(rng, n, sites, site_shift, markers, frailty)
    table = _visits(rng, patients, visits, site_shift)
    effects = _effects(markers)
    linear = _log_odds(table, effects)
    effects["intercept"] = _intercept(linear, prevalence)
    risk = _logistic(linear + effects["intercept"])
    outcome = rng.random(len(table)) < risk
    outcome ^= rng.random(len(table)) < label_noise
    table["admitted_180d"] = outcome.astype(np.int64)
    _add_consequences(rng, table)
    _remove_values(rng, table, missing)
    truth = Truth(
        risk=pd.Series(risk, index=table.index, name="risk"),
        frailty=patients.set_index("patient_id")["frailty"],
        effects=effects,
    )
    dictionary = _dictionary(markers)
    return Cohort(table[dictionary["column"].tolist()], dictionary, truth)


def _check_arguments(
    n: int,
    visits: tuple[int, int],
    prevalence: float,
    sites: int,
    missing: float,
    markers: int,
    frailty: float,
    label_noise: float,
) -> None:
    demands = [
        (n >= 1, n, "n: at least 1 patient expected, found {}", "n: 환자가 1명 이상이어야 하는데 {}명입니다"),
        (
            len(visits) == 2 and 1 <= visits[0] <= visits[-1],
            visits,
            "visits: (fewest, most) with 1 <= fewest <= most expected, found {}",
            "visits: 1 <= 최소 <= 최대인 (최소, 최대)여야 하는데 {}입니다",
        ),
        (
            0 < prevalence < 1,
            prevalence,
            "prevalence: a share between 0 and 1 expected, found {}",
            "prevalence: 0과 1 사이의 비율이어야 하는데 {}입니다",
        ),
        (sites >= 1, sites, "sites: at least 1 expected, found {}", "sites: 1 이상이어야 하는데 {}입니다"),
        (
            0 <= missing < 0.9,
            missing,
            "missing: a share from 0 up to 0.9 expected, found {}",
            "missing: 0 이상 0.9 미만의 비율이어야 하는데 {}입니다",
        ),
        (
            markers >= 0,
            markers,
            "markers: 0 or more expected, found {}",
            "markers: 0 이상이어야 하는데 {}입니다",
        ),
        (
            frailty >= 0,
            frailty,
            "frailty: a standard deviation of 0 or more expected, found {}",
            "frailty: 0 이상의 표준편차여야 하는데 {}입니다",
        ),
        (
            0 <= label_noise < 0.5,
            label_noise,
            "label_noise: a share from 0 up to 0.5 expected, found {}",
            "label_noise: 0 이상 0.5 미만의 비율이어야 하는데 {}입니다",
        ),
    ]
    problems = [told(en, ko).format(found) for holds, found, en, ko in demands if not holds]
    if problems:
        raise InputError("cohort: " + joined(problems))


def _logistic(x: FloatArray) -> FloatArray:
    return 1.0 / (1.0 + np.exp(-x))


def _intercept(linear: FloatArray, mean: float) -> float:
    """The constant that makes the mean of logistic(linear + constant) equal to `mean`, by bisection."""
    low, high = -60.0, 60.0
    for _ in range(80):
        middle = (low + high) / 2
        low, high = (low, middle) if _logistic(linear + middle).mean() > mean else (middle, high)
    return (low + high) / 2


def _site_position(site: "pd.Series[int]", sites: int) -> FloatArray:
    """-1 for the first site, +1 for the last, 0 where there is one only."""
    return np.zeros(len(site)) if sites == 1 else 2.0 * site.to_numpy() / (sites - 1) - 1.0


def _patients(
    rng: np.random.Generator, n: int, sites: int, shift: float, markers: int, frailty: float
) -> pd.DataFrame:
    site = pd.Series(rng.permutation(np.arange(n) % sites))
    position = _site_position(site, sites)
    table = pd.DataFrame(
        {
            "patient_id": [f"P{i:04d}" for i in range(1, n + 1)],
            "site": "site_" + (site + 1).astype(str),
            "position": position,
            "age_at_enrolment": np.clip(rng.normal(66, 11, n) + 8 * shift * position, 30, 95),
            "sex": np.where(rng.random(n) < 0.56, "male", "female"),
            "usual_bmi": np.clip(rng.normal(26, 4, n), 16, 45),
            "frailty": rng.normal(0, 1, n) * frailty,
        }
    )
    names = _marker_names(markers)
    proteins = pd.DataFrame(rng.normal(0, 1, (n, markers)).round(2), columns=names)
    return pd.concat([table, proteins], axis=1)


def _visits(
    rng: np.random.Generator, patients: pd.DataFrame, visits: tuple[int, int], shift: float
) -> pd.DataFrame:
    count = rng.integers(visits[0], visits[1] + 1, len(patients))
    table = patients.loc[patients.index.repeat(count)].reset_index(drop=True)
    rows = len(table)
    number = table.groupby("patient_id").cumcount()
    table["visit"] = number + 1
    # visits are half a year apart at least, so the 180 days that follow each of them do not overlap
    table["day"] = np.where(number == 0, 0, number * 182 + rng.integers(0, 60, rows))
    table["age"] = (table["age_at_enrolment"] + table["day"] / 365.25).round(1)
    table["bmi"] = np.clip(table["usual_bmi"] + rng.normal(0, 0.8, rows), 15, 50).round(1)
    table["sbp_mmhg"] = np.clip(128 + 1.1 * (table["bmi"] - 26) + rng.normal(0, 15, rows), 80, 220).round()
    table["creatinine_mg_per_dl"] = np.exp(
        0.05 + 0.009 * (table["age"] - 66) + rng.normal(0, 0.25, rows)
    ).round(2)
    table["nt_probnp_pg_per_ml"] = np.exp(
        6.8 + 0.35 * table["frailty"] + 0.5 * shift * table["position"] + rng.normal(0, 0.8, rows)
    ).round()
    severity = 2.1 + 0.25 * table["frailty"] + rng.normal(0, 0.7, rows)
    table["nyha_class"] = np.clip(severity.round(), 1, 4).astype(np.int64)
    return table


def _marker_names(markers: int) -> list[str]:
    return [f"marker_{i:02d}" for i in range(1, markers + 1)]


def _effects(markers: int) -> dict[str, float]:
    return {**_EFFECTS, "site": _SITE_EFFECT, **dict.fromkeys(_marker_names(markers)[::10], _MARKER_EFFECT)}


def _log_odds(table: pd.DataFrame, effects: Mapping[str, float]) -> FloatArray:
    """Log-odds of admission without the intercept; every cause centred near its mean."""
    causes = {
        "age_decades": (table["age"] - 66) / 10,
        "male": (table["sex"] == "male").astype(float) - 0.56,
        "log_nt_probnp": np.log(table["nt_probnp_pg_per_ml"] + 1) - 6.8,
        "creatinine_mg_per_dl": table["creatinine_mg_per_dl"] - 1.1,
        "nyha_class": table["nyha_class"] - 2.1,
        "frailty": table["frailty"],
        "site": table["position"],
    }
    total = np.zeros(len(table))
    for name, effect in effects.items():
        total += effect * np.asarray(causes[name] if name in causes else table[name], dtype=float)
    return total


def _add_consequences(rng: np.random.Generator, table: pd.DataFrame) -> None:
    """Columns that exist because of the outcome: a model that sees them knows the answer."""
    rows = len(table)
    admitted = table["admitted_180d"].to_numpy() == 1
    # a few patients get a short intravenous course without an admission, and some admissions need none
    days = np.where(admitted, rng.poisson(5, rows), rng.binomial(1, 0.03, rows))
    table["iv_diuretic_days"] = days.astype(np.int64)
    weight = table["bmi"] * rng.normal(2.75, 0.15, rows)
    table["discharge_weight_kg"] = weight.where(admitted).round(1)


def _remove_values(rng: np.random.Generator, table: pd.DataFrame, missing: float) -> None:
    if missing == 0:
        return
    linear = np.asarray(-0.4 * (table["age"] - 66) / 10, dtype=float)
    share = _logistic(linear + _intercept(linear, missing))
    for column in _LABS:
        table.loc[rng.random(len(table)) < share, column] = np.nan


def _dictionary(markers: int) -> pd.DataFrame:
    rows: list[tuple[str, str, str, float, str]] = [
        ("patient_id", "identifier", "", 0, "one value per patient"),
        ("site", "identifier", "", 0, "clinic"),
        ("visit", "time", "", 0, "number of the visit, counted from 1"),
        ("day", "time", "days", 0, "day of the visit, counted from enrolment"),
        ("age", "predictor", "years", 0, "age at the visit"),
        ("sex", "predictor", "", 0, "female or male"),
        ("bmi", "predictor", "kg/m2", 0, "body mass index at the visit"),
        ("sbp_mmhg", "predictor", "mmHg", 0, "systolic blood pressure at the visit"),
        ("creatinine_mg_per_dl", "predictor", "mg/dL", 0, "serum creatinine, drawn at the visit"),
        ("nt_probnp_pg_per_ml", "predictor", "pg/mL", 0, "NT-proBNP, drawn at the visit"),
        ("nyha_class", "predictor", "", 0, "NYHA functional class 1 to 4"),
        *(
            (name, "predictor", "SD", 0, "protein of the panel measured once, at enrolment")
            for name in _marker_names(markers)
        ),
        (
            "iv_diuretic_days",
            "predictor",
            "days",
            180,
            "days with intravenous diuretics in the next 180 days",
        ),
        ("discharge_weight_kg", "predictor", "kg", 180, "weight at discharge from the next admission"),
        ("admitted_180d", "outcome", "", 180, "1: admitted for heart failure within 180 days, else 0"),
    ]
    return pd.DataFrame(rows, columns=["column", "role", "unit", "known_days", "meaning"]).astype(
        {"known_days": "float64"}
    )


class _HeartSite(NamedTuple):
    """What is known of one site of the UCI heart-disease data."""

    patients: int
    ill: int
    age: float  # mean, years
    men: float  # share
    heart_rate_shift: float  # of the highest heart rate, beats per minute
    atypical: float  # share of patients who look like the other class; it sets how well a model can do
    missing: dict[str, float]  # share of missing values, per column that has any


_HEART_SITES: Mapping[str, _HeartSite] = {
    "cleveland": _HeartSite(303, 139, 54.4, 0.68, 0, 0.10, {"ca": 0.013, "thal": 0.007}),
    "hungarian": _HeartSite(
        294, 106, 47.8, 0.72, -5, 0.10,
        {"trestbps": 0.003, "chol": 0.08, "fbs": 0.027, "restecg": 0.003, "thalach": 0.003, "exang": 0.003,
         "slope": 0.65, "ca": 0.99, "thal": 0.905},
    ),
    "switzerland": _HeartSite(
        123, 115, 55.3, 0.92, -20, 0.25,
        {"trestbps": 0.016, "chol": 1.0, "fbs": 0.61, "restecg": 0.008, "thalach": 0.008, "exang": 0.008,
         "oldpeak": 0.049, "slope": 0.138, "ca": 0.96, "thal": 0.423},
    ),
    "va": _HeartSite(
        200, 149, 59.4, 0.97, -20, 0.25,
        {"trestbps": 0.285, "chol": 0.28, "fbs": 0.035, "thalach": 0.265, "exang": 0.265, "oldpeak": 0.28,
         "slope": 0.51, "ca": 0.99, "thal": 0.83},
    ),
}  # fmt: skip
# Columns of codes: the codes, and how often each occurs in patients who look ill and who look well.
_HEART_CODES: Mapping[str, tuple[tuple[float, ...], tuple[float, ...], tuple[float, ...]]] = {
    "cp": ((1, 2, 3, 4), (0.05, 0.07, 0.13, 0.75), (0.10, 0.25, 0.41, 0.24)),
    "fbs": ((0, 1), (0.84, 0.16), (0.86, 0.14)),
    "restecg": ((0, 1, 2), (0.40, 0.03, 0.57), (0.57, 0.01, 0.42)),
    "exang": ((0, 1), (0.45, 0.55), (0.86, 0.14)),
    "slope": ((1, 2, 3), (0.26, 0.65, 0.09), (0.65, 0.30, 0.05)),
    "ca": ((0, 1, 2, 3), (0.34, 0.32, 0.22, 0.12), (0.80, 0.13, 0.05, 0.02)),
    "thal": ((3, 6, 7), (0.27, 0.09, 0.64), (0.79, 0.04, 0.17)),
}
_HEART_COLUMNS = [
    *("site", "age", "sex", "cp", "trestbps", "chol", "fbs", "restecg"),
    *("thalach", "exang", "oldpeak", "slope", "ca", "thal", "num"),
]


def heart_disease_sites(seed: int | np.random.Generator = 0) -> pd.DataFrame:
    """Simulate a table with the columns, sites, sizes and gaps of the UCI heart-disease data.

    A stand-in for where the real data cannot be had: site sizes, cases and missing shares are those of
    Detrano et al. (1989, Am J Cardiol 64:304-310) as published by UCI. Each column is drawn independently
    given the site and whether a patient looks ill, with class means near the published ones; a share of the
    patients, larger in Switzerland and at the VA, looks like the other class. No row is a patient.

    Parameters
    ----------
    seed : int or numpy.random.Generator
        Same seed, same table.

    Returns
    -------
    DataFrame
        920 rows; ``site`` (str), then 14 float64 columns coded as at UCI, missing values as NaN; ``num`` 0
        to 4.
    """
    rng = np.random.default_rng(seed)
    sites = [_heart_site(rng, name, site) for name, site in _HEART_SITES.items()]
    return pd.concat(sites, ignore_index=True)[_HEART_COLUMNS]


def _heart_site(rng: np.random.Generator, name: str, site: _HeartSite) -> pd.DataFrame:
    n = site.patients
    ill = rng.permutation(np.arange(n) < site.ill)
    looks = ill ^ (rng.random(n) < site.atypical)
    years = np.clip(rng.normal(site.age + np.where(looks, 2, -2), 8.5), 28, 77).round()
    rate = rng.normal(np.where(looks, 139, 158) + site.heart_rate_shift - 0.4 * (years - 54), 19)
    men = np.clip(site.men + np.where(looks, 0.1, -0.1), 0, 1)
    columns: dict[str, Any] = {
        "age": years,
        "sex": rng.random(n) < men,
        "trestbps": np.clip(rng.normal(np.where(looks, 134, 129), 17), 80, 200).round(),
        "chol": np.clip(rng.normal(np.where(looks, 252, 242), 50), 85, 603).round(),
        "thalach": np.clip(rate, 60, 202).round(),
        "oldpeak": np.clip(rng.normal(np.where(looks, 1.6, 0.5), 1.0), 0, 6.2).round(1),
        "num": np.where(ill, _extent(rng, name, n), 0),
    }
    for column, (codes, if_ill, if_well) in _HEART_CODES.items():
        columns[column] = np.where(looks, rng.choice(codes, n, p=if_ill), rng.choice(codes, n, p=if_well))
    table = pd.DataFrame(columns).astype("float64")
    for column, share in site.missing.items():
        table.loc[rng.random(n) < share, column] = np.nan
    return table.assign(site=name)


def _extent(rng: np.random.Generator, name: str, n: int) -> FloatArray:
    """1 to 4 for the extent of disease; Hungary recorded 0 and 1 only."""
    if name == "hungarian":
        return np.ones(n)
    return np.where(rng.random(n) < 0.6, rng.integers(2, 5, n), 1)
