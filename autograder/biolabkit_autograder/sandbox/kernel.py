"""The Linux calls that Python's `os` lacks, as thin functions that raise `OSError` with the call's name."""

import ctypes
import os
import platform
import sys
from contextlib import suppress

__all__ = [
    "call",
    "close_descriptors",
    "drop_capabilities",
    "empty_bounding_set",
    "mount",
    "pivot_root",
    "prctl",
    "reopen_mount",
    "seal_mount",
    "setns",
    "syscall",
    "unmount",
    "unshare",
]

CLONE_NEWNS = 0x00020000
CLONE_NEWCGROUP = 0x02000000
CLONE_NEWUTS = 0x04000000
CLONE_NEWIPC = 0x08000000
CLONE_NEWUSER = 0x10000000
CLONE_NEWPID = 0x20000000
CLONE_NEWNET = 0x40000000

MS_RDONLY, MS_NOSUID, MS_NODEV, MS_NOEXEC = 0x1, 0x2, 0x4, 0x8
MS_REMOUNT, MS_BIND, MS_REC, MS_PRIVATE = 0x20, 0x1000, 0x4000, 0x40000
MNT_DETACH = 2
MOUNT_ATTR_RDONLY, MOUNT_ATTR_NOSUID, MOUNT_ATTR_NODEV, MOUNT_ATTR_NOEXEC = 0x1, 0x2, 0x4, 0x8
AT_FDCWD, AT_RECURSIVE = -100, 0x8000

PR_SET_PDEATHSIG, PR_SET_DUMPABLE, PR_SET_NAME = 1, 4, 15
PR_CAPBSET_DROP, PR_SET_CHILD_SUBREAPER, PR_SET_NO_NEW_PRIVS, PR_CAP_AMBIENT = 24, 36, 38, 47
PR_CAP_AMBIENT_CLEAR_ALL = 4


MACHINE = platform.machine()
# The same number on every architecture since Linux 5.
SYS_CLOSE_RANGE, SYS_MOUNT_SETATTR = 436, 442
SYS_PIVOT_ROOT, SYS_CAPSET = {"aarch64": (41, 91)}.get(MACHINE, (155, 126))

_LIBC = ctypes.CDLL(None, use_errno=True)
_CAPABILITY_VERSION_3 = 0x20080522


def call(name: str, *arguments: object) -> int:
    """Call a function of the C library.

    Raises
    ------
    OSError
        When it returns a negative value; the message begins with the call's name.
    """
    return _checked(name, getattr(_LIBC, name)(*arguments))


def syscall(name: str, number: int, *arguments: object) -> int:
    """Make a system call that the C library has no function for; integers travel as longs."""
    longs = [ctypes.c_long(value) if isinstance(value, int) else value for value in arguments]
    return _checked(name, _LIBC.syscall(ctypes.c_long(number), *longs))


def _checked(name: str, result: int) -> int:
    if result < 0:
        number = ctypes.get_errno()
        raise OSError(number, f"{name}: {os.strerror(number)}")
    return result


def unshare(flags: int) -> None:
    """Leave the namespaces named by `flags` for new ones."""
    call("unshare", ctypes.c_int(flags))


def setns(descriptor: int, flags: int) -> None:
    """Enter the namespace that a descriptor refers to."""
    call("setns", ctypes.c_int(descriptor), ctypes.c_int(flags))


def mount(source: str, target: str, kind: str = "", flags: int = 0, options: str = "") -> None:
    """Mount a file system or bind a path; `target` is named when it fails."""
    try:
        call(
            "mount", source.encode(), target.encode(), kind.encode(), ctypes.c_ulong(flags), options.encode()
        )
    except OSError as error:
        raise OSError(error.errno, f"mount {source} on {target}: {os.strerror(error.errno or 0)}") from None


def unmount(target: str, flags: int = MNT_DETACH) -> None:
    """Take a mounted file system away."""
    call("umount2", target.encode(), ctypes.c_int(flags))


def pivot_root(new: str, old: str) -> None:
    """Make `new` the root and put the old one at `old`."""
    syscall("pivot_root", SYS_PIVOT_ROOT, new.encode(), old.encode())


class _MountAttributes(ctypes.Structure):
    _fields_ = (
        ("set", ctypes.c_uint64),
        ("clear", ctypes.c_uint64),
        ("propagation", ctypes.c_uint64),
        ("user_namespace", ctypes.c_uint64),
    )


def seal_mount(target: str, attributes: int) -> None:
    """Add attributes such as read-only to a mount and all mounts below it (Linux 5.12)."""
    _set_mount(target, AT_RECURSIVE, _MountAttributes(set=attributes))


def reopen_mount(target: str) -> None:
    """Make one sealed mount writable again."""
    _set_mount(target, 0, _MountAttributes(clear=MOUNT_ATTR_RDONLY))


def _set_mount(target: str, flags: int, wanted: _MountAttributes) -> None:
    size = ctypes.sizeof(wanted)
    path, pointer = target.encode(), ctypes.byref(wanted)
    syscall("mount_setattr", SYS_MOUNT_SETATTR, AT_FDCWD, path, flags, pointer, size)


def prctl(option: int, *arguments: int) -> int:
    """Change an attribute of this process."""
    longs = [ctypes.c_ulong(value) for value in (*arguments, 0, 0, 0, 0)[:4]]
    return call("prctl", ctypes.c_int(option), *longs)


class _CapabilityHeader(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _CapabilitySets(ctypes.Structure):
    _fields_ = (("words", ctypes.c_uint32 * 6),)


def empty_bounding_set() -> None:
    """Give up every capability that a program could bring; only possible before the user changes."""
    with suppress(OSError):  # beyond the kernel's last one; or not ours to drop, and no_new_privs bars it
        for capability in range(64):
            prctl(PR_CAPBSET_DROP, capability)


def drop_capabilities() -> None:
    """Empty every capability set, the bounding set too where this process may."""
    empty_bounding_set()
    prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL)
    header = _CapabilityHeader(version=_CAPABILITY_VERSION_3)
    syscall("capset", SYS_CAPSET, ctypes.byref(header), ctypes.byref(_CapabilitySets()))


def close_descriptors(first: int) -> None:
    """Close every descriptor from `first` on, those opened with O_PATH included."""
    if sys.platform == "linux":
        with suppress(OSError):  # before Linux 5.9
            syscall("close_range", SYS_CLOSE_RANGE, first, 2**31 - 1, 0)
            return
    os.closerange(first, os.sysconf("SC_OPEN_MAX"))
