"""How well a check tells learners apart who know the rest of the exercise and who do not."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

__all__ = ["FEW", "LEAST", "Discrimination", "discrimination"]

#: With fewer learners there is no correlation worth a number.
LEAST = 3
#: With fewer learners than this a discrimination is too uncertain to act upon.
FEW = 10


@dataclass(frozen=True)
class Discrimination:
    """A correlation, or why there is none.

    Attributes
    ----------
    value : float or None
        Between -1 and 1.
    why_not : {"", "few", "same_score", "same_rest"}
        `few` learners; everybody has the `same_score` in the check, or the `same_rest` of the points.
    """

    value: float | None
    why_not: str = ""


def discrimination(scores: Sequence[float], rests: Sequence[float]) -> Discrimination:
    """Correlate a check with the rest of the exercise.

    The corrected item-total correlation: Pearson's r between the score of the check (0 or 1, where it is the
    point-biserial correlation, or a share) and the points of all other checks. Near 1, learners who know the
    rest pass it; near 0 it tells nothing about them; below 0 the better ones fail it.

    Parameters
    ----------
    scores, rests : sequence of float
        One of each for each learner.
    """
    if len(scores) < LEAST:
        return Discrimination(None, "few")
    if np.ptp(scores) == 0:
        return Discrimination(None, "same_score")
    if np.ptp(rests) == 0:
        return Discrimination(None, "same_rest")
    return Discrimination(float(np.corrcoef(scores, rests)[0, 1]))
