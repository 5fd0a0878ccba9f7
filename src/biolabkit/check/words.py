"""A sentence in both languages, kept together so that no message exists in one only."""

from collections.abc import Iterable
from typing import NamedTuple

__all__ = ["Words", "count", "differ", "join", "points_text"]


class Words(NamedTuple):
    """The same text in English and Korean."""

    en: str
    ko: str

    def to(self, language: str) -> str:
        """The text in `language`, English for any other than ``"ko"``."""
        return self.ko if language == "ko" else self.en


def join(parts: Iterable[Words], separator: str = " ") -> Words:
    """Put several texts behind one another in both languages."""
    texts = list(parts)
    return Words(separator.join(text.en for text in texts), separator.join(text.ko for text in texts))


def count(number: int, noun: str) -> str:
    """``1 value``, ``3 values``, ``12,000 values``: an English count with its regular plural."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def differ(wrong: int, total: int, noun: str) -> str:
    """``1 of 3 values differs``, ``2 of 3 values differ``."""
    return f"{wrong:,} of {count(total, noun)} {'differs' if wrong == 1 else 'differ'}"


def points_text(points: float) -> Words:
    """``2 points`` / ``2점``; a whole number is written without its decimal point."""
    return Words(f"{points:g} point" if points == 1 else f"{points:g} points", f"{points:g}점")
