"""Text → the dates it names: days, months and years of both Arab traditions and English, Hijri ones, weekdays.

>>> [d.parts() for d in find_dates("في 7 تشرين الأول/أكتوبر 2022، ثم يوم الثلاثاء 12/3/2024")]
[{'year': 2022, 'month': 10, 'day': 7}, {'weekday': 1}, {'year': 2024, 'month': 3, 'day': 12}]
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from rag.clean import find_folded, fold
from rag.lexicon import AMBIGUOUS_MONTHS, MONTHS


@dataclass(frozen=True, slots=True)
class Date:
    """A date that a text names, or the parts of one that it names.

    Attributes:
        start: its first character in the text.
        end: one past its last.
        year: as written; of the Hijri calendar where `hijri`.
        month: 1 to 12, likewise.
        day: of the month.
        weekday: 0 is Monday.
        hijri: whether year and month are of the Hijri calendar.
        swappable: day and month are figures that may stand the other way round.
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None
    hijri: bool = False
    swappable: bool = False

    def parts(self) -> dict[str, int]:
        """Return the parts that are named."""
        named = {"year": self.year, "month": self.month, "day": self.day, "weekday": self.weekday}
        return {name: value for name, value in named.items() if value is not None}


def find_dates(text: str) -> list[Date]:
    """Return the dates of a text in order; a bare 1800 to 2099 is a year, an earlier one where the text says so."""
    return list(_find_dates(text))


@lru_cache(maxsize=1024)  # a question looks at the same few texts again and again
def _find_dates(text: str) -> tuple[Date, ...]:
    found: list[Date] = []
    for match, start, end in find_folded(_DATE, text):
        if match["same_day"]:  # "on the tenth of the same month"
            month = next((date for date in reversed(found) if date.month), None)
            if month and (day := _day(match["same_day"])):
                found.append(replace(month, start=start, end=end, day=day, swappable=False))
        elif date := _read(match, match.string, text[start:end], start, end):
            found.append(date)
    return tuple(found)


def find_years(text: str) -> set[int]:
    """Return the years that a text names, of our calendar.

    >>> sorted(find_years("من 2019 إلى ٢٠٢٤، لا في 1445هـ"))
    [2019, 2024]
    """
    return {date.year for date in find_dates(text) if date.year and not date.hijri}


def _read(match: re.Match[str], folded: str, written: str, start: int, end: int) -> Date | None:
    part = match.groupdict()
    if part["iso"]:
        year, month, day = map(int, re.split(r"[-/]", part["iso"]))
        return Date(start, end, year, month, day) if month <= 12 and day <= 31 else None
    if part["figures"]:
        day, month, year = map(int, re.split(r"[-/.]", part["figures"]))
        if month > 12:
            day, month = month, day
        return Date(start, end, year, month, day, swappable=day <= 12) if month <= 12 and day <= 31 else None
    if part["weekday"]:
        return Date(start, end, weekday=_WEEKDAYS[part["weekday"]])
    if part["hijri_year"]:
        return Date(start, end, int(part["hijri_year"]), hijri=True)
    if part["year"]:
        return Date(start, end, int(part["year"]))
    name = next(part[g] for g in ("month", "month_first", "hijri") if part[g])
    day_text = part["day"] or part["day_first"] or part["hijri_day"]
    day_value = _day(day_text) if day_text else None
    year_text = part["month_year"] or part["first_year"] or part["hijri_month_year"]
    if part["hijri"]:
        return Date(start, end, int(year_text) if year_text else None, _HIJRI[name], day_value, hijri=True)
    if not day_value and not year_text and name in _AMBIGUOUS and not _in_place(match, folded, written):
        return None
    return Date(start, end, int(year_text) if year_text else None, _MONTH_OF[name], day_value)


def _in_place(match: re.Match[str], folded: str, written: str) -> bool:
    """Whether a bare name that is a word too ("may", "مارس") stands where a month does."""
    before = re.findall(r"[^\s-]+", folded[: match.start()])[-1:] or [""]
    if "آ" in written:  # آب is August; with another alef it may be a father
        return True
    if written.strip()[0].isascii():
        return written.strip()[0].isupper() and before[0] in _BEFORE_MONTH
    return before[0] in _BEFORE_MONTH or (folded[match.start()] in "بلو" and len(written) > 4)


def _day(text: str) -> int | None:
    if text[0].isdigit():
        return int(re.match(r"\d+", text)[0])  # type: ignore[index]
    return _DAY_WORDS.get(" ".join(text.split()))


