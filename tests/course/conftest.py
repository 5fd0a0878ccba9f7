"""A small course made of the authors' example exercise."""

import json
import os
import shutil
import subprocess
import sys

import pytest

from biolabkit_autograder.authoring import find_exercises, notebook_bytes, samples
from biolabkit_autograder.course import open_course
from biolabkit_autograder.roster import Learner
from biolabkit_autograder.workflow.build import build
from biolabkit_autograder.workflow.new import NewCourse, create
from biolabkit_autograder.workflow.release import release

EXERCISE = "genome-01-gc-content"
LEARNERS = (
    Learner("kim", "김하늘", "kim@example.org"),
    Learner("lee", "이수진"),
    Learner("garcia.ana", "Ana García"),
)


@pytest.fixture(scope="session")
def sources(repository):
    return repository / "tests" / "authoring" / "example"


@pytest.fixture(scope="session")
def answered(sources):
    """The example's sample submissions as files: by their name, in English."""
    exercise = find_exercises(sources)[EXERCISE]
    return {name: notebook_bytes(notebook) for name, notebook in samples(exercise, "en").items()}


@pytest.fixture(scope="session")
def released_course(tmp_path_factory, sources):
    made = create(
        tmp_path_factory.mktemp("released") / "course",
        NewCourse(
            id="gc-2026",
            title_en="GC",
            title_ko="GC 과정",
            language="en",
            timezone="Asia/Seoul",
            sources=[sources],
            exercises=[EXERCISE],
            learners=LEARNERS,
        ),
    )
    build(made)
    release(made)
    return made.folder


@pytest.fixture
def course(tmp_path, released_course):
    """A built and released course in English with three learners, due in the future."""
    # as deep as the one it is a copy of: course.toml names the sources relative to itself
    assert len(tmp_path.parts) == len(released_course.parent.parts)
    shutil.copytree(released_course, tmp_path / "course")
    return open_course(tmp_path / "course")


@pytest.fixture
def hand_in(course):
    """Put a file into the course's inbox."""

    def put(learner, data, exercise=EXERCISE):
        path = course.inbox / exercise / f"{learner}.ipynb"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(data if isinstance(data, bytes) else json.dumps(data).encode())
        return path

    return put


@pytest.fixture
def biolab():
    """Run `biolab` as a shell would."""

    def run(*arguments, cwd=None, status=0, **environment):
        command = [sys.executable, "-m", "biolabkit.cli", *map(str, arguments)]
        done = subprocess.run(
            command, cwd=cwd, capture_output=True, text=True, env={**os.environ, **environment}
        )
        assert done.returncode == status, done.stdout + done.stderr
        return done

    return run
