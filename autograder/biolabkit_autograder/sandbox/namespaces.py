"""The main wall: a box has users, processes, network, IPC and a file tree of its own.

Three steps, each in another process of the chain *waiter → zygote → box*:

`separate` (waiter)
    As an ordinary user: a user namespace that maps only that user. Then a pid namespace, whose first process
    the zygote becomes: when it ends, the kernel ends every box.
`fork_into_pid_namespace` (zygote)
    Each box is the first process of its own pid namespace, and all that it started dies with it.
`enter` (box)
    Its own mount, network, IPC, UTS and cgroup namespaces; a root of read-only binds; then another user, and
    a user namespace in which nobody is mapped. The namespaces belong to the user namespace outside, so that
    no capability regained inside could change them.
"""

import os
import socket
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path

from biolabkit_autograder.sandbox import kernel
from biolabkit_autograder.sandbox.paths import DEVICES

__all__ = [
    "box_uid",
    "change_user",
    "enter",
    "fork_into_pid_namespace",
    "keep_mounts_private",
    "may_change_user",
    "own_user_namespace",
    "separate",
]

WORK, TEMPORARY, SHARED_MEMORY = "/learner", "/tmp", "/dev/shm"  # noqa: S108  (paths inside the box)
_WRITABLE = (WORK, TEMPORARY, SHARED_MEMORY)
_HOST, _SCRATCH = "/.host", "/.scratch"
_NOBODY = "learner:x:65534:65534::/work:/bin/sh\n"
# Beyond what distributions and container managers hand out (systemd: "unused"), so no account has it.
_FIRST_UID, _UIDS = 0x70000000, 0x10000


def separate() -> None:
    """Leave the caller's namespaces; the next forked process is the first of a new pid namespace."""
    uid, gid = os.geteuid(), os.getegid()
    if may_change_user():
        kernel.unshare(kernel.CLONE_NEWNS | kernel.CLONE_NEWPID)
        return
    kernel.unshare(kernel.CLONE_NEWUSER | kernel.CLONE_NEWNS | kernel.CLONE_NEWPID)
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1")
    Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1")


def keep_mounts_private() -> None:
    """Stop mounts made here from appearing elsewhere."""
    kernel.mount("none", "/", flags=kernel.MS_REC | kernel.MS_PRIVATE)


def fork_into_pid_namespace() -> int:
    """Fork; the new process is the first of its own pid namespace, and its end ends all that it started."""
    home = os.open("/proc/self/ns/pid", os.O_RDONLY | os.O_CLOEXEC)
    kernel.unshare(kernel.CLONE_NEWPID)
    pid = -1
    try:
        pid = os.fork()
    finally:
        if pid != 0:
            kernel.setns(home, kernel.CLONE_NEWPID)
            os.close(home)
    return pid


def may_change_user() -> bool:
    """Whether this is root, who must become somebody else before foreign code runs.

    The root of a container that maps only one user is an ordinary user with another name.
    """
    if os.geteuid() != 0 or box_uid(0) == 0:
        return False
    try:
        return Path("/proc/self/setgroups").read_text().strip() == "allow"
    except OSError:
        return True


def box_uid(number: int) -> int:
    """Choose a user that owns nothing on this machine, different for neighbouring numbers.

    In a container that maps few users it is the highest one that exists there.
    """
    wanted = _FIRST_UID + number % _UIDS
    highest = 0
    for line in Path("/proc/self/uid_map").read_text().splitlines():
        inside, _, count = map(int, line.split())
        if inside <= wanted < inside + count:
            return wanted
        highest = max(highest, inside + count - 1)
    return highest