_MONTH_OF: Final = {fold(name): number for name, number in MONTHS.items()}
_AMBIGUOUS = frozenset(map(fold, AMBIGUOUS_MONTHS))
_BEFORE_MONTH = frozenset(
    map(
        fold,
        (
            "in since by until last of early late mid through from this next في منذ خلال شهر حتى مطلع نهاية "
            "أوائل أواخر "
            "منتصف بداية من إلى"
        ).split(),
    )
)
_HIJRI: Final = {
    fold(name.replace("_", " ")): number
    for number, names in enumerate(
        (
            "محرم المحرم muharram",
            "صفر safar",
            "ربيع_الأول rabi_al-awwal rabi_i",
            "ربيع_الآخر ربيع_الثاني rabi_al-thani rabi_al-akhir rabi_ii",
            "جمادى_الأولى جمادى_الأول jumada_al-awwal jumada_al-ula jumada_i",
            "جمادى_الآخرة جمادى_الثانية jumada_al-thani jumada_al-akhira jumada_ii",
            "رجب rajab",
            "شعبان shaban sha'ban",
            "رمضان ramadan",
            "شوال shawwal",
            "ذو_القعدة ذي_القعدة dhu_al-qadah dhu_al-qa'dah",
            "ذو_الحجة ذي_الحجة dhu_al-hijjah dhu_al-hijja",
        ),
        start=1,
    )
    for name in names.split()
}
_WEEKDAYS: Final = {
    fold(name): number
    for number, names in enumerate(
        (
            "monday mondays الاثنين الإثنين",
            "tuesday tuesdays الثلاثاء",
            "wednesday wednesdays الأربعاء",
            "thursday thursdays الخميس",
            "friday fridays الجمعة",
            "saturday saturdays السبت",
            "sunday sundays الأحد",
        )
    )
    for name in names.split()
}
_ORDINALS = "الأول الثاني الثالث الرابع الخامس السادس السابع الثامن التاسع العاشر".split()
_ENGLISH_ORDINALS = "first second third fourth fifth sixth seventh eighth ninth tenth".split()
_DAY_WORDS: Final = {
    fold(words): day
    for words, day in [
        *((word, day) for day, word in enumerate(_ORDINALS, start=1)),
        *((word, day) for day, word in enumerate(_ENGLISH_ORDINALS, start=1)),
        *((word, 1) for word in ("غرة", "أول", "فاتح")),
        ("الحادي عشر", 11),
        *((f"{word} عشر", 10 + day) for day, word in enumerate(_ORDINALS[1:9], start=2)),
        ("العشرين", 20),
        ("العشرون", 20),
        ("الحادي والعشرين", 21),
        *((f"{word} والعشرين", 20 + day) for day, word in enumerate(_ORDINALS[1:9], start=2)),
        ("الثلاثين", 30),
        ("الحادي والثلاثين", 31),
    ]
}


def _either(names: object) -> str:
    return "|".join(sorted(map(re.escape, names), key=len, reverse=True))  # type: ignore[call-overload]


_YEAR = r"(?:1[3-9]\d\d|20\d\d)"
_AD = r"(?: ?م(?!\w))?"  # "2024م"
_DAY = rf"(?:[0-3]?\d(?:st|nd|rd|th)?|{_either(_DAY_WORDS)})"
_HIJRI_MONTH = _either(_HIJRI)
_ERA = r"(?: ?(?:هـ|ه|هجريه?|للهجره|ah))(?!\w)"
_SAME_MONTH = r"(?:(?:من )?الشهر (?:نفسه|ذاته|عينه)|of (?:the same|that) month)"
_YEAR_AFTER = rf"(?:,? ?(?:من )?(?:of |عام |سنه |العام |لعام )?(?P<{{}}>{_YEAR}){_AD}(?!\w|[.,]\d))?"
# What was long ago is a year only where the text says so: 1500 may be metres.
_YEAR_WORDS = "in since by until from year to after عام سنة العام في منذ حتى".split()
_AFTER_YEAR_WORD = f"(?:{'|'.join(f'(?<={fold(word)} )' for word in _YEAR_WORDS)})"
_DATE = re.compile(
    rf"(?P<iso>(?<![\d/-])\d{{4}}[-/]\d{{1,2}}[-/]\d{{1,2}}(?![\d/-]))"
    rf"|(?P<figures>(?<![\d/.-])\d{{1,2}}[-/.]\d{{1,2}}[-/.]\d{{4}}(?![\d/-]))"
    rf"|(?<!\w)(?:و?(?P<hijri_day>{_DAY}) (?:من |of )?(?:شهر )?)?[وبل]?(?P<hijri>{_HIJRI_MONTH})(?!\w)"
    rf"(?:,? ?(?:of |عام |سنه |لعام )?(?P<hijri_month_year>1[34]\d\d)(?:{_ERA})?)?"
    rf"|(?<![\w.])(?P<hijri_year>1[34]\d\d){_ERA}"
    rf"|(?<!\w)(?:و?(?P<day>{_DAY}) (?:من |of )?(?:شهر )?)[وب]?(?P<month>{_either(_MONTH_OF)})(?!\w)"
    rf"(?: ?[/(] ?(?:{_either(_MONTH_OF)})\)?(?!\w))?{_YEAR_AFTER.format('month_year')}"
    rf"|(?<!\w)(?:شهر )?[وبلف]?(?P<month_first>{_either(_MONTH_OF)})\.?(?!\w)"
    rf"(?: ?[/(] ?(?:{_either(_MONTH_OF)})\)?(?!\w))?(?: (?P<day_first>[0-3]?\d(?:st|nd|rd|th)?)(?![\w%]|[.,]\d))?"
    rf"{_YEAR_AFTER.format('first_year')}"
    rf"|(?<!\w)[وب]?(?P<same_day>{_DAY}) {_SAME_MONTH}(?!\w)"
    rf"|(?<!\w)(?:يوم |on )?[وب]?(?P<weekday>{_either(_WEEKDAYS)})(?!\w)"
    rf"|(?<![\w.,$€£-])(?P<year>1[89]\d\d|20\d\d|{_AFTER_YEAR_WORD}1[0-7]\d\d){_AD}(?!\w|[.,]\d|-\w|%)"
)
