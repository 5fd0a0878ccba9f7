"""lab: language, learner, seed, and what it does without IPython."""

import hashlib
import os
import random
import subprocess
import sys

import numpy as np
import pytest

from biolabkit._settings import find_language, find_learner
from biolabkit.check import lab, seed_of
from biolabkit.errors import FormatError, InputError


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """A folder of its own to work in, on an English machine."""
    for name in ("LC_ALL", "LC_MESSAGES"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_the_environment_comes_before_the_settings_file(folder, monkeypatch):
    (folder / "biolab.toml").write_text('language = "ko"\nlearner = "lee"\n')
    assert (find_language(), find_learner()) == ("ko", "lee")
    monkeypatch.setenv("BIOLAB_LANGUAGE", "en")
    monkeypatch.setenv("BIOLAB_LEARNER", "kim")
    monkeypatch.setenv("JUPYTERHUB_USER", "hub")
    assert (find_language(), find_learner()) == ("en", "kim")


def test_the_settings_file_of_a_parent_folder_counts(folder, monkeypatch):
    (folder / "biolab.toml").write_text('language = "ko"\nlearner = "lee"\n')
    inner = folder / "genome" / "05"
    inner.mkdir(parents=True)
    monkeypatch.chdir(inner)
    assert (find_language(), find_learner()) == ("ko", "lee")


def test_the_hub_user_is_the_learner_when_nobody_else_is_named(monkeypatch):
    assert find_learner() == "practice"
    monkeypatch.setenv("JUPYTERHUB_USER", "hub")
    assert find_learner() == "hub"


@pytest.mark.parametrize(("locale", "language"), [("ko_KR.UTF-8", "ko"), ("en_GB.UTF-8", "en"), ("C", "en")])
def test_the_machine_decides_last(monkeypatch, locale, language):
    monkeypatch.setenv("LANG", locale)
    assert find_language() == language


def test_a_language_that_does_not_exist_is_named(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "fr")
    with pytest.raises(InputError, match="BIOLAB_LANGUAGE: language 'fr' is not known; use 'en' or 'ko'"):
        find_language()


def test_a_broken_settings_file_is_named(folder):
    (folder / "biolab.toml").write_text("language = ")
    with pytest.raises(FormatError, match=r"biolab\.toml: expected a TOML file"):
        find_language()


def test_the_seed_is_the_published_formula():
    digest = hashlib.sha256(b"genome-05-diploid-genotypes\nkim").digest()
    assert seed_of("genome-05-diploid-genotypes", "kim") == int.from_bytes(digest[:8], "big") & 0x7FFFFFFF
    assert seed_of("genome-05-diploid-genotypes", "kim") == 391943470
    assert seed_of("genome-05-diploid-genotypes", "이수진") != seed_of("health-02-risk-model", "이수진")


def test_start_seeds_everything(monkeypatch):
    monkeypatch.setenv("BIOLAB_LEARNER", "kim")
    drawn = []
    for _ in range(2):
        lab.start("genome-01-sequences")
        old = np.random.rand()  # noqa: NPY002  (the generator that libraries use)
        drawn.append((random.random(), old, lab.rng().random(), lab.rng().random()))
    assert drawn[0] == drawn[1]
    assert drawn[0][2] == drawn[0][3]
    monkeypatch.setenv("BIOLAB_LEARNER", "lee")
    assert lab.start("genome-01-sequences").rng().random() != drawn[0][2]


def test_practice_is_announced_and_a_named_learner_is_not(monkeypatch, capsys):
    lab.start("genome-01-sequences")
    assert "Practice data are used" in capsys.readouterr().out
    monkeypatch.setenv("BIOLAB_LEARNER", "kim")
    lab.start("genome-01-sequences")
    assert capsys.readouterr().out == ""


def test_text_follows_the_language(monkeypatch):
    monkeypatch.setenv("BIOLAB_LANGUAGE", "ko")
    assert lab.start("genome-01-sequences").text("Depth", "깊이") == "깊이"
    monkeypatch.setenv("BIOLAB_LANGUAGE", "en")
    assert lab.start("genome-01-sequences").text("Depth", "깊이") == "Depth"


def test_a_check_is_the_context_until_the_next_start():
    lab.start("genome-01-sequences")
    assert lab.current() is None
    lab.check("gc.empty", points=3)
    now = lab.current()
    assert (now.check, now.task, now.points, now.hidden, now.filename) == (
        "gc.empty",
        "gc",
        3,
        False,
        __file__,
    )
    lab.hidden()
    assert lab.current().hidden
    lab.check("next", points=1)
    assert not lab.current().hidden
    lab.start("genome-01-sequences")
    assert lab.current() is None


def test_an_exercise_needs_a_name():
    with pytest.raises(InputError, match="exercise's name"):
        lab.start(" ")


def test_show_stands_a_note_in_for_an_unsolved_task(capsys):
    def unsolved():
        raise NotImplementedError

    lab.start("genome-01-sequences")
    capsys.readouterr()
    lab.show(lambda: unsolved())
    lab.show(lambda: not_there_yet)  # noqa: F821
    assert capsys.readouterr().out.count("Nothing to show yet") == 2
    lab.show(lambda: print("a figure"))
    assert capsys.readouterr().out == "a figure\n"


def test_show_shows_nothing_where_only_the_checks_count(monkeypatch):
    monkeypatch.setenv("BIOLAB_SHOW", "off")
    lab.show(lambda: 1 / 0)


def test_show_does_not_hide_a_mistake():
    names = {}
    exec(compile("def plot():\n    return lenn([])\n", "<learner>", "exec"), names)
    with pytest.raises(NameError):
        lab.show(lambda: names["plot"]())
    with pytest.raises(ZeroDivisionError):
        lab.show(lambda: 1 / 0)


def test_importing_check_loads_no_heavy_library():
    heavy = ("numpy", "pandas", "matplotlib", "IPython")
    code = f"import sys, biolabkit.check; print([name for name in {heavy} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, env=os.environ
    )
    assert done.stdout.strip() == "[]"
