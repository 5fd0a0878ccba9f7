"""A small course of the authors' example exercise, and its desk as a user starts it."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import suppress
from http.cookiejar import CookieJar
from urllib.parse import urlsplit

import pytest

from biolabkit_autograder.authoring import find_exercises, notebook_bytes, samples
from biolabkit_autograder.course import open_course
from biolabkit_autograder.desk.jobs import Jobs
from biolabkit_autograder.roster import Learner
from biolabkit_autograder.workflow.build import build
from biolabkit_autograder.workflow.collect import collect
from biolabkit_autograder.workflow.grade import Request, grade
from biolabkit_autograder.workflow.new import NewCourse, create
from biolabkit_autograder.workflow.release import release

EXERCISE = "genome-01-gc-content"
ESSAY = "essay-why"
LEARNERS = (
    Learner("kim", "김하늘", "kim@example.org"),
    Learner("lee", "이수진"),
    Learner("garcia.ana", "Ana García"),
)


@pytest.fixture(scope="session")
def answered(repository):
    """The example's sample submissions as files, by their name, in Korean."""
    exercise = find_exercises(repository / "tests" / "authoring" / "example")[EXERCISE]
    return {name: notebook_bytes(notebook) for name, notebook in samples(exercise, "ko").items()}


@pytest.fixture(scope="session")
def sources(tmp_path_factory, repository):
    """The example, with so much time for a cell that an endless one ends when a test says so."""
    folder = tmp_path_factory.mktemp("sources") / "example"
    shutil.copytree(repository / "tests" / "authoring" / "example", folder)
    (settings,) = folder.rglob("exercise.toml")
    text = settings.read_text(encoding="utf-8")
    assert "seconds_per_cell = 10\n" in text
    settings.write_text(text.replace("seconds_per_cell = 10\n", "seconds_per_cell = 300\n"), encoding="utf-8")
    return folder


@pytest.fixture(scope="session")
def new_course(tmp_path_factory, sources):
    """A course that nothing was done with yet."""
    return create(
        tmp_path_factory.mktemp("new") / "course",
        NewCourse(
            id="gc-2026",
            title_en="GC",
            title_ko="GC 과정",
            language="ko",
            timezone="Asia/Seoul",
            sources=[sources],
            exercises=[EXERCISE],
            learners=LEARNERS,
        ),
    ).folder


@pytest.fixture(scope="session")
def released_course(tmp_path_factory, new_course):
    """A built and released course."""
    folder = tmp_path_factory.mktemp("released") / "course"
    shutil.copytree(new_course, folder)
    opened = open_course(folder)
    build(opened)
    release(opened)
    return folder


@pytest.fixture(scope="session")
def graded_course(tmp_path_factory, released_course, answered):
    """Two learners have handed in and are graded; an essay waits."""
    folder = tmp_path_factory.mktemp("graded") / "course"
    shutil.copytree(released_course, folder)
    opened = open_course(folder)
    put(opened, "kim", answered["solution"])
    put(opened, "lee", answered["unsolved"])
    collect(opened)
    grade(opened, Request(unsafe=True))
    return folder


def _copy(folder, tmp_path):
    # as deep as the one it is a copy of: course.toml names the sources relative to itself
    assert len(tmp_path.parts) == len(folder.parent.parts)
    shutil.copytree(folder, tmp_path / "course")
    return open_course(tmp_path / "course")


@pytest.fixture
def fresh(tmp_path, new_course):
    return _copy(new_course, tmp_path)


@pytest.fixture
def course(tmp_path, released_course):
    return _copy(released_course, tmp_path)


@pytest.fixture
def graded(tmp_path, graded_course):
    return _copy(graded_course, tmp_path)


def put(course, learner, data, exercise=EXERCISE):
    path = course.inbox / exercise / f"{learner}.ipynb"
    path.parent.mkdir(exist_ok=True)
    path.write_bytes(data)
    return path


@pytest.fixture
def hand_in():
    """Put a file into a course's inbox."""
    return put


@pytest.fixture
def endless(answered):
    """A submission that does not end by itself."""
    notebook = json.loads(answered["solution"])
    for cell in notebook["cells"]:
        if cell["metadata"].get("nbgrader", {}).get("grade_id") == "gc_content":
            cell["source"] = "while True:\n    pass"
    return json.dumps(notebook).encode()


@pytest.fixture
def jobs(course):
    """The runs of a course; what is left of them is ended."""
    made = Jobs(course.folder, unsafe=True)
    yield made
    end(made)


def end(jobs):
    run = jobs.running()
    if run is not None:
        with suppress(ProcessLookupError):  # it has just ended by itself
            os.killpg(run.pid, signal.SIGKILL)


def until(condition, seconds=120):
    """Wait for something that is not nothing, and give it."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if found := condition():
            return found
        time.sleep(0.05)
    raise AssertionError("it did not come")


@pytest.fixture(name="until")
def _until():
    return until


class Client:
    """A browser's part: cookies, the page's token, JSON."""

    def __init__(self, address):
        self.address = address
        self.base = address.split("?")[0]
        self._opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.page = self.get(address=address)[1].decode()
        self.xsrf = self.page.split('data-xsrf="')[1].split('"')[0]

    def get(self, path="", address=None, **headers):
        return self._open(urllib.request.Request(address or self.base + path, headers=headers))

    def _open(self, request):
        try:
            with self._opener.open(request, timeout=60) as answer:
                return answer.status, answer.read(), answer.headers
        except urllib.error.HTTPError as error:
            return error.code, error.read(), error.headers

    def json(self, path, method="GET", body=None, *, status=200, **headers):
        headers = {"X-XSRFToken": self.xsrf, **headers}
        data = json.dumps(body).encode() if body is not None else None
        request = urllib.request.Request(self.base + "api/" + path, data, headers, method=method)
        found, text, _ = self._open(request)
        assert found == status, text
        return json.loads(text)

    def run(self, action, **options):
        """Start a run and wait for its end."""
        identity = self.json("runs", "POST", {"action": action, **options})["run"]
        return self.ended(identity)

    def ended(self, identity):
        def ended():
            told = self.json(f"runs/{identity}")
            return told if told["state"] != "running" else None

        return until(ended)


@pytest.fixture
def open_desk():
    """Start `biolab desk` for a folder; gives the process, and a client that has opened its page."""
    yield from opening()


@pytest.fixture(scope="module")
def open_desk_once():
    """The same for all tests of a file."""
    yield from opening()


def opening():
    started = []

    def start(folder, *options):
        command = [sys.executable, "-m", "biolabkit.cli", "desk", str(folder), "--no-browser", "--unsafe"]
        process = subprocess.Popen([*command, *options], stdout=subprocess.PIPE, text=True)
        started.append((process, folder))
        for line in process.stdout:
            if line.strip().startswith("http"):
                assert urlsplit(line.strip()).hostname == "127.0.0.1"
                return process, Client(line.strip())
        raise AssertionError("it did not say where it is")

    yield start
    for process, folder in started:
        process.terminate()
        process.communicate(timeout=60)
        end(Jobs(folder))
