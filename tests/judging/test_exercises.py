"""Every exercise on the data at hand: points, hints and kinds of outputs are the author's and nbgrader's.

``tests/course/test_equal_points.py`` has every known answer, in Korean and on simulated data.
"""

from pathlib import Path

import pytest

from biolabkit_autograder.authoring import (
    build_notebook,
    find_exercises,
    load_exercise,
    notebook_bytes,
    release_notebook,
    samples,
)
from biolabkit_autograder.grading import Settings
from biolabkit_autograder.intake import read_submission
from biolabkit_autograder.judging.engine import open_engine
from biolabkit_autograder.reference import open_engine as open_reference
from biolabkit_autograder.sandbox import detect
from biolabkit_autograder.workflow.assignment import learner_environment

_WIDGET = "application/vnd.jupyter.widget-view+json"
EXERCISES = find_exercises(Path(__file__).resolve().parents[2] / "exercises")

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(detect().level == "none", reason="this machine isolates nothing"),
]


class Course:
    """One exercise, built in one language."""

    def __init__(self, name, language, folder):
        self.exercise, self.language, self.folder = load_exercise(EXERCISES[name].folder), language, folder
        self.assignment = build_notebook(self.exercise, language)
        stubs = {
            cell.metadata.nbgrader.grade_id: cell.source
            for cell in release_notebook(self.assignment, language).cells
            if cell.metadata.get("nbgrader", {}).get("solution")
        }
        self.assignment.metadata.setdefault("biolabkit", {})["stubs"] = stubs
        self.samples = samples(self.exercise, language)
        meta = self.exercise.meta
        self.settings = Settings(
            language=language,
            imports=tuple(meta.imports),
            datasets=tuple(meta.datasets),
            environment=learner_environment(language),
        )

    def grade(self, engine, sample):
        path = self.folder / "submitted.ipynb"
        path.write_bytes(notebook_bytes(self.samples[sample]))
        submission = read_submission(
            path, "kim", self.assignment, exercise=self.exercise.name, language=self.language
        )
        return engine.grade(submission, self.assignment, self.settings)


def marks(graded):
    return [(mark.check, mark.points, mark.hint) for mark in graded.marks]


def lost(graded):
    return {mark.check for mark in graded.marks if mark.points is not None and mark.points < mark.max_points}


def kinds(graded):
    """What sorts of outputs each check and answer has.

    Streams may be cut into other pieces, and a progress bar is one where no browser shows widgets.
    """
    found = []
    for cell in graded.notebook.cells:
        mimes = [
            frozenset(output.get("data", {})) - {"text/plain"} or output["output_type"]
            for output in cell.get("outputs", [])
            if output["output_type"] != "stream" and _WIDGET not in output.get("data", {})
        ]
        found.append(sorted(map(str, mimes)))
    return found


@pytest.mark.parametrize("name", sorted(EXERCISES))
def test_points_and_outputs_are_the_author_s_and_nbgrader_s(name, tmp_path):
    course = Course(name, "en", tmp_path)
    answer = course.exercise.wrong_answers[0]
    with open_engine(course.settings) as engine, open_reference(course.settings) as reference:
        solution, unsolved, wrong = (
            course.grade(engine, sample) for sample in ("solution", "unsolved", f"wrong:{answer.name}")
        )
        theirs = {sample: course.grade(reference, sample) for sample in ("solution", "unsolved")}
    assert [graded.problems for graded in (solution, unsolved, wrong)] == [()] * 3
    assert lost(solution) == set()
    assert "error" not in str(kinds(solution))
    assert unsolved.points == 0
    assert lost(wrong) == set(answer.loses)
    assert answer.hint in {mark.hint for mark in wrong.marks}
    for ours, other in ((solution, theirs["solution"]), (unsolved, theirs["unsolved"])):
        assert marks(ours) == marks(other)
        assert kinds(ours) == kinds(other)
