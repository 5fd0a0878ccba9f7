"""Prediction sets that contain the truth as often as promised: split conformal prediction."""

from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.learning._inputs import FloatArray, IntArray, same_length, share
from biolabkit.learning.metrics import wilson_interval

__all__ = ["ConformalSets", "conformal", "set_coverage"]


class ConformalSets:
    """What `conformal` returns: call it with probabilities to get prediction sets.

    Attributes
    ----------
    coverage : float
        The promised coverage.
    by_class : bool
        Whether it is promised within each class.
    cutoffs : ndarray of float, shape (classes,)
        A class is in the set when 1 minus its probability is at most this; infinite where the calibration
        rows are too few for the promise, so that the class is always in the set.
    """

    def __init__(self, coverage: float, by_class: bool, cutoffs: FloatArray) -> None:
        self.coverage, self.by_class, self.cutoffs = coverage, by_class, cutoffs

    def __repr__(self) -> str:
        kind = "class-conditional" if self.by_class else "marginal"
        return f"<ConformalSets: {self.coverage:.0%} {kind}, cutoffs {self.cutoffs.round(3).tolist()}>"

    def __call__(self, probability: npt.ArrayLike) -> pd.DataFrame:
        """Prediction sets.

        Parameters
        ----------
        probability : array-like
            As in `conformal`.

        Returns
        -------
        DataFrame of bool
            One column per class, 0, 1, …; True where the class belongs to the row's set. A set may be empty:
            the row looks like nothing in the calibration.
        """
        table = _class_table(probability)
        if table.shape[1] != len(self.cutoffs):
            raise InputError(
                told(
                    f"conformal: calibrated with {len(self.cutoffs)} classes, found {table.shape[1]}",
                    f"conformal: 클래스 {len(self.cutoffs)}개로 보정했는데 확률의 클래스는 "
                    f"{table.shape[1]}개입니다",
                )
            )
        return pd.DataFrame(1 - table <= self.cutoffs, columns=range(table.shape[1]))


def conformal(
    y_true: npt.ArrayLike, probability: npt.ArrayLike, *, coverage: float = 0.9, by_class: bool = False
) -> ConformalSets:
    """Calibrate prediction sets on rows that the model has not seen.

    A row's nonconformity is 1 minus the probability of its true class; the cutoff is its
    ``ceil((n + 1) * coverage)``-th smallest value over the ``n`` calibration rows.

    **What is promised.** For a new row that is exchangeable with the calibration rows (same hospital, same
    time, independent patients), the set contains the truth with probability at least `coverage`, on average
    over draws of calibration and new rows, whatever the model; with continuous scores at most
    ``coverage + 1 / (n + 1)``. With ``by_class=True`` the same holds within each class. Nothing is promised
    for a single patient, for a subgroup, or under shift.

    Parameters
    ----------
    y_true : array-like of int, shape (rows,)
        Classes 0, 1, …
    probability : array-like of float in [0, 1]
        Shape (rows,): the probability of class 1; or (rows, classes), each row adding up to 1.
    coverage : float
        In (0, 1).
    by_class : bool
        Promise the coverage within each class, which costs larger sets for the rare class.

    Returns
    -------
    ConformalSets
        Call it with probabilities.

    Raises
    ------
    InputError
        Labels or probabilities that cannot be used, unequal lengths; with ``by_class`` a class without rows.

    References
    ----------
    Vovk, Gammerman, Shafer (2005) Algorithmic Learning in a Random World; Sadinle, Lei, Wasserman (2019)
    J Am Stat Assoc 114:223-234 (by class); Angelopoulos, Bates (2023) Found Trends Mach Learn 16:494-591.

    Examples
    --------
    >>> sets = conformal([0, 1, 0, 1], [0.1, 0.8, 0.3, 0.6], coverage=0.75)
    >>> sets([0.5, 0.9]).values.tolist()
    [[False, False], [False, True]]
    """
    share(coverage, "coverage")
    table = _class_table(probability)
    labels = _classes(y_true, table.shape)
    if not len(labels):
        raise InputError(
            told(
                "conformal: at least one calibration row expected, found none",
                "conformal: 보정용 행이 하나 이상 있어야 하는데 하나도 없습니다",
            )
        )
    nonconformity = 1 - table[np.arange(len(labels)), labels]
    classes = np.arange(table.shape[1])
    if not by_class:
        cutoffs = np.full(len(classes), _cutoff(nonconformity, coverage))
        return ConformalSets(coverage, by_class, cutoffs)
    absent = sorted(set(classes.tolist()) - set(labels.tolist()))
    if absent:
        raise InputError(
            told(
                f"conformal: by_class needs calibration rows of every class, found none of {absent}",
                f"conformal: by_class=True이면 클래스마다 보정용 행이 있어야 하는데 없는 클래스가 있습니다: "
                f"{absent}",
            )
        )
    cutoffs = np.array([_cutoff(nonconformity[labels == one], coverage) for one in classes])
    return ConformalSets(coverage, by_class, cutoffs)


