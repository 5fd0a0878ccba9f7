"""A time limit inside a process, by its alarm; whoever ignores it is ended from outside."""

import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager
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

    outer_handler = signal.signal(signal.SIGALRM, ring)
    began = time.monotonic()
    outer_left, _ = signal.setitimer(signal.ITIMER_REAL, max(seconds, 0.001), _AGAIN_SECONDS)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, outer_handler)
        if outer_left:
            left = max(outer_left - (time.monotonic() - began), 0.001)
            signal.setitimer(signal.ITIMER_REAL, left, _AGAIN_SECONDS)


@contextmanager
def alarm_held() -> Iterator[None]:
    """Let no alarm come while a frame is on its way; one that was due comes at the end of the block."""
    signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})


@contextmanager
def alarm_let_through() -> Iterator[None]:
    """Let alarms come inside of an `alarm_held` block."""
    signal.pthread_sigmask(signal.SIG_UNBLOCK, {signal.SIGALRM})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGALRM})
