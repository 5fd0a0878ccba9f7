"""A mistake in a file that an author or an instructor wrote: where it is and what to do."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

__all__ = ["Problem", "summary"]


@dataclass(frozen=True, order=True)
class Problem:
    """One mistake, printed as ``file:line: message``.

    Attributes
    ----------
    path : Path
        The file.
    line : int
        1-based line in it.
    message : str
        What was expected, what was found and what to do.
    """

    path: Path
    line: int
    message: str

    def __str__(self) -> str:
        return f"{_short(self.path)}:{self.line}: {self.message}"


def summary(problems: Iterable[Problem]) -> str:
    """Say several problems in one line: the first one in full, the others counted."""
    first, *others = sorted(problems)
    return f"{first} (and {len(others)} more)" if others else str(first)


def _short(path: Path) -> Path:
    """The path as a person in the current folder would write it."""
    here = Path.cwd()
    return path.relative_to(here) if path.is_relative_to(here) else path
