"""The course at a glance: every number from files and gradebook, and nothing written."""

import os
import shutil
import sqlite3
import time
import zipfile
from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from nbgrader.api import Gradebook

from biolabkit_autograder.course import open_course
from biolabkit_autograder.desk import points
from biolabkit_autograder.desk.feedback_record import record_feedback
from biolabkit_autograder.desk.state import read_state, work_on
from biolabkit_autograder.workflow.build import build
from biolabkit_autograder.workflow.collect import collect
from biolabkit_autograder.workflow.feedback import write_feedback
from biolabkit_autograder.workflow.grade import Request, grade
from biolabkit_autograder.workflow.release import release

EXERCISE = "genome-01-gc-content"


def look(course):
    (one,) = read_state(course).exercises
    return one


def counts(course):
    return {status: count for status, count in look(course).counts.items() if count}


def later(path, seconds=5):
    """As if it were written some seconds from now."""
    at = time.time() + seconds
    os.utime(path, (at, at))


def with_settings(course, old, new):
    path = course.folder / "course.toml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return open_course(course.folder)


def test_a_new_course_has_nothing_built_and_everybody_missing(fresh):
    one = look(fresh)
    assert (one.built, one.released, one.max_points) == ("no", "no", None)
    assert counts(fresh) == {"missing": 3}
    assert one.title == {"en": "GC content", "ko": "GC 함량"}


def test_building_and_releasing_are_seen(fresh):
    build(fresh)
    assert (look(fresh).built, look(fresh).released) == ("yes", "no")
    release(fresh)
    assert (look(fresh).built, look(fresh).released) == ("yes", "yes")
    assert look(fresh).max_points == 5


def test_what_changed_since_its_release_is_old(course):
    later(course.notebook("source", EXERCISE))
    assert look(course).released == "old"


def test_a_source_that_changed_since_it_was_built_is_old(course, tmp_path):
    shutil.copytree(course.source_roots[0], tmp_path / "exercises")
    later(tmp_path / "exercises" / "genome" / "01-gc-content" / "exercise.py")
    moved = replace(course, spec=course.spec.model_copy(update={"sources": [str(tmp_path / "exercises")]}))
    assert look(moved).built == "old"


def test_the_title_is_known_when_the_sources_are_gone(course, tmp_path):
    gone = replace(course, spec=course.spec.model_copy(update={"sources": [str(tmp_path / "gone")]}))
    state = read_state(gone)
    assert state.exercises[0].title["ko"] == "GC 함량"
    assert "gone" in state.problems[0]


def test_a_file_in_the_inbox_is_new_until_it_is_collected_then_it_is_to_be_graded(course, hand_in, answered):
    hand_in(course, "kim", answered["solution"])
    assert (look(course).arrived, counts(course)) == (1, {"missing": 3})
    collect(course)
    assert (look(course).arrived, counts(course)) == (0, {"missing": 2, "new": 1})


def test_the_same_file_again_or_an_older_one_is_no_news_and_a_changed_one_is(graded, hand_in, answered):
    assert look(graded).arrived == 0
    later(hand_in(graded, "kim", answered["solution"]))
    assert look(graded).arrived == 0
    later(hand_in(graded, "lee", answered["solution"]), seconds=-1000)
    assert look(graded).arrived == 0
    later(hand_in(graded, "lee", answered["solution"]))
    assert look(graded).arrived == 1


def test_names_of_copies_both_layouts_and_strangers(course, answered):
    folder = course.inbox / "kim"
    folder.mkdir()
    (folder / f"{EXERCISE}.ipynb").write_bytes(answered["solution"])
    (course.inbox / "photo.jpg").write_bytes(b"")
    (folder / "genome-09-of-nobody.ipynb").write_bytes(b"")
    arrivals = read_state(course).arrivals
    assert (arrivals.new, arrivals.others) == ({EXERCISE: 1}, 2)


def test_what_arrived_is_what_collecting_takes(course, answered):
    for name in (
        f"kim/{EXERCISE}-Copy1.ipynb",
        f"lee+{EXERCISE}.ipynb",
        f"{EXERCISE}/garcia.ana (1).ipynb",
        f"nobody+{EXERCISE}.ipynb",
        "kim/deeper/notebook.ipynb",
    ):
        path = course.inbox / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(answered["solution"])
    (course.inbox / "lee").symlink_to(course.inbox / "kim" / f"{EXERCISE}-Copy1.ipynb")
    arrivals = read_state(course).arrivals
    outcomes = Counter(one.outcome for one in collect(course))
    assert outcomes == {"new": arrivals.new[EXERCISE], "refused": arrivals.others}
    assert (arrivals.new[EXERCISE], arrivals.others) == (3, 3)


