"""Answers graded by hand: what nbgrader's gradebook, regrades and feedback see of it."""

import json
import sqlite3

import pytest
from nbgrader.api import Gradebook

from biolabkit.errors import BiolabkitError, InputError, UnknownNameError
from biolabkit_autograder.desk import essays
from biolabkit_autograder.workflow.collect import collect
from biolabkit_autograder.workflow.feedback import write_feedback
from biolabkit_autograder.workflow.grade import Request, grade

EXERCISE, ESSAY = "genome-01-gc-content", "essay-why"


@pytest.fixture
def answer(graded):
    """The answer that waits."""
    (essay,) = essays.essays(graded, EXERCISE)
    (waiting,) = [one for one in essay.answers if one.waiting]
    return essays.show(graded, waiting.id)


def in_gradebook(course, learner="kim"):
    with Gradebook(course.gradebook_url) as gradebook:
        notebook = gradebook.find_submission_notebook(EXERCISE, EXERCISE, learner)
        (one,) = [one for one in notebook.grades if one.name == ESSAY]
        (comment,) = [one for one in notebook.comments if one.name == ESSAY]
        return one.manual_score, one.needs_manual_grade, comment.manual_comment


def test_question_mark_scheme_and_answers(graded):
    (essay,) = essays.essays(graded, EXERCISE)
    assert (essay.check, essay.max_points) == (ESSAY, 2)
    assert "Illumina" in essay.prompt
    assert essay.scheme["en"].startswith("<p>PCR amplifies")
    assert essay.scheme["ko"].startswith("<p>GC가 많은")
    assert sorted((one.learner, one.waiting, one.blank) for one in essay.answers) == [
        ("kim", True, False),
        ("lee", False, True),
    ]


@pytest.mark.parametrize(
    ("heading", "kept"),
    [("**{}**\n\n", False), ("## {}\n\n", False), ("**{}**\n", False), ("{} of this task: ", True)],
)
def test_the_scheme_s_own_heading_is_not_shown_twice(graded, heading, kept):
    """The page has a heading above the scheme."""
    path = graded.notebook("source", EXERCISE)
    notebook = json.loads(path.read_text(encoding="utf-8"))
    (cell,) = [
        one for one in notebook["cells"] if one["metadata"].get("nbgrader", {}).get("grade_id") == ESSAY
    ]
    english, korean = heading.format("Mark scheme"), heading.format("채점 기준")
    cell["source"] = f"{english}1 point for the *mark scheme*.\n\n{korean}1점: *채점 기준*."
    path.write_text(json.dumps(notebook), encoding="utf-8")
    (essay,) = essays.essays(graded, EXERCISE)
    for language, text in (("en", "<p>1 point for the <em>mark scheme"), ("ko", "<p>1점: <em>채점 기준")):
        assert essay.scheme[language].startswith(text) is not kept
        assert essay.scheme[language].count("<em>") == 1


def test_a_grade_by_hand_is_formgrader_s(graded, answer):
    shown = essays.grade_by_hand(graded, answer.answer.id, 1.5, " 좋습니다. ", answer.version)
    assert (shown.answer.points, shown.answer.waiting) == (1.5, False)
    assert in_gradebook(graded) == (1.5, False, "좋습니다.")


def test_a_grade_can_be_taken_back(graded, answer):
    shown = essays.grade_by_hand(graded, answer.answer.id, 1, "", answer.version)
    essays.grade_by_hand(graded, answer.answer.id, None, "", shown.version)
    assert in_gradebook(graded) == (None, True, None)


def test_grading_again_keeps_it_while_the_answer_is_the_same(graded, answer):
    essays.grade_by_hand(graded, answer.answer.id, 2, "", answer.version)
    grade(graded, Request(unsafe=True, again=True))
    assert in_gradebook(graded)[:2] == (2, False)


def test_feedback_shows_points_and_comment(graded, answer):
    essays.grade_by_hand(graded, answer.answer.id, 2, "<b>PCR</b>를 잘 설명했습니다.", answer.version)
    write_feedback(graded, EXERCISE, "kim")
    page = graded.notebook("feedback", EXERCISE, "kim").with_suffix(".html").read_text(encoding="utf-8")
    assert "5 / 5" in page
    assert "&lt;b&gt;PCR&lt;/b&gt;를 잘 설명했습니다." in page


@pytest.mark.parametrize("points", [-0.5, 2.5])
def test_points_have_bounds(graded, answer, points):
    with pytest.raises(InputError, match="expected 0 to 2"):
        essays.grade_by_hand(graded, answer.answer.id, points, "", answer.version)
    assert in_gradebook(graded)[0] is None


def test_of_two_tabs_the_second_is_told(graded, answer):
    essays.grade_by_hand(graded, answer.answer.id, 1, "", answer.version)
    with pytest.raises(essays.ChangedError, match="nothing was saved"):
        essays.grade_by_hand(graded, answer.answer.id, 2, "", answer.version)
    assert in_gradebook(graded)[0] == 1


def test_an_answer_that_was_handed_in_anew_is_not_graded_unseen(graded, answer, answered, hand_in):
    essays.grade_by_hand(graded, answer.answer.id, 1, "", answer.version)
    changed = answered["solution"].replace(b"PCR amplifies", b"PCR dislikes")
    assert changed != answered["solution"]
    hand_in(graded, "kim", changed)
    collect(graded)
    seen = essays.show(graded, answer.answer.id)
    grade(graded, Request(unsafe=True))
    assert in_gradebook(graded)[:2] == (1, True)  # waits for another look
    with pytest.raises(essays.ChangedError):
        essays.grade_by_hand(graded, answer.answer.id, 2, "", seen.version)
    now = essays.show(graded, answer.answer.id)
    assert "dislikes" in now.html
    assert (now.answer.points, now.answer.waiting) == (1, True)


def test_what_an_answer_holds_cannot_run(graded, answer):
    path = graded.notebook("autograded", EXERCISE, "kim")
    text = path.read_text(encoding="utf-8")
    bad = r"A <script>alert(1)</script> <img src=x onerror=alert(1)> [a](javascript:alert(1)) PCR amplifies"
    path.write_text(text.replace("PCR amplifies", bad), encoding="utf-8")
    html = essays.show(graded, answer.answer.id).html
    assert "PCR amplifies" in html
    assert [word for word in ("<script", "onerror", 'href="javascript') if word in html] == []


def test_an_answer_that_is_far_too_long_is_shown_in_part(graded, answer):
    path = graded.notebook("autograded", EXERCISE, "kim")
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("PCR amplifies", "a*" * 200_000), encoding="utf-8")
    assert len(essays.show(graded, answer.answer.id).html) < 210_000


def test_a_locked_gradebook_is_one_sentence(graded, answer):
    other = sqlite3.connect(graded.folder / "gradebook.db", isolation_level=None)
    try:
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(BiolabkitError, match="close other programs"):
            essays.grade_by_hand(graded, answer.answer.id, 1, "", answer.version)
    finally:
        other.close()
    assert in_gradebook(graded)[0] is None


def test_an_answer_that_is_not_there(graded):
    with pytest.raises(UnknownNameError):
        essays.show(graded, "0" * 32)
