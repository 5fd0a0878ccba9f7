"""A check that passes on emptied answers is named; one that looks at what it gets, or at numbers, is not."""

import pytest

from biolabkit_autograder.authoring import load_exercise
from biolabkit_autograder.authoring.trial import try_exercise

TASK = """

# %% task="made"
### BEGIN SOLUTION
import numpy as np
import pandas as pd
import torch


def doubled(values):
    return 2 * np.asarray(values)


def halves(values):
    return doubled(values) / 4, len(doubled(values))


def pair(values):
    return doubled(values), as_list(values)


def refused(values):
    raise ValueError("no")


def as_list(values):
    return doubled(values).tolist()


def as_table(values):
    return pd.DataFrame({"v": doubled(values)})


def as_tensor(values):
    return torch.tensor(doubled(values))


known = ["ATG", "GTG"]
### END SOLUTION
"""

HOLLOW = {
    "again": "assert (np.asarray(doubled([1, 2])) == [2, 4]).all()",
    "close": "assert np.isclose(np.array(doubled([1, 2])), [2, 4]).all()",
    "allclose": "assert np.allclose(np.asarray(doubled([1, 2])), [2, 4])",
    "distance": "assert np.abs(doubled([1, 2]) - np.array([2, 4])).sum() < 1e-9",
    "tensor": "assert (as_tensor([1, 2]) == torch.tensor([2, 4])).all()",
    "taken": "assert torch.allclose(torch.as_tensor(doubled([1, 2])), torch.tensor([2, 4]))",
    "column": 'assert (as_table([1, 2])["v"] > 0).all()',
    "aligned": "assert (as_table([1, 2]) - pd.DataFrame({'v': [2, 4]})).abs().sum().sum() == 0",
    "every": "assert all(value > 0 for value in as_list([1, 2]))",
    "looped": "for value in as_list([1, 2]):\n    assert value in (2, 4)",
    "part": "assert (pair([4])[0] == [8]).all() and len(pair([4])) == 2",
    "variable": "assert not set(known) - {'ATG', 'GTG', 'TTG'}",
}
SOUND = {
    "shape": "assert doubled([1, 2]).shape == (2,) and (doubled([1, 2]) == [2, 4]).all()",
    "testing": "np.testing.assert_array_equal(np.asarray(doubled([1, 2])), [2, 4])",
    "expected": "expect(as_list([1, 2]), 'twice', ko='두 배').equals([2, 4])",
    "table": "expect(as_table([1, 2]), 'twice', ko='두 배').table(pd.DataFrame({'v': [2, 4]}))",
    "number": "assert halves([4])[1] == 1",
    "raises": "expect(refused, 'a refusal', ko='거부').raises(ValueError, [1])",
    "word": "assert sorted(known) == ['ATG', 'GTG']",
}


@pytest.fixture(scope="module")
def named(tmp_path_factory, example):
    """The checks that a trial names, by their part of the name."""
    folder = tmp_path_factory.mktemp("emptied") / "genome" / "01-gc-content"
    folder.mkdir(parents=True)
    for path in example.folder.iterdir():
        text = path.read_text(encoding="utf-8")
        if path.name == "exercise.py":
            checks = {**HOLLOW, **SOUND}.items()
            text += TASK + "".join(
                f'\n# %% check="made.{part}" points=1\n{source}\n' for part, source in checks
            )
        (folder / path.name).write_text(text, encoding="utf-8")
    exercise = load_exercise(folder)
    trial = try_exercise(exercise, only=("solution", "emptied"))
    lines = {cell.line: cell.name.removeprefix("made.") for cell in exercise.of_kind("check")}
    messages = {problem.message for problem in trial.problems}
    assert not [message for message in messages if "when these are emptied" not in message]
    return {lines[problem.line] for problem in trial.problems}


@pytest.mark.parametrize("part", HOLLOW)
def test_a_check_that_empty_answers_pass_is_named(named, part):
    assert part in named


@pytest.mark.parametrize("part", [*SOUND, "gc_content.plain", "gc_content.unknown"])
def test_a_check_that_looks_at_what_it_gets_is_not(named, part):
    assert part not in named
