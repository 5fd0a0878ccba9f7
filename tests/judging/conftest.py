"""A small course notebook out of cells, and an engine to grade it: in the sandbox, or in plain forks."""

import faulthandler
import importlib
import os
import signal
import socket
import sys
import time
import traceback
from contextlib import ExitStack
from dataclasses import dataclass

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from biolabkit_autograder.grading import Limits, Settings, Submission
from biolabkit_autograder.judging import judge, workbench
from biolabkit_autograder.judging.engine import SandboxEngine
from biolabkit_autograder.judging.supervisor import grade
from biolabkit_autograder.sandbox import Zygote, detect

WARM = "biolabkit_autograder.judging.warm"
ROLES = {"workbench": workbench.main, "judge": judge.main}


@dataclass
class Report:
    reason: str


class ForkBox:
    """A fork that runs a role."""

    def __init__(self, role, config):
        self.channel, theirs = socket.socketpair()
        sys.stdout.flush()
        sys.stderr.flush()
        self.pid = os.fork()
        if self.pid == 0:
            status = 1
            try:
                os.setsid()
                faulthandler.disable()  # pytest's; a crash is what some tests want
                self.channel.close()
                ROLES[role](theirs, config)
                status = 0
            except BaseException:
                os.write(2, traceback.format_exc().encode())
            finally:
                os._exit(status)
        theirs.close()
        self._reason = None

    def kill(self, reason="killed"):
        if self._reason is None:
            os.killpg(self.pid, signal.SIGKILL)
            os.waitpid(self.pid, 0)
            self._reason = reason

    def wait(self, timeout=None):
        end = time.monotonic() + (timeout or 60)
        while self._reason is None:
            pid, _ = os.waitpid(self.pid, os.WNOHANG)
            if pid:
                self._reason = "error"
            elif time.monotonic() > end:
                raise TimeoutError
            else:
                time.sleep(0.005)
        return Report(self._reason)

    def close(self):
        self.kill()
        self.channel.close()


class ForkBoxes:
    def workbench(self, config):
        return ForkBox("workbench", config)

    def both(self, config):
        return ForkBox("judge", config), ForkBox("workbench", config)


def code(source, grade_id=None, **marks):
    cell = new_code_cell(source)
    if grade_id:
        cell.metadata["nbgrader"] = {
            **dict.fromkeys(("grade", "solution", "locked", "task"), False),
            "grade_id": grade_id,
            "schema_version": 3,
            **marks,
        }
    return cell


def notebooks(cells):
    """The course's notebook and the learner's, from ``(kind, source)`` or ``("task", name, good, given)``."""
    course, learner, numbers = [], [], {}
    for kind, *parts in cells:
        numbers[kind] = numbers.get(kind, 0) + 1
        if kind == "task":
            name, solution, answer = parts
            made = [code(text, name, solution=True) for text in (solution, answer)]
        elif kind == "setup":
            made = [code(parts[0], f"setup-{numbers[kind]}", locked=True)] * 2
        elif kind == "check":
            source, points = parts[0], parts[1] if len(parts) > 1 else 1
            made = [code(source, f"check-c{numbers[kind]}", grade=True, locked=True, points=points)] * 2
        elif kind == "essay":
            cell = new_markdown_cell(parts[0])
            name = f"essay-{numbers[kind]}"
            cell.metadata["nbgrader"] = {"grade_id": name, "grade": True, "solution": True, "points": 3}
            made = [cell, cell]
        elif kind == "added":
            made = [None, new_code_cell(parts[0])]
        else:
            made = [code(parts[0]), code(parts[-1])]
            made[1].id = made[0].id
        course.append(made[0])
        learner.append(made[1])
    return new_notebook(cells=[c for c in course if c is not None]), new_notebook(cells=learner)


def make_settings(language="en", **limits):
    return Settings(language=language, limits=Limits(**{"seconds_per_cell": 5, "seconds": 60, **limits}))


class ForkEngine:
    """The roles without walls, for machines that have none."""

    def grade(self, submission, assignment, settings):
        return grade(submission, assignment, settings, ForkBoxes())


@pytest.fixture(scope="session")
def engine():
    """The engine in its sandbox where this machine has one."""
    isolation = detect()
    if isolation.level == "none":
        importlib.import_module("biolabkit_autograder.judging.warm")
        yield ForkEngine()
        return
    with (
        Zygote(["sklearn.linear_model", "sklearn.metrics", WARM], isolation=isolation.level) as zygote,
        ExitStack() as stack,
    ):
        yield SandboxEngine(zygote, isolation, Settings(), stack)


@pytest.fixture
def make_notebooks():
    """The function that makes the course's and the learner's notebook out of cells."""
    return notebooks


@pytest.fixture
def run(engine):
    """Grade a list of cells; gives the `Graded`."""

    def run_cells(cells, *, language="en", unanswered=(), **limits):
        course, learner = notebooks(cells)
        submission = Submission("kim", "demo", learner, (), tuple(unanswered), "0" * 64)
        return engine.grade(submission, course, make_settings(language, **limits))

    return run_cells


@pytest.fixture
def points(run):
    """Grade and give the points of each check."""
    return lambda cells, **options: [mark.points for mark in run(cells, **options).marks]
