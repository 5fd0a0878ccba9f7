"""The trainee's course folder: where it is, what it holds, and which notebook belongs to which exercise."""

import os
import tomllib
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from biolabkit._settings import LANGUAGES, PRACTICE, find_language, find_learner, language_to_show
from biolabkit.errors import FormatError, InputError, nearest

from .causes import reason, toml_damage
from .course import (
    COURSE_FILE,
    BadCourseError,
    Check,
    Essay,
    Published,
    PublishedAssignment,
    parse_course,
)
from .fetching import SETTINGS_FILE, Fetched, bring, open_source
from .notebooks import digest, exercise_in, find_notebooks, notebooks_by_exercise, read_notebook
from .phrases import quote, say

__all__ = ["SETTINGS_FILE", "Assignment", "CourseFolder", "Fetched", "fetch", "open_folder", "open_notebook"]

_STATE = ".biolab"


@dataclass(frozen=True)
class Assignment:
    """One exercise as the trainee has it.

    Attributes
    ----------
    name, title, track : str
        The title is in the course's language.
    minutes : float or None
        Estimated time.
    due : datetime or None
        With its offset; None where there is none or it is not known.
    notebook : Path or None
        The file as it is found, whatever it is called: ``lab.start("…")`` in it says its exercise. None where
        there is none.
    others : tuple of Path
        Further notebooks of this exercise that were worked in, such as ``X-Copy1.ipynb``: a person must say
        which one is meant.
    tasks : tuple of str
    checks : tuple of (id, task, points)
    essays : tuple of (id, points)
    seconds_per_cell : float
        How long one cell may run.
    published : PublishedAssignment or None
        What ``course.json`` says; None in a folder that has none.
    """

    name: str
    title: str
    track: str
    minutes: float | None
    due: datetime | None
    notebook: Path | None
    others: tuple[Path, ...]
    tasks: tuple[str, ...]
    checks: tuple[Check, ...]
    essays: tuple[Essay, ...]
    seconds_per_cell: float
    published: PublishedAssignment | None = None

    @property
    def max_points(self) -> float:
        """Points of the visible checks."""
        return sum(check.points for check in self.checks)


@dataclass(frozen=True)
class CourseFolder:
    """A trainee's folder that was opened.

    Attributes
    ----------
    root : Path
        Absolute.
    language : {"en", "ko"}
    learner : str
        The learner's id; ``"practice"`` when nobody is named.
    course_id, title : str
    source : str or None
        Where new exercises come from: the course in an exchange, a release folder or a zip file of one.
    exchange : Path or None
        The course's folder in an exchange.
    inbox : Path or None
        Where notebooks are handed in when there is no exchange.
    assignments : tuple of Assignment
        In the course's order.
    """

    root: Path
    language: str
    learner: str
    course_id: str
    title: str
    source: str | None
    exchange: Path | None
    inbox: Path | None
    assignments: tuple[Assignment, ...]

    def assignment(self, exercise: str) -> Assignment:
        """Look up an exercise of the course.

        Raises
        ------
        InputError
            When there is none of that name; the near one is suggested.
        """
        for one in self.assignments:
            if one.name == exercise:
                return one
        names = [one.name for one in self.assignments]
        message = say(self.language, "unknown-exercise", name=exercise)
        if near := nearest(exercise, names):
            message += say(self.language, "did-you-mean", near=near)
        elif names:
            message += say(self.language, "there-are", names=", ".join(names))
        raise InputError(message)

    def state(self, exercise: str) -> Path:
        """The folder of what is kept about an exercise: progress, receipts, feedback."""
        return self.root / _STATE / exercise


def open_folder(path: Path | str = ".") -> CourseFolder:
    """Open the course folder that a file or folder lies in.

    It is the nearest folder upward with a ``course.json``. A single released folder (a notebook and its
    ``biolab.toml``) is a course of one exercise whose due date is not known.

    Raises
    ------
    InputError
        When there is neither, or no such file or folder.
    FormatError
        When ``course.json`` or ``biolab.toml`` is damaged.
    """
    start = Path(path).expanduser().absolute()
    if not start.is_dir():
        start = start.parent
    single = next((one for one in (start, *start.parents) if _names_an_exercise(one)), None)
    for root in (start, *start.parents):
        if (root / COURSE_FILE).is_file():
            opened = _open_course(root)
            if single is None or single == root or _named(single) in {one.name for one in opened.assignments}:
                return opened
    if single is None and not Path(path).expanduser().exists():
        raise InputError(say(language_to_show(), "no-such-path", path=path))
    if single is None:
        raise InputError(say(language_to_show(), "no-course", folder=start))
    return _open_single(single)


