"""The days that a question or an article names by their distance: this week, أمس, منذ يناير → the days they are.

>>> from datetime import date
>>> find_period("What has happened in the canal since January?", date(2026, 11, 26))
Period(since=datetime.date(2026, 1, 1), until=None)
>>> find_period("ما أخبار القناة هذا الأسبوع؟", date(2026, 11, 26))
Period(since=datetime.date(2026, 11, 21), until=datetime.date(2026, 11, 26))
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from rag.clean import fold, fold_with_places, written_span
from rag.dates import Date, find_dates
from rag.numbers import find_numbers

_MOST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Period:
    """Days from one to another, both included; open where one is None."""

    since: date | None = None
    until: date | None = None


def find_period(question: str, as_of: date) -> Period | None:
    """Return the days in which what a question asks about was published; None where it names none.

    Only days told by their distance count, and what is asked "since" a date: a plain year or month is a date that the
    articles tell of, not the day they were published. What happened last year may have been told since.

    Args:
        question: in Arabic or English.
        as_of: the day on which it is asked.
    """
    text = fold(question)
    if (since := _since(question, as_of)) or (since := _last_days(text, as_of)):
        return since
    for pattern, days in _QUESTIONS:
        if pattern.search(text):
            return days(as_of)
    return None


def resolve_days(sentence: str, published: date | None) -> list[tuple[str, date | int]]:
    """Return the words of a sentence that name a day or year by its distance from publication, each with what it is.

    >>> from datetime import date
    >>> resolve_days("وقال الوزير أمس إن المشروع بدأ العام الماضي.", date(2026, 1, 1))
    [('أمس', datetime.date(2025, 12, 31)), ('العام الماضي', 2025)]
    """
    if published is None:
        return []
    folded, places = fold_with_places(sentence)
    found = []
    for pattern, meaning in _ARTICLES:
        for match in pattern.finditer(folded):
            start, end = written_span(sentence, places, match.start("words"), match.end("words"))
            found.append((start, sentence[start:end], meaning(published)))
    return [(words, meant) for _, words, meant in sorted(found)]


def _since(question: str, as_of: date) -> Period | None:
    folded, places = fold_with_places(question)
    for match in _SINCE.finditer(folded):
        start, _ = written_span(question, places, match.start(), match.end())
        named = next((d for d in find_dates(question) if d.start >= start), None)
        between = re.findall(r"[^\W_]+", fold(question[start : named.start])) if named else []
        if named and len(between) <= _WORDS_BETWEEN and (day := _first_day(named, as_of)):
            return Period(since=day)
    return None


def _first_day(named: Date, as_of: date) -> date | None:
    """Return the first day of a date that names a year or a month; a month alone is the last one of that name."""
    if named.hijri or (named.year is None and named.month is None):
        return None
    month = named.month or 1
    year = named.year or (as_of.year if (month, named.day or 1) <= (as_of.month, as_of.day) else as_of.year - 1)
    try:
        day = date(year, month, named.day or 1)
    except ValueError:
        return None
    return day if day <= as_of else None


def _last_days(text: str, as_of: date) -> Period | None:
    """Return "the last three days", "آخر أسبوعين", "الأيام العشرة الماضية"."""
    for match in _COUNTED.finditer(text):
        numbers = find_numbers(match.group())
        count = (
            numbers[0].value if numbers and numbers[0].form != "dual" else 2.0 if _DUAL.search(match.group()) else 1.0
        )
        unit = next(days for word, days in _UNITS if re.search(word, match.group()))
        days = int(count * unit)
        if 0 < days <= _MOST_DAYS:
            return Period(as_of - timedelta(days=days), as_of)
    return None


def _month_before(day: date) -> date:
    return (day.replace(day=1) - timedelta(days=1)).replace(day=1)


def _saturday(day: date) -> date:
    """Return when the week of a day begins: weeks begin on Saturday, Sunday or Monday, and none may be cut short."""
    return day - timedelta(days=(day.weekday() + 2) % 7)


def _days_back(days: int) -> Callable[[date], date]:
    return lambda published: published - timedelta(days=days)


def _years_on(years: int) -> Callable[[date], int]:
    return lambda published: published.year + years


_WORDS_BETWEEN = 3  # "منذ بداية شهر يناير"
_SINCE: Final = re.compile(r"\b(?:since|منذ|من بعد|ابتداء من|اعتبارا من)\b")
_UNIT = r"(?:days?|weeks?|months?|years?|يوم\w*|ايام|اسبوع\w*|اسابيع|شهر\w*|اشهر|شهور|سنه|سنوات|سنتين|عام\w*|اعوام)"
_COUNTED: Final = re.compile(
    rf"\b(?:last|past) (?:few |couple of )?(?:\w+[ -])?{_UNIT}\b(?<!last week)(?<!last month)(?<!last year)"
    rf"|\b(?:in|over|during) the (?:last|past) {_UNIT}\b"
    rf"|\bاخر (?:\w+ )?{_UNIT}\b"
    r"|\bال(?:ايام|اسابيع|اشهر|سنوات|اسبوعين|شهرين|يومين)(?: ال\w+)? (?:الماضيه|الاخيره|الماضيين|الاخيرين)\b"
)
_UNITS: Final = (
    (r"\b(?:ال)?(?:days?|يوم|ايام)", 1.0),
    (r"\b(?:ال)?(?:weeks?|اسبوع|اسابيع)", 7.0),
    (r"\b(?:ال)?(?:months?|شهر|اشهر|شهور)", 30.5),
    (r"", 365.25),
)
_DUAL: Final = re.compile(r"\b(?:ال)?(?:يومين|اسبوعين|شهرين|سنتين|عامين)\b|\bcouple\b")
_QUESTIONS: Final[tuple[tuple[re.Pattern[str], Callable[[date], Period]], ...]] = (
    (
        re.compile(r"\b(?:today|النهارده)\b|(?:^|\b(?:اخبار|حدث|جري|نشر|صدر) (?:\w+ )?)اليوم\b|(?<!\bفي )\bاليوم\W*$"),
        lambda d: Period(d, d),
    ),
    (re.compile(r"\b(?:yesterday|امس|البارحه|امبارح|مبارح)\b"), lambda d: Period(d - timedelta(days=1), d)),
    (
        re.compile(r"\bthis week\b|\b(?:هذا|هاد|هالا|ها) ?الاسبوع\b|\bالاسبوع (?:الحالي|الجاري|ده)\b|\bهالاسبوع\b"),
        lambda d: Period(_saturday(d), d),
    ),
    (
        re.compile(r"\blast week\b|\bالاسبوع (?:الماضي|الفايت|السابق|اللي فات)\b"),
        lambda d: Period(_saturday(d) - timedelta(days=7), _saturday(d) + timedelta(days=1)),
    ),
    (
        re.compile(r"\bthis month\b|\bهذا الشهر\b|\bالشهر (?:الحالي|الجاري|ده)\b|\bهالشهر\b"),
        lambda d: Period(d.replace(day=1), d),
    ),
    (
        re.compile(r"\blast month\b|\bالشهر (?:الماضي|الفايت|السابق|اللي فات)\b"),
        lambda d: Period(_month_before(d), d.replace(day=1) - timedelta(days=1)),
    ),
    (
        re.compile(r"\bthis year\b|\b(?:هذا العام|هذه السنه|العام الحالي|العام الجاري|السنه دي|هالسنه)\b"),
        lambda d: Period(date(d.year, 1, 1), d),
    ),
    (
        re.compile(r"\blast year\b|\b(?:العام|السنه) (?:الماضي|الماضيه|الفايت|الفايته|اللي فات\w*)\b"),
        lambda d: Period(date(d.year - 1, 1, 1)),
    ),
)
_ARTICLES: Final[tuple[tuple[re.Pattern[str], Callable[[date], date | int]], ...]] = (
    (re.compile(r"\b(?P<words>yesterday|امس|البارحه)\b(?! الاول)"), _days_back(1)),
    (re.compile(r"\b(?P<words>tomorrow|غدا)\b"), _days_back(-1)),
    (re.compile(r"\b[وفبل]?(?P<words>last year|(?:العام|السنه) (?:الماضي|الماضيه|المنصرم|المنصرمه))\b"), _years_on(-1)),
    (re.compile(r"\b[وفبل]?(?P<words>next year|(?:العام|السنه) (?:المقبل|المقبله|القادم|القادمه))\b"), _years_on(1)),
    (re.compile(r"\b[وفبل]?(?P<words>this year|هذا العام|هذه السنه|العام (?:الحالي|الجاري))\b"), _years_on(0)),
)
