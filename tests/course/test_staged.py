"""Files under temporary names: whole when they get their own, gone when they do not."""

import os
import time

import pytest

from biolabkit_autograder.staged import StagedFile, sweep


def names(folder):
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_a_file_is_as_it_was_until_it_is_published(tmp_path):
    target = tmp_path / "deep" / "한글.json"
    staged = StagedFile(target, b"first")
    assert not target.exists()
    staged.publish()
    assert target.read_bytes() == b"first"
    assert target.stat().st_mode & 0o777 == 0o644
    second = StagedFile(target, b"second")
    assert target.read_bytes() == b"first"
    second.publish()
    second.publish()
    second.discard()
    assert (target.read_bytes(), names(tmp_path)) == (b"second", [target.name])


def test_what_is_discarded_leaves_nothing(tmp_path):
    staged = StagedFile(tmp_path / "x", b"data")
    staged.discard()
    staged.publish()
    assert names(tmp_path) == []


def test_equal_bytes_are_not_written_again(tmp_path):
    target = tmp_path / "timestamp.txt"
    target.write_bytes(b"2026-11-20 00:00:00 UTC")
    before = target.stat()
    staged = StagedFile(target, target.read_bytes())
    assert names(tmp_path) == [target.name]
    staged.publish()
    assert (target.stat().st_ino, target.stat().st_mtime_ns) == (before.st_ino, before.st_mtime_ns)


def test_a_full_disk_leaves_nothing(tmp_path, monkeypatch):
    def full(_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(OSError, match="No space left"):
        StagedFile(tmp_path / "x", b"data")
    assert names(tmp_path) == []


def test_only_what_was_left_behind_long_ago_is_swept(tmp_path):
    old, new = (StagedFile(tmp_path / name, b"data") for name in ("old.json", "new.json"))
    (tmp_path / ".hidden").write_text("somebody's")
    long_ago = time.time() - 2 * 24 * 3600
    for path in tmp_path.glob(".*"):
        if not path.name.startswith(".new"):
            os.utime(path, (long_ago, long_ago))
    sweep([tmp_path])
    new.publish()
    assert names(tmp_path) == [".hidden", "new.json"]
    old.discard()
