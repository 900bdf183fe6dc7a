"""A float32 ONNX file → its int8 form. The one home of onnx.

Weights become int8, with a scale for each output channel; activations are scaled as they come, a whole array by its
largest value (dynamic quantisation). What a few channels of an activation have too much of is first moved into the
weights that it is multiplied by, which have a scale for each channel and lose little by it (SmoothQuant, Xiao et al.
2023, arXiv:2211.10438). The product stays the same. On the bundled encoder it more than halves what 8 bits cost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from rag.encode.onnx_model import open_session
from rag.encode.protocol import Matrix

WHOLE: Final = "whole.onnx"
"""The float32 file's name."""

_MOVED = 0.65  # of an activation's range, in powers, into the weights; on bundled sentences .6 to .7 are as good
_SPIKY = 100.0  # times the root mean square: an 8-bit grid that reaches so far has hardly a step for the other values
_LEAST = 1e-5  # largest value of a channel that is taken for one that is always 0


@dataclass
class _Activation:
    """What goes into products with constant weights.

    Attributes:
        name: in the graph.
        products: the nodes that multiply it.
        largest: absolute value of each channel over all texts, shape (channels,).
        spike: the largest value beside the root mean square, on average over texts.
    """

    name: str
    products: list[Any]
    largest: Matrix
    spike: float = 0.0


def smooth(folder: Path, texts: Sequence[Sequence[int]]) -> list[str]:
    """Move the ranges of activations into weights, in `whole.onnx`; return the products that 8 bits would spoil.

    Args:
        folder: of the file, which takes `ids`, int64 of shape (1, tokens).
        texts: ids of each of a few texts, by which activations are measured.

    Returns:
        Names of the products whose activations have such spikes that they are best left as they are.
    """
    import onnx

    model = onnx.load(folder / WHOLE)
    weights = {weight.name: weight for weight in model.graph.initializer}
    uses = Counter(name for node in model.graph.node for name in node.input)
    found = _measure(model, {name for name, weight in weights.items() if len(weight.dims) == 2}, folder, texts)
    before: dict[str, Any] = {}  # product → what must be worked out before it
    for activation in found:
        names = [product.input[1] for product in activation.products]
        if activation.spike > _SPIKY or any(uses[name] > 1 for name in names):
            continue
        tensors = [weights[name] for name in names]
        arrays = [onnx.numpy_helper.to_array(tensor) for tensor in tensors]
        factors = _factors(activation.largest, arrays)
        for tensor, array in zip(tensors, arrays, strict=True):
            tensor.CopyFrom(onnx.numpy_helper.from_array(array * factors[:, None], tensor.name))
        smoothed, by = f"{activation.name}_smooth", f"{activation.name}_by"
        model.graph.initializer.append(onnx.numpy_helper.from_array(1 / factors, by))
        multiply = onnx.helper.make_node("Mul", [activation.name, by], [smoothed], name=smoothed)
        before[activation.products[0].name] = multiply
        for product in activation.products:
            product.input[0] = smoothed
    nodes = [part for node in model.graph.node for part in (before.get(node.name), node) if part is not None]
    del model.graph.node[:]
    model.graph.node.extend(nodes)
    onnx.save(model, folder / WHOLE)
    return [product.name for activation in found if activation.spike > _SPIKY for product in activation.products]


def quantize(folder: Path, operators: Sequence[str], but: Sequence[str] = ()) -> None:
    """Write `model.onnx`: `whole.onnx` with the weights of these operators as int8, but for the nodes named."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    quantize_dynamic(
        folder / WHOLE,
        folder / "model.onnx",
        op_types_to_quantize=list(operators),
        nodes_to_exclude=list(but),
        per_channel=True,
        weight_type=QuantType.QInt8,
    )


def _measure(model: Any, weights: set[str], folder: Path, texts: Sequence[Sequence[int]]) -> list[_Activation]:
    """Return the activations that are multiplied by these weights, as they are for some texts."""
    import onnx

    found: dict[str, _Activation] = {}
    for node in model.graph.node:
        if node.op_type == "MatMul" and node.input[1] in weights:
            name = node.input[0]
            found.setdefault(name, _Activation(name, [], np.zeros(1, dtype=np.float32))).products.append(node)
    if not found:
        return []
    told = onnx.ModelProto()
    told.CopyFrom(model)
    told.graph.output.extend(map(onnx.helper.make_empty_tensor_value_info, found))
    onnx.save(told, folder / "told.onnx")
    session = open_session(folder / "told.onnx")
    (folder / "told.onnx").unlink()
    for ids in texts:
        arrays = session.run(list(found), {"ids": np.array([ids], dtype=np.int64)})
        for activation, array in zip(found.values(), arrays, strict=True):
            largest = np.abs(array).reshape(-1, array.shape[-1]).max(axis=0)
            activation.largest = np.maximum(activation.largest, largest)
            usual = max(float(np.sqrt((array**2).mean())), 1e-9)
            activation.spike += float(largest.max()) / usual / len(texts)
    return list(found.values())


def _factors(largest: Matrix, weights: Sequence[Matrix]) -> Matrix:
    """Return what each channel of an activation is divided by, and its weights are multiplied by; shape (channels,)."""
    of_weights = np.max([np.abs(array).max(axis=1) for array in weights], axis=0)
    factors = np.maximum(largest, _LEAST) ** _MOVED / np.maximum(of_weights, _LEAST) ** (1 - _MOVED)
    return np.asarray(factors, dtype=np.float32)
