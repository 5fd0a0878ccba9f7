"""Puts off an import until something of it is needed; nothing behaves differently.

`nbgrader` imports all of its Jupyter server extensions, half a second, before its gradebook.
"""

import sys
from types import ModuleType
from typing import Any

__all__ = ["defer_server_extensions"]


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
