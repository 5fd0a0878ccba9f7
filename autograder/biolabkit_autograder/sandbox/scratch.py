"""The folders of boxes that have no file tree of their own: made before, removed after with all in them."""

import math
import os
import shutil
import tempfile
import time
from contextlib import suppress
from pathlib import Path

from biolabkit_autograder.sandbox import enter

__all__ = ["make", "remove", "remove_soon"]

_MOMENT = 0.05  # seconds in which the zygote makes no box
_FOLDER = os.O_RDONLY | os.O_DIRECTORY | os.O_NOFOLLOW | os.O_CLOEXEC


def make(parent: str, uid: int | None) -> str:
    """Make the folders that a box may change, owned by the user that it becomes."""
    folder = tempfile.mkdtemp(prefix="box-", dir=parent)
    for name in ("", *enter.SCRATCH_PARTS):
        part = Path(folder, name)
        part.mkdir(exist_ok=True)
        if uid is not None:
            shutil.chown(part, uid, uid)
    return folder


def remove(folder: str) -> None:
    """Remove a box's folder once the box has ended; nobody else writes there then.

    Folders may be nested deeper than a name can be long, a stack deep or descriptors many, and closed to
    their owner. So there is one descriptor, which goes down and up again.
    """
    with suppress(OSError):
        _remove_below(folder, math.inf)
        os.rmdir(folder)  # noqa: PTH106


def remove_soon(folder: str) -> None:
    """Do as `remove`; what takes longer than a moment goes on in a process of its own.

    That is nobody's child: the waiter, which adopts orphans, waits for its end.
    """
    with suppress(_NotDoneError, OSError):
        _remove_below(folder, time.monotonic() + _MOMENT)
        os.rmdir(folder)  # noqa: PTH106
        return
    pid = os.fork()
    if pid == 0:
        if os.fork() == 0:
            remove(folder)
        os._exit(0)
    os.waitpid(pid, 0)


class _NotDoneError(Exception):
    """The time is up."""


def _remove_below(folder: str, until: float) -> None:
    here = os.open(folder, _FOLDER)
    try:
        above: list[tuple[str, list[str]]] = []
        waiting = _without_files(here, until)
        while waiting or above:
            if waiting:
                name = waiting.pop()
                here = _go(here, name)
                above.append((name, waiting))
                waiting = _without_files(here, until)
            else:
                name, waiting = above.pop()
                here = _go(here, "..")
                os.rmdir(name, dir_fd=here)
    finally:
        os.close(here)


def _go(here: int, name: str) -> int:
    if name != "..":
        os.chmod(name, 0o700, dir_fd=here)
    there = os.open(name, _FOLDER, dir_fd=here)
    os.close(here)
    return there


def _without_files(here: int, until: float) -> list[str]:
    """Remove the files of a folder, and name the folders in it."""
    folders = []
    with os.scandir(here) as entries:
        listed = list(entries)
    for entry in listed:
        if time.monotonic() > until:
            raise _NotDoneError
        if entry.is_dir(follow_symlinks=False):
            folders.append(entry.name)
        else:
            os.unlink(entry.name, dir_fd=here)
    return folders
