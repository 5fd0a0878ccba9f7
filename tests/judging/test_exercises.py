"""Every exercise as learners hand it in, through the intake: the engine gives the points the author says.

``tests/course/test_equal_points.py`` runs every known answer, and compares with nbgrader.
"""

from pathlib import Path

import pytest

from biolabkit_autograder.authoring import (
    build_notebook,
    exercise_folders,
    load_exercise,
    notebook_bytes,
    release_notebook,
    samples,
)
from biolabkit_autograder.grading import Settings
from biolabkit_autograder.intake import read_submission
from biolabkit_autograder.judging.engine import open_engine
from biolabkit_autograder.sandbox import detect
from biolabkit_autograder.workflow.assignment import learner_environment

FOLDERS = exercise_folders(Path(__file__).resolve().parents[2] / "exercises")
LANGUAGE = "ko"  # code is the same in both

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(detect().level == "none", reason="this machine isolates nothing"),
]


@pytest.mark.parametrize("name", sorted(FOLDERS))
def test_the_solution_has_all_points_and_the_unsolved_notebook_none(name, tmp_path, monkeypatch):
    monkeypatch.setenv("BIOLABKIT_DATA", "simulated")  # as if nothing could be fetched
    exercise = load_exercise(FOLDERS[name])
    assignment = build_notebook(exercise, LANGUAGE)
    assignment.metadata["biolabkit"]["stubs"] = {
        cell.metadata.nbgrader.grade_id: cell.source
        for cell in release_notebook(assignment, LANGUAGE).cells
        if cell.metadata.get("nbgrader", {}).get("solution")
    }
    settings = Settings(
        language=LANGUAGE,
        imports=tuple(exercise.meta.imports),
        datasets=tuple(exercise.meta.datasets),
        environment=learner_environment(LANGUAGE),
    )
    known = samples(exercise, LANGUAGE)
    essays = {cell.grade_id for cell in exercise.of_kind("essay")}
    with open_engine(settings) as engine:
        for sample, essay_points in (("solution", None), ("unsolved", 0.0)):
            path = tmp_path / f"{sample}.ipynb"
            path.write_bytes(notebook_bytes(known[sample]))
            submission = read_submission(path, "kim", assignment, exercise=name, language=LANGUAGE)
            graded = engine.grade(submission, assignment, settings)
            points = {mark.check: mark.points for mark in graded.marks}
            share = 1.0 if sample == "solution" else 0.0
            assert points == {
                check: essay_points if check in essays else share * most
                for check, most in exercise.points.items()
            }
            assert graded.problems == ()
            outputs = [one for cell in graded.notebook.cells for one in cell.get("outputs", [])]
            if sample == "solution":
                assert "error" not in {one["output_type"] for one in outputs}
