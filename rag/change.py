"""What one transaction writes into the record of an index: articles, and where they come from.

All of it belongs to the next generation. `complete` makes that the present one.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from datetime import date

import sqlalchemy as sa

from rag import database as tables
from rag.encoded import EncodedPassage, to_row
from rag.errors import IndexBusyError
from rag.types import Article

_INSERT_ARTICLE, _INSERT_PASSAGES = tables.articles.insert(), tables.passages.insert()


@dataclass(frozen=True, slots=True)
class SourceRecord:
    """What is known of one source.

    Attributes:
        place: the path of its file.
        digest: of its bytes, and of how its fields are read.
        read: the day on which it was read last.
        failures: what in it could not be read, a line each.
    """

    place: str
    digest: str
    read: date
    failures: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class OriginRecord:
    """Which article a source, or a part of it, gave.

    Attributes:
        place: of the source.
        key: of the part; "" where the source is one article.
        article_id: what it gave. Several origins may give the same article.
        digest: of the article as it was loaded.
        removed: it was removed by hand.
    """

    place: str
    key: str
    article_id: str
    digest: str
    removed: bool = False

    def is_of(self, other: OriginRecord) -> bool:
        """Whether both are the same part of the same source."""
        return (self.place, self.key) == (other.place, other.key)


@dataclass(frozen=True, slots=True)
class WrittenArticle:
    """An article as it is written.

    Attributes:
        article: as it is stored.
        digest: of what makes it the same article elsewhere.
        passages: all of it, encoded.
    """

    article: Article
    digest: str
    passages: Sequence[EncodedPassage]


class Change:
    """Writes in a transaction of the next generation; `Catalog.change` opens it.

    Args:
        connection: within the transaction.
        writer: who opened the catalog for writing. One who lost the index to another, unknowingly, writes no more: a
            database on a server lets go of whom it does not hear from.

    Attributes:
        orphans: ids of passages that were written in this run and dropped again, which no generation has seen.

    Raises:
        IndexBusyError: another has begun to write.
    """

    def __init__(self, connection: sa.Connection, writer: str) -> None:
        self._connection = connection
        self.orphans: set[str] = set()
        known = tables.facts.c.name.in_(["generation", "writer"])
        facts = {
            row.name: row.value for row in connection.execute(sa.select(tables.facts).where(known).with_for_update())
        }
        if facts.get("writer") != writer:
            raise IndexBusyError("another process has begun to write to this index; run again")
        self._next = int(facts.get("generation", 0)) + 1
        tables.set_facts(connection, {"dirty": 1})

    def put(self, written: Sequence[WrittenArticle]) -> None:
        """Add articles, or new versions of those of the same ids; of those of one id the last counts."""
        last = {one.article.id: one for one in written}
        self.orphans.update(e.passage.id for one in written if last[one.article.id] is not one for e in one.passages)
        self.drop(list(last))
        rows = []
        for one in last.values():
            values = one.article.to_dict() | {
                "published": one.article.published,
                "pages": json.dumps(one.article.pages),
                "digest": one.digest,
                "added": self._next,
            }
            row = self._connection.execute(_INSERT_ARTICLE, values).inserted_primary_key
            assert row  # an insert has a key  # noqa: S101
            rows += [to_row(row[0], ordinal, passage) for ordinal, passage in enumerate(one.passages)]
        if rows:
            self._connection.execute(_INSERT_PASSAGES, rows)

    def drop(self, article_ids: Sequence[str]) -> None:
        """Leave articles out of the next generation."""
        articles = tables.articles
        mine = tables.among(articles.c.id, article_ids) & articles.c.dropped.is_(None)
        if self._connection.scalar(sa.select(articles.c.row).where(mine).limit(1)) is None:
            return  # as for every article of a new index
        unseen = mine & (articles.c.added == self._next)
        passages = sa.select(tables.passages.c.id).join(articles).where(unseen)
        self.orphans.update(self._connection.scalars(passages))
        self._connection.execute(articles.delete().where(unseen))
        self._connection.execute(articles.update().where(mine).values(dropped=self._next))

    def record_source(self, record: SourceRecord) -> None:
        """Remember what is known of a source."""
        self._connection.execute(tables.sources.delete().where(tables.sources.c.place == record.place))
        values = asdict(record) | {"failures": json.dumps(record.failures, ensure_ascii=False)}
        self._connection.execute(tables.sources.insert().values(values))

    def move_source(self, place: str, to: str) -> None:
        """Remember that a source has another name now."""
        for table in (tables.sources, tables.origins):
            self._connection.execute(table.delete().where(table.c.place == to))
            self._connection.execute(table.update().where(table.c.place == place).values(place=to))

    def move_folder(self, folder: str, to: str) -> None:
        """Remember that a folder, and with it the sources in it, has another name now."""
        for table in (tables.sources, tables.origins):
            place = table.c.place
            self._connection.execute(table.delete().where(sa.func.substr(place, 1, len(to) + 1) == f"{to}/"))
            moved = table.update().where(sa.func.substr(place, 1, len(folder) + 1) == f"{folder}/")
            self._connection.execute(moved.values(place=to + sa.func.substr(place, len(folder) + 1)))

    def forget_sources(self, places: Iterable[str]) -> None:
        """Forget sources and their parts; the articles stay."""
        for place in places:
            for table in (tables.sources, tables.origins):
                self._connection.execute(table.delete().where(table.c.place == place))

    def record_origin(self, record: OriginRecord) -> None:
        """Remember which article a part of a source gave."""
        self.forget_origin(record)
        self._connection.execute(tables.origins.insert().values(asdict(record)))

    def forget_origin(self, record: OriginRecord) -> None:
        """Forget a part of a source; its article stays."""
        mine = (tables.origins.c.place == record.place) & (tables.origins.c.key == record.key)
        self._connection.execute(tables.origins.delete().where(mine))

    def record_edges(self, article: Article, lines: Iterable[str]) -> None:
        """Remember the lines at the edges of an article, by their digests."""
        self.forget_edges(article.id)
        if rows := [{"source": article.source, "line": line, "article_id": article.id} for line in lines]:
            self._connection.execute(tables.edges.insert(), rows)

    def forget_edges(self, article_id: str) -> None:
        """Forget the lines at the edges of an article."""
        self._connection.execute(tables.edges.delete().where(tables.edges.c.article_id == article_id))

    def complete(self, *, purge: bool = False) -> None:
        """Make the next generation the present one; delete what only generations saw that nobody reads any more.

        Args:
            purge: delete all that this one does not see: what was removed by hand is to leave no trace.
        """
        now = time.time()
        value = self._connection.scalar(sa.select(tables.facts.c.value).where(tables.facts.c.name == "completed"))
        completed: dict[str, float] = {**json.loads(value or "{}"), str(self._next): now}
        left = [int(generation) for generation, moment in completed.items() if moment < now - tables.READING]
        unseen = self._next if purge else max(left, default=0)
        self._connection.execute(tables.articles.delete().where(tables.articles.c.dropped <= unseen))
        recent = {generation: moment for generation, moment in completed.items() if int(generation) > unseen}
        facts: dict[str, str | int] = {"generation": self._next, "dirty": 0, "completed": json.dumps(recent)}
        tables.set_facts(self._connection, facts)
