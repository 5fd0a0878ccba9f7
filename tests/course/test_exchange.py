"""The exchange on a shared server: modes, what is published, whose a submission is, feedback by its token."""

import hashlib
import json
import os
import re
import shutil
import stat
import unicodedata
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from biolabkit.bench import feedback as trainee_feedback
from biolabkit.bench import receipts
from biolabkit.bench.folder import fetch, open_folder
from biolabkit.bench.joining import join
from biolabkit.bench.submit import submit
from biolabkit.errors import CourseError
from biolabkit_autograder.course import open_course
from biolabkit_autograder.workflow.collect import collect, read_timestamp
from biolabkit_autograder.workflow.exchange import make_exchange, publish_release, unreachable
from biolabkit_autograder.workflow.publish import write_course_file
from biolabkit_autograder.workflow.publish_feedback import publish_feedback

EXERCISE = "genome-01-gc-content"
ME = str(os.geteuid()) if hasattr(os, "geteuid") else ""

pytestmark = pytest.mark.skipif(os.name == "nt", reason="an exchange needs POSIX accounts")
as_root = pytest.mark.skipif(ME != "0", reason="only root may give a file to another account")


def now(**offset):
    return (datetime.now(UTC) + timedelta(**offset)).strftime("%Y-%m-%d %H:%M:%S.%f UTC")


@pytest.fixture
def course(course, tmp_path):
    """The course with an exchange, where every learner's account is the one that runs the tests."""
    text = (course.folder / "course.toml").read_text("utf-8")
    (course.folder / "course.toml").write_text(f'exchange = "{tmp_path / "exchange"}"\n{text}', "utf-8")
    write_roster(course, kim=ME, lee=ME)
    (tmp_path / "exchange").mkdir()
    opened = open_course(course.folder)
    write_course_file(opened)
    publish_release(opened, [EXERCISE])
    return opened


@pytest.fixture
def kim(course, tmp_path):
    """A trainee's folder of the course."""
    return join(course.exchange, tmp_path / "kim", learner="kim")[0]


@pytest.fixture
def inbound(course):
    return course.exchange / "inbound"


def write_roster(course, **accounts):
    lines = [f"{learner},{learner},,{account}" for learner, account in accounts.items()]
    (course.folder / "roster.csv").write_text("\n".join(["id,name,email,account", *lines]), "utf-8")


def mode(path):
    return stat.S_IMODE(path.stat().st_mode)


def put(inbound, data, learner="kim", stamp=None, token="a" * 32, exercise=EXERCISE, **files):
    """A submission's folder as anybody on the server could make it."""
    stamp = stamp or now()
    folder = inbound / f"{learner}+{exercise}+{stamp}+{token}"
    folder.mkdir()
    (folder / f"{exercise}.ipynb").write_bytes(data)
    (folder / "timestamp.txt").write_text(stamp)
    for name, content in files.items():
        (folder / name.replace("_json", ".json")).write_text(content)
    return folder


def outcomes(course):
    return sorted((one.learner, one.outcome) for one in collect(open_course(course.folder)))


def problem(course):
    (one,) = [one for one in collect(open_course(course.folder)) if one.problem]
    return f"{one.origin}: {one.problem}"


def taken(course, learner="kim"):
    path = course.notebook("submitted", EXERCISE, learner)
    return path.read_bytes() if path.exists() else None


# the folders


@pytest.mark.parametrize("umask", [0o000, 0o022, 0o077, 0o777])
def test_modes_are_the_same_under_any_umask(course, umask, tmp_path):
    moved = replace(course, spec=course.spec.model_copy(update={"exchange": str(tmp_path / "other")}))
    (tmp_path / "other").mkdir()
    if umask == 0o777 and ME != "0":
        pytest.skip("nobody but root can write below such folders")
    before = os.umask(umask)
    try:
        publish_release(moved, [EXERCISE])
    finally:
        os.umask(before)
    root = moved.exchange
    found = {name: mode(root / name) for name in ("", "outbound", "inbound", "feedback")}
    assert found == {"": 0o755, "outbound": 0o755, "inbound": 0o1733, "feedback": 0o711}
    assert mode(root / "outbound" / EXERCISE) == 0o755
    files = [root / "course.json", *(root / "outbound" / EXERCISE).iterdir()]
    assert {mode(path) for path in files} == {0o644}


