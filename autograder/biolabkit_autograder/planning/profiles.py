"""Profiles: for whom a course is, as TOML files in ``profiles/`` or of one's own."""

from __future__ import annotations

from importlib.resources import as_file, files
from pathlib import Path
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from biolabkit.errors import CourseError, UnknownNameError
from biolabkit_autograder.authoring.exercise import COMPETENCIES, Bilingual
from biolabkit_autograder.authoring.toml_lines import read_toml

__all__ = ["Profile", "ProfileRules", "known_competencies", "profile_names", "read_profile"]


def known_competencies(codes: list[str]) -> list[str]:
    """The codes themselves, when all of them exist.

    Raises
    ------
    UnknownNameError
        For the first that does not exist.
    """
    for code in codes:
        if code not in COMPETENCIES:
            raise UnknownNameError("competency", code, COMPETENCIES)
    return codes


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ProfileRules(_Table):
    """What completes a course of this profile; see ``[completion]`` in ``course.toml``."""

    percent: float = Field(ge=0, le=100)
    attendance_percent: float | None = Field(default=None, ge=0, le=100)


class Profile(_Table):
    """For whom a course is.

    Attributes
    ----------
    name, summary : Bilingual
        In both languages.
    language : {"en", "ko"}
        Of the notebooks, feedback and report.
    timezone : str
        The clock of the due dates.
    hours : float
        Time for exercises, without lectures.
    tracks : list of str
        The first matters most; those that have no exercises yet are left out, with a note.
    competencies : list of str
        What the course is to teach above all; all that its tracks teach when empty.
    completion : ProfileRules
        What completes it.
    """

    name: Bilingual
    summary: Bilingual
    language: Literal["en", "ko"]
    timezone: str
    hours: float = Field(gt=0)
    tracks: list[str] = Field(min_length=1)
    competencies: Annotated[list[str], AfterValidator(known_competencies)] = []
    completion: ProfileRules


def profile_names() -> list[str]:
    """The profiles of the package."""
    return sorted(path.name.removesuffix(".toml") for path in _folder().iterdir() if path.name[0] != "_")


def read_profile(name: str) -> Profile:
    """Read a profile of the package by its name, or one's own by the path of its TOML file.

    Raises
    ------
    UnknownNameError
        When the package has none of that name.
    CourseError
        When the file has problems: all of them, one a line.
    """
    if name.endswith(".toml"):
        return _read(Path(name))
    if name not in profile_names():
        raise UnknownNameError("profile", name, profile_names())
    with as_file(_folder() / f"{name}.toml") as path:
        return _read(path)


def _folder() -> Path:
    folder = files("biolabkit_autograder.planning") / "profiles"
    assert isinstance(folder, Path), "the package is never run from a zip file"
    return folder


def _read(path: Path) -> Profile:
    profile, problems = read_toml(path, Profile)
    if profile is None:
        raise CourseError("\n".join(str(problem) for problem in problems))
    return profile
