"""What was found out about this machine's walls is kept for the next command, as long as nothing changed."""

import json
import sys

import pytest

from biolabkit_autograder.sandbox import Isolation, isolation, recall

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="the walls are Linux's")

FOUND = Isolation("landlock", ("tried by the test",))


@pytest.fixture
def asked(monkeypatch, tmp_path):
    """How often the walls were tried."""
    calls = []
    monkeypatch.setenv("XDG_RUNTIME_DIR", "")
    monkeypatch.setattr(isolation.runtime.tempfile, "tempdir", str(tmp_path))
    monkeypatch.setattr(isolation.runtime, "sources", lambda: [("a.py", 1)])
    monkeypatch.setattr(isolation, "detect", lambda: calls.append("tried") or FOUND)
    return calls


def test_the_walls_are_tried_once(asked):
    assert [recall(), recall()] == [FOUND, FOUND]
    assert len(asked) == 1


@pytest.mark.parametrize("other", [{"_CIRCUMSTANCES": ()}, {"_SWITCHES": {}}, {"_RIGHTS": ("Uid:",)}])
def test_other_circumstances_are_tried_anew(asked, monkeypatch, other):
    recall()
    for name, value in other.items():
        monkeypatch.setattr(isolation, name, value)
    recall()
    assert len(asked) == 2


def test_changed_sources_are_tried_anew(asked, monkeypatch):
    recall()
    monkeypatch.setattr(isolation.runtime, "sources", lambda: [("a.py", 2)])
    recall()
    assert len(asked) == 2


@pytest.mark.parametrize("text", ["", "{", "[]", "{}", '{"level": "none"}', "\x00", '{"circumstances": []}'])
def test_a_damaged_note_is_tried_anew(asked, text):
    recall()
    (isolation.runtime.folder() / "isolation.json").write_text(text)
    assert recall() == FOUND
    assert len(asked) == 2
    assert json.loads((isolation.runtime.folder() / "isolation.json").read_text())["level"] == "landlock"


def test_a_machine_without_walls_is_tried_each_time(asked, monkeypatch):
    monkeypatch.setattr(isolation, "detect", lambda: asked.append("tried") or Isolation("none", ("closed",)))
    assert [recall().level, recall().level] == ["none", "none"]
    assert len(asked) == 2


def test_a_folder_of_somebody_else_s_is_not_believed(asked):
    recall()
    isolation.runtime.folder().chmod(0o777)
    assert [recall(), recall()] == [FOUND, FOUND]
    assert len(asked) == 3
