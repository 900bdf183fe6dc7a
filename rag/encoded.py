"""A passage with what its text was encoded to ↔ its row in the database."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import numpy as np
import sqlalchemy as sa

from rag import database as tables
from rag.calibrate import Codes
from rag.encode import Matrix
from rag.types import Passage, Sentence


@dataclass(frozen=True, slots=True)
class EncodedPassage:
    """A passage with what its text was encoded to.

    Attributes:
        passage: with its sentences.
        vectors: one unit row a sentence, calibrated.
        universal: those of the second encoder, likewise.
        codes: the projected vectors of all its tokens, sentence after sentence; None without late interaction.
        counts: how many of the codes belong to each sentence; empty without.
    """

    passage: Passage
    vectors: Matrix
    universal: Matrix
    codes: Codes | None = None
    counts: tuple[int, ...] = ()

    @property
    def vector(self) -> Matrix:
        """The passage's own unit vector, shape (dim,): the mean of its sentences'."""
        mean = self.vectors.mean(axis=0)
        return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)


def to_row(article: int, ordinal: int, encoded: EncodedPassage) -> dict[str, Any]:
    """Return the row of the table of passages for the passage of that ordinal in the article of that row."""
    passage = encoded.passage
    counts = encoded.counts or (0,) * len(passage.sentences)
    return {
        "id": passage.id,
        "article": article,
        "ordinal": ordinal,
        "start": passage.start,
        "end": passage.end,
        "sentences": json.dumps([[s.start, s.end, n] for s, n in zip(passage.sentences, counts, strict=True)]),
        "vectors": encoded.vectors.astype(np.float16).tobytes(),
        "universal": encoded.universal.astype(np.float16).tobytes(),
        "codes": encoded.codes.tobytes() if encoded.codes is not None else b"",
    }


def select_passages(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Iterator[EncodedPassage]:
    """Yield the passages that meet a condition, by article and in its order."""
    query = (
        sa.select(
            tables.passages,
            tables.articles.c.id.label("article_id"),
            *tables.articles.c["title", "source", "published", "language", "text", "pages", "dated_by", "recognised"],
        )
        .join(tables.articles)
        .where(condition)
        .order_by(tables.articles.c.id, tables.passages.c.ordinal)
    )
    for row in connection.execute(query):
        spans = json.loads(row.sentences)
        passage = Passage(
            id=row.id,
            article_id=row.article_id,
            title=row.title,
            source=row.source,
            published=row.published,
            language=row.language,
            text=row.text[row.start : row.end],
            start=row.start,
            end=row.end,
            sentences=tuple(Sentence(start, end, row.text[start:end]) for start, end, _ in spans),
            pages=tuple(json.loads(row.pages)),
            dated_by=row.dated_by,
            recognised=row.recognised,
        )
        counts = tuple(count for *_, count in spans)
        yield EncodedPassage(
            passage,
            _from_half(row.vectors, len(spans)),
            _from_half(row.universal, len(spans)),
            np.frombuffer(row.codes, dtype=np.int8).reshape(sum(counts), -1) if row.codes else None,
            counts if row.codes else (),
        )


def _from_half(content: bytes, rows: int) -> Matrix:
    return np.frombuffer(content, dtype=np.float16).astype(np.float32).reshape(rows, -1)
