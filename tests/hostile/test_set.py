"""The set itself: large, in groups, and with traps that would notice a success."""

import json
import os
import signal
import subprocess
import sys
from collections import Counter

import pytest
from hostile_course import Classroom, Traps

import hostile


def test_the_set_is_large_and_says_what_it_does():
    groups = Counter(one.group for one in hostile.ATTACKS.values())
    assert set(groups) == {"points", "harm", "design", "malformed", "rendering"}
    assert min(groups.values()) >= 12
    assert sum(groups.values()) >= 64
    for one in hostile.ATTACKS.values():
        assert one.does.endswith("."), one.name
        assert one.earns in (hostile.REFUSED, 0, 2, 3, 4, hostile.FULL_POINTS), one.name


#: Attacks that do no harm where nothing contains them.
_CONTROLS = ("read others", "overwrite others", "connect out", "environment", "background program")
_CONTROLS += ("datagrams", "signals by descriptors")


@pytest.fixture
def uncontained(tmp_path, monkeypatch):
    """Run some attacks as plain processes of this user, in a course of their own."""
    classroom = Classroom(tmp_path, _CONTROLS)
    with Traps(classroom, monkeypatch) as traps:
        classroom.hand_in(traps.targets, traps.secrets["work"])
        before = traps.snapshot()
        printed = "".join(
            _run(_first_answer(classroom, learner), tmp_path) for learner in classroom.attackers
        )
        changed = before != traps.snapshot()
        alive = traps.processes()
        for process in alive:
            os.kill(process, signal.SIGKILL)
        yield traps, changed, printed, alive


def _run(code, folder):
    """What a program prints; programs that it starts may go on."""
    with (folder / "printed").open("w+") as stream:
        subprocess.run(
            [sys.executable, "-c", code], stdout=stream, stderr=stream, cwd=folder, timeout=60, check=False
        )
        stream.seek(0)
        return stream.read()


def _first_answer(classroom, learner):
    notebook = json.loads(classroom.path("submitted", learner).read_text())
    by_name = {cell["metadata"].get("nbgrader", {}).get("grade_id"): cell for cell in notebook["cells"]}
    return by_name["reverse_complement"]["source"]


def test_the_traps_notice_what_is_not_contained(uncontained):
    traps, changed, printed, alive = uncontained
    assert changed
    assert set(traps.reached()) == {
        "tcp",
        "udp",
        "abstract",
        "unix",
        "datagrams",
        "nameless datagrams",
        "signal",
    }
    assert [kind for kind, secret in traps.secrets.items() if secret not in printed] == []
    assert "ESCAPED: tcp 127.0.0.1" in printed
    assert alive