def enter(paths: Sequence[str], links: Mapping[str, str], disk_mb: int) -> None:
    """Move this process, the first of its pid namespace, into its own file tree without a network.

    Parameters
    ----------
    paths, links : as `paths.resolve` returns them
        What may be read, and the symbolic links on the way to it.
    disk_mb : int
        MiB of the folders ``/work``, ``/tmp`` and ``/dev/shm`` together.

    Raises
    ------
    OSError
        When the kernel refuses a step; the message says which.
    """
    kernel.unshare(
        kernel.CLONE_NEWNS
        | kernel.CLONE_NEWIPC
        | kernel.CLONE_NEWUTS
        | kernel.CLONE_NEWNET
        | kernel.CLONE_NEWCGROUP
    )
    socket.sethostname("box")
    _new_root()
    _scratch(disk_mb)
    for path in (*paths, *DEVICES):
        _bind(path)
    for link, target in links.items():
        _link(link, target)
    _accounts()
    _processes()
    for folder in (_HOST, _SCRATCH):
        kernel.unmount(folder)
        Path(folder).rmdir()
    kernel.seal_mount("/", kernel.MOUNT_ATTR_RDONLY | kernel.MOUNT_ATTR_NOSUID)
    for folder in _WRITABLE:
        kernel.reopen_mount(folder)
    os.chdir(WORK)


def _new_root() -> None:
    """Make an empty memory file system the root; the machine's own tree is at `_HOST` for now."""
    base = "/tmp"  # noqa: S108  (any folder that exists everywhere)
    kernel.mount("box", base, "tmpfs", kernel.MS_NOSUID, "mode=755,size=1m,nr_inodes=4096")
    Path(base + _HOST).mkdir()
    kernel.pivot_root(base, base + _HOST)
    os.chdir("/")


def _bind(path: str) -> None:
    source = Path(_HOST + path)
    if source.is_dir():
        Path(path).mkdir(parents=True, exist_ok=True)
    elif source.exists():
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).touch()
    else:
        return  # it went away since the zygote listed it
    kernel.mount(str(source), path, flags=kernel.MS_BIND | kernel.MS_REC)


def _link(path: str, target: str) -> None:
    if not os.path.lexists(path):
        Path(path).parent.mkdir(parents=True, exist_ok=True)
        Path(path).symlink_to(target)


def _accounts() -> None:
    """Name the only user there is, for `getpass` and the like."""
    Path("/etc").mkdir(exist_ok=True)
    Path("/etc/passwd").write_text(_NOBODY)
    Path("/etc/group").write_text("learner:x:65534:\n")
    for name, target in (("fd", ""), ("stdin", "/0"), ("stdout", "/1"), ("stderr", "/2")):
        _link(f"/dev/{name}", f"/proc/self/fd{target}")


def _processes() -> None:
    """Show the box's own processes in /proc, and nothing of the kernel's settings.

    A container that hides parts of /proc makes the kernel refuse; Python does without.
    """
    Path("/proc").mkdir(exist_ok=True)
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    with suppress(PermissionError):
        kernel.mount("proc", "/proc", "proc", flags, "subset=pid")


def _scratch(disk_mb: int) -> None:
    """Give the box one size-limited memory file system, seen at three places."""
    flags = kernel.MS_NOSUID | kernel.MS_NODEV | kernel.MS_NOEXEC
    options = f"mode=755,size={disk_mb}m,nr_inodes={disk_mb * 64 + 1024}"
    Path(_SCRATCH).mkdir()
    kernel.mount("scratch", _SCRATCH, "tmpfs", flags, options)
    for folder in _WRITABLE:
        Path(folder).mkdir(parents=True)
        part = Path(_SCRATCH + folder)
        part.mkdir(parents=True)
        part.chmod(0o1777)
        kernel.mount(str(part), folder, flags=kernel.MS_BIND)


def change_user(uid: int) -> None:
    """Become a user without groups; only root can, and root must."""
    os.setgroups([])
    os.setresgid(uid, uid, uid)
    os.setresuid(uid, uid, uid)


def own_user_namespace() -> None:
    """Enter a user namespace in which nobody is mapped: no further one can be made below it."""
    kernel.unshare(kernel.CLONE_NEWUSER)
