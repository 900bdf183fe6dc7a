"""Real paragraphs → an index of them among made-up passages, as large as wanted.

Made-up passages have words as frequent as the real ones', and vectors by chance that lie as the real ones do: they cost
what others cost, but for the encoding, and mean nothing.
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
_LIKE = 600  # sentences that made-up ones are like


class FillingEncoder:
    """An encoder whose sentences have vectors by chance, at little cost; all else is the real one's.

    They are drawn from the normal distribution that has the mean and the covariance of real sentences' vectors: those
    that point anywhere would all come out alike when what sentences have in common is taken off them. Their tokens are
    real ones.

    Args:
        real: encodes all else.
        sentences: real ones.
    """

    def __init__(self, real: Encoder, sentences: Sequence[str]) -> None:
        self.name = real.name
        self._real = real
        self._chance = np.random.default_rng(7)
        self._like = real.encode_sentences(sentences, with_tokens=True)
        self._tokens = np.concatenate(self._like.tokens) if self._like.tokens else None

    def __getattr__(self, name: str) -> Any:
        return getattr(self._real, name)

    def encode_sentences(self, texts: Sequence[str], *, with_tokens: bool = False) -> Encoded:
        """See `Encoder.encode_sentences`."""
        tokens = None
        if with_tokens and self._tokens is not None:
            starts = self._chance.integers(0, len(self._tokens) - _TOKENS, len(texts))
            tokens = tuple(self._tokens[at : at + _TOKENS] for at in starts)
        vectors, universal = (_draw(self._chance, len(texts), of) for of in (self._like.vectors, self._like.universal))
        return Encoded(vectors, universal, tokens)


def unit_by_chance(chance: np.random.Generator, rows: int, dim: int) -> Matrix:
    """Return unit rows that point anywhere; shape (rows, dim)."""
    return _unit(chance.standard_normal((rows, dim), dtype=np.float32))


def _draw(chance: np.random.Generator, rows: int, like: Matrix) -> Matrix:
    """Return unit rows that are distributed normally, with the mean and the covariance of others."""
    mean = like.mean(axis=0)
    weights = chance.standard_normal((rows, len(like)), dtype=np.float32)
    return _unit(mean + weights @ (like - mean) / np.sqrt(np.float32(len(like))))


def _unit(vectors: Matrix) -> Matrix:
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
        sentences = [sentence for article in articles for sentence in article.text.split(". ")]
        filling = FillingEncoder(index.encoder, sentences[:: max(len(sentences) // _LIKE, 1)])
        self._index = Index(Home(folder), filling, self.settings.passage_tokens)

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
