"""Which engine grades, and where: the words of ``--engine`` and ``--scheduler``.

Engines are named here and imported when they are opened: each needs much that the others do without.
"""

from __future__ import annotations

from functools import partial
from importlib import import_module
from typing import Any

from biolabkit.errors import UnknownNameError

from .grading import EngineFactory

__all__ = ["DEFAULT_ENGINE", "ENGINES", "cluster_factory", "engine_factory"]

DEFAULT_ENGINE = "judge"
#: ``--engine`` → the module and function that opens it.
ENGINES = {
    DEFAULT_ENGINE: "biolabkit_autograder.judging.engine:open_engine",
    "nbgrader": "biolabkit_autograder.reference:open_engine",
}
_CLUSTER = "biolabkit_autograder.cluster:open_cluster"


def engine_factory(name: str) -> EngineFactory:
    """Find an engine by its name.

    Raises
    ------
    UnknownNameError
        When there is none of that name.
    """
    if name not in ENGINES:
        raise UnknownNameError("grading engine", name, ENGINES)
    factory: EngineFactory = _load(ENGINES[name])
    return factory


def cluster_factory(scheduler: str, name: str) -> EngineFactory:
    """Find an engine that runs on the workers of a ``dask.distributed`` scheduler.

    Raises
    ------
    UnknownNameError
        When there is no engine of that name.
    """
    engine_factory(name)
    return partial(_load(_CLUSTER), scheduler, name)


def _load(place: str) -> Any:
    module, _, function = place.partition(":")
    return getattr(import_module(module), function)
