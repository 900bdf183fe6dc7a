"""Work that takes a while, in a thread of its own, so that a page can draw how far it has come."""

from __future__ import annotations

import queue
import threading
from collections.abc import Callable, Iterator
from typing import Generic, TypeVar

from rag.progress import Progress, Step

_T = TypeVar("_T")


class Job(Generic[_T]):
    """Work that has begun; it goes on to its end even where nobody looks.

    Args:
        work: called with what it reports its progress to.
    """

    def __init__(self, work: Callable[[Progress], _T]) -> None:
        self._told: queue.SimpleQueue[Step | None] = queue.SimpleQueue()
        self._work = work
        self._result: list[_T] = []
        self._error: BaseException | None = None
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def progress(self) -> Iterator[Step]:
        """Yield how far it has come until the work is done; what came faster than it was looked at is skipped."""
        done = False
        while not done and (newest := self._told.get()) is not None:
            while not done and not self._told.empty():
                told = self._told.get()
                done = told is None
                newest = told or newest
            yield newest

    def result(self) -> _T:
        """Return what came of it, or raise what went wrong; waits until it is done."""
        self._thread.join()
        if self._error:
            raise self._error
        return self._result[0]

    def _run(self) -> None:
        try:
            self._result.append(self._work(self._told.put))
        except BaseException as error:  # it is raised where the result is asked for
            self._error = error
        finally:
            self._told.put(None)
