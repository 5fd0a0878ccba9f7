# ruff: noqa: E501  (cells as they are written)
"""The flow of one submission: order, limits, starting again, outputs, and the same outcome every time."""

import json
import re
import textwrap

import pytest

from biolabkit_autograder.judging import problems, supervisor

LAB = "from biolabkit.check import lab, expect, hint\nlab.start('demo')\nimport numpy as np"
TWICE = "def twice(x):\n    return 2 * x"


def outputs(graded, index):
    return graded.notebook.cells[index].outputs


def kinds(graded, index):
    return [output["output_type"] for output in outputs(graded, index)]


def test_checks_see_the_state_of_their_place_in_the_notebook(points):
    cells = [
        ("setup", "n = 1"),
        ("task", "a", "x = 1", "x = 1"),
        ("check", "assert x == 1 and n == 1"),
        ("task", "b", "x = 2; n = 5", "x = 2; n = 7"),
        ("check", "assert x == 2 and n == 7"),
        ("setup", "n = 3"),
        ("check", "assert n == 3"),
        ("free", "x = x + 1"),
        ("check", "assert x == 3"),
    ]
    assert points(cells) == [1, 1, 1, 1]


def test_names_of_setup_cells_are_the_judges_unless_a_task_makes_them(points):
    cells = [
        ("setup", "data = [1, 2]\ndef total(x):\n    return sum(x)"),
        ("task", "a", "y = total(data)", "data = [9]\ntotal = lambda x: 3\ny = 3"),
        ("check", "assert data == [1, 2] and total(data) == 3 and y == 3"),
        ("check", "data.append(4)\nassert total(data) == 7"),
        ("check", "assert data == [1, 2, 4]"),
    ]
    assert points(cells) == [1, 1, 1]


def test_what_free_cells_import_is_the_judges_own(points):
    cells = [
        ("free", "import numpy as np\nfrom math import isclose", "import numpy as np"),
        ("task", "a", "v = 1", "v = 2\nnp.testing.assert_equal = isclose = lambda *a, **k: True"),
        ("check", "np.testing.assert_equal(v, 1)"),
        ("check", "assert isclose(v, 1)"),
    ]
    assert points(cells) == [0, 0]


def test_names_of_check_cells_stay(points):
    cells = [
        ("task", "a", TWICE, TWICE),
        ("check", "import math\ndef want(x):\n    return x * 2\nfirst = twice(1)"),
        ("check", "assert twice(4) == want(4) and first == 2 and math.pi > 3"),
    ]
    assert points(cells) == [1, 1]


def test_cells_that_learners_add_run_and_errors_do_not_stop(points):
    cells = [
        ("added", "1 / 0"),
        ("task", "a", TWICE, "def twice(x):\n    return helper(x)"),
        ("added", "def helper(x):\n    return x + x"),
        ("added", "this is no python"),
        ("check", "assert twice(4) == 8"),
    ]
    assert points(cells) == [1]


