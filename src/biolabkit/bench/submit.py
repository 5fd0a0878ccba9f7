"""Handing in: look the notebook over, put it where the instructor collects it, and keep a receipt."""

import errno
import hashlib
import os
import re
import secrets
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from biolabkit._settings import PRACTICE
from biolabkit.errors import InputError

from . import delivery, receipts
from .folder import SETTINGS_FILE, Assignment, CourseFolder
from .notebooks import Cell, Notebook, read_notebook
from .phrases import called, explain, quote, say
from .receipts import Receipt

__all__ = ["Receipt", "Review", "review", "submit"]

_UNANSWERED = re.compile(r"^\s*raise NotImplementedError\(\)\s*$", re.MULTILINE)
_CHECK_LINE = re.compile(r"""^\s*lab\.check\(\s*["']([^"']+)["']""")
_DEFINITION = re.compile(r"^(?:async[ \t]+def|def|class)[ \t]+(\w+)", re.MULTILINE)
_SAFE = re.compile(r"[^\\/:*?\"<>|\x00-\x1f.][^\\/:*?\"<>|\x00-\x1f]{0,99}")


@dataclass(frozen=True)
class Review:
    """What a trainee should know before handing in, in their language.

    Attributes
    ----------
    problems : tuple of str
        Why it cannot be handed in.
    warnings : tuple of str
        What they may want to mend first, or to confirm.
    notebook : Path or None
        The file that would be handed in.
    unanswered : tuple of str
        Names of the tasks without an answer.
    notes : tuple of str
        Those of the warnings that a receipt does not repeat.
    """

    problems: tuple[str, ...]
    warnings: tuple[str, ...]
    notebook: Path | None = None
    unanswered: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()


def review(course: CourseFolder, exercise: str, notebook: Path | None = None) -> Review:
    """Look over what would be handed in; nothing is written.

    Parameters
    ----------
    course : CourseFolder
        From `open_folder`.
    exercise : str
        The exercise's name.
    notebook : Path, optional
        The file, where a person chose one.

    Raises
    ------
    InputError
        When the course has no such exercise.
    """
    assignment = course.assignment(exercise)
    return _review(course, assignment, notebook)[0]


def submit(course: CourseFolder, exercise: str, notebook: Path | None = None) -> Receipt:
    """Hand in an exercise's notebook as it lies on the disk.

    Parameters
    ----------
    course, exercise, notebook
        As of `review`, which also names the file where no person chose one.

    Returns
    -------
    Receipt
        Also kept in the course folder, see `biolabkit.bench.receipts`.

    Raises
    ------
    InputError
        When it cannot be handed in: what `review` calls problems, or the disk's own reason. Nothing is lost:
        what was handed in before is still there.
    """
    assignment = course.assignment(exercise)
    found, content = _review(course, assignment, notebook)
    if found.problems or content is None:
        raise InputError("; ".join(found.problems))
    receipt, stamp = _receipt(course, assignment, content, found)
    try:
        sending = receipts.begin(course, receipt)
    except OSError as error:
        told = explain(course.language, error, course.root, course.root)
        raise InputError(say(course.language, "not-submitted", why=told)) from error
    try:
        delivery.put(receipt, content.content, stamp)
    except OSError as error:
        sending.unlink(missing_ok=True)
        where = course.exchange or receipt.target.parent
        told = explain(course.language, error, where, course.root)
        raise InputError(say(course.language, "not-submitted", why=told)) from error
    receipts.finish(sending)
    return receipt


def safe_name(what: str, name: str, language: str) -> str:
    """A name that is one plain file name on every system.

    Raises
    ------
    InputError
        When it is not.
    """
    if not _SAFE.fullmatch(name) or name != name.strip():
        raise InputError(say(language, "bad-name", what=say(language, what), name=name))
    return unicodedata.normalize("NFC", name)


