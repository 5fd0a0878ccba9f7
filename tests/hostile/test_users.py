"""The same batch graded by other users, at other levels: an ordinary one, and root without namespaces."""

import os
import re
import subprocess
import sys
import tempfile
from contextlib import ExitStack
from pathlib import Path

import pytest

HERE = Path(__file__).parent
ELSEWHERE = HERE.parent / "sandbox" / "elsewhere.py"
ORDINARY = 54322
#: user, level, groups of attacks
RUNS = (
    (ORDINARY, "namespaces", "harm"),
    (ORDINARY, "landlock", "harm design"),
    (0, "landlock", "harm"),
)


def start(uid, level, groups, folder):
    """Begin the tests of the batch as another user, in a mount namespace of their own."""
    folder.chmod(0o711)
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
        "BIOLAB_HOSTILE_GROUPS": groups,
        "BIOLAB_HOSTILE_WORKERS": "4",
        "BIOLABKIT_CACHE": str(folder / "cache"),
        "USER": "trainee",
        "HOME": str(folder),
        "TMPDIR": str(folder),
    }
    return subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, cwd=HERE
    )


@pytest.mark.skipif(
    not os.environ.get("BIOLAB_HOSTILE_USERS"),
    reason="the whole set again takes minutes and a quiet machine: set BIOLAB_HOSTILE_USERS=1",
)
@pytest.mark.skipif(
    sys.platform != "linux" or os.geteuid() != 0 or "BIOLAB_NESTED" in os.environ,
    reason="only root can become another user",
)
def test_other_users_and_levels():
    with ExitStack() as stack:
        folders = [
            Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="bl-", dir="/tmp"))) for _ in RUNS
        ]
        running = [start(*one, folder) for one, folder in zip(RUNS, folders, strict=True)]
        printed = [process.communicate(timeout=500)[0] for process in running]
    for process, text in zip(running, printed, strict=True):
        assert process.returncode == 0, text[-6000:]
        assert int(re.search(r"(\d+) passed", text)[1]) >= 12
