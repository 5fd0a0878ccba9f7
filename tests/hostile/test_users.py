"""The same batch graded by other users: an ordinary one, and root without namespaces."""

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
needs_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or "BIOLAB_NESTED" in os.environ,
    reason="only root can become another user",
)


def run_as(uid, level, groups):
    """Run the tests of the batch as another user in a mount namespace of their own."""
    with tempfile.TemporaryDirectory(prefix="bl-", dir="/tmp") as name:
        folder = Path(name)
        folder.chmod(0o711)
        os.chown(folder, uid, uid)
        reached = [sys.prefix, sys.base_prefix, str(HERE.parents[1])]
        command = [
            sys.executable,
            str(ELSEWHERE),
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
                f"--basetemp={name}/base",
            ),
            *("-k", level, str(HERE / "test_batch.py")),
        ]
        environment = os.environ | {
            "BIOLAB_NESTED": "1",
            "BIOLAB_HOSTILE_GROUPS": groups,
            "USER": "trainee",
            "HOME": name,
            "TMPDIR": name,
        }
        environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST")}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=500, cwd=HERE)
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    return int(re.search(r"(\d+) passed", done.stdout)[1])


@needs_root
@pytest.mark.parametrize("level", ["namespaces", "landlock"])
def test_as_an_ordinary_user(level):
    assert run_as(ORDINARY, level, "harm") >= 12


@needs_root
def test_as_root_without_namespaces():
    assert run_as(0, "landlock", "harm design") >= 12
