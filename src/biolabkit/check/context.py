"""Which check is running now."""

from dataclasses import dataclass, replace

__all__ = ["CheckContext", "current", "enter", "enter_hidden", "leave"]


@dataclass(frozen=True)
class CheckContext:
    """A check cell that is being run.

    Attributes
    ----------
    check : str
        The name in the exercise's source: ``"task"`` or ``"task.part"``.
    points : float or None
        What the check is worth.
    hidden : bool
        Whether the hidden part has begun; expected values and the check's source are not shown then.
    language : str
        ``"en"`` or ``"ko"``.
    filename : str or None
        The file name under which the check cell was compiled; tells its lines from the learner's.
    """

    check: str = ""
    points: float | None = None
    hidden: bool = False
    language: str = "en"
    filename: str | None = None

    @property
    def task(self) -> str:
        """The task that is checked."""
        return self.check.partition(".")[0]


# one cell runs at a time in a process
_current: CheckContext | None = None


def current() -> CheckContext | None:
    """The check that is running, or None outside check cells."""
    return _current


def enter(context: CheckContext) -> None:
    """Begin a check."""
    global _current
    _current = context


def enter_hidden() -> None:
    """Go on to the hidden part of the check."""
    if _current is not None:
        enter(replace(_current, hidden=True))


def leave() -> None:
    """End the check."""
    global _current
    _current = None
