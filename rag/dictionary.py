"""A question's words → the index's words that mean the same in the other language: the encoder as a dictionary.

Every word of the index is encoded once. For a word of the question, its nearest words in the other language are taken,
weighted by how near they are; words without a near one add nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import numpy as np

from rag.calibrate import LANGUAGES, Calibration
from rag.catalog import Catalog
from rag.encode import Encoder, Matrix
from rag.language import detect_language
from rag.terms import split_words, to_term
from rag.types import Language, Passage

_NEAREST = 8  # words taken for one; with the two below, the optimum on one half of XQuAD
_LEAST = 0.25  # cosine of calibrated vectors
_TEMPERATURE = 0.1  # of the softmax over their cosines
_BATCH = 2000  # words encoded and written together


def add_words(catalog: Catalog, passages: Iterable[Passage], encoder: Encoder, calibration: Calibration) -> None:
    """Encode and remember the words of passages that the catalog does not know yet."""
    known = catalog.words()
    found: dict[str, Language] = {}
    for passage in passages:
        for word in question_words(f"{passage.title}\n{passage.text}"):
            if word not in known:
                found[word] = detect_language(word)
    for some in _batches(found):
        vectors = np.zeros_like(rows := encoder.encode_sentences(list(some)).vectors)
        languages = np.array(list(some.values()))
        for language in LANGUAGES:
            vectors[languages == language] = calibration.apply(rows[languages == language], "word", language)
        catalog.add_words(some, vectors)


def question_words(text: str) -> list[str]:
    """Return the words of a text that a dictionary can hold: folded, without numbers and stop words, each once."""
    return list(dict.fromkeys(word for word in split_words(text) if word.isalpha() and len(word) > 1))


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
            nearest = np.argsort(-cosines)[:_NEAREST]
            nearest = nearest[cosines[nearest] > _LEAST]
            shares = np.exp((cosines[nearest] - cosines[nearest].max(initial=0)) / _TEMPERATURE)
            terms: dict[str, float] = {}
            for place, share in zip(nearest, shares / shares.sum(), strict=True):
                term = to_term(words[place])
                terms[term] = terms.get(term, 0.0) + float(share)
            translations.append(terms)
        return translations


def _batches(words: Mapping[str, Language]) -> Iterator[dict[str, Language]]:
    items: Sequence[tuple[str, Language]] = list(words.items())
    for at in range(0, len(items), _BATCH):
        yield dict(items[at : at + _BATCH])
