"""`learning.fit` beside a hand-written torch loop, skorch and Lightning, on one small CNN.

    python benchmarks/training.py [--rounds 7] [--rows 2048] [--epochs 3] [--device cpu] [--threads 1]

All train the same network from the same weights on the same batches' worth of data (28 x 28 grey images with
a signal, drawn from a seed). A round times each once, in an order that is shuffled anew; ratios are taken
within a round, and their median is printed with the smallest and largest. The contestants' validation losses
are printed too: who trains faster by training less would show there. What is not installed is left out.
"""

from __future__ import annotations

import argparse
import copy
import logging
import os
import random
import statistics
import sys
import time
import warnings
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np
import torch

from biolabkit import learning

BATCH, RATE = 64, 1e-3
Data = tuple[np.ndarray, np.ndarray]


def make_data(rows: int, seed: int) -> Data:
    """Images of noise; half of them with a brighter disc."""
    rng = np.random.default_rng(seed)
    labels = rng.integers(0, 2, rows)
    y, x = np.mgrid[:28, :28]
    images = rng.normal(0, 1, (rows, 1, 28, 28)).astype(np.float32)
    for image, label in zip(images, labels, strict=True):
        row, column = rng.integers(8, 20, 2)
        image[0] += label * 1.5 * np.exp(-((y - row) ** 2 + (x - column) ** 2) / 18)
    return images, labels


def make_network() -> torch.nn.Module:
    """Two convolutions and a linear layer: 9,569 parameters."""
    nn = torch.nn
    torch.manual_seed(0)
    return nn.Sequential(
        nn.Conv2d(1, 16, 3, padding=1),
        nn.BatchNorm2d(16),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(16, 32, 3, padding=1),
        nn.BatchNorm2d(32),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Flatten(),
        nn.Linear(32 * 49, 1),
    )


def by_hand(train: Data, valid: Data, epochs: int, device: str) -> float:
    """The loop that everybody writes, its data on the device, the best weights kept."""
    network = make_network().to(device)
    optimizer = torch.optim.Adam(network.parameters(), lr=RATE)
    loss = torch.nn.BCEWithLogitsLoss()
    X, y = torch.from_numpy(train[0]).to(device), torch.from_numpy(train[1]).float().to(device)
    Xv, yv = torch.from_numpy(valid[0]).to(device), torch.from_numpy(valid[1]).float().to(device)
    shuffle, best = torch.Generator().manual_seed(0), float("inf")
    for _ in range(epochs):
        network.train()
        order = torch.randperm(len(X), generator=shuffle).to(device)
        total = torch.zeros((), device=device)
        for start in range(0, len(X), BATCH):
            rows = order[start : start + BATCH]
            optimizer.zero_grad(set_to_none=True)
            value = loss(network(X[rows]).squeeze(1), y[rows])
            value.backward()
            optimizer.step()
            total += value.detach() * len(rows)
        network.eval()
        with torch.no_grad():
            batches = range(0, len(Xv), BATCH)
            current = sum(
                float(loss(network(Xv[at : at + BATCH]).squeeze(1), yv[at : at + BATCH]))
                * len(yv[at : at + BATCH])
                for at in batches
            ) / len(Xv)
        if current < best:
            best, kept = current, copy.deepcopy(network.state_dict())
    network.load_state_dict(kept)
    return best


def by_biolabkit(train: Data, valid: Data, epochs: int, device: str) -> float:
    """`learning.fit`, as its users call it."""
    run = learning.fit(
        make_network,
        train,
        valid=valid,
        epochs=epochs,
        patience=epochs,
        batch_size=BATCH,
        learning_rate=RATE,
        device=device,
        mixed_precision=False,
        progress=False,
    )
    return float(run.history["valid_loss"].min())


def by_skorch(train: Data, valid: Data, epochs: int, device: str) -> float:
    """skorch's NeuralNetBinaryClassifier with its own callbacks but for the printer."""
    from skorch import NeuralNetBinaryClassifier
    from skorch.dataset import Dataset
    from skorch.helper import predefined_split

    net = NeuralNetBinaryClassifier(
        make_network(),
        max_epochs=epochs,
        batch_size=BATCH,
        lr=RATE,
        optimizer=torch.optim.Adam,
        iterator_train__shuffle=True,
        train_split=predefined_split(Dataset(valid[0], valid[1].astype(np.float32))),
        callbacks__print_log=None,
        device=device,
    )
    net.fit(train[0], train[1].astype(np.float32))
    return float(min(net.history[:, "valid_loss"]))


