"""ZIP and tar archives, and files compressed by gzip → what they hold, read in memory: nothing is unpacked to disk."""

from __future__ import annotations

import gzip
import io
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from pathlib import PurePosixPath
from typing import BinaryIO, cast

from rag.errors import SourceError
from rag.index_report import Failure
from rag.load.draft import LARGEST, Source

_MOST_MEMBERS = 200_000
_MOST_UNPACKED = 20_000_000_000  # bytes of all members
_MOST_PACKED = 200  # how many times smaller than itself a member of more than 10 MB may be packed


def load_zip(source: Source) -> Iterator[Source | Failure]:
    """Yield the files in a ZIP archive.

    Raises:
        SourceError: it is damaged, or holds too much.
    """
    try:
        archive = zipfile.ZipFile(source.stream)
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError) as error:
        raise SourceError(f"{source.name}: damaged: it cannot be opened as a ZIP archive") from error
    with archive:
        members = [member for member in archive.infolist() if not member.is_dir()]
        _check(source, len(members), sum(member.file_size for member in members))
        for member in members:
            name = f"{source.name}/{member.filename}"
            if not is_seen(member.filename):
                continue
            if member.file_size > 10_000_000 and member.file_size > _MOST_PACKED * max(member.compress_size, 1):
                yield Failure(name, f"{name}: packed too tightly to be a text ({member.file_size // 1_000_000} MB)")
                continue
            try:
                with archive.open(member) as stream:
                    data = _read(name, cast(BinaryIO, stream))
            except SourceError as error:
                yield Failure(name, str(error))
            except RuntimeError:
                yield Failure(name, f"{name}: is locked with a password; unlock the archive, then add it")
            except Exception as error:  # zlib.error and its like have no common base
                yield Failure(name, f"{name}: damaged: it cannot be unpacked ({type(error).__name__})")
            else:
                yield source.member(member.filename, data, _day_of(member.date_time[:3]))


def load_tar(source: Source) -> Iterator[Source | Failure]:
    """Yield the files in a tar archive, compressed or not.

    Raises:
        SourceError: it is damaged, or holds too much.
    """
    count = unpacked = 0
    try:
        with tarfile.open(fileobj=source.stream, mode="r:*") as archive:
            for member in archive:
                count, unpacked = count + 1, unpacked + member.size
                _check(source, count, unpacked)
                if not member.isfile() or not is_seen(member.name):
                    continue
                name = f"{source.name}/{member.name}"
                if member.size > LARGEST:
                    yield Failure(name, f"{name}: larger than {LARGEST // 1_000_000} MB; split it into its articles")
                    continue
                stream = archive.extractfile(member)
                data = stream.read() if stream else b""
                yield source.member(member.name, data, datetime.fromtimestamp(member.mtime, UTC).date())
    except SourceError:
        raise
    except Exception as error:  # those of three compressions have no common base
        raise SourceError(f"{source.name}: damaged: it cannot be read as a tar archive") from error


def load_gzip(source: Source) -> Iterator[Source]:
    """Yield the one file that gzip made smaller.

    Raises:
        SourceError: it is damaged, or too large.
    """
    name = source.name.removesuffix(".gz")
    stream = cast(BinaryIO, gzip.GzipFile(fileobj=source.stream))
    try:
        data = _read(source.name, stream)
    except SourceError:
        raise
    except Exception as error:  # zlib.error and its like have no common base
        raise SourceError(f"{source.name}: damaged: it cannot be unpacked") from error
    yield replace(source, name=name, stream=io.BytesIO(data), file=source.file.removesuffix(".gz"))


def is_seen(name: str) -> bool:
    """Whether a file of an archive is one of its articles: not hidden, not a README, not what macOS adds."""
    parts = PurePosixPath(name.replace("\\", "/")).parts
    hidden = any(p == "__MACOSX" or (p.startswith(".") and p != "..") for p in parts)
    return not hidden and not parts[-1].upper().startswith("README")


def _read(name: str, stream: BinaryIO) -> bytes:
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise SourceError(f"{name}: larger than {LARGEST // 1_000_000} MB; split it into its articles")
    return data


def _check(source: Source, members: int, unpacked: int) -> None:
    if members > _MOST_MEMBERS or unpacked > _MOST_UNPACKED:
        raise SourceError(
            f"{source.name}: holds more than {_MOST_MEMBERS:,} files or {_MOST_UNPACKED // 10**9} GB; split it"
        )


def _day_of(parts: tuple[int, int, int] | tuple[int, ...]) -> date | None:
    try:
        return date(*parts[:3])
    except ValueError:
        return None
