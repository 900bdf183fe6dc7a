"""A text → what it says that can be compared: numbers, dates, words, clauses; and whether another says the same."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from rag.clean import fold
from rag.dates import Date, find_dates
from rag.negation import NEGATION_WORDS, Clause, split_clauses
from rag.number_words import PERCENT_WORDS, SMALLER
from rag.numbers import Number, find_numbers
from rag.ordinals import Ordinal, find_ordinals
from rag.times import SPANS, Time, find_times
from rag.words import Word, content_words

_NO_CONTENT = NEGATION_WORDS | PERCENT_WORDS
_HEDGED = 0.06  # how far "about 400" may be from what it is about


@dataclass(frozen=True)
class Said:
    """A text in the parts that are compared."""

    text: str
    dates: tuple[Date, ...]
    numbers: tuple[Number, ...]
    ordinals: tuple[Ordinal, ...]
    times: tuple[Time, ...]
    words: tuple[Word, ...]
    clauses: tuple[Clause, ...]


@lru_cache(maxsize=2048)
def read_facts(text: str) -> Said:
    """Return what a text says."""
    dates = find_dates(text)
    spans = [(d.start, d.end) for d in dates]
    ordinals = find_ordinals(text, spans)
    numbers = find_numbers(text, spans + [(o.start, o.end) for o in ordinals])  # السادسة عشرة is no ten
    words = content_words(text, spans + [(n.start, n.end) for n in numbers if n.form != "dual"])
    words = [w for w in words if not w.term[0].isdigit() and fold(w.written) not in _NO_CONTENT]
    times = find_times(text, spans + [(n.start, n.end) for n in numbers])
    parts = (tuple(dates), tuple(numbers), tuple(ordinals), tuple(times), tuple(words))
    return Said(text, *parts, split_clauses(text, words))


def has_number(number: Number, window: Said) -> bool:
    """Whether a text says a number of another, perhaps rounded where that one says so."""
    values = [(n.value, n.unit, n.form, n.hedge) for n in window.numbers]
    values += [(float(d.year), "", "digits", None) for d in window.dates if d.year]
    values += [(float(o.value), "", "words", None) for o in window.ordinals]  # "under five", دون الخامسة
    if number.value == 1 and not number.unit:
        return True  # "3-1", "هدف واحد": one is said in too many ways
    return any(same_number(number, *other) for other in values)


def same_number(claim: Number, value: float, unit: str, form: str, hedge: int | None) -> bool:
    """Whether a number of a claim is one that a text says, perhaps rounded where the claim says so."""
    shares = (claim.unit == "percent" or claim.form == "fraction", unit == "percent" or form == "fraction")
    if shares[0] != shares[1]:
        return False
    said = claim.value
    if claim.unit and unit and claim.unit != unit and not any(shares):
        if (factor := _factor(claim.unit, unit)) is None:
            return False
        said *= factor
    metres = said / 1e6 if claim.form == "m" else said, value / 1e6 if form == "m" else value
    if any(abs(one - other) <= 1e-6 * max(abs(other), 1.0) for one, other in ((said, value), metres)):
        return True
    if claim.form == "fraction" or form == "fraction":
        return abs(said - value) <= 1.0
    if claim.hedge is None or not value:
        return False
    off = (said - value) / value
    ways = {-1: (-0.15, 0.0), 1: (0.0, 0.15), 0: (-_HEDGED, _HEDGED)}
    low, high = ways[claim.hedge]
    return low <= off <= high


def _factor(unit: str, other: str) -> float | None:
    """Return how many of another unit one is, None where they do not measure the same."""
    for one, two, up in ((unit, other, True), (other, unit, False)):
        smaller, count = SMALLER.get(one, ("", 0.0))
        if smaller == two:
            return count if up else 1 / count
    return None


def has_ordinal(ordinal: Ordinal, window: Said) -> bool:
    """Whether a text says an ordinal of another, as one or as a number: "the 17th stage", المرحلة السابعة عشرة."""
    return any(o.value == ordinal.value for o in window.ordinals) or any(
        n.value == ordinal.value for n in window.numbers
    )


def has_time(time: Time, window: Said) -> bool:
    """Whether a text says a time of another, or none of its kind: a season against another, one month against two."""
    others = {other.value for other in window.times if other.kind == time.kind}
    if time.kind != "span":
        return time.value in others or not others
    one = Number(1.0, time.value, time.start, time.end, "words")
    counted = [n for n in window.numbers if n.unit in SPANS]
    said = any(same_number(one, n.value, n.unit, n.form, n.hedge) for n in counted)
    return time.value in others or said or not (counted or others)


def has_date(claim: Date, window: Said, published: date | None) -> bool:
    """Whether a text says a date of another; `published` gives the year that an article leaves out."""
    return any(same_date(claim, other, window, published) for other in window.dates) or (
        claim.year is not None
        and claim.month is None
        and any(n.value == claim.year and not n.unit for n in window.numbers)
    )


def same_date(claim: Date, other: Date, window: Said, published: date | None) -> bool:
    """Whether a date of a claim is one that a text says; see `has_date`."""
    if claim.hijri != other.hijri:
        return False
    wanted, there = claim.parts(), other.parts()
    year = wanted.pop("year", None)
    if year is not None:
        years = (
            {d.year for d in window.dates if d.hijri == claim.hijri and d.year} if other.year is None else {other.year}
        )
        if not years and published and not claim.hijri:
            years = {published.year}
        if year not in years:
            return False
    weekday = wanted.pop("weekday", None)
    if weekday is not None and weekday not in {d.weekday for d in window.dates} | {_weekday(other)}:
        return False
    if weekday is not None and not wanted and year is None:
        return True
    swappable = claim.swappable or other.swappable
    if swappable and sorted((wanted.get("day", 0), wanted.get("month", 0))) == sorted(
        (there.get("day", 0), there.get("month", 0))
    ):
        return True
    return all(there.get(part) == value for part, value in wanted.items())


def _weekday(day: Date) -> int | None:
    if day.year and day.month and day.day and not day.hijri:
        try:
            return date(day.year, day.month, day.day).weekday()
        except ValueError:
            return None
    return None
