"""Index terms → the passages that hold them, by BM25, from files that are memory-mapped.

Okapi BM25 as Lucene computes it (Kamphuis et al. 2020), k1 1.2 and b 0.75 (Robertson et al. 1994), by bm25s.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexStateError
from rag.skeleton import name_skeletons
from rag.terms import split_terms
from rag.types import Passage

Scores = NDArray[np.float32]


def keyword_folder(index: Path, generation: int) -> Path:
    """Return where the keyword index of a generation lies in the folder of an index."""
    return index / f"keywords-{generation}"


def write_keyword_index(passages: Iterable[Passage], folder: Path) -> None:
    """Write the index of all passages into a folder, whole or not at all; a title's words count for its passages."""
    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    ids, terms, names = [], [], []
    for passage in passages:
        text = f"{passage.title}\n{passage.text}"
        ids.append(passage.id)
        terms.append([term.text for term in split_terms(text)])
        names.append(sorted(name_skeletons(text, passage.language)))
    _write(terms, unfinished / "terms", k1=1.2, b=0.75)
    _write(names, unfinished / "names", k1=0, b=0)  # a name is there or not: the score is its idf
    (unfinished / "passages.json").write_text(json.dumps(ids), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)


class KeywordIndex:
    """An index that `write_keyword_index` wrote: the passages' terms, and the consonants of their names.

    Attributes:
        ids: of the passages, in the order of all scores.

    Raises:
        IndexStateError: the folder is not there or not whole.
    """

    def __init__(self, folder: Path) -> None:
        try:
            self.ids: list[str] = json.loads((folder / "passages.json").read_text(encoding="utf-8"))
            self.terms = Postings(folder / "terms", len(self.ids))
            self.names = Postings(folder / "names", len(self.ids))
        except (OSError, ValueError) as error:
            raise IndexStateError(f"{folder}: the keyword index is missing or damaged; run: sanad index") from error
        self._rows = {identifier: row for row, identifier in enumerate(self.ids)}

    def row(self, passage_id: str) -> int | None:
        """Return the place of a passage in `ids` and in scores, None where the index does not hold it."""
        return self._rows.get(passage_id)


class Postings:
    """The scores of each term in each passage that holds it.

    Args:
        folder: what `bm25s` saved; may be missing where there were no terms.
        passages: how many there are.
    """

    def __init__(self, folder: Path, passages: int) -> None:
        import bm25s

        self._passages = passages
        self._index: Any = bm25s.BM25.load(folder, mmap=True, load_corpus=False) if folder.is_dir() else None

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
        scores = np.zeros(self._passages, dtype=np.float32)
        most = beside
        for term, weight in weights.items():
            idf, rows, values = self._gather([term, *(spellings or {}).get(term, ())])
            most += weight * idf
            scores[rows] += weight * values
        return scores / most if most else scores

    def _gather(self, terms: Sequence[str]) -> tuple[float, NDArray[np.integer], Scores]:
        """Return terms that count as one: their common idf, the passages that hold any, and the best score in each."""
        found = [(rows, values / idf(self._passages, len(rows))) for rows, values in map(self._postings, terms)]
        if len(found) == 1:
            rows, values = found[0]
        else:
            every = np.concatenate([values for _, values in found])
            rows, places = np.unique(np.concatenate([rows for rows, _ in found]), return_inverse=True)
            values = np.zeros(len(rows), dtype=np.float32)
            np.maximum.at(values, places, every)
        common = idf(self._passages, len(rows))
        return common, rows, values * common

    def idf(self, term: str) -> float:
        """Return a term's inverse document frequency; the highest there is for an unknown one."""
        rows, _ = self._postings(term)
        return idf(self._passages, len(rows))

    def _postings(self, term: str) -> tuple[NDArray[np.integer], Scores]:
        number = self._index.vocab_dict.get(term) if self._index else None
        if number is None:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.float32)
        matrix = self._index.scores
        part = slice(int(matrix["indptr"][number]), int(matrix["indptr"][number + 1]))
        return np.asarray(matrix["indices"][part]), np.asarray(matrix["data"][part])


def idf(passages: int, holding: int) -> float:
    """Return the inverse document frequency of a term that so many of the passages hold, as Lucene has it."""
    return math.log(1 + (passages - holding + 0.5) / (holding + 0.5))


def _write(terms: list[list[str]], folder: Path, *, k1: float, b: float) -> None:
    import bm25s

    if any(terms):
        index = bm25s.BM25(method="lucene", k1=k1, b=b)
        index.index(terms, show_progress=False)
        index.save(folder)
