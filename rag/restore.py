"""One file → the folder of an index as it was: unpacked beside what is there, checked, and only then put in its place.

What is in the folder is replaced by renaming, and put back where that fails; until then it is not touched.
"""

from __future__ import annotations

import json
import secrets
import shutil
import sqlite3
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from rag.backup import INDEX, SETTINGS, Manifest, check_place, read_variables
from rag.catalog import Catalog
from rag.errors import IndexStateError, SanadError, SettingsError
from rag.folder_copy import REPLACED, RESTORING, databases, open_sqlite
from rag.home import Home
from rag.lock import hold
from rag.progress import Progress
from rag.repair import repair_index
from rag.settings import Settings
from rag.unpack import open_backup, read_manifest, unpack

_OWN = ("writer.lock", "writer.pid", ".write-probe")


@dataclass(frozen=True, slots=True)
class Restored:
    """What was restored, and the settings that it was saved under, by their variables."""

    manifest: Manifest
    variables: dict[str, str]


def restore_backup(
    settings: Settings,
    file: Path,
    *,
    force: bool = False,
    progress: tuple[Progress | None, Progress | None] = (None, None),
) -> Restored:
    """Put what a backup holds into the index folder, and make what is derived from it.

    Args:
        settings: say where the index is to lie.
        file: that `rag.backup` wrote.
        force: replace all that is in the folder.
        progress: called while it unpacks, in megabytes, and while vectors are stored, in passages.

    Raises:
        SourceError: the file is not a backup that is whole, or lies in the folder; nothing was changed.
        SettingsError: it is of an index whose catalog lies elsewhere than the settings say; nothing was changed.
        IndexStateError: something is in the folder and not to be replaced, a process uses it, or it cannot be written.
    """
    home = settings.home
    check_place(file, home)
    with open_backup(file) as archive:
        manifest = read_manifest(archive, file)
        _check_kind(manifest, home)
        try:
            with hold(Home(home.folder)):
                _check_folder(home.folder, force=force)
                with tempfile.TemporaryDirectory(prefix=RESTORING, dir=home.folder) as name:
                    new = Path(name)
                    unpack(archive, manifest, file, new, progress[0])
                    variables = read_variables((new / SETTINGS).read_text(encoding="utf-8"))
                    (new / INDEX).mkdir(exist_ok=True)
                    if not manifest.shared:
                        _derive(Home(new / INDEX, None, home.chroma, home.chroma_key), manifest, home, progress[1])
                    _check_unused(home.folder)
                    _swap(home.folder, new / INDEX)
        except SanadError:
            raise
        except Exception as error:  # whatever the disk, SQLite and Chroma raise: a full disk gives each of them
            raise IndexStateError(f"{home.folder}: cannot be restored ({error}); it is as it was") from error
    return Restored(manifest, variables)


def _check_kind(manifest: Manifest, home: Home) -> None:
    if manifest.shared and not home.database:
        raise SettingsError(
            "RAG_DATABASE is not set, and this backup is of what lies beside an index in a database; set it as it was"
        )
    if home.database and not manifest.shared:
        raise SettingsError(f"RAG_DATABASE is set ({home}), and this backup is of an index in a folder; unset it")


def _check_folder(folder: Path, *, force: bool) -> None:
    """Refuse a folder that is in use; what a restore that was killed has unpacked is deleted."""
    for left in folder.glob(f"{RESTORING}*"):
        shutil.rmtree(left)
    for left in folder.glob(f"{REPLACED}*"):
        raise IndexStateError(f"{left}: put aside by a restore that was killed; move back what is in it, or delete it")
    if _entries(folder) and not force:
        raise IndexStateError(f"{folder}: is not empty; --force replaces all that is in it")
    _check_unused(folder)


def _check_unused(folder: Path) -> None:
    """Refuse where a process has a database open: it would go on with the old one, and what it writes would be lost."""
    for path in databases(folder):
        try:
            with closing(open_sqlite(path, timeout=0)) as connection:
                connection.execute("PRAGMA locking_mode = EXCLUSIVE")  # who has read in WAL mode holds a shared lock
                connection.execute("BEGIN EXCLUSIVE")
                connection.execute("ROLLBACK")
        except sqlite3.DatabaseError as error:  # a damaged one is what a backup is for
            if error.sqlite_errorcode == sqlite3.SQLITE_BUSY:
                raise IndexStateError(
                    f"{folder}: a process of Sanad has {path.name} open; end it (sanad chat, serve, mcp) and run again"
                ) from error


def _derive(new: Home, manifest: Manifest, home: Home, progress: Progress | None) -> None:
    """Make what the catalog of the unpacked folder lacks; call what was uploaded by where it will be."""
    reading = Catalog(new, writable=False)
    writing = Catalog(new, writable=True)
    try:
        repair_index(new, reading, writing, progress)
        before, after = manifest.folder, str(home.folder.absolute())
        if before != after:
            dirty, places = writing.fact("dirty") or "0", writing.provenance.places()
            moved = {
                after + path.removeprefix(before) if path.startswith(f"{before}/") else path: fields
                for path, fields in places.items()
            }
            with writing.change() as change:
                change.move_folder(before, after)
            writing.set_facts(places=json.dumps(moved, sort_keys=True, ensure_ascii=False), dirty=dirty)
    finally:
        reading.close()
        writing.close()


def _swap(folder: Path, new: Path) -> None:
    """Replace what is in a folder by what is in another; put it back where that fails."""
    old = folder / f"{REPLACED}{secrets.token_hex(4)}"
    old.mkdir()
    moved: list[tuple[Path, Path]] = []
    coming = [(path, folder / path.name) for path in new.iterdir()]
    try:
        for source, target in [*((path, old / path.name) for path in _entries(folder)), *coming]:
            source.rename(target)
            moved.append((source, target))
    except BaseException:
        for source, target in reversed(moved):
            target.rename(source)
        old.rmdir()
        raise
    shutil.rmtree(old, ignore_errors=True)


def _entries(folder: Path) -> list[Path]:
    """Return what is in a folder, but for what a restore itself needs there."""
    return [p for p in folder.iterdir() if p.name not in _OWN and not p.name.startswith((RESTORING, REPLACED))]
