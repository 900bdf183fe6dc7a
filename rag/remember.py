"""What takes a while to work out and never changes → a file in the user's cache."""

from __future__ import annotations

import os
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

from rag.identity import digest


def remember(cache: Path | None, name: str, of: object, work_out: Callable[[], bytes]) -> bytes:
    """Return what was worked out, from the cache where it is there.

    Args:
        cache: folder; nothing is kept where it is None or cannot be written.
        name: of the file, for who looks into the folder.
        of: what it was worked out of; other things have other files.
        work_out: does it.
    """
    if cache is None:
        return work_out()
    path = cache / "learned" / f"{name}-{digest(of)[:12]}"
    with suppress(OSError):
        return path.read_bytes()
    content = work_out()
    with suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        unfinished = path.with_suffix(f".{os.getpid()}")
        unfinished.write_bytes(content)
        unfinished.replace(path)
    return content
