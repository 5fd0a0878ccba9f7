"""A course of two exercises with results, without running any: grading is tested elsewhere."""

import hashlib
import json
import shutil
from datetime import UTC, datetime

import nbformat
import pytest

from biolabkit_autograder.course import open_course
from biolabkit_autograder.grading import Graded, Mark, Submission
from biolabkit_autograder.roster import Learner
from biolabkit_autograder.store import Provenance, Store
from biolabkit_autograder.workflow.assignment import load_assignment
from biolabkit_autograder.workflow.build import build
from biolabkit_autograder.workflow.new import NewCourse, create
from biolabkit_autograder.workflow.release import release

EXERCISE = "genome-01-gc-content"
LEARNERS = (
    Learner("kim", "김하늘", "kim@example.org"),
    Learner("lee", "이수진"),
    Learner("garcia.ana", "Ana García"),
    Learner("choi", "최민"),
)
NOW = datetime(2026, 12, 2, tzinfo=UTC)
RULES = """
[completion]
percent = 60
attendance_percent = 80
hours = 6

[completion.tracks]
genome = 50

[completion.issuer]
name = { en = "Institute of Examples", ko = "예시 교육원" }
signatory = { en = "Director Hong Gildong", ko = "원장 홍길동" }
url = "https://example.org/institute"
"""
ATTENDANCE = (
    "학번,1회차,2회차,3회차,4회차,5회차\nkim,O,O,O,O,X\nlee,O,O,X,X,O\ngarcia.ana,O,O,O,O,O\nchoi,O,O,O,O,O\n"
)


@pytest.fixture(scope="session")
def released_course(tmp_path_factory, repository):
    made = create(
        tmp_path_factory.mktemp("released") / "course",
        NewCourse(
            id="gc-2026",
            title_en="GC content",
            title_ko="GC 함량 과정",
            language="ko",
            timezone="Asia/Seoul",
            sources=[repository / "tests" / "authoring" / "example"],
            exercises=[EXERCISE],
            due=datetime(2026, 12, 1, 23, 59, 59),  # of the course's zone
            learners=LEARNERS,
        ),
    )
    build(made)
    release(made)
    with (made.folder / "course.toml").open("a", encoding="utf-8") as stream:
        stream.write(RULES)
    (made.folder / "attendance.csv").write_text(ATTENDANCE, encoding="cp949")
    return made.folder


@pytest.fixture
def course(tmp_path, released_course):
    """A released course in Korean with rules and attendance; nobody has handed anything in."""
    # as deep as the one it is a copy of: course.toml names the sources relative to itself
    assert len(tmp_path.parts) == len(released_course.parent.parts)
    shutil.copytree(released_course, tmp_path / "course")
    return open_course(tmp_path / "course")


@pytest.fixture
def give(course):
    """Put a result into the course: points of the two checks, and of the essay once it is graded by hand."""
    notebook = load_assignment(course, EXERCISE).notebook

    def give(learner, plain, unknown, essay=None):
        marks = (
            Mark("check-gc_content-plain", plain, 1.0),
            Mark("check-gc_content-unknown", unknown, 2.0),
            Mark("essay-why", None, 2.0),
        )
        done = nbformat.from_dict(json.loads(json.dumps(notebook)))
        graded = Graded(learner, EXERCISE, marks, done, (), "judge", "namespaces")
        digest = hashlib.sha256(learner.encode()).hexdigest()
        with Store(course) as store:
            store.sync()
            store.save(
                graded,
                Submission(learner, EXERCISE, done, (), (), digest),
                Provenance(digest, "a", "e", None),
            )
            if essay is not None:
                grade = store.gradebook.find_grade("essay-why", EXERCISE, EXERCISE, learner)
                grade.manual_score, grade.needs_manual_grade = essay, False
                store.gradebook.db.commit()

    return give


@pytest.fixture
def change(course):
    """Change course.toml, and open the course again."""

    def change(old, new):
        path = course.folder / "course.toml"
        text = path.read_text(encoding="utf-8")
        assert old in text
        path.write_text(text.replace(old, new), encoding="utf-8")
        return open_course(course.folder)

    return change
