"""Whose submission a file is, and to which exercise, as its name says.

Reading a name is cheap, for a page that looks every few seconds; what a wrong name may mean is looked for
only when somebody is told of it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from biolabkit_autograder.roster import LEARNER_ID

from .collect_words import refused, unknown_exercise
from .lms_names import learners_called, named_by_lms

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course
    from biolabkit_autograder.grading import RefusedError

__all__ = ["Named", "Unnamed", "name_of_file", "name_of_folder", "named"]

#: What browsers and JupyterLab put behind the name of a copy.
_COPY = re.compile(r"(-Copy\d+| ?\(\d+\)|_\d+)$")
_SUFFIX = ".ipynb"


@dataclass(frozen=True, slots=True)
class Named:
    """A name that says both.

    Attributes
    ----------
    learner : str
        The learner's id; with no roster anybody may submit.
    exercise : str
        An exercise of the course.
    account : str or None
        What the name has instead of the id, where it is the account of this learner alone.
    """

    learner: str
    exercise: str
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Unnamed:
    """A name that says less.

    Attributes
    ----------
    lacks : {"place", "exercise", "learner", "id", "one"}
        What is wrong: where the file lies, no such exercise or learner, no possible id, or several learners
        of this name.
    name : str
        The part of the name that is meant.
    """

    lacks: Literal["place", "exercise", "learner", "id", "one"]
    name: str = ""

    def error(self, course: Course) -> RefusedError:
        """Say what is wrong, with what may be meant."""
        if self.lacks == "place":
            return refused("misplaced")
        if self.lacks == "exercise":
            return unknown_exercise(self.name, course.exercise_names)
        if self.lacks == "id":
            return refused("bad-id", name=self.name)
        if self.lacks == "one":
            return refused("namesakes", name=self.name)
        return course.unknown_learner(self.name)


def named(found: Named | Unnamed, course: Course) -> Named:
    """Give what a name says.

    Raises
    ------
    RefusedError
        When it does not say learner and exercise.
    """
    if isinstance(found, Unnamed):
        raise found.error(course)
    return found


def name_of_file(course: Course, parts: Sequence[str]) -> Named | Unnamed:
    """Read ``<exercise>/<learner>.ipynb`` or ``<learner>/<exercise>.ipynb``.

    Where files are dropped side by side, as from a form on the web, ``<learner>+<exercise>.ipynb``. What a
    learning system names is read as well, see `lms_names`.

    Parameters
    ----------
    course : Course
        Whose exercises and roster count.
    parts : sequence of str
        The parts of the file's path in the inbox.
    """
    parts = _composed(parts)
    found = _of_path(course, parts)
    if isinstance(found, Unnamed) and (download := named_by_lms(parts)):
        return _of_download(course, *download)
    return found


def name_of_folder(course: Course, parts: Sequence[str]) -> Named | Unnamed:
    """Read ``<learner or account>+<exercise>+…``, the name of a submission in an exchange.

    Parameters
    ----------
    course : Course
        Whose exercises and roster count.
    parts : sequence of str
        The name between its ``+`` signs.
    """
    learner, exercise = _composed(parts[:2])
    if exercise not in course.exercise_names:
        return Unnamed("exercise", exercise)
    if not course.roster or learner in course.roster:
        return Named(learner, exercise)
    owners = [one.id for one in course.roster.values() if one.account == learner]
    return Named(owners[0], exercise, learner) if len(owners) == 1 else Unnamed("learner", learner)


def _of_path(course: Course, parts: Sequence[str]) -> Named | Unnamed:
    if parts[-1].count("+") == 1:
        parts = parts[-1].split("+")
    if len(parts) != 2 or not parts[1].lower().endswith(_SUFFIX):
        return Unnamed("place")
    folder, stem = parts[0], parts[1][: -len(_SUFFIX)]
    if folder in course.exercise_names:
        return _of_learner(course, stem, folder)
    if exercise := _exercise(course, stem):
        return _of_learner(course, folder, exercise)
    return Unnamed("exercise", stem if folder in course.roster else folder)


def _of_download(course: Course, name: str, files: Sequence[str]) -> Named | Unnamed:
    stems = [file[: -len(_SUFFIX)] for file in files if file.lower().endswith(_SUFFIX)]
    if not stems:
        return Unnamed("place")
    exercises = [found for stem in stems if (found := _exercise(course, stem))]
    if not exercises:
        return Unnamed("exercise", stems[0])
    learners = learners_called(name, ((one.id, one.name) for one in course.roster.values()))
    if len(learners) == 1:
        return Named(learners[0], exercises[0])
    return Unnamed("one" if learners else "learner", name)


def _exercise(course: Course, stem: str) -> str | None:
    """The exercise that a notebook is called after, as a copy perhaps."""
    names = (stem, _COPY.sub("", stem))
    return next((name for name in names if name in course.exercise_names), None)


def _of_learner(course: Course, name: str, exercise: str) -> Named | Unnamed:
    for learner in (name, _COPY.sub("", name)):
        if learner in course.roster:
            return Named(learner, exercise)
    if course.roster:
        return Unnamed("learner", name)
    return Named(name, exercise) if LEARNER_ID.fullmatch(name) else Unnamed("id", name)


def _composed(parts: Sequence[str]) -> list[str]:
    """A Mac writes Korean letters in pieces."""
    return [unicodedata.normalize("NFC", part) for part in parts]
