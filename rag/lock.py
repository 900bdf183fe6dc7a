"""One process writes to an index at a time; the others are told which."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from rag.errors import IndexBusyError


@contextmanager
def hold(folder: Path) -> Iterator[None]:
    """Hold the folder of an index, made where it is not there, for writing; a process that dies lets go of it.

    Raises:
        IndexBusyError: another process holds it; names it.
        OSError: the folder cannot be written to.
    """
    folder.mkdir(parents=True, exist_ok=True)
    holder = folder / "writer.pid"
    try:
        with FileLock(folder / "writer.lock", timeout=0):
            holder.write_text(str(os.getpid()), encoding="ascii")
            yield
            holder.unlink(missing_ok=True)
    except Timeout as error:
        raise IndexBusyError(
            f"{folder}: another process{_name(holder)} is writing to this index; wait for it and run again"
        ) from error


def _name(holder: Path) -> str:
    try:
        return f" ({holder.read_text(encoding='ascii')})"
    except OSError:  # it has just ended
        return ""
