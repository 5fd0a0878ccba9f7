"""What a training loop is made of: device, network, loss, precision."""

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from biolabkit._words import missing_extra, told
from biolabkit.errors import InputError

__all__ = [
    "Arrays",
    "Objective",
    "Precision",
    "choose_device",
    "import_torch",
    "make_network",
    "make_objective",
]

Arrays = tuple[npt.NDArray[np.float32], npt.NDArray[Any]]


def import_torch() -> Any:
    """Import torch, or say how to install it."""
    try:
        import torch
    except ImportError as error:
        raise missing_extra("torch", "train") from error
    return torch


def choose_device(name: str) -> Any:
    """Find a device by its name; ``"auto"`` takes cuda, then mps, then cpu."""
    torch = import_torch()
    if name != "auto":
        try:
            return torch.empty(0, device=name).device
        except (RuntimeError, AssertionError) as error:
            first = str(error).splitlines()[0]
            raise InputError(
                told(
                    f"fit: device {name!r} cannot be used ({first}); device='auto' takes what is there",
                    f"fit: 쓸 수 없는 장치입니다: device={name!r}({first}). device='auto'로 두면 있는 장치를 "
                    "씁니다",
                )
            ) from error
    if torch.cuda.is_available():
        return torch.device("cuda")
    return torch.device("mps" if torch.backends.mps.is_available() else "cpu")


def make_network(model: Any) -> Any:
    """Take a network, or make one by calling what was given."""
    torch = import_torch()
    network = model if isinstance(model, torch.nn.Module) else model() if callable(model) else model
    if not isinstance(network, torch.nn.Module):
        found = type(network).__name__
        raise InputError(
            told(
                "fit: a scikit-learn estimator, a torch.nn.Module or a function that makes one expected, "
                f"found {found}",
                f"fit: scikit-learn 모형, torch.nn.Module, 또는 그것을 만드는 함수여야 하는데 {found}입니다",
            )
        )
    return network


@dataclass(frozen=True)
class Objective:
    """A loss and the dtype of targets it takes.

    Attributes
    ----------
    loss : callable
        ``loss(output, target) -> scalar``, a mean over the batch.
    whole : bool
        Targets are class numbers (int64), not float32.
    """

    loss: Callable[[Any, Any], Any]
    whole: bool

    def value(self, network: Any, inputs: Any, targets: Any) -> Any:
        """Loss of a batch."""
        output = network(inputs)
        if output.ndim == targets.ndim + 1 and output.shape[-1] == 1:
            output = output.squeeze(-1)
        return self.loss(output, targets)

    def tensors(self, data: Arrays, device: Any) -> tuple[Any, Any]:
        """Inputs and targets where the network is."""
        torch = import_torch()
        targets = torch.as_tensor(np.asarray(data[1], dtype=np.int64 if self.whole else np.float32))
        return torch.from_numpy(data[0]).to(device), targets.to(device)


def make_objective(
    network: Any,
    data: Arrays,
    device: Any,
    loss: Callable[[Any, Any], Any] | None,
    class_weight: str | Mapping[Any, float] | None,
) -> Objective:
    """Choose the loss: binary cross-entropy for one output, cross-entropy for more, told by one row."""
    torch = import_torch()
    if loss is not None:
        if class_weight is not None:
            raise InputError(
                told(
                    "fit: class_weight weighs the built-in losses; put the weights into your loss=",
                    "fit: class_weight는 내장된 손실 함수에만 적용됩니다. 가중치는 loss= 안에 넣으십시오",
                )
            )
        return Objective(loss, whole=isinstance(loss, torch.nn.CrossEntropyLoss))
    network.eval()
    with torch.no_grad():
        output = network(torch.from_numpy(data[0][:1]).to(device))
    is_binary = output.ndim == 1 or output.shape[1] == 1
    classes = 2 if is_binary else output.shape[1]
    _labels_fit(data[1], classes, is_binary=is_binary)
    kind = torch.nn.BCEWithLogitsLoss if is_binary else torch.nn.CrossEntropyLoss
    if class_weight is None:
        return Objective(kind(), whole=not is_binary)
    weights = torch.as_tensor(_class_weights(class_weight, data[1], classes), device=device)
    each = kind(reduction="none")

    def weighted(output: Any, targets: Any) -> Any:
        return (each(output, targets) * weights[targets.long()]).mean()

    return Objective(weighted, whole=not is_binary)


