"""A question's words → the index's words that mean the same in the other language: the encoder as a dictionary.

Every word of the index is encoded once, as it is spelt where it first stands: folded, عرقلة and عرقله are the same word
to us and two to an encoder. For a word of the question, its nearest words in the other language are taken, weighted by
how near they are; words without a near one add nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

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
_BATCH = 2000  # words encoded and written together


def add_words(catalog: Catalog, passages: Iterable[Passage], encoder: Encoder, calibration: Calibration) -> None:
    """Encode and remember the words of passages that the catalog does not know yet."""
    known = catalog.words()
    found: dict[str, str] = {}
    for passage in passages:
        for word, spelt in spelt_words(f"{passage.title}\n{passage.text}").items():
            if word not in known:
                found.setdefault(word, spelt)
    for some in _batches(found):
        vectors = encoder.encode_words(list(some.values()))
        languages = {word: detect_language(word) for word in some}
        for language in LANGUAGES:
            mine = [languages[word] == language for word in some]
            vectors[mine] = calibration.apply(vectors[mine], "word", language)
        catalog.add_words(languages, vectors)


class Dictionary:
    """The remembered words of an index in both languages."""

    def __init__(self, catalog: Catalog) -> None:
        self._words: dict[Language, tuple[list[str], Matrix]] = {
            language: catalog.word_vectors(language) for language in LANGUAGES
        }

    def holds(self, language: Language) -> bool:
        """Whether there are words of the language."""
        return bool(self._words[language][0])

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
                term = to_term(words[place])
                terms[term] = terms.get(term, 0.0) + float(share)
            translations.append(terms)
        return translations


def _batches(words: Mapping[str, str]) -> Iterator[dict[str, str]]:
    items = list(words.items())
    for at in range(0, len(items), _BATCH):
        yield dict(items[at : at + _BATCH])
