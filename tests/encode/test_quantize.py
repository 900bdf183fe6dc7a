"""Guards: smoothing changes no product and halves what 8 bits cost; what it cannot help is named, and left float32."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import pytest
import torch

from rag.encode import export_worker
from rag.encode.onnx_model import open_session
from rag.encode.quantize import WHOLE, quantize, smooth

IDS = [[1, 2, 3, 4], [9, 8, 7, 6]]

pytestmark = pytest.mark.filterwarnings("ignore")  # torch's own, on its way to ONNX


class Network(torch.nn.Module):
    """Two products; the second gets a few values that are so many times as large as the others."""

    def __init__(self, spike: float, channels: int) -> None:
        super().__init__()
        self.table = torch.nn.Embedding(50, 256)
        self.first, self.second = torch.nn.Linear(256, 256, bias=False), torch.nn.Linear(256, 256, bias=False)
        self.register_buffer("spikes", torch.cat([torch.full((channels,), spike), torch.ones(256 - channels)]))

    def forward(self, ids: torch.Tensor) -> torch.Tensor:
        return self.second(self.first(self.table(ids)) * self.spikes)


def written(network: Network, folder: Path) -> Path:
    shapes = {1: torch.export.Dim("tokens", min=2, max=64)}
    export_worker._write(network.eval(), torch.tensor(IDS[:1]), shapes, ["row"], folder)
    return folder


def run(path: Path) -> np.ndarray:
    session = open_session(path)
    return np.concatenate([session.run(None, {"ids": np.array([ids], dtype=np.int64)})[0] for ids in IDS])


def lost(folder: Path, of: np.ndarray, operators: list[str], but: list[str] | None = None) -> float:
    quantize(folder, operators, but or [])
    return float(np.square(run(folder / "model.onnx") - of).sum() / np.square(of).sum())


@pytest.fixture(autouse=True)
def _same_weights() -> None:
    torch.manual_seed(1)


def test_what_is_smoothed_says_the_same_and_loses_less_by_8_bits(tmp_path: Path) -> None:
    whole = run(written(Network(50.0, 8), tmp_path) / WHOLE)
    before = lost(tmp_path, whole, ["MatMul"])
    assert smooth(tmp_path, IDS) == []
    np.testing.assert_allclose(run(tmp_path / WHOLE), whole, rtol=1e-3, atol=1e-3)
    # A half of it, but on processors whose sums of 8-bit products overflow (AVX2 without VNNI): two thirds.
    assert lost(tmp_path, whole, ["MatMul"]) < before * 0.8


def test_what_has_spikes_is_named_and_left_as_it_is(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("rag.encode.quantize._SPIKY", 10.0)
    written(Network(100_000.0, 1), tmp_path)
    products = [node for node in onnx.load(tmp_path / WHOLE).graph.node if node.op_type == "MatMul"]
    assert smooth(tmp_path, IDS) == [products[1].name]
    left = [node for node in onnx.load(tmp_path / WHOLE).graph.node if node.op_type == "MatMul"]
    assert left[1].input == products[1].input
    assert left[0].input[0] != products[0].input[0]
    quantize(tmp_path, ["MatMul", "Gather"], [products[1].name])
    assert [n.name for n in onnx.load(tmp_path / "model.onnx").graph.node if n.op_type == "MatMul"] == [
        products[1].name
    ]
    assert (tmp_path / "model.onnx").stat().st_size < (tmp_path / WHOLE).stat().st_size


def test_weights_that_two_products_share_are_not_moved_for_one_of_them(tmp_path: Path) -> None:
    model = onnx.load(written(Network(50.0, 8), tmp_path) / WHOLE)
    first, second = (node for node in model.graph.node if node.op_type == "MatMul")
    second.input[1] = first.input[1]
    onnx.save(model, tmp_path / WHOLE)
    whole = run(tmp_path / WHOLE)
    assert smooth(tmp_path, IDS) == []
    np.testing.assert_allclose(run(tmp_path / WHOLE), whole, rtol=1e-3, atol=1e-3)