def _receipt(
    course: CourseFolder, assignment: Assignment, notebook: Notebook, found: Review
) -> tuple[Receipt, str]:
    """The receipt of what is about to be handed in, and its time as nbgrader writes it."""
    now = datetime.now(UTC)
    stamp = now.strftime("%Y-%m-%d %H:%M:%S.%f UTC")
    token = secrets.token_hex(16)
    earlier = receipts.newest(course, assignment.name)
    if course.exchange:
        name = delivery.submission_name(course.learner, assignment.name, stamp, token)
        if name is None:
            what = say(course.language, "learner")
            raise InputError(say(course.language, "bad-name", what=what, name=course.learner))
        target = delivery.exchange_target(course.exchange, name)
        replaced = earlier is not None
    else:
        assert course.inbox is not None  # a review says so first
        target = delivery.inbox_target(course.inbox, assignment.name, course.learner)
        replaced = target.exists()
    receipt = Receipt(
        exercise=assignment.name,
        learner=course.learner,
        notebook=notebook.path,
        saved=datetime.fromtimestamp(notebook.saved, UTC).astimezone(),
        received=now.astimezone(),
        sha256=hashlib.sha256(notebook.content).hexdigest(),
        target=target,
        token=token,
        replaced=replaced,
        late=assignment.due is not None and now > assignment.due,
        unanswered=found.unanswered,
        replaces=earlier.token if earlier else None,
        number=earlier.number + 1 if earlier else 1,
    )
    return receipt, stamp


def _review(
    course: CourseFolder, assignment: Assignment, chosen: Path | None
) -> tuple[Review, Notebook | None]:
    path = chosen or assignment.notebook
    problems = [*_place_problems(course), *_learner_problems(course)]
    notebook = None
    if path is None:
        folder = course.root
        problems.insert(0, say(course.language, "no-notebook-of", exercise=assignment.name, folder=folder))
    else:
        try:
            notebook = read_notebook(path, course.language)
        except InputError as error:
            problems.insert(0, str(error))
    if notebook is None:
        return Review(tuple(problems), (), path), None
    unanswered = tuple(_unanswered(assignment, notebook))
    notes = (
        *_which(course, assignment, chosen),
        *_renamed(course, assignment, notebook),
        *_changed_cells(course, assignment, notebook),
    )
    warnings = (*_lateness(course, assignment), *_open_tasks(course, unanswered), *notes)
    return Review(tuple(problems), warnings, path, unanswered, notes), notebook


def _place_problems(course: CourseFolder) -> Iterator[str]:
    """Whether there is a place to hand in, and it is there."""
    settings = course.root / SETTINGS_FILE
    if course.exchange is None and course.inbox is None:
        yield say(course.language, "no-inbox-named", path=settings)
        return
    place = course.exchange / "inbound" if course.exchange else course.inbox
    assert place is not None
    try:
        if not place.is_dir():
            place.stat()  # says why not
            raise NotADirectoryError(errno.ENOTDIR, "not a folder")
    except OSError as error:
        if course.exchange and not _is_there(course.exchange.parent):  # another machine, such as a laptop
            yield say(course.language, "exchange-gone", where=course.exchange, folder=quote(course.root))
        elif course.exchange:
            yield explain(course.language, error, course.exchange, course.root)
        else:
            yield say(course.language, "inbox-gone", inbox=place, path=settings)
        return
    if course.exchange and not os.access(place, os.W_OK | os.X_OK):
        phrase = "read-only" if _is_read_only(place) else "no-permission"
        yield say(course.language, phrase, where=course.exchange)


def _is_there(folder: Path) -> bool:
    try:
        return folder.is_dir()
    except OSError:
        return False


def _is_read_only(folder: Path) -> bool:
    """Whether the file system itself takes nothing, whoever asks."""
    return hasattr(os, "statvfs") and bool(os.statvfs(folder).f_flag & os.ST_RDONLY)


def _learner_problems(course: CourseFolder) -> Iterator[str]:
    if course.learner == PRACTICE:
        yield say(course.language, "who", path=course.root / SETTINGS_FILE)
        return
    try:
        safe_name("learner", course.learner, course.language)
    except InputError as error:
        yield str(error)


