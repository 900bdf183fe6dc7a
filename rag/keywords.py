"""Passages → the keyword index of each generation: their terms by BM25, and the consonants of their names.

As in Lucene the index lies in segments that never change: a run of changes adds one for its new passages and lists
those that are gone. When segments are many, those of about one size are written anew as one, as a log-structured merge
tree does it, so that a passage is read again but a few times however large the index grows; when much is gone, all are.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping
from pathlib import Path
from typing import NamedTuple

import numpy as np

from rag.bm25 import Postings, load_bm25s, write_postings
from rag.catalog import Catalog
from rag.errors import IndexStateError
from rag.home import Home
from rag.segments import Manifest, fetch_keywords, keyword_folder, name_segment, publish_keywords
from rag.skeleton import name_skeletons
from rag.terms import split_terms
from rag.types import Passage

_REMEMBERED = 20_000  # passages whose keywords are kept until all are written: some 30 MB
_MOST_SEGMENTS = 8
_MOST_GONE = 0.25  # share of the passages that may be gone before all is written anew
_APART = 2.0  # how many times as large as all smaller ones together a segment is that is not merged with them


class Keywords(NamedTuple):
    """What a passage is found by: its terms in order, its title's among them, and the consonants of its names."""

    terms: list[str]
    names: list[str]


class FoundKeywords:
    """The keywords of passages, found while others are encoded, so that less is left to do when all are there."""

    def __init__(self) -> None:
        self._found: dict[str, Keywords] = {}

    def add(self, passages: Iterable[Passage]) -> None:
        """Find the keywords of passages, unless those of many are kept already."""
        load_bm25s()  # it is needed in the end
        for passage in passages:
            if len(self._found) < _REMEMBERED:
                self._found[passage.id] = _find_keywords(passage)

    def of(self, passage: Passage) -> Keywords:
        """Return the keywords of a passage, whether or not they were found before."""
        return self._found.get(passage.id) or _find_keywords(passage)


def update_keywords(home: Home, catalog: Catalog, gone: Collection[str], found: FoundKeywords) -> None:
    """Write the keyword index of the next generation where its readers find it.

    Args:
        home: of the index.
        catalog: open for writing.
        gone: ids of passages that are no longer there.
        found: keywords that need not be found again.
    """
    generation = catalog.generation
    try:
        folder = fetch_keywords(home, catalog, generation)
    except IndexStateError:  # it is missing, and made anew
        folder = keyword_folder(home, catalog)

    def read(ids: Collection[str] | None) -> Iterable[Passage]:
        return catalog.every_text() if ids is None else catalog.each_text(ids)

    write_keywords(folder, generation, catalog.every_text(new=True), gone, read, found)
    publish_keywords(home, catalog, generation + 1)


def write_keywords(
    folder: Path,
    generation: int,
    new: Iterable[Passage],
    gone: Collection[str],
    read: Callable[[Collection[str] | None], Iterable[Passage]],
    found: FoundKeywords,
) -> None:
    """Write the keyword index of the next generation; that of this one is not touched.

    Args:
        folder: of the index.
        generation: the present one, 0 for a new index.
        new: passages that are added; those that are known already are passed over.
        gone: ids of passages that are no longer there.
        read: gives passages of the next generation by their ids, all for None, in case they are written anew.
        found: see `update_keywords`.
    """
    try:
        before = Manifest.read(folder, generation)
        sizes = {name: len(_read_ids(folder / "keywords" / name)) for name in before.segments}
        known = {identifier for name in before.segments for identifier in _read_ids(folder / "keywords" / name)}
    except (OSError, ValueError):  # there is none yet, or it is damaged
        before, sizes, known = Manifest(), {}, set()
    if not before.segments:
        rewrite_keywords(folder, generation + 1, read(None), found)
        return
    coming = list(new)
    added = [passage for passage in coming if passage.id not in known]
    dead = (before.gone | set(gone)) - {passage.id for passage in coming}
    if len(dead) > _MOST_GONE * sum(sizes.values()):
        rewrite_keywords(folder, generation + 1, read(None), found)
        return
    segments = before.segments
    if added:
        name = name_segment(generation + 1)
        _write_segment(folder / "keywords" / name, added, found)
        segments, sizes[name] = (*segments, name), len(added)
    if len(segments) > _MOST_SEGMENTS:
        small = _of_one_size(sizes)
        ids = {identifier for name in small for identifier in _read_ids(folder / "keywords" / name)} - dead
        merged = name_segment(generation + 1)
        _write_segment(folder / "keywords" / merged, read(ids), found)
        segments = (*(name for name in segments if name not in small), merged)
    Manifest(segments, frozenset(dead)).write(folder, generation + 1)


