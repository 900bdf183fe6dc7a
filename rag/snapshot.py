"""The folder of an index → what a question reads: catalog, vectors, keywords of one generation."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from pathlib import Path

import sqlalchemy as sa

from rag.calibrate import Calibration
from rag.catalog import Catalog, check_encoder
from rag.database import explain, is_writable
from rag.dictionary import Dictionary
from rag.encode import Encoder
from rag.errors import IndexStateError
from rag.keywords import KeywordIndex
from rag.store import ChromaStore, ExactStore, Store


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One generation of an index, open for reading."""

    generation: int
    catalog: Catalog
    store: Store
    keywords: KeywordIndex
    dictionary: Dictionary
    calibration: Calibration


class Reading:
    """Gives the snapshot of an index, opening it anew when its generation has moved; safe to share by threads.

    Args:
        folder: of the index.
        encoder: must be the one that made it.
    """

    def __init__(self, folder: Path, encoder: Encoder) -> None:
        self._folder = folder
        self._encoder = encoder
        self._lock = threading.Lock()
        self._open: Snapshot | None = None

    def snapshot(self) -> Snapshot:
        """Return the newest complete state of the index.

        Raises:
            IndexStateError: there is none, it cannot be read, or another encoder made it.
        """
        with self._lock:
            try:
                if self._open is None or self._open.catalog.generation != self._open.generation:
                    self._open = self._read()
            except (sa.exc.DatabaseError, OSError) as error:
                raise explain(error, self._folder) from error
            return self._open

    def _read(self) -> Snapshot:
        catalog = Catalog(self._folder, writable=False)
        check_encoder(catalog, self._encoder, self._folder)
        generation = catalog.seen
        keywords = KeywordIndex(self._folder, generation)
        calibration = catalog.blob("calibration")
        if calibration is None:
            raise IndexStateError(f"{self._folder}: the index is damaged; run: sanad index --index {self._folder}")
        return Snapshot(
            generation,
            catalog,
            self._open_store(catalog),
            keywords,
            Dictionary(catalog),
            Calibration.from_bytes(calibration),
        )

    def _open_store(self, catalog: Catalog) -> Store:
        if is_writable(self._folder):
            return ChromaStore(self._folder / "vectors")
        # Chroma cannot open what it cannot write to; the catalog holds all that is needed to compare exactly.
        store = ExactStore()
        for encoded in catalog.every_passage():
            store.put([encoded.passage], encoded.vector[None, :])
        return store
