"""The answers of a solution, emptied while a check looks at them: a check that passes then has not looked.

A condition about each element holds where there is none, as in ``(got > 0).all()``, and an array without
elements meets any other: ``np.empty((0, 3)) == [1, 2, 3]`` is not False anywhere. An author's own solution
never shows that; so a trial runs the checks on emptied answers as well.
"""

import ast
import sys
import types
from collections.abc import MutableMapping
from functools import wraps
from typing import Any

__all__ = ["EmptiedAnswers", "NothingEmptiedError", "answers", "empty_of", "with_emptied_answers"]

_SELF = f'__import__("{__name__}", fromlist=["answers"]).answers'


class NothingEmptiedError(Exception):
    """A check came to its end and has met no answer that can be empty: it says nothing."""


class EmptiedAnswers:
    """Exchanges the names that tasks made for emptied ones, from the beginning of a check to its end."""

    def __init__(self) -> None:
        self._kept: dict[str, Any] = {}
        self._count = 0

    def begin(self, space: MutableMapping[str, Any], names: list[str]) -> None:
        """Exchange; called from the check cell itself."""
        cell = sys._getframe(1).f_code.co_filename
        self._kept = {name: space[name] for name in names if name in space}
        self._count = 0
        space.update({name: self._answer(value, cell) for name, value in self._kept.items()})

    def end(self, space: MutableMapping[str, Any]) -> None:
        """Put back what `begin` exchanged."""
        space.update(self._kept)
        self._kept = {}

    def confirm(self) -> None:
        """Raise `NothingEmptiedError` where the check has met no emptied answer."""
        if not self._count:
            raise NothingEmptiedError("nothing that the check looks at can be empty")

    def _answer(self, value: Any, cell: str) -> Any:
        return self._function(value, cell) if isinstance(value, types.FunctionType) else self._emptied(value)

    def _function(self, function: types.FunctionType, cell: str) -> Any:
        @wraps(function)
        def emptied(*args: Any, **kwargs: Any) -> Any:
            found = function(*args, **kwargs)
            # what another function of the solution asks for stays as it is, or that one would stop
            return self._emptied(found) if sys._getframe(1).f_code.co_filename == cell else found

        return emptied

    def _emptied(self, value: Any) -> Any:
        if not isinstance(value, tuple):
            found = empty_of(value)
            self._count += found is not value
            return found
        parts = [empty_of(part) for part in value]
        # a check may rightly look at a number beside an array, and at that alone
        self._count += all(new is not old for new, old in zip(parts, value, strict=True)) and bool(parts)
        return type(value)(*parts) if hasattr(value, "_fields") else tuple(parts)


answers = EmptiedAnswers()


def empty_of(value: Any) -> Any:
    """What is as `value`, but holds nothing; the value itself where there is no such thing.

    Parameters
    ----------
    value : object
        An array or tensor becomes one of shape (0, ...), which meets any other; a table or column loses its
        rows; lists, dicts, sets and texts become empty.
    """
    import numpy as np
    import pandas as pd

    torch = sys.modules.get("torch")
    arrays = (np.ndarray,) if torch is None else (np.ndarray, torch.Tensor)
    if isinstance(value, arrays):
        return value[None][:0] if value.ndim and 0 not in value.shape else value
    if isinstance(value, pd.DataFrame | pd.Series):
        return value.iloc[:0] if len(value) else value
    if isinstance(value, list | dict | set | str | bytes):
        return type(value)() if value else value
    return value


def with_emptied_answers(sources: list[tuple[str, str]]) -> list[str]:
    """Change the code cells of a solved exercise so that its checks meet emptied answers.

    Parameters
    ----------
    sources : list of (str, str)
        Kind and source of each cell, in order.
    """
    names: set[str] = set()
    changed = []
    for kind, source in sources:
        if kind == "check":
            begun = f"{_SELF}.begin(globals(), {sorted(names & _read(source))!r})"
            changed.append(f"{begun}\n{source}\n{_SELF}.confirm()")
        else:
            names |= _bound(source) if kind == "task" else set()
            changed.append(f"{_SELF}.end(globals())\n{source}")
    return changed


def _bound(source: str) -> set[str]:
    """The functions and variables that a cell makes; not what it imports."""
    body = ast.parse(source).body
    functions = {node.name for node in body if isinstance(node, ast.FunctionDef)}
    assignments = (node for node in body if isinstance(node, ast.Assign | ast.AnnAssign))
    return functions.union(*(_names(node, ast.Store) for node in assignments))


def _read(source: str) -> set[str]:
    return _names(ast.parse(source), ast.Load)


def _names(tree: ast.AST, context: type[ast.expr_context]) -> set[str]:
    nodes = ast.walk(tree)
    return {node.id for node in nodes if isinstance(node, ast.Name) and isinstance(node.ctx, context)}
