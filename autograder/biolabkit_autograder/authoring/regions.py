"""The regions of a cell that nbgrader cuts out: solutions and hidden tests."""

import re
from collections.abc import Iterator

__all__ = ["BEGIN_HIDDEN", "BEGIN_SOLUTION", "END_HIDDEN", "END_SOLUTION", "stray_markers", "without_region"]

BEGIN_SOLUTION, END_SOLUTION = "### BEGIN SOLUTION", "### END SOLUTION"
BEGIN_HIDDEN, END_HIDDEN = "### BEGIN HIDDEN TESTS", "### END HIDDEN TESTS"

# nbgrader looks for these words anywhere in a line, in every cell
_WORDS = re.compile(r"(BEGIN|END) (SOLUTION|HIDDEN TESTS|MARK SCHEME)|AUTOTEST")
_NEARLY = re.compile(r"^\s*#+\s*(begin|end)\s+(solution|hidden tests?|mark scheme)s?\s*$", re.IGNORECASE)


def stray_markers(source: str, allowed: tuple[str, ...]) -> Iterator[tuple[int, str]]:
    """Find lines that nbgrader would take for a marker, or that were meant to be one.

    Parameters
    ----------
    source : str
        Of one cell.
    allowed : tuple of str
        The begin and the end marker that may stand in this cell; empty where none may.

    Yields
    ------
    offset : int
        0-based line in the cell.
    message : str
        What is wrong there: a marker that does not belong here, does not match or is misspelt.
    """
    open_at: int | None = None
    for offset, line in enumerate(source.splitlines()):
        text = line.strip()
        if text not in allowed:
            if _WORDS.search(line) or _NEARLY.match(line):
                yield offset, _stray(text, allowed)
            continue
        begins = text == allowed[0]
        if begins == (open_at is not None):
            yield offset, f"{text!r} without {allowed[begins]!r} before it"
        open_at = offset if begins else None
    if open_at is not None:
        yield open_at, f"{allowed[0]!r} is never closed with {allowed[1]!r}"


def without_region(source: str, begin: str, end: str) -> str:
    """The source without the lines from each `begin` to its `end`."""
    kept, inside = [], False
    for line in source.splitlines():
        inside = inside or line.strip() == begin
        if not inside:
            kept.append(line)
        inside = inside and line.strip() != end
    return "\n".join(kept)


def _stray(text: str, allowed: tuple[str, ...]) -> str:
    if allowed:
        return f"{text!r} is no marker of this cell; write {allowed[0]!r} or {allowed[1]!r} and nothing else"
    return f"{text!r} is a marker of nbgrader and may not stand in this cell"
