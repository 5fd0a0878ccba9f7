"""A course: what ``course.toml`` says, its roster, and where its files are.

A course folder has nbgrader's own layout (``source``, ``release``, ``submitted``, ``autograded``,
``feedback``, ``gradebook.db``), and besides it ``inbox`` (files as learners hand them in), ``evidence`` (the
record behind each grade), ``report`` and ``export``.
"""

from __future__ import annotations

import csv
import io
import re
import unicodedata
import zoneinfo
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from biolabkit.errors import CourseError, UnknownNameError, nearest, suggest

from .authoring.problem import Problem
from .authoring.toml_lines import line_of, read_toml
from .completion.rules import CompletionSpec, track_of
from .grading import Limits, RefusedError

__all__ = [
    "Course",
    "CourseSpec",
    "ExerciseSpec",
    "LatePolicy",
    "Learner",
    "named_zone",
    "open_course",
    "read_roster",
    "read_text",
    "told_apart",
    "unknown_exercises",
]

#: File names and nbgrader's globs take these as they are; Korean letters are letters.
_LEARNER_ID = re.compile(r"\w[\w.@-]{0,63}")
_ROSTER = "roster.csv"
_ROSTER_COLUMNS = {
    "id": "id",
    "learner": "id",
    "학번": "id",
    "아이디": "id",
    "name": "name",
    "이름": "name",
    "성명": "name",
    "email": "email",
    "e-mail": "email",
    "이메일": "email",
    "account": "account",
    "계정": "account",
}


def named_zone(name: str) -> str:
    """The name itself, if it is a time zone named by its region.

    An offset knows nothing of the summer, and nbgrader misreads it.

    Raises
    ------
    ValueError
        When it is something else; the near name is suggested.
    """
    zones = zoneinfo.available_timezones()
    if name == "UTC" or (name in zones and "/" in name and not name.startswith("Etc/")):
        return name
    regions = [zone for zone in zones if "/" in zone and not zone.startswith(("Etc/", "posix/", "right/"))]
    if re.fullmatch(r"(UTC|GMT)?\s*[+-]\d{1,2}(:?\d{2})?", name):
        raise ValueError(f"{name!r} is an offset; name a zone instead, for example 'Asia/Seoul'")
    near = suggest(name, regions)
    example = (
        near if near.startswith("; did") else "; use a name such as 'Asia/Seoul', 'Europe/Berlin', 'UTC'"
    )
    raise ValueError(f"there is no time zone {name!r}{example}")


def _local_time(value: Any) -> datetime:
    """A due date is a TOML local date-time; a date alone means the end of that day."""
    if isinstance(value, datetime):
        if value.tzinfo is not None:
            raise ValueError(
                "a due date has no offset; write it as the clock of the course's time zone shows it, "
                "for example 2026-12-01T23:59:00"
            )
        return value
    if isinstance(value, date):
        return datetime.combine(value, time(23, 59, 59))
    raise ValueError("expected a date and time without quotes, for example 2026-12-01T23:59:00")


def _course_id(value: str) -> str:
    """The name of the course's folder in an exchange, as nbgrader wants it."""
    if not re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]*", value):
        raise ValueError(f"expected the letters A to Z, digits and . _ - only, found {value!r}")
    return value


def _exercise_name(value: str) -> str:
    if not re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", value):
        raise ValueError(f"expected a name such as 'genome-05-diploid-genotypes', found {value!r}")
    return value


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Title(_Table):
    """A title in both languages."""

    en: str = Field(min_length=1)
    ko: str = Field(min_length=1)


class ExerciseSpec(_Table):
    """An exercise of the course."""

    name: Annotated[str, AfterValidator(_exercise_name)]
    weight: float = Field(default=1.0, ge=0)
    due: Annotated[datetime, BeforeValidator(_local_time)] | None = None


class LimitsSpec(_Table):
    """What one submission may use; an exercise may set its own."""

    seconds_per_cell: float | None = Field(default=None, gt=0)
    seconds: float | None = Field(default=None, gt=0)
    memory_mb: int | None = Field(default=None, gt=0)
    disk_mb: int | None = Field(default=None, gt=0)
    processes: int | None = Field(default=None, gt=0)
    output_bytes: int | None = Field(default=None, gt=0)