def open_notebook(path: Path) -> CourseFolder:
    """Open the course that a notebook belongs to; a notebook alone is a course of one exercise.

    Alone it is where only the notebook was downloaded, as to Colab: it says itself which exercise it is, and
    neither a due date nor where to hand in is known.

    Raises
    ------
    InputError
        When there is no course and the notebook does not say its exercise, or there is no such file.
    FormatError
        When ``course.json`` or ``biolab.toml`` is damaged.
    """
    try:
        return open_folder(path)
    except FormatError:
        raise
    except InputError:
        path = path.expanduser().absolute()
        name = exercise_in(path)
        if name is None:
            raise
    return _open_alone(path, name)


def fetch(course: CourseFolder) -> list[Fetched]:
    """Bring what is new in the course; a notebook that was worked in is never written over.

    Returns
    -------
    list of Fetched
        One for each exercise. What the newest ``course.json`` says is seen when the folder is opened again.

    Raises
    ------
    InputError
        When the course is not where it was, or the folder cannot be written.
    FormatError
        When what is published is damaged.
    """
    if course.source is None:
        path = course.root / SETTINGS_FILE
        raise InputError(say(course.language, "no-source", path=path, folder=quote(course.root)))
    with open_source(Path(course.source), course.language, course.root) as (source, published):
        before = parse_course((course.root / COURSE_FILE).read_bytes())
        if before.id != published.id:
            raise InputError(say(course.language, "other-course", folder=course.root, course=before.id))
        return bring(source, published, course.root, course.language, before)


def read_settings(path: Path, language: str | None = None) -> Mapping[str, Any]:
    """Read a ``biolab.toml``; empty where there is none.

    Raises
    ------
    FormatError
        When it is not TOML.
    """
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        return {}
    except ValueError as error:
        language = language or language_to_show()
        told = {"path": path, "why": toml_damage(error).to(language), "folder": quote(path.parent)}
        raise FormatError(say(language, "bad-settings", **told)) from None


def _names_an_exercise(folder: Path) -> bool:
    return (folder / SETTINGS_FILE).is_file() and bool(_named(folder))


def _named(folder: Path) -> str | None:
    """The exercise of a single released folder, by its settings or by a notebook in it."""
    named = read_settings(folder / SETTINGS_FILE).get("exercise")
    if isinstance(named, str) and named:
        return named
    return next(filter(None, map(exercise_in, sorted(folder.glob("*.ipynb")))), None)


def _open_course(root: Path) -> CourseFolder:
    settings = dict(read_settings(root / SETTINGS_FILE))
    try:
        published = parse_course((root / COURSE_FILE).read_bytes())
    except (OSError, BadCourseError) as error:
        language = language_to_show(root)
        told = {
            "path": root / COURSE_FILE,
            "why": (error.why if isinstance(error, BadCourseError) else reason(error)).to(language),
            "source": quote(settings.get("source") or settings.get("exchange") or "SOURCE"),
        }
        raise FormatError(say(language, "bad-course-file", folder=quote(root), **told)) from None
    if not {"exchange", "submit_to"} & set(settings):  # a release folder that was only unpacked
        for one in published.assignments:
            settings = {**read_settings(root / one.name / SETTINGS_FILE), **settings}
    language = _language(settings, published)
    learner = find_learner(root)
    if learner == PRACTICE:
        learner = unicodedata.normalize("NFC", str(settings.get("learner") or PRACTICE))
    found = notebooks_by_exercise(root)
    return CourseFolder(
        root=root,
        language=language,
        learner=learner,
        course_id=published.id,
        title=published.title[language],
        assignments=tuple(
            _assignment(root, one, found.get(one.name, []), language) for one in published.assignments
        ),
        **_ways(root, settings),
    )


