"""Articles → catalog and store: chunked, encoded and written a batch at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field

import numpy as np

from rag.catalog import Catalog
from rag.change import OriginRecord, SourceRecord
from rag.chunk import split_passages
from rag.encoded import EncodedPassage
from rag.identity import digest_content
from rag.passage_encoder import PassageEncoder
from rag.store import Store
from rag.types import Article, Passage

_BATCH = 16  # articles encoded and written together: enough to fill the encoder, little to lose


@dataclass(frozen=True, slots=True)
class Waiting:
    """An article that is to be written: with the digest of its content, and what gave it."""

    article: Article
    digest: str
    origin: OriginRecord | None


@dataclass(frozen=True, slots=True)
class _Batch:
    """Articles whose passages are being encoded, and the sources that are wholly read with them."""

    waiting: Sequence[Waiting]
    read: Sequence[SourceRecord]
    cut: Sequence[Sequence[Passage]]
    encoded: Future[list[EncodedPassage]]


@dataclass
class Writer:
    """Writes articles, and which sources are read, into the next generation.

    While one batch is encoded the next is read, cleaned and chunked, and the one before is written.

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
    _encoding: _Batch | None = None
    _read: list[SourceRecord] = field(default_factory=list)
    _beside: ThreadPoolExecutor = field(default_factory=lambda: ThreadPoolExecutor(1, "encode-batch"))

    def __iter__(self) -> Iterator[Waiting]:
        """Yield the articles that are not written yet."""
        yield from self._encoding.waiting if self._encoding else ()
        yield from self._waiting

    def put(self, article: Article, origin: OriginRecord | None) -> None:
        """Write an article, in place of the one of the same id, when its batch is full and encoded."""
        self._waiting.append(Waiting(article, digest_content(article), origin))
        if len(self._waiting) >= _BATCH:
            self._advance()

    def record(self, source: SourceRecord) -> None:
        """Remember a source as read, when all that was put before is written."""
        self._read.append(source)

    def flush(self) -> None:
        """Chunk, encode and write all that waits."""
        self._advance()
        self._advance()

    def _advance(self) -> None:
        """Have the batch that waits encoded, and write the one that was."""
        before, self._encoding = self._encoding, None
        if self._waiting or self._read:
            budget = int(self.catalog.fact("passage_tokens") or 0)
            cut = [split_passages(w.article, self.encoder.encoder.count_tokens, budget) for w in self._waiting]
            known = self.catalog.passages_of(*(w.article.id for w in self._waiting))
            every = [passage for passages in cut for passage in passages]
            encoded = self._beside.submit(self.encoder.encode, every, known)
            self._encoding = _Batch(self._waiting, self._read, cut, encoded)
            self._waiting, self._read = [], []
        if before:
            self._write(before)

    def _write(self, batch: _Batch) -> None:
        encoded = batch.encoded.result()
        self.catalog.set_facts(dirty=1)  # before the first vector: what a killed run leaves is then looked for
        if encoded:
            self.store.put([e.passage for e in encoded], np.stack([e.vector for e in encoded]))
        each = iter(encoded)
        with self.catalog.change() as change:
            for waiting, passages in zip(batch.waiting, batch.cut, strict=True):
                change.put(waiting.article, waiting.digest, [next(each) for _ in passages])
                if waiting.origin:
                    change.record_origin(waiting.origin)
            for source in batch.read:
                change.record_source(source)
        self.passages += len(encoded)
