"""A passage with what its text was encoded to ↔ its row in the database."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

import numpy as np
import sqlalchemy as sa

from rag import database as tables
from rag.calibrate import Codes
from rag.encode import Matrix
from rag.types import Language, Passage, Sentence


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
        return _mean(self.vectors)


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


class Evidence(NamedTuple):
    """What a passage was encoded to; neither its text nor its tokens are read.

    Attributes:
        id: of the passage.
        article_id: of its article.
        ordinal: its place in the article.
        language: the article's.
        published: its day of publication.
        vectors: of the sentences, shape (sentences, dim).
        universal: those of the second encoder, likewise.
    """

    id: str
    article_id: str
    ordinal: int
    language: Language
    published: date | None
    vectors: Matrix
    universal: Matrix


class Tokens(NamedTuple):
    """The projected vectors of all tokens of a passage, sentence after sentence, and how many belong to each."""

    codes: Codes
    counts: tuple[int, ...]


def evidence_query(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Return the query that `read_evidence` reads."""
    return (
        sa.select(
            *tables.passages.c["id", "ordinal", "sentences", "vectors", "universal"],
            tables.articles.c.id.label("article_id"),
            *tables.articles.c["language", "published"],
        )
        .join(tables.articles)
        .where(condition)
    )


def read_evidence(rows: Iterable[Any]) -> dict[str, Evidence]:
    """Return what passages were encoded to, by their ids."""
    every = list(rows)
    counts = [len(json.loads(row.sentences)) for row in every]
    vectors = _split(_from_half(b"".join(row.vectors for row in every), sum(counts)), counts)
    universal = _split(_from_half(b"".join(row.universal for row in every), sum(counts)), counts)
    return {
        row.id: Evidence(row.id, row.article_id, row.ordinal, row.language, row.published, *matrices)
        for row, *matrices in zip(every, vectors, universal, strict=True)
    }


def vectors_query(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Return the query that `read_vectors` reads."""
    return sa.select(*tables.passages.c["id", "sentences", "vectors"]).join(tables.articles).where(condition)


def read_vectors(rows: Iterable[Any]) -> tuple[list[str], Matrix]:
    """Return the ids of passages, and their own unit vectors, shape (passages, dim)."""
    ids, vectors = [], []
    for row in rows:
        ids.append(row.id)
        vectors.append(_mean(_from_half(row.vectors, len(json.loads(row.sentences)))))
    return ids, np.stack(vectors) if vectors else np.zeros((0, 0), dtype=np.float32)


def tokens_query(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Return the query that `read_tokens` reads."""
    return sa.select(*tables.passages.c["id", "sentences", "codes"]).join(tables.articles).where(condition)


def read_tokens(rows: Iterable[Any]) -> dict[str, Tokens]:
    """Return the tokens of passages, by their ids; none of an index without them."""
    found = {}
    for row in rows:
        counts = tuple(count for *_, count in json.loads(row.sentences))
        codes = _codes(row.codes, sum(counts))
        if codes is not None:
            found[row.id] = Tokens(codes, counts)
    return found


def texts_query(condition: sa.ColumnElement[bool]) -> sa.Select[Any]:
    """Return the query that `each_text` and `read_texts` read."""
    return _with_articles(*tables.passages.c["id", "start", "end", "sentences"]).where(condition)


def each_text(rows: Iterable[Any]) -> Iterator[Passage]:
    """Yield passages without what they were encoded to."""
    return (_to_passage(row, json.loads(row.sentences)) for row in rows)


def read_texts(rows: Iterable[Any]) -> dict[str, Passage]:
    """Return the same by their ids."""
    return {passage.id: passage for passage in each_text(rows)}


def select_passages(connection: sa.Connection, condition: sa.ColumnElement[bool]) -> Iterator[EncodedPassage]:
    """Yield the passages that meet a condition, by article and in its order."""
    for row in connection.execute(_with_articles(tables.passages).where(condition)):
        spans = json.loads(row.sentences)
        counts = tuple(count for *_, count in spans)
        yield EncodedPassage(
            _to_passage(row, spans),
            _from_half(row.vectors, len(spans)),
            _from_half(row.universal, len(spans)),
            _codes(row.codes, sum(counts)),
            counts if row.codes else (),
        )


def _with_articles(*columns: Any) -> sa.Select[Any]:
    """Return a query of columns of passages and what else a `Passage` has of its article."""
    start, end = tables.passages.c.start, tables.passages.c.end
    return (
        sa.select(
            *columns,
            tables.articles.c.id.label("article_id"),
            sa.func.substr(tables.articles.c.text, start + 1, end - start).label("text"),
            *tables.articles.c["title", "source", "published", "language", "pages", "dated_by", "recognised"],
        )
        .join(tables.articles)
        .order_by(tables.articles.c.id, tables.passages.c.ordinal)
    )


def _to_passage(row: Any, spans: Sequence[tuple[int, int, int]]) -> Passage:
    return Passage(
        id=row.id,
        article_id=row.article_id,
        title=row.title,
        source=row.source,
        published=row.published,
        language=row.language,
        text=row.text,
        start=row.start,
        end=row.end,
        sentences=tuple(Sentence(start, end, row.text[start - row.start : end - row.start]) for start, end, _ in spans),
        pages=tuple(json.loads(row.pages)),
        dated_by=row.dated_by,
        recognised=row.recognised,
    )


def _codes(content: bytes, tokens: int) -> Codes | None:
    return np.frombuffer(content, dtype=np.int8).reshape(tokens, -1) if content else None


def _split(rows: Matrix, counts: Sequence[int]) -> list[Matrix]:
    """Return the rows by passage; copies, so that one that is held does not hold the others."""
    ends = np.cumsum(counts).tolist()
    return [rows[end - count : end].copy() for count, end in zip(counts, ends, strict=True)]


def _mean(rows: Matrix) -> Matrix:
    mean = rows.mean(axis=0)
    return np.asarray(mean / max(float(np.linalg.norm(mean)), 1e-12), dtype=np.float32)


def _from_half(content: bytes, rows: int) -> Matrix:
    return np.frombuffer(content, dtype=np.float16).astype(np.float32).reshape(rows, -1 if rows else 0)
