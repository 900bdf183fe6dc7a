"""The folder of an index → one file that a restore can trust: a zip whose manifest has the digest of each member."""

from __future__ import annotations

import hashlib
import os
import shlex
import tempfile
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from stat import S_IFREG
from typing import Annotated

from pydantic import Field, TypeAdapter

from rag.catalog import Catalog
from rag.database import FORMAT
from rag.errors import IndexStateError, SourceError
from rag.folder_copy import CATALOG, CHUNK, Meter, copy_folder, measure_folder
from rag.home import Home
from rag.progress import Progress
from rag.settings import Settings

VERSION = 1
"""Of the form of the file; raise it with every change that older or newer code cannot read."""

MANIFEST, SETTINGS, INDEX = "manifest.json", "settings.env", "index"
"""What the members are called; the last is the folder of what lies in that of the index."""


@dataclass(frozen=True, slots=True)
class Member:
    """A file in the backup: its size in bytes and its SHA-256."""

    size: Annotated[int, Field(ge=0)]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a backup holds.

    Attributes:
        version: of its form.
        made: when, in UTC.
        sanad: the version that made it.
        shared: the catalog lies on a server, and is not in it.
        index_format: version of the index's tables.
        encoder: that made the index.
        folder: which it was; what was uploaded is known by its path there.
        counts: of articles and passages, and of the rows of each table beside the catalog.
        members: all other members, by name.
    """

    version: int
    made: datetime
    sanad: str
    shared: bool
    index_format: int
    encoder: str | None
    folder: str
    counts: dict[str, int]
    members: dict[str, Member]


MANIFESTS = TypeAdapter(Manifest)


def write_backup(settings: Settings, file: Path, *, force: bool = False, progress: Progress | None = None) -> Manifest:
    """Save what the index folder holds, and which settings are in force, in a file that only its owner may read.

    Args:
        settings: say where the index lies. Where its catalog is on a server, only what lies in the folder is saved.
        file: is there whole or not at all, and until then as it was.
        force: overwrite it.
        progress: called after each megabyte or so, in megabytes.

    Raises:
        SourceError: the file is there and not to be overwritten, lies in the folder, or cannot be written.
        IndexStateError: there is nothing to save, or it cannot be read.
    """
    home = settings.home
    check_place(file, home)
    if file.exists() and not force:
        raise SourceError(f"{file}: is there already; --force overwrites it")
    if not (home.folder if home.database else home.folder / CATALOG).exists():
        raise IndexStateError(f"{home.folder}: holds nothing to save; build an index with: {home.command('index')}")
    try:
        with tempfile.TemporaryDirectory(prefix=".sanad-backup-", dir=file.absolute().parent) as folder:
            staging = Path(folder)
            meter = Meter(progress, 2 * measure_folder(home))  # each byte is copied, then written
            (staging / INDEX).mkdir()
            counts = copy_folder(home, staging / INDEX, meter)
            (staging / SETTINGS).write_text(_to_lines(settings.public_variables()), encoding="utf-8")
            manifest = _describe(home, staging, counts)
            unfinished = staging / "unfinished"
            _write(unfinished, staging, manifest, meter)
            unfinished.replace(file)
            _sync_folder(file.absolute().parent)
    except OSError as error:
        raise SourceError(f"{file}: the backup cannot be made ({error})") from error
    return manifest


def check_place(file: Path, home: Home) -> None:
    """Raise SourceError where a backup lies in the folder that it is of."""
    if file.absolute().resolve().is_relative_to(home.folder.absolute().resolve()):
        raise SourceError(f"{file}: lies in the folder of the index; a backup belongs elsewhere")


def read_variables(lines: str) -> dict[str, str]:
    """Return the settings that a backup was made under."""
    return {name: value for name, _, value in (w.partition("=") for w in shlex.split(lines, comments=True))}


def _to_lines(variables: Mapping[str, str]) -> str:
    return "".join(f"{name}={shlex.quote(value)}\n" for name, value in variables.items())


def _describe(home: Home, staging: Path, counts: dict[str, int]) -> Manifest:
    """Return the manifest of what was copied into a folder."""
    encoder = None
    if not home.database:
        catalog = Catalog(Home(staging / INDEX), writable=False)
        encoder = catalog.fact("encoder")
        catalog.close()
    members = {}
    for path in sorted(path for path in staging.rglob("*") if path.is_file()):
        with path.open("rb") as stream:
            digest = hashlib.file_digest(stream, "sha256").hexdigest()
        members[path.relative_to(staging).as_posix()] = Member(path.stat().st_size, digest)
    return Manifest(
        version=VERSION,
        made=datetime.now(UTC).replace(microsecond=0),
        sanad=version("sanad-rag"),
        shared=home.database is not None,
        index_format=FORMAT,
        encoder=encoder,
        folder=str(home.folder.absolute()),
        counts=counts,
        members=members,
    )


def _write(file: Path, staging: Path, manifest: Manifest, meter: Meter) -> None:
    """Write the file, the manifest first, and wait until it is on the disk."""
    with os.fdopen(os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600), "w+b") as stream:
        # Stored as they are: vectors hardly compress. Deflate gains a fifth and takes fifteen times as long.
        with zipfile.ZipFile(stream, "w", zipfile.ZIP_STORED) as archive:
            archive.writestr(_named(MANIFEST, manifest, 0o600), MANIFESTS.dump_json(manifest, indent=1))
            for name, member in manifest.members.items():
                info = _named(name, manifest, (staging / name).stat().st_mode)
                info.file_size = member.size  # from it zipfile knows whether the large form is needed
                with (staging / name).open("rb") as source, archive.open(info, "w") as target:
                    while piece := source.read(CHUNK):
                        target.write(piece)
                        meter.add(len(piece), name)
        stream.flush()
        os.fsync(stream.fileno())


def _sync_folder(folder: Path) -> None:
    """Wait until the names in a folder are on the disk."""
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _named(name: str, manifest: Manifest, mode: int) -> zipfile.ZipInfo:
    info = zipfile.ZipInfo(name, manifest.made.timetuple()[:6])
    info.external_attr = (S_IFREG | (mode & 0o777)) << 16
    return info
