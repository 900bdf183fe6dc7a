"""Files → catalog and store: clean, chunk and encode what is new or changed, a batch of articles at a time.

Every source and every article in it is known by a digest of its content: what is as it was is not read again; of an
article that changed only new sentences are encoded; what only moved is only renamed.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import partial
from pathlib import Path

import numpy as np

from rag.catalog import Catalog
from rag.change import Change, OriginRecord, SourceRecord
from rag.chunk import split_passages
from rag.clean import clean_article
from rag.errors import SourceError
from rag.identity import digest, digest_content, digest_file, digest_loaded
from rag.index_report import Failure, IndexReport
from rag.load import Loaded, load_articles
from rag.load.web import Fetcher, Listed, is_address
from rag.passage_encoder import PassageEncoder
from rag.place import Place
from rag.store import Store
from rag.types import Article

Progress = Callable[[int, int, str], None]
"""Called as `progress(done, total, name)` after each source, and after each batch of a source of many articles."""

_BATCH = 16  # articles encoded and written together: enough to fill the encoder, little to lose


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An article that is to be encoded and written."""

    article: Article
    digest: str
    origin: OriginRecord | None


@dataclass(frozen=True, slots=True)
class _Item:
    """A file or page that is taken, and what is known of it."""

    name: str
    fields: Mapping[str, str]
    known: SourceRecord | None
    origins: Sequence[OriginRecord]


