"""Stand-ins that behave: an encoder without a model, and articles to index."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from datetime import date
from functools import cache
from pathlib import Path

import numpy as np

from rag.align import WordAligner
from rag.encode import Encoded, Matrix, UniversalEncoder
from rag.prompts import Message
from rag.settings import Settings
from rag.terms import split_terms
from rag.types import Article, Hit, Passage, Sentence


class HashEncoder:
    """Encodes a text as the sum of a fixed random vector for each of its terms: equal words, near vectors."""

    name = "hash-64"
    dim = 64

    def encode_sentences(self, texts: Sequence[str], *, with_tokens: bool = False) -> Encoded:
        rows = np.array([self._encode(text) for text in texts], dtype=np.float32).reshape(-1, self.dim)
        return Encoded(rows, rows, tuple(map(self._tokens, texts)) if with_tokens else None)

    def encode_question(self, text: str) -> Encoded:
        row = self._encode(text)[None, :]
        return Encoded(row, row, (self._tokens(text),))

    def encode_words(self, words: Sequence[str]) -> Matrix:
        return self.encode_sentences(words).vectors

    def encode_in_context(self, text: str, spans: Sequence[tuple[int, int]]) -> Matrix | None:
        return None

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text.split()) for text in texts]

    def _tokens(self, text: str) -> Matrix:
        return np.stack([self._encode(word) for word in text.split() or ["."]])

    def _encode(self, text: str) -> Matrix:
        # The constant part keeps a text without terms from having no direction at all.
        row = np.full(self.dim, 0.05)
        for term in split_terms(text):
            seed = int.from_bytes(hashlib.sha256(term.text.encode()).digest()[:8], "big")
            row = row + np.random.default_rng(seed).normal(size=self.dim)
        return (row / np.linalg.norm(row)).astype(np.float32)


@cache
def an_aligner() -> WordAligner:
    """What compares words, with the second encoder loaded once."""
    return WordAligner(UniversalEncoder(Settings().cache).encode)


def an_article(text: str, article_id: str = "a", **fields: object) -> Article:
    values: dict[str, object] = {"title": "Title", "language": "en", "published": date(2026, 1, 16), "source": "Wire"}
    return Article(id=article_id, text=text, **(values | fields))  # type: ignore[arg-type]


def a_passage(*sentences: str, passage_id: str = "a:0:00000000", **fields: object) -> Passage:
    """A passage of these sentences with a space between them, at the beginning of its article."""
    spans, at = [], 0
    for sentence in sentences:
        spans.append(Sentence(at, at + len(sentence), sentence))
        at += len(sentence) + 1
    values: dict[str, object] = {
        "article_id": passage_id.split(":")[0],
        "title": "Title",
        "source": "Wire",
        "published": date(2026, 1, 16),
        "language": "en",
    }
    text = " ".join(sentences)
    return Passage(id=passage_id, text=text, start=0, end=len(text), sentences=tuple(spans), **(values | fields))  # type: ignore[arg-type]


def write_article(folder: Path, name: str, text: str, **fields: object) -> Path:
    """Write `folder/name.md` with front matter; the id is the name where no other is given."""
    values = {"id": name, "title": name.title(), "language": "en", "published": "2026-01-16"} | fields
    lines = [f"{key}: {value}" for key, value in values.items() if value is not None]
    path = folder / f"{name}.md"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(["---", *lines, "---", "", text, ""]), encoding="utf-8")
    return path


def a_hit(passage: Passage, rank: int = 1) -> Hit:
    """A hit whose last sentence is the best."""
    count = len(passage.sentences)
    return Hit(rank, 1.0 / rank, passage, tuple((i + 1) / count for i in range(count)))


class FakeModel:
    """A chat model that answers what it is told to and keeps what it was sent."""

    name = "test:fake"

    def __init__(self, *pieces: str) -> None:
        self.pieces = pieces
        self.sent: Sequence[Message] = ()

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        self.sent = messages
        yield from self.pieces