def _which(course: CourseFolder, assignment: Assignment, chosen: Path | None) -> Iterator[str]:
    if chosen is None and assignment.notebook and assignment.others:
        others = ", ".join(_shown(course, path) for path in assignment.others)
        yield say(
            course.language, "several-notebooks", name=_shown(course, assignment.notebook), others=others
        )


def _renamed(course: CourseFolder, assignment: Assignment, notebook: Notebook) -> Iterator[str]:
    if notebook.exercise is None:
        yield say(course.language, "no-start", exercise=assignment.name)
    elif unicodedata.normalize("NFC", notebook.path.name) != f"{assignment.name}.ipynb":
        yield say(course.language, "renamed", name=_shown(course, notebook.path), exercise=assignment.name)


def _shown(course: CourseFolder, path: Path) -> str:
    return str(path.relative_to(course.root)) if path.is_relative_to(course.root) else str(path)


def _lateness(course: CourseFolder, assignment: Assignment) -> Iterator[str]:
    if assignment.due and datetime.now(UTC) > assignment.due:
        # by the course's clock: a shared server's may be another than the trainee's
        yield say(course.language, "past-due", due=assignment.due)


def _open_tasks(course: CourseFolder, unanswered: tuple[str, ...]) -> Iterator[str]:
    if unanswered:
        phrase = "unanswered-one" if len(unanswered) == 1 else "unanswered"
        yield say(course.language, phrase, count=len(unanswered), names=called(course.language, unanswered))


def _unanswered(assignment: Assignment, notebook: Notebook) -> list[str]:
    """Tasks and essays that are as released, still raise, or whose cell is gone; in the course's order."""
    if assignment.published is None:
        return list(_raising(notebook))
    released = assignment.published.released
    answers = [*assignment.tasks, *(essay.id for essay in assignment.essays)]
    return [name for name in answers if name in released and _is_unanswered(name, notebook, released[name])]


def _raising(notebook: Notebook) -> Iterator[str]:
    """What still raises, where nobody says what the tasks are: by the cell's name, function or number."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.kind == "code" and _UNANSWERED.search(cell.source):
            defined = _DEFINITION.search(cell.source)
            yield cell.grade_id or (defined.group(1) if defined else f"[{number}]")


def _is_unanswered(name: str, notebook: Notebook, released: str) -> bool:
    cells = [cell for cell in notebook.cells if name in (cell.grade_id, cell.id)]
    if not cells:  # other programs take the names away
        cells = [cell for cell in notebook.cells if name in _DEFINITION.findall(cell.source)]
    return all(_is_open(cell, released) for cell in cells)


def _is_open(cell: Cell, released: str) -> bool:
    text = cell.source.strip()
    raises = cell.kind == "code" and _UNANSWERED.search(text)
    return not text or _digest(text) == released or bool(raises)


def _changed_cells(course: CourseFolder, assignment: Assignment, notebook: Notebook) -> Iterator[str]:
    """Check cells that are missing, repeated or changed, told by their tasks: the course's own count."""
    if assignment.published is None:
        return
    found: Counter[str] = Counter()
    changed: list[str] = []
    released = assignment.published.released
    for cell in notebook.cells:
        check = _check_of(cell)
        if check is None:
            continue
        found[check] += 1
        if check in released and _digest(cell.source.strip()) != released[check]:
            changed.append(check)
    task_of = {check.id: check.task for check in assignment.checks}
    groups = {
        "check-missing": [check for check in task_of if not found[check]],
        "check-repeated": [check for check in task_of if found[check] > 1],
        "check-changed": [check for check in dict.fromkeys(changed) if check in task_of],
    }
    for phrase, checks in groups.items():
        if checks:
            tasks = ", ".join(dict.fromkeys(task_of[check] for check in checks))
            yield say(course.language, phrase, tasks=tasks)


def _check_of(cell: Cell) -> str | None:
    """The check that a cell is, by its name or by its first line."""
    if cell.kind != "code" or cell.answer:
        return None
    if cell.grade_id and cell.points is not None:
        return cell.grade_id
    line = _CHECK_LINE.match(cell.source)  # another program may have taken the cell's name
    return "check-" + line.group(1).replace(".", "-") if line else None


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
