"""What tells whether a file, or an article in it, is still the same: digests of their content."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from pathlib import Path

from rag.types import Article


def digest_file(path: Path, fields: Mapping[str, str]) -> str:
    """Return the digest of a file's bytes, and of how its fields are read where that was said.

    Raises:
        OSError: it cannot be read.
    """
    with path.open("rb") as stream:
        content = hashlib.file_digest(stream, "sha256").hexdigest()
    return digest(content, *sorted(fields.items())) if fields else content


def digest_loaded(article: Article) -> str:
    """Return what tells whether an article has changed in its source; the day of a file is not part of it."""
    fields = article.to_dict() | ({"published": None} if article.dated_by == "file" else {})
    return digest(*fields.values())


def digest_content(article: Article) -> str:
    """Return what tells an article from others: where it is the same, one is enough.

    The same text of another publisher or day is another article: who asks for it by either must find it.
    """
    day = article.published if article.dated_by != "file" else None
    return digest(article.title, article.text, article.source, day)


def digest(*parts: object) -> str:
    """Return 64 hexadecimal digits that are the same for the same parts."""
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()
