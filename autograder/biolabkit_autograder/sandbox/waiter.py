"""The process between a zygote and its owner: it waits for the zygote's end and clears up after it."""

import os
import select
import shutil
import signal
import sys
from contextlib import suppress
from pathlib import Path

from biolabkit_autograder.sandbox import kernel, scratch

__all__ = ["adopt_orphans", "wait"]


def adopt_orphans() -> None:
    """Become the parent of boxes whose zygote ends, so that `wait` sees their end too."""
    if sys.platform == "linux":
        kernel.prctl(kernel.PR_SET_CHILD_SUBREAPER, 1)


def wait(zygote: int, owner: int | None, folder: str, address: Path) -> int:
    """Wait for the zygote and every box of it, then remove the folders they used.

    Asked to end (SIGTERM), it ends the zygote first. The folder of the socket goes only when the owner is
    gone: an owner that lives reads the zygote's last words there, and removes it itself.

    Returns
    -------
    int
        The zygote's exit status.
    """

    def end(_number: int, _frame: object) -> None:
        with suppress(ProcessLookupError):
            os.kill(zygote, signal.SIGKILL)

    signal.signal(signal.SIGTERM, end)
    status = 0
    with suppress(ChildProcessError):
        while True:
            pid, ended = os.wait()
            status = ended if pid == zygote else status
    if folder:
        scratch.remove(folder)
    if owner is not None and _has_ended(owner):
        shutil.rmtree(address.parent, ignore_errors=True)
    return os.waitstatus_to_exitcode(status) & 0xFF


def _has_ended(pidfd: int) -> bool:
    return bool(select.select([pidfd], [], [], 0)[0])
