"""How much of one submission a page renders: what is longer is shown as plain text, cut."""

from __future__ import annotations

from dataclasses import dataclass, field

__all__ = ["Budget"]


def _page() -> dict[str, int]:
    return {
        "markdown": 300_000,
        "code": 500_000,
        "html": 2_000_000,
        "tags": 50_000,
        "text": 3_000_000,
        "pictures": 40_000_000,
        "pixels": 200_000_000,
    }


@dataclass
class Budget:
    """What is left for a page, and what one cell may take of it.

    Renderers of Markdown, code and HTML take seconds and gigabytes for a file that somebody made for this
    purpose, and they run outside the sandbox.
    """

    left: dict[str, int] = field(default_factory=_page)
    one: dict[str, int] = field(
        default_factory=lambda: {"markdown": 50_000, "code": 100_000, "text": 200_000, "tags": 10_000}
    )

    def take(self, kind: str, amount: int) -> bool:
        """Take something off; False, and nothing is taken, where the cell or the page has too much."""
        left = self.left[kind] - amount
        if left < 0 or amount > self.one.get(kind, amount):
            return False
        self.left[kind] = left
        return True

    def cut(self, text: str) -> tuple[str, bool]:
        """As much of a plain text as still fits, and whether that is all of it."""
        fits = min(len(text), self.one["text"], self.left["text"])
        self.left["text"] -= fits
        return text[:fits], fits == len(text)
