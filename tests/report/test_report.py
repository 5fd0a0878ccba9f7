"""The course report: what it is made of, its numbers, and the page."""

import base64
import json
import re
import string
from datetime import datetime
from html.parser import HTMLParser

import numpy as np
import pytest
from scipy import stats

from biolabkit.errors import InputError
from biolabkit_autograder.report import ExerciseInfo, Gradings, build_report, load_evidence
from biolabkit_autograder.report.answers import Material, Texts
from biolabkit_autograder.report.canvas import wrapped
from biolabkit_autograder.report.competencies import competency_name, competency_order
from biolabkit_autograder.report.discrimination import discrimination
from biolabkit_autograder.report.figures import item_picture, score_picture
from biolabkit_autograder.report.hints import hint_statistics
from biolabkit_autograder.report.phrases import _PHRASES, phrase
from biolabkit_autograder.report.records import check_name, results_of
from biolabkit_autograder.report.similarity_section import visible
from biolabkit_autograder.report.statistics import (
    check_statistics,
    competency_statistics,
    handed_in_shares,
    total_shares,
)

GENOME = ExerciseInfo("genome-01-sequences", "Sequences", ("E", "J"), datetime(2026, 11, 20, 23, 59))
HEALTH = ExerciseInfo("health-02-risk-model", "A risk model", ("E", "R1"), weight=3.0)
ROSTER = {
    "kim": "김하늘",
    "lee": "이수진",
    "fox": "Fox <script>alert(1)</script>",
    "may": "May",
    "ida": "Ida",
}


def mark(check, points, worth=2, hint=None, **more):
    texts = {"hint_en": f"{hint} explained", "hint_ko": f"{hint} 설명"} if hint else {}
    return {"check": check, "points": points, "max_points": worth, "hint": hint, **texts, **more}


def record(learner, *marks, exercise=GENOME.name, **more):
    worth = sum(one["max_points"] for one in marks)
    return {
        "exercise": exercise,
        "learner": learner,
        "marks": list(marks),
        "max_points": worth,
        "problems": [],
        **more,
    }


EVIDENCE = [
    record("kim", mark("check-gc", 2), mark("check-orf-frame", 2), mark("essay-why", None, 3)),
    record(
        "lee",
        mark("check-gc", 0, hint="n-counted", what_en="GC content", what_ko="GC 함량"),
        mark("check-orf-frame", 1),
        mark("essay-why", None, 3),
        late_seconds=90000.0,
        problems=["the cell <b>check-gc</b> was put back"],
    ),
    record(
        "fox",
        mark("check-gc", 0, hint="n-counted", what_en="GC content", what_ko="GC 함량"),
        mark("check-orf-frame", 0, hint="frame", what_en="Reading frame", what_ko="해독틀"),
        mark("essay-why", None, 3),
    ),
    record("may", problems=["the notebook is not JSON (line 1)"]),
    record("guest", mark("check-gc", 2), mark("check-orf-frame", 2), mark("essay-why", None, 3)),
]
BY_HAND = {(GENOME.name, "kim", "essay-why"): 2.5}


def results(evidence=EVIDENCE, manual=BY_HAND, penalties=None, exercises=(GENOME, HEALTH), **more):
    return results_of(exercises, ROSTER, Gradings(evidence, manual, penalties or {}, **more))


def report(evidence, exercises=(GENOME,), roster=None, language="en"):
    return build_report("Course", language, exercises, roster or {}, Gradings(evidence))


def page(language="en", materials=None, **more):
    return build_report(
        "Course <i>2026</i>",
        language,
        [GENOME, HEALTH],
        ROSTER,
        Gradings(EVIDENCE, BY_HAND, **more),
        materials,
        made_at=datetime(2026, 11, 22, 9, 30),
    )


# Records -------------------------------------------------------------------------------------------------


