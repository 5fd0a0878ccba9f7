"""Jobs of the server: one of a kind for an exercise, stopped at any moment, and never in anybody's way."""

import asyncio
import threading
import time

import pytest

from biolabkit.bench.jobs import Jobs, Workers
from biolabkit.errors import InputError


def unexpected():
    return "unexpected"


def ended(job):
    deadline = time.monotonic() + 60
    while job.state == "running":
        assert time.monotonic() < deadline, "the job does not end"
        time.sleep(0.01)
    return job


def test_one_job_of_a_kind_runs_for_an_exercise():
    jobs, go = Jobs(), threading.Event()

    def work(job):
        go.wait(60)
        return {"by": job.id}

    first = jobs.start("check", "a", work, unexpected)
    assert jobs.start("check", "a", work, unexpected) is first
    others = [jobs.start("submit", "a", work, unexpected), jobs.start("check", "b", work, unexpected)]
    assert len({first.id, *(job.id for job in others)}) == 3
    assert jobs.running("check", "a") is first
    go.set()
    assert ended(first).to_dict() == {
        "state": "done",
        "done": 0,
        "total": 0,
        "message": "",
        "result": {"by": first.id},
    }
    assert jobs.running("check", "a") is None
    assert jobs.start("check", "a", work, unexpected) is not first
    assert jobs.find(first.id) is first
    assert jobs.find("unknown") is None


def test_how_a_job_fails(caplog):
    def refused(_job):
        raise InputError("no such notebook")

    def broken(_job):
        raise ZeroDivisionError

    jobs = Jobs()
    assert ended(jobs.start("check", "a", refused, unexpected)).message == "no such notebook"
    job = ended(jobs.start("check", "b", broken, unexpected))
    assert (job.state, job.message, job.result) == ("failed", "unexpected", None)
    assert "ZeroDivisionError" in caplog.text


@pytest.mark.parametrize("early", [True, False])
def test_a_job_is_stopped_whether_or_not_it_has_begun(early):
    asked, stopped, told = threading.Event(), threading.Event(), threading.Event()

    def work(job):
        if early:
            asked.wait(60)
        job.stopped_by(stopped.set)
        told.set()
        assert stopped.wait(60)
        return {}

    job = Jobs().start("check", "a", work, unexpected)
    if not early:
        told.wait(60)
    job.stop()
    asked.set()
    assert ended(job).state == "done"


def test_the_oldest_ended_jobs_are_forgotten():
    jobs = Jobs()
    first = ended(jobs.start("check", "first", lambda _job: {}, unexpected))
    go = threading.Event()
    running = jobs.start("check", "running", lambda _job: {"went": go.wait(60)}, unexpected)
    for number in range(120):
        ended(jobs.start("check", f"exercise-{number}", lambda _job: {}, unexpected))
    assert jobs.find(first.id) is None
    assert jobs.find(running.id) is running
    go.set()


def test_workers_give_back_what_functions_return_and_raise():
    async def everything():
        workers = Workers(2)
        results = await asyncio.gather(*(workers.run(pow, 2, number) for number in range(8)))
        with pytest.raises(ZeroDivisionError):
            await workers.run(divmod, 1, 0)
        waiting = asyncio.ensure_future(workers.run(threading.Event().wait, 0.1))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.sleep(0.2)  # its result arrives when nobody wants it any more
        return results

    assert asyncio.run(everything()) == [2**number for number in range(8)]