def test_the_instructor_s_own_folder_is_closed_to_others(biolab, tmp_path, sources):
    folder, exchange = tmp_path / "bio101", tmp_path / "srv" / "exchange"
    tmp_path.chmod(0o755)
    before = os.umask(0o077)
    try:
        done = biolab("course", "new", folder, "--source", sources, "--exchange", exchange)
    finally:
        os.umask(before)
    assert mode(exchange) == mode(exchange.parent) == 0o755
    assert f"biolab join {exchange / 'bio101'}" in done.stdout
    assert mode(folder) == 0o700
    assert mode(exchange / "bio101" / "inbound") == 0o1733
    opened = open_course(folder)
    assert opened.exchange == exchange / "bio101"
    assert (folder / "roster.csv").read_text() == "id,name,email,account\n"
    tmp_path.chmod(0o700)
    assert unreachable(opened.exchange) == tmp_path
    again = biolab("course", "new", tmp_path / "2" / "bio102", "--source", sources, "--exchange", exchange)
    assert "other accounts may not pass" in again.stderr


def test_an_earlier_course_of_the_same_id_is_not_taken_over(course, inbound, answered):
    put(inbound, answered["solution"])
    with pytest.raises(CourseError, match="holds an earlier course"):
        make_exchange(course, new=True)


def test_two_courses_of_one_id_are_not_mixed_before_anything_is_released(biolab, tmp_path, sources):
    exchange = tmp_path / "exchange"

    def new(name, **expected):
        folder = tmp_path / name / "bio"
        return biolab("course", "new", folder, "--source", sources, "--exchange", exchange, **expected)

    new("a")
    refused = new("b", status=2)
    assert refused.stderr.count("\n") == 1
    assert f"belongs to the course in {tmp_path / 'a' / 'bio'}" in refused.stderr
    assert not (tmp_path / "b" / "bio").exists()
    assert mode(exchange / "bio" / ".course") == 0o600
    shutil.rmtree(tmp_path / "a" / "bio")
    new("a")  # the same course again
    shutil.rmtree(tmp_path / "a" / "bio")
    new("b")
    assert (exchange / "bio" / ".course").read_text("utf-8") == f"{(tmp_path / 'b' / 'bio').resolve()}\n"


def test_a_copy_of_a_course_does_not_release_over_it_and_a_moved_one_does(course, tmp_path):
    shutil.copytree(course.folder, tmp_path / "copy")
    with pytest.raises(CourseError, match="which has the same id"):
        publish_release(open_course(tmp_path / "copy"), [EXERCISE])
    moved = course.folder.rename(tmp_path / "moved")
    publish_release(open_course(moved), [EXERCISE])
    assert (course.exchange / ".course").read_text("utf-8") == f"{moved.resolve()}\n"
    with pytest.raises(CourseError, match="which has the same id"):
        publish_release(open_course(tmp_path / "copy"), [EXERCISE])


@as_root
def test_a_folder_of_another_account_is_not_used(course):
    os.chown(course.exchange, 50001, 50001)
    with pytest.raises(CourseError, match="not your own folder"):
        publish_release(course, [EXERCISE])


def test_what_is_published_holds_no_answer_and_no_roster(course):
    released = json.loads((course.exchange / "course.json").read_text("utf-8"))
    (one,) = released["assignments"]
    assert one["title"] == {"en": "GC content", "ko": "GC 함량"}
    assert (one["name"], one["minutes"], one["track"], one["seconds_per_cell"]) == (
        EXERCISE,
        20,
        "genome",
        10,
    )
    assert datetime.fromisoformat(one["due"]) == course.due(EXERCISE)
    assert one["due"].endswith("+09:00")
    assert [task["name"] for task in one["tasks"]] == ["gc_content"]
    assert [(check["id"], check["points"]) for check in one["tasks"][0]["checks"]] == [
        ("check-gc_content-plain", 1),
        ("check-gc_content-unknown", 2),
    ]
    assert [essay["id"] for essay in one["essays"]] == ["essay-why"]
    everything = b"".join(path.read_bytes() for path in course.exchange.rglob("*") if path.is_file())
    assert b"HIDDEN TESTS" not in everything
    assert b"BEGIN SOLUTION" not in everything
    assert b"kim@example.org" not in everything


