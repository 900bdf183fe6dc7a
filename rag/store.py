"""Passage vectors → the nearest of them: in Chroma, or exactly in memory. The one home of chromadb.

Everything here is derived from the catalog and can be made again from it.
"""

from __future__ import annotations

import threading
from base64 import b64encode
from collections.abc import Callable, Iterator, Sequence, Set
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import unquote, urlsplit

import numpy as np

from rag.clean import fold
from rag.encode import Matrix
from rag.errors import IndexStateError
from rag.filter import Filter
from rag.home import Home, public_address
from rag.types import Passage

if TYPE_CHECKING:
    from chromadb import Collection
    from chromadb.api import ClientAPI
    from chromadb.api.types import Metadata
    from chromadb.config import Settings

_BATCH = 2000  # vectors a call; Chroma takes at most 5,461
_opening = threading.Lock()  # Chroma's own record of what is open is not made for threads


class Searched(Protocol):
    """What finds the passages whose vectors are nearest to a question's."""

    def search(self, vector: Matrix, k: int, only: Filter | None = None) -> list[tuple[str, float]]:
        """Return up to k passage ids with their cosine to the unit vector, best first, of those `only` lets through."""
        ...


class Store(Searched, Protocol):
    """What holds one vector a passage as well."""

    def put(self, passages: Sequence[Passage], vectors: Matrix) -> None:
        """Add or replace passages; `vectors` has a unit row for each."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Delete passages; ids that are not there are passed over."""
        ...

    def ids(self) -> set[str]:
        """Return the ids of all passages."""
        ...


class FlatVectors:
    """Vectors in memory, each compared; for reading small or unwritable indexes.

    Args:
        ids: of the passages.
        vectors: a unit row for each.
        allowed: gives the ids of those that a filter lets through.
    """

    def __init__(self, ids: Sequence[str], vectors: Matrix, allowed: Callable[[Filter], Set[str]]) -> None:
        self._ids = ids
        self._vectors = vectors
        self._allowed = allowed

    def search(self, vector: Matrix, k: int, only: Filter | None = None) -> list[tuple[str, float]]:
        """See `Searched.search`."""
        if not self._ids:
            return []
        scores = self._vectors @ vector
        if only:
            allowed = self._allowed(only)
            scores[[identifier not in allowed for identifier in self._ids]] = -np.inf
        best = np.argpartition(-scores, k - 1)[:k] if k < len(scores) else np.arange(len(scores))
        ordered = best[np.lexsort((best, -scores[best]))].tolist()
        return [(self._ids[place], float(scores[place])) for place in ordered if scores[place] > -np.inf]


class ChromaStore:
    """A store in a folder or on a server, by Chroma.

    Args:
        home: of the index. In a folder one process writes at a time; a reader that wants to see what another process
            wrote opens the store anew: Chroma goes on serving what it has in memory.
        identity: of the index: a server holds those of many.

    Raises:
        IndexStateError: the server cannot be reached.
    """

    def __init__(self, home: Home, identity: str = "") -> None:
        self._home = home
        collection = f"sanad-{identity}" if home.chroma else "passages"
        with _opening, _explained(home):
            folder = home.folder / "vectors"
            client = _connect(home.chroma, home.chroma_key) if home.chroma else _open_folder(folder)
            self._collection: Collection = client.get_or_create_collection(
                collection,
                embedding_function=None,
                # ef_search: how many candidates HNSW keeps; well above the k that is asked for, or recall suffers.
                configuration={"hnsw": {"space": "ip", "ef_construction": 200, "ef_search": 400}},
            )
        self._size: int | None = None  # how many there are, when it was last asked

    def put(self, passages: Sequence[Passage], vectors: Matrix) -> None:
        """See `Store.put`."""
        self._size = None
        for at in range(0, len(passages), _BATCH):
            some = passages[at : at + _BATCH]
            about: list[Metadata] = [_metadata(passage) for passage in some]
            with _explained(self._home):
                self._collection.upsert([p.id for p in some], vectors[at : at + _BATCH], about)

    def delete(self, ids: Sequence[str]) -> None:
        """See `Store.delete`."""
        self._size = None
        for at in range(0, len(ids), _BATCH):
            with _explained(self._home):
                self._collection.delete(ids=list(ids[at : at + _BATCH]))

    def ids(self) -> set[str]:
        """See `Store.ids`."""
        with _explained(self._home):
            return set(self._collection.get(include=[])["ids"])

    def count(self) -> int:
        """Return how many passages there are."""
        with _explained(self._home):
            return self._collection.count()

    def vectors(self, ids: Sequence[str]) -> dict[str, Matrix]:
        """Return the vectors of passages by their ids; those that are not there are left out."""
        held: dict[str, Matrix] = {}
        for at in range(0, len(ids), _BATCH):
            with _explained(self._home):
                found = self._collection.get(ids=list(ids[at : at + _BATCH]), include=["embeddings"])
            rows = np.asarray(found["embeddings"], dtype=np.float32)
            held.update(zip(found["ids"], rows, strict=True))
        return held

    def search(self, vector: Matrix, k: int, only: Filter | None = None) -> list[tuple[str, float]]:
        """See `Store.search`."""
        with _explained(self._home):
            if self._size is None:
                self._size = self.count()
            k = min(k, self._size)
            if k == 0:
                return []
            found = self._collection.query(
                query_embeddings=vector[None, :], n_results=k, where=_condition(only), include=["distances"]
            )
        ids, distances = found["ids"][0], (found["distances"] or [[]])[0]
        # Chroma's inner-product distance is 1 - cosine for unit vectors.
        return [(identifier, 1.0 - distance) for identifier, distance in zip(ids, distances, strict=True)]