def _of_one_size(sizes: Mapping[str, int]) -> set[str]:
    """Return the smallest segments, two at least, up to one that is far larger than they are together."""
    chosen: set[str] = set()
    together = 0
    for name in sorted(sizes, key=sizes.__getitem__):
        if len(chosen) > 1 and sizes[name] > _APART * together:
            break
        chosen.add(name)
        together += sizes[name]
    return chosen


def rewrite_keywords(
    folder: Path, generation: int, every: Iterable[Passage], found: FoundKeywords | None = None
) -> None:
    """Write the keyword index of a generation anew, of all its passages; `found` as for `update_keywords`."""
    name = name_segment(generation)
    _write_segment(folder / "keywords" / name, every, found or FoundKeywords())
    Manifest((name,)).write(folder, generation)


class KeywordIndex:
    """The keyword index of a generation: the passages' terms, and the consonants of their names.

    Args:
        folder: of the index.
        generation: which.

    Attributes:
        ids: of the passages, in the order of all scores; those that are gone among them score 0.

    Raises:
        IndexStateError: it is not there or not whole.
    """

    def __init__(self, folder: Path, generation: int) -> None:
        try:
            manifest = Manifest.read(folder, generation)
            segments = [folder / "keywords" / name for name in manifest.segments]
            of_segment = [_read_ids(segment) for segment in segments]
            self.ids: list[str] = [identifier for ids in of_segment for identifier in ids]
            self._gone = manifest.gone
            gone = np.array([row for row, i in enumerate(self.ids) if i in manifest.gone], dtype=np.int64)
            sizes = [len(ids) for ids in of_segment]
            self.terms = Postings([segment / "terms" for segment in segments], sizes, gone)
            self.names = Postings([segment / "names" for segment in segments], sizes, gone)
        except (OSError, ValueError, KeyError) as error:
            raise IndexStateError(
                f"{folder}: the keyword index is missing or damaged; mend it: sanad doctor --repair"
            ) from error
        self._rows = {identifier: row for row, identifier in enumerate(self.ids)}

    def row(self, passage_id: str) -> int | None:
        """Return the place of a passage in `ids` and in scores, None where the index does not hold it."""
        return self._rows.get(passage_id)

    @property
    def passage_ids(self) -> set[str]:
        """The ids of all passages that are not gone."""
        return set(self.ids) - self._gone


def _write_segment(folder: Path, passages: Iterable[Passage], found: FoundKeywords) -> None:
    """Write the index of passages into a folder, whole or not at all."""
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    ids, terms, names = [], [], []
    for passage in passages:
        ids.append(passage.id)
        of_terms, of_names = found.of(passage)
        terms.append(of_terms)
        names.append(of_names)
    write_postings(terms, unfinished / "terms", k1=1.2, b=0.75)  # as Robertson et al. 1994
    write_postings(names, unfinished / "names", k1=0, b=0)  # a name is there or not: the score is its idf
    (unfinished / "passages.json").write_text(json.dumps(ids), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)


def _find_keywords(passage: Passage) -> Keywords:
    text = f"{passage.title}\n{passage.text}"
    return Keywords([term.text for term in split_terms(text)], sorted(name_skeletons(text, passage.language)))


def _read_ids(segment: Path) -> list[str]:
    return list(json.loads((segment / "passages.json").read_text(encoding="utf-8")))
