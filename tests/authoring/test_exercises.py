"""Every exercise of the repository keeps what the format promises, in both languages."""

import os
from collections import Counter
from pathlib import Path

import nbformat
import pytest
from nbgrader.nbgraderformat import MetadataValidator

from biolabkit_autograder.authoring import (
    LANGUAGES,
    build_notebook,
    exercise_folders,
    load_exercise,
    notebook_bytes,
    samples,
)
from biolabkit_autograder.authoring.lint import lint_folder

ROOT = Path(__file__).resolve().parents[2] / "exercises"
FOLDERS = exercise_folders(ROOT)
FULL = bool(os.environ.get("BIOLAB_FULL"))
# Code is the same in both languages. Here it runs in Korean, on real data where there is a mirror.
# In English, on simulated data, tests/course/test_equal_points.py runs the solution and the unsolved
# notebook, in the sandbox; and there are the wrong answers, some two dozen, in both. With BIOLAB_FULL=1 each
# answer runs here alone, in both languages.
DATA = {"ko": "real" if os.environ.get("BIOLABKIT_MIRROR") else "simulated"}
if FULL:
    DATA["en"] = "simulated"
ONLY = None if FULL else ("solution", "unsolved", "emptied")

every_exercise = pytest.mark.parametrize("folder", FOLDERS.values(), ids=FOLDERS)
every_language = pytest.mark.parametrize("language", LANGUAGES)
every_trial = pytest.mark.parametrize(("language", "data"), DATA.items(), ids=map("-".join, DATA.items()))


@pytest.fixture
def exercise(folder):
    return load_exercise(folder)


def test_there_are_exercises():
    assert FOLDERS


@every_exercise
def test_the_source_is_clean(folder):
    assert list(map(str, lint_folder(folder))) == []


@every_exercise
def test_every_text_has_its_twin(exercise):
    texts = exercise.of_kind("text")
    assert [cell.language for cell in texts] == ["en", "ko"] * (len(texts) // 2)
    notebooks = [build_notebook(exercise, language) for language in LANGUAGES]
    assert len({tuple((cell.id, cell.cell_type) for cell in notebook.cells) for notebook in notebooks}) == 1


@every_exercise
@every_language
def test_ids_are_unique_and_the_notebook_is_valid(exercise, language):
    notebook = build_notebook(exercise, language)
    nbformat.validate(notebook)
    MetadataValidator().validate_nb(notebook)
    assert max(Counter(cell.id for cell in notebook.cells).values()) == 1


@every_exercise
@every_language
def test_rebuilding_gives_the_same_bytes(folder, language):
    first, second = (notebook_bytes(build_notebook(load_exercise(folder), language)) for _ in range(2))
    assert first == second


@every_exercise
@every_language
def test_samples_hold_no_hidden_test(exercise, language):
    for name, notebook in samples(exercise, language).items():
        text = notebook_bytes(notebook).decode()
        assert "HIDDEN TESTS" not in text, name
        assert "lab.hidden" not in text, name


@every_exercise
@every_trial
def test_the_solution_gets_full_marks_and_prints_no_error(exercise, language, data, trial_of):
    run = trial_of(exercise, language, data, ONLY).runs["solution"]
    assert run.stopped is None
    assert {check: result.error for check, result in run.checks.items() if result.error} == {}
    assert run.points == {check: points for check, points in exercise.points.items() if check in run.checks}
    assert len(run.checks) == len(exercise.of_kind("check"))
    assert [each.cell.line for each in run.cells if each.error or each.stderr] == []


@every_exercise
@every_trial
def test_the_unsolved_notebook_gets_nothing_and_stops_nowhere(exercise, language, data, trial_of):
    run = trial_of(exercise, language, data, ONLY).runs["unsolved"]
    assert run.stopped is None
    assert sum(run.points.values()) == 0
    assert len(run.cells) == len(exercise.of_kind("setup", "free", "task", "check"))
    stopped = [each for each in run.cells if each.error and each.cell.kind in ("setup", "free")]
    assert [(each.cell.line, each.error) for each in stopped] == []


@every_exercise
@every_trial
def test_a_trial_finds_nothing_to_say(exercise, language, data, trial_of):
    assert list(map(str, trial_of(exercise, language, data, ONLY).problems)) == []


@every_exercise
def test_there_are_misconceptions_each_with_its_hint(exercise):
    assert len(exercise.wrong_answers) >= 6
    assert all(answer.loses and answer.hint for answer in exercise.wrong_answers)


@pytest.mark.skipif(not FULL, reason="takes minutes: set BIOLAB_FULL=1")
@every_exercise
@every_trial
def test_every_wrong_answer_alone_loses_its_checks_and_draws_its_hint(exercise, language, data, trial_of):
    trial = trial_of(exercise, language, data)
    runs = {answer.name: trial.runs[f"wrong:{answer.name}"] for answer in exercise.wrong_answers}
    lost = {name: (run.lost, run.stopped) for name, run in runs.items()}
    assert lost == {answer.name: (set(answer.loses), None) for answer in exercise.wrong_answers}
    hints = {answer.name: (answer.hint, runs[answer.name].hints) for answer in exercise.wrong_answers}
    assert {name: found for name, found in hints.items() if found[0] not in found[1]} == {}
