"""A course: its ``course.toml``, its roster, and where its files are.

A course folder has nbgrader's own layout (``source``, ``release``, ``submitted``, ``autograded``,
``feedback``, ``gradebook.db``), and besides it ``inbox`` (files as learners hand them in), ``evidence`` (the
record behind each grade), ``report`` and ``export``.
"""

from __future__ import annotations

import unicodedata
import zoneinfo
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cached_property
from pathlib import Path
from typing import Any

from biolabkit.errors import CourseError, UnknownNameError, nearest

from .authoring.problem import Problem
from .authoring.toml_lines import line_of, read_toml
from .course_spec import DEFAULT_ROSTER, CourseSpec, ExerciseSpec, disagreements
from .grading import Limits, RefusedError
from .roster import Learner, read_roster, told_apart

__all__ = ["Course", "open_course", "unknown_exercises"]


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
        if self.spec.roster != DEFAULT_ROSTER:
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
            for keys, said in disagreements(spec)
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
