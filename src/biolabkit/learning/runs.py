"""A trained model with how it came about, in memory and on disk; its hash tells whether it is the same."""

import hashlib
import json
import math
import os
import shutil
import tempfile
from collections.abc import Callable
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.learning._inputs import columns_present, is_network, network_numbers

__all__ = ["HISTORY_COLUMNS", "Run", "load_run"]

HISTORY_COLUMNS = ("epoch", "train_loss", "valid_loss", "learning_rate", "seconds")

_FORMAT = 1
_RECORD = "run.json"
_PLAIN = ("best_epoch", "label", "seed", "device", "seconds", "data_hash", "versions")


@dataclass(frozen=True)
class Run:
    """A model that was trained, and how.

    Attributes
    ----------
    model : object
        The fitted estimator or network (a network is on the CPU, in evaluation mode, at its best epoch).
    history : DataFrame
        ``epoch, train_loss, valid_loss, learning_rate, seconds``; empty for scikit-learn.
    best_epoch : int or None
        The epoch that was kept.
    features : tuple of str or None
        Columns used, in order; None when arrays were given.
    label : str or None
    seed : int
    device : str
    seconds : float
        Wall time of training.
    data_hash : str
        SHA-256 of the training features and labels.
    versions : dict of str to str
        Of Python packages that decide the result.
    """

    model: Any
    history: pd.DataFrame
    best_epoch: int | None
    features: tuple[str, ...] | None
    label: str | None
    seed: int
    device: str
    seconds: float
    data_hash: str
    versions: dict[str, str] = field(repr=False)

    def save(self, folder: str | PathLike[str]) -> Path:
        """Write the model and how it came about; `load_run` reads it back.

        Parameters
        ----------
        folder : path-like
            A new folder: ``run.json`` (history, features, seed, hash of the data, versions) and
            ``weights.pt`` (a network's state_dict) or ``model.joblib`` (a scikit-learn model).

        Returns
        -------
        Path
            The folder.

        Raises
        ------
        InputError
            The folder is there already: a saved run is never changed.
        """
        target = Path(folder)
        if target.exists():
            raise InputError(
                told(
                    f"save: {target} is there already; choose another name",
                    f"save: 이미 있는 이름입니다({target}). 다른 이름으로 저장하십시오",
                )
            )
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(prefix=f".{target.name}.", dir=target.parent))
        try:
            file = _write_model(self.model, temporary)
            (temporary / _RECORD).write_text(_record(self, file), encoding="utf-8")
            temporary.chmod(0o755)
            os.rename(temporary, target)  # noqa: PTH104  (fails where a folder came in between)
        except BaseException:
            shutil.rmtree(temporary, ignore_errors=True)
            raise
        return target

    def predict(self, data: pd.DataFrame | npt.ArrayLike) -> npt.NDArray[np.float64]:
        """Score rows.

        Parameters
        ----------
        data : DataFrame or array-like
            A table with the run's features, or an array as it was trained with.

        Returns
        -------
        ndarray of float64
            Probability of 1, shape (rows,), of a model of two classes; probabilities of shape (rows, classes)
            with more classes; the predicted value of a regression.

        Raises
        ------
        InputError
            A feature is missing from the table.
        """
        if self.features is not None:
            columns_present(data, self.features, "predict")  # type: ignore[arg-type]  # it refuses arrays
            data = data[list(self.features)]  # type: ignore[index,call-overload]  # a DataFrame by now
        if is_network(self.model):
            from biolabkit.learning.torch_loop import predict_network

            return predict_network(self.model, network_numbers(data, "predict"))
        if not hasattr(self.model, "predict_proba"):
            return np.asarray(self.model.predict(data), dtype=np.float64)
        probabilities = np.asarray(self.model.predict_proba(data), dtype=np.float64)
        return probabilities[:, 1] if probabilities.shape[1] == 2 else probabilities


def load_run(folder: str | PathLike[str], model: Callable[[], Any] | Any = None) -> Run:
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
    record = _read_record(Path(folder))
    file = Path(folder, record["model"])
    if not file.is_file() or _sha256(file) != record["model_sha256"]:
        raise InputError(
            told(
                f"load_run: {file} is missing or is not the file that was saved; fetch it again",
                f"load_run: 모형 파일이 없거나 저장된 것과 다릅니다({file}). 원본에서 다시 가져오십시오",
            )
        )
    return Run(
        model=_read_model(file, model),
        history=_table(record["history"]),
        features=None if record["features"] is None else tuple(record["features"]),
        **{name: record[name] for name in _PLAIN},
    )


def _record(run: Run, file: Path) -> str:
    """What stands beside the model's file, as JSON."""
    record = {
        "format": _FORMAT,
        "model": file.name,
        "model_sha256": _sha256(file),
        "features": None if run.features is None else list(run.features),
        "history": json.loads(run.history.to_json(orient="records", double_precision=15)),
        **{name: getattr(run, name) for name in _PLAIN},
    }
    return json.dumps(record, indent=1, ensure_ascii=False) + "\n"


def _read_record(folder: Path) -> dict[str, Any]:
    try:
        record: dict[str, Any] = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        number = record["format"]
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            told(
                f"load_run: {folder} holds no saved run ({_RECORD}: {error})",
                f"load_run: 저장된 학습 결과가 없는 폴더입니다({folder}). {_RECORD}: {error}",
            )
        ) from error
    if number != _FORMAT:
        raise InputError(
            told(
                f"load_run: {folder} was saved by another version (format {number})",
                f"load_run: 다른 버전에서 저장한 학습 결과입니다({folder}, format {number})",
            )
        )
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
        raise InputError(
            told(
                "load_run: a network was saved; pass model=, the function that makes it",
                "load_run: 저장된 모형이 신경망입니다. 그 신경망을 만드는 함수를 model=로 넘기십시오",
            )
        )
    network = make_network(model)
    try:
        network.load_state_dict(torch.load(file, weights_only=True))
    except RuntimeError as error:
        raise InputError(
            told(
                f"load_run: model= makes another network than was saved ({error})",
                f"load_run: model=로 만든 신경망이 저장된 것과 다릅니다({error})",
            )
        ) from error
    return network.eval()


def _table(rows: list[dict[str, Any]]) -> pd.DataFrame:
    table = pd.DataFrame(rows, columns=list(HISTORY_COLUMNS))
    return table.fillna({"valid_loss": math.nan}).infer_objects() if rows else table


def _sha256(file: Path) -> str:
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
