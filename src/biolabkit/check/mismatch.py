"""A difference in words, and how large one may be: what the comparisons of all kinds of values share."""

from collections.abc import Iterable
from dataclasses import dataclass

from biolabkit.check.words import Words, join

__all__ = ["EXACT", "Mismatch", "Tolerance"]


@dataclass(frozen=True)
class Tolerance:
    """How far a number may be from the expected one: ``max(rel * |expected|, abs)``."""

    rel: float = 0.0
    abs: float = 0.0

    @property
    def exact(self) -> bool:
        """Whether only the very same number will do."""
        return self.rel == 0 and self.abs == 0

    def room(self, magnitude: float) -> float:
        """How far from a number of this magnitude another may be."""
        return max(self.rel * magnitude, self.abs)


EXACT = Tolerance()


@dataclass(frozen=True)
class Mismatch:
    """A difference in words.

    Attributes
    ----------
    says : Words
        Everything that helps, expected values included.
    where : Words
        The same without anything of the expected value, for hidden checks.
    """

    says: Words
    where: Words

    @classmethod
    def plain(cls, en: str, ko: str) -> "Mismatch":
        """A difference whose description gives no expected value away."""
        return cls(Words(en, ko), Words(en, ko))

    @classmethod
    def of_values(cls, place: Words, got: str, want: str) -> "Mismatch":
        """What stands at a place, and what should stand there."""
        return cls(
            Words(
                f"{place.en}: got {got}, expected {want}.", f"{place.ko}: 받은 값 {got}, 기대한 값 {want}."
            ),
            Words(f"{place.en}: got {got}.", f"{place.ko}: 받은 값 {got}."),
        )

    @classmethod
    def all_of(cls, problems: Iterable["Mismatch"]) -> "Mismatch":
        """Several differences, one after the other."""
        listed = list(problems)
        return cls(join(each.says for each in listed), join(each.where for each in listed))

    def inside(self, place: Words) -> "Mismatch":
        """The same difference, found at a place inside a container."""
        return Mismatch(
            *(Words(f"{place.en}: {text.en}", f"{place.ko}: {text.ko}") for text in (self.says, self.where))
        )
