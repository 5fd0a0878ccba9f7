"""The py:percent syntax: a Python file cut into cells at its ``# %%`` lines, with the line of everything.

jupytext reads the same files; it forgets the lines, which the lint needs.
"""

import re
from dataclasses import dataclass, field
from pathlib import Path

from biolabkit_autograder.authoring.problem import Problem

__all__ = ["PercentCell", "read_percent"]

# A misspelt marker cuts too, so that one slip is one problem; an indented one stands inside code.
_MARKER = re.compile(r"# %%(?=\s|$)")
_CUT = re.compile(r"#+\s*%%")
_NEARLY_MARKER = re.compile(r"\s*#+\s*%%")

_ATTRIBUTE = re.compile(r'(?P<key>[A-Za-z_]\w*)=(?P<value>"[^"]*"|[\w.+-]+)(?=\s|$)|(?P<word>\S+)')


@dataclass(frozen=True)
class PercentCell:
    """One cell as it stands in the file.

    Attributes
    ----------
    line : int
        1-based line of its ``# %%`` marker.
    markdown : bool
        Whether the marker says ``[markdown]``.
    words : tuple of str
        Bare words of the marker, ``setup`` for example.
    attributes : dict
        ``key="value"`` pairs of the marker, values as text.
    source : str
        The body without blank lines around it; a markdown body without its comment signs.
    first_line : int
        1-based line of the first line of `source`.
    """

    line: int
    markdown: bool
    words: tuple[str, ...]
    attributes: dict[str, str] = field(hash=False)
    source: str
    first_line: int


def read_percent(path: Path) -> tuple[list[PercentCell], list[Problem]]:
    """Cut a py:percent file into cells.

    Lines before the first marker may only be blank or comments: they are notes for authors.

    Returns
    -------
    cells : list of PercentCell
    problems : list of Problem
        A missing or unreadable file, code before the first cell, a misspelt marker, code in a markdown cell.
    """
    try:
        lines = path.read_text(encoding="utf-8-sig").splitlines()
    except FileNotFoundError:
        return [], [Problem(path, 1, "the file is missing")]
    except (OSError, UnicodeDecodeError) as error:
        return [], [Problem(path, 1, f"the file cannot be read as UTF-8 text: {error}")]

    problems = [
        Problem(path, number, f"a cell starts with '# %%', found {line.rstrip()!r}")
        for number, line in enumerate(lines, 1)
        if _NEARLY_MARKER.match(line) and not _MARKER.match(line)
    ]
    starts = [number for number, line in enumerate(lines) if _CUT.match(line)]
    for number, line in enumerate(lines[: starts[0] if starts else len(lines)], 1):
        if line.strip() and not line.startswith("#"):
            problems.append(Problem(path, number, "code before the first cell; put '# %%' above it"))
            break
    cells = []
    for start, end in zip(starts, [*starts[1:], len(lines)], strict=True):
        cell, found = _cell(path, lines, start, end)
        cells.append(cell)
        problems += found
    return cells, problems


def _cell(path: Path, lines: list[str], start: int, end: int) -> tuple[PercentCell, list[Problem]]:
    words, attributes, problems = _marker(path, start + 1, _CUT.sub("", lines[start], count=1))
    markdown = "[markdown]" in words
    first, last = start + 1, end
    while first < last and not lines[first].strip():
        first += 1
    while last > first and not lines[last - 1].strip():
        last -= 1
    body = lines[first:last]
    if markdown:
        problems += [
            Problem(path, number, "a line of a markdown cell starts with '# '")
            for number, line in enumerate(body, first + 1)
            if line.strip() and not re.match(r"#( |$)", line)
        ]
        body = [re.sub(r"^# ?", "", line) for line in body]
    rest = tuple(word for word in words if word != "[markdown]")
    cell = PercentCell(start + 1, markdown, rest, attributes, "\n".join(body), first + 1)
    return cell, problems


def _marker(path: Path, line: int, text: str) -> tuple[list[str], dict[str, str], list[Problem]]:
    words: list[str] = []
    attributes: dict[str, str] = {}
    problems = []
    for match in _ATTRIBUTE.finditer(text):
        key, value, word = match["key"], match["value"], match["word"]
        if word and "=" in word:
            problems.append(
                Problem(path, line, f'cannot read {word}; write key="value" with straight quotes')
            )
        elif word:
            words.append(word)
        elif key in attributes:
            problems.append(Problem(path, line, f"{key}= is given twice"))
        else:
            attributes[key] = value.strip('"')
    return words, attributes, problems
