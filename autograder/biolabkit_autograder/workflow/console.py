"""What grading shows on a terminal: progress while it runs, a table at the end; plain lines elsewhere."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from statistics import median
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rich.progress import Progress
    from rich.table import Table

    from .grade import Outcome

__all__ = ["GradingProgress", "summary"]


class GradingProgress:
    """A bar with the learner done last; nothing where nobody is looking."""

    def __init__(self, total: int) -> None:
        self._progress = _bar() if sys.stderr.isatty() else None
        if self._progress is not None:
            self._task = self._progress.add_task("", total=total)

    def __enter__(self) -> GradingProgress:
        if self._progress is not None:
            self._progress.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._progress is not None:
            self._progress.stop()

    def advance(self, outcome: Outcome) -> None:
        """Count one submission."""
        if self._progress is not None:
            done = f"{outcome.learner} {outcome.points:g}"
            self._progress.update(self._task, advance=1, description=done)


def _bar() -> Progress:
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

    return Progress(
        TextColumn("grading"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.description}"),
        console=Console(stderr=True),
        transient=True,
    )


def summary(outcomes: Sequence[Outcome]) -> None:
    """Print a table per exercise on a terminal, and one line of counts."""
    if outcomes and sys.stdout.isatty():
        from rich.console import Console

        Console().print(_table(outcomes))
    counts = {status: sum(one.status == status for one in outcomes) for status in _STATES}
    print(", ".join(f"{count} {status}" for status, count in counts.items()) if outcomes else _NOTHING)


_NOTHING = (
    "nothing to grade: put notebooks into inbox/<exercise>/<learner>.ipynb and run: biolab course collect"
)
_STATES = ("graded", "unchanged", "refused")


def _table(outcomes: Sequence[Outcome]) -> Table:
    from rich.table import Table

    table = Table("exercise", *_STATES, "median points", "of")
    for name in dict.fromkeys(one.exercise for one in outcomes):
        here = [one for one in outcomes if one.exercise == name]
        points = [one.points for one in here if one.status != "refused"]
        table.add_row(
            name,
            *(str(sum(one.status == status for one in here)) for status in _STATES),
            f"{median(points):g}" if points else "–",
            f"{here[0].max_points:g}",
        )
    return table
