"""One file → its articles, read in another process.

A file that makes a library hang, eat the memory or crash harms no other.
"""

from __future__ import annotations

import atexit
import json
import queue
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import Any

from rag.child import child_command, child_environment
from rag.index_report import Failure
from rag.load.draft import Loaded
from rag.types import Article

PATIENCE = 30.0
"""Seconds that a reader may take for the next article of a file."""

_FAREWELL = 2.0  # seconds in which an idle one ends by itself
_START = 60.0  # seconds that it may take beside, to start on a busy machine


class _Worker:
    """A process that reads files, one after the other."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(  # our own module, without a shell  # noqa: S603
            child_command("rag.load.worker"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            encoding="utf-8",
            env=child_environment(),
        )
        self._answers: queue.Queue[str] = queue.Queue()
        self._thread = threading.Thread(target=self._listen, daemon=True)
        self._thread.start()
        self._new = True

    def read(self, path: Path, fields: Mapping[str, str], name: str) -> Iterator[dict[str, Any]]:
        """Yield the answers for one file.

        Raises:
            TimeoutError: it takes too long.
            EOFError: the process is gone.
        """
        assert self._process.stdin  # it was asked for  # noqa: S101
        try:
            self._process.stdin.write(json.dumps({"path": str(path), "fields": dict(fields), "name": name}) + "\n")
            self._process.stdin.flush()
        except OSError as error:
            raise EOFError from error
        while True:
            try:
                answer = self._answers.get(timeout=PATIENCE + (_START if self._new else 0.0))
            except queue.Empty as error:
                raise TimeoutError from error
            self._new = False
            if not answer:
                raise EOFError
            if not (found := json.loads(answer)):
                return
            if "alive" not in found:
                yield found

    def stop(self, patience: float = 0.0) -> None:
        """End the process; one that has nothing to do ends by itself within so many seconds when it is told."""
        if patience and self._process.stdin:
            with suppress(OSError, subprocess.TimeoutExpired):
                self._process.stdin.close()
                self._process.wait(patience)
        self._process.kill()
        self._process.wait()
        self._thread.join()
        for pipe in (self._process.stdin, self._process.stdout):
            if pipe:
                with suppress(OSError):  # what was not sent yet
                    pipe.close()

    def _listen(self) -> None:
        assert self._process.stdout  # it was asked for  # noqa: S101
        for line in self._process.stdout:
            self._answers.put(line)
        self._answers.put("")


_idle: list[_Worker] = []
_lock = threading.Lock()


def read_isolated(path: Path, fields: Mapping[str, str], name: str = "") -> Iterator[Loaded | Failure]:
    """Yield what `read_file` yields; a failure ends it where the file cannot be read within time and memory."""
    called = name or str(path)
    with _lock:
        worker = _idle.pop() if _idle else _Worker()
    whole = False
    try:
        for found in worker.read(path, fields, name):
            if "failure" in found:
                yield Failure(**found["failure"])
            else:
                article = _article(found.pop("article"))
                yield Loaded(**found | {"article": article, "removed": tuple(found["removed"])})
        whole = True
    except TimeoutError:
        yield Failure(called, f"{called}: was given up after {PATIENCE:.0f} seconds; it is damaged or too complex")
    except EOFError:
        yield Failure(called, f"{called}: the reader broke down on it; it is damaged, or takes too much memory")
    finally:
        if whole:
            with _lock:
                _idle.append(worker)
        else:
            worker.stop()


def stop_readers() -> None:
    """End the processes that wait for files; new ones start when they are needed."""
    with _lock:
        while _idle:
            _idle.pop().stop(_FAREWELL)


atexit.register(stop_readers)


def _article(fields: dict[str, Any]) -> Article:
    published = fields.pop("published")
    pages = tuple(fields.pop("pages"))
    return Article(**fields, published=date.fromisoformat(published) if published else None, pages=pages)
