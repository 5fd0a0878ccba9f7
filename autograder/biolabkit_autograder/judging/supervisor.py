"""The flow of one submission: `grade` is all of it.

The supervisor believes nothing that the workbench says. It passes frames on between judge and workbench
without looking into them, holds both to deadlines, and takes points from the judge only.
"""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from biolabkit.check import Card

from ..grading import Graded, Mark, Settings, Submission  # noqa: TID252  (the package's own records)
from .clean_outputs import OutputBudget, clean_card, clean_outputs, clean_text, without_addresses
from .peer import BoxLike, LostError, Peer
from .plan import Binding, Role, Step, make_plan, role_of
from .problems import Problems
from .sentences import refused
from .wire import Kind

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

__all__ = ["Boxes", "Outcome", "grade"]

_GRACE_SECONDS = 1.0  # between the alarm inside a box and the end from outside
_MOST_RESTARTS = 100  # the submission's seconds end most of them sooner
_CARD_BYTES = 200_000
#: 2,000 outputs have a fifth of it.
_MOST_STRUCTURE = 2**20
# up to the end where a text has none, so that the search never begins again inside of one
_TEXT_IN_JSON = re.compile(rb'"(?:[^"\\]++|\\.)*+(?:"|\Z)', re.DOTALL)


class Boxes(Protocol):
    """Starts the two processes of a submission."""

    def workbench(self, config: Mapping[str, Any]) -> BoxLike:
        """Start a workbench."""

    def both(self, config: Mapping[str, Any]) -> tuple[BoxLike, BoxLike]:
        """Start a judge and a workbench at one time."""


@dataclass
class Outcome:
    """What came of one step."""

    outputs: list[dict[str, Any]] = field(default_factory=list)
    passed: bool = False
    card: Card | None = None
    seconds: float = 0.0


def grade(
    submission: Submission,
    assignment: NotebookNode,
    settings: Settings,
    boxes: Boxes,
    *,
    engine: str = "judge",
    isolation: str = "none",
) -> Graded:
    """Run one submission: the learner's cells in the workbench, the checks in the judge, in their order.

    Parameters
    ----------
    submission : Submission
        The learner's answers in the course's notebook.
    assignment : NotebookNode
        The course's own notebook, with solutions and hidden checks.
    settings : Settings
        Language, limits, environment.
    boxes : Boxes
        Starts the two processes.
    engine, isolation : str
        As the record names them.

    Returns
    -------
    Graded
    """
    plan = make_plan(submission.notebook, assignment)
    session = _Session(boxes, settings, submission.learner)
    try:
        outcomes = {step.index: session.run(step) for step in plan}
    finally:
        session.close()
    return Graded(
        learner=submission.learner,
        exercise=submission.exercise,
        marks=_marks(submission, outcomes),
        notebook=_executed(submission.notebook, plan, outcomes),
        problems=(*submission.problems, *session.problems.sentences),
        engine=engine,
        isolation=isolation,
    )


# ----------------------------------------------------------------------------------------- one session


