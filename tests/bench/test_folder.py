"""Where a trainee's course is, and which notebook belongs to which exercise."""

import json
import os
import unicodedata
from datetime import datetime

import pytest

from biolabkit._settings import find_language, find_learner
from biolabkit.bench.folder import open_folder
from biolabkit.errors import BiolabkitError, FormatError, InputError

from .conftest import EXERCISE, code, entry, notebook_bytes, released_cells, write_course

OTHER = "genome-01-gc-content"


@pytest.fixture
def course(tmp_path, released):
    due = "2026-12-20T23:59:00+09:00"
    return write_course(tmp_path / "과정", entry(released, due=due), learner="kim", submit_to="../inbox")


def saved(path, cells, at):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(notebook_bytes(*cells))
    os.utime(path, (at, at))
    return path


def test_a_course_is_found_from_anywhere_in_it(course):
    for start in (course, course / EXERCISE, course / EXERCISE / f"{EXERCISE}.ipynb"):
        opened = open_folder(start)
        assert opened.root == course
        assert (opened.course_id, opened.title, opened.learner) == ("bio101", "Biology 101", "kim")
    (one,) = opened.assignments
    assert (one.title, one.minutes, one.seconds_per_cell) == ("A risk model", 45, 30)
    assert one.due == datetime.fromisoformat("2026-12-20T14:59:00+00:00")
    assert one.notebook == course / EXERCISE / f"{EXERCISE}.ipynb"
    assert one.checks == (("check-f", "f", 2.0),)
    assert one.essays == (("essay-why", 3.0),)
    assert opened.inbox == course / "../inbox"


def test_the_course_says_its_language_and_a_trainee_may_choose_another(tmp_path, released):
    korean = write_course(tmp_path / "a", entry(released), language="ko")
    assert open_folder(korean).title == "생물학 101"
    assert open_folder(write_course(tmp_path / "b", entry(released), language="en")).language == "en"
    chosen = tmp_path / "c"
    write_course(chosen, entry(released))
    (chosen / "biolab.toml").write_text('language = "ko"')
    assert open_folder(chosen).assignments[0].title == "위험 모형"


def test_an_exercise_s_own_settings_leave_the_rest_to_the_course_s(course):
    (course / EXERCISE / "biolab.toml").write_text(f'language = "ko"\nexercise = "{EXERCISE}"')
    assert find_learner(course / EXERCISE) == "kim"
    assert find_language(course / EXERCISE) == "ko"
    assert open_folder(course / EXERCISE).learner == "kim"


def test_a_decomposed_korean_id_is_the_roster_s(tmp_path, released):
    written = unicodedata.normalize("NFD", "김하늘")
    write_course(tmp_path / "c", entry(released), learner=written)
    assert open_folder(tmp_path / "c").learner == unicodedata.normalize("NFC", "김하늘") != written


def test_in_an_exchange_who_is_not_named_is_called_as_their_account(tmp_path, released, monkeypatch):
    folder = write_course(tmp_path / "c", entry(released), exchange="/srv/exchange/bio101")
    monkeypatch.setattr("biolabkit._settings.account_name", lambda: "s2026")
    assert find_learner(folder / EXERCISE) == open_folder(folder).learner == "s2026"
    monkeypatch.setattr("biolabkit._settings.account_name", lambda: None)
    assert find_learner(folder) == "practice"


def test_away_from_its_exchange_the_account_says_nothing(tmp_path, released, monkeypatch):
    monkeypatch.setattr("biolabkit._settings.account_name", lambda: "laptop")
    folder = write_course(
        tmp_path / "c", entry(released), exchange="/srv/exchange/bio101", source="/home/kim/bio101.zip"
    )
    assert find_learner(folder / EXERCISE) == open_folder(folder).learner == "practice"


def test_a_renamed_and_moved_notebook_is_known_by_what_it_says(course):
    target = course / "내 노트" / "최종본.ipynb"
    target.parent.mkdir()
    (course / EXERCISE / f"{EXERCISE}.ipynb").rename(target)
    assert open_folder(course).assignments[0].notebook == target


def test_a_file_name_alone_says_nothing_where_the_notebook_says_otherwise(course):
    path = course / EXERCISE / f"{EXERCISE}.ipynb"
    path.write_bytes(notebook_bytes(*released_cells(OTHER)))
    assert open_folder(course).assignments[0].notebook is None


def test_a_damaged_notebook_is_still_known(course):
    path = course / EXERCISE / f"{EXERCISE}.ipynb"
    path.rename(path.with_name("x.ipynb")).write_bytes(notebook_bytes(*released_cells())[:-40])
    assert open_folder(course).assignments[0].notebook == path.with_name("x.ipynb")
    path.with_name("x.ipynb").rename(path).write_bytes(b"")
    assert open_folder(course).assignments[0].notebook == path


def test_a_copy_as_released_is_not_meant(course):
    usual = saved(course / EXERCISE / f"{EXERCISE}.ipynb", [*released_cells(), code("x = 1")], 1000)
    copy = course / EXERCISE / f"{EXERCISE} (new).ipynb"
    saved(copy, released_cells(), 2000)
    one = open_folder(course).assignments[0]
    assert (one.notebook, one.others) == (usual, ())


