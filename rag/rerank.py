"""Question and passages → how well each answers, by a sentence-transformers CrossEncoder on this machine; optional."""

from __future__ import annotations

import os
import threading
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Protocol

import numpy as np

from rag.encode import Matrix
from rag.errors import SettingsError

if TYPE_CHECKING:
    from sentence_transformers import CrossEncoder


class Reranker(Protocol):
    """What compares a question with each passage, both read together."""

    def score(self, question: str, texts: Sequence[str]) -> Matrix:
        """Return a score for each text, shape (texts,); higher is better, and only the order has a meaning."""
        ...


class CrossEncoderReranker:
    """A CrossEncoder, loaded when first used; one caller at a time.

    Args:
        name: of a model in the hub's local cache, or a folder.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._lock = threading.RLock()

    def score(self, question: str, texts: Sequence[str]) -> Matrix:
        """See `Reranker.score`; raises SettingsError where the model is not on this machine."""
        with self._lock:
            scores = self._model.predict([(question, text) for text in texts], show_progress_bar=False)
        return np.asarray(scores, dtype=np.float32).reshape(len(texts), -1)[:, -1]

    @cached_property
    def _model(self) -> CrossEncoder:
        os.environ.setdefault("HF_HUB_OFFLINE", "1")  # as in `rag.encode`
        from sentence_transformers import CrossEncoder

        try:
            model: CrossEncoder = CrossEncoder(self.name, local_files_only=True)
        except (OSError, ValueError) as error:
            raise SettingsError(
                f"RAG_RERANKER={self.name!r}: no such model on this machine; get it once with: hf download {self.name}"
            ) from error
        return model