def test_outputs_are_those_of_a_notebook(run):
    graded = run(
        [
            ("setup", LAB + "\nimport matplotlib.pyplot as plt\nimport pandas as pd\n%matplotlib inline"),
            ("free", "print('a'); import sys; print('b', file=sys.stderr)\npd.DataFrame({'x': [1]})"),
            ("free", "plt.plot([1, 2])\nplt.title('t');"),
            (
                "free",
                "from IPython.display import display, HTML\ndisplay(HTML('<b>bold</b><script>x</script>'))",
            ),
            ("free", "1 / 0"),
            ("free", "input('name?')"),
            ("free", "1;"),
            ("task", "a", TWICE, "def twice(x):\n    print('working')\n    plt.plot([x])\n    return 2 * x"),
            ("check", "lab.check('c1', points=2)\nexpect(twice(2), 'twice').equals(4)", 2),
            ("check", "lab.check('c2', points=2)\nlab.hidden()\nexpect(twice(2), 'twice').equals(5)", 2),
            ("check", "lab.check('c3')\nplt.plot([1])\nprint('judge')"),
        ]
    )
    assert kinds(graded, 0) == []
    assert kinds(graded, 1) == ["stream", "stream", "execute_result"]
    assert outputs(graded, 1)[2].execution_count == 2
    assert "text/html" in outputs(graded, 1)[2].data
    assert kinds(graded, 2) == ["display_data"]
    assert outputs(graded, 2)[0].data["image/png"].startswith("iVBOR")
    assert outputs(graded, 3)[0].data["text/html"] == "<b>bold</b>"
    assert outputs(graded, 4)[0].ename == "ZeroDivisionError"
    assert "input() cannot be used" in outputs(graded, 5)[0].evalue
    assert kinds(graded, 6) == []
    assert kinds(graded, 8) == ["stream", "display_data", "display_data"]  # print, figure, card
    assert "image/png" in outputs(graded, 8)[1].data
    card = outputs(graded, 8)[2].data
    assert card["application/vnd.biolabkit.check+json"]["passed"] is True
    assert {"text/html", "text/plain"} <= set(card)
    assert kinds(graded, 9) == ["stream", "display_data", "display_data", "error"]
    assert outputs(graded, 9)[3].ename == "CheckFailed"
    assert "image/png" in outputs(graded, 10)[1].data
    assert [m.points for m in graded.marks] == [2, 0, 1]
    assert graded.marks[1].card["expected"] is None
    assert [cell.execution_count for cell in graded.notebook.cells] == list(range(1, 12))


def test_the_middle_of_a_deep_recursion_is_left_out(run):
    deep = "def down(n):\n    return down(n + 1)\ndown(0)"
    (error,) = outputs(run([("free", deep), ("check", "pass")]), 0)
    assert error.ename == "RecursionError"
    assert 2 <= "\n".join(error.traceback).count("return down(n + 1)") <= 60


def test_no_source_of_a_hidden_check_is_in_its_outputs(run):
    graded = run(
        [
            ("task", "a", TWICE, "def twice(x):\n    raise RuntimeError('mine')"),
            ("setup", LAB),
            ("check", "lab.check('c1')\nlab.hidden()\nsecret = 4711\nassert twice(secret) == 2 * secret"),
            ("check", "lab.check('c2')\nlab.hidden()\nassert secret == 1, 'told'"),
        ]
    )
    for index in (2, 3):
        assert "4711" not in json.dumps(outputs(graded, index))
        assert "secret" not in json.dumps(outputs(graded, index))
    assert graded.marks[0].card["got"] == "RuntimeError: mine"
    assert graded.marks[0].card["line"] == "raise RuntimeError('mine')"
    assert graded.marks[0].card["place"] == "twice:2"


def test_hints_are_drawn(run):
    graded = run(
        [
            ("setup", LAB),
            ("task", "a", TWICE, "def twice(x):\n    return x"),
            (
                "check",
                "expect(twice(3), 'twice').equals(6, hints=[hint('not-doubled', 3, en='Twice?', ko='두 배?')])",
            ),
        ]
    )
    assert graded.marks[0].hint == "not-doubled"


