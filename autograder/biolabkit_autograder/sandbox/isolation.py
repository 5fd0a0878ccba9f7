"""Which walls this machine can put up, found out by trying them in a process of their own."""

import functools
import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from biolabkit_autograder.sandbox.policy import Level

__all__ = ["Isolation", "detect"]

_SECONDS = 30


@dataclass(frozen=True)
class Isolation:
    """The strongest isolation of this machine.

    Attributes
    ----------
    level : {"namespaces", "landlock", "none"}
        What a `Policy` may ask for here.
    reasons : tuple of str
        In words, why it is this level: what works, what does not, and what would mend it.
    """

    level: Level
    reasons: tuple[str, ...]


@functools.cache
def detect() -> Isolation:
    """Try the walls in a process of their own and tell which of them stand.

    Takes a few hundredths of a second, once per process.
    """
    if sys.platform != "linux":
        return Isolation("none", (f"{sys.platform} has neither namespaces nor Landlock: grade on Linux",))
    answer = subprocess.run(
        [sys.executable, "-P", "-B", "-m", "biolabkit_autograder.sandbox.probe"],
        capture_output=True,
        timeout=_SECONDS,
        check=False,
    )
    if answer.returncode != 0:
        last = answer.stderr.decode(errors="replace").strip().splitlines()[-1:]
        return Isolation("none", ("the walls could not be tried: " + "".join(last),))
    return _judge(**json.loads(answer.stdout))


def _judge(seccomp: str, namespaces: str, landlock: str, interpreter: str) -> Isolation:
    """Choose the level; each argument is empty when that wall stands, else it says why it does not."""
    if seccomp:
        return Isolation("none", (f"seccomp: {seccomp}",))
    if not namespaces:
        second = f"not Landlock: {landlock}" if landlock else "Landlock stands behind them"
        return Isolation("namespaces", ("namespaces and seccomp work", second))
    why = f"namespaces: {namespaces}{_remedy()}"
    if landlock or interpreter:
        return Isolation("none", (why, f"Landlock: {landlock or interpreter}"))
    return Isolation("landlock", (why, "Landlock and seccomp work; learner code cannot start processes"))


def _remedy() -> str:
    """Name the switch that forbids user namespaces to ordinary users, where there is one."""
    switches = {
        "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1",
        "/proc/sys/kernel/unprivileged_userns_clone": "0",
        "/proc/sys/user/max_user_namespaces": "0",
    }
    for switch, closed in switches.items():
        try:
            if Path(switch).read_text().strip() == closed:
                return f" ({switch} is {closed}: an administrator can allow them)"
        except OSError:
            continue
    return "; in a container, root needs the capability SYS_ADMIN for them" if os.geteuid() == 0 else ""
