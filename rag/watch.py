"""An index that is kept in step for as long as somebody wants it to be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from watchfiles import watch as watch_files

from rag.errors import IndexBusyError
from rag.index import Index
from rag.index_report import IndexReport

_QUIET = 1500  # milliseconds without a change, after which what has changed is read
_AGAIN = 600_000  # milliseconds after which pages on the web are asked again


def watch(index: Index) -> Iterator[IndexReport]:
    """Yield what a change of files did to an index, whenever one of those that were added changes; never ends.

    Raises:
        IndexStateError: there is no index, or it cannot be written.
        KeyboardInterrupt: who watches has enough.
    """
    folders = [place for place in index.places() if Path(place).exists()]
    for _ in watch_files(*folders, debounce=_QUIET, rust_timeout=_AGAIN, yield_on_timeout=True, raise_interrupt=True):
        try:
            report = index.refresh()
        except IndexBusyError:
            continue  # the other writer reads the same files
        if report.added or report.changed or report.removed:
            yield report