def test_every_learner_has_a_status_for_every_exercise():
    found = {learner: one.status for learner, one in results()[GENOME.name].items()}
    assert found == {
        "kim": "graded", "lee": "waiting", "fox": "waiting", "may": "refused", "ida": "missing",
        "guest": "waiting",
    }  # fmt: skip
    assert {one.status for one in results()[HEALTH.name].values()} == {"missing"}


def test_points_by_hand_and_penalties_are_counted():
    found = results(penalties={(GENOME.name, "kim"): 1.5, (GENOME.name, "ida"): 9.0})[GENOME.name]
    assert found["kim"].points == 2 + 2 + 2.5 - 1.5
    assert found["kim"].understanding == pytest.approx(6.5 / 7)
    assert found["lee"].understanding == 0.25
    assert found["lee"].share == pytest.approx(1 / 7)
    assert found["ida"].points == 0
    assert found["ida"].understanding is None


def test_a_penalty_never_makes_points_negative():
    assert results(penalties={(GENOME.name, "lee"): 5.0})[GENOME.name]["lee"].points == 0


def test_points_by_hand_replace_automatic_ones():
    found = results(manual={(GENOME.name, "fox", "check-gc"): 1.0})[GENOME.name]["fox"]
    assert found.points == 1.0


def test_evidence_is_read_from_its_folder(tmp_path):
    good = tmp_path / GENOME.name / "kim.json"
    good.parent.mkdir()
    good.write_text(json.dumps(EVIDENCE[0]))
    (good.parent / "lee.json").write_text('{"exercise": ')
    (good.parent / "fox.json").write_text('{"marks": [{"points": 3}]}')
    (good.parent / ".kim.json.tmp.json").write_text("half")
    found = {one["learner"]: one for one in load_evidence(tmp_path)}
    assert found["kim"] == EVIDENCE[0]
    assert set(found) == {"kim", "lee", "fox"}
    assert "genome-01-sequences/lee.json" in found["lee"]["problems"][0]
    assert results(list(found.values()))[GENOME.name]["fox"].status == "refused"


def test_evidence_of_a_course_that_has_none_is_empty(tmp_path):
    assert load_evidence(tmp_path / "evidence") == []


@pytest.mark.parametrize(
    ("grade_id", "name"),
    [("check-gc", "gc"), ("check-orf-frame", "orf · frame"), ("essay-why", "why"), ("other", "other")],
)
def test_checks_are_called_as_in_the_exercise(grade_id, name):
    assert check_name(grade_id) == name


# Statistics ----------------------------------------------------------------------------------------------


def test_discrimination_is_the_point_biserial_correlation():
    rng = np.random.default_rng(7)
    passed = rng.integers(0, 2, 40)
    rest = rng.normal(size=40) + passed
    assert discrimination(list(passed), list(rest)).value == pytest.approx(
        stats.pointbiserialr(passed, rest).statistic
    )


@pytest.mark.parametrize(
    ("scores", "rests", "why_not"),
    [
        ([], [], "few"),
        ([1, 0], [1, 2], "few"),
        ([1, 1, 1], [1, 2, 3], "same_score"),
        ([1, 0, 1], [2, 2, 2], "same_rest"),
    ],
)
def test_discrimination_says_why_there_is_none(scores, rests, why_not):
    found = discrimination(scores, rests)
    assert (found.value, found.why_not) == (None, why_not)


def test_discrimination_of_every_check_is_that_of_an_independent_computation():
    rng = np.random.default_rng(3)
    passed = (rng.normal(size=(60, 1)) + rng.normal(size=(60, 5)) > 0).astype(int)
    worth = np.array([1, 2, 2, 3, 5])
    evidence = [
        record(
            f"l{i}",
            *(
                mark(f"check-c{j}", int(p * w), int(w))
                for j, (p, w) in enumerate(zip(row, worth, strict=True))
            ),
        )
        for i, row in enumerate(passed)
    ]
    found = check_statistics(results(evidence)[GENOME.name].values(), "en")
    for j, check in enumerate(found):
        rest = (passed * worth).sum(axis=1) - passed[:, j] * worth[j]
        assert check.discrimination.value == pytest.approx(stats.pointbiserialr(passed[:, j], rest).statistic)
        assert check.passed_share == pytest.approx(passed[:, j].mean())


