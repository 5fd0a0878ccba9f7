"""The single walls: the system call filter against the kernel's headers, what a machine can do, paths."""

import json
import os
import re
import struct
import subprocess
import sys
from pathlib import Path

import pytest

from biolabkit_autograder.sandbox import Isolation, detect, isolation, paths, seccomp

TABLES = ("NUMBERS", "LANDLOCK_NUMBERS", "PRETENDED_NUMBERS", "LANDLOCK_PRETENDED_NUMBERS")
TABLES += ("SELF_ONLY_NUMBERS", "SELF_OR_ZERO_NUMBERS")
ALL = {name: numbers for table in TABLES for name, numbers in getattr(seccomp, table).items()}
HEADERS = {
    0: Path("/usr/include/x86_64-linux-gnu/asm/unistd_64.h"),
    1: Path("/usr/include/asm-generic/unistd.h"),
}


@pytest.mark.parametrize("column", [0, 1], ids=["x86_64", "aarch64"])
def test_the_numbers_are_the_kernel_s(column):
    header = HEADERS[column]
    if not header.exists():
        pytest.skip(f"{header} is not installed")
    defined = dict(re.findall(r"#define __NR(?:3264)?_(\w+)\s+(\d+)", header.read_text()))
    newest = max(map(int, defined.values()))
    for name, numbers in ALL.items():
        number = numbers[column]
        if number is None:
            assert name not in defined or column == 1, name
        elif number <= newest:
            assert defined.get(name, "renamed") in (str(number), "renamed"), name


def run_filter(machine, number, arguments=(), own_pid=None, architecture=None):
    """Run the program as the kernel would: classic BPF over the call's description."""
    architecture = architecture or {"x86_64": 0xC000003E, "aarch64": 0xC00000B7}[machine]
    padded = [*arguments, 0, 0, 0, 0, 0, 0][:6]
    data = struct.pack(
        "<IIQ6Q", number & 0xFFFFFFFF, architecture, 0, *(value & (1 << 64) - 1 for value in padded)
    )
    code = seccomp.program(machine, own_pid)
    steps = list(struct.iter_unpack("HBBI", code))
    at, accumulator = 0, 0
    while True:
        operation, yes, no, value = steps[at]
        at += 1
        if operation == 0x20:
            accumulator = struct.unpack_from("<I", data, value)[0]
        elif operation == 0x54:
            accumulator &= value
        elif operation == 0x06:
            return value
        else:
            holds = {0x15: accumulator == value, 0x25: accumulator > value, 0x45: bool(accumulator & value)}
            at += yes if holds[operation] else no


ALLOW, PRETEND, DENY, UNKNOWN, KILL = 0x7FFF0000, 0x50000, 0x50001, 0x50026, 0x80000000


@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_decides_as_written(machine):
    column = int(machine == "aarch64")
    for numbers in seccomp.NUMBERS.values():
        if numbers[column] is not None:
            assert run_filter(machine, numbers[column]) == DENY
    for numbers in (*seccomp.LANDLOCK_NUMBERS.values(),):
        if numbers[column] is not None and numbers != (41, 198):
            assert run_filter(machine, numbers[column]) == ALLOW
            assert run_filter(machine, numbers[column], own_pid=7) == DENY
    read, clone, socket, kill, prctl = (63, 220, 198, 129, 167) if column else (0, 56, 41, 62, 157)
    pair = 199 if column else 53
    for kind, decided in ((1, ALLOW), (0x80801, ALLOW), (2, DENY), (0x80802, DENY), (5, DENY), (3, DENY)):
        assert run_filter(machine, pair, [1, kind]) == ALLOW
        assert run_filter(machine, pair, [1, kind], own_pid=7) == decided
        assert run_filter(machine, pair, [2, kind], own_pid=7) == run_filter(machine, pair, [2, kind]) == DENY
    assert run_filter(machine, read) == ALLOW
    assert run_filter(machine, read, architecture=0x40000003) == KILL
    assert run_filter(machine, 435) == UNKNOWN
    assert run_filter(machine, 470) == UNKNOWN
    assert run_filter(machine, 0x40000000) == UNKNOWN
    assert run_filter(machine, clone, [0x11]) == ALLOW
    assert run_filter(machine, clone, [0x10000011]) == DENY
    assert run_filter(machine, clone, [0x11], own_pid=7) == DENY
    assert run_filter(machine, clone, [0x3D0F00], own_pid=7) == ALLOW  # a thread
    assert run_filter(machine, socket, [1]) == ALLOW
    assert run_filter(machine, socket, [2]) == DENY
    assert run_filter(machine, socket, [1], own_pid=7) == DENY
    assert run_filter(machine, kill, [7], own_pid=7) == ALLOW
    assert run_filter(machine, kill, [8], own_pid=7) == DENY
    assert run_filter(machine, kill, [-1], own_pid=7) == DENY
    assert run_filter(machine, prctl, [15]) == ALLOW
    assert run_filter(machine, prctl, [1]) == DENY


