"""Which build of an exercise a grading was of: submissions are graded again after another one."""

from __future__ import annotations

import hashlib
import json
import os
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["Build"]


class Build:
    """An exercise's notebook as it is built now.

    Parameters
    ----------
    course : Course
        Where it is.
    exercise : str
        Its name.
    """

    def __init__(self, course: Course, exercise: str) -> None:
        self._notebook = str(course.notebook("source", exercise))
        try:
            self._written = os.lstat(self._notebook).st_mtime_ns
        except OSError:
            self._written = 0

    def is_other(self, record: str, written: float) -> bool:
        """Whether the record of a grading, a file written at some time, is of another build.

        A build may write the same notebook again, so that times alone do not tell.
        """
        if written > self._written / 1e9:
            return False
        graded_with = _graded_with(record, written)
        return graded_with is not None and graded_with != _sha256(self._notebook, self._written)


@lru_cache(maxsize=20_000)
def _graded_with(record: str, _: float) -> str | None:
    try:
        found = json.loads(Path(record).read_bytes())["hashes"]["assignment"]
    except (OSError, ValueError, KeyError, TypeError):  # or it could not be graded
        return None
    return str(found)


@lru_cache(maxsize=200)
def _sha256(path: str, _: int) -> str:
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return ""
