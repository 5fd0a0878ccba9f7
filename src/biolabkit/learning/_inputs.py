"""What every function of this package checks about its input, said once."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit.errors import InputError, UnknownNameError

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
            f"y_true has {len(label_array)} values and {score_name} has {len(score_array)}: pass one "
            f"{score_name} per label, in the same order"
        )
    if problems:
        raise InputError("; ".join(problems))
    return label_array, score_array


def labels(y_true: npt.ArrayLike, *, both_classes: bool = True) -> IntArray:
    """Labels as 0 and 1; see `labels_and_scores`."""
    array, problems = _labels(y_true, both_classes)
    if problems:
        raise InputError("; ".join(problems))
    return array


def _labels(y_true: npt.ArrayLike, both_classes: bool) -> tuple[IntArray, list[str]]:
    values = np.asarray(y_true)
    nothing = np.empty(0, dtype=np.int64)
    if values.ndim != 1:
        return nothing, [f"y_true: one label per row expected, found an array of shape {values.shape}"]
    missing = np.asarray(pd.isna(values))
    if missing.any():
        return nothing, [
            f"y_true: {missing.sum()} of {len(values)} labels are missing, the first at position "
            f"{missing.argmax()}; leave those rows out"
        ]
    kinds = pd.unique(pd.Series(values))
    known = [kind for kind in kinds if not isinstance(kind, str) and kind in (0, 1)]
    if len(known) < len(kinds):
        shown = ", ".join(repr(kind.item() if hasattr(kind, "item") else kind) for kind in kinds[:4])
        example = repr(kinds[-1].item() if hasattr(kinds[-1], "item") else kinds[-1])
        return nothing, [
            f"y_true: labels 0 and 1 expected, found {shown}{', …' if len(kinds) > 4 else ''}; "
            f"make them with (y == {example}).astype(int)"
        ]
    array = values.astype(np.int64)
    if both_classes and len(kinds) < 2:
        found = f"only {int(array[0])}" if len(array) else "no label at all"
        return array, [f"y_true: both classes expected, found {found}; the metric needs cases and controls"]
    return array, []


def _scores(score: npt.ArrayLike, name: str) -> tuple[FloatArray, list[str]]:
    nothing = np.empty(0)
    try:
        array = np.asarray(score, dtype=np.float64)
    except (TypeError, ValueError):
        return nothing, [f"{name}: numbers expected, found {np.asarray(score).dtype} values"]
    if array.ndim == 2 and array.shape[1] == 2:
        return nothing, [
            f"{name}: one number per row expected, found two columns; pass model.predict_proba(X)[:, 1]"
        ]
    if array.ndim != 1:
        return nothing, [f"{name}: one number per row expected, found an array of shape {array.shape}"]
    bad = ~np.isfinite(array)
    if bad.any():
        return nothing, [
            f"{name}: {bad.sum()} of {len(array)} values are NaN or infinite, the first at position "
            f"{bad.argmax()}; a model that cannot score a row must say so: impute, or leave those rows out"
        ]
    return array, []


def scores_only(score: npt.ArrayLike) -> FloatArray:
    """Finite floats, one per row; see `labels_and_scores`."""
    array, problems = _scores(score, "score")
    if problems:
        raise InputError(problems[0])
    return array


def probabilities(score: FloatArray, what: str) -> None:
    """Refuse scores outside [0, 1] where probabilities are needed."""
    if len(score) and (score.min() < 0 or score.max() > 1):
        raise InputError(
            f"{what} needs probabilities in [0, 1], found {score.min():.4g} to {score.max():.4g}; "
            "pass predict_proba(X)[:, 1], not a decision function"
        )


def columns_present(table: pd.DataFrame, names: Iterable[str], where: str) -> None:
    """Refuse a column name that a table does not have, and suggest the near one."""
    if not isinstance(table, pd.DataFrame):
        raise InputError(f"{where}: a pandas DataFrame expected, found {type(table).__name__}")
    for name in names:
        if name not in table.columns:
            raise UnknownNameError(f"column in {where}", str(name), map(str, table.columns))


def no_missing(table: pd.DataFrame, names: Sequence[str], why: str) -> None:
    """Refuse missing values in columns that decide which row goes where."""
    counts = table[list(names)].isna().sum()
    problems = [f"column {name!r} has {count} missing values" for name, count in counts.items() if count]
    if problems:
        raise InputError(f"{'; '.join(problems)}; {why}")


def same_length(values: Any, rows: int, name: str) -> npt.NDArray[Any]:
    """One value per row, as an array."""
    array = np.asarray(values)
    if array.ndim != 1 or len(array) != rows:
        raise InputError(f"{name}: one value for each of the {rows} rows expected, found shape {array.shape}")
    if np.asarray(pd.isna(array)).any():
        raise InputError(
            f"{name}: missing values found; name every group, for example with fillna('unknown')"
        )
    return array


def resample_count(value: int, where: str, *, least: int = 0) -> None:
    """Refuse a number of resamples that is no whole number or too small."""
    if not isinstance(value, int | np.integer) or value < least:
        raise InputError(f"{where}: at least {least} resamples expected, found {value!r}")


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
        raise InputError(f"dictionary: {', '.join(repeated)} listed more than once; keep one row per column")
    days = dictionary.set_index("column")["known_days"]
    numbers = pd.to_numeric(days, errors="coerce")
    no_numbers = days[numbers.isna() & days.notna()]
    if len(no_numbers):
        raise InputError(
            f"dictionary: days as numbers expected in known_days, found {no_numbers.iloc[0]!r} for column "
            f"{no_numbers.index[0]!r}; leave a day that nobody knows empty"
        )
    return numbers


def share(value: float, name: str) -> None:
    """Refuse a share that is not strictly between 0 and 1."""
    if not 0 < value < 1:
        raise InputError(f"{name}: a share between 0 and 1 expected, found {value}")


def is_network(model: Any) -> bool:
    """Whether a model is a torch.nn.Module, without importing torch for those that are not."""
    return any(base.__module__.startswith("torch.nn") for base in type(model).__mro__)


def network_numbers(values: Any, where: str) -> npt.NDArray[np.float32]:
    """Values as a network takes them: 32-bit numbers, none of them missing."""
    try:
        array = np.asarray(values, dtype=np.float32)
    except (TypeError, ValueError) as error:
        raise InputError(
            f"{where}: a network takes numbers; encode columns of words first ({error})"
        ) from error
    bad = ~np.isfinite(array)
    if bad.any():
        raise InputError(
            f"{where}: {int(bad.sum())} values are NaN or infinite, the first in row "
            f"{int(np.argwhere(bad)[0][0])}; a network cannot skip them: impute from the training rows"
        )
    return array
