"""Vectors as a model gives them → vectors of two languages that can be compared.

A multilingual encoder leaves a "which language" offset in its vectors. It is estimated once per encoder from a small
bundled text in both languages, never from the user's own few articles, and subtracted: a mean for each language and
each kind of text, then unit length again. From the same text come the projection (PCA) that token vectors are kept in,
and a yardstick: how well a question's tokens are matched by text that has nothing to do with it.
"""

from __future__ import annotations

import io
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from rag.encode import Encoder, Matrix
from rag.parallel_text import bundled_text
from rag.remember import remember
from rag.terms import spelt_words
from rag.types import Language

Kind = Literal[
    "sentence", "question", "universal_sentence", "universal_question", "word", "sentence_token", "question_token"
]
Codes = NDArray[np.int8]

LANGUAGES: Final[tuple[Language, Language]] = ("ar", "en")
_FITTED = 1  # raise it when what is fitted below changes
_DIMENSIONS = 64  # of a token's projection: 128 and 384 retrieve alike, 32 loses two points across languages (XQuAD)
_KINDS: tuple[Kind, ...] = get_args(Kind)


@dataclass(frozen=True)
class Calibration:
    """What to subtract from vectors, and what token vectors are kept in and measured by.

    Attributes:
        means: by kind and language, shape (dim,).
        projection: of token vectors, shape (dim, 64); None for an encoder without them.
        unrelated: the codes of all tokens of the bundled sentences by language; none without a projection.
    """

    means: Mapping[tuple[Kind, Language], Matrix]
    projection: Matrix | None
    unrelated: Mapping[Language, Codes] = field(default_factory=dict)

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

    def match_unrelated(self, question: Matrix, language: Language) -> float:
        """Return how well text of a language that has nothing to do with a question matches its tokens, -1 to 1.

        Args:
            question: its projected token vectors, shape (tokens, 64).
            language: of the text.
        """
        return float((question @ self._unrelated_tokens[language]).max(axis=1).mean())

    @cached_property
    def _unrelated_tokens(self) -> Mapping[Language, Matrix]:
        return {language: np.asarray(codes.T / 127, dtype=np.float32) for language, codes in self.unrelated.items()}

    def to_bytes(self) -> bytes:
        """Return the calibration as an `.npz` file's content."""
        arrays: dict[str, Any] = {f"{kind}-{language}": mean for (kind, language), mean in self.means.items()}
        if self.projection is not None:
            arrays["projection"] = self.projection
        arrays |= {f"unrelated-{language}": codes for language, codes in self.unrelated.items()}
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
            unrelated = {name: arrays[f"unrelated-{name}"] for name in LANGUAGES if f"unrelated-{name}" in arrays}
            return cls(means, arrays.get("projection"), unrelated)


def known_calibration(encoder: Encoder, cache: Path | None) -> bytes:
    """Return the calibration of an encoder as `Calibration.to_bytes` gives it, from the cache where it is there."""
    probe = encoder.encode_sentences(["سند"]).vectors.tobytes() if cache else b""
    known = (_FITTED, encoder.name, probe, bundled_text())
    return remember(cache, "calibration", known, lambda: fit_calibration(encoder).to_bytes())


def fit_calibration(encoder: Encoder) -> Calibration:
    """Estimate the calibration of an encoder from the bundled text; a few seconds."""
    means: dict[tuple[Kind, Language], Matrix] = {}
    tokens: dict[Language, Matrix] = {}
    for language in LANGUAGES:
        text = bundled_text()[language]
        sentences = encoder.encode_sentences(text["sentences"], with_tokens=True)
        questions = [encoder.encode_question(question) for question in text["questions"]]
        words = {w for t in (*text["sentences"], *text["questions"]) for w in spelt_words(t).values()}
        means["sentence", language] = sentences.vectors.mean(axis=0)
        means["question", language] = np.concatenate([q.vectors for q in questions]).mean(axis=0)
        means["universal_sentence", language] = sentences.universal.mean(axis=0)
        means["universal_question", language] = np.concatenate([q.universal for q in questions]).mean(axis=0)
        means["word", language] = encoder.encode_words(sorted(words)).mean(axis=0)
        if sentences.tokens is not None:
            rows = np.concatenate(sentences.tokens)
            of_questions = np.concatenate([t for q in questions for t in q.tokens or ()])
            means["sentence_token", language] = rows.mean(axis=0)
            means["question_token", language] = of_questions.mean(axis=0)
            tokens[language] = rows
    if not tokens:
        return Calibration(means, None)
    centred = [_unit(rows - means["sentence_token", language]) for language, rows in tokens.items()]
    *_, axes = np.linalg.svd(np.concatenate(centred), full_matrices=False)
    calibration = Calibration(means, np.ascontiguousarray(axes[:_DIMENSIONS].T, dtype=np.float32))
    unrelated = {
        language: encode_tokens_as_codes(calibration.project(rows, "sentence_token", language))
        for language, rows in tokens.items()
    }
    return replace(calibration, unrelated=unrelated)


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


def _unit(rows: Matrix) -> Matrix:
    lengths = np.linalg.norm(rows, axis=-1, keepdims=True)
    return np.asarray(rows / np.maximum(lengths, 1e-12), dtype=np.float32)
