"""Is this Arabic as it is written, or what a broken text layer makes of it? Told by which letters follow which.

>>> reads_as_arabic("قال وزير النقل إن الميناء الجديد سيفتح أبوابه في الربيع") > LEAST
True
>>> reads_as_arabic("عيبرلا يف هباوبأ حتفيس ديدجلا ءانيملا نإ لقنلا ريزو لاق") < LEAST
True
"""

from __future__ import annotations

import json
import math
import re
import unicodedata
from collections import Counter
from functools import cache
from pathlib import Path

LEAST = -3.0
"""What Arabic reaches in texts of a few dozen words. Of 3,900 news items and 240 encyclopedia paragraphs the lowest had
-2.93 and half of them more than -2.66; their letters in reverse at most -3.26; a PDF with wrong letters -3.1."""

ENOUGH = 200
"""Letters from which the measure can be relied on."""

_LETTERS = 36  # of the alphabet with its hamza forms
_UNSEEN = 0.5  # added to the count of each pair
_WORD = re.compile(r"[\u0621-\u064a]+")


def reads_as_arabic(text: str) -> float:
    """Return the mean log probability of each Arabic letter after the one before it; 0.0 for a text without any."""
    pairs, firsts = _counts()
    total, letters = 0.0, 0
    for word in _words(text):
        for pair in _pairs(word):
            total += math.log((pairs[pair] + _UNSEEN) / (firsts[pair[0]] + _UNSEEN * _LETTERS))
            letters += 1
    return total / letters if letters else 0.0


def count_arabic_letters(text: str) -> int:
    """Return how many Arabic letters there are, presentation forms counted as the letters they stand for."""
    return sum(map(len, _words(text)))


def presentation_forms(text: str) -> float:
    """Return which share of the Arabic letters are presentation forms, 0 to 1."""
    forms = len(re.findall(r"[\ufb50-\ufdff\ufe70-\ufefc]", text))
    return forms / max(count_arabic_letters(text), 1)


@cache
def _counts() -> tuple[Counter[str], Counter[str]]:
    """Count pairs of letters, and their first ones, in the Arabic sentences that calibrate the encoder."""
    sentences = json.loads((Path(__file__).parent.parent / "calibration.json").read_text(encoding="utf-8"))["ar"]
    pairs = Counter(
        pair
        for text in sentences["sentences"] + sentences["questions"]
        for word in _words(text)
        for pair in _pairs(word)
    )
    firsts: Counter[str] = Counter()
    for pair, count in pairs.items():
        firsts[pair[0]] += count
    return pairs, firsts


def _words(text: str) -> list[str]:
    letters = (c for c in unicodedata.normalize("NFKC", text) if not unicodedata.combining(c) and c != "\u0640")
    return _WORD.findall("".join(letters))


def _pairs(word: str) -> list[str]:
    whole = f"^{word}$"
    return [whole[at : at + 2] for at in range(len(whole) - 1)]
