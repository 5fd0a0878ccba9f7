"""Our rows are those that nbgrader's own steps write, and nobody's work by hand is touched."""

import shutil
import sqlite3
import warnings
from contextlib import suppress
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from nbgrader.api import Gradebook
from sqlalchemy.exc import SAWarning

from biolabkit.errors import CourseError
from biolabkit_autograder.course_spec import LatePolicy
from biolabkit_autograder.gradebook_records import Student, Work
from biolabkit_autograder.gradebook_rows import GradebookRows
from biolabkit_autograder.grading import Mark
from biolabkit_autograder.store import create_gradebook

EXERCISE = "genome-01-gc-content"
AT = datetime(2026, 11, 20, 8, 30, 15, 250_000)
CHECKS = {"check-a": 1.0, "check-b": 2.0, "essay-why": 2.0}
ANSWERS = ("a", "b", "essay-why")
TABLES = (
    "student",
    "submitted_assignment",
    "submitted_notebook",
    "grade",
    "comment",
    "assignment",
    "notebook",
    "base_cell",
)


@pytest.fixture(scope="module")
def template(tmp_path_factory):
    """A gradebook with one released exercise, due a day before `AT`, and the learner kim."""
    path = tmp_path_factory.mktemp("template") / "gradebook.db"
    create_gradebook(path)
    with Gradebook(f"sqlite:///{path}", "course") as made:
        made.add_assignment(EXERCISE, duedate=AT - timedelta(days=1), course_id="course")
        made.add_notebook(EXERCISE, EXERCISE)
        for name, points in CHECKS.items():
            kind = "markdown" if name.startswith("essay") else "code"
            made.add_grade_cell(name, EXERCISE, EXERCISE, max_score=points, cell_type=kind)
        for name in ANSWERS:
            made.add_solution_cell(name, EXERCISE, EXERCISE)
        made.add_student("kim", first_name="김하늘")
    return path


@pytest.fixture
def gradebook(template, tmp_path):
    return Path(shutil.copy(template, tmp_path))


def work(*points, unanswered=(), changed=(), at=AT, learner="kim"):
    points = points or (1.0, 0.0, None)
    marks = tuple(Mark(check, got, most) for (check, most), got in zip(CHECKS.items(), points, strict=True))
    return Work(learner, at, marks, unanswered, changed)


@pytest.fixture
def write(gradebook):
    """Write one grading; gives the seconds late."""

    def run(done, policy=None):
        rows = GradebookRows(gradebook, "course")
        try:
            assignment = rows.assignment(EXERCISE)
            with rows.transaction():
                late = rows.write(assignment, done)
                if policy:
                    rows.set_penalties(assignment, policy, done.learner)
            return late
        finally:
            rows.close()

    return run


def with_nbgrader(path, done):
    """The same through nbgrader's API, as its `SaveAutoGrades` does it."""
    with Gradebook(f"sqlite:///{path}", "course") as book:
        with warnings.catch_warnings():  # of nbgrader's own order of making rows
            warnings.simplefilter("ignore", SAWarning)
            book.update_or_create_submission(EXERCISE, done.learner, timestamp=done.submitted_at)
        for mark in done.marks:
            grade = book.find_grade(mark.check, EXERCISE, EXERCISE, done.learner)
            grade.auto_score = mark.points
            grade.needs_manual_grade = grade.manual_score is not None or mark.points is None
        for name in ANSWERS:
            comment = book.find_comment(name, EXERCISE, EXERCISE, done.learner)
            comment.auto_comment = "No response." if name in done.unanswered else None
        book.db.commit()


def dump(path):
    """All rows, with random keys replaced by what they stand for."""
    with sqlite3.connect(path) as connection:
        connection.row_factory = sqlite3.Row
        tables = {name: connection.execute(f"SELECT * FROM {name}").fetchall() for name in TABLES}
    names = {row["id"]: row["name"] for name in ("assignment", "notebook") for row in tables[name]}
    names |= {row["id"]: f"{row['type']} {row['name']}" for row in tables["base_cell"]}
    names |= {row["id"]: f"submission of {row['student_id']}" for row in tables["submitted_assignment"]}
    names |= {row["id"]: f"notebook {names[row['assignment_id']]}" for row in tables["submitted_notebook"]}
    return {
        name: sorted(
            (
                {key: names.get(row[key], row[key]) for key in row.keys() if key != "id"}  # noqa: SIM118
                for row in found
            ),
            key=repr,
        )
        for name, found in tables.items()
    }


