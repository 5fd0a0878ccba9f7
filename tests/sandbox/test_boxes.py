"""Boxes do honest work, and tell how they ended."""

import json
import os
import pickle
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from biolabkit.errors import InputError
from biolabkit_autograder.sandbox import Limits, Policy, SandboxError, Zygote, watch


def test_the_usual_tools_work(run, open_folder):
    data = open_folder / "dataset"
    data.mkdir()
    (data / "table.csv").write_text("a,b\n1,2\n")
    said, report = run("work", {"data": [str(data / "table.csv")]}, data=[data])
    assert report.reason == "ok", report.detail
    assert json.loads(said) == {
        "score": pytest.approx(1.0, abs=0.05),
        "png": "89504e47",
        "reads": 1,
        "copy": True,
        "data": ["a,b\n1,2\n"],
        "matrix": 200.0,
    }


def test_programs_run_inside_namespaces(run, zygote):
    if zygote.isolation == "landlock":
        pytest.skip("no further processes there")
    said, report = run("subprocesses")
    assert (json.loads(said), report.reason) == (["42", "42", [1, 2]], "ok")


def test_the_configuration_arrives_whole(run):
    config = {"cells": ["x" * 1_000_000, "한국어"], "seed": 7}
    said, report = run("fine", config)
    assert json.loads(said) == config
    assert report.reason == "ok"
    assert report.max_rss > 0


@pytest.mark.parametrize(
    ("role", "reason", "detail"),
    [
        ("raise_error", "error", "LookupError: a role that fails"),
        ("leave_early", "error", ""),
        ("crash", "signal", "SIGSEGV"),
        ("no_such_role", "error", "AttributeError"),
    ],
)
def test_the_end_is_reported(run, role, reason, detail):
    _, report = run(role)
    assert report.reason == reason
    assert detail in report.detail


def test_kill_ends_at_once_and_keeps_its_reason(zygote):
    with zygote.spawn("attacks:ignore_all", {}, Policy(zygote.isolation)) as box:
        assert box.channel.recv(100)
        assert box.poll() is None
        with pytest.raises(TimeoutError):
            box.wait(0.05)
        box.kill("timeout")
        assert box.wait(10).reason == "timeout"
        assert box.poll().reason == "timeout"


def test_closing_a_box_ends_it(zygote):
    box = zygote.spawn("attacks:daemonise", {"seconds": 60}, Policy(zygote.isolation))
    box.channel.recv(100)
    channel = box.channel.dup()
    box.close()
    channel.settimeout(10)
    assert channel.recv(1) == b""
    channel.close()


def test_boxes_can_be_made_from_many_threads(zygote):
    def one(number):
        with zygote.spawn("attacks:fine", {"number": number}, Policy(zygote.isolation)) as box:
            box.channel.settimeout(60)
            said = box.channel.recv(1000)
            return json.loads(said)["number"], box.wait(60).reason

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(one, range(12))) == [(number, "ok") for number in range(12)]


def test_several_boxes_begin_at_one_time(zygote):
    policy = Policy(zygote.isolation)
    begun = [zygote.begin("attacks:fine", {"number": number}, policy) for number in range(4)]
    with begun[0], begun[1], begun[2], begun[3]:
        for box in reversed(begun):
            box.ready()
        for number, box in enumerate(begun):
            box.channel.settimeout(20)
            assert json.loads(box.channel.recv(1000)) == {"number": number}
            assert box.wait(20).reason == "ok"


def test_a_box_that_has_begun_says_which_wall_is_missing(zygote, monkeypatch):
    monkeypatch.setattr(Policy, "to_dict", lambda _: {**vars(Policy("none", unsafe=True)), "limits": {}})
    box = zygote.begin("attacks:fine", {}, Policy(zygote.isolation))
    with pytest.raises(SandboxError, match="no box could be made"):
        box.ready()
    assert box.channel.fileno() == -1


def test_a_pickled_zygote_reaches_the_same_process(zygote):
    again = pickle.loads(pickle.dumps(zygote))
    assert again.status()["pid"] == zygote.status()["pid"]
    again.close()
    assert zygote.alive()


def test_a_zygote_forks_cleanly(zygote):
    assert zygote.status()["threads"] == 1


def test_a_zygote_gives_one_isolation_only(zygote):
    other = "landlock" if zygote.isolation == "namespaces" else "namespaces"
    with pytest.raises(SandboxError, match=f"gives {zygote.isolation}, not {other}"):
        zygote.spawn("attacks:fine", {}, Policy(other))


