"""The sandbox gives the points of nbgrader's own converters, and the authors' promises hold in both.

Each exercise and each known answer, in Korean on simulated data; code is the same in both languages, and
``tests/judging/test_exercises.py`` looks at some answers in each, on the data at hand.
"""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from biolabkit_autograder.authoring import (
    build_notebook,
    find_exercises,
    notebook_bytes,
    release_notebook,
    samples,
)
from biolabkit_autograder.grading import Settings
from biolabkit_autograder.intake import read_submission
from biolabkit_autograder.sandbox import detect
from biolabkit_autograder.workflow.assignment import learner_environment
from biolabkit_autograder.workflow.grade import default_workers, engine_factory

EXERCISES = find_exercises(Path(__file__).resolve().parents[2] / "exercises")
LANGUAGE = "ko"

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(detect().level == "none", reason="this machine isolates nothing"),
]


def outcome(graded):
    return {mark.check: (mark.points, mark.max_points, mark.hint) for mark in graded.marks}


def lost(marks):
    return {check for check, (points, most, _) in marks.items() if points is not None and points < most}


@pytest.mark.parametrize("name", sorted(EXERCISES))
def test_each_known_answer_has_the_same_points_in_both_engines(name, tmp_path, monkeypatch):
    monkeypatch.setenv("BIOLABKIT_DATA", "simulated")  # both engines see the same, whatever is cached here
    exercise = EXERCISES[name]
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
    submissions = []
    for number, (sample, notebook) in enumerate(samples(exercise, LANGUAGE).items()):
        path = tmp_path / f"{number}.ipynb"
        path.write_bytes(notebook_bytes(notebook))
        submission = read_submission(path, f"learner-{number}", assignment, language=LANGUAGE)
        submissions.append((sample, replace(submission, exercise=name)))

    def run(engine):
        with engine_factory(engine)(settings) as opened, ThreadPoolExecutor(default_workers()) as pool:
            graded = pool.map(lambda one: opened.grade(one[1], assignment, settings), submissions)
            return {sample: outcome(each) for (sample, _), each in zip(submissions, graded, strict=True)}

    judge, nbgrader = run("judge"), run("nbgrader")
    assert judge == nbgrader
    assert sum(points or 0 for points, _, _ in judge["unsolved"].values()) == 0
    assert lost(judge["solution"]) == set()
    for answer in exercise.wrong_answers:
        marks = judge[f"wrong:{answer.name}"]
        assert (answer.name, lost(marks)) == (answer.name, set(answer.loses))
        assert answer.hint in {hint for _, _, hint in marks.values()}