GRADINGS = st.tuples(
    st.sampled_from([0.0, 1.0]), st.sampled_from([0.0, 0.5, 2.0]), st.sampled_from([None, 0.0])
)


@settings(deadline=None, max_examples=15)
@given(
    st.lists(
        st.tuples(GRADINGS, st.sets(st.sampled_from(ANSWERS)), st.sampled_from([AT, None])),
        min_size=1,
        max_size=3,
    )
)
def test_rows_are_those_of_nbgrader(template, tmp_path_factory, gradings):
    """Once or several times; nobody has graded by hand in between."""
    folder = tmp_path_factory.mktemp("books")
    ours, theirs = (Path(shutil.copy(template, folder / name)) for name in ("ours.db", "theirs.db"))
    rows = GradebookRows(ours, "course")
    for points, unanswered, at in gradings:
        done = work(*points, unanswered=unanswered, at=at)
        with rows.transaction():
            rows.write(rows.assignment(EXERCISE), done)
        with_nbgrader(theirs, done)
    rows.close()
    assert dump(ours) == dump(theirs)


def test_keys_have_nbgrader_s_form(gradebook, write):
    write(work())
    with sqlite3.connect(gradebook) as connection:
        for table in ("submitted_assignment", "submitted_notebook", "grade", "comment"):
            for (key,) in connection.execute(f"SELECT id FROM {table}"):
                assert len(key) == 32
                int(key, 16)


def grade_by_hand(path, **values):
    with Gradebook(f"sqlite:///{path}", "course") as book:
        grade = book.find_grade("essay-why", EXERCISE, EXERCISE, "kim")
        for name, value in values.items():
            setattr(grade, name, value)
        comment = book.find_comment("essay-why", EXERCISE, EXERCISE, "kim")
        comment.manual_comment = "Well said."
        book.db.commit()


def essay(path):
    with Gradebook(f"sqlite:///{path}", "course") as book:
        grade = book.find_grade("essay-why", EXERCISE, EXERCISE, "kim")
        comment = book.find_comment("essay-why", EXERCISE, EXERCISE, "kim")
        return {
            "manual_score": grade.manual_score,
            "extra_credit": grade.extra_credit,
            "needs_manual_grade": grade.needs_manual_grade,
            "manual_comment": comment.manual_comment,
            "auto_comment": comment.auto_comment,
        }


@pytest.mark.parametrize(
    ("regrade", "waits"),
    [
        (work(), False),
        (work(0.0, 2.0, None), False),
        (work(1.0, 0.0, 0.0), True),
        (work(changed={"essay-why"}), True),
    ],
    ids=["same", "other checks changed", "its points changed", "its answer changed"],
)
def test_what_was_graded_by_hand_stays_and_waits_only_if_it_changed(gradebook, write, regrade, waits):
    write(work())
    grade_by_hand(gradebook, manual_score=1.5, extra_credit=0.5, needs_manual_grade=False)
    write(regrade)
    assert essay(gradebook) == {
        "manual_score": 1.5,
        "extra_credit": 0.5,
        "needs_manual_grade": waits,
        "manual_comment": "Well said.",
        "auto_comment": None,
    }
    write(regrade)
    assert essay(gradebook)["needs_manual_grade"] == waits, "what waits goes on waiting"


def test_a_regrade_writes_only_what_changed(write, monkeypatch):
    write(work(1.0, 0.0, None, unanswered={"b"}))
    changed = []
    change = GradebookRows._change

    def note(self, table, key, **values):
        changed.append((table.name, values))
        change(self, table, key, **values)

    monkeypatch.setattr(GradebookRows, "_change", note)
    write(work(1.0, 0.0, None, unanswered={"b"}))
    assert changed == []
    write(work(1.0, 2.0, None, at=AT + timedelta(hours=1)))
    assert changed == [
        ("submitted_assignment", {"timestamp": AT + timedelta(hours=1)}),
        ("grade", {"auto_score": 2.0, "needs_manual_grade": False}),
        ("comment", {"auto_comment": None}),
    ]


