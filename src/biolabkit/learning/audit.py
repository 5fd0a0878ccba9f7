"""Look for leaks between a training and a test table."""

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from biolabkit._words import told
from biolabkit.learning._inputs import columns_present, known_days, labels, share
from biolabkit.learning.splits import group_columns

__all__ = ["audit_split"]

_SAME = 1e-9


class _Finding(NamedTuple):
    problem: str
    column: str
    rows: int
    detail: str


def audit_split(
    train: pd.DataFrame,
    test: pd.DataFrame,
    *,
    by: str | Sequence[str] | None = None,
    label: str | None = None,
    features: Sequence[str] | None = None,
    time: str | None = None,
    dictionary: pd.DataFrame | None = None,
    model: Any = None,
    suspicious: float = 0.95,
) -> pd.DataFrame:
    """List the leaks that can be seen from two tables (and a fitted model).

    An empty result is no proof: a column that leaks weakly, or a choice made by looking at the test, leaves
    no trace in the data.

    Parameters
    ----------
    train, test : DataFrame
        The two sides, with the same columns.
    by : str or sequence of str, optional
        Columns that make a group (patient, site, batch).
    label : str, optional
        Column of 0 and 1; needed to recognise columns that know the outcome.
    features : sequence of str, optional
        Columns that the model uses; by default all but `by`, `label` and `time`.
    time : str, optional
        Column of numbers or dates.
    dictionary : DataFrame, optional
        Columns ``column`` and ``known_days``, the day after the observation on which a value is known, as
        `simulate.cohort` gives it. A feature that is known later than day 0, or whose day is missing, is
        reported.
    model : scikit-learn Pipeline, optional
        Fitted. Its preprocessing is fitted again on `train` alone; what a step then learns must be the same.
    suspicious : float
        A single column whose AUROC, by its values or by where it is missing, reaches this (or 1 minus this)
        is reported as a possible consequence of the outcome.

    Returns
    -------
    DataFrame
        One row per finding: ``problem, column, rows, detail``; `detail` is a sentence in the language of
        whoever works here. Problems: ``group on both sides``,
        ``duplicate rows``, ``post-outcome column``, ``prepared on everything``, ``test before train``; and
        ``nothing to learn`` for a feature that is constant or all missing in the training but not in the
        test, which is no leak: the model cannot use it, and imputation makes up every value of it.

    Raises
    ------
    InputError
        A column is unknown, labels are not 0 and 1, or the dictionary lists a column twice or holds days that
        are no numbers.

    Examples
    --------
    >>> train = pd.DataFrame({"patient": ["a", "b"], "age": [60, 70]})
    >>> test = pd.DataFrame({"patient": ["b"], "age": [71]})
    >>> audit_split(train, test, by="patient")[["problem", "rows"]].values.tolist()
    [['group on both sides', 1]]
    """
    share(suspicious, "suspicious")
    groups = group_columns(by)
    named = [*groups, *filter(None, [label, time])]
    chosen = [] if features is None else list(features)  # a Series or an Index of names will do
    for table, where in ((train, "train"), (test, "test")):
        columns_present(table, [*named, *chosen], where)
    if features is None:
        chosen = [column for column in train.columns if column in test.columns and column not in named]
    findings = [
        *_shared_groups(train, test, groups),
        *_duplicates(train, test, chosen),
        *_known_later(chosen, dictionary),
        *_outcome_in_disguise(train, test, chosen, label, suspicious),
        *_standardised_together(train, test, chosen),
        *_fitted_on_more(train, chosen, label, model),
        *_time_order(train, test, time),
        *_nothing_to_learn(train, test, chosen),
    ]
    return pd.DataFrame(findings, columns=list(_Finding._fields))


def _shared_groups(train: pd.DataFrame, test: pd.DataFrame, groups: list[str]) -> Iterator[_Finding]:
    if not groups:
        return
    known = pd.MultiIndex.from_frame(train[groups].astype(object))
    rows = pd.MultiIndex.from_frame(test[groups].astype(object))
    shared = rows.isin(known)
    if shared.any():
        number = rows[shared].nunique()
        detail = told(
            f"{number} of the {rows.nunique()} groups of the test are also in the training",
            f"평가 자료의 그룹 {rows.nunique()}개 가운데 {number}개가 학습 자료에도 있습니다",
        )
        yield _Finding("group on both sides", ", ".join(groups), int(shared.sum()), detail)


