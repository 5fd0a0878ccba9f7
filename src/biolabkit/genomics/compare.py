"""Calls against a truth: what was found, what was missed, what was made up.

The comparison is by exact alleles after normalisation. Its limit: two different sets of records can spell the
same pair of haplotypes (an MNP and two SNVs are handled, but not, for example, an indel and an SNV that trade
places inside a repeat). A haplotype-aware comparison (vcfeval, hap.py) counts these as equal; here they count
as one false positive and one false negative, so figures are a little too low where variants stand close
together.
"""

from dataclasses import dataclass, field
from os import PathLike

import numpy as np
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.genomics.normalization import normalize
from biolabkit.genomics.regions import inside

__all__ = ["Comparison", "compare_calls"]

KINDS = ("snv", "indel")
_KEY = ["chrom", "start", "ref", "alt"]


@dataclass(frozen=True)
class Comparison:
    """Result of `compare_calls`.

    Attributes
    ----------
    table : DataFrame
        One row per variant of either side: chrom, start, end, pos, ref, alt, kind, dosage_call, dosage_truth
        (0: absent), qual, status (``"tp"``, ``"fp"``, ``"fn"`` or ``"genotype"``: right alleles, wrong
        genotype). In genotype mode a wrong genotype counts as one false positive and one false negative; in
        allele mode as found.
    match : str
        ``"genotype"`` or ``"allele"``.
    summary : DataFrame
        Rows snv, indel, all; columns tp, fp, fn, precision, recall, f1. A ratio of nothing is NaN.
    """

    table: pd.DataFrame = field(repr=False)
    match: str
    summary: pd.DataFrame

    @property
    def tp(self) -> int:
        """True positives of all kinds."""
        return int(self.summary["tp"]["all"])

    @property
    def fp(self) -> int:
        """False positives of all kinds."""
        return int(self.summary["fp"]["all"])

    @property
    def fn(self) -> int:
        """False negatives of all kinds."""
        return int(self.summary["fn"]["all"])

    @property
    def precision(self) -> float:
        """Fraction of the calls that are true."""
        return float(self.summary["precision"]["all"])

    @property
    def recall(self) -> float:
        """Fraction of the truth that was called."""
        return float(self.summary["recall"]["all"])

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return float(self.summary["f1"]["all"])

    @property
    def false_positives(self) -> pd.DataFrame:
        """Rows that count as false positives."""
        return self.table[self.table["status"].isin(self._wrong("fp"))].reset_index(drop=True)

    @property
    def false_negatives(self) -> pd.DataFrame:
        """Rows that count as false negatives."""
        return self.table[self.table["status"].isin(self._wrong("fn"))].reset_index(drop=True)

    @property
    def wrong_genotypes(self) -> pd.DataFrame:
        """Rows with the right allele and the wrong genotype."""
        return self.table[self.table["status"] == "genotype"].reset_index(drop=True)

    def pr_curve(self, kind: str = "all") -> pd.DataFrame:
        """Precision and recall when only calls of at least a QUAL count.

        Parameters
        ----------
        kind : {"all", "snv", "indel"}
            Which variants.

        Returns
        -------
        DataFrame
            qual (ascending thresholds, every value that occurs), tp, fp, fn, precision, recall, f1.

        Raises
        ------
        InputError
            For another kind.
        """
        if kind not in ("all", *KINDS):
            raise InputError(
                told(
                    f"pr_curve: kind is {kind!r}; expected 'all', 'snv' or 'indel'",
                    f"pr_curve: kind가 {kind!r}입니다. 'all', 'snv', 'indel' 가운데 하나여야 합니다",
                )
            )
        rows = self.table if kind == "all" else self.table[self.table["kind"] == kind]
        called = rows[rows["dosage_call"] > 0]
        right = ~called["status"].isin(self._wrong("fp"))
        truths = int((rows["dosage_truth"] > 0).sum())
        qual = called["qual"].fillna(0.0).to_numpy()
        # By falling QUAL, each further call is right or wrong; a threshold keeps all up to its last.
        order = np.argsort(-qual, kind="stable")
        tp = np.cumsum(right.to_numpy()[order])
        last = np.flatnonzero(np.append(np.diff(qual[order]) != 0, True)[: len(order)])[::-1]
        found, kept = tp[last], last + 1
        curve = pd.DataFrame(
            {"qual": qual[order][last], "tp": found, "fp": kept - found, "fn": truths - found}
        )
        curve["precision"] = curve["tp"] / kept
        curve["recall"] = curve["tp"] / truths if truths else np.nan
        curve["f1"] = 2 * curve["tp"] / (2 * curve["tp"] + curve["fp"] + curve["fn"])
        return curve

    def __str__(self) -> str:
        """The summary, and what this kind of comparison cannot see."""
        return f"{self.summary.round(4).to_string()}\n\n{self._described()}"

    def _repr_html_(self) -> str:
        return f"{self.summary.round(4).to_html()}<p>{self._described()}</p>"

    def _described(self) -> str:
        if self.match == "genotype":
            counted = told("Compared by alleles and genotypes.", "대립유전자와 유전자형을 비교했습니다.")
        else:
            counted = told(
                "Compared by alleles, whatever the genotype.",
                "유전자형은 보지 않고 대립유전자를 비교했습니다.",
            )
        return f"{counted} {_limits()}"

    def _wrong(self, side: str) -> list[str]:
        return [side, "genotype"] if self.match == "genotype" else [side]


