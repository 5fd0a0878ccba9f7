"""simulate.cohort: the causal model it promises, and the stand-in for the heart-disease table."""

import hashlib

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score

from biolabkit import learning
from biolabkit.errors import InputError
from biolabkit.simulate.cohorts import cohort, heart_disease_sites


def digest(table: pd.DataFrame) -> str:
    return hashlib.sha256(table.to_csv(index=False).encode()).hexdigest()


def test_same_seed_same_bytes_other_seed_other_patients():
    assert digest(cohort(40, 3, markers=2).visits) == digest(cohort(40, 3, markers=2).visits)
    assert digest(cohort(40, 3).visits) != digest(cohort(40, 4).visits)
    assert digest(cohort(40, np.random.default_rng(3)).visits) == digest(cohort(40, 3).visits)


@given(
    n=st.integers(1, 60),
    seed=st.integers(0, 2**31),
    low=st.integers(1, 3),
    more=st.integers(0, 3),
    sites=st.integers(1, 4),
    missing=st.sampled_from([0.0, 0.1, 0.5]),
    markers=st.integers(0, 12),
)
@settings(max_examples=40, deadline=None)
def test_shape_of_a_cohort(n, seed, low, more, sites, missing, markers):
    made = cohort(n, seed, visits=(low, low + more), sites=sites, missing=missing, markers=markers)
    visits = made.visits
    counts = visits.groupby("patient_id").size()
    assert len(counts) == n
    assert counts.between(low, low + more).all()
    assert visits["site"].nunique() == min(n, sites)
    assert visits.groupby("patient_id")["site"].nunique().max() == 1
    assert (visits.groupby("patient_id")["day"].diff().dropna() >= 122).all()
    assert visits["admitted_180d"].isin([0, 1]).all()
    assert list(visits.columns) == made.dictionary["column"].tolist()
    assert made.truth.risk.index.equals(visits.index)
    assert set(made.truth.frailty.index) == set(visits["patient_id"])


def test_prevalence_is_the_mean_true_risk():
    made = cohort(300, 1, prevalence=0.13)
    assert made.truth.risk.mean() == pytest.approx(0.13, abs=1e-9)
    assert made.visits["admitted_180d"].mean() == pytest.approx(0.13, abs=0.04)


def test_missing_share_and_its_dependence_on_age():
    visits = cohort(3000, 2, visits=(1, 1), missing=0.2).visits
    gaps = visits["creatinine_mg_per_dl"].isna()
    assert gaps.mean() == pytest.approx(0.2, abs=0.025)
    young = visits["age"] < visits["age"].median()
    assert gaps[young].mean() > gaps[~young].mean() + 0.05
    assert not cohort(50, 2, missing=0).visits["bmi"].isna().any()


def test_a_regression_on_all_causes_finds_the_effects():
    made = cohort(30_000, 5, visits=(1, 1), missing=0, markers=11, prevalence=0.3)
    visits, effects = made.visits, made.truth.effects
    causes = {
        "age_decades": visits["age"] / 10,
        "male": visits["sex"] == "male",
        "log_nt_probnp": np.log(visits["nt_probnp_pg_per_ml"] + 1),
        "creatinine_mg_per_dl": visits["creatinine_mg_per_dl"],
        "nyha_class": visits["nyha_class"],
        "frailty": made.truth.frailty.loc[visits["patient_id"]].to_numpy(),
        "marker_01": visits["marker_01"],
        "marker_02": visits["marker_02"],
        "marker_11": visits["marker_11"],
        "bmi": visits["bmi"] / 10,
    }
    model = LogisticRegression(C=1e6, max_iter=2000).fit(
        pd.DataFrame(causes).astype(float), visits["admitted_180d"]
    )
    found = dict(zip(causes, model.coef_[0], strict=True))
    # standard errors of 30,000 visits are below 0.07 for each cause
    for name in causes:
        assert found[name] == pytest.approx(effects.get(name, 0.0), abs=0.2), name


def test_frailty_makes_the_visits_of_a_patient_alike():
    def agreement(frailty):
        visits = cohort(800, 6, visits=(2, 2), prevalence=0.5, frailty=frailty).visits
        pairs = visits.pivot_table(index="patient_id", columns="visit", values="admitted_180d")
        return (pairs[1] == pairs[2]).mean()

    assert agreement(3.0) > agreement(0.0) + 0.1


