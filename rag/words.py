"""Text → its words that say something, and how alike words are by their letters: in one script, and across two."""

from __future__ import annotations

import re
from collections.abc import Sequence
from difflib import SequenceMatcher
from functools import lru_cache
from typing import NamedTuple

from rag.clean import fold, strip_tashkeel
from rag.language import detect_language
from rag.skeleton import skeleton
from rag.terms import split_terms
from rag.types import Language, Passage

_SPELT_ALIKE = 0.8  # share of letters in common from which two long words are spellings of one
_LONG = 5  # letters
_TWO_CONSONANTS = -0.05  # cosine
_CARRIERS = str.maketrans("ؤئظ", "ويض")
_TANWEEN = re.compile("(?:\u064bا|ا\u064b)$")
_PARTICLES = re.compile(r"^(?:[وف]?(?:ال|بال|كال|لل)(?=..)|[وفبلك](?=....))")


class Word(NamedTuple):
    """A word that says something, as it stands in a text.

    Attributes:
        written: as it stands.
        term: its index term.
        start: of its span in the text, in characters.
        end: of its span, exclusive.
        language: of its letters.
    """

    written: str
    term: str
    start: int
    end: int
    language: Language


def content_words(text: str, without: Sequence[tuple[int, int]] = ()) -> list[Word]:
    """Return the words of a text that say something, in order; none that lies in one of the spans `without`."""
    words = _content_words(text)
    if not without:
        return list(words)
    return [w for w in words if not any(start < w.end and w.start < end for start, end in without)]


@lru_cache(maxsize=1024)  # a question looks at the same few texts again and again
def _content_words(text: str) -> tuple[Word, ...]:
    words = []
    for term, start, end in split_terms(text):
        written = text[start:end]
        words.append(Word(written, term, start, end, _language_of(written)))
    return tuple(words)


def sentence_words(passage: Passage) -> list[list[Word]]:
    """Return the content words of each sentence of a passage, their places counted from the passage's beginning."""
    words = _content_words(passage.text)
    spans = [(s.start - passage.start, s.end - passage.start) for s in passage.sentences]
    return [[word for word in words if start <= word.start < end] for start, end in spans]


@lru_cache(maxsize=65536)
def _language_of(written: str) -> Language:
    return detect_language(written)


def is_capital(word: Word) -> bool:
    """Whether a word has a capital that only a name has: not the first of its text."""
    return word.language == "en" and word.start > 0 and word.written[0].isupper()


@lru_cache(maxsize=65536)
def written_forms(written: str) -> tuple[str, ...]:
    """Return a word as it is written and, where that differs, without its particles, or in lower case."""
    if _language_of(written) == "en":
        lower = written.lower()
        return (written, lower) if lower != written else (written,)
    plain = strip_tashkeel(written)
    bare = _PARTICLES.sub("", plain)
    bare = bare[:-1] if bare.endswith("ا") and _TANWEEN.search(written) else bare
    return (written, bare) if bare != plain else (written,)


@lru_cache(maxsize=65536)
def letters_of(term: str) -> tuple[int, int]:
    """Return how many letters a term has, and which, a bit each; two letters may share one."""
    mask = 0
    for letter in term:
        mask |= 1 << (ord(letter) & 63)
    return len(term), mask


def named_alike(one: Word, other: Word, cosine: float) -> float:
    """Return how surely two words in two scripts are one name by their consonants; 0 where they are not."""
    first, second = sorted((skeleton(one.written), skeleton(other.written)), key=len)
    if len(first) >= 3 and (first == second or (second.startswith(first) and len(second) == len(first) + 1)):
        return 0.95 if first == second else 0.8  # a last letter may be silent: Renard, رونار
    # Two consonants are few: the vectors have to agree a little.
    alike = _begins_with_vowel(one.written) == _begins_with_vowel(other.written) and cosine >= _TWO_CONSONANTS
    return 0.8 if len(first) == 2 and first == second and alike else 0.0


@lru_cache(maxsize=100_000)
def spelt_alike(shorter: str, longer: str) -> float:
    """Return how surely two terms in one script are spellings of one word; 0 where they are not."""
    if shorter.translate(_CARRIERS) == longer.translate(_CARRIERS):  # the commonest slips of the pen
        return 0.95
    # A lone particle is a letter of the root in one text and none in another: "ببكين", "بكين".
    if len(shorter) >= 3 and longer[1:] == shorter and longer[0] in "وفبكلس":
        return 0.95
    if (
        len(shorter) < _LONG
        or len(longer) - len(shorter) > 2
        or len(set(shorter) & set(longer)) < len(set(shorter)) - 2
    ):
        return 0.0
    return 0.9 if SequenceMatcher(None, shorter, longer).ratio() >= _SPELT_ALIKE else 0.0


@lru_cache(maxsize=20_000)
def _begins_with_vowel(written: str) -> bool:
    return _PARTICLES.sub("", fold(written))[:1] in set("aeiouاعوي")