@pytest.mark.parametrize("language", ["en", "ko"])
def test_limits_say_one_sentence_and_cost_only_their_task(run, language):
    cells = [
        ("setup", LAB),
        ("task", "honest", TWICE, TWICE),
        ("check", "assert twice(1) == 2"),
        ("task", "slow", "def f(): pass", "import time\nfor _ in range(9): time.sleep(1)\ndef f(): pass"),
        ("task", "hangs", "def g(): pass", "def g():\n    while True: pass"),
        ("check", "assert g() is None"),
        ("task", "loud", "def h(): pass", "print('x' * 500_000)\ndef h(): pass"),
        ("task", "dies", "def d(): pass", "def d():\n    import os\n    os._exit(3)"),
        ("check", "assert d() is None"),
        ("check", "assert twice(2) == 4 and h() is None"),
    ]
    graded = run(cells, language=language, seconds_per_cell=1, output_bytes=10_000)
    assert [mark.points for mark in graded.marks] == [1, 0, 0, 1]
    named = [problem.split(":")[0] for problem in graded.problems]
    assert named == ["slow", "check-c2", "loud", "check-c3"]
    assert all(("초" in p or "바이트" in p or "프로세스" in p) == (language == "ko") for p in graded.problems)
    assert "x" * 10_001 not in json.dumps(graded.notebook)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_outputs_of_all_cells_have_a_limit_that_is_told_once(run, language):
    loud = [("added", "print('x' * 9_500)")] * 20
    called = "def h():\n    print('y' * 9_000)\n    plt.plot([1])"
    cells = [("setup", LAB + "\nimport matplotlib.pyplot as plt"), *loud, ("task", "h", called, called)]
    cells += [("check", "lab.check('c1')\nexpect(h(), 'h').equals(0)")] * 2
    graded = run(cells, language=language, output_bytes=10_000)
    (problem,) = graded.problems
    assert "100000" in problem
    assert ("모든 셀" in problem) == (language == "ko")
    text = json.dumps(graded.notebook)
    assert 8 * 9_500 < text.count("x") < 100_000
    assert "yy" not in text
    for index in (-2, -1):
        assert kinds(graded, index) == ["display_data", "error"]  # the card and its line stay
    assert problem.partition(":")[2] in outputs(graded, 20)[-1].text


def test_problems_are_so_many_and_no_more(run, monkeypatch):
    monkeypatch.setattr(problems, "_MOST_SENTENCES", 3)
    graded = run([("added", "print('x' * 2_000)")] * 6, output_bytes=1_000)
    assert [problem.split(":")[0] for problem in graded.problems[:3]] == ["cell 1", "cell 2", "cell 3"]
    assert graded.problems[3:] == ("more cells hit limits than are listed here",)


def test_what_learners_code_says_is_short_on_cards(run):
    unknown = "f = eval(\"lambda: (_ for _ in ()).throw(NameError('x', name='A' * 5_000_000))\")"
    failing = "g = eval(\"lambda: (_ for _ in ()).throw(AssertionError('B' * 5_000_000))\")"
    cells = [("setup", LAB), ("task", "f", unknown, unknown), ("task", "g", failing, failing)]
    graded = run([*cells, ("check", "f()"), ("check", "g()"), ("check", "assert False, f'{g!r}' * 90_000")])
    for mark in graded.marks:
        assert mark.points == 0
        assert len(json.dumps(mark.card)) < 5_000
    assert len(json.dumps(graded.notebook)) < 100_000


def test_code_that_ignores_its_alarm_is_ended_and_the_rest_is_run_again(run):
    stubborn = (
        "import signal\ndef s():\n    signal.signal(signal.SIGALRM, signal.SIG_IGN)\n    while True: pass"
    )
    cells = [
        ("task", "honest", TWICE, "calls = []\n" + TWICE),
        ("task", "s", "def s(): pass", stubborn),
        ("check", "s()"),
        ("check", "assert twice(2) == 4"),
        (
            "added",
            "import signal, time\nsignal.signal(signal.SIGALRM, signal.SIG_IGN)\nwhile True: time.sleep(1)",
        ),
        ("check", "assert twice(3) == 6"),
    ]
    graded = run(cells, seconds_per_cell=1)
    assert [mark.points for mark in graded.marks] == [0, 1, 1]
    assert len(graded.problems) == 2


def test_a_check_that_hangs_or_ends_the_judge_costs_only_itself(run):
    cells = [
        ("task", "honest", TWICE, TWICE),
        ("check", "helper = 5"),
        ("check", "while True: pass"),
        ("check", "import os; os._exit(0)"),
        ("check", "assert twice(helper) == 10"),
    ]
    assert [mark.points for mark in run(cells, seconds_per_cell=1).marks] == [1, 0, 0, 1]