def _duplicates(train: pd.DataFrame, test: pd.DataFrame, features: list[str]) -> Iterator[_Finding]:
    if not features:
        return
    seen = pd.util.hash_pandas_object(train[features].astype(object), index=False)
    repeated = pd.util.hash_pandas_object(test[features].astype(object), index=False).isin(seen)
    if repeated.any():
        detail = told(
            f"{int(repeated.sum())} of {len(test)} test rows have the same features as a training row",
            f"평가 자료 {len(test)}행 가운데 {int(repeated.sum())}행은 학습 자료에 입력 변수가 모두 같은 "
            "행이 있습니다",
        )
        yield _Finding("duplicate rows", "", int(repeated.sum()), detail)


def _known_later(features: list[str], dictionary: pd.DataFrame | None) -> Iterator[_Finding]:
    if dictionary is None:
        return
    days = known_days(dictionary)
    for column in features:
        if column in days.index and not days[column] <= 0:
            yield _Finding("post-outcome column", column, 0, _when_known(days[column]))


def _when_known(day: float) -> str:
    if pd.isna(day):
        return told(
            "known on an unknown day, according to the dictionary",
            "언제 알 수 있는 값인지 dictionary에 적혀 있지 않습니다",
        )
    return told(
        f"known {day:g} days later, according to the dictionary",
        f"dictionary에 따르면 {day:g}일 뒤에야 알 수 있는 값입니다",
    )


def _outcome_in_disguise(
    train: pd.DataFrame, test: pd.DataFrame, features: list[str], label: str | None, suspicious: float
) -> Iterator[_Finding]:
    if label is None:
        return
    table = pd.concat([train[[*features, label]], test[[*features, label]]], ignore_index=True)
    y = pd.Series(labels(table[label], both_classes=False))
    for column in features:
        values, there = table[column], table[column].notna()
        area = _area(y, (~there).astype(float))
        if area is not None and area >= suspicious:
            detail = told(
                f"where it is missing alone give an AUROC of {area:.3f}: known before the outcome?",
                f"결측 여부만으로 AUROC가 {area:.3f}입니다. 결과가 나오기 전에 알 수 있는 값입니까?",
            )
            yield _Finding("post-outcome column", column, int(there.sum()), detail)
        if not pd.api.types.is_numeric_dtype(values):
            continue
        area = _area(y[there], values[there].astype(float))
        if area is not None and area >= suspicious:
            detail = told(
                f"its values alone give an AUROC of {area:.3f}: known before the outcome?",
                f"이 열의 값만으로 AUROC가 {area:.3f}입니다. 결과가 나오기 전에 알 수 있는 값입니까?",
            )
            yield _Finding("post-outcome column", column, int(there.sum()), detail)


def _area(y: "pd.Series[int]", score: "pd.Series[float]") -> float | None:
    """AUROC of the score or of its opposite, None where it is not defined or the score says nothing."""
    cases = int(y.sum())
    if cases in (0, len(y)) or score.nunique() < 2:
        return None
    rank_sum = float(score.rank()[y == 1].sum())
    area = (rank_sum - cases * (cases + 1) / 2) / (cases * (len(y) - cases))
    return max(area, 1 - area)


def _standardised_together(
    train: pd.DataFrame, test: pd.DataFrame, features: list[str]
) -> Iterator[_Finding]:
    """Columns with mean 0 and variance 1 over both sides, but not over the training alone."""
    for column in features:
        if not pd.api.types.is_float_dtype(train[column]):
            continue
        both = pd.concat([train[column], test[column]], ignore_index=True).astype(float)
        if _standard(both) and not _standard(train[column].astype(float)):
            detail = told(
                "mean 0 and standard deviation 1 over training and test together: scale by the training",
                "학습 자료와 평가 자료를 합하면 평균이 0, 표준편차가 1입니다. 학습 자료만으로 표준화하십시오",
            )
            yield _Finding("prepared on everything", column, len(both), detail)


