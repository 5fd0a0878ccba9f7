"""The panel in a real browser, before the real server: every button, and what can go wrong behind it."""

import hashlib
import importlib.util
import json
import os
import re
import secrets
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from contextlib import nullcontext
from pathlib import Path

import pytest

pytest.importorskip("jupyterlab")
pytest.importorskip("playwright")

from playwright.sync_api import Error, expect

from .conftest import code, entry, reserved_port, write_course

expect.set_options(timeout=60_000)  # for a crowded machine
DRIVER = Path(__file__).parents[1] / "journeys" / "classroom" / "browser.py"
DUE = "2031-12-20T23:59:00+09:00"
CHECK = (
    'lab.check("f", points=2)\n'
    'off = hint("off-by-one", 2, en="Count from `0`.", ko="`0`부터 세십시오.")\n'
    'expect(f(), "f", ko="f의 값").equals(1, hints=[off])'
)
EXERCISES = {
    "genome-01-cells": "셀에서 검사하기",
    "genome-02-check": "모두 검사하기",
    "genome-03-loop": "끝나지 않는 반복",
    "genome-04-submit": "제출하기",
    "genome-05-save": "저장하지 못한 노트북",
    "genome-06-rename": "이름이 바뀐 노트북",
    "genome-07-tabs": "두 탭",
    "genome-08-gone": "사라진 서버",
    "genome-09-feedback": "피드백 읽기",
    "genome-10-elsewhere": "다른 탭에서 고친 노트북",
    "genome-11-machines": "두 컴퓨터",
    "genome-12-removed": "지워진 노트북",
    "genome-13-slow": "느린 디스크",
}


def _driver():
    """The journeys' browser; tests here need no user of the operating system."""
    spec = importlib.util.spec_from_file_location("panel_browser", DRIVER)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.Browser


Browser = _driver()
pytestmark = [
    pytest.mark.skipif(Browser.command is None, reason="Chromium is not installed"),
    pytest.mark.xdist_group("panel"),
]


def notebook(exercise):
    """A released notebook of one task: f is to return 1."""
    cells = [
        code(f'from biolabkit.check import expect, hint, lab\nlab.start("{exercise}")'),
        code("def f():\n    # YOUR CODE HERE\n    raise NotImplementedError()", "f"),
        code(CHECK, "check-f", 2),
    ]
    for number, cell in enumerate(cells):
        cell |= {"id": f"cell-{number}", "execution_count": None}
    kernel = {"name": "python3", "display_name": "Python 3", "language": "python"}
    document = {"nbformat": 4, "nbformat_minor": 5, "metadata": {"kernelspec": kernel}, "cells": cells}
    return json.dumps(document, ensure_ascii=False).encode()


def published(exercise, title):
    content = notebook(exercise)
    said = entry(content, exercise, due=DUE)
    cells = json.loads(content)["cells"]
    digests = [hashlib.sha256("".join(cell["source"]).strip().encode()).hexdigest() for cell in cells]
    said["tasks"][0] |= {
        "sha256": digests[1],
        "checks": [{"id": "check-f", "points": 2, "sha256": digests[2]}],
    }
    said["seconds_per_cell"] = 300.0  # a check ends when a test says so, however slow the machine is
    return said | {"title": {"en": exercise, "ko": title}, "essays": [{"id": "essay-why", "points": 3}]}


@pytest.fixture(scope="module")
def course(tmp_path_factory):
    """A Korean course in a folder with a Korean name, and the inbox that it submits to."""
    root = tmp_path_factory.mktemp("panel")
    (root / "inbox").mkdir()
    folder = root / "내 과정"
    for exercise in EXERCISES:
        (folder / exercise).mkdir(parents=True)
        (folder / exercise / f"{exercise}.ipynb").write_bytes(notebook(exercise))
    entries = [published(exercise, title) for exercise, title in EXERCISES.items()]
    return write_course(folder, *entries, language="ko", learner="kim", submit_to="../inbox")


