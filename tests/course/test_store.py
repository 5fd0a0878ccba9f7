"""The gradebook through nbgrader's API: one transaction per submission, grades by hand kept."""

import copy
import json
import os
import sqlite3
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from nbgrader.api import Gradebook
from sqlalchemy import text

from biolabkit.errors import CourseError
from biolabkit_autograder.course import open_course
from biolabkit_autograder.gradebook_rows import GradebookRows
from biolabkit_autograder.grading import Graded, Mark, Submission
from biolabkit_autograder.store import Provenance, Store, create_gradebook, read_evidence
from biolabkit_autograder.workflow.assignment import load_assignment
from biolabkit_autograder.workflow.export import results

EXERCISE = "genome-01-gc-content"
AT = datetime(2026, 11, 20, tzinfo=UTC)
MADE_OF = Provenance("s", "a", "e", AT)


@pytest.fixture
def assignment(course):
    return load_assignment(course, EXERCISE)


@pytest.fixture
def graded(assignment):
    marks = (
        Mark("check-gc_content-plain", 1.0, 1.0),
        Mark("check-gc_content-unknown", 0.0, 2.0, hint="n-counted"),
        Mark("essay-why", None, 2.0),
    )
    return Graded("kim", EXERCISE, marks, copy.deepcopy(assignment.notebook), (), "nbgrader", "none")


def submission(graded):
    return Submission(graded.learner, EXERCISE, graded.notebook, (), (), "s")


def save(course, graded, made_of=MADE_OF):
    with Store(course) as store:
        store.sync()
        return store.save(graded, submission(graded), made_of)


def rows(course, learner="kim"):
    with Gradebook(course.gradebook_url) as gradebook:
        notebook = gradebook.find_submission_notebook(EXERCISE, EXERCISE, learner)
        return {g.name: (g.auto_score, g.manual_score, g.needs_manual_grade) for g in notebook.grades}


def grade_by_hand(course, score, learner="kim"):
    with Gradebook(course.gradebook_url) as gradebook:
        grade = gradebook.find_grade("essay-why", EXERCISE, EXERCISE, learner)
        grade.manual_score, grade.needs_manual_grade = score, False
        gradebook.db.commit()


def with_essay(graded, text):
    notebook = copy.deepcopy(graded.notebook)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "essay-why":
            cell.source = text
    return replace(graded, notebook=notebook)


def test_points_reach_gradebook_notebook_and_evidence(course, graded):
    record = save(course, graded)
    assert rows(course) == {
        "check-gc_content-plain": (1.0, None, False),
        "check-gc_content-unknown": (0.0, None, False),
        "essay-why": (None, None, True),
    }
    assert course.notebook("autograded", EXERCISE, "kim").is_file()
    assert record == read_evidence(course, EXERCISE, "kim")
    assert (record["points"], record["max_points"]) == (1.0, 5.0)
    assert record["hashes"] == {"submission": "s", "assignment": "a", "engine": "e"}
    assert record["marks"][1]["hint"] == "n-counted"
    assert [mark["task"] for mark in record["marks"]] == ["gc_content", "gc_content", "why"]


def test_grading_twice_gives_the_same_record_times_aside(course, graded):
    first, second = save(course, graded), save(course, graded)
    assert first.pop("graded_at")
    assert second.pop("graded_at")
    assert first == second


def test_a_grade_by_hand_survives_a_regrade(course, graded):
    save(course, graded)
    grade_by_hand(course, 1.5)
    save(course, graded)
    assert rows(course)["essay-why"] == (None, 1.5, False)


def test_a_changed_essay_waits_for_a_new_look(course, graded):
    save(course, with_essay(graded, "First answer"))
    grade_by_hand(course, 1.5)
    save(course, with_essay(graded, "Second answer"))
    assert rows(course)["essay-why"] == (None, 1.5, True)


def test_an_unanswered_essay_needs_no_look(course, graded):
    marks = (*graded.marks[:2], Mark("essay-why", 0.0, 2.0))
    save(course, replace(graded, marks=marks))
    assert rows(course)["essay-why"] == (0.0, None, False)


def test_a_failure_leaves_everything_as_it_was(course, graded, monkeypatch):
    save(course, graded)
    before = rows(course), course.notebook("autograded", EXERCISE, "kim").read_bytes()
    record = course.evidence(EXERCISE, "kim").read_bytes()
    better = with_essay(graded, "Another answer")
    better = replace(better, marks=tuple(replace(m, points=m.max_points) for m in graded.marks))
    monkeypatch.setattr("biolabkit_autograder.staged.os.replace", _full_disk)
    with pytest.raises(OSError, match="No space left"):
        save(course, better)
    monkeypatch.undo()
    assert before == (rows(course), course.notebook("autograded", EXERCISE, "kim").read_bytes())
    assert record == course.evidence(EXERCISE, "kim").read_bytes()
    assert not list(course.folder.rglob("*.tmp"))


