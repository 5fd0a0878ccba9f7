"""Whether a process has used up its memory, so that whatever comes next would fail for what came before."""

import ctypes
import gc
import resource
import sys
from contextlib import suppress

from biolabkit_autograder.sandbox.limits import data_size

__all__ = ["is_full"]

_LEAST_ROOM = 16 << 20
_LEAST_SHARE = 50  # one in so many bytes of the limit


def is_full() -> bool:
    """Tell whether hardly any memory is left below this process's limit, once all that can go is gone."""
    limit, _ = resource.getrlimit(resource.RLIMIT_DATA)
    if limit == resource.RLIM_INFINITY or _has_room(limit):
        return False
    sys.last_type = sys.last_value = sys.last_traceback = None  # frames, and all that stands in them
    gc.collect()
    with suppress(OSError, AttributeError):
        ctypes.CDLL(None).malloc_trim(0)
    return not _has_room(limit)


def _has_room(limit: int) -> bool:
    return limit - data_size() >= max(_LEAST_ROOM, limit // _LEAST_SHARE)