@pytest.mark.parametrize("own_pid", [None, 7])
@pytest.mark.parametrize("machine", ["x86_64", "aarch64"])
def test_the_filter_says_that_locks_and_larger_buffers_were_had(machine, own_pid):
    fcntl, setsockopt, sync = (25, 208, 81) if machine == "aarch64" else (72, 54, 162)
    get, set_, wait, set_open, wait_open, flags = 5, 6, 7, 37, 38, 3
    for command in (set_, wait, set_open, wait_open):
        assert run_filter(machine, fcntl, [9, command], own_pid) == PRETEND
    for command in (get, flags, 0):
        assert run_filter(machine, fcntl, [6, command], own_pid) == ALLOW
    for option, decided in ((7, PRETEND), (8, PRETEND), (9, ALLOW), (16, ALLOW)):
        assert run_filter(machine, setsockopt, [7, 1, option], own_pid) == decided
    assert run_filter(machine, sync, own_pid=own_pid) == PRETEND


def test_detect_tells_level_and_reasons():
    found = detect()
    assert found.level in ("namespaces", "landlock", "none")
    assert found.reasons
    assert all(isinstance(reason, str) and reason for reason in found.reasons)


@pytest.mark.parametrize(
    ("problems", "level"),
    [
        ({}, "namespaces"),
        ({"landlock": "old"}, "namespaces"),
        ({"interpreter": "closed"}, "namespaces"),
        ({"namespaces": "refused"}, "landlock"),
        ({"namespaces": "refused", "landlock": "old"}, "none"),
        ({"namespaces": "refused", "interpreter": "closed"}, "none"),
        ({"seccomp": "refused"}, "none"),
    ],
)
def test_the_level_follows_from_the_walls_that_stand(problems, level):
    walls = {"seccomp": "", "namespaces": "", "landlock": "", "interpreter": "", **problems}
    found = isolation._judge(**walls)
    assert isinstance(found, Isolation)
    assert found.level == level
    if level != "namespaces":
        assert all(any(problem in reason for reason in found.reasons) for problem in problems.values())


@pytest.mark.skipif(sys.platform != "linux", reason="the probe tries Linux's walls")
@pytest.mark.skipif(os.geteuid() == 0, reason="root's namespaces need no user namespace")
@pytest.mark.parametrize("inner", [0, 1000])
def test_the_probe_sees_that_user_namespaces_are_switched_off(inner):
    """In a user namespace that allows none below it, an ordinary user's namespaces are refused."""
    script = (
        "import json, os, subprocess, sys\n"
        "from pathlib import Path\n"
        "from biolabkit_autograder.sandbox import kernel\n"
        "uid, gid, inner = os.getuid(), os.getgid(), sys.argv[1]\n"
        "kernel.unshare(kernel.CLONE_NEWUSER)\n"
        "Path('/proc/self/setgroups').write_text('deny')\n"
        "Path('/proc/self/uid_map').write_text(f'{inner} {uid} 1')\n"
        "Path('/proc/self/gid_map').write_text(f'{inner} {gid} 1')\n"
        "Path('/proc/sys/user/max_user_namespaces').write_text('0')\n"
        "from biolabkit_autograder.sandbox import detect\n"
        "found = detect()\n"
        "print(json.dumps([found.level, found.reasons]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script, str(inner)], capture_output=True, text=True, timeout=60
    )
    if "unshare" in done.stderr:
        pytest.skip("this machine has no user namespaces to begin with")
    level, reasons = json.loads(done.stdout)
    assert level in ("landlock", "none")
    assert reasons[0].startswith("namespaces: unshare: ")
    assert "max_user_namespaces is 0" in reasons[0]


def test_paths_keep_links_and_leave_out_what_is_covered(tmp_path):
    (tmp_path / "real" / "inner").mkdir(parents=True)
    (tmp_path / "link").symlink_to("real")
    (tmp_path / "real" / "absolute").symlink_to(tmp_path / "real" / "inner")
    links, real = paths.resolve([str(tmp_path / "link" / "absolute"), str(tmp_path / "real")])
    assert links == {
        str(tmp_path / "link"): "real",
        str(tmp_path / "real" / "absolute"): str(tmp_path / "real" / "inner"),
    }
    assert real == [str(tmp_path / "real")]
    assert paths.resolve([str(tmp_path / "missing")]) == ({}, [])


def test_a_loop_of_links_is_left_out(tmp_path):
    (tmp_path / "a").symlink_to("b")
    (tmp_path / "b").symlink_to("a")
    assert paths.resolve([str(tmp_path / "a")])[1] == []


def test_packages_outside_the_installation_are_found_but_not_their_folder(tmp_path, monkeypatch):
    (tmp_path / "course_package").mkdir()
    (tmp_path / "course_package" / "__init__.py").write_text("")
    (tmp_path / "course_module.py").write_text("")
    (tmp_path / "answers.txt").write_text("42")
    monkeypatch.syspath_prepend(str(tmp_path))
    import course_module  # noqa: F401
    import course_package  # noqa: F401

    found = paths.package_paths(paths.interpreter_paths())
    assert str(tmp_path / "course_package") in found
    assert str(tmp_path / "course_module.py") in found
    assert not any(os.path.commonpath([path, str(tmp_path)]) == path for path in found)
