"""`biolab submit`: the saved notebook, whole, at the right place, under the right names."""

import hashlib
import json
from pathlib import Path

import pytest

from biolabkit import cli

UNANSWERED = "def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()\n"


@pytest.fixture
def desk(tmp_path, monkeypatch) -> Path:
    """A learner's folder with a released notebook, and the course's inbox beside it."""
    folder = tmp_path / "desk"
    folder.mkdir()
    (tmp_path / "inbox").mkdir()
    settings = 'language = "en"\nlearner = "kim"\nsubmit_to = "../inbox"\nexercise = "health-02-risk-model"\n'
    (folder / "biolab.toml").write_text(settings, encoding="utf-8")
    write(folder / "health-02-risk-model.ipynb", 'lab.start("health-02-risk-model")\n', "x = 1\n")
    monkeypatch.chdir(folder)
    return folder


def write(path: Path, *sources: str) -> bytes:
    cells = [{"cell_type": "code", "source": text.splitlines(True), "metadata": {}} for text in sources]
    path.write_text(json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": cells}), "utf-8")
    return path.read_bytes()


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    status = cli.main(["submit", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


def inbox(desk: Path) -> list[str]:
    root = desk.parent / "inbox"
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if path.is_file())


def test_the_receipt_names_what_was_received(desk, capsys):
    content = (desk / "health-02-risk-model.ipynb").read_bytes()
    status, out, err = run(capsys)
    target = desk.parent / "inbox" / "health-02-risk-model" / "kim.ipynb"
    assert (status, err) == (0, "")
    assert target.read_bytes() == content
    assert hashlib.sha256(content).hexdigest() in out
    assert "Submitted health-02-risk-model for kim" in out
    assert inbox(desk) == ["health-02-risk-model/kim.ipynb"]


@pytest.mark.usefixtures("desk")
def test_another_learner_than_the_folders_is_told_whose_data_these_are(capsys):
    status, out, _ = run(capsys, "--learner", "lee")
    assert status == 0
    assert "this folder's data are those of kim" in out
    assert "those of" not in run(capsys, "--learner", "kim")[1]


def test_an_unknown_exercise_is_told_in_one_language(desk, capsys):
    text = (desk / "biolab.toml").read_text("utf-8").replace('"en"', '"ko"')
    (desk / "biolab.toml").write_text(text, "utf-8")
    status, _, err = run(capsys, "health-02")
    assert status == 2
    assert "'health-02-risk-model'입니까?" in err
    assert "did you mean" not in err


def test_a_second_submission_replaces_the_first(desk, capsys):
    run(capsys)
    content = write(desk / "health-02-risk-model.ipynb", 'lab.start("health-02-risk-model")', "x = 2")
    assert "replaces your earlier submission" in run(capsys)[1]
    assert (desk.parent / "inbox/health-02-risk-model/kim.ipynb").read_bytes() == content


def test_a_renamed_notebook_goes_where_it_belongs(desk, capsys):
    (desk / "health-02-risk-model.ipynb").rename(desk / "Untitled 최종.ipynb")
    assert run(capsys)[0] == 0
    assert inbox(desk) == ["health-02-risk-model/kim.ipynb"]


def test_korean_and_unanswered_tasks(desk, capsys, monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    write(desk / "health-02-risk-model.ipynb", "lab.start('health-02-risk-model')", UNANSWERED, UNANSWERED)
    out = run(capsys, "--learner", "김 하늘")[1]
    assert "김 하늘 님의 health-02-risk-model 실습을 제출했습니다." in out
    assert "답하지 않은 과제가 2개" in out
    assert inbox(desk) == ["health-02-risk-model/김 하늘.ipynb"]


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"{ this is not", "not JSON"),
        (b"\xff\xfe", "not JSON"),
        (b"[]", "not a notebook of format 4"),
        (b'{"nbformat": 3, "worksheets": []}', "not a notebook of format 4"),
        (b"", "not JSON"),
    ],
)
def test_what_is_no_notebook_is_refused(desk, capsys, content, told):
    (desk / "health-02-risk-model.ipynb").write_bytes(content)
    status, out, err = run(capsys)
    assert (status, out) == (2, "")
    assert told in err
    assert err.count("\n") == 1
    assert inbox(desk) == []


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b'{"cells": [\n{"cell_ty', "(2번째 줄 2번째 글자)"),
        (b"{\x80", "(UTF-8 텍스트가 아님)"),
        (b"[" * 100_000, "(너무 깊이 중첩됨)"),
        (b'{"a": ' + b"9" * 5000 + b"}", "(JSON에 쓸 수 없는 값이 있음)"),
    ],
)
def test_damage_is_said_in_korean_alone(desk, capsys, monkeypatch, content, told):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    (desk / "health-02-risk-model.ipynb").write_bytes(content)
    assert f"JSON이 아니어서 노트북으로 읽을 수 없습니다{told}. JupyterLab에서" in run(capsys)[2]