def test_without_walls_only_on_demand():
    with pytest.raises(SandboxError, match="--unsafe"):
        Policy("none")
    with (
        Zygote(["attacks"], isolation="none") as zygote,
        zygote.spawn("attacks:fine", {"a": 1}, Policy("none", unsafe=True)) as box,
    ):
        assert json.loads(box.channel.recv(100)) == {"a": 1}
        assert box.wait(10).reason == "ok"


@pytest.fixture
def seen_from_outside(zygote):
    """The /proc folder of a running box, as this machine shows it."""
    with zygote.spawn("attacks:idle", {}, Policy(zygote.isolation)) as box:
        assert box.channel.recv(100)
        yield Path(f"/proc/{watch.host_pid(box._pidfd)}")


def test_each_wall_stands_by_itself(seen_from_outside, zygote):
    """Attacks meet several walls at once, so each is looked at on its own as well."""
    lines = (seen_from_outside / "status").read_text().splitlines()
    status = {line.partition(":")[0]: line.partition(":")[2].split() for line in lines}
    assert status["NoNewPrivs"] == ["1"]
    assert (status["Seccomp"], status["Seccomp_filters"]) == (["2"], ["1"])
    for capabilities in ("CapInh", "CapPrm", "CapEff", "CapAmb"):
        assert int(status[capabilities][0], 16) == 0
    if zygote.isolation == "namespaces" or os.geteuid() == 0:
        assert int(status["CapBnd"][0], 16) == 0
    if os.geteuid() == 0:
        assert {int(uid) for uid in status["Uid"] + status["Gid"]} & {0, os.getuid()} == set()
        assert status["Groups"] == []


def test_a_box_shares_no_namespace_and_may_write_in_three_places(seen_from_outside, zygote):
    if zygote.isolation != "namespaces":
        pytest.skip("no namespaces there")
    for kind in ("cgroup", "ipc", "mnt", "net", "pid", "user", "uts"):
        assert (seen_from_outside / "ns" / kind).readlink() != Path(f"/proc/self/ns/{kind}").readlink()
    mounts = [line.split() for line in (seen_from_outside / "mountinfo").read_text().splitlines()]
    options = {fields[4]: set(fields[5].split(",")) for fields in mounts}
    assert {place for place, set_here in options.items() if "rw" in set_here} == {
        "/learner",
        "/tmp",
        "/dev/shm",
    }
    assert all("nosuid" in set_here for set_here in options.values())


@pytest.mark.parametrize("path", ["/", "/etc", "/proc", "relative"])
def test_a_policy_refuses_paths_that_open_the_box(path):
    with pytest.raises(SandboxError, match="below the system folders"):
        Policy("namespaces", read_only=(Path(path),))


def test_limits_must_limit():
    with pytest.raises(InputError, match="seconds = 0, processes = -1"):
        Limits(seconds=0, processes=-1)


def test_a_missing_import_is_told_and_harms_nothing():
    with Zygote(["attacks", "no_such_module_at_all"], isolation="none") as zygote:
        assert "No module named" in zygote.status()["missing"]["no_such_module_at_all"]
        with zygote.spawn("attacks:fine", {}, Policy("none", unsafe=True)) as box:
            assert box.wait(10).reason == "ok"


def test_a_dead_zygote_is_reported_and_can_be_started_again(zygote):
    with Zygote(["attacks"], isolation=zygote.isolation) as own:
        box = own.spawn("attacks:idle", {}, Policy(own.isolation))
        assert box.channel.recv(100)
        own._process.kill()
        assert box.wait(10).reason == "lost"
        box.close()
        with pytest.raises(SandboxError, match="the zygote has ended"):
            own.spawn("attacks:fine", {}, Policy(own.isolation))
        own.restart()
        with own.spawn("attacks:fine", {}, Policy(own.isolation)) as box:
            assert box.wait(10).reason == "ok"


def test_closing_the_zygote_leaves_no_process(zygote, family, gone):
    own = Zygote(["attacks"], isolation=zygote.isolation)
    before = set(family(os.getpid()))
    own.start()
    role = "attacks:idle" if own.isolation == "landlock" else "attacks:daemonise"
    boxes = [own.spawn(role, {"seconds": 60}, Policy(own.isolation)) for _ in range(2)]
    [box.channel.recv(100) for box in boxes]
    started = set(family(os.getpid())) - before
    assert len(started) >= 3
    own.close()
    assert gone(started)
    for box in boxes:
        assert box.wait(10).reason in ("lost", "ok")
        box.close()
