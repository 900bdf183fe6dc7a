"""Texts → unit vectors by Google's Universal Sentence Encoder, multilingual, version 3. The one home of sentencepiece.

Trained on translations and far smaller than the encoder (Yang et al. 2020, arXiv:1907.04307): a millisecond a sentence.
It finds less by itself, but errs elsewhere, and what it makes of a single word is nearest to the word's translations.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np

from rag.encode.export import export_universal
from rag.encode.onnx_model import Cores, open_session
from rag.encode.protocol import Matrix
from rag.encode.universal_weights import find_resources

DIMENSIONS = 512


class UniversalEncoder:
    """The encoder, loaded when first used; may be used by several threads at once.

    Args:
        cache: where its exported file lies.
        cores: the work is shared among; those of this process when None.
    """

    def __init__(self, cache: Path, cores: Cores | None = None) -> None:
        self._cache = cache
        self._cores = cores or Cores()
        self._lock = threading.Lock()

    def encode(self, texts: Sequence[str]) -> Matrix:
        """Return a unit-length row for each text, in order; float32, shape (texts, 512)."""
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        tokenizer, session = self.load()

        def run(text: str) -> Matrix:
            ids = tokenizer.encode(text, add_bos=True, add_eos=True)
            [rows] = session.run(None, {"ids": np.array(ids, dtype=np.int64)})
            return np.asarray(rows[0])

        return np.stack(self._cores.map(run, texts))

    def load(self) -> tuple[Any, Any]:
        """Load the tokenizer and the model, unless they are; raises as `export_universal` does."""
        with self._lock:
            return self._loaded

    @cached_property
    def _loaded(self) -> tuple[Any, Any]:
        from sentencepiece import SentencePieceProcessor

        tokenizer = SentencePieceProcessor(model_file=str(find_resources() / "sp.model"))
        return tokenizer, open_session(export_universal(self._cache).folder / "model.onnx")
