"""Files → catalog and store: clean, chunk and encode what is new or changed, a batch of articles at a time.

Every source and every article in it is known by a digest of its content: what is as it was is not read again; of an
article that changed only new sentences are encoded; what only moved is only renamed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path

import numpy as np

from rag.catalog import Catalog
from rag.change import Change, OriginRecord, SourceRecord
from rag.chunk import split_passages
from rag.clean import clean_article
from rag.index_report import Failure, IndexReport
from rag.load import Loaded, load_articles
from rag.passage_encoder import PassageEncoder
from rag.store import Store
from rag.types import Article

Progress = Callable[[int, int, str], None]
"""Called as `progress(done, total, name)` after each source, and after each batch of a source of many articles."""

_BATCH = 16  # articles encoded and written together: enough to fill the encoder, little to lose


@dataclass(frozen=True, slots=True)
class Place:
    """What was named to be indexed.

    Attributes:
        path: of a file or folder, or a pattern.
        files: that are there now.
        fields: how tables of articles among them name what they hold; see `load_articles`.
    """

    path: str
    files: Sequence[Path]
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class _Waiting:
    """An article that is to be encoded and written."""

    article: Article
    digest: str
    origin: OriginRecord | None


@dataclass
class Update:
    """One run over sources.

    Args:
        catalog: open for writing; knows the index's `passage_tokens`.
        store: where the passages' vectors go.
        encoder: makes them.
        restore: index again what was removed by hand; else only when its file has changed since.
    """

    catalog: Catalog
    store: Store
    encoder: PassageEncoder
    restore: bool
    _waiting: list[_Waiting] = field(default_factory=list)
    _tell: Callable[[str], None] | None = None
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    copies: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)

    def take_all(self, places: Sequence[Place], progress: Progress | None, *, sync: bool) -> None:
        """Take the files of places; with `sync`, remove what came from a place and is no longer there."""
        files = {path.absolute(): place.fields for place in places for path in place.files}
        known = self.catalog.sources(list(map(str, files)))
        origins = self.catalog.origins_of(list(map(str, files)))
        for number, (path, fields) in enumerate(files.items()):
            if progress:
                self._tell = partial(progress, number, len(files))
            self._take(path, fields, known.get(str(path)), origins.get(str(path), []))
            if progress:
                progress(number + 1, len(files), path.name)
        self._write()
        if sync:
            self._remove_missing([Path(place.path) for place in places], set(map(str, files)))

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
        return IndexReport(
            added=tuple(self.added),
            changed=tuple(self.changed),
            unchanged=tuple(dict.fromkeys(self.unchanged)),
            removed=tuple(self.removed),
            copies=tuple(self.copies),
            failed=tuple(self.failed),
        )

    def _take(
        self, path: Path, fields: Mapping[str, str], known: SourceRecord | None, origins: Sequence[OriginRecord]
    ) -> None:
        """Look at one file, and read it where its content is not known."""
        place = str(path)
        try:
            digest = _digest_file(path, fields)
        except OSError as error:
            self.failed.append(Failure(place, f"{path}: cannot be read: {error.strerror}"))
            return
        if known is None and (moved := self._moved_from(digest)):
            with self.catalog.change() as change:
                change.move_source(moved, place)
            known, origins = SourceRecord(place, digest), self.catalog.origins(place=place)
        before = {origin.key: origin for origin in origins}
        restored = self.restore and any(origin.removed for origin in before.values())
        # What gave no article is tried again: it may be readable now, with other programs at hand.
        if known and known.digest == digest and before and not restored:
            self.unchanged += [origin.article_id for origin in before.values() if not origin.removed]
            self.failed += [Failure(place, reason) for reason in known.failures]
            return
        failures, seen = [], set()
        for found in load_articles(path, fields):
            if isinstance(found, Failure):
                failures.append(found)
                continue
            key = found.key
            while key in seen:  # two parts of one name
                key += "+"
            seen.add(key)
            self._take_article(place, replace(found, key=key), before.get(key), failures)
            if self._tell and len(seen) % _BATCH == 0:
                self._tell(f"{path.name}: {len(seen)}")
        self._write()  # a source counts as read when all its articles are written
        self.failed += failures
        record = SourceRecord(place, digest, tuple(failure.reason for failure in failures))
        gone = [origin for key, origin in before.items() if key not in seen] if seen or not failures else []
        if gone or record != known:
            with self.catalog.change() as change:
                for origin in gone:
                    change.forget_origin(origin)
                self._release(change, gone)
                change.record_source(record)

    def _take_article(self, place: str, loaded: Loaded, before: OriginRecord | None, failures: list[Failure]) -> None:
        """Queue an article of a source if it is new or changed."""
        digest = _digest_loaded(loaded.article)
        if before and before.digest == digest and not (before.removed and self.restore):
            if not before.removed:
                self.unchanged.append(before.article_id)
            return
        article = clean_article(loaded.article)
        if not article.text:
            failures.append(Failure(place, f"{place}: nothing is left of it but debris of a page"))
            return
        origin = OriginRecord(place, loaded.key, article.id, digest)
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
            return f"{loaded.article.id}~{_digest(origin.place, origin.key)[:6]}"
        return wanted

    def _queue(self, article: Article, origin: OriginRecord | None) -> None:
        (self.changed if self.catalog.has_article(article.id) else self.added).append(article.id)
        self._waiting.append(_Waiting(article, digest_content(article), origin))
        if len(self._waiting) >= _BATCH:
            self._write()

    def _write(self) -> None:
        """Chunk, encode and store what is waiting."""
        if not self._waiting:
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
        self._waiting.clear()

    def _moved_from(self, digest: str) -> str | None:
        """Return the place that a source of this content had before it was renamed."""
        return next((place for place in self.catalog.places_of(digest) if not Path(place).exists()), None)

    def _remove_missing(self, folders: Sequence[Path], present: set[str]) -> None:
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


def digest_content(article: Article) -> str:
    """Return what tells an article from others: where it is the same, one is enough."""
    day = article.published if article.dated_by != "file" else None
    return _digest(article.title, article.text, article.source, day)


def _digest_loaded(article: Article) -> str:
    """Return what tells whether an article has changed in its source; the day of a file is not part of it."""
    fields = article.to_dict() | ({"published": None} if article.dated_by == "file" else {})
    return _digest(*fields.values())


def _digest_file(path: Path, fields: Mapping[str, str]) -> str:
    with path.open("rb") as stream:
        content = hashlib.file_digest(stream, "sha256").hexdigest()
    return _digest(content, *sorted(fields.items())) if fields else content


def _digest(*parts: object) -> str:
    return hashlib.sha256("\x1f".join(map(str, parts)).encode("utf-8", "surrogatepass")).hexdigest()
