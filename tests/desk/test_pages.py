"""The desk's pages in a browser: what an instructor sees, presses and types."""

import re
import shutil

import pytest

playwright = pytest.importorskip("playwright.sync_api", reason="needs playwright")
expect = playwright.expect
expect.set_options(timeout=60_000)  # for a crowded machine
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(CHROMIUM is None, reason="needs Chromium"),
]

EXERCISE = "genome-01-gc-content"


@pytest.fixture
def visit():
    """Open a page of a desk; whatever it says on its console that is no good fails the test."""
    said = []
    with playwright.sync_playwright() as running:
        browser = running.chromium.launch(executable_path=CHROMIUM)

        def open_page(client, path="", language="en"):
            context = browser.new_context(viewport={"width": 1280, "height": 900})
            key = "biolab-desk-language"
            context.add_init_script(f"localStorage['{key}'] ||= '{language}'")
            page = context.new_page()
            page.set_default_timeout(60_000)
            page.on("pageerror", lambda error: said.append(str(error)))
            page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
            page.goto(client.address)
            if path:
                page.goto(client.base + path)
            return page

        yield open_page
        browser.close()
    # a refusal that the page shows is a line on the console too
    assert [text for text in said if "status of 409" not in text] == []


def press(page, label):
    page.locator("#steps").get_by_role("button", name=label, exact=True).click()
    page.locator(".run.done").get_by_text(re.compile("^Done in")).wait_for(timeout=120_000)


def test_many_problems_are_folded_and_said_to_be_more(fresh, open_desk, visit, hand_in, answered):
    for number in range(14):
        hand_in(fresh, f"nobody-{number:02}", answered["solution"])
    _, client = open_desk(fresh.folder)
    page = visit(client)
    page.get_by_text("14 files in the inbox or the exchange cannot be taken").wait_for()
    press(page, "Collect")
    page.locator(".problems").get_by_text("14 problems").wait_for()
    lines = page.locator(".problems li")
    expect(lines).to_have_count(14)
    expect(lines.locator("visible=true")).to_have_count(8)
    page.get_by_text("… and 6 more").click()
    expect(lines.locator("visible=true")).to_have_count(14)
    with page.expect_response(re.compile("/api/state$")):  # over a look at the state: what is open stays open
        pass
    page.wait_for_timeout(500)
    expect(lines.locator("visible=true")).to_have_count(14)


def test_a_round_takes_a_click_a_step(fresh, open_desk, visit, hand_in, answered):
    hand_in(fresh, "kim", answered["solution"])
    hand_in(fresh, "lee", b"{")
    _, client = open_desk(fresh.folder)
    page = visit(client)
    press(page, "Build and release")
    page.reload()
    press(page, "Collect and grade")
    expect(page.locator(".cohort")).to_have_text(
        "1 waiting for you · 1 not gradable · 1 missing", use_inner_text=True
    )
    assert page.locator(".problems").inner_text().count("이수진") == 1
    page.reload()  # what went wrong stays in sight
    page.locator(".problems").get_by_text("이수진").wait_for()
    page.locator("#run").get_by_role("button", name="Close").click()
    page.reload()
    page.get_by_role("link", name="Grade answers").wait_for()
    expect(page.locator(".problems")).to_have_count(0)
    page.get_by_role("link", name="Grade answers").click()
    page.locator("#points").press_sequentially("2")
    page.locator("#points").press("c")
    page.locator("#comment").fill("좋습니다")
    page.locator("#comment").press("Control+Enter")
    page.get_by_text("All answers are graded").wait_for()
    page.get_by_role("link", name="Back to the desk").first.click()
    press(page, "Write feedback")
    page.get_by_role("button", name="Learners of GC content").click()
    with page.context.expect_page() as opened:
        page.locator(".list").get_by_role("link", name="page", exact=True).first.click()
    feedback = opened.value
    expect(feedback.locator(".total")).to_contain_text("5 / 5")
    expect(feedback.locator(".comment")).to_contain_text("좋습니다")


def test_the_keyboard_keeps_its_place_and_a_screen_reader_is_told_once(
    course, open_desk, visit, hand_in, answered
):
    hand_in(course, "kim", answered["solution"])
    _, client = open_desk(course.folder)
    page = visit(client)
    button = page.get_by_role("button", name="Collect and grade", exact=True)
    button.focus()
    page.evaluate(
        """() => {
            window.told = [];
            const said = document.getElementById("said");
            new MutationObserver(() => window.told.push(said.textContent)).observe(said, { childList: true });
        }"""
    )
    page.keyboard.press("Enter")
    page.locator(".run.done").get_by_text(re.compile("^Done in")).wait_for(timeout=120_000)
    page.locator("[data-key=step_grade_do]:focus").wait_for()
    page.wait_for_function("/^Done in .* 1 graded/.test(window.told.at(-1))")
    told = page.evaluate("window.told")
    assert len(told) == len(set(told)) <= 4


def test_the_page_speaks_both_languages(graded, open_desk, visit):
    _, client = open_desk(graded.folder)
    page = visit(client, language="ko")
    expect(page.locator("h1")).to_have_text("GC 과정")
    expect(page.get_by_role("button", name="피드백 쓰기")).to_be_enabled()
    page.get_by_role("button", name="EN").click()
    expect(page.get_by_role("button", name="Write feedback")).to_be_enabled()
    page.reload()
    page.get_by_role("button", name="Write feedback").wait_for()
    expect(page.locator("html")).to_have_attribute("lang", "en")


def test_answers_have_no_names_until_these_are_asked_for(graded, open_desk, visit):
    path = graded.notebook("autograded", EXERCISE, "kim")
    bad = "<img src=x onerror=document.title=1><b>PCR</b> amplifies"
    path.write_text(path.read_text(encoding="utf-8").replace("PCR amplifies", bad), encoding="utf-8")
    _, client = open_desk(graded.folder)
    page = visit(client, f"essays?exercise={EXERCISE}")
    page.locator(".answer-panel b", has_text="PCR").wait_for()
    assert "김하늘" not in page.content()
    assert page.title() != "1"
    page.get_by_label("Show names").check()
    page.get_by_text("김하늘").wait_for()


def test_of_two_tabs_the_second_looks_again_and_loses_nothing(graded, open_desk, visit):
    _, client = open_desk(graded.folder)
    one, two = (visit(client, f"essays?exercise={EXERCISE}") for _ in range(2))
    two.locator("#points").press_sequentially("1")
    one.locator("#points").press_sequentially("2")
    one.locator("#points").press("Enter")
    one.get_by_text("All answers are graded").wait_for()
    two.locator("#comment").fill("more to say")
    two.locator("#points").press("Enter")
    two.get_by_text("nothing was saved").wait_for()
    two.get_by_role("button", name="Look at it again").click()
    two.get_by_text("graded: 2").wait_for()
    expect(two.locator("#points")).to_have_value("1")
    expect(two.locator("#comment")).to_have_value("more to say")


def test_a_broken_course_toml_is_shown_and_goes_away_when_it_is_mended(graded, open_desk, visit):
    _, client = open_desk(graded.folder)
    page = visit(client)
    page.locator(".cohort").wait_for()
    path = graded.folder / "course.toml"
    whole = path.read_text(encoding="utf-8")
    path.write_text(whole.replace('language = "ko"', "language = ko"), encoding="utf-8")
    page.get_by_text("course.toml:4").wait_for()
    expect(page.locator(".cohort")).to_be_visible()
    path.write_text(whole, encoding="utf-8")
    page.get_by_text("course.toml:4").wait_for(state="detached")
