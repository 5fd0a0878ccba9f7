"""What every function of this package checks about its input, said once."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import joined, told, unknown
from biolabkit.errors import InputError

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]


def labels_and_scores(
    y_true: npt.ArrayLike, score: npt.ArrayLike, *, both_classes: bool = True, score_name: str = "score"
) -> tuple[IntArray, FloatArray]:
    """Labels as 0 and 1, scores as finite floats, both one-dimensional and equally long.

    Raises
    ------
    InputError
        With all problems of the two arrays in one message.
    """
    label_array, problems = _labels(y_true, both_classes)
    score_array, score_problems = _scores(score, score_name)
    problems += score_problems
    if not problems and len(label_array) != len(score_array):
        problems.append(
            told(
                f"y_true has {len(label_array)} values and {score_name} has {len(score_array)}: pass one "
                f"{score_name} per label, in the same order",
                f"y_true의 값은 {len(label_array)}개인데 {score_name}의 값은 {len(score_array)}개입니다. "
                f"레이블마다 {score_name}의 값을 하나씩 같은 순서로 넘기십시오",
            )
        )
    if problems:
        raise InputError(joined(problems))
    return label_array, score_array


def labels(y_true: npt.ArrayLike, *, both_classes: bool = True) -> IntArray:
    """Labels as 0 and 1; see `labels_and_scores`."""
    array, problems = _labels(y_true, both_classes)
    if problems:
        raise InputError(joined(problems))
    return array


def _labels(y_true: npt.ArrayLike, both_classes: bool) -> tuple[IntArray, list[str]]:
    values = np.asarray(y_true)
    nothing = np.empty(0, dtype=np.int64)
    if values.ndim != 1:
        return nothing, [
            told(
                f"y_true: one label per row expected, found an array of shape {values.shape}",
                f"y_true: 행마다 레이블이 하나씩 있어야 하는데 배열의 모양이 {values.shape}입니다",
            )
        ]
    missing = np.asarray(pd.isna(values))
    if missing.any():
        return nothing, [_missing_labels(missing)]
    kinds = pd.unique(pd.Series(values))
    known = [kind for kind in kinds if not isinstance(kind, str) and kind in (0, 1)]
    if len(known) < len(kinds):
        return nothing, [_other_labels([kind.item() if hasattr(kind, "item") else kind for kind in kinds])]
    array = values.astype(np.int64)
    return array, [_one_class(array)] if both_classes and len(kinds) < 2 else []


def _missing_labels(missing: npt.NDArray[np.bool_]) -> str:
    return told(
        f"y_true: {missing.sum()} of {len(missing)} labels are missing, the first at position "
        f"{missing.argmax()}; leave those rows out",
        f"y_true: 레이블 {len(missing)}개 가운데 {missing.sum()}개가 결측값이며 첫 위치는 "
        f"{missing.argmax()}입니다. 그런 행은 빼고 넘기십시오",
    )


def _other_labels(kinds: list[Any]) -> str:
    shown = ", ".join(map(repr, kinds[:4])) + (", …" if len(kinds) > 4 else "")
    return told(
        f"y_true: labels 0 and 1 expected, found {shown}; make them with (y == {kinds[-1]!r}).astype(int)",
        f"y_true: 레이블은 0과 1이어야 하는데 {shown}입니다. (y == {kinds[-1]!r}).astype(int)로 만드십시오",
    )


def _one_class(labels: IntArray) -> str:
    if len(labels):
        return told(
            f"y_true: both classes expected, found only {int(labels[0])}; "
            "the metric needs cases and controls",
            f"y_true: 0과 1이 모두 있어야 하는데 {int(labels[0])}뿐입니다. "
            "한 클래스만으로는 이 지표를 구할 수 없습니다",
        )
    return told(
        "y_true: both classes expected, found no label at all; the metric needs cases and controls",
        "y_true: 0과 1이 모두 있어야 하는데 레이블이 하나도 없습니다. "
        "이 지표를 구하려면 두 클래스가 모두 필요합니다",
    )


def _scores(score: npt.ArrayLike, name: str) -> tuple[FloatArray, list[str]]:
    nothing = np.empty(0)
    try:
        array = np.asarray(score, dtype=np.float64)
    except (TypeError, ValueError):
        kind = np.asarray(score).dtype
        return nothing, [
            told(
                f"{name}: numbers expected, found {kind} values",
                f"{name}: 숫자여야 하는데 값의 자료형이 {kind}입니다",
            )
        ]
    if array.ndim != 1:
        return nothing, [_other_shape(array.shape, name)]
    bad = ~np.isfinite(array)
    if bad.any():
        return nothing, [
            told(
                f"{name}: {bad.sum()} of {len(array)} values are NaN or infinite, the first at position "
                f"{bad.argmax()}; a model that cannot score a row must say so: impute, or leave those rows "
                "out",
                f"{name}: 값 {len(array)}개 가운데 {bad.sum()}개가 NaN이거나 무한대이며 첫 위치는 "
                f"{bad.argmax()}입니다. 모형이 점수를 내지 못하는 행이 있다면 숨기지 말아야 합니다. "
                "결측값을 채우거나 그런 행을 빼십시오",
            )
        ]
    return array, []


def _other_shape(shape: tuple[int, ...], name: str) -> str:
    if len(shape) == 2 and shape[1] == 2:
        return told(
            f"{name}: one number per row expected, found two columns; pass model.predict_proba(X)[:, 1]",
            f"{name}: 행마다 숫자가 하나씩 있어야 하는데 열이 두 개입니다. model.predict_proba(X)[:, 1]을 "
            "넘기십시오",
        )
    return told(
        f"{name}: one number per row expected, found an array of shape {shape}",
        f"{name}: 행마다 숫자가 하나씩 있어야 하는데 배열의 모양이 {shape}입니다",
    )


def scores_only(score: npt.ArrayLike) -> FloatArray:
    """Finite floats, one per row; see `labels_and_scores`."""
    array, problems = _scores(score, "score")
    if problems:
        raise InputError(problems[0])
    return array


def probabilities(score: FloatArray, what: str, ko: str = "") -> None:
    """Refuse scores outside [0, 1] where probabilities are needed; `ko` where `what` is no name in code."""
    if len(score) and (score.min() < 0 or score.max() > 1):
        low, high = f"{score.min():.4g}", f"{score.max():.4g}"
        raise InputError(
            told(
                f"{what} needs probabilities in [0, 1], found {low} to {high}; "
                "pass predict_proba(X)[:, 1], not a decision function",
                f"{ko or what}: 0 이상 1 이하의 확률이 필요한데 값이 {low}에서 {high}까지입니다. "
                "decision_function이 아니라 predict_proba(X)[:, 1]의 값을 넘기십시오",
            )
        )


def columns_present(table: pd.DataFrame, names: Iterable[str], where: str) -> None:
    """Refuse a column name that a table does not have, and suggest the near one."""
    if not isinstance(table, pd.DataFrame):
        found = type(table).__name__
        raise InputError(
            told(
                f"{where}: a pandas DataFrame expected, found {found}",
                f"{where}: pandas DataFrame이어야 하는데 {found}입니다",
            )
        )
    for name in names:
        if name not in table.columns:
            raise unknown(
                f"column in {where}", f"{where}: 표에 없는 열입니다", str(name), map(str, table.columns)
            )


def no_missing(table: pd.DataFrame, names: Sequence[str], why: str, ko: str) -> None:
    """Refuse missing values in columns that decide which row goes where; `why` and `ko` say the same."""
    counts = table[list(names)].isna().sum()
    problems = [
        told(f"column {name!r} has {count} missing values", f"{name!r} 열에 결측값이 {count}개 있습니다")
        for name, count in counts.items()
        if count
    ]
    if problems:
        raise InputError(joined([*problems, told(why, ko)]))


def same_length(values: Any, rows: int, name: str) -> npt.NDArray[Any]:
    """One value per row, as an array."""
    array = np.asarray(values)
    if array.ndim != 1 or len(array) != rows:
        raise InputError(
            told(
                f"{name}: one value for each of the {rows} rows expected, found shape {array.shape}",
                f"{name}: 행 {rows}개에 값이 하나씩 있어야 하는데 배열의 모양이 {array.shape}입니다",
            )
        )
    if np.asarray(pd.isna(array)).any():
        raise InputError(
            told(
                f"{name}: missing values found; name every group, for example with fillna('unknown')",
                f"{name}: 결측값이 있습니다. fillna('unknown') 등으로 모든 그룹에 이름을 붙이십시오",
            )
        )
    return array


def resample_count(value: int, where: str, ko: str = "", *, least: int = 0) -> None:
    """Refuse a number of resamples that is too small or no whole number; `ko` as in `probabilities`."""
    if not isinstance(value, int | np.integer) or value < least:
        raise InputError(
            told(
                f"{where}: at least {least} resamples expected, found {value!r}",
                f"{ko or where}: 재표본 수는 {least} 이상의 정수여야 하는데 {value!r}입니다",
            )
        )


def known_days(dictionary: pd.DataFrame) -> "pd.Series[float]":
    """Day on which each column of a cohort is known, by column; NaN where nobody knows.

    Raises
    ------
    InputError
        The dictionary lacks ``column`` or ``known_days``, lists a column twice, or holds days that are no
        numbers.
    """
    columns_present(dictionary, ["column", "known_days"], "dictionary")
    repeated = dictionary.loc[dictionary["column"].duplicated(), "column"].unique().tolist()
    if repeated:
        listed = ", ".join(repeated)
        raise InputError(
            told(
                f"dictionary: {listed} listed more than once; keep one row per column",
                f"dictionary: 두 번 이상 적힌 열이 있습니다({listed}). 열마다 한 행만 남기십시오",
            )
        )
    days = dictionary.set_index("column")["known_days"]
    numbers = pd.to_numeric(days, errors="coerce")
    no_numbers = days[numbers.isna() & days.notna()]
    if len(no_numbers):
        value, column = no_numbers.iloc[0], no_numbers.index[0]
        raise InputError(
            told(
                f"dictionary: days as numbers expected in known_days, found {value!r} for column {column!r}; "
                "leave a day that nobody knows empty",
                f"dictionary: known_days는 숫자여야 하는데 {column!r} 열의 값이 {value!r}입니다. 언제인지 "
                "아무도 모르면 비워 두십시오",
            )
        )
    return numbers


def share(value: float, name: str) -> None:
    """Refuse a share that is not strictly between 0 and 1."""
    if not 0 < value < 1:
        raise InputError(
            told(
                f"{name}: a share between 0 and 1 expected, found {value}",
                f"{name}: 0과 1 사이의 비율이어야 하는데 {value}입니다",
            )
        )


def is_network(model: Any) -> bool:
    """Whether a model is a torch.nn.Module, without importing torch for those that are not."""
    return any(base.__module__.startswith("torch.nn") for base in type(model).__mro__)


def network_numbers(values: Any, where: str, ko: str = "") -> npt.NDArray[np.float32]:
    """Values as a network takes them: 32-bit numbers, none of them missing; `ko` as in `probabilities`."""
    try:
        array = np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise InputError(
            told(
                f"{where}: a network takes numbers; encode columns of words first ({error})",
                f"{ko or where}: 신경망은 숫자만 받습니다. 글자로 된 열은 먼저 숫자로 바꾸십시오({error})",
            )
        ) from error
    bad = ~np.isfinite(array)
    if bad.any():
        count, first = int(bad.sum()), int(np.argwhere(bad)[0][0])
        raise InputError(
            told(
                f"{where}: {count} values are NaN or infinite, the first in row {first}; a network cannot "
                "skip them: impute from the training rows",
                f"{ko or where}: 값 {count}개가 NaN이거나 무한대이며 처음 나오는 행은 {first}번입니다. "
                "신경망은 그런 값을 건너뛸 수 없습니다. 학습용 행에서 구한 값으로 채우십시오",
            )
        )
    return array
