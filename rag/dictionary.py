"""A question's words → the index's words that mean the same in the other language: the encoder as a dictionary.

Every word of the index is encoded once, as it is spelt where it first stands: folded, عرقلة and عرقله are the same word
to us and two to an encoder. For a word of the question, its nearest words in the other language are taken, weighted by
how near they are; words without a near one add nothing.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence

import numpy as np

from rag.calibrate import LANGUAGES, Calibration
from rag.catalog import Catalog
from rag.encode import Encoder, Matrix
from rag.language import detect_language
from rag.terms import spelt_words, to_term
from rag.types import Language, Passage

_NEAREST = 6  # words taken for one; with the two below, the optimum on one half of XQuAD
_LEAST = 0.4  # cosine of calibrated vectors
_TEMPERATURE = 0.05  # of the softmax over their cosines
_COMPLETE = "words"  # the fact that the words of all passages are known
_BATCH = 2000  # words encoded and written together


def learn_words(catalog: Catalog, encoder: Encoder, calibration: Calibration) -> None:
    """Encode and remember the words of all passages, once there are passages in two languages; for who writes.

    From then on those of each change are learned with it. An index in one language learns its words when the first
    question in the other is asked.
    """
    if catalog.fact(_COMPLETE) == "1":
        _add_words(catalog, catalog.every_text(new=True), encoder, calibration)
    elif len(catalog.languages()) > 1:
        learn_all_words(catalog, encoder, calibration)


def learn_all_words(catalog: Catalog, encoder: Encoder, calibration: Calibration) -> None:
    """Encode and remember the words of all passages; for who writes."""
    _add_words(catalog, catalog.every_text(), encoder, calibration)
    catalog.set_facts(**{_COMPLETE: 1})


def knows_all_words(catalog: Catalog) -> bool:
    """Whether the words of all passages are known."""
    return catalog.fact(_COMPLETE) == "1"


def _add_words(catalog: Catalog, passages: Iterable[Passage], encoder: Encoder, calibration: Calibration) -> None:
    for languages, vectors in _encode(_new_words(passages, catalog.words()), encoder, calibration):
        catalog.add_words(languages, vectors)


def _new_words(passages: Iterable[Passage], known: Container[str]) -> dict[str, str]:
    """Return the words of passages that are not known, each as it is first spelt."""
    found: dict[str, str] = {}
    for passage in passages:
        for word, spelt in spelt_words(f"{passage.title}\n{passage.text}").items():
            if word not in known:
                found.setdefault(word, spelt)
    return found


def _encode(
    words: Mapping[str, str], encoder: Encoder, calibration: Calibration
) -> Iterator[tuple[dict[str, Language], Matrix]]:
    """Yield words with their languages and their calibrated vectors, some at a time."""
    for some in _batches(words):
        vectors = encoder.encode_words(list(some.values()))
        languages = {word: detect_language(word) for word in some}
        for language in LANGUAGES:
            mine = [languages[word] == language for word in some]
            vectors[mine] = calibration.apply(vectors[mine], "word", language)
        yield languages, vectors


class Dictionary:
    """The words of an index in both languages.

    Args:
        words: of each language, with their calibrated vectors, one row each.
    """

    def __init__(self, words: Mapping[Language, tuple[Sequence[str], Matrix]]) -> None:
        self._words = words

    @classmethod
    def read(cls, catalog: Catalog) -> Dictionary:
        """Return what the catalog remembers."""
        return cls({language: catalog.word_vectors(language) for language in LANGUAGES})

    @classmethod
    def learn(cls, catalog: Catalog, encoder: Encoder, calibration: Calibration) -> Dictionary:
        """Return the words of all passages, encoded; nothing is remembered."""
        words: dict[Language, list[str]] = {language: [] for language in LANGUAGES}
        rows: dict[Language, list[Matrix]] = {language: [] for language in LANGUAGES}
        for languages, vectors in _encode(_new_words(catalog.every_text(), ()), encoder, calibration):
            for (word, language), row in zip(languages.items(), vectors, strict=True):
                words[language].append(word)
                rows[language].append(row)
        return cls({language: (words[language], np.array(rows[language])) for language in LANGUAGES})

    def translate(self, vectors: Matrix, into: Language) -> list[dict[str, float]]:
        """Return for each word the index terms of a language that mean the same, with their shares; none if unsure.

        Args:
            vectors: of the words, calibrated, one row each.
            into: the language of the terms.
        """
        words, known = self._words[into]
        translations = []
        for cosines in vectors @ known.T if words else np.zeros((len(vectors), 0)):
            nearest = np.flatnonzero(cosines > _LEAST)
            nearest = nearest[np.argsort(-cosines[nearest])[:_NEAREST]]
            shares = np.exp((cosines[nearest] - cosines[nearest].max(initial=0)) / _TEMPERATURE)
            terms: dict[str, float] = {}
            for place, share in zip(nearest, shares / shares.sum(), strict=True):
                term = to_term(words[int(place)])
                terms[term] = terms.get(term, 0.0) + float(share)
            translations.append(terms)
        return translations


def _batches(words: Mapping[str, str]) -> Iterator[dict[str, str]]:
    items = list(words.items())
    for at in range(0, len(items), _BATCH):
        yield dict(items[at : at + _BATCH])
