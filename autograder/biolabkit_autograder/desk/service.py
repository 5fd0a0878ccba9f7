"""What the desk's pages ask for, as plain values: the one place between the handlers and the course."""

from __future__ import annotations

import io
import os
import zipfile
import zoneinfo
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from biolabkit.errors import BiolabkitError, CourseError
from biolabkit_autograder.course import open_course
from biolabkit_autograder.evidence import read_evidence

from . import essays
from .jobs import Jobs
from .state import CourseState, ExerciseState, Work, read_state, work_on

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["FOLDERS", "Service"]

#: Folders of the course whose files may be had.
FOLDERS = ("export", "completion")


class Service:
    """A course as its desk sees it; every method may be called from any thread.

    Parameters
    ----------
    folder : Path
        The course folder; it may be damaged or gone at any time.
    jobs : Jobs
        Its runs.
    """

    def __init__(self, folder: Path, jobs: Jobs) -> None:
        self.folder, self.jobs = folder, jobs
        self._lock = Lock()
        self._opened: tuple[tuple[Any, ...], Course] | None = None

    def course(self) -> Course:
        """The course as its files are now.

        Raises
        ------
        CourseError
            When ``course.toml`` or the roster cannot be used: all problems, one a line.
        """
        with self._lock:
            if self._opened is not None and self._opened[0] == _stamps(self._opened[1]):
                return self._opened[1]
            self._opened = None
            course = open_course(self.folder)
            _ = course.roster  # its problems are the course's
            self._opened = _stamps(course), course
            return course

    def language(self) -> str:
        """The course's language; English while the course cannot be read."""
        try:
            return self.course().language
        except BiolabkitError:
            return "en"

    def state(self) -> dict[str, Any]:
        """The course at a glance, or why it cannot be shown."""
        runs = self.jobs.recent(1)
        told: dict[str, Any] = {"folder": str(self.folder), "run": runs[0] if runs else None}
        try:
            return {**told, "error": None, **_state(read_state(self.course()))}
        except BiolabkitError as error:
            return {**told, "error": str(error).splitlines()}

    def learners(self, exercise: str) -> list[dict[str, Any]]:
        """Where each learner is with an exercise."""
        course = self.course()
        return [_learner(course, exercise, one) for one in work_on(course, exercise)]

    def essays(self, exercise: str) -> list[dict[str, Any]]:
        """The questions of an exercise and their answers, which do not say whose they are."""
        return [
            {**asdict(one), "answers": [_hidden(answer) for answer in one.answers]}
            for one in essays.essays(self.course(), exercise)
        ]

    def answer(self, key: str, *, named: bool) -> dict[str, Any]:
        """One answer to read."""
        course = self.course()
        return _shown(course, essays.show(course, key), named=named)

    def grade_answer(
        self, key: str, points: float | None, comment: str, version: str, *, named: bool
    ) -> dict[str, Any]:
        """Grade one answer by hand; gives it as it is then."""
        course = self.course()
        return _shown(course, essays.grade_by_hand(course, key, points, comment, version), named=named)

    def report(self) -> Path:
        """The report's page."""
        return _there(self.folder / "report" / "index.html", "there is no report yet")

    def feedback(self, exercise: str, learner: str) -> Path:
        """A learner's page."""
        course = self.course()
        page = course.notebook("feedback", course.exercise(exercise).name, _plain(learner)).with_suffix(
            ".html"
        )
        return _there(page, "this page is not written yet")

    def file(self, folder: str, name: str) -> Path:
        """A file of one of `FOLDERS`."""
        if folder not in FOLDERS:
            raise CourseError(f"there is no folder {folder!r} here")
        parts = [_plain(part) for part in name.split("/")]
        return _there(self.folder.joinpath(folder, *parts), "there is no such file")

    def archive(self, folder: str) -> bytes:
        """All files of one of `FOLDERS` as a zip file."""
        if folder not in FOLDERS or not (files := _files(self.folder / folder)):
            raise CourseError(f"there is nothing in {folder} yet")
        data = io.BytesIO()
        with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as archive:
            for name in files:
                archive.write(self.folder / folder / name, f"{folder}/{name}")
        return data.getvalue()


def _stamps(course: Course) -> tuple[Any, ...]:
    return tuple(map(_stamp, (course.folder / "course.toml", course.folder / course.spec.roster)))


def _stamp(path: Path) -> tuple[int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size


def _state(state: CourseState) -> dict[str, Any]:
    course = state.course
    zone = zoneinfo.ZoneInfo(course.spec.timezone)
    return {
        "course": {
            "id": course.spec.id,
            "title": course.spec.title.model_dump(),
            "language": course.language,
            "timezone": course.spec.timezone,
            "completes": course.spec.completion is not None,
        },
        "learners": state.learners,
        "exercises": [_exercise(one, zone) for one in state.exercises],
        "inbox": str(course.inbox),
        "roster": str(course.folder / course.spec.roster),
        "arrivals": {**asdict(state.arrivals), "total": state.arrivals.total},
        "exchange": state.exchange
        and {"folder": str(state.exchange.folder), "problem": state.exchange.problem},
        "strangers": list(state.strangers),
        "results": {
            name: datetime.fromtimestamp(time, zone).isoformat() for name, time in state.results.items()
        },
        "files": {name: _files(course.folder / name)[:2000] for name in FOLDERS},
        "problems": list(state.problems),
    }


def _exercise(one: ExerciseState, zone: zoneinfo.ZoneInfo) -> dict[str, Any]:
    return {**asdict(one), "due": one.due.astimezone(zone).isoformat() if one.due else None}


def _learner(course: Course, exercise: str, work: Work) -> dict[str, Any]:
    record = read_evidence(course, exercise, work.learner) or {}
    return {
        "learner": work.learner,
        "name": _name(course, work.learner),
        "status": work.status,
        "points": work.points.points if work.points else None,
        "waiting": work.points.waiting if work.points else 0,
        "feedback": work.feedback,
        "submitted_at": record.get("submitted_at"),
        "late_seconds": record.get("late_seconds"),
        "problems": record.get("problems", []),
    }


def _hidden(answer: essays.Answer) -> dict[str, Any]:
    return {
        "id": answer.id,
        "points": answer.points,
        "waiting": answer.waiting,
        "blank": answer.blank,
        "comment": answer.comment,
    }


def _shown(course: Course, shown: essays.Shown, *, named: bool) -> dict[str, Any]:
    answer = shown.answer
    who = {"learner": answer.learner, "name": _name(course, answer.learner)} if named else {}
    return {**_hidden(answer), **who, "html": shown.html, "version": shown.version}


def _name(course: Course, learner: str) -> str:
    return course.roster[learner].name if learner in course.roster else learner


def _files(folder: Path) -> list[str]:
    """The folder's files by their paths inside it."""
    found = []
    for here, folders, names in os.walk(folder):
        folders[:] = [name for name in folders if not name.startswith(".")]
        above = Path(here).relative_to(folder)
        found += [(above / name).as_posix() for name in names if not name.startswith(".")]
    return sorted(found)


def _plain(part: str) -> str:
    """A name in a path; what would lead elsewhere is an error."""
    if not part or part.startswith(".") or "/" in part or "\\" in part or "\0" in part:
        raise CourseError(f"{part!r} cannot be a file's name here")
    return part


def _there(path: Path, otherwise: str) -> Path:
    if path.is_symlink() or not path.is_file():
        raise CourseError(f"{otherwise} ({path})")
    return path
