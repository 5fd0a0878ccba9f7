"""What a box really uses: memory of all its processes and, where no file system limits it, disk space."""

import os
from contextlib import suppress
from pathlib import Path

__all__ = [
    "disk_bytes",
    "host_pid",
    "private_bytes",
    "proportional_bytes",
    "socket_bytes",
    "tree_bytes",
    "written_bytes",
]

_MOST_FILES = 20_000
_LONGEST_PATH = 2048
_ALL_OF_IT = 1 << 62
# What the usual buffer of a Unix socket takes when it is full
_SOCKET_BYTES = 256 << 10


def host_pid(pidfd: int) -> int:
    """Tell the process id, as this machine's /proc shows it, that a pidfd refers to; -1 when it has ended."""
    lines = Path(f"/proc/self/fdinfo/{pidfd}").read_text().splitlines()
    return next((int(line.split()[1]) for line in lines if line.startswith("Pid:")), -1)


def private_bytes(pid: int | str) -> int:
    """Memory of a process that no file backs, resident or swapped out, and the kernel's tables of its pages.

    Pages still shared with its parent count as well. Tables can be large where no page is taken: for memory
    that was only ever read, here and there.
    """
    return _kilobytes(pid, "status", ("RssAnon:", "RssShmem:", "VmSwap:", "HugetlbPages:", "VmPTE:"))


def tree_bytes(pid: int, inherited: int) -> int:
    """Memory that a process and all below it hold beyond what they began with.

    Parameters
    ----------
    pid : int
        The box's first process; it adopts every orphan, so all others are below it.
    inherited : int
        `private_bytes` of the zygote, whose pages each of them shares.
    """
    pids = _descendants(pid)
    return sum(max(0, private_bytes(one) - inherited) for one in pids)


def proportional_bytes(pid: int, inherited: int) -> int:
    """The same with every shared page counted once; slow, as the kernel walks all pages."""
    pids = _descendants(pid)
    if len(pids) == 1:
        return tree_bytes(pid, inherited)
    pages = sum(_kilobytes(one, "smaps_rollup", ("Pss_Anon:", "Pss_Shmem:", "SwapPss:")) for one in pids)
    return pages + sum(_kilobytes(one, "status", ("HugetlbPages:", "VmPTE:")) for one in pids)


def socket_bytes(pid: int) -> int:
    """Memory that Unix sockets of a box may hold for what nobody has read; 0 without a network of its own."""
    own = Path("/proc/self/ns/net").stat().st_ino
    try:
        tasks = list(Path(f"/proc/{pid}/task").iterdir())
    except OSError:
        return 0  # it ended meanwhile
    for task in tasks:
        with suppress(OSError):  # a thread that ended has no network
            if (task / "ns/net").stat().st_ino == own:
                return 0
            lines = (task / "net/protocols").read_text().splitlines()
            return _SOCKET_BYTES * sum(int(line.split()[2]) for line in lines if line.startswith("UNIX"))
    return 0


def _descendants(pid: int) -> list[int]:
    found, waiting = [], [pid]
    while waiting:
        one = waiting.pop()
        found.append(one)
        try:
            for task in Path(f"/proc/{one}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except OSError:
            continue  # it ended meanwhile
    return found


def _kilobytes(pid: int | str, name: str, fields: tuple[str, ...]) -> int:
    """Add up fields of a process; where its first thread has ended, only the others still tell."""
    first = Path(f"/proc/{pid}/{name}")
    try:
        return _field_sum(first, fields) or next(
            (found for path in _of_threads(pid, name) if (found := _field_sum(path, fields))), 0
        )
    except OSError:
        return 0  # it ended meanwhile


def _of_threads(pid: int | str, name: str) -> list[Path]:
    return [task / name for task in Path(f"/proc/{pid}/task").iterdir()]


def _field_sum(path: Path, fields: tuple[str, ...]) -> int:
    try:
        lines = path.read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) << 10 for line in lines if line.startswith(fields))


def disk_bytes(folder: str) -> int:
    """Bytes on disk below a folder.

    One of very many files, a very deep one, and one that its owner has closed count as endlessly full.
    """
    total, count, waiting = 0, 0, [folder]
    while waiting:
        path = waiting.pop()
        try:
            with os.scandir(path) as listed:
                entries = list(listed)
        except PermissionError:
            return _ALL_OF_IT
        except OSError:
            continue  # removed meanwhile
        count += len(entries)
        if count > _MOST_FILES or len(path) > _LONGEST_PATH:
            return _ALL_OF_IT
        for entry in entries:
            try:
                total += entry.stat(follow_symlinks=False).st_blocks * 512
                if entry.is_dir(follow_symlinks=False):
                    waiting.append(entry.path)
            except OSError:
                continue
    return total


def written_bytes(pid: int) -> int:
    """Bytes that a process ever wrote to files: space held by deleted files shows only here."""
    try:
        lines = Path(f"/proc/{pid}/io").read_text().splitlines()
    except OSError:
        return 0  # it ended, or is not ours to look at
    values = dict(line.split(": ") for line in lines)
    return max(int(values["wchar"]), int(values["write_bytes"]))