class Server:
    """`biolab lab`, at an address that it has again after an end."""

    def __init__(self, course, home):
        self.course, self._home, self._token = course, home, secrets.token_hex(8)
        self._reserved, self._port = reserved_port()
        self.address = f"http://127.0.0.1:{self._port}"

    def url(self, path):
        return f"{self.address}/{path}{'&' if '?' in path else '?'}token={self._token}"

    def start(self):
        kept = {name: value for name, value in os.environ.items() if not name.startswith("JUPYTER")}
        options = [
            "--no-browser",
            f"--port={self._port}",
            "--ServerApp.port_retries=0",
            f"--IdentityProvider.token={self._token}",
        ]
        self._process = subprocess.Popen(
            [sys.executable, "-m", "biolabkit.cli", "lab", str(self.course), *options],
            env=kept | {"HOME": str(self._home), "JUPYTER_PLATFORM_DIRS": "0"},
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        until = time.monotonic() + 120
        while not self._answers():
            assert self._process.poll() is None
            assert time.monotonic() < until
            time.sleep(0.1)

    def _answers(self):
        try:
            return urllib.request.urlopen(self.url("api/status"), timeout=10).status == 200
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False

    def end(self):
        """Its kernels and checks end with it."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGTERM)
            try:
                self._process.wait(60)
            except subprocess.TimeoutExpired:
                os.killpg(self._process.pid, signal.SIGKILL)
                self._process.wait()

    def close(self):
        """Give the address back."""
        self._reserved.close()


@pytest.fixture(scope="module")
def server(course, tmp_path_factory):
    server = Server(course, tmp_path_factory.mktemp("home"))
    server.start()
    yield server
    server.end()
    server.close()


@pytest.fixture(scope="module")
def chromium():
    with Browser() as chromium:
        yield chromium
        assert not chromium.outside, "the page asked for something beyond this machine"


def is_checkpoint(answer):
    """The last that JupyterLab asks for when it saves a notebook."""
    return answer.request.method == "POST" and "/checkpoints" in answer.url


def is_last_of_opening(answer):
    """The last that JupyterLab asks for when it opens a notebook: its checkpoints, or one if it has none."""
    is_none = answer.headers.get("content-length") == str(len("[]"))
    return is_checkpoint(answer) or ("/checkpoints" in answer.url and not is_none)


class Lab:
    """JupyterLab's page with the panel."""

    def __init__(self, page, url):
        self.page = page
        page.goto(url)
        self.panel = page.locator("#biolab-panel")
        self.panel.locator(".biolab-assignment").first.wait_for()

    def entry(self, exercise):
        """An assignment, unfolded."""
        entry = self.panel.locator(f'[data-exercise="{exercise}"]')
        # in one step: the panel unfolds some by itself, and a click would fold them again
        entry.locator(".biolab-title").evaluate("node => node.ariaExpanded === 'false' && node.click()")
        return entry

    def press(self, exercise, action):
        button = self.entry(exercise).locator(f'[data-action="{action}"]')
        expect(button).not_to_have_attribute("aria-disabled", "true")
        button.click()

    def note(self, exercise):
        return self.panel.locator(f'[data-exercise="{exercise}"] .biolab-note')

    def open(self, exercise):
        """Bring a notebook to the front, until JupyterLab has done all that it does when it opens one."""
        is_open = self.page.locator(f'.lm-TabBar-tab[title*="{exercise}"]').count() > 0
        with nullcontext() if is_open else self.page.expect_response(is_last_of_opening):
            self.press(exercise, "open")
        expect(self.entry(exercise)).to_have_attribute("aria-current", "true")
        self.cell(1).wait_for()

    def cell(self, number):
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-CodeCell .cm-content").nth(number)

    def answer(self, source):
        """Write the task's cell, and do not save."""
        until = time.monotonic() + 60
        while self.cell(1).inner_text().split() != source.split():
            assert time.monotonic() < until, self.cell(1).inner_text()
            # again where the notebook, once its kernel is ready, took the focus from its cell
            self.cell(1).click()
            self.page.keyboard.press("Control+a")
            self.page.keyboard.insert_text(source)

    def wait_for_kernel(self):
        """Until the notebook in front has one that waits: JupyterLab runs nothing before."""
        front = self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden)")
        front.locator('.jp-Notebook-ExecutionIndicator[data-status="idle"]').wait_for()

    def save(self):
        """Save the notebook in front, until JupyterLab has done all that belongs to it."""
        with self.page.expect_response(is_checkpoint):
            self.page.keyboard.press("Control+s")
        expect(self.page.locator(".jp-mod-dirty")).to_have_count(0)

    def close_dialogs(self):
        """Close from now on what JupyterLab itself has to say, whenever it comes and is in the way."""
        dialog = self.page.locator("dialog.jp-Dialog").filter(has_not=self.page.locator(".biolab-dialog"))
        self.page.add_locator_handler(dialog.first, lambda: self.page.keyboard.press("Escape"))

    @property
    def dialog(self):
        return self.page.locator(".jp-Dialog", has=self.page.locator(".biolab-dialog"))


@pytest.fixture
def lab(server, chromium):
    window = chromium.window(1280, 900, permissions=["clipboard-read", "clipboard-write"])
    yield Lab(window.page, server.url("lab?reset"))
    window.close()


def saved(course, exercise):
    return (course / exercise / f"{exercise}.ipynb").read_text("utf-8")


def submitted(course, exercise):
    return course.parent / "inbox" / exercise / "kim.ipynb"