class _Session:
    """The boxes of one submission, started again where one was lost."""

    def __init__(self, boxes: Boxes, settings: Settings, learner: str) -> None:
        self._boxes, self._settings = boxes, settings
        self._config = {
            "environment": {
                **settings.environment,
                "BIOLAB_LEARNER": learner,
                "BIOLAB_LANGUAGE": settings.language,
            },
            "language": settings.language,
            "output_bytes": settings.limits.output_bytes,
        }
        self._workbench: Peer | None = None
        self._judge: Peer | None = None
        self._done: list[Step] = []
        self._restarts = -1  # the first start is none
        self._renewed = False
        # of each setup and check cell so far what was bound before it, and of which the judge knows
        self._bindings: dict[int, tuple[Binding, ...]] = {}
        self._handed_over: set[int] = set()
        self._end = time.monotonic() + settings.limits.seconds
        self.problems = Problems(settings.limits, settings.language)
        self._kept = OutputBudget(self.problems.all_output_bytes)

    def run(self, step: Step) -> Outcome:
        """Run a step; whatever happens costs this step only."""
        refused = self._refusal()
        if refused:
            return self._stopped(step, refused)
        try:
            self._start()
            outcome = self._run(step)
        except LostError as lost:
            self._drop()
            if (
                step.role is Role.SETUP
            ):  # the course's own: a process that still can needs it for what follows
                self._done.append(step)
            return self._stopped(step, lost.kind)
        self._done.append(step)
        return outcome

    def close(self) -> None:
        """End both boxes."""
        for peer in (self._workbench, self._judge):
            if peer is not None:
                peer.box.close()

    def _refusal(self) -> str | None:
        if time.monotonic() >= self._end:
            return "total"
        return "restarts" if self._restarts >= _MOST_RESTARTS else None

    def _stopped(self, step: Step, kind: str) -> Outcome:
        told = self.problems.tell(step.name, kind)
        card = None
        if step.role is Role.CHECK:
            en, ko = (self.problems.say(step.name, kind, language) for language in ("en", "ko"))
            name = step.name.removeprefix("check-")
            card = Card(check=name, task=name, points=step.points, kind="error", what_en=en, what_ko=ko)
        error = {"output_type": "error", "ename": "Stopped", "evalue": told, "traceback": [told]}
        return Outcome([*self._shown(card), error], card=card)

    def _shown(self, card: Card | None) -> list[dict[str, Any]]:
        if card is None:
            return []
        language = self._settings.language
        data = {"text/plain": card.to_text(language), "text/html": card.to_html(language)}
        return [{"output_type": "display_data", "data": data, "metadata": {}}]

    # ------------------------------------------------------------------------------- starting again

    def _drop(self) -> None:
        """Close what cannot be used any more: without a judge the workbench's state is of no use either."""
        if self._judge is not None and self._judge.closed:
            self._end_both()
        elif self._workbench is not None and self._workbench.closed:
            self._workbench = None
        self._renewed = True

    def _end_both(self) -> None:
        self.close()
        self._judge = self._workbench = None

    def _start(self) -> None:
        """Have both boxes running and in the state after the steps that are done."""
        while self._judge is None or self._workbench is None:
            self._restarts += 1
            if self._restarts > _MOST_RESTARTS or time.monotonic() >= self._end:
                raise LostError("restarts")
            whole = self._judge is None
            if whole:
                judge, workbench = self._boxes.both(self._config)
                self._judge = Peer(judge)
                self._handed_over = set()
            else:
                workbench = self._boxes.workbench(self._config)
            self._workbench = Peer(workbench)
            self._replay(whole=whole)

    def _replay(self, *, whole: bool) -> None:
        for step in list(self._done):
            try:
                if whole:
                    self._run(step, again=True)
                elif step.role is not Role.CHECK:
                    self._run_cell(step)
            except LostError:
                self._drop()
            if self._workbench is None or self._judge is None:
                self._done.remove(step)  # it would cost the process again
                if whole:  # the judge has not run what follows
                    self._end_both()
                return

    # ------------------------------------------------------------------------------------ the steps

    def _run(self, step: Step, *, again: bool = False) -> Outcome:
        if step.role is Role.SETUP:
            return self._run_setup(step, again=again)
        if step.role is Role.CHECK:
            return self._run_check(step, again=again)
        return self._outcome(step, self._run_cell(step), again=again)

    def _run_setup(self, step: Step, *, again: bool) -> Outcome:
        """Run a setup cell in both at one time."""
        judge = self._peer(self._judge)
        deadline = self._deadline()
        judge.send(Kind.RUN_SETUP, self._order(step, judge=True), deadline)
        try:
            outcome = self._outcome(step, self._run_cell(step), again=again)
        finally:  # the judge answers, whatever became of the workbench
            _, payload = judge.expect(Kind.SETUP_DONE, deadline=deadline)
        problem = json.loads(payload)["problem"]
        if problem and not again:
            self.problems.tell(step.name, "setup", detail=clean_text(problem))
        return outcome

    def _run_cell(self, step: Step | None) -> dict[str, Any]:
        """Have the workbench run a cell, or show the figures that are open when there is none."""
        workbench = self._peer(self._workbench)
        deadline = self._deadline()
        workbench.send(Kind.RUN_CELL, self._order(step), deadline)
        _, payload = workbench.expect(Kind.CELL_DONE, deadline=deadline)
        return self._parsed(workbench, payload)

    def _run_check(self, step: Step, *, again: bool) -> Outcome:
        """Have the judge run a check, and pass its questions on to the workbench until it is done."""
        judge = self._peer(self._judge)
        deadline = self._deadline()
        judge.send(Kind.RUN_CHECK, self._order(step, judge=True), deadline)
        lost: str | None = None
        while True:
            kind, payload = judge.expect(
                Kind.REQUEST, Kind.ANSWER, Kind.CHECK_DONE, deadline=deadline + 2 * _GRACE_SECONDS
            )
            if kind is Kind.CHECK_DONE:
                break
            try:
                workbench = self._peer(self._workbench)
                workbench.send(kind, payload, deadline)
                reply = workbench.expect(Kind.REPLY, Kind.CALLBACK, deadline=deadline)
            except LostError as error:
                lost = error.kind
                self._drop()
                reply = Kind.GONE, bytearray(self.problems.say(step.name, lost).encode())
            judge.send(*reply, deadline + _GRACE_SECONDS)
        done = json.loads(without_addresses(payload.decode("ascii")))
        return self._check_outcome(step, done, lost, again=again)

    def _check_outcome(self, step: Step, done: dict[str, Any], lost: str | None, *, again: bool) -> Outcome:
        if again:
            return Outcome()
        outputs, cut = clean_outputs(done["outputs"], self._limit + _CARD_BYTES, self._kept, cards=True)
        if self._workbench is not None:
            try:
                shown, more = clean_outputs(self._run_cell(None).get("outputs"), self._limit, self._kept)
                cut = cut or more
            except LostError as error:
                lost, shown = error.kind, []
                self._drop()
            at = next((i for i, output in enumerate(outputs) if "data" in output), len(outputs))
            outputs[at:at] = shown
        card = Card.from_dict(clean_card(done["card"]))
        limit_hit = lost or (
            "time" if done["late"] else refused(card.got or "") if card.kind == "error" else None
        )
        if limit_hit:
            self.problems.tell(step.name, limit_hit)
        if cut:
            self.problems.tell_cut(step.name, all_cells=self._kept.is_used_up)
        return Outcome(outputs, bool(done["passed"]), card, float(done["seconds"]))

    def _outcome(self, step: Step, done: dict[str, Any], *, again: bool) -> Outcome:
        if again:
            return Outcome()
        outputs, cut = clean_outputs(done.get("outputs"), self._limit, self._kept)
        if cut or done.get("cut") is True:
            told = self.problems.tell_cut(step.name, all_cells=self._kept.is_used_up)
            outputs.append({"output_type": "stream", "name": "stderr", "text": f"\n… {told}\n"})
        if done.get("late") is True:
            self.problems.tell(step.name, "time")
        for output in outputs:
            if output["output_type"] == "error":
                limit_hit = refused(f"{output['ename']}: {output['evalue']}")
                if limit_hit:
                    self.problems.tell(step.name, limit_hit)
        return Outcome(outputs)

    @property
    def _limit(self) -> int:
        return self._settings.limits.output_bytes

    # ------------------------------------------------------------------------------------- messages

    def _peer(self, peer: Peer | None) -> Peer:
        if peer is None:
            raise LostError("ended")
        return peer

    def _deadline(self) -> float:
        return min(time.monotonic() + self._settings.limits.seconds_per_cell, self._end) + _GRACE_SECONDS

    def _order(self, step: Step | None, *, judge: bool = False) -> bytes:
        seconds = min(self._settings.limits.seconds_per_cell, max(self._end - time.monotonic(), 0.01))
        order: dict[str, Any] = {"source": "", "count": 0, "seconds": seconds, "shared": []}
        if step is not None:
            order |= {"source": step.source, "count": step.count, "shared": step.shared}
        if judge and step is not None:
            order |= {
                "check": step.name.removeprefix("check-"),
                "points": step.points,
                "filename": f"<{step.name}>",
                "before": self._before(step),
                "renew": self._renewed,
            }
            self._renewed = False
        return json.dumps(order).encode("ascii")

    def _before(self, step: Step) -> list[dict[str, Any]]:
        """What the judge has not heard of yet; a judge that ended may have been the only one to know."""
        self._bindings[step.index] = step.before
        new = [index for index in self._bindings if index <= step.index and index not in self._handed_over]
        self._handed_over.update(new)
        bound = (each for index in new for each in self._bindings[index])
        return [{"names": each.names, "imports": each.imports} for each in bound]

    def _parsed(self, workbench: Peer, payload: bytearray) -> dict[str, Any]:
        """Read the outputs of a cell, which the learner may have forged."""
        most = 8 * self._limit + 2**20  # a character can take six bytes in JSON
        is_taken = len(payload) <= most and _structure(payload) <= _MOST_STRUCTURE
        try:
            found = json.loads(payload) if is_taken else None
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict) or found.get("full") is True:
            workbench.box.kill()
            workbench.box.close()
            raise LostError("memory" if isinstance(found, dict) else "protocol")
        return found


