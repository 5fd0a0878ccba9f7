"""`biolab join`, `biolab fetch` and `biolab submit`."""

from dataclasses import replace
from pathlib import Path
from typing import Annotated

import typer

from biolabkit._settings import PRACTICE, language_to_show
from biolabkit._words import told
from biolabkit.errors import InputError

from . import feedback
from .course import COURSE_FILE
from .fetching import Fetched
from .folder import SETTINGS_FILE, CourseFolder, fetch, open_folder, open_notebook
from .joining import join, shown
from .notebooks import exercise_in, read_notebook
from .phrases import quote, say
from .submit import review, safe_name, submit

__all__ = ["fetch_command", "join_command", "submit_command"]

_ID = told("Your id in the course.", "과정에서 쓰는 내 아이디.")


def join_command(
    source: Annotated[
        Path,
        typer.Argument(
            help=told(
                "The course in an exchange, a release folder, or a zip file of one.",
                "공유 서버의 과정, 배포 폴더, 또는 배포 폴더의 zip 파일.",
            )
        ),
    ],
    folder: Annotated[
        Path | None,
        typer.Argument(
            help=told("Your folder for it.", "과정에서 사용할 내 폴더."),
            show_default=told(
                "that of this course here, else one named after it",
                "여기에 있는 이 과정의 폴더, 없으면 과정 이름의 폴더",
            ),
        ),
    ] = None,
    learner: Annotated[
        str | None,
        typer.Option(
            help=_ID, show_default=told("in an exchange, your account", "공유 서버에서는 계정 이름")
        ),
    ] = None,
    language: Annotated[
        str | None,
        typer.Option(
            help=told("en or ko.", "en 또는 ko."),
            show_default=told("the course's", "과정의 언어"),
            metavar="LANGUAGE",
        ),
    ] = None,
) -> None:
    """Make your folder of a course; again, when the course has moved."""
    if language not in (None, "en", "ko"):
        advice = told("use 'en' or 'ko'", "'en' 또는 'ko'를 쓰십시오")
        raise InputError(f"--language {language!r}: {advice}")
    notes: list[str] = []
    course, fetched = join(source, folder, learner=learner, language=language, tell=notes.append)
    where = quote(folder or shown(course.root))
    phrase = "joined-unnamed" if course.learner == PRACTICE else "joined"
    values = {"title": course.title, "folder": course.root, "learner": course.learner}
    typer.echo(say(course.language, phrase, **values, source=quote(source), where=where))
    for note in notes:
        typer.echo(note)
    _say_fetched(course, fetched)
    typer.echo(say(course.language, "joined-next", folder=where))


def fetch_command(
    folder: Annotated[
        Path, typer.Argument(help=told("Your folder of the course.", "과정에서 사용하는 내 폴더."))
    ] = Path(),
) -> None:
    """Bring what is new in the course, feedback too; a notebook that you worked in is never written over."""
    course = open_folder(_existing(folder))
    _say_fetched(course, fetch(course))
    for one in course.assignments:
        if found := feedback.find(course, one.name):
            _say_feedback(course, one.name, found)


def submit_command(
    what: Annotated[
        str | None,
        typer.Argument(
            metavar="NOTEBOOK|EXERCISE",
            help=told(
                "By default the exercise or notebook here.", "지정하지 않으면 여기에 있는 실습이나 노트북."
            ),
        ),
    ] = None,
    learner: Annotated[str | None, typer.Option(help=_ID)] = None,
    to: Annotated[
        Path | None,
        typer.Option(
            help=told(
                "Put it into this folder instead, such as a shared or a USB drive.",
                "제출함 대신 이 폴더에 넣습니다. 공유 드라이브나 USB 드라이브도 됩니다.",
            )
        ),
    ] = None,
) -> None:
    """Hand in a saved notebook; the receipt shows its time and SHA-256."""
    course, exercise, notebook = _chosen(what)
    here = course
    if learner:
        course = replace(course, learner=safe_name("learner", learner, course.language))
    if to:
        course = replace(course, exchange=None, inbox=_existing(to).absolute())
    found = review(course, exercise, notebook)
    receipt = submit(course, exercise, notebook)
    typer.echo(receipt.to_text(course.language))
    notes = list(found.notes)
    if course.learner != here.learner:
        who = {"learner": course.learner, "other": here.learner, "path": here.root / SETTINGS_FILE}
        phrase = "practice-here" if here.learner == PRACTICE else "other-learner"
        notes.append(say(course.language, phrase, **who))
    for note in notes:
        typer.echo(f"  {say(course.language, 'note')}: {note}")


