"""From a course's folder and gradebook, as the store writes them, to the report."""

import copy
import random
import re
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from nbgrader.api import Gradebook

from biolabkit_autograder.course import open_course
from biolabkit_autograder.grading import Graded, Mark, Submission
from biolabkit_autograder.roster import Learner
from biolabkit_autograder.store import Provenance, Store
from biolabkit_autograder.workflow.assignment import load_assignment
from biolabkit_autograder.workflow.build import build
from biolabkit_autograder.workflow.new import NewCourse, create
from biolabkit_autograder.workflow.release import release
from biolabkit_autograder.workflow.report import write_report

EXERCISE = "genome-01-gc-content"
LEARNERS = tuple(Learner(f"l{number:02}", f"김학생{number}") for number in range(14))
NOW = datetime.now(UTC)


@pytest.fixture(scope="module")
def course(tmp_path_factory, repository):
    made = create(
        tmp_path_factory.mktemp("cohort") / "course",
        NewCourse(
            id="gc-2026",
            title_en="GC",
            title_ko="GC 과정",
            language="en",
            timezone="Asia/Seoul",
            sources=[repository / "tests" / "authoring" / "example"],
            exercises=[EXERCISE],
            due=(NOW - timedelta(days=2))
            .astimezone(ZoneInfo("Asia/Seoul"))
            .replace(tzinfo=None, microsecond=0),
            learners=LEARNERS,
        ),
    )
    build(made)
    release(made)
    text = (made.folder / "course.toml").read_text(encoding="utf-8")
    (made.folder / "course.toml").write_text(f"{text}\n[late]\npercent_per_day = 10\n", encoding="utf-8")
    fill(open_course(made.folder))
    return open_course(made.folder)


def program(number):
    """An answer of one's own: no run of words is another's."""
    rng = random.Random(number)
    lines = [f"    x{line} = sequence.count('{line}') + {rng.random()}" for line in range(12)]
    return "\n".join(["def gc_content(sequence):", *lines, "    return 0.5"])


def fill(course):
    """Twelve of fourteen hand in; one in a day late, one twice, and one has the answer of another."""
    with Store(course) as store:
        store.sync()
        for number in range(12):
            at = NOW - timedelta(days=1 if number == 1 else 3)
            source = program(3).replace("x", "other") if number == 4 else program(number)
            if number == 2:
                save(course, store, number, "first", source, at - timedelta(hours=9), hint="n-counted")
            save(course, store, number, "last", source, at)
    with Gradebook(course.gradebook_url) as gradebook:
        for learner, score in (("l00", 1.5), ("l01", 0.5)):
            grade = gradebook.find_grade("essay-why", EXERCISE, EXERCISE, learner)
            grade.manual_score, grade.needs_manual_grade = score, False
        waits = gradebook.find_grade("essay-why", EXERCISE, EXERCISE, "l05")
        waits.manual_score, waits.needs_manual_grade = 2.0, True
        gradebook.find_submission(EXERCISE, "l01").extension = timedelta(hours=1)
        gradebook.add_submission(EXERCISE, "l12", extension=timedelta(days=9))
        gradebook.db.commit()


def save(course, store, number, submission, source, at, hint=None):
    assignment = load_assignment(course, EXERCISE)
    notebook = copy.deepcopy(assignment.notebook)
    for cell in notebook.cells:
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "gc_content":
            cell.source = source
    marks = (
        Mark("check-gc_content-plain", 1.0, 1.0),
        Mark("check-gc_content-unknown", 0.0 if hint else 2.0, 2.0, hint=hint),
        Mark("essay-why", None, 2.0),
    )
    learner = LEARNERS[number].id
    graded = Graded(learner, EXERCISE, marks, notebook, (), "judge: 1", "namespaces")
    store.save(
        graded,
        Submission(learner, EXERCISE, notebook, (), (), submission),
        Provenance(f"{learner}-{submission}", "a", "e", at),
    )


@pytest.fixture(scope="module")
def text(course):
    html = write_report(course).read_text(encoding="utf-8")
    return " ".join(re.sub(r"<style>.*?</style>|<[^>]+>", " ", html, flags=re.S).split())


def test_points_by_hand_and_penalties_come_from_the_gradebook(text):
    assert "4.5/5" in text
    assert "3.15/5" in text, "3.5 points, a day late with an hour's extension"
    assert "10 essays wait for a grade by hand" in text, "one that was graded has changed since"


def test_an_extension_is_no_absence(text):
    assert "Not handed in by 1 of 14 learners" in text
    assert "not counted, with an extension: 1" in text


def test_a_hint_of_an_earlier_submission_is_recovered(text):
    assert "n-counted" in text
    assert "1 of 1" in text
    assert "2 submissions" in text


def test_a_copy_is_a_question(text):
    assert "김학생3 and 김학생4: 100 % of what is unusual" in text
    assert text.count("Did they work on this together") == 1
    assert "other7 = sequence.count(&#39;7&#39;)" in text


def test_a_file_that_is_not_graded_yet_is_handed_in(course):
    path = course.notebook("submitted", EXERCISE, "l13")
    path.parent.mkdir(parents=True)
    path.write_text("{}")
    html = write_report(course).read_text(encoding="utf-8")
    assert "Not handed in by" not in html
    assert '<span class="chip ungraded">Not graded yet</span>' in html
