"""A progress bar for downloads where somebody watches: in a terminal or a notebook, else none."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

__all__ = ["progress_bar", "somebody_watches"]

_LONGEST = 32  # letters of a name beside which a bar still has room


def somebody_watches() -> bool:
    """Whether stderr is a terminal, or this is a Jupyter kernel."""
    if "ipykernel" in sys.modules:
        from IPython import get_ipython

        return type(get_ipython()).__name__ == "ZMQInteractiveShell"
    return sys.stderr is not None and sys.stderr.isatty()


@contextmanager
def progress_bar(what: str, total: int, wanted: bool | None) -> Iterator[Any]:
    """Show a tqdm bar that counts bytes, or none, until the block ends, well or not.

    Parameters
    ----------
    what : str
        What stands before the bar.
    total : int
        Bytes to come.
    wanted : bool or None
        ``None``: only where somebody watches.
    """
    if not (somebody_watches() if wanted is None else wanted):
        yield None
        return
    from tqdm.auto import tqdm

    if len(what) > _LONGEST:
        what = f"{what[: _LONGEST - 1]}…"
    with tqdm(desc=what, total=total, unit="B", unit_scale=True, leave=False) as bar:
        yield bar