def test_a_file_that_is_released_no_more_goes_away(course):
    stale = course.exchange / "outbound" / EXERCISE / "old.csv"
    stale.write_text("x")
    publish_release(course, [EXERCISE])
    assert not stale.exists()


def test_an_exchange_that_is_gone_is_one_line(course, tmp_path):
    (tmp_path / "exchange").rename(tmp_path / "elsewhere")
    with pytest.raises(CourseError, match="cannot write into the exchange"):
        publish_release(course, [EXERCISE])
    assert "cannot be opened" in problem(course)


# a trainee's hand-in


def test_a_hand_in_is_collected_with_its_time(course, kim, answered):
    path = kim.assignments[0].notebook
    path.write_bytes(answered["solution"])
    before = os.umask(0o077)  # a careful trainee's
    try:
        receipt = submit(open_folder(kim.root), EXERCISE)
    finally:
        os.umask(before)
    assert mode(receipt.target) == 0o755
    assert {mode(file) for file in receipt.target.iterdir()} == {0o644}
    assert outcomes(course) == [("kim", "new")]
    assert taken(course) == answered["solution"]
    assert read_timestamp(course.notebook("submitted", EXERCISE, "kim")) == receipt.received
    assert outcomes(course) == [("kim", "same")]


def test_the_last_hand_in_counts_also_when_the_clock_was_put_back(course, kim, answered):
    first = submit(kim, EXERCISE)
    assert outcomes(course) == [("kim", "new")]
    kim.assignments[0].notebook.write_bytes(answered["solution"])
    second = submit(open_folder(kim.root), EXERCISE)
    assert second.replaces == first.token
    # the second one's folder, as a clock that was a minute slow would have named it
    stamp = (first.received - timedelta(minutes=1)).astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    moved = second.target.with_name(f"kim+{EXERCISE}+{stamp}+{second.token}")
    second.target.rename(moved)
    (moved / "timestamp.txt").write_text(stamp)
    assert outcomes(course) == [("kim", "older"), ("kim", "replaced")]
    assert taken(course) == answered["solution"]


def test_the_last_of_many_counts_though_its_clock_was_slow(course, inbound, answered):
    for number in range(8):
        last = number == 7
        put(
            inbound,
            answered["solution"] if last else answered["unsolved"],
            stamp=now(seconds=-90 if last else number - 10),
            token=f"{number:032x}",
            submission_json=json.dumps({"format": 1, "replaces": f"{number - 1:032x}" if number else None}),
        )
    assert outcomes(course) == [("kim", "new"), *[("kim", "older")] * 7]
    assert taken(course) == answered["solution"]


def test_an_unfinished_hand_in_is_passed_over_and_tidied_later(course, inbound, answered, monkeypatch):
    folder = put(inbound, answered["solution"])
    hidden = folder.rename(inbound / f".{'a' * 32}.part")
    assert outcomes(course) == []
    assert hidden.is_dir()
    monkeypatch.setattr("biolabkit_autograder.workflow.exchange_inbound._TIDY_AFTER", timedelta(0))
    assert outcomes(course) == []
    assert not hidden.exists()


# whose it is


@as_root
def test_a_submission_must_belong_to_the_learner_s_account(course, inbound, answered):
    folder = put(inbound, answered["solution"])
    os.chown(folder, 50001, 50001)
    said = problem(course)
    assert "claims to be of the learner 'kim'" in said
    assert "'50001'" in said
    write_roster(course, kim="50001", lee=ME)
    assert "is another account's" in problem(course)  # the file still is
    for path in folder.iterdir():
        os.chown(path, 50001, 50001)
    assert outcomes(course) == [("kim", "new")]


