"""The system calls that a box may not make, as a classic BPF program.

Everything is allowed but what stands here: numeric libraries use many calls, and what they use changes with
every release. What is refused is what opens new kernel surface (namespaces, mounts, bpf, io_uring, keys…),
reaches other processes, or holds memory that no other limit counts. Calls newer than the list, calls of the
32-bit and x32 interfaces and `clone3` (whose flags a filter cannot read) are answered as if the kernel did
not know them, or end the process.
"""

import ctypes
import struct
from collections.abc import Iterable
from errno import ENOSYS, EOPNOTSUPP, EPERM

from biolabkit_autograder.sandbox import kernel

__all__ = ["NUMBERS", "install", "program", "supported"]

# name: (x86_64, aarch64); None where the architecture has no such call.
NUMBERS: dict[str, tuple[int | None, int | None]] = {
    # other processes
    "ptrace": (101, 117),
    "process_vm_readv": (310, 270),
    "process_vm_writev": (311, 271),
    "process_madvise": (440, 440),
    "process_mrelease": (448, 448),
    "kcmp": (312, 272),
    "pidfd_getfd": (438, 438),
    "sched_setparam": (142, 118),
    "sched_setscheduler": (144, 119),
    "sched_setattr": (314, 274),
    "setpriority": (141, 140),
    "ioprio_set": (251, 30),
    "migrate_pages": (256, 238),
    "move_pages": (279, 239),
    # namespaces, mounts, roots
    "unshare": (272, 97),
    "setns": (308, 268),
    "mount": (165, 40),
    "umount2": (166, 39),
    "pivot_root": (155, 41),
    "chroot": (161, 51),
    "open_tree": (428, 428),
    "move_mount": (429, 429),
    "fsopen": (430, 430),
    "fsconfig": (431, 431),
    "fsmount": (432, 432),
    "fspick": (433, 433),
    "mount_setattr": (442, 442),
    "open_tree_attr": (467, 467),
    "statmount": (457, 457),
    "listmount": (458, 458),
    "name_to_handle_at": (303, 264),
    "open_by_handle_at": (304, 265),
    "quotactl": (179, 60),
    "quotactl_fd": (443, 443),
    "swapon": (167, 224),
    "swapoff": (168, 225),
    "fanotify_init": (300, 262),
    # kernel machinery
    "bpf": (321, 280),
    "perf_event_open": (298, 241),
    "userfaultfd": (323, 282),
    "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426),
    "io_uring_register": (427, 427),
    "add_key": (248, 217),
    "request_key": (249, 218),
    "keyctl": (250, 219),
    "kexec_load": (246, 104),
    "kexec_file_load": (320, 294),
    "init_module": (175, 105),
    "finit_module": (313, 273),
    "delete_module": (176, 106),
    "seccomp": (317, 277),
    "personality": (135, 92),
    "acct": (163, 89),
    "syslog": (103, 116),
    "reboot": (169, 142),
    "vhangup": (153, 58),
    "settimeofday": (164, 170),
    "clock_settime": (227, 112),
    "clock_adjtime": (305, 266),
    "adjtimex": (159, 171),
    "sethostname": (170, 161),
    "setdomainname": (171, 162),
    "nfsservctl": (180, 42),
    "lookup_dcookie": (212, 18),
    "iopl": (172, None),
    "ioperm": (173, None),
    "modify_ldt": (154, None),
    "uselib": (134, None),
    "ustat": (136, None),
    "sysfs": (139, None),
    "_sysctl": (156, None),
    "create_module": (174, None),
    "get_kernel_syms": (177, None),
    "query_module": (178, None),
    # memory that neither a resource limit nor a size-limited file system counts, or a number that all share
    "io_setup": (206, 0),
    "landlock_create_ruleset": (444, 444),
    "landlock_add_rule": (445, 445),
    "landlock_restrict_self": (446, 446),
    "inotify_add_watch": (254, 27),
    "inotify_init": (253, None),
    "inotify_init1": (294, 26),
    "vmsplice": (278, 75),
    "memfd_create": (319, 279),
    "memfd_secret": (447, 447),
    "shmget": (29, 194),
    "shmctl": (31, 195),
    "shmat": (30, 196),
    "semget": (64, 190),
    "semctl": (66, 191),
    "semop": (65, 193),
    "semtimedop": (220, 192),
    "msgget": (68, 186),
    "msgctl": (71, 187),
    "msgrcv": (70, 188),
    "msgsnd": (69, 189),
    "mq_open": (240, 180),
    "mq_unlink": (241, 181),
    "mbind": (237, 235),
    "set_mempolicy": (238, 237),
    "set_mempolicy_home_node": (450, 450),
}

