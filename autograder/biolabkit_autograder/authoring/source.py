"""exercise.py and wrong_answers.py: what each cell is for."""

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from biolabkit.errors import suggest
from biolabkit_autograder.authoring.percent import PercentCell, read_percent
from biolabkit_autograder.authoring.problem import Problem

__all__ = ["LANGUAGES", "Cell", "Kind", "WrongAnswer", "read_source", "read_wrong_answers"]

LANGUAGES = ("en", "ko")

Kind = Literal["text", "setup", "free", "task", "check", "essay"]

# Which attributes a marker may have, all of them required; the kind is told by the first one.
_ATTRIBUTES: Mapping[Kind, tuple[str, ...]] = {
    "text": ("lang",),
    "setup": (),
    "free": (),
    "task": ("task",),
    "check": ("check", "points"),
    "essay": ("essay", "points"),
}
_MARKDOWN: frozenset[Kind] = frozenset({"text", "essay"})
_WORDS = ("setup", "[markdown]")
_NAME = re.compile(r"[a-z][a-z0-9_]*")
_CHECK_NAME = re.compile(r"[a-z][a-z0-9_]*(\.[a-z0-9_]+)?")


@dataclass(frozen=True)
class Cell:
    """One cell of an exercise.

    Attributes
    ----------
    kind : str
        ``text``, ``setup``, ``free``, ``task``, ``check`` or ``essay``.
    name : str
        Of a task, check (``task`` or ``task.part``) or essay; ``setup``, ``setup-2`` …; else empty.
    language : str
        ``en`` or ``ko`` for text, else empty.
    points : float
        Of a check or essay, else 0.
    source : str
        What stands in the cell, with solutions and hidden tests.
    line, first_line : int
        1-based lines of the marker and of the first line of `source` in exercise.py.
    """

    kind: Kind
    name: str
    language: str
    points: float
    source: str
    line: int
    first_line: int

    @property
    def grade_id(self) -> str:
        """The name of the cell in nbgrader, empty for text and free code."""
        if self.kind in ("check", "essay"):
            return f"{self.kind}-{self.name.replace('.', '-')}"
        return self.name

    @property
    def task(self) -> str:
        """The task that a task cell or a check is about."""
        return self.name.split(".")[0] if self.kind in ("task", "check") else ""


@dataclass(frozen=True)
class WrongAnswer:
    """A known misconception written as code.

    Attributes
    ----------
    name : str
    misconception : str
        One line that says what the learner believes.
    tasks : dict of str to str
        Per task, the source that replaces the whole task cell.
    loses : tuple of str
        grade_ids of exactly the checks that it must lose.
    hint : str
        Code of the hint that it must draw.
    line : int
        Of its first marker in wrong_answers.py.
    first_lines : dict of str to int
        Per task, the line in wrong_answers.py of the first line of its source.
    """

    name: str
    misconception: str
    tasks: Mapping[str, str] = field(hash=False)
    loses: tuple[str, ...]
    hint: str
    line: int
    first_lines: Mapping[str, int] = field(hash=False)


def read_source(path: Path) -> tuple[tuple[Cell, ...], list[Problem]]:
    """Read exercise.py; problems are those of single cells, see `lint` for those between cells."""
    raw, problems = read_percent(path)
    cells: list[Cell] = []
    setups = 0
    for percent in raw:
        kind = _kind(percent)
        setups += kind == "setup"
        ordinal = "setup" if setups == 1 else f"setup-{setups}"
        name = ordinal if kind == "setup" else percent.attributes.get(kind, "")
        problems += [Problem(path, percent.line, message) for message in _marker_mistakes(percent, kind)]
        cells.append(
            Cell(
                kind=kind,
                name=name,
                language=percent.attributes.get("lang", ""),
                points=_number(percent.attributes.get("points", "")) or 0.0,
                source=percent.source,
                line=percent.line,
                first_line=percent.first_line,
            )
        )
    return tuple(cells), problems