def show(lab, change):
    """Let the panel see the course that a function makes of the server's answer."""

    def altered(route):
        answer = route.fetch()
        data = answer.json()
        change(data)
        route.fulfill(response=answer, json=data)

    lab.page.route("**/biolab/api/course*", altered)
    lab.page.evaluate("window.dispatchEvent(new Event('focus'))")


def test_on_the_first_start_the_course_is_in_front(lab):
    expect(lab.panel).to_be_visible()
    expect(lab.panel.get_by_role("heading", level=2)).to_have_text("생물학 101")
    expect(lab.panel.locator(".biolab-assignment h3")).to_have_count(len(EXERCISES))
    assert lab.panel.get_attribute("lang") == "ko"


def test_browsers_keep_no_panel_of_an_older_biolabkit(server):
    """What lies in a folder "static" they keep for a year: JupyterLab expects names with hashes there."""
    url = server.url("lab/extensions/biolabkit/modules/plugin.js")
    with urllib.request.urlopen(url, timeout=60) as answer:
        assert answer.headers["Cache-Control"] == "no-cache"


def test_open_brings_the_notebook_and_marks_its_assignment(lab):
    lab.open("genome-01-cells")
    expect(lab.entry("genome-01-cells")).to_have_attribute("aria-current", "true")
    lab.open("genome-02-check")
    expect(lab.entry("genome-02-check")).to_have_attribute("aria-current", "true")
    expect(lab.panel.locator("[aria-current]")).to_have_count(1)
    lab.press("genome-01-cells", "open")
    expect(lab.entry("genome-01-cells")).to_have_attribute("aria-current", "true")
    expect(lab.page.locator(".jp-NotebookPanel")).to_have_count(2)


def test_a_check_that_is_run_in_the_notebook_is_seen_in_the_panel(lab):
    lab.open("genome-01-cells")
    lab.wait_for_kernel()
    lab.answer("def f(): return 1")
    lab.cell(0).click()
    for _ in range(3):
        lab.page.keyboard.press("Shift+Enter")
    entry = lab.entry("genome-01-cells")
    expect(entry.locator(".biolab-points")).to_have_text("지금까지 2 / 2점 (보이는 검사)")
    expect(entry.locator(".biolab-by-hand")).to_have_text("서술형 3점은 강사가 직접 채점합니다")
    expect(entry.locator(".biolab-facts")).to_contain_text("진행 중")


def test_check_all_saves_first_and_hints_unfold(lab, course):
    lab.open("genome-02-check")
    lab.answer("def f(): return 2")
    lab.press("genome-02-check", "check")
    expect(lab.note("genome-02-check")).to_contain_text("2점 중 0점")
    expect(lab.note("genome-02-check")).to_have_attribute("data-kind", "plain")  # nothing to be green about
    assert "return 2" in saved(course, "genome-02-check")
    entry = lab.entry("genome-02-check")
    task = entry.locator('[data-outcome="failed"]')
    expect(task).to_be_visible()  # unfolded: it is what a check is made for
    expect(task).to_contain_text("실패")
    expect(task.locator(".biolab-hint")).to_be_hidden()
    task.locator("summary").press("Enter")
    expect(task.locator(".biolab-hint")).to_have_text("힌트: 0부터 세십시오.")
    expect(task.locator(".biolab-hint code")).to_have_text("0")
    expect(task.locator(".biolab-message")).to_have_text(re.compile("^f의 값\\n받은 값: 2\\n기대한 값: 1"))
    lab.answer("def f(): return 1")
    lab.press("genome-02-check", "check")
    expect(lab.note("genome-02-check")).to_contain_text("2점 중 2점")
    expect(lab.note("genome-02-check")).to_have_attribute("data-kind", "good")
    expect(entry.locator('[data-outcome="passed"]')).to_contain_text("통과")
    expect(lab.panel.locator(".biolab-voice")).to_contain_text("2점 중 2점")


def test_an_endless_loop_is_stopped_by_a_button_and_nothing_waits_for_it(lab):
    lab.open("genome-03-loop")
    lab.answer("while True: pass")
    lab.press("genome-03-loop", "check")
    entry = lab.entry("genome-03-loop")
    expect(entry.locator(".biolab-doing")).to_contain_text("검사 중: 셀")
    expect(entry).to_have_attribute("aria-busy", "true")
    expect(entry.locator('[data-action="submit"]')).to_have_attribute("aria-disabled", "true")
    lab.open("genome-01-cells")
    lab.press("genome-03-loop", "stop")
    expect(lab.note("genome-03-loop")).to_contain_text("중단")
    expect(entry).to_have_attribute("aria-busy", "false")


