"""A whole round on a shared machine, by users of three accounts: release, answers, grades, feedback.

Everybody uses pages in Chromium; commands prepare the course and look at what came of it.
"""

import hashlib
import json
import re
import statistics
from types import SimpleNamespace

import pytest
from classroom import EXERCISE, SECONDS_PER_CELL, Browser, school, why_not
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys-round"),
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
    pytest.mark.skipif(Browser.command is None, reason="Chromium is not installed"),
]

GILDONG, YOUNGHEE = "홍길동", "김영희"
RENAMED = "GC 과제 (김영희).ipynb"
#: What stands in the cells as they are released.
TASK, ESSAY = "Return the share of G and C", "여기에 답을 작성하십시오"
SOLUTION = """\
def gc_content(sequence):
    known = [base for base in sequence.upper() if base in "ACGT"]
    return sum(base in "GC" for base in known) / len(known) if known else 0.0
"""
LAST_WORD = "# 저장하지 않은 마지막 한 줄\n"
ENDLESS = """\
def gc_content(sequence):
    while True:
        pass
"""
WHY = "GC가 많은 조각은 변성이 어려워 PCR에서 덜 증폭됩니다. 그래서 깊이가 낮습니다."
COMMENT = "변성 온도를 정확히 짚었습니다, 홍길동 님."


@pytest.fixture(scope="module")
def room():
    """A course that nobody has released; homes on this machine are open to look into, as on many."""
    with school(GILDONG, YOUNGHEE) as one:
        for account in (one.instructor, *one.trainees.values()):
            account.home.chmod(0o755)
        one.make_course()
        yield one


@pytest.fixture(scope="module")
def desk(room):
    with room.desk() as window:
        yield window


@pytest.fixture(scope="module")
def released(desk):
    """One press, and the course is in the exchange; how many it took."""
    before = desk.clicks
    desk.press(desk.button("만들어 배포하기"))
    expect(desk.page.locator("#run")).to_contain_text("1개 배포")
    return desk.clicks - before


@pytest.fixture(scope="module")
def benches(room, released):
    assert released
    found = {name: room.bench(name) for name in room.trainees}
    for bench in found.values():
        bench.start()
    return found


@pytest.fixture(scope="module")
def gildong(room, benches):
    return benches[GILDONG].open(room.browser)


@pytest.fixture(scope="module")
def younghee(room, benches):
    bench = benches[YOUNGHEE]
    bench.account.run("mv", f"{EXERCISE}.ipynb", RENAMED, cwd=bench.folder / EXERCISE)
    return bench.open(room.browser)


@pytest.fixture(scope="module")
def endless(benches, gildong, younghee):
    """One trainee's loop in the notebook and under "check all", while the other works; what was measured."""
    younghee.act(EXERCISE, "open")
    younghee.wait_for_kernel()
    younghee.run("lab.start")
    younghee.write(TASK, ENDLESS)
    younghee.run("while True")
    younghee.run("gc_content.plain")  # never ends in the notebook's own kernel
    with benches[GILDONG].latency() as hers, benches[YOUNGHEE].latency() as his:
        gildong.act(EXERCISE, "open")
        gildong.write(TASK, SOLUTION)
        gildong.write(ESSAY, WHY)
        younghee.act(EXERCISE, "check")
        gildong.act(EXERCISE, "check")
        expect(gildong.note(EXERCISE)).to_contain_text("검사했습니다")
        meanwhile = younghee.entry(EXERCISE).get_attribute("aria-busy")
        expect(younghee.note(EXERCISE)).to_contain_text("검사했습니다")
    prompt = younghee.prompt("gc_content.plain").inner_text()
    return SimpleNamespace(latencies=[*hers, *his], meanwhile=meanwhile, prompt=prompt)


