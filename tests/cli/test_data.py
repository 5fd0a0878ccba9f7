"""`biolab data` over a mirror on loopback: what an instructor does for a room without internet."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from biolabkit import cli, datasets

NAME = "uci-promoters"


def run(capsys, *arguments: str) -> tuple[int, str, str]:
    status = cli.main(["data", *arguments])
    out, err = capsys.readouterr()
    return status, out, err


@pytest.fixture
def room(tmp_path, capsys) -> Path:
    """A mirror made by prefetch."""
    folder = tmp_path / "room"
    assert run(capsys, "prefetch", NAME, "--to", str(folder))[0] == 0
    return folder


def test_list_for_a_program(capsys):
    status, out, err = run(capsys, "list", "--track", "health")
    rows = [line.split("\t") for line in out.splitlines()]
    assert (status, err) == (0, "")
    assert {row[1] for row in rows} == {"health"}
    assert {row[3] for row in rows} == {"no"}
    assert all(len(row) == 5 for row in rows)


def test_list_for_a_program_says_bytes(capsys):
    rows = [line.split("\t") for line in run(capsys, "list")[1].splitlines()]
    assert {row[0]: row[2] for row in rows}[NAME] == "12610"


@pytest.fixture
def terminal(monkeypatch):
    """Make the captured output a terminal of some width."""

    def make(columns: int, language: str) -> None:
        monkeypatch.setattr("sys.stdout.isatty", lambda: True)
        for name, value in {"TERM": "dumb", "COLUMNS": str(columns), "LINES": "50"}.items():
            monkeypatch.setenv(name, value)
        monkeypatch.setenv("BIOLAB_LANGUAGE", language)

    return make


@pytest.mark.parametrize("columns", [60, 80, 99, 100, 160])
@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_letter_of_the_list_is_lost_on_a_terminal(capsys, terminal, columns, language):
    terminal(columns, language)
    out = run(capsys, "list")[1]
    assert "…" not in out
    letters = "".join(out.split())
    for name in datasets.names():
        assert name in out
        if columns == 160:
            assert datasets.describe(name).title[language] in out
        elif columns < 100:
            assert "".join((datasets.describe(name).title[language]).split()) in letters
    assert f"{sum(datasets.describe(name).bytes for name in datasets.names()):,}" in out


@pytest.mark.parametrize("name", datasets.names())
@pytest.mark.parametrize("language", ["en", "ko"])
def test_no_letter_of_a_card_is_lost_on_a_terminal(capsys, terminal, name, language):
    terminal(80, language)
    letters = "".join(run(capsys, "show", name)[1].split())
    card = datasets.describe(name)
    assert "…" not in letters
    for text in (card.title, card.description, *card.quirks):
        assert "".join(text[language].split()).replace("!", "") in letters.replace("!", "")
    assert all(f"{file.bytes:,}" in letters for file in card.files.values())


def test_show_in_both_languages(capsys):
    assert "대장균 프로모터" in run(capsys, "show", NAME, "--language", "ko")[1]
    assert "E. coli promoters" in run(capsys, "show", NAME, "--language", "en")[1]


@pytest.mark.mirror
def test_fetch_then_list_then_verify(capsys):
    assert run(capsys, "fetch", NAME, "uci-heart-disease-4-sites")[0] == 0
    here = {line.split("\t")[0]: line.split("\t")[3] for line in run(capsys, "list")[1].splitlines()}
    assert here[NAME] == here["uci-heart-disease-4-sites"] == "yes"
    assert here["uci-splice-junctions"] == "no"
    status, out, _ = run(capsys, "verify")
    assert status == 0
    assert out.startswith("5 files whole, 0 not")


@pytest.mark.mirror
def test_verify_finds_damage_and_says_what_mends_it(capsys, room):
    path = next(room.rglob("promoters.data"))
    path.write_bytes(path.read_bytes()[:-1] + b"?")
    status, out, err = run(capsys, "verify", "--folder", str(room))
    assert status == 2
    assert out.splitlines()[0].split("\t")[:3] == ["damaged", NAME, "table"]
    assert f"biolab data prefetch {NAME} --to {room}" in err
    assert run(capsys, "prefetch", NAME, "--to", str(room))[0] == 0
    assert run(capsys, "verify", NAME, "--folder", str(room))[0] == 0


def test_verify_by_name_tells_what_is_absent(capsys, tmp_path):
    status, out, err = run(capsys, "verify", NAME, "--folder", str(tmp_path))
    assert status == 2
    assert out.startswith("absent\t")
    assert "1 file is not whole" in err


@pytest.mark.mirror
def test_one_of_something_is_not_several(capsys, room):
    assert run(capsys, "verify", NAME, "--folder", str(room))[1].startswith("1 file whole, 0 not")
    assert run(capsys, "prefetch", NAME, "--to", str(room))[1].startswith("1 dataset, ")


def test_a_list_of_one_is_not_several(monkeypatch, terminal, capsys):
    terminal(120, "en")
    monkeypatch.setattr("biolabkit.datasets.commands._cards", lambda *_: [datasets.describe(NAME)])
    assert "\n1 dataset, " in run(capsys, "list")[1]


@pytest.mark.mirror
def test_the_room_s_commands_in_korean(capsys, room, monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    assert "파일 1개  (1/1)" in run(capsys, "fetch", NAME)[1]
    assert "온전한 파일 1개" in run(capsys, "verify", NAME, "--folder", str(room))[1]
    assert "사용하는 방법: BIOLABKIT_MIRROR=" in run(capsys, "prefetch", NAME, "--to", str(room))[1]
    next(room.rglob("promoters.data")).unlink()
    status, out, err = run(capsys, "verify", NAME, "--folder", str(room))
    assert (status, out.split("\t")[0]) == (2, "absent")  # for a program it is the same in every language
    assert err == (
        "biolab: 온전하지 않은 파일이 1개 있습니다. 다음 명령으로 다시 받으십시오: "
        f"biolab data prefetch {NAME} --to {room}\n"
    )


def test_verify_of_nothing(capsys, tmp_path):
    assert "is not a folder" in run(capsys, "verify", "--folder", str(tmp_path / "no"))[2]


def test_prefetch_to_a_file(capsys, tmp_path):
    (tmp_path / "file").write_text("x")
    assert "is a file" in run(capsys, "prefetch", NAME, "--to", str(tmp_path / "file"))[2]


@pytest.mark.mirror
def test_a_room_mirror_served_by_a_static_web_server(capsys, room, monkeypatch, tmp_path):
    server = subprocess.Popen(
        [sys.executable, "-u", "-m", "http.server", "0", "--bind", "127.0.0.1", "--directory", str(room)],
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    )
    try:
        port = server.stdout.readline().split(" port ")[1].split()[0]
        monkeypatch.setenv("BIOLABKIT_MIRROR", f"http://127.0.0.1:{port}")
        monkeypatch.setenv("BIOLABKIT_CACHE", str(tmp_path / "other machine"))
        status, out, err = run(capsys, "fetch", NAME)
    finally:
        server.kill()
        server.wait()
    assert (status, err) == (0, "")
    assert out.splitlines()[-1] == f"in {tmp_path / 'other machine'}"


@pytest.mark.mirror
def test_prefetch_takes_what_the_cache_has(capsys, monkeypatch, tmp_path):
    assert run(capsys, "prefetch", NAME)[0] == 0
    monkeypatch.setenv("BIOLABKIT_OFFLINE", "1")
    monkeypatch.delenv("BIOLABKIT_MIRROR")
    assert run(capsys, "prefetch", NAME, "--to", str(tmp_path / "room"))[0] == 0
    modes = {path.stat().st_mode & 0o777 for path in (tmp_path / "room").rglob("*.data")}
    assert modes == {0o644}


@pytest.mark.mirror
def test_a_damaged_mirror_alone_is_a_one_line_error(capsys, monkeypatch, room):
    path = next(room.rglob("promoters.data"))
    path.write_bytes(b"damaged")
    monkeypatch.setenv("BIOLABKIT_MIRROR", str(room))
    monkeypatch.setenv("BIOLABKIT_OFFLINE", "1")
    status, _, err = run(capsys, "fetch", NAME)
    assert status == 2
    assert err.count("\n") == 1
    assert "replace the file in the mirror" in err


def test_nothing_to_be_had_says_what_to_do(capsys, monkeypatch):
    monkeypatch.setenv("BIOLABKIT_OFFLINE", "1")
    monkeypatch.delenv("BIOLABKIT_MIRROR", raising=False)
    status, out, err = run(capsys, "fetch", NAME)
    assert (status, out) == (2, "")
    assert "set BIOLABKIT_MIRROR" in err
    assert not any(Path(os.environ["BIOLABKIT_CACHE"]).rglob("*.data"))
