"""Likelihoods and posteriors: by hand, by a slow second implementation, and as properties."""

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from biolabkit.errors import InputError
from biolabkit.genomics import GENOTYPES, filter_calls, genotype_likelihoods, phred, posterior
from biolabkit.genomics._filters import fisher_exact
from biolabkit.genomics._genotypes import _log_prior


def piled(bases, qualities, ref="A", start=7, reverse=None, mapping_quality=60):
    many = len(bases)
    return pd.DataFrame(
        {
            "chrom": ["1"] * many,
            "start": np.full(many, start),
            "ref": [ref] * many,
            "base": list(bases),
            "quality": np.array(qualities, dtype=np.uint8),
            "mapping_quality": np.full(many, mapping_quality, dtype=np.uint8),
            "reverse": [False] * many if reverse is None else reverse,
        }
    )


def slow_likelihood(bases, qualities, genotype):
    total = 0.0
    for base, quality in zip(bases, qualities, strict=True):
        error = min(10 ** (-quality / 10), 0.75)
        total += math.log10(sum((1 - error) if base == allele else error / 3 for allele in genotype) / 2)
    return total


def test_numbers_by_hand():
    row = genotype_likelihoods(piled("AC", [20, 20])).iloc[0]
    # log10(0.99) = -0.0043648, log10(0.01 / 3) = -2.4771213, log10((0.99 + 0.01 / 3) / 2) = -0.3039349
    assert row["AA"] == pytest.approx(-0.0043648 - 2.4771213, abs=1e-6)
    assert row["AC"] == pytest.approx(2 * -0.3039349, abs=1e-6)
    assert row["GT"] == pytest.approx(2 * -2.4771213, abs=1e-6)
    assert row[["depth", "A", "C", "G", "T"]].tolist() == [2, 1, 1, 0, 0]


def test_mapping_quality_limits_a_base():
    assert genotype_likelihoods(piled("A", [40], mapping_quality=20))["AA"][0] == pytest.approx(
        math.log10(0.99)
    )


@settings(max_examples=60)
@given(st.lists(st.tuples(st.sampled_from("ACGT"), st.integers(0, 60)), min_size=1, max_size=40))
def test_agrees_with_the_slow_implementation(reads):
    bases, qualities = "".join(base for base, _ in reads), [quality for _, quality in reads]
    row = genotype_likelihoods(piled(bases, qualities)).iloc[0]
    for genotype in GENOTYPES:
        assert row[genotype] == pytest.approx(slow_likelihood(bases, qualities, genotype), rel=1e-9, abs=1e-9)


def test_sites_do_not_mix_and_any_order_will_do():
    first, second = piled("AAC", [30, 20, 25], start=3), piled("CG", [20, 33], ref="C", start=9)
    together = genotype_likelihoods(pd.concat([second, first]).sample(frac=1, random_state=1))
    apart = pd.concat([genotype_likelihoods(first), genotype_likelihoods(second)], ignore_index=True)
    pd.testing.assert_frame_equal(together, apart, check_dtype=False)


def test_strands_are_counted():
    row = genotype_likelihoods(piled("AAC", [30] * 3, reverse=[True, False, True])).iloc[0]
    assert row[["A", "C", "A_reverse", "C_reverse"]].tolist() == [2, 1, 1, 1]


@pytest.mark.parametrize("theta", [0.001, 0.01, 0.2])
def test_priors_are_probabilities(theta):
    assert (10 ** _log_prior(theta)).sum(axis=1) == pytest.approx([1] * 4)


def test_prior_by_hand():
    row = dict(zip(GENOTYPES, (10 ** _log_prior(0.001))[0], strict=True))
    assert row["AA"] == pytest.approx(0.998499)
    assert row["AC"] == pytest.approx(0.001 / 3)
    assert row["CC"] == pytest.approx(0.001 / 6)
    assert row["CG"] == pytest.approx(1e-6 / 3)


def test_a_heterozygote_by_hand():
    """10 A and 10 G of quality 30: 20 log10(0.4996667) against 10 log10(0.999) + 10 log10(0.001 / 3)."""
    table = posterior(genotype_likelihoods(piled("A" * 10 + "G" * 10, [30] * 20)))
    row = table.iloc[0]
    assert row[["pos", "ref", "alt", "allele1", "allele2", "dp", "ad"]].tolist() == [
        8,
        "A",
        "G",
        0,
        1,
        20,
        "10,10",
    ]
    log_odds = 20 * math.log10(0.999 / 2 + 0.001 / 6) - 10 * math.log10(0.999) - 10 * math.log10(0.001 / 3)
    prior_odds = math.log10(0.001 / 3) - math.log10(1 - 0.0015 - 1e-6)
    assert row["qual"] == pytest.approx(10 * (log_odds + prior_odds), rel=1e-4)
    assert row["gq"] == 99


def test_two_errors_are_no_variant_but_would_be_without_the_prior():
    row = posterior(genotype_likelihoods(piled("A" * 10 + "GG", [30] * 10 + [13] * 2))).iloc[0]
    assert row["alt"] == "."
    assert row[["allele1", "allele2"]].tolist() == [0, 0]
    likelihood = genotype_likelihoods(piled("A" * 10 + "GG", [30] * 10 + [13] * 2)).iloc[0]
    flat = posterior(genotype_likelihoods(piled("A" * 10 + "GG", [30] * 10 + [13] * 2)), theta=0.4).iloc[0]
    assert likelihood["AG"] > likelihood["AA"] - 0.5
    assert flat["AG"] > row["AG"]