def _language(settings: Mapping[str, Any], published: Published) -> str:
    """What was asked for, else what the course says; the machine's language does not matter here."""
    for asked in (os.environ.get("BIOLAB_LANGUAGE"), settings.get("language")):
        if asked in LANGUAGES:
            return str(asked)
    return published.language


def _ways(root: Path, settings: Mapping[str, Any]) -> dict[str, Any]:
    """Where things come from and go to; paths in biolab.toml are seen from the folder it lies in."""
    exchange, inbox = (
        root / Path(named).expanduser() if isinstance(named := settings.get(key), str) and named else None
        for key in ("exchange", "submit_to")
    )
    source = settings.get("source") or settings.get("exchange")
    return {
        "exchange": exchange,
        "inbox": None if exchange else inbox,
        "source": str(root / Path(source).expanduser()) if isinstance(source, str) and source else None,
    }


def _open_single(root: Path) -> CourseFolder:
    settings = read_settings(root / SETTINGS_FILE)
    name = _named(root) or ""
    language = find_language(root)
    bare = PublishedAssignment(name, {language: name})
    found = [path for path in find_notebooks(root, deepest=1) if exercise_in(path) in (name, None)]
    named = [path for path in found if exercise_in(path) == name] or found
    assignment = _from_notebook(_assignment(root.parent, bare, named, language))
    return CourseFolder(
        root=root,
        language=language,
        learner=find_learner(root),
        course_id=str(settings.get("course", "")),
        title=assignment.title,
        assignments=(replace(assignment, published=None),),
        **_ways(root, settings),
    )


def _open_alone(path: Path, name: str) -> CourseFolder:
    language = _language_alone(path)
    bare = PublishedAssignment(name, {language: name})
    assignment = replace(_from_notebook(_assignment(path.parent, bare, [path], language)), published=None)
    return CourseFolder(
        root=path.parent,
        language=language,
        learner=find_learner(path.parent),
        course_id="",
        title=assignment.title,
        source=None,
        exchange=None,
        inbox=None,
        assignments=(assignment,),
    )


def _language_alone(path: Path) -> str:
    """What was asked for, else what the notebook was written in, else the machine's."""
    if os.environ.get("BIOLAB_LANGUAGE") not in LANGUAGES:
        try:
            written = read_notebook(path).language
        except InputError:
            written = None
        if written in LANGUAGES:
            return str(written)
    return find_language(path.parent)


def _from_notebook(assignment: Assignment) -> Assignment:
    """Where nothing is published, the notebook itself says what its checks are."""
    try:
        notebook = read_notebook(assignment.notebook) if assignment.notebook else None
    except InputError:
        notebook = None
    if notebook is None:
        return assignment
    graded = {cell.grade_id: cell for cell in notebook.cells if cell.grade_id and cell.points is not None}
    checks = tuple(
        Check(name, name.split("-")[min(1, name.count("-"))], cell.points or 0.0)
        for name, cell in graded.items()
        if not cell.answer
    )
    return replace(
        assignment,
        title=notebook.title or assignment.title,
        tasks=tuple(dict.fromkeys(check.task for check in checks)),
        checks=checks,
        essays=tuple(Essay(name, cell.points or 0.0) for name, cell in graded.items() if cell.answer),
    )


def _assignment(root: Path, one: PublishedAssignment, found: list[Path], language: str) -> Assignment:
    notebook, others = _choose(found, root / one.name / f"{one.name}.ipynb", one.sha256)
    return Assignment(
        name=one.name,
        title=one.title[language],
        track=one.track,
        minutes=one.minutes,
        due=one.due,
        notebook=notebook,
        others=others,
        tasks=one.tasks,
        checks=one.checks,
        essays=one.essays,
        seconds_per_cell=one.seconds_per_cell,
        published=one,
    )


def _choose(found: list[Path], usual: Path, released: str) -> tuple[Path | None, tuple[Path, ...]]:
    """The notebook that is meant: one that was worked in before one as released, then the newest saved."""
    if len(found) < 2:
        return (found[0] if found else None), ()
    worked_in = [path for path in found if not released or digest(path) != released]
    candidates = worked_in or ([usual] if usual in found else found)
    newest = sorted(candidates, key=lambda path: (_saved(path), path == usual), reverse=True)
    return newest[0], tuple(newest[1:])


def _saved(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0