def test_submit_takes_what_is_on_the_screen_and_gives_a_receipt(lab, course):
    lab.open("genome-04-submit")
    lab.press("genome-04-submit", "submit")
    expect(lab.dialog).to_contain_text("제출하기 전에")
    lab.dialog.get_by_role("button", name="돌아가기").click()
    expect(lab.note("genome-04-submit")).to_have_text("제출하지 않았습니다. 바뀐 것은 없습니다.")
    assert not submitted(course, "genome-04-submit").exists()

    lab.answer("def f(): return 41 + 1  # not saved")
    lab.press("genome-04-submit", "submit")
    receipt = lab.dialog.locator(".biolab-receipt")
    expect(receipt).to_contain_text("제출하기")
    content = submitted(course, "genome-04-submit").read_bytes()
    assert b"# not saved" in content
    digest = hashlib.sha256(content).hexdigest()
    expect(receipt.locator("[data-value=sha256]")).to_have_text(digest)
    receipt.get_by_role("button", name="복사").click()
    expect(receipt.get_by_role("button", name="복사함")).to_be_visible()
    assert lab.page.evaluate("navigator.clipboard.readText()") == digest
    lab.dialog.get_by_role("button", name="닫기").click()
    entry = lab.entry("genome-04-submit")
    expect(entry.locator(".biolab-facts")).to_contain_text("제출함")
    expect(entry.get_by_role("button", name="다시 제출")).to_be_visible()

    lab.answer("def f(): return 1")
    lab.save()
    expect(entry.locator(".biolab-warning")).to_contain_text("제출한 뒤에 노트북이 바뀌었습니다")


def test_warnings_can_be_submitted_all_the_same(lab, course):
    lab.press("genome-07-tabs", "submit")
    expect(lab.dialog.locator(".biolab-warnings")).to_contain_text("f")
    lab.dialog.get_by_role("button", name="그래도 제출").click()
    expect(lab.dialog.locator(".biolab-receipt")).to_be_visible()
    assert submitted(course, "genome-07-tabs").exists()


def test_what_is_asked_before_a_submission_begins_as_a_sentence(lab):
    told = ["it was due yesterday", "gc-content.ipynb has another name"]
    job = {"state": "done", "done": 0, "total": 0, "message": "", "result": {"confirm": told}}
    lab.page.route("**/biolab/api/jobs/*", lambda route: route.fulfill(json=job))
    lab.press("genome-07-tabs", "submit")
    expect(lab.dialog.locator(".biolab-warnings li")).to_have_text(["It was due yesterday", told[1]])


def test_what_is_written_while_jupyterlab_saves_is_saved_too(lab, course):
    """JupyterLab calls it saved, as soon as what was there before is."""
    exercise, held = "genome-13-slow", []
    lab.open(exercise)
    lab.answer("def f(): return 1  # before")
    lab.page.route(
        "**/api/contents/**",
        lambda route: held.append(route) if route.request.method == "PUT" and not held else route.continue_(),
    )
    lab.page.keyboard.press("Control+s")
    come(lab, held, 1)
    lab.answer("def f(): return 1  # meanwhile")
    lab.press(exercise, "check")
    held[0].continue_()
    expect(lab.note(exercise)).to_contain_text("2점 중 2점")
    assert "# meanwhile" in saved(course, exercise)
    expect(lab.page.locator(".jp-Dialog")).to_have_count(0)


def test_a_failed_save_stops_the_submission_with_a_sentence(lab, course):
    lab.open("genome-05-save")
    lab.answer("def f(): return 'only on the screen'")
    lab.page.route(
        "**/api/contents/**",
        lambda route: (
            route.fulfill(status=507, json={"message": "No space left on device"})
            if route.request.method == "PUT"
            else route.continue_()
        ),
    )
    lab.press("genome-02-check", "submit")  # another one: all open notebooks of the course are saved
    expect(lab.page.locator("dialog.jp-Dialog")).to_be_visible()
    expect(lab.note("genome-02-check")).to_contain_text("저장하지 못한 노트북이 있어 제출하지 않았습니다")
    expect(lab.note("genome-02-check")).to_contain_text("genome-05-save.ipynb")
    expect(lab.note("genome-02-check")).to_contain_text("디스크 공간이나 할당량이 남아 있지 않습니다")
    assert not submitted(course, "genome-02-check").exists()
    expect(lab.cell(1)).to_contain_text("only on the screen")


