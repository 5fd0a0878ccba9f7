"""One run of `biolab course grade` over a classroom."""

import json
import os
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path

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
    workers: int
    peak_memory: int
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
    patch.setattr(judging_engine, "recall", lambda: Isolation(isolation, ("chosen by the test",)))
    before = traps.snapshot()
    memory = _Memory()
    began, finished = time.monotonic(), {}
    with memory:
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
        workers,
        memory.peak,
        finished,
    )


class _Memory:
    """The most memory that this process held at one time beyond what it held at first, in bytes."""

    def __init__(self):
        self._first, self.peak = _resident(), 0
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._watch, daemon=True)

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()

    def _watch(self):
        while not self._end.wait(0.02):
            self.peak = max(self.peak, _resident() - self._first)


def _resident():
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
