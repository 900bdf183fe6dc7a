"""The record of an index, in one SQLite database: sources, articles, passages with their sentences' vectors.

It is the truth; the vector store and the keyword index are derived from it and can be rebuilt without encoding again.
Each change is one transaction. `generation` grows by one when a run of changes is complete; `dirty` is set from the
first change of a run until then, so that a run that was killed is noticed and its rest repaired.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import sqlalchemy as sa

from rag import database as tables
from rag.clean import fold
from rag.encode import Encoder, Matrix
from rag.encoded import EncodedPassage, select_passages, to_row
from rag.errors import IndexStateError
from rag.types import Article, Filter, Language

_T = TypeVar("_T")


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What is known of one source: the digest of its bytes, the article it gave, whether that was removed by hand."""

    place: str
    digest: str
    article_id: str
    removed: bool


@dataclass(frozen=True, slots=True)
class ArticleSummary:
    """One line of the list of articles; `passages` counts them."""

    id: str
    title: str
    language: Language
    published: date | None
    source: str
    passages: int

    def to_dict(self) -> dict[str, Any]:
        """Return the summary's plain form, its date as ISO 8601."""
        return {
            "id": self.id,
            "title": self.title,
            "language": self.language,
            "published": self.published.isoformat() if self.published else None,
            "source": self.source,
            "passages": self.passages,
        }


