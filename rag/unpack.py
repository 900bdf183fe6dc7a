"""A backup → its files in a folder, each checked against the manifest; what no backup of Sanad holds is refused."""

from __future__ import annotations

import hashlib
import json
import os
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from stat import S_ISREG

from pydantic import ValidationError

from rag.backup import INDEX, MANIFEST, MANIFESTS, SETTINGS, VERSION, Manifest
from rag.database import FORMAT
from rag.errors import SourceError
from rag.folder_copy import CHUNK, Meter, is_kept
from rag.progress import Progress

_LARGEST_MANIFEST = 2**28  # bytes


@contextmanager
def open_backup(file: Path) -> Iterator[zipfile.ZipFile]:
    """Open a backup for reading.

    Raises:
        SourceError: there is none, or it is no zip that is whole.
    """
    try:
        archive = zipfile.ZipFile(file)
    except OSError as error:
        raise SourceError(f"{file}: cannot be read ({error.strerror})") from error
    except (zipfile.BadZipFile, ValueError, NotImplementedError) as error:
        raise SourceError(f"{file}: is not a backup of Sanad, or is cut short; nothing was restored") from error
    with archive:
        yield archive


def read_manifest(archive: zipfile.ZipFile, file: Path) -> Manifest:
    """Return the manifest, once it agrees with what the file lists.

    Raises:
        SourceError: the file is not a backup that this Sanad reads, is damaged, or holds what no backup holds.
    """
    listed = archive.infolist()
    if not listed or listed[0].filename != MANIFEST or listed[0].file_size > _LARGEST_MANIFEST:
        raise SourceError(f"{file}: is not a backup of Sanad; nothing was restored")
    try:
        plain = json.loads(b"".join(_pieces(archive, listed[0], file)))
        found = plain["version"]
        if found == VERSION:
            manifest = MANIFESTS.validate_python(plain)
    except (ValueError, KeyError, TypeError, ValidationError) as error:
        raise _damaged(file, MANIFEST) from error
    if found != VERSION:
        raise SourceError(f"{file}: made by another Sanad (form {found}, this one reads {VERSION}); use that one")
    if not manifest.shared and manifest.index_format != FORMAT:
        raise SourceError(
            f"{file}: its index was made by another Sanad, {manifest.sanad} (format {manifest.index_format}, this one "
            f"reads {FORMAT}); restore it with that one"
        )
    names = [info.filename for info in listed[1:]]
    if len(set(names)) != len(names) or set(names) != manifest.members.keys() or SETTINGS not in names:
        odd = sorted(set(names) ^ manifest.members.keys() or set(names))
        raise SourceError(f"{file}: does not hold what its manifest lists ({odd[0]!r}); nothing was restored")
    for info in listed[1:]:
        _check_member(info, manifest, file)
    return manifest


def unpack(archive: zipfile.ZipFile, manifest: Manifest, file: Path, target: Path, progress: Progress | None) -> None:
    """Unpack all members into a folder, each compared with what the manifest says of it.

    Args:
        archive: as `open_backup` gave it.
        manifest: as `read_manifest` gave it.
        file: what messages call it.
        target: an empty folder.
        progress: called after each megabyte or so, in megabytes.

    Raises:
        SourceError: a member is damaged.
        OSError: the folder cannot be written.
    """
    meter = Meter(progress, sum(member.size for member in manifest.members.values()))
    for info in archive.infolist()[1:]:
        path, digest = target / info.filename, hashlib.sha256()
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("xb") as stream:
            for piece in _pieces(archive, info, file):
                digest.update(piece)
                stream.write(piece)
                meter.add(len(piece), info.filename)
            stream.flush()
            os.fsync(stream.fileno())
        path.chmod((info.external_attr >> 16) & 0o777)
        if digest.hexdigest() != manifest.members[info.filename].sha256:
            raise _damaged(file, info.filename)


def _check_member(info: zipfile.ZipInfo, manifest: Manifest, file: Path) -> None:
    """Refuse what no backup holds: a link, a path that leads elsewhere, what is compressed or not as it is listed."""
    name, size = info.filename, manifest.members[info.filename].size
    top, *below = PurePosixPath(name).parts
    parts = name.split("/")
    inside = top == INDEX and bool(below) and not {"", ".", ".."} & set(parts) and not set("\\\0:") & set(name)
    allowed = inside and (is_kept(below[0]) or below[0].startswith("keywords"))
    if not (name == SETTINGS or allowed) or not S_ISREG(info.external_attr >> 16) or info.flag_bits & 1:
        raise SourceError(f"{file}: holds {name!r}, which is not of an index; nothing was restored")
    if info.compress_type != zipfile.ZIP_STORED or not info.file_size == info.compress_size == size:
        raise _damaged(file, name)


def _pieces(archive: zipfile.ZipFile, info: zipfile.ZipInfo, file: Path) -> Iterator[bytes]:
    """Yield the content of a member, no more than the size that the file says it has."""
    try:
        with archive.open(info) as stream:
            while piece := stream.read(CHUNK):
                yield piece
    except (zipfile.BadZipFile, EOFError, ValueError, RuntimeError, NotImplementedError) as error:
        raise _damaged(file, info.filename) from error


def _damaged(file: Path, name: str) -> SourceError:
    return SourceError(f"{file}: is damaged at {name!r}; nothing was restored")
