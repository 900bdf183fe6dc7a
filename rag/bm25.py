"""Terms of passages → how well each passage holds given terms: BM25, from files that are memory-mapped.

Okapi BM25 as Lucene computes it (Kamphuis et al. 2020), by bm25s; the terms lie in a trie by marisa-trie, a few bytes
each. Nothing of either is held in memory but the pages that are read.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

Scores = NDArray[np.float32]

_VOCABULARY = "vocabulary.marisa"
_BLOCK = 256  # scores of which the highest is looked at first
_OWN_VOCABULARY = "vocab.index.json"  # that of bm25s, a dictionary, which indexes have that are older


def load_bm25s() -> None:
    """Load what writes postings, which takes a while."""
    import bm25s  # noqa: F401


def write_postings(terms: list[list[str]], folder: Path, *, k1: float, b: float) -> None:
    """Write the postings of passages, whose terms are given in order, into a folder; nothing where there are none."""
    import bm25s
    import marisa_trie

    if any(terms):
        vocabulary = marisa_trie.Trie({term for of_passage in terms for term in of_passage})
        numbers = dict(vocabulary.items())
        index = bm25s.BM25(method="lucene", k1=k1, b=b)
        index.index(([[numbers[term] for term in of_passage] for of_passage in terms], numbers), show_progress=False)
        index.save(folder)
        vocabulary.save(str(folder / _VOCABULARY))
        (folder / _OWN_VOCABULARY).unlink()


def _read_vocabulary(folder: Path) -> Any:
    """Return what gives the number of a term by `get`; OSError or ValueError where it is not whole."""
    import marisa_trie

    path = folder / _VOCABULARY
    if path.exists():
        try:
            return marisa_trie.Trie().mmap(str(path))
        except RuntimeError as error:
            raise ValueError(f"{path}: {error}") from error
    return json.loads((folder / _OWN_VOCABULARY).read_text(encoding="utf-8"))


class Postings:
    """The scores of each term in each passage that holds it.

    Args:
        folders: what `write_postings` wrote, one a segment; may be missing where there were no terms.
        sizes: how many passages each has.
        gone: rows of passages that score 0.

    Raises:
        OSError, ValueError: they are not whole.
    """

    def __init__(self, folders: Sequence[Path], sizes: Sequence[int], gone: NDArray[np.int64]) -> None:
        import bm25s

        self._size = sum(sizes)
        self._gone = gone  # as in Lucene they go on counting in a term's document frequency
        self._segments: list[tuple[Any, Any, int, int]] = []  # vocabulary, scores, first row, how many
        first = 0
        for folder, size in zip(folders, sizes, strict=True):
            if folder.is_dir():
                index = bm25s.BM25.load(folder, mmap=True, load_corpus=False, load_vocab=False)
                self._segments.append((_read_vocabulary(folder), index.scores, first, size))
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
            rows = np.flatnonzero(best > 0)
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
        for vocabulary, matrix, first, size in self._segments:
            number = vocabulary.get(term)
            if number is not None:
                part = slice(int(matrix["indptr"][number]), int(matrix["indptr"][number + 1]))
                rows.append(matrix["indices"][part].astype(np.intp) + first)  # of other integers NumPy makes these
                values.append(
                    np.asarray(matrix["data"][part], dtype=np.float32) / np.float32(idf(size, part.stop - part.start))
                )
        if not rows:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        return np.concatenate(rows), np.concatenate(values)


def best_rows(scores: Scores, k: int, among: NDArray[np.int64] | None = None) -> NDArray[np.int64]:
    """Return the rows of the k highest scores above 0, best first, of those that score alike the first.

    Args:
        scores: of passages.
        k: how many, at most.
        among: the rows that count, all above 0; every row when None.
    """
    rows = _rows_above(scores, k) if among is None else among
    if len(rows) > k:  # all that score as the last of the best do stay
        least = np.partition(scores[rows], -k)[-k]
        rows = rows[scores[rows] >= least]
    return rows[np.argsort(-scores[rows], kind="stable")[:k]]


def _rows_above(scores: Scores, k: int) -> NDArray[np.int64]:
    """Return the rows that score above 0; of many passages only those that may be among the k best."""
    if len(scores) >= k * _BLOCK:
        highest = np.maximum.reduceat(scores, np.arange(0, len(scores), _BLOCK))
        least = np.partition(highest, -k)[-k]  # so many blocks, and so many scores, reach it
        if least > 0:
            return np.flatnonzero(scores >= least)
    return np.flatnonzero(scores > 0)  # to compare first takes a tenth of the time


def idf(passages: int, holding: int) -> float:
    """Return the inverse document frequency of a term that so many of the passages hold, as Lucene has it."""
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))