def _existing(path: Path) -> Path:
    """A path that a person typed; a course around it does not make up for it."""
    path = path.expanduser()
    if not path.exists():
        raise InputError(say(language_to_show(), "no-such-path", path=path))
    return path


def _say_fetched(course: CourseFolder, fetched: list[Fetched]) -> None:
    for one in fetched:
        path = one.path.relative_to(course.root) if one.path.is_relative_to(course.root) else one.path
        typer.echo(say(course.language, f"fetched-{one.outcome}", name=one.name, path=path))


def _say_feedback(course: CourseFolder, exercise: str, found: feedback.Feedback) -> None:
    values = {"name": exercise, "page": found.page.relative_to(course.root)}
    if found.points is None:
        typer.echo(say(course.language, "feedback-without-points", **values))
        return
    points = {"points": found.points, "most": found.max_points, "waiting": found.waiting}
    phrase = "feedback-waiting" if found.waiting else "feedback"
    typer.echo(say(course.language, phrase, **values, **points))


def _chosen(what: str | None) -> tuple[CourseFolder, str, Path | None]:
    """What is to be handed in: a notebook by its path, an exercise by its name, or what is here."""
    if what is None:
        return _here()
    course = None
    if not what.lower().endswith(".ipynb") and not Path(what).exists():
        course = open_folder()
        return course, course.assignment(what).name, None
    path = Path(what)
    if path.is_dir():
        return _here(path)
    course = open_notebook(path)
    return _by_notebook(course, path)


def _here(folder: Path = Path()) -> tuple[CourseFolder, str, Path | None]:
    """The exercise whose folder this is; a person says which, where that is not clear."""
    here = folder.absolute()
    notebooks = sorted(here.glob("*.ipynb"))
    notebooks = [path for path in notebooks if exercise_in(path)] or notebooks
    course = open_notebook(notebooks[0]) if notebooks else open_folder(folder)
    if len(notebooks) == 1:
        return _by_notebook(course, notebooks[0])
    if notebooks and not any((course.root / name).is_file() for name in (COURSE_FILE, SETTINGS_FILE)):
        # each of them is alone here
        names = ", ".join(path.name for path in notebooks)
        raise InputError(say(course.language, "which-notebook", names=names))
    own = [one for one in course.assignments if here in (course.root / one.name, course.root)]
    if len(own) != 1:
        names = ", ".join(one.name for one in own or course.assignments)
        raise InputError(say(course.language, "which-exercise", names=names))
    (assignment,) = own
    if assignment.notebook and assignment.others:
        names = ", ".join(sorted(path.name for path in (assignment.notebook, *assignment.others)))
        raise InputError(say(course.language, "which-notebook", names=names))
    return course, assignment.name, None


def _by_notebook(course: CourseFolder, path: Path) -> tuple[CourseFolder, str, Path]:
    path = path.absolute()
    read_notebook(path, course.language)
    name = exercise_in(path)
    if name is None:  # it does not say; its folder or its name may
        own = [one.name for one in course.assignments if path == one.notebook or path.parent.name == one.name]
        name = own[0] if own else path.stem
    return course, course.assignment(safe_name("exercise", name, course.language)).name, path
