"""The judge's own comparisons, where the libraries' would say that nothing agrees with everything.

An empty array agrees with any number in ``numpy.testing``, ``numpy.allclose`` and ``torch.allclose``, as no
element differs. In the judge it agrees with empty arrays only.

A comparison with pandas' NA gives NA, which ``all()``, ``any()`` and ``sum()`` pass over. In the judge NA
compares as NaN does, but agrees with NA; and not all of a column are True where one is NA.
"""

import operator
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

__all__ = ["compare_strictly"]

_TRUE_OF_EQUALS = (operator.eq, operator.le, operator.ge)


def compare_strictly() -> None:
    """Replace the comparisons of the libraries that are loaded."""
    import numpy as np
    from numpy.testing._private import utils

    vars(utils)["assert_array_compare"] = _asserting(utils.assert_array_compare, np.size)
    vars(np)["allclose"] = _telling(np.allclose, np.size)
    _compare_missing_strictly()
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        torch.allclose = _telling(torch.allclose, lambda tensor: tensor.numel())


def _compare_missing_strictly() -> None:
    """Replace how pandas' own arrays that can hold NA are compared."""
    from pandas.core.arrays.arrow import ArrowExtensionArray
    from pandas.core.arrays.boolean import BooleanArray
    from pandas.core.arrays.masked import BaseMaskedArray
    from pandas.core.arrays.string_ import StringArray

    kinds: tuple[Any, ...] = (ArrowExtensionArray, BaseMaskedArray, StringArray)
    for kind in kinds:
        kind._cmp_method = _like_nan(kind._cmp_method)
    BooleanArray.all = _without_missing(BooleanArray.all)  # type: ignore[method-assign]


def _like_nan(compare: Callable[..., Any]) -> Callable[..., Any]:
    import pandas as pd

    @wraps(compare)
    def strict(array: Any, other: Any, operation: Callable[[Any, Any], Any]) -> Any:
        found = compare(array, other, operation)
        if isinstance(found, pd.arrays.BooleanArray):
            both = pd.isna(array) & pd.isna(other)
            unknown = found.isna()
            found = found.copy()
            found[unknown & both] = operation in _TRUE_OF_EQUALS
            found[unknown & ~both] = operation is operator.ne
        return found

    return strict


def _without_missing(every: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(every)
    def strict(array: Any, *, skipna: bool = True, **options: Any) -> Any:
        if skipna and array.isna().any():
            return False
        return every(array, skipna=skipna, **options)

    return strict


def _telling(compare: Callable[..., bool], size: Callable[[Any], int]) -> Callable[..., bool]:
    @wraps(compare)
    def strict(got: Any, want: Any, *args: Any, **kwargs: Any) -> bool:
        return (size(got) == 0) == (size(want) == 0) and compare(got, want, *args, **kwargs)

    return strict


def _asserting(compare: Callable[..., None], size: Callable[[Any], int]) -> Callable[..., None]:
    @wraps(compare)
    def strict(comparison: Any, got: Any, want: Any, *args: Any, **kwargs: Any) -> None:
        if (size(got) == 0) != (size(want) == 0):
            raise AssertionError(f"one of them is empty: sizes {size(got)} and {size(want)}")
        compare(comparison, got, want, *args, **kwargs)

    return strict
