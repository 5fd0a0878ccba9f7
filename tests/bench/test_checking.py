"""Check all: real kernels on small notebooks that go well, go wrong, loop, die and try to harm."""

import json
import os
import sys
import threading
import time
from contextlib import suppress

import psutil
import pytest

from biolabkit.bench.checking import Checking as CheckingProcess
from biolabkit.bench.checking import Stopped, check_all, main
from biolabkit.bench.checking_notebook import read
from biolabkit.errors import FormatError, InputError

SETUP = 'from biolabkit.check import expect, hint, lab\nlab.start("genome-01-sequences");'
HALVED = 'hints=[hint("halved", 1, en="Count it once.", ko="한 번만 세십시오.")]'


def check(task, code, points=2, name=None):
    name = name or task
    source = f'lab.check("{name}", points={points})\n{code}'
    marks = {"grade": True, "solution": False, "locked": True, "points": points}
    return cell(source, grade_id=f"check-{name.replace('.', '-')}", **marks)


def task(name, code):
    return cell(code, grade_id=name, grade=False, solution=True, locked=False)


def cell(source, **marks):
    metadata = {"nbgrader": {"schema_version": 3, "cell_type": "code", **marks}} if marks else {}
    return {
        "cell_type": "code",
        "metadata": metadata,
        "source": source,
        "outputs": [],
        "execution_count": None,
    }


@pytest.fixture
def saved(tmp_path):
    """Save cells as the notebook of a learner, after the usual setup cell."""

    def save(*cells, name="genome-01-sequences.ipynb", language="en"):
        setup = cell(SETUP, grade_id="setup", grade=False, solution=False, locked=True)
        content = {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [setup, *cells]}
        (tmp_path / "biolab.toml").write_text(f'language = "{language}"\nlearner = "kim"\n', encoding="utf-8")
        path = tmp_path / name
        path.write_text(json.dumps(content), encoding="utf-8")
        return path

    return save


def outcomes(run):
    return {name: state.outcome for name, state in run.checks.items()}


def test_every_way_a_check_can_end(saved, tmp_path):
    path = saved(
        task("good", "good = 2"),
        check("good", 'expect(good, "good").equals(2)'),
        task("wrong", "def wrong(): return 1"),
        check("wrong", f'expect(wrong(), "sum", "합").equals(2, {HALVED})', name="wrong.sum", points=3),
        task("open", "def not_yet(): raise NotImplementedError()"),
        check("open", 'expect(not_yet(), "x").equals(1)'),
        task("broken", "def broken() return 1"),
        check("broken", 'expect(broken(), "x").equals(1)'),
        task("crash", "def crash(): return [][1]"),
        check("crash", "crash()"),
        cell("a cell of my own that is no Python"),
        cell("never_run = 1 / 0  # after the last check"),
    )
    events = []
    run = check_all(path, on_event=events.append)
    assert run.exercise == "genome-01-sequences"
    assert outcomes(run) == {
        "check-good": "passed",
        "check-wrong-sum": "failed",
        "check-open": "unanswered",
        "check-broken": "error",
        "check-crash": "error",
    }
    assert (run.earned, run.max, run.passed) == (2.0, 11.0, False)
    assert run.tasks["wrong"] == ["check-wrong-sum"]
    wrong = run.checks["check-wrong-sum"]
    assert (wrong.points, wrong.max_points, wrong.hint_code) == (0.0, 3.0, "halved")
    assert (wrong.hint.en, wrong.hint.ko) == ("Count it once.", "한 번만 세십시오.")
    assert wrong.message.en == "sum · Got: 1 · Expected: 2 · The difference is -1."
    assert wrong.message.ko.startswith("합 · 받은 값: 1 · 기대한 값: 2 · ")
    assert "`broken`" in run.checks["check-broken"].message.en
    assert "SyntaxError" in run.checks["check-broken"].message.en
    assert "IndexError" in run.checks["check-crash"].message.en
    assert run.problems == []  # the learner's own cell stands after the last check
    assert [event["event"] for event in events].count("cell") == events[0]["total"] == 11
    assert not (tmp_path / ".biolab").exists()  # who asked for the checks records them


def test_all_pass_and_names_seen_between_cells(saved, tmp_path):
    (tmp_path / "depths.csv").write_text("4\n8\n")
    path = saved(
        task("mean", 'values = [int(x) for x in open("depths.csv")]\nmean = sum(values) / len(values)'),
        check("mean", 'expect(mean, "mean depth").equals(6.0)'),
    )
    run = check_all(path)
    assert run.passed
    assert run.earned == run.max == 2.0