def test_lateness_counts_extensions_grades_by_hand_and_extra_credit(gradebook, write):
    policy = LatePolicy(percent_per_day=10)
    assert write(work(1.0, 2.0, None), policy) == 24 * 3600
    assert penalty(gradebook) == 0.3
    grade_by_hand(gradebook, manual_score=1.5, extra_credit=0.5)
    write(work(1.0, 2.0, None), policy)
    assert penalty(gradebook) == 0.5
    with Gradebook(f"sqlite:///{gradebook}", "course") as book:
        book.grant_extension(EXERCISE, "kim", hours=23)
    assert write(work(1.0, 2.0, None), policy) == 3600
    with Gradebook(f"sqlite:///{gradebook}", "course") as book:
        book.grant_extension(EXERCISE, "kim", days=2)
    assert write(work(1.0, 2.0, None), policy) == 0
    assert penalty(gradebook) is None
    assert write(work(at=None)) is None


def penalty(path):
    with Gradebook(f"sqlite:///{path}", "course") as book:
        return book.find_submission_notebook(EXERCISE, EXERCISE, "kim").late_submission_penalty


def test_a_mark_of_no_cell_writes_nothing(gradebook, write):
    before = dump(gradebook)
    with pytest.raises(KeyError, match="no-such-check"):
        write(replace(work(), marks=(Mark("no-such-check", 1.0, 1.0),)))
    assert dump(gradebook) == before


def test_somebody_who_is_in_no_roster_is_added(gradebook, write):
    write(work(learner="lee"))
    with Gradebook(f"sqlite:///{gradebook}", "course") as book:
        assert book.find_submission(EXERCISE, "lee").score == 1.0


def test_a_notebook_that_nbgrader_took_away_comes_back(gradebook, write):
    write(work())
    with Gradebook(f"sqlite:///{gradebook}", "course") as book:
        book.remove_submission_notebook(EXERCISE, EXERCISE, "kim")
    write(work(1.0, 2.0, None))
    with Gradebook(f"sqlite:///{gradebook}", "course") as book:
        assert book.find_submission(EXERCISE, "kim").score == 3.0


def test_students_are_added_and_mended_and_none_is_removed(gradebook):
    rows = GradebookRows(gradebook, "course")
    wanted = [Student("kim", "김하늘", None, "kim@example.org"), Student("lee", "이수진")]
    for _ in range(2):
        with rows.transaction(at_once=False):
            rows.set_students(wanted)
    with rows.transaction(at_once=False):
        rows.set_students(wanted[1:])
    rows.close()
    with Gradebook(f"sqlite:///{gradebook}", "course") as book:
        found = {one.id: (one.first_name, one.last_name, one.email) for one in book.students}
    assert found == {"kim": ("김하늘", None, "kim@example.org"), "lee": ("이수진", None, None)}


def test_a_block_that_raises_writes_nothing(gradebook):
    rows = GradebookRows(gradebook, "course")
    before = dump(gradebook)
    with suppress(RuntimeError), rows.transaction():
        rows.write(rows.assignment(EXERCISE), work())
        raise RuntimeError
    assert dump(gradebook) == before
    with rows.transaction():
        rows.write(rows.assignment(EXERCISE), work())
    rows.close()
    assert dump(gradebook) != before


def test_nobody_can_write_between_reading_and_writing(gradebook):
    rows = GradebookRows(gradebook, "course")
    other = sqlite3.connect(gradebook, timeout=0)
    with rows.transaction(), pytest.raises(sqlite3.OperationalError, match="locked"):
        other.execute("UPDATE grade SET manual_score = 1")
    other.close()
    rows.close()


def test_a_gradebook_that_cannot_be_written_is_read_all_the_same(gradebook):
    rows = GradebookRows(gradebook, "course")
    other = sqlite3.connect(gradebook)
    other.execute("BEGIN IMMEDIATE")
    with rows.transaction(at_once=False):
        rows.set_students([Student("kim", "김하늘")])
    assert rows.assignment(EXERCISE).points == CHECKS
    other.close()
    rows.close()


def test_a_file_that_is_no_gradebook(tmp_path):
    path = tmp_path / "gradebook.db"
    path.write_bytes(b"not a database, certainly not one of SQLite" * 10)
    with pytest.raises(CourseError, match=r"cannot be used as a gradebook .*not a database"):
        GradebookRows(path, "course")


def test_times_are_utc_without_a_zone(gradebook, write):
    write(work(at=datetime(2026, 11, 20, 17, 30, tzinfo=UTC).replace(tzinfo=None)))
    with Gradebook(f"sqlite:///{gradebook}", "course") as book:
        assert book.find_submission(EXERCISE, "kim").timestamp == datetime(2026, 11, 20, 17, 30)
