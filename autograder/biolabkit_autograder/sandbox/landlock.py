"""Landlock: the kernel checks every path this process opens against a list of its own making.

The second wall inside the namespaces, the first where they are missing. From Linux 5.13 on; the walls need
version 3 of the interface (Linux 6.2), as older ones let a process truncate any file.
"""

import os
import stat
import struct
from collections.abc import Iterable
from contextlib import suppress

from biolabkit_autograder.sandbox import kernel

__all__ = ["NEEDED_VERSION", "Ruleset", "version"]

NEEDED_VERSION = 3

_CREATE, _ADD_RULE, _RESTRICT_SELF = 444, 445, 446
_VERSION_FLAG, _RULE_PATH_BENEATH = 1, 1

_EXECUTE, _WRITE_FILE, _READ_FILE, _READ_DIR = 1 << 0, 1 << 1, 1 << 2, 1 << 3
_TRUNCATE, _IOCTL_DEVICE = 1 << 14, 1 << 15
_READ = _EXECUTE | _READ_FILE | _READ_DIR
# Removing and making files and folders, links among them, but no devices (bits 6 and 11)
_CHANGE = _WRITE_FILE | _TRUNCATE | sum(1 << bit for bit in (4, 5, 7, 8, 9, 10, 12, 13))
_FILE_RIGHTS = _EXECUTE | _WRITE_FILE | _READ_FILE | _TRUNCATE | _IOCTL_DEVICE
_ALL_RIGHTS = (1 << 15) - 1


def version() -> int:
    """Ask which version of Landlock the kernel speaks; 0 where it has none or it is switched off."""
    try:
        return kernel.syscall("landlock_create_ruleset", _CREATE, None, 0, _VERSION_FLAG)
    except OSError:
        return 0


class Ruleset:
    """The paths that stay open to a process; everything else is refused.

    Paths are opened when they are added, so they may lie where the process, less privileged by then, could
    not go itself.
    """

    def __init__(self) -> None:
        abi = version()
        self._handled = _ALL_RIGHTS | (_IOCTL_DEVICE if abi >= 5 else 0)
        network = 0b11 if abi >= 4 else 0  # binding and connecting of TCP sockets
        scope = 0b11 if abi >= 6 else 0  # abstract sockets and signals to processes outside
        attributes = struct.pack("QQQ", self._handled, network, scope)
        size = 8 if abi < 4 else 16 if abi < 6 else 24
        self._descriptor = kernel.syscall("landlock_create_ruleset", _CREATE, attributes, size, 0)

    def allow_reading(self, paths: Iterable[str]) -> None:
        """Open files and folders, with all below them, for reading and execution."""
        for path in paths:
            self._allow(path, _READ)

    def allow_writing(self, paths: Iterable[str]) -> None:
        """Open files and folders for reading and every change, device files excepted."""
        for path in paths:
            self._allow(path, (_READ | _CHANGE) & ~_EXECUTE)

    def _allow(self, path: str, rights: int) -> None:
        with suppress(FileNotFoundError):
            descriptor = os.open(path, os.O_PATH | os.O_CLOEXEC)
            try:
                if not stat.S_ISDIR(os.fstat(descriptor).st_mode):
                    rights &= _FILE_RIGHTS
                rule = struct.pack("=Qi", rights & self._handled, descriptor)
                kernel.syscall("landlock_add_rule", _ADD_RULE, self._descriptor, _RULE_PATH_BENEATH, rule, 0)
            finally:
                os.close(descriptor)

    def enforce(self) -> None:
        """Restrict this process and all that it starts; needs `no_new_privs`."""
        kernel.syscall("landlock_restrict_self", _RESTRICT_SELF, self._descriptor, 0)
        os.close(self._descriptor)
