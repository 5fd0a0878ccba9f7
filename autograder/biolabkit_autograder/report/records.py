"""What a report is made of: the records of gradings, brought together with roster and grades by hand.

Only this module and `answers` read files.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

__all__ = [
    "Attempt",
    "CheckMark",
    "ExerciseInfo",
    "Gradings",
    "Result",
    "check_name",
    "load_evidence",
    "results_of",
]


@dataclass(frozen=True)
class ExerciseInfo:
    """An exercise of the course.

    Attributes
    ----------
    name, title : str
        The exercise's name, and its title in the course's language.
    competencies : tuple of str
        The codes of exercise.toml, for example ``("E", "R1")``.
    due : datetime, optional
        In the course's time zone.
    weight : float
        Its weight in the course's total.
    max_points : float, optional
        What it is worth; taken from the records when it is left out.
    """

    name: str
    title: str
    competencies: tuple[str, ...] = ()
    due: datetime | None = None
    weight: float = 1.0
    max_points: float | None = None


@dataclass(frozen=True)
class Gradings:
    """All that is known of a course's submissions.

    Attributes
    ----------
    evidence : sequence of mapping
        The records that the store wrote, see `load_evidence`.
    by_hand : mapping
        ``(exercise, learner, grade_id)`` to the points given by hand. Leave out what waits for a (new) look.
    penalties : mapping
        ``(exercise, learner)`` to the points taken off for lateness.
    extended : mapping
        ``(exercise, learner)`` to a later due date of their own, by the course's clock, without a zone.
    handed_in : collection
        ``(exercise, learner)`` of whom a file is there, graded or not.
    """

    evidence: Sequence[Mapping[str, Any]]
    by_hand: Mapping[tuple[str, str, str], float] = field(default_factory=dict)
    penalties: Mapping[tuple[str, str], float] = field(default_factory=dict)
    extended: Mapping[tuple[str, str], datetime] = field(default_factory=dict)
    handed_in: Collection[tuple[str, str]] = ()


@dataclass(frozen=True)
class CheckMark:
    """One gradable cell of one submission; `points` is None while it waits for a grade by hand."""

    check: str
    points: float | None
    max_points: float
    hint: str | None = None
    hint_en: str = ""
    hint_ko: str = ""
    what_en: str = ""
    what_ko: str = ""
    by_hand: bool = False

    @property
    def share(self) -> float | None:
        """Points as a share of what the check is worth, None while it waits."""
        if self.points is None:
            return None
        return self.points / self.max_points if self.max_points else 1.0

    @property
    def passed(self) -> bool:
        """Whether all points were given."""
        return self.points is not None and self.points >= self.max_points


@dataclass(frozen=True)
class Attempt:
    """One submission in short: the points that the engine gave, and the code of the hint by check."""

    points: float
    max_points: float
    hints: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Result:
    """What became of one learner's work on one exercise.

    Attributes
    ----------
    exercise, learner : str
        Names.
    status : {"graded", "waiting", "refused", "ungraded", "missing"}
        `waiting` has essays that are not graded yet; `refused` could not be graded, see `problems`;
        `ungraded` was handed in and not looked at yet.
    marks : tuple of CheckMark
        In the order of the notebook; empty unless graded.
    max_points : float
        What the exercise is worth.
    penalty : float
        Points taken off for lateness.
    late_seconds : float
        How long after the due date it was handed in, 0 when in time or not known.
    problems : tuple of str
        Sentences of the grading about repairs, limits, and why it could not be graded.
    earlier : tuple of Attempt
        The submissions that this one replaced, the oldest first.
    """

    exercise: str
    learner: str
    status: str
    marks: tuple[CheckMark, ...] = ()
    max_points: float = 0.0
    penalty: float = 0.0
    late_seconds: float = 0.0
    problems: tuple[str, ...] = field(default=())
    earlier: tuple[Attempt, ...] = ()

    @property
    def attempts(self) -> tuple[Attempt, ...]:
        """Every graded submission, the newest last."""
        if not self.counted:
            return self.earlier
        automatic = [mark for mark in self.marks if not mark.by_hand]
        newest = Attempt(
            sum(mark.points or 0.0 for mark in automatic),
            sum(mark.max_points for mark in self.marks),
            {mark.check: mark.hint for mark in automatic if mark.hint},
        )
        return (*self.earlier, newest)

    @property
    def points(self) -> float:
        """Points so far, after the penalty; what waits counts as 0."""
        return max(sum(mark.points or 0.0 for mark in self.marks) - self.penalty, 0.0)

    @property
    def share(self) -> float:
        """Points as a share of all that the exercise is worth."""
        return self.points / self.max_points if self.max_points else 0.0

    @property
    def understanding(self) -> float | None:
        """Share of the points that are decided, without what waits and before the penalty."""
        decided = [mark for mark in self.marks if mark.points is not None]
        worth = sum(mark.max_points for mark in decided)
        return sum(mark.points or 0.0 for mark in decided) / worth if worth else None

    @property
    def counted(self) -> bool:
        """Whether there are marks that statistics may use."""
        return bool(self.marks)


def check_name(grade_id: str) -> str:
    """A check as the exercise names it: ``check-genotypes-prior`` is ``genotypes · prior``."""
    kind, _, name = grade_id.partition("-")
    return name.replace("-", " · ") if kind in {"check", "essay"} and name else grade_id


def load_evidence(folder: str | Path) -> list[dict[str, Any]]:
    """Read every record under ``evidence/<exercise>/<learner>.json``.

    A file that is not such a record becomes one whose only content is that it cannot be read, so that the
    learner is not left out of the report.
    """
    return [_read(path) for path in sorted(Path(folder).glob("*/*.json")) if not path.name.startswith(".")]


def _read(path: Path) -> dict[str, Any]:
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(record, dict) or not _are_marks(record.get("marks")):
            raise ValueError("this is no record of a grading; grade the submission again")
    except (OSError, ValueError) as error:
        problem = f"{path.parent.name}/{path.name}: {error}"
        return {"exercise": path.parent.name, "learner": path.stem, "marks": [], "problems": [problem]}
    return record


def _are_marks(marks: Any) -> bool:
    return isinstance(marks, list) and all(
        isinstance(mark, dict) and "check" in mark and "max_points" in mark for mark in marks
    )


def results_of(
    exercises: Sequence[ExerciseInfo], roster: Mapping[str, str], gradings: Gradings
) -> dict[str, dict[str, Result]]:
    """Bring records, roster and grades by hand together.

    Returns
    -------
    dict
        ``{exercise: {learner: Result}}``: every learner of the roster, then those who submitted without being
        in it, for every exercise of the course in its order.
    """
    records = {(str(record["exercise"]), str(record["learner"])): record for record in gradings.evidence}
    names = {exercise.name for exercise in exercises}
    strangers = sorted({learner for name, learner in records if name in names} - set(roster))
    results: dict[str, dict[str, Result]] = {}
    for exercise in exercises:
        worth = _max_points(exercise, records)
        results[exercise.name] = {}
        for learner in (*roster, *strangers):
            record = records.get((exercise.name, learner))
            result = _result(exercise.name, learner, record, gradings.by_hand)
            if result.status == "missing" and (exercise.name, learner) in gradings.handed_in:
                result = replace(result, status="ungraded")
            penalty = gradings.penalties.get((exercise.name, learner), 0.0)
            results[exercise.name][learner] = replace(
                result, max_points=worth, penalty=penalty if result.counted else 0.0
            )
    return results


def _max_points(exercise: ExerciseInfo, records: Mapping[tuple[str, str], Mapping[str, Any]]) -> float:
    if exercise.max_points is not None:
        return exercise.max_points
    return max(
        (
            float(record.get("max_points") or 0)
            for (name, _), record in records.items()
            if name == exercise.name
        ),
        default=0.0,
    )


def _result(
    exercise: str,
    learner: str,
    record: Mapping[str, Any] | None,
    manual_scores: Mapping[tuple[str, str, str], float],
) -> Result:
    if record is None:
        return Result(exercise, learner, "missing")
    marks = tuple(
        _mark(mark, manual_scores.get((exercise, learner, str(mark["check"])))) for mark in record["marks"]
    )
    waiting = any(mark.points is None for mark in marks)
    return Result(
        exercise,
        learner,
        status="refused" if not marks else "waiting" if waiting else "graded",
        marks=marks,
        late_seconds=float(record.get("late_seconds") or 0.0),
        problems=tuple(str(problem) for problem in record.get("problems") or ()),
        earlier=tuple(_attempts(record.get("earlier"))),
    )


def _attempts(earlier: Any) -> Iterator[Attempt]:
    """Earlier submissions; records from before there was a history have none."""
    for one in earlier or ():
        yield Attempt(float(one["points"] or 0), float(one["max_points"] or 0), dict(one["hints"]))


def _mark(mark: Mapping[str, Any], by_hand: float | None) -> CheckMark:
    automatic = mark.get("points")
    points = by_hand if by_hand is not None else automatic
    return CheckMark(
        check=str(mark["check"]),
        points=None if points is None else float(points),
        max_points=float(mark["max_points"]),
        hint=mark.get("hint"),
        hint_en=mark.get("hint_en") or "",
        hint_ko=mark.get("hint_ko") or "",
        what_en=mark.get("what_en") or "",
        what_ko=mark.get("what_ko") or "",
        by_hand=automatic is None,
    )
