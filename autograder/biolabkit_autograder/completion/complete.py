"""``biolab course complete``: who has completed the course, and the papers that say so."""

from __future__ import annotations

import json
import zoneinfo
from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from biolabkit._files import atomic_write
from biolabkit.errors import CourseError
from biolabkit_autograder.workflow.export import csv_text

from .badge import badge
from .certificate import certificate
from .standing import Standing, standings
from .transcript import Transcript

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["Completion", "complete"]


@dataclass(frozen=True)
class Completion:
    """What `complete` did.

    Attributes
    ----------
    standings : tuple of Standing
        Every learner's.
    folder : Path
        Where the files are.
    withdrawn : tuple of str
        Learners whose certificate of an earlier run was removed, as they do not keep the rules any more.
    problems : tuple of str
        Sentences about papers that could not be made.
    """

    standings: tuple[Standing, ...]
    folder: Path
    withdrawn: tuple[str, ...]
    problems: tuple[str, ...]


def complete(
    course: Course, folder: Path | None = None, *, on: date | None = None, now: datetime | None = None
) -> Completion:
    """Write ``completion.csv``, a transcript per learner, and certificates and badges of those who completed.

    Parameters
    ----------
    course : Course
        A course with ``[completion]``.
    folder : Path, optional
        Where to; ``completion`` in the course folder if not given.
    on : date, optional
        The date of new certificates; today in the course's time zone if not given. A certificate that was
        issued before keeps its date.
    now : datetime, optional
        With a time zone: what is due after it can still be handed in.

    Raises
    ------
    CourseError
        When the course has no rules, or attendance cannot be read; nothing is written then.
    """
    folder = folder or course.folder / "completion"
    today = on or datetime.now(zoneinfo.ZoneInfo(course.spec.timezone)).date()
    found = standings(course, now)
    withdrawn: list[str] = []
    problems: list[str] = []
    transcripts = []
    for standing in found:
        path = folder / "transcripts" / f"{standing.learner}.json"
        issued = (_issued(path) or today) if standing.status == "completed" else None
        transcript = Transcript(course, standing, issued)
        transcripts.append(transcript)
        if issued is None and _withdraw(folder, standing.learner):
            withdrawn.append(standing.learner)
        if issued is not None:
            problems += _papers(transcript, folder)
        _write(path, transcript.to_json())
        _write(path.with_suffix(".html"), transcript.to_html())
    _write(folder / "completion.csv", _table(transcripts))
    return Completion(tuple(found), folder, tuple(withdrawn), tuple(dict.fromkeys(problems)))


def _papers(transcript: Transcript, folder: Path) -> Iterable[str]:
    """Write certificates and badge of one learner; give a sentence for each that cannot be made."""
    rules, learner = transcript.course.spec.completion, transcript.standing.learner
    issuer = rules.issuer if rules else None
    if issuer is None:
        yield (
            "no certificates: course.toml does not say who issues them; add [completion.issuer] with "
            'name = { en = "…", ko = "…" }'
        )
        return
    for language in ("en", "ko"):
        path = _certificate(folder, learner, language)
        try:
            data = certificate(transcript, issuer, language)
        except CourseError as error:
            yield str(error)
        else:
            with atomic_write(path, "wb") as stream:
                stream.write(data)
    if issuer.url is not None:
        _write(
            _badge(folder, learner),
            json.dumps(badge(transcript, issuer), ensure_ascii=False, indent=1) + "\n",
        )


def _withdraw(folder: Path, learner: str) -> bool:
    """Remove what an earlier run issued to somebody who does not keep the rules any more."""
    paths = [*(_certificate(folder, learner, language) for language in ("en", "ko")), _badge(folder, learner)]
    there = [path for path in paths if path.exists()]
    for path in there:
        path.unlink()
    return bool(there)


def _certificate(folder: Path, learner: str, language: str) -> Path:
    return folder / "certificates" / f"{learner}.{language}.pdf"


def _badge(folder: Path, learner: str) -> Path:
    return folder / "badges" / f"{learner}.json"


def _issued(path: Path) -> date | None:
    """The date of the certificate that an earlier run issued."""
    with suppress(OSError, ValueError, TypeError, KeyError):
        return date.fromisoformat(json.loads(path.read_text(encoding="utf-8"))["issued"])
    return None


def _table(transcripts: Sequence[Transcript]) -> str:
    tracks = list(transcripts[0].standing.tracks) if transcripts else []
    columns = ["learner", "name", "email", "status", "percent", *(f"{track} percent" for track in tracks)]
    columns += ["attendance percent", "certificate", "issued", "reasons"]
    rows: list[dict[str, Any]] = []
    for one in transcripts:
        standing = one.standing
        rows.append(
            {
                "learner": standing.learner,
                "name": standing.name,
                "email": standing.email,
                "status": standing.status,
                "percent": standing.percent,
                **{f"{track} percent": percent for track, percent in standing.tracks.items()},
                "attendance percent": standing.attendance.percent if standing.attendance else None,
                "certificate": one.number,
                "issued": one.issued,
                "reasons": " / ".join(standing.reasons),
            }
        )
    return csv_text(columns, rows)


def _write(path: Path, text: str) -> None:
    with atomic_write(path) as stream:
        stream.write(text)
