"""The training loop for torch networks."""

import copy
import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from os import PathLike
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from biolabkit._words import joined, told
from biolabkit.errors import InputError
from biolabkit.learning.checkpoints import read_checkpoint, write_checkpoint
from biolabkit.learning.live import LiveCurve, in_notebook
from biolabkit.learning.torch_parts import (
    Arrays,
    Precision,
    choose_device,
    import_torch,
    make_network,
    make_objective,
)

if TYPE_CHECKING:
    import torch

__all__ = ["Options", "Trained", "predict_network", "train_network"]

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
    class_weight: str | Mapping[Any, float] | None
    optimizer: Callable[..., Any] | None
    scheduler: Callable[[Any], Any] | None
    augment: Callable[[Any], Any] | None
    device: str
    mixed_precision: bool | str | None
    checkpoint: str | PathLike[str] | None
    resume: bool
    progress: bool | None
    data_hash: str


class Trained(NamedTuple):
    """A network at its best epoch and the way there."""

    network: "torch.nn.Module"
    history: list[tuple[int, float, float, float, float]]
    best_epoch: int
    device: str


def train_network(model: Any, data: Arrays, valid: Arrays | None, options: Options) -> Trained:
    """Train a network with early stopping; `learning.fit` says what the parameters mean."""
    torch = import_torch()
    _check_options(options, len(data[0]))
    with torch.random.fork_rng():  # the caller's stream of random numbers goes on as if nothing had happened
        torch.manual_seed(options.seed)
        training = _Training(model, data, valid, options)
        training.run()
    return training.result()