def test_two_alternatives_at_one_site():
    row = posterior(genotype_likelihoods(piled("C" * 12 + "T" * 12, [35] * 24, ref="G"))).iloc[0]
    assert row[["alt", "allele1", "allele2", "ad"]].tolist() == ["C,T", 1, 2, "0,12,12"]


def test_one_read_of_a_hidden_heterozygote_has_a_low_gq():
    row = posterior(genotype_likelihoods(piled("GG", [30, 30]))).iloc[0]
    assert row["gq"] < 10


@settings(max_examples=40)
@given(
    st.lists(st.tuples(st.sampled_from("ACGT"), st.integers(2, 60)), min_size=1, max_size=300),
    st.sampled_from("ACGT"),
    st.floats(1e-4, 0.3),
)
def test_posteriors_are_probabilities_and_gq_follows(reads, ref, theta):
    bases, qualities = "".join(base for base, _ in reads), [quality for _, quality in reads]
    row = posterior(genotype_likelihoods(piled(bases, qualities, ref=ref)), theta=theta).iloc[0]
    chances = row[list(GENOTYPES)].astype(float)
    assert chances.sum() == pytest.approx(1)
    wrong = 1 - chances.max()
    if wrong > 1e-6:
        assert row["gq"] == pytest.approx(min(-10 * math.log10(wrong), 99), abs=0.51)
    assert 0 <= row["gq"] <= 99
    assert row["qual"] >= 0


def test_phred():
    assert phred([1, 0.1, 1e-3]).tolist() == [0, 10, 30]
    assert phred(0.0) == math.inf
    assert phred(0.0, 99) == 99


def test_empty_pileup_gives_empty_tables():
    empty = piled("", [])
    assert len(filter_calls(posterior(genotype_likelihoods(empty)))) == 0


@pytest.mark.parametrize("step", [genotype_likelihoods, posterior, filter_calls])
def test_missing_columns_are_named(step):
    with pytest.raises(InputError, match="lacks the columns"):
        step(pd.DataFrame({"chrom": ["1"]}))


def test_theta_outside_its_range():
    with pytest.raises(InputError, match=r"theta is 0\.7"):
        posterior(genotype_likelihoods(piled("A", [30])), theta=0.7)


# ---------------------------------------------------------------- filters


def call(**changes):
    row = {"qual": 100.0, "gq": 50, "dp": 20, "allele1": 0, "allele2": 1}
    row |= {"ref_forward": 5, "ref_reverse": 5, "alt_forward": 5, "alt_reverse": 5}
    return pd.DataFrame([row | changes])


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "PASS"),
        ({"qual": 12.9, "dp": 10}, "LowQual"),
        ({"qual": 19.9}, "QualByDepth"),
        ({"gq": 2}, "LowGQ"),
        ({"dp": 2}, "LowDepth"),
        ({"alt_forward": 1, "alt_reverse": 0}, "AlleleBalance"),
        ({"alt_forward": 1, "alt_reverse": 0, "allele1": 1}, "PASS"),
        # Of 10 reads 2 may well be alternative by chance (1 in 18), of 43 hardly 9 (1 in 11,700).
        ({"ref_forward": 4, "ref_reverse": 4, "alt_forward": 1, "alt_reverse": 1}, "PASS"),
        ({"ref_forward": 17, "ref_reverse": 17, "alt_forward": 4, "alt_reverse": 5}, "AlleleBalance"),
        ({"ref_forward": 40, "ref_reverse": 0, "alt_forward": 0, "alt_reverse": 40}, "StrandBias"),
        # Neither enough alone: 9 of 32 (20 dB), and all on one strand (30 dB).
        ({"ref_forward": 8, "ref_reverse": 15, "alt_forward": 9, "alt_reverse": 0}, "StrandBias"),
        ({"ref_forward": 8, "ref_reverse": 15, "alt_forward": 9, "alt_reverse": 0, "allele1": 1}, "PASS"),
        ({"qual": 1, "gq": 1}, "LowQual;LowGQ;QualByDepth"),
    ],
)
def test_each_filter_has_its_name(changes, name):
    assert filter_calls(call(**changes))["filter"].tolist() == [name]


def test_high_depth_is_only_a_filter_when_asked_for():
    assert filter_calls(call(dp=900, qual=9_000))["filter"][0] == "PASS"
    assert filter_calls(call(dp=900, qual=9_000), max_depth=60)["filter"][0] == "HighDepth"


def test_fisher_by_hand_and_against_scipy():
    from scipy.stats import fisher_exact as reference

    # Fisher's tea: 3, 1, 1, 3 gives 34/70
    assert fisher_exact(np.array([[3, 1, 1, 3]])) == pytest.approx([34 / 70])
    tables = np.random.default_rng(1).integers(1, 40, size=(200, 4))
    expected = [reference(table.reshape(2, 2))[1] for table in tables]
    assert fisher_exact(tables) == pytest.approx(expected, rel=1e-9)
