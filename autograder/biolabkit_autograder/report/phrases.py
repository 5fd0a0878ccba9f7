"""Every fixed text of the report in English and Korean."""

from __future__ import annotations

__all__ = ["phrase"]

_PHRASES: dict[str, tuple[str, str]] = {
    "report": ("Course report", "강좌 보고서"),
    "made_at": ("As of {}", "{} 기준"),
    "learners": ("Learners", "학습자"),
    "learner": ("Learner", "학습자"),
    "submissions": ("Submissions graded", "채점한 제출물"),
    "of": ("of {}", "전체 {}건 중"),
    "median_total": ("Median of submitted work", "제출물의 점수 중앙값"),
    "median": ("Median", "중앙값"),
    "essays_waiting": ("Essays waiting", "채점 대기 서술형"),
    "not_gradable": ("Could not be graded", "채점하지 못한 제출물"),
    "first": ("Look at this first", "먼저 살펴볼 것"),
    "nothing_first": (
        "Nothing calls for attention: every submission is graded, no check fails most learners.",
        "특별히 살펴볼 것이 없습니다. 모든 제출물이 채점되었고, "
        "학습자 대부분이 통과하지 못한 검사도 없습니다.",
    ),
    "todo_refused": ("{} could not be graded ({})", "{}의 제출물을 채점하지 못했습니다({})"),
    "todo_refused_many": ("{} submissions could not be graded ({})", "제출물 {}건을 채점하지 못했습니다({})"),
    "todo_essays_one": ("1 essay waits for a grade by hand ({})", "서술형 답안 1건이 채점을 기다립니다({})"),
    "todo_essays": ("{} essays wait for a grade by hand ({})", "서술형 답안 {}건이 채점을 기다립니다({})"),
    "todo_hard": (
        "{}: only {} of {} learners have all points ({})",
        "{0}: 학습자 {2}명 중 {1}명만 만점을 받았습니다({3})",
    ),
    "todo_misleading": (
        "{}: those who do well elsewhere tend to fail it; look at the task or the check ({})",
        "{}: 다른 검사에서 잘한 학습자가 오히려 틀리는 경향이 있습니다. 과제나 검사를 살펴보십시오({})",
    ),
    "todo_hint": (
        "{} of {} learners drew the hint {} ({})",
        "학습자 {1}명 중 {0}명이 받은 힌트: {2} ({3})",
    ),
    "todo_more": (
        "… and {} more in the sections of the exercises",
        "… 그 밖에 {}건이 과제별 항목에 있습니다",
    ),
    "overview": ("Exercises", "과제 현황"),
    "overview_note": (
        "One dot is one learner; the bar spans the middle half, the stroke is the median. "
        "Essays that wait and lateness are left out.",
        "점 하나가 학습자 한 명입니다. 띠는 가운데 절반의 범위, 굵은 선은 중앙값입니다. "
        "채점 대기 중인 서술형과 지각 감점은 제외했습니다.",
    ),
    "exercise": ("Exercise", "과제"),
    "due": ("Due", "마감"),
    "graded": ("Graded", "채점 완료"),
    "waiting": ("Waiting for a grade by hand", "직접 채점 대기"),
    "refused": ("Could not be graded", "채점 불가"),
    "missing": ("Not handed in", "미제출"),
    "late": ("Late", "지각 제출"),
    "late_by": ("{} late", "{} 늦음"),
    "days": ("{} d", "{}일"),
    "hours": ("{} h", "{}시간"),
    "minutes": ("{} min", "{}분"),
    "penalty": ("{} points off", "{}점 감점"),
    "points": ("Points", "점수"),
    "points_worth": ("{} points", "{}점"),
    "mean": ("mean", "평균"),
    "points_percent": ("Share of the points, %", "득점률(%)"),
    "passed_percent": ("Learners with all points, %", "만점을 받은 학습자(%)"),
    "discrimination": ("Discrimination", "변별도"),
    "distribution": ("How the points are distributed", "점수 분포"),
    "items": ("Difficulty and discrimination", "난이도와 변별도"),
    "items_note": (
        "Numbers are those of the table. Far left: hard. Near "
        "or below zero: tells nothing about the learner.",
        "번호는 아래 표의 번호입니다. 왼쪽일수록 어렵고, 0에 "
        "가깝거나 그 아래이면 학습자를 구별하지 못합니다.",
    ),
    "items_few": (
        "Discrimination needs learners whose points differ.",
        "변별도는 점수가 서로 다른 학습자가 있어야 계산할 수 있습니다.",
    ),
    "few_note": (
        "Fewer than {} learners: read the discrimination as a rough guess.",
        "학습자가 {}명보다 적으므로 변별도는 대략적인 값으로 보십시오.",
    ),
    "checks": ("Checks", "검사"),
    "check": ("Check", "검사"),
    "worth": ("Worth", "배점"),
    "all_points": ("All points", "만점 비율"),
    "fails_at": ("Fails most often at", "가장 많이 틀리는 곳"),
    "by_hand": ("graded by hand", "직접 채점"),
    "waiting_count": ("{} waiting", "{}건 대기"),
    "hints": ("Hints drawn", "받은 힌트"),
    "hint": ("Hint", "힌트"),
    "drawn_by": ("Drawn by", "받은 학습자"),
    "no_hints": ("No hint was drawn.", "힌트를 받은 학습자가 없습니다."),
    "nobody": ("Nobody has handed in this exercise yet.", "아직 이 과제를 제출한 학습자가 없습니다."),
    "learners_of": ("Learners", "학습자별 결과"),
    "status": ("Status", "상태"),
    "strip": ("Checks in order", "검사별 결과"),
    "legend": (
        "✓ all points · ◐ some · ✗ none · … waits for a grade by hand",
        "✓ 만점 · ◐ 부분 점수 · ✗ 0점 · … 직접 채점 대기",
    ),
    "mark_full": ("all points", "만점"),
    "mark_part": ("some points", "부분 점수"),
    "mark_none": ("no points", "0점"),
    "mark_waiting": ("waits", "대기"),
    "competencies": ("Competencies", "역량"),
    "competencies_note": (
        "Share of the points in the exercises that list a competency; "
        "an exercise counts for each of its own.",
        "각 역량을 목표로 하는 과제에서 얻은 점수의 비율입니다. "
        "과제 하나는 목표로 하는 모든 역량에 반영됩니다.",
    ),
    "competency": ("Competency", "역량"),
    "taught_in": ("Exercises", "해당 과제"),
    "essays": ("Essays waiting", "채점을 기다리는 서술형"),
    "answer": ("Answer", "문항"),
    "standing": ("All learners", "전체 학습자"),
    "total": ("Total", "총점"),
    "total_note": (
        "Weighted share of all points of the course; what is not handed in or not graded yet counts as 0.",
        "강좌 전체 배점에 대한 가중 득점률입니다. 제출하지 않았거나 "
        "아직 채점하지 않은 것은 0점으로 계산합니다.",
    ),
    "weight": ("Weight {}", "가중치 {}"),
    "notes": ("How to read this", "읽는 방법"),
    "note_discrimination": (
        "Discrimination is the correlation between a check and the points of all other automatic checks of "
        "the exercise (corrected point-biserial). Above 0.3 is good; below 0 deserves a look at the check.",
        "변별도는 한 검사의 결과와 같은 과제의 나머지 자동 검사 점수 사이의 상관계수입니다"
        "(수정된 점이연 상관). 0.3보다 크면 좋고, 0보다 작으면 검사를 살펴보아야 합니다.",
    ),
    "note_counted": (
        "Difficulty, discrimination and hints count learners whose "
        "work was graded; missing and refused work is left out.",
        "난이도, 변별도, 힌트는 채점된 학습자만 셉니다. 미제출이거나 채점하지 못한 제출물은 제외합니다.",
    ),
    "note_names": (
        "This page holds names and points: keep it where grades are kept.",
        "이 문서에는 이름과 점수가 있습니다. 성적과 같은 곳에 보관하십시오.",
    ),
}


def phrase(key: str, language: str, *values: object) -> str:
    """Look up a text and fill in its values."""
    english, korean = _PHRASES[key]
    return (korean if language == "ko" else english).format(*values)
