"""Text → index terms for keyword search, Arabic and English.

A word is folded, stripped of clitics and endings (Arabic: light stemming after Larkey et al. 2002; English: Snowball),
a broken plural becomes its singular, a month its number, and a number takes one form whatever its digits and
separators. Each term keeps its place in the text.

    >>> [term.text for term in split_terms("وبالمدارس ١٬٢٣٤ chips في كانون الثاني")]
    ['مدرس', '1234', 'chip', 'month-1']
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from rag.clean import find_folded, fold
from rag.lexicon import AMBIGUOUS_MONTHS, BROKEN_PLURALS, IRREGULAR, MONTHS, STOP_WORDS, WAW_WORDS, WHOLE_WORDS

_NUMBER = r"\d+(?:[.,]\d+)*"
# A number with a unit or ending written to it (4.5bn, 15th, 2026م); letters of one script; a name with digits (H200).
_TOKEN = re.compile(
    rf"(?P<number>{_NUMBER})(?:(?:st|nd|rd|th|bn|mn|tn|m|k|s|km|kg|mw|gw|kw|am|pm)(?![a-z\d])|(?![^\W\d_\u0620-\u06ff]))"
    r"|[\u0620-\u06ff]+|[^\W_\u0620-\u06ff]+(?:'[^\W_\u0620-\u06ff]+)*"
)
_RUN = re.compile(r"\S+")
_THOUSANDS = re.compile(r",(?=\d{3}(?:\D|$))")
_ARABIC = re.compile(r"[\u0620-\u06ff]")
_DAY_OR_YEAR = re.compile(r"0?[1-9]|[12]\d|3[01]|1\d{3}|20\d{2}")
_NEAR = re.compile(r"[\s,.\-/(من]*")  # what may stand between a month and its day or year: "الخامس من", "5 March, 2026"

# Leading article with the particles that join it; longest first.
_PREFIXES = ("وبال", "وكال", "وفال", "فبال", "وال", "بال", "كال", "فال", "ولل", "فلل", "لل", "ال")
_PRONOUNS = ("هما", "كما", "ها", "هم", "هن", "نا")
_ENDINGS = ("ات", "ان", "ون", "ين", "يه", "ه", "ي")
_PARTICLES = ("و", "ف", "ب", "ك", "ل", "س")


class Term(NamedTuple):
    """One index term and the span of the text it was made from."""

    text: str
    start: int
    end: int


@lru_cache(maxsize=1024)  # a question looks at the same few texts again and again
def split_terms(text: str) -> tuple[Term, ...]:
    """Return the index terms of a text in order; stop words are left out."""
    return tuple(term for term, _ in _read(text))


def shared_terms(first: str, second: str) -> float:
    """Return the share of its terms that the shorter of two texts has in common with the other, 0 to 1."""
    one, other = ({term.text for term in split_terms(text)} for text in (first, second))
    return len(one & other) / max(1, min(len(one), len(other)))


def question_terms(text: str) -> dict[str, tuple[str, ...]]:
    """Return each term of a question with the other terms it may have in a text.

    A lone particle belongs to the word in one text and is a letter of the root in another (ببكين, but بكين): an index
    keeps it, and a question looks for the word with it and without.

    >>> question_terms("باريس 2026")
    {'باريس': ('بباريس', 'فباريس', 'كباريس', 'لباريس', 'سباريس', 'اريس'), '2026': ()}
    """
    return {term.text: _spellings(word, term.text) for term, word in _read(text)}


def spelt_words(text: str) -> dict[str, str]:
    """Return each word of a text by its folded form, as it is first spelt; no stop words, numbers or single letters.

    >>> spelt_words("رَكِبَ عرقلةَ H200")
    {'ركب': 'رَكِبَ', 'عرقله': 'عرقلةَ'}
    """
    spelt: dict[str, str] = {}
    for token, _ in _tokens(text):
        if token.folded.isalpha() and len(token.folded) > 1 and token.term:
            spelt.setdefault(token.folded, token.written)
    return spelt


@lru_cache(maxsize=65536)
def to_term(word: str) -> str:
    """Return the index term of one folded word or number, whatever stands beside it."""
    if word[0].isdigit() and not any(c.isalpha() for c in word):
        return _THOUSANDS.sub("", word)
    if (month := _MONTHS.get(_bare(word))) and word not in _AMBIGUOUS:
        return f"month-{month}"
    if _ARABIC.search(word):
        return _stem_arabic(word)
    if any(c.isdigit() for c in word):
        return word  # H200, HBM3E: a name, not a word
    word = word.removesuffix("'s")
    return str(_english_stemmer().stemWord(IRREGULAR.get(word, word)))


class _Token(NamedTuple):
    """A word or number as it stands in a text, and folded; the folded form is without a unit."""

    folded: str
    written: str
    start: int
    end: int
    term: str  # "" of a stop word
    may_be_month: bool  # what stands beside it tells

    def at(self, place: int) -> _Token:
        """Return the token with its span counted from elsewhere."""
        return self._replace(start=self.start + place, end=self.end + place)


def _tokens(text: str) -> Iterator[tuple[_Token, int]]:
    """Yield the tokens of a text, each with the place that its span is counted from."""
    return ((token, run.start()) for run in _RUN.finditer(text) for token in _tokens_of_run(run.group()))


@lru_cache(maxsize=32768)  # most of a text are the words of other texts, with the same signs beside them
def _tokens_of_run(run: str) -> tuple[_Token, ...]:
    """Return the tokens of what stands between white space; none goes beyond it."""
    tokens = []
    for match, start, end in find_folded(_TOKEN, run):
        folded, written = match["number"] or match.group(), run[start:end]
        term = "" if _is_stop_word(folded, written) else to_term(folded)
        bare = _bare(folded)
        tokens.append(_Token(folded, written, start, end, term, bare in _FIRST_OF_TWO or bare in _MONTHS))
    return tuple(tokens)


def _read(text: str) -> Iterator[tuple[Term, str]]:
    """Yield the terms of a text, each with the folded word it was made from."""
    tokens = list(_tokens(text))
    before, at = -1, 0
    while at < len(tokens):
        token, place = tokens[at]
        this, at = at, at + 1
        if not token.may_be_month:
            if token.term:
                yield Term(token.term, token.start + place, token.end + place), token.folded
        else:
            term, end = _read_month(token.at(place), _placed(tokens, before), _placed(tokens, at), text)
            at += end > token.end + place
            if term:
                yield Term(term, token.start + place, end), token.folded
        before = this


def _placed(tokens: Sequence[tuple[_Token, int]], number: int) -> _Token | None:
    return tokens[number][0].at(tokens[number][1]) if 0 <= number < len(tokens) else None


def _read_month(token: _Token, before: _Token | None, after: _Token | None, text: str) -> tuple[str, int]:
    """Return the term of what may be a month, and where it ends: with the next token, where a name has two words."""
    bare = _bare(token.folded)
    if after and bare in _FIRST_OF_TWO and (month := _MONTHS.get(f"{bare} {after.folded}")):
        return f"month-{month}", after.end
    if bare in _MONTHS and _is_month(token, before, after, text):
        return f"month-{_MONTHS[bare]}", token.end
    return token.term, token.end


def _spellings(word: str, term: str) -> tuple[str, ...]:
    if not _ARABIC.match(word) or term.startswith("month-"):
        return ()
    found = [particle + term for particle in "بفكلس" if len(term) >= 3]
    if word[0] in _PARTICLES and len(word) >= 5 and term not in _WHOLE and not term.startswith(_WAW):
        found.append(to_term(word[1:]))
    return tuple(other for other in found if other != term and other not in _WHOLE)


def _is_stop_word(folded: str, written: str) -> bool:
    if folded in _STOP_WITH_MAKSURA:
        return written[-1] in "ىﻰﻯ"  # على, but not علي: read before alef maksura is folded
    return folded in _STOP


def _is_month(token: _Token, before: _Token | None, after: _Token | None, text: str) -> bool:
    """Whether a month's name stands for a month; a name that is a word too does so beside a day, a year or "month"."""
    name = _bare(token.folded)
    if name == "اب":
        if "آ" in token.written:  # August; with another alef it may be a father
            return True
        if "أ" in token.written:
            return False
    if name not in _AMBIGUOUS:
        return True
    if before and (_bare(before.folded) == "شهر" or (name.isascii() and before.folded == "month")):
        return True
    return any(
        other is not None
        and _DAY_OR_YEAR.fullmatch(other.folded) is not None
        and _NEAR.fullmatch(text, first.end, second.start) is not None
        for other, first, second in ((before, before, token), (after, token, after))
        if first and second
    )


