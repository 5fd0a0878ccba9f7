"""The training loop for torch networks; the only module here that needs torch."""

import copy
import math
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from biolabkit._files import atomic_write
from biolabkit.errors import InputError, MissingExtraError

if TYPE_CHECKING:
    import torch

__all__ = ["Options", "Trained", "predict_network", "train_network"]

Arrays = tuple[npt.NDArray[np.float32], npt.NDArray[Any]]
_PREDICT_ROWS = 1024


@dataclass(frozen=True)
class Options:
    """What `learning.fit` was told about the loop; see there."""

    seed: int
    epochs: int
    batch_size: int
    learning_rate: float
    patience: int
    loss: Callable[[Any, Any], Any] | None
    optimizer: Callable[..., Any] | None
    device: str
    checkpoint: str | PathLike[str] | None
    progress: bool | None


class Trained(NamedTuple):
    """A network at its best epoch and the way there."""

    network: "torch.nn.Module"
    history: list[tuple[int, float, float, float]]
    best_epoch: int
    device: str


def train_network(model: Any, data: Arrays, valid: Arrays | None, options: Options) -> Trained:
    """Train a network with early stopping; `learning.fit` says what the parameters mean."""
    torch = _import_torch()
    _check_options(options, len(data[0]))
    device = _device(options.device)
    with torch.random.fork_rng():  # the caller's stream of random numbers goes on as if nothing had happened
        torch.manual_seed(options.seed)
        network = _network(model).to(device)
        loss = options.loss or _default_loss(network, data, device)
        make_optimizer = options.optimizer or torch.optim.Adam
        optimizer = make_optimizer(network.parameters(), lr=options.learning_rate)
        inputs, targets = _tensors(data, loss, device)
        held_out = None if valid is None else _tensors(valid, loss, device)
        shuffle = torch.Generator().manual_seed(options.seed)
        history: list[tuple[int, float, float, float]] = []
        best, best_epoch, best_state = math.inf, 0, copy.deepcopy(network.state_dict())
        for epoch in _progress(options):
            start = time.perf_counter()
            train_loss = _one_epoch(network, loss, optimizer, inputs, targets, options, shuffle, epoch)
            valid_loss = (
                math.nan if held_out is None else _loss_of(network, loss, *held_out, options.batch_size)
            )
            history.append((epoch, train_loss, valid_loss, time.perf_counter() - start))
            if held_out is None or valid_loss < best:
                best, best_epoch, best_state = valid_loss, epoch, copy.deepcopy(network.state_dict())
                _save(options.checkpoint, best_state)
            elif epoch - best_epoch >= options.patience:
                break
    network.load_state_dict(best_state)
    return Trained(network.to("cpu").eval(), history, best_epoch, str(device))