class Catalog:
    """The record in `folder`; made when there is none and `writable`.

    Raises:
        IndexStateError: there is none, it was made by another version of Sanad, or it cannot be used.
    """

    def __init__(self, folder: Path, *, writable: bool) -> None:
        self._engine = tables.open_database(folder, writable=writable)

    def close(self) -> None:
        """Close every connection; the catalog cannot be used afterwards."""
        self._engine.dispose()

    # -- facts ---------------------------------------------------------------------------------------------------

    def fact(self, name: str) -> str | None:
        """Return a fact of the index (`encoder`, `generation`, `dirty`, …), None where it was never set."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(tables.facts.c.value).where(tables.facts.c.name == name))

    def set_facts(self, **values: str | int) -> None:
        """Set facts, all in one transaction."""
        with self._engine.begin() as connection:
            _set_facts(connection, values)

    @property
    def generation(self) -> int:
        """How many runs of changes were completed; 0 for a new index."""
        return int(self.fact("generation") or 0)

    def blob(self, name: str) -> bytes | None:
        """Return a stored file's content, None where there is none of that name."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(tables.blobs.c.content).where(tables.blobs.c.name == name))

    def set_blob(self, name: str, content: bytes) -> None:
        """Store a file's content under a name."""
        with self._engine.begin() as connection:
            connection.execute(tables.blobs.delete().where(tables.blobs.c.name == name))
            connection.execute(tables.blobs.insert(), [{"name": name, "content": content}])

    # -- changes -------------------------------------------------------------------------------------------------

    def put(self, entries: Sequence[tuple[Article, Sequence[EncodedPassage]]]) -> list[str]:
        """Add articles or replace those of the same id, in one transaction.

        Args:
            entries: articles with their passages.

        Returns:
            Ids of the passages that are gone with replaced articles.
        """
        with self._engine.begin() as connection:
            _set_facts(connection, {"dirty": 1})
            gone = _delete(connection, [article.id for article, _ in entries])
            for article, passages in entries:
                connection.execute(tables.articles.insert(), [article.to_dict() | {"published": article.published}])
                if rows := [to_row(ordinal, passage) for ordinal, passage in enumerate(passages)]:
                    connection.execute(tables.passages.insert(), rows)
        kept = {encoded.passage.id for _, passages in entries for encoded in passages}
        return [identifier for identifier in gone if identifier not in kept]

    def delete(self, article_ids: Sequence[str]) -> list[str]:
        """Delete articles in one transaction; return the ids of their passages."""
        with self._engine.begin() as connection:
            _set_facts(connection, {"dirty": 1})
            return _delete(connection, article_ids)

    def record_sources(self, records: Iterable[SourceRecord]) -> None:
        """Remember what sources gave, each in place of what was known of it."""
        with self._engine.begin() as connection:
            for record in records:
                connection.execute(tables.sources.delete().where(tables.sources.c.place == record.place))
                connection.execute(tables.sources.insert(), [asdict(record)])

    def forget_sources(self, places: Iterable[str]) -> None:
        """Forget sources; their articles stay."""
        with self._engine.begin() as connection:
            for place in places:
                connection.execute(tables.sources.delete().where(tables.sources.c.place == place))

    def add_words(self, words: Mapping[str, Language], vectors: Matrix) -> None:
        """Remember words with their calibrated vectors, a row each; those that are known are left as they are."""
        rows = [
            {"word": word, "language": language, "vector": row.astype(np.float16).tobytes()}
            for (word, language), row in zip(words.items(), vectors, strict=True)
        ]
        with self._engine.begin() as connection:
            for some in _batches(rows, 500):
                connection.execute(tables.words.insert().prefix_with("OR IGNORE"), some)

    # -- reading -------------------------------------------------------------------------------------------------

    def sources(self) -> dict[str, SourceRecord]:
        """Return every known source by its place."""
        with self._engine.connect() as connection:
            return {row.place: SourceRecord(*row) for row in connection.execute(sa.select(tables.sources))}

    def articles(self) -> list[ArticleSummary]:
        """Return a line for each article, newest first, undated last."""
        count = sa.func.count(tables.passages.c.id)
        query = (
            sa.select(
                tables.articles.c.id,
                tables.articles.c.title,
                tables.articles.c.language,
                tables.articles.c.published,
                tables.articles.c.source,
                count,
            )
            .outerjoin(tables.passages)
            .group_by(tables.articles.c.id)
            .order_by(tables.articles.c.published.desc().nulls_last(), tables.articles.c.id)
        )
        with self._engine.connect() as connection:
            return [ArticleSummary(*row) for row in connection.execute(query)]

    def article(self, article_id: str) -> Article | None:
        """Return one article, None where there is none of that id."""
        with self._engine.connect() as connection:
            row = connection.execute(sa.select(tables.articles).where(tables.articles.c.id == article_id)).one_or_none()
        return Article(**row._mapping) if row else None

    def passages(self, ids: Sequence[str]) -> dict[str, EncodedPassage]:
        """Return passages by their ids; those that are not known are left out."""
        found = {}
        with self._engine.connect() as connection:
            for some in _batches(ids, 500):  # SQLite limits the parameters of a statement
                rows = select_passages(connection, tables.passages.c.id.in_(some))
                found.update({encoded.passage.id: encoded for encoded in rows})
        return found

    def every_passage(self) -> Iterator[EncodedPassage]:
        """Yield every passage in a fixed order."""
        with self._engine.connect().execution_options(yield_per=500) as connection:
            yield from select_passages(connection, sa.true())

    def words(self) -> dict[str, Language]:
        """Return every remembered word with its language."""
        with self._engine.connect() as connection:
            return {
                row.word: row.language for row in connection.execute(sa.select(*tables.words.c["word", "language"]))
            }

    def word_vectors(self, language: Language) -> tuple[list[str], Matrix]:
        """Return the remembered words of a language and their vectors, shape (words, dim); (0, 0) for none."""
        query = sa.select(*tables.words.c["word", "vector"]).where(tables.words.c.language == language)
        with self._engine.connect() as connection:
            rows = connection.execute(query.order_by(tables.words.c.word)).all()
        if not rows:
            return [], np.zeros((0, 0), dtype=np.float32)
        vectors = np.frombuffer(b"".join(row.vector for row in rows), dtype=np.float16).astype(np.float32)
        return [row.word for row in rows], vectors.reshape(len(rows), -1)

    def passage_ids(self, only: Filter | None = None) -> set[str]:
        """Return the ids of all passages, or of those that the filter lets through."""
        query = sa.select(tables.passages.c.id).join(tables.articles)
        if only and only.language:
            query = query.where(tables.articles.c.language == only.language)
        if only and only.since:
            query = query.where(tables.articles.c.published >= only.since)
        if only and only.until:
            query = query.where(tables.articles.c.published <= only.until)
        with self._engine.connect() as connection:
            if only and only.source:
                sources = connection.scalars(sa.select(tables.articles.c.source).distinct())
                alike = [source for source in sources if fold(source) == fold(only.source)]
                query = query.where(tables.articles.c.source.in_(alike))
            if only and only.without:
                query = query.where(tables.articles.c.id.not_in(only.without))
            return set(connection.scalars(query))

    def late_bytes(self) -> int:
        """Return how many bytes late interaction takes: the codes of all tokens."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.sum(sa.func.length(tables.passages.c.codes)))) or 0


def check_encoder(catalog: Catalog, encoder: Encoder, folder: Path) -> None:
    """Raise IndexStateError where another encoder made the index in the folder."""
    made_with = catalog.fact("encoder")
    if made_with is not None and made_with != encoder.name:
        raise IndexStateError(
            f"{folder}: made with the encoder {made_with}, not {encoder.name}; set RAG_ENCODER={made_with}, or choose "
            "another folder with --index"
        )


def _delete(connection: sa.Connection, article_ids: Sequence[str]) -> list[str]:
    gone: list[str] = []
    for some in _batches(article_ids, 500):
        gone += connection.scalars(sa.select(tables.passages.c.id).where(tables.passages.c.article_id.in_(some)))
        connection.execute(tables.passages.delete().where(tables.passages.c.article_id.in_(some)))
        connection.execute(tables.articles.delete().where(tables.articles.c.id.in_(some)))
    return gone


def _set_facts(connection: sa.Connection, values: dict[str, Any]) -> None:
    for name, value in values.items():
        connection.execute(tables.facts.delete().where(tables.facts.c.name == name))
        connection.execute(tables.facts.insert(), [{"name": name, "value": str(value)}])


def _batches(items: Sequence[_T], size: int) -> Iterator[Sequence[_T]]:
    for at in range(0, len(items), size):
        yield items[at : at + size]
