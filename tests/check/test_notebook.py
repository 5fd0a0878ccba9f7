"""Check cells in a real kernel: what a trainee and nbgrader get to see."""

import json

import nbformat
import pytest
from nbclient import NotebookClient
from nbgrader.utils import determine_grade

from biolabkit.check import MIME_TYPE, Card

SETUP = """
import logging, os, sys, warnings
from biolabkit.check import expect, hint, lab
logging.basicConfig()
lab.start("genome-01-sequences");
"""
LEARNER = """
def mean_depth(depths):
    return sum(depths) / len(depths)
"""

CELLS = {
    "pass": 'lab.check("mean", points=2)\nexpect(mean_depth([1, 2]), "mean").close_to(1.5)',
    "pass at grading": 'lab.check("m", points=2)\nlab.hidden()\nexpect(mean_depth([4]), "m").equals(4)',
    "fail": (
        'lab.check("mean", points=2)\nexpect(mean_depth([1, 3]), "mean depth", "평균 깊이").equals(9, hints='
        '[hint("halved", 2, en="Once only.", ko="한 번만 하십시오.")])'
    ),
    "hidden fail": 'lab.check("mean", points=2)\nlab.hidden()\nexpect(mean_depth([1]), "m").equals(424242)',
    "hidden assert": 'lab.check("mean", points=2)\nlab.hidden()\nsecret = 424242\nassert 1 == secret',
    "assert": 'lab.check("mean", points=2)\nassert mean_depth([1]) == 2',
    "assert with message": 'lab.check("mean", points=2)\nassert mean_depth([1]) == 2, "평균은 2입니다"',
    "hidden warning": 'lab.check("mean", points=2)\nlab.hidden()\nwarnings.warn("424242")\nassert 1 == 2',
    "learner's error": 'lab.check("mean.empty", points=2)\nmean_depth([])',
    "undefined": 'lab.check("median", points=2)\nmedian([1])',
    "two failures": 'lab.check("a", points=1)\nexpect(1, "first").equals(2)\nexpect(1, "second").equals(2)',
    "noise": (
        'lab.check("noise", points=1)\nwarnings.warn("careful")\nlogging.warning("from logging")\n'
        'print("from print", file=sys.stderr)\nos.write(2, b"from C\\n")\nos.system("echo from child >&2")'
    ),
    "a value at the end": 'lab.check("value", points=2)\n0.5',
    "exit": 'lab.check("exit", points=1)\nraise SystemExit(0)',
    "looking afterwards": "getattr(sys, 'last_traceback', None), getattr(sys, 'last_value', None)",
    "a learner's own cell": "mean_depth([])",
    "stderr of a learner's own cell": 'print("mine", file=sys.stderr)\nwarnings.warn("also mine")',
    "a value of a learner's own cell": "0.5",
    "again": 'lab.start("genome-01-sequences");\nlab.check("mean", points=2)\nexpect(1, "one").equals(1)',
    "show": "lab.show(lambda: unsolved())",
}


def execute(language):
    cells = [nbformat.v4.new_code_cell(source) for source in (SETUP, LEARNER, *CELLS.values())]
    notebook = nbformat.v4.new_notebook(cells=cells)
    notebook.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    import os

    settings = {**os.environ, "BIOLAB_LANGUAGE": language, "BIOLAB_LEARNER": "kim"}
    NotebookClient(notebook, allow_errors=True, timeout=120).execute(env=settings)
    nbformat.validate(notebook)
    return dict(zip(("setup", "learner", *CELLS), notebook.cells, strict=True))


@pytest.fixture(scope="module")
def english():
    return execute("en")


@pytest.fixture(scope="module")
def korean():
    return execute("ko")


def kinds(cell):
    return [output.output_type for output in cell.outputs]


def card(cell):
    return next(Card.from_dict(o.data[MIME_TYPE]) for o in cell.outputs if MIME_TYPE in o.get("data", {}))


def points(cell, worth):
    cell.metadata.nbgrader = {"grade": True, "solution": False, "points": worth, "grade_id": "x"}
    return determine_grade(cell)[0]


FAILING = (
    "fail", "hidden fail", "hidden assert", "hidden warning", "assert", "assert with message",
    "learner's error", "undefined", "two failures", "exit",
)  # fmt: skip