def test_what_collecting_passed_over_is_no_news_any_more(graded, hand_in, answered):
    later(hand_in(graded, "kim", answered["solution"][:-20]))
    assert look(graded).arrived == 1
    assert "refused" in {one.outcome for one in collect(graded)}
    assert look(graded).arrived == 0
    later(hand_in(graded, "kim", answered["unsolved"]), seconds=10)
    assert look(graded).arrived == 1


def test_a_damaged_zip_file_is_counted_with_what_cannot_be_taken(course):
    (course.inbox / "class.zip").write_bytes(b"PK\x03\x04 cut off")
    (course.inbox / "gone.zip").symlink_to(course.inbox / "class.zip")
    arrivals = read_state(course).arrivals
    assert (arrivals.archives, arrivals.others, arrivals.total) == (0, 2, 0)
    assert [one.outcome for one in collect(course)] == ["refused", "refused"]


def test_a_zip_file_is_new_until_something_is_collected_after_it(graded):
    archive = graded.inbox / "class.zip"
    with zipfile.ZipFile(archive, "w") as members:
        members.writestr("readme.txt", "x")
    later(archive)
    assert read_state(graded).arrivals.archives == 1
    later(archive, seconds=-1000)
    assert read_state(graded).arrivals.archives == 0


def test_a_zip_file_that_brought_nothing_new_is_looked_at_once(graded):
    with zipfile.ZipFile(graded.inbox / "class.zip", "w") as members:
        members.writestr(f"lee/{EXERCISE}.ipynb", graded.notebook("submitted", EXERCISE, "lee").read_bytes())
    assert read_state(graded).arrivals.archives == 1
    assert {one.outcome for one in collect(graded)} <= {"same", "older"}
    assert read_state(graded).arrivals.archives == 0


def test_what_waits_is_told_from_what_is_graded(graded):
    one = look(graded)
    assert counts(graded) == {"waiting": 1, "graded": 1, "missing": 1}
    assert (one.answers_waiting, one.max_points, one.median) == (1, 5, 1.5)


def test_a_newer_submission_is_to_be_graded_again(graded):
    later(graded.notebook("submitted", EXERCISE, "lee"))
    assert counts(graded) == {"waiting": 1, "new": 1, "missing": 1}


def test_what_was_graded_with_another_build_is_to_be_graded_again(graded):
    build(graded)
    assert counts(graded) == {"waiting": 1, "graded": 1, "missing": 1}
    source = graded.notebook("source", EXERCISE)
    source.write_text(source.read_text(encoding="utf-8") + "\n", encoding="utf-8")
    assert counts(graded) == {"new": 2, "missing": 1}
    grade(graded, Request(unsafe=True))
    assert counts(graded) == {"waiting": 1, "graded": 1, "missing": 1}


def test_what_could_not_be_graded_is_told_apart(graded):
    evidence = graded.evidence(EXERCISE, "garcia.ana")
    evidence.write_text('{"problems": ["not a notebook"]}')
    notebook = graded.notebook("submitted", EXERCISE, "garcia.ana")
    notebook.parent.mkdir(parents=True)
    notebook.write_text("{")
    later(evidence)
    assert counts(graded) == {"waiting": 1, "graded": 1, "refused": 1}


def test_feedback_is_written_and_old_after_a_grade_by_hand(graded):
    assert look(graded).feedback == {"none": 2}
    write_feedback(graded)
    record_feedback(graded, [EXERCISE])
    assert look(graded).feedback == {"written": 2}
    with Gradebook(graded.gradebook_url) as gradebook:  # as formgrader does
        notebook = gradebook.find_submission_notebook(EXERCISE, EXERCISE, "kim")
        (grade,) = [one for one in notebook.grades if one.name == "essay-why"]
        grade.manual_score, grade.needs_manual_grade = 2, False
        gradebook.db.commit()
    assert look(graded).feedback == {"written": 1, "old": 1}
    assert {one.learner: one.feedback for one in work_on(graded, EXERCISE)}["kim"] == "old"


