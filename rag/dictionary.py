"""A question's words → the index's words that mean the same in the other language: the encoder as a dictionary.

Every word of the index is encoded once, as it is spelt where it first stands: folded, عرقلة and عرقله are the same word
to us and two to an encoder. For a word of the question, its nearest words in the other language are taken, weighted by
how near they are; words without a near one add nothing.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np

from rag.calibrate import LANGUAGES, Calibration
from rag.catalog import Catalog
from rag.encode import Matrix
from rag.home import Home
from rag.language import detect_language
from rag.terms import spelt_words, to_term
from rag.types import Language, Passage
from rag.vocabulary import Vocabulary, open_vocabularies, update_vocabularies

_NEAREST = 6  # words taken for one; with the two below, the optimum on one half of XQuAD
_LEAST = 0.4  # cosine of calibrated vectors
_TEMPERATURE = 0.05  # of the softmax over their cosines
_COMPLETE = "words"  # the fact that the words of all passages are known
_BATCH = 2000  # words encoded and written together
_REMEMBERED = 2000  # translations

EncodeWords = Callable[[Iterable[list[str]]], Iterable[Matrix]]
"""Words, some at a time → their vectors in the same order, as `Encoder.encode_words` makes them."""


def learn_words(home: Home, catalog: Catalog, encode: EncodeWords, calibration: Calibration) -> None:
    """Encode and remember the words of all passages, once there are passages in two languages; for who writes.

    From then on those of each change are learned with it, and the files that they are read from brought in step. An
    index in one language learns its words when the first question in the other is asked.
    """
    if catalog.fact(_COMPLETE) == "1":
        _add_words(catalog, catalog.every_text(new=True), encode, calibration)
    elif len(catalog.languages()) > 1:
        learn_all_words(catalog, encode, calibration)
    if knows_all_words(catalog):
        update_vocabularies(home, catalog)


def learn_all_words(catalog: Catalog, encode: EncodeWords, calibration: Calibration) -> None:
    """Encode and remember the words of all passages; for who writes."""
    _add_words(catalog, catalog.every_text(), encode, calibration)
    catalog.set_facts(**{_COMPLETE: 1})


def knows_all_words(catalog: Catalog) -> bool:
    """Whether the words of all passages are known."""
    return catalog.fact(_COMPLETE) == "1"


def _add_words(catalog: Catalog, passages: Iterable[Passage], encode: EncodeWords, calibration: Calibration) -> None:
    for languages, vectors in _encode(_new_words(passages, catalog.words.all()), encode, calibration):
        catalog.words.add(languages, vectors)


def _new_words(passages: Iterable[Passage], known: Container[str]) -> dict[str, str]:
    """Return the words of passages that are not known, each as it is first spelt."""
    found: dict[str, str] = {}
    for passage in passages:
        for word, spelt in spelt_words(f"{passage.title}\n{passage.text}").items():
            if word not in known:
                found.setdefault(word, spelt)
    return found


def _encode(
    words: Mapping[str, str], encode: EncodeWords, calibration: Calibration
) -> Iterator[tuple[dict[str, Language], Matrix]]:
    """Yield words with their languages and their calibrated vectors, some at a time."""
    batches = list(_batches(words))
    for some, vectors in zip(batches, encode(list(some.values()) for some in batches), strict=True):
        languages, calibrated = {word: detect_language(word) for word in some}, np.zeros_like(vectors)
        for language in LANGUAGES:
            mine = [languages[word] == language for word in some]
            calibrated[mine] = calibration.apply(vectors[mine], "word", language)
        yield languages, calibrated


class Dictionary:
    """The words of an index in both languages; what was translated lately is remembered; safe to share by threads.

    Args:
        words: of each language.
    """

    def __init__(self, words: Mapping[Language, Vocabulary]) -> None:
        self._words = words
        self._translated: dict[tuple[Language, bytes], dict[str, float]] = {}

    @classmethod
    def read(cls, home: Home, catalog: Catalog) -> Dictionary:
        """Return what the catalog remembers, from files beside it, which are brought in step."""
        return cls(open_vocabularies(home, catalog))

    @classmethod
    def learn(cls, catalog: Catalog, encode: EncodeWords, calibration: Calibration) -> Dictionary:
        """Return the words of all passages, encoded; nothing is remembered."""
        with tempfile.TemporaryDirectory(prefix="sanad-words-", ignore_cleanup_errors=True) as name:
            home = Home(Path(name))
            beside = Catalog(home, writable=True)
            try:
                _add_words(beside, catalog.every_text(), encode, calibration)
                return cls.read(home, beside)
            finally:
                beside.close()

    def translate(self, vectors: Matrix, into: Language) -> list[dict[str, float]]:
        """Return for each word the index terms of a language that mean the same, with their shares; none if unsure.

        Args:
            vectors: of the words, calibrated, one row each.
            into: the language of the terms.
        """
        keys = [(into, row.tobytes()) for row in vectors]
        known = self._translated if len(self._translated) <= _REMEMBERED else {}
        new = [place for place, key in enumerate(keys) if key not in known]
        nearest = self._words[into].nearest(vectors[new], _NEAREST, _LEAST)
        translations = {keys[place]: _share(words) for place, words in zip(new, nearest, strict=True)}
        known = self._translated = known | translations
        return [known[key] for key in keys]


def _share(nearest: Sequence[tuple[str, float]]) -> dict[str, float]:
    """Return the terms of words by how near these are: shares, 1 together."""
    cosines = np.array([cosine for _, cosine in nearest], dtype=np.float32)
    shares = np.exp((cosines - cosines.max(initial=0)) / _TEMPERATURE)
    terms: dict[str, float] = {}
    for (word, _), share in zip(nearest, shares / shares.sum(), strict=True):
        term = to_term(word)
        terms[term] = terms.get(term, 0.0) + float(share)
    return terms


def _batches(words: Mapping[str, str]) -> Iterator[dict[str, str]]:
    items = list(words.items())
    for at in range(0, len(items), _BATCH):
        yield dict(items[at : at + _BATCH])