def _standard(values: "pd.Series[float]") -> bool:
    deviations = (values.std(ddof=0), values.std(ddof=1))
    return abs(values.mean()) < _SAME and any(abs(one - 1) < _SAME for one in deviations)


def _fitted_on_more(
    train: pd.DataFrame, features: list[str], label: str | None, model: Any
) -> Iterator[_Finding]:
    """Steps of a fitted pipeline that learn something else from the training alone."""
    if model is None or not hasattr(model, "steps") or len(model.steps) < 2:
        return
    from sklearn.base import clone

    used = [name for name in getattr(model, "feature_names_in_", features) if name in train.columns]
    y = None if label is None else train[label]
    honest = clone(model[:-1]).fit(train[used], y)
    for (name, fitted), (_, again) in zip(_steps(model[:-1]), _steps(honest), strict=True):
        differing = [
            key for key in _learned(fitted) if not _alike(getattr(fitted, key), getattr(again, key, None))
        ]
        if differing:
            step, values = type(fitted).__name__, ", ".join(differing)
            detail = told(
                f"{step} learns other {values} from the training alone",
                f"학습 자료만으로 다시 적합하면 {step}에서 달라지는 값이 있습니다: {values}",
            )
            yield _Finding("prepared on everything", name, len(train), detail)


def _steps(estimator: Any, path: str = "") -> Iterator[tuple[str, Any]]:
    """The single transformers inside pipelines and column transformers."""
    if hasattr(estimator, "steps"):
        parts = estimator.steps
    elif hasattr(estimator, "transformers_"):
        parts = [(name, part) for name, part, _ in estimator.transformers_ if name != "remainder"]
    else:
        yield path, estimator
        return
    for name, part in parts:
        if not isinstance(part, str):
            yield from _steps(part, f"{path}.{name}" if path else name)


def _learned(estimator: Any) -> list[str]:
    return [key for key in vars(estimator) if key.endswith("_") and not key.startswith("_")]


def _alike(a: Any, b: Any) -> bool:
    """Whether two learned attributes are equal; what is no array of values is not compared."""
    if isinstance(a, list):
        same_length = isinstance(b, list) and len(a) == len(b)
        return same_length and all(_alike(x, y) for x, y in zip(a, b, strict=True))
    if not isinstance(a, np.ndarray | np.generic | int | float):
        return True
    first, second = np.asarray(a), np.asarray(b)
    if first.shape != second.shape:
        return False
    if first.dtype.kind in "fc" and second.dtype.kind in "fc":
        return bool(np.allclose(first, second, rtol=_SAME, atol=_SAME, equal_nan=True))
    return bool(pd.Series(first.ravel()).equals(pd.Series(second.ravel())))


def _time_order(train: pd.DataFrame, test: pd.DataFrame, time: str | None) -> Iterator[_Finding]:
    if time is None:
        return
    latest = train[time].max()
    early = int((test[time] < latest).sum())
    if early:
        detail = told(
            f"{early} of {len(test)} test rows are earlier than the latest training row ({latest})",
            f"평가 자료 {len(test)}행 가운데 {early}행이 학습 자료의 가장 늦은 행({latest})보다 이릅니다",
        )
        yield _Finding("test before train", time, early, detail)


def _nothing_to_learn(train: pd.DataFrame, test: pd.DataFrame, features: list[str]) -> Iterator[_Finding]:
    for column in features:
        kinds = train[column].nunique()
        if len(train) < 2 or kinds > 1 or test[column].nunique() <= kinds:
            continue
        yield _Finding("nothing to learn", column, len(train), _why_nothing(constant=bool(kinds)))


def _why_nothing(*, constant: bool) -> str:
    if constant:
        return told(
            "constant in the training, not in the test: leave it out, or train where it was recorded",
            "학습 자료에서는 값이 모두 같지만 평가 자료에서는 그렇지 않습니다. 이 열을 빼거나, 값이 제대로 "
            "기록된 곳에서 학습하십시오",
        )
    return told(
        "all missing in the training, not in the test: leave it out, or train where it was recorded",
        "학습 자료에서는 모두 결측값이지만 평가 자료에는 값이 있습니다. 이 열을 빼거나, 값이 기록된 곳에서 "
        "학습하십시오",
    )