def test_a_renamed_notebook_is_checked_under_its_new_name(lab, course):
    lab.open("genome-06-rename")
    lab.wait_for_kernel()
    old = course / "genome-06-rename" / "genome-06-rename.ipynb"
    new = old.with_name("내 답안.ipynb")
    lab.page.evaluate(
        """async ([from, to]) => {
            const { baseUrl } = JSON.parse(document.getElementById("jupyter-config-data").textContent);
            const xsrf = document.cookie.match(/_xsrf=([^;]+)/)[1];
            await fetch(`${baseUrl}api/contents/${from}`, {method: "PATCH", body: JSON.stringify({path: to}),
                headers: {"X-XSRFToken": xsrf}});
        }""",
        [f"genome-06-rename/{old.name}", f"genome-06-rename/{new.name}"],
    )
    assert new.exists()
    lab.close_dialogs()
    lab.press("genome-06-rename", "check")
    expect(lab.note("genome-06-rename")).to_contain_text("2점 중 0점")


def test_two_tabs_see_the_same_check(lab, server, course):
    lab.open("genome-07-tabs")
    lab.answer("import os, time\nwhile not os.path.exists('go'): time.sleep(0.1)\ndef f(): return 1")
    lab.press("genome-07-tabs", "check")
    lab.entry("genome-07-tabs").locator('[data-action="stop"]').wait_for()
    other = Lab(lab.page.context.new_page(), server.url("lab/workspaces/other?reset"))
    expect(other.entry("genome-07-tabs").locator(".biolab-doing")).to_contain_text("검사 중")
    (course / "genome-07-tabs" / "go").touch()
    for one in (lab, other):
        expect(one.note("genome-07-tabs")).to_contain_text("2점 중 2점")


@pytest.fixture
def other(lab, server):
    """The same trainee's second tab."""
    page = lab.page.context.new_page()
    yield Lab(page, server.url("lab/workspaces/other?reset"))
    page.close()


def test_what_another_tab_has_not_saved_is_submitted_and_shown(lab, other, course):
    """JupyterLab alone would submit the old file, and ask in both tabs which of the two is to be kept."""
    exercise = "genome-10-elsewhere"
    lab.open(exercise)
    other.open(exercise)
    other.answer("def f(): return 1  # of the other tab")
    lab.press(exercise, "submit")
    expect(lab.dialog.locator(".biolab-receipt")).to_be_visible()
    lab.dialog.get_by_role("button", name="닫기").click()
    assert b"# of the other tab" in submitted(course, exercise).read_bytes()
    expect(lab.cell(1)).to_contain_text("# of the other tab")
    lab.answer("def f(): return 1  # of the first tab")
    lab.save()
    expect(other.cell(1)).to_contain_text("# of the first tab")
    other.answer("def f(): return 1  # of both")
    other.page.evaluate("window.dispatchEvent(new Event('blur'))")  # somebody goes back to the first tab
    expect(lab.cell(1)).to_contain_text("# of both")
    for one in (lab, other):
        expect(one.page.locator(".jp-Dialog")).to_have_count(0)


def test_edits_of_one_notebook_in_two_tabs_are_told_before_it_is_submitted(lab, other, course):
    """They exclude each other: nobody but the trainee can say which are meant."""
    exercise = "genome-10-elsewhere"
    before = submitted(course, exercise).read_bytes() if submitted(course, exercise).exists() else None
    for one in (lab, other):
        one.open(exercise)
        one.page.route(  # JupyterLab saves by itself, and asks
            "**/api/contents/**",
            lambda route: None if route.request.method == "PUT" else route.continue_(),
        )
    other.answer("def f(): return 1  # only there")
    lab.answer("def f(): return 1  # only here")
    lab.press(exercise, "submit")
    expect(lab.dialog).to_contain_text("다른 브라우저 탭에서 이 노트북을 고쳤으나")
    lab.dialog.get_by_role("button", name="돌아가기").click()
    expect(lab.note(exercise)).to_have_text("제출하지 않았습니다. 바뀐 것은 없습니다.")
    assert (submitted(course, exercise).read_bytes() if before else None) == before
    expect(other.cell(1)).to_contain_text("# only there")


def test_a_file_that_was_saved_elsewhere_is_shown_when_the_trainee_comes_back(lab, course):
    """Such as by a second machine with the same home folder."""
    exercise = "genome-11-machines"
    lab.open(exercise)
    path = course / exercise / f"{exercise}.ipynb"
    path.write_bytes(path.read_bytes().replace(b"# YOUR CODE HERE", b"# from the other machine"))
    lab.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(lab.cell(1)).to_contain_text("# from the other machine")
    lab.answer("def f(): return 1  # here")
    lab.save()
    assert "# here" in saved(course, exercise)
    path.write_bytes(b"{")  # what is damaged there does not come
    lab.page.evaluate("window.dispatchEvent(new Event('focus'))")
    lab.page.wait_for_timeout(1000)
    expect(lab.cell(1)).to_contain_text("# here")
    expect(lab.page.locator(".jp-Dialog")).to_have_count(0)


