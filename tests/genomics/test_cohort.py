"""Cohorts: genotypes against pysam, frequencies, Hardy-Weinberg, structure, association; wrong files."""

import gzip
import math
from fractions import Fraction

import numpy as np
import pandas as pd
import pysam
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from biolabkit import datasets
from biolabkit.errors import FormatError, InputError, UnknownNameError
from biolabkit.genomics import (
    allele_frequencies,
    associate,
    fdr,
    genomic_inflation,
    genotype_pca,
    hwe_exact,
    ld_prune,
    read_genotypes,
)

HEADER = "##fileformat=VCFv4.2\n##contig=<ID=1,length=1000>\n##contig=<ID=2,length=500>\n"
COLUMNS = "#CHROM\tPOS\tID\tREF\tALT\tQUAL\tFILTER\tINFO\tFORMAT\ta\tb\tc\n"


def record(pos, genotypes, *, chrom="1", ref="A", alt="G", format_="GT"):
    return f"{chrom}\t{pos}\t.\t{ref}\t{alt}\t.\t.\t.\t{format_}\t" + "\t".join(genotypes.split()) + "\n"


@pytest.fixture
def vcf(tmp_path):
    def make(*records, header=HEADER + COLUMNS, name="x.vcf"):
        path = tmp_path / name
        text = header + "".join(records)
        path.write_bytes(gzip.compress(text.encode()) if name.endswith("gz") else text.encode())
        return path

    return make


@pytest.mark.parametrize("name", ["x.vcf", "x.vcf.gz"])
def test_genotypes_as_written(vcf, name):
    path = vcf(
        record(10, "0|0 0|1 1|1"),
        record(20, "./. 0/1 .|1"),
        record(30, "0|2 12|1 0|0", alt="G,T"),
        record(40, "12:0|1 3:1/1 .", format_="DP:GT"),
        record(5, ". 1|1 0|0", chrom="2"),
        name=name,
    )
    cohort = read_genotypes(path)
    assert cohort.samples == ("a", "b", "c")
    assert cohort.alleles.dtype == np.int8
    assert cohort.alleles.tolist() == [
        [[0, 0], [0, 1], [1, 1]],
        [[-1, -1], [0, 1], [-1, 1]],
        [[0, 2], [12, 1], [0, 0]],
        [[0, 1], [1, 1], [-1, -1]],
        [[-1, -1], [1, 1], [0, 0]],
    ]
    assert cohort.dosage().tolist() == [[0, 1, 2], [-1, 1, -1], [1, 2, 0], [1, 2, -1], [-1, 2, 0]]
    assert cohort.phased.tolist() == [True, False, True, False, True]
    assert cohort.biallelic_snv.tolist() == [True, True, False, True, True]
    assert cohort.variants["pos"].tolist() == [10, 20, 30, 40, 5]
    assert (cohort.variants["start"] == cohort.variants["pos"] - 1).all()


def test_parts_of_a_cohort(vcf):
    path = vcf(record(10, "0|0 0|1 1|1"), record(20, "1|1 0|0 0|1"), record(5, "0|0 1|1 0|0", chrom="2"))
    assert read_genotypes(path, samples=["c", "a"]).dosage().tolist() == [[2, 0], [1, 2], [0, 0]]
    assert read_genotypes(path, "1:15-25").variants["pos"].tolist() == [20]
    assert read_genotypes(path, ("2", 0, 10)).dosage().tolist() == [[0, 2, 0]]
    cohort = read_genotypes(path)
    assert cohort.select(
        variants=cohort.variants["chrom"] == "1", samples=[True, False, True]
    ).dosage().tolist() == [
        [0, 2],
        [2, 1],
    ]
    assert cohort.select(samples=np.array([2, 0])).samples == ("c", "a")
    with pytest.raises(UnknownNameError, match="'d'"):
        read_genotypes(path, samples=["d"])
    with pytest.raises(InputError, match="mask of variants has shape"):
        cohort.select(variants=[True])
    with pytest.raises(InputError, match="did you mean '1'"):
        read_genotypes(path, "chr1")


