"""``biolab course status``: what the desk shows, as a table on a terminal or as JSON."""

from __future__ import annotations

import json
import sys
import zoneinfo
from collections.abc import Sequence
from pathlib import Path

from rich.cells import cell_len

from biolabkit_autograder.course import open_course

from .jobs import Jobs
from .service import Service
from .state import STATUSES, CourseState, ExerciseState, read_state

__all__ = ["print_status"]

_COLUMNS = (
    "exercise",
    "due",
    "released",
    "to collect",
    "graded",
    "waiting",
    "to grade",
    "not gradable",
    "missing",
)


def print_status(folder: Path, *, as_json: bool = False) -> None:
    """Print where a course stands; its problems go to stderr.

    Raises
    ------
    CourseError
        When the course cannot be opened.
    """
    course = open_course(folder)
    if as_json:
        service = Service(course.folder, Jobs(course.folder))
        print(json.dumps(service.state(), ensure_ascii=False, indent=1))
        return
    state = read_state(course)
    rows = [_row(state, one) for one in state.exercises]
    for line in _table([(*_COLUMNS, "feedback", "median"), *rows]):
        print(line)
    for line in _remarks(state):
        print(line)
    for problem in state.problems:
        print(problem, file=sys.stderr)


def _row(state: CourseState, one: ExerciseState) -> tuple[str, ...]:
    zone = zoneinfo.ZoneInfo(state.course.spec.timezone)
    due = one.due.astimezone(zone).strftime("%Y-%m-%d %H:%M") if one.due else "–"
    released = "changed" if "old" in (one.built, one.released) and one.released != "no" else one.released
    counted = [one.counts[name] for name in reversed(STATUSES)]  # graded first
    graded, waiting, refused, new, missing = counted
    pages = sum(one.feedback.values())
    return (
        one.name,
        due,
        released,
        *(str(count) if count else "–" for count in (one.arrived, graded, waiting, new, refused, missing)),
        f"{one.feedback.get('written', 0)} of {pages}" if pages else "–",
        f"{one.median:g} of {one.max_points:g}" if one.median is not None and one.max_points else "–",
    )


def _remarks(state: CourseState) -> list[str]:
    remarks = []
    if not state.learners:
        remarks.append("the roster is empty: whoever hands something in is taken")
    if state.arrivals.archives:
        remarks.append(
            f"zip files in the inbox that came since the last collection: {state.arrivals.archives}"
        )
    if state.arrivals.others:
        remarks.append(f"files of inbox and exchange that cannot be taken: {state.arrivals.others}")
    if state.strangers:
        remarks.append(f"submissions of people who are not in the roster: {', '.join(state.strangers)}")
    if state.exchange:
        remarks.append(f"exchange: {state.exchange.problem or f'{state.exchange.folder}, reachable'}")
    return remarks


def _table(rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(cell_len(cell) for cell in column) for column in zip(*rows, strict=True)]
    return [
        "  ".join(
            cell + " " * (width - cell_len(cell)) for cell, width in zip(row, widths, strict=True)
        ).rstrip()
        for row in rows
    ]
