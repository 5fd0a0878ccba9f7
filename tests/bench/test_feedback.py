"""Feedback is found by the receipt, kept, and never another's."""

import json
from dataclasses import replace

import pytest

from biolabkit import cli
from biolabkit.bench import feedback
from biolabkit.bench.folder import open_folder
from biolabkit.bench.submit import submit

from .conftest import EXERCISE, entry, write_course


@pytest.fixture
def course(tmp_path, released):
    for name in ("inbound", "feedback"):
        (tmp_path / "exchange" / name).mkdir(parents=True)
    return open_folder(
        write_course(tmp_path / "desk", entry(released), exchange=tmp_path / "exchange", learner="kim")
    )


def publish(course, receipt, page="<p>1</p>", **values):
    about = {
        "format": 1,
        "exercise": EXERCISE,
        "learner": "kim",
        "points": 3.5,
        "max_points": 5,
        "graded_at": "2026-11-22T10:00:00+00:00",
        "submission_sha256": receipt.sha256,
        "waiting": 0,
        **values,
    }
    folder = course.exchange / "feedback"
    (folder / f"{receipt.token}.html").write_text(page)
    (folder / f"{receipt.token}.json").write_text(json.dumps(about))


def test_it_is_copied_and_kept(course):
    receipt = submit(course, EXERCISE)
    assert feedback.find(course, EXERCISE) is None
    publish(course, receipt)
    found = feedback.find(course, EXERCISE)
    assert (found.points, found.max_points, found.waiting) == (3.5, 5.0, 0)
    assert found.page == course.state(EXERCISE) / "feedback.html"
    assert found.graded_at.utcoffset() is not None
    gone = replace(course, exchange=course.exchange.with_name("gone"))
    assert feedback.find(gone, EXERCISE) == found


def test_a_submission_that_could_not_be_graded_has_no_points(course):
    publish(course, submit(course, EXERCISE), points=None, max_points=None)
    found = feedback.find(course, EXERCISE)
    assert (found.points, found.max_points) == (None, None)


def test_without_a_receipt_nothing_is_found(course, tmp_path, released):
    publish(course, submit(course, EXERCISE))
    other = write_course(tmp_path / "lee", entry(released), exchange=course.exchange, learner="lee")
    assert feedback.find(open_folder(other), EXERCISE) is None


@pytest.mark.parametrize(
    "values", [{"format": 2}, {"points": "many"}, {"graded_at": "yesterday"}, {"waiting": None}]
)
def test_what_cannot_be_read_leaves_what_was_kept(course, values):
    receipt = submit(course, EXERCISE)
    publish(course, receipt)
    before = feedback.find(course, EXERCISE)
    publish(course, receipt, "<p>2</p>", **values)
    assert feedback.find(course, EXERCISE) == before
    assert before.page.read_text() == "<p>1</p>"


def test_a_page_without_its_numbers_yet_is_not_shown(course):
    receipt = submit(course, EXERCISE)
    publish(course, receipt)
    (course.exchange / "feedback" / f"{receipt.token}.json").write_text("{")
    assert feedback.find(course, EXERCISE) is None


def test_a_changed_page_replaces_the_copy(course):
    receipt = submit(course, EXERCISE)
    publish(course, receipt, page_sha256="a")
    feedback.find(course, EXERCISE)
    publish(course, receipt, "<p>2</p>", page_sha256="b")
    assert feedback.find(course, EXERCISE).page.read_text() == "<p>2</p>"


def test_where_no_copy_can_be_written_the_old_one_is_shown(course, monkeypatch):
    receipt = submit(course, EXERCISE)
    publish(course, receipt)
    before = feedback.find(course, EXERCISE)
    publish(course, receipt, points=5)

    def full(*_arguments):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(feedback, "_copy", full)
    assert feedback.find(course, EXERCISE) == before


@pytest.mark.parametrize(
    ("values", "told"),
    [
        ({}, "feedback, 3.5 of 5 points: .biolab"),
        ({"waiting": 2}, "3.5 of 5 points so far, 2 to be graded by hand"),
        ({"points": None, "max_points": None}, "could not be graded"),
    ],
)
def test_fetching_says_what_came_back(course, tmp_path, released, capsys, values, told):
    write_course(tmp_path / "exchange", entry(released))
    (tmp_path / "exchange" / "outbound").mkdir()
    publish(course, submit(course, EXERCISE), **values)
    assert cli.main(["fetch", str(course.root)]) == 0
    assert told in capsys.readouterr().out