def predict_network(network: "torch.nn.Module", inputs: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
    """Probabilities of a network: of 1 with one output, of each class with more."""
    torch = import_torch()
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


class _Training:
    """One run of the loop: everything that changes from epoch to epoch is here, and in a checkpoint."""

    def __init__(self, model: Any, data: Arrays, valid: Arrays | None, options: Options) -> None:
        torch = import_torch()
        self.options = options
        self.device = choose_device(options.device)
        self.network = make_network(model).to(self.device)
        self.objective = make_objective(self.network, data, self.device, options.loss, options.class_weight)
        self.inputs, self.targets = self.objective.tensors(data, self.device)
        self.held_out = None if valid is None else self.objective.tensors(valid, self.device)
        make_optimizer = options.optimizer or torch.optim.Adam
        self.optimizer = make_optimizer(self.network.parameters(), lr=options.learning_rate)
        self.scheduler = options.scheduler(self.optimizer) if options.scheduler else None
        self.precision = Precision(options.mixed_precision, self.device)
        self.shuffle = torch.Generator().manual_seed(options.seed)
        self.history: list[tuple[int, float, float, float, float]] = []
        self.best, self.best_epoch = math.inf, 0
        self.best_weights = copy.deepcopy(self.network.state_dict())

    def run(self) -> None:
        """Train until the last epoch, or until validation has not improved for long enough."""
        if self.options.resume and self.options.checkpoint is not None:
            self._go_on(self.options.checkpoint)
        with _shown(self.options, len(self.history)) as show:
            for epoch in range(len(self.history) + 1, self.options.epochs + 1):
                if self.held_out is not None and len(self.history) - self.best_epoch >= self.options.patience:
                    break
                self._epoch(epoch)
                if self.options.checkpoint is not None:
                    write_checkpoint(self.options.checkpoint, self._identity(), self._state())
                show(self.history)

    def result(self) -> Trained:
        """Put the best weights back."""
        self.network.load_state_dict(self.best_weights)
        return Trained(self.network.to("cpu").eval(), self.history, self.best_epoch, str(self.device))

    def _epoch(self, epoch: int) -> None:
        start = time.perf_counter()
        learning_rate = float(self.optimizer.param_groups[0]["lr"])
        train_loss = self._train(epoch)
        valid_loss = math.nan if self.held_out is None else self._loss_of(*self.held_out)
        self._schedule(train_loss, valid_loss)
        if self.held_out is None or valid_loss < self.best:
            self.best, self.best_epoch = valid_loss, epoch
            self.best_weights = copy.deepcopy(self.network.state_dict())
        seconds = time.perf_counter() - start
        self.history.append((epoch, train_loss, valid_loss, learning_rate, seconds))

    def _train(self, epoch: int) -> float:
        torch = import_torch()
        self.network.train()
        order = torch.randperm(len(self.inputs), generator=self.shuffle).to(self.device)
        total = torch.zeros((), device=self.device)
        for batch in _batches(len(self.inputs), self.options.batch_size):
            rows = order[batch]
            inputs = self.inputs[rows]
            if self.options.augment is not None:
                inputs = self.options.augment(inputs)
            self.optimizer.zero_grad(set_to_none=True)
            with self.precision.cast():
                value = self.objective.value(self.network, inputs, self.targets[rows])
            self.precision.step(value, self.optimizer)
            total += value.detach() * len(rows)
        mean = float(total) / len(self.inputs)
        if not math.isfinite(mean):
            rate = self.options.learning_rate
            raise InputError(
                told(
                    f"fit: the training loss is {mean} in epoch {epoch}; lower learning_rate (now {rate:g}) "
                    "or scale the features",
                    f"fit: {epoch}번째 에폭의 학습 손실이 {mean}입니다. learning_rate(지금 {rate:g})를 "
                    "낮추거나 입력 변수를 표준화하십시오",
                )
            )
        return mean

    def _loss_of(self, inputs: Any, targets: Any) -> float:
        torch = import_torch()
        self.network.eval()
        total = 0.0
        with torch.no_grad(), self.precision.cast():
            for batch in _batches(len(inputs), self.options.batch_size):
                part = targets[batch]
                total += float(self.objective.value(self.network, inputs[batch], part)) * len(part)
        return total / len(inputs)

    def _schedule(self, train_loss: float, valid_loss: float) -> None:
        torch = import_torch()
        if isinstance(self.scheduler, torch.optim.lr_scheduler.ReduceLROnPlateau):
            self.scheduler.step(train_loss if self.held_out is None else valid_loss)
        elif self.scheduler is not None:
            self.scheduler.step()

    def _identity(self) -> dict[str, Any]:
        """What decides the weights, apart from the number of epochs."""
        options = self.options
        weight = options.class_weight
        return {
            "data": options.data_hash,
            "seed": options.seed,
            "batch_size": options.batch_size,
            "learning_rate": options.learning_rate,
            "class_weight": weight if weight is None or isinstance(weight, str) else dict(weight),
            "precision": self.precision.name,
            "device": self.device.type,
            "network": [(name, tuple(part.shape)) for name, part in self.network.state_dict().items()],
            "optimizer": type(self.optimizer).__name__,
            "scheduler": type(self.scheduler).__name__,
        }

    def _state(self) -> dict[str, Any]:
        torch = import_torch()
        on_cuda = self.device.type == "cuda"
        return {
            "weights": self.network.state_dict(),
            "best_weights": self.best_weights,
            "best": self.best,
            "best_epoch": self.best_epoch,
            "history": self.history,
            "optimizer": self.optimizer.state_dict(),
            "scheduler": None if self.scheduler is None else self.scheduler.state_dict(),
            "scaler": self.precision.scaler.state_dict(),
            "shuffle": self.shuffle.get_state(),
            "random": torch.get_rng_state(),
            "random_cuda": torch.cuda.get_rng_state(self.device) if on_cuda else None,
        }

    def _go_on(self, path: str | PathLike[str]) -> None:
        """Take up a checkpoint, if there is one."""
        torch = import_torch()
        state = read_checkpoint(path, self._identity())
        if state is None:
            return
        self.network.load_state_dict(state["weights"])
        self.best_weights = state["best_weights"]
        self.best, self.best_epoch = state["best"], state["best_epoch"]
        self.history = state["history"]
        if len(self.history) > self.options.epochs:
            done, wanted = len(self.history), self.options.epochs
            raise InputError(
                told(
                    f"fit: the checkpoint has {done} epochs, more than epochs={wanted}",
                    f"fit: 체크포인트에는 이미 {done}에폭이 있어 epochs={wanted}보다 많습니다",
                )
            )
        self.optimizer.load_state_dict(state["optimizer"])
        if self.scheduler is not None:
            self.scheduler.load_state_dict(state["scheduler"])
        self.precision.scaler.load_state_dict(state["scaler"])
        self.shuffle.set_state(state["shuffle"])
        torch.set_rng_state(state["random"])
        if state["random_cuda"] is not None:
            torch.cuda.set_rng_state(state["random_cuda"], self.device)


def _check_options(options: Options, rows: int) -> None:
    demands = [
        (
            rows >= 1,
            rows,
            "data: at least one row expected, found {}",
            "data: 행이 하나 이상 있어야 하는데 {}개입니다",
        ),
        (
            options.epochs >= 1,
            options.epochs,
            "epochs: at least 1 expected, found {}",
            "epochs: 1 이상이어야 하는데 {}입니다",
        ),
        (
            options.batch_size >= 1,
            options.batch_size,
            "batch_size: at least 1 expected, found {}",
            "batch_size: 1 이상이어야 하는데 {}입니다",
        ),
        (
            options.patience >= 1,
            options.patience,
            "patience: at least 1 expected, found {}",
            "patience: 1 이상이어야 하는데 {}입니다",
        ),
        (
            options.learning_rate > 0,
            options.learning_rate,
            "learning_rate: above 0 expected, found {}",
            "learning_rate: 0보다 커야 하는데 {}입니다",
        ),
        (
            not options.resume or options.checkpoint is not None,
            None,
            "resume: needs checkpoint=, the file to go on from",
            "resume: 이어서 학습할 파일을 checkpoint=로 지정해야 합니다",
        ),
    ]
    problems = [told(en, ko).format(found) for holds, found, en, ko in demands if not holds]
    if problems:
        raise InputError("fit: " + joined(problems))


def _batches(rows: int, size: int) -> Iterator[slice]:
    for start in range(0, rows, size):
        yield slice(start, start + size)


@contextmanager
def _shown(options: Options, done: int) -> Iterator[Callable[[list[Any]], None]]:
    """Show how training goes: a curve in a notebook, a bar on a terminal, nothing elsewhere."""
    if options.progress is not False and in_notebook():
        curve = LiveCurve()
        seen: list[Any] = []

        def draw(history: list[Any]) -> None:
            seen[:] = history
            curve.update(history)

        yield draw
        curve.update(seen, last=True)
        return
    from tqdm.auto import tqdm

    # disable=None: quiet where standard error is no terminal
    disable = None if options.progress is None else not options.progress
    with tqdm(total=options.epochs, initial=done, desc="epochs", leave=False, disable=disable) as bar:

        def count(_: list[Any]) -> None:
            bar.update()

        yield count
