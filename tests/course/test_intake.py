"""Only answers come out of a submission, whatever else stands in it."""

import copy
import json
import os

import nbformat
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

from biolabkit_autograder.authoring import build_notebook, find_exercises
from biolabkit_autograder.authoring.release import release_notebook
from biolabkit_autograder.grading import RefusedError
from biolabkit_autograder.intake import read_submission
from biolabkit_autograder.submitted_file import parse_notebook, read_file

TASK, CHECK, ESSAY = "gc_content", "check-gc_content-plain", "essay-why"


@pytest.fixture(scope="module")
def assignment(sources):
    notebook = build_notebook(find_exercises(sources)["genome-01-gc-content"], "en")
    released = release_notebook(notebook, "en")
    stubs = {c.metadata.nbgrader.grade_id: c.source for c in released.cells if _is_solution(c)}
    notebook.metadata.biolabkit["stubs"] = stubs
    return notebook


@pytest.fixture
def released(assignment):
    return release_notebook(assignment, "en")


@pytest.fixture
def submit(tmp_path, assignment):
    def read(notebook, name="x.ipynb", **options):
        path = tmp_path / name
        path.write_text(nbformat.v4.writes(notebook), encoding="utf-8")
        return read_submission(path, "kim", assignment, **options)

    return read


def _is_solution(cell):
    return bool(cell.metadata.get("nbgrader", {}).get("solution"))


def cell_of(notebook, grade_id):
    return next(c for c in notebook.cells if c.metadata.get("nbgrader", {}).get("grade_id") == grade_id)


def answer(notebook, text, grade_id=TASK):
    cell_of(notebook, grade_id).source = text
    return notebook


def test_the_answer_stands_in_the_course_s_own_notebook(submit, released, assignment):
    submission = submit(answer(released, "def gc_content(s):\n    return 0.5"))
    assert submission.exercise == "genome-01-gc-content"
    assert cell_of(submission.notebook, TASK).source == "def gc_content(s):\n    return 0.5"
    for ours, merged in zip(assignment.cells, submission.notebook.cells, strict=True):
        assert merged.metadata == ours.metadata
        if not _is_solution(ours):
            assert merged.source == ours.source
    assert submission.problems == ()
    assert submission.unanswered == (ESSAY,)


def test_an_answer_in_another_cell_is_not_undone_by_the_missing_cell_s_stub(submit, released):
    released.cells = [cell for cell in released.cells if cell is not cell_of(released, TASK)]
    released.cells.insert(
        1, new_code_cell("# merged\ndef helper(s):\n    return 0\n\ndef gc_content(s):\n    return 1")
    )
    submission = submit(released)
    assert sum("def gc_content" in cell.source for cell in submission.notebook.cells) == 1


def test_the_notebook_given_is_not_changed(submit, released, assignment):
    before = copy.deepcopy(assignment)
    submit(answer(released, "x = 1"))
    assert assignment == before


def test_metadata_tags_outputs_and_attachments_are_not_used(submit, released):
    for cell in released.cells:
        cell.metadata["tags"] = ["skip-execution"]
        cell.metadata.setdefault("nbgrader", {})["points"] = 1000
        if cell.cell_type == "code":
            cell.outputs = [nbformat.v4.new_output("stream", text="forged")]
        else:
            cell["attachments"] = {"x.png": {"image/png": "AAAA"}}
    released.metadata["kernelspec"] = {"name": "evil", "display_name": "evil"}
    merged = submit(released).notebook
    text = json.dumps(merged)
    assert not any(word in text for word in ("skip-execution", "1000", "forged", "evil", "attachments"))


def test_an_edited_check_cell_does_not_count(submit, released, assignment):
    answer(released, "pass", CHECK)
    assert cell_of(submit(released).notebook, CHECK).source == cell_of(assignment, CHECK).source


def test_the_model_answer_never_fills_a_gap(submit, released):
    released.cells = [cell for cell in released.cells if not _is_solution(cell)]
    submission = submit(released)
    assert "known = [" not in cell_of(submission.notebook, TASK).source
    assert "PCR" not in cell_of(submission.notebook, ESSAY).source
    assert submission.unanswered == (TASK, ESSAY)
    assert len(submission.problems) == 2
    assert "'gc_content' is missing" in submission.problems[0]


def test_problems_are_said_in_korean(submit, released):
    released.cells = [cell for cell in released.cells if not _is_solution(cell)]
    told = "답안 셀이 없어 해당 과제를 답하지 않은 것으로 처리했습니다: 'gc_content'"
    assert submit(released, language="ko").problems[0] == told


