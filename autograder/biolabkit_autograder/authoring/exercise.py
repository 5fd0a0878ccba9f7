"""An exercise: the folder ``exercises/<track>/<nn-slug>/`` and what stands in it."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

from biolabkit.errors import ExerciseError
from biolabkit_autograder.authoring.problem import Problem, summary
from biolabkit_autograder.authoring.source import (
    Cell,
    Kind,
    WrongAnswer,
    read_source,
    read_wrong_answers,
)
from biolabkit_autograder.authoring.toml_lines import line_of, read_toml

__all__ = [
    "COMPETENCIES",
    "Bilingual",
    "Draft",
    "Exercise",
    "Limits",
    "Meta",
    "exercise_folders",
    "find_exercises",
    "load_exercise",
    "read_exercise",
]

# ISCB 2018 competencies that the curriculum uses, and the six of Russell 2023 for clinical AI.
COMPETENCIES = ("C", "E", "F", "G", "J", "M", "N", "R1", "R2", "R3", "R4", "R5", "R6")

_FOLDER = re.compile(r"\d\d-[a-z0-9]+(-[a-z0-9]+)*")


def _competency(letter: str) -> str:
    if letter not in COMPETENCIES:
        raise ValueError(f"no competency {letter!r}; known: {', '.join(COMPETENCIES)}")
    return letter


def _korean(text: str) -> str:
    if not re.search("[가-힣]", text):
        raise ValueError(f"Korean text is expected, found {text!r}")
    return text


class _Table(BaseModel):
    """A TOML table: unknown keys are mistakes, values never change after reading."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)


class Bilingual(_Table):
    """A text in both languages."""

    en: Annotated[str, Field(min_length=1)]
    ko: Annotated[str, Field(min_length=1), AfterValidator(_korean)]

    def __getitem__(self, language: str) -> str:
        return {"en": self.en, "ko": self.ko}[language]


class Limits(_Table):
    """What one run of the exercise may take; what is not set is the course's default."""

    seconds_per_cell: Annotated[float, Field(gt=0)] | None = None
    seconds: Annotated[float, Field(gt=0)] | None = None
    memory_mb: Annotated[int, Field(gt=0)] | None = None
    processes: Annotated[int, Field(gt=0)] | None = None
    disk_mb: Annotated[int, Field(gt=0)] | None = None
    output_bytes: Annotated[int, Field(gt=0)] | None = None


class Meta(_Table):
    """exercise.toml."""

    title: Bilingual
    track: Annotated[str, Field(pattern=r"^[a-z][a-z0-9]*$")]
    minutes: Annotated[int, Field(gt=0, le=240)]
    summary: Bilingual
    competencies: Annotated[list[Annotated[str, AfterValidator(_competency)]], Field(min_length=1)]
    datasets: list[str] = []
    imports: list[str] = []
    prerequisites: list[str] = []
    limits: Limits = Limits()


@dataclass(frozen=True)
class Draft:
    """What exercise.py and wrong_answers.py hold, whatever exercise.toml says.

    Attributes
    ----------
    name : str
        ``<track>-<nn-slug>``, the name of the nbgrader assignment and of its notebook.
    track : str
        Name of the track's folder.
    folder : Path
        Absolute folder of exercise.py, exercise.toml and wrong_answers.py.
    cells : tuple of Cell
        exercise.py, in order, both languages.
    wrong_answers : tuple of WrongAnswer
    """

    name: str
    track: str
    folder: Path
    cells: tuple[Cell, ...]
    wrong_answers: tuple[WrongAnswer, ...]

    @property
    def source_path(self) -> Path:
        """exercise.py."""
        return self.folder / "exercise.py"

    @property
    def wrong_answers_path(self) -> Path:
        """wrong_answers.py."""
        return self.folder / "wrong_answers.py"

    @property
    def points(self) -> Mapping[str, float]:
        """Points per grade_id of the checks and essays."""
        return {cell.grade_id: cell.points for cell in self.cells if cell.kind in ("check", "essay")}

    def of_kind(self, *kinds: Kind) -> list[Cell]:
        """The cells of some kinds, in order."""
        return [cell for cell in self.cells if cell.kind in kinds]


