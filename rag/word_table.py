"""Words that were met → how alike they are, held in arrays: a question holds its words beside thousands of others."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from contextlib import suppress
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from rag.encode import Matrix
from rag.skeleton import skeleton
from rag.words import Word, letters_of, named_alike, spelt_alike, written_forms

_MANY = 20_000  # words, or forms of words, whose vectors take 40 MB
_HELD = 4_000_000  # numbers that say how alike two words are: 16 MB
_LONG = 5  # letters
_WORD: Final = np.dtype(
    [
        ("forms", np.int32, 2),  # rows of their vectors: as it is written, and without its particles
        ("term", np.int32),
        ("length", np.int32),  # of the term
        ("letters", np.uint64),  # of the term, a bit each
        ("arabic", np.bool_),
        ("skeletons", np.int32, 2),  # whole, and without the last consonant; 0 for none
    ]
)


class WordTable:
    """Words with their vectors, and what comparing them gave; safe to share by threads.

    Args:
        encode: gives the unit vectors of words.
    """

    def __init__(self, encode: Callable[[Sequence[str]], Matrix]) -> None:
        self._encode = encode
        self._lock = Lock()
        self._forms: dict[str, int] = {}  # as they are written → rows of `_vectors`
        self._vectors: Matrix = np.zeros((0, 1), dtype=np.float32)
        self._words: list[Word] = []
        self._rows: dict[tuple[str, str], int] = {}  # as they are written, and their terms → rows of `_facts`
        self._facts = np.zeros(0, dtype=_WORD)
        self._terms: dict[str, int] = {}
        self._skeletons: dict[str, int] = {"": 0}
        self._alike: dict[int, Matrix] = {}  # of a row to all rows; what was not compared is no number

    @property
    def is_full(self) -> bool:
        """Whether so many words were met that it is better to begin anew."""
        return max(len(self._words), len(self._forms)) > _MANY

    def vectors(self, written: Sequence[str]) -> Matrix:
        """Return the vectors of words as they are written, shape (words, dim); there must be one."""
        with self._lock:
            self._learn(written)
            return self._vectors[[self._forms[word] for word in written]]

    def meet(self, words: Sequence[Word]) -> None:
        """Get to know words that are to be compared."""
        with self._lock:
            self._rows_of(words)

    def compare(self, first: Sequence[Word], second: Sequence[Word]) -> Matrix:
        """Return how alike each word of the first is to each of the second, -1 to 1; shape (first, second)."""
        with self._lock:
            rows, others = self._rows_of(first), self._rows_of(second)
            if len(first) * len(self._facts) > _HELD:
                return self._work_out(rows, others)
            if (len(first) + len(self._alike)) * len(self._facts) > _HELD:
                self._alike = {}
            held = [self._held(row) for row in rows.tolist()]
            alike = _gather(held, others)
            unknown = np.isnan(alike).any(axis=0)
            if unknown.any():
                new = np.unique(others[unknown])
                for of, found in zip(held, self._work_out(rows, new), strict=True):
                    of[new] = found
                alike = _gather(held, others)
            return alike

    def _held(self, row: int) -> Matrix:
        if row not in self._alike:
            self._alike[row] = np.full(len(self._facts), np.nan, dtype=np.float32)
        return self._alike[row]

    def _rows_of(self, words: Sequence[Word]) -> NDArray[np.int64]:
        """Return the rows of words; those that were not met get one."""
        rows = self._rows
        with suppress(KeyError):  # most were met a moment ago
            return np.array([rows[word.written, word.term] for word in words], dtype=np.int64)
        missing = {(word.written, word.term): word for word in words if (word.written, word.term) not in rows}
        self._learn([form for word in missing.values() for form in written_forms(word.written)])
        if len(rows) + len(missing) > len(self._facts):
            self._facts = _enlarged(self._facts, len(rows) + len(missing))
            self._alike = {}
        for key, word in missing.items():
            rows[key] = len(self._words)
            self._facts[rows[key]] = self._facts_of(word)
            self._words.append(word)
        return np.array([rows[word.written, word.term] for word in words], dtype=np.int64)

    def _facts_of(self, word: Word) -> tuple[Any, ...]:
        forms = written_forms(word.written)
        term = self._terms.setdefault(word.term, len(self._terms))
        code = skeleton(word.written)
        parts = (code, code[:-1] if len(code) > 3 else "")
        skeletons = tuple(self._skeletons.setdefault(part, len(self._skeletons)) for part in parts)
        return (
            (self._forms[forms[0]], self._forms[forms[-1]]),
            term,
            *letters_of(word.term),
            word.language == "ar",
            skeletons,
        )

    def _learn(self, written: Sequence[str]) -> None:
        missing = list(dict.fromkeys(word for word in written if word not in self._forms))
        if not missing:
            return
        rows, first = self._encode(missing), len(self._forms)
        if first + len(missing) > len(self._vectors):
            vectors = np.zeros((first, rows.shape[1]), dtype=np.float32)
            vectors[:] = self._vectors[:first]
            self._vectors = _enlarged(vectors, first + len(missing))
        self._vectors[first : first + len(missing)] = rows
        self._forms.update(zip(missing, range(first, first + len(missing)), strict=True))

    def _work_out(self, rows: NDArray[np.int64], others: NDArray[np.int64]) -> Matrix:
        """Return how alike words are by their vectors or their letters, whichever says more."""
        first, second = self._facts[rows][:, None], self._facts[others][None, :]
        cosines = self._nearest(first["forms"][:, 0], second["forms"][0])
        alike = cosines.copy()
        long = np.minimum(first["length"], second["length"]) >= _LONG
        fewer = second["length"] < first["length"]
        shorter = np.where(fewer, second["letters"], first["letters"])
        longer = np.where(fewer, first["letters"], second["letters"])
        spelt = np.abs(first["length"] - second["length"]) <= np.where(long, 2, 1)
        spelt &= np.bitwise_count(shorter & ~longer) <= np.where(long, 2, 1)
        spelt &= first["arabic"] == second["arabic"]
        for at in zip(*np.nonzero(spelt), strict=True):
            terms = sorted((self._words[rows[at[0]]].term, self._words[others[at[1]]].term), key=len)
            alike[at] = max(alike[at], spelt_alike(*terms))
        whole, short = (first["skeletons"][..., part] for part in (0, 1))
        other_whole, other_short = (second["skeletons"][..., part] for part in (0, 1))
        named = (whole == other_whole) | (whole == other_short) | (short == other_whole)
        named &= (whole > 0) & (other_whole > 0) & (first["arabic"] != second["arabic"])
        for at in zip(*np.nonzero(named), strict=True):
            one, other = self._words[rows[at[0]]], self._words[others[at[1]]]
            alike[at] = max(alike[at], named_alike(one, other, float(cosines[at])))
        alike[first["term"] == second["term"]] = 1.0
        return alike

    def _nearest(self, first: NDArray[np.int32], second: NDArray[np.int32]) -> Matrix:
        """Return the best cosine of any two forms of each two words, from the rows of the forms, shape (words, 2)."""
        (one, of_one), (other, of_other) = (np.unique(forms, return_inverse=True) for forms in (first, second))
        cosines = self._vectors[one] @ self._vectors[other].T
        of_one, of_other = of_one.reshape(-1, 2), of_other.reshape(-1, 2)
        best = np.maximum(cosines[of_one[:, 0]], cosines[of_one[:, 1]])
        return np.asarray(np.maximum(best[:, of_other[:, 0]], best[:, of_other[:, 1]]), dtype=np.float32)


def _gather(held: Sequence[Matrix], others: NDArray[np.int64]) -> Matrix:
    return np.array([of[others] for of in held], dtype=np.float32).reshape(len(held), len(others))


def _enlarged(rows: NDArray[Any], needed: int) -> NDArray[Any]:
    """Return rows with others behind them, twice as many as are needed, so that it is seldom done."""
    larger = np.zeros((2 * needed, *rows.shape[1:]), dtype=rows.dtype)
    larger[: len(rows)] = rows
    return larger
