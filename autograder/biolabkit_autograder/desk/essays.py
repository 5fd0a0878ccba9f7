"""Written answers, graded by hand: read from gradebook and graded notebooks, written as formgrader does.

A grade by hand is nbgrader's ``manual_score``, and the answer does not wait any more: formgrader, regrades,
feedback and export see it as one of formgrader's own.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from html import escape
from typing import TYPE_CHECKING, Any

from biolabkit.errors import CourseError, InputError, UnknownNameError
from biolabkit_autograder.workflow.budget import Budget
from biolabkit_autograder.workflow.prose import markdown
from biolabkit_autograder.workflow.sanitise import count_tags

from .points import select

if TYPE_CHECKING:
    from nbgrader.api import Gradebook

    from biolabkit_autograder.course import Course

__all__ = ["Answer", "ChangedError", "Essay", "Shown", "essays", "grade_by_hand", "show"]

#: What stands beside an answer that is missing or still as released; written by the store.
_NO_RESPONSE = "No response."
_LONGEST_COMMENT = 5000

_ANSWERS = """
SELECT grade.id, graded.name, grade_cells.max_score, submitted_assignment.student_id,
       grade.manual_score, grade.needs_manual_grade, comment.manual_comment, comment.auto_comment,
       assignment.name
FROM grade
JOIN base_cell AS graded ON graded.id = grade.cell_id
JOIN grade_cells ON grade_cells.id = graded.id
JOIN base_cell AS written ON written.name = graded.name AND written.notebook_id = graded.notebook_id
     AND written.type = 'SolutionCell'
JOIN submitted_notebook ON submitted_notebook.id = grade.notebook_id
JOIN submitted_assignment ON submitted_assignment.id = submitted_notebook.assignment_id
JOIN assignment ON assignment.id = submitted_assignment.assignment_id
LEFT JOIN comment ON comment.cell_id = written.id AND comment.notebook_id = grade.notebook_id
"""
_OF_EXERCISE = _ANSWERS + "WHERE assignment.name = ? ORDER BY grade.id"
_ONE = _ANSWERS + "WHERE grade.id = ?"

_HANGUL = re.compile("[\uac00-\ud7a3]")
#: How mark schemes begin; the page has a heading of its own.
_HEADING = re.compile(r"\s*(\*\*|#+ )(mark scheme|채점 기준)(\*\*)?[ \t]*(\n|$)", re.IGNORECASE)


class ChangedError(InputError):
    """What was graded is not what was shown: the answer, or its grade, has changed since."""


@dataclass(frozen=True)
class Answer:
    """One learner's answer as the gradebook has it.

    Attributes
    ----------
    id : str
        nbgrader's key of the grade: says nothing of whose it is, and sorts answers in no known order.
    check, exercise, learner : str
        What it answers, and whose it is.
    points : float or None
        Given by hand so far.
    max_points : float
        The most there is.
    waiting : bool
        It waits for a grade, or for another look because it has changed since.
    comment : str
        The instructor's words to the learner.
    blank : bool
        Missing, or still as released; grading gives these 0 points.
    """

    id: str
    check: str
    exercise: str
    learner: str
    points: float | None
    max_points: float
    waiting: bool
    comment: str
    blank: bool


@dataclass(frozen=True)
class Essay:
    """A question that is answered in words.

    Attributes
    ----------
    check : str
        Its ``grade_id``.
    max_points : float
        What it is worth.
    prompt : str
        The question as safe HTML.
    scheme : dict of str to str
        The mark scheme as safe HTML by language.
    answers : tuple of Answer
        In an order that says nothing of whose they are.
    """

    check: str
    max_points: float
    prompt: str
    scheme: dict[str, str]
    answers: tuple[Answer, ...]


@dataclass(frozen=True)
class Shown:
    """An answer to be read.

    Attributes
    ----------
    answer : Answer
        What the gradebook has.
    html : str
        The text, as safe HTML.
    version : str
        Another one as soon as the text or its grade is another.
    """

    answer: Answer
    html: str
    version: str


def essays(course: Course, exercise: str) -> list[Essay]:
    """Find the questions of an exercise that are graded by hand, with their answers.

    Raises
    ------
    UnknownNameError
        When the course has no such exercise.
    CourseError
        When it is not built, or the gradebook cannot be read.
    """
    name = course.exercise(exercise).name
    answers = [_answer(row) for row in select(course, _OF_EXERCISE, name)]
    cells = _cells(course, "source", name)
    found = []
    for place, cell in enumerate(cells):
        mine = _nbgrader(cell)
        if mine.get("grade") and mine.get("solution"):
            check = str(mine["grade_id"])
            its = tuple(one for one in answers if one.check == check)
            prompt = _safe("\n\n".join(_prompt(cells, place)))
            found.append(Essay(check, float(mine["points"]), prompt, _scheme(_source(cell)), its))
    return found


def show(course: Course, key: str) -> Shown:
    """Read one answer.

    Raises
    ------
    UnknownNameError
        When there is no such answer (any more).
    CourseError
        When the graded notebook or the gradebook cannot be read.
    """
    answer = _find(course, key)
    cells = _cells(course, "autograded", answer.exercise, answer.learner)
    text = next((_source(cell) for cell in cells if _nbgrader(cell).get("grade_id") == answer.check), "")
    stand = json.dumps([text, answer.points, answer.waiting, answer.comment])
    return Shown(answer, _safe(text), hashlib.sha256(stand.encode()).hexdigest())


def grade_by_hand(course: Course, key: str, points: float | None, comment: str, version: str) -> Shown:
    """Give an answer points and a comment.

    Parameters
    ----------
    course : Course
        An opened course.
    key : str
        The answer's id.
    points : float or None
        None takes an earlier grade back.
    comment : str
        For the learner; empty for none.
    version : str
        Of what was shown: refuses when it is another now.

    Raises
    ------
    ChangedError
        When answer or grade are not those that were shown; nothing is written then.
    InputError
        When the points are below 0 or above the most there is, or the comment is too long.
    CourseError
        When the gradebook cannot be written.
    """
    shown = show(course, key)
    if shown.version != version:
        raise ChangedError(
            "this answer or its grade has changed since it was shown (a new submission, another tab or "
            "formgrader); look at it again: nothing was saved"
        )
    most = shown.answer.max_points
    if points is not None and not 0 <= points <= most:
        raise InputError(f"{points:g} points: expected 0 to {most:g}")
    if len(comment) > _LONGEST_COMMENT:
        raise InputError(f"the comment has {len(comment)} characters; at most {_LONGEST_COMMENT} fit")
    with _written(course) as gradebook:
        _write(gradebook, key, points, comment.strip() or None)
    return show(course, key)


def _write(gradebook: Gradebook, key: str, points: float | None, comment: str | None) -> None:
    """As formgrader's two handlers do: the score, whether it waits, and the comment beside the answer."""
    grade = gradebook.find_grade_by_id(key)
    grade.manual_score = points
    grade.needs_manual_grade = points is None and grade.auto_score is None
    for one in grade.notebook.comments:
        if one.name == grade.name:
            one.manual_comment = comment