def test_haploids_called_as_diploids(vcf):
    cohort = read_genotypes(vcf(record(10, "0|0 0|1 1|1"), record(20, "./. 2/2 .|1", alt="G,T"))).haploid()
    assert cohort.ploidy == 1
    assert cohort.alleles[:, :, 0].tolist() == [[0, -1, 1], [-1, 2, -1]]


def test_rare_records_are_left_out_while_reading(vcf):
    path = vcf(
        record(10, "0|0 0|1 0|0"), record(20, "./. 0/1 ./."), record(30, ". . ."), record(40, "1|1 1|1 1|1")
    )
    assert read_genotypes(path, min_maf=0.1).variants["pos"].tolist() == [10, 20]
    assert read_genotypes(path, min_maf=0.2).variants["pos"].tolist() == [20]
    assert len(read_genotypes(path)) == 4
    with pytest.raises(InputError, match="min_maf is 5"):
        read_genotypes(path, min_maf=5)


def test_haploid_genotypes(vcf):
    path = vcf(record(10, "0 1 ."), record(20, "1 12 0"))
    assert read_genotypes(path, ploidy=1).alleles[:, :, 0].tolist() == [[0, 1, -1], [1, 12, 0]]


@pytest.mark.parametrize(
    ("records", "header", "error", "match"),
    [
        (
            [record(20, "0|0 0|0 0|0"), record(10, "0|0 0|0 0|0")],
            None,
            FormatError,
            r"x.vcf:6: 1:10 comes after",
        ),
        (
            [record(1, "0|0 0|0 0|0"), record(1, "0|0 0|0 0|0", chrom="2"), record(9, "0|0 0|0 0|0")],
            None,
            FormatError,
            "bcftools sort",
        ),
        ([record(1, "0|0 0|0 0|0")], "", FormatError, "expected a VCF header"),
        ([], HEADER + "\t".join(COLUMNS.split("\t")[:8]) + "\n", InputError, "there are no samples"),
        ([], HEADER + COLUMNS.replace("b", "a"), FormatError, "occur twice: a"),
        ([], HEADER + COLUMNS.replace("POS", "Position"), FormatError, "expected the columns"),
        (
            [record(1, "0|0 1 0|0")],
            None,
            FormatError,
            r"x.vcf:5: b has the genotype '1', of ploidy 1; expected 2",
        ),
        ([record(1, "0|0|1 0|0|1 0|0|0")], None, FormatError, "ploidy 3"),
        ([record(1, "0|0 0|0")], None, FormatError, "2 genotypes; expected one for each of the 3"),
        ([record(1, "0|0 0|x 0|0")], None, FormatError, "b has the genotype '0.x'"),
        ([record(1, "9 9 9", format_="DP")], None, FormatError, "no GT"),
        (["1\tx\t.\tA\tG\t.\t.\t.\tGT\t0|0\t0|0\t0|0\n"], None, FormatError, "x.vcf:5: not a VCF record"),
    ],
)
def test_files_that_cannot_be_used(vcf, records, header, error, match):
    path = vcf(*records, header=HEADER + COLUMNS if header is None else header)
    with pytest.raises(error, match=match):
        read_genotypes(path)


