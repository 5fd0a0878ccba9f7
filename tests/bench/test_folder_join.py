"""`biolab join` and `biolab fetch`: a published course becomes a folder, nobody's work is written over."""

import errno
import hashlib
import json
import os
import shlex
import shutil
import stat
import tomllib
import zipfile
from pathlib import Path

import pytest

from biolabkit import cli
from biolabkit.bench import fetching
from biolabkit.bench.folder import fetch, open_folder
from biolabkit.bench.joining import join
from biolabkit.errors import FormatError, InputError

from .conftest import EXERCISE, code, entry, notebook_bytes, released_cells, write_course

OTHER = "genome-01-gc-content"


@pytest.fixture
def release(tmp_path, released):
    """A release folder as an instructor hands it out."""
    folder = write_course(tmp_path / "release", entry(released))
    (folder / "biolab.toml").unlink()
    settings = f'language = "en"\ncourse = "bio101"\nexercise = "{EXERCISE}"\nsubmit_to = "/srv/inbox"\n'
    (folder / EXERCISE / "biolab.toml").write_text(f'{settings}\n# learner = ""\n', "utf-8")
    return folder


@pytest.fixture
def exchange(release, tmp_path):
    """The same course in an exchange."""
    course = tmp_path / "exchange" / "bio101"
    shutil.copytree(release, course / "outbound")
    (course / "outbound" / "course.json").rename(course / "course.json")
    settings = f'exchange = "{course}"\nexercise = "{EXERCISE}"\n'
    (course / "outbound" / EXERCISE / "biolab.toml").write_text(settings)
    return course


def release_again(release, text, **files):
    """Release another notebook, and files beside it."""
    content = notebook_bytes(*released_cells(), code(text))
    folder = release / EXERCISE
    (folder / f"{EXERCISE}.ipynb").write_bytes(content)
    one = entry(content)
    one["files"] = {}
    for name, data in files.items():
        (folder / name).write_text(data)
        one["files"][f"{EXERCISE}/{name}"] = hashlib.sha256(data.encode()).hexdigest()
    document = json.loads((release / "course.json").read_text("utf-8"))
    document["assignments"] = [one]
    (release / "course.json").write_text(json.dumps(document), "utf-8")
    return content


def fetched(folder):
    return [(one.name, one.outcome, one.path.name) for one in fetch(open_folder(folder))]


def settings(folder):
    return tomllib.loads((folder / "biolab.toml").read_text("utf-8"))


def zipped(release, path, top=""):
    with zipfile.ZipFile(path, "w") as archive:
        for file in release.rglob("*"):
            archive.write(file, f"{top}{file.relative_to(release).as_posix()}")
    return path


# joining


def test_a_release_folder_becomes_a_course_folder(release, tmp_path, released):
    course, brought = join(release, tmp_path / "desk", learner="kim")
    assert [(one.name, one.outcome) for one in brought] == [(EXERCISE, "new")]
    assert (course.learner, course.course_id, str(course.inbox)) == ("kim", "bio101", "/srv/inbox")
    assert course.assignments[0].notebook.read_bytes() == released
    assert settings(tmp_path / "desk") == {
        "language": "en",
        "course": "bio101",
        "learner": "kim",
        "source": str(release),
        "submit_to": "/srv/inbox",
    }


@pytest.mark.parametrize("top", ["", "bio101/"])
def test_a_zip_file_of_it_too(release, tmp_path, released, top):
    course, _ = join(zipped(release, tmp_path / "릴리스.zip", top), tmp_path / "desk")
    assert course.assignments[0].notebook.read_bytes() == released
    assert 'learner = ""' in (tmp_path / "desk" / "biolab.toml").read_text("utf-8")
    assert course.learner == "practice"
    assert fetched(tmp_path / "desk") == [(EXERCISE, "same", f"{EXERCISE}.ipynb")]


