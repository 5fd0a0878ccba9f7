"""What can be said about an exercise without running it: every problem at once, as file:line."""

import re
from collections.abc import Callable, Iterator
from itertools import pairwise
from pathlib import Path

from biolabkit.errors import suggest
from biolabkit_autograder.authoring.exercise import Draft, read_exercise
from biolabkit_autograder.authoring.lint_code import code_problems, hint_codes
from biolabkit_autograder.authoring.problem import Problem
from biolabkit_autograder.authoring.regions import (
    BEGIN_HIDDEN,
    BEGIN_SOLUTION,
    END_HIDDEN,
    END_SOLUTION,
    stray_markers,
)
from biolabkit_autograder.authoring.source import Cell

__all__ = ["FEWEST_WRONG_ANSWERS", "lint", "lint_folder"]

FEWEST_WRONG_ANSWERS = 6

_HANGUL = re.compile("[가-힣]")
# code and formulas, in which an asterisk is none of Markdown's
_NO_PROSE = re.compile(r"```.*?```|`[^`]*`|\$\$.*?\$\$|\$[^$]*\$", re.DOTALL)
_REGION = {"task": (BEGIN_SOLUTION, END_SOLUTION), "check": (BEGIN_HIDDEN, END_HIDDEN)}


def lint(exercise: Draft) -> list[Problem]:
    """Find the problems between the cells of an exercise.

    Parameters
    ----------
    exercise : Draft or Exercise
        As read; problems in the form of its files are found when reading, see `lint_folder`.

    Returns
    -------
    list of Problem
        Sorted by file and line; empty when all is well.
    """
    found = [problem for rule in _RULES for problem in rule(exercise)]
    return sorted(set(found))


def lint_folder(folder: str | Path) -> list[Problem]:
    """Find every problem of the exercise in a folder that can be found without running it.

    Parameters
    ----------
    folder : path-like
        ``exercises/<track>/<nn-slug>``.
    """
    exercise, problems = read_exercise(Path(folder))
    if not exercise.cells and any(problem.path == exercise.source_path for problem in problems):
        return problems  # nothing could be read, so everything else would be said to be missing
    return sorted({*problems, *lint(exercise)})


def _twins(exercise: Draft) -> Iterator[Problem]:
    """Every English text cell is followed by its Korean twin."""
    waiting: Cell | None = None
    for cell in exercise.cells:
        is_twin = cell.kind == "text" and cell.language == "ko" and waiting is not None
        if waiting and not is_twin:
            yield Problem(
                exercise.source_path, waiting.line, 'a lang="en" cell without its lang="ko" twin after it'
            )
        if cell.kind == "text" and cell.language == "ko" and waiting is None:
            yield Problem(
                exercise.source_path, cell.line, 'a lang="ko" cell without its lang="en" twin before it'
            )
        waiting = cell if cell.kind == "text" and cell.language == "en" else None
    if waiting:
        yield Problem(
            exercise.source_path, waiting.line, 'a lang="en" cell without its lang="ko" twin after it'
        )


def _languages(exercise: Draft) -> Iterator[Problem]:
    """English cells hold no Korean, Korean cells do, model answers are in both."""
    path = exercise.source_path
    for cell in exercise.of_kind("text", "essay"):
        korean = _HANGUL.search(cell.source)
        if not cell.source.strip():
            what = (
                "an essay cell holds the model answer" if cell.kind == "essay" else "a text cell holds text"
            )
            yield Problem(path, cell.line, f"{what}; this one is empty")
        elif cell.language == "en" and korean:
            line = cell.first_line + cell.source.count("\n", 0, korean.start())
            yield Problem(path, line, 'Korean text in a lang="en" cell')
        elif cell.language == "ko" and not korean:
            yield Problem(path, cell.first_line, 'no Korean text in a lang="ko" cell')
        elif cell.kind == "essay" and not (korean and re.search("[A-Za-z]{2,} [a-z]{2,} ", cell.source)):
            yield Problem(path, cell.first_line, "the model answer of an essay is in English and in Korean")


def _emphasis(exercise: Draft) -> Iterator[Problem]:
    """Emphasis that JupyterLab shows with its asterisks: in Korean a particle follows without a space."""
    for cell in exercise.of_kind("text", "essay"):
        text = _NO_PROSE.sub(lambda found: re.sub(r"[^\n]", "x", found[0]), cell.source)
        begun = ""
        for run in re.finditer(r"\*+", text):
            before, after = (
                text[run.start() - 1 : run.start()] or " ",
                text[run.end() : run.end() + 1] or " ",
            )
            opens = _flanks(inside=after, outside=before)
            if begun == run[0] and _flanks(inside=before, outside=after):
                begun = ""
            elif begun == run[0] and opens:
                line = cell.first_line + text.count("\n", 0, run.start())
                message = (
                    f"{run[0]!r} between {before!r} and {after!r} does not end the emphasis; end it before "
                    f"{before!r}, or put a space behind it"
                )
                yield Problem(exercise.source_path, line, message)
                begun = ""
            elif opens:
                begun = run[0]


