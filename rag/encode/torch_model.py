"""A model in sentence-transformers, on a GPU where there is one. The one home of that library beside `rag.rerank`."""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rag.encode.protocol import Matrix
from rag.errors import SettingsError

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer


class TorchModel:
    """See `Model`; one caller at a time, others wait.

    Args:
        folder: of the model.

    Raises:
        SettingsError: there is none in it.
    """

    def __init__(self, folder: str) -> None:
        self.sentence_transformer = load_model(folder)
        self.prompts: Mapping[str, str | None] = self.sentence_transformer.prompts
        self.dimension = self.sentence_transformer.get_embedding_dimension() or 0
        self._lock = threading.Lock()  # a fast tokenizer must not be used by two threads at once
        self.special = _special_tokens(self.sentence_transformer.tokenizer)

    def encode(
        self, texts: Sequence[str], prompt: str, *, with_tokens: bool
    ) -> tuple[Matrix, tuple[Matrix, ...] | None]:
        """See `Model.encode`; texts of like length go through together."""
        with self._lock:
            found: Any = self.sentence_transformer.encode(
                list(texts),
                output_value=None if with_tokens else "sentence_embedding",
                normalize_embeddings=True,
                show_progress_bar=False,
                prompt=prompt,
            )
        if not with_tokens:
            return np.asarray(found, dtype=np.float32), None
        vectors = np.stack([row["sentence_embedding"].float().cpu().numpy() for row in found])
        if "token_embeddings" not in found[0]:
            return vectors, None
        return vectors, tuple(
            row["token_embeddings"][row["attention_mask"].bool()].float().cpu().numpy() for row in found
        )

    def offsets(self, text: str) -> list[tuple[int, int]]:
        """See `Model.offsets`."""
        tokenizer = self.sentence_transformer.tokenizer
        with self._lock:
            return list(tokenizer(text, return_offsets_mapping=True, truncation=True)["offset_mapping"])

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Model.count_tokens`."""
        with self._lock:
            ids = self.sentence_transformer.tokenizer(list(texts), add_special_tokens=False, verbose=False)
        return [len(row) for row in ids["input_ids"]]


def find_model(name: str) -> str:
    """Return the folder of a model on this machine.

    Args:
        name: a folder, or a name on the hub, whose files are looked for in the hub's local cache.

    Raises:
        SettingsError: it is not here.
    """
    if Path(name).is_dir():
        return name
    from huggingface_hub import snapshot_download

    try:
        return snapshot_download(name, local_files_only=True)
    except (OSError, ValueError) as error:
        raise _not_here(name) from error


def load_model(folder: str) -> SentenceTransformer:
    """Return the model of a folder; its token vectors are those before its last layer."""
    # Read by the hub's client when it is imported: without it, a local model is still looked up there.
    os.environ.setdefault("HF_HUB_OFFLINE", "1")
    import torch
    from sentence_transformers import SentenceTransformer
    from transformers.utils import logging

    logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it would mix with our own
    half: dict[str, Any] = {}
    if torch.cuda.is_available():
        half = {"dtype": torch.bfloat16 if torch.cuda.is_bf16_supported() else torch.float16}
    try:
        model = SentenceTransformer(folder, local_files_only=True, model_kwargs=half)
    except (OSError, ValueError) as error:
        raise _not_here(folder) from error
    if re.search(r"(?<![a-z])e5(?![a-z])", _name_of(folder)) and not model.prompts.get("query"):
        # What E5 models were trained with; those on the hub do not say so in their files.
        model.prompts = {"query": "query: ", "passage": "passage: "}
    _take_tokens_of_the_layer_before_the_last(model)
    return model


def _not_here(name: str) -> SettingsError:
    return SettingsError(f"RAG_ENCODER={name!r}: no such model on this machine; get it once with: hf download {name}")


def _name_of(folder: str) -> str:
    """Return the name of a model by its folder; the hub's cache keeps it two levels up."""
    path = Path(folder).resolve()
    return path.parts[-3] if path.parent.name == "snapshots" else path.name


def _special_tokens(tokenizer: Any) -> tuple[int, int]:
    ids = tokenizer("a")["input_ids"]
    bare = tokenizer("a", add_special_tokens=False)["input_ids"]
    before = next(i for i in range(len(ids)) if ids[i : i + len(bare)] == bare)
    return before, len(ids) - before - len(bare)


def _take_tokens_of_the_layer_before_the_last(model: SentenceTransformer) -> None:
    import torch

    class LayerBeforeLast(torch.nn.Module):
        def forward(self, features: dict[str, Any]) -> dict[str, Any]:
            layers = features.pop("all_layer_embeddings", None)
            return features | {"token_embeddings": layers[-2]} if layers else features

    transformer: Any = getattr(model[0], "model", None)
    if hasattr(transformer, "config"):
        transformer.config.output_hidden_states = True
        model.add_module("layer_before_last", LayerBeforeLast())