def test_without_the_column_the_account_is_called_as_the_learner(course, inbound, answered):
    (course.folder / "roster.csv").write_text("id,name\nnobody-is-called-so,Kim\n")
    put(inbound, answered["solution"], learner="nobody-is-called-so")
    assert "is not known on this machine; write it into the column account" in problem(course)


def test_nbgrader_names_the_account_and_not_the_learner(course, inbound, answered):
    write_roster(course, kim="x", lee=ME)
    put(inbound, answered["solution"], learner=ME, token="abc")
    assert outcomes(course) == [("lee", "new")]
    put(inbound, answered["unsolved"], learner=ME, token="b" * 32)
    told = problem(course)
    assert f"with the data of '{ME}' and is graded with those of 'lee'" in told
    assert 'learner = "lee"' in told


@as_root
def test_many_false_claims_are_one_line(course, inbound):
    for number in range(5):
        folder = put(inbound, b"", token=f"{number:032x}")
        os.chown(folder, 50001, 50001)
    (inbound / "junk").write_text("x")
    (inbound / "more junk").write_text("x")
    said = sorted(one.problem for one in collect(course))
    assert len(said) == 2
    assert said[0].endswith("refused (5 times)")
    assert said[1].endswith("2 such entries are passed over")


@pytest.fixture
def secret(course):
    """A file that only the instructor may read."""
    path = course.folder / "secret.ipynb"
    path.write_text('{"nbformat": 4, "cells": [], "answer": 42}')
    path.chmod(0o600)
    return path


def test_a_link_in_place_of_the_notebook_is_not_followed(course, inbound, secret):
    folder = put(inbound, b"")
    (folder / f"{EXERCISE}.ipynb").unlink()
    (folder / f"{EXERCISE}.ipynb").symlink_to(secret)
    assert "cannot be read" in problem(course)
    assert taken(course) is None


def test_a_link_in_place_of_the_folder_is_not_followed(course, inbound, secret, tmp_path):
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / f"{EXERCISE}.ipynb").write_bytes(secret.read_bytes())
    (inbound / f"kim+{EXERCISE}+{now()}+{'a' * 32}").symlink_to(tmp_path / "elsewhere")
    assert "is not a folder that can be read" in problem(course)
    assert taken(course) is None


def test_a_second_name_of_a_file_is_refused(course, inbound, secret):
    folder = put(inbound, b"")
    (folder / f"{EXERCISE}.ipynb").unlink()
    os.link(secret, folder / f"{EXERCISE}.ipynb")
    assert "hard link" in problem(course)
    assert taken(course) is None


def test_a_pipe_is_not_waited_for(course, inbound):
    folder = put(inbound, b"")
    (folder / f"{EXERCISE}.ipynb").unlink()
    os.mkfifo(folder / f"{EXERCISE}.ipynb")
    assert "regular file" in problem(course)


def test_a_huge_file_is_not_read(course, inbound):
    folder = put(inbound, b"")
    with (folder / f"{EXERCISE}.ipynb").open("wb") as stream:
        stream.truncate(40 * 2**20)
    assert "40 MB" in problem(course)


def test_a_folder_without_a_notebook(course, inbound):
    folder = put(inbound, b"")
    (folder / f"{EXERCISE}.ipynb").unlink()
    assert "has no notebook" in problem(course)


def test_a_time_that_the_file_system_denies_does_not_count(course, inbound, answered):
    put(inbound, answered["solution"], stamp=now(days=-3))
    assert "but was written at" in problem(course)
    at = read_timestamp(course.notebook("submitted", EXERCISE, "kim"))
    assert abs(datetime.now(UTC) - at) < timedelta(minutes=5)


def test_a_damaged_last_hand_in_leaves_the_one_before(course, inbound, answered):
    put(inbound, answered["solution"], stamp=now(seconds=-20), token="a" * 32)
    put(inbound, answered["solution"][:200], stamp=now(), token="b" * 32)
    collect(course)
    assert taken(course) == answered["solution"]