def _limits() -> str:
    """What a comparison of single records cannot see; printed with every `Comparison`."""
    return told(
        "Records are compared one by one after normalisation: where several together spell the same sequence "
        "in another way, they count as errors. Haplotype-aware tools (vcfeval, hap.py) forgive this, so "
        "their figures are a little higher and not to be set beside these.",
        "정규화한 뒤에 레코드를 하나씩 비교하므로, 여러 레코드가 모여 같은 서열을 다르게 적은 경우에는 "
        "오류로 셉니다. 일배체형을 고려하는 도구(vcfeval, hap.py)는 이를 맞다고 인정하여 수치가 조금 더 "
        "높으므로, 그 수치와 나란히 놓고 비교할 수 없습니다.",
    )


def compare_calls(
    calls: pd.DataFrame,
    truth: pd.DataFrame,
    regions: pd.DataFrame | None = None,
    *,
    reference: str | PathLike[str] | None = None,
    match: str = "genotype",
    passing: bool = True,
    min_qual: float | None = None,
) -> Comparison:
    """Compare calls with a truth, inside the regions where the truth is known.

    Both sides are split, atomised and (with a reference) left-aligned by `normalize`; then alleles must be
    equal.

    Parameters
    ----------
    calls, truth : DataFrame
        From `call_variants` or `read_vcf`: chrom, start, ref, alt, allele1, allele2; calls also qual and
        filter.
    regions : DataFrame, optional
        The confident regions: chrom, start, end (`read_bed`). A variant counts when it lies wholly inside
        after normalisation. By default everything counts.
    reference : path-like, optional
        FASTA, to left-align indels. Without it, indels in repeats that were written differently do not match.
    match : {"genotype", "allele"}
        Whether a heterozygous call of a homozygous variant is wrong or right.
    passing : bool
        Count only calls whose filter is ``"PASS"`` or ``"."``.
    min_qual : float, optional
        Count only calls of at least this QUAL.

    Returns
    -------
    Comparison

    Raises
    ------
    InputError
        When a column is missing, `match` is unknown, or calls and truth have no contig in common.
    FormatError
        When the reference is not that of the variants.
    """
    if match not in ("genotype", "allele"):
        raise InputError(
            told(
                f"compare_calls: match is {match!r}; expected 'genotype' or 'allele'",
                f"compare_calls: match가 {match!r}입니다. 'genotype'이나 'allele'이어야 합니다",
            )
        )
    if passing and "filter" in calls:
        calls = calls[calls["filter"].isin(["PASS", "."])]
    if min_qual is not None:
        calls = calls[calls["qual"] >= min_qual]
    sides = {"call": normalize(calls, reference), "truth": normalize(truth, reference)}
    _check_contigs(set(sides["call"]["chrom"]), set(sides["truth"]["chrom"]))
    if regions is not None:
        sides = {name: side[inside(side, regions)] for name, side in sides.items()}
    table = _join(sides["call"], sides["truth"])
    return Comparison(table, match, _summary(table, match))


def _check_contigs(calls: set[str], truth: set[str]) -> None:
    if calls and truth and not calls & truth:
        called, true = ", ".join(sorted(calls)), ", ".join(sorted(truth))
        raise InputError(
            told(
                f"compare_calls: no contig in common: the calls lie on {called}, the truth on {true}; are "
                "they of the same assembly and naming?",
                f"compare_calls: 양쪽에 모두 있는 컨티그가 없습니다. 판정의 컨티그는 {called}, 정답의 "
                f"컨티그는 {true}입니다. 참조 유전체의 버전과 컨티그 이름을 적는 방식이 서로 같습니까?",
            )
        )


def _join(calls: pd.DataFrame, truth: pd.DataFrame) -> pd.DataFrame:
    table = calls[[*_KEY, "dosage", "qual"]].merge(
        truth[[*_KEY, "dosage"]], on=_KEY, how="outer", suffixes=("_call", "_truth")
    )
    table[["dosage_call", "dosage_truth"]] = table[["dosage_call", "dosage_truth"]].fillna(0).astype(np.int8)
    table["end"] = table["start"] + table["ref"].str.len().astype(np.int64)
    table["pos"] = table["start"] + 1
    table["kind"] = np.where((table["ref"].str.len() == 1) & (table["alt"].str.len() == 1), "snv", "indel")
    status = np.select(
        [
            table["dosage_truth"] == 0,
            table["dosage_call"] == 0,
            table["dosage_call"] != table["dosage_truth"],
        ],
        ["fp", "fn", "genotype"],
        "tp",
    )
    table["status"] = status
    order = [
        "chrom",
        "start",
        "end",
        "pos",
        "ref",
        "alt",
        "kind",
        "dosage_call",
        "dosage_truth",
        "qual",
        "status",
    ]
    return table.sort_values(_KEY, ignore_index=True)[order]


def _summary(table: pd.DataFrame, match: str) -> pd.DataFrame:
    rows = {}
    for kind in (*KINDS, "all"):
        status = table["status"] if kind == "all" else table.loc[table["kind"] == kind, "status"]
        counts = {name: int((status == name).sum()) for name in ("tp", "fp", "fn", "genotype")}
        wrong = counts["genotype"] if match == "genotype" else 0
        right = counts["tp"] + (counts["genotype"] - wrong)
        rows[kind] = _ratios(right, counts["fp"] + wrong, counts["fn"] + wrong)
    return pd.DataFrame.from_dict(rows, orient="index").astype({"tp": int, "fp": int, "fn": int})


def _ratios(tp: int, fp: int, fn: int) -> dict[str, float]:
    def share(part: int, whole: int) -> float:
        return part / whole if whole else float("nan")

    return {
        "tp": tp,
        "fp": fp,
        "fn": fn,
        "precision": share(tp, tp + fp),
        "recall": share(tp, tp + fn),
        "f1": share(2 * tp, 2 * tp + fp + fn),
    }
