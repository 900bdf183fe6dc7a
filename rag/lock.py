"""One process writes to an index at a time; the others are told which."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import sqlalchemy as sa
from filelock import FileLock, Timeout

from rag.database import connect_server
from rag.errors import IndexBusyError
from rag.home import Home

# PostgreSQL's advisory locks are numbered by two integers: ours, and one for each schema that holds an index.
_OURS = 0x53616E64
_MINE = sa.func.hashtext(sa.func.current_schema())
_HOLDER = sa.text(
    "SELECT application_name FROM pg_stat_activity JOIN pg_locks USING (pid) WHERE locktype = 'advisory' AND granted "
    "AND classid = :ours AND objid::bigint = hashtext(current_schema())::bigint & 4294967295 "
    "AND database = (SELECT oid FROM pg_database WHERE datname = current_database())"
)
# Seconds and times after which the server lets go of a writer whose machine is gone.
_KEEPALIVE = "SET tcp_keepalives_idle = 30; SET tcp_keepalives_interval = 10; SET tcp_keepalives_count = 3"


@contextmanager
def hold(home: Home) -> Iterator[None]:
    """Hold an index, whose folder is made where it is not there, for writing; a process that dies lets go of it.

    Raises:
        IndexBusyError: another process holds it; names it.
        OSError: the folder cannot be written to.
        sqlalchemy.exc.DatabaseError: its database cannot be used.
    """
    home.folder.mkdir(parents=True, exist_ok=True)
    with _hold_server(home, home.database) if home.database else _hold_folder(home):
        yield


@contextmanager
def _hold_folder(home: Home) -> Iterator[None]:
    holder = home.folder / "writer.pid"
    try:
        with FileLock(home.folder / "writer.lock", timeout=0):
            holder.write_text(str(os.getpid()), encoding="ascii")
            yield
            holder.unlink(missing_ok=True)
    except Timeout as error:
        raise _busy(home, _read(holder)) from error


@contextmanager
def _hold_server(home: Home, database: str) -> Iterator[None]:
    with connect_server(database).connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.detach()  # so that it is closed in the end, and the lock with it
        connection.execute(sa.text(_KEEPALIVE))
        if not connection.scalar(sa.select(sa.func.pg_try_advisory_lock(_OURS, _MINE))):
            raise _busy(home, connection.scalar(_HOLDER, {"ours": _OURS}))
        try:
            yield
        finally:
            with suppress(sa.exc.DatabaseError):  # the server lets go by itself, but later: when it sees the end
                connection.execute(sa.select(sa.func.pg_advisory_unlock(_OURS, _MINE)))


def _busy(home: Home, holder: str | None) -> IndexBusyError:
    named = f" ({holder})" if holder else ""
    return IndexBusyError(f"{home}: another process{named} is writing to this index; wait for it and run again")


def _read(holder: Path) -> str | None:
    try:
        return holder.read_text(encoding="ascii")
    except OSError:  # it has just ended
        return None
