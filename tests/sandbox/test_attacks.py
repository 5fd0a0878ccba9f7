"""Attacks from inside a box: each is denied, and the box can say what got through."""

import json
import os
import time
from pathlib import Path

import pytest

from biolabkit_autograder.sandbox import Limits, Policy, watch
from biolabkit_autograder.sandbox.warden import Running

DENIED = ["network", "other_processes", "kernel_surface", "privileges", "read_others"]


@pytest.mark.parametrize("role", DENIED)
def test_nothing_gets_through(run, targets, role):
    said, report = run(role, targets)
    assert json.loads(said) == []
    assert report.reason == "ok"


def test_nothing_outside_can_be_changed(run, targets):
    gradebook = Path(targets["gradebook"])
    before = (
        gradebook.stat(),
        gradebook.read_bytes(),
        sorted(Path(targets["folder"]).iterdir()),
        Path(json.__file__).stat(),
    )
    said, report = run("write_outside", targets)
    assert json.loads(said) == []
    assert report.reason == "ok"
    after = (
        gradebook.stat(),
        gradebook.read_bytes(),
        sorted(Path(targets["folder"]).iterdir()),
        Path(json.__file__).stat(),
    )
    for old, new in zip(before, after, strict=True):
        if isinstance(old, os.stat_result):
            assert (old.st_mode, old.st_mtime_ns, old.st_uid, old.st_nlink) == (
                new.st_mode,
                new.st_mtime_ns,
                new.st_uid,
                new.st_nlink,
            )
        else:
            assert old == new


def test_only_its_own_descriptors_are_open(run, tmp_path):
    handle = os.open(tmp_path, os.O_PATH)
    os.set_inheritable(handle, True)
    try:
        said, _ = run("descriptors")
    finally:
        os.close(handle)
    assert json.loads(said) == {"numbers": [0, 1, 2, 3, 4], "nowhere": [0, 1, 2], "terminal": None}


def test_the_environment_tells_nothing(run, monkeypatch):
    monkeypatch.setenv("SECRET_TOKEN", "hush")
    said = json.loads(run("environment")[0])
    assert "hush" not in json.dumps(said)
    assert said["home"] == said["cwd"] == said["environment"]["HOME"]
    known = ("BIOLABKIT_OFFLINE", "HOME", "LANG", "MPLBACKEND", "PATH", "PYTHON", "TMPDIR", "USER")
    assert [
        n for n in said["environment"] if not n.startswith(known) and not n.endswith("_NUM_THREADS")
    ] == []


def test_a_fork_bomb_is_bounded(run, zygote):
    said, report = run("fork_bomb", processes=20)
    counts = json.loads(said)
    assert report.reason == "ok"
    if zygote.isolation == "landlock":
        assert counts["children"] == 0
        assert 0 < counts["threads"] <= 30  # other processes of the user may end meanwhile
    else:
        assert counts == {"children": 19, "threads": 0}


def test_a_huge_allocation_is_an_error_in_the_box(run):
    said, report = run("one_allocation", {"bytes": 400 << 20}, memory_mb=200)
    assert json.loads(said) == "MemoryError"
    assert report.reason == "ok"
    said, _ = run("one_allocation", {"bytes": 400 << 20}, memory_mb=800)
    assert json.loads(said) == "allocated"


def test_a_memory_bomb_is_bounded_and_named(run):
    _, report = run("sealed_memory_bomb", memory_mb=150)
    assert report.reason == "memory"
    assert report.max_rss < 2 << 30


def test_no_memory_hides_from_its_limit(run):
    assert json.loads(run("hidden_memory")[0]) == []


def test_many_processes_share_one_memory_limit(run, zygote):
    if zygote.isolation == "landlock":
        pytest.skip("no further processes there")
    _, report = run("family_memory_bomb", {"each_mb": 60}, memory_mb=200)
    assert report.reason == "memory"


def test_tables_of_empty_memory_count(run):
    _, report = run("page_tables", {"mb": 400}, memory_mb=150)
    assert report.reason == "memory"


def test_processes_without_their_first_thread_count(run, zygote):
    if zygote.isolation == "landlock":
        pytest.skip("no further processes there")
    _, report = run("headless_family", {"each_mb": 60}, memory_mb=200)
    assert report.reason == "memory"


def test_nothing_is_dumped(run):
    # 0 would not keep a program that the kernel pipes dumps to from getting them
    assert json.loads(run("core_limit")[0]) == [1, 1]


