"""A run killed at any moment: the gradebook is as before or after a submission, and nothing lives on."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from contextlib import suppress

import psutil
import pytest
from nbgrader.api import Gradebook

from biolabkit_autograder.sandbox import SandboxError, Zygote, detect
from biolabkit_autograder.workflow.collect import collect
from biolabkit_autograder.workflow.grade import Request, grade

EXERCISE = "genome-01-gc-content"
SAMPLES = {"kim": "solution", "lee": "unsolved", "garcia.ana": "wrong:counts_n"}
POINTS = {"kim": 3.0, "lee": 0.0, "garcia.ana": 1.0}
#: Shares of a whole run's time; ``test_killed_writer.py`` has each step of the writer.
MOMENTS = (0.05, 0.35, 0.5, 0.65, 0.8, 0.95)

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(detect().level == "none", reason="this machine isolates nothing"),
]


@pytest.fixture
def collected(course, hand_in, answered):
    for learner, sample in SAMPLES.items():
        hand_in(learner, answered[sample])
    collect(course)
    return course


def start(course, *options):
    command = [sys.executable, "-m", "biolabkit.cli", "course", "grade", *options]
    return subprocess.Popen(
        command,
        cwd=course.folder,
        start_new_session=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env={**os.environ, "BIOLAB_TEST_RUN": str(course.folder)},
    )


def relatives(run):
    """A run and all that it started, as they are now."""
    with suppress(psutil.NoSuchProcess):
        process = psutil.Process(run.pid)
        return [process, *process.children(recursive=True)]
    return []


def points(course):
    with Gradebook(course.gradebook_url) as gradebook:
        return {one.student.id: one.score for one in gradebook.assignment_submissions(EXERCISE)}


def whole_run(course):
    begin = time.monotonic()
    output, errors = start(course).communicate(timeout=300)
    assert output == "3 graded, 0 unchanged, 0 refused\n", errors
    return time.monotonic() - begin


def reset(course):
    for name in ("gradebook.db", "autograded", "evidence"):
        path = course.folder / name
        if path.is_dir():
            shutil.rmtree(path)
    shutil.copyfile(course.folder / "before.db", course.folder / "gradebook.db")


def test_a_run_killed_at_any_moment(collected):
    shutil.copyfile(collected.folder / "gradebook.db", collected.folder / "before.db")
    seconds = whole_run(collected)
    stored = []
    for moment in MOMENTS:
        reset(collected)
        run = start(collected)
        end = time.monotonic() + seconds * moment
        seen = {}
        while run.poll() is None and time.monotonic() < end:
            seen |= {each.pid: each for each in relatives(run)}
            time.sleep(0.02)
        seen |= {each.pid: each for each in relatives(run)}
        with suppress(ProcessLookupError):
            os.kill(run.pid, signal.SIGKILL)
        run.communicate()
        _, alive = psutil.wait_procs(seen.values(), timeout=60)
        assert alive == []

        found = points(collected)
        assert found.items() <= POINTS.items(), "points of nobody are half there"
        evidence = {path.stem for path in collected.folder.glob(f"evidence/{EXERCISE}/[!.]*.json")}
        assert evidence <= found.keys(), "what has a record is in the gradebook"
        for learner in evidence:
            assert collected.notebook("autograded", EXERCISE, learner).is_file()
        stored.append(len(evidence))

        output, errors = start(collected).communicate(timeout=300)
        assert output == f"{3 - len(evidence)} graded, {len(evidence)} unchanged, 0 refused\n", errors
        assert points(collected) == POINTS
    assert stored[0] == 0, "the first moment was before any submission was stored"


def test_grading_twice_gives_the_same_bytes_times_aside(collected):
    def record(learner):
        text = collected.evidence(EXERCISE, learner).read_text(encoding="utf-8")
        found = json.loads(text)
        assert found["isolation"] == detect().level
        times = [found.pop("graded_at"), *(mark.pop("seconds") for mark in found["marks"])]
        assert all(time is not None for time in times)
        return json.dumps(found), collected.notebook("autograded", EXERCISE, learner).read_bytes()

    whole_run(collected)
    first = {learner: record(learner) for learner in SAMPLES}
    output, errors = start(collected, "--again", "--workers", "1").communicate(timeout=300)
    assert output == "no learner's points change\n3 graded, 0 unchanged, 0 refused\n", errors
    assert {learner: record(learner) for learner in SAMPLES} == first


def test_the_death_of_the_zygote_is_nobody_s_fault_and_the_next_run_goes_on(collected, monkeypatch):
    request = Request(workers=1)
    begin, made = Zygote.begin, []

    def begin_until_dead(self, role, config, policy):
        made.append(role)
        if len(made) == 3:  # a submission has two boxes
            self._process.kill()
            self._process.wait()
        return begin(self, role, config, policy)

    with monkeypatch.context() as patch:
        patch.setattr(Zygote, "begin", begin_until_dead)
        with pytest.raises(SandboxError, match=r"the zygote (has )?ended"):
            grade(collected, request)
    assert len(points(collected)) < len(SAMPLES)
    assert set(statuses(collected).values()) <= {"graded"}
    grade(collected, request)
    assert points(collected) == POINTS


def statuses(course):
    found = {}
    for path in course.folder.glob("evidence/*/*.json"):
        found[path.stem] = "graded" if json.loads(path.read_text(encoding="utf-8"))["marks"] else "refused"
    return found
