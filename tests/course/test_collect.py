"""Files as learners hand them in: every way in, and every way to get it wrong."""

import os
import zipfile
from datetime import UTC, datetime

import pytest

from biolabkit_autograder.course import open_course
from biolabkit_autograder.workflow.collect import collect, read_timestamp

EXERCISE = "genome-01-gc-content"


def outcomes(course):
    return {(one.learner, one.outcome) for one in collect(course)}


def problem(course):
    (one,) = [one for one in collect(course) if one.problem]
    return f"{one.origin}: {one.problem}"


def touch(path, when):
    at = datetime(*when, tzinfo=UTC).timestamp()
    os.utime(path, (at, at))


def test_both_layouts_and_copies_of_downloads(course, answered):
    files = {
        f"{EXERCISE}/kim.ipynb": "solution",
        f"lee/{EXERCISE}-Copy1.ipynb": "unsolved",
        f"garcia.ana/{EXERCISE} (2).ipynb": "unsolved",
    }
    for name, answer in files.items():
        path = course.inbox / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(answered[answer])
    assert outcomes(course) == {("kim", "new"), ("lee", "new"), ("garcia.ana", "new")}
    assert course.notebook("submitted", EXERCISE, "kim").read_bytes() == answered["solution"]
    assert outcomes(course) == {("kim", "same"), ("lee", "same"), ("garcia.ana", "same")}


def test_files_side_by_side_with_both_names(course, answered):
    (course.inbox / f"kim+{EXERCISE}.ipynb").write_bytes(answered["solution"])
    (course.inbox / "uploads").mkdir()
    (course.inbox / "uploads" / f"lee+{EXERCISE} (1).ipynb").write_bytes(answered["unsolved"])
    with zipfile.ZipFile(course.inbox / "form.zip", "w") as archive:
        archive.writestr(f"garcia.ana+{EXERCISE}.ipynb", answered["unsolved"])
    assert outcomes(course) == {("kim", "new"), ("lee", "new"), ("garcia.ana", "new")}
    assert course.notebook("submitted", EXERCISE, "kim").read_bytes() == answered["solution"]


@pytest.mark.parametrize(
    "names",
    [
        (
            f"김하늘_4711_assignsubmission_file_/{EXERCISE}.ipynb",
            f"수진 이_4712_assignsubmission_file/{EXERCISE} (1).ipynb",
            f"all/García Ana_4713_assignsubmission_file_{EXERCISE}.ipynb",
        ),
        (
            f"김하늘_4711_90001_{EXERCISE}.ipynb",
            f"이수진_LATE_4712_90002_{EXERCISE}-1.ipynb",
            f"garcíaana_4713_90003_{EXERCISE}.ipynb",
        ),
    ],
    ids=["moodle", "canvas"],
)
def test_a_learning_system_s_download_is_read_by_the_names_of_the_roster(course, answered, names):
    with zipfile.ZipFile(course.inbox / "all.zip", "w") as archive:
        for name in names:
            archive.writestr(name, answered["solution"])
    assert outcomes(course) == {("kim", "new"), ("lee", "new"), ("garcia.ana", "new")}


def test_namesakes_and_strangers_of_a_learning_system_are_refused_with_what_to_do(course, answered):
    with (course.folder / "roster.csv").open("a", encoding="utf-8") as stream:
        stream.write("kim2,김하늘,\n")
    changed = open_course(course.folder)
    for name in ("김하늘", "박지호"):
        path = course.inbox / f"{name}_4711_assignsubmission_file_" / f"{EXERCISE}.ipynb"
        path.parent.mkdir()
        path.write_bytes(answered["solution"])
    several, nobody = (one.problem for one in collect(changed))
    assert "several learners are called '김하늘'; rename the file" in several
    assert nobody.startswith("there is no learner in the roster '박지호'")


def test_an_id_that_looks_like_a_download_stays_an_id(course, hand_in, answered):
    with (course.folder / "roster.csv").open("a", encoding="utf-8") as stream:
        stream.write("kim_1_2_x,Kim,\n")
    hand_in("kim_1_2_x", answered["solution"])
    assert outcomes(open_course(course.folder)) == {("kim_1_2_x", "new")}


