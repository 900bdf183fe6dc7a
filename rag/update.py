"""Files and pages → what is to be written: what is new, what changed, what is gone.

Every source and every article in it is known by a digest of its content: what is as it was is not read again; of an
article that changed only new sentences are encoded; what only moved is only renamed.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time
from functools import partial
from pathlib import Path

from rag.catalog import Catalog
from rag.change import Change, OriginRecord, SourceRecord
from rag.clean import clean_article
from rag.errors import SourceError
from rag.identity import digest, digest_content, digest_file
from rag.index_report import Failure, IndexReport
from rag.load import Loaded
from rag.load.web import Fetcher, Listed, is_address
from rag.place import Place
from rag.progress import Progress, Step
from rag.read_ahead import Item, begin, read_ahead
from rag.repeated import RepeatedLines
from rag.types import Article
from rag.workers import Read
from rag.write import Writer

_LOOKED_UP = 64  # articles that the catalog is asked about at once


@dataclass
class Update:
    """One run over sources.

    Args:
        writer: writes what is new or changed into the catalog.
        restore: index again what was removed by hand; else only when its file has changed since.
        fetcher: gives what addresses on the web hold; without it they are failures.

    Attributes:
        barren: files and pages that gave no article.
    """

    writer: Writer
    restore: bool
    fetcher: Fetcher | None = None
    _tell: Callable[[float], None] = lambda _share: None
    _articles: int = 0
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    barren: set[str] = field(default_factory=set)
    failed: list[Failure] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.repeated = RepeatedLines(self.writer)

    @property
    def catalog(self) -> Catalog:
        """The record that is brought in step."""
        return self.writer.catalog

    def take_all(self, places: Sequence[Place], progress: Progress | None, *, sync: bool) -> None:
        """Take the files and pages of places; with `sync`, remove what came from a folder and is no longer there."""
        items: dict[str, tuple[Listed | None, Mapping[str, str]]]
        items = {str(path.absolute()): (None, place.fields) for place in places for path in place.files}
        for place in places:
            if place.is_address:
                items.update({page.url: (page, place.fields) for page in self._list_pages(place.path)})
        known, origins = self.catalog.provenance.sources(list(items)), self.catalog.provenance.origins_of(list(items))
        told = progress or (lambda _step: None)
        taken = (Item(name, page, of, known.get(name), origins.get(name, [])) for name, (page, of) in items.items())
        for number, (item, begun) in enumerate(read_ahead(taken, self.writer.workers, self.catalog.provenance)):
            self._tell = partial(self._step, told, number, len(items), Path(item.name).name)
            if item.page:
                self._fetch(item.page, item)
            else:
                self._take(Path(item.name), item, begun)
            self._tell(1.0)
        self.repeated.settle()
        if items:
            self._step(told, len(items), len(items), Path(item.name).name, 0.0)
        if sync:
            folders = [Path(place.path) for place in places if not place.is_address]
            self._remove_missing(folders, items.keys())

    def put_all(self, articles: Sequence[Article], progress: Progress | None) -> None:
        """Take articles that come from no file; those that the catalog holds as they are count as unchanged."""
        for at in range(0, len(articles), _LOOKED_UP):
            some = [clean_article(raw) for raw in articles[at : at + _LOOKED_UP]]
            known = self.catalog.whole_articles([article.id for article in some])
            for number, article in enumerate(some, start=at + 1):
                if known.get(article.id) == article:
                    self.unchanged.append(article.id)
                else:
                    (self.changed if article.id in known else self.added).append(article.id)
                    self.writer.put(article, None)
                if progress:
                    progress(Step(number, len(articles), article.title, number, self.writer.passages))
        self.writer.flush()

    def report(self) -> IndexReport:
        """Return what the run did."""
        kept, removed = tuple(dict.fromkeys(self.unchanged)), tuple(self.removed)
        return IndexReport(
            tuple(self.added), tuple(self.changed), kept, removed, tuple(self.copies), tuple(self.failed)
        )

    def _step(self, told: Progress, at: int, total: int, name: str, share: float) -> None:
        told(Step(at + share, total, name, self._articles, self.writer.passages))

    def _list_pages(self, address: str) -> list[Listed]:
        """Return the pages that an address lists, or itself."""
        try:
            if self.fetcher is None:
                raise SourceError(f"{address}: addresses are not read here")
            listed = self.fetcher.list_pages(address)
        except SourceError as error:
            self.failed.append(Failure(address, str(error)))
            self.barren.add(address)
            return []
        return [Listed(address)] if listed is None else listed

    def _fetch(self, page: Listed, item: Item) -> None:
        """Fetch a page and take it; one of a list that is known is not fetched again unless it says that it changed."""
        known = item.known
        listed_as_read = page.modified and known and page.modified < known.read
        if known and item.origins and page.listed and (page.modified is None or listed_as_read):
            self._keep(known, item.origins)
            return
        assert self.fetcher  # who lists pages has one  # noqa: S101
        with tempfile.TemporaryDirectory(prefix="sanad-") as folder:
            try:
                fetched = self.fetcher.fetch(page.url)
            except SourceError as error:
                self.failed.append(Failure(page.url, str(error)))
                self.barren.add(page.url)
                return
            path = Path(folder) / f"page{fetched.ending}"
            path.write_bytes(fetched.data)
            if fetched.modified:
                changed = datetime.combine(fetched.modified, time(12), UTC).timestamp()
                os.utime(path, (changed, changed))
            self._take(path, item)

    def _take(self, path: Path, item: Item, begun: Iterable[Read | Failure] | None = None) -> None:
        """Look at one file, and read it where its content is not known, unless that has begun."""
        place, known, origins = item.name, item.known, item.origins
        try:
            content = digest_file(path, item.fields)
        except OSError as error:
            self.failed.append(Failure(place, f"{place}: cannot be read: {error.strerror}"))
            return
        if known is None and (moved := self._moved_from(content)):
            with self.catalog.change() as change:
                change.move_source(moved, place)
            known, origins = (
                self.catalog.provenance.sources([place])[place],
                self.catalog.provenance.origins(place=place),
            )
        before = {origin.key: origin for origin in origins}
        restored = self.restore and any(origin.removed for origin in before.values())
        # What gave no article is tried again: it may be readable now, with other programs at hand.
        if known and known.digest == content and before and not restored:
            self._keep(known, origins)
            return
        failures, seen = [], set()
        for found in begun or begin(path, item, self.writer.workers):
            if isinstance(found, Failure):
                failures.append(found)
                continue
            key = found.loaded.key
            while key in seen:  # two parts of one name
                key += "+"
            seen.add(key)
            named = replace(found, loaded=replace(found.loaded, key=key))
            self._take_article(place, named, before.get(key), failures)
            self._articles += 1
            self._tell(found.loaded.share)
        self.failed += failures
        if not seen:
            self.barren.add(place)
        self._forget([o for key, o in before.items() if key not in seen and (seen or not failures)])
        record = SourceRecord(place, content, date.today(), tuple(failure.reason for failure in failures))
        if known is None or (known.digest, known.failures) != (record.digest, record.failures):
            self.writer.record(record)

    def _keep(self, known: SourceRecord, origins: Iterable[OriginRecord]) -> None:
        """Report what a source gave when it was read, and what in it could not be read."""
        self.unchanged += [origin.article_id for origin in origins if not origin.removed]
        self.failed += [Failure(known.place, reason) for reason in known.failures]

    def _forget(self, gone: Sequence[OriginRecord]) -> None:
        """Forget parts of a source that are no longer in it."""
        if gone:
            with self.catalog.change() as change:
                for origin in gone:
                    change.forget_origin(origin)
                self._release(change, gone)

    def _take_article(self, place: str, found: Read, before: OriginRecord | None, failures: list[Failure]) -> None:
        """Queue an article of a source if it is new or changed."""
        loaded, raw = found.loaded, found.digest
        if before and before.digest == raw and not (before.removed and self.restore):
            if not before.removed:
                self.unchanged.append(before.article_id)
            return
        article = found.cleaned or clean_article(loaded.article)
        if not article.text:
            failures.append(Failure(place, f"{place}: nothing is left of it but debris of a page"))
            return
        whole, article = article, self.repeated.strip(article, before.article_id if before else "")
        origin = OriginRecord(place, loaded.key, article.id, raw)
        content = digest_content(article)
        same = self._same(content)
        if same and not (before and before.article_id == same):
            with self.catalog.change() as change:
                change.record_origin(replace(origin, article_id=same))
                self._release(change, [before] if before else [])
            self.copies.append(same)
            return
        identifier = self._identifier(loaded, origin, before)
        if before and before.article_id != identifier:
            with self.catalog.change() as change:
                change.forget_origin(before)
                self._release(change, [before])
        article = replace(article, id=identifier)
        self.repeated.record(article, whole)
        self._queue(article, replace(origin, article_id=identifier))

    def _same(self, content: str) -> str | None:
        """Return the id of the article of this content, if it is known or waits to be."""
        return next((w.article.id for w in self.writer if w.digest == content), self.catalog.article_with(content))

    def _identifier(self, loaded: Loaded, origin: OriginRecord, before: OriginRecord | None) -> str:
        """Return the id of an article: what its source says, else what it has had; another where that is taken."""
        wanted = before.article_id if before and not loaded.named else loaded.article.id
        waits = {w.article.id for w in self.writer if w.origin and not w.origin.is_of(origin)}
        if wanted in waits or any(not o.is_of(origin) for o in self.catalog.provenance.origins(article_id=wanted)):
            return f"{loaded.article.id}~{digest(origin.place, origin.key)[:6]}"
        return wanted

    def _queue(self, article: Article, origin: OriginRecord | None) -> None:
        (self.changed if self.catalog.has_article(article.id) else self.added).append(article.id)
        self.writer.put(article, origin)

    def _moved_from(self, content: str) -> str | None:
        """Return the place that a source of this content had before it was renamed."""
        return next(
            (p for p in self.catalog.provenance.places_of(content) if not is_address(p) and not Path(p).exists()), None
        )

    def _remove_missing(self, folders: Sequence[Path], present: Collection[str]) -> None:
        """Remove the articles that came from these folders and whose files are no longer there."""
        gone = [
            place
            for place in self.catalog.provenance.sources()
            if place not in present and any(Path(place).is_relative_to(folder) for folder in folders)
        ]
        if gone:
            with self.catalog.change() as change:
                origins = [origin for place in gone for origin in self.catalog.provenance.origins(place=place)]
                change.forget_sources(gone)
                self._release(change, origins)

    def _release(self, change: Change, origins: Iterable[OriginRecord]) -> None:
        """Leave out the articles of origins that are no more, unless another origin has them too."""
        leaving = list(origins)
        for origin in leaving:
            sharing = self.catalog.provenance.origins(article_id=origin.article_id)
            others = [o for o in sharing if not any(o.is_of(leaver) for leaver in leaving)]
            if not others and not origin.removed and origin.article_id not in self.removed:
                change.drop([origin.article_id])
                change.forget_edges(origin.article_id)
                self.removed.append(origin.article_id)
