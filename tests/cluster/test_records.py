"""What goes over the network: JSON, and the same records on the other side."""

import json
from contextlib import contextmanager
from types import SimpleNamespace

import pytest
from nbformat.v4 import new_code_cell, new_notebook, new_output
from nbformat.v4.nbbase import NotebookNode

from biolabkit.errors import GradingError
from biolabkit_autograder.cluster import worker
from biolabkit_autograder.cluster.records import (
    decode_assignment,
    decode_graded,
    decode_submission,
    encode_assignment,
    encode_graded,
    encode_submission,
)
from biolabkit_autograder.grading import Graded, Limits, Mark, RefusedError, Settings, Submission
from biolabkit_autograder.sandbox import SandboxError

NOTEBOOK = new_notebook(cells=[new_code_cell("print('가')", outputs=[new_output("stream", text="가\n")])])
SETTINGS = Settings(
    language="ko",
    limits=Limits(seconds_per_cell=2.5, memory_mb=100),
    imports=("numpy",),
    datasets=("uci",),
    environment={"BIOLABKIT_DATA": "simulated"},
)
SUBMISSION = Submission("김하늘", "genome-01", NOTEBOOK, ("one",), ("essay-why",), "abc")
BOX = SandboxError("no box could be made")
GRADED = Graded(
    learner="김하늘",
    exercise="genome-01",
    marks=(
        Mark("check-a", 1.5, 2.0, hint="n-counted", card={"task": "a"}, seconds=0.25),
        Mark("essay", None, 3),
    ),
    notebook=NOTEBOOK,
    problems=("a limit",),
    engine="judge",
    isolation="namespaces",
)


def test_records_are_the_same_on_the_other_side():
    assert decode_graded(encode_graded(GRADED)) == GRADED
    assert decode_submission(encode_submission(SUBMISSION)) == SUBMISSION
    assert decode_assignment(encode_assignment(NOTEBOOK, SETTINGS)) == (NOTEBOOK, SETTINGS)
    cell = decode_graded(encode_graded(GRADED)).notebook.cells[0]
    assert isinstance(cell, NotebookNode)
    assert isinstance(cell.outputs[0], NotebookNode)


class Engine:
    """Stands for an engine that a worker opened."""

    name, version, isolation = "judge", "1", "none"

    def __init__(self, *results):
        self.results = list(results)

    def grade(self, *_):
        result = self.results.pop(0)
        if isinstance(result, Exception):
            raise result
        return result


@pytest.fixture
def station(monkeypatch):
    """A worker's plugins, with engines that are opened one after the other."""
    made = worker.Station("judge", b"")
    made.setup(None)
    engines, closed = [], []
    monkeypatch.setattr(worker, "decode_settings", lambda _: SETTINGS)
    monkeypatch.setattr("biolabkit_autograder.cluster.worker.engine_factory", lambda _: opening)

    @contextmanager
    def opening(_):
        engine = engines.pop(0)
        yield engine
        closed.append(engine)

    exercise = worker.Exercise(encode_assignment(NOTEBOOK, SETTINGS))
    exercise.setup(None)
    plugins = {"station": made, "exercise": exercise}
    monkeypatch.setattr(
        worker, "get_worker", lambda: SimpleNamespace(plugins=plugins, address="tcp://node1:1")
    )
    made.engines, made.closed = engines, closed
    yield made
    made._close()


def answer(station, agreed=None):
    agreed = agreed if agreed is not None else station.report()
    return worker.grade_submission("station", "exercise", agreed, encode_submission(SUBMISSION))


def test_a_task_gives_bytes_whatever_happens(station):
    station.engines += [Engine(GRADED, RefusedError("no", "아니요"), GradingError("why"), BOX), Engine(BOX)]
    assert decode_graded(answer(station)) == GRADED
    assert json.loads(answer(station)) == {"refused": ["no", "아니요"]}
    assert json.loads(answer(station)) == {"failed": "why"}
    assert json.loads(answer(station)) == {"unfit": "worker tcp://node1:1: no box could be made"}


def test_an_engine_that_failed_is_opened_anew_once(station):
    first, second = Engine(SandboxError("the zygote has ended")), Engine(GRADED)
    station.engines += [first, second]
    assert decode_graded(answer(station)) == GRADED
    assert station.closed == [first]


def test_a_worker_that_would_give_other_points_does_not_begin(station):
    engine = Engine(GRADED)
    station.engines += [engine]
    other = {**json.loads(station.report()), "numpy": "0.1", "simulated datasets": "none"}
    found = json.loads(answer(station, json.dumps(other).encode()))["unfit"]
    assert "instead of 0.1" in found
    assert "simulated datasets uci instead of none" in found
    assert engine.results == [GRADED]


def test_datasets_lie_where_the_worker_s_machine_has_them(monkeypatch):
    monkeypatch.setenv("BIOLABKIT_MIRROR", "/there")
    monkeypatch.setenv("BIOLABKIT_DATA", "real")
    sent = Settings(environment={"BIOLABKIT_MIRROR": "/here", "BIOLABKIT_OFFLINE": "1"})
    exercise = worker.Exercise(encode_assignment(NOTEBOOK, sent))
    exercise.setup(None)
    found = exercise.settings.environment
    assert found["BIOLABKIT_MIRROR"] == "/there"
    assert "BIOLABKIT_DATA" not in found, "what data are used is the command's choice"
