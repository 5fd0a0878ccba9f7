"""The judge's role: runs the setup and check cells of the course, and never a learner's code.

A name that a check uses and a task or free cell of the course's notebook makes is the learner's: the
workbench is asked for it. All other names are the judge's own, whatever the learner does with them.
"""

import ast
import builtins
import json
import linecache
import os
import socket
import sys
import time
from typing import Any

from biolabkit.check import CheckContext, CheckFailed, card_from_exception, pass_card
from biolabkit.check import context as check_context
from biolabkit.check.asserts import keep_sides
from biolabkit.check.cards import MIME_TYPE, Card

from .clock import TimeIsUpError, time_limit
from .idioms import NoShell, check_isinstance, check_issubclass, teach_inspect
from .line import Line, TimeLimitError, WorkbenchEndedError, time_limit_reached
from .names import CheckNames
from .outputs import Outputs, OutputStream
from .pictures import JudgeDisplay
from .plan import without_magics
from .strictness import compare_strictly
from .wire import Channel, Kind, PeerGoneError

__all__ = ["main"]

_CARD_BYTES = 100_000


class _Judge:
    """Runs one submission's setup and check cells as it is told."""

    def __init__(self, channel: Channel, config: dict[str, Any]) -> None:
        self._channel = channel
        self._outputs = Outputs(int(config["output_bytes"]))
        self._display = JudgeDisplay(self._outputs)
        self._shared: dict[str, Any] = {}
        self._line = Line(channel, self._shared)
        own_builtins = {**vars(builtins), "isinstance": check_isinstance, "issubclass": check_issubclass}
        self._names = CheckNames(
            self._line,
            {
                "__name__": "__main__",
                "__builtins__": own_builtins,
                "display": self._display.display,
                "get_ipython": NoShell,
            },
        )
        self._language = config["language"]
        sys.stdout = sys.stderr = OutputStream(self._outputs, "stdout")

    def run(self) -> None:
        """Do as the supervisor says until it closes the channel."""
        while True:
            try:
                kind, payload = self._channel.expect(Kind.RUN_SETUP, Kind.RUN_CHECK)
            except PeerGoneError:
                return
            order = json.loads(payload)
            if order["renew"]:
                self._line.renew()
            self._hand_over(order["before"])
            if kind is Kind.RUN_SETUP:
                self._channel.send(Kind.SETUP_DONE, _json(self._setup(order)))
            else:
                self._channel.send(Kind.CHECK_DONE, _json(self._check(order)))

    def _hand_over(self, cells: list[dict[str, Any]]) -> None:
        """Note what the task and free cells before this one bind; the judge imports what they import."""
        for cell in cells:
            self._names.hand_over(cell["names"])
            for line in cell["imports"]:
                try:
                    exec(line, self._names)  # noqa: S102  (an import of the course's own notebook)
                except Exception:  # noqa: S112  (a check that uses it will say so)
                    continue

    def _setup(self, order: dict[str, Any]) -> dict[str, Any]:
        problem = None
        self._line.begin(order["seconds"])
        before = dict(self._names)
        try:
            with time_limit(order["seconds"]):
                exec(_compiled(order["source"], order["filename"]), self._names)  # noqa: S102
        except BaseException as error:  # checks that need it will fail and say so
            problem = " ".join(f"{type(error).__name__}: {error}"[:200].split())
        for name, value in dict.items(self._names):
            if not name.startswith("_") and (name not in before or before[name] is not value):
                self._shared[name] = value
        self._display.close_figures()
        self._outputs.take()
        return {"problem": problem}

    def _check(self, order: dict[str, Any]) -> dict[str, Any]:
        began = time.monotonic()
        self._line.begin(order["seconds"])
        check_context.enter(
            CheckContext(order["check"], order["points"], False, self._language, order["filename"])
        )
        failure: BaseException | None = None
        try:
            with time_limit(order["seconds"] + 0.5):  # the workbench's own limit comes first
                exec(_compiled(order["source"], order["filename"]), self._names)  # noqa: S102
        except TimeIsUpError:
            failure = time_limit_reached()
        except BaseException as error:  # whatever ends a check early is its outcome
            failure = error
        failure = self._line.broken or failure
        seconds = time.monotonic() - began
        return {**self._outcome(failure), "seconds": seconds}

    def _outcome(self, failure: BaseException | None) -> dict[str, Any]:
        """Make the card; nothing but a check that came to its end has passed."""
        running = check_context.current() or CheckContext()
        try:
            card = pass_card(running) if failure is None else card_from_exception(failure, running)
        except Exception as error:  # a value that cannot be shown must not cost the other checks
            failure = failure or error
            card = Card(check=running.check, task=running.task, points=running.points, kind="error")
        self._display.flush_figures()
        self._show(card, running.language, failed=failure is not None)
        check_context.leave()
        return {
            "passed": failure is None,
            "late": isinstance(failure, TimeLimitError),
            "ended": isinstance(failure, WorkbenchEndedError),
            "card": card.to_dict(),
            "outputs": self._outputs.take(),
        }

    def _show(self, card: Card, language: str, *, failed: bool) -> None:
        self._outputs.make_room(_CARD_BYTES)  # a card is shown after however much was printed
        self._outputs.display(
            {
                "text/plain": card.to_text(language),
                "text/html": card.to_html(language),
                MIME_TYPE: card.to_dict(),
            },
            {},
        )
        if failed:
            line = str(CheckFailed(card))
            self._outputs.error("CheckFailed", line, [line])


def _compiled(source: str, filename: str) -> Any:
    """Compile a cell so that messages can show its lines."""
    text = without_magics(source)
    linecache.cache[filename] = (len(text), None, text.splitlines(keepends=True), filename)
    return compile(keep_sides(ast.parse(text, filename)), filename, "exec")


def _json(value: dict[str, Any]) -> bytes:
    return json.dumps(value, default=str).encode("ascii")


def main(channel: socket.socket, config: dict[str, Any]) -> None:
    """Be the judge of one submission.

    Parameters
    ----------
    channel : socket.socket
        To the supervisor.
    config : dict
        ``environment`` (added to the process's), ``language``, ``output_bytes``.
    """
    os.environ.update(config["environment"])
    compare_strictly()
    teach_inspect()
    _Judge(Channel(channel), config).run()
