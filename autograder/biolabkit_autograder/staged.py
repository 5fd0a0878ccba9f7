"""Files that are written and safe on the disk under temporary names, to take their own names later."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path

__all__ = ["StagedFile", "sweep"]

_SUFFIX = ".tmp"
#: A run that is alive publishes or discards its files long before.
_LEFT_BEHIND_SECONDS = 24 * 3600


class StagedFile:
    """A file's new bytes beside it, written out to the disk; the file itself is as it was until `publish`.

    Parameters
    ----------
    target : Path
        The file to make or replace; its folder is made when it is missing. One that has these bytes already
        is left alone.
    data : bytes
        Its new contents.

    Raises
    ------
    OSError
        When the folder cannot be written or the disk is full; nothing is left behind then.
    """

    def __init__(self, target: Path, data: bytes) -> None:
        self._target = target
        self._temporary = None if _holds(target, data) else _write_beside(target, data)

    def publish(self) -> None:
        """Give the file its name; from one moment to the next it has its new contents."""
        if self._temporary is not None:
            os.replace(self._temporary, self._target)  # noqa: PTH105  (the call that is atomic everywhere)
            self._temporary = None

    def discard(self) -> None:
        """Remove what was not published."""
        if self._temporary is not None:
            self._temporary.unlink(missing_ok=True)
            self._temporary = None


def sweep(folders: Iterable[Path]) -> None:
    """Remove what a run left behind that was killed a day ago or earlier."""
    for folder in folders:
        for path in folder.glob(f".*{_SUFFIX}"):
            with suppress(OSError):
                if time.time() - path.lstat().st_mtime > _LEFT_BEHIND_SECONDS:
                    path.unlink()


def _holds(path: Path, data: bytes) -> bool:
    try:
        return path.stat().st_size == len(data) and path.read_bytes() == data
    except OSError:
        return False


def _write_beside(target: Path, data: bytes) -> Path:
    target.parent.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name}.", suffix=_SUFFIX, dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(descriptor)
        Path(name).chmod(0o644)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
    return Path(name)
