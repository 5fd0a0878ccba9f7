"""In which order the cells of a notebook run, where, and whose each name is.

Which names are the learner's is read from the course's own notebook: those that its task and free cells bind
are, from that cell on. What these cells import is the judge's as well: it imports it itself.
"""

import ast
import enum
import functools
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from nbformat.notebooknode import NotebookNode

__all__ = ["Binding", "Role", "Step", "bindings", "make_plan", "role_of", "without_magics"]


_MAGIC = re.compile(r"^\s*(%|!|\?)|[=?]\s*[%!]|\?\s*$", re.MULTILINE)


class Role(enum.Enum):
    """What a cell of the course is."""

    SETUP = "setup"  # locked code: runs in workbench and judge
    CHECK = "check"  # runs in the judge
    CODE = "code"  # answers, free cells, added cells: run in the workbench
    ESSAY = "essay"  # graded by hand
    TEXT = "text"


@dataclass(frozen=True)
class Binding:
    """What a task or free cell of the course's notebook binds.

    Attributes
    ----------
    names : tuple of str
        Names that are the learner's from here on.
    imports : tuple of str
        Import statements, which the judge runs for itself.
    """

    names: tuple[str, ...]
    imports: tuple[str, ...]


@dataclass(frozen=True)
class Step:
    """A code cell to run.

    Attributes
    ----------
    index : int
        Position in the notebook.
    role : Role
    name : str
        The ``grade_id``, else ``"cell 7"``.
    source : str
    count : int
        The execution count.
    points : float
        What a check is worth.
    before : tuple of Binding
        Of the course's cells since the setup or check cell before.
    shared : tuple of str
        Names that a setup cell binds: both processes have them.
    """

    index: int
    role: Role
    name: str
    source: str
    count: int
    points: float = 0.0
    before: tuple[Binding, ...] = ()
    shared: tuple[str, ...] = ()


def role_of(cell: "NotebookNode") -> Role:
    """Tell a cell's role from its nbgrader metadata."""
    marks = cell.metadata.get("nbgrader", {})
    if marks.get("grade") and marks.get("solution"):
        return Role.ESSAY
    if cell.cell_type != "code":
        return Role.ESSAY if marks.get("grade") else Role.TEXT
    if marks.get("grade"):
        return Role.CHECK
    if marks.get("locked") and not marks.get("solution"):
        return Role.SETUP
    return Role.CODE


def make_plan(notebook: "NotebookNode", assignment: "NotebookNode") -> list[Step]:
    """Order the code cells of a submission.

    Parameters
    ----------
    notebook : NotebookNode
        The course's notebook with the learner's answers in it.
    assignment : NotebookNode
        The course's own notebook.
    """
    before, steps, count = _bindings_before(assignment), [], 0
    for index, cell in enumerate(notebook.cells):
        role = role_of(cell)
        runs = cell.cell_type == "code" and cell.source.strip()
        if not runs:
            continue
        count += 1
        marks = cell.metadata.get("nbgrader", {})
        name = str(marks.get("grade_id") or f"cell {index + 1}")
        steps.append(
            Step(
                index=index,
                role=role,
                name=name,
                source=cell.source,
                count=count,
                points=float(marks.get("points") or 0),
                before=before.get(name, ()),
                shared=bindings(cell.source).names if role is Role.SETUP else (),
            )
        )
    return steps


def _bindings_before(assignment: "NotebookNode") -> dict[str, tuple[Binding, ...]]:
    """For each setup and check cell what the course's task and free cells before it bind."""
    found: dict[str, tuple[Binding, ...]] = {}
    since: list[Binding] = []
    for cell in assignment.cells:
        role = role_of(cell)
        if role in (Role.SETUP, Role.CHECK):
            found[cell.metadata["nbgrader"]["grade_id"]] = tuple(since)
            since = []
        elif cell.cell_type == "code":  # a code cell that is graded by hand is an answer as well
            since.append(bindings(cell.source))
    return found


@functools.lru_cache(maxsize=1000)  # the same for every submission of an exercise
def bindings(source: str) -> Binding:
    """Find what a cell binds at its top level.

    Parameters
    ----------
    source : str
        Code of the course's; magics are allowed, code that cannot be parsed binds nothing.
    """
    text = without_magics(source)
    try:
        tree, table = ast.parse(text), symtable.symtable(text, "<cell>", "exec")
    except (SyntaxError, ValueError):
        return Binding((), ())
    names = {symbol.get_name() for symbol in table.get_symbols() if symbol.is_assigned()}
    for inner in _below(table):
        names |= {s.get_name() for s in inner.get_symbols() if s.is_declared_global() and s.is_assigned()}
    imports = [
        ast.unparse(node) for node in _top_level(tree) if isinstance(node, ast.Import | ast.ImportFrom)
    ]
    return Binding(tuple(sorted(names)), tuple(imports))


def without_magics(source: str) -> str:
    """Turn IPython's own syntax into Python, where a cell has some."""
    if not _MAGIC.search(source):
        return source
    from IPython.core.inputtransformer2 import TransformerManager

    return str(TransformerManager().transform_cell(source))


def _below(table: symtable.SymbolTable) -> Iterator[symtable.SymbolTable]:
    for child in table.get_children():
        yield child
        yield from _below(child)


def _top_level(node: ast.AST) -> Iterator[ast.AST]:
    """Statements that run in the cell's own namespace."""
    scopes: tuple[Any, ...] = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Lambda)
    for child in ast.iter_child_nodes(node):
        yield child
        if not isinstance(child, scopes):
            yield from _top_level(child)
