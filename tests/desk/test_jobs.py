"""Runs: one at a time, followed by their events, stopped, killed, asked, found again by the next server."""

import errno
import json
import os
import signal

import pytest

from biolabkit.errors import BiolabkitError, InputError, UnknownNameError
from biolabkit_autograder.desk import jobs as jobs_module
from biolabkit_autograder.desk.jobs import BusyError, Jobs
from biolabkit_autograder.evidence import read_evidence

EXERCISE = "genome-01-gc-content"


@pytest.fixture
def ended(until):
    """Wait for a run's end, and give what it told."""

    def wait(jobs, run):
        def look():
            told = jobs.follow(run.id, 0)
            return told if told["state"] != "running" else None

        return until(look)

    return wait


def of_kind(told, kind):
    return [event for event in told["events"] if event["event"] == kind]


@pytest.fixture
def grading(course, jobs, hand_in, endless, answered, until):
    """A run that grades one endless submission beside another."""
    hand_in(course, "kim", endless)
    hand_in(course, "lee", answered["solution"])
    run = jobs.start("collect-grade")
    until(lambda: of_kind(jobs.follow(run.id, 0), "outcome"))  # the other one is graded
    return run


def test_a_run_tells_its_steps_learners_problems_and_end(course, jobs, hand_in, answered, ended):
    hand_in(course, "kim", answered["solution"])
    hand_in(course, "lee", b"{")
    told = ended(jobs, jobs.start("collect-grade"))
    assert told["state"] == "done"
    assert [event["step"] for event in of_kind(told, "step")] == ["collect", "grade"]
    assert [event["total"] for event in of_kind(told, "total")] == [2]
    outcomes = {event["name"]: (event["status"], event["points"]) for event in of_kind(told, "outcome")}
    assert outcomes == {"김하늘": ("graded", 3.0), "이수진": ("refused", 0.0)}
    assert {event["name"] for event in of_kind(told, "running")} == {"김하늘"}
    assert any("JSON" in event["text"] for event in of_kind(told, "problem"))
    results = {event["step"]: event for event in of_kind(told, "result")}
    assert (results["grade"]["graded"], results["grade"]["refused"]) == (1, 1)


def test_following_gives_each_event_once(jobs, ended):
    run = jobs.start("collect")
    whole = ended(jobs, run)
    first = jobs.follow(run.id, 0)
    assert first["events"] == whole["events"]
    assert jobs.follow(run.id, first["next"])["events"] == []


def test_one_run_at_a_time_also_of_another_server(course, jobs, grading):
    with pytest.raises(BusyError) as error:
        jobs.start("report")
    assert error.value.run == grading.id
    other = Jobs(course.folder)
    assert other.running().id == grading.id
    with pytest.raises(BusyError):
        other.start("report")


def test_a_server_that_comes_later_takes_the_run_up_and_stops_it(course, grading, ended, monkeypatch):
    monkeypatch.setattr(jobs_module, "_GRACE_SECONDS", 1)
    other = Jobs(course.folder)
    other.cancel(grading.id)
    assert ended(other, grading)["state"] == "cancelled"
    assert read_evidence(course, EXERCISE, "lee")["points"] == 3  # what was graded stays
    assert read_evidence(course, EXERCISE, "kim") is None


def test_a_run_that_was_killed_is_said_and_the_next_goes_on_from_there(course, jobs, grading, ended):
    os.killpg(grading.pid, signal.SIGKILL)
    assert ended(jobs, grading)["state"] == "died"
    assert jobs.recent()[0]["state"] == "died"
    course.notebook("submitted", EXERCISE, "kim").unlink()
    told = ended(jobs, jobs.start("grade"))
    assert [event["status"] for event in of_kind(told, "outcome")] == ["unchanged"]


@pytest.fixture
def regrade(graded, until):
    """A run that asks: the points in the evidence are not those that come out."""
    path = graded.evidence(EXERCISE, "kim")
    record = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps({**record, "points": 1.0}), encoding="utf-8")
    jobs = Jobs(graded.folder, unsafe=True)
    run = jobs.start("grade", EXERCISE, again=True)
    (asked,) = until(lambda: of_kind(jobs.follow(run.id, 0), "ask"))
    assert [(one["name"], one["before"], one["after"]) for one in asked["changes"]] == [("김하늘", 1.0, 3.0)]
    return jobs, run


@pytest.mark.parametrize(("write", "state", "points"), [(True, "done", 3.0), (False, "cancelled", 1.0)])
def test_grading_again_writes_only_what_it_was_told_to(graded, regrade, ended, write, state, points):
    jobs, run = regrade
    assert read_evidence(graded, EXERCISE, "kim")["points"] == 1.0
    jobs.answer(run.id, write=write)
    assert ended(jobs, run)["state"] == state
    assert read_evidence(graded, EXERCISE, "kim")["points"] == points
    assert not list(graded.folder.glob("evidence/*/.*"))


def test_an_action_that_fails_says_why(jobs, ended):
    told = ended(jobs, jobs.start("report"))
    assert (told["state"], told["events"][-1]["message"]) == (
        "failed",
        "nothing is graded yet; run: biolab course grade",
    )


def test_a_course_toml_that_is_broken_is_said_by_the_run(course, jobs, ended):
    path = course.folder / "course.toml"
    path.write_text(path.read_text(encoding="utf-8").replace('language = "ko"', 'language = "de"'))
    told = ended(jobs, jobs.start("grade"))
    assert told["state"] == "failed"
    assert "course.toml:" in told["events"][-1]["message"]


def test_a_course_that_was_moved_is_said(course, jobs):
    course.folder.rename(course.folder.with_name("moved"))
    with pytest.raises(BiolabkitError, match="was it moved"):
        jobs.start("grade")
    assert jobs.recent() == []


def test_a_full_disk_starts_no_run_that_nobody_finds_again(jobs, ended, monkeypatch):
    def full(*_):
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(jobs_module, "atomic_write", full)
        with pytest.raises(OSError, match="No space"):
            jobs.start("export")
    assert jobs.recent() == []
    assert ended(jobs, jobs.start("export"))["state"] == "done"


def test_wrong_requests(jobs):
    with pytest.raises(UnknownNameError, match="did you mean 'grade'"):
        jobs.start("grad")
    with pytest.raises(InputError, match="only grading"):
        jobs.start("report", again=True)
    with pytest.raises(UnknownNameError):
        jobs.follow("0-0", 0)


def test_records_of_long_ago_are_forgotten(course, jobs, ended, monkeypatch):
    monkeypatch.setattr(jobs_module, "_KEPT", 2)
    for _ in range(3):
        ended(jobs, jobs.start("export"))
    assert len(jobs.recent()) == 2
    assert len({path.name.split(".")[0] for path in (course.folder / ".desk" / "runs").iterdir()}) == 2
