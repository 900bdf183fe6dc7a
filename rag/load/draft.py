"""What goes into a loader and what comes out: `Source`, `Draft`, and `Loaded` when it is complete."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import BinaryIO

from rag.errors import SourceError
from rag.index_report import Failure
from rag.types import Article, DatedBy

LARGEST = 100_000_000
"""Bytes of a file that is read whole; tables, mailboxes and archives are read piece by piece and may be larger."""


@dataclass(frozen=True, slots=True)
class Source:
    """Bytes with a name: a file, a member of an archive, or what an address gave.

    Attributes:
        name: what it is called in messages; a member is `archive.zip/folder/member.html`.
        stream: its bytes, seekable, at their beginning.
        modified: the day it was last changed, where that is known.
        fields: names of fields in tables of articles → what they hold (`{"العنوان": "title"}`).
        file: a file name that tells the format; "" where `name` does.
    """

    name: str
    stream: BinaryIO
    modified: date | None = None
    fields: tuple[tuple[str, str], ...] = ()
    file: str = ""

    @property
    def url(self) -> str:
        """The address that the source is from, "" where it is from none."""
        return self.name if self.name.startswith(("http://", "https://")) else ""

    def read(self, limit: int = LARGEST) -> bytes:
        """Return all bytes.

        Raises:
            SourceError: there are more than `limit`.
        """
        data = self.stream.read(limit + 1)
        if len(data) > limit:
            raise SourceError(f"{self.name}: larger than {limit // 1_000_000} MB; split it into its articles")
        return data

    def member(self, name: str, data: bytes, modified: date | None = None) -> Source:
        """Return a source that this one holds."""
        return Source(f"{self.name}/{name}", io.BytesIO(data), modified, self.fields)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a source says of one article; empty is what it does not say.

    Attributes:
        text: raw; paragraphs are separated by an empty line.
        key: tells it from the other articles of its source; "" where the source is one article.
        id: an identifier that the source gives.
        published: a date as the source writes it, or a day.
        dated_by: where that is from, if it is not what the source says of itself.
        pages: the first character of each page in `text`, for a source that has pages.
        about: lines beside the text that may tell its day or author.
        modified: the day the source was changed: what is left where nothing says when it was published.
        recognised: the text is read from pictures, and may have mistakes.
        removed: lines of the source that were not taken, for those who want to see.
    """

    text: str
    title: str = ""
    key: str = ""
    id: str = ""
    published: str | date | None = None
    dated_by: DatedBy = ""
    source: str = ""
    author: str = ""
    url: str = ""
    language: str = ""
    licence: str = ""
    pages: tuple[int, ...] = ()
    about: tuple[str, ...] = ()
    modified: date | None = None
    recognised: bool = False
    removed: tuple[str, ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Loaded:
    """An article as it was read, still raw.

    Attributes:
        key: tells it from the other articles of its file; "" where the file is one article.
        article: with what the text tells where the source says nothing.
        named: whether the source gives its id.
        removed: lines of the source that were not taken.
        share: how much of its file has been read with it, 0 to 1, where that is known; else 0.
    """

    key: str
    article: Article
    named: bool = False
    removed: tuple[str, ...] = ()
    share: float = 0.0


Loader = Callable[[Source], "Iterable[Draft | Failure | Source | None]"]
"""Reads a source: a draft for each article, a failure for each part that cannot be read, each source that lies in it.

None is a sign of life from one that takes long.

Raises:
    SourceError: nothing of the source can be read.
"""


def sensible_title(title: str) -> str:
    """Return the title that a document's properties name, "" for one that a program made up.

    >>> sensible_title("Microsoft Word - Document1"), sensible_title("Normal.dot"), sensible_title("تقرير المياه")
    ('', '', 'تقرير المياه')
    """
    made_up = re.match(
        r"(?i)(microsoft |powerpoint |untitled|slide |document ?\d*$|.*\.\w{2,4}$|.*\b(template|draft)$)", title
    )
    return "" if made_up or len(title.split()) < 2 else " ".join(title.split())
