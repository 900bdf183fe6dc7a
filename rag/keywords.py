"""Text → which passages hold its terms: BM25 over the whole index, from files that are memory-mapped.

Okapi BM25 as Lucene computes it (Kamphuis et al. 2020), k1 1.2 and b 0.75 (Robertson et al. 1994), by bm25s. As in
Lucene the index lies in segments that never change: a run of changes adds one for its new passages and lists those that
are gone; when the small segments have become a good part of the large one, all are written anew as one.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rag.catalog import Catalog
from rag.errors import IndexStateError
from rag.home import Home
from rag.segments import Manifest, fetch_keywords, keyword_folder, name_segment, publish_keywords
from rag.skeleton import name_skeletons
from rag.terms import split_terms
from rag.types import Passage

Scores = NDArray[np.float32]

_REMEMBERED = 20_000  # passages whose keywords are kept until all are written: some 30 MB
_MOST_SEGMENTS = 8
_MOST_SMALL = 0.25  # how large all but the largest segment, and what is gone, may be beside it before all is merged


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
        import bm25s  # it takes a while to load, and is needed in the end  # noqa: F401

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
    write_keywords(folder, generation, catalog.every_text(new=True), gone, catalog.every_text, found)
    publish_keywords(home, catalog, generation + 1)


def write_keywords(
    folder: Path,
    generation: int,
    new: Iterable[Passage],
    gone: Collection[str],
    every: Callable[[], Iterable[Passage]],
    found: FoundKeywords,
) -> None:
    """Write the keyword index of the next generation; that of this one is not touched.

    Args:
        folder: of the index.
        generation: the present one, 0 for a new index.
        new: passages that are added; those that are known already are passed over.
        gone: ids of passages that are no longer there.
        every: gives all passages of the next generation, in case they are written anew.
        found: see `update_keywords`.
    """
    try:
        before = Manifest.read(folder, generation)
        sizes = {name: len(_read_ids(folder / "keywords" / name)) for name in before.segments}
        known = {identifier for name in before.segments for identifier in _read_ids(folder / "keywords" / name)}
    except (OSError, ValueError):  # there is none yet, or it is damaged
        before, sizes, known = Manifest(), {}, set()
    if not before.segments:
        rewrite_keywords(folder, generation + 1, every(), found)
        return
    coming = list(new)
    added = [passage for passage in coming if passage.id not in known]
    dead = (before.gone | set(gone)) - {passage.id for passage in coming}
    largest = max(sizes.values())
    if sum(sizes.values()) - largest + len(added) + len(dead) > _MOST_SMALL * largest:
        rewrite_keywords(folder, generation + 1, every(), found)
        return
    segments = before.segments
    if added:
        name = name_segment(generation + 1)
        _write_segment(folder / "keywords" / name, added, found)
        segments = (*segments, name)
    if len(segments) > _MOST_SEGMENTS:
        small = [name for name in segments if sizes.get(name, 0) < largest]
        ids = {identifier for name in small for identifier in _read_ids(folder / "keywords" / name)} - dead
        merged = name_segment(generation + 1)
        _write_segment(folder / "keywords" / merged, (p for p in every() if p.id in ids), found)
        segments = (*(name for name in segments if name not in small), merged)
    Manifest(segments, frozenset(dead)).write(folder, generation + 1)


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


class Postings:
    """The scores of each term in each passage that holds it.

    Args:
        folders: what `bm25s` saved, one a segment; may be missing where there were no terms.
        sizes: how many passages each has.
        gone: rows of passages that score 0.
    """

    def __init__(self, folders: Sequence[Path], sizes: Sequence[int], gone: NDArray[np.int64]) -> None:
        import bm25s

        self._size = sum(sizes)
        self._gone = gone  # as in Lucene they go on counting in a term's document frequency
        self._segments: list[tuple[Any, int, int]] = []  # index, its first row, how many
        first = 0
        for folder, size in zip(folders, sizes, strict=True):
            if folder.is_dir():
                self._segments.append((bm25s.BM25.load(folder, mmap=True, load_corpus=False), first, size))
            first += size

    def match(
        self,
        weights: Mapping[str, float],
        spellings: Mapping[str, Sequence[str]] | None = None,
        beside: float = 0.0,
    ) -> Scores:
        """Return how well each passage holds the terms, 0 to 1: its BM25 score as a part of the highest there could be.

        Args:
            weights: of the terms, above 0.
            spellings: other terms that count as one of these, by it; the best of them in a passage counts.
            beside: the idf of what is asked for beside these terms and cannot be looked up.
        """
        scores = np.zeros(self._size, dtype=np.float32)
        most = beside
        for term, weight in weights.items():
            idf, rows, values = self._gather([term, *(spellings or {}).get(term, ())])
            most += weight * idf
            scores[rows] += weight * values
        scores[self._gone] = 0.0
        return scores / most if most else scores

    def _gather(self, terms: Sequence[str]) -> tuple[float, NDArray[np.integer], Scores]:
        """Return terms that count as one: their common idf, the passages that hold any, and the best score in each."""
        first, *others = (self._postings(term) for term in terms)
        others = [(rows, values) for rows, values in others if len(rows)]
        rows, values = first
        if others:
            best = np.zeros(self._size, dtype=np.float32)
            for rows, values in (first, *others):
                best[rows] = np.maximum(best[rows], values)
            rows = np.flatnonzero(best)
            values = best[rows]
        common = idf(self._size, len(rows))
        return common, rows, values * common

    def rows(self, term: str) -> NDArray[np.integer]:
        """Return the rows of the passages that hold a term."""
        return self._postings(term)[0]

    def idf(self, term: str) -> float:
        """Return a term's inverse document frequency; the highest there is for an unknown one."""
        rows, _ = self._postings(term)
        return idf(self._size, len(rows))

    def _postings(self, term: str) -> tuple[NDArray[np.integer], Scores]:
        """Return the rows that hold a term, and its frequency in each as BM25 counts it, without the term's idf."""
        rows: list[NDArray[np.integer]] = []
        values: list[Scores] = []
        for index, first, size in self._segments:
            number = index.vocab_dict.get(term)
            if number is not None:
                matrix = index.scores
                part = slice(int(matrix["indptr"][number]), int(matrix["indptr"][number + 1]))
                rows.append(np.asarray(matrix["indices"][part]) + first)
                values.append(
                    np.asarray(matrix["data"][part], dtype=np.float32) / np.float32(idf(size, part.stop - part.start))
                )
        if not rows:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        return np.concatenate(rows), np.concatenate(values)


def idf(passages: int, holding: int) -> float:
    """Return the inverse document frequency of a term that so many of the passages hold, as Lucene has it."""
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))


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
    _write(terms, unfinished / "terms", k1=1.2, b=0.75)
    _write(names, unfinished / "names", k1=0, b=0)  # a name is there or not: the score is its idf
    (unfinished / "passages.json").write_text(json.dumps(ids), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)


def _find_keywords(passage: Passage) -> Keywords:
    text = f"{passage.title}\n{passage.text}"
    return Keywords([term.text for term in split_terms(text)], sorted(name_skeletons(text, passage.language)))


def _read_ids(segment: Path) -> list[str]:
    return list(json.loads((segment / "passages.json").read_text(encoding="utf-8")))


def _write(terms: list[list[str]], folder: Path, *, k1: float, b: float) -> None:
    import bm25s

    if any(terms):
        index = bm25s.BM25(method="lucene", k1=k1, b=b)
        index.index(terms, show_progress=False)
        index.save(folder)
