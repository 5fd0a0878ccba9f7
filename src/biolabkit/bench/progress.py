"""How far a learner has come in an exercise: how its checks ended last, in a notebook or by *check all*."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Protocol

from biolabkit import _progress
from biolabkit.check.words import Words

__all__ = ["CheckState", "HasRoot", "Progress", "read", "record"]

_NO_WORDS = Words("", "")


class HasRoot(Protocol):
    """A course's folder, as far as progress needs it."""

    @property
    def root(self) -> Path:
        """The folder that holds the settings and, once something was checked, ``.biolab``."""


@dataclass(frozen=True)
class CheckState:
    """How one check ended last.

    Attributes
    ----------
    outcome : {"passed", "failed", "error", "unanswered"}
    points, max_points : float
        What the visible part of the check gave and is worth.
    message : Words
        What was found, in one line; empty for a check that passed.
    hint : Words or None
        What to think about.
    hint_code : str
    at : str
        ISO 8601 with the time zone.
    source : {"notebook", "check-all"}
    """

    outcome: str
    points: float
    max_points: float
    message: Words = _NO_WORDS
    hint: Words | None = None
    hint_code: str = ""
    at: str = ""
    source: str = "notebook"

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> "CheckState":
        """Read a state as progress.json keeps it; what is missing or odd becomes empty."""
        hint = data.get("hint")
        return cls(
            outcome=str(data.get("outcome")),
            points=_number(data.get("points")),
            max_points=_number(data.get("max_points")),
            message=_words(data.get("message")),
            hint=_words(hint) if isinstance(hint, Mapping) else None,
            hint_code=str(hint.get("code", "")) if isinstance(hint, Mapping) else "",
            at=str(data.get("at", "")),
            source=str(data.get("source", "")),
        )

    def to_dict(self) -> dict[str, Any]:
        """The state as progress.json keeps it."""
        hint = None if self.hint is None else {"code": self.hint_code, **self.hint._asdict()}
        kept = {name: value for name, value in asdict(self).items() if name != "hint_code"}
        return {**kept, "message": self.message._asdict(), "hint": hint}


def _number(value: Any) -> float:
    return float(value) if isinstance(value, int | float) else 0.0


def _words(value: Any) -> Words:
    if not isinstance(value, Mapping):
        return _NO_WORDS
    return Words(str(value.get("en", "")), str(value.get("ko", "")))


@dataclass(frozen=True)
class Progress:
    """The checks of one exercise that have been run, by their ids."""

    checks: Mapping[str, CheckState] = field(default_factory=dict)

    @property
    def earned(self) -> float:
        """Points of the checks that passed."""
        return sum(state.points for state in self.checks.values())

    @property
    def max(self) -> float:
        """Points of all checks that have been run."""
        return sum(state.max_points for state in self.checks.values())


def read(course_folder: HasRoot, exercise: str) -> Progress:
    """The progress of an exercise; empty when nothing was checked yet, or the file is damaged."""
    path = _progress.progress_file(course_folder.root, exercise)
    states = _progress.read(path) if path else {}
    return Progress({check: CheckState.from_dict(state) for check, state in states.items()})


def record(course_folder: HasRoot, exercise: str, checks: Mapping[str, CheckState]) -> None:
    """Keep how some checks ended; those of other checks stay as they were.

    Raises
    ------
    OSError
        When the course's folder cannot be written, or the disk is full.
    """
    path = _progress.progress_file(course_folder.root, exercise)
    if path and checks:
        _progress.merge(path, {check: state.to_dict() for check, state in checks.items()})
