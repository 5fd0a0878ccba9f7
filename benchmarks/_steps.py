"""What is counted of a job."""

from dataclasses import dataclass

__all__ = ["Step"]


@dataclass(frozen=True)
class Step:
    """One job of an instructor or a trainee.

    Attributes
    ----------
    clicks : int
        Made for it.
    seconds : float
        Until the page says that it is done.
    frozen : float
        The longest that the server kept another request waiting meanwhile.
    """

    name: str
    clicks: int
    seconds: float
    frozen: float
