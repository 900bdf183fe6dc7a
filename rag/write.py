"""Articles → catalog and store: encoded and written a batch at a time."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field

import numpy as np

from rag.catalog import Catalog
from rag.change import OriginRecord, SourceRecord, WrittenArticle
from rag.encoded import EncodedPassage
from rag.identity import digest_content
from rag.keywords import FoundKeywords
from rag.store import Store
from rag.types import Article
from rag.workers import Workers

_BATCH = 16  # articles encoded and written together: enough to fill the encoder, little to lose


@dataclass(frozen=True, slots=True)
class Waiting:
    """An article that is to be written: with the digest of its content, and what gave it."""

    article: Article
    digest: str
    origin: OriginRecord | None


@dataclass(frozen=True, slots=True)
class _Batch:
    """Articles that are being encoded, and the sources that are wholly read with them."""

    waiting: Sequence[Waiting]
    read: Sequence[SourceRecord]
    encoded: Future[list[list[EncodedPassage]]]


@dataclass
class Writer:
    """Writes articles, and which sources are read, into the next generation, in the order in which they come.

    While batches are encoded the next is read, and the one before is written.

    Args:
        catalog: open for writing.
        store: gives where the passages' vectors go; it may be opened while the first are encoded.
        workers: encode.

    Attributes:
        passages: how many were written.
        keywords: of passages that were written.
    """

    catalog: Catalog
    store: Callable[[], Store]
    workers: Workers
    passages: int = 0
    keywords: FoundKeywords = field(default_factory=FoundKeywords)
    _waiting: list[Waiting] = field(default_factory=list)
    _read: list[SourceRecord] = field(default_factory=list)
    _encoding: deque[_Batch] = field(default_factory=deque)

    def __iter__(self) -> Iterator[Waiting]:
        """Yield the articles that are not written yet."""
        for batch in self._encoding:
            yield from batch.waiting
        yield from self._waiting

    def put(self, article: Article, origin: OriginRecord | None) -> None:
        """Write an article, in place of the one of the same id, when its batch is full and encoded."""
        self._waiting.append(Waiting(article, digest_content(article), origin))
        if len(self._waiting) >= _BATCH:
            self._encode()
            while len(self._encoding) > self.workers.ahead:
                self._write(self._encoding.popleft())

    def record(self, source: SourceRecord) -> None:
        """Remember a source as read, when all that was put before is written."""
        self._read.append(source)

    def flush(self) -> None:
        """Encode and write all that waits."""
        if self._waiting or self._read:
            self._encode()
        while self._encoding:
            self._write(self._encoding.popleft())

    def _encode(self) -> None:
        """Have what waits encoded."""
        articles = [waiting.article for waiting in self._waiting]
        known = self.catalog.passages_of(*(article.id for article in articles))
        self._encoding.append(_Batch(self._waiting, self._read, self.workers.encode(articles, known)))
        self._waiting, self._read = [], []

    def _write(self, batch: _Batch) -> None:
        encoded = batch.encoded.result()
        every = [passage for passages in encoded for passage in passages]
        store = self.store()
        self.catalog.set_facts(dirty=1)  # before the first vector: what a killed run leaves is then looked for
        if every:
            store.put([e.passage for e in every], np.stack([e.vector for e in every]))
        with self.catalog.change() as change:
            change.put([WrittenArticle(w.article, w.digest, e) for w, e in zip(batch.waiting, encoded, strict=True)])
            for waiting in batch.waiting:
                if waiting.origin:
                    change.record_origin(waiting.origin)
            for source in batch.read:
                change.record_source(source)
        self.passages += len(every)
        self.keywords.add(e.passage for e in every)
