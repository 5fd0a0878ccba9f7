"""One run of the desk: ``python -m biolabkit_autograder.desk.run COURSE ACTION``, a process of its own.

It prints a JSON object a line, an *event*, on stdout. The functions it calls are those of ``biolab course``.
Ctrl-C (SIGINT) ends it; what is written by then is whole, and the same action goes on from there.
"""

from __future__ import annotations

import argparse
import errno
import json
import signal
import sys
import time
import traceback
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from filelock import FileLock, Timeout

from biolabkit.errors import BiolabkitError, CourseError
from biolabkit_autograder.evidence import read_evidence

from .room import answer_file, lock_file, make_room

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course
    from biolabkit_autograder.grading import Engine
    from biolabkit_autograder.workflow.grade import Change, Outcome, Request

__all__ = ["ACTIONS", "Options", "main"]

#: What a run does, step by step.
ACTIONS: dict[str, tuple[str, ...]] = {
    "release": ("build", "release"),
    "collect": ("collect",),
    "grade": ("grade",),
    "collect-grade": ("collect", "grade"),
    "feedback": ("feedback",),
    "report": ("report",),
    "export": ("export",),
    "complete": ("complete",),
}
#: A run that asks whether to write waits so long for an answer, then nothing is written.
_PATIENCE_SECONDS = 1800


@dataclass(frozen=True)
class Options:
    """What to do it for and how.

    Attributes
    ----------
    exercise : str or None
        Only this one; collecting, the report, the export and completion are always of the whole course.
    again : bool
        Grade also what is graded and unchanged; asks before it writes.
    unsafe : bool
        Run without isolation where the machine gives none.
    workers : int or None
        Submissions at one time.
    """

    exercise: str | None = None
    again: bool = False
    unsafe: bool = False
    workers: int | None = None


class _CancelledError(Exception):
    """The instructor does not want it written."""


class Events:
    """Prints events; from several threads, and never stops the run when they cannot be kept."""

    def __init__(self) -> None:
        self._lock = Lock()

    def __call__(self, event: str, **values: Any) -> None:
        line = json.dumps({"event": event, **values}, ensure_ascii=False)
        # a full disk loses the line, not the grading
        with self._lock, suppress(OSError):
            sys.stdout.buffer.write(line.encode("utf-8", "replace") + b"\n")
            sys.stdout.buffer.flush()


