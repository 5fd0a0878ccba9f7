"""A small course notebook out of cells, and boxes that are plain forks: no walls, the same roles."""

import faulthandler
import os
import signal
import socket
import sys
import time
import traceback
from dataclasses import dataclass

import pytest
from biolabkit_autograder.grading import Limits, Settings, Submission
from biolabkit_autograder.judging import judge, workbench
from biolabkit_autograder.judging.supervisor import grade
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

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

    def judge(self, config):
        return ForkBox("judge", config)


def code(source, grade_id=None, **marks):
    cell = new_code_cell(source)
    if grade_id:
        cell.metadata["nbgrader"] = {
            "grade_id": grade_id, "grade": False, "solution": False, "locked": False, "task": False,
            "schema_version": 3, **marks,
        }  # fmt: skip
    return cell


def notebooks(cells):
    """The course's notebook and the learner's, from ``(kind, source)`` and ``("task", name, solution, answer)``."""
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
            cell.metadata["nbgrader"] = {
                "grade_id": f"essay-{numbers[kind]}", "grade": True, "solution": True, "locked": False,
                "points": 3, "task": False, "schema_version": 3,
            }  # fmt: skip
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


@pytest.fixture(scope="session", autouse=True)
def _warm():
    import matplotlib  # noqa: F401
    import pandas  # noqa: F401

    from biolabkit_autograder.judging import warm  # noqa: F401, PLC0415


@pytest.fixture
def run():
    """Grade a list of cells; gives the `Graded`."""

    def run_cells(cells, *, boxes=None, language="en", unanswered=(), **limits):
        course, learner = notebooks(cells)
        submission = Submission("kim", "demo", learner, (), tuple(unanswered), "0" * 64)
        return grade(submission, course, make_settings(language, **limits), boxes or ForkBoxes())

    return run_cells


@pytest.fixture
def points(run):
    """Grade and give the points of each check."""
    return lambda cells, **options: [mark.points for mark in run(cells, **options).marks]
