"""Every fixed text of the report in English and Korean."""

from __future__ import annotations

__all__ = ["phrase"]

_PHRASES: dict[str, tuple[str, str]] = {
    "report": ("Course report", "과정 보고서"),
    "made_at": ("As of {}", "{} 기준"),
    "learners": ("Learners", "학습자"),
    "learner_count": ("Learners", "학습자 수"),
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
    "exercise_count": ("{} exercises", "실습 {}개"),
    "everybody": ("everybody", "전원"),
    "folded": ("{} learners", "학습자 {}명"),
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
        "… 그 밖에 {}건이 실습별 항목에 있습니다",
    ),
    "overview": ("Exercises", "실습 현황"),
    "overview_note": (
        "One dot is one learner; dots of nearly the same share are moved up or down so that each can be "
        "seen. Where learners are many, a curve stands for them. The bar spans the middle half, the "
        "stroke is the median. Essays that wait and lateness are left out.",
        "점 하나가 학습자 한 명이며, 득점률이 거의 같은 점은 겹치지 않도록 위아래로 옮겨 그립니다. 학습자가 "
        "많으면 곡선으로 나타냅니다. 띠는 가운데 절반의 범위, 굵은 선은 중앙값입니다. "
        "채점 대기 중인 서술형과 지각 감점은 제외했습니다.",
    ),
    "exercise": ("Exercise", "실습"),
    "due": ("Due", "마감"),
    "graded": ("Graded", "채점 완료"),
    "waiting": ("Waiting for a grade by hand", "직접 채점 대기"),
    "refused": ("Could not be graded", "채점 불가"),
    "ungraded": ("Not graded yet", "채점 전"),
    "missing": ("Not handed in", "미제출"),
    "late": ("Late", "지각"),
    "late_by": ("{} late", "{} 늦음"),
    "days": ("{} d", "{}일"),
    "hours": ("{} h", "{}시간"),
    "minutes": ("{} min", "{}분"),
    "penalty": ("{} points off", "{}점 감점"),
    "points": ("Points", "점수"),
    "points_worth": ("{} points", "{}점"),
    "mean_of": ("mean of {}", "{}명 평균"),
    "points_percent": ("Share of the points, %", "득점률(%)"),
    "passed_percent": ("Learners with all points, %", "만점을 받은 학습자(%)"),
    "discrimination": ("Discrimination", "변별도"),
    "distribution": ("How the points are distributed", "점수 분포"),
    "items": ("Difficulty and discrimination", "난이도와 변별도"),
    "items_note": (
        "Numbers are those of the table. Far left: hard. Near or below zero: tells nothing about the "
        "learner. Dots that would cover one another are moved sideways; the exact shares are in the table.",
        "번호는 아래 표의 번호입니다. 왼쪽일수록 어렵고, 0에 가깝거나 그 아래이면 학습자를 구별하지 "
        "못합니다. 겹치는 점은 옆으로 옮겨 그리므로 정확한 비율은 표에서 보십시오.",
    ),
    "items_few": (
        "No check has a discrimination yet; the table below says why.",
        "아직 변별도를 계산할 수 있는 검사가 없습니다. 이유는 아래 표에 있습니다.",
    ),
    "why_not_few": ("not enough learners", "학습자가 부족합니다"),
    "why_not_same_score": ("everybody has the same here", "모두 같은 점수입니다"),
    "why_not_same_rest": ("everybody has the same elsewhere", "나머지 점수가 모두 같습니다"),
    "few_note": (
        "Fewer than {} learners: read the discrimination as a rough guess.",
        "학습자가 {}명보다 적으므로 변별도는 대략적인 값으로 보십시오.",
    ),
    "checks": ("Checks", "검사"),
    "check": ("Check", "검사"),
    "worth": ("Worth", "배점"),
    "difficulty": ("Learners with all points", "만점을 받은 학습자"),
    "fails_at": ("Fails most often at", "가장 많이 틀리는 곳"),
    "by_hand": ("graded by hand", "직접 채점"),
    "waiting_count": ("{} waiting", "{}건 대기"),
    "hints": ("Hints drawn", "받은 힌트"),
    "hint": ("Hint", "힌트"),
    "drawn_by": ("Who draws it now", "현재 받은 학습자"),
    "drawn_now": ("Draw it now", "현재 받은 비율"),
    "recovered": ("Recovered", "회복"),
    "recovered_of": ("{} of {}", "{1}명 중 {0}명"),
    "hints_note": (
        "Recovered: of those who drew the hint in a submission that they have replaced since, how many pass "
        "the check now. A dash: nobody has handed in again after drawing it.",
        "회복: 이전 제출에서 힌트를 받은 학습자 중 다시 제출하여 지금은 그 검사를 통과한 학습자의 수입니다. "
        "줄표는 힌트를 받은 뒤 다시 제출한 학습자가 없다는 뜻입니다.",
    ),
    "no_hints": ("No hint was drawn.", "힌트를 받은 학습자가 없습니다."),
    "nobody": ("Nobody has handed in this exercise yet.", "아직 이 실습을 제출한 학습자가 없습니다."),
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
        "각 역량을 목표로 하는 실습에서 얻은 점수의 비율입니다. "
        "실습 하나는 목표로 하는 모든 역량에 반영됩니다.",
    ),
    "competency": ("Competency", "역량"),
    "taught_in": ("Exercises", "해당 실습"),
    "essays": ("Essays waiting", "채점을 기다리는 서술형"),
    "answer": ("Answer", "문항"),
    "standing": ("All learners", "전체 학습자"),
    "way": ("Trend", "추이"),
    "total": ("Total", "총점"),
    "total_note": (
        "Weighted share of all points of the course; what is not handed in (–) or not graded yet (…) "
        "counts as 0.",
        "과정 전체 배점에 대한 가중 득점률입니다. 제출하지 않았거나(–) "
        "아직 채점하지 않은 것(…)은 0점으로 계산합니다.",
    ),
    "weight": ("Weight {}", "가중치 {}"),
    # Captions of tables
    "overview_caption": (
        "How many learners, by what became of their submission",
        "제출물의 상태별 학습자 수",
    ),
    "checks_caption": (
        "Every check in the order of the notebook; orange numbers deserve a look",
        "노트북에 나오는 순서의 검사입니다. 주황색 번호는 살펴볼 검사입니다",
    ),
    "dates_caption": (
        "Exercises that are past their due date or due within three days of {}",
        "{} 기준으로 마감이 지났거나 사흘 안에 마감되는 실습",
    ),
    "repeated_caption": ("Past due dates only", "마감이 지난 실습만 셉니다"),
    "essays_caption": ("Answers that wait for a grade by hand", "직접 채점을 기다리는 답안"),
    "attempts": ("{} submissions", "{}번 제출"),
    # Contents
    "contents": ("Contents", "차례"),
    "help": ("Who may need help", "도움이 필요할 수 있는 학습자"),
    "dates": ("Due dates", "마감과 제출"),
    "likeness": ("Similar submissions", "서로 닮은 제출물"),
    "more_learners": ("… and {} more learners", "… 그 밖에 학습자 {}명"),
    "and_more": ("and {} more", "외 {}명"),
    # Distribution and trends
    "totals": ("Points of what was handed in", "제출한 실습의 득점률 분포"),
    "trend": ("From exercise to exercise", "실습별 추이"),
    "trend_note": (
        "Points: quartiles of the cohort. Orange: learners who fall behind, green: who catch up, the "
        "steepest three of each; grey: the others of a small cohort. Below: who has handed in, of all "
        "learners.",
        "위: 전체 학습자의 중앙값과 가운데 절반의 범위입니다. 주황색은 뒤처지는 학습자, 초록색은 따라잡는 "
        "학습자이며 변화가 큰 순서로 각각 세 명까지 표시하고, 학습자가 적으면 나머지는 회색으로 "
        "그립니다. 아래: 전체 학습자 중 제출한 비율입니다.",
    ),
    "trend_few": (
        "A trend needs results in two exercises.",
        "추이를 보려면 두 실습 이상의 결과가 필요합니다.",
    ),
    "middle_half": ("Middle half of the learners", "가운데 절반의 학습자"),
    "in_time": ("In time", "기한 내"),
    "handed_in_percent": ("Handed in, %", "제출(%)"),
    "changed": ("Learners whose results change", "결과가 달라지는 학습자"),
    "changed_note": (
        "Change: distance to the cohort's median in the later half of the exercises handed in, less that in "
        "the earlier half, in points of 100. From {} on it is listed; it takes four exercises, which "
        "{} of {} "
        "learners have.",
        "변화: 제출한 실습을 앞뒤 절반으로 나누어, 뒤 절반에서 중앙값과의 차이에서 앞 절반의 차이를 뺀 "
        "값입니다(100점 기준). {0} 이상 달라지면 표시합니다. 실습 네 개가 필요하며, 여기에 해당하는 학습자는 "
        "{2}명 중 {1}명입니다.",
    ),
    "nobody_changed": ("Nobody's results change that much.", "결과가 그만큼 달라진 학습자는 없습니다."),
    "change": ("Change", "변화"),
    "rises": ("catches up", "따라잡음"),
    "falls": ("falls behind", "뒤처짐"),
    "steady": ("steady", "유지"),
    "no_result": ("none", "없음"),
    # Who may need help
    "stuck": ("May be stuck", "막혀 있을 수 있는 학습자"),
    "reasons": ("What points to it", "판단한 이유"),
    "nobody_stuck": ("Nothing points to anybody.", "해당하는 학습자가 없습니다."),
    "stuck_note": (
        "Looked at: the last {0} exercises that a learner handed in. A sign is: {1} submissions or "
        "more in a row "
        "without more points from the checks; the same hint in two submissions or more, the newest "
        "among them; "
        "less than half of the cohort's median in each of these exercises (where {2} learners or more have "
        "points). Signs are a reason to ask, no grade.",
        "학습자가 최근에 제출한 실습 {0}개를 봅니다. {1}번 이상 이어서 제출했지만 검사 점수가 오르지 "
        "않은 경우, "
        "최근 제출을 포함해 두 번 이상의 제출에서 같은 힌트를 받은 경우, 이 실습들에서 모두 중앙값의 "
        "절반에 미치지 "
        "못한 경우에 표시합니다(점수가 있는 학습자가 {2}명 이상인 실습만 해당). 평가가 아니라 말을 걸어 볼 "
        "이유로 보십시오.",
    ),
    "sign_no_gain": (
        "{}: {} submissions without more points",
        "{}: {}번 제출하는 동안 점수가 오르지 않았습니다",
    ),
    "sign_same_hint": (
        "{}: the same hint in {} submissions: {}",
        "{}: 같은 힌트를 {}번의 제출에서 받았습니다: {}",
    ),
    "sign_far_below": (
        "less than half of the median in the last two: {}",
        "최근 두 실습에서 중앙값의 절반에 미치지 못했습니다: {}",
    ),
    "missing_or_near": ("Nothing handed in", "미제출 학습자"),
    "late_learners": ("Late", "지각 제출한 학습자"),
    "handed_in": ("Handed in", "제출"),
    "due_past": ("past", "마감됨"),
    "due_near": ("soon", "마감 임박"),
    "extended_count": ("not counted, with an extension: {}", "연장된 학습자 {}명은 제외"),
    "nothing_due": (
        "No exercise is due within three days or was due before.",
        "마감이 지났거나 사흘 안에 마감되는 실습이 없습니다.",
    ),
    "repeated": ("Missing or late more than once", "미제출이나 지각이 두 번 이상인 학습자"),
    # Competency map
    "competency_map": ("Competencies by learner", "학습자별 역량"),
    "map_note": (
        "Share of the points in per cent, of what was handed in; a dash: nothing yet. "
        "The darker, the higher; below 50 is underlined.",
        "제출한 실습에서 얻은 득점률(%)입니다. 줄표는 아직 결과가 없다는 뜻입니다. "
        "진할수록 높으며, 50 미만은 밑줄로 표시합니다.",
    ),
    # Similarity
    "kind_code": ("Code", "코드"),
    "kind_prose": ("Essays", "서술형"),
    "likeness_intro": (
        "Pairs of submissions that have more in common than submissions of this cohort usually have, beyond "
        "what the exercise gave, what the model answer has, and what many wrote. It is a question to "
        "ask, never "
        "a finding: learners may work together as the course allows, use the same source, or think alike.",
        "실습에서 제공한 부분, 모범 답안과 같은 부분, 여러 학습자가 함께 쓴 부분을 빼고도 이 과정의 보통 "
        "제출물보다 서로 더 닮은 쌍입니다. 판정이 아니라 물어볼 거리입니다. 허용된 협업이거나, 같은 자료를 "
        "참고했거나, 우연히 같은 생각을 했을 수 있습니다.",
    ),
    "likeness_question": (
        "{} and {}: {} of what is unusual in the shorter one is in both. Did they work on this together, or "
        "from the same source?",
        "{} · {}: 더 짧은 쪽의 드문 표현 중 {}가 양쪽에 모두 있습니다. 함께 풀었거나 같은 자료를 "
        "참고했습니까?",
    ),
    "likeness_pairs": (
        "{} submissions compared. The one most like it usually shares {} of what is unusual; pairs stand out "
        "from {}.",
        "제출물 {}건을 비교했습니다. 가장 닮은 제출물과 보통 드문 표현의 {}를 공유하며, {} 이상이면 "
        "눈에 띄는 쌍으로 봅니다.",
    ),
    "likeness_none": (
        "{} submissions compared; no pair stands out (usually {} of what is unusual is shared with the one "
        "most like it; from {} on a pair would stand out).",
        "제출물 {}건을 비교했으며 눈에 띄는 쌍이 없습니다(가장 닮은 제출물과 보통 드문 표현의 {}를 "
        "공유하며, {} 이상이면 눈에 띄는 쌍으로 봅니다).",
    ),
    "likeness_few": (
        "{} submissions are too few to say what is usual.",
        "제출물 {}건으로는 보통의 정도를 알 수 없어 비교하지 않았습니다.",
    ),
    "likeness_short": (
        "The answers of these {} submissions are too short, or too much like the model answer, to say "
        "anything.",
        "제출물 {}건의 답이 짧거나 모범 답안과 거의 같아서 닮은 정도를 말할 수 없습니다.",
    ),
    "likeness_alike": (
        "These {} submissions are so alike by nature that no pair can stand out.",
        "제출물 {}건이 원래 서로 많이 닮아서 눈에 띄는 쌍을 가려낼 수 없습니다.",
    ),
    "likeness_not_compared": (
        "Nothing was compared: no graded notebooks are there.",
        "채점된 노트북이 없어 비교하지 않았습니다.",
    ),
    "likeness_more": ("… and {} more pairs", "… 그 밖에 {}쌍"),
    "likeness_marked": (
        "marked: in both, and in few others",
        "표시된 줄: 양쪽에 모두 있고 다른 제출물에는 드문 부분",
    ),
    "likeness_caption": ("Highest similarity of each submission", "제출물마다 가장 닮은 정도"),
    "highest_likeness": ("Shared with the one most like it, %", "가장 닮은 제출물과 공유하는 비율(%)"),
    "lines_left_out": ("… {} more lines", "… {}줄 더 있음"),
    # Attention
    "todo_missing": (
        "Not handed in by {} of {} learners; it was due {} ({})",
        "마감({2})이 지났지만 학습자 {1}명 중 {0}명이 제출하지 않았습니다({3})",
    ),
    "todo_near": (
        "Not handed in yet by {} of {} learners; it is due {} ({})",
        "{2} 마감인데 아직 학습자 {1}명 중 {0}명이 제출하지 않았습니다({3})",
    ),
    "todo_stuck": (
        "{} of {} learners may be stuck",
        "학습자 {1}명 중 {0}명이 막혀 있을 수 있습니다",
    ),
    "todo_falls": (
        "Falling behind earlier results: {} of {} learners",
        "학습자 {1}명 중 {0}명의 결과가 이전보다 뒤처지고 있습니다",
    ),
    "todo_likeness": (
        "Submissions more alike than usual, a question to ask; pairs: {}",
        "보통보다 서로 닮은 제출물이 {}쌍 있습니다. 학습자에게 물어보십시오",
    ),
    "notes": ("How to read this", "읽는 방법"),
    "note_discrimination": (
        "Discrimination is the correlation between a check and the points of all other automatic checks of "
        "the exercise (corrected point-biserial). Above 0.3 is good; below 0 deserves a look at the check.",
        "변별도는 한 검사의 결과와 같은 실습의 나머지 자동 검사 점수 사이의 상관계수입니다"
        "(수정된 점이연 상관). 0.3보다 크면 좋고, 0보다 작으면 검사를 살펴보아야 합니다.",
    ),
    "note_discrimination_few": (
        "With fewer than {} learners, or where everybody has the same, there is none; with fewer than "
        "{} it is "
        "a rough guess, so read the check, not the number.",
        "학습자가 {}명보다 적거나 모두 같은 점수이면 계산하지 않습니다. {}명보다 적으면 대략적인 값이므로 "
        "숫자보다 검사를 직접 살펴보십시오.",
    ),
    "note_likeness": (
        "Similarity compares runs of {} words of code (own names, comments and layout do not count) "
        "and of {} "
        "words of prose, each counted the more, the fewer learners wrote it. It finds neither who "
        "wrote first "
        "nor what came from elsewhere, and some pairs are alike by chance.",
        "닮은 정도는 코드에서 연속한 {}개 낱말(직접 지은 이름, 주석, 줄 배치는 무시)과 글에서 연속한 {}개 "
        "낱말을 비교하며, 적은 학습자가 쓴 것일수록 크게 셉니다. 누가 먼저 썼는지, 외부에서 "
        "가져왔는지는 알 수 "
        "없으며, 우연히 닮은 쌍도 있습니다.",
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