@lru_cache(maxsize=65536)
def _bare(word: str) -> str:
    """Return a folded word without the particles that join the name of a month: "بيناير", "ويناير"."""
    if word in _MONTHS or not _ARABIC.match(word):
        return word
    return word[1:] if word[0] in "وبفل" and word[1:] in _SINGLE_MONTHS else word


def _stem_arabic(word: str) -> str:
    """Return a folded Arabic word without article, clitics and inflection; at least three letters are left."""
    stem = word
    for prefix in _PREFIXES:
        if stem.startswith(prefix) and len(stem) - len(prefix) >= 3:
            stem = stem[len(prefix) :]
            break
    else:
        # A lone waw is taken off a long word only: in a short one it is as likely the root's own letter.
        if stem[0] == "و" and len(stem) >= 5 and not stem.startswith(_WAW):
            stem = stem[1:]
    if stem[0] in _PARTICLES and stem[1:] in _WHOLE:
        return stem[1:]
    for suffixes in (_PRONOUNS, _ENDINGS):
        stem = _PLURALS.get(stem, stem)
        if stem in _WHOLE:
            break
        for suffix in suffixes:
            if stem.endswith(suffix) and len(stem) - len(suffix) >= 3:
                stem = stem[: -len(suffix)]
                break
    return stem


@lru_cache(maxsize=1)
def _english_stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("english", 0)  # no cache of its own: `to_term` has one, and this is shared by threads


_STOP = frozenset(map(fold, STOP_WORDS))
_STOP_WITH_MAKSURA = frozenset(fold(word) for word in STOP_WORDS if word.endswith("ى"))
_MONTHS = {fold(name): number for name, number in MONTHS.items()}
_SINGLE_MONTHS = frozenset(name for name in _MONTHS if " " not in name)
_FIRST_OF_TWO = frozenset(name.split()[0] for name in _MONTHS if " " in name)
_AMBIGUOUS = frozenset(map(fold, AMBIGUOUS_MONTHS))
_PLURALS = {fold(plural): fold(singular) for plural, singular in BROKEN_PLURALS.items()}
_WHOLE = frozenset(map(fold, WHOLE_WORDS))
_WAW = tuple(map(fold, WAW_WORDS))