@pytest.fixture(scope="module")
def handed_in(room, benches, gildong, younghee, endless):
    """Both have submitted; what they were told, and what arrived."""
    assert endless
    path = benches[GILDONG].folder / EXERCISE / f"{EXERCISE}.ipynb"
    gildong.write("return sum(base in", SOLUTION + LAST_WORD)
    unsaved = LAST_WORD.strip() not in path.read_text(encoding="utf-8")
    before = gildong.window.clicks
    gildong.act(EXERCISE, "submit")
    expect(gildong.dialog).to_contain_text("제출했습니다")
    receipt = gildong.dialog.inner_text()
    gildong.answer("닫기")
    clicks = gildong.window.clicks - before

    younghee.act(EXERCISE, "submit")
    expect(younghee.dialog).to_contain_text("제출하기 전에")
    warnings = younghee.dialog.inner_text()
    younghee.answer("그래도 제출")
    expect(younghee.dialog).to_contain_text("제출했습니다")
    younghee.answer("닫기")
    arrived = {
        folder.name.split("+")[0]: folder / f"{EXERCISE}.ipynb"
        for folder in (room.published / "inbound").iterdir()
    }
    return SimpleNamespace(
        unsaved=unsaved, receipt=receipt, clicks=clicks, warnings=warnings, arrived=arrived, path=path
    )


@pytest.fixture(scope="module")
def graded(desk, handed_in):
    """Collected and graded; what the page said on the way."""
    assert handed_in
    before = desk.clicks
    seen = set()
    desk.press(desk.button("수집하고 채점하기"))
    run = desk.page.locator("#run")
    for _ in desk.moments():
        text = run.inner_text()
        seen.update(re.findall(r"\d+개 중 \d+개", text))
        if "채점 2개" in text:
            break
    return SimpleNamespace(seen=seen, clicks=desk.clicks - before)


@pytest.fixture(scope="module")
def told(desk, graded):
    """The essay is graded by hand and feedback is written; how many presses that took."""
    assert graded
    before = desk.clicks
    desk.press(desk.page.get_by_role("link", name="답안 채점하기"))
    expect(desk.page.locator("#work")).to_contain_text("변성이 어려워")
    desk.page.get_by_label("점수 (0–2)").fill("1.5")
    desk.page.get_by_label("학습자에게 남길 말").fill(COMMENT)
    desk.press(desk.button("저장하고 다음"))
    expect(desk.page.locator("main")).to_contain_text("모든 답안을 채점했습니다")
    desk.press(desk.page.get_by_role("link", name="데스크로").first)
    desk.press(desk.button("피드백 쓰기"))
    expect(desk.page.locator("#run")).to_contain_text("페이지 2개")
    return desk.clicks - before


def test_releasing_takes_one_press(room, released):
    assert released == 1
    names = {path.name for path in (room.published / "outbound").rglob("*") if path.is_file()}
    assert f"{EXERCISE}.ipynb" in names
    text = (room.published / "outbound" / EXERCISE / f"{EXERCISE}.ipynb").read_text(encoding="utf-8")
    assert "HIDDEN" not in text
    assert "GC content of your sequence" not in text, "a hidden test"


def test_the_panel_shows_the_course_in_korean(room, gildong):
    expect(gildong.panel).to_contain_text("유전체 데이터 분석 입문")
    expect(gildong.panel).to_contain_text(room.trainees[GILDONG].name)
    expect(gildong.entry(EXERCISE)).to_contain_text("GC 함량")
    expect(gildong.page.locator(".lm-MenuBar").first).to_contain_text("파일")


def test_an_endless_loop_freezes_nobody(gildong, younghee, endless):
    assert endless.meanwhile == "true", "the other one was done while the loop still ran"
    assert endless.prompt == "[*]:", "in the notebook's own kernel it runs still"
    expect(gildong.note(EXERCISE)).to_contain_text("3점 중 3점")
    younghee.entry(EXERCISE).locator("details.biolab-details > summary").click()
    expect(younghee.entry(EXERCISE)).to_contain_text("중단되었습니다")
    print(f"median {statistics.median(endless.latencies):.3f} s, longest {max(endless.latencies):.3f} s")
    assert max(endless.latencies) < SECONDS_PER_CELL, "a server that runs the loop itself does not answer"


