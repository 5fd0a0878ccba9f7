"""One submission's trouble is one line; the others are graded; what a message quotes cannot forge another."""

import os
import shutil
from dataclasses import replace

import pytest

from biolabkit.errors import CourseError
from biolabkit_autograder.grading import Graded, Mark, RefusedError, one_line
from biolabkit_autograder.store import read_evidence
from biolabkit_autograder.submitted_file import parse_notebook
from biolabkit_autograder.workflow import grade as module
from biolabkit_autograder.workflow.collect import collect, read_timestamp
from biolabkit_autograder.workflow.grade import Request, grade

EXERCISE = "genome-01-gc-content"


class Engine:
    """Gives full marks, or does what it is told for a learner."""

    name, version, isolation = "test", "1", "none"

    def __init__(self, trouble):
        self.trouble = trouble

    def grade(self, submission, assignment, _settings):
        marks = tuple(
            Mark(cell.metadata.nbgrader.grade_id, float(cell.metadata.nbgrader.points), 1.0)
            for cell in assignment.cells
            if cell.metadata.get("nbgrader", {}).get("grade")
        )
        graded = Graded(
            submission.learner, submission.exercise, marks, submission.notebook, (), "test", "none"
        )
        return self.trouble.get(submission.learner, lambda graded: graded)(graded)


@pytest.fixture
def graded_with(course, hand_in, answered, monkeypatch):
    """Grade three submissions with an engine that has trouble with some learners."""
    for learner in ("kim", "lee", "garcia.ana"):
        hand_in(learner, answered["solution"])
    collect(course)

    def run(again=False, **trouble):
        from contextlib import nullcontext

        monkeypatch.setattr(
            module, "engine_factory", lambda _name: lambda _settings: nullcontext(Engine(trouble))
        )
        told = []
        outcomes = grade(
            course, Request(engine="test", again=again), on_changes=told.append if again else None
        )
        return {one.learner: one for one in outcomes}, told

    return run


def fail(error):
    def raise_it(_graded):
        raise error

    return raise_it


def with_surrogate(graded):
    marks = (replace(graded.marks[0], card={"what_en": "half a character: \ud800"}), *graded.marks[1:])
    return replace(graded, marks=marks)


def with_bad_points(graded):
    return replace(graded, marks=(replace(graded.marks[0], check="no-such-check"),))


@pytest.mark.parametrize(
    ("trouble", "said"),
    [
        (fail(KeyError("x")), "could not be graded (KeyError: 'x')"),
        (fail(RecursionError("deep\n\x1b[2Jforged")), "could not be graded (RecursionError: deep [2Jforged)"),
        (fail(MemoryError()), "could not be graded (MemoryError: )"),
        (with_bad_points, "could not be graded (KeyError: 'no-such-check')"),
    ],
)
def test_whatever_goes_wrong_with_one_costs_that_one(course, graded_with, trouble, said):
    outcomes, _ = graded_with(lee=trouble)
    assert {who: one.status for who, one in outcomes.items()} == {
        "kim": "graded",
        "lee": "refused",
        "garcia.ana": "graded",
    }
    (problem,) = outcomes["lee"].problems
    assert problem.startswith(said)
    assert not course.notebook("autograded", EXERCISE, "lee").exists(), "nothing of it was kept"
    assert read_evidence(course, EXERCISE, "lee")["problems"] == [problem]
    assert graded_with()[0]["lee"].status == "graded", "the next run tries again"


def test_half_a_character_costs_nothing(course, graded_with):
    outcomes, _ = graded_with(lee=with_surrogate)
    assert outcomes["lee"].status == "graded"
    assert read_evidence(course, EXERCISE, "lee")["marks"][0]["what_en"] == "half a character: ?"