class LatePolicy(_Table):
    """What lateness costs: a share of the points for each day begun, after some minutes of grace."""

    percent_per_day: float = Field(ge=0, le=100)
    grace_minutes: float = Field(default=0, ge=0)
    at_most_percent: float = Field(default=100, ge=0, le=100)

    def penalty(self, points: float, seconds_late: float) -> float:
        """Points to take off, never more than `points`."""
        late = seconds_late - self.grace_minutes * 60
        if late <= 0:
            return 0.0
        days = -(-late // 86400)
        return points * min(days * self.percent_per_day, self.at_most_percent) / 100


class CourseSpec(_Table):
    """The contents of ``course.toml``."""

    id: Annotated[str, AfterValidator(_course_id)] = Field(max_length=100)
    title: Title
    language: Literal["en", "ko"]
    timezone: Annotated[str, AfterValidator(named_zone)]
    sources: list[str] = Field(min_length=1)
    roster: str = _ROSTER
    exchange: str | None = None
    submit_to: str | None = None
    exercises: list[ExerciseSpec] = Field(min_length=1)
    limits: LimitsSpec = LimitsSpec()
    late: LatePolicy | None = None
    completion: CompletionSpec | None = None

    @property
    def exercise_names(self) -> list[str]:
        """The exercises in the course's order."""
        return [exercise.name for exercise in self.exercises]


def _disagreements(spec: CourseSpec) -> Iterator[tuple[list[str | int], str]]:
    """What is right by itself and does not go together: the keys of each value, and what is wrong with it."""
    names = spec.exercise_names
    zone = zoneinfo.ZoneInfo(spec.timezone)
    for place, exercise in enumerate(spec.exercises):
        if exercise.name in names[:place]:
            yield ["exercises", place, "name"], f"{exercise.name} is there twice; keep one"
        if exercise.due and not _exists(exercise.due, zone):
            skipped = f"{exercise.due} does not exist in {spec.timezone} (the clocks go forward then)"
            yield ["exercises", place, "due"], skipped
    tracks = sorted({track_of(name) for name in names})
    for place, track in enumerate(spec.completion.tracks if spec.completion else ()):
        if track not in tracks:
            near = suggest(track, tracks)
            yield (
                ["completion", "tracks", place],
                f"the course has no exercise of the track {track!r}{near}",
            )


def _exists(local: datetime, zone: zoneinfo.ZoneInfo) -> bool:
    return local.replace(tzinfo=zone).astimezone(UTC).astimezone(zone).replace(tzinfo=None) == local


@dataclass(frozen=True)
class Learner:
    """One line of the roster.

    Attributes
    ----------
    id, name, email : str
    account : str
        The learner's account on a shared server; empty when it is called as the id.
    """

    id: str
    name: str
    email: str = ""
    account: str = ""


@dataclass(frozen=True)
class Course:
    """A course folder that was opened."""

    folder: Path
    spec: CourseSpec

    @property
    def language(self) -> str:
        """The language of the notebooks, feedback and report."""
        return self.spec.language

    @property
    def gradebook_url(self) -> str:
        """SQLAlchemy's URL of nbgrader's gradebook."""
        return f"sqlite:///{self.folder / 'gradebook.db'}"

    @property
    def inbox(self) -> Path:
        """Where learners' files are dropped."""
        return self.folder / "inbox"

    @property
    def exchange(self) -> Path | None:
        """The course's folder in its exchange; None when it has none."""
        if not self.spec.exchange:
            return None
        return self.folder / Path(self.spec.exchange).expanduser() / self.spec.id

    @property
    def source_roots(self) -> list[Path]:
        """The folders that hold the exercises' sources."""
        return [(self.folder / Path(source).expanduser()).resolve() for source in self.spec.sources]

    @property
    def exercise_names(self) -> list[str]:
        """The course's exercises in its order."""
        return self.spec.exercise_names

    @cached_property
    def roster(self) -> dict[str, Learner]:
        """The learners by id; empty when the course has no roster file.

        Raises
        ------
        CourseError
            When the roster has problems, or ``course.toml`` names one of its own that is not there: with a
            misspelt name whoever hands something in would be taken.
        """
        path = self.folder / self.spec.roster
        if path.exists():
            return read_roster(path)
        if self.spec.roster != _ROSTER:
            raise CourseError(f"{path} is not there; correct `roster` in course.toml, or make that file")
        return {}

    @cached_property
    def called(self) -> dict[str, str]:
        """What to call each learner of the roster in a line that does not show ids."""
        return told_apart({learner: one.name for learner, one in self.roster.items()})

    def unknown_learner(self, name: str) -> RefusedError:
        """What to say of an id that is not in the roster; some hand in under their name or account."""
        meant = [
            learner
            for learner, one in self.roster.items()
            if _squeezed(name) in {_squeezed(text) for text in (one.name, one.account, one.email) if text}
        ]
        en, ko = f"there is no learner in the roster {name!r}", f"명단에 없는 학습자입니다: {name!r}"
        if meant:
            ids = f"{', '.join(meant[:3])}{', …' if len(meant) > 3 else ''}"
            return RefusedError(
                f"{en}, but a name or account of {ids}; learners hand in under their id: biolab join … "
                "--learner ID",
                f"{ko}. 다음 학습자의 이름이나 계정입니다: {ids}. 학습자 ID로 제출해야 합니다: biolab join … "
                "--learner ID",
            )
        near = nearest(name, self.roster)
        return RefusedError(
            f"{en}; did you mean {near!r}?" if near else f"{en}; see {self.spec.roster}",
            f"{ko}. {near!r}입니까?" if near else f"{ko}. {self.spec.roster} 파일을 확인하십시오",
        )

    def account(self, learner: str) -> str:
        """The account of a learner on a shared server: the one in the roster, else the one of that name."""
        return (self.roster[learner].account if learner in self.roster else "") or learner

    def exercise(self, name: str) -> ExerciseSpec:
        """Look up one of the course's exercises.

        Raises
        ------
        UnknownNameError
            When the course has none of that name.
        """
        for exercise in self.spec.exercises:
            if exercise.name == name:
                return exercise
        raise UnknownNameError("exercise in this course", name, self.exercise_names)

    def chosen(self, exercise: str | None) -> list[str]:
        """One exercise by its name, or all of the course.

        Raises
        ------
        UnknownNameError
            When the course has none of that name.
        """
        return [self.exercise(exercise).name] if exercise else self.exercise_names

    def due(self, name: str) -> datetime | None:
        """When an exercise is due, in UTC."""
        local = self.exercise(name).due
        return local.replace(tzinfo=zoneinfo.ZoneInfo(self.spec.timezone)).astimezone(UTC) if local else None

    def notebook(self, step: str, exercise: str, learner: str | None = None) -> Path:
        """Path of a notebook in nbgrader's layout.

        Parameters
        ----------
        step : {"source", "release", "submitted", "autograded", "feedback"}
            nbgrader's step.
        exercise : str
            The exercise's name.
        learner : str, optional
            The learner's id, for the last three steps.
        """
        folder = self.folder / step / learner if learner else self.folder / step
        return folder / exercise / f"{exercise}.ipynb"

    def evidence(self, exercise: str, learner: str) -> Path:
        """Path of the record of one grading."""
        return self.folder / "evidence" / exercise / f"{learner}.json"

    def limits(self, own: dict[str, Any]) -> Limits:
        """Limits of an exercise: its own, else the course's, else the usual ones."""
        chosen = {key: value for key, value in self.spec.limits if value is not None}
        known = set(Limits.__dataclass_fields__)
        return Limits(**{**chosen, **{key: value for key, value in own.items() if key in known}})

    def seconds_late(self, exercise: str, submitted: datetime | None) -> float | None:
        """Seconds after the due date, 0 when in time; None without a due date or time stamp."""
        due = self.due(exercise)
        if due is None or submitted is None:
            return None
        return max((submitted - due) / timedelta(seconds=1), 0.0)


def open_course(folder: str | Path) -> Course:
    """Open a course folder.

    Raises
    ------
    CourseError
        When it is no course folder, or ``course.toml`` has problems: all of them, one a line.
    """
    root = Path(folder).expanduser().resolve()
    path = root / "course.toml"
    if not path.is_file():
        raise CourseError(
            f"{root} is not a course folder (it has no course.toml); go to one, give --course DIR, "
            "or make one with: biolab course new DIR"
        )
    spec, problems = read_toml(path, CourseSpec)
    if spec is not None:
        text = path.read_text(encoding="utf-8-sig")
        problems = [
            Problem(path, line_of(text, keys), f"{'.'.join(map(str, keys))}: {said}")
            for keys, said in _disagreements(spec)
        ]
    if spec is None or problems:
        raise CourseError("\n".join(str(problem) for problem in problems))
    return Course(root, spec)


def unknown_exercises(course: Course, known: Iterable[str]) -> list[Problem]:
    """The exercises of ``course.toml`` that are not among those of its sources, each with its line."""
    path, names = course.folder / "course.toml", list(known)
    text = path.read_text(encoding="utf-8-sig")
    return [
        Problem(
            path, line_of(text, ["exercises", place, "name"]), str(UnknownNameError("exercise", name, names))
        )
        for place, name in enumerate(course.exercise_names)
        if name not in names
    ]


def _squeezed(text: str) -> str:
    return "".join(unicodedata.normalize("NFC", text).split()).casefold()


def told_apart(names: Mapping[str, str]) -> dict[str, str]:
    """What to call each learner where the id does not stand beside the name: namesakes have theirs with it.

    Examples
    --------
    >>> told_apart({"s1": "Kim Minji", "s2": "Kim Minji", "s3": "Lee"})
    {'s1': 'Kim Minji (s1)', 's2': 'Kim Minji (s2)', 's3': 'Lee'}
    """
    bearers = Counter(names.values())
    return {learner: f"{name} ({learner})" if bearers[name] > 1 else name for learner, name in names.items()}


def read_roster(path: Path) -> dict[str, Learner]:
    """Read a roster: a CSV file with the columns ``id``, ``name`` and, if wanted, ``email`` and ``account``.

    UTF-8 with or without a byte-order mark, or CP949 as a Korean Excel writes it.

    Returns
    -------
    dict of str to Learner
        By id, in the file's order.

    Raises
    ------
    CourseError
        All problems at once, one a line, as ``file:line``.
    """
    rows = csv.reader(io.StringIO(read_text(path, "the roster"), newline=""))
    header = [_ROSTER_COLUMNS.get(cell.strip().lower(), cell.strip()) for cell in next(rows, [])]
    if "id" not in header or "name" not in header:
        raise CourseError(
            f"{path}:1: expected the columns id, name, email, separated by commas; "
            f"found {', '.join(header) or 'none'}"
        )
    learners: dict[str, Learner] = {}
    problems: list[Problem] = []
    line = rows.line_num + 1
    for row in rows:
        number, line = line, rows.line_num + 1
        texts = [cell.strip() for cell in row]
        if not any(texts):
            continue
        cells = dict(zip(header, texts, strict=False))
        learner_id = unicodedata.normalize("NFC", cells.get("id", ""))
        if problem := _row_problem(header, texts, learner_id, learners):
            problems.append(Problem(path, number, problem))
        else:
            name = unicodedata.normalize("NFC", cells.get("name", "")) or learner_id
            account = cells.get("account", "")
            learners[learner_id] = Learner(learner_id, name, cells.get("email", ""), account)
    if problems:
        raise CourseError("\n".join(str(problem) for problem in problems))
    return learners


def _row_problem(header: list[str], texts: list[str], learner_id: str, learners: Iterable[str]) -> str | None:
    """What is wrong with a learner's row: what would lose a learner, or put a cell into another's column."""
    if any("\n" in text for text in texts):
        return "a cell goes on over the end of the line; close its quotation mark"
    if any(texts[len(header) :]):
        return (
            f"{len(texts)} cells where the header has {len(header)}; put quotation marks around a cell that "
            "has a comma"
        )
    if not learner_id:
        return "the id is missing"
    if not _LEARNER_ID.fullmatch(learner_id):
        return f"the id {learner_id!r} may have letters, digits and . _ @ - only"
    return f"the id {learner_id!r} is there twice; keep one" if learner_id in learners else None


def read_text(path: Path, what: str) -> str:
    """Read a file that an instructor saved: UTF-8, or CP949 as a Korean Excel writes it.

    Raises
    ------
    CourseError
        When it cannot be read, or is neither; `what` is the file's name in the message.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise CourseError(f"{path}: {what} cannot be read ({error.strerror})") from error
    # a workbook that is only called .csv decodes by chance, but no text has a zero byte
    for encoding in () if b"\0" in data else ("utf-8-sig", "cp949"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise CourseError(f"{path}: {what} is neither UTF-8 nor CP949 text; save it as CSV UTF-8")