@dataclass
class Update:
    """One run over sources.

    Args:
        catalog: open for writing; knows the index's `passage_tokens`.
        store: where the passages' vectors go.
        encoder: makes them.
        restore: index again what was removed by hand; else only when its file has changed since.
        fetcher: gives what addresses on the web hold; without it they are failures.
    """

    catalog: Catalog
    store: Store
    encoder: PassageEncoder
    restore: bool
    fetcher: Fetcher | None = None
    _waiting: list[_Waiting] = field(default_factory=list)
    _read: list[SourceRecord] = field(default_factory=list)
    _tell: Callable[[str], None] | None = None
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)

    def take_all(self, places: Sequence[Place], progress: Progress | None, *, sync: bool) -> None:
        """Take the files and pages of places; with `sync`, remove what came from a folder and is no longer there."""
        items: dict[str, tuple[Listed | None, Mapping[str, str]]]
        items = {str(path.absolute()): (None, place.fields) for place in places for path in place.files}
        for place in places:
            if place.is_address:
                items.update({page.url: (page, place.fields) for page in self._list_pages(place.path)})
        known, origins = self.catalog.sources(list(items)), self.catalog.origins_of(list(items))
        for number, (name, (page, fields)) in enumerate(items.items()):
            if progress:
                self._tell = partial(progress, number, len(items))
            take = _Item(name, fields, known.get(name), origins.get(name, []))
            if page:
                self._fetch(page, take)
            else:
                self._take(Path(name), take)
            if progress:
                progress(number + 1, len(items), Path(name).name)
        self._write()
        if sync:
            folders = [Path(place.path) for place in places if not place.is_address]
            self._remove_missing(folders, items.keys())

    def put_all(self, articles: Sequence[Article], progress: Progress | None) -> None:
        """Take articles that come from no file; those that the catalog holds as they are count as unchanged."""
        for number, raw in enumerate(articles, start=1):
            article = clean_article(raw)
            if self.catalog.article(article.id) == article:
                self.unchanged.append(article.id)
            else:
                self._queue(article, None)
            if progress:
                progress(number, len(articles), article.title)
        self._write()

    def report(self) -> IndexReport:
        """Return what the run did."""
        added, changed, unchanged = tuple(self.added), tuple(self.changed), tuple(dict.fromkeys(self.unchanged))
        return IndexReport(added, changed, unchanged, tuple(self.removed), tuple(self.copies), tuple(self.failed))

    def _list_pages(self, address: str) -> list[Listed]:
        """Return the pages that an address lists, or itself."""
        try:
            if self.fetcher is None:
                raise SourceError(f"{address}: addresses are not read here")
            listed = self.fetcher.list_pages(address)
        except SourceError as error:
            self.failed.append(Failure(address, str(error)))
            return []
        return [Listed(address)] if listed is None else listed

    def _fetch(self, page: Listed, item: _Item) -> None:
        """Fetch a page and take it; one of a list that is known is not fetched again unless it says that it changed."""
        known = item.known
        listed_as_read = page.modified and known and page.modified < known.read
        if known and item.origins and page.listed and (page.modified is None or listed_as_read):
            self._keep(known, item.origins)
            return
        assert self.fetcher
        with tempfile.TemporaryDirectory(prefix="sanad-") as folder:
            try:
                fetched = self.fetcher.fetch(page.url)
            except SourceError as error:
                self.failed.append(Failure(page.url, str(error)))
                return
            path = Path(folder) / f"page{fetched.ending}"
            path.write_bytes(fetched.data)
            self._take(path, item)

    def _take(self, path: Path, item: _Item) -> None:
        """Look at one file, and read it where its content is not known."""
        place, known, origins = item.name, item.known, item.origins
        try:
            content = digest_file(path, item.fields)
        except OSError as error:
            self.failed.append(Failure(place, f"{place}: cannot be read: {error.strerror}"))
            return
        if known is None and (moved := self._moved_from(content)):
            with self.catalog.change() as change:
                change.move_source(moved, place)
            known, origins = self.catalog.sources([place])[place], self.catalog.origins(place=place)
        before = {origin.key: origin for origin in origins}
        restored = self.restore and any(origin.removed for origin in before.values())
        # What gave no article is tried again: it may be readable now, with other programs at hand.
        if known and known.digest == content and before and not restored:
            self._keep(known, origins)
            return
        failures, seen = [], set()
        for found in load_articles(path, item.fields, place):
            if isinstance(found, Failure):
                failures.append(found)
                continue
            key = found.key
            while key in seen:  # two parts of one name
                key += "+"
            seen.add(key)
            self._take_article(place, replace(found, key=key), before.get(key), failures)
            if self._tell and len(seen) % _BATCH == 0:
                self._tell(f"{Path(place).name}: {len(seen)}")
        self.failed += failures
        self._forget([o for key, o in before.items() if key not in seen and (seen or not failures)])
        record = SourceRecord(place, content, date.today(), tuple(failure.reason for failure in failures))
        if known is None or (known.digest, known.failures) != (record.digest, record.failures):
            self._read.append(record)  # it counts as read when all its articles are written

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

    def _take_article(self, place: str, loaded: Loaded, before: OriginRecord | None, failures: list[Failure]) -> None:
        """Queue an article of a source if it is new or changed."""
        raw = digest_loaded(loaded.article)
        if before and before.digest == raw and not (before.removed and self.restore):
            if not before.removed:
                self.unchanged.append(before.article_id)
            return
        article = clean_article(loaded.article)
        if not article.text:
            failures.append(Failure(place, f"{place}: nothing is left of it but debris of a page"))
            return
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
        self._queue(replace(article, id=identifier), replace(origin, article_id=identifier))

    def _same(self, content: str) -> str | None:
        """Return the id of the article of this content, if it is known or waits to be."""
        waits = (waiting.article.id for waiting in self._waiting if waiting.digest == content)
        return next(waits, None) or self.catalog.article_with(content)

    def _identifier(self, loaded: Loaded, origin: OriginRecord, before: OriginRecord | None) -> str:
        """Return the id of an article: what its source says, else what it has had; another where that is taken."""
        wanted = before.article_id if before and not loaded.named else loaded.article.id
        waits = {w.article.id for w in self._waiting if w.origin and not _is_same(w.origin, origin)}
        if wanted in waits or any(not _is_same(o, origin) for o in self.catalog.origins(article_id=wanted)):
            return f"{loaded.article.id}~{digest(origin.place, origin.key)[:6]}"
        return wanted

    def _queue(self, article: Article, origin: OriginRecord | None) -> None:
        (self.changed if self.catalog.has_article(article.id) else self.added).append(article.id)
        self._waiting.append(_Waiting(article, digest_content(article), origin))
        if len(self._waiting) >= _BATCH:
            self._write()

    def _write(self) -> None:
        """Chunk, encode and store what is waiting."""
        if not self._waiting and not self._read:
            return
        budget = int(self.catalog.fact("passage_tokens") or 0)
        cut = [split_passages(w.article, self.encoder.encoder.count_tokens, budget) for w in self._waiting]
        known = [passage for w in self._waiting for passage in self.catalog.passages_of(w.article.id)]
        encoded = iter(self.encoder.encode([passage for passages in cut for passage in passages], known))
        entries = [(w, [next(encoded) for _ in passages]) for w, passages in zip(self._waiting, cut, strict=True)]
        self.catalog.set_facts(dirty=1)  # before the first vector: what a killed run leaves is then looked for
        if added := [passage for _, passages in entries for passage in passages]:
            self.store.put([e.passage for e in added], np.stack([e.vector for e in added]))
        with self.catalog.change() as change:
            for waiting, passages in entries:
                change.put(waiting.article, waiting.digest, passages)
                if waiting.origin:
                    change.record_origin(waiting.origin)
            for record in self._read:
                change.record_source(record)
        self._waiting.clear()
        self._read.clear()

    def _moved_from(self, content: str) -> str | None:
        """Return the place that a source of this content had before it was renamed."""
        return next((p for p in self.catalog.places_of(content) if not is_address(p) and not Path(p).exists()), None)

    def _remove_missing(self, folders: Sequence[Path], present: Collection[str]) -> None:
        """Remove the articles that came from these folders and whose files are no longer there."""
        gone = [
            place
            for place in self.catalog.sources()
            if place not in present and any(Path(place).is_relative_to(folder) for folder in folders)
        ]
        with self.catalog.change() as change:
            origins = [origin for place in gone for origin in self.catalog.origins(place=place)]
            change.forget_sources(gone)
            self._release(change, origins)

    def _release(self, change: Change, origins: Iterable[OriginRecord]) -> None:
        """Leave out the articles of origins that are no more, unless another origin has them too."""
        leaving = list(origins)
        for origin in leaving:
            sharing = self.catalog.origins(article_id=origin.article_id)
            others = [o for o in sharing if not any(_is_same(o, leaver) for leaver in leaving)]
            if not others and not origin.removed and origin.article_id not in self.removed:
                change.drop([origin.article_id])
                self.removed.append(origin.article_id)


def _is_same(one: OriginRecord, other: OriginRecord) -> bool:
    return (one.place, one.key) == (other.place, other.key)
