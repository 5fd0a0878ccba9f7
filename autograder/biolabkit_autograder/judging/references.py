"""How the judge hands the workbench what is not plain: by name, by import, by construction, or as a callback.

Only the workbench decodes these, where the learner's code runs anyway; the judge never does.
"""

import copyreg
import importlib
import sys
import types
from collections.abc import Callable, Mapping
from typing import Any

from .codec import DecodeError, Decoder, Encoder, Node

__all__ = [
    "NotSendableError",
    "SharedNames",
    "import_name",
    "imported",
    "outward",
    "resolve_import",
    "resolve_object",
    "shared_name",
]

#: Objects of both processes by the name that a setup cell gave them.
SharedNames = Mapping[str, Any]


class NotSendableError(TypeError):
    """A check hands learner code a value that cannot leave the judge."""


def outward(
    encoder: Encoder, value: Any, depth: int, shared: SharedNames, callback: Callable[[Any], int]
) -> Node:
    """Encode a value of the judge's that is not plain.

    Raises
    ------
    NotSendableError
        When there is no way to hand it over.
    """
    for name, known in shared.items():
        if known is value:
            return {"t": "shared", "n": name}
    if isinstance(value, types.ModuleType):
        return {"t": "import", "m": value.__name__, "q": ""}
    found = import_name(value)
    if found is not None:
        return {"t": "import", "m": found[0], "q": found[1]}
    if isinstance(value, types.FunctionType | types.MethodType | types.BuiltinFunctionType):
        return {"t": "callback", "id": callback(value)}
    return _constructed(encoder, value, depth)


def _constructed(encoder: Encoder, value: Any, depth: int) -> Node:
    """How copying makes the object: a function, its arguments, the state."""
    try:
        recipe = value.__reduce_ex__(4)
    except Exception:
        recipe = None
    if not isinstance(recipe, tuple):
        raise NotSendableError(
            f"a check cannot hand a {type(value).__name__} to learner code; make it in a setup cell, "
            "or hand over plain values"
        )
    function, arguments, *rest = recipe
    state, items, pairs = [*rest, None, None, None][:3]
    return {
        "t": "object",
        "f": encoder.node(function, depth + 1),
        "a": encoder.node(tuple(arguments), depth + 1),
        "s": encoder.node(state, depth + 1),
        "i": encoder.node(None if items is None else list(items), depth + 1),
        "p": encoder.node(None if pairs is None else list(pairs), depth + 1),
    }


def import_name(value: Any) -> tuple[str, str] | None:
    """Say from where a class or function can be imported, if it can."""
    name = getattr(value, "__qualname__", None) or getattr(value, "__name__", None)
    module = getattr(value, "__module__", None) or ("numpy" if _is_ufunc(value) else "builtins")
    if type(name) is not str or type(module) is not str or "<" in name or module == "__main__":
        return _of_types_module(value)
    try:
        return (module, name) if imported(module, name) is value else _of_types_module(value)
    except (ImportError, AttributeError):
        return _of_types_module(value)


def _is_ufunc(value: Any) -> bool:
    return (type(value).__module__, type(value).__name__) == ("numpy", "ufunc")


def _of_types_module(value: Any) -> tuple[str, str] | None:
    # the class of generators, of functions … is named in `types` only
    if isinstance(value, type):
        for name in types.__all__:
            if vars(types).get(name) is value:
                return "types", name
    return None


def imported(module: str, name: str) -> Any:
    """Import a module, or what is in it under a dotted name."""
    found: Any = sys.modules.get(module) or importlib.import_module(module)
    for part in filter(None, name.split(".")):
        found = getattr(found, part)
    return found


def resolve_import(decoder: Decoder, node: dict[str, Any], _: int) -> Any:
    """Decode an import, in the workbench."""
    return imported(decoder.text(node["m"]), decoder.text(node["q"]))


def resolve_object(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    """Decode a construction, in the workbench."""
    function, arguments, state, items, pairs = (decoder.value(node[key], depth + 1) for key in "fasip")
    made = copyreg.__newobj__(*arguments) if function is copyreg.__newobj__ else function(*arguments)  # type: ignore[attr-defined]
    if state is not None:
        _set_state(made, state)
    if items is not None:
        made.extend(items)
    for key, value in pairs or ():
        made[key] = value
    return made


def _set_state(made: Any, state: Any) -> None:
    if hasattr(made, "__setstate__"):
        made.__setstate__(state)
        return
    names, slots = state if isinstance(state, tuple) and len(state) == 2 else (state, None)
    for name, value in {**(names or {}), **(slots or {})}.items():
        object.__setattr__(made, name, value)


def shared_name(decoder: Decoder, node: dict[str, Any], shared: SharedNames) -> Any:
    """Decode a name that a setup cell gave, in the workbench."""
    name = decoder.text(node["n"])
    if name not in shared:
        raise DecodeError(f"no setup cell made {name}")
    return shared[name]
