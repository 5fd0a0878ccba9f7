"""Who has completed a course, and the papers: a cohort of four, in Korean."""

import csv
import hashlib
import io
import json
import re
from datetime import date, timedelta

import pytest
from nbgrader.api import Gradebook
from typer.testing import CliRunner

from biolabkit import plot
from biolabkit.errors import CourseError
from biolabkit_autograder import cli
from biolabkit_autograder.completion.certificate import certificate
from biolabkit_autograder.completion.complete import complete
from biolabkit_autograder.completion.standing import standings
from biolabkit_autograder.completion.transcript import Transcript
from biolabkit_autograder.course import open_course

from .conftest import EXERCISE, NOW

TODAY = date(2026, 12, 2)


@pytest.fixture
def cohort(course, give):
    """Kim keeps every rule, Lee was away too often, Ana's essay waits, Choi handed in nothing."""
    give("kim", 1.0, 2.0, 1.5)
    give("lee", 1.0, 2.0, 2.0)
    give("garcia.ana", 1.0, 0.0)
    return course


def by_learner(course, now=NOW):
    return {one.learner: one for one in standings(course, now)}


def needs_korean_font():
    if plot.korean_font() is None:
        pytest.skip("no Korean font is installed")


def test_where_each_learner_stands(cohort):
    found = by_learner(cohort)
    assert {learner: (one.status, one.percent) for learner, one in found.items()} == {
        "kim": ("completed", 90.0),
        "lee": ("not_completed", 100.0),
        "garcia.ana": ("waiting", 20.0),
        "choi": ("not_completed", 0.0),
    }
    assert found["kim"].reasons == ()
    assert found["lee"].reasons == ("출석률이 60%입니다. 기준은 80%입니다.",)
    assert found["garcia.ana"].reasons[0].endswith("직접 채점을 기다리고 있습니다.")
    assert found["choi"].reasons[1] == "genome 트랙 점수의 0%를 얻었습니다. 기준은 50%입니다."
    competencies = {one.code: one.percent for one in found["kim"].competencies}
    assert set(competencies.values()) == {90.0}
    assert found["choi"].competencies == ()


def test_an_essay_that_waits_is_never_failed(course, give):
    """Lee's attendance can not be mended, and still nobody has decided."""
    give("lee", 0.0, 0.0)
    assert by_learner(course)["lee"].status == "waiting"


def test_what_could_not_be_graded_waits_for_a_person(course):
    from biolabkit_autograder.store import Store

    with Store(course) as store:
        store.sync()
        store.save_refusal(EXERCISE, "choi", "not JSON", 5.0, None)
    choi = by_learner(course)["choi"]
    assert (choi.status, choi.percent) == ("waiting", None)


def test_before_the_due_date_nobody_has_failed(cohort):
    before = by_learner(cohort, NOW - timedelta(days=10))
    assert (before["choi"].status, before["lee"].status) == ("in_progress", "in_progress")
    assert before["choi"].reasons[-1].endswith("2026-12-01 23:59까지 제출할 수 있습니다.")
    assert before["kim"].status == "completed"


def test_an_extension_counts(cohort):
    with Gradebook(cohort.gradebook_url) as gradebook:
        gradebook.find_submission(EXERCISE, "lee").extension = timedelta(days=7)
        gradebook.db.commit()
    found = by_learner(cohort)
    assert (found["lee"].status, found["choi"].status) == ("in_progress", "not_completed")


def test_a_penalty_for_lateness_counts_as_in_the_export(cohort, change):
    with Gradebook(cohort.gradebook_url) as gradebook:
        gradebook.find_submission(EXERCISE, "kim").timestamp = NOW.replace(tzinfo=None)
        gradebook.db.commit()
    late = change("\n[limits]", "\n[late]\npercent_per_day = 50\n[limits]")
    kim = by_learner(late)["kim"]
    assert (kim.percent, kim.works[0].late_penalty, kim.status) == (45.0, 2.25, "not_completed")


