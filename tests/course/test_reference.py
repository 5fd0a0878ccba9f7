"""Traps of nbgrader's way to points, each made impossible in the reference engine."""

import pytest
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from biolabkit_autograder.grading import Limits, RefusedError, Settings, Submission
from biolabkit_autograder.reference import open_engine


def _nbgrader(grade_id, *, grade=False, solution=False, points=None):
    marks = {"grade_id": grade_id, "grade": grade, "solution": solution, "task": False, "schema_version": 3}
    marks["locked"] = grade and not solution
    return {"nbgrader": marks | ({"points": points} if points is not None else {})}


def check(name, source, points=2):
    return new_code_cell(source, id=name, metadata=_nbgrader(name, grade=True, points=points))


def answer(source, name="answer"):
    return new_code_cell(source, id=name, metadata=_nbgrader(name, solution=True))


def essay(source):
    return new_markdown_cell(
        source, id="essay", metadata=_nbgrader("essay", grade=True, solution=True, points=3)
    )


def notebook(*cells):
    made = new_notebook(cells=list(cells))
    made.nbformat_minor = 5
    made.metadata.kernelspec = {"name": "python3", "display_name": "Python 3", "language": "python"}
    return made


@pytest.fixture(scope="module")
def grade():
    """Grade a notebook that is the assignment and, with other answers, the submission."""
    settings = Settings(limits=Limits(seconds_per_cell=5, seconds=60, output_bytes=20_000))
    with open_engine(settings) as engine:

        def run(assignment, answers=None, learner="kim", **environment):
            submitted = notebook(*assignment.cells)
            submitted = submitted.copy()
            submitted["cells"] = [cell.copy() for cell in assignment.cells]
            for cell in submitted.cells:
                cell["source"] = (answers or {}).get(cell.id, cell.source)
            one = Submission(learner, "traps", submitted, (), (), "")
            chosen = Settings(limits=settings.limits, environment=environment)
            return engine.grade(one, assignment, chosen)

        yield run


def points(graded):
    return {mark.check: mark.points for mark in graded.marks}


def test_nothing_but_an_error_costs_a_point_and_nothing_gives_more(grade):
    graded = grade(
        notebook(
            new_code_cell("import sys, warnings\nimport numpy as np"),
            check("stderr", "print('careful', file=sys.stderr)"),
            check("warning", "warnings.warn('careful')\nassert True"),
            check("np-float", "np.float64(0.5)"),
            check("number", "0.5"),
            check("too-much", "1000"),
            check("true", "True"),
            check("text", "'well done'"),
            check("zero", "0"),
            check("fails", "assert False, 'no'"),
            check("fails-after-value", "display(2)\nraise ValueError('no')"),
        )
    )
    assert points(graded) == {
        "stderr": 2,
        "warning": 2,
        "np-float": 2,
        "number": 2,
        "too-much": 2,
        "true": 2,
        "text": 2,
        "zero": 2,
        "fails": 0,
        "fails-after-value": 0,
    }
    assert (graded.points, graded.max_points) == (16, 20)
    shown = str(graded.notebook.cells)
    assert "careful" in shown, "a warning stays readable"


def test_essays_wait_and_unanswered_ones_are_zero(grade):
    assignment = notebook(essay("### BEGIN SOLUTION\nThe model answer.\n### END SOLUTION"))
    assert points(grade(assignment, {"essay": "My own answer."})) == {"essay": None}
    assert points(grade(assignment, {"essay": "YOUR ANSWER HERE"})) == {"essay": 0}


def test_each_kernel_has_its_learner_and_settings(grade):
    assignment = notebook(
        check("who", "import os\nassert os.environ['BIOLAB_LEARNER'] == '김하늘'"),
        check("how", "assert os.environ['BIOLABKIT_OFFLINE'] == '1'"),
    )
    assert points(grade(assignment, learner="김하늘", BIOLABKIT_OFFLINE="1")) == {"who": 2, "how": 2}


def test_a_cell_over_its_time_costs_only_its_task(grade):
    assignment = notebook(answer("x = 1"), check("x", "assert x == 1"), check("y", "assert 1 == 1"))
    graded = grade(assignment, {"answer": "while True:\n    pass"})
    assert points(graded) == {"x": 0, "y": 2}


def test_a_dead_kernel_is_one_line_in_both_languages(grade):
    assignment = notebook(answer("x = 1"), check("x", "assert x == 1"))
    with pytest.raises(RefusedError) as error:
        grade(assignment, {"answer": "import os\nos._exit(1)"})
    assert (
        str(error.value) == "its code ended the Python process (out of memory, or a crash in compiled code)"
    )
    assert "프로세스" in error.value.in_language("ko")
    assert points(grade(assignment)) == {"x": 2}, "the next submission is graded as if nothing had been"


def test_a_submission_over_its_time_is_stopped(grade):
    slow = (
        "import time\nwhile True:\n    try:\n        time.sleep(9)\n    except BaseException:\n        pass"
    )
    assignment = notebook(answer("x = 1"), check("x", "assert x == 1"))
    with pytest.raises(RefusedError, match=r"could not be interrupted|ran for more than"):
        grade(assignment, {"answer": slow})


def test_output_beyond_the_limit_is_dropped(grade):
    assignment = notebook(answer("pass"), check("x", "assert True"))
    graded = grade(assignment, {"answer": "for i in range(500):\n    print('x' * 1000)\n    display(i)"})
    (cell,) = [cell for cell in graded.notebook.cells if cell.id == "answer"]
    assert len(str(cell.outputs)) < 30_000
    assert "was dropped" in cell.outputs[-1].text
    assert points(graded) == {"x": 2}


def test_the_card_s_hint_and_seconds_are_in_the_mark(grade):
    source = (
        "from biolabkit.check import expect, hint, lab\nlab.start('traps')\nlab.check('n.part', points=2)\n"
        "import time; time.sleep(0.2)\n"
        "expect(3, 'a number').equals(4, hints=[hint('off-by-one', 3, en='One more.', ko='하나 더.')])"
    )
    (mark,) = grade(notebook(check("check-n-part", source))).marks
    assert (mark.points, mark.hint) == (0, "off-by-one")
    assert mark.card["what_en"] == "a number"
    assert mark.seconds >= 0.2


def test_a_forged_card_is_no_reason_to_fail(grade):
    forged = "display({'application/vnd.biolabkit.check+json': [1, 2], 'text/plain': 'x'}, raw=True)"
    (mark,) = grade(notebook(check("c", forged))).marks
    assert (mark.points, mark.card, mark.hint) == (2, None, None)
