"""Text → the numbers it names, in digits or in words, Arabic and English.

A magnitude counts in ("1.2 مليار", "half a million"), a unit that is known is told, and an Arabic dual is a two.

>>> [(n.value, n.unit) for n in find_numbers("عبرتها ٣٫٥ آلاف سفينة، أي 60 في المئة، مقابل سفينتين")]
[(3500.0, ''), (60.0, 'percent'), (2.0, '')]
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

from rag.clean import fold, fold_with_places, written_span
from rag.number_words import (
    AND_PART,
    FRACTIONS,
    HEDGES,
    KNOWN,
    LETTER_SCALES,
    NOT_PARTS,
    ORDINALS_TOO,
    PARTS,
    PARTS_TOO,
    PERCENT,
    PERCENT_WORDS,
    SCALES,
    UNIT_OF,
    VAGUE,
    WORDS,
    is_dual,
)


@dataclass(frozen=True, slots=True)
class Number:
    """A number that a text names.

    Attributes:
        value: with its magnitude; a percentage is not divided by 100.
        unit: `"percent"`, a currency or measure of `rag.number_words`, or "" where none is known.
        start: its first character in the text.
        end: one past its last, the unit left out.
        form: how it stands there; a dual is the weakest, since the ending has other meanings; `"m"` may be metres.
        hedge: -1 for "more than", +1 for "less than", 0 for "about", None where it is said outright.
    """

    value: float
    unit: str
    start: int
    end: int
    form: str = "digits"
    hedge: int | None = None


@dataclass(frozen=True, slots=True)
class _Token:
    text: str
    start: int
    end: int


def find_numbers(text: str, without: Sequence[tuple[int, int]] = ()) -> list[Number]:
    """Return the numbers of a text in order.

    Args:
        text: as it stands.
        without: spans whose numbers are something else, such as dates.
    """
    folded, places = fold_with_places(text)
    tokens = [
        _Token(m.group(), *written_span(text, places, m.start(), m.end()))
        for m in _TOKEN.finditer(folded)
        if not any(start <= places[m.start()] < end for start, end in without)
    ]
    tokens = _tell_parts(text, tokens)
    found: list[Number] = []
    at = 0
    while at < len(tokens):
        read = _read(tokens, at)
        if read is None:
            at += 1
            continue
        value, after, form = read
        value, after = _with_half(tokens, value, after)
        unit = _unit(tokens, at, after)
        if unit and [t.text in AND_PART for t in tokens[after : after + 2]] == [False, True]:
            value, after = _with_half(tokens, value, after + 1)  # "أربع سنوات ونصف السنة"
        found.append(Number(value, unit, tokens[at].start, tokens[after - 1].end, form, _hedge(tokens, at, after)))
        at = after
        while unit == "percent" and at < len(tokens) and tokens[at].text in PERCENT_WORDS:
            at += 1
    return found


def _tell_parts(text: str, tokens: Sequence[_Token]) -> list[_Token]:
    """Return tokens with خُمس and its like named as the parts they are."""
    told = []
    for place, token in enumerate(tokens):
        written, following = text[token.start : token.end], tokens[place + 1].text if place + 1 < len(tokens) else ""
        number = token.text.removeprefix("و")
        definite = following.startswith("ال") and number != "ثمن"
        part = number in PARTS and (written.removeprefix("و")[1:2] == "\u064f" or definite)
        told.append(replace(token, text=fold(f"{token.text}_جزء")) if part else token)
    return told


def _read(tokens: Sequence[_Token], at: int) -> tuple[float, int, str] | None:
    """Return a number that begins at a token: its value, the token after it, and its form."""
    text = tokens[at].text
    if text.removeprefix("و")[0:1].isdigit():
        return _read_digits(tokens, at)
    word, joined = _number_word(text)
    if word is None:
        if is_dual(text):
            return 2.0, at + 1, "dual"
        part = AND_PART.get(tokens[at + 1].text) if at + 1 < len(tokens) and _plain(text) in UNIT_OF else None
        return (1 + part, at + 2, "words") if part else None  # "متر ونصف المتر"
    if word in FRACTIONS:
        return _read_fraction(tokens, at, word)
    if at + 1 < len(tokens) and tokens[at + 1].text in PARTS_TOO:
        return WORDS[word] * FRACTIONS[tokens[at + 1].text] * 100, at + 2, "fraction"  # "three quarters"
    return _read_words(tokens, at, joined)


def _read_digits(tokens: Sequence[_Token], at: int) -> tuple[float, int, str]:
    figure = _FIGURE.match(tokens[at].text.removeprefix("و"))
    assert figure is not None  # the caller has looked  # noqa: S101
    value = _value(figure["digits"])
    if figure["unit"] and (scale := LETTER_SCALES.get(figure["unit"])):
        money = at and tokens[at - 1].text in "$€£"
        return value * scale, at + 1, "m" if figure["unit"] == "m" and not money else "digits"
    at += 1
    while at < len(tokens) and (scale := SCALES.get(_plain(tokens[at].text))):
        value, at = value * scale, at + 1
    return *_with_joined(tokens, value, at), "digits"


def _with_joined(tokens: Sequence[_Token], value: float, at: int) -> tuple[float, int]:
    """Add digits that "and" joins: "3 آلاف و500", "مليون و200 ألف"; they are smaller than the magnitude before."""
    if value >= 1000 and at < len(tokens) and re.fullmatch(r"و\d+", tokens[at].text):
        rest = _value(tokens[at].text[1:])
        scale = SCALES.get(_plain(tokens[at + 1].text), 1.0) if at + 1 < len(tokens) else 1.0
        if rest * scale < value:
            return value + rest * scale, at + 1 + (scale > 1)
    return value, at


def _read_words(  # noqa: C901 - one pass over a grammar
    tokens: Sequence[_Token], start: int, joined: bool
) -> tuple[float, int, str] | None:
    """Read a number in words: groups below a thousand, each with its magnitude."""
    total, group, at = 0.0, 0.0, start
    read = False
    while at < len(tokens):
        text = tokens[at].text
        follows = any(_number_word(t.text)[0] for t in tokens[at + 1 : at + 2])
        if at > start and text == "and" and group >= 100 and follows:
            at += 1
            continue
        if text in ("a", "an") and at == start:
            at += 1
            continue
        word, joined = _number_word(text)
        if word is None or word in FRACTIONS:
            break
        if at > start and not _may_follow(tokens, at, text):
            break
        value = WORDS[word]
        if word in SCALES:
            if not joined and group == 0 and total and at > start:
                break
            if joined and group:  # "خمسة وألف": two numbers
                break
            total, group = total + (group or 1.0) * value, 0.0
        elif value == 100 and 0 < group < 100 and group % 10:  # "fourteen hundred"
            group *= 100
        elif group and not _fits(group, value):
            break
        else:
            group += value
        read, at = True, at + 1
    value = total + group
    if not read or (value == 1 and at == start + 1):
        return None  # "one of them", "واحدة": a pronoun more often than a number
    if at == start + 1 and _plain(tokens[start].text) in VAGUE:
        return None  # "آلاف السفن", "millions": nobody says how many
    return *_with_joined(tokens, value, at), "words"


def _may_follow(tokens: Sequence[_Token], at: int, text: str) -> bool:
    """Whether a word may go on the number before it: words that stand apart, or are joined by "and", do."""
    between = tokens[at - 1].text
    return text[0] == "و" or between != "," or _plain(text) in SCALES


def _fits(group: float, value: float) -> bool:
    """Whether a smaller number goes on a group: 20 + 5, 200 + 30, and in Arabic 5 + 20, 3 + 10."""
    if group % 10 == 0 and group >= 20 and value < 10:
        return True
    if group >= 100 and group % 100 == 0 and value < 100:
        return True
    units = group % 100
    return 1 <= units < 10 and (value == 10 or (20 <= value < 100 and value % 10 == 0))


def _read_fraction(tokens: Sequence[_Token], at: int, word: str) -> tuple[float, int, str] | None:
    """Return "half a million", "نصف مليار", "a third of", "نصف السفن"."""
    value, after = FRACTIONS[word], at + 1
    following, before = (tokens[after].text if after < len(tokens) else ""), (tokens[at - 1].text if at else "")
    if word in PARTS_TOO or following in NOT_PARTS or (word == "half" and before in ("first", "second")):
        return None
    if after < len(tokens) and tokens[after].text in ("a", "an"):
        after += 1
    if after < len(tokens) and (scale := SCALES.get(_plain(tokens[after].text))):
        return value * scale, after + 1, "words"
    if value == 0.5 and after < len(tokens) and (what := tokens[after].text) in UNIT_OF | {"dozen": ""}:
        return (6.0, after + 1, "words") if what == "dozen" else (value, after, "words")  # "half a year", "نصف ساعة"
    if word in ORDINALS_TOO:  # "a quarter of", "by a quarter", but not "a third ship"
        of = at + 1 < len(tokens) and tokens[at + 1].text == "of"
        by = at > 1 and tokens[at - 2].text == "by"
        if not at or tokens[at - 1].text not in ("a", "one") or not (of or by):
            return None
    return value * 100, at + 1, "fraction"


def _with_half(tokens: Sequence[_Token], value: float, at: int) -> tuple[float, int]:
    """Add "ونصف (المليار)", "and a half", which stands after the number it belongs to."""
    if at < len(tokens) and tokens[at].text in AND_PART:
        part = AND_PART[tokens[at].text]
        after = at + 1
        if after < len(tokens) and _plain(tokens[after].text) in SCALES | UNIT_OF:
            after += 1
        return value + part * _magnitude(value), after
    if [t.text for t in tokens[at : at + 3]] == ["and", "a", "half"]:
        scale = SCALES.get(tokens[at + 3].text, 1.0) if at + 3 < len(tokens) else 1.0
        return (value + 0.5 * _magnitude(value)) * scale, at + 3 + (scale > 1)
    return value, at


def _magnitude(value: float) -> float:
    return max((scale for scale in (1e3, 1e6, 1e9, 1e12) if scale <= value), default=1.0)


def _unit(tokens: Sequence[_Token], start: int, after: int) -> str:
    """Return the unit beside a number; "" where none is known."""
    figure = _FIGURE.match(tokens[start].text) if tokens[start].text[0].isdigit() else None
    if figure and figure["unit"] in UNIT_OF:
        return UNIT_OF[figure["unit"]]
    if start and tokens[start - 1].text in "$€£":
        return UNIT_OF[tokens[start - 1].text]
    if (own := _plain(tokens[start].text)) in UNIT_OF:  # "ساعة ونصف"
        return UNIT_OF[own]
    following = [_plain(token.text) for token in tokens[after : after + 3] if token.text != ","] or [""]
    if following[0] == "%" or following[0] in PERCENT or " ".join(following[:2]) in PERCENT:
        return "percent"
    return next((UNIT_OF[word] for word in following[:2] if word in UNIT_OF), "")


def _hedge(tokens: Sequence[_Token], start: int, after: int) -> int | None:
    before = " ".join(token.text for token in tokens[max(0, start - 4) : start] if token.text not in "$€£")
    before = re.sub(r"(?<!\w)[بلو](?=(?:اكثر|اقل|نحو|حوالي|ما)\b)", "", before)
    for way, words in HEDGES.items():
        if any(re.search(rf"\b{word}$", before) for word in words):
            return way
    following = " ".join(token.text for token in tokens[after : after + 3])
    return 0 if re.match(r"(?:\w+ )?(?:تقريبا|or so|or thereabouts)\b", following) else None


def _number_word(text: str) -> tuple[str | None, bool]:
    """Return the number word that a token is, without its particles, and whether "and" joins it to what is before."""
    if text in WORDS or text in FRACTIONS:
        return text, False
    plain = _plain(text)
    if plain in WORDS or plain in FRACTIONS:
        return plain, text[0] == "و"
    return None, False


def _plain(text: str) -> str:
    """Return a word without "and", a preposition and the article, where what is left is known; else the word."""
    if text in KNOWN or not "\u0620" <= text[0] <= "\u06ff":
        return text
    for prefix in ("وال", "بال", "لل", "ال", "ولل", "وبال", "و", "ف", "ب", "ل"):
        if text.startswith(prefix) and (rest := text[len(prefix) :]) in KNOWN:
            return rest
    return text


def _value(digits: str) -> float:
    if re.fullmatch(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?", digits):
        digits = digits.replace(",", "")
    return float(digits.replace(",", "."))


_FIGURE = re.compile(r"(?P<digits>\d+(?:[.,]\d+)*)(?P<unit>[a-z]*)")
_TOKEN = re.compile(
    r"\d+(?:[.,]\d+)*(?:(?:st|nd|rd|th|bn|mn|tn|m|k|km|kg|mw|gw|kwh|twh)(?![a-z\d]))?|و\d+(?:[.,]\d+)*|(?<!\w)[لبكف](?=\d)|[^\W\d_]+(?:\d+\w*)?|[%$€£,]"
)
