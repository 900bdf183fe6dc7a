"""A question in an Arabic dialect → the same with the standard words for asking, which is what the rest of Sanad reads.

Only the small words are replaced: those that ask, point and deny. The others are left to the encoder, which knows them.

>>> to_standard("مين اللي فاز بكأس العالم؟ وقديش كلّفت؟")
'من الذي فاز بكأس العالم؟ وكم كلّفت؟'
>>> to_standard("من فاز بكأس العالم؟")
'من فاز بكأس العالم؟'
"""

from __future__ import annotations

import re
from typing import Final

from rag.clean import fold

_WORD = re.compile(r"[\u0621-\u0652\u0670-\u06d3]+")


def to_standard(question: str) -> str:
    """Return a question with the words of dialects for who, what, where, how many … in standard Arabic."""
    return _SPACES.sub(" ", _WORD.sub(_standard, question)).strip()


def _standard(match: re.Match[str]) -> str:
    word = fold(match.group())
    if word in _STANDARD:
        return _STANDARD[word]
    if word[:1] in ("و", "ف") and word[1:] in _STANDARD:
        return word[0] + _STANDARD[word[1:]]
    return match.group()


def _table(*lines: str) -> dict[str, str]:
    return {fold(word): standard for line in lines for standard, words in [line.split(": ")] for word in words.split()}


_SPACES = re.compile(" {2,}")
# Levantine, Egyptian, Gulf, Iraqi and Maghrebi. None is a standard word that a question about news would have.
_STANDARD: Final = _table(
    "من: مين منو منوا",
    "ما: شو إيش أيش شنو شنوا أشنو وش شنهو شنهي",
    "ماذا: إيه",
    "لماذا: ليش ليه علاش لويش",
    "أين: وين فين وينها وينه فينها فينه",
    "كم: قديش قديه أديش أديه قدّيش شكد شقد كام شحال قداش",
    "بكم: بكام بشحال بقديش",
    "كيف: إزاي ازّاي كيفاش شلون اشلون",
    "متى: إمتى إيمتى أيمتى امتا إمتا وقتاش فوقاش إمتن",
    "الذي: اللي يللي يلي إللي",
    "سوف: رح راح",
    "هذا: هاد هيدا هادا هاظا",
    "هذه: هاي هيدي هادي هاذي",
    "ليس: مش مو مب مهوب ماشي",
    "الآن: هلق هلأ دلوقتي دلوقت الحين هسه هسع دابا",
    "أيضًا: كمان برضه برضو",
    "من أجل: علشان عشان منشان مشان",
)