@dataclass(frozen=True)
class Exercise(Draft):
    """One exercise as its author wrote it: a `Draft` whose exercise.toml could be read.

    Attributes
    ----------
    meta : Meta
        exercise.toml.
    """

    meta: Meta


def read_exercise(folder: Path) -> tuple[Exercise | Draft, list[Problem]]:
    """Read an exercise's three files and say everything that is wrong with their form.

    Returns
    -------
    exercise : Exercise or Draft
        An Exercise when exercise.toml could be read; cells and wrong answers are read as far as they go.
    problems : list of Problem
        Mistakes in the form of single files and cells; `lint` finds those between them.
    """
    folder = folder.resolve()
    track, name = folder.parent.name, f"{folder.parent.name}-{folder.name}"
    meta, problems = read_toml(folder / "exercise.toml", Meta)
    cells, in_source = read_source(folder / "exercise.py")
    wrong_answers, in_answers = read_wrong_answers(folder / "wrong_answers.py")
    problems += in_source + in_answers
    if not _FOLDER.fullmatch(folder.name):
        message = f"the folder is named {folder.name!r}; two digits and a slug are expected, 05-my-exercise"
        problems.append(Problem(folder / "exercise.toml", 1, message))
    if meta is None:
        return Draft(name, track, folder, cells, wrong_answers), sorted(problems)
    if meta.track != track:
        line = line_of((folder / "exercise.toml").read_text(encoding="utf-8-sig"), ["track"])
        message = f"track is {meta.track!r} but the exercise stands in the folder {track!r}"
        problems.append(Problem(folder / "exercise.toml", line, message))
    return Exercise(name, track, folder, cells, wrong_answers, meta), sorted(problems)


def load_exercise(folder: str | Path) -> Exercise:
    """Read the exercise in a folder.

    Parameters
    ----------
    folder : path-like
        ``exercises/<track>/<nn-slug>``.

    Raises
    ------
    biolabkit.errors.ExerciseError
        When a file is missing or its form is wrong.
    """
    exercise, problems = read_exercise(Path(folder))
    if problems or not isinstance(exercise, Exercise):
        raise ExerciseError(summary(problems))
    return exercise


def exercise_folders(*roots: str | Path) -> dict[str, Path]:
    """Find the folders of exercises without reading them.

    Parameters
    ----------
    *roots : path-like
        Folders that hold ``<track>/<nn-slug>/exercise.py`` or ``exercises/<track>/…`` (a pack).

    Returns
    -------
    dict of str to Path
        Folder by the exercise's name, sorted by name.

    Raises
    ------
    biolabkit.errors.ExerciseError
        When a root does not exist or two roots hold an exercise of the same name.
    """
    found: dict[str, Path] = {}
    for root in map(Path, roots):
        if not root.is_dir():
            raise ExerciseError(
                f"{root} is no folder; a folder with <track>/<nn-slug>/exercise.py is expected"
            )
        base = root / "exercises" if (root / "exercises").is_dir() else root
        for path in sorted(base.resolve().glob("*/*/exercise.py")):
            name = f"{path.parent.parent.name}-{path.parent.name}"
            if found.setdefault(name, path.parent) != path.parent:
                raise ExerciseError(f"two exercises are named {name}: {found[name]} and {path.parent}")
    return dict(sorted(found.items()))


def find_exercises(*roots: str | Path) -> dict[str, Exercise]:
    """Find and read all exercises below some folders.

    Parameters
    ----------
    *roots : path-like
        As for `exercise_folders`.

    Returns
    -------
    dict of str to Exercise
        By name, sorted.

    Raises
    ------
    biolabkit.errors.ExerciseError
        As `exercise_folders` and `load_exercise`.
    """
    return {name: load_exercise(folder) for name, folder in exercise_folders(*roots).items()}