def test_pages_that_another_command_wrote_later_are_taken_as_they_are(graded):
    write_feedback(graded)
    record_feedback(graded, [EXERCISE])
    record = graded.folder / ".desk" / "feedback.json"
    record.write_text(record.read_text().replace("[3.0, 1]", "[1.0, 2]"))
    assert look(graded).feedback == {"old": 1, "written": 1}
    later(graded.notebook("feedback", EXERCISE, "kim").with_suffix(".html"))
    assert look(graded).feedback == {"written": 2}


def test_an_empty_roster_shows_whoever_handed_in(graded):
    (graded.folder / "roster.csv").write_text("id,name,email\n")
    state = read_state(open_course(graded.folder))
    assert state.learners == 0
    assert sum(state.exercises[0].counts.values()) == 2


def test_people_who_are_not_in_the_roster_are_named(graded):
    (graded.folder / "roster.csv").write_text("id,name,email\nkim,김하늘,\n")
    state = read_state(open_course(graded.folder))
    assert state.strangers == ("lee",)
    assert sum(state.exercises[0].counts.values()) == 1


def test_due_dates_are_those_of_the_course_s_clock(course):
    due = course.exercise(EXERCISE).due.isoformat()
    found = look(with_settings(course, f"due = {due}", "due = 2026-12-20T23:59:00")).due
    assert found == datetime(2026, 12, 20, 14, 59, tzinfo=UTC)


@pytest.fixture
def exchanged(graded, tmp_path):
    """A course with an exchange, whose learners all are this user."""
    me = str(os.getuid())
    (graded.folder / "roster.csv").write_text(
        f"id,name,email,account\nkim,김하늘,,{me}\nlee,이수진,,nobody\ngarcia.ana,Ana García,,{me}\n"
    )
    return with_settings(
        graded, 'roster = "roster.csv"', f'roster = "roster.csv"\nexchange = "{tmp_path}/exchange"'
    )


def drop(course, learner, exercise=EXERCISE, token="0" * 32):
    folder = course.exchange / "inbound" / f"{learner}+{exercise}+2026-11-22 09:46:59.123456 UTC+{token}"
    folder.mkdir(parents=True)
    return folder


def test_an_exchange_that_is_gone_is_said(exchanged):
    assert "inbound" in read_state(exchanged).exchange.problem


def test_what_came_to_the_exchange_after_the_last_collection_is_new(exchanged):
    drop(exchanged, "garcia.ana")
    drop(exchanged, "garcia.ana", token="1" * 32)
    drop(exchanged, "kim")
    later(exchanged.notebook("submitted", EXERCISE, "kim"))
    state = read_state(exchanged)
    assert (state.exchange.problem, state.arrivals.new, state.arrivals.others) == (None, {EXERCISE: 1}, 0)
    later(exchanged.notebook("submitted", EXERCISE, "kim"), seconds=-100)
    assert read_state(exchanged).arrivals.new == {EXERCISE: 2}


def test_what_is_not_a_learner_s_own_in_the_exchange_is_told_apart(exchanged):
    drop(exchanged, "lee")  # of another account
    drop(exchanged, "nobody-known")
    drop(exchanged, "kim", "genome-99-other")
    drop(exchanged, ".kim")  # not whole yet
    arrivals = read_state(exchanged).arrivals
    assert (arrivals.new, arrivals.others) == ({EXERCISE: 0}, 3)


def test_a_locked_gradebook_is_one_problem_and_the_rest_is_told(graded, monkeypatch):
    monkeypatch.setattr(points, "_SECONDS", 0.1)
    other = sqlite3.connect(graded.folder / "gradebook.db", isolation_level=None)
    try:
        other.execute("BEGIN EXCLUSIVE")
        state = read_state(graded)
    finally:
        other.close()
    assert "locked" in state.problems[0]
    assert state.exercises[0].released == "yes"
    assert read_state(graded).problems == ()


def test_looking_writes_nothing(graded):
    def everything():
        return {path: path.stat().st_mtime_ns for path in graded.folder.rglob("*")}

    before = everything()
    read_state(graded)
    work_on(graded, EXERCISE)
    assert everything() == before


@pytest.mark.parametrize("damage", [b"", b"no gradebook"])
def test_a_damaged_gradebook_is_said(graded, damage):
    (graded.folder / "gradebook.db").write_bytes(damage)
    state = read_state(graded)
    assert bool(state.problems) == bool(damage)
    assert all("restore a copy of it" in problem for problem in state.problems)
