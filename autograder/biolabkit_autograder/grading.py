"""The records that every grading engine takes and gives.

An engine gets a :class:`Submission` (the course's own notebook with the learner's answers in it, made by
:mod:`biolabkit_autograder.intake`), runs it and gives a :class:`Graded`. It writes nothing: the gradebook,
the autograded notebook and the evidence are written by :mod:`biolabkit_autograder.store` alone.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Protocol

from biolabkit.errors import GradingError

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

__all__ = [
    "Engine",
    "EngineFactory",
    "Graded",
    "Limits",
    "Mark",
    "RefusedError",
    "Settings",
    "Submission",
    "one_line",
]

#: What moves a terminal's cursor, ends a line, or turns the direction of the text that follows.
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_LONGEST_LINE = 600


def one_line(text: object) -> str:
    """Make one line of a message that may quote a submission: no control character, no half character."""
    line = _CONTROL.sub(" ", str(text)).encode("utf-8", "replace").decode("utf-8").strip()
    return line if len(line) <= _LONGEST_LINE else line[: _LONGEST_LINE - 1] + "…"


class RefusedError(GradingError):
    """A submission cannot be graded; the learner is told why in their language.

    Parameters
    ----------
    en, ko : str
        One line each. The English one is the exception's message.
    """

    def __init__(self, en: str, ko: str) -> None:
        self.en, self.ko = one_line(en), one_line(ko)
        super().__init__(self.en)

    def in_language(self, language: str) -> str:
        """Give the line in a course's language."""
        return self.ko if language == "ko" else self.en


@dataclass(frozen=True)
class Limits:
    """What one submission may use.

    Attributes
    ----------
    seconds_per_cell : float
        Wall time of one cell; a cell over it is interrupted and costs only its own task.
    seconds : float
        Wall time of the whole submission.
    memory_mb, disk_mb : int
        Mebibytes of memory and of files.
    processes : int
        Processes and threads at one time.
    output_bytes : int
        Bytes of output that are kept of one cell.
    """

    seconds_per_cell: float = 60.0
    seconds: float = 600.0
    memory_mb: int = 2000
    disk_mb: int = 200
    processes: int = 64
    output_bytes: int = 2_000_000


@dataclass(frozen=True)
class Settings:
    """How submissions are graded: those of one exercise, or for an :data:`EngineFactory` of all together.

    Attributes
    ----------
    language : {"en", "ko"}
        Language of hints, cards and of the sentences in ``problems``.
    limits : Limits
        The exercise's limits where it has its own, else the course's.
    imports : tuple of str
        Modules the exercise imports, which an engine may load once for all submissions.
    datasets : tuple of str
        Names of the datasets that the exercise reads.
    environment : mapping of str to str
        Environment variables of the learner's code besides ``BIOLAB_LEARNER``: the language, the cache, the
        mirror, ``BIOLABKIT_OFFLINE=1``.
    workers : int
        Submissions that are graded at one time.
    unsafe : bool
        The instructor accepts to run without isolation.
    """

    language: str = "en"
    limits: Limits = field(default_factory=Limits)
    imports: tuple[str, ...] = ()
    datasets: tuple[str, ...] = ()
    environment: Mapping[str, str] = field(default_factory=dict)
    workers: int = 1
    unsafe: bool = False


@dataclass(frozen=True)
class Submission:
    """One learner's answers in the course's own notebook.

    Attributes
    ----------
    learner, exercise : str
        Who answered what.
    notebook : NotebookNode
        The instructor's notebook in which each answer cell holds the learner's source, and the cells that the
        learner added stand where they were. Checks, points, metadata and every other cell are the course's.
        It has no outputs.
    problems : tuple of str
        Sentences about what was repaired: missing, repeated or renamed cells.
    unanswered : tuple of str
        ``grade_id`` of the answer cells that are missing or still as released.
    digest : str
        SHA-256 of the submitted file.
    """

    learner: str
    exercise: str
    notebook: NotebookNode
    problems: tuple[str, ...]
    unanswered: tuple[str, ...]
    digest: str


@dataclass(frozen=True)
class Mark:
    """The outcome of one gradable cell.

    Attributes
    ----------
    check : str
        The cell's ``grade_id``.
    points : float or None
        None waits for a grade by hand (an essay).
    max_points : float
        What the cell is worth.
    hint : str or None
        Code of the hint that was drawn.
    card : dict or None
        ``biolabkit.check.Card.to_dict()`` of the outcome.
    seconds : float
        Wall time of the check cell.
    """

    check: str
    points: float | None
    max_points: float
    hint: str | None = None
    card: dict[str, Any] | None = None
    seconds: float = 0.0


@dataclass(frozen=True)
class Graded:
    """A graded submission, as an engine gives it to the store.

    Attributes
    ----------
    learner, exercise : str
        Whose work on which exercise.
    marks : tuple of Mark
        One for each gradable cell of the assignment, in its order.
    notebook : NotebookNode
        The executed notebook with outputs; nbgrader's metadata are intact.
    problems : tuple of str
        Sentences for the learner: repairs of the intake and limits that were hit.
    engine, isolation : str
        What graded it, and what kept it apart from the rest of the machine.
    """

    learner: str
    exercise: str
    marks: tuple[Mark, ...]
    notebook: NotebookNode
    problems: tuple[str, ...]
    engine: str
    isolation: str

    @property
    def points(self) -> float:
        """Points given so far; what waits for a grade by hand counts as 0."""
        return sum(mark.points or 0.0 for mark in self.marks)

    @property
    def max_points(self) -> float:
        """Points that could be had."""
        return sum(mark.max_points for mark in self.marks)


class Engine(Protocol):
    """What runs submissions. `grade` is called from several threads at one time.

    Attributes
    ----------
    name : str
        The word after ``--engine``.
    version : str
        Changes whenever the engine could give other points; a graded submission is graded again then.
    isolation : str
        What keeps a submission apart from the machine, for example ``"none"``.
    """

    @property
    def name(self) -> str:
        """The word after ``--engine``."""

    @property
    def version(self) -> str:
        """Changes whenever the engine could give other points."""

    @property
    def isolation(self) -> str:
        """What keeps a submission apart from the rest of the machine."""

    def grade(self, submission: Submission, assignment: NotebookNode, settings: Settings) -> Graded:
        """Run one submission.

        Parameters
        ----------
        submission : Submission
            From :func:`biolabkit_autograder.intake.read_submission`.
        assignment : NotebookNode
            The instructor's notebook, with solutions and hidden checks.
        settings : Settings
            Language, limits and environment.

        Raises
        ------
        GradingError
            When this submission cannot be graded; the others are not touched. One line.
        """


#: Opens an engine for the submissions of a course: the settings have the modules and datasets of all its
#: exercises. Leaving the context ends all its processes.
EngineFactory = Callable[[Settings], AbstractContextManager[Engine]]