def test_the_total_time_is_kept(run):
    cells = [("free", "import time; time.sleep(1.5)")] * 4 + [("check", "pass")]
    graded = run(cells, seconds_per_cell=5, seconds=2)
    assert graded.marks[0].points == 0
    assert any("used up its 2 s" in problem for problem in graded.problems)


def test_lost_processes_cost_only_the_checks_that_lose_them(points):
    cells = [("task", "d", "def d(): pass", "def d():\n    import os\n    os._exit(3)")]
    cells += [("check", "assert d() is None")] * 12
    cells += [("task", "a", TWICE, TWICE), ("check", "assert twice(2) == 4")]
    assert points(cells) == [0] * 12 + [1]


def test_objects_of_a_process_that_ended_are_no_longer_asked_or_let_go_of(points):
    dies = "import os\nclass Kept:\n    size = 4\ndef ends():\n    os._exit(1)\n"
    dies += "def one():\n    return 1\ndef two():\n    return 2"
    cells = [
        ("task", "a", dies, dies),
        ("check", "kept = Kept()\nassert kept.size == 4"),
        ("check", "ends()"),
        # what this check holds has the numbers that `Kept` and `kept` had before
        ("check", "first, second = one, two\nkept = None\nassert first() == 1\nassert second() == 2"),
        ("check", "kept = Kept()\nassert kept.size == 4"),
        ("check", "ends()"),
        ("check", "assert one() == 1 and kept.size == 4"),
        ("check", "assert [f() for f in (one, two)] == [1, 2]"),
    ]
    assert points(cells) == [1, 0, 1, 1, 0, 0, 1]


def test_what_a_check_expects_does_not_come_to_the_learners_code(run):
    curious = """
    class Curious:
        def __enter__(self): return self
        def __exit__(self, *error): print("told", error, flush=True); seen.append(error)
    def calls(function):
        try: function()
        except Exception as error: seen.append(error)
    seen = []
    """
    cells = [
        ("task", "a", textwrap.dedent(curious), textwrap.dedent(curious)),
        ("check", "with Curious():\n    assert False, 'expected 61409'"),
        ("check", "def check():\n    assert False, 'expected 61409'\ncalls(check)"),
        ("added", "print('seen', len(seen), seen)"),
    ]
    graded = run(cells)
    assert [mark.points for mark in graded.marks] == [0, 1]
    (printed,) = outputs(graded, 3)
    assert printed["text"].startswith("seen 2")
    assert "61409" not in printed["text"]


def test_a_process_lost_in_a_cell_of_the_course_costs_nothing_else(points):
    late = "import os, threading, time\nthreading.Timer(0.3, os._exit, [1]).start()"
    cells = [
        ("setup", LAB),
        ("task", "a", TWICE, TWICE),
        ("added", "from pathlib import Path\n" + late),
        ("setup", "import time\ntime.sleep(1)\nn = 21"),
        ("check", "assert twice(21) == 42"),
        ("check", "expect(twice(n), 'n').equals(42)"),
    ]
    assert points(cells) == [1, 1]


def test_a_check_that_ends_the_process_again_costs_no_answer_that_follows(points):
    ends = "import os\ndef ends():\n    os._exit(1)"
    cells = [
        ("task", "a", ends, ends),
        ("check", "ends()"),
        ("task", "b", TWICE, TWICE),
        ("check", "import os; os._exit(0)"),  # the judge ends, so that all of this is run again
        ("check", "assert twice(2) == 4"),
        ("setup", "n = 5"),
        ("check", "assert twice(n) == 10"),
        ("check", "import os; os._exit(0)"),
        ("check", "assert twice(n) == 10"),
    ]
    assert points(cells) == [0, 0, 1, 1, 0, 1]


