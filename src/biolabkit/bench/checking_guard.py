"""Runs inside the kernel of *check all*: the notebook that is checked cannot be written from there."""

import os
import sys
from pathlib import Path
from typing import Any

__all__ = ["protect"]

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
#: Which arguments of Python's audit events name a file that is changed.
_CHANGED = {
    "os.link": slice(1, 2),
    "os.remove": slice(1),
    "os.rename": slice(2),
    "os.symlink": slice(1, 2),
    "os.truncate": slice(1),
    "shutil.copyfile": slice(1, 2),
}


def protect(notebook: str) -> None:
    """Let an attempt to write, replace or remove a file raise a PermissionError, for the rest of the process.

    A cell that saves under the notebook's own name would else replace what its learner has written.

    Parameters
    ----------
    notebook : str
        The saved notebook.
    """
    path = _real(notebook)
    name = Path(path).name

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            touched = arguments[:1] if _writes(*arguments[1:3]) else ()
        elif event in _CHANGED:
            touched = arguments[_CHANGED[event]]
        else:
            return
        for file in touched:
            if isinstance(file, str | bytes | os.PathLike) and _is(os.fsdecode(file), name, path):
                raise PermissionError(f"{name} is being checked: its cells cannot write or remove it")

    sys.addaudithook(hook)


def _writes(mode: Any, flags: Any) -> bool:
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & _WRITES)


def _is(file: str, name: str, path: str) -> bool:
    """Whether a file is the one at `path`; its name is looked at first, as that asks no disk."""
    return os.path.normcase(file).endswith(name) and _real(file) == path


def _real(file: str) -> str:
    return os.path.normcase(os.path.realpath(file))
