"""Grading on a cluster of `dask` commands, of which parts are lost."""

import json
import signal
import time

import psutil
import pytest
from nbgrader.api import Gradebook

EXERCISE = "genome-01-gc-content"
PATIENCE = 120

pytestmark = pytest.mark.journey


def points(course):
    with Gradebook(course.gradebook_url) as gradebook:
        return {one.student.id: one.score for one in gradebook.assignment_submissions(EXERCISE)}


def count_writes(course):
    """Have the gradebook itself count how often each grade is set."""
    with Gradebook(course.gradebook_url) as gradebook, gradebook.engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE writes (grade TEXT)")
        for event in ("INSERT", "UPDATE OF auto_score"):
            connection.exec_driver_sql(
                f"CREATE TRIGGER counted_{event[:6]} AFTER {event} ON grade"
                " BEGIN INSERT INTO writes VALUES (NEW.id); END"
            )


def most_writes(course):
    with Gradebook(course.gradebook_url) as gradebook, gradebook.engine.begin() as connection:
        rows = connection.exec_driver_sql("SELECT count(*) FROM writes GROUP BY grade")
        return {count for (count,) in rows}


def wait_for_results(course, wanted, command):
    end = time.monotonic() + PATIENCE
    while len(list((course.folder / "evidence").rglob("*.json"))) < wanted:
        assert command.poll() is None, command.communicate()
        assert time.monotonic() < end
        time.sleep(0.02)


def evidence(course):
    """All records but for times."""
    records = {}
    for path in sorted((course.folder / "evidence").rglob("*.json")):
        record = json.loads(path.read_text(encoding="utf-8"))
        del record["graded_at"]
        records[path.name] = {**record, "marks": [{**mark, "seconds": 0} for mark in record["marks"]]}
    return records


def test_a_worker_killed_in_the_middle_loses_nothing_and_nothing_is_written_twice(
    course, cluster, biolab, below, expected
):
    for _ in range(2):
        cluster.add_worker()
    count_writes(course)
    command = biolab("--engine", "judge", "--scheduler", cluster.address)
    wait_for_results(course, 2, command)
    victim = cluster.workers[0]
    zygote = below(victim)
    assert zygote, "the worker has an engine of its own"
    victim.send_signal(signal.SIGKILL)
    assert victim.wait() == -signal.SIGKILL
    assert len(points(course)) < 12, "killed in the middle"

    out, err = command.communicate(timeout=PATIENCE)
    assert (out, err, command.returncode) == ("12 graded, 0 unchanged, 0 refused\n", "", 0)
    found = points(course)
    assert len(found) == 12
    assert {learner: found[learner] for learner in expected} == expected
    assert most_writes(course) == {1}
    _, alive = psutil.wait_procs(zygote, timeout=PATIENCE)
    assert not alive, "the zygote ends with its worker"
    _, alive = psutil.wait_procs(below(cluster.workers[1]), timeout=PATIENCE)
    assert not alive, "the other worker's engine ends with the command"


def test_graded_here_or_there_is_the_same(course, cluster, biolab):
    cluster.add_worker()
    assert biolab("--engine", "judge", "--scheduler", cluster.address).wait(PATIENCE) == 0
    there = evidence(course)
    again = biolab("--engine", "judge")
    assert again.communicate(timeout=PATIENCE)[0] == "0 graded, 12 unchanged, 0 refused\n"
    here = biolab("--engine", "judge", "--again")
    assert "no learner's points change" in here.communicate(timeout=PATIENCE)[0]
    assert evidence(course) == there


def test_a_worker_that_joins_late_takes_part(course, cluster, biolab):
    cluster.add_worker()
    command = biolab("--engine", "judge", "--scheduler", cluster.address)
    wait_for_results(course, 1, command)
    cluster.add_worker()
    late = cluster.workers[1]
    cluster.workers[0].kill()
    out, err = command.communicate(timeout=PATIENCE)
    assert (out, err) == ("12 graded, 0 unchanged, 0 refused\n", "")
    assert psutil.Process(late.pid).is_running()


def test_a_lost_scheduler_is_one_line_and_the_next_run_goes_on(course, cluster, biolab):
    cluster.add_worker()
    command = biolab("--engine", "judge", "--scheduler", cluster.address)
    wait_for_results(course, 2, command)
    cluster.scheduler.kill()
    out, err = command.communicate(timeout=PATIENCE)
    assert command.returncode == 2, out
    assert err.count("\n") == 1
    assert "what is graded is stored" in err
    done = len(points(course))
    assert done < 12
    out, err = biolab("--engine", "judge").communicate(timeout=PATIENCE)
    assert out == f"{12 - done} graded, {done} unchanged, 0 refused\n", err


@pytest.mark.parametrize(
    ("address", "message"),
    [
        ("tcp://127.0.0.1:1", "no scheduler can be reached at tcp://127.0.0.1:1"),
        ("127.0.0.1:1", "no scheduler can be reached at 127.0.0.1:1"),
        ("no-such-host.invalid:8786", "no scheduler can be reached at no-such-host.invalid:8786"),
        ("nowhere", "expected a scheduler's address such as tcp://host:8786, found 'nowhere'"),
        ("http://127.0.0.1:1", "expected a scheduler's address"),
    ],
)
def test_a_scheduler_out_of_reach_is_one_line(biolab, address, message):
    command = biolab("--scheduler", address)
    out, err = command.communicate(timeout=PATIENCE)
    assert (command.returncode, out) == (2, "")
    assert err.count("\n") == 1
    assert message in err


def test_a_scheduler_without_workers_is_one_line(biolab, cluster):
    command = biolab("--scheduler", cluster.address)
    out, err = command.communicate(timeout=PATIENCE)
    assert (command.returncode, out) == (2, "")
    assert err.splitlines() == [
        f"biolab: the scheduler at {cluster.address} has no worker; start one: dask worker {cluster.address}"
    ]
