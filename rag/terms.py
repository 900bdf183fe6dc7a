"""Text → index terms for keyword search, Arabic and English.

A word is folded, stripped of clitics and endings (Arabic: light stemming after Larkey et al. 2002; English: Snowball),
and a number takes one form whatever its digits and separators. Each term keeps its place in the text.

    >>> [term.text for term in split_terms("وبالمدارس ١٬٢٣٤ chips")]
    ['مدارس', '1234', 'chip']
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rag.clean import fold, fold_character

_TOKEN = re.compile(r"\d+(?:[.,]\d+)*(?![^\W\d_])|[^\W_]+(?:'[^\W_]+)*")
_THOUSANDS = re.compile(r",(?=\d{3}(?:\D|$))")
_ARABIC = re.compile(r"[\u0620-\u06ff]")

# Leading article with the particles that join it, then the particles alone; longest first.
_PREFIXES = ("وبال", "وكال", "وفال", "فبال", "وال", "بال", "كال", "فال", "ولل", "فلل", "لل", "ال")
_PRONOUNS = ("هما", "كما", "ها", "هم", "هن", "نا")
_ENDINGS = ("ات", "ان", "ون", "ين", "يه", "ه", "ي")
_PARTICLES = ("و", "ف", "ب", "ك", "ل", "س")

STOP_WORDS = frozenset(
    fold(
        "من في على إلى عن مع هل ما ماذا متى أين كيف كم لماذا أي أية من هو هي هم هذا هذه ذلك تلك التي الذي "
        "الذين اللذين اللتين أن إن كان كانت يكون تكون قد لقد ثم أو أم بل لكن حتى منذ بين عند لدى كل بعض غير "
        "سوى لا لم لن ليس ليست وقد وهو وهي كما مما عما ممن فيها فيه منها منه عليها عليه إليها إليه بها به لها "
        "له لهم أما إذا إذ لو حيث هنا هناك the a an of in on at to for from by with and or but not no is are "
        "was were be been being do does did has have had it its this that these those there here who whom "
        "whose which what when where why how many much will would can could should may might must as than "
        "then so if into over under about after before between during he she they them his her their we our "
        "you your i my me us s t "
    ).split()
)
"""Words that say nothing about a subject, folded."""


@dataclass(frozen=True, slots=True)
class Term:
    """One index term and the span of the text it was made from."""

    text: str
    start: int
    end: int


def split_terms(text: str) -> list[Term]:
    """Return the index terms of a text in order; stop words are left out."""
    folded, places = _fold_with_places(text)
    terms = []
    for match in _TOKEN.finditer(folded):
        word = match.group()
        if word in STOP_WORDS:
            continue
        # Marks that fold to nothing stand after their letter: they are part of the word.
        end = places[match.end()] if match.end() < len(places) else len(text)
        end = max(end, places[match.end() - 1] + 1)  # one character may fold to several: ¼
        terms.append(Term(to_term(word), places[match.start()], end))
    return terms


def split_words(folded: str) -> list[str]:
    """Return the words and numbers of a folded text as they stand, in order; stop words are left out."""
    return [word for word in _TOKEN.findall(folded) if word not in STOP_WORDS]


@lru_cache(maxsize=65536)
def to_term(word: str) -> str:
    """Return the index term of one folded word or number."""
    if word[0].isdigit() and not any(c.isalpha() for c in word):
        return _THOUSANDS.sub("", word)
    if _ARABIC.search(word):
        return _stem_arabic(word)
    if any(c.isdigit() for c in word):
        return word  # H200, HBM3E: a name, not a word
    return str(_english_stemmer().stemWord(word.removesuffix("'s")))


def _fold_with_places(text: str) -> tuple[str, list[int]]:
    """Return the folded text and, for each of its characters, the index in `text` that it comes from."""
    letters: list[str] = []
    places: list[int] = []
    for place, character in enumerate(text):
        for letter in fold_character(character):
            letters.append(letter)
            places.append(place)
    return "".join(letters), places


def _stem_arabic(word: str) -> str:
    """Return a folded Arabic word without article, clitics and inflection; at least three letters are left."""
    stem = word
    for prefix in _PREFIXES:
        if stem.startswith(prefix) and len(stem) - len(prefix) >= 3:
            stem = stem[len(prefix) :]
            break
    else:
        # A lone particle is taken off a long word only: in a short one it is as likely the root's own letter.
        if stem[0] in _PARTICLES[:1] and len(stem) >= 5:
            stem = stem[1:]
    for suffixes in (_PRONOUNS, _ENDINGS):
        for suffix in suffixes:
            if stem.endswith(suffix) and len(stem) - len(suffix) >= 3:
                stem = stem[: -len(suffix)]
                break
    return stem


@lru_cache(maxsize=1)
def _english_stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english", 0)  # no cache of its own: `_normal_form` has one, and this is shared by threads