def test_attendance_that_is_not_written_down_waits(cohort):
    path = cohort.folder / "attendance.csv"
    path.write_text("id,출석률\nlee,80%\n", encoding="utf-8")
    found = by_learner(cohort)
    assert (found["lee"].status, found["kim"].status) == ("completed", "waiting")
    assert found["kim"].reasons == ("출석이 아직 기록되지 않았습니다.",)


def test_the_files_of_a_cohort(cohort):
    needs_korean_font()
    done = complete(cohort, on=TODAY, now=NOW)
    assert (done.withdrawn, done.problems) == ((), ())
    names = {path.relative_to(done.folder).as_posix() for path in done.folder.rglob("*.*")}
    papers = {"certificates/kim.en.pdf", "certificates/kim.ko.pdf", "badges/kim.json"}
    assert names == {"completion.csv", *papers} | {
        f"transcripts/{one}.{kind}" for one in cohort.roster for kind in ("json", "html")
    }
    text = (done.folder / "completion.csv").read_bytes().decode("utf-8")
    assert text.startswith("\ufeff"), "Excel takes a file without it for CP949"
    rows = list(csv.DictReader(io.StringIO(text[1:], newline="")))
    assert [(row["name"], row["status"], row["issued"]) for row in rows[:2]] == [
        ("김하늘", "completed", "2026-12-02"),
        ("이수진", "not_completed", ""),
    ]
    written = {path: path.read_bytes() for path in done.folder.rglob("*.*")}
    again = complete(cohort, on=TODAY + timedelta(days=9), now=NOW)
    assert {path: path.read_bytes() for path in again.folder.rglob("*.*")} == written, "a date that stays"


def test_a_transcript_names_its_evidence(cohort):
    done = complete(cohort, on=TODAY, now=NOW)
    transcript = json.loads((done.folder / "transcripts" / "kim.json").read_text(encoding="utf-8"))
    (work,) = transcript["exercises"]
    record = cohort.evidence(EXERCISE, "kim").read_bytes()
    assert work["sha256"] == {
        "record": hashlib.sha256(record).hexdigest(),
        "submission": json.loads(record)["hashes"]["submission"],
    }
    assert (transcript["issued"], transcript["attendance"]["percent"]) == ("2026-12-02", 80.0)
    page = (done.folder / "transcripts" / "kim.html").read_text(encoding="utf-8")
    for text in (
        "이수 내역서",
        "김하늘",
        "전체 5회 중 4회",
        work["sha256"]["record"],
        transcript["certificate"],
    ):
        assert text in page
    assert hashlib.sha256((done.folder / "transcripts" / "kim.json").read_bytes()).hexdigest() in page
    assert not re.search(r"<script|https?://|[^\w]None[^\w]", page)


def test_a_name_is_text_on_every_page(cohort):
    (cohort.folder / "roster.csv").write_text("id,name\nkim,<b>$x^2$ & Co\n", encoding="utf-8")
    done = complete(open_course(cohort.folder), on=TODAY, now=NOW)
    page = (done.folder / "transcripts" / "kim.html").read_text(encoding="utf-8")
    assert "&lt;b&gt;$x^2$ &amp; Co" in page
    assert (done.folder / "certificates" / "kim.en.pdf").stat().st_size > 1000


def test_a_certificate_is_one_page_with_its_fonts_and_the_date(cohort):
    needs_korean_font()
    kim = Transcript(cohort, by_learner(cohort)["kim"], TODAY)
    issuer = cohort.spec.completion.issuer
    made = {language: certificate(kim, issuer, language) for language in ("en", "ko")}
    for data in made.values():
        assert data.startswith(b"%PDF-")
        assert data.count(b"/Type /Page ") == 1
        assert b"/Subtype /Type3" in data, "glyphs embedded"
        assert b"/CreationDate (D:20261202000000Z)" in data
        assert kim.number.encode() in data
    assert made["en"] != made["ko"]