def test_a_check_is_correlated_with_the_other_automatic_checks_only():
    evidence = [
        record(
            f"l{i}", mark("check-a", 2 * a), mark("check-b", 2 * b), mark("check-c", c), mark("essay-d", d, 3)
        )
        for i, (a, b, c, d) in enumerate([(1, 1, 2, None), (1, 0, 1, None), (0, 0, 1, None), (0, 1, 0, None)])
    ]
    manual = {(GENOME.name, "l0", "essay-d"): 0.0, (GENOME.name, "l3", "essay-d"): 3.0}
    checks = check_statistics(results(evidence, manual)[GENOME.name].values(), "en")
    first = checks[0]
    assert first.discrimination.value == pytest.approx(stats.pearsonr([1, 1, 0, 0], [4, 1, 1, 2]).statistic)
    assert [one.check for one in checks] == ["check-a", "check-b", "check-c", "essay-d"]


def test_difficulty_counts_graded_learners():
    gc, orf, essay = check_statistics(results()[GENOME.name].values(), "ko")
    assert (gc.passed, gc.learners, gc.passed_share) == (2, 4, 0.5)
    assert orf.mean_share == pytest.approx((1 + 0.5 + 0 + 1) / 4)
    assert (gc.fails_at, orf.fails_at) == ("GC 함량", "해독틀")
    assert (essay.by_hand, essay.waiting, essay.learners) == (True, 3, 1)
    assert not essay.hard


def test_hints_name_their_learners_the_most_frequent_first():
    common, rare = hint_statistics(results()[GENOME.name].values(), "ko")
    assert (common.code, common.learners, common.text) == ("n-counted", ("lee", "fox"), "n-counted 설명")
    assert (rare.code, rare.learners, rare.checks) == ("frame", ("fox",), ("check-orf-frame",))


def test_a_competency_gathers_its_exercises():
    health = record("kim", mark("check-auroc", 0, 4), exercise=HEALTH.name)
    found = {one.code: one for one in competency_statistics([GENOME, HEALTH], results([*EVIDENCE, health]))}
    assert list(found) == ["E", "J", "R1"]
    assert found["E"].exercises == (GENOME.name, HEALTH.name)
    assert sorted(found["E"].shares.values()) == pytest.approx(sorted([6.5 / 11, 0.25, 0.0, 1.0]))
    assert found["R1"].shares == {"kim": 0.0}
    assert found["J"].median == pytest.approx(np.median([6.5 / 7, 0.25, 0, 1]))


def test_totals_are_weighted():
    health = record("kim", mark("check-auroc", 2, 4), exercise=HEALTH.name)
    totals = total_shares([GENOME, HEALTH], results([*EVIDENCE, health]))
    assert totals["kim"] == pytest.approx((1 * 6.5 / 7 + 3 * 0.5) / 4)
    assert totals["ida"] == 0


def test_competencies_have_names_and_an_order():
    assert competency_name("E", "ko") == "통계적 연구 방법"
    assert competency_name("own-1", "en") == "own-1"
    assert sorted(["R1", "own-1", "C", "R6", "A"], key=competency_order) == ["A", "C", "R1", "R6", "own-1"]