def read_wrong_answers(path: Path) -> tuple[tuple[WrongAnswer, ...], list[Problem]]:
    """Read wrong_answers.py; cells with the same ``wrong`` name are one wrong answer in several tasks."""
    raw, problems = read_percent(path)
    found: dict[str, list[PercentCell]] = {}
    for percent in raw:
        known = ("wrong", "task", "loses", "hint")
        mistakes = _unknown(percent, known) + [
            f'{key}="…" is missing' for key in ("wrong", "task") if not percent.attributes.get(key)
        ]
        if percent.markdown or percent.words:
            mistakes.append('a wrong answer starts with # %% wrong="name" task="…" loses="…" hint="…"')
        problems += [Problem(path, percent.line, message) for message in mistakes]
        if not mistakes:
            found.setdefault(percent.attributes["wrong"], []).append(percent)
    answers = []
    for name, parts in found.items():
        answer, mistakes_found = _wrong_answer(path, name, parts)
        answers.append(answer)
        problems += mistakes_found
    return tuple(answers), problems


def _kind(percent: PercentCell) -> Kind:
    for kind in ("task", "check", "essay"):
        if kind in percent.attributes:
            return kind
    if percent.markdown:
        return "text"
    return "setup" if "setup" in percent.words else "free"


def _marker_mistakes(percent: PercentCell, kind: Kind) -> list[str]:
    known = _ATTRIBUTES[kind]
    mistakes = _unknown(percent, known)
    mistakes += [f"{key}= is missing on this {kind} cell" for key in known if key not in percent.attributes]
    words = [word for word in percent.words if not (kind == "setup" and word == "setup")]
    mistakes += [f"unknown word {word!r} on a cell marker{suggest(word, _WORDS)}" for word in words]
    if percent.markdown != (kind in _MARKDOWN):
        form = "markdown: # %% [markdown]" if kind in _MARKDOWN else "code, without [markdown]"
        mistakes.append(f"cells of kind {kind} are {form}")
    value = percent.attributes.get
    if kind == "text" and value("lang", "en") not in LANGUAGES:
        mistakes.append(f'lang="{value("lang")}" is no course language; use "en" or "ko"')
    if "points" in known and "points" in percent.attributes:
        points = _number(percent.attributes["points"])
        if points is None or not 0 < points < math.inf:
            mistakes.append(f"points must be a positive number, found {value('points')}")
    return mistakes + _name_mistakes(kind, value(kind))


def _name_mistakes(kind: Kind, name: str | None) -> list[str]:
    pattern = _CHECK_NAME if kind == "check" else _NAME
    if (
        kind not in ("task", "check", "essay")
        or name is None
        or (pattern.fullmatch(name) and len(name) <= 40)
    ):
        return []
    form = '"task" or "task.part"' if kind == "check" else "a name"
    return [f'{kind}="{name}": {form} in lower-case letters, digits and _ is expected, 40 at most']


def _unknown(percent: PercentCell, known: tuple[str, ...]) -> list[str]:
    return [
        f"unknown attribute {key}= on a cell marker{suggest(key, known)}"
        for key in percent.attributes
        if key not in known
    ]


def _wrong_answer(path: Path, name: str, parts: list[PercentCell]) -> tuple[WrongAnswer, list[Problem]]:
    problems = []
    tasks: dict[str, str] = {}
    first_lines: dict[str, int] = {}
    said: dict[str, str] = {}
    misconception = ""
    for part in parts:
        comment, _, code = part.source.partition("\n")
        if not comment.startswith("# "):
            problems.append(
                Problem(path, part.line, "a wrong answer begins with a comment: the misconception")
            )
            comment, code = "", part.source
        misconception = misconception or comment.removeprefix("# ")
        task = part.attributes["task"]
        if task in tasks:
            problems.append(Problem(path, part.line, f"wrong answer {name!r} answers task {task!r} twice"))
        tasks[task] = code.strip("\n")
        blank = len(code) - len(code.lstrip("\n"))
        first_lines[task] = part.first_line + bool(comment) + blank
        for key in ("loses", "hint"):
            value = part.attributes.get(key, said.get(key, ""))
            if said.setdefault(key, value) != value:
                problems.append(Problem(path, part.line, f"wrong answer {name!r} says {key}= in two ways"))
    problems += [
        Problem(path, parts[0].line, f'wrong answer {name!r} lacks {key}="…"')
        for key in ("loses", "hint")
        if not said[key]
    ]
    loses = tuple(check for check in re.split(r"[,\s]+", said["loses"]) if check)
    answer = WrongAnswer(name, misconception, tasks, loses, said["hint"], parts[0].line, first_lines)
    return answer, problems


def _number(text: str) -> float | None:
    try:
        return float(text)
    except ValueError:
        return None
