"""Where each learner of a course stands: completed, waiting, in progress or not completed, and why."""

from __future__ import annotations

import hashlib
import zoneinfo
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from biolabkit.errors import CourseError
from biolabkit_autograder.report import ExerciseInfo
from biolabkit_autograder.report.competencies import competency_order
from biolabkit_autograder.store import current_gradebook
from biolabkit_autograder.workflow.export import learners_of, percent_of, results, status_of
from biolabkit_autograder.workflow.report import exercise_info

from .attendance import Attendance, read_attendance
from .phrases import phrase
from .rules import CompletionSpec, track_of

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["STATUSES", "Competency", "Standing", "Work", "standings"]

STATUSES = ("completed", "waiting", "in_progress", "not_completed")

Record = Mapping[str, Any]


@dataclass(frozen=True)
class Work:
    """One learner's work on one exercise.

    Attributes
    ----------
    exercise, title : str
        Its name, and its title in the course's language.
    status : {"graded", "waiting", "not gradable", "missing"}
        As in the export.
    points, max_points : float or None
        After the penalty for lateness; None where there are none.
    late_penalty : float
        Points taken off.
    competencies : tuple of str
        Codes of the exercise.
    record, submission : str or None
        SHA-256 of the evidence file, and of the file that was handed in.
    """

    exercise: str
    title: str
    status: str
    points: float | None
    max_points: float | None
    late_penalty: float
    competencies: tuple[str, ...]
    record: str | None
    submission: str | None


@dataclass(frozen=True)
class Competency:
    """What a learner has shown of one competency, over the exercises that they handed in."""

    code: str
    points: float
    max_points: float
    exercises: tuple[str, ...]

    @property
    def percent(self) -> float:
        """Share of the points in per cent."""
        return round(100 * self.points / self.max_points, 2) if self.max_points else 0.0


@dataclass(frozen=True)
class Standing:
    """Where a learner stands.

    Attributes
    ----------
    learner, name, email : str
        From the roster.
    status : {"completed", "waiting", "in_progress", "not_completed"}
        `waiting` for a person: an essay, a file that could not be graded, attendance that is not recorded.
        `in_progress` is who does not keep the rules yet while something can still be handed in.
    reasons : tuple of str
        Sentences in the course's language; empty when completed.
    percent : float or None
        Of all points, by weight; None when something could not be graded.
    tracks : dict of str to float or None
        The same for each track of the course.
    attendance : Attendance or None
        None when it is not recorded.
    works : tuple of Work
        In the course's order.
    competencies : tuple of Competency
        Those of what was handed in.
    """

    learner: str
    name: str
    email: str
    status: str
    reasons: tuple[str, ...]
    percent: float | None
    tracks: dict[str, float | None]
    attendance: Attendance | None
    works: tuple[Work, ...]
    competencies: tuple[Competency, ...]


def standings(course: Course, now: datetime | None = None) -> list[Standing]:
    """Work out where each learner stands, from the results as export has them.

    Parameters
    ----------
    course : Course
        A course with ``[completion]``.
    now : datetime, optional
        With a time zone: what is due after it can still be handed in.

    Returns
    -------
    list of Standing
        The roster first, then whoever else has a result.

    Raises
    ------
    CourseError
        When ``course.toml`` has no rules, or the attendance they ask for cannot be read.
    """
    rules = course.spec.completion
    if rules is None:
        raise CourseError(
            f"{course.folder / 'course.toml'} does not say what completes the course; add [completion] with, "
            "for example, percent = 60"
        )
    attendance = _attendance(course, rules)
    infos = [exercise_info(course, name) for name in course.exercise_names]
    judge = _Judge(course, rules, _due_dates(course), now or datetime.now(UTC))
    found = learners_of(course, results(course))
    return [
        judge.standing(learner, records, attendance.get(learner), infos) for learner, records in found.items()
    ]


def _attendance(course: Course, rules: CompletionSpec) -> dict[str, Attendance]:
    path = course.folder / rules.attendance
    if path.exists():
        return read_attendance(path, rules.late_counts)
    if rules.attendance_percent is not None:
        raise CourseError(f"{path} is missing; put it there, or remove attendance_percent from course.toml")
    return {}


def _due_dates(course: Course) -> dict[tuple[str, str], datetime]:
    """The due dates of learners who have an extension, by exercise and learner, in UTC."""
    with current_gradebook(course) as gradebook:
        return {
            (name, submission.student.id): submission.duedate.replace(tzinfo=UTC)
            for name in course.exercise_names
            for submission in gradebook.assignment_submissions(name)
            if submission.extension is not None and submission.duedate is not None
        }


