"""Real paragraphs → an index of them among made-up passages, as large as wanted.

Made-up passages have words as frequent as the real ones', and vectors by chance: they cost what others cost, but for
the encoding, and mean nothing.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from rag import Settings, open_index
from rag.encode import Encoded, Encoder, Matrix
from rag.home import Home
from rag.index import Index
from rag.types import Article
from tests.benchmarks.machine import took

_WORDS, _SENTENCE = 90, 18  # words of a made-up article, which is one passage, and of its sentences
_TOKENS = 40  # encoder tokens of a sentence


class FillingEncoder:
    """An encoder whose sentences have vectors by chance, at no cost; all else is the real one's."""

    def __init__(self, real: Encoder) -> None:
        self.name = real.name
        self._real = real
        self._chance = np.random.default_rng(7)
        asked = real.encode_question("a")
        self._dims = asked.vectors.shape[1], asked.universal.shape[1]
        self._tokens = self._unit(4096, self._dims[0])

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def encode_sentences(self, texts: Sequence[str], *, with_tokens: bool = False) -> Encoded:
        """See `Encoder.encode_sentences`."""
        tokens = None
        if with_tokens:
            starts = self._chance.integers(0, len(self._tokens) - _TOKENS, len(texts))
            tokens = tuple(self._tokens[at : at + _TOKENS] for at in starts)
        return Encoded(self._unit(len(texts), self._dims[0]), self._unit(len(texts), self._dims[1]), tokens)

    def _unit(self, rows: int, dim: int) -> Matrix:
        return unit_by_chance(self._chance, rows, dim)


def unit_by_chance(chance: np.random.Generator, rows: int, dim: int) -> Matrix:
    """Return unit rows that point anywhere; shape (rows, dim)."""
    vectors = chance.standard_normal((rows, dim), dtype=np.float32)
    return vectors / np.maximum(np.linalg.norm(vectors, axis=1, keepdims=True), 1e-9)


def make_up(articles: Sequence[Article], first: int, last: int) -> Iterator[Article]:
    """Yield the articles from number `first` up to `last`, each of one passage, with the words of given articles."""
    words = [word for article in articles for word in article.text.split()]
    for number in range(first, last):
        picked = random.Random(number).choices(words, k=_WORDS)
        text = ". ".join(" ".join(picked[at : at + _SENTENCE]) for at in range(0, _WORDS, _SENTENCE)) + "."
        yield Article(
            id=f"made-up-{number}",
            title=" ".join(picked[:5]),
            text=text,
            language=articles[0].language,
            published=None,
            source="chance",
        )


class FilledIndex:
    """An index of real paragraphs that is filled up with made-up passages.

    Args:
        folder: of the index, which is made.
        articles: the real ones.
    """

    def __init__(self, folder: Path, articles: Sequence[Article]) -> None:
        self.settings = Settings(index=folder)
        self._articles = articles
        self._made = 0
        index = open_index(self.settings)
        index.put(articles)
        self._index = Index(Home(folder), FillingEncoder(index.encoder), self.settings.passage_tokens)

    @property
    def passages(self) -> int:
        """How many there are."""
        return self._index.passages

    def next(self, count: int) -> list[Article]:
        """Return made-up articles that were not returned before."""
        first, self._made = self._made, self._made + count
        return list(make_up(self._articles, first, self._made))

    def add(self, articles: Sequence[Article]) -> tuple[float, float]:
        """Add made-up articles; return what `took` returns."""
        return took(lambda: self._index.put(articles))

    def remove(self, articles: Sequence[Article]) -> None:
        """Take articles out again."""
        self._index.remove(*(article.id for article in articles))
