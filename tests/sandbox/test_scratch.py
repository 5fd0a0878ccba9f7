"""Folders of boxes are removed with whatever is in them, and nobody waits for it long."""

# Paths here are longer than names can be.
# ruff: noqa: PTH102, PTH123
import os
import time
from pathlib import Path

import pytest

from biolabkit_autograder.sandbox import scratch


def fill(folder, depth):
    """Nest folders deeper than a stack and a name can be; some are closed, one is a link."""
    home = Path.cwd()
    os.chdir(folder)
    try:
        for _ in range(depth):
            os.mkdir("d")
            os.chdir("d")
        (folder / "link").symlink_to(folder.parent / "kept")
        for name, mode in (("none", 0), ("closed", 0o300)):
            os.mkdir(name, mode)
        with open("closed/file", "w") as stream:
            stream.write("x")
    finally:
        os.chdir(home)


@pytest.mark.parametrize("remove", [scratch.remove, scratch.remove_soon])
def test_nothing_is_left(tmp_path, remove):
    kept = tmp_path / "kept"
    kept.mkdir()
    (kept / "file").write_text("x")
    box = scratch.make(str(tmp_path), None)
    fill(tmp_path / box / "work", 1200)
    remove(box)
    until = time.monotonic() + 60
    while Path(box).exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert [path.name for path in tmp_path.iterdir()] == ["kept"]
    assert (kept / "file").read_text() == "x"


def test_what_takes_long_is_done_elsewhere(tmp_path, monkeypatch):
    box = scratch.make(str(tmp_path), None)
    fill(tmp_path / box / "work", 50)
    monkeypatch.setattr(scratch, "_MOMENT", -1.0)
    here, began = [], scratch._remove_below
    monkeypatch.setattr(scratch, "_remove_below", lambda *given: (here.append(os.getpid()), began(*given)))
    scratch.remove_soon(box)
    assert here == [os.getpid()]  # the other process has a list of its own
    until = time.monotonic() + 60
    while Path(box).exists() and time.monotonic() < until:
        time.sleep(0.05)
    assert not Path(box).exists()


def test_a_folder_that_is_gone_is_no_matter(tmp_path):
    scratch.remove(str(tmp_path / "gone"))
    scratch.remove_soon(str(tmp_path / "gone"))