class _Judge:
    """The rules of a course, at one moment."""

    def __init__(
        self, course: Course, rules: CompletionSpec, extended: dict[tuple[str, str], datetime], now: datetime
    ) -> None:
        self.course, self.rules, self.extended, self.now = course, rules, extended, now
        self.tracks: dict[str, list[str]] = {}
        for name in course.exercise_names:
            self.tracks.setdefault(track_of(name), []).append(name)

    def standing(
        self,
        learner: str,
        records: Mapping[str, Record | None],
        attendance: Attendance | None,
        infos: Sequence[ExerciseInfo],
    ) -> Standing:
        """Where one learner stands."""
        known = self.course.roster.get(learner)
        percent = percent_of(self.course, records, self.course.exercise_names)
        tracks = {track: percent_of(self.course, records, names) for track, names in self.tracks.items()}
        works = tuple(self._work(learner, records[info.name], info) for info in infos)
        waits = self._waits(works, attendance)
        short = self._short(percent, tracks, attendance)
        still_open = self._still_open(learner, works)
        status = (
            *(["waiting"] if waits else []),
            *([] if short else ["completed"]),
            *(["in_progress"] if still_open else []),
            "not_completed",
        )[0]
        return Standing(
            learner,
            known.name if known else learner,
            known.email if known else "",
            status,
            () if status == "completed" else (*waits, *short, *still_open),
            percent,
            tracks,
            attendance,
            works,
            _competencies(works),
        )

    def _say(self, key: str, *values: object) -> str:
        return phrase(key, self.course.language, *values)

    def _waits(self, works: Sequence[Work], attendance: Attendance | None) -> list[str]:
        waits = [self._say("essay_waits", work.title) for work in works if work.status == "waiting"]
        waits += [self._say("not_gradable", work.title) for work in works if work.status == "not gradable"]
        if self.rules.attendance_percent is not None and attendance is None:
            waits.append(self._say("attendance_unknown"))
        return waits

    def _short(
        self, percent: float | None, tracks: Mapping[str, float | None], attendance: Attendance | None
    ) -> list[str]:
        """The rules that are not kept, as far as it can be said."""
        short = []
        if percent is not None and percent < self.rules.percent:
            short.append(self._say("percent_short", percent, self.rules.percent))
        for track, needed in self.rules.tracks.items():
            reached = tracks[track]
            if reached is not None and reached < needed:
                short.append(self._say("track_short", reached, needed, track))
        needed_attendance = self.rules.attendance_percent
        if attendance and needed_attendance is not None and attendance.percent < needed_attendance:
            short.append(self._say("attendance_short", attendance.percent, needed_attendance))
        return short

    def _still_open(self, learner: str, works: Sequence[Work]) -> list[str]:
        """What can still be handed in, for the first time or again; what has no due date counts as due."""
        zone = zoneinfo.ZoneInfo(self.course.spec.timezone)
        found = []
        for work in works:
            due = self.extended.get((work.exercise, learner)) or self.course.due(work.exercise)
            if due is not None and due > self.now:
                until = due.astimezone(zone).strftime("%Y-%m-%d %H:%M")
                found.append(self._say("still_open", work.title, until))
        return found

    def _work(self, learner: str, record: Record | None, info: ExerciseInfo) -> Work:
        path = self.course.evidence(info.name, learner)
        counts = record if record and record["marks"] else {}
        return Work(
            info.name,
            info.title,
            status_of(record),
            counts.get("points"),
            record["max_points"] if record else None,
            counts.get("late_penalty", 0.0),
            info.competencies,
            hashlib.sha256(path.read_bytes()).hexdigest() if record else None,
            (record.get("hashes") or {}).get("submission") if record else None,
        )


def _competencies(works: Sequence[Work]) -> tuple[Competency, ...]:
    counted = [work for work in works if work.points is not None]
    codes = {code for work in counted for code in work.competencies}
    found = []
    for code in sorted(codes, key=competency_order):
        shown = [work for work in counted if code in work.competencies]
        points = sum(work.points or 0.0 for work in shown)
        worth = sum(work.max_points or 0.0 for work in shown)
        found.append(Competency(code, points, worth, tuple(work.exercise for work in shown)))
    return tuple(found)
