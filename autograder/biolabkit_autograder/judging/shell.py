"""An IPython shell whose displays, results and errors go to a cell's outputs, as in a notebook's kernel.

The shell is made once, in the process that the workbenches are forked from: importing
:mod:`biolabkit_autograder.judging.warm` makes it.
"""

import builtins
import os
import sys
from types import TracebackType
from typing import Any

from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from IPython.core.interactiveshell import InteractiveShell
from traitlets import Type
from traitlets.config import Config

from .outputs import Outputs, OutputStream

__all__ = ["WorkbenchShell", "make_shell"]

#: Shows figures at the end of the cell that made them, as in a notebook.
_INLINE = "module://matplotlib_inline.backend_inline"

_FRAMES_AT_EACH_END = 15
_MOST_CAUSES = 20
_NO_INPUT = (
    "input() cannot be used in a graded notebook: nobody is there to type. Put the value into the code. / "
    "채점되는 노트북에서는 input()을 사용할 수 없습니다. 값을 코드에 직접 쓰십시오."
)


class _Publisher(DisplayPublisher):
    """Takes what `display` publishes."""

    shell: Any

    def publish(
        self,
        data: dict[str, Any],
        metadata: dict[str, Any] | None = None,
        source: Any = None,  # noqa: ARG002  the base class has it
        *,
        transient: dict[str, Any] | None = None,
        update: bool = False,
        **_: Any,
    ) -> None:
        identity = (transient or {}).get("display_id")
        self.shell.outputs.display(dict(data), dict(metadata or {}), identity=identity, update=update)

    def clear_output(self, wait: bool = False) -> None:
        self.shell.outputs.clear(wait)


class _Hook(DisplayHook):
    """Takes the value of a cell's last line."""

    shell: Any

    def start_displayhook(self) -> None:
        self._result: dict[str, Any] = {}
        self._details: dict[str, Any] = {}

    def write_output_prompt(self) -> None:
        return

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        self._result, self._details = dict(format_dict), dict(md_dict or {})

    def finish_displayhook(self) -> None:
        if self._result:
            self.shell.outputs.display(self._result, self._details, count=self.shell.cell_number)
            self._result = {}


class WorkbenchShell(InteractiveShell):
    """The shell of a workbench.

    Attributes
    ----------
    outputs : Outputs
        Of the cell that is running.
    cell_number : int
        Its execution count.
    """

    displayhook_class = Type(_Hook)
    display_pub_class = Type(_Publisher)
    outputs: Outputs = Outputs(0)
    cell_number: int = 0

    def init_readline(self) -> None:
        """There is no line to read."""

    def enable_gui(self, gui: Any = None) -> None:
        """There is no window system; ``%matplotlib`` asks for one."""

    def _format_exception_for_storage(self, exception: BaseException, *_: Any, **__: Any) -> dict[str, Any]:
        """Keep no second copy of a traceback in the history, which ends with the workbench."""
        return {"ename": type(exception).__name__, "evalue": "", "traceback": []}

    def _get_exc_info(self, exc_tuple: Any = None) -> Any:
        """Leave the middle of a deep recursion out, as each frame takes milliseconds to be written."""
        found = super()._get_exc_info(exc_tuple)
        error: BaseException | None = found[1]
        for _ in range(_MOST_CAUSES):
            if error is not None:
                _shorten(error.__traceback__)
                error = error.__cause__ or error.__context__
        return found

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: Any) -> None:
        lines = stb if isinstance(stb, list) else [str(stb)]
        self.outputs.error(etype.__name__, _message(evalue), [str(line) for line in lines])

    def show_usage(self) -> None:
        """Nothing: a pager has no one to page for."""

    def begin(self, outputs: Outputs) -> None:
        """Turn to the outputs of a submission; called in the workbench, once."""
        self.outputs = outputs
        os.environ["MPLBACKEND"] = _INLINE
        sys.stdout, sys.stderr = OutputStream(outputs, "stdout"), OutputStream(outputs, "stderr")
        builtins.input = _refuse_input
        self.raw_input = _refuse_input


def make_shell() -> WorkbenchShell:
    """Make the one shell of this process, or give it; without history on disk and without threads."""
    if InteractiveShell.initialized():
        shell = InteractiveShell.instance()
        if isinstance(shell, WorkbenchShell):
            return shell
        type(shell).clear_instance()
    config = Config()
    config.HistoryManager.enabled = False
    config.InteractiveShell.colors = "nocolor"
    hooks = sys.displayhook, sys.excepthook, sys.modules["__main__"]
    shell = WorkbenchShell.instance(config=config)
    sys.displayhook, sys.excepthook, sys.modules["__main__"] = hooks
    _show_figures_inline(shell)
    return shell


def _show_figures_inline(shell: WorkbenchShell) -> None:
    from IPython.core.pylabtools import activate_matplotlib
    from matplotlib_inline.backend_inline import configure_inline_support

    activate_matplotlib(_INLINE)
    configure_inline_support(shell, _INLINE)


def _shorten(traceback: TracebackType | None) -> None:
    """Keep the first and the last frames."""
    steps = []
    while traceback is not None:
        steps.append(traceback)
        traceback = traceback.tb_next
    if len(steps) > 2 * _FRAMES_AT_EACH_END:
        steps[_FRAMES_AT_EACH_END - 1].tb_next = steps[-_FRAMES_AT_EACH_END]


def _refuse_input(*_: Any, **__: Any) -> str:
    raise StdinNotImplementedError(_NO_INPUT)


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:
        return ""
