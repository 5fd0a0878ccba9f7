"""Exercises to test with, and their trials, run once and shared by all tests and workers."""

import pickle
import shutil
from pathlib import Path

import pytest
from filelock import FileLock

from biolabkit_autograder.authoring import load_exercise
from biolabkit_autograder.authoring.trial import try_exercise

HERE = Path(__file__).parent
EXAMPLE = HERE / "example" / "genome" / "01-gc-content"


@pytest.fixture(scope="session")
def example():
    """The small exercise of these tests."""
    return load_exercise(EXAMPLE)


@pytest.fixture
def draft(tmp_path):
    """A copy of the example to spoil: ``draft("exercise.py", old, new)`` edits it, returns the folder."""
    folder = tmp_path / "genome" / "01-gc-content"
    shutil.copytree(EXAMPLE, folder)

    def edit(file=None, old="", new=""):
        if file:
            text = (folder / file).read_text(encoding="utf-8")
            assert text.count(old) == 1, f"{old!r} stands {text.count(old)} times in {file}"
            (folder / file).write_text(text.replace(old, new), encoding="utf-8")
        return folder

    return edit


@pytest.fixture(scope="session")
def trial_of(tmp_path_factory, worker_id):
    """Try an exercise, once for all tests: ``trial_of(exercise, language, data, only)``.

    The workers of pytest-xdist share the folder above their own.
    """
    base = tmp_path_factory.getbasetemp()
    shared = base if worker_id == "master" else base.parent

    def run(exercise, language, data, only=None):
        some = "" if only is None else f"-{len(only)}"
        stored = shared / f"{exercise.name}-{language}-{data}{some}.trial"
        with FileLock(f"{stored}.lock"):
            if not stored.exists():
                with pytest.MonkeyPatch.context() as patch:
                    # the real data, once unpacked, serve both languages
                    patch.setenv("BIOLABKIT_CACHE", str(shared / "trial-cache"))
                    trial = try_exercise(exercise, language, data=data, only=only)
                stored.write_bytes(pickle.dumps(trial))
        return pickle.loads(stored.read_bytes())

    return run