def test_a_file_with_another_ploidy_in_korean(vcf, monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    path = vcf(record(1, "0|0 1 0|0"), header=HEADER + COLUMNS)
    with pytest.raises(FormatError) as raised:
        read_genotypes(path)
    assert str(raised.value) == (
        f"{path}:5: b의 유전자형 '1'에는 대립유전자가 1개 있습니다. 2개여야 합니다. 모든 유전자형이 그렇다면 "
        "ploidy=1 인수로 읽고, 그렇지 않다면 성염색체를 빼십시오"
    )


def test_other_files(tmp_path):
    with pytest.raises(InputError, match="no such VCF"):
        read_genotypes(tmp_path / "none.vcf")
    (tmp_path / "a.bcf").write_bytes(b"BCF")
    with pytest.raises(InputError, match="bcftools view"):
        read_genotypes(tmp_path / "a.bcf")
    (tmp_path / "a.vcf.gz").write_bytes(b"not gzip")
    with pytest.raises(FormatError, match="cannot be read"):
        read_genotypes(tmp_path / "a.vcf.gz")


@pytest.mark.mirror
def test_the_1000_genomes_against_pysam_and_their_own_frequencies():
    path = datasets.fetch("1000g-chr22-500kb").path("genotypes")
    cohort = read_genotypes(path)
    assert cohort.alleles.shape == (6109, 2504, 2)
    frequencies = allele_frequencies(cohort.dosage())
    with pysam.VariantFile(str(path)) as file:
        for place, line in enumerate(file):
            if place % 1500 == 0:
                wanted = [line.samples[name]["GT"] for name in line.samples]
                assert cohort.alleles[place].tolist() == [list(genotype) for genotype in wanted]
            assert cohort.variants["pos"].iloc[place] == line.pos
            assert frequencies["alt_count"].iloc[place] == sum(line.info["AC"])


# ---- frequencies and Hardy-Weinberg -------------------------------------------------------------


def test_frequencies_by_hand():
    table = allele_frequencies(np.array([[0, 1, 2, -1], [-1, -1, -1, -1], [2, 2, 2, 2]], dtype=np.int8))
    assert table[["hom_ref", "het", "hom_alt", "missing"]].to_numpy().tolist() == [
        [1, 1, 1, 1],
        [0, 0, 0, 4],
        [0, 0, 4, 0],
    ]
    assert table["allele_number"].tolist() == [6, 0, 8]
    assert table["af"].tolist()[0] == 0.5
    assert math.isnan(table["af"][1])
    assert table["maf"][2] == 0


@pytest.mark.parametrize(
    ("bad", "match"), [([[0.0]], "whole-number"), ([[3]], "diploid"), ([0, 1], "variants, samples")]
)
def test_what_is_no_dosage(bad, match):
    for function in (allele_frequencies, genotype_pca, ld_prune):
        with pytest.raises(InputError, match=match):
            function(np.array(bad))


def test_what_is_no_dosage_in_korean(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    with pytest.raises(InputError) as raised:
        allele_frequencies(np.array([[0, 3]]))
    assert str(raised.value) == (
        "dosage는 0, 1, 2 또는 -1(결측)이어야 하는데 0부터 3까지의 값이 있습니다. 이배체의 유전자형만 분석할 "
        "수 있습니다"
    )


def brute_force(het, one, two):
    """Every way to pair the alleles, in exact fractions."""
    alleles, total = het + 2 * one, het + one + two
    ways = {}
    for hets in range(alleles % 2, min(alleles, 2 * total - alleles) + 1, 2):
        a, b = (alleles - hets) // 2, total - hets - (alleles - hets) // 2
        ways[hets] = Fraction(
            2**hets * math.factorial(total), math.factorial(hets) * math.factorial(a) * math.factorial(b)
        )
    return float(sum(w for w in ways.values() if w <= ways[het]) / sum(ways.values()))


@given(st.integers(0, 40), st.integers(0, 40), st.integers(0, 40))
def test_hwe_is_exact(het, one, two):
    if het + one + two:
        assert hwe_exact(het, one, two)[0] == pytest.approx(brute_force(het, one, two), rel=1e-9)


def test_hwe_of_the_paper():
    """Wigginton et al. 2005, table 1: 100 people, 21 rare alleles, the probability of each number of hets."""
    published = {
        7: 0.000001,
        9: 0.000047,
        11: 0.000870,
        13: 0.009375,
        15: 0.059283,
        17: 0.214465,
        19: 0.406355,
        21: 0.309604,
    }
    for hets, probability in published.items():
        homs = (21 - hets) // 2
        p = sum(other for other in published.values() if other <= probability)
        assert hwe_exact(hets, 100 - hets - homs, homs)[0] == pytest.approx(p, abs=3e-6)


def test_hwe_edges():
    assert np.isnan(hwe_exact(0, 0, 0)[0])
    assert hwe_exact([0, 0], [5, 0], [0, 7]).tolist() == [1, 1]
    assert hwe_exact(1000, 1000, 1000)[0] < 1e-50
    with pytest.raises(InputError, match="whole numbers"):
        hwe_exact(-1, 2, 3)
    with pytest.raises(InputError, match="whole numbers"):
        hwe_exact(0.5, 2, 3)


# ---- structure ----------------------------------------------------------------------------------


def two_populations(rng, variants=300, each=60, fst=0.1):
    ancestral = rng.uniform(0.1, 0.9, variants)
    scale = (1 - fst) / fst
    parts = [rng.beta(ancestral * scale, (1 - ancestral) * scale) for _ in range(2)]
    dosage = np.concatenate([rng.binomial(2, p[:, None], (variants, each)) for p in parts], axis=1)
    return dosage.astype(np.int8), np.repeat([0, 1], each)


def test_the_first_component_parts_two_populations():
    rng = np.random.default_rng(1)
    dosage, group = two_populations(rng)
    dosage[rng.random(dosage.shape) < 0.02] = -1
    result = genotype_pca(dosage, 4)
    first = result.coordinates[:, 0]
    assert result.coordinates.shape == (120, 4)
    assert (first[group == 0].max() < first[group == 1].min()) or (
        first[group == 1].max() < first[group == 0].min()
    )
    assert result.explained[0] > 5 * result.explained[1]
    assert (np.diff(result.explained) <= 0).all()
    table = result.table([f"s{i}" for i in range(120)])
    assert list(table) == ["sample", "PC1", "PC2", "PC3", "PC4"]


def test_components_are_those_of_the_singular_values():
    dosage, _ = two_populations(np.random.default_rng(2), 40, 12)
    dosage[3] = 1  # does not vary
    result = genotype_pca(dosage, 3)
    assert not result.used[3]
    p = dosage.mean(axis=1) / 2
    scaled = ((dosage - 2 * p[:, None]) / np.sqrt(2 * p * (1 - p))[:, None])[result.used]
    _, values, right = np.linalg.svd(scaled, full_matrices=False)
    assert np.allclose(np.abs(result.coordinates), np.abs(right[:3].T * values[:3]), atol=1e-8)
    assert np.allclose(result.explained, (values**2 / (values**2).sum())[:3])


def test_too_many_components():
    with pytest.raises(InputError, match="there are 1 to 2"):
        genotype_pca(np.array([[0, 1, 2], [2, 1, 0], [1, 1, 0]]), 3)


def test_pruning_keeps_one_of_two_alike():
    rng = np.random.default_rng(3)
    a, b = rng.integers(0, 3, (2, 200))
    kept = ld_prune(np.array([a, a, 2 - a, b, np.ones(200, dtype=int)]))
    assert kept.tolist() == [True, False, False, True, False]
    assert ld_prune(np.array([a, a]), r2=1.0).tolist() == [True, True]


# ---- association --------------------------------------------------------------------------------


def test_linear_association_is_ordinary_least_squares():
    rng = np.random.default_rng(4)
    dosage = rng.integers(0, 3, (5, 80)).astype(np.int8)
    age = rng.normal(50, 10, 80)
    trait = 0.5 * dosage[1] + 0.02 * age + rng.normal(size=80)
    found = associate(dosage, trait, age)
    for row, g in zip(found.itertuples(), dosage, strict=True):
        design = np.column_stack([np.ones(80), age, g])
        beta, rss, *_ = np.linalg.lstsq(design, trait, rcond=None)
        se = np.sqrt(rss[0] / 77 * np.linalg.inv(design.T @ design)[2, 2])
        assert row.beta == pytest.approx(beta[2])
        assert row.se == pytest.approx(se)
        assert row.p == pytest.approx(2 * stats.t.sf(abs(beta[2] / se), 77))
    assert found["p"].idxmin() == 1


def test_logistic_score_test_is_that_of_statsmodels():
    sm = pytest.importorskip("statsmodels.api")
    rng = np.random.default_rng(5)
    dosage = rng.integers(0, 3, (6, 400)).astype(np.int8)
    covariates = pd.DataFrame({"age": rng.normal(size=400), "sex": rng.integers(0, 2, 400)})
    logit = -0.4 + 0.35 * dosage[2] + 0.5 * covariates["age"].to_numpy()
    case = rng.random(400) < 1 / (1 + np.exp(-logit))
    found = associate(dosage, case, covariates)
    null = sm.GLM(case.astype(float), sm.add_constant(covariates), family=sm.families.Binomial()).fit()
    for row, g in zip(found.itertuples(), dosage, strict=True):
        _, p = null.score_test(exog_extra=g[:, None].astype(float))
        assert row.p == pytest.approx(float(np.squeeze(p)), rel=1e-6)
        full = sm.Logit(case.astype(float), np.column_stack([sm.add_constant(covariates), g])).fit(disp=0)
        assert row.beta == pytest.approx(full.params[-1], rel=0.1, abs=0.02)
        assert row.p == pytest.approx(full.pvalues[-1], rel=0.25, abs=0.01)


def test_missing_and_monomorphic():
    rng = np.random.default_rng(6)
    dosage = rng.integers(0, 3, (3, 50)).astype(np.int8)
    dosage[0, :10] = -1
    dosage[1] = 2
    trait = rng.normal(size=50)
    trait[4] = np.nan
    found = associate(dosage, trait)
    assert found["n"].tolist() == [40, 49, 49]
    assert np.isnan(found.loc[1, ["beta", "se", "z", "p"]].astype(float)).all()
    explained = associate(dosage[2:], trait, dosage[2])
    assert explained["p"].isna().all()


@pytest.mark.parametrize(
    ("phenotype", "covariates", "model", "match"),
    [
        ([0, 1, 1], None, None, "one value for each of 4"),
        ([1, 1, 1, 1], None, None, "all 4 phenotypes are 1"),
        ([0, 1, 2, 0], None, "logistic", "0 and 1"),
        ([0, 1, 1, 0], None, "cox", "'logistic' or 'linear'"),
        ([0, 1, 1, 0], [1, 1, 1, 1], None, "collinear"),
        ([0, 1, 1, 0], [1, 2, 3], None, "3 rows of covariates"),
        ([0, 1, 1, 0], [1, np.nan, 3, 4], None, "missing"),
        ([0, 1, 1, 0], ["EUR", "AFR", "EUR", "AFR"], None, "get_dummies"),
        ([0, 0, 1, 1], [-1, -2, 3, 4], None, "separate cases from controls"),
    ],
)
def test_what_cannot_be_tested(phenotype, covariates, model, match):
    with pytest.raises(InputError, match=match):
        associate(np.array([[0, 1, 2, 1]]), phenotype, covariates, model=model)


# ---- many tests ---------------------------------------------------------------------------------


def test_fdr_of_the_paper():
    """Benjamini and Hochberg 1995, section 3.2: of 15 p values, four are found at 0.05."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459]
    p += [0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    assert (fdr(p) <= 0.05).sum() == 4
    assert fdr(p)[3] == pytest.approx(0.0095 * 15 / 4)
    assert np.isnan(fdr([0.01, np.nan])[1])
    assert fdr([0.01, np.nan])[0] == 0.01
    with pytest.raises(InputError, match="between 0 and 1"):
        fdr([2.0])


@settings(max_examples=50)
@given(st.lists(st.floats(1e-9, 1), min_size=1, max_size=30))
def test_fdr_keeps_the_order(p):
    q = fdr(p)
    order = np.argsort(p, kind="stable")
    assert (np.diff(q[order]) >= -1e-12).all()
    assert (q >= np.array(p) - 1e-12).all()
    assert (q <= 1).all()


def test_inflation():
    p = (np.arange(10_000) + 0.5) / 10_000
    assert genomic_inflation(p) == pytest.approx(1, abs=1e-3)
    doubled = stats.chi2.sf(2 * stats.chi2.isf(p, 1), 1)
    assert genomic_inflation([*doubled, np.nan]) == pytest.approx(2, abs=1e-2)
    assert math.isnan(genomic_inflation([]))