# Where only Landlock stands: it knows nothing of these, and the caller's files and processes are in reach.
LANDLOCK_NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "fork": (57, None),
    "vfork": (58, None),
    "execve": (59, 221),
    "execveat": (322, 281),
    "socket": (41, 198),
    "pidfd_open": (434, 434),
    "pidfd_send_signal": (424, 424),
    "rt_sigqueueinfo": (129, 138),
    "rt_tgsigqueueinfo": (297, 240),
    "chown": (92, None),
    "fchown": (93, 55),
    "lchown": (94, None),
    "fchownat": (260, 54),
    "setxattr": (188, 5),
    "lsetxattr": (189, 6),
    "fsetxattr": (190, 7),
    "setxattrat": (463, 463),
    "removexattr": (197, 14),
    "lremovexattr": (198, 15),
    "fremovexattr": (199, 16),
    "removexattrat": (466, 466),
    "file_setattr": (469, 469),
}
# Answered with success and not done. Writing all of the machine's files out makes others wait. Linux gives
# each session the same share of the processors: sixty busy ones would leave the other boxes nearly nothing.
PRETENDED_NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "sync": (162, 81),
    "syncfs": (306, 267),
    "setsid": (112, 157),
}
# Where only Landlock stands: copying a file sets its mode and times, and should not fail for it.
LANDLOCK_PRETENDED_NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "chmod": (90, None),
    "fchmod": (91, 52),
    "fchmodat": (268, 53),
    "fchmodat2": (452, 452),
    "utime": (132, None),
    "utimes": (235, None),
    "futimesat": (261, None),
    "utimensat": (280, 88),
}
# Their first argument names a process: only the caller's own may stand there.
SELF_ONLY_NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "kill": (62, 129),
    "tgkill": (234, 131),
}
SELF_OR_ZERO_NUMBERS: dict[str, tuple[int | None, int | None]] = {
    "prlimit64": (302, 261),
    "sched_setaffinity": (203, 122),
}

NEWEST_KNOWN = 469  # file_setattr, Linux 6.17
_CLONE, _CLONE3, _SOCKET, _SOCKETPAIR = (56, 220), (435, 435), (41, 198), (53, 199)
_PRCTL, _IOCTL, _FALLOCATE, _TKILL = (157, 167), (16, 29), (285, 47), (200, 130)
_FCNTL, _SETSOCKOPT, _MMAP = (72, 25), (54, 208), (9, 222)

_NAMESPACE_FLAGS = 0x7E020000  # every CLONE_NEW* that clone() takes
_CLONE_THREAD = 0x10000
_AF_UNIX, _SOCK_STREAM = 1, 1
_SOCKET_KIND = 0xF  # the rest of the argument are flags
# PDEATHSIG, DUMPABLE, SECCOMP, MM, CHILD_SUBREAPER, PTRACER: each would weaken a wall
_REFUSED_PRCTL = (1, 4, 22, 35, 36, 0x59616D61)
# TIOCSTI, TIOCLINUX type into a terminal; FS_IOC_SETFLAGS, FS_IOC_FSSETXATTR change files opened for reading
_REFUSED_IOCTL = (0x5412, 0x541C, 0x40086602, 0x401C5820)
# SETLK, SETLKW and their kin for open files: no limit counts how many parts of a file are locked. Nobody else
# writes a box's files, and programs that lock one want to hear that it worked.
_PRETENDED_FCNTL = (6, 7, 37, 38)
# MAP_SHARED and MAP_ANONYMOUS: its pages stay when no process maps them any more, where nobody can count them
_SHARED_ANONYMOUS = 0x21
# SNDBUF, RCVBUF: what a socket may hold stays the usual, by which `watch` counts
_PRETENDED_SOCKET_OPTIONS = (7, 8)

_ARCHITECTURES = {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}
_LOAD, _JUMP_EQUAL, _JUMP_GREATER, _JUMP_BITS, _AND, _RETURN = 0x20, 0x15, 0x25, 0x45, 0x54, 0x06
_ALLOW, _ERRNO, _KILL_PROCESS = 0x7FFF0000, 0x00050000, 0x80000000
_NUMBER_AT, _ARCHITECTURE_AT, _ARGUMENTS_AT = 0, 4, 16

Instruction = tuple[int, int, int, int]  # code, jump if true, jump if false, value
_SIZE = 8


def supported() -> bool:
    """Whether the filter knows this machine's architecture."""
    return kernel.MACHINE in _ARCHITECTURES


