"""Divide a table for training and testing so that nothing leaks from one side to the other."""

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from biolabkit._words import told, unknown
from biolabkit.errors import InputError
from biolabkit.learning._inputs import IntArray, columns_present, no_missing, share

__all__ = ["Split", "folds", "split"]


class Split(NamedTuple):
    """Two tables that share no group; unpack it: ``train, test = split(…)``."""

    train: pd.DataFrame
    test: pd.DataFrame


def split(
    table: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    test_size: float = 0.25,
    stratify: str | None = None,
    groups: Any = None,
    time: str | None = None,
    seed: int = 0,
) -> Split:
    """Split the rows of a table, all rows of one group on one side.

    Parameters
    ----------
    table : DataFrame
        One row per observation; the rows keep their order and their index.
    by : str or sequence of str, optional
        Column or columns whose values make a group: patient, site, batch, chromosome. Without it each row is
        a group of its own.
    test_size : float
        Share of the *groups* that go to the test side, in (0, 1).
    stratify : str, optional
        Column of a class: the sides get about the same mix. A group counts as its most frequent class.
    groups : value or sequence of values, optional
        The groups of the column `by` that make the test: a hospital (``by="site", groups="va"``) or
        chromosomes. `test_size`, `stratify`, `time` and `seed` have no meaning then.
    time : str, optional
        Column of numbers or dates: the latest groups are the test. A group belongs to the time of its first
        row; a training group's rows at or after the first test time are left out, because they come from the
        future. `stratify` and `seed` have no meaning then.
    seed : int
        Same seed, same split.

    Returns
    -------
    Split
        ``(train, test)``.

    Raises
    ------
    InputError
        A column is unknown or has missing values, there are fewer than two groups, a class has too few
        groups, no training row comes before the test, or a group of `groups` is not there.

    Examples
    --------
    >>> visits = pd.DataFrame({"patient": ["a", "a", "b", "c", "d"], "x": range(5)})
    >>> train, test = split(visits, by="patient", test_size=0.25, seed=1)
    >>> set(train["patient"]) & set(test["patient"])
    set()
    """
    share(test_size, "test_size")
    names = group_columns(by)
    columns_present(table, [*names, *filter(None, [stratify, time])], "split")
    no_missing(
        table,
        [*names, *filter(None, [stratify, time])],
        "every row needs a side: fill or drop them",
        "모든 행이 학습과 평가 가운데 한쪽에 들어가야 합니다. 값을 채우거나 그런 행을 빼십시오",
    )
    if time is not None and stratify is not None:
        raise InputError(
            told(
                "split: either time or stratify; the clock decides the sides, so the mix cannot be kept",
                "split: time과 stratify는 하나만 쓸 수 있습니다. 시간으로 나누면 클래스의 비율을 유지할 수 "
                "없습니다",
            )
        )
    codes = _group_codes(table, names)
    number = int(codes.max(initial=-1)) + 1
    _at_least_two(number, names)
    if groups is not None:
        return _split_off(table, names, groups, {"stratify": stratify, "time": time})
    if time is not None:
        return _split_by_time(table, codes, number, time, test_size)
    in_test = np.isin(codes, _draw_test_groups(table, codes, number, stratify, test_size, seed))
    return Split(table[~in_test], table[in_test])


def _at_least_two(number: int, names: list[str]) -> None:
    """Refuse what cannot be split: fewer than two groups, or two rows where none are named."""
    if number >= 2:
        return
    if names:
        raise InputError(
            told(
                f"split: at least two groups of {names} expected, found {number}",
                f"split: 나눌 그룹이 둘 이상 있어야 하는데 {number}개입니다(by={names})",
            )
        )
    raise InputError(
        told(
            f"split: at least two groups of rows expected, found {number}",
            f"split: 나눌 행이 둘 이상 있어야 하는데 {number}개입니다",
        )
    )


def _split_off(table: pd.DataFrame, names: list[str], groups: Any, unused: dict[str, Any]) -> Split:
    """Named groups are the test."""
    if len(names) != 1:
        raise InputError(
            told(
                "split: groups names values of one column: give that column as by",
                "split: groups에는 한 열의 값을 적습니다. 그 열 하나를 by로 넘기십시오",
            )
        )
    given = [name for name, value in unused.items() if value is not None]
    if given:
        raise InputError(
            told(
                f"split: groups decides the sides, so {' and '.join(given)} cannot: leave one of them out",
                f"split: groups로 나눌 때에는 다음을 함께 쓸 수 없습니다: {', '.join(given)}. 어느 한쪽을 "
                "빼십시오",
            )
        )
    wanted = list(groups) if pd.api.types.is_list_like(groups) else [groups]
    known = table[names[0]].unique().tolist()
    for group in wanted:
        if group not in known:
            raise unknown(
                f"group in column {names[0]!r}",
                f"{names[0]!r} 열에 없는 그룹입니다",
                str(group),
                map(str, known),
            )
    in_test = table[names[0]].isin(wanted)
    if not 0 < in_test.sum() < len(table):
        raise InputError(
            told(
                f"split: some, but not all, groups of {names[0]!r} expected, found {wanted}",
                f"split: {names[0]!r} 열의 그룹을 전부가 아니라 일부만 지정해야 하는데 {wanted}입니다",
            )
        )
    return Split(table[~in_test], table[in_test])


