"""Values as a trainee sees them on a card: short, harmless, and never an error of their own."""

import reprlib
import sys
from typing import Any

from biolabkit.check.kinds import kind_of, plain

__all__ = ["clip", "one_line", "shown"]

MAX_CHARACTERS = 600
MAX_LINES = 12


class _Short(reprlib.Repr):
    """reprlib with limits for a card, and NumPy scalars written as plain numbers wherever they stand."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 4
        self.maxlist = self.maxtuple = self.maxset = self.maxfrozenset = self.maxdict = self.maxdeque = 12
        self.maxstring = self.maxother = 240
        self.maxlong = 60

    def repr1(self, x: Any, level: int) -> str:
        x = plain(x)
        text = _scientific(x)
        return text if text is not None else super().repr1(x, level)

    def repr_instance(self, x: Any, _level: int) -> str:
        try:
            text = repr(x)
        except Exception as error:
            return f"<{type(x).__name__}; its repr() raised {type(error).__name__}>"
        return text if len(text) <= self.maxother else text[: self.maxother - 1] + "…"


_SHORT = _Short()


def shown(value: Any) -> str:
    """Write a value for a card: at most 600 characters and 12 lines, whatever its repr does.

    Examples
    --------
    >>> shown(list(range(100)))
    '[0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, ...]'
    """
    try:
        text = _SHORT.repr(value)
    except Exception as error:
        text = f"<{type(value).__name__}; it cannot be shown: {type(error).__name__}>"
    return clip(text)


def one_line(text: str, limit: int = 160) -> str:
    """Fold white space and cut a text so that it fits one line."""
    folded = " ".join(text[: 4 * limit].split())
    return folded if len(folded) <= limit else folded[: limit - 1] + "…"


def _scientific(value: Any) -> str | None:
    """Arrays and tables in their own usual form, shortened by their own libraries."""
    kind = kind_of(value)
    if kind == "array":
        return _array(value)
    if kind == "table":
        rows, columns = value.shape
        return f"{value.to_string(max_rows=8, max_cols=8, max_colwidth=24)}\n({rows} × {columns})"
    if kind == "column":
        return str(value.to_string(max_rows=8, length=True, name=True, dtype=True))
    return None


def _array(value: Any) -> str:
    numpy = sys.modules["numpy"]
    body = numpy.array2string(value, threshold=24, edgeitems=3, max_line_width=80, separator=", ")
    shape = " × ".join(str(length) for length in value.shape)
    return f"{body}\n({shape}, {value.dtype})"


def clip(text: str, limit: int = MAX_CHARACTERS) -> str:
    """Cut a text to so many characters, and to 12 lines with its last one among them."""
    lines = text.splitlines() or [""]
    if len(lines) > MAX_LINES:
        lines = [*lines[: MAX_LINES - 2], "…", lines[-1]]
    clipped = "\n".join(lines)
    return clipped if len(clipped) <= limit else clipped[: limit - 1] + "…"