def test_the_consequences_know_the_outcome_and_the_dictionary_says_so():
    made = cohort(400, 7)
    y = made.visits["admitted_180d"]
    assert roc_auc_score(y, made.visits["iv_diuretic_days"]) > 0.97
    assert (made.visits["discharge_weight_kg"].notna() == (y == 1)).all()
    later = made.dictionary.query("known_days > 0")["column"].tolist()
    assert later == ["iv_diuretic_days", "discharge_weight_kg", "admitted_180d"]
    assert roc_auc_score(y, made.truth.risk) < 0.95


def test_site_shift_moves_the_last_site():
    visits = cohort(2000, 8, sites=3, site_shift=1.0, visits=(1, 1)).visits
    means = visits.groupby("site")[["age", "admitted_180d"]].mean()
    assert means.loc["site_3", "age"] - means.loc["site_1", "age"] == pytest.approx(16, abs=2)
    assert means.loc["site_3", "admitted_180d"] > means.loc["site_1", "admitted_180d"] + 0.1
    alike = cohort(2000, 8, sites=3, visits=(1, 1)).visits.groupby("site")["age"].mean()
    assert np.ptp(alike) < 2


def test_label_noise_flips_outcomes():
    clean, noisy = cohort(500, 9), cohort(500, 9, label_noise=0.2)
    flipped = (clean.visits["admitted_180d"] != noisy.visits["admitted_180d"]).mean()
    assert flipped == pytest.approx(0.2, abs=0.03)


def test_every_wrong_argument_is_named_at_once():
    with pytest.raises(InputError) as error:
        cohort(0, visits=(3, 2), prevalence=1.2, missing=0.95, label_noise=0.5)
    for name in ("n:", "visits:", "prevalence:", "missing:", "label_noise:"):
        assert name in str(error.value)


def test_heart_disease_stand_in_has_the_published_sizes():
    table = heart_disease_sites(1)
    sizes = table.groupby("site").size()
    assert sizes.to_dict() == {"cleveland": 303, "hungarian": 294, "switzerland": 123, "va": 200}
    ill = (table["num"] > 0).groupby(table["site"]).sum()
    assert ill.to_dict() == {"cleveland": 139, "hungarian": 106, "switzerland": 115, "va": 149}
    assert set(table.loc[table["site"] == "hungarian", "num"]) == {0.0, 1.0}
    assert table.loc[table["site"] == "switzerland", "chol"].isna().all()
    assert digest(table) == digest(heart_disease_sites(1))


def test_in_the_stand_in_as_in_the_real_data_a_model_loses_at_other_sites_and_few_controls_make_it_unsure():
    table = heart_disease_sites()
    columns = ["age", "sex", "cp", "thalach", "exang", "oldpeak"]
    filled = table[columns].fillna(table[columns].median())
    ill, site = (table["num"] > 0).astype(int), table["site"]
    home = site == "cleveland"
    model = LogisticRegression(max_iter=5000).fit(filled[home], ill[home])
    score = model.predict_proba(filled)[:, 1]
    found = {name: learning.auroc(ill[site == name], score[site == name]) for name in site.unique()}
    assert found["cleveland"].value == pytest.approx(0.86, abs=0.05)
    assert found["va"].value < found["cleveland"].value - 0.08
    widths = {name: estimate.high - estimate.low for name, estimate in found.items()}
    assert max(widths, key=widths.get) == "switzerland"


@pytest.mark.mirror
def test_heart_disease_stand_in_has_the_columns_and_gaps_of_the_real_table():
    from biolabkit import datasets

    real, made = datasets.load("uci-heart-disease-4-sites"), heart_disease_sites()
    assert set(made.columns) == set(real.columns)
    assert len(made) == len(real)
    for column in made.columns.drop("site"):
        here = made[column].isna().groupby(made["site"]).mean()
        there = real[column].isna().groupby(real["site"].astype(str)).mean()
        assert (here - there).abs().max() < 0.13, column
        assert made[column].min() >= real[column].min() - 1, column
        assert made[column].max() <= real[column].max() + 1, column
