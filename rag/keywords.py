"""Index terms → the passages that hold them, by BM25, from files that are memory-mapped.

Okapi BM25 as Lucene computes it (Kamphuis et al. 2020), k1 1.2 and b 0.75 (Robertson et al. 1994), by bm25s.
"""

from __future__ import annotations

import json
import math
import shutil
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from rag.errors import IndexStateError
from rag.terms import split_terms
from rag.types import Passage


def keyword_folder(index: Path, generation: int) -> Path:
    """Return where the keyword index of a generation lies in the folder of an index."""
    return index / f"keywords-{generation}"


def write_keyword_index(passages: Iterable[Passage], folder: Path) -> None:
    """Write the index of all passages into a folder, whole or not at all; a title's words count for its passages."""
    import bm25s

    unfinished = folder.with_name(folder.name + ".unfinished")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.mkdir(parents=True)
    ids, terms = [], []
    for passage in passages:
        ids.append(passage.id)
        terms.append([term.text for term in split_terms(f"{passage.title}\n{passage.text}")])
    if any(terms):
        index = bm25s.BM25(method="lucene", k1=1.2, b=0.75)
        index.index(terms, show_progress=False)
        index.save(unfinished)
    (unfinished / "passages.json").write_text(json.dumps(ids), encoding="utf-8")
    shutil.rmtree(folder, ignore_errors=True)
    unfinished.rename(folder)


class KeywordIndex:
    """An index that `write_keyword_index` wrote.

    Raises:
        IndexStateError: the folder is not there or not whole.
    """

    def __init__(self, folder: Path) -> None:
        import bm25s

        try:
            self.ids: list[str] = json.loads((folder / "passages.json").read_text(encoding="utf-8"))
            has_terms = (folder / "params.index.json").is_file()
            self._index: Any = bm25s.BM25.load(folder, mmap=True, load_corpus=False) if has_terms else None
        except (OSError, ValueError) as error:
            raise IndexStateError(f"{folder}: the keyword index is missing or damaged; run: sanad index") from error
        self._rows = {identifier: row for row, identifier in enumerate(self.ids)}

    def scores(self, terms: Sequence[str]) -> NDArray[np.float32]:
        """Return the BM25 score of every passage, in the order of `ids`; all 0 where no term is known."""
        known = [term for term in terms if self._index and term in self._index.vocab_dict]
        if not known:
            return np.zeros(len(self.ids), dtype=np.float32)
        return np.asarray(self._index.get_scores(known), dtype=np.float32)

    def row(self, passage_id: str) -> int | None:
        """Return the place of a passage in `ids` and `scores`, None where the index does not hold it."""
        return self._rows.get(passage_id)

    def idf(self, term: str) -> float:
        """Return a term's inverse document frequency, `ln(1 + (N - n + .5) / (n + .5))`; that of n = 0 if unknown."""
        number = self._index.vocab_dict.get(term) if self._index else None
        pointers = self._index.scores["indptr"] if self._index else None
        n = 0 if number is None or pointers is None else int(pointers[number + 1] - pointers[number])
        return math.log(1 + (len(self.ids) - n + 0.5) / (n + 0.5))
