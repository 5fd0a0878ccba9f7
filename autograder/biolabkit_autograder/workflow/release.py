"""The instructor's notebooks → the learners' in ``release/``, with nbgrader's own converter and gradebook."""

from __future__ import annotations

import errno
import io
import json
import logging
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from biolabkit._files import atomic_write
from biolabkit.errors import CourseError
from biolabkit_autograder.store import Store

from .exchange import publish_release
from .publish import write_course_file

if TYPE_CHECKING:
    from biolabkit_autograder.course import Course

__all__ = ["release"]

#: nbgrader writes into such a folder first; a release that fails leaves the earlier one as it was.
_STAGING = ".release."
_LEFT_BEHIND_SECONDS = 24 * 3600


def release(course: Course, exercise: str | None = None) -> list[Path]:
    """Release exercises that were built.

    Returns
    -------
    list of Path
        The notebooks for learners. ``biolab.toml`` beside each says the language, the course and where to
        submit; ``course.json`` beside their folders says what is in the course. With an exchange, all of it
        is published there too.

    Raises
    ------
    CourseError
        When one is not built, its cells changed after submissions to it were graded, or the exchange cannot
        be written.
    """
    names = course.chosen(exercise)
    missing = [name for name in names if not course.notebook("source", name).is_file()]
    if missing:
        raise CourseError(f"{', '.join(missing)}: not built yet; run: biolab course build")
    with Store(course) as store:
        _tidy(course.folder)
        for name in names:
            with TemporaryDirectory(prefix=_STAGING, dir=course.folder) as staging:
                _convert(course, name, Path(staging))
                _settle(course, name, Path(staging))
        store.sync()
    write_course_file(course)
    if course.exchange:
        publish_release(course, names)
    return [course.notebook("release", name) for name in names]


def _tidy(folder: Path) -> None:
    """Remove what releases left behind that were killed long ago."""
    for path in folder.glob(f"{_STAGING}*"):
        with suppress(OSError):
            if time.time() - path.lstat().st_mtime > _LEFT_BEHIND_SECONDS:
                shutil.rmtree(path)


def _convert(course: Course, name: str, staging: Path) -> None:
    from nbgrader.converters import GenerateAssignment
    from nbgrader.converters.base import NbGraderException
    from nbgrader.coursedir import CourseDirectory

    from biolabkit_autograder.authoring import release_config

    directory = CourseDirectory(
        root=str(course.folder),
        course_id=course.spec.id,
        assignment_id=name,
        release_directory=staging.name,
        db_url=course.gradebook_url,
    )
    converter = GenerateAssignment(coursedir=directory, config=release_config(course.language))
    with _captured(converter) as log:
        try:
            converter.start()
        except NbGraderException as error:
            raise CourseError(_why(name, log.getvalue())) from error


def _settle(course: Course, name: str, staging: Path) -> None:
    """Move what nbgrader wrote into its place, the notebook last."""
    staged = staging / name
    target = course.notebook("release", name).parent
    target.mkdir(parents=True, exist_ok=True)
    for path in sorted(staged.rglob("*"), key=lambda path: path.suffix == ".ipynb"):
        if path.is_file():
            destination = target / path.relative_to(staged)
            destination.parent.mkdir(parents=True, exist_ok=True)
            path.replace(destination)
    with atomic_write(target / "biolab.toml") as stream:
        stream.write(_learner_settings(course, name))


def _learner_settings(course: Course, name: str) -> str:
    comment = {
        "en": "Your id in the course decides your own data: remove the # and fill it in.",
        "ko": "과정에서 쓰는 본인의 ID에 따라 데이터가 정해집니다. 아래의 #을 지우고 ID를 적으십시오.",
    }[course.language]
    values = {
        "language": course.language,
        "course": course.spec.id,
        "exercise": name,
        **_way_in(course),
    }
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    return "\n".join([*lines, "", f"# {comment}", '# learner = ""', ""])


def _way_in(course: Course) -> dict[str, str]:
    """Where learners hand in; a learner's id there is, unless they say otherwise, their account's name."""
    if course.exchange:
        return {"exchange": str(course.exchange)}
    return {"submit_to": course.spec.submit_to or str(course.inbox)}


@contextmanager
def _captured(converter: Any) -> Iterator[io.StringIO]:
    """Keep nbgrader's log off the terminal."""
    stream = io.StringIO()
    log = logging.getLogger("biolabkit_autograder.nbgrader")
    log.propagate = False
    handler = logging.StreamHandler(stream)
    log.addHandler(handler)
    converter.log = log
    for part in (converter.coursedir,):
        part.log = log
    try:
        yield stream
    finally:
        log.removeHandler(handler)


def _why(name: str, log: str) -> str:
    if "there are submissions" in log or "Cannot modify existing assignment" in log:
        return (
            f"{name}: cells were added, removed or renamed after submissions were graded; bring them back, "
            "or give the exercise a new name"
        )
    if f"[Errno {errno.ENOSPC}]" in log:
        return f"{name}: no space left in the course folder; free some and run: biolab course release"
    lines = [line.strip() for line in log.splitlines() if line.strip()]
    errors = [line for line in lines if "Error" in line]
    return f"{name}: nbgrader could not release it ({(errors or lines or ['no message'])[-1][:200]})"
