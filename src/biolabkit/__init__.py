"""A teaching laboratory for genomics and digital healthcare AI.

Subpackages load on first use, so ``import biolabkit`` costs next to nothing::

    import biolabkit as bk

    calls = bk.genomics.call_variants("reads.bam", "reference.fa")
"""

from importlib import import_module
from typing import Any

__version__ = "0.1.0"

_SUBPACKAGES = ("check", "datasets", "errors", "genomics", "health", "learning", "plot", "simulate")

__all__ = [*_SUBPACKAGES, "__version__"]


def __getattr__(name: str) -> Any:
    """Import a subpackage the first time somebody asks for it (PEP 562)."""
    if name in _SUBPACKAGES:
        return import_module(f"biolabkit.{name}")
    raise AttributeError(f"module 'biolabkit' has no attribute {name!r}; it has {', '.join(_SUBPACKAGES)}")


def __dir__() -> list[str]:
    return sorted(__all__)
