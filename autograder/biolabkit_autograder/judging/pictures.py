"""How the judge shows what check cells display: rich forms of values, and figures at the end of the cell."""

import importlib
import sys
from typing import Any

from .outputs import Outputs

__all__ = ["JudgeDisplay"]


class JudgeDisplay:
    """Displays to the outputs of a check cell, without an IPython shell.

    Parameters
    ----------
    outputs : Outputs
        Where it goes.
    """

    def __init__(self, outputs: Outputs) -> None:
        from IPython.core.interactiveshell import InteractiveShell

        self._outputs = outputs
        self._formatter: Any = None
        # the zygote's shell is for the workbench; checks are told that there is none
        if InteractiveShell.initialized():
            type(InteractiveShell.instance()).clear_instance()
        for name in ("IPython.display", "IPython.core.display_functions"):
            vars(importlib.import_module(name))["display"] = self.display
        pyplot: Any = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None:
            pyplot.switch_backend("agg")
            pyplot.show = lambda *_, **__: self.flush_figures()

    def display(
        self, *values: Any, raw: bool = False, metadata: dict[str, Any] | None = None, **_: Any
    ) -> None:
        """Display values as `IPython.display.display` does."""
        for value in values:
            data, details = (value, {}) if raw else self._format(value)
            if data:
                self._outputs.display(data, {**details, **(metadata or {})})

    def flush_figures(self) -> None:
        """Display the open figures and close them."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return
        for number in pyplot.get_fignums():
            self.display(pyplot.figure(number))
        self.close_figures()

    def close_figures(self) -> None:
        """Close the open figures."""
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is not None and pyplot.get_fignums():
            pyplot.close("all")

    def _format(self, value: Any) -> tuple[dict[str, Any], dict[str, Any]]:
        if self._formatter is None:
            from IPython.core.formatters import DisplayFormatter

            self._formatter = DisplayFormatter()
        figure = getattr(sys.modules.get("matplotlib.figure"), "Figure", None)
        if figure is not None and isinstance(value, figure):
            from IPython.core.pylabtools import print_figure

            return {"image/png": print_figure(value, base64=True), "text/plain": repr(value)}, {}
        data, details = self._formatter.format(value)
        return data, details
