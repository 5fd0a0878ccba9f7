"""What makes a check cell of a notebook show a card: hooks into IPython, active only while a check cell runs.

While a check runs, whatever would reach the notebook's stderr goes to its stdout, as a grader that takes any
stderr for a failure must not take points for a warning; and the value of the cell's last line is not
displayed, as it could be read as partial credit.
"""

import os
import sys
import warnings
from collections.abc import Callable
from typing import Any, TextIO

from biolabkit.check import context
from biolabkit.check.asserts import SideKeeper
from biolabkit.check.cards import MIME_TYPE, Card
from biolabkit.check.display import one_line
from biolabkit.check.failures import CheckFailed, card_from_exception, pass_card
from biolabkit.check.html import note_html
from biolabkit.check.record import Recorder

__all__ = ["NotebookHooks", "say", "show_card"]


def _shell() -> Any:
    """The running IPython shell, or None; IPython is not imported for it."""
    module = sys.modules.get("IPython")
    return module.get_ipython() if module is not None else None


def say(text: str) -> None:
    """Show a one-line remark: in a notebook as a quiet note, elsewhere printed."""
    if _shell() is None:
        print(text)
        return
    from IPython.display import display

    display({"text/plain": text, "text/html": note_html(text)}, raw=True)


def show_card(card: Card, language: str) -> None:
    """Display a card in the notebook, with its data for machines."""
    from IPython.display import display

    bundle = {
        "text/plain": card.to_text(language),
        "text/html": card.to_html(language),
        MIME_TYPE: card.to_dict(),
    }
    display(bundle, raw=True)


class NotebookHooks:
    """The hooks of one IPython shell."""

    def __init__(self, shell: Any) -> None:
        self.shell, self.language = shell, "en"
        self._before_cell: Callable[[], None] | None = None
        self._recorder: Recorder | None = None
        self._running: _CheckCell | None = None
        shell.events.register("pre_run_cell", self._on_cell)
        shell.events.register("post_run_cell", self._after_cell)
        shell.ast_transformers.append(SideKeeper())
        warnings.showwarning = self._show_warning

    @classmethod
    def install(cls, exercise: str, language: str, before_cell: Callable[[], None]) -> "NotebookHooks | None":
        """Hook into the running shell, once; None without IPython.

        Parameters
        ----------
        exercise : str
            Whose checks are recorded.
        language : str
            Of the cards.
        before_cell : callable
            Called before every cell.
        """
        shell = _shell()
        if shell is None:
            return None
        hooks = getattr(shell, "_biolab_hooks", None)
        if hooks is None:
            hooks = shell._biolab_hooks = cls(shell)
        hooks.language, hooks._before_cell = language, before_cell
        hooks._recorder = Recorder(shell, exercise)
        return hooks

    def begin_check(self) -> None:
        """Turn the cell that is running into a check cell."""
        if self._running is None:
            self._running = _CheckCell(self.shell, self.language)

    def _on_cell(self, _info: Any) -> None:
        if self._before_cell is not None:
            self._before_cell()

    def _after_cell(self, result: Any) -> None:
        running, self._running = self._running, None
        if running is None:
            return
        card = running.end(result)
        context.leave()
        if card is not None and self._recorder is not None:
            self._recorder.record(card)

    def _show_warning(
        self,
        message: Warning | str,
        category: type[Warning],
        filename: str,
        lineno: int,
        file: TextIO | None = None,
        line: str | None = None,
    ) -> None:
        """Show a warning as a note; one that was meant for a file goes there.

        Of a hidden part nothing is shown, nor after a failure: IPython tells how to exit after SystemExit.
        """
        if file is not None:
            file.write(warnings.formatwarning(message, category, filename, lineno, line))
            return
        check = context.current()
        if (check is not None and check.hidden) or (self._running is not None and self._running.has_failed):
            return
        say(f"{category.__name__}: {one_line(str(message), 400)}")


class _CheckCell:
    """One check cell from `lab.check` to its end."""

    def __init__(self, shell: Any, language: str) -> None:
        self.shell, self.language = shell, language
        self._failed: CheckFailed | None = None
        self._overrides = (
            _Override(shell, "showtraceback", self._show_failure),
            _Override(shell.displayhook, "quiet", lambda: True),
        )
        self._streams = _ErrorsToOutput()

    @property
    def has_failed(self) -> bool:
        """Whether the card of a failure has been shown."""
        return self._failed is not None

    def end(self, result: Any) -> Card | None:
        """Put the shell back, show how the check ended, and return that card."""
        for override in self._overrides:
            override.undo()
        running, card = context.current(), None
        if self._failed is not None:
            result.error_in_exec = self._failed  # the kernel's reply tells what the cell's output tells
            card = self._failed.card
        elif running is not None and result.success:
            card = pass_card(running)
            show_card(card, self.language)
        self._streams.restore()
        return card

    def _show_failure(self, *_args: Any, **_options: Any) -> None:
        """Show the card and one line instead of a traceback, which would show the check's source."""
        error = sys.exc_info()[1]
        assert error is not None, "IPython shows a traceback while it handles an exception"
        card = card_from_exception(error, context.current())
        self._failed = CheckFailed(card)
        show_card(card, self.language)
        self.shell._showtraceback(CheckFailed, self._failed, [str(self._failed)])


class _Override:
    """Another value for an attribute of one object, until it is undone."""

    def __init__(self, owner: Any, name: str, value: Any) -> None:
        self._owner, self._name = owner, name
        self._had, self._before = name in vars(owner), vars(owner).get(name)
        setattr(owner, name, value)

    def undo(self) -> None:
        """Put back what was there before."""
        if self._had:
            setattr(self._owner, self._name, self._before)
        else:
            delattr(self._owner, self._name)


class _ErrorsToOutput:
    """Let everything written to stderr come out on stdout: by Python, by old references to it, by C code."""

    def __init__(self) -> None:
        stream: Any = sys.stderr
        self._stream = stream if _is_notebook_stream(stream) else None
        self._descriptor: int | None = None
        if self._stream is None:
            return
        self._flush()
        self._stream.name = "stdout"
        try:
            self._descriptor = os.dup(2)
            os.dup2(1, 2)
        except OSError:  # a process without these descriptors has no C-level stderr either
            self._descriptor = None

    def restore(self) -> None:
        if self._stream is None:
            return
        self._flush()
        self._stream.name = "stderr"
        if self._descriptor is not None:
            os.dup2(self._descriptor, 2)
            os.close(self._descriptor)

    def _flush(self) -> None:
        sys.stdout.flush()
        sys.stderr.flush()


def _is_notebook_stream(stream: Any) -> bool:
    module = sys.modules.get("ipykernel.iostream")
    return module is not None and isinstance(stream, module.OutStream)
