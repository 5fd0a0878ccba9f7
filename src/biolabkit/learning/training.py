"""`fit`: one call for scikit-learn models and for torch networks."""

import hashlib
import time
from collections.abc import Callable, Mapping, Sequence
from importlib.metadata import PackageNotFoundError, version
from os import PathLike
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from biolabkit._words import told
from biolabkit.errors import InputError
from biolabkit.learning._inputs import columns_present, is_network, network_numbers
from biolabkit.learning.runs import HISTORY_COLUMNS, Run

__all__ = ["fit"]

Data = pd.DataFrame | tuple[npt.ArrayLike, npt.ArrayLike]


def fit(
    model: Any,
    data: Data,
    *,
    label: str | None = None,
    features: Sequence[str] | None = None,
    valid: Data | None = None,
    seed: int = 0,
    epochs: int = 100,
    batch_size: int = 64,
    learning_rate: float = 1e-3,
    patience: int = 10,
    loss: Callable[[Any, Any], Any] | None = None,
    class_weight: str | Mapping[Any, float] | None = None,
    optimizer: Callable[..., Any] | None = None,
    scheduler: Callable[[Any], Any] | None = None,
    augment: Callable[[Any], Any] | None = None,
    device: str = "auto",
    mixed_precision: bool | str | None = None,
    checkpoint: str | PathLike[str] | None = None,
    resume: bool = False,
    progress: bool | None = None,
) -> Run:
    """Train a model.

    A scikit-learn estimator or pipeline is fitted as it is, with its own ``random_state``; the options of the
    loop (`valid` to `progress`) mean nothing to it. A torch network goes through one training loop: shuffled
    batches, Adam, early stopping on the validation loss, the best epoch kept.

    Parameters
    ----------
    model : estimator, torch.nn.Module, or callable
        A callable without arguments that makes a network is called after seeding, so that its first weights
        are reproducible too.
    data : DataFrame or (X, y)
        A table with `label` and `features`, or arrays; X of shape (rows, …).
    label : str, optional
        Column to predict; required with a table.
    features : sequence of str, optional
        Columns to use; by default all but `label`.
    valid : DataFrame or (X, y), optional
        Validation rows, split by patient (see `learning.split`), never the test. Without them a network
        trains for all epochs and the last one is kept.
    seed : int
        Same seed and data, same network; to the bit on the CPU with the same versions and thread count.
    epochs, batch_size, learning_rate
        Of the loop.
    patience : int
        Stop after this many epochs without a better validation loss.
    loss : callable, optional
        ``loss(output, target) -> scalar``. By default binary cross-entropy for a network with one output and
        cross-entropy for more.
    class_weight : "balanced" or dict of int to float, optional
        Weights of the classes in the built-in losses; ``"balanced"`` is rows / (classes x rows of the class).
        It shifts the probabilities: recalibrate before they are read as risks.
    optimizer : callable, optional
        ``optimizer(parameters, lr=learning_rate)``; by default ``torch.optim.Adam``.
    scheduler : callable, optional
        ``scheduler(optimizer)`` makes a ``torch.optim.lr_scheduler``; it is stepped after each epoch, with
        the validation loss if it is ``ReduceLROnPlateau``.
    augment : callable, optional
        ``augment(inputs) -> inputs`` changes a batch of training inputs (a tensor); validation and prediction
        never see it. Random numbers of torch are seeded.
    device : {"auto", "cpu", "cuda", "mps", …}
        ``"auto"`` takes cuda, then mps, then cpu.
    mixed_precision : bool, {"float16", "bfloat16"} or None
        None uses 16 bits on cuda (bfloat16 where the device has it) and 32 bits elsewhere.
    checkpoint : path-like, optional
        A file that holds, after each epoch, all that is needed to go on, the best weights under
        ``"best_weights"``; it is whole or not there.
    resume : bool
        Go on from the checkpoint if it is there: the result is that of a run without interruption, to the
        bit on the CPU. A checkpoint of other data or options is refused.
    progress : bool, optional
        By default a curve that grows in a notebook, a bar on a terminal, nothing elsewhere; False is quiet.

    Returns
    -------
    Run

    Raises
    ------
    InputError
        A column is unknown, NaN in a network's features or labels, unequal lengths, a loss that is not
        finite, a checkpoint of another run.
    MissingExtraError
        A network was given, and torch is not installed.
    """
    X, y, names = _take(data, label, features)
    record: dict[str, Any] = {
        "features": names,
        "label": label,
        "seed": seed,
        "data_hash": _data_hash(X, y),
    }
    start = time.perf_counter()
    if hasattr(model, "fit") and not is_network(model):
        fitted = model.fit(X, y)
        return Run(
            model=fitted,
            history=pd.DataFrame(columns=list(HISTORY_COLUMNS)),
            best_epoch=None,
            device="cpu",
            seconds=time.perf_counter() - start,
            versions=_versions("numpy", "pandas", "scikit-learn"),
            **record,
        )
    from biolabkit.learning.torch_loop import Options, train_network

    validation = None if valid is None else _numeric_pair(*_take(valid, label, names)[:2], "valid")
    options = Options(
        seed=seed,
        epochs=epochs,
        batch_size=batch_size,
        learning_rate=learning_rate,
        patience=patience,
        loss=loss,
        class_weight=class_weight,
        optimizer=optimizer,
        scheduler=scheduler,
        augment=augment,
        device=device,
        mixed_precision=mixed_precision,
        checkpoint=checkpoint,
        resume=resume,
        progress=progress,
        data_hash=record["data_hash"] if validation is None else _data_hash(record["data_hash"], *validation),
    )
    trained = train_network(model, _numeric_pair(X, y, "data"), validation, options)
    return Run(
        model=trained.network,
        history=pd.DataFrame(trained.history, columns=list(HISTORY_COLUMNS)),
        best_epoch=trained.best_epoch,
        device=trained.device,
        seconds=time.perf_counter() - start,
        versions=_versions("numpy", "pandas", "torch"),
        **record,
    )


