"""torch tensors and Biopython sequences on the wire, where those libraries are there."""

import sys
from typing import Any

from .arrays import encode_array
from .codec import SUBCLASSES, DecodeError, Decoder, Encoder, Node, decodes, encodes, library

__all__ = ["register"]

_DTYPES = (
    "bool uint8 int8 int16 int32 int64 float16 bfloat16 float32 float64 complex64 complex128".split()  # noqa: SIM905
)


@library
def register() -> None:
    """Take the types of torch and Biopython in, once something has loaded them."""
    torch, seq = sys.modules.get("torch"), sys.modules.get("Bio.Seq")
    tensor = getattr(torch, "Tensor", None)
    if tensor is not None and tensor not in SUBCLASSES and hasattr(torch, "Size"):
        SUBCLASSES[tensor] = _encode_tensor
        encodes(tensor)(_encode_tensor)
        encodes(torch.Size)(_encode_size)  # type: ignore[union-attr]
        encodes(torch.dtype)(_encode_dtype)  # type: ignore[union-attr]
    if hasattr(seq, "MutableSeq"):
        encodes(seq.Seq, seq.MutableSeq)(_encode_sequence)  # type: ignore[union-attr]


def _encode_tensor(encoder: Encoder, value: Any, depth: int) -> Node:
    import torch

    plain = value.detach()
    name = str(plain.dtype).removeprefix("torch.")
    if name not in _DTYPES or plain.layout is not torch.strided:
        return encoder.other(value, depth)
    plain = plain.cpu().contiguous().resolve_conj().resolve_neg()
    if name == "bfloat16":
        plain = plain.view(torch.int16)  # NumPy has no such kind
    gradient = value.grad if value.is_leaf and value.requires_grad else None
    return {
        "t": "tensor",
        "d": name,
        "v": encode_array(encoder, plain.numpy(), depth + 1),
        "r": bool(value.requires_grad),
        "g": None if gradient is None else _encode_tensor(encoder, gradient, depth + 1),
    }


@decodes("tensor")
def _decode_tensor(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    import numpy as np
    import torch

    name, data = decoder.text(node["d"]), decoder.value(node["v"], depth + 1)
    if not isinstance(data, np.ndarray) or name not in _DTYPES:
        raise DecodeError("not a tensor")
    tensor = torch.from_numpy(np.asarray(data))
    tensor = tensor.view(torch.bfloat16) if name == "bfloat16" else tensor
    if tensor.dtype is not getattr(torch, name):
        raise DecodeError("not a tensor of that dtype")
    tensor.requires_grad_(node["r"] is True)
    if node["g"] is not None:
        gradient = decoder.value(node["g"], depth + 1)
        if not isinstance(gradient, torch.Tensor):
            raise DecodeError("not a gradient")
        tensor.grad = gradient
    return tensor


def _encode_size(encoder: Encoder, value: Any, depth: int) -> Node:
    return {"t": "tensor-size", "v": encoder.items(list(value), depth + 1)}


@decodes("tensor-size")
def _decode_size(decoder: Decoder, node: dict[str, Any], depth: int) -> Any:
    import torch

    return torch.Size(decoder.integer(length, 0) for length in decoder.listed(node["v"], depth + 1))


def _encode_dtype(_: Encoder, value: Any, __: int) -> Node:
    return {"t": "tensor-dtype", "v": str(value).removeprefix("torch.")}


@decodes("tensor-dtype")
def _decode_dtype(decoder: Decoder, node: dict[str, Any], _: int) -> Any:
    import torch

    name = decoder.text(node["v"])
    if name not in _DTYPES:
        raise DecodeError("not a dtype")
    return getattr(torch, name)


def _encode_sequence(encoder: Encoder, value: Any, _: int) -> Node:
    return {"t": "sequence", "k": type(value).__name__, "b": encoder.raw(bytes(value))}


@decodes("sequence")
def _decode_sequence(decoder: Decoder, node: dict[str, Any], _: int) -> Any:
    from Bio import Seq

    kind = {"Seq": Seq.Seq, "MutableSeq": Seq.MutableSeq}[node["k"]]
    return kind(bytes(decoder.raw(node["b"])))