def _full_disk(*_):
    raise OSError(28, "No space left on device")


def test_a_new_submission_is_there_whole_or_not_at_all(course, graded, monkeypatch):
    monkeypatch.setattr(GradebookRows, "_write_by_cell", _full_disk)
    with pytest.raises(OSError, match="No space left"):
        save(course, graded)
    with Gradebook(course.gradebook_url) as gradebook:
        assert gradebook.assignment_submissions(EXERCISE) == []


def test_a_locked_gradebook_is_said_in_one_line(course, graded):
    with Gradebook(course.gradebook_url) as other:
        other.add_student("x")
        other.db.execute(text("BEGIN IMMEDIATE"))
        with pytest.raises(CourseError, match=r"cannot be written .*locked"):
            save(course, graded)


def test_roster_and_due_dates_reach_the_gradebook(course):
    spec = (course.folder / "course.toml").read_text(encoding="utf-8")
    lines = [
        line if not line.startswith("due") else "due = 2026-12-01T09:00:00" for line in spec.splitlines()
    ]
    (course.folder / "course.toml").write_text("\n".join(lines), encoding="utf-8")
    with Store(open_course(course.folder)) as store:
        store.sync()
        assert store.gradebook.find_assignment(EXERCISE).duedate == datetime(2026, 12, 1, 0, 0)
        kim = store.gradebook.find_student("kim")
        assert (kim.last_name, kim.first_name) == ("김하늘", "")


def test_lateness_costs_and_an_extension_helps(course, graded):
    spec = (course.folder / "course.toml").read_text(encoding="utf-8")
    (course.folder / "course.toml").write_text(f"{spec}\n[late]\npercent_per_day = 50\n", encoding="utf-8")
    late = open_course(course.folder)
    record = save(late, graded, replace(MADE_OF, submitted_at=late.due(EXERCISE) + timedelta(hours=1)))
    assert record["late_seconds"] == 3600
    assert penalty(late) == 0.5
    with Gradebook(late.gradebook_url) as gradebook:
        gradebook.grant_extension(EXERCISE, "kim", hours=2)
    with Store(late) as store:
        store.sync()
    assert penalty(late) is None


def test_lateness_is_taken_off_the_points_of_today(course, graded):
    toml = course.folder / "course.toml"
    toml.write_text(toml.read_text(encoding="utf-8") + "\n[late]\npercent_per_day = 10\n", encoding="utf-8")
    late = open_course(course.folder)
    save(late, graded, replace(MADE_OF, submitted_at=late.due(EXERCISE) + timedelta(hours=1)))
    assert penalty(late) == 0.1
    grade_by_hand(late, 2.0)
    (result,) = results(late)
    assert (result["late_penalty"], result["points"]) == (0.3, 2.7)
    toml.write_text(toml.read_text(encoding="utf-8").replace("[late]\npercent_per_day = 10\n", ""), "utf-8")
    assert results(open_course(course.folder))[0]["points"] == 3.0


def penalty(course):
    with Gradebook(course.gradebook_url) as gradebook:
        return gradebook.find_submission_notebook(EXERCISE, EXERCISE, "kim").late_submission_penalty


def test_a_refusal_is_recorded_and_keeps_earlier_marks(course, graded):
    with Store(course) as store:
        store.save_refusal(EXERCISE, "lee", "it is not JSON", 5.0, AT)
    record = read_evidence(course, EXERCISE, "lee")
    assert (record["marks"], record["problems"], record["max_points"]) == ([], ["it is not JSON"], 5.0)
    save(course, graded)
    with Store(course) as store:
        for _ in range(2):
            store.save_refusal(EXERCISE, "kim", "it crashed", 5.0, AT)
    record = read_evidence(course, EXERCISE, "kim")
    assert (record["points"], record["problems"]) == (1.0, ["it crashed"])


def test_a_gradebook_that_is_none(course, graded):
    (course.folder / "gradebook.db").write_bytes(b"not a database, certainly not one of SQLite" * 10)
    with pytest.raises(CourseError, match="cannot be used as a gradebook"):
        save(course, graded)


def test_evidence_is_written_for_people_too(course, graded):
    save(course, graded)
    written = course.evidence(EXERCISE, "kim").read_text(encoding="utf-8")
    assert json.loads(written)["learner"] == "kim"
    assert written.count("\n") > 20


def test_a_new_gradebook_is_what_nbgrader_would_have_made(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
    Gradebook(f"sqlite:///{tmp_path / 'theirs.db'}").close()
    create_gradebook(tmp_path / "ours.db")
    Gradebook(f"sqlite:///{tmp_path / 'ours.db'}").close()
    theirs, ours = (list(sqlite3.connect(tmp_path / name).iterdump()) for name in ("theirs.db", "ours.db"))
    assert ours == theirs
