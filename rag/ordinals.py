"""Text → the ordinals it names from the third on, in words, Arabic and English: "the fifth time", للمرة الخامسة.

The first and the second are left out: الأول, "second", ثانية have too many other meanings.

>>> [o.value for o in find_ordinals("في الدورة السابعة عشرة، وهي الثالثة له، لامرأة في الرابعة والثلاثين")]
[17, 3, 34]
>>> [o.value for o in find_ordinals("the twenty-first floor, a third of voters, his third goal")]
[21, 3]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rag.clean import find_folded, fold


@dataclass(frozen=True, slots=True)
class Ordinal:
    """An ordinal that a text names.

    Attributes:
        value: above 2.
        start: its first character in the text.
        end: one past its last.
    """

    value: int
    start: int
    end: int


def find_ordinals(text: str, without: Sequence[tuple[int, int]] = ()) -> list[Ordinal]:
    """Return the ordinals of a text in order; none that begins in one of the spans `without`, such as dates."""
    found = []
    for match, start, end in find_folded(_ORDINAL, text):
        value = _value(match)
        if value > 2 and not any(first <= start < last for first, last in without):
            found.append(Ordinal(value, start, end))
    return found


def _value(match: re.Match[str]) -> int:
    part = match.groupdict()
    if part["units"]:
        return _ARABIC[part["units"]] + (10 if part["ten"] else _ARABIC_TENS.get(part["tens"] or "", 0))
    if part["alone"]:
        return _ARABIC[part["alone"]]
    return _ENGLISH_TENS.get(part["english_tens"] or "", 0) + _ENGLISH[part["english"]]


_STEMS: Final = "ثاني ثالث رابع خامس سادس سابع ثامن تاسع عاشر".split()
_ARABIC: Final = {"حادي": 1, "حاديه": 1} | {
    fold(stem + ending): value for value, stem in enumerate(_STEMS, start=2) for ending in ("", "ة", "ا")
}
_ARABIC_TENS: Final = {
    fold(stem + ending): 10 * value
    for value, stem in enumerate("عشر ثلاث أربع خمس ست سبع ثمان تسع".split(), start=2)
    for ending in ("ون", "ين")
}
_ENGLISH: Final = {
    word: value
    for value, word in enumerate(
        (
            "first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth "
            "fifteenth sixteenth seventeenth eighteenth nineteenth twentieth"
        ).split(),
        start=1,
    )
} | {f"{stem}ieth": 10 * value for value, stem in enumerate("thirt fort fift sixt sevent eight ninet".split(), start=3)}
_ENGLISH_TENS: Final = {
    word: 10 * value for value, word in enumerate("twenty thirty forty fifty sixty seventy eighty ninety".split(), 2)
}


def _either(words: Sequence[str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


# "A third", "one fifth": those are parts.
_ORDINAL: Final = re.compile(
    rf"(?<!\w)(?:[وفبكل]|)(?:ال|لل)(?P<units>{_either(list(_ARABIC))})"
    rf"(?: (?P<ten>عشره?)| وال(?P<tens>{_either(list(_ARABIC_TENS))}))?(?!\w)"
    rf"|(?<!\w)[وفبكل]?(?P<alone>{_either([word for word in _ARABIC if not word.startswith('حادي')])})(?!\w)"
    rf"|(?<!\w)(?<!a )(?<!one )(?:(?P<english_tens>{_either(list(_ENGLISH_TENS))})[- ])?"
    rf"(?P<english>{_either(list(_ENGLISH))})(?!\w)"
)
