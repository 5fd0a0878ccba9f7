"""Files that are whole or not there: write under a temporary name, then rename."""

import errno
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

__all__ = ["atomic_write"]

# What a write says when there is no room, without saying where.
_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def atomic_write(
    path: str | os.PathLike[str], mode: str = "w", *, permissions: int = 0o644
) -> Iterator[IO[Any]]:
    """Open a file for writing that replaces `path` only when the block ends well.

    Parameters
    ----------
    path : path-like
        The file to make or replace; its folder is made when it is missing.
    mode : {"w", "wb"}
        Text is UTF-8 with ``\\n`` line ends on every system.
    permissions : int
        Mode bits of the finished file.

    Raises
    ------
    OSError
        When the folder cannot be written or the disk is full, with `path` as its file name; `path` is then
        as it was before.
    """
    target = Path(path)
    target.parent.mkdir(parents=True, exist_ok=True)
    try:
        descriptor, temporary = tempfile.mkstemp(prefix=f".{target.name}.", suffix=".tmp", dir=target.parent)
    except OSError as error:  # which names a file that nobody asked for
        raise OSError(error.errno, error.strerror, str(target)) from error
    text = {} if "b" in mode else {"encoding": "utf-8", "newline": "\n"}
    try:
        with os.fdopen(descriptor, mode, **text) as stream:  # type: ignore[call-overload]  # mode is a variable
            yield stream
            stream.flush()
            os.fsync(stream.fileno())
        Path(temporary).chmod(permissions)
        os.replace(temporary, target)  # noqa: PTH105  (the one call that is atomic on every system)
    except BaseException as error:
        Path(temporary).unlink(missing_ok=True)
        if isinstance(error, OSError) and error.errno in _FULL and error.filename is None:
            error.filename = str(target)
        raise
