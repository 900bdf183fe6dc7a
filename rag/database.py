"""The tables of an index, and how its database is opened: SQLite in its folder, or PostgreSQL on a server.

An article has a row for each of its versions that a generation still sees: `added <= generation < dropped`. What a run
of changes writes belongs to the next generation; readers see it at once when the generation moves, and never before.

In SQLite, WAL lets readers go on reading while one process writes; a folder that cannot be written to is read as it
stands.
"""

from __future__ import annotations

import json
import os
import socket
from collections.abc import Iterable, Mapping, Sequence
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import quote

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.ext.compiler import compiles

from rag.errors import IndexStateError, MissingExtraError
from rag.home import Home

FORMAT = 4
"""Version of what lies in the index folder; raise it with every change that older or newer code cannot read."""

READING = 60.0
"""Seconds for which what a generation sees is kept when there is a newer one: the longest that a question may take."""

schema = sa.MetaData()
facts = sa.Table(
    "facts",
    schema,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
)
sources = sa.Table(  # a file, or what stands for one
    "sources",
    schema,
    sa.Column("place", sa.String, primary_key=True),
    sa.Column("digest", sa.String, nullable=False, index=True),  # of its bytes, and of how its fields are read
    sa.Column("read", sa.Date, nullable=False),  # the day on which it was read last
    sa.Column("failures", sa.Text, nullable=False),  # JSON list of what in it cannot be read
)
origins = sa.Table(  # which article a source, or a part of it, gave
    "origins",
    schema,
    sa.Column("place", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),  # of the part; "" where the source is one article
    sa.Column("article_id", sa.String, nullable=False, index=True),
    sa.Column("digest", sa.String, nullable=False),  # of the article as it was loaded
    sa.Column("removed", sa.Boolean, nullable=False),  # by hand
)
articles = sa.Table(
    "articles",
    schema,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("id", sa.String, nullable=False, index=True),
    sa.Column("added", sa.Integer, nullable=False),  # the first generation that has it
    sa.Column("dropped", sa.Integer, nullable=True),  # the first that has it no longer
    sa.Column("digest", sa.String, nullable=False, index=True),  # of what makes it the same article elsewhere
    sa.Column("title", sa.String, nullable=False),
    sa.Column("text", sa.Text, nullable=False),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("published", sa.Date, nullable=True),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("licence", sa.String, nullable=False),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("url", sa.String, nullable=False),
    sa.Column("dated_by", sa.String, nullable=False),
    sa.Column("pages", sa.Text, nullable=False),  # JSON list
    sa.Column("recognised", sa.Boolean, nullable=False),
)
# Only of those that are dropped: one of all would be used to find what is not dropped, which is nearly everything.
_gone = articles.c.dropped.is_not(None)
_INDEXES = (
    sa.Index("ix_articles_gone", articles.c.dropped, sqlite_where=_gone, postgresql_where=_gone),
    sa.Index("ix_articles_added", articles.c.added),
)
_SUPERSEDED = "ix_articles_dropped"  # of all; databases that are older have it
edges = sa.Table(  # the lines at the edges of each article: see rag.boilerplate
    "edges",
    schema,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("line", sa.String, primary_key=True),  # its digest
    sa.Column("article_id", sa.String, primary_key=True, index=True),
)
passages = sa.Table(
    "passages",
    schema,
    sa.Column("row", sa.Integer, primary_key=True),
    sa.Column("id", sa.String, nullable=False, index=True),
    sa.Column("article", sa.ForeignKey("articles.row", ondelete="CASCADE"), nullable=False, index=True),
    sa.Column("ordinal", sa.Integer, nullable=False),
    sa.Column("start", sa.Integer, nullable=False),
    sa.Column("end", sa.Integer, nullable=False),
    sa.Column("sentences", sa.Text, nullable=False),  # JSON list of [start, end, tokens]
    sa.Column("vectors", sa.LargeBinary, nullable=False),  # float16, one calibrated row a sentence
    sa.Column("universal", sa.LargeBinary, nullable=False),  # the second encoder's, likewise
    sa.Column("codes", sa.LargeBinary, nullable=False),  # int8, one projected row a token; or empty
)
words = sa.Table(
    "words",
    schema,
    sa.Column("word", sa.String, primary_key=True),
    sa.Column("language", sa.String, nullable=False),
    sa.Column("vector", sa.LargeBinary, nullable=False),  # float16, calibrated
)
blobs = sa.Table(
    "blobs",
    schema,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("content", sa.LargeBinary, nullable=False),
)


def open_database(home: Home, *, writable: bool) -> sa.Engine:
    """Open the catalog's database; its tables are made when they are not there and `writable`.

    Raises:
        IndexStateError: there is none, it was made by another version of Sanad, or it cannot be used.
        MissingExtraError: it is PostgreSQL, and what speaks to it is not installed.
    """
    engine = connect_server(home.database) if home.database else _open_file(home, writable=writable)
    try:
        if writable:
            schema.create_all(engine)
            _renew_indexes(engine)
        elif home.database and not sa.inspect(engine).has_table("facts"):
            raise _no_index(home)
        _check_format(engine, home, writable=writable)
    except sa.exc.DatabaseError as error:
        raise explain(error, home) from error
    return engine


def _renew_indexes(engine: sa.Engine) -> None:
    """Give a database that is older the indexes of a new one."""
    if any(index["name"] == _SUPERSEDED for index in sa.inspect(engine).get_indexes("articles")):
        with engine.begin() as connection:
            connection.execute(sa.text(f"DROP INDEX {_SUPERSEDED}"))
            for index in _INDEXES:
                index.create(connection, checkfirst=True)