def test_a_copied_answer_cell_runs_where_the_learner_had_it(submit, released):
    index = released.cells.index(cell_of(released, TASK))
    second = copy.deepcopy(released.cells[index])
    released.cells[index].source = "part = 1"
    second.source, second.id = "def gc_content(s):\n    return part", "copied"
    released.cells.insert(index + 1, second)
    submission = submit(released)
    sources = [cell.source for cell in submission.notebook.cells]
    at = sources.index("part = 1")
    assert sources[at + 1] == "def gc_content(s):\n    return part"
    assert "nbgrader" not in submission.notebook.cells[at + 1].metadata
    assert "2 times" in submission.problems[0]


def test_a_copied_check_cell_counts_once(submit, released):
    copied = copy.deepcopy(cell_of(released, CHECK))
    copied.id = "copied"
    released.cells.append(copied)
    submission = submit(released)
    ids = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in submission.notebook.cells]
    assert ids.count(CHECK) == 1
    assert "course's own was used once" in submission.problems[0]


def test_parts_of_an_essay_are_joined(submit, released):
    index = released.cells.index(cell_of(released, ESSAY))
    second = copy.deepcopy(released.cells[index])
    released.cells[index].source, second.source, second.id = "First.", "Second.", "split"
    released.cells.insert(index + 1, second)
    submission = submit(released)
    assert cell_of(submission.notebook, ESSAY).source == "First.\n\nSecond."
    assert ESSAY not in submission.unanswered


def test_cells_that_a_learner_added_keep_their_place(submit, released):
    index = released.cells.index(cell_of(released, TASK))
    released.cells.insert(index, new_code_cell("helper = 2"))
    released.cells.insert(index, new_markdown_cell("My notes"))
    merged = submit(released).notebook
    assert [cell.source for cell in merged.cells[index : index + 2]] == ["My notes", "helper = 2"]
    ids = [cell.id for cell in merged.cells]
    assert len(set(ids)) == len(ids)


def test_a_free_cell_may_be_changed_but_prose_may_not(submit, released):
    free = next(c for c in released.cells if c.cell_type == "code" and "nbgrader" not in c.metadata)
    free.source = "print('mine')"
    released.cells[0].source = "# Another title"
    merged = submit(released).notebook
    assert "print('mine')" in [cell.source for cell in merged.cells]
    assert merged.cells[0].source.startswith("# GC content")


def test_an_answer_is_found_after_another_program_took_all_names_away(submit, released):
    answer(released, "import math\n\ndef gc_content(sequence):\n    return 0.25")
    bare = new_notebook(cells=[])
    for cell in released.cells:
        make = new_code_cell if cell.cell_type == "code" else new_markdown_cell
        bare.cells.append(make(cell.source))
    submission = submit(bare)
    merged = submission.notebook
    assert cell_of(merged, TASK).source.endswith("return 0.25")
    assert any("taken as the answer cell 'gc_content'" in problem for problem in submission.problems)
    sources = [cell.source for cell in merged.cells]
    assert len(set(sources)) == len(sources), "copies of the course's own cells were added"


def test_the_file_s_name_does_not_matter(submit, released):
    submission = submit(answer(released, "x = 1"), name="과제 최종 (3).ipynb")
    assert submission.exercise == "genome-01-gc-content"
    assert cell_of(submission.notebook, TASK).source == "x = 1"


def test_a_lone_surrogate_can_be_written(tmp_path, released, assignment):
    text = nbformat.v4.writes(answer(released, "marker")).replace("marker", "x = '\\ud800'")
    (tmp_path / "x.ipynb").write_text(text, encoding="utf-8")
    merged = read_submission(tmp_path / "x.ipynb", "kim", assignment).notebook
    json.dumps(merged, ensure_ascii=False).encode("utf-8")


