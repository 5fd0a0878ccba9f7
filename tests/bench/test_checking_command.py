"""`biolab check`: what a terminal shows, and its exit status."""

import json

import pytest

from biolabkit import cli
from biolabkit.bench import progress
from biolabkit.bench.folder import open_folder

EXERCISE = "genome-01-sequences"
CHECK = """
lab.check("gc.short", points=2)
expect(gc, "GC", "GC 함량").equals(1, hints=[hint("two", 2, en="Half.", ko="절반입니다.")])
"""


def save(path, answer):
    setup = f'from biolabkit.check import expect, hint, lab\nlab.start("{EXERCISE}");'
    marks = {
        "check-gc-short": {"grade": True, "solution": False, "points": 2},
        "gc": {"grade": False, "solution": True},
    }
    cells = [
        {
            "cell_type": "code",
            "source": source,
            "metadata": {"nbgrader": {"grade_id": name, **marks[name]}} if name in marks else {},
        }
        for name, source in (("setup", setup), ("gc", answer), ("check-gc-short", CHECK))
    ]
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}), "utf-8")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A released folder that was handed out alone, opened in a terminal."""
    settings = f'language = "ko"\nlearner = "kim"\nexercise = "{EXERCISE}"\n'
    (tmp_path / "biolab.toml").write_text(settings, encoding="utf-8")
    save(tmp_path / f"{EXERCISE}.ipynb", "gc = 1")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "100")
    return tmp_path


def run(capsys, *arguments):
    status = cli.main(["check", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


def test_all_passed(folder, capsys):
    status, out, err = run(capsys)
    assert (status, err) == (0, "")
    assert "✓ gc-short 2 / 2" in out
    assert "2점 중 2점" in out
    assert progress.read(open_folder(folder), EXERCISE).checks["check-gc-short"].source == "check-all"


def test_a_failure_with_its_hint(folder, capsys):
    save(folder / "renamed.ipynb", "gc = 2")
    status, out, err = run(capsys, "renamed.ipynb")
    assert (status, err) == (1, "")
    assert "✗ gc-short" in out
    assert "GC 함량 · 받은 값: 2" in out
    assert "힌트: 절반입니다." in out


def test_a_loop_is_stopped_after_the_time_asked_for(folder, capsys):
    save(folder / f"{EXERCISE}.ipynb", "while True: pass")
    status, out, _ = run(capsys, EXERCISE, "--seconds", "1")
    assert status == 1
    assert "1초가 지나 중단" in " ".join(out.split())


def test_a_notebook_outside_any_course(capsys, tmp_path_factory, monkeypatch):
    elsewhere = tmp_path_factory.mktemp("elsewhere") / "mine.ipynb"
    save(elsewhere, "gc = 1")
    monkeypatch.setenv("BIOLAB_LANGUAGE", "en")
    status, out, _ = run(capsys, str(elsewhere))
    assert status == 0
    assert "2 of 2 points" in out
    assert not (elsewhere.parent / ".biolab").exists()


@pytest.mark.parametrize("what", ["missing.ipynb", "genome-02-missing", "broken.ipynb", None])
def test_what_cannot_be_checked_is_one_line(folder, capsys, what):
    (folder / "broken.ipynb").write_text("{")
    status, out, err = run(capsys, *([what] if what else []))
    assert (status, out) == (2, "")
    assert err.count("\n") == 1
    assert err.startswith("biolab: ")
