"""Texts → unit vectors: the bundled encoder, or any sentence-transformers model. The one home of that library.

Nothing here reaches for the network: a model that is not on this machine is an error that names the command to get it.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from rag.bundled import unpack_bundled_encoder
from rag.clean import strip_tashkeel
from rag.errors import SettingsError
from rag.settings import BUNDLED_ENCODER

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

Matrix = NDArray[np.float32]


class Encoder(Protocol):
    """What turns sentences and questions into comparable vectors.

    Attributes:
        name: tells encoders apart; an index remembers it.
    """

    name: str

    def encode_sentences(self, texts: Sequence[str]) -> Matrix:
        """Encode texts to be stored.

        Args:
            texts: sentences; beyond the model's limit of encoder tokens the tail is ignored.

        Returns:
            float32, shape (len(texts), dim), unit-length rows in input order; (0, dim) for no texts.
        """
        ...

    def encode_question(self, text: str) -> Matrix:
        """Encode what is searched.

        Returns:
            float32, shape (dim,), unit length: its dot product with a sentence's vector is their cosine.
        """
        ...

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Return how many encoder tokens each text takes, without the special ones."""
        ...


class SentenceTransformerEncoder:
    """A sentence-transformers model on this machine, loaded when first used; one caller at a time.

    Args:
        name: `multilingual-e5-small` for the bundled encoder; else a model's name on the hub, already in its local
            cache, or a folder.
        cache: where the bundled encoder is unpacked.
    """

    def __init__(self, name: str, cache: Path) -> None:
        self.name = name
        self._cache = cache
        self._lock = threading.RLock()  # a fast tokenizer must not be used by two threads at once

    def encode_sentences(self, texts: Sequence[str]) -> Matrix:
        """See `Encoder.encode_sentences`; raises SettingsError where the model is not on this machine."""
        return self._encode(texts, "passage")

    def encode_question(self, text: str) -> Matrix:
        """See `Encoder.encode_question`; raises SettingsError where the model is not on this machine."""
        row: Matrix = self._encode([text], "query")[0]
        return row

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """See `Encoder.count_tokens`; raises SettingsError where the model is not on this machine."""
        if not texts:
            return []
        with self._lock:
            ids = self._model.tokenizer([strip_tashkeel(t) for t in texts], add_special_tokens=False, verbose=False)
        return [len(row) for row in ids["input_ids"]]

    def _encode(self, texts: Sequence[str], prompt: str) -> Matrix:
        with self._lock:
            model = self._model
            if not texts:
                return np.zeros((0, model.get_embedding_dimension() or 0), dtype=np.float32)
            rows = model.encode(
                [strip_tashkeel(t) for t in texts],  # free of cost, and a question finds either spelling
                prompt_name=prompt if prompt in model.prompts else None,
                normalize_embeddings=True,
                show_progress_bar=False,
            )
        return np.asarray(rows, dtype=np.float32)

    @cached_property
    def _model(self) -> SentenceTransformer:
        folder = str(unpack_bundled_encoder(self._cache)) if self.name == BUNDLED_ENCODER else self.name
        # Read by the hub's client when it is imported: without it, a local model is still looked up there.
        os.environ.setdefault("HF_HUB_OFFLINE", "1")
        from sentence_transformers import SentenceTransformer
        from transformers.utils import logging

        logging.disable_progress_bar()  # type: ignore[no-untyped-call]  # it would mix with our own

        with self._lock:
            try:
                model = SentenceTransformer(folder, local_files_only=True)
            except (OSError, ValueError) as error:
                raise SettingsError(
                    f"RAG_ENCODER={self.name!r}: no such model on this machine; get it once with: "
                    f"hf download {self.name}"
                ) from error
        if re.search(r"(?<![a-z])e5(?![a-z])", self.name) and not model.prompts.get("query"):
            # What E5 models were trained with; those on the hub do not say so in their files.
            model.prompts = {"query": "query: ", "passage": "passage: "}
        return model
