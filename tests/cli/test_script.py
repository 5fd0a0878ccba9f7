"""The script `biolab`: makes its environment once, and mends what was left half-made.

It runs in a project as small as can be, whose own build backend needs nothing, so that no network is used.
"""

import os
import shutil
import signal
import subprocess
import sys
import time
import venv
from pathlib import Path

import pytest

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="a shell script")

_PYPROJECT = """\
[build-system]
requires = []
build-backend = "backend"
backend-path = ["."]
"""

_BACKEND = """\
import base64, hashlib, zipfile

FILES = {
    "tiny.py": "import sys\\n\\ndef main():\\n    print(*sys.argv[1:])\\n",
    "tiny-1.dist-info/METADATA": "Metadata-Version: 2.1\\nName: tiny\\nVersion: 1\\n",
    "tiny-1.dist-info/WHEEL": "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n",
    "tiny-1.dist-info/entry_points.txt": "[console_scripts]\\nbiolab = tiny:main\\n",
}


def build_editable(folder, config_settings=None, metadata_directory=None):
    with zipfile.ZipFile(f"{folder}/tiny-1-py3-none-any.whl", "w") as wheel:
        for name, text in FILES.items():
            wheel.writestr(name, text)
        wheel.writestr("tiny-1.dist-info/RECORD", "".join(f"{name},,\\n" for name in FILES))
    return "tiny-1-py3-none-any.whl"
"""


@pytest.fixture
def project(repository, tmp_path):
    """A checkout with a space and Korean letters in its path."""
    folder = tmp_path / "실습 lab"
    folder.mkdir()
    shutil.copy(repository / "biolab", folder)
    (folder / "pyproject.toml").write_text(_PYPROJECT, encoding="utf-8")
    (folder / "backend.py").write_text(_BACKEND, encoding="utf-8")
    (folder / "constraints.txt").touch()
    return folder


def environment(**more: str) -> dict[str, str]:
    own = {name: value for name, value in os.environ.items() if not name.startswith(("BIOLAB", "PIP_"))}
    return {**own, "BIOLAB_PYTHON": sys.executable, "PIP_NO_INDEX": "1", **more}


def biolab(script: Path, *arguments: str, **more: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [script, *arguments], capture_output=True, text=True, check=False, env=environment(**more)
    )


def test_it_installs_once_and_hands_on_its_arguments_also_through_a_link(project, tmp_path):
    first = biolab(project / "biolab", "data", "show", "두 낱말")
    assert (first.returncode, first.stdout) == (0, "data show 두 낱말\n"), first.stderr
    assert "installing" in first.stderr
    links = tmp_path / "bin"
    links.mkdir()
    (links / "biolab").symlink_to(Path("..") / project.name / "biolab")
    second = biolab(links / "biolab", "again")
    assert (second.stdout, second.stderr) == ("again\n", "")
    assert [path.name for path in links.iterdir()] == ["biolab"]


def test_an_environment_that_was_left_without_pip_is_finished(project):
    venv.create(project / ".venv", with_pip=False)
    called = biolab(project / "biolab", "on")
    assert (called.returncode, called.stdout) == (0, "on\n"), called.stderr


def test_a_failed_installation_is_tried_again(project):
    backend = (project / "backend.py").read_text(encoding="utf-8")
    (project / "backend.py").write_text("raise OSError('no space')", encoding="utf-8")
    failed = biolab(project / "biolab", "on")
    assert failed.returncode == 2
    assert failed.stderr.rstrip().endswith("run the same command again")
    (project / "backend.py").write_text(backend, encoding="utf-8")
    assert biolab(project / "biolab", "on").stdout == "on\n"


def test_an_environment_that_may_not_be_written_says_what_to_do(project):
    called = biolab(project / "biolab", "on", BIOLAB_VENV=str(project / "backend.py" / "venv"))
    assert called.returncode == 2
    assert "name a folder of your own in BIOLAB_VENV" in called.stderr
    assert len(called.stderr.splitlines()) == 1


def test_a_python_that_is_too_old_is_refused(project, tmp_path):
    old = tmp_path / "python3"
    old.write_text("#!/bin/sh\nexit 1\n", encoding="utf-8")
    old.chmod(0o755)
    called = biolab(project / "biolab", "on", BIOLAB_PYTHON=str(old))
    assert called.returncode == 2
    assert "Python 3.11" in called.stderr
    assert called.stdout == ""


def test_an_interrupted_installation_says_how_to_go_on(project):
    backend = (project / "backend.py").read_text(encoding="utf-8")
    started = project / "started"
    waiting = f"import pathlib, time\npathlib.Path({str(started)!r}).touch()\ntime.sleep(600)\n"
    (project / "backend.py").write_text(waiting, encoding="utf-8")
    with subprocess.Popen(
        [project / "biolab", "on"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=environment(),
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # a shell's "&" has it ignored
    ) as running:
        while not started.exists() and running.poll() is None:
            time.sleep(0.05)
        os.killpg(running.pid, signal.SIGINT)  # as the terminal does on Ctrl-C
        _, errors = running.communicate()
    assert running.returncode == 130
    assert errors.rstrip().endswith("run the same command again to go on")
    (project / "backend.py").write_text(backend, encoding="utf-8")
    assert biolab(project / "biolab", "on").stdout == "on\n"
