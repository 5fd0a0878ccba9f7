"""Puts off an import until something of it is needed; nothing behaves differently.

`nbformat` and `jupyter_server` import `jsonschema`, which imports `rfc3987_syntax` where it is installed,
which spends one to two seconds on an Earley parser for internationalised addresses. Neither the schemas of
notebooks nor those of events hold any.
"""

import sys
from types import ModuleType
from typing import Any

__all__ = ["defer_address_grammar"]

_NAME = "rfc3987_syntax"


class _Deferred(ModuleType):
    """Stands for `rfc3987_syntax` until something of it is called or asked for."""

    def is_valid_syntax(self, term: str, value: str) -> bool:
        return bool(_load().is_valid_syntax(term, value))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):  # the import system asks for __path__, __spec__ and others
            raise AttributeError(name)
        return getattr(_load(), name)


def defer_address_grammar() -> None:
    """Make the next import of `rfc3987_syntax` free; harmless where it is loaded already or not installed."""
    from importlib.util import find_spec

    if _NAME not in sys.modules and find_spec(_NAME) is not None:
        sys.modules[_NAME] = _Deferred(_NAME)


def _load() -> ModuleType:
    from importlib import import_module

    if isinstance(sys.modules.get(_NAME), _Deferred):
        del sys.modules[_NAME]
    return import_module(_NAME)
