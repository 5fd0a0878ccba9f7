"""The learner's progress: the file, two writers at once, and what check cells of a real kernel record."""

import json
import threading
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from biolabkit import _progress
from biolabkit.bench import progress
from biolabkit.bench.progress import CheckState
from biolabkit.check.words import Words

EXERCISE = "genome-01-sequences"
FAILED = CheckState(
    outcome="failed",
    points=0.0,
    max_points=2.0,
    message=Words("sum · Got: 1", "합 · 받은 값: 1"),
    hint=Words("Count it once.", "한 번만 세십시오."),
    hint_code="halved",
    at="2026-11-20T09:00:00+09:00",
    source="notebook",
)
PASSED = CheckState("passed", 3.0, 3.0, at="2026-11-20T09:01:00+09:00", source="check-all")


@pytest.fixture
def course(tmp_path):
    """A learner's folder of a course with one exercise."""
    (tmp_path / "biolab.toml").write_text('language = "en"\nlearner = "kim"\n')
    (tmp_path / "course.json").write_text(json.dumps({"assignments": [{"name": EXERCISE}]}))
    (tmp_path / EXERCISE).mkdir()
    (tmp_path / EXERCISE / "biolab.toml").write_text(f'language = "en"\nexercise = "{EXERCISE}"\n')
    return SimpleNamespace(root=tmp_path)


def test_what_is_recorded_is_read_again(course):
    progress.record(course, EXERCISE, {"check-a": FAILED, "check-b": PASSED})
    found = progress.read(course, EXERCISE)
    assert dict(found.checks) == {"check-a": FAILED, "check-b": PASSED}
    assert (found.earned, found.max) == (3.0, 5.0)


def test_a_later_outcome_replaces_only_its_own_check(course):
    progress.record(course, EXERCISE, {"check-a": FAILED, "check-b": PASSED})
    progress.record(course, EXERCISE, {"check-a": PASSED})
    assert progress.read(course, EXERCISE).earned == 6.0


def test_nothing_was_checked_yet(course):
    assert progress.read(course, EXERCISE).checks == {}
    progress.record(course, EXERCISE, {})
    assert not (course.root / ".biolab").exists()


@pytest.mark.parametrize("name", ["..", "../../etc", "a/b", "a\\b", "", ".hidden", "a\x00b"])
def test_a_name_that_is_no_file_name_reaches_no_file(course, name):
    progress.record(course, name, {"check-a": PASSED})
    assert progress.read(course, name).checks == {}
    assert not (course.root / ".biolab").exists()


@given(st.one_of(st.binary(max_size=60), st.text(max_size=60).map(str.encode)))
def test_a_damaged_file_counts_as_not_checked(tmp_path_factory, content):
    path = tmp_path_factory.mktemp("damaged") / "progress.json"
    path.write_bytes(content)
    assert _progress.read(path) == {}


json_values = st.recursive(
    st.one_of(st.none(), st.booleans(), st.floats(allow_nan=False), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=8), inner, max_size=3)
    ),
    max_leaves=8,
)


@given(
    st.dictionaries(st.sampled_from(["points", "max_points", "hint", "message", "at", "source"]), json_values)
)
def test_odd_values_of_a_state_are_read_as_empty(values):
    state = CheckState.from_dict({"outcome": "failed", **values})
    assert CheckState.from_dict(state.to_dict()) == state


def test_two_writers_lose_nothing(course):
    def write(worker):
        for number in range(20):
            progress.record(course, EXERCISE, {f"check-{worker}-{number}": PASSED})

    threads = [threading.Thread(target=write, args=(worker,)) for worker in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(progress.read(course, EXERCISE).checks) == 80


def test_whose_folder_a_notebook_lies_in(course, tmp_path_factory):
    own = course.root / EXERCISE
    deeper = own / "drafts"
    deeper.mkdir()
    assert _progress.root_of(own, EXERCISE) == course.root
    assert _progress.root_of(course.root, EXERCISE) == course.root
    assert _progress.root_of(deeper, EXERCISE) == course.root
    assert _progress.root_of(own, "health-02-risk-model") == own  # an exercise that this course does not have
    assert _progress.root_of(deeper, "health-02-risk-model") is None
    assert _progress.root_of(tmp_path_factory.mktemp("elsewhere"), EXERCISE) is None


CELLS = (
    f'from biolabkit.check import expect, hint, lab\nlab.start("{EXERCISE}");',
    'lab.check("gc", points=2)\nexpect(1, "gc", "GC").equals(1)',
    'lab.check("at.rich", points=3)\nexpect(1, "at").equals(2, hints=[hint("one", 1, en="No", ko="틀림")])',
    'lab.check("open", points=1)\nunwritten()',
    'lab.check("hidden", points=1)\nlab.hidden()\nexpect(1, "h").equals(1)',
    'lab.check("hidden.wrong", points=1)\nlab.hidden()\nexpect(1, "h").equals(2)',
    "import os; os.chdir('/')",
    'lab.check("moved", points=1)',
)


def run_cells(folder, **environment):
    """Run the cells in a real kernel, as JupyterLab does in the notebook's folder."""
    import os

    import nbformat
    from nbclient import NotebookClient

    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(source) for source in CELLS])
    client = NotebookClient(
        notebook,
        allow_errors=True,
        timeout=120,
        kernel_name="python3",
        resources={"metadata": {"path": folder}},
    )
    client.execute(env={**os.environ, **environment})
    return notebook


def test_check_cells_of_a_notebook_record_how_they_ended(course):
    notebook = run_cells(course.root / EXERCISE)
    found = progress.read(course, EXERCISE)
    assert {name: state.outcome for name, state in found.checks.items()} == {
        "check-gc": "passed",
        "check-at-rich": "failed",
        "check-open": "unanswered",
        "check-moved": "passed",
    }
    assert (found.earned, found.max) == (3.0, 7.0)
    assert found.checks["check-at-rich"].hint_code == "one"
    assert found.checks["check-gc"].source == "notebook"
    assert notebook.cells[0].outputs == []


@pytest.mark.parametrize("why", ["no settings", "switched off", "cannot write"])
def test_where_nothing_is_recorded_the_cells_look_the_same(course, tmp_path_factory, why):
    folder, environment = course.root / EXERCISE, {"BIOLAB_LEARNER": "kim", "BIOLAB_LANGUAGE": "en"}
    if why == "no settings":
        folder = tmp_path_factory.mktemp("grading")
    elif why == "switched off":
        environment["BIOLAB_PROGRESS"] = "off"
    else:
        (course.root / ".biolab").write_text("a file where a folder should be")
    notebook = run_cells(folder, **environment)
    assert [output.output_type for output in notebook.cells[1].outputs] == ["display_data"]
    assert [output.output_type for output in notebook.cells[2].outputs] == ["display_data", "error"]
    assert not list(folder.rglob("progress*"))
    assert progress.read(course, EXERCISE).checks == {}
