"""What attacks aim at, and whether any of it was touched."""

import hashlib
import os
import secrets
import signal
import socket
import stat
import sysconfig
import tempfile
import time
from contextlib import suppress
from pathlib import Path

import numpy as np

import hostile

from .classroom import EXERCISE

_OWN = ("autograded", "evidence", "feedback", "report", "gradebook.db", "gradebook.db-journal")
_SHARED = (
    "/etc/cron.d",
    "/etc/profile.d",
    "/usr/local/lib",
    "/var/tmp",
    "/dev/shm",
)


class Traps:
    """Listeners, secrets and snapshots around a classroom.

    Parameters
    ----------
    classroom : Classroom
    patch : pytest.MonkeyPatch
        Sets the grader's home, temporary folder and secret.
    """

    def __init__(self, classroom, patch):
        self._classroom = classroom
        self.secrets = {
            kind: f"secret-{kind}-{secrets.token_hex(8)}" for kind in ("home", "variable", "work")
        }
        self.home = classroom.folder / "home"
        self.temporary = classroom.folder / "tmp"
        self.temporary.mkdir()
        for name in (".ipython/profile_default/startup", ".jupyter", ".config/matplotlib", ".local/lib"):
            (self.home / name).mkdir(parents=True)
        (self.home / ".secret").write_text(self.secrets["home"])
        (self.home / ".bashrc").write_text("# mine\n")
        patch.setenv("HOME", str(self.home))
        patch.setenv("TMPDIR", str(self.temporary))
        patch.setenv("BIOLABKIT_CACHE", str(self.home / ".cache" / "biolabkit"))
        patch.setattr(tempfile, "tempdir", None)
        patch.setenv("BIOLAB_HOSTILE_SECRET", self.secrets["variable"])
        self._listeners = {}
        self._signals = []

    def __enter__(self):
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        udp.bind(("127.0.0.1", 0))
        abstract, unix = socket.socket(socket.AF_UNIX), socket.socket(socket.AF_UNIX)
        self._abstract = f"biolab-hostile-{os.getpid()}-{secrets.token_hex(4)}"
        abstract.bind("\0" + self._abstract)
        self._unix = (
            tempfile.mkdtemp(prefix="bl-", dir="/tmp") + "/s"
        )  # a short path: it has 100 bytes at most
        unix.bind(self._unix)
        datagrams, nameless = (socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) for _ in range(2))
        datagrams.bind(f"{self._unix}d")
        nameless.bind(f"\0{self._abstract}-datagrams")
        self._listeners = {"tcp": tcp, "udp": udp, "abstract": abstract, "unix": unix}
        self._listeners |= {"datagrams": datagrams, "nameless datagrams": nameless}
        for path in (self._unix, f"{self._unix}d"):
            Path(path).chmod(0o777)  # only the walls stand between
        Path(self._unix).parent.chmod(0o777)
        for one in (abstract, unix):
            one.listen()
        self._handler = signal.signal(signal.SIGUSR2, lambda *_: self._signals.append("signal"))
        for one in self._listeners.values():
            one.setblocking(False)
        return self

    def __exit__(self, *_):
        signal.signal(signal.SIGUSR2, self._handler)
        for one in self._listeners.values():
            one.close()
        Path(self._unix).unlink()
        Path(f"{self._unix}d").unlink()
        Path(self._unix).parent.rmdir()

    @property
    def targets(self):
        """What attackers are told."""
        course = self._classroom.course
        neighbour = self._classroom.neighbour
        return hostile.Targets(
            course=str(course.folder),
            gradebook=str(course.folder / "gradebook.db"),
            source=str(course.notebook("source", EXERCISE)),
            neighbour=str(course.notebook("submitted", EXERCISE, neighbour)),
            evidence=str(course.evidence(EXERCISE, neighbour)),
            exercises=str(self._classroom.sources),
            home=str(self.home),
            packages=sysconfig.get_path("purelib"),
            variable="BIOLAB_HOSTILE_SECRET",
            port=self._listeners["tcp"].getsockname()[1],
            udp_port=self._listeners["udp"].getsockname()[1],
            abstract=self._abstract,
            socket=self._unix,
            datagrams=f"{self._unix}d",
            pids=(os.getpid(), os.getppid()),
        )

    def snapshot(self):
        """What must be as it was: the course but for what grading writes, the home, parts of the machine."""
        found = {}
        for root in (self._classroom.folder, Path(sysconfig.get_path("purelib"), "numpy", "testing")):
            for path in sorted(root.rglob("*")):
                if not self._is_grading_s_own(path):
                    found[str(path)] = _state(path)
        for path in (np.__file__, os.__file__):
            found[path] = _state(Path(path))
        return found

    def _is_grading_s_own(self, path):
        """Results, and what IPython and matplotlib keep in the grader's home."""
        own = [self._classroom.course.folder / name for name in _OWN]
        own += [self.temporary, self.home / ".cache"]
        own += [
            self.home / ".ipython" / "profile_default" / name for name in ("log", "pid", "security", "db")
        ]
        return any(path.is_relative_to(one) for one in own)

    def planted(self):
        """Files that attacks leave in places that all share; others may work there at the same time."""
        places = [*map(Path, _SHARED), Path(sysconfig.get_path("purelib")), Path(os.__file__).parent]
        places += [Path(np.__file__).parent, Path("/tmp"), self.temporary, Path("~root").expanduser()]
        names = (
            "biolab-hostile-",
            "biolab_hostile",
            "hostile.",
            "sitecustomize.py",
            "usercustomize.py",
            "link-",
        )
        return [str(path) for place in places for path in _entries(place) if path.name.startswith(names)]

    def reached(self):
        """Which listeners somebody has reached, and whether a signal came."""
        reached = sorted(set(self._signals))
        for name, one in self._listeners.items():
            try:
                one.recvfrom(100) if one.type == socket.SOCK_DGRAM else one.accept()
            except BlockingIOError:
                continue
            reached.append(name)
        return reached

    def alive(self, seconds=10.0):
        """Processes of the batch that still run, some time being given to those that are ending."""
        until = time.monotonic() + seconds
        while (left := self.processes()) and time.monotonic() < until:
            time.sleep(0.1)
        return left

    def processes(self):
        """Each process, by its id, that names this test's temporary folder: as an argument or a variable."""
        mark, found = str(self.temporary).encode(), {}
        for folder in Path("/proc").iterdir():
            if not folder.name.isdecimal() or int(folder.name) == os.getpid():
                continue
            try:
                text = (folder / "cmdline").read_bytes()
                running = (folder / "stat").read_text().rpartition(")")[2].split()[0] != "Z"
                with suppress(PermissionError):
                    text += (folder / "environ").read_bytes()
            except OSError:
                continue
            if mark in text and running:
                found[int(folder.name)] = text[:200]
        return found


def _state(path):
    status = path.lstat()
    data = b""
    if stat.S_ISREG(status.st_mode) and status.st_size < 1 << 22:
        data = path.read_bytes()
    digest = hashlib.sha256(data).hexdigest()
    if stat.S_ISDIR(status.st_mode):  # what is in it is looked at by itself
        return status.st_mode, status.st_uid
    return status.st_mode, status.st_uid, status.st_size, status.st_mtime_ns, digest


def _entries(place):
    try:
        return list(place.iterdir())
    except OSError:
        return []
