"""The same tests as other users: an ordinary one, and root with a Python that everybody can reach."""

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ORDINARY = 54321
NESTED = [str(HERE / f"test_{name}.py") for name in ("attacks", "boxes", "lifetimes", "walls")]
needs_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or "BIOLAB_NESTED" in os.environ,
    reason="only root can become another user",
)


def run_as(uid, folder, *selection):
    """Run some of these tests as another user in a mount namespace of their own."""
    os.chown(folder, uid, uid)
    reached = [sys.prefix, sys.base_prefix, str(HERE.parents[1])]
    command = [
        sys.executable,
        str(HERE / "elsewhere.py"),
        str(uid),
        ":".join(reached),
        *(
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "-p",
            "no:cacheprovider",
            "-rf",
            "--basetemp",
            f"{folder}/base",
        ),
        *selection,
    ]
    environment = os.environ | {
        "BIOLAB_NESTED": "1",
        "USER": "trainee",
        "HOME": str(folder),
        "TMPDIR": str(folder),
    }
    environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST")}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=500, cwd=HERE)


@pytest.fixture
def folder():
    """A short path: sockets lie below it."""
    with tempfile.TemporaryDirectory(prefix="bl-", dir="/tmp") as path:
        Path(path).chmod(0o711)
        yield Path(path)


@needs_root
@pytest.mark.journey
def test_as_an_ordinary_user(folder):
    done = run_as(ORDINARY, folder, *NESTED)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert passed(done.stdout) >= 100  # both levels


@needs_root
@pytest.mark.journey
def test_as_root_without_namespaces(folder):
    done = run_as(0, folder, "-k", "landlock", *NESTED)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert passed(done.stdout) >= 40


def passed(output):
    return int(re.search(r"(\d+) passed", output)[1])
