"""Nothing outlives its owner, whoever is killed; a course's warm zygote outlives only the command."""

import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

import pytest

from biolabkit_autograder.sandbox import Policy, SandboxError, Zygote
from biolabkit_autograder.sandbox import runtime as runtime_module

SOURCES = [("a.py", 1)]
HERE = Path(__file__).parent


@pytest.fixture
def supervisor(zygote):
    """Start the supervisor; a second role makes no difference to its end."""
    started = []

    def start(role):
        process = subprocess.Popen(
            [sys.executable, str(HERE / "supervisor.py"), zygote.isolation, role],
            stdout=subprocess.PIPE,
            text=True,
        )
        started.append(process)
        word, address = process.stdout.readline().split()
        assert word == "ready"
        return process, Path(address)

    yield start
    for process in started:
        process.kill()
        process.wait()
        process.stdout.close()


@pytest.mark.parametrize("role", ["ignore_all", "daemonise", "spin"])
def test_everything_dies_with_the_supervisor(supervisor, family, gone, role):
    process, address = supervisor(role)
    alive = family(process.pid)
    assert alive
    process.send_signal(signal.SIGKILL)
    process.wait()
    assert gone(alive)
    until = time.monotonic() + 10
    while address.exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not address.parent.exists()


def test_everything_dies_with_any_process_of_the_chain(supervisor, family, gone):
    """Kill the waiter, the zygote and the box in turn: all below each of them end."""
    for number in range(3):
        process, _ = supervisor("ignore_all")
        chain = family(process.pid)
        assert len(chain) == 3
        below = [chain[number], *family(chain[number])]
        os.kill(chain[number], signal.SIGKILL)
        assert gone(below)


def test_a_zygote_started_in_a_thread_outlives_the_thread(zygote):
    own = Zygote(["attacks"], isolation=zygote.isolation)
    thread = threading.Thread(target=own.start)
    thread.start()
    thread.join()
    time.sleep(0.2)
    with own.spawn("attacks:fine", {}, Policy(own.isolation)) as box:
        assert box.wait(10).reason == "ok"
    own.close()


@pytest.fixture
def runtime(monkeypatch):
    # the kernel allows 107 characters for the name of a socket, and tmp_path is long
    folder = Path(tempfile.mkdtemp(prefix="bl-"))
    monkeypatch.setenv("XDG_RUNTIME_DIR", str(folder))
    # somebody may edit the sources while the tests run
    monkeypatch.setattr("biolabkit_autograder.sandbox.runtime.sources", lambda: SOURCES)
    yield folder
    shutil.rmtree(folder, ignore_errors=True)


def test_a_long_runtime_folder_is_not_used(monkeypatch):
    monkeypatch.setenv("XDG_RUNTIME_DIR", "/tmp/" + 80 * "x")
    assert runtime_module.folder().parent == Path(tempfile.gettempdir())


@pytest.fixture
def course(tmp_path):
    folder = tmp_path / "course"
    folder.mkdir()
    return folder


def test_a_course_has_one_warm_zygote(zygote, runtime, course):
    first = Zygote.connect_or_start(course, ["attacks"], isolation=zygote.isolation, idle_seconds=1.0)
    with first.spawn("attacks:fine", {}, Policy(first.isolation)) as box:
        assert box.wait(10).reason == "ok"
    second = Zygote.connect_or_start(course, ["attacks"], isolation=zygote.isolation)
    assert second.address == first.address
    other = Zygote.connect_or_start(course, ["attacks", "json"], isolation=zygote.isolation, idle_seconds=0.1)
    assert other.address != first.address
    assert (runtime / "biolabkit").stat().st_mode & 0o777 == 0o700
    until = time.monotonic() + 20
    while (
        first.alive() or other.alive()
    ):  # each idles out by itself; asking keeps it awake for its second only
        assert time.monotonic() < until
        time.sleep(1.3)
    again = Zygote.connect_or_start(course, ["attacks"], isolation=zygote.isolation, idle_seconds=0.1)
    assert again.status()["missing"] == {}


@pytest.mark.usefixtures("runtime")
def test_changed_sources_need_another_zygote(zygote, course, monkeypatch):
    first = Zygote.connect_or_start(course, ["attacks"], isolation=zygote.isolation, idle_seconds=0.1)
    monkeypatch.setattr("biolabkit_autograder.sandbox.runtime.sources", lambda: [("a.py", 2)])
    second = Zygote.connect_or_start(course, ["attacks"], isolation=zygote.isolation, idle_seconds=0.1)
    assert second.address != first.address


@pytest.mark.usefixtures("runtime")
def test_a_box_of_the_course_zygote_dies_with_its_client(zygote, course):
    warm = Zygote.connect_or_start(course, ["attacks"], isolation=zygote.isolation, idle_seconds=0.5)
    box = warm.spawn("attacks:ignore_all", {}, Policy(warm.isolation))
    assert box.channel.recv(100)
    channel = box.channel.dup()
    box._connection.close()  # as when the client is killed
    channel.settimeout(10)
    assert channel.recv(1) == b""
    channel.close()
    box.channel.close()


def test_a_runtime_folder_that_others_may_enter_is_refused(runtime, course):
    (runtime / "biolabkit").mkdir()
    (runtime / "biolabkit").chmod(0o755)
    with pytest.raises(SandboxError, match="0700"):
        Zygote.connect_or_start(course, [], isolation="none")
    (runtime / "biolabkit").rmdir()
    (runtime / "biolabkit").symlink_to(course)
    with pytest.raises(SandboxError, match="0700"):
        Zygote.connect_or_start(course, [], isolation="none")
