"""The process behind *check all*: runs a notebook's cells on a fresh kernel and tells what happens."""

import os
import time
from collections.abc import Callable, Iterable
from dataclasses import replace
from typing import Any

from biolabkit.bench import checking_words as words
from biolabkit.bench.checking_kernel import Kernel, Limits, NoKernelError, Reply
from biolabkit.bench.checking_notebook import Cell, Notebook
from biolabkit.bench.progress import CheckState
from biolabkit.check import Card
from biolabkit.check.record import state_of
from biolabkit.check.words import Words

__all__ = ["SOURCE", "Run"]

SOURCE = "check-all"

_HANDED_OUT_SECONDS = 300.0  # a handed-out cell may have to fetch data first
_AGAIN_SECONDS = 5.0  # another check of a task that did not end in time
_RESTARTS = 3
_OPEN = "NotImplementedError"

Emit = Callable[[dict[str, Any]], None]


class Run:
    """One pass over a notebook.

    Parameters
    ----------
    notebook : Notebook
    limits : Limits
        Of each cell.
    emit : callable
        Gets every event as JSON data: ``start``, ``cell``, ``check``, ``problem``, ``end``.
    """

    def __init__(self, notebook: Notebook, limits: Limits, emit: Emit) -> None:
        self._notebook, self._limits, self._emit = notebook, limits, emit
        self._kernel = Kernel(notebook.path, os.environ)
        self._went_well: list[Cell] = []
        self._troubles: dict[str, Words] = {}  # of a task's cell, by the task
        self._endless: set[str] = set()  # tasks of which a check did not end in time
        self._restarts = 0

    def everything(self, expected: Iterable[str]) -> None:
        """Run all cells up to the last check.

        Parameters
        ----------
        expected : iterable of str
            The ids of the checks that were handed out; empty when that is not known.
        """
        began = time.monotonic()
        cells = self._cells()
        missing = [check for check in expected if check not in self._notebook.checks]
        start = {"exercise": self._notebook.exercise, "total": len(cells), "missing": missing}
        self._emit({"event": "start", **start})
        for problem in self._notebook.problems(missing):
            self._problem(problem)
        try:
            self._kernel.start()
            for done, cell in enumerate(cells, 1):
                self._one(cell, done)
        except NoKernelError as error:
            self._problem(words.fill(words.NO_KERNEL, why=error.why))
        finally:
            self._kernel.stop()
        self._emit({"event": "end", "seconds": round(time.monotonic() - began, 2)})

    def _cells(self) -> list[Cell]:
        """What has to run: nothing after the last check, and each check once."""
        checks = self._notebook.checks
        last = max((cell.number for cell in checks.values()), default=0)
        return [
            cell
            for cell in self._notebook.cells
            if cell.number <= last and (not cell.check or checks[cell.check] is cell)
        ]

    def _one(self, cell: Cell, done: int) -> None:
        if self._restarts > _RESTARTS:
            self._end_cell(cell, done, Reply(status="not run"), words.NOT_RUN)
            return
        reply = self._kernel.run(cell.source, self._limits_of(cell))
        trouble = self._trouble(cell, reply)
        if cell.check and reply.status == "timed out":
            self._endless.add(cell.task)
        if not cell.check and reply.alive and reply.status in ("ok", "error"):
            self._went_well.append(cell)
        self._end_cell(cell, done, reply, trouble)
        if not reply.alive:
            self._bring_back()

    def _limits_of(self, cell: Cell) -> Limits:
        seconds = self._limits.seconds
        if cell.locked and not cell.check:
            seconds = max(seconds, _HANDED_OUT_SECONDS)
        elif cell.check and cell.task in self._endless:
            seconds = min(seconds, _AGAIN_SECONDS)
        return replace(self._limits, seconds=seconds)

    def _bring_back(self) -> None:
        """Start a kernel again and run what went well before; a cell that ends this one too is given up."""
        self._restarts += 1
        if self._restarts > _RESTARTS:
            return
        self._kernel.start()
        for cell in list(self._went_well):
            if not self._kernel.run(cell.source, self._limits_of(cell)).alive:
                self._went_well.remove(cell)
                self._bring_back()
                return

    def _trouble(self, cell: Cell, reply: Reply) -> Words | None:
        """What to tell of a cell that did not end well; None for an answer that is still open."""
        if reply.status == "ok" or reply.ename == _OPEN:
            return None
        name = _name(cell)
        told = {
            "timed out": words.fill(words.TIMED_OUT, cell="{cell}", seconds=self._limits_of(cell).seconds),
            "memory": words.fill(words.MEMORY, cell="{cell}", megabytes=self._limits.megabytes),
            "died": words.DIED,
            "error": words.fill(words.STOPPED, cell="{cell}", error="{error}"),
        }[reply.status]
        return Words(
            *(
                text.replace("{cell}", one).replace("{error}", reply.error[:300])
                for text, one in zip(told, name, strict=True)
            )
        )

    def _end_cell(self, cell: Cell, done: int, reply: Reply, trouble: Words | None) -> None:
        event = {"event": "cell", "done": done, "number": cell.number, "id": cell.check or cell.grade_id}
        self._emit({**event, "outcome": reply.status, "seconds": round(reply.seconds, 2)})
        if cell.check:
            state = self._state(cell, reply, trouble)
            self._emit({"event": "check", "id": cell.check, "task": cell.task, **state.to_dict()})
        elif trouble is not None and self._is_a_task(cell):
            self._troubles[cell.grade_id] = trouble  # its checks tell it
        elif trouble is not None:
            self._problem(trouble)

    def _is_a_task(self, cell: Cell) -> bool:
        return any(check.task == cell.grade_id for check in self._notebook.checks.values())

    def _state(self, cell: Cell, reply: Reply, trouble: Words | None) -> CheckState:
        card = _card(reply)
        if trouble is not None and (card is None or reply.status != "error"):
            return self._failed(
                cell, trouble if reply.status != "error" else words.fill(words.NO_CARD, error=reply.error)
            )
        if card is None:
            return self._failed(cell, words.fill(words.EDITED, cells=cell.check))
        if card.kind == "unanswered" and cell.task in self._troubles:
            return self._failed(cell, self._troubles[cell.task])
        return CheckState.from_dict(state_of(replace(card, points=cell.points), SOURCE))

    def _failed(self, cell: Cell, message: Words) -> CheckState:
        card = Card(points=cell.points, kind="error", what_en=message.en, what_ko=message.ko)
        return CheckState.from_dict(state_of(card, SOURCE))

    def _problem(self, message: Words) -> None:
        self._emit({"event": "problem", "message": message._asdict()})


def _name(cell: Cell) -> Words:
    if cell.check:
        return words.fill(words.CELL_OF_CHECK, check=cell.check)
    if cell.grade_id and not cell.locked:
        return words.fill(words.CELL_OF_TASK, task=cell.grade_id)
    return words.fill(words.CELL_THAT_BEGINS, line=cell.first_line)


def _card(reply: Reply) -> Card | None:
    """The card that a check cell showed, when it says the same as the kernel."""
    if reply.card is None:
        return None
    try:
        card = Card.from_dict(reply.card)
    except (TypeError, AttributeError):
        return None
    return card if card.passed == (reply.status == "ok") else None