def test_an_unknown_learner_suggests_the_near_one(course, inbound, answered):
    put(inbound, answered["solution"], learner="kimm")
    assert "did you mean 'kim'?" in problem(course)


def test_korean_ids_however_the_system_writes_them(course, inbound, answered):
    write_roster(course, 김하늘=ME)
    put(inbound, answered["solution"], learner=unicodedata.normalize("NFD", "김하늘"))
    assert outcomes(course) == [("김하늘", "new")]


NAMES = st.lists(
    st.sampled_from(
        [
            "kim",
            "lee",
            "nobody",
            "..",
            EXERCISE,
            "x",
            now(),
            "2026-11-22",
            "a" * 32,
            "",
            " ",
            "\x1b[2J",
            "\n",
            "é",
        ]
    ),
    min_size=1,
    max_size=5,
).map("+".join)


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(NAMES, unique=True, max_size=6), kind=st.sampled_from(["folder", "file", "link"]))
def test_whatever_lies_there_is_a_line_and_never_an_error(course, inbound, names, kind):
    for name in names:
        if "/" in name or name in ("", ".", ".."):
            continue
        path = inbound / name
        make = {"folder": path.mkdir, "file": path.touch, "link": lambda path=path: path.symlink_to("/etc")}
        make[kind]()
    try:
        found = collect(course)
        assert all(one.problem and "\n" not in one.problem and "\x1b" not in one.origin for one in found)
        assert not any(course.folder.glob("submitted/*/*"))
    finally:
        for path in inbound.iterdir():
            path.rmdir() if path.is_dir() and not path.is_symlink() else path.unlink()


# feedback


def publish(course, receipt, points, page=b"<p>well done</p>"):
    about = {
        "format": 1,
        "exercise": EXERCISE,
        "learner": "kim",
        "points": points,
        "max_points": 5.0,
        "graded_at": "2026-11-22T10:00:00+00:00",
        "submission_sha256": receipt.sha256,
        "waiting": 1,
        "page_sha256": hashlib.sha256(page).hexdigest(),
    }
    publish_feedback(course, about, page)


def test_feedback_is_found_by_who_handed_in(course, kim, tmp_path):
    assert trainee_feedback.find(kim, EXERCISE) is None
    receipt = submit(kim, EXERCISE)
    collect(course)
    publish(course, receipt, 3.5)
    names = sorted(path.name for path in (course.exchange / "feedback").iterdir())
    assert names == [f"{receipt.token}.html", f"{receipt.token}.json"]
    found = trainee_feedback.find(kim, EXERCISE)
    assert (found.points, found.max_points, found.waiting) == (3.5, 5.0, 1)
    assert found.submission_sha256 == receipt.sha256
    assert found.page.read_bytes() == b"<p>well done</p>"
    publish(course, receipt, 4.0, b"<p>better</p>")
    assert trainee_feedback.find(kim, EXERCISE).page.read_bytes() == b"<p>better</p>"
    (tmp_path / "exchange").rename(tmp_path / "gone")
    assert trainee_feedback.find(kim, EXERCISE).points == 4.0  # the copy that was kept


def test_the_same_file_handed_in_twice_has_its_feedback_under_both_tokens(course, kim):
    first = submit(kim, EXERCISE)
    collect(course)
    second = submit(kim, EXERCISE)
    collect(course)
    publish(course, first, 3.0)
    found = {path.stem for path in (course.exchange / "feedback").glob("*.json")}
    assert found == {first.token, second.token}


def test_feedback_on_the_hand_in_before_is_shown_until_the_last_is_graded(course, kim, answered):
    first = submit(kim, EXERCISE)
    collect(course)
    publish(course, first, 1.0)
    kim.assignments[0].notebook.write_bytes(answered["solution"])
    second = submit(open_folder(kim.root), EXERCISE)
    assert trainee_feedback.find(kim, EXERCISE).submission_sha256 == first.sha256
    collect(course)
    publish(course, second, 5.0)
    assert trainee_feedback.find(kim, EXERCISE).points == 5.0


