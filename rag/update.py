"""Files → catalog and store: clean, chunk and encode what is new or changed, a batch of articles at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import numpy as np

from rag.calibrate import LANGUAGES, Calibration, encode_tokens_as_codes
from rag.catalog import Catalog, SourceRecord
from rag.chunk import split_passages
from rag.clean import clean
from rag.encode import Encoder
from rag.encoded import EncodedPassage
from rag.errors import SourceError
from rag.load import load_article
from rag.store import Store
from rag.types import Article, Failure, IndexReport, Passage

Progress = Callable[[int, int, str], None]
"""Called as `progress(done, total, name)` after each source."""

_BATCH = 16  # articles encoded and written together: enough to fill the encoder, little to lose


@dataclass
class Update:
    """One run over sources.

    Args:
        catalog: open for writing; knows the index's `passage_tokens`.
        store: where the passages' vectors go.
        encoder: makes them.
        calibration: the encoder's.
        late: whether token vectors are kept, for late interaction.
        restore: index again what was removed by hand; else only when its file has changed since.
    """

    catalog: Catalog
    store: Store
    encoder: Encoder
    calibration: Calibration
    late: bool
    restore: bool
    _waiting: list[tuple[Article, SourceRecord | None]] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    changed: list[str] = field(default_factory=list)
    unchanged: list[str] = field(default_factory=list)
    removed: list[str] = field(default_factory=list)
    failed: list[Failure] = field(default_factory=list)

    def __post_init__(self) -> None:
        self._sources = self.catalog.sources()
        self._articles = {article.id for article in self.catalog.articles()}

    def take_all(self, files: Mapping[str, Sequence[Path]], progress: Progress | None, *, sync: bool) -> None:
        """Take the files of each place; with `sync`, remove what came from a place and is no longer there."""
        paths = list(dict.fromkeys(path.absolute() for found in files.values() for path in found))
        for number, path in enumerate(paths, start=1):
            self._take(path)
            if progress:
                progress(number, len(paths), path.name)
        self._write()
        if sync:
            self._remove_missing([Path(place) for place in files], paths)

    def put_all(self, articles: Sequence[Article], progress: Progress | None) -> None:
        """Take articles that come from no file; those that the catalog holds as they are count as unchanged."""
        for number, raw in enumerate(articles, start=1):
            article = replace(raw, title=clean(raw.title), text=clean(raw.text))
            if article.id in self._articles and self.catalog.article(article.id) == article:
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
            unchanged=tuple(self.unchanged),
            removed=tuple(self.removed),
            failed=tuple(self.failed),
        )

    def _take(self, path: Path) -> None:
        """Look at one file; queue its article if it is new or changed."""
        place = str(path)
        try:
            digest = hashlib.sha256(path.read_bytes()).hexdigest()
        except OSError as error:
            self.failed.append(Failure(place, f"{path}: cannot be read: {error.strerror}"))
            return
        known = self._sources.get(place)
        if known and known.digest == digest and not (known.removed and self.restore):
            if not known.removed:
                self.unchanged.append(known.article_id)
            return
        try:
            raw = load_article(path)
            article = replace(raw, title=clean(raw.title), text=clean(raw.text))
            self._check_id(article.id, place)
        except SourceError as error:
            self.failed.append(Failure(place, str(error)))
            return
        if known and known.article_id != article.id and known.article_id in self._articles:
            self._remove([known.article_id])
        record = SourceRecord(place, digest, article.id, removed=False)
        self._sources[place] = record
        self._queue(article, record)

    def _queue(self, article: Article, record: SourceRecord | None) -> None:
        (self.changed if article.id in self._articles else self.added).append(article.id)
        self._articles.add(article.id)
        self._waiting.append((article, record))
        if len(self._waiting) >= _BATCH:
            self._write()

    def _write(self) -> None:
        """Chunk, encode and store what is waiting."""
        if not self._waiting:
            return
        budget = int(self.catalog.fact("passage_tokens") or 0)
        cut = [split_passages(article, self.encoder.count_tokens, budget) for article, _ in self._waiting]
        encoded = iter(self._encode([passage for passages in cut for passage in passages]))
        entries = [
            (article, [next(encoded) for _ in passages])
            for (article, _), passages in zip(self._waiting, cut, strict=True)
        ]
        self.store.delete(self.catalog.put(entries))
        if added := [passage for _, passages in entries for passage in passages]:
            self.store.put([e.passage for e in added], np.stack([e.vector for e in added]))
        self.catalog.record_sources(record for _, record in self._waiting if record)
        self._waiting.clear()

    def _encode(self, passages: Sequence[Passage]) -> list[EncodedPassage]:
        """Encode the sentences of passages together, and calibrate each by its language."""
        sentences = [(passage.language, sentence.text) for passage in passages for sentence in passage.sentences]
        raw = self.encoder.encode_sentences([text for _, text in sentences], with_tokens=self.late)
        languages = np.array([language for language, _ in sentences])
        vectors, universal = np.zeros_like(raw.vectors), np.zeros_like(raw.universal)
        for language in LANGUAGES:
            mine = languages == language
            vectors[mine] = self.calibration.apply(raw.vectors[mine], "sentence", language)
            universal[mine] = self.calibration.apply(raw.universal[mine], "universal_sentence", language)
        codes = None
        if self.late and raw.tokens is not None and self.calibration.projection is not None:
            codes = [
                encode_tokens_as_codes(self.calibration.project(tokens, "sentence_token", language))
                for tokens, (language, _) in zip(raw.tokens, sentences, strict=True)
            ]
        encoded, at = [], 0
        for passage in passages:
            mine = slice(at, at := at + len(passage.sentences))
            if codes is None:
                encoded.append(EncodedPassage(passage, vectors[mine], universal[mine]))
            else:
                counts = tuple(len(rows) for rows in codes[mine])
                encoded.append(
                    EncodedPassage(passage, vectors[mine], universal[mine], np.concatenate(codes[mine]), counts)
                )
        return encoded

    def _remove(self, article_ids: Sequence[str]) -> None:
        self.store.delete(self.catalog.delete(article_ids))
        self.removed += article_ids
        self._articles -= set(article_ids)

    def _remove_missing(self, folders: Sequence[Path], files: Sequence[Path]) -> None:
        """Remove the articles that came from these folders and whose files are no longer there."""
        present = set(map(str, files))
        gone = [
            record
            for place, record in self._sources.items()
            if place not in present and any(Path(place).is_relative_to(folder) for folder in folders)
        ]
        self.catalog.forget_sources(record.place for record in gone)
        self._remove([record.article_id for record in gone if not record.removed])

    def _check_id(self, article_id: str, place: str) -> None:
        for other, record in self._sources.items():
            if record.article_id == article_id and other != place and not record.removed and Path(other).exists():
                raise SourceError(f"{place}: its id {article_id} is already that of {other}; give it another")