@pytest.mark.skipif(not hasattr(os, "symlink"), reason="needs symbolic links")
@pytest.mark.parametrize("depth", [0, 1])
def test_a_link_to_another_learner_s_folder_is_refused(course, graded_with, depth):
    ours, theirs = (course.notebook("submitted", EXERCISE, who).parents[1 - depth] for who in ("lee", "kim"))
    shutil.rmtree(ours)
    ours.symlink_to(theirs)
    outcomes, _ = graded_with()
    assert "is a symbolic link" in outcomes["lee"].problems[0]
    assert outcomes["kim"].status == "graded"


def test_what_concerns_all_of_them_stops_the_run(graded_with):
    with pytest.raises(CourseError, match="the gradebook is gone"):
        graded_with(lee=fail(CourseError("the gradebook is gone")))


def test_changes_are_told_before_anything_is_written(course, graded_with):
    graded_with()
    before = {learner: course.evidence(EXERCISE, learner).read_bytes() for learner in ("kim", "lee")}
    seen = []

    def look(graded):
        seen.extend(course.evidence(EXERCISE, learner).read_bytes() == before[learner] for learner in before)
        return replace(graded, marks=(replace(graded.marks[0], points=0.0), *graded.marks[1:]))

    outcomes, (changes,) = graded_with(again=True, lee=look, kim=fail(ValueError("no")))
    assert seen == [True, True]
    assert [(one.learner, one.before - one.after) for one in changes] == [("lee", 1.0)]
    assert outcomes["lee"].points == changes[0].after
    assert outcomes["kim"].status == "refused"


@pytest.mark.parametrize(
    "text", ["a\nb", "a\r\nb", "a\x1b[2Jb", "a\x9b2Jb", "a\u2028b", "a\u202eb", "a\x00b"]
)
def test_a_message_is_one_line_without_control_characters(text):
    error = RefusedError(text, text)
    for line in (one_line(text), str(error), error.in_language("ko")):
        assert line.isprintable()
        assert line.startswith("a ")


def test_half_a_character_and_endless_text_can_be_printed():
    assert one_line("\ud800").encode() == b"?"
    assert len(one_line("x" * 10_000)) == 600


def test_a_notebook_cannot_forge_a_second_line():
    data = b'{"nbformat": "3\\n\\u001b[2Jforged line", "cells": []}'
    with pytest.raises(RefusedError) as error:
        parse_notebook(data, "kim\n\x1b[2J.ipynb")
    assert str(error.value).isprintable()


@pytest.mark.skipif(os.name == "nt", reason="such names cannot be there")
def test_a_file_s_name_cannot_forge_a_second_line(course):
    folder = course.inbox / EXERCISE
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "ki\nm\x1b[2J.ipynb").write_bytes(b"{}")
    (folder / "kim.zip\n.ipynb").write_bytes(b"{}")
    for one in collect(course):
        assert one.origin.isprintable()
        assert one.problem.isprintable()


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_time_stamp_is_a_small_regular_file_or_nothing(tmp_path):
    notebook = tmp_path / "x.ipynb"
    stamp = tmp_path / "timestamp.txt"
    assert read_timestamp(notebook) is None
    os.mkfifo(stamp)
    assert read_timestamp(notebook) is None
    stamp.unlink()
    stamp.symlink_to("/dev/zero")
    assert read_timestamp(notebook) is None
    stamp.unlink()
    with stamp.open("wb") as stream:
        stream.truncate(100 * 2**30)
    assert read_timestamp(notebook) is None
    for text in ("\xff", "0001-01-01T00:00:00+14:00", "tomorrow"):
        stamp.write_bytes(text.encode("latin-1"))
        assert read_timestamp(notebook) is None
    stamp.write_text("2026-11-20 00:00:00.5 UTC")
    assert read_timestamp(notebook).isoformat() == "2026-11-20T00:00:00.500000+00:00"


def test_a_pipe_for_a_time_stamp_stops_neither_collect_nor_grade(course, graded_with):
    stamp = course.notebook("submitted", EXERCISE, "kim").with_name("timestamp.txt")
    stamp.unlink()
    os.mkfifo(stamp)
    collect(course)
    assert graded_with()[0]["kim"].status == "graded"
