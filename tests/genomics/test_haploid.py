"""Haploid calls: by hand, against the diploid model's corners, and on a simulated isolate."""

import math

import numpy as np
import pandas as pd
import pytest

from biolabkit import simulate
from biolabkit.errors import InputError
from biolabkit.genomics import (
    align,
    compare_calls,
    genotype_likelihoods,
    haploid_calls,
    mark_duplicates,
    pileup,
    read_vcf,
    write_vcf,
)


def column(bases, qualities, ref="A", reverse=None):
    """A pileup of one site."""
    many = len(bases)
    return pd.DataFrame(
        {
            "chrom": "x",
            "start": 41,
            "ref": ref,
            "base": list(bases),
            "quality": np.array(
                [qualities] * many if isinstance(qualities, int) else qualities, dtype=np.uint8
            ),
            "mapping_quality": np.full(many, 60, dtype=np.uint8),
            "reverse": [i % 2 == 1 for i in range(many)] if reverse is None else reverse,
            "fragment": np.arange(many),
        }
    )


def call(*args, rate=0.001, **kwargs):
    (row,) = haploid_calls(genotype_likelihoods(column(*args, **kwargs)), rate=rate).to_dict("records")
    return row


def test_the_posterior_by_hand():
    row = call("AAG", [30, 20, 30], rate=0.01)
    p = {
        "A": 0.999 * 0.99 * 0.001 / 3,
        "G": 0.001 / 3 * 0.01 / 3 * 0.999,
        "C": 0.001 / 3 * 0.01 / 3 * 0.001 / 3,
    }
    weights = {"A": 0.99 * p["A"], "G": 0.01 / 3 * p["G"], "C": 0.01 / 3 * p["C"], "T": 0.01 / 3 * p["C"]}
    total = sum(weights.values())
    assert (row["alt"], row["allele1"], row["allele2"]) == (".", 0, -1)
    assert row["qual"] == pytest.approx(-10 * math.log10(weights["A"] / total))
    assert row["gq"] == round(-10 * math.log10(1 - weights["A"] / total))
    assert (row["start"], row["end"], row["pos"], row["dp"], row["ad"]) == (41, 42, 42, 3, "2")
    assert row["fraction"] == pytest.approx(2 / 3)


def test_a_variant():
    row = call("GGGGGGGG", 30)
    assert (row["ref"], row["alt"], row["allele1"], row["ad"], row["filter"]) == ("A", "G", 1, "0,8", "PASS")
    assert (row["alt_forward"], row["alt_reverse"]) == (4, 4)
    # Each read is 3 * 999 to 1 for G, against a prior of 2997 to 1 for the reference.
    odds = (0.001 / 3) / 0.999 * (0.999 / (0.001 / 3)) ** 8
    assert row["qual"] == pytest.approx(10 * math.log10(odds), abs=1e-3)
    assert row["gq"] == 99


@pytest.mark.parametrize(
    ("bases", "qualities", "reverse", "filters"),
    [
        ("GG", 30, None, "LowDepth"),
        ("GA", 30, None, "LowDepth;Mixed"),
        ("GGGGG", 5, None, "LowQual"),
        ("GGGGGGGAAA", 30, None, "Mixed"),
        ("GGGGGGGGAA", 30, None, "PASS"),
        ("G" * 8, 30, [True] * 8, "StrandBias"),
        ("G" * 7, 30, [True] * 7, "PASS"),
        ("A" * 9, 30, [True] * 9, "PASS"),
        ("A" * 6 + "G" * 4, 30, None, "Mixed"),
    ],
)
def test_filters(bases, qualities, reverse, filters):
    assert call(bases, qualities, reverse=reverse)["filter"] == filters


def test_a_very_deep_site_does_not_underflow():
    row = call("G" * 4000, 40)
    assert (row["qual"], row["gq"]) == (999, 99)
    assert call("A" * 4000, 40)["qual"] == pytest.approx(0, abs=1e-9)


def test_an_isolate_is_called(tmp_path):
    isolate = simulate.haploid_sample(
        simulate.genome(40_000, seed=31, name="iso"), seed=32, snv_rate=0.002, indel_rate=0
    )
    files = simulate.reads(isolate, tmp_path, seed=33, depth=25)
    calls = haploid_calls(genotype_likelihoods(pileup(files["reads"], files["reference"])))
    found = calls[(calls["alt"] != ".") & (calls["filter"] == "PASS")]
    result = compare_calls(found, read_vcf(files["truth"])).summary
    snv = result.loc["snv"] if "snv" in result.index else result[result["type"] == "snv"].iloc[0]
    assert snv["precision"] > 0.98
    assert snv["recall"] > 0.95
    again = read_vcf(write_vcf(found, tmp_path / "calls.vcf"))
    assert again[["pos", "ref", "alt", "allele1", "allele2"]].equals(
        found[["pos", "ref", "alt", "allele1", "allele2"]].reset_index(drop=True)
    )


def test_from_fastq_to_calls(tmp_path):
    """Trimming apart, the whole way of an isolate through the library."""
    pytest.importorskip("mappy")
    isolate = simulate.haploid_sample(
        simulate.genome(40_000, seed=41, name="iso", repeats_per_kb=0), seed=42, snv_rate=0.002, indel_rate=0
    )
    files = simulate.reads(
        isolate, tmp_path, seed=43, depth=25, duplicates=0.2, flag_duplicates=False, fastq=True
    )
    aligned = align((files["reads_1"], files["reads_2"]), files["reference"], tmp_path / "aligned.bam")
    marked = mark_duplicates(aligned, tmp_path / "marked.bam")
    calls = haploid_calls(genotype_likelihoods(pileup(marked, files["reference"])))
    found = calls[(calls["alt"] != ".") & (calls["filter"] == "PASS")]
    keys = [
        set(zip(table["pos"], table["ref"], table["alt"], strict=True)) for table in (found, isolate.truth)
    ]
    assert len(keys[0] & keys[1]) >= 0.95 * len(keys[1])
    assert len(keys[0] - keys[1]) <= 1


def test_bad_input():
    sites = genotype_likelihoods(column("AAG", 30))
    with pytest.raises(InputError, match=r"lacks the columns GG, T_reverse|lacks the columns T_reverse, GG"):
        haploid_calls(sites.drop(columns=["GG", "T_reverse"]))
    with pytest.raises(InputError, match=r"rate is 0\.7"):
        haploid_calls(sites, rate=0.7)
