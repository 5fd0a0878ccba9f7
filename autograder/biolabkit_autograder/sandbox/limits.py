"""How much a box may use: the resource limits that the kernel enforces on each of its processes.

Memory needs two hands. A limit of the address space (RLIMIT_AS) breaks torch and others that reserve far
more than they use, and a memory cgroup needs a delegation that few machines give. So RLIMIT_DATA bounds the
writable private memory of each process, which turns one huge allocation into a `MemoryError` that the learner
sees at once; and the zygote watches what all processes of the box really hold (`watch`), and ends it beyond
the limit.
"""

import math
import os
import resource
from pathlib import Path

from biolabkit_autograder.sandbox.policy import Limits

__all__ = ["apply", "data_size", "limit_processes", "tasks_of"]

_MIB = 1 << 20


def data_size() -> int:
    """Bytes of writable private memory that this process has mapped already (what RLIMIT_DATA counts)."""
    try:
        status = Path("/proc/self/status").read_text()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in status.splitlines() if line.startswith("VmData")), 0)


def apply(limits: Limits, mapped: int) -> None:
    """Set every limit but that of processes, hard and soft alike.

    Parameters
    ----------
    limits : Limits
        The policy's limits.
    mapped : int
        `data_size` of the zygote, which the box starts with.
    """
    cpu_seconds = math.ceil(limits.seconds * (os.cpu_count() or 1)) + 1
    wanted = {
        "RLIMIT_CORE": 1,  # nothing at all: 0 does not hold where the kernel pipes dumps to a program
        "RLIMIT_CPU": cpu_seconds,
        "RLIMIT_DATA": mapped + limits.memory_mb * _MIB,
        "RLIMIT_FSIZE": limits.disk_mb * _MIB,
        "RLIMIT_MEMLOCK": 0,
        "RLIMIT_MSGQUEUE": 0,
        "RLIMIT_NICE": 0,
        "RLIMIT_NOFILE": limits.open_files,
        "RLIMIT_RTPRIO": 0,
        "RLIMIT_SIGPENDING": 1024,
    }
    for name, value in wanted.items():
        kind = getattr(resource, name, None)  # macOS has fewer
        if kind is not None:
            _lower(kind, value)


def limit_processes(count: int) -> None:
    """Limit the processes and threads of this user in this user namespace."""
    _lower(resource.RLIMIT_NPROC, count)


def tasks_of(uid: int) -> int:
    """Count a user's threads on this machine: where the box shares its user, they count as well."""
    count = 0
    for folder in Path("/proc").iterdir():
        try:
            if folder.name.isdecimal() and folder.stat().st_uid == uid:
                count += sum(1 for _ in (folder / "task").iterdir())
        except OSError:
            continue  # it ended meanwhile
    return count


def _lower(kind: int, value: int) -> None:
    """Set a limit, or leave the stricter one that the machine sets already."""
    _, hard = resource.getrlimit(kind)
    allowed = value if hard == resource.RLIM_INFINITY else min(value, hard)
    resource.setrlimit(kind, (allowed, allowed))
