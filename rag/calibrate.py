"""Vectors as a model gives them → vectors of two languages that can be compared.

A multilingual encoder leaves a "which language" offset in its vectors. It is estimated once per encoder from a small
bundled text in both languages, never from the user's own few articles, and subtracted: a mean for each language and
each kind of text, then unit length again. From the same text comes the projection (PCA) that token vectors are kept in.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from rag.encode import Encoder, Matrix
from rag.terms import split_words
from rag.types import Language

Kind = Literal["sentence", "question", "word", "sentence_token", "question_token"]
Codes = NDArray[np.int8]

LANGUAGES: Final[tuple[Language, Language]] = ("ar", "en")
_DIMENSIONS = 64  # of a token's projection: 128 and 384 retrieve alike, 32 loses two points across languages (XQuAD)
_KINDS: tuple[Kind, ...] = ("sentence", "question", "word", "sentence_token", "question_token")


@dataclass(frozen=True)
class Calibration:
    """What to subtract, and the projection of token vectors; shape (dim, 64), or None for an encoder without them."""

    means: Mapping[tuple[Kind, Language], Matrix]
    projection: Matrix | None

    def apply(self, rows: Matrix, kind: Kind, language: Language) -> Matrix:
        """Return rows less their mean, of unit length again; shape as given."""
        return _unit(rows - self.means[kind, language])

    def project(self, tokens: Matrix, kind: Kind, language: Language) -> Matrix:
        """Return token vectors calibrated, projected and of unit length, shape (tokens, 64).

        Raises:
            ValueError: the encoder gives no token vectors.
        """
        if self.projection is None:
            raise ValueError("this calibration has no projection: its encoder gives no token vectors")
        return _unit(self.apply(tokens, kind, language) @ self.projection)

    def to_bytes(self) -> bytes:
        """Return the calibration as an `.npz` file's content."""
        arrays: dict[str, Any] = {f"{kind}-{language}": mean for (kind, language), mean in self.means.items()}
        if self.projection is not None:
            arrays["projection"] = self.projection
        buffer = io.BytesIO()
        np.savez(buffer, **arrays)
        return buffer.getvalue()

    @classmethod
    def from_bytes(cls, content: bytes) -> Calibration:
        """Return what `to_bytes` wrote."""
        with np.load(io.BytesIO(content), allow_pickle=False) as arrays:
            means = {
                (kind, language): arrays[f"{kind}-{language}"]
                for kind in _KINDS
                for language in LANGUAGES
                if f"{kind}-{language}" in arrays
            }
            return cls(means, arrays.get("projection"))


def fit_calibration(encoder: Encoder) -> Calibration:
    """Estimate the calibration of an encoder from the bundled text; a few seconds."""
    means: dict[tuple[Kind, Language], Matrix] = {}
    tokens = []
    for language in LANGUAGES:
        text = _bundled_text()[language]
        sentences = encoder.encode_sentences(text["sentences"], with_tokens=True)
        questions = [encoder.encode_question(question) for question in text["questions"]]
        words = sorted({w for t in (*text["sentences"], *text["questions"]) for w in split_words(t) if w.isalpha()})
        means["sentence", language] = sentences.vectors.mean(axis=0)
        means["question", language] = np.concatenate([q.vectors for q in questions]).mean(axis=0)
        means["word", language] = encoder.encode_sentences(words).vectors.mean(axis=0)
        if sentences.tokens is not None:
            rows = np.concatenate(sentences.tokens)
            means["sentence_token", language] = rows.mean(axis=0)
            means["question_token", language] = np.concatenate([t for q in questions for t in q.tokens or ()]).mean(
                axis=0
            )
            tokens.append(_unit(rows - rows.mean(axis=0)))
    projection = None
    if tokens:
        *_, axes = np.linalg.svd(np.concatenate(tokens), full_matrices=False)
        projection = np.ascontiguousarray(axes[:_DIMENSIONS].T, dtype=np.float32)
    return Calibration(means, projection)


def encode_tokens_as_codes(tokens: Matrix) -> Codes:
    """Return unit rows as int8, 127 for 1: a cosine from them is off by less than .01."""
    return np.round(tokens * 127).astype(np.int8)


def match_tokens(question: Matrix, codes: Codes, counts: Sequence[int]) -> Matrix:
    """Return how well each sentence answers each token of a question: late interaction (Khattab & Zaharia 2020).

    Args:
        question: projected token vectors, shape (tokens, 64).
        codes: those of the sentences' tokens, one sentence after the other.
        counts: how many of the codes belong to each sentence; none is 0.

    Returns:
        float32, shape (tokens, sentences): the best cosine of a question's token with any token of the sentence.
    """
    cosines = question @ (codes.astype(np.float32).T / 127)
    starts = np.cumsum([0, *counts[:-1]])
    return np.asarray(np.maximum.reduceat(cosines, starts, axis=1), dtype=np.float32)


@cache
def _bundled_text() -> dict[str, dict[str, list[str]]]:
    content = files("rag").joinpath("calibration.json").read_text(encoding="utf-8")
    text: dict[str, dict[str, list[str]]] = json.loads(content)
    return text


def _unit(rows: Matrix) -> Matrix:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)
