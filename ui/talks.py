"""The talks of every visitor, beside the index; nothing of them is ever sent anywhere else.

A visitor is known by their account, or where there are no accounts by a random id in a cookie; each sees only their own
talks. Of a browser that keeps no cookies, whose id is "", nothing is kept.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa
from pydantic import TypeAdapter, ValidationError

from rag.clean import fold
from rag.home import Home
from ui.database import open_in_memory, open_tables
from ui.types import Exchange, TalkSummary

_LONGEST_TITLE = 80  # characters
_schema = sa.MetaData()
_talks = sa.Table(
    "talks",
    _schema,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("visitor", sa.String, nullable=False, index=True),
    sa.Column("title", sa.String, nullable=False),
    sa.Column("changed", sa.DateTime, nullable=False),  # UTC
)
_exchanges = sa.Table(
    "exchanges",
    _schema,
    sa.Column("talk", sa.ForeignKey("talks.id", ondelete="CASCADE"), primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("folded", sa.Text, nullable=False),  # question and answer, as they are searched
    sa.Column("content", sa.Text, nullable=False),  # the Exchange as JSON
)
_exchange = TypeAdapter(Exchange)


class Talks:
    """The talks that are kept beside an index; in memory only, and lost at the end, where nothing can be written.

    Args:
        home: of the index.
    """

    def __init__(self, home: Home) -> None:
        self.kept = False
        with suppress(OSError, sa.exc.DatabaseError):
            self._engine = open_tables(home, "talks", _schema)
            with self._engine.begin() as connection:  # a file that can be read but not written is noticed now
                connection.execute(_talks.delete().where(_talks.c.id == ""))
            self.kept = True
        if not self.kept:
            self._engine = open_in_memory(_schema)

    def find(self, visitor: str, search: str = "") -> list[TalkSummary]:
        """Return a visitor's talks, the last one first; with `search`, those in whose title or turns it stands."""
        query = sa.select(*_talks.c["id", "title", "changed"]).where(_talks.c.visitor == visitor)
        with self._engine.connect() as connection:
            found = [TalkSummary(*row) for row in connection.execute(query.order_by(_talks.c.changed.desc()))]
            if not (wanted := fold(search).strip()):
                return found
            holding = sa.select(_exchanges.c.talk).where(_exchanges.c.folded.contains(wanted, autoescape=True))
            told = set(connection.scalars(holding))
        return [talk for talk in found if talk.id in told or wanted in fold(talk.title)]

    def read(self, visitor: str, talk: str) -> list[Exchange]:
        """Return the exchanges of a talk in their order; none where the visitor has no such talk."""
        query = (
            sa.select(_exchanges.c.content)
            .join(_talks)
            .where(_talks.c.id == talk, _talks.c.visitor == visitor)
            .order_by(_exchanges.c.place)
        )
        with self._engine.connect() as connection:
            contents = connection.scalars(query).all()
        found = []
        for content in contents:
            with suppress(ValidationError):  # kept by another version of Sanad
                found.append(_exchange.validate_json(content))
        return found

    def save(self, visitor: str, talk: str, exchanges: Sequence[Exchange]) -> str:
        """Keep a talk as it now stands; return its id, a new one where `talk` is empty or not the visitor's."""
        if not visitor:
            return ""
        with self._engine.begin() as connection:
            if not self._owns(connection, visitor, talk):
                talk = secrets.token_urlsafe(12)
                title = exchanges[0].question.strip()[:_LONGEST_TITLE] if exchanges else ""
                connection.execute(
                    _talks.insert(), [{"id": talk, "visitor": visitor, "title": title, "changed": _now()}]
                )
            _write(connection, talk, exchanges)
        return talk

    def update(self, visitor: str, talk: str, place: int, exchange: Exchange) -> bool:
        """Keep an exchange in its place, from 0, of a talk; return whether that is there: it may have been deleted."""
        with self._engine.begin() as connection:
            if not self._owns(connection, visitor, talk):
                return False
            where = (_exchanges.c.talk == talk, _exchanges.c.place == place)
            changed = connection.execute(_exchanges.update().where(*where).values(_row(talk, place, exchange)))
            connection.execute(_talks.update().where(_talks.c.id == talk).values(changed=_now()))
        return changed.rowcount > 0

    def title(self, visitor: str, talk: str) -> str:
        """Return what a talk is called; "" where the visitor has no such talk."""
        with self._engine.connect() as connection:
            return connection.scalar(sa.select(_talks.c.title).where(*_of(visitor, talk))) or ""

    def rename(self, visitor: str, talk: str, title: str) -> None:
        """Call a talk otherwise; an empty title changes nothing."""
        if title.strip():
            with self._engine.begin() as connection:
                connection.execute(
                    _talks.update().where(*_of(visitor, talk)).values(title=title.strip()[:_LONGEST_TITLE])
                )

    def delete(self, visitor: str, talk: str) -> None:
        """Forget a talk, with all that was said in it."""
        with self._engine.begin() as connection:
            connection.execute(_talks.delete().where(*_of(visitor, talk)))

    def _owns(self, connection: sa.Connection, visitor: str, talk: str) -> bool:
        return connection.scalar(sa.select(_talks.c.id).where(*_of(visitor, talk))) is not None


def _write(connection: sa.Connection, talk: str, exchanges: Sequence[Exchange]) -> None:
    rows = [_row(talk, place, exchange) for place, exchange in enumerate(exchanges)]
    connection.execute(_talks.update().where(_talks.c.id == talk).values(changed=_now()))
    connection.execute(_exchanges.delete().where(_exchanges.c.talk == talk))
    if rows:
        connection.execute(_exchanges.insert(), rows)


def _row(talk: str, place: int, exchange: Exchange) -> dict[str, Any]:
    return {
        "talk": talk,
        "place": place,
        "folded": fold(f"{exchange.question}\n{exchange.answer.text if exchange.answer else ''}"),
        "content": _exchange.dump_json(exchange).decode(),
    }


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)


def _of(visitor: str, talk: str) -> tuple[sa.ColumnElement[bool], ...]:
    return _talks.c.id == talk, _talks.c.visitor == visitor