def test_a_loop_is_interrupted_and_the_rest_runs(saved):
    path = saved(
        task("loop", "def loop():\n    while True: pass"),
        check("loop", "loop()"),
        task("after", "after = 5"),
        check("after", 'expect(after, "after").equals(5)'),
    )
    run = check_all(path, seconds_per_cell=3)
    assert outcomes(run) == {"check-loop": "error", "check-after": "passed"}
    assert "stopped after 3 seconds" in run.checks["check-loop"].message.en
    assert "3초가 지나 중단" in run.checks["check-loop"].message.ko


def test_a_second_check_of_an_endless_task_waits_shorter(saved):
    path = saved(
        task("loop", "def loop():\n    while True: pass"),
        check("loop", "loop()", name="loop.one"),
        check("loop", "loop()", name="loop.two"),
    )
    run = check_all(path, seconds_per_cell=6)
    assert "after 6 seconds" in run.checks["check-loop-one"].message.en
    assert "after 5 seconds" in run.checks["check-loop-two"].message.en


def test_a_loop_in_the_task_s_own_cell_is_told_by_its_checks(saved):
    path = saved(task("loop", "while True: print('x')\nloop = 1"), check("loop", "loop"))
    run = check_all(path, seconds_per_cell=3)
    assert outcomes(run) == {"check-loop": "error"}
    assert "`loop` was stopped after 3 seconds" in run.checks["check-loop"].message.en


DEAF = """
def deaf():
    while True:
        try:
            while True: pass
        except BaseException: pass
"""


def test_who_ignores_the_interrupt_loses_the_kernel_and_nobody_else_does(saved):
    path = saved(
        task("kept", "kept = 7"),
        task("deaf", DEAF),
        check("deaf", "deaf()"),
        check("kept", 'expect(kept, "kept").equals(7)'),
    )
    run = check_all(path, seconds_per_cell=3)
    assert outcomes(run) == {"check-deaf": "error", "check-kept": "passed"}


def test_a_dead_kernel_is_told_in_one_sentence(saved):
    path = saved(
        task("kept", "kept = 7"),
        cell("import os\nos._exit(3)"),
        check("kept", 'expect(kept, "kept").equals(7)'),
    )
    run = check_all(path)
    assert [problem.en for problem in run.problems] == [
        "The cell that begins with `import os` ended the kernel."
    ]
    assert outcomes(run) == {"check-kept": "passed"}


def test_a_kernel_that_always_dies_is_given_up(saved):
    dying = [check(f"t{number}", "import os; os._exit(1)") for number in range(6)]
    run = check_all(saved(*dying))
    assert set(outcomes(run).values()) == {"error"}
    assert len(run.checks) == 6
    assert run.checks["check-t5"].message.en.startswith("Not run")


def test_memory_is_bounded(saved):
    path = saved(
        task("big", "import time\nbig = b'x' * 600_000_000\ntime.sleep(20)"),
        check("big", "len(big)"),
        check("small", 'expect(1, "one").equals(1)'),
    )
    run = check_all(path, megabytes=500)
    assert outcomes(run) == {"check-big": "error", "check-small": "passed"}
    assert "500 MB" in run.checks["check-big"].message.en


HARM = """
import pathlib, shutil, os
name = "genome-01-sequences.ipynb"
told = []
for harm in (
    lambda: open(name, "w"),
    lambda: pathlib.Path(name).unlink(),
    lambda: os.replace("other.txt", name),
    lambda: shutil.move(name, "elsewhere"),
    lambda: shutil.copy("other.txt", pathlib.Path(name).resolve()),
    lambda: os.open(name, os.O_WRONLY | os.O_TRUNC),
):
    try:
        harm()
    except PermissionError:
        told.append(True)
"""


def test_the_saved_notebook_cannot_be_written(saved, tmp_path):
    (tmp_path / "other.txt").write_text("not a notebook")
    path = saved(
        task("harm", HARM),
        check("harm", 'expect(len(told), "refused").equals(6)'),
        check("read", 'expect(open(shutil.copy(name, "copy")).read(1), "first").equals("{")'),
        check("others", 'open("mine.csv", "w").write("1"); expect(open("mine.csv").read(), "x").equals("1")'),
    )
    before = path.read_bytes()
    assert outcomes(check_all(path)) == dict.fromkeys(["check-harm", "check-read", "check-others"], "passed")
    assert path.read_bytes() == before


