"""What depends on user and walls, tried as an ordinary user at both levels and as root without namespaces.

Time limits are so long that only what hangs meets them, however busy the machine is.
"""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ELSEWHERE = HERE.parent / "sandbox" / "elsewhere.py"
ORDINARY = 54322
#: What comes out depends on the user, or on the walls: the others are decided in the same way by whomever.
DIFFERENT = (
    "fork bomb",
    "thread bomb",
    "memory bomb",
    "family memory bomb",
    "disk bomb",
    "many files",
    "descriptors",
    "endless sleep",
    "exit at once",
    "kill everything",
    "daemon",
    "background program",
    "read others",
    "links",
    "environment",
    "proc tricks",
    "overwrite others",
    "install code",
    "connect out",
    "datagrams",
    "connect with programs",
    "listen",
    "ptrace",
    "signals",
    "signals by descriptors",
    "namespaces",
    "kernel surface",
    "crash in every call",
    "search memory",
    "answer key on disk",
    "gradebook by sqlite",
    "link to a neighbour",
)
RUNS = {
    "an ordinary user": (ORDINARY, "namespaces"),
    "an ordinary user without namespaces": (ORDINARY, "landlock"),
    "root without namespaces": (0, "landlock"),
}


@pytest.fixture
def folder():
    """A short path: sockets lie below it."""
    with tempfile.TemporaryDirectory(prefix="bl-", dir="/tmp") as path:
        Path(path).chmod(0o711)
        yield Path(path)


@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or "BIOLAB_NESTED" in os.environ,
    reason="only root can become another user",
)
@pytest.mark.journey
@pytest.mark.parametrize(("uid", "level"), RUNS.values(), ids=RUNS)
def test_the_batch_as_another_user(uid, level, folder):
    os.chown(folder, uid, uid)
    reached = [sys.prefix, sys.base_prefix, str(HERE.parents[1])]
    command = [
        sys.executable,
        str(ELSEWHERE),
        str(uid),
        ":".join(reached),
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rf", "--tb=short"),
        *(f"--basetemp={folder}/base", "-k", level, str(HERE / "test_batch.py")),
    ]
    environment = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST")} | {
        "BIOLAB_NESTED": "1",
        "BIOLAB_HOSTILE_ATTACKS": ",".join(DIFFERENT),
        "BIOLAB_HOSTILE_WORKERS": "4",
        "BIOLAB_HOSTILE_PATIENCE": "5",
        "BIOLABKIT_CACHE": str(folder / "cache"),
        "USER": "trainee",
        "HOME": str(folder),
        "TMPDIR": str(folder),
    }
    done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=HERE, timeout=550)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert int(re.search(r"(\d+) passed", done.stdout)[1]) >= 12
