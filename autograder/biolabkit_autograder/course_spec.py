"""What ``course.toml`` may say: its tables, and which of their values go together."""

from __future__ import annotations

import re
import zoneinfo
from collections.abc import Iterator
from datetime import UTC, date, datetime, time
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field

from biolabkit.errors import suggest

from .completion.rules import CompletionSpec, track_of

__all__ = ["DEFAULT_ROSTER", "CourseSpec", "ExerciseSpec", "LatePolicy", "disagreements", "named_zone"]

DEFAULT_ROSTER = "roster.csv"


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
    roster: str = DEFAULT_ROSTER
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


def disagreements(spec: CourseSpec) -> Iterator[tuple[list[str | int], str]]:
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
