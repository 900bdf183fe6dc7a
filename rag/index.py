"""Files → an index in step with them: load, clean, chunk, encode, store; wires the offline flow.

The folder of an index holds `catalog.sqlite` (the truth), `vectors/` (Chroma), `words/` and `keywords/`, whose segments
`keywords-<generation>.json` lists; `rag.home` says what may lie on servers instead. One process writes at a time.
Whatever moment a run is killed at, readers see the index as it was before; the next run goes on where that one stopped.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import sqlalchemy as sa

from rag.calibrate import Calibration, known_calibration
from rag.catalog import Catalog
from rag.database import explain, has_catalog
from rag.dictionary import EncodeWords, learn_words
from rag.encode import Encoder
from rag.errors import SourceError
from rag.home import Home
from rag.index_report import Failure, IndexReport
from rag.keywords import FoundKeywords, update_keywords
from rag.lock import hold
from rag.passage_encoder import PassageEncoder, check_encoder
from rag.place import find_place
from rag.progress import Progress
from rag.repair import check_index, repair_index
from rag.segments import sweep_segments
from rag.store import ChromaStore, Store
from rag.summary import ArticleSummary
from rag.types import Article

if TYPE_CHECKING:
    from rag.load.web import Fetcher
    from rag.update import Update
    from rag.workers import Workers

_NO_SUCH = "no article has the id {!r}; see their ids with: sanad articles"


class Index:
    """An index.

    Args:
        home: where it lies; made by the first `add`.
        encoder: the one that made the index, or will.
        passage_tokens: budget of a passage, in encoder tokens; only a new index can choose it.
        late: keep token vectors for late interaction; only a new index can choose it.
        fetcher: makes what gets the content of addresses on the web; without it they cannot be added.
        cache: folder that the encoder's calibration is kept in, which takes a few seconds to estimate.
        workers: begins to read and encode; this machine does when None.
    """

    def __init__(
        self,
        home: Home,
        encoder: Encoder,
        passage_tokens: int,
        *,
        late: bool = True,
        fetcher: Callable[[], Fetcher] | None = None,
        cache: Path | None = None,
        workers: Callable[[PassageEncoder], Workers] | None = None,
    ) -> None:
        self.home = home
        self.encoder = encoder
        self.passage_tokens, self.late = passage_tokens, late
        self.fetcher, self.cache, self.workers = fetcher, cache, workers

    @property
    def exists(self) -> bool:
        """Whether a run of changes was ever completed here."""
        return self.generation > 0

    @property
    def generation(self) -> int:
        """How many runs of changes were completed; 0 where there is no index.

        Raises:
            IndexStateError: there is one that cannot be used.
        """
        if not has_catalog(self.home):
            return 0
        with self._reading() as catalog:
            return catalog.generation

    def add(
        self,
        *places: str | Path,
        sync: bool = False,
        fields: Mapping[str, str] | None = None,
        progress: Progress | None = None,
    ) -> IndexReport:
        """Bring the index in step with files, folders or glob patterns; what did not change is not read again.

        Args:
            places: what to read, and to read again at each `refresh`, if it gives any article. A file that cannot be
                read is named in the report; the others are indexed. What was removed by hand and is named comes back.
            sync: also remove articles that came from these folders and whose files are gone.
            fields: for tables of articles, names of their fields → what they hold (`rag.load.FIELDS`); remembered.
            progress: called after each source, and within those of many articles.

        Raises:
            SourceError: a place is not there or holds nothing readable; nothing was changed.
            IndexStateError: the folder cannot be written, another process writes, or another encoder made the index.
        """
        taken = [find_place(place, fields) for place in places]
        with self._run(restore=True) as run:
            run.take_all(taken, progress, sync=sync)
            fruitful = [place for place in taken if not run.barren.issuperset(place.names)]
            known = run.catalog.provenance.places() | {place.path: dict(place.fields) for place in fruitful}
            run.catalog.set_facts(places=json.dumps(known, sort_keys=True, ensure_ascii=False))
        return run.report()

    def put(self, articles: Iterable[Article], progress: Progress | None = None) -> IndexReport:
        """Add articles that are at hand, or replace those of the same id; they have no file to be brought in step with.

        Args:
            articles: their texts are cleaned here; of those of one id the last counts.
            progress: called after each article.

        Raises:
            IndexStateError: as for `add`.
        """
        with self._run(restore=True) as run:
            run.put_all(list({article.id: article for article in articles}.values()), progress)
        return run.report()

    def refresh(self, progress: Progress | None = None) -> IndexReport:
        """Bring the index in step with every place that was ever added: new, changed and deleted files.

        What was removed by hand stays out until its file changes. A place that is gone is reported as failed, and its
        articles stay.

        Raises:
            IndexStateError: as for `add`; or there is no index.
        """
        Catalog(self.home, writable=False).close()
        with self._run(restore=False) as run:
            taken = []
            for path, fields in run.catalog.provenance.places().items():
                try:
                    taken.append(find_place(path, fields))
                except SourceError as error:
                    run.failed.append(Failure(path, str(error)))
            run.take_all(taken, progress, sync=True)
        return run.report()

    def remove(self, *article_ids: str) -> IndexReport:
        """Remove articles; a later run of the same sources leaves them out until their file changes or is named.

        Raises:
            ValueError: an id is not in the index; nothing was changed.
            IndexStateError: there is no index, it cannot be written, or another process writes.
        """
        with self._reading() as seen, self._writing() as catalog:
            for article_id in article_ids:  # one whose removal was cut short is still seen
                if not catalog.has_article(article_id) and not seen.has_article(article_id):
                    raise ValueError(_NO_SUCH.format(article_id))
            store = self._store(catalog)
            with catalog.change() as change:
                change.drop(article_ids)
                for article_id in article_ids:
                    for origin in catalog.provenance.origins(article_id=article_id):
                        change.record_origin(replace(origin, removed=True))
            self._complete(catalog, store, FoundKeywords(), partial(map, self.encoder.encode_words), purge=True)
        return IndexReport(removed=tuple(article_ids))

    def check(self) -> list[str]:
        """Return what is wrong, a line each: what vectors and keywords lack; IndexStateError as for `articles`."""
        with self._reading() as catalog:
            return check_index(self.home, catalog)

    def repair(self) -> list[str]:
        """Make anew what is derived from the catalog and does not agree with it; return what was wrong, a line each.

        Raises:
            IndexStateError: as for `add`; or there is no index.
        """
        Catalog(self.home, writable=False).close()
        with self._writing() as writing, self._reading() as catalog:
            return repair_index(self.home, catalog, writing)

    def articles(self) -> list[ArticleSummary]:
        """Return a line for each article, newest first.

        Raises:
            IndexStateError: there is no index, or it cannot be used.
        """
        with self._reading() as catalog:
            return catalog.articles()

    def article(self, article_id: str) -> Article:
        """Return one article as it is stored.

        Raises:
            ValueError: no article has this id.
            IndexStateError: there is no index, or it cannot be used.
        """
        with self._reading() as catalog:
            if (found := catalog.article(article_id)) is None:
                raise ValueError(_NO_SUCH.format(article_id))
        return found

    def places(self) -> list[str]:
        """Return what was ever added: paths, patterns, addresses; IndexStateError as for `articles`."""
        with self._reading() as catalog:
            return list(catalog.provenance.places())

    @property
    def passages(self) -> int:
        """How many passages there are; IndexStateError as for `articles`."""
        with self._reading() as catalog:
            return catalog.count_passages()

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that are the same for the same articles cut alike; IndexStateError as above."""
        with self._reading() as catalog:
            return hashlib.sha256("\n".join(sorted(catalog.passage_ids())).encode()).hexdigest()[:16]

    @contextmanager
    def _run(self, *, restore: bool) -> Iterator[Update]:
        """Hold the index for one run over sources, which is completed in the end."""
        from rag.update import Update  # what reads files is loaded where files are read
        from rag.workers import LocalWorkers
        from rag.write import Writer

        with self._writing() as catalog, ThreadPoolExecutor(1, "open-store") as beside:
            store = beside.submit(self._store, catalog)  # Chroma takes a second to load
            late, budget = catalog.fact("late") == "1", int(catalog.fact("passage_tokens") or 0)
            encoder = PassageEncoder(self.encoder, self._calibration(catalog), late, budget)
            with (self.workers or LocalWorkers)(encoder) as workers:
                writer = Writer(catalog, store.result, workers)
                yield Update(writer, restore, self.fetcher and self.fetcher())
                self._complete(catalog, store.result(), writer.keywords, workers.encode_words)

    def _calibration(self, catalog: Catalog) -> Calibration:
        """Return the calibration of the index, estimated when it is new."""
        if (content := catalog.blob("calibration")) is None:
            content = known_calibration(self.encoder, self.cache)
            catalog.set_blob("calibration", content)
        return Calibration.from_bytes(content)

    def _store(self, catalog: Catalog) -> ChromaStore:
        """Open the vectors of the index; what a run that was cut short left in them is taken out."""
        store = ChromaStore(self.home, catalog.identity)
        if catalog.fact("dirty") == "1":
            store.delete(sorted(store.ids() - catalog.passage_ids() - catalog.gone_passages()))
        return store

    @contextmanager
    def _reading(self) -> Iterator[Catalog]:
        catalog = Catalog(self.home, writable=False)
        try:
            yield catalog
        finally:
            catalog.close()

    @contextmanager
    def _writing(self) -> Iterator[Catalog]:
        """Hold the index for writing; yields its catalog."""
        catalog, mine = None, {"passage_tokens": self.passage_tokens, "late": int(self.late)}
        try:
            with hold(self.home):
                catalog = Catalog(self.home, writable=True)
                check_encoder(catalog.fact("encoder"), self.encoder, self.home)
                if catalog.fact("encoder") is None:
                    catalog.set_facts(encoder=self.encoder.name, **mine)
                yield catalog
        except (sa.exc.DatabaseError, OSError) as error:
            raise explain(error, self.home) from error
        finally:
            if catalog:
                catalog.close()

    def _complete(
        self, catalog: Catalog, store: Store, found: FoundKeywords, encode: EncodeWords, *, purge: bool = False
    ) -> None:
        """Derive what is derived, and let readers see the changes, if there were any."""
        if catalog.fact("dirty") != "1":
            return
        gone = catalog.gone_passages()
        learn_words(self.home, catalog, encode, self._calibration(catalog))
        update_keywords(self.home, catalog, gone, found)
        with catalog.change() as change:
            change.complete(purge=purge)
        # From here on only what nobody reads is left: who is killed now leaves it to be taken out another time.
        store.delete(sorted(gone | (catalog.orphans - catalog.passages(sorted(catalog.orphans)).keys())))
        sweep_segments(self.home, catalog)