def _structure(payload: bytes | bytearray) -> int:
    """Bytes of JSON outside of its texts: what takes far more memory once it is read."""
    return len(payload) if len(payload) <= _MOST_STRUCTURE else len(_TEXT_IN_JSON.sub(b"", payload))


# --------------------------------------------------------------------------------------------- results


def _marks(submission: Submission, outcomes: Mapping[int, Outcome]) -> tuple[Mark, ...]:
    marks = []
    for index, cell in enumerate(submission.notebook.cells):
        role = role_of(cell)
        if role not in (Role.CHECK, Role.ESSAY):
            continue
        name, worth = (
            cell.metadata["nbgrader"]["grade_id"],
            float(cell.metadata["nbgrader"].get("points") or 0),
        )
        if role is Role.ESSAY:
            # as nbgrader has it: what was not answered needs nobody to read it
            points = 0.0 if name in submission.unanswered else None
            marks.append(Mark(name, points, worth))
            continue
        outcome = outcomes.get(index, Outcome())
        card = outcome.card
        marks.append(
            Mark(
                check=name,
                points=worth if outcome.passed else 0.0,
                max_points=worth,
                hint=card.hint.code if card and card.hint and not outcome.passed else None,
                card=card.to_dict() if card else None,
                seconds=outcome.seconds,
            )
        )
    return tuple(marks)


def _executed(notebook: NotebookNode, plan: list[Step], outcomes: Mapping[int, Outcome]) -> NotebookNode:
    """The notebook with outputs; its cells are copies, their metadata the course's."""
    from nbformat.notebooknode import NotebookNode as Node
    from nbformat.notebooknode import from_dict

    counts = {step.index: step.count for step in plan}
    cells = []
    for index, cell in enumerate(notebook.cells):
        made = Node(cell)
        if cell.cell_type == "code":
            made.execution_count = counts.get(index)
            made.outputs = [from_dict(output) for output in outcomes.get(index, Outcome()).outputs]
        cells.append(made)
    executed = Node(notebook)
    executed.cells = cells
    return executed