def predict_network(network: "torch.nn.Module", inputs: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Probabilities of a network: of 1 with one output, of each class with more."""
    torch = _import_torch()
    network.eval()
    parts = []
    with torch.no_grad():
        for start in range(0, len(inputs), _PREDICT_ROWS):
            output = network(torch.from_numpy(inputs[start : start + _PREDICT_ROWS]))
            parts.append(output.double().cpu())
    if not parts:
        return np.empty(0)
    output = torch.cat(parts)
    if output.ndim == 1 or output.shape[1] == 1:
        return np.asarray(torch.sigmoid(output).reshape(-1).numpy())
    return np.asarray(torch.softmax(output, dim=1).numpy())


def _import_torch() -> Any:
    try:
        import torch
    except ImportError as error:
        raise MissingExtraError("torch", "train") from error
    return torch


def _check_options(options: Options, rows: int) -> None:
    demands = [
        (rows >= 1, f"data: at least one row expected, found {rows}"),
        (options.epochs >= 1, f"epochs: at least 1 expected, found {options.epochs}"),
        (options.batch_size >= 1, f"batch_size: at least 1 expected, found {options.batch_size}"),
        (options.patience >= 1, f"patience: at least 1 expected, found {options.patience}"),
        (options.learning_rate > 0, f"learning_rate: above 0 expected, found {options.learning_rate}"),
    ]
    problems = [message for holds, message in demands if not holds]
    if problems:
        raise InputError("fit: " + "; ".join(problems))


def _device(name: str) -> Any:
    torch = _import_torch()
    if name != "auto":
        try:
            return torch.empty(0, device=name).device
        except (RuntimeError, AssertionError) as error:
            first = str(error).splitlines()[0]
            raise InputError(
                f"fit: device {name!r} cannot be used ({first}); device='auto' takes what is there"
            ) from error
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def _network(model: Any) -> Any:
    torch = _import_torch()
    network = model if isinstance(model, torch.nn.Module) else model() if callable(model) else model
    if not isinstance(network, torch.nn.Module):
        raise InputError(
            "fit: a scikit-learn estimator, a torch.nn.Module or a function that makes one expected, found "
            f"{type(network).__name__}"
        )
    return network


def _default_loss(network: Any, data: Arrays, device: Any) -> Any:
    """Binary cross-entropy for one output, cross-entropy for more, told by one row."""
    torch = _import_torch()
    network.eval()
    with torch.no_grad():
        output = network(torch.from_numpy(data[0][:1]).to(device))
    if output.ndim == 1 or output.shape[1] == 1:
        if not np.isin(data[1], (0, 1)).all():
            raise InputError(
                "fit: a network with one output needs labels 0 and 1; pass loss= for other targets"
            )
        return torch.nn.BCEWithLogitsLoss()
    if not np.isin(data[1], np.arange(output.shape[1])).all():
        raise InputError(
            f"fit: the network has {output.shape[1]} outputs; labels 0 to {output.shape[1] - 1} needed"
        )
    return torch.nn.CrossEntropyLoss()


def _tensors(data: Arrays, loss: Any, device: Any) -> tuple[Any, Any]:
    torch = _import_torch()
    classes = isinstance(loss, torch.nn.CrossEntropyLoss)
    targets = torch.as_tensor(np.asarray(data[1], dtype=np.int64 if classes else np.float32))
    return torch.from_numpy(data[0]).to(device), targets.to(device)


def _batches(rows: int, size: int) -> Iterator[slice]:
    for start in range(0, rows, size):
        yield slice(start, start + size)


def _loss_value(network: Any, loss: Any, inputs: Any, targets: Any) -> Any:
    output = network(inputs)
    if output.ndim == targets.ndim + 1 and output.shape[-1] == 1:
        output = output.squeeze(-1)
    return loss(output, targets)


def _one_epoch(
    network: Any,
    loss: Any,
    optimizer: Any,
    inputs: Any,
    targets: Any,
    options: Options,
    shuffle: Any,
    epoch: int,
) -> float:
    torch = _import_torch()
    network.train()
    order = torch.randperm(len(inputs), generator=shuffle).to(inputs.device)
    total = torch.zeros((), device=inputs.device)
    for batch in _batches(len(inputs), options.batch_size):
        rows = order[batch]
        optimizer.zero_grad(set_to_none=True)
        value = _loss_value(network, loss, inputs[rows], targets[rows])
        value.backward()
        optimizer.step()
        total += value.detach() * len(rows)
    mean = float(total) / len(inputs)
    if not math.isfinite(mean):
        raise InputError(
            f"fit: the training loss is {mean} in epoch {epoch}; lower learning_rate (now "
            f"{options.learning_rate:g}) or scale the features"
        )
    return mean


def _loss_of(network: Any, loss: Any, inputs: Any, targets: Any, batch_size: int) -> float:
    torch = _import_torch()
    network.eval()
    total = 0.0
    with torch.no_grad():
        for batch in _batches(len(inputs), batch_size):
            part = targets[batch]
            total += float(_loss_value(network, loss, inputs[batch], part)) * len(part)
    return total / len(inputs)


def _progress(options: Options) -> Any:
    from tqdm.auto import tqdm

    # disable=None: quiet where standard error is no terminal
    disable = None if options.progress is None else not options.progress
    return tqdm(range(1, options.epochs + 1), desc="epochs", leave=False, disable=disable)


def _save(path: str | PathLike[str] | None, state: Any) -> None:
    if path is None:
        return
    torch = _import_torch()
    with atomic_write(path, "wb") as stream:
        torch.save(state, stream)