def test_no_korean_font(cohort, monkeypatch):
    """Names in Korean need one; the other papers are written."""
    monkeypatch.setattr(plot, "korean_font", lambda: None)
    done = complete(cohort, on=TODAY, now=NOW)
    (problem,) = done.problems
    assert problem.startswith("no Korean font is installed")
    assert "apt install" in problem
    assert (done.folder / "badges" / "kim.json").exists()
    assert not (done.folder / "certificates").exists()


def test_a_letter_that_no_font_has(cohort):
    (cohort.folder / "roster.csv").write_text("id,name\nkim,\U00013080 Ra\n", encoding="utf-8")
    done = complete(open_course(cohort.folder), on=TODAY, now=NOW)
    assert done.problems == ("\U00013080 Ra: no installed font can write '\U00013080'; install one that can",)


def test_a_certificate_of_somebody_who_fell_short_is_removed(cohort, give):
    needs_korean_font()
    complete(cohort, on=TODAY, now=NOW)
    give("kim", 0.0, 0.0, 0.0)
    done = complete(cohort, on=TODAY, now=NOW)
    assert done.withdrawn == ("kim",)
    assert not [path for path in done.folder.rglob("kim.*") if path.parent.name != "transcripts"]
    assert json.loads((done.folder / "transcripts" / "kim.json").read_text("utf-8"))["issued"] is None


def test_without_an_issuer_there_is_no_certificate(cohort):
    path = cohort.folder / "course.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("\n[completion.issuer]")], encoding="utf-8")
    done = complete(open_course(cohort.folder), on=TODAY, now=NOW)
    assert len(done.problems) == 1
    assert "add [completion.issuer]" in done.problems[0]
    assert done.standings[0].status == "completed"


@pytest.mark.usefixtures("cohort")
def test_an_issuer_without_a_page_gives_no_badge(change):
    needs_korean_font()
    done = complete(change('url = "https://example.org/institute"\n', ""), on=TODAY, now=NOW)
    assert done.problems == ()
    assert not (done.folder / "badges").exists()


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ("percent = 60", "percent = 160", r"course.toml:\d+: completion.percent: .*100"),
        ("genome = 50", "genom = 50", "no exercise of the track 'genom'; did you mean 'genome'"),
        ('url = "https:', 'url = "ftp:', "completion.issuer.url"),
        ("hours = 6", "hour = 6", "unknown key completion.hour; did you mean 'hours'"),
    ],
)
def test_rules_that_cannot_be(change, old, new, words):
    with pytest.raises(CourseError, match=words):
        change(old, new)


def command(*arguments):
    done = CliRunner().invoke(cli.course, ["complete", *map(str, arguments)])
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done


def test_the_command(cohort, tmp_path):
    needs_korean_font()
    done = command("--course", cohort.folder, "--to", tmp_path / "papers", "--date", "2026-11-30")
    assert done.exit_code == 0
    assert "1 completed: kim\n1 waiting: garcia.ana\n" in done.stdout
    transcript = json.loads((tmp_path / "papers" / "transcripts" / "kim.json").read_text("utf-8"))
    assert transcript["issued"] == "2026-11-30"


def test_the_command_without_rules_or_attendance(course):
    with pytest.raises(CourseError, match="expected a date such as"):
        command("--course", course.folder, "--date", "30.11.2026")
    (course.folder / "attendance.csv").unlink()
    with pytest.raises(
        CourseError, match=r"attendance\.csv is missing; put it there, or remove attendance_percent"
    ):
        command("--course", course.folder)
    assert not (course.folder / "completion").exists()
    path = course.folder / "course.toml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text[: text.index("\n[completion]")], encoding="utf-8")
    with pytest.raises(CourseError, match="does not say what completes the course") as caught:
        command("--course", course.folder)
    assert "\n" not in str(caught.value)
