"""`biolab join`: make a trainee's course folder, or lead one to where its course is now."""

import json
import os
import re
import tomllib
import unicodedata
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from biolabkit._files import atomic_write
from biolabkit._settings import account_name, language_to_show
from biolabkit.errors import InputError

from .course import COURSE_FILE, BadCourseError, Published, parse_course
from .fetching import Fetched, Source, bring, open_source, settings_of
from .folder import SETTINGS_FILE, CourseFolder, open_folder
from .phrases import explain, quote, say

__all__ = ["join", "shown"]

_COMMENTS = {
    "en": "Your id in the course decides your own data: fill it in.",
    "ko": "과정에서 쓰는 본인의 ID에 따라 데이터가 정해집니다. ID를 적으십시오.",
}


def join(
    source: Path,
    folder: Path | None = None,
    *,
    learner: str | None = None,
    language: str | None = None,
    tell: Callable[[str], object] = lambda _text: None,
) -> tuple[CourseFolder, list[Fetched]]:
    """Make a course folder from a published course, or join again one that has moved.

    Parameters
    ----------
    source : Path
        The course in an exchange, a release folder, or a zip file of one.
    folder : Path, optional
        Where to; if not given the folder of this course that is the current one or around it, else a new one
        named after the course.
    learner : str, optional
        The learner's id; by default, in an exchange, the name of the account.
    language : {"en", "ko"}, optional
        By default the course's.
    tell : callable
        Called with a sentence on whose data the folder has, where the trainee may not expect it.

    Raises
    ------
    InputError
        When there is no course, or the folder holds something else.
    FormatError
        When what is published is damaged.
    """
    source = source.expanduser().absolute()
    told_in = language or language_to_show()
    with open_source(source, told_in, folder) as (opened, published):
        told_in = language or published.language
        root = folder.expanduser().absolute() if folder else _usual_folder(published)
        before = _before(root, published, told_in)
        changes = _places(source, opened, published)
        changes |= {"language": language} if language else {}
        changes |= {"learner": learner} if learner else {}
        defaults = {"language": published.language, "course": published.id}
        if account := account_name() if opened.is_exchange else None:
            defaults["learner"] = account
        try:
            if opened.is_exchange:  # on a shared machine answers and receipts are the learner's alone
                root.mkdir(mode=0o700, parents=True, exist_ok=True)
            earlier = _write_settings(root / SETTINGS_FILE, changes, defaults, told_in)
        except OSError as error:
            raise InputError(explain(told_in, error, root, root)) from error
        fetched = bring(opened, published, root, told_in, before)
    course = open_folder(root)
    if earlier and earlier != course.learner:
        tell(say(course.language, "data-of-another", learner=course.learner, other=earlier))
    elif not earlier and not learner and course.learner == defaults.get("learner"):
        where = {"source": quote(source), "where": quote(folder or shown(root))}
        tell(say(course.language, "learner-is-account", learner=course.learner, **where))
    return course, fetched


def shown(root: Path) -> str:
    """A folder as it can be typed here."""
    return os.path.relpath(root) if root.is_relative_to(Path.cwd()) else str(root)


def _usual_folder(published: Published) -> Path:
    """JupyterLab's terminal begins in the course's folder: joining again there makes no second one in it."""
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / SETTINGS_FILE).is_file() and (folder / COURSE_FILE).is_file():
            with suppress(OSError, BadCourseError):
                if parse_course((folder / COURSE_FILE).read_bytes()).id == published.id:
                    return folder
            break
    return here / published.id


def _before(root: Path, published: Published, language: str) -> Published | None:
    """What the folder holds of this course; a folder of anything else is left alone."""
    before = None
    if (root / COURSE_FILE).is_file():
        try:
            before = parse_course((root / COURSE_FILE).read_bytes())
        except (OSError, BadCourseError):
            return None  # damaged: joining again mends it
        if before.id != published.id:
            raise InputError(say(language, "other-course", folder=root, course=before.id))
        return before
    if root.exists() and (not root.is_dir() or any(root.iterdir())) and not (root / SETTINGS_FILE).is_file():
        raise InputError(say(language, "not-empty", folder=root, course=published.id))
    return None


def _places(source: Path, opened: Source, published: Published) -> dict[str, str]:
    """Where to fetch from and to hand in to, as the released settings say it."""
    if opened.is_exchange:
        return {"exchange": str(source)}
    places = {"source": str(source)}
    for name, text in settings_of(opened, published).items():
        settings = _parsed(text)
        if isinstance(exchange := settings.get("exchange"), str):
            return {**places, "exchange": exchange}
        if isinstance(inbox := settings.get("submit_to"), str):
            if not inbox.startswith("~") and not Path(inbox).is_absolute():
                inbox = os.path.normpath(os.path.join(name, inbox))  # noqa: PTH118  (as seen from the course)
            return {**places, "submit_to": inbox}
    return places


def _parsed(text: str) -> Mapping[str, Any]:
    try:
        return tomllib.loads(text)
    except ValueError:
        return {}


def _write_settings(
    path: Path, changes: Mapping[str, str], defaults: Mapping[str, str], language: str
) -> str:
    """Write ``biolab.toml``; in one that is there only the lines of `changes` are touched.

    Returns
    -------
    str
        The learner that it named before; empty where it named none.
    """
    text = path.read_text(encoding="utf-8-sig") if path.is_file() else ""
    settings = _parsed(text)
    values = {key: value for key, value in defaults.items() if not settings.get(key)} | dict(changes)
    if not text and "learner" not in values:
        text = f'# {_COMMENTS[language]}\n# learner = ""\n'
    for key, value in reversed(values.items()):
        line = f"{key} = {json.dumps(value, ensure_ascii=False)}"
        before = re.search(rf"^{key}[ \t]*=.*$", text, flags=re.MULTILINE)
        text = f"{text[: before.start()]}{line}{text[before.end() :]}" if before else f"{line}\n{text}"
    with atomic_write(path) as stream:
        stream.write(text)
    return unicodedata.normalize("NFC", str(settings.get("learner") or ""))
