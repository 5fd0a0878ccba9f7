"""Attendance as people write it down."""

import pytest

from biolabkit.errors import CourseError
from biolabkit_autograder.completion.attendance import Attendance, read_attendance


@pytest.fixture
def sheet(tmp_path):
    def write(text, encoding="utf-8"):
        path = tmp_path / "attendance.csv"
        path.write_bytes(text.encode(encoding))
        return path

    return write


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "cp949"])
def test_sessions_in_korean(sheet, encoding):
    found = read_attendance(
        sheet(
            "학번,이름,1회차,2회차,3회차,4회차,5회차,비고\n"
            "kim,김하늘,O,지각,공결,결석,,늦게 등록\n"
            "lee,이수진,출석,X,○,출석,,\n",
            encoding,
        )
    )
    assert found == {"kim": Attendance(3, 4, 75.0), "lee": Attendance(3, 4, 75.0)}, "the fifth is to come"


def test_what_a_late_session_counts(sheet):
    path = sheet("id,2026-11-02,11/3,3\nkim,P,late,l\n")
    assert read_attendance(path)["kim"].percent == 100
    assert read_attendance(path, 0.5)["kim"] == Attendance(2, 3, 66.67)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("id,attended,sessions\nkim,4,5\n", Attendance(4, 5, 80.0)),
        ("아이디,성명,출석 일수,총 차시\nkim,김하늘,12,15\n", Attendance(12, 15, 80.0)),
        ("학번,출석률\nkim,79.996 %\n", Attendance(None, None, 80.0)),
        ("learner,percent\nkim,79.99\n", Attendance(None, None, 79.99)),
    ],
)
def test_counts_and_percent(sheet, text, expected):
    assert read_attendance(sheet(text)) == {"kim": expected}


def test_nobody_is_absent_of_whom_nothing_is_written(sheet):
    assert list(read_attendance(sheet("id,1,2\nkim,O,O\nlee,,\n\n"))) == ["kim"]
    assert read_attendance(sheet("id,name\n,\n".replace("name", "1회차"))) == {}


@pytest.mark.parametrize(
    ("text", "problems"),
    [
        ("", ["1: there is no column id", "1: expected columns of sessions"]),
        ("name,percent\nKim,80\n", ["1: there is no column id", "2: there is no id in this line"]),
        ("id,Mon\nkim,O\n", ["1: the column 'Mon' is not known", "1: expected columns of sessions"]),
        ("id,출석,present,전체\nkim,1,1,2\n", ["1: the column 'present' says what another one says"]),
        (
            "id,1,2\nkim,O,maybe\nkim,O,O\nlee,,X\n",
            ["2: 2: 'maybe' is no mark", "3: the id 'kim' is there twice", "4: 1: there is no mark"],
        ),
        ("id,attended,sessions\nkim,6,5\nlee,,5\n", ["2: expected how many", "3: expected how many"]),
        ("id,percent\nkim,180\n", ["2: expected a per cent from 0 to 100, found '180'"]),
    ],
)
def test_all_problems_at_once(sheet, text, problems):
    path = sheet(text)
    with pytest.raises(CourseError) as caught:
        read_attendance(path)
    lines = str(caught.value).splitlines()
    assert [
        line.removeprefix(f"{path}:")[: len(said)] for line, said in zip(lines, problems, strict=True)
    ] == (problems)


def test_neither_utf8_nor_cp949(sheet):
    with pytest.raises(CourseError, match="the attendance is neither UTF-8 nor CP949"):
        read_attendance(sheet("학번\n", "utf-16"))