def test_the_commands_that_join_names_can_be_typed_as_they_stand(release, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    source = zipped(release, tmp_path / "바이오 101.zip")
    assert cli.main(["join", str(source), "내 과정"]) == 0
    told = capsys.readouterr().out
    assert "Begin with: biolab lab '내 과정'\n" in told
    again = told.splitlines()[1].partition("Run: ")[2]
    assert cli.main(shlex.split(again.replace("--learner ID", "--learner kim"))[1:]) == 0
    assert open_folder(tmp_path / "내 과정").learner == "kim"
    assert "not set" not in capsys.readouterr().out


@pytest.mark.skipif(os.name == "nt", reason="an exchange needs POSIX accounts")
def test_in_an_exchange_the_learner_is_the_account_and_the_folder_is_closed(exchange, tmp_path):
    import pwd

    before = os.umask(0)
    try:
        course, _ = join(exchange, tmp_path / "desk")
    finally:
        os.umask(before)
    assert course.learner == pwd.getpwuid(os.getuid()).pw_name
    assert (course.exchange, course.inbox) == (exchange, None)
    assert stat.S_IMODE(course.root.stat().st_mode) == 0o700
    assert join(exchange, tmp_path / "two", learner="kim")[0].learner == "kim"


@pytest.mark.skipif(os.name == "nt", reason="an exchange needs POSIX accounts")
def test_that_an_account_was_taken_as_the_id_is_told_with_what_to_do(exchange, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr("biolabkit.bench.joining.account_name", lambda: "s2026")
    assert cli.main(["join", str(exchange), "내 과정"]) == 0
    told = capsys.readouterr().out
    assert "learner s2026 is your account's name" in told
    again = told.partition("run: ")[2].partition("\n")[0].replace("--learner ID", "--learner kim")
    assert cli.main(shlex.split(again)[1:]) == 0
    told = capsys.readouterr().out
    assert "now those of kim, no longer those of s2026" in told
    assert "your account's name" not in told
    assert open_folder(tmp_path / "내 과정").learner == "kim"


def test_a_zip_file_of_a_course_in_an_exchange_asks_for_the_id(exchange, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    (exchange / "course.json").rename(exchange / "outbound" / "course.json")
    source = zipped(exchange / "outbound", tmp_path / "bio101.zip")
    assert cli.main(["join", str(source), "desk"]) == 0
    assert "Your id in the course is not set yet" in capsys.readouterr().out
    assert open_folder(tmp_path / "desk").learner == "practice"
    assert open_folder(tmp_path / "desk").exchange == exchange


@pytest.mark.parametrize(
    ("language", "told"),
    [("en", "now those of lee, no longer those of kim"), ("ko", "이제 이 폴더의 데이터는 lee의 것이며")],
)
def test_joining_as_somebody_else_says_whose_data_these_are_now(
    release, tmp_path, monkeypatch, capsys, language, told
):
    monkeypatch.chdir(tmp_path)
    arguments = ["join", str(release), "desk", "--language", language, "--learner"]
    for learner in ("kim", "kim", "lee"):
        assert told not in capsys.readouterr().out
        assert cli.main([*arguments, learner]) == 0
    assert capsys.readouterr().out.splitlines()[1].count(told) == 1


def test_fetching_into_what_is_not_there_is_told_also_inside_a_course(release, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(join(release, tmp_path / "desk", learner="kim")[0].root)
    assert cli.main(["fetch", "없는 과정"]) == 2
    assert "없는 과정: there is no such file or folder" in capsys.readouterr().err


def test_the_folder_is_named_after_the_course(release, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert join(release)[0].root == tmp_path / "bio101"


def test_joining_again_inside_the_folder_makes_no_second_one_in_it(exchange, tmp_path, monkeypatch, capsys):
    root = join(exchange, tmp_path / "desk", learner="kim")[0].root
    moved = exchange.rename(tmp_path / "moved")
    for here in (root, root / EXERCISE):
        monkeypatch.chdir(here)
        assert cli.main(["join", str(moved)]) == 0
        assert not (here / "bio101").exists()
    assert settings(root)["exchange"] == str(moved)
    assert capsys.readouterr().out.splitlines()[-1] == f"Begin with: biolab lab {root}"


def test_joining_again_where_the_course_moved_keeps_learner_and_work(exchange, tmp_path):
    course, _ = join(exchange, tmp_path / "desk", learner="kim")
    work = notebook_bytes(*released_cells(), code("mine = 1"))
    course.assignments[0].notebook.write_bytes(work)
    moved = exchange.rename(tmp_path / "새 교환소")
    with pytest.raises(InputError, match=f"biolab join NEW-PLACE {tmp_path / 'desk'}$"):
        fetch(open_folder(tmp_path / "desk"))
    again, brought = join(moved, tmp_path / "desk")
    assert [one.outcome for one in brought] == ["same"]
    assert (again.exchange, again.learner) == (moved, "kim")
    assert again.assignments[0].notebook.read_bytes() == work


def test_what_a_trainee_wrote_into_their_settings_stays(release, tmp_path):
    join(release, tmp_path / "desk", learner="kim")
    path = tmp_path / "desk" / "biolab.toml"
    path.write_text(path.read_text("utf-8").replace('"en"', '"ko"') + "# 내 메모\n", "utf-8")
    join(release, tmp_path / "desk")
    assert settings(tmp_path / "desk")["language"] == "ko"
    assert "# 내 메모" in path.read_text("utf-8")
    assert join(release, tmp_path / "desk", learner="lee", language="en")[0].language == "en"
    assert settings(tmp_path / "desk")["learner"] == "lee"


def test_a_folder_of_other_things_is_left_alone(release, tmp_path):
    (tmp_path / "desk").mkdir()
    (tmp_path / "desk" / "thesis.txt").write_text("x")
    with pytest.raises(InputError, match="holds other things"):
        join(release, tmp_path / "desk")
    other = write_course(tmp_path / "other")
    path = other / "course.json"
    path.write_text(path.read_text("utf-8").replace("bio101", "bio202"), "utf-8")
    with pytest.raises(InputError, match="another course"):
        join(release, other)


def test_a_damaged_course_file_is_mended(release, tmp_path):
    join(release, tmp_path / "desk", learner="kim")
    (tmp_path / "desk" / "course.json").write_text("{")
    assert [one.outcome for one in join(release, tmp_path / "desk")[1]] == ["same"]
    assert open_folder(tmp_path / "desk").learner == "kim"


def test_an_interrupted_joining_goes_on(release, tmp_path, monkeypatch):
    with monkeypatch.context() as patch:
        patch.setattr(fetching, "_write", _refusal(errno.ENOSPC))
        with pytest.raises(InputError, match="no space left"):
            join(release, tmp_path / "desk", learner="kim")
    assert [one.outcome for one in join(release, tmp_path / "desk")[1]] == ["new"]
    assert open_folder(tmp_path / "desk").learner == "kim"


def _refusal(number):
    def refuse(*_arguments, **_options):
        raise OSError(number, os.strerror(number))

    return refuse


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (lambda _path: None, "is not there"),
        (lambda path: path.mkdir(), "no course is published here"),
        (lambda path: path.write_bytes(b"PK\x03\x04 cut off"), "zip file that can be read"),
        (lambda path: zipfile.ZipFile(path, "w").close(), "no course is published here"),
        (lambda path: (path.mkdir(), (path / "course.json").write_text("[]")), "is damaged"),
    ],
)
def test_what_is_no_course_is_said(tmp_path, monkeypatch, make, told):
    monkeypatch.setenv("LC_ALL", "C")
    make(tmp_path / "source")
    with pytest.raises((InputError, FormatError), match=told):
        join(tmp_path / "source", tmp_path / "desk")
    assert not (tmp_path / "desk").exists()


def test_a_course_that_may_not_be_read(release, tmp_path, monkeypatch):
    join(release, tmp_path / "desk")
    read_bytes = Path.read_bytes

    def forbidden(path):
        if path.is_relative_to(release):
            raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), str(path))
        return read_bytes(path)

    monkeypatch.setattr(Path, "read_bytes", forbidden)
    with pytest.raises(InputError, match="you may not read"):
        fetch(open_folder(tmp_path / "desk"))


def test_a_zip_file_that_is_damaged_inside(release, tmp_path):
    path = tmp_path / "a.zip"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.write(release / "course.json", "course.json")
        archive.write(release / EXERCISE / f"{EXERCISE}.ipynb", f"{EXERCISE}/{EXERCISE}.ipynb")
    data = bytearray(path.read_bytes())
    middle = data.index(b"ipynb") + 30
    data[middle : middle + 40] = b"x" * 40
    path.write_bytes(data)
    with pytest.raises(FormatError, match="download it again"):
        join(path, tmp_path / "desk")


def test_a_zip_file_cannot_write_elsewhere(release, tmp_path):
    path = zipped(release, tmp_path / "a.zip")
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr(f"{EXERCISE}/../../evil.txt", "x")
        archive.writestr(f"{EXERCISE}/.hidden", "x")
        archive.writestr(f"{EXERCISE}/c:evil.txt", "x")
    join(path, tmp_path / "desk")
    names = {file.name for file in tmp_path.rglob("*")}
    assert not {"evil.txt", ".hidden", "c:evil.txt"} & names


# fetching


def test_a_new_exercise_comes(release, tmp_path, released):
    join(release, tmp_path / "desk")
    content = notebook_bytes(*released_cells(OTHER))
    write_course(release, entry(released), entry(content, OTHER))
    assert fetched(tmp_path / "desk") == [
        (EXERCISE, "same", f"{EXERCISE}.ipynb"),
        (OTHER, "new", f"{OTHER}.ipynb"),
    ]
    assert [one.name for one in open_folder(tmp_path / "desk").assignments] == [EXERCISE, OTHER]


def test_an_untouched_notebook_is_brought_up_to_date_under_its_new_name_too(release, tmp_path):
    course, _ = join(release, tmp_path / "desk")
    renamed = course.assignments[0].notebook.rename(tmp_path / "desk" / "첫 과제.ipynb")
    content = release_again(release, "x = 2")
    assert fetched(tmp_path / "desk") == [(EXERCISE, "updated", "첫 과제.ipynb")]
    assert renamed.read_bytes() == content
    assert fetched(tmp_path / "desk") == [(EXERCISE, "same", "첫 과제.ipynb")]


@pytest.mark.parametrize("extra", [[], [code("mine = 1")]])
def test_a_notebook_that_was_only_opened_is_brought_up_to_date(release, tmp_path, extra):
    """JupyterLab writes it anew as soon as it is opened; a cell of the trainee's own is work."""
    course, _ = join(release, tmp_path / "desk")
    path = course.assignments[0].notebook
    opened = json.loads(path.read_bytes())
    opened["metadata"]["language_info"] = {"name": "python", "version": "3.11.7"}
    opened["cells"][0] |= {"execution_count": 1, "source": "".join(opened["cells"][0]["source"])}
    opened["cells"] += extra
    path.write_text(json.dumps(opened, indent=1), "utf-8")
    new = release_again(release, "corrected = True")
    ((_, outcome, _),) = fetched(tmp_path / "desk")
    assert outcome == ("kept" if extra else "updated")
    assert (path.read_bytes() == new) is not bool(extra)


def test_a_notebook_that_was_worked_in_stays_and_the_new_one_lies_beside(release, tmp_path):
    course, _ = join(release, tmp_path / "desk")
    mine = course.assignments[0].notebook
    mine.write_bytes(notebook_bytes(*released_cells(), code("mine = 1")))
    content = release_again(release, "x = 2")
    new = f"{EXERCISE} (new).ipynb"
    assert fetched(tmp_path / "desk") == [(EXERCISE, "kept", new)]
    assert mine.with_name(new).read_bytes() == content
    assert b"mine" in mine.read_bytes()
    assert open_folder(tmp_path / "desk").assignments[0].notebook == mine
    assert fetched(tmp_path / "desk")[0][1] == "same"
    # they go on in the new one, and it is released once more
    mine.with_name(new).write_bytes(notebook_bytes(*released_cells(), code("mine = 2")))
    release_again(release, "x = 3")
    assert fetched(tmp_path / "desk") == [(EXERCISE, "kept", f"{EXERCISE} (new 2).ipynb")]
    assert b"mine = 2" in mine.with_name(new).read_bytes()


def test_a_notebook_that_was_thrown_away_comes_again(release, tmp_path, released):
    course, _ = join(release, tmp_path / "desk")
    course.assignments[0].notebook.unlink()
    assert fetched(tmp_path / "desk") == [(EXERCISE, "new", f"{EXERCISE}.ipynb")]
    assert course.assignments[0].notebook.read_bytes() == released


def test_a_notebook_of_another_exercise_in_its_place_is_not_written_over(release, tmp_path):
    course, _ = join(release, tmp_path / "desk")
    other = notebook_bytes(*released_cells(OTHER))
    course.assignments[0].notebook.write_bytes(other)
    assert fetched(tmp_path / "desk") == [(EXERCISE, "new", f"{EXERCISE} (new).ipynb")]
    assert course.assignments[0].notebook.read_bytes() == other


def test_files_beside_a_notebook(release, tmp_path):
    release_again(release, "x = 1", data_csv="a", notes="old")
    join(release, tmp_path / "desk", learner="kim")
    here = tmp_path / "desk" / EXERCISE
    (here / "notes").write_text("mine")
    (here / "biolab.toml").write_text('learner = "kim2"\n')
    release_again(release, "x = 1", data_csv="b", notes="new")
    fetched(tmp_path / "desk")
    assert (here / "data_csv").read_text() == "b"
    assert (here / "notes").read_text() == "mine"
    assert (here / "notes (new)").read_text() == "new"
    assert (here / "biolab.toml").read_text() == 'learner = "kim2"\n'


def test_a_full_disk_leaves_everything_whole_and_fetching_goes_on(release, tmp_path, monkeypatch):
    course, _ = join(release, tmp_path / "desk")
    before = course.assignments[0].notebook.read_bytes()
    content = release_again(release, "x = 2")
    with monkeypatch.context() as patch:
        patch.setattr(fetching, "_write", _refusal(errno.EDQUOT))
        with pytest.raises(InputError, match="quota"):
            fetch(open_folder(tmp_path / "desk"))
    assert course.assignments[0].notebook.read_bytes() == before
    assert fetched(tmp_path / "desk")[0][1] == "updated"
    assert course.assignments[0].notebook.read_bytes() == content


def test_where_to_fetch_from_is_not_known(tmp_path, released):
    folder = write_course(tmp_path / "desk", entry(released), submit_to="x")
    with pytest.raises(InputError, match="does not say where the course is published"):
        fetch(open_folder(folder))


# the commands


def test_the_commands_say_what_they_did(release, tmp_path, monkeypatch, capsys):
    monkeypatch.chdir(tmp_path)
    assert cli.main(["join", "release", "--learner", "김하늘", "--language", "ko"]) == 0
    out = capsys.readouterr().out
    assert "생물학 101" in out
    assert f"{EXERCISE}: 새 실습" in out
    assert "biolab lab bio101" in out
    release_again(release, "x = 2")
    assert cli.main(["fetch", "bio101"]) == 0
    assert "새로 고쳤습니다" in capsys.readouterr().out
    monkeypatch.chdir(tmp_path / "bio101")
    assert cli.main(["fetch"]) == 0
    assert "바뀐 것이 없습니다" in capsys.readouterr().out


def test_submit_by_the_exercise_s_name_and_into_another_folder(release, tmp_path, monkeypatch, capsys):
    join(release, tmp_path / "desk", learner="kim")
    monkeypatch.chdir(tmp_path / "desk")
    (tmp_path / "usb").mkdir()
    assert cli.main(["submit", EXERCISE, "--to", "../usb"]) == 0
    assert (tmp_path / "usb" / EXERCISE / "kim.ipynb").is_file()
    assert cli.main(["submit", "--to", "../usb"]) == 0  # the only one here
    capsys.readouterr()
    assert cli.main(["submit", EXERCISE]) == 2
    assert "--to FOLDER" in capsys.readouterr().err
    assert cli.main(["submit", "health-02", "--to", "../usb"]) == 2
    assert "did you mean 'health-02-risk-model'" in capsys.readouterr().err


def test_submit_asks_which_exercise(release, tmp_path, monkeypatch, capsys, released):
    write_course(release, entry(released), entry(notebook_bytes(*released_cells(OTHER)), OTHER))
    join(release, tmp_path / "desk", learner="kim")
    monkeypatch.chdir(tmp_path / "desk")
    assert cli.main(["submit"]) == 2
    assert f"biolab submit EXERCISE, of {EXERCISE}, {OTHER}" in capsys.readouterr().err
