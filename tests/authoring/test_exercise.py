import pytest

from biolabkit.errors import ExerciseError
from biolabkit_autograder.authoring import exercise_folders, find_exercises, load_exercise
from biolabkit_autograder.authoring.exercise import read_exercise


def test_an_exercise_knows_its_parts(example):
    assert (example.name, example.track) == ("genome-01-gc-content", "genome")
    assert example.meta.title["ko"] == "GC 함량"
    assert example.points == {"check-gc_content-plain": 1, "check-gc_content-unknown": 2, "essay-why": 2}
    assert [cell.grade_id for cell in example.cells if cell.grade_id] == [
        "setup",
        "gc_content",
        "check-gc_content-plain",
        "check-gc_content-unknown",
        "essay-why",
    ]


def test_a_wrong_answer_says_what_it_loses_and_draws(example):
    both = example.wrong_answers[-1]
    assert both.misconception == "Capitals only, and every letter is a base."
    assert both.loses == ("check-gc_content-plain", "check-gc_content-unknown")
    assert both.hint == "n-counted"
    assert both.tasks["gc_content"].startswith("def gc_content(")
    line = example.wrong_answers_path.read_text(encoding="utf-8").splitlines()[
        both.first_lines["gc_content"] - 1
    ]
    assert line.startswith("def gc_content(")


def test_cells_of_one_name_are_one_wrong_answer_in_several_tasks(draft):
    folder = draft()
    with (folder / "wrong_answers.py").open("a", encoding="utf-8") as file:
        file.write('\n# %% wrong="both" task="other"\n# Another belief.\nother = 1\n')
    exercise, problems = read_exercise(folder)
    both = exercise.wrong_answers[-1]
    assert (problems, list(both.tasks)) == ([], ["gc_content", "other"])
    assert both.misconception == "Capitals only, and every letter is a base."


def test_exercises_are_found_by_name_below_a_root_or_a_pack(draft, tmp_path):
    folder = draft()
    (tmp_path / "pack" / "exercises").mkdir(parents=True)
    (tmp_path / "genome").rename(tmp_path / "pack" / "exercises" / "genome")
    found = tmp_path / "pack" / "exercises" / "genome" / folder.name
    assert exercise_folders(tmp_path / "pack") == {"genome-01-gc-content": found}
    assert exercise_folders(tmp_path / "pack" / "exercises") == {"genome-01-gc-content": found}
    assert find_exercises(tmp_path / "pack")["genome-01-gc-content"].folder == found


def test_a_missing_root_and_a_name_in_two_roots_are_errors(draft, tmp_path, repository):
    draft()
    with pytest.raises(ExerciseError, match="absent is no folder"):
        exercise_folders(tmp_path / "absent")
    with pytest.raises(ExerciseError, match="two exercises are named genome-01-gc-content"):
        exercise_folders(tmp_path, repository / "tests" / "authoring" / "example")


def test_loading_a_broken_exercise_is_an_error_of_one_line(draft):
    folder = draft("exercise.toml", "minutes = 20", 'minutes = "20"\ncolour = "red"')
    with pytest.raises(ExerciseError, match=r"exercise\.toml:3: minutes: .* \(and 1 more\)$") as caught:
        load_exercise(folder)
    assert "\n" not in str(caught.value)