def test_setup_is_silent(english):
    assert english["setup"].outputs == []


def test_a_pass_shows_a_card_with_points(english):
    assert kinds(english["pass"]) == ["display_data"]
    data = english["pass"].outputs[0].data
    assert set(data) == {"text/html", "text/plain", MIME_TYPE}
    assert data["text/plain"].startswith("✓ Passed · mean · 2 points")
    assert "you can see" in card(english["pass"]).what_en
    assert card(english["pass at grading"]).what_en == "All checks passed."
    assert points(english["pass"], 2) == 2


@pytest.mark.parametrize("name", FAILING)
@pytest.mark.parametrize("language", ["english", "korean"])
def test_a_failure_shows_a_card_then_one_line(name, language, request):
    cell = request.getfixturevalue(language)[name]
    assert kinds(cell) == ["display_data", "error"]
    error = cell.outputs[1]
    assert error.ename == "CheckFailed"
    assert error.traceback == [error.evalue]
    assert "\n" not in error.evalue
    assert points(cell, 2) == 0


@pytest.mark.parametrize("name", ["hidden fail", "hidden assert", "hidden warning"])
def test_nothing_of_a_hidden_check_is_in_its_outputs(english, korean, name):
    for notebook in (english, korean):
        written = json.dumps(notebook[name].outputs, ensure_ascii=False)
        assert "424242" not in written
        assert "secret" not in written
        assert "lab.hidden" not in written


def test_no_frame_of_a_check_stays_behind(english):
    assert english["looking afterwards"].outputs[0].data["text/plain"] == "(None, None)"


def test_a_card_shows_the_learners_line(english):
    shown = card(english["learner's error"])
    assert (shown.got, shown.place) == ("ZeroDivisionError: division by zero", "mean_depth:2")
    assert shown.line == "return sum(depths) / len(depths)"


def test_a_plain_assert_gets_a_card(english):
    shown = card(english["assert"])
    assert shown.line == "assert mean_depth([1]) == 2"
    assert (shown.got, shown.expected) == ("1.0", "2")
    assert card(english["assert with message"]).what_en == "평균은 2입니다"


def test_the_first_failure_ends_the_check(english):
    assert card(english["two failures"]).what_en == "first"


def test_korean_cards_are_korean(korean):
    data = korean["fail"].outputs[0].data
    assert "아직 맞지 않습니다" in data["text/plain"]
    assert "평균 깊이" in data["text/html"]
    assert "한 번만 하십시오." in data["text/html"]
    assert "통과" in korean["pass"].outputs[0].data["text/plain"]
    assert "아직 정의되지 않은 이름입니다" in korean["undefined"].outputs[0].data["text/plain"]
    assert "아직 보여 드릴 것이 없습니다" in korean["show"].outputs[0].data["text/plain"]


def test_no_noise_costs_a_point(english, korean):
    for notebook in (english, korean):
        cell = notebook["noise"]
        assert points(cell, 1) == 1
        written = "".join(output.get("text", "") for output in cell.outputs)
        assert "from logging" in written
        assert "from print" in written
        assert "UserWarning: careful" in cell.outputs[0].data["text/plain"]


def test_c_code_writes_no_stderr_even_when_its_text_comes_late(english, korean):
    for notebook in (english, korean):
        late = [o for cell in notebook.values() for o in cell.outputs if o.get("name") == "stderr"]
        assert not any("from C" in output.text or "from child" in output.text for output in late)


def test_the_value_of_a_check_is_no_partial_credit(english):
    assert kinds(english["a value at the end"]) == ["display_data"]
    assert points(english["a value at the end"], 2) == 2


def test_a_learners_own_cells_stay_as_they_are(english):
    error = english["a learner's own cell"].outputs[0]
    assert error.ename == "ZeroDivisionError"
    assert len("\n".join(error.traceback).splitlines()) > 5
    streams = [o.name for o in english["stderr of a learner's own cell"].outputs if o.output_type == "stream"]
    assert streams == ["stderr"]
    assert kinds(english["a value of a learner's own cell"]) == ["execute_result"]


def test_starting_again_shows_each_card_once(english):
    assert kinds(english["again"]) == ["display_data"]
