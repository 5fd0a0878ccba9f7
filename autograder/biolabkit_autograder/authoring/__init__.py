"""Exercise source → notebooks: read, lint, try, build, release.

::

    exercise = load_exercise("exercises/genome/05-diploid-genotypes")
    notebook = build_notebook(exercise, "ko")
    Path("genome-05-diploid-genotypes.ipynb").write_bytes(notebook_bytes(notebook))
"""

from biolabkit_autograder.authoring.builder import build_notebook, notebook_bytes
from biolabkit_autograder.authoring.exercise import (
    Exercise,
    exercise_folders,
    find_exercises,
    load_exercise,
)
from biolabkit_autograder.authoring.problem import Problem
from biolabkit_autograder.authoring.release import release_config, release_notebook
from biolabkit_autograder.authoring.samples import samples
from biolabkit_autograder.authoring.source import LANGUAGES, Cell, WrongAnswer

__all__ = [
    "LANGUAGES",
    "Cell",
    "Exercise",
    "Problem",
    "WrongAnswer",
    "build_notebook",
    "exercise_folders",
    "find_exercises",
    "load_exercise",
    "notebook_bytes",
    "release_config",
    "release_notebook",
    "samples",
]