def main(arguments: Sequence[str] | None = None) -> int:
    """Run an action; the status is 0 when it was done, problems of single submissions aside."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("course", type=Path)
    parser.add_argument("action", choices=ACTIONS)
    parser.add_argument("--exercise")
    parser.add_argument("--again", action="store_true")
    parser.add_argument("--unsafe", action="store_true")
    parser.add_argument("--workers", type=int)
    given = parser.parse_args(arguments)
    # a shell gives background processes no SIGINT, and a desk that was started by one would pass that on
    signal.signal(signal.SIGINT, signal.default_int_handler)
    options = Options(given.exercise, given.again, given.unsafe, given.workers)
    tell, start = Events(), time.monotonic()
    outcome, message = "failed", ""
    try:
        make_room(given.course)
        with FileLock(lock_file(given.course), timeout=3):
            _run(given.course, given.action, options, tell)
        outcome = "done"
    except (KeyboardInterrupt, _CancelledError):
        outcome = "cancelled"
    except Timeout:
        message = "another run of this course is going on; wait for its end"
    except BiolabkitError as error:
        message = str(error)
    except OSError as error:
        message = _disk(error)
    except Exception as error:
        traceback.print_exc()
        message = f"unforeseen: {type(error).__name__}: {error}"
    tell("end", outcome=outcome, message=message, seconds=round(time.monotonic() - start, 1))
    return outcome != "done"


def _run(folder: Path, action: str, options: Options, tell: Events) -> None:
    from biolabkit_autograder.course import open_course

    course = open_course(folder)
    answer_file(folder).unlink(missing_ok=True)
    for name in ACTIONS[action]:
        tell("step", step=name)
        tell("result", step=name, **_STEPS[name](course, options, tell))


def _build(course: Course, options: Options, tell: Events) -> dict[str, Any]:
    from biolabkit_autograder.workflow.build import build, not_to_be_had, prefetch

    built = build(course, options.exercise)
    names = [name for one in built for name in one.meta.datasets]
    if missing := prefetch(names, lambda name: tell("now", text=name)):
        tell("problem", text=not_to_be_had(missing))
    return {"exercises": len(built)}


def _release(course: Course, options: Options, _: Events) -> dict[str, Any]:
    from biolabkit_autograder.workflow.release import release

    return {"exercises": len(release(course, options.exercise))}


def _collect(course: Course, _: Options, tell: Events) -> dict[str, Any]:
    from biolabkit_autograder.workflow.collect import collect

    counts: dict[str, int] = {}
    for one in collect(course):
        counts[one.outcome] = counts.get(one.outcome, 0) + 1
        if one.problem and one.learner and one.exercise:
            who = {"learner": one.learner, "name": _name(course, one.learner), "exercise": one.exercise}
            tell("problem", **who, text=one.problem)
        elif one.problem:
            tell("problem", text=f"{one.origin}: {one.problem}")
    return counts


def _grade(course: Course, options: Options, tell: Events) -> dict[str, Any]:
    from biolabkit_autograder.workflow.grade import Request, default_workers, grade, pending

    request = Request(
        options.exercise,
        workers=options.workers or default_workers(),
        again=options.again,
        unsafe=options.unsafe,
    )
    tell("total", total=pending(course, request))
    outcomes = grade(
        course,
        request,
        on_outcome=lambda one: _tell_outcome(course, one, tell),
        on_changes=lambda changes: _ask(course, changes, request, tell),
        on_engine=lambda engine: _tell_isolation(engine, tell),
        on_running=lambda learner, exercise, is_running: tell(
            "running", learner=learner, name=_name(course, learner), exercise=exercise, running=is_running
        ),
    )
    counts = {status: sum(one.status == status for one in outcomes) for status in _OUTCOMES}
    return {key: count for key, count in counts.items() if count}


_OUTCOMES = ("graded", "unchanged", "refused")


def _tell_outcome(course: Course, one: Outcome, tell: Events) -> None:
    who = {"learner": one.learner, "name": _name(course, one.learner), "exercise": one.exercise}
    tell("outcome", **who, status=one.status, points=one.points, max_points=one.max_points)
    problems = one.problems
    if one.status == "refused":  # the record says it in the course's language, for the learner
        record = read_evidence(course, one.exercise, one.learner) or {}
        problems = tuple(record.get("problems", ())[-1:]) or problems
    for problem in problems:
        tell("problem", **who, text=problem)


def _tell_isolation(engine: Engine, tell: Events) -> None:
    if engine.isolation in ("landlock", "none"):
        tell("isolation", level=engine.isolation)


def _ask(course: Course, changes: list[Change], request: Request, tell: Events) -> None:
    """Show what a regrade changes, and wait for a word before any of it is written."""
    if not request.again or not changes:
        return
    rows = [
        {
            "learner": one.learner,
            "name": _name(course, one.learner),
            "exercise": one.exercise,
            "before": one.before,
            "after": one.after,
        }
        for one in changes
    ]
    tell("ask", changes=rows)
    answer = answer_file(course.folder)
    deadline = time.monotonic() + _PATIENCE_SECONDS
    while time.monotonic() < deadline:
        with suppress(OSError, ValueError):
            if json.loads(answer.read_text(encoding="utf-8"))["write"]:
                tell("answered", write=True)
                return
            break
        time.sleep(0.1)
    tell("answered", write=False)
    raise _CancelledError


def _feedback(course: Course, options: Options, tell: Events) -> dict[str, Any]:
    from biolabkit_autograder.workflow.feedback import write_feedback
    from biolabkit_autograder.workflow.graded_records import evidence_of

    from .feedback_record import record_feedback

    names = course.chosen(options.exercise)
    tell("total", total=sum(len(evidence_of(course, name)) for name in names))
    pages = 0

    def written(path: Path) -> None:
        nonlocal pages
        pages += 1
        learner = path.parent.parent.name
        tell("page", done=pages, learner=learner, name=_name(course, learner), exercise=path.parent.name)

    for name in names:
        write_feedback(course, name, on_page=written)
    record_feedback(course, names)
    return {"pages": pages}


def _report(course: Course, _: Options, __: Events) -> dict[str, Any]:
    from biolabkit_autograder.workflow.report import write_report

    write_report(course)
    return {}


def _export(course: Course, _: Options, __: Events) -> dict[str, Any]:
    from biolabkit_autograder.workflow.export import export

    return {"files": len(export(course))}


def _complete(course: Course, _: Options, tell: Events) -> dict[str, Any]:
    from biolabkit_autograder.completion.complete import complete
    from biolabkit_autograder.completion.standing import STATUSES

    done = complete(course)
    for learner in done.withdrawn:
        tell(
            "problem",
            learner=learner,
            name=_name(course, learner),
            text="the certificate of an earlier run is removed: the rules are not kept any more",
        )
    for problem in done.problems:
        tell("problem", text=problem)
    counts = {status: sum(one.status == status for one in done.standings) for status in STATUSES}
    return {key: count for key, count in counts.items() if count}


_STEPS: dict[str, Callable[[Course, Options, Events], dict[str, Any]]] = {
    "build": _build,
    "release": _release,
    "collect": _collect,
    "grade": _grade,
    "feedback": _feedback,
    "report": _report,
    "export": _export,
    "complete": _complete,
}


def _name(course: Course, learner: str) -> str:
    return course.called.get(learner, learner)


def _disk(error: OSError) -> str:
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        where = error.filename or "the course folder or the folder for temporary files"
        return f"no space left in {where}; free some and start it again: what is written is whole"
    return str(CourseError(f"{error.filename or 'a file'} cannot be used ({error.strerror or error})"))


if __name__ == "__main__":
    sys.exit(main())
