"""Files → an index in step with them: load, clean, chunk, encode, store; wires the offline flow.

The folder of an index holds `catalog.sqlite` (the truth), `vectors/` (Chroma) and `keywords-<generation>/`. One process
writes at a time. Whatever moment a run is killed at, what its catalog holds is whole; the next run repairs the rest.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import sqlalchemy as sa
from filelock import FileLock, Timeout

from rag.calibrate import Calibration, fit_calibration
from rag.catalog import ArticleSummary, Catalog, check_encoder
from rag.database import explain
from rag.dictionary import add_words
from rag.encode import Encoder
from rag.errors import IndexBusyError, SourceError
from rag.keywords import keyword_folder, write_keyword_index
from rag.load import find_files
from rag.store import ChromaStore
from rag.types import Article, Failure, IndexReport
from rag.update import Progress, Update


class Index:
    """The index in a folder.

    Args:
        folder: made by the first `add`.
        encoder: the one that made the index, or will.
        passage_tokens: budget of a passage, in encoder tokens; only a new index can choose it.
        late: keep token vectors for late interaction; only a new index can choose it.
    """

    def __init__(self, folder: Path, encoder: Encoder, passage_tokens: int, *, late: bool = True) -> None:
        self.folder = folder
        self.encoder = encoder
        self.passage_tokens = passage_tokens
        self.late = late

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
        if not (self.folder / "catalog.sqlite").is_file():
            return 0
        catalog = Catalog(self.folder, writable=False)
        try:
            return catalog.generation
        finally:
            catalog.close()

    def add(self, *places: str | Path, sync: bool = False, progress: Progress | None = None) -> IndexReport:
        """Bring the index in step with files, folders or glob patterns; what did not change is not read again.

        Args:
            places: what to read, and to read again at each `refresh`. A file that cannot be read is named in the
                report; the others are indexed. What was removed by hand and is named here comes back.
            sync: also remove articles that came from these folders and whose files are gone.
            progress: called after each source.

        Raises:
            SourceError: a place is not there or holds nothing readable; nothing was changed.
            IndexStateError: the folder cannot be written, another process writes, or another encoder made the index.
        """
        files = {_absolute(place): find_files(place) for place in places}
        with self._writing() as catalog:
            run = self._update(catalog, restore=True)
            run.take_all(files, progress, sync=sync)
            catalog.set_facts(places=json.dumps(sorted({*_places(catalog), *files})))
            self._complete(catalog)
            return run.report()

    def put(self, articles: Iterable[Article], progress: Progress | None = None) -> IndexReport:
        """Add articles that are at hand, or replace those of the same id; they have no file to be brought in step with.

        Args:
            articles: their texts are cleaned here.
            progress: called after each article.

        Raises:
            IndexStateError: as for `add`.
        """
        with self._writing() as catalog:
            run = self._update(catalog, restore=True)
            run.put_all(list(articles), progress)
            self._complete(catalog)
            return run.report()

    def refresh(self, progress: Progress | None = None) -> IndexReport:
        """Bring the index in step with every place that was ever added: new, changed and deleted files.

        What was removed by hand stays out until its file changes. A place that is gone is reported as failed, and its
        articles stay.

        Raises:
            IndexStateError: as for `add`; or there is no index.
        """
        Catalog(self.folder, writable=False).close()
        with self._writing() as catalog:
            run = self._update(catalog, restore=False)
            files = {}
            for place in _places(catalog):
                try:
                    files[place] = find_files(place)
                except SourceError as error:
                    run.failed.append(Failure(place, str(error)))
            run.take_all(files, progress, sync=True)
            self._complete(catalog)
            return run.report()

    def remove(self, *article_ids: str) -> IndexReport:
        """Remove articles; a later run of the same sources leaves them out until their file changes or is named.

        Raises:
            ValueError: an id is not in the index; nothing was changed.
            IndexStateError: there is no index, it cannot be written, or another process writes.
        """
        Catalog(self.folder, writable=False).close()
        with self._writing() as catalog:
            for article_id in article_ids:
                if catalog.article(article_id) is None:
                    raise _no_such_article(article_id)
            self._store(catalog).delete(catalog.delete(article_ids))
            sources = [r for r in catalog.sources().values() if r.article_id in article_ids]
            catalog.record_sources(replace(record, removed=True) for record in sources)
            self._complete(catalog)
        return IndexReport(removed=tuple(article_ids))

    def articles(self) -> list[ArticleSummary]:
        """Return a line for each article, newest first.

        Raises:
            IndexStateError: there is no index, or it cannot be used.
        """
        catalog = Catalog(self.folder, writable=False)
        try:
            return catalog.articles()
        finally:
            catalog.close()

    def article(self, article_id: str) -> Article:
        """Return one article as it is stored.

        Raises:
            ValueError: no article has this id.
            IndexStateError: there is no index, or it cannot be used.
        """
        catalog = Catalog(self.folder, writable=False)
        try:
            found = catalog.article(article_id)
        finally:
            catalog.close()
        if found is None:
            raise _no_such_article(article_id)
        return found

    @property
    def passages(self) -> int:
        """How many passages there are; IndexStateError as for `articles`."""
        return len(self._passage_ids())

    @property
    def digest(self) -> str:
        """Sixteen hexadecimal digits that are the same for the same articles cut alike; IndexStateError as above."""
        return hashlib.sha256("\n".join(sorted(self._passage_ids())).encode()).hexdigest()[:16]

    def _passage_ids(self) -> set[str]:
        catalog = Catalog(self.folder, writable=False)
        try:
            return catalog.passage_ids()
        finally:
            catalog.close()

    def _update(self, catalog: Catalog, *, restore: bool) -> Update:
        late = catalog.fact("late") == "1"
        return Update(catalog, self._store(catalog), self.encoder, self._calibration(catalog), late, restore)

    def _calibration(self, catalog: Catalog) -> Calibration:
        """Return the calibration of the index, estimated when it is new."""
        content = catalog.blob("calibration")
        if content is None:
            content = fit_calibration(self.encoder).to_bytes()
            catalog.set_blob("calibration", content)
        return Calibration.from_bytes(content)

    def _store(self, catalog: Catalog) -> ChromaStore:
        """Open the vectors of the index; those the catalog does not agree with are mended when a run was cut short."""
        store = ChromaStore(self.folder / "vectors")
        if catalog.fact("dirty") == "1":
            known, held = catalog.passage_ids(), store.ids()
            store.delete(sorted(held - known))
            missing = sorted(known - held)
            for at in range(0, len(missing), 1000):
                found = catalog.passages(missing[at : at + 1000]).values()
                store.put([e.passage for e in found], np.stack([e.vector for e in found]))
        return store

    @contextmanager
    def _writing(self) -> Iterator[Catalog]:
        """Hold the index for writing; yields its catalog."""
        catalog = None
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            lock = FileLock(self.folder / "writer.lock", timeout=0)
            with lock:
                holder = self.folder / "writer.pid"
                holder.write_text(str(os.getpid()), encoding="ascii")
                catalog = Catalog(self.folder, writable=True)
                check_encoder(catalog, self.encoder, self.folder)
                if catalog.fact("encoder") is None:
                    catalog.set_facts(
                        encoder=self.encoder.name, passage_tokens=self.passage_tokens, late=int(self.late)
                    )
                yield catalog
                holder.unlink(missing_ok=True)
        except Timeout as error:
            raise IndexBusyError(
                f"{self.folder}: another process{self._holder()} is writing to this index; wait for it and run again"
            ) from error
        except (sa.exc.DatabaseError, OSError) as error:
            raise explain(error, self.folder) from error
        finally:
            if catalog:
                catalog.close()

    def _holder(self) -> str:
        try:
            return f" ({(self.folder / 'writer.pid').read_text(encoding='ascii')})"
        except OSError:
            return ""

    def _complete(self, catalog: Catalog) -> None:
        """Derive what is derived, and let readers see the changes, if there were any."""
        generation = catalog.generation
        if catalog.fact("dirty") != "1" and keyword_folder(self.folder, generation).is_dir():
            return
        add_words(catalog, (e.passage for e in catalog.every_passage()), self.encoder, self._calibration(catalog))
        write_keyword_index((e.passage for e in catalog.every_passage()), keyword_folder(self.folder, generation + 1))
        catalog.set_facts(generation=generation + 1, dirty=0)
        for folder in self.folder.glob("keywords-*"):
            # The last one may still be read by a question under way.
            if folder.name not in (f"keywords-{generation}", f"keywords-{generation + 1}"):
                shutil.rmtree(folder, ignore_errors=True)


def _no_such_article(article_id: str) -> ValueError:
    return ValueError(f"no article has the id {article_id!r}; see their ids with: sanad articles")


def _absolute(place: str | Path) -> str:
    return str(Path(place).expanduser().absolute())


def _places(catalog: Catalog) -> list[str]:
    return list(json.loads(catalog.fact("places") or "[]"))
