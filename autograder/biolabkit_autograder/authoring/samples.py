"""Submissions whose points are known: the solution, the unsolved notebook, every wrong answer."""

from collections.abc import Mapping
from copy import deepcopy

from nbformat import NotebookNode

from biolabkit_autograder.authoring.builder import build_notebook
from biolabkit_autograder.authoring.exercise import Exercise
from biolabkit_autograder.authoring.regions import BEGIN_SOLUTION, END_SOLUTION
from biolabkit_autograder.authoring.release import release_notebook

__all__ = ["answers", "fill_in", "samples", "solved_source"]


def samples(exercise: Exercise, language: str) -> dict[str, NotebookNode]:
    """Make notebooks as trainees would submit them.

    Parameters
    ----------
    exercise : Exercise
        A source without lint problems.
    language : {"en", "ko"}
        Of the course.

    Returns
    -------
    dict of str to NotebookNode
        ``"solution"``, ``"unsolved"`` (the release as it is) and ``"wrong:<name>"`` for each wrong answer;
        hidden tests are not in them.
    """
    released = release_notebook(build_notebook(exercise, language), language)
    return {name: fill_in(released, sources) for name, sources in answers(exercise).items()}


def answers(exercise: Exercise) -> dict[str, dict[str, str]]:
    """Give the source of each answer cell by grade_id, for each sample of `samples`."""
    solution = {
        cell.grade_id: solved_source(cell.source) for cell in exercise.cells if cell.kind in ("task", "essay")
    }
    wrong = {f"wrong:{answer.name}": {**solution, **answer.tasks} for answer in exercise.wrong_answers}
    return {"solution": solution, "unsolved": {}, **wrong}


def fill_in(notebook: NotebookNode, sources: Mapping[str, str]) -> NotebookNode:
    """Copy a notebook with other sources in the cells of these grade_ids."""
    filled = deepcopy(notebook)
    for cell in filled.cells:
        grade_id = cell.metadata.get("nbgrader", {}).get("grade_id")
        cell.source = sources.get(grade_id, cell.source)
    return filled


def solved_source(source: str) -> str:
    """A task cell as a trainee would have written it: without the markers around the solution."""
    return "\n".join(
        line for line in source.splitlines() if line.strip() not in (BEGIN_SOLUTION, END_SOLUTION)
    )
