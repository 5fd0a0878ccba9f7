"""Headless Chromium, driven as a person would: seen texts are pressed, every press is counted."""

import re
import shutil
import time
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar
from urllib.parse import urlsplit

from playwright.sync_api import Locator, Page, Request, WebSocket, expect, sync_playwright

_OPTIONS = [
    "--no-sandbox",  # root has no other way; the pages are our own
    "--disable-dev-shm-usage",
    # names lead nowhere: what a page needs it must bring along
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
]
_HERE = ("127.0.0.1", "localhost")
_PATIENCE = 60_000  # milliseconds; for a crowded machine
expect.set_options(timeout=_PATIENCE)


class Browser:
    """Chromium; each window is a person's own, with their own cookies.

    Attributes
    ----------
    outside : list of str
        Addresses beyond this machine that any page asked for.
    errors : list of str
        What scripts raised and nobody caught.
    """

    command = shutil.which("chromium") or shutil.which("chromium-browser")
    #: Those that are open now.
    running: ClassVar[list["Browser"]] = []

    def __init__(self) -> None:
        self.outside: list[str] = []
        self.errors: list[str] = []

    def __enter__(self) -> "Browser":
        self._playwright = sync_playwright().start()
        self._chromium = self._playwright.chromium.launch(executable_path=self.command, args=_OPTIONS)
        self.running.append(self)
        return self

    def __exit__(self, *_: object) -> None:
        self.running.remove(self)
        self._chromium.close()
        self._playwright.stop()

    def window(self, width: int = 1280, height: int = 800, **options: object) -> "Window":
        """A new person's window, in Seoul."""
        context = self._chromium.new_context(
            viewport={"width": width, "height": height},
            locale="ko-KR",
            timezone_id="Asia/Seoul",
            **options,
        )
        context.set_default_timeout(_PATIENCE)
        context.on("request", self._look_at_request)
        context.on("weberror", lambda error: self.errors.append(str(error.error)))
        window = Window(context.new_page())
        window.page.on("websocket", self._look_at_socket)
        return window

    def photograph(self, folder: Path) -> list[Path]:
        """Pictures of all windows, as they are."""
        paths = []
        for number, context in enumerate(self._chromium.contexts):
            for page in context.pages:
                paths.append(folder / f"window-{number}.png")
                page.screenshot(path=paths[-1])
        return paths

    def _look_at_request(self, request: Request) -> None:
        self._note(request.url)

    def _look_at_socket(self, socket: WebSocket) -> None:
        self._note(socket.url)

    def _note(self, address: str) -> None:
        parts = urlsplit(address)
        if parts.scheme in ("http", "https", "ws", "wss") and parts.hostname not in _HERE:
            self.outside.append(address)


class Window:
    """One page and how often something on it was pressed."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.clicks = 0

    def press(self, what: Locator, timeout: float = _PATIENCE) -> None:
        """Click once."""
        what.click(timeout=timeout)
        self.clicks += 1

    def button(self, name: str | re.Pattern[str], inside: Locator | None = None) -> Locator:
        """The button that is called so, to a screen reader too."""
        return (inside or self.page).get_by_role("button", name=name)

    def moments(self, seconds: float = 120) -> Iterator[None]:
        """Time goes by until who waits has seen enough; at the end of patience the page is told."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            yield
            self.page.wait_for_timeout(50)
        raise AssertionError(
            f"nothing has come of it in {seconds} s:\n{self.page.inner_text('body')[-2000:]}"
        )

    def close(self) -> None:
        """The window with its cookies."""
        self.page.context.close()
