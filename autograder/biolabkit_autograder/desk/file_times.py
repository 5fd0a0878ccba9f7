"""When files were written: what the desk looks at every few seconds."""

from __future__ import annotations

import os
from pathlib import Path

__all__ = ["time_of"]


def time_of(path: Path | str) -> float | None:
    """When a file was written; a text where there are thousands: a Path costs more than a look.

    Returns
    -------
    float or None
        Seconds since 1970, of a link its own; None where there is nothing.
    """
    try:
        return os.lstat(path).st_mtime
    except OSError:
        return None
