"""What an author types, from an empty folder to notebooks."""

import nbformat
import pytest
from typer.testing import CliRunner

from biolabkit.errors import ExerciseError, InputError, UnknownNameError
from biolabkit_autograder.authoring import build_notebook, load_exercise, notebook_bytes, release_notebook
from biolabkit_autograder.authoring.cli import app
from biolabkit_autograder.authoring.lint import lint_folder


def call(*arguments):
    """Run `biolab exercise` with arguments; an error of ours is raised, as `biolab` prints it."""
    result = CliRunner().invoke(app, [str(argument) for argument in arguments])
    if result.exception and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_a_new_exercise_is_clean_and_keeps_its_promises(tmp_path):
    root = tmp_path / "exercises"
    assert call("new", "genome-11-my-exercise", "--root", root).exit_code == 0
    assert call("lint", "--root", root).output == "1 exercise: no problem\n"
    tried = call(
        "try",
        "genome-11-my-exercise",
        "--root",
        root,
        "--learner",
        "a",
        "--learner",
        "b",
        "--data",
        "simulated",
    )
    assert tried.exit_code == 0, tried.output
    assert tried.output.count("learner a") == tried.output.count("learner b") == 2
    assert len(load_exercise(root / "genome" / "11-my-exercise").wrong_answers) >= 6


def test_a_new_exercise_by_its_folder(tmp_path):
    folder = tmp_path / "pack" / "genome" / "11-my-exercise"
    assert str(folder) in call("new", folder).output.replace("\n", "")
    assert call("lint", folder).output == "1 exercise: no problem\n"
    assert load_exercise(folder).name == "genome-11-my-exercise"
    with pytest.raises(InputError, match="has no form"):
        call("new", tmp_path / "genome" / "my-exercise")


def test_a_missing_folder_is_one_error(tmp_path):
    with pytest.raises(ExerciseError, match=r"there is no folder .*; make one with: biolab exercise new"):
        call("lint", tmp_path / "genome" / "11-not-there")


def test_problems_are_printed_and_the_status_is_1(draft):
    folder = draft("exercise.py", "points=1", "points=0")
    result = call("lint", folder)
    assert result.exit_code == 1
    assert result.output == f"{folder / 'exercise.py'}:39: points must be a positive number, found 0\n"
    assert call("try", folder).output == result.output


def test_a_broken_promise_is_printed_below_the_table(draft):
    folder = draft("exercise.py", ").close_to(0.5)", ").close_to(0.75)")
    result = call("try", folder, "--language", "en")
    assert result.exit_code == 1
    assert f"{folder / 'exercise.py'}:39: the solution loses check-gc_content-plain" in result.output


def test_build_writes_notebooks_in_both_languages(example, tmp_path):
    root = example.folder.parents[1]
    call("build", "--root", root, "--to", tmp_path / "source")
    call("build", example.folder, "--to", tmp_path / "release", "--language", "ko", "--release")
    for language in ("en", "ko"):
        written = (tmp_path / "source" / language / f"{example.name}.ipynb").read_bytes()
        assert written == notebook_bytes(build_notebook(example, language))
    released = nbformat.read(tmp_path / "release" / "ko" / f"{example.name}.ipynb", as_version=4)
    assert released == release_notebook(build_notebook(example, "ko"), "ko")
    assert not (tmp_path / "release" / "en").exists()


def test_nothing_is_built_from_a_source_with_problems(draft, tmp_path):
    folder = draft("exercise.py", "points=1", "points=0")
    with pytest.raises(ExerciseError, match=r"exercise\.py:39: points must be a positive number, found 0$"):
        call("build", folder, "--to", tmp_path / "out")
    assert not (tmp_path / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        (["lint", "genome-01-gc-contents"], UnknownNameError, "did you mean 'genome-01-gc-content'"),
        (["new", "My Exercise"], InputError, "has no form <track>-<nn-slug>"),
        (["new", "genome-01-gc-content"], InputError, "exists already"),
    ],
)
def test_a_wrong_name_is_one_error(draft, tmp_path, arguments, error, message):
    draft()
    with pytest.raises(error, match=message):
        call(*arguments, "--root", tmp_path)


def test_an_empty_root_is_one_error(tmp_path):
    with pytest.raises(ExerciseError, match="holds no exercise"):
        call("lint", "--root", tmp_path)


def test_a_folder_that_is_no_exercise_has_its_problems(tmp_path):
    (tmp_path / "genome" / "01-empty").mkdir(parents=True)
    messages = [problem.message for problem in lint_folder(tmp_path / "genome" / "01-empty")]
    assert messages.count("the file is missing") == 3