def test_the_time_stamp_is_utc_as_nbgrader_reads_it(course, hand_in, answered):
    from nbgrader.coursedir import CourseDirectory

    touch(hand_in("kim", answered["solution"]), (2026, 11, 20, 3, 4, 5))
    collect(course)
    path = course.notebook("submitted", EXERCISE, "kim")
    at = datetime(2026, 11, 20, 3, 4, 5, tzinfo=UTC)
    assert read_timestamp(path) == at
    theirs = CourseDirectory(root=str(course.folder)).get_existing_timestamp(str(path.parent))
    assert theirs == at.replace(tzinfo=None)


def test_a_newer_file_replaces_an_older_one_only(course, hand_in, answered):
    touch(hand_in("kim", answered["unsolved"]), (2026, 11, 20))
    collect(course)
    touch(hand_in("kim", answered["solution"]), (2026, 11, 21))
    assert outcomes(course) == {("kim", "replaced")}
    touch(hand_in("kim", answered["unsolved"]), (2026, 11, 19))
    assert outcomes(course) == {("kim", "older")}
    assert course.notebook("submitted", EXERCISE, "kim").read_bytes() == answered["solution"]


def test_a_damaged_file_does_not_replace_a_whole_one(course, hand_in, answered):
    touch(hand_in("kim", answered["solution"]), (2026, 11, 20))
    collect(course)
    touch(hand_in("kim", answered["solution"][:300]), (2026, 11, 21))
    assert "not JSON" in problem(course)
    assert "the earlier submission is kept" in problem(course)
    assert course.notebook("submitted", EXERCISE, "kim").read_bytes() == answered["solution"]


def test_a_damaged_first_file_is_taken_and_said(course, hand_in):
    hand_in("kim", b'{"cells": [')
    assert "the file is not JSON" in problem(course)
    assert course.notebook("submitted", EXERCISE, "kim").is_file()


def test_an_unknown_learner_suggests_the_near_one(course, hand_in, answered):
    hand_in("garcia.anna", answered["solution"])
    said = problem(course)
    assert said.startswith(f"{EXERCISE}/garcia.anna.ipynb: there is no learner")
    assert "did you mean 'garcia.ana'?" in said
    assert not any(course.folder.glob("submitted/*/*"))


def test_an_unknown_exercise_suggests_the_near_one(course, hand_in, answered):
    hand_in("kim", answered["solution"], exercise="genome-01-gc")
    assert "did you mean 'genome-01-gc-content'?" in problem(course)


def test_a_file_in_no_place(course, answered):
    (course.inbox / "kim.ipynb").write_bytes(answered["solution"])
    assert "expected inbox/<exercise>/<learner>.ipynb" in problem(course)


def test_a_link_is_not_followed(course, tmp_path, answered):
    (tmp_path / "real.ipynb").write_bytes(answered["solution"])
    (course.inbox / EXERCISE).mkdir()
    (course.inbox / EXERCISE / "kim.ipynb").symlink_to(tmp_path / "real.ipynb")
    assert "symbolic link" in problem(course)


def test_a_zip_file_of_submissions(course, answered):
    with zipfile.ZipFile(course.inbox / "week 1.zip", "w") as archive:
        archive.writestr(f"download/{EXERCISE}/kim.ipynb", answered["solution"])
        archive.writestr(f"lee/{EXERCISE}.ipynb", answered["unsolved"])
        archive.writestr("__MACOSX/lee/._x.ipynb", b"x")
        archive.writestr("readme.txt", b"x")
    assert outcomes(course) == {("kim", "new"), ("lee", "new")}


def test_korean_names_in_a_zip_file_of_windows(course, answered):
    """Explorer writes CP949 without the flag that says how names are encoded."""
    (course.folder / "roster.csv").write_text("id,name\n김하늘,김하늘\n", encoding="utf-8")
    encoded = f"{EXERCISE}/김하늘.ipynb".encode("cp949")
    with zipfile.ZipFile(course.inbox / "a.zip", "w") as archive:
        archive.writestr("p" * len(encoded), answered["solution"])
    data = (course.inbox / "a.zip").read_bytes().replace(b"p" * len(encoded), encoded)
    (course.inbox / "a.zip").write_bytes(data)
    assert {one.learner for one in collect(open_course(course.folder))} == {"김하늘"}


