"""A course on a shared machine: an instructor and trainees with accounts of their own, and an exchange."""

import csv
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

from .accounts import REPOSITORY, Account, accounts
from .bench import Bench
from .browser import Browser, Window

#: The authors' example: a task, two checks, an essay; it needs no data.
EXERCISE = "genome-01-gc-content"
SOURCES = REPOSITORY / "tests" / "authoring" / "example"
COURSE = "bio101"
#: Short, so that an endless loop is soon over.
SECONDS_PER_CELL = 4


@dataclass
class School:
    """Everybody, and the browser in which they are looked at.

    Attributes
    ----------
    trainees : dict of str to Account
        By their names.
    course : Path
        The instructor's folder.
    exchange : Path
        On a small disk of its own where that can be had, so that it can run full.
    small_disk : bool
        Whether it is.
    """

    instructor: Account
    trainees: dict[str, Account]
    exchange: Path
    small_disk: bool
    browser: Browser

    @property
    def course(self) -> Path:
        return self.instructor.home / COURSE

    @property
    def published(self) -> Path:
        """What trainees join."""
        return self.exchange / COURSE

    def make_course(self) -> None:
        """A Korean course with these trainees in its roster; nothing is released yet."""
        own = self.instructor.home / "exercises"
        shutil.copytree(SOURCES, own)
        settings = own / "genome" / "01-gc-content" / "exercise.toml"
        _replace(settings, "seconds_per_cell = 10", f"seconds_per_cell = {SECONDS_PER_CELL}")
        self.instructor.run(
            *("biolab", "course", "new", COURSE, "--exchange", self.exchange, "--source", own),
            *("--exercise", EXERCISE, "--language", "ko", "--timezone", "Asia/Seoul"),
            *("--title", "유전체 데이터 분석 입문"),
        )
        roster = self.course / "roster.csv"
        with roster.open("w", encoding="utf-8", newline="") as stream:
            rows = csv.writer(stream)
            rows.writerow(["id", "name", "email"])
            rows.writerows([one.name, name, ""] for name, one in self.trainees.items())

    def release(self) -> None:
        """The course as it is now, without a page."""
        for step in ("build", "release"):
            self.instructor.run("biolab", "course", step, "--course", self.course)

    def bench(self, name: str) -> Bench:
        """A trainee's course folder, joined if it is not there yet, and the server for it."""
        account = self.trainees[name]
        folder = account.home / COURSE
        if not folder.exists():
            account.run("biolab", "join", self.published)
        return Bench(account, folder)

    def desk(self) -> AbstractContextManager[Window]:
        """`biolab desk` and its page."""
        return open_desk(self.instructor, self.course, self.browser)


@contextmanager
def open_desk(instructor: Account, course: Path, browser: Browser) -> Iterator[Window]:
    """`biolab desk` of a course, and its page."""
    process = instructor.start(
        *("biolab", "desk", course, "--no-browser"), stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    )
    said = ""
    while not (address := re.search(r"http://127\.0\.0\.1:\d+/\S*", said)):
        line = process.stdout.readline()
        assert line, f"the desk did not open:\n{said}"
        said += line
    window = browser.window(1400, 1000)
    try:
        window.page.goto(address[0])
        yield window
    finally:
        window.close()
        process.terminate()
        process.wait(60)


@contextmanager
def school(*names: str) -> Iterator[School]:
    """Trainees of these names, an instructor, an exchange on a small disk, and Chromium."""
    logins = [f"trainee{letter}" for letter in "abcdefgh"[: len(names)]]
    with accounts("instructor", *logins) as (instructor, *trainees), Browser() as browser:
        exchange = instructor.home.parent / "exchange"
        exchange.mkdir()
        small = _mount(exchange)
        try:
            os.chown(exchange, instructor.uid, instructor.uid)
            exchange.chmod(0o755)
            yield School(instructor, dict(zip(names, trainees, strict=True)), exchange, small, browser)
        finally:
            if small:
                _unmount(exchange)


def _replace(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")


def _mount(folder: Path) -> bool:
    """A disk of some megabytes; False where this machine does not let root mount."""
    command = ["mount", "-t", "tmpfs", "-o", "size=16m", "biolab-test", str(folder)]
    return subprocess.run(command, capture_output=True, check=False).returncode == 0


def _unmount(folder: Path) -> None:
    for _ in range(20):
        if subprocess.run(["umount", str(folder)], capture_output=True, check=False).returncode == 0:
            return
        time.sleep(0.2)
    subprocess.run(["umount", "--lazy", str(folder)], capture_output=True, check=False)
