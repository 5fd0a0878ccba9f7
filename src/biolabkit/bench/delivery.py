"""Putting a notebook where the instructor collects it: whole, or not at all."""

import errno
import json
import os
import shutil
from contextlib import suppress
from pathlib import Path

from biolabkit._files import atomic_write

from .receipts import Receipt, temporary

__all__ = ["exchange_target", "inbox_target", "put"]

_LONGEST_NAME = 255


def exchange_target(exchange: Path, receipt_name: str) -> Path:
    """The folder of a submission in an exchange, named as nbgrader names it."""
    return exchange / "inbound" / receipt_name


def inbox_target(inbox: Path, exercise: str, learner: str) -> Path:
    """The file of a submission in an inbox."""
    return inbox / exercise / f"{learner}.ipynb"


def submission_name(learner: str, exercise: str, received: str, token: str) -> str | None:
    """``<learner>+<exercise>+<time>+<token>``; None when no file can be called that."""
    name = f"{learner}+{exercise}+{received}+{token}"
    if name.count("+") != 3 or len(name.encode()) > _LONGEST_NAME:
        return None
    return name


def put(receipt: Receipt, content: bytes, received: str) -> None:
    """Put a notebook where its receipt says.

    Raises
    ------
    OSError
        When it cannot be put there; what was there before is as it was.
    """
    if receipt.token in receipt.target.name:
        _put_into_exchange(receipt, content, received)
    else:
        _put_into_inbox(receipt.target, content)


def _put_into_exchange(receipt: Receipt, content: bytes, received: str) -> None:
    """Make the folder under a hidden name, fill it, and rename it: who collects sees it whole or not at all.

    Modes are set by hand: the instructor must be able to read it, whatever the trainee's umask is.
    """
    hidden = temporary(receipt.target, receipt.token)
    files = {
        f"{receipt.exercise}.ipynb": content,
        "timestamp.txt": received.encode(),
        # nbgrader's own tools publish feedback under this
        "submission_secret.txt": receipt.token.encode(),
        # which one comes after which, whatever the clocks say
        "submission.json": json.dumps({"format": 1, "replaces": receipt.replaces}).encode(),
    }
    hidden.mkdir(mode=0o700)
    try:
        for name, data in files.items():
            _write(hidden / name, data)
        hidden.chmod(0o755)
        _sync_folder(hidden)
        hidden.rename(receipt.target)
    except BaseException:
        shutil.rmtree(hidden, ignore_errors=True)
        raise


def _write(path: Path, data: bytes) -> None:
    with path.open("xb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
    path.chmod(0o644)


def _sync_folder(folder: Path) -> None:
    """Write a folder's entries out, where the system can; a server that loses power has them then."""
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def _put_into_inbox(target: Path, content: bytes) -> None:
    folder = target.parent
    if not folder.is_dir():
        folder.mkdir(exist_ok=True)
        with suppress(PermissionError):  # another learner made it a moment ago
            folder.chmod(folder.parent.stat().st_mode & 0o7777)  # the next learner must be able to write too
    if not os.access(folder, os.W_OK | os.X_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(folder))
    with atomic_write(target, "wb") as stream:
        stream.write(content)
