"""Which walls this machine can put up, found out by trying them in a process of their own."""

import functools
import json
import os
import subprocess
import sys
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from biolabkit._files import atomic_write
from biolabkit_autograder.sandbox import runtime
from biolabkit_autograder.sandbox.policy import Level, SandboxError

__all__ = ["Isolation", "detect", "recall"]

_SECONDS = 30
#: What forbids user namespaces to ordinary users, and the value that does.
_SWITCHES = {
    "/proc/sys/kernel/apparmor_restrict_unprivileged_userns": "1",
    "/proc/sys/kernel/unprivileged_userns_clone": "0",
    "/proc/sys/user/max_user_namespaces": "0",
}
#: What else decides about walls: the machine's start, security modules, and what this process may do.
_CIRCUMSTANCES = ("/proc/sys/kernel/random/boot_id", "/sys/kernel/security/lsm", "/proc/self/attr/current")
_RIGHTS = ("CapEff:", "CapBnd:", "NoNewPrivs:", "Seccomp:")


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
    for switch, closed in _SWITCHES.items():
        if _read(switch) == closed:
            return f" ({switch} is {closed}: an administrator can allow them)"
    return "; in a container, root needs the capability SYS_ADMIN for them" if os.geteuid() == 0 else ""


def recall() -> Isolation:
    """Give what `detect` found here when it was last asked in the same circumstances, else ask it.

    Walls are put up anew for every box, and one that cannot be put up ends the run: what is recalled only
    saves the trying.
    """
    if sys.platform != "linux":
        return detect()
    try:
        note = runtime.folder() / "isolation.json"
    except (OSError, SandboxError):
        return detect()
    now = runtime.digest(_circumstances())
    with suppress(OSError, ValueError, KeyError, TypeError):
        noted = json.loads(note.read_text())
        if noted["circumstances"] == now:
            return Isolation(noted["level"], tuple(noted["reasons"]))
    found = detect()
    if found.level != "none":  # else somebody may be mending it just now
        with suppress(OSError), atomic_write(note) as stream:
            json.dump({"circumstances": now, "level": found.level, "reasons": found.reasons}, stream)
    return found


def _circumstances() -> list[object]:
    status = _read("/proc/self/status").splitlines()
    return [
        os.uname().release,
        os.getresuid(),
        sys.executable,
        sys.version,
        [_read(path) for path in (*_CIRCUMSTANCES, *_SWITCHES)],
        [line for line in status if line.startswith(_RIGHTS)],
        [str(Path("/proc/self/ns", name).readlink()) for name in ("user", "mnt")],
        runtime.sources(),
    ]


def _read(path: str) -> str:
    try:
        return Path(path).read_text().strip()
    except OSError:
        return ""
