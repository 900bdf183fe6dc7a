"""The live folder of an index → a copy that shows each of its databases as one moment has it.

Copied are the SQLite databases, the keyword index, and every other file. Not copied, since they are made again from the
catalog, are the files of words, and the vectors: they take a millisecond a passage, and Chroma's files cannot be copied
while a process has them open. No lock is needed: whoever writes or serves goes on. What a run has
begun is copied as a run that was killed leaves it: the next goes on from there.
"""

from __future__ import annotations

import os
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote

from rag.catalog import Catalog
from rag.database import is_writable
from rag.errors import IndexStateError
from rag.home import Home
from rag.progress import Progress, Step
from rag.segments import keyword_files

CATALOG = "catalog.sqlite"
CHUNK = 2**20
"""Bytes that are read at a time."""

RESTORING, REPLACED = "restoring-", "replaced-"
"""What the names of folders begin with in which `rag.restore` unpacks, and puts what it replaces."""

_OWN = ("vectors", "keywords", "words", "writer.lock", "writer.pid", ".write-probe")  # made again, or of the moment
_OF_THE_MOMENT = re.compile(
    rf"(keywords-\d|fetching-|{RESTORING}|{REPLACED}).*|.*\.sqlite-(wal|shm|journal)"
    "|[0-9a-f]{32}"  # this machine's copy of the keyword index of a catalog on a server
)
_PAGES = 1000  # of a database that are copied at a time


class Meter:
    """Tells how many megabytes of all are done.

    Args:
        progress: is told, after each piece.
        total: bytes.
    """

    def __init__(self, progress: Progress | None, total: int) -> None:
        self._progress, self._total, self._done = progress, max(round(total / 1e6), 1), 0

    def add(self, size: int, name: str) -> None:
        """Count bytes of a file."""
        self._done += size
        if self._progress:
            self._progress(Step(min(self._done / 1e6, self._total), self._total, name))


def copy_folder(home: Home, target: Path, meter: Meter) -> dict[str, int]:
    """Copy what is kept of an index folder; where its catalog is on a server, a catalog of the folder is not its own.

    Args:
        home: of the index.
        target: an empty folder.
        meter: counts what is copied.

    Returns:
        How many articles and passages there are, and rows in each table beside the catalog.

    Raises:
        IndexStateError: a database is damaged.
        OSError: a file cannot be read or written.
    """
    counts: dict[str, int] = {}
    for path in databases(home.folder):
        if not is_kept(path.name) or (home.database and path.name == CATALOG):
            continue
        _copy_database(path, target / path.name, meter)
        if path.name != CATALOG:
            counts |= _count_rows(target / path.name)
    keywords: list[Path] = []
    if not home.database:
        catalog = Catalog(Home(target), writable=False)
        try:
            counts = {"articles": catalog.count_articles(), "passages": catalog.count_passages(), **counts}
            keywords = keyword_files(home.folder, catalog.seen)
        finally:
            catalog.close()
    for path in (*_plain_files(home.folder), *keywords):  # after the catalog: the files that it knows are there by then
        with suppress(FileNotFoundError):  # it has just been deleted
            _copy_file(path, target / path.relative_to(home.folder), meter)
    return counts


def measure_folder(home: Home) -> int:
    """Return how many bytes there are to copy, about."""
    paths = (*databases(home.folder), *_plain_files(home.folder))
    return sum(path.stat().st_size for path in paths if is_kept(path.name))


def is_kept(name: str) -> bool:
    """Whether what is called so in an index folder is copied: not what is made again, nor what is of the moment."""
    return name not in _OWN and not _OF_THE_MOMENT.fullmatch(name)


def databases(folder: Path) -> list[Path]:
    """Return the SQLite files that lie in a folder itself.

    They are never opened but by SQLite: to close one would release what this process has locked of it.
    """
    return sorted(folder.glob("*.sqlite"))


def open_sqlite(path: Path, timeout: float = 10.0) -> sqlite3.Connection:
    """Open a SQLite file that is there, as it stands where its folder cannot be written to.

    Args:
        path: of the file.
        timeout: seconds to wait for those who write.
    """
    mode = "mode=rw" if is_writable(path.parent) else "mode=ro&immutable=1"
    return sqlite3.connect(f"file:{quote(str(path.absolute()))}?{mode}", timeout, isolation_level=None, uri=True)


def _plain_files(folder: Path) -> Iterator[Path]:
    """Yield the files that are saved; of a link in the folder itself, what it leads to."""
    for top in sorted(folder.iterdir()):
        if is_kept(top.name):
            if top.is_file() and top.suffix != ".sqlite":
                yield top
            for place, _, names in os.walk(top):
                yield from (Path(place, name) for name in sorted(names) if Path(place, name).is_file())


def _copy_database(path: Path, target: Path, meter: Meter) -> None:
    """Copy a database as it now is, and look whether the copy is sound."""
    name = path.name
    try:
        with closing(open_sqlite(path)) as source, closing(sqlite3.connect(target)) as copy:
            source.execute("BEGIN")
            [size] = source.execute("PRAGMA page_size").fetchone()
            source.execute("SELECT count(*) FROM sqlite_master").fetchone()  # from here on it is this moment's
            before = 0

            def told(_status: int, remaining: int, total: int) -> None:
                nonlocal before
                meter.add((total - remaining - before) * size, name)
                before = total - remaining

            source.backup(copy, pages=_PAGES, progress=told)
            [found] = copy.execute("PRAGMA quick_check(1)").fetchone()
    except sqlite3.DatabaseError as error:
        found = str(error)
    if found != "ok":
        raise IndexStateError(f"{path}: the database is damaged ({' '.join(found.split())}); nothing was saved")
    target.chmod(path.stat().st_mode & 0o777)


def _copy_file(path: Path, target: Path, meter: Meter) -> None:
    with path.open("rb") as source:
        target.parent.mkdir(parents=True, exist_ok=True)
        with target.open("xb") as copy:
            while piece := source.read(CHUNK):
                copy.write(piece)
                meter.add(len(piece), path.name)
        target.chmod(os.fstat(source.fileno()).st_mode & 0o777)


def _count_rows(path: Path) -> dict[str, int]:
    """Return how many rows each table of a database has."""
    with closing(sqlite3.connect(path)) as connection:
        named = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite!_%' ESCAPE '!'"
        tables = [name for [name] in connection.execute(named)]
        # The names are those of the database's own tables.
        return {name: connection.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0] for name in tables}  # noqa: S608
