"""Passage vectors → the nearest of them: in a Chroma folder, or exactly in memory. The one home of chromadb.

Everything here is derived from the catalog and can be made again from it.
"""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import date
from functools import cached_property
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from rag.clean import fold
from rag.encode import Matrix
from rag.filter import Filter
from rag.types import Passage

if TYPE_CHECKING:
    from chromadb import Collection

_BATCH = 2000  # vectors a call; Chroma takes at most 5,461
_opening = threading.Lock()  # Chroma's own record of what is open is not made for threads


class Store(Protocol):
    """What holds one vector a passage and finds those nearest to a question's."""

    def put(self, passages: Sequence[Passage], vectors: Matrix) -> None:
        """Add or replace passages; `vectors` has a unit row for each."""
        ...

    def delete(self, ids: Sequence[str]) -> None:
        """Delete passages; ids that are not there are passed over."""
        ...

    def ids(self) -> set[str]:
        """Return the ids of all passages."""
        ...

    def search(self, vector: Matrix, k: int, only: Filter | None = None) -> list[tuple[str, float]]:
        """Return up to k passage ids with their cosine to the unit vector, best first, of those `only` lets through."""
        ...


class ExactStore:
    """A store in memory that compares with every vector; for small or unwritable indexes, and to check others by."""

    def __init__(self) -> None:
        self._passages: dict[str, Passage] = {}
        self._rows: dict[str, Matrix] = {}

    def put(self, passages: Sequence[Passage], vectors: Matrix) -> None:
        """See `Store.put`."""
        self._passages |= {passage.id: passage for passage in passages}
        self._rows |= {passage.id: row for passage, row in zip(passages, vectors, strict=True)}
        self.__dict__.pop("_matrix", None)

    def delete(self, ids: Sequence[str]) -> None:
        """See `Store.delete`."""
        for identifier in ids:
            self._passages.pop(identifier, None)
            self._rows.pop(identifier, None)
        self.__dict__.pop("_matrix", None)

    def ids(self) -> set[str]:
        """See `Store.ids`."""
        return set(self._passages)

    def search(self, vector: Matrix, k: int, only: Filter | None = None) -> list[tuple[str, float]]:
        """See `Store.search`."""
        if not self._passages:
            return []
        scores = self._matrix @ vector
        passages = list(self._passages.values())
        order = (int(place) for place in np.argsort(-scores, kind="stable"))
        found = ((passages[place].id, float(scores[place])) for place in order if _passes(passages[place], only))
        return list(islice(found, k))

    @cached_property
    def _matrix(self) -> Matrix:
        return np.stack(list(self._rows.values()))


class ChromaStore:
    """A store in a Chroma folder.

    Args:
        folder: made when it is not there. One process writes at a time; a reader that wants to see what another
            process wrote opens the store anew: Chroma goes on serving what it has in memory.
    """

    def __init__(self, folder: Path) -> None:
        import chromadb
        from chromadb.api.shared_system_client import SharedSystemClient
        from chromadb.config import Settings

        with _opening:
            SharedSystemClient.clear_system_cache()  # else a second opening is given the first one's memory
            client = chromadb.PersistentClient(path=folder, settings=Settings(anonymized_telemetry=False))
            self._collection: Collection = client.get_or_create_collection(
                "passages",
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
            self._collection.upsert(
                ids=[p.id for p in some], embeddings=vectors[at : at + _BATCH], metadatas=[_metadata(p) for p in some]
            )

    def delete(self, ids: Sequence[str]) -> None:
        """See `Store.delete`."""
        self._size = None
        for at in range(0, len(ids), _BATCH):
            self._collection.delete(ids=list(ids[at : at + _BATCH]))

    def ids(self) -> set[str]:
        """See `Store.ids`."""
        return set(self._collection.get(include=[])["ids"])

    def vectors(self, ids: Sequence[str]) -> dict[str, Matrix]:
        """Return the vectors of passages by their ids; those that are not there are left out."""
        held: dict[str, Matrix] = {}
        for at in range(0, len(ids), _BATCH):
            found = self._collection.get(ids=list(ids[at : at + _BATCH]), include=["embeddings"])
            rows = np.asarray(found["embeddings"], dtype=np.float32)
            held.update(zip(found["ids"], rows, strict=True))
        return held

    def search(self, vector: Matrix, k: int, only: Filter | None = None) -> list[tuple[str, float]]:
        """See `Store.search`."""
        if self._size is None:
            self._size = self._collection.count()
        k = min(k, self._size)
        if k == 0:
            return []
        found = self._collection.query(
            query_embeddings=vector[None, :], n_results=k, where=_condition(only), include=["distances"]
        )
        ids, distances = found["ids"][0], (found["distances"] or [[]])[0]
        # Chroma's inner-product distance is 1 - cosine for unit vectors.
        return [(identifier, 1.0 - distance) for identifier, distance in zip(ids, distances, strict=True)]


def _metadata(passage: Passage) -> dict[str, str | int]:
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


def _passes(passage: Passage, only: Filter | None) -> bool:
    if only is None:
        return True
    if only.language and passage.language != only.language:
        return False
    if passage.article_id in only.without or (only.source and fold(passage.source) != fold(only.source)):
        return False
    if not (only.since or only.until):
        return True
    day = passage.published
    return day is not None and (only.since or date.min) <= day <= (only.until or date.max)