@pytest.mark.parametrize("name", [f"../../{EXERCISE}/kim.ipynb", f"/{EXERCISE}/kim.ipynb"])
def test_a_zip_member_cannot_leave_its_place(course, answered, name):
    with zipfile.ZipFile(course.inbox / "a.zip", "w") as archive:
        archive.writestr(name, answered["solution"])
    assert "its path leaves the archive" in problem(course)
    assert not any(course.folder.glob("submitted/*/*"))


def test_a_zip_bomb_is_read_no_further_than_the_limit(course):
    with zipfile.ZipFile(course.inbox / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"{EXERCISE}/kim.ipynb", bytes(64 * 2**20))
    assert (course.inbox / "a.zip").stat().st_size < 200_000
    assert "more than 20 MB" in problem(course)


def test_many_large_members_are_not_all_read(course, monkeypatch):
    monkeypatch.setattr("biolabkit_autograder.workflow.collect._MAX_ZIP_BYTES", 50 * 2**20)
    with zipfile.ZipFile(course.inbox / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for learner in ("kim", "lee", "park", "choi"):
            archive.writestr(f"{EXERCISE}/{learner}.ipynb", bytes(24 * 2**20))
    told = {one.origin: one.problem.partition(";")[0] for one in collect(open_course(course.folder))}
    assert told == {
        f"a.zip/{EXERCISE}/kim.ipynb": "has more than 20 MB",
        f"a.zip/{EXERCISE}/lee.ipynb": "has more than 20 MB",
        "a.zip": "unpacks to more than 4 GB",
    }


def test_a_damaged_zip_file(course):
    (course.inbox / "a.zip").write_bytes(b"PK\x03\x04 cut off")
    assert "cannot be read as a zip file" in problem(course)


def test_what_is_refused_is_said_in_the_language_of_the_course(course, hand_in, answered):
    settings = course.folder / "course.toml"
    settings.write_text(settings.read_text().replace('language = "en"', 'language = "ko"'), encoding="utf-8")
    for learner in ("2027999", "kimm"):
        hand_in(learner, answered["solution"])
    hand_in("kim", answered["solution"], exercise="숙제")
    hand_in("lee", b'{"cells": [')
    (course.inbox / "kim.ipynb").write_bytes(answered["solution"])
    (course.inbox / "a.zip").write_bytes(b"PK\x03\x04 cut off")
    said = {one.origin: one.problem for one in collect(open_course(course.folder))}
    assert said == {
        f"{EXERCISE}/2027999.ipynb": "명단에 없는 학습자입니다: '2027999'. roster.csv 파일을 확인하십시오",
        f"{EXERCISE}/kimm.ipynb": "명단에 없는 학습자입니다: 'kimm'. 'kim'입니까?",
        f"{EXERCISE}/lee.ipynb": "JSON이 아닙니다(1번째 줄 12번째 글자). 파일이 잘렸을 수 있으니 "
        "JupyterLab에서 저장한 뒤 다시 제출하십시오",
        "숙제/kim.ipynb": "이 과정에 없는 실습입니다: '숙제'",
        "kim.ipynb": "제출물이 있을 위치가 아닙니다. inbox/<실습>/<학습자>.ipynb, "
        "inbox/<학습자>/<실습>.ipynb, inbox/<학습자>+<실습>.ipynb 중 하나로 두십시오",
        "a.zip": "zip 파일로 읽을 수 없습니다. 다시 만들어 넣으십시오",
    }


def test_who_is_unknown_is_told_without_the_whole_roster(course, hand_in, answered):
    hand_in("2027999", answered["solution"])
    told = f"{EXERCISE}/2027999.ipynb: there is no learner in the roster '2027999'; see roster.csv"
    assert problem(course) == told
