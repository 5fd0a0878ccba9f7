"""Checkpoints: all that a training run needs to go on to the bit, in one file that is whole or not there."""

import os
import pickle
from os import PathLike
from pathlib import Path
from typing import Any

from biolabkit._files import atomic_write
from biolabkit._words import told
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
            told(
                f"fit: {Path(path)} is no checkpoint or is damaged; delete it to start anew",
                f"fit: 체크포인트가 아니거나 손상된 파일입니다({Path(path)}). 처음부터 학습하려면 이 파일을 "
                "지우십시오",
            )
        ) from error
    if not isinstance(found, dict) or found.get("format") != _FORMAT:
        raise InputError(
            told(
                f"fit: {Path(path)} is no checkpoint of this version; delete it to start anew",
                f"fit: 이 버전의 체크포인트가 아닙니다({Path(path)}). 처음부터 학습하려면 이 파일을 "
                "지우십시오",
            )
        )
    _same_run(path, found["identity"], identity)
    return dict(found)


def _same_run(path: str | PathLike[str], before: dict[str, Any], now: dict[str, Any]) -> None:
    """Refuse to go on from another run, and name all differences."""
    differing = [
        (name, _short(before.get(name)), _short(now[name])) for name in now if before.get(name) != now[name]
    ]
    if differing:
        en = "; ".join(f"{name} was {old}, is {new}" for name, old, new in differing)
        ko = ", ".join(f"{name}({old} → {new})" for name, old, new in differing)
        raise InputError(
            told(
                f"fit: {Path(path)} belongs to another run: {en}; delete it to start anew",
                f"fit: 다른 학습의 체크포인트입니다({Path(path)}). 달라진 것: {ko}. 처음부터 학습하려면 이 "
                "파일을 지우십시오",
            )
        )


def _short(value: Any) -> str:
    text = str(value)
    return text if len(text) <= 20 else f"{text[:12]}…"
