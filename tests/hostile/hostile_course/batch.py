"""One run of `biolab course grade` over a classroom."""

import json
import time
from dataclasses import dataclass, field

import biolabkit_autograder.judging.engine as judging_engine
import hostile
from biolabkit_autograder.sandbox import Isolation
from biolabkit_autograder.workflow.grade import Request, grade

from .classroom import EXERCISE


@dataclass
class Batch:
    """What a run gave, and what was there before and after it."""

    classroom: object
    outcomes: dict
    seconds: float
    before: dict
    after: dict
    isolation: str
    finished: dict = field(default_factory=dict)

    def earned(self, learner):
        """Points, or REFUSED."""
        outcome = self.outcomes[learner]
        return hostile.REFUSED if outcome.status == "refused" else outcome.points

    def evidence(self, learner):
        """The record of one grading."""
        path = self.classroom.course.evidence(EXERCISE, learner)
        return json.loads(path.read_text(encoding="utf-8"))

    def autograded(self, learner):
        """The text of the autograded notebook; empty for one that was refused."""
        path = self.classroom.path("autograded", learner)
        return path.read_text(encoding="utf-8") if path.is_file() else ""


def grade_batch(classroom, traps, isolation, patch, workers):
    """Grade everybody at one level of isolation."""
    patch.setattr(judging_engine, "detect", lambda: Isolation(isolation, ("chosen by the test",)))
    before = traps.snapshot()
    began, finished = time.monotonic(), {}
    outcomes = grade(
        classroom.course,
        Request(exercise=EXERCISE, engine="judge", workers=workers),
        on_outcome=lambda one: finished.setdefault(one.learner, time.monotonic() - began),
    )
    return Batch(
        classroom,
        {one.learner: one for one in outcomes},
        time.monotonic() - began,
        before,
        traps.snapshot(),
        isolation,
        finished,
    )