def _take(
    data: Data, label: str | None, features: Sequence[str] | None
) -> tuple[Any, Any, tuple[str, ...] | None]:
    """Features, labels and the names of the features."""
    if isinstance(data, pd.DataFrame):
        return _take_columns(data, label, features)
    if not (isinstance(data, tuple) and len(data) == 2):
        found = type(data).__name__
        raise InputError(
            told(
                f"fit: a DataFrame or a tuple (X, y) expected, found {found}",
                f"fit: DataFrame 또는 튜플 (X, y)여야 하는데 {found}입니다",
            )
        )
    X, y = np.asarray(data[0]), np.asarray(data[1])
    if len(X) != len(y):
        raise InputError(
            told(
                f"fit: X has {len(X)} rows and y has {len(y)}",
                f"fit: X는 {len(X)}행인데 y는 {len(y)}행입니다",
            )
        )
    return X, y, None


def _take_columns(
    table: pd.DataFrame, label: str | None, features: Sequence[str] | None
) -> tuple[pd.DataFrame, "pd.Series[Any]", tuple[str, ...]]:
    if label is None:
        raise InputError(
            told(
                "fit: a table needs label=, the column to predict",
                "fit: 표를 넘길 때에는 예측할 열을 label=로 지정해야 합니다",
            )
        )
    columns_present(table, [label, *([] if features is None else features)], "fit")
    others = [name for name in table.columns if name != label]
    names = tuple(others if features is None else features)
    if not names:
        raise InputError(
            told(
                "fit: at least one feature expected, found none",
                "fit: 입력 변수(features)가 하나 이상 있어야 하는데 하나도 없습니다",
            )
        )
    if label in names:
        raise InputError(
            told(
                f"fit: the label {label!r} is among the features; the model would be given the answer",
                f"fit: 예측할 열이 입력 변수(features)에 들어 있습니다: {label!r}. 모형에게 정답을 알려 주는 "
                "셈입니다",
            )
        )
    missing = int(table[label].isna().sum())
    if missing:
        raise InputError(
            told(
                f"fit: {missing} labels in column {label!r} are missing; leave those rows out",
                f"fit: {label!r} 열의 레이블 {missing}개가 결측값입니다. 그런 행은 빼고 넘기십시오",
            )
        )
    return table[list(names)], table[label], names


def _numeric_pair(X: Any, y: Any, where: str) -> tuple[npt.NDArray[np.float32], npt.NDArray[Any]]:
    network_numbers(y, f"{where}, labels", f"{where}, 레이블")
    return network_numbers(X, f"{where}, features", f"{where}, 입력 변수"), np.asarray(y)


def _data_hash(*parts: Any) -> str:
    digest = hashlib.sha256()
    for part in parts:
        if isinstance(part, pd.DataFrame | pd.Series):
            digest.update(pd.util.hash_pandas_object(part, index=False).to_numpy().tobytes())
        else:
            array = np.ascontiguousarray(part)
            digest.update(str((array.shape, array.dtype.str)).encode())
            digest.update(array.tobytes())
    return digest.hexdigest()


def _versions(*packages: str) -> dict[str, str]:
    found = {}
    for package in ("biolabkit", *packages):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            found[package] = "unknown"
    return found
