"""A course with a dozen submissions, and a cluster of processes started as an administrator would."""

import json
import os
import subprocess
import sys
import time
from contextlib import ExitStack

import psutil
import pytest

pytest.importorskip("distributed", reason="needs the extra `cluster`")

from biolabkit_autograder.authoring import find_exercises, notebook_bytes, samples
from biolabkit_autograder.course import open_course
from biolabkit_autograder.roster import Learner
from biolabkit_autograder.workflow.build import build
from biolabkit_autograder.workflow.collect import collect
from biolabkit_autograder.workflow.new import NewCourse, create
from biolabkit_autograder.workflow.release import release

EXERCISE = "genome-01-gc-content"
LEARNERS = [Learner(f"learner{number:02d}", f"학습자 {number}") for number in range(12)]
PATIENCE = 60


@pytest.fixture(scope="session")
def exercise(repository):
    return find_exercises(repository / "tests" / "authoring" / "example")[EXERCISE]


@pytest.fixture
def course(tmp_path, repository, exercise):
    """A released course with twelve submissions; each runs for a while."""
    made = create(
        tmp_path / "course",
        NewCourse(
            id="gc-2026",
            title_en="GC",
            title_ko="GC 과정",
            language="ko",
            timezone="Asia/Seoul",
            sources=[repository / "tests" / "authoring" / "example"],
            exercises=[EXERCISE],
            learners=tuple(LEARNERS),
        ),
    )
    build(made)
    release(made)
    known = samples(exercise, "ko")
    for number, learner in enumerate(LEARNERS):
        notebook = known[list(known)[number % len(known)]]
        for cell in notebook.cells:
            if cell.metadata.get("nbgrader", {}).get("grade_id") == "gc_content":
                cell.source = f"import time\ntime.sleep(0.4)\n{cell.source}"
        path = made.inbox / EXERCISE / f"{learner.id}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(notebook_bytes(notebook))
    collect(made)
    return open_course(made.folder)


@pytest.fixture
def expected(exercise):
    """Points by learner, known from the samples' names."""
    points = {"solution": 3.0, "unsolved": 0.0, "wrong:counts_n": 1.0}
    names = list(samples(exercise, "ko"))
    return {
        learner.id: points.get(names[number % len(names)])
        for number, learner in enumerate(LEARNERS)
        if names[number % len(names)] in points
    }


class Cluster:
    """A scheduler and workers on loopback."""

    def __init__(self, folder, stack):
        self._folder, self._stack = folder, stack
        self._file = folder / "scheduler.json"
        self.scheduler = self._start(
            "scheduler", "--host", "127.0.0.1", "--port", "0", "--scheduler-file", str(self._file)
        )
        self._wait_for(self._file.exists)
        self.address = json.loads(self._file.read_text())["address"]
        self.workers = []

    def _start(self, command, *options):
        """Start `dask scheduler` or `dask worker`; it is killed at the end of the test at the latest."""
        log = self._stack.enter_context((self._folder / f"{command}.log").open("ab"))
        process = subprocess.Popen(
            [sys.executable, "-m", "dask", command, *options, "--no-dashboard"], stdout=log, stderr=log
        )
        self._stack.callback(process.wait)
        self._stack.callback(process.kill)
        return process

    def add_worker(self, *options):
        folder = self._folder / f"worker{len(self.workers)}"
        worker = self._start(
            "worker",
            self.address,
            *("--nworkers", "1", "--nthreads", "1", "--no-nanny", "--local-directory", str(folder)),
            *options,
        )
        self.workers.append(worker)
        self._wait_for(lambda: self.running() == len(self.workers))
        return worker

    def running(self):
        from distributed import Client

        with Client(self.address, set_as_default=False) as client:
            return len(client.nthreads())

    @staticmethod
    def _wait_for(condition):
        end = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < end, "the cluster did not start"
            time.sleep(0.1)


@pytest.fixture
def cluster(tmp_path):
    with ExitStack() as stack:
        yield Cluster(tmp_path, stack)


@pytest.fixture
def below():
    """All processes below one, with what outlives their parent: a zygote has a session of its own."""

    def processes(process):
        return psutil.Process(process.pid).children(recursive=True)

    return processes


@pytest.fixture
def biolab(course):
    """Start `biolab course grade` as a shell would."""

    def run(*arguments):
        return subprocess.Popen(
            [sys.executable, "-m", "biolabkit.cli", "course", "grade", *map(str, arguments)],
            cwd=course.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=dict(os.environ),
        )

    return run
