"""The record of an index, in one database: articles, their sources, passages with their sentences' vectors.

It is the truth; the vector store and the keyword index are derived from it and can be rebuilt without encoding again.
Who reads sees one generation, whatever is being written (`rag.database` says how); who writes sees what it has written.
"""

from __future__ import annotations

import json
import secrets
import uuid
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, TypeVar

import sqlalchemy as sa

from rag import database as tables
from rag.change import Change
from rag.clean import fold
from rag.encode import Matrix
from rag.encoded import (
    EncodedPassage,
    Evidence,
    Tokens,
    each_text,
    evidence_query,
    read_evidence,
    read_texts,
    read_tokens,
    read_vectors,
    select_passages,
    texts_query,
    tokens_query,
    vectors_query,
)
from rag.filter import Filter
from rag.home import Home
from rag.known_words import KnownWords
from rag.provenance import Provenance
from rag.summary import ArticleSummary
from rag.types import Article, Language, Passage

_T = TypeVar("_T")
_FACT = sa.select(tables.facts.c.value).where(tables.facts.c.name == sa.bindparam("name"))


class Catalog:
    """The record of an index; made when there is none and `writable`.

    Attributes:
        seen: the generation that is read; who writes reads beyond it.
        provenance: where its articles come from.
        words: those that were encoded.
        orphans: ids of passages that who writes has written and dropped again, some of which may be there once more.

    Raises:
        IndexStateError: there is none, it was made by another version of Sanad, or it cannot be used.
    """

    def __init__(self, home: Home, *, writable: bool) -> None:
        self._engine = tables.open_database(home, writable=writable)
        self._shared = home.database is not None
        self._writer = secrets.token_hex(8) if writable else ""
        if writable:
            self.set_facts(writer=self._writer)
            if not self.identity:  # it is older than servers are known
                self.set_facts(identity=uuid.uuid4().hex)
        added, dropped = tables.articles.c.added, tables.articles.c.dropped
        self.provenance = Provenance(self._engine)
        self.words = KnownWords(self._engine)
        self.seen = self.generation
        self.orphans: set[str] = set()
        self._visible: sa.ColumnElement[bool] = (
            dropped.is_(None) if writable else (added <= self.seen) & (dropped.is_(None) | (dropped > self.seen))
        )
        # Every question runs these: made once, for making a query takes longer than running it.
        named = tables.among_given(tables.passages.c.id) & self._visible
        self._texts, self._evidence, self._tokens = texts_query(named), evidence_query(named), tokens_query(named)

    def close(self) -> None:
        """Close every connection to a file; the catalog cannot be used afterwards."""
        if not self._shared:
            self._engine.dispose()

    def fact(self, name: str) -> str | None:
        """Return a fact of the index (`encoder`, `generation`, `dirty`, …), None where it was never set."""
        with self._engine.connect() as connection:
            return connection.scalar(_FACT, {"name": name})

    def set_facts(self, **values: str | int) -> None:
        """Set facts, all in one transaction."""
        with self._engine.begin() as connection:
            tables.set_facts(connection, values)

    @property
    def identity(self) -> str:
        """What tells this index from every other, for ever: hexadecimal digits."""
        return self.fact("identity") or ""

    @property
    def generation(self) -> int:
        """How many runs of changes were completed, now; 0 for a new index."""
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

    def blob_names(self, prefix: str) -> list[str]:
        """Return the names of the stored files that begin so, sorted."""
        query = sa.select(tables.blobs.c.name).where(tables.blobs.c.name.startswith(prefix, autoescape=True))
        with self._engine.connect() as connection:
            return sorted(connection.scalars(query))

    def delete_blobs(self, names: Sequence[str]) -> None:
        """Delete stored files; names that are not there are passed over."""
        with self._engine.begin() as connection:
            connection.execute(tables.blobs.delete().where(tables.among(tables.blobs.c.name, names)))

    @contextmanager
    def change(self) -> Iterator[Change]:
        """Open one transaction of the next generation; what is done in it is kept whole or not at all."""
        with self._engine.begin() as connection:
            change = Change(connection, self._writer)
            yield change
        self.orphans |= change.orphans

    def articles(self) -> list[ArticleSummary]:
        """Return a line for each article, newest first, undated last."""
        count = sa.func.count(tables.passages.c.row)
        names = tables.articles.c["id", "title", "language", "published", "source"]
        query: sa.Select[Any] = (
            sa.select(*names, count)
            .outerjoin(tables.passages)
            .where(self._visible)
            .group_by(tables.articles.c.row)
            .order_by(tables.articles.c.published.desc().nulls_last(), tables.articles.c.id)
        )
        with self._engine.connect() as connection:
            return [ArticleSummary(*row) for row in connection.execute(query)]

    def article(self, article_id: str) -> Article | None:
        """Return one article, None where there is none of that id."""
        return self.whole_articles([article_id]).get(article_id)

    def whole_articles(self, ids: Sequence[str]) -> dict[str, Article]:
        """Return articles by their ids; those that are not known are left out."""
        query = sa.select(*(tables.articles.c[name] for name in Article.__dataclass_fields__))
        with self._engine.connect() as connection:
            rows = connection.execute(query.where(tables.among(tables.articles.c.id, ids), self._visible))
            return {row.id: Article(**{**row._mapping, "pages": tuple(json.loads(row.pages))}) for row in rows}

    def article_with(self, digest: str) -> str | None:
        """Return the id of the article whose content has this digest, None where there is none."""
        with self._engine.connect() as connection:
            mine = (tables.articles.c.digest == digest) & self._visible
            return connection.scalar(sa.select(tables.articles.c.id).where(mine).limit(1))

    def has_article(self, article_id: str) -> bool:
        """Whether there is an article of this id."""
        with self._engine.connect() as connection:
            query = sa.select(tables.articles.c.row).where(tables.articles.c.id == article_id, self._visible)
            return connection.scalar(query) is not None

    def passages(self, ids: Sequence[str]) -> dict[str, EncodedPassage]:
        """Return passages by their ids; those that are not known are left out."""
        with self._engine.connect() as connection:
            found = select_passages(connection, tables.among(tables.passages.c.id, ids) & self._visible)
            return {encoded.passage.id: encoded for encoded in found}

    def texts(self, ids: Sequence[str]) -> dict[str, Passage]:
        """Return passages by their ids, without what they were encoded to; those that are not known are left out."""
        return self._read(self._texts, read_texts, ids)

    def evidence(self, ids: Sequence[str]) -> dict[str, Evidence]:
        """Return what passages were encoded to, by their ids; those that are not known are left out."""
        return self._read(self._evidence, read_evidence, ids)

    def vectors(self) -> tuple[list[str], Matrix]:
        """Return the ids of all passages, and the unit vector of each, shape (passages, dim)."""
        with self._engine.connect() as connection:
            return read_vectors(connection.execute(vectors_query(self._visible)))

    def tokens(self, ids: Sequence[str]) -> dict[str, Tokens]:
        """Return the tokens of passages by their ids; those that are not known, or have none, are left out."""
        return self._read(self._tokens, read_tokens, ids)

    def _read(
        self, query: sa.Select[Any], read: Callable[[Iterable[Any]], dict[str, _T]], ids: Sequence[str]
    ) -> dict[str, _T]:
        with self._engine.connect() as connection:
            return read(connection.execute(query, tables.given(ids)))

    def passages_of(self, *article_ids: str) -> list[EncodedPassage]:
        """Return the passages of articles, those of each in order."""
        with self._engine.connect() as connection:
            return list(select_passages(connection, tables.among(tables.articles.c.id, article_ids) & self._visible))

    def every_passage(self, *, new: bool = False) -> Iterator[EncodedPassage]:
        """Yield every passage in a fixed order; or those that the next generation will have and this one has not."""
        with self._engine.connect().execution_options(yield_per=500) as connection:
            yield from select_passages(connection, self._new if new else self._visible)

    def every_text(self, *, new: bool = False) -> Iterator[Passage]:
        """Yield the same without what they were encoded to."""
        with self._engine.connect().execution_options(yield_per=500) as connection:
            yield from each_text(connection.execute(texts_query(self._new if new else self._visible)))

    def each_text(self, ids: Iterable[str]) -> Iterator[Passage]:
        """Yield those of some ids likewise, however many."""
        asked = list(ids)
        for at in range(0, len(asked), 500):
            yield from self.texts(asked[at : at + 500]).values()

    def gone_passages(self) -> set[str]:
        """Return the ids of passages that this generation has and the next will not have, for who writes."""
        with self._engine.connect() as connection:
            query = sa.select(tables.passages.c.id).join(tables.articles)
            gone = set(connection.scalars(query.where(tables.articles.c.dropped > self.generation)))
            kept = set(connection.scalars(query.where(tables.among(tables.passages.c.id, gone), self._visible)))
        return gone - kept

    @property
    def _new(self) -> sa.ColumnElement[bool]:
        return self._visible & (tables.articles.c.added > self.generation)

    def languages(self) -> set[Language]:
        """Return the languages that there are passages in."""
        query = sa.select(tables.articles.c.language).join(tables.passages).where(self._visible).distinct()
        with self._engine.connect() as connection:
            return set(connection.scalars(query))

    def count_articles(self) -> int:
        """Return how many articles there are."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.count()).select_from(tables.articles).where(self._visible)) or 0

    def count_passages(self) -> int:
        """Return how many passages there are."""
        query = sa.select(sa.func.count()).select_from(tables.passages).join(tables.articles).where(self._visible)
        with self._engine.connect() as connection:
            return connection.scalar(query) or 0

    def passage_ids(self, only: Filter | None = None) -> set[str]:
        """Return the ids of all passages, or of those that the filter lets through."""
        query = sa.select(tables.passages.c.id).join(tables.articles).where(self._visible)
        if only and only.language:
            query = query.where(tables.articles.c.language == only.language)
        if only and only.since:
            query = query.where(tables.articles.c.published >= only.since)
        if only and only.until:
            query = query.where(tables.articles.c.published <= only.until)
        with self._engine.connect() as connection:
            if only and only.source:
                sources = connection.scalars(sa.select(tables.articles.c.source).where(self._visible).distinct())
                alike = [source for source in sources if fold(source) == fold(only.source)]
                query = query.where(tables.articles.c.source.in_(alike))
            if only and only.without:
                query = query.where(tables.articles.c.id.not_in(only.without))
            return set(connection.scalars(query))

    def late_bytes(self) -> int:
        """Return how many bytes late interaction takes: the codes of all tokens."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(sa.func.sum(sa.func.length(tables.passages.c.codes)))) or 0
