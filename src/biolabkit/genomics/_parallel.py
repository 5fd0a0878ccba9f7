"""Stretches of a genome, worked on one after the other or in parallel processes, with a progress bar."""

import contextlib
import sys
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from biolabkit._words import told
from biolabkit.errors import BiolabkitError

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor

__all__ = ["Stretch", "run_stretches"]

Stretch = tuple[str, int, int]
Table = TypeVar("Table")

# Forked workers start at once and need no import; macOS's own libraries do not survive a fork.
CAN_FORK = sys.platform == "linux"


def run_stretches(
    work: Callable[[Stretch], Table],
    stretches: list[Stretch],
    *,
    workers: int,
    progress: bool | None,
    own_process: bool = False,
) -> list[Table]:
    """Do the same work on each stretch; the results come in the stretches' order.

    Parameters
    ----------
    work : callable
        Takes ``(chrom, start, end)``, gives a table; can be pickled.
    stretches : list of (str, int, int)
        chrom, start, end.
    workers : int
        Processes at most; all is done in this one where others may not be started.
    progress : bool, optional
        By default only where somebody watches.
    own_process : bool
        Use a worker even if there is only one, where that is cheap: for code that holds the GIL or leaks.

    Raises
    ------
    BiolabkitError
        When a worker process was killed.
    """
    with progress_bar(stretches, wanted=progress) as advance:
        many = min(workers, len(stretches))
        pool = _pool(many) if many > 1 or (many and own_process and CAN_FORK) else None
        parts = []
        results = map(work, stretches) if pool is None else _in_processes(pool, work, stretches)
        for (_, start, end), part in zip(stretches, results, strict=True):
            parts.append(part)
            advance(end - start)
    return parts


def _pool(workers: int) -> "ProcessPoolExecutor | None":
    """Worker processes, or none where processes may not be started, as in a sandbox."""
    import multiprocessing
    from concurrent.futures import ProcessPoolExecutor
    from concurrent.futures.process import BrokenProcessPool

    pool = ProcessPoolExecutor(
        workers, mp_context=multiprocessing.get_context("fork" if CAN_FORK else "spawn")
    )
    try:
        pool.submit(int).result()
    except (OSError, BrokenProcessPool):
        return None
    return pool


def _in_processes(
    pool: "ProcessPoolExecutor", work: Callable[[Stretch], Table], stretches: list[Stretch]
) -> Iterator[Table]:
    from concurrent.futures.process import BrokenProcessPool

    try:
        futures: list[Future[Table]] = [pool.submit(work, stretch) for stretch in stretches]
        for future in futures:
            yield future.result()
    except BrokenProcessPool as error:
        raise BiolabkitError(
            told(
                "a worker process of call_variants was killed, perhaps for lack of memory; try fewer workers",
                "call_variants의 작업 프로세스가 강제로 종료되었습니다. 메모리가 모자랐을 수 있으니 "
                "workers를 줄여 보십시오",
            )
        ) from error
    finally:
        pool.shutdown(cancel_futures=True)


@contextlib.contextmanager
def progress_bar(stretches: list[Stretch], *, wanted: bool | None) -> Iterator[Callable[[int], object]]:
    """A function that counts bases on a progress bar, or on none where nobody watches."""
    if not (somebody_watches() if wanted is None else wanted):
        yield lambda _: None
        return
    from tqdm.auto import tqdm

    total = sum(end - start for _, start, end in stretches)
    what = told("calling", "변이 판정")
    with tqdm(desc=what, total=total, unit="b", unit_scale=True, leave=False, delay=1) as bar:
        yield bar.update


def somebody_watches() -> bool:
    """Whether stderr is a terminal, or this is a Jupyter kernel."""
    if "ipykernel" in sys.modules:
        from IPython import get_ipython

        return type(get_ipython()).__name__ == "ZMQInteractiveShell"
    return sys.stderr is not None and sys.stderr.isatty()
