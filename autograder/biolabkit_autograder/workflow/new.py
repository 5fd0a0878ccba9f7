"""A new course folder."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from biolabkit._files import atomic_write
from biolabkit.errors import CourseError
from biolabkit_autograder.course import Course, open_course
from biolabkit_autograder.roster import Learner

from .config import write_config
from .exchange import make_exchange

if TYPE_CHECKING:
    from biolabkit_autograder.planning.profiles import ProfileRules

__all__ = ["NewCourse", "check_vacant", "create"]

_TEXT = """\
# A course of biolabkit. After a change run: biolab course build && biolab course release
id = {id}
title = {{ en = {title_en}, ko = {title_ko} }}
language = {language}  # of the notebooks, feedback and report: "en" or "ko"
timezone = {timezone}  # the clock of the due dates below

# Folders of exercises (<track>/<nn-slug>/exercise.py), seen from this file.
sources = {sources}
# The learners: a CSV file with the columns id, name, email; account, where it is not called as the id.
roster = "roster.csv"
{exchange}{exercises}
[limits]
seconds_per_cell = 60

# What lateness costs. Remove the # signs to use it.
# [late]
# grace_minutes = 15
# percent_per_day = 10
# at_most_percent = 50

{completion}"""

_COMPLETION = """\
# What completes the course: biolab course complete, in per cent of all points and of the sessions held.
# Certificates need to know who issues them: [completion.issuer] name = {{ en = "…", ko = "…" }}
{off}[completion]
{off}percent = {percent:g}
{off}attendance_percent = {attendance:g}  # of the sessions in attendance.csv
"""

_EXERCISE = """
[[exercises]]
name = {name}
weight = 1.0
due = {due}
"""


@dataclass(frozen=True)
class NewCourse:
    """What a new course begins with."""

    id: str
    title_en: str
    title_ko: str
    language: str
    timezone: str
    sources: Sequence[Path]
    exercises: Sequence[str]
    due: datetime | None = None
    learners: Sequence[Learner] = ()
    completion: ProfileRules | None = None
    exchange: Path | None = None


def check_vacant(folder: Path) -> None:
    """Raise a CourseError where a course cannot be made because something is there."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise CourseError(f"{folder} is not empty; name a new folder")


def create(folder: Path, new: NewCourse) -> Course:
    """Make a course folder.

    Raises
    ------
    CourseError
        When the folder already holds something, one of the values cannot be used, or the exchange cannot be
        made: no course is made then.
    """
    check_vacant(folder)
    made_here = not folder.exists()
    folder.mkdir(parents=True, exist_ok=True)
    try:
        with atomic_write(folder / "course.toml") as stream:
            stream.write(_course_toml(folder.resolve(), new))
        course = open_course(folder)
        if course.exchange:
            make_exchange(course, new=True)
            folder.chmod(0o700)  # on a shared server nobody else may read answers, submissions and grades
    except BaseException:
        (folder / "course.toml").unlink(missing_ok=True)
        if made_here:
            folder.rmdir()
        raise
    with atomic_write(folder / "roster.csv") as stream:
        columns = ("id", "name", "email", *(["account"] if course.exchange else []))
        stream.write(",".join(columns) + "\n")
        stream.writelines(",".join(getattr(one, column) for column in columns) + "\n" for one in new.learners)
    for step in ("source", "release", "submitted", "autograded", "feedback"):
        (folder / step).mkdir()
    course.inbox.mkdir()
    write_config(course)
    return course


def _course_toml(folder: Path, new: NewCourse) -> str:
    # a due date that an instructor will look at and change: in four weeks, at the end of the day
    due = new.due or datetime.now().replace(hour=23, minute=59, second=0, microsecond=0) + timedelta(weeks=4)
    exercises = "".join(
        _EXERCISE.format(name=_quoted(name), due=due.isoformat(timespec="seconds")) for name in new.exercises
    )
    sources = [os.path.relpath(source.resolve(), folder) for source in new.sources]
    return _TEXT.format(
        id=_quoted(new.id),
        title_en=_quoted(new.title_en),
        title_ko=_quoted(new.title_ko),
        language=_quoted(new.language),
        timezone=_quoted(new.timezone),
        sources="[" + ", ".join(_quoted(source) for source in sources) + "]",
        exchange=f"exchange = {_quoted(str(new.exchange.resolve()))}\n" if new.exchange else "",
        exercises=exercises,
        completion=_completion(new.completion),
    )


def _completion(rules: ProfileRules | None) -> str:
    """The rules of completion; as a comment where there are none, or without the one that is not there."""
    text = _COMPLETION.format(
        off="" if rules else "# ",
        percent=rules.percent if rules else 60,
        attendance=rules.attendance_percent or 0 if rules else 80,
    )
    if rules and rules.attendance_percent is None:
        text = "".join(line for line in text.splitlines(keepends=True) if "attendance_percent" not in line)
    return text


def _quoted(text: str) -> str:
    """A TOML basic string; JSON's escapes are a subset of TOML's."""
    return re.sub("\x7f", r"\\u007f", json.dumps(text, ensure_ascii=False))
