"""A learner's transcript: JSON that programs read and certificates are tied to, and a page to print."""

from __future__ import annotations

import hashlib
import json
import uuid
from dataclasses import dataclass
from datetime import date
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from biolabkit_autograder.report.competencies import competency_name

from .phrases import phrase, written_date
from .standing import Standing

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["Transcript", "certificate_number"]

#: Changes when a key changes its meaning.
FORMAT = "biolabkit-transcript/1"


def certificate_number(course: Course, learner: str) -> str:
    """The number of a learner's certificate: the same each time, and one for each learner."""
    return f"{course.spec.id}-{uuid.uuid5(uuid.NAMESPACE_URL, f'{course.spec.id}/{learner}').hex[:8].upper()}"


@dataclass(frozen=True)
class Transcript:
    """One learner's transcript.

    Attributes
    ----------
    course : Course
        The course, with its rules.
    standing : Standing
        Where the learner stands.
    issued : date or None
        When the learner completed the course; None unless they did.
    """

    course: Course
    standing: Standing
    issued: date | None

    @property
    def number(self) -> str | None:
        """The certificate's number; None unless the course is completed."""
        return certificate_number(self.course, self.standing.learner) if self.issued else None

    @property
    def digest(self) -> str:
        """SHA-256 of the JSON file; it stands on the certificate."""
        return hashlib.sha256(self.to_json().encode()).hexdigest()

    def to_json(self) -> str:
        """The JSON file's text: the same bytes while nothing behind it changes."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=1) + "\n"

    def to_dict(self) -> dict[str, Any]:
        """What the JSON file holds."""
        spec, standing = self.course.spec, self.standing
        rules = spec.completion
        assert rules is not None, "a standing is made by rules"
        seen = standing.attendance
        return {
            "format": FORMAT,
            "course": {"id": spec.id, "title": spec.title.model_dump(), "language": spec.language},
            "learner": {"id": standing.learner, "name": standing.name},
            "status": standing.status,
            "reasons": list(standing.reasons),
            "issued": self.issued.isoformat() if self.issued else None,
            "certificate": self.number,
            "rules": {
                "percent": rules.percent,
                "tracks": rules.tracks,
                "attendance_percent": rules.attendance_percent,
            },
            "percent": standing.percent,
            "tracks": standing.tracks,
            "attendance": None
            if seen is None
            else {"attended": seen.attended, "sessions": seen.sessions, "percent": seen.percent},
            "competencies": [
                {
                    "code": one.code,
                    "name": {language: competency_name(one.code, language) for language in ("en", "ko")},
                    "percent": one.percent,
                    "exercises": list(one.exercises),
                }
                for one in standing.competencies
            ],
            "exercises": [
                {
                    "name": work.exercise,
                    "title": work.title,
                    "status": work.status,
                    "points": work.points,
                    "max_points": work.max_points,
                    "late_penalty": work.late_penalty,
                    "sha256": {"record": work.record, "submission": work.submission},
                }
                for work in standing.works
            ],
        }

    def to_html(self) -> str:
        """The page: one file that loads nothing, runs nothing and prints on one or two sheets."""
        from jinja2 import Environment

        source = files("biolabkit_autograder.completion").joinpath("transcript.html.j2").read_text("utf-8")
        language = self.course.language
        say = partial(_say, language)
        return (
            Environment(autoescape=True, trim_blocks=True, lstrip_blocks=True)
            .from_string(source)
            .render(
                language=language,
                say=say,
                course=self.course.spec.title.ko if language == "ko" else self.course.spec.title.en,
                standing=self.standing,
                issued=self.issued and written_date(self.issued, language),
                number=self.number,
                rules=self._rules(),
                competencies=[
                    (one, competency_name(one.code, language)) for one in self.standing.competencies
                ],
                digest=self.digest,
            )
        )

    def _rules(self) -> list[tuple[str, float | None, float | None, str]]:
        """The rules as rows: what, needed, reached, and what there is to say of it."""
        rules, standing = self.course.spec.completion, self.standing
        assert rules is not None, "a standing is made by rules"
        say, seen = partial(_say, self.course.language), standing.attendance
        rows = [(say("all_points"), rules.percent, standing.percent, "")]
        for track, needed in rules.tracks.items():
            rows.append((say("track_points", track), needed, standing.tracks[track], ""))
        found: list[tuple[str, float | None, float | None, str]] = [*rows]
        if rules.attendance_percent is not None or seen is not None:
            known = seen is not None and seen.sessions is not None
            said = say("sessions", seen.attended, seen.sessions) if seen and known else ""
            found.append((say("attendance"), rules.attendance_percent, seen.percent if seen else None, said))
        return found


def _say(language: str, key: str, *values: object) -> str:
    return phrase(key, language, *values)