@pytest.mark.parametrize("learner", ["../kim", "a/b", ".hidden", "kim ", "a\nb", "x" * 200, 'a"b'])
def test_a_learner_cannot_lead_out_of_the_inbox(desk, capsys, learner):
    status, _, err = run(capsys, "--learner", learner)
    assert status == 2
    assert "cannot be a file name" in err
    assert inbox(desk) == []


def test_an_exercise_cannot_lead_out_of_the_inbox(desk, capsys):
    write(desk / "health-02-risk-model.ipynb", 'lab.start("../../evil")')
    assert "cannot be a file name" in run(capsys)[2]


@pytest.mark.parametrize(
    ("settings", "told"),
    [
        (None, "use --to FOLDER"),
        ("submit_to = ", "not TOML"),
        ('learner = "kim"', "`submit_to` is missing"),
        ('learner = "kim"\nsubmit_to = "/surely/not/there"', "is its disk connected"),
        ('submit_to = "../inbox"', "who are you?"),
    ],
)
def test_what_is_missing_is_said(desk, capsys, settings, told):
    (desk / "biolab.toml").unlink()
    if settings is not None:
        (desk / "biolab.toml").write_text(settings, encoding="utf-8")
    status, _, err = run(capsys)
    assert status == 2
    assert told in err
    assert inbox(desk) == []


def test_which_notebook(desk, capsys):
    write(desk / "scratch.ipynb", "x = 1")
    assert run(capsys)[0] == 0
    write(desk / "other.ipynb", 'lab.start("health-02-risk-model")', "x = 1")
    assert "which notebook? there are: health-02-risk-model.ipynb, other.ipynb" in run(capsys)[2]
    assert "there is no such notebook" in run(capsys, "nope.ipynb")[2]


@pytest.fixture
def alone(tmp_path, monkeypatch) -> Path:
    """A notebook and nothing else, as it is downloaded from Colab."""
    monkeypatch.delenv("BIOLAB_LANGUAGE", raising=False)
    monkeypatch.delenv("BIOLAB_LEARNER", raising=False)
    monkeypatch.setenv("LC_ALL", "C")
    for name in ("downloads", "inbox"):
        (tmp_path / name).mkdir()
    path = tmp_path / "downloads" / "health-02-risk-model.ipynb"
    write(path, 'lab.start("health-02-risk-model")\n', UNANSWERED)
    monkeypatch.chdir(path.parent)
    return path


@pytest.mark.parametrize("named", [[], ["health-02-risk-model.ipynb"]])
def test_a_notebook_alone_is_handed_in_as_the_exercise_that_it_says(alone, capsys, named):
    alone.rename(alone.with_name("copy of it.ipynb"))
    named = ["copy of it.ipynb" for _ in named]
    status, out, _ = run(capsys, *named, "--learner", "kim", "--to", "../inbox")
    assert status == 0
    assert inbox(alone.parent) == ["health-02-risk-model/kim.ipynb"]
    assert "Submitted health-02-risk-model for kim" in out
    assert "1 task is unanswered (f)" in out
    assert "its data are practice data, not those of kim" in out


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--learner", "kim"], "제출할 곳을 알 수 없습니다. 강사가 알려 준 폴더에"),
        (["--to", "../inbox"], "--learner ID를 쓰십시오"),
        (["--learner", "kim", "--to", "../usb"], "../usb: there is no such file or folder"),
    ],
)
def test_what_a_notebook_alone_does_not_say_is_asked_in_its_language(alone, capsys, arguments, told):
    document = json.loads(alone.read_text("utf-8"))
    document["metadata"] = {"biolabkit": {"language": "ko"}}
    alone.write_text(json.dumps(document), "utf-8")
    status, _, err = run(capsys, *arguments)
    assert (status, err.count("\n")) == (2, 1)
    assert told in err
    assert inbox(alone.parent) == []


def test_of_several_notebooks_alone_one_must_be_named(alone, capsys):
    write(alone.with_name("second.ipynb"), 'lab.start("genome-01-gc-content")')
    where = ["--learner", "kim", "--to", "../inbox"]
    assert "there are: health-02-risk-model.ipynb, second.ipynb" in run(capsys, *where)[2]
    assert run(capsys, "second.ipynb", *where)[0] == 0
    assert inbox(alone.parent) == ["genome-01-gc-content/kim.ipynb"]


def test_a_notebook_alone_that_says_no_exercise(alone, capsys):
    write(alone, "x = 1")
    assert "there is no course here" in run(capsys, alone.name, "--learner", "kim", "--to", "../inbox")[2]


def test_an_inbox_of_another_machine_says_first_how_to_hand_in(desk, capsys):
    (desk / "biolab.toml").write_text('learner = "kim"\nsubmit_to = "/srv/inbox"\n', encoding="utf-8")
    told = run(capsys)[2]
    assert told.startswith("biolab: hand in with: biolab submit --to FOLDER")
    assert told.endswith("is its disk connected?\n")


def test_a_huge_notebook_is_refused(desk, capsys):
    with (desk / "health-02-risk-model.ipynb").open("r+b") as stream:
        stream.truncate(20_000_001)
    assert "20 MB are accepted" in run(capsys)[2]
