"""course.toml and the roster: what is right is read, what is wrong is said all at once with its line."""

from datetime import UTC, datetime

import pytest

from biolabkit.errors import CourseError, UnknownNameError
from biolabkit_autograder.course import open_course, unknown_exercises
from biolabkit_autograder.course_spec import LatePolicy
from biolabkit_autograder.roster import read_roster, told_apart
from biolabkit_autograder.workflow.build import not_to_be_had

GOOD = """\
id = "genomics-2026"
title = { en = "Genomics", ko = "유전체학" }
language = "ko"
timezone = "Asia/Seoul"
sources = ["exercises"]

[[exercises]]
name = "genome-05-diploid-genotypes"
due = 2026-12-01T23:59:00
"""


@pytest.fixture
def opened(tmp_path):
    def write(text):
        (tmp_path / "course.toml").write_text(text, encoding="utf-8")
        return open_course(tmp_path)

    return write


def test_a_due_date_is_the_clock_of_the_named_zone(opened):
    course = opened(GOOD)
    assert course.due("genome-05-diploid-genotypes") == datetime(2026, 12, 1, 14, 59, tzinfo=UTC)
    late = datetime(2026, 12, 1, 15, 0, tzinfo=UTC)
    assert course.seconds_late("genome-05-diploid-genotypes", late) == 60
    assert course.seconds_late("genome-05-diploid-genotypes", datetime(2026, 11, 1, tzinfo=UTC)) == 0


def test_summer_time_is_in_a_named_zone(opened):
    text = GOOD.replace("Asia/Seoul", "Europe/Berlin")
    winter = opened(text).due("genome-05-diploid-genotypes")
    summer = opened(text.replace("2026-12-01", "2026-07-01")).due("genome-05-diploid-genotypes")
    assert (winter.hour, summer.hour) == (22, 21)


def test_a_date_alone_is_the_end_of_that_day(opened):
    due = opened(GOOD.replace("2026-12-01T23:59:00", "2026-12-01")).due("genome-05-diploid-genotypes")
    assert due == datetime(2026, 12, 1, 14, 59, 59, tzinfo=UTC)


def test_all_problems_are_said_at_once_with_their_lines(opened):
    text = (
        GOOD.replace('id = "genomics-2026"', 'id = "genomics 2026"')
        .replace("language", "langauge")
        .replace("Asia/Seoul", "Asia/Soul")
        .replace("23:59:00", "23:59:00+09:00")
    )
    with pytest.raises(CourseError) as error:
        opened(text)
    lines = str(error.value).splitlines()
    found = {int(line.split("course.toml:")[1].split(":")[0]): line for line in lines}
    assert "id" in found[1]
    assert "did you mean 'language'?" in found[3]
    assert "did you mean 'Asia/Seoul'?" in found[4]
    assert "no offset" in found[9]
    assert any("language is missing" in line for line in lines)


@pytest.mark.parametrize("zone", ["+0900", "UTC+9", "GMT-3", "+09:00", "KST", "Etc/GMT+9", "Mars/Olympus"])
def test_only_named_zones(opened, zone):
    with pytest.raises(CourseError, match=r"course\.toml:4: timezone"):
        opened(GOOD.replace("Asia/Seoul", zone))


@pytest.mark.parametrize("due", ['"2026-12-01 23:59 +0900"', "2026-12-01T23:59:00Z", "23:59:00", "900"])
def test_only_local_due_dates(opened, due):
    with pytest.raises(CourseError, match=r"course.toml:9: exercises\.0\.due"):
        opened(GOOD.replace("2026-12-01T23:59:00", due))


def test_a_time_that_the_clocks_skip_is_refused(opened):
    text = GOOD.replace("Asia/Seoul", "Europe/Berlin").replace("2026-12-01T23:59", "2026-03-29T02:30")
    with pytest.raises(CourseError, match="does not exist in Europe/Berlin"):
        opened(text)


def test_the_same_exercise_twice_is_refused(opened):
    with pytest.raises(CourseError, match="twice"):
        opened(GOOD + '\n[[exercises]]\nname = "genome-05-diploid-genotypes"\n')


def test_values_that_do_not_go_together_are_said_at_once_with_their_lines(opened):
    text = GOOD.replace("Asia/Seoul", "Europe/Berlin").replace("2026-12-01T23:59", "2026-03-29T02:30")
    text += '\n[[exercises]]\nname = "genome-05-diploid-genotypes"\n\n[completion]\npercent = 60\n'
    with pytest.raises(CourseError) as error:
        opened(text + "tracks = { genom = 50, helth = 50 }\n")
    found = [line.split("course.toml:")[1] for line in str(error.value).splitlines()]
    assert [int(line.split(":")[0]) for line in found] == [9, 12, 16, 16]
    assert ["clocks go forward" in found[0], "there twice" in found[1]] == [True, True]


def test_unknown_exercises_are_said_at_once_with_their_lines(opened):
    course = opened(GOOD + '\n[[exercises]]\nname = "health-01"\n\n[[exercises]]\nname = "right-one"\n')
    problems = unknown_exercises(course, ["genome-05-diploid-genotype", "health-01-a", "right-one"])
    assert [problem.line for problem in problems] == [8, 12]
    assert "did you mean 'genome-05-diploid-genotype'?" in problems[0].message
    assert "did you mean 'health-01-a'?" in problems[1].message


def test_names_say_what_was_expected(opened):
    with pytest.raises(CourseError) as error:
        opened(GOOD.replace("genomics-2026", "유전체 2026").replace("genome-05-diploid", "Genome 05"))
    first, second = str(error.value).splitlines()
    assert "id: expected the letters A to Z, digits" in first
    assert "expected a name such as 'genome-05-diploid-genotypes'" in second


