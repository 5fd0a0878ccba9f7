"""The part of the lint that reads the code of the cells as a syntax tree."""

import ast
import re
import symtable
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from biolabkit.errors import suggest
from biolabkit_autograder.authoring.exercise import Draft, Exercise
from biolabkit_autograder.authoring.problem import Problem
from biolabkit_autograder.authoring.regions import BEGIN_HIDDEN, END_HIDDEN, without_region
from biolabkit_autograder.authoring.source import Cell
from biolabkit_autograder.authoring.toml_lines import line_of

__all__ = ["code_problems", "hint_codes"]

_HANGUL = re.compile("[가-힣]")


@dataclass(frozen=True)
class _Code:
    """A piece of code and where it stands."""

    path: Path
    first_line: int
    tree: ast.Module
    cell: Cell | None = None

    def problem(self, node: ast.AST, message: str) -> Problem:
        return Problem(self.path, self.first_line + getattr(node, "lineno", 1) - 1, message)

    def calls(self, name: str) -> Iterator[ast.Call]:
        """Calls of a function by its bare name."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == name:
                yield node


def code_problems(exercise: Draft) -> Iterator[Problem]:
    """Code that does not parse, a wrong setup, texts in one language, habits that grading cannot bear."""
    codes, problems = _parsed(exercise)
    yield from problems
    yield from _setup(exercise, codes)
    for code in codes:
        yield from _expectations(code)
        if code.cell and code.cell.kind == "check":
            yield from _check(code)
    yield from _hints(codes)
    yield from _check_names(codes)
    if isinstance(exercise, Exercise):
        yield from _datasets(exercise, codes)


def hint_codes(exercise: Draft) -> set[str]:
    """The codes of the hints that the cells define."""
    codes, _ = _parsed(exercise)
    found = (_constant(_argument(call, 0, "code")) for code in codes for call in code.calls("hint"))
    return {slug for slug in found if slug}


def _parsed(exercise: Draft) -> tuple[list[_Code], list[Problem]]:
    """Parse every code cell, and the visible part of every check by itself, as learners get it."""
    pieces: list[tuple[Path, int, str, Cell | None]] = [
        (exercise.source_path, cell.first_line, cell.source, cell)
        for cell in exercise.of_kind("setup", "free", "task", "check")
    ]
    pieces += [
        (exercise.wrong_answers_path, answer.first_lines[task], source, None)
        for answer in exercise.wrong_answers
        for task, source in answer.tasks.items()
    ]
    codes, problems = [], []
    for path, first_line, source, cell in pieces:
        try:
            tree = ast.parse(source)
            if cell and cell.kind == "check":
                ast.parse(without_region(source, BEGIN_HIDDEN, END_HIDDEN))
        except SyntaxError as error:
            line = first_line + (error.lineno or 1) - 1
            problems.append(
                Problem(path, line, f"not valid Python (magics and ! are not possible): {error.msg}")
            )
            continue
        if not tree.body:
            problems.append(Problem(path, first_line, "a code cell without code"))
        codes.append(_Code(path, first_line, tree, cell))
    return codes, problems


def _setup(exercise: Draft, codes: list[_Code]) -> Iterator[Problem]:
    """The first code cell is a setup, and lab.start of this exercise comes first after its imports."""
    path = exercise.source_path
    code_cells = exercise.of_kind("setup", "free", "task", "check")
    expected = f'lab.start("{exercise.name}")'
    if not code_cells or code_cells[0].kind != "setup":
        line = code_cells[0].line if code_cells else 1
        yield Problem(path, line, f"the first code cell is '# %% setup' and starts with {expected}")
        return
    code = next((code for code in codes if code.cell is code_cells[0]), None)
    if code is None:  # it does not parse, which is said already
        return
    after_imports = [node for node in code.tree.body if not _is_preamble(node)]
    start = after_imports[0] if after_imports else None
    call = start.value if isinstance(start, ast.Expr | ast.Assign) else None
    if start is None or not isinstance(call, ast.Call) or ast.unparse(call.func) != "lab.start":
        yield code.problem(start or code.tree, f"after its imports the setup cell starts with {expected}")
    elif _constant(_argument(call, 0, "exercise")) != exercise.name:
        yield code.problem(call, f"{expected} is expected, as the folder is named; found {ast.unparse(call)}")


def _expectations(code: _Code) -> Iterator[Problem]:
    """Every expect(...) says what it checks in both languages."""
    for call in code.calls("expect"):
        korean, english = _argument(call, 2, "ko"), _argument(call, 1, "what")
        if korean is None:
            yield code.problem(call, "expect(...) without ko=; say in Korean what is checked")
        yield from _texts(code, call, "expect(...)", english, korean)


def _texts(
    code: _Code, call: ast.Call, what: str, english: ast.expr | None, korean: ast.expr | None
) -> Iterator[Problem]:
    if english is not None and _HANGUL.search(_literal_text(english)):
        yield code.problem(call, f"{what} has Korean where English is expected")
    text = _literal_text(korean) if korean is not None else ""
    if text and not _HANGUL.search(text):
        yield code.problem(call, f"{what} has no Korean in ko=, found {text!r}")


def _hints(codes: list[_Code]) -> Iterator[Problem]:
    """Every hint has a literal code and both texts; the same code always says the same."""
    said: dict[str, tuple[tuple[str, ...], int]] = {}
    for code in codes:
        for call in code.calls("hint"):
            slug = _constant(_argument(call, 0, "code"))
            if slug is None:
                yield code.problem(call, 'the code of a hint is a literal: hint("my-code", …)')
                continue
            english, korean = _argument(call, 2, "en"), _argument(call, 3, "ko")
            for key, value in (("en", english), ("ko", korean)):
                if value is None:
                    yield code.problem(call, f"hint {slug!r} has no {key}= text")
            yield from _texts(code, call, f"hint {slug!r}", english, korean)
            texts = tuple(ast.unparse(text) for text in (english, korean) if text is not None)
            line = code.first_line + call.lineno - 1
            earlier, at = said.setdefault(slug, (texts, line))
            if earlier != texts:
                yield code.problem(
                    call, f"hint {slug!r} says something else in line {at}; one code, one text"
                )


def _check(code: _Code) -> Iterator[Problem]:
    """Habits that would give away points or let the learner's object decide them."""
    for node in ast.walk(code.tree):
        if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)):
            continue
        if node.func.attr == "score":
            message = ".score(…) lets the learner's object grade itself; compute the metric in the check"
            yield code.problem(node, message)
        if node.func.attr == "equals" and not ast.unparse(node.func.value).startswith("expect("):
            message = ".equals(…) lets the learner's object compare itself; use expect(…).equals or .table"
            yield code.problem(node, message)
        if ast.unparse(node.func) in ("lab.check", "lab.hidden"):
            yield code.problem(node, f"{ast.unparse(node.func)}() is put there by the builder; leave it out")
    last = code.tree.body[-1] if code.tree.body else None
    if isinstance(last, ast.Expr) and not isinstance(last.value, ast.Call):
        yield code.problem(
            last, "a check that ends in a value is partial credit to nbgrader; use assert or expect(…)"
        )


