"""Text → the seasons, the parts of the day and the single spans of time that it names, Arabic and English.

>>> [(t.kind, t.value) for t in find_times("أُرجئت من الربيع إلى فصل الشتاء، لسنة واحدة، مساء الأحد")]
[('season', 'spring'), ('season', 'winter'), ('span', 'year'), ('part of day', 'evening')]
>>> [(t.kind, t.value) for t in find_times("It lasted for a month and ended overnight.")]
[('span', 'month'), ('part of day', 'evening')]
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from rag.clean import find_folded, fold
from rag.number_words import UNIT_OF

SPANS: Final = frozenset("hour day week month year".split())
"""Units of time, as `rag.number_words` names them, in which a span may be one."""


@dataclass(frozen=True, slots=True)
class Time:
    """A time that a text names without a date or a number.

    Attributes:
        kind: a season, a part of the day, or a span of one unit.
        value: which: spring, morning; the unit of a span.
        start: its first character in the text.
        end: one past its last.
    """

    kind: Literal["season", "part of day", "span"]
    value: str
    start: int
    end: int


def find_times(text: str, without: Sequence[tuple[int, int]] = ()) -> list[Time]:
    """Return the times of a text in order; none that begins in one of the spans `without`, such as dates."""
    found = []
    for match, start, end in find_folded(_TIME, text):
        if any(first <= start < last for first, last in without):
            continue
        if season := match["season"]:
            found.append(Time("season", _SEASONS[season], start, end))
        elif part := match["part"]:
            found.append(Time("part of day", _PARTS[part], start, end))
        elif clock := match["clock"]:
            found += [Time("part of day", value, start, end) for value in _CLOCK[clock[0]]]
        elif unit := match["one"] or match["alone"] or match["english"]:
            found.append(Time("span", UNIT_OF[unit], start, end))
    return found


def _by_word(groups: Mapping[str, str]) -> dict[str, str]:
    return {fold(word.replace("_", " ")): name for name, words in groups.items() for word in words.split()}


def _either(words: Mapping[str, str]) -> str:
    return "|".join(sorted(words, key=len, reverse=True))


_SEASONS: Final = _by_word(
    {
        "spring": "spring ربيع",
        "summer": "summer صيف",
        "autumn": "autumn this_fall last_fall next_fall the_fall خريف",
        "winter": "winter شتاء",
    }
)
_PARTS: Final = _by_word(
    {
        "morning": "morning dawn صباح صباحا فجر فجرا",
        "noon": "noon midday afternoon الظهر ظهرا ظهيرة",
        "evening": "evening night midnight overnight مساء مساءً ليل ليلا ليلة",
    }
)
_CLOCK: Final = {"a": ("morning",), "p": ("noon", "evening")}  # which of them "5 pm" is, no one can say
_UNITS: Final = {word: unit for word, unit in UNIT_OF.items() if unit in SPANS}
_ARABIC: Final = {word: unit for word, unit in _UNITS.items() if not word.isascii()}
_ENGLISH: Final = {word: unit for word, unit in _UNITS.items() if word == unit}
_NO_TENS: Final = "".join(
    f"(?<!{tens}{ending} )" for tens in ("شر", "لاث", "بع", "مس", "ست", "مان", "سع") for ending in ("ون", "ين")
)
_JOINED: Final = "[وف]?(?:لل|[بلك]?(?:ال)?)"  # what may be written to a noun
# ربيع الأول is a month, "the fall of" no season; an accusative that a number stands before is what is counted.
_TIME: Final = re.compile(
    rf"(?<!\w){_JOINED}(?P<season>{_either(_SEASONS)})(?!\w)(?! (?:الاول|الاخر|الثاني|of)\b)"
    rf"|(?<!\w){_JOINED}(?P<part>{_either(_PARTS)})(?!\w)"
    rf"|(?<!\w)[وفبل]?(?P<one>{_either(_ARABIC)}) واحد(?:ا|ه)?(?!\w)"
    rf"|(?<!\d )(?<!عشر )(?<!عشره ){_NO_TENS}(?<!مئه )(?<!مايه )(?<!\w)(?P<alone>شهرا|عاما|اسبوعا)(?!\w)"
    r"|(?<=\d)\s?(?P<clock>[ap]\.?m)\b"
    r"|\b(?:one|a single|(?:for|within|in|last|lasts|lasted|lasting) an?) "
    rf"(?P<english>{_either(_ENGLISH)})\b(?! and an? )"
)
