"""Puts off two imports until something of them is needed; nothing behaves differently.

`nbformat` and `nbgrader` import `jsonschema`, which imports `rfc3987_syntax` where it is installed, which
spends a second and a half on an Earley parser for internationalised addresses. Notebook schemas hold none.
`nbgrader` itself imports all of its Jupyter server extensions, half a second, before its gradebook.
"""

import sys
from types import ModuleType
from typing import Any

__all__ = ["defer_address_grammar", "defer_server_extensions"]

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


class _Package(ModuleType):
    """A package that runs its own code at the first name which is neither there nor a submodule."""

    def __getattr__(self, name: str) -> Any:
        from importlib.util import find_spec

        if (name.startswith("__") and name != "__version__") or find_spec(f"{self.__name__}.{name}"):
            raise AttributeError(name)
        spec = self.__spec__
        assert spec is not None
        assert spec.loader is not None
        self.__class__ = ModuleType  # type: ignore[assignment]  # ordinary from now on
        spec.loader.exec_module(self)
        return getattr(self, name)


def defer_server_extensions() -> None:
    """Make `nbgrader` run its own ``__init__`` only when a name of it is asked for."""
    from importlib.util import find_spec

    if "nbgrader" in sys.modules:
        return
    spec = find_spec("nbgrader")
    if spec is None:
        return
    package = _Package("nbgrader")
    package.__spec__, package.__file__ = spec, spec.origin
    package.__path__ = list(spec.submodule_search_locations or ())
    package.__package__, package.__loader__ = "nbgrader", spec.loader
    sys.modules["nbgrader"] = package
