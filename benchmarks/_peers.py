"""The peers' own commands on the same submissions."""

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import nbformat
from _cohort import Cohort

__all__ = ["Otter", "grade_with_nbgrader"]

_TEST = """\
OK_FORMAT = False

from otter.test_files import test_case

name = {name!r}
points = {points!r}

SOURCE = {source!r}


@test_case(points={points!r})
def test_check(env):
    exec(compile(SOURCE, name, "exec"), env)
"""


def grade_with_nbgrader(cohort: Cohort, environment: Mapping[str, str]) -> tuple[float, dict[str, float]]:
    """Run ``nbgrader autograde`` in the course folder; seconds of wall, and points by learner."""
    began = time.perf_counter()
    command = [sys.executable, "-m", "nbgrader", "autograde", cohort.exercise]
    _run(command, cohort.folder, environment)
    wall = time.perf_counter() - began
    from nbgrader.api import Gradebook

    with Gradebook(cohort.course.gradebook_url) as gradebook:
        found = gradebook.assignment_submissions(cohort.exercise)
        return wall, {one.student.id: one.score for one in found}


class Otter:
    """``otter run`` with an autograder made of the same checks.

    Each check cell is one test file of otter's exception-based format that runs the cell's own source in the
    notebook's environment, where it stands in the notebook. `python` is an interpreter that has otter-grader,
    biolabkit and the exercise's packages.
    """

    def __init__(self, python: Path, cohort: Cohort, folder: Path, environment: Mapping[str, str]) -> None:
        self._python, self._cohort, self._folder = python, cohort, folder
        self._environment = environment
        shutil.rmtree(folder, ignore_errors=True)
        (folder / "tests").mkdir(parents=True)
        self._assignment = cohort.assignment()
        for cell in self._assignment.notebook.cells:
            marks = cell.metadata.get("nbgrader", {})
            if cell.cell_type == "code" and marks.get("grade"):
                text = _TEST.format(name=marks.grade_id, points=marks.points, source=cell.source)
                (folder / "tests" / f"{marks.grade_id}.py").write_text(text, encoding="utf-8")
        command = ["generate", "-t", "tests", "-o", "autograder.zip", "--no-config", "--no-requirements"]
        _run([python, "-m", "otter", *command, "--no-environment"], folder, environment)

    def grade(self, learner: str) -> tuple[float, float]:
        """Run one submission as a command of its own; seconds of wall, and points."""
        notebook = self._cohort.submission(learner, self._assignment).notebook
        path = self._folder / f"{learner}.ipynb"
        nbformat.write(_for_otter(notebook), path)
        out = self._folder / learner
        out.mkdir(exist_ok=True)
        command = [self._python, "-m", "otter", "run", "-a", "autograder.zip", "-o", out, path.name]
        began = time.perf_counter()
        _run(command, self._folder, {**self._environment, "BIOLAB_LEARNER": learner})
        wall = time.perf_counter() - began
        results = json.loads((out / "results.json").read_text(encoding="utf-8"))
        return wall, sum(test["score"] for test in results["tests"] if "score" in test)


def _for_otter(notebook: nbformat.NotebookNode) -> nbformat.NotebookNode:
    """The learner's notebook without check cells; each check's test follows the cell before it."""
    cells = []
    for cell in notebook.cells:
        marks = cell.metadata.get("nbgrader", {})
        if cell.cell_type != "code":
            continue
        if marks.get("grade"):
            tests = cells[-1].metadata.setdefault("otter", {}).setdefault("tests", [])
            tests.append(marks.grade_id)
        else:
            cells.append(nbformat.v4.new_code_cell(cell.source))
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return nbformat.v4.new_notebook(cells=cells, metadata={"kernelspec": kernel})


def _run(command: list[object], folder: Path, environment: Mapping[str, str]) -> None:
    path = os.pathsep.join([str(Path(str(command[0])).parent), os.environ["PATH"]])
    done = subprocess.run(
        [str(part) for part in command],
        cwd=folder,
        env={**environment, "PATH": path},
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise RuntimeError(f"{command} ended with {done.returncode}: {done.stderr[-2000:]}")
