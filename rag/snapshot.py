"""An index → what a question reads: catalog, vectors, keywords of one generation."""

from __future__ import annotations

import logging
import threading
from dataclasses import dataclass, replace
from functools import partial

import sqlalchemy as sa

from rag.calibrate import Calibration
from rag.catalog import Catalog
from rag.database import explain, is_writable
from rag.dictionary import Dictionary, knows_all_words, learn_all_words
from rag.encode import Encoder
from rag.encoded import Evidence, Tokens
from rag.errors import IndexBusyError, IndexStateError
from rag.home import Home
from rag.keywords import KeywordIndex
from rag.lock import hold
from rag.passage_encoder import check_encoder
from rag.recent import Recent
from rag.segments import fetch_keywords
from rag.store import ChromaStore, FlatVectors, Searched
from rag.types import Language, Passage

_FEW = 10_000  # passages, 15 MB
_HELD = 4000  # passages whose vectors are held, some 80 MB; of half as many the tokens, 25 MB

_log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """One generation of an index, open for reading; what was read of its passages lately is held."""

    generation: int
    catalog: Catalog
    store: Searched
    keywords: KeywordIndex
    calibration: Calibration
    languages: frozenset[Language]
    dictionary: Dictionary | None  # None where the words of the passages are not known
    evidence: Recent[Evidence]
    tokens: Recent[Tokens]
    texts: Recent[Passage]


class Reading:
    """Gives the snapshot of an index, opening it anew when its generation has moved; safe to share by threads.

    Args:
        home: of the index.
        encoder: must be the one that made it.
    """

    def __init__(self, home: Home, encoder: Encoder) -> None:
        self._home = home
        self._encoder = encoder
        self._lock = threading.Lock()
        self._learning = threading.Lock()
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
                raise explain(error, self._home) from error
            return self._open

    def translating(self) -> Snapshot:
        """Return the newest state of the index with its dictionary, for which its words may have to be learned first.

        Raises:
            IndexStateError: as for `snapshot`.
        """
        snapshot = self.snapshot()
        if snapshot.dictionary is not None:
            return snapshot
        with self._learning:
            snapshot = self.snapshot()
            if snapshot.dictionary is None:
                _log.info("learning the words of the articles, once: a question in the other language needs them")
                snapshot = replace(snapshot, dictionary=self._learn(snapshot))
                with self._lock:
                    self._open = snapshot
        return snapshot

    def _learn(self, snapshot: Snapshot) -> Dictionary:
        encode = partial(map, self._encoder.encode_words)
        try:
            with hold(self._home):
                catalog = Catalog(self._home, writable=True)
                try:
                    learn_all_words(catalog, encode, snapshot.calibration)
                finally:
                    catalog.close()
            return Dictionary.read(self._home, snapshot.catalog)
        except (IndexBusyError, OSError, sa.exc.DatabaseError):  # another process writes, or the folder is read-only
            return Dictionary.learn(snapshot.catalog, encode, snapshot.calibration)

    def _read(self) -> Snapshot:
        catalog = Catalog(self._home, writable=False)
        check_encoder(catalog.fact("encoder"), self._encoder, self._home)
        generation = catalog.seen
        keywords = KeywordIndex(fetch_keywords(self._home, catalog, generation), generation)
        calibration = catalog.blob("calibration")
        if calibration is None:
            raise IndexStateError(f"{self._home}: the index is damaged; run: {self._home.command('index')}")
        return Snapshot(
            generation,
            catalog,
            self._open_store(catalog),
            keywords,
            Calibration.from_bytes(calibration),
            frozenset(catalog.languages()),
            Dictionary.read(self._home, catalog) if knows_all_words(catalog) else None,
            Recent(catalog.evidence, _HELD),
            Recent(catalog.tokens, _HELD // 2),
            Recent(catalog.texts, _HELD // 4),
        )

    def _open_store(self, catalog: Catalog) -> Searched:
        count = catalog.count_passages()
        if self._home.chroma:
            store = ChromaStore(self._home, catalog.identity)
            if count and not store.count():
                raise IndexStateError(
                    f"{self._home}: the Chroma server has no vectors of this index; put them there: "
                    f"{self._home.command('doctor --repair')}"
                )
            return store
        # Few passages are compared exactly, and sooner than Chroma is loaded; nor can it open what it cannot write to.
        # The catalog holds all that is needed.
        if count > _FEW and is_writable(self._home.folder):
            return ChromaStore(self._home)
        return FlatVectors(*catalog.vectors(), catalog.passage_ids)