def _open_folder(folder: Path) -> ClientAPI:
    import chromadb
    from chromadb.api.shared_system_client import SharedSystemClient

    SharedSystemClient.clear_system_cache()  # else a second opening is given the first one's memory
    return chromadb.PersistentClient(path=folder, settings=_untold())


@lru_cache(maxsize=8)  # a client keeps its connections open
def _connect(address: str, key: str | None) -> ClientAPI:
    """Return a client of a server; of Chroma Cloud, whose address names tenant and database, with a key."""
    import chromadb

    parts = urlsplit(address)
    settings = _untold()
    secure = parts.scheme == "https"
    if key:
        tenant, _, database = parts.path.strip("/").partition("/")
        return chromadb.CloudClient(
            tenant=tenant or None,
            database=database or None,
            api_key=key,
            settings=settings,
            cloud_host=parts.hostname or "",
            cloud_port=parts.port or 443,
            enable_ssl=secure,
        )
    login = f"{unquote(parts.username or '')}:{unquote(parts.password or '')}"
    headers = {"Authorization": f"Basic {b64encode(login.encode()).decode()}"} if parts.username else {}
    port = parts.port or (443 if secure else 8000)
    return chromadb.HttpClient(parts.hostname or "", port, ssl=secure, headers=headers, settings=settings)


def _untold() -> Settings:
    """Return settings by which Chroma tells nobody anything, whatever the environment says."""
    from chromadb.config import Settings

    return Settings(anonymized_telemetry=False, chroma_otel_granularity="none")


@contextmanager
def _explained(home: Home) -> Iterator[None]:
    """Say in one line what is wrong with a server."""
    try:
        yield
    except Exception as error:  # whatever Chroma's client, and what it speaks by, raise
        if not home.chroma:
            raise
        raise IndexStateError(
            f"{public_address(home.chroma)}: the Chroma server does not answer as it should "
            f"({' '.join(str(error).split())[:200] or type(error).__name__}); see RAG_CHROMA_URL"
        ) from error


def _metadata(passage: Passage) -> Metadata:
    # Chroma compares numbers only, so a day is its ordinal; undated passages have none and fail every comparison.
    day = {"published": passage.published.toordinal()} if passage.published else {}
    return {"article_id": passage.article_id, "language": passage.language, "source": fold(passage.source), **day}


def _condition(only: Filter | None) -> dict[str, Any] | None:
    parts: list[dict[str, Any]] = []
    if only and only.language:
        parts.append({"language": only.language})
    if only and only.since:
        parts.append({"published": {"$gte": only.since.toordinal()}})
    if only and only.until:
        parts.append({"published": {"$lte": only.until.toordinal()}})
    if only and only.source:
        parts.append({"source": fold(only.source)})
    if only and only.without:
        parts.append({"article_id": {"$nin": sorted(only.without)}})
    return {"$and": parts} if len(parts) > 1 else parts[0] if parts else None
