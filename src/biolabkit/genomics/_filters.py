"""What is suspicious about a call, on plain arrays; `filter_calls` says what each filter means."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt

from biolabkit._words import unknown
from biolabkit.genomics._genotypes import phred

__all__ = ["FILTER_COLUMNS", "STRAND_COLUMNS", "Thresholds", "fisher_exact", "name_failed"]

STRAND_COLUMNS = ("ref_forward", "ref_reverse", "alt_forward", "alt_reverse")
FILTER_COLUMNS = ("qual", "gq", "dp", "allele1", "allele2", *STRAND_COLUMNS)


@dataclass(frozen=True)
class Thresholds:
    """The parameters of `filter_calls` and their defaults."""

    min_qual: float = 13
    min_gq: float = 3
    min_qual_by_depth: float = 1.0
    min_depth: int = 3
    max_depth: float | None = None
    min_balance: float = 0.15
    max_imbalance: float = 40
    max_strand_bias: float = 45

    @classmethod
    def of(cls, chosen: Mapping[str, Any]) -> "Thresholds":
        """Some of them by name.

        Raises
        ------
        UnknownNameError
            When there is no such filter.
        """
        known = [field.name for field in fields(cls)]
        for name in chosen:
            if name not in known:
                raise unknown("filter of call_variants", "call_variants에 없는 필터입니다", name, known)
        return cls(**chosen)


def name_failed(calls: Mapping[str, npt.NDArray[Any]], at: Thresholds) -> list[str]:
    """``"PASS"``, or the names of the filters that a call fails, joined by ``;``.

    Parameters
    ----------
    calls : mapping of str to array
        `FILTER_COLUMNS`.
    at : Thresholds
        Where each filter begins.
    """
    tables = np.stack([calls[name] for name in STRAND_COLUMNS], axis=1).astype(np.int64)
    alternative, every = tables[:, 2:].sum(axis=1), tables.sum(axis=1)
    heterozygous = (calls["allele1"] == 0) & (calls["allele2"] > 0)
    qual, depth = calls["qual"], calls["dp"]
    imbalance = _imbalance(alternative, every)
    failed = {
        "LowQual": qual < at.min_qual,
        "LowGQ": calls["gq"] < at.min_gq,
        "QualByDepth": qual < at.min_qual_by_depth * depth,
        "LowDepth": depth < at.min_depth,
        "HighDepth": depth > (np.inf if at.max_depth is None else at.max_depth),
        "AlleleBalance": heterozygous
        & ((alternative < at.min_balance * every) | (imbalance > at.max_imbalance)),
        "StrandBias": _strand_bias(tables) + heterozygous * imbalance > at.max_strand_bias,
    }
    names = np.full(len(tables), "", dtype=object)
    for name, rows in failed.items():
        names[rows] += f"{name};"
    return [text.rstrip(";") or "PASS" for text in names]


def _strand_bias(tables: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Phred p-value of Fisher's exact test, two-sided, on the 2 × 2 tables of allele and strand."""
    scores = np.zeros(len(tables))
    # One allele alone cannot be biased: p is 1.
    both = (tables[:, :2].sum(axis=1) > 0) & (tables[:, 2:].sum(axis=1) > 0)
    scores[both] = phred(fisher_exact(tables[both]), most=990)
    return scores


def _imbalance(alternative: npt.NDArray[np.int64], every: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Phred probability of at most this many heads in so many tosses of a fair coin."""
    log_factorial = _log_factorials(int(every.max(initial=0)))
    heads = np.arange(int(every.max(initial=0)) + 1)
    n = every[:, None]
    log_weight = log_factorial[n] - log_factorial[heads] - log_factorial[np.maximum(n - heads, 0)]
    weight = np.where(heads <= alternative[:, None], np.exp(log_weight - n * np.log(2)), 0.0)
    return phred(np.minimum(weight.sum(axis=1), 1), most=990)


def _log_factorials(largest: int) -> npt.NDArray[np.float64]:
    # SciPy's would take longer to import than all of this to compute.
    return np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, largest + 1)))])


def fisher_exact(tables: npt.NDArray[np.int64]) -> npt.NDArray[np.float64]:
    """Two-sided p-values of 2 × 2 tables, one a row of `tables`: a, b, c, d.

    As R and SciPy do: the sum over all tables of the same margins that are not more probable.
    """
    log_factorial = _log_factorials(int(tables.sum(axis=1).max(initial=0)))
    a, b, c, d = tables.T[..., None]
    first, second, forward = a + b, c + d, a + c
    cell = np.arange(int(first.max(initial=0)) + 1)
    possible = (cell <= first) & (cell <= forward) & (forward - cell <= second)
    cells = (cell, first - cell, forward - cell, second - forward + cell)
    log_weight = -sum(log_factorial[np.clip(part, 0, len(log_factorial) - 1)] for part in cells)
    log_weight = np.where(possible, log_weight, -np.inf)
    weight = np.exp(log_weight - log_weight.max(axis=1, keepdims=True))
    seen = np.take_along_axis(weight, a, axis=1)
    return np.asarray((weight * (weight <= seen * (1 + 1e-7))).sum(axis=1) / weight.sum(axis=1))
