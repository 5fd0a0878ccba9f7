"""The writer killed at each of its steps: what is there is of whole submissions, and the next run goes on."""

import json
import shutil
import sqlite3
import subprocess
import sys
from contextlib import nullcontext

import pytest

from biolabkit_autograder.course import open_course
from biolabkit_autograder.grading import Graded, Mark
from biolabkit_autograder.workflow import grade as module
from biolabkit_autograder.workflow.collect import collect
from biolabkit_autograder.workflow.grade import Request, grade

EXERCISE = "genome-01-gc-content"
LEARNERS = ("kim", "lee")

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="needs fork")

#: Forks a run for each step that can be told from outside; the run kills itself there.
DRIVER = """
import os, shutil, signal, sys
from itertools import count
from pathlib import Path
from sqlalchemy.engine.default import DefaultDialect

sys.path.insert(0, sys.argv[2])
from test_killed_writer import grade_all


def dying(function, steps):
    def step():
        if next(steps) == 0:
            os.kill(os.getpid(), signal.SIGKILL)

    def wrapped(*arguments, **options):
        step()
        result = function(*arguments, **options)
        step()
        return result

    return wrapped


for number in count():
    folder = Path(sys.argv[1]) / f"run-{number}"
    shutil.copytree(Path(sys.argv[1]) / "course", folder)
    pid = os.fork()
    if pid == 0:
        steps = count(-number)
        os.replace, os.fsync = dying(os.replace, steps), dying(os.fsync, steps)
        DefaultDialect.do_commit = dying(DefaultDialect.do_commit, steps)
        grade_all(folder)
        os._exit(0)
    if os.waitpid(pid, 0)[1] == 0:  # it came to its end before that step
        break
print(number)
"""


class Engine:
    """Full points for every check."""

    name, version, isolation = "test", "1", "none"

    def grade(self, submission, assignment, _settings):
        marks = tuple(
            Mark(cell.metadata.nbgrader.grade_id, float(cell.metadata.nbgrader.points), 1.0)
            for cell in assignment.cells
            if cell.metadata.get("nbgrader", {}).get("grade")
        )
        return Graded(submission.learner, submission.exercise, marks, submission.notebook, (), "test", "none")


def grade_all(folder):
    module.engine_factory = lambda _name: lambda _settings: nullcontext(Engine())
    return grade(open_course(folder), Request(engine="test"))


def points(course):
    with sqlite3.connect(course.folder / "gradebook.db") as gradebook:
        assert gradebook.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        found = gradebook.execute(
            "SELECT student_id, SUM(auto_score), COUNT(*) FROM submitted_assignment AS a"
            " JOIN submitted_notebook AS n ON n.assignment_id = a.id"
            " JOIN grade AS g ON g.notebook_id = n.id GROUP BY student_id"
        )
        return {learner: (score, cells) for learner, score, cells in found}


def evidence(course):
    return {path.stem: json.loads(path.read_text()) for path in course.folder.glob("evidence/*/[!.]*.json")}


def test_a_writer_killed_at_any_step(course, hand_in, answered, repository, monkeypatch):
    for learner in LEARNERS:
        hand_in(learner, answered["solution"])
    collect(course)
    tests = repository / "tests" / "course"
    done = subprocess.run(
        [sys.executable, "-c", DRIVER, course.folder.parent, tests], capture_output=True, text=True
    )
    assert done.returncode == 0, done.stderr
    killed = int(done.stdout)
    assert killed > 20, "before and after each file and each transaction"

    monkeypatch.setattr(module, "engine_factory", module.engine_factory)  # put back at the end
    whole = dict.fromkeys(LEARNERS, (5.0, 3))
    seen = set()
    for number in range(killed):
        run = open_course(course.folder.parent / f"run-{number}")
        before, records = points(run), evidence(run)
        assert before.items() <= whole.items(), "nobody's points are half there"
        assert records.keys() <= before.keys(), "what has a record is in the gradebook"
        assert all(run.notebook("autograded", EXERCISE, learner).is_file() for learner in records)
        seen.add((len(before), len(records)))
        statuses = {one.learner: one.status for one in grade_all(run.folder)}
        assert statuses == {who: "unchanged" if who in records else "graded" for who in LEARNERS}
        assert points(run) == whole
        assert evidence(run).keys() == set(LEARNERS)
        shutil.rmtree(run.folder)
    assert {(0, 0), (1, 0), (1, 1), (2, 1), (2, 2)} <= seen
