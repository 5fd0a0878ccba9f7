"""progress.json: how each check of an exercise ended last, kept in the learner's folder of the course.

::

    bio101/course.json, biolab.toml
    bio101/.biolab/genome-05-diploid-genotypes/progress.json

A notebook's kernel and Jupyter's server both write it: each change is one read, merge and rename under a
lock. The file is a convenience of the learner; grading never reads it.
"""

import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from biolabkit._files import atomic_write

__all__ = ["FORMAT", "OUTCOMES", "check_id", "merge", "progress_file", "read", "root_of"]

FORMAT = 1
OUTCOMES = ("passed", "failed", "error", "unanswered")

_SETTINGS, _COURSE, _OWN = "biolab.toml", "course.json", ".biolab"
_NAME = re.compile(r"[^\W_][\w .+-]{0,99}")
_LOCK_SECONDS = 2.0


def root_of(folder: Path, exercise: str) -> Path | None:
    """The learner's folder of the course to which the folder of an exercise's notebook belongs.

    Returns
    -------
    Path or None
        The nearest folder upward whose course.json names the exercise, else `folder` itself when it was
        handed out alone, else None. Only where there is a biolab.toml does a learner work.
    """
    alone = (folder / _SETTINGS).is_file()
    for root in (folder, *folder.parents[:3]):
        if (alone or (root / _SETTINGS).is_file()) and exercise in _published(root / _COURSE):
            return root
    return folder if alone else None


def _published(path: Path) -> list[str]:
    """The names of the exercises in a course.json; empty without one."""
    try:
        course = json.loads(path.read_text(encoding="utf-8-sig"))
        return [str(assignment["name"]) for assignment in course["assignments"]]
    except (OSError, ValueError, KeyError, TypeError):
        return []


def progress_file(root: Path, exercise: str) -> Path | None:
    """Where the progress of an exercise is kept; None for a name that is no plain file name."""
    return root / _OWN / exercise / "progress.json" if _NAME.fullmatch(exercise) else None


def check_id(check: str) -> str:
    """The id of the check that a notebook calls ``"task"`` or ``"task.part"``.

    Examples
    --------
    >>> check_id("genotype.phred")
    'check-genotype-phred'
    """
    return f"check-{check.replace('.', '-')}"


def read(path: Path) -> dict[str, dict[str, Any]]:
    """The states of the checks by their ids; what is not there or damaged counts as not done yet."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    checks = data.get("checks") if isinstance(data, dict) else None
    if not isinstance(checks, dict):
        return {}
    return {name: state for name, state in checks.items() if _is_state(state)}


def _is_state(state: Any) -> bool:
    return isinstance(state, dict) and state.get("outcome") in OUTCOMES


def merge(path: Path, states: Mapping[str, Mapping[str, Any]]) -> None:
    """Put new states of some checks into the file; those of other checks stay.

    Raises
    ------
    OSError
        When the folder cannot be written, the disk is full, or another process holds the file for seconds.
    """
    from filelock import FileLock

    path.parent.mkdir(parents=True, exist_ok=True)
    with FileLock(path.with_suffix(".lock"), timeout=_LOCK_SECONDS):
        checks = {**read(path), **states}
        with atomic_write(path) as stream:
            json.dump({"format": FORMAT, "checks": checks}, stream, ensure_ascii=False, indent=1)
            stream.write("\n")
