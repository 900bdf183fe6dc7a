"""One file → its articles, complete but raw, in this process."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path

from rag.index_report import Failure
from rag.load.details import complete
from rag.load.draft import Loaded, Source
from rag.load.formats import load


def read_file(path: Path, fields: Mapping[str, str], name: str = "") -> Iterator[Loaded | Failure | None]:
    """Yield the articles of a file, and what is wrong with those that cannot be read; as `rag.load.load_articles` does.

    None is a sign of life from a file that takes long.
    """
    called = name or str(path)
    try:
        with path.open("rb") as stream:
            size, changed = path.stat().st_size, path.stat().st_mtime
            modified = datetime.fromtimestamp(changed, UTC).date()
            source = Source(called, stream, modified, tuple(fields.items()), path.name)
            for found in load(source):
                if found is None or isinstance(found, Failure):
                    yield found
                    continue
                name, draft = found
                within = name.removeprefix(called).removeprefix("/")
                key = f"{within}#{draft.key}" if within and draft.key else within or draft.key
                article = complete(draft, name)
                share = stream.tell() / max(size, 1) if draft.key else 0.0
                yield Loaded(key, article, article.id == draft.id, draft.removed, min(share, 1.0))
    except OSError as error:
        yield Failure(called, f"{called}: cannot be read: {error.strerror}")
