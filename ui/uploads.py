"""Files that were dropped on the articles page → the index, from a folder of its own where they stay.

A file is there whole or not at all; what was not indexed before the process ended is at the next start.
"""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Final

from rag.errors import SourceError
from rag.index import Index
from rag.index_report import IndexReport
from rag.load import find_files
from rag.progress import Progress

UPLOADS: Final = "uploads"
"""Folder, in that of the index, of the files."""

_LARGEST: Final = 50_000_000  # bytes of a file; what is larger is better indexed from the command line
_PART: Final = ".part"  # of the name of a file that is not yet whole, with a dot before it


def keep_file(sent: Path, name: str, folder: Path) -> Path:
    """Keep a file that was sent; one of the same name is a newer version of it.

    Args:
        sent: where it lies.
        name: what it is called.
        folder: of the index.

    Returns:
        Where it stays.

    Raises:
        SourceError: it is too large, or of a kind that cannot be read; nothing was kept.
    """
    place = (folder / UPLOADS / Path(name).name).absolute()
    if sent.stat().st_size > _LARGEST:
        raise SourceError(f"{place}: larger than {_LARGEST // 10**6} MB; split it into its articles")
    place.parent.mkdir(parents=True, exist_ok=True)
    part = place.with_name(f".{place.name}{_PART}")
    shutil.copyfile(sent, part)
    part.replace(place)
    try:
        find_files(place)
    except SourceError:
        place.unlink()
        raise
    return place


def index_files(index: Index, files: list[Path], progress: Progress | None = None) -> IndexReport:
    """Index files that are kept; one that gives no article is not kept, and not read again."""
    if not files:
        return IndexReport()
    report = index.add(*files, progress=progress)
    for place in set(files) - set(map(Path, index.places())):
        place.unlink(missing_ok=True)
    return report


def index_left(index: Index, folder: Path, progress: Progress | None = None) -> IndexReport:
    """Index what a process that ended left in the folder of an index, without having indexed it."""
    files = [place.absolute() for place in sorted((folder / UPLOADS).glob("*")) if place.is_file()]
    for place in files:
        if place.suffix == _PART:
            place.unlink()
    known = set(map(Path, index.places())) if index.exists else set()
    return index_files(index, [place for place in files if place.suffix != _PART and place not in known], progress)
