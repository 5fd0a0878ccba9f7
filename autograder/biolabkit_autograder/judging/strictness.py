"""The judge's own comparisons, where the libraries' would say that nothing agrees with everything.

An empty array agrees with any number in ``numpy.testing``, ``numpy.allclose`` and ``torch.allclose``, as no
element differs. In the judge it agrees with empty arrays only.

One of shape (0, 2) meets any two numbers, and all of what comes of it holds, or sums to 0. In the judge a
learner's empty array meets no array that is not empty.

A comparison with pandas' NA gives NA, which ``all()``, ``any()`` and ``sum()`` pass over. In the judge NA
compares as NaN does, but agrees with NA; and not all of a column are True where one is NA.
"""

import operator
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

from .arrays import decode_array
from .codec import Decoder, decodes

__all__ = ["compare_strictly"]

_TRUE_OF_EQUALS = (operator.eq, operator.le, operator.ge)


def compare_strictly() -> None:
    """Replace the comparisons of the libraries that are loaded."""
    import numpy as np
    from numpy.testing._private import utils

    vars(utils)["assert_array_compare"] = _asserting(utils.assert_array_compare)
    # once an array: an object of the learner's may say another size, or give another array, when asked again
    vars(np)["allclose"] = _telling(np.allclose, np.asanyarray, np.size)
    _read_empty_arrays_as(_hollow())
    _compare_missing_strictly()
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        torch.allclose = _telling(torch.allclose, lambda tensor: tensor, lambda tensor: tensor.numel())


def _read_empty_arrays_as(kind: type[Any]) -> None:
    """Have the learner's arrays without elements decoded to a subclass."""

    @decodes("array")
    def _decode_array(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
        found = decode_array(decoder, node, depth)
        return found if found.size else found.view(kind)


def _hollow() -> type[Any]:
    """Make the class of a learner's empty arrays."""
    import numpy as np

    class Hollow(np.ndarray):
        """An empty array that refuses to meet one that is not."""

        def __array_ufunc__(
            self, ufunc: Any, method: str, *inputs: Any, out: Any = (), **options: Any
        ) -> Any:
            for other in inputs if method == "__call__" else ():
                if np.ndim(other) and np.size(other):
                    raise AssertionError(f"an array of shape {self.shape} is empty, the other one is not")
            plain, results = ([_bare(one) for one in some] for some in (inputs, out))
            if results:
                options["out"] = tuple(results)
            found = getattr(ufunc, method)(*plain, **options)
            is_empty_array = isinstance(found, np.ndarray) and not found.size
            return found.view(Hollow) if is_empty_array else found

    def _bare(value: Any) -> Any:
        return value.view(np.ndarray) if isinstance(value, Hollow) else value

    return Hollow


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


def _telling(
    compare: Callable[..., bool], read: Callable[[Any], Any], size: Callable[[Any], int]
) -> Callable[..., bool]:
    @wraps(compare)
    def strict(got: Any, want: Any, *args: Any, **kwargs: Any) -> bool:
        got, want = read(got), read(want)
        return (size(got) == 0) == (size(want) == 0) and compare(got, want, *args, **kwargs)

    return strict


def _asserting(compare: Callable[..., None]) -> Callable[..., None]:
    import numpy as np

    @wraps(compare)
    def strict(comparison: Any, got: Any, want: Any, *args: Any, **kwargs: Any) -> None:
        got, want = np.asanyarray(got), np.asanyarray(want)
        if (got.size == 0) != (want.size == 0):
            raise AssertionError(f"one of them is empty: shapes {got.shape} and {want.shape}")
        compare(comparison, got, want, *args, **kwargs)

    return strict