def test_missing_edited_and_doubled_checks_are_told(saved):
    edited = check("edited", 'expect(1, "one").equals(1)')
    edited["metadata"]["nbgrader"]["checksum"] = "0" * 32
    twice = check("twice", 'expect(1, "one").equals(1)')
    path = saved(edited, twice, twice)
    run = check_all(path, expected=["check-edited", "check-gone", "check-twice"])
    assert outcomes(run) == {"check-edited": "passed", "check-twice": "passed"}
    told = " ".join(problem.en for problem in run.problems)
    assert "missing from the notebook: check-gone" in told
    assert "not as they were handed out: check-edited" in told
    assert "more than once" in told


def test_a_check_cell_that_was_emptied_of_its_check_does_not_pass(saved):
    emptied = check("emptied", "")
    emptied["source"] = "pass"
    assert outcomes(check_all(saved(emptied))) == {"check-emptied": "error"}


def test_marks_that_were_lost_are_read_from_the_check_itself(saved):
    bare = check("gc", 'expect(1, "one").equals(1)', name="gc.short", points=1.5)
    bare["metadata"] = {}
    run = check_all(saved(bare))
    assert outcomes(run) == {"check-gc-short": "passed"}
    assert run.max == 1.5
    assert list(run.tasks) == ["gc"]


def test_a_notebook_without_checks(saved):
    run = check_all(saved(cell("x = 1")))
    assert not run.passed
    assert [problem.ko for problem in run.problems] == ["이 노트북에는 검사가 없습니다."]


def test_the_checksum_is_nbgrader_s(saved):
    nbformat = pytest.importorskip("nbformat")
    utils = pytest.importorskip("nbgrader.utils")
    made = check("a", "1 == 1", points=2)
    node = nbformat.from_dict(made)
    made["metadata"]["nbgrader"]["checksum"] = utils.compute_checksum(node)
    found = read(saved(made))
    assert not found.checks["check-a"].edited
    made["source"] += "\n"
    assert read(saved(made)).checks["check-a"].edited


@pytest.mark.parametrize("content", ["", "[]", '{"nbformat": 3}', '{"nbformat": 4, "cells": 1}', "\udcff"])
def test_what_is_no_notebook_is_told_by_both(tmp_path, capsys, content):
    path = tmp_path / "x.ipynb"
    path.write_bytes(content.encode("utf-8", "surrogateescape"))
    with pytest.raises(FormatError):
        read(path)
    assert main([str(path)]) == 2
    assert capsys.readouterr().err.count("\n") == 1


def test_a_missing_notebook_is_an_error_in_the_course_s_language(tmp_path):
    with pytest.raises(InputError, match="노트북이 없습니다"):
        read(tmp_path / "none.ipynb", "ko")
    with pytest.raises(Exception, match="노트북이 없습니다"):
        check_all(tmp_path / "none.ipynb", language="ko")


def processes_of(pid):
    return [one for one in psutil.Process(pid).children(recursive=True) if one.is_running()]


def sleeps(process):
    """Whether it is the one that a cell started; some end while they are looked at."""
    with suppress(psutil.Error):
        return "time.sleep(600)" in " ".join(process.cmdline())
    return False


SLEEPER = f"import subprocess; subprocess.Popen([{sys.executable!r}, '-c', 'import time; time.sleep(600)'])"


def test_stopping_leaves_no_process_behind(saved):
    path = saved(cell(SLEEPER), check("loop", "while True: pass"))
    checking = CheckingProcess(path)
    found = []

    def stop_in_the_loop():
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline:
            found[:] = processes_of(checking._process.pid)
            if any(map(sleeps, found)):
                break
            time.sleep(0.05)
        checking.stop()

    thread = threading.Thread(target=stop_in_the_loop)
    thread.start()
    with pytest.raises(Stopped):
        for _ in checking.events():
            pass
    thread.join()
    assert len(found) >= 2  # the kernel and what its cell started
    assert psutil.wait_procs(found, timeout=60)[1] == []


def test_whoever_asked_is_gone_and_nothing_stays(saved):
    """Killed hard, as by the system: the checks and their kernel end all the same."""
    path = saved(cell(SLEEPER), check("loop", "while True: pass"))
    code = "import sys, pathlib, biolabkit.bench.checking as b; b.check_all(pathlib.Path(sys.argv[1]))"
    asking = psutil.Popen([sys.executable, "-c", code, str(path)], env=os.environ)
    deadline = time.monotonic() + 60
    found = []
    while time.monotonic() < deadline and not any(map(sleeps, found)):
        found = processes_of(asking.pid)
        time.sleep(0.05)
    asking.kill()
    asking.wait()
    assert len(found) >= 3
    assert psutil.wait_procs(found, timeout=60)[1] == []
