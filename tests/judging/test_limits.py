"""Memory, processes and disk space: what goes beyond a limit costs its own task, in the sandbox itself."""

import pytest

TWICE = "def twice(x):\n    return 2 * x"
ANSWER = "def answer():\n    return 42"

IN_ONE_PIECE = "import numpy\nkept = numpy.ones(200_000_000)\n"
IN_SMALL_PIECES = "kept = []\nfor _ in range(3000):\n    kept.append(bytearray(b'x') * 1_000_000)\n"
# Nothing is left then for the traceback; for Python itself; for the cells that follow.
IN_TEXTS = "kept = []\nwhile True:\n    kept.append('x' * 1000 + str(len(kept)))\n"
IN_DICTS = "kept = []\nwhile True:\n    kept.append({1: 2})\n"
QUIETLY = (
    "kept = []\ntry:\n    while True:\n        kept.append(bytes(5000))\nexcept MemoryError:\n    pass\n"
)
BY_CHILDREN = """\
import os, time
for _ in range(6):
    if os.fork() == 0:
        kept = bytearray(b'x') * 120_000_000
        time.sleep(3)
        os._exit(0)
time.sleep(3)
"""
FILE = "with open('big', 'wb') as stream:\n    for _ in range(100):\n        stream.write(b'x' * 1_000_000)\n"
MANY_FILES = """\
for number in range(100):
    with open(f'part{number}', 'wb') as stream:
        stream.write(b'x' * 1_000_000)
"""
CHILDREN = """\
import subprocess, sys
kept = [subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(2)']) for _ in range(20)]
"""
THREADS = """\
import threading, time
kept = [threading.Thread(target=time.sleep, args=(2,), daemon=True) for _ in range(40)]
for thread in kept:
    thread.start()
"""


@pytest.fixture(autouse=True)
def _needs_walls(engine):
    if getattr(engine, "isolation", "none") == "none":
        pytest.skip("this machine has no sandbox")


#: On a busy machine too, what is tried here meets its own limit first.
PATIENT = {"seconds_per_cell": 40, "seconds": 400}


def cells(greedy):
    return [
        ("task", "honest", TWICE, TWICE),
        ("check", "assert twice(1) == 2"),
        ("task", "greedy", ANSWER, greedy + ANSWER),
        ("check", "assert answer() == 42"),
        ("task", "later", "LATER = 3", "LATER = 3"),
        ("check", "assert twice(LATER) == 6"),
    ]


@pytest.mark.parametrize(
    ("greedy", "limits"),
    [
        (IN_ONE_PIECE, {"memory_mb": 300}),
        (IN_SMALL_PIECES, {"memory_mb": 300}),
        (IN_TEXTS, {"memory_mb": 300}),
        (IN_DICTS, {"memory_mb": 300}),
        (QUIETLY, {"memory_mb": 300}),
        (BY_CHILDREN, {"memory_mb": 300}),
        (FILE, {"disk_mb": 20}),
        (MANY_FILES, {"disk_mb": 20}),
        (CHILDREN, {"processes": 8}),
        (THREADS, {"processes": 8}),
    ],
    ids=[
        "one piece",
        "small pieces",
        "texts",
        "dicts",
        "quietly",
        "children's memory",
        "file",
        "files",
        "children",
        "threads",
    ],
)
def test_a_limit_costs_its_own_task_only(run, greedy, limits):
    graded = run(cells(greedy), **PATIENT, **limits)
    assert [mark.points for mark in graded.marks] == [1, 0, 1]
    (cell,) = [
        one for one in graded.notebook.cells if one.metadata.get("nbgrader", {}).get("grade_id") == "greedy"
    ]
    assert [output.output_type for output in cell.outputs] == ["error"]
    (limit,) = limits.values()
    assert graded.problems
    for problem in graded.problems:
        assert problem.startswith("greedy: ")
        assert f" {limit} " in problem


def test_a_function_that_keeps_memory_costs_its_own_check_only(run):
    keeping = "kept = []\ndef answer():\n    while True:\n        kept.append(bytes(20_000))\n"
    cells_ = cells("")
    cells_[2] = ("task", "greedy", ANSWER, keeping)
    graded = run(cells_, **PATIENT, memory_mb=300)
    assert [mark.points for mark in graded.marks] == [1, 0, 1]
    (problem,) = graded.problems
    assert problem.startswith("check-c2: ")
    assert " 300 " in problem


@pytest.mark.parametrize(("greedy", "language"), [(BY_CHILDREN, "en"), (BY_CHILDREN, "ko")])
def test_a_process_ended_for_its_memory_is_one_sentence(run, greedy, language):
    (problem,) = run(cells(greedy), language=language, **PATIENT, memory_mb=300).problems
    assert problem.startswith("greedy: ")
    assert "300" in problem
    assert ("메모리 한도" in problem) == (language == "ko")


@pytest.mark.parametrize("greedy", [IN_SMALL_PIECES, FILE, CHILDREN], ids=["memory", "disk", "processes"])
def test_what_is_within_the_limits_is_no_matter(run, greedy):
    modest = greedy.replace("range(3000)", "range(30)").replace("range(20)", "range(2)")
    graded = run(cells(modest), **PATIENT)
    assert [mark.points for mark in graded.marks] == [1, 1, 1]
    assert graded.problems == ()


def test_an_alarm_rings_in_its_own_cell_whatever_the_cell_makes_of_alarms(points):
    slowly = "import time\ndef answer():\n    time.sleep(1.5)\n    return 42"
    replaced = "import signal\nsignal.setitimer = signal.signal = lambda *a: (0.0, 0.0)\n" + slowly
    cells = [("task", "t", slowly, replaced), *[("check", "assert answer() == 42")] * 3]
    assert points(cells, seconds_per_cell=4) == [1, 1, 1]
