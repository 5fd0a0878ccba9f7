"""Numbers and times as people write them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from biolabkit_autograder.report.phrases import phrase

__all__ = ["late", "number", "people", "percent", "signed", "when"]

#: So many names are read; more are counted.
_MOST_NAMES = 24


def number(value: float) -> str:
    """Points: 2, 2.5, 2.33."""
    return f"{round(value, 2):g}"


def percent(share: float) -> str:
    """A share as a whole per cent."""
    return f"{100 * share:.0f} %"


def signed(share: float) -> str:
    """A change as a whole per cent with its sign."""
    return f"{100 * share:+.0f}".replace("-", "−")


def late(language: str, seconds: float) -> str:
    """How late, in the largest unit that is not zero."""
    for unit, length in (("days", 86400), ("hours", 3600)):
        if seconds >= length:
            return phrase("late_by", language, phrase(unit, language, int(seconds // length)))
    return phrase("late_by", language, phrase("minutes", language, max(int(seconds // 60), 1)))


def when(at: datetime | None) -> str:
    """A due date."""
    return at.strftime("%Y-%m-%d %H:%M") if at else "–"


def people(names: Sequence[str], language: str) -> str:
    """Names, in a row; after the first two dozen, how many more."""
    shown = ", ".join(names[:_MOST_NAMES])
    more = len(names) - _MOST_NAMES
    return f"{shown} {phrase('and_more', language, more)}" if more > 0 else shown
