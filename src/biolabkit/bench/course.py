"""``course.json``: what the instructor publishes of a course. It holds no answer, hidden check or roster."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, NamedTuple

from biolabkit.check.words import Words

from .causes import json_damage

__all__ = [
    "COURSE_FILE",
    "BadCourseError",
    "Check",
    "Essay",
    "Published",
    "PublishedAssignment",
    "parse_course",
]

COURSE_FILE = "course.json"
_FORMAT = 1
_EXERCISE = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


class BadCourseError(ValueError):
    """What is wrong with a ``course.json``; `why` says it in both languages, to stand in brackets."""

    def __init__(self, english: str, korean: str) -> None:
        self.why = Words(english, korean)
        super().__init__(english)


class Check(NamedTuple):
    """A check cell: its name in the notebook, the task it belongs to, and what it is worth."""

    id: str
    task: str
    points: float


class Essay(NamedTuple):
    """An answer that a person grades."""

    id: str
    points: float


@dataclass(frozen=True)
class PublishedAssignment:
    """One exercise as it was released.

    Attributes
    ----------
    name, track : str
    title : mapping of str to str
        By language.
    minutes : float or None
        Estimated time.
    due : datetime or None
        With its offset.
    tasks : tuple of str
        Names of the tasks, in the notebook's order.
    checks, essays : tuple
    seconds_per_cell : float
        How long one cell may run.
    notebook : str
        Path from the published folder, with slashes.
    sha256 : str
        Of the released notebook; empty when it is not known.
    files : mapping of str to str
        SHA-256 of the files beside the notebook, by their path from the published folder.
    released : mapping of str to str
        SHA-256 of the released text of cells (stripped, UTF-8), by their names.
    """

    name: str
    title: Mapping[str, str]
    track: str = ""
    minutes: float | None = None
    due: datetime | None = None
    tasks: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    essays: tuple[Essay, ...] = ()
    seconds_per_cell: float = 60.0
    notebook: str = ""
    sha256: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    released: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Published:
    """What is published of a course."""

    id: str
    title: Mapping[str, str]
    language: str
    timezone: str
    assignments: tuple[PublishedAssignment, ...]


def parse_course(content: bytes) -> Published:
    """Read the bytes of a ``course.json``; what it holds besides is for later versions and passed over.

    Raises
    ------
    BadCourseError
        When it is not one, or of a later format.
    """
    try:
        document = json.loads(content.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise BadCourseError(*json_damage(error)) from error
    if not isinstance(document, dict) or not isinstance(document.get("format"), int):
        raise BadCourseError("it is no course.json", "course.json이 아님")
    if document["format"] > _FORMAT:
        raise BadCourseError(
            f"format {document['format']}, expected {_FORMAT}: update biolabkit",
            f"형식 {document['format']}, 읽을 수 있는 형식은 {_FORMAT}: biolabkit을 새로 설치하십시오",
        )
    try:
        return Published(
            id=str(document["course"]),
            title=_title(document["title"]),
            language="ko" if document["language"] == "ko" else "en",
            timezone=str(document["timezone"]),
            assignments=tuple(_assignment(one) for one in document["assignments"]),
        )
    except BadCourseError:
        raise
    except (KeyError, TypeError, AttributeError, ValueError) as error:
        raise BadCourseError(
            f"something is missing or of the wrong kind: {error}",
            f"빠졌거나 종류가 다른 항목이 있음: {error}",
        ) from error


def _assignment(entry: Mapping[str, Any]) -> PublishedAssignment:
    name = entry["name"]
    if not _EXERCISE.fullmatch(name):
        raise BadCourseError(f"{name!r} is no name of an exercise", f"실습 이름이 아님: {name!r}")
    notebook = entry.get("notebook") or f"{name}/{name}.ipynb"
    if PurePosixPath(notebook).parts[:1] != (name,) or ".." in PurePosixPath(notebook).parts:
        raise BadCourseError(
            f"the notebook of {name} lies outside its folder", f"{name} 실습의 노트북이 그 폴더 밖에 있음"
        )
    tasks = entry.get("tasks", [])
    checks = [(task["name"], check) for task in tasks for check in task.get("checks", [])]
    essays = entry.get("essays", [])
    cells = [*((task["name"], task) for task in tasks), *((one["id"], one) for _, one in checks)]
    cells += [(essay["id"], essay) for essay in essays]
    minutes = entry.get("minutes")
    return PublishedAssignment(
        name=name,
        title=_title(entry["title"]),
        track=str(entry.get("track", "")),
        minutes=float(minutes) if minutes is not None else None,
        due=_due(entry.get("due")),
        tasks=tuple(str(task["name"]) for task in tasks),
        checks=tuple(Check(str(one["id"]), str(task), float(one["points"])) for task, one in checks),
        essays=tuple(Essay(str(one["id"]), float(one["points"])) for one in essays),
        seconds_per_cell=float(entry.get("seconds_per_cell", 60.0)),
        notebook=notebook,
        sha256=str(entry.get("sha256", "")),
        files={str(path): str(sha256) for path, sha256 in entry.get("files", {}).items()},
        released={str(cell): str(about["sha256"]) for cell, about in cells if about.get("sha256")},
    )


def _title(value: Any) -> dict[str, str]:
    return {language: str(value[language]) for language in ("en", "ko")}


def _due(text: str | None) -> datetime | None:
    if text is None:
        return None
    due = datetime.fromisoformat(text)
    if due.tzinfo is None:
        raise BadCourseError(
            f"the due date {text!r} has no offset", f"제출 기한 {text!r}에 시간대 차이가 없음"
        )
    return due