def has_catalog(home: Home) -> bool:
    """Whether there is a catalog, or the beginning of one.

    Raises:
        IndexStateError: the database cannot be used.
    """
    if not home.database:
        return (home.folder / "catalog.sqlite").is_file()
    try:
        return sa.inspect(connect_server(home.database)).has_table("facts")
    except sa.exc.DatabaseError as error:
        raise explain(error, home) from error


@lru_cache(maxsize=8)  # an engine keeps its connections, for all who use the database
def connect_server(address: str) -> sa.Engine:
    """Return the engine of a PostgreSQL database; nothing is sent to it yet.

    Raises:
        MissingExtraError: what speaks to it is not installed.
    """
    url = sa.make_url(address).set(drivername="postgresql+psycopg")
    about = {"application_name": f"sanad {os.getpid()}@{socket.gethostname()}"[:63], "connect_timeout": 10}
    try:
        return sa.create_engine(url, pool_pre_ping=True, connect_args=about)
    except ImportError as error:
        raise MissingExtraError("RAG_DATABASE needs: pip install 'sanad-rag[postgresql]'") from error


def _open_file(home: Home, *, writable: bool) -> sa.Engine:
    path = home.folder / "catalog.sqlite"
    if not writable and not path.is_file():
        raise _no_index(home)
    mode = "mode=rwc" if writable else "mode=rw" if is_writable(home.folder) else "mode=ro&immutable=1"
    engine = sa.create_engine(f"sqlite:///file:{quote(str(path.absolute()))}?{mode}&uri=true")
    sa.event.listen(engine, "connect", _configure_writer if writable else _configure)
    return engine


class _Listed(sa.sql.functions.FunctionElement[str]):
    """The values of a JSON list, a row each."""

    inherit_cache = True


@compiles(_Listed, "sqlite")
def _list_in_sqlite(element: _Listed, compiler: Any, **options: Any) -> str:
    listed = compiler.process(element.clauses, **options)  # parameters stay parameters
    return f"(SELECT value FROM json_each({listed}))"  # noqa: S608


@compiles(_Listed, "postgresql")
def _list_in_postgresql(element: _Listed, compiler: Any, **options: Any) -> str:
    return f"(SELECT json_array_elements_text(CAST({compiler.process(element.clauses, **options)} AS json)))"


def among(column: sa.ColumnElement[str], values: Iterable[str]) -> sa.ColumnElement[bool]:
    """Return the condition that a column has one of some values, however many: they are one parameter."""
    return _is_listed(column, sa.literal(json.dumps(list(values))))


def among_given(column: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    """Return the same condition for a query that is made once, and run with the values that `given` names."""
    return _is_listed(column, sa.bindparam("given", type_=sa.String))


def given(values: Iterable[str]) -> dict[str, str]:
    """Return the parameters of a query with `among_given`."""
    return {"given": json.dumps(list(values))}


def _is_listed(column: sa.ColumnElement[str], listed: sa.ColumnElement[str]) -> sa.ColumnElement[bool]:
    return column.op("IN", is_comparison=True)(_Listed(listed))


def insert_unknown(connection: sa.Connection, table: sa.Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those whose key is there already are left as they are."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    if rows:
        connection.execute(insert(table).on_conflict_do_nothing(), rows)


def set_facts(connection: sa.Connection, values: Mapping[str, str | int]) -> None:
    """Set facts of the index in a transaction."""
    for name, value in values.items():
        connection.execute(facts.delete().where(facts.c.name == name))
        connection.execute(facts.insert(), [{"name": name, "value": str(value)}])


def is_writable(folder: Path) -> bool:
    """Whether files can be made in the folder; tried, since permissions alone do not tell."""
    try:
        probe = folder / ".write-probe"
        probe.touch()
        probe.unlink(missing_ok=True)  # another process may be trying too
    except OSError:
        return False
    return True


def _no_index(home: Home) -> IndexStateError:
    """Return the error to raise where there is no index."""
    return IndexStateError(f"{home}: holds no index; build it with: {home.command('index')}")


def explain(error: Exception, home: Home) -> IndexStateError:
    """Return the error to raise for one that the database or the disk gave."""
    reason = str(getattr(error, "orig", error))
    if home.database and isinstance(error, sa.exc.DBAPIError):
        return IndexStateError(f"{home}: the database cannot be used ({' '.join(reason.split())}); see RAG_DATABASE")
    if "readonly" in reason or "Read-only" in reason or "unable to open" in reason or "Permission" in reason:
        return IndexStateError(
            f"{home.folder}: the index folder is read-only; make it writable or choose another (--index)"
        )
    if "full" in reason or "No space" in reason:
        return IndexStateError(f"{home}: the disk is full; free some space and run: {home.command('index')}")
    return IndexStateError(
        f"{home}: the index is damaged ({reason}); move the folder away and run: {home.command('index')}"
    )


def _check_format(engine: sa.Engine, home: Home, *, writable: bool) -> None:
    with engine.begin() as connection:
        found = connection.scalar(sa.select(facts.c.value).where(facts.c.name == "format"))
        if found is None and writable:
            insert_unknown(connection, facts, [{"name": "format", "value": str(FORMAT)}])
        elif found is None:
            raise _no_index(home)
        elif found != str(FORMAT):
            age = "a newer" if int(found) > FORMAT else "an older"
            away = "choose another database" if home.database else "move the folder away"
            raise IndexStateError(
                f"{home}: made by {age} Sanad (format {found}, this one reads {FORMAT}); {away} and run: "
                f"{home.command('index')}"
            )


def _configure(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA busy_timeout = 10000")  # milliseconds
    connection.execute("PRAGMA foreign_keys = ON")


def _configure_writer(connection: Any, record: Any) -> None:
    _configure(connection, record)
    connection.execute("PRAGMA page_size = 16384")  # of a new one; a passage's vectors are read in two pages, not four
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
