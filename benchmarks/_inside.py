"""Where the time of one submission goes: the engine's own functions timed, one submission at a time.

Run as ``python _inside.py COURSE EXERCISE COUNT`` on a cohort that nobody has graded; prints JSON.
"""

import functools
import json
import statistics
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from biolabkit_autograder import store
from biolabkit_autograder.course import open_course
from biolabkit_autograder.judging import engine, supervisor
from biolabkit_autograder.sandbox import Box, Limits, Policy, Zygote, detect
from biolabkit_autograder.workflow import batch
from biolabkit_autograder.workflow import grade as workflow
from biolabkit_autograder.workflow.assignment import load_assignment

#: What is timed → the part it counts for. A part's time is without that of the parts inside of it.
PARTS: dict[str, tuple[Any, str]] = {
    "intake": (batch, "read_submission"),
    "boxes": (engine._Boxes, "both"),
    "end of boxes": (Box, "close"),
    "cells": (supervisor._Session, "_run_cell"),
    "judge": (supervisor._Session, "_run_check"),
    "setup": (supervisor._Session, "_run_setup"),
    "supervisor": (supervisor, "grade"),
    "files": (batch, "prepare"),
    "store": (store.Store, "write"),
}


class Stopwatch:
    """Exclusive wall time by part, of one thread."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)
        self._open: list[str] = []
        self._since = 0.0

    @contextmanager
    def part(self, name: str) -> Iterator[None]:
        self._switch()
        self._open.append(name)
        try:
            yield
        finally:
            self._switch()
            self._open.pop()

    def _switch(self) -> None:
        now = time.perf_counter()
        if self._open:
            self.seconds[self._open[-1]] += now - self._since
        self._since = now

    def around(self, name: str, function: Callable[..., Any]) -> Callable[..., Any]:
        @functools.wraps(function)
        def timed(*args: Any, **kwargs: Any) -> Any:
            with self.part(name):
                return function(*args, **kwargs)

        return timed


def main() -> None:
    course, exercise, count = open_course(sys.argv[1]), sys.argv[2], int(sys.argv[3])
    watch = Stopwatch()
    for part, (owner, name) in PARTS.items():
        setattr(owner, name, watch.around(part, getattr(owner, name)))
    engine.grade = supervisor.grade  # it has the function by its own name
    done: list[float] = []
    request = workflow.Request(exercise=exercise, engine="judge", workers=1)
    workflow.grade(course, request, on_outcome=lambda _: done.append(time.perf_counter()))
    if len(done) != count:
        sys.exit(f"{len(done)} of {count} submissions were graded")
    per_submission = {part: seconds / count for part, seconds in watch.seconds.items()}
    boxes = per_submission.pop("boxes")
    fork, walls = fork_and_walls(exercise, Path(sys.argv[1]))
    share = fork / (fork + walls)
    result = {
        "intake": per_submission.pop("intake"),
        "fork": boxes * share,
        "sandbox": boxes * (1 - share),
        **per_submission,
        "wall": (done[-1] - done[0]) / max(len(done) - 1, 1),
    }
    print(json.dumps(result))


def fork_and_walls(exercise: str, course: Path) -> tuple[float, float]:
    """Seconds of a box without walls, and what the walls add: medians of interleaved boxes."""
    settings = load_assignment(open_course(course), exercise).settings
    imports = [*settings.imports, "biolabkit_autograder.judging.warm"]
    found: dict[str, list[float]] = {"none": [], detect().level: []}
    with ExitStack() as stack:
        zygotes = {level: stack.enter_context(Zygote(imports, isolation=level)) for level in found}
        for _ in range(10):
            for level, zygote in zygotes.items():
                policy = Policy(isolation=level, limits=Limits(), unsafe=True)
                began = time.perf_counter()
                with zygote.spawn("builtins:print", {}, policy):
                    found[level].append(time.perf_counter() - began)
    fork, walled = (statistics.median(seconds) for seconds in found.values())
    return fork, max(walled - fork, 0.0)


if __name__ == "__main__":
    main()
