"""Which points the feedback pages show, so that a grade by hand that came later is seen to be missing."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from biolabkit._files import atomic_write

from .points import Points, read_points
from .room import room

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["FeedbackRecord", "record_feedback"]

_NAME = "feedback.json"


@dataclass(frozen=True)
class FeedbackRecord:
    """Points and open answers of each exercise as they were when the desk wrote its pages last.

    Attributes
    ----------
    exercises : dict
        By name: ``at``, when they were written, and ``shown``, ``[points, waiting]`` by learner.
    """

    exercises: dict[str, Any]

    @classmethod
    def read(cls, course: Course) -> FeedbackRecord:
        """Read the record; an empty one where there is none."""
        try:
            record = json.loads((room(course.folder) / _NAME).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return cls({})
        return cls(record if isinstance(record, dict) else {})

    def differs(self, exercise: str, learner: str, points: Points | None, page: float) -> bool:
        """Whether a page of this time shows other points than the gradebook has.

        A page that is younger than the record was written by another command, and is taken as it is.
        """
        record = self.exercises.get(exercise)
        if points is None or record is None or page > record["at"]:
            return False
        shown = record["shown"].get(learner)
        return shown is not None and shown != [points.points, points.waiting]


def record_feedback(course: Course, exercises: Iterable[str]) -> None:
    """Keep what the pages that were just written show."""
    points = read_points(course)
    record = dict(FeedbackRecord.read(course).exercises)
    for name in exercises:
        shown = {
            learner: [one.points, one.waiting]
            for (exercise, learner), one in points.items()
            if exercise == name
        }
        record[name] = {"at": time.time(), "shown": shown}
    with atomic_write(room(course.folder) / _NAME) as stream:
        json.dump(record, stream)
