"""What goes wrong in a training room: a sentence in Korean says what to do, and nothing is lost."""

import hashlib
import json
import os
import signal
import subprocess
from pathlib import Path

import pytest
from classroom import COURSE, EXERCISE, Browser, school, why_not
from playwright.sync_api import expect

pytestmark = [
    pytest.mark.journey,
    pytest.mark.xdist_group("journeys-bad-input"),
    pytest.mark.skipif(bool(why_not()), reason=why_not()),
    pytest.mark.skipif(Browser.command is None, reason="Chromium is not installed"),
]

TRAINEE = "이영미"
TASK, ESSAY = "Return the share of G and C", "여기에 답을 작성하십시오"
ANSWER = "def gc_content(sequence):\n    return 0.5  # {}\n"


@pytest.fixture(scope="module")
def room():
    with school(TRAINEE) as one:
        one.make_course()
        one.release()
        yield one


@pytest.fixture(scope="module")
def bench(room):
    one = room.bench(TRAINEE)
    one.start()
    return one


@pytest.fixture(scope="module")
def desktop(room, bench):
    """The panel with the notebook open and answered, and nothing submitted."""
    one = bench.open(room.browser)
    one.act(EXERCISE, "open")
    one.write(TASK, ANSWER.format("first"))
    one.write(ESSAY, "PCR 때문입니다.")
    return one


@pytest.fixture(scope="module")
def inbound(room):
    return room.published / "inbound"


@pytest.fixture
def edit(desktop, request):
    """A line on the screen that is saved nowhere; it must not be lost, whatever happens."""
    desktop.settle(EXERCISE)
    line = request.node.name
    desktop.write("def gc_content", ANSWER.format(line))
    return line


def arrived(inbound):
    """Submissions by the SHA-256 of their notebook; each must be whole."""
    found = {}
    for folder in inbound.iterdir():
        if not folder.name.startswith("."):
            data = (folder / f"{EXERCISE}.ipynb").read_bytes()
            json.loads(data)
            found[hashlib.sha256(data).hexdigest()] = data.decode()
    return found


def receipts(bench):
    folder = bench.folder / ".biolab" / EXERCISE / "receipts"
    return [json.loads(path.read_text(encoding="utf-8")) for path in folder.glob("*.json")]


def on_disk(bench):
    return (bench.folder / EXERCISE / f"{EXERCISE}.ipynb").read_text(encoding="utf-8")


def test_no_permission_for_the_exchange(desktop, bench, inbound, edit):
    mode = inbound.stat().st_mode
    inbound.chmod(0o700)
    told = desktop.submit(EXERCISE)
    assert "쓸 권한이 없습니다" in told
    assert "강사에게" in told
    inbound.chmod(mode)
    assert not arrived(inbound)
    assert not receipts(bench)
    assert edit in on_disk(bench)
    assert "SHA-256" in desktop.submit(EXERCISE)
    assert [edit in text for text in arrived(inbound).values()] == [True]


def test_a_full_disk(room, desktop, bench, inbound, edit):
    if not room.small_disk:
        pytest.skip("this machine lets root mount nothing")
    before, kept = arrived(inbound), len(receipts(bench))
    filler = room.exchange / "filler"
    subprocess.run(["dd", "if=/dev/zero", f"of={filler}"], stderr=subprocess.DEVNULL)
    told = desktop.submit(EXERCISE)
    assert "디스크 공간" in told
    assert "제출되지 않았" in told
    filler.unlink()
    assert arrived(inbound) == before
    assert not [path for path in inbound.iterdir() if path.name.startswith(".")], "what was begun is gone"
    assert len(receipts(bench)) == kept
    assert edit in on_disk(bench)
    assert "SHA-256" in desktop.submit(EXERCISE)
    assert any(edit in text for text in arrived(inbound).values())


def test_a_dead_kernel(bench, desktop, inbound, edit):
    kernels = [pid for pid in processes(bench.account.uid) if "ipykernel_launcher" in command_line(pid)]
    assert kernels
    for pid in kernels:
        os.kill(pid, signal.SIGKILL)
    expect(desktop.dialog).to_contain_text("appears to have died")  # JupyterLab's, and not translated
    desktop.agree()
    desktop.act(EXERCISE, "check")
    expect(desktop.note(EXERCISE)).to_contain_text("검사했습니다")
    assert "SHA-256" in desktop.submit(EXERCISE)
    assert any(edit in text for text in arrived(inbound).values())