def test_toml_that_cannot_be_parsed_says_its_line(opened):
    with pytest.raises(CourseError, match=r"course\.toml:4"):
        opened(GOOD.replace('"Asia/Seoul"', '"Asia/Seoul'))


def test_a_folder_that_is_no_course(tmp_path):
    with pytest.raises(CourseError, match="not a course folder"):
        open_course(tmp_path)


def test_an_unknown_exercise_suggests_the_near_one(opened):
    with pytest.raises(UnknownNameError, match="did you mean 'genome-05-diploid-genotypes'"):
        opened(GOOD).exercise("genome-05-diploid-genotype")


def test_what_cannot_be_had_is_one_line():
    said = not_to_be_had(["first-set", "second-set"])
    assert "\n" not in said
    assert said.endswith(": biolab data fetch first-set second-set")


def test_an_exercise_s_limits_come_before_the_course_s(opened):
    course = opened(GOOD + "\n[limits]\nseconds_per_cell = 20\nmemory_mb = 900\n")
    limits = course.limits({"memory_mb": 500})
    assert (limits.seconds_per_cell, limits.memory_mb) == (20, 500)


def test_lateness_costs_for_each_day_begun():
    policy = LatePolicy(percent_per_day=10, grace_minutes=15, at_most_percent=50)
    day = 86400
    late = [0, 15 * 60, 15 * 60 + 1, 15 * 60 + day, 15 * 60 + day + 1, 30 * day]
    assert [policy.penalty(20.0, seconds) for seconds in late] == [0, 0, 2, 2, 4, 10]


ROSTER = "id,name,email\nkim,김하늘,kim@example.org\nlee,이수진,\n"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_a_roster_as_a_korean_excel_writes_it(tmp_path, encoding):
    path = tmp_path / "roster.csv"
    path.write_bytes(ROSTER.encode(encoding))
    found = read_roster(path)
    assert [(one.id, one.name, one.email) for one in found.values()] == [
        ("kim", "김하늘", "kim@example.org"),
        ("lee", "이수진", ""),
    ]


def test_korean_column_names(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("이름,학번\n김하늘,2026-001\n", encoding="utf-8")
    assert read_roster(path)["2026-001"].name == "김하늘"


def test_all_problems_of_a_roster_are_said(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("id,name\nkim,a\n../x,b\n\nkim,c\n", encoding="utf-8")
    with pytest.raises(CourseError) as error:
        read_roster(path)
    lines = str(error.value).splitlines()
    assert ["roster.csv:3:" in lines[0], "roster.csv:5:" in lines[1]] == [True, True]


def test_rows_that_would_lose_a_learner_or_move_a_cell_are_problems(tmp_path):
    path = tmp_path / "roster.csv"
    text = 'id,name,email\nkim,Kim, Minji,minji@example.org\n"lee, s",Lee,\n,Park,\n"choi\nyoon,Yoon,\n'
    path.write_text(text, encoding="utf-8")
    with pytest.raises(CourseError) as error:
        read_roster(path)
    lines = [line.split("roster.csv:")[1] for line in str(error.value).splitlines()]
    assert [int(line.split(":")[0]) for line in lines] == [2, 3, 4, 5]
    assert "4 cells where the header has 3" in lines[0]
    assert "the id is missing" in lines[2]
    assert "close its quotation mark" in lines[3]


def test_lines_of_a_roster_are_those_of_the_file(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("id,name,email\n,,\nkim,Kim,,,\n\nkim,Kim,\n", encoding="utf-8")
    with pytest.raises(CourseError, match=r"roster\.csv:5: the id 'kim' is there twice"):
        read_roster(path)


@pytest.mark.parametrize("data", ["id,name\nkim,Kim\n".encode("utf-16"), b"PK\x03\x04" + bytes(60)])
def test_a_workbook_called_csv_says_how_to_save_it(tmp_path, data):
    path = tmp_path / "roster.csv"
    path.write_bytes(data)
    with pytest.raises(CourseError, match="save it as CSV UTF-8"):
        read_roster(path)


def test_a_roster_without_its_columns(tmp_path):
    path = tmp_path / "roster.csv"
    path.write_text("number;who\n1;kim\n", encoding="utf-8")
    with pytest.raises(CourseError, match="expected the columns id, name, email"):
        read_roster(path)


def test_a_roster_of_another_name_must_be_there(opened):
    course = opened(GOOD.replace("sources", 'roster = "2026.csv"\nsources'))
    with pytest.raises(CourseError, match=r"2026\.csv is not there; correct `roster` in course\.toml"):
        _ = course.roster
    assert opened(GOOD).roster == {}


def test_namesakes_are_told_apart_by_their_ids():
    assert told_apart({"s1": "김민지", "s2": "김민지", "s3": "이서연", "s4": "s4"}) == {
        "s1": "김민지 (s1)",
        "s2": "김민지 (s2)",
        "s3": "이서연",
        "s4": "s4",
    }


@pytest.mark.parametrize("given", ["김 민지", "MINJI", "minji@example.ac.kr", "김민지"])
def test_who_hands_in_under_a_name_or_account_is_told_which_id_it_is(opened, tmp_path, given):
    course = opened(GOOD)
    roster = "학번,이름,이메일,계정\n2026001,김민지,minji@example.ac.kr,minji\n2026002,이서연,,\n"
    (tmp_path / "roster.csv").write_text(roster, encoding="utf-8")
    assert "a name or account of 2026001;" in str(course.unknown_learner(given))


def test_an_id_that_is_nearly_right_is_suggested(opened, tmp_path):
    course = opened(GOOD)
    (tmp_path / "roster.csv").write_text("id,name\n2026001,Kim\n", encoding="utf-8")
    assert "did you mean '2026001'" in str(course.unknown_learner("202601"))
