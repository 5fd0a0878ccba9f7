"""Which files of this machine a box may read: the interpreter, its packages and the system."""

import os
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

__all__ = ["interpreter_paths", "outermost", "package_paths", "resolve", "system_paths", "unreachable"]

# Programs and shared libraries; where these are links into /usr, the links are made again.
_SYSTEM = ("/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64", "/libx32", "/nix/store")
# What libraries look up. Neither accounts, hosts nor certificates: nobody inside needs them.
_SETTINGS = (
    "/etc/alternatives",
    "/etc/fonts",
    "/etc/ld.so.cache",
    "/etc/localtime",
    "/etc/magic",
    "/etc/mime.types",
    "/etc/timezone",
)
_FONTS = (".fonts", ".local/share/fonts")  # below the home folder
# Below an installation prefix; its `etc` and `var` can hold an installation's secrets.
_PREFIX_PARTS = ("bin", "lib", "lib64", "share", "pyvenv.cfg")
# Not /dev/zero: what is mapped of it is memory that no limit counts.
DEVICES = ("/dev/null", "/dev/urandom")


def system_paths() -> list[str]:
    """Programs, shared libraries, fonts and the few settings that libraries look up."""
    fonts = (str(Path.home() / folder) for folder in _FONTS)
    return [path for path in (*_SYSTEM, *_SETTINGS, *fonts) if Path(path).exists()]


def interpreter_paths() -> list[str]:
    """The interpreter, its standard library and the packages installed for it."""
    prefixes = dict.fromkeys((sys.prefix, sys.base_prefix, sys.exec_prefix, sys.base_exec_prefix))
    parts = [f"{prefix}/{part}" for prefix in prefixes for part in _PREFIX_PARTS]
    libraries = [sysconfig.get_path(name) for name in ("stdlib", "platstdlib", "purelib", "platlib")]
    programs = [sys.executable, os.path.realpath(sys.executable)]
    return [path for path in (*parts, *libraries, *programs) if path and Path(path).exists()]


def package_paths(known: Iterable[str]) -> list[str]:
    """Imported packages that live outside the installation, such as editable ones.

    Only the package's own folder, or the single file of a module: a folder that is merely on the import path
    may be the course's, with its answers.
    """
    covered = [os.path.realpath(path) for path in known]
    found: dict[str, None] = {}
    for name, module in list(sys.modules.items()):
        if "." in name or name == "__main__":
            continue
        for path in _origins(module):
            if not any(_below(os.path.realpath(path), folder) for folder in covered):
                found[path] = None
    return list(found)


def _origins(module: object) -> list[str]:
    folders = getattr(module, "__path__", None)
    if folders is not None:
        return [path for path in folders if Path(path).is_dir()]
    origin = getattr(module, "__file__", None)
    return [origin] if origin and Path(origin).is_file() else []


def _below(path: str, folder: str) -> bool:
    return path == folder or path.startswith(folder.rstrip("/") + "/")


def outermost(paths: Iterable[str]) -> list[str]:
    """Leave away each path that lies below another one; the order is by name."""
    kept: list[str] = []
    for path in sorted(set(paths)):
        if not any(_below(path, folder) for folder in kept):
            kept.append(path)
    return kept


def resolve(paths: Iterable[str]) -> tuple[dict[str, str], list[str]]:
    """Follow every symbolic link on the way to some paths.

    Returns
    -------
    links : dict of str to str
        Each link met and what it says, so that it can be made again elsewhere.
    real : list of str
        The real files and folders, none below another.
    """
    links: dict[str, str] = {}
    real: list[str] = []
    for path in paths:
        target = Path(path).absolute()
        for _ in range(40):  # as many links as the kernel follows
            link = _first_link(target)
            if link is None:
                break
            links[str(link)] = str(link.readlink())
            followed = link.parent / link.readlink() / target.relative_to(link)
            target = Path(os.path.normpath(followed))
        if os.path.lexists(target) and not target.is_symlink():
            real.append(str(target))
    return links, outermost(real)


def _first_link(path: Path) -> Path | None:
    """Find the topmost component of a path that is a symbolic link."""
    return next((part for part in (*reversed(path.parents), path) if part.is_symlink()), None)


def unreachable(uid: int) -> str:
    """Say which folder keeps a user who owns nothing from this interpreter; empty when none does."""
    for path in resolve(interpreter_paths())[1]:
        for folder in reversed(Path(path).parents):
            status = folder.stat()
            if status.st_uid != uid and not status.st_mode & 0o001:
                return (
                    f"boxes of root run as a user who may not enter {folder}, where Python lies ({path}); "
                    "install Python elsewhere, for example below /opt, or grade as an ordinary user"
                )
    return ""
