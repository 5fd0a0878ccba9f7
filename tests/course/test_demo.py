"""`biolab demo` in a folder that has something in it already."""

import pytest

from biolabkit_autograder import demo
from biolabkit_autograder.authoring import load_exercise


@pytest.fixture
def earlier(tmp_path):
    folder = tmp_path / "demo"
    (folder / "source" / "one").mkdir(parents=True)
    (folder / "course.toml").touch()
    (folder / demo._MARKER).touch()
    return folder


def test_an_earlier_demo_whose_removal_was_interrupted_is_still_one(earlier, monkeypatch):
    def stop(_path):
        raise KeyboardInterrupt

    monkeypatch.setattr(demo.shutil, "rmtree", stop)
    with pytest.raises(KeyboardInterrupt):
        demo._empty(earlier)
    assert (earlier / demo._MARKER).is_file()
    monkeypatch.undo()
    demo._empty(earlier)
    assert list(earlier.iterdir()) == []


def test_nobody_hands_in_a_mark_scheme(repository, course):
    exercise = load_exercise(repository / "tests" / "authoring" / "example" / "genome" / "01-gc-content")
    texts = [one.data.decode() for one in demo.cohort(course, [exercise])]
    written = [sum(text in one for text in demo._ESSAY.values()) for one in texts]
    assert written[:2] == [1, 1]
    assert not any(demo._ESSAY[{"en": "ko", "ko": "en"}[course.language]] in one for one in texts)
    (essay,) = exercise.of_kind("essay")
    scheme = essay.source.strip().splitlines()[0]
    assert scheme
    assert not any(scheme in one for one in texts)


def test_what_a_link_leads_to_is_kept(earlier, tmp_path):
    kept = tmp_path / "mine"
    kept.mkdir()
    (kept / "notes.txt").touch()
    (earlier / "link").symlink_to(kept, target_is_directory=True)
    demo._empty(earlier)
    assert (kept / "notes.txt").exists()
