"""Where talks and accounts are kept: a file in the folder of the index, or the database that holds its catalog."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from rag.database import connect_server
from rag.home import Home


def open_tables(home: Home, name: str, tables: sa.MetaData) -> sa.Engine:
    """Return the engine of some tables, which are made where they are not there.

    Args:
        home: of the index.
        name: of the file, without its ending.
        tables: what it holds.

    Raises:
        OSError: the folder cannot be made.
        sqlalchemy.exc.DatabaseError: the file or the database cannot be used.
        MissingExtraError: it is PostgreSQL, and what speaks to it is not installed.
    """
    if home.database:
        engine = connect_server(home.database)
        try:
            tables.create_all(engine)
        except sa.exc.DatabaseError:  # two processes that make a table at the same time: one of them fails
            tables.create_all(engine)
        return engine
    home.folder.mkdir(parents=True, exist_ok=True)
    path = (home.folder / f"{name}.sqlite").absolute()
    if not path.exists():
        path.touch(mode=0o600)
    engine = sa.create_engine(f"sqlite:///{path}")
    sa.event.listen(engine, "connect", _configure)
    tables.create_all(engine)
    return engine


def open_in_memory(tables: sa.MetaData) -> sa.Engine:
    """Return the engine of tables that are lost with the process."""
    engine = sa.create_engine("sqlite://", poolclass=sa.StaticPool, connect_args={"check_same_thread": False})
    sa.event.listen(engine, "connect", _configure)
    tables.create_all(engine)
    return engine


def _configure(connection: Any, _record: Any) -> None:
    connection.execute("PRAGMA busy_timeout = 10000")  # milliseconds
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