@contextmanager
def _written(course: Course) -> Iterator[Gradebook]:
    from sqlalchemy.exc import DatabaseError

    from biolabkit_autograder.store import open_gradebook

    gradebook = open_gradebook(course)
    try:
        yield gradebook
        gradebook.db.commit()
    except DatabaseError as error:
        gradebook.db.rollback()
        raise CourseError(
            f"the gradebook cannot be written ({error.orig}); close other programs that use it, see that the "
            "disk is not full, and save again"
        ) from error
    finally:
        gradebook.close()


def _find(course: Course, key: str) -> Answer:
    rows = select(course, _ONE, key)
    if not rows:
        raise UnknownNameError("answer", key, ())
    return _answer(rows[0])


def _answer(row: Sequence[Any]) -> Answer:
    key, check, most, learner, points, waiting, comment, automatic, exercise = row
    return Answer(
        key,
        check,
        exercise,
        learner,
        points,
        most,
        waiting=bool(waiting),
        comment=comment or "",
        blank=automatic == _NO_RESPONSE,
    )


def _cells(course: Course, step: str, exercise: str, learner: str | None = None) -> list[dict[str, Any]]:
    """Cells of one of the course's own notebooks; nbformat would spend seconds on its schema."""
    path = course.notebook(step, exercise, learner)
    try:
        return list(json.loads(path.read_text(encoding="utf-8"))["cells"])
    except (OSError, ValueError, KeyError, TypeError) as error:
        what = "biolab course grade" if learner else "biolab course build"
        raise CourseError(f"{path} cannot be read ({error}); run: {what}") from error


def _nbgrader(cell: dict[str, Any]) -> dict[str, Any]:
    return dict(cell.get("metadata", {}).get("nbgrader", {}))


def _source(cell: dict[str, Any]) -> str:
    source = cell.get("source", "")
    return source if isinstance(source, str) else "".join(source)


def _prompt(cells: list[dict[str, Any]], place: int) -> list[str]:
    """The prose right before an answer."""
    prose: list[str] = []
    for cell in reversed(cells[:place]):
        if cell.get("cell_type") != "markdown" or _nbgrader(cell).get("grade"):
            break
        prose.insert(0, _source(cell))
    return prose


def _scheme(text: str) -> dict[str, str]:
    """The mark scheme by language: Korean begins with the first paragraph that has a Korean letter."""
    paragraphs = text.split("\n\n")
    first = next((place for place, one in enumerate(paragraphs) if _HANGUL.search(one)), len(paragraphs))
    parts = ("\n\n".join(paragraphs[:first]), "\n\n".join(paragraphs[first:]))
    english, korean = (_HEADING.sub("", one, count=1) if _HEADING.match(one) else one for one in parts)
    return {"en": _safe(english or korean), "ko": _safe(korean or english)}


def _safe(text: str) -> str:
    """A cell's Markdown as HTML that may be shown; what is too long to render stays plain, and is cut."""
    budget = Budget()
    if budget.take("markdown", len(text)) and budget.take("tags", count_tags(text)):
        return markdown(text)
    shown, is_whole = budget.cut(text)
    return f"<pre>{escape(shown)}{'' if is_whole else ' …'}</pre>"
