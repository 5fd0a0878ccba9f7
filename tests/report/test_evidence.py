"""The history in a record: what earlier submissions came to, in short."""

import json
from datetime import UTC, datetime

import pytest

from biolabkit_autograder.evidence import Provenance, encode_evidence, make_evidence
from biolabkit_autograder.grading import Graded, Mark

AT = datetime(2026, 11, 20, tzinfo=UTC)


def evidence(submission, before=None, *, gc=0.0, hint="n-counted"):
    marks = (Mark("check-gc", gc, 2.0, hint=hint), Mark("essay-why", None, 3.0))
    graded = Graded("kim", "genome-01", marks, None, (), "judge: 1", "namespaces")
    return make_evidence(graded, Provenance(submission, "a", "e", AT), {}, 0.0, before)


def without_times(record):
    return {key: value for key, value in record.items() if key != "graded_at"}


def test_a_first_submission_has_no_history():
    assert evidence("s1")["earlier"] == []


def test_another_submission_keeps_the_earlier_one_in_short():
    first = evidence("s1")
    second = evidence("s2", first, gc=2.0, hint=None)
    assert second["earlier"] == [
        {
            "submission": "s1",
            "graded_at": first["graded_at"],
            "submitted_at": AT.isoformat(),
            "points": 0.0,
            "max_points": 5.0,
            "hints": {"check-gc": "n-counted"},
        }
    ]
    third = evidence("s3", second)
    assert [one["submission"] for one in third["earlier"]] == ["s1", "s2"]
    assert third["earlier"][1]["hints"] == {}


def test_grading_the_same_submission_again_adds_nothing():
    second = evidence("s2", evidence("s1"))
    again = evidence("s2", second)
    assert encode_evidence(without_times(again)) == encode_evidence(without_times(second))


def test_going_back_to_an_earlier_submission_is_a_submission():
    third = evidence("s1", evidence("s2", evidence("s1")))
    assert [one["submission"] for one in third["earlier"]] == ["s1", "s2"]


def test_the_history_is_bounded_and_small():
    record = None
    for number in range(60):
        record = evidence(f"{number:064}", record)
    assert [int(one["submission"]) for one in record["earlier"]] == list(range(39, 59))
    assert len(json.dumps(record["earlier"])) < 20 * 300


@pytest.mark.parametrize(
    "change",
    [{"marks": []}, {"hashes": {}}, {"hashes": None}],
    ids=["refused", "never graded", "half a record"],
)
def test_what_was_not_graded_is_no_history(change):
    assert evidence("s2", {**evidence("s1"), **change})["earlier"] == []


def test_a_record_from_before_there_was_a_history_begins_one():
    old = {key: value for key, value in evidence("s1").items() if key != "earlier"}
    assert [one["submission"] for one in evidence("s2", old)["earlier"]] == ["s1"]
    assert evidence("s1", old)["earlier"] == []