def by_lightning(train: Data, valid: Data, epochs: int, device: str) -> float:
    """Lightning's Trainer without logger, progress bar and checkpoints."""
    import lightning

    for name in list(logging.root.manager.loggerDict):
        if name.startswith("lightning"):
            logging.getLogger(name).setLevel(logging.ERROR)

    class Module(lightning.LightningModule):
        def __init__(self) -> None:
            super().__init__()
            self.network, self.loss = make_network(), torch.nn.BCEWithLogitsLoss()
            self.losses: list[float] = []

        def training_step(self, batch: Any, _: int) -> Any:
            return self.loss(self.network(batch[0]).squeeze(1), batch[1])

        def validation_step(self, batch: Any, _: int) -> None:
            self.log("valid", self.loss(self.network(batch[0]).squeeze(1), batch[1]), on_epoch=True)

        def on_validation_epoch_end(self) -> None:
            self.losses.append(float(self.trainer.callback_metrics["valid"]))

        def configure_optimizers(self) -> Any:
            return torch.optim.Adam(self.parameters(), lr=RATE)

    def loader(data: Data, *, shuffle: bool) -> Any:
        dataset = torch.utils.data.TensorDataset(torch.from_numpy(data[0]), torch.from_numpy(data[1]).float())
        return torch.utils.data.DataLoader(dataset, batch_size=BATCH, shuffle=shuffle)

    module = Module()
    trainer = lightning.Trainer(
        max_epochs=epochs,
        accelerator="gpu" if device == "cuda" else device,
        devices=1,
        logger=False,
        enable_progress_bar=False,
        enable_checkpointing=False,
        enable_model_summary=False,
        num_sanity_val_steps=0,
    )
    trainer.fit(module, loader(train, shuffle=True), loader(valid, shuffle=False))
    return min(module.losses)


CONTESTANTS: dict[str, tuple[Callable[..., float], str]] = {
    "by hand": (by_hand, "torch"),
    "biolabkit": (by_biolabkit, "biolabkit"),
    "skorch": (by_skorch, "skorch"),
    "lightning": (by_lightning, "lightning"),
}


def installed() -> dict[str, Callable[..., float]]:
    """The contestants that can be imported; says which are left out."""
    import importlib.util

    found = {}
    for name, (function, package) in CONTESTANTS.items():
        if importlib.util.find_spec(package) is None:
            print(f"{name}: not installed, left out")
        else:
            found[name] = function
    return found


def main() -> None:
    """Run the rounds and print the ratios."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=7)
    parser.add_argument("--rows", type=int, default=2048)
    parser.add_argument("--epochs", type=int, default=3)
    parser.add_argument("--device", default="cpu")
    parser.add_argument("--threads", type=int, default=1)
    options = parser.parse_args()
    warnings.simplefilter("ignore")
    torch.set_num_threads(options.threads)
    train, valid = make_data(options.rows, seed=1), make_data(options.rows // 4, seed=2)
    contestants = installed()
    print(
        f"torch {version('torch')}, Python {sys.version.split()[0]}, {options.device}, "
        f"{options.threads} thread(s), load {os.getloadavg()[0]:.1f}; {options.rows} training rows, "
        f"{options.epochs} epochs, {options.rounds} rounds"
    )
    for run in contestants.values():  # the first call of each pays for imports and allocations
        run(train, valid, 1, options.device)
    seconds: dict[str, list[float]] = {name: [] for name in contestants}
    losses: dict[str, float] = {}
    order = list(contestants)
    for number in range(options.rounds):
        random.Random(number).shuffle(order)
        for name in order:
            start = time.perf_counter()
            losses[name] = contestants[name](train, valid, options.epochs, options.device)
            if options.device == "cuda":
                torch.cuda.synchronize()
            seconds[name].append(time.perf_counter() - start)
    print(
        f"{'':<12}{'median s':>10}{'by hand = 1: median (min to max)':>36}{'images/s':>12}{'valid loss':>12}"
    )
    for name, times in seconds.items():
        ratios = [mine / hand for mine, hand in zip(times, seconds["by hand"], strict=True)]
        spread = f"{statistics.median(ratios):.3f} ({min(ratios):.3f} to {max(ratios):.3f})"
        rate = options.rows * options.epochs / statistics.median(times)
        print(f"{name:<12}{statistics.median(times):>10.2f}{spread:>36}{rate:>12.0f}{losses[name]:>12.4f}")


if __name__ == "__main__":
    main()
