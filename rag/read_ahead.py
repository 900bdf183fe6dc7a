"""Files and pages → those whose reading has begun, while the ones before them are waited for."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from rag.change import OriginRecord, SourceRecord
from rag.identity import digest_file
from rag.index_report import Failure
from rag.load.web import Listed
from rag.provenance import Provenance
from rag.workers import Read, Workers

Found = Iterable[Read | Failure]
"""What a source gives, some of which may still be under way."""


@dataclass(frozen=True, slots=True)
class Item:
    """A file or page that is taken, and what is known of it.

    Attributes:
        name: path or address.
        page: how it was listed, of a page.
        fields: as for `load_articles`.
        known: what is known of it as a source; None for one that is new.
        origins: what its parts gave.
    """

    name: str
    page: Listed | None
    fields: Mapping[str, str]
    known: SourceRecord | None
    origins: Sequence[OriginRecord]


def read_ahead(items: Iterable[Item], workers: Workers, provenance: Provenance) -> Iterator[tuple[Item, Found | None]]:
    """Yield items in order, each with what it gives where its reading has begun: that of files which seem to be new."""
    coming: deque[tuple[Item, Found | None]] = deque()
    for item in items:
        new = workers.reading_ahead > 0 and not item.page and _is_new(item, provenance)
        coming.append((item, begin(Path(item.name), item, workers) if new else None))
        if len(coming) > workers.reading_ahead:
            yield coming.popleft()
    yield from coming


def begin(path: Path, item: Item, workers: Workers) -> Found:
    """Begin to read what an item has in a file."""
    return workers.read(path, item.fields, item.name, {origin.digest for origin in item.origins})


def _is_new(item: Item, provenance: Provenance) -> bool:
    """Whether a file seems to hold what is not known yet; whether it does is seen when it is taken."""
    try:
        content = digest_file(Path(item.name), item.fields)
    except OSError:
        return False
    return not (item.known and item.known.digest == content) and not provenance.places_of(content)