# The page ------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Tags, addresses, ids and text of a page."""

    def __init__(self, html):
        super().__init__()
        self.tags, self.addresses, self.ids, self.anchors, self.handlers = set(), [], [], [], []
        self.text = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.add(tag)
        for name, value in attrs:
            if name in {"src", "href"}:
                (self.anchors if value.startswith("#") else self.addresses).append(value)
            if name == "id":
                self.ids.append(value)
            if name.startswith("on"):
                self.handlers.append(name)

    def handle_data(self, data):
        self.text.append(data)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_the_page_stands_alone_and_runs_nothing(language):
    parsed = Page(page(language))
    assert not parsed.tags & {"script", "iframe", "object", "embed", "form", "link", "svg"}
    assert not parsed.handlers
    assert all(address.startswith("data:image/svg+xml;base64,") for address in parsed.addresses)
    assert len(parsed.ids) == len(set(parsed.ids))
    assert {anchor[1:] for anchor in parsed.anchors} <= set(parsed.ids)


@pytest.mark.parametrize("language", ["en", "ko"])
def test_pictures_hold_no_script_and_nothing_from_elsewhere(language):
    pictures = [
        base64.b64decode(address.partition(",")[2]).decode() for address in Page(page(language)).addresses
    ]
    assert len(pictures) >= 3
    for picture in pictures:
        assert "<script" not in picture
        links = re.findall(r'(?:href="|url\()([^")]+)', picture)
        assert all(link.startswith("#") for link in links)


def test_what_comes_from_learners_is_escaped():
    html = page()
    assert "<script>" not in html
    assert "Fox &lt;script&gt;" in html
    assert "&lt;b&gt;check-gc&lt;/b&gt;" in html
    assert "Course &lt;i&gt;2026&lt;/i&gt;" in html


def test_the_page_says_what_became_of_everybody():
    text = " ".join(" ".join(Page(page(penalties={(GENOME.name, "lee"): 0.5})).text).split())
    for said in (
        "the notebook is not JSON (line 1)",
        "May could not be graded (Sequences)",
        "3 essays wait for a grade by hand (Sequences)",
        "2 of 4 learners drew the hint n-counted (Sequences)",
        "n-counted explained",
        "1 d late · 0.5 points off",
        "Waiting for a grade by hand",
        "Not handed in",
        "As of 2026-11-22 09:30",
        "Nobody has handed in this exercise yet.",
        "guest",
    ):
        assert said in text


def test_the_korean_page_is_korean():
    html = page("ko")
    assert '<html lang="ko">' in html
    text = " ".join(" ".join(Page(html).text).split())
    for said in (
        "먼저 살펴볼 것",
        "김하늘",
        "채점 불가",
        "미제출",
        "n-counted 설명",
        "1일 늦음",
        "통계적 연구 방법",
    ):
        assert said in text
    english = {en for en, ko in _PHRASES.values() if len(en) > 12 and en != ko}
    assert not [one for one in english if one in text]


def material(exercise=GENOME):
    """A dozen essays and programs of which two are the same and hostile."""
    evil = (
        "</pre><script>alert(1)</script><img src=x onerror=alert(1)>\u202e javascript:alert(1) &lt; \x1b[2J"
    )
    learners = {
        f"l{i}": Texts(
            {"gc": "\n".join(f"x{j} = f{(i * 7 + j * 3) % 50}(a.b{i * j}, {i * j})" for j in range(20))},
            {"essay-why": " ".join(f"w{i * 31 + j * (i + 1)}" for j in range(40))},
        )
        for i in range(12)
    }
    learners |= {
        who: Texts(
            {"gc": "\n".join(f"{evil!r}; y.z{j}({j})" for j in range(30))}, {"essay-why": f"{evil} " * 9}
        )
        for who in ("fox", "kim")
    }
    return {exercise.name: Material(Texts(), learners)}


def with_pairs(language="en"):
    evidence = [*EVIDENCE, *(record(f"l{i}", mark("check-gc", 2)) for i in range(12))]
    return build_report("Course", language, [GENOME, HEALTH], ROSTER, Gradings(evidence), material())


