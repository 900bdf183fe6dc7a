"""Who reads files and encodes articles while others are written: the cores of this machine; `rag.cluster` has more."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from types import TracebackType
from typing import Protocol, Self

from rag.clean import clean_article
from rag.encode import Matrix
from rag.encoded import EncodedPassage
from rag.identity import digest_loaded
from rag.index_report import Failure
from rag.load import Loaded, load_articles
from rag.passage_encoder import PassageEncoder
from rag.types import Article


@dataclass(frozen=True, slots=True)
class Read:
    """An article of a source.

    Attributes:
        loaded: as it stands there.
        digest: of that.
        cleaned: the article that is to be indexed; None where the digest was known already.
    """

    loaded: Loaded
    digest: str
    cleaned: Article | None


def read_source(
    path: Path, fields: Mapping[str, str], name: str, known: Collection[str] = ()
) -> Iterator[Read | Failure]:
    """Yield the articles of a file, and a failure for each part of it that cannot be read; nothing is raised.

    Args:
        path: of the file.
        fields: as for `load_articles`.
        name: what the file is called in messages.
        known: digests of articles that need not be cleaned.
    """
    for found in load_articles(path, fields, name):
        if isinstance(found, Failure):
            yield found
        else:
            digest = digest_loaded(found.article)
            yield Read(found, digest, None if digest in known else clean_article(found.article))


class Workers(AbstractContextManager["Workers"], Protocol):
    """What reads and encodes; left as a context, it lets go of what it holds."""

    @property
    def ahead(self) -> int:
        """How many batches of articles it encodes at once."""
        ...

    @property
    def reading_ahead(self) -> int:
        """How many files it reads at once while others are waited for; 0 where they are read when it is their turn."""
        ...

    def read(
        self, path: Path, fields: Mapping[str, str], name: str, known: Collection[str]
    ) -> Iterable[Read | Failure]:
        """Begin to read a file; see `read_source`."""
        ...

    def encode(
        self, articles: Sequence[Article], known: Sequence[EncodedPassage]
    ) -> Future[list[list[EncodedPassage]]]:
        """Begin to cut and encode articles; see `PassageEncoder.encode_articles`."""
        ...

    def encode_words(self, some: Iterable[list[str]]) -> Iterable[Matrix]:
        """Encode words, some at a time; see `rag.dictionary.EncodeWords`."""
        ...


class LocalWorkers:
    """See `Workers`: two batches are encoded side by side, so that no core waits for the last texts of one.

    Args:
        encoder: cuts and encodes.
    """

    ahead = 2
    reading_ahead = 0

    def __init__(self, encoder: PassageEncoder) -> None:
        self._encoder = encoder
        self._threads = ThreadPoolExecutor(self.ahead, "encode-batch")

    def read(
        self, path: Path, fields: Mapping[str, str], name: str, known: Collection[str]
    ) -> Iterable[Read | Failure]:
        """See `Workers.read`."""
        return read_source(path, fields, name, known)

    def encode(
        self, articles: Sequence[Article], known: Sequence[EncodedPassage]
    ) -> Future[list[list[EncodedPassage]]]:
        """See `Workers.encode`."""
        return self._threads.submit(self._encoder.encode_articles, articles, known)

    def encode_words(self, some: Iterable[list[str]]) -> Iterable[Matrix]:
        """See `Workers.encode_words`."""
        return map(self._encoder.encoder.encode_words, some)

    def __enter__(self) -> Self:
        """Return it."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Wait for what is being encoded; nothing more is."""
        self._threads.shutdown(cancel_futures=True)
