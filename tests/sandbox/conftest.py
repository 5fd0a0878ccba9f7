"""A warm zygote per level, and what the attacks aim at."""

import os
import socket
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

import pytest

from biolabkit_autograder.sandbox import Limits, Policy, Zygote, detect
from biolabkit_autograder.sandbox import paths as reach

HERE = Path(__file__).parent
#: Where the boxes of a zygote, by its address, have their folders.
SCRATCH: dict[str, Path] = {}
IMPORTS = ["attacks", "numpy", "pandas", "matplotlib.pyplot", "sklearn.linear_model", "pysam"]


def unavailable(level):
    """Say why a level cannot be had here; empty when it can."""
    if sys.platform != "linux":
        return "the walls are Linux's"
    if level == "namespaces":
        found = detect()
        return "" if found.level == "namespaces" else "; ".join(found.reasons)
    return reach.unreachable(1) if os.geteuid() == 0 else ""


@pytest.fixture(scope="session", autouse=True)
def importable():
    """The roles of the tests can be imported by a zygote."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PYTHONPATH", str(HERE), prepend=os.pathsep)
        yield


@pytest.fixture(scope="session", params=["namespaces", "landlock"])
def zygote(request):
    why = unavailable(request.param)
    if why:
        pytest.skip(why)
    with tempfile.TemporaryDirectory(
        prefix="bl-", dir="/tmp"
    ) as scratch:  # other zygotes run at the same time
        Path(scratch).chmod(0o711)
        with pytest.MonkeyPatch.context() as patch:
            patch.setenv("TMPDIR", scratch)
            warm = Zygote(IMPORTS, isolation=request.param)
            warm.start()
        with closing(warm):
            assert warm.status()["missing"] == {}
            SCRATCH[warm.address] = Path(scratch)
            yield warm


@pytest.fixture
def run(zygote):
    """Run a role; return what it sent and how it ended."""

    def run_role(role, config=None, *, data=(), **limits):
        policy = Policy(zygote.isolation, datasets=tuple(data), limits=Limits(**{"seconds": 60.0, **limits}))
        with zygote.spawn(f"attacks:{role}", config or {}, policy) as box:
            received = bytearray()
            box.channel.settimeout(90)
            while chunk := box.channel.recv(65536):
                received += chunk
            return received.decode(), box.wait(30)

    return run_role


@pytest.fixture
def targets(tmp_path, zygote):
    """Files, sockets and processes that no box may touch."""
    folder = tmp_path / "course"
    folder.mkdir()
    gradebook = folder / "gradebook.db"
    gradebook.write_text("points of everybody")
    gradebook.chmod(0o666)
    open_to_all(folder)  # only the walls stand between
    abstract = f"biolab-test-{os.getpid()}"
    path = str(tmp_path / "s")
    with (
        socket.create_server(("127.0.0.1", 0)) as tcp,
        socket.socket(socket.AF_UNIX) as unix,
        socket.socket(socket.AF_UNIX) as nameless,
    ):
        unix.bind(path)
        unix.listen()
        Path(path).chmod(0o777)
        nameless.bind("\0" + abstract)
        nameless.listen()
        yield {
            "gradebook": str(gradebook),
            "folder": str(folder),
            "port": tcp.getsockname()[1],
            "abstract": abstract,
            "unix": path,
            "zygote": zygote.address,
            "pids": [os.getpid(), *descendants(os.getpid())],
            "own_groups": bool(os.getgroups()) and os.getuid() != 0,
        }


def open_to_all(folder):
    """Let every user of this machine enter a test's folder."""
    for parent in (folder, *folder.parents[:-2]):
        if parent.stat().st_uid == os.getuid() and not parent.samefile(tempfile.gettempdir()):
            parent.chmod(0o777)


@pytest.fixture
def open_folder(tmp_path):
    open_to_all(tmp_path)
    return tmp_path


def descendants(pid):
    found = []
    for task in Path(f"/proc/{pid}/task").iterdir():
        for child in map(int, (task / "children").read_text().split()):
            found += [child, *descendants(child)]
    return found


def is_running(pid):
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


@pytest.fixture
def family():
    """All processes below one, as this machine's /proc shows them."""
    return descendants


@pytest.fixture
def gone():
    """Wait until none of some processes runs; say whether that came true."""

    def wait(pids, seconds=10):
        until = time.monotonic() + seconds
        while any(map(is_running, pids)):
            if time.monotonic() > until:
                return False
            time.sleep(0.05)
        return True

    return wait


@pytest.fixture
def scratch_of():
    """What is left in the folder where a zygote's boxes have theirs; there is none inside namespaces."""

    def left(zygote):
        if zygote.isolation == "namespaces":
            return []
        until = time.monotonic() + 60
        while left := [str(path) for path in SCRATCH[zygote.address].glob("biolab-boxes-*/*")]:
            if time.monotonic() > until:
                break
            time.sleep(0.05)
        return left

    return left