def test_similar_submissions_stand_side_by_side_and_cannot_run():
    html = with_pairs()
    parsed = Page(html)
    assert not parsed.tags & {"script", "iframe", "object", "embed", "form", "link", "svg", "pre"}
    assert not parsed.handlers
    assert all(address.startswith("data:image/svg+xml;base64,") for address in parsed.addresses)
    assert html.count("&lt;script&gt;alert(1)&lt;/script&gt;") > 4
    assert html.count('class="pair"') == 2
    assert "Did they work on this together, or from the same source?" in html
    assert 'class="same"' in html
    assert "Submissions more alike than usual, a question to ask; pairs: 2" in html


def test_what_cannot_be_seen_is_shown_by_its_number():
    html = with_pairs()
    assert not set(html) & set("\u202e\x1b\x00")
    assert "⟨202E⟩" in html
    assert visible("a\u200bb\tc\udc80\u2066") == "a⟨200B⟩b\tc?⟨2066⟩"


def test_similarity_is_a_question_in_korean_too():
    text = " ".join(" ".join(Page(with_pairs("ko")).text).split())
    assert "함께 풀었거나 같은 자료를 참고했습니까?" in text
    assert "판정이 아니라 물어볼 거리입니다" in text
    english = {en for en, ko in _PHRASES.values() if len(en) > 12 and en != ko}
    assert not [one for one in english if one in text]


def test_few_submissions_are_not_compared_and_that_is_said():
    few = {GENOME.name: Material(Texts(), {"kim": Texts({"gc": "x = 1"})})}
    assert "submissions are too few to say what is usual" in page(materials=few)
    assert "Nothing was compared" in page()


def test_every_table_has_a_caption_and_headers_with_a_scope():
    for html in (with_pairs(), page("ko")):
        tables = re.findall(r"<table.*?</table>", html, flags=re.S)
        assert len(tables) >= 5
        assert all("<caption>" in table for table in tables)
        assert all('scope="' in header for header in re.findall(r"<th\b[^>]*>", html))
        assert all('alt="' in image for image in re.findall(r"<img\b[^>]*>", html))


def test_the_page_has_a_dark_side_and_prints_on_pages():
    html = page()
    assert "@media screen and (prefers-color-scheme: dark)" in html
    assert "break-before: page" in html
    assert "display: table-header-group" in html
    assert "default-src 'none'" in html


def test_a_check_without_discrimination_says_why():
    text = " ".join(Page(report([record("kim", mark("check-gc", 2))])).text)
    assert "not enough learners" in text
    same = [record(f"l{i}", mark("check-gc", 2), mark("check-orf", i % 2)) for i in range(4)]
    text = " ".join(Page(report(same)).text)
    assert "everybody has the same here" in text
    assert "everybody has the same elsewhere" in text


def test_one_who_fails_is_no_reason_to_doubt_a_check():
    def checks(failing):
        evidence = [
            record(f"l{i}", mark("check-a", 0 if i < failing else 2), mark("check-b", 2 if i < 10 else 0))
            for i in range(20)
        ]
        return check_statistics(results(evidence)[GENOME.name].values(), "en")

    assert checks(1)[0].discrimination.value < -0.05
    assert not checks(1)[0].misleading
    assert checks(5)[0].misleading


def test_learners_are_mentioned_first_where_they_may_need_help():
    names = ["genome-a", "genome-b", "genome-c", "genome-d"]
    past = datetime(2020, 1, 1)
    exercises = [ExerciseInfo(name, name.title(), due=past) for name in names]
    evidence = [
        record(f"l{i}", mark("check-gc", 4 - place if i == 0 else 4, 4), exercise=name)
        for place, name in enumerate(names)
        for i in range(6)
    ]
    evidence[-6] |= {"earlier": [{"points": 3.0, "max_points": 4.0, "hints": {}}] * 2}
    html = build_report("Course", "en", exercises, {"l0": "김하늘", "absent": "이수진"}, Gradings(evidence))
    text = " ".join(" ".join(Page(html).text).split())
    assert "1 of 7 learners may be stuck" in text
    assert "Genome-D: 3 submissions without more points" in text
    assert "Falling behind earlier results: 1 of 7 learners" in text
    assert "Not handed in by 1 of 7 learners; it was due 2020-01-01 00:00 (Genome-D)" in text
    assert "falls behind" in text


