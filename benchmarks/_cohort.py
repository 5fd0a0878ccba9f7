"""Courses with cohorts made of an exercise's solution and wrong answers."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import cycle, islice
from pathlib import Path

from nbformat import NotebookNode

from biolabkit_autograder.authoring import find_exercises, notebook_bytes, samples
from biolabkit_autograder.course import Course, open_course
from biolabkit_autograder.grading import Submission
from biolabkit_autograder.intake import read_submission
from biolabkit_autograder.roster import Learner
from biolabkit_autograder.workflow.assignment import Assignment, load_assignment
from biolabkit_autograder.workflow.build import build, prefetch
from biolabkit_autograder.workflow.collect import collect
from biolabkit_autograder.workflow.new import NewCourse, create
from biolabkit_autograder.workflow.release import release

__all__ = ["Cohort", "data_used", "make_cohort", "points", "write_for_floor"]


@dataclass(frozen=True)
class Cohort:
    """A course folder in which everybody has handed one exercise in, and nothing is graded."""

    exercise: str
    folder: Path
    learners: tuple[str, ...]

    @property
    def course(self) -> Course:
        return open_course(self.folder)

    def assignment(self) -> Assignment:
        return load_assignment(self.course, self.exercise)

    def submission(self, learner: str, assignment: Assignment) -> Submission:
        path = self.course.notebook("submitted", self.exercise, learner)
        return read_submission(path, learner, assignment.notebook, exercise=self.exercise)

    def copy(self, to: Path, learners: int | None = None) -> "Cohort":
        """The same in another folder, perhaps of its first learners only."""
        shutil.rmtree(to, ignore_errors=True)
        shutil.copytree(self.folder, to)
        kept = self.learners[:learners]
        for learner in self.learners[len(kept) :]:
            shutil.rmtree(to / "submitted" / learner)
        return Cohort(self.exercise, to, kept)


def make_cohort(sources: Path, exercise: str, size: int, folder: Path) -> Cohort:
    """Make a course of one exercise with `size` submissions: the solution, each wrong answer, and again."""
    learners = tuple(Learner(f"learner{number:03d}", f"Learner {number}") for number in range(size))
    shutil.rmtree(folder, ignore_errors=True)
    course = create(
        folder,
        NewCourse(
            id="benchmark",
            title_en="Benchmark",
            title_ko="벤치마크",
            language="en",
            timezone="UTC",
            sources=[sources],
            exercises=[exercise],
            learners=learners,
        ),
    )
    (built,) = build(course)
    release(course)
    inbox = course.inbox / exercise
    inbox.mkdir()
    known = [
        notebook_bytes(notebook) for name, notebook in samples(built, "en").items() if name != "unsolved"
    ]
    for learner, data in zip(learners, islice(cycle(known), size), strict=True):
        (inbox / f"{learner.id}.ipynb").write_bytes(data)
    collect(course)
    return Cohort(exercise, folder, tuple(learner.id for learner in learners))


def data_used(sources: Path, exercise: str, environment: Mapping[str, str]) -> str:
    """Say which data the exercise runs on here."""
    names = find_exercises(sources)[exercise].meta.datasets
    if not names:
        return "none needed"
    if environment.get("BIOLABKIT_DATA") == "simulated":
        return "simulated"
    missing = prefetch(names, lambda _: None)
    return f"simulated ({', '.join(missing)} cannot be had here)" if missing else f"real: {', '.join(names)}"


def write_for_floor(cohort: Cohort, to: Path) -> None:
    """Write the code that the floor runs: for each learner the cells of the merged notebook."""
    assignment = cohort.assignment()
    learners = []
    for learner in cohort.learners:
        notebook = cohort.submission(learner, assignment).notebook
        learners.append({"learner": learner, "cells": [_cell(cell) for cell in _code(notebook)]})
    to.write_text(json.dumps({"imports": assignment.settings.imports, "learners": learners}))


def _cell(cell: NotebookNode) -> dict[str, object]:
    return {"source": cell.source, "check": bool(cell.metadata.get("nbgrader", {}).get("grade"))}


def _code(notebook: NotebookNode) -> list[NotebookNode]:
    return [cell for cell in notebook.cells if cell.cell_type == "code" and cell.source.strip()]


def points(cohort: Cohort) -> dict[str, float]:
    """Points by learner, from the evidence."""
    found = {}
    for path in (cohort.folder / "evidence" / cohort.exercise).glob("*.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        found[record["learner"]] = float(record["points"])
    return found
