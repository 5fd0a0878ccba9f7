"""How long a server keeps those waiting who ask while it works."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from urllib.error import HTTPError

_PAUSE = 0.05  # seconds


@contextmanager
def latency(ask: Callable[[], object]) -> Iterator[list[float]]:
    """Ask again and again meanwhile; seconds of each answer."""
    seconds: list[float] = []
    done = threading.Event()

    def go_on() -> None:
        while not done.wait(_PAUSE):
            began = time.perf_counter()
            with suppress(HTTPError):  # Jupyter's own status answers 500 while a kernel is just being made
                ask()
            seconds.append(time.perf_counter() - began)

    thread = threading.Thread(target=go_on, daemon=True)
    thread.start()
    try:
        yield seconds
    finally:
        done.set()
        thread.join()