def test_namesakes_have_their_ids_wherever_names_stand_alone():
    evidence = [record(who, mark("check-gc", 1)) for who in ("s1", "s2")]
    roster = {"s1": "김민지", "s2": "김민지", "s3": "이서연", "s4": "김민지"}
    text = report(evidence, roster=roster)
    assert '<th scope="row">김민지 (s1)</th>' in text, "the map of competencies"
    assert "이서연, 김민지 (s4)" in text, "who handed in nothing"
    assert "이서연 (s3)" not in text
    assert "김민지 (s1) <small>" not in text, "where the id stands beside the name it is not said twice"


def test_lists_of_a_large_cohort_are_bounded():
    exercises = [ExerciseInfo(f"genome-{place}", f"Exercise {place}") for place in range(4)]
    evidence = [
        record(
            f"l{i}",
            mark("check-gc", 4 - place if i % 2 else 4, 4),
            exercise=one.name,
            earlier=[{"points": 4.0, "max_points": 4.0, "hints": {}}] * 2,
        )
        for place, one in enumerate(exercises)
        for i in range(161)
    ]
    text = " ".join(Page(report(evidence, exercises)).text)
    assert "80 of 161 learners may be stuck" in text
    assert "… and 20 more learners" in text
    assert "… and 65 more learners" in text


def test_what_was_handed_in_and_is_not_graded_is_not_missing():
    text = " ".join(Page(page(handed_in={(GENOME.name, "ida")})).text)
    assert "Not graded yet" in text


def test_shares_of_what_was_handed_in_are_weighted():
    health = record("kim", mark("check-auroc", 2, 4), exercise=HEALTH.name)
    found = handed_in_shares([GENOME, HEALTH], results([*EVIDENCE, health]))
    assert found["kim"] == pytest.approx((1 * 6.5 / 7 + 3 * 0.5) / 4)
    assert found["lee"] == 0.25
    assert "ida" not in found


def test_a_course_without_learners_or_submissions_has_a_page():
    html = report([])
    assert "Nobody has handed in this exercise yet." in html
    assert "Nothing calls for attention" in html
    assert "Nobody has" in report([], roster=ROSTER)


def test_the_same_input_gives_the_same_page():
    assert page() == page()


def test_a_language_that_does_not_exist_is_refused():
    with pytest.raises(InputError, match="'en' or 'ko'"):
        page("fr")


def test_attention_is_limited():
    marks = [mark(f"check-c{i}", 0) for i in range(60)]
    evidence = [record(f"l{i}", *marks) for i in range(3)]
    html = report(evidence)
    assert "… and 46 more in the sections of the exercises" in html


def test_essays_that_wait_are_one_line_however_many_exercises_have_them():
    evidence = [record("kim", mark("essay-why", None), exercise=one.name) for one in (GENOME, HEALTH)]
    text = Page(report(evidence, exercises=[GENOME, HEALTH])).text
    assert "2 essays wait for a grade by hand (2 exercises)" in text
    assert sum("by hand (" in line for line in text) == 1


def test_one_learner_who_fails_is_no_hard_check():
    def attention(learners):
        return report([record(f"l{i}", mark("check-gc", 0), mark("check-orf", 2)) for i in range(learners)])

    assert "have all points (" not in attention(2)
    assert "gc: only 0 of 3 learners have all points (Sequences)" in attention(3)


