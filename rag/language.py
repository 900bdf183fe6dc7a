"""Text → its language, its direction, its sentences, the day it names: Arabic and English.

>>> detect_language("من طلب رقائق H200؟")
'ar'
>>> [text[a:b] for text in ["It cost 4.5 bn. Who paid?"] for a, b in split_sentences(text)]
['It cost 4.5 bn.', 'Who paid?']
"""

from __future__ import annotations

import re
from datetime import date

from rag.types import Language

_ARABIC_WORD = re.compile(r"[\u0621-\u065f\u066e-\u06d3\u0750-\u077f\u08a0-\u08ff\ufb50-\ufdff\ufe70-\ufefc]+")
# Capitals alone and words with digits (H200, NVIDIA, TSMC) are names: they tell nothing about the language around.
_LATIN_WORD = re.compile(r"\b(?:[A-Z]?[a-z]+(?:['’][a-z]+)?|[A-Z][a-z]+|[AI])\b")

_YEAR_FIRST = re.compile(r"(?P<year>\d{4})-?(?P<month>\d{2})-?(?P<day>\d{2})(?!\d)")
_DAY_FIRST = re.compile(r"(?P<day>\d{1,2})[/.\-](?P<month>\d{1,2})[/.\-](?P<year>\d{4})(?!\d)")

_END = re.compile(r"[.!?؟…]+[\"'”’»)\]]*(?=\s|$)|\n+")
_ABBREVIATIONS = frozenset(
    (
        "mr mrs ms dr prof st jr sr no vs etc inc ltd co corp gen col sen rep gov lt capt sgt rev hon al approx "
        "est jan feb mar apr jun jul aug sep sept oct nov dec fig vol ed pp cf e.g i.e u.s u.k u.n e.u a.m p.m "
        "ph.d "
    ).split()
)
_ARABIC_TITLES = frozenset("د أ م ا ج ص ق ه".split())  # "د. محمد", "ص. 12", "ق. م."
_ARABIC_ERAS = frozenset(["م", "هـ", "ه"])  # after a year they end an abbreviation, and perhaps the sentence too


def detect_language(text: str, default: Language = "en") -> Language:
    """Return the language of a text by its words; `default` where it has none of either."""
    arabic = len(_ARABIC_WORD.findall(text)) + text.count("؟")
    latin = len(_LATIN_WORD.findall(text))
    if arabic == latin:
        if arabic:
            first = re.search(r"[^\W\d_]", text)
            return "ar" if first and _ARABIC_WORD.match(first.group()) else "en"
        return default
    return "ar" if arabic > latin else "en"


def text_direction(language: Language) -> str:
    """Return `"rtl"` or `"ltr"`, as HTML's `dir` has it."""
    return "rtl" if language == "ar" else "ltr"


def parse_day(text: str) -> date:
    """Return the day that a date begins with: as ISO 8601 has it, or day/month/year as Arab and European papers do.

    >>> parse_day("2026-01-31T12:57:00+01:00") == parse_day("٣١/١/٢٠٢٦")
    True

    Raises:
        ValueError: it is neither, or there is no such day.
    """
    for pattern in (_YEAR_FIRST, _DAY_FIRST):
        if found := pattern.match(text.strip()):
            return date(*(int(found[part]) for part in ("year", "month", "day")))
    raise ValueError(f"{text!r} is no date such as 2026-01-31 or 31/1/2026")


def split_sentences(text: str) -> list[tuple[int, int]]:
    """Return the spans of the sentences, in order, without the white space around them.

    A line end always ends a sentence. A full stop does not when it stands in a number, after an initial or a known
    abbreviation of either language, or before a small letter. No text gives no spans.
    """
    spans: list[tuple[int, int]] = []
    start = 0
    for match in _END.finditer(text):
        if match.group()[0] == "." and not _ends_sentence(text, start, match):
            continue
        _append(spans, text, start, match.end())
        start = match.end()
    _append(spans, text, start, len(text))
    return spans


def _ends_sentence(text: str, start: int, stop: re.Match[str]) -> bool:
    rest = text[stop.end() : stop.end() + 40].lstrip(" \t")
    if not rest or rest[0] == "\n":
        return True
    if rest[0].islower():
        return False
    if stop.group() != ".":  # an ellipsis, or a closing quote after the stop
        return True
    words = text[start : stop.start()].split()
    if not words:
        return False
    word = words[-1].strip("([«\"'“”").lower()
    if word in _ARABIC_ERAS and len(words) > 1 and words[-2][-1].isdigit():
        return True
    if word in _ABBREVIATIONS or word in _ARABIC_TITLES:
        return False
    return not re.fullmatch(r"(?:[a-z]\.)*[a-z]", word)  # an initial, or initials: "J.", "U.S."


def _append(spans: list[tuple[int, int]], text: str, start: int, end: int) -> None:
    piece = text[start:end]
    if stripped := piece.strip():
        begin = start + len(piece) - len(piece.lstrip())
        spans.append((begin, begin + len(stripped)))
