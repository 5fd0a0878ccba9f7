"""What runs in the process of one submission: nbgrader's converters in a course folder of its own."""

from __future__ import annotations

import json
import logging
import os
import sys
from collections.abc import Mapping
from pathlib import Path

from nbgrader.api import Gradebook
from nbgrader.converters import Autograde, GenerateAssignment
from nbgrader.converters.base import NbGraderException
from nbgrader.coursedir import CourseDirectory
from traitlets.config import Config

from biolabkit_autograder.authoring import release_config
from biolabkit_autograder.grading import Limits
from biolabkit_autograder.store import create_gradebook

from .preprocessors import AUTOGRADE_PREPROCESSORS

__all__ = ["GRADES", "LOG", "autograde", "prepare"]

LOG = "log.txt"
GRADES = "grades.json"
# nbclient waits a minute; where a cohort's kernels start side by side on a few cores, one can take longer
_STARTUP_SECONDS = 300


def prepare(root: Path, exercise: str, language: str) -> None:
    """Make an assignment's gradebook from ``source/`` of a course folder, with nbgrader's own converter."""
    _settle(root, {})
    create_gradebook(root / "gradebook.db")
    config = release_config(language)
    GenerateAssignment(coursedir=_course(root, exercise), config=config).start()


def autograde(
    root: Path, exercise: str, learner: str, limits: Limits, environment: Mapping[str, str]
) -> None:
    """Grade ``submitted/`` of a course folder with nbgrader's own converter; the points go to `GRADES`."""
    _settle(root, {**environment, "BIOLAB_LEARNER": learner})
    config = Config()
    config.Autograde.autograde_preprocessors = AUTOGRADE_PREPROCESSORS
    config.Execute.timeout = max(int(limits.seconds_per_cell), 1)
    config.Execute.startup_timeout = _STARTUP_SECONDS
    config.LimitBytes.max_bytes = limits.output_bytes
    course = _course(root, exercise, learner)
    try:
        Autograde(coursedir=course, config=config).start()
    except NbGraderException:
        sys.exit(3)  # what happened is in the log
    with Gradebook(course.db_url) as gradebook:
        (notebook,) = gradebook.find_submission(exercise, learner).notebooks
        grades = {grade.name: [grade.auto_score, grade.max_score] for grade in notebook.grades}
    (root / GRADES).write_text(json.dumps(grades), encoding="utf-8")


def _course(root: Path, exercise: str, learner: str = "*") -> CourseDirectory:
    return CourseDirectory(root=str(root), assignment_id=exercise, student_id=learner)


def _settle(root: Path, environment: Mapping[str, str]) -> None:
    """Write all messages to the log, and keep the user's Jupyter settings out."""
    log = os.open(root / LOG, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    logging.basicConfig(level=logging.WARNING, force=True)
    private = root / "jupyter"
    private.mkdir(exist_ok=True)
    os.environ.update(environment)
    os.environ.update(
        PATH=os.pathsep.join([str(Path(sys.executable).parent), os.environ.get("PATH", "")]),
        JUPYTER_CONFIG_DIR=str(private),
        JUPYTER_RUNTIME_DIR=str(private),
        JUPYTER_PREFER_ENV_PATH="1",
        IPYTHONDIR=str(private / "ipython"),
    )
