"""Results for other programs, grades by hand and penalties put in."""

import copy
import csv
import io
import json

import pytest
from nbgrader.api import Gradebook

from biolabkit.errors import CourseError
from biolabkit_autograder.course import open_course
from biolabkit_autograder.grading import Graded, Mark, RefusedError, Submission
from biolabkit_autograder.store import Provenance, Store
from biolabkit_autograder.workflow.assignment import load_assignment
from biolabkit_autograder.workflow.export import export
from biolabkit_autograder.workflow.feedback import write_feedback
from biolabkit_autograder.workflow.report import write_report

EXERCISE = "genome-01-gc-content"


@pytest.fixture
def graded_course(course):
    """Kim has 1 + 2 points and an essay graded by hand with 1.5; Lee's file was refused."""
    notebook = copy.deepcopy(load_assignment(course, EXERCISE).notebook)
    marks = (
        Mark("check-gc_content-plain", 1.0, 1.0),
        Mark("check-gc_content-unknown", 0.0, 2.0, "n-counted", {"hint": {"en": "N", "ko": "엔"}}),
        Mark("essay-why", None, 2.0),
    )
    kim = Graded("kim", EXERCISE, marks, notebook, (), "nbgrader", "none")
    made_of = Provenance("s", "a", "e", None)
    with Store(course) as store:
        store.sync()
        store.save(kim, Submission("kim", EXERCISE, notebook, (), (), "s"), made_of)
        store.save_refusal(EXERCISE, "lee", "not JSON", 5.0, None)
    with Gradebook(course.gradebook_url) as gradebook:
        grade = gradebook.find_grade("essay-why", EXERCISE, EXERCISE, "kim")
        grade.manual_score, grade.needs_manual_grade = 1.5, False
        gradebook.db.commit()
    return course


def read(path):
    data = path.read_bytes()
    assert data.startswith(b"\xef\xbb\xbf"), "Excel takes a file without it for CP949"
    return list(csv.DictReader(io.StringIO(data.decode("utf-8-sig"), newline="")))


@pytest.mark.parametrize("results", [export, write_feedback])
def test_who_is_gone_from_the_gradebook_is_said_until_they_left_the_roster_too(graded_course, results):
    with Gradebook(graded_course.gradebook_url) as gradebook:
        gradebook.remove_student("kim")  # as `nbgrader db student remove` does
    with pytest.raises(CourseError, match=rf"no points of kim \({EXERCISE}\).* run: biolab course grade"):
        results(graded_course)
    roster = graded_course.folder / "roster.csv"
    roster.write_text(roster.read_text(encoding="utf-8").replace("kim,", "kim2,"), encoding="utf-8")
    written = results(open_course(graded_course.folder))
    assert "lee" in "".join(path.read_text(encoding="utf-8") for path in written)


def test_feedback_for_somebody_unknown_or_not_graded_is_an_error(graded_course):
    with pytest.raises(RefusedError, match="did you mean 'kim'"):
        write_feedback(graded_course, learner="kimm")
    with pytest.raises(CourseError, match=r"nothing of garcia\.ana is graded yet"):
        write_feedback(graded_course, learner="garcia.ana")


def test_the_three_files(graded_course):
    grades, checks, everything, *_ = export(graded_course)
    rows = {row["learner"]: row for row in read(grades)}
    assert list(rows) == ["kim", "lee", "garcia.ana"]
    assert (rows["kim"]["name"], rows["kim"][EXERCISE], rows["kim"]["percent"]) == ("김하늘", "2.5", "50.0")
    assert {who: row[f"{EXERCISE} status"] for who, row in rows.items()} == {
        "kim": "graded",
        "lee": "not gradable",
        "garcia.ana": "missing",
    }
    assert (rows["lee"][EXERCISE], rows["lee"]["percent"]) == ("", ""), "no 0 that nobody gave"
    assert (rows["garcia.ana"][EXERCISE], rows["garcia.ana"]["percent"]) == ("", "0.0")
    by_check = {row["check"]: row for row in read(checks)}
    assert by_check["check-gc_content-unknown"]["hint"] == "n-counted"
    assert by_check["check-gc_content-unknown"]["hint_text"] == "N"
    assert (by_check["essay-why"]["points"], by_check["essay-why"]["by_hand"]) == ("1.5", "True")
    results = json.loads(everything.read_text(encoding="utf-8"))["results"]
    assert [(one["learner"], one["points"]) for one in results] == [("kim", 2.5), ("lee", 0.0)]


def test_an_essay_that_waits_says_so(graded_course):
    with Gradebook(graded_course.gradebook_url) as gradebook:
        grade = gradebook.find_grade("essay-why", EXERCISE, EXERCISE, "kim")
        grade.manual_score, grade.needs_manual_grade = None, True
        gradebook.db.commit()
    row = read(export(graded_course)[0])[0]
    assert (row[EXERCISE], row[f"{EXERCISE} status"], row[f"{EXERCISE} waiting"]) == ("1.0", "waiting", "1")


def test_hints_are_in_the_course_s_language(graded_course):
    toml = graded_course.folder / "course.toml"
    toml.write_text(toml.read_text(encoding="utf-8").replace('language = "en"', 'language = "ko"'), "utf-8")
    _, checks, *_ = export(open_course(graded_course.folder))
    assert [row["hint_text"] for row in read(checks) if row["hint"] == "n-counted"] == ["엔"]


def test_a_name_that_looks_like_a_formula_is_text(graded_course):
    roster = graded_course.folder / "roster.csv"
    roster.write_text('id,name\nkim,"=HYPERLINK(""https://example.org"")"\n', encoding="utf-8")
    grades, *_ = export(open_course(graded_course.folder))
    assert read(grades)[0]["name"].startswith("'=HYPERLINK")


def test_the_report_stands_in_its_folder(graded_course):
    text = write_report(graded_course).read_text(encoding="utf-8")
    assert "김하늘" in text
    assert "not JSON" in text


def test_a_report_on_nothing(course):
    with pytest.raises(CourseError, match="nothing is graded yet"):
        write_report(course)


def test_what_canvas_and_moodle_import(graded_course):
    """Kim's grade is final; Lee's file and Ana's, which is not there, are for a person to decide."""
    *_, canvas, moodle = export(graded_course)
    assert canvas.read_text(encoding="utf-8").splitlines() == [
        f"Student,ID,SIS User ID,SIS Login ID,Section,{EXERCISE}",
        "    Points Possible,,,,,5.0",
        "김하늘,,kim,kim@example.org,,2.5",
        "이수진,,lee,lee,,",
        "Ana García,,garcia.ana,garcia.ana,,",
    ]
    assert moodle.read_text(encoding="utf-8").splitlines() == [
        f"ID number,Full name,Email address,{EXERCISE}",
        "kim,김하늘,kim@example.org,2.5",
        "lee,이수진,,",
        "garcia.ana,Ana García,,",
    ]


def test_a_grade_that_waits_is_not_imported(graded_course):
    with Gradebook(graded_course.gradebook_url) as gradebook:
        grade = gradebook.find_grade("essay-why", EXERCISE, EXERCISE, "kim")
        grade.manual_score, grade.needs_manual_grade = None, True
        gradebook.db.commit()
    *_, canvas, moodle = export(graded_course)
    assert "김하늘,,kim,kim@example.org,,\n" in canvas.read_text(encoding="utf-8")
    assert "kim,김하늘,kim@example.org,\n" in moodle.read_text(encoding="utf-8")