def install(code: bytes) -> None:
    """Put a program around this process and all that it starts; there is no way back."""
    buffer = ctypes.create_string_buffer(code, len(code))
    header = struct.pack("HxxxxxxQ", len(code) // _SIZE, ctypes.addressof(buffer))
    kernel.call("prctl", ctypes.c_int(22), ctypes.c_ulong(2), header, ctypes.c_ulong(0), ctypes.c_ulong(0))


def program(machine: str, own_pid: int | None = None) -> bytes:
    """Write the filter.

    Parameters
    ----------
    machine : {"x86_64", "aarch64"}
        The architecture as `platform.machine` names it.
    own_pid : int, optional
        Given where no namespaces stand around the box: the only process that it may signal. No new processes,
        no sockets and no changes of files' modes then.

    Returns
    -------
    bytes
        Classic BPF instructions of 8 bytes each; empty for an architecture that is not `supported`.
    """
    if machine not in _ARCHITECTURES:
        return b""
    return b"".join(struct.pack("HBBI", *step) for step in _steps(machine, own_pid))


def _steps(machine: str, own_pid: int | None) -> list[Instruction]:
    column = list(_ARCHITECTURES).index(machine)
    steps: list[Instruction] = [
        (_LOAD, 0, 0, _ARCHITECTURE_AT),
        (_JUMP_EQUAL, 1, 0, _ARCHITECTURES[machine]),
        (_RETURN, 0, 0, _KILL_PROCESS),
        (_LOAD, 0, 0, _NUMBER_AT),
        # x32 calls carry a high bit, so they are beyond the newest number too
        (_JUMP_GREATER, 0, 1, NEWEST_KNOWN),
        (_RETURN, 0, 0, _ERRNO | ENOSYS),
    ]
    steps += _refuse(_numbers(NUMBERS, column), EPERM)
    steps += _refuse([_CLONE3[column]], ENOSYS)
    steps += _when(_SOCKETPAIR[column], _pairs(streams_only=own_pid is not None))
    steps += _when(_PRCTL[column], [*_argument(0), *_refuse(_REFUSED_PRCTL, EPERM)])
    steps += _when(_IOCTL[column], [*_argument(1), *_refuse(_REFUSED_IOCTL, EPERM)])
    flags_of_map = [*_argument(3), (_AND, 0, 0, _SHARED_ANONYMOUS)]
    steps += _when(_MMAP[column], [*flags_of_map, *_refuse([_SHARED_ANONYMOUS], EPERM)])
    steps += _when(_FCNTL[column], [*_argument(1), *_refuse(_PRETENDED_FCNTL, 0)])
    steps += _when(_SETSOCKOPT[column], [*_argument(2), *_refuse(_PRETENDED_SOCKET_OPTIONS, 0)])
    steps += _refuse(_numbers(PRETENDED_NUMBERS, column), 0)
    if own_pid is not None:
        steps += _landlock_steps(column, own_pid)
    else:
        flags = [*_argument(0), (_JUMP_BITS, 0, 1, _NAMESPACE_FLAGS), _deny(EPERM)]
        steps += _when(_CLONE[column], flags)
        steps += _when(_SOCKET[column], [*_argument(0), (_JUMP_EQUAL, 1, 0, _AF_UNIX), _deny(EPERM)])
    return [*steps, (_RETURN, 0, 0, _ALLOW)]


def _pairs(streams_only: bool) -> list[Instruction]:
    """Allow pairs of Unix sockets; none that could be turned to those of others, where these are in reach."""
    steps = [*_argument(0), (_JUMP_EQUAL, 1, 0, _AF_UNIX), _deny(EPERM)]
    if streams_only:
        steps += [*_argument(1), (_AND, 0, 0, _SOCKET_KIND), (_JUMP_EQUAL, 1, 0, _SOCK_STREAM), _deny(EPERM)]
    return steps


def _landlock_steps(column: int, own_pid: int) -> list[Instruction]:
    steps = _refuse(_numbers(LANDLOCK_NUMBERS, column), EPERM)
    steps += _refuse(_numbers(LANDLOCK_PRETENDED_NUMBERS, column), 0)
    # it would hold disk space that the watch over written bytes does not see
    steps += _refuse([_FALLOCATE[column]], EOPNOTSUPP)
    steps += _refuse([_TKILL[column]], EPERM)
    for number in _numbers(SELF_ONLY_NUMBERS, column):
        steps += _when(number, [*_argument(0), (_JUMP_EQUAL, 1, 0, own_pid), _deny(EPERM)])
    for number in _numbers(SELF_OR_ZERO_NUMBERS, column):
        own = [*_argument(0), (_JUMP_EQUAL, 2, 0, own_pid), (_JUMP_EQUAL, 1, 0, 0), _deny(EPERM)]
        steps += _when(number, own)
    threads = [*_argument(0), (_JUMP_BITS, 1, 0, _CLONE_THREAD), _deny(EPERM)]
    return steps + _when(_CLONE[column], threads)


def _numbers(table: dict[str, tuple[int | None, int | None]], column: int) -> list[int]:
    return [number for numbers in table.values() if (number := numbers[column]) is not None]


def _argument(index: int) -> list[Instruction]:
    """Load the low half of an argument: the kernel reads these arguments as 32-bit values."""
    return [(_LOAD, 0, 0, _ARGUMENTS_AT + 8 * index)]


def _deny(error: int) -> Instruction:
    return (_RETURN, 0, 0, _ERRNO | error)


def _refuse(values: Iterable[int], error: int) -> list[Instruction]:
    """Return `error` when the accumulator holds one of the values."""
    return [step for value in values for step in ((_JUMP_EQUAL, 0, 1, value), _deny(error))]


def _when(number: int, then: list[Instruction]) -> list[Instruction]:
    """Run `then`, which ends in allowing, for one system call only."""
    body = [*then, (_RETURN, 0, 0, _ALLOW)]
    return [(_JUMP_EQUAL, 0, len(body), number), *body]