def _labels_fit(labels: npt.NDArray[Any], classes: int, *, is_binary: bool) -> None:
    """Refuse labels that are no number of a class of the network."""
    if np.isin(labels, np.arange(classes)).all():
        return
    if is_binary:
        raise InputError(
            told(
                "fit: a network with one output needs labels 0 and 1; pass loss= for other targets",
                "fit: 출력이 하나인 신경망의 레이블은 0과 1이어야 합니다. 다른 값을 예측하려면 loss=를 "
                "넘기십시오",
            )
        )
    raise InputError(
        told(
            f"fit: the network has {classes} outputs; labels 0 to {classes - 1} needed",
            f"fit: 신경망의 출력이 {classes}개이므로 레이블은 0부터 {classes - 1}까지의 정수여야 합니다",
        )
    )


def _class_weights(
    given: str | Mapping[Any, float], labels: npt.NDArray[Any], classes: int
) -> npt.NDArray[np.float32]:
    """One weight for each class; ``"balanced"`` is what scikit-learn means by it."""
    counts = np.bincount(np.asarray(labels, dtype=np.int64), minlength=classes)
    if given == "balanced":
        if not counts.all():
            missing = np.flatnonzero(counts == 0).tolist()
            raise InputError(
                told(
                    f"fit: class_weight='balanced', but no training row has the label {missing}",
                    f"fit: class_weight='balanced'인데 학습용 행에 없는 레이블이 있습니다: {missing}",
                )
            )
        return (len(labels) / (classes * counts)).astype(np.float32)
    if isinstance(given, str) or set(given) != set(range(classes)) or min(given.values()) < 0:
        raise InputError(
            told(
                f"fit: class_weight is 'balanced' or one weight of at least 0 for each label 0 to "
                f"{classes - 1}, found {given!r}",
                f"fit: class_weight는 'balanced'이거나 레이블 0부터 {classes - 1}까지 하나씩 정한 "
                f"0 이상의 가중치여야 하는데 {given!r}입니다",
            )
        )
    return np.array([given[number] for number in range(classes)], dtype=np.float32)


class Precision:
    """Mixed precision: matrix products in 16 bits, sums and weights in 32.

    Parameters
    ----------
    wanted : bool, {"float16", "bfloat16"} or None
        None and True: on cuda, bfloat16 where the device has it and float16 with a loss scaler elsewhere
        (Micikevicius et al. 2018); None leaves other devices at float32, True takes bfloat16 there.
    device : torch.device
    """

    def __init__(self, wanted: bool | str | None, device: Any) -> None:
        torch = import_torch()
        self._device = device.type
        on_cuda = device.type == "cuda"
        if wanted in (None, True):
            self.name = _best(torch) if on_cuda else "bfloat16" if wanted else "float32"
        elif wanted is False:
            self.name = "float32"
        elif wanted in ("float16", "bfloat16"):
            self.name = str(wanted)
        else:
            raise InputError(
                told(
                    f"fit: mixed_precision is True, False, 'float16', 'bfloat16' or None, found {wanted!r}",
                    "fit: mixed_precision은 True, False, 'float16', 'bfloat16', None 가운데 하나여야 하는데 "
                    f"{wanted!r}입니다",
                )
            )
        self.scaler = torch.amp.GradScaler(self._device, enabled=self.name == "float16")

    def cast(self) -> AbstractContextManager[Any]:
        """Have operations of a block run in this precision."""
        if self.name == "float32":
            return nullcontext()
        torch = import_torch()
        context: AbstractContextManager[Any] = torch.autocast(self._device, dtype=getattr(torch, self.name))
        return context

    def step(self, loss: Any, optimizer: Any) -> None:
        """Follow the gradient of a loss once."""
        self.scaler.scale(loss).backward()
        self.scaler.step(optimizer)
        self.scaler.update()


def _best(torch: Any) -> str:
    return "bfloat16" if torch.cuda.is_bf16_supported(including_emulation=False) else "float16"