def test_two_tabs(room, bench, desktop, inbound):
    """What the other tab has saved is asked about before it is written over; all submissions arrive."""
    other = bench.open(room.browser)
    other.act(EXERCISE, "open")
    other.write("def gc_content", ANSWER.format("of the other tab"))
    desktop.write("def gc_content", ANSWER.format("of the first tab"))
    assert "SHA-256" in desktop.submit(EXERCISE)
    assert "SHA-256" in other.submit(EXERCISE)
    assert any("파일 변경됨" in text for text in other.asked)
    other.window.close()
    desktop.write("def gc_content", ANSWER.format("of the first tab, later"))
    assert "SHA-256" in desktop.submit(EXERCISE)
    assert any("파일 변경됨" in text for text in desktop.asked)
    texts = "".join(arrived(inbound).values())
    assert all(f"of the {which}" in texts for which in ("first tab", "other tab", "first tab, later"))


def test_the_server_is_gone_in_the_middle_of_a_submission(desktop, bench, inbound):
    """Killed at several moments: whole or not at all, the receipt is right, the page goes on by itself."""
    for milliseconds in (0, 60, 200):
        line = f"killed after {milliseconds} ms"
        desktop.write("def gc_content", ANSWER.format(line))
        desktop.act(EXERCISE, "submit")
        desktop.page.wait_for_timeout(milliseconds)
        bench.kill()
        whole = arrived(inbound)
        assert {receipt["sha256"] for receipt in receipts(bench)} <= set(whole), "a receipt for nothing"
        bench.start()
        desktop.settle(EXERCISE)
        expect(desktop.panel.get_by_role("alert")).to_be_hidden()
        expect(desktop.cell("def gc_content")).to_contain_text(line)
        told = desktop.submit(EXERCISE)
        newest = hashlib.sha256(on_disk(bench).encode()).hexdigest()
        assert newest in "".join(told.split())
        assert line in arrived(inbound)[newest]
        assert set(arrived(inbound)) == {receipt["sha256"] for receipt in receipts(bench)}


def test_a_due_date_that_has_passed(room, bench, desktop, edit):
    toml = room.course / "course.toml"
    lines = toml.read_text(encoding="utf-8").splitlines()
    past = ["due = 2026-01-05T23:59:00" if line.startswith("due = ") else line for line in lines]
    toml.write_text("\n".join(past), encoding="utf-8")
    room.release()
    desktop.window.press(desktop.panel.locator('[data-action="fetch"]'))
    expect(desktop.entry(EXERCISE)).to_contain_text("1월 5일")
    desktop.act(EXERCISE, "submit")
    expect(desktop.dialog).to_contain_text("제출 기한(2026-01-05 23:59 UTC+09:00)")
    desktop.answer("그래도 제출")
    expect(desktop.dialog).to_contain_text("마감이 지난 제출입니다")
    desktop.answer("닫기")
    expect(desktop.entry(EXERCISE)).to_contain_text("늦음")
    assert edit in on_disk(bench)


def test_a_course_that_has_moved(room, bench, desktop, edit):
    moved = room.exchange / "moved" / COURSE
    room.instructor.run("mkdir", moved.parent)
    room.instructor.run("mv", room.published, moved)
    told = desktop.submit(EXERCISE)
    assert "더 이상 없습니다" in told
    assert "biolab join" in told
    assert edit in on_disk(bench)
    bench.account.run("biolab", "join", moved, bench.folder)
    assert "SHA-256" in desktop.submit(EXERCISE)
    assert any(edit in text for text in arrived(moved / "inbound").values())


@pytest.mark.usefixtures("desktop")
def test_no_page_asked_beyond_this_machine(room):
    assert room.browser.outside == []
    assert set(room.browser.errors) <= {"Failed to fetch"}, "while the server was away"


def processes(uid):
    return [int(path.name) for path in Path("/proc").glob("[0-9]*") if owner(path) == uid]


def owner(path):
    try:
        return path.stat().st_uid
    except FileNotFoundError:
        return None


def command_line(pid):
    try:
        return Path(f"/proc/{pid}/cmdline").read_text()
    except FileNotFoundError:
        return ""
