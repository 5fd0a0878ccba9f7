"""Submissions that attack the grader; all of them must fail. See README.md.

::

    from hostile import ATTACKS
    ATTACKS["patched numpy testing"].place(folder, released, targets)
"""

from . import design, harm, malformed, points, rendering  # noqa: F401  (importing them registers the attacks)
from .notebook import FULL_POINTS, HONEST_POINTS, Submitted, Targets
from .registry import ATTACKS, REFUSED, Attack

__all__ = ["ATTACKS", "FULL_POINTS", "HONEST_POINTS", "REFUSED", "Attack", "Submitted", "Targets"]
