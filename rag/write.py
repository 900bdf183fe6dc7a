"""Articles → catalog and store: chunked, encoded and written a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from rag.catalog import Catalog
from rag.change import OriginRecord, SourceRecord
from rag.chunk import split_passages
from rag.identity import digest_content
from rag.passage_encoder import PassageEncoder
from rag.store import Store
from rag.types import Article

_BATCH = 16  # articles encoded and written together: enough to fill the encoder, little to lose


@dataclass(frozen=True, slots=True)
class Waiting:
    """An article that is to be written: with the digest of its content, and what gave it."""

    article: Article
    digest: str
    origin: OriginRecord | None


@dataclass
class Writer:
    """Writes articles, and which sources are read, into the next generation.

    Args:
        catalog: open for writing; knows the index's `passage_tokens`.
        store: where the passages' vectors go.
        encoder: makes them.

    Attributes:
        passages: how many were written.
    """

    catalog: Catalog
    store: Store
    encoder: PassageEncoder
    passages: int = 0
    _waiting: list[Waiting] = field(default_factory=list)
    _read: list[SourceRecord] = field(default_factory=list)

    def __iter__(self) -> Iterator[Waiting]:
        """Yield the articles that are not written yet."""
        return iter(self._waiting)

    def put(self, article: Article, origin: OriginRecord | None) -> None:
        """Write an article, in place of the one of the same id, when a batch is full."""
        self._waiting.append(Waiting(article, digest_content(article), origin))
        if len(self._waiting) >= _BATCH:
            self.flush()

    def record(self, source: SourceRecord) -> None:
        """Remember a source as read, when all that was put before is written."""
        self._read.append(source)

    def flush(self) -> None:
        """Chunk, encode and write what waits."""
        if not self._waiting and not self._read:
            return
        budget = int(self.catalog.fact("passage_tokens") or 0)
        cut = [split_passages(w.article, self.encoder.encoder.count_tokens, budget) for w in self._waiting]
        known = [passage for w in self._waiting for passage in self.catalog.passages_of(w.article.id)]
        encoded = self.encoder.encode([passage for passages in cut for passage in passages], known)
        self.catalog.set_facts(dirty=1)  # before the first vector: what a killed run leaves is then looked for
        if encoded:
            self.store.put([e.passage for e in encoded], np.stack([e.vector for e in encoded]))
        each = iter(encoded)
        with self.catalog.change() as change:
            for waiting, passages in zip(self._waiting, cut, strict=True):
                change.put(waiting.article, waiting.digest, [next(each) for _ in passages])
                if waiting.origin:
                    change.record_origin(waiting.origin)
            for source in self._read:
                change.record_source(source)
        self.passages += len(encoded)
        self._waiting.clear()
        self._read.clear()