def test_what_is_on_the_screen_is_submitted_with_a_receipt(room, handed_in):
    assert handed_in.unsaved, "the last line was on the screen only"
    data = handed_in.arrived[room.trainees[GILDONG].name].read_bytes()
    assert LAST_WORD.strip() in data.decode()
    assert WHY in data.decode()
    assert hashlib.sha256(data).hexdigest() in "".join(handed_in.receipt.split())
    assert handed_in.clicks == 2, "submit, and the receipt"
    receipts = handed_in.path.parents[1] / ".biolab" / EXERCISE / "receipts"
    (kept,) = [json.loads(path.read_text(encoding="utf-8")) for path in receipts.glob("*.json")]
    assert kept["sha256"] == hashlib.sha256(data).hexdigest()


def test_a_renamed_notebook_and_an_open_answer_are_warned_of_and_arrive(room, handed_in):
    assert RENAMED in handed_in.warnings
    assert "답하지 않은" in handed_in.warnings
    assert "while True" in handed_in.arrived[room.trainees[YOUNGHEE].name].read_text(encoding="utf-8")


def test_trainees_see_nothing_of_others(room, benches, handed_in):
    younghee, gildong = room.trainees[YOUNGHEE], room.trainees[GILDONG]
    inbound = room.published / "inbound"
    theirs = handed_in.arrived[gildong.name].parent
    assert not younghee.tries("ls", inbound)[0], "names of submissions cannot be listed"
    assert not younghee.tries("sh", "-c", f"cat {inbound}/*/*")[0]
    assert not younghee.tries("rm", "-r", theirs)[0]
    assert not younghee.tries("mv", theirs, f"{inbound}/gone")[0]
    assert not younghee.tries("sh", "-c", f"echo > '{theirs}/{EXERCISE}.ipynb'")[0]
    assert not younghee.tries("touch", room.published / "outbound" / "mine")[0]
    assert handed_in.arrived[gildong.name].is_file()
    for secret in ("source", "gradebook.db", "roster.csv", "submitted"):
        assert not younghee.tries("ls", room.course / secret)[0], secret
    for private in (".", ".biolab", EXERCISE):
        assert not younghee.tries("ls", benches[GILDONG].folder / private)[0], private


def test_the_desk_grades_with_progress_in_one_press(room, graded):
    assert graded.clicks == 1
    assert graded.seen, "how far it is"
    evidence = room.course / "evidence" / EXERCISE
    points = {
        name: json.loads((evidence / f"{account.name}.json").read_text(encoding="utf-8"))["points"]
        for name, account in room.trainees.items()
    }
    assert points == {GILDONG: 3.0, YOUNGHEE: 0.0}


def test_the_desk_calls_people_by_their_names(desk, graded):
    assert graded
    desk.press(desk.button(re.compile("GC 함량 학습자|^학습자$")).first)
    for name in (GILDONG, YOUNGHEE):
        expect(desk.page.get_by_text(name).first).to_be_visible()
    desk.page.reload()


def test_feedback_reaches_the_trainee_in_the_panel(gildong, told):
    assert told <= 4
    gildong.window.press(gildong.panel.locator('[data-action="fetch"]'))
    expect(gildong.entry(EXERCISE)).to_contain_text("4.5 / 5점")
    gildong.act(EXERCISE, "feedback")
    page = gildong.page.frame_locator(".biolab-feedback iframe")
    expect(page.locator("body")).to_contain_text(COMMENT)
    expect(page.locator("body")).not_to_contain_text("GC content of your sequence")


def test_nobody_reads_another_s_feedback(room, told):
    assert told
    younghee, published = room.trainees[YOUNGHEE], room.published / "feedback"
    assert list(published.iterdir())
    assert not younghee.tries("ls", published)[0]
    assert not younghee.tries("sh", "-c", f"cat {published}/*")[0]
    assert not younghee.tries("ls", room.course / "feedback")[0]


def test_no_page_asked_beyond_this_machine_or_failed(room, told):
    assert told
    assert room.browser.outside == []
    assert room.browser.errors == []
