"""An instructor's round on the desk, in a browser: every click made, every second waited for."""

import re
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from _browser import Browser, Window, latency
from _steps import Step
from playwright.sync_api import Locator

__all__ = ["desk_round"]

_PATIENCE = 600_000  # milliseconds


def desk_round(course: Path, browser: Browser, workers: int) -> list[Step]:
    """Release, collect and grade everybody, write and publish feedback."""
    with _served(course, workers) as address:
        window = browser.window()
        window.page.goto(address)
        ask = _visitor(address)
        return [
            _step(window, ask, "release", "Build and release"),
            _step(window, ask, "collect and grade", "Collect and grade"),
            _step(window, ask, "feedback", "Write feedback"),
        ]


def _step(window: Window, ask: Callable[[], object], name: str, button: str) -> Step:
    """Press a button and wait until the page says that it is done."""
    began, clicks = time.perf_counter(), window.clicks
    with latency(ask) as waited:
        window.press(_button(window, button))
        end = window.page.locator("#run").get_by_text(re.compile("^(Done in|Not done|It ended)"))
        end.wait_for(timeout=_PATIENCE)
    if not end.inner_text().startswith("Done in"):
        raise RuntimeError(f"the desk could not {name}: {window.page.locator('#run').inner_text()}")
    seconds = time.perf_counter() - began
    window.page.reload()  # the next run's end is not taken for this one's
    return Step(name, window.clicks - clicks, seconds, max(waited, default=0.0))


def _button(window: Window, name: str) -> Locator:
    return window.page.locator("#steps").get_by_role("button", name=name, exact=True)


def _visitor(address: str) -> Callable[[], object]:
    """Somebody else with the desk open, who asks for the course's state."""
    opener = urllib.request.build_opener(urllib.request.HTTPCookieProcessor())
    opener.open(address, timeout=60).read()
    state = address.split("?")[0] + "api/state"
    return lambda: opener.open(state, timeout=60).read()


@contextmanager
def _served(course: Path, workers: int) -> Iterator[str]:
    command = [sys.executable, "-m", "biolabkit.cli", "desk", str(course), "--no-browser"]
    process = subprocess.Popen([*command, f"--workers={workers}"], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        for line in process.stdout:
            if found := re.search(r"http://127\.0\.0\.1:\d+/\S*", line):
                yield found[0]
                break
        else:
            raise RuntimeError("the desk did not open")
    finally:
        process.terminate()
        process.wait()