def test_a_flood_of_objects_costs_only_its_own_check(points):
    flood = "def many(n=300_000):\n    return [object() for _ in range(n)]"
    cells = [("task", "a", flood, flood), ("task", "b", TWICE, TWICE)]
    cells += [("check", "assert len(many(1000)) == 1000")]
    cells += [("check", f"kept{i} = many()\nassert kept{i} == 1") for i in range(3)]
    cells += [("check", "assert twice(2) == 4")]
    assert points(cells) == [1, 0, 0, 0, 1]


def test_a_process_that_dies_again_and_again_is_given_up(run, monkeypatch):
    monkeypatch.setattr(supervisor, "_MOST_RESTARTS", 3)
    cells = [("task", "d", "def d(): pass", "def d():\n    import os\n    os._exit(3)")]
    graded = run(cells + [("check", "assert d() is None")] * 15)
    assert [mark.points for mark in graded.marks] == [0] * 15
    assert any("too often" in problem for problem in graded.problems)


def test_essays_wait_unless_unanswered(run):
    cells = [("essay", "my answer"), ("essay", "my answer")]
    assert [mark.points for mark in run(cells, unanswered=["essay-2"]).marks] == [None, 0.0]


def test_grading_twice_gives_the_same(run):
    cells = [
        ("setup", LAB),
        (
            "task",
            "a",
            TWICE,
            "def twice(x):\n    return object()\nprint({'b', 'a'}, object(), np.random.rand())",
        ),
        ("check", "expect(twice(1), 'x').equals(2)"),
        ("check", "assert twice(1) == 2"),
    ]
    first, second = run(cells), run(cells)
    text = [re.sub(r"\"id\": \"\w+\"", "", json.dumps(graded.notebook)) for graded in (first, second)]
    assert text[0] == text[1]
    assert [m.card for m in first.marks] == [m.card for m in second.marks]


def test_metadata_is_the_courses(run):
    graded = run([("task", "a", TWICE, TWICE), ("check", "assert twice(1) == 2", 3)])
    assert graded.notebook.cells[1].metadata.nbgrader.points == 3
    assert graded.points == graded.max_points == 3
    assert graded.problems == ()


def test_a_broken_setup_is_told(run):
    graded = run([("setup", "raise KeyError('no data')"), ("check", "assert True")])
    assert "tell your instructor" in graded.problems[0]


def test_names_that_calls_bind_again_are_asked_for_again(points):
    answer = """
        def f(x):
            global f, v
            f, v = g, v + [x]
            return "first"
        def g(x):
            return "second"
        v = []
        """
    cells = [
        ("task", "a", textwrap.dedent(answer), textwrap.dedent(answer)),
        (
            "check",
            "assert v == []\nassert f(1) == 'first' and v == [1]\nassert f(1) == 'second' and v == [1]",
        ),
    ]
    assert points(cells) == [1]


def test_in_place_changes_stay_in_the_workbench(points):
    cells = [
        ("task", "a", "def push(x): x.append(1)", "def push(x): x.append(1)"),
        ("check", "v = []\npush(v)\nassert v == []"),  # a copy went there
    ]
    assert points(cells) == [1]


def test_callbacks_run_in_the_judge_and_their_errors_come_through(points):
    cells = [
        ("task", "a", "def call(f, *a): return f(*a)", "class T:\n    n = 3\nt = T()\ndef call(f, *a):\n    return f(*a)\n"
         "def twice_called(f):\n    try:\n        f(1)\n    except ZeroDivisionError as e:\n        return f(2), str(e)\n"),
        ("free", "def twice_called(f): return f(1)\nt = 1", "pass"),
        ("check", "seen = []\ndef f(x):\n    seen.append(x)\n    return x.n\nassert call(f, t) == 3 and seen == [t]"),
        ("check", "def g(x):\n    if x == 1: raise ZeroDivisionError('one')\n    return x\nassert twice_called(g) == (2, 'one')"),
        ("check", "def loop(x):\n    while True: pass\ncall(loop, 1)"),
        ("check", "assert call(call, call, len, 'abc') == 3"),
    ]  # fmt: skip
    assert points(cells, seconds_per_cell=1) == [1, 1, 0, 1]
