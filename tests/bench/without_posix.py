"""Makes an interpreter as poor as one on Windows: no pysam, no POSIX modules, no POSIX calls in `os`.

    python without_posix.py SCRIPT

What the standard library itself has imported of them keeps them, as it does without them on Windows.
"""

import os
import runpy
import signal
import sys

ABSENT = frozenset({"fcntl", "grp", "posix_ipc", "pty", "pwd", "pysam", "resource", "termios", "tty"})
CALLS = (
    "fork",
    "forkpty",
    "getegid",
    "geteuid",
    "getgid",
    "getuid",
    "killpg",
    "mkfifo",
    "sched_getaffinity",
    "setsid",
)
SIGNALS = ("SIGALRM", "SIGHUP", "SIGKILL", "SIGUSR1", "SIGUSR2")


class Absent:
    """Finds nothing where the others would."""

    def find_spec(self, name, _path=None, _target=None):
        if name.partition(".")[0] in ABSENT:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)


def impoverish():
    sys.meta_path.insert(0, Absent())
    for name in ABSENT & set(sys.modules):
        del sys.modules[name]
    for module, names in ((os, CALLS), (signal, SIGNALS)):
        for name in names:
            if hasattr(module, name):
                delattr(module, name)


if __name__ == "__main__":
    impoverish()
    sys.argv = sys.argv[1:]
    runpy.run_path(sys.argv[0], run_name="__main__")