def test_folders_of_any_depth_are_removed(run, zygote, scratch_of):
    seconds = 40 if zygote.isolation == "landlock" else 0  # until it is found out
    said, report = run("deep_folders", {"depth": 1500, "seconds": seconds}, disk_mb=100)
    if zygote.isolation == "landlock":
        assert report.reason == "disk"
    else:
        assert (said.split(), report.reason) == (['"begun"', '"deep"'], "ok")
    assert scratch_of(zygote) == []
    assert run("fine", {"x": 1})[1].reason == "ok"


def test_folders_that_cannot_be_entered_count_and_are_removed(run, zygote, scratch_of):
    _, report = run("closed_folders", {"seconds": 40}, disk_mb=20)
    if zygote.isolation == "landlock":
        assert report.reason == "disk"
    else:
        assert (report.reason, report.detail) == ("signal", "SIGBUS")  # there is no room for a mapped page
    assert scratch_of(zygote) == []


def test_memory_shared_by_a_fork_counts_once(run, zygote):
    if zygote.isolation == "landlock":
        pytest.skip("no further processes there")
    said, report = run("shared_by_fork", {"mb": 100}, memory_mb=250)
    assert (json.loads(said), report.reason) == (100 << 20, "ok")


def test_memory_that_very_many_share_is_too_much(run, zygote):
    if zygote.isolation == "landlock":
        pytest.skip("no further processes there")
    _, report = run("shared_by_many", {"mb": 100, "children": 8}, memory_mb=150)
    assert report.reason == "memory"


def test_looking_for_shared_memory_leaves_time_for_others(monkeypatch):
    looks, clock = [], [100.0]

    def look(_pid, _inherited):
        looks.append(clock[0])
        clock[0] += 0.5
        return 0

    monkeypatch.setattr(watch, "tree_bytes", lambda *_: 300 << 20)
    monkeypatch.setattr(watch, "proportional_bytes", look)
    monkeypatch.setattr(watch, "host_pid", lambda _: 7)
    monkeypatch.setattr("biolabkit_autograder.sandbox.warden.time.monotonic", lambda: clock[0])
    box = Running(7, 9, None, -1, Policy("landlock", limits=Limits(memory_mb=150)), 0, "", started=clock[0])
    for _ in range(30):
        box.check()
        clock[0] += 0.5
    assert len(looks) == 2
    assert looks[1] - looks[0] >= 20 * 0.5


def test_full_buffers_of_sockets_count(run, zygote):
    if zygote.isolation == "landlock":
        pytest.skip("one process there has few descriptors")
    _, report = run("socket_buffers", {"pairs": 100}, memory_mb=40)
    assert report.reason == "memory"


def test_locks_of_files_take_no_memory(run):
    said, report = run("file_locks")
    assert (json.loads(said), report.reason) == (0, "ok")


def test_the_disk_is_bounded(run, zygote):
    said, report = run("fill_disk", disk_mb=20)
    if zygote.isolation == "landlock":
        assert report.reason == "disk"
    else:
        assert int(said.split("\n")[1]) <= 20 << 20
        assert report.reason == "ok"


def test_deleted_files_count_as_well(run, zygote):
    said, report = run("fill_deleted_files", disk_mb=20)
    assert report.reason == "disk" if zygote.isolation == "landlock" else int(said) <= 20 << 20


def test_the_number_of_files_is_bounded(run, zygote):
    said, report = run("many_files", disk_mb=20)
    assert report.reason == "disk" if zygote.isolation == "landlock" else int(said) < 5000


def test_a_daemon_dies_with_its_box(run, zygote):
    said, report = run("daemonise", {"seconds": 0.3})
    assert report.reason == "ok"
    assert json.loads(said) == ("no fork" if zygote.isolation == "landlock" else "alive")
    # `run` read to the end of the channel, which a survivor would hold open


def test_a_box_has_one_session_and_so_one_share_of_the_processors(run, zygote):
    if zygote.isolation == "landlock":
        pytest.skip("no further processes there")
    said, report = run("sessions")
    assert (json.loads(said), report.reason) == (True, "ok")


@pytest.mark.parametrize("role", ["ignore_all", "spin"])
def test_the_deadline_holds(run, role):
    began = time.monotonic()
    _, report = run(role, seconds=0.5)
    assert report.reason == "timeout"
    assert 0.5 <= report.seconds <= time.monotonic() - began


def test_boxes_do_not_share_random_numbers(run):
    numbers = [json.loads(run("random_numbers")[0]) for _ in range(3)]
    assert len({value for pair in numbers for value in pair}) == 6


def test_boxes_see_nothing_of_each_other(zygote, run, family):
    with zygote.spawn("attacks:idle", {}, Policy(zygote.isolation)) as other:
        assert other.channel.recv(100)
        pids = family(os.getpid())
        said, _ = run("other_processes", {"pids": pids})
        assert json.loads(said) == []
        assert other.poll() is None