def _cutoff(nonconformity: FloatArray, coverage: float) -> float:
    rank = int(np.ceil(np.round((len(nonconformity) + 1) * coverage, 9)))
    return float(np.sort(nonconformity)[rank - 1]) if rank <= len(nonconformity) else np.inf


def _class_table(probability: npt.ArrayLike) -> FloatArray:
    try:
        array = np.asarray(probability, dtype=np.float64)
    except (TypeError, ValueError):
        raise InputError(
            told(
                "conformal: probabilities expected, found no numbers",
                "conformal: 확률이어야 하는데 숫자가 아닙니다",
            )
        ) from None
    if array.ndim == 1:
        array = np.column_stack([1 - array, array])
    if array.ndim != 2 or array.shape[1] < 2:
        raise InputError(
            told(
                f"conformal: shape (rows,) or (rows, classes) expected, found {array.shape}",
                f"conformal: 배열의 모양이 (rows,) 또는 (rows, classes)여야 하는데 {array.shape}입니다",
            )
        )
    if not ((array >= 0) & (array <= 1)).all() or not np.allclose(array.sum(axis=1), 1, atol=1e-4):
        raise InputError(
            told(
                "conformal: probabilities from 0 to 1 expected, each row adding up to 1, no NaN",
                "conformal: 확률은 0 이상 1 이하이고 행마다 합이 1이어야 하며 NaN이 없어야 합니다",
            )
        )
    return array


def _classes(y_true: npt.ArrayLike, shape: tuple[int, ...]) -> IntArray:
    values = np.asarray(y_true)
    if values.shape != shape[:1]:
        raise InputError(
            told(
                f"conformal: {shape[0]} rows of probabilities, labels of shape {values.shape}",
                f"conformal: 확률은 {shape[0]}행인데 레이블 배열의 모양은 {values.shape}입니다",
            )
        )
    known = pd.Series(values).isin(range(shape[1])).to_numpy()
    if not known.all():
        found = values.tolist()[int((~known).argmax())]
        last = shape[1] - 1
        raise InputError(
            told(
                f"conformal: classes 0 to {last} expected as labels, found {found!r}",
                f"conformal: 레이블은 0부터 {last}까지의 클래스여야 하는데 {found!r}인 것이 있습니다",
            )
        )
    return values.astype(np.int64)


def set_coverage(
    y_true: npt.ArrayLike, sets: pd.DataFrame, *, by: Any = None, confidence: float = 0.95
) -> pd.DataFrame:
    """How often prediction sets contain the truth, and how much they say.

    Parameters
    ----------
    y_true : array-like of int, shape (rows,)
        Classes 0, 1, …
    sets : DataFrame of bool
        What a `ConformalSets` returns.
    by : array-like, shape (rows,), optional
        Group of each row, such as its site or its true class.
    confidence : float
        Coverage of the Wilson interval.

    Returns
    -------
    DataFrame
        Index ``group`` (``"all"`` first): ``coverage, low, high, mean_size, certain`` (share of sets with one
        class), ``empty`` (share), ``rows``.

    Raises
    ------
    InputError
        Unequal lengths, or labels without a column in `sets`.
    """
    share(confidence, "confidence")
    member = sets.to_numpy(dtype=bool)
    labels = _classes(y_true, member.shape)
    hit, size = member[np.arange(len(labels)), labels], member.sum(axis=1)
    groups: dict[Any, npt.NDArray[np.bool_]] = {"all": np.ones(len(labels), dtype=bool)}
    if by is not None:
        names = same_length(by, len(labels), "by")
        groups |= {name: names == name for name in sorted(set(names.tolist()), key=str)}
    lines = {}
    for name, rows in groups.items():
        value, low, high = wilson_interval(int(hit[rows].sum()), int(rows.sum()), confidence=confidence)
        n = max(int(rows.sum()), 1)
        lines[name] = {
            "coverage": value,
            "low": low,
            "high": high,
            "mean_size": size[rows].sum() / n,
            "certain": (size[rows] == 1).sum() / n,
            "empty": (size[rows] == 0).sum() / n,
            "rows": int(rows.sum()),
        }
    return pd.DataFrame.from_dict(lines, orient="index").rename_axis("group").astype({"rows": int})
