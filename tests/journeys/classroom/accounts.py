"""Users of the operating system for the length of a test, and what they run."""

import grp
import os
import pwd
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[3]
_ELSEWHERE = REPOSITORY / "tests" / "sandbox" / "elsewhere.py"
#: Written into the password file, so that only accounts made here are ever removed.
_COMMENT = "biolabkit test account"
_NAME = re.compile(r"[a-z]+-bl(\d+)")
#: What a login of another user does not hand on.
_HANDED_ON = ("BIOLABKIT_MIRROR", "LANG", "OMP_NUM_THREADS", "PYTHONPATH", "TZ")


def why_not() -> str:
    """Say why accounts cannot be made here; empty when they can."""
    if sys.platform != "linux" or os.geteuid() != 0:
        return "only root can make users"
    missing = [tool for tool in ("useradd", "userdel") if shutil.which(tool) is None]
    return f"{', '.join(missing)} is not installed" if missing else ""


@dataclass(frozen=True)
class Account:
    """One user with a home that is closed to others."""

    name: str
    uid: int
    home: Path
    started: list[subprocess.Popen[str]] = field(default_factory=list, repr=False)

    def environment(self, **more: str) -> dict[str, str]:
        """As after a login, with this Python's commands first."""
        handed_on = {name: os.environ[name] for name in _HANDED_ON if name in os.environ}
        path = os.pathsep.join([str(Path(sys.executable).parent), os.defpath])
        own = {"HOME": str(self.home), "USER": self.name, "LOGNAME": self.name, "PATH": path}
        return {"LANG": "C.UTF-8", **handed_on, **own, **more}

    def start(self, *command: object, cwd: Path | None = None, **more: object) -> subprocess.Popen[str]:
        """Begin a command of this user's; one of Python's is named without its folder."""
        environment = self.environment(**more.pop("env", {}))
        reached = ":".join(map(str, (sys.prefix, sys.base_prefix, REPOSITORY)))
        program = shutil.which(str(command[0]), path=environment["PATH"])
        if program is None:
            raise FileNotFoundError(command[0])
        become = [sys.executable, str(_ELSEWHERE), str(self.uid), reached] if self.uid != os.geteuid() else []
        options = {"stdin": subprocess.DEVNULL, "start_new_session": True, "text": True, **more}
        process = subprocess.Popen(
            [*become, program, *map(str, command[1:])], cwd=cwd or self.home, env=environment, **options
        )
        self.started.append(process)
        return process

    def run(self, *command: object, status: int = 0, timeout: float = 120, **more: object) -> str:
        """Run a command to its end; its output and complaints, when it ends as expected."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
        with self.start(*command, **pipes, **more) as process:
            try:
                output, _ = process.communicate(timeout=timeout)
            except subprocess.TimeoutExpired:
                process.kill()
                raise
        assert process.returncode == status, f"{self.name}: {command}: {process.returncode}\n{output}"
        return output

    def tries(self, *command: object) -> tuple[bool, str]:
        """Whether a plain system command succeeds as this user, and what it says."""
        done = subprocess.run(
            list(map(str, command)),
            user=self.uid,
            group=self.uid,
            extra_groups=[],
            cwd="/",
            env={"PATH": os.defpath, "LC_ALL": "C"},
            capture_output=True,
            text=True,
            errors="replace",
            timeout=60,
        )
        return done.returncode == 0, done.stdout + done.stderr


@contextmanager
def accounts(*names: str) -> Iterator[list[Account]]:
    """Make users with homes, and remove them with all they run and own there."""
    _sweep()
    folder = Path(tempfile.mkdtemp(prefix="bl-", dir="/tmp"))
    folder.chmod(0o711)
    made: list[Account] = []
    try:
        for name in names:
            made.append(_make(f"{name}-bl{os.getpid()}", folder))
        yield made
    finally:
        for account in made:
            for process in account.started:  # one that has only just begun is not the user's yet
                with suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
            _remove(account.name, account.uid)
        shutil.rmtree(folder, ignore_errors=True)


def _make(name: str, folder: Path) -> Account:
    taken = {one.pw_uid for one in pwd.getpwall()} | {one.gr_gid for one in grp.getgrall()}
    home = folder / name
    # another test run may take the same number at the same moment
    for uid in (number for number in range(58_000, 59_000) if number not in taken):
        done = subprocess.run(
            [
                *("useradd", "--uid", str(uid), "--user-group", "--no-create-home", "--shell", "/bin/sh"),
                *("--home-dir", str(home), "--comment", _COMMENT, name),
            ],
            capture_output=True,
            text=True,
        )
        if done.returncode == 0:
            home.mkdir(mode=0o700)
            os.chown(home, uid, uid)
            return Account(name, uid, home)
        if done.returncode not in (1, 4):  # the password file is locked; the number is taken
            raise RuntimeError(done.stderr)
        time.sleep(0.2)
    raise RuntimeError("no free user number")


def _remove(name: str, uid: int) -> None:
    everything = [sys.executable, "-c", "import os, signal; os.kill(-1, signal.SIGKILL)"]
    subprocess.run(everything, user=uid, group=uid, extra_groups=[], cwd="/", env={}, check=False)
    for _ in range(50):
        done = subprocess.run(["userdel", "--force", name], capture_output=True, text=True, check=False)
        if done.returncode in (0, 6):  # 6: there is no such user
            return
        time.sleep(0.2)
    raise RuntimeError(f"cannot remove the user {name}: {done.stderr}")


def _sweep() -> None:
    """Remove what a test run that was killed has left."""
    for entry in pwd.getpwall():
        found = _NAME.fullmatch(entry.pw_name)
        if found and entry.pw_gecos == _COMMENT and not Path("/proc", found[1]).exists():
            _remove(entry.pw_name, entry.pw_uid)
            shutil.rmtree(entry.pw_dir, ignore_errors=True)