def test_a_long_list_of_learners_is_folded_and_a_link_leads_into_it():
    evidence = [record(f"l{i:02}", mark("check-gc", 2)) for i in range(31)]
    html = report(evidence)
    inside = re.findall(r'<details class="fold"><summary>31 learners</summary>(.*?)</details>', html, re.S)
    assert any(
        f'id="learners-{GENOME.name}"' in table and ">l30<" in table.replace("\n", "") for table in inside
    )
    assert "<details" not in report(evidence[:30])


def test_an_exercise_that_nobody_handed_in_names_nobody():
    gradings = Gradings([record("kim", mark("check-gc", 2), exercise=HEALTH.name)])
    after_it_was_due = datetime(2026, 11, 22, 9, 30)
    html = build_report("Course", "en", [GENOME, HEALTH], ROSTER, gradings, made_at=after_it_was_due)
    before, _, after = html.partition(f'id="exercise-{GENOME.name}"')
    assert "everybody" in after.partition("</section>")[0]
    assert f'href="#learners-{GENOME.name}"' in before
    assert f'id="learners-{GENOME.name}"' in after
    assert '<td class="small">everybody</td>' in before


@pytest.mark.parametrize(
    ("label", "columns", "lines", "shown"),
    [
        ("Sequences", 20, 2, "Sequences"),
        (
            "Professional, ethical and legal responsibilities",
            30,
            2,
            "Professional, ethical and\nlegal responsibilities",
        ),
        ("서열과 그 구성", 14, 2, "서열과 그 구성"),
        ("서열과 그 구성", 12, 2, "서열과 그\n구성"),
        ("one two three four", 9, 1, "one two…"),
        ("one two three four", 7, 1, "one tw…"),
        ("나랏말싸미", 4, 3, "나랏\n말싸\n미"),
        ("나랏말싸미", 4, 2, "나랏\n말…"),
        ("", 10, 2, ""),
    ],
)
def test_a_label_is_wrapped_by_the_width_of_its_letters(label, columns, lines, shown):
    assert wrapped(label, columns, lines) == shown


def test_a_large_cohort_has_a_page():
    rng = np.random.default_rng(1)
    evidence = [
        record(f"learner{i:03}", *(mark(f"check-c{j}", 2 * int(rng.random() < 0.6)) for j in range(10)))
        for i in range(300)
    ]
    html = report(evidence)
    assert "300" in Page(html).text
    assert len(html) < 600_000


def test_code_in_hints_and_in_what_was_checked_is_set_as_code():
    drawn = mark("check-a", 0, hint="h", what_en="`f(<x>)`")
    drawn["hint_en"] = "`end` is < outside"
    html = report([record("kim", drawn)])
    codes = re.findall("<code style=[^>]*>(.*?)</code>", html)
    assert sorted(codes) == ["end", "f(&lt;x&gt;)"]
    assert "</code> is &lt; outside<br>" in html
    assert "`" not in html


def test_notes_say_where_dots_were_moved():
    assert "moved up or down" in page("en")
    assert "moved sideways" in page("en")
    assert "위아래로 옮겨" in page("ko")
    assert "옆으로 옮겨" in page("ko")


def test_checks_that_everybody_passes_have_no_item_picture():
    evidence = [record(f"l{i}", mark("check-a", 2), mark("check-b", 2)) for i in range(5)]
    assert item_picture(check_statistics(results(evidence)[GENOME.name].values(), "en"), "en") is None


def test_pictures_leave_the_settings_of_matplotlib_alone():
    import matplotlib as mpl

    before = dict(mpl.rcParams)
    score_picture([0.2, 0.9], "ko")
    assert dict(mpl.rcParams) == before


def places(text):
    return [name for _, name, _, _ in string.Formatter().parse(text) if name is not None]


def test_every_phrase_has_the_same_places_in_both_languages():
    for key, (english, korean) in _PHRASES.items():
        assert len(places(english)) == len(places(korean)), key
        values = [f"value-{i}" for i, _ in enumerate(places(english))]
        for language in ("en", "ko"):
            assert all(value in phrase(key, language, *values) for value in values), key