def _flanks(*, inside: str, outside: str) -> bool:
    """CommonMark: whether asterisks between two characters may begin (or end) an emphasis."""
    return not inside.isspace() and (
        inside.isalnum() or inside == "*" or outside.isspace() or not outside.isalnum()
    )


def _names(exercise: Draft) -> Iterator[Problem]:
    """Names are unique, as nbgrader's grade_ids must be."""
    first: dict[str, Cell] = {}
    for cell in exercise.cells:
        earlier = first.setdefault(cell.grade_id, cell)
        if cell.grade_id and earlier is not cell:
            message = f"the name {cell.name!r} is taken by the {earlier.kind} cell in line {earlier.line}"
            yield Problem(exercise.source_path, cell.line, message)


def _prompts(exercise: Draft) -> Iterator[Problem]:
    """The question of an essay stands before it: its own cell holds the marks, which learners never see."""
    for before, cell in pairwise((None, *exercise.cells)):
        if cell is not None and cell.kind == "essay" and (before is None or before.kind != "text"):
            message = f'essay "{cell.name}" has no text cell before it; its prompt stands there'
            yield Problem(exercise.source_path, cell.line, message)


def _checks(exercise: Draft) -> Iterator[Problem]:
    """Every task has a check after it, every check its task before it."""
    path = exercise.source_path
    tasks = {cell.name: cell for cell in exercise.of_kind("task")}
    checks = exercise.of_kind("check")
    for name, cell in tasks.items():
        if not any(check.task == name for check in checks):
            yield Problem(path, cell.line, f'task "{name}" has no check; add # %% check="{name}" points=…')
        if BEGIN_SOLUTION not in cell.source:
            yield Problem(
                path, cell.line, f'task "{name}" has no solution between {BEGIN_SOLUTION} and {END_SOLUTION}'
            )
    for check in checks:
        task = tasks.get(check.task)
        if task is None:
            yield Problem(
                path,
                check.line,
                f'check "{check.name}" has no task "{check.task}"{suggest(check.task, tasks)}',
            )
        elif task.line > check.line:
            yield Problem(
                path, check.line, f'check "{check.name}" stands before its task in line {task.line}'
            )
    if not tasks:
        yield Problem(path, 1, 'an exercise has at least one task: # %% task="name"')


def _markers(exercise: Draft) -> Iterator[Problem]:
    """Markers stand in their own kind of cell, in pairs, hidden tests last."""
    for cell in exercise.cells:
        for offset, message in stray_markers(cell.source, _REGION.get(cell.kind, ())):
            yield Problem(exercise.source_path, cell.first_line + offset, message)
        lines = [line.strip() for line in cell.source.splitlines()]
        if cell.kind == "check" and END_HIDDEN in lines[:-1]:
            line = cell.first_line + lines.index(END_HIDDEN) + 1
            yield Problem(
                exercise.source_path, line, f"{END_HIDDEN!r} is the last line of a check; this follows it"
            )
    for answer in exercise.wrong_answers:
        for task, source in answer.tasks.items():
            for offset, message in stray_markers(source, ()):
                yield Problem(exercise.wrong_answers_path, answer.first_lines[task] + offset, message)


def _wrong_answers(exercise: Draft) -> Iterator[Problem]:
    """Wrong answers name tasks, checks and hints that exist, and are many enough."""
    path = exercise.wrong_answers_path
    tasks = {cell.name for cell in exercise.of_kind("task")}
    checks = {cell.grade_id for cell in exercise.of_kind("check")}
    hints = hint_codes(exercise)
    for answer in exercise.wrong_answers:
        said = f"wrong answer {answer.name!r}"
        for task in sorted(set(answer.tasks) - tasks):
            yield Problem(path, answer.line, f"{said} answers an unknown task {task!r}{suggest(task, tasks)}")
        for check in sorted(set(answer.loses) - checks):
            yield Problem(
                path, answer.line, f"{said} loses an unknown check {check!r}{suggest(check, checks)}"
            )
        if answer.hint and answer.hint not in hints:
            near = suggest(answer.hint, hints)
            yield Problem(
                path, answer.line, f"{said} draws a hint that no check defines: {answer.hint!r}{near}"
            )
        if not answer.misconception.strip():
            yield Problem(
                path, answer.line, f"{said} does not say its misconception in a comment of one line"
            )
    if len(exercise.wrong_answers) < FEWEST_WRONG_ANSWERS:
        found = len(exercise.wrong_answers)
        yield Problem(path, 1, f"at least {FEWEST_WRONG_ANSWERS} wrong answers are expected, found {found}")


_RULES: tuple[Callable[[Draft], Iterator[Problem]], ...] = (
    _twins,
    _languages,
    _emphasis,
    _names,
    _prompts,
    _checks,
    _markers,
    _wrong_answers,
    code_problems,
)
