"""Grading on a ``dask.distributed`` cluster: ``biolab course grade --scheduler tcp://host:8786``.

::

    writer (the command)                 scheduler                worker (any number, any machine)
    intake ─ submission as bytes ──────────▶ ─────────────────────▶ engine with its own zygote
    store  ◀─ result as bytes, once each ─── ◀───────────────────── Graded as JSON
"""

from .engine import ClusterError, open_cluster

__all__ = ["ClusterError", "open_cluster"]
