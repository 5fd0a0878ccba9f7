"""A time limit inside a process, by its alarm; whoever ignores it is ended from outside."""

from collections.abc import Iterator
from contextlib import contextmanager

# by name: were a cell to replace them in their modules, its own alarm would stay on and ring in later cells
from signal import ITIMER_REAL, SIG_BLOCK, SIG_UNBLOCK, SIGALRM, pthread_sigmask, setitimer
from signal import signal as set_handler
from time import monotonic
from types import FrameType

__all__ = ["TimeIsUpError", "alarm_held", "alarm_let_through", "time_limit"]

_AGAIN_SECONDS = 0.2  # for code that catches everything


class TimeIsUpError(BaseException):
    """The time is up; no ``except Exception`` keeps it from ending what runs."""

    def __init__(self) -> None:
        super().__init__("the time limit of this cell was reached")


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raise `TimeIsUpError` in the block, again and again, from `seconds` on; a limit outside goes on after.

    Only in a process's main thread.
    """

    def ring(_signal: int, _frame: FrameType | None) -> None:
        raise TimeIsUpError

    outer_handler = set_handler(SIGALRM, ring)
    began = monotonic()
    outer_left, _ = setitimer(ITIMER_REAL, max(seconds, 0.001), _AGAIN_SECONDS)
    try:
        yield
    finally:
        setitimer(ITIMER_REAL, 0)
        set_handler(SIGALRM, outer_handler)
        if outer_left:
            left = max(outer_left - (monotonic() - began), 0.001)
            setitimer(ITIMER_REAL, left, _AGAIN_SECONDS)


@contextmanager
def alarm_held() -> Iterator[None]:
    """Let no alarm come while a frame is on its way; one that was due comes at the end of the block."""
    pthread_sigmask(SIG_BLOCK, {SIGALRM})
    try:
        yield
    finally:
        pthread_sigmask(SIG_UNBLOCK, {SIGALRM})


@contextmanager
def alarm_let_through() -> Iterator[None]:
    """Let alarms come inside of an `alarm_held` block."""
    pthread_sigmask(SIG_UNBLOCK, {SIGALRM})
    try:
        yield
    finally:
        pthread_sigmask(SIG_BLOCK, {SIGALRM})