def test_in_an_inbox_feedback_is_found_by_the_file_that_was_handed_in(course, tmp_path):
    (course.folder / "course.toml").write_text(
        re.sub(r"^exchange.*\n", "", (course.folder / "course.toml").read_text("utf-8")), "utf-8"
    )
    without = open_course(course.folder)
    own = course.folder / "release" / EXERCISE / "biolab.toml"
    own.write_text(f'submit_to = "{course.inbox}"\nexercise = "{EXERCISE}"\nlanguage = "en"\n')
    kim = join(course.folder / "release", tmp_path / "desk", learner="kim")[0]
    receipt = submit(kim, EXERCISE)
    assert outcomes(without) == [("kim", "new")]
    publish(without, receipt, 2.0)
    assert outcomes(without) == [("kim", "same")]  # what is published is no submission
    assert trainee_feedback.find(kim, EXERCISE).points == 2.0
    assert mode(course.inbox / ".feedback") == 0o711


def test_feedback_is_also_where_learners_hand_in_if_that_is_elsewhere(course, tmp_path):
    (tmp_path / "drive").mkdir()
    spec = course.spec.model_copy(update={"exchange": None, "submit_to": str(tmp_path / "drive")})
    elsewhere = replace(course, spec=spec)
    desk = join(course.folder / "release", tmp_path / "desk", learner="kim")[0]
    at_drive = replace(desk, exchange=None, inbox=tmp_path / "drive")
    receipt = submit(at_drive, EXERCISE)
    shutil.copytree(tmp_path / "drive" / EXERCISE, course.inbox / EXERCISE)  # as a cloud drive does
    assert [(one.learner, one.outcome) for one in collect(elsewhere)] == [("kim", "new")]
    publish(elsewhere, receipt, 2.0)
    assert trainee_feedback.find(at_drive, EXERCISE).points == 2.0


@pytest.mark.journey
def test_the_round_from_release_to_feedback(course, answered, biolab, tmp_path):
    released = biolab("course", "release", cwd=course.folder).stdout
    assert released.strip().endswith(f"{EXERCISE}.ipynb")
    desk = tmp_path / "책상"
    biolab("join", course.exchange, desk, "--learner", "kim")
    (desk / EXERCISE / f"{EXERCISE}.ipynb").write_bytes(answered["solution"])
    assert "Submitted" in biolab("submit", cwd=desk).stdout
    assert biolab("course", "collect", cwd=course.folder).stdout == "1 new\n"
    biolab("course", "grade", cwd=course.folder)
    done = biolab("course", "feedback", cwd=course.folder)
    assert f"published in {course.exchange}" in done.stdout
    opened = open_folder(desk)
    found = trainee_feedback.find(opened, EXERCISE)
    assert (found.points, found.max_points, found.waiting) == (3.0, 5.0, 1)
    assert found.submission_sha256 == receipts.newest(opened, EXERCISE).sha256
    page = course.notebook("feedback", EXERCISE, "kim").with_suffix(".html")
    assert found.page.read_bytes() == page.read_bytes()


# the same layout, nbgrader's tools


@pytest.fixture
def nbgrader(course, tmp_path):
    """Make one of nbgrader's exchange tools for the course."""
    from nbgrader.auth import Authenticator
    from nbgrader.coursedir import CourseDirectory
    from traitlets.config import Config

    def make(tool, root=None, learner="", **options):
        root = root or course.folder
        directory = CourseDirectory(root=str(root), course_id="gc-2026", assignment_id=EXERCISE)
        directory.student_id = learner or "*"
        config = Config()
        config.Exchange.root = str(course.exchange.parent)
        config.Exchange.cache = str(tmp_path / "cache")
        config.Exchange.assignment_dir = str(tmp_path / "student")
        for name, value in options.items():
            setattr(config[tool.__name__], name, value)
        return tool(coursedir=directory, authenticator=Authenticator(), config=config)

    (tmp_path / "exchange").chmod(0o777)  # nbgrader wants it so
    (tmp_path / "student").mkdir()
    return make


