"""The judge's own comparisons, where the libraries' would say that nothing agrees with everything.

An empty array agrees with any number in ``numpy.testing``, ``numpy.allclose`` and ``torch.allclose``, as no
element differs. In the judge it agrees with empty arrays only.
"""

import sys
from collections.abc import Callable
from functools import wraps
from typing import Any

__all__ = ["compare_strictly"]


def compare_strictly() -> None:
    """Replace the comparisons of the libraries that are loaded."""
    import numpy as np
    from numpy.testing._private import utils

    vars(utils)["assert_array_compare"] = _asserting(utils.assert_array_compare, np.size)
    vars(np)["allclose"] = _telling(np.allclose, np.size)
    torch: Any = sys.modules.get("torch")
    if torch is not None:
        torch.allclose = _telling(torch.allclose, lambda tensor: tensor.numel())


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