def folds(
    table: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    k: int = 5,
    stratify: str | None = None,
    seed: int = 0,
) -> IntArray:
    """Number the rows 0 to k-1 for cross-validation, all rows of one group in one fold.

    Parameters
    ----------
    table, by, stratify, seed
        As in `split`.
    k : int
        Number of folds, from 2 to the number of groups. The folds' numbers of groups differ by one at most
        (within each class, with `stratify`).

    Returns
    -------
    ndarray of int64, shape (rows,)
        The fold in which a row is tested.

    Raises
    ------
    InputError
        A column is unknown or has missing values, or there are fewer than `k` groups (of a class).
    """
    names = group_columns(by)
    columns_present(table, [*names, *filter(None, [stratify])], "folds")
    no_missing(
        table,
        [*names, *filter(None, [stratify])],
        "every row needs a fold: fill or drop them",
        "모든 행이 어느 한 폴드에 들어가야 합니다. 값을 채우거나 그런 행을 빼십시오",
    )
    codes = _group_codes(table, names)
    groups = int(codes.max(initial=-1)) + 1
    if not 2 <= k <= groups:
        raise InputError(
            told(
                f"folds: k from 2 to the {groups} groups expected, found {k}",
                f"folds: k는 2 이상, 그룹 수({groups}) 이하여야 하는데 {k}입니다",
            )
        )
    from sklearn.model_selection import KFold, StratifiedKFold

    strata = _group_classes(table, codes, stratify)
    smallest = int(np.bincount(strata).min())
    if stratify is not None and smallest < k:
        raise InputError(
            told(
                f"folds: a class of {stratify!r} has {smallest} groups, fewer than k={k}; take a smaller k",
                f"folds: {stratify!r} 열에 그룹이 {smallest}개뿐인 클래스가 있어 k={k}보다 적습니다. k를 "
                "줄이십시오",
            )
        )
    maker = KFold if stratify is None else StratifiedKFold
    fold_of_group = np.empty(groups, dtype=np.int64)
    splits = maker(n_splits=k, shuffle=True, random_state=seed).split(strata.reshape(-1, 1), strata)
    for fold, (_, members) in enumerate(splits):
        fold_of_group[members] = fold
    return np.asarray(fold_of_group[codes], dtype=np.int64)


def group_columns(by: str | Sequence[str] | None) -> list[str]:
    if by is None:
        return []
    return [by] if isinstance(by, str) else list(by)


def _group_codes(table: pd.DataFrame, names: list[str]) -> IntArray:
    """0, 1, … for the groups in order of appearance."""
    if not names:
        return np.arange(len(table), dtype=np.int64)
    numbers = table.groupby(names, sort=False, observed=True).ngroup()
    return np.asarray(numbers, dtype=np.int64)


def _group_classes(table: pd.DataFrame, codes: IntArray, stratify: str | None) -> IntArray:
    """Number the most frequent class of each group, the rarer one in a tie; all 0 without `stratify`."""
    if stratify is None:
        return np.zeros(int(codes.max(initial=-1)) + 1, dtype=np.int64)
    classes, _ = pd.factorize(table[stratify], sort=True)
    counts = np.zeros((int(codes.max()) + 1, int(classes.max()) + 1))
    np.add.at(counts, (codes, classes), 1)
    rarity = counts.sum(axis=0).argsort()  # rarest first, so that argmax meets it first in a tie
    return np.asarray(rarity[counts[:, rarity].argmax(axis=1)], dtype=np.int64)


def _draw_test_groups(
    table: pd.DataFrame, codes: IntArray, groups: int, stratify: str | None, test_size: float, seed: int
) -> IntArray:
    from sklearn.model_selection import train_test_split

    strata = None if stratify is None else _group_classes(table, codes, stratify)
    size = min(max(round(groups * test_size), 1), groups - 1)
    try:
        _, test = train_test_split(np.arange(groups), test_size=size, stratify=strata, random_state=seed)
    except ValueError as error:
        raise InputError(
            told(
                f"split: {stratify!r} cannot be kept in balance with {groups} groups and "
                f"test_size={test_size}: {error}; stratify by a coarser class or not at all",
                f"split: 그룹 {groups}개와 test_size={test_size}로는 {stratify!r} 열의 비율을 유지할 수 "
                f"없습니다({error}). 더 크게 묶은 클래스를 쓰거나 stratify를 빼십시오",
            )
        ) from error
    return np.asarray(test, dtype=np.int64)


def _split_by_time(table: pd.DataFrame, codes: IntArray, groups: int, time: str, test_size: float) -> Split:
    first = table.groupby(codes)[time].min().sort_index()
    ordered = first.sort_values(kind="stable")
    size = min(max(round(groups * test_size), 1), groups - 1)
    start = ordered.iloc[groups - size]
    in_test = (first >= start).to_numpy()[codes]
    in_train = ~in_test & (table[time] < start).to_numpy()
    if not in_train.any():
        raise InputError(
            told(
                f"split: no row comes before the test, which starts at {start}; the groups all begin at the "
                f"same {time!r}, so time cannot separate them",
                f"split: 평가 자료가 시작되는 때({start})보다 앞선 행이 없습니다. 모든 그룹의 {time!r} 값이 "
                "같은 때에 시작하므로 시간으로 나눌 수 없습니다",
            )
        )
    return Split(table[in_train], table[in_test])