@pytest.mark.parametrize("action", ["check", "fetch"])
def test_a_notebook_that_was_removed_while_it_is_open_is_written_again(lab, course, action):
    exercise = "genome-12-removed"
    lab.open(exercise)
    lab.answer("def f(): return 1  # on the screen")
    lab.save()
    (course / exercise / f"{exercise}.ipynb").unlink()
    if action == "check":
        lab.press(exercise, "check")
        expect(lab.note(exercise)).to_contain_text("2점 중 2점")
    else:
        lab.panel.locator('[data-action="fetch"]').click()
        expect(lab.panel.locator(".biolab-news")).not_to_be_empty()
    assert "# on the screen" in saved(course, exercise)


def test_while_the_server_is_gone_a_sentence_stays_and_the_trainee_goes_on(lab, server):
    lab.open("genome-03-loop")
    lab.answer("while True: pass")
    lab.open("genome-08-gone")
    lab.press("genome-03-loop", "check")
    lab.entry("genome-03-loop").locator('[data-action="stop"]').wait_for()
    server.end()
    trouble = lab.panel.locator(".biolab-trouble")
    expect(trouble).to_contain_text("서버가 응답하지 않습니다")
    lab.page.locator("dialog.jp-Dialog").first.wait_for()  # JupyterLab's own
    lab.close_dialogs()
    lab.answer("def f(): return 'written meanwhile'")
    lab.press("genome-08-gone", "submit")
    expect(lab.note("genome-08-gone")).to_contain_text("서버가 돌아오면 다시 하십시오")
    expect(trouble).to_be_visible()
    server.start()
    expect(trouble).to_be_hidden()
    expect(lab.note("genome-03-loop")).to_contain_text("서버가 다시 시작되었습니다")
    expect(lab.panel.locator(".biolab-voice")).not_to_be_empty()
    expect(lab.cell(1)).to_contain_text("written meanwhile")


def test_feedback_opens_in_a_frame_that_runs_nothing(lab, course):
    lab.press("genome-09-feedback", "submit")
    lab.dialog.get_by_role("button", name="그래도 제출").click()
    lab.dialog.locator(".biolab-receipt").wait_for()
    lab.dialog.get_by_role("button", name="닫기").click()
    publish(course, "genome-09-feedback")
    lab.page.evaluate("window.dispatchEvent(new Event('focus'))")
    entry = lab.entry("genome-09-feedback")
    expect(entry.locator(".biolab-facts")).to_have_text("채점됨 · 1.5 / 2점")
    expect(entry.locator(".biolab-history")).to_contain_text("서술형 1개는 아직 채점 중입니다")
    lab.press("genome-09-feedback", "feedback")
    frame = lab.page.locator(".biolab-feedback iframe")
    page = frame.content_frame
    expect(page.locator("h1")).to_have_text("잘했습니다")
    lab.page.wait_for_timeout(300)
    expect(page.locator("body")).not_to_contain_text("script ran")
    assert "allow-scripts" not in frame.get_attribute("sandbox")
    lab.press("genome-09-feedback", "feedback")
    expect(lab.page.locator(".biolab-feedback iframe")).to_have_count(1)


def publish(course, exercise):
    """Feedback beside the inbox, as the instructor's side names it."""
    digest = hashlib.sha256(submitted(course, exercise).read_bytes()).hexdigest()
    name = hashlib.sha256(f"kim\n{exercise}\n{digest}".encode()).hexdigest()
    folder = course.parent / "inbox" / ".feedback"
    folder.mkdir(exist_ok=True)
    script = "<script>document.body.append('script ran')</script>"
    (folder / f"{name}.html").write_text(f"<!doctype html><h1>잘했습니다</h1>{script}", "utf-8")
    about = {
        "format": 1,
        "exercise": exercise,
        "learner": "kim",
        "points": 1.5,
        "max_points": 2,
        "graded_at": "2026-11-20T10:00:00+09:00",
        "submission_sha256": digest,
        "waiting": 1,
    }
    (folder / f"{name}.json").write_text(json.dumps(about), "utf-8")


def test_fetch_says_what_came(lab):
    lab.page.route(
        "**/biolab/api/fetch*",
        lambda route: route.fulfill(status=400, json={"message": "과정 폴더가 없어졌습니다."}),
    )
    fetch = lab.panel.locator('[data-action="fetch"]')
    fetch.click()
    expect(lab.panel.locator(".biolab-news")).to_have_text("과정 폴더가 없어졌습니다.")


