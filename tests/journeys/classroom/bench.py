"""A trainee's JupyterLab: the server that `biolab lab` starts, and its page as the trainee uses it."""

import os
import re
import secrets
import signal
import socket
import time
import urllib.request
from contextlib import AbstractContextManager, suppress
from pathlib import Path

from playwright.sync_api import Locator, expect
from playwright.sync_api import TimeoutError as OutOfPatience

from .accounts import Account
from .browser import Browser, Window
from .latency import latency

_LOG = "lab.log"
_QUIET = 10  # moments
#: Pressed by who wants the notebook on the screen submitted, whatever is asked: ours and JupyterLab's.
_YES = ("그래도 제출", "덮어쓰기", "닫기", "Ok")


class Bench:
    """`biolab lab` of one trainee, at an address that stays the same when it is started again."""

    def __init__(self, account: Account, folder: Path) -> None:
        self.account, self.folder = account, folder
        self._token = secrets.token_hex(16)
        # kept from all others; as it never listens, the server may bind the same address, more than once
        self._reserved = socket.socket()
        self._reserved.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        self._reserved.bind(("127.0.0.1", 0))
        self._port = self._reserved.getsockname()[1]
        self.address = f"http://127.0.0.1:{self._port}"

    @property
    def log(self) -> str:
        """What the server has said."""
        return (self.account.home / _LOG).read_text(encoding="utf-8", errors="replace")

    def start(self) -> None:
        """Serve, and wait until it answers."""
        options = ["--no-browser", f"--port={self._port}", "--ServerApp.port_retries=0"]
        with (self.account.home / _LOG).open("a") as log:
            self._process = self.account.start(
                *("biolab", "lab", self.folder, *options, f"--IdentityProvider.token={self._token}"),
                stdout=log,
                stderr=log,
            )
        until = time.monotonic() + 120
        while not self.answers():
            assert self._process.poll() is None, self.log[-3000:]
            assert time.monotonic() < until, self.log[-3000:]
            time.sleep(0.05)

    def answers(self) -> bool:
        """Whether the server is there."""
        try:
            self.ask("api/status")
        except OSError:
            return False
        return True

    def ask(self, path: str) -> bytes:
        """What the server answers to a request of the trainee's."""
        request = urllib.request.Request(
            f"{self.address}/{path}", headers={"Authorization": f"token {self._token}"}
        )
        with urllib.request.urlopen(request, timeout=60) as answer:
            return answer.read()

    def kill(self) -> None:
        """End the server at once, as a machine that loses its power would."""
        os.kill(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def open(self, browser: Browser) -> "Desktop":
        """The page in a new window."""
        window = browser.window(1400, 900)
        window.page.goto(f"{self.address}/lab?token={self._token}")
        window.page.locator("#jp-main-dock-panel").wait_for()
        return Desktop(window)

    def latency(self) -> AbstractContextManager[list[float]]:
        """Seconds that the server takes to answer, asked again and again meanwhile."""
        return latency(lambda: self.ask("api/status"))


class Desktop:
    """JupyterLab's page with the course's panel in it."""

    def __init__(self, window: Window) -> None:
        self.window, self.page = window, window.page
        self.asked: list[str] = []
        self.panel = window.page.locator("#biolab-panel")
        self.panel.wait_for()

    def entry(self, exercise: str) -> Locator:
        """One assignment in the panel."""
        return self.panel.locator(f'[data-exercise="{exercise}"]')

    def act(self, exercise: str, action: str) -> None:
        """Press a button of an assignment: open, check, submit, feedback or stop."""
        button = self.entry(exercise).locator(f'[data-action="{action}"]')
        for _ in self.window.moments():
            expect(button).to_have_attribute("aria-disabled", "false")
            if self.dialog.is_visible():  # JupyterLab saves by itself, and asks
                self.agree()
            with suppress(OutOfPatience):  # it asks just now
                self.window.press(button, timeout=5_000)
                return

    def submit(self, exercise: str) -> str:
        """Submit what is on the screen, whatever is asked; the receipt, or the sentence that says why not."""
        self.act(exercise, "submit")
        told = ""
        for _ in self.window.moments():
            if self.dialog.is_visible():
                told = self.agree()
                if "SHA-256" in told:
                    break
            elif self.entry(exercise).get_attribute("aria-busy") == "false":
                if self.note(exercise).get_attribute("data-kind") != "good":
                    told = self.note(exercise).inner_text()
                    break
                self.dialog.wait_for()
        return told

    def agree(self) -> str:
        """Press what goes on in the dialog in front; its text."""
        text = self.dialog.inner_text()
        self.asked.append(text)
        self.answer(next(name for name in _YES if name in text))
        return text

    def settle(self, exercise: str) -> None:
        """Agree to what JupyterLab tells and asks until the panel is done with an assignment."""
        quiet = 0
        for _ in self.window.moments():
            if self.dialog.is_visible():
                self.agree()
            done = self.entry(exercise).get_attribute("aria-busy") == "false"
            quiet = quiet + 1 if done and not self.dialog.is_visible() else 0
            if quiet == _QUIET:
                return

    def note(self, exercise: str) -> Locator:
        """How the last action of an assignment went."""
        return self.entry(exercise).locator(".biolab-note")

    @property
    def dialog(self) -> Locator:
        """What is asked or told in front of everything."""
        return self.page.locator(".jp-Dialog").last

    def answer(self, button: str) -> None:
        """Press a button of the dialog."""
        self.window.press(self.window.button(button, self.dialog))

    @property
    def notebook(self) -> Locator:
        """The notebook in front."""
        return self.page.locator(".jp-NotebookPanel:not(.lm-mod-hidden) .jp-Notebook")

    def cell(self, text: str) -> Locator:
        """The first cell with a text in it."""
        cell = self.notebook.locator(".jp-Cell").filter(has_text=text).first
        cell.scroll_into_view_if_needed()
        return cell

    def run(self, text: str) -> None:
        """Run the cell with a text in it; a folded one stays folded."""
        self.cell(text).click(position={"x": 2, "y": 2})
        self.page.keyboard.press("Shift+Enter")

    def wait_for_kernel(self) -> None:
        """Until the notebook in front has one that waits: JupyterLab runs nothing before."""
        expect(self.page.locator("#jp-main-statusbar")).to_contain_text(re.compile("대기|Idle"))

    def prompt(self, text: str) -> Locator:
        """The brackets before a cell: ``[*]:`` while it runs."""
        return self.cell(text).locator(".jp-InputPrompt:visible")

    def write(self, text: str, source: str) -> None:
        """Put something in the place of the cell that has a text in it."""
        cell = self.cell(text)
        if "jp-MarkdownCell" in (cell.get_attribute("class") or ""):
            cell.dblclick()
        editor = cell.locator(".cm-content").element_handle()  # the same one when its text is another
        for _ in self.window.moments():
            # again where the notebook, once its kernel is ready, took the focus from its cell
            editor.click()
            self.page.keyboard.press("Control+A")
            self.page.keyboard.insert_text(source)
            if editor.inner_text().split() == source.split():
                return
