"""The example keeps its promises; spoilt copies do not, and the trial names the line."""

import pytest

from biolabkit.errors import ExerciseError
from biolabkit_autograder.authoring import LANGUAGES, load_exercise
from biolabkit_autograder.authoring.trial import try_exercise

PY, TOML, WRONG = "exercise.py", "exercise.toml", "wrong_answers.py"


def tried(folder, **options):
    """The problems of a trial as (file, text of the line, message)."""
    trial = try_exercise(load_exercise(folder), **options)
    return [
        (
            problem.path.name,
            problem.path.read_text(encoding="utf-8").splitlines()[problem.line - 1],
            problem.message,
        )
        for problem in trial.problems
    ]


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_example_keeps_its_promises(example, trial_of, language):
    trial = trial_of(example, language, "simulated")
    assert trial.problems == ()
    assert (trial.exercise, trial.language) == (example.name, language)
    assert trial.runs["solution"].points == {"check-gc_content-plain": 1, "check-gc_content-unknown": 2}
    assert trial.runs["unsolved"].points == {"check-gc_content-plain": 0, "check-gc_content-unknown": 0}
    both = trial.runs["wrong:both"]
    assert both.lost == {"check-gc_content-plain", "check-gc_content-unknown"}
    assert both.hints == ["case-ignored", "n-counted"]
    assert "GC" in both.checks["check-gc_content-plain"].error


def test_every_cell_is_run_and_timed(example, trial_of):
    runs = trial_of(example, "en", "simulated").runs
    for run in runs.values():
        assert [each.cell.kind for each in run.cells] == ["setup", "task", "check", "check", "free"]
        assert run.stopped is None
        assert 0 < run.seconds < 60


def test_a_solution_that_loses_points_is_named(draft):
    folder = draft(PY, ").close_to(0.5)", ").close_to(0.75)")
    file, line, message = tried(folder)[0]
    assert (file, line) == (PY, '# %% check="gc_content.plain" points=1')
    assert message.startswith("the solution loses check-gc_content-plain: CheckFailed")


def test_a_solution_that_prints_to_stderr_is_named(draft):
    folder = draft(
        PY, "    ### BEGIN SOLUTION", '    ### BEGIN SOLUTION\n    import os\n    os.write(2, b"from C\\n")'
    )
    lines = {line: message for _, line, message in tried(folder)}
    assert lines['# %% check="gc_content.plain" points=1'] == "the solution prints to stderr: from C"


def test_a_check_that_passes_unsolved_is_named(draft):
    folder = draft(
        PY, 'lab.start("genome-01-gc-content")', 'lab.start("genome-01-gc-content")\nalways = True'
    )
    source = (folder / PY).read_text(encoding="utf-8")
    start, end = source.index('expect(gc_content("ACGT")'), source.index('# %% check="gc_content.unknown"')
    (folder / PY).write_text(source[:start] + "assert always\n\n" + source[end:], encoding="utf-8")
    found = tried(folder)
    place = (PY, '# %% check="gc_content.plain" points=1')
    assert (*place, "the check passes on the unsolved notebook") in found


def test_a_cell_that_stops_the_unsolved_notebook_is_named(draft):
    folder = draft(
        PY, "lab.show(lambda: print(round(gc_content(my_sequence), 2)))", "gc_content(my_sequence)"
    )
    [(file, line, message)] = tried(folder)
    assert (file, line) == (PY, "# %%")
    assert message.startswith("the unsolved notebook stops here: NotImplementedError")


def test_an_unfinished_top_level_task_stops_nothing(draft):
    """nbgrader's stub raises in the task's own cell; that is how an unanswered cell looks."""
    folder = draft(PY, "lab.show(", "lab.show(lambda: print(answer))\nlab.show(")
    with (folder / PY).open("a", encoding="utf-8") as file:
        file.write(
            '\n# %% task="answer"\n### BEGIN SOLUTION\nanswer = 42\n### END SOLUTION\n'
            '\n# %% check="answer" points=1\nexpect(answer, "the answer", ko="답").equals(42)\n'
        )
    assert tried(folder) == []


def test_a_wrong_answer_that_loses_other_checks_or_draws_another_hint_is_named(draft):
    draft(
        WRONG,
        'wrong="both" task="gc_content" loses="check-gc_content-plain, ',
        'wrong="both" task="gc_content" loses="',
    )
    folder = draft(WRONG, 'hint="n-counted"\n# Every letter', 'hint="case-ignored"\n# Every letter')
    found = {line.split()[2]: (file, message) for file, line, message in tried(folder)}
    assert found == {
        'wrong="both"': (
            WRONG,
            "wrong answer 'both' should lose check-gc_content-unknown; "
            "it loses check-gc_content-plain, check-gc_content-unknown",
        ),
        'wrong="counts_n"': (
            WRONG,
            "wrong answer 'counts_n' should draw the hint 'case-ignored', drawn: n-counted "
            "(check-gc_content-unknown: CheckFailed: ✗ gc_content.unknown: "
            "GC content with unknown bases; got 0.25, expected 0.5)",
        ),
    }


def test_a_wrong_answer_that_does_not_run_is_named(draft):
    folder = draft(WRONG, "# An unknown base is a T.\n", "# An unknown base is a T.\nimport no_such_module\n")
    found = tried(folder)
    assert (WRONG, "import no_such_module") in [(file, line) for file, line, _ in found]
    assert any("stops in its own task cell: ModuleNotFoundError" in message for *_, message in found)


def test_an_endless_and_a_dying_answer_are_named_and_the_others_go_on(draft):
    draft(WRONG, "# An unknown base is a T.\n", "# An unknown base is a T.\nwhile True:\n    pass\n")
    folder = draft(
        WRONG, "# Lower case marks", "# Lower case marks bases.\nimport os\n\nos._exit(7)\n# Lower case"
    )
    assert [message for *_, message in tried(folder, seconds=8)] == [
        "wrong:counts_twice: it did not end within 8 s",
        "wrong:masked_is_unknown: the process ended with status 7 after 1 cells",
    ]


def test_an_import_that_is_not_there_is_one_error(draft):
    folder = draft(TOML, '["numpy"]', '["no_such_module"]')
    with pytest.raises(
        ExerciseError, match="cannot be tried: ModuleNotFoundError: No module named 'no_such_module'"
    ):
        try_exercise(load_exercise(folder))