def test_fetch_says_that_feedback_came(lab):
    with lab.page.expect_response("**/biolab/api/course*") as answer:
        lab.page.evaluate("window.dispatchEvent(new Event('focus'))")
    data = answer.value.json()
    graded = {"points": 1.0, "max_points": 2.0, "waiting": 0, "at": "2026-11-22T10:00:00+09:00"}
    data["assignments"][0] |= {"feedback": "biolab/feedback/genome-01-cells", "graded": graded}
    lab.page.route("**/biolab/api/fetch*", lambda route: route.fulfill(json=data | {"fetched": []}))
    lab.panel.locator('[data-action="fetch"]').click()
    expect(lab.panel.locator(".biolab-news li")).to_have_text("피드백: 셀에서 검사하기")


def test_due_dates_are_in_the_browsers_time_and_say_what_is_left(lab):
    lab.page.clock.set_fixed_time("2026-12-17T09:00:00+09:00")
    dues = {
        "genome-01-cells": "2026-12-20T23:59:00+09:00",
        "genome-02-check": "2026-12-18T03:30:00Z",
        "genome-03-loop": "2026-12-15T09:00:00+09:00",
        "genome-08-gone": "2026-12-17T09:42:00+09:00",
        "genome-05-save": None,
    }

    def change(data):
        data["now"] = "2026-12-17T00:00:00Z"
        for one in data["assignments"]:
            one["due"] = dues.get(one["name"], one["due"])

    show(lab, change)
    due = {name: lab.entry(name).locator(".biolab-due") for name in EXERCISES}
    expect(due["genome-01-cells"]).to_have_text("마감 12월 20일 (일) 23:59 3일 남음")
    expect(due["genome-02-check"]).to_have_text("마감 12월 18일 (금) 12:30 1일 3시간 남음")
    expect(due["genome-03-loop"]).to_contain_text("마감이 2일 지났습니다")
    expect(due["genome-03-loop"]).to_contain_text("늦은 제출로 기록됩니다")
    expect(due["genome-08-gone"]).to_contain_text("42분 남음")
    expect(due["genome-05-save"]).to_have_text("마감 없음")
    expect(due["genome-06-rename"]).to_contain_text("2031년 12월 20일")


def test_what_is_left_is_counted_by_the_servers_clock(lab):
    """It decides what is late; the trainee's own may be years off."""
    lab.page.clock.set_fixed_time("2033-01-01T00:00:00+09:00")
    show(lab, lambda data: data.update(now="2031-12-18T23:59:00+09:00"))
    expect(lab.entry("genome-01-cells").locator(".biolab-due")).to_have_text(
        "마감 12월 20일 (토) 23:59 2일 남음"
    )


def test_in_a_narrow_panel_what_is_past_due_keeps_to_its_card(lab):
    def change(data):
        data |= {"language": "en", "now": "2026-12-17T03:00:00+09:00"}
        for one in data["assignments"]:
            one |= {"due": "2026-12-15T21:00:00+09:00", "submitted": None}

    lab.page.clock.set_fixed_time("2026-12-17T03:00:00+09:00")
    show(lab, change)
    left = lab.entry("genome-03-loop").locator(".biolab-left")
    expect(left).to_have_text("⚠ past due by 1 day 6 hours.")
    lab.panel.evaluate("node => { node.style.width = '240px' }")
    edges = "node => [node.getBoundingClientRect().right, node.parentNode.getBoundingClientRect().right]"
    text, line = left.evaluate(edges)
    assert text <= line


def test_an_english_course_is_english_throughout(lab):
    def change(data):
        data["language"] = "en"
        data["learner"] = data["course"]["title"] = "-"
        for one in data["assignments"]:
            one |= {"title": one["name"], "tasks": []}

    show(lab, change)
    expect(lab.entry("genome-08-gone").get_by_role("button", name="Check all")).to_be_visible()
    lab.panel.locator(".biolab-note").evaluate_all("nodes => nodes.forEach(node => node.remove())")
    for name in EXERCISES:
        lab.entry(name)
    assert not re.search("[가-힣]", lab.panel.inner_text())


def test_long_names_wrap_and_every_control_has_a_name(lab):
    long = "유전체와건강데이터를함께읽는아주긴이름의과제" * 4

    def change(data):
        for one in data["assignments"]:
            one["title"] = long
            one["tasks"][0]["name"] = "genotype_likelihoods_of_every_single_sample"

    show(lab, change)
    expect(lab.entry("genome-01-cells").locator(".biolab-title-text")).to_have_text(long)
    for name in EXERCISES:
        lab.entry(name)
    assert lab.panel.evaluate("node => node.scrollWidth <= node.clientWidth")
    for control in lab.panel.locator("button:not([hidden]), summary:not([hidden])").all():
        assert control.is_hidden() or control.inner_text().strip()


