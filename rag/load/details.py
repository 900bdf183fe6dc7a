"""What a source says of an article, and what its text tells → the article; what nothing tells is left empty.

The day of publication is the source's own word, else what the text names as its day, else the day its file was changed:
`Article.dated_by` says which.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from email.utils import parsedate_to_datetime
from pathlib import PurePath
from typing import Final

from rag.clean import fold
from rag.dates import Date, find_dates
from rag.language import detect_language, parse_day
from rag.load.draft import Draft
from rag.types import Article, DatedBy, Language

_HEAD, _FOOT = 8, 4  # lines in which an article says who wrote it, and when
_LONGEST_LINE = 120  # characters of such a line
_LONGEST_NAME = 60

_PUBLISHED: Final = re.compile(
    r"(?:^|[^\w])(?:نشر|تاريخ النشر|تاريخ الخبر|تاريخ|تم النشر|اضيف|حرر|first published|published|posted|date|released|"
    r"issued|created)(?: (?:في|بتاريخ|يوم|on|at))*\s*[:|،,-]?\s*$"
)
_BYLINE: Final = re.compile(
    r"^(?:by|written by|author|reported by|بقلم|كتب|كتبت|كتبه|كتبها|الكاتب|المراسل|تقرير|إعداد)\s*[:|/-]?\s+"
    r"(?P<name>.+)$",
    re.IGNORECASE,
)
_SOURCE: Final = re.compile(r"^(?:source|المصدر|مصدر الخبر)\s*[:|/-]\s*(?P<name>.+)$", re.IGNORECASE)
_TIME: Final = re.compile(r"\d{1,2}[:.]\d{2}(?::\d{2})?\s*(?:[ap]\.?m\.?|[صم]|مساء|صباحا|gmt|utc|[a-z]{3,4})?")
_WEEKDAY: Final = re.compile(
    "|".join(map(fold, "الاثنين الإثنين الثلاثاء الأربعاء الخميس الجمعة السبت الأحد يوم الموافق".split()))
    + r"|\b(?:mon|tues|wednes|thurs|fri|satur|sun)day\b"
)
_OTHER_WORDS = 4  # words beside a date in a line that does nothing but tell it


def complete(draft: Draft, name: str) -> Article:
    """Return the article that a draft makes, still raw.

    Args:
        draft: what its source says.
        name: of the source: what is left to make an id of.
    """
    lines = [line.strip() for line in draft.text.split("\n") if line.strip()]
    edges = [line for line in (*draft.about, *lines[:_HEAD], *lines[_HEAD:][-_FOOT:]) if len(line) <= _LONGEST_LINE]
    published, dated_by = _published(draft, lines[:_HEAD], edges)
    title = " ".join(draft.title.split()) or _first_words(lines)
    return Article(
        id=_identifier(draft.id) or _id_from(name, draft.key),
        title=title,
        text=draft.text,
        language=_language(draft.language, f"{title} {draft.text}"),
        published=published,
        source=draft.source.strip() or _labelled(_SOURCE, edges),
        licence=draft.licence.strip(),
        author=_labelled(_BYLINE, [draft.author.strip()]) or draft.author.strip() or _labelled(_BYLINE, edges),
        url=draft.url.strip(),
        dated_by=dated_by,
        pages=draft.pages,
        recognised=draft.recognised,
    )


def parse_published(value: object) -> date | None:
    """Return the day of a date as sources write it: ISO 8601, day/month/year, mail's form, seconds, or in words.

    >>> parse_published("Thu, 26 Nov 2026 23:30:00 +0300") == parse_published("٢٦ تشرين الثاني/نوفمبر ٢٠٢٦")
    True
    """
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    text = " ".join(str(value or "").split())
    try:
        return parse_day(text)
    except ValueError:
        pass
    if re.fullmatch(r"\d{10}(?:\d{3})?(?:\.\d+)?", text):
        return datetime.fromtimestamp(float(text) / (1000 if len(text.partition(".")[0]) == 13 else 1), UTC).date()
    if found := next(filter(None, map(_day, find_dates(text))), None):
        return found
    try:
        return parsedate_to_datetime(text).date()
    except (ValueError, TypeError, IndexError):
        return None


def _published(draft: Draft, head: list[str], edges: list[str]) -> tuple[date | None, DatedBy]:
    if (stated := parse_published(draft.published)) is not None:
        return stated, draft.dated_by or "source"
    if day := find_day(edges):
        return day, "text"
    latest = _latest()
    for line in head[:2]:
        if (day := _dateline(line)) and day <= latest:
            return day, "text"
    return draft.modified, "file" if draft.modified else ""


def find_day(lines: Sequence[str]) -> date | None:
    """Return the day that one of some lines tells as that of publication: by a label, or as all that it says."""
    for find in (_labelled_day, _lone_day):
        for line in lines:
            if len(line) <= _LONGEST_LINE and (day := find(line)) and day <= _latest():
                return day
    return None


def _latest() -> date:
    """Return the day after today: wherever an article comes from, it is not from the future."""
    return datetime.now(UTC).date() + timedelta(days=1)


def _labelled_day(line: str) -> date | None:
    """Return the day of a line such as "نُشر في 5 مارس 2026" or "Published: 2026-03-05"."""
    for found in find_dates(line):
        day = _day(found)
        before = re.sub(_WEEKDAY, "", fold(line[: found.start]))
        if day and _PUBLISHED.search(before):
            return day
    return None


def _lone_day(line: str) -> date | None:
    """Return the day of a line that tells hardly anything else: a weekday, the time, a byline."""
    for found in find_dates(line):
        if day := _day(found):
            rest = _TIME.sub(" ", fold(line[: found.start] + " " + line[found.end :]))
            if len(re.findall(r"[^\W\d_]{2,}", re.sub(_WEEKDAY, "", rest))) <= _OTHER_WORDS:
                return day
    return None


def _dateline(line: str) -> date | None:
    """Return the day of a dateline: "القاهرة 5 مارس 2026 (وكالة) - …", "PORT LARNE, March 5, 2026 (Agency) — …"."""
    found = next(iter(find_dates(line[:80])), None)
    if found and (day := _day(found)):
        rest = line[found.end : found.end + 40]
        if found.start <= 40 and re.match(r"[\s،,]*(?:\([^)]{2,30}\))?\s*[-–—:]", rest):
            return day
    return None


def _day(found: Date) -> date | None:
    if found.hijri or not (found.year and found.month and found.day):
        return None
    try:
        return date(found.year, found.month, found.day)
    except ValueError:
        return None


def _labelled(pattern: re.Pattern[str], lines: list[str]) -> str:
    for line in lines:
        if (found := pattern.match(line)) and len(found["name"]) <= _LONGEST_NAME and len(found["name"].split()) <= 6:
            return found["name"].strip(" .:|-")
    return ""


def _first_words(lines: list[str]) -> str:
    """Return the first line, cut at a word where it is longer than a headline."""
    line = lines[0] if lines else ""
    return line if len(line) <= 100 else line[:100].rsplit(" ", 1)[0] + "…"


def _language(said: str, text: str) -> Language:
    said = said.strip().lower()[:2]
    return said if said in ("ar", "en") else detect_language(text)  # type: ignore[return-value]


def _identifier(text: str) -> str:
    """Return an id that a source gives, if it can be used as one: one line, not too long."""
    text = " ".join(text.split())
    return text if len(text) <= 200 and text.isprintable() else ""


def _id_from(name: str, key: str) -> str:
    place = hashlib.sha256(f"{name}\n{key}".encode()).hexdigest()[:6]
    return f"{PurePath(name).stem}-{place}"
