"""Simulated populations: the same bytes from one seed, drift of the size asked for, linkage in blocks."""

import numpy as np
import pytest

from biolabkit.errors import InputError
from biolabkit.genomics import genotype_pca, hwe_exact, read_genotypes
from biolabkit.simulate.populations import DRIFT, GROUPS, population_sample


def test_the_same_seed_gives_the_same_file(tmp_path):
    one, two = (population_sample(30, 4, seed=5).write_vcf(tmp_path / name) for name in ("a.vcf", "b.vcf"))
    assert one.read_bytes() == two.read_bytes()
    assert one.read_bytes() != population_sample(30, 4, seed=6).write_vcf(tmp_path / "c.vcf").read_bytes()


def test_what_is_written_is_read(tmp_path):
    cohort = population_sample(25, 3, seed=1)
    read = read_genotypes(cohort.write_vcf(tmp_path / "x.vcf"))
    assert (read.alleles == cohort.alleles).all()
    assert list(read.samples) == cohort.people["sample"].tolist()
    assert read.phased.all()
    assert (cohort.variants["ref"] != cohort.variants["alt"]).all()
    assert cohort.variants["pos"].is_monotonic_increasing
    assert cohort.people["superpop"].drop_duplicates().tolist() == list(GROUPS)


def test_frequencies_drift_by_what_is_asked():
    found = population_sample(20_000, 1, seed=2).frequencies
    between = ((found["AFR"] - found["EAS"]) ** 2).mean() / 2
    both = (found["AFR"] + found["EAS"]) / 2
    # half the mean squared difference over p(1-p): the mean of the two groups' F to their common root
    assert between / (both * (1 - both)).mean() == pytest.approx(
        (DRIFT["AFR"][1] + 1 - (1 - DRIFT["out"][1]) * (1 - DRIFT["EAS"][1])) / 2, abs=0.02
    )


def test_mating_is_random_within_a_population_only():
    cohort = population_sample(400, 200, seed=3, linkage=0)
    dosage = cohort.alleles.sum(axis=2)
    counts = [[(part == value).sum(axis=1) for value in (1, 0, 2)] for part in (dosage[:, :200], dosage)]
    within, pooled = (hwe_exact(*three) for three in counts)
    assert (within < 0.05).mean() < 0.08
    assert (pooled < 0.05).mean() > 0.3


def test_neighbours_are_linked_and_africa_parts_first():
    cohort = population_sample(400, 40, seed=4)
    inside = cohort.alleles[:, :80].reshape(400, -1).astype(float)  # one group, so that drift links nothing
    r2 = np.corrcoef(inside) ** 2
    assert np.nanmean(r2[0::4, 1::4].diagonal()) > 10 * np.nanmean(r2[0::4, 5::4].diagonal())
    first = genotype_pca(cohort.alleles.sum(axis=2, dtype=np.int8), 2).coordinates[:, 0]
    means = {group: first[(cohort.people["superpop"] == group).to_numpy()].mean() for group in GROUPS}
    others = [abs(means[g] - np.median(list(means.values()))) for g in GROUPS if g != "AFR"]
    assert abs(means["AFR"] - np.median(list(means.values()))) > max(others)


@pytest.mark.parametrize("wrong", [{"variants": 0}, {"each": 0}, {"block": 0}, {"linkage": 2}])
def test_numbers_that_make_no_cohort(wrong):
    with pytest.raises(InputError, match="expected whole numbers"):
        population_sample(seed=1, **wrong)
