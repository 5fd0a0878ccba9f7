"""Dataclasses that both processes know, by value: of biolabkit, and of the exercise's setup cells.

The judge makes its own class's object from plain fields; its `__init__` does not run and its methods are the
judge's own, so that comparing and reading one is safe.
"""

import dataclasses
import sys
from typing import Any

from .codec import DecodeError, Decoder, Encoder, Node
from .references import SharedNames

__all__ = ["decode_record", "encode_record"]

_PACKAGE = "biolabkit."
_EXCLUDED = "biolabkit.check"  # cards and hints are the judge's to make


def encode_record(encoder: Encoder, value: Any, depth: int, shared: SharedNames) -> Node | None:
    """Encode an object of such a dataclass; None when it is none."""
    kind = type(value)
    if not dataclasses.is_dataclass(kind):
        return None
    if kind.__module__.startswith(_PACKAGE) and not kind.__module__.startswith(_EXCLUDED):
        module, name = kind.__module__, kind.__name__
    else:
        module = ""
        name = next((name for name, known in shared.items() if known is kind), "")
        if not name:
            return None
    names = [field.name for field in dataclasses.fields(kind)]
    fields = [encoder.node(getattr(value, name, None), depth + 1) for name in names]
    return {"t": "record", "m": module, "n": name, "k": names, "v": fields}


def decode_record(decoder: Decoder, node: dict[str, Any], depth: int, shared: SharedNames) -> Any:
    """Make the judge's own object from decoded fields."""
    module, name = decoder.text(node["m"]), decoder.text(node["n"])
    if module:
        if not module.startswith(_PACKAGE) or module.startswith(_EXCLUDED) or module not in sys.modules:
            raise DecodeError("not a record of biolabkit")
        kind = vars(sys.modules[module]).get(name)
    else:
        kind = shared.get(name)
    if not (isinstance(kind, type) and dataclasses.is_dataclass(kind)):
        raise DecodeError("not a record")
    names = [field.name for field in dataclasses.fields(kind)]
    if node["k"] != names or len(node["v"]) != len(names):
        raise DecodeError("not the fields of the record")
    made = object.__new__(kind)
    for name, part in zip(names, node["v"], strict=True):
        object.__setattr__(made, name, decoder.value(part, depth + 1))
    return made
