"""The workbench's role: runs the learner's cells and answers the judge's questions about them.

It is the learner's process: whatever it says may be forged, and nobody believes it more than a value.
"""

import json
import os
import socket
import sys
import time
from typing import Any

from . import memory
from .clock import TimeIsUpError, time_limit
from .outputs import Outputs
from .service import Service, innermost_line
from .shell import WorkbenchShell, make_shell
from .wire import Channel, Kind, PeerGoneError

__all__ = ["main"]

#: In the place of outputs, for which there may be no room.
_FULL = json.dumps({"outputs": [], "full": True}).encode("ascii")


class _Workbench:
    def __init__(self, channel: Channel, config: dict[str, Any]) -> None:
        self._channel = channel
        self._outputs = Outputs(int(config["output_bytes"]))
        self._shell: WorkbenchShell = make_shell()
        self._shell.begin(self._outputs)
        sys.modules["__main__"] = self._shell.user_module
        self._sources: dict[str, str] = {}
        self._service = Service(channel, self._shell.user_ns, self._printed, self._where)

    def run(self) -> None:
        """Do as the supervisor and the judge ask until the channel is closed."""
        while True:
            try:
                kind, payload = self._channel.expect(Kind.RUN_CELL, Kind.REQUEST)
            except PeerGoneError:
                return
            except TimeIsUpError:  # an alarm of a cell that had just ended
                continue
            if kind is Kind.REQUEST:
                self._service.serve(payload)
            else:
                self._channel.send(Kind.CELL_DONE, self._done(json.loads(payload)))

    def _done(self, order: dict[str, Any]) -> bytes:
        """Run a cell and write down what came of it."""
        try:
            found = json.dumps(self._run_cell(order), default=str).encode("ascii")
        except MemoryError:
            return _FULL
        return _FULL if memory.is_full() else found

    def _run_cell(self, order: dict[str, Any]) -> dict[str, Any]:
        began, late = time.monotonic(), False
        if order["source"]:
            late = self._execute(order["source"], order["count"], order["seconds"])
        else:
            self._flush(order["seconds"])
        self._service.remember_setup(order["shared"])
        cut = self._outputs.cut
        return {
            "outputs": self._outputs.take(),
            "cut": cut,
            "late": late,
            "seconds": time.monotonic() - began,
        }

    def _execute(self, source: str, count: int, seconds: float) -> bool:
        """Run a cell; returns whether its time was up."""
        self._shell.execution_count = self._shell.cell_number = count
        try:
            with time_limit(seconds):
                result = self._shell.run_cell(source, store_history=True, silent=False)
        except TimeIsUpError:
            return True
        except BaseException as error:  # a hook of the learner's in the shell
            self._outputs.error(type(error).__name__, str(error), [])
            return False
        failure = result.error_in_exec or result.error_before_exec
        if isinstance(failure, MemoryError) and not self._outputs.has_error:  # nor was any left to show it
            self._outputs.error("MemoryError", "", ["MemoryError"])
        return isinstance(failure, TimeIsUpError)

    def _flush(self, seconds: float) -> None:
        """Show the figures that learner's functions made while a check called them."""
        from matplotlib_inline.backend_inline import flush_figures

        try:
            with time_limit(seconds):
                flush_figures()
        except BaseException:  # noqa: S110  (a figure that cannot be drawn is not shown)
            pass

    def _printed(self) -> list[tuple[str, str]]:
        """Take what was printed while a question was answered; displays stay for the end of the check."""
        streams = [item for item in self._outputs.items if item["output_type"] == "stream"]
        self._outputs.items = [item for item in self._outputs.items if item["output_type"] != "stream"]
        return [(item["name"], item["text"]) for item in streams]

    def _where(self, error: BaseException) -> tuple[str, str] | None:
        return innermost_line(error, self._source)

    def _source(self, filename: str) -> str | None:
        import linecache

        if "ipykernel" not in filename and "ipython-input" not in filename:
            return None
        return "".join(linecache.getlines(filename))


def main(channel: socket.socket, config: dict[str, Any]) -> None:
    """Be the workbench of one submission.

    Parameters
    ----------
    channel : socket.socket
        To the supervisor.
    config : dict
        ``environment`` (added to the process's) and ``output_bytes``.
    """
    os.environ.update(config["environment"])
    sys.argv = ["biolab"]
    _Workbench(Channel(channel), config).run()
