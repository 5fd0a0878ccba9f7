"""Exercise sources → the instructor's notebooks in ``source/``, in the course's language."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from biolabkit._files import atomic_write
from biolabkit.errors import CourseError, DatasetError, ExerciseError
from biolabkit_autograder.authoring import (
    Exercise,
    build_notebook,
    exercise_folders,
    load_exercise,
    notebook_bytes,
)
from biolabkit_autograder.authoring.lint import lint_folder
from biolabkit_autograder.course import unknown_exercises

from .config import write_config

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["build", "not_to_be_had", "prefetch"]

Report = Callable[[str], None]


def build(course: Course, exercise: str | None = None) -> list[Exercise]:
    """Lint the sources of the course's exercises and write their notebooks.

    Nothing is written unless all of them are free of problems.

    Returns
    -------
    list of Exercise
        What was built.

    Raises
    ------
    ExerciseError
        All problems of all sources, one a line, as ``file:line``.
    CourseError
        Exercises of ``course.toml`` that no source folder has, one a line, with the near name.
    """
    folders = exercise_folders(*course.source_roots)
    names = course.chosen(exercise)
    if not set(names) <= set(folders):
        raise CourseError("\n".join(map(str, unknown_exercises(course, folders))))
    problems = [problem for name in names for problem in lint_folder(folders[name])]
    if problems:
        raise ExerciseError("\n".join(str(problem) for problem in problems))
    exercises = [load_exercise(folders[name]) for name in names]
    for one in exercises:
        _write(one, course.notebook("source", one.name), course.language)
    write_config(course)
    return exercises


def _write(exercise: Exercise, path: Path, language: str) -> None:
    notebook = build_notebook(exercise, language)
    # release, grading and the report need these, and the sources may be somewhere else by then
    notebook.metadata["biolabkit"].update(
        title=exercise.meta.title.model_dump(),
        track=exercise.meta.track,
        minutes=exercise.meta.minutes,
        competencies=exercise.meta.competencies,
        datasets=exercise.meta.datasets,
        imports=exercise.meta.imports,
        limits=exercise.meta.limits.model_dump(exclude_none=True),
    )
    with atomic_write(path, "wb") as stream:
        stream.write(notebook_bytes(notebook))


def prefetch(names: Iterable[str], report: Report) -> list[str]:
    """Fetch datasets now, so that grading, which has no network, finds them.

    Returns
    -------
    list of str
        The datasets that cannot be had here; exercises then use simulated data.
    """
    from biolabkit import datasets

    if os.environ.get("BIOLABKIT_DATA") == "simulated":  # somebody chose not to have real ones
        return []
    missing = []
    for name in dict.fromkeys(names):
        report(name)
        try:
            datasets.fetch(name)
        except DatasetError:
            missing.append(name)
    return missing


def not_to_be_had(missing: Iterable[str]) -> str:
    """One line about datasets that `prefetch` did not get."""
    return (
        "not to be had here now, so that exercises use simulated data; to fetch them later: "
        f"biolab data fetch {' '.join(missing)}"
    )
