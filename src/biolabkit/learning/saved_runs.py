"""Runs on disk: the model, how it came about, and the hash that tells whether it is still the same."""

import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable
from os import PathLike
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pandas as pd

from biolabkit.errors import InputError

if TYPE_CHECKING:
    from biolabkit.learning.training import Run

__all__ = ["load_run", "save_run"]

_FORMAT = 1
_RECORD = "run.json"
_PLAIN = ("best_epoch", "label", "seed", "device", "seconds", "data_hash", "versions")


def save_run(run: "Run", folder: str | PathLike[str]) -> Path:
    """Write a run; see `Run.save`."""
    target = Path(folder)
    if target.exists():
        raise InputError(f"save: {target} is there already; choose another name")
    target.parent.mkdir(parents=True, exist_ok=True)
    temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
    try:
        file = _write_model(run.model, temporary)
        record = {
            "format": _FORMAT,
            "model": file.name,
            "model_sha256": _sha256(file),
            "features": None if run.features is None else list(run.features),
            "history": json.loads(run.history.to_json(orient="records", double_precision=15)),
            **{name: getattr(run, name) for name in _PLAIN},
        }
        (temporary / _RECORD).write_text(
            json.dumps(record, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
        temporary.chmod(0o755)
        os.rename(temporary, target)  # noqa: PTH104  (fails where a folder came in between)
    except BaseException:
        shutil.rmtree(temporary, ignore_errors=True)
        raise
    return target


def load_run(folder: str | PathLike[str], model: Callable[[], Any] | Any = None) -> "Run":
    """Read a run that `Run.save` wrote.

    A scikit-learn model is a pickle: load only what you or somebody you trust has saved. A network's file
    holds numbers only; the network itself is made by your own code.

    Parameters
    ----------
    folder : path-like
        What `Run.save` returned.
    model : torch.nn.Module or callable
        For a network: what `fit` was given.

    Returns
    -------
    Run

    Raises
    ------
    InputError
        The folder holds no run, its model was changed since, or the network has another shape.
    """
    from biolabkit.learning.training import Run

    record = _read_record(Path(folder))
    file = Path(folder, record["model"])
    if not file.is_file() or _sha256(file) != record["model_sha256"]:
        raise InputError(f"load_run: {file} is missing or is not the file that was saved; fetch it again")
    return Run(
        model=_read_model(file, model),
        history=_table(record["history"]),
        features=None if record["features"] is None else tuple(record["features"]),
        **{name: record[name] for name in _PLAIN},
    )


def _read_record(folder: Path) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        if record["format"] != _FORMAT:
            raise InputError(f"load_run: {folder} was saved by another version (format {record['format']})")
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(f"load_run: {folder} holds no saved run ({_RECORD}: {error})") from error
    return record


def _write_model(model: Any, folder: Path) -> Path:
    if hasattr(model, "state_dict"):
        import torch

        file = folder / "weights.pt"
        torch.save(model.state_dict(), file)
    else:
        import joblib

        file = folder / "model.joblib"
        joblib.dump(model, file)
    return file


def _read_model(file: Path, model: Any) -> Any:
    if file.suffix == ".joblib":
        import joblib

        return joblib.load(file)
    from biolabkit.learning.torch_parts import import_torch, make_network

    torch = import_torch()
    if model is None:
        raise InputError("load_run: a network was saved; pass model=, the function that makes it")
    network = make_network(model)
    try:
        network.load_state_dict(torch.load(file, weights_only=True))
    except RuntimeError as error:
        raise InputError(f"load_run: model= makes another network than was saved ({error})") from error
    return network.eval()


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    from biolabkit.learning.training import HISTORY_COLUMNS

    table = pd.DataFrame(rows, columns=list(HISTORY_COLUMNS))
    return table.fillna({"valid_loss": math.nan}).infer_objects() if rows else table


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
