"""What a trainee is told about one misconception."""

import re
import warnings
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from biolabkit.errors import InputError

__all__ = ["Hint", "draw", "hint"]

_SLUG = re.compile(r"[a-z0-9]+(-[a-z0-9]+)*")


@dataclass(frozen=True)
class Hint:
    """A misconception: a stable code, how to recognise it, and what to say about it.

    Attributes
    ----------
    code : str
        Kebab-case slug; reports count learners by it.
    en, ko : str
        What the learner reads.
    when : object
        A predicate on the value got, a type of it, or a typical wrong value; None in a hint read back from
        a record.
    """

    code: str
    en: str
    ko: str
    when: Any = field(default=None, compare=False, repr=False)


def hint(code: str, when: Any, *, en: str, ko: str) -> Hint:
    """Describe a misconception and how to recognise it.

    Parameters
    ----------
    code : str
        A stable kebab-case slug such as ``"hom-ref-forgotten"``.
    when : callable, type or object
        A predicate ``got -> bool`` (an exception in it counts as False), a type that the value is of, or a
        typical wrong value, which is recognised with the same closeness as the expected value. For
        ``raises`` the value is the exception raised, or what was returned.
    en, ko : str
        What to tell the learner: the idea that is missing, not the answer.

    Raises
    ------
    InputError
        When the code is not a slug or a text is empty.

    Examples
    --------
    >>> n_counted = hint(
    ...     "n-counted",
    ...     lambda got: got < 0.4,
    ...     en="Should an unknown base N count in the length?",
    ...     ko="미확인 염기 N을 길이에 포함해야 합니까?",
    ... )
    """
    problems = []
    if not _SLUG.fullmatch(code):
        problems.append("its code must be a kebab-case slug such as 'hom-ref-forgotten'")
    if not en.strip() or not ko.strip():
        problems.append("its texts in English and Korean must not be empty")
    if problems:
        raise InputError(f"hint {code!r}: {'; '.join(problems)}")
    return Hint(code=code, en=en, ko=ko, when=when)


def draw(hints: Iterable[Hint], got: Any, agrees: Callable[[Any, Any], bool]) -> Hint | None:
    """Find the first hint whose misconception explains the value got.

    Parameters
    ----------
    hints : iterable of Hint
        In the order in which they are tried.
    got : object
        The learner's value.
    agrees : callable
        ``agrees(got, typical) -> bool``: the closeness of the expectation.
    """
    return next((each for each in hints if _matches(each, got, agrees)), None)


def _matches(each: Hint, got: Any, agrees: Callable[[Any, Any], bool]) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a hint is tried on values that it was not made for
            if isinstance(each.when, type):
                return isinstance(got, each.when)
            return bool(each.when(got)) if callable(each.when) else agrees(got, each.when)
    except Exception:
        return False
