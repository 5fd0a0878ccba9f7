"""Runs inside the kernel of *check all*: the notebook that is checked cannot be written from there."""

import os
import sys
from pathlib import Path
from typing import Any

__all__ = ["protect"]

_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT | os.O_TRUNC | os.O_APPEND
_CHANGES = {"os.remove": 1, "os.rename": 2, "os.truncate": 1, "os.link": 2, "os.symlink": 2}


def protect(notebook: str) -> None:
    """Let an attempt to write, replace or remove a file raise a PermissionError, for the rest of the process.

    A cell that saves under the notebook's own name would else replace what its learner has written.

    Parameters
    ----------
    notebook : str
        The saved notebook.
    """
    path = os.path.realpath(notebook)
    name = Path(path).name

    def hook(event: str, arguments: tuple[Any, ...]) -> None:
        if event == "open":
            touched = arguments[:1] if _writes(*arguments[1:3]) else ()
        else:
            touched = arguments[: _CHANGES.get(event, 0)]
        for file in touched:
            if isinstance(file, str | bytes | os.PathLike) and _same(os.fsdecode(file), name, path):
                raise PermissionError(f"{name} is being checked: its cells cannot write or remove it")

    sys.addaudithook(hook)


def _writes(mode: Any, flags: Any) -> bool:
    if isinstance(mode, str):
        return any(letter in mode for letter in "wax+")
    return isinstance(flags, int) and bool(flags & _WRITES)


def _same(file: str, name: str, path: str) -> bool:
    return file.endswith(name) and os.path.realpath(file) == path
