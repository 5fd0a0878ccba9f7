"""Attendance from a CSV file: counts, per cent, or a column for each session; English or Korean headings.

- a column ``id`` (``learner``, ``학번``, ``아이디``), and either
- ``attended`` (``출석``, ``출석일수`` …) and ``sessions`` (``전체``, ``총차시``, ``수업일수`` …), or
- ``percent`` (``출석률``), such as ``85`` or ``85%``, or
- a column for each session, named by a date (``2026-11-02``, ``11/2``) or number (``3회차``, ``week 3``),
  with O or X, 1 or 0, P or A, ``출석``, ``결석``, ``지각``, ``공결`` and the like.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from biolabkit.errors import CourseError
from biolabkit_autograder.authoring.problem import Problem
from biolabkit_autograder.roster import read_text

__all__ = ["Attendance", "read_attendance"]

_COLUMNS = {
    "id": ("id", "learner", "학번", "아이디"),
    "attended": ("attended", "present", "출석", "출석수", "출석일수", "출석횟수", "출석시간", "출석차시"),
    "sessions": (
        *("sessions", "total", "held", "전체", "총일수", "총시간", "총차시", "총횟수"),
        *("수업일수", "수업시간", "전체차시", "전체일수", "전체시간"),
    ),
    "percent": ("percent", "attendance", "%", "출석률", "출석율", "출석률(%)", "출석율(%)"),
    "": (
        *("name", "email", "e-mail", "note", "notes", "remark", "remarks", "group", "no"),
        *(
            "이름",
            "성명",
            "이메일",
            "비고",
            "메모",
            "소속",
            "학과",
            "반",
            "분반",
            "조",
            "번호",
            "연번",
            "순번",
        ),
    ),
}
_MEANING = {heading: meaning for meaning, headings in _COLUMNS.items() for heading in headings}
_SESSION = re.compile(
    r"\d{4}[-./]\d{1,2}[-./]\d{1,2}\.?|\d{1,2}[-./]\d{1,2}\.?|\d{1,2}월\d{1,2}일|\d{1,3}"
    r"|제?\d+(차시|회차|주차|일차|교시|회|차|주|강|일)|(session|day|week|class|lecture|s|d|w)\d+"
)
_MARKS = {
    "present": ("o", "○", "◯", "ㅇ", "1", "p", "present", "y", "yes", "✓", "✔", "출석", "출"),
    "late": ("l", "late", "△", "▲", "지각", "지", "조퇴", "외출"),
    "excused": ("e", "excused", "◎", "공결", "인정", "인정결석", "출석인정"),
    "absent": ("x", "×", "✕", "✗", "0", "a", "absent", "n", "no", "결석", "결"),
}
_MARK = {text: mark for mark, texts in _MARKS.items() for text in texts}


@dataclass(frozen=True)
class Attendance:
    """One learner's attendance.

    Attributes
    ----------
    attended, sessions : float or None
        How many of how many; None where the file gives only a per cent.
    percent : float
        0 to 100, with two decimals.
    """

    attended: float | None
    sessions: float | None
    percent: float


def read_attendance(path: Path, late_counts: float = 1.0) -> dict[str, Attendance]:
    """Read the attendance of a course, in UTF-8 or CP949.

    Parameters
    ----------
    path : Path
        The CSV file.
    late_counts : float
        What a session counts to which somebody came late or left early. An excused one counts as attended.

    Returns
    -------
    dict of str to Attendance
        By the learner's id. A session without any mark was not held yet, and does not count; a learner
        without any mark is left out.

    Raises
    ------
    CourseError
        All problems at once, one a line, as ``file:line``.
    """
    text = read_text(path, "the attendance")
    rows = [[_tidy(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]
    sheet = _Sheet(path, rows, late_counts)
    found: dict[str, Attendance] = {}
    for number, row in enumerate(rows[1:], start=2):
        cells = dict(enumerate(row))
        if not any(row):
            continue
        learner = cells.get(sheet.places["id"], "") if "id" in sheet.places else ""
        if not learner:
            sheet.complain(number, "there is no id in this line")
        elif learner in found:
            sheet.complain(number, f"the id {learner!r} is there twice; keep one")
        elif (attendance := sheet.of(number, cells)) is not None:
            found[learner] = attendance
    if sheet.problems:
        raise CourseError("\n".join(str(problem) for problem in sheet.problems))
    return found


def _tidy(cell: str) -> str:
    return unicodedata.normalize("NFC", cell).strip()


class _Sheet:
    """The headings of a file, and how to read its lines."""

    def __init__(self, path: Path, rows: list[list[str]], late_counts: float) -> None:
        self.path = path
        self.problems: list[Problem] = []
        self.places: dict[str, int] = {}
        self.sessions: dict[int, str] = {}
        self.worth = {"present": 1.0, "late": late_counts, "excused": 1.0, "absent": 0.0}
        for place, heading in enumerate(rows[0] if rows else []):
            self._take(place, heading)
        self.sessions = {
            place: heading
            for place, heading in self.sessions.items()
            if any(place < len(row) and row[place] for row in rows[1:])
        }
        self.of = self._reader(rows)

    def complain(self, line: int, message: str) -> None:
        """Note a problem."""
        self.problems.append(Problem(self.path, line, message))

    def _take(self, place: int, heading: str) -> None:
        plain = re.sub(r"\s+", "", heading).lower()
        meaning = _MEANING.get(plain)
        if meaning:
            if meaning in self.places:
                self.complain(1, f"the column {heading!r} says what another one says; keep one")
            self.places.setdefault(meaning, place)
        elif meaning is None and _SESSION.fullmatch(plain):
            self.sessions[place] = heading
        elif meaning is None and heading:
            how = "name a session by its date or number: 2026-11-02, 3회차"
            self.complain(1, f"the column {heading!r} is not known; {how}")

    def _reader(self, rows: list[list[str]]) -> Callable[[int, Mapping[int, str]], Attendance | None]:
        """How to read a line; sessions tell most, a per cent least."""
        if "id" not in self.places:
            self.complain(1, "there is no column id (or 학번)")
        if self.sessions:
            return self._by_session
        if {"attended", "sessions"} <= set(self.places):
            return self._by_count
        if "percent" in self.places:
            return self._by_percent
        headings = {re.sub(r"\s+", "", heading).lower() for heading in (rows[0] if rows else [])}
        if not any(_SESSION.fullmatch(heading) for heading in headings):
            self.complain(
                1, "expected columns of sessions, or attended and sessions (출석, 전체), or percent (출석률)"
            )
        return lambda _line, _cells: None

    def _by_session(self, line: int, cells: Mapping[int, str]) -> Attendance | None:
        marks = {heading: cells.get(place, "") for place, heading in self.sessions.items()}
        if not any(marks.values()):
            return None
        attended = 0.0
        for heading, text in marks.items():
            mark = _MARK.get(text.lower())
            if mark is None:
                what = f"{text!r} is no mark" if text else "there is no mark"
                self.complain(line, f"{heading}: {what}; write O, X, 지각 (late) or 공결 (excused)")
            else:
                attended += self.worth[mark]
        return _share(attended, len(marks))

    def _by_count(self, line: int, cells: Mapping[int, str]) -> Attendance | None:
        texts = [cells.get(self.places[what], "") for what in ("attended", "sessions")]
        if not any(texts):
            return None
        attended, sessions = (_number(text) for text in texts)
        if attended is None or sessions is None or not 0 <= attended <= sessions or not sessions:
            self.complain(line, f"expected how many of how many sessions, found {texts[0]!r} of {texts[1]!r}")
            return None
        return _share(attended, sessions)

    def _by_percent(self, line: int, cells: Mapping[int, str]) -> Attendance | None:
        text = cells.get(self.places["percent"], "")
        if not text:
            return None
        percent = _number(text.removesuffix("%").strip())
        if percent is None or not 0 <= percent <= 100:
            self.complain(line, f"expected a per cent from 0 to 100, found {text!r}")
            return None
        return Attendance(None, None, round(percent, 2))


def _share(attended: float, sessions: float) -> Attendance:
    return Attendance(attended, sessions, round(100 * attended / sessions, 2))


def _number(text: str) -> float | None:
    return float(text) if re.fullmatch(r"\d+(\.\d+)?", text) else None
