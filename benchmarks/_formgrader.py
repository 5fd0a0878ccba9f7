"""The same round with nbgrader's formgrader in a browser: every click made, every second waited for."""

import os
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.request import urlopen

from _browser import Browser, Window, latency
from _cohort import Cohort
from _steps import Step
from playwright.sync_api import Locator

__all__ = ["formgrader_round"]

_CONFIG = """\
c = get_config()
c.CourseDirectory.course_id = "benchmark"
c.CourseDirectory.root = {root!r}
c.Exchange.root = {exchange!r}
c.ExchangeCollect.check_owner = False
"""


def formgrader_round(cohort: Cohort, browser: Browser, folder: Path) -> list[Step]:
    """Release, collect, autograde everybody, write and release feedback, as the page asks for it."""
    _as_nbgrader_has_it(cohort, folder / "exchange")
    with _server(cohort.folder, folder) as (address, token):
        window = browser.window()
        window.page.goto(f"{address}/formgrader/?token={token}")
        page = _Formgrader(window, lambda: urlopen(f"{address}/api/status?token={token}", timeout=60).read())
        steps = [page.step("assign"), page.step("release")]
        _hand_in(cohort, folder / "exchange")
        steps += [page.step("collect"), page.autograde(cohort.learners)]
        return [*steps, page.step("generate-feedback"), page.step("release-feedback")]


class _Formgrader:
    """The page, and a second visitor of its server."""

    def __init__(self, window: Window, ask: Callable[[], object]) -> None:
        self._window, self._page, self._ask = window, window.page, ask

    def step(self, name: str) -> Step:
        """Do what one symbol of the exercise's row stands for."""
        with self._measured(name) as steps:
            self._press(self._page.locator("#main-table tr"), name)
        return steps[0]

    def autograde(self, learners: Iterable[str]) -> Step:
        """Go to the submissions, autograde one after the other, and come back."""
        with self._measured("autograde") as steps:
            self._window.press(self._page.locator("td.num-submissions a"))
            rows = self._page.locator("#main-table tr")
            for learner in learners:
                self._press(rows.filter(has=self._page.get_by_text(learner, exact=True)), "autograde")
            self._window.press(self._page.get_by_role("link", name="Manage Assignments").first)
        return steps[0]

    @contextmanager
    def _measured(self, name: str) -> Iterator[list[Step]]:
        steps: list[Step] = []
        began, clicks = time.perf_counter(), self._window.clicks
        with latency(self._ask) as waited:
            yield steps
        seconds = time.perf_counter() - began
        steps.append(Step(name, self._window.clicks - clicks, seconds, max(waited, default=0.0)))

    def _press(self, row: Locator, name: str) -> None:
        """Press a row's symbol, wait until formgrader says that it is done, and press that message away."""
        self._window.press(row.locator(f"td.{name} a"))
        message = self._page.locator("#success-modal, #error-modal")
        message.wait_for(timeout=300_000)
        if message.get_attribute("id") == "error-modal":
            raise RuntimeError(f"formgrader could not {name}: {message.inner_text()}")
        self._window.press(message.get_by_role("button", name="OK"))
        message.wait_for(state="detached")


def _as_nbgrader_has_it(cohort: Cohort, exchange: Path) -> None:
    """The folder with nbgrader's own settings, nothing released and nothing collected."""
    exchange.mkdir(mode=0o777)
    exchange.chmod(0o777)
    config = _CONFIG.format(root=str(cohort.folder), exchange=str(exchange))
    (cohort.folder / "nbgrader_config.py").write_text(config, encoding="utf-8")
    (cohort.folder / "submitted").rename(cohort.folder / "handed-in")
    shutil.rmtree(cohort.folder / "release")


def _hand_in(cohort: Cohort, exchange: Path) -> None:
    """Put everybody's notebook where ``nbgrader submit`` puts it."""
    for number, learner in enumerate(cohort.learners):
        stamp = "2026-01-01 00:00:00 UTC"
        name = f"{learner}+{cohort.exercise}+{stamp}+{number:032d}"
        target = exchange / "benchmark" / "inbound" / name
        shutil.copytree(cohort.folder / "handed-in" / learner / cohort.exercise, target)
        (target / "timestamp.txt").write_text(stamp)
        (target / "submission_secret.txt").write_text(f"{number:064x}")


@contextmanager
def _server(course: Path, folder: Path) -> Iterator[tuple[str, str]]:
    log = folder / "formgrader.log"
    environment = {**os.environ, "HOME": str(folder), "JUPYTER_RUNTIME_DIR": str(folder / "runtime")}
    command = [sys.executable, "-m", "jupyterlab", "--no-browser", "--port=0", "--allow-root"]
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=course, env=environment, stdout=output, stderr=output)
    try:
        while not (found := re.search(r"(http://127\.0\.0\.1:\d+)/lab\?token=(\w+)", log.read_text())):
            if process.poll() is not None:
                raise RuntimeError(log.read_text()[-2000:])
            time.sleep(0.1)
        yield found[1], found[2]
    finally:
        process.terminate()
        process.wait()
