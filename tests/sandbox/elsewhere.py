"""Run a command as another user: ``elsewhere.py UID PATH[:PATH...] COMMAND...``; needs root.

The paths are made reachable for that user even below a home that is closed to others, in a mount namespace of
the command's own; nothing changes for anybody else.
"""

import os
import sys
from pathlib import Path

from biolabkit_autograder.sandbox import kernel


def closed_folder(path):
    """Find the topmost folder on the way that others may not enter."""
    for folder in reversed(path.parents):
        if not folder.stat().st_mode & 0o001:
            return folder
    return None


def open_up(paths):
    """Put an open folder with only these paths in it in the place of each closed one."""
    closed = {}
    for path in paths:
        folder = closed_folder(path)
        if folder is not None:
            closed.setdefault(folder, []).append(path)
    for folder, inside in closed.items():
        handles = [(path, os.open(path, os.O_PATH)) for path in inside]
        kernel.mount("open", str(folder), "tmpfs", 0, "mode=755")
        for path, handle in handles:
            path.mkdir(parents=True)
            kernel.mount(f"/proc/self/fd/{handle}", str(path), flags=kernel.MS_BIND | kernel.MS_REC)
            os.close(handle)


def main():
    uid, paths, command = int(sys.argv[1]), sys.argv[2].split(":"), sys.argv[3:]
    kernel.unshare(kernel.CLONE_NEWNS)
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)
    open_up([Path(path).resolve() for path in paths])
    if uid:
        os.setgroups([])
        os.setresgid(uid, uid, uid)
        os.setresuid(uid, uid, uid)
    os.execv(command[0], command)


if __name__ == "__main__":
    main()
