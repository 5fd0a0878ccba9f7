"""Plain asserts: the two values that ``assert got == want`` compared, for the card of one that failed.

Before a check cell runs, `keep_sides` lets each of its asserts that compares two values keep them under names
of their own; nothing is evaluated twice. Afterwards `failed_assert` finds the one that failed, with its
values.
"""

import ast
import linecache
import textwrap
from types import TracebackType
from typing import Any, NamedTuple

__all__ = ["FailedAssert", "SideKeeper", "failed_assert", "keep_sides"]

#: How a comparison is written before what is expected; nothing where it is the very value.
_OPERATORS: dict[type[ast.cmpop], str] = {
    ast.Eq: "", ast.Is: "", ast.NotEq: "!= ", ast.IsNot: "is not ", ast.Lt: "< ", ast.LtE: "<= ",
    ast.Gt: "> ", ast.GtE: ">= ", ast.In: "in ", ast.NotIn: "not in ",
}  # fmt: skip


class FailedAssert(NamedTuple):
    """An assert that did not hold.

    Attributes
    ----------
    source : str
        The whole statement.
    operator : str or None
        What stands before the expected value: ``"< "``, or nothing for ``==``. None where no two values were
        compared.
    sides : tuple
        The value got and the one that it was compared with.
    """

    source: str
    operator: str | None
    sides: tuple[Any, Any]


def keep_sides(tree: ast.Module) -> ast.Module:
    """Let the asserts of a check cell keep the two values that they compare."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Assert) and (test := _comparison(node)) is not None:
            names = _names(node)
            test.left = _kept(names[0], test.left)
            test.comparators = [_kept(names[1], test.comparators[0])]
    return ast.fix_missing_locations(tree)


class SideKeeper(ast.NodeTransformer):
    """`keep_sides` as IPython takes it: for the cells that begin with ``lab.check(...)``."""

    def visit(self, node: ast.AST) -> ast.AST:
        """Change a whole cell, or nothing."""
        return keep_sides(node) if isinstance(node, ast.Module) and _is_check(node) else node


def failed_assert(step: TracebackType) -> FailedAssert | None:
    """The assert that raised the error of a frame, None where its source cannot be found.

    Parameters
    ----------
    step : traceback
        The innermost step of the traceback.
    """
    source = "".join(linecache.getlines(step.tb_frame.f_code.co_filename))
    try:
        nodes = ast.walk(ast.parse(source))
    except (SyntaxError, ValueError, RecursionError):
        return None
    found = [node for node in nodes if isinstance(node, ast.Assert) and _covers(node, step.tb_lineno)]
    if not found:
        return None
    node = found[-1]
    statement = textwrap.dedent(ast.get_source_segment(source, node, padded=True) or "")
    names, values = _names(node), {**step.tb_frame.f_globals, **step.tb_frame.f_locals}
    test = _comparison(node)
    if test is None or not all(name in values for name in names):
        return FailedAssert(statement, None, (None, None))
    got, want = (values[name] for name in names)
    if isinstance(test.left, ast.Constant):
        got, want = want, got
    return FailedAssert(statement, _OPERATORS[type(test.ops[0])], (got, want))


def _comparison(node: ast.Assert) -> ast.Compare | None:
    """The comparison of two values that an assert makes; ``3 < x`` would show them the wrong way round."""
    test = node.test
    if not (isinstance(test, ast.Compare) and len(test.ops) == 1):
        return None
    ordered = isinstance(test.ops[0], ast.Eq) or not isinstance(test.left, ast.Constant)
    return test if ordered else None


def _names(node: ast.Assert) -> tuple[str, str]:
    place = f"{node.lineno}_{node.col_offset}"
    return f"__biolab_got_{place}", f"__biolab_want_{place}"


def _kept(name: str, value: ast.expr) -> ast.expr:
    return ast.copy_location(ast.NamedExpr(ast.Name(name, ast.Store()), value), value)


def _covers(node: ast.Assert, line: int) -> bool:
    return node.lineno <= line <= (node.end_lineno or node.lineno)


def _is_check(cell: ast.Module) -> bool:
    first = cell.body[0] if cell.body else None
    return (
        isinstance(first, ast.Expr)
        and isinstance(first.value, ast.Call)
        and ast.unparse(first.value.func) == "lab.check"
    )