def minimal(**changes):
    return {"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [], **changes}


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "is not JSON"),
        (b'{"cells": [{"cell_ty', "is not JSON (line 1"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (b"[" * 100_000, "is not JSON"),
        (b'{"nbformat": 4, "cells": NaN}', "is not JSON (NaN"),
        (b'{"a": ' + b"9" * 5000 + b"}", "is not JSON"),
        (b"[]", "is not a Jupyter notebook"),
        (b'{"worksheets": []}', "is not a Jupyter notebook"),
        (minimal(nbformat=3), "has notebook format 3"),
        (minimal(nbformat=True), "has notebook format True"),
        (minimal(nbformat="4"), None),
        (minimal(cells={}), "has no list of cells"),
        (minimal(cells=[{}] * 5001), "5001 cells"),
        (minimal(cells=["x"]), "cell 1 is no"),
        (minimal(cells=[{"cell_type": "code", "source": 3}]), "cell 1 is no"),
        (minimal(cells=[{"cell_type": "code", "source": ["a", 3]}]), "cell 1 is no"),
        (minimal(cells=[{"cell_type": "exec", "source": ""}]), "cell 1 is no"),
    ],
)
def test_a_damaged_file_is_refused_in_one_line(data, said):
    raw = data if isinstance(data, bytes) else json.dumps(data).encode()
    with pytest.raises(RefusedError) as error:
        parse_notebook(raw, "kim.ipynb")
    assert str(error.value).startswith("kim.ipynb ")
    assert "\n" not in str(error.value)
    assert said is None or said in str(error.value)
    assert error.value.in_language("ko") != str(error.value)


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b'{"cells": [\n{"cell_ty', "(2번째 줄 2번째 글자)"),
        (b"\xff\xfe\x00", "(UTF-8 텍스트가 아님)"),
        ("{가".encode()[:-1], "(글자 중간에서 끝남)"),
        (b"[" * 100_000, "(너무 깊이 중첩됨)"),
        (b'{"nbformat": 4, "cells": NaN}', "(JSON에 없는 값 NaN)"),
        (b'{"a": ' + b"9" * 5000 + b"}", "(너무 긴 숫자가 있음)"),
    ],
)
def test_what_is_wrong_with_json_is_said_in_korean_alone(data, said):
    with pytest.raises(RefusedError) as error:
        parse_notebook(data, "kim.ipynb")
    assert error.value.ko.startswith(f"kim.ipynb: JSON이 아닙니다{said}. 파일이 잘렸을 수 있으니")


def test_odd_metadata_is_passed_over():
    cells = [{"cell_type": "code", "source": "x", "metadata": [1], "id": 7}]
    (cell,) = parse_notebook(json.dumps(minimal(cells=cells)).encode(), "x")
    assert (cell.cell_id, cell.grade_id) == (None, None)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs POSIX files")
def test_only_a_regular_file_is_read(tmp_path):
    (tmp_path / "real.ipynb").write_text("{}")
    (tmp_path / "link.ipynb").symlink_to(tmp_path / "real.ipynb")
    (tmp_path / "folder.ipynb").mkdir()
    os.mkfifo(tmp_path / "pipe.ipynb")
    for name, said in [
        ("link", "symbolic link"),
        ("folder", "not a regular file"),
        ("pipe", "not a regular file"),
        ("absent", "cannot be read"),
    ]:
        with pytest.raises(RefusedError, match=said):
            read_file(tmp_path / f"{name}.ipynb")


def test_a_large_file_is_not_read(tmp_path):
    path = tmp_path / "large.ipynb"
    with path.open("wb") as stream:
        stream.truncate(200 * 2**20)
    with pytest.raises(RefusedError, match="has 200 MB, the limit is 20 MB"):
        read_file(path)


@given(st.data())
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_a_submission_holds_the_course_s_cells_stay(tmp_path, assignment, data):
    """Any shuffling, dropping, copying and renaming of cells leaves checks, points and order as they were."""
    released = release_notebook(assignment, "en")
    known = [cell.metadata.get("nbgrader", {}).get("grade_id") for cell in released.cells]
    cells = []
    for _ in range(data.draw(st.integers(0, 14))):
        cell = copy.deepcopy(data.draw(st.sampled_from(released.cells)))
        if data.draw(st.booleans()):
            cell.metadata["nbgrader"] = {"grade_id": data.draw(st.sampled_from([*known, "new", None, 3]))}
        if data.draw(st.booleans()):
            cell.id = data.draw(st.sampled_from([c.id for c in released.cells] + ["added-1", "z"]))
        cell.source = data.draw(st.sampled_from([cell.source, "", "x = 1", "def gc_content(): ..."]))
        cells.append(cell)
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps({**released, "cells": cells}), encoding="utf-8")
    merged = read_submission(path, "kim", assignment).notebook
    kept = [cell for cell in merged.cells if not cell.id.startswith("added-")]
    assert [cell.id for cell in kept] == [cell.id for cell in assignment.cells]
    assert [cell.metadata for cell in kept] == [cell.metadata for cell in assignment.cells]
    locked = [c.source for c in kept if c.metadata.get("nbgrader", {}).get("locked")]
    assert locked == [c.source for c in assignment.cells if c.metadata.get("nbgrader", {}).get("locked")]
    nbformat.validate(merged)


def test_without_the_released_text_a_gap_is_still_no_answer(tmp_path, sources):
    notebook = build_notebook(find_exercises(sources)["genome-01-gc-content"], "en")
    path = tmp_path / "x.ipynb"
    path.write_text(json.dumps(minimal()), encoding="utf-8")
    merged = read_submission(path, "kim", notebook).notebook
    assert "SOLUTION" not in json.dumps([cell_of(merged, TASK), cell_of(merged, ESSAY)])
    assert "PCR" not in cell_of(merged, ESSAY).source