def _check_names(codes: list[_Code]) -> Iterator[Problem]:
    """What a learner sees is made without check cells: the workbench does not run them."""
    cells = [code for code in codes if code.cell]
    checks = [code for code in cells if code.cell and code.cell.kind == "check"]
    others = [code for code in cells if code not in checks]
    made = {name for code in others for name in _assigned(code)}
    in_checks_only = {name for code in checks for name in _assigned(code)} - made
    for code in others:
        used = in_checks_only & _read_globals(code)
        for node in ast.walk(code.tree):
            if isinstance(node, ast.Name) and node.id in used:
                used.remove(node.id)
                yield code.problem(
                    node,
                    f"{node.id!r} is made in a check cell, which does not run where learners' cells do; make "
                    "it in a setup or free cell",
                )


def _datasets(exercise: Exercise, codes: list[_Code]) -> Iterator[Problem]:
    """exercise.toml names every dataset that is used: grading has no others, and would simulate silently."""
    from biolabkit import datasets

    named, known = exercise.meta.datasets, datasets.names()
    path = exercise.folder / "exercise.toml"
    for place, name in enumerate(named):
        if name not in known:
            line = line_of(path.read_text(encoding="utf-8-sig"), ["datasets", place])
            yield Problem(path, line, f"unknown dataset {name!r}{suggest(name, known)}")
    for code in codes:
        for node in ast.walk(code.tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("datasets.load", "datasets.fetch"):
                used = _constant(_argument(node, 0, "name"))
                if used and used not in named:
                    message = f"dataset {used!r} is not among the datasets of exercise.toml; add it there"
                    yield code.problem(node, message)


def _assigned(code: _Code) -> set[str]:
    """Names that a cell binds at its top level."""
    return {symbol.get_name() for symbol in _table(code).get_symbols() if symbol.is_assigned()}


def _read_globals(code: _Code) -> set[str]:
    """Names that a cell and its functions take from other cells."""
    tables, found = [_table(code)], set()
    while tables:
        table = tables.pop()
        is_cell = table.get_type() == "module"
        found |= {
            symbol.get_name()
            for symbol in table.get_symbols()
            if symbol.is_referenced() and (is_cell or symbol.is_global())
        }
        tables += table.get_children()
    return found


def _table(code: _Code) -> symtable.SymbolTable:
    return symtable.symtable(ast.unparse(code.tree), "<cell>", "exec")


def _is_preamble(node: ast.stmt) -> bool:
    is_note = isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant)
    return is_note or isinstance(node, ast.Import | ast.ImportFrom)


def _argument(call: ast.Call, position: int, name: str) -> ast.expr | None:
    for keyword in call.keywords:
        if keyword.arg == name:
            return keyword.value
    return call.args[position] if position < len(call.args) else None


def _constant(node: ast.expr | None) -> str | None:
    return node.value if isinstance(node, ast.Constant) and isinstance(node.value, str) else None


def _literal_text(node: ast.expr) -> str:
    """The letters of a string or f-string as far as they stand in the source."""
    return "".join(
        part.value
        for part in ast.walk(node)
        if isinstance(part, ast.Constant) and isinstance(part.value, str)
    )