def test_nbgrader_collects_what_we_hand_in(course, kim, nbgrader):
    from nbgrader.exchange.default import ExchangeCollect

    receipt = submit(kim, EXERCISE)
    nbgrader(ExchangeCollect).start()
    folder = course.notebook("submitted", EXERCISE, "kim").parent
    assert (folder / f"{EXERCISE}.ipynb").read_bytes() == receipt.notebook.read_bytes()
    assert read_timestamp(folder / f"{EXERCISE}.ipynb") == receipt.received


def test_nbgrader_lists_what_we_publish_and_what_we_hand_in(kim, nbgrader):
    from nbgrader.exchange.default import ExchangeList

    submit(kim, EXERCISE)
    released = nbgrader(ExchangeList)
    released.coursedir.assignment_id = released.coursedir.student_id = ""
    assert [one["assignment_id"] for one in released.start()] == [EXERCISE]
    inbound = nbgrader(ExchangeList, inbound=True)
    inbound.coursedir.student_id = ""
    (assignment,) = inbound.start()
    (one,) = assignment["submissions"]
    assert (one["student_id"], one["assignment_id"]) == ("kim", EXERCISE)


def test_nbgrader_fetches_from_us_hands_in_to_us_and_fetches_its_feedback(course, nbgrader, tmp_path):
    from nbgrader.exchange.default import ExchangeFetchAssignment, ExchangeFetchFeedback, ExchangeSubmit

    nbgrader(ExchangeFetchAssignment, learner="kim").start()
    notebook = tmp_path / "student" / EXERCISE / f"{EXERCISE}.ipynb"
    assert notebook.read_bytes() == course.notebook("release", EXERCISE).read_bytes()
    nbgrader(ExchangeSubmit, learner="kim").start()
    assert outcomes(course) == [("kim", "new")]
    assert taken(course) == notebook.read_bytes()
    publish(course, replace(_no_receipt(), sha256=hashlib.sha256(notebook.read_bytes()).hexdigest()), 3.0)
    nbgrader(ExchangeFetchFeedback, learner="kim").start()
    (page,) = (tmp_path / "student" / EXERCISE / "feedback").rglob("*.html")
    assert page.read_bytes() == b"<p>well done</p>"


def _no_receipt():
    nothing = datetime.now(UTC)
    return receipts.Receipt(EXERCISE, "kim", None, nothing, nothing, "", None, "")


# what is new


def test_a_new_release_reaches_the_trainee_and_never_over_their_work(course, kim):
    mine = kim.assignments[0].notebook
    assert [(one.outcome, one.path) for one in fetch(kim)] == [("same", mine)]
    _release_again(course, "v2")
    assert [one.outcome for one in fetch(kim)] == ["updated"]
    assert b"v2" in mine.read_bytes()
    _work_in(mine, "# my work")
    assert [one.outcome for one in fetch(open_folder(kim.root))] == ["same"]
    _release_again(course, "v3")
    (one,) = fetch(open_folder(kim.root))
    assert (one.outcome, one.path.name) == ("kept", f"{EXERCISE} (new).ipynb")
    assert b"my work" in mine.read_bytes()
    assert b"v3" in one.path.read_bytes()
    assert [one.outcome for one in fetch(open_folder(kim.root))] == ["same"]
    opened = open_folder(kim.root).assignments[0]
    assert (opened.notebook, opened.others) == (mine, ())


def _work_in(path, text):
    notebook = json.loads(path.read_text("utf-8"))
    cell = next(cell for cell in notebook["cells"] if cell["metadata"].get("nbgrader", {}).get("solution"))
    cell["source"] = text
    path.write_text(json.dumps(notebook), "utf-8")


def _release_again(course, text):
    path = course.notebook("release", EXERCISE)
    notebook = json.loads(path.read_text("utf-8"))
    notebook["metadata"]["version"] = text
    path.write_text(json.dumps(notebook), "utf-8")
    write_course_file(course)
    publish_release(course, [EXERCISE])