def test_what_the_server_says_is_text_and_never_html(lab):
    text = "<img src=x onerror=\"document.title='run'\"> `<b>code</b>`"

    def change(data):
        for one in data["assignments"]:
            check = one["tasks"][0]["checks"][0] | {"outcome": "failed", "message": text, "hint": text}
            one |= {"title": text, "tasks": [{"name": text, "checks": [check]}]}

    show(lab, change)
    entry = lab.entry("genome-01-cells")
    expect(entry.locator(".biolab-title-text")).to_have_text(text)
    expect(entry.locator(".biolab-hint code")).to_have_text("<b>code</b>")
    assert entry.locator("img, b").count() == 0
    assert lab.page.title() != "run"


def test_the_keyboard_alone_is_enough(lab):
    lab.page.locator(".jp-Launcher").wait_for()  # the last thing that JupyterLab itself puts in front
    lab.panel.locator('[data-action="fetch"]').focus()
    lab.page.keyboard.press("Tab")
    title = lab.panel.locator(".biolab-title").first
    expect(title).to_be_focused()
    before = title.get_attribute("aria-expanded")
    lab.page.keyboard.press("Enter")
    expect(title).not_to_have_attribute("aria-expanded", before)
    if before == "true":
        lab.page.keyboard.press("Enter")
    lab.page.keyboard.press("Tab")
    expect(lab.panel.locator('[data-action="open"]').first).to_be_focused()
    lab.page.keyboard.press("Enter")
    lab.cell(1).wait_for()


def test_the_palette_checks_the_notebook_in_front(lab):
    lab.open("genome-07-tabs")
    item = lab.page.locator(".lm-CommandPalette-item", has_text="이 노트북 모두 검사")
    until = time.monotonic() + 180
    while not lab.note("genome-07-tabs").is_visible():
        assert time.monotonic() < until
        try:  # the palette closes where the notebook, once it is ready, takes the focus
            lab.page.get_by_role("menuitem", name="보기").click(timeout=10_000)
            lab.page.locator('[data-command="apputils:activate-command-palette"]').click(timeout=10_000)
            lab.page.locator(".lm-CommandPalette-input").fill("이 노트북", timeout=10_000)
            item.click(timeout=10_000)
            lab.note("genome-07-tabs").wait_for()
        except Error:
            lab.page.keyboard.press("Escape")
    expect(lab.note("genome-07-tabs")).to_contain_text("초 만에 검사했습니다")


def test_a_folder_without_a_course_is_told_and_not_put_in_front(lab):
    lab.page.route(
        "**/biolab/api/course*",
        lambda route: route.fulfill(status=404, json={"message": "이곳에는 과정이 없습니다."}),
    )
    lab.page.goto(lab.page.url.replace("/lab", "/lab/workspaces/none", 1) + "?reset")
    lab.page.locator(".jp-FileBrowser").wait_for()
    expect(lab.panel).to_be_hidden()
    lab.page.locator('.lm-TabBar-tab[data-id="biolab-panel"]').click()
    expect(lab.panel.locator(".biolab-trouble")).to_have_text("이곳에는 과정이 없습니다.")


def test_afterwards_the_layout_is_the_trainees_own(server, chromium):
    window = chromium.window()
    lab = Lab(window.page, server.url("lab/workspaces/own?reset"))
    expect(lab.panel).to_be_visible()
    window.page.locator(".jp-Launcher").wait_for()
    with window.page.expect_response(lambda said: is_layout(said.request, "filebrowser")):
        window.page.locator('.lm-TabBar-tab[data-id="filebrowser"]').click()
        expect(lab.panel).to_be_hidden()
    window.page.goto(server.url("lab/workspaces/own"))
    window.page.locator(".jp-FileBrowser").wait_for()
    window.page.wait_for_timeout(1000)
    expect(window.page.locator("#biolab-panel")).to_be_hidden()
    window.close()


def is_layout(request, front):
    """Whether JupyterLab keeps its layout with this in front on the left."""
    if request.method != "PUT" or "/api/workspaces/" not in request.url:
        return False
    return request.post_data_json["data"]["layout-restorer:data"]["left"].get("current") == front


def come(lab, requests, number):
    """Wait until so many requests are there."""
    until = time.monotonic() + 60
    while len(requests) < number:
        assert time.monotonic() < until, requests
        lab.page.wait_for_timeout(20)


def test_requests_never_pile_up(lab):
    asked = []
    lab.page.route("**/biolab/api/course*", lambda route: asked.append(route))
    for _ in range(20):
        lab.page.evaluate("window.dispatchEvent(new Event('focus'))")
    come(lab, asked, 1)
    lab.page.wait_for_timeout(500)
    assert len(asked) == 1
    asked[0].continue_()
    come(lab, asked, 2)
    asked[1].continue_()
    lab.page.wait_for_timeout(500)
    assert len(asked) == 2  # the nineteen others are one
    lab.page.unroute_all(behavior="ignoreErrors")
