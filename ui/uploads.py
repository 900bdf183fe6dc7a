"""Files that a page sends → the index: first into a private folder, then, once they are taken, into one that stays.

A file is there whole or not at all; what was not indexed before the process ended is at the next start.

What is read of them is told by their content (`rag.load`); here their size and their name are seen to.
"""

from __future__ import annotations

import re
import secrets
import time
import unicodedata
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any, Final

import anyio
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse

from rag.errors import SourceError
from rag.index import Index
from rag.index_report import IndexReport
from rag.load import find_files
from rag.progress import Progress
from ui.entrance import refuse_unless_managing
from ui.people import person_of
from ui.problems import Problem, guarding

UPLOADS: Final = "uploads"
"""Folder, in that of the index, in which files that were sent stay."""

LARGEST_FILE: Final = 50_000_000
"""Bytes; what is larger is better indexed from the command line."""

_FORGOTTEN = 3600  # seconds after which a file that nobody took is thrown away
_MOST_WAITING = 500  # files that were sent and not yet taken
_LONGEST_NAME = 200  # bytes; file systems allow 255
_TOKEN = re.compile(r"[\w-]{16,64}", re.ASCII)
_UNFIT = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069<>:\"|?*]")


class Uploads:
    """The files that were sent to the pages of one index.

    Args:
        index: folder of the index.
    """

    def __init__(self, index: Path) -> None:
        self.folder = index / UPLOADS
        self._sent = self.folder / ".sent"

    async def receive(self, content: AsyncIterator[bytes]) -> str:
        """Keep a file that is being sent until it is taken; return the token by which it is known.

        Raises:
            Problem: it is too large, or too many are waiting.
        """
        await anyio.to_thread.run_sync(self._make_room)
        token = secrets.token_urlsafe(16)
        path, size = self._sent / token, 0
        try:
            async with await anyio.open_file(path, "xb") as file:
                async for part in content:
                    size += len(part)
                    if size > LARGEST_FILE:
                        raise too_large()
                    await file.write(part)
        except BaseException:
            path.unlink(missing_ok=True)
            raise
        return token

    def take(self, token: str, name: str) -> Path:
        """Keep a file that was sent; one of the same name is a newer version of it.

        Args:
            token: by which it is known.
            name: what it is called; see `plain_name`.

        Returns:
            Where it stays.

        Raises:
            SourceError: no such file was sent, or it is of a kind that cannot be read; nothing was kept.
        """
        sent, place = self._sent / token, (self.folder / name).absolute()
        if not _TOKEN.fullmatch(token) or not sent.is_file():
            raise SourceError(f"{name}: was not sent to this page, or too long ago; send it again")
        sent.replace(place)
        try:
            find_files(place)
        except SourceError:
            place.unlink()
            raise
        return place

    def _make_room(self) -> None:
        self._sent.mkdir(mode=0o700, parents=True, exist_ok=True)
        waiting = list(self._sent.iterdir())
        for path in waiting:
            if path.stat().st_mtime < time.time() - _FORGOTTEN:
                path.unlink(missing_ok=True)
        if len(waiting) >= _MOST_WAITING:
            raise Problem(429, "too many files wait to be indexed; try again in a while", "too_many", headers=_LATER)


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
    known = set(map(Path, index.places())) if index.exists else set()
    return index_files(index, [place for place in files if place not in known], progress)


_LATER: Final = {"Retry-After": "60"}


def upload_routes(uploads: Uploads, index: Path) -> APIRouter:
    """Return the way in for files."""
    routes = APIRouter(route_class=guarding(index, 422))

    @routes.post("/upload")
    async def receive(request: Request) -> Any:
        refuse_unless_managing(person_of(request))
        length = request.headers.get("content-length", "0")
        if length.isdigit() and int(length) > LARGEST_FILE:
            raise too_large()
        return JSONResponse({"file": await uploads.receive(request.stream())})

    return routes


def too_large() -> Problem:
    """Return what is said of a file that is too large."""
    return Problem(413, f"a file has at most {LARGEST_FILE // 10**6} MB; split it into its articles", "too_large")


def plain_name(name: str) -> str:
    """Return a file's name without folders and without what a file system or a page could stumble over."""
    name = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    name = _UNFIT.sub("", name).strip(" .") or "file"
    stem, dot, ending = name.rpartition(".")
    if not stem:
        stem, dot, ending = name, "", ""
    room = _LONGEST_NAME - len((dot + ending).encode("utf-8", "ignore"))
    if room < 1:
        return name.encode("utf-8", "ignore")[:_LONGEST_NAME].decode("utf-8", "ignore")
    return stem.encode("utf-8", "ignore")[:room].decode("utf-8", "ignore") + dot + ending
