"""From folders of exercises, hours and wishes, or a profile of them, to a plan."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from biolabkit.errors import ExerciseError, InputError, UnknownNameError
from biolabkit_autograder.authoring.exercise import Meta, exercise_folders
from biolabkit_autograder.authoring.problem import Problem
from biolabkit_autograder.authoring.toml_lines import read_toml

from .planner import Candidate, Plan, make_plan
from .profiles import Profile, known_competencies

__all__ = ["Wishes", "check_hours", "check_language", "plan_course"]

_MOST_HOURS = 10_000


@dataclass(frozen=True)
class Wishes:
    """What a course is to be.

    Attributes
    ----------
    hours : float
        Time for exercises.
    competencies, tracks : sequence of str
        What is wanted; everything when left out.
    """

    hours: float
    competencies: Sequence[str] = ()
    tracks: Sequence[str] = ()

    @classmethod
    def of(
        cls,
        profile: Profile | None,
        hours: float | None,
        competencies: Sequence[str] | None,
        tracks: Sequence[str] | None,
    ) -> Wishes:
        """What was said, else what the profile says.

        Competencies of a profile are those of its tracks: they are not wanted where other tracks are named.
        """
        known_competencies(list(competencies or ()))
        if profile is None:
            return cls(0.0 if hours is None else hours, competencies or (), tracks or ())
        wanted = competencies or (() if tracks else profile.competencies)
        return cls(profile.hours if hours is None else hours, wanted, tracks or profile.tracks)


def plan_course(
    roots: Sequence[Path], wishes: Wishes, language: str, *, tracks_may_lack: bool = False
) -> tuple[Plan, list[str]]:
    """Plan a course from the exercises of some folders.

    Parameters
    ----------
    roots : sequence of Path
        Folders of exercises.
    wishes : Wishes
        Hours, competencies and tracks.
    language : {"en", "ko"}
        Of the titles.
    tracks_may_lack : bool
        Whether a track without exercises is a note, as for a profile, and not an error.

    Returns
    -------
    plan : Plan
        What fits.
    notes : list of str
        A sentence about each track that has no exercises.

    Raises
    ------
    InputError
        When the hours are no positive number, or the language is not one of ours.
    UnknownNameError
        When a track has no exercises, or none of the profile's has.
    ExerciseError
        When two folders hold the same exercise, or an exercise.toml has problems.
    """
    check_language(language)
    check_hours(wishes.hours)
    candidates = _candidates(roots, language)
    known = {one.track for one in candidates}
    lacking = [track for track in wishes.tracks if track not in known]
    there = [track for track in wishes.tracks if track in known]
    if lacking and not (tracks_may_lack and there):
        raise UnknownNameError("track among these exercises", lacking[0], known)
    notes = [f"the track {track} has no exercises here" for track in lacking]
    return make_plan(candidates, round(wishes.hours * 60), wishes.competencies, there), notes


def check_language(language: str) -> None:
    """Raise an InputError when the language is not one of ours."""
    if language not in ("en", "ko"):
        raise InputError(f"expected the language en or ko, found {language!r}")


def check_hours(hours: float) -> None:
    """Raise an InputError when the hours are no positive number, or more than any course has."""
    if not 0 < hours <= _MOST_HOURS:
        raise InputError(f"expected some hours, at most {_MOST_HOURS}, found {hours:g}; give --hours 6")


def _candidates(roots: Sequence[Path], language: str) -> list[Candidate]:
    candidates: list[Candidate] = []
    problems: list[Problem] = []
    for name, folder in exercise_folders(*roots).items():
        meta, found = read_toml(folder / "exercise.toml", Meta)
        problems += found
        if meta is not None:
            wanted, before = tuple(meta.competencies), tuple(meta.prerequisites)
            title = meta.title[language]
            candidates.append(Candidate(name, meta.track, meta.minutes, wanted, before, title))
    if problems:
        raise ExerciseError("\n".join(str(problem) for problem in problems))
    return candidates