def test_of_two_that_were_worked_in_the_newest_is_meant_and_the_other_told(course):
    usual = saved(course / EXERCISE / f"{EXERCISE}.ipynb", [*released_cells(), code("x = 1")], 1000)
    copy = saved(course / EXERCISE / f"{EXERCISE}-Copy1.ipynb", [*released_cells(), code("x = 2")], 2000)
    one = open_folder(course).assignments[0]
    assert (one.notebook, one.others) == (copy, (usual,))


def test_checkpoints_are_no_notebooks(course):
    path = course / EXERCISE / ".ipynb_checkpoints" / f"{EXERCISE}-checkpoint.ipynb"
    saved(path, [*released_cells(), code("x = 1")], 9e9)
    assert open_folder(course).assignments[0].others == ()


def test_a_single_released_folder_is_a_course_of_one_exercise(tmp_path, released):
    folder = tmp_path / EXERCISE
    folder.mkdir()
    settings = f'language = "ko"\ncourse = "bio101"\nexercise = "{EXERCISE}"\nsubmit_to = "/srv/inbox"\n'
    (folder / "biolab.toml").write_text(settings)
    (folder / "a.ipynb").write_bytes(released)
    (folder / "scratch.ipynb").write_bytes(notebook_bytes(code("1 + 1")))
    opened = open_folder(folder)
    (one,) = opened.assignments
    assert (opened.root, opened.course_id, one.name, one.title) == (folder, "bio101", EXERCISE, "Risk")
    assert (one.notebook, one.others, one.due) == (folder / "a.ipynb", (), None)
    assert one.checks == (("check-f", "f", 2.0),)
    assert one.essays == (("essay-why", 3.0),)


def test_a_folder_of_another_course_inside_a_course_is_its_own(course):
    folder = course / "borrowed"
    folder.mkdir()
    (folder / "biolab.toml").write_text(f'exercise = "{OTHER}"')
    (folder / "a.ipynb").write_bytes(notebook_bytes(*released_cells(OTHER)))
    assert open_folder(folder).root == folder


def test_a_release_folder_that_was_only_unpacked(tmp_path, released):
    folder = write_course(tmp_path / "release", entry(released))
    (folder / "biolab.toml").unlink()
    own = f'exercise = "{EXERCISE}"\nlearner = "lee"\nsubmit_to = "/srv/inbox"\n'
    (folder / EXERCISE / "biolab.toml").write_text(own)
    opened = open_folder(folder)
    assert (str(opened.inbox), opened.learner) == ("/srv/inbox", "lee")


def test_no_course(tmp_path, monkeypatch):
    monkeypatch.setenv("LC_ALL", "ko_KR.UTF-8")
    with pytest.raises(InputError, match="이곳에는 과정이 없습니다"):
        open_folder(tmp_path)
    monkeypatch.setenv("LC_ALL", "C")
    with pytest.raises(InputError, match="biolab join"):
        open_folder(tmp_path)


@pytest.mark.parametrize(("language", "told"), [("en", "no such file or folder"), ("ko", "없습니다")])
@pytest.mark.parametrize("name", ["nothing.ipynb", "없는 과정", "no/such/thing.ipynb"])
def test_what_does_not_exist_is_called_so(tmp_path, monkeypatch, language, told, name):
    monkeypatch.setenv("BIOLAB_LANGUAGE", language)
    with pytest.raises(InputError, match=f"{name}: .*{told}"):
        open_folder(tmp_path / name)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda text: text[:50], "is damaged"),
        (lambda text: text.replace('"format": 1', '"format": 2'), "update biolabkit"),
        (lambda text: text.replace(f'"name": "{EXERCISE}"', '"name": "../x"'), "no name of an exercise"),
        (lambda text: text.replace(f'"notebook": "{EXERCISE}/', '"notebook": "../'), "outside its folder"),
        (lambda text: text.replace('"title"', '"heading"'), "something is missing"),
        (lambda _text: "[]", "it is no course.json"),
    ],
)
def test_a_damaged_course_file_says_how_to_get_it_again(course, change, told):
    path = course / "course.json"
    path.write_text(change(path.read_text("utf-8")), "utf-8")
    with pytest.raises(FormatError, match=told):
        open_folder(course)
    with pytest.raises(FormatError, match="biolab join SOURCE"):
        open_folder(course)


def test_damaged_settings_are_told(course):
    (course / "biolab.toml").write_text("learner = kim")
    with pytest.raises(BiolabkitError, match=r"biolab\.toml: not TOML"):
        open_folder(course)


def test_later_additions_to_the_course_file_are_passed_over(course):
    path = course / "course.json"
    document = json.loads(path.read_text("utf-8"))
    document["news"] = document["assignments"][0]["news"] = ["x"]
    path.write_text(json.dumps(document), "utf-8")
    assert open_folder(course).assignments[0].name == EXERCISE


def test_an_unknown_exercise_suggests_the_near_one(course):
    with pytest.raises(InputError, match="did you mean 'health-02-risk-model'"):
        open_folder(course).assignment("health-02-risk")
