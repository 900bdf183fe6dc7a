"""An RSS or Atom feed → an article for each entry, by feedparser."""

from __future__ import annotations

import io
from collections.abc import Iterator

from rag.errors import SourceError
from rag.index_report import Failure
from rag.load.draft import Draft, Source
from rag.load.page import markup_to_text


def load_feed(source: Source) -> Iterator[Draft | Failure]:
    """Read the entries of a feed: the whole text where it carries it, else the summary.

    Raises:
        SourceError: it is no feed, or has no entries.
    """
    import feedparser

    feed = feedparser.parse(io.BytesIO(source.read()), sanitize_html=False, resolve_relative_uris=False)
    if not feed.version or not feed.entries:
        raise SourceError(f"{source.name}: is no RSS or Atom feed with entries; other XML is not read")
    name = _line(feed.feed.get("title"))
    for number, entry in enumerate(feed.entries, start=1):
        texts = [content.get("value", "") for content in entry.get("content", ())] + [entry.get("summary", "")]
        text = max((markup_to_text(text).strip() for text in texts), key=len)
        key = entry.get("id") or entry.get("link") or f"entry {number}"
        if not text:
            yield Failure(source.name, f"{source.name}, entry {number}: holds no text")
            continue
        yield Draft(
            text,
            title=_line(entry.get("title")),
            key=key,
            published=entry.get("published") or entry.get("updated"),
            source=name,
            author=_line(entry.get("author")),
            url=entry.get("link") or "",
        )


def _line(text: str | None) -> str:
    return " ".join(markup_to_text(text or "").split())
