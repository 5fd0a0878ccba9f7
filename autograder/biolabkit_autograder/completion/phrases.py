"""Every fixed text of transcripts and certificates in English and Korean."""

from __future__ import annotations

from datetime import date

__all__ = ["phrase", "written_date"]

_PHRASES: dict[str, tuple[str, str]] = {
    # why a learner stands where they stand
    "percent_short": (
        "{} % of all points; {} % are needed",
        "전체 점수의 {}%를 얻었습니다. 기준은 {}%입니다.",
    ),
    "track_short": (
        "{0} % of the points of the track {2}; {1} % are needed",
        "{2} 트랙 점수의 {0}%를 얻었습니다. 기준은 {1}%입니다.",
    ),
    "attendance_short": ("attendance of {} %; {} % are needed", "출석률이 {}%입니다. 기준은 {}%입니다."),
    "essay_waits": ("{} waits for a grade by hand", "{}: 직접 채점을 기다리고 있습니다."),
    "not_gradable": (
        "{} could not be graded and waits for a decision",
        "{}: 채점하지 못하여 강사의 판단을 기다리고 있습니다.",
    ),
    "attendance_unknown": ("attendance is not recorded yet", "출석이 아직 기록되지 않았습니다."),
    "still_open": ("{} can be handed in until {}", "{}: {}까지 제출할 수 있습니다."),
    # the transcript
    "transcript": ("Transcript", "이수 내역서"),
    "learner": ("Learner", "학습자"),
    "id": ("Id", "아이디"),
    "status": ("Status", "상태"),
    "completed": ("Completed", "수료"),
    "waiting": ("Waiting", "대기"),
    "in_progress": ("In progress", "진행 중"),
    "not_completed": ("Not completed", "미수료"),
    "as_of": ("As of {}", "{} 기준"),
    "issued": ("Issued {}", "{} 발급"),
    "number": ("Certificate no.", "수료증 번호"),
    "rules": ("Rules of completion", "수료 기준"),
    "rule": ("Rule", "기준"),
    "needed": ("Needed", "필요"),
    "reached": ("Reached", "달성"),
    "all_points": ("All points", "전체 점수"),
    "track_points": ("Points of the track {}", "{} 트랙 점수"),
    "attendance": ("Attendance", "출석률"),
    "sessions": ("{} of {} sessions", "전체 {1}회 중 {0}회"),
    "exercises": ("Exercises", "실습"),
    "exercise": ("Exercise", "실습"),
    "points": ("Points", "점수"),
    "percent": ("%", "%"),
    "late": ("{} off for lateness", "지각 감점 {}"),
    "graded": ("graded", "채점 완료"),
    "work_waiting": ("waits for a grade by hand", "직접 채점 대기"),
    "work_not gradable": ("could not be graded", "채점 불가"),
    "work_missing": ("not handed in", "미제출"),
    "competencies": ("Competencies", "역량"),
    "competency": ("Competency", "역량"),
    "shown_in": ("Shown in", "근거 실습"),
    "competency_note": (
        "Share of the points of the exercises that were handed in and that list the competency.",
        "해당 역량을 다루는 실습 가운데 제출한 실습의 득점률입니다.",
    ),
    "evidence": ("Evidence", "근거 자료"),
    "evidence_note": (
        "SHA-256 of the record of each grading and of the file that was handed in. "
        "Whoever holds these files can check that they are the ones meant here.",
        "채점 기록과 제출 파일의 SHA-256 값입니다. "
        "파일을 가지고 있는 사람은 이 값으로 같은 파일인지 확인할 수 있습니다.",
    ),
    "record": ("record", "채점 기록"),
    "submission": ("submission", "제출 파일"),
    # the certificate
    "certificate": ("Certificate of Completion", "수 료 증"),
    "number_is": ("No. {}", "제 {} 호"),
    "before_name": ("This is to certify that", "성명"),
    "before_course": (
        "has met all requirements for the completion of the course",
        "위 사람은 아래 과정의 수료 기준을 모두 충족하였기에",
    ),
    "after_course": ("", "이 증서를 수여합니다."),
    "hours": ("{} hours", "{}시간"),
    "attended": ("attendance {} %", "출석률 {}%"),
    "scored": ("{} % of all points", "득점률 {}%"),
    "digest": ("SHA-256 of the transcript: {}", "이수 내역서의 SHA-256: {}"),
    # the badge
    "criteria_percent": ("At least {} % of all points", "전체 점수의 {}% 이상"),
    "criteria_track": ("at least {} % of the points of the track {}", "{1} 트랙 점수의 {0}% 이상"),
    "criteria_attendance": ("an attendance of at least {} %", "출석률 {}% 이상"),
    "badge_description": ("Completion of the course “{}”", "「{}」 과정 수료"),
}


def phrase(key: str, language: str, *values: object) -> str:
    """A text in the course's language with values put in; numbers without needless zeros."""
    text = _PHRASES[key][1 if language == "ko" else 0]
    return text.format(*(f"{value:.4g}" if isinstance(value, float) else value for value in values))


def written_date(day: date, language: str) -> str:
    """A date as it is written out: ``22 November 2026``, ``2026년 11월 22일``."""
    if language == "ko":
        return f"{day.year}년 {day.month}월 {day.day}일"
    return f"{day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS = (
    *("January", "February", "March", "April", "May", "June", "July"),
    *("August", "September", "October", "November", "December"),
)
