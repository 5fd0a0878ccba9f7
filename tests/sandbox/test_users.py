"""The same tests as other users: an ordinary one, and root with a Python that everybody can reach."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ORDINARY = 54321
needs_root = pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or "BIOLAB_NESTED" in os.environ,
    reason="only root can become another user",
)


def run_as(uid, folder, *selection):
    """Run this folder's tests as another user in a mount namespace of their own."""
    folder.chmod(0o755)
    reached = [sys.prefix, sys.base_prefix, str(HERE.parents[1])]
    command = [
        sys.executable,
        str(HERE / "elsewhere.py"),
        str(uid),
        ":".join(reached),
        *(sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-rf", "--basetemp", f"/tmp/biolab-{uid}"),
        *selection,
    ]
    environment = os.environ | {"BIOLAB_NESTED": "1", "USER": "trainee", "HOME": "/tmp", "TMPDIR": "/tmp"}
    environment = {name: value for name, value in environment.items() if not name.startswith("PYTEST")}
    return subprocess.run(command, capture_output=True, text=True, env=environment, timeout=500, cwd=HERE)


@needs_root
def test_as_an_ordinary_user(tmp_path):
    done = run_as(ORDINARY, tmp_path, str(HERE / "test_attacks.py"), str(HERE / "test_boxes.py"))
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
    assert "skipped" not in done.stdout.splitlines()[-1] or "failed" not in done.stdout
    print(done.stdout[-1500:])


@needs_root
def test_as_root_without_namespaces(tmp_path):
    done = run_as(0, tmp_path, "-k", "landlock", str(HERE / "test_attacks.py"), str(HERE / "test_boxes.py"))
    assert done.returncode == 0, done.stdout[-6000:] + done.stderr[-2000:]
