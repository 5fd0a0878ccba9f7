"""Every exercise, in both languages: the engine gives the points that the exercise's author says."""

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


def lost(graded):
    return {mark.check for mark in graded.marks if mark.points is not None and mark.points < mark.max_points}


def kinds(graded):
    """What sorts of outputs each check and answer has; streams may be cut into other pieces."""
    found = []
    for cell in graded.notebook.cells:
        mimes = [
            frozenset(output.get("data", {})) - {"text/plain"} or output["output_type"]
            for output in cell.get("outputs", [])
            if output["output_type"] != "stream"
        ]
        found.append(sorted(map(str, mimes)))
    return found


@pytest.mark.parametrize("language", ["en", "ko"])
@pytest.mark.parametrize("name", sorted(EXERCISES))
def test_points_are_the_authors(name, language, tmp_path):
    """The first six samples; ``tests/course/test_equal_points.py`` runs all of them."""
    course = Course(name, language, tmp_path)
    wrong = {f"wrong:{answer.name}": answer for answer in course.exercise.wrong_answers}
    with open_engine(course.settings) as engine:
        for sample in list(course.samples)[:6]:
            graded = course.grade(engine, sample)
            hints = {mark.hint for mark in graded.marks}
            if sample == "unsolved":
                assert graded.points == 0
            elif sample == "solution":
                assert lost(graded) == set()
                assert "error" not in str(kinds(graded))
            else:
                assert (sample, lost(graded)) == (sample, set(wrong[sample].loses))
                assert wrong[sample].hint in hints
            assert graded.problems == ()


@pytest.mark.parametrize("name", sorted(EXERCISES))
def test_points_and_kinds_of_outputs_are_those_of_nbgrader(name, tmp_path):
    course = Course(name, "en", tmp_path)
    chosen = ["solution", "unsolved", next(name for name in course.samples if name.startswith("wrong:"))]
    with open_engine(course.settings) as engine, open_reference(course.settings) as reference:
        for sample in chosen:
            ours, theirs = (course.grade(each, sample) for each in (engine, reference))
            assert [(m.check, m.points, m.hint) for m in ours.marks] == [
                (m.check, m.points, m.hint) for m in theirs.marks
            ]
            assert kinds(ours) == kinds(theirs)
