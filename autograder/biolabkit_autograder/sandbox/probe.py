"""Tries the walls on itself and prints what came of it: ``python -m biolabkit_autograder.sandbox.probe``."""

import json
import os
from collections.abc import Callable

from biolabkit_autograder.sandbox import kernel, landlock, namespaces, paths, seccomp

__all__ = ["main"]

_TOO_OLD = "the kernel is older than Linux 6.2 or Landlock is switched off (lsm= on its command line)"


def main() -> None:
    """Print JSON: for each wall an empty string, or why it does not stand."""
    found = {"seccomp": _in_child(_try_seccomp), "namespaces": _in_child(_try_namespaces)}
    found |= {"landlock": _in_child(_try_landlock), "interpreter": _reach()}
    print(json.dumps(found))


def _in_child(attempt: Callable[[], None]) -> str:
    """Run an attempt in a fork and return what it raised as text."""
    reading, writing = os.pipe()
    pid = os.fork()
    if pid == 0:
        os.close(reading)
        try:
            attempt()
        except OSError as error:
            os.write(writing, (error.strerror or str(error)).encode()[:1000])
        os._exit(0)
    os.close(writing)
    with os.fdopen(reading, "rb") as stream:
        text = stream.read().decode(errors="replace")
    _, status = os.waitpid(pid, 0)
    return text or ("" if status == 0 else "the attempt crashed")


def _try_seccomp() -> None:
    if not seccomp.supported():
        raise OSError(f"no list of system calls for {kernel.MACHINE}")
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    seccomp.install(seccomp.program(kernel.MACHINE))
    try:
        kernel.syscall("keyctl", seccomp.NUMBERS["keyctl"][kernel.MACHINE == "aarch64"] or 0, 0, 0, 0)
    except PermissionError:
        return
    raise OSError("a filter was taken but refuses nothing")


def _try_namespaces() -> None:
    namespaces.separate()
    problem = _in_child(_try_box)
    if problem:
        raise OSError(problem)


def _try_box() -> None:
    """Enter a box with nothing but the system in it."""
    other = namespaces.may_change_user()
    namespaces.keep_mounts_private()
    links, real = paths.resolve(paths.system_paths())
    namespaces.enter(real, links, disk_mb=1)
    if other:
        namespaces.change_user(namespaces.box_uid(os.getpid()))
    namespaces.own_user_namespace()
    kernel.drop_capabilities()


def _try_landlock() -> None:
    if landlock.version() < landlock.NEEDED_VERSION:
        raise OSError(_TOO_OLD)
    kernel.prctl(kernel.PR_SET_NO_NEW_PRIVS, 1)
    landlock.Ruleset().enforce()


def _reach() -> str:
    """Without a file tree of its own, a box of root's runs as a user who may not enter root's home."""
    return paths.unreachable(namespaces.box_uid(0)) if namespaces.may_change_user() else ""


if __name__ == "__main__":
    main()
