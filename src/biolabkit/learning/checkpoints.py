"""Checkpoints: all that a training run needs to go on to the bit, in one file that is whole or not there."""

import os
import pickle
from os import PathLike
from pathlib import Path
from typing import Any

from biolabkit._files import atomic_write
from biolabkit.errors import InputError
from biolabkit.learning.torch_parts import import_torch

__all__ = ["read_checkpoint", "write_checkpoint"]

_FORMAT = 1


def write_checkpoint(path: str | PathLike[str], identity: dict[str, Any], state: dict[str, Any]) -> None:
    """Write a checkpoint.

    Parameters
    ----------
    path : path-like
        Its folder is made when it is missing.
    identity : dict
        What a run that goes on must have in common with this one: plain values by their names.
    state : dict
        Tensors, numbers, and lists and dicts of them.
    """
    torch = import_torch()
    with atomic_write(path, "wb") as stream:
        torch.save({"format": _FORMAT, "identity": identity, **state}, stream)


def read_checkpoint(path: str | PathLike[str], identity: dict[str, Any]) -> dict[str, Any] | None:
    """Read the state to go on from; None when there is no file.

    Raises
    ------
    InputError
        The file is no checkpoint, is damaged, or belongs to another run; all differences are named.
    """
    torch = import_torch()
    if not os.path.lexists(path):
        return None
    try:
        found = torch.load(
            path, weights_only=True
        )  # tensors and plain values only: nothing in it is executed
    except (OSError, RuntimeError, EOFError, ValueError, KeyError, pickle.UnpicklingError) as error:
        raise InputError(
            f"fit: {Path(path)} is no checkpoint or is damaged; delete it to start anew"
        ) from error
    if not isinstance(found, dict) or found.get("format") != _FORMAT:
        raise InputError(f"fit: {Path(path)} is no checkpoint of this version; delete it to start anew")
    before = found["identity"]
    differing = [name for name in identity if before.get(name) != identity[name]]
    if differing:
        told = "; ".join(
            f"{name} was {_short(before.get(name))}, is {_short(identity[name])}" for name in differing
        )
        raise InputError(f"fit: {Path(path)} belongs to another run: {told}; delete it to start anew")
    return dict(found)


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 20 else f"{text[:12]}…"
