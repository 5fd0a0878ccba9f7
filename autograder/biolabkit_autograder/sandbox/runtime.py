"""What one user's commands keep for each other between runs: a private folder, locks, and names in it."""

import fcntl
import hashlib
import json
import os
import stat
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import biolabkit
import biolabkit_autograder
from biolabkit_autograder.sandbox.policy import SandboxError

__all__ = ["digest", "fingerprint", "folder", "locked", "sources"]

# The kernel allows 107 bytes for a socket's name; "/biolabkit/", 16 digits and ".sock" follow the folder.
_LONGEST_FOLDER = 75


def folder() -> Path:
    """Find the folder of this user's zygotes, made when missing, refused when not private.

    Raises
    ------
    SandboxError
        When it is somebody else's.
    """
    base = os.environ.get("XDG_RUNTIME_DIR", "")
    is_short = 0 < len(os.fsencode(base)) <= _LONGEST_FOLDER
    found = Path(base, "biolabkit") if is_short else Path(tempfile.gettempdir(), f"biolabkit-{os.getuid()}")
    with suppress(FileExistsError):
        found.mkdir(mode=0o700)
    status = found.lstat()
    if (
        not stat.S_ISDIR(status.st_mode)
        or status.st_uid != os.getuid()
        or stat.S_IMODE(status.st_mode) & 0o077
    ):
        raise SandboxError(f"{found}: expected a folder of yours with mode 0700; remove it and try again")
    return found


@contextmanager
def locked(path: Path) -> Iterator[None]:
    """Hold a lock that one process at a time can have; its end lets go of it."""
    with path.open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def fingerprint(course: Path, imports: list[str], level: str) -> str:
    """Name what a warm zygote depends on; another name means another process."""
    sites = [Path(entry) for entry in sys.path if entry.endswith("-packages")]
    installed = sorted(path.name for site in sites if site.is_dir() for path in site.glob("*-info"))
    return digest([str(course), imports, level, sys.executable, sys.version, installed, sources()])


def digest(parts: list[Any]) -> str:
    """Make a short name of plain values."""
    return hashlib.sha256(json.dumps(parts).encode()).hexdigest()[:16]


def sources() -> list[tuple[str, int]]:
    """Our own modules, with the time of their last change: a developer sees an edit at once."""
    roots = [Path(path) for package in (biolabkit, biolabkit_autograder) for path in package.__path__]
    return sorted((str(path), path.stat().st_mtime_ns) for root in roots for path in root.rglob("*.py"))
